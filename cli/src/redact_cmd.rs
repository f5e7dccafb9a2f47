//! `redact`: copies of a folder's cases without who and where, and a manifest that tells what was done. Written
//! beside the target and moved there whole; nothing given is ever written to.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use kms_triage::TOOL;
use kms_triage::knowledge::VERSION;
use kms_triage::redact::{Key, RedactedCase, Redactor, Refused};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::args::{RedactArgs, Shared};
use crate::canonical::hex;
use crate::cases::{self, CaseFiles};
use crate::exit::{Exit, Failure};
use crate::input::{self, Loaded};
use crate::words::{Words, shown};
use crate::{data, output, site};

/// A key shorter than this can be tried out.
const KEY_BYTES_MIN: usize = 16;
/// More is no key file.
const KEY_BYTES_MAX: u64 = 64 * 1024;
/// What one case may hold in memory.
const CASE_BYTES_MAX: usize = 128 * 1024 * 1024;

/// Runs the command.
pub(crate) fn run(options: &RedactArgs, shared: &Shared) -> Result<Exit, Failure> {
    let knowledge = data::knowledge(&shared.extra, options.site.site.as_deref())?;
    let words = Words { knowledge: &knowledge, locale: shared.locale(&knowledge)? };
    if !options.dir.is_dir() {
        return Err(Failure::usage(format!("`{}` is no folder", shown(&options.dir.to_string_lossy()))));
    }
    let key = key(options.key_file.as_deref())?;
    let target = Target::open(&options.dir, &options.out)?;
    let mut found = cases::find(std::slice::from_ref(&options.dir), &target.fresh, words);
    if let Some(own) = &options.site.site {
        found.leave_out(own);
    }
    site::tell_unused(std::slice::from_ref(&options.dir), options.site.site.as_deref(), words);
    let redactor = Redactor::new(&knowledge, &key);
    let mut export = Export { target: &target, names: BTreeSet::new(), cases: Vec::new(), given: 0, left_out: 0, refused: 0, files: 0 };
    let written = found.cases.iter().try_for_each(|case| export.case(&redactor, case, words)).and_then(|()| export.manifest());
    if let Err(failure) = written {
        // What is half written is nobody's; an error here would only hide the one that is told.
        let _ = fs::remove_dir_all(&target.fresh);
        return Err(failure);
    }
    target.publish()?;
    let numbers = [export.cases.len() - export.refused, export.files, export.left_out, export.refused].map(|n| n.to_string());
    let [cases, files, left_out, refused] = &numbers;
    let path = options.out.join("manifest.json").to_string_lossy().into_owned();
    let values = [("cases", &**cases), ("files", files), ("left", left_out), ("refused", refused), ("path", &path)];
    output::note(&words.say("redact-end", &values));
    Ok(Exit::of_inputs(export.files, export.left_out + export.refused, false))
}

/// The key of a file, or one of this run: then nobody can tell later what stands for what.
fn key(file: Option<&Path>) -> Result<Key, Failure> {
    let Some(path) = file else {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|e| Failure::internal(format!("the system gives no random numbers: {e}; use --key-file")))?;
        return Ok(Key::new(&secret));
    };
    let name = shown(&path.to_string_lossy());
    let fail = |e: io::Error| Failure::usage(format!("cannot read the key file `{name}`: {e}"));
    let size = fs::metadata(path).map_err(fail)?.len();
    let secret = if size > KEY_BYTES_MAX { Vec::new() } else { fs::read(path).map_err(fail)? };
    if secret.len() < KEY_BYTES_MIN {
        return Err(Failure::usage(format!("the key file `{name}` must hold {KEY_BYTES_MIN} to {KEY_BYTES_MAX} bytes")));
    }
    Ok(Key::new(&secret))
}

/// Where copies go.
struct Target {
    out: PathBuf,
    /// Beside it, until all is written.
    fresh: PathBuf,
}

impl Target {
    fn open(dir: &Path, out: &Path) -> Result<Self, Failure> {
        let fail = |e: io::Error| Failure::internal(format!("cannot write to `{}`: {e}", out.display()));
        let parent = out.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(fail)?;
        let parent = fs::canonicalize(parent).map_err(fail)?;
        let name = out.file_name().ok_or_else(|| Failure::usage("--out must name a folder"))?;
        let target = Self { fresh: parent.join(format!(".kms-triage-new-{}", name.to_string_lossy())), out: parent.join(name) };
        let dir = fs::canonicalize(dir).map_err(fail)?;
        if target.out.starts_with(&dir) || dir.starts_with(&target.out) {
            return Err(Failure::usage("the folder for the copies must lie outside the folder that is redacted"));
        }
        let empty = !target.out.exists() || fs::read_dir(&target.out).is_ok_and(|mut entries| entries.next().is_none());
        if !empty {
            return Err(Failure::usage(format!("`{}` is there already and not empty; name another folder with --out", out.display())));
        }
        if target.fresh.exists() {
            fs::remove_dir_all(&target.fresh).map_err(fail)?;
        }
        fs::create_dir(&target.fresh).map_err(fail)?;
        Ok(target)
    }

    fn write(&self, path: &str, text: &str) -> Result<(), Failure> {
        let path = self.fresh.join(path);
        let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
        folder.and_then(|()| fs::write(&path, text)).map_err(|e| Failure::internal(format!("cannot write a copy: {e}")))
    }

    fn publish(&self) -> Result<(), Failure> {
        let fail = |e: io::Error| Failure::internal(format!("cannot write to `{}`: {e}", self.out.display()));
        if self.out.exists() {
            fs::remove_dir(&self.out).map_err(fail)?;
        }
        fs::rename(&self.fresh, &self.out).map_err(fail)
    }
}

/// What is written so far.
struct Export<'t> {
    target: &'t Target,
    names: BTreeSet<String>,
    cases: Vec<Value>,
    given: usize,
    left_out: usize,
    refused: usize,
    files: usize,
}

impl Export<'_> {
    fn case(&mut self, redactor: &Redactor<'_>, case: &CaseFiles, words: Words<'_>) -> Result<(), Failure> {
        let loaded = load(case, words);
        let read: Vec<&Loaded> = loaded.iter().filter(|l| l.has_text()).collect();
        let unread = loaded.len() - read.len();
        self.given += loaded.len();
        self.left_out += unread;
        let inputs: Vec<kms_triage::Input<'_>> = read.iter().map(|l| l.input()).collect();
        let entry = match redactor.case(&case.name, &inputs) {
            Err(why) => {
                self.refused += 1;
                refused(&why)
            }
            Ok(redacted) => self.written(redactor, &redacted, unread)?,
        };
        self.cases.push(entry);
        Ok(())
    }

    fn written(&mut self, redactor: &Redactor<'_>, case: &RedactedCase, unread: usize) -> Result<Value, Failure> {
        let mut name = case.name.clone();
        let mut number = 2;
        while !self.names.insert(name.to_lowercase()) {
            name = format!("{}-{number}", case.name);
            number += 1;
        }
        let mut files = Vec::new();
        for file in &case.files {
            let classes: Map<String, Value> = file.counts.iter().map(|(class, n)| (class.word().to_owned(), json!(n))).collect();
            let Some(text) = &file.text else {
                self.left_out += 1;
                files.push(json!({ "file": null, "status": file.status, "classes": {}, "sha256": null }));
                continue;
            };
            let path = format!("{name}/{}", file.name);
            self.target.write(&path, text)?;
            self.files += 1;
            let digest = hex(&Sha256::digest(text));
            files.push(json!({ "file": path, "status": file.status, "classes": classes, "sha256": digest }));
        }
        let same = redactor.keeps_verdict(case);
        Ok(json!({ "case": name, "status": "redacted", "same-verdict": same, "not-read": unread, "files": files }))
    }

    fn manifest(&self) -> Result<(), Failure> {
        let manifest = json!({ "schema": 1, "tool": TOOL, "knowledge": VERSION, "cases": self.cases });
        self.target.write("manifest.json", &format!("{manifest:#}\n"))
    }
}

/// A case of which something could still be read: nothing of it is written, not even its name.
fn refused(why: &Refused) -> Value {
    let found: Vec<Value> = why.survivors.iter().map(|s| json!({ "file": s.file, "class": s.class.word() })).collect();
    json!({ "case": null, "status": "refused", "found": found, "files": [] })
}

fn load(case: &CaseFiles, words: Words<'_>) -> Vec<Loaded> {
    let mut left = CASE_BYTES_MAX;
    let mut one = |file: &cases::CaseFile| {
        let loaded = match &file.trouble {
            Some(trouble) => Loaded::without_text(file.name.clone(), trouble.clone()),
            None => input::load(file.name.clone(), &file.path, words),
        };
        let fits = loaded.weight() <= left;
        left -= if fits { loaded.weight() } else { 0 };
        if fits {
            return loaded;
        }
        let trouble = input::Trouble { status: input::SKIPPED, reason: String::new(), bytes: loaded.size() };
        Loaded::without_text(loaded.name, trouble)
    };
    case.files.iter().map(&mut one).collect()
}
