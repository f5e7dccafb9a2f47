//! Words of our own texts: Taiwan's in zh-TW, the mainland's in zh-CN. Grammars hold other people's words.

use encoding_rs::{BIG5, GBK};
use kms_triage::locale::LOCALES;

use crate::files::{knowledge, report};

/// Words that a zh-TW text must not have, and Taiwan's.
const NOT_IN_TAIWAN: &[(&str, &str)] = &[
    ("服務器", "伺服器"),
    ("網絡", "網路"),
    ("互聯網", "網際網路"),
    ("聯網", "網路"),
    ("軟件", "軟體"),
    ("硬件", "硬體"),
    ("固件", "韌體"),
    ("激活", "啟用"),
    ("密鑰", "金鑰"),
    ("默認", "預設"),
    ("缺省", "預設"),
    ("信息", "資訊、訊息"),
    ("計算機", "電腦"),
    ("重啟", "重新開機"),
    ("客戶端", "用戶端"),
    ("用戶名", "使用者名稱"),
    ("端口", "連接埠"),
    ("硬盤", "硬碟"),
    ("主板", "主機板"),
    ("內存", "記憶體"),
    ("緩存", "快取"),
    ("設備", "裝置"),
    ("文件夾", "資料夾"),
    ("文檔", "文件"),
    ("屏幕", "螢幕"),
    ("鼠標", "滑鼠"),
    ("菜單", "功能表"),
    ("界面", "介面"),
    ("鏈接", "連結"),
    ("點擊", "按一下"),
    ("單擊", "按一下"),
    ("雙擊", "按兩下"),
    ("粘貼", "貼上"),
    ("刷新", "重新整理"),
    ("打印", "列印"),
    ("數據", "資料"),
    ("數據庫", "資料庫"),
    ("日誌", "記錄檔"),
    ("許可證", "授權"),
    ("批量", "大量"),
    ("註冊表", "登錄"),
    ("操作系統", "作業系統"),
    ("應用程序", "應用程式"),
    ("進程", "處理程序"),
    ("腳本", "指令碼"),
    ("命令提示符", "命令提示字元"),
    ("字符", "字元"),
    ("對象", "物件"),
    ("鏡像", "映像檔"),
    ("身份", "身分"),
    ("後綴", "尾碼"),
    ("訪問", "存取"),
    ("域名", "網域名稱"),
    ("加載", "載入"),
];

/// Words that a zh-CN text must not have, and the mainland's.
const NOT_ON_THE_MAINLAND: &[(&str, &str)] = &[
    ("伺服器", "服务器"),
    ("网路", "网络"),
    ("网际网络", "互联网"),
    ("软体", "软件"),
    ("硬体", "硬件"),
    ("韧体", "固件"),
    ("大量启用", "批量激活"),
    ("启用码", "激活码"),
    ("启用失败", "激活失败"),
    ("启用 Windows", "激活 Windows"),
    ("启用 Office", "激活 Office"),
    ("金钥", "密钥"),
    ("预设", "默认"),
    ("资讯", "信息"),
    ("讯息", "消息"),
    ("资料夹", "文件夹"),
    ("资料库", "数据库"),
    ("程式", "程序"),
    ("指令码", "脚本"),
    ("字元", "字符"),
    ("物件", "对象"),
    ("介面", "界面"),
    ("连结", "链接"),
    ("滑鼠", "鼠标"),
    ("萤幕", "屏幕"),
    ("档案", "文件"),
    ("记录档", "日志"),
    ("连接埠", "端口"),
    ("用户端", "客户端"),
    ("使用者", "用户"),
    ("尾码", "后缀"),
    ("身分", "身份"),
    ("作业系统", "操作系统"),
    ("重新开机", "重新启动"),
    ("校时", "校准时间"),
    ("映像档", "镜像"),
    ("列印", "打印"),
    ("支援", "支持"),
    ("透过", "通过"),
    ("存取", "访问"),
    ("检视", "查看"),
    ("储存", "存储"),
    ("载入", "加载"),
    ("快取", "缓存"),
    ("记忆体", "内存"),
    ("主机板", "主板"),
    ("防毒", "杀毒"),
    ("网域", "域"),
    ("按一下", "单击"),
    ("设定", "设置"),
    ("随机版", "预装版"),
    ("纪录", "记录"),
    ("相容", "兼容"),
    ("侦测", "检测"),
    ("权杖", "令牌"),
];

/// Phrases in which such a word is none, or is quoted on purpose.
const ALLOWED: [&str; 3] = ["互联网路径", "“認證”", "“啟動”"];

/// Every text of ours in `locale`, with its place.
fn texts(locale: &str) -> Vec<(String, String)> {
    let k = knowledge();
    let mut texts: Vec<(String, &str)> = Vec::new();
    for cause in k.causes.values() {
        let text = cause.texts.get(locale);
        texts.extend([&text.title, &text.headline, &text.why, &text.local_note].map(|t| (format!("causes/{}", cause.id), t.as_str())));
    }
    for remedy in k.remedies.values() {
        let text = remedy.texts.get(locale);
        texts.extend([&text.title, &text.step, &text.expect, &text.if_not].map(|t| (format!("remedies/{}", remedy.id), t.as_str())));
    }
    for check in &k.checks {
        let text = check.texts.get(locale);
        texts.extend([&text.label, &text.pass, &text.fail, &text.untested].map(|t| (format!("checks/{}", check.id), t.as_str())));
    }
    texts.extend(k.codes.iter().map(|c| (c.code.clone(), c.meaning(locale))));
    for event in k.events.iter() {
        let words = event.words.get(locale);
        texts.extend([&words.title, &words.text].map(|t| (format!("event {} {}", event.id, event.role), t.as_str())));
    }
    let own = k.locales.get(locale).unwrap();
    for (table, words) in [("ui", &own.ui), ("summary", &own.summary), ("page", &own.page)] {
        texts.extend(words.iter().map(|(key, text)| (format!("locales/{locale} [{table}] {key}"), text.as_str())));
    }
    let without = |text: &str| ALLOWED.iter().fold(text.to_owned(), |text, phrase| text.replace(phrase, ""));
    texts.into_iter().map(|(place, text)| (place, without(text))).collect()
}

#[test]
fn each_chinese_has_its_own_words() {
    let mut problems = Vec::new();
    for (locale, words) in [("zh-TW", NOT_IN_TAIWAN), ("zh-CN", NOT_ON_THE_MAINLAND)] {
        for (place, text) in texts(locale) {
            let wrong = words.iter().filter(|w| text.contains(w.0));
            problems.extend(wrong.map(|(wrong, right)| format!("  {locale} {place}: {wrong}, say {right}: {text}")));
        }
    }
    report("words of the other side of the strait", &problems);
}

/// Han characters of `text` that the other script has and this one has not: Big5 holds the traditional
/// ones; the rows of GB2312 within GBK hold the simplified ones.
fn of_the_other_script(locale: &str, text: &str) -> String {
    let han = text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c));
    let known = |c: &char| {
        let one = c.to_string();
        if locale == "zh-TW" {
            return !BIG5.encode(&one).2;
        }
        GBK.encode(&one).0.iter().all(|byte| *byte >= 0xa1)
    };
    han.filter(|c| !known(c)).collect()
}

#[test]
fn each_chinese_has_its_own_script() {
    assert_eq!(of_the_other_script("zh-TW", "请启用软體"), "请软");
    assert_eq!(of_the_other_script("zh-CN", "请啟用软體"), "啟體");
    let mut problems = Vec::new();
    for locale in LOCALES.into_iter().filter(|l| l.starts_with("zh")) {
        let found = texts(locale).into_iter().map(|(place, text)| (place, of_the_other_script(locale, &text)));
        problems.extend(found.filter(|f| !f.1.is_empty()).map(|(place, wrong)| format!("  {locale} {place}: {wrong}")));
    }
    report("characters of the other script", &problems);
}
