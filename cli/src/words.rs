//! Words for people in the language of choice. All wording is in `locales/`; this only fills it in.

use kms_triage::Knowledge;
pub(crate) use kms_triage::intake::{shown, size};

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
