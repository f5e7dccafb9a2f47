//! The timeline of the case page: what it says of renewals, and that its size does not follow the log's.

use std::fmt::Write as _;

use kms_triage::Input;
use kms_triage::locale::LOCALES;
use kms_triage::report::{CaseLinks, Renderer};

use crate::files::knowledge;

const SKU: &str = "2de67392-b7a7-462a-b1ca-108dd189f588";

/// One record as `wevtutil /f:xml` writes it; `day` is a day of 2026-03 or later, `minute` one of that day.
fn record(id: u32, day: i64, minute: i64, data: &[&str]) -> String {
    let (mut month, mut rest) = (3, day);
    for days in [31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if rest < days {
            break;
        }
        rest -= days;
        month += 1;
    }
    let time = format!("2026-{:02}-{:02}T{:02}:{:02}:00.0Z", month, rest + 1, minute / 60, minute % 60);
    let data = data.iter().fold(String::new(), |mut all, d| {
        let _ = write!(all, "<Data>{d}</Data>");
        all
    });
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Security-SPP'/>\
         <EventID Qualifiers='16384'>{id}</EventID><Level>4</Level><TimeCreated SystemTime='{time}'/><EventRecordID>7</EventRecordID>\
         <Channel>Application</Channel><Computer>pc07.example.edu</Computer></System><EventData>{data}</EventData></Event>\n"
    )
}

fn request(day: i64, minute: i64, code: &str) -> String {
    request_of(day, minute, code, "1, 250000")
}

/// `licence` is its state and the minutes left.
fn request_of(day: i64, minute: i64, code: &str, licence: &str) -> String {
    let list = format!(
        "{code}, 0x00000000, kms.example.edu:1688, 4f1d7c52-9a3e-4b60-8c11-0d5e2a7b9f34, 2026/11/23 01:14, 0, {licence}, {SKU}, 25"
    );
    record(12288, day, minute, &[&list])
}

/// A request and the answer that activated.
fn renewal(day: i64) -> String {
    request(day, 60, "0x00000000") + &record(12289, day, 61, &["0x00000000, 0x00000000, 1, 0, 50, 120, 10080, 2026/11/23 01:14"])
}

fn page(log: &str, locale: &str) -> String {
    let analysis = kms_triage::analyze(knowledge(), "PC-07", &[Input::new("Application.xml", log.as_bytes())]);
    Renderer::new(knowledge()).unwrap().case(&analysis, locale, &CaseLinks::default()).unwrap()
}

/// The text of the timeline, without tags and with single blanks.
fn timeline(page: &str) -> String {
    let section = page.split("<section class=\"card\" aria-labelledby=\"timeline\">").nth(1).unwrap_or_default();
    let section = section.split("</section>").next().unwrap_or_default();
    let text = section.split('<').filter_map(|piece| piece.split_once('>').map(|p| p.1)).collect::<Vec<_>>().join(" ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn says(text: &str, wanted: &[&str]) {
    for words in wanted {
        assert!(text.contains(words), "`{words}` is not in: {text}");
    }
}

#[test]
fn renewals_that_go_well() {
    let log: String = [0, 7, 14].map(renewal).concat();
    let text = timeline(&page(&log, "en"));
    says(&text, &["Last success 2026-03-15 01:01", "3: 2026-03-01 · 2026-03-08 · 2026-03-15"]);
    says(&text, &["around 2026-03-22 (every 7 days, automatic)", "2026-09-11, unless it is renewed", "Activated or renewed 3"]);
    assert!(!text.contains("failed"), "{text}");
}

#[test]
fn renewals_that_stopped() {
    let log = renewal(0) + &request_of(30, 60, "0xC004F074", "1, 216000") + &request_of(200, 60, "0xC004F074", "5, 0");
    let text = timeline(&page(&log, "en"));
    says(&text, &["was due around 2026-03-08; the records up to 2026-09-17 show none", "ran out on 2026-08-28"]);
    says(&text, &["Failures since then 2, the newest 2026-09-17 01:00 0xC004F074"]);
}

#[test]
fn two_records_of_one_attempt_count_once() {
    let scheduler =
        |minute| record(8198, 3, minute, &["hr=0xC004F074", &format!("RuleId=a;Action=AutoActivate;SkuId={SKU};Trigger=TimerEvent")]);
    let text = timeline(&page(&(request(3, 60, "0xC004F074") + &scheduler(61)), "en"));
    says(&text, &["Activation or renewal failed 1", "Last success none in these records"]);
    let text = timeline(&page(&(request(3, 60, "0xC004F074") + &scheduler(400)), "en"));
    says(&text, &["Activation or renewal failed 2"]);
}

#[test]
fn a_request_without_an_answer_is_no_success() {
    let text = timeline(&page(&request(3, 60, "0x00000000"), "en"));
    says(&text, &["Request sent, no answer recorded 1"]);
    assert!(!text.contains("Activated or renewed"), "{text}");
    let refused = request(3, 60, "0x00000000") + &record(12289, 3, 61, &["0x00000000, 0x00000000, 0, 0, 7, 120, 10080, 2026/11/23 01:14"]);
    says(&timeline(&page(&refused, "en")), &["Activation or renewal failed 1"]);
}

#[test]
fn local_times_are_told_apart() {
    let log = "Log Name:      Application\nSource:        Microsoft-Windows-Security-SPP\nDate:          2026/11/23 下午 01:14:02\n\
               Event ID:      12288\nDescription:\nx\nInfo:\n0xC004F074, 0x00000000, kms.example.edu:1688, \
               4f1d7c52-9a3e-4b60-8c11-0d5e2a7b9f34, 2026/11/23 05:14, 0, 2, 41760, 2de67392-b7a7-462a-b1ca-108dd189f588, 25\n";
    says(&timeline(&page(log, "en")), &["2026-11-23 13:14", "Times are the computer’s local time."]);
}

#[test]
fn nothing_to_tell_no_timeline() {
    for log in ["C:\\>cscript slmgr.vbs /xpr\nWindows(R), Professional edition:\n    The machine is permanently activated.\n", ""] {
        assert!(!page(log, "en").contains("id=\"timeline\""), "{log}");
    }
}

/// A log of any length makes a page of the same size; each language has its own words.
#[test]
fn twenty_thousand_records() {
    let mut log = String::new();
    for n in 0..5_000_i64 {
        let (day, minute) = (n / 24, n % 24 * 60);
        log += &record(902, day, minute, &["10.0.19045.1"]);
        log += &request(day, minute + 1, if n % 3 == 0 { "0xC004F074" } else { "0x8007232B" });
        log += &request(day, minute + 2, "0x00000000");
        log += &record(12289, day, minute + 3, &["0x00000000, 0x00000000, 1, 0, 50, 120, 10080, 2026/11/23 01:14"]);
    }
    let analysis = kms_triage::analyze(knowledge(), "PC-07", &[Input::new("Application.xml", log.as_bytes())]);
    for locale in LOCALES {
        let html = Renderer::new(knowledge()).unwrap().case(&analysis, locale, &CaseLinks::default()).unwrap();
        assert!(html.len() < 450_000, "{} bytes in {locale}", html.len());
        assert!(html.matches("<use href=\"#m-").count() <= 4 * 97, "too many marks in {locale}");
        says(&timeline(&html), &["5000"]);
    }
}
