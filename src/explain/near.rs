//! What a misspelt question may have meant.

use crate::data_error::edit_distance;
use crate::knowledge::Knowledge;

/// Ids and codes near to `what`, nearest first: for a misspelt question.
#[must_use]
pub fn suggestions(knowledge: &Knowledge, what: &str) -> Vec<String> {
    let wanted = what.trim().to_lowercase();
    let length = wanted.chars().count();
    if length > 64 {
        return Vec::new();
    }
    let ids = knowledge.causes.keys().chain(knowledge.remedies.keys()).chain(knowledge.rules.keys());
    let ids = ids.map(String::as_str).chain(knowledge.checks.iter().map(|c| c.id.as_str()));
    let ids = ids.chain(knowledge.codes.iter().map(|c| c.code.as_str())).chain(knowledge.messages.messages.iter().map(|m| m.id.as_str()));
    let mut near: Vec<(usize, &str)> = ids
        .filter(|id| id.chars().count().abs_diff(length) <= length / 3 + 1)
        .map(|id| (edit_distance(&wanted, &id.to_lowercase()), id))
        .filter(|(distance, _)| *distance <= length / 4 + 1)
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(5).map(|n| n.1.to_owned()).collect()
}
