//! Takes the body of a request: a form with files, or JSON. Counts bytes, files and time, and believes no number that
//! the sender tells.

use std::sync::Arc;
use std::time::Duration;

use axum::RequestExt;
use axum::body::{Body, to_bytes};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Multipart, Request};
use axum::http::{StatusCode, header};
use http_body_util::BodyExt;
use serde::Deserialize;
use tokio::time::timeout;

use crate::app::App;
use crate::evidence::Upload;
use crate::pool::{Budget, Held};
use crate::problem::Problem;

/// What was sent.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) uploads: Vec<Upload>,
    /// The name that the case should have, for programs.
    pub(crate) name: Option<String>,
    /// Keeps its bytes counted until they are gone.
    pub(crate) held: Held,
}

impl Received {
    /// Bytes of evidence.
    pub(crate) fn bytes(&self) -> usize {
        self.uploads.iter().map(|u| u.bytes.len()).sum()
    }
}

/// Name of a pasted text.
const PASTED: &str = "paste.txt";
/// Longest name that is kept of a file, in characters.
const NAME_CHARS_MAX: usize = 120;
/// Fields of a form that are no file.
const FIELD_BYTES_MAX: usize = 1_000;
/// Fields that are no file, and fields for files that were left empty.
const FIELDS_MAX: usize = 20;
/// How much of a refused body is read, so that a browser gets to read the answer.
const DRAIN_BYTES_MAX: u64 = 256 << 20;
/// How long.
const DRAIN_TIME: Duration = Duration::from_secs(20);

/// Cases as JSON.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct JsonUpload {
    /// Name of the case in the answer of `check`; the first file's name if left out.
    pub(crate) name: Option<String>,
    /// The evidence of one computer.
    pub(crate) files: Vec<JsonFile>,
}

/// A text.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct JsonFile {
    /// Name of the file.
    name: String,
    /// What a console printed.
    text: String,
}

/// Receives a form, or JSON where a program may send it.
pub(crate) async fn receive(app: &App, request: Request, json: bool) -> Result<Received, Problem> {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<u64>().ok());
    let most = app.limits.upload_bytes as u64 + (64 << 10);
    if length.is_some_and(|length| length > most) {
        drain(request.into_body()).await;
        return Err(Problem::Large);
    }
    if app.pool.is_full() {
        drain(request.into_body()).await;
        return Err(Problem::Busy);
    }
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    let whole = async {
        if kind.starts_with("multipart/form-data") {
            form(app, request).await
        } else if json && kind.split(';').next().is_some_and(|k| k.trim() == "application/json") {
            json_body(app, request).await
        } else {
            Err(Problem::Kind)
        }
    };
    let received = timeout(app.limits.body_time, whole).await.map_err(|_| Problem::Slow)??;
    if received.uploads.is_empty() { Err(Problem::Empty) } else { Ok(received) }
}

async fn form(app: &App, request: Request) -> Result<Received, Problem> {
    let mut form: Multipart = request.extract().await.map_err(|_| Problem::Bad)?;
    let mut received = Received { uploads: Vec::new(), name: None, held: Budget::hold(Arc::clone(&app.budget)) };
    let mut others = 0;
    while let Some(field) = patient(app, form.next_field()).await? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(shown);
        let is_file = name == "files" || name == "text";
        let most = if is_file { app.limits.file_bytes } else { FIELD_BYTES_MAX };
        let bytes = content(app, field, most, &mut received.held).await?;
        // A browser sends the field without a name when no file was chosen, and pasted text without anything in it.
        let nothing = bytes.iter().all(u8::is_ascii_whitespace) && file_name.as_ref().is_none_or(String::is_empty);
        if is_file && !nothing {
            let name = file_name.filter(|n| !n.is_empty()).unwrap_or_else(|| PASTED.to_owned());
            received.uploads.push(Upload { name, bytes });
        } else {
            others += 1;
            if name == "name" {
                received.name = String::from_utf8(bytes).ok().map(|n| shown(&n)).filter(|n| !n.is_empty());
            }
        }
        if received.uploads.len() > app.limits.files || others > FIELDS_MAX {
            return Err(Problem::Large);
        }
    }
    Ok(received)
}

async fn content(app: &App, mut field: Field<'_>, most: usize, held: &mut Held) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = patient(app, field.chunk()).await? {
        if bytes.len() + chunk.len() > most {
            return Err(Problem::Large);
        }
        held.grow(chunk.len())?;
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Waits for the next piece, but not for ever.
async fn patient<T>(app: &App, piece: impl Future<Output = Result<T, MultipartError>>) -> Result<T, Problem> {
    match timeout(app.limits.idle_time, piece).await {
        Err(_) => Err(Problem::Slow),
        Ok(Ok(piece)) => Ok(piece),
        Ok(Err(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(Problem::Large),
        Ok(Err(_)) => Err(Problem::Bad),
    }
}

async fn json_body(app: &App, request: Request) -> Result<Received, Problem> {
    let mut held = Budget::hold(Arc::clone(&app.budget));
    let mut body = request.into_body();
    let mut bytes = Vec::new();
    loop {
        let frame = timeout(app.limits.idle_time, body.frame()).await.map_err(|_| Problem::Slow)?;
        let Some(frame) = frame else { break };
        let Ok(chunk) = frame.map_err(|_| Problem::Bad)?.into_data() else { continue };
        if bytes.len() + chunk.len() > app.limits.upload_bytes {
            return Err(Problem::Large);
        }
        held.grow(chunk.len())?;
        bytes.extend_from_slice(&chunk);
    }
    let sent: JsonUpload = serde_json::from_slice(&bytes).map_err(|_| Problem::Bad)?;
    if sent.files.len() > app.limits.files {
        return Err(Problem::Large);
    }
    let upload = |file: JsonFile| {
        let name = Some(shown(&file.name)).filter(|n| !n.is_empty()).unwrap_or_else(|| PASTED.to_owned());
        Upload { name, bytes: file.text.into_bytes() }
    };
    let uploads = sent.files.into_iter().map(upload).collect();
    Ok(Received { uploads, name: sent.name.map(|n| shown(&n)).filter(|n| !n.is_empty()), held })
}

/// A small form without files.
pub(crate) async fn fields(app: &App, request: Request) -> Result<Vec<(String, String)>, Problem> {
    let body = timeout(app.limits.idle_time, to_bytes(request.into_body(), FIELD_BYTES_MAX)).await.map_err(|_| Problem::Slow)?;
    let body = body.map_err(|_| Problem::Bad)?;
    let text = std::str::from_utf8(&body).map_err(|_| Problem::Bad)?;
    // Our own forms hold hexadecimal digits only.
    Ok(text.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// Reads a body that is refused and forgets it.
async fn drain(mut body: Body) {
    let all = async {
        let mut seen = 0;
        while let Some(Ok(frame)) = body.frame().await {
            seen += frame.data_ref().map_or(0, |d| d.len() as u64);
            if seen > DRAIN_BYTES_MAX {
                return;
            }
        }
    };
    // Whether it came to its end does not matter.
    let _ = timeout(DRAIN_TIME, all).await;
}

/// A name on one line, without folders, controls and signs that turn the direction of writing.
fn shown(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let odd =
        |c: char| c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    base.chars().filter(|c| !odd(*c)).take(NAME_CHARS_MAX).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn names_lead_nowhere() {
        assert_eq!(shown("../../etc/passwd"), "passwd");
        assert_eq!(shown("C:\\Users\\me\\slmgr.txt"), "slmgr.txt");
        assert_eq!(shown("a\u{202e}txt.exe\r\nX: y"), "atxt.exeX: y");
        assert_eq!(shown("輸出.txt"), "輸出.txt");
        assert_eq!(shown("dir/"), "");
        assert_eq!(shown(&"a".repeat(500)).len(), 120);
    }
}
