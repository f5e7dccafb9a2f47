//! `compare`: two results of scans, side by side.

use std::fs;
use std::path::Path;

use kms_triage::compare::{Batch, compare};
use kms_triage::report::{Renderer, comparison_text};

use crate::args::{CompareArgs, CompareFormat, Shared};
use crate::exit::{Exit, Failure};
use crate::words::Words;
use crate::{data, output, results_file};

/// Runs the command.
pub(crate) fn run(options: &CompareArgs, shared: &Shared) -> Result<Exit, Failure> {
    let knowledge = data::knowledge(&shared.extra, None)?;
    let words = Words { knowledge: &knowledge, locale: shared.locale(&knowledge)? };
    if let Some(out) = &options.out {
        let real = |path: &Path| fs::canonicalize(results_file::file(path)).ok();
        if fs::canonicalize(out).is_ok_and(|o| [&options.old, &options.new].iter().any(|i| real(i).is_some_and(|i| i == o))) {
            return Err(Failure::usage("--out names one of the files that are compared"));
        }
    }
    let batches = [results_file::read(&options.old)?, results_file::read(&options.new)?];
    for batch in &batches {
        tell(batch, words);
    }
    let empty: Vec<String> = batches.iter().filter(|b| b.cases() == 0).map(|b| words.say("compare-empty", &[("file", &b.name)])).collect();
    if !empty.is_empty() {
        return Err(Failure::nothing(empty.join("\n")));
    }
    let faulty: usize = batches.iter().map(Batch::faulty).sum();
    let [old, new] = batches;
    let comparison = compare(old, new);
    let text = match options.format {
        CompareFormat::Text => comparison_text(&knowledge, &comparison, words.locale),
        CompareFormat::Json => serde_json::to_string(&comparison).map_err(|e| Failure::internal(e.to_string()))? + "\n",
        CompareFormat::Html => Renderer::new(&knowledge)
            .and_then(|r| r.comparison(&comparison, words.locale))
            .map_err(|e| Failure::internal(format!("cannot render the template `compare.html`: {e}")))?,
    };
    output::put(options.out.as_deref(), &text)?;
    Ok(if faulty > 0 { Exit::Partly } else { Exit::Done })
}

/// What is wrong with lines of the file, on stderr.
fn tell(batch: &Batch, words: Words<'_>) {
    for problem in batch.problems() {
        output::note(&format!("`{}`: {}", batch.name, problem.say(words.knowledge, words.locale)));
    }
    let unnamed = batch.faulty() - batch.problems().len();
    if unnamed > 0 {
        output::note(&format!("`{}`: {}", batch.name, words.say("compare-lines-more", &[("n", &unnamed.to_string())])));
    }
}
