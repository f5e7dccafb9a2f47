//! Where sources can be read: names, as knowledge gives them under `source`, with an address on the web.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::data_error::DataError;
use crate::knowledge::parse;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourcesFile {
    #[serde(default)]
    source: Vec<SourceRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceRow {
    names: Vec<String>,
    url: String,
}

/// Addresses by name of the source.
#[derive(Debug, Clone, Default)]
pub struct SourceBook {
    urls: BTreeMap<String, String>,
}

impl SourceBook {
    /// Adds `sources/<file>.toml`. An address that is not on the web by `https:` is reported and left out.
    pub(crate) fn add(&mut self, path: &str, text: &str, errors: &mut Vec<DataError>) {
        for row in parse::<SourcesFile>(path, text, errors).into_iter().flat_map(|f| f.source) {
            if !row.url.starts_with("https://") || row.url.contains(char::is_whitespace) {
                errors.push(
                    DataError::new("bad-url", path, format!("`{}` is no address that begins with https://", row.url)).at(text, &row.url),
                );
                continue;
            }
            for name in row.names {
                if self.urls.insert(name.clone(), row.url.clone()).is_some() {
                    errors.push(DataError::new("source-twice", path, format!("the source `{name}` stands here twice")).at(text, &name));
                }
            }
        }
    }

    /// Names of sources that have an address.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.urls.keys().map(String::as_str)
    }

    /// `Microsoft support article 0xC004F074; seed 001` → its two sources, the first one with an address.
    #[must_use]
    pub fn parts<'t>(&self, source: &'t str) -> Vec<(&'t str, Option<&str>)> {
        let parts = source.split("; ").filter(|p| !p.is_empty());
        parts
            .map(|part| (part, self.urls.iter().filter(|(name, _)| is_named(part, name)).max_by_key(|u| u.0.len()).map(|u| u.1.as_str())))
            .collect()
    }
}

/// Whether a source is the one called `name`: alone, or with a remark about the place in it, `… (0xC004F035)`.
#[must_use]
pub fn is_named(part: &str, name: &str) -> bool {
    part.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(" ("))
}

#[cfg(test)]
mod tests {
    use super::SourceBook;

    #[test]
    fn a_source_is_found_by_its_whole_name() {
        let mut book = SourceBook::default();
        let mut errors = Vec::new();
        let text = "[[source]]\nnames = [\"Page\", \"Page on A\"]\nurl = \"https://example.edu/a\"\n[[source]]\nnames = [\"Bad\"]\nurl = \"http://example.edu\"\n";
        book.add("sources/a.toml", text, &mut errors);
        assert_eq!(errors.len(), 1, "{errors:?}");
        let url = Some("https://example.edu/a");
        assert_eq!(book.parts("Page (line 3); Page on B; Page on A"), [("Page (line 3)", url), ("Page on B", None), ("Page on A", url)]);
        assert_eq!(book.parts("Pages; Bad"), [("Pages", None), ("Bad", None)]);
    }
}
