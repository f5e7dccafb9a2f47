//! A licensed product as the inputs describe it, and which descriptions mean the same one.

use super::state::State;

/// A product.
#[derive(Debug, Clone, Default)]
pub struct Product {
    /// `windows`, `office`, `other`.
    pub family: String,
    /// `Windows(R), Professional edition`; empty when no name was printed.
    pub name: String,
    /// `VOLUME_KMSCLIENT`, `RETAIL(Grace)` …; empty when unknown.
    pub channel: String,
    /// Activation ID (SKU ID), lower case.
    pub activation_id: String,
    /// Last five characters of the key.
    pub partial_key: String,
    /// `Volume:GVLK` …
    pub key_channel: String,
    /// Version of the licensing service, `10.0.26100.8737`.
    pub service_version: String,
    /// No key installed: one of many rows of a full listing.
    pub not_in_use: bool,
    /// License status word, see `results.md`.
    pub license_status: String,
    /// Minutes until the licence or grace period ends.
    pub minutes_left: Option<i64>,
    /// Never expires.
    pub permanent: bool,
    /// Date printed by `/xpr`.
    pub expiry_date: String,
    /// Why the product is in notification.
    pub notification_reason: String,
    /// KMS host and port as printed.
    pub kms_host: String,
    /// `manual`, `dns` or `unknown`.
    pub kms_source: String,
    /// Address that discovery found.
    pub kms_ip: String,
    /// The verdict's state.
    pub state: State,
    /// A grace or retail key left beside a licensed volume licence of the same suite.
    pub leftover: bool,
    /// The last attempt since the last displayed status failed.
    pub attempt_failed: bool,
    /// Stands for a product that no line names.
    pub anonymous: bool,
    /// What the product lists say about it.
    pub listed: ListedProduct,
}

/// What the product lists of `products/` say about a product.
#[derive(Debug, Clone, Default)]
pub struct ListedProduct {
    /// `Windows 10/11 Pro`; empty when its ID or name is in no list.
    pub edition: String,
    /// Id of its series; empty likewise.
    pub series: String,
    /// `7`, `2021`, `Server 2022`; empty where only the build tells.
    pub version: String,
    /// The activation ID differs in one digit from the listed one.
    pub near: bool,
    /// The host key that it is.
    pub host_key: String,
    /// The product whose published key ends in [`Product::partial_key`].
    pub key_of: String,
}

impl Product {
    /// Whether two descriptions can be the same product: same activation ID, else same key, else same
    /// name; nothing they both state may differ.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        let agree = |a: &str, b: &str| a.is_empty() || b.is_empty() || a.eq_ignore_ascii_case(b);
        if !self.activation_id.is_empty() && !other.activation_id.is_empty() {
            return self.activation_id == other.activation_id;
        }
        let anonymous = |p: &Self| p.activation_id.is_empty() && p.name.is_empty() && p.partial_key.is_empty();
        if anonymous(self) && anonymous(other) {
            return self.family == other.family && self.channel == other.channel;
        }
        let named = (!self.name.is_empty() && self.name.eq_ignore_ascii_case(&other.name))
            || (!self.partial_key.is_empty() && self.partial_key == other.partial_key);
        named && agree(&self.channel, &other.channel) && agree(&self.partial_key, &other.partial_key) && agree(&self.name, &other.name)
    }

    /// Takes over what the other description adds.
    pub fn absorb(&mut self, other: &Self) {
        let fields: [(&mut String, &String); 7] = [
            (&mut self.family, &other.family),
            (&mut self.name, &other.name),
            (&mut self.channel, &other.channel),
            (&mut self.activation_id, &other.activation_id),
            (&mut self.partial_key, &other.partial_key),
            (&mut self.key_channel, &other.key_channel),
            (&mut self.service_version, &other.service_version),
        ];
        for (mine, theirs) in fields {
            if !theirs.is_empty() {
                mine.clone_from(theirs);
            }
        }
        self.not_in_use &= other.not_in_use;
    }

    /// Whether the channel is a KMS client's.
    #[must_use]
    pub fn is_kms_client(&self) -> bool {
        self.channel.starts_with("VOLUME_KMSCLIENT")
    }

    /// An add-on such as Extended Security Updates.
    #[must_use]
    pub fn is_add_on(&self) -> bool {
        self.name.to_ascii_lowercase().contains("add-on")
    }

    /// `10`, `11`, `2021` … as far as name and service version tell; empty when they do not.
    #[must_use]
    pub fn version(&self) -> &str {
        let told = if self.family == "office" { office_version(&self.name) } else { windows_version(&self.service_version, &self.name) };
        // A server has the build of a client Windows.
        if told.is_empty() || self.listed.version.starts_with("Server") { &self.listed.version } else { told }
    }
}

/// Parts of Office that are licensed apart from each other.
#[must_use]
pub fn suite(product: &Product) -> &'static str {
    let name = product.name.to_ascii_lowercase();
    match product.family.as_str() {
        "office" if name.contains("visio") => "visio",
        "office" if name.contains("project") => "project",
        "office" => "office",
        _ => "windows",
    }
}

/// `Office 21, Office21ProPlus2021VL_KMS_Client_AE edition` → `2021`.
fn office_version(name: &str) -> &'static str {
    const YEARS: [(&str, &str); 6] = [
        ("Office 24", "2024"),
        ("Office 21", "2021"),
        ("Office 19", "2019"),
        ("Office 16", "2016"),
        ("Office 15", "2013"),
        ("Office 14", "2010"),
    ];
    if name.contains("O365") {
        return "365";
    }
    YEARS.iter().find(|y| name.starts_with(y.0)).map_or("", |y| y.1)
}

/// Windows 10 and 11 share their product names: the build tells them apart.
fn windows_version(service: &str, name: &str) -> &'static str {
    let mut parts = service.split('.').filter_map(|p| p.parse::<u32>().ok());
    match (parts.next(), parts.next(), parts.next()) {
        (Some(10), _, Some(build)) if build >= 22_000 => "11",
        (Some(10), _, Some(_)) => "10",
        (Some(6), Some(3), _) => "8.1",
        (Some(6), Some(2), _) => "8",
        (Some(6), Some(1), _) => "7",
        (Some(6), Some(0), _) => "Vista",
        _ if name.contains("(R) 7") || name.contains("Windows 7") => "7",
        _ => "",
    }
}

/// Sets the name, and the family that it tells.
pub(super) fn name_product(product: &mut Product, name: String) {
    let lower = name.to_ascii_lowercase();
    if lower.contains("office") || lower.contains("visio") || lower.contains("project") {
        product.family = "office".to_owned();
    } else if lower.contains("windows") {
        product.family = "windows".to_owned();
    }
    product.name = name;
}

/// `Windows(R) Operating System, VOLUME_KMSCLIENT channel` → `VOLUME_KMSCLIENT`.
#[must_use]
pub(crate) fn channel_of(description: &str) -> String {
    let before = description.rfind("channel").and_then(|at| description.get(..at)).unwrap_or(description);
    let part = before.rsplit([',', '，']).next().unwrap_or(before);
    let compact: String = part.chars().filter(|c| !c.is_whitespace() && *c != '\\').collect();
    let known = compact.starts_with(|c: char| c.is_ascii_uppercase()) && compact.len() <= 40;
    if known { compact } else { String::new() }
}

/// What kind of key a channel stands for.
pub(crate) fn channel_class(channel: &str) -> &'static str {
    const CLASSES: [(&str, &str); 8] = [
        ("VOLUME_KMSCLIENT", "kms-client"),
        ("VOLUME_KMS", "kms-host"),
        ("VOLUME_MAK", "mak"),
        ("RETAIL(MAK)", "mak"),
        ("RETAIL", "retail"),
        ("OEM", "oem"),
        ("TIMEBASED_SUB", "subscription"),
        ("TIMEBASED_EVAL", "evaluation"),
    ];
    CLASSES.iter().find(|c| channel.starts_with(c.0)).map_or("other", |c| c.1)
}

#[cfg(test)]
mod tests {
    use super::channel_of;

    #[test]
    fn channels() {
        assert_eq!(channel_of("Windows(R) Operating System, VOLUME_KMSCLIENT channel"), "VOLUME_KMSCLIENT");
        assert_eq!(channel_of("Office 16, TIMEBASED_ SUB channel"), "TIMEBASED_SUB");
        assert_eq!(channel_of("Office 19, RETAIL(Grace) channel"), "RETAIL(Grace)");
        assert_eq!(channel_of("Windows Operating System - Windows(R) 7, VOLUME_KMSCLIENT channel"), "VOLUME_KMSCLIENT");
    }
}
