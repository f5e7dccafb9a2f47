//! The encyclopaedia: a list of everything that is known, and a page for each entry. Beside a report the same
//! entries stand on one page per kind: few files, which a share copies quickly.

use serde_json::{Value, json};

use super::html::{RenderError, Renderer, languages};
use super::view::about;
use crate::explain;

/// Kinds of entries in the order of the list.
pub const KINDS: [&str; 6] = ["cause", "code", "event", "remedy", "check", "rule"];

/// Name of an entry's page without language and ending: `code-0xC004F074`, `rule-clock-skew--event`.
#[must_use]
pub fn entry_page(kind: &str, id: &str) -> String {
    format!("{kind}-{}", id.replace('/', "--"))
}

/// Name of the page that holds all entries of a kind, `code.en.html`. An entry has there the id [`entry_page`].
#[must_use]
pub fn entries_page(kind: &str, locale: &str) -> String {
    page_in(kind, locale)
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
        self.page(&entry_page(kind, id), Some(&page_in("index", locale)), "entry.html", view, locale, &self.knowledge.locale_tags())
            .map(Some)
    }

    /// All entries of one of [`KINDS`] on one page, in one of the languages `locales`; `index` is the way back to
    /// the report.
    ///
    /// # Errors
    /// When a template names what the page does not have.
    pub fn entries(&self, kind: &str, index: &str, locale: &str, locales: &[&str]) -> Result<String, RenderError> {
        let address = |kind: &str, id: &str| format!("{}#{}", entries_page(kind, locale), entry_page(kind, id));
        let of_kind = explain::entries(self.knowledge).into_iter().filter(|e| e.0 == kind);
        let entries: Vec<Value> = of_kind
            .filter_map(|(kind, id)| {
                let mut view = explain::entry(self.knowledge, kind, &id, locale)?.view(self.knowledge, address);
                view.as_object_mut()?.insert("anchor".to_owned(), json!(entry_page(kind, &id)));
                Some(view)
            })
            .collect();
        let label = |kind: &str| self.knowledge.word(locale, &format!("explain-list-{kind}"));
        let kinds: Vec<Value> =
            KINDS.iter().map(|k| json!({ "label": label(k), "href": entries_page(k, locale), "current": *k == kind })).collect();
        let view = json!({ "heading": label(kind), "kinds": kinds, "entries": entries, "in_report": true });
        let langs: &[&str] = if locales.len() > 1 { locales } else { &[] };
        self.page(kind, Some(index), "explained.html", view, locale, langs)
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
        self.page("index", None, "entries.html", json!({ "groups": groups }), locale, &self.knowledge.locale_tags())
    }

    fn page(
        &self,
        name: &str,
        index: Option<&str>,
        template: &str,
        mut view: Value,
        locale: &str,
        tags: &[&str],
    ) -> Result<String, RenderError> {
        let langs: Vec<(String, String)> = tags.iter().map(|tag| ((*tag).to_owned(), page_in(name, tag))).collect();
        if let Value::Object(fields) = &mut view {
            fields.entry("in_report").or_insert(json!(false));
            fields.insert("lang".to_owned(), json!(self.knowledge.html_lang(locale)));
            fields.insert("t".to_owned(), json!(self.knowledge.locales.get(locale).map(|l| &l.page)));
            fields.insert("about".to_owned(), about(self.knowledge, locale));
            fields.insert("links".to_owned(), json!({ "index": index, "langs": languages(self.knowledge, &langs, locale) }));
        }
        self.render(template, &view)
    }
}
