//! The product lists at work: names for what only an ID tells, and a key line only where it is certainly right.

use std::collections::BTreeSet;
use std::fs;

use kms_triage::analyze::Analysis;
use kms_triage::catalog::KeyAdvice;
use kms_triage::decide::Placeholders;
use kms_triage::report::{CaseLinks, case_text};
use kms_triage::{Input, analyze};

use crate::files::{knowledge, renderer, report, root};

const BUILD_11: &str = "Software licensing service version: 10.0.22631.4317\n\n";
const BUILD_10: &str = "Software licensing service version: 10.0.19045.4291\n\n";

fn of(text: &str) -> Analysis {
    analyze(knowledge(), "case", &[Input::new("slmgr.txt", text.as_bytes())])
}

fn advice(analysis: &Analysis) -> KeyAdvice {
    Placeholders::from(knowledge(), &analysis.assembly, Some(&analysis.decision.case)).key_advice().clone()
}

/// `/dlv` of Windows: head, name, channel, the rest.
fn dlv(head: &str, name: &str, channel: &str, rest: &str) -> String {
    format!(
        "C:\\>cscript slmgr.vbs /dlv\n{head}Name: {name}\nDescription: Windows(R) Operating System, {channel} channel\n\
         {rest}License Status: Notification\nNotification Reason: 0xC004F034.\n"
    )
}

/// `/dstatus` of Office.
fn dstatus(name: &str, channel: &str) -> String {
    format!(
        "C:\\>cscript ospp.vbs /dstatus\n---Processing--------------------------\nLICENSE NAME: {name}\n\
         LICENSE DESCRIPTION: Office 21, {channel} channel\nLICENSE STATUS:  ---NOTIFICATIONS--- \nERROR CODE: 0xC004F009\n\
         Last 5 characters of installed product key: BCDFG\n---Exiting-----------------------------\n"
    )
}

#[test]
fn a_key_is_named_only_where_it_fits() {
    const PRO: &str = "Windows(R), Professional edition";
    const EDUCATION: &str = "Windows(R), Education edition";
    let home = dlv(BUILD_11, "Windows(R), Core edition", "RETAIL", "");
    let office = "Office 21, Office21ProPlus2021VL_MAK_AE edition";
    let cases: Vec<(&str, String, Option<&str>)> = vec![
        ("Pro, retail, Windows 11", dlv(BUILD_11, PRO, "RETAIL", ""), Some("T83GX")),
        ("Pro, retail, Windows 10", dlv(BUILD_10, PRO, "RETAIL", ""), Some("T83GX")),
        ("Education, MAK", dlv(BUILD_10, EDUCATION, "VOLUME_MAK", ""), Some("VCFB2")),
        ("Pro of 8.1 by its build", dlv("Software licensing service version: 6.3.9600.17031\n\n", PRO, "RETAIL", ""), Some("9D6T9")),
        ("Windows 7 by its name", dlv("", "Windows(R) 7, Professional edition", "OEM_SLP", ""), Some("GPDD4")),
        (
            "LTSC 2021",
            dlv("Software licensing service version: 10.0.19044.1\n\n", "Windows(R), EnterpriseS edition", "RETAIL", ""),
            Some("J462D"),
        ),
        (
            "LTSB 2016",
            dlv("Software licensing service version: 10.0.14393.0\n\n", "Windows(R), EnterpriseS edition", "RETAIL", ""),
            Some("QJ4BJ"),
        ),
        (
            "Server 2022",
            dlv("Software licensing service version: 10.0.20348.1\n\n", "Windows(R), ServerStandard edition", "RETAIL", ""),
            Some("VMK7H"),
        ),
        (
            "version by the ID alone",
            dlv("", PRO, "VOLUME_KMSCLIENT", "Activation ID: c06b6981-d7fd-4a35-b7b4-054742b7af67\n"),
            Some("9D6T9"),
        ),
        ("no version", dlv("", PRO, "RETAIL", ""), None),
        ("Pro of 8.1 and of 11 print the same name", dlv("", PRO, "OEM_DM", ""), None),
        ("Home", home, None),
        ("a KMS host’s own key stays", dlv(BUILD_10, PRO, "VOLUME_KMS_W10", ""), None),
        ("an evaluation takes no such key", dlv(BUILD_10, "Windows(R), EnterpriseEval edition", "TIMEBASED_EVAL", ""), None),
        ("an unknown edition", dlv(BUILD_11, "Windows(R), CloudEdition edition", "RETAIL", ""), None),
        (
            "an ID of another edition than the name",
            dlv(BUILD_10, PRO, "VOLUME_KMSCLIENT", "Activation ID: e0c42288-980c-4788-a014-c080d2e1926e\n"),
            None,
        ),
        ("one digit off", dlv("", PRO, "VOLUME_KMSCLIENT", "Activation ID: c00b6981-d7fd-4a35-b7b4-054742b7af67\n"), None),
        ("two editions", format!("{}{}", dlv(BUILD_10, PRO, "RETAIL", ""), dlv(BUILD_10, EDUCATION, "VOLUME_MAK", "")), None),
        ("two builds", format!("{}{}", dlv(BUILD_10, PRO, "RETAIL", ""), dlv(BUILD_11, PRO, "RETAIL", "")), None),
        (
            "Home by systeminfo, Pro by slmgr",
            format!("OS Name:                   Microsoft Windows 11 Home\n{}", dlv(BUILD_11, PRO, "RETAIL", "")),
            None,
        ),
        ("Office, volume", dstatus(office, "VOLUME_MAK"), Some("6F7TH")),
        ("Office, retail: what replaces it is not known", dstatus("Office 21, Office21ProPlus2021R_Retail edition", "RETAIL"), None),
    ];
    let mut problems = Vec::new();
    for (what, text, want) in cases {
        let analysis = of(&text);
        let got = match advice(&analysis) {
            KeyAdvice::Key { key, .. } => key.get(24..).map(str::to_owned),
            KeyAdvice::NotVolume | KeyAdvice::Unknown => None,
        };
        if got.as_deref() != want {
            problems.push(format!("  {what}: wanted {want:?}, got {got:?} ({:?})", analysis.assembly.products));
        }
    }
    report("keys", &problems);
}

#[test]
fn steps_show_the_key_or_say_why_not() {
    let text = |analysis: &Analysis, locale| case_text(knowledge(), analysis, locale, false);
    let certain = text(&of(&dlv(BUILD_11, "Windows(R), Professional edition", "RETAIL", "")), "en");
    assert!(certain.contains("slmgr.vbs /ipk W269N-WFGWX-YVC9B-4J6C9-T83GX"), "{certain}");
    assert!(certain.contains("This key is for: Windows 10/11 Pro"), "{certain}");

    let unsure = text(&of(&dlv("", "Windows(R), Professional edition", "RETAIL", "")), "en");
    assert!(unsure.contains("slmgr.vbs /ipk <GVLK>") && unsure.contains("kms-client-activation-keys"), "{unsure}");

    let home = of(&dlv(BUILD_11, "Windows(R), Core edition", "RETAIL", ""));
    assert_eq!(advice(&home), KeyAdvice::NotVolume);
    for locale in ["zh-TW", "en", "zh-CN"] {
        let said = text(&home, locale);
        assert!(!said.contains("/ipk") && said.contains("ms-settings:activation"), "{said}");
    }
}

#[test]
fn an_id_names_the_product() {
    let ato = |id: &str| of(&format!("C:\\>cscript slmgr.vbs /dlv {id}\nActivation ID: {id}\nLicense Status: Notification\n"));
    let named = |id: &str| ato(id).case.products.first().and_then(|p| Some((p.edition.clone()?, p.version.clone())));
    assert_eq!(named("b92e9980-b9d5-4821-9c94-140f632f6312"), Some(("Windows 7 Professional".to_owned(), Some("7".to_owned()))));
    assert_eq!(
        named("fbdb3e18-a8ef-4fb3-9183-dffd60bd0984"),
        Some(("Office LTSC Professional Plus 2021".to_owned(), Some("2021".to_owned())))
    );
    assert_eq!(named("2de67392-b7a7-462a-b1ca-108dd189f588"), Some(("Windows 10/11 Pro".to_owned(), None)));
    assert_eq!(named("11111111-2222-4333-8444-555555555555"), None);
    // As a seed prints it, one digit misread: named, and said so.
    let near = ato("c00b6981-d7fd-4a35-b7b4-054742b7af67");
    assert!(near.assembly.products.iter().any(|p| p.listed.near && p.listed.edition == "Windows 8.1 Pro"));
}

#[test]
fn the_published_keys_are_those_of_the_corpus() {
    let published = fs::read_to_string(root().join("corpus/gvlk.txt")).unwrap();
    let published: BTreeSet<&str> = published.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).collect();
    let listed = knowledge().catalog.series.values().flat_map(|s| &s.edition).map(|e| e.key.as_str()).filter(|k| !k.is_empty());
    assert_eq!(listed.collect::<BTreeSet<_>>(), published);
}

#[test]
fn host_keys_stand_below_the_step() {
    let refused = "C:\\>cscript slmgr.vbs /ato\nActivating Windows(R), ServerStandard edition (de32eafd-aaee-4662-9444-c1befb41bde2) ...\n\
                   Error: 0xC004F042 The Software Licensing Service determined that the specified Key Management Service (KMS) cannot be used.\n";
    let links = CaseLinks { index: None, langs: Vec::new(), explained: None };
    let said = renderer().case(&of(refused), "en", &links).unwrap();
    assert!(said.contains("Host keys that serve Windows Server 2019"), "{said}");
    assert!(said.contains("Windows Server 2022 [") && !said.contains("Windows Server 2016 ["), "{said}");
}

#[test]
fn a_record_names_the_family_of_its_product() {
    let request = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Security-SPP'/>\
                   <EventID>12288</EventID><TimeCreated SystemTime='2026-11-23T01:14:02Z'/><EventRecordID>1</EventRecordID></System><EventData>\
                   <Data>0x800706BA, 0x00000000, kms.example.edu:1688, 4f1d7c52-9a3e-4b60-8c11-0d5e2a7b9f34, 2026/11/23 01:14, 0, 2, 0, \
                   fbdb3e18-a8ef-4fb3-9183-dffd60bd0984, 5</Data></EventData></Event>\n";
    let products = of(request).case.products;
    let [office] = products.as_slice() else { panic!("{products:?}") };
    assert_eq!((office.family.as_str(), office.version.as_deref()), ("office", Some("2021")));
}
