//! Groups whose computers fail together: the share of a group against the share of the others, with care for
//! small numbers and for the many groups that are looked at.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::group::Scope;

/// So many cases of a group must have it, and such a share.
const LEAST: usize = 4;
const SHARE: f64 = 0.5;

/// So many cases of other groups must be there to compare with.
const OTHERS: usize = 5;

/// Chance of one false alarm over all groups of a batch.
const FALSE_ALARM: f64 = 1e-3;

/// A case in one question: which groups it lies in, and what it has.
#[derive(Debug, Clone, Default)]
pub(super) struct Member<'t> {
    /// Index of the case.
    pub(super) case: usize,
    /// Groups.
    pub(super) groups: Vec<(Scope, &'t str)>,
    /// What it has: a cause, for example; `None` for a case that is in order.
    pub(super) has: Option<&'t str>,
}

/// A group that stands out.
#[derive(Debug, Clone)]
pub(super) struct Together<'t> {
    /// What its cases share.
    pub(super) scope: Scope,
    /// The value.
    pub(super) key: &'t str,
    /// What its cases have.
    pub(super) has: &'t str,
    /// The cases that have it.
    pub(super) cases: Vec<usize>,
    /// Cases of the group.
    pub(super) of: usize,
    /// Cases outside that have it, and all outside.
    pub(super) rest: (usize, usize),
    /// Groups of other scopes that hold the same cases.
    pub(super) also: Vec<(Scope, &'t str)>,
    /// How surprising it is, in nats.
    score: f64,
}

impl Together<'_> {
    /// Nearly all of the group, and hardly anyone else.
    pub(super) fn is_clear(&self) -> bool {
        self.cases.len() * 10 >= self.of * 9 && self.rest.0 * 10 <= self.rest.1
    }
}

/// Groups of one scope, by key: cases, and those of them that have something.
type Groups<'t> = BTreeMap<&'t str, (usize, BTreeMap<&'t str, Vec<usize>>)>;

/// The groups that stand out, most surprising first; of groups that hold the same cases one is reported.
pub(super) fn find<'t>(members: &[Member<'t>]) -> Vec<Together<'t>> {
    let mut scopes: BTreeMap<Scope, Groups<'t>> = BTreeMap::new();
    for member in members {
        for (scope, key) in &member.groups {
            let (of, having) = scopes.entry(*scope).or_default().entry(*key).or_default();
            *of += 1;
            if let Some(has) = member.has {
                having.entry(has).or_default().push(member.case);
            }
        }
    }
    let tests: usize = scopes.values().flat_map(BTreeMap::values).map(|(_, having)| having.len()).sum();
    let bar = (count(tests.max(1)) / FALSE_ALARM).ln();
    let mut found: Vec<Together<'t>> = scopes.iter().flat_map(|(scope, groups)| in_scope(*scope, groups, bar)).collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| (a.scope, a.key, a.has).cmp(&(b.scope, b.key, b.has))));
    without_repeats(found)
}

fn in_scope<'t>(scope: Scope, groups: &Groups<'t>, bar: f64) -> Vec<Together<'t>> {
    let mut sums: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let all: usize = groups.values().map(|g| g.0).sum();
    let stands_out = |of: usize, cases: &[usize]| cases.len() >= LEAST && count(cases.len()) >= SHARE * count(of);
    // What other groups that stand out have says nothing about what is usual.
    for (of, having) in groups.values() {
        for (has, cases) in having {
            let (usual, left_out) = sums.entry(has).or_default();
            if stands_out(*of, cases) {
                *left_out += of;
            } else {
                *usual += cases.len();
            }
        }
    }
    let mut found = Vec::new();
    for (key, (of, having)) in groups {
        for (has, cases) in having.iter().filter(|(_, cases)| stands_out(*of, cases)) {
            let Some((usual, left_out)) = sums.get(has).copied() else { continue };
            let rest = (usual, all.saturating_sub(left_out));
            let base = (count(rest.0) + 0.5) / (count(rest.1) + 1.0);
            let share = count(cases.len()) / count(*of);
            let score = count(*of) * distance(share, base);
            if rest.1 >= OTHERS && share >= 2.0 * base && score >= bar {
                found.push(Together { scope, key, has, cases: cases.clone(), of: *of, rest, also: Vec::new(), score });
            }
        }
    }
    found
}

/// Each case is explained once; a group that holds the same cases as a reported one is named beside it.
fn without_repeats(found: Vec<Together<'_>>) -> Vec<Together<'_>> {
    let mut kept: Vec<Together<'_>> = Vec::new();
    let mut explained: BTreeMap<(&str, usize), usize> = BTreeMap::new();
    for group in found {
        let by: BTreeSet<usize> = group.cases.iter().filter_map(|case| explained.get(&(group.has, *case)).copied()).collect();
        let old = group.cases.iter().filter(|case| explained.contains_key(&(group.has, **case))).count();
        if old * 2 >= group.cases.len() {
            let same = by.iter().copied().find(|at| kept.get(*at).is_some_and(|k| equal(&k.cases, &group.cases)));
            if let Some(kept) = same.and_then(|at| kept.get_mut(at)) {
                kept.also.push((group.scope, group.key));
            }
            continue;
        }
        for case in &group.cases {
            explained.entry((group.has, *case)).or_insert(kept.len());
        }
        kept.push(group);
    }
    kept.sort_by_key(|g| (Reverse(g.cases.len()), g.scope, g.key, g.has));
    kept
}

/// The same cases, as far as they are known: not everybody collected an address or a host's name, so that the
/// smaller group may lack a few of the larger. Both ascending.
fn equal(a: &[usize], b: &[usize]) -> bool {
    let common = a.iter().filter(|case| b.binary_search(case).is_ok()).count();
    let (small, large) = (a.len().min(b.len()), a.len().max(b.len()));
    common * 10 >= 9 * small && small * 10 >= 7 * large
}

/// Kullback-Leibler distance of two shares: a group of `n` shows `share` by chance with a probability below
/// `exp(-n * distance)` where `base` is usual (Chernoff).
fn distance(share: f64, base: f64) -> f64 {
    let part = |a: f64, b: f64| if a > 0.0 { a * (a / b).ln() } else { 0.0 };
    if share <= base { 0.0 } else { part(share, base) + part(1.0 - share, 1.0 - base) }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of cases")]
const fn count(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::{Member, find};
    use crate::fleet::Scope;

    /// `(subnet, cases, of them failing)` and a prefix that says the same.
    fn members(groups: &[(&'static str, usize, usize)]) -> Vec<Member<'static>> {
        let mut all = Vec::new();
        for (key, of, failing) in groups {
            for i in 0..*of {
                let has = (i < *failing).then_some("kms-unreachable");
                all.push(Member { case: all.len(), groups: vec![(Scope::Subnet, *key), (Scope::Prefix, *key)], has });
            }
        }
        all
    }

    #[test]
    fn one_of_several_stands_out() {
        let all = members(&[("a", 12, 12), ("b", 20, 1), ("c", 20, 0)]);
        let found = find(&all);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].key, found[0].cases.len(), found[0].of, found[0].rest), ("a", 12, 12, (1, 40)));
        assert_eq!(found[0].also, [(Scope::Prefix, "a")]);
        assert!(found[0].is_clear());
    }

    #[test]
    fn several_may_stand_out() {
        let all = members(&[("a", 12, 12), ("b", 15, 14), ("c", 20, 0), ("d", 9, 1)]);
        assert_eq!(find(&all).iter().map(|f| f.key).collect::<Vec<_>>(), ["b", "a"]);
    }

    #[test]
    fn what_is_usual_or_small_or_alone_does_not() {
        assert!(find(&members(&[("a", 20, 9), ("b", 20, 8), ("c", 20, 9)])).is_empty(), "usual");
        assert!(find(&members(&[("a", 3, 3), ("b", 20, 0)])).is_empty(), "small");
        assert!(find(&members(&[("a", 30, 30), ("b", 3, 0)])).is_empty(), "nothing to compare with");
        assert!(find(&members(&[("a", 5, 3), ("b", 20, 4), ("c", 20, 5)])).is_empty(), "chance");
    }
}
