//! Bounded work: so many analyses at a time, so many waiting, so many bytes of uploads in memory. What is beyond is told
//! to come back later, because a class sits behind one address and none of them may be shut out for the others.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::problem::Problem;

/// Work on more bytes is heavy: most uploads have some kilobytes.
const HEAVY_BYTES: usize = 1 << 20;

/// Workers and those who wait for one.
#[derive(Debug)]
pub(crate) struct Pool {
    workers: Arc<Semaphore>,
    /// Heavy work takes half of the workers at most, so that it never holds up everybody else.
    heavy: Arc<Semaphore>,
    inside: AtomicUsize,
    inside_max: usize,
    time_max: Duration,
}

/// One place inside, given back when dropped.
struct Place<'p>(&'p AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Pool {
    pub(crate) fn new(workers: usize, waiting_max: usize, time_max: Duration) -> Self {
        let workers = workers.max(1);
        let inside_max = workers.saturating_add(waiting_max);
        let heavy = Arc::new(Semaphore::new((workers / 2).max(1)));
        Self { workers: Arc::new(Semaphore::new(workers)), heavy, inside: AtomicUsize::new(0), inside_max, time_max }
    }

    /// Analyses that run or wait.
    pub(crate) fn inside(&self) -> usize {
        self.inside.load(Ordering::Acquire)
    }

    /// Whether nobody else is let in now.
    pub(crate) fn is_full(&self) -> bool {
        self.inside() >= self.inside_max
    }

    /// Runs `work` on `bytes` of evidence on a thread of its own. One that takes too long is not waited for; it keeps its worker until it ends,
    /// so that no more than the workers ever run.
    pub(crate) async fn run<T: Send + 'static>(&self, bytes: usize, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let place = Place(&self.inside);
        if self.inside.fetch_add(1, Ordering::AcqRel) >= self.inside_max {
            return Err(Problem::Busy);
        }
        let heavy = Arc::clone(&self.heavy);
        let heavy = if bytes > HEAVY_BYTES { Some(heavy.acquire_owned().await.map_err(|_| Problem::Busy)?) } else { None };
        let worker = self.workers.clone().acquire_owned().await.map_err(|_| Problem::Busy)?;
        let task = tokio::task::spawn_blocking(move || {
            let _taken = (worker, heavy);
            catch_unwind(AssertUnwindSafe(work))
        });
        let done = timeout(self.time_max, task).await.map_err(|_| Problem::Busy)?;
        drop(place);
        done.map_err(|_| Problem::Internal)?.map_err(|_| Problem::Internal)
    }
}

/// Bytes of uploads in memory.
#[derive(Debug)]
pub(crate) struct Budget {
    used: AtomicUsize,
    most: usize,
}

/// What one upload holds of it, given back when dropped.
#[derive(Debug)]
pub(crate) struct Held {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Budget {
    pub(crate) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { used: AtomicUsize::new(0), most })
    }

    /// Starts an upload.
    pub(crate) const fn hold(budget: Arc<Self>) -> Held {
        Held { budget, bytes: 0 }
    }

    pub(crate) fn used(&self) -> usize {
        self.used.load(Ordering::Acquire)
    }
}

impl Held {
    /// Takes `more` bytes. Only what has arrived is counted: who promises much and sends nothing holds nothing.
    pub(crate) fn grow(&mut self, more: usize) -> Result<(), Problem> {
        self.bytes += more;
        if self.budget.used.fetch_add(more, Ordering::AcqRel).saturating_add(more) > self.budget.most { Err(Problem::Busy) } else { Ok(()) }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.bytes, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, mpsc};
    use std::time::Duration;

    use super::{Budget, Pool};
    use crate::problem::Problem;

    #[tokio::test]
    async fn who_finds_no_place_is_told_so_and_the_others_get_their_answer() {
        let pool = Arc::new(Pool::new(1, 1, Duration::from_secs(9)));
        let (open, gate) = mpsc::channel::<()>();
        let first = tokio::spawn({
            let pool = Arc::clone(&pool);
            async move { pool.run(0, move || gate.recv().is_ok()).await }
        });
        let second = tokio::spawn({
            let pool = Arc::clone(&pool);
            async move { pool.run(0, || 2).await }
        });
        while pool.inside() < 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(pool.run(0, || 3).await, Err(Problem::Busy));
        open.send(()).unwrap();
        assert_eq!(first.await.unwrap(), Ok(true));
        assert_eq!(second.await.unwrap(), Ok(2));
        assert_eq!(pool.inside(), 0);
    }

    #[tokio::test]
    async fn heavy_work_leaves_a_worker_for_the_others() {
        let pool = Arc::new(Pool::new(2, 9, Duration::from_secs(30)));
        let (open, gate) = mpsc::channel::<()>();
        let heavy = tokio::spawn({
            let pool = Arc::clone(&pool);
            async move { pool.run(super::HEAVY_BYTES + 1, move || gate.recv().is_ok()).await }
        });
        let other = tokio::spawn({
            let pool = Arc::clone(&pool);
            async move { pool.run(super::HEAVY_BYTES + 1, || 2).await }
        });
        while pool.inside() < 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(pool.run(super::HEAVY_BYTES, || 1).await, Ok(1));
        assert!(!other.is_finished());
        open.send(()).unwrap();
        assert_eq!(heavy.await.unwrap(), Ok(true));
        assert_eq!(other.await.unwrap(), Ok(2));
    }

    #[tokio::test]
    async fn a_panic_and_a_long_one_cost_their_own_answer_only() {
        let pool = Pool::new(1, 9, Duration::from_secs(30));
        assert_eq!(pool.run(0, || -> u8 { std::panic::resume_unwind(Box::new(1)) }).await, Err(Problem::Internal));
        assert_eq!(pool.run(0, || 1).await, Ok(1));
        let hasty = Pool::new(1, 9, Duration::from_millis(50));
        assert_eq!(hasty.run(0, || std::thread::sleep(Duration::from_millis(200))).await, Err(Problem::Busy));
        assert_eq!(hasty.inside(), 0);
    }

    #[test]
    fn bytes_are_given_back() {
        let budget = Budget::new(10);
        let mut one = Budget::hold(Arc::clone(&budget));
        assert_eq!(one.grow(8), Ok(()));
        let mut two = Budget::hold(Arc::clone(&budget));
        assert_eq!(two.grow(3), Err(Problem::Busy));
        drop((one, two));
        assert_eq!(budget.used(), 0);
    }
}
