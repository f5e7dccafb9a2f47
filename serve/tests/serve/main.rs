//! The server as browsers and programs see it, without a socket: pages, limits, tricks, what is in the store.

#![expect(clippy::unwrap_used, clippy::string_slice, reason = "a test that cannot go on fails")]

mod api;
mod cases;
mod limits;
mod pages;
mod store;
mod tricks;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use kms_triage::Knowledge;
use kms_triage_serve::{App, Config, Limits, Reader, plain, router};
use tempfile::TempDir;
use tower::ServiceExt;

const FOLDERS: [&str; 12] =
    ["actions", "causes", "checks", "codes", "grammars", "locales", "products", "redaction", "remedies", "rules", "sources", "templates"];

const FAILED: &str = "C:\\Windows\\system32>cscript //nologo slmgr.vbs /ato\r\n\
    Activating Windows(R), Professional edition (2de67392-b7a7-462a-b1ca-108dd189f588) ...\r\n\
    Error: 0xC004F074 The Software Licensing Service reported that the computer could not be activated.\r\n";
const ACTIVATED: &str = "C:\\Windows\\system32>cscript //nologo slmgr.vbs /ato\r\n\
    Activating Windows(R), Professional edition (2de67392-b7a7-462a-b1ca-108dd189f588) ...\r\n\
    Product activated successfully.\r\n";

/// The data files, as they lie in the project.
fn files() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut open: Vec<_> = FOLDERS.iter().map(|f| root.join(f)).collect();
    let mut files = BTreeMap::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                files.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

fn load(files: &BTreeMap<String, String>) -> &'static Knowledge {
    let (knowledge, errors) = Knowledge::load(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    assert!(errors.is_empty(), "{errors:?}");
    Box::leak(Box::new(knowledge))
}

fn knowledge() -> &'static Knowledge {
    static KNOWLEDGE: OnceLock<&'static Knowledge> = OnceLock::new();
    KNOWLEDGE.get_or_init(|| load(&files()))
}

/// A server with a store of its own.
struct Server {
    app: Arc<App>,
    router: Router,
    data: TempDir,
}

/// An answer.
#[derive(Debug)]
struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Reply {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// Where it leads.
    fn location(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text);
        self.header("location")
    }
}

fn config(data: &Path) -> Config {
    let limits = Limits { upload_bytes: 1 << 20, file_bytes: 1 << 20, files: 5, case_uploads: 3, ..Limits::default() };
    Config {
        bind: "127.0.0.1:8688".parse().unwrap(),
        data: data.to_path_buf(),
        hosts: vec!["triage.example.edu".to_owned()],
        keep_days: 30,
        tls: None,
        limits,
        reader: plain(),
    }
}

impl Server {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Config)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut config = config(data.path());
        change(&mut config);
        Self::of(data, knowledge(), config)
    }

    fn of(data: TempDir, knowledge: &'static Knowledge, config: Config) -> Self {
        let app = Arc::new(App::new(knowledge, config).unwrap());
        Self { router: router(Arc::clone(&app)), app, data }
    }

    async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Reply { status: parts.status, headers: parts.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(ask("GET", path, &[], "")).await
    }

    /// Sends a form with files.
    async fn post(&self, path: &str, parts: &[Part<'_>]) -> Reply {
        self.send(ask("POST", path, &[("content-type", FORM)], form(parts))).await
    }

    /// Pastes a text and gives the address of its case.
    async fn paste(&self, text: &str) -> String {
        self.post("/", &[Part::Text("text", text)]).await.location().to_owned()
    }

    async fn json(&self, path: &str, body: &str) -> Reply {
        self.send(ask("POST", path, &[("content-type", "application/json")], body.to_owned())).await
    }

    /// All bytes that lie in the data folder.
    fn stored(&self) -> Vec<u8> {
        let mut all = Vec::new();
        for entry in fs::read_dir(self.data.path()).unwrap() {
            all.extend(fs::read(entry.unwrap().path()).unwrap());
        }
        all
    }

    fn holds(&self, text: &str) -> bool {
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let stored = self.stored();
        let found = |wanted: &[u8]| stored.windows(wanted.len()).any(|w| w.eq_ignore_ascii_case(wanted));
        found(text.as_bytes()) || found(&wide)
    }
}

fn ask(method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        request = request.header("host", "localhost:8688");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.into()).unwrap()
}

const FORM: &str = "multipart/form-data; boundary=XyXyXy";

/// A field of a form.
enum Part<'p> {
    Text(&'p str, &'p str),
    File(&'p str, &'p [u8]),
}

fn form(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        let (head, content) = match part {
            Part::Text(name, text) => (format!("name=\"{name}\""), text.as_bytes()),
            // As browsers do it.
            Part::File(name, bytes) => {
                let name = name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
                (format!("name=\"files\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream"), *bytes)
            }
        };
        body.extend(format!("--XyXyXy\r\nContent-Disposition: form-data; {head}\r\n\r\n").into_bytes());
        body.extend(content);
        body.extend(b"\r\n");
    }
    body.extend(b"--XyXyXy--\r\n");
    body
}

/// A reader that waits until it may go on.
fn gated(gate: std::sync::mpsc::Receiver<()>) -> Reader {
    let gate = std::sync::Mutex::new(gate);
    let plain = plain();
    Reader::new(move |knowledge, upload| {
        let _ = gate.lock().unwrap().recv();
        plain.read(knowledge, upload)
    })
}
