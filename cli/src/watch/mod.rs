//! `watch`: keeps the report of a folder fresh. Looks at files from outside; a case is read when all its files have
//! stayed as they are for a while, and a report takes the place of the old one in one step. Keeps nothing on disk: it
//! starts with a full scan.

mod events;
mod stamp;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use kms_triage::report::{IndexRow, Renderer};

use self::events::{Events, Wake};
use self::stamp::Stamp;
use crate::args::{Shared, WatchArgs};
use crate::cases::Drop;
use crate::exit::{Exit, Failure};
use crate::memory::Memory;
use crate::report_folder::ReportFolder;
use crate::scan::{Passed, Scan, check_folders, say_end, some_folder_is_readable};
use crate::words::{Words, shown};
use crate::{data, output, site};

/// How long at most until it looks even where the system reports nothing.
const IDLE: Duration = Duration::from_mins(1);
/// The same where the system cannot report changes.
const IDLE_ALONE: Duration = Duration::from_secs(10);
/// Shortest time between two looks.
const BREATH: Duration = Duration::from_millis(200);
/// Who looks for a second rests for so many.
const REST: u32 = 4;
/// So many times the settling time a finished case waits for others that still grow.
const COMPANY: u32 = 3;

/// Runs the command.
pub(crate) fn run(options: &WatchArgs, shared: &Shared) -> Result<Exit, Failure> {
    let drop = &options.drop;
    check_folders(drop)?;
    let knowledge = data::knowledge(&shared.extra, drop.site.site.as_deref())?;
    let words = Words { knowledge: &knowledge, locale: shared.locale(&knowledge)? };
    some_folder_is_readable(drop, words)?;
    let renderer = Renderer::new(&knowledge).map_err(|e| Failure::internal(format!("cannot compile the templates: {e}")))?;
    let folder = ReportFolder::open(&drop.out)?;
    site::tell_unused(&drop.dirs, drop.site.site.as_deref(), words);
    let events = Events::new()?;
    let mut idle = options.poll.map_or(IDLE, |s| Duration::from_secs(u64::from(s)));
    // Before the first look: what changes after it is not missed.
    let listen = || events.listen(&drop.dirs, folder.path());
    let listener = options.poll.is_none().then(listen).transpose();
    if let Err(error) = &listener {
        idle = IDLE_ALONE;
        let seconds = idle.as_secs().to_string();
        output::note(&words.say("watch-alone", &[("n", &seconds), ("error", &error.to_string())]));
    }
    let dirs: Vec<String> = drop.dirs.iter().map(|d| shown(&d.to_string_lossy())).collect();
    output::note(&words.say("watch-start", &[("dirs", &dirs.join(words.say("separator", &[]).as_str()))]));
    let mut watch = Watch {
        scan: Scan::new(drop, words, &renderer, &folder),
        words,
        settle: Duration::from_secs(u64::from(options.settle)),
        idle,
        memory: Memory::default(),
        seen: BTreeMap::new(),
        published: None,
        differs_since: None,
        told: BTreeSet::new(),
        lost: false,
        look_took: Duration::ZERO,
    };
    watch.until_stopped(&events);
    std::mem::drop(listener);
    output::note(&words.say("watch-end", &[]));
    Ok(Exit::Done)
}

/// What a report was made from.
#[derive(Debug, Default, PartialEq, Eq)]
struct Source {
    /// Files of each case.
    cases: BTreeMap<String, Vec<Stamp>>,
    /// What lies there and is no case.
    others: Vec<String>,
}

/// The report that is there.
#[derive(Debug)]
struct Published {
    source: Source,
    /// State and cause of each case, in words.
    results: BTreeMap<String, String>,
}

struct Watch<'a> {
    scan: Scan<'a>,
    words: Words<'a>,
    /// How long files must stay as they are.
    settle: Duration,
    /// How long to wait when nothing is to be done.
    idle: Duration,
    memory: Memory,
    /// Since when the files of each case look as they do.
    seen: BTreeMap<String, (Vec<Stamp>, Instant)>,
    published: Option<Published>,
    /// Since when the folders are not what the report says.
    differs_since: Option<Instant>,
    /// Cases of which it was said that they wait.
    told: BTreeSet<String>,
    /// A folder cannot be read now.
    lost: bool,
    /// How long it took to look at the folders; to make a report is no part of it.
    look_took: Duration,
}

impl Watch<'_> {
    fn until_stopped(&mut self, events: &Events) {
        loop {
            let start = Instant::now();
            let wait = self.look(start);
            let rest = (self.look_took * REST).max(BREATH);
            match events.wakes.recv_timeout(wait.max(BREATH)) {
                Ok(Wake::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => continue,
                Ok(Wake::Changed) => {}
            }
            // What comes together is looked at together.
            let until = Instant::now() + rest.min(self.idle);
            while let Some(left) = until.checked_duration_since(Instant::now()) {
                match events.wakes.recv_timeout(left) {
                    Ok(Wake::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                    Ok(Wake::Changed) | Err(RecvTimeoutError::Timeout) => {}
                }
            }
        }
    }

    /// Looks once, and makes a new report when it is time. Says how long nothing is to be done.
    fn look(&mut self, now: Instant) -> Duration {
        let mut found = self.scan.find();
        if self.is_lost(&found) {
            return self.idle;
        }
        let source = source(&found);
        self.look_took = now.elapsed();
        self.note_changes(&source, now);
        let Some((changed, gone)) = self.differences(&source) else {
            self.differs_since = None;
            return self.idle;
        };
        let age = |case: &String| self.seen.get(case).map_or(Duration::ZERO, |s| now.saturating_duration_since(s.1));
        let growing: BTreeSet<String> = changed.iter().filter(|c| age(c) < self.settle).cloned().collect();
        let since = *self.differs_since.get_or_insert(now);
        let nothing_else = growing.len() == changed.len() && gone.is_empty() && self.published.is_some();
        let patient = now.saturating_duration_since(since) < self.settle * COMPANY;
        if !growing.is_empty() && (patient || nothing_else) {
            let left = growing.iter().map(|c| self.settle.saturating_sub(age(c))).min();
            self.tell_growing(&growing, !patient);
            return left.unwrap_or(self.settle);
        }
        self.tell_growing(&growing, true);
        let stale: BTreeSet<String> = changed.difference(&growing).cloned().collect();
        // A case that still grows keeps what was known of it, or waits outside.
        found.cases.retain(|c| !growing.contains(&c.name) || self.memory.knows(&c.name));
        match self.renew(&found, source, &stale, &growing) {
            Ok(()) => {
                self.differs_since = None;
                if growing.is_empty() { self.idle } else { self.settle }
            }
            Err(failure) => {
                output::note(&format!("kms-triage: {}", failure.message));
                self.idle
            }
        }
    }

    /// A share that is away for a moment must not empty the report; one that was never there is in it as unreadable.
    fn is_lost(&mut self, found: &Drop) -> bool {
        let known = |name: &String| self.published.as_ref().is_some_and(|p| !p.source.others.contains(name));
        let lost = found.unreadable.iter().map(|u| u.shown.clone()).find(known);
        if let Some(name) = lost.as_ref().filter(|_| !self.lost) {
            output::note(&self.words.say("watch-lost", &[("dir", name)]));
        }
        self.lost = lost.is_some();
        self.lost
    }

    fn note_changes(&mut self, source: &Source, now: Instant) {
        self.seen.retain(|case, _| source.cases.contains_key(case));
        for (case, stamps) in &source.cases {
            match self.seen.get_mut(case) {
                Some(seen) if seen.0 == *stamps => {}
                Some(seen) => *seen = (stamps.clone(), now),
                None => {
                    self.seen.insert(case.clone(), (stamps.clone(), now));
                }
            }
        }
    }

    /// Cases that are not in the report as they are now, and cases that are in it and no more here. `None` when the
    /// report says what is.
    fn differences(&self, source: &Source) -> Option<(BTreeSet<String>, BTreeSet<String>)> {
        let Some(published) = &self.published else { return Some((source.cases.keys().cloned().collect(), BTreeSet::new())) };
        let is_new = |(case, stamps): &(&String, &Vec<Stamp>)| published.source.cases.get(*case) != Some(*stamps);
        let changed: BTreeSet<String> = source.cases.iter().filter(is_new).map(|c| c.0.clone()).collect();
        let gone: BTreeSet<String> = published.source.cases.keys().filter(|c| !source.cases.contains_key(*c)).cloned().collect();
        let same = changed.is_empty() && gone.is_empty() && published.source.others == source.others;
        (!same).then_some((changed, gone))
    }

    /// Says once of each case that it waits.
    fn tell_growing(&mut self, growing: &BTreeSet<String>, long: bool) {
        for case in growing.iter().filter(|_| long) {
            if self.told.insert(case.clone()) {
                output::note(&self.words.say("watch-grows", &[("case", case)]));
            }
        }
    }

    /// Makes and publishes a report in which only the cases in `stale` are read again.
    fn renew(&mut self, found: &Drop, mut source: Source, stale: &BTreeSet<String>, growing: &BTreeSet<String>) -> Result<(), Failure> {
        self.memory.forget(stale.clone());
        let Passed { report, tally } = self.scan.pass(found, Some(&mut self.memory))?;
        let results: BTreeMap<String, String> = report.rows.iter().map(|r| (r.name.clone(), result(r, self.words))).collect();
        let pages = report.pages.as_ref().map(|p| self.scan.folder().path().join(p));
        report.publish(self.scan.folder())?;
        self.memory.published(pages);
        // What still grows is in the report as it was before, or not at all.
        for case in growing {
            match self.published.as_mut().and_then(|p| p.source.cases.remove(case)).filter(|_| results.contains_key(case)) {
                Some(before) => source.cases.insert(case.clone(), before),
                None => source.cases.remove(case),
            };
        }
        if let Some(before) = &self.published {
            self.tell(&before.results, &results, stale);
        }
        self.told.retain(|case| growing.contains(case));
        self.published = Some(Published { source, results });
        say_end(&tally, &self.scan.drop().out, self.words);
        Ok(())
    }

    /// One line per case that came, changed or went.
    fn tell(&self, before: &BTreeMap<String, String>, now: &BTreeMap<String, String>, read: &BTreeSet<String>) {
        for (case, result) in now {
            let key = match before.get(case) {
                None => "watch-new",
                Some(old) if old != result || read.contains(case) => "watch-changed",
                Some(_) => continue,
            };
            output::note(&self.words.say(key, &[("result", result), ("case", case)]));
        }
        for case in before.keys().filter(|c| !now.contains_key(*c)) {
            output::note(&self.words.say("watch-gone", &[("case", case)]));
        }
    }
}

fn source(found: &Drop) -> Source {
    let cases = found.cases.iter().map(|c| (c.name.clone(), c.files.iter().map(Stamp::of).collect()));
    let others = found.hidden.iter().chain(&found.unreadable).map(|u| u.shown.clone());
    Source { cases: cases.collect(), others: others.collect() }
}

/// `Not activated: KMS host unreachable`
fn result(row: &IndexRow, words: Words<'_>) -> String {
    let state = words.say(&format!("state-{}", row.state), &[]);
    match row.cause.as_deref() {
        Some(cause) => format!("{state}{}{}", words.say("colon", &[]), words.knowledge.cause_title(cause, words.locale)),
        None => state,
    }
}
