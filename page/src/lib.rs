//! The analyzer for a page in a browser: bytes of files in, verdict, report and text out. No clock, no network, no
//! storage; the page brings the files and shows what comes back.

mod abi;
mod request;

use kms_triage::event::evtx::{InProcess, OddChunks, OddRead};
use kms_triage::intake::{Content, shown, stem, take_in};
use kms_triage::report::{CaseLinks, Renderer, case_text};
use kms_triage::{Input, Knowledge, TOOL};
use serde_json::{Map, Value, json};

pub use request::{Malformed, Request};

/// Keys of the words that the page itself shows, in the `[ui]` table of each language.
const WORD_PREFIX: &str = "offline-";
/// Odd chunks of one log that are read: as many as the command reads.
const ODD_CHUNKS_MAX: usize = 1000;

/// What the page shows, saves and copies.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// The JSON of the case, as `check --format json` prints it, without the line end.
    pub json: String,
    /// The page of the case, as `check --format html` prints it.
    pub html: String,
    /// The report as text, as `check` prints it.
    pub text: String,
}

/// Everything the program knows. What is embedded was checked when it was built, so that no errors come back.
#[must_use]
pub fn knowledge() -> Knowledge {
    let (mut knowledge, _) = Knowledge::load(kms_triage_data::FILES.iter().copied());
    kms_triage_data::HASH.clone_into(&mut knowledge.hash);
    knowledge
}

/// Analyzes the files of `request` as one case.
///
/// # Errors
/// When a template cannot be rendered.
pub fn analyze(knowledge: &Knowledge, request: &Request<'_>) -> Result<Answer, String> {
    let locale = knowledge.locale_of(request.locale).unwrap_or("en");
    let names: Vec<String> = request.files.iter().map(|(name, _)| shown(name)).collect();
    let mut contents: Vec<Content> = Vec::new();
    for ((_, bytes), name) in request.files.iter().zip(&names) {
        contents.push(take_in(knowledge, locale, name, bytes, &mut Odd { left: if request.odd_chunks { ODD_CHUNKS_MAX } else { 0 } }));
    }
    let inputs: Vec<Input<'_>> = contents.iter().zip(&names).map(|(content, name)| content.input(name)).collect();
    let analysis = kms_triage::analyze(knowledge, &case_name(request.case, &names), &inputs);
    let renderer = Renderer::new(knowledge).map_err(|e| e.to_string())?;
    Ok(Answer {
        json: serde_json::to_string(&analysis.case).map_err(|e| e.to_string())?,
        html: renderer.case(&analysis, locale, &CaseLinks::default()).map_err(|e| e.to_string())?,
        text: case_text(knowledge, &analysis, locale, false),
    })
}

/// Reads the wordings that it knows as if somebody had pasted them: afterwards a browser has compiled most of the code
/// that an answer needs, and the first one comes as fast as the next.
pub fn rehearse(knowledge: &Knowledge) {
    /// More brings nothing.
    const BYTES: usize = 256 * 1024;
    let mut text = String::new();
    for (_, file) in kms_triage_data::FILES.iter().filter(|(path, _)| path.starts_with("grammars/")) {
        if text.len() < BYTES {
            add_lines(&serde_json::from_str(file).unwrap_or_default(), &mut text);
        }
    }
    let request = Request { odd_chunks: false, locale: "en", case: "", files: vec![("a.txt", text.as_bytes())] };
    // What comes out is nobody's case.
    let _ = analyze(knowledge, &request);
}

/// Every text of a data file as a line.
fn add_lines(value: &Value, lines: &mut String) {
    match value {
        Value::String(text) => {
            lines.push_str(text);
            lines.push('\n');
        }
        Value::Array(items) => items.iter().for_each(|item| add_lines(item, lines)),
        Value::Object(fields) => fields.values().for_each(|item| add_lines(item, lines)),
        _ => {}
    }
}

/// What the files have in common before the first `_` or `.`, else `case`.
fn case_name(case: &str, names: &[String]) -> String {
    match names {
        [first, rest @ ..] if rest.iter().all(|name| stem(name) == stem(first)) => stem(first).to_owned(),
        _ => shown(case),
    }
}

/// The page's own words: for each language its tag, its `lang` attribute, its name and the words without their prefix;
/// and the edition of program and knowledge.
#[must_use]
pub fn words(knowledge: &Knowledge) -> Value {
    let of = |tag: &str| -> Value {
        let ui = knowledge.locales.get(tag).map(|locale| &locale.ui);
        let word = |(key, word): (&String, &String)| Some((key.strip_prefix(WORD_PREFIX)?.to_owned(), json!(word)));
        let words: Map<String, Value> = ui.into_iter().flatten().filter_map(word).collect();
        json!({ "tag": tag, "lang": knowledge.html_lang(tag), "name": knowledge.word(tag, "locale-name"), "words": words })
    };
    let languages: Vec<Value> = knowledge.locale_tags().into_iter().map(of).collect();
    json!({ "edition": format!("{TOOL} · {}", knowledge.edition()), "languages": languages })
}

/// Reads odd chunks of a log in place, as many as are left.
#[derive(Debug)]
struct Odd {
    left: usize,
}

impl OddChunks for Odd {
    fn read(&mut self, chunk: &[u8], wanted: &[u32]) -> Option<OddRead> {
        self.left = self.left.checked_sub(1)?;
        InProcess.read(chunk, wanted)
    }
}
