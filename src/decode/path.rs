//! Finds the likeliest way to read the bytes: which encoding holds where. A Viterbi search over
//! all encodings at once, because a console file is often written by two programs: `cmd` appends
//! Big5, PowerShell appends UTF-16. Gives runs of bytes, no text.

mod shortcut;

use super::token::{BAD, Code, token};
use super::weigh::{ERROR, ERROR_AT_END, ERROR_AT_START, ODD_AT_END, ODD_AT_START, SWITCH, SWITCH_AT_LINE, weigh, weigh_western};

/// Bytes read by one encoding; lasts until the next run starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) code: Code,
    pub(super) start: usize,
    /// One byte that cannot belong to its neighbours although it could be read with them.
    pub(super) lost: bool,
}

/// Every encoding that a saved file can have.
pub(super) const FILE: &[Code] = &[Code::Utf8, Code::Big5, Code::Gb18030, Code::Utf16Le, Code::Utf16Be, Code::Western];
/// What bytes can be that were wrongly read as text once.
pub(super) const MISREAD: &[Code] = &[Code::Utf8, Code::Big5, Code::Gb18030];

const STATES: usize = 6;
/// Bytes decided at a time, and bytes looked at beyond them before deciding. Bounds the memory
/// of the search to half a megabyte for any input.
const WINDOW_BYTES: usize = 1 << 16;
const AHEAD_BYTES: usize = 1 << 12;
/// Beyond this many runs the input is noise; the encoding found last is kept to the end.
const RUNS_MAX: usize = 50_000;
/// Score of a place that cannot be reached.
const NEVER: i32 = i32::MIN / 2;

/// How a place was reached: 0 = not, `SWITCHED | state`, or the token's length and `LOST`.
type Step = u8;
const SWITCHED: Step = 0x80;
const LOST: Step = 0x40;

#[derive(Clone, Copy)]
struct Cell {
    score: i32,
    /// The character read last, for words of two characters.
    before: u16,
    line_start: bool,
}

const UNREACHED: Cell = Cell { score: NEVER, before: 0, line_start: false };

/// The runs of `bytes` in order; the first one starts at 0.
pub(super) fn runs(bytes: &[u8], states: &'static [Code]) -> Vec<Run> {
    let mut search = Search {
        bytes,
        states,
        start: 0,
        end: 0,
        only: None,
        frozen: false,
        ring: [[UNREACHED; STATES]; 8],
        no_skip_before: 0,
        no_glide_before: 0,
        lengths: Vec::new(),
        steps: Vec::new(),
    };
    let mut runs: Vec<Run> = Vec::new();
    while search.start < bytes.len() {
        search.end = bytes.len().min(search.start + WINDOW_BYTES + AHEAD_BYTES);
        search.fill();
        for run in search.trace() {
            let joins = |last: &Run| last.code == run.code && !last.lost && !run.lost;
            if !runs.last().is_some_and(joins) {
                runs.push(run);
            }
        }
        search.frozen = runs.len() > RUNS_MAX;
    }
    runs
}

struct Search<'a> {
    bytes: &'a [u8],
    states: &'static [Code],
    start: usize,
    end: usize,
    /// The state at `start`, once a window is behind us.
    only: Option<usize>,
    frozen: bool,
    /// Cells of this place and the next ones; a token is at most four bytes long.
    ring: [[Cell; STATES]; 8],
    /// A special byte ahead rules out stepping over ASCII up to here.
    no_skip_before: usize,
    no_glide_before: usize,
    /// Kept only to be used again.
    lengths: Vec<Step>,
    steps: Vec<[Step; STATES]>,
}

impl Search<'_> {
    /// Scores all ways through the window.
    fn fill(&mut self) {
        self.steps.clear();
        self.steps.resize(self.end - self.start + 1, [0; STATES]);
        self.ring = [[UNREACHED; STATES]; 8];
        let first = self.first_cells();
        if let Some(row) = self.ring.first_mut() {
            *row = first;
        }
        let mut at = self.start;
        while at < self.end {
            let row = self.take(at);
            at = if let Some(after) = self.plain_until(at, &row) {
                self.skip(at, after, row)
            } else if let Some(after) = self.glide(at, &row) {
                after
            } else {
                self.advance(at, row);
                at + 1
            };
        }
    }

    /// A file is as likely UTF-8, Big5 or GBK; the others need a little more evidence.
    fn first_cells(&self) -> [Cell; STATES] {
        let line_start = self.bytes.get(..self.start).is_some_and(|done| done.ends_with(b"\n") || done.ends_with(b"\n\0"));
        let mut cells = [UNREACHED; STATES];
        for (state, (cell, code)) in cells.iter_mut().zip(self.states).enumerate() {
            let score = match (self.only, code) {
                (Some(only), _) if only == state => 0,
                (Some(_), _) => NEVER,
                (None, Code::Utf8 | Code::Big5 | Code::Gb18030) => 0,
                (None, _) => -5,
            };
            *cell = Cell { score, before: 0, line_start };
        }
        cells
    }

    /// The finished cells at `at`, after each state had the chance to change into another.
    fn take(&mut self, at: usize) -> [Cell; STATES] {
        let offset = at - self.start;
        let mut row = [UNREACHED; STATES];
        if let Some(cells) = self.ring.get_mut(offset & 7) {
            row = std::mem::replace(cells, row);
        }
        if self.frozen {
            return row;
        }
        let (mut best, mut exit) = (0, UNREACHED);
        for (state, cell) in row.iter().enumerate() {
            let score = cell.score + if cell.line_start { SWITCH_AT_LINE } else { SWITCH };
            if score > exit.score {
                (best, exit) = (state, Cell { score, before: 0, line_start: false });
            }
        }
        let Some(steps) = self.steps.get_mut(offset) else { return row };
        for ((cell, step), _) in row.iter_mut().zip(steps).zip(self.states) {
            if exit.score > cell.score {
                *cell = exit;
                *step = SWITCHED | best as Step;
            }
        }
        row
    }

    /// Reads one token at `at` in every state.
    fn advance(&mut self, at: usize, row: [Cell; STATES]) {
        let Some(rest) = self.bytes.get(at..self.end) else { return };
        let best = row.iter().map(|cell| cell.score).max().unwrap_or(NEVER);
        for (state, (&code, cell)) in self.states.iter().zip(row).enumerate() {
            if cell.score <= NEVER / 2 {
                continue;
            }
            let read = token(code, rest);
            let score = cell.score + self.score(code, at, read.len, read.unit, cell.before);
            let before = u16::try_from(read.unit).unwrap_or(0);
            let next = Cell { score, before, line_start: read.unit == 0x0A };
            self.relax(at, state, read.len, read.len as Step, next);
            let whole = read.unit != BAD || read.len > 1;
            if whole && (at == 0 || cell.score == best && !self.frozen) {
                let error = match (at, code.is_utf16()) {
                    (0, true) => ODD_AT_START,
                    (0, false) => ERROR_AT_START,
                    _ => ERROR,
                };
                let score = cell.score + error;
                let next = Cell { score, before: 0, line_start: false };
                self.relax(at, state, 1, 1 | LOST, next);
            }
        }
    }

    fn score(&self, code: Code, at: usize, len: usize, unit: u32, before: u16) -> i32 {
        if unit == BAD {
            return self.error(code, at, len);
        }
        if code == Code::Western && unit >= 0x80 {
            let byte = |at: usize| self.bytes.get(at).copied().unwrap_or(b' ');
            return weigh_western(byte(at.wrapping_sub(1)), byte(at), byte(at + 1));
        }
        weigh(code, len, unit, before)
    }

    /// Clipping leaves half a character at either end: up to three bytes of UTF-8, else one.
    fn error(&self, code: Code, at: usize, len: usize) -> i32 {
        let head = if code == Code::Utf8 { 3 } else { 1 };
        match (at < head, at + len == self.bytes.len()) {
            (true, _) if code.is_utf16() => ODD_AT_START,
            (_, true) if code.is_utf16() => ODD_AT_END,
            (true, _) => ERROR_AT_START,
            (false, true) => ERROR_AT_END,
            (false, false) => ERROR,
        }
    }

    #[inline]
    fn relax(&mut self, at: usize, state: usize, len: usize, step: Step, next: Cell) {
        let offset = at - self.start + len;
        let cell = self.ring.get_mut(offset & 7).and_then(|row| row.get_mut(state));
        let slot = self.steps.get_mut(offset).and_then(|row| row.get_mut(state));
        if let (Some(cell), Some(slot)) = (cell, slot)
            && next.score > cell.score
        {
            *cell = next;
            *slot = step;
        }
    }

    /// Follows the best way back and moves `start` to the end of what is decided. The last bytes
    /// of a window are left undecided, unless the input ends there.
    fn trace(&mut self) -> Vec<Run> {
        let last = self.end - self.start;
        let decided = if self.end == self.bytes.len() { last } else { WINDOW_BYTES };
        let row = self.ring.get(last & 7).copied().unwrap_or([UNREACHED; STATES]);
        let best = row.iter().zip(0..STATES).rev().max_by_key(|(cell, _)| cell.score);
        let mut state: usize = best.map_or(0, |(_, state)| state);
        let (mut at, mut cut) = (last, (last, state));
        let mut runs: Vec<Run> = Vec::new();
        while at > 0 {
            let step = self.step(at, state);
            if step & SWITCHED != 0 {
                state = usize::from(step & 7);
                continue;
            }
            if at >= decided {
                cut = (at, state);
                runs.clear();
            }
            at -= usize::from(step & 7).max(1).min(at);
            let run = Run { code: self.states.get(state).copied().unwrap_or(Code::Utf8), start: self.start + at, lost: step & LOST != 0 };
            match runs.last_mut() {
                Some(later) if later.code == run.code && !later.lost && !run.lost => {
                    later.start = run.start;
                }
                _ => runs.push(run),
            }
        }
        runs.reverse();
        self.start += cut.0;
        self.only = Some(cut.1);
        runs
    }

    fn step(&self, at: usize, state: usize) -> Step {
        self.steps.get(at).and_then(|row| row.get(state)).copied().unwrap_or(1)
    }
}
