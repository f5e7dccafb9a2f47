//! The pages beside an index that hold the cases after the first ones, and the files that its search reads.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use kms_triage::report::{Finder, Listing, PROBLEMS_SHOWN, ProblemFile, Renderer};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::exit::Failure;
use crate::explained::Languages;

/// Writes them into `folder`, each as soon as it is made.
pub(crate) fn write(renderer: &Renderer<'_>, listing: &Listing<'_>, languages: Languages<'_>, folder: &Path) -> Result<(), Failure> {
    let put = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|e| Failure::internal(format!("cannot write `{}`: {e}", path.display())))
    };
    let pages: Vec<_> = listing.pages().into_iter().flat_map(|page| languages.all.iter().map(move |locale| (page, *locale))).collect();
    pages.into_par_iter().with_max_len(1).try_for_each(|(page, locale)| {
        let html = renderer.list(listing, page, locale);
        let html = html.map_err(|e| Failure::internal(format!("cannot render the template `list.html`: {e}")))?;
        put(&page.name(locale), &html)
    })?;
    let finder = Finder::new(listing);
    for locale in languages.all {
        put(&format!("find.{locale}.js"), &finder.words(renderer.knowledge(), locale))?;
    }
    (0..finder.files()).into_par_iter().try_for_each(|part| put(&format!("find-{part}.js"), &finder.rows(part)))?;
    let problems = listing.problems();
    if problems.len() > PROBLEMS_SHOWN {
        let mut lines = String::new();
        for ProblemFile { status, name, reason } in problems {
            // Writing to a text cannot fail.
            let _ = writeln!(lines, "{status}\t{name}\t{reason}");
        }
        put("unread.txt", &lines)?;
    }
    Ok(())
}

/// The digest of a script as a content security policy names it.
pub(crate) fn digest(script: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(script)))
}

/// RFC 4648 with padding.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0u32, |bits, b| bits << 8 | u32::from(*b)) << (8 * (3 - three.len()));
        for at in 0..4 {
            let letter = LETTERS.get((bits >> (18 - 6 * at) & 63) as usize).copied().unwrap_or(b'=');
            text.push(if at <= three.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{base64, digest};

    #[test]
    fn digests_are_as_a_browser_computes_them() {
        for (text, want) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(text.as_bytes()), want);
        }
        // `printf "alert('Hello, world.');" | openssl dgst -sha256 -binary | base64`
        assert_eq!(digest("alert('Hello, world.');"), "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=");
    }
}
