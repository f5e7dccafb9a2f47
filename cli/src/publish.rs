//! Turns the finished cases of a scan into the files of its report.

use std::io;

use kms_triage::TOOL;
use kms_triage::fleet::{Traits, summary};
use kms_triage::report::{IndexMeta, IndexRow, Renderer};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::canonical::hex;
use crate::exit::Failure;
use crate::explained::{self, Languages};
use crate::report_folder::{CASES, EXPLAINED, ReportFolder, SUMMARY, index_name};

/// What a report is made of.
pub(crate) struct Report<'a> {
    pub(crate) renderer: &'a Renderer<'a>,
    /// One JSON object a line.
    pub(crate) results: String,
    /// In order of case; `href` is the page's name.
    pub(crate) rows: Vec<IndexRow>,
    /// Of each row.
    pub(crate) traits: Vec<Traits>,
    pub(crate) meta: IndexMeta,
    /// Languages that get an index.
    pub(crate) languages: Languages<'a>,
    /// Folder of the pages that explain, to which fresh case pages link; none when the report has no pages.
    pub(crate) explained: Option<String>,
    /// Stands for data and options, which shape pages too.
    pub(crate) seed: String,
}

/// Name of the folder of the pages that explain, from what stands for data and options.
pub(crate) fn explained_name(seed: &str) -> String {
    format!("{EXPLAINED}{}", fingerprint(&[seed]))
}

impl Report<'_> {
    /// Brings the report to its place. Order matters: pages are there before an index links to them, and
    /// old ones go when no index links to them any more.
    pub(crate) fn publish(mut self, folder: &ReportFolder) -> Result<(), Failure> {
        let pages = self.explained.as_ref().map(|_| format!("{CASES}{}", fingerprint(&[&self.results, &self.seed])));
        for row in &mut self.rows {
            row.href = pages.as_ref().map(|p| format!("{p}/{}", row.href)).unwrap_or_default();
        }
        let Languages { all, chosen } = self.languages;
        self.meta.langs = match all {
            [_] => Vec::new(),
            several => several.iter().map(|l| ((*l).to_owned(), index_name(l, chosen))).collect(),
        };
        self.meta.explained.clone_from(&self.explained);
        let cannot = |e: io::Error| Failure::internal(format!("cannot write the report to `{}`: {e}", folder.path().display()));
        if self.explained.is_some() {
            explained::write(self.renderer, self.languages, &folder.fresh_pages(EXPLAINED).map_err(cannot)?)?;
        }
        // Rendered before anything is moved: a broken template must not cost the old report.
        let render = |locale: &&str| {
            self.renderer
                .index(&self.rows, &self.meta, locale)
                .map(|html| (index_name(locale, chosen), html))
                .map_err(|e| Failure::internal(format!("cannot render the template `index.html`: {e}")))
        };
        let mut indexes = all.par_iter().map(render).collect::<Result<Vec<_>, Failure>>()?;
        // The index in the language of choice goes last: it is the one that people open.
        indexes.sort_by_key(|(name, _)| name == "index.html");
        let summary = summary(self.renderer.knowledge(), &self.traits, &self.meta.fleet);
        let summary = serde_json::to_string_pretty(&summary).map_err(|e| Failure::internal(format!("summary: {e}")))?;
        let names: Vec<String> = indexes.iter().map(|i| i.0.clone()).collect();
        let write = || -> io::Result<()> {
            let folders: Vec<String> = self.explained.iter().chain(&pages).cloned().collect();
            if let (Some(explained), Some(pages)) = (&self.explained, &pages) {
                folder.keep_pages(EXPLAINED, explained)?;
                folder.keep_pages(CASES, pages)?;
            }
            folder.write_results(self.results.as_bytes())?;
            folder.write(SUMMARY, summary.as_bytes())?;
            for (name, html) in &indexes {
                folder.write(name, html.as_bytes())?;
            }
            folder.remove_old(&names, &folders)
        };
        write().map_err(cannot)
    }
}

/// Twelve digits that stand for `parts` and the program, which shape a page.
fn fingerprint(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts.iter().chain(&[TOOL]) {
        hash.update(part);
        hash.update([0]);
    }
    hex(hash.finalize().get(..6).unwrap_or_default())
}
