//! Words for people in the language of choice. All wording is in `locales/`; this only fills it in.

use kms_triage::Knowledge;

/// Knowledge and the locale to speak.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words<'k> {
    pub(crate) knowledge: &'k Knowledge,
    pub(crate) locale: &'k str,
}

impl Words<'_> {
    /// The sentence under `key`, with `{name}` replaced by its value.
    pub(crate) fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        let sentence = self.knowledge.word(self.locale, key).to_owned();
        values.iter().fold(sentence, |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }
}

/// `73400320` → `70 MB`; one decimal below ten, none above.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10)];
    let Some((unit, step)) = UNITS.into_iter().find(|(_, step)| bytes >= *step) else {
        return format!("{bytes} B");
    };
    let tenths = (u128::from(bytes) * 10 + u128::from(step) / 2) / u128::from(step);
    if tenths < 100 && !tenths.is_multiple_of(10) {
        return format!("{}.{} {unit}", tenths / 10, tenths % 10);
    }
    format!("{} {unit}", (tenths + 5) / 10)
}

/// A file name as it may be shown: one line, no terminal controls.
pub(crate) fn shown(name: &str) -> String {
    let unsafe_char = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    name.chars().map(|c| if unsafe_char(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::{shown, size};

    #[test]
    fn sizes_are_short() {
        assert_eq!(size(12), "12 B");
        assert_eq!(size(1536), "1.5 kB");
        assert_eq!(size(70 << 20), "70 MB");
        assert_eq!(size((16 << 20) - 3), "16 MB");
        assert_eq!(size(u64::MAX), "17179869184 GB");
    }

    #[test]
    fn names_cannot_drive_the_terminal() {
        assert_eq!(shown("a\u{1b}[31m\n.txt"), "a\u{fffd}[31m\u{fffd}.txt");
    }
}
