//! Any text behind the header of an exported list, and any header.

#![no_main]

use kms_triage::event::text::read_events;
use libfuzzer_sys::fuzz_target;

const HEADS: [&str; 4] = [
    "Level,Date and Time,Source,Event ID,Task Category\r\nInformation,10/7/2026 06:38:24 PM,Microsoft-Windows-Security-SPP,12288,",
    "等級\t日期和時間\t來源\t事件識別碼\t工作類別\r\n資訊\t2026/11/23 上午 01:14:02\tMicrosoft-Windows-Security-SPP\t12288\t",
    "\"Message\",\"Id\",\"Version\",\"ProviderName\",\"TimeCreated\"\r\n",
    "TimeCreated  : 11/23/2026 1:14:02 AM\r\nProviderName : Microsoft-Windows-Security-SPP\r\nId           : 12288\r\nMessage      : ",
];

fuzz_target!(|text: &str| {
    let _ = read_events(text);
    for head in HEADS {
        let _ = read_events(&format!("{head}{text}"));
    }
});
