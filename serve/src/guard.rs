//! Stands before every route: refuses requests for other hosts and forms from other websites, and puts the headers on
//! every answer.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::App;
use crate::metrics::Count;
use crate::pages;
use crate::problem::Problem;

/// Names under which this server may be asked. A name of somebody else that leads to this address (DNS rebinding) would
/// let his page read ours.
#[derive(Debug)]
pub(crate) struct Hosts {
    names: BTreeSet<String>,
    /// Listening on every address: any address literal is ours, since no name stands behind it.
    any_address: bool,
}

impl Hosts {
    pub(crate) fn new(bind: SocketAddr, more: &[String]) -> Self {
        let own = [bind.ip().to_string(), "localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
        let names = more.iter().map(|n| n.trim_end_matches('.').to_ascii_lowercase()).chain(own).collect();
        Self { names, any_address: bind.ip().is_unspecified() }
    }

    /// Whether `kms.example.edu:8688` is this server. Ports are not compared: a proxy may stand before it.
    fn allows(&self, authority: &str) -> bool {
        let Some(host) = host(authority) else { return false };
        self.names.contains(&host) || (self.any_address && host.parse::<IpAddr>().is_ok())
    }
}

/// The host of an authority, lower case; `None` for what is none.
fn host(authority: &str) -> Option<String> {
    let port = |p: &str| p.is_empty() || p.strip_prefix(':').is_some_and(|n| n.parse::<u16>().is_ok());
    let (host, rest) = match authority.strip_prefix('[') {
        Some(inner) => inner.split_once(']')?,
        None => authority.split_at_checked(authority.find(':').unwrap_or(authority.len()))?,
    };
    let letters = host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'_'));
    (port(rest) && letters && !host.is_empty()).then(|| host.trim_end_matches('.').to_ascii_lowercase())
}

/// The one host that a request names.
fn asked<'r>(headers: &'r HeaderMap, uri: &'r Uri) -> Result<&'r str, Problem> {
    let mut named = headers.get_all(header::HOST).iter();
    let (first, second) = (named.next(), named.next());
    let (Some(first), None) = (first, second) else { return Err(Problem::Bad) };
    let host = first.to_str().map_err(|_| Problem::Bad)?;
    // `GET http://other/ HTTP/1.1` must name the same host.
    let same = uri.authority().is_none_or(|a| a.as_str().eq_ignore_ascii_case(host));
    if same { Ok(host) } else { Err(Problem::Bad) }
}

/// Whether a request that changes something comes from a page of this server, or from no page at all. Browsers say where
/// a form was sent from; programs say nothing.
fn is_own(headers: &HeaderMap, host: &str) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let own_site = site.is_none_or(|s| matches!(s, b"same-origin" | b"none"));
    let origin = headers.get_all(header::ORIGIN).iter().all(|origin| {
        let origin = origin.to_str().unwrap_or_default();
        let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        authority.is_some_and(|a| a.eq_ignore_ascii_case(host))
    });
    own_site && origin
}

/// The middleware.
pub(crate) async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    app.metrics.add(Count::Requests, 1);
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let verdict = asked(request.headers(), request.uri()).and_then(|host| match () {
        () if !app.hosts.allows(host) => Err(Problem::Host),
        () if !safe && !is_own(request.headers(), host) => Err(Problem::Foreign),
        () => Ok(()),
    });
    let mut response = match verdict {
        Ok(()) => next.run(request).await,
        Err(problem) => pages::problem(&app, &request.into_parts().0, problem),
    };
    let status = response.status();
    match status.as_u16() {
        503 => app.metrics.add(Count::Busy, 1),
        400..=499 => app.metrics.add(Count::Refused, 1),
        500.. => app.metrics.add(Count::Failed, 1),
        _ => {}
    }
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        // A page that says more about itself is believed.
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    if app.secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

/// On every answer. The referrer is for this server alone: with `no-referrer` browsers would send `Origin: null` with
/// our own forms, which says nothing.
const HEADERS: [(&str, &str); 9] = [
    ("content-security-policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cache-control", "no-store"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("x-robots-tag", "noindex, nofollow"),
];

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::{Hosts, host, is_own};

    #[test]
    fn only_its_own_names_lead_here() {
        let hosts = Hosts::new("192.0.2.7:8688".parse().unwrap(), &["Triage.Example.EDU.".to_owned()]);
        for good in
            ["localhost", "LOCALHOST:8688", "127.0.0.1:1", "[::1]:8688", "192.0.2.7", "triage.example.edu", "triage.example.edu.:443"]
        {
            assert!(hosts.allows(good), "{good}");
        }
        let bad = [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "192.0.2.8",
            "localhost:x",
            "localhost:99999",
            "a@localhost",
            "localhost@evil.example",
            "localhost/",
            "[::1",
            "[::2]",
            "::1",
            "local host",
            "localhost:80:80",
            "localhost\u{430}",
        ];
        for bad in bad {
            assert!(!hosts.allows(bad), "{bad}");
        }
        let open = Hosts::new("0.0.0.0:8688".parse().unwrap(), &[]);
        assert!(open.allows("198.51.100.4:8688") && open.allows("[2001:db8::1]") && !open.allows("evil.example"));
    }

    #[test]
    fn ports_are_numbers() {
        assert_eq!(host("Example.edu:443").as_deref(), Some("example.edu"));
        assert_eq!(host("example.edu:"), None);
    }

    #[test]
    fn forms_of_other_sites_are_told_apart() {
        let own = |pairs: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(*name, value.parse().unwrap());
            }
            is_own(&headers, "localhost:8688")
        };
        assert!(own(&[]));
        assert!(own(&[("origin", "http://localhost:8688"), ("sec-fetch-site", "same-origin")]));
        assert!(own(&[("origin", "https://localhost:8688"), ("sec-fetch-site", "none")]));
        for bad in ["null", "http://localhost", "http://localhost:8688.evil.example", "http://evil.example", "localhost:8688", ""] {
            assert!(!own(&[("origin", bad)]), "{bad}");
        }
        assert!(!own(&[("origin", "http://localhost:8688"), ("origin", "http://evil.example")]));
        for bad in ["cross-site", "same-site", "", "SAME-ORIGIN"] {
            assert!(!own(&[("sec-fetch-site", bad)]), "{bad}");
        }
    }
}
