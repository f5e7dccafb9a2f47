//! Properties of licensing objects, as PowerShell and wmic print them: which object a property belongs to, and what
//! the result of an operation means.

use super::run::Run;

/// Statements that a list of properties has in common with slmgr's displays: their labels are the same.
const SHARED: [&str; 12] = [
    "product-name",
    "product-description",
    "activation-id",
    "application-id",
    "extended-pid",
    "installation-id",
    "key-channel",
    "partial-key",
    "license-status",
    "evaluation-end",
    "trusted-time",
    "cmid",
];

/// Properties of a product; the others are the service's too.
const OF_PRODUCT: [&str; 11] = [
    "product-name",
    "product-description",
    "activation-id",
    "application-id",
    "extended-pid",
    "key-channel",
    "partial-key",
    "license-status",
    "status-code",
    "time-left",
    "activation-type",
];

/// Whether a statement of `tool` goes on with what `run` prints, although another grammar read it.
pub(super) fn goes_on(run: &Run, tool: &str, kind: &str) -> bool {
    let listed = run.tool == "wmi" && tool == "slmgr" && SHARED.contains(&kind);
    let shown = run.tool == "slmgr" && !run.typed && tool == "wmi" && run.candidates.iter().any(|c| c == "dlv");
    !run.closed && (listed || shown)
}

/// Whether a property opens a product: the first of a list, or one that the open one has already. Lists are in order
/// of the alphabet, so that a name is not the first.
pub(super) fn opens(open: bool, block: &[&str], kind: &str) -> bool {
    OF_PRODUCT.contains(&kind) && (!open || block.contains(&kind))
}

/// What an operation that succeeded has done, by the action that slmgr calls it; `None` for actions that state nothing.
pub(super) fn done(action: &str) -> Option<&'static str> {
    Some(match action {
        "ato" => "activation-succeeded",
        "ipk" => "key-installed",
        "upk" => "key-uninstalled",
        "skms" => "kms-name-set",
        "ckms" => "kms-name-cleared",
        "rearm" => "rearm-done",
        _ => return None,
    })
}
