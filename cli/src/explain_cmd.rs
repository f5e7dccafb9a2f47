//! `explain`: what a code, an id or a printed sentence means.

use kms_triage::explain::{explain, suggestions};

use crate::args::{ExplainArgs, ExplainFormat, Shared};
use crate::exit::{Exit, Failure};
use crate::words::{Words, shown};
use crate::{data, output};

/// Runs the command. Words typed without quotes are one question.
pub(crate) fn run(options: &ExplainArgs, shared: &Shared) -> Result<Exit, Failure> {
    let knowledge = data::knowledge(shared.knowledge.as_deref())?;
    let words = Words { knowledge: &knowledge, locale: shared.locale(&knowledge)? };
    let what = options.what.join(" ");
    let Some(explanation) = explain(&knowledge, &what, words.locale) else {
        let mut message = words.say("explain-not-found", &[("id", &shown(what.trim()))]);
        let near = suggestions(&knowledge, &what);
        if !near.is_empty() {
            message.push('\n');
            message.push_str(&words.say("explain-did-you-mean", &[("list", &near.join(", "))]));
        }
        return Err(Failure::nothing(message));
    };
    output::print(&match options.format {
        ExplainFormat::Text => explanation.text(),
        ExplainFormat::Json => format!("{:#}\n", explanation.json()),
    })
}
