//! Passes over what needs no search: long ASCII, and in long inputs whole lines that read well.
//! Leaves the same trail as the search itself, so that the way back goes through.

use super::{Cell, NEVER, STATES, Search, Step, UNREACHED, token};

/// Plain ASCII is stepped over when at least this long: nobody writes 24 Chinese characters
/// whose UTF-16 bytes are all ASCII.
const SKIP_BYTES: usize = 48;
/// Length of the longest token: kept clear before and after a skipped stretch.
const MARGIN_BYTES: usize = 4;
/// Inputs from this length on are read line by line in the leading encoding where that goes well,
/// at most so many bytes at a time. Shorter ones are searched in full.
const LONG_BYTES: usize = 1 << 15;
const GLIDE_BYTES: usize = 512;
/// The lead over all others, the mean and the least score per character that this takes.
const CLEAR: i32 = 30;
const WELL: i32 = 8;
const RARE: i32 = -15;
impl Search<'_> {
    /// The place up to which a long stretch of ASCII can be stepped over: its last line start,
    /// where a change of encoding is cheap, or a little before its end.
    pub(super) fn plain_until(&mut self, at: usize, row: &[Cell; STATES]) -> Option<usize> {
        if at < self.no_skip_before {
            return None;
        }
        // No character that began before `at` may still be unfinished.
        let from = at.checked_sub(MARGIN_BYTES)?;
        let near = self.bytes.get(from..self.end)?.get(..SKIP_BYTES)?;
        if let Some(special) = near.iter().rposition(|&byte| !is_plain(byte)) {
            self.no_skip_before = from + special + 1 + MARGIN_BYTES;
            return None;
        }
        let leading = row.iter().zip(self.states).max_by_key(|(cell, _)| cell.score)?.1;
        if !leading.holds_ascii() {
            return None;
        }
        let rest = self.bytes.get(at..self.end)?;
        let run = rest.iter().position(|&byte| !is_plain(byte)).unwrap_or(rest.len());
        let stretch = rest.get(..run - MARGIN_BYTES)?;
        let line = memchr::memrchr(b'\n', stretch).map_or(0, |newline| newline + 1);
        Some(at + if line > SKIP_BYTES / 2 { line } else { stretch.len() })
    }

    /// Moves every ASCII-compatible state from `at` to `after`, one byte per token.
    pub(super) fn skip(&mut self, at: usize, after: usize, row: [Cell; STATES]) -> usize {
        let (from, to) = (at - self.start, after - self.start);
        let mut next = [UNREACHED; STATES];
        let mut step = [0; STATES];
        let line_start = self.bytes.get(after.wrapping_sub(1)) == Some(&b'\n');
        let gain = i32::try_from(after - at).unwrap_or(0);
        for (state, (&code, cell)) in self.states.iter().zip(row).enumerate() {
            if let (Some(next), Some(step)) = (next.get_mut(state), step.get_mut(state))
                && code.holds_ascii()
                && cell.score > NEVER / 2
            {
                *next = Cell { score: cell.score + gain, before: 0, line_start };
                *step = 1;
            }
        }
        if let Some(steps) = self.steps.get_mut(from + 1..=to) {
            steps.fill(step);
        }
        self.ring = [[UNREACHED; STATES]; 8];
        if let Some(cells) = self.ring.get_mut(to & 7) {
            *cells = next;
        }
        after
    }

    /// In a long input, reads a line or a good piece of one in the leading encoding alone. Gives
    /// the place after it if it reads so well that no other encoding could do better by enough
    /// to pay for two changes.
    pub(super) fn glide(&mut self, at: usize, row: &[Cell; STATES]) -> Option<usize> {
        if at < self.no_glide_before || self.bytes.len() < LONG_BYTES {
            return None;
        }
        let (state, leader) = row.iter().enumerate().max_by_key(|(_, cell)| cell.score)?;
        let others = row.iter().enumerate().filter(|(other, _)| *other != state);
        // Ways that are in the middle of a character here count as rivals, too.
        let mut rivals = others.map(|(_, cell)| cell).chain(self.ring.as_flattened());
        if rivals.any(|cell| cell.score > leader.score - CLEAR) {
            return None;
        }
        self.no_glide_before = at + GLIDE_BYTES / 8;
        let mut lengths = std::mem::take(&mut self.lengths);
        lengths.clear();
        let landed = self.piece(at, state, *leader, &mut lengths);
        if let Some(cell) = landed {
            let mut to = at;
            for &len in &lengths {
                to += usize::from(len);
                let steps = self.steps.get_mut(to - self.start);
                if let Some(step) = steps.and_then(|row| row.get_mut(state)) {
                    *step = len;
                }
            }
            self.ring = [[UNREACHED; STATES]; 8];
            let cells = self.ring.get_mut((to - self.start) & 7);
            if let Some(slot) = cells.and_then(|row| row.get_mut(state)) {
                *slot = cell;
            }
            self.no_glide_before = to;
        }
        self.lengths = lengths;
        landed.map(|_| self.no_glide_before)
    }

    /// The cell behind a piece that reads well from `at` on, and the lengths of its tokens.
    fn piece(&self, at: usize, state: usize, first: Cell, lengths: &mut Vec<Step>) -> Option<Cell> {
        let code = *self.states.get(state)?;
        let stop = self.end.min(at + GLIDE_BYTES);
        let (mut to, mut cell, mut special, mut gained) = (at, first, 0, 0);
        while to < stop && (to == at || !cell.line_start) {
            let read = token(code, self.bytes.get(to..self.end)?);
            let weight = self.score(code, to, read.len, read.unit, cell.before);
            if weight < RARE {
                return None;
            }
            if read.unit >= 0x80 {
                (special, gained) = (special + 1, gained + weight);
            }
            let before = u16::try_from(read.unit).unwrap_or(0);
            cell = Cell { score: cell.score + weight, before, line_start: read.unit == 0x0A };
            lengths.push(read.len as Step);
            to += read.len;
        }
        (gained >= special * WELL).then_some(cell)
    }
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7E | b'\t' | b'\r' | b'\n')
}
