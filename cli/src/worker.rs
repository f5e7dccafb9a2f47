//! Reads the odd chunks of event logs in a process of its own, which may be stopped: a hostile log must
//! not stop or delay the other files. Owns that process, its limits and what goes through its pipes.
//!
//! To the worker: `count u32`, that many event ids u32, then for each chunk `length u32` and its bytes.
//! From it: for each chunk `length u32` and an [`OddRead`] or `null` as JSON. All numbers little-endian.

use std::env;
use std::io::{self, Read, Write, stdin, stdout};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use kms_triage::event::evtx::{InProcess, OddChunks, OddRead, PIECE_BYTES};

use crate::exit::{Exit, Failure};

/// Name of the hidden command that a worker runs.
pub(crate) const COMMAND: &str = "worker";
/// Time for one chunk; an honest one takes a few milliseconds.
const CHUNK_TIME: Duration = Duration::from_secs(2);
/// Odd chunks of one log that are asked about, 64 MiB of them: some milliseconds each. Real logs have a few. A
/// number, because what is read must not depend on how fast a machine is.
const CHUNKS_MAX: usize = 1000;
/// Time for the odd chunks of one log, in case they are hostile: with the walk and a last chunk that is not
/// answered, a log costs 5 seconds at most.
const LOG_TIME: Duration = Duration::from_secs(3);
/// Longest answer to one chunk.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Event ids of one question; the knowledge has some dozen.
const WANTED_MAX: u32 = 100_000;
/// Address space of a worker, where the system can limit it.
#[cfg(unix)]
const MEMORY_BYTES: u64 = 192 * 1024 * 1024;
/// Processor seconds of a worker: ends one whose caller was killed.
#[cfg(unix)]
const CPU_SECONDS: u64 = 600;

/// Reads odd chunks in another process, which starts with the first one.
#[derive(Debug)]
pub(crate) struct Fenced {
    /// What to start.
    program: fn() -> io::Result<Command>,
    process: Option<Process>,
    spent: Duration,
    asked: usize,
    /// Another process cannot be had.
    without: bool,
}

impl Default for Fenced {
    fn default() -> Self {
        Self::with(this_program)
    }
}

impl Fenced {
    const fn with(program: fn() -> io::Result<Command>) -> Self {
        Self { program, process: None, spent: Duration::ZERO, asked: 0, without: false }
    }
}

/// This program as a worker.
fn this_program() -> io::Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.arg(COMMAND);
    Ok(command)
}

impl OddChunks for Fenced {
    fn read(&mut self, chunk: &[u8], wanted: &[u32]) -> Option<OddRead> {
        if self.without || self.asked >= CHUNKS_MAX || self.spent > LOG_TIME {
            return None;
        }
        self.asked += 1;
        let start = Instant::now();
        let process = match self.process.take() {
            Some(process) => process,
            None => (self.program)().and_then(|c| Process::start(c, wanted)).inspect_err(|_| self.without = true).ok()?,
        };
        let answer = process.ask(chunk);
        self.spent += start.elapsed();
        // A process that did not answer is stopped when it is dropped; the next chunk gets a new one.
        let answer = answer?;
        self.process = Some(process);
        serde_json::from_slice::<Option<OddRead>>(&answer).ok()?
    }
}

/// A running worker, with a thread that waits for it.
#[derive(Debug)]
struct Process {
    child: Child,
    questions: Sender<Vec<u8>>,
    answers: Receiver<Vec<u8>>,
}

impl Process {
    fn start(mut command: Command, wanted: &[u32]) -> io::Result<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("no pipe"));
        };
        let mut hello = u32::try_from(wanted.len()).unwrap_or(0).to_le_bytes().to_vec();
        hello.extend(wanted.iter().flat_map(|id| id.to_le_bytes()));
        let (questions, asked) = channel();
        let (answered, answers) = channel();
        thread::Builder::new().spawn(move || converse(to, from, &hello, &asked, &answered))?;
        Ok(Self { child, questions, answers })
    }

    fn ask(&self, chunk: &[u8]) -> Option<Vec<u8>> {
        self.questions.send(chunk.to_vec()).ok()?;
        self.answers.recv_timeout(CHUNK_TIME).ok()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Hands questions on and answers back until one side ends.
fn converse(mut to: ChildStdin, mut from: ChildStdout, hello: &[u8], asked: &Receiver<Vec<u8>>, answered: &Sender<Vec<u8>>) {
    if to.write_all(hello).is_err() {
        return;
    }
    while let Ok(chunk) = asked.recv() {
        let sent = write_block(&mut to, &chunk).is_ok();
        let answer = if sent { read_block(&mut from, ANSWER_BYTES_MAX).ok().flatten() } else { None };
        let Some(answer) = answer else { return };
        if answered.send(answer).is_err() {
            return;
        }
    }
}

/// Runs the hidden command: answers until the questions end.
pub(crate) fn run() -> Result<Exit, Failure> {
    limit();
    answer_all(&mut stdin().lock(), &mut stdout().lock()).map_err(|e| Failure::internal(format!("worker: {e}")))?;
    Ok(Exit::Done)
}

fn answer_all(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    let count = read_number(from)?.unwrap_or(0);
    if count > WANTED_MAX {
        return Err(io::Error::other("too many event ids"));
    }
    let wanted = (0..count).map(|_| read_number(from)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into()));
    let wanted: Vec<u32> = wanted.collect::<io::Result<_>>()?;
    while let Some(chunk) = read_block(from, PIECE_BYTES)? {
        let answer = serde_json::to_vec(&InProcess.read(&chunk, &wanted))?;
        write_block(to, &answer)?;
    }
    Ok(())
}

/// Bounds this process. Windows has no such limit; there the caller's patience is the only one.
fn limit() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        // A limit that is lower already stays; no core file of a hostile log.
        for (resource, most) in [(Resource::As, MEMORY_BYTES), (Resource::Cpu, CPU_SECONDS), (Resource::Core, 0)] {
            let _ = setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
        }
    }
}

fn write_block(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(bytes)?;
    to.flush()
}

/// The next block; `None` at the end. A longer one than `most` is an error.
fn read_block(from: &mut impl Read, most: usize) -> io::Result<Option<Vec<u8>>> {
    let Some(length) = read_number(from)? else { return Ok(None) };
    let length = length as usize;
    if length > most {
        return Err(io::Error::other("a block is too long"));
    }
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes)?;
    Ok(Some(bytes))
}

/// The next number; `None` at the end.
fn read_number(from: &mut impl Read) -> io::Result<Option<u32>> {
    let mut bytes = [0; 4];
    match from.read_exact(&mut bytes) {
        Ok(()) => Ok(Some(u32::from_le_bytes(bytes))),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::process::Command;
    use std::time::Instant;

    use kms_triage::event::evtx::OddChunks;

    use super::{Fenced, PIECE_BYTES, answer_all, read_block, write_block};

    #[test]
    fn every_question_gets_an_answer() {
        let mut questions = 0_u32.to_le_bytes().to_vec();
        for chunk in [vec![0; 65_536], vec![1; 100], Vec::new()] {
            write_block(&mut questions, &chunk).unwrap();
        }
        let mut answers = Vec::new();
        answer_all(&mut questions.as_slice(), &mut answers).unwrap();
        let mut rest = answers.as_slice();
        for _ in 0..3 {
            let answer = read_block(&mut rest, 1000).unwrap().unwrap();
            assert!(answer == b"null" || answer.starts_with(b"{"), "{answer:?}");
        }
        assert!(read_block(&mut rest, 1000).unwrap().is_none());
    }

    /// Asks for as many chunks as a log of 64 MiB has; none may be answered.
    fn seconds_lost(program: fn() -> io::Result<Command>) -> f64 {
        let start = Instant::now();
        let mut fenced = Fenced::with(program);
        let chunk = vec![0; PIECE_BYTES];
        for _ in 0..1000 {
            assert!(fenced.read(&chunk, &[12288]).is_none());
        }
        start.elapsed().as_secs_f64()
    }

    #[cfg(unix)]
    #[test]
    fn a_worker_that_hangs_crashes_or_babbles_costs_seconds_at_most() {
        let sleeping = || {
            let mut command = Command::new("sleep");
            command.arg("600");
            Ok(command)
        };
        let programs: [fn() -> io::Result<Command>; 4] =
            [sleeping, || Ok(Command::new("false")), || Ok(Command::new("yes")), || Ok(Command::new("/nowhere/at/all"))];
        for program in programs {
            let lost = seconds_lost(program);
            assert!(lost < 5.0, "{lost}");
        }
    }

    #[test]
    fn no_log_asks_without_end() {
        let mut fenced = Fenced::with(|| Err(io::ErrorKind::NotFound.into()));
        fenced.asked = super::CHUNKS_MAX - 1;
        for _ in 0..3 {
            fenced.without = false;
            assert!(fenced.read(&[0; 8], &[]).is_none());
        }
        assert_eq!(fenced.asked, super::CHUNKS_MAX);
    }

    #[test]
    fn a_wrong_question_ends_it() {
        for questions in [&[0xff; 8][..], &[0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff], &[0, 0, 0, 0, 9, 0, 0, 0, 1]] {
            assert!(answer_all(&mut &*questions, &mut Vec::new()).is_err());
        }
        assert!(answer_all(&mut &[][..], &mut Vec::new()).is_ok());
    }
}
