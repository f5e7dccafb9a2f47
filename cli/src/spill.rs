//! Lines of finished cases wait on disk: together they would be most of what a scan holds.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// A file without a name: it is gone with the process, however that ends.
pub(crate) struct Spill {
    tail: Mutex<Tail>,
}

struct Tail {
    file: File,
    end: u64,
}

/// Where a line waits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept {
    at: u64,
    bytes: u64,
}

impl Spill {
    /// On the disk of `folder`, which must have room for the report anyway.
    pub(crate) fn within(folder: &Path) -> io::Result<Self> {
        Ok(Self { tail: Mutex::new(Tail { file: tempfile::tempfile_in(folder)?, end: 0 }) })
    }

    /// Puts a line away.
    pub(crate) fn keep(&self, line: &str) -> io::Result<Kept> {
        let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = Kept { at: tail.end, bytes: line.len() as u64 };
        // What a failed write left behind must not shift the next line.
        tail.file.seek(SeekFrom::Start(kept.at))?;
        tail.file.write_all(line.as_bytes())?;
        tail.end += kept.bytes;
        Ok(kept)
    }

    /// Fetches a line; it stays.
    pub(crate) fn line(&self, kept: Kept) -> io::Result<String> {
        let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        tail.file.seek(SeekFrom::Start(kept.at))?;
        let mut line = String::new();
        let read = (&mut tail.file).take(kept.bytes).read_to_string(&mut line)?;
        if read as u64 == kept.bytes { Ok(line) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// The lines in this order.
    pub(crate) fn lines<'a>(&'a self, kept: &'a [Kept]) -> impl Iterator<Item = io::Result<String>> + 'a {
        kept.iter().map(|k| self.line(*k))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_back_in_any_order() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let spill = Spill::within(folder.path())?;
        let first = spill.keep("one\n")?;
        let second = spill.keep("啟用\n")?;
        assert_eq!(spill.line(second)?, "啟用\n");
        let third = spill.keep("")?;
        let all: io::Result<Vec<String>> = spill.lines(&[third, second, first]).collect();
        assert_eq!(all?, ["", "啟用\n", "one\n"]);
        assert_eq!(std::fs::read_dir(folder.path())?.count(), 0, "the file has no name");
        Ok(())
    }
}
