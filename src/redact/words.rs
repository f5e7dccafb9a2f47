//! Words that redaction needs: `redaction/*.toml`. Laid together from every file of the folder.

use serde::Deserialize;

use crate::data_error::DataError;
use crate::knowledge::parse;

/// Labels before values, and values that are nobody's. All lower case.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RedactionWords {
    /// Labels of user names.
    pub user: Vec<String>,
    /// Labels of computer names.
    pub computer: Vec<String>,
    /// Labels of student numbers.
    pub student: Vec<String>,
    /// Names that are nobody's.
    pub generic: Vec<String>,
    /// Addresses that anybody may use.
    pub addresses: Vec<String>,
    /// Words of file names that name nobody.
    pub files: Vec<String>,
    /// Words before version numbers, which look like addresses.
    pub versions: Vec<String>,
}

impl RedactionWords {
    /// Adds a file's words.
    pub(crate) fn add(&mut self, path: &str, text: &str, errors: &mut Vec<DataError>) {
        let Some(more) = parse::<Self>(path, text, errors) else { return };
        let pairs = [
            (&mut self.user, more.user),
            (&mut self.computer, more.computer),
            (&mut self.student, more.student),
            (&mut self.generic, more.generic),
            (&mut self.addresses, more.addresses),
            (&mut self.versions, more.versions),
            (&mut self.files, more.files),
        ];
        for (all, words) in pairs {
            all.extend(words.into_iter().map(|w| w.to_lowercase()));
        }
    }

    /// Whether a name is nobody's, or was taken out before.
    pub(crate) fn is_generic(&self, name: &str) -> bool {
        let name = name.trim().to_lowercase();
        let masked =
            name.starts_with(['<', '[', '{', '(', '*', '%', '$']) || name.chars().all(|c| matches!(c, '.' | '-' | '_' | 'x' | '?' | '…'));
        masked || self.generic.contains(&name)
    }
}
