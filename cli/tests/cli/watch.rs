//! `watch`: whatever happens to the drop, the report ends up as a fresh scan would make it.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::{ACTIVATED, FAILED, assert_links, code, command, run, text, tree, write};

/// Longest wait for what must happen; a busy machine takes its time.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running watch of `drop` into `report`.
struct Watch {
    child: Child,
    said: Arc<Mutex<Vec<String>>>,
}

impl Watch {
    fn start(top: &Path, more: &[&str]) -> Self {
        let mut child = command(top)
            .args(["watch", "drop", "--out", "report", "--locale", "en"])
            .args(if more.contains(&"--settle") { &[][..] } else { &["--settle", "1"] })
            .args(more)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = Arc::new(Mutex::new(Vec::new()));
        let (lines, kept) = (BufReader::new(child.stderr.take().unwrap()).lines(), Arc::clone(&said));
        thread::spawn(move || lines.map_while(Result::ok).for_each(|line| kept.lock().unwrap().push(line)));
        let watch = Self { child, said };
        watch.wait_for(|said| said.iter().any(|l| l.contains("Report:")));
        watch
    }

    fn lines(&self) -> Vec<String> {
        self.said.lock().unwrap().clone()
    }

    fn wait_for(&self, wanted: impl Fn(&[String]) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !wanted(&self.lines()) {
            assert!(Instant::now() < end, "{:#?}", self.lines());
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn says(&self, part: &str) {
        self.wait_for(|said| said.iter().any(|l| l.contains(part)));
    }

    /// The report becomes what a fresh scan makes of the same drop.
    fn settles(&self, top: &Path) {
        let end = Instant::now() + PATIENCE;
        let _ = fs::remove_dir_all(top.join("fresh"));
        assert!(matches!(code(&run(top, &["scan", "drop", "--out", "fresh", "--locale", "en"])), 0 | 2 | 3));
        let fresh = tree(&top.join("fresh"));
        loop {
            // A page may go while it is read: the report has just been replaced.
            let now = std::panic::catch_unwind(|| tree(&top.join("report"))).unwrap_or_default();
            if now == fresh {
                return;
            }
            let names = |tree: &[(String, Vec<u8>)]| tree.iter().map(|f| (f.0.clone(), f.1.len())).collect::<Vec<_>>();
            assert!(Instant::now() < end, "{:#?}\n{:#?}\n{:#?}", names(&now), names(&fresh), self.lines());
            thread::sleep(Duration::from_millis(100));
        }
    }

    #[cfg(unix)]
    fn stop(mut self) -> i32 {
        let done = std::process::Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(done.success());
        self.child.wait().unwrap().code().unwrap()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn drop_of(cases: &[(&str, &str)]) -> TempDir {
    let top = tempfile::tempdir().unwrap();
    fs::create_dir(top.path().join("drop")).unwrap();
    for (name, content) in cases {
        write(top.path().join("drop").join(name), content);
    }
    top
}

#[test]
fn files_that_come_change_move_and_go_reach_the_report() {
    let top = drop_of(&[("PC-01/slmgr.txt", ACTIVATED), ("PC-02/slmgr.txt", FAILED), ("PC-03_a.txt", FAILED)]);
    let drop = top.path().join("drop");
    let watch = Watch::start(top.path(), &[]);
    watch.settles(top.path());
    write(drop.join("PC-04/slmgr.txt"), FAILED);
    watch.says("new: PC-04: Not activated");
    watch.settles(top.path());
    // The fix arrives in a second file of the same case.
    write(drop.join("PC-02/zz.txt"), ACTIVATED);
    watch.says("changed: PC-02: ");
    watch.settles(top.path());
    fs::rename(drop.join("PC-01"), drop.join("PC-09")).unwrap();
    watch.says("gone: PC-01");
    watch.says("new: PC-09: Activated");
    fs::remove_file(drop.join("PC-03_a.txt")).unwrap();
    watch.says("gone: PC-03");
    watch.settles(top.path());
    assert_links(&top.path().join("report"));
    assert!(!watch.lines().iter().any(|l| l.contains("PC-04") && l.contains("changed")), "{:#?}", watch.lines());
    // The same once more: every page is the one that is there already.
    write(drop.join("PC-04/slmgr.txt"), FAILED);
    watch.says("changed: PC-04: Not activated");
    watch.settles(top.path());
    assert!(!watch.lines().iter().any(|l| l.starts_with("kms-triage:")), "{:#?}", watch.lines());
}

#[test]
fn a_file_that_grows_is_read_when_it_has_stopped() {
    let top = drop_of(&[("PC-01/slmgr.txt", ACTIVATED)]);
    let path = top.path().join("drop/PC-02/slmgr.txt");
    let watch = Watch::start(top.path(), &["--settle", "2"]);
    write(path.clone(), "");
    write(top.path().join("drop/PC-03/slmgr.txt"), FAILED);
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    // Until its last line, it says the contrary.
    let content = FAILED.repeat(4) + ACTIVATED;
    let mut stalled = false;
    for piece in content.as_bytes().chunks(content.len() / 24) {
        let start = Instant::now();
        file.write_all(piece).unwrap();
        thread::sleep(Duration::from_millis(400));
        assert!(stalled || !watch.lines().iter().any(|l| l.starts_with("new: PC-02")), "{:#?}", watch.lines());
        // On a machine that is busy enough, the file did stop for a while.
        stalled |= start.elapsed() > Duration::from_millis(1_500);
    }
    drop(file);
    watch.says("new: PC-02: Activated");
    watch.settles(top.path());
    let lines = watch.lines();
    let place = |part: &str| lines.iter().position(|l| l.contains(part)).unwrap();
    assert!(stalled || place("new: PC-03") < place("new: PC-02"), "others do not wait for ever: {lines:#?}");
    assert!(stalled || lines.iter().filter(|l| l.contains("PC-02: files are still changing")).count() == 1, "{lines:#?}");
}

#[test]
fn a_burst_of_files_is_read_together() {
    let top = drop_of(&[("PC-000/slmgr.txt", ACTIVATED)]);
    let watch = Watch::start(top.path(), &[]);
    for number in 1..=200 {
        write(top.path().join(format!("drop/PC-{number:03}.txt")), "0xC004F074\r\n");
    }
    watch.says("201 cases");
    watch.settles(top.path());
    let lines = watch.lines();
    assert_eq!(lines.iter().filter(|l| l.starts_with("new: PC-")).count(), 200);
    let reports = lines.iter().filter(|l| l.contains("Report:")).count();
    assert!(reports <= 4, "{reports} reports for one burst");
}

#[test]
fn nothing_is_lost_while_nobody_watches() {
    let top = drop_of(&[("PC-01/slmgr.txt", ACTIVATED), ("PC-02/slmgr.txt", FAILED)]);
    let watch = Watch::start(top.path(), &[]);
    watch.settles(top.path());
    drop(watch);
    write(top.path().join("drop/PC-03/slmgr.txt"), FAILED);
    fs::remove_dir_all(top.path().join("drop/PC-01")).unwrap();
    let watch = Watch::start(top.path(), &[]);
    watch.settles(top.path());
    drop(watch);
    assert_eq!(code(&run(top.path(), &["scan", "drop", "--out", "report"])), 0, "the folder is free again");
}

#[cfg(unix)]
#[test]
fn it_ends_cleanly_and_holds_its_folder_until_then() {
    let top = drop_of(&[("PC-01/slmgr.txt", ACTIVATED)]);
    let watch = Watch::start(top.path(), &[]);
    let other = run(top.path(), &["scan", "drop", "--out", "report"]);
    assert_eq!(code(&other), 64, "{}", text(&other.stderr));
    let said = Arc::clone(&watch.said);
    assert_eq!(watch.stop(), 0);
    let end = Instant::now() + PATIENCE;
    while !said.lock().unwrap().iter().any(|l| l.contains("ended")) {
        assert!(Instant::now() < end);
        thread::sleep(Duration::from_millis(20));
    }
    assert_links(&top.path().join("report"));
    assert!(tree(&top.path().join("report")).iter().all(|f| !f.0.contains("kms-triage-new")));
}

#[test]
fn shares_that_report_nothing_are_polled() {
    let top = drop_of(&[("PC-01/slmgr.txt", ACTIVATED)]);
    let watch = Watch::start(top.path(), &["--poll", "1"]);
    write(top.path().join("drop/PC-02/slmgr.txt"), FAILED);
    watch.says("new: PC-02");
    watch.settles(top.path());
}

#[cfg(unix)]
#[test]
fn a_share_that_goes_away_leaves_the_report() {
    let top = drop_of(&[("PC-01/slmgr.txt", ACTIVATED)]);
    let watch = Watch::start(top.path(), &["--poll", "1"]);
    watch.settles(top.path());
    let before = tree(&top.path().join("report"));
    fs::rename(top.path().join("drop"), top.path().join("away")).unwrap();
    watch.says("cannot be read now");
    assert_eq!(tree(&top.path().join("report")), before);
    write(top.path().join("away/PC-02/slmgr.txt"), FAILED);
    fs::rename(top.path().join("away"), top.path().join("drop")).unwrap();
    watch.says("new: PC-02");
    watch.settles(top.path());
}

/// A host's log tells about a client's case: when the log comes or goes, the client's page changes with it.
#[test]
fn cases_that_tell_about_each_other_stay_in_step() {
    let top = drop_of(&[("PC-01/slmgr.txt", ACTIVATED)]);
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/demo");
    let copy = |name: &str| {
        for (path, bytes) in tree(&demo.join(name)) {
            write(top.path().join("drop").join(name).join(path), bytes);
        }
    };
    let hosts: Vec<String> = fs::read_dir(&demo)
        .unwrap()
        .filter_map(|e| e.ok().filter(|e| e.path().is_dir()).map(|e| e.file_name().to_string_lossy().into_owned()))
        .collect();
    let watch = Watch::start(top.path(), &["--pages", "all"]);
    for name in &hosts {
        copy(name);
    }
    watch.says(&format!("{} cases", hosts.len() + 1));
    watch.settles(top.path());
    for name in hosts.iter().filter(|n| n.to_lowercase().contains("kms")) {
        fs::remove_dir_all(top.path().join("drop").join(name)).unwrap();
        watch.says(&format!("gone: {name}"));
        watch.settles(top.path());
        copy(name);
        watch.settles(top.path());
    }
    // A page that got lost is made anew with the next report.
    let page = tree(&top.path().join("report")).into_iter().find(|f| f.0.contains("PC-01.en")).unwrap().0;
    fs::remove_file(top.path().join("report").join(page)).unwrap();
    write(top.path().join("drop/PC-99/slmgr.txt"), FAILED);
    watch.settles(top.path());
}
