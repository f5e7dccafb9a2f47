//! Event logs: large ones, damaged ones, and files that only claim to be one.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::entry::{Entry, FOREIGN, KMS_HOST, SPP};
use crate::logs_write::{chunks, head};
use crate::{FAILED, code, command, run, text, two_cases, write};

const ID: &str = "2de67392-b7a7-462a-b1ca-108dd189f588";

/// Requests that a host answered, with other records between them.
fn requests(count: u64) -> Vec<Entry> {
    let list = format!("0x0,25,client.example.edu,{ID},2026/11/23 1:14,0,1,43200,{ID}");
    let entry = |number| match number % 3 {
        0 => Entry::new(FOREIGN, 7036, number, &["a service entered the running state"]),
        _ => Entry::new(KMS_HOST, 12290, number, &[&list]),
    };
    (1..=count).map(entry).collect()
}

/// One failed and one answered request of a client.
fn attempts() -> Vec<Entry> {
    let request = |code: &str| format!("{code}, 0x00000000, kms.example.edu:1688, {ID}, 2026/11/23 01:14, 1, 5, 0, {ID}, 25");
    vec![
        Entry::new(SPP, 12288, 1, &[&request("0xC004F074")]),
        Entry::new(SPP, 12288, 2, &[&request("0x00000000")]),
        Entry::new(SPP, 12289, 3, &["0x00000000, 0x00000000, 1, 0, 50, 120, 10080, 2026/11/23 01:14"]),
    ]
}

fn log(entries: &[Entry]) -> Vec<u8> {
    let chunks = chunks(entries);
    [head(chunks.len(), entries.len() as u64 + 1), chunks.concat()].concat()
}

/// A log of `mib` MiB: the same chunks again and again, with record numbers that go on.
fn large(path: &Path, mib: usize) -> u64 {
    let mut chunks: Vec<Vec<u8>> = chunks(&requests(400));
    chunks.pop();
    let mut file = BufWriter::new(File::create(path).unwrap());
    let count = mib * 16;
    file.write_all(&head(count, 1)).unwrap();
    let mut record = 1_u64;
    for number in 0..count {
        let index = number % chunks.len();
        let chunk = &mut chunks[index];
        let free = u32::from_le_bytes(chunk[48..52].try_into().unwrap()) as usize;
        let (mut at, first) = (512, record);
        while at < free {
            chunk[at + 8..at + 16].copy_from_slice(&record.to_le_bytes());
            at += u32::from_le_bytes(chunk[at + 4..at + 8].try_into().unwrap()) as usize;
            record += 1;
        }
        for (at, number) in [(8, first), (16, record - 1), (24, first), (32, record - 1)] {
            chunk[at..at + 8].copy_from_slice(&number.to_le_bytes());
        }
        file.write_all(chunk).unwrap();
    }
    file.flush().unwrap();
    record - 1
}

/// The JSON of `check`, with its exit code.
fn check(dir: &Path, file: &str) -> (serde_json::Value, i32) {
    let output = run(dir, &["check", file, "--format", "json", "--locale", "en"]);
    (serde_json::from_slice(&output.stdout).unwrap(), code(&output))
}

#[test]
fn a_log_above_the_text_limit_is_read_whole() {
    let top = tempfile::tempdir().unwrap();
    let path = top.path().join("large.evtx");
    let records = large(&path, 80);
    assert!(records > 100_000);
    let (value, exit) = check(top.path(), "large.evtx");
    let file = &value["files"][0];
    assert_eq!((exit, file["kind"].as_str(), file["status"].as_str()), (2, Some("evtx"), Some("partly-read")));
    assert_eq!(file["bytes"], fs::metadata(&path).unwrap().len());
    let reason = file["reason"].as_str().unwrap();
    let ours = reason.split("of ").nth(1).unwrap().split(' ').next().unwrap().parse::<u64>().unwrap();
    assert!(ours.abs_diff(records * 2 / 3) < records / 50, "{reason} of {records}");
    assert!(reason.contains(&format!("12290: {}", ours - 30_000)), "{reason}");
    // The same through a pipe.
    let piped =
        command(top.path()).args(["check", "-", "--format", "json", "--locale", "en"]).stdin(File::open(&path).unwrap()).output().unwrap();
    let piped: serde_json::Value = serde_json::from_slice(&piped.stdout).unwrap();
    assert_eq!(piped["files"][0]["reason"], value["files"][0]["reason"]);
    assert_eq!(piped["verdict"], value["verdict"]);
}

/// What is special, file name, content; then status, reason and exit code.
type Damaged<'a> = (&'a str, &'a str, Vec<u8>, &'a str, &'a str, i32);

#[test]
fn every_damage_is_said_with_its_numbers() {
    let good = log(&attempts());
    let second = 4096 + 512 + u32::from_le_bytes(good[4612..4616].try_into().unwrap()) as usize;
    let put = |at: usize, bytes: &[u8]| {
        let mut log = good.clone();
        log[at..at + bytes.len()].copy_from_slice(bytes);
        log
    };
    let junk: Vec<u8> = (0_u32..200_000).map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
    let late = [vec![0xaa; 4096 + 65_536], good[4096..].to_vec()].concat();
    let top = tempfile::tempdir().unwrap();
    let cases: [Damaged<'_>; 18] = [
        ("whole", "a.evtx", good.clone(), "read", "", 0),
        ("another name", "a.txt", good.clone(), "read", "", 0),
        ("no name", "copy", good.clone(), "read", "", 0),
        ("dirty flag", "a.evtx", put(120, &[1]), "read", "", 0),
        ("zero tail", "a.evtx", [good.clone(), vec![0; 100_000]].concat(), "read", "", 0),
        ("empty log", "a.evtx", log(&[]), "read", "", 0),
        ("head alone", "a.evtx", good[..4096].to_vec(), "read", "", 0),
        ("cut inside a record", "a.evtx", good[..second + 100].to_vec(), "partly-read", "damaged log: 1 of 2 records read", 2),
        ("cut inside the head", "a.evtx", good[..100].to_vec(), "failed", "damaged log: 0 of 0 records read", 3),
        ("file magic", "a.evtx", put(0, b"Elf"), "read", "", 0),
        ("no file magic", "a.evtx", put(0, b"XXXXXXXX"), "partly-read", "damaged log: 3 of 3 records read", 2),
        ("a lost start", "a.evtx", late, "partly-read", "damaged log: 3 of 3 records read", 2),
        ("chunk magic", "a.evtx", put(4096, b"XX"), "partly-read", "damaged log: 3 of 3 records read", 2),
        ("record size", "a.evtx", put(second + 4, &[0xff; 4]), "partly-read", "damaged log: 2 of 3 records read", 2),
        ("rubbish", "a.evtx", junk, "failed", "this is no event log", 3),
        ("zeros", "a.evtx", vec![0; 70_000], "failed", "this is no event log", 3),
        ("a text", "a.evtx", FAILED.into(), "read", "", 0),
        ("a wide text", "a.evtx", FAILED.encode_utf16().flat_map(u16::to_le_bytes).collect(), "read", "", 0),
    ];
    for (what, name, bytes, status, reason, exit) in &cases {
        write(top.path().join("drop").join(what).join(name), bytes);
        let (value, code) = check(&top.path().join("drop").join(what), name);
        let file = &value["files"][0];
        assert_eq!((file["status"].as_str(), file["reason"].as_str().unwrap_or_default(), code), (Some(*status), *reason, *exit), "{what}");
    }
    // A scan says the same of each.
    let scan = run(top.path(), &["scan", "drop", "--locale", "en", "--pages", "none"]);
    assert_eq!(code(&scan), 2);
    let lines = fs::read_to_string(top.path().join("report/results.ndjson")).unwrap();
    assert_eq!(lines.lines().count(), cases.len());
    for line in lines.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let (_, _, _, status, reason, _) = cases.iter().find(|case| value["case"] == case.0).unwrap();
        let file = &value["files"][0];
        assert_eq!((file["status"].as_str(), file["reason"].as_str().unwrap_or_default()), (Some(*status), *reason), "{line}");
    }
}

#[test]
fn damage_is_said_in_the_reader_s_language() {
    let top = two_cases();
    let good = log(&attempts());
    write(top.path().join("drop/PC-02/a.evtx"), &good[..good.len() - 65_536 + 600]);
    let output = run(top.path(), &["scan", "drop", "--locale", "zh-TW"]);
    assert_eq!(code(&output), 2);
    let folder = top.path().join("report").join(&crate::case_folders(&top.path().join("report"))[0]);
    for (page, words) in [
        ("PC-02.zh-TW.html", "記錄檔受損：讀出 1 筆中的 0 筆"),
        ("PC-02.en.html", "damaged log: 0 of 1 records read"),
        ("PC-02.zh-CN.html", "日志文件受损：读出 1 条中的 0 条"),
    ] {
        assert!(fs::read_to_string(folder.join(page)).unwrap().contains(words), "{page}");
    }
    let index = fs::read_to_string(top.path().join("report/index.html")).unwrap();
    assert!(index.contains("記錄檔受損"));
    let checked = run(&top.path().join("drop/PC-02"), &["check", "a.evtx", "slmgr.txt", "--locale", "zh-CN"]);
    assert!(text(&checked.stderr).contains("日志文件受损"), "{}", text(&checked.stderr));
}

#[test]
fn a_form_that_only_the_worker_reads_is_read() {
    let good = log(&attempts());
    // The level as a signed byte: no real record has that, so the walk leaves it.
    let (level, signed) = ([20, 0, 0, 0, 1, 0, 4, 0], [20, 0, 0, 0, 1, 0, 3, 0]);
    let mut odd = good.clone();
    let mut found = 0;
    while let Some(at) = memchr::memmem::find(&odd, &level) {
        odd[at..at + 8].copy_from_slice(&signed);
        found += 1;
    }
    assert_eq!(found, 3);
    let top = tempfile::tempdir().unwrap();
    write(top.path().join("a.evtx"), &good);
    let plain = check(top.path(), "a.evtx");
    write(top.path().join("a.evtx"), &odd);
    assert_eq!(plain.0["events"].as_array().unwrap().len(), 3);
    assert_eq!(check(top.path(), "a.evtx"), plain);
}

#[test]
fn the_worker_is_no_command_for_people() {
    let top = tempfile::tempdir().unwrap();
    assert!(!text(&run(top.path(), &["--help"]).stdout).contains("worker"));
    let output = run(top.path(), &["worker"]);
    assert_eq!((code(&output), output.stdout.len()), (0, 0));
}
