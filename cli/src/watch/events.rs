//! What wakes the watch: changes that the system reports, and the person who ends it.

use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::exit::Failure;

/// Code of a program that Ctrl-C stopped at once, as shells have it.
const INTERRUPTED: i32 = 130;

/// Why the watch wakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wake {
    /// Something changed, or may have.
    Changed,
    /// The person wants it to end.
    Stop,
}

/// Where wakes arrive.
#[derive(Debug)]
pub(super) struct Events {
    pub(super) wakes: Receiver<Wake>,
    sender: Sender<Wake>,
}

impl Events {
    /// Waits for Ctrl-C from now on. The second one ends the program at once, which no report minds.
    pub(super) fn new() -> Result<Self, Failure> {
        let (sender, wakes) = channel();
        let stop = sender.clone();
        let stopping = AtomicBool::new(false);
        let stopped = move || {
            if stopping.swap(true, Ordering::Relaxed) {
                process::exit(INTERRUPTED);
            }
            // Nobody listens any more: it ends anyway.
            let _ = stop.send(Wake::Stop);
        };
        ctrlc::set_handler(stopped).map_err(|e| Failure::internal(format!("cannot wait for Ctrl-C: {e}")))?;
        Ok(Self { wakes, sender })
    }

    /// Wakes when something in `dirs` changes, outside of the folder `report`, as long as the result lives.
    pub(super) fn listen(&self, dirs: &[PathBuf], report: &Path) -> notify::Result<RecommendedWatcher> {
        let (sender, report) = (self.sender.clone(), report.to_path_buf());
        let woken = move |event: notify::Result<Event>| {
            // Of an error only that something was missed is of use: the watch looks for itself.
            if event.is_ok_and(|e| !matters(&e, &report)) {
                return;
            }
            let _ = sender.send(Wake::Changed);
        };
        let mut watcher = notify::recommended_watcher(woken)?;
        for dir in dirs {
            watcher.watch(&dir.canonicalize().unwrap_or_else(|_| dir.clone()), RecursiveMode::Recursive)?;
        }
        Ok(watcher)
    }
}

/// Reading is no change, or the watch would wake itself.
fn matters(event: &Event, report: &Path) -> bool {
    let read = matches!(event.kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write));
    !read && (event.paths.is_empty() || event.paths.iter().any(|p| !p.starts_with(report)))
}

#[cfg(test)]
mod tests {
    use super::matters;
    use notify::event::{AccessKind, AccessMode, CreateKind};
    use notify::{Event, EventKind};
    use std::path::Path;

    #[test]
    fn only_changes_outside_of_the_report_matter() {
        let seen = |kind, path: &str| matters(&Event::new(kind).add_path(path.into()), Path::new("/drop/report"));
        assert!(seen(EventKind::Create(CreateKind::File), "/drop/a.txt"));
        assert!(seen(EventKind::Access(AccessKind::Close(AccessMode::Write)), "/drop/a.txt"));
        assert!(!seen(EventKind::Access(AccessKind::Open(AccessMode::Any)), "/drop/a.txt"));
        assert!(!seen(EventKind::Create(CreateKind::File), "/drop/report/index.html"));
        assert!(matters(&Event::new(EventKind::Other), Path::new("/drop/report")), "the system lost count");
    }
}
