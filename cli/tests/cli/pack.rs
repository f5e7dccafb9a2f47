//! Signed packs as a person meets them: made, loaded, refused; the secret key stays secret.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::{code, run, text, two_cases, write};

/// A folder `mine` with one remedy of our own, and a key pair.
fn school() -> TempDir {
    let top = two_cases();
    let remedy = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../remedies/R02.toml")).unwrap();
    write(top.path().join("mine/remedies/R02.toml"), remedy.replace("title = \"", "title = \"Ours: "));
    assert_eq!(code(&run(top.path(), &["knowledge", "keygen", "--out", "school.key"])), 0);
    top
}

fn pack(top: &TempDir) {
    let made = run(top.path(), &["knowledge", "pack", "mine", "--key", "school.key", "--out", "mine.pack"]);
    assert_eq!(code(&made), 0, "{}", text(&made.stderr));
}

#[test]
fn a_pack_serves_like_its_folder() {
    let top = school();
    pack(&top);
    let first = fs::read(top.path().join("mine.pack")).unwrap();
    pack(&top);
    assert_eq!(fs::read(top.path().join("mine.pack")).unwrap(), first, "the same bytes again");
    let digits = fs::read_to_string(top.path().join("school.key.pub")).unwrap().lines().nth(1).unwrap().to_owned();
    let check = |more: &[&str]| {
        let output = run(top.path(), &[&["check", "drop/PC-02/slmgr.txt", "--format", "json", "--locale", "en"], more].concat());
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
        output.stdout
    };
    let folder = check(&["--knowledge", "mine"]);
    assert_ne!(folder, check(&[]));
    assert_eq!(folder, check(&["--knowledge", "mine.pack", "--knowledge-key", "school.key.pub"]));
    assert_eq!(folder, check(&["--knowledge", "mine.pack", "--knowledge-key", &digits]));
    let explained = run(top.path(), &["explain", "R02", "--knowledge", "mine.pack", "--knowledge-key", &digits, "--locale", "en"]);
    assert!(text(&explained.stdout).contains("Ours: "));
    let verified = run(top.path(), &["knowledge", "verify", "mine.pack", "--pubkey", "school.key.pub"]);
    assert_eq!(code(&verified), 0);
    let value: serde_json::Value = serde_json::from_slice(&folder).unwrap();
    assert!(text(&verified.stdout).contains(value["knowledge_hash"].as_str().unwrap()), "{}", text(&verified.stdout));
}

#[test]
fn a_pack_that_cannot_be_trusted_ends_the_run() {
    let top = school();
    pack(&top);
    run(top.path(), &["knowledge", "keygen", "--out", "other.key"]);
    let good = fs::read(top.path().join("mine.pack")).unwrap();
    let altered = String::from_utf8(good.clone()).unwrap().replacen("Ours: ", "Hers: ", 1);
    write(top.path().join("altered.pack"), altered);
    write(top.path().join("cut.pack"), &good[..good.len() / 2]);
    write(top.path().join("empty.pack"), "");
    let refused = |pack: &str, key: &[&str], told: &str| {
        let output = run(top.path(), &[&["check", "drop/PC-02/slmgr.txt", "--knowledge", pack], key].concat());
        let said = text(&output.stderr);
        assert_eq!(code(&output), 64, "{pack}: {said}");
        assert!(output.stdout.is_empty() && said.contains(pack) && said.contains(told), "{pack}: {said}");
    };
    let ours: &[&str] = &["--knowledge-key", "school.key.pub"];
    refused("altered.pack", ours, "the signature does not fit");
    refused("cut.pack", ours, "fetch it again");
    refused("empty.pack", ours, "line 1 is not `kms-triage-pack 1`");
    refused("mine.pack", &["--knowledge-key", "other.key.pub"], "signed by the key");
    refused("mine.pack", &[], "--knowledge-key");
    refused("mine", ours, "which nobody signs");
    refused("nowhere.pack", ours, "cannot read the pack");
    for (pack, exit) in [("altered.pack", 1), ("mine.pack", 0), ("nowhere.pack", 64)] {
        assert_eq!(code(&run(top.path(), &["knowledge", "verify", pack, "--pubkey", "school.key.pub"])), exit, "{pack}");
    }
}

#[test]
fn keys_are_kept_apart_and_kept() {
    let top = school();
    let secret = fs::read_to_string(top.path().join("school.key")).unwrap();
    let digits = secret.lines().nth(1).unwrap().strip_prefix("secret ").unwrap();
    assert_eq!(digits.len(), 64);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(top.path().join("school.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let again = run(top.path(), &["knowledge", "keygen", "--out", "school.key"]);
    assert_eq!(code(&again), 64, "a key is never written over");
    assert_eq!(fs::read_to_string(top.path().join("school.key")).unwrap(), secret);
    pack(&top);
    let mut said = Vec::new();
    for arguments in [
        ["knowledge", "verify", "mine.pack", "--pubkey", "school.key"].as_slice(),
        &["knowledge", "verify", "mine.pack", "--pubkey", "nowhere.pub"],
        &["knowledge", "verify", "mine.pack", "--pubkey", "0123"],
        &["knowledge", "pack", "mine", "--key", "school.key.pub", "--out", "x.pack"],
        &["knowledge", "pack", "drop", "--key", "school.key", "--out", "x.pack"],
        &["check", "drop/PC-02/slmgr.txt", "--knowledge-key", "school.key.pub"],
    ] {
        let output = run(top.path(), arguments);
        assert_eq!(code(&output), 64, "{arguments:?}: {}", text(&output.stderr));
        said.extend([output.stdout, output.stderr].concat());
    }
    assert!(!top.path().join("x.pack").exists());
    said.extend(fs::read(top.path().join("mine.pack")).unwrap());
    said.extend(fs::read(top.path().join("school.key.pub")).unwrap());
    assert!(!String::from_utf8_lossy(&said).contains(digits), "the secret is told");
}

#[test]
fn data_that_cannot_be_loaded_are_not_signed() {
    let top = school();
    write(top.path().join("mine/causes/mine.toml"), "id = ");
    let output = run(top.path(), &["knowledge", "pack", "mine", "--key", "school.key", "--out", "mine.pack"]);
    assert_eq!(code(&output), 64);
    let said = text(&output.stderr);
    assert!(said.contains("causes/mine.toml") && said.contains("nothing was signed"), "{said}");
    assert!(!top.path().join("mine.pack").exists());
    fs::remove_file(top.path().join("mine/causes/mine.toml")).unwrap();
    write(top.path().join("mine/remedies/notes.txt"), "mine");
    let output = run(top.path(), &["knowledge", "pack", "mine", "--key", "school.key", "--out", "mine.pack"]);
    assert_eq!(code(&output), 64);
    assert!(text(&output.stderr).contains("remedies/notes.txt"), "{}", text(&output.stderr));
}
