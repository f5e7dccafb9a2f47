//! Compares two batches by the lines of their `results.ndjson`: what is solved, what is new, what stayed. Reads lines
//! that anybody may have written; what it cannot use it counts and names, and the rest goes on.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::analyze::Remark;
use crate::case::{SCHEMA, needs_action};
use crate::limits::{RESULT_BYTES_MAX, RESULTS_MAX};

/// Faulty lines of one file that are named; all are counted.
const PROBLEMS_NAMED: usize = 20;
/// Failing codes kept of a case.
const CODES_KEPT: usize = 8;
/// Characters that tell one set of data files from another.
const DIGEST_CHARS: usize = 12;
/// Characters of a foreign error text that are shown.
const ERROR_CHARS: usize = 120;

/// What a comparison keeps of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// State word.
    pub state: String,
    /// Cause id.
    pub cause: Option<String>,
    /// `certain`, `likely` or `possible`.
    pub certainty: String,
    /// Who acts.
    pub actor: String,
    /// Failing codes, the first few.
    pub codes: Vec<String>,
}

/// How a case stands, as far as a comparison is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Well,
    Bad,
    Unclear,
}

impl Outcome {
    fn standing(&self) -> Standing {
        let cause = self.cause.as_deref().filter(|c| *c != "insufficient-evidence");
        match self.state.as_str() {
            state if needs_action(state, cause) => Standing::Bad,
            "activated" => Standing::Well,
            _ => Standing::Unclear,
        }
    }
}

/// A batch, line by line.
#[derive(Debug, Default)]
pub struct Batch {
    /// Name as shown.
    pub name: String,
    cases: BTreeMap<String, (usize, Outcome)>,
    problems: Vec<Remark>,
    faulty: usize,
    made_with: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Line {
    schema: u64,
    #[serde(default)]
    tool: String,
    #[serde(default)]
    knowledge: String,
    knowledge_hash: Option<String>,
    site: Option<SiteLine>,
    case: String,
    verdict: VerdictLine,
    #[serde(default)]
    error_codes: Vec<CodeLine>,
}

#[derive(Deserialize)]
struct SiteLine {
    #[serde(default)]
    version: String,
}

#[derive(Deserialize)]
struct VerdictLine {
    state: String,
    cause: Option<String>,
    #[serde(default)]
    certainty: String,
    #[serde(default)]
    actor: String,
}

#[derive(Deserialize)]
struct CodeLine {
    #[serde(default)]
    code: String,
    #[serde(default)]
    role: String,
}

impl Batch {
    /// An empty one.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Takes line `number`, counted from 1, without its line end. Blank lines are no lines.
    pub fn line(&mut self, number: usize, bytes: &[u8]) {
        let bytes = if number == 1 { bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes) } else { bytes };
        if bytes.trim_ascii().is_empty() {
            return;
        }
        if bytes.len() > RESULT_BYTES_MAX {
            return self.too_long(number);
        }
        match read(bytes) {
            Ok(line) => self.take(number, line),
            Err((key, values)) => self.fault(number, key, values),
        }
    }

    /// Says that line `number` is longer than [`RESULT_BYTES_MAX`]; who reads need not hold it.
    pub fn too_long(&mut self, number: usize) {
        self.fault(number, "compare-line-long", vec![("most", (RESULT_BYTES_MAX >> 20).to_string())]);
    }

    fn take(&mut self, number: usize, line: Line) {
        let first = self.cases.get(&line.case).map(|c| c.0);
        if let Some(first) = first {
            return self.fault(number, "compare-line-twice", vec![("case", clean(&line.case)), ("first", first.to_string())]);
        }
        if self.cases.len() >= RESULTS_MAX {
            return self.fault(number, "compare-line-many", vec![("most", RESULTS_MAX.to_string())]);
        }
        let site = line.site.map(|s| format!(" · {}", s.version)).unwrap_or_default();
        let digest = line.knowledge_hash.map(|h| format!(" · {}", h.chars().take(DIGEST_CHARS).collect::<String>())).unwrap_or_default();
        self.made_with.insert(clean(&format!("{} · {}{digest}{site}", line.tool, line.knowledge)));
        let failing = line.error_codes.into_iter().filter(|c| c.role == "failure").map(|c| clean(&c.code));
        let outcome = Outcome {
            state: clean(&line.verdict.state),
            cause: line.verdict.cause.as_deref().map(clean),
            certainty: clean(&line.verdict.certainty),
            actor: clean(&line.verdict.actor),
            codes: failing.take(CODES_KEPT).collect(),
        };
        self.cases.insert(line.case, (number, outcome));
    }

    fn fault(&mut self, number: usize, key: &'static str, mut values: Vec<(&'static str, String)>) {
        self.faulty += 1;
        if self.problems.len() < PROBLEMS_NAMED {
            values.insert(0, ("line", number.to_string()));
            self.problems.push(Remark { key, values });
        }
    }

    /// Number of cases.
    #[must_use]
    pub fn cases(&self) -> usize {
        self.cases.len()
    }

    /// Number of lines that could not be used.
    #[must_use]
    pub const fn faulty(&self) -> usize {
        self.faulty
    }

    /// What is wrong with the first lines that could not be used.
    #[must_use]
    pub fn problems(&self) -> &[Remark] {
        &self.problems
    }
}

type Fault = (&'static str, Vec<(&'static str, String)>);

/// A line as the result of a case, or what is wrong with it.
fn read(bytes: &[u8]) -> Result<Line, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|_| ("compare-line-encoding", Vec::new()))?;
    let problem = match serde_json::from_str::<Line>(text) {
        Ok(line) if line.schema == u64::from(SCHEMA) => return Ok(line),
        Ok(line) => return Err(other_schema(&line.schema.to_string())),
        Err(problem) => problem,
    };
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|e| ("compare-line-json", vec![("column", e.column().to_string())]))?;
    match value.get("schema") {
        None => Err(("compare-line-foreign", Vec::new())),
        Some(schema) if *schema != SCHEMA => Err(other_schema(&schema.to_string())),
        Some(_) => Err(("compare-line-field", vec![("error", clean(&problem.to_string()).chars().take(ERROR_CHARS).collect())])),
    }
}

fn other_schema(found: &str) -> Fault {
    ("compare-line-schema", vec![("found", clean(found).chars().take(ERROR_CHARS).collect()), ("ours", SCHEMA.to_string())])
}

/// A text of a foreign file on one line, without controls of terminals or of the direction of writing.
fn clean(text: &str) -> String {
    let unsafe_char = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if unsafe_char(c) { '\u{fffd}' } else { c }).collect()
}

/// What became of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It needs action now, and was well before, or nobody could tell.
    New,
    /// It needed action and still does, for another cause.
    ChangedCause,
    /// It needed action, and is activated now.
    Healed,
    /// The new batch does not tell whether it is well.
    Unclear,
    /// It needed action and still does, for the same cause.
    Still,
    /// Only the new batch has it.
    Appeared,
    /// Only the old batch has it.
    Gone,
    /// It is activated now, and nothing says that it was not before.
    Well,
}

impl Change {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 8] =
        [Self::New, Self::ChangedCause, Self::Healed, Self::Unclear, Self::Still, Self::Appeared, Self::Gone, Self::Well];

    /// The word used in data.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::ChangedCause => "changed-cause",
            Self::Healed => "healed",
            Self::Unclear => "unclear",
            Self::Still => "still",
            Self::Appeared => "appeared",
            Self::Gone => "gone",
            Self::Well => "well",
        }
    }

    /// Failing to unknown is not healed: that a case no longer says what is wrong proves nothing.
    fn of(old: Option<&Outcome>, new: Option<&Outcome>) -> Self {
        let (Some(old), Some(new)) = (old, new) else {
            return if new.is_some() { Self::Appeared } else { Self::Gone };
        };
        match (old.standing(), new.standing()) {
            (_, Standing::Unclear) => Self::Unclear,
            (Standing::Bad, Standing::Well) => Self::Healed,
            (_, Standing::Well) => Self::Well,
            (Standing::Bad, Standing::Bad) if old.cause != new.cause => Self::ChangedCause,
            (Standing::Bad, Standing::Bad) => Self::Still,
            (_, Standing::Bad) => Self::New,
        }
    }
}

/// A case in both batches, or in one.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// Name of the case.
    pub case: String,
    /// What became of it.
    pub change: Change,
    /// In the old batch.
    pub old: Option<Outcome>,
    /// In the new batch.
    pub new: Option<Outcome>,
}

/// One of the batches.
#[derive(Debug, Clone, Serialize)]
pub struct Side {
    /// Name as shown.
    pub name: String,
    /// Number of cases.
    pub cases: usize,
    /// Number of lines that could not be used.
    pub faulty_lines: usize,
    /// Program, knowledge and site profile of its cases.
    pub made_with: Vec<String>,
    /// What is wrong with the first of the faulty lines.
    #[serde(skip)]
    pub problems: Vec<Remark>,
}

/// What became of every case.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// Version of this shape.
    pub schema: u32,
    /// The earlier batch.
    pub old: Side,
    /// The later batch.
    pub new: Side,
    /// Cases by change; every change is there.
    pub counts: BTreeMap<&'static str, usize>,
    /// In order of change, then of name.
    pub cases: Vec<Row>,
}

impl Comparison {
    /// Number of cases with this change.
    #[must_use]
    pub fn count(&self, change: Change) -> usize {
        self.counts.get(change.word()).copied().unwrap_or_default()
    }

    /// Rows with this change, in order of name.
    pub fn rows(&self, change: Change) -> impl Iterator<Item = &Row> {
        self.cases.iter().filter(move |r| r.change == change)
    }
}

/// Compares two batches by the names of their cases.
#[must_use]
pub fn compare(old: Batch, new: Batch) -> Comparison {
    let names: BTreeSet<&String> = old.cases.keys().chain(new.cases.keys()).collect();
    let row = |name: &String| {
        let (before, now) = (old.cases.get(name).map(|c| &c.1), new.cases.get(name).map(|c| &c.1));
        Row { case: clean(name), change: Change::of(before, now), old: before.cloned(), new: now.cloned() }
    };
    let mut cases: Vec<Row> = names.into_iter().map(row).collect();
    // Stable: names stay in order.
    cases.sort_by_key(|r| r.change);
    let mut counts: BTreeMap<&'static str, usize> = Change::ALL.iter().map(|c| (c.word(), 0)).collect();
    for row in &cases {
        *counts.entry(row.change.word()).or_default() += 1;
    }
    Comparison { schema: 1, old: side(old), new: side(new), counts, cases }
}

fn side(batch: Batch) -> Side {
    Side {
        cases: batch.cases.len(),
        name: batch.name,
        faulty_lines: batch.faulty,
        made_with: batch.made_with.into_iter().collect(),
        problems: batch.problems,
    }
}

#[cfg(test)]
mod tests {
    use super::Change::{ChangedCause, Healed, New, Still, Unclear, Well};
    use super::{Batch, Change, Comparison, compare};

    fn line(case: &str, state: &str, cause: Option<&str>) -> String {
        serde_json::json!({ "schema": 1, "case": case, "verdict": { "state": state, "cause": cause } }).to_string()
    }

    fn batch(lines: &[String]) -> Batch {
        let mut batch = Batch::new("b");
        lines.iter().enumerate().for_each(|(i, l)| batch.line(i + 1, l.as_bytes()));
        batch
    }

    type Standing<'a> = (&'a str, Option<&'a str>);

    fn changes(pairs: &[(Standing<'_>, Standing<'_>)]) -> Vec<Change> {
        let make = |pick: &dyn Fn(usize) -> (String, Option<String>)| {
            let one = |i: usize| {
                let (state, cause) = pick(i);
                line(&format!("{i:03}"), &state, cause.as_deref())
            };
            batch(&(0..pairs.len()).map(one).collect::<Vec<_>>())
        };
        let own = |p: (&str, Option<&str>)| (p.0.to_owned(), p.1.map(str::to_owned));
        let comparison: Comparison = compare(make(&|i| own(pairs[i].0)), make(&|i| own(pairs[i].1)));
        let mut rows = comparison.cases;
        rows.sort_by(|a, b| a.case.cmp(&b.case));
        rows.iter().map(|r| r.change).collect()
    }

    #[test]
    fn every_pair_of_standings_has_one_change() {
        let well = ("activated", None);
        let (dns, port) = (("not-activated", Some("kms-dns-not-found")), ("grace", Some("kms-unreachable")));
        let soon = ("expiring", None);
        let silent = ("unknown", Some("insufficient-evidence"));
        let code = ("unknown", Some("kms-unreachable"));
        let pairs = [
            (dns, well),
            (well, dns),
            (silent, dns),
            (dns, port),
            (dns, dns),
            (dns, silent),
            (well, silent),
            (silent, silent),
            (well, well),
            (silent, well),
            (soon, well),
            (well, soon),
            (soon, soon),
            (port, code),
            (dns, ("unknown", None)),
            (dns, ("a-later-word", None)),
            (("not-activated", None), dns),
        ];
        let want = [
            Healed,
            New,
            New,
            ChangedCause,
            Still,
            Unclear,
            Unclear,
            Unclear,
            Well,
            Well,
            Healed,
            New,
            Still,
            Still,
            Unclear,
            Unclear,
            ChangedCause,
        ];
        assert_eq!(changes(&pairs), want);
    }

    #[test]
    fn faulty_lines_are_named_and_the_rest_counts() {
        let good = line("a", "activated", None);
        let deep = "[".repeat(100_000);
        let lines: [(&[u8], &str); 9] = [
            (b"\xff\xfe{\0", "compare-line-encoding"),
            (b"{\"schema\":1,", "compare-line-json"),
            (b"PK\x03\x04", "compare-line-json"),
            (b"[1]", "compare-line-foreign"),
            (b"{\"a\":1}", "compare-line-foreign"),
            (b"{\"schema\":2,\"case\":\"b\"}", "compare-line-schema"),
            (b"{\"schema\":\"1\"}", "compare-line-schema"),
            (b"{\"schema\":1,\"case\":\"b\"}", "compare-line-field"),
            (deep.as_bytes(), "compare-line-json"),
        ];
        let mut read = Batch::new("x");
        read.line(1, format!("\u{feff}{good}").as_bytes());
        for (number, (bytes, _)) in lines.iter().enumerate() {
            read.line(number + 2, bytes);
        }
        read.line(11, b"  \r");
        read.line(12, good.as_bytes());
        read.line(13, line("b", "activated", None).as_bytes());
        let keys: Vec<&str> = read.problems().iter().map(|p| p.key).collect();
        assert_eq!(keys, lines.iter().map(|l| l.1).chain(["compare-line-twice"]).collect::<Vec<_>>());
        assert_eq!(read.problems()[0].values[0], ("line", "2".to_owned()));
        assert_eq!((read.cases(), read.faulty()), (2, 10));
    }

    #[test]
    fn the_order_of_lines_does_not_matter_and_names_are_clean() {
        let mut lines = vec![line("b\u{1b}[31m", "grace", None), line("a", "activated", None), line("c", "unknown", None)];
        let first = compare(batch(&lines), batch(&lines));
        lines.reverse();
        let second = compare(batch(&lines), batch(&lines));
        assert_eq!(serde_json::to_string(&first).unwrap(), serde_json::to_string(&second).unwrap());
        assert!(first.cases.iter().all(|r| !r.case.contains('\u{1b}')));
        assert_eq!(first.counts.values().sum::<usize>(), 3);
    }
}
