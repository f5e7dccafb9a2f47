//! Every form of one event gives the same id, provider and data, and the time where it has a zone.

use super::super::{EventText, read_events};
use super::samples::{self, LANGUAGES, Sample};

pub(super) const UTC: &str = "2026-11-23T01:14:02Z";

/// The line ranges that were read.
pub(super) fn lines(found: &EventText) -> Vec<(u32, u32)> {
    found.consumed.iter().map(|r| (r.start, r.end)).collect()
}

/// Checks the one event of `text`.
#[track_caller]
pub(super) fn check(text: &str, sample: &Sample, time: Option<&str>) -> EventText {
    let found = read_events(text);
    assert_eq!(found.records.len(), 1, "{text}\n{found:#?}");
    let record = &found.records[0];
    assert_eq!(record.id, sample.id, "{text}");
    assert_eq!(record.provider, "Microsoft-Windows-Security-SPP", "{text}");
    assert_eq!(record.data, sample.data, "{text}");
    match time {
        Some(time) => assert_eq!(record.time.as_deref(), Some(time), "{text}"),
        None => assert!(record.time.as_ref().is_some_and(|t| t.starts_with("local ")), "{record:?}"),
    }
    assert_eq!(record.level, Some(sample.level), "{text}");
    found
}

#[test]
fn xml() {
    for sample in samples::all() {
        let found = check(&samples::xml(&sample, None), &sample, Some(UTC));
        let record = &found.records[0];
        assert_eq!(record.source, "Software Protection Platform Service");
        assert_eq!((record.qualifiers, record.record_id), (Some(sample.qualifiers), Some(4711)));
        assert_eq!((record.channel.as_str(), record.computer.as_str()), (sample.channel, "pc07.example.edu"));
        for language in LANGUAGES {
            let found = check(&samples::xml(&sample, Some(language)), &sample, Some(UTC));
            assert_eq!(found.records[0].message, sample.message[language].replace("\r\n", "\n"));
        }
    }
}

#[test]
fn several_xml_documents() {
    let samples = samples::all();
    let text = samples.iter().map(|s| format!("\u{feff}{}\r\n", samples::xml(s, Some(1)))).collect::<Vec<_>>().concat();
    let found = read_events(&text);
    assert_eq!(found.records.iter().map(|r| r.id).collect::<Vec<_>>(), [12288, 12290, 8198]);
    let saved =
        format!("<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n<Events>{}</Events>", text.replace(['\r', '\n'], ""));
    let found = read_events(&saved);
    assert_eq!(found.records.len(), 3);
    assert_eq!(lines(&found), [(1, 3)]);
}

#[test]
fn xml_cut_by_a_console() {
    for sample in samples::all() {
        let text = samples::xml(&sample, None);
        for columns in [80, 120] {
            let rows: Vec<String> = text.chars().collect::<Vec<_>>().chunks(columns).map(|c| c.iter().collect()).collect();
            let found = check(&format!("C:\\>wevtutil qe Application /f:xml\r\n{}\r\n\r\nC:\\>", rows.join("\r\n")), &sample, Some(UTC));
            assert_eq!(lines(&found), [(2, u32::try_from(rows.len()).unwrap() + 2)]);
        }
    }
}

#[test]
fn wevtutil_text() {
    for sample in samples::all() {
        for language in LANGUAGES {
            let text = samples::wevtutil_text(&sample, language);
            check(&text, &sample, Some(UTC));
            check(&text.replace("Event[0]:", "Event[0]").replace("Classic", "Classic,\0").replace(".0000000Z", "Z"), &sample, Some(UTC));
            check(&text.replace(".0000000Z", ".000"), &sample, None);
        }
    }
}

#[test]
fn copied_details() {
    for sample in samples::all() {
        for language in LANGUAGES {
            let text = samples::details(&sample, language);
            check(&text, &sample, None);
            check(&samples::details_with_xml(&sample, language), &sample, Some(UTC));
            // Empty rows between all lines, blanks at their ends, quote marks in front.
            check(&text.replace("\r\n", "  \r\n\r\n"), &sample, None);
            check(&format!("> {}", text.replace("\r\n", "\r\n> ")), &sample, None);
        }
        // An unknown language, and labels that were lost.
        let text = samples::details(&sample, 1);
        for lost in
            [text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect::<String>(), text.replace(['識', '來', '層', '描'], "Ж")]
        {
            let found = read_events(&lost);
            assert_eq!(found.records.len(), 1, "{lost}");
            assert_eq!((found.records[0].id, &found.records[0].data), (sample.id, &sample.data.iter().map(|d| (*d).to_owned()).collect()));
        }
    }
}

#[test]
fn copied_details_on_one_line() {
    for sample in samples::all() {
        let text = samples::details(&sample, 0).replace("\r\n", "").replace("      ", " ");
        check(&text, &sample, None);
    }
}

#[test]
fn an_event_in_a_transcript_takes_only_its_own_lines() {
    for sample in samples::all() {
        for language in LANGUAGES {
            let event = samples::details(&sample, language);
            let before = "C:\\>cscript slmgr.vbs /ato\r\nError: 0xC004F074 x\r\n\r\n";
            let text = format!("{before}{event}C:\\>cscript slmgr.vbs /dlv\r\nDescription: Windows(R), VOLUME_KMSCLIENT channel\r\n");
            let found = check(&text, &sample, None);
            let rows = u32::try_from(event.lines().count()).unwrap();
            assert_eq!(lines(&found), [(4, 4 + rows)], "{text}");
            let text = format!("{before}{event}It fails on all machines.\r\nThanks\r\n");
            assert_eq!(lines(&check(&text, &sample, None)), [(4, 4 + rows)], "{text}");
        }
    }
}

#[test]
fn powershell_lists() {
    for sample in samples::all() {
        for language in LANGUAGES {
            for columns in [79, 119, 199, 1000] {
                check(&samples::get_winevent_list(&sample, language, columns), &sample, None);
                let found = check(&samples::get_eventlog_list(&sample, language, columns), &sample, None);
                assert_eq!(found.records[0].qualifiers, Some(sample.qualifiers));
            }
        }
    }
    let text: String = samples::all().iter().map(|s| samples::get_winevent_list(s, 2, 99)).collect();
    assert_eq!(read_events(&text).records.iter().map(|r| r.id).collect::<Vec<_>>(), [12288, 12290, 8198]);
}
