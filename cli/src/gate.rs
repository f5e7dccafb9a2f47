//! Holds workers back while much text is in memory: an analysis needs many times the size of its text,
//! and a drop may hold a row of very large files.

use std::sync::{Condvar, Mutex, PoisonError};

/// Bytes of text in work at a time. A case larger than this waits until it is alone.
const BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Counts the bytes in work.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    bytes: Mutex<u64>,
    freed: Condvar,
}

/// A share of the memory; given back when dropped, also by a panic.
#[derive(Debug)]
pub(crate) struct Share<'g> {
    gate: &'g Gate,
    bytes: u64,
}

impl Gate {
    /// Waits until there is room for `bytes`.
    pub(crate) fn enter(&self, bytes: u64) -> Share<'_> {
        let held = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |held: &mut u64| *held > 0 && held.saturating_add(bytes) > BYTES_MAX;
        let mut held = self.freed.wait_while(held, full).unwrap_or_else(PoisonError::into_inner);
        *held = held.saturating_add(bytes);
        Share { gate: self, bytes }
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        let mut held = self.gate.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        *held = held.saturating_sub(self.bytes);
        drop(held);
        self.gate.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::{BYTES_MAX, Gate};

    #[test]
    fn a_large_case_is_alone_and_small_ones_are_not() {
        let gate = Gate::default();
        let alone = gate.enter(BYTES_MAX * 3);
        drop(alone);
        let (first, second) = (gate.enter(BYTES_MAX / 2), gate.enter(BYTES_MAX / 2));
        assert_eq!(*gate.bytes.lock().unwrap(), BYTES_MAX);
        drop((first, second));
        assert_eq!(*gate.bytes.lock().unwrap(), 0);
    }

    #[test]
    fn who_waits_goes_on() {
        let gate = Gate::default();
        let share = gate.enter(BYTES_MAX);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| drop(gate.enter(BYTES_MAX)));
            drop(share);
            assert!(waiting.join().is_ok());
        });
    }
}
