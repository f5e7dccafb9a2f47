//! Rows of the table of checks that a careless reading would get wrong.

use kms_triage::{Input, analyze};

use crate::files::knowledge;

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
