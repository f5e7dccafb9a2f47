//! The log of a KMS host and those of its clients in one drop: each case learns what the other saw.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{assert_links, case_folders, code, run, text, tree, write};

const SKU: &str = "2de67392-b7a7-462a-b1ca-108dd189f588";

fn cmid(number: u32) -> String {
    format!("4f1d7c52-9a3e-4b60-8c11-0d5e2a7b{number:04x}")
}

/// One record as `wevtutil /f:xml` writes it, on 23 November 2026 at `clock`, `09:05`.
fn record(id: u32, number: u32, computer: &str, clock: &str, data: &str) -> String {
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Security-SPP'/>\
         <EventID Qualifiers='16384'>{id}</EventID><Level>4</Level><TimeCreated SystemTime='2026-11-23T{clock}:02.1234567Z'/>\
         <EventRecordID>{number}</EventRecordID><Channel>Application</Channel><Computer>{computer}</Computer></System>\
         <EventData><Data>{data}</Data></EventData></Event>\n"
    )
}

fn sent(pc: u32, clock: &str, result: &str) -> String {
    let (id, own) = (cmid(pc), format!("pc{pc:02}.example.edu"));
    let list = format!("{result}, 0x00000000, kms.example.edu:1688, {id}, 2026/11/23 {clock}, 0, 2, 41760, {SKU}, 25");
    record(12288, 7, &own, clock, &list)
}

/// `sent` is the client's time, `logged` the host's.
fn served(number: u32, id: &str, client: &str, sent: &str, logged: &str, result: &str) -> String {
    let list = format!("{result},25,{client},{id},2026/11/23 {},0,2,41760,{SKU}", sent.trim_start_matches('0'));
    record(12290, number, "kms.example.edu", logged, &list)
}

/// A host and five clients: one never arrived, one lost the answer, one has a wrong clock, one was served, one
/// asked after the end of the host's log.
fn drop_in(top: &Path) {
    let own = |pc: u32| format!("pc{pc:02}.example.edu");
    let mut log = String::new();
    log += &served(41, &cmid(20), "pc20.example.edu", "08:00", "08:00", "0x0");
    log += &served(42, &cmid(2), &own(2), "10:00", "10:00", "0x0");
    log += &served(43, &cmid(3), &own(3), "18:10", "10:10", "0xC004F06C");
    log += &served(44, &cmid(4), &own(4), "10:20", "10:20", "0x0");
    for (number, name) in [(45, "lab1"), (46, "lab2"), (47, "lab1")] {
        log += &served(number, &cmid(99), name, &format!("11:{number}"), &format!("11:{number}"), "0x0");
    }
    write(top.join("drop/KMS/kms.xml"), &log);
    write(top.join("drop/PC-01/log.xml"), sent(1, "09:05", "0x800706BA"));
    write(top.join("drop/PC-02/log.xml"), sent(2, "10:00", "0x800706BE"));
    write(top.join("drop/PC-03/log.xml"), sent(3, "18:10", "0xC004F074"));
    let answer = record(12289, 8, &own(4), "10:20", "0x00000000, 0x00000000, 1, 0, 50, 120, 10080, 2026/11/23 10:20");
    write(top.join("drop/PC-04/log.xml"), sent(4, "10:20", "0x00000000") + &answer);
    write(top.join("drop/PC-05/log.xml"), sent(5, "12:30", "0x800706BA"));
}

fn cases(report: &Path) -> Vec<Value> {
    fs::read_to_string(report.join("results.ndjson")).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

/// The evidence of a rule in a case, if it fired.
fn evidence<'c>(cases: &'c [Value], case: &str, rule: &str) -> Option<&'c Value> {
    let found = cases.iter().find(|c| c["case"] == case).unwrap();
    found["findings"].as_array().unwrap().iter().find(|f| f["rule"] == rule).map(|f| &f["for"])
}

#[test]
fn each_side_shows_the_other() {
    let top = tempfile::tempdir().unwrap();
    drop_in(top.path());
    let output = run(top.path(), &["scan", "drop", "--locale", "en"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let report = top.path().join("report");
    let cases = cases(&report);

    let never = evidence(&cases, "PC-01", "kms-unreachable/event-host-never-saw").unwrap();
    assert_eq!((&never[0]["file"], &never[0]["record"]), (&"log.xml".into(), &7.into()));
    assert_eq!((&never[1]["case"], &never[1]["file"], &never[1]["record"]), (&"KMS".into(), &"KMS/kms.xml".into(), &42.into()));
    assert_eq!(never[1]["line"], 2, "the first request behind its time");

    let lost = evidence(&cases, "PC-02", "kms-unreachable/event-answer-lost").unwrap();
    assert_eq!((&lost[0]["case"], &lost[0]["record"]), (&"KMS".into(), &42.into()));
    assert!(evidence(&cases, "PC-02", "kms-unreachable/event-host-never-saw").is_none());

    let clock = cases.iter().find(|c| c["case"] == "PC-03").unwrap();
    assert_eq!((&clock["verdict"]["cause"], &clock["verdict"]["certainty"]), (&"clock-skew".into(), &"certain".into()));
    assert_eq!(clock["verdict"]["sub_cause"], "time-zone");
    assert_eq!(clock["files"].as_array().unwrap().len(), 1, "the host's log is no file of this case");

    assert!(evidence(&cases, "PC-05", "kms-unreachable/event-host-never-saw").is_none(), "the host's log ends before");
    let served = cases.iter().find(|c| c["case"] == "PC-04").unwrap();
    assert_eq!(served["verdict"]["state"], "activated");
    let [pages] = case_folders(&report).try_into().unwrap();
    let page = |case: &str| fs::read_to_string(report.join(&pages).join(format!("{case}.en.html"))).unwrap();
    assert!(page("PC-03").contains("KMS&#x2f;kms.xml"), "the host's side is shown");
    assert!(!page("PC-01").contains("pc02"), "other computers are not named");
    assert!(page("PC-01").contains("did not arrive"));
}

#[test]
fn the_index_tells_about_the_host() {
    let top = tempfile::tempdir().unwrap();
    drop_in(top.path());
    assert_eq!(code(&run(top.path(), &["scan", "drop", "--locale", "en"])), 0);
    let report = top.path().join("report");
    assert_links(&report);
    let page = fs::read_to_string(report.join("index.html")).unwrap();
    let section = page.split_once("id=\"hosts\"").unwrap().1.split_once("</section>").unwrap().0;
    for part in [
        "KMS host and its clients",
        "kms.example.edu",
        "7 requests of 6 computers (5 client IDs), 2026-11-23 08:00 to 2026-11-23 11:47 UTC",
        "1 of these cases were served",
        &format!("{}: lab1, lab2", cmid(99)),
        "request never arrived",
        "answer was lost",
        "0xC004F06C",
        "+480 minutes",
    ] {
        assert!(section.contains(part), "{part}: {section}");
    }
    assert!(!section.contains("PC-05"), "nothing is known about it");
    let other = fs::read_to_string(report.join("index.zh-TW.html")).unwrap();
    assert!(other.contains("KMS 主機與用戶端") && other.contains("要求沒有送達"));
}

#[test]
fn a_drop_without_a_host_has_no_such_section() {
    let top = tempfile::tempdir().unwrap();
    drop_in(top.path());
    fs::remove_file(top.path().join("drop/KMS/kms.xml")).unwrap();
    assert_eq!(code(&run(top.path(), &["scan", "drop", "--locale", "en"])), 0);
    let report = top.path().join("report");
    assert!(!fs::read_to_string(report.join("index.html")).unwrap().contains("id=\"hosts\""));
    assert!(evidence(&cases(&report), "PC-01", "kms-unreachable/event-host-never-saw").is_none());
}

#[test]
fn threads_do_not_change_a_joined_byte() {
    let top = tempfile::tempdir().unwrap();
    drop_in(top.path());
    for jobs in ["1", "4"] {
        assert_eq!(code(&run(top.path(), &["scan", "drop", "--jobs", jobs, "--out", &format!("report-{jobs}")])), 0);
    }
    assert_eq!(tree(&top.path().join("report-1")), tree(&top.path().join("report-4")));
}

#[test]
fn check_joins_its_files() {
    let top = tempfile::tempdir().unwrap();
    drop_in(top.path());
    let output = run(top.path(), &["check", "drop/PC-01/log.xml", "drop/KMS/kms.xml", "--format", "json"]);
    let case: Value = serde_json::from_slice(&output.stdout).unwrap();
    let never = evidence(std::slice::from_ref(&case), case["case"].as_str().unwrap(), "kms-unreachable/event-host-never-saw").unwrap();
    assert_eq!(never[1]["file"], "kms.xml");
    assert!(never[1].get("case").is_none());
}
