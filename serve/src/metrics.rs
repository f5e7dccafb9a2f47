//! Counts of what was done, in the text form that Prometheus reads. No address, name or link is among them.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    Requests,
    Created,
    Extended,
    Unstored,
    Checked,
    Deleted,
    Expired,
    Busy,
    Refused,
    Failed,
}

const COUNTS: [(Count, &str, &str); 10] = [
    (Count::Requests, "requests", "Requests answered"),
    (Count::Created, "cases_created", "Cases stored"),
    (Count::Extended, "cases_extended", "Uploads added to a case"),
    (Count::Unstored, "cases_unstored", "Uploads judged and not stored, because something private might be left"),
    (Count::Checked, "checks", "Uploads judged for a program and not stored"),
    (Count::Deleted, "cases_deleted", "Cases deleted by their owners"),
    (Count::Expired, "cases_expired", "Cases deleted because their time was up"),
    (Count::Busy, "busy", "Requests told to come back later"),
    (Count::Refused, "refused", "Requests refused with another 4xx status"),
    (Count::Failed, "failed", "Requests that failed by our fault"),
];

/// The counts.
#[derive(Debug, Default)]
pub(crate) struct Metrics([AtomicU64; 10]);

/// What is so now.
pub(crate) struct Now {
    pub(crate) cases: u64,
    pub(crate) analyses: usize,
    pub(crate) bytes: usize,
}

impl Metrics {
    pub(crate) fn add(&self, count: Count, by: u64) {
        let at = COUNTS.iter().position(|(c, ..)| *c == count);
        if let Some(counter) = at.and_then(|at| self.0.get(at)) {
            counter.fetch_add(by, Ordering::Relaxed);
        }
    }

    pub(crate) fn text(&self, now: &Now) -> String {
        let mut text = String::new();
        for ((_, name, help), value) in COUNTS.iter().zip(&self.0) {
            let value = value.load(Ordering::Relaxed);
            let _ = writeln!(
                text,
                "# HELP kms_triage_{name}_total {help}.\n# TYPE kms_triage_{name}_total counter\nkms_triage_{name}_total {value}"
            );
        }
        let gauges = [
            ("cases", "Cases in the store", now.cases),
            ("analyses", "Analyses that run or wait", now.analyses as u64),
            ("upload_bytes", "Bytes of uploads in memory", now.bytes as u64),
        ];
        for (name, help, value) in gauges {
            let _ = writeln!(text, "# HELP kms_triage_{name} {help}.\n# TYPE kms_triage_{name} gauge\nkms_triage_{name} {value}");
        }
        text
    }
}
