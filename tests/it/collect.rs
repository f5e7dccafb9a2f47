//! The scripts that collect evidence change nothing, and a folder that they made says what is missing.

use std::fs;

use kms_triage::collect::{FILES, MARKER};
use kms_triage::{Input, analyze};
use regex::Regex;

use crate::files::{knowledge, report, root};

const SCRIPTS: [&str; 2] = ["collect/collect.cmd", "collect/collect.ps1"];

fn script(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// Tools that both read and write, and the only words that may stand behind them.
const READS: [(&str, &str); 7] = [
    ("cscript //nologo", r#"^ (?:"?(?:%SYS%\\|%~1\\)?|`?"?\$)(?:slmgr|ospp)(?:\.vbs)?`?"? /(?:dlv|xpr|dstatus)"#),
    ("wevtutil", r"^ (?:epl|qe) "),
    ("reg query", ""),
    ("w32tm", r"^(?:\.txt|'| /query)"),
    ("tzutil", r"^(?:\.txt|'| /g)"),
    ("ipconfig", r"^(?:\.txt|'| /all)"),
    ("nslookup", r"^(?:\.txt|'| -type=srv _vlmcs)"),
];

#[test]
fn scripts_change_nothing() {
    let forbidden = [
        r"/(?:ipk|upk|ato|act|rearm|skms|ckms|skhc|ckhc|sethst|setprt|remhst|inpkey|unpkey|rilc|cpky|stp|actype|sddc|sdns|cdns|dti|atp)\b",
        r"\breg(?:\.exe)? +(?:add|delete|import|load|restore|save|copy)",
        r"\b(?:Set|New|Remove|Clear|Start|Stop|Restart|Rename|Move|Copy|Invoke|Install|Uninstall|Register|Enable|Disable|Update)-[A-Z]",
        r"\bsc(?:\.exe)? +(?:config|start|stop|delete|create|failure)",
        r"\bnet(?:\.exe)? +(?:start|stop|user|use|time|localgroup)",
        r"/(?:release|renew|flushdns|registerdns|resync|config|register|unregister|s)\b",
        r"\bwevtutil +(?:cl|sl|im|um|clear-log|set-log)",
        r"(?i)\b(?:del|erase|rmdir|rd|move|ren|rename|copy|xcopy|robocopy|format|attrib|icacls|takeown|schtasks|bcdedit|netsh|powercfg|runas|certutil|bitsadmin|curl|wget|iwr|iex|setx|shutdown)\b +[^ ]",
        r"https?://",
    ];
    let mut problems = Vec::new();
    for name in SCRIPTS {
        let text = script(name);
        let code = text.lines().filter(|l| !l.starts_with("rem ") && !l.starts_with("# "));
        for (number, line) in code.enumerate() {
            let said = forbidden.iter().filter(|f| Regex::new(f).unwrap().is_match(line));
            problems.extend(said.map(|f| format!("  {name}, line of code {}: `{line}` has {f}", number + 1)));
            for (tool, reads) in READS.iter().filter(|(_, reads)| !reads.is_empty()) {
                let reads = Regex::new(reads).unwrap();
                let calls = line.match_indices(tool).map(|(at, _)| line.get(at + tool.len()..).unwrap_or_default());
                problems.extend(calls.filter(|c| !reads.is_match(c)).map(|c| format!("  {name}: {tool}{c}")));
            }
        }
    }
    report("lines of the scripts may change something", &problems);
}

#[test]
fn scripts_run_on_every_windows_and_make_every_file() {
    for name in SCRIPTS {
        let text = script(name);
        assert!(text.is_ascii(), "{name}: a Chinese Windows reads other letters as Big5");
        for (file, _) in FILES {
            assert!(text.contains(file), "{name} does not make {file}");
        }
        assert!(text.contains("kms-triage-collect 1"), "{name} leaves no marker");
    }
}

#[test]
fn a_collected_folder_says_what_is_missing() {
    let dlv = b"C:\\>cscript //nologo slmgr.vbs /dlv\r\nLicense Status: Licensed\r\n".as_slice();
    let files =
        [(MARKER, b"kms-triage-collect 1\r\n".as_slice()), ("slmgr-dlv.txt", dlv), ("ospp-dstatus-2.txt", dlv), ("ipconfig.txt", b" \r\n")];
    let inputs: Vec<Input<'_>> = files.iter().map(|(n, b)| Input::new(n, b)).collect();
    let analysis = analyze(knowledge(), "PC-07", &inputs);
    let collected = analysis.case.collected.as_ref().unwrap();
    let missing: Vec<&str> = collected.missing.iter().map(|m| m.file.as_str()).collect();
    assert_eq!(collected.version, "1");
    assert_eq!(missing, ["slmgr-xpr", "spp-events", "nslookup", "port-test", "ipconfig", "w32tm", "tzutil", "sc-sppsvc"]);
    let marker = analysis.sources.iter().find(|s| s.name == MARKER).unwrap();
    for locale in ["zh-TW", "en", "zh-CN"] {
        let said = marker.reason(knowledge(), locale).unwrap();
        assert!(said.contains("ipconfig (ipconfig /all)") && !said.contains("slmgr-dlv") && !said.contains('{'), "{said}");
    }
    assert!(analysis.case.unrecognised.iter().all(|u| u.file != MARKER));
    assert!(analyze(knowledge(), "PC-07", &inputs[1..]).case.collected.is_none());
}
