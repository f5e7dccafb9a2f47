//! Results to stdout, everything else to stderr. A reader that went away (`| head`) is no error.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::exit::{Exit, Failure};
use crate::words::shown;

/// Writes `text` to stdout as it is.
pub(crate) fn print(text: &str) -> Result<Exit, Failure> {
    print_bytes(text.as_bytes())
}

/// The same for bytes.
pub(crate) fn print_bytes(bytes: &[u8]) -> Result<Exit, Failure> {
    print_lines(std::iter::once(Ok(bytes)))
}

/// The same for a text in parts.
pub(crate) fn print_lines(mut lines: impl Iterator<Item = io::Result<impl AsRef<[u8]>>>) -> Result<Exit, Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    match lines.try_for_each(|line| out.write_all(line?.as_ref())).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::internal(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(Exit::Done),
    }
}

/// Writes `text` to the file `out`, else to stdout.
pub(crate) fn put(out: Option<&Path>, text: &str) -> Result<Exit, Failure> {
    let Some(path) = out else { return print(text) };
    fs::write(path, text).map_err(|e| Failure::internal(format!("cannot write `{}`: {e}", shown(&path.to_string_lossy()))))?;
    Ok(Exit::Done)
}

/// Writes one line to stderr. When even that fails there is nobody to tell.
pub(crate) fn note(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
