//! The values of a message are found in any language: each message in English and with the sentences
//! replaced by words that no reader knows.

use super::super::{canonical_data, data_of_message};

const APP: &str = "55c92734-d682-4d71-983e-d6ec3f16059f";
const SKU: &str = "2de67392-b7a7-462a-b1ca-108dd189f588";

#[track_caller]
fn check(id: u32, messages: &[&str], data: &[&str]) {
    for message in messages {
        let message = message.replace("{app}", APP).replace("{sku}", SKU);
        let data: Vec<String> = data.iter().map(|d| d.replace("{app}", APP).replace("{sku}", SKU)).collect();
        assert_eq!(data_of_message(id, &message), data, "{id}: {message}");
        assert_eq!(data_of_message(id, &message.replace('\n', "\r\n")), data, "{id}: {message}");
    }
}

#[test]
fn codes_and_guids() {
    check(
        1014,
        &["Acquisition of End User License failed. hr=0xC004C003\nSku Id={sku}", "取得失敗。hr=0xC004C003\n識別碼={sku}"],
        &["hr=0xC004C003", "{sku}"],
    );
    check(
        8208,
        &["Acquisition of genuine ticket failed (hr=0x80072EE7) for template Id {app}", "失敗 (hr=0x80072EE7)，範本 {app}"],
        &["hr=0x80072EE7", "{app}"],
    );
    check(
        8233,
        &[
            "The rules engine reported a failed VL activation attempt.\nReason:0xC004F074\nAppId = {app}, SkuId = {sku}\nTrigger=NetworkAvailable",
            "失敗。\n原因:0xC004F074\nAppId = {app}, SkuId = {sku}\n觸發=NetworkAvailable",
        ],
        &["0xC004F074", "{app}", "{sku}", "NetworkAvailable"],
    );
    check(
        8212,
        &["Rearm failed for AppId = {app}, SkuId = {sku} - 0 Rearms Remaining. Error Code: 0xC004D307"],
        &["0xC004D307", "{app}", "{sku}", "0"],
    );
    check(
        12306,
        &["Rearm successful for AppId = {app}, SkuId = (null) - 976 Rearms Remaining.", "成功 AppId = {app}, SkuId = (null) - 976 次。"],
        &["{app}", "(null)", "976"],
    );
    check(
        8214,
        &[
            "Active Directory Activation Object is not usable. Error Code = 0x80072030\nKms Id = {app}\nAO Name = Campus AO\nAO DN = CN=Campus AO,CN=Activation Objects,DC=example,DC=edu",
        ],
        &["0x80072030", "{app}", "Campus AO", "CN=Campus AO,CN=Activation Objects,DC=example,DC=edu"],
    );
    check(
        1017,
        &[
            "Installation of the Proof of Purchase failed. 0xC004F050\nPartial Pkey=9GVM3\nACID={sku}\nDetailed Error[?]",
            "安裝失敗。0xC004F050\n部分金鑰=9GVM3\nACID={sku}\n錯誤[?]",
        ],
        &["0xC004F050", "9GVM3", "{sku}"],
    );
}

#[test]
fn words_and_numbers() {
    check(
        12293,
        &[
            "Publishing the Key Management Service (KMS) to DNS in the 'example.edu' domain failed.\nInfo:\n0x8007251D",
            "發佈到「example.edu」網域失敗。\n資訊:\n0x8007251D",
            "发布到“example.edu”域失败。\n信息:\n0x8007251D",
        ],
        &["0x8007251D", "example.edu"],
    );
    check(
        16384,
        &[
            "Successfully scheduled Software Protection service for re-start at 2126-10-18T17:25:26Z. Reason: RulesEngine.",
            "已排定於 2126-10-18T17:25:26Z 重新啟動。原因: RulesEngine。",
        ],
        &["2126-10-18T17:25:26Z", "RulesEngine"],
    );
    check(1025, &["Grace period has been started. Grace days=30 Grace type=1.", "開始。天數=30 類型=1。"], &["30", "1"]);
    check(
        1037,
        &["Time-based license remaining validity time 128520 minutes.", "剩餘 validity 時間 128520 分鐘。"],
        &["validity", "128520"],
    );
    check(
        1034,
        &[
            "Duplicate definition of policy found. Policy name=Security-SPP-X\nPriority=100",
            "重複。名稱=Security-SPP-X\n優先=100",
            "Duplicate. Policy name=Security-SPP-X Priority=100",
        ],
        &["Security-SPP-X", "100"],
    );
    check(902, &["The Software Protection service has started.\n10.0.19041.5007", "服務已啟動。10.0.19041.5007"], &["10.0.19041.5007"]);
    check(
        8229,
        &[
            "The rules engine failed to perform one or more scheduled actions.\nError Code:0x80070002\nPath:C:\\Windows\\system32\\slui.exe\nArguments:RuleId={app};Action=AutoActivate",
            "失敗。\n錯誤碼:0x80070002\n路徑:C:\\Windows\\system32\\slui.exe\n引數:RuleId={app};Action=AutoActivate",
        ],
        &["0x80070002", "C:\\Windows\\system32\\slui.exe", "RuleId={app};Action=AutoActivate"],
    );
    check(
        8200,
        &["License acquisition failure details.\nhr=0x80072EE7", "License acquisition failure details. hr=0x80072EE7"],
        &["hr=0x80072EE7"],
    );
    let state = "Security-SPP-Action-StateData (REG_SZ) =AppId={app};GraceEndDate=2026/11/20:01:21:13;LastConsumptionReason=0x00000000;LicenseState=SL_LICENSING_STATUS_LICENSED;ProductKeyType=Volume:GVLK;uxDifferentiator=ENVIRONMENT";
    check(
        8230,
        &[
            &format!("The rules engine successfully re-evaluated the schedule.\nKernel policies:\n{state}"),
            &format!("完成。\n原則:\n{}", state.replace("Reason=0x00", "Reas\non=0x00")),
        ],
        &[state],
    );
    check(4711, &["hr=0xC004F074"], &[]);
}

#[test]
fn a_request_with_single_fields_becomes_one_list() {
    let fields = ["0x0", "5", "pc07.example.edu", APP, "2026/11/23 1:14", "0", "2", "41760", SKU];
    let list = fields.join(",");
    let apart: Vec<String> = fields.iter().map(|f| (*f).to_owned()).collect();
    assert_eq!(canonical_data(12290, apart.clone()), vec![list.clone()]);
    assert_eq!(canonical_data(12290, [vec![list.clone()], apart].concat()), [list]);
    assert_eq!(canonical_data(12290, vec!["shellcode".to_owned()]), ["shellcode"]);
}
