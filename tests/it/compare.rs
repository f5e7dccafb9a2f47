//! The page of a comparison: sound in every language, whatever names hold.

use kms_triage::compare::{Batch, compare};
use kms_triage::locale::LOCALES;
use kms_triage::report::comparison_text;
use serde_json::json;

use crate::files::{knowledge, renderer};

fn batch(name: &str, states: &[(&str, &str, Option<&str>)]) -> Batch {
    let mut batch = Batch::new(name);
    for (number, (case, state, cause)) in states.iter().enumerate() {
        let verdict = json!({ "state": state, "cause": cause, "certainty": "certain", "actor": "helpdesk" });
        let codes = json!([{ "code": "0xC004F074", "role": "failure", "count": 1 }]);
        let line = json!({ "schema": 1, "tool": name, "case": case, "verdict": verdict, "error_codes": codes });
        batch.line(number + 1, line.to_string().as_bytes());
    }
    batch
}

#[test]
fn pages_escape_names_and_define_every_word() {
    let payload = "<script>alert(1)</script>\"'{old}";
    let old = [(payload, "not-activated", Some("kms-unreachable")), ("b", "activated", None), ("c", "grace", None), ("d", "unknown", None)];
    let new = [(payload, "activated", None), ("b", "not-activated", Some("<b>")), ("c", "<i>", None), ("e", "expiring", None)];
    for locale in LOCALES {
        let mut late = batch(payload, &new);
        late.line(9, b"{");
        let comparison = compare(batch("old", &old), late);
        let html = renderer().comparison(&comparison, locale).unwrap();
        assert!(!html.contains("<script") && !html.contains("<b>\"") && !html.contains("<i>") && !html.contains(">?<"), "{locale}");
        assert!(html.contains("&lt;script&gt;") && html.trim_end().ends_with("</html>"));
        for word in ["change-healed", "change-new", "change-gone", "change-appeared", "change-unclear"] {
            let label = knowledge().word(locale, word);
            assert!(label.len() > 1 && html.contains(label) && comparison_text(knowledge(), &comparison, locale).contains(label), "{word}");
        }
    }
}

#[test]
fn a_long_list_is_cut_and_says_so() {
    let names: Vec<String> = (0..1_100).map(|n| format!("PC-{n:04}")).collect();
    let states: Vec<(&str, &str, Option<&str>)> = names.iter().map(|n| (n.as_str(), "grace", None)).collect();
    let comparison = compare(batch("a", &states), batch("a", &states));
    let html = renderer().comparison(&comparison, "en").unwrap();
    assert!(html.contains("PC-0999") && !html.contains("PC-1000") && html.contains("100 more are not listed"));
    assert_eq!(comparison.cases.len(), 1_100);
}
