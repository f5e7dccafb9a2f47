//! Many at once: none lost, none mixed up.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::StatusCode;

use super::{Part, Server};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_gets_their_own_report() {
    const PEOPLE: usize = 60;
    let server = Arc::new(Server::new());
    let mark = |n: usize| {
        format!("Q{}Z", char::from(b'A' + u8::try_from(n / 26).unwrap()))
            + &char::from(b'A' + u8::try_from(n % 26).unwrap()).to_string()
            + "7"
    };
    let tasks: Vec<_> = (0..PEOPLE)
        .map(|n| {
            let server = Arc::clone(&server);
            tokio::spawn(async move {
                let text =
                    format!("Name: Windows(R), Professional edition\r\nPartial Product Key: {}\r\nLicense Status: Licensed\r\n", mark(n));
                let link = server.post("/", &[Part::Text("text", &text)]).await.location().to_owned();
                (n, link)
            })
        })
        .collect();
    let mut links = BTreeSet::new();
    for task in tasks {
        let (n, link) = task.await.unwrap();
        let reply = server.get(&link).await;
        assert_eq!(reply.status, StatusCode::OK);
        let seen: Vec<usize> = (0..PEOPLE).filter(|other| reply.text.contains(&mark(*other))).collect();
        assert_eq!(seen, [n]);
        links.insert(link);
    }
    assert_eq!(links.len(), PEOPLE);
    assert!(server.get("/metrics").await.text.contains(&format!("kms_triage_cases {PEOPLE}\n")));
}
