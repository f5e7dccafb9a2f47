//! The second look: reads what is to be given away as somebody would who searches it, knowing what was taken
//! out. Shares no pattern and no table with what replaces; where both agree, nothing is left.

use std::collections::BTreeSet;

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
    /// Everything left in a text.
    pub(super) fn survivors(&self, text: &str) -> BTreeSet<Class> {
        let plain: String = text.chars().flat_map(|c| narrow(c).to_lowercase()).collect();
        let joined: String =
            plain.chars().filter(|c| !matches!(c, '\r' | '\n' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')).collect();
        let digits: String = joined.chars().filter(char::is_ascii_alphanumeric).collect();
        let mut left = BTreeSet::new();
        for (class, value, anywhere) in &self.originals {
            if self.allowed.contains(value) {
                continue;
            }
            let squeezed: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
            let found = match class {
                Class::ProductKey => squeezed.len() == 25 && squeezed.get(..20).is_some_and(|head| digits.contains(head)),
                Class::Cmid | Class::InstallationId => digits.contains(&squeezed),
                _ if !anywhere => in_folder(&plain, value),
                _ => whole(&plain, value) || whole(&joined, value),
            };
            if found {
                left.insert(*class);
            }
        }
        self.shapes(&plain, &mut left);
        left
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

fn narrow(c: char) -> char {
    let code = u32::from(c);
    if (0xff01..=0xff5e).contains(&code) { char::from_u32(code - 0xfee0).unwrap_or(c) } else { c }
}

/// Whether a value stands in a text with nothing of its kind glued to it.
fn whole(text: &str, value: &str) -> bool {
    let glued = |c: Option<char>, edge: Option<char>| {
        c.is_some_and(|c| c.is_ascii_alphanumeric()) && edge.is_some_and(|c| c.is_ascii_alphanumeric())
    };
    text.match_indices(value).any(|(at, _)| {
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        let behind = text.get(at + value.len()..).and_then(|t| t.chars().next());
        !glued(before, value.chars().next()) && !glued(behind, value.chars().next_back())
    })
}

/// Whether a name is still a folder of accounts' own.
fn in_folder(text: &str, name: &str) -> bool {
    ["\\users\\", "\\users\\\\", "/users/"].iter().any(|lead| {
        text.match_indices(lead).any(|(at, _)| {
            let rest = text.get(at + lead.len()..).unwrap_or_default();
            rest.strip_prefix(name).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        })
    })
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
        Known { originals, ..Known::default() }.survivors(text).into_iter().collect()
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
