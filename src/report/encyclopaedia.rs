//! The encyclopaedia: a list of everything that is known, and a page for each entry.

use serde_json::{Value, json};

use super::html::{RenderError, Renderer, languages};
use super::view::about;
use crate::explain;

/// Kinds of entries in the order of the list.
const KINDS: [&str; 6] = ["cause", "code", "event", "remedy", "check", "rule"];

/// Name of an entry's page without language and ending: `code-0xC004F074`, `rule-clock-skew--event`.
#[must_use]
pub fn entry_page(kind: &str, id: &str) -> String {
    format!("{kind}-{}", id.replace('/', "--"))
}

/// Name of a page of the encyclopaedia in `locale`.
fn page_in(page: &str, locale: &str) -> String {
    format!("{page}.{locale}.html")
}

impl Renderer<'_> {
    /// The page of one of [`explain::entries`]; `None` when there is no such entry.
    ///
    /// # Errors
    /// When a template names what the page does not have.
    pub fn entry(&self, kind: &str, id: &str, locale: &str) -> Result<Option<String>, RenderError> {
        let Some(entry) = explain::entry(self.knowledge, kind, id, locale) else { return Ok(None) };
        let view = entry.view(self.knowledge, |kind, id| page_in(&entry_page(kind, id), locale));
        self.page(&entry_page(kind, id), Some(&page_in("index", locale)), "entry.html", view, locale).map(Some)
    }

    /// The list of all entries.
    ///
    /// # Errors
    /// When a template names what the page does not have.
    pub fn entry_list(&self, locale: &str) -> Result<String, RenderError> {
        let all = explain::entries(self.knowledge);
        let group = |kind: &&str| {
            let rows: Vec<Value> = all
                .iter()
                .filter(|e| e.0 == *kind)
                .filter_map(|(kind, id)| {
                    let title = explain::entry(self.knowledge, kind, id, locale)?.title();
                    Some(json!({ "id": id, "title": title, "href": page_in(&entry_page(kind, id), locale) }))
                })
                .collect();
            json!({ "kind": kind, "label": self.knowledge.word(locale, &format!("explain-list-{kind}")), "rows": rows })
        };
        let groups: Vec<Value> = KINDS.iter().map(group).collect();
        self.page("index", None, "entries.html", json!({ "groups": groups }), locale)
    }

    fn page(&self, name: &str, index: Option<&str>, template: &str, mut view: Value, locale: &str) -> Result<String, RenderError> {
        let tags = self.knowledge.locale_tags();
        let langs: Vec<(String, String)> = tags.iter().map(|tag| ((*tag).to_owned(), page_in(name, tag))).collect();
        if let Value::Object(fields) = &mut view {
            fields.insert("lang".to_owned(), json!(self.knowledge.html_lang(locale)));
            fields.insert("t".to_owned(), json!(self.knowledge.locales.get(locale).map(|l| &l.page)));
            fields.insert("about".to_owned(), about(self.knowledge, locale));
            fields.insert("links".to_owned(), json!({ "index": index, "langs": languages(self.knowledge, &langs, locale) }));
        }
        self.render(template, &view)
    }
}
