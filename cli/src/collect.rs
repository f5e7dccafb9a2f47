//! `collect`: writes the two scripts that gather the evidence of one Windows computer. They change nothing there.

use std::fs;
use std::path::Path;

use crate::exit::{Exit, Failure};
use crate::output;

/// Name and content, with the line ends that Windows wants.
const SCRIPTS: [(&str, &str); 2] =
    [("collect.cmd", include_str!("../../collect/collect.cmd")), ("collect.ps1", include_str!("../../collect/collect.ps1"))];

/// Runs the command.
pub(crate) fn run(out: &Path) -> Result<Exit, Failure> {
    let fail = |e: std::io::Error| Failure::internal(format!("cannot write to `{}`: {e}", out.display()));
    fs::create_dir_all(out).map_err(fail)?;
    for (name, text) in SCRIPTS {
        let path = out.join(name);
        let text = text.replace("\r\n", "\n").replace('\n', "\r\n");
        // One of ours, of this version or another, may be renewed; somebody else's may not.
        let foreign = fs::read(&path).is_ok_and(|old| !String::from_utf8_lossy(&old).contains("kms-triage-collect"));
        if foreign {
            return Err(Failure::usage(format!("`{}` was not made by kms-triage; name another folder with --out", path.display())));
        }
        fs::write(&path, text).map_err(fail)?;
        output::note(&path.to_string_lossy());
    }
    Ok(Exit::Done)
}
