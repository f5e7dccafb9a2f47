//! What the case page's template sees. The only place where an analysis becomes words.

use serde_json::{Value, json};

use super::explained::Explained;
use super::steps::{StepContext, steps};
use super::written::shown_line;
use crate::analyze::{Analysis, Source};
use crate::assemble::{Product, State};
use crate::console::read::RowRead;
use crate::decide::{CauseWeight, CheckResult, Placeholders, check_all};
use crate::fact::{Fact, Place};
use crate::knowledge::Knowledge;
use crate::limits::QUOTE_CHARS_MAX;
use crate::redact::mask_keys;
use crate::view::product_label;

/// Tone and icon of a state.
pub(crate) const fn look(state: State) -> (&'static str, &'static str) {
    match state {
        State::Activated => ("good", "good"),
        State::Expiring | State::Grace => ("warn", "clock"),
        State::Unknown => ("info", "ask"),
        State::NotActivated => ("bad", "bad"),
    }
}

/// Program, knowledge version and site profile for the footer.
pub(crate) fn about(knowledge: &Knowledge, locale: &str) -> Value {
    let site = knowledge.site.as_ref().map(|s| format!("{} {}", s.name.get(locale), s.version));
    json!({ "tool": crate::view::TOOL, "knowledge": knowledge.edition(), "site": site, "lang_note": null })
}

/// Builds views of one analysis in one locale.
pub(crate) struct View<'a> {
    pub(crate) knowledge: &'a Knowledge,
    pub(crate) analysis: &'a Analysis,
    pub(crate) locale: &'a str,
    pub(crate) fill: Placeholders,
    pub(crate) explained: Explained<'a>,
}

impl<'a> View<'a> {
    /// `folder` holds the pages that explain.
    pub(crate) fn new(knowledge: &'a Knowledge, analysis: &'a Analysis, locale: &'a str, folder: Option<&'a str>) -> Self {
        let fill = Placeholders::from(knowledge, &analysis.assembly, Some(&analysis.decision.case));
        Self { knowledge, analysis, locale, fill, explained: Explained { knowledge, folder, locale } }
    }

    pub(crate) fn word(&self, key: &str) -> String {
        self.knowledge.word(self.locale, key).to_owned()
    }

    /// Everything `report.html` needs but the links.
    pub(crate) fn page(&self) -> Value {
        let (steps, admin) = self.steps();
        json!({
            "lang": self.knowledge.html_lang(self.locale),
            "t": self.knowledge.locales.get(self.locale).map(|l| &l.page),
            "case_name": self.analysis.case.case,
            "verdict": self.verdict(),
            "steps": steps,
            "admin_steps": admin,
            "decide": self.rivals(),
            "next_evidence": self.next_evidence(),
            "checks": self.checks(),
            "products": self.products(),
            "evidence": self.evidence(),
            "rules": self.rules(),
            "history": self.history(),
            "timeline": super::timeline::view(self.knowledge, self.analysis, self.locale),
            "events": super::events::list(self),
            "files": self.files(),
            "unread": self.unread(),
            "transcript": self.transcript(),
            "site": self.school(),
            "open_note": self.open_note(),
            "about": about(self.knowledge, self.locale),
        })
    }

    fn cause(&self) -> Option<&CauseWeight> {
        self.analysis.decision.case.cause.as_ref()
    }

    fn product(&self) -> Option<&Product> {
        self.analysis.decision.case.product.and_then(|p| self.analysis.assembly.products.get(p))
    }

    /// Headline, explanation and local note: the cause's, else the state's.
    pub(crate) fn headline(&self) -> (String, String, String) {
        let state = self.analysis.decision.case.state;
        let text = self.cause().and_then(|c| self.knowledge.causes.get(&c.cause)).map(|c| c.texts.get(self.locale));
        if let Some(text) = text {
            return (self.fill.fill(&text.headline), self.fill.fill(&text.why), self.fill.fill(&text.local_note));
        }
        let days = self.product().and_then(|p| p.minutes_left).map(|m| m / 1_440);
        if self.is_host_log() {
            return (self.word("headline-host-log"), self.word("why-host-log"), String::new());
        }
        let headline = match (state, days) {
            (State::Activated | State::Expiring, Some(days)) => self.word("headline-expiring").replace("{days}", &days.to_string()),
            (State::Expiring, None) => self.word("headline-activated"),
            _ => self.word(&format!("headline-{}", state.word())),
        };
        (headline, self.word(&format!("why-{}", state.word())), String::new())
    }

    /// Nothing but what a KMS host wrote about its clients: nobody's state, and nothing to repair.
    fn is_host_log(&self) -> bool {
        let has = |kind: &str| self.analysis.assembly.facts.iter().any(|f| f.kind == kind);
        let told = self.analysis.decision.case.state != State::Unknown || self.cause().is_some();
        !told && has("kms-host-request") && !has("kms-request-sent")
    }

    pub(crate) fn eyebrow(&self) -> String {
        let state = self.analysis.decision.case.state;
        if self.is_host_log() {
            return self.word("eyebrow-host-log");
        }
        let product = product_label(self.knowledge, self.product(), self.locale);
        self.word(&format!("eyebrow-{}", state.word())).replace("{product}", &product)
    }

    fn verdict(&self) -> Value {
        let case = &self.analysis.case.verdict;
        let (tone, icon) = look(self.analysis.decision.case.state);
        let (headline, why, local_note) = self.headline();
        let known = self.cause().and_then(|c| self.knowledge.causes.get(&c.cause));
        let action_needed = case.cause.is_some() || case.state != "activated" && !self.is_host_log();
        json!({
            "state": case.state,
            "state_label": self.word(&format!("state-{}", case.state)),
            "tone": tone,
            "icon": icon,
            "eyebrow": self.eyebrow(),
            "headline": headline,
            "why": why,
            "local_note": local_note,
            "certainty": case.certainty,
            "certainty_label": if case.cause.is_some() { self.word(&format!("certainty-{}", case.certainty)) } else { String::new() },
            "for_count": self.cause().map_or(0, |c| c.evidence.len()),
            "against_count": self.cause().map_or(0, |c| c.against.len()),
            "actor_label": if action_needed { self.word(&format!("actor-{}", case.actor)) } else { String::new() },
            "minutes": known.map_or(0, |k| k.minutes),
            "codes": self.codes(),
            "cause_title": case.cause.as_deref().map(|c| self.knowledge.cause_title(c, self.locale)),
            "cause_explain": case.cause.as_deref().and_then(|c| self.explained.href("cause", c)),
        })
    }

    /// Failing codes first; information only where nothing failed.
    fn codes(&self) -> Vec<Value> {
        let codes = &self.analysis.case.error_codes;
        let failed = codes.iter().any(|c| c.role == "failure");
        let wanted = if failed { "failure" } else { "information" };
        let shown = codes.iter().filter(|c| c.role == wanted && c.code != "0x00000000").take(5);
        let link = |code: &str| {
            let used = self.analysis.assembly.codes.iter().find(|c| c.code == code)?;
            self.anchor(&used.place).map(|a| format!("#{a}"))
        };
        let row = |c: &crate::case::CaseCode| {
            let explain = self.explained.href("code", &c.code);
            json!({ "code": c.code, "href": link(&c.code), "explain": explain, "role_label": self.word(&format!("role-{}", c.role)) })
        };
        shown.map(row).collect()
    }

    pub(super) fn steps(&self) -> (Vec<super::steps::Step>, Vec<super::steps::Step>) {
        let state = self.analysis.decision.case.state;
        let known = self.cause().and_then(|c| self.knowledge.causes.get(&c.cause));
        let none: &[String] = &[];
        let renew = [String::from("R02"), String::from("R06")];
        let (ids, admin, actor) = match (known, state) {
            (Some(cause), _) => (cause.steps.as_slice(), cause.admin_steps.as_slice(), cause.actor.as_str()),
            (None, State::Expiring | State::Grace) => (renew.as_slice(), none, "student"),
            _ => (none, none, "student"),
        };
        (self.list(ids, actor), self.list(admin, ""))
    }

    /// Steps for this case's product, without those that ask what is known.
    pub(crate) fn list(&self, ids: &[String], actor: &str) -> Vec<super::steps::Step> {
        let outcomes = check_all(self.knowledge, &self.analysis.assembly.facts);
        let decided: Vec<&str> = outcomes.iter().filter(|o| o.result != CheckResult::NotTested).map(|o| o.check.id.as_str()).collect();
        let office = self.product().is_some_and(|p| p.family == "office");
        let context = StepContext { actor, office, decided: &decided, product: self.product() };
        let mut steps = steps(self.knowledge, ids, context, &self.fill, self.locale);
        for step in &mut steps {
            step.explain = self.explained.href("remedy", &step.id);
        }
        steps
    }

    fn rivals(&self) -> Vec<Value> {
        let row = |rival: &crate::case::Rival| {
            let why = self.knowledge.causes.get(&rival.cause).map_or("", |c| c.texts.get(self.locale).headline.as_str());
            json!({
                "cause_title": self.knowledge.cause_title(&rival.cause, self.locale),
                "explain": self.explained.href("cause", &rival.cause),
                "certainty_label": self.word(&format!("certainty-{}", rival.certainty)),
                "command": rival.decided_by,
                "why": self.fill.fill(why),
            })
        };
        self.analysis.case.verdict.rivals.iter().map(row).collect()
    }

    /// Commands that would tell more, without those already shown beside a rival.
    fn next_evidence(&self) -> Vec<Value> {
        let verdict = &self.analysis.case.verdict;
        let shown = |c: &String| verdict.rivals.iter().any(|r| r.decided_by == *c);
        verdict.next_evidence.iter().filter(|c| !shown(c)).map(|c| json!({ "command": c, "text": null })).collect()
    }

    fn checks(&self) -> Vec<Value> {
        let facts = &self.analysis.assembly.facts;
        let row = |outcome: crate::decide::CheckOutcome<'_>| {
            let words = outcome.check.texts.get(self.locale);
            let fact = outcome.fact.and_then(|i| facts.get(i));
            let (tone, icon, text) = match outcome.result {
                CheckResult::Pass => ("good", "good", &words.pass),
                CheckResult::Fail => ("bad", "bad", &words.fail),
                CheckResult::NotTested if fact.is_some() => ("info", "ask", &words.told),
                CheckResult::NotTested => ("info", "ask", &words.untested),
            };
            let ask =
                (outcome.result == CheckResult::NotTested && !outcome.check.ask.is_empty()).then(|| self.fill.fill(&outcome.check.ask));
            json!({
                "result": outcome.result.word(),
                "tone": tone,
                "icon": icon,
                "label": words.label,
                "explain": self.explained.href("check", &outcome.check.id),
                "text": self.fill.fill(&with_fields(text, fact)),
                "command": ask,
                "where": fact.map(|f| vec![self.place(&f.place)]).unwrap_or_default(),
            })
        };
        // What fails stands first.
        let mut outcomes = check_all(self.knowledge, facts);
        outcomes.sort_by_key(|o| match o.result {
            CheckResult::Fail => 0,
            CheckResult::Pass => 1,
            CheckResult::NotTested => 2,
        });
        outcomes.into_iter().map(row).collect()
    }

    /// `slmgr.txt:9` with a link to the line below; `Application.evtx#48213` for a record without lines.
    pub(super) fn place(&self, place: &Place) -> Value {
        let name = self.analysis.sources.get(place.file).map_or("", |s| s.name.as_str());
        let text = match place.record {
            Some(record) if place.line == 0 => format!("{name}#{record}"),
            _ => format!("{name}:{}", place.line),
        };
        json!({ "text": text, "href": self.anchor(place).map(|a| format!("#{a}")) })
    }

    /// The id of a line that the page shows.
    fn anchor(&self, place: &Place) -> Option<String> {
        let source = self.analysis.sources.get(place.file)?;
        shown_line(source, place.file, place.line)
    }

    /// Facts that carry the answer: those of the cause, else those that show the state.
    pub(crate) fn key_facts(&self) -> Vec<&'a Fact> {
        const SHOWS_STATE: [&str; 7] = [
            "license-status",
            "activation-succeeded",
            "permanently-activated",
            "expiry",
            "time-left",
            "notification-reason",
            "activation-failed",
        ];
        let facts = &self.analysis.assembly.facts;
        let case = &self.analysis.decision.case;
        let mut shown: Vec<&Fact> = case.cause.iter().flat_map(|c| &c.evidence).filter_map(|&i| facts.get(i)).collect();
        let state = facts.iter().rev().filter(|f| f.product.is_some() && f.product == case.product && SHOWS_STATE.contains(&f.kind));
        shown.extend(state.take(2));
        let mut places = std::collections::BTreeSet::new();
        shown.retain(|f| places.insert((f.place.file, f.place.line, f.place.record)));
        shown.sort_by_key(|f| (f.place.file, f.place.line, f.place.record));
        shown.truncate(6);
        shown
    }

    fn evidence(&self) -> Vec<Value> {
        let (events, facts): (Vec<&Fact>, Vec<&Fact>) = self.key_facts().into_iter().partition(|f| f.place.sequence.is_some());
        let mut blocks: Vec<Value> = events.into_iter().filter_map(|f| super::events::quotation(self, f)).collect();
        let mut from = 0;
        while let Some(first) = facts.get(from) {
            let mut to = from + 1;
            let near = |a: &Fact, b: &Fact| a.place.file == b.place.file && b.place.line <= a.place.last_line + 4;
            while facts.get(to).zip(facts.get(to - 1)).is_some_and(|(b, a)| near(a, b)) {
                to += 1;
            }
            let group = facts.get(from..to).unwrap_or_default();
            if let Some(source) = self.analysis.sources.get(first.place.file) {
                blocks.push(self.snippet(source, first.place.file, group));
            }
            from = to;
        }
        blocks
    }

    fn snippet(&self, source: &Source, file: usize, facts: &[&Fact]) -> Value {
        let first = facts.first().map_or(1, |f| f.place.line).saturating_sub(2);
        let last = facts.last().map_or(1, |f| f.place.last_line);
        let rows: Vec<&RowRead> = source.rows.iter().filter(|r| r.numbers.1 >= first && r.numbers.0 <= last).take(24).collect();
        let lines: Vec<Value> = rows
            .iter()
            .map(|row| {
                let marked = facts.iter().any(|f| f.place.line == row.numbers.0);
                json!({ "n": row.numbers.0, "mark": marked, "parts": parts(row, if marked { facts } else { &[] }) })
            })
            .collect();
        let range = match (rows.first(), rows.last()) {
            (Some(a), Some(b)) if a.numbers.0 != b.numbers.1 => {
                self.word("place-lines").replace("{first}", &a.numbers.0.to_string()).replace("{last}", &b.numbers.1.to_string())
            }
            (Some(a), _) => self.word("place-line").replace("{line}", &a.numbers.0.to_string()),
            _ => String::new(),
        };
        json!({
            "file": source.name,
            "encoding": source.decoded.encoding_label(),
            "range_label": range,
            "anchor": rows.first().and_then(|r| shown_line(source, file, r.numbers.0)),
            "lines": lines,
            "note": null,
        })
    }

    /// Failures that a later statement replaced.
    fn history(&self) -> Vec<Value> {
        let old = self.analysis.assembly.facts.iter().filter(|f| f.superseded && f.kind == "code-stated").take(20);
        let row = |f: &Fact| {
            let code = f.field("code");
            let text = self.word("history-failed").replace("{code}", code);
            json!({ "text": text, "code": code, "explain": self.explained.href("code", code), "where": self.place(&f.place) })
        };
        old.map(row).collect()
    }

    fn files(&self) -> Vec<Value> {
        let row = |(file, source): (&crate::case::CaseFile, &Source)| {
            let remarked = if source.remarks.is_empty() { None } else { source.reason(self.knowledge, self.locale) };
            json!({
                "name": file.name,
                "kind_label": self.word(&format!("file-kind-{}", file.kind)),
                "encoding": file.encoding,
                "size_label": size(file.bytes),
                "status": file.status,
                "status_label": self.word(&format!("file-status-{}", file.status)),
                "tone": match file.status.as_str() { "read" => "good", "failed" => "bad", _ => "warn" },
                "reason": remarked.or_else(|| file.reason.clone()),
            })
        };
        self.analysis.case.files.iter().zip(&self.analysis.sources).map(row).collect()
    }
}

/// The row's text cut at the code or value that decides.
fn parts(row: &RowRead, facts: &[&Fact]) -> Vec<Value> {
    let text = mask_keys(&row.text);
    let values = facts.iter().filter(|f| f.place.line == row.numbers.0).flat_map(|f| f.fields.values());
    let found = values.filter(|v| v.len() >= 4).find_map(|v| {
        let at = text.to_ascii_lowercase().find(&v.to_ascii_lowercase())?;
        text.get(at..at + v.len()).map(|_| at..at + v.len())
    });
    let piece = |range: std::ops::Range<usize>, mark: bool| json!({ "text": text.get(range).unwrap_or_default(), "mark": mark });
    match found {
        Some(range) => vec![piece(0..range.start, false), piece(range.clone(), true), piece(range.end..text.len(), false)],
        None => vec![json!({ "text": shorten(&text), "mark": false })],
    }
}

/// `{field}` → the field of the deciding fact.
fn with_fields(text: &str, fact: Option<&Fact>) -> String {
    let Some(fact) = fact else { return text.to_owned() };
    fact.fields.iter().fold(text.to_owned(), |t, (name, value)| t.replace(&format!("{{{name}}}"), value))
}

pub(super) fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(QUOTE_CHARS_MAX).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// `1.8 KB`; units are the same in every language.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..=1_023 => format!("{bytes} B"),
        1_024..=1_048_575 => format!("{}.{} KB", bytes / 1_024, bytes % 1_024 * 10 / 1_024),
        _ => format!("{}.{} MB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}
