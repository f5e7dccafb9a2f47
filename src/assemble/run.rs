//! One command run: what was typed, what it printed, how it ended.

use crate::fact::Place;

/// How a run ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Outcome {
    /// It did what was asked.
    Success,
    /// It failed.
    Failure,
    /// It only showed something.
    Info,
    /// Its output does not say.
    #[default]
    Unknown,
}

impl Outcome {
    /// The word used in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Info => "info",
            Self::Unknown => "unknown",
        }
    }
}

/// A command run.
#[derive(Debug, Clone, Default)]
pub struct Run {
    /// `slmgr`, `ospp`, `nslookup` …; `other` when unknown.
    pub tool: String,
    /// Action as typed or, without a visible command, as its messages imply; may be empty.
    pub action: String,
    /// What followed the action.
    pub argument: String,
    /// The program as typed.
    pub program: String,
    /// Where the command or the first output stands.
    pub place: Place,
    /// The command line itself was seen.
    pub typed: bool,
    /// How it ended.
    pub outcome: Outcome,
    /// Index of the product it was about.
    pub product: Option<usize>,
    /// Id of the message that decided the outcome.
    pub message: String,
    /// Where that message stands.
    pub evidence: Option<Place>,
    /// Actions that every message so far allows; empty when nothing is known.
    pub(crate) candidates: Vec<String>,
    /// Something besides banners was printed.
    pub(crate) has_output: bool,
    /// The closing frame was seen.
    pub(crate) closed: bool,
    /// A start of activation was printed.
    pub(crate) attempted: bool,
    /// The opening frame was seen.
    pub(crate) framed: bool,
    /// Another program's output.
    pub(crate) foreign: bool,
}

impl Run {
    /// Whether the run tried to activate, or its output looks as if it did.
    #[must_use]
    pub fn is_attempt(&self) -> bool {
        const ATTEMPTS: [&str; 7] = ["ato", "act", "atp", "actcid", "fta", "tokact", "actsub"];
        const SHOWS: [&str; 6] = ["dlv", "dli", "xpr", "dstatus", "dstatusall", "dti"];
        if !self.action.is_empty() {
            return ATTEMPTS.contains(&self.action.as_str());
        }
        let shows = self.candidates.iter().any(|c| SHOWS.contains(&c.as_str()));
        self.attempted || self.candidates.is_empty() || !shows && self.candidates.iter().any(|c| ATTEMPTS.contains(&c.as_str()))
    }

    /// Narrows the possible actions by a message's; false if they contradict.
    pub(crate) fn allows(&self, actions: &[String]) -> bool {
        if self.typed && !matches!(self.tool.as_str(), "slmgr" | "ospp") {
            // Diagnostics name the program itself.
            return actions.is_empty() || self.tool == "other" || actions.contains(&self.tool) || actions.contains(&self.program);
        }
        if self.typed {
            return actions.is_empty() || self.action.is_empty() || actions.contains(&self.action);
        }
        actions.is_empty() || self.candidates.is_empty() || self.candidates.iter().any(|c| actions.contains(c))
    }

    /// Takes over what a message says about the action.
    pub(crate) fn narrow(&mut self, actions: &[String]) {
        if self.typed || actions.is_empty() {
            return;
        }
        if self.candidates.is_empty() {
            self.candidates = actions.to_vec();
        } else {
            self.candidates.retain(|c| actions.contains(c));
        }
        self.action = match self.candidates.as_slice() {
            [only] => only.clone(),
            _ => String::new(),
        };
    }
}

/// How a statement says that its run ended.
pub(super) fn outcome_of(kind: &str) -> Option<Outcome> {
    Some(match kind {
        "activation-succeeded"
        | "kms-name-set"
        | "kms-name-cleared"
        | "key-installed"
        | "key-uninstalled"
        | "key-cleared"
        | "setting-applied"
        | "license-file-installed"
        | "licenses-reinstalled"
        | "rearm-done"
        | "activation-type-set"
        | "confirmation-id-stored"
        | "srv-host"
        | "ping-reply"
        | "service-started" => Outcome::Success,
        "activation-failed"
        | "error-reported"
        | "error-described"
        | "connect-error"
        | "script-missing"
        | "script-engine-missing"
        | "script-host-disabled"
        | "command-not-found"
        | "access-denied"
        | "elevation-needed"
        | "path-not-found"
        | "no-kms-licenses"
        | "product-not-found"
        | "key-not-found"
        | "dns-no-such-name"
        | "dns-no-srv"
        | "dns-timeout"
        | "telnet-failed"
        | "tcp-failed"
        | "ping-timeout"
        | "ping-no-host"
        | "service-start-failed"
        | "script-error"
        | "usage-error"
        | "non-genuine"
        | "no-keys" => Outcome::Failure,
        "tcp-result" | "license-status" | "expiry" | "permanently-activated" | "product-name" | "time-left" => Outcome::Info,
        _ => return None,
    })
}

/// The tool that a grammar's messages come from.
pub(super) fn run_tool<'a>(grammar: &'a str, kind: &str) -> &'a str {
    match grammar {
        "quoted" => "ospp",
        "diag" => match kind {
            k if k.starts_with("dns-s") && k != "dns-suffix" && k != "dns-servers" => "nslookup",
            k if k.starts_with("srv-")
                || matches!(k, "dns-no-such-name" | "dns-no-srv" | "dns-timeout" | "dns-refused" | "dns-name" | "dns-address") =>
            {
                "nslookup"
            }
            k if k.starts_with("tcp-") || matches!(k, "ping-result" | "name-unresolved") => "test-netconnection",
            "telnet-failed" => "telnet",
            k if k.starts_with("ping-") => "ping",
            "dns-suffix" | "dns-servers" | "ipv4" | "host-name" => "ipconfig",
            k if k.starts_with("clock-") || k == "time-zone" => "w32tm",
            k if k.starts_with("service-") || k == "system-error" => "sc",
            k if k.starts_with("reg-") => "reg",
            _ => "other",
        },
        other => other,
    }
}

/// Tools that print diagnostics share one grammar; a typed command keeps its name.
pub(super) fn diagnostic(tool: &str) -> bool {
    !matches!(tool, "slmgr" | "ospp" | "mgadiag")
}
