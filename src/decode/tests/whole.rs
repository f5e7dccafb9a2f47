//! Files in one encoding: with and without byte order mark, whole and clipped.

use super::super::decode;
use super::{encode, legacy_texts, texts};

const BOMS: [(&str, &[u8]); 3] = [("utf-8", b"\xEF\xBB\xBF"), ("utf-16le", b"\xFF\xFE"), ("utf-16be", b"\xFE\xFF")];

fn row(name: &str, cases: Vec<(String, Vec<u8>, Check)>, failed: &mut usize) {
    let total = cases.len();
    let mut wrong = 0;
    for (wanted, bytes, check) in cases {
        let got = decode(&bytes);
        if !check(&wanted, &got.text) {
            wrong += 1;
            println!("  {name}: wanted {wanted:?}\n    got {:?} as {}", got.text, got.encoding_label());
        }
    }
    println!("{name:<24} {wrong} wrong of {total}");
    *failed += wrong;
}

type Check = fn(&str, &str) -> bool;

fn exact(wanted: &str, got: &str) -> bool {
    wanted == got
}

/// All but the clipped character, for which one sign may stand.
fn tail(wanted: &str, got: &str) -> bool {
    got.ends_with(wanted) && got.chars().count() <= wanted.chars().count() + 1
}

fn head(wanted: &str, got: &str) -> bool {
    got.starts_with(wanted) && got.chars().count() <= wanted.chars().count() + 1
}

/// Cuts through the first or the last Chinese character.
fn clipped(text: &str, encoding: &str, at_head: bool) -> (String, Vec<u8>, Check) {
    let mut han = text.char_indices().filter(|(_, c)| !c.is_ascii());
    if at_head {
        let (at, c) = han.next().unwrap();
        let rest = &text[at + c.len_utf8()..];
        let bytes = encode(&text[at..], encoding);
        (rest.to_owned(), bytes[1..].to_vec(), tail)
    } else {
        let (at, _) = han.next_back().unwrap();
        let mut bytes = encode(&text[..at], encoding);
        bytes.push(encode(&text[at..], encoding)[0]);
        (text[..at].to_owned(), bytes, head)
    }
}

/// Returns how many of the 522 texts were read wrongly.
pub(super) fn table() -> usize {
    let legacy = legacy_texts();
    let all = || legacy.iter().map(|(text, _)| *text).chain(texts::ENGLISH);
    let mut failed = 0;
    for wanted in ["big5", "gb18030"] {
        let of = legacy.iter().filter(|(_, encoding)| *encoding == wanted);
        let cases = of.map(|(text, e)| (text.to_string(), encode(text, e), exact as Check));
        row(wanted, cases.collect(), &mut failed);
    }
    for at_head in [true, false] {
        let cases = legacy.iter().map(|(text, e)| clipped(text, e, at_head));
        row(if at_head { "clipped head" } else { "clipped tail" }, cases.collect(), &mut failed);
    }
    for encoding in ["utf-8", "utf-16le", "utf-16be"] {
        let cases = all().map(|text| (text.to_owned(), encode(text, encoding), exact as Check));
        row(encoding, cases.collect(), &mut failed);
    }
    for (encoding, bom) in BOMS {
        let cases = all().map(|text| {
            let bytes = [bom, &encode(text, encoding)].concat();
            (text.to_owned(), bytes, exact as Check)
        });
        row(&format!("{encoding} with BOM"), cases.collect(), &mut failed);
    }
    failed
}

#[test]
fn utf_16_english_needs_no_mark_and_no_even_length() {
    for text in texts::ENGLISH {
        for encoding in ["utf-16le", "utf-16be"] {
            let bytes = encode(text, encoding);
            assert_eq!(decode(&bytes).text, text);
            let cut = decode(&bytes[..bytes.len() - 1]).text;
            assert_eq!(cut.trim_end_matches('\u{FFFD}').trim_end(), text.trim_end());
            let cut = decode(&bytes[1..]).text;
            assert!(cut.contains(&text[1..text.len() - 2]), "{cut:?}");
        }
    }
}

#[test]
fn clipped_utf_8_is_still_utf_8() {
    for (text, _) in legacy_texts() {
        let start = text.char_indices().find(|(_, c)| !c.is_ascii()).unwrap().0;
        for cut in 1..3 {
            let got = decode(&text.as_bytes()[start + cut..]).text;
            assert!(got.ends_with(text[start..].trim_start_matches(|c: char| !c.is_ascii())));
            if text.chars().filter(|c| !c.is_ascii()).count() > 4 {
                assert!(got.ends_with(&text[start + 3..]), "{got:?}");
            }
        }
    }
}

#[test]
fn western_texts_are_read() {
    let french = "Produit activé avec succès. Clé réussie, déjà installée sur l'hôte.\r\n";
    let got = decode(&encode(french, "windows-1252"));
    assert_eq!((got.text.as_str(), got.encoding_label().as_str()), (french, "windows-1252"));
    let german: Vec<u8> = b"Das Produkt wurde f\x81r den Schl\x81ssel ge\x84ndert.\r\n".to_vec();
    let got = decode(&german);
    assert_eq!(got.text, "Das Produkt wurde für den Schlüssel geändert.\r\n");
    assert_eq!(got.encoding_label(), "cp437");
    let ruled = b"\xDA\xC4\xC4\xC4\xC4\xC4\xC4\xBF\r\n\xB3 KMS  \xB3\r\n\xC0\xC4\xC4\xC4\xC4\xC4\xC4\xD9\r\n";
    assert_eq!(decode(ruled).text, "┌──────┐\r\n│ KMS  │\r\n└──────┘\r\n");
}

#[test]
fn windows_big5_is_not_the_webs() {
    let got = decode(b"\xB2\xA3\xAB~\xA4w\xA6\xA8\xA5\\\xB1\xD2\xA5\xCE \xF9\xFE\r\n");
    assert_eq!(got.text, "產品已成功啟用 ▓\r\n");
}

#[test]
fn nuls_leave_no_text() {
    let mut bytes = encode("產品已成功啟用。\r\n", "big5");
    bytes.insert(4, 0);
    bytes.extend([0; 9]);
    let got = decode(&bytes);
    assert_eq!((got.text.as_str(), got.replaced), ("產品已成功啟用。\r\n", 0));
    assert_eq!(decode(b"ab\0cd\r\n").text, "abcd\r\n");
    assert_eq!(decode(b"").text, "");
}
