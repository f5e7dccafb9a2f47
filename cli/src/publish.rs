//! Turns the finished cases of a scan into the files of its report.

use std::io;
use std::sync::Arc;

use kms_triage::fleet::{Traits, summary};
use kms_triage::report::{IndexMeta, IndexRow, Listing, Renderer, page_ending};
use kms_triage::{TOOL, table};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::canonical::hex;
use crate::exit::Failure;
use crate::explained::{self, Languages};
use crate::lists;
use crate::report_folder::{CASES, EXPLAINED, LISTS, RESULTS, ReportFolder, SUMMARY, TABLE, index_name};
use crate::spill::{Kept, Spill};

/// What a report is made of.
pub(crate) struct Report<'a> {
    pub(crate) renderer: &'a Renderer<'a>,
    /// Where results and table wait.
    pub(crate) spill: Arc<Spill>,
    /// One JSON object and line per case.
    pub(crate) results: Vec<Kept>,
    /// In order of case; `href` is the page's name.
    pub(crate) rows: Vec<IndexRow>,
    /// Of each row.
    pub(crate) traits: Vec<Traits>,
    pub(crate) meta: IndexMeta,
    /// Languages that get an index.
    pub(crate) languages: Languages<'a>,
    /// Folder of the pages that explain, to which fresh case pages link; none when the report has no pages.
    pub(crate) explained: Option<String>,
    /// Rows of the table without their last cell, in order of case.
    pub(crate) table: Vec<Kept>,
    /// Name of the folder of case pages; `None` before [`Report::link_pages`] and without pages.
    pub(crate) pages: Option<String>,
    /// Stands for data and options, which shape pages too.
    pub(crate) seed: String,
}

/// Name of the folder of the pages that explain, from what stands for data and options.
pub(crate) fn explained_name(seed: &str) -> String {
    format!("{EXPLAINED}{}", digits(Sha256::new(), &[seed]))
}

impl Report<'_> {
    /// Gives the case pages that wait in the folder their address.
    pub(crate) fn link_pages(&mut self) -> io::Result<()> {
        let pages = format!("{CASES}{}", fingerprint(self.lines(), &[&self.seed])?);
        for row in &mut self.rows {
            row.href = format!("{pages}/{}", row.href);
        }
        self.pages = Some(pages);
        Ok(())
    }

    /// The results line by line.
    pub(crate) fn lines(&self) -> impl Iterator<Item = io::Result<String>> {
        self.spill.lines(&self.results)
    }

    /// The results as a table, line by line, with links to the pages in the language of choice.
    pub(crate) fn csv(&self) -> impl Iterator<Item = io::Result<String>> {
        let ending = page_ending(self.languages.chosen);
        let link = move |row: &IndexRow| if self.pages.is_some() { format!("{}{ending}", row.href) } else { String::new() };
        let rows = self.spill.lines(&self.table).zip(&self.rows);
        std::iter::once(Ok(table::head())).chain(rows.map(move |(line, row)| Ok(table::whole(&line?, &link(row)))))
    }

    /// Counts, plan and patterns as JSON.
    pub(crate) fn summary(&self) -> Result<String, Failure> {
        let summary = summary(self.renderer.knowledge(), &self.traits, &self.meta.fleet);
        serde_json::to_string_pretty(&summary).map_err(|e| Failure::internal(format!("summary: {e}")))
    }

    /// Brings the report to its place. Order matters: pages are there before an index links to them, and
    /// old ones go when no index links to them any more.
    pub(crate) fn publish(mut self, folder: &ReportFolder) -> Result<(), Failure> {
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
        let summary = self.summary()?;
        let shown = format!("{} {:?} {:?} {}", self.meta.files, self.meta.problems, self.pages, self.meta.folder);
        let listed = format!("{LISTS}{}", fingerprint(self.lines(), &[&self.seed, &summary, &shown]).map_err(cannot)?);
        let cannot_render = |e| Failure::internal(format!("cannot render the template `find.js`: {e}"));
        self.meta.lists = Some(listed.clone());
        self.meta.script = Some(lists::digest(&self.renderer.script().map_err(cannot_render)?));
        let listing = Listing::new(&self.rows, &self.traits, &self.meta);
        lists::write(self.renderer, &listing, self.languages, &folder.fresh_pages(LISTS).map_err(cannot)?)?;
        // Rendered before anything is moved: a broken template must not cost the old report.
        let render = |locale: &&str| {
            self.renderer
                .index(&listing, locale)
                .map(|html| (index_name(locale, chosen), html))
                .map_err(|e| Failure::internal(format!("cannot render the template `index.html`: {e}")))
        };
        let mut indexes = all.par_iter().map(render).collect::<Result<Vec<_>, Failure>>()?;
        // The index in the language of choice goes last: it is the one that people open.
        indexes.sort_by_key(|(name, _)| name == "index.html");
        let names: Vec<String> = indexes.iter().map(|i| i.0.clone()).collect();
        let write = || -> io::Result<()> {
            let folders: Vec<String> = self.explained.iter().chain(&self.pages).chain([&listed]).cloned().collect();
            folder.keep_pages(LISTS, &listed)?;
            if let (Some(explained), Some(pages)) = (&self.explained, &self.pages) {
                folder.keep_pages(EXPLAINED, explained)?;
                folder.keep_pages(CASES, pages)?;
            }
            folder.write_lines(RESULTS, self.lines())?;
            folder.write_lines(TABLE, self.csv())?;
            folder.write(SUMMARY, summary.as_bytes())?;
            for (name, html) in &indexes {
                folder.write(name, html.as_bytes())?;
            }
            folder.remove_old(&names, &folders)
        };
        write().map_err(cannot)
    }
}

/// Twelve digits that stand for `lines`, `parts` and the program, which shape a page.
fn fingerprint(lines: impl Iterator<Item = io::Result<String>>, parts: &[&str]) -> io::Result<String> {
    let mut hash = Sha256::new();
    for line in lines {
        hash.update(line?);
    }
    Ok(digits(hash, parts))
}

/// Twelve digits that stand for what `hash` has seen, `parts` and the program.
fn digits(mut hash: Sha256, parts: &[&str]) -> String {
    for part in parts.iter().chain(&[TOOL]) {
        hash.update([0]);
        hash.update(part);
    }
    hex(hash.finalize().get(..6).unwrap_or_default())
}
