//! Cut-off, damaged and hostile texts: no panic, no long wait.

use std::time::Instant;

use proptest::prelude::{ProptestConfig, any, prop, proptest};

use super::super::{looks_like_events, read_events};
use super::samples::{self, LANGUAGES};

fn every_form() -> Vec<String> {
    let mut texts = Vec::new();
    for sample in samples::all() {
        for language in LANGUAGES {
            texts.push(samples::wevtutil_text(&sample, language));
            texts.push(samples::xml(&sample, Some(language)));
            texts.push(samples::details_with_xml(&sample, language));
            texts.push(samples::get_winevent_list(&sample, language, 79));
            texts.push(samples::get_eventlog_list(&sample, language, 99));
            texts.push(samples::convert_to_json(&sample, language, false));
            texts.push(samples::saved_table(&sample, language, ','));
            texts.push(samples::export_csv(&sample, language));
            texts.push(samples::container_log(&sample, language));
            texts.push(sample.message[language].clone());
        }
        texts.push(samples::dump_json(&sample, true));
    }
    texts
}

#[test]
fn every_form_looks_like_events() {
    for text in every_form() {
        assert!(looks_like_events(&text), "{text}");
    }
}

#[test]
fn cut_at_every_character() {
    for (n, text) in every_form().iter().enumerate() {
        // Every form once at every character; its other languages at some.
        let step = if n % 31 < 10 { 1 } else { 17 };
        for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)).step_by(step) {
            let (head, tail) = text.split_at(at);
            assert!(read_events(head).records.len() <= 2, "{head}");
            assert!(step == 1 || read_events(tail).records.len() <= 2, "{tail}");
        }
    }
}

#[test]
fn lines_are_in_order_and_inside() {
    let text = every_form().join("\r\n");
    let found = read_events(&text);
    assert!(found.records.len() > 80, "{}", found.records.len());
    let lines = crate::lines::split(&text).last().unwrap().number;
    assert!(found.consumed.iter().all(|r| r.start >= 1 && r.start < r.end && r.end <= lines + 1));
    assert!(found.consumed.windows(2).all(|w| w[0].end < w[1].start));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_is_read(parts in prop::collection::vec((0_usize..11, any::<String>()), 0..12)) {
        const PIECES: [&str; 11] = ["<Event ", "<Event><System><EventID>8198</EventID>", "Event[0]:\n", "Event ID: 8198\nSource: x\nLevel: y\n", "Description:\n", "{\"EventID\":", "[{", "Level,Date and Time,Source,Event ID,Task Category\n", "hr=0xC004F074\nRuleId=", "0x0,5,a,b-c,2026/1/1 1:1,0,", "Message : "];
        let text = parts.iter().map(|(n, s)| format!("{}{s}", PIECES[*n])).collect::<Vec<_>>().join("\n");
        let _ = read_events(&text);
    }
}

/// Texts that make careless readers slow.
fn traps() -> Vec<(&'static str, String)> {
    let fill = |piece: &str| piece.repeat(5_000_000 / piece.len());
    vec![
        ("<Event ", fill("<Event ")),
        ("<Event>", fill("<Event>")),
        ("<Event><System>", fill("<Event><System><EventID>1</EventID>\n")),
        ("depth", format!("<Event>{}", fill("<a>"))),
        ("attributes", format!("<Event><System><Provider {}", fill("a='b' "))),
        ("entities", format!("<Event><System><EventID>1</EventID></System><EventData><Data>{}", fill("&amp;&x;"))),
        ("[", fill("Event ID [\n")),
        ("[[", fill("[\n")),
        ("{", fill("{\"EventID\":\n")),
        ("[1", format!("{}{}", "[\n".repeat(100), fill("1,\"EventID\",\n"))),
        ("unclosed objects", fill("{\"EventID\": [1,\n")),
        ("unclosed string", fill("{\"EventID\":\"\n")),
        ("csv", fill("Level,Date and Time,Source,Event ID,Task Category\n\"")),
        ("csv quote", format!("Level,Date and Time,Source,Event ID,Task Category\na,1:1,b,1,\"{}", fill("a\n"))),
        ("csv rows", fill("Level,Date and Time,Source,Event ID,Task Category\na,1:1,b,x,c\n")),
        ("labels", fill("Source: x\n")),
        ("headers", fill("Log Name: a\nSource: Microsoft-Windows-Security-SPP\nEvent ID: 8198\nLevel: Error\nDescription:\n")),
        ("blank bodies", format!("Source: Microsoft-Windows-Security-SPP\nEvent ID: 8198\nLevel: Error\nDescription:\n{}", fill("a\n\n"))),
        ("numbered", format!("Event[0]:\nSource: Microsoft-Windows-Security-SPP\nEvent ID: 8198\nDescription:\n{}", fill("a=b\n\n"))),
        (
            "numbered list",
            format!("Event[0]:\nSource: Microsoft-Windows-Security-SPP\nEvent ID: 12288\nDescription:\n{}", fill("0x1,0x2:1-\n")),
        ),
        ("list", fill("Message : a\n")),
        ("list rest", format!("EventID : 1\nMessage : a\n{}", fill("          b\n"))),
        ("list names", fill("Id : 1\nMessage : a\n\n")),
        ("0x", fill("0x1,0x2,")),
        ("0x rows", fill("0x1,0x2,a,b-c,2026/1/1 1:1,0,0,0,d-e\n")),
        ("ruleid", fill("hr=0x1\nRuleId=a;\n")),
        ("ruleid long", format!("hr=0x1\n{}", fill("RuleId=a;"))),
        ("licences", fill("1: a, 1, 0 [(\n")),
        ("equals", fill("Application Id=")),
        ("prose", fill("event 8198 Microsoft-Windows-Security-SPP ")),
        ("prose rows", fill("event 8198 Microsoft-Windows-Security-SPP\n")),
        ("one line", fill("Log Name: Source: Event ID: Date: ")),
        ("colons", fill("Event ID:::::::::")),
        ("spaces", fill("Event ID          ")),
        ("sentences", fill("An activation request has been processed\n")),
        ("empty", format!("EventID{}", fill("\n"))),
        ("quotes", fill("> > > > EventID ")),
    ]
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test that measures time")]
fn five_megabytes_of_junk_are_quick() {
    // Without optimisation everything is some twenty times slower. With it, a second is plenty on an idle machine.
    let (limit, bytes) = if cfg!(debug_assertions) { (5.0, 100_000) } else { (2.0, 5_000_000) };
    let mut slow = Vec::new();
    for (name, text) in traps() {
        let text = super::super::shape::head(&text, bytes);
        let start = Instant::now();
        let found = read_events(text);
        let seconds = start.elapsed().as_secs_f64();
        if seconds > limit {
            slow.push(format!("{name}: {seconds:.2} s, {} records", found.records.len()));
        }
    }
    assert_eq!(slow, Vec::<String>::new());
}
