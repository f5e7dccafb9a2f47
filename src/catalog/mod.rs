//! What Microsoft publishes about products: activation IDs, client setup keys (GVLKs), which host key serves
//! which client, when support ends. Looks things up; what a machine shows is `assemble`'s, and what follows
//! from both is `machine`'s.

mod machine;
mod support;

pub use machine::{KeyAdvice, advise, build_of};
pub(crate) use support::Question;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::data_error::DataError;
use crate::knowledge::parse;

/// Products that share published keys: `products/clients/<id>.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// `windows-10-11`.
    pub id: String,
    /// `Windows 10/11`; stands before the name of an edition of Windows.
    pub name: String,
    /// `windows` or `office`.
    pub family: String,
    /// `7`, `2021`, `Server 2022`; empty where only the build tells.
    #[serde(default)]
    pub version: String,
    /// What the tools print: versions of Windows (`10.0`, `10.0.14393`), beginnings of Office names (`Office 21`).
    #[serde(default)]
    pub prints: Vec<String>,
    /// How names of the system call it, `Windows 10`: also part of longer names.
    #[serde(default)]
    pub systems: Vec<String>,
    /// Ends of support.
    #[serde(default)]
    pub support: Vec<Support>,
    /// Host keys that serve it.
    #[serde(default)]
    pub served: Vec<Served>,
    /// Its editions.
    #[serde(default)]
    pub edition: Vec<Edition>,
    /// Where it was read.
    pub source: String,
    /// When.
    pub read: String,
}

/// An edition with what identifies it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// `Pro`; of Office the whole name, `Visio Standard 2019`.
    pub name: String,
    /// As it stands in printed names: `Professional`, `VisioStd`; empty where that would not be sure.
    #[serde(default)]
    pub sku: String,
    /// Activation IDs of its KMS client licences.
    #[serde(default)]
    pub ids: Vec<String>,
    /// The published key; empty when none is.
    #[serde(default)]
    pub key: String,
}

/// When support ends, for all editions and versions of a series or for some.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Support {
    /// `10`, `11`; empty for all.
    #[serde(default)]
    pub version: String,
    /// `10.0.22631`; empty for all.
    #[serde(default)]
    pub build: String,
    /// Names of editions; empty for all.
    #[serde(default)]
    pub editions: Vec<String>,
    /// Last day, `2025-10-14`.
    pub end: String,
    /// Last day of paid updates; empty when there are none.
    #[serde(default)]
    pub extended: String,
}

/// Host keys that serve a series.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Served {
    /// `10`, `11`; empty for all.
    #[serde(default)]
    pub version: String,
    /// `10.0.26100`; empty for all.
    #[serde(default)]
    pub build: String,
    /// Ids of host keys, the newest first.
    pub by: Vec<String>,
    /// Host keys that are said to work, which Microsoft does not list.
    #[serde(default)]
    pub undocumented: Vec<String>,
}

/// A KMS host key: `products/hosts/<id>.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HostKey {
    /// `windows-server-2022`.
    pub id: String,
    /// `Windows Server 2022`.
    pub name: String,
    /// `windows` or `office`.
    pub family: String,
    /// Systems that can be a host with it, with the update that each needs; empty when not known.
    #[serde(default)]
    pub runs_on: String,
    /// Activation IDs.
    #[serde(default)]
    pub ids: Vec<String>,
    /// Where it was read.
    pub source: String,
    /// When.
    pub read: String,
}

/// Editions that volume activation does not cover: `products/not-volume.toml`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotVolume {
    /// As in printed names: `Core`.
    pub skus: Vec<String>,
    /// Parts of a system's name: `Home`.
    pub words: Vec<String>,
    /// Where it was read.
    pub source: String,
    /// When.
    pub read: String,
}

/// An edition and its series.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'c> {
    /// The series.
    pub series: &'c Series,
    /// The edition.
    pub edition: &'c Edition,
}

impl Listed<'_> {
    /// `Windows 10/11 Pro`, `Visio Standard 2019`.
    #[must_use]
    pub fn title(&self) -> String {
        let series = if self.series.family == "windows" { self.series.name.as_str() } else { "" };
        format!("{series} {}", self.edition.name).trim_start().to_owned()
    }

    /// Whether both are the same edition.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.series.id == other.series.id && self.edition.name == other.edition.name
    }
}

/// The product lists.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// Series by id.
    pub series: BTreeMap<String, Series>,
    /// Host keys by id.
    pub hosts: BTreeMap<String, HostKey>,
    /// What volume activation leaves out.
    pub not_volume: NotVolume,
    /// Activation ID → series and place of the edition.
    by_id: BTreeMap<String, (String, usize)>,
    /// Last five characters of a published key → the same.
    by_key: BTreeMap<String, (String, usize)>,
}

impl Catalog {
    /// Loads `products/`. What cannot be read is reported and left out.
    #[must_use]
    pub fn load(files: &[(&str, &str)], errors: &mut Vec<DataError>) -> Self {
        let mut catalog = Self::default();
        for (path, text) in files {
            if path.starts_with("products/clients/") {
                catalog.series.extend(parse::<Series>(path, text, errors).map(|s| (s.id.clone(), s)));
            } else if path.starts_with("products/hosts/") {
                catalog.hosts.extend(parse::<HostKey>(path, text, errors).map(|h| (h.id.clone(), h)));
            } else if let Some(list) = parse::<NotVolume>(path, text, errors) {
                catalog.not_volume = list;
            }
        }
        for series in catalog.series.values() {
            for (place, edition) in series.edition.iter().enumerate() {
                let at = || (series.id.clone(), place);
                catalog.by_id.extend(edition.ids.iter().map(|id| (id.clone(), at())));
                catalog.by_key.extend(last_five(&edition.key).map(|five| (five.to_owned(), at())));
            }
        }
        catalog
    }

    fn at(&self, place: &(String, usize)) -> Option<Listed<'_>> {
        let series = self.series.get(&place.0)?;
        series.edition.get(place.1).map(|edition| Listed { series, edition })
    }

    /// The product of an activation ID, which is written in lower case.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<Listed<'_>> {
        self.at(self.by_id.get(id)?)
    }

    /// The product of an ID that differs in one digit from a listed one, as copies by hand or by OCR do.
    #[must_use]
    pub fn near_id(&self, id: &str) -> Option<Listed<'_>> {
        if id.len() != GUID_CHARS || self.host_by_id(id).is_some() {
            return None;
        }
        let differing = |known: &str| known.bytes().zip(id.bytes()).filter(|(a, b)| a != b).count();
        self.by_id.iter().find(|(known, _)| known.len() == id.len() && differing(known) == 1).and_then(|(_, place)| self.at(place))
    }

    /// The host key of an activation ID.
    #[must_use]
    pub fn host_by_id(&self, id: &str) -> Option<&HostKey> {
        self.hosts.values().find(|h| h.ids.iter().any(|known| known == id))
    }

    /// The product whose published key ends in these five characters.
    #[must_use]
    pub fn by_key(&self, five: &str) -> Option<Listed<'_>> {
        self.at(self.by_key.get(&five.to_ascii_uppercase())?)
    }

    /// The only product that prints `name`, on a Windows of `build` (`10.0.22631`, empty when not known).
    #[must_use]
    pub fn by_name(&self, family: &str, name: &str, build: &str) -> Option<Listed<'_>> {
        let sku = sku_of(family, name);
        if sku.is_empty() {
            return None;
        }
        let mut found: Vec<(bool, Listed<'_>)> = Vec::new();
        for series in self.series.values().filter(|s| s.family == family) {
            let Some(edition) = series.edition.iter().find(|e| e.sku.eq_ignore_ascii_case(&sku)) else { continue };
            let exact = match family {
                "office" => series.prints.iter().any(|p| name.strip_prefix(p.as_str()).is_some_and(|rest| rest.starts_with(','))),
                _ => series.prints.iter().any(|p| p == build),
            };
            let major = build.rsplit_once('.').map_or("", |b| b.0);
            if exact || family == "windows" && !major.is_empty() && series.prints.iter().any(|p| p == major) {
                found.push((exact, Listed { series, edition }));
            }
        }
        // `EnterpriseS` of build 14393 is one product; what fits the build exactly outweighs what fits 10.0.
        let any_exact = found.iter().any(|f| f.0);
        found.retain(|f| f.0 || !any_exact);
        match found.as_slice() {
            [(_, only)] => Some(*only),
            _ => None,
        }
    }

    /// Whether `name` is that of an edition without volume activation.
    #[must_use]
    pub fn is_not_volume(&self, name: &str) -> bool {
        let sku = sku_of("windows", name);
        !sku.is_empty() && self.not_volume.skus.iter().any(|s| s.eq_ignore_ascii_case(&sku))
    }

    /// Lines of `served` that fit a version and a build; both empty for all.
    #[must_use]
    pub fn served<'c>(&self, series: &'c Series, version: &str, build: &str) -> Vec<&'c Served> {
        let fits = |want: &str, have: &str| want.is_empty() || have.is_empty() || want == have;
        series.served.iter().filter(|s| fits(&s.version, version) && fits(&s.build, build)).collect()
    }
}

const GUID_CHARS: usize = 36;

/// The last group of a key of five groups, `XXXXX-…-WFG99` too.
#[must_use]
pub fn last_five(key: &str) -> Option<&str> {
    let groups: Vec<&str> = key.split('-').collect();
    let shaped = groups.len() == 5 && groups.iter().all(|g| g.len() == 5 && g.bytes().all(|b| b.is_ascii_alphanumeric()));
    groups.last().copied().filter(|_| shaped)
}

/// The edition in a printed name: `Windows(R), Professional edition` → `Professional`,
/// `Office 21, Office21ProPlus2021VL_KMS_Client_AE edition` → `ProPlus`; empty when the name has none.
fn sku_of(family: &str, name: &str) -> String {
    let compact: String = name.chars().filter(|c| !c.is_whitespace()).collect();
    let Some((_, part)) = compact.rsplit_once([',', '，']) else { return String::new() };
    let part = part.strip_suffix("edition").unwrap_or(part);
    if family != "office" {
        return part.to_owned();
    }
    // Only volume licences: their names hold `VL_`.
    let Some((head, _)) = part.split_once("VL_") else { return String::new() };
    let head = head.strip_prefix("Office").unwrap_or(head).trim_start_matches(|c: char| c.is_ascii_digit());
    head.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{last_five, sku_of};

    #[test]
    fn editions_in_names() {
        assert_eq!(sku_of("windows", "Windows(R), Professional edition"), "Professional");
        assert_eq!(sku_of("windows", "Windows(R) 7, Enterprise edition"), "Enterprise");
        assert_eq!(sku_of("office", "Office 21, Office21ProPlus2021VL_KMS_Client_AE edition"), "ProPlus");
        assert_eq!(sku_of("office", "Office 15, OfficeStandardVL_KMS_Client edition"), "Standard");
        assert_eq!(sku_of("office", "Office 16, Office16ProjectProXC2RVL_KMS_ClientC2R edition"), "ProjectProXC2R");
        assert_eq!(sku_of("office", "Office 21, Office21ProPlus2021R_Grace edition"), "");
        assert_eq!(sku_of("windows", "Windows(R)"), "");
    }

    #[test]
    fn ends_of_keys() {
        assert_eq!(last_five("XXXXX-XXXXX-XXXXX-XXXXX-WFG99"), Some("WFG99"));
        assert_eq!(last_five("W269N-WFGWX"), None);
    }
}
