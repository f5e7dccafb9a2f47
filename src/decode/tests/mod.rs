//! Measures decoding on invented texts and holds the figures. `cargo test decode::tests::tables -- --nocapture`
//! prints them.

mod mixed;
mod mojibake;
mod places;
mod tables;
mod texts;
mod whole;

use encoding_rs::{BIG5, GB18030, WINDOWS_1252};

/// The 28 texts of each place with the encoding their consoles use.
pub(super) fn legacy_texts() -> Vec<(&'static str, &'static str)> {
    let taiwan = texts::TAIWAN.iter().map(|text| (*text, "big5"));
    taiwan.chain(texts::MAINLAND.iter().map(|text| (*text, "gb18030"))).collect()
}

/// Bytes of `text` in one of the encodings the decoder names.
pub(super) fn encode(text: &str, encoding: &str) -> Vec<u8> {
    match encoding {
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "big5" => whole(BIG5.encode(text)),
        "gb18030" => whole(GB18030.encode(text)),
        "windows-1252" => whole(WINDOWS_1252.encode(text)),
        _ => text.as_bytes().to_vec(),
    }
}

fn whole(encoded: (std::borrow::Cow<[u8]>, &encoding_rs::Encoding, bool)) -> Vec<u8> {
    assert!(!encoded.2, "the text has characters outside the encoding");
    encoded.0.into_owned()
}

/// Reproducible noise (xorshift).
pub(super) struct Noise(pub u64);

impl Noise {
    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}

/// Share of characters that differ, counted by edit distance.
pub(super) fn character_error(wanted: &str, got: &str) -> f64 {
    let (wanted, got): (Vec<char>, Vec<char>) = (wanted.chars().collect(), got.chars().collect());
    let mut row: Vec<usize> = (0..=got.len()).collect();
    for (i, &a) in wanted.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, &b) in got.iter().enumerate() {
            let best = (corner + usize::from(a != b)).min(row[j] + 1).min(row[j + 1] + 1);
            corner = row[j + 1];
            row[j + 1] = best;
        }
    }
    row[got.len()] as f64 / wanted.len().max(1) as f64
}
