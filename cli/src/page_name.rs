//! File names for case pages: safe on Windows, in links without escaping, and unique ignoring case.

use std::collections::BTreeSet;

/// Characters of a name before its number; four bytes each, a number and the ending stay below 255.
const CHARS_MAX: usize = 56;

/// Names that Windows keeps for devices, whatever the ending.
const RESERVED: [&str; 6] = ["con", "prn", "aux", "nul", "clock$", "index"];

/// Gives each case a page name.
#[derive(Debug, Default)]
pub(crate) struct PageNames {
    taken: BTreeSet<String>,
}

impl PageNames {
    /// `PC 07:b` → `PC-07-b`; a second one → `PC-07-b-2`. Letters and digits of every script stay.
    pub(crate) fn name(&mut self, case: &str) -> String {
        let safe = |c: char| if c.is_alphanumeric() || c == '_' { c } else { '-' };
        let short: String = case.chars().take(CHARS_MAX).map(safe).collect();
        let trimmed = short.trim_matches('-');
        let base = if trimmed.is_empty() || is_reserved(trimmed) { format!("case-{trimmed}") } else { trimmed.to_owned() };
        let base = base.trim_end_matches('-');
        let mut name = base.to_owned();
        let mut number = 2_u32;
        while !self.taken.insert(name.to_lowercase()) {
            name = format!("{base}-{number}");
            number += 1;
        }
        name
    }
}

/// `con`, `COM1`, `lpt9`.
fn is_reserved(name: &str) -> bool {
    let lower = name.to_lowercase();
    let port = lower.strip_prefix("com").or_else(|| lower.strip_prefix("lpt"));
    RESERVED.contains(&lower.as_str()) || port.is_some_and(|p| p.chars().count() == 1 && p.chars().all(char::is_numeric))
}

#[cfg(test)]
mod tests {
    use super::PageNames;

    #[test]
    fn names_are_safe_and_unique() {
        let mut names = PageNames::default();
        let made: Vec<String> =
            ["PC 07", "pc-07", "CON", "com1", "a<b>:\"|?*c", "..", "教室-01", "x.en", "../../etc"].iter().map(|n| names.name(n)).collect();
        assert_eq!(made, ["PC-07", "pc-07-2", "case-CON", "case-com1", "a-b------c", "case", "教室-01", "x-en", "etc"]);
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        let mut names = PageNames::default();
        let long = "啟".repeat(300);
        assert_eq!(names.name(&long).chars().count(), 56);
        assert!(names.name(&long).ends_with("-2"));
    }
}
