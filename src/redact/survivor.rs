//! The second look: reads what is to be given away as somebody would who searches it, knowing what was taken
//! out. Shares no pattern and no table with what replaces; where both agree, nothing is left.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use daachorse::{DoubleArrayAhoCorasick, DoubleArrayAhoCorasickBuilder};

use super::class::Class;

/// A value that should be gone. What it is stands nowhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Survivor {
    /// Name of the file as it would be given away.
    pub file: String,
    /// What it seems to be.
    pub class: Class,
}

/// What the second look is told.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Every value replaced, lower case; `false` where it is a word that may stand elsewhere.
    pub(super) originals: BTreeSet<(Class, String, bool)>,
    /// Stand-ins and values that stay, lower case.
    pub(super) allowed: BTreeSet<String>,
}

impl Known {
    /// Gets ready to look. One pass over a text finds every value: a long text has many of them.
    pub(super) fn look(&self) -> Look<'_> {
        let mut words = Values::default();
        let mut numbers = Values::default();
        for (class, value, anywhere) in self.originals.iter().filter(|o| !self.allowed.contains(&o.1)) {
            let squeezed: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
            match class {
                Class::ProductKey if squeezed.len() == 25 => numbers.add(squeezed.get(..20).unwrap_or_default(), *class, true),
                Class::ProductKey => {}
                Class::Cmid | Class::InstallationId => numbers.add(&squeezed, *class, true),
                _ => words.add(value, *class, *anywhere),
            }
        }
        Look { known: self, words: words.searched(), numbers: numbers.searched() }
    }

    /// What nobody told about, by its look.
    fn shapes(&self, text: &str, left: &mut BTreeSet<Class>) {
        for token in text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '@' | '_' | '+' | '%'))) {
            if token.len() < 7 {
                continue;
            }
            let token = token.trim_matches(['.', '-', '_']);
            let mail = token
                .split_once('@')
                .is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.') && !domain.ends_with(".invalid"));
            if mail {
                left.insert(Class::Email);
            }
            if is_key(token) {
                left.insert(Class::ProductKey);
            }
            if is_address(token) && !self.allowed.contains(token) {
                left.insert(Class::Address);
            }
            if token.starts_with("s-1-5-21-") && !self.allowed.contains(token) {
                left.insert(Class::Sid);
            }
            let machine = ["desktop-", "laptop-"].iter().any(|m| token.strip_prefix(m).is_some_and(|rest| (7..=8).contains(&rest.len())));
            if machine && !self.allowed.contains(token) {
                left.insert(Class::Computer);
            }
            let digits = token.bytes().filter(u8::is_ascii_digit).count();
            if digits >= 48 && !self.allowed.contains(token) {
                left.insert(Class::InstallationId);
            }
        }
    }
}

/// Values to look for, with what each is and whether it may stand nowhere.
#[derive(Default)]
struct Values {
    of: BTreeMap<String, BTreeSet<(Class, bool)>>,
    automaton: Option<DoubleArrayAhoCorasick<u32>>,
    entries: Vec<(String, BTreeSet<(Class, bool)>)>,
}

impl Values {
    fn add(&mut self, value: &str, class: Class, anywhere: bool) {
        if !value.is_empty() {
            self.of.entry(value.to_owned()).or_default().insert((class, anywhere));
        }
    }

    fn searched(mut self) -> Self {
        self.entries = std::mem::take(&mut self.of).into_iter().collect();
        self.automaton = DoubleArrayAhoCorasickBuilder::new().build(self.entries.iter().map(|e| e.0.as_str())).ok();
        self
    }

    /// Classes of the values that stand in a text and that `is_left` says are left there.
    fn left(&self, text: &str, is_left: impl Fn(&Range<usize>, bool) -> bool, left: &mut BTreeSet<Class>) {
        let Some(automaton) = &self.automaton else {
            // Nothing to look for; or too much, and then nobody can say that it is gone.
            left.extend(self.entries.iter().flat_map(|e| &e.1).map(|(class, _)| *class));
            return;
        };
        for hit in automaton.find_overlapping_iter(text) {
            let entry = self.entries.get(usize::try_from(hit.value()).unwrap_or(usize::MAX));
            let range = hit.start()..hit.end();
            left.extend(entry.iter().flat_map(|e| &e.1).filter(|(_, anywhere)| is_left(&range, *anywhere)).map(|(class, _)| *class));
        }
    }
}

/// A second look that is ready.
pub(super) struct Look<'k> {
    known: &'k Known,
    words: Values,
    numbers: Values,
}

impl Look<'_> {
    /// Everything left in a text.
    pub(super) fn survivors(&self, text: &str) -> BTreeSet<Class> {
        let plain: String = text.chars().flat_map(|c| narrow(c).to_lowercase()).collect();
        let joined: String =
            plain.chars().filter(|c| !matches!(c, '\r' | '\n' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')).collect();
        let digits: String = joined.chars().filter(char::is_ascii_alphanumeric).collect();
        let mut left = BTreeSet::new();
        let in_plain = |range: &Range<usize>, anywhere| if anywhere { is_whole(&plain, range) } else { in_folder(&plain, range) };
        self.words.left(&plain, in_plain, &mut left);
        self.words.left(&joined, |range, anywhere| anywhere && is_whole(&joined, range), &mut left);
        self.numbers.left(&digits, |_, _| true, &mut left);
        self.known.shapes(&plain, &mut left);
        left
    }
}

fn narrow(c: char) -> char {
    let code = u32::from(c);
    if (0xff01..=0xff5e).contains(&code) { char::from_u32(code - 0xfee0).unwrap_or(c) } else { c }
}

/// Whether a value stands in a text with nothing of its kind glued to it.
fn is_whole(text: &str, range: &Range<usize>) -> bool {
    let glued = |c: Option<char>, edge: Option<char>| {
        c.is_some_and(|c| c.is_ascii_alphanumeric()) && edge.is_some_and(|c| c.is_ascii_alphanumeric())
    };
    let value = text.get(range.clone()).unwrap_or_default();
    let before = text.get(..range.start).and_then(|t| t.chars().next_back());
    let behind = text.get(range.end..).and_then(|t| t.chars().next());
    !glued(before, value.chars().next()) && !glued(behind, value.chars().next_back())
}

/// Whether a name is still a folder of accounts' own.
fn in_folder(text: &str, range: &Range<usize>) -> bool {
    let (before, behind) = (text.get(..range.start).unwrap_or_default(), text.get(range.end..).unwrap_or_default());
    let leads = ["\\users\\", "\\users\\\\", "/users/"];
    leads.iter().any(|lead| before.ends_with(lead)) && !behind.starts_with(char::is_alphanumeric)
}

/// Five groups of five of which one in front can be read.
fn is_key(token: &str) -> bool {
    let groups: Vec<&str> = token.split('-').collect();
    let words = !token.bytes().any(|b| b.is_ascii_digit()) && token.contains(['a', 'e', 'i', 'o', 'u']);
    let whole = groups.windows(5).find(|w| !words && w.iter().all(|g| g.len() == 5));
    whole.is_some_and(|w| w.iter().take(4).any(|g| g.bytes().any(|b| b != b'x' && b.is_ascii_alphanumeric())))
}

/// Four numbers up to 255.
fn is_address(token: &str) -> bool {
    let parts: Vec<&str> = token.split('.').collect();
    parts.len() == 4 && parts.iter().all(|p| !p.is_empty() && p.len() <= 3 && p.parse::<u8>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::Known;
    use crate::redact::Class;

    fn left(originals: &[(Class, &str)], text: &str) -> Vec<Class> {
        let originals = originals.iter().map(|(class, value)| (*class, (*value).to_owned(), true)).collect();
        Known { originals, ..Known::default() }.look().survivors(text).into_iter().collect()
    }

    #[test]
    fn a_short_name_is_looked_for_as_a_folder() {
        let known = Known { originals: [(Class::User, "li".to_owned(), false)].into(), ..Known::default() };
        let left = |text: &str| known.look().survivors(text).len();
        assert_eq!(["C:\\Users\\li\\x", "c:\\\\users\\\\LI", "/Users/li/"].map(left), [1, 1, 1]);
        assert_eq!(["C:\\Users\\lisa", "li", "C:\\Users\\Public\\li"].map(left), [0, 0, 0]);
    }

    #[test]
    fn a_value_that_was_taken_out_elsewhere_is_seen() {
        let names = [(Class::User, "chenyl83"), (Class::User, "王小明"), (Class::Computer, "lab-10234")];
        assert_eq!(left(&names, "by CHENYL83."), [Class::User]);
        assert_eq!(left(&names, "請找王小明先生"), [Class::User]);
        assert_eq!(left(&names, "on ＬＡＢ-102\r\n34"), [Class::Computer]);
        assert_eq!(left(&names, "chenyl831, lab-102345"), []);
        let id = [(Class::Cmid, "0f6c1a52-3b7d-4e8a-9c21-5d4e7f80a1b2")];
        assert_eq!(left(&id, "0F6C1A52 3B7D4E8A\n9C215D4E7F80A1B2"), [Class::Cmid]);
    }

    #[test]
    fn what_nobody_told_about_is_seen_by_its_look() {
        let key = ["BCDFG", "HJKMP", "QRTVW", "XY234", "T83GX"].join("-");
        assert_eq!(left(&[], &format!("({key})")), [Class::ProductKey]);
        assert_eq!(left(&[], "XXXXX-XXXXX-XXXXX-XXXXX-T83GX"), []);
        assert_eq!(left(&[], "<somebody@example.edu>"), [Class::Email]);
        assert_eq!(left(&[], "at 192.0.2.7:1688, S-1-5-21-1-2-3-1001"), [Class::Address, Class::Sid]);
        assert_eq!(left(&[], "10.0.19045.3803 and 0xC004F074"), []);
    }
}
