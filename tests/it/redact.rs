//! Redaction: the verdict stays, and nothing that says who or where somebody is does.

use std::collections::BTreeMap;
use std::thread;

use kms_triage::redact::{Key, Redactor, Refused};
use kms_triage::{Input, decode};

use crate::cases::{self, TestCase};
use crate::files::{knowledge, report, with_site};
use crate::planted;

fn refused(why: &Refused) -> String {
    why.survivors.iter().map(|s| format!("{} in {}", s.class.word(), s.file)).collect::<Vec<_>>().join(", ")
}

#[test]
fn every_case_is_judged_alike_without_names() {
    let all = cases::all();
    let half = all.len().div_ceil(2).max(1);
    let problems: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = all.chunks(half).map(|part| scope.spawn(|| changed(part))).collect();
        threads.into_iter().flat_map(|t| t.join().unwrap()).collect()
    });
    report("cases are judged otherwise when redacted", &problems);
}

fn changed(cases: &[&TestCase]) -> Vec<String> {
    let mut redactors: BTreeMap<Option<&str>, Redactor<'_>> = BTreeMap::new();
    let mut problems = Vec::new();
    for case in cases {
        let redactor = redactors.entry(case.about.site.as_deref()).or_insert_with(|| Redactor::new(case.knowledge(), &Key::new(b"corpus")));
        let short = case.name.rsplit('/').next().unwrap_or(&case.name);
        match redactor.case(short, &case.inputs()) {
            Err(why) => problems.push(format!("  {} is refused: {}", case.name, refused(&why))),
            Ok(redacted) if !redactor.keeps_verdict(&redacted) => problems.push(format!("  {} said {:?}", case.name, redacted.judged)),
            Ok(_) => {}
        }
    }
    problems
}

/// Secrets of one case, and cases. `cargo bench -p kms-triage --bench redact` plants 100,000.
const SECRETS: usize = 40;
const CASES: u64 = 100;

#[test]
fn no_planted_secret_survives() {
    let redactor = Redactor::new(knowledge(), &Key::new(b"planted"));
    let mut problems = Vec::new();
    for number in 0..CASES {
        let planted = planted::case(number, SECRETS);
        let given = decode::decode(&planted.files[0].1).text;
        let seen = planted::left(&planted.secrets, &given).len();
        if seen != planted.secrets.len() {
            problems.push(format!("  {number} shows {seen} of {} secrets before", planted.secrets.len()));
        }
        let inputs: Vec<Input<'_>> = planted.files.iter().map(|(n, b)| Input::new(n, b)).collect();
        match redactor.case("case", &inputs) {
            Err(why) => problems.push(format!("  {number} is refused: {}", refused(&why))),
            Ok(redacted) => {
                let text = redacted.files.first().and_then(|f| f.text.clone()).unwrap_or_default();
                problems.extend(planted::left(&planted.secrets, &text).into_iter().map(|s| format!("  {number}: {s}")));
            }
        }
    }
    report("secrets survived", &problems);
}

/// One file redacted alone.
fn redacted(text: &str) -> String {
    let redactor = Redactor::new(knowledge(), &Key::new(b"one file"));
    let case = redactor.case("slmgr", &[Input::new("slmgr.txt", text.as_bytes())]).unwrap_or_else(|why| panic!("{}", refused(&why)));
    case.files.first().and_then(|f| f.text.clone()).unwrap_or_default()
}

#[test]
fn what_decides_stays_as_it_is() {
    let lines = [
        "Error: 0xC004F074 The Software Licensing Service reported that the computer could not be activated.",
        "hr=C004F074, -1073418124, C0000022, KB5005565, 0x8007232B",
        "Microsoft Windows [Version 10.0.19045.3803], Version 6.1.7601.17514, OGA Version: Registered, 2.0.48.0",
        "Activation ID: 2de67392-b7a7-462a-b1ca-108dd189f588",
        "Volume activation expiration: 259200 minute(s) (180 day(s)), 2026/11/23 09:14:02, 10/11/2026 12:13:14 PM",
        "Partial Product Key: T83GX, XXXXX-XXXXX-XXXXX-XXXXX-T83GX, Product ID: 00330-80000-00000-AA123",
        "Registered KMS machine name: kms.example.edu:1688",
        "svr hostname = kms.example.edu, 127.0.0.1, 255.255.255.0, 0.0.0.0, 8.8.8.8, ::1",
        r"C:\Users\Administrator\Desktop>cscript C:\Windows\System32\slmgr.vbs /skms kms.example.edu",
        r"HKLM\SOFTWARE\Microsoft, NT AUTHORITY\SYSTEM, Office16\ospp.vbs, User: N/A, S-1-5-18",
        "which-could-never-begin-there are words; _vlmcs._tcp.example.edu",
    ];
    for line in lines {
        assert_eq!(redacted(line), line);
    }
}

#[test]
fn one_value_has_one_stand_in_in_a_case_and_another_under_another_key() {
    let texts =
        ["C:\\Users\\chenyl83>cscript slmgr.vbs /ato", "使用者名稱: chenyl83\nMachine name: LAB-10234", "chenyl83 sits at lab-10234."];
    let files = |secret: &[u8]| -> Vec<String> {
        let redactor = Redactor::new(knowledge(), &Key::new(secret));
        let inputs: Vec<Input<'_>> = ["a.txt", "b.txt", "c.txt"].into_iter().zip(texts).map(|(n, t)| Input::new(n, t.as_bytes())).collect();
        redactor.case("x", &inputs).unwrap().files.into_iter().filter_map(|f| f.text).collect()
    };
    let (first, again, other) = (files(b"one"), files(b"one"), files(b"two"));
    assert_eq!(first, again);
    assert_ne!(first, other);
    let user = first[0].trim_start_matches("C:\\Users\\").split('>').next().unwrap();
    assert!(first[1].contains(user) && first[2].starts_with(user), "{first:?}");
    assert!(!first.concat().to_lowercase().contains("lab-10234"), "{first:?}");
}

#[test]
fn networks_stay_what_they_are() {
    let site = with_site("corpus/site/example.toml");
    let redactor = Redactor::new(site, &Key::new(b"networks"));
    let text = "from 192.0.2.77\nfrom 192.0.2.78\nfrom 140.112.3.4\nfrom 140.112.3.5\nfrom 10.1.2.3\nfrom 192.0.2.10\nfrom 192.0.2.53\n";
    let case = redactor.case("x", &[Input::new("a.txt", text.as_bytes())]).unwrap();
    let out: Vec<&str> = case.files[0].text.as_ref().unwrap().lines().map(|l| l.trim_start_matches("from ")).collect();
    let network = |at: usize| out[at].rsplit_once('.').unwrap().0;
    assert!(network(0) == "192.0.2" && network(1) == "192.0.2" && out[0] != "192.0.2.77" && out[0] != out[1], "{out:?}");
    assert!(network(2) == network(3) && out[2] != out[3] && network(2).starts_with("198.1"), "{out:?}");
    assert!(out[4].starts_with("10.") && out[4] != "10.1.2.3", "{out:?}");
    assert_eq!(&out[5..], ["192.0.2.10", "192.0.2.53"]);
}

/// Computers named `pc…` and ids of clients in the corpus' logs, which no label in a text shows.
#[test]
fn logs_name_no_computer_and_no_client() {
    let redactor = Redactor::new(knowledge(), &Key::new(b"logs"));
    let (mut problems, mut names) = (Vec::new(), 0);
    for case in cases::all().into_iter().filter(|c| c.group() == "events" && c.about.site.is_none()) {
        let analysis = case.analyze();
        let values = analysis.assembly.facts.iter().flat_map(|f| [f.field("cmid"), f.field("client")]);
        let computers = analysis.sources.iter().flat_map(|s| &s.events).map(|r| r.computer.as_str());
        let short = |name: &str| name.split('.').next().unwrap_or_default().to_lowercase();
        let own = |name: &String| name.len() == 36 || (name.starts_with("pc") && name.len() > 3);
        let mut secrets: Vec<String> = values.chain(computers).map(short).filter(own).collect();
        secrets.sort();
        secrets.dedup();
        names += secrets.len();
        match redactor.case("case", &case.inputs()) {
            Err(why) => problems.push(format!("  {} is refused: {}", case.name, refused(&why))),
            Ok(redacted) => {
                let texts: String = redacted.files.iter().filter_map(|f| f.text.clone()).collect();
                problems.extend(planted::left(&secrets, &texts).into_iter().map(|s| format!("  {}: {s}", case.name)));
            }
        }
    }
    report("names survived in logs", &problems);
    assert!(std::env::var_os("CASE").is_some() || names > 100, "only {names} names in the corpus' logs");
}
