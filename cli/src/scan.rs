//! `scan`: the cases of one or more folders into one report.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use jiff::Timestamp;
use kms_triage::TOOL;
use kms_triage::fleet::{Fleet, fleet};
use kms_triage::knowledge::VERSION;
use kms_triage::report::{IndexMeta, ProblemFile, Renderer};

use crate::args::{DropArgs, Pages, ScanArgs, ScanFormat, Shared};
use crate::batch::{Batch, Done, Job};
use crate::cases::{self, Unused, folder_name};
use crate::exit::{Exit, Failure};
use crate::explained::Languages;
use crate::gate::Gate;
use crate::history::{History, Run};
use crate::input;
use crate::memory::Memory;
use crate::publish::{Report, explained_name};
use crate::report_folder::{CASES, RESULTS, ReportFolder, SUMMARY, TABLE};
use crate::spill::Spill;
use crate::words::{Words, shown};
use crate::{data, output, site};

/// Runs the command.
pub(crate) fn run(options: &ScanArgs, shared: &Shared) -> Result<Exit, Failure> {
    let drop = &options.drop;
    check_folders(drop)?;
    let knowledge = data::knowledge(&shared.extra, drop.site.site.as_deref())?;
    let words = Words { knowledge: &knowledge, locale: shared.locale(&knowledge)? };
    some_folder_is_readable(drop, words)?;
    let renderer = Renderer::new(&knowledge).map_err(|e| Failure::internal(format!("cannot compile the templates: {e}")))?;
    // Before the work: a history that cannot be used ends the scan at once.
    let mut history = options.history.as_deref().map(History::open).transpose()?;
    let folder = ReportFolder::open(&drop.out)?;
    let scan = Scan::new(drop, words, &renderer, &folder).without(options.history.as_deref());
    site::tell_unused(&drop.dirs, drop.site.site.as_deref(), words);
    let Passed { report, tally } = scan.pass(&scan.find(), None)?;
    match options.format {
        Some(ScanFormat::Ndjson) => output::print_lines(report.lines())?,
        Some(ScanFormat::Csv) => output::print_lines(report.csv())?,
        Some(ScanFormat::Summary) => output::print(&report.summary()?)?,
        None => Exit::Done,
    };
    let history_rows = if history.is_some() { report.rows.clone() } else { Vec::new() };
    let of_drop = report.meta.folder.clone();
    report.publish(&folder)?;
    if let Some(history) = &mut history {
        let site = knowledge.site.as_ref().map_or("", |s| s.version.as_str());
        let time = options.run_time.unwrap_or_else(now);
        history.add(&Run { time, tool: TOOL, knowledge: VERSION, site, folder: &of_drop }, &history_rows)?;
    }
    say_end(&tally, &drop.out, words);
    Ok(tally.exit(options.fail_on.is_some()))
}

/// The only clock of a scan: it dates a run in the history, and reaches no report.
fn now() -> Timestamp {
    Timestamp::try_from(SystemTime::now()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// What the command line says about the folders can be meant.
pub(crate) fn check_folders(drop: &DropArgs) -> Result<(), Failure> {
    if let Some(file) = drop.dirs.iter().find(|d| d.is_file()) {
        return Err(Failure::usage(format!("`{}` is a file; `kms-triage check` reads files", shown(&file.to_string_lossy()))));
    }
    let same = |dir: &PathBuf| fs::canonicalize(dir).is_ok_and(|d| fs::canonicalize(&drop.out).is_ok_and(|o| o == d));
    if drop.dirs.iter().any(same) {
        return Err(Failure::usage("the report folder is the scanned folder; name another one with --out"));
    }
    Ok(())
}

/// A share that is not there today must not cost the report of yesterday.
pub(crate) fn some_folder_is_readable(drop: &DropArgs, words: Words<'_>) -> Result<(), Failure> {
    if drop.dirs.iter().any(|dir| fs::read_dir(dir).is_ok()) {
        return Ok(());
    }
    let lines: Vec<String> = drop.dirs.iter().map(|d| cannot_read(d, words)).collect();
    Err(Failure::nothing(lines.join("\n")))
}

/// What stays the same from one pass over the folders to the next.
pub(crate) struct Scan<'a> {
    drop: &'a DropArgs,
    words: Words<'a>,
    renderer: &'a Renderer<'a>,
    folder: &'a ReportFolder,
    /// A file of ours that may lie in the drop and is no input.
    own: Option<&'a Path>,
    /// Languages that get pages and an index.
    locales: Vec<&'a str>,
    /// Stands for data and options, which shape pages too.
    seed: String,
}

/// A finished report, in memory but for its fresh pages; nothing of it is published yet.
pub(crate) struct Passed<'a> {
    pub(crate) report: Report<'a>,
    pub(crate) tally: Tally,
}

impl<'a> Scan<'a> {
    pub(crate) fn new(drop: &'a DropArgs, words: Words<'a>, renderer: &'a Renderer<'a>, folder: &'a ReportFolder) -> Self {
        let locales = if drop.pages == Pages::Primary { vec![words.locale] } else { words.knowledge.locale_tags() };
        let site = words.knowledge.site.as_ref().map_or("", |s| &s.version);
        let seed = format!("{} {:?} {} {site}", words.locale, drop.pages, words.knowledge.hash);
        Self { drop, words, renderer, folder, own: None, locales, seed }
    }

    /// Leaves the file at `own` out of the cases.
    pub(crate) const fn without(mut self, own: Option<&'a Path>) -> Self {
        self.own = own;
        self
    }

    /// What is scanned.
    pub(crate) const fn drop(&self) -> &DropArgs {
        self.drop
    }

    /// Where the report goes.
    pub(crate) const fn folder(&self) -> &ReportFolder {
        self.folder
    }

    /// What lies in the folders now.
    pub(crate) fn find(&self) -> cases::Drop {
        let mut found = cases::find(&self.drop.dirs, self.folder.path(), self.words);
        for own in self.own.into_iter().chain(self.drop.site.site.as_deref()) {
            found.leave_out(own);
        }
        found
    }

    /// Reads the cases, and makes the report of what is in them. With a `memory`, only those that it does not have.
    pub(crate) fn pass(&self, found: &cases::Drop, mut memory: Option<&mut Memory>) -> Result<Passed<'_>, Failure> {
        let fresh = || self.folder.fresh_pages(CASES).map(Some).map_err(|e| cannot_write(self.folder, &e));
        let job = Job {
            words: self.words,
            renderer: self.renderer,
            locales: &self.locales,
            pages: if self.drop.pages == Pages::None { None } else { fresh()? },
            explained: (self.drop.pages != Pages::None).then(|| explained_name(&self.seed)),
            gate: Gate::default(),
            spill: Arc::new(Spill::within(self.folder.path()).map_err(|e| cannot_write(self.folder, &e))?),
        };
        let mut batch = job.all(&found.cases, self.drop.jobs, memory.as_deref())?;
        if let Some(memory) = &mut memory {
            memory.keep(&found.cases, &mut batch, job.pages.as_deref(), &self.locales, Arc::clone(&job.spill));
        }
        let Batch { done, joined, .. } = batch;
        let tally = Tally::of(&done, &found.unreadable);
        let mut report = Report {
            renderer: self.renderer,
            spill: Arc::clone(&job.spill),
            results: Vec::with_capacity(tally.cases),
            rows: Vec::with_capacity(done.len()),
            traits: Vec::with_capacity(done.len()),
            meta: IndexMeta {
                folder: self.drop.dirs.iter().map(|d| folder_name(d)).collect::<Vec<_>>().join(", "),
                files: tally.given,
                problems: found.unreadable.iter().map(problem).collect(),
                langs: Vec::new(),
                downloads: vec![RESULTS.to_owned(), TABLE.to_owned(), SUMMARY.to_owned()],
                hosts: joined.hosts,
                explained: None,
                fleet: Fleet::default(),
                ..IndexMeta::default()
            },
            languages: Languages { all: &self.locales, chosen: self.words.locale },
            explained: job.explained.clone(),
            table: Vec::with_capacity(tally.cases),
            pages: None,
            seed: self.seed.clone(),
        };
        for case in done {
            report.results.push(case.line);
            report.table.push(case.table);
            report.rows.push(case.row);
            report.traits.push(case.traits);
            report.meta.problems.extend(case.problems);
        }
        report.meta.fleet = fleet(self.words.knowledge, &report.traits);
        report.meta.problems.extend(found.hidden.iter().map(problem));
        if job.pages.is_some() {
            report.link_pages().map_err(|e| cannot_write(self.folder, &e))?;
        } else {
            report.rows.iter_mut().for_each(|row| row.href.clear());
        }
        Ok(Passed { report, tally })
    }
}

/// Sums over all cases.
pub(crate) struct Tally {
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

fn cannot_read(dir: &Path, words: Words<'_>) -> String {
    let reason = fs::read_dir(dir).err().map(|e| input::failed(&e, 0, words).reason).unwrap_or_default();
    words.say("term-file-failed", &[("file", &shown(&dir.to_string_lossy())), ("reason", &reason)])
}

fn cannot_write(folder: &ReportFolder, error: &std::io::Error) -> Failure {
    Failure::internal(format!("cannot write the report to `{}`: {error}", folder.path().display()))
}

/// The closing line.
pub(crate) fn say_end(tally: &Tally, out: &Path, words: Words<'_>) {
    let path = out.join("index.html");
    let counts = [tally.cases, tally.given, tally.problems].map(|n| n.to_string());
    let values = [("cases", &*counts[0]), ("files", &*counts[1]), ("problems", &*counts[2]), ("path", &*path.to_string_lossy())];
    output::note(&words.say("reason-scan-end", &values));
}
