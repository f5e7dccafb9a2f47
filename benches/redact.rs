//! `cargo bench -p kms-triage --bench redact`: 100,000 secrets in texts of three languages, five encodings and three widths. Ends
//! with an error when one survives or a case is refused.

#![expect(clippy::print_stdout, reason = "a measurement for people")]
#![expect(clippy::disallowed_methods, reason = "reads the data folders and a clock")]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use kms_triage::redact::{Key, Redactor};
use kms_triage::{Input, Knowledge};

#[path = "../tests/it/planted.rs"]
mod planted;

const CASES: u64 = 1_000;
const SECRETS: usize = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["causes", "checks", "codes", "grammars", "locales", "redaction", "remedies", "rules", "templates"] {
        read(root, &root.join(folder), &mut files)?;
    }
    let knowledge = Knowledge::load(files.iter().map(|(p, t)| (p.as_str(), t.as_str()))).0;
    let redactor = Redactor::new(&knowledge, &Key::new(b"bench"));
    let (mut planted_in_all, mut survivors, mut refused, mut bytes) = (0, 0, 0, 0);
    let start = Instant::now();
    for number in 0..CASES {
        // Other texts than those of the tests.
        let planted = planted::case(number + 1_000_000, SECRETS);
        planted_in_all += planted.secrets.len();
        bytes += planted.files.iter().map(|f| f.1.len()).sum::<usize>();
        let inputs: Vec<Input<'_>> = planted.files.iter().map(|(n, b)| Input::new(n, b)).collect();
        match redactor.case("case", &inputs) {
            Err(_) => refused += 1,
            Ok(case) => {
                let left = case.files.iter().filter_map(|f| f.text.as_ref()).flat_map(|t| planted::left(&planted.secrets, t));
                survivors += left.inspect(|secret| println!("survived in {number}: {secret}")).count();
            }
        }
    }
    println!("planted {planted_in_all}, survivors {survivors}, refused cases {refused}, {} kB in {:.1?}", bytes / 1024, start.elapsed());
    if survivors + refused > 0 { Err("secrets survived".into()) } else { Ok(()) }
}

fn read(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) -> Result<(), Box<dyn Error>> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)?.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
    entries.sort();
    for path in entries {
        if path.is_dir() {
            read(root, &path, files)?;
        } else {
            files.push((path.strip_prefix(root)?.to_string_lossy().replace('\\', "/"), fs::read_to_string(&path)?));
        }
    }
    Ok(())
}
