//! Plan and patterns in words: every kind in every language, and a plan for every cause.

use kms_triage::fleet::{Fleet, Pattern, PatternKind, Scope, Traits, fleet, summary};
use kms_triage::locale::LOCALES;

use crate::files::{knowledge, report};

const KINDS: [(PatternKind, Option<Scope>, &str); 10] = [
    (PatternKind::Place, Some(Scope::Room), "Lab 301"),
    (PatternKind::Place, Some(Scope::Folder), "school-7"),
    (PatternKind::Host, Some(Scope::Host), "kms.example.edu"),
    (PatternKind::HostProduct, Some(Scope::HostProduct), "kms.example.edu windows 11"),
    (PatternKind::Hour, Some(Scope::Hour), "2026-11-20 08:00"),
    (PatternKind::Hour, Some(Scope::HostHour), "kms.example.edu 2026-11-20 08:00"),
    (PatternKind::SharedCmid, None, "0f0f0f0f-0000-0000-0000-000000000000"),
    (PatternKind::SplitCount, Some(Scope::Suffix), "kms1.example.edu kms2.example.edu"),
    (PatternKind::StrangeHost, Some(Scope::Host), "kms.example.net"),
    (PatternKind::RenewalsStopped, Some(Scope::Prefix), "LAB301"),
];

fn pattern((kind, scope, key): (PatternKind, Option<Scope>, &str)) -> Pattern {
    Pattern {
        kind,
        scope,
        key: key.to_owned(),
        cause: Some("kms-unreachable".to_owned()),
        also: vec![(Scope::Subnet, "192.0.2.0/24".to_owned())],
        confidence: "likely",
        cases: vec![0],
        of: 1,
        rest: (0, 7),
        days: Some(20),
    }
}

#[test]
fn every_pattern_is_a_sentence_in_every_language() {
    let fleet = Fleet { patterns: KINDS.map(pattern).to_vec(), ..Fleet::default() };
    let mut problems = Vec::new();
    for (pattern, (_, _, key)) in summary(knowledge(), &[Traits::default()], &fleet).patterns.iter().zip(KINDS) {
        for locale in LOCALES {
            let text = &pattern.text[locale];
            let named = key.split(' ').all(|part| ["windows", "11"].contains(&part) || text.contains(part));
            if text.contains(['{', '}', '?']) || !named {
                problems.push(format!("  {:?} in {locale}: {text}", pattern.kind));
            }
        }
    }
    report("sentences of patterns", &problems);
    for (scope, locale) in Scope::ALL.iter().flat_map(|s| LOCALES.map(|l| (s, l))) {
        assert!(knowledge().word(locale, &format!("scope-{}", scope.word())).contains("{key}"), "{scope:?} in {locale}");
    }
}

/// Ten computers with each cause, at one place and one host.
#[test]
fn every_cause_is_in_the_plan() {
    let causes: Vec<&String> = knowledge().causes.keys().collect();
    let case = |n: usize| Traits {
        case: format!("pc{n:03}"),
        state: "not-activated".to_owned(),
        cause: Some(causes[n % causes.len()].clone()),
        certainty: "likely".to_owned(),
        needs_action: true,
        groups: [(Scope::Suffix, "example.edu".to_owned()), (Scope::Host, "kms.example.edu".to_owned())].into(),
        ..Traits::default()
    };
    let cases: Vec<Traits> = (0..causes.len() * 10).map(case).collect();
    let seen = fleet(knowledge(), &cases);
    let open: Vec<&str> = seen.plan.open.iter().filter_map(|i| cases[*i].cause.as_deref()).collect();
    assert!(open.iter().all(|c| matches!(*c, "other" | "insufficient-evidence")), "{open:?}");
    let healed: usize = seen.plan.actions.iter().map(|a| a.cases.len()).sum();
    assert_eq!(healed + open.len(), cases.len());
    for action in &seen.plan.actions {
        for locale in LOCALES {
            let words = [format!("actor-{}", action.owner), format!("risk-{}", action.risk)];
            assert!(words.iter().all(|w| knowledge().word(locale, w) != "?"), "{} in {locale}", action.id);
            let verify = action.fill(None, &knowledge().actions[&action.id].texts.get(locale).verify);
            assert!(!verify.contains('{'), "{} in {locale}: {verify}", action.id);
        }
    }
    let together: Vec<&str> = seen.plan.actions.iter().filter(|a| a.scope.is_some()).map(|a| a.id.as_str()).collect();
    assert!(together.len() >= 5, "{together:?}");
}

/// Names come from inputs: they must not reach a command of the check.
#[test]
fn a_hostile_name_is_no_part_of_a_command() {
    let case = |n: usize| Traits {
        case: format!("pc{n}"),
        cause: Some("kms-dns-not-found".to_owned()),
        needs_action: true,
        groups: [(Scope::Suffix, "a.b & del *".to_owned())].into(),
        ..Traits::default()
    };
    let cases: Vec<Traits> = (0..4).map(case).collect();
    let seen = fleet(knowledge(), &cases);
    let verify = &summary(knowledge(), &cases, &seen).plan[0].verify["en"];
    assert!(verify.contains("<domain>") && !verify.contains("del"), "{verify}");
}
