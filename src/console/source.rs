//! Lines of programs and batch files, which quote what they look for: nothing on them happened.
//! Judges by the syntax of the usual script languages, not by words. Patterns are lower-case ASCII.

use regex::Regex;
use std::sync::LazyLock;

/// What only source code has, anywhere in a line.
static SYNTAX: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        // -match "0xC004F074", -notcontains 'License Status: Licensed'
        r#"(?: -(?:[ci]?not)?(?:match|like|eq|ne|contains|in|replace) +\(?["'@$])"#,
        // .Contains("…"), text.includes('…')
        r#"|\.(?:contains|includes|indexof|startswith|endswith|test|search)\(["'/]"#,
        // | find "…" >nul
        r#"|\b(?:find|findstr)(?:\.exe)?(?: +/[a-z])* +"[^"]*""#,
        // throw '0xC004F074'
        r#"|\bthrow ["'(]"#,
        // if (…) {, } elseif (…) {
        r"|\b(?:if|elseif|elif|while|foreach|switch) ?\(.*\) ?\{"
    ))
    .ok()
});

/// What source code begins with.
static START: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:",
        // comments and output of batch files
        r"::|rem |@?echo[ .]|@echo",
        // set str6=…, set /p a=…
        r"|set +(?:/[ap] +)?[a-z_][a-z0-9_]* ?=",
        // if %code% EQU -1073418124 (
        r"|if +(?:/i +|not +)*[^ ]+ +(?:equ|neq|lss|leq|gtr|geq) ",
        // call :show %red% "failed [0xC004F074]"
        r"|call +:[a-z_]",
        r"|#?define [a-z_]",
        // $out = …, $null = &
        r"|\$?[a-z_][a-z0-9_.\[\]]* = (?:&|@|\$|\(|r?'|\x22\x22)",
        r"|(?:private |public |export )?(?:const|let|var) [a-z_]",
        r"|(?:write-[a-z]+|console\.(?:log|error)|system\.out\.println|print|printf|println|msgbox|cout) *[(<\x22'-]",
        // a table of codes: "0xC004F074": "…",
        r"|[\x22'](?:0x)?[0-9a-f]{8}[\x22'] *(?::|=>|,|\)|=)",
        // a row of a table: ("0xC004F074", "no host", [("slmgr /dlv", 0, "…")]),
        r"|[\[{]*\( *[\x22'][^\x22']*[\x22'] *, *(?:[\x22'0-9\[({]|$)",
        // a list under an unquoted name, or a quoted name that a list is assigned to: triggers: &["…", 'NO_HOST' = @('…',
        r"|[a-z_][a-z0-9_]* *[:=] *&?(?:vec!)?[\[({] *[\x22']",
        r"|[\x22'][a-z0-9_.-]+[\x22'] *=>? *@?[\[({] *[\x22']",
        r")"
    ))
    .ok()
});

/// Whether a line is source code or a line of a batch file, not of its output.
#[must_use]
pub fn is_source(body: &str) -> bool {
    const WORDS: [&str; 6] = ["::", "rem ", "echo", "@echo", "define ", "if "];
    if is_comment(body) {
        return true;
    }
    let marked = body.bytes().any(|b| matches!(b, b'"' | b'\'' | b'=' | b'{'));
    let worded = || WORDS.iter().any(|w| body.get(..w.len()).is_some_and(|head| head.eq_ignore_ascii_case(w)));
    if !marked && !worded() {
        return false;
    }
    let lower = half_width(body).to_ascii_lowercase();
    let matches = |re: &LazyLock<Option<Regex>>| re.as_ref().is_some_and(|re| re.is_match(&lower));
    matches(&START) || matches(&SYNTAX)
}

/// Input methods write `call：show` and `0xＣ004F074`.
fn half_width(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        other => other,
    };
    text.chars().map(narrow).collect()
}

/// `// The service reported that the key is invalid.`, not `//nologo` and no address.
fn is_comment(body: &str) -> bool {
    let text = body.trim_start().trim_start_matches('/');
    body.trim_start().starts_with("//") && (text.is_empty() || text.starts_with([' ', '\t', '!']))
}

/// A line that leaves a call or a list open, behind which only its texts follow.
static OPENS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:(?:const|let|var|return|await|yield|self\.) *)*(?:",
        // dialog("status", [, print(
        r"[A-Za-z_][A-Za-z0-9_.:$]*\((?:.*[\[({,])?",
        // $expected = @(, inline = [
        r"|\$?[A-Za-z_][A-Za-z0-9_.$]* *(?::[A-Za-z\[\], ]*)?=>? *[a-z]?@?[\[({]",
        // steps: &[, steps: [
        r"|[A-Za-z_][A-Za-z0-9_]*: *&?(?:vec!)?\[",
        r")$"
    ))
    .ok()
});

/// The texts of a call or a list that goes on over several lines: a program holds them, nothing printed them.
/// JSON, whose lists have a quoted name, is output and not meant.
#[derive(Debug, Default)]
pub struct Literals {
    open: bool,
}

impl Literals {
    /// Whether a line is one of those texts or the end of their list.
    pub fn takes(&mut self, body: &str) -> bool {
        let line = body.trim();
        if self.open && is_text(line) {
            return true;
        }
        let ends = self.open && line.starts_with([')', ']', '}']);
        self.open = OPENS.as_ref().is_some_and(|re| re.is_match(&half_width(line))) || line.ends_with([',', '[', '(']) && is_source(line);
        ends
    }
}

/// `"License Status: Licensed",`
fn is_text(line: &str) -> bool {
    let inner = line.trim_start_matches(['f', 'r', 'b', '@', '$']).trim_end_matches([',', '+', ')', ']', ';', '\\', ' ']);
    inner.len() > 1 && ['"', '\''].iter().any(|&quote| inner.starts_with(quote) && inner.ends_with(quote))
}

#[cfg(test)]
mod tests {
    use super::{Literals, is_source};

    #[test]
    fn texts_of_an_open_call_are_source() {
        let mut literals = Literals::default();
        let lines = [
            (r#"show_box("status", ["#, false),
            (r#"    "License Status: Licensed","#, true),
            ("    'Product activated successfully.'", true),
            ("])", true),
            (r#""License Status: Licensed","#, false),
            ("$expected = @(", false),
            (r#""License Status: Licensed""#, true),
            (")", true),
            ("'NO_HOST' = @('No host (0xC004F074).',", false),
            ("'Kein Host (0xC004F074).')", true),
            ("steps: &[", false),
            (r#""If you get 0xC004F074, connect to the VPN.","#, true),
        ];
        for (line, taken) in lines {
            assert_eq!(literals.takes(line), taken, "{line}");
        }
    }

    #[test]
    fn a_list_in_json_is_output() {
        let mut literals = Literals::default();
        for line in [r#""stdout_lines": ["#, r#""License Status: Licensed","#, "]"] {
            assert!(!literals.takes(line), "{line}");
        }
    }

    #[test]
    fn programs_quote_what_they_look_for() {
        for line in [
            r#"} elseif ($text -match "0xC004C003") {"#,
            r"if ($out -notcontains 'License Status: Licensed') {",
            r#"find "Product activated" r.txt >nul && echo ok"#,
            "set str6=failed 0xC004F074",
            "define SL_E_VALUE_NOT_FOUND 0xC004F012",
            r#""0xC004F074": "no host","#,
            "$out = & cscript slmgr.vbs /dli",
            "Write-Host 'Product activated successfully.'",
            r#"Write-Log "no host (0xC004F074)""#,
            "if %code% EQU -1073418124 (",
            r#"call :show %red% "no host [0xC004F074]""#,
            "echo Product activated successfully.",
            "// The service reported that the product key is invalid. 0xC004F050",
            r#"("code","0xC004C003 'the key has been blocked'","#,
            r#"[("slmgr /dlv", 0, "License Status: Notification")]),"#,
            r#"triggers: &["license status: unlicensed", "not genuine"],"#,
            "'NO_HOST' = @('No host (0xC004F074) -- ask for the VPN.',",
        ] {
            assert!(is_source(line), "{line}");
        }
    }

    #[test]
    fn output_and_prose_are_none() {
        for line in [
            "Error: 0xC004F074 The Software Licensing Service reported",
            "License Status: Licensed",
            "LicenseStatus = 5",
            "hr=0xC004F074",
            r#"{"Message":"License Activation (slui.exe) failed: hr=0x8007232B"}"#,
            "I set the host and then it failed (0xC004F074)",
            r#"It says "0xC004F074" and I cannot find it"#,
            r"//nologo C:\Windows\System32\slmgr.vbs /ato",
            "//192.0.2.7/share",
            r#"Call to the help desk: it says "0xC004F074""#,
            r#"("Windows is activated", it says)"#,
            r"ok: [pc07] => {",
        ] {
            assert!(!is_source(line), "{line}");
        }
    }
}
