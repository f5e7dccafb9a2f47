//! Events written for these tests; hosts and ids are invented. Each form is built from the same values.

use super::property_list::property_list;

pub(super) const REQUEST: &str = "0xC004F074, 0x00000000, kms.example.edu:1688, 4f1d7c52-9a3e-4b60-8c11-0d5e2a7b9f34, 2026/11/23 01:14, 0, 2, 41760, 2de67392-b7a7-462a-b1ca-108dd189f588, 25";
pub(super) const SERVED: &str =
    "0x0,25,pc07.example.edu,4f1d7c52-9a3e-4b60-8c11-0d5e2a7b9f34,2026/11/23 1:14,0,2,41760,2de67392-b7a7-462a-b1ca-108dd189f588";
pub(super) const CODE: &str = "hr=0xC004F074";
pub(super) const ARGUMENTS: &str = "RuleId=eeba1977-569e-4571-b639-7623d8bfecc0;Action=AutoActivate;AppId=55c92734-d682-4d71-983e-d6ec3f16059f;SkuId=2de67392-b7a7-462a-b1ca-108dd189f588;NotificationInterval=1440;Trigger=TimerEvent";

/// One event in words.
pub(super) struct Sample {
    pub(super) id: u32,
    pub(super) channel: &'static str,
    pub(super) qualifiers: u32,
    pub(super) level: u8,
    pub(super) data: Vec<&'static str>,
    /// Rendered message in en, zh-TW, zh-CN. The Chinese sentences are invented: readers must not need them.
    pub(super) message: [String; 3],
}

pub(super) fn all() -> Vec<Sample> {
    let failed = |sentence: &str, arguments: &str| format!("{sentence}\r\n{CODE}\r\n{arguments}\r\n{ARGUMENTS}");
    vec![
        Sample {
            id: 12288,
            channel: "Application",
            qualifiers: 16384,
            level: 4,
            data: vec![REQUEST],
            message: [
                format!("The client has sent an activation request to the key management service machine.\r\nInfo:\r\n{REQUEST}"),
                format!("用戶端已傳送要求。\r\n資訊:\r\n{REQUEST}"),
                format!("客户端已发送请求。\r\n信息:\r\n{REQUEST}"),
            ],
        },
        Sample {
            id: 12290,
            channel: "Key Management Service",
            qualifiers: 16384,
            level: 4,
            data: vec![SERVED],
            message: [
                format!("An activation request has been processed.\r\nInfo:\r\n{SERVED}"),
                format!("已處理要求。\r\n資訊:\r\n{SERVED}"),
                format!("已处理请求。\r\n信息:\r\n{SERVED}"),
            ],
        },
        Sample {
            id: 8198,
            channel: "Application",
            qualifiers: 49152,
            level: 2,
            data: vec![CODE, ARGUMENTS],
            message: [
                failed("License Activation (slui.exe) failed with the following error code:", "Command-line arguments:"),
                failed("授權 (slui.exe) 失敗，錯誤碼如下:", "命令列引數:"),
                failed("许可证 (slui.exe) 失败，错误代码如下:", "命令行参数:"),
            ],
        },
    ]
}

pub(super) const LANGUAGES: [usize; 3] = [0, 1, 2];

/// Level words.
fn level(sample: &Sample, language: usize) -> &'static str {
    match (sample.level, language) {
        (2, 0) => "Error",
        (2, 1) => "錯誤",
        (2, _) => "错误",
        (_, 0) => "Information",
        (_, 1) => "資訊",
        _ => "信息",
    }
}

/// `wevtutil qe /f:text`: English labels, translated values.
pub(super) fn wevtutil_text(sample: &Sample, language: usize) -> String {
    format!(
        "Event[0]:\n  Log Name: {}\n  Source: Microsoft-Windows-Security-SPP\n  Date: 2026-11-23T01:14:02.0000000Z\n  Event ID: {}\n  Task: N/A\n  Level: {}\n  Opcode: N/A\n  Keyword: Classic\n  User: N/A\n  User Name: N/A\n  Computer: pc07.example.edu\n  Description: \n{}\n\n",
        sample.channel,
        sample.id,
        level(sample, language),
        sample.message[language].replace("\r\n", "\n"),
    )
}

/// `wevtutil qe /f:xml`, and `/f:RenderedXml` with a language.
pub(super) fn xml(sample: &Sample, rendered: Option<usize>) -> String {
    let data = sample.data.iter().map(|d| format!("<Data>{d}</Data>")).collect::<Vec<_>>().concat();
    let rendering = rendered.map_or(String::new(), |language| {
        format!(
            "<RenderingInfo Culture='{}'><Message>{}</Message><Level>{}</Level><Task></Task><Opcode></Opcode><Channel></Channel><Provider>Microsoft-Windows-Security-SPP</Provider><Keywords><Keyword>x</Keyword></Keywords></RenderingInfo>",
            ["en-US", "zh-TW", "zh-CN"][language],
            sample.message[language],
            level(sample, language),
        )
    });
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Security-SPP' Guid='{{E23B33B0-C8C9-472C-A5F9-F2BDFEA0F156}}' EventSourceName='Software Protection Platform Service'/><EventID Qualifiers='{}'>{}</EventID><Version>0</Version><Level>{}</Level><Task>0</Task><Opcode>0</Opcode><Keywords>0x80000000000000</Keywords><TimeCreated SystemTime='2026-11-23T01:14:02.1234567Z'/><EventRecordID>4711</EventRecordID><Correlation/><Execution ProcessID='0' ThreadID='0'/><Channel>{}</Channel><Computer>pc07.example.edu</Computer><Security/></System><EventData>{data}<Binary>00000600</Binary></EventData>{rendering}</Event>",
        sample.qualifiers, sample.id, sample.level, sample.channel,
    )
}

/// Event Viewer, copied details.
pub(super) fn details(sample: &Sample, language: usize) -> String {
    let labels = [
        ["Log Name", "Source", "Date", "Event ID", "Task Category", "Level", "Keywords", "User", "Computer", "Description"],
        ["記錄檔名稱", "來源", "日期", "事件識別碼", "工作類別", "層級", "關鍵字", "使用者", "電腦", "描述"],
        ["日志名称", "来源", "日期", "事件 ID", "任务类别", "级别", "关键字", "用户", "计算机", "描述"],
    ][language];
    let id = sample.id.to_string();
    let date = ["11/23/2026 9:14:02 AM", "2026/11/23 上午 09:14:02", "2026/11/23 9:14:02"][language];
    let values = [
        sample.channel,
        "Microsoft-Windows-Security-SPP",
        date,
        &id,
        "None",
        level(sample, language),
        "Classic",
        "N/A",
        "pc07.example.edu",
        "",
    ];
    let header = labels.iter().zip(values).map(|(l, v)| format!("{l}:      {v}\r\n")).collect::<Vec<_>>().concat();
    format!("{header}{}\r\n", sample.message[language])
}

/// The label of the XML part and the part as Event Viewer writes it.
pub(super) fn details_with_xml(sample: &Sample, language: usize) -> String {
    let label = ["Event Xml:", "事件 Xml:", "事件 Xml:"][language];
    let pretty = xml(sample, None).replace("><", ">\r\n  <").replace('\'', "\"");
    format!("{}{label}\r\n{pretty}\r\n", details(sample, language))
}

/// `Get-WinEvent | Format-List`, cut at `columns`.
pub(super) fn get_winevent_list(sample: &Sample, language: usize, columns: usize) -> String {
    let level = level(sample, language);
    let rows = [
        ("LogName", sample.channel.to_owned()),
        ("ProviderName", "Microsoft-Windows-Security-SPP".to_owned()),
        ("Id", sample.id.to_string()),
        ("LevelDisplayName", level.to_owned()),
        ("TimeCreated", ["11/23/2026 9:14:02 AM", "2026/11/23 上午 09:14:02", "2026/11/23 9:14:02"][language].to_owned()),
        ("Message", sample.message[language].clone()),
    ];
    property_list(&rows, columns)
}

/// `Get-EventLog | Format-List`.
pub(super) fn get_eventlog_list(sample: &Sample, language: usize, columns: usize) -> String {
    let entry = if sample.level == 2 { "Error" } else { "Information" };
    let instance = (u64::from(sample.qualifiers) << 16) + u64::from(sample.id);
    let rows = [
        ("Index", "4711".to_owned()),
        ("EntryType", entry.to_owned()),
        ("InstanceId", instance.to_string()),
        ("Message", sample.message[language].clone()),
        ("Category", "(0)".to_owned()),
        ("CategoryNumber", "0".to_owned()),
        ("ReplacementStrings", "{x...}".to_owned()),
        ("Source", "Microsoft-Windows-Security-SPP".to_owned()),
        ("TimeGenerated", "11/23/2026 9:14:02 AM".to_owned()),
        ("TimeWritten", "11/23/2026 9:14:02 AM".to_owned()),
        ("UserName", String::new()),
    ];
    property_list(&rows, columns)
}

/// A message as a JSON string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// `Get-WinEvent | ConvertTo-Json` of PowerShell 5.1 (`seven` false) or 7.
pub(super) fn convert_to_json(sample: &Sample, language: usize, seven: bool) -> String {
    let (gap, time) = if seven { (" ", "2026-11-23T09:14:02.1234567+08:00") } else { ("  ", "\\/Date(1795396442123)\\/") };
    let lines = [
        ("Id", sample.id.to_string()),
        ("Version", "0".to_owned()),
        ("Qualifiers", sample.qualifiers.to_string()),
        ("Level", sample.level.to_string()),
        ("Task", "0".to_owned()),
        ("Keywords", "36028797018963968".to_owned()),
        ("RecordId", "4711".to_owned()),
        ("ProviderName", quoted("Microsoft-Windows-Security-SPP")),
        ("LogName", quoted(sample.channel)),
        ("MachineName", quoted("pc07.example.edu")),
        ("TimeCreated", format!("\"{time}\"")),
        ("Bookmark", "{\n    }".to_owned()),
        ("LevelDisplayName", quoted(level(sample, language))),
        ("Properties", "[\n        \"System.Diagnostics.Eventing.Reader.EventProperty\"\n    ]".to_owned()),
        ("Message", quoted(&sample.message[language])),
    ];
    let body: Vec<String> = lines.iter().map(|(name, value)| format!("    \"{name}\":{gap}{value}")).collect();
    format!("{{\n{}\n}}", body.join(",\n"))
}

/// A line of `evtx_dump -o jsonl`, or of chainsaw.
pub(super) fn dump_json(sample: &Sample, chainsaw: bool) -> String {
    let data: Vec<String> = sample.data.iter().map(|d| quoted(d)).collect();
    let data = if data.len() == 1 { data[0].clone() } else { format!("[{}]", data.join(",")) };
    let (id, qualifiers, level, channel) = (sample.id, sample.qualifiers, sample.level, sample.channel);
    let common = format!("\"Level\":{level},\"EventRecordID\":4711,\"Channel\":\"{channel}\",\"Computer\":\"pc07.example.edu\"");
    if chainsaw {
        return format!(
            "{{\"Event\":{{\"EventData\":{{\"Data\":{data},\"Binary\":\"0000\"}},\"System\":{{\"EventID\":{id},\"EventID_attributes\":{{\"Qualifiers\":{qualifiers}}},\"Provider_attributes\":{{\"Name\":\"Microsoft-Windows-Security-SPP\"}},\"TimeCreated_attributes\":{{\"SystemTime\":\"2026-11-23T01:14:02.123456Z\"}},{common}}}}}}}"
        );
    }
    format!(
        "{{\"Event\":{{\"#attributes\":{{\"xmlns\":\"x\"}},\"System\":{{\"Provider\":{{\"#attributes\":{{\"Name\":\"Microsoft-Windows-Security-SPP\",\"EventSourceName\":\"Software Protection Platform Service\"}}}},\"EventID\":{{\"#attributes\":{{\"Qualifiers\":{qualifiers}}},\"#text\":{id}}},\"TimeCreated\":{{\"#attributes\":{{\"SystemTime\":\"2026-11-23T01:14:02.123456Z\"}}}},{common},\"Correlation\":null}},\"EventData\":{{\"Data\":{{\"#text\":{data}}},\"Binary\":\"0000\"}}}}}}"
    )
}

fn cell(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// Event Viewer, all events saved as CSV or as text.
pub(super) fn saved_table(sample: &Sample, language: usize, delimiter: char) -> String {
    let header = [
        ["Level", "Date and Time", "Source", "Event ID", "Task Category"],
        ["等級", "日期和時間", "來源", "事件識別碼", "工作類別"],
        ["级别", "日期和时间", "来源", "事件 ID", "任务类别"],
    ][language];
    let date = ["11/23/2026 9:14:02 AM", "2026/11/23 上午 09:14:02", "2026/11/23 9:14:02"][language];
    let id = sample.id.to_string();
    let other = [level(sample, language), date, "ESENT", "916", "(1)", "\"x, \"\"y\"\"\r\nz\""];
    let message = cell(&sample.message[language]);
    let row = [level(sample, language), date, "Microsoft-Windows-Security-SPP", &id, "None", &message];
    let join = |cells: &[&str]| cells.join(&delimiter.to_string());
    format!("{}\r\n{}\r\n{}\r\n", join(&header), join(&row), join(&other))
}

/// `Get-WinEvent | Export-Csv` of PowerShell 5.1.
pub(super) fn export_csv(sample: &Sample, language: usize) -> String {
    let id = sample.id.to_string();
    let (level_number, qualifiers) = (sample.level.to_string(), sample.qualifiers.to_string());
    let cells = [
        ("Message", sample.message[language].as_str()),
        ("Id", &id),
        ("Version", "0"),
        ("Qualifiers", &qualifiers),
        ("Level", &level_number),
        ("RecordId", "4711"),
        ("ProviderName", "Microsoft-Windows-Security-SPP"),
        ("LogName", sample.channel),
        ("MachineName", "pc07.example.edu"),
        ("TimeCreated", "2026/11/23 上午 09:14:02"),
        ("LevelDisplayName", level(sample, language)),
        ("Properties", "System.Collections.Generic.List`1[System.Diagnostics.Eventing.Reader.EventProperty]"),
    ];
    let join = |cells: Vec<String>| cells.join(",");
    let names = join(cells.iter().map(|(name, _)| cell(name)).collect());
    let values = join(cells.iter().map(|(_, value)| cell(value)).collect());
    let text = format!("#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n{names}\r\n{values}\r\n");
    text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect()
}

/// `Get-EventLog | Export-Csv`.
pub(super) fn export_eventlog_csv(sample: &Sample, language: usize) -> String {
    let entry = if sample.level == 2 { "Error" } else { "Information" };
    let instance = (u64::from(sample.qualifiers) << 16) + u64::from(sample.id);
    format!(
        "#TYPE System.Diagnostics.EventLogEntry#Application/Microsoft-Windows-Security-SPP/{instance}\r\n\"EventID\",\"MachineName\",\"Data\",\"Index\",\"Category\",\"CategoryNumber\",\"EntryType\",\"Message\",\"Source\",\"ReplacementStrings\",\"InstanceId\",\"TimeGenerated\",\"TimeWritten\",\"UserName\",\"Site\",\"Container\"\r\n\"{}\",\"pc07.example.edu\",\"System.Byte[]\",\"4711\",\"(0)\",\"0\",\"{entry}\",{},\"Microsoft-Windows-Security-SPP\",\"System.String[]\",\"{instance}\",\"2026/11/23 09:14:02\",\"2026/11/23 09:14:02\",,,\r\n",
        sample.id,
        cell(&sample.message[language]),
    )
}

/// A container log.
pub(super) fn container_log(sample: &Sample, language: usize) -> String {
    let name = if sample.level == 2 { "Error" } else { "Information" };
    format!(
        "{{\"Source\": \"EventLog\",\"LogEntry\": {{\"Time\": \"2026-11-23T01:14:02.000Z\",\"Channel\": \"{}\",\"Level\": \"{name}\",\"EventId\": {},\"Message\": {}}}}}",
        sample.channel,
        sample.id,
        quoted(&sample.message[language])
    )
}
