//! Files that nobody would send on purpose, and some that somebody would.

use std::fs;
use std::io::Write;
use std::process::Command;

use crate::{ACTIVATED, FAILED, code, command, run, text, two_cases, write};

#[cfg(unix)]
#[test]
fn hostile_files_are_listed_and_hurt_nobody() {
    use std::os::unix::fs::symlink;
    let top = two_cases();
    let case = top.path().join("drop/PC-02");
    write(case.join("empty.txt"), "");
    write(case.join("events.evtx"), b"ElfFile\0\0\0");
    let junk: Vec<u8> = (0_u32..200_000).map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
    write(case.join("junk.bin"), junk);
    symlink("..", case.join("loop")).unwrap();
    symlink("slmgr.txt", case.join("again.txt")).unwrap();
    symlink("/etc/hostname", case.join("outside.txt")).unwrap();
    symlink("nowhere", case.join("dangling.txt")).unwrap();
    assert!(Command::new("mkfifo").arg(case.join("pipe")).status().unwrap().success());
    let output = run(top.path(), &["scan", "drop", "--locale", "en"]);
    assert_eq!(code(&output), 2, "{}", text(&output.stderr));
    let lines = fs::read_to_string(top.path().join("report/results.ndjson")).unwrap();
    let value: serde_json::Value = serde_json::from_str(lines.lines().nth(1).unwrap()).unwrap();
    let status = |name: &str| {
        let files = value["files"].as_array().unwrap();
        let file = files.iter().find(|f| f["name"] == name).unwrap();
        assert_eq!(file["status"] == "read", file["reason"].is_null(), "{name}");
        file["status"].as_str().unwrap().to_owned()
    };
    for name in ["empty.txt", "junk.bin", "again.txt", "slmgr.txt"] {
        assert_eq!(status(name), "read", "{name}");
    }
    for name in ["loop", "outside.txt", "dangling.txt", "pipe"] {
        assert_eq!(status(name), "skipped", "{name}");
    }
    let index = fs::read_to_string(top.path().join("report/index.html")).unwrap();
    assert!(index.contains("events.evtx") && index.contains("dangling.txt"));
}

/// Root may read everything, so that root runs the program as somebody else.
#[cfg(target_os = "linux")]
#[test]
fn what_may_not_be_read_is_named_and_the_rest_is_read() {
    use std::os::unix::fs::PermissionsExt;
    let top = two_cases();
    let mode = |path: &std::path::Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let drop = top.path().join("drop");
    write(drop.join("PC-02/locked.txt"), FAILED);
    mode(&drop.join("PC-02/locked.txt"), 0o000);
    fs::create_dir(drop.join("PC-03")).unwrap();
    mode(&drop.join("PC-03"), 0o000);
    mode(top.path(), 0o777);
    let is_root = fs::File::open(drop.join("PC-02/locked.txt")).is_ok();
    let program = top.path().join("program");
    fs::copy(env!("CARGO_BIN_EXE_kms-triage"), &program).unwrap();
    let mut command = if is_root { Command::new("setpriv") } else { Command::new(&program) };
    if is_root {
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&program);
    }
    let output = command.current_dir(top.path()).args(["scan", "drop", "--locale", "en"]).output().unwrap();
    mode(&drop.join("PC-03"), 0o755);
    assert_eq!(code(&output), 2, "{}", text(&output.stderr));
    let results = fs::read_to_string(top.path().join("report/results.ndjson")).unwrap();
    let cases: Vec<serde_json::Value> = results.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let files = cases.iter().flat_map(|c| c["files"].as_array().unwrap());
    assert!(files.clone().any(|f| f["status"] == "read"), "{results}");
    let locked = files.clone().find(|f| f["name"] == "locked.txt").unwrap();
    assert_eq!(locked["status"], "failed");
    assert!(locked["reason"].as_str().unwrap().contains("permitted"));
    let index = fs::read_to_string(top.path().join("report/index.html")).unwrap();
    assert!(index.contains("locked.txt") && index.contains("PC-03"));
}

#[test]
fn a_text_above_the_limit_is_read_at_both_ends() {
    let top = tempfile::tempdir().unwrap();
    let path = top.path().join("big.txt");
    let mut file = std::io::BufWriter::new(fs::File::create(&path).unwrap());
    let filler = " ".repeat(8_000) + "\r\n";
    file.write_all(FAILED.as_bytes()).unwrap();
    for _ in 0..70 * 1024 * 1024 / filler.len() {
        file.write_all(filler.as_bytes()).unwrap();
    }
    file.write_all(ACTIVATED.as_bytes()).unwrap();
    drop(file);
    let output = run(top.path(), &["check", "big.txt", "--format", "json", "--locale", "en"]);
    assert_eq!(code(&output), 2);
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(value["files"][0]["status"], "partly-read");
    assert_eq!(value["files"][0]["bytes"], fs::metadata(&path).unwrap().len());
    assert!(value["files"][0]["reason"].as_str().unwrap().contains("70 MB"));
    assert_eq!(value["verdict"]["state"], "activated", "the newest state stands at the end");
    assert_eq!(value["error_codes"][0]["code"], "0xC004F074", "the beginning is read too");
    let piped = command(top.path())
        .args(["check", "-", "--format", "json", "--locale", "en"])
        .stdin(fs::File::open(&path).unwrap())
        .output()
        .unwrap();
    let piped: serde_json::Value = serde_json::from_slice(&piped.stdout).unwrap();
    assert_eq!(piped["files"][0]["reason"], value["files"][0]["reason"]);
    assert_eq!(piped["verdict"], value["verdict"]);
}

#[test]
fn one_endless_line_is_read() {
    let top = tempfile::tempdir().unwrap();
    write(top.path().join("one.txt"), "-".repeat(20 * 1024 * 1024) + " " + FAILED.lines().next_back().unwrap());
    let output = run(top.path(), &["check", "one.txt", "--format", "json"]);
    assert_eq!(code(&output), 0);
    assert!(text(&output.stdout).contains("0xC004F074"));
}
