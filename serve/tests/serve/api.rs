//! The API: the same JSON as the command's, a description that is true, errors as JSON.

use std::fs;
use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use kms_triage::{Input, analyze};
use serde_json::{Value, json};

use super::{ACTIVATED, FAILED, Part, Server, ask, form, knowledge};

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Folders of the corpus that hold a case: every thirtieth, to keep the test short.
fn corpus() -> Vec<Vec<(String, Vec<u8>)>> {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus")];
    let mut folders: Vec<PathBuf> = Vec::new();
    while let Some(folder) = open.pop() {
        let inner: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
        if inner.iter().any(|p| p.ends_with("case.toml")) {
            folders.push(folder);
        } else {
            open.extend(inner.into_iter().filter(|p| p.is_dir()));
        }
    }
    folders.sort();
    let own = |p: &PathBuf| p.is_file() && !p.ends_with("case.toml") && !p.ends_with("expected.json");
    let read = |folder: &PathBuf| -> Vec<(String, Vec<u8>)> {
        let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).filter(own).collect();
        files.sort();
        files.iter().map(|f| (f.file_name().unwrap().to_string_lossy().into_owned(), fs::read(f).unwrap())).collect()
    };
    let cases: Vec<_> = folders.iter().step_by(30).map(read).filter(|files| (1..=5).contains(&files.len())).collect();
    assert!(cases.len() > 20, "{}", cases.len());
    cases
}

#[tokio::test]
async fn check_answers_byte_for_byte_as_the_library_and_a_kept_case_is_judged_alike() {
    let server = Server::new();
    for files in corpus() {
        let parts: Vec<Part<'_>> = files.iter().map(|(name, bytes)| Part::File(name, bytes)).chain([Part::Text("name", "PC-1")]).collect();
        let inputs: Vec<Input<'_>> = files.iter().map(|(name, bytes)| Input::new(name, bytes)).collect();
        let expected = analyze(knowledge(), "PC-1", &inputs).case;
        let checked = server.post("/api/v1/check", &parts).await;
        assert_eq!(checked.text, serde_json::to_string(&expected).unwrap() + "\n");
        let kept = server.post("/api/v1/cases", &parts).await;
        assert!(kept.status == StatusCode::CREATED || kept.status == StatusCode::OK, "{}", kept.text);
        let verdict = &parsed(&kept.text)["case"]["verdict"];
        assert_eq!(verdict["state"], expected.verdict.state.as_str());
        assert_eq!(verdict["cause"], json!(expected.verdict.cause));
        assert_eq!(verdict["certainty"], expected.verdict.certainty.as_str());
    }
}

#[tokio::test]
async fn a_program_makes_adds_to_looks_at_and_deletes_a_case() {
    let server = Server::new();
    let body = json!({ "files": [{ "name": "slmgr.txt", "text": FAILED }] }).to_string();
    let made = server.json("/api/v1/cases", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let case = parsed(&made.text);
    let address = made.header("location").to_owned();
    assert_eq!(address, format!("/api/v1/cases/{}", case["id"].as_str().unwrap()));
    assert_eq!(case["case"]["case"], case["reference"]);
    assert_eq!(case["case"]["files"][0]["name"], "slmgr.txt");
    assert_ne!(case["case"]["verdict"]["state"], "activated");
    let again = server.get(&address).await;
    assert_eq!(parsed(&again.text), case, "the same case, the same answer");
    assert_eq!(server.get(case["link"].as_str().unwrap()).await.status, StatusCode::OK);
    let added =
        server.json(&format!("{address}/evidence"), &json!({ "files": [{ "name": "a.txt", "text": ACTIVATED }] }).to_string()).await;
    assert_eq!((added.status, &parsed(&added.text)["case"]["verdict"]["state"]), (StatusCode::OK, &json!("activated")));
    assert_eq!(server.send(ask("DELETE", &address, &[], "")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(server.send(ask("DELETE", &address, &[], "")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(server.get(&address).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_goes_wrong_is_json() {
    let server = Server::new();
    let bodies = ["", "{", "[]", "{\"files\": 1}", "{\"files\": [{}]}", "{\"files\": [], \"x\": 1}", "\u{feff}{}", "null"];
    for body in bodies {
        let reply = server.json("/api/v1/cases", body).await;
        assert_eq!((reply.status, &parsed(&reply.text)["error"]["code"]), (StatusCode::BAD_REQUEST, &json!("bad-request")), "{body}");
    }
    let empty = server.json("/api/v1/check", "{\"files\": []}").await;
    assert_eq!(parsed(&empty.text)["error"]["code"], "empty");
    for (method, path, code) in [
        ("GET", "/api/v1/nowhere", "not-found"),
        ("PATCH", "/api/v1/cases", "method-not-allowed"),
        ("GET", "/api/v1/cases/xyz", "not-found"),
        ("POST", "/api/v1/cases", "unsupported-media-type"),
    ] {
        let reply = server.send(ask(method, path, &[], "")).await;
        assert_eq!(parsed(&reply.text)["error"]["code"], code, "{method} {path}");
    }
    let form = form(&[Part::Text("text", "x")]);
    let other = server.send(ask("POST", "/api/v1/check", &[("content-type", "application/xml")], form)).await;
    assert_eq!(other.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

/// Every `$ref` of a value.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|v| references(v, found));
        }
        Value::Array(items) => items.iter().for_each(|v| references(v, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_description_is_whole() {
    let described = parsed(&Server::new().get("/api/v1/openapi.json").await.text);
    assert!(described["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut found = Vec::new();
    references(&described, &mut found);
    assert!(found.len() > 20);
    for target in found {
        let pointer = target.strip_prefix('#').unwrap();
        assert!(described.pointer(pointer).is_some(), "{target} leads nowhere");
    }
    for (path, method) in [
        ("/api/v1/check", "post"),
        ("/api/v1/cases", "post"),
        ("/api/v1/cases/{id}", "get"),
        ("/api/v1/cases/{id}", "delete"),
        ("/api/v1/cases/{id}/evidence", "post"),
    ] {
        assert!(described["paths"][path][method].is_object(), "{method} {path}");
    }
    assert_eq!(described["components"]["schemas"]["ApiCase"]["properties"]["case"]["$ref"], "#/components/schemas/Case");
    assert!(described["components"]["schemas"]["Case"]["properties"]["verdict"].is_object());
}

#[tokio::test]
async fn health_and_counts_are_told() {
    let server = Server::new();
    server.paste(FAILED).await;
    let health = server.get("/health").await;
    assert_eq!((health.status, &parsed(&health.text)["status"]), (StatusCode::OK, &json!("ok")));
    let metrics = server.get("/metrics").await.text;
    assert!(metrics.contains("\nkms_triage_cases_created_total 1\n") && metrics.contains("\nkms_triage_cases 1\n"), "{metrics}");
    for line in metrics.lines().filter(|l| !l.starts_with('#')) {
        assert!(line.split_once(' ').is_some_and(|(_, n)| n.parse::<u64>().is_ok()), "{line}");
    }
}
