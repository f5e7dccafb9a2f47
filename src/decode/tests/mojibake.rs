//! Texts that were read in the wrong encoding and saved as UTF-8.

use encoding_rs::{BIG5, GBK, WINDOWS_1252};

use super::super::codepage;
use super::super::decode;
use super::{character_error, encode, legacy_texts, texts};

/// Wrong readings: how the bytes were made and as what they were read, step by step; and how many
/// of Taiwan's and the mainland's 28 texts may fail although no byte was lost.
type Step = (&'static str, &'static str);
const ROWS: [(&str, &[Step], [usize; 2]); 18] = [
    ("utf-8 as 1252", &[("utf-8", "1252")], [0, 0]),
    ("utf-8 as cp437", &[("utf-8", "437")], [0, 0]),
    ("big5/gbk as 1252", &[("own", "1252")], [0, 0]),
    ("big5/gbk as cp437", &[("own", "437")], [0, 0]),
    ("big5 as gbk, gbk as big5", &[("own", "other")], [1, 2]),
    ("utf-8 as 1252, twice", &[("utf-8", "1252"), ("utf-8", "1252")], [0, 0]),
    ("other, then 8 as 1252", &[("own", "other"), ("utf-8", "1252")], [1, 8]),
    ("own as 1252, 8 as 1252", &[("own", "1252"), ("utf-8", "1252")], [0, 0]),
    ("utf-8 as cp437, twice", &[("utf-8", "437"), ("utf-8", "437")], [0, 0]),
    ("utf-8 as gbk", &[("utf-8", "gbk")], [0, 1]),
    ("utf-8 as big5", &[("utf-8", "big5")], [28, 28]),
    ("utf-8 as gbk, twice", &[("utf-8", "gbk"), ("utf-8", "gbk")], [28, 28]),
    ("own as utf-8", &[("own", "8")], [28, 28]),
    ("utf-8 as cp950 of Windows", &[("utf-8", "950")], [28, 28]),
    ("gbk as cp950 of Windows", &[("own", "950")], [0, 2]),
    ("own as 437, 8 as 437", &[("own", "437"), ("utf-8", "437")], [0, 0]),
    ("own as 1252, 8 as 437", &[("own", "1252"), ("utf-8", "437")], [1, 0]),
    ("untouched", &[], [0, 0]),
];

fn read_as(bytes: &[u8], own: &str, as_what: &str) -> String {
    let lossy = |encoding: &'static encoding_rs::Encoding| encoding.decode_without_bom_handling(bytes).0.into_owned();
    match as_what {
        "1252" => lossy(WINDOWS_1252),
        "437" => bytes.iter().map(|&b| char::from_u32(codepage::cp437(b).into()).unwrap()).collect(),
        "gbk" => lossy(GBK),
        "big5" => lossy(BIG5),
        "950" => windows_950(bytes),
        "other" if own == "big5" => lossy(GBK),
        "other" => lossy(BIG5),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn windows_950(bytes: &[u8]) -> String {
    let (mut text, mut at) = (String::new(), 0);
    while at < bytes.len() {
        let pair = bytes.get(at + 1).and_then(|&trail| codepage::big5(bytes[at], trail));
        match pair {
            _ if bytes[at] < 0x80 => text.push(char::from(bytes[at])),
            Some(unit) => {
                text.push(char::from_u32(unit.into()).unwrap());
                at += 1;
            }
            None => text.push('?'),
        }
        at += 1;
    }
    text
}

fn garble(text: &str, own: &str, steps: &[Step]) -> String {
    steps.iter().fold(text.to_owned(), |text, (made, as_what)| {
        let made = if *made == "own" { own } else { made };
        read_as(&encode(&text, made), own, as_what)
    })
}

/// Prints the table; returns the rows that are worse than they should be. A text whose garbled
/// form has U+FFFD has lost bytes: it counts for the error, not among the ones to get exact.
pub(super) fn table() -> Vec<String> {
    let mut worse = Vec::new();
    for (name, steps, misses) in ROWS {
        let (mut exact, mut whole, mut error) = ([0, 0], [0, 0], [0.0, 0.0]);
        for (text, own) in legacy_texts() {
            let place = usize::from(own != "big5");
            let garbled = garble(text, own, steps);
            let got = decode(garbled.as_bytes());
            let kept = !garbled.contains('\u{FFFD}');
            whole[place] += usize::from(kept);
            exact[place] += usize::from(kept && got.text == text);
            error[place] += character_error(text, &got.text) / 28.0 * 100.0;
            if got.text != text && kept && misses[place] < 9 {
                println!("  {name}: {text:?}\n    {:?} {}", got.text, got.encoding_label());
            }
        }
        print!("{name:<26}");
        for place in [0, 1] {
            let (place_name, exact, whole) = (["TW", "CN"][place], exact[place], whole[place]);
            print!(" {place_name} {exact} of {whole} whole (CER {:.1} %)", error[place]);
            if exact + misses[place] < whole {
                worse.push(format!("{name} {place_name}"));
            }
        }
        println!();
    }
    worse
}

#[test]
fn clean_text_is_never_touched() {
    let others = [
        "Produit activé avec succès — clé n° 3, déjà installée « ici ».",
        "Продукт успешно активирован. Ошибка: 0xC004F074",
        "製品は正常にライセンス認証されました。エラー: 0xC004F074",
        "제품을 성공적으로 정품 인증했습니다.",
        "Größe: 5 µm ± 2 °C, ½ Preis für €3…",
        "┌──────┐\n│ KMS  │\n└──────┘",
        "✅ done 🎉 → “ok”",
        "Příliš žluťoučký kůň úpěl ďábelské ódy",
        "Πλήκτρο προϊόντος",
        "靐龘齉龗",
        "é",
        "中",
    ];
    let own = legacy_texts().into_iter().map(|(text, _)| text);
    for text in others.into_iter().chain(own).chain(texts::ENGLISH) {
        let got = decode(text.as_bytes());
        assert_eq!(got.text, text);
        assert!(got.recovered.is_none() && got.replaced == 0);
    }
}

#[test]
fn suspicion_tells_clean_from_garbled() {
    for (text, own) in legacy_texts() {
        assert!(super::super::suspicion(text) < 0.1, "{text}");
        if text.chars().filter(|c| !c.is_ascii()).count() > 4 {
            for (made, as_what) in [("utf-8", "1252"), ("utf-8", "gbk"), (own, "1252")] {
                let garbled = garble(text, own, &[(made, as_what)]);
                assert!(super::super::suspicion(&garbled) > 0.3, "{garbled}");
            }
        }
    }
}

#[test]
fn only_garbled_lines_change_and_places_stay_right() {
    let garbled = garble("產品已成功啟用。", "big5", &[("utf-8", "1252")]);
    let text = format!("正在啟用 Windows(R) ...\r\n{garbled}\r\n授權狀態: 已授權\r\n");
    let got = decode(text.as_bytes());
    assert_eq!(got.text, "正在啟用 Windows(R) ...\r\n產品已成功啟用。\r\n授權狀態: 已授權\r\n");
    assert_eq!(got.encoding_label(), "utf-8 (recovered: utf-8 read as windows-1252)");
    for word in ["正在", "授權狀態"] {
        assert_eq!(got.source_offset(got.text.find(word).unwrap()), text.find(word).unwrap());
    }
    // 功 is the fifth character: 12 bytes in UTF-8, each of which became one character.
    let before: usize = garbled.chars().take(12).map(char::len_utf8).sum();
    let wanted = text.find(&garbled).unwrap() + before;
    assert_eq!(got.source_offset(got.text.find('功').unwrap()), wanted);
}
