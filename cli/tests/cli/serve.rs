//! The server as a process: sockets, signals, sudden ends.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::{ACTIVATED, FAILED, command, run, text, write};

/// A server that ends with the test.
struct Server {
    process: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    fn start(dir: &Path, more: &[&str]) -> Self {
        let mut command = command(dir);
        command.args(["serve", "--bind", "127.0.0.1:0", "--data", "data", "--locale", "en"]).args(more).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut said = String::new();
        BufReader::new(process.stderr.take().unwrap()).read_line(&mut said).unwrap();
        let address = said.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
        Self { process, address }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        stream
    }

    /// Sends a request on a connection of its own and reads the whole answer; empty when there was none.
    fn ask(&self, request: &[u8]) -> String {
        let Ok(mut stream) = TcpStream::connect(&self.address) else { return String::new() };
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        let mut reply = Vec::new();
        let _ = stream.write_all(request).and_then(|()| stream.read_to_end(&mut reply));
        String::from_utf8_lossy(&reply).into_owned()
    }

    fn get(&self, path: &str) -> String {
        self.ask(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").as_bytes())
    }

    fn upload(&self, content: &str) -> String {
        self.ask(&upload("/", content))
    }

    #[cfg(unix)]
    fn signal(&self, signal: rustix::process::Signal) {
        let id = rustix::process::Pid::from_raw(i32::try_from(self.process.id()).unwrap()).unwrap();
        rustix::process::kill_process(id, signal).unwrap();
    }
}

fn upload(path: &str, content: &str) -> Vec<u8> {
    let body = format!("--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"slmgr.txt\"\r\n\r\n{content}\r\n--b--\r\n");
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
}

fn link(reply: &str) -> Option<String> {
    let line = reply.lines().find(|l| l.starts_with("location: "))?;
    Some(line.trim_start_matches("location: ").to_owned())
}

#[test]
fn the_server_and_the_command_print_the_same_bytes() {
    let top = tempfile::tempdir().unwrap();
    let server = Server::start(top.path(), &[]);
    for content in [ACTIVATED, FAILED, "", "nothing of interest", "\u{feff}Error: 0xC004F050\r\n"] {
        write(top.path().join("slmgr.txt"), content);
        let printed = run(top.path(), &["check", "slmgr.txt", "--format", "json"]);
        let reply = server.ask(&upload("/api/v1/check", content));
        assert_eq!(reply.split_once("\r\n\r\n").unwrap().1, text(&printed.stdout));
    }
    // What is no text is told as the command tells it, in each language.
    let picture = server.upload("\u{89}PNG\r\n").len();
    assert!(picture > 0);
    let reply = server.ask(&upload("/", "%PDF-1.7 not a text"));
    let page = server.get(&format!("{}?lang=zh-TW", link(&reply).unwrap()));
    assert!(page.contains("<html lang=\"zh-Hant-TW\">") && !page.contains("%PDF"), "{page}");
}

#[test]
fn a_sudden_end_leaves_every_accepted_case_whole_and_none_half() {
    let top = tempfile::tempdir().unwrap();
    let mut accepted: Vec<String> = Vec::new();
    for round in 0..4 {
        let mut server = Server::start(top.path(), &[]);
        // All of the rounds before are there.
        for link in &accepted {
            let page = server.get(link);
            assert!(page.starts_with("HTTP/1.1 200") && page.contains("0xC004F074"), "{link}");
        }
        let count = std::thread::scope(|scope| {
            let senders: Vec<_> = (0..3)
                .map(|_| {
                    let server = &server;
                    scope.spawn(move || {
                        let mut links = Vec::new();
                        while let Some(link) = link(&server.upload(FAILED)) {
                            links.push(link);
                        }
                        links
                    })
                })
                .collect();
            std::thread::sleep(Duration::from_millis(400 + round * 130));
            #[cfg(unix)]
            server.signal(rustix::process::Signal::KILL);
            senders.into_iter().flat_map(|s| s.join().unwrap()).map(|link| accepted.push(link)).count()
        });
        assert!(count > 0, "round {round}: nothing was accepted before the end");
        server.process.wait().unwrap();
    }
    let store = rusqlite::Connection::open(top.path().join("data/cases.db")).unwrap();
    let number = |query: &str| store.query_row(query, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(number("SELECT count(*) FROM cases WHERE digest NOT IN (SELECT digest FROM files)"), 0, "none is half");
    assert!(number("SELECT count(*) FROM cases") >= i64::try_from(accepted.len()).unwrap());
}

#[cfg(unix)]
#[test]
fn what_was_begun_is_finished_before_the_server_ends() {
    let top = tempfile::tempdir().unwrap();
    let mut server = Server::start(top.path(), &[]);
    let request = upload("/", FAILED);
    let (first, second) = request.split_at(request.len() - 40);
    let mut slow = server.connect();
    slow.write_all(first).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    server.signal(rustix::process::Signal::TERM);
    let closed = || TcpStream::connect(&server.address).is_err();
    let start = Instant::now();
    while !closed() && start.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(closed(), "nobody new is let in");
    slow.write_all(second).unwrap();
    let mut reply = String::new();
    slow.read_to_string(&mut reply).unwrap();
    assert!(reply.starts_with("HTTP/1.1 303"), "{reply}");
    assert_eq!(server.process.wait().unwrap().code(), Some(0));
    let again = Server::start(top.path(), &[]);
    assert!(again.get(&link(&reply).unwrap()).contains("0xC004F074"));
}

#[test]
fn slow_senders_are_cut_off() {
    let top = tempfile::tempdir().unwrap();
    let server = Server::start(top.path(), &["--patience", "1"]);
    for begun in [
        "GET / HT",
        "",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 500\r\n\r\n--b\r\n",
    ] {
        let start = Instant::now();
        let mut stream = server.connect();
        stream.write_all(begun.as_bytes()).unwrap();
        let mut reply = Vec::new();
        let _ = stream.read_to_end(&mut reply);
        assert!(start.elapsed() < Duration::from_secs(20), "{begun}");
        let reply = String::from_utf8_lossy(&reply).into_owned();
        assert!(reply.is_empty() || reply.starts_with("HTTP/1.1 408"), "{begun}: {reply}");
    }
    assert!(server.get("/health").starts_with("HTTP/1.1 200"));
}

#[test]
fn heads_that_are_wrong_or_endless_are_refused() {
    let top = tempfile::tempdir().unwrap();
    let server = Server::start(top.path(), &[]);
    let many = (0..200).fold(String::new(), |lines, n| lines + &format!("X-{n}: y\r\n"));
    let long = "y".repeat(100_000);
    for head in [
        format!("GET / HTTP/1.1\r\nHost: localhost\r\n{many}\r\n"),
        format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {long}\r\n\r\n"),
        "GET / HTTP/1.1\r\n\r\n".to_owned(),
        "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n".to_owned(),
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello".to_owned(),
        "GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n".to_owned(),
        "\0\0\0\0\r\n\r\n".to_owned(),
    ] {
        let reply = server.ask(head.replacen("\r\n", "\r\nConnection: close\r\n", 1).as_bytes());
        assert!(reply.is_empty() || reply.starts_with("HTTP/1.1 4"), "{head:.80}: {reply:.200}");
    }
    assert!(server.get("/health").starts_with("HTTP/1.1 200"));
}

#[test]
fn what_cannot_be_used_ends_it_with_a_reason() {
    let top = tempfile::tempdir().unwrap();
    write(top.path().join("file"), "x");
    write(top.path().join("other/cases.db"), "this is no database, and somebody may need it");
    for arguments in [
        &["serve", "--bind", "127.0.0.1:0", "--data", "file"][..],
        &["serve", "--bind", "127.0.0.1:0", "--data", "other"],
        &["serve", "--bind", "127.0.0.1:0", "--tls-cert", "file", "--tls-key", "file"],
        &["serve", "--bind", "127.0.0.1:0", "--tls-cert", "file"],
        &["serve", "--bind", "nowhere"],
        &["serve", "--keep-days", "0"],
    ] {
        let output = run(top.path(), arguments);
        assert_eq!(output.status.code(), Some(64), "{arguments:?}: {}", text(&output.stderr));
        assert!(!output.stderr.is_empty());
    }
    assert!(fs::read_to_string(top.path().join("other/cases.db")).unwrap().starts_with("this is no"));
}
