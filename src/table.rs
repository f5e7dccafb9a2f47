//! The table of a batch, `results.csv`: one row per case, for spreadsheets and scripts. Its columns are described
//! in `docs/table.md`.

use csv::{Terminator, WriterBuilder};

use crate::analyze::Analysis;
use crate::case::{Case, CaseEvidence};
use crate::knowledge::Knowledge;
use crate::view::product_label;

/// Names of the columns in their order. New ones may be added at the end but one: `page` stays last.
pub const COLUMNS: [&str; 34] = [
    "case",
    "needs_action",
    "state",
    "state_title",
    "cause",
    "cause_title",
    "sub_cause",
    "certainty",
    "actor",
    "actor_title",
    "product",
    "family",
    "version",
    "product_name",
    "edition",
    "channel",
    "license_status",
    "days_left",
    "permanent",
    "kms_host",
    "kms_port",
    "kms_source",
    "codes",
    "rivals",
    "next_command",
    "evidence",
    "summary",
    "files",
    "files_not_whole",
    "unread_lines",
    "knowledge",
    "knowledge_hash",
    "site",
    "page",
];

/// Tells Excel, which else takes the code page of the system, that the text is UTF-8.
const BOM: &str = "\u{feff}";

/// Joins several values in a cell.
const SEPARATOR: &str = "; ";

/// The row of a case as CSV, without its last cell, the page, and without a line end.
#[must_use]
pub fn row(knowledge: &Knowledge, analysis: &Analysis, locale: &str) -> String {
    line(&cells(knowledge, analysis, locale))
}

/// The first line of the file: byte order mark and header.
#[must_use]
pub fn head() -> String {
    format!("{BOM}{}\r\n", line(&COLUMNS))
}

/// A further line: a [`row()`] and the address of its page, which may be empty.
#[must_use]
pub fn whole(row: &str, page: &str) -> String {
    let page = if page.is_empty() { String::new() } else { line(&[defused(page)]) };
    format!("{row},{page}\r\n")
}

/// A file of other lines made by [`line()`], in the same form.
#[must_use]
pub fn file_of(lines: &[String]) -> String {
    lines.iter().fold(String::from(BOM), |text, line| text + line + "\r\n")
}

/// Cells as one line of CSV, without a line end. Texts that others may have written must be [`defused`].
#[must_use]
pub fn line(cells: &[impl AsRef<[u8]>]) -> String {
    let mut writer = WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(Vec::new());
    // A vector takes everything.
    let _ = writer.write_record(cells);
    let bytes = writer.into_inner().unwrap_or_default();
    let mut text = String::from_utf8(bytes).unwrap_or_default();
    text.pop();
    text
}

/// A text as a spreadsheet may open it: what begins like a formula gets an apostrophe, which shows that it is text.
/// Spreadsheets skip leading blanks, and those of East Asia take the wide forms too.
#[must_use]
pub fn defused(text: &str) -> String {
    let formula = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠' | '−');
    let starts = |t: &str| t.starts_with(formula);
    if starts(text) || starts(text.trim_start()) { format!("'{text}") } else { text.to_owned() }
}

fn number(value: Option<i64>) -> String {
    value.map(|n| n.to_string()).unwrap_or_default()
}

fn yes_no(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}

fn cells(knowledge: &Knowledge, analysis: &Analysis, locale: &str) -> Vec<String> {
    let case = &analysis.case;
    let verdict = &case.verdict;
    let index = analysis.decision.case.product;
    let product = index.and_then(|i| case.products.get(i));
    let label = index.and_then(|i| analysis.assembly.products.get(i)).map(|p| product_label(knowledge, Some(p), locale));
    let kms = product.and_then(|p| p.kms.as_ref());
    let acts = verdict.needs_action().then_some(verdict.actor.as_str());
    let text = |value: Option<&str>| defused(value.unwrap_or_default());
    let not_whole = case.files.iter().filter(|f| f.status != "read").count();
    let cause = verdict.cause.as_deref();
    let row = vec![
        defused(&case.case),
        yes_no(verdict.needs_action()),
        verdict.state.clone(),
        text(Some(knowledge.word(locale, &format!("state-{}", verdict.state)))),
        text(cause),
        text(cause.map(|c| knowledge.cause_title(c, locale))),
        text(verdict.sub_cause.as_deref()),
        verdict.certainty.clone(),
        text(acts),
        text(acts.map(|a| knowledge.word(locale, &format!("actor-{a}")))),
        text(label.as_deref()),
        text(product.map(|p| p.family.as_str())),
        text(product.and_then(|p| p.version.as_deref())),
        text(product.and_then(|p| p.name.as_deref())),
        text(product.and_then(|p| p.edition.as_deref())),
        text(product.and_then(|p| p.channel.as_deref())),
        text(product.map(|p| p.license_status.as_str())),
        number(product.and_then(|p| p.minutes_left).map(|m| m / 1_440)),
        product.map(|p| yes_no(p.permanent)).unwrap_or_default(),
        text(kms.map(|k| k.host.as_str())),
        number(kms.map(|k| i64::from(k.port))),
        text(kms.map(|k| k.source.as_str())),
        defused(&failing_codes(case).join(SEPARATOR)),
        defused(&verdict.rivals.iter().map(|r| r.cause.as_str()).collect::<Vec<_>>().join(SEPARATOR)),
        text(next_command(case)),
        text(evidence(case).as_deref()),
        text(verdict.summary.get(locale).map(String::as_str)),
        case.files.len().to_string(),
        not_whole.to_string(),
        case.unrecognised.len().to_string(),
        case.knowledge.clone(),
        text(case.knowledge_hash.as_deref()),
        text(case.site.as_ref().map(|s| s.version.as_str())),
    ];
    debug_assert_eq!(row.len() + 1, COLUMNS.len());
    row
}

fn failing_codes(case: &Case) -> Vec<&str> {
    case.error_codes.iter().filter(|c| c.role == "failure").map(|c| c.code.as_str()).collect()
}

/// What to run next to learn more: what the verdict asks for, else what decides between it and its first rival.
fn next_command(case: &Case) -> Option<&str> {
    let decides = || case.verdict.rivals.iter().map(|r| r.decided_by.as_str()).find(|c| !c.is_empty());
    case.verdict.next_evidence.first().map(String::as_str).or_else(decides)
}

/// The first place that shows the cause, `slmgr.txt:12` or `System.evtx #4711`.
fn evidence(case: &Case) -> Option<String> {
    let cause = case.verdict.cause.as_deref()?;
    let place: &CaseEvidence = case.findings.iter().filter(|f| f.cause == cause).find_map(|f| f.evidence_for.first())?;
    let file = place.file.as_deref()?;
    Some(match (place.line, place.record) {
        (Some(line), _) => format!("{file}:{line}"),
        (None, Some(record)) => format!("{file} #{record}"),
        (None, None) => file.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::{defused, head, line, whole};

    #[test]
    fn formulas_are_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "－1", "\u{3000}=1"] {
            assert_eq!(defused(formula), format!("'{formula}"));
        }
        for plain in ["PC-01", "0xC004F074", "", "教室=1", "'=1", "a+b"] {
            assert_eq!(defused(plain), plain);
        }
    }

    #[test]
    fn cells_keep_quotes_commas_and_line_ends() {
        assert_eq!(line(&["a,b", "say \"x\"", "", "one\r\ntwo"]), "\"a,b\",\"say \"\"x\"\"\",,\"one\r\ntwo\"");
        let text = head() + &whole("a,b", "cases/PC,01.html") + &whole("c", "");
        assert!(text.starts_with("\u{feff}case,needs_action,") && text.contains(",page\r\n"), "{text}");
        assert!(text.ends_with("\r\na,b,\"cases/PC,01.html\"\r\nc,\r\n"), "{text}");
    }
}
