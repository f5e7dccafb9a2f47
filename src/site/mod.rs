//! The site profile: what one school calls right. Parsed from text, compared with facts, never with text
//! of an input. Who may give one is the caller's business: a profile decides which host people are sent to.

mod load;
mod mark;
mod network;

pub(crate) use mark::mark;
pub use network::Network;

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Deserialize;

use crate::knowledge::{Knowledge, RemedyText};
use crate::rule::Rule;

/// Parts of a profile that a check may need.
pub const PARTS: [&str; 3] = ["networks", "resolvers", "editions"];

/// A profile without mistakes.
#[derive(Debug, Clone)]
pub struct Site {
    /// Name of the school.
    pub name: SiteText,
    /// Sixteen hexadecimal digits that stand for the file's content.
    pub version: String,
    /// Approved hosts; never empty. The first is the one that people are told to use.
    pub kms: Vec<KmsHost>,
    /// Domains of the school, lower case.
    pub domains: Vec<String>,
    /// DNS servers of the school; empty when not known.
    pub resolvers: Vec<IpAddr>,
    /// Networks of the campus and of its VPN; empty when not known.
    pub networks: Vec<Network>,
    /// Who runs DHCP and DNS.
    pub network_owner: Option<SiteText>,
    /// VPN.
    pub vpn: Option<SiteLink>,
    /// Where clocks are set from.
    pub time_source: Option<String>,
    /// Time zone as `tzutil /g` prints it.
    pub time_zone: Option<String>,
    /// The same as an offset: `+08:00`.
    pub utc_offset: Option<String>,
    /// `Windows 11`, `Office 2024`: what the school serves now.
    pub in_service: Vec<String>,
    /// What it does not serve any more.
    pub retired: Vec<String>,
    /// Where to get things.
    pub downloads: Vec<SiteLink>,
    /// Rooms, buildings, schools: what cases are grouped by. The first that fits counts.
    pub rooms: Vec<Room>,
    /// Whom to ask.
    pub helpdesk: Option<Helpdesk>,
    /// A licence with fewer days left is `expiring`.
    pub expiring_days: Option<u32>,
    /// Days that a server keeps a case.
    pub keep_days: Option<u32>,
    remedies: BTreeMap<String, BTreeMap<String, RemedyWords>>,
    rules: Vec<Rule>,
}

/// An approved KMS host.
#[derive(Debug, Clone)]
pub struct KmsHost {
    /// Name, lower case.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Addresses under which it may be set instead of its name.
    pub addresses: Vec<IpAddr>,
}

/// A text of a school: one for everybody, or one by locale.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum SiteText {
    /// For every language.
    Same(String),
    /// By locale tag; at least one.
    By(BTreeMap<String, String>),
}

impl SiteText {
    /// The text for `locale`; else the English one, else the first.
    #[must_use]
    pub fn get(&self, locale: &str) -> &str {
        match self {
            Self::Same(text) => text,
            Self::By(texts) => texts.get(locale).or_else(|| texts.get("en")).or_else(|| texts.values().next()).map_or("", String::as_str),
        }
    }

    fn values(&self) -> Vec<&str> {
        match self {
            Self::Same(text) => vec![text],
            Self::By(texts) => texts.values().map(String::as_str).collect(),
        }
    }
}

/// A name and where it leads.
#[derive(Debug, Clone)]
pub struct SiteLink {
    /// Shown name.
    pub name: SiteText,
    /// `https://…` or `http://…`.
    pub link: Option<String>,
}

/// A room, a building or a school.
#[derive(Debug, Clone)]
pub struct Room {
    /// Name.
    pub name: String,
    /// Computer names, lower case; `*` stands for anything.
    pub computers: Vec<String>,
    /// Networks.
    pub networks: Vec<Network>,
}

/// Whom to ask.
#[derive(Debug, Clone)]
pub struct Helpdesk {
    /// Name.
    pub name: SiteText,
    /// As written.
    pub phone: Option<String>,
    /// Mail address.
    pub mail: Option<String>,
    /// Page.
    pub link: Option<String>,
}

/// A school's own words for a remedy; what is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RemedyWords {
    title: Option<String>,
    step: Option<String>,
    expect: Option<String>,
    if_not: Option<String>,
}

impl RemedyWords {
    fn over(&self, text: &mut RemedyText) {
        let pairs = [
            (&self.title, &mut text.title),
            (&self.step, &mut text.step),
            (&self.expect, &mut text.expect),
            (&self.if_not, &mut text.if_not),
        ];
        for (own, shown) in pairs {
            if let Some(own) = own {
                shown.clone_from(own);
            }
        }
    }
}

impl Site {
    /// The approved host that a name or address means.
    #[must_use]
    pub fn host(&self, name: &str) -> Option<&KmsHost> {
        let name = name.trim_end_matches('.');
        let address: Option<IpAddr> = name.parse().ok();
        self.kms.iter().find(|k| k.host.eq_ignore_ascii_case(name) || address.is_some_and(|a| k.addresses.contains(&a)))
    }

    /// The room of a computer: its name decides before its addresses.
    #[must_use]
    pub fn room(&self, computer: &str, addresses: &[IpAddr]) -> Option<&str> {
        let named = |r: &&Room| r.computers.iter().any(|pattern| matches(pattern, &computer.to_ascii_lowercase()));
        let within = |r: &&Room| r.networks.iter().any(|n| addresses.iter().any(|a| n.contains(*a)));
        self.rooms.iter().find(named).or_else(|| self.rooms.iter().find(within)).map(|r| r.name.as_str())
    }

    /// Whether the profile says something about a part of [`PARTS`].
    #[must_use]
    pub fn tells(&self, part: &str) -> bool {
        match part {
            "networks" => !self.networks.is_empty(),
            "resolvers" => !self.resolvers.is_empty(),
            "editions" => !self.in_service.is_empty() || !self.retired.is_empty(),
            _ => false,
        }
    }

    /// Whether `name` is a domain of the school or lies in one.
    #[must_use]
    pub fn has_domain(&self, name: &str) -> bool {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        self.domains.iter().any(|d| name == *d || name.strip_suffix(d.as_str()).is_some_and(|rest| rest.ends_with('.')))
    }
}

/// Whether a name fits a pattern with stars.
fn matches(pattern: &str, name: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut left) = name.strip_prefix(head) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let tail = parts.pop().unwrap_or_default();
    for part in parts {
        let Some((_, after)) = left.split_once(part) else { return false };
        left = after;
    }
    left.ends_with(tail)
}

impl Knowledge {
    /// A licensed product with fewer days left is `expiring`.
    #[must_use]
    pub fn expiring_days(&self) -> u32 {
        self.site.as_ref().and_then(|s| s.expiring_days).unwrap_or(crate::assemble::EXPIRING_DAYS)
    }

    /// The same knowledge with a school's profile: its rules and its words are laid over the built-in ones.
    #[must_use]
    pub fn with_site(mut self, mut site: Site) -> Self {
        for rule in std::mem::take(&mut site.rules) {
            self.rules.insert(rule.id.clone(), rule);
        }
        for (id, texts) in &site.remedies {
            let Some(remedy) = self.remedies.get_mut(id) else { continue };
            for (locale, words) in texts {
                if let Some(text) = remedy.texts.get_mut(locale) {
                    words.over(text);
                }
            }
        }
        self.site = Some(site);
        self
    }
}
