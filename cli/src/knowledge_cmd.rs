//! `knowledge`: signed packs of data files, and the keys for them.

use std::fs;
use std::path::Path;

use crate::args::KnowledgeCommand;
use crate::canonical::hex;
use crate::data::{self, DataFiles};
use crate::exit::{Exit, Failure};
use crate::words::shown;
use crate::{keys, output, pack};

/// Runs `knowledge keygen`, `pack` and `verify`.
pub(crate) fn run(command: &KnowledgeCommand) -> Result<Exit, Failure> {
    match command {
        KnowledgeCommand::Keygen { out } => {
            let (public, beside) = keys::make(out)?;
            output::note(&format!("secret key: `{}`; public key: `{}`", name(out), name(&beside)));
            output::print(&format!("{}\n", hex(public.as_bytes())))
        }
        KnowledgeCommand::Pack { dir, key, out } => make(dir, key, out),
        KnowledgeCommand::Verify { file, pubkey } => verify(file, pubkey),
    }
}

/// Packs what `check-data` could load: a pack that no program can use is not signed.
fn make(dir: &Path, key: &Path, out: &Path) -> Result<Exit, Failure> {
    if !dir.is_dir() {
        return Err(Failure::usage(format!("`{}` is not a folder", name(dir))));
    }
    let secret = keys::secret(key)?;
    let alone = DataFiles::of(dir)?;
    let mut merged = DataFiles::embedded();
    merged.lay_over(dir)?;
    let (_, errors) = merged.load();
    if !errors.is_empty() {
        let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
        let hint = format!("nothing was signed; `kms-triage check-data {}` tells more", name(dir));
        return Err(Failure::usage(format!("{}\n\n{hint}", told.join("\n\n"))));
    }
    let texts: pack::Texts = alone.iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
    let packed = pack::write(&texts, &secret).map_err(|why| Failure::usage(format!("cannot pack `{}`: {why}", name(dir))))?;
    // Whole under another name first: whoever loads the pack meanwhile never meets half of it.
    let mut fresh = out.as_os_str().to_owned();
    fresh.push(".new");
    let written = fs::write(&fresh, packed).and_then(|()| fs::rename(&fresh, out));
    written.map_err(|e| Failure::internal(format!("cannot write `{}`: {e}", name(out))))?;
    let signer = hex(secret.verifying_key().as_bytes());
    output::note(&format!("`{}`: {} files, signed by {signer}", name(out), texts.len()));
    Ok(Exit::Done)
}

fn verify(file: &Path, pubkey: &str) -> Result<Exit, Failure> {
    let trusted = keys::public(pubkey)?;
    let texts = match data::read_pack(file, &trusted)? {
        Ok(texts) => texts,
        Err(why) => return Err(Failure { exit: Exit::Found, message: why }),
    };
    let count = texts.len();
    let mut files = DataFiles::embedded();
    files.lay(texts);
    let hash = files.hash();
    output::print(&format!("`{}`: {count} files, signed by {}\nknowledge with them: {hash}\n", name(file), hex(trusted.as_bytes())))
}

fn name(path: &Path) -> String {
    shown(&path.to_string_lossy())
}
