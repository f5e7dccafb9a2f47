//! Values that show what they are by their shape or by what stands before them. Every reader here takes one row
//! and says where something stands; nothing is replaced here.

use std::ops::Range;

use regex::Regex;

use super::class::Class;
use super::words::RedactionWords;
use crate::code;

/// A value in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) class: Class,
    pub(super) range: Range<usize>,
}

/// The readers.
#[derive(Debug)]
pub(super) struct Patterns {
    key: Option<Regex>,
    bare_key: Option<Regex>,
    email: Option<Regex>,
    folder: Option<Regex>,
    account: Option<Regex>,
    prompt: Option<Regex>,
    share: Option<Regex>,
    made_name: Option<Regex>,
    student: Option<Regex>,
    hardware: Option<Regex>,
    sid: Option<Regex>,
    installation: Option<Regex>,
    v4: Option<Regex>,
    v6: Option<Regex>,
    guid: Option<Regex>,
    labels: Vec<(Class, Regex)>,
    words: RedactionWords,
}

/// How many of the signs a row has without which nothing can be in it: most rows have few.
#[derive(Debug, Default)]
struct Signs {
    at: bool,
    digits: usize,
    dashes: usize,
    /// Equals signs too, which stand behind labels alike.
    colons: usize,
    dots: usize,
    slashes: usize,
}

impl Signs {
    fn of(row: &str) -> Self {
        let mut signs = Self::default();
        for c in row.chars() {
            match c {
                '@' => signs.at = true,
                '0'..='9' => signs.digits += 1,
                '-' => signs.dashes += 1,
                ':' | '：' | '=' => signs.colons += 1,
                '.' => signs.dots += 1,
                '\\' | '/' => signs.slashes += 1,
                _ => {}
            }
        }
        signs
    }
}

/// Endings of file names: `Office16\ospp.vbs` is no account.
const ENDINGS: [&str; 14] =
    [".vbs", ".exe", ".dll", ".txt", ".dat", ".ini", ".log", ".evtx", ".cmd", ".bat", ".ps1", ".xml", ".xrm-ms", ".msc"];

impl Patterns {
    pub(super) fn new(words: &RedactionWords) -> Self {
        let some = |pattern: &str| Regex::new(pattern).ok();
        let labels = [(Class::User, &words.user), (Class::Computer, &words.computer), (Class::Student, &words.student)];
        Self {
            key: some(r"[0-9A-Za-z*]{5}(?: ?[-–—‐−] ?[0-9A-Za-z*]{5}){4}"),
            bare_key: some(r"[B-DF-HJKMNP-TV-Yb-df-hjkmnp-tv-y2-46-9]{5}(?:[ \t_.]*[B-DF-HJKMNP-TV-Yb-df-hjkmnp-tv-y2-46-9]{5}){4}"),
            email: some(r"[\w.%+'-]+@[\w-]+(?:\.[\w-]+)+"),
            folder: some(r"(?i-u:[\\/]{1,4}(?:users|documents and settings|home)[\\/]{1,4})"),
            account: some(r"^\s*([\w.-]{1,63})\\{1,2}([\w.-][\w. -]{0,63})\s*$"),
            prompt: some(r"^\s*([a-z_][a-z0-9_.-]*)@([A-Za-z0-9-]+)(?:[: ]|$)"),
            share: some(r#"(?:^|[\s"'=(,])\\{2,4}([\w.-]{2,63})\\"#),
            made_name: some(r"(?i-u:(?:desktop|laptop|win|minint)-[a-z0-9]{6,11})|[\w]{2,20}-(?i-u:pc)"),
            student: some(r"[A-Za-z]{1,2}[0-9]{7,9}[A-Za-z]?|[0-9]{8,9}[A-Za-z]"),
            hardware: some(r"[0-9A-Fa-f]{2}(?:[-:][0-9A-Fa-f]{2}){5,}"),
            sid: some(r"[Ss]-1-5-21-[0-9]+(?:-[0-9]+)+"),
            installation: some(r"[0-9][0-9Oo]{39,}|[0-9]{6,7}(?:[- ]{1,3}[0-9]{6,7}){5,}"),
            v4: some(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"),
            v6: some(r"[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}"),
            guid: some(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"),
            labels: labels.into_iter().filter_map(|(class, words)| Some((class, label(words)?))).collect(),
            words: words.clone(),
        }
    }

    /// Whether every reader could be made: one that is missing would let its values through.
    pub(super) const fn are_whole(&self) -> bool {
        let names =
            self.email.is_some() && self.folder.is_some() && self.account.is_some() && self.prompt.is_some() && self.share.is_some();
        let ids = self.key.is_some() && self.bare_key.is_some() && self.sid.is_some() && self.installation.is_some() && self.guid.is_some();
        let others =
            self.made_name.is_some() && self.student.is_some() && self.hardware.is_some() && self.v4.is_some() && self.v6.is_some();
        names && ids && others && self.labels.len() == 3
    }

    /// Everything in a row, in no order; places may overlap.
    pub(super) fn find(&self, row: &str) -> Vec<Found> {
        let mut found = Vec::new();
        let signs = Signs::of(row);
        let mut add = |class, range: Range<usize>| found.push(Found { class, range });
        if row.len() >= 25 {
            all(self.key.as_ref(), row).filter(|r| stands_alone(row, r, "-") && !is_masked(row, r)).for_each(|r| add(Class::ProductKey, r));
            all(self.bare_key.as_ref(), row)
                .filter(|r| stands_alone(row, r, "-") && is_key(row, r))
                .for_each(|r| add(Class::ProductKey, r));
        }
        if signs.at {
            all(self.email.as_ref(), row).for_each(|r| add(Class::Email, r));
        }
        if signs.digits >= 7 {
            let guids: Vec<Range<usize>> = all(self.guid.as_ref(), row).collect();
            let free = |r: &Range<usize>| !guids.iter().any(|g| g.start < r.end && r.start < g.end);
            all(self.sid.as_ref(), row).for_each(|r| add(Class::Sid, r));
            all(self.installation.as_ref(), row).filter(|r| stands_alone(row, r, "")).for_each(|r| add(Class::InstallationId, r));
            all(self.student.as_ref(), row).filter(|r| is_student(row, r) && free(r)).for_each(|r| add(Class::Student, r));
        }
        if signs.dashes + signs.colons >= 5 {
            all(self.hardware.as_ref(), row).filter(|r| stands_alone(row, r, "-:")).for_each(|r| add(Class::Hardware, r));
        }
        if signs.dashes > 0 {
            all(self.made_name.as_ref(), row).filter(|r| stands_alone(row, r, "-")).for_each(|r| add(Class::Computer, r));
        }
        if signs.slashes > 0 || signs.at {
            self.accounts(row, &mut found);
        }
        if signs.colons > 0 {
            self.labelled(row, &mut found);
        }
        if signs.dots >= 3 || signs.colons >= 2 {
            self.addresses(row, &mut found);
        }
        found.retain(|f| !f.range.is_empty());
        found
    }

    /// `C:\Users\name\…`, `\\PC-07\c$`, `PC-07\name` alone on its row, `name@pc:~$`.
    fn accounts(&self, row: &str, found: &mut Vec<Found>) {
        let mut add = |class, range: Range<usize>| {
            if !self.words.is_generic(row.get(range.clone()).unwrap_or_default()) {
                found.push(Found { class, range });
            }
        };
        for lead in all(self.folder.as_ref(), row) {
            let rest = row.get(lead.end..).unwrap_or_default();
            add(Class::User, lead.end..lead.end + folder_name(rest));
        }
        let groups = |regex: &Option<Regex>| regex.as_ref().and_then(|r| r.captures(row)).map(|c| (c.get(1), c.get(2)));
        if let Some((Some(domain), Some(name))) = groups(&self.account) {
            let lower = name.as_str().to_ascii_lowercase();
            let file = ENDINGS.iter().any(|e| lower.trim_end().ends_with(e)) || lower.starts_with("system32");
            if !file && !domain.as_str().to_ascii_uppercase().starts_with("HK") {
                add(Class::Computer, domain.range());
                add(Class::User, name.start()..name.start() + name.as_str().trim_end().len());
            }
        }
        if let Some((Some(name), Some(computer))) = groups(&self.prompt) {
            add(Class::User, name.range());
            add(Class::Computer, computer.range());
        }
        for share in self.share.iter().flat_map(|r| r.captures_iter(row)).filter_map(|c| c.get(1)) {
            if share.as_str().parse::<std::net::IpAddr>().is_err() {
                add(Class::Computer, first_label(row, share.range()));
            }
        }
    }

    /// `Username: DOMAIN\name`, `主機名稱 . . . : PC-07`, `學號：410912345`.
    fn labelled(&self, row: &str, found: &mut Vec<Found>) {
        let lower = row.to_ascii_lowercase();
        for (class, regex) in &self.labels {
            for lead in all(Some(regex), &lower) {
                let rest = row.get(lead.end..).unwrap_or_default();
                for value in labelled_value(*class, rest) {
                    let range = lead.end + value.1.start..lead.end + value.1.end;
                    if self.is_name(row.get(range.clone()).unwrap_or_default()) {
                        found.push(Found { class: value.0, range });
                    }
                }
            }
        }
    }

    fn is_name(&self, value: &str) -> bool {
        let guid = self.guid.as_ref().is_some_and(|g| g.is_match(value));
        let address = value.parse::<std::net::IpAddr>().is_ok();
        let sid = value.to_ascii_uppercase().starts_with("S-1-");
        !value.is_empty() && !self.words.is_generic(value) && !guid && !address && !sid && !value.starts_with("0x")
    }

    fn addresses(&self, row: &str, found: &mut Vec<Found>) {
        for r in all(self.v4.as_ref(), row).filter(|r| stands_alone(row, r, "._")) {
            let parts = row.get(r.clone()).unwrap_or_default().split('.').filter(|p| p.parse::<u8>().is_ok()).count();
            if parts == 4 && !self.is_version(row, r.start) {
                found.push(Found { class: Class::Address, range: r });
            }
        }
        for r in all(self.v6.as_ref(), row).filter(|r| stands_alone(row, r, ":.-")) {
            if row.get(r.clone()).is_some_and(|a| a.len() > 2 && a.parse::<std::net::Ipv6Addr>().is_ok()) {
                found.push(Found { class: Class::Address, range: r });
            }
        }
    }

    /// Numbers of a text that look like addresses and are versions.
    pub(super) fn versions(&self, text: &str) -> Vec<String> {
        let rows = text.lines();
        let of_row = |row: &str| {
            let versions = all(self.v4.as_ref(), row).filter(|r| self.is_version(row, r.start));
            versions.filter_map(|r| row.get(r).map(str::to_owned)).collect::<Vec<_>>()
        };
        rows.flat_map(of_row).collect()
    }

    /// A version stands behind such a word, with nothing that ends a sentence or names an address between.
    fn is_version(&self, row: &str, at: usize) -> bool {
        let before = row.get(..at).unwrap_or_default().to_lowercase();
        self.words
            .versions
            .iter()
            .any(|w| before.rfind(w.as_str()).is_some_and(|i| before.get(i..).is_some_and(|s| s.chars().count() < 40)))
    }
}

/// Labels with their colon; those in quotes are JSON's.
fn label(words: &[String]) -> Option<Regex> {
    let mut words: Vec<String> = words.iter().map(|w| regex::escape(w)).collect();
    words.sort_by_key(|w| std::cmp::Reverse(w.len()));
    if words.is_empty() {
        return None;
    }
    Regex::new(&format!(r#"(?:^|[^\w])(?:{})["']?[ \t.．·]*[:：=]+[ \t]*["']?"#, words.join("|"))).ok()
}

fn all<'r>(regex: Option<&'r Regex>, row: &'r str) -> impl Iterator<Item = Range<usize>> + 'r {
    regex.into_iter().flat_map(move |r| r.find_iter(row)).map(|m| m.range())
}

/// Whether no letter, digit or one of `more` continues it.
pub(super) fn stands_alone(row: &str, range: &Range<usize>, more: &str) -> bool {
    let before = row.get(..range.start).and_then(|t| t.chars().next_back());
    let mut behind = row.get(range.end..).unwrap_or_default().chars();
    let (first, second) = (behind.next(), behind.next());
    let word = |c: char| c.is_ascii_alphanumeric();
    let ends = |c: char| !(word(c) || more.contains(c) && second.is_some_and(word));
    before.is_none_or(|c| !word(c) && !more.contains(c)) && first.is_none_or(ends)
}

/// Whether all but the last group are masked already, or it is no key at all.
fn is_masked(row: &str, range: &Range<usize>) -> bool {
    let letters: Vec<char> =
        row.get(range.clone()).unwrap_or_default().chars().filter(|c| c.is_ascii_alphanumeric() || *c == '*').collect();
    // Five words of five letters are no key: a key has digits, and no vowels.
    let words =
        !letters.iter().any(char::is_ascii_digit) && letters.iter().any(|c| matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u'));
    words || letters.iter().take(20).all(|c| matches!(c, 'X' | 'x' | '*'))
}

/// Twenty-five letters without a vowel have digits among them when they are a key.
fn is_key(row: &str, range: &Range<usize>) -> bool {
    let text = row.get(range.clone()).unwrap_or_default();
    text.bytes().filter(u8::is_ascii_digit).count() >= 2 && text.bytes().any(|b| b.is_ascii_alphabetic())
}

/// Not an update's number, not a code.
fn is_student(row: &str, range: &Range<usize>) -> bool {
    let text = row.get(range.clone()).unwrap_or_default();
    let update = text.get(..2).is_some_and(|t| t.eq_ignore_ascii_case("kb"));
    // C0000022 is a status of Windows without its 0x.
    let status = text.len() == 8 && text.get(..2).is_some_and(|t| t.eq_ignore_ascii_case("c0"));
    stands_alone(row, range, "_-") && !update && !status && !code::scan(row).iter().any(|c| c.start < range.end && range.start < c.end)
}

/// How long the name of a folder at the start of `rest` is. A name may hold blanks when something closes it.
fn folder_name(rest: &str) -> usize {
    let end = rest.find(['\\', '/', '>', '"', '\'', '<', '|', ':', '*', '?', ',', ';', ')', '）', '」', '”']).unwrap_or(rest.len());
    let name = rest.get(..end).unwrap_or_default();
    let closed = rest.get(end..).is_some_and(|r| r.starts_with(['\\', '/', '>', '"', '\'']));
    let words = name.split_whitespace().count();
    if (closed && name.chars().count() <= 40) || words <= 3 && name.chars().count() <= 24 {
        return name.trim_end().len();
    }
    name.find(char::is_whitespace).unwrap_or(name.len())
}

/// `PC-07.example.edu` → `PC-07`.
pub(super) fn first_label(row: &str, range: Range<usize>) -> Range<usize> {
    let length = row.get(range.clone()).and_then(|t| t.find('.')).unwrap_or(range.len());
    range.start..range.start + length
}

/// What stands behind a label: `DOMAIN\name` gives two.
fn labelled_value(class: Class, rest: &str) -> Vec<(Class, Range<usize>)> {
    let word = |text: &str| text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(text.len());
    match class {
        Class::Student => {
            let end = word(rest);
            let digits = rest.get(..end).is_some_and(|t| t.chars().filter(char::is_ascii_digit).count() >= 5);
            if digits { vec![(class, 0..end)] } else { Vec::new() }
        }
        Class::Computer => {
            let range = first_label(rest, 0..word(rest));
            let letters = rest.get(range.clone()).is_some_and(|t| t.chars().any(char::is_alphabetic));
            if letters { vec![(class, range)] } else { Vec::new() }
        }
        _ => {
            let end = rest.find(['"', '\'', ',', ';', '<', '>', '(', '（', '\t', '|', '{', '}']).unwrap_or(rest.len());
            let line = rest.get(..end).unwrap_or_default();
            let line = line.split("  ").next().unwrap_or_default().trim_end();
            let (domain, from) = match line.find('\\') {
                Some(at) => (at, at + line.get(at..).map_or(0, |t| t.len() - t.trim_start_matches('\\').len())),
                None => (0, 0),
            };
            let name = line.get(from..).unwrap_or_default();
            // A sentence behind the colon is no name.
            let short = name.split_whitespace().count() <= 3 && name.chars().count() <= 40;
            let name_end = if short { line.len() } else { from + word(name) };
            vec![(Class::Computer, 0..domain), (Class::User, from..name_end)]
        }
    }
}
