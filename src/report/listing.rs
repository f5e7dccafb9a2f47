//! The cases of a batch in the order of its pages, and on which page each stands. Knows no language.

use std::collections::BTreeMap;

use super::index::{IndexMeta, IndexRow, ProblemFile, page_ending};
use crate::assemble::State;
use crate::fleet::{Scope, Traits};

/// Cases on one page.
pub const PAGE_ROWS: usize = 500;

/// States in the order of the index: what needs action comes first.
pub(super) const ORDER: [State; 5] = [State::NotActivated, State::Expiring, State::Grace, State::Unknown, State::Activated];

/// What a computer's place is, best first.
const PLACES: [Scope; 5] = [Scope::Room, Scope::Subnet, Scope::Folder, Scope::Prefix, Scope::Suffix];

/// A page of the list: of all cases, or of those with one cause. The first page of all cases is the index itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListPage<'a> {
    /// Cause id.
    pub cause: Option<&'a str>,
    /// From 1.
    pub number: usize,
}

impl ListPage<'_> {
    /// Its file name: `2.en.html`, `cause-no-srv-record.1.en.html`.
    #[must_use]
    pub fn name(&self, locale: &str) -> String {
        let cause = self.cause.map(|c| format!("cause-{c}.")).unwrap_or_default();
        format!("{cause}{}{}", self.number, page_ending(locale))
    }
}

/// The cases in the order of the list.
#[derive(Debug)]
pub struct Listing<'a> {
    pub(super) rows: &'a [IndexRow],
    pub(super) traits: &'a [Traits],
    pub(super) meta: &'a IndexMeta,
    /// Indices of rows: by state, cause and name.
    pub(super) order: Vec<usize>,
    /// Those with a cause, likewise.
    pub(super) by_cause: BTreeMap<&'a str, Vec<usize>>,
    /// Places with their cases, by rank in [`PLACES`] and name.
    pub(super) places: Vec<Place<'a>>,
}

/// A room, network or the like, and how many of its cases have which state.
#[derive(Debug, Clone)]
pub(super) struct Place<'a> {
    pub(super) scope: Scope,
    pub(super) key: &'a str,
    /// In the order of [`ORDER`].
    pub(super) states: [usize; 5],
    /// Cases that need something: also those that show a cause and no state.
    pub(super) failing: usize,
}

impl Place<'_> {
    pub(super) fn cases(&self) -> usize {
        self.states.iter().sum()
    }
}

/// Place of a state in the order of the list.
pub(super) fn rank(state: &str) -> usize {
    ORDER.iter().position(|s| s.word() == state).unwrap_or(ORDER.len())
}

impl<'a> Listing<'a> {
    /// `traits` belong to `rows`, one by one; without them nothing is known of places.
    #[must_use]
    pub fn new(rows: &'a [IndexRow], traits: &'a [Traits], meta: &'a IndexMeta) -> Self {
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_cached_key(|i| rows.get(*i).map(|r| (rank(&r.state), r.cause.as_deref(), r.name.as_str(), *i)));
        let mut by_cause: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for index in &order {
            if let Some(cause) = rows.get(*index).and_then(|r| r.cause.as_deref()) {
                by_cause.entry(cause).or_default().push(*index);
            }
        }
        Self { rows, traits, meta, order, by_cause, places: places(traits) }
    }

    /// Number of pages that hold all cases; 1 for none.
    #[must_use]
    pub fn page_count(&self) -> usize {
        self.order.len().div_ceil(PAGE_ROWS).max(1)
    }

    /// Every page of the list but the index itself. A batch that fits on the index needs none.
    #[must_use]
    pub fn pages(&self) -> Vec<ListPage<'a>> {
        if self.page_count() == 1 {
            return Vec::new();
        }
        let all = (2..=self.page_count()).map(|number| ListPage { cause: None, number });
        let of = |(cause, rows): (&&'a str, &Vec<usize>)| {
            let cause = Some(*cause);
            (1..=rows.len().div_ceil(PAGE_ROWS)).map(move |number| ListPage { cause, number })
        };
        all.chain(self.by_cause.iter().flat_map(of)).collect()
    }

    /// Files that could not be read whole.
    #[must_use]
    pub fn problems(&self) -> &'a [ProblemFile] {
        &self.meta.problems
    }

    /// All rows of the list to which a page belongs.
    pub(super) fn list(&self, page: ListPage<'_>) -> &[usize] {
        match page.cause {
            None => &self.order,
            Some(cause) => self.by_cause.get(cause).map_or(&[], Vec::as_slice),
        }
    }

    /// The rows of one page.
    pub(super) fn slice(&self, page: ListPage<'_>) -> &[usize] {
        let list = self.list(page);
        let from = page.number.saturating_sub(1).saturating_mul(PAGE_ROWS).min(list.len());
        list.get(from..list.len().min(from + PAGE_ROWS)).unwrap_or_default()
    }

    /// The page of all cases on which a state begins.
    pub(super) fn page_of_state(&self, state: State) -> usize {
        let rank = rank(state.word());
        let at = self.order.partition_point(|i| self.rows.get(*i).is_some_and(|r| self::rank(&r.state) < rank));
        at / PAGE_ROWS + 1
    }

    /// Number of cases with a state.
    pub(super) fn count(&self, state: State) -> usize {
        self.rows.iter().filter(|r| r.state == state.word()).count()
    }

    /// Address of a page, as seen from the index (`inside` false) or from another page of the list.
    pub(super) fn href(&self, page: ListPage<'_>, locale: &str, inside: bool) -> String {
        if page.cause.is_none() && page.number <= 1 {
            let name = self.meta.langs.iter().find(|(l, _)| l == locale).map_or("index.html", |(_, name)| name.as_str());
            return if inside { format!("../{name}") } else { name.to_owned() };
        }
        let folder = self.meta.lists.as_deref().filter(|_| !inside).map(|f| format!("{f}/")).unwrap_or_default();
        format!("{folder}{}", page.name(locale))
    }
}

fn places(traits: &[Traits]) -> Vec<Place<'_>> {
    let mut found: BTreeMap<(usize, &str), Place<'_>> = BTreeMap::new();
    for case in traits {
        for (at, scope) in PLACES.iter().enumerate() {
            let Some(key) = case.groups.get(scope) else { continue };
            let place = found.entry((at, key)).or_insert_with(|| Place { scope: *scope, key, states: [0; 5], failing: 0 });
            if let Some(n) = place.states.get_mut(rank(&case.state)) {
                *n += 1;
            }
            place.failing += usize::from(case.needs_action);
        }
    }
    found.into_values().collect()
}
