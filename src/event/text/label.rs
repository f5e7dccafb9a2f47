//! The labels of Event Viewer and `wevtutil` in the languages that were seen. The one place of the event
//! readers that knows localized words besides the level words.

use super::draft::Prop;
use super::rows::trim;

/// Labels without blanks, in lower case. The list of events says 等級 where the copied details say 層級.
const LABELS: [(&str, Prop); 83] = [
    ("logname", Prop::Channel),
    ("source", Prop::Source),
    ("date", Prop::Time),
    ("logged", Prop::Time),
    ("dateandtime", Prop::Time),
    ("timecreated", Prop::Time),
    ("time", Prop::Clock),
    ("eventid", Prop::Id),
    ("task", Prop::Task),
    ("taskcategory", Prop::Task),
    ("category", Prop::Task),
    ("level", Prop::Level),
    ("type", Prop::Level),
    ("opcode", Prop::Opcode),
    ("keyword", Prop::Keywords),
    ("keywords", Prop::Keywords),
    ("user", Prop::User),
    ("username", Prop::User),
    ("computer", Prop::Computer),
    ("description", Prop::Message),
    ("eventxml", Prop::Xml),
    ("eventtype", Prop::Level),
    ("eventsource", Prop::Source),
    ("eventcategory", Prop::Task),
    // zh-TW
    ("記錄檔名稱", Prop::Channel),
    ("記錄名稱", Prop::Channel),
    ("來源", Prop::Source),
    ("日期", Prop::Time),
    ("已記錄", Prop::Time),
    ("記錄時間", Prop::Time),
    ("日期和時間", Prop::Time),
    ("日期與時間", Prop::Time),
    ("日期及時間", Prop::Time),
    ("事件識別碼", Prop::Id),
    ("事件id", Prop::Id),
    ("事件編號", Prop::Id),
    ("工作類別", Prop::Task),
    ("工作", Prop::Task),
    ("層級", Prop::Level),
    ("等級", Prop::Level),
    ("作業碼", Prop::Opcode),
    ("關鍵字", Prop::Keywords),
    ("使用者", Prop::User),
    ("使用者名稱", Prop::User),
    ("電腦", Prop::Computer),
    ("描述", Prop::Message),
    ("說明", Prop::Message),
    ("事件xml", Prop::Xml),
    ("事件類型", Prop::Level),
    ("事件來源", Prop::Source),
    ("事件類別目錄", Prop::Task),
    ("事件類別", Prop::Task),
    ("時間", Prop::Clock),
    // zh-CN
    ("日志名称", Prop::Channel),
    ("日志名", Prop::Channel),
    ("来源", Prop::Source),
    ("记录时间", Prop::Time),
    ("已记录", Prop::Time),
    ("日期和时间", Prop::Time),
    ("日期与时间", Prop::Time),
    ("事件标识", Prop::Id),
    ("事件标识符", Prop::Id),
    ("事件编号", Prop::Id),
    ("任务类别", Prop::Task),
    ("任务", Prop::Task),
    ("层级", Prop::Level),
    ("等级", Prop::Level),
    ("级别", Prop::Level),
    ("級別", Prop::Level),
    ("操作代码", Prop::Opcode),
    ("关键字", Prop::Keywords),
    ("用户", Prop::User),
    ("用户名", Prop::User),
    ("计算机", Prop::Computer),
    ("说明", Prop::Message),
    ("事件类型", Prop::Level),
    ("事件来源", Prop::Source),
    ("时间", Prop::Clock),
    // cs, de, fr: only what tells the parts of a header apart
    ("názevprotokolu", Prop::Channel),
    ("zdroj", Prop::Source),
    ("datum", Prop::Time),
    ("popis", Prop::Message),
    ("kódxmludálosti", Prop::Xml),
];

/// `事件 ID` → [`Prop::Id`].
pub(super) fn meaning(label: &str) -> Option<Prop> {
    if label.len() > 60 {
        return None;
    }
    let folded: String = label
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '*' | '_' | '"' | '`' | '\u{feff}' | '\0'))
        .flat_map(char::to_lowercase)
        .collect();
    LABELS.iter().find(|(known, _)| *known == folded).map(|(_, prop)| *prop)
}

/// Every label, for finding them inside a line.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    LABELS.iter().map(|(label, _)| *label)
}

/// `> **來源:** X` → `來源` and `X`. Quote marks and bullets in front are skipped. Any label, known or not.
pub(super) fn split(row: &str) -> Option<(&str, &str)> {
    let row = unquoted(row);
    let at = row.char_indices().take(40).find(|(_, c)| matches!(c, ':' | '：'))?;
    let label = row.get(..at.0)?;
    let rest = row.get(at.0 + at.1.len_utf8()..)?;
    if trim(label).is_empty() {
        return None;
    }
    Some((trim(label), trim(rest.trim_start_matches('*'))))
}

/// `Event ID: 12288` → the id; nothing when the label is unknown.
pub(super) fn known(row: &str) -> Option<(Prop, &str)> {
    let (label, value) = split(row)?;
    meaning(label).map(|prop| (prop, value))
}

/// Without the marks of quotes and lists in front: `> `, `| `, `- `, `* `.
pub(super) fn unquoted(row: &str) -> &str {
    let mut row = trim(row);
    for _ in 0..8 {
        let next = row.strip_prefix(['>', '|', '•']).or_else(|| row.strip_prefix("- ")).or_else(|| row.strip_prefix("* "));
        match next {
            Some(next) => row = next.trim_start(),
            None => break,
        }
    }
    row
}
