//! Reads labelled lines by the shape of their value, whatever language the label is in.
//! What Windows never translates: product names, channels, GUIDs, partial keys, minute counts.

use regex::Regex;
use std::sync::LazyLock;

/// A value recognised by shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Fact kind.
    pub kind: &'static str,
    /// Field and value.
    pub fields: Vec<(&'static str, String)>,
}

fn shape(kind: &'static str, fields: &[(&'static str, &str)]) -> Shape {
    let fields = fields.iter().map(|(n, v)| (*n, (*v).to_owned())).collect();
    Shape { kind, fields }
}

/// Compiles a fixed pattern; a mistake in it is found by the tests of this file.
fn pattern(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

static GUID: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"(?-u:\b)([0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12})(?-u:\b)"));
static EXTENDED_PID: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"(?-u:\b)([0-9]{5}-[0-9]{5}-[0-9]{3}-[0-9]{6}-[0-9]{2}-[0-9]{4,5}-[0-9]{4,5}\.[0-9]{4}-[0-9]{7})(?-u:\b)"));
static MINUTES: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"([0-9][0-9,]*)[ \t]*(?:分鐘|分钟|分|minute\(s\)|minutes?)[ \t]*[(（][ \t]*([0-9]+)[ \t]*(?:天|日|day)"));
static CHANNEL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(r"(?:Windows\(R\)|Office|Operating System)[^,，]{0,60}[,，][ \t]*[A-Z0-9_ ]{3,40}(?:\([A-Za-z ]+\))?[ \t]*channel")
});
static PRODUCT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?:(?i-u:Windows)[ \t]*\(?(?:[Rr]|®)\)?[^:：]{0,12},[ \t]*[A-Za-z0-9 \-]+|(?:(?i-u:Microsoft Office) [0-9０-９]{4}|(?i-u:Office) [0-9０-９]{2}), [A-Za-z0-9０-９_ ]+) (?i-u:edition|add-on(?: for [A-Za-z0-9,_ ]+)?)",
    )
});
/// `12:35:27, +00.0604534s` and, without /dataonly, `12:35:27 d:+00.0012345s o:+00.0604534s`.
static CLOCK_OFFSET: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"^[ \t]*[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:,| d:[+-][0-9.,]+s o:)[ \t]*([+-][0-9]+(?:[.,][0-9]+)?)s"));
static WINDOWS_APP: &str = "55c92734-d682-4d71-983e-d6ec3f16059f";
static OFFICE_APPS: [&str; 3] =
    ["0ff1ce15-a989-479d-af46-f275c6370663", "0ff1ce16-a989-479d-af46-f275c6370663", "59a52881-a989-479d-af46-f275c6370663"];

/// The family that an application ID belongs to.
#[must_use]
pub fn family_of_application(id: &str) -> Option<&'static str> {
    let id = id.to_ascii_lowercase();
    if id == WINDOWS_APP {
        return Some("windows");
    }
    OFFICE_APPS.contains(&id.as_str()).then_some("office")
}

/// Whether a value can be a product's name: they stay English in every language.
#[must_use]
pub fn is_product_name(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    ["windows", "office", "edition", "visio", "project", "add-on"].iter().any(|w| lower.contains(w)) && lower.len() < 160
}

/// Whether a name ends as those of products with a licence do.
#[must_use]
pub fn is_edition(name: &str) -> bool {
    name.contains(" edition") || name.contains("add-on")
}

/// `Windows(R), Education edition:` alone on its line: the head of a `/xpr` answer.
#[must_use]
pub fn xpr_head(line: &str) -> Option<String> {
    let line = line.trim();
    let name = line.strip_suffix([':', '：'])?.trim();
    let fits = name.starts_with("Windows") && (name.ends_with("edition") || name.contains(" edition") || name.contains("add-on"));
    (fits && name.len() < 120).then(|| name.to_owned())
}

/// `Windows(R), Professional edition: Windows is in Notification mode`: a `/xpr` answer whose two lines became
/// one. Gives the product's name and where the status begins.
#[must_use]
pub fn xpr_joined(line: &str) -> Option<(String, usize)> {
    let name = product_at(line)?;
    let status = line.get(name.len()..)?.trim_start().strip_prefix([':', '：'])?.trim_start();
    (!status.is_empty()).then(|| (name.to_owned(), line.len() - status.len()))
}

/// The product's whole name at the start of a text.
#[must_use]
pub fn product_at(text: &str) -> Option<&str> {
    PRODUCT.as_ref()?.find(text).filter(|m| m.start() == 0).map(|m| m.as_str())
}

/// The value of a labelled line that no wording reads. `in_product` tells that a product block is
/// open; a bare GUID or minute count means something only there.
#[must_use]
pub fn read(line: &str, in_product: bool) -> Option<Shape> {
    let find = |re: &LazyLock<Option<Regex>>| {
        let re = re.as_ref()?;
        re.captures(line).and_then(|c| c.get(1).or_else(|| c.get(0))).map(|m| m.as_str().to_owned())
    };
    let value = label_value(line);
    if let Some(channel) = find(&CHANNEL) {
        return Some(shape("product-description", &[("description", &channel)]));
    }
    if let Some(name) = find(&PRODUCT).filter(|n| value.is_some_and(|v| n.get(..7).is_some_and(|head| v.starts_with(head)))) {
        return Some(shape("product-name", &[("name", &name)]));
    }
    if let Some(seconds) = find(&CLOCK_OFFSET) {
        return Some(shape("clock-offset", &[("seconds", &seconds)]));
    }
    if !in_product {
        return None;
    }
    if let Some(minutes) = MINUTES.as_ref().and_then(|re| re.captures(line)) {
        let get = |i| minutes.get(i).map_or(String::new(), |m| m.as_str().replace(',', ""));
        return Some(shape("time-left", &[("minutes", &get(1)), ("days", &get(2)), ("kind", "any")]));
    }
    if let Some(pid) = find(&EXTENDED_PID) {
        return Some(shape("extended-pid", &[("pid", &pid)]));
    }
    if let Some(id) = find(&GUID) {
        let id = id.to_ascii_lowercase();
        let kind = match (family_of_application(&id), line.contains("CMID")) {
            (Some(_), _) => "application-id",
            (None, true) => "cmid",
            (None, false) => "activation-id",
        };
        return Some(shape(kind, &[("id", &id)]));
    }
    partial_key(value?)
}

/// `label: value` → `value`.
fn label_value(line: &str) -> Option<&str> {
    let at = line.find([':', '：'])?;
    let value = line.get(at..)?.trim_start_matches([':', '：']).trim();
    (line.get(..at)?.chars().count() <= 40 && !value.is_empty()).then_some(value)
}

/// Characters of product keys, Windows 8 and later with N.
const KEY_ALPHABET: &str = "BCDFGHJKMPQRTVWXY2346789N";

fn partial_key(value: &str) -> Option<Shape> {
    let fits = value.len() == 5 && value.chars().all(|c| KEY_ALPHABET.contains(c)) && value.chars().any(|c| c.is_ascii_alphabetic());
    fits.then(|| shape("partial-key", &[("key", value)]))
}

#[cfg(test)]
mod tests {
    use super::{read, xpr_head};

    #[test]
    fn values_speak_where_labels_are_unknown() {
        let kind = |line: &str| read(line, true).map(|s| s.kind);
        assert_eq!(kind("飲用識別碼: b92e9980-b9d5-4821-9c94-140f632f6312"), Some("activation-id"));
        assert_eq!(kind("XX: 55c92734-d682-4d71-983e-d6ec3f16059f"), Some("application-id"));
        assert_eq!(kind("説明: Windows(R) Operating System, VOLUME_KMSCLIENT channel"), Some("product-description"));
        assert_eq!(kind("名前: Windows(R), Professional edition"), Some("product-name"));
        assert_eq!(kind("とき: 259200 分(180 日)"), Some("time-left"));
        assert_eq!(kind("部分: T83GX"), Some("partial-key"));
        assert_eq!(kind("12:35:29, -28800.0123456s"), Some("clock-offset"));
        assert_eq!(kind("HELLO: WORLD"), None);
        assert_eq!(read("id: b92e9980-b9d5-4821-9c94-140f632f6312", false), None);
    }

    #[test]
    fn xpr_heads() {
        assert_eq!(xpr_head("Windows(R), Education edition:").as_deref(), Some("Windows(R), Education edition"));
        assert_eq!(xpr_head("Error:"), None);
    }
}
