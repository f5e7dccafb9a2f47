//! Checks that data files fit each other: ids that lead nowhere, texts that are missing in a language,
//! options that no tool has, templates that no page uses. Each file by itself is `Knowledge::load`'s.

use std::collections::BTreeSet;

use kms_triage::data_error::nearest;
use kms_triage::locale::LOCALES;
use kms_triage::report::{LIST_ROWS, SITE_ROWS, TEMPLATES};
use kms_triage::site::PARTS;
use kms_triage::{DataError, Knowledge};

use crate::data::DataFiles;

/// Tools whose options are known, and how their script is called in a command.
const TOOLS: [(&str, &str); 2] = [("slmgr", "slmgr"), ("ospp", "ospp.vbs")];

/// Everything that does not fit, in order of file.
pub(crate) fn check(knowledge: &Knowledge, files: &DataFiles) -> Vec<DataError> {
    let mut checker = Checker { knowledge, files, found: Vec::new() };
    checker.causes();
    checker.codes();
    checker.remedies();
    checker.actions();
    checker.checks();
    checker.locales();
    checker.templates();
    checker.products();
    checker.rules();
    checker.provenance();
    checker.found.sort();
    checker.found.dedup();
    checker.found
}

/// What the checks share.
pub(crate) struct Checker<'a> {
    pub(crate) knowledge: &'a Knowledge,
    files: &'a DataFiles,
    found: Vec<DataError>,
}

impl Checker<'_> {
    /// Notes a problem in the file `stem` (without ending), at the line that holds `needle`.
    pub(crate) fn report(&mut self, code: &'static str, stem: &str, needle: &str, what: String) {
        let file = self.files.iter().find(|(path, _)| path.rsplit_once('.').is_some_and(|p| p.0 == stem));
        let error = match file {
            // Embedded data files are one long line: a line number would only mislead.
            Some((path, text)) if !path.ends_with(".json") => DataError::new(code, path, what).at(text, needle),
            _ => DataError::new(code, &format!("{stem}.toml"), what),
        };
        self.found.push(error);
    }

    fn unknown_cause(&self, id: &str) -> Option<String> {
        let unknown = !self.knowledge.causes.contains_key(id);
        unknown.then(|| format!("no cause `{id}`{}", nearest(id, self.knowledge.causes.keys().map(String::as_str))))
    }

    fn unknown_remedy(&self, id: &str) -> Option<String> {
        let unknown = !self.knowledge.remedies.contains_key(id);
        unknown.then(|| format!("no remedy `{id}`{}", nearest(id, self.knowledge.remedies.keys().map(String::as_str))))
    }

    fn causes(&mut self) {
        let knowledge = self.knowledge;
        for cause in knowledge.causes.values() {
            let stem = format!("causes/{}", cause.id);
            for id in cause.steps.iter().chain(&cause.admin_steps) {
                if let Some(what) = self.unknown_remedy(id) {
                    self.report("unknown-remedy", &stem, id, what);
                }
            }
            for id in &cause.checks {
                if !knowledge.checks.iter().any(|c| c.id == *id) {
                    let hint = nearest(id, knowledge.checks.iter().map(|c| c.id.as_str()));
                    self.report("unknown-check", &stem, id, format!("no check `{id}`{hint}"));
                }
            }
            for command in &cause.next_evidence {
                for what in self.unknown_options(command) {
                    self.report("unknown-option", &stem, command, what);
                }
            }
            let by_rule = knowledge.rules.values().any(|r| r.cause == cause.id && !r.against && r.status != "retired");
            let by_code = knowledge.codes.iter().any(|c| c.cause == cause.id || c.rivals.contains(&cause.id));
            // These two are what is left when nothing names a cause.
            let fallback = matches!(cause.id.as_str(), "other" | "insufficient-evidence");
            if !by_rule && !by_code && !fallback {
                let what = format!("no rule and no code leads to the cause `{}`", cause.id);
                self.report("cause-unreachable", &stem, &cause.id, what);
            }
            let texts = LOCALES.map(|l| cause.texts.get(l)).map(|t| [&*t.title, &t.headline, &t.why, &t.local_note]);
            self.texts(&stem, &["title", "headline", "why", "local-note"], texts, 3);
        }
    }

    /// Texts in the three languages: the first `required` must be there, the others in all or in none.
    fn texts<const N: usize>(&mut self, stem: &str, names: &[&str; N], texts: [[&str; N]; 3], required: usize) {
        for (i, name) in names.iter().enumerate() {
            let of = |locale: usize| texts.get(locale).and_then(|t| t.get(i)).copied().unwrap_or_default();
            let any = (0..LOCALES.len()).any(|l| !of(l).is_empty());
            for (number, locale) in LOCALES.iter().enumerate() {
                if of(number).is_empty() && (any || i < required) {
                    self.report("translation-missing", stem, &format!("[{locale}]"), format!("`{name}` is empty in {locale}"));
                }
            }
        }
    }

    fn codes(&mut self) {
        let knowledge = self.knowledge;
        for code in knowledge.codes.iter() {
            let Some(stem) = self.file_of_code(&code.code) else { continue };
            let causes = std::iter::once(&code.cause).filter(|c| !c.is_empty()).chain(&code.rivals);
            for id in causes {
                if let Some(what) = self.unknown_cause(id) {
                    self.report("unknown-cause", &stem, &code.code, format!("code `{}`: {what}", code.code));
                }
            }
            for id in &code.remedies {
                if let Some(what) = self.unknown_remedy(id) {
                    self.report("unknown-remedy", &stem, &code.code, format!("code `{}`: {what}", code.code));
                }
            }
            for locale in LOCALES.iter().filter(|l| code.meaning(l).trim().is_empty()) {
                self.report("translation-missing", &stem, &code.code, format!("code `{}` has no meaning in {locale}", code.code));
            }
        }
    }

    /// The file that holds `code`, without its ending.
    pub(crate) fn file_of_code(&self, code: &str) -> Option<String> {
        self.file_with("codes/", code)
    }

    /// The file of a folder that holds `text` in quotes, without its ending.
    pub(crate) fn file_with(&self, folder: &str, text: &str) -> Option<String> {
        let quoted = format!("\"{text}\"");
        let mut files = self.files.iter().filter(|(path, _)| path.starts_with(folder));
        let (path, _) = files.find(|(_, text)| text.contains(&quoted))?;
        path.rsplit_once('.').map(|p| p.0.to_owned())
    }

    fn remedies(&mut self) {
        let knowledge = self.knowledge;
        for remedy in knowledge.remedies.values() {
            let stem = format!("remedies/{}", remedy.id);
            for command in remedy.all_commands() {
                for what in self.unknown_options(command) {
                    self.report("unknown-option", &stem, command, what);
                }
            }
            for id in remedy.site.iter().filter(|id| !SITE_ROWS.contains(&id.as_str())) {
                let hint = nearest(id, SITE_ROWS.into_iter());
                self.report("unknown-site-row", &stem, id, format!("a site profile has no line `{id}`{hint}"));
            }
            for id in remedy.lists.iter().filter(|id| !LIST_ROWS.contains(&id.as_str())) {
                let hint = nearest(id, LIST_ROWS.into_iter());
                self.report("unknown-list-row", &stem, id, format!("the product lists have no line `{id}`{hint}"));
            }
            for id in [&remedy.for_office, &remedy.not_volume].into_iter().filter(|id| !id.is_empty()) {
                if let Some(what) = self.unknown_remedy(id) {
                    self.report("unknown-remedy", &stem, id, what);
                }
            }
            let texts = LOCALES.map(|l| remedy.texts.get(l)).map(|t| [&*t.title, &t.step, &t.expect, &t.if_not]);
            self.texts(&stem, &["title", "step", "expect", "if-not"], texts, 2);
        }
    }

    /// `cscript … slmgr.vbs /atoo` → "slmgr has no option `/atoo`". Options stand behind the script.
    fn unknown_options(&self, command: &str) -> Vec<String> {
        let lower = command.to_lowercase();
        let mut unknown = Vec::new();
        for (tool, script) in TOOLS {
            let Some((_, behind)) = lower.split_once(script) else { continue };
            let known = self.knowledge.options(tool);
            for word in behind.split_whitespace() {
                let Some(option) = word.strip_prefix('/') else { continue };
                let name = option.split(':').next().unwrap_or_default();
                if !known.is_empty() && !known.iter().any(|k| k == name) {
                    unknown.push(format!("{tool} has no option `/{name}`{}", nearest(name, known.iter().map(String::as_str))));
                }
            }
        }
        unknown
    }

    /// Actions name causes, remedies and rules that exist, and every cause that is one has an action.
    fn actions(&mut self) {
        let knowledge = self.knowledge;
        for action in knowledge.actions.values() {
            let stem = format!("actions/{}", action.id);
            let wrong = self.unknown_remedy(&action.remedy).map(|what| ("unknown-remedy", action.remedy.clone(), what));
            let causes = action.ends.iter().filter_map(|id| Some(("unknown-cause", id.clone(), self.unknown_cause(id)?)));
            let rules = action.rules.iter().chain(&action.unless).filter(|id| !knowledge.rules.contains_key(*id));
            let rules = rules.map(|id| ("unknown-rule", id.clone(), format!("no rule `{id}`")));
            let wrong: Vec<_> = wrong.into_iter().chain(causes).chain(rules).collect();
            for (code, needle, what) in wrong {
                self.report(code, &stem, &needle, what);
            }
            let texts = LOCALES.map(|l| action.texts.get(l)).map(|t| [&*t.title, &t.verify]);
            self.texts(&stem, &["title", "verify"], texts, 2);
        }
        for cause in knowledge.causes.keys().filter(|c| !matches!(c.as_str(), "other" | "insufficient-evidence")) {
            let ended = knowledge.actions.values().any(|a| a.group.is_empty() && a.rules.is_empty() && a.ends.contains(cause));
            if !ended {
                let what = format!("no action at a computer by itself ends the cause `{cause}`: a plan would leave it out");
                self.report("action-missing", &format!("causes/{cause}"), cause, what);
            }
        }
    }

    fn checks(&mut self) {
        let knowledge = self.knowledge;
        for check in &knowledge.checks {
            let stem = format!("checks/{}", check.id);
            if !check.needs_site.is_empty() && !PARTS.contains(&check.needs_site.as_str()) {
                let hint = nearest(&check.needs_site, PARTS.into_iter());
                self.report(
                    "unknown-site-part",
                    &stem,
                    &check.needs_site,
                    format!("a site profile has no part `{}`{hint}", check.needs_site),
                );
            }
            for what in self.unknown_options(&check.ask) {
                self.report("unknown-option", &stem, &check.ask, what);
            }
            for want in check.pass.iter().chain(&check.fail).chain(&check.told) {
                let names: Vec<&str> = want.fields.keys().map(String::as_str).collect();
                if let Some(what) = kms_triage::fact::check(&want.fact, &names) {
                    self.report("unknown-fact", &stem, &want.fact, what);
                }
            }
            let texts = LOCALES.map(|l| check.texts.get(l)).map(|t| [&*t.label, &t.pass, &t.fail, &t.untested, &t.told]);
            self.texts(&stem, &["label", "pass", "fail", "untested", "told"], texts, 1);
        }
    }

    /// Every word of one language must be there in all.
    fn locales(&mut self) {
        let knowledge = self.knowledge;
        let keys: BTreeSet<(&str, &String)> = knowledge
            .locales
            .values()
            .flat_map(|l| [("ui", &l.ui), ("summary", &l.summary), ("page", &l.page)])
            .flat_map(|(table, words)| words.keys().map(move |k| (table, k)))
            .collect();
        for tag in LOCALES {
            let stem = format!("locales/{tag}");
            let Some(locale) = knowledge.locales.get(tag) else {
                self.report("translation-missing", &stem, "", format!("there is no file for {tag}"));
                continue;
            };
            for (table, key) in &keys {
                let words = match *table {
                    "ui" => &locale.ui,
                    "summary" => &locale.summary,
                    _ => &locale.page,
                };
                if words.get(*key).is_none_or(String::is_empty) {
                    self.report("translation-missing", &stem, &format!("[{table}]"), format!("[{table}] has no word `{key}`"));
                }
            }
        }
    }

    /// A template is used when it is a page, or a template that is used names it.
    fn templates(&mut self) {
        let knowledge = self.knowledge;
        let mut used: BTreeSet<&str> = BTreeSet::new();
        let mut open: Vec<&str> = TEMPLATES.to_vec();
        while let Some(name) = open.pop() {
            let Some((name, text)) = knowledge.templates.get_key_value(name) else {
                self.report("template-missing", &format!("templates/{name}"), "", format!("there is no template `{name}`"));
                continue;
            };
            if used.insert(name) {
                let quoted = |n: &&String| text.contains(&format!("\"{n}\"")) || text.contains(&format!("'{n}'"));
                open.extend(knowledge.templates.keys().filter(quoted).map(String::as_str));
            }
        }
        for name in knowledge.templates.keys().filter(|n| !used.contains(n.as_str())) {
            let stem = name.rsplit_once('.').map_or(name.as_str(), |n| n.0);
            self.report("template-dead", &format!("templates/{stem}"), "", format!("no page uses the template `{name}`"));
        }
    }
}
