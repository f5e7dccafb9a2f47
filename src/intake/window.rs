//! Cuts the two ends of a large text so that each holds whole lines. Knows the width of a line end, not
//! the encoding; `decode` finds that out later from what is left.

/// How a line end is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// `0A`: UTF-8, Big5, GBK.
    Byte,
    /// `0A 00`, at even offsets: UTF-16LE.
    Little,
    /// `00 0A`, at even offsets: UTF-16BE.
    Big,
}

impl Unit {
    /// Told from the byte order mark, else from which half of the pairs is zero: blanks and digits of any
    /// language have a zero half, and a console text is full of them.
    #[must_use]
    pub fn of(head: &[u8]) -> Self {
        match head {
            [0xff, 0xfe, ..] => return Self::Little,
            [0xfe, 0xff, ..] => return Self::Big,
            _ => {}
        }
        let start = head.get(..head.len().min(4096)).unwrap_or_default();
        let zeros = |odd: usize| start.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
        let (even, odd) = (zeros(0), zeros(1));
        let many = start.len() / 10;
        match () {
            () if odd > many && odd > even * 4 => Self::Little,
            () if even > many && even > odd * 4 => Self::Big,
            () => Self::Byte,
        }
    }

    const fn width(self) -> usize {
        match self {
            Self::Byte => 1,
            Self::Little | Self::Big => 2,
        }
    }

    fn is(self, pair: &[u8], wanted: u8) -> bool {
        match self {
            Self::Byte => pair == [wanted],
            Self::Little => pair == [wanted, 0],
            Self::Big => pair == [0, wanted],
        }
    }
}

/// Bytes of `head` to keep: up to its last line end; without one, up to its last blank; without that, all
/// whole units.
#[must_use]
pub fn keep_of_head(head: &[u8], unit: Unit) -> usize {
    let width = unit.width();
    let whole = head.len() - head.len() % width;
    let units = head.get(..whole).unwrap_or_default();
    let last = |wanted| units.chunks_exact(width).rposition(|pair| unit.is(pair, wanted)).map(|i| (i + 1) * width);
    last(b'\n').or_else(|| last(b' ')).unwrap_or(whole)
}

/// Bytes of `tail` to drop: through its first line end, else through its first blank, else none. The tail
/// must start at an even offset of the file.
#[must_use]
pub fn drop_of_tail(tail: &[u8], unit: Unit) -> usize {
    let width = unit.width();
    let first = |wanted| tail.chunks_exact(width).position(|pair| unit.is(pair, wanted)).map(|i| (i + 1) * width);
    first(b'\n').or_else(|| first(b' ')).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Unit, drop_of_tail, keep_of_head};

    fn little(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn units_are_told_without_a_mark() {
        assert_eq!(Unit::of(b"Error: 0xC004F074\r\n"), Unit::Byte);
        assert_eq!(Unit::of("錯誤: 0xC004F074\r\n".as_bytes()), Unit::Byte);
        assert_eq!(Unit::of(&little("錯誤: 0xC004F074\r\n")), Unit::Little);
        let big: Vec<u8> = "錯誤: 0xC004F074".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(Unit::of(&big), Unit::Big);
    }

    #[test]
    fn cuts_fall_between_lines() {
        assert_eq!(keep_of_head(b"one\ntw", Unit::Byte), 4);
        assert_eq!(drop_of_tail(b"wo\nthree\n", Unit::Byte), 3);
        assert_eq!(keep_of_head(b"no line end", Unit::Byte), 8);
        assert_eq!(drop_of_tail(b"nothing", Unit::Byte), 0);
    }

    #[test]
    fn half_a_character_is_no_line_end() {
        // U+0A41 and U+410A hold the byte 0A, and are no line ends.
        let text = little("\u{0a41}\u{410a}x\n\u{0a41}");
        assert_eq!(keep_of_head(&text, Unit::Little), 8);
        assert_eq!(drop_of_tail(&text, Unit::Little), 8);
        assert_eq!(keep_of_head(&text[..9], Unit::Little), 8);
    }
}
