//! Stand-ins for addresses. What decides stays: the kind of address, which addresses share a network, whether
//! one is the campus', and those that a school or everybody knows.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::pseudonym::Key;
use crate::site::{Network, Site};

/// Which addresses are known, and which stand-ins are given.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    kept: BTreeSet<IpAddr>,
    campus: Vec<Network>,
    /// Networks of 256 public addresses and what stands for each: a number below [`PUBLIC`].
    public: BTreeMap<u32, u32>,
}

/// Networks of 256 addresses in 198.18.0.0/15, which nobody has.
const PUBLIC: u32 = 512;
/// First of them.
const PUBLIC_BASE: u32 = 0xC612_0000;
/// Tries to miss a campus network.
const TRIES_MAX: u8 = 32;

impl Addresses {
    /// `known` are addresses that anybody may use.
    pub(super) fn new(site: Option<&Site>, known: &[String]) -> Self {
        let mut kept: BTreeSet<IpAddr> = known.iter().filter_map(|a| a.parse().ok()).collect();
        let mut campus = Vec::new();
        if let Some(site) = site {
            kept.extend(site.kms.iter().flat_map(|k| k.addresses.iter().copied()));
            kept.extend(site.resolvers.iter().copied());
            campus.clone_from(&site.networks);
        }
        Self { kept, campus, public: BTreeMap::new() }
    }

    /// Whether an address says nothing about anybody, or is known to all.
    pub(super) fn stays(&self, ip: IpAddr) -> bool {
        self.kept.contains(&ip)
            || match ip {
                IpAddr::V4(v4) => {
                    let [first, ..] = v4.octets();
                    first == 0 || first == 127 || first >= 224
                }
                IpAddr::V6(v6) => v6.is_loopback() || v6.is_unspecified() || v6.is_multicast() || v6.segments()[0] & 0xffc0 == 0xfec0,
            }
    }

    /// The stand-in.
    pub(super) fn of(&mut self, key: &Key, ip: IpAddr) -> IpAddr {
        if self.stays(ip) {
            return ip;
        }
        let home = self.campus.iter().find(|n| n.contains(ip)).copied();
        let mut made = ip;
        for salt in 0..TRIES_MAX {
            made = match ip {
                IpAddr::V4(v4) => IpAddr::V4(self.v4(key, v4, home, salt)),
                IpAddr::V6(v6) => IpAddr::V6(v6_of(key, v6, home, salt)),
            };
            let same_side = self.campus.iter().any(|n| n.contains(made)) == home.is_some();
            if same_side && made != ip && !self.kept.contains(&made) {
                break;
            }
        }
        made
    }

    fn v4(&mut self, key: &Key, ip: Ipv4Addr, home: Option<Network>, salt: u8) -> Ipv4Addr {
        let number = ip.to_bits();
        let bits = home.map_or_else(|| private_bits(ip), |n| Some(u32::from(n.bits())));
        if let Some(bits) = bits {
            return Ipv4Addr::from_bits(scrambled(key, number, bits, salt));
        }
        let network = number >> 8;
        let start = prefix_hash(key, network, salt) % PUBLIC;
        let given: BTreeSet<u32> = self.public.values().copied().collect();
        let slot = *self
            .public
            .entry(network)
            .or_insert_with(|| (0..PUBLIC).map(|i| (start + i) % PUBLIC).find(|slot| !given.contains(slot)).unwrap_or(start));
        Ipv4Addr::from_bits(PUBLIC_BASE | (slot << 8) | (scrambled(key, number, 24, salt) & 0xff))
    }
}

/// Bits that tell the kind of an address which is nobody's in particular.
fn private_bits(ip: Ipv4Addr) -> Option<u32> {
    match ip.octets() {
        [10, ..] => Some(8),
        [172, second, ..] if second & 0xf0 == 16 => Some(12),
        [192, 168, ..] | [169, 254, ..] => Some(16),
        [100, second, ..] if second & 0xc0 == 64 => Some(10),
        _ => None,
    }
}

fn prefix_hash(key: &Key, prefix: u32, salt: u8) -> u32 {
    let digest = key.digest("v4-network", &[prefix.to_be_bytes().as_slice(), &[salt]].concat());
    u32::from_be_bytes(digest.first_chunk().copied().unwrap_or_default())
}

/// The first `keep` bits stay; each further one is turned or not by the key and the bits before it, so that
/// addresses that share a network still do. The last eight are one step: 0 and 255 stay what they are.
fn scrambled(key: &Key, number: u32, keep: u32, salt: u8) -> u32 {
    let turn = |bit: u32| {
        let before = number.checked_shr(32 - bit).unwrap_or(0);
        let digest = key.digest("v4", &[before.to_be_bytes().as_slice(), &[u8::try_from(bit).unwrap_or(0), salt]].concat());
        u32::from(digest.first().copied().unwrap_or(0) & 1) << (31 - bit)
    };
    if keep >= 32 {
        return number;
    }
    let head = (keep..24).fold(number, |made, bit| made ^ turn(bit));
    let low = number & 0xff;
    if matches!(low, 0 | 255) {
        return head;
    }
    let made = (keep.max(24)..32).fold(head, |made, bit| made ^ turn(bit));
    if matches!(made & 0xff, 0 | 255) { made ^ 0x55 & (0xff_u32 >> keep.saturating_sub(24)) } else { made }
}

/// Prefix kept, network of 64 bits and the rest each by the key.
fn v6_of(key: &Key, ip: Ipv6Addr, home: Option<Network>, salt: u8) -> Ipv6Addr {
    let number = ip.to_bits();
    let first = ip.segments()[0];
    let (base, keep) = match home {
        Some(network) => (number, u32::from(network.bits())),
        None if first & 0xffc0 == 0xfe80 => (number, 64),
        None if first & 0xfe00 == 0xfc00 => (number, 8),
        None => (0x2001_0db8_u128 << 96, 32),
    };
    let part = |kind: &str, value: u128| {
        let digest = key.digest(kind, &[value.to_be_bytes().as_slice(), &[salt]].concat());
        u128::from(u64::from_be_bytes(digest.first_chunk().copied().unwrap_or_default()))
    };
    let random = (part("v6-network", number >> 64) << 64) | part("v6-host", number);
    let mask = u128::MAX.checked_shr(keep).unwrap_or(0);
    Ipv6Addr::from_bits((base & !mask) | (random & mask))
}
