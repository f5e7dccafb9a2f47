//! `docs/conflicts.md`: every point in which sources differ is carried by something that exists, and behaves so.

use std::fs;

use kms_triage::locale::LOCALES;
use kms_triage::report::{CaseLinks, case_text};
use kms_triage::{Input, analyze};
use regex::Regex;

use crate::files::{knowledge, renderer, report, root};

/// Points in which the sources differ.
const CONFLICTS: usize = 30;

/// Why `named` is not there; `None` when it is.
fn missing(named: &str) -> Option<String> {
    let known = knowledge();
    let (folder, id) = named.split_once('/')?;
    let there = match folder {
        "causes" => known.causes.get(id).is_some_and(|c| LOCALES.iter().all(|l| !c.texts.get(l).local_note.is_empty())),
        "codes" => known.codes.get(id).is_some(),
        "remedies" => known.remedies.contains_key(id),
        "rules" => known.rules.contains_key(id),
        "checks" => known.checks.iter().any(|c| c.id == id),
        _ => {
            let (file, function) = named.split_once("::").unwrap_or((named, ""));
            fs::read_to_string(root().join(file)).is_ok_and(|text| function.is_empty() || text.contains(&format!("fn {function}()")))
        }
    };
    (!there).then(|| format!("  {named} does not exist, or says nothing about local advice"))
}

#[test]
fn what_carries_a_conflict_exists() {
    let table = fs::read_to_string(root().join("docs/conflicts.md")).unwrap();
    let named = Regex::new("`([^`]+)`").unwrap();
    let rows: Vec<&str> = table.lines().filter(|l| l.starts_with("| ") && !l.starts_with("| #")).collect();
    let mut problems = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [number, _, _, _, carried] = cells.as_slice() else { panic!("{row}") };
        if *number != (i + 1).to_string() {
            problems.push(format!("  row {} is numbered {number}", i + 1));
        }
        let ids: Vec<&str> = named.captures_iter(carried).map(|c| c.get(1).unwrap().as_str()).collect();
        if ids.is_empty() {
            problems.push(format!("  {number} is carried by nothing"));
        }
        problems.extend(ids.into_iter().filter_map(missing));
    }
    assert_eq!(rows.len(), CONFLICTS);
    report("conflicts without a carrier", &problems);
}

#[test]
fn a_licence_stands_before_a_bios() {
    let steps = &knowledge().causes["oem-slic"];
    let all: Vec<&String> = steps.steps.iter().chain(&steps.admin_steps).collect();
    let place = |id: &str| all.iter().position(|s| *s == id).unwrap_or_else(|| panic!("no {id}"));
    assert!(place("R34") < place("R33"), "{all:?}");
}

#[test]
fn codes_that_mean_the_same() {
    let cause = |code: &str| knowledge().codes.get(code).unwrap().cause.as_str();
    assert_eq!(cause("0xC004F066"), "key-edition-mismatch");
    assert_eq!(cause("0xC004F069"), "key-edition-mismatch");
    assert_eq!(cause("0x8007232B"), "kms-dns-not-found");
    assert_eq!(cause("0x800706BA"), "kms-unreachable");
}

#[test]
fn the_service_has_two_names() {
    let says = |service: &str, what: &str| {
        let text = format!(
            "C:\\>cscript slmgr.vbs /ato\nError: 0xC004F074 The {service} reported that the {what} could not be activated. No Key Management \
             Service (KMS) could be contacted.\n"
        );
        let case = analyze(knowledge(), "case", &[Input::new("slmgr.txt", text.as_bytes())]).case;
        (case.verdict.cause, case.verdict.certainty, case.unrecognised.len())
    };
    let windows = says("Software Licensing Service", "computer");
    assert_eq!(windows, says("Software Protection Service", "product"));
    assert!(windows.0.is_some());
}

#[test]
fn office_has_two_application_ids() {
    for id in ["0ff1ce15-a989-479d-af46-f275c6370663", "0ff1ce16-a989-479d-af46-f275c6370663"] {
        let text = format!("C:\\>cscript slmgr.vbs /dlv all\nName: X, Y edition\nApplication ID: {id}\nLicense Status: Licensed\n");
        let case = analyze(knowledge(), "case", &[Input::new("slmgr.txt", text.as_bytes())]).case;
        assert_eq!(case.products[0].family, "office", "{id}");
    }
}

#[test]
fn windows_11_on_a_2019_key_is_undocumented() {
    let text = "C:\\>cscript slmgr.vbs /dlv\nSoftware licensing service version: 10.0.22631.4317\n\nName: Windows(R), Professional edition\n\
                Description: Windows(R) Operating System, VOLUME_KMSCLIENT channel\nActivation ID: 2de67392-b7a7-462a-b1ca-108dd189f588\n\
                License Status: Notification\nNotification Reason: 0xC004F042.\n";
    let analysis = analyze(knowledge(), "case", &[Input::new("slmgr.txt", text.as_bytes())]);
    assert_eq!(
        analysis.case.verdict.cause.as_deref(),
        Some("kms-product-unsupported"),
        "{}",
        case_text(knowledge(), &analysis, "en", false)
    );
    let links = CaseLinks { index: None, langs: Vec::new(), explained: None };
    let page = renderer().case(&analysis, "en", &links).unwrap();
    assert!(page.contains("(not listed by Microsoft, but reported to work: Windows Server 2019)"));
}
