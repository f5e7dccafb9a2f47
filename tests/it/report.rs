//! Every page of every locale: it renders, loads nothing, leaks no key, says its language.

use kms_triage::Input;
use kms_triage::analyze::Analysis;
use kms_triage::catalog::KeyAdvice;
use kms_triage::decide::Placeholders;
use kms_triage::fleet::{fleet, traits};
use kms_triage::join::{HostSummary, Member, Outcome, SharedId, Trend};
use kms_triage::locale::LOCALES;
use kms_triage::report::{CaseLinks, IndexMeta, IndexRow, Listing, ProblemFile, case_text, index_row};
use regex::Regex;

use crate::cases::{self, TestCase};
use crate::demo;
use crate::files::{knowledge, renderer, report};

fn analyses() -> Vec<Analysis> {
    cases::all().into_iter().map(TestCase::analyze).chain(demo::analyses()).collect()
}

fn links() -> CaseLinks {
    let langs = LOCALES.iter().map(|l| ((*l).to_owned(), format!("case.{l}.html"))).collect();
    CaseLinks { index: Some("index.html".to_owned()), langs, explained: Some("../explain".to_owned()) }
}

/// What is wrong with a page.
fn faults(html: &str, locale: &str, product_key: &Regex, published: &str) -> Vec<String> {
    let lang = match locale {
        "en" => "<html lang=\"en\"",
        "zh-CN" => "<html lang=\"zh-Hans",
        _ => "<html lang=\"zh-Hant",
    };
    let mut found = Vec::new();
    let mut fault = |bad: bool, what: &str| {
        if bad {
            found.push(what.to_owned());
        }
    };
    fault(!html.contains(lang), "has another language tag");
    fault(!html.trim_end().ends_with("</html>"), "ends too early");
    for load in ["src=\"http", "href=\"http", "src='http", "href='http", "url(http", "@import", "<script src", "<link rel=\"stylesheet\""] {
        fault(html.contains(load), &format!("loads something: {load}"));
    }
    fault(shows_key(product_key, html, published), "shows a full product key");
    fault(html.contains(">?<"), "contains a word that no locale defines");
    found
}

/// Whether a key is shown of which more than the last five characters can be read, other than the published
/// one that a step tells to install.
fn shows_key(product_key: &Regex, text: &str, published: &str) -> bool {
    product_key.find_iter(text).any(|m| !m.as_str().starts_with("XXXXX-XXXXX-XXXXX-XXXXX-") && m.as_str() != published)
}

/// The published key that the steps of a case name; empty when they name none.
fn advised(analysis: &Analysis) -> String {
    match Placeholders::from(knowledge(), &analysis.assembly, Some(&analysis.decision.case)).key_advice() {
        KeyAdvice::Key { key, .. } => key.clone(),
        _ => String::new(),
    }
}

/// A product key, masked or not.
fn product_key() -> Regex {
    Regex::new(r"\b[BCDFGHJKMNPQRTVWXY2346789]{5}(?:-[BCDFGHJKMNPQRTVWXY2346789]{5}){4}\b").unwrap()
}

#[test]
fn every_case_page_is_sound() {
    let key = product_key();
    let mut problems = Vec::new();
    for analysis in analyses() {
        let published = advised(&analysis);
        for locale in LOCALES {
            match renderer().case(&analysis, locale, &links()) {
                Ok(html) => {
                    problems.extend(
                        faults(&html, locale, &key, &published).iter().map(|f| format!("  {} in {locale} {f}", analysis.case.case)),
                    );
                }
                Err(error) => problems.push(format!("  {} in {locale}: {error}", analysis.case.case)),
            }
            let text = case_text(knowledge(), &analysis, locale, false);
            if shows_key(&key, &text, &published) || text.contains('\u{1b}') {
                problems.push(format!("  {} as text in {locale} shows a key or a colour", analysis.case.case));
            }
        }
        let json = serde_json::to_string(&analysis.case).unwrap();
        if shows_key(&key, &json, "") {
            problems.push(format!("  {} as JSON shows a key", analysis.case.case));
        }
    }
    report("faults in case pages", &problems);
}

/// A host with one client of each kind, and a name that must be escaped.
fn hosts() -> Vec<HostSummary> {
    let member = |(case, outcome)| Member { case, outcome, code: "0xC004F06C".to_owned(), clock: Some(-481) };
    let outcomes = [Outcome::NeverArrived, Outcome::AnswerLost, Outcome::Refused, Outcome::Served, Outcome::Elsewhere];
    vec![HostSummary {
        computer: "kms <host>".to_owned(),
        span: ("2026-11-20T01:14:00Z".to_owned(), "2026-11-23T01:14:00Z".to_owned()),
        shared: vec![SharedId { cmid: "id".to_owned(), clients: vec!["pc07".to_owned(), "pc08".to_owned()] }],
        members: outcomes.into_iter().enumerate().map(member).collect(),
        count: Some(Trend { lowest: 3, highest: 3, answers: 4, days: 3, stuck: Some(true) }),
        ..HostSummary::default()
    }]
}

#[test]
fn every_index_page_is_sound() {
    let key = product_key();
    let rows: Vec<IndexRow> = analyses().iter().map(|a| index_row(knowledge(), a, a.case.case.clone())).collect();
    let traits: Vec<_> = analyses().iter().map(|a| traits(knowledge(), a, "")).collect();
    let meta = IndexMeta {
        explained: Some("explain".to_owned()),
        folder: "demo <drop>".to_owned(),
        files: rows.len(),
        problems: vec![ProblemFile { name: "broken.txt".to_owned(), status: "failed".to_owned(), reason: "empty".to_owned() }],
        langs: LOCALES.iter().map(|l| ((*l).to_owned(), format!("index.{l}.html"))).collect(),
        downloads: vec!["results.ndjson".to_owned()],
        hosts: hosts(),
        fleet: fleet(knowledge(), &traits),
        lists: Some("list".to_owned()),
        script: Some("sha256-x".to_owned()),
    };
    let listing = Listing::new(&rows, &traits, &meta);
    let mut problems = Vec::new();
    for locale in LOCALES {
        match renderer().index(&listing, locale) {
            Ok(html) => {
                problems.extend(faults(&html, locale, &key, "").iter().map(|f| format!("  the index in {locale} {f}")));
                if html.contains("<drop>") {
                    problems.push(format!("  the index in {locale} does not escape the folder"));
                }
            }
            Err(error) => problems.push(format!("  the index in {locale}: {error}")),
        }
    }
    report("faults in index pages", &problems);
}

/// A key that stands in every place where somebody may have typed it.
#[test]
fn keys_are_masked_everywhere() {
    const KEY: &str = "W269N-WFGWX-YVC9B-4J6C9-T83GX";
    let text = format!(
        "C:\\>cscript slmgr.vbs /ipk {KEY}\nInstalled product key {KEY} successfully.\nC:\\>cscript ospp.vbs /inpkey:{KEY}\n\
         my key is {KEY}, does not work\nError: 0xC004F069 {KEY}\nPartial Product Key: {KEY}\n成功安裝了產品金鑰 {KEY}。\n\
         /ipk W269N–WFGWX–YVC9B–4J6C9–T83GX\n'{KEY}' is not recognized as an internal or external command\n"
    );
    let analysis = kms_triage::analyze(knowledge(), KEY, &[Input::new(&format!("{KEY}.txt"), text.as_bytes())]);
    let shown = |text: &str| text.matches(KEY).count() + text.matches("WFGWX").count();
    // The names of case and file are the caller's own words.
    let own = |text: &str| text.replace(&format!("{KEY}.txt"), "").replace(&format!("\"case\":\"{KEY}\""), "");
    let json = own(&serde_json::to_string(&analysis.case).unwrap());
    assert_eq!(shown(&json), 0, "the JSON shows a key: {json}");
}
