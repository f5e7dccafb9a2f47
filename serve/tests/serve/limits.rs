//! Too much, too many, too long: each gets its answer, and the others theirs.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;

use super::{ACTIVATED, FAILED, FORM, Part, Server, ask, form, gated};

#[tokio::test]
async fn what_is_too_large_is_refused_and_not_kept() {
    let server = Server::new();
    let large = vec![b'x'; (1 << 20) + 1];
    let most = vec![b'x'; 1 << 20];
    assert_eq!(server.post("/", &[Part::File("a.txt", &large)]).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(server.post("/", &[Part::File("a.txt", &most), Part::File("b.txt", &most)]).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let six: Vec<Part<'_>> = (0..6).map(|_| Part::File("a.txt", b"x")).collect();
    assert_eq!(server.post("/", &six).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let fields: Vec<Part<'_>> = (0..30).map(|_| Part::Text("x", "y")).collect();
    assert_eq!(server.post("/", &fields).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    // A length that is told is believed when it is too much, and not when it is little.
    let told = ask("POST", "/", &[("content-type", FORM), ("content-length", "99999999999")], Body::from("x"));
    assert_eq!(server.send(told).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let lie = ask("POST", "/", &[("content-type", FORM), ("content-length", "10")], form(&[Part::File("a.txt", &large)]));
    assert_eq!(server.send(lie).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let text = "x".repeat(1 << 20);
    let json = format!("{{\"files\": [{{\"name\": \"a\", \"text\": \"{text}\"}}]}}");
    assert_eq!(server.json("/api/v1/cases", &json).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(server.get("/metrics").await.text.contains("kms_triage_cases 0\n"));
    assert!(server.get("/metrics").await.text.contains("kms_triage_upload_bytes 0\n"));
}

#[tokio::test]
async fn what_is_no_upload_is_told_so() {
    let server = Server::new();
    assert_eq!(server.post("/", &[]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(server.post("/", &[Part::Text("text", " \r\n\t"), Part::File("", b"")]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(server.send(ask("POST", "/", &[("content-type", "text/plain")], "x")).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(server.send(ask("POST", "/", &[], "x")).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    for broken in ["", "--XyXyXy", "--XyXyXy\r\n\r\n", "--XyXyXy\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nhalf", "\0\0\0"] {
        let reply = server.send(ask("POST", "/", &[("content-type", FORM)], broken)).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{broken:?}");
    }
    let no_boundary = ask("POST", "/", &[("content-type", "multipart/form-data")], "x");
    assert_eq!(server.send(no_boundary).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(server.send(ask("PUT", "/", &[], "")).await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(server.get("/metrics").await.text.contains("kms_triage_cases 0\n"));
}

#[tokio::test]
async fn a_case_holds_so_much_and_no_more() {
    let server = Server::new();
    let link = server.paste(FAILED).await;
    for _ in 0..2 {
        server.post(&link, &[Part::Text("text", ACTIVATED)]).await.location();
    }
    assert_eq!(server.post(&link, &[Part::Text("text", ACTIVATED)]).await.status, StatusCode::CONFLICT);
    assert_eq!(server.get(&link).await.status, StatusCode::OK);
    let small = Server::with(|c| c.limits.case_bytes = 1000);
    let link = small.paste(FAILED).await;
    let much = format!("{ACTIVATED}{}", "nothing of interest\r\n".repeat(100));
    assert_eq!(small.post(&link, &[Part::Text("text", &much)]).await.status, StatusCode::CONFLICT);
    small.post(&link, &[Part::Text("text", ACTIVATED)]).await.location();
}

#[tokio::test]
async fn who_comes_when_all_places_are_taken_is_told_when_to_come_back() {
    let (open, gate) = channel();
    let server = Arc::new(Server::with(|c| {
        c.limits.analyses = 1;
        c.limits.waiting = 0;
        c.reader = gated(gate);
    }));
    let first = tokio::spawn({
        let server = Arc::clone(&server);
        async move { server.post("/", &[Part::Text("text", FAILED)]).await }
    });
    while !server.get("/metrics").await.text.contains("kms_triage_analyses 1\n") {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let busy = server.post("/", &[Part::Text("text", FAILED)]).await;
    assert_eq!(busy.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(busy.header("retry-after"), "10");
    let api = server.json("/api/v1/check", "{\"files\": [{\"name\": \"a\", \"text\": \"b\"}]}").await;
    assert_eq!((api.status, api.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "10"));
    // The first page needs no place.
    assert_eq!(server.get("/").await.status, StatusCode::OK);
    open.send(()).unwrap();
    let link = first.await.unwrap().location().to_owned();
    assert_eq!(server.get(&link).await.status, StatusCode::OK);
}

#[tokio::test]
async fn uploads_share_a_bounded_memory() {
    let server = Server::with(|c| c.limits.memory_bytes = 1000);
    let much = format!("{FAILED}{}", "nothing of interest\r\n".repeat(100));
    assert_eq!(server.post("/", &[Part::Text("text", &much)]).await.status, StatusCode::SERVICE_UNAVAILABLE);
    server.paste(FAILED).await;
    assert!(server.get("/metrics").await.text.contains("kms_triage_upload_bytes 0\n"));
}

/// A body that sends what comes through a channel.
struct Standing(tokio::sync::mpsc::Receiver<u8>);
impl hyper::body::Body for Standing {
    type Data = hyper::body::Bytes;
    type Error = std::convert::Infallible;
    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
        self.0.poll_recv(context).map(|byte| byte.map(|b| Ok(hyper::body::Frame::data(vec![b].into()))))
    }
}

#[tokio::test]
async fn a_body_that_stands_still_is_given_up() {
    let server = Server::with(|c| c.limits.idle_time = Duration::from_millis(50));
    let (sender, body) = tokio::sync::mpsc::channel::<u8>(1);
    let reply = server.send(ask("POST", "/", &[("content-type", FORM)], Body::new(Standing(body)))).await;
    assert_eq!(reply.status, StatusCode::REQUEST_TIMEOUT);
    drop(sender);
}
