//! Everything the program knows, loaded from data files: paths and texts in, checked tables out.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::catalog::Catalog;
use crate::code::CodeBook;
use crate::data_error::DataError;
use crate::event::EventBook;
use crate::fleet::ActionKind;
use crate::locale::{self, ByLocale, Locale};
use crate::message::MessageBook;
use crate::redact::RedactionWords;
use crate::rule::{Rule, RuleFile, Rules};
use crate::site::Site;
use crate::source::SourceBook;

/// Version of the knowledge, shown in every result.
pub const VERSION: &str = "2026.11";

/// Digits of [`Knowledge::hash`] that pages show; the JSON has all.
const SHORT_HASH_DIGITS: usize = 12;

/// A cause: `causes/<id>.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Cause {
    /// Cause id of `results.md`.
    pub id: String,
    /// Place in the order of reasoning: lower is nearer to the root.
    pub order: u32,
    /// Who acts.
    pub actor: String,
    /// Rough effort, 0 when unknown.
    pub minutes: u32,
    /// Commands that would tell.
    pub next_evidence: Vec<String>,
    /// Remedies for the person in front of the machine.
    pub steps: Vec<String>,
    /// Remedies for administrators.
    pub admin_steps: Vec<String>,
    /// Checks that matter most.
    pub checks: Vec<String>,
    /// Only what a person ran can show it: no code in a service's event log record does.
    #[serde(default)]
    pub of_person: bool,
    /// Where it was read.
    pub source: String,
    /// When.
    pub read: String,
    /// Texts.
    #[serde(flatten)]
    pub texts: ByLocale<CauseText>,
}

/// Texts of a cause.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CauseText {
    /// Short, for tables.
    pub title: String,
    /// One sentence, the report's heading.
    pub headline: String,
    /// What happened.
    pub why: String,
    /// Where local advice and Microsoft differ.
    pub local_note: String,
}

/// A remedy: `remedies/<id>.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Remedy {
    /// `R10`.
    pub id: String,
    /// One command, may be empty.
    #[serde(default)]
    pub command: String,
    /// Several commands.
    #[serde(default)]
    pub commands: Vec<String>,
    /// What of the product lists stands below it: `key`, `windows-hosts`, `office-hosts`, see `src/report/lists.rs`.
    #[serde(default)]
    pub lists: Vec<String>,
    /// Remedy that takes its place on an edition without volume activation; empty when this one serves all.
    #[serde(default)]
    pub not_volume: String,
    /// Checks that its command would decide: not asked again once they are.
    #[serde(default)]
    pub tells: Vec<String>,
    /// What of the site profile stands below it: `vpn`, `helpdesk` …, see `src/report/site.rs`.
    #[serde(default)]
    pub site: Vec<String>,
    /// Remedy that does the same for Office; empty when this one serves both.
    #[serde(default)]
    pub for_office: String,
    /// `cmd`, `powershell`, `gui` or empty.
    pub shell: String,
    /// Needs an elevated prompt.
    pub elevated: bool,
    /// Needs a restart.
    pub reboot: bool,
    /// `none`, `low`, `medium`, `high`.
    pub risk: String,
    /// Who acts.
    pub who: String,
    /// Where it was read.
    pub source: String,
    /// When.
    #[serde(default)]
    pub read: String,
    /// Texts.
    #[serde(flatten)]
    pub texts: ByLocale<RemedyText>,
}

impl Remedy {
    /// All commands in order.
    pub fn all_commands(&self) -> impl Iterator<Item = &str> {
        let single = Some(self.command.as_str()).filter(|c| !c.is_empty());
        single.into_iter().chain(self.commands.iter().map(String::as_str))
    }
}

/// Texts of a remedy.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RemedyText {
    /// Imperative.
    pub title: String,
    /// How.
    pub step: String,
    /// What the console shows when it worked.
    pub expect: String,
    /// What to look at otherwise.
    pub if_not: String,
}

/// A check: `checks/<id>.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Check {
    /// `dns-srv`.
    pub id: String,
    /// Place in the table.
    pub order: u32,
    /// The command that would tell.
    pub ask: String,
    /// Where what passes and fails was read.
    #[serde(default)]
    pub source: String,
    /// When, `2026-11-23`.
    #[serde(default)]
    pub read: String,
    /// What a site profile must tell to decide it, one of [`crate::site::PARTS`]: without that it is not listed.
    #[serde(default)]
    pub needs_site: String,
    /// One passing fact is enough, whatever a later one says: a computer has several addresses.
    #[serde(default)]
    pub any: bool,
    /// Only what a console printed decides: a service that renewed by itself has not shown that the command runs.
    #[serde(default)]
    pub console: bool,
    /// One failing fact outweighs every passing one: a computer has several products.
    #[serde(default)]
    pub worst: bool,
    /// Facts that tell something without deciding.
    #[serde(default)]
    pub told: Vec<CheckWant>,
    /// Facts that pass it.
    #[serde(default)]
    pub pass: Vec<CheckWant>,
    /// Facts that fail it.
    #[serde(default)]
    pub fail: Vec<CheckWant>,
    /// Texts.
    #[serde(flatten)]
    pub texts: ByLocale<CheckText>,
}

/// A fact that decides a check.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckWant {
    /// Kind of fact.
    pub fact: String,
    /// Conditions on fields, as in rules.
    #[serde(default, rename = "where")]
    pub fields: BTreeMap<String, Values>,
}

/// One value or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Values {
    /// One.
    One(String),
    /// Any of these.
    Many(Vec<String>),
}

impl Values {
    /// As a rule condition.
    #[must_use]
    pub fn condition(&self) -> crate::rule::Condition {
        crate::rule::Condition::parse(match self {
            Self::One(text) => vec![text.clone()],
            Self::Many(list) => list.clone(),
        })
    }
}

/// Texts of a check. `{field}` stands for a field of the deciding fact.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckText {
    /// Name of the row.
    pub label: String,
    /// Shown when passed.
    pub pass: String,
    /// Shown when failed.
    pub fail: String,
    /// Shown when not tested.
    pub untested: String,
    /// Shown when not decided, but a fact tells something.
    #[serde(default)]
    pub told: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionsFile {
    options: Vec<String>,
}

/// All knowledge.
#[derive(Debug)]
pub struct Knowledge {
    /// Messages of every tool.
    pub messages: MessageBook,
    /// Error codes.
    pub codes: CodeBook,
    /// Rules by id.
    pub rules: Rules,
    /// Causes by id.
    pub causes: BTreeMap<String, Cause>,
    /// Remedies by id.
    pub remedies: BTreeMap<String, Remedy>,
    /// Actions of the plan over many cases, by id.
    pub actions: BTreeMap<String, ActionKind>,
    /// Checks in order.
    pub checks: Vec<Check>,
    /// Interface languages by tag.
    pub locales: BTreeMap<String, Locale>,
    /// Templates by name, `report.html`.
    pub templates: BTreeMap<String, String>,
    /// Meanings of event log records.
    pub events: EventBook,
    /// Where sources can be read.
    pub sources: SourceBook,
    /// Digest of the data files in effect, 64 hexadecimal digits, as whoever hands them in tells it; empty when
    /// nobody did.
    pub hash: String,
    /// Published keys, activation IDs, host keys, ends of support.
    pub catalog: Catalog,
    /// Words that redaction needs.
    pub redaction: RedactionWords,
    /// What one school calls right: [`Knowledge::with_site`].
    pub site: Option<Site>,
    options: BTreeMap<String, Vec<String>>,
}

/// Parses one data file; `.json` files are data files that a build step has converted.
pub(crate) fn parse<T: DeserializeOwned>(path: &str, text: &str, errors: &mut Vec<DataError>) -> Option<T> {
    if path.ends_with(".json") {
        return match serde_json::from_str(text) {
            Ok(value) => Some(value),
            Err(error) => {
                errors.push(DataError::new("bad-file", path, error.to_string()));
                None
            }
        };
    }
    match toml::from_str(text) {
        Ok(value) => Some(value),
        Err(error) => {
            let mut problem = DataError::new("bad-file", path, error.message().to_owned());
            problem.line = error.span().map(|s| text.get(..s.start).unwrap_or_default().lines().count().max(1));
            errors.push(problem.help("compare with a neighbouring file of the same folder"));
            None
        }
    }
}

impl Knowledge {
    /// Loads knowledge from `(path, text)` pairs, `("causes/other.toml", "…")`. Paths use `/`. A later
    /// pair with the same path replaces an earlier one. What cannot be used is reported and left out.
    #[must_use]
    pub fn load<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Self, Vec<DataError>) {
        let files: BTreeMap<&str, &str> = files.into_iter().collect();
        let (mut knowledge, mut errors) = Self::without_messages(&files);
        let (messages, problems) = MessageBook::load(&files);
        knowledge.messages = messages;
        errors.extend(problems);
        (knowledge, errors)
    }

    /// All but [`Knowledge::messages`], which take as long to load: a program with threads does both at
    /// the same time.
    #[must_use]
    pub fn without_messages(files: &BTreeMap<&str, &str>) -> (Self, Vec<DataError>) {
        let mut errors = Vec::new();
        let under =
            |folder: &str| -> Vec<(&str, &str)> { files.iter().filter(|(p, _)| p.starts_with(folder)).map(|(p, t)| (*p, *t)).collect() };
        let mut options = BTreeMap::new();
        for (path, text) in under("grammars/").into_iter().filter(|(p, _)| is_options(p)) {
            let tool = path.rsplit('/').nth(1).unwrap_or_default().to_owned();
            options.extend(parse::<OptionsFile>(path, text, &mut errors).map(|f| (tool, f.options)));
        }
        let mut codes = CodeBook::default();
        for (path, text) in under("codes/") {
            codes.add(path, text, &mut errors);
        }
        let mut events = EventBook::default();
        for (path, text) in under("grammars/events/") {
            events.add(path, text, &mut errors);
        }
        let mut sources = SourceBook::default();
        for (path, text) in under("sources/") {
            sources.add(path, text, &mut errors);
        }
        let catalog = Catalog::load(&under("products/"), &mut errors);
        let mut redaction = RedactionWords::default();
        for (path, text) in under("redaction/") {
            redaction.add(path, text, &mut errors);
        }
        let causes: BTreeMap<String, Cause> = table(&under("causes/"), &mut errors, |c: &Cause| &c.id);
        let remedies = table(&under("remedies/"), &mut errors, |r: &Remedy| &r.id);
        let actions = table(&under("actions/"), &mut errors, |a: &ActionKind| &a.id);
        let mut checks: Vec<Check> = table(&under("checks/"), &mut errors, |c: &Check| &c.id).into_values().collect();
        checks.sort_by_key(|c| c.order);
        let locales = table(&under("locales/"), &mut errors, |l: &Locale| &l.locale);
        let templates =
            under("templates/").into_iter().map(|(p, t)| (p.trim_start_matches("templates/").to_owned(), t.to_owned())).collect();
        let known_cause = |id: &str| causes.contains_key(id);
        let rules = under("rules/").into_iter().filter_map(|(path, text)| RuleFile { path, text }.load(&known_cause, &mut errors));
        let rules = rules.collect::<Vec<Rule>>().into_iter().map(|r| (r.id.clone(), r)).collect();
        let messages = MessageBook::default();
        let (hash, site) = (String::new(), None);
        let mut knowledge = Self {
            messages,
            codes,
            rules,
            causes,
            remedies,
            actions,
            checks,
            locales,
            templates,
            events,
            sources,
            hash,
            catalog,
            redaction,
            site,
            options,
        };
        locale::spread(&mut knowledge, &mut errors);
        (knowledge, errors)
    }

    /// The options that a tool knows, without their mark: `ato`, `sethst`.
    #[must_use]
    pub fn options(&self, tool: &str) -> &[String] {
        self.options.get(tool).map_or(&[], Vec::as_slice)
    }

    /// An interface word; a question mark when it is missing, which a test forbids.
    #[must_use]
    pub fn word<'a>(&'a self, locale: &str, key: &str) -> &'a str {
        let words = self.locales.get(locale).or_else(|| self.locales.get("en"));
        words.and_then(|l| l.ui.get(key)).map_or("?", String::as_str)
    }

    /// Version and the first digits of the digest, as reports show them: `2026.11 · 0123456789ab`.
    #[must_use]
    pub fn edition(&self) -> String {
        match self.hash.get(..SHORT_HASH_DIGITS) {
            Some(short) => format!("{VERSION} · {short}"),
            None => VERSION.to_owned(),
        }
    }

    /// A cause's title, the id when it is unknown.
    #[must_use]
    pub fn cause_title<'a>(&'a self, id: &'a str, locale: &str) -> &'a str {
        self.causes.get(id).map_or(id, |c| &c.texts.get(locale).title)
    }
}

/// `grammars/<tool>/options.toml`.
fn is_options(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|n| n.starts_with("options."))
}

/// A folder of one-entry files, by id. File name and id must agree.
fn table<T: DeserializeOwned>(files: &[(&str, &str)], errors: &mut Vec<DataError>, id: impl Fn(&T) -> &str) -> BTreeMap<String, T> {
    let mut rows = BTreeMap::new();
    for (path, text) in files {
        let Some(row) = parse::<T>(path, text, errors) else { continue };
        let stem = path.rsplit('/').next().and_then(|n| n.rsplit_once('.')).map_or("", |n| n.0);
        if stem != id(&row) {
            let what = format!("id `{}` differs from the file name `{stem}`", id(&row));
            errors.push(DataError::new("id-not-path", path, what).at(text, id(&row)));
        }
        rows.insert(id(&row).to_owned(), row);
    }
    rows
}
