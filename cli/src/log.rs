//! Reads an event log of any size piece by piece, so that memory does not grow with the file.

use std::io::{self, Read};

use kms_triage::event::evtx::{EvtxNote, EvtxRead, EvtxReader, HEAD_BYTES, PIECE_BYTES};

use crate::worker::Fenced;

/// Bytes read at a time: what the processor's nearest caches hold, so that the walk finds them there.
const BUFFER_BYTES: usize = PIECE_BYTES;

/// Reads a log to its end; `None` when it is none after all. Of its records those with an id in `wanted`.
pub(crate) fn read(from: &mut impl Read, wanted: &[u32]) -> io::Result<Option<EvtxRead>> {
    let mut odd = Fenced::default();
    let mut reader = EvtxReader::with_odd(wanted, &mut odd);
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut head = Vec::with_capacity(HEAD_BYTES);
    from.take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    reader.push(&head);
    loop {
        match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => reader.push(buffer.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Some(reader.finish()).filter(|read| read.note != Some(EvtxNote::NotEvtx)))
}

/// Memory that a log's records take, roughly.
pub(crate) fn weight(read: &EvtxRead) -> usize {
    /// Names, places and the texts' own bookkeeping.
    const RECORD_BYTES: usize = 512;
    read.records.iter().map(|record| RECORD_BYTES + record.data.iter().map(String::len).sum::<usize>()).sum()
}
