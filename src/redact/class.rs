//! What is taken out.

use serde::Serialize;

/// Kind of a value that says who or where somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Product key; the last five characters stay.
    ProductKey,
    /// Name of an account or of its folder.
    User,
    /// Name of a computer.
    Computer,
    /// Mail address.
    Email,
    /// Number of a student or of an employee.
    Student,
    /// IPv4 or IPv6 address.
    Address,
    /// Hardware address, or an identifier made from one.
    Hardware,
    /// Security identifier of an account.
    Sid,
    /// Installation or confirmation id.
    InstallationId,
    /// Id of a KMS client.
    Cmid,
}

impl Class {
    /// As in the manifest: `product-key`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ProductKey => "product-key",
            Self::User => "user",
            Self::Computer => "computer",
            Self::Email => "email",
            Self::Student => "student",
            Self::Address => "address",
            Self::Hardware => "hardware",
            Self::Sid => "sid",
            Self::InstallationId => "installation-id",
            Self::Cmid => "cmid",
        }
    }
}
