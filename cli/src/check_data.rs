//! `check-data`: everything that is wrong with data files, before a report shows it.

use std::collections::BTreeSet;
use std::path::Path;

use kms_triage::DataError;

use crate::data::DataFiles;
use crate::exit::{Exit, Failure};
use crate::{output, references};

/// Runs the command. A folder with all data folders stands alone; another one is laid over the built-in
/// data, and what is wrong with that alone is not told again.
pub(crate) fn run(dir: &Path) -> Result<Exit, Failure> {
    if !dir.is_dir() {
        return Err(Failure::usage(format!("`{}` is not a folder", dir.display())));
    }
    let alone = DataFiles::of(dir)?;
    let (files, known) = if alone.is_complete() {
        (alone, BTreeSet::new())
    } else {
        let mut merged = DataFiles::embedded();
        let known = problems(&merged).into_iter().collect();
        merged.lay_over(dir)?;
        (merged, known)
    };
    let found: Vec<DataError> = problems(&files).into_iter().filter(|p| !known.contains(p)).collect();
    let told: Vec<String> = found.iter().map(|p| format!("{p}\n\n")).collect();
    output::print(&told.concat())?;
    output::note(&format!("{} files, {} problems", files.iter().count(), found.len()));
    Ok(if found.is_empty() { Exit::Done } else { Exit::Found })
}

/// All problems, in order of file and line.
pub(crate) fn problems(files: &DataFiles) -> Vec<DataError> {
    let (knowledge, mut found) = files.load();
    found.extend(knowledge.messages.check_samples());
    found.extend(references::check(&knowledge, files));
    found.sort_by(|a, b| (&a.file, a.line, a).cmp(&(&b.file, b.line, b)));
    found.dedup();
    found
}
