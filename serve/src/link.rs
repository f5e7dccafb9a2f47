//! The link of a case: 128 random bits that only its owner has. Everything else about a case is derived from it in one
//! direction, so that who reads the store can neither open a link nor undo a stand-in.

use kms_triage::redact::Key;
use sha2::{Digest, Sha256};

/// Letters of a case number: none looks like another.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// A link.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link([u8; 16]);

impl Link {
    /// A new one.
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        let mut bits = [0; 16];
        getrandom::fill(&mut bits)?;
        Ok(Self(bits))
    }

    /// Thirty-two lower-case hexadecimal digits; nothing else opens a case.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f').then(|| char::from(b).to_digit(16)).flatten();
        let digits: Option<Vec<u32>> = text.bytes().map(digit).collect();
        let digits = digits.filter(|d| d.len() == 32)?;
        let mut bits = [0; 16];
        for (byte, pair) in bits.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = u8::try_from(pair.iter().fold(0, |value, digit| value * 16 + digit)).ok()?;
        }
        Some(Self(bits))
    }

    /// As it stands in addresses.
    pub(crate) fn text(&self) -> String {
        hex(&self.0)
    }

    fn derived(&self, purpose: &str) -> [u8; 32] {
        Sha256::new().chain_update("kms-triage ").chain_update(purpose).chain_update([0]).chain_update(self.0).finalize().into()
    }

    /// What the store knows a case by. Comparing digests tells a guesser nothing by its time.
    pub(crate) fn digest(&self) -> [u8; 32] {
        self.derived("case")
    }

    /// What stand-ins of the case are made with: the same for everything that is added to it.
    pub(crate) fn key(&self) -> Key {
        Key::new(&self.derived("key"))
    }

    /// What the form that deletes the case sends back.
    pub(crate) fn erase_token(&self) -> String {
        hex(&self.derived("erase"))
    }
}

/// `K7F3-Q2XM`: people may tell it each other, it opens nothing.
pub(crate) fn reference(digest: &[u8; 32]) -> String {
    let letter = |b: &u8| char::from(LETTERS.get(usize::from(*b) % LETTERS.len()).copied().unwrap_or(b'2'));
    let letters: String = digest.iter().take(8).map(letter).collect();
    let (front, back) = letters.split_at_checked(4).unwrap_or_default();
    format!("{front}-{back}")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Link, reference};

    #[test]
    fn a_link_is_its_text_and_nothing_near_it() {
        let link = Link::new().unwrap();
        let text = link.text();
        assert!(Link::parse(&text) == Some(link) && text.len() == 32);
        let short: String = text.chars().skip(1).collect();
        let near = [text.to_uppercase() + "A", short.clone(), format!("{text}0"), format!(" {text}"), format!("g{short}")];
        assert!(near.iter().all(|t| Link::parse(t).is_none()), "{near:?}");
    }

    #[test]
    fn links_do_not_repeat_and_do_not_show_in_what_is_derived() {
        let links: Vec<Link> = (0..1000).map(|_| Link::new().unwrap()).collect();
        let texts: BTreeSet<String> = links.iter().map(Link::text).collect();
        assert_eq!(texts.len(), 1000);
        let link = links[0];
        assert_ne!(super::hex(&link.digest()).get(..32), Some(link.text().as_str()));
        assert_ne!(link.erase_token(), super::hex(&link.digest()));
        assert_eq!(reference(&link.digest()).len(), 9);
    }
}
