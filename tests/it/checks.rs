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
