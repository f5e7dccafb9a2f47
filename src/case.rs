//! The JSON of a case: a contract (see `docs/results.md`). Additions are free; a rename or a removal
//! raises [`SCHEMA`]. Field order is the order of these types.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

/// Version of this shape.
pub const SCHEMA: u32 = 1;

/// One case.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Case {
    /// Always [`SCHEMA`].
    pub schema: u32,
    /// Program and version.
    pub tool: String,
    /// Version of the knowledge.
    pub knowledge: String,
    /// SHA-256 of what the data files in effect hold, 64 hexadecimal digits; null when the caller did not tell it.
    pub knowledge_hash: Option<String>,
    /// The site profile it was judged by; null without one.
    pub site: Option<CaseSite>,
    /// Name of the case.
    pub case: String,
    /// What is so, why, who acts.
    pub verdict: Verdict,
    /// Products in order of first mention.
    pub products: Vec<CaseProduct>,
    /// Commands in order.
    pub runs: Vec<CaseRun>,
    /// Event log records.
    pub events: Vec<CaseEvent>,
    /// Codes with their role, in order of code.
    pub error_codes: Vec<CaseCode>,
    /// What was checked.
    pub checks: Vec<CaseCheck>,
    /// Rules that fired.
    pub findings: Vec<CaseFinding>,
    /// Every input.
    pub files: Vec<CaseFile>,
    /// What the scripts of `kms-triage collect` should have left here; absent when they did not make the folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collected: Option<CaseCollected>,
    /// Lines that nobody could read.
    pub unrecognised: Vec<Unrecognised>,
}

/// A folder that the scripts of `kms-triage collect` made.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CaseCollected {
    /// Version of the scripts.
    pub version: String,
    /// Files that are not there or empty.
    pub missing: Vec<CaseMissing>,
}

/// A file that a collected folder lacks.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CaseMissing {
    /// `slmgr-dlv`, without an ending.
    pub file: String,
    /// The command that gives it.
    pub command: String,
}

/// A site profile.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CaseSite {
    /// Name of the school by locale.
    pub name: BTreeMap<String, String>,
    /// Stands for the content of the profile.
    pub version: String,
}

/// The verdict.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Verdict {
    /// `activated`, `expiring`, `grace`, `not-activated` or `unknown`.
    pub state: String,
    /// Cause id; null when nothing failed.
    pub cause: Option<String>,
    /// A narrower form of the cause, `time-zone` or `off-campus`.
    pub sub_cause: Option<String>,
    /// `certain`, `likely` or `possible`.
    pub certainty: String,
    /// Other causes that the evidence leaves open.
    pub rivals: Vec<Rival>,
    /// Who acts.
    pub actor: String,
    /// Commands that would tell more.
    pub next_evidence: Vec<String>,
    /// One sentence by locale.
    pub summary: BTreeMap<String, String>,
}

impl Verdict {
    /// Whether somebody has to do something.
    #[must_use]
    pub fn needs_action(&self) -> bool {
        needs_action(&self.state, self.cause.as_deref())
    }
}

/// Whether somebody has to do something about a case in `state` with `cause`.
pub(crate) fn needs_action(state: &str, cause: Option<&str>) -> bool {
    cause.is_some() || ["not-activated", "grace", "expiring"].contains(&state)
}

/// Another possible cause.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Rival {
    /// Cause id.
    pub cause: String,
    /// How sure.
    pub certainty: String,
    /// The command that decides.
    pub decided_by: String,
}

/// A product.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CaseProduct {
    /// `windows`, `office` or `other`.
    pub family: String,
    /// Name as printed, null when no line names it.
    pub name: Option<String>,
    /// `10`, `2021` …
    pub version: Option<String>,
    /// What the product lists call it, `Windows 10/11 Pro`; null when neither its ID nor its name is listed.
    pub edition: Option<String>,
    /// Activation ID.
    pub activation_id: Option<String>,
    /// `VOLUME_KMSCLIENT` …
    pub channel: Option<String>,
    /// License status word.
    pub license_status: String,
    /// As in the verdict.
    pub state: String,
    /// As in the verdict.
    pub cause: Option<String>,
    /// Last five characters of the key.
    pub partial_key: Option<String>,
    /// The product for which Microsoft publishes the key that ends so; null for any other key.
    pub published_key_of: Option<String>,
    /// Minutes until the licence or grace period ends.
    pub minutes_left: Option<i64>,
    /// Never expires.
    pub permanent: bool,
    /// Date printed by `/xpr`, as printed.
    pub expiry_date: Option<String>,
    /// Code of the notification reason.
    pub notification_reason: Option<String>,
    /// KMS host.
    pub kms: Option<Kms>,
    /// Codes about this product.
    pub error_codes: Vec<String>,
    /// Left beside a licensed licence of the same suite, or not in use; does not count.
    pub leftover: bool,
}

/// A KMS host as a client knows it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Kms {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u32,
    /// `manual`, `dns` or `unknown`.
    pub source: String,
    /// Address that discovery found.
    pub ip: Option<String>,
}

/// A command run.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CaseRun {
    /// `slmgr`, `ospp` … or `other`.
    pub tool: String,
    /// `ato`, `dstatus` …; null when unknown.
    pub action: Option<String>,
    /// `success`, `failure`, `info` or `unknown`.
    pub outcome: String,
    /// Index into `products`.
    pub product: Option<usize>,
    /// Codes printed.
    pub error_codes: Vec<String>,
    /// Message that decided the outcome.
    pub message: Option<String>,
    /// Where.
    pub evidence: CaseEvidence,
}

/// An event log record.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CaseEvent {
    /// Event id.
    pub id: u32,
    /// Provider.
    pub provider: String,
    /// UTC, ISO 8601.
    pub time: Option<String>,
    /// Named fields.
    pub fields: BTreeMap<String, String>,
    /// What Windows says in its own language, where it was saved beside the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
    /// Where.
    pub evidence: CaseEvidence,
}

/// A place in an input. Empty for a check without evidence.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct CaseEvidence {
    /// Case that the file belongs to, when another case of the batch shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// File name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// First line, 1-based.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Last line when it covers several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_line: Option<u32>,
    /// Offsets in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<(usize, usize)>,
    /// Record number of an event log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
}

/// A code.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CaseCode {
    /// Canonical.
    pub code: String,
    /// `failure`, `information`, `hint` or `foreign`.
    pub role: String,
    /// Statements in that role.
    pub count: usize,
}

/// A row of the checks table.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CaseCheck {
    /// Check id.
    pub id: String,
    /// `pass`, `fail` or `not-tested`.
    pub result: String,
    /// Kind of the deciding fact, null when not tested.
    pub fact: Option<String>,
    /// Fields of that fact.
    pub fields: BTreeMap<String, String>,
    /// Where.
    pub evidence: CaseEvidence,
}

/// A rule that fired.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CaseFinding {
    /// Rule id.
    pub rule: String,
    /// Cause id.
    pub cause: String,
    /// How sure.
    pub certainty: String,
    /// Index into `products`.
    pub product: Option<usize>,
    /// Evidence for the cause.
    #[serde(rename = "for")]
    pub evidence_for: Vec<CaseEvidence>,
    /// Evidence against it.
    pub against: Vec<CaseEvidence>,
}

/// An input.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CaseFile {
    /// Name as shown.
    pub name: String,
    /// `transcript`, `events`, `evtx`, `mta`, `mgadiag` or `unknown`.
    pub kind: String,
    /// How the text was encoded.
    pub encoding: String,
    /// Size.
    pub bytes: u64,
    /// `read`, `partly-read`, `skipped` or `failed`.
    pub status: String,
    /// Why not `read`.
    pub reason: Option<String>,
}

/// A line that nobody could read.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Unrecognised {
    /// File name.
    pub file: String,
    /// Line number.
    pub line: u32,
    /// The line as written, shortened.
    pub text: String,
}

/// The JSON Schema of [`Case`].
#[must_use]
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(Case).to_value()
}
