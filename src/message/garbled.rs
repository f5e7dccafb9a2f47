//! Damaged forms of known wordings, for texts whose bytes were lost: no decoder brings them back, but
//! what a wrong code page makes of a known sentence is known too.

use encoding_rs::{BIG5, Encoding, GBK};

use super::template::{Part, Template};
use super::{Confidence, Wording};
use crate::fold::fold;

/// A damaged literal shorter than this (in folded bytes) could be anything.
const MIN_BYTES: usize = 12;

/// For each wording with Chinese text, its damaged forms. Slots are kept where the literals around
/// them survive; a wording whose literals become too short is left out.
pub(super) fn wordings(plain: &[Wording]) -> Vec<Wording> {
    plain.iter().flat_map(damaged_wordings).collect()
}

fn damaged_wordings(wording: &Wording) -> Vec<Wording> {
    let is_cjk = wording.text.chars().any(|c| c > '\u{2e7f}');
    if !is_cjk || wording.confidence == Confidence::Garbled {
        return Vec::new();
    }
    DAMAGES.iter().filter_map(|damage| damaged(wording, *damage)).collect()
}

/// A way to lose bytes: what was written, and what it was read as.
type Damage = fn(&str) -> String;

const DAMAGES: [Damage; 6] = [
    |s| read_utf8_as(s, GBK, 0),
    |s| read_utf8_as(s, GBK, 1),
    |s| read_utf8_as(s, BIG5, 0),
    |s| read_utf8_as(s, BIG5, 1),
    |s| legacy_as_utf8(s, BIG5),
    |s| legacy_as_utf8(s, GBK),
];

/// UTF-8 bytes read as a double-byte code page, from an even or an odd offset.
fn read_utf8_as(text: &str, wrong: &'static Encoding, skip: usize) -> String {
    let bytes = text.as_bytes().get(skip..).unwrap_or_default();
    let (read, _) = wrong.decode_without_bom_handling(bytes);
    interior(&read)
}

/// Double-byte text read as UTF-8: mostly U+FFFD, yet the ASCII between stays.
fn legacy_as_utf8(text: &str, real: &'static Encoding) -> String {
    let (bytes, _, unmappable) = real.encode(text);
    if unmappable {
        return String::new();
    }
    let (text, _) = encoding_rs::UTF_8.decode_without_bom_handling(&bytes);
    interior(&text)
}

/// Without the first and last two characters: they depend on the bytes next to them.
fn interior(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let end = chars.len().saturating_sub(2);
    chars.get(2.min(end)..end).unwrap_or_default().iter().collect()
}

/// The wording with every literal damaged. Only U+FFFD left in a literal identifies nothing.
fn damaged(wording: &Wording, damage: Damage) -> Option<Wording> {
    let mut parts = Vec::new();
    for part in &wording.template.parts {
        match part {
            Part::Literal(literal) => {
                let text = fold(&damage(literal));
                if text.chars().filter(|c| *c != '\u{fffd}').count() * 3 < text.chars().count() * 2 {
                    return None;
                }
                if !text.is_empty() {
                    parts.push(Part::Literal(text));
                }
            }
            slots @ Part::Slots(_) => parts.push(slots.clone()),
        }
    }
    let length = |p: &Part| if let Part::Literal(l) = p { l.len() } else { 0 };
    let anchor = (0..parts.len()).max_by_key(|&i| parts.get(i).map_or(0, length))?;
    let literal_len = parts.iter().map(length).sum();
    if parts.get(anchor).map_or(0, length) < MIN_BYTES || two_gaps_meet(&parts) {
        return None;
    }
    let template = Template { parts, anchor, literal_len };
    Some(Wording { template, confidence: Confidence::Garbled, ..wording.clone() })
}

/// Two slots side by side because the literal between them vanished.
fn two_gaps_meet(parts: &[Part]) -> bool {
    parts.windows(2).any(|w| matches!(w, [Part::Slots(_), Part::Slots(_)]))
}
