//! Reads what PowerShell prints as a list: `Get-WinEvent | Format-List`, `Get-EventLog | fl`,
//! `Get-CimInstance Win32_NTLogEvent`. Property names are never translated; long values are cut at the
//! width of the console, also inside of a GUID.

use super::Scene;
use super::draft::{Draft, Prop, property};
use super::rows::{Rows, is_prompt, trim};
use super::{body, label};
use crate::lines::width;

/// Rows narrower than this were not cut by a console.
const WIDTH_MIN: usize = 50;
/// Rows of one value.
const VALUE_ROWS_MAX: usize = 4000;

/// A value and the rows it goes on in.
struct Property<'t> {
    prop: Prop,
    name: &'t str,
    /// Text and display width of its rows.
    rows: Vec<(&'t str, usize)>,
}

/// Reads every list of properties that describes an event.
pub(super) fn read(scene: &mut Scene<'_>) {
    let mut i = 0;
    while i < scene.rows.len() {
        if scene.rows.is_taken(i) || property_row(scene.rows.row(i)).is_none() {
            i += 1;
            continue;
        }
        let (properties, end) = block(&scene.rows, i);
        if let Some(draft) = draft_of(&properties)
            && let Some(record) = draft.finish()
        {
            scene.keep(record, i..end);
        }
        i = end.max(i + 1);
    }
}

/// `ProviderName : Microsoft-Windows-Security-SPP` → name, value, the column where the value begins.
fn property_row(row: &str) -> Option<(Prop, &str, &str, usize)> {
    let row = row.trim_end();
    let (left, value) = row.split_once(':')?;
    let name = trim(left);
    let padded = left.ends_with(' ') || property(name).is_some_and(|p| p == Prop::Other);
    let prop = property(name).filter(|_| padded && name.bytes().all(|b| b.is_ascii_alphanumeric()))?;
    Some((prop, name, value.strip_prefix(' ').unwrap_or(value), left.chars().count() + 2))
}

/// The properties from row `start` on and the row behind the last one.
fn block<'t>(rows: &Rows<'t>, start: usize) -> (Vec<Property<'t>>, usize) {
    let mut properties: Vec<Property<'t>> = Vec::new();
    let mut value_column = 0;
    let (mut end, mut i) = (start, start);
    let mut empty = 0;
    while i < rows.len() && !rows.is_taken(i) {
        let row = rows.row(i);
        if trim(row).is_empty() {
            empty += 1;
            i += 1;
            if empty > 8 {
                break;
            }
            continue;
        }
        let indent = row.chars().take_while(|c| c.is_whitespace()).count();
        let named = property_row(row).filter(|(.., column)| properties.is_empty() || *column == value_column || indent + 4 < value_column);
        let continues = value_column > 0 && indent + 1 >= value_column;
        match named {
            Some((prop, name, value, column)) if !continues => {
                let repeated = properties.iter().any(|p| p.name == name);
                if repeated || (empty > 0 && !rest_follows(&properties)) {
                    break;
                }
                value_column = column;
                properties.push(Property { prop, name, rows: vec![(value, width(row.trim_end()))] });
            }
            _ if continues || is_unindented_rest(&properties, row, empty) => {
                let Some(last) = properties.last_mut().filter(|p| p.rows.len() < VALUE_ROWS_MAX) else { break };
                for _ in 0..empty {
                    last.rows.push(("", 0));
                }
                last.rows.push((trim(row), width(row.trim_end())));
            }
            _ => break,
        }
        empty = 0;
        i += 1;
        end = i;
    }
    (properties, end)
}

/// An empty row ends a list, but a message may hold one, and more properties may follow the message.
fn rest_follows(properties: &[Property<'_>]) -> bool {
    properties.last().is_some_and(|p| p.prop == Prop::Message)
}

/// A page may have removed the blanks in front of a message's rows.
fn is_unindented_rest(properties: &[Property<'_>], row: &str, empty: usize) -> bool {
    rest_follows(properties) && empty == 0 && !is_prompt(row) && label::known(row).is_none_or(|(p, _)| p == Prop::Message)
}

fn draft_of(properties: &[Property<'_>]) -> Option<Draft> {
    let full = properties.iter().flat_map(|p| &p.rows).map(|(_, columns)| *columns).max().unwrap_or_default();
    let mut draft = Draft::default();
    for property in properties {
        draft.set(property.prop, &value_of(property, full));
    }
    let describes = draft.has_source() || !draft.record.message.is_empty();
    (draft.id().is_some() && describes && properties.len() >= 2).then_some(draft)
}

/// Joins the rows of a value: without a break where the console cut a full one.
fn value_of(property: &Property<'_>, full: usize) -> String {
    let mut value = String::new();
    let mut before = 0;
    for (n, (row, columns)) in property.rows.iter().enumerate() {
        // A wide character that did not fit leaves one column free.
        let cut = full >= WIDTH_MIN && before + 1 >= full;
        if n > 0 && !cut {
            value.push('\n');
        }
        value.push_str(if n == 0 { row.trim_end() } else { row });
        before = *columns;
    }
    body::tidy(&value)
}
