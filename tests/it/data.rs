//! The data files by themselves: everything loads, refers to what exists, and says it in each language.

use std::collections::BTreeSet;
use std::fs;

use kms_triage::event::EventMeaning;
use kms_triage::fact;
use kms_triage::locale::LOCALES;
use kms_triage::message::Message;
use regex::Regex;

use crate::files::{data_errors, knowledge, report, under};

#[test]
fn everything_loads() {
    let errors: Vec<String> = data_errors().iter().map(ToString::to_string).collect();
    report("data errors", &errors);
}

#[test]
fn every_sample_is_read_by_its_own_message() {
    let problems: Vec<String> = knowledge().messages.check_samples().iter().map(ToString::to_string).collect();
    report("samples are not read as meant", &problems);
}

#[test]
fn facts_of_the_program_itself_are_stated_by_it_alone() {
    let k = knowledge();
    let messages = k.messages.messages.iter().filter_map(Message::fact);
    let grammars: BTreeSet<&str> = messages.chain(k.events.iter().filter_map(EventMeaning::fact)).collect();
    let library: String = sources().into_iter().filter(|(f, _)| f.starts_with("src/") && f != "src/fact.rs").map(|(_, t)| t).collect();
    let mut problems = Vec::new();
    for definition in fact::VOCABULARY {
        let own = fact::OWN.contains(&definition.kind);
        let said = library.contains(&format!("\"{}\"", definition.kind));
        if own == grammars.contains(definition.kind) || own && !said {
            problems.push(format!("  {}", definition.kind));
        }
    }
    report("facts are stated by nothing, or not by whom `fact::OWN` says", &problems);
}

#[test]
fn every_cause_has_texts() {
    let mut problems = Vec::new();
    for cause in knowledge().causes.values() {
        for locale in LOCALES {
            let text = cause.texts.get(locale);
            if [&text.title, &text.headline, &text.why].iter().any(|t| t.trim().is_empty()) {
                problems.push(format!("  {} has an empty text in {locale}", cause.id));
            }
        }
    }
    report("causes lack texts", &problems);
}

#[test]
fn what_is_referred_to_exists() {
    let k = knowledge();
    let mut problems = Vec::new();
    let mut need = |there: bool, whose: &str, what: &str| {
        if !there {
            problems.push(format!("  {whose} refers to {what}"));
        }
    };
    for cause in k.causes.values() {
        for remedy in cause.steps.iter().chain(&cause.admin_steps) {
            need(k.remedies.contains_key(remedy), &cause.id, &format!("remedy {remedy}"));
        }
        for check in &cause.checks {
            need(k.checks.iter().any(|c| c.id == *check), &cause.id, &format!("check {check}"));
        }
    }
    for code in k.codes.iter() {
        let causes = code.rivals.iter().chain(Some(&code.cause).filter(|c| !c.is_empty()));
        for cause in causes {
            need(k.causes.contains_key(cause), &code.code, &format!("cause {cause}"));
        }
        for remedy in &code.remedies {
            need(k.remedies.contains_key(remedy), &code.code, &format!("remedy {remedy}"));
        }
    }
    report("references lead nowhere", &problems);
}

#[test]
fn locales_have_the_same_words() {
    let mut problems = Vec::new();
    let keys = |locale: &str| -> BTreeSet<String> {
        let Some(l) = knowledge().locales.get(locale) else { return BTreeSet::new() };
        let ui = l.ui.keys().map(|k| format!("ui.{k}"));
        ui.chain(l.summary.keys().map(|k| format!("summary.{k}"))).chain(l.page.keys().map(|k| format!("page.{k}"))).collect()
    };
    let all: BTreeSet<String> = LOCALES.iter().flat_map(|l| keys(l)).collect();
    for locale in LOCALES {
        let own = keys(locale);
        problems.extend(all.difference(&own).map(|k| format!("  {locale} has no {k}")));
    }
    report("words are missing in a locale", &problems);
}

/// Texts of the Rust sources, tests at their end left out.
fn sources() -> Vec<(String, String)> {
    let files = under("src").into_iter().chain(under("cli/src")).filter(|f| f.0.ends_with(".rs"));
    files.map(|(name, path)| (name, fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn every_word_asked_for_exists() {
    let calls = Regex::new(r#"\b(?:word|row|label|ui)\(\s*(?:[a-z_.&]+,\s*)?"([a-z0-9]+(?:-[a-z0-9]+)+)""#).unwrap();
    let patterns = Regex::new(r#"word\(\s*(?:[a-z_.&]+,\s*)?&format!\("([a-z-]+)\{"#).unwrap();
    let mut problems = Vec::new();
    for (file, text) in sources() {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for locale in LOCALES {
            let Some(words) = knowledge().locales.get(locale).map(|l| &l.ui) else { continue };
            let missing = calls.captures_iter(code).map(|c| c[1].to_owned()).filter(|k| !words.contains_key(k));
            problems.extend(missing.map(|k| format!("  {file}: {locale} has no word {k}")));
            let unknown = patterns.captures_iter(code).map(|c| c[1].to_owned()).filter(|p| !words.keys().any(|k| k.starts_with(p)));
            problems.extend(unknown.map(|p| format!("  {file}: {locale} has no word that begins with {p}")));
        }
    }
    report("words are used and not defined", &problems);
}

/// Words made from a prefix and one of a closed list.
#[test]
fn every_word_of_a_closed_list_exists() {
    let states = "activated expiring grace unknown not-activated";
    let status = "unlicensed licensed oob-grace oot-grace non-genuine-grace notification extended-grace";
    let actors = "student helpdesk kms-admin dns-admin vendor licence-contact";
    let lists = [
        ("state", states),
        ("eyebrow", states),
        ("headline", states),
        ("why", states),
        ("license", status),
        ("actor", actors),
        ("certainty", "certain likely possible"),
        ("role", "failure information hint foreign"),
        ("file-kind", "transcript mgadiag unknown"),
        ("file-status", "read partly-read skipped failed"),
        ("kms-source", "manual dns unknown"),
    ];
    let mut problems = Vec::new();
    for locale in LOCALES {
        let Some(words) = knowledge().locales.get(locale).map(|l| &l.ui) else { continue };
        for (prefix, list) in lists {
            let keys = list.split(' ').map(|w| format!("{prefix}-{w}"));
            problems.extend(keys.filter(|k| !words.contains_key(k)).map(|k| format!("  {locale} has no word {k}")));
        }
    }
    let k = knowledge();
    let people = k.causes.values().map(|c| &c.actor).chain(k.remedies.values().map(|r| &r.who));
    let unknown: BTreeSet<&String> = people.filter(|p| !actors.split(' ').any(|a| a == *p)).collect();
    problems.extend(unknown.iter().map(|p| format!("  nobody is called {p}")));
    report("words of closed lists are missing", &problems);
}

#[test]
fn a_tag_of_the_environment_names_a_language() {
    let knowledge = knowledge();
    for (value, tag) in [
        ("zh_TW.UTF-8", Some("zh-TW")),
        ("zh_HK", Some("zh-TW")),
        ("zh-Hant-TW", Some("zh-TW")),
        ("zh_CN.GB18030", Some("zh-CN")),
        ("zh-hans-SG", Some("zh-CN")),
        ("ZH_SG", Some("zh-CN")),
        ("en_GB@euro", Some("en")),
        ("C", None),
        ("de_DE.UTF-8", None),
        ("", None),
    ] {
        assert_eq!(knowledge.locale_of(value), tag, "{value}");
    }
}
