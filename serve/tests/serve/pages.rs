//! What people see: three languages, no script, the report, a way to add and a way to delete.

use axum::http::StatusCode;

use super::{ACTIVATED, FAILED, Part, Server, ask};

async fn in_language(server: &Server, path: &str, accept: &str) -> String {
    server.send(ask("GET", path, &[("accept-language", accept)], "")).await.text
}

#[tokio::test]
async fn the_browser_or_the_address_chooses_the_language() {
    let server = Server::new();
    let is = |html: &str, tag: &str| assert!(html.contains(&format!("<html lang=\"{tag}\">")), "{tag}: {}", &html[..200]);
    for (accept, tag) in [
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-Hant-TW"),
        ("en-GB,en;q=0.5", "en"),
        ("zh-CN", "zh-Hans-CN"),
        ("fr;q=1, zh-CN;q=0.3, en;q=0.7", "en"),
        ("fr", "zh-Hant-TW"),
        ("", "zh-Hant-TW"),
        (";;;,,q=,", "zh-Hant-TW"),
    ] {
        is(&in_language(&server, "/", accept).await, tag);
    }
    is(&in_language(&server, "/?lang=zh-CN", "en").await, "zh-Hans-CN");
    is(&in_language(&server, "/?lang=%3Cscript%3E", "en").await, "en");
    let link = server.paste(FAILED).await;
    is(&in_language(&server, &link, "en").await, "en");
    is(&in_language(&server, &format!("{link}?lang=zh-CN"), "en").await, "zh-Hans-CN");
    is(&in_language(&server, "/nowhere", "en").await, "en");
}

#[tokio::test]
async fn a_chosen_language_goes_with_the_form_and_the_link() {
    let server = Server::new();
    assert!(server.get("/?lang=en").await.text.contains("action=\"&#x2f;?lang=en\""));
    let reply = server.post("/?lang=en", &[Part::Text("text", FAILED)]).await;
    assert!(reply.location().ends_with("?lang=en"));
    let link = reply.location().to_owned();
    let added = server.post(&link, &[Part::Text("text", ACTIVATED)]).await;
    assert!(added.location().ends_with("?lang=en&added"), "{}", added.location());
    assert!(server.get(added.location()).await.text.contains("judged again"));
}

#[tokio::test]
async fn no_page_has_a_script_or_asks_another_machine_for_anything() {
    let server = Server::new();
    let link = server.paste(FAILED).await;
    for path in ["/", &link, &format!("{link}/delete"), "/nowhere"] {
        for lang in ["zh-TW", "en", "zh-CN"] {
            let html = server.get(&format!("{path}?lang={lang}")).await.text;
            for bad in ["<script", "javascript:", " onload", " onclick", "@import", "url(", "<iframe", "src="] {
                assert!(!html.contains(bad), "{path} {lang}: {bad}");
            }
            assert!(html.contains("<h1"), "{path} {lang}");
            assert!(!html.contains("serve_") && !html.contains("{reference}"), "{path} {lang}: a word is missing");
        }
    }
}

#[tokio::test]
async fn a_paste_gives_a_report_and_what_is_added_counts() {
    let server = Server::new();
    let link = server.paste(FAILED).await;
    let first = server.get(&format!("{link}?lang=en")).await;
    assert_eq!(first.status, StatusCode::OK);
    assert!(first.text.contains("0xC004F074") && !first.text.contains("nothing to do"));
    assert!(first.text.contains("enctype=\"multipart&#x2f;form-data\"") || first.text.contains("enctype=\"multipart/form-data\""));
    // Earlier in the alphabet than the paste, and yet the newer one.
    server.post(&link, &[Part::File("ato.txt", ACTIVATED.as_bytes())]).await.location();
    let second = server.get(&format!("{link}?lang=en")).await.text;
    assert!(second.contains("nothing to do"), "{}", &second[..3000]);
    assert!(second.contains("0xC004F074"), "the failure stays visible as history");
}

#[tokio::test]
async fn files_and_a_paste_are_one_case() {
    let server = Server::new();
    let dlv = "Name: Windows(R), Professional edition\r\nLicense Status: Notification\r\nNotification Reason: 0xC004F056.\r\n";
    let parts = [Part::Text("text", FAILED), Part::File("slmgr_dlv.txt", dlv.as_bytes()), Part::File("", b"")];
    let link = server.post("/", &parts).await.location().to_owned();
    let html = server.get(&link).await.text;
    assert!(html.contains("0xC004F056") && html.contains("0xC004F074"));
}

#[tokio::test]
async fn the_owner_deletes_a_case_after_saying_so_twice() {
    let server = Server::new();
    let link = server.paste(FAILED).await;
    let other = server.paste(FAILED).await;
    let delete = format!("{link}/delete");
    let asked = server.get(&delete).await;
    assert_eq!(asked.status, StatusCode::OK);
    let token = asked.text.split("name=\"token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    for bad in ["", "token=", "token=0", &format!("token={token}0"), &token] {
        let refused = server.send(ask("POST", &delete, &form, bad.to_owned())).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    let foreign = server.send(ask("POST", &format!("{other}/delete"), &form, format!("token={token}"))).await;
    assert_eq!(foreign.status, StatusCode::BAD_REQUEST, "the token of one case deletes no other");
    assert_eq!(server.get(&link).await.status, StatusCode::OK);
    let done = server.send(ask("POST", &delete, &form, format!("token={token}"))).await;
    assert_eq!(done.status, StatusCode::OK);
    assert_eq!(server.get(&link).await.status, StatusCode::NOT_FOUND);
    assert_eq!(server.get(&delete).await.status, StatusCode::NOT_FOUND);
    assert_eq!(server.post(&link, &[Part::Text("text", ACTIVATED)]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(server.get(&other).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_collecting_scripts_can_be_had() {
    let server = Server::new();
    for path in ["/collect.cmd", "/collect.ps1"] {
        let reply = server.get(path).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert!(reply.text.contains("kms-triage-collect") && reply.text.contains("\r\n"));
        assert!(!reply.text.replace("\r\n", "").contains('\n'));
        assert!(reply.header("content-disposition").starts_with("attachment"));
    }
}
