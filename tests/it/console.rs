//! What consoles, editors and forums do to a text. Each change must leave the verdict alone.

use kms_triage::console::command;
use kms_triage::lines::width;

/// From a text to the bytes that somebody sends.
type Apply = Box<dyn Fn(&str) -> Vec<u8>>;

/// A change and its name.
pub(crate) struct Change {
    pub(crate) name: String,
    pub(crate) apply: Apply,
}

fn change(name: impl Into<String>, apply: impl Fn(&str) -> Vec<u8> + 'static) -> Change {
    Change { name: name.into(), apply: Box::new(apply) }
}

fn text_change(name: impl Into<String>, apply: impl Fn(&str) -> String + 'static) -> Change {
    change(name, move |t| apply(t).into_bytes())
}

/// Every change. Those that a text cannot go through (Big5 without the character) give it unchanged.
pub(crate) fn changes() -> Vec<Change> {
    let mut all = vec![
        change("utf-8 with bom", |t| [b"\xEF\xBB\xBF", t.as_bytes()].concat()),
        change("utf-16le with bom", |t| utf16(t, true, true)),
        change("utf-16le", |t| utf16(t, true, false)),
        change("utf-16be with bom", |t| utf16(t, false, true)),
        change("utf-16be", |t| utf16(t, false, false)),
        change("big5", |t| encoded(t, encoding_rs::BIG5)),
        change("gbk", |t| encoded(t, encoding_rs::GBK)),
        text_change("crlf", |t| t.replace('\n', "\r\n")),
        text_change("cr cr lf", |t| t.replace('\n', "\r\r\n")),
        text_change("indented", |t| each_line(t, |l| format!("    {l}"))),
        text_change("quoted", |t| each_line(t, |l| format!("> {l}"))),
        text_change("markdown fence", |t| format!("```\n{}\n```\n", t.trim_end())),
        text_change("trailing blanks", |t| each_line(t, |l| format!("{l}  "))),
        text_change("no blank lines", |t| joined(t.lines().filter(|l| !l.trim().is_empty()))),
        text_change("no prompts", |t| each_line(t, |l| command::after_prompt(l).unwrap_or(l).to_owned())),
        text_change("no banner", without_banner),
        text_change("banner", |t| format!("{BANNER}{t}")),
        change("nul bytes", |t| strewn(t, 11, '\0').into_bytes()),
        text_change("zero-width blanks", |t| strewn(t, 13, '\u{200b}')),
        text_change("zero-width blanks between words", |t| t.replace(' ', "\u{200b} ")),
        text_change("byte order marks", |t| strewn(t, 29, '\u{feff}')),
        text_change("full-width digits and colons", |t| each_output(t, full_width)),
        text_change("tabs for blanks", |t| each_line(t, |l| l.replace("    ", "\t"))),
    ];
    for columns in [80, 100, 120, 132] {
        all.push(text_change(format!("wrapped at {columns}"), move |t| each_line(t, |l| wrapped(l, columns))));
    }
    all
}

const BANNER: &str = "Microsoft (R) Windows Script Host Version 5.812\nCopyright (C) Microsoft Corporation. All rights reserved.\n\n";

fn each_line(text: &str, change: impl Fn(&str) -> String) -> String {
    text.lines().map(|l| change(l) + "\n").collect()
}

fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.flat_map(|l| [l, "\n"]).collect()
}

/// Changes what tools printed and leaves what people typed.
fn each_output(text: &str, change: impl Fn(&str) -> String) -> String {
    each_line(text, |l| if command::parse(l).is_some() || command::after_prompt(l).is_some() { l.to_owned() } else { change(l) })
}

pub(crate) fn utf16(text: &str, little: bool, bom: bool) -> Vec<u8> {
    let units = bom.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() }).collect()
}

fn encoded(text: &str, encoding: &'static encoding_rs::Encoding) -> Vec<u8> {
    let (bytes, _, failed) = encoding.encode(text);
    if failed { text.as_bytes().to_vec() } else { bytes.into_owned() }
}

fn without_banner(text: &str) -> String {
    let banner =
        |l: &&str| l.contains("Windows Script Host") && l.starts_with("Microsoft") || l.contains("Microsoft Corp") && !l.contains('>');
    joined(text.lines().filter(|l| !banner(l)))
}

/// Puts `mark` behind every `step`th character.
fn strewn(text: &str, step: usize, mark: char) -> String {
    let marked = |(i, c)| [Some(c), (i % step == step - 1).then_some(mark)];
    text.chars().enumerate().flat_map(marked).flatten().collect()
}

fn full_width(line: &str) -> String {
    let wide = |c: char| match c {
        '0'..='9' | ':' => char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c),
        other => other,
    };
    line.chars().map(wide).collect()
}

/// Breaks a line where the console's window ends, inside words; a wide character does not fit in one
/// last column.
pub(crate) fn wrapped(line: &str, columns: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    for c in line.chars() {
        let own = width(c.encode_utf8(&mut [0; 4]));
        if used + own > columns {
            out.push('\n');
            used = 0;
        }
        out.push(c);
        used += own;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{strewn, wrapped};

    #[test]
    fn wraps_by_columns() {
        assert_eq!(wrapped("abcdef", 4), "abcd\nef");
        assert_eq!(wrapped("a啟用", 4), "a啟\n用");
        assert_eq!(wrapped("abcd", 4), "abcd");
    }

    #[test]
    fn strews() {
        assert_eq!(strewn("abcd", 2, '-'), "ab-cd-");
    }
}
