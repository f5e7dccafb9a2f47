//! Reads a `results.ndjson` line by line; of a line that is far too long nothing is held.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Component, Path, PathBuf};

use kms_triage::compare::Batch;
use kms_triage::limits::RESULT_BYTES_MAX;

use crate::exit::Failure;
use crate::report_folder::RESULTS;
use crate::words::shown;

/// The batch in the file at `path`, or in the report folder there. Fails where nothing can be read at all.
pub(crate) fn read(path: &Path) -> Result<Batch, Failure> {
    let file = file(path);
    let fail = |e: &io::Error| {
        let file = shown(&file.to_string_lossy());
        let expected = format!("expected {RESULTS} as scan writes it, or the report folder that holds it");
        Failure::nothing(format!("cannot read `{file}`: {e}; {expected}"))
    };
    let mut batch = Batch::new(name(path));
    lines(&file, &mut batch).map_err(|e| fail(&e))?;
    Ok(batch)
}

/// What to call it: as it was typed, but never a whole path of this machine.
fn name(path: &Path) -> String {
    let short = |p: &Path| {
        let parts: Vec<_> = p.components().filter(|c| matches!(c, Component::Normal(_))).collect();
        parts.get(parts.len().saturating_sub(2)..).unwrap_or_default().iter().collect::<PathBuf>()
    };
    let name = if path.is_absolute() { short(path) } else { path.to_path_buf() };
    shown(&name.to_string_lossy())
}

/// The file that `path` means.
pub(crate) fn file(path: &Path) -> PathBuf {
    if path.is_dir() { path.join(RESULTS) } else { path.to_path_buf() }
}

fn lines(path: &PathBuf, batch: &mut Batch) -> io::Result<()> {
    // Asked before opening: opening a pipe waits for its writer.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    each_line(&mut BufReader::with_capacity(1 << 16, File::open(path)?), RESULT_BYTES_MAX, |number, line| match line {
        Some(line) => batch.line(number, line),
        None => batch.too_long(number),
    })
}

/// Hands each line over, with its number and without its end; `None` for one that is longer than `most`.
fn each_line(from: &mut impl BufRead, most: usize, mut take: impl FnMut(usize, Option<&[u8]>)) -> io::Result<()> {
    let mut line = Vec::new();
    let mut too_long = false;
    let mut number = 1;
    loop {
        let part = from.fill_buf()?;
        if part.is_empty() {
            if !line.is_empty() || too_long {
                take(number, (!too_long).then_some(&line));
            }
            return Ok(());
        }
        let end = memchr::memchr(b'\n', part);
        let piece = part.get(..end.unwrap_or(part.len())).unwrap_or_default();
        too_long |= line.len() + piece.len() > most;
        if too_long {
            line.clear();
        } else {
            line.extend_from_slice(piece);
        }
        let used = piece.len() + usize::from(end.is_some());
        from.consume(used);
        if end.is_some() {
            take(number, (!too_long).then_some(&line));
            line.clear();
            too_long = false;
            number += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::each_line;
    use std::io::BufReader;

    #[test]
    fn lines_have_their_numbers_and_long_ones_are_passed_over() {
        for buffer in [1, 3, 100] {
            let mut seen = Vec::new();
            let mut from = BufReader::with_capacity(buffer, &b"one\n\nfar too long\nlast"[..]);
            each_line(&mut from, 5, |number, line| seen.push((number, line.map(<[u8]>::to_vec)))).unwrap();
            let want = [(1, Some(b"one".to_vec())), (2, Some(Vec::new())), (3, None), (4, Some(b"last".to_vec()))];
            assert_eq!(seen, want);
        }
    }
}
