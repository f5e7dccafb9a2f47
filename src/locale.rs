//! Interface languages: the words of pages and messages, and texts of knowledge in each language.
//!
//! The three languages of [`LOCALES`] stand beside each other in every data file. Any further one is a
//! single file, `locales/<tag>.toml`, which may also hold texts of causes, remedies, checks, codes and
//! events; what it leaves out is shown in English.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::data_error::{DataError, nearest};
use crate::event::EventWords;
use crate::knowledge::{CauseText, CheckText, Knowledge, RemedyText};

/// Locales that every text stands in; the first is the default.
pub const LOCALES: [&str; 3] = ["zh-TW", "en", "zh-CN"];

/// One text in each locale.
#[derive(Debug, Clone, Deserialize)]
pub struct ByLocale<T> {
    #[serde(rename = "zh-TW")]
    zh_tw: T,
    en: T,
    #[serde(rename = "zh-CN")]
    zh_cn: T,
    #[serde(skip, default = "BTreeMap::new")]
    more: BTreeMap<String, T>,
}

impl<T> ByLocale<T> {
    /// The entry for `locale`; English for a language that has none.
    #[must_use]
    pub fn get(&self, locale: &str) -> &T {
        match locale {
            "zh-TW" => &self.zh_tw,
            "zh-CN" => &self.zh_cn,
            other => self.more.get(other).unwrap_or(&self.en),
        }
    }

    /// The entry for `locale` itself; `None` for a language that has none.
    pub(crate) fn get_mut(&mut self, locale: &str) -> Option<&mut T> {
        match locale {
            "zh-TW" => Some(&mut self.zh_tw),
            "en" => Some(&mut self.en),
            "zh-CN" => Some(&mut self.zh_cn),
            other => self.more.get_mut(other),
        }
    }

    /// Adds a language of its own file.
    pub(crate) fn add(&mut self, locale: &str, text: T) {
        self.more.insert(locale.to_owned(), text);
    }
}

/// An interface language: `locales/<tag>.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Locale {
    /// Tag, as typed behind `--locale`.
    pub locale: String,
    /// Place in menus.
    #[serde(default = "last")]
    pub order: u32,
    /// BCP 47 tag for `<html lang>`, which also chooses the font.
    pub html_lang: String,
    /// Other tags that mean this language: `zh-HK`. A tag's beginning (`en` in `en-GB`) needs none.
    #[serde(default)]
    pub names: Vec<String>,
    /// Interface words.
    pub ui: BTreeMap<String, String>,
    /// Summary sentences by state.
    pub summary: BTreeMap<String, String>,
    /// Words of the HTML pages, by the names that templates use.
    pub page: BTreeMap<String, String>,
    #[serde(default)]
    cause: BTreeMap<String, CauseText>,
    #[serde(default)]
    remedy: BTreeMap<String, RemedyText>,
    #[serde(default)]
    check: BTreeMap<String, CheckText>,
    #[serde(default)]
    code: BTreeMap<String, String>,
    /// By id and role: `"12288 client-request"`.
    #[serde(default)]
    event: BTreeMap<String, EventWords>,
}

const fn last() -> u32 {
    100
}

impl Locale {
    /// Takes over every word that this language does not have.
    fn fill_from(&mut self, other: &Self) {
        for (mine, theirs) in [(&mut self.ui, &other.ui), (&mut self.summary, &other.summary), (&mut self.page, &other.page)] {
            for (key, word) in theirs {
                mine.entry(key.clone()).or_insert_with(|| word.clone());
            }
        }
    }
}

/// Brings the texts of further languages to the entries they belong to.
pub(crate) fn spread(knowledge: &mut Knowledge, errors: &mut Vec<DataError>) {
    let further: Vec<String> = knowledge.locales.keys().filter(|tag| !LOCALES.contains(&tag.as_str())).cloned().collect();
    let english = knowledge.locales.get("en").cloned();
    for tag in further {
        let Some(mut locale) = knowledge.locales.remove(&tag) else { continue };
        if let Some(english) = &english {
            locale.fill_from(english);
        }
        let mut unknown = Unknown { file: format!("locales/{tag}.toml"), errors };
        for (id, text) in std::mem::take(&mut locale.cause) {
            match knowledge.causes.get_mut(&id) {
                Some(cause) => cause.texts.add(&tag, text),
                None => unknown.entry("cause", &id, knowledge.causes.keys()),
            }
        }
        for (id, text) in std::mem::take(&mut locale.remedy) {
            match knowledge.remedies.get_mut(&id) {
                Some(remedy) => remedy.texts.add(&tag, text),
                None => unknown.entry("remedy", &id, knowledge.remedies.keys()),
            }
        }
        for (id, text) in std::mem::take(&mut locale.check) {
            match knowledge.checks.iter_mut().find(|c| c.id == id) {
                Some(check) => check.texts.add(&tag, text),
                None => unknown.entry("check", &id, knowledge.checks.iter().map(|c| &c.id)),
            }
        }
        for (code, text) in std::mem::take(&mut locale.code) {
            if !knowledge.codes.translate(&code, &tag, text) {
                unknown.entry("code", &code, std::iter::empty());
            }
        }
        for (name, text) in std::mem::take(&mut locale.event) {
            if !knowledge.events.translate(&name, &tag, &text) {
                unknown.entry("event", &name, std::iter::empty());
            }
        }
        knowledge.locales.insert(tag, locale);
    }
}

/// Reports texts that belong to nothing.
struct Unknown<'e> {
    file: String,
    errors: &'e mut Vec<DataError>,
}

impl Unknown<'_> {
    fn entry<'a>(&mut self, what: &str, id: &str, known: impl Iterator<Item = &'a String>) {
        let hint = nearest(id, known.map(String::as_str));
        self.errors.push(DataError::new("unknown-entry", &self.file, format!("there is no {what} `{id}`{hint}")));
    }
}

impl Knowledge {
    /// Tags of all interface languages in the order of menus.
    #[must_use]
    pub fn locale_tags(&self) -> Vec<&str> {
        let mut locales: Vec<&Locale> = self.locales.values().collect();
        locales.sort_by_key(|l| (l.order, &l.locale));
        locales.into_iter().map(|l| l.locale.as_str()).collect()
    }

    /// The interface language that a tag means: `zh_HK.UTF-8` → `zh-TW`, `en-GB` → `en`.
    #[must_use]
    pub fn locale_of(&self, tag: &str) -> Option<&str> {
        let tag = tag.split(['.', '@']).next().unwrap_or_default().replace('_', "-");
        let means =
            |locale: &&Locale, part: &str| std::iter::once(&locale.locale).chain(&locale.names).any(|name| name.eq_ignore_ascii_case(part));
        let ends = tag.match_indices('-').map(|(at, _)| at).chain([tag.len()]).collect::<Vec<_>>();
        let parts = ends.into_iter().rev().filter_map(|end| tag.get(..end));
        parts.filter_map(|part| self.locales.values().find(|l| means(l, part))).map(|l| l.locale.as_str()).next()
    }

    /// BCP 47 tag of an interface language for `<html lang>`.
    #[must_use]
    pub fn html_lang<'a>(&'a self, locale: &'a str) -> &'a str {
        self.locales.get(locale).map_or(locale, |l| l.html_lang.as_str())
    }
}
