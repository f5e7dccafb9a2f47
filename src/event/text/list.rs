//! Reads what PowerShell prints as a list: `Get-WinEvent | Format-List`, `Get-EventLog | fl`,
//! `Get-CimInstance Win32_NTLogEvent`. Property names are never translated; long values are cut at the
//! width of the console, also inside of a GUID.

use super::Scene;
use super::draft::{Draft, Prop, property};
use super::rows::{Rows, is_prompt, trim};
use super::{body, fill, label};
use crate::lines::width;

/// Rows narrower than this were not cut: the narrowest console has 80 columns.
const WIDTH_MIN: usize = 70;
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
                properties.push(Property { prop, name, rows: vec![(value, width(row))] });
            }
            _ if continues || is_unindented_rest(&properties, row, empty) => {
                let Some(last) = properties.last_mut().filter(|p| p.rows.len() < VALUE_ROWS_MAX) else { break };
                for _ in 0..empty {
                    last.rows.push(("", 0));
                }
                last.rows.push((content(row, value_column), width(row)));
            }
            _ => break,
        }
        empty = 0;
        i += 1;
        end = i;
    }
    (properties, end)
}

/// A row of a value without the blanks that PowerShell puts in front. A cut may stand before or behind a blank.
fn content(row: &str, value_column: usize) -> &str {
    let indent = row.split_at_checked(value_column).filter(|(indent, _)| indent.bytes().all(|b| b == b' '));
    indent.map_or_else(|| trim(row), |(_, content)| content)
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
    for property in properties.iter().filter(|p| p.prop != Prop::Message) {
        draft.set(property.prop, &joined(property, full));
    }
    let id = draft.id()?;
    for property in properties.iter().filter(|p| p.prop == Prop::Message) {
        draft.set(Prop::Message, &message(property, full, id));
    }
    let describes = draft.has_source() || !draft.record.message.is_empty();
    (describes && properties.len() >= 2).then_some(draft)
}

/// The longest row may have been cut or may end there by itself: what gives more of the message's values is right.
fn message(property: &Property<'_>, full: usize, id: u32) -> String {
    let joined = joined(property, full);
    let apart = rows_apart(property);
    if fill::values_found(id, &apart) > fill::values_found(id, &joined) { apart } else { joined }
}

fn rows_apart(property: &Property<'_>) -> String {
    body::tidy(&property.rows.iter().map(|(row, _)| *row).collect::<Vec<_>>().join("\n"))
}

/// Joins the rows of a value: without a break where the console cut a full one.
fn joined(property: &Property<'_>, full: usize) -> String {
    let mut value = String::new();
    let mut before = 0;
    for (n, (row, columns)) in property.rows.iter().enumerate() {
        // A wide character that did not fit leaves one column free.
        let first = row.chars().next();
        let cut =
            full >= WIDTH_MIN && (before == full || before + 1 == full && first.is_some_and(|c| width(c.encode_utf8(&mut [0; 4])) == 2));
        if n > 0 && !(cut && fill::licence_start(row) != Some(0)) {
            value.push('\n');
        }
        value.push_str(row);
        before = *columns;
    }
    body::tidy(&value)
}
