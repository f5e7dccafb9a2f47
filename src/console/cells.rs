//! Objects that a shell prints in columns, as comma-separated values or as JSON on one line: cut into cells, each
//! read as if it stood alone as `label : value`. Which labels exist is the grammars' business.

use std::ops::Range;

use crate::lines::width;

/// A value with its label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// `LicenseStatus : 5`.
    pub text: String,
    /// Where the value stands in the row.
    pub range: Range<usize>,
    /// Which object of the row it belongs to.
    pub object: usize,
}

/// The labels of a table, as its first row gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Header {
    /// `"Name","LicenseStatus"` or `Node,Description,LicenseStatus`.
    Values(Vec<String>),
    /// `Name     LicenseStatus`: each label with the column it begins at.
    Columns(Vec<(String, usize)>),
}

/// More labels than any object of licensing has.
const LABELS_MAX: usize = 160;

impl Header {
    /// The header that `row` is, if each word of it is an identifier. `lead` bytes of the row are no part of it.
    #[must_use]
    pub fn read(row: &str, lead: usize) -> Option<Self> {
        let body = row.get(lead..)?.trim_end();
        if body.contains([',', ';']) {
            let labels: Vec<String> = split_values(body).into_iter().map(|r| bare(body.get(r).unwrap_or_default())).collect();
            let fits = labels.len() <= LABELS_MAX && labels.iter().all(|l| is_identifier(l));
            return fits.then_some(Self::Values(labels));
        }
        let mut labels = Vec::new();
        let mut from = lead;
        for word in body.split_whitespace().take(LABELS_MAX) {
            let at = row.get(from..)?.find(word)? + from;
            if !is_identifier(word) {
                return None;
            }
            labels.push((word.to_owned(), width(row.get(..at)?)));
            from = at + word.len();
        }
        (labels.len() > 1).then_some(Self::Columns(labels))
    }

    /// Its labels.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        let (values, columns) = match self {
            Self::Values(labels) => (labels.as_slice(), &[][..]),
            Self::Columns(labels) => (&[][..], labels.as_slice()),
        };
        values.iter().map(String::as_str).chain(columns.iter().map(|l: &(String, usize)| l.0.as_str()))
    }

    /// A further row cut into cells; `None` if it cannot be one. Empty cells and cells that were cut short are left out.
    #[must_use]
    pub fn cells(&self, row: &str, lead: usize) -> Option<Vec<Cell>> {
        let ranges = match self {
            Self::Values(labels) => {
                let body = row.get(lead..)?.trim_end();
                let ranges: Vec<Range<usize>> = split_values(body).into_iter().map(|r| r.start + lead..r.end + lead).collect();
                (ranges.len() == labels.len()).then_some(ranges)?
            }
            Self::Columns(labels) => cut_columns(row, lead, labels)?,
        };
        let cells = self.labels().zip(ranges).filter_map(|(label, range)| cell(row, label, range, 0));
        Some(cells.collect())
    }

    /// `---- -------------`: the rule below the labels of a table.
    #[must_use]
    pub fn is_rule_of(&self, row: &str) -> bool {
        matches!(self, Self::Columns(_)) && row.contains('-') && row.chars().all(|c| matches!(c, '-' | ' ' | '>' | '|'))
    }

    /// Whether an empty row ends it.
    #[must_use]
    pub fn ends_at_blank(&self) -> bool {
        matches!(self, Self::Columns(_))
    }
}

/// Cells of one-line JSON, `{"Name":"…","LicenseStatus":1}`, or of `@{Name=…; LicenseStatus=1}`.
#[must_use]
pub fn inline(row: &str) -> Option<Vec<Cell>> {
    let start = row.find(['{', '['])?;
    let before = row.get(..start)?.trim_matches(|c: char| c.is_whitespace() || c == '>');
    match before {
        "" => json(row, start),
        "@" => hash_table(row, start),
        _ => None,
    }
    .filter(|cells| cells.len() > 1)
}

/// `"LicenseStatus":  5,` on a row of its own: its label, and the cell unless the value is empty.
#[must_use]
pub fn member(row: &str, lead: usize) -> Option<(String, Option<Cell>)> {
    let open = row.get(lead..)?.starts_with('"').then_some(lead)?;
    let (label, behind) = string(row, open)?;
    let label = row.get(label).filter(|l| is_identifier(l))?.to_owned();
    let value = row.get(behind..)?.trim_start().strip_prefix([':', '：'])?.trim();
    let value = value.strip_suffix(',').unwrap_or(value).trim_end();
    let from = row.find(value).filter(|at| *at > behind).unwrap_or(behind);
    let cell = cell(row, &label, from..from + value.len(), 0).filter(|_| !value.starts_with(['{', '[']));
    Some((label, cell))
}

/// `{"Name":"…","LicenseStatus":1}`. Values with braces of their own are left out.
fn json(row: &str, start: usize) -> Option<Vec<Cell>> {
    let mut cells = Vec::new();
    let mut object = 0;
    let mut at = start;
    while let Some(open) = find_from(row, at, '"') {
        object += row.get(at..open)?.matches('{').count();
        let (label, behind) = string(row, open)?;
        let rest = row.get(behind..)?;
        at = behind;
        let Some(value) = rest.trim_start().strip_prefix([':', '：']).map(str::trim_start) else { continue };
        let from = row.len() - value.len();
        let end =
            if value.starts_with('"') { string(row, from)?.1 } else { find_from_any(row, from, &[',', '}', ']']).unwrap_or(row.len()) };
        at = end.max(behind);
        let label = row.get(label)?;
        if is_identifier(label) && !value.starts_with(['{', '[']) {
            cells.extend(cell(row, label, from..end, object));
        }
        if cells.len() > LABELS_MAX * 4 {
            break;
        }
    }
    Some(cells)
}

/// `@{Name=Windows(R), Professional edition; LicenseStatus=1}`
fn hash_table(row: &str, start: usize) -> Option<Vec<Cell>> {
    let end = row.rfind('}').unwrap_or(row.len());
    let mut from = start + 1;
    let mut cells = Vec::new();
    for part in row.get(from..end)?.split("; ").take(LABELS_MAX) {
        let (label, value) = part.split_once('=')?;
        let at = from + label.len() + 1;
        cells.extend(cell(row, label.trim(), at..at + value.len(), 0));
        from += part.len() + 2;
    }
    Some(cells)
}

/// Range inside the quotes that begin at `open`, and the offset behind the closing one.
fn string(row: &str, open: usize) -> Option<(Range<usize>, usize)> {
    let mut escaped = false;
    let inside = row.get(open + 1..)?;
    let length = inside.find(|c: char| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })?;
    Some((open + 1..open + 1 + length, open + length + 2))
}

fn find_from(row: &str, from: usize, c: char) -> Option<usize> {
    row.get(from..)?.find(c).map(|at| at + from)
}

fn find_from_any(row: &str, from: usize, any: &[char]) -> Option<usize> {
    row.get(from..)?.find(any).map(|at| at + from)
}

fn cell(row: &str, label: &str, range: Range<usize>, object: usize) -> Option<Cell> {
    let value = bare(row.get(range.clone())?);
    let cut = value.ends_with("...") || value.ends_with('…');
    (!value.is_empty() && value != "null" && !cut).then(|| Cell { text: format!("{label} : {value}"), range, object })
}

/// Without blanks and the quotes around it.
fn bare(value: &str) -> String {
    let value = value.trim();
    let inside = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value);
    inside.replace("\"\"", "\"").trim().to_owned()
}

fn is_identifier(word: &str) -> bool {
    word.len() <= 60
        && word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Ranges between commas. wmic quotes nothing: a comma with a blank behind it belongs to the value.
fn split_values(body: &str) -> Vec<Range<usize>> {
    let separator = if body.contains(',') { ',' } else { ';' };
    let (mut ranges, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, c) in body.char_indices() {
        let next = body.get(at + c.len_utf8()..).and_then(|t| t.chars().next());
        match c {
            '"' => quoted = !quoted,
            c if c == separator && !quoted && next != Some(' ') => {
                ranges.push(start..at);
                start = at + 1;
            }
            _ => {}
        }
    }
    ranges.push(start..body.len());
    ranges
}

/// Ranges below the labels. A number that is wider than its label reaches to the left of it.
fn cut_columns(row: &str, lead: usize, labels: &[(String, usize)]) -> Option<Vec<Range<usize>>> {
    let mut cuts = vec![lead];
    for (_, column) in labels.iter().skip(1) {
        let mut at = byte_at_column(row, *column);
        while let Some(c) = row.get(..at)?.chars().next_back() {
            if c == ' ' || at == row.len() || row.get(at..).is_some_and(|t| t.starts_with(' ')) {
                break;
            }
            at -= c.len_utf8();
        }
        let last = cuts.last().copied().unwrap_or(lead);
        cuts.push(at.max(last));
    }
    cuts.push(row.len());
    Some(cuts.iter().zip(cuts.iter().skip(1)).map(|(from, to)| *from..*to).collect())
}

/// Offset of the character at a display column; the row's end for columns behind it.
fn byte_at_column(row: &str, column: usize) -> usize {
    let mut seen = 0;
    for (at, c) in row.char_indices() {
        if seen >= column {
            return at;
        }
        // Digits that somebody's input method made wide were narrow in the console.
        let widened = ('\u{ff01}'..='\u{ff5e}').contains(&c);
        seen += if widened { 1 } else { width(c.encode_utf8(&mut [0; 4])) };
    }
    row.len()
}

#[cfg(test)]
mod tests {
    use super::{Header, inline};

    fn cells(header: &str, row: &str) -> Vec<String> {
        let header = Header::read(header, 0).unwrap();
        header.cells(row, 0).unwrap().into_iter().map(|c| c.text).collect()
    }

    #[test]
    fn columns_left_and_right() {
        let header = "Name                             LicenseStatus PartialProductKey";
        let row = "Windows(R), Professional edition             5 T83GX            ";
        assert_eq!(cells(header, row), ["Name : Windows(R), Professional edition", "LicenseStatus : 5", "PartialProductKey : T83GX"]);
        let row = "     Grace Name";
        assert_eq!(cells(row, "3221549108 x"), ["Grace : 3221549108", "Name : x"]);
        assert_eq!(cells("LicenseStatus Name", "已授權        Windows(R)"), ["LicenseStatus : 已授權", "Name : Windows(R)"]);
    }

    #[test]
    fn values_with_and_without_quotes() {
        assert_eq!(cells(r#""Name","ID""#, r#""Windows(R), X edition","""#), ["Name : Windows(R), X edition"]);
        assert_eq!(cells("Node,Name,ID", "PC,Windows(R), X edition,"), ["Node : PC", "Name : Windows(R), X edition"]);
        assert_eq!(Header::read("a,b", 0).unwrap().cells("1,2,3", 0), None);
        assert_eq!(Header::read("Hello, world", 0), None);
    }

    #[test]
    fn objects_on_one_line() {
        let texts = |row: &str| inline(row).unwrap().into_iter().map(|c| (c.object, c.text)).collect::<Vec<_>>();
        let two = texts(r#"[{"Name":"a, b","ID":null,"LicenseStatus":1},{"Name":"c"}]"#);
        assert_eq!(two, [(1, "Name : a, b".into()), (1, "LicenseStatus : 1".into()), (2, "Name : c".into())]);
        assert_eq!(texts("@{Name=a, b; LicenseStatus=1}"), [(0, "Name : a, b".into()), (0, "LicenseStatus : 1".into())]);
        assert_eq!(inline("{ nothing }"), None);
    }
}
