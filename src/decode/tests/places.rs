//! Any bytes: segments cover them in order, and text offsets lead back to them.

use super::super::{DecodedText, codepage, common, decode};
use super::{Noise, encode, legacy_texts};

fn check(bytes: &[u8]) -> DecodedText {
    let got = decode(bytes);
    let (mut byte, mut text) = (0, 0);
    for segment in &got.segments {
        assert_eq!((segment.bytes.start, segment.text.start), (byte, text));
        assert!(segment.bytes.end > byte && segment.text.end >= text);
        assert!(got.text.is_char_boundary(segment.text.end));
        (byte, text) = (segment.bytes.end, segment.text.end);
    }
    assert_eq!((byte, text), (bytes.len(), got.text.len()));
    assert!(!got.text.contains(['\0', '\u{FEFF}']));
    let mut last = 0;
    for offset in 0..=got.text.len() + 1 {
        let place = got.source_offset(offset);
        assert!(place >= last && place <= bytes.len());
        last = place;
    }
    assert_eq!(last, bytes.len());
    got
}

#[test]
fn random_bytes_are_covered() {
    let mut noise = Noise(88_172_645_463_325_252);
    for round in 0..3000 {
        let len = noise.below(if round % 50 == 0 { 3000 } else { 60 });
        let kind = noise.below(4);
        let bytes: Vec<u8> = (0..len)
            .map(|_| match (kind, noise.next() as u8) {
                (0, byte) => byte,
                (1, byte) => byte | 0x80,
                (2, byte) => byte & 0x7F,
                (_, byte) => [0, 0xA4, 0x0A, 0xFF, 0xFE, 0x4E, 0xEF, 0x41][usize::from(byte & 7)],
            })
            .collect();
        check(&bytes);
    }
}

#[test]
fn damaged_texts_are_covered() {
    let mut noise = Noise(42);
    let texts = legacy_texts();
    for _ in 0..1500 {
        let mut bytes = Vec::new();
        for _ in 0..1 + noise.below(3) {
            let (text, own) = texts[noise.below(texts.len())];
            let encoding = [own, "utf-8", "utf-16le", "utf-16be"][noise.below(4)];
            bytes.extend(encode(text, encoding));
        }
        for _ in 0..noise.below(6) {
            let at = noise.below(bytes.len());
            match noise.below(3) {
                0 => bytes[at] = noise.next() as u8,
                1 => bytes.insert(at, noise.next() as u8),
                _ => drop(bytes.remove(at)),
            }
            if bytes.is_empty() {
                break;
            }
        }
        check(&bytes);
    }
}

#[test]
fn every_character_leads_back_to_its_bytes() {
    for (text, own) in legacy_texts() {
        for encoding in [own, "utf-8", "utf-16le", "utf-16be"] {
            let got = check(&encode(text, encoding));
            assert_eq!(got.text, text);
            for (offset, _) in text.char_indices() {
                let wanted = encode(&text[..offset], encoding).len();
                assert_eq!(got.source_offset(offset), wanted, "{encoding} {text:?}");
            }
        }
    }
}

#[test]
fn long_inputs_are_read_in_windows() {
    let line = "正在啟用 Windows(R), 產品已成功啟用。金鑰管理服務電腦名稱已成功設定";
    let text = line.repeat(6000);
    for encoding in ["big5", "utf-16le"] {
        let bytes = encode(&text, encoding);
        let got = decode(&bytes);
        assert!(got.text == text && got.segments.len() == 1);
        let middle = text.char_indices().nth(200_001).unwrap().0;
        assert_eq!(got.source_offset(middle), encode(&text[..middle], encoding).len());
    }
    let long = [encode(&text, "big5"), encode(&text, "utf-8")].concat();
    assert!(decode(&long).text == text.repeat(2));
}

#[test]
fn tables_agree_with_the_standards() {
    let unit = |found: Option<u16>| found.map_or(0, u32::from);
    let level = |leads: std::ops::RangeInclusive<u16>, decode: fn(u8, u8) -> Option<u16>| {
        let mut units: Vec<u32> =
            leads.map(|code| unit(decode((code >> 8) as u8, code as u8))).filter(|unit| (0x4E00..0xA000).contains(unit)).collect();
        units.sort_unstable();
        units
    };
    let set = |member: fn(u32) -> bool| (0..0x11_0000).filter(|&c| member(c)).collect::<Vec<_>>();
    assert_eq!(set(common::traditional), level(0xA440..=0xC67E, codepage::big5));
    let gb2312: fn(u8, u8) -> Option<u16> = |lead, trail| if trail >= 0xA1 { codepage::gbk(lead, trail) } else { None };
    assert_eq!(set(common::simplified), level(0xB0A1..=0xD7F9, gb2312));
    for byte in 0x80..=0xFF {
        let bytes = [byte];
        let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes);
        assert_eq!(text.chars().next().map(u32::from), Some(u32::from(codepage::cp1252(byte))));
    }
    assert_eq!(codepage::big5(0xFA, 0x40), Some(0xE000));
    assert_eq!(codepage::big5(0x81, 0x40), Some(0xEEB8));
    assert_eq!(codepage::big5(0xC6, 0xA1), Some(0xF6B1));
    assert_eq!(codepage::big5(0xC8, 0xFE), Some(0xF848));
}
