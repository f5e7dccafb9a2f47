//! The form in which text is compared: no blanks, no quotes, no brackets, half-width, lower case.
//! Knows nothing about messages. Quotes shown to people always come from the text itself.
//!
//! People retype, wrap, OCR and paste; a colon becomes `：`, a blank gets lost, Markdown adds `**`.
//! None of that changes what a console said, so none of it survives folding. Colons, slashes and
//! equals signs do: they separate a label from its value.

/// Text in comparable form, and where each byte of it came from.
#[derive(Debug, Default, Clone)]
pub struct Folded {
    /// UTF-8.
    pub bytes: Vec<u8>,
    /// For each byte of `bytes`, the offset of its character in the source text.
    pub origin: Vec<u32>,
    /// Length of the source text.
    source_len: usize,
}

impl Folded {
    /// Folds `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut bytes = Vec::with_capacity(text.len());
        let mut origin = Vec::with_capacity(text.len());
        walk(text, |at, c| {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                bytes.push(byte);
                origin.push(u32::try_from(at).unwrap_or(u32::MAX));
            }
        });
        Self { bytes, origin, source_len: text.len() }
    }

    /// Source offset of the folded byte at `index`; the source's end for the folded end.
    #[must_use]
    pub fn source(&self, index: usize) -> usize {
        self.origin.get(index).map_or(self.source_len, |&at| at as usize)
    }

    /// Source offset just behind the character that the folded byte before `index` came from.
    #[must_use]
    pub fn source_end(&self, text: &str, index: usize) -> usize {
        let Some(&last) = index.checked_sub(1).and_then(|i| self.origin.get(i)) else {
            return 0;
        };
        let last = last as usize;
        last + text.get(last..).and_then(|t| t.chars().next()).map_or(0, char::len_utf8)
    }
}

/// Folds `text` without keeping origins: for literals and for the one pass over large texts.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    walk(text, |_, c| out.push(c));
    out
}

/// Appends the folded form of `text` to `out`, as UTF-8, at memory speed: the way for large texts.
pub fn fold_into(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let start = out.len();
    // Folding never makes a text longer, so that each byte has its place before the loop begins.
    out.resize(start + bytes.len(), 0);
    let Some(room) = out.get_mut(start..) else { return };
    let (mut at, mut filled) = (0, 0);
    while at < bytes.len() {
        (at, filled) = copy_plain(bytes, at, room, filled);
        let Some(&byte) = bytes.get(at) else { break };
        if byte < 0x80 {
            at += 1 + skip_markup(bytes, at);
            continue;
        }
        let Some(c) = text.get(at..).and_then(|t| t.chars().next()) else { break };
        if let Some(kept) = fold_wide(c) {
            let mut buffer = [0; 4];
            filled = copy(room, filled, kept.encode_utf8(&mut buffer).as_bytes());
        }
        at += c.len_utf8();
    }
    out.truncate(start + filled);
}

/// Copies folded ASCII and unified ideographs from `at` on to `room`; returns where something else
/// begins, and how much of `room` is filled.
fn copy_plain(bytes: &[u8], mut at: usize, room: &mut [u8], mut filled: usize) -> (usize, usize) {
    while let Some(&byte) = bytes.get(at) {
        if byte < 0x80 {
            let kept = PLAIN.get(usize::from(byte)).copied().unwrap_or(0);
            if kept == STOP {
                break;
            }
            // Written whether kept or not: a branch on every blank costs more than the byte.
            if let Some(place) = room.get_mut(filled) {
                *place = kept;
            }
            filled += usize::from(kept != 0);
            at += 1;
        } else if (0xe4..=0xe9).contains(&byte) {
            // U+4000 to U+9FFF: nothing in there folds.
            filled = copy(room, filled, bytes.get(at..at + 3).unwrap_or_default());
            at += 3;
        } else {
            break;
        }
    }
    (at, filled)
}

/// Writes `piece` behind the first `filled` bytes of `room`; returns how many are filled then.
fn copy(room: &mut [u8], filled: usize, piece: &[u8]) -> usize {
    if let Some(place) = room.get_mut(filled..filled + piece.len()) {
        place.copy_from_slice(piece);
    }
    filled + piece.len()
}

/// Calls `keep` with the offset and the folded form of each character that survives.
fn walk(text: &str, mut keep: impl FnMut(usize, char)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte < 0x80 {
            match ASCII.get(usize::from(byte)).copied().unwrap_or(0) {
                0 => at += 1 + skip_markup(bytes, at),
                kept => {
                    keep(at, char::from(kept));
                    at += 1;
                }
            }
            continue;
        }
        let Some(c) = text.get(at..).and_then(|t| t.chars().next()) else { return };
        if let Some(kept) = fold_wide(c) {
            keep(at, kept);
        }
        at += c.len_utf8();
    }
}

/// For each ASCII byte its folded form, 0 where it is dropped.
const ASCII: [u8; 128] = ascii_table();

#[expect(clippy::cast_possible_truncation, clippy::indexing_slicing, reason = "evaluated by the compiler, which checks both")]
const fn ascii_table() -> [u8; 128] {
    let mut table = [0; 128];
    let mut i = 0;
    while i < 128 {
        let byte = i as u8;
        table[i] = match byte {
            b'A'..=b'Z' => byte + 32,
            b'a'..=b'z' | b'0'..=b'9' | b':' | b'/' | b'=' | b'%' | b'+' | b'@' | b'?' | b'!' => byte,
            _ => 0,
        };
        i += 1;
    }
    table
}

/// [`ASCII`] with the bytes marked that may begin a piece of markup.
const PLAIN: [u8; 256] = plain_table();

/// Mark of a byte that may begin a piece of markup; no folded byte.
const STOP: u8 = 0xff;

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which checks it")]
const fn plain_table() -> [u8; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 128 {
        table[i] = if matches!(i, 0x1b | 0x26 | 0x3c) { STOP } else { ASCII[i] };
        i += 1;
    }
    table
}

/// Dropped byte at `at`: how many further bytes belong to the same piece of markup.
/// `ESC [ 31 m`, `&lt;`, `<br>`; 0 for everything else.
fn skip_markup(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at + 1..).unwrap_or_default();
    match bytes.get(at) {
        Some(0x1b) => ansi_length(rest),
        Some(b'&') => entity_length(rest),
        Some(b'<') => tag_length(rest),
        _ => 0,
    }
}

fn ansi_length(rest: &[u8]) -> usize {
    if rest.first() != Some(&b'[') {
        return 0;
    }
    let end = rest.iter().skip(1).take(16).position(|b| (0x40..=0x7e).contains(b));
    end.map_or(0, |i| i + 2)
}

/// Entities that stand for characters which folding drops anyway.
const ENTITIES: [&[u8]; 8] = [b"lt;", b"gt;", b"amp;", b"quot;", b"nbsp;", b"apos;", b"#39;", b"#160;"];

fn entity_length(rest: &[u8]) -> usize {
    ENTITIES.iter().find(|e| rest.starts_with(e)).map_or(0, |e| e.len())
}

/// Element names of pasted HTML; `<Product activation successful>` is none of them.
const TAGS: [&str; 20] = [
    "p",
    "br",
    "div",
    "span",
    "pre",
    "code",
    "li",
    "ul",
    "ol",
    "td",
    "tr",
    "th",
    "b",
    "i",
    "em",
    "strong",
    "blockquote",
    "font",
    "a",
    "h3",
];

fn tag_length(rest: &[u8]) -> usize {
    let body = rest.strip_prefix(b"/").unwrap_or(rest);
    let name: Vec<u8> = body.iter().copied().take_while(u8::is_ascii_alphanumeric).take(11).collect();
    let known = TAGS.iter().any(|t| name.eq_ignore_ascii_case(t.as_bytes()));
    if !known {
        return 0;
    }
    rest.iter().take(160).position(|&b| b == b'>').map_or(0, |i| i + 1)
}

/// Folds a character outside ASCII; `None` drops it.
fn fold_wide(c: char) -> Option<char> {
    match c {
        '\u{ff01}'..='\u{ff5e}' => {
            let half = char::from_u32(u32::from(c) - 0xfee0)?;
            match ASCII.get(half as usize).copied().unwrap_or(0) {
                0 => None,
                kept => Some(char::from(kept)),
            }
        }
        '\u{fe55}' | '\u{2236}' | '\u{fe13}' => Some(':'),
        // Blanks, soft hyphens, joiners, direction marks, byte order marks, variation selectors.
        '\u{80}'..='\u{a0}' | '\u{ad}' | '\u{180e}' | '\u{2000}'..='\u{206f}' | '\u{3000}' | '\u{feff}' => None,
        '\u{fe00}'..='\u{fe0f}' | '\u{fff9}'..='\u{fffc}' => None,
        // Quotes, bullets, dashes, CJK punctuation, box drawing.
        '«'
        | '»'
        | '·'
        | '§'
        | '¶'
        | '−'
        | '、'
        | '。'
        | '「'
        | '」'
        | '『'
        | '』'
        | '【'
        | '】'
        | '《'
        | '》'
        | '〈'
        | '〉'
        | '〔'
        | '〕'
        | '\u{2500}'..='\u{25ff}'
        | '\u{fe10}'..='\u{fe12}'
        | '\u{fe19}'
        | '\u{fe30}'..='\u{fe4f}'
        | '\u{fe50}'..='\u{fe6b}'
        | '\u{ff61}'..='\u{ff65}' => None,
        _ => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::{Folded, fold};

    #[test]
    fn punctuation_blanks_and_width_do_not_matter() {
        let console = fold("License Status:  ---LICENSED---");
        assert_eq!(console, "licensestatus:licensed");
        assert_eq!(fold("**License\u{a0}Status**： ---ＬＩＣＥＮＳＥＤ---"), console);
        assert_eq!(fold("License \u{1b}[31mStatus:\u{1b}[0m LICENSED"), console);
    }

    #[test]
    fn markup_is_skipped_but_angle_messages_stay() {
        assert_eq!(fold("<p>&lt;Product activation successful&gt;</p>"), "productactivationsuccessful");
        assert_eq!(fold("<Product activation successful>"), "productactivationsuccessful");
    }

    #[test]
    fn the_fast_way_folds_the_same() {
        for text in ["錯誤： 0xC004 <br>&lt;ok&gt;", "a\u{1b}[1mb\u{3000}c、d", "Ｗｉｎ (R) 「啟用」…é", "<", "&", "\u{1b}"] {
            let mut fast = Vec::new();
            super::fold_into(text, &mut fast);
            assert_eq!(fast, fold(text).into_bytes(), "{text}");
            assert_eq!(fast, Folded::new(text).bytes, "{text}");
        }
    }

    #[test]
    fn origins_point_at_the_source_character() {
        let text = "錯誤： 0xC004";
        let folded = Folded::new(text);
        let at = folded.bytes.iter().position(|&b| b == b'0').unwrap();
        assert_eq!(folded.source(at), text.find('0').unwrap());
        assert_eq!(folded.source_end(text, at), text.find(' ').unwrap());
        assert_eq!(folded.source(folded.bytes.len()), text.len());
    }
}
