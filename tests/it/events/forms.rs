//! The text forms of an event log, as the tools print them. Languages are 0 en, 1 zh-TW, 2 zh-CN.
#![expect(clippy::indexing_slicing, reason = "a language is one of three")]
#![expect(clippy::format_collect, reason = "a log is printed once")]

use super::property_list::property_list;
use super::records::Record;

const COMPUTER: &str = "pc07.example.edu";

pub(super) fn utc(record: &Record) -> String {
    format!("2026-11-23T01:{:02}:02", record.minute)
}

/// What an English, a Taiwanese and a Chinese computer print for the same moment, eight hours ahead.
fn local(record: &Record, language: usize) -> String {
    let minute = record.minute;
    match language {
        0 => format!("11/23/2026 9:{minute:02}:02 AM"),
        1 => format!("2026/11/23 上午 09:{minute:02}:02"),
        _ => format!("2026/11/23 9:{minute:02}:02"),
    }
}

/// Event Viewer shows level 0 as information.
fn level(record: &Record, language: usize) -> &'static str {
    let words = match record.level {
        2 => ["Error", "錯誤", "错误"],
        3 => ["Warning", "警告", "警告"],
        _ => ["Information", "資訊", "信息"],
    };
    words[language]
}

fn windows_lines(text: &str) -> String {
    text.replace('\n', "\r\n")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// One `<Event>` without line ends of its own.
fn event(record: &Record, rendered: Option<usize>) -> String {
    let data: String = record.data.iter().map(|d| format!("<Data>{}</Data>", escaped(d))).collect();
    let rendering = rendered.map_or(String::new(), |language| {
        format!(
            "<RenderingInfo Culture='{}'><Message>{}</Message><Level>{}</Level><Task></Task><Opcode></Opcode><Channel></Channel><Provider>{}</Provider><Keywords><Keyword>{}</Keyword></Keywords></RenderingInfo>",
            ["en-US", "zh-TW", "zh-CN"][language],
            escaped(&windows_lines(&record.message[language])),
            level(record, language),
            record.provider,
            ["Classic", "傳統", "经典"][language],
        )
    });
    let source = if record.provider == super::records::SPP {
        " Guid='{E23B33B0-C8C9-472C-A5F9-F2BDFEA0F156}' EventSourceName='Software Protection Platform Service'"
    } else {
        ""
    };
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='{}'{source}/><EventID Qualifiers='{}'>{}</EventID><Version>0</Version><Level>{}</Level><Task>0</Task><Opcode>0</Opcode><Keywords>0x80000000000000</Keywords><TimeCreated SystemTime='{}.1234567Z'/><EventRecordID>{}</EventRecordID><Correlation/><Execution ProcessID='0' ThreadID='0'/><Channel>{}</Channel><Computer>{COMPUTER}</Computer><Security/></System><EventData>{data}</EventData>{rendering}</Event>",
        record.provider,
        record.qualifiers,
        record.id,
        record.level,
        utc(record),
        4000 + record.minute,
        record.channel,
    )
}

/// `wevtutil qe /f:xml`: documents one after another.
pub(super) fn xml(records: &[Record], _: usize) -> String {
    records.iter().map(|r| event(r, None) + "\r\n").collect()
}

/// The same with every element on its own line and blank lines between.
pub(super) fn pretty_xml(records: &[Record], _: usize) -> String {
    records.iter().map(|r| event(r, None).replace("><", ">\r\n\r\n  <").replace('\'', "\"") + "\r\n\r\n").collect()
}

/// `wevtutil qe /f:RenderedXml`.
pub(super) fn rendered_xml(records: &[Record], language: usize) -> String {
    records.iter().map(|r| event(r, Some(language)) + "\r\n").collect()
}

/// Saved from Event Viewer as XML.
pub(super) fn saved_xml(records: &[Record], language: usize) -> String {
    let events: String = records.iter().map(|r| event(r, Some(language))).collect();
    format!("\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n<Events>{events}</Events>")
}

/// `wevtutil qe /f:text` of a new build: English labels, translated values, UTC, NULs behind values.
pub(super) fn wevtutil(records: &[Record], language: usize) -> String {
    let events = records.iter().enumerate().map(|(n, r)| wevtutil_event(r, language, &format!("Event[{n}]"), ".1230000Z", "\0"));
    events.collect()
}

/// The same of an old build: local time.
pub(super) fn wevtutil_old(records: &[Record], language: usize) -> String {
    let events = records.iter().enumerate().map(|(n, r)| wevtutil_event(r, language, &format!("Event[{n}]:"), ".000", ""));
    events.collect()
}

fn wevtutil_event(record: &Record, language: usize, number: &str, fraction: &str, nul: &str) -> String {
    windows_lines(&format!(
        "{number}\n  Log Name: {}\n  Source: {}\n  Date: {}{fraction}\n  Event ID: {}\n  Task: N/A{nul}\n  Level: {}{nul}\n  Opcode: N/A{nul}\n  Keyword: {}{nul}\n  User: N/A\n  User Name: N/A\n  Computer: {COMPUTER}\n  Description: \n{}\n\n",
        record.channel,
        record.provider,
        utc(record),
        record.id,
        level(record, language),
        ["Classic", "傳統", "经典"][language],
        record.message[language],
    ))
}

/// Copied from Event Viewer.
pub(super) fn details(records: &[Record], language: usize) -> String {
    records.iter().map(|r| details_event(r, language) + "\r\n").collect()
}

/// The same on a page that could not show Chinese.
pub(super) fn details_lost(records: &[Record], language: usize) -> String {
    question_marks(&details(records, language))
}

/// With the XML part that Event Viewer puts behind it.
pub(super) fn details_with_xml(records: &[Record], language: usize) -> String {
    let label = ["Event Xml:", "事件 Xml:", "事件 Xml:"][language];
    let pretty = |r: &Record| event(r, None).replace("><", ">\r\n  <").replace('\'', "\"");
    records.iter().map(|r| format!("{}{label}\r\n{}\r\n", details_event(r, language), pretty(r))).collect()
}

fn details_event(record: &Record, language: usize) -> String {
    let labels = [
        ["Log Name", "Source", "Date", "Event ID", "Task Category", "Level", "Keywords", "User", "Computer", "Description"],
        ["記錄檔名稱", "來源", "日期", "事件識別碼", "工作類別", "層級", "關鍵字", "使用者", "電腦", "描述"],
        ["日志名称", "来源", "日期", "事件 ID", "任务类别", "级别", "关键字", "用户", "计算机", "描述"],
    ][language];
    let (id, date) = (record.id.to_string(), local(record, language));
    let none = ["None", "無", "无"][language];
    let keyword = ["Classic", "傳統", "经典"][language];
    let nobody = ["N/A", "不適用", "暂缺"][language];
    let values = [record.channel, record.provider, &date, &id, none, level(record, language), keyword, nobody, COMPUTER, ""];
    let header: String = labels.iter().zip(values).map(|(l, v)| format!("{l}:      {v}\r\n")).collect();
    format!("{header}{}\r\n", windows_lines(&record.message[language]))
}

fn question_marks(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect()
}

/// Event Viewer, saved as CSV: the description is a sixth column without a name.
pub(super) fn csv(records: &[Record], language: usize) -> String {
    table(records, language, ',', cell)
}

/// The same in a code page without Chinese.
pub(super) fn csv_lost(records: &[Record], language: usize) -> String {
    question_marks(&csv(records, language))
}

/// Event Viewer, saved as text: tabs instead of commas.
pub(super) fn tabs(records: &[Record], language: usize) -> String {
    table(records, language, '\t', cell)
}

/// The same without quotes around descriptions of several lines.
pub(super) fn tabs_unquoted(records: &[Record], language: usize) -> String {
    table(records, language, '\t', ToOwned::to_owned)
}

fn table(records: &[Record], language: usize, delimiter: char, quoted: impl Fn(&str) -> String) -> String {
    let delimiter = delimiter.to_string();
    let mut text = [
        ["Level", "Date and Time", "Source", "Event ID", "Task Category"],
        ["等級", "日期和時間", "來源", "事件識別碼", "工作類別"],
        ["级别", "日期和时间", "来源", "事件 ID", "任务类别"],
    ][language]
        .join(&delimiter);
    text.push_str("\r\n");
    for record in records {
        let cells = [
            level(record, language).to_owned(),
            local(record, language),
            record.provider.to_owned(),
            record.id.to_string(),
            ["None", "無", "无"][language].to_owned(),
            quoted(&windows_lines(&record.message[language])),
        ];
        text.push_str(&cells.join(&delimiter));
        text.push_str("\r\n");
    }
    text
}

fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\t']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// `Get-WinEvent | Format-List` in a window of 80 columns.
pub(super) fn list(records: &[Record], language: usize) -> String {
    winevent_list(records, language, 79)
}

/// In a window of 120 columns.
pub(super) fn list_wide(records: &[Record], language: usize) -> String {
    winevent_list(records, language, 119)
}

fn winevent_list(records: &[Record], language: usize, columns: usize) -> String {
    let one = |r: &Record| {
        let rows = [
            ("LogName", r.channel.to_owned()),
            ("ProviderName", r.provider.to_owned()),
            ("Id", r.id.to_string()),
            ("LevelDisplayName", level(r, language).to_owned()),
            ("TimeCreated", local(r, language)),
            ("Message", r.message[language].clone()),
        ];
        property_list(&rows, columns)
    };
    records.iter().map(one).collect()
}

/// What `Format-List` shows on its own.
pub(super) fn list_default(records: &[Record], language: usize) -> String {
    let one = |r: &Record| {
        let rows = [
            ("TimeCreated", local(r, language)),
            ("ProviderName", r.provider.to_owned()),
            ("Id", r.id.to_string()),
            ("Message", r.message[language].clone()),
        ];
        property_list(&rows, 79)
    };
    records.iter().map(one).collect()
}

fn instance(record: &Record) -> u64 {
    (u64::from(record.qualifiers) << 16) + u64::from(record.id)
}

fn entry_type(record: &Record) -> &'static str {
    level(record, 0)
}

/// `Get-EventLog | Format-List`.
pub(super) fn eventlog_list(records: &[Record], language: usize) -> String {
    let one = |r: &Record| {
        let rows = [
            ("Index", (4000 + r.minute).to_string()),
            ("EntryType", entry_type(r).to_owned()),
            ("InstanceId", instance(r).to_string()),
            ("Message", r.message[language].clone()),
            ("Category", "(0)".to_owned()),
            ("CategoryNumber", "0".to_owned()),
            ("ReplacementStrings", format!("{{{}}}", r.data.join(", "))),
            ("Source", r.provider.to_owned()),
            ("TimeGenerated", local(r, language)),
            ("TimeWritten", local(r, language)),
            ("UserName", String::new()),
        ];
        property_list(&rows, 119)
    };
    records.iter().map(one).collect()
}

/// `Get-WinEvent | Export-Csv` of PowerShell 5.1, which knows no Chinese.
pub(super) fn export_csv(records: &[Record], language: usize) -> String {
    let names = "\"Message\",\"Id\",\"Version\",\"Qualifiers\",\"Level\",\"Task\",\"Opcode\",\"Keywords\",\"RecordId\",\"ProviderName\",\"ProviderId\",\"LogName\",\"ProcessId\",\"ThreadId\",\"MachineName\",\"UserId\",\"TimeCreated\",\"ActivityId\",\"LevelDisplayName\",\"Properties\"";
    let row = |r: &Record| {
        let cells = [
            windows_lines(&r.message[language]),
            r.id.to_string(),
            "0".to_owned(),
            r.qualifiers.to_string(),
            r.level.to_string(),
            "0".to_owned(),
            String::new(),
            "36028797018963968".to_owned(),
            (4000 + r.minute).to_string(),
            r.provider.to_owned(),
            String::new(),
            r.channel.to_owned(),
            "0".to_owned(),
            "0".to_owned(),
            COMPUTER.to_owned(),
            String::new(),
            local(r, language),
            String::new(),
            level(r, language).to_owned(),
            "System.Collections.Generic.List`1[System.Diagnostics.Eventing.Reader.EventProperty]".to_owned(),
        ];
        cells.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\""))).collect::<Vec<_>>().join(",") + "\r\n"
    };
    let rows: String = records.iter().map(row).collect();
    question_marks(&format!("#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n{names}\r\n{rows}"))
}

/// `Get-EventLog | Export-Csv`.
pub(super) fn eventlog_csv(records: &[Record], language: usize) -> String {
    let names = "\"EventID\",\"MachineName\",\"Data\",\"Index\",\"Category\",\"CategoryNumber\",\"EntryType\",\"Message\",\"Source\",\"ReplacementStrings\",\"InstanceId\",\"TimeGenerated\",\"TimeWritten\",\"UserName\",\"Site\",\"Container\"";
    let row = |r: &Record| {
        let message = windows_lines(&r.message[language]).replace('"', "\"\"");
        let time = local(r, language);
        format!(
            "\"{}\",\"{COMPUTER}\",\"System.Byte[]\",\"{}\",\"(0)\",\"0\",\"{}\",\"{message}\",\"{}\",\"System.String[]\",\"{}\",\"{time}\",\"{time}\",,,\r\n",
            r.id,
            4000 + r.minute,
            entry_type(r),
            r.provider,
            instance(r),
        )
    };
    let rows: String = records.iter().map(row).collect();
    question_marks(&format!("#TYPE System.Diagnostics.EventLogEntry#Application/{}/1073742724\r\n{names}\r\n{rows}", super::records::SPP))
}

/// `Get-WinEvent | ConvertTo-Json` of PowerShell 5.1.
pub(super) fn json_5(records: &[Record], language: usize) -> String {
    json(records, language, "  ", |r| format!("\\/Date({}123)\\/", 1_795_395_602 + 60 * r.minute))
}

/// Of PowerShell 7.
pub(super) fn json_7(records: &[Record], language: usize) -> String {
    json(records, language, " ", |r| utc(r).replace("T01:", "T09:") + ".1234567+08:00")
}

fn json(records: &[Record], language: usize, gap: &str, time: impl Fn(&Record) -> String) -> String {
    let one = |r: &Record| {
        let lines = [
            ("Id", r.id.to_string()),
            ("Version", "0".to_owned()),
            ("Qualifiers", r.qualifiers.to_string()),
            ("Level", r.level.to_string()),
            ("Keywords", "36028797018963968".to_owned()),
            ("RecordId", (4000 + r.minute).to_string()),
            ("ProviderName", string(r.provider)),
            ("LogName", string(r.channel)),
            ("MachineName", string(COMPUTER)),
            ("TimeCreated", format!("\"{}\"", time(r))),
            ("Bookmark", "{\n\n                 }".to_owned()),
            ("LevelDisplayName", string(level(r, language))),
            ("Properties", "[\n        \"System.Diagnostics.Eventing.Reader.EventProperty\"\n    ]".to_owned()),
            ("Message", string(&windows_lines(&r.message[language]))),
        ];
        let body: Vec<String> = lines.iter().map(|(name, value)| format!("        \"{name}\":{gap}{value}")).collect();
        format!("    {{\n{}\n    }}", body.join(",\n"))
    };
    format!("[\n{}\n]\n", records.iter().map(one).collect::<Vec<_>>().join(",\n"))
}

fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// `evtx_dump -o jsonl`.
pub(super) fn evtx_dump(records: &[Record], _: usize) -> String {
    let one = |r: &Record| {
        format!(
            "{{\"Event\":{{\"#attributes\":{{\"xmlns\":\"x\"}},\"System\":{{\"Provider\":{{\"#attributes\":{{\"Name\":\"{}\"}}}},\"EventID\":{{\"#attributes\":{{\"Qualifiers\":{}}},\"#text\":{}}},\"TimeCreated\":{{\"#attributes\":{{\"SystemTime\":\"{}.123456Z\"}}}},{},\"Correlation\":null}},\"EventData\":{{\"Data\":{{\"#text\":{}}},\"Binary\":\"0000\"}}}}}}\n",
            r.provider,
            r.qualifiers,
            r.id,
            utc(r),
            dump_common(r),
            dump_data(r),
        )
    };
    records.iter().map(one).collect()
}

/// Chainsaw, one line an event.
pub(super) fn chainsaw(records: &[Record], _: usize) -> String {
    let one = |r: &Record| {
        format!(
            "{{\"Event\":{{\"EventData\":{{\"Data\":{},\"Binary\":\"0000\"}},\"System\":{{\"EventID\":{},\"EventID_attributes\":{{\"Qualifiers\":{}}},\"Provider_attributes\":{{\"Name\":\"{}\"}},\"TimeCreated_attributes\":{{\"SystemTime\":\"{}.123456Z\"}},{}}}}}}}\n",
            dump_data(r),
            r.id,
            r.qualifiers,
            r.provider,
            utc(r),
            dump_common(r),
        )
    };
    records.iter().map(one).collect()
}

fn dump_common(record: &Record) -> String {
    let (level, channel, number) = (record.level, record.channel, 4000 + record.minute);
    format!("\"Level\":{level},\"EventRecordID\":{number},\"Channel\":\"{channel}\",\"Computer\":\"{COMPUTER}\"")
}

fn dump_data(record: &Record) -> String {
    let data: Vec<String> = record.data.iter().map(|d| string(d)).collect();
    match data.as_slice() {
        [] => "null".to_owned(),
        [one] => one.clone(),
        several => format!("[{}]", several.join(",")),
    }
}
