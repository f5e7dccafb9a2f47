//! Tells files that hold no plain text from their first bytes, and which advice fits each kind.

/// First bytes, and the key of the sentence that says what to do instead.
const MAGIC: [(&[u8], &str); 23] = [
    (b"7z\xbc\xaf\x27\x1c", "reason-archive"),
    (b"Rar!\x1a\x07", "reason-archive"),
    (b"MSCF\0\0\0\0", "reason-archive"),
    (b"\x1f\x8b\x08", "reason-archive"),
    (b"\xfd7zXZ\0", "reason-archive"),
    (b"BZh91AY&SY", "reason-archive"),
    (b"%PDF-", "reason-document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "reason-document"),
    (b"{\\rtf", "reason-document"),
    (b"\x89PNG\r\n\x1a\n", "reason-picture"),
    (b"\xff\xd8\xff", "reason-picture"),
    (b"GIF87a", "reason-picture"),
    (b"GIF89a", "reason-picture"),
    (b"II*\0", "reason-picture"),
    (b"MM\0*", "reason-picture"),
    (b"\x7fELF", "reason-program"),
    (b"MZ\x90\0", "reason-program"),
    (b"MZ\0\0", "reason-program"),
    (b"L\0\0\0\x01\x14\x02\0", "reason-program"),
    (b"SQLite format 3\0", "reason-program"),
    (b"regf", "reason-program"),
    (b"ID3\x03", "reason-program"),
    (b"\0asm", "reason-program"),
];

/// Why a file with this name and these first bytes is not read; `None` for what may be text.
#[must_use]
pub fn of(name: &str, prefix: &[u8]) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    let ends = |list: &[&str]| list.iter().any(|e| lower.ends_with(e));
    if let Some((_, reason)) = MAGIC.iter().find(|(magic, _)| prefix.starts_with(magic)) {
        return Some(reason);
    }
    if prefix.starts_with(b"PK\x03\x04") || prefix.starts_with(b"PK\x05\x06") {
        let document = ends(&[".docx", ".xlsx", ".pptx", ".odt", ".ods", ".docm", ".xlsm"]) || holds(prefix, b"[Content_Types].xml");
        return Some(if document { "reason-document" } else { "reason-archive" });
    }
    let at = |offset: usize, magic: &[u8]| prefix.get(offset..).is_some_and(|p| p.starts_with(magic));
    match () {
        () if at(4, b"ftyp") || (prefix.starts_with(b"RIFF") && (at(8, b"WEBP") || at(8, b"AVI "))) => Some("reason-picture"),
        // Two letters begin many texts; the sizes behind them have zero bytes, which 8-bit text has not.
        () if prefix.starts_with(b"BM") && at(6, b"\0\0\0\0") => Some("reason-picture"),
        () if at(257, b"ustar") => Some("reason-archive"),
        () => None,
    }
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|w| w == wanted)
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn kinds_are_told_by_content() {
        assert_eq!(of("x.txt", b"ElfFile\0\0\0"), None);
        assert_eq!(of("Application.evtx", b"\0\0\0\0"), None);
        assert_eq!(of("a.docx", b"PK\x03\x04\x14\0"), Some("reason-document"));
        assert_eq!(of("a.zip", b"PK\x03\x04\x14\0"), Some("reason-archive"));
        assert_eq!(of("a.txt", b"%PDF-1.7"), Some("reason-document"));
    }

    #[test]
    fn text_is_text() {
        for text in ["MZ is no program", "BM: 14 computers", "PK 12", "", "II. Results"] {
            assert_eq!(of("a.txt", text.as_bytes()), None, "{text}");
        }
        let wide: Vec<u8> = "MZ\u{7522}\u{54c1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(of("a.txt", &wide), None);
    }
}
