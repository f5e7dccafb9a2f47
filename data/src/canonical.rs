//! A digest of the data files that says what they hold, not how they are kept: TOML, and the JSON that the
//! build makes of it, give the same one. The build script includes this file too.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest, Sha256};

/// Digest of one data file. Comments, blank lines, line ends and the order of keys do not count; a file that
/// cannot be parsed counts as it is.
#[must_use]
pub fn file_digest(path: &str, text: &str) -> String {
    let value = match path.rsplit_once('.').map(|p| p.1) {
        Some("toml") => toml::from_str::<toml::Table>(text).ok().and_then(|table| serde_json::to_value(table).ok()),
        Some("json") => serde_json::from_str(text).ok(),
        _ => None,
    };
    let mut canonical = String::new();
    match value {
        Some(value) => write_sorted(&value, &mut canonical),
        None => canonical = text.replace("\r\n", "\n"),
    }
    hex(&Sha256::digest(canonical))
}

/// Digest of a whole set, from pairs of path and [`file_digest`] in any order.
#[must_use]
pub fn set_digest<'a>(files: impl Iterator<Item = (&'a str, String)>) -> String {
    let by_name =
        |(path, digest): (&str, String)| (path.strip_suffix(".toml").map_or(path.to_owned(), |stem| format!("{stem}.json")), digest);
    let sorted: BTreeMap<String, String> = files.map(by_name).collect();
    let mut hash = Sha256::new();
    for (path, digest) in sorted {
        hash.update(path);
        hash.update([0]);
        hash.update(digest);
        hash.update([0]);
    }
    hex(&hash.finalize())
}

/// Bytes as hexadecimal digits in lower case.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// JSON without blanks, keys in order.
fn write_sorted(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write_sorted(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::Object(fields) => {
            let sorted: BTreeMap<&String, &Value> = fields.iter().collect();
            out.push('{');
            for (key, item) in sorted {
                let _ = write!(out, "{}:", Value::from(key.as_str()));
                write_sorted(item, out);
                out.push(',');
            }
            out.push('}');
        }
        plain => {
            let _ = write!(out, "{plain}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{file_digest, set_digest};

    #[test]
    fn what_a_file_holds_counts_and_not_how_it_is_kept() {
        let toml = file_digest("a.toml", "# about\r\nid = \"a\"\r\nlist = [1, 2]\r\n[en]\r\ntitle = \"啟用\"\r\n");
        assert_eq!(toml, file_digest("a.json", r#"{"list":[1,2],"en":{"title":"\u555f用"},"id":"a"}"#));
        assert_ne!(toml, file_digest("a.json", r#"{"list":[2,1],"en":{"title":"啟用"},"id":"a"}"#));
        assert_eq!(file_digest("p.html", "a\r\nb"), file_digest("p.html", "a\nb"));
        assert_ne!(file_digest("a.toml", "id = "), file_digest("a.toml", "id =  "), "broken files count as they are");
    }

    #[test]
    fn names_count_but_their_endings_do_not() {
        let set = |files: &[(&'static str, &str)]| set_digest(files.iter().map(|(p, d)| (*p, (*d).to_owned())));
        assert_eq!(set(&[("a.toml", "1"), ("a-b.toml", "2")]), set(&[("a-b.json", "2"), ("a.json", "1")]));
        assert_ne!(set(&[("a.toml", "1"), ("b.toml", "2")]), set(&[("a.toml", "2"), ("b.toml", "1")]));
    }
}
