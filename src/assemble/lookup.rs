//! What a line leaves to be worked out: whose address nslookup shows, whether a display name of a time zone is UTC+8.

use crate::fact::{Fact, Place};

/// `server` for the address right behind the name of the DNS server that was asked, else `answer`. The
/// label is the same for both, and a lookup that failed shows the server's only.
pub(super) fn owner(before: Option<&Fact>, place: &Place) -> &'static str {
    let asked = before.is_some_and(|f| f.kind == "dns-server" && f.place.file == place.file);
    if asked { "server" } else { "answer" }
}

/// `yes` for `(UTC+08:00) …`, `no` for another offset, nothing for a name without one.
pub(super) fn is_utc8(zone: &str) -> Option<&'static str> {
    let (_, behind) = zone.split_once("UTC")?;
    let offset: String = behind.chars().take_while(|c| matches!(c, '+' | '-' | ':') || c.is_ascii_digit()).collect();
    let shown = !offset.is_empty() || behind.starts_with(')');
    shown.then_some(if offset == "+08:00" { "yes" } else { "no" })
}

#[cfg(test)]
mod tests {
    use super::is_utc8;

    #[test]
    fn zones() {
        assert_eq!(is_utc8("(UTC+08:00) 台北"), Some("yes"));
        assert_eq!(is_utc8("(UTC) 國際標準時間"), Some("no"));
        assert_eq!(is_utc8("(UTC-08:00) Pacific Time (US & Canada)"), Some("no"));
        assert_eq!(is_utc8("Taipei Standard Time"), None);
    }
}
