//! Cleans single values: provider names, level words, event numbers.

use super::rows::trim;

/// The provider of Windows 7 and later.
pub(super) const SPP: &str = "Microsoft-Windows-Security-SPP";
/// The provider of Windows Vista and Server 2008.
pub(super) const SLC: &str = "Microsoft-Windows-Security-Licensing-SLC";
/// The provider of Office on Windows 7.
pub(super) const OSPP: &str = "Office Software Protection Platform Service";

/// Names as they are written, the canonical provider, and whether the written name is a source name.
const PROVIDERS: [(&str, &str, bool); 6] = [
    (SPP, SPP, false),
    (SLC, SLC, false),
    (OSPP, OSPP, false),
    ("Software Protection Platform Service", SPP, true),
    ("Software Licensing Service", SLC, true),
    ("KmsRequests", SPP, true),
];

/// `Software Protection Platform Service` → provider `Microsoft-Windows-Security-SPP` and the source
/// as written. Other names stay providers. `KmsRequests` can be written by anyone: it stands for the
/// service only with one of the service's ids.
pub(super) fn provider(written: &str, id: u32) -> (String, String) {
    let written = trim(written);
    let known = PROVIDERS.iter().find(|(name, ..)| name.eq_ignore_ascii_case(written));
    match known {
        Some(("KmsRequests", ..)) if !(12288..=12296).contains(&id) => (written.to_owned(), String::new()),
        Some((_, canonical, true)) => ((*canonical).to_owned(), written.to_owned()),
        Some((_, canonical, false)) => ((*canonical).to_owned(), String::new()),
        None => (written.to_owned(), String::new()),
    }
}

/// Whether `written` names a provider that this tool knows.
pub(super) fn is_known_provider(written: &str) -> bool {
    let written = trim(written);
    PROVIDERS.iter().any(|(name, ..)| name.eq_ignore_ascii_case(written))
}

/// The first known provider that `text` mentions.
pub(super) fn mentioned_provider(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    // The Office name contains the Windows one.
    [SPP, SLC, OSPP, "Software Protection Platform Service", "Software Licensing Service", "KmsRequests"]
        .into_iter()
        .find(|name| lower.contains(&name.to_ascii_lowercase()))
}

/// Whether the service that activates Windows or Office wrote event `id` under this name. Office itself
/// reports the internet activation of subscriptions.
pub(super) fn is_family(provider: &str, id: u32) -> bool {
    [SPP, SLC, OSPP].contains(&provider) || (id == 2011 && provider.starts_with("Microsoft Office 1"))
}

/// `資訊` → 4. Unknown words give nothing.
pub(super) fn level(word: &str) -> Option<u8> {
    const WORDS: [(u8, &[&str]); 6] = [
        (1, &["critical", "重大", "嚴重", "关键", "严重", "критический", "kritická", "重大な"]),
        (2, &["error", "錯誤", "错误", "ошибка", "chyba", "エラー", "오류"]),
        (3, &["warning", "警告", "предупреждение", "upozornění", "경고"]),
        (4, &["information", "informational", "資訊", "信息", "сведения", "informace", "情報", "정보"]),
        (5, &["verbose", "詳細資訊", "详细", "详细信息"]),
        (0, &["log always", "logalways"]),
    ];
    let word = trim(word).to_lowercase();
    WORDS.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(level, _)| *level)
}

/// `12288`, `1073754112`, `12288 (0x3000)` → the number; nothing for other words.
pub(super) fn number(text: &str) -> Option<u64> {
    let text = trim(text);
    let digits = text.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    let rest = text.strip_prefix(digits)?;
    let ends = rest.chars().next().is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '.' | '-' | '/' | ':'));
    if ends && digits.len() <= 20 { digits.parse().ok() } else { None }
}
