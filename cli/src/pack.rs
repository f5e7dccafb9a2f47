//! A signed pack of data files: one file, refused when a single byte of it differs from what was signed.
//!
//! ```text
//! kms-triage-pack 1
//! key <public key of the signer, 64 digits>
//! signature <ed25519 over all other bytes, 128 digits>
//! {"causes/other.toml":"id = \"other\"…","remedies/R02.toml":"…"}
//! ```
//!
//! Paths stand in order and no time does, so that the same folder and key give the same bytes.

use std::collections::BTreeMap;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use crate::canonical::hex;
use crate::data::{DATA_BYTES_MAX, FOLDERS};
use crate::keys::from_hex;

const MAGIC: &str = "kms-triage-pack 1\n";
/// Bytes of a pack; all built-in data have a few MB.
pub(crate) const PACK_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Files in a pack; the built-in data have about a thousand.
const ENTRIES_MAX: usize = 10_000;
const PATH_BYTES_MAX: usize = 200;
/// `templates/parts/top.html` has three.
const PATH_PARTS_MAX: usize = 4;

/// Texts of data files by path, `causes/other.toml`.
pub(crate) type Texts = BTreeMap<String, String>;

/// The pack of `texts`; `Err` says what cannot be packed.
pub(crate) fn write(texts: &Texts, secret: &SigningKey) -> Result<String, String> {
    check(texts)?;
    let body = serde_json::to_string(texts).map_err(|e| e.to_string())?;
    let key = format!("key {}\n", hex(secret.verifying_key().as_bytes()));
    let signature = secret.sign(message(&key, &body).as_bytes());
    let pack = format!("{MAGIC}{key}signature {}\n{body}", hex(&signature.to_bytes()));
    if pack.len() as u64 > PACK_BYTES_MAX {
        return Err(format!("it would have {} bytes; a pack has {PACK_BYTES_MAX} at most", pack.len()));
    }
    Ok(pack)
}

/// The texts of a pack that `trusted` has signed; else why it is refused, and what to do.
pub(crate) fn read(bytes: &[u8], trusted: &VerifyingKey) -> Result<Texts, String> {
    let damaged = |what: &str| format!("{what}: the file is cut or altered; fetch it again from whoever signed it");
    let text = std::str::from_utf8(bytes).map_err(|_| damaged("it is not UTF-8"))?;
    let rest = text.strip_prefix(MAGIC).ok_or_else(|| {
        let expected = MAGIC.trim_end();
        format!("line 1 is not `{expected}`: this is no pack, or one of another version; make one with `kms-triage knowledge pack`")
    })?;
    let (key, rest) = rest.split_once('\n').ok_or_else(|| damaged("line 2 has no end"))?;
    let (signature, body) = rest.split_once('\n').ok_or_else(|| damaged("line 3 has no end"))?;
    let signer: [u8; 32] = key.strip_prefix("key ").and_then(from_hex).ok_or_else(|| damaged("line 2 is not `key` and 64 digits"))?;
    let signature: [u8; 64] =
        signature.strip_prefix("signature ").and_then(from_hex).ok_or_else(|| damaged("line 3 is not `signature` and 128 digits"))?;
    if signer != *trusted.as_bytes() {
        let expected = hex(trusted.as_bytes());
        let why = format!("it is signed by the key {}, and the key to be trusted is {expected}", hex(&signer));
        return Err(format!("{why}; ask who signed it before you trust another key"));
    }
    let signed = message(&format!("{key}\n"), body);
    let holds = trusted.verify_strict(signed.as_bytes(), &Signature::from_bytes(&signature));
    holds.map_err(|_| damaged("the signature does not fit the content"))?;
    let texts: Texts = serde_json::from_str(body).map_err(|e| format!("line 4 is not an object of texts: {e}"))?;
    check(&texts)?;
    Ok(texts)
}

/// What is signed: every byte but the signature's line.
fn message(key: &str, body: &str) -> String {
    format!("{MAGIC}{key}{body}")
}

/// Limits and names; a signature says who made a pack, not that it is well made.
fn check(texts: &Texts) -> Result<(), String> {
    if texts.is_empty() || texts.len() > ENTRIES_MAX {
        return Err(format!("it holds {} files; a pack holds 1 to {ENTRIES_MAX}", texts.len()));
    }
    for (path, text) in texts {
        if let Some(why) = path_problem(path) {
            let shown: String = path.escape_debug().take(PATH_BYTES_MAX).collect();
            return Err(format!("the entry `{shown}` {why}"));
        }
        if text.len() as u64 > DATA_BYTES_MAX {
            return Err(format!("the entry `{path}` has {} bytes; a data file has {DATA_BYTES_MAX} at most", text.len()));
        }
    }
    Ok(())
}

/// Why a path cannot be that of a data file.
fn path_problem(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').collect();
    let folder = parts.first().copied().unwrap_or_default();
    let plain = |part: &&str| {
        let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        !part.is_empty() && !part.starts_with('.') && !part.ends_with('.') && part.chars().all(known)
    };
    if path.len() > PATH_BYTES_MAX || parts.len() > PATH_PARTS_MAX {
        return Some(format!("is longer than {PATH_BYTES_MAX} bytes or deeper than {PATH_PARTS_MAX} names"));
    }
    if parts.len() < 2 || !FOLDERS.contains(&folder) {
        return Some(format!("is in none of the data folders: {}", FOLDERS.join(", ")));
    }
    if !parts.iter().all(plain) {
        return Some("has a name with other characters than letters, digits, `-`, `_` and `.`, or with `.` at an end".to_owned());
    }
    let endings: &[&str] = if folder == "templates" { &["html", "css"] } else { &["toml", "json"] };
    let ending = path.rsplit_once('.').map_or("", |p| p.1);
    (!endings.contains(&ending)).then(|| format!("does not end in .{}", endings.join(" or .")))
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;

    use super::{Texts, path_problem, read, write};

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn texts(entries: &[(&str, &str)]) -> Texts {
        entries.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    fn small() -> (Texts, String) {
        let texts = texts(&[("causes/a.toml", "id = \"a\" # 啟用\n"), ("locales/en.toml", "x")]);
        let pack = write(&texts, &key(7)).unwrap();
        (texts, pack)
    }

    #[test]
    fn a_pack_gives_back_what_was_put_in() {
        let (texts, pack) = small();
        assert_eq!(read(pack.as_bytes(), &key(7).verifying_key()).unwrap(), texts);
        assert_eq!(write(&texts, &key(7)).unwrap(), pack, "the same bytes again");
    }

    #[test]
    fn every_altered_bit_of_every_byte_is_refused() {
        let (_, pack) = small();
        let trusted = key(7).verifying_key();
        for at in 0..pack.len() {
            // The lowest bit gives a neighbour, 0x20 the other case of a letter, 0x80 no ASCII.
            for bit in [0x01, 0x20, 0x80] {
                let mut bytes = pack.clone().into_bytes();
                bytes[at] ^= bit;
                assert!(read(&bytes, &trusted).is_err(), "byte {at} with bit {bit:#x} altered");
            }
        }
    }

    #[test]
    fn a_pack_that_is_cut_or_longer_is_refused() {
        let (_, pack) = small();
        let trusted = key(7).verifying_key();
        for length in 0..pack.len() {
            assert!(read(&pack.as_bytes()[..length], &trusted).is_err(), "{length} bytes");
        }
        for more in ["\n", " ", "{}"] {
            assert!(read(format!("{pack}{more}").as_bytes(), &trusted).is_err(), "{more:?} behind it");
        }
    }

    #[test]
    fn another_key_is_refused_even_when_the_pack_claims_the_right_one() {
        let (texts, pack) = small();
        let told = read(pack.as_bytes(), &key(8).verifying_key()).unwrap_err();
        assert!(told.contains("signed by the key"), "{told}");
        let theirs = write(&texts, &key(8)).unwrap();
        let line = |pack: &str| pack.lines().nth(1).unwrap().to_owned();
        let forged = theirs.replace(&line(&theirs), &line(&pack));
        let told = read(forged.as_bytes(), &key(7).verifying_key()).unwrap_err();
        assert!(told.contains("signature does not fit"), "{told}");
    }

    #[test]
    fn entries_stay_in_the_data_folders_even_when_they_are_signed() {
        for path in [
            "../causes/a.toml",
            "causes/../../a.toml",
            "causes/..",
            "/causes/a.toml",
            "causes//a.toml",
            "causes/.a.toml",
            "causes/a.toml.",
            "causes\\a.toml",
            "causes/a\0.toml",
            "C:/causes/a.toml",
            "causes/a.exe",
            "causes/a",
            "causes/a.html",
            "templates/a.toml",
            "sites/a.toml",
            "a.toml",
            "rules/a/b/c/d.toml",
            "",
        ] {
            assert!(path_problem(path).is_some(), "{path:?}");
            let told = write(&texts(&[(path, "x")]), &key(7)).unwrap_err();
            assert!(told.starts_with("the entry `"), "{told}");
            // Signed all the same, by a program that does not look.
            let body = serde_json::to_string(&texts(&[(path, "x")])).unwrap();
            let line = format!("key {}\n", crate::canonical::hex(key(7).verifying_key().as_bytes()));
            let signature = ed25519_dalek::Signer::sign(&key(7), super::message(&line, &body).as_bytes());
            let pack = format!("{}{line}signature {}\n{body}", super::MAGIC, crate::canonical::hex(&signature.to_bytes()));
            let told = read(pack.as_bytes(), &key(7).verifying_key()).unwrap_err();
            assert!(told.starts_with("the entry `"), "{told}");
        }
        for path in ["causes/a.toml", "rules/a/b-c.toml", "templates/parts/top.html", "locales/zh-TW.json", "templates/style.css"] {
            assert_eq!(path_problem(path), None, "{path:?}");
        }
    }
}
