//! Plans and patterns of batches written down by hand.

use std::collections::BTreeMap;

use super::{ActionKind, PatternKind, Scope, Traits, candidates, pattern};

fn kind(text: &str) -> ActionKind {
    let texts = "[zh-TW]\ntitle = \"t\"\nverify = \"v\"\n[en]\ntitle = \"t\"\nverify = \"v\"\n[zh-CN]\ntitle = \"t\"\nverify = \"v\"\n";
    toml::from_str(&format!("{text}\n{texts}")).unwrap()
}

/// A case in the subnet `a` or `b`; without a cause it is activated.
fn case(name: &str, subnet: &str, cause: Option<&str>) -> Traits {
    Traits {
        case: name.to_owned(),
        state: if cause.is_some() { "not-activated" } else { "activated" }.to_owned(),
        cause: cause.map(str::to_owned),
        needs_action: cause.is_some(),
        groups: BTreeMap::from([(Scope::Subnet, subnet.to_owned())]),
        ..Traits::default()
    }
}

fn many(from: usize, to: usize, subnet: &str, cause: Option<&str>) -> Vec<Traits> {
    (from..to).map(|n| case(&format!("pc{n}"), subnet, cause)).collect()
}

#[test]
fn a_place_that_works_for_others_is_in_order() {
    let firewall = kind("id = \"firewall\"\nremedy = \"R18\"\norder = 1\ngroup = [\"subnet\"]\nends = [\"kms-unreachable\"]");
    let failing = many(0, 6, "a", Some("kms-unreachable"));
    let offers = |working: usize| {
        let cases = [failing.clone(), many(6, 6 + working, "a", None), many(20, 25, "b", None)].concat();
        candidates([&firewall].into_iter(), &cases).into_iter().map(|o| (o.key, o.cases.len())).collect::<Vec<_>>()
    };
    assert_eq!(offers(1), [("a".to_owned(), 6)]);
    assert_eq!(offers(2), []);
}

#[test]
fn rules_narrow_an_action() {
    let only = kind("id = \"a\"\nremedy = \"R13\"\norder = 1\ngroup = [\"subnet\"]\nends = [\"x\"]\nrules = [\"x/suffix\"]");
    let not = kind("id = \"b\"\nremedy = \"R26\"\norder = 2\ngroup = [\"subnet\"]\nends = [\"x\"]\nunless = [\"x/suffix\"]");
    let mut cases = many(0, 5, "a", Some("x"));
    for case in cases.iter_mut().take(2) {
        case.rules.insert("x/suffix".to_owned());
    }
    let offers = candidates([&only, &not].into_iter(), &cases);
    assert_eq!(offers.iter().map(|o| (o.kind.id.as_str(), o.cases.clone())).collect::<Vec<_>>(), [("a", vec![0, 1]), ("b", vec![2, 3, 4])]);
}

#[test]
fn neighbours_tell_a_host_that_a_case_does_not() {
    let listen = kind("id = \"h\"\nremedy = \"R19\"\norder = 1\ngroup = [\"host\"]\nends = [\"kms-unreachable\"]");
    let mut cases = many(0, 6, "a", Some("kms-unreachable"));
    for case in cases.iter_mut().skip(1) {
        case.groups.insert(Scope::Host, "kms.example.edu".to_owned());
    }
    let offers = candidates([&listen].into_iter(), &cases);
    assert_eq!(offers[0].cases, [0, 1, 2, 3, 4, 5]);
    // Where neighbours disagree nothing is told.
    cases[2].groups.insert(Scope::Host, "kms2.example.edu".to_owned());
    let offers = candidates([&listen].into_iter(), &cases);
    assert_eq!(offers.iter().map(|o| o.cases.clone()).collect::<Vec<_>>(), [vec![1, 3, 4, 5]]);
}

#[test]
fn one_computer_may_be_looked_at_twice() {
    let with = |computers: &[&str]| {
        let case = |name: &&str| Traits { computer: (*name).to_owned(), cmids: ["id".to_owned()].into(), ..Traits::default() };
        let found = pattern::patterns(&computers.iter().map(case).collect::<Vec<_>>());
        found.first().map(|p| (p.kind, p.cases.len(), p.confidence))
    };
    assert_eq!(with(&["pc07", "pc07"]), None);
    assert_eq!(with(&["pc07", "pc08"]), Some((PatternKind::SharedCmid, 2, "certain")));
    assert_eq!(with(&["", ""]), None, "may be one computer");
    assert_eq!(with(&["", "", "pc09"]), Some((PatternKind::SharedCmid, 3, "likely")));
}

/// Ages in days: `a` stopped at once 20 days ago, `b` renews.
fn aged(ages: &[i64]) -> Vec<Traits> {
    let mut cases: Vec<Traits> = ages.iter().map(|days| Traits { lease_age: Some(days * 1_440 + 30), ..case("pc", "a", None) }).collect();
    cases.extend((0..20).map(|n| Traits { lease_age: Some(n % 7 * 1_440), ..case("pc", "b", None) }));
    cases
}

#[test]
fn renewals_that_stop_at_once_lie_within_a_week() {
    let stopped = pattern::patterns(&aged(&[20, 21, 22, 22, 24, 25, 26, 26]));
    assert_eq!(stopped.len(), 1);
    assert_eq!((stopped[0].kind, stopped[0].key.as_str(), stopped[0].days), (PatternKind::RenewalsStopped, "a", Some(20)));
    assert!(pattern::patterns(&aged(&[20, 40, 60, 80, 100, 120, 140, 160])).is_empty(), "each was off at its own time");
    assert!(pattern::patterns(&aged(&[0, 1, 2, 3, 4, 5, 6, 6])).is_empty(), "all renew");
}

#[test]
fn clients_of_two_hosts_split_the_count() {
    let low = |host: &str, n: usize| {
        let groups = BTreeMap::from([(Scope::Host, host.to_owned()), (Scope::Suffix, "example.edu".to_owned())]);
        let one = Traits { product: "windows 11".to_owned(), groups, ..case("pc", "a", Some("kms-count-low")) };
        vec![one; n]
    };
    let found = pattern::patterns(&[low("kms1.example.edu", 14), low("kms2.example.edu", 12)].concat());
    assert_eq!(
        found.iter().map(|p| (p.kind, p.key.as_str(), p.confidence)).collect::<Vec<_>>(),
        [(PatternKind::SplitCount, "kms1.example.edu kms2.example.edu", "likely")]
    );
    assert!(pattern::patterns(&low("kms1.example.edu", 20)).is_empty(), "one host has too few by itself");
    // Clones count as one, on any number of hosts.
    let mut cloned = [low("kms1.example.edu", 14), low("kms2.example.edu", 12)].concat();
    for case in &mut cloned {
        case.rules.insert("kms-count-low/event-shared-cmid".to_owned());
    }
    assert!(pattern::patterns(&cloned).is_empty());
}
