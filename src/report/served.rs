//! The pages of the local web server: where to paste, a case that is kept, a notice. Knows no address of its own:
//! the server tells them.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::html::{CaseLinks, RenderError, Renderer, languages};
use super::site::rows;
use super::view::about;
use crate::analyze::Analysis;

/// What a server says on the page of a case.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ServedCase {
    /// Where further evidence is sent; `None` for a case that is not kept.
    pub action: Option<String>,
    /// Where it is deleted.
    pub delete: String,
    /// The first page.
    pub home: String,
    /// Number that people may tell each other: it opens nothing.
    pub reference: String,
    /// Day on which it is deleted, `2026-12-24`.
    pub until: String,
    /// Evidence was added just now.
    pub added: bool,
    /// Most files of an upload.
    pub files: String,
    /// Most megabytes of an upload.
    pub megabytes: String,
    /// Days that a case is kept.
    pub days: String,
}

impl Renderer<'_> {
    /// The page of a case as a server shows it; `langs` are locales and addresses of the same page.
    ///
    /// # Errors
    /// When a template names what the page does not have.
    pub fn served_case(
        &self,
        analysis: &Analysis,
        locale: &str,
        langs: Vec<(String, String)>,
        served: &ServedCase,
    ) -> Result<String, RenderError> {
        self.case_with(analysis, locale, &CaseLinks { langs, ..CaseLinks::default() }, &json!(served))
    }

    /// Another page of a server from a template: `intake.html`, `notice.html`. `view` are its own fields; `served`
    /// is among them.
    ///
    /// # Errors
    /// When a template names what the page does not have.
    pub fn served_page(
        &self,
        template: &str,
        mut view: Map<String, Value>,
        locale: &str,
        langs: &[(String, String)],
    ) -> Result<String, RenderError> {
        let school = rows(self.knowledge, locale);
        let site = (!school.is_empty()).then(|| json!({ "title": self.knowledge.word(locale, "heading-contact"), "rows": school }));
        let name = self.knowledge.site.as_ref().map(|s| s.name.get(locale));
        view.insert("school".to_owned(), json!(name));
        view.insert("lang".to_owned(), json!(self.knowledge.html_lang(locale)));
        view.insert("t".to_owned(), json!(self.knowledge.locales.get(locale).map(|l| &l.page)));
        view.insert("about".to_owned(), about(self.knowledge, locale));
        view.insert("site".to_owned(), json!(site));
        view.insert("links".to_owned(), json!({ "index": null, "langs": languages(self.knowledge, langs, locale) }));
        self.render(template, &Value::Object(view))
    }
}
