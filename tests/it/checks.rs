//! Rows of the table of checks that a careless reading would get wrong.

use std::collections::{BTreeMap, BTreeSet};

use kms_triage::report::CaseLinks;
use kms_triage::{Input, analyze};

use crate::cases;
use crate::files::{knowledge, renderer, report};

fn result(check: &str, text: &str) -> String {
    let analysis = analyze(knowledge(), "case", &[Input::new("nslookup.txt", text.as_bytes())]);
    analysis.case.checks.iter().find(|c| c.id == check).map(|c| c.result.clone()).unwrap_or_default()
}

#[test]
fn the_address_of_the_dns_server_is_no_answer() {
    let asked = "C:\\>nslookup kms.example.edu\nServer:  dns.example.edu\nAddress:  192.0.2.53\n\n";
    let failed = format!("{asked}*** dns.example.edu can't find kms.example.edu: Non-existent domain\n");
    assert_ne!(result("dns-a", &failed), "pass");
    let found = format!("{asked}Name:    kms.example.edu\nAddress:  192.0.2.10\n");
    assert_eq!(result("dns-a", &found), "pass");
}

#[test]
fn what_has_been_answered_is_not_asked_again() {
    let refused = "C:\\>cscript slmgr.vbs /ato\nError: 0xC004F039 The software Licensing Service reported that the computer could not be \
                   activated. The Key Management Service (KMS) is not enabled\n";
    let port = "PS C:\\> Test-NetConnection kms.example.edu -Port 1688\nComputerName : kms.example.edu\nRemotePort : 1688\nTcpTestSucceeded : True\n";
    let asked = |inputs: &[Input<'_>]| analyze(knowledge(), "case", inputs).case.verdict.next_evidence;
    let is_port_test = |c: &String| c.starts_with("Test-NetConnection");
    let slmgr = Input::new("slmgr.txt", refused.as_bytes());
    assert!(asked(&[slmgr]).iter().any(is_port_test));
    let both = asked(&[slmgr, Input::new("tnc.txt", port.as_bytes())]);
    assert!(!both.is_empty() && !both.iter().any(is_port_test), "{both:?}");
}

#[test]
fn sentences_beside_a_log_are_shown_and_decide_nothing() {
    let case = cases::all().into_iter().find(|c| c.name.contains("display-texts-beside-a-log")).unwrap();
    let input = |ending: &str| case.files.iter().find(|(name, _)| name.ends_with(ending)).map(|(n, b)| Input::new(n, b)).unwrap();
    let (log, sentences) = (input(".evtx"), input(".MTA"));
    let both = analyze(knowledge(), "case", &[log, sentences]);
    assert_eq!(both.case.events[0].sentence.as_deref(), Some("用戶端已將啟用要求傳送到金鑰管理服務電腦。"));
    let page = renderer().case(&both, "en", &CaseLinks::default()).unwrap();
    assert!(page.contains("用戶端已將啟用要求"));

    let bare = analyze(knowledge(), "case", &[log]);
    assert_eq!(bare.case.events[0].sentence, None);
    assert_eq!(serde_json::to_string(&both.case.findings).unwrap(), serde_json::to_string(&bare.case.findings).unwrap());

    let alone = analyze(knowledge(), "case", &[sentences]);
    assert_eq!((alone.case.files[0].status.as_str(), alone.case.files[0].reason.is_some()), ("skipped", true));
    let cut = Input::new("Application_1028.MTA", &sentences.bytes[..sentences.bytes.len() / 2]);
    assert_eq!(analyze(knowledge(), "case", &[log, cut]).case.files.iter().filter(|f| f.status == "failed").count(), 1);
}

#[test]
fn of_a_text_with_too_many_lines_both_ends_are_read() {
    let filler = "License Status: Licensed\n".repeat(210_000);
    let text = format!("C:\\>cscript slmgr.vbs /ato\nError: 0xC004F074\n{filler}C:\\>cscript slmgr.vbs /ato\nError: 0x8007232B\n");
    let case = analyze(knowledge(), "case", &[Input::new("long.txt", text.as_bytes())]).case;
    assert_eq!(case.files[0].status, "partly-read");
    assert!(case.files[0].reason.as_deref().is_some_and(|r| r.contains("10004")), "{:?}", case.files[0].reason);
    for code in ["0xC004F074", "0x8007232B"] {
        assert!(case.error_codes.iter().any(|c| c.code == code), "{code}");
    }
    let last = case.runs.last().unwrap().evidence.line;
    assert_eq!(last, Some(210_004), "line numbers stay those of the file");
}

#[test]
fn chance_codes_in_a_program_mean_nothing() {
    let junk: Vec<u8> =
        (0_u32..60_000).map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()[2]).chain(*b"\x01\x02<0x5\x7f\xb3\x02P\n").collect();
    let case = analyze(knowledge(), "case", &[Input::new("junk.bin", &junk)]).case;
    assert_eq!((case.verdict.cause, case.error_codes.len()), (None, 0));
}

#[test]
fn a_renewal_in_a_log_does_not_show_that_commands_run() {
    let case = cases::all().into_iter().find(|c| c.name.contains("events/renewed-en")).unwrap();
    let result = |check: &str| case.analyze().case.checks.iter().find(|c| c.id == check).map(|c| c.result.clone());
    assert_eq!(result("script-host").as_deref(), Some("not-tested"));
    assert_eq!(result("license-state").as_deref(), Some("pass"));
}

/// Cases of the corpus by check and result.
fn corpus_results() -> BTreeMap<(String, String), BTreeSet<String>> {
    let mut seen: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for case in cases::all() {
        for row in case.analyze().case.checks {
            seen.entry((row.id, row.result)).or_default().insert(case.name.clone());
        }
    }
    seen
}

#[test]
fn every_check_passes_and_fails_somewhere() {
    if std::env::var_os("CASE").is_some() {
        return;
    }
    let seen = corpus_results();
    let mut problems = Vec::new();
    for check in &knowledge().checks {
        for result in ["pass", "fail", "not-tested"] {
            let found = seen.get(&(check.id.clone(), result.to_owned())).map_or(0, BTreeSet::len);
            if found < 2 {
                problems.push(format!("  {}: {result} in {found} cases", check.id));
            }
        }
    }
    report("results of checks that the corpus does not show twice", &problems);
}

#[test]
fn every_fact_that_decides_a_check_is_seen() {
    if std::env::var_os("CASE").is_some() {
        return;
    }
    let mut idle: BTreeMap<(usize, bool, usize), String> = BTreeMap::new();
    let checks = &knowledge().checks;
    for (c, check) in checks.iter().enumerate() {
        for (passes, wants) in [(true, &check.pass), (false, &check.fail)] {
            idle.extend(wants.iter().enumerate().map(|(w, want)| ((c, passes, w), format!("  {} {passes}: {want:?}", check.id))));
        }
    }
    for case in cases::all() {
        let facts = case.analyze().assembly.facts;
        idle.retain(|(c, passes, w), _| {
            let check = &checks[*c];
            let want = if *passes { &check.pass[*w] } else { &check.fail[*w] };
            !facts.iter().any(|f| f.kind == want.fact && want.fields.iter().all(|(n, v)| v.condition().holds(f.field(n))))
        });
    }
    report("facts that decide a check and stand in no case", &idle.into_values().collect::<Vec<_>>());
}
