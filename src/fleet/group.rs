//! By what cases can be grouped.

use serde::{Deserialize, Serialize};

/// What the cases of a group share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// A room of the site profile.
    Room,
    /// The network of the computer's address, `192.0.2.0/24`.
    Subnet,
    /// The DNS suffix.
    Suffix,
    /// How the computer's name begins, `LAB301`.
    Prefix,
    /// The folder that was scanned.
    Folder,
    /// The KMS host that the computer used.
    Host,
    /// The same, and the product: `kms.example.edu windows 11`.
    HostProduct,
    /// The hour of its newest request, `2026-11-20 08:00`, UTC.
    Hour,
    /// The KMS host and that hour: `kms.example.edu 2026-11-20 08:00`.
    HostHour,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 9] =
        [Self::Room, Self::Subnet, Self::Suffix, Self::Prefix, Self::Folder, Self::Host, Self::HostProduct, Self::Hour, Self::HostHour];

    /// The word used in data and JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Room => "room",
            Self::Subnet => "subnet",
            Self::Suffix => "suffix",
            Self::Prefix => "prefix",
            Self::Folder => "folder",
            Self::Host => "host",
            Self::HostProduct => "host-product",
            Self::Hour => "hour",
            Self::HostHour => "host-hour",
        }
    }
}

/// `LAB301-07` → `LAB301`, `DORM-2231` → `DORM`: what stands before the number at the end. `None` for a name
/// that has no number there, or nothing but one.
#[must_use]
pub(super) fn prefix(name: &str) -> Option<String> {
    let first = name.split('.').next().unwrap_or_default();
    let before = first.trim_end_matches(|c: char| c.is_ascii_digit());
    let stem = before.trim_end_matches(['-', '_', ' ']);
    let numbered = before.len() < first.len();
    (numbered && stem.chars().any(char::is_alphabetic)).then(|| stem.to_uppercase())
}

/// `192.0.2.17` → `192.0.2.0/24`. Nothing that is printed beside an address says more, and schools cut rooms
/// and buildings that way.
#[must_use]
pub(super) fn subnet(ip: &str) -> Option<String> {
    let ip: std::net::Ipv4Addr = ip.trim().parse().ok()?;
    let made_up = ip.is_loopback() || ip.is_link_local() || ip.is_unspecified();
    let [a, b, c, _] = ip.octets();
    (!made_up).then(|| format!("{a}.{b}.{c}.0/24"))
}

#[cfg(test)]
mod tests {
    use super::{prefix, subnet};

    #[test]
    fn prefixes_end_before_the_number() {
        let expected = [
            ("LAB301-07", Some("LAB301")),
            ("dorm-2231", Some("DORM")),
            ("PC0123", Some("PC")),
            ("教室3-12.example.edu", Some("教室3")),
            ("DESKTOP-A1B2C3", Some("DESKTOP-A1B2C")),
            ("12345", None),
            ("server", None),
            ("", None),
        ];
        for (name, want) in expected {
            assert_eq!(prefix(name).as_deref(), want, "{name}");
        }
    }

    #[test]
    fn subnets_are_of_real_addresses() {
        assert_eq!(subnet("192.0.2.17").as_deref(), Some("192.0.2.0/24"));
        for made_up in ["169.254.3.4", "127.0.0.1", "0.0.0.0", "fe80::1", "192.0.2", ""] {
            assert_eq!(subnet(made_up), None, "{made_up}");
        }
    }
}
