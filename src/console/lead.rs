//! What people and programs put before a console line: quote marks, list numbers, clock times, log
//! levels. Knows nothing about the line itself.

use regex::Regex;
use std::sync::LazyLock;

/// One or more lead-ins at the start of a line.
static LEAD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:[ \t>#*•◦▪|`$\x{feff}\x{200b}-\x{200f}]+",
        r"|[-+][ \t]+",
        r"|\(?[0-9]{1,2}[.)、][ \t]+",
        // 2026-03-11 09:14:02, [2026/3/11 09:14], 2026-03-11T09:14:05.123Z
        r"|\[?[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}[ T,]{1,2}[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?\]?",
        r"|\[[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?\]",
        r"|[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?[ \t]+",
        // Mar 11 09:14:05 pc01 activate[812]:
        r"|[A-Z][a-z]{2}[ \t]+[0-9]{1,2}[ \t][0-9]{2}:[0-9]{2}:[0-9]{2}[ \t][^ \t]+[ \t][0-9A-Za-z_./-]+(?:\[[0-9]+\])?:",
        r"|\[(?:INFO|ERROR|WARN|WARNING|DEBUG|TRACE|stdout|stderr|OUT|ERR)\]:?",
        r"|(?:INFO|WARN|WARNING|DEBUG|TRACE|stdout|stderr|output)[ \t]*[:|][ \t]*",
        r")+"
    ))
    .ok()
});

/// Bytes of lead-in at the start of `line`. A rule of dashes and a clock row keep theirs.
#[must_use]
pub fn length(line: &str) -> usize {
    let Some(first) = line.chars().find(|c| !c.is_whitespace()) else { return 0 };
    let plain = first.is_alphabetic() && !matches!(first, 'A'..='Z' | 's' | 'o');
    if plain {
        return line.len() - line.trim_start().len();
    }
    LEAD.as_ref().and_then(|re| re.find(line)).map_or(0, |m| m.end())
}

#[cfg(test)]
mod tests {
    use super::length;

    fn body(line: &str) -> &str {
        &line[length(line)..]
    }

    #[test]
    fn quotes_lists_times_and_levels() {
        assert_eq!(body("> > C:\\>slmgr /ato"), "C:\\>slmgr /ato");
        assert_eq!(body("2026-03-11T09:14:05.123Z Product activated"), "Product activated");
        assert_eq!(body("[2026-03-11 09:14:02] Activating"), "Activating");
        assert_eq!(body("Mar 11 09:14:05 pc01 activate[812]: Error"), "Error");
        assert_eq!(body("  1. 錯誤"), "錯誤");
        assert_eq!(body("INFO: done"), "done");
        assert_eq!(body("    #           cscript x"), "cscript x");
    }

    #[test]
    fn the_line_itself_stays() {
        assert_eq!(body("---Processing---"), "---Processing---");
        assert_eq!(body("07:10:01, +28800.13s"), "07:10:01, +28800.13s");
        assert_eq!(body("Error: 0x5"), "Error: 0x5");
        assert_eq!(body("0xC004F074 x"), "0xC004F074 x");
    }
}
