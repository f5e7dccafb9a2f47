//! `scan`: every case of one or more folders, a few at a time, into one report.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use kms_triage::analyze::Source;
use kms_triage::fleet::{Fleet, Traits, fleet, traits};
use kms_triage::join::{Digest, HostSummary, JoinedFact, digest, join};
use kms_triage::limits::TEXT_BYTES_MAX;
use kms_triage::report::{CaseLinks, IndexMeta, IndexRow, ProblemFile, Renderer, index_row, page_ending};
use rayon::prelude::*;

use crate::args::{Pages, ScanArgs, Shared};
use crate::cases::{self, CaseFile, CaseFiles, Unused, folder_name};
use crate::exit::{Exit, Failure};
use crate::explained::Languages;
use crate::gate::Gate;
use crate::input::{self, FAILED, Loaded, SKIPPED, Trouble};
use crate::page_name::PageNames;
use crate::progress::Progress;
use crate::publish::{Report, explained_name};
use crate::report_folder::{CASES, ReportFolder, SUMMARY, index_name};
use crate::words::{Words, shown};
use crate::{data, output, site};

/// Text of one case held at a time; further files are skipped with a reason.
const CASE_BYTES_MAX: usize = 128 * 1024 * 1024;

/// Stack of a worker: deep nesting in a hostile file must not end the scan.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// Everything a case is worked on with.
struct Job<'a> {
    words: Words<'a>,
    renderer: &'a Renderer<'a>,
    /// Languages that get a page.
    locales: &'a [&'a str],
    /// Where pages go.
    pages: Option<PathBuf>,
    /// Name of the folder whose pages explain.
    explained: Option<String>,
    gate: Gate,
}

/// What is kept of a finished case.
struct Done {
    line: String,
    row: IndexRow,
    given: usize,
    with_text: usize,
    problems: Vec<ProblemFile>,
    /// The analysis itself broke; the case says nothing.
    broken: bool,
    /// What the join with other cases needs.
    digest: Digest,
    /// What the look at all cases needs.
    traits: Traits,
}

/// Runs the command.
pub(crate) fn run(options: &ScanArgs, shared: &Shared) -> Result<Exit, Failure> {
    if let Some(file) = options.dirs.iter().find(|d| d.is_file()) {
        return Err(Failure::usage(format!("`{}` is a file; `kms-triage check` reads files", shown(&file.to_string_lossy()))));
    }
    let knowledge = data::knowledge(&shared.extra, options.site.site.as_deref())?;
    let words = Words { knowledge: &knowledge, locale: shared.locale(&knowledge)? };
    let same = |dir: &PathBuf| fs::canonicalize(dir).is_ok_and(|d| fs::canonicalize(&options.out).is_ok_and(|o| o == d));
    if options.dirs.iter().any(same) {
        return Err(Failure::usage("the report folder is the scanned folder; name another one with --out"));
    }
    // A share that is not there today must not cost the report of yesterday.
    let readable = |dir: &PathBuf| fs::read_dir(dir).is_ok();
    if !options.dirs.iter().any(readable) {
        let lines: Vec<String> = options.dirs.iter().map(|d| cannot_read(d, words)).collect();
        return Err(Failure::nothing(lines.join("\n")));
    }
    let folder = ReportFolder::open(&options.out)?;
    let mut found = cases::find(&options.dirs, folder.path(), words);
    site::set_aside(&mut found, &options.dirs, options.site.site.as_deref(), words);
    let chosen = [words.locale];
    let every = knowledge.locale_tags();
    let renderer = Renderer::new(&knowledge).map_err(|e| Failure::internal(format!("cannot compile the templates: {e}")))?;
    let has_pages = options.pages != Pages::None;
    let profile = knowledge.site.as_ref().map_or("", |s| &s.version);
    let seed = format!("{} {:?} {} {profile}", words.locale, options.pages, knowledge.hash);
    let job = Job {
        words,
        renderer: &renderer,
        locales: if options.pages == Pages::Primary { &chosen } else { &every },
        pages: if has_pages { Some(folder.fresh_pages(CASES).map_err(|e| cannot_write(&folder, &e))?) } else { None },
        explained: has_pages.then(|| explained_name(&seed)),
        gate: Gate::default(),
    };
    let (done, hosts) = job.all(&found.cases, options.jobs)?;
    let tally = Tally::of(&done, &found.unreadable);
    let mut report = Report {
        renderer: &renderer,
        results: String::new(),
        rows: Vec::with_capacity(done.len()),
        traits: Vec::with_capacity(done.len()),
        meta: IndexMeta {
            folder: options.dirs.iter().map(|d| folder_name(d)).collect::<Vec<_>>().join(", "),
            files: tally.given,
            problems: found.unreadable.iter().map(problem).collect(),
            langs: Vec::new(),
            downloads: vec!["results.ndjson".to_owned(), SUMMARY.to_owned()],
            hosts,
            explained: None,
            fleet: Fleet::default(),
        },
        languages: Languages { all: job.locales, chosen: words.locale },
        explained: job.explained.clone(),
        seed,
    };
    for case in done {
        report.results.push_str(&case.line);
        report.rows.push(case.row);
        report.traits.push(case.traits);
        report.meta.problems.extend(case.problems);
    }
    report.meta.fleet = fleet(&knowledge, &report.traits);
    report.meta.problems.extend(found.hidden.iter().map(problem));
    if options.format.is_some() {
        output::print(&report.results)?;
    }
    report.publish(&folder)?;
    say_end(&tally, &options.out, words);
    Ok(tally.exit(options.fail_on.is_some()))
}

impl Job<'_> {
    /// All cases in their order, whatever the number of threads, and the KMS hosts that have a log among them.
    fn all(&self, cases: &[CaseFiles], jobs: Option<u16>) -> Result<(Vec<Done>, Vec<HostSummary>), Failure> {
        let mut names = PageNames::default();
        let named: Vec<(&CaseFiles, String)> = cases.iter().map(|c| (c, names.name(&c.name))).collect();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.map_or(0, usize::from)).stack_size(STACK_BYTES).build();
        let pool = pool.map_err(|e| Failure::internal(format!("cannot start threads: {e}")))?;
        let progress = Progress::new(cases.len());
        let work = |(case, page): &(&CaseFiles, String)| {
            let done = self.one(case, page, &[]);
            progress.step();
            done
        };
        // One at a time off the list, so that a big case does not hold up a row of small ones.
        let done = pool.install(|| named.par_iter().with_max_len(1).map(work).collect::<Result<Vec<Done>, Failure>>());
        progress.finish();
        let mut done = done?;
        // Cases about which another one tells something are read again: their texts were not kept.
        let digests: Vec<Digest> = done.iter_mut().map(|d| std::mem::take(&mut d.digest)).collect();
        let joined = join(&digests);
        let again: Vec<(usize, &Vec<JoinedFact>)> = joined.facts.iter().map(|(case, facts)| (*case, facts)).collect();
        let renew = |(index, facts): &(usize, &Vec<JoinedFact>)| {
            let Some((case, page)) = named.get(*index) else { return Ok(None) };
            self.one(case, page, facts).map(|done| Some((*index, done)))
        };
        let renewed = pool.install(|| again.par_iter().with_max_len(1).map(renew).collect::<Result<Vec<_>, Failure>>())?;
        for (index, new) in renewed.into_iter().flatten() {
            if let Some(old) = done.get_mut(index) {
                *old = new;
            }
        }
        Ok((done, joined.hosts))
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
        let Analyzed { line, row, damaged, digest, traits } = match analyzed {
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
        Ok(Done { line, row, given: loaded.len(), with_text, problems, broken, digest, traits })
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
        Ok(Analyzed {
            line,
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
    line: String,
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

/// Sums over all cases.
struct Tally {
    cases: usize,
    given: usize,
    with_text: usize,
    problems: usize,
    needs_action: bool,
    broken: bool,
}

impl Tally {
    fn of(done: &[Done], unreadable: &[Unused]) -> Self {
        Self {
            cases: done.len(),
            given: done.iter().map(|d| d.given).sum(),
            with_text: done.iter().map(|d| d.with_text).sum(),
            problems: done.iter().map(|d| d.problems.len()).sum::<usize>() + unreadable.len(),
            needs_action: done.iter().any(|d| d.row.needs_action),
            broken: done.iter().any(|d| d.broken),
        }
    }

    fn exit(&self, tell_action: bool) -> Exit {
        if self.broken {
            return Exit::Internal;
        }
        Exit::of_inputs(self.with_text, self.problems, tell_action && self.needs_action)
    }
}

fn problem(unused: &Unused) -> ProblemFile {
    ProblemFile { name: unused.shown.clone(), status: unused.trouble.status.to_owned(), reason: unused.trouble.reason.clone() }
}

fn problem_file(shown: &str, loaded: &Loaded) -> Option<ProblemFile> {
    let trouble = loaded.trouble.as_ref()?;
    Some(ProblemFile { name: shown.to_owned(), status: trouble.status.to_owned(), reason: trouble.reason.clone() })
}

fn cannot_read(dir: &Path, words: Words<'_>) -> String {
    let reason = fs::read_dir(dir).err().map(|e| input::failed(&e, 0, words).reason).unwrap_or_default();
    words.say("term-file-failed", &[("file", &shown(&dir.to_string_lossy())), ("reason", &reason)])
}

fn cannot_write(folder: &ReportFolder, error: &std::io::Error) -> Failure {
    Failure::internal(format!("cannot write the report to `{}`: {error}", folder.path().display()))
}

/// The closing line.
fn say_end(tally: &Tally, out: &Path, words: Words<'_>) {
    let path = out.join("index.html");
    let counts = [tally.cases, tally.given, tally.problems].map(|n| n.to_string());
    let values = [("cases", &*counts[0]), ("files", &*counts[1]), ("problems", &*counts[2]), ("path", &*path.to_string_lossy())];
    output::note(&words.say("reason-scan-end", &values));
}
