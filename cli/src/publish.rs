//! Turns the finished cases of a scan into the files of its report.

use std::io;

use kms_triage::TOOL;
use kms_triage::fleet::{Traits, summary};
use kms_triage::report::{IndexMeta, IndexRow, Renderer};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::data::DataFiles;
use crate::exit::Failure;
use crate::report_folder::{ReportFolder, SUMMARY, index_name};

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
    /// Language of choice.
    pub(crate) chosen: &'a str,
    /// Languages that get an index.
    pub(crate) locales: &'a [&'a str],
    /// Whether fresh pages wait in the folder.
    pub(crate) has_pages: bool,
    /// Stands for data and options, which shape pages too.
    pub(crate) seed: String,
}

impl Report<'_> {
    /// Brings the report to its place. Order matters: pages are there before an index links to them, and
    /// old ones go when no index links to them any more.
    pub(crate) fn publish(mut self, folder: &ReportFolder) -> Result<(), Failure> {
        let pages = self.has_pages.then(|| format!("cases-{}", self.fingerprint()));
        for row in &mut self.rows {
            row.href = pages.as_ref().map(|p| format!("{p}/{}", row.href)).unwrap_or_default();
        }
        self.meta.langs = match self.locales {
            [_] => Vec::new(),
            several => several.iter().map(|l| ((*l).to_owned(), index_name(l, self.chosen))).collect(),
        };
        // Rendered before anything is moved: a broken template must not cost the old report.
        let render = |locale: &&str| {
            self.renderer
                .index(&self.rows, &self.meta, locale)
                .map(|html| (index_name(locale, self.chosen), html))
                .map_err(|e| Failure::internal(format!("cannot render the template `index.html`: {e}")))
        };
        let mut indexes = self.locales.par_iter().map(render).collect::<Result<Vec<_>, Failure>>()?;
        // The index in the language of choice goes last: it is the one that people open.
        indexes.sort_by_key(|(name, _)| name == "index.html");
        let summary = summary(self.renderer.knowledge(), &self.traits, &self.meta.fleet);
        let summary = serde_json::to_string_pretty(&summary).map_err(|e| Failure::internal(format!("summary: {e}")))?;
        let names: Vec<String> = indexes.iter().map(|i| i.0.clone()).collect();
        let write = || -> io::Result<()> {
            if let Some(name) = &pages {
                folder.keep_pages(name)?;
            }
            folder.write_results(self.results.as_bytes())?;
            folder.write(SUMMARY, summary.as_bytes())?;
            for (name, html) in &indexes {
                folder.write(name, html.as_bytes())?;
            }
            folder.remove_old(&names, pages.as_deref())
        };
        write().map_err(|e| Failure::internal(format!("cannot write the report to `{}`: {e}", folder.path().display())))
    }

    /// Twelve digits that stand for everything that shapes a page.
    fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for part in [self.results.as_str(), TOOL, &self.seed] {
            hash.update(part);
            hash.update([0]);
        }
        hex(&hash.finalize(), 6)
    }
}

/// Digits for a set of data files.
pub(crate) fn data_seed(files: &DataFiles) -> String {
    let mut hash = Sha256::new();
    for (path, text) in files.iter() {
        hash.update(path);
        hash.update([0]);
        hash.update(text);
        hash.update([0]);
    }
    hex(&hash.finalize(), 32)
}

fn hex(bytes: &[u8], count: usize) -> String {
    let digits: Vec<String> = bytes.iter().take(count).map(|b| format!("{b:02x}")).collect();
    digits.concat()
}
