//! Networks in CIDR form: `192.0.2.0/24`, `2001:db8::/32`.

use std::net::IpAddr;

/// A network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    bits: u8,
}

impl Network {
    /// Parses `192.0.2.0/24`; an address alone is a network of one.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (base, bits) = text.split_once('/').map_or((text, None), |(base, bits)| (base, Some(bits)));
        let base: IpAddr = base.parse().map_err(|_| format!("`{text}` is no address"))?;
        let most: u8 = if base.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => most,
            Some(bits) => {
                bits.parse().ok().filter(|b| *b <= most).ok_or_else(|| format!("`{text}`: behind the slash stands 0 to {most}"))?
            }
        };
        let network = Self { base, bits };
        if network.masked(base) != number(base) {
            return Err(format!("`{text}` has digits behind its {bits} bits"));
        }
        Ok(network)
    }

    /// Whether `address` lies in it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        address.is_ipv4() == self.base.is_ipv4() && self.masked(address) == number(self.base)
    }

    /// Bits that its addresses share.
    #[must_use]
    pub const fn bits(&self) -> u8 {
        self.bits
    }

    fn masked(&self, address: IpAddr) -> u128 {
        let width: u32 = if address.is_ipv4() { 32 } else { 128 };
        let low = width.saturating_sub(u32::from(self.bits));
        let number = number(address);
        number.checked_shr(low).and_then(|n| n.checked_shl(low)).unwrap_or(0)
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(a) => u128::from(a.to_bits()),
        IpAddr::V6(a) => a.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::Network;

    fn holds(network: &str, address: &str) -> bool {
        Network::parse(network).unwrap().contains(address.parse().unwrap())
    }

    #[test]
    fn bits_decide() {
        assert!(holds("192.0.2.0/24", "192.0.2.255"));
        assert!(!holds("192.0.2.0/24", "192.0.3.0"));
        assert!(holds("192.0.2.128/25", "192.0.2.128"));
        assert!(!holds("192.0.2.128/25", "192.0.2.127"));
        assert!(holds("0.0.0.0/0", "203.0.113.9"));
        assert!(!holds("0.0.0.0/0", "2001:db8::1"));
        assert!(holds("::/0", "2001:db8::1"));
        assert!(holds("2001:db8::/32", "2001:db8:ffff::1"));
        assert!(!holds("2001:db8::/32", "2001:db9::1"));
        assert!(holds("192.0.2.7", "192.0.2.7"));
        assert!(!holds("192.0.2.7", "192.0.2.8"));
    }

    #[test]
    fn mistakes_are_named() {
        for (text, what) in
            [("192.0.2.0/33", "0 to 32"), ("192.0.2.1/24", "behind its 24 bits"), ("campus", "no address"), ("192.0.2.0/", "0 to 32")]
        {
            assert!(Network::parse(text).unwrap_err().contains(what), "{text}");
        }
    }
}
