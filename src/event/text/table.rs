//! Reads events as tables: CSV and tab-separated files that Event Viewer saved, in any language, and
//! `Export-Csv` of PowerShell. Event Viewer's header leaves out the last column, the description.

use std::ops::Range;

use csv::{ReaderBuilder, StringRecord};

use super::Scene;
use super::draft::{Draft, Prop, property};
use super::rows::{is_prompt, trim};
use super::{fill, label, value};

/// Longer rows are no header.
const HEADER_BYTES_MAX: usize = 4096;
/// More columns are not looked at.
const COLUMNS_MAX: usize = 64;
/// A cell that covers more rows has lost its closing quote.
const CELL_ROWS_MAX: usize = 3000;
/// Rows of a description behind its last value.
const REST_ROWS: usize = 4;
/// Damaged tables are given up after this many times the length of the text.
const FAILED_TIMES_MAX: usize = 4;

/// What a failure counts even where few bytes were read: every try sets up a reader.
const FAILED_COST: usize = 2000;
/// One of these stands in every header, and in every record that can do without one.
const MARKS: [&str; 9] =
    ["ID", "Id", "id", "事件", "-Security-SPP", "-Security-Licensing-SLC", "Software Protection", "Software Licensing", "KmsRequests"];

/// Columns of a table and what parts them.
struct Shape {
    delimiter: u8,
    columns: Vec<Prop>,
    /// The first row is a record already.
    headless: bool,
}

/// Reads every table of events.
pub(super) fn read(scene: &mut Scene<'_>) {
    let mut patience = scene.rows.text().len().saturating_mul(FAILED_TIMES_MAX).saturating_add(1 << 16);
    let mut i = 0;
    while i < scene.rows.len() {
        let shape = if scene.rows.is_taken(i) { None } else { shape_of(scene.rows.row(i)) };
        i = match shape {
            Some(shape) if patience > 0 => table(scene, i, &shape, &mut patience).max(i + 1),
            _ => i + 1,
        };
    }
}

/// The columns, if `row` is a header or a record of Event Viewer's table.
fn shape_of(row: &str) -> Option<Shape> {
    // A record may be long: only its first cells count.
    let row = super::shape::head(row, HEADER_BYTES_MAX);
    let delimiter = [b',', b'\t', b';'].into_iter().find(|d| memchr::memchr_iter(*d, row.as_bytes()).nth(2).is_some())?;
    if !MARKS.iter().any(|m| row.contains(m)) {
        return None;
    }
    // Names of columns and the cells before the description hold no delimiter.
    let cells: Vec<&str> = row.split(char::from(delimiter)).map(|c| trim(c).trim_matches('"')).collect();
    let columns: Vec<Prop> =
        cells.iter().take(COLUMNS_MAX).map(|c| property(c).or_else(|| label::meaning(c)).unwrap_or(Prop::Other)).collect();
    let has = |prop: Prop| columns.contains(&prop);
    if (has(Prop::Id) || has(Prop::InstanceId))
        && (has(Prop::Source) || has(Prop::Message))
        && columns.iter().filter(|c| **c != Prop::Other).count() >= 4
    {
        return Some(Shape { delimiter, columns: with_description(columns), headless: false });
    }
    let record =
        value::is_known_provider(cells.get(2)?) && value::number(cells.get(3)?).is_some() && cells.get(1)?.contains([':', '/', '-']);
    record.then(|| Shape {
        delimiter,
        columns: with_description(vec![Prop::Level, Prop::Time, Prop::Source, Prop::Id, Prop::Task]),
        headless: true,
    })
}

fn with_description(mut columns: Vec<Prop>) -> Vec<Prop> {
    if !columns.contains(&Prop::Message) {
        columns.push(Prop::Message);
    }
    columns
}

/// Reads the table whose header is row `first`; gives the row behind it.
fn table(scene: &mut Scene<'_>, first: usize, shape: &Shape, patience: &mut usize) -> usize {
    let start = scene.rows.start(if shape.headless { first } else { first + 1 });
    let bytes = scene.rows.text().as_bytes().get(start..).unwrap_or_default();
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(shape.delimiter).from_reader(bytes);
    let mut cells = StringRecord::new();
    let mut pending: Option<(Draft, Range<usize>)> = None;
    let (mut found, mut end) = (false, first + 1);
    let mut used = 0;
    while let Ok(true) = reader.read_record(&mut cells) {
        let at = |byte: u64| start + usize::try_from(byte).unwrap_or(usize::MAX - start);
        let from = first_row(scene, at(cells.position().map_or(0, csv::Position::byte)));
        let to = scene.rows.at_byte(at(reader.position().byte()).saturating_sub(1)) + 1;
        let rows = from..to;
        used = at(reader.position().byte()) - start;
        if rows.len() > CELL_ROWS_MAX || scene.rows.is_taken(rows.start) {
            break;
        }
        match draft_of(&cells, &shape.columns) {
            Some(draft) => {
                keep(scene, pending.take());
                end = rows.end;
                found = true;
                pending = Some((draft, rows));
            }
            None if !goes_on(scene, &mut pending, &cells, shape, &rows) => break,
            None => end = rows.end,
        }
    }
    keep(scene, pending.take());
    if found {
        take_header(scene, first, shape);
        return end;
    }
    *patience = patience.saturating_sub(used.saturating_add(FAILED_COST));
    if *patience == 0 {
        scene.note("tables are damaged too often: the rest of them was not read".to_owned());
    }
    first + 1
}

/// The row of the record at byte `at`: the reader counts line ends in front to the record.
fn first_row(scene: &Scene<'_>, at: usize) -> usize {
    let ends = scene.rows.text().as_bytes().iter().skip(at).take_while(|b| matches!(b, b'\r' | b'\n')).count();
    scene.rows.at_byte(at + ends)
}

/// A description that was saved without quotes goes on in the rows below, which have no columns.
fn goes_on(
    scene: &Scene<'_>,
    pending: &mut Option<(Draft, Range<usize>)>,
    cells: &StringRecord,
    shape: &Shape,
    rows: &Range<usize>,
) -> bool {
    let Some((draft, covered)) = pending.as_mut().filter(|_| shape.delimiter == b'\t' && cells.len() == 1) else { return false };
    let Some(text) = cells.get(0).filter(|t| !is_prompt(t)) else { return false };
    let complete = draft.id().is_some_and(|id| fill::is_complete(id, &draft.record.message));
    let more = || (rows.end..rows.end + REST_ROWS).any(|i| scene.rows.row(i).matches('\t').count() >= 4);
    if complete && !more() || covered.len() > CELL_ROWS_MAX {
        return false;
    }
    draft.record.message.push('\n');
    draft.record.message.push_str(trim(text));
    covered.end = rows.end;
    true
}

fn keep(scene: &mut Scene<'_>, row: Option<(Draft, Range<usize>)>) {
    let Some((draft, rows)) = row else { return };
    match draft.finish() {
        Some(record) => scene.keep(record, rows),
        None => scene.rows.take(rows),
    }
}

/// The header, and the type name that PowerShell writes above it. A header of lost signs stands above a headless table.
fn take_header(scene: &mut Scene<'_>, first: usize, shape: &Shape) {
    let is_lost = |row: &str| {
        row.matches(char::from(shape.delimiter)).count() == 4 && row.contains("??") && !row.contains(|c: char| c.is_ascii_digit())
    };
    let is_header = |row: &str| if shape.headless { is_lost(row) } else { row.starts_with("#TYPE ") };
    let above = first.checked_sub(1).filter(|i| !scene.rows.is_taken(*i) && is_header(scene.rows.trimmed(*i)));
    let end = if shape.headless { first } else { first + 1 };
    scene.rows.take(above.unwrap_or(first)..end);
}

/// A row of the table; `None` when its id is no number.
fn draft_of(cells: &StringRecord, columns: &[Prop]) -> Option<Draft> {
    let mut draft = Draft::default();
    let mut numbered = false;
    for (prop, cell) in columns.iter().zip(cells) {
        if matches!(prop, Prop::Id | Prop::InstanceId) {
            numbered |= value::number(cell).is_some();
        }
        // `System.String[]` stands for values that were lost.
        if *prop != Prop::Strings || !cell.starts_with("System.") {
            draft.set(*prop, cell);
        }
    }
    (numbered && cells.len() + 1 >= columns.len().min(5)).then_some(draft)
}
