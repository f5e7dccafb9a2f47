//! The data files of the project, embedded: TOML as the JSON made from it, each with its digest. Knows nothing
//! about their content; that is `kms_triage::Knowledge::load`.

pub mod canonical;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/data.rs"));
}

/// Names of the data folders.
pub const FOLDERS: &[&str] = embedded::FOLDERS;
/// Path inside the data folder (`causes/other.json`) and text of every file, folder by folder.
pub static FILES: &[(&str, &str)] = embedded::FILES;
/// Path and digest ([`canonical::file_digest`]) of every file, in the same order.
pub static DIGESTS: &[(&str, &str)] = embedded::DIGESTS;
/// Digest of all of them ([`canonical::set_digest`]).
pub const HASH: &str = embedded::HASH;
