//! The fewest sets that hold every element: greedy, after what is forced has been taken.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// A set that may be chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Candidate {
    /// Its elements, ascending.
    pub cases: Vec<usize>,
    /// Among equals the lower is taken.
    pub rank: usize,
}

/// Indices of candidates that together hold every element that any candidate holds, the one with most
/// elements first. Each element counts for the first of them that holds it. Ties go to the lower rank, then
/// to the lower index.
#[must_use]
pub fn cover(candidates: &[Candidate]) -> Vec<(usize, Vec<usize>)> {
    let classes = Classes::of(candidates);
    let mut chosen = classes.forced();
    classes.greedy(&mut chosen);
    classes.drop_needless(&mut chosen);
    in_order(candidates, &chosen)
}

/// Elements that lie in the same candidates are one class: what remains is small, however many cases.
struct Classes<'c> {
    candidates: &'c [Candidate],
    /// Candidates of each class, and how many elements it has.
    holders: Vec<(Vec<usize>, usize)>,
    /// Classes of each candidate.
    held: Vec<Vec<usize>>,
}

impl<'c> Classes<'c> {
    fn of(candidates: &'c [Candidate]) -> Self {
        let mut of_case: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, candidate) in candidates.iter().enumerate() {
            for case in &candidate.cases {
                of_case.entry(*case).or_default().push(index);
            }
        }
        let mut sizes: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
        for holders in of_case.into_values() {
            *sizes.entry(holders).or_default() += 1;
        }
        let holders: Vec<(Vec<usize>, usize)> = sizes.into_iter().collect();
        let mut held = vec![Vec::new(); candidates.len()];
        for (class, (of_class, _)) in holders.iter().enumerate() {
            for index in of_class {
                if let Some(classes) = held.get_mut(*index) {
                    classes.push(class);
                }
            }
        }
        Self { candidates, holders, held }
    }

    /// Candidates without which some element would be left.
    fn forced(&self) -> BTreeSet<usize> {
        self.holders.iter().filter_map(|(of_class, _)| if let [only] = of_class.as_slice() { Some(*only) } else { None }).collect()
    }

    fn rank(&self, index: usize) -> (usize, usize) {
        (self.candidates.get(index).map_or(0, |c| c.rank), index)
    }

    fn greedy(&self, chosen: &mut BTreeSet<usize>) {
        let mut open: BTreeSet<usize> = (0..self.holders.len()).collect();
        for index in chosen.iter() {
            self.classes(*index).for_each(|class| {
                open.remove(&class);
            });
        }
        while let Some(best) = self.best(&open) {
            chosen.insert(best);
            self.classes(best).for_each(|class| {
                open.remove(&class);
            });
        }
    }

    /// The candidate with most open elements.
    fn best(&self, open: &BTreeSet<usize>) -> Option<usize> {
        let mut gains: BTreeMap<usize, usize> = BTreeMap::new();
        for (of_class, size) in open.iter().filter_map(|class| self.holders.get(*class)) {
            for index in of_class {
                *gains.entry(*index).or_default() += size;
            }
        }
        let better = |a: &(usize, usize), b: &(usize, usize)| a.1.cmp(&b.1).then_with(|| self.rank(b.0).cmp(&self.rank(a.0)));
        gains.into_iter().max_by(better).map(|(index, _)| index)
    }

    fn classes(&self, index: usize) -> impl Iterator<Item = usize> {
        self.held.get(index).into_iter().flatten().copied()
    }

    /// What later choices have made superfluous goes, the smallest first.
    fn drop_needless(&self, chosen: &mut BTreeSet<usize>) {
        let mut counts = vec![0_usize; self.holders.len()];
        let add = |index: usize, counts: &mut Vec<usize>| {
            self.classes(index).filter_map(|class| counts.get_mut(class).map(|n| *n += 1)).count();
        };
        for index in chosen.iter() {
            add(*index, &mut counts);
        }
        let size = |index: usize| self.candidates.get(index).map_or(0, |c| c.cases.len());
        let mut order: Vec<usize> = chosen.iter().copied().collect();
        order.sort_by_key(|index| (size(*index), Reverse(self.rank(*index))));
        for index in order {
            if self.classes(index).all(|class| counts.get(class).is_some_and(|n| *n > 1)) {
                chosen.remove(&index);
                self.classes(index).filter_map(|class| counts.get_mut(class).map(|n| *n -= 1)).count();
            }
        }
    }
}

/// The chosen ones by what each adds to those before it.
fn in_order(candidates: &[Candidate], chosen: &BTreeSet<usize>) -> Vec<(usize, Vec<usize>)> {
    let mut done: BTreeSet<usize> = BTreeSet::new();
    let mut ordered = Vec::with_capacity(chosen.len());
    let fresh = |index: usize, done: &BTreeSet<usize>| -> Vec<usize> {
        candidates.get(index).map(|c| c.cases.iter().copied().filter(|case| !done.contains(case)).collect()).unwrap_or_default()
    };
    let key = |index: usize, gain: usize| (gain, Reverse((candidates.get(index).map_or(0, |c| c.rank), index)));
    // What a candidate adds only shrinks: an old number is an upper bound, looked at again when it leads.
    let mut queue: BinaryHeap<_> = chosen.iter().map(|index| key(*index, fresh(*index, &done).len())).collect();
    while let Some((_, Reverse((_, index)))) = queue.pop() {
        let cases = fresh(index, &done);
        let now = key(index, cases.len());
        if queue.peek().is_some_and(|next| *next > now) {
            queue.push(now);
        } else if !cases.is_empty() {
            done.extend(&cases);
            ordered.push((index, cases));
        }
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::{Candidate, cover};

    fn set(cases: &[usize]) -> Candidate {
        Candidate { cases: cases.to_vec(), rank: 0 }
    }

    fn chosen(candidates: &[Candidate]) -> Vec<usize> {
        cover(candidates).into_iter().map(|c| c.0).collect()
    }

    #[test]
    fn the_large_one_stands_for_the_small_ones() {
        assert_eq!(chosen(&[set(&[0, 1]), set(&[2, 3]), set(&[0, 1, 2, 3])]), [2]);
    }

    #[test]
    fn what_only_one_holds_is_taken_first() {
        // Greedy alone takes the middle one, and then needs both others as well.
        assert_eq!(chosen(&[set(&[0, 1, 2]), set(&[1, 2, 3, 4]), set(&[3, 4, 5])]), [0, 2]);
    }

    #[test]
    fn ties_go_to_the_lower_rank() {
        let lasting = Candidate { cases: vec![0, 1], rank: 1 };
        let once = Candidate { cases: vec![0, 1], rank: 2 };
        assert_eq!(chosen(&[once, lasting]), [1]);
    }

    #[test]
    fn each_case_counts_once() {
        let parts = cover(&[set(&[0, 1, 2, 3, 9]), set(&[3, 4, 5, 6]), set(&[6, 7])]);
        let mut cases: Vec<usize> = parts.iter().flat_map(|p| p.1.clone()).collect();
        cases.sort_unstable();
        assert_eq!(cases, [0, 1, 2, 3, 4, 5, 6, 7, 9]);
        assert_eq!(parts.iter().map(|p| p.1.len()).collect::<Vec<_>>(), [5, 3, 1]);
        assert_eq!(cover(&[]), []);
    }
}
