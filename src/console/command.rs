//! Prompts and command lines: which program was asked to do what.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::character::complete::{char, satisfy};
use nom::combinator::{opt, recognize};
use nom::{IResult, Parser};

use crate::data_error::edit_distance;

/// A command line as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// `slmgr`, `ospp`, `nslookup` … or `other`.
    pub tool: &'static str,
    /// The program as typed, without folder and extension: `cscript`, `yarn`.
    pub program: String,
    /// The option without its mark, lower case: `ato`, `sethst`; for other tools the first argument.
    pub action: String,
    /// What follows: a host, a key, an activation ID.
    pub argument: String,
    /// A prompt stood before it.
    pub prompted: bool,
}

/// `C:\Windows\system32>`, `PS C:\>`, `[C:\Office16]$`, `PS>`: what comes behind it.
fn prompt(i: &str) -> IResult<&str, &str> {
    alt((powershell_prompt, drive_prompt, bracket_prompt)).parse(i)
}

/// `PS C:\Users\user> `
fn powershell_prompt(i: &str) -> IResult<&str, &str> {
    recognize((tag("PS"), take_while(|c| c != '>' && c != '\n'), char('>'), opt(tag(">")))).parse(i)
}

/// `C:\Windows\system32>`
fn drive_prompt(i: &str) -> IResult<&str, &str> {
    let letter = satisfy(|c| c.is_ascii_alphabetic());
    recognize((letter, char(':'), alt((char('\\'), char('/'))), take_while(|c| !matches!(c, '>' | '"' | '*' | '?' | '|')), char('>')))
        .parse(i)
}

/// `[C:\Program Files\Microsoft Office\Office16]$ `
fn bracket_prompt(i: &str) -> IResult<&str, &str> {
    recognize((char('['), take_while1(|c| c != ']'), alt((tag("]$"), tag("]#"))))).parse(i)
}

/// Splits a prompt from what was typed behind it.
#[must_use]
pub fn after_prompt(line: &str) -> Option<&str> {
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    prompt(line).ok().filter(|(_, p)| p.chars().count() < 200).map(|(rest, _)| rest.trim())
}

/// The programs that state something about activation, and what they are called here.
const PROGRAMS: [(&str, &str); 45] = [
    ("slmgr", "slmgr"),
    ("ospp", "ospp"),
    ("nslookup", "nslookup"),
    ("resolve-dnsname", "nslookup"),
    ("test-netconnection", "test-netconnection"),
    ("tnc", "test-netconnection"),
    ("telnet", "telnet"),
    ("psping", "test-netconnection"),
    ("portqry", "test-netconnection"),
    ("ping", "ping"),
    ("ipconfig", "ipconfig"),
    ("w32tm", "w32tm"),
    ("tzutil", "w32tm"),
    ("sc", "sc"),
    ("net", "sc"),
    ("get-service", "sc"),
    ("reg", "reg"),
    ("mgadiag", "mgadiag"),
    ("wmic", "wmi"),
    ("get-ciminstance", "wmi"),
    ("get-wmiobject", "wmi"),
    ("get-kmslicenseinfo", "wmi"),
    ("get-oslicenseinfo", "wmi"),
    ("get-adlicenseinfo", "wmi"),
    ("get-subscriptionlicenseinfo", "wmi"),
    ("gcim", "wmi"),
    ("gwmi", "wmi"),
    ("invoke-oslicense", "slmgr"),
    ("invoke-kmslicense", "slmgr"),
    ("set-kmslicenseinfo", "slmgr"),
    ("invoke-cimmethod", "slmgr"),
    ("start-transcript", "cmd"),
    ("stop-transcript", "cmd"),
    ("get-date", "cmd"),
    ("get-timezone", "w32tm"),
    ("systeminfo", "cmd"),
    ("pause", "cmd"),
    ("cd", "cmd"),
    ("echo", "cmd"),
    ("rem", "cmd"),
    ("ver", "cmd"),
    ("dir", "cmd"),
    ("cls", "cmd"),
    ("ospprearm", "ospp"),
    ("vnextdiag", "ospp"),
];

/// Reads a line as a command. Without a prompt it must begin with a program of ours and an option,
/// so that prose about `slmgr` is no command.
#[must_use]
pub fn parse(line: &str) -> Option<Command> {
    match after_prompt(line) {
        Some(typed) => words_to_command(typed, true),
        None => {
            let bare =
                line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '#' | '>' | '*' | '•' | '`' | '$' | '-' | '\u{feff}'));
            let begins = [
                "cscript",
                "wscript",
                "slmgr",
                "ospp",
                "nslookup",
                "test-netconnection",
                "tnc ",
                "w32tm",
                "ipconfig",
                "invoke-oslicense",
                "invoke-kmslicense",
                "set-kmslicenseinfo",
                "cd \"",
                "cd c:",
                "cd /d ",
            ];
            let lower = bare
                .get(..20.min(bare.len()))
                .map_or_else(|| bare.chars().take(12).collect::<String>(), str::to_owned)
                .to_ascii_lowercase();
            let plausible = begins.iter().any(|b| lower.starts_with(b));
            let command = plausible.then(|| words_to_command(bare, false)).flatten()?;
            let has_option = !command.action.is_empty() && is_ascii_line(bare);
            (has_option && command.tool != "other").then_some(command)
        }
    }
}

/// Commands are ASCII but for typographic dashes; sentences about them are often not.
fn is_ascii_line(text: &str) -> bool {
    text.chars().take(120).all(|c| c.is_ascii() || matches!(c, '–' | '—' | '−' | '“' | '”' | '•'))
}

fn words_to_command(typed: &str, prompted: bool) -> Option<Command> {
    // `PS>TerminatingError(Get-CimInstance): "…"`: a transcript notes what the console does not show.
    if typed.split_once("): ").is_some_and(|(call, _)| call.contains('(') && !call.contains(' ')) {
        return None;
    }
    let words = words(typed);
    let first = program_name(words.first()?);
    let named = words.iter().enumerate().find_map(|(i, w)| {
        let name = program_name(w);
        let entry = PROGRAMS.iter().find(|(program, _)| *program == name)?;
        (i == 0 || matches!(entry.1, "slmgr" | "ospp") || first == "powershell").then_some((i, entry.1))
    });
    let (at, tool) = named.unwrap_or((0, "other"));
    let rest = words.get(at + 1..).unwrap_or_default();
    let (action, argument) = cmdlet_action(rest).filter(|_| first.contains('-')).unwrap_or_else(|| action_of(tool, rest));
    Some(Command { tool, program: first, action, argument, prompted })
}

/// `"C:\Windows\System32\slmgr.vbs"` → `slmgr`.
fn program_name(word: &str) -> String {
    let bare = word.trim_matches(|c| matches!(c, '"' | '\'' | '“' | '”' | '\\' | '&'));
    let name = bare.rsplit(['\\', '/']).next().unwrap_or(bare).to_ascii_lowercase();
    let stem = name.strip_suffix(".vbs").or_else(|| name.strip_suffix(".exe")).or_else(|| name.strip_suffix(".ps1"));
    stem.unwrap_or(&name).to_owned()
}

/// Splits at blanks outside quotes. Markdown's `\"` is a quote.
fn words(typed: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for c in typed.chars().take(1_000) {
        match c {
            '"' | '“' | '”' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            '`' | '\\' if word.is_empty() && !quoted => {}
            c => word.push(c),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// `/skms kms.example.edu` → (`skms`, `kms.example.edu`); `/sethst:kms` → (`sethst`, `kms`).
fn action_of(tool: &str, rest: &[String]) -> (String, String) {
    let options = matches!(tool, "slmgr" | "ospp");
    if !options {
        return (rest.first().cloned().unwrap_or_default(), rest.get(1..).unwrap_or_default().join(" "));
    }
    let marked = rest.iter().position(|w| w.starts_with(is_option_mark));
    let Some(at) = marked else { return (String::new(), String::new()) };
    let word = rest.get(at).map_or("", |w| w.trim_start_matches(is_option_mark)).trim_end_matches('`');
    match word.split_once([':', '：']) {
        Some((name, value)) => {
            // `/sethst: host`: the blank makes ospp see no value at all.
            (name.to_ascii_lowercase(), value.to_owned())
        }
        None => (word.to_ascii_lowercase(), rest.get(at + 1).cloned().unwrap_or_default()),
    }
}

/// What a cmdlet of the `OSLicense` module, or a method of the licensing classes, is asked to do, as slmgr calls it.
fn cmdlet_action(rest: &[String]) -> Option<(String, String)> {
    const ACTIONS: [(&str, &str); 12] = [
        ("-activateonline", "ato"),
        ("activate", "ato"),
        ("-installproductkey", "ipk"),
        ("installproductkey", "ipk"),
        ("-uninstallproductkey", "upk"),
        ("uninstallproductkey", "upk"),
        ("-servername", "skms"),
        ("setkeymanagementservicemachine", "skms"),
        ("-clearserver", "ckms"),
        ("clearkeymanagementservicemachine", "ckms"),
        ("-rearm", "rearm"),
        ("rearmwindows", "rearm"),
    ];
    rest.iter().enumerate().find_map(|(i, word)| {
        let lower = word.trim_matches('\'').to_ascii_lowercase();
        let action = ACTIONS.iter().find(|(named, _)| *named == lower)?.1;
        Some((action.to_owned(), rest.get(i + 1).map(|w| w.trim_matches('\'').to_owned()).unwrap_or_default()))
    })
}

/// `/`, and the dashes that word processors make of `-`.
fn is_option_mark(c: char) -> bool {
    matches!(c, '/' | '-' | '–' | '—' | '−' | '／' | '－')
}

/// What a misspelt word was meant to be: `cscrip` → `cscript`. `None` for correct and for far words.
#[must_use]
pub fn meant<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = program_name(word);
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        if candidate == lower {
            return None;
        }
        let distance = edit_distance(&lower, candidate);
        let near = distance <= 2 && distance * 3 <= candidate.len()
            || candidate.len() > lower.len() && lower.len() >= 4 && candidate.starts_with(&lower);
        if near && best.is_none_or(|b| distance < b.0) {
            best = Some((distance, candidate));
        }
    }
    best.map(|b| b.1)
}

#[cfg(test)]
mod tests {
    use super::{meant, parse};

    #[test]
    fn prompts_and_quotes() {
        let c = parse(r#"C:\Users\Administrator\Desktop\KMS教學>cscript "C:\Program Files\Microsoft Office\Office15\ospp.vbs" /sethst:kms.oit.edu.tw"#).unwrap();
        assert_eq!((c.tool, c.action.as_str(), c.argument.as_str()), ("ospp", "sethst", "kms.oit.edu.tw"));
        let c = parse(r"PS C:\Users\user> cscript //nologo C:\Windows\System32\slmgr.vbs /dlv").unwrap();
        assert_eq!((c.tool, c.action.as_str()), ("slmgr", "dlv"));
        let c = parse("slmgr –skms ap24.kh.edu.tw:1688").unwrap();
        assert_eq!((c.tool, c.action.as_str(), c.argument.as_str()), ("slmgr", "skms", "ap24.kh.edu.tw:1688"));
        let c = parse(r"PS L:\ubuntu> ./ubuntu1804.exe").unwrap();
        assert_eq!((c.tool, c.program.as_str()), ("other", "ubuntu1804"));
    }

    #[test]
    fn prose_is_no_command() {
        assert_eq!(parse("slmgr 是查詢指令"), None);
        assert_eq!(parse("再執行 slmgr –dlv 檢查版本"), None);
        assert_eq!(parse("yarn install"), None);
    }

    #[test]
    fn misspellings_name_what_was_meant() {
        let known = ["cscript", "slmgr", "ospp"];
        assert_eq!(meant("cscrip", known.into_iter()), Some("cscript"));
        assert_eq!(meant("slmrg.vbs", known.into_iter()), Some("slmgr"));
        assert_eq!(meant("yarn", known.into_iter()), None);
        assert_eq!(meant("cscript.exe", known.into_iter()), None);
    }
}
