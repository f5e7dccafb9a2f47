//! A bar on a terminal for scans that take long. Elsewhere it draws nothing at all.

use std::io::{IsTerminal, stderr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget};

/// A scan shorter than this needs no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// Counts finished cases.
pub(crate) struct Progress {
    bar: ProgressBar,
    start: Instant,
    drawn: AtomicBool,
}

impl Progress {
    /// For `count` cases.
    pub(crate) fn new(count: usize) -> Self {
        let bar = ProgressBar::with_draw_target(Some(count as u64), ProgressDrawTarget::hidden());
        Self { bar, start: Instant::now(), drawn: AtomicBool::new(!stderr().is_terminal()) }
    }

    /// One more case is done.
    pub(crate) fn step(&self) {
        if self.start.elapsed() > PATIENCE && !self.drawn.swap(true, Ordering::Relaxed) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(1);
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
