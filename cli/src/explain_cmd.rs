//! `explain`: what a code, an id or a printed sentence means.

use std::fs;
use std::path::Path;

use kms_triage::Knowledge;
use kms_triage::explain::{entries, explain, explain_named, suggestions};
use kms_triage::report::{RenderError, Renderer, entry_page};

use crate::args::{ExplainArgs, ExplainFormat, Shared};
use crate::exit::{Exit, Failure};
use crate::words::{Words, shown};
use crate::{data, output};

/// Runs the command. Words typed without quotes are one question.
pub(crate) fn run(options: &ExplainArgs, shared: &Shared) -> Result<Exit, Failure> {
    let site = options.site.site.as_deref();
    let (files, mut knowledge) = data::without_messages(&shared.extra, site)?;
    if let Some(dir) = &options.out {
        return encyclopaedia(&knowledge, dir, Words { knowledge: &knowledge, locale: shared.locale(&knowledge)? });
    }
    let what = options.what.join(" ");
    let locale = shared.locale(&knowledge)?.to_owned();
    let mut explanation = explain_named(&knowledge, &what, &locale);
    if explanation.is_none() {
        data::add_messages(&mut knowledge, &files, &shared.extra);
        explanation = explain(&knowledge, &what, &locale);
    }
    let words = Words { knowledge: &knowledge, locale: &locale };
    let Some(explanation) = explanation else {
        let mut message = words.say("explain-not-found", &[("id", &shown(what.trim()))]);
        let near = suggestions(&knowledge, &what);
        if !near.is_empty() {
            message.push('\n');
            message.push_str(&words.say("explain-did-you-mean", &[("list", &near.join(", "))]));
        }
        return Err(Failure::nothing(message));
    };
    output::print(&match options.format {
        ExplainFormat::Text => explanation.text(),
        ExplainFormat::Json => format!("{:#}\n", explanation.json()),
    })
}

/// File that marks a folder as ours: only such a folder, or an empty one, is written into.
const MARK: &str = ".kms-triage-encyclopaedia";

/// `--all`: a page for each entry and a list, in every language.
fn encyclopaedia(knowledge: &Knowledge, dir: &Path, words: Words<'_>) -> Result<Exit, Failure> {
    let cannot = |what: &str, e: &std::io::Error| Failure::internal(format!("cannot {what} `{}`: {e}", dir.display()));
    fs::create_dir_all(dir).map_err(|e| cannot("make the folder", &e))?;
    let is_empty = fs::read_dir(dir).map_err(|e| cannot("read the folder", &e))?.next().is_none();
    if !is_empty && !dir.join(MARK).is_file() {
        let message = format!("`{}` holds files that kms-triage did not make; name another folder with --out", dir.display());
        return Err(Failure::usage(message));
    }
    fs::write(dir.join(MARK), "").map_err(|e| cannot("write into", &e))?;
    let broken = |e: RenderError| Failure::internal(format!("cannot render a page of the encyclopaedia: {e}"));
    let renderer = Renderer::new(knowledge).map_err(broken)?;
    // Whole under another name first: a reader never meets half a page.
    let put = |name: &str, html: &str| {
        let fresh = dir.join(format!(".{name}.new"));
        fs::write(&fresh, html).and_then(|()| fs::rename(&fresh, dir.join(name))).map_err(|e| cannot("write into", &e))
    };
    let all = entries(knowledge);
    for locale in knowledge.locale_tags() {
        for (kind, id) in &all {
            if let Some(html) = renderer.entry(kind, id, locale).map_err(broken)? {
                put(&format!("{}.{locale}.html", entry_page(kind, id)), &html)?;
            }
        }
        let list = renderer.entry_list(locale).map_err(broken)?;
        put(&format!("index.{locale}.html"), &list)?;
        if locale == words.locale {
            put("index.html", &list)?;
        }
    }
    output::note(&words.say("explain-all-end", &[("n", &all.len().to_string()), ("path", &dir.join("index.html").to_string_lossy())]));
    Ok(Exit::Done)
}
