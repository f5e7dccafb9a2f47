//! Site profiles: read from a file that the person names, never from a scanned folder. A drop is
//! uploaded by anybody, and a profile decides which KMS host people are sent to.

use std::fs;
use std::path::{Path, PathBuf};

use kms_triage::{DataError, Knowledge, Site};

use crate::args::{Shared, SiteCommand};
use crate::exit::{Exit, Failure};
use crate::words::{Words, shown};
use crate::{data, output};

const TEMPLATE: &str = include_str!("../../sites/template.toml");

/// Runs `site check` and `site template`.
pub(crate) fn run(command: &SiteCommand, shared: &Shared) -> Result<Exit, Failure> {
    let SiteCommand::Check { file } = command else { return output::print(TEMPLATE) };
    let knowledge = data::knowledge(&shared.extra, None)?;
    let name = shown(&file.to_string_lossy());
    let errors = Site::parse(&name, &data::read_text(file)?, &knowledge).err().unwrap_or_default();
    output::print(&told(&errors))?;
    output::note(&format!("`{name}`: {} problems", errors.len()));
    Ok(if errors.is_empty() { Exit::Done } else { Exit::Found })
}

/// The knowledge with the profile at `path`; a profile with a mistake is not used at all.
pub(crate) fn lay_over(knowledge: Knowledge, path: &Path) -> Result<Knowledge, Failure> {
    let name = shown(&path.to_string_lossy());
    let text = data::read_text(path)?;
    match Site::parse(&name, &text, &knowledge) {
        Ok(site) => Ok(knowledge.with_site(site)),
        Err(errors) => Err(Failure::usage(format!("the site profile cannot be used\n{}", told(&errors).trim_end()))),
    }
}

/// Says of a profile that lies in a scanned folder without being named that it is not used.
pub(crate) fn tell_unused(dirs: &[PathBuf], used: Option<&Path>, words: Words<'_>) {
    let used = used.and_then(|path| fs::canonicalize(path).ok());
    for path in dirs.iter().map(|d| d.join("site.toml")).filter(|p| p.is_file()) {
        if used.is_none() || fs::canonicalize(&path).ok() != used {
            output::note(&words.say("site-in-drop", &[("path", &shown(&path.to_string_lossy()))]));
        }
    }
}

fn told(errors: &[DataError]) -> String {
    errors.iter().fold(String::new(), |told, error| told + &error.to_string() + "\n\n")
}
