//! Which knowledge a report was made with: its digest stands everywhere, and says what the data hold.

use std::fs;
use std::path::Path;

use crate::{FAILED, run, text, tree, two_cases, write};

/// The digest in the JSON of a case.
fn digest(dir: &Path, arguments: &[&str]) -> String {
    let output = run(dir, &[&["check", "drop/PC-02/slmgr.txt", "--format", "json"], arguments].concat());
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    value["knowledge_hash"].as_str().unwrap().to_owned()
}

#[test]
fn the_same_data_have_the_same_digest_wherever_they_lie() {
    let top = two_cases();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let built_in = digest(top.path(), &[]);
    assert!(built_in.len() == 64 && built_in.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)));
    assert_eq!(digest(top.path(), &["--knowledge", root.to_str().unwrap()]), built_in);

    let remedy = fs::read_to_string(root.join("remedies/R02.toml")).unwrap();
    let laid_over = |content: String| {
        write(top.path().join("mine/remedies/R02.toml"), content);
        digest(top.path(), &["--knowledge", "mine"])
    };
    assert_eq!(laid_over(format!("# a comment\r\n{}", remedy.replace('\n', "\r\n"))), built_in);
    let changed = laid_over(remedy.replace("title = \"", "title = \"Ours: "));
    assert_ne!(changed, built_in);
    write(top.path().join("mine/remedies/R900.toml"), "id = ");
    assert_ne!(digest(top.path(), &["--knowledge", "mine"]), changed, "a broken file is another file");
}

#[test]
fn every_report_names_its_knowledge() {
    let top = two_cases();
    let short = digest(top.path(), &[]).chars().take(12).collect::<String>();
    let shown = |arguments: &[&str]| text(&run(top.path(), arguments).stdout).contains(&short);
    for format in ["text", "json", "html"] {
        assert!(shown(&["check", "drop/PC-02/slmgr.txt", "--format", format]), "{format}");
    }
    run(top.path(), &["scan", "drop"]);
    run(top.path(), &["explain", "--all", "--out", "pages"]);
    for folder in ["report", "pages"] {
        let files = tree(&top.path().join(folder));
        let said = files.iter().filter(|f| f.0.ends_with(".html") || f.0.ends_with(".ndjson"));
        for (name, bytes) in said {
            assert!(text(bytes).contains(&short), "{folder}/{name}");
        }
    }
    write(top.path().join("drop/PC-03/slmgr.txt"), FAILED);
    write(top.path().join("mine/templates/parts/footer.html"), "{{ about.knowledge }}");
    let other = digest(top.path(), &["--knowledge", "mine"]).chars().take(12).collect::<String>();
    run(top.path(), &["scan", "drop", "--knowledge", "mine"]);
    assert!(fs::read_to_string(top.path().join("report/index.html")).unwrap().contains(&other));
    assert_ne!(short, other);
}
