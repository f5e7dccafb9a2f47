//! Error codes: finds them in any form people write them in, and looks them up.

mod book;
mod scan;

pub use book::{CodeBook, CodeEntry, CodeText};
pub use scan::{CodeMention, parse_prefix, scan};

/// Canonical form: `0x` and upper-case hex digits, eight for an HRESULT.
///
/// `0xbba` → `0xBBA`, `-2147023838` is done by [`scan`].
#[must_use]
pub fn canonical(digits: &str) -> String {
    let trimmed = digits.trim_start_matches('0');
    let body = match (digits.len(), trimmed.is_empty()) {
        (8, _) => digits,
        (_, true) => "0",
        _ => trimmed,
    };
    format!("0x{}", body.to_ascii_uppercase())
}

/// Whether a code only informs: success severity, or the informational facility `0x4004....`.
#[must_use]
pub fn is_informational(code: &str) -> bool {
    let digits = code.trim_start_matches("0x");
    digits.chars().all(|c| c == '0') || (digits.len() == 8 && digits.starts_with('4'))
}
