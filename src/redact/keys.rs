//! Masks product keys and names of user folders wherever text of an input is shown. Of a key the last five
//! characters stay, of a folder nothing.

use regex::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

// The regex crate is built without the tables that `(?i)` needs: only a test build, which has them, would take it.
static KEY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?-u:\b)[0-9A-Za-z]{5}(?:[-–—][0-9A-Za-z]{5}){3}[-–—]([0-9A-Za-z]{5})(?-u:\b)").ok());

// The command builds the regex crate without the tables that `(?i)` needs.
static USER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"([\\/](?:[Uu][Ss][Ee][Rr][Ss]|Documents and Settings)[\\/])[^\\/<>|:*?"\r\n]+"#).ok());

/// `XQNVK-8JYDB-WJ9W3-YJ8YR-WFG99` → `XXXXX-XXXXX-XXXXX-XXXXX-WFG99`, `C:\Users\name` → `C:\Users\…`.
#[must_use]
pub fn mask_keys(text: &str) -> Cow<'_, str> {
    let masked = match KEY.as_ref() {
        Some(key) => key.replace_all(text, "XXXXX-XXXXX-XXXXX-XXXXX-$1"),
        // Rather nothing than a key.
        None => Cow::Borrowed(""),
    };
    match USER.as_ref().filter(|user| user.is_match(&masked)) {
        Some(user) => Cow::Owned(user.replace_all(&masked, "$1…").into_owned()),
        None => masked,
    }
}

#[cfg(test)]
mod tests {
    use super::mask_keys;

    #[test]
    fn only_the_last_group_stays() {
        assert_eq!(mask_keys("/ipk XQNVK-8JYDB-WJ9W3-YJ8YR-WFG99 ok"), "/ipk XXXXX-XXXXX-XXXXX-XXXXX-WFG99 ok");
        assert_eq!(mask_keys(r"PS C:\Users\some.body> slmgr"), r"PS C:\Users\…> slmgr");
        assert_eq!(mask_keys("/inpkey:xqnvk-8jydb-wj9w3-yj8yr-wfg99"), "/inpkey:XXXXX-XXXXX-XXXXX-XXXXX-wfg99");
        assert_eq!(mask_keys("SKU ID: 2de67392-b7a7-462a-b1ca-108dd189f588"), "SKU ID: 2de67392-b7a7-462a-b1ca-108dd189f588");
    }
}
