//! What can go wrong with a request: status, words for people, a code for programs.

use axum::http::StatusCode;

/// Why a request is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    /// No such page or case.
    Missing,
    /// Nothing was sent.
    Empty,
    /// More bytes or files than are taken.
    Large,
    /// The case holds as much as one may.
    Full,
    /// Come back later.
    Busy,
    /// The body did not arrive in time, or broke off.
    Slow,
    /// Not understood.
    Bad,
    /// From another website.
    Foreign,
    /// For another host.
    Host,
    /// Not with this method.
    Method,
    /// Neither a form nor JSON.
    Kind,
    /// Ours.
    Internal,
}

/// Seconds after which a busy server may be asked again.
pub(crate) const RETRY_SECONDS: u32 = 10;

impl Problem {
    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::Missing => StatusCode::NOT_FOUND,
            Self::Empty | Self::Bad => StatusCode::BAD_REQUEST,
            Self::Large => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Full => StatusCode::CONFLICT,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::Foreign => StatusCode::FORBIDDEN,
            Self::Host => StatusCode::MISDIRECTED_REQUEST,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Kind => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// For programs.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Missing => "not-found",
            Self::Empty => "empty",
            Self::Large => "too-large",
            Self::Full => "case-full",
            Self::Busy => "busy",
            Self::Slow => "too-slow",
            Self::Bad => "bad-request",
            Self::Foreign => "foreign-origin",
            Self::Host => "unknown-host",
            Self::Method => "method-not-allowed",
            Self::Kind => "unsupported-media-type",
            Self::Internal => "internal",
        }
    }

    /// Key of the words, between `serve_` and `_title` or `_text`.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Empty => "empty",
            Self::Large => "large",
            Self::Full => "full",
            Self::Busy => "busy",
            Self::Slow => "slow",
            Self::Bad | Self::Method | Self::Kind | Self::Host => "bad",
            Self::Foreign => "foreign",
            Self::Internal => "internal",
        }
    }
}
