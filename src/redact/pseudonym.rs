//! Keyed stand-ins: the same value gives the same one under the same key, and nobody without the key can
//! try values out. As wide as the original where it can be, because the console's width decides which lines
//! belong together.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use sha2::{Digest, Sha256};

use super::address::Addresses;
use super::class::Class;
use crate::lines::width;

/// A block of SHA-256.
const BLOCK: usize = 64;
/// Letters of stand-ins: no vowels, so that no word comes out, and nothing that a code has.
const LETTERS: &[u8; 20] = b"bcdfghjkmnpqrstvwxzl";
/// Behind the at sign of every stand-in for a mail address.
pub(super) const MAIL_DOMAIN: &str = "@x.invalid";

/// The secret that stand-ins are made with.
#[derive(Clone)]
pub struct Key([u8; BLOCK]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

impl Key {
    /// A key from bytes of any length; 16 random ones or more keep values from being guessed.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        let digest = Sha256::digest(secret);
        let mut block = [0; BLOCK];
        block.iter_mut().zip(digest).for_each(|(b, d)| *b = d);
        Self(block)
    }

    /// The key of one case: what is called alike in two cases gets two stand-ins.
    #[must_use]
    pub fn of_case(&self, case: &str) -> Self {
        Self::new(&self.digest("case", case.as_bytes()))
    }

    /// HMAC-SHA-256 of a value of one kind.
    pub(super) fn digest(&self, kind: &str, value: &[u8]) -> [u8; 32] {
        let pad = |with: u8| self.0.map(|b| b ^ with);
        let inner = Sha256::new().chain_update(pad(0x36)).chain_update(kind).chain_update([0]).chain_update(value).finalize();
        Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().into()
    }

    /// Bytes without end for a value.
    fn stream(&self, kind: &str, value: &str) -> impl Iterator<Item = u8> {
        let (key, kind, value) = (self.clone(), kind.to_owned(), value.to_owned());
        (0_u32..).flat_map(move |block| key.digest(&format!("{kind}/{block}"), value.as_bytes()))
    }
}

/// Stand-ins of one case.
#[derive(Debug)]
pub(super) struct Pseudonyms {
    key: Key,
    addresses: Addresses,
    /// By class and value as compared.
    given: BTreeMap<(Class, String), String>,
    taken: BTreeSet<String>,
}

impl Pseudonyms {
    pub(super) const fn new(key: Key, addresses: Addresses) -> Self {
        Self { key, addresses, given: BTreeMap::new(), taken: BTreeSet::new() }
    }

    /// The stand-in for a value as written.
    pub(super) fn of(&mut self, class: Class, written: &str) -> String {
        let compared = written.to_lowercase();
        if let Some(known) = self.given.get(&(class, compared.clone())) {
            return in_case_of(class, known, written);
        }
        let mut made = self.make(class, &compared, 0);
        // Shaped values may repeat groups; names may not.
        let mut tries = 1;
        while matches!(class, Class::User | Class::Computer | Class::Student | Class::Email) && self.taken.contains(&made) {
            made = self.make(class, &compared, tries);
            tries += 1;
        }
        self.taken.insert(made.clone());
        self.given.insert((class, compared), made.clone());
        in_case_of(class, &made, written)
    }

    /// Whether a text is a stand-in.
    pub(super) fn taken(&self) -> impl Iterator<Item = &str> {
        self.taken.iter().map(String::as_str)
    }

    fn make(&mut self, class: Class, value: &str, tries: usize) -> String {
        let salted = if tries == 0 { value.to_owned() } else { format!("{value}\0{tries}") };
        let columns = width(value).min(60) + tries / 400;
        let stream = |class: Class| self.key.stream(class.word(), &salted);
        let named = |mark: &str| {
            let mark = if columns >= mark.len() + 4 { mark } else { mark.get(..1).unwrap_or_default() };
            let count = columns.saturating_sub(mark.len()).max(3);
            format!("{mark}{}", letters(stream(class), count))
        };
        match class {
            Class::User => named("user-"),
            Class::Computer => named("pc-"),
            Class::Student => named("sn-"),
            Class::Email => format!("{}{MAIL_DOMAIN}", letters(stream(class), columns.saturating_sub(MAIL_DOMAIN.len()).max(6))),
            Class::ProductKey => value.to_owned(),
            Class::Address => {
                value.parse::<IpAddr>().map_or_else(|_| "0.0.0.0".to_owned(), |ip| self.addresses.of(&self.key, ip).to_string())
            }
            Class::Hardware | Class::Cmid => shaped(value, stream(class), 16),
            Class::Sid => format!("s-1-5-21-{}", shaped(value.get("s-1-5-21-".len()..).unwrap_or_default(), stream(class), 10)),
            Class::InstallationId => shaped(value, stream(class), 10),
        }
    }
}

fn letters(stream: impl Iterator<Item = u8>, count: usize) -> String {
    stream.take(count).map(|b| char::from(LETTERS.get(usize::from(b) % LETTERS.len()).copied().unwrap_or(b'x'))).collect()
}

/// Other digits in the places of digits, never a zero in front that was none.
fn shaped(value: &str, stream: impl Iterator<Item = u8>, base: u32) -> String {
    let digit = |c: char| c.is_digit(base) || (base == 10 && c == 'o');
    value
        .chars()
        .zip(stream)
        .map(|(c, b)| if digit(c) { char::from_digit(u32::from(b) % (base - 1) + 1, base).unwrap_or('1') } else { c })
        .collect()
}

/// Names and ids in capitals stay in capitals.
fn in_case_of(class: Class, made: &str, written: &str) -> String {
    let capitals = written.chars().any(|c| c.is_ascii_uppercase()) && !written.chars().any(|c| c.is_ascii_lowercase());
    match class {
        Class::Address | Class::Email => made.to_owned(),
        _ if capitals => made.to_ascii_uppercase(),
        _ => made.to_owned(),
    }
}
