//! The section of the batch index about what cases have in common, and its sentences.

use serde_json::{Value, json};

use super::explained::Explained;
use super::index::IndexRow;
use super::plan::{members, place};
use crate::fleet::{Fleet, Pattern, PatternKind, Scope};
use crate::knowledge::Knowledge;

/// Patterns shown; the rest is counted, and stands in `summary.json`.
const PATTERNS_SHOWN: usize = 30;

/// What the template shows.
pub(super) fn list(explained: Explained<'_>, rows: &[IndexRow], fleet: &Fleet) -> Value {
    let Explained { knowledge, locale, .. } = explained;
    let row = |(id, pattern): (usize, &Pattern)| {
        let (tone, icon) = if pattern.confidence == "possible" { ("info", "ask") } else { ("warn", "good") };
        json!({
            "count": pattern.cases.len(),
            "text": text(knowledge, pattern, locale),
            "also": also(knowledge, pattern, locale),
            "confidence": knowledge.word(locale, &format!("certainty-{}", pattern.confidence)),
            "tone": tone,
            "icon": icon,
            "cases": members(explained, rows, &pattern.cases, &format!("pattern-{id}")),
        })
    };
    let more = fleet.patterns.len().saturating_sub(PATTERNS_SHOWN);
    json!({
        "shown": fleet.patterns.iter().enumerate().take(PATTERNS_SHOWN).map(row).collect::<Vec<_>>(),
        "more": (more > 0).then(|| knowledge.word(locale, "pattern-more").replace("{n}", &more.to_string())),
    })
}

/// One sentence.
pub(crate) fn text(knowledge: &Knowledge, pattern: &Pattern, locale: &str) -> String {
    let word = |key: &str| knowledge.word(locale, key);
    let key = match pattern.kind {
        PatternKind::RenewalsStopped => "pattern-renewals-stopped",
        PatternKind::Host => "pattern-host",
        PatternKind::HostProduct => "pattern-host-product",
        PatternKind::Hour if pattern.scope == Some(Scope::HostHour) => "pattern-host-hour",
        PatternKind::Hour => "pattern-hour",
        PatternKind::Place => "pattern-place",
        PatternKind::SharedCmid => "pattern-shared-cmid",
        PatternKind::SplitCount => "pattern-split-count",
        PatternKind::StrangeHost => "pattern-strange-host",
    };
    let hosts = pattern.key.replace(' ', word("list-separator"));
    let (host, product) = pattern.key.split_once(' ').unwrap_or((&pattern.key, ""));
    let where_ = pattern.scope.map_or_else(String::new, |scope| place(knowledge, scope, &pattern.key, locale));
    let cause = pattern.cause.as_deref().map_or("", |c| knowledge.cause_title(c, locale));
    let counts = [
        ("{n}", pattern.cases.len().to_string()),
        ("{of}", pattern.of.to_string()),
        ("{rest}", pattern.rest.0.to_string()),
        ("{rest_of}", pattern.rest.1.to_string()),
        ("{days}", pattern.days.unwrap_or_default().to_string()),
    ];
    let sentence = counts.iter().fold(word(key).to_owned(), |text, (name, value)| text.replace(name, value));
    let sentence = sentence.replace("{cause}", cause).replace("{product}", &product_name(knowledge, product, locale));
    // Last: what comes from an input may itself look like a placeholder.
    let shown = match pattern.kind {
        PatternKind::SplitCount => hosts,
        PatternKind::HostProduct => host.to_owned(),
        PatternKind::Hour if pattern.scope == Some(Scope::HostHour) => pattern.key.replacen(' ', word("list-separator"), 1),
        PatternKind::Hour => pattern.key.clone(),
        PatternKind::Host | PatternKind::StrangeHost | PatternKind::SharedCmid => pattern.key.clone(),
        PatternKind::Place | PatternKind::RenewalsStopped => where_,
    };
    sentence.replace("{place}", &shown)
}

/// `windows 11` → `Windows 11`.
pub(super) fn product_name(knowledge: &Knowledge, label: &str, locale: &str) -> String {
    let (family, version) = label.split_once(' ').unwrap_or((label, ""));
    let family = match family {
        "windows" => "Windows",
        "office" => "Office",
        _ => knowledge.word(locale, "family-other"),
    };
    format!("{family} {version}").trim_end().to_owned()
}

/// "It may as well be: network 192.0.2.0/24".
fn also(knowledge: &Knowledge, pattern: &Pattern, locale: &str) -> Option<String> {
    let shown = pattern.also.iter().filter(|(_, key)| pattern.kind != PatternKind::SplitCount && !key.contains(' '));
    let places: Vec<String> = shown.map(|(scope, key)| place(knowledge, *scope, key, locale)).collect();
    let pattern = knowledge.word(locale, "pattern-also");
    (!places.is_empty()).then(|| pattern.replace("{places}", &places.join(knowledge.word(locale, "list-separator"))))
}
