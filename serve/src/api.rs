//! The same for programs: JSON in, the JSON of `docs/results.md` out.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kms_triage::Case;
use serde::Serialize;
use serde_json::{Value, json};

use crate::case::Taken;
use crate::link::Link;
use crate::metrics::{Count, Now};
use crate::openapi;
use crate::pages::Shared;
use crate::problem::{Problem, RETRY_SECONDS};
use crate::receive::{JsonUpload, Received, receive};

/// A case as a program sees it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ApiCase {
    /// Opens the case; whoever has it is its owner. Null when nothing was kept.
    id: Option<String>,
    /// Address of the page for people, on this server.
    link: Option<String>,
    /// Number that people may tell each other: it opens nothing.
    reference: Option<String>,
    /// Day on which it is deleted, in UTC.
    kept_until: Option<String>,
    /// What `check --format json` prints for the redacted evidence; its `case` is the reference.
    #[schema(value_type = Object)]
    case: Value,
}

/// Why a request was not done.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ApiError {
    error: ApiProblem,
}

/// A problem.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ApiProblem {
    /// One of the codes in the description.
    code: &'static str,
    /// For a log.
    message: String,
}

/// A problem as JSON.
pub(crate) fn problem(problem: Problem) -> Response {
    let status = problem.status();
    let message = status.canonical_reason().unwrap_or_default().to_owned();
    let mut response = json_of(status, &ApiError { error: ApiProblem { code: problem.code(), message } });
    if problem == Problem::Busy {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(RETRY_SECONDS));
    }
    response
}

fn json_of(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_string(value) {
        Ok(text) => json_text(status, text),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Ends with a line end, as the command's output does.
fn json_text(status: StatusCode, text: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], text + "\n").into_response()
}

fn case_json(case: &Case) -> Result<Value, Problem> {
    serde_json::to_value(case).map_err(|_| Problem::Internal)
}

/// Judges evidence as it comes and keeps nothing: byte for byte what `check --format json` prints for the same files.
#[utoipa::path(post, path = "/api/v1/check", request_body(content((JsonUpload = "application/json"), (FormUpload = "multipart/form-data"))),
    responses((status = 200, description = "The case", content_type = "application/json", body = Object), (status = "4XX", body = ApiError), (status = 503, body = ApiError)))]
pub(crate) async fn check(State(app): Shared, request: Request) -> Response {
    let done = async {
        let received = receive(&app, request, true).await?;
        let bytes = received.bytes();
        let Received { uploads, name, held } = received;
        let name = name.unwrap_or_else(|| uploads.first().map_or_else(String::new, |u| stem(&u.name).to_owned()));
        let worker = Arc::clone(&app);
        let analysis = app.pool.run(bytes, move || {
            let _held = held;
            worker.check(&name, uploads)
        });
        serde_json::to_string(&analysis.await?.case).map_err(|_| Problem::Internal)
    };
    done.await.map_or_else(problem, |text| {
        app.metrics.add(Count::Checked, 1);
        json_text(StatusCode::OK, text)
    })
}

/// `PC-07` for `PC-07_slmgr.txt`, as the command names a case of one file.
fn stem(name: &str) -> &str {
    name.find(['_', '.']).filter(|at| *at > 0).and_then(|at| name.get(..at)).unwrap_or(name)
}

/// Makes a case of the evidence of one computer. It is redacted before it is stored.
#[utoipa::path(post, path = "/api/v1/cases", request_body(content((JsonUpload = "application/json"), (FormUpload = "multipart/form-data"))),
    responses((status = 201, description = "Kept", body = ApiCase),
        (status = 200, description = "Judged and not kept, because something private might be left in it", body = ApiCase),
        (status = "4XX", body = ApiError), (status = 503, body = ApiError)))]
pub(crate) async fn create(State(app): Shared, request: Request) -> Response {
    let done = async {
        let received = receive(&app, request, true).await?;
        let link = Link::new().map_err(|_| Problem::Internal)?;
        let worker = Arc::clone(&app);
        let done = app.pool.run(received.bytes(), move || {
            let Received { uploads, held: _held, .. } = received;
            let taken = worker.create(link, uploads)?;
            told(&worker, link, taken)
        });
        done.await?
    };
    finish(&app, done.await, StatusCode::CREATED, Count::Created)
}

/// Adds evidence to a case; all of it is judged again.
#[utoipa::path(post, path = "/api/v1/cases/{id}/evidence", params(("id" = String, Path, description = "32 hexadecimal digits")),
    request_body(content((JsonUpload = "application/json"), (FormUpload = "multipart/form-data"))),
    responses((status = 200, description = "The case", body = ApiCase), (status = "4XX", body = ApiError), (status = 503, body = ApiError)))]
pub(crate) async fn extend(State(app): Shared, Path(link): Path<String>, request: Request) -> Response {
    let done = async {
        let link = Link::parse(&link).ok_or(Problem::Missing)?;
        let received = receive(&app, request, true).await?;
        let worker = Arc::clone(&app);
        let bytes = app.weight(link).await?.saturating_add(received.bytes());
        let done = app.pool.run(bytes, move || {
            let Received { uploads, held: _held, .. } = received;
            let taken = worker.extend(link, uploads)?;
            told(&worker, link, taken)
        });
        done.await?
    };
    finish(&app, done.await, StatusCode::OK, Count::Extended)
}

/// A case, judged by the knowledge of now.
#[utoipa::path(get, path = "/api/v1/cases/{id}", params(("id" = String, Path, description = "32 hexadecimal digits")),
    responses((status = 200, description = "The case", body = ApiCase), (status = "4XX", body = ApiError), (status = 503, body = ApiError)))]
pub(crate) async fn case(State(app): Shared, Path(link): Path<String>) -> Response {
    let done = async {
        let link = Link::parse(&link).ok_or(Problem::Missing)?;
        let worker = Arc::clone(&app);
        app.pool.run(app.weight(link).await?, move || told(&worker, link, Taken::Kept)).await?
    };
    done.await.map_or_else(problem, |case| json_of(StatusCode::OK, &case))
}

/// Deletes a case.
#[utoipa::path(delete, path = "/api/v1/cases/{id}", params(("id" = String, Path, description = "32 hexadecimal digits")),
    responses((status = 204, description = "Deleted"), (status = "4XX", body = ApiError), (status = 503, body = ApiError)))]
pub(crate) async fn delete(State(app): Shared, Path(link): Path<String>) -> Response {
    let done = async {
        let link = Link::parse(&link).ok_or(Problem::Missing)?;
        let worker = Arc::clone(&app);
        if app.pool.run(0, move || worker.delete(link)).await?? { Ok(()) } else { Err(Problem::Missing) }
    };
    done.await.map_or_else(problem, |()| {
        app.metrics.add(Count::Deleted, 1);
        StatusCode::NO_CONTENT.into_response()
    })
}

fn told(app: &crate::app::App, link: Link, taken: Taken) -> Result<ApiCase, Problem> {
    if let Taken::Unstored(analysis) = taken {
        return Ok(ApiCase { id: None, link: None, reference: None, kept_until: None, case: case_json(&analysis.case)? });
    }
    let shown = app.show(link, "en")?;
    Ok(ApiCase {
        id: Some(link.text()),
        link: Some(format!("/c/{}", link.text())),
        reference: Some(shown.case.reference.clone()),
        kept_until: Some(app.until(shown.case.changed)),
        case: case_json(&shown.analysis.case)?,
    })
}

fn finish(app: &crate::app::App, done: Result<ApiCase, Problem>, kept: StatusCode, count: Count) -> Response {
    match done {
        Err(error) => problem(error),
        Ok(case) => {
            let status = if case.id.is_some() { kept } else { StatusCode::OK };
            app.metrics.add(if case.id.is_some() { count } else { Count::Unstored }, 1);
            let mut response = json_of(status, &case);
            let location = case.id.and_then(|id| HeaderValue::from_str(&format!("/api/v1/cases/{id}")).ok());
            if let Some(location) = location.filter(|_| status == StatusCode::CREATED) {
                response.headers_mut().insert(header::LOCATION, location);
            }
            response
        }
    }
}

/// The form that browsers send.
#[derive(Debug, utoipa::ToSchema)]
#[expect(dead_code, reason = "describes the form; it is read field by field")]
pub(crate) struct FormUpload {
    /// Pasted text.
    text: Option<String>,
    /// Files.
    #[schema(value_type = Option<Vec<String>>, format = Binary)]
    files: Option<Vec<Vec<u8>>>,
    /// Name of the case in the answer of `check`.
    name: Option<String>,
}

/// `GET /health`: whether the store took what it was last given.
pub(crate) async fn health(State(app): Shared) -> Response {
    let good = app.health.is_good();
    let status = if good { StatusCode::OK } else { StatusCode::INTERNAL_SERVER_ERROR };
    json_of(status, &json!({ "status": if good { "ok" } else { "store-failed" }, "knowledge": app.knowledge.edition() }))
}

/// `GET /metrics`: counts for Prometheus.
pub(crate) async fn metrics(State(app): Shared) -> Response {
    let worker = Arc::clone(&app);
    let cases = tokio::task::spawn_blocking(move || worker.well(worker.store.count())).await;
    let Ok(Ok(cases)) = cases else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let text = app.metrics.text(&Now { cases, analyses: app.pool.inside(), bytes: app.budget.used() });
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

/// `GET /api/v1/openapi.json`
pub(crate) async fn description() -> Response {
    json_of(StatusCode::OK, &openapi::description())
}
