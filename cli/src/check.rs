//! `check`: the files given are one case; the answer goes to stdout.

use std::collections::BTreeSet;
use std::io::{IsTerminal, stdin, stdout};
use std::path::{Path, PathBuf};

use kms_triage::intake::stem;
use kms_triage::report::{CaseLinks, Renderer, case_text, index_row};
use kms_triage::table;

use crate::args::{CheckArgs, CheckFormat, Color, Shared};
use crate::exit::{Exit, Failure};
use crate::input::{self, Loaded, PARTLY};
use crate::words::{Words, shown};
use crate::{data, output};

/// Runs the command.
pub(crate) fn run(options: &CheckArgs, shared: &Shared) -> Result<Exit, Failure> {
    if options.files.iter().filter(|f| is_stdin(f)).count() > 1 {
        return Err(Failure::usage("standard input (-) can be read only once"));
    }
    let knowledge = data::knowledge(&shared.extra, options.site.site.as_deref())?;
    let words = Words { knowledge: &knowledge, locale: shared.locale(&knowledge)? };
    let names = names(&options.files);
    let loaded: Vec<Loaded> = options.files.iter().zip(names).map(|(path, name)| load(path, name, words)).collect();
    let problems = loaded.iter().filter(|l| l.trouble.is_some()).count();
    let with_text = loaded.iter().filter(|l| l.has_text()).count();
    for one in &loaded {
        tell(one, words);
    }
    if with_text == 0 && options.format == CheckFormat::Text {
        return Err(Failure::nothing(words.say("term-nothing-read", &[])));
    }
    let name = options.name.clone().unwrap_or_else(|| case_name(&options.files));
    let inputs: Vec<kms_triage::Input<'_>> = loaded.iter().map(Loaded::input).collect();
    let analysis = kms_triage::analyze(&knowledge, &name, &inputs);
    let damaged = analysis.case.files.iter().filter(|f| f.status != "read").count();
    let problems = problems.max(damaged);
    let text = match options.format {
        CheckFormat::Text => case_text(&knowledge, &analysis, words.locale, has_color(options.color)),
        CheckFormat::Json => serde_json::to_string(&analysis.case).map_err(|e| Failure::internal(e.to_string()))? + "\n",
        CheckFormat::Csv => table::head() + &table::whole(&table::row(&knowledge, &analysis, words.locale), ""),
        CheckFormat::Html => Renderer::new(&knowledge)
            .and_then(|r| r.case(&analysis, words.locale, &CaseLinks::default()))
            .map_err(|e| Failure::internal(format!("cannot render the template `report.html`: {e}")))?,
    };
    output::print(&text)?;
    let needs_action = index_row(&knowledge, &analysis, String::new()).needs_action;
    Ok(Exit::of_inputs(with_text, problems, options.fail_on.is_some() && needs_action))
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn load(path: &Path, name: String, words: Words<'_>) -> Loaded {
    if is_stdin(path) { input::load_stream(name, &mut stdin().lock(), words) } else { input::load(name, path, words) }
}

/// File names without their folders, unless two are the same: then as given.
fn names(files: &[PathBuf]) -> Vec<String> {
    let base = |path: &PathBuf| match path.file_name() {
        _ if is_stdin(path) => "stdin".to_owned(),
        Some(name) => shown(&name.to_string_lossy()),
        None => shown(&path.to_string_lossy()),
    };
    let short: Vec<String> = files.iter().map(base).collect();
    let unique = short.iter().collect::<BTreeSet<_>>().len() == short.len();
    if unique { short } else { files.iter().map(|f| shown(&f.to_string_lossy())).collect() }
}

/// `PC-07` for `PC-07_slmgr.txt`, and for files of different names in the folder `PC-07`.
fn case_name(files: &[PathBuf]) -> String {
    let named = |f: &&PathBuf| !is_stdin(f);
    let stems: BTreeSet<String> =
        files.iter().filter(named).filter_map(|f| f.file_name()).map(|n| stem(&shown(&n.to_string_lossy())).to_owned()).collect();
    let folders: BTreeSet<_> = files.iter().filter(named).map(|f| f.parent()).collect();
    let folder = folders.first().copied().flatten().and_then(Path::file_name).filter(|_| folders.len() == 1 && stems.len() > 1);
    match folder {
        Some(name) => shown(&name.to_string_lossy()),
        None => stems.first().cloned().unwrap_or_else(|| "stdin".to_owned()),
    }
}

/// What was not read whole, on stderr: JSON and HTML say it too, the text form has no room for it.
fn tell(loaded: &Loaded, words: Words<'_>) {
    for remark in loaded.log.iter().flat_map(kms_triage::analyze::remarks) {
        output::note(&format!("`{}`: {}", loaded.name, remark.say(words.knowledge, words.locale)));
    }
    let Some(trouble) = &loaded.trouble else { return };
    let line = if trouble.status == PARTLY {
        format!("`{}`: {}", loaded.name, trouble.reason)
    } else {
        words.say("term-file-failed", &[("file", &loaded.name), ("reason", &trouble.reason)])
    };
    output::note(&line);
}

fn has_color(color: Color) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
    }
}
