//! Is a text about activation at all? Most codes of Windows belong to every program; without a word or a
//! line of ours they are somebody else's.

use std::collections::BTreeSet;

use super::settle::OWN_MARKS;
use super::{Assembly, CodeRole};
use crate::console::read::RowRead;
use crate::fact::Fact;
use crate::fold::Folded;
use crate::knowledge::Knowledge;
use crate::lines::width;

/// Facilities that only licensing uses.
const LICENSING: [&str; 3] = ["0xC004", "0x8004FE", "0x803F"];

/// Licensing's token store and the name service, which other programs report in words.
const NEARLY_OURS: [&str; 6] = ["0x8004E1", "0x8004D1", "0x800723", "0x800725", "0x800726", "0x8009232"];

/// Whether only licensing uses the facility of a code.
pub(super) fn is_licensing(code: &str) -> bool {
    LICENSING.iter().any(|p| code.starts_with(p))
}

/// A code with its sentence alone, in whatever language, gives nothing away: it was sent to us, so it is ours.
const COLUMNS_OF_A_NOTE: usize = 60;

/// Notes what one input is about.
pub(super) fn look_at(out: &mut Assembly, knowledge: &Knowledge, file: usize, rows: &[RowRead]) {
    let codes = rows.iter().any(|r| !r.codes.is_empty());
    if codes && lists_codes(rows) {
        out.lists.insert(file);
    }
    if codes && names_symbols(rows) {
        out.glossaries.insert(file);
    }
    if !codes || out.on_topic {
        return;
    }
    out.rows_seen += rows.iter().filter(|r| !r.text.trim().is_empty()).count();
    for row in rows.iter().filter(|r| r.event.is_none()) {
        let read: usize = row.readings.iter().map(|r| &r.range).chain(&code_ranges(row)).map(|r| columns(&row.text, r)).sum();
        out.unread_columns += width(row.text.trim()).saturating_sub(read);
    }
    out.on_topic = rows.iter().any(|r| !r.text.is_empty() && knowledge.messages.is_on_topic(&Folded::new(&r.text).bytes));
}

/// `| 0xC004F074 | no host |`, `- 0xC004F074: no host`: rows that explain one code after the other.
fn lists_codes(rows: &[RowRead]) -> bool {
    let ruled = rows.iter().any(|r| is_table_rule(&r.text));
    let mut in_tables = BTreeSet::new();
    let mut leading = BTreeSet::new();
    let mut defined = BTreeSet::new();
    let mut in_items = BTreeSet::new();
    let mut headed = false;
    for (row, code) in rows.iter().filter(|r| r.event.is_none()).filter_map(|r| Some((r, r.codes.first()?))) {
        let before = row.text.get(..code.start).unwrap_or_default();
        let framed = row.text.trim_start_matches(['>', ' ', '\t']).starts_with('|') && row.text.trim_end().ends_with('|');
        if framed || ruled && row.text.contains('|') {
            in_tables.insert(code.code.as_str());
        }
        let item = item_body(&row.text);
        if !before.contains(char::is_alphanumeric) {
            leading.insert(code.code.as_str());
            let behind = row.text.get(code.end..).unwrap_or_default().trim_start_matches(['*', '`', ' ', '_']);
            if item.is_some() && behind.starts_with([':', '：']) {
                defined.insert(code.code.as_str());
            }
        } else if let Some(body) = item {
            in_items.insert(code.code.as_str());
            headed |= body.starts_with("**");
        }
    }
    in_tables.len() >= 2 || leading.len() >= 3 || defined.len() >= 2 || headed && in_items.len() >= 2
}

/// `:---|:---`: the row below the head of a Markdown table.
fn is_table_rule(text: &str) -> bool {
    text.contains('|') && text.contains("--") && text.chars().all(|c| matches!(c, '|' | '-' | ':' | '：' | '>' | ' ' | '\t'))
}

/// What stands behind the bullet of a list item.
fn item_body(text: &str) -> Option<&str> {
    let text = text.trim_start_matches(['>', ' ', '\t']);
    ["- ", "* ", "+ ", "• "].iter().find_map(|bullet| text.strip_prefix(bullet)).map(str::trim_start)
}

/// `SL_E_VALUE_NOT_FOUND`: the symbols of two codes. Only headers and lists have them, no tool prints them.
fn names_symbols(rows: &[RowRead]) -> bool {
    let symbol = |row: &RowRead| {
        let from = row.text.find("SL_E_")?;
        row.text.get(from..)?.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().map(str::to_owned)
    };
    rows.iter().filter(|r| r.event.is_none()).filter_map(symbol).collect::<BTreeSet<_>>().len() >= 2
}

/// Servicing, updates, packages, virtual machines, mail: what stands beside such a code is of that program.
const OF_OTHERS: [&str; 7] = ["0x800F08", "0x800F09", "0x8024", "0x80073C", "0x8A15", "0x80370", "0x800CCC"];

/// `0x80070005, 0x800f081f`: the general code of a line that also has another program's.
pub(super) fn demote_beside_others(out: &mut Assembly) {
    let foreign = |code: &str| OF_OTHERS.iter().any(|p| code.starts_with(p));
    let lines: BTreeSet<(usize, u32)> = out.codes.iter().filter(|c| foreign(&c.code)).map(|c| (c.place.file, c.place.line)).collect();
    for code in out.codes.iter_mut().filter(|c| c.mention && c.role == CodeRole::Failure && !is_licensing(&c.code)) {
        if lines.contains(&(code.place.file, code.place.line)) {
            code.role = CodeRole::Foreign;
        }
    }
}

fn code_ranges(row: &RowRead) -> Vec<std::ops::Range<usize>> {
    let covered = |at: usize| row.readings.iter().any(|r| r.range.contains(&at));
    row.codes.iter().filter(|c| !covered(c.start)).map(|c| c.start..c.end).collect()
}

fn columns(text: &str, range: &std::ops::Range<usize>) -> usize {
    text.get(range.clone()).map_or(0, width)
}

/// In a text about something else, general codes and unknown ones are that program's.
pub(super) fn demote_off_topic(out: &mut Assembly, knowledge: &Knowledge) {
    if out.on_topic || out.facts.iter().any(|f| is_ours(out, f)) || out.codes.iter().any(|c| is_licensing(&c.code)) {
        return;
    }
    let note = out.unread_columns <= COLUMNS_OF_A_NOTE || out.rows_seen == 1;
    let keeps = |code: &str| knowledge.codes.get(code).is_some() && (note || NEARLY_OURS.iter().any(|p| code.starts_with(p)));
    let mut kept_run = vec![false; out.runs.len()];
    for code in out.codes.iter_mut().filter(|c| c.role == CodeRole::Failure) {
        if keeps(&code.code) {
            if let Some(kept) = kept_run.get_mut(code.run) {
                *kept = true;
            }
        } else {
            code.role = CodeRole::Foreign;
        }
    }
    out.facts.retain(|f| f.kind != "error-described" || keeps(f.field("code")));
    // What is left of such a run is a label like `Error:`, which every program prints.
    let coded: Vec<usize> = out.codes.iter().filter(|c| c.role == CodeRole::Foreign).map(|c| c.run).collect();
    for (index, run) in out.runs.iter_mut().enumerate() {
        run.foreign |= !run.typed && coded.contains(&index) && !kept_run.get(index).copied().unwrap_or(false);
    }
}

/// A fact that only our tools or their events state.
fn is_ours(out: &Assembly, fact: &Fact) -> bool {
    const STATEMENTS: [&str; 14] = [
        "product-name",
        "license-status",
        "partial-key",
        "notification-reason",
        "permanently-activated",
        "expiry",
        "key-installed",
        "key-uninstalled",
        "rearm-done",
        "activation-succeeded",
        "activation-failed",
        "error-hint",
        "no-keys",
        "no-kms-licenses",
    ];
    let typed = out.runs.get(fact.run).is_some_and(|r| r.typed && matches!(r.tool.as_str(), "slmgr" | "ospp" | "mgadiag"));
    fact.place.sequence.is_some() || OWN_MARKS.contains(&fact.kind) || STATEMENTS.contains(&fact.kind) || fact.kind == "command" && typed
}
