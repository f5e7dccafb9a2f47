//! Names of cases and files: what says who goes, what says what a file holds stays, and so does their order,
//! because the newest statement wins and files follow each other by name.

use std::collections::BTreeSet;

use super::pseudonym::Pseudonyms;
use super::{Class, RedactionWords};

/// Endings that may stay.
const ENDINGS: [&str; 6] = ["txt", "log", "csv", "xml", "json", "jsonl"];

/// Whether every word of a name is one of the tools' own, so that it names nobody.
fn is_plain(name: &str, harmless: &BTreeSet<String>) -> bool {
    let mut words = name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).peekable();
    // `ospp-dstatus-2`; two digits are a computer's.
    let number = |word: &str| word.len() == 1 && word.bytes().all(|b| b.is_ascii_digit());
    let known = |word: &str| harmless.contains(&word.to_ascii_lowercase()) || number(word);
    words.peek().is_some_and(|first| !number(first)) && words.all(known)
}

/// The case's name as it is given away.
pub(super) fn of_case(name: &str, harmless: &BTreeSet<String>, words: &RedactionWords, pseudonyms: &mut Pseudonyms) -> String {
    if is_plain(name, harmless) || words.is_generic(name) { name.to_owned() } else { pseudonyms.of(Class::Computer, name) }
}

/// `slmgr-dlv.txt` as it is, `spp-events.evtx` with the ending of what it becomes.
fn plain_name(name: &str, text: bool, harmless: &BTreeSet<String>) -> Option<String> {
    let (stem, ending) = name.rsplit_once('.')?;
    let kept = if text { ENDINGS.into_iter().find(|e| *e == ending) } else { Some("jsonl") };
    kept.filter(|_| is_plain(stem, harmless) && !stem.contains(['/', '\\'])).map(|ending| format!("{stem}.{ending}"))
}

/// Files' names in their order. `texts` tells which keep their ending; a log becomes lines of JSON.
pub(super) fn of_files(names: &[(&str, bool)], harmless: &BTreeSet<String>) -> Vec<String> {
    let base = |name: &str| name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let plain: Option<BTreeSet<String>> = names.iter().map(|(n, text)| plain_name(n, *text, harmless)).collect();
    let all_plain = plain.is_some_and(|p| p.len() == names.len());
    let one = |(index, (name, text)): (usize, &(&str, bool))| {
        if let Some(plain) = plain_name(name, *text, harmless).filter(|_| all_plain) {
            return plain;
        }
        let base = base(name);
        let (stem, ending) = base.rsplit_once('.').unwrap_or((&base, "txt"));
        let ending = ending.to_ascii_lowercase();
        let ending = match ENDINGS.iter().find(|e| **e == ending) {
            _ if !text => "jsonl",
            Some(known) => known,
            None => "txt",
        };
        let known: Vec<String> = stem
            .split(|c: char| !c.is_ascii_alphabetic())
            .map(str::to_ascii_lowercase)
            .filter(|w| w.len() > 2 && harmless.contains(w))
            .collect();
        let rest = if known.is_empty() { String::new() } else { format!("-{}", known.join("-")) };
        format!("{:03}{rest}.{ending}", index + 1)
    };
    names.iter().enumerate().map(one).collect()
}
