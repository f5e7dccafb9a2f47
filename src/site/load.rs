//! Reads a profile and says what is wrong with it: file, line, what, what to do.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::{Helpdesk, KmsHost, Network, RemedyWords, Room, Site, SiteLink, SiteText};
use crate::data_error::{DataError, nearest};
use crate::decide::is_safe;
use crate::knowledge::Knowledge;
use crate::rule::{Rule, RuleRow};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct SiteRow {
    name: Spanned<SiteText>,
    kms: Vec<KmsRow>,
    #[serde(default)]
    dns: DnsRow,
    #[serde(default)]
    network: NetworkRow,
    vpn: Option<LinkRow>,
    #[serde(default)]
    time: TimeRow,
    #[serde(default)]
    editions: EditionsRow,
    #[serde(default)]
    download: Vec<LinkRow>,
    #[serde(default)]
    room: Vec<RoomRow>,
    helpdesk: Option<HelpdeskRow>,
    expiring: Option<ExpiringRow>,
    retention: Option<RetentionRow>,
    #[serde(default)]
    remedy: BTreeMap<String, BTreeMap<String, RemedyWords>>,
    #[serde(default)]
    rule: Vec<Spanned<RuleRow>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KmsRow {
    host: Spanned<String>,
    port: Option<Spanned<i64>>,
    #[serde(default)]
    addresses: Vec<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct DnsRow {
    #[serde(default)]
    domains: Vec<Spanned<String>>,
    #[serde(default)]
    resolvers: Vec<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct NetworkRow {
    #[serde(default)]
    campus: Vec<Spanned<String>>,
    owner: Option<Spanned<SiteText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkRow {
    name: Spanned<SiteText>,
    link: Option<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct TimeRow {
    source: Option<Spanned<String>>,
    zone: Option<Spanned<String>>,
    offset: Option<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct EditionsRow {
    #[serde(default)]
    in_service: Vec<Spanned<String>>,
    #[serde(default)]
    retired: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoomRow {
    name: Spanned<String>,
    #[serde(default)]
    computers: Vec<Spanned<String>>,
    #[serde(default)]
    networks: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HelpdeskRow {
    name: Spanned<SiteText>,
    phone: Option<Spanned<String>>,
    mail: Option<Spanned<String>>,
    link: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpiringRow {
    days: Spanned<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RetentionRow {
    days: Spanned<i64>,
}

/// Longest text of a profile, in characters.
const TEXT_CHARS_MAX: usize = 2_000;

/// What to compare with.
const SEE_TEMPLATE: &str = "compare with sites/template.toml, which `kms-triage site template` prints";

/// Families that an edition may begin with.
const FAMILIES: [&str; 4] = ["Windows", "Office", "Visio", "Project"];

impl Site {
    /// Parses a profile. `path` is its name in messages; `knowledge` knows the remedies, causes and facts
    /// that it may name.
    ///
    /// # Errors
    /// Every mistake, in order of line: a profile with one is not used at all, because half a profile
    /// would send people to half the right places.
    pub fn parse(path: &str, text: &str, knowledge: &Knowledge) -> Result<Self, Vec<DataError>> {
        let mut lint = Lint { path, text, errors: Vec::new() };
        let row: SiteRow = match toml::from_str(text) {
            Ok(row) => row,
            Err(error) => {
                lint.error("bad-site", error.span(), error.message().to_owned(), SEE_TEMPLATE);
                return Err(lint.errors);
            }
        };
        let rules = lint.rules(row.rule, knowledge);
        lint.remedies(&row.remedy, knowledge);
        let site = Self {
            version: fingerprint(text),
            kms: lint.kms(row.kms),
            domains: row.dns.domains.into_iter().filter_map(|d| lint.host(d, "a domain")).collect(),
            resolvers: lint.addresses(row.dns.resolvers),
            networks: row.network.campus.iter().filter_map(|n| lint.network(n)).collect(),
            network_owner: row.network.owner.map(|o| lint.text(o)),
            vpn: row.vpn.map(|v| lint.link(v)),
            time_source: row.time.source.and_then(|s| lint.host(s, "a time server")),
            time_zone: row.time.zone.and_then(|z| lint.zone(z)),
            utc_offset: row.time.offset.and_then(|o| lint.offset(o)),
            in_service: row.editions.in_service.into_iter().map(|e| lint.edition(e)).collect(),
            retired: row.editions.retired.into_iter().map(|e| lint.edition(e)).collect(),
            downloads: row.download.into_iter().map(|d| lint.link(d)).collect(),
            rooms: row.room.into_iter().map(|r| lint.room(r)).collect(),
            helpdesk: row.helpdesk.map(|h| lint.helpdesk(h)),
            expiring_days: row.expiring.and_then(|e| lint.days(&e.days)),
            keep_days: row.retention.and_then(|r| lint.keep_days(&r.days)),
            name: lint.text(row.name),
            remedies: row.remedy,
            rules,
        };
        if let Some(both) = site.in_service.iter().find(|e| site.retired.iter().any(|r| r.eq_ignore_ascii_case(e))) {
            let error = DataError::new("site-edition", path, format!("`{both}` is both in service and retired"));
            lint.errors.push(error.at(text, both).help("leave it in one of the lists"));
        }
        lint.errors.sort_by_key(|e| e.line);
        if lint.errors.is_empty() { Ok(site) } else { Err(lint.errors) }
    }
}

/// Collects mistakes.
struct Lint<'a> {
    path: &'a str,
    text: &'a str,
    errors: Vec<DataError>,
}

impl Lint<'_> {
    fn error(&mut self, code: &'static str, span: Option<Range<usize>>, what: String, help: &str) {
        let before = span.and_then(|s| self.text.get(..s.start));
        let mut error = DataError::new(code, self.path, what).help(help);
        error.line = Some(before.map_or(1, |b| b.matches('\n').count() + 1));
        self.errors.push(error);
    }

    fn kms(&mut self, rows: Vec<KmsRow>) -> Vec<KmsHost> {
        if rows.is_empty() {
            self.error("site-host", None, "no KMS host".to_owned(), "add [[kms]] with host = \"…\"");
        }
        let mut hosts: Vec<KmsHost> = Vec::new();
        for row in rows {
            let port = row.port.map_or(1688, |port| {
                let span = port.span();
                u16::try_from(port.into_inner()).ok().filter(|p| *p > 0).unwrap_or_else(|| {
                    self.error(
                        "site-port",
                        Some(span),
                        "a port is 1 to 65535".to_owned(),
                        "KMS listens on 1688 unless the host says otherwise",
                    );
                    1688
                })
            });
            let span = row.host.span();
            let Some(host) = self.host(row.host, "a KMS host") else { continue };
            if host.starts_with("127.") || matches!(host.as_str(), "localhost" | "0.0.0.0") {
                let help = "name the host as clients reach it over the network";
                self.error("site-host", Some(span.clone()), format!("`{host}` is every computer itself"), help);
            }
            if hosts.iter().any(|h| h.host == host && h.port == port) {
                self.error("site-host", Some(span), format!("`{host}` is listed twice"), "leave one of them");
            }
            let addresses = self.addresses(row.addresses);
            hosts.push(KmsHost { host, port, addresses });
        }
        hosts
    }

    /// A name as it may stand in a command: it is shown to be copied.
    fn host(&mut self, value: Spanned<String>, what: &str) -> Option<String> {
        let span = value.span();
        let name = value.into_inner();
        let parts_fit = name.split('.').all(|p| !p.is_empty() && p.len() < 64 && !p.starts_with('-'));
        if !is_safe(&name) || !parts_fit {
            let help = "letters, digits, `-` and `.` only; no port, no address of a page";
            self.error("site-host", Some(span), format!("`{}` is no name of {what}", shown(&name)), help);
            return None;
        }
        Some(name.to_ascii_lowercase())
    }

    fn addresses(&mut self, rows: Vec<Spanned<String>>) -> Vec<IpAddr> {
        let mut read = |row: Spanned<String>| match row.get_ref().parse() {
            Ok(address) => Some(address),
            Err(_) => {
                let what = format!("`{}` is no address", shown(row.get_ref()));
                self.error("site-address", Some(row.span()), what, "write it as 192.0.2.53 or 2001:db8::53");
                None
            }
        };
        rows.into_iter().filter_map(&mut read).collect()
    }

    fn network(&mut self, row: &Spanned<String>) -> Option<Network> {
        match Network::parse(row.get_ref()) {
            Ok(network) => Some(network),
            Err(what) => {
                self.error("site-network", Some(row.span()), shown(&what), "write a network as 192.0.2.0/24");
                None
            }
        }
    }

    fn room(&mut self, row: RoomRow) -> Room {
        if row.computers.is_empty() && row.networks.is_empty() {
            let help = "list computers = [\"LAB301-*\"] or networks = [\"192.0.2.0/26\"]";
            self.error("site-room", Some(row.name.span()), "a room without computers and networks".to_owned(), help);
        }
        let networks = row.networks.iter().filter_map(|n| self.network(n)).collect();
        let computers = row.computers.into_iter().map(|c| self.line(c).to_lowercase()).collect();
        Room { name: self.line(row.name), computers, networks }
    }

    fn text(&mut self, text: Spanned<SiteText>) -> SiteText {
        for value in text.get_ref().values() {
            self.check_line(value, text.span());
        }
        if text.get_ref().values().is_empty() {
            self.error("site-text", Some(text.span()), "a text without a language".to_owned(), "write zh-TW = \"…\"");
        }
        text.into_inner()
    }

    fn line(&mut self, text: Spanned<String>) -> String {
        self.check_line(text.get_ref(), text.span());
        text.into_inner()
    }

    fn check_line(&mut self, value: &str, span: Range<usize>) {
        if value.trim().is_empty() {
            self.error("site-text", Some(span), "an empty text".to_owned(), "write it, or leave out the key");
        } else if value.chars().any(char::is_control) || value.chars().count() > TEXT_CHARS_MAX {
            let help = "write one line of plain text";
            self.error("site-text", Some(span), "a text with line breaks or control characters, or a very long one".to_owned(), help);
        }
    }

    fn link(&mut self, row: LinkRow) -> SiteLink {
        SiteLink { name: self.text(row.name), link: row.link.and_then(|l| self.address_of_page(l)) }
    }

    fn address_of_page(&mut self, link: Spanned<String>) -> Option<String> {
        let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '`');
        let address = link.get_ref();
        let behind = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
        if behind.is_some_and(|b| !b.is_empty()) && address.chars().all(plain) {
            return Some(link.into_inner());
        }
        let what = format!("`{}` is no address of a page", shown(address));
        self.error("site-link", Some(link.span()), what, "write it from https:// on, without blanks");
        None
    }

    fn edition(&mut self, edition: Spanned<String>) -> String {
        let known = FAMILIES.iter().any(|f| edition.get_ref().strip_prefix(f).is_some_and(|rest| rest.starts_with(' ') && rest.len() > 1));
        if !known {
            let what = format!("`{}` is no edition", shown(edition.get_ref()));
            self.error("site-edition", Some(edition.span()), what, "write family and version: \"Windows 11\", \"Office 2024\"");
        }
        edition.into_inner()
    }

    fn helpdesk(&mut self, row: HelpdeskRow) -> Helpdesk {
        let mail = row.mail.and_then(|mail| {
            let span = mail.span();
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '-' | '_' | '+');
            let fits =
                mail.get_ref().chars().all(plain) && mail.get_ref().split_once('@').is_some_and(|(a, b)| !a.is_empty() && b.contains('.'));
            if !fits {
                let what = format!("`{}` is no mail address", shown(mail.get_ref()));
                self.error("site-link", Some(span), what, "write it as help@example.edu");
            }
            fits.then(|| mail.into_inner())
        });
        Helpdesk {
            name: self.text(row.name),
            phone: row.phone.map(|p| self.line(p)),
            mail,
            link: row.link.and_then(|l| self.address_of_page(l)),
        }
    }

    fn days(&mut self, days: &Spanned<i64>) -> Option<u32> {
        let fits = u32::try_from(*days.get_ref()).ok().filter(|d| (1..=180).contains(d));
        if fits.is_none() {
            self.error("site-days", Some(days.span()), "days are 1 to 180".to_owned(), "a KMS activation lasts 180 days");
        }
        fits
    }

    fn keep_days(&mut self, days: &Spanned<i64>) -> Option<u32> {
        let fits = u32::try_from(*days.get_ref()).ok().filter(|d| (1..=3650).contains(d));
        if fits.is_none() {
            let what = "days are 1 to 3650".to_owned();
            self.error("site-days", Some(days.span()), what, "so long `kms-triage serve` keeps a case after its newest upload");
        }
        fits
    }

    /// A name as it may stand in a command.
    fn zone(&mut self, zone: Spanned<String>) -> Option<String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || " .+-_()".contains(c);
        if !zone.get_ref().trim().is_empty() && zone.get_ref().len() <= 80 && zone.get_ref().chars().all(plain) {
            return Some(zone.into_inner());
        }
        let what = format!("`{}` is no time zone", shown(zone.get_ref()));
        self.error("site-time", Some(zone.span()), what, "write the name that `tzutil /g` prints: Taipei Standard Time");
        None
    }

    fn offset(&mut self, offset: Spanned<String>) -> Option<String> {
        let shape: String = offset.get_ref().chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        if matches!(shape.as_str(), "+00:00" | "-00:00") {
            return Some(offset.into_inner());
        }
        let what = format!("`{}` is no offset", shown(offset.get_ref()));
        self.error("site-time", Some(offset.span()), what, "write it as +08:00");
        None
    }

    fn remedies(&mut self, remedies: &BTreeMap<String, BTreeMap<String, RemedyWords>>, knowledge: &Knowledge) {
        for (id, texts) in remedies {
            let mut report = |what: String, needle: String, help: &str| {
                self.errors.push(DataError::new("site-remedy", self.path, what).at(self.text, &needle).help(help));
            };
            if !knowledge.remedies.contains_key(id) {
                let hint = nearest(id, knowledge.remedies.keys().map(String::as_str));
                report(format!("no remedy `{}`{hint}", shown(id)), format!("remedy.{id}"), "`kms-triage explain <cause>` lists remedies");
            }
            for (tag, words) in texts {
                let needle = format!("remedy.{id}.{tag}");
                if !knowledge.locales.contains_key(tag) {
                    let hint = nearest(tag, knowledge.locales.keys().map(String::as_str));
                    report(format!("no language `{}`{hint}", shown(tag)), needle.clone(), SEE_TEMPLATE);
                }
                let all = [&words.title, &words.step, &words.expect, &words.if_not];
                let bad = |t: &&String| t.chars().any(char::is_control) || t.chars().count() > TEXT_CHARS_MAX;
                if all.into_iter().flatten().any(|t| bad(&t)) {
                    report(
                        "a text with line breaks or control characters, or a very long one".to_owned(),
                        needle,
                        "write one line of plain text",
                    );
                }
            }
        }
    }

    fn rules(&mut self, rows: Vec<Spanned<RuleRow>>, knowledge: &Knowledge) -> Vec<Rule> {
        let mut rules = Vec::new();
        for row in rows {
            let line = self.text.get(..row.span().start).map(|b| b.matches('\n').count() + 1);
            let before = self.errors.len();
            let stem = row.get_ref().id().to_owned();
            let rule = row.into_inner().build(self.path, self.text, &stem, &|id| knowledge.causes.contains_key(id), &mut self.errors);
            if let Some(rule) = &rule
                && !rule.id.starts_with(&format!("{}/", rule.cause))
            {
                let what = format!("rule `{}` does not begin with its cause `{}/`", rule.id, rule.cause);
                self.errors.push(DataError::new("site-rule", self.path, what));
            }
            for error in self.errors.iter_mut().skip(before) {
                error.line = line;
                if error.help.is_empty() {
                    "compare with a file in rules/; CONTRIBUTING.md tells what the keys mean".clone_into(&mut error.help);
                }
            }
            rules.extend(rule);
        }
        rules
    }
}

/// A value as an error may show it: short, without controls.
fn shown(value: &str) -> String {
    value.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(80).collect()
}

/// FNV-1a, 64 bits: tells versions of a file apart, nothing more.
fn fingerprint(text: &str) -> String {
    let hash =
        text.bytes().filter(|b| *b != b'\r').fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{hash:016x}")
}
