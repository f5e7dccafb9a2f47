//! Whose address a line of nslookup shows.

use crate::fact::{Fact, Place};

/// `server` for the address right behind the name of the DNS server that was asked, else `answer`. The
/// label is the same for both, and a lookup that failed shows the server's only.
pub(super) fn owner(before: Option<&Fact>, place: &Place) -> &'static str {
    let asked = before.is_some_and(|f| f.kind == "dns-server" && f.place.file == place.file);
    if asked { "server" } else { "answer" }
}
