//! What is done with evidence: read, redact, keep, judge. Runs on the pool's threads; knows nothing about requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kms_triage::report::ServedCase;
use kms_triage::{Analysis, Input, analyze};

use crate::app::{App, now};
use crate::evidence::{Evidence, Upload};
use crate::link::{Link, reference};
use crate::problem::Problem;
use crate::store::{Added, CaseLimits, StoredCase, StoredFile};

/// Set when the store did not take something: told to whoever watches the server's health.
#[derive(Debug, Default)]
pub(crate) struct Health(AtomicBool);

impl Health {
    pub(crate) fn is_good(&self) -> bool {
        !self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn set(&self, good: bool) {
        self.0.store(!good, Ordering::Relaxed);
    }
}

/// What became of a new upload.
pub(crate) enum Taken {
    /// It is kept.
    Kept,
    /// Something private might be left in it: it was judged, and nothing of it is kept.
    Unstored(Box<Analysis>),
}

/// A case as its owner sees it.
pub(crate) struct Shown {
    pub(crate) case: StoredCase,
    pub(crate) analysis: Analysis,
}

impl App {
    /// Reads uploads. In order of name and content, as the library orders its sources.
    fn read(&self, uploads: Vec<Upload>) -> Vec<Evidence> {
        let mut evidence: Vec<Evidence> = uploads.into_iter().flat_map(|u| self.reader.read(self.knowledge, u)).collect();
        evidence.sort_by(|a, b| (&a.name, &a.bytes).cmp(&(&b.name, &b.bytes)));
        evidence
    }

    /// Judges uploads as they came, as `check` does; keeps nothing.
    pub(crate) fn check(&self, name: &str, uploads: Vec<Upload>) -> Analysis {
        let evidence = self.read(uploads);
        let inputs: Vec<Input<'_>> = evidence.iter().map(Evidence::input).collect();
        analyze(self.knowledge, name, &inputs)
    }

    /// Redacts uploads under a case's own key. `Err` with the analysis when something private might be left, or when the
    /// redacted evidence would be judged otherwise: a wrong cause is worse than a page that cannot be kept.
    fn redact(&self, link: Link, uploads: Vec<Upload>) -> Result<Vec<StoredFile>, Box<Analysis>> {
        let evidence = self.read(uploads);
        let inputs: Vec<Input<'_>> = evidence.iter().map(Evidence::input).collect();
        let redacted = self.redactor.case_under(&link.key(), "", &inputs).ok().filter(|case| self.redactor.keeps_verdict(case));
        let Some(redacted) = redacted else {
            return Err(Box::new(analyze(self.knowledge, &reference(&link.digest()), &inputs)));
        };
        let stored = |(file, evidence): (kms_triage::redact::RedactedFile, &Evidence)| {
            let trouble = evidence.trouble.clone().or_else(|| self.log_trouble(evidence)).or_else(|| self.left_out(&file, evidence));
            let unread = trouble.as_ref().is_some_and(|t| t.status != "partly-read");
            StoredFile { name: file.name, text: file.text.filter(|text| !(unread && text.is_empty())), trouble }
        };
        Ok(redacted.files.into_iter().zip(&evidence).map(stored).collect())
    }

    /// Keeps a new case.
    pub(crate) fn create(&self, link: Link, uploads: Vec<Upload>) -> Result<Taken, Problem> {
        let files = match self.redact(link, uploads) {
            Ok(files) => files,
            Err(analysis) => return Ok(Taken::Unstored(analysis)),
        };
        let digest = link.digest();
        self.well(self.store.create(&digest, &reference(&digest), now(), &files))?;
        Ok(Taken::Kept)
    }

    /// Adds to a case.
    pub(crate) fn extend(&self, link: Link, uploads: Vec<Upload>) -> Result<Taken, Problem> {
        let digest = link.digest();
        // Asked first: nobody's upload is read for a case that is not there.
        self.well(self.store.load(&digest, self.oldest()))?.ok_or(Problem::Missing)?;
        let files = match self.redact(link, uploads) {
            Ok(files) => files,
            Err(analysis) => return Ok(Taken::Unstored(analysis)),
        };
        let limits = CaseLimits { uploads: self.limits.case_uploads, bytes: self.limits.case_bytes };
        match self.well(self.store.add(&digest, now(), &files, limits))? {
            Added::Done => Ok(Taken::Kept),
            Added::Missing => Err(Problem::Missing),
            Added::Full => Err(Problem::Full),
        }
    }

    /// Bytes of evidence of a case; none when there is no such case.
    pub(crate) async fn weight(self: &Arc<Self>, link: Link) -> Result<usize, Problem> {
        let app = Arc::clone(self);
        let size = tokio::task::spawn_blocking(move || app.well(app.store.size(&link.digest())));
        size.await.map_err(|_| Problem::Internal)?
    }

    /// Judges a case anew, by the knowledge of now.
    pub(crate) fn show(&self, link: Link, locale: &str) -> Result<Shown, Problem> {
        let case = self.well(self.store.load(&link.digest(), self.oldest()))?.ok_or(Problem::Missing)?;
        let names = names(&case);
        let files = case.uploads.iter().flatten().zip(&names);
        let input = |(file, name)| -> Input<'_> {
            let (file, name): (&StoredFile, &String) = (file, name);
            let note = file.trouble.as_ref().map(|t| t.note(locale));
            Input { name, bytes: file.text.as_deref().unwrap_or_default().as_bytes(), note, log: None }
        };
        let inputs: Vec<Input<'_>> = files.map(input).collect();
        let analysis = analyze(self.knowledge, &case.reference, &inputs);
        Ok(Shown { case, analysis })
    }

    /// Deletes a case.
    pub(crate) fn delete(&self, link: Link) -> Result<bool, Problem> {
        self.well(self.store.delete(&link.digest()))
    }

    /// Numbers that pages name.
    pub(crate) fn served(&self) -> ServedCase {
        ServedCase {
            files: self.limits.files.to_string(),
            megabytes: (self.limits.upload_bytes >> 20).to_string(),
            days: self.keep_days.to_string(),
            ..ServedCase::default()
        }
    }
}

/// Names of a case's files in their order. The newest statement wins, and files are read in order of name: so names of
/// several uploads begin with the upload's number.
fn names(case: &StoredCase) -> Vec<String> {
    let count = case.uploads.len();
    let digits = count.to_string().len();
    let numbered = |(at, files): (usize, &Vec<StoredFile>)| -> Vec<String> {
        let name = |f: &StoredFile| if count == 1 { f.name.clone() } else { format!("{:0digits$}/{}", at + 1, f.name) };
        files.iter().map(name).collect()
    };
    case.uploads.iter().enumerate().flat_map(numbered).collect()
}
