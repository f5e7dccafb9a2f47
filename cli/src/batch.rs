//! Works on the cases of a drop, a few at a time: reads, analyzes, joins them with each other and writes their
//! pages. Of their texts nothing is kept.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::{fs, io};

use kms_triage::analyze::Source;
use kms_triage::fleet::{Traits, traits};
use kms_triage::join::{Digest, Joined, JoinedFact, digest, join};
use kms_triage::limits::TEXT_BYTES_MAX;
use kms_triage::report::{CaseLinks, IndexRow, ProblemFile, Renderer, index_row, page_ending};
use kms_triage::table;
use rayon::prelude::*;

use crate::cases::{CaseFile, CaseFiles};
use crate::exit::Failure;
use crate::gate::Gate;
use crate::input::{self, FAILED, Loaded, SKIPPED, Trouble};
use crate::memory::{Memory, Remembered};
use crate::page_name::PageNames;
use crate::progress::Progress;
use crate::report_folder::index_name;
use crate::spill::{Kept, Spill};
use crate::words::Words;

/// Text of one case held at a time; further files are skipped with a reason.
const CASE_BYTES_MAX: usize = 128 * 1024 * 1024;

/// Stack of a worker: deep nesting in a hostile file must not end the scan.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// Everything a case is worked on with.
pub(crate) struct Job<'a> {
    pub(crate) words: Words<'a>,
    pub(crate) renderer: &'a Renderer<'a>,
    /// Languages that get a page.
    pub(crate) locales: &'a [&'a str],
    /// Where pages go.
    pub(crate) pages: Option<PathBuf>,
    /// Name of the folder whose pages explain.
    pub(crate) explained: Option<String>,
    pub(crate) gate: Gate,
    /// Where lines of results wait.
    pub(crate) spill: Arc<Spill>,
}

/// What is kept of a finished case.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    /// Its line of the results.
    pub(crate) line: Kept,
    /// Row of the table, without its last cell.
    pub(crate) table: Kept,
    pub(crate) row: IndexRow,
    pub(crate) given: usize,
    pub(crate) with_text: usize,
    pub(crate) problems: Vec<ProblemFile>,
    /// The analysis itself broke; the case says nothing.
    pub(crate) broken: bool,
    /// What the join with other cases needs.
    pub(crate) digest: Digest,
    /// What the look at all cases needs.
    pub(crate) traits: Traits,
}

/// All cases of a pass, in their order.
pub(crate) struct Batch {
    pub(crate) done: Vec<Done>,
    pub(crate) digests: Vec<Digest>,
    /// What cases tell about each other.
    pub(crate) joined: Joined,
    /// Name of each case's page.
    pub(crate) pages: Vec<String>,
}

/// A case to be worked on.
struct Work<'a> {
    case: &'a CaseFiles,
    page: &'a str,
    /// What is known of it from an earlier pass, when it still holds.
    recalled: Option<&'a Remembered>,
}

impl Job<'_> {
    /// All cases in their order, whatever the number of threads. A case that `memory` can give back is not read again.
    pub(crate) fn all(&self, cases: &[CaseFiles], jobs: Option<u16>, memory: Option<&Memory>) -> Result<Batch, Failure> {
        let mut names = PageNames::default();
        let pages: Vec<String> = cases.iter().map(|c| names.name(&c.name)).collect();
        let recalled = |(case, page): (&CaseFiles, &String)| memory.and_then(|m| m.recall(&case.name, page));
        let work: Vec<Work<'_>> =
            cases.iter().zip(&pages).map(|(case, page)| Work { case, page, recalled: recalled((case, page)) }).collect();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.map_or(0, usize::from)).stack_size(STACK_BYTES).build();
        let pool = pool.map_err(|e| Failure::internal(format!("cannot start threads: {e}")))?;
        let progress = Progress::new(cases.len());
        let first = |work: &Work<'_>| {
            let done = if work.recalled.is_some() { Ok(None) } else { self.one(work.case, work.page, &[]).map(Some) };
            progress.step();
            done
        };
        // One at a time off the list, so that a big case does not hold up a row of small ones.
        let done = pool.install(|| work.par_iter().with_max_len(1).map(first).collect::<Result<Vec<Option<Done>>, Failure>>());
        progress.finish();
        let mut done = done?;
        let digest = |(done, work): (&mut Option<Done>, &Work<'_>)| match done {
            Some(done) => std::mem::take(&mut done.digest),
            None => work.recalled.map(|r| r.digest.clone()).unwrap_or_default(),
        };
        let digests: Vec<Digest> = done.iter_mut().zip(&work).map(digest).collect();
        let joined = join(&digests);
        let facts = |index: usize| joined.facts.get(&index).map_or(&[][..], Vec::as_slice);
        // Cases about which another one tells something are read again: their texts were not kept.
        let rest: Vec<(usize, &Work<'_>)> =
            work.iter().enumerate().filter(|(i, w)| w.recalled.is_some() || !facts(*i).is_empty()).collect();
        let renew = |(index, work): &(usize, &Work<'_>)| {
            let known = work.recalled.and_then(|r| r.again(facts(*index), memory?, self.pages.as_deref(), &self.spill));
            known.map_or_else(|| self.one(work.case, work.page, facts(*index)), Ok).map(|done| (*index, done))
        };
        let renewed = pool.install(|| rest.par_iter().with_max_len(1).map(renew).collect::<Result<Vec<_>, Failure>>())?;
        for (index, new) in renewed {
            if let Some(old) = done.get_mut(index) {
                *old = Some(new);
            }
        }
        Ok(Batch { done: done.into_iter().flatten().collect(), digests, joined, pages })
    }

    /// Reads, analyzes and renders one case; of its texts nothing is kept.
    fn one(&self, case: &CaseFiles, page: &str, joined: &[JoinedFact]) -> Result<Done, Failure> {
        let on_disk = |f: &CaseFile| fs::metadata(&f.path).map_or(0, |m| m.len().min(TEXT_BYTES_MAX as u64));
        let _share = self.gate.enter(case.files.iter().map(on_disk).sum());
        let loaded = self.load(case);
        // A case that breaks the analysis must not take the others with it; the hook has told why.
        let analyzed = catch_unwind(AssertUnwindSafe(|| self.analyzed(case, &loaded, page, joined)));
        let mut problems: Vec<ProblemFile> = case.files.iter().zip(&loaded).filter_map(|(f, l)| problem_file(&f.shown, l)).collect();
        let broken = analyzed.is_err();
        let Analyzed { line, table, row, damaged, digest, traits } = match analyzed {
            Ok(result) => result?,
            Err(_) => {
                let reason = self.words.say("reason-internal", &[]);
                let trouble = |l: &Loaded| Trouble { status: FAILED, reason: reason.clone(), bytes: l.size() };
                let emptied: Vec<Loaded> = loaded.iter().map(|l| Loaded::without_text(l.name.clone(), trouble(l))).collect();
                problems = case.files.iter().zip(&emptied).filter_map(|(f, l)| problem_file(&f.shown, l)).collect();
                self.analyzed(case, &emptied, page, &[])?
            }
        };
        let shown = |name: &str| {
            loaded.iter().zip(&case.files).find(|(l, _)| l.name == name).map_or_else(|| name.to_owned(), |(_, f)| f.shown.clone())
        };
        problems.extend(damaged.into_iter().filter(|_| !broken).map(|d| ProblemFile {
            name: shown(&d.name),
            status: d.status,
            reason: d.reason,
        }));
        let with_text = if broken { 0 } else { loaded.iter().filter(|l| l.has_text()).count() };
        Ok(Done { line, table, row, given: loaded.len(), with_text, problems, broken, digest, traits })
    }

    fn load(&self, case: &CaseFiles) -> Vec<Loaded> {
        let mut left = CASE_BYTES_MAX;
        let mut loaded = Vec::with_capacity(case.files.len());
        for file in &case.files {
            let name = file.name.clone();
            let one = match &file.trouble {
                Some(trouble) => Loaded::without_text(name, trouble.clone()),
                None => input::load(name, &file.path, self.words),
            };
            let size = one.weight();
            let fits = size <= left;
            left -= if fits { size } else { 0 };
            loaded.push(if fits {
                one
            } else {
                let reason = self.words.say("reason-case-full", &[("size", &crate::words::size(CASE_BYTES_MAX as u64))]);
                Loaded::without_text(one.name, Trouble { status: SKIPPED, reason, bytes: size as u64 })
            });
        }
        loaded
    }

    /// The result line, the index row and what turned out unreadable inside; writes the pages.
    fn analyzed(&self, of: &CaseFiles, loaded: &[Loaded], page: &str, joined: &[JoinedFact]) -> Result<Analyzed, Failure> {
        let knowledge = self.words.knowledge;
        let name = of.name.as_str();
        let inputs: Vec<kms_triage::Input<'_>> = loaded.iter().map(Loaded::input).collect();
        let analysis = kms_triage::analyze_joined(knowledge, name, &inputs, joined);
        let mut line = serde_json::to_string(&analysis.case).map_err(|e| Failure::internal(format!("case `{name}`: {e}")))?;
        line.push('\n');
        if let Some(folder) = &self.pages {
            for locale in self.locales {
                let html = self
                    .renderer
                    .case(&analysis, locale, &self.links(page, locale))
                    .map_err(|e| Failure::internal(format!("cannot render the template `report.html` for case `{name}`: {e}")))?;
                let path = folder.join(format!("{page}{}", page_ending(locale)));
                fs::write(&path, html).map_err(|e| Failure::internal(format!("cannot write `{}`: {e}", path.display())))?;
            }
        }
        let whole = |f: &kms_triage::case::CaseFile| f.status == "read" || loaded.iter().any(|l| l.name == f.name && l.trouble.is_some());
        let files = analysis.case.files.iter().zip(&analysis.sources).filter(|(f, _)| !whole(f));
        let said = |s: &Source| s.reason(knowledge, self.words.locale).filter(|_| !s.remarks.is_empty());
        let damaged = files.map(|(f, s)| Found {
            name: f.name.clone(),
            status: f.status.clone(),
            reason: said(s).or_else(|| f.reason.clone()).unwrap_or_default(),
        });
        let damaged = damaged.collect();
        let keep = |text: &str| self.spill.keep(text).map_err(|e: io::Error| Failure::internal(format!("cannot put results away: {e}")));
        Ok(Analyzed {
            line: keep(&line)?,
            table: keep(&table::row(knowledge, &analysis, self.words.locale))?,
            row: index_row(knowledge, &analysis, page.to_owned()),
            damaged,
            digest: digest(&analysis),
            traits: traits(knowledge, &analysis, &of.folder),
        })
    }

    fn links(&self, page: &str, locale: &str) -> CaseLinks {
        let langs = match self.locales {
            [_] => Vec::new(),
            several => several.iter().map(|l| ((*l).to_owned(), format!("{page}{}", page_ending(l)))).collect(),
        };
        let explained = self.explained.as_ref().map(|name| format!("../{name}"));
        CaseLinks { index: Some(format!("../{}", index_name(locale, self.words.locale))), langs, explained }
    }
}

/// What one analysis leaves.
struct Analyzed {
    line: Kept,
    table: Kept,
    row: IndexRow,
    damaged: Vec<Found>,
    digest: Digest,
    traits: Traits,
}

/// A file that only its reader could tell to be damaged.
struct Found {
    name: String,
    status: String,
    reason: String,
}

fn problem_file(shown: &str, loaded: &Loaded) -> Option<ProblemFile> {
    let trouble = loaded.trouble.as_ref()?;
    Some(ProblemFile { name: shown.to_owned(), status: trouble.status.to_owned(), reason: trouble.reason.clone() })
}
