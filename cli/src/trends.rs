//! `history`: what the results of many scans say over time. Within a week a case counts once, with its newest result.

use std::collections::BTreeMap;

use kms_triage::lines::width;
use kms_triage::table::{defused, file_of, line};
use rusqlite::Row;
use serde_json::{Map, Value, json};

use crate::args::{By, HistoryArgs, HistoryFormat, Shared};
use crate::exit::{Exit, Failure};
use crate::history::History;
use crate::words::Words;
use crate::{data, output};

/// Columns of weeks in the text form: the newest.
const WEEKS_SHOWN: usize = 8;

/// The newest result of each case in each week.
const NEWEST: &str = "WITH newest AS (SELECT run.week AS week, run.id AS run, result.state AS state, result.cause AS cause, \
    result.product AS product, result.needs_action AS needs_action, row_number() OVER (PARTITION BY run.week, result.name \
    ORDER BY run.time DESC, run.id DESC) AS place FROM result JOIN run ON run.id = result.run)";

const BY_WEEK: &str = "SELECT week, (SELECT count(*) FROM run WHERE run.week = newest.week), count(*), sum(needs_action), \
    sum(state = 'not-activated'), sum(state = 'grace'), sum(state = 'expiring'), sum(state = 'unknown'), sum(state = 'activated') \
    FROM newest WHERE place = 1 GROUP BY week ORDER BY week";
const BY_CAUSE: &str = "SELECT week, cause, count(*) FROM newest WHERE place = 1 AND cause IS NOT NULL GROUP BY week, cause \
    ORDER BY week, count(*) DESC, cause";
const BY_PRODUCT: &str = "SELECT week, product, count(*), sum(needs_action) FROM newest WHERE place = 1 GROUP BY week, product \
    ORDER BY week, count(*) DESC, product";

const WEEK_COLUMNS: [&str; 9] = ["week", "runs", "cases", "needs_action", "not_activated", "grace", "expiring", "unknown", "activated"];
const CAUSE_COLUMNS: [&str; 3] = ["week", "cause", "cases"];
const PRODUCT_COLUMNS: [&str; 4] = ["week", "product", "cases", "needs_action"];

/// Rows by column.
struct Trend {
    columns: &'static [&'static str],
    rows: Vec<Vec<Value>>,
}

/// Runs the command.
pub(crate) fn run(options: &HistoryArgs, shared: &Shared) -> Result<Exit, Failure> {
    let knowledge = data::knowledge(&shared.extra, None)?;
    let words = Words { knowledge: &knowledge, locale: shared.locale(&knowledge)? };
    let history = History::read(&options.file)?;
    let trend = Trend::of(&history, options.by)?;
    let text = match options.format {
        HistoryFormat::Text => trend.text(options.by, words),
        HistoryFormat::Csv => trend.csv(options.by, words),
        HistoryFormat::Json => trend.json(options.by)?,
    };
    output::print(&text)
}

impl Trend {
    fn of(history: &History, by: By) -> Result<Self, Failure> {
        let (query, columns): (&str, &'static [&'static str]) = match by {
            By::Week => (BY_WEEK, &WEEK_COLUMNS),
            By::Cause => (BY_CAUSE, &CAUSE_COLUMNS),
            By::Product => (BY_PRODUCT, &PRODUCT_COLUMNS),
        };
        let read = || -> rusqlite::Result<Vec<Vec<Value>>> {
            let mut query = history.connection().prepare(&format!("{NEWEST} {query}"))?;
            let row = |row: &Row<'_>| (0..columns.len()).map(|i| value(row, i)).collect();
            query.query_map([], row)?.collect()
        };
        Ok(Self { columns, rows: read().map_err(|e| history.failed("read", &e))? })
    }

    fn json(&self, by: By) -> Result<String, Failure> {
        let object =
            |row: &Vec<Value>| -> Map<String, Value> { self.columns.iter().map(|c| (*c).to_owned()).zip(row.iter().cloned()).collect() };
        let rows: Vec<Map<String, Value>> = self.rows.iter().map(object).collect();
        let text = serde_json::to_string(&json!({ "schema": 1, "by": by.word(), "rows": rows }));
        Ok(text.map_err(|e| Failure::internal(e.to_string()))? + "\n")
    }

    fn csv(&self, by: By, words: Words<'_>) -> String {
        let titled = by == By::Cause;
        let mut header: Vec<&str> = self.columns.to_vec();
        header.extend(titled.then_some("cause_title"));
        let mut lines = vec![line(&header)];
        for row in &self.rows {
            let mut cells: Vec<String> = row.iter().map(cell).collect();
            let title = row.get(1).and_then(Value::as_str).filter(|_| titled);
            cells.extend(title.map(|c| defused(words.knowledge.cause_title(c, words.locale))));
            lines.push(line(&cells));
        }
        file_of(&lines)
    }

    fn text(&self, by: By, words: Words<'_>) -> String {
        if self.rows.is_empty() {
            return words.say("history-empty", &[]) + "\n";
        }
        match by {
            By::Week => self.by_week(words),
            By::Cause => self.matrix(words, |id| words.knowledge.cause_title(id, words.locale).to_owned()),
            By::Product => self.matrix(words, |name| if name.is_empty() { words.say("product-unnamed", &[]) } else { name.to_owned() }),
        }
    }

    fn by_week(&self, words: Words<'_>) -> String {
        let title = |column: &&str| match *column {
            name @ ("week" | "runs" | "cases" | "needs_action") => words.say(&format!("history-{}", name.replace('_', "-")), &[]),
            state => words.say(&format!("state-{}", state.replace('_', "-")), &[]),
        };
        let mut table = vec![self.columns.iter().map(title).collect::<Vec<_>>()];
        table.extend(self.rows.iter().map(|row| row.iter().map(plain).collect()));
        aligned(&table)
    }

    /// One line per cause or product, one column per week; what was most frequent in the newest week first.
    fn matrix(&self, words: Words<'_>, title: impl Fn(&str) -> String) -> String {
        let mut counts: BTreeMap<&str, BTreeMap<&str, i64>> = BTreeMap::new();
        for row in &self.rows {
            let (Some(week), Some(name), Some(count)) =
                (row.first().and_then(Value::as_str), row.get(1).and_then(Value::as_str), row.get(2).and_then(Value::as_i64))
            else {
                continue;
            };
            counts.entry(name).or_default().insert(week, count);
        }
        let all: Vec<&str> = self.rows.iter().filter_map(|r| r.first()?.as_str()).collect();
        let mut weeks = all.clone();
        weeks.dedup();
        let shown = weeks.get(weeks.len().saturating_sub(WEEKS_SHOWN)..).unwrap_or_default();
        let mut names: Vec<(&str, &BTreeMap<&str, i64>)> = counts.iter().map(|(n, c)| (*n, c)).collect();
        let newest = |by_week: &BTreeMap<&str, i64>| shown.iter().rev().map(|w| -by_week.get(w).unwrap_or(&0)).collect::<Vec<_>>();
        names.sort_by_key(|(name, by_week)| (newest(by_week), *name));
        let header = std::iter::once(words.say("history-cases", &[])).chain(shown.iter().map(|w| (*w).to_owned()));
        let mut table: Vec<Vec<String>> = vec![header.collect()];
        for (name, by_week) in names {
            let count = |week: &&str| by_week.get(week).map_or_else(|| "·".to_owned(), i64::to_string);
            table.push(std::iter::once(title(name)).chain(shown.iter().map(count)).collect());
        }
        aligned(&table)
    }
}

fn value(row: &Row<'_>, index: usize) -> rusqlite::Result<Value> {
    use rusqlite::types::ValueRef;
    Ok(match row.get_ref(index)? {
        ValueRef::Integer(number) => number.into(),
        // A text of a file that anybody may have written: one line, no controls.
        ValueRef::Text(text) => crate::words::shown(&String::from_utf8_lossy(text)).into(),
        _ => Value::Null,
    })
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn cell(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), defused)
}

/// Columns side by side, the first to the left and the others to the right.
fn aligned(table: &[Vec<String>]) -> String {
    let columns = table.first().map_or(0, Vec::len);
    let widest = |i: usize| table.iter().filter_map(|row| row.get(i)).map(|c| width(c)).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns).map(widest).collect();
    let mut out = String::new();
    for row in table {
        let mut line = String::new();
        for (index, (text, wide)) in row.iter().zip(&widths).enumerate() {
            let pad = " ".repeat(wide.saturating_sub(width(text)));
            line.push_str(if index == 0 { "" } else { "  " });
            let (left, right) = if index == 0 { (text, &pad) } else { (&pad, text) };
            line.extend([left.as_str(), right.as_str()]);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}
