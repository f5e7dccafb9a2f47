//! Reads a Windows resource `.ini` as `slmgr.vbs` does: names and texts, whatever the section.

/// A name and its text, with the number of its line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) line: usize,
    pub(crate) name: String,
    pub(crate) text: String,
}

/// Text of UTF-16 with a byte order mark, UTF-16LE without, or UTF-8; `None` for anything else.
pub(crate) fn decode(bytes: &[u8]) -> Option<String> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let pairs = bytes.chunks_exact(2).map(|p| unit([p.first().copied().unwrap_or(0), p.get(1).copied().unwrap_or(0)]));
        char::decode_utf16(pairs).collect::<Result<String, _>>().ok()
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => std::str::from_utf8(rest).ok().map(str::to_owned),
        // Names are ASCII, so every line has zero bytes in UTF-16 and none in UTF-8.
        _ if bytes.contains(&0) => wide(bytes, u16::from_le_bytes),
        _ => std::str::from_utf8(bytes).ok().map(str::to_owned),
    }
}

/// `L_MsgActivated="Product activated successfully."` with or without quotes; comments and sections are
/// passed over.
pub(crate) fn entries(text: &str) -> Vec<Entry> {
    let entry = |(i, line): (usize, &str)| {
        let (name, value) = line.trim().split_once('=')?;
        let name = name.trim();
        let is_name = name.starts_with("L_") && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        is_name.then(|| Entry { line: i + 1, name: name.to_owned(), text: unquoted(value.trim()) })
    };
    text.lines().enumerate().filter_map(entry).collect()
}

/// Without the quotes around it; doubled quotes inside stand for one.
fn unquoted(value: &str) -> String {
    let inner = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value);
    inner.replace("\"\"", "\"")
}

#[cfg(test)]
mod tests {
    use super::{decode, entries};

    #[test]
    fn lines_are_read_with_and_without_quotes() {
        let text = "[Strings]\r\n; a comment\r\nL_MsgActivated=\"產品已成功啟用。\"\r\nL_MsgRearm_1 = Done\r\nOther=1\r\n";
        let found: Vec<(usize, String, String)> = entries(text).into_iter().map(|e| (e.line, e.name, e.text)).collect();
        let wanted = [(3, "L_MsgActivated", "產品已成功啟用。"), (4, "L_MsgRearm_1", "Done")];
        assert_eq!(found, wanted.map(|w| (w.0, w.1.to_owned(), w.2.to_owned())));
    }

    #[test]
    fn encodings_of_resource_files() {
        let text = "L_MsgActivated=\"啟用\"\r\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&little).as_deref(), Some(text));
        assert_eq!(decode(&[&[0xff, 0xfe], &little[..]].concat()).as_deref(), Some(text));
        assert_eq!(decode(&[&[0xfe, 0xff], &big[..]].concat()).as_deref(), Some(text));
        assert_eq!(decode(text.as_bytes()).as_deref(), Some(text));
        assert_eq!(decode(b"\xb1\xd2\xa5\xce"), None, "Big5 is not guessed");
    }
}
