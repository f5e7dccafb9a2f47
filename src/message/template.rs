//! One wording of one message, compiled: literals that must stand there, and slots between them.

use std::ops::Range;

use memchr::memmem;

use super::slot::SlotType;
use crate::fold::{Folded, fold};

/// A piece of a wording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// Folded text.
    Literal(String),
    /// One or more slots without text between them, by index into the message's slots.
    Slots(Vec<usize>),
}

/// A compiled wording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    pub(crate) parts: Vec<Part>,
    /// Index in `parts` of the longest literal.
    pub(crate) anchor: usize,
    /// Folded bytes of all literals: the measure of how specific the wording is.
    pub(crate) literal_len: usize,
}

/// Three Chinese characters or nine Latin letters leave a handful of messages to compare; longer heads
/// make an automaton that takes longer to build than a small file takes to read.
const ANCHOR_BYTES_MAX: usize = 9;

/// A slot of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) name: String,
    pub(crate) kind: SlotType,
}

/// Where a template fits.
#[derive(Debug, Clone)]
pub(crate) struct Fit {
    /// Folded range from the first literal (or slot) to the end of the last.
    pub(crate) range: Range<usize>,
    /// End of the last literal.
    pub(crate) literal_end: usize,
    /// Slot values by index.
    pub(crate) values: Vec<(usize, String)>,
}

impl Template {
    /// Compiles `"Error: %CODE% %TEXT%"`. Errors name the undeclared slot or the missing literal.
    pub(crate) fn compile(wording: &str, slots: &[Slot]) -> Result<Self, String> {
        let mut parts: Vec<Part> = Vec::new();
        for (i, piece) in split_slots(wording).into_iter().enumerate() {
            if i % 2 == 0 {
                let literal = fold(piece);
                if !literal.is_empty() {
                    parts.push(Part::Literal(literal));
                }
                continue;
            }
            let Some(index) = slots.iter().position(|s| s.name == piece) else {
                return Err(format!("slot %{piece}% is not declared under `slots`"));
            };
            match parts.last_mut() {
                Some(Part::Slots(list)) => list.push(index),
                _ => parts.push(Part::Slots(vec![index])),
            }
        }
        let lengths = parts.iter().enumerate().map(|(i, p)| (if let Part::Literal(l) = p { l.len() } else { 0 }, std::cmp::Reverse(i)));
        let Some((longest, std::cmp::Reverse(anchor))) = lengths.max() else {
            return Err("the wording is empty".to_owned());
        };
        if longest < 2 {
            return Err("the wording has no text to recognise it by".to_owned());
        }
        let literal_len = parts.iter().map(|p| if let Part::Literal(l) = p { l.len() } else { 0 }).sum();
        Ok(Self { parts, anchor, literal_len })
    }

    /// The longest literal.
    pub(crate) fn anchor_literal(&self) -> &str {
        match self.parts.get(self.anchor) {
            Some(Part::Literal(text)) => text,
            _ => "",
        }
    }

    /// Whether its text begins with `folded`.
    pub(crate) fn begins_with(&self, folded: &str) -> bool {
        matches!(self.parts.first(), Some(Part::Literal(text)) if text.starts_with(folded))
    }

    /// What the automaton looks for: the head of the longest literal. Long literals would only make
    /// the automaton larger and slower; [`Template::fit`] compares the rest.
    pub(crate) fn anchor_text(&self) -> &str {
        let literal = self.anchor_literal();
        let mut end = literal.len().min(ANCHOR_BYTES_MAX);
        while !literal.is_char_boundary(end) {
            end -= 1;
        }
        literal.get(..end).unwrap_or(literal)
    }

    /// Fits the template around an occurrence of its anchor at folded offset `at`, inside `window`.
    pub(crate) fn fit(&self, text: &str, folded: &Folded, at: usize, window: Range<usize>, slots: &[Slot]) -> Option<Fit> {
        if !folded.bytes.get(at..window.end)?.starts_with(self.anchor_literal().as_bytes()) {
            return None;
        }
        let start = self.start_before(folded, at, window.start)?;
        let mut position = start;
        let mut literal_end = start;
        let mut values = Vec::new();
        for (i, part) in self.parts.iter().enumerate() {
            match part {
                Part::Literal(literal) => {
                    let here = if i == self.anchor { at } else { position };
                    if !folded.bytes.get(here..window.end)?.starts_with(literal.as_bytes()) {
                        return None;
                    }
                    position = here + literal.len();
                    literal_end = position;
                }
                Part::Slots(list) => {
                    let (end, exact) = self.gap_end(folded, i, position, at, window.end)?;
                    let from = if position == 0 { 0 } else { folded.source_end(text, position) };
                    let gap = text.get(from..folded.source(end).max(from))?;
                    let used = read_slots(gap, list, slots, exact, &mut values)?;
                    position = if exact { end } else { end_of(folded, from + used, position, end) };
                }
            }
        }
        Some(Fit { range: start..position, literal_end, values })
    }

    /// Walks back from the anchor over the parts before it; the first part's folded offset.
    fn start_before(&self, folded: &Folded, at: usize, window_start: usize) -> Option<usize> {
        let before = folded.bytes.get(window_start..at)?;
        match self.parts.first()? {
            _ if self.anchor == 0 => Some(at),
            Part::Slots(_) => Some(window_start),
            Part::Literal(first) => memmem::rfind(before, first.as_bytes()).map(|i| window_start + i),
        }
    }

    /// Folded end of the gap that part `i` fills: where the next literal stands, else the window's end.
    fn gap_end(&self, folded: &Folded, i: usize, from: usize, at: usize, window_end: usize) -> Option<(usize, bool)> {
        match self.parts.get(i + 1) {
            None => Some((window_end, false)),
            Some(_) if i + 1 == self.anchor => (at >= from).then_some((at, true)),
            Some(Part::Literal(next)) => memmem::find(folded.bytes.get(from..window_end)?, next.as_bytes()).map(|o| (from + o, true)),
            Some(Part::Slots(_)) => None,
        }
    }
}

/// Folded offset of the first byte that came from `source` or later.
fn end_of(folded: &Folded, source: usize, from: usize, to: usize) -> usize {
    let slice = folded.origin.get(from..to).unwrap_or_default();
    from + slice.partition_point(|&o| (o as usize) < source)
}

/// Reads the slots of one gap from left to right; returns the bytes used. A text slot before a typed
/// one ends where the typed one begins.
fn read_slots(gap: &str, list: &[usize], slots: &[Slot], exact: bool, values: &mut Vec<(usize, String)>) -> Option<usize> {
    let mut from = 0;
    for (i, &index) in list.iter().enumerate() {
        let kind = slots.get(index)?.kind;
        let rest = gap.get(from..)?;
        if kind == SlotType::Text
            && let Some(next) = list.get(i + 1).and_then(|&n| slots.get(n))
        {
            let split = typed_start(rest, next.kind)?;
            values.push((index, super::slot::clean(rest.get(..split)?)));
            from += split;
            continue;
        }
        let (value, used) = kind.read(rest)?;
        values.push((index, value));
        from += used;
    }
    // Between two literals a typed slot must fill its gap but for punctuation.
    let rest = gap.get(from..).unwrap_or_default();
    (!exact || fold(rest).len() <= 2).then_some(from)
}

/// Offset in `text` at which a value of type `kind` begins.
fn typed_start(text: &str, kind: SlotType) -> Option<usize> {
    let mut previous = ' ';
    for (at, c) in text.char_indices() {
        let boundary = !previous.is_alphanumeric() && c.is_alphanumeric();
        let digits_of_length = boundary && kind.read(text.get(at..)?).is_some_and(|(_, n)| n >= 8 || kind != SlotType::Guid);
        if digits_of_length {
            return Some(at);
        }
        previous = c;
    }
    None
}

/// Splits at `%NAME%`: texts at even places, names at odd ones. A lone percent sign is text.
fn split_slots(wording: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut text_start = 0;
    let mut from = 0;
    while let Some(open) = wording.get(from..).and_then(|w| w.find('%')).map(|i| from + i) {
        let name_len = wording.get(open + 1..).and_then(|w| w.find('%'));
        let name = name_len.and_then(|n| wording.get(open + 1..open + 1 + n));
        let is_name = |n: &&str| !n.is_empty() && n.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        match name.filter(is_name) {
            Some(name) => {
                pieces.push(wording.get(text_start..open).unwrap_or_default());
                pieces.push(name);
                text_start = open + name.len() + 2;
                from = text_start;
            }
            None => from = open + 1,
        }
    }
    pieces.push(wording.get(text_start..).unwrap_or_default());
    pieces
}

#[cfg(test)]
mod tests {
    use super::{Slot, SlotType, Template};
    use crate::fold::Folded;

    fn fit(wording: &str, slots: &[(&str, SlotType)], text: &str) -> Option<Vec<String>> {
        let slots: Vec<Slot> = slots.iter().map(|(n, k)| Slot { name: (*n).into(), kind: *k }).collect();
        let template = Template::compile(wording, &slots).unwrap();
        let folded = Folded::new(text);
        let at = memchr::memmem::find(&folded.bytes, template.anchor_text().as_bytes())?;
        let fit = template.fit(text, &folded, at, 0..folded.bytes.len(), &slots)?;
        Some(fit.values.into_iter().map(|v| v.1).collect())
    }

    #[test]
    fn slots_between_literals_and_at_the_end() {
        let status = [("M", SlotType::Number), ("D", SlotType::Number)];
        let read = fit("大量啟用到期: %M% 分鐘 (%D% 天)", &status, "    大量啟用到期：259200 分鐘（180 天）");
        assert_eq!(read, Some(vec!["259200".to_owned(), "180".to_owned()]));
        let error = [("CODE", SlotType::Hex32), ("TEXT", SlotType::Text)];
        let read = fit("Error: %CODE% %TEXT%", &error, "Error: 0xC004F074 No KMS.");
        assert_eq!(read, Some(vec!["0xC004F074".to_owned(), "No KMS.".to_owned()]));
        assert_eq!(fit("Error: %CODE% %TEXT%", &error, "Error: product not found."), None);
    }

    #[test]
    fn a_name_ends_where_its_id_begins() {
        let slots = [("NAME", SlotType::Text), ("ID", SlotType::Guid)];
        let line = "Activating Windows(R), Professional edition (2de67392-b7a7-462a-b1ca-108dd189f588) ...";
        let read = fit("Activating %NAME% (%ID%) ...", &slots, line).unwrap();
        assert_eq!(read, ["Windows(R), Professional edition", "2de67392-b7a7-462a-b1ca-108dd189f588"]);
    }

    #[test]
    fn undeclared_slots_are_errors() {
        assert!(Template::compile("Error %CODE%", &[]).unwrap_err().contains("%CODE%"));
    }
}
