//! `explain`, `check-data`, `lang import`, extra data and the language of choice.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::{code, command, run, text, two_cases, write};

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

#[test]
fn a_further_language_is_one_file() {
    let top = two_cases();
    let words = "locale = \"ja\"\nhtml-lang = \"ja\"\nnames = [\"jp\"]\n[ui]\nlocale-name = \"日本語\"\nreport-title = \"ライセンス認証の報告\"\n\
                 [summary]\n[page]\n[cause.kms-unreachable]\ntitle = \"KMS ホストに届かない\"\nheadline = \"KMS ホストに届きません\"\nwhy = \"w\"\nlocal-note = \"\"\n";
    fs::create_dir_all(top.path().join("extra/locales")).unwrap();
    write(top.path().join("extra/locales/ja.toml"), words);
    let output = run(top.path(), &["scan", "drop", "--knowledge", "extra", "--locale", "jp"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let index = fs::read_to_string(top.path().join("report/index.html")).unwrap();
    assert!(index.contains("<html lang=\"ja\"") && index.contains("KMS ホストに届かない") && index.contains("index.zh-TW.html"));
    assert!(fs::read_to_string(top.path().join("report/index.zh-TW.html")).unwrap().contains("index.html"));

    let output = run(top.path(), &["explain", "kms-unreachable", "--knowledge", "extra", "--locale", "ja-JP"]);
    assert!(text(&output.stdout).contains("KMS ホストに届"), "{}", text(&output.stdout));
    let output = run(top.path(), &["explain", "kms-unreachable", "--locale", "ja"]);
    assert_eq!(code(&output), 64);
    assert!(text(&output.stderr).contains("zh-TW, en, zh-CN"));

    write(top.path().join("extra/locales/ja.toml"), words.replace("kms-unreachable", "kms-unreachible"));
    let output = run(top.path(), &["check-data", "extra"]);
    assert_eq!(code(&output), 1);
    assert!(text(&output.stdout).contains("kms-unreachable"), "{}", text(&output.stdout));
}

#[test]
fn the_encyclopaedia_links_to_pages_that_are_there() {
    let top = tempfile::tempdir().unwrap();
    let output = run(top.path(), &["explain", "--all", "--out", "pages", "--locale", "en"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let folder = top.path().join("pages");
    let names: BTreeSet<String> = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    let (mut links, mut sources) = (0, 0);
    for name in names.iter().filter(|n| n.ends_with(".html")) {
        let html = fs::read_to_string(folder.join(name)).unwrap().replace("&#x2f;", "/");
        for target in html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).filter(|t| !t.starts_with('#')) {
            if target.starts_with("https://") {
                sources += 1;
                continue;
            }
            assert!(names.contains(target), "{name} links to {target}");
            links += 1;
        }
    }
    assert!(links > 10_000, "{links} links");
    assert!(sources > 300, "{sources} sources");
    let page = fs::read_to_string(folder.join("code-0xC004F074.en.html")).unwrap().replace("&#x2f;", "/");
    assert!(page.contains("href=\"https://learn.microsoft.com/"), "{page}");
    assert!(names.contains("code-0xC004F074.zh-TW.html") && names.contains("event-12288.en.html"));
    assert!(fs::read_to_string(folder.join("index.html")).unwrap().contains("<html lang=\"en\""));

    write(top.path().join("other/thesis.txt"), "mine");
    assert_eq!(code(&run(top.path(), &["explain", "--all", "--out", "other"])), 64, "a folder of somebody else is left alone");
    assert_eq!(code(&run(top.path(), &["explain", "--all"])), 64);
    assert!(text(&run(top.path(), &["explain", "12288", "--locale", "en"]).stdout).contains("KMS host"));
}
