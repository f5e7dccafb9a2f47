//! How fast: the one pass over all literals against ripgrep, start-up of `check` and `explain` (beside a
//! search of the data by ripgrep), and a scan of many small files against a plain read of them. Prints ratios of one run; asserts nothing about time.
//!
//! `cargo bench` (1 GiB and 100,000 files) or `KMS_BENCH_SMALL=1 cargo bench` (64 MiB, 5,000 files).

#![expect(
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "a measurement for people: it may stop with a message, and prints what it found"
)]

use std::error::Error;
use std::fs;
use std::io::{BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use kms_triage::{Knowledge, fold};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let small = std::env::var_os("KMS_BENCH_SMALL").is_some();
    let (text_mib, files) = if small { (64, 5_000) } else { (1_024, 100_000) };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let scratch = tempfile::tempdir()?;
    let knowledge = load(&root)?;
    let texts = corpus(&root)?;
    literals(&knowledge, &texts, scratch.path(), text_mib)?;
    start_up(&root)?;
    many_files(&texts, scratch.path(), files)
}

/// The data folders from disk.
fn load(root: &Path) -> Outcome<Knowledge> {
    let mut files: Vec<(String, String)> = Vec::new();
    for folder in ["causes", "checks", "codes", "grammars", "locales", "redaction", "remedies", "rules", "sources", "templates"] {
        for entry in walkdir::WalkDir::new(root.join(folder)).sort_by_file_name() {
            let entry = entry?;
            if entry.file_type().is_file() {
                let path = entry.path().strip_prefix(root)?.to_string_lossy().replace('\\', "/");
                files.push((path, fs::read_to_string(entry.path())?));
            }
        }
    }
    Ok(Knowledge::load(files.iter().map(|(p, t)| (p.as_str(), t.as_str()))).0)
}

/// Every text of the corpus, decoded.
fn corpus(root: &Path) -> Outcome<Vec<String>> {
    let mut texts = Vec::new();
    for entry in walkdir::WalkDir::new(root.join("corpus")).sort_by_file_name() {
        let entry = entry?;
        let is_text = entry.path().extension().is_some_and(|e| e == "txt");
        if entry.file_type().is_file() && is_text && entry.metadata()?.len() < 20_000 {
            texts.push(kms_triage::decode::decode(&fs::read(entry.path())?).text);
        }
    }
    Ok(texts)
}

/// Small deterministic generator: the same corpus on every machine.
fn next(state: &mut u64) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    usize::try_from(*state % 1_000_003).unwrap_or(0)
}

fn literals(knowledge: &Knowledge, texts: &[String], scratch: &Path, mib: usize) -> Outcome<()> {
    let path = scratch.join("console.txt");
    let mut out = BufWriter::new(fs::File::create(&path)?);
    let (mut written, mut state) = (0, 0x9E37_79B9_7F4A_7C15);
    while written < mib << 20 {
        let text = &texts[next(&mut state) % texts.len()];
        out.write_all(text.as_bytes())?;
        out.write_all(b"\n")?;
        written += text.len() + 1;
    }
    out.flush()?;
    drop(out);
    let list = scratch.join("literals.txt");
    let mut plain: Vec<&str> = Vec::new();
    for message in 0..knowledge.messages.messages.len() {
        for (_, _, wording) in knowledge.messages.wordings_of(message) {
            plain.extend(wording.split('%').map(str::trim).max_by_key(|p| p.len()).filter(|p| p.len() > 3));
        }
    }
    plain.sort_unstable();
    plain.dedup();
    fs::write(&list, plain.join("\n"))?;
    let read = best(3, || blocks(&path, |block| Ok(block.len())))?;
    let ours = best(3, || {
        let mut folded = Vec::new();
        blocks(&path, |block| {
            folded.clear();
            fold::fold_into(std::str::from_utf8(block)?, &mut folded);
            Ok(knowledge.messages.count_anchors(&folded))
        })
    })?;
    let rate = |time: Duration| mib as f64 * 1.048_576 / time.as_secs_f64();
    println!("literal pass: {} literals over {mib} MiB of console text", plain.len());
    println!("  plain read                 {:7.0} MB/s", rate(read));
    println!("  kms-triage, fold and match {:7.0} MB/s", rate(ours));
    let grep = best(3, || {
        let ran = Command::new("rg").args(["-c", "-F", "-f"]).arg(&list).arg(&path).stdout(Stdio::null()).status()?;
        if ran.success() { Ok(()) } else { Err("rg failed".into()) }
    });
    match grep {
        Ok(time) => println!(
            "  rg -c -F -f                {:7.0} MB/s: kms-triage is {:.2} times as fast",
            rate(time),
            time.as_secs_f64() / ours.as_secs_f64()
        ),
        Err(_) => println!("  skipped: rg is not installed"),
    }
    Ok(())
}

/// Calls `each` with blocks of whole lines.
fn blocks(path: &Path, mut each: impl FnMut(&[u8]) -> Outcome<usize>) -> Outcome<()> {
    let mut file = fs::File::open(path)?;
    // Small enough that the folded text is still in the processor's cache when it is searched.
    let mut buffer = vec![0; 256 << 10];
    let mut kept = 0;
    let mut sum = 0;
    loop {
        let read = file.read(&mut buffer[kept..])?;
        let filled = kept + read;
        let end = if read == 0 { filled } else { memchr::memrchr(b'\n', &buffer[..filled]).map_or(filled, |i| i + 1) };
        sum += each(&buffer[..end])?;
        buffer.copy_within(end..filled, 0);
        kept = filled - end;
        if read == 0 {
            std::hint::black_box(sum);
            return Ok(());
        }
    }
}

/// The shortest of several runs.
fn best<T>(runs: u32, mut run: impl FnMut() -> Outcome<T>) -> Outcome<Duration> {
    let mut shortest = Duration::MAX;
    for _ in 0..runs {
        let start = Instant::now();
        run()?;
        shortest = shortest.min(start.elapsed());
    }
    Ok(shortest)
}

fn start_up(root: &Path) -> Outcome<()> {
    let case = root.join("corpus/demo");
    let file = walkdir::WalkDir::new(case).sort_by_file_name().into_iter().flatten().find(|e| e.file_type().is_file());
    let file = file.ok_or("the demo folder is empty")?.into_path();
    let time = best(40, || {
        let ran =
            Command::new(env!("CARGO_BIN_EXE_kms-triage")).args(["check", "--format", "json"]).arg(&file).stdout(Stdio::null()).status()?;
        if ran.success() { Ok(()) } else { Err("check failed".into()) }
    })?;
    println!("check of one small file, whole process: {:.1} ms", time.as_secs_f64() * 1_000.0);
    for what in ["0xC004F074", "-1073418124", "kms-count-low", "12288"] {
        let time = best(40, || run_quietly(Command::new(env!("CARGO_BIN_EXE_kms-triage")).args(["explain", what])))?;
        println!("explain {what}, whole process: {:.1} ms", time.as_secs_f64() * 1_000.0);
    }
    let folders = ["causes", "codes", "remedies", "rules"].map(|f| root.join(f));
    match best(40, || run_quietly(Command::new("rg").args(["-F", "0xC004F074"]).args(&folders))) {
        Ok(time) => println!("  rg of the code in the data: {:.1} ms", time.as_secs_f64() * 1_000.0),
        Err(_) => println!("  skipped: rg is not installed"),
    }
    Ok(())
}

fn run_quietly(command: &mut Command) -> Outcome<()> {
    if command.stdout(Stdio::null()).status()?.success() { Ok(()) } else { Err("a command failed".into()) }
}

fn many_files(texts: &[String], scratch: &Path, count: usize) -> Outcome<()> {
    let drop = scratch.join("drop");
    let mut state = 42;
    for i in 0..count {
        let folder = drop.join(format!("room-{:03}", i / 500));
        fs::create_dir_all(&folder)?;
        fs::write(drop.join(format!("pc{i}.txt")), &texts[next(&mut state) % texts.len()])?;
    }
    let read = best(2, || {
        let mut sum = 0;
        for entry in walkdir::WalkDir::new(&drop) {
            let entry = entry?;
            if entry.file_type().is_file() {
                sum += fs::read(entry.path())?.len();
            }
        }
        std::hint::black_box(sum);
        Ok(())
    })?;
    let out: PathBuf = scratch.join("report");
    let scan = best(1, || {
        let binary = env!("CARGO_BIN_EXE_kms-triage");
        let ran = Command::new(binary)
            .arg("scan")
            .arg(&drop)
            .arg("--out")
            .arg(&out)
            .args(["--pages", "none"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        if ran.code().is_some_and(|c| c <= 2) { Ok(()) } else { Err("scan failed".into()) }
    })?;
    let rate = |time: Duration| count as f64 / time.as_secs_f64();
    println!(
        "{count} small files: plain read {:.0} files/s, scan {:.0} files/s ({:.0} % of the plain read)",
        rate(read),
        rate(scan),
        100.0 * read.as_secs_f64() / scan.as_secs_f64()
    );
    Ok(())
}
