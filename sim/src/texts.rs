//! What the tools print, by key and language: `data/texts.tsv`.

use std::collections::BTreeMap;

/// A language of Windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// English.
    En,
    /// Traditional Chinese.
    ZhTw,
    /// Simplified Chinese.
    ZhCn,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::En, Self::ZhTw, Self::ZhCn];

    /// Its tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhTw => "zh-TW",
            Self::ZhCn => "zh-CN",
        }
    }
}

/// The table.
#[derive(Debug)]
pub struct Texts {
    rows: BTreeMap<&'static str, [&'static str; 3]>,
}

impl Default for Texts {
    fn default() -> Self {
        let lines = include_str!("../data/texts.tsv").lines().filter(|l| !l.starts_with('#'));
        let row = |line: &'static str| {
            let mut cells = line.split('\t');
            Some((cells.next()?, [cells.next()?, cells.next()?, cells.next()?]))
        };
        Self { rows: lines.filter_map(row).collect() }
    }
}

impl Texts {
    /// A text with its slots filled; the key itself where the table lacks it, which a test forbids.
    #[must_use]
    pub fn get(&self, language: Language, key: &str, slots: &[(&str, &str)]) -> String {
        let row = self.rows.get(key);
        let text = row.map_or(key, |[en, tw, cn]| match language {
            Language::En => en,
            Language::ZhTw => tw,
            Language::ZhCn => cn,
        });
        let text = text.replace("\\n", "\n");
        slots.iter().fold(text, |text, (name, value)| text.replace(name, value))
    }

    /// Whether the table has a text.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.rows.contains_key(key)
    }
}
