//! The terminal report: state, cause, the line that shows it, and what to do.

use std::fmt::Write as _;

use super::index::view;
use super::site::rows;
use super::view::View;
use crate::analyze::Analysis;
use crate::assemble::State;
use crate::knowledge::Knowledge;
use crate::lines::width;
use crate::redact::mask_keys;

/// Width of the label column.
const LABEL: usize = 12;

/// The report as text. `color` adds ANSI colours; words carry everything without them.
#[must_use]
pub fn case_text(knowledge: &Knowledge, analysis: &Analysis, locale: &str, color: bool) -> String {
    let view = view(knowledge, analysis, locale);
    let paint = |text: &str, code: &str| if color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() };
    let verdict = &analysis.case.verdict;
    let state_color = match analysis.decision.case.state {
        State::Activated => "1;32",
        State::NotActivated => "1;31",
        _ => "1;33",
    };
    let mut out = String::new();
    let mut row = |label: &str, text: &str| {
        let pad = " ".repeat(LABEL.saturating_sub(width(label)));
        let _ = writeln!(out, "{label}{pad} {text}");
    };
    let (headline, why, note) = view.headline();
    row(&analysis.case.case, &paint(&view.eyebrow(), state_color));
    row(knowledge.word(locale, "term-cause"), &paint(&headline, "1"));
    row(knowledge.word(locale, "term-why"), &why);
    if !note.is_empty() {
        row("", &note);
    }
    if verdict.cause.is_some() {
        let certainty = knowledge.word(locale, &format!("certainty-{}", verdict.certainty));
        let actor = knowledge.word(locale, &format!("actor-{}", verdict.actor));
        row(knowledge.word(locale, "certainty-label"), &format!("{certainty} · {}: {actor}", knowledge.word(locale, "actor-label")));
    }
    evidence(knowledge, analysis, locale, color, &mut out);
    todo(knowledge, analysis, locale, &mut out);
    let _ = writeln!(out, "\n{} {}", knowledge.word(locale, "about-knowledge"), knowledge.edition());
    out
}

/// The deciding lines with their place, marked by `>`.
fn evidence(knowledge: &Knowledge, analysis: &Analysis, locale: &str, color: bool, out: &mut String) {
    let view = view(knowledge, analysis, locale);
    let facts = view.key_facts();
    if facts.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", knowledge.word(locale, "term-evidence"));
    for fact in facts {
        let Some(source) = analysis.sources.get(fact.place.file) else { continue };
        let (place, text) = match super::events::brief(source, fact) {
            Some((place, text)) => (place, text),
            None => match source.rows.iter().find(|r| r.numbers.0 == fact.place.line) {
                Some(row) => (format!(":{}", fact.place.line), row.text.trim()),
                None => continue,
            },
        };
        let text = mask_keys(text).into_owned();
        let text: String = text.chars().filter(|c| !c.is_control()).take(200).collect();
        let marked = if color { format!("\u{1b}[33m{text}\u{1b}[0m") } else { text };
        let _ = writeln!(out, "  {}{place} > {marked}", source.name);
    }
}

/// The school's name and whom to ask there; without a profile what `<kms-host>` stands for.
fn school(knowledge: &Knowledge, view: &View<'_>, locale: &str, out: &mut String) {
    if let Some(note) = view.open_note() {
        let _ = writeln!(out, "\n{note}");
    }
    if let Some(site) = &knowledge.site {
        let _ = writeln!(out, "\n{} ({} {})", site.name.get(locale), knowledge.word(locale, "site-profile"), site.version);
        for row in rows(knowledge, locale).iter().filter(|r| matches!(r.id, "helpdesk" | "vpn" | "kms")) {
            let _ = writeln!(out, "  {}", row.line(knowledge.word(locale, "colon")));
        }
    }
}

/// Steps, rivals with the command that decides, and what to send.
fn todo(knowledge: &Knowledge, analysis: &Analysis, locale: &str, out: &mut String) {
    let view = view(knowledge, analysis, locale);
    let verdict = &analysis.case.verdict;
    let cause = verdict.cause.as_ref().and_then(|c| knowledge.causes.get(c));
    if let Some(cause) = cause {
        let _ = writeln!(out, "\n{}", knowledge.word(locale, "term-steps"));
        for (i, step) in view.list(&cause.steps, &cause.actor).iter().enumerate() {
            let _ = writeln!(out, "  {}. {}", i + 1, step.title);
            for command in &step.commands {
                let _ = writeln!(out, "       {command}");
            }
            for row in &step.site.rows {
                let _ = writeln!(out, "       {}", row.line(knowledge.word(locale, "colon")));
            }
        }
    }
    school(knowledge, &view, locale, out);
    if !verdict.rivals.is_empty() {
        let _ = writeln!(out, "\n{}", knowledge.word(locale, "term-rivals"));
        for rival in &verdict.rivals {
            let _ = writeln!(out, "  {} → {}", knowledge.cause_title(&rival.cause, locale), rival.decided_by);
        }
    }
    if !verdict.next_evidence.is_empty() {
        let _ = writeln!(out, "\n{}", knowledge.word(locale, "term-next"));
        for command in &verdict.next_evidence {
            let _ = writeln!(out, "  {command}");
        }
    }
}
