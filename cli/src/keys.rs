//! Key files for signed packs. A secret key is read and written here and shown nowhere.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use ed25519_dalek::{SigningKey, VerifyingKey};

use crate::canonical::hex;
use crate::exit::Failure;
use crate::words::shown;

const SECRET_ABOUT: &str = "# kms-triage secret key: whoever holds it signs packs in your name; hand it to nobody";
const PUBLIC_ABOUT: &str = "# kms-triage public key: for --knowledge-key, to whoever loads your packs";
/// Begins the line of a secret key, so that it is never taken for a public one.
const SECRET: &str = "secret ";
/// A key file has two short lines.
const KEY_BYTES_MAX: u64 = 4096;

/// Makes a pair: the secret key in `path`, the public one beside it as `<path>.pub`. Files that exist stay.
pub(crate) fn make(path: &Path) -> Result<(VerifyingKey, PathBuf), Failure> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|e| Failure::internal(format!("the system gives no random numbers: {e}")))?;
    let secret = SigningKey::from_bytes(&seed);
    let public = secret.verifying_key();
    let mut beside = path.as_os_str().to_owned();
    beside.push(".pub");
    let beside = PathBuf::from(beside);
    if beside.exists() {
        return Err(cannot_make(&beside, &io::ErrorKind::AlreadyExists.into()));
    }
    create(path, true, &format!("{SECRET_ABOUT}\n{SECRET}{}\n", hex(&seed))).map_err(|e| cannot_make(path, &e))?;
    create(&beside, false, &format!("{PUBLIC_ABOUT}\n{}\n", hex(public.as_bytes()))).map_err(|e| cannot_make(&beside, &e))?;
    Ok((public, beside))
}

fn cannot_make(path: &Path, error: &io::Error) -> Failure {
    let path = shown(&path.to_string_lossy());
    match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Failure::usage(format!("`{path}` exists already, and a key that is lost cannot be made again; name another file with --out"))
        }
        _ => Failure::internal(format!("cannot write `{path}`: {error}")),
    }
}

/// A new file; a secret one is for its owner alone from the start. Windows has the folder decide.
fn create(path: &Path, secret: bool, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if secret {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = secret;
    options.open(path)?.write_all(text.as_bytes())
}

/// The key that signs.
pub(crate) fn secret(path: &Path) -> Result<SigningKey, Failure> {
    let line = key_line(path)?;
    let seed = line.strip_prefix(SECRET).and_then(from_hex);
    let hint = "it is no secret key; make one with `kms-triage knowledge keygen`";
    seed.map(|seed| SigningKey::from_bytes(&seed)).ok_or_else(|| cannot_use(path, hint))
}

/// The key to be trusted: 64 digits, or the file that holds them.
pub(crate) fn public(what: &str) -> Result<VerifyingKey, Failure> {
    let path = Path::new(what);
    let typed = what.trim().to_ascii_lowercase();
    let line = if from_hex::<32>(&typed).is_some() { typed } else { key_line(path)? };
    if line.starts_with(SECRET) {
        return Err(cannot_use(path, "it is a secret key; give the public one, whose name ends in .pub"));
    }
    let bytes = from_hex(&line).ok_or_else(|| cannot_use(path, "it is no public key: expected 64 hexadecimal digits"))?;
    VerifyingKey::from_bytes(&bytes).map_err(|_| cannot_use(path, "its 64 digits are no public key; ask for it again"))
}

fn cannot_use(path: &Path, why: &str) -> Failure {
    Failure::usage(format!("cannot use the key `{}`: {why}", shown(&path.to_string_lossy())))
}

/// The line of a key file that is no comment.
fn key_line(path: &Path) -> Result<String, Failure> {
    let file = File::open(path).map_err(|e| cannot_use(path, &e.to_string()))?;
    let mut text = String::new();
    file.take(KEY_BYTES_MAX + 1).read_to_string(&mut text).map_err(|e| cannot_use(path, &e.to_string()))?;
    if text.len() as u64 > KEY_BYTES_MAX {
        return Err(cannot_use(path, "it is too large for a key file"));
    }
    let mut lines = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    Ok(lines.next().unwrap_or_default().to_owned())
}

/// Bytes from hexadecimal digits in lower case, exactly as many as wanted.
pub(crate) fn from_hex<const N: usize>(digits: &str) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, odd) = digits.as_bytes().as_chunks::<2>();
    let bytes: Option<Vec<u8>> = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect();
    bytes.filter(|_| odd.is_empty())?.try_into().ok()
}
