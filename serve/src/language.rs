//! Which language a browser wants: what the address says, else what the browser prefers, else the first language.

use axum::http::{HeaderMap, Uri, header};
use kms_triage::Knowledge;
use kms_triage::locale::LOCALES;

/// The language for a request.
pub(crate) fn of<'k>(knowledge: &'k Knowledge, uri: &Uri, headers: &HeaderMap) -> &'k str {
    chosen(knowledge, uri).or_else(|| preferred(knowledge, headers)).unwrap_or(LOCALES[0])
}

/// `?lang=en`
pub(crate) fn chosen<'k>(knowledge: &'k Knowledge, uri: &Uri) -> Option<&'k str> {
    let tag = uri.query()?.split('&').find_map(|pair| pair.strip_prefix("lang="))?;
    known(knowledge, tag)
}

/// Languages longer than this are none.
const TAG_BYTES_MAX: usize = 35;

fn known<'k>(knowledge: &'k Knowledge, tag: &str) -> Option<&'k str> {
    if tag.len() > TAG_BYTES_MAX { None } else { knowledge.locale_of(tag) }
}

/// `zh-CN,zh;q=0.9,en;q=0.8`: the language with the highest weight that there is; of equals the first.
fn preferred<'k>(knowledge: &'k Knowledge, headers: &HeaderMap) -> Option<&'k str> {
    let list = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut wanted: Vec<(&str, u32)> = list.split(',').take(50).filter_map(weighed).collect();
    wanted.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    wanted.into_iter().find_map(|(tag, _)| known(knowledge, tag))
}

/// `zh;q=0.9` → `zh`, 900. What weighs nothing is not wanted.
fn weighed(part: &str) -> Option<(&str, u32)> {
    let (tag, weight) = part.split_once(';').unwrap_or((part, ""));
    let weight = weight.trim().strip_prefix("q=").map_or("1", str::trim);
    let (whole, decimals) = weight.split_once('.').unwrap_or((weight, ""));
    let thousandths: u32 = format!("{decimals:0<3}").get(..3)?.parse().ok()?;
    let weight = whole.parse::<u32>().ok()?.min(1) * 1000 + thousandths;
    (weight > 0 && tag.trim() != "*").then(|| (tag.trim(), weight))
}

#[cfg(test)]
mod tests {
    use super::weighed;

    #[test]
    fn weights_are_read_as_browsers_write_them() {
        assert_eq!(weighed(" zh-TW"), Some(("zh-TW", 1000)));
        assert_eq!(weighed("en-US;q=0.8"), Some(("en-US", 800)));
        assert_eq!(weighed("en; q=0.85"), Some(("en", 850)));
        assert_eq!(weighed("de;q=0"), None);
        assert_eq!(weighed("de;q=0.000"), None);
        assert_eq!(weighed("*;q=0.5"), None);
        assert_eq!(weighed("en;q=x"), None);
        assert_eq!(weighed("en;q=1.é"), None);
    }
}
