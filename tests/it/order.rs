//! The order of reasoning, as small inputs: the innermost code wins, the newest state wins, evidence against lowers
//! certainty, rivals are ranked and each names the command that decides.

use kms_triage::analyze::Analysis;
use kms_triage::{Input, analyze};

use crate::cases::{self, TestCase};
use crate::files::{knowledge, report};

const ID: &str = "2de67392-b7a7-462a-b1ca-108dd189f588";

/// One input per text; those that are logs are named so.
fn of(texts: &[&str]) -> Analysis {
    let named: Vec<(String, &str)> = texts.iter().enumerate().map(|(i, t)| (format!("{i}.txt"), *t)).collect();
    let inputs: Vec<Input<'_>> = named.iter().map(|(name, text)| Input::new(name, text.as_bytes())).collect();
    analyze(knowledge(), "case", &inputs)
}

/// `/ato` that ends with a code.
fn ato(code: &str) -> String {
    format!("C:\\>cscript slmgr.vbs /ato\nActivating Windows(R), Professional edition ({ID}) ...\nError: {code}\n")
}

const SUCCESS: &str = "C:\\>cscript slmgr.vbs /ato\nActivating Windows(R), Professional edition (2de67392-b7a7-462a-b1ca-108dd189f588) ...\n\
                       Product activated successfully.\n";
const OPEN: &str = "PS C:\\> Test-NetConnection kms.example.edu -Port 1688\nComputerName : kms.example.edu\nRemoteAddress : 192.0.2.10\n\
                    RemotePort : 1688\nTcpTestSucceeded : True\n";
const CLOSED: &str = "PS C:\\> Test-NetConnection kms.example.edu -Port 1688\nComputerName : kms.example.edu\nRemoteAddress : 192.0.2.10\n\
                      RemotePort : 1688\nPingSucceeded : True\nTcpTestSucceeded : False\n";
const SRV: &str = "C:\\>nslookup -type=srv _vlmcs._tcp.example.edu\nServer:  dns.example.edu\nAddress:  192.0.2.53\n\n\
                   _vlmcs._tcp.example.edu\tSRV service location:\n          port           = 1688\n          svr hostname   = kms.example.edu\n";
const CLOCK_RIGHT: &str = "C:\\>w32tm /stripchart /computer:time.example.edu /samples:1 /dataonly\n09:00:00, +0.0012000s\n";
const CLOCK_OFF: &str = "C:\\>w32tm /stripchart /computer:time.example.edu /samples:1 /dataonly\n09:00:00, -28800.0123456s\n";

/// A record 12288: the request and its result.
fn request(code: &str) -> String {
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Security-SPP'/>\
         <EventID>12288</EventID><TimeCreated SystemTime='2026-11-23T01:14:02Z'/><EventRecordID>1</EventRecordID>\
         <Computer>pc07.example.edu</Computer></System><EventData><Data>{code}, 0x00000000, kms.example.edu:1688, \
         4f1d7c52-9a3e-4b60-8c11-0d5e2a7b9f34, 2026/11/23 01:14, 0, 5, 0, {ID}, 25</Data></EventData></Event>\n"
    )
}

fn cause(analysis: &Analysis) -> &str {
    analysis.case.verdict.cause.as_deref().unwrap_or("none")
}

#[test]
fn the_innermost_code_wins() {
    // What 0xC004F074 wraps, and what that means.
    let inner = [
        ("0x8007232B", "kms-dns-not-found"),
        ("0x8007251D", "kms-dns-not-found"),
        ("0x800706BA", "kms-unreachable"),
        ("0xC0020017", "kms-unreachable"),
        ("0xC004F06C", "clock-skew"),
        ("0xC004F042", "kms-product-unsupported"),
        ("0xC004F038", "kms-count-low"),
        ("0xC004F041", "kms-host-not-ready"),
    ];
    let mut problems = Vec::new();
    for (code, want) in inner {
        let analysis = of(&[&ato("0xC004F074"), &request(code)]);
        if cause(&analysis) != want {
            problems.push(format!("  0xC004F074 around {code}: {}, wanted {want}", cause(&analysis)));
        }
    }
    report("wrapped codes", &problems);
}

#[test]
fn the_wrapper_alone_is_never_certain() {
    let alone = of(&[&ato("0xC004F074")]);
    assert_ne!(alone.case.verdict.certainty, "certain");
    assert!(alone.case.verdict.rivals.len() >= 2, "{:?}", alone.case.verdict.rivals);
}

#[test]
fn the_newest_state_wins() {
    let failed = ato("0xC004F074");
    let together = |parts: &[&str]| of(&[&parts.concat()]).case.verdict.state;
    let notification = "C:\\>cscript slmgr.vbs /dli\nName: Windows(R), Professional edition\nDescription: Windows(R) Operating System, \
                        VOLUME_KMSCLIENT channel\nPartial Product Key: T83GX\nLicense Status: Notification\n";
    let licensed = "C:\\>cscript slmgr.vbs /dlv\nName: Windows(R), Professional edition\nDescription: Windows(R) Operating System, \
                    VOLUME_KMSCLIENT channel\nPartial Product Key: T83GX\nLicense Status: Licensed\n\
                    Volume activation expiration: 244800 minute(s) (170 day(s))\n";
    let cases = [
        ("failed, then activated", together(&[&failed, SUCCESS]), "activated"),
        ("activated, then failed", together(&[SUCCESS, &failed]), "not-activated"),
        ("shown as notification, then activated", together(&[notification, SUCCESS]), "activated"),
        ("shown as licensed, then as notification", together(&[licensed, notification]), "not-activated"),
        // Section 0.2: time left outranks an error beside it.
        ("licensed with days left, renewal failed", together(&[licensed, &failed]), "activated"),
    ];
    let wrong: Vec<String> =
        cases.iter().filter(|(_, got, want)| got != want).map(|(what, got, want)| format!("  {what}: {got}, wanted {want}")).collect();
    report("states", &wrong);
}

/// How sure the analysis is of a cause: 3 certain, 2 likely, 1 possible, 0 not named at all.
fn sure(analysis: &Analysis, cause: &str) -> usize {
    let rank = |certainty: &str| 1 + ["possible", "likely", "certain"].iter().position(|c| *c == certainty).unwrap_or(0);
    let verdict = &analysis.case.verdict;
    if verdict.cause.as_deref() == Some(cause) {
        return rank(&verdict.certainty);
    }
    verdict.rivals.iter().find(|r| r.cause == cause).map_or(0, |r| rank(&r.certainty))
}

#[test]
fn evidence_against_lowers_certainty() {
    let refused = ato("0xC004F074");
    let no_record = ato("0x8007232B");
    let clock = ato("0xC004F06C");
    // What is claimed, by what, and what argues against it.
    let cases = [("kms-unreachable", &refused, OPEN), ("kms-dns-not-found", &no_record, SRV), ("clock-skew", &clock, CLOCK_RIGHT)];
    let mut problems = Vec::new();
    for (cause, text, against) in cases {
        let (alone, with) = (sure(&of(&[text]), cause), sure(&of(&[text, against]), cause));
        if with >= alone {
            problems.push(format!("  {cause}: {alone} alone, {with} with evidence against it"));
        }
    }
    report("causes that stand unmoved", &problems);
}

#[test]
fn evidence_for_decides_between_rivals() {
    let refused = ato("0xC004F074");
    for (evidence, want) in [(CLOSED, "kms-unreachable"), (CLOCK_OFF, "clock-skew")] {
        assert_eq!(cause(&of(&[&refused, evidence])), want);
    }
    // An open port: neither DNS nor firewall, so the clock and then the host's version are asked about.
    let open = of(&[&refused, OPEN]);
    assert!(!matches!(cause(&open), "kms-unreachable" | "kms-dns-not-found"), "{}", cause(&open));
    let named: Vec<&str> = open.case.verdict.rivals.iter().map(|r| r.cause.as_str()).chain([cause(&open)]).collect();
    assert!(named.contains(&"clock-skew") && named.contains(&"kms-product-unsupported"), "{named:?}");
}

#[test]
fn rivals_are_ranked_and_name_what_decides() {
    let rank = |certainty: &str| ["possible", "likely", "certain"].iter().position(|c| *c == certainty);
    let mut problems = Vec::new();
    for analysis in cases::all().into_iter().map(TestCase::analyze) {
        let verdict = &analysis.case.verdict;
        let ranks: Vec<_> = verdict.rivals.iter().map(|r| rank(&r.certainty)).collect();
        if !ranks.is_sorted_by(|a, b| a >= b) {
            problems.push(format!("  {}: {ranks:?}", analysis.case.case));
        }
        for rival in verdict.rivals.iter().filter(|r| r.decided_by.is_empty() || Some(&r.cause) == verdict.cause.as_ref()) {
            problems.push(format!("  {}: {} decided by `{}`", analysis.case.case, rival.cause, rival.decided_by));
        }
    }
    report("rivals", &problems);
}
