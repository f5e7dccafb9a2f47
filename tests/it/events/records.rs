//! Records of every shape that the licensing services were seen to write, with invented values: what the forms of
//! this folder's tests print.

/// One record.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) id: u32,
    pub(super) provider: &'static str,
    pub(super) channel: &'static str,
    pub(super) qualifiers: u32,
    pub(super) level: u8,
    /// Minute of its hour; the seconds are always 2.
    pub(super) minute: usize,
    pub(super) data: Vec<String>,
    /// Rendered message in en, zh-TW, zh-CN; line ends are `\n`. The sentences are invented: no reader may need them.
    pub(super) message: [String; 3],
}

pub(super) const SPP: &str = "Microsoft-Windows-Security-SPP";
const OSPP: &str = "Office Software Protection Platform Service";

/// Id, level, strings, message in three languages with `{1}` for the first string.
type Row = (u32, u8, &'static [&'static str], [&'static str; 3]);

const APP: &str = "55c92734-d682-4d71-983e-d6ec3f16059f";
const OFFICE: &str = "59a52881-a989-479d-af46-f275c6370663";
const SKU: &str = "2de67392-b7a7-462a-b1ca-108dd189f588";
const OTHER_SKU: &str = "73111121-5638-40f6-bc11-f1d7b0d64300";
const RULE: &str = "eeba1977-569e-4571-b639-7623d8bfecc0";

const CHECKED: &str = concat!(
    "\n1: 73111121-5638-40f6-bc11-f1d7b0d64300, 1, 0 [(0 [0xC004F014, 0, 0], [(?)(?)(?)(?)(?)(?)])(1 )(2 )]",
    "\n2: 2de67392-b7a7-462a-b1ca-108dd189f588, 1, 1 [(0 [0x00000000, 1, 0], [(?)( 1 0x00000000)(?)( 2 0x00000000 0 0 ",
    "msft:rm/algorithm/volume/1.0 0x00000000 257872)(?)(?)])(1 )(2 )(3 )]",
    "\n3: 8de8eb62-bbe0-40ac-ac17-f75595071ea3, 1, 0 [(0 [0xC004F014, 0, 0], [(?)(?)(?)(?)(?)(?)])(1 )(2 )]\n\n",
);
const GRACE: &str = concat!(
    "\n1: 2de67392-b7a7-462a-b1ca-108dd189f588, 1, 1 [(0 )(1 )(2 [0x00000000, 0, 1], [(?)( 5 0x00000000 10 14400)",
    "( 1 0x00000000 0 0 msft:rm/algorithm/flags/1.0 0x00000000 0)(?)(?)(?)])]\n\n",
);
const OBJECTS: &str = concat!(
    "C:\\Windows\\system32\\sppwinob.dll, msft:spp/windowsfunctionality/agent/7.0, 0x00000000, 0x00000000\n",
    "C:\\Windows\\system32\\sppobjs.dll, msft:rm/algorithm/phone/1.0, 0x00000000, 0x00000000\n",
    "C:\\Windows\\system32\\sppobjs.dll, msft:spp/volume/services/kms/1.0, 0x80070002, 0x00000000\n",
    "C:\\Windows\\system32\\sppobjs.dll, msft:spp/TaskScheduler/1.0, 0x00000000, 0x00000000\n",
);
const POLICIES: &str = "(Printing-Limit-Jobs) (Shell-Games-Chess-Enable) (Shell-Games-Cards-Enable) (Update-Policy-Reserved) (Printing-Limit-Pages) (Shell-Wallpaper-Change-Enable)";

const ROWS: &[Row] = &[
    (900, 4, &[], ["The service starts.\nParameters:", "服務正在啟動。\n參數:", "服务正在启动。\n参数:"]),
    (902, 4, &["10.0.19041.5007"], ["The service has come up.\n{1}", "服務已經起來。\n{1}", "服务已经起来。\n{1}"]),
    (903, 0, &[], ["The service has gone.", "服務已經停下。", "服务已经停下。"]),
    (1001, 2, &["hr=0x80070002", "0"], ["The service did not come up.\n{1}\n{2}", "服務起不來。\n{1}\n{2}", "服务起不来。\n{1}\n{2}"]),
    (1003, 4, &[APP, GRACE], STATUS),
    (1003, 4, &[APP, CHECKED], STATUS),
    (
        1004,
        4,
        &["Windows(R) - Part One (Volume)", RULE],
        ["A licence is in place.\nTitle={1}\nId={2}", "授權已放好。\n標題={1}\n識別碼={2}", "许可证已放好。\n标题={1}\n标识={2}"],
    ),
    (1007, 0, &[], ["Step one is done.", "第一步完成。", "第一步完成。"]),
    (1009, 0, &[SKU], ["Step two is done.", "第二步完成。", "第二步完成。"]),
    (1011, 0, &[SKU], ["Step three is done.\nSku={1}", "第三步完成。\n識別碼={1}", "第三步完成。\n标识={1}"]),
    (1013, 0, &[SKU], ["Step four is done.\nSku={1}", "第四步完成。\n識別碼={1}", "第四步完成。\n标识={1}"]),
    (1014, 2, &["hr=0xC004C003", SKU], ["No licence came. {1}\nSku={2}", "沒有取得授權。{1}\n識別碼={2}", "没有取得许可证。{1}\n标识={2}"]),
    (1015, 3, &["0xC004C020", "0xC004C003"], ["A code. {1} \nRaw: {2}", "代碼。{1} \n原始: {2}", "代码。{1} \n原始: {2}"]),
    (1016, 4, &[SKU, RULE], ["A key is in place.\nA={1}\nK={2}", "金鑰已放好。\n甲={1}\n乙={2}", "密钥已放好。\n甲={1}\n乙={2}"]),
    (
        1017,
        2,
        &["0xC004F050", "9GVM3", SKU, "?"],
        [
            "A key was refused. {1}\nPart={2}\nA={3}\nMore[{4}]",
            "金鑰被拒。{1}\n部分={2}\n甲={3}\n細節[{4}]",
            "密钥被拒。{1}\n部分={2}\n甲={3}\n细节[{4}]",
        ],
    ),
    (1025, 4, &["10", "5"], ["Days of grace={1} kind={2}.", "寬限期開始。天數={1} 類型={2}。", "宽限期开始。天数={1} 类型={2}。"]),
    (
        1033,
        4,
        &[POLICIES, APP, SKU],
        ["Left out.\nNames={1} \nApp={2}\nSku={3}", "已略過。\n名稱={1} \n應用={2}\n識別碼={3}", "已跳过。\n名称={1} \n应用={2}\n标识={3}"],
    ),
    (1034, 4, &["Example-Policy", "100"], ["Twice.\nName={1}\nRank={2}", "重複。\n名稱={1}\n優先={2}", "重复。\n名称={1}\n优先={2}"]),
    (
        1036,
        4,
        &["129600", "8"],
        ["Minutes={1} kind={2}.", "有期限的授權開始。分鐘={1} 類型={2}。", "有期限的许可证开始。分钟={1} 类型={2}。"],
    ),
    (1037, 4, &["validity", "128520"], ["There is {1} time {2} minutes.", "還剩 {1} 時間 {2} 分鐘。", "还剩 {1} 时间 {2} 分钟。"]),
    (1040, 4, &[APP, SKU], ["Other parts.\nA={1}, S={2}.", "硬體不同了。\n應用={1}, 識別碼={2}。", "硬件不同了。\n应用={1}, 标识={2}。"]),
    (1061, 4, &["4", "48"], ["It was {1} and is {2} now.", "版本由 {1} 變成 {2}。", "版本由 {1} 变成 {2}。"]),
    (1066, 4, &[OBJECTS], ["Parts of the service.\n{1}", "服務的元件。\n{1}", "服务的组件。\n{1}"]),
    (
        8197,
        4,
        &[
            "RuleId=379cccfb-d4e0-48fe-b0f2-0136097be147;Action=CleanupState;AppId=55c92734-d682-4d71-983e-d6ec3f16059f;SkuId=2de67392-b7a7-462a-b1ca-108dd189f588;Trigger=TimerEvent",
        ],
        ["A window opened with: {1}", "視窗以此開啟: {1}", "窗口以此打开: {1}"],
    ),
    (
        8198,
        2,
        &[
            "hr=0xC004F074",
            "RuleId=eeba1977-569e-4571-b639-7623d8bfecc0;Action=AutoActivate;AppId=55c92734-d682-4d71-983e-d6ec3f16059f;SkuId=2de67392-b7a7-462a-b1ca-108dd189f588;NotificationInterval=1440;Trigger=TimerEvent",
        ],
        ["It did not work:\n{1}\nWith:\n{2}", "沒有成功:\n{1}\n引數:\n{2}", "没有成功:\n{1}\n参数:\n{2}"],
    ),
    (8200, 2, &["hr=0x80072EE7\n"], ["Why no licence came.\n{1}", "沒有取得授權的細節。\n{1}", "没有取得许可证的细节。\n{1}"]),
    (8206, 4, &[], ["No store. A new one is made.", "沒有存放區，建立新的。", "没有存储，新建一个。"]),
    (8208, 2, &["0x80072EE7", OTHER_SKU], ["No ticket (hr={1}) for {2}", "沒有票證 (hr={1})，範本 {2}", "没有票证 (hr={1})，模板 {2}"]),
    (
        8212,
        2,
        &["0xC004D307", APP, SKU, "0"],
        [
            "No reset for A = {2}, S = {3} - {4} left. Code: {1}",
            "無法重設 A = {2}, S = {3} - 剩 {4} 次。代碼: {1}",
            "无法重置 A = {2}, S = {3} - 剩 {4} 次。代码: {1}",
        ],
    ),
    (8224, 4, &[], ["Nothing to do.", "沒有事要做。", "没有事要做。"]),
    (
        8230,
        4,
        &[
            "Security-SPP-Action-StateData (REG_SZ) =AppId=55c92734-d682-4d71-983e-d6ec3f16059f;GraceEndDate=2026/11/20:01:21:13;LastConsumptionReason=0x00000000;LastNotificationId=Cleanup;LicenseState=SL_LICENSING_STATUS_LICENSED;PartialProductKey=6VM33;ProductKeyType=Volume:GVLK;SkuId=2de67392-b7a7-462a-b1ca-108dd189f588;ruleId=379cccfb-d4e0-48fe-b0f2-0136097be147;uxDifferentiator=ENVIRONMENT",
        ],
        ["Looked at again.\nKernel:\n{1}", "已重新檢視。\n核心:\n{1}", "已重新查看。\n内核:\n{1}"],
    ),
    (
        8233,
        2,
        &["0xC004F074", APP, SKU, "NetworkAvailable"],
        [
            "No.\nWhy:{1}\nA = {2}, S = {3}\nBy={4}",
            "失敗。\n原因:{1}\nA = {2}, S = {3}\n觸發={4}",
            "失败。\n原因:{1}\nA = {2}, S = {3}\n触发={4}",
        ],
    ),
    (
        12288,
        4,
        &[
            "0x00000000, 0x00000000, kms.example.edu:1688, 4f1d7c52-9a3e-4b60-8c11-0d5e2a7b9f34, 2026/11/23 01:31, 1, 5, 0, 2de67392-b7a7-462a-b1ca-108dd189f588, 25",
        ],
        ["Asked.\nInfo:\n{1}", "已要求。\n資訊:\n{1}", "已请求。\n信息:\n{1}"],
    ),
    (
        12289,
        4,
        &["0x00000000, 0x00000000, 1, 0, 50, 120, 10080, 2026/11/23 01:32"],
        ["Heard.\nInfo:\n{1}", "已收到。\n資訊:\n{1}", "已收到。\n信息:\n{1}"],
    ),
    (
        12290,
        4,
        &["0x0,25,pc09.example.edu,4f1d7c52-9a3e-4b60-8c11-0d5e2a7b9f35,2026/11/23 1:33,0,2,41760,2de67392-b7a7-462a-b1ca-108dd189f588"],
        ["Served.\nInfo:\n{1}", "已服務。\n資訊:\n{1}", "已服务。\n信息:\n{1}"],
    ),
    (
        12293,
        2,
        &["0x8007251D", "example.edu"],
        ["No entry in '{2}'.\nInfo:\n{1}", "無法登記於「{2}」。\n資訊:\n{1}", "无法登记于“{2}”。\n信息:\n{1}"],
    ),
    (12304, 4, &[OTHER_SKU], ["A ticket for {1}", "取得票證，範本 {1}", "取得票证，模板 {1}"]),
    (12305, 4, &[APP], ["All is well for {1}", "狀態正常，應用 {1}", "状态正常，应用 {1}"]),
    (
        12306,
        4,
        &[APP, "(null)", "5"],
        ["Reset A = {1}, S = {2} - {3} left.", "已重設 A = {1}, S = {2} - 剩 {3} 次。", "已重置 A = {1}, S = {2} - 剩 {3} 次。"],
    ),
    (12311, 4, &[], ["A helper was called", "已通知用戶端", "已通知客户端"]),
    (
        16384,
        4,
        &["2126-10-18T17:25:26Z", "RulesEngine"],
        ["Next start {1}. Why: {2}.", "下次啟動 {1}。原因: {2}。", "下次启动 {1}。原因: {2}。"],
    ),
    (
        16385,
        2,
        &["0x80041315", "2126-10-18T17:25:26Z"],
        ["No next start {2}. Code: {1}.", "無法排定 {2}。代碼: {1}。", "无法安排 {2}。代码: {1}。"],
    ),
    (16388, 4, &["2026-11-23T01:01:02Z", "2026-11-23T01:01:03Z"], ["From {1} to {2}", "由 {1} 到 {2}", "由 {1} 到 {2}"]),
    (16394, 4, &[], ["Moved.", "已移轉。", "已迁移。"]),
    (20481, 4, &[], ["A check begins.", "開始檢查。", "开始检查。"]),
    (20482, 4, &[], ["The check is good.", "檢查正常。", "检查正常。"]),
];

const STATUS: [&str; 3] =
    ["Licences were looked at.\nApp={1}\nStatus={2}", "已檢視授權。\n應用={1}\n狀態={2}", "已查看许可证。\n应用={1}\n状态={2}"];

/// All records, oldest first, one a minute.
pub(super) fn all() -> Vec<Record> {
    let office: Row = (
        1040,
        4,
        &[OFFICE, "6f327760-8c5c-417c-9b61-836a98287e0c"],
        ["Other parts.\nA={1}, S={2}.", "硬體不同了。\nA={1}, S={2}。", "硬件不同了。\nA={1}, S={2}。"],
    );
    let rows = ROWS.iter().map(|row| (row, SPP)).chain([(&office, OSPP)]);
    rows.enumerate().map(|(minute, (row, provider))| record(row, provider, minute)).collect()
}

fn record(row: &Row, provider: &'static str, minute: usize) -> Record {
    let (id, level, data, templates) = row;
    let filled = |template: &str| {
        let numbered = data.iter().enumerate();
        numbered.fold(template.to_owned(), |text, (n, value)| text.replace(&format!("{{{}}}", n + 1), value))
    };
    Record {
        id: *id,
        provider,
        channel: if *id == 12290 { "Key Management Service" } else { "Application" },
        qualifiers: if *level == 2 { 49152 } else { 16384 },
        level: *level,
        minute,
        data: data.iter().map(|d| (*d).to_owned()).collect(),
        message: templates.map(filled),
    }
}

/// Records of other programs; the ids and codes are those of licensing too.
pub(super) fn of_others() -> Vec<Record> {
    let update: Row = (
        20,
        2,
        &["0x80070005", "An update"],
        ["An update was not installed: {1}.\nName: {2}", "更新沒有安裝: {1}。\n名稱: {2}", "更新没有安装: {1}。\n名称: {2}"],
    );
    let report: Row = (
        1001,
        4,
        &["UpdateFailure", "0x8024402C"],
        ["A report.\nName: {1}\n\nP1: {2}", "報告。\n名稱: {1}\n\nP1: {2}", "报告。\n名称: {1}\n\nP1: {2}"],
    );
    let rows = [(update, "Microsoft-Windows-WindowsUpdateClient"), (report, "Windows Error Reporting")];
    rows.iter().enumerate().map(|(minute, (row, provider))| record(row, provider, minute)).collect()
}
