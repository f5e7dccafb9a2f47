//! What reading a large event log costs, next to plain reading of the file and next to `evtx_dump`.
//!
//! `cargo bench -p kms-triage --bench evtx_log [-- MIB] [FILE.evtx …]`: builds three logs of 256 MiB in the
//! temporary folder, one after the other, from invented chunks or from those of your logs, and prints the
//! processor time of each reader (Linux; elsewhere wall time).

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    unreachable_pub,
    reason = "a bench reads files and clocks, prints, and may fail"
)]

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use kms_triage::event::evtx::{EvtxReader, HEAD_BYTES, PIECE_BYTES};

#[path = "../src/event/evtx/tests/entry.rs"]
mod entry;
#[path = "../src/event/evtx/tests/write.rs"]
mod write;

use entry::{Entry, FOREIGN, FOREIGN_BY_VALUE, KMS_HOST, Random, SPP, Source, UX};
use write::{CHUNK_BYTES, ChunkWriter, head};

/// Different chunks of a kind; a log repeats them.
const CHUNKS: usize = 64;
/// Event ids that decide something.
const WANTED: [u32; 10] = [1003, 1014, 1016, 8198, 8200, 8230, 12288, 12289, 12290, 12293];

fn main() {
    let (logs, numbers): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).partition(|arg| arg.ends_with(".evtx"));
    let mib = numbers.iter().find_map(|arg| arg.parse().ok()).unwrap_or(256_usize);
    let (foreign, mixed) = if logs.is_empty() { invented() } else { real(&logs) };
    println!("{} chunks without records of ours, {} with", foreign.len(), mixed.len());
    println!("{mib} MiB each; processor seconds, best of several runs");
    for (name, one_in) in [("no chunk with records of ours", 0), ("1 chunk in 8", 8), ("every chunk", 1)] {
        if (one_in > 0 && mixed.is_empty()) || (one_in != 1 && foreign.is_empty()) {
            println!("\n{name}: skipped, the logs have no such chunk");
            continue;
        }
        let path = std::env::temp_dir().join(format!("kms-triage-bench-{}.evtx", std::process::id()));
        build(&path, mib, one_in, &foreign, &mixed);
        measure(name, &path, mib);
        fs::remove_file(&path).unwrap();
    }
}

/// Chunks without and with records of ours; in these, 1 record in 3 is.
fn invented() -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let chunks = |one_in| (0..CHUNKS).map(|seed| chunk(seed as u64 + 1, one_in)).collect();
    (chunks(0), chunks(3))
}

/// The same from real logs.
fn real(logs: &[String]) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let bytes: Vec<Vec<u8>> = logs.iter().map(|log| fs::read(log).unwrap()).collect();
    let chunks = bytes.iter().flat_map(|log| log[HEAD_BYTES..].chunks_exact(CHUNK_BYTES)).filter(|c| c.starts_with(b"ElfChnk\0"));
    let (ours, others) = chunks.map(<[u8]>::to_vec).partition(|chunk| {
        let mut reader = EvtxReader::new(&[]);
        reader.push(&head(1, 1));
        reader.push(chunk);
        !reader.finish().records.is_empty()
    });
    (others, ours)
}

/// A full chunk in which one record of `one_in` is ours.
fn chunk(seed: u64, one_in: usize) -> Vec<u8> {
    const OTHERS: [Source; 5] = [
        FOREIGN,
        FOREIGN_BY_VALUE,
        UX,
        Source { provider: "Example-Service-Control", ..FOREIGN },
        Source { provider: "Example-Time-Service", ..FOREIGN },
    ];
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut writer = ChunkWriter::new();
    for number in 1.. {
        let ours = one_in > 0 && random.below(one_in) == 0;
        let record = if ours { our_entry(number, &mut random) } else { Entry::new(OTHERS[random.below(5)], 7036, number, &[]) };
        let mut record = record;
        if !ours {
            record.texts = (0..random.below(4)).map(|_| "a service entered the running state ".repeat(random.below(4))).collect();
        }
        if !writer.add(&record) {
            return writer.finish();
        }
    }
    unreachable!("a chunk fills up")
}

fn our_entry(number: u64, random: &mut Random) -> Entry {
    const ID: &str = "2de67392-b7a7-462a-b1ca-108dd189f588";
    const APP: &str = "55c92734-d682-4d71-983e-d6ec3f16059f";
    let entry = |source, id, texts: &[&str]| Entry::new(source, id, number, texts);
    match random.below(10) {
        0 => entry(SPP, 12288, &[&format!("0x00000000, 0x00000000, kms.example.edu:1688, {ID}, 2026/11/23 01:14, 1, 5, 0, {ID}, 25")])
            .with_binary(&[7; 260]),
        1 => entry(SPP, 12289, &["0x00000000, 0x00000000, 1, 0, 50, 120, 10080, 2026/11/23 01:14"]).with_binary(&[7; 260]),
        2 => entry(KMS_HOST, 12290, &[&format!("0x0,25,client.example.edu,{ID},2026/11/23 1:14,0,1,43200,{ID}")]),
        3 => entry(SPP, 8198, &["hr=0x80072EE7", &format!("RuleId={ID};Action=AutoActivate;AppId={APP};SkuId={ID};Trigger=TimerEvent")]),
        4 => entry(SPP, 1003, &[APP, &format!("\n1: {ID}, 1, 1 [(0 [0x00000000, 1, 0], [(?)(?)( 1 0x00000000)])]").repeat(8)]),
        5 => entry(SPP, 1066, &[&"C:\\Windows\\system32\\sppobjs.dll, msft:rm/algorithm/pkey/2005, 0x00000000, 0x00000000\n".repeat(8)]),
        6 => entry(SPP, 902, &["10.0.19041.5007"]),
        7 => entry(SPP, 16384, &["2026-11-24T01:14:02Z", "RulesEngine"]),
        _ => entry(SPP, 16394, &[]),
    }
}

fn build(path: &Path, mib: usize, one_in: usize, foreign: &[Vec<u8>], mixed: &[Vec<u8>]) {
    let count = mib * (1 << 20) / CHUNK_BYTES;
    let mut file = BufWriter::new(File::create(path).unwrap());
    file.write_all(&head(count, 1)).unwrap();
    let mut record = 1;
    for number in 0..count {
        let kind = if one_in > 0 && number % one_in == 0 { mixed } else { foreign };
        let mut chunk = kind[number / one_in.max(1) % kind.len()].clone();
        record = renumber(&mut chunk, record);
        file.write_all(&chunk).unwrap();
    }
    file.flush().unwrap();
}

/// Gives a chunk's records the numbers from `first` on, and says the next one.
fn renumber(chunk: &mut [u8], first: u64) -> u64 {
    let number_at = |chunk: &[u8], at: usize| u32::from_le_bytes(chunk[at..at + 4].try_into().unwrap()) as usize;
    let (mut at, mut record) = (512, first);
    while at < number_at(chunk, 48) {
        chunk[at + 8..at + 16].copy_from_slice(&record.to_le_bytes());
        at += number_at(chunk, at + 4);
        record += 1;
    }
    for (at, number) in [(8, first), (16, record - 1), (24, first), (32, record - 1)] {
        chunk[at..at + 8].copy_from_slice(&number.to_le_bytes());
    }
    record
}

fn measure(name: &str, path: &Path, mib: usize) {
    let plain = best(5, || {
        read_pieces(path, |piece| {
            std::hint::black_box(piece.len());
        });
    });
    let mut counts = [(0, 0); 2];
    let all = best(5, || counts[0] = read_log(path, &[]));
    let wanted = best(5, || counts[1] = read_log(path, &WANTED));
    println!("\n{name}: {} records, {} of ours, {} wanted", counts[0].0, counts[0].1, counts[1].1);
    let rate = |seconds: f64| mib as f64 / seconds;
    println!("  plain read              {plain:.3} s  {:6.0} MiB/s", rate(plain));
    println!("  read_evtx, every id     {all:.3} s  {:6.0} MiB/s  {:.2} x plain read", rate(all), all / plain);
    println!("  read_evtx, wanted ids   {wanted:.3} s  {:6.0} MiB/s  {:.2} x plain read", rate(wanted), wanted / plain);
    match evtx_dump(path) {
        None => println!("  skipped: evtx_dump not found"),
        Some(dump) => println!(
            "  evtx_dump -t 1 -o jsonl {dump:.3} s  {:6.0} MiB/s  {:.1} x every id, {:.1} x wanted ids",
            rate(dump),
            dump / all,
            dump / wanted
        ),
    }
}

fn read_log(path: &Path, wanted: &[u32]) -> (u64, u64) {
    let mut reader = EvtxReader::new(wanted);
    read_pieces(path, |piece| reader.push(piece));
    let read = reader.finish();
    assert_eq!((read.damaged_chunks, read.note), (0, None));
    (read.seen, read.records.len() as u64 + read.left_out.values().sum::<u64>())
}

/// Gives the file's head, then pieces of 64 KiB, all in one buffer.
fn read_pieces(path: &Path, mut each: impl FnMut(&[u8])) {
    let mut file = File::open(path).unwrap();
    let mut buffer = vec![0; PIECE_BYTES];
    file.read_exact(&mut buffer[..HEAD_BYTES]).unwrap();
    each(&buffer[..HEAD_BYTES]);
    loop {
        match file.read(&mut buffer).unwrap() {
            0 => return,
            count => each(&buffer[..count]),
        }
    }
}

/// Runs of one sample: the system counts processor time in steps of some milliseconds.
const RUNS: u32 = 5;

/// The least time that `run` took in `samples` samples.
fn best(samples: usize, mut run: impl FnMut()) -> f64 {
    let mut least = f64::MAX;
    for _ in 0..samples {
        let before = thread_seconds();
        let start = Instant::now();
        (0..RUNS).for_each(|_| run());
        let wall = start.elapsed().as_secs_f64();
        let spent = before.zip(thread_seconds()).map_or(wall, |(before, after)| after - before);
        least = least.min(spent / f64::from(RUNS));
    }
    least
}

/// Processor time of this thread so far.
fn thread_seconds() -> Option<f64> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(text.split(' ').next()?.parse::<f64>().ok()? / 1e9)
}

/// Processor time of the child processes that have ended; counted in hundredths.
fn children_seconds() -> Option<f64> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = text.rsplit_once(") ")?.1.split(' ').skip(13);
    let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some((user + system) / 100.0)
}

fn evtx_dump(path: &Path) -> Option<f64> {
    let mut least = f64::MAX;
    for _ in 0..5 {
        let before = children_seconds();
        let start = Instant::now();
        for _ in 0..RUNS {
            let run = Command::new("evtx_dump").args(["-t", "1", "-o", "jsonl"]).arg(path).stdout(Stdio::null()).status();
            run.ok().filter(std::process::ExitStatus::success)?;
        }
        let wall = start.elapsed().as_secs_f64();
        let spent = before.zip(children_seconds()).map_or(wall, |(before, after)| after - before);
        least = least.min(spent / f64::from(RUNS));
    }
    Some(least)
}
