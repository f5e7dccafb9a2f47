//! The command as a person or a script sees it: exit codes, what goes to which stream, hostile inputs,
//! and what a report folder holds after each scan.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const ACTIVATED: &str = "Activating Windows(R), Professional edition (2de67392-b7a7-462a-b1ca-108dd189f588) ...\r\n\
    Product activated successfully.\r\n";
const FAILED: &str = "Activating Windows(R), Professional edition (2de67392-b7a7-462a-b1ca-108dd189f588) ...\r\n\
    Error: 0xC004F074 The Software Licensing Service reported that the computer could not be activated.\r\n";

fn command(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kms-triage"));
    command.current_dir(dir).stdin(Stdio::null());
    for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
        command.env_remove(name);
    }
    command
}

fn run(dir: &Path, arguments: &[&str]) -> Output {
    command(dir).args(arguments).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn write(path: PathBuf, content: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// A folder `drop` with a case that is activated and one that is not.
fn two_cases() -> TempDir {
    let top = tempfile::tempdir().unwrap();
    write(top.path().join("drop/PC-01/slmgr.txt"), ACTIVATED);
    write(top.path().join("drop/PC-02/slmgr.txt"), FAILED);
    top
}

/// Every file below `dir` with its content.
fn tree(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.push((path.strip_prefix(dir).unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

fn case_folders(report: &Path) -> Vec<String> {
    let names = fs::read_dir(report).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|n| n.starts_with("cases-")).collect()
}

/// Values of `href` in a page, without fragments, data and script addresses.
fn links(page: &Path) -> Vec<String> {
    let html = fs::read_to_string(page).unwrap();
    let html = html.replace("&#x2f;", "/");
    let hrefs = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    hrefs.filter(|h| !h.starts_with('#') && !h.starts_with("data:")).map(|h| h.split('#').next().unwrap_or(h).to_owned()).collect()
}

/// Every link of every page leads to a file of the report.
fn assert_links(report: &Path) {
    let mut followed = 0;
    for (name, _) in tree(report).iter().filter(|f| f.0.ends_with(".html")) {
        let page = report.join(name);
        for link in links(&page) {
            assert!(page.parent().unwrap().join(&link).exists(), "{name} links to `{link}`");
            followed += 1;
        }
    }
    assert!(followed > 0);
}

#[test]
fn check_tells_the_state_and_ends_with_zero() {
    let top = two_cases();
    let output = run(top.path(), &["check", "drop/PC-01/slmgr.txt", "--locale", "en"]);
    assert_eq!(code(&output), 0);
    assert!(text(&output.stdout).contains("activated"), "{}", text(&output.stdout));
    assert!(output.stderr.is_empty());
    let failing = run(top.path(), &["check", "drop/PC-02/slmgr.txt"]);
    assert_eq!(code(&failing), 0, "a bad state is no failure of the program");
    let told = run(top.path(), &["check", "drop/PC-02/slmgr.txt", "--fail-on", "action"]);
    assert_eq!(code(&told), 1);
}

#[test]
fn check_prints_json_and_html() {
    let top = two_cases();
    let json = run(top.path(), &["check", "drop/PC-02/slmgr.txt", "--format", "json", "--name", "PC-X"]);
    let value: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(value["case"], "PC-X");
    assert_eq!(value["files"][0]["status"], "read");
    assert_eq!(value["verdict"]["state"], "not-activated");
    let html = run(top.path(), &["check", "drop/PC-02/slmgr.txt", "--format", "html", "--locale", "zh-CN"]);
    assert_eq!(code(&html), 0);
    assert!(text(&html.stdout).starts_with("<!doctype html>"));
    assert!(!text(&html.stdout).contains("http:"));
}

#[test]
fn check_reads_standard_input() {
    let top = tempfile::tempdir().unwrap();
    let mut child =
        command(top.path()).args(["check", "-", "--format", "json"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(ACTIVATED.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(value["verdict"]["state"], "activated");
    assert_eq!(value["case"], "stdin");
}

#[test]
fn check_says_what_it_could_not_read() {
    let top = two_cases();
    let partly = run(top.path(), &["check", "drop/PC-01/slmgr.txt", "nowhere.txt", "--locale", "en"]);
    assert_eq!(code(&partly), 2);
    assert!(text(&partly.stderr).contains("nowhere.txt"));
    let nothing = run(top.path(), &["check", "nowhere.txt", "drop", "--locale", "en"]);
    assert_eq!(code(&nothing), 3);
    assert!(nothing.stdout.is_empty());
}

#[test]
fn wrong_usage_is_64_and_help_is_0() {
    let top = two_cases();
    for arguments in
        [&["chek"][..], &[], &["scan"], &["scan", "drop", "--jobs", "0"], &["check", "-", "-"], &["scan", "drop/PC-01/slmgr.txt"]]
    {
        let output = run(top.path(), arguments);
        assert_eq!(code(&output), 64, "{arguments:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{arguments:?}");
    }
    for arguments in [&["--help"][..], &["--version"], &["scan", "--help"]] {
        let output = run(top.path(), arguments);
        assert_eq!(code(&output), 0, "{arguments:?}");
        assert!(!output.stdout.is_empty() && output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let top = tempfile::tempdir().unwrap();
    let mut child = command(top.path()).arg("man").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 0);
    assert!(output.stderr.is_empty());
}

#[test]
fn made_on_demand() {
    let top = tempfile::tempdir().unwrap();
    let schema: serde_json::Value = serde_json::from_slice(&run(top.path(), &["schema"]).stdout).unwrap();
    assert!(schema["properties"]["verdict"].is_object());
    assert!(text(&run(top.path(), &["completions", "bash"]).stdout).contains("kms-triage"));
    let man = run(top.path(), &["man"]);
    for word in ["scan", "check\\-data", "lang import", "\\-\\-jobs"] {
        assert!(text(&man.stdout).to_lowercase().contains(word), "{word}");
    }
}

#[test]
fn scan_writes_a_report_in_three_languages() {
    let top = two_cases();
    let output = run(top.path(), &["scan", "drop", "--format", "json", "--locale", "en"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let report = top.path().join("report");
    assert_eq!(output.stdout, fs::read(report.join("results.ndjson")).unwrap());
    assert_eq!(text(&output.stdout).lines().count(), 2);
    assert!(text(&output.stderr).contains("2 cases") && text(&output.stderr).contains("index.html"));
    for name in ["index.html", "index.zh-TW.html", "index.zh-CN.html"] {
        assert!(report.join(name).exists(), "{name}");
    }
    assert!(!report.join("index.en.html").exists());
    assert!(text(&fs::read(report.join("index.html")).unwrap()).contains("lang=\"en\""));
    let [pages] = case_folders(&report).try_into().unwrap();
    assert_eq!(tree(&report.join(pages)).iter().filter(|f| f.0.ends_with(".html")).count(), 6);
    assert_links(&report);
    assert_eq!(code(&run(top.path(), &["scan", "drop", "--fail-on", "action"])), 1);
}

#[test]
fn threads_do_not_change_a_byte() {
    let top = tempfile::tempdir().unwrap();
    for number in 0..24 {
        let content = if number % 3 == 0 { ACTIVATED } else { FAILED };
        write(top.path().join(format!("drop/PC-{number:02}/slmgr.txt")), content);
    }
    write(top.path().join("drop/PC-03/records.evtx"), b"ElfFile\0");
    for jobs in ["1", "4"] {
        let output = run(top.path(), &["scan", "drop", "--jobs", jobs, "--out", &format!("report-{jobs}")]);
        assert_eq!(code(&output), 2);
    }
    assert_eq!(tree(&top.path().join("report-1")), tree(&top.path().join("report-4")));
}

#[test]
fn a_second_scan_replaces_the_first() {
    let top = two_cases();
    let report = top.path().join("report");
    assert_eq!(code(&run(top.path(), &["scan", "drop", "--locale", "en"])), 0);
    let first = case_folders(&report);
    let before = tree(&report);
    assert_eq!(code(&run(top.path(), &["scan", "drop", "--locale", "en"])), 0);
    assert_eq!(tree(&report), before, "the same drop gives the same report");
    // A page that got lost comes back, although the content has not changed.
    fs::remove_file(report.join(&before.iter().find(|f| f.0.contains("PC-01.en")).unwrap().0)).unwrap();
    run(top.path(), &["scan", "drop", "--locale", "en"]);
    assert_eq!(tree(&report), before);
    write(top.path().join("drop/PC-03/slmgr.txt"), FAILED);
    fs::remove_dir_all(top.path().join("drop/PC-01")).unwrap();
    assert_eq!(code(&run(top.path(), &["scan", "drop", "--locale", "zh-TW"])), 0);
    let second = case_folders(&report);
    assert_eq!(second.len(), 1);
    assert_ne!(first, second);
    assert!(report.join("index.en.html").exists() && !report.join("index.zh-TW.html").exists());
    assert_links(&report);
}

#[test]
fn what_a_killed_scan_left_behind_goes() {
    let top = two_cases();
    let report = top.path().join("report");
    run(top.path(), &["scan", "drop"]);
    let whole = tree(&report);
    write(report.join(".kms-triage-new/PC-01.en.html"), "half a page");
    write(report.join(".kms-triage-new-index.html"), "half an index");
    assert_links(&report);
    run(top.path(), &["scan", "drop"]);
    assert_eq!(tree(&report), whole);
}

#[test]
fn a_broken_template_leaves_the_old_report_whole() {
    let top = two_cases();
    run(top.path(), &["scan", "drop"]);
    let before = tree(&top.path().join("report"));
    for template in ["index.html", "report.html"] {
        write(top.path().join("data/templates").join(template), "{{ no_such_word }}");
        write(top.path().join("drop/PC-09/slmgr.txt"), FAILED);
        let output = run(top.path(), &["scan", "drop", "--knowledge", "data"]);
        assert_eq!(code(&output), 70);
        assert!(text(&output.stderr).contains(template), "{}", text(&output.stderr));
        fs::remove_dir_all(top.path().join("data")).unwrap();
        let now: Vec<_> = tree(&top.path().join("report")).into_iter().filter(|f| !f.0.starts_with(".kms-triage-new")).collect();
        assert_eq!(now, before);
    }
}

#[test]
fn pages_can_be_fewer() {
    let top = two_cases();
    let report = top.path().join("report");
    run(top.path(), &["scan", "drop", "--locale", "en"]);
    assert_eq!(code(&run(top.path(), &["scan", "drop", "--locale", "en", "--pages", "primary"])), 0);
    assert_links(&report);
    assert!(!report.join("index.zh-TW.html").exists());
    assert_eq!(code(&run(top.path(), &["scan", "drop", "--locale", "en", "--pages", "none"])), 0);
    assert!(case_folders(&report).is_empty());
    assert!(report.join("index.zh-TW.html").exists() && report.join("results.ndjson").exists());
}

#[test]
fn the_report_may_lie_in_the_drop() {
    let top = two_cases();
    let drop = top.path().join("drop");
    for _ in 0..2 {
        assert_eq!(code(&run(&drop, &["scan", "."])), 0);
        assert_eq!(fs::read_to_string(drop.join("report/results.ndjson")).unwrap().lines().count(), 2);
    }
    assert_eq!(code(&run(&drop, &["scan", ".", "--out", "."])), 64);
}

#[test]
fn files_of_others_stay() {
    let top = two_cases();
    write(top.path().join("site/index.html"), "my page");
    let output = run(top.path(), &["scan", "drop", "--out", "site"]);
    assert_eq!(code(&output), 64);
    assert_eq!(fs::read(top.path().join("site/index.html")).unwrap(), b"my page");
    write(top.path().join("notes/cases-0123456789ab/mine.txt"), "mine");
    write(top.path().join("notes/mine.txt"), "mine");
    assert_eq!(code(&run(top.path(), &["scan", "drop", "--out", "notes"])), 0);
    assert!(top.path().join("notes/cases-0123456789ab/mine.txt").exists() && top.path().join("notes/mine.txt").exists());
}

fn case_names(report: &Path) -> Vec<String> {
    let lines = fs::read_to_string(report.join("results.ndjson")).unwrap();
    lines.lines().map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap()["case"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn cases_are_folders_stems_and_files() {
    let top = tempfile::tempdir().unwrap();
    for (name, content) in [
        ("drop/A/deep/er/slmgr.txt", FAILED),
        ("drop/A_slmgr.txt", FAILED),
        ("drop/A.ospp.txt", ACTIVATED),
        ("drop/CON.txt", ACTIVATED),
        ("drop/a_x.txt", ACTIVATED),
        ("drop/.DS_Store", "x"),
        ("drop/A/desktop.ini", "x"),
        ("more/A/slmgr.txt", ACTIVATED),
    ] {
        write(top.path().join(name), content);
    }
    let output = run(top.path(), &["scan", "drop", "more", "--locale", "en"]);
    assert_eq!(code(&output), 0, "what the system left behind was not given: {}", text(&output.stderr));
    let report = top.path().join("report");
    assert_eq!(case_names(&report), ["A", "A-2", "A-3", "CON", "a"]);
    let index = fs::read_to_string(report.join("index.html")).unwrap();
    assert!(index.contains(".DS_Store") && index.contains("desktop.ini"), "listed, not dropped silently");
    assert_links(&report);
    let pages: BTreeSet<String> = tree(&report).into_iter().map(|f| f.0.to_lowercase()).collect();
    assert_eq!(pages.len(), tree(&report).len(), "unique where case does not count");
}

#[test]
fn an_empty_or_missing_drop_is_nothing_read() {
    let top = tempfile::tempdir().unwrap();
    fs::create_dir(top.path().join("drop")).unwrap();
    assert_eq!(code(&run(top.path(), &["scan", "drop"])), 3);
    assert_eq!(code(&run(top.path(), &["scan", "nowhere"])), 3);
    write(top.path().join("drop/a.txt"), ACTIVATED);
    assert_eq!(code(&run(top.path(), &["scan", "drop", "nowhere"])), 2);
}

#[cfg(unix)]
#[test]
fn hostile_files_are_listed_and_hurt_nobody() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let top = two_cases();
    let case = top.path().join("drop/PC-02");
    write(case.join("empty.txt"), "");
    write(case.join("events.evtx"), b"ElfFile\0\0\0");
    let junk: Vec<u8> = (0_u32..200_000).map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
    write(case.join("junk.bin"), junk);
    write(case.join("locked.txt"), FAILED);
    fs::set_permissions(case.join("locked.txt"), fs::Permissions::from_mode(0o000)).unwrap();
    let is_root = fs::File::open(case.join("locked.txt")).is_ok();
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
    for name in ["events.evtx", "loop", "outside.txt", "dangling.txt", "pipe"] {
        assert_eq!(status(name), "skipped", "{name}");
    }
    if !is_root {
        assert_eq!(status("locked.txt"), "failed");
    }
    let index = fs::read_to_string(top.path().join("report/index.html")).unwrap();
    assert!(index.contains("wevtutil") && index.contains("dangling.txt"));
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

#[test]
fn explain_takes_every_form() {
    let top = tempfile::tempdir().unwrap();
    for form in ["0xC004F074", "C004F074", "-1073418124", "3221549172", "0Xc004f074"] {
        let output = run(top.path(), &["explain", form, "--format", "json", "--locale", "en"]);
        let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((value["kind"].as_str(), value["id"].as_str()), (Some("code"), Some("0xC004F074")), "{form}");
        assert_eq!(value["cause"]["id"], "kms-unreachable");
    }
    for (what, kind, id) in [
        ("kms-unreachable", "cause", "kms-unreachable"),
        ("r02", "remedy", "R02"),
        ("dns-srv", "check", "dns-srv"),
        ("kms-dns-not-found/srv-nxdomain", "rule", "kms-dns-not-found/srv-nxdomain"),
        ("slmgr.L_MsgActivated", "message", "slmgr.L_MsgActivated"),
        ("L_MsgActivated", "message", "slmgr.L_MsgActivated"),
        ("產品已成功啟用。", "message", "slmgr.L_MsgActivated"),
    ] {
        for locale in ["zh-TW", "en", "zh-CN"] {
            let output = run(top.path(), &["explain", what, "--format", "json", "--locale", locale]);
            let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!((value["kind"].as_str(), value["id"].as_str()), (Some(kind), Some(id)), "{what}");
        }
    }
    let words = run(top.path(), &["explain", "Product", "activated", "successfully."]);
    assert!(text(&words.stdout).contains("slmgr.L_MsgActivated"));
    let unknown = run(top.path(), &["explain", "kms-unreachble"]);
    assert_eq!(code(&unknown), 3);
    assert!(unknown.stdout.is_empty() && text(&unknown.stderr).contains("kms-unreachable"));
}

#[test]
fn the_language_comes_from_the_environment() {
    let top = tempfile::tempdir().unwrap();
    let heading = |variables: &[(&str, &str)]| {
        let output = command(top.path()).args(["explain", "R02"]).envs(variables.iter().copied()).output().unwrap();
        text(&output.stdout).lines().next().unwrap().to_owned()
    };
    assert_eq!(heading(&[("LANG", "en_US.UTF-8")]), "Remedy: R02");
    assert_eq!(heading(&[("LANG", "en_US.UTF-8"), ("LC_ALL", "zh_CN.UTF-8")]), heading(&[("LANG", "zh_SG")]));
    assert_eq!(heading(&[]), heading(&[("LANG", "zh_HK.UTF-8")]));
    assert_ne!(heading(&[]), heading(&[("LANG", "zh_CN")]));
}

#[test]
fn extra_data_is_laid_over_and_checked() {
    let top = tempfile::tempdir().unwrap();
    let data = top.path().join("data");
    let remedy = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../remedies/R02.toml")).unwrap();
    write(data.join("remedies/R02.toml"), &remedy);
    let clean = run(top.path(), &["check-data", "data"]);
    assert_eq!(code(&clean), 0, "{}", text(&clean.stdout));
    write(data.join("remedies/R02.toml"), remedy.replace("id = \"R02\"", "id = \"R02\" # ours").replace("title = \"", "title = \"Ours: "));
    let explained = run(top.path(), &["explain", "R02", "--knowledge", "data", "--locale", "en"]);
    assert!(text(&explained.stdout).contains("Ours: "));
    let mine = "id = \"mine\"\norder = 500\nactor = \"student\"\nminutes = 0\nnext-evidence = []\nsteps = [\"R999\"]\n\
        admin-steps = []\nchecks = [\"dns-srw\"]\nsource = \"a test\"\nread = \"2026-11-23\"\n";
    let words = "title = \"t\"\nheadline = \"h\"\nwhy = \"\"\nlocal-note = \"\"\n";
    write(data.join("causes/mine.toml"), format!("{mine}[zh-TW]\n{words}[en]\n{words}[zh-CN]\n{words}"));
    write(data.join("grammars/slmgr/de.toml"), "locale = \"de\"\n[exact]\nL_MsgActivatd = \"Das Produkt wurde aktiviert.\"\n");
    let found = run(top.path(), &["check-data", "data"]);
    assert_eq!(code(&found), 1);
    let told = text(&found.stdout);
    for word in
        ["causes/mine.toml:6", "R999", "dns-srw", "did you mean `dns-srv`", "cause-unreachable", "translation-missing", "L_MsgActivatd"]
    {
        assert!(told.contains(word), "{word} is not in\n{told}");
    }
    assert_eq!(code(&run(top.path(), &["check-data", "nowhere"])), 64);
}

#[test]
fn a_language_is_imported_from_its_own_file() {
    let top = tempfile::tempdir().unwrap();
    let ini = "[Strings]\r\nL_MsgActivated=\"Das Produkt wurde erfolgreich aktiviert.\"\r\n\
        L_MsgActivating=\"%PRODUCTNAME% (%PRODUCTID%) wird aktiviert...\"\r\n\
        L_MsgErrorText_8=\"Fehler: \"\r\nL_MsgProductName=\"Name: \"\r\n\
        L_MsgLicenseStatusVL_1=\"Ablauf der Volumenaktivierung: %MINUTE% Minute(n)\"\r\n\
        L_MsgNobodyKnows=\"?\"\r\nL_MsgError_C004F074=\"Der KMS-Host wurde von diesem Computer aus nicht gefunden.\"\r\n";
    let wide: Vec<u8> = std::iter::once(0xfeff).chain(ini.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    write(top.path().join("slmgr/0407/slmgr.ini"), wide);
    let output = run(top.path(), &["lang", "import", "slmgr/0407/slmgr.ini", "--out", "data/"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let told = text(&output.stderr);
    assert!(told.contains("L_MsgLicenseStatusVL_1") && told.contains("DAYS") && told.contains("L_MsgNobodyKnows"), "{told}");
    assert!(!told.contains("error["), "{told}");
    let grammar = fs::read_to_string(top.path().join("data/grammars/slmgr/de.toml")).unwrap();
    assert!(grammar.contains("L_MsgActivating = \"%NAME% (%ID%) wird aktiviert...\""), "{grammar}");
    assert!(top.path().join("data/grammars/errors/de.toml").exists());
    write(top.path().join("a.txt"), "Das Produkt wurde erfolgreich aktiviert.\r\n");
    let checked = run(top.path(), &["check", "a.txt", "--knowledge", "data", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_slice(&checked.stdout).unwrap();
    assert_eq!(value["verdict"]["state"], "activated");
    let clean = run(top.path(), &["check-data", "data"]);
    assert_eq!(code(&clean), 0, "{}", text(&clean.stdout));
    fs::copy(top.path().join("slmgr/0407/slmgr.ini"), top.path().join("slmgr.ini")).unwrap();
    assert_eq!(code(&run(top.path(), &["lang", "import", "slmgr.ini"])), 64, "no language is told");
    let printed = run(top.path(), &["lang", "import", "slmgr.ini", "--language", "de"]);
    assert_eq!(text(&printed.stdout), grammar);
}
