//! Reads event messages that stand without any header: a quoted description, a line of a log. Only
//! messages whose values have a shape that nothing else has, and a few known sentences.

use super::body::{self, Style};
use super::draft::{Draft, Prop};
use super::rows::{Rows, is_prompt, trim};
use super::{Scene, fill, label, shape};

/// Rows that a list may cover when a console cut it.
const LIST_ROWS: usize = 6;
/// Rows between an error code and the arguments that belong to it.
const GAP_ROWS: usize = 5;
/// Rows above a value that may belong to its message.
const LEAD_ROWS: usize = 6;

/// Parts of English messages and the id that prints them. Longer ones with the same beginning stand first.
const SENTENCES: [(&str, u32); 17] = [
    ("has sent an activation request to the key management service", 12288),
    ("has processed an activation response from the key management service", 12289),
    ("An activation request has been processed", 12290),
    ("Key Management Service (KMS) failed to start", 12291),
    ("has completed licensing status check", 1003),
    ("License acquisition failure details", 8200),
    ("Acquisition of genuine ticket failed", 8208),
    ("Genuine state set to non-genuine", 8209),
    ("Activation Object cannot be retrieved from Active Directory", 8213),
    ("Active Directory Activation Object is not usable", 8214),
    ("Active Directory Activation has failed", 8215),
    ("rules engine failed to perform one or more scheduled actions", 8229),
    ("rules engine successfully re-evaluated the schedule", 8230),
    ("rules engine reported a failed VL activation attempt", 8233),
    ("Acquisition of End User License failed", 1014),
    ("Installation of the Proof of Purchase failed", 1017),
    ("was launched with the following command-line parameters", 8197),
];
const PUBLISHING: &str = "Publishing the Key Management Service (KMS) to DNS in the";

/// Reads every message without a header.
pub(super) fn read(scene: &mut Scene<'_>) {
    let mut i = 0;
    while i < scene.rows.len() {
        let found = if scene.rows.is_taken(i) { None } else { message_at(&scene.rows, i) };
        i = match found {
            Some((id, first, end, message)) => {
                let mut draft = Draft::default();
                draft.set(Prop::Id, &id.to_string());
                draft.set(Prop::Message, &message);
                if let Some(record) = draft.finish() {
                    scene.keep(record, first..end);
                }
                end.max(i + 1)
            }
            None => i + 1,
        };
    }
}

/// Id, first row, row behind and text of the message whose values begin in row `i`.
fn message_at(rows: &Rows<'_>, i: usize) -> Option<(u32, usize, usize, String)> {
    let row = label::unquoted(rows.row(i));
    if row.len() < 6 {
        return None;
    }
    // The history of `ospp.vbs` is another tool's output.
    if row.starts_with("ERROR/HOST:") || row.starts_with("MESSAGE:") {
        return None;
    }
    sentence(rows, i, row)
        .or_else(|| list(rows, i, row))
        .or_else(|| failure(rows, i, row))
        .or_else(|| state(rows, i, row))
        .or_else(|| licences(rows, i, row))
}

/// A known English sentence with the values that belong to it.
fn sentence(rows: &Rows<'_>, i: usize, row: &str) -> Option<(u32, usize, usize, String)> {
    let published = || row.contains(PUBLISHING).then(|| if row.contains("successful") { 12294 } else { 12293 });
    let id = SENTENCES.iter().find(|(s, _)| row.contains(s)).map(|(_, id)| *id).or_else(published)?;
    let body = body::read(rows, i, "", id, true, Style::Copied, |j| j > i && j > i + 400);
    let whole = match id {
        1003 => fill::data_of_message(id, &body.message).len() == 2,
        8200 => !shape::codes(&body.message).is_empty(),
        id => fill::is_complete(id, &body.message) || (id == 8214 && !fill::data_of_message(id, &body.message).is_empty()),
    };
    whole.then_some((id, i, body.end, body.message))
}

/// A request list: `0xC004F074, 0x00000000, kms.example.edu:1688, …`.
fn list(rows: &Rows<'_>, i: usize, row: &str) -> Option<(u32, usize, usize, String)> {
    if !row.contains(',') || !(row.contains("0x") || row.contains("0X")) {
        return None;
    }
    let (window, ends) = window(rows, i, LIST_ROWS);
    let list = shape::list_before(0, &window, row.len())?;
    let end = i + 1 + ends.iter().filter(|e| **e < list.range.end).count();
    let first = lead(rows, i);
    Some((list.id, first, end, text_of(rows, first, end)))
}

/// `hr=0xC004F074` with `RuleId=…` on the same row or a little below: automatic activation failed.
fn failure(rows: &Rows<'_>, i: usize, row: &str) -> Option<(u32, usize, usize, String)> {
    let code = ["hr=0x", "hr=0X", "HR=0x"].iter().find_map(|c| row.find(c))?;
    let (window, ends) = window(rows, i, GAP_ROWS + 4);
    let start = window.find("RuleId=").filter(|at| *at > code)?;
    let between = window.get(..start)?;
    // Nothing but a label stands between the two.
    if between.lines().skip(1).filter(|l| !l.is_empty()).count() > 2 {
        return None;
    }
    let (_, behind) = shape::arguments(&window, start)?;
    let end = i + 1 + ends.iter().filter(|e| **e < behind).count();
    let first = lead(rows, i);
    let message = text_of(rows, first, end);
    fill::is_complete(8198, &message).then_some((8198, first, end, message))
}

/// `Security-SPP-Action-StateData (REG_SZ) =AppId=…`: the state of a licence in clear.
fn state(rows: &Rows<'_>, i: usize, row: &str) -> Option<(u32, usize, usize, String)> {
    if !row.contains("Security-SPP-Action-StateData") {
        return None;
    }
    let (window, ends) = window(rows, i, LIST_ROWS);
    let start = window.find('=').filter(|at| *at < row.len())? + 1;
    let (_, behind) = shape::arguments(&window, start)?;
    let end = i + 1 + ends.iter().filter(|e| **e < behind).count();
    let first = lead(rows, i);
    let message = text_of(rows, first, end);
    fill::is_complete(8230, &message).then_some((8230, first, end, message))
}

/// `1: 2de67392-…, 1, 0 [(0 [0xC004F014, 0, 0], …`: the list of licences, one row each.
fn licences(rows: &Rows<'_>, i: usize, row: &str) -> Option<(u32, usize, usize, String)> {
    fill::licence_start(row).filter(|at| *at < 120)?;
    let body = body::read(rows, i + 1, row, 1003, true, Style::Copied, |j| fill::licence_start(rows.row(j)).is_none());
    let first = lead(rows, i);
    Some((1003, first, body.end.max(i + 1), format!("{}\n{}", text_of(rows, first, i), body.message)))
}

/// Row `i` and those below it that nobody took, and where each of them but the last ends.
fn window(rows: &Rows<'_>, i: usize, count: usize) -> (String, Vec<usize>) {
    let mut text = String::new();
    let mut ends = Vec::new();
    for j in i..(i + count).min(rows.len()) {
        let row = label::unquoted(rows.row(j));
        if j > i && (rows.is_taken(j) || is_prompt(row)) {
            break;
        }
        if j > i {
            ends.push(text.len());
            text.push('\n');
        }
        text.push_str(row);
    }
    (text, ends)
}

/// The first row of the message whose values begin in row `i`: labels (`Info:`), values (`Id=…`) and the
/// one sentence above them.
fn lead(rows: &Rows<'_>, i: usize) -> usize {
    let mut first = i;
    let mut at = i;
    while at > 0 && i - at < LEAD_ROWS && !rows.is_taken(at - 1) {
        at -= 1;
        let row = label::unquoted(rows.row(at));
        if row.is_empty() {
            continue;
        }
        let label = row.ends_with([':', '：', '=']) && row.len() < 300;
        let pair = row.contains('=') && !row.contains(' ')
            || row.split_once('=').is_some_and(|(name, value)| name.len() < 60 && !shape::guids(value).is_empty());
        let sentence = first < i && row.ends_with(['.', '。']) && row.len() < 300;
        if is_prompt(row) || !(label || pair || sentence) {
            break;
        }
        first = at;
        if sentence {
            break;
        }
    }
    first
}

fn text_of(rows: &Rows<'_>, first: usize, end: usize) -> String {
    let text: Vec<&str> = (first..end).map(|i| label::unquoted(rows.row(i))).filter(|r| !r.is_empty()).collect();
    trim(&text.join("\n")).to_owned()
}
