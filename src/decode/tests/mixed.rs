//! Files that several programs wrote, each in its own encoding.

use super::super::decode;
use super::{Noise, character_error, encode, legacy_texts};

/// The kinds of file: what follows what. `legacy` is Big5 or GBK; `+bom` puts a mark in front.
const KINDS: [(&str, &[&str]); 5] = [
    ("legacy, utf-16le", &["legacy", "utf-16le"]),
    ("utf-16le+bom, legacy", &["utf-16le+bom", "legacy"]),
    ("legacy, utf-8", &["legacy", "utf-8"]),
    ("legacy, 16le, legacy, 8", &["legacy", "utf-16le", "legacy", "utf-8"]),
    ("8+bom, legacy, 16le+bom", &["utf-8+bom", "legacy", "utf-16le+bom"]),
];
const FILES_PER_KIND: usize = 120;

fn file(parts: &[&str], noise: &mut Noise) -> (String, Vec<u8>) {
    let taiwan = noise.below(2) == 0;
    let texts: Vec<_> = legacy_texts().into_iter().filter(|(_, e)| (*e == "big5") == taiwan).collect();
    let (mut text, mut bytes) = (String::new(), Vec::new());
    for part in parts {
        let (mut piece, mut legacy) = (String::new(), "");
        for _ in 0..1 + noise.below(3) {
            let (line, encoding) = texts[noise.below(texts.len())];
            piece.push_str(line.trim_end());
            piece.push_str("\r\n");
            legacy = encoding;
        }
        let encoding = part.strip_suffix("+bom").unwrap_or(part);
        if encoding != *part {
            bytes.extend(encode("\u{FEFF}", encoding));
        }
        bytes.extend(encode(&piece, if encoding == "legacy" { legacy } else { encoding }));
        text.push_str(&piece);
    }
    (text, bytes)
}

/// Returns how many of the 600 files were read exactly.
pub(super) fn table() -> usize {
    let mut noise = Noise(0x9E37_79B9_7F4A_7C15);
    let mut all = 0;
    for (name, parts) in KINDS {
        let (mut exact, mut error) = (0, 0.0);
        for _ in 0..FILES_PER_KIND {
            let (wanted, bytes) = file(parts, &mut noise);
            let got = decode(&bytes);
            exact += usize::from(got.text == wanted);
            error += character_error(&wanted, &got.text);
            if got.text != wanted {
                let at = wanted.chars().zip(got.text.chars()).take_while(|(a, b)| a == b).count();
                let near = |text: &str| text.chars().skip(at.max(8) - 8).take(24).collect::<String>();
                println!("  {name}: {:?} != {:?}", near(&wanted), near(&got.text));
            }
        }
        let mean = 100.0 * error / FILES_PER_KIND as f64;
        println!("{name:<24} {exact}/{FILES_PER_KIND} exact, CER {mean:.3} %");
        all += exact;
    }
    all
}

#[test]
fn the_label_names_every_encoding() {
    let mut bytes = encode("產品已成功啟用。\r\n", "big5");
    bytes.extend(encode("金鑰管理服務電腦名稱\r\n", "utf-16le"));
    let got = decode(&bytes);
    assert_eq!(got.text, "產品已成功啟用。\r\n金鑰管理服務電腦名稱\r\n");
    assert_eq!(got.encoding_label(), "big5 + utf-16le");
    assert_eq!(got.segments[1].bytes.start, got.source_offset(got.segments[1].text.start));
}

#[test]
fn a_character_cut_at_the_seam_spoils_nothing_else() {
    for next in ["utf-16le", "utf-8", "big5"] {
        let mut bytes = encode("授權狀態: 已授權\r\n大量啟用到期日: 259200 分鐘", "big5");
        bytes.pop();
        bytes.extend(encode("\r\n正在啟用 Windows(R) ...\r\n產品已成功啟用。\r\n", next));
        let got = decode(&bytes).text;
        assert!(got.starts_with("授權狀態: 已授權\r\n大量啟用到期日: 259200 分"), "{got:?}");
        assert!(got.ends_with("\n正在啟用 Windows(R) ...\r\n產品已成功啟用。\r\n"), "{got:?}");
    }
}
