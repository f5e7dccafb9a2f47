//! The folder that `collect.cmd` and `collect.ps1` leave: which files belong to it, and which are missing from it.

use crate::analyze::{Remark, Source};
use crate::console::read::RowClass;

/// The file that shows by its first line that the scripts made the folder.
pub const MARKER: &str = "kms-triage-collect.txt";
/// Begins that line, before the version, and every line that a script writes itself.
const SIGN: &str = "kms-triage-collect";

/// Files of a collected folder without their ending, and the command that gives each. Of several Offices each has
/// its own: `ospp-dstatus-2`.
pub const FILES: [(&str, &str); 10] = [
    ("slmgr-dlv", "cscript //nologo slmgr.vbs /dlv"),
    ("slmgr-xpr", "cscript //nologo slmgr.vbs /xpr"),
    ("ospp-dstatus", "cscript //nologo ospp.vbs /dstatus"),
    ("spp-events", "wevtutil qe Application /f:text"),
    ("nslookup", "nslookup -type=srv _vlmcs._tcp"),
    ("port-test", "Test-NetConnection -Port 1688"),
    ("ipconfig", "ipconfig /all"),
    ("w32tm", "w32tm /query /status"),
    ("tzutil", "tzutil /g"),
    ("sc-sppsvc", "sc query sppsvc"),
];

/// A collected folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collected {
    /// Version of the scripts.
    pub version: String,
    /// Rows of [`FILES`] that are not there, or empty.
    pub missing: Vec<(&'static str, &'static str)>,
}

/// Which of the sources is the marker, and what is missing beside it.
fn find(sources: &[Source]) -> Option<(usize, Collected)> {
    let own = |s: &Source| s.case.is_none();
    let is_marker = |s: &Source| own(s) && base(&s.name).eq_ignore_ascii_case(MARKER) && s.decoded.text.starts_with(SIGN);
    let at = sources.iter().position(is_marker)?;
    let first = sources.get(at)?.decoded.text.lines().next().unwrap_or_default();
    let version: String = first.trim_start_matches(SIGN).trim().chars().filter(char::is_ascii_digit).take(6).collect();
    let there = |file: &str| sources.iter().filter(|s| own(s)).any(|s| is_file(&s.name, file) && has_content(s));
    let missing = FILES.into_iter().filter(|(file, _)| !there(file)).collect();
    Some((at, Collected { version, missing }))
}

/// What the sources of a case say about their collection; `None` when no script made them.
#[must_use]
pub fn collected(sources: &[Source]) -> Option<Collected> {
    find(sources).map(|(_, collected)| collected)
}

/// Says on the marker what is missing; the scripts' own lines are no evidence.
pub(crate) fn mark(sources: &mut [Source]) {
    let Some((at, collected)) = find(sources) else { return };
    for row in sources.iter_mut().flat_map(|s| &mut s.rows).filter(|r| r.class == RowClass::Unread && r.text.starts_with(SIGN)) {
        row.class = RowClass::Noise;
    }
    let Some(marker) = sources.get_mut(at) else { return };
    marker.kind = "collect";
    if !collected.missing.is_empty() {
        let names: Vec<String> = collected.missing.iter().map(|(name, command)| format!("{name} ({command})")).collect();
        let values = vec![("version", collected.version), ("files", names.join(", "))];
        marker.remarks.push(Remark { key: "reason-collect-missing", values });
    }
}

fn base(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or_default()
}

/// `ospp-dstatus-2.txt` is a file `ospp-dstatus`.
fn is_file(name: &str, file: &str) -> bool {
    let stem = base(name).split('.').next().unwrap_or_default().to_ascii_lowercase();
    let rest = stem.strip_prefix(file);
    rest.is_some_and(|r| r.is_empty() || r.strip_prefix('-').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit())))
}

fn has_content(source: &Source) -> bool {
    !source.events.is_empty()
        || source.decoded.text.lines().any(|line| !line.trim().is_empty())
        || (source.kind == "evtx" && source.bytes > 0)
}

/// The words of these names.
pub(crate) fn words() -> impl Iterator<Item = String> {
    let names = FILES.iter().map(|(name, _)| *name).chain([SIGN]);
    names.flat_map(|n| n.split('-')).map(str::to_owned)
}
