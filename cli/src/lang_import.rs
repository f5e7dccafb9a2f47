//! `lang import`: the wording of a Windows language, taken from its own `slmgr.ini`, as a grammar file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use kms_triage::fold::{Folded, fold};
use kms_triage::{DataError, Knowledge};

use crate::args::{ImportArgs, LangCommand};
use crate::data::DataFiles;
use crate::exit::{Exit, Failure};
use crate::ini::{self, Entry};
use crate::lang_slots::{is_variable, sample, slots_of, wording};
use crate::output;

/// A resource file of slmgr has 60 kB.
const INI_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// Language folders of Windows, as `System32\slmgr` names them.
const LANGUAGES: [(&str, &str); 40] = [
    ("0401", "ar"),
    ("0402", "bg"),
    ("0403", "ca"),
    ("0404", "zh-TW"),
    ("0405", "cs"),
    ("0406", "da"),
    ("0407", "de"),
    ("0408", "el"),
    ("0409", "en"),
    ("040a", "es"),
    ("040b", "fi"),
    ("040c", "fr"),
    ("040d", "he"),
    ("040e", "hu"),
    ("0410", "it"),
    ("0411", "ja"),
    ("0412", "ko"),
    ("0413", "nl"),
    ("0414", "nb"),
    ("0415", "pl"),
    ("0416", "pt-BR"),
    ("0418", "ro"),
    ("0419", "ru"),
    ("041a", "hr"),
    ("041b", "sk"),
    ("041d", "sv"),
    ("041e", "th"),
    ("041f", "tr"),
    ("0421", "id"),
    ("0422", "uk"),
    ("0424", "sl"),
    ("0425", "et"),
    ("0426", "lv"),
    ("0427", "lt"),
    ("042a", "vi"),
    ("0804", "zh-CN"),
    ("0809", "en-GB"),
    ("0816", "pt"),
    ("0c04", "zh-HK"),
    ("0c0a", "es"),
];

/// What became of the entries of a resource file.
#[derive(Default)]
struct Import {
    /// Wordings by message id, for the tool's own grammar.
    slmgr: BTreeMap<String, String>,
    /// Sentences by code, for the grammar of error texts.
    errors: BTreeMap<String, String>,
    /// Names that no message has.
    unknown: Vec<String>,
    /// Entries that cannot be used, and why.
    unfit: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(command: &LangCommand) -> Result<Exit, Failure> {
    let LangCommand::Import(options) = command;
    let language = language(options)?;
    let entries = read(&options.ini)?;
    let files = DataFiles::embedded();
    let (knowledge, _) = files.load();
    let import = place(&knowledge, &entries);
    if import.slmgr.is_empty() {
        return Err(Failure::nothing(format!(
            "`{}` holds no message of slmgr; give the slmgr.ini of a Windows folder",
            options.ini.display()
        )));
    }
    // A second file beside ours: one of the same name would replace wordings that people retyped.
    let exists = |tool: &str| files.iter().any(|(p, _)| p == format!("grammars/{tool}/{language}.json"));
    let path = |tool: &str| format!("grammars/{tool}/{language}{}.toml", if exists(tool) { "-machine" } else { "" });
    let made =
        [(path("slmgr"), grammar("slmgr", &language, &import.slmgr)), (path("errors"), grammar("error texts", &language, &import.errors))];
    tell(&import, &entries);
    for problem in new_problems(&files, &made) {
        output::note(&problem.to_string());
    }
    write(options.out.as_deref(), &made)
}

/// The tag given, or the one of the folder that the file lies in.
fn language(options: &ImportArgs) -> Result<String, Failure> {
    if let Some(tag) = &options.language {
        let fits = !tag.is_empty() && tag.len() <= 20 && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        return if fits { Ok(tag.clone()) } else { Err(Failure::usage(format!("`{tag}` is no language tag; write it as in zh-TW"))) };
    }
    let folder = fs::canonicalize(&options.ini).ok().and_then(|p| Some(p.parent()?.file_name()?.to_string_lossy().to_lowercase()));
    let known = LANGUAGES.iter().find(|(hex, _)| folder.as_deref() == Some(*hex));
    let message = "the language is not known: the file does not lie in a folder like 0404; name it with --language zh-TW";
    known.map(|(_, tag)| (*tag).to_owned()).ok_or_else(|| Failure::usage(message))
}

fn read(path: &Path) -> Result<Vec<Entry>, Failure> {
    let fail = |why: String| Failure::nothing(format!("cannot read `{}`: {why}", path.display()));
    let metadata = fs::metadata(path).map_err(|e| fail(e.to_string()))?;
    if !metadata.is_file() || metadata.len() > INI_BYTES_MAX {
        return Err(fail("it is no resource file of slmgr".to_owned()));
    }
    let bytes = fs::read(path).map_err(|e| fail(e.to_string()))?;
    let text = ini::decode(&bytes).ok_or_else(|| fail("it is neither UTF-16 nor UTF-8; copy it as it is in System32".to_owned()))?;
    Ok(ini::entries(&text))
}

/// Finds the message of each entry and rewrites its placeholders.
fn place(knowledge: &Knowledge, entries: &[Entry]) -> Import {
    let mut import = Import::default();
    for entry in entries {
        if let Some(code) = entry.name.strip_prefix("L_MsgError_") {
            sentence(knowledge, entry, code, &mut import);
            continue;
        }
        let Some(slots) = english_slots(knowledge, &entry.name) else {
            import.unknown.push(entry.name.clone());
            continue;
        };
        let slots: Vec<&str> = slots.iter().map(String::as_str).collect();
        match wording(&entry.text, &slots) {
            Ok(text) if fold(&text).len() < 2 => import.unfit.push(format!("line {}: {} is empty", entry.line, entry.name)),
            Ok(text) => {
                import.slmgr.insert(entry.name.clone(), text);
            }
            Err(why) => import.unfit.push(format!("line {}: {}: {why}", entry.line, entry.name)),
        }
    }
    compose(knowledge, &mut import);
    import
}

fn sentence(knowledge: &Knowledge, entry: &Entry, code: &str, import: &mut Import) {
    let code = format!("0x{}", code.to_ascii_uppercase());
    let id = format!("errors.{code}");
    if !knowledge.messages.messages.iter().any(|m| m.id == id) {
        import.unknown.push(entry.name.clone());
        return;
    }
    let folded = fold(&entry.text);
    let read = knowledge.messages.read(&entry.text, &Folded::new(&entry.text), "errors", &[]);
    let other = read.first().and_then(|r| knowledge.messages.messages.get(r.message)).filter(|m| m.id != id && m.tool == "errors");
    let twin = import.errors.iter().find(|(_, text)| fold(text) == folded).map(|(code, _)| code.clone());
    // Several codes share a sentence; it then stands for the one that our grammar chose, else for the
    // one of the system, which more programs print.
    if folded.len() < 2 || other.is_some() || (twin.is_some() && !code.starts_with("0x8007")) {
        return;
    }
    if let Some(twin) = twin {
        import.errors.remove(&twin);
    }
    import.errors.insert(code, entry.text.trim().to_owned());
}

/// Messages that the script puts together itself, or that are the same in two places.
fn compose(knowledge: &Knowledge, import: &mut Import) {
    // Positive error numbers come in decimal behind the same words.
    if let Some(text) = import.slmgr.get("L_MsgErrorText_8").cloned() {
        import.slmgr.insert("error.decimal".to_owned(), text);
    }
    // Where both grace periods have one text, only the kind that says neither may read it.
    let [initial, additional] = ["L_MsgLicenseStatusInitialGrace", "L_MsgLicenseStatusAdditionalGrace"];
    let same = |a: &String, b: &String| fold(a) == fold(b);
    if import.slmgr.get(initial).zip(import.slmgr.get(additional)).is_some_and(|(a, b)| same(a, b)) {
        import.slmgr.remove(additional);
        if let Some(text) = import.slmgr.remove(initial) {
            import.slmgr.insert("xpr.grace".to_owned(), text);
        }
    }
    // The product's name is the same in every language.
    if !import.slmgr.is_empty()
        && let Some(text) = english(knowledge, "xpr.product").first()
    {
        import.slmgr.insert("xpr.product".to_owned(), (*text).to_owned());
    }
}

/// English wordings of a message of slmgr; the first one has all its slots.
fn english<'k>(knowledge: &'k Knowledge, name: &str) -> Vec<&'k str> {
    let id = format!("slmgr.{name}");
    let index = knowledge.messages.messages.iter().position(|m| m.id == id);
    index.map(|i| knowledge.messages.wordings_of(i).filter(|w| w.0 == "en").map(|w| w.2).collect()).unwrap_or_default()
}

/// Slots of a message; `None` when there is no such message.
fn english_slots(knowledge: &Knowledge, name: &str) -> Option<Vec<String>> {
    let id = format!("slmgr.{name}");
    knowledge.messages.messages.iter().find(|m| m.id == id)?;
    let first = english(knowledge, name).first().copied().unwrap_or_default().to_owned();
    Some(slots_of(&first).into_iter().map(str::to_owned).collect())
}

/// The file. JSON strings are TOML strings as long as they hold no control character.
fn grammar(tool: &str, language: &str, wordings: &BTreeMap<String, String>) -> String {
    let quoted = |text: &str| serde_json::Value::from(text.replace(char::is_control, " ")).to_string();
    let mut lines = vec![
        format!("# Wording of {tool} in {language}, taken from the slmgr.ini of a machine."),
        String::new(),
        format!("locale = {}", quoted(language)),
        String::new(),
        "[exact]".to_owned(),
    ];
    lines.extend(wordings.iter().map(|(name, text)| format!("{} = {}", key(name), quoted(text))));
    lines.extend([String::new(), "[sample]".to_owned()]);
    let with_slots = wordings.iter().filter(|(_, text)| slots_of(text).iter().any(|s| !is_variable(s)));
    lines.extend(with_slots.map(|(name, text)| format!("{} = [{}]", key(name), quoted(&sample(name, text)))));
    lines.join("\n") + "\n"
}

/// `L_MsgActivated`, `"error.decimal"`.
fn key(name: &str) -> String {
    let bare = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if bare { name.to_owned() } else { format!("\"{name}\"") }
}

/// Problems that the new files bring; those of the data itself are not theirs.
fn new_problems(files: &DataFiles, made: &[(String, String)]) -> Vec<DataError> {
    let mut with = files.clone();
    for (path, text) in made {
        with.insert(path, text.clone());
    }
    let (knowledge, mut found) = with.load();
    found.extend(knowledge.messages.check_samples());
    found.into_iter().filter(|p| made.iter().any(|(path, _)| *path == p.file)).collect()
}

/// What could not be placed, on stderr.
fn tell(import: &Import, entries: &[Entry]) {
    for line in &import.unfit {
        output::note(&format!("not used, {line}"));
    }
    // Option words, their help and values behind labels are no messages; nobody misses them.
    let expected = |name: &&String| !name.starts_with("L_opt") && !name.starts_with("L_Params");
    let unknown: BTreeSet<&str> = import.unknown.iter().filter(expected).map(String::as_str).collect();
    if !unknown.is_empty() {
        output::note(&format!("not placed, no such message: {}", unknown.into_iter().collect::<Vec<_>>().join(", ")));
    }
    let (slmgr, errors) = (import.slmgr.len(), import.errors.len());
    output::note(&format!("{} entries: {slmgr} wordings of slmgr, {errors} error sentences", entries.len()));
}

/// To stdout (slmgr only), to one file (slmgr only), or into a data folder (both).
fn write(out: Option<&Path>, made: &[(String, String)]) -> Result<Exit, Failure> {
    let Some(out) = out else {
        return output::print(made.first().map_or("", |m| m.1.as_str()));
    };
    let is_folder = out.is_dir() || out.to_string_lossy().ends_with(['/', '\\']);
    let targets: Vec<(PathBuf, &String)> = if is_folder {
        made.iter().map(|(path, text)| (out.join(path), text)).collect()
    } else {
        made.iter().take(1).map(|(_, text)| (out.to_path_buf(), text)).collect()
    };
    for (path, text) in targets {
        let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
        folder.and_then(|()| fs::write(&path, text)).map_err(|e| Failure::internal(format!("cannot write `{}`: {e}", path.display())))?;
        output::note(&format!("wrote {}", path.display()));
    }
    Ok(Exit::Done)
}
