//! The pages for people. Each is made of templates and words; only addresses are made here.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kms_triage::report::ServedCase;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::case::Taken;
use crate::link::{Link, reference};
use crate::metrics::Count;
use crate::problem::{Problem, RETRY_SECONDS};
use crate::receive::{fields, receive};
use crate::{api, language};

/// The shared state, as handlers get it.
pub(crate) type Shared = State<Arc<App>>;

/// A page in a language.
struct Page<'a> {
    app: &'a App,
    locale: &'a str,
    /// The address says the language: then further addresses say it too.
    chosen: bool,
    path: &'a str,
}

impl<'a> Page<'a> {
    fn of(app: &'a App, parts: &'a Parts) -> Self {
        let locale = language::of(app.knowledge, &parts.uri, &parts.headers);
        let chosen = language::chosen(app.knowledge, &parts.uri).is_some();
        Self { app, locale, chosen, path: parts.uri.path() }
    }

    /// An address of this server, in the chosen language.
    fn href(&self, path: &str) -> String {
        if self.chosen { format!("{path}?lang={}", self.locale) } else { path.to_owned() }
    }

    /// The same page in each language.
    fn langs(&self, path: &str) -> Vec<(String, String)> {
        let tags = self.app.knowledge.locale_tags();
        tags.into_iter().map(|tag| (tag.to_owned(), format!("{path}?lang={tag}"))).collect()
    }

    fn word(&self, key: &str) -> String {
        let page = self.app.knowledge.locales.get(self.locale).map(|l| &l.page);
        page.and_then(|words| words.get(key)).cloned().unwrap_or_default()
    }

    fn served(&self) -> ServedCase {
        ServedCase { home: self.href("/"), ..self.app.served() }
    }

    fn render(&self, template: &str, mut view: Map<String, Value>, path: &str) -> Result<String, Problem> {
        view.insert("served".to_owned(), json!(self.served()));
        self.app.renderer.served_page(template, view, self.locale, &self.langs(path)).map_err(|_| Problem::Internal)
    }

    /// A page of a few sentences.
    fn notice(&self, status: StatusCode, words: &str, values: &[(&str, &str)]) -> Response {
        let say = |part: &str| {
            let text = self.word(&format!("serve_{words}_{part}"));
            values.iter().fold(text, |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
        };
        let notice = json!({ "title": say("title"), "text": say("text"), "action": null, "token": null, "back": self.href("/") });
        match self.render("notice.html", Map::from_iter([("notice".to_owned(), notice)]), "/") {
            Ok(html) => page(status, html),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }

    fn problem(&self, problem: Problem) -> Response {
        let limits = self.app.served();
        let seconds = RETRY_SECONDS.to_string();
        let values = [("files", limits.files.as_str()), ("mb", &limits.megabytes), ("seconds", &seconds)];
        let mut response = self.notice(problem.status(), problem.words(), &values);
        if problem == Problem::Busy {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(RETRY_SECONDS));
        }
        response
    }
}

/// A page with a policy that allows its own style sheet, its icon and its forms, and nothing else.
fn page(status: StatusCode, html: String) -> Response {
    let style = html.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).map_or("", |(style, _)| style);
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        base64(&Sha256::digest(style))
    );
    let mut response = (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-language"));
    response
}

/// RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().chain([0; 2].iter()).take(3).fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        for (at, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let letter = LETTERS.get(bits >> shift & 63).copied().map_or('=', char::from);
            text.push(if at > three.len() { '=' } else { letter });
        }
    }
    text
}

/// What went wrong, in the form of the address: a page, or JSON for programs.
pub(crate) fn problem(app: &App, parts: &Parts, problem: Problem) -> Response {
    if parts.uri.path().starts_with("/api/") { api::problem(problem) } else { Page::of(app, parts).problem(problem) }
}

/// Parts of a request, and the request again: what went wrong is told in its language.
fn split(request: Request) -> (Parts, Request) {
    let (parts, body) = request.into_parts();
    (parts.clone(), Request::from_parts(parts, body))
}

fn see(href: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, href.to_owned())]).into_response()
}

/// `GET /`
pub(crate) async fn intake(State(app): Shared, request: Request) -> Response {
    let (parts, _) = split(request);
    let view = Page::of(&app, &parts);
    match view.render("intake.html", Map::new(), "/") {
        Ok(html) => page(StatusCode::OK, html),
        Err(error) => view.problem(error),
    }
}

/// `POST /`: a new case.
pub(crate) async fn create(State(app): Shared, request: Request) -> Response {
    let (parts, request) = split(request);
    let done = async {
        let received = receive(&app, request, false).await?;
        let link = Link::new().map_err(|_| Problem::Internal)?;
        let worker = Arc::clone(&app);
        let bytes = received.bytes();
        let held = received.held;
        let taken = app.pool.run(bytes, move || {
            let _held = held;
            worker.create(link, received.uploads)
        });
        Ok((link, taken.await??))
    };
    answer(&app, &parts, done.await, Count::Created, "")
}

/// `POST /c/{link}`: more evidence.
pub(crate) async fn extend(State(app): Shared, Path(link): Path<String>, request: Request) -> Response {
    let (parts, request) = split(request);
    let done = async {
        let link = Link::parse(&link).ok_or(Problem::Missing)?;
        let received = receive(&app, request, false).await?;
        let worker = Arc::clone(&app);
        let bytes = received.bytes();
        let held = received.held;
        let taken = app.pool.run(bytes, move || {
            let _held = held;
            worker.extend(link, received.uploads)
        });
        Ok((link, taken.await??))
    };
    answer(&app, &parts, done.await, Count::Extended, "added")
}

/// Leads to the case, or shows what cannot be kept.
fn answer(app: &App, parts: &Parts, done: Result<(Link, Taken), Problem>, count: Count, mark: &str) -> Response {
    let view = Page::of(app, parts);
    match done {
        Err(error) => view.problem(error),
        Ok((link, Taken::Kept)) => {
            app.metrics.add(count, 1);
            let href = view.href(&format!("/c/{}", link.text()));
            let sign = if view.chosen { '&' } else { '?' };
            see(&if mark.is_empty() { href } else { format!("{href}{sign}{mark}") })
        }
        Ok((_, Taken::Unstored(analysis))) => {
            app.metrics.add(Count::Unstored, 1);
            // The page is the answer to a form: there is no address of it in another language.
            match app.renderer.served_case(&analysis, view.locale, Vec::new(), &view.served()) {
                Ok(html) => page(StatusCode::OK, html),
                Err(_) => view.problem(Problem::Internal),
            }
        }
    }
}

/// `GET /c/{link}`: the report, judged anew.
pub(crate) async fn case(State(app): Shared, Path(link): Path<String>, request: Request) -> Response {
    let (parts, _) = split(request);
    let done = async {
        let link = Link::parse(&link).ok_or(Problem::Missing)?;
        let (worker, asked) = (Arc::clone(&app), parts.clone());
        app.pool.run(app.weight(link).await?, move || render_case(&worker, &asked, link)).await?
    };
    match done.await {
        Ok(html) => page(StatusCode::OK, html),
        Err(error) => Page::of(&app, &parts).problem(error),
    }
}

fn render_case(app: &App, parts: &Parts, link: Link) -> Result<String, Problem> {
    let view = Page::of(app, parts);
    let shown = app.show(link, view.locale)?;
    let path = format!("/c/{}", link.text());
    let served = ServedCase {
        action: Some(view.href(&path)),
        delete: view.href(&format!("{path}/delete")),
        reference: shown.case.reference.clone(),
        until: app.until(shown.case.changed),
        added: parts.uri.query().is_some_and(|q| q.split('&').any(|pair| pair == "added")),
        ..view.served()
    };
    app.renderer.served_case(&shown.analysis, view.locale, view.langs(view.path), &served).map_err(|_| Problem::Internal)
}

/// `GET /c/{link}/delete`: asks once more.
pub(crate) async fn ask_delete(State(app): Shared, Path(link): Path<String>, request: Request) -> Response {
    let (parts, _) = split(request);
    let view = Page::of(&app, &parts);
    let done = async {
        let link = Link::parse(&link).ok_or(Problem::Missing)?;
        let worker = Arc::clone(&app);
        let found = app.pool.run(0, move || worker.well(worker.store.load(&link.digest(), worker.oldest()))).await??;
        found.ok_or(Problem::Missing)?;
        let path = format!("/c/{}", link.text());
        let text = view.word("serve_delete_text").replace("{reference}", &reference(&link.digest()));
        let notice = json!({
            "title": view.word("serve_delete_title"), "text": text, "action": view.href(&format!("{path}/delete")),
            "token": link.erase_token(), "back": view.href(&path),
        });
        view.render("notice.html", Map::from_iter([("notice".to_owned(), notice)]), view.path)
    };
    match done.await {
        Ok(html) => page(StatusCode::OK, html),
        Err(error) => view.problem(error),
    }
}

/// `POST /c/{link}/delete`
pub(crate) async fn delete(State(app): Shared, Path(link): Path<String>, request: Request) -> Response {
    let (parts, request) = split(request);
    let view = Page::of(&app, &parts);
    let done = async {
        let link = Link::parse(&link).ok_or(Problem::Missing)?;
        let token = link.erase_token();
        if !fields(&app, request).await?.iter().any(|(name, value)| name == "token" && *value == token) {
            return Err(Problem::Bad);
        }
        let worker = Arc::clone(&app);
        if app.pool.run(0, move || worker.delete(link)).await?? { Ok(()) } else { Err(Problem::Missing) }
    };
    match done.await {
        Ok(()) => {
            app.metrics.add(Count::Deleted, 1);
            view.notice(StatusCode::OK, "deleted", &[])
        }
        Err(error) => view.problem(error),
    }
}

const COLLECT_CMD: &str = include_str!("../../collect/collect.cmd");
const COLLECT_PS1: &str = include_str!("../../collect/collect.ps1");

/// `GET /collect.cmd`
pub(crate) async fn collect_cmd() -> Response {
    script("attachment; filename=\"collect.cmd\"", COLLECT_CMD)
}

/// `GET /collect.ps1`
pub(crate) async fn collect_ps1() -> Response {
    script("attachment; filename=\"collect.ps1\"", COLLECT_PS1)
}

/// A script with the line ends that Windows wants.
fn script(disposition: &'static str, text: &str) -> Response {
    let text = text.replace("\r\n", "\n").replace('\n', "\r\n");
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CONTENT_DISPOSITION, disposition)], text).into_response()
}

/// `GET /robots.txt`: nobody's case is for a search engine.
pub(crate) async fn robots() -> Response {
    ([(header::CONTENT_TYPE, "text/plain")], Body::from("User-agent: *\nDisallow: /\n")).into_response()
}

/// Every other address.
pub(crate) async fn missing(State(app): Shared, request: Request) -> Response {
    problem(&app, &split(request).0, Problem::Missing)
}

/// A known address, asked in a way that it does not know.
pub(crate) async fn wrong_method(State(app): Shared, request: Request) -> Response {
    problem(&app, &split(request).0, Problem::Method)
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_the_standard_one() {
        let pairs = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (plain, coded) in pairs {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
        assert_eq!(base64(&[0xfb, 0xff]), "+/8=");
    }
}
