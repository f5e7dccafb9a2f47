//! What each error code means: `codes/*.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::data_error::DataError;

/// One code of the encyclopaedia.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeEntry {
    /// Canonical, see [`super::canonical`].
    pub code: String,
    /// Name in Microsoft's headers, may be empty.
    pub symbol: String,
    /// `failure` or `information`.
    pub role: String,
    /// `kms-contact`, `dns`, `store` …
    pub family: String,
    /// Cause that the code alone suggests; empty when none.
    pub cause: String,
    /// How sure the code alone makes it.
    pub certainty: String,
    /// Other causes, most likely first.
    pub rivals: Vec<String>,
    /// Remedy ids in order.
    pub remedies: Vec<String>,
    /// Who acts.
    pub who: String,
    /// What it applies to.
    pub applies: String,
    /// `documented`, `symbol` (by symbol only) or `reported`.
    pub sure: String,
    /// Where the meaning was read.
    pub source: String,
    /// When it was read.
    pub read: String,
    /// Meaning in our own words, by locale.
    #[serde(rename = "zh-TW")]
    pub zh_tw: String,
    /// Meaning in English.
    pub en: String,
    /// Meaning in Simplified Chinese.
    #[serde(rename = "zh-CN")]
    pub zh_cn: String,
    /// Meaning in further languages.
    #[serde(skip)]
    more: BTreeMap<String, String>,
}

/// Locale tag → meaning.
pub type CodeText<'a> = &'a str;

impl CodeEntry {
    /// The meaning in `locale`; in English for a language that has none.
    #[must_use]
    pub fn meaning(&self, locale: &str) -> CodeText<'_> {
        match locale {
            "zh-TW" => &self.zh_tw,
            "zh-CN" => &self.zh_cn,
            other => self.more.get(other).unwrap_or(&self.en),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeFile {
    code: Vec<CodeEntry>,
}

/// All codes by canonical form.
#[derive(Debug, Default)]
pub struct CodeBook {
    entries: BTreeMap<String, CodeEntry>,
}

impl CodeBook {
    /// Adds one file; duplicates and misspelt codes are reported.
    pub fn add(&mut self, path: &str, text: &str, errors: &mut Vec<DataError>) {
        let Some(file) = crate::knowledge::parse::<CodeFile>(path, text, errors) else { return };
        for entry in file.code {
            let digits = entry.code.trim_start_matches("0x");
            if super::canonical(digits) != entry.code || !entry.code.starts_with("0x") {
                let what = format!("`{}` is not in canonical form", entry.code);
                let error = DataError::new("bad-code", path, what).at(text, &entry.code);
                errors.push(error.help("write `0x` and upper-case hex digits"));
            }
            if let Some(earlier) = self.entries.insert(entry.code.clone(), entry) {
                let what = format!("code `{}` is described twice", earlier.code);
                errors.push(DataError::new("duplicate-code", path, what).at(text, &earlier.code));
            }
        }
    }

    /// Adds the meaning of a known code in a further language; `false` when the code is unknown.
    pub(crate) fn translate(&mut self, code: &str, locale: &str, meaning: String) -> bool {
        self.entries.get_mut(code).map(|entry| entry.more.insert(locale.to_owned(), meaning)).is_some()
    }

    /// The entry for a canonical code.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&CodeEntry> {
        self.entries.get(code)
    }

    /// Every entry in order of code.
    pub fn iter(&self) -> impl Iterator<Item = &CodeEntry> {
        self.entries.values()
    }

    /// Number of codes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no code is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}
