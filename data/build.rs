//! Embeds the data folders: walks them, converts TOML to JSON (which parses faster at start), and
//! writes one Rust file with every path, text and digest. A new data file needs no change here.

#[path = "src/canonical.rs"]
#[allow(unreachable_pub, reason = "a module of the library too")]
mod canonical;

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

const FOLDERS: [&str; 12] =
    ["actions", "causes", "checks", "codes", "grammars", "locales", "products", "redaction", "remedies", "rules", "sources", "templates"];

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("..");
    let mut rust = format!("pub(crate) const FOLDERS: &[&str] = &{FOLDERS:?};\n");
    rust.push_str("pub(crate) const FILES: &[(&str, &str)] = &[\n");
    let mut digests: Vec<(String, String)> = Vec::new();
    for folder in FOLDERS {
        let top = root.join(folder);
        println!("cargo::rerun-if-changed={}", top.display());
        for entry in walkdir::WalkDir::new(&top).sort_by_file_name() {
            let entry = entry?;
            if entry.file_type().is_dir() {
                println!("cargo::rerun-if-changed={}", entry.path().display());
                continue;
            }
            // What editors and file managers leave behind is no data.
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            let path = entry.path().strip_prefix(&root)?.to_string_lossy().replace('\\', "/");
            let text = fs::read_to_string(entry.path()).map_err(|e| format!("{path}: {e}"))?;
            let digest = canonical::file_digest(&path, &text);
            let (path, text) = match path.strip_suffix(".toml") {
                Some(stem) => (format!("{stem}.json"), to_json(&path, &text)?),
                None => (path, text),
            };
            writeln!(rust, "    ({path:?}, {text:?}),")?;
            digests.push((path, digest));
        }
    }
    rust.push_str("];\npub(crate) const DIGESTS: &[(&str, &str)] = &[\n");
    for (path, digest) in &digests {
        writeln!(rust, "    ({path:?}, {digest:?}),")?;
    }
    rust.push_str("];\n");
    let hash = canonical::set_digest(digests.iter().map(|(path, digest)| (path.as_str(), digest.clone())));
    writeln!(rust, "pub(crate) const HASH: &str = {hash:?};")?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("data.rs"), rust)?;
    Ok(())
}

fn to_json(path: &str, text: &str) -> Result<String, Box<dyn Error>> {
    let value: toml::Table = toml::from_str(text).map_err(|e| format!("{path}: {e}"))?;
    Ok(serde_json::to_string(&value)?)
}
