//! What lies on the disk: never what was sent as it was sent, and nothing of what was deleted or has expired.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use rusqlite::Connection;

use super::{ACTIVATED, FAILED, Part, Server, ask, config, files, load};

const SECRET: &str = "C:\\Users\\wangxiaoming>cscript //nologo slmgr.vbs /ipk W269N-ABCDE-FGHJK-2YT43-9XYZW\r\n\
    Host Name: DORM-4417\r\nIPv4 Address. . . : 198.51.100.77\r\nuser: wangxiaoming\r\nmail: wang@stu.example.edu\r\n\
    Error: 0xC004F050 The Software Licensing Service reported that the product key is invalid.\r\n";
const WHO: [&str; 6] = ["wangxiaoming", "W269N-ABCDE", "DORM-4417", "198.51.100.77", "wang@stu", "B10901234"];

#[tokio::test]
async fn who_and_where_never_reach_the_disk() {
    let server = Server::new();
    let link = server.post("/", &[Part::File("B10901234_slmgr.txt", SECRET.as_bytes())]).await.location().to_owned();
    let wide: Vec<u8> = SECRET.encode_utf16().flat_map(u16::to_le_bytes).collect();
    server.post(&link, &[Part::File("wangxiaoming.txt", &wide)]).await.location();
    for who in WHO {
        assert!(!server.holds(who), "{who}");
    }
    assert!(server.holds("0xC004F050"), "what decides stays");
    let html = server.get(&link).await.text;
    assert!(WHO.iter().all(|who| !html.contains(who)) && html.contains("0xC004F050"));
    let id = link.trim_start_matches("/c/");
    assert!(!server.holds(id), "who reads the store can open no link");
    assert!(!server.holds(&id[..16]));
}

#[tokio::test]
async fn one_name_has_one_stand_in_throughout_a_case_and_another_one_elsewhere() {
    let server = Server::new();
    let text = "Host Name: DORM-4417\r\nC:\\Users\\wangxiaoming>slmgr /ato\r\nError: 0xC004F074\r\n";
    let names = |html: &str| -> BTreeSet<String> {
        let body = html.split("id=\"main\"").nth(1).unwrap();
        let name = |rest: &str| rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap().to_owned();
        body.split("PC-").skip(1).map(name).filter(|n| !n.is_empty()).collect()
    };
    let link = server.paste(text).await;
    server.post(&link, &[Part::Text("text", text)]).await.location();
    let html = server.get(&link).await.text;
    let own = names(&html);
    assert_eq!(own.len(), 1, "{own:?}");
    assert!(html.matches(own.first().unwrap()).count() >= 2);
    let other = names(&server.get(&server.paste(text).await).await.text);
    assert!(other.len() == 1 && other != own, "{other:?}");
}

#[tokio::test]
async fn what_is_deleted_is_gone_from_the_disk() {
    let server = Server::new();
    let marked = format!("{FAILED}\r\nzanzibar quokka marimba\r\n");
    let gone = server.paste(&marked).await;
    let stays = server.paste(&format!("{FAILED}\r\nwombat bassoon\r\n")).await;
    assert!(server.holds("quokka"));
    let id = gone.trim_start_matches("/c/");
    let reply = server.send(ask("DELETE", &format!("/api/v1/cases/{id}"), &[], "")).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT);
    assert!(!server.holds("quokka") && !server.holds("zanzibar"));
    assert!(server.holds("wombat"));
    assert_eq!(server.get(&stays).await.status, StatusCode::OK);
}

/// Moves a case into the past.
fn age(server: &Server, days: i64) {
    let store = Connection::open(server.data.path().join("cases.db")).unwrap();
    store.execute("UPDATE cases SET changed = changed - ?1 * 86400", [days]).unwrap();
}

#[tokio::test]
async fn what_has_expired_is_gone_at_once_and_from_the_disk_soon() {
    let server = Server::new();
    let link = server.paste(&format!("{FAILED}\r\nzanzibar quokka\r\n")).await;
    age(&server, 29);
    assert_eq!(server.get(&link).await.status, StatusCode::OK);
    assert_eq!(server.app.purge().unwrap(), 0);
    age(&server, 2);
    assert_eq!(server.get(&link).await.status, StatusCode::NOT_FOUND);
    assert_eq!(server.post(&link, &[Part::Text("text", ACTIVATED)]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(server.app.purge().unwrap(), 1);
    assert!(!server.holds("quokka"));
}

#[tokio::test]
async fn the_same_link_answers_better_after_an_update() {
    let server = Server::new();
    let link = server.paste(FAILED).await;
    let before = server.get(&format!("{link}?lang=en")).await.text;
    assert!(!before.contains("Zebra headline"));
    let mut newer = files();
    for (path, text) in newer.iter_mut().filter(|(path, _)| path.starts_with("causes/")) {
        let en = text.find("[en]").unwrap_or_else(|| panic!("{path} has no [en]"));
        let at = en + text[en..].find("headline = \"").unwrap() + "headline = \"".len();
        text.insert_str(at, "Zebra headline: ");
    }
    let Server { data, app, router } = server;
    drop((app, router));
    let config = config(data.path());
    let server = Server::of(data, load(&newer), config);
    assert!(server.get(&format!("{link}?lang=en")).await.text.contains("Zebra headline"));
}

#[test]
fn a_foreign_file_is_left_alone() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join("cases.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE mine (x)").unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(kms_triage_serve::Store::open(data.path()).is_err());
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn the_folder_is_for_this_account_only() {
    use std::os::unix::fs::PermissionsExt;
    let top = tempfile::tempdir().unwrap();
    let data = top.path().join("cases");
    kms_triage_serve::Store::open(&data).unwrap();
    assert_eq!(std::fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
}
