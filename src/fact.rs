//! Facts: what an input says, in one vocabulary for every tool, format and language.
//! The waist of the program: grammars end here, rules begin here.

use std::collections::BTreeMap;

use crate::data_error::nearest;

/// One row of the vocabulary.
#[derive(Debug)]
pub struct FactDef {
    /// Name used by grammars and rules.
    pub kind: &'static str,
    /// Fields that a fact of this kind may carry.
    pub fields: &'static [&'static str],
    /// The statement must be the whole line: people quote it inside instructions.
    pub strict: bool,
}

/// Every kind of fact. Grammars and rules may use no other. `approved`, `campus`, `edition` and `service` come
/// from the comparison with a site profile (`src/site/mark.rs`) and are absent without one.
pub const VOCABULARY: &[FactDef] = &[
    // product blocks
    FactDef { kind: "product-name", fields: &["name"], strict: false },
    FactDef { kind: "product-description", fields: &["description"], strict: false },
    FactDef { kind: "activation-id", fields: &["id"], strict: false },
    FactDef { kind: "application-id", fields: &["id"], strict: false },
    FactDef { kind: "extended-pid", fields: &["pid"], strict: false },
    FactDef { kind: "key-channel", fields: &["channel"], strict: false },
    FactDef { kind: "installation-id", fields: &[], strict: false },
    FactDef { kind: "partial-key", fields: &["key"], strict: false },
    FactDef { kind: "office-product-id", fields: &["pid"], strict: false },
    FactDef { kind: "license-not-in-use", fields: &[], strict: false },
    FactDef { kind: "license-status", fields: &["status"], strict: false },
    FactDef { kind: "time-left", fields: &["minutes", "days", "kind"], strict: false },
    FactDef { kind: "expiry", fields: &["kind", "date"], strict: false },
    FactDef { kind: "permanently-activated", fields: &[], strict: true },
    FactDef { kind: "notification-reason", fields: &["code", "kind"], strict: false },
    FactDef { kind: "status-code", fields: &["code"], strict: false },
    FactDef { kind: "evaluation-end", fields: &["date"], strict: false },
    FactDef { kind: "trusted-time", fields: &["date"], strict: false },
    FactDef { kind: "service-version", fields: &["version"], strict: false },
    FactDef { kind: "rearm-count", fields: &["count", "of"], strict: false },
    FactDef { kind: "activation-type", fields: &["type"], strict: false },
    FactDef { kind: "beta-expiration", fields: &["date"], strict: false },
    // activation
    FactDef { kind: "activation-attempted", fields: &["name", "id"], strict: false },
    FactDef { kind: "activation-succeeded", fields: &["how"], strict: true },
    FactDef { kind: "activation-failed", fields: &[], strict: false },
    // What a PowerShell operation returned: the command tells what it was.
    FactDef { kind: "operation-result", fields: &["ok"], strict: false },
    FactDef { kind: "error-reported", fields: &["code", "text"], strict: false },
    FactDef { kind: "error-described", fields: &["code"], strict: false },
    FactDef { kind: "connect-error", fields: &["code", "to"], strict: false },
    FactDef { kind: "error-hint", fields: &["code"], strict: false },
    FactDef { kind: "non-genuine", fields: &["period"], strict: false },
    FactDef { kind: "token-only", fields: &[], strict: false },
    FactDef { kind: "ad-info", fields: &[], strict: false },
    FactDef { kind: "avma-info", fields: &[], strict: false },
    FactDef { kind: "token-info", fields: &[], strict: false },
    FactDef { kind: "history-event", fields: &["id"], strict: false },
    FactDef { kind: "history-error", fields: &["code", "host"], strict: false },
    // KMS client
    FactDef { kind: "kms-name-set", fields: &["host"], strict: false },
    FactDef { kind: "kms-name-cleared", fields: &[], strict: false },
    FactDef { kind: "kms-registered", fields: &["host"], strict: false },
    FactDef { kind: "kms-from-dns", fields: &["host"], strict: false },
    FactDef { kind: "kms-dns-unavailable", fields: &[], strict: false },
    FactDef { kind: "kms-ip", fields: &["ip"], strict: false },
    FactDef { kind: "kms-pid", fields: &["pid"], strict: false },
    FactDef { kind: "kms-lookup-domain", fields: &["domain"], strict: false },
    FactDef { kind: "kms-lookup-domain-cleared", fields: &[], strict: false },
    FactDef { kind: "kms-caching", fields: &["on"], strict: false },
    FactDef { kind: "activation-interval", fields: &["minutes"], strict: false },
    FactDef { kind: "renewal-interval", fields: &["minutes"], strict: false },
    FactDef { kind: "cmid", fields: &["id"], strict: false },
    FactDef { kind: "kms-client-info", fields: &[], strict: false },
    FactDef { kind: "refresh-hint", fields: &[], strict: false },
    FactDef { kind: "kms-override", fields: &["host"], strict: false },
    // A port that is printed apart from the host: it belongs to `kms-registered` of the same product.
    FactDef { kind: "kms-port", fields: &["port"], strict: false },
    // KMS host
    FactDef { kind: "kms-host-enabled", fields: &[], strict: false },
    FactDef { kind: "kms-current-count", fields: &["count"], strict: false },
    FactDef { kind: "kms-listening", fields: &["port"], strict: false },
    FactDef { kind: "dns-publishing", fields: &["on"], strict: false },
    FactDef { kind: "kms-priority", fields: &["level"], strict: false },
    FactDef { kind: "kms-requests", fields: &["of", "count"], strict: false },
    FactDef { kind: "host-setting", fields: &["what"], strict: false },
    // keys and settings
    FactDef { kind: "key-installed", fields: &["key"], strict: false },
    FactDef { kind: "key-uninstalled", fields: &[], strict: false },
    FactDef { kind: "key-not-found", fields: &[], strict: false },
    FactDef { kind: "key-cleared", fields: &[], strict: false },
    FactDef { kind: "product-not-found", fields: &[], strict: false },
    FactDef { kind: "no-keys", fields: &[], strict: false },
    FactDef { kind: "confirmation-id-stored", fields: &[], strict: false },
    FactDef { kind: "licenses-reinstalled", fields: &[], strict: false },
    FactDef { kind: "license-file-installed", fields: &["file"], strict: false },
    FactDef { kind: "rearm-done", fields: &[], strict: false },
    FactDef { kind: "restart-needed", fields: &[], strict: false },
    FactDef { kind: "setting-applied", fields: &[], strict: false },
    FactDef { kind: "no-kms-licenses", fields: &[], strict: false },
    FactDef { kind: "activation-type-set", fields: &[], strict: false },
    FactDef { kind: "usage-error", fields: &[], strict: false },
    // shell
    FactDef { kind: "script-missing", fields: &["path"], strict: false },
    FactDef { kind: "script-engine-missing", fields: &[], strict: false },
    FactDef { kind: "script-host-disabled", fields: &[], strict: false },
    FactDef { kind: "script-error", fields: &["path", "text"], strict: false },
    FactDef { kind: "command-not-found", fields: &["word"], strict: false },
    FactDef { kind: "path-not-found", fields: &[], strict: false },
    FactDef { kind: "file-not-found", fields: &[], strict: false },
    FactDef { kind: "access-denied", fields: &[], strict: false },
    FactDef { kind: "elevation-needed", fields: &[], strict: false },
    FactDef { kind: "scripts-disabled", fields: &[], strict: false },
    FactDef { kind: "pause", fields: &[], strict: false },
    FactDef { kind: "frame", fields: &["part"], strict: false },
    FactDef { kind: "banner", fields: &["tool", "version"], strict: false },
    // Head of a PowerShell transcript: when it was begun or ended, `20261123091402`.
    FactDef { kind: "transcript", fields: &["part", "at"], strict: false },
    // diagnostics
    FactDef { kind: "dns-server", fields: &["name"], strict: false },
    FactDef { kind: "dns-name", fields: &["name"], strict: false },
    FactDef { kind: "dns-address", fields: &["ip", "of", "approved"], strict: false },
    FactDef { kind: "srv-record", fields: &["name"], strict: false },
    FactDef { kind: "srv-port", fields: &["port"], strict: false },
    FactDef { kind: "srv-host", fields: &["host"], strict: false },
    FactDef { kind: "srv-address", fields: &["host", "ip"], strict: false },
    FactDef { kind: "dns-no-such-name", fields: &["name", "server"], strict: false },
    FactDef { kind: "dns-no-srv", fields: &["name"], strict: false },
    FactDef { kind: "dns-timeout", fields: &[], strict: false },
    FactDef { kind: "dns-refused", fields: &[], strict: false },
    FactDef { kind: "dns-server-failed", fields: &[], strict: false },
    FactDef { kind: "tcp-host", fields: &["host"], strict: false },
    FactDef { kind: "tcp-address", fields: &["ip"], strict: false },
    FactDef { kind: "tcp-port", fields: &["port"], strict: false },
    FactDef { kind: "tcp-result", fields: &["ok", "host", "port"], strict: false },
    FactDef { kind: "tcp-failed", fields: &["host", "port"], strict: false },
    FactDef { kind: "ping-result", fields: &["ok"], strict: false },
    FactDef { kind: "name-unresolved", fields: &["host"], strict: false },
    FactDef { kind: "telnet-failed", fields: &["host", "port"], strict: false },
    FactDef { kind: "ping-reply", fields: &[], strict: false },
    FactDef { kind: "ping-timeout", fields: &[], strict: false },
    FactDef { kind: "ping-no-host", fields: &["host"], strict: false },
    FactDef { kind: "ping-unreachable", fields: &[], strict: false },
    FactDef { kind: "host-name", fields: &["name"], strict: false },
    FactDef { kind: "dns-suffix", fields: &["suffix", "of", "approved"], strict: false },
    FactDef { kind: "ipv4", fields: &["ip", "campus"], strict: false },
    FactDef { kind: "dns-servers", fields: &["ip", "approved"], strict: false },
    FactDef { kind: "clock-leap", fields: &["value"], strict: false },
    FactDef { kind: "clock-source", fields: &["source", "approved"], strict: false },
    FactDef { kind: "clock-stratum", fields: &["value"], strict: false },
    FactDef { kind: "clock-offset", fields: &["seconds"], strict: false },
    FactDef { kind: "clock-last-sync", fields: &["date"], strict: false },
    FactDef { kind: "time-zone", fields: &["name", "utc8", "approved"], strict: false },
    FactDef { kind: "os-name", fields: &["name"], strict: false },
    FactDef { kind: "os-version", fields: &["version"], strict: false },
    FactDef { kind: "service-name", fields: &["name"], strict: false },
    FactDef { kind: "service-state", fields: &["state", "name"], strict: false },
    FactDef { kind: "service-start", fields: &["type"], strict: false },
    FactDef { kind: "service-missing", fields: &[], strict: false },
    FactDef { kind: "service-started", fields: &["name"], strict: false },
    FactDef { kind: "service-start-failed", fields: &["name"], strict: false },
    FactDef { kind: "service-disabled", fields: &[], strict: false },
    FactDef { kind: "system-error", fields: &["number"], strict: false },
    FactDef { kind: "reg-value", fields: &["name", "value"], strict: false },
    FactDef { kind: "reg-missing", fields: &[], strict: false },
    // A line of the hosts file that leads an activation server to nowhere.
    FactDef { kind: "hosts-entry", fields: &["host"], strict: false },
    FactDef { kind: "validation-status", fields: &["status"], strict: false },
    FactDef { kind: "validation-code", fields: &["code"], strict: false },
    FactDef { kind: "mga-license-type", fields: &["type"], strict: false },
    FactDef { kind: "mga-product-id", fields: &["pid"], strict: false },
    FactDef { kind: "slic", fields: &["valid"], strict: false },
    FactDef { kind: "windows-marker", fields: &["version"], strict: false },
    FactDef { kind: "vnext-license", fields: &["state"], strict: false },
    FactDef { kind: "vnext-type", fields: &["type"], strict: false },
    FactDef { kind: "vnext-mode", fields: &["mode"], strict: false },
    // event logs
    FactDef {
        kind: "kms-request-sent",
        fields: &["code", "flags", "host", "cmid", "time", "vm", "status", "minutes", "sku", "count", "answered", "at", "by", "approved"],
        strict: false,
    },
    FactDef {
        kind: "kms-answer",
        fields: &["code", "flags", "activated", "count", "interval", "renewal", "time", "cmid", "sku", "needed", "at"],
        strict: false,
    },
    FactDef {
        kind: "kms-host-request",
        fields: &["code", "count", "client", "cmid", "time", "vm", "status", "minutes", "sku", "ours", "at", "by"],
        strict: false,
    },
    FactDef {
        kind: "license-check",
        fields: &["app", "sku", "code", "status", "minutes", "channel", "partial-key", "grace-end"],
        strict: false,
    },
    FactDef { kind: "activation-attempt-failed", fields: &["by", "code", "action", "trigger", "app", "sku"], strict: false },
    FactDef { kind: "license-acquired", fields: &["sku"], strict: false },
    FactDef { kind: "inner-code", fields: &["shown", "code"], strict: false },
    FactDef { kind: "key-event", fields: &["result", "code", "partial-key", "sku"], strict: false },
    FactDef { kind: "grace-started", fields: &["days", "type"], strict: false },
    FactDef { kind: "time-limit", fields: &["kind", "minutes"], strict: false },
    FactDef { kind: "hardware-change", fields: &["app", "sku"], strict: false },
    FactDef { kind: "edition-change", fields: &["from", "to"], strict: false },
    FactDef { kind: "rearm-event", fields: &["result", "code", "app", "sku", "left"], strict: false },
    FactDef { kind: "ad-activation-event", fields: &["result", "code", "sku", "object"], strict: false },
    FactDef { kind: "avma-event", fields: &["side", "code"], strict: false },
    FactDef { kind: "token-store-event", fields: &["what"], strict: false },
    FactDef { kind: "token-activation-event", fields: &["result", "code", "sku"], strict: false },
    FactDef { kind: "service-fault", fields: &["what", "code", "object"], strict: false },
    FactDef { kind: "genuine-event", fields: &["what", "code", "app"], strict: false },
    FactDef { kind: "kms-host-start-failed", fields: &["code"], strict: false },
    FactDef { kind: "host-dns-publish-failed", fields: &["code", "domain"], strict: false },
    FactDef { kind: "host-dns-published", fields: &["domain"], strict: false },
    FactDef { kind: "event-seen", fields: &["id"], strict: false },
    FactDef { kind: "clock-difference", fields: &["minutes", "ours"], strict: false },
    FactDef { kind: "kms-host-clients", fields: &["requests", "clients", "cmids", "shared"], strict: false },
    // A request of this computer in the log of the KMS host: `seen` no where the log goes past its time without it.
    FactDef { kind: "kms-request-at-host", fields: &["seen", "answer", "host"], strict: false },
    FactDef { kind: "kms-count-trend", fields: &["lowest", "highest", "answers", "days", "stuck"], strict: false },
    // derived
    FactDef { kind: "code-stated", fields: &["code", "role", "family"], strict: false },
    FactDef { kind: "channel", fields: &["channel", "class"], strict: false },
    FactDef { kind: "kms-host", fields: &["host", "port", "source", "class", "approved"], strict: false },
    // A key that Microsoft publishes, by its last five characters: `fits` is `yes`, `edition` (same series, another edition),
    // `no` or `unknown` against the product that it was given to; `of` is the product
    // that it is for; `how` is `installed` or `command`, for one that somebody tried to install.
    FactDef { kind: "published-key", fields: &["key", "of", "fits", "series", "how"], strict: false },
    // When support of a product ends, by the lists: `state` is `running` or `ended` as of the newest date in the evidence, or
    // `ended` as of the day the list was read, which is past for every reader; else `unknown`.
    FactDef { kind: "support", fields: &["name", "end", "extended", "state", "as-of"], strict: false },
    FactDef { kind: "command-typo", fields: &["word", "meant"], strict: false },
    FactDef { kind: "instruction", fields: &["page"], strict: false },
    FactDef { kind: "foreign-program", fields: &["name"], strict: false },
    FactDef { kind: "license-status-number", fields: &["number"], strict: false },
    FactDef { kind: "empty-run", fields: &["tool"], strict: false },
    FactDef { kind: "command", fields: &["tool", "action", "argument"], strict: false },
    FactDef { kind: "product-state", fields: &["state", "family", "channel", "edition", "service"], strict: false },
];

/// Kinds that the program itself states, from shapes of values, from codes or from other facts: no grammar does.
pub const OWN: &[&str] = &[
    "channel",
    "clock-difference",
    "clock-offset",
    "code-stated",
    "command",
    "command-typo",
    "empty-run",
    "event-seen",
    "kms-count-trend",
    "kms-host",
    "kms-host-clients",
    "kms-request-at-host",
    "product-state",
    "published-key",
    "support",
];

/// The row for `kind`.
#[must_use]
pub fn definition(kind: &str) -> Option<&'static FactDef> {
    VOCABULARY.iter().find(|d| d.kind == kind)
}

/// "unknown fact `kms-nam-set`: did you mean `kms-name-set`?" and the same for a field.
#[must_use]
pub fn check(kind: &str, fields: &[&str]) -> Option<String> {
    let Some(known) = definition(kind) else {
        let names = VOCABULARY.iter().map(|d| d.kind);
        return Some(format!("unknown fact `{kind}`{}", nearest(kind, names)));
    };
    let wrong = fields.iter().find(|f| !known.fields.contains(f))?;
    Some(format!("fact `{kind}` has no field `{wrong}`{}", nearest(wrong, known.fields.iter().copied())))
}

/// Where a fact stands: file, first and last line (1-based), place in the decoded text.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Index of the input.
    pub file: usize,
    /// First line, 1-based.
    pub line: u32,
    /// Last line, 1-based: a wrapped statement covers several.
    pub last_line: u32,
    /// Offsets in the decoded text.
    pub text: (usize, usize),
    /// Record number, for event logs.
    pub record: Option<u64>,
    /// Place in time among the records of a log, which may list the newest first.
    pub sequence: Option<u32>,
}

impl Place {
    /// Order of statements: by file, then by time for records and by line for text.
    #[must_use]
    pub fn order(&self) -> (usize, u32, usize) {
        (self.file, self.sequence.unwrap_or(self.line), self.text.0)
    }
}

/// One statement.
#[derive(Debug, Clone)]
pub struct Fact {
    /// A [`FactDef::kind`].
    pub kind: &'static str,
    /// Values by field name, cleaned but never translated.
    pub fields: BTreeMap<&'static str, String>,
    /// Where it was read.
    pub place: Place,
    /// Index of the command run it belongs to.
    pub run: usize,
    /// Index of the product it speaks about.
    pub product: Option<usize>,
    /// Message that was read, `slmgr.L_MsgActivated`; empty for derived facts.
    pub message: String,
    /// A later statement about the same thing replaced it.
    pub superseded: bool,
}

impl Fact {
    /// A field's value, empty when absent.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}
