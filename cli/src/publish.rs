//! Turns the finished cases of a scan into the files of its report.

use std::io;

use kms_triage::report::{IndexMeta, IndexRow, Renderer, page_ending};
use kms_triage::{TOOL, table};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::data::DataFiles;
use crate::exit::Failure;
use crate::report_folder::{RESULTS, ReportFolder, TABLE, index_name};

/// What a report is made of.
pub(crate) struct Report<'a> {
    pub(crate) renderer: &'a Renderer<'a>,
    /// One JSON object and line per case; never joined, because together they are most of what a scan holds.
    pub(crate) results: Vec<String>,
    /// In order of case; `href` is the page's name.
    pub(crate) rows: Vec<IndexRow>,
    pub(crate) meta: IndexMeta,
    /// Language of choice.
    pub(crate) chosen: &'a str,
    /// Languages that get an index.
    pub(crate) locales: &'a [&'a str],
    /// Rows of the table without their last cell, in order of case.
    pub(crate) table: Vec<String>,
    /// Name of the folder of case pages; `None` before [`Report::link_pages`] and without pages.
    pub(crate) pages: Option<String>,
    /// Stands for data and options, which shape pages too.
    pub(crate) seed: String,
}

impl Report<'_> {
    /// Gives the case pages that wait in the folder their address.
    pub(crate) fn link_pages(&mut self) {
        let pages = format!("cases-{}", self.fingerprint());
        for row in &mut self.rows {
            row.href = format!("{pages}/{}", row.href);
        }
        self.pages = Some(pages);
    }

    /// The results as a table, line by line, with links to the pages in the language of choice.
    pub(crate) fn csv(&self) -> Vec<String> {
        let ending = page_ending(self.chosen);
        let link = |href: &str| if self.pages.is_some() { format!("{href}{ending}") } else { String::new() };
        let links: Vec<String> = self.rows.iter().map(|r| link(&r.href)).collect();
        table::file(self.table.iter().map(String::as_str).zip(links.iter().map(String::as_str))).collect()
    }

    /// Brings the report to its place. Order matters: pages are there before an index links to them, and
    /// old ones go when no index links to them any more.
    pub(crate) fn publish(mut self, folder: &ReportFolder) -> Result<(), Failure> {
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
        let names: Vec<String> = indexes.iter().map(|i| i.0.clone()).collect();
        let write = || -> io::Result<()> {
            if let Some(name) = &self.pages {
                folder.keep_pages(name)?;
            }
            folder.write_lines(RESULTS, &self.results)?;
            folder.write_lines(TABLE, &self.csv())?;
            for (name, html) in &indexes {
                folder.write(name, html.as_bytes())?;
            }
            folder.remove_old(&names, self.pages.as_deref())
        };
        write().map_err(|e| Failure::internal(format!("cannot write the report to `{}`: {e}", folder.path().display())))
    }

    /// Twelve digits that stand for everything that shapes a page.
    fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        self.results.iter().for_each(|line| hash.update(line));
        for part in [TOOL, &self.seed] {
            hash.update([0]);
            hash.update(part);
        }
        hash.update([0]);
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
