//! The pages beside a report that explain what it claims: one per kind of entry and language. They depend on
//! the knowledge and not on the cases, so that a scan makes them once, whatever its size.

use std::fs;
use std::path::Path;

use kms_triage::report::{KINDS, Renderer, entries_page};
use rayon::prelude::*;

use crate::exit::Failure;
use crate::report_folder::index_name;

/// Languages of a report, and the one in which its index is the plain `index.html`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Languages<'a> {
    pub(crate) all: &'a [&'a str],
    pub(crate) chosen: &'a str,
}

/// Writes the pages into `folder`.
pub(crate) fn write(renderer: &Renderer<'_>, languages: Languages<'_>, folder: &Path) -> Result<(), Failure> {
    let pages: Vec<(&str, &str)> = KINDS.iter().flat_map(|kind| languages.all.iter().map(move |locale| (*kind, *locale))).collect();
    pages.into_par_iter().with_max_len(1).try_for_each(|(kind, locale)| {
        let index = format!("../{}", index_name(locale, languages.chosen));
        let html = renderer.entries(kind, &index, locale, languages.all);
        let html = html.map_err(|e| Failure::internal(format!("cannot render the template `explained.html`: {e}")))?;
        let path = folder.join(entries_page(kind, locale));
        fs::write(&path, html).map_err(|e| Failure::internal(format!("cannot write `{}`: {e}", path.display())))
    })
}
