//! Reads `rules/<cause>/<name>.toml` and checks it against the vocabulary and the causes.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Certainty, Condition, Rule, Scope, Want};
use crate::data_error::{DataError, nearest};
use crate::fact;

/// A rule file as text.
#[derive(Debug, Clone, Copy)]
pub struct RuleFile<'a> {
    /// `rules/kms-dns-not-found/srv-nxdomain.toml`.
    pub path: &'a str,
    /// Content.
    pub text: &'a str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    id: String,
    cause: String,
    certainty: String,
    #[serde(default)]
    against: bool,
    #[serde(default = "stable")]
    status: String,
    #[serde(default = "case")]
    scope: String,
    all: Vec<WantRow>,
    #[serde(default)]
    none: Vec<WantRow>,
    #[serde(default)]
    also: Vec<WantRow>,
    about: String,
    source: String,
    read: String,
}

fn stable() -> String {
    "stable".to_owned()
}

fn case() -> String {
    "case".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantRow {
    #[serde(default, rename = "as")]
    role: String,
    fact: String,
    #[serde(default, rename = "where")]
    fields: BTreeMap<String, OneOrMany>,
    #[serde(default)]
    after: String,
    #[serde(default)]
    history: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl RuleFile<'_> {
    /// The rule, or `None` with the reasons in `errors`.
    pub fn load(&self, causes: &dyn Fn(&str) -> bool, errors: &mut Vec<DataError>) -> Option<Rule> {
        let row = crate::knowledge::parse::<Row>(self.path, self.text, errors)?;
        let stem = self.path.trim_start_matches("rules/").trim_end_matches(".toml").trim_end_matches(".json");
        row.build(self.path, self.text, stem, causes, errors)
    }
}

impl Row {
    /// Id as written.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The rule, checked; `stem` is what its id must be.
    pub(crate) fn build(
        self,
        path: &str,
        text: &str,
        stem: &str,
        causes: &dyn Fn(&str) -> bool,
        errors: &mut Vec<DataError>,
    ) -> Option<Rule> {
        let row = self;
        let before = errors.len();
        let mut report = |code, what: String| errors.push(DataError::new(code, path, what).at(text, &row.id));
        if stem != row.id {
            report("id-not-path", format!("rule id `{}` differs from its path `{stem}`", row.id));
        }
        if !causes(&row.cause) {
            report("unknown-cause", format!("rule `{}` names the unknown cause `{}`", row.id, row.cause));
        }
        let scope = match row.scope.as_str() {
            "run" => Scope::Run,
            "product" => Scope::Product,
            "case" => Scope::Case,
            other => {
                report("unknown-scope", format!("scope `{other}`{}", nearest(other, ["run", "product", "case"].into_iter())));
                Scope::Case
            }
        };
        let certainty = Certainty::named(&row.certainty).unwrap_or_else(|| {
            report("unknown-certainty", format!("certainty `{}` is none of certain, likely, possible", row.certainty));
            Certainty::Possible
        });
        for want in row.all.iter().chain(&row.none).chain(&row.also) {
            let names: Vec<&str> = want.fields.keys().map(String::as_str).collect();
            if let Some(what) = fact::check(&want.fact, &names) {
                report("unknown-fact", format!("rule `{}`: {what}", row.id));
            }
            if !want.after.is_empty() && !row.all.iter().any(|w| w.role == want.after) {
                report("role-unbound", format!("rule `{}`: `after = \"{}\"` names no role under [[all]]", row.id, want.after));
            }
        }
        if row.all.is_empty() || row.all.iter().any(|w| w.role.is_empty()) {
            report("role-unbound", format!("rule `{}`: every [[all]] needs a role (`as`)", row.id));
        }
        if errors.len() > before {
            return None;
        }
        let wants = |rows: Vec<WantRow>| rows.into_iter().map(want).collect();
        Some(Rule {
            id: row.id,
            cause: row.cause,
            certainty,
            against: row.against,
            status: row.status,
            scope,
            all: wants(row.all),
            none: wants(row.none),
            also: wants(row.also),
            about: row.about,
            source: row.source,
            read: row.read,
            file: path.to_owned(),
        })
    }
}

fn want(row: WantRow) -> Want {
    let condition = |value| match value {
        OneOrMany::One(text) => Condition::parse(vec![text]),
        OneOrMany::Many(list) => Condition::parse(list),
    };
    let fields = row.fields.into_iter().map(|(name, value)| (name, condition(value))).collect();
    Want { role: row.role, fact: row.fact, fields, after: row.after, history: row.history }
}
