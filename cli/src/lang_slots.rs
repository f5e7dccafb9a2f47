//! Turns a text of `slmgr.ini` into a wording of our grammar: the script's placeholders become our
//! slots, as the head of `grammars/slmgr/messages.toml` lists them.

/// The script's placeholders and our slots; a name that is not here is the same in both.
const SLOTS: [(&str, &str); 23] = [
    ("PRODUCTNAME", "NAME"),
    ("PRODUCTDESCRIPTION", "NAME"),
    ("PRODUCTID", "ID"),
    ("ACTID", "ID"),
    ("ActID", "ID"),
    ("ILID", "ID"),
    ("ILVID", "ID"),
    ("SLID", "ID"),
    ("PKEY", "KEY"),
    ("ERRCODE", "CODE"),
    ("COMPUTERNAME", "HOST"),
    ("LICENSEFILE", "FILE"),
    ("FQDN", "DOMAIN"),
    ("MINUTE", "MINUTES"),
    ("INTERVAL", "MINUTES"),
    ("RENEWAL", "MINUTES"),
    ("ACTIVATION", "MINUTES"),
    ("DAY", "DAYS"),
    ("ENDDATE", "DATE"),
    ("TODATE", "DATE"),
    ("FROMDATE", "DATE"),
    ("MOREINFO", "TEXT"),
    ("GRANTNO", "TEXT"),
];

/// Two more that also hold free text.
const TEXTS: [&str; 2] = ["THUMBPRINT", "ISSUER"];

/// A value for each slot, as a line of output would have it.
const SAMPLES: [(&str, &str); 22] = [
    ("NAME", "Windows(R), Professional edition"),
    ("ID", "2de67392-b7a7-462a-b1ca-108dd189f588"),
    ("KEY", "W269N-WFGWX-YVC9B-4J6C9-T83GX"),
    ("CODE", "0xC004F074"),
    ("HOST", "kms.example.edu:1688"),
    ("KMS", "kms.example.edu:1688"),
    ("FILE", r"C:\Windows\System32\spp\tokens\example.xrm-ms"),
    ("DOMAIN", "example.edu"),
    ("MINUTES", "259200"),
    ("DAYS", "180"),
    ("DATE", "2026/10/26 9:58:33"),
    ("TEXT", "example"),
    ("OPTION", "/example"),
    ("PARAM", "<Activation ID>"),
    ("PORT", "1688"),
    ("COUNT", "27"),
    ("VERSION", "10.0.26100.1742"),
    ("PID", "00000-00000-000-000000-03-1028-26100.0000-0012026"),
    ("CHANNEL", "Volume:GVLK"),
    ("URL", "https://go.microsoft.com/fwlink/?LinkID=88342"),
    ("IP", "192.0.2.10"),
    ("DIGITS", "000000000000000000000000000000000000000000000000000000"),
];

/// The slots in `wording`, in order: `Error: %CODE% %TEXT%` → `CODE`, `TEXT`.
pub(crate) fn slots_of(wording: &str) -> Vec<&str> {
    let is_name = |p: &&str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let mut pieces = wording.split('%').peekable();
    pieces.next();
    let mut slots = Vec::new();
    while let Some(piece) = pieces.next() {
        // A name has a percent sign on both sides; the last piece has only one.
        if is_name(&piece) && pieces.peek().is_some() {
            slots.push(piece);
            pieces.next();
        }
    }
    slots
}

/// The wording for `text`, given the slots of the same message in English. A label (no placeholder at
/// all) gets its slots behind it. `Err` names what does not fit.
pub(crate) fn wording(text: &str, slots: &[&str]) -> Result<String, String> {
    let mut out = text.trim().to_owned();
    let mut used = Vec::new();
    for name in slots_of(text) {
        if is_variable(name) {
            continue;
        }
        let slot = our_name(name);
        if !slots.contains(&slot) {
            return Err(format!("the placeholder %{name}% has no place in this message"));
        }
        out = out.replace(&format!("0x%{name}%"), &format!("%{slot}%")).replace(&format!("%{name}%"), &format!("%{slot}%"));
        used.push(slot);
    }
    let missing: Vec<&str> = slots.iter().filter(|s| !used.contains(s)).copied().collect();
    if used.is_empty() {
        let behind: Vec<String> = missing.iter().map(|slot| format!(" %{slot}%")).collect();
        return Ok(out + &behind.concat());
    }
    if missing.is_empty() { Ok(out) } else { Err(format!("the placeholder for {} is missing", missing.join(", "))) }
}

/// `%systemroot%` is a variable of the system: text, no placeholder.
pub(crate) fn is_variable(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_lowercase())
}

fn our_name(name: &str) -> &str {
    if TEXTS.contains(&name) {
        return "TEXT";
    }
    SLOTS.iter().find(|(script, _)| *script == name).map_or(name, |(_, ours)| ours)
}

/// A line of output for `wording`. `id` decides where one slot name has two shapes.
pub(crate) fn sample(id: &str, wording: &str) -> String {
    slots_of(wording).into_iter().filter(|s| !is_variable(s)).fold(wording.to_owned(), |line, slot| {
        let usual = SAMPLES.iter().find(|(name, _)| *name == slot).map_or("example", |(_, value)| value);
        let value = match (id, slot) {
            ("L_MsgPartialPKey", "KEY") => "T83GX",
            ("error.decimal", "CODE") => "5",
            _ => usual,
        };
        line.replace(&format!("%{slot}%"), value)
    })
}

#[cfg(test)]
mod tests {
    use super::{sample, slots_of, wording};

    #[test]
    fn placeholders_become_slots() {
        let made = wording("錯誤 0x%ERRCODE%：無法連線到 %COMPUTERNAME%。", &["CODE", "HOST"]);
        assert_eq!(made.as_deref(), Ok("錯誤 %CODE%：無法連線到 %HOST%。"));
        assert_eq!(wording("名稱: ", &["NAME"]).as_deref(), Ok("名稱: %NAME%"));
        assert_eq!(wording("錯誤: ", &["CODE", "TEXT"]).as_deref(), Ok("錯誤: %CODE% %TEXT%"));
        assert_eq!(wording(r"notepad %systemroot%\phone.inf", &[]).as_deref(), Ok(r"notepad %systemroot%\phone.inf"));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        assert!(wording("%MINUTE% 分鐘", &["MINUTES", "DAYS"]).unwrap_err().contains("DAYS"));
        assert!(wording("%NEW% 分鐘", &["MINUTES"]).unwrap_err().contains("%NEW%"));
    }

    #[test]
    fn samples_have_no_slots() {
        assert_eq!(sample("L_MsgPartialPKey", "部分產品金鑰: %KEY%"), "部分產品金鑰: T83GX");
        assert!(slots_of("100% sure").is_empty());
        assert_eq!(slots_of("50% of %COUNT% items"), ["COUNT"]);
    }
}
