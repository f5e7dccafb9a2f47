//! Every case's JSON against the JSON Schema that the program gives out: a small validator for the
//! keywords that the schema uses, which fails on a keyword it does not know.

use kms_triage::case::json_schema;
use serde_json::Value;

use crate::cases::{self, TestCase};
use crate::demo;
use crate::files::report;

struct Validator {
    root: Value,
    problems: Vec<String>,
}

/// Keywords that say nothing about validity.
const ANNOTATIONS: [&str; 8] = ["$schema", "$defs", "title", "description", "default", "format", "examples", "$ref"];

impl Validator {
    fn check(&mut self, schema: &Value, value: &Value, at: &str) {
        let Value::Object(keywords) = schema else { return };
        if let Some(reference) = keywords.get("$ref").and_then(Value::as_str) {
            let target = self.root.pointer(reference.trim_start_matches('#')).cloned();
            match target {
                Some(target) => self.check(&target, value, at),
                None => self.problems.push(format!("  {reference} does not exist")),
            }
        }
        for (keyword, want) in keywords.iter().filter(|k| !ANNOTATIONS.contains(&k.0.as_str())) {
            self.keyword(keyword, want, value, at);
        }
    }

    fn keyword(&mut self, keyword: &str, want: &Value, value: &Value, at: &str) {
        let wrong = match keyword {
            "type" => !types(want).any(|t| is_type(value, t)),
            "enum" => !want.as_array().is_some_and(|list| list.contains(value)),
            "const" => want != value,
            "minimum" => value.as_f64().zip(want.as_f64()).is_some_and(|(v, w)| v < w),
            "maximum" => value.as_f64().zip(want.as_f64()).is_some_and(|(v, w)| v > w),
            "minItems" => value.as_array().zip(want.as_u64()).is_some_and(|(v, w)| (v.len() as u64) < w),
            "maxItems" => value.as_array().zip(want.as_u64()).is_some_and(|(v, w)| v.len() as u64 > w),
            "required" => {
                let missing = want.as_array().into_iter().flatten().filter_map(Value::as_str).find(|k| value.get(k).is_none());
                value.is_object() && missing.is_some()
            }
            "anyOf" | "oneOf" => !want.as_array().into_iter().flatten().any(|s| self.accepts(s, value)),
            "properties" => return self.properties(want, value, at),
            "additionalProperties" => return self.additional(want, value, at),
            "items" => return self.items(want, value, at),
            "prefixItems" => return self.prefix_items(want, value, at),
            _ => {
                self.problems.push(format!("  the validator does not know the keyword {keyword}"));
                return;
            }
        };
        if wrong {
            self.problems.push(format!("  {at}: {keyword} wants {want}, found {value}"));
        }
    }

    fn accepts(&self, schema: &Value, value: &Value) -> bool {
        let mut inner = Self { root: self.root.clone(), problems: Vec::new() };
        inner.check(schema, value, "");
        inner.problems.is_empty()
    }

    fn properties(&mut self, want: &Value, value: &Value, at: &str) {
        for (name, schema) in want.as_object().into_iter().flatten() {
            if let Some(value) = value.get(name) {
                self.check(schema, value, &format!("{at}/{name}"));
            }
        }
    }

    /// In our schema only maps without fixed properties have this.
    fn additional(&mut self, want: &Value, value: &Value, at: &str) {
        if !want.is_object() {
            return;
        }
        for (name, value) in value.as_object().into_iter().flatten() {
            self.check(want, value, &format!("{at}/{name}"));
        }
    }

    fn items(&mut self, want: &Value, value: &Value, at: &str) {
        for (i, value) in value.as_array().into_iter().flatten().enumerate() {
            self.check(want, value, &format!("{at}/{i}"));
        }
    }

    fn prefix_items(&mut self, want: &Value, value: &Value, at: &str) {
        let values = value.as_array().into_iter().flatten();
        for (i, (schema, value)) in want.as_array().into_iter().flatten().zip(values).enumerate() {
            self.check(schema, value, &format!("{at}/{i}"));
        }
    }
}

fn types(want: &Value) -> impl Iterator<Item = &str> {
    want.as_str().into_iter().chain(want.as_array().into_iter().flatten().filter_map(Value::as_str))
}

fn is_type(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

/// Words that the schema types as plain strings but `docs/results.md` closes.
const CLOSED: [(&str, &str); 4] = [
    ("/verdict/state", "activated expiring grace not-activated unknown"),
    ("/verdict/certainty", "certain likely possible"),
    ("/verdict/actor", "student helpdesk kms-admin dns-admin vendor licence-contact"),
    ("/schema", "1"),
];

#[test]
fn every_case_validates() {
    let root = json_schema();
    let mut problems = Vec::new();
    let of_corpus = cases::all().into_iter().map(TestCase::analyze);
    for analysis in of_corpus.chain(demo::analyses()) {
        let value = serde_json::to_value(&analysis.case).unwrap();
        let mut validator = Validator { root: root.clone(), problems: Vec::new() };
        validator.check(&root, &value, "");
        for (pointer, words) in CLOSED {
            let found = value.pointer(pointer).map(|v| v.to_string().trim_matches('"').to_owned()).unwrap_or_default();
            if !words.split(' ').any(|w| w == found) {
                validator.problems.push(format!("  {pointer} is {found}"));
            }
        }
        problems.extend(validator.problems.iter().map(|p| format!("{} {p}", analysis.case.case)));
    }
    report("results do not fit the schema", &problems);
}

#[test]
fn the_validator_sees_faults() {
    let root = json_schema();
    let case = demo::analyses().remove(0).case;
    let mut value = serde_json::to_value(&case).unwrap();
    value["verdict"]["state"] = Value::Bool(true);
    value["files"][0]["bytes"] = Value::from(-1);
    value.as_object_mut().unwrap().remove("knowledge");
    let mut validator = Validator { root: root.clone(), problems: Vec::new() };
    validator.check(&root, &value, "");
    assert_eq!(validator.problems.len(), 3, "{:#?}", validator.problems);
}
