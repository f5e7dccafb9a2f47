//! What can be wrong with a machine, and which cause the tool should name for it.

/// A fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Nothing.
    None,
    /// DNS has no record of a KMS host.
    SrvMissing,
    /// A firewall stops port 1688.
    Firewall,
    /// The host does not listen.
    HostDown,
    /// The host's own key is not activated.
    HostNotReady,
    /// The host does not know the product.
    HostTooOld,
    /// Too few computers asked the host.
    CountLow,
    /// The clock is off by so many hours.
    Clock,
    /// A host that nobody approved, which does not answer.
    StrangeHost,
    /// A prompt without rights.
    NotElevated,
    /// A key of another edition.
    WrongKey,
    /// A key that Microsoft blocked.
    BlockedKey,
    /// A retail licence.
    Retail,
    /// A BIOS without the marker.
    Oem,
    /// A misspelt option.
    Typo,
    /// ospp.vbs called in the wrong folder.
    OfficePath,
    /// The licensing service is disabled.
    ServiceStopped,
}

impl Fault {
    /// Faults of single machines on Windows.
    pub const SINGLE: [Self; 8] =
        [Self::NotElevated, Self::WrongKey, Self::BlockedKey, Self::Retail, Self::Oem, Self::Typo, Self::ServiceStopped, Self::SrvMissing];

    /// The cause that is true.
    #[must_use]
    pub const fn cause(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::SrvMissing => Some("kms-dns-not-found"),
            Self::Firewall | Self::HostDown => Some("kms-unreachable"),
            Self::HostNotReady => Some("kms-host-not-ready"),
            Self::HostTooOld => Some("kms-product-unsupported"),
            Self::CountLow => Some("kms-count-low"),
            Self::Clock => Some("clock-skew"),
            Self::StrangeHost => Some("kms-host-unauthorised"),
            Self::NotElevated => Some("not-elevated"),
            Self::WrongKey => Some("key-edition-mismatch"),
            Self::BlockedKey => Some("key-invalid"),
            Self::Retail => Some("not-kms-client"),
            Self::Oem => Some("oem-slic"),
            Self::Typo => Some("command-typo"),
            Self::OfficePath => Some("office-path-wrong"),
            Self::ServiceStopped => Some("service-stopped"),
        }
    }

    /// What `/ato` prints instead of success.
    #[must_use]
    pub const fn code(self) -> Option<&'static str> {
        match self {
            Self::SrvMissing => Some("8007232B"),
            Self::Firewall | Self::HostDown | Self::StrangeHost => Some("C004F074"),
            Self::HostNotReady => Some("C004F041"),
            Self::HostTooOld => Some("C004F042"),
            Self::CountLow => Some("C004F038"),
            Self::Clock => Some("C004F06C"),
            Self::NotElevated => Some("C004F025"),
            Self::WrongKey => Some("C004F050"),
            Self::BlockedKey => Some("C004C003"),
            Self::Oem => Some("C004F035"),
            Self::ServiceStopped => Some("80070422"),
            Self::None | Self::Retail | Self::Typo | Self::OfficePath => None,
        }
    }
}
