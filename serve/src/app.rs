//! The server's state and its routes.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use kms_triage::Knowledge;
use kms_triage::analyze::remarks;
use kms_triage::redact::{Key, RedactedFile, Redactor};
use kms_triage::report::Renderer;

use crate::case::Health;
use crate::evidence::{Evidence, Reader, Trouble};
use crate::metrics::{Count, Metrics};
use crate::pool::{Budget, Pool};
use crate::problem::Problem;
use crate::store::{Store, StoreError};
use crate::{api, guard, pages};

/// Everything that is bounded.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of an upload, all files and the form together.
    pub upload_bytes: usize,
    /// Bytes of one file.
    pub file_bytes: usize,
    /// Files of an upload.
    pub files: usize,
    /// Uploads of a case.
    pub case_uploads: usize,
    /// Bytes that a case holds in the store.
    pub case_bytes: usize,
    /// Bytes of all uploads in memory.
    pub memory_bytes: usize,
    /// Analyses at a time.
    pub analyses: usize,
    /// Requests that wait for one.
    pub waiting: usize,
    /// Time for an analysis.
    pub analysis_time: Duration,
    /// Time for the head of a request, and between requests of a connection.
    pub head_time: Duration,
    /// Time without a byte of a body.
    pub idle_time: Duration,
    /// Time for a whole body.
    pub body_time: Duration,
    /// Connections at a time.
    pub connections: usize,
    /// Time to finish what was accepted when the server is stopped.
    pub stop_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            upload_bytes: 32 << 20,
            file_bytes: 32 << 20,
            files: 50,
            case_uploads: 20,
            case_bytes: 64 << 20,
            memory_bytes: 256 << 20,
            analyses: std::thread::available_parallelism().map_or(2, usize::from),
            waiting: 2_000,
            analysis_time: Duration::from_mins(1),
            head_time: Duration::from_secs(15),
            idle_time: Duration::from_secs(15),
            body_time: Duration::from_mins(5),
            connections: 4_000,
            stop_time: Duration::from_mins(1),
        }
    }
}

/// How the server is run.
#[derive(Debug)]
pub struct Config {
    /// Where it listens.
    pub bind: SocketAddr,
    /// Folder of the store.
    pub data: PathBuf,
    /// Names under which browsers may ask for it, beside loopback names and the address.
    pub hosts: Vec<String>,
    /// Days that a case is kept after its newest upload.
    pub keep_days: u32,
    /// PEM files of a certificate chain and its key.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Bounds.
    pub limits: Limits,
    /// How uploads are read.
    pub reader: Reader,
}

/// Why the server cannot run.
#[derive(Debug)]
pub struct ServeError(pub(crate) String);

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ServeError {}

impl From<StoreError> for ServeError {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
    }
}

/// What every request shares.
#[derive(Debug)]
pub struct App {
    pub(crate) knowledge: &'static Knowledge,
    pub(crate) renderer: Renderer<'static>,
    pub(crate) redactor: Redactor<'static>,
    pub(crate) reader: Reader,
    pub(crate) store: Store,
    pub(crate) pool: Pool,
    pub(crate) budget: Arc<Budget>,
    pub(crate) limits: Limits,
    pub(crate) keep_days: u32,
    pub(crate) hosts: guard::Hosts,
    pub(crate) secure: bool,
    pub(crate) metrics: Metrics,
    pub(crate) health: Health,
}

impl App {
    /// Opens the store and compiles the templates.
    ///
    /// # Errors
    /// When the store cannot be opened or a template is broken.
    pub fn new(knowledge: &'static Knowledge, config: Config) -> Result<Self, ServeError> {
        let renderer = Renderer::new(knowledge).map_err(|e| ServeError(e.to_string()))?;
        let limits = config.limits;
        let mut nobody = [0; 32];
        getrandom::fill(&mut nobody).map_err(|e| ServeError(format!("the system gives no random numbers: {e}")))?;
        Ok(Self {
            knowledge,
            renderer,
            // Each case has a key of its own.
            redactor: Redactor::new(knowledge, &Key::new(&nobody)),
            reader: config.reader,
            store: Store::open(&config.data)?,
            pool: Pool::new(limits.analyses, limits.waiting, limits.analysis_time),
            budget: Budget::new(limits.memory_bytes),
            keep_days: config.keep_days,
            hosts: guard::Hosts::new(config.bind, &config.hosts),
            secure: config.tls.is_some(),
            metrics: Metrics::default(),
            health: Health::default(),
            limits,
        })
    }

    /// A case that was last changed before has expired.
    pub(crate) fn oldest(&self) -> i64 {
        now().saturating_sub(i64::from(self.keep_days) * 86_400)
    }

    /// The day on which a case is deleted, `2026-12-24`, in UTC.
    pub(crate) fn until(&self, changed: i64) -> String {
        let days = i64::from(self.keep_days) * 24;
        let end = Timestamp::from_second(changed).and_then(|t| t.checked_add(days.hours()));
        end.map_or_else(|_| String::new(), |t| t.to_zoned(TimeZone::UTC).date().to_string())
    }

    /// Deletes what has expired; says how many cases.
    ///
    /// # Errors
    /// When the store does not work.
    pub fn purge(&self) -> Result<usize, ServeError> {
        let gone = self.store.purge(self.oldest());
        self.health.set(gone.is_ok());
        let gone = gone?;
        self.metrics.add(Count::Expired, gone as u64);
        Ok(gone)
    }

    /// Notes whether the store works.
    pub(crate) fn well<T>(&self, done: Result<T, StoreError>) -> Result<T, Problem> {
        self.health.set(done.is_ok());
        done.map_err(|_| Problem::Internal)
    }

    /// A sentence in every language.
    fn in_all(&self, say: impl Fn(&str) -> String) -> std::collections::BTreeMap<String, String> {
        self.knowledge.locales.keys().map(|locale| (locale.clone(), say(locale))).collect()
    }

    /// What is not whole about a log: it is stored as lines, which do not tell.
    pub(crate) fn log_trouble(&self, evidence: &Evidence) -> Option<Trouble> {
        let log = evidence.log.as_ref()?;
        let remarks = remarks(log);
        let say = |locale: &str| remarks.iter().map(|r| r.say(self.knowledge, locale)).collect::<Vec<_>>().join("; ");
        let status = if log.has_content() { "partly-read" } else { "failed" };
        (!remarks.is_empty()).then(|| Trouble { status: status.to_owned(), reasons: self.in_all(say), bytes: log.bytes })
    }

    /// What redaction takes nothing over of.
    pub(crate) fn left_out(&self, file: &RedactedFile, evidence: &Evidence) -> Option<Trouble> {
        let say = |locale: &str| self.knowledge.word(locale, "reason-left-out").to_owned();
        let bytes = evidence.bytes.len() as u64;
        file.text.is_none().then(|| Trouble { status: "skipped".to_owned(), reasons: self.in_all(say), bytes })
    }
}

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    Timestamp::now().as_second()
}

/// All routes. Pages for staff would be nested here under `/staff`, with a guard of their own.
pub fn router(app: Arc<App>) -> Router {
    // A form has some bytes around its files.
    let body = DefaultBodyLimit::max(app.limits.upload_bytes + (64 << 10));
    Router::new()
        .route("/", get(pages::intake).post(pages::create))
        .route("/c/{link}", get(pages::case).post(pages::extend))
        .route("/c/{link}/delete", get(pages::ask_delete).post(pages::delete))
        .route("/collect.cmd", get(pages::collect_cmd))
        .route("/collect.ps1", get(pages::collect_ps1))
        .route("/robots.txt", get(pages::robots))
        .route("/health", get(api::health))
        .route("/metrics", get(api::metrics))
        .route("/api/v1/openapi.json", get(api::description))
        .route("/api/v1/check", post(api::check))
        .route("/api/v1/cases", post(api::create))
        .route("/api/v1/cases/{link}", get(api::case).delete(api::delete))
        .route("/api/v1/cases/{link}/evidence", post(api::extend))
        .fallback(pages::missing)
        .method_not_allowed_fallback(pages::wrong_method)
        .layer(body)
        .layer(from_fn_with_state(Arc::clone(&app), guard::guard))
        .with_state(app)
}
