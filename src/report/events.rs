//! Event log records in words, newest last, for the case page.

use serde_json::{Value, json};

use crate::analyze::Analysis;
use crate::event::{self, EventReading, EventRecord, RecordPlace};
use crate::knowledge::Knowledge;

/// Records shown; the JSON holds more.
const SHOWN: usize = 60;

/// The newest records of every input.
pub(super) fn list(knowledge: &Knowledge, analysis: &Analysis, locale: &str) -> Vec<Value> {
    let mut rows: Vec<(&EventRecord, &str)> = analysis.sources.iter().flat_map(|s| s.events.iter().map(|e| (e, s.name.as_str()))).collect();
    rows.sort_by(|a, b| (&a.0.time, a.1).cmp(&(&b.0.time, b.1)));
    let mut shown: Vec<Value> = rows
        .iter()
        .rev()
        .filter_map(|(record, file)| event::read(&knowledge.events, record, false).first().map(|r| row(record, r, file, locale)))
        .take(SHOWN)
        .collect();
    shown.reverse();
    shown
}

fn row(record: &EventRecord, reading: &EventReading<'_>, file: &str, locale: &str) -> Value {
    let words = reading.meaning.words.get(locale);
    let place = match record.place {
        RecordPlace::Record(n) => format!("{file}#{n}"),
        RecordPlace::Lines { first, .. } => format!("{file}:{first}"),
    };
    let failed = reading.code.is_some();
    json!({
        "time": record.time.as_deref().unwrap_or_default(),
        "id": record.id,
        "title": words.title,
        "text": fill(&words.text, reading),
        "tone": if failed { "bad" } else { reading.meaning.tone.as_str() },
        "place": place,
    })
}

/// Fills `{field}`; a clause whose field is empty is left out.
fn fill(text: &str, reading: &EventReading<'_>) -> String {
    let clauses = text.split_inclusive(['，', ',', '。', '；']);
    let filled = clauses.filter_map(|clause| {
        let mut out = clause.to_owned();
        let mut rest = clause;
        while let Some((_, after)) = rest.split_once('{') {
            let (name, tail) = after.split_once('}')?;
            let value = reading.fields.get(name).filter(|v| !v.is_empty())?;
            out = out.replace(&format!("{{{name}}}"), value);
            rest = tail;
        }
        Some(out)
    });
    filled.collect::<String>().trim_end_matches(['，', ',', ' ']).to_owned()
}
