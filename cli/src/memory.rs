//! What `watch` keeps of each case from one pass to the next, so that only what changed is read again. Knows no folder
//! that is watched; who watches says what no longer holds.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use kms_triage::join::{Digest, JoinedFact};
use kms_triage::report::page_ending;

use crate::batch::{Batch, Done};
use crate::cases::CaseFiles;
use crate::spill::Spill;

/// The cases of the last pass.
#[derive(Default)]
pub(crate) struct Memory {
    cases: BTreeMap<String, Remembered>,
    /// Cases to be read again.
    stale: BTreeSet<String>,
    /// Where their pages lie.
    pages: Option<PathBuf>,
    /// Where their lines wait.
    spill: Option<Arc<Spill>>,
}

/// A case as the last pass left it.
#[derive(Debug)]
pub(crate) struct Remembered {
    page: String,
    /// What other cases told about it.
    joined: Vec<JoinedFact>,
    pub(crate) digest: Digest,
    done: Done,
    pages: Vec<PageFile>,
}

/// A page, and how to see that it is still the one that was written.
#[derive(Debug, PartialEq, Eq)]
struct PageFile {
    name: String,
    bytes: u64,
    changed: Option<SystemTime>,
}

impl PageFile {
    fn of(folder: &Path, name: String) -> Option<Self> {
        let metadata = fs::metadata(folder.join(&name)).ok()?;
        Some(Self { name, bytes: metadata.len(), changed: metadata.modified().ok() })
    }
}

impl Memory {
    /// Says which cases are to be read again in the next pass.
    pub(crate) fn forget(&mut self, stale: BTreeSet<String>) {
        self.stale = stale;
    }

    /// Whether an earlier pass has read the case.
    pub(crate) fn knows(&self, case: &str) -> bool {
        self.cases.contains_key(case)
    }

    /// The case, if it still holds and its page has the same name.
    pub(crate) fn recall(&self, case: &str, page: &str) -> Option<&Remembered> {
        self.cases.get(case).filter(|r| r.page == page && !self.stale.contains(case))
    }

    /// Keeps the cases of a pass; `fresh` is the folder of its pages, which have these languages.
    pub(crate) fn keep(&mut self, cases: &[CaseFiles], batch: &mut Batch, fresh: Option<&Path>, locales: &[&str], spill: Arc<Spill>) {
        let digests = std::mem::take(&mut batch.digests);
        let mut kept = BTreeMap::new();
        for (index, (((case, page), digest), done)) in cases.iter().zip(&batch.pages).zip(digests).zip(&batch.done).enumerate() {
            let names = locales.iter().map(|locale| format!("{page}{}", page_ending(locale)));
            let pages = fresh.map_or_else(Vec::new, |folder| names.filter_map(|n| PageFile::of(folder, n)).collect());
            let joined = batch.joined.facts.remove(&index).unwrap_or_default();
            kept.insert(case.name.clone(), Remembered { page: page.clone(), joined, digest, done: done.clone(), pages });
        }
        self.cases = kept;
        self.stale.clear();
        self.pages = None;
        self.spill = Some(spill);
    }

    /// Says where the pages of the last pass lie now.
    pub(crate) fn published(&mut self, pages: Option<PathBuf>) {
        self.pages = pages;
    }
}

impl Remembered {
    /// The case once more, with its pages in the folder `fresh`; `None` when it must be read again, because others tell
    /// something else about it now, or its pages are not what they were. Its lines move to `spill`.
    pub(crate) fn again(&self, joined: &[JoinedFact], memory: &Memory, fresh: Option<&Path>, spill: &Spill) -> Option<Done> {
        if self.joined != joined || self.done.broken {
            return None;
        }
        let moved = |kept| spill.keep(&memory.spill.as_ref()?.line(kept).ok()?).ok();
        let done = Done { line: moved(self.done.line)?, table: moved(self.done.table)?, ..self.done.clone() };
        let Some(fresh) = fresh else { return Some(done) };
        let old = memory.pages.as_deref()?;
        let link = |page: &PageFile| -> Option<()> {
            PageFile::of(old, page.name.clone()).filter(|p| p == page)?;
            let (from, to) = (old.join(&page.name), fresh.join(&page.name));
            fs::hard_link(&from, &to).or_else(|_| fs::copy(&from, &to).map(|_| ())).ok()
        };
        if !self.pages.is_empty() && self.pages.iter().all(|p| link(p).is_some()) {
            return Some(done);
        }
        // A link that stayed would let the new page be written into the old report.
        for page in &self.pages {
            let _ = fs::remove_file(fresh.join(&page.name));
        }
        None
    }
}
