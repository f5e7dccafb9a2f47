//! How large the pages of a large batch are.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use kms_triage::Knowledge;
use kms_triage::fleet::{Traits, fleet};
use kms_triage::join::{HostSummary, Member, Outcome, SharedId};
use kms_triage::report::{IndexMeta, IndexRow, Listing, PAGE_ROWS, ProblemFile, Renderer};
use kms_triage_sim::patterns::traits;
use kms_triage_sim::texts::Language;
use kms_triage_sim::world::{IncidentKind, Wish, draw};

const MACHINES: usize = 200_000;
const LOCALES: [&str; 3] = ["zh-TW", "en", "zh-CN"];

fn knowledge() -> Knowledge {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    let mut open: Vec<_> =
        ["actions", "causes", "checks", "codes", "grammars", "locales", "remedies", "rules", "templates"].map(|f| root.join(f)).to_vec();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                files.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    let (knowledge, errors) = Knowledge::load(files.iter().map(|(p, t)| (p.as_str(), t.as_str())));
    assert!(errors.is_empty(), "{errors:?}");
    knowledge
}

fn row(case: &Traits) -> IndexRow {
    IndexRow {
        name: case.case.clone(),
        href: format!("cases-0123456789ab/{}", case.case),
        state: case.state.clone(),
        cause: case.cause.clone(),
        codes: ["0xC004F074", "0x8007232B", "0xC004F038"].map(str::to_owned).to_vec(),
        actor: "kms-admin".to_owned(),
        days_left: Some(12),
        product: LOCALES.iter().map(|l| ((*l).to_owned(), format!("Windows 11 ({})", case.product))).collect(),
        needs_action: case.needs_action,
    }
}

/// More than the pages show: hosts with many clients, ids that many share, files that cannot be read.
fn meta() -> IndexMeta {
    let host = |number: usize| HostSummary {
        computer: format!("kms{number:03}.example.edu"),
        members: (0..300)
            .map(|case| Member { case, outcome: Outcome::Refused, code: "0xC004F06C".to_owned(), clock: Some(-481) })
            .collect(),
        shared: vec![SharedId {
            cmid: "4f1d7c52-9a3e-4b60-8c11-0d5e2a7b0001".to_owned(),
            clients: (0..5_000).map(|n| format!("pc{n}")).collect(),
        }],
        ..HostSummary::default()
    };
    let problem = |number: usize| ProblemFile {
        name: format!("S01-LAB201-{number}/Application.evtx"),
        status: "failed".to_owned(),
        reason: "empty".to_owned(),
    };
    IndexMeta {
        folder: "drop".to_owned(),
        files: MACHINES * 2,
        problems: (0..5_000).map(problem).collect(),
        langs: LOCALES.iter().map(|l| ((*l).to_owned(), format!("index.{l}.html"))).collect(),
        hosts: (0..60).map(host).collect(),
        explained: Some("explain-0123456789ab".to_owned()),
        lists: Some("list-0123456789ab".to_owned()),
        script: Some("sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=".to_owned()),
        ..IndexMeta::default()
    }
}

#[test]
fn the_index_stays_under_two_megabytes() {
    let knowledge = knowledge();
    let kinds = IncidentKind::PRINTED.into_iter().chain([IncidentKind::Hour]).collect();
    let world = draw(&Wish { machines: MACHINES, seed: 1, languages: Language::ALL.to_vec(), kinds });
    let cases: Vec<Traits> = world.machines.iter().map(|m| traits(&world, m)).collect();
    let rows: Vec<IndexRow> = cases.iter().map(row).collect();
    let meta = IndexMeta { fleet: fleet(&knowledge, &cases), ..meta() };
    assert!(meta.fleet.plan.actions.len() > 200 && meta.fleet.patterns.len() > 200, "too little to show");
    let listing = Listing::new(&rows, &cases, &meta);
    let renderer = Renderer::new(&knowledge).unwrap();
    for locale in LOCALES {
        let bytes = renderer.index(&listing, locale).unwrap().len();
        assert!((500_000..2_000_000).contains(&bytes), "{bytes} bytes in {locale}");
    }
    // All pages of all cases, and of each cause.
    let pages = listing.pages();
    let mut causes: BTreeMap<&str, usize> = BTreeMap::new();
    for cause in cases.iter().filter_map(|c| c.cause.as_deref()) {
        *causes.entry(cause).or_default() += 1;
    }
    let of_causes: usize = causes.values().map(|n| n.div_ceil(PAGE_ROWS)).sum();
    assert_eq!(pages.len() + 1, MACHINES.div_ceil(PAGE_ROWS) + of_causes);
    assert_eq!(pages.iter().map(|p| p.name("en")).collect::<BTreeSet<_>>().len(), pages.len(), "each has a name of its own");
    let largest = pages.iter().step_by(50).map(|p| renderer.list(&listing, *p, "zh-TW").unwrap().len()).max().unwrap();
    assert!(largest < 1_000_000, "a page of {largest} bytes");
}
