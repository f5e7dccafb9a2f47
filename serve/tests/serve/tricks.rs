//! Requests that nobody sends by mistake.

use axum::http::StatusCode;

use super::{ACTIVATED, FAILED, FORM, Part, Server, ask, form};

const PAYLOADS: [&str; 12] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=\"alert(1)\">",
    "'><svg onload=alert(1)>",
    "</style><script>alert(1)</script><style>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "javascript:alert(1)",
    "{{7*7}}{% include \"style.css\" %}",
    "%0d%0aSet-Cookie:%20a=b",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "../../../../etc/passwd",
    "\u{202e}txt.exe",
];

fn is_harmless(html: &str, what: &str) {
    for bad in ["<script", "<img", "<svg onload", "onerror=\"", "href=\"javascript", "root:x:"] {
        assert!(!html.to_lowercase().contains(bad), "{what}: {bad}");
    }
    assert_eq!(html.matches("<style>").count(), 1, "{what}");
}

#[tokio::test]
async fn nothing_that_is_sent_runs() {
    let server = Server::new();
    for payload in PAYLOADS {
        let text = format!("{FAILED}Name: Windows(R), {payload} edition\r\nKMS machine name: {payload}:1688\r\n{payload}\r\n");
        let parts = [Part::Text("text", &text), Part::File(payload, text.as_bytes()), Part::Text(payload, "x")];
        let link = server.post("/", &parts).await.location().to_owned();
        for lang in ["en", "zh-TW"] {
            let reply = server.get(&format!("{link}?lang={lang}")).await;
            assert_eq!(reply.status, StatusCode::OK);
            is_harmless(&reply.text, payload);
            assert!(reply.headers.get("set-cookie").is_none());
        }
        let quoted = payload.bytes().fold(String::new(), |text, b| text + &format!("%{b:02x}"));
        for path in [format!("/{quoted}"), format!("/c/{quoted}"), format!("/?lang={quoted}"), format!("/c/{quoted}/delete")] {
            is_harmless(&server.get(&path).await.text, &path);
        }
        let ascii: String = payload.chars().filter(char::is_ascii).collect();
        let headers = [("accept-language", &*ascii), ("referer", &*ascii), ("user-agent", &*ascii), ("x-forwarded-host", &*ascii)];
        is_harmless(&server.send(ask("GET", "/", &headers, "")).await.text, payload);
    }
}

#[tokio::test]
async fn every_answer_has_the_headers() {
    let server = Server::new();
    let link = server.paste(FAILED).await;
    let id = link.trim_start_matches("/c/");
    let mut replies = Vec::new();
    for path in [
        "/",
        &link,
        "/nowhere",
        "/health",
        "/metrics",
        "/collect.cmd",
        "/robots.txt",
        "/api/v1/openapi.json",
        &format!("/api/v1/cases/{id}"),
    ] {
        replies.push((path.to_owned(), server.get(path).await));
    }
    replies.push(("POST".to_owned(), server.post("/", &[Part::Text("text", FAILED)]).await));
    replies.push(("PUT".to_owned(), server.send(ask("PUT", "/", &[], "")).await));
    replies.push(("host".to_owned(), server.send(ask("GET", "/", &[("host", "evil.example")], "")).await));
    for (what, reply) in replies {
        let policy = reply.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none';") && policy.contains("frame-ancestors 'none'"), "{what}: {policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{what}: {policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cache-control", "no-store"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(reply.header(name), value, "{what} {name}");
        }
        assert!(reply.headers.get("access-control-allow-origin").is_none() && reply.headers.get("server").is_none(), "{what}");
    }
}

#[tokio::test]
async fn other_hosts_and_other_sites_are_refused() {
    let server = Server::new();
    for host in
        ["evil.example", "localhost.evil.example", "127.0.0.1.nip.example", "0.0.0.0", "192.0.2.1", "triage.example.edu.evil.example"]
    {
        let reply = server.send(ask("GET", "/", &[("host", host)], "")).await;
        assert_eq!(reply.status, StatusCode::MISDIRECTED_REQUEST, "{host}");
        assert!(!reply.text.contains(host), "what was sent is not repeated");
    }
    for host in ["localhost", "127.0.0.1:8688", "[::1]:8688", "triage.example.edu", "TRIAGE.example.edu:443"] {
        assert_eq!(server.send(ask("GET", "/", &[("host", host)], "")).await.status, StatusCode::OK, "{host}");
    }
    let absolute = server.send(ask("GET", "http://evil.example/", &[("host", "localhost")], "")).await;
    assert_eq!(absolute.status, StatusCode::BAD_REQUEST);
    let twice = server.send(ask("GET", "/", &[("host", "localhost"), ("host", "evil.example")], "")).await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST);
    let link = server.paste(FAILED).await;
    let id = link.trim_start_matches("/c/").to_owned();
    for origin in
        [("origin", "http://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site"), ("origin", "http://localhost:9999")]
    {
        for path in ["/", &link, "/api/v1/cases", "/api/v1/check"] {
            let reply = server.send(ask("POST", path, &[("content-type", FORM), origin], form(&[Part::Text("text", ACTIVATED)]))).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path} {origin:?}");
        }
        let reply = server.send(ask("DELETE", &format!("/api/v1/cases/{id}"), &[origin], "")).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{origin:?}");
    }
    let own = [("content-type", FORM), ("origin", "http://localhost:8688"), ("sec-fetch-site", "same-origin")];
    let reply = server.send(ask("POST", "/", &own, form(&[Part::Text("text", ACTIVATED)]))).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn no_path_leads_to_a_file() {
    let server = Server::new();
    server.paste(FAILED).await;
    for path in [
        "/../cases.db",
        "/cases.db",
        "/c/../cases.db",
        "/c/..%2fcases.db",
        "/c/%2e%2e/%2e%2e/etc/passwd",
        "/%2e%2e%2fetc%2fpasswd",
        "//etc/passwd",
        "/c/....//",
        "/c/%00",
        "/collect.cmd/../../Cargo.toml",
        "/templates/intake.html",
        "/.git/config",
        "/c/",
        "/c",
        "/api/v1/cases/..%2f..",
    ] {
        let reply = server.get(path).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!reply.text.contains("root:x:") && !reply.text.contains("SQLite") && !reply.text.contains("[package]"), "{path}");
    }
}

#[tokio::test]
async fn a_guess_and_a_wrong_form_of_a_link_look_alike() {
    let server = Server::new();
    let link = server.paste(FAILED).await;
    let id = link.trim_start_matches("/c/").to_owned();
    let flipped: String = id.chars().enumerate().map(|(i, c)| if i == 31 { if c == '0' { '1' } else { '0' } } else { c }).collect();
    let guesses = [
        flipped,
        id.to_uppercase(),
        id[..31].to_owned(),
        format!("{id}0"),
        "0".repeat(32),
        "x".repeat(32),
        format!("{id}%00"),
        "' OR 1=1--".replace(' ', "%20"),
    ];
    let unknown = server.get(&format!("/c/{}", "f".repeat(32))).await;
    for guess in guesses.iter().filter(|g| **g != id) {
        let reply = server.get(&format!("/c/{guess}")).await;
        assert_eq!((reply.status, &reply.text), (StatusCode::NOT_FOUND, &unknown.text), "{guess}");
        let reply = server.get(&format!("/api/v1/cases/{guess}")).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{guess}");
    }
}
