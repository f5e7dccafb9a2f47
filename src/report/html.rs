//! Renders the templates. Strict: a misspelt name in a template is an error, never a blank.

use std::fmt;

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde_json::{Value, json};

use super::index;
use super::listing::{ListPage, Listing};
use super::view::View;
use crate::analyze::Analysis;
use crate::knowledge::Knowledge;

/// A template that cannot be rendered.
#[derive(Debug)]
pub struct RenderError(minijinja::Error);

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.0)
    }
}

impl std::error::Error for RenderError {}

impl From<minijinja::Error> for RenderError {
    fn from(error: minijinja::Error) -> Self {
        Self(error)
    }
}

/// Where a case page links to.
#[derive(Debug, Clone, Default)]
pub struct CaseLinks {
    /// The batch index.
    pub index: Option<String>,
    /// Locale and address of the same page in each language.
    pub langs: Vec<(String, String)>,
    /// Folder whose pages explain what the report claims, as seen from the case page.
    pub explained: Option<String>,
}

/// Templates that the program itself asks for; these name all others.
pub const TEMPLATES: [&str; 10] = [
    "report.html",
    "index.html",
    "list.html",
    "find.js",
    "compare.html",
    "entry.html",
    "entries.html",
    "explained.html",
    "intake.html",
    "notice.html",
];

/// Enough for the longest page that the limits allow; a template of a trainer cannot hang.
const FUEL: u64 = 50_000_000;

/// The templates, compiled once: makes any number of pages, on any number of threads.
pub struct Renderer<'k> {
    pub(super) knowledge: &'k Knowledge,
    environment: Environment<'k>,
}

impl fmt::Debug for Renderer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Renderer")
    }
}

impl<'k> Renderer<'k> {
    /// Compiles the templates of `knowledge`. Strict: a misspelt name in one is an error, never a blank.
    ///
    /// # Errors
    /// When a template is broken.
    pub fn new(knowledge: &'k Knowledge) -> Result<Self, RenderError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|name| if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None });
        environment.set_fuel(Some(FUEL));
        for (template, source) in &knowledge.templates {
            environment.add_template(template, source)?;
        }
        Ok(Self { knowledge, environment })
    }

    /// The knowledge that pages are made with.
    #[must_use]
    pub const fn knowledge(&self) -> &'k Knowledge {
        self.knowledge
    }

    /// The page of a case.
    ///
    /// # Errors
    /// When a template names what the page does not have.
    pub fn case(&self, analysis: &Analysis, locale: &str, links: &CaseLinks) -> Result<String, RenderError> {
        self.case_with(analysis, locale, links, &Value::Null)
    }

    /// The page of a case, with what a server that keeps it says about it.
    pub(super) fn case_with(&self, analysis: &Analysis, locale: &str, links: &CaseLinks, served: &Value) -> Result<String, RenderError> {
        let mut page = View::new(self.knowledge, analysis, locale, links.explained.as_deref()).page();
        if let Value::Object(fields) = &mut page {
            fields.insert("served".to_owned(), served.clone());
            fields.insert("links".to_owned(), json!({ "index": links.index, "langs": languages(self.knowledge, &links.langs, locale) }));
        }
        self.render("report.html", &page)
    }

    /// The index of a batch.
    ///
    /// # Errors
    /// When a template names what the page does not have.
    pub fn index(&self, listing: &Listing<'_>, locale: &str) -> Result<String, RenderError> {
        self.scripted("index.html", index::page(self.knowledge, listing, locale), listing)
    }

    /// A further page of its list.
    ///
    /// # Errors
    /// When a template names what the page does not have.
    pub fn list(&self, listing: &Listing<'_>, page: ListPage<'_>, locale: &str) -> Result<String, RenderError> {
        self.scripted("list.html", index::list_page(self.knowledge, listing, page, locale), listing)
    }

    /// The script of these pages: the same text in each, so that a policy can name its digest.
    ///
    /// # Errors
    /// When the template is missing.
    pub fn script(&self) -> Result<String, RenderError> {
        self.render("find.js", &Value::Null)
    }

    fn scripted(&self, name: &str, mut page: Value, listing: &Listing<'_>) -> Result<String, RenderError> {
        if let (Value::Object(fields), Some(digest)) = (&mut page, &listing.meta.script) {
            fields.insert("script".to_owned(), json!({ "text": self.script()?, "digest": digest }));
        }
        if let Value::Object(fields) = &mut page {
            fields.entry("script").or_insert(Value::Null);
        }
        self.render(name, &page)
    }

    /// Renders one template.
    pub(super) fn render(&self, name: &str, view: &Value) -> Result<String, RenderError> {
        Ok(self.environment.get_template(name)?.render(minijinja::Value::from(Serde(view)))?)
    }
}

/// Language links for templates.
pub(super) fn languages(knowledge: &Knowledge, langs: &[(String, String)], locale: &str) -> Vec<Value> {
    let row = |(tag, href): &(String, String)| json!({ "lang": knowledge.html_lang(tag), "label": knowledge.word(tag, "locale-name"), "href": href, "current": tag == locale });
    langs.iter().map(row).collect()
}
