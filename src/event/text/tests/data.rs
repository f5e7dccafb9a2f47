//! JSON and tables: one event gives the same values as in the other forms.

use super::super::read_events;
use super::forms::{UTC, check, lines};
use super::samples::{self, LANGUAGES, Sample};

#[test]
fn powershell_json() {
    for sample in samples::all() {
        for language in LANGUAGES {
            for seven in [false, true] {
                let text = samples::convert_to_json(&sample, language, seven);
                let found = check(&text, &sample, Some(UTC));
                assert_eq!(found.records[0].qualifiers, Some(sample.qualifiers));
                let with_values =
                    text.replace("\"System.Diagnostics.Eventing.Reader.EventProperty\"", "{\"Value\": \"only\"}, {\"Value\": [1,2]}");
                let data = &read_events(&with_values).records[0].data;
                assert_eq!(data, &["only"]);
            }
        }
    }
    let text = format!("[\n{}\n]\n", samples::all().iter().map(|s| samples::convert_to_json(s, 1, true)).collect::<Vec<_>>().join(",\n"));
    let found = read_events(&text);
    assert_eq!(found.records.iter().map(|r| r.id).collect::<Vec<_>>(), [12288, 12290, 8198]);
    assert_eq!(lines(&found), [(1, u32::try_from(text.lines().count()).unwrap() + 1)]);
    // A cut-off array gives what is whole.
    assert_eq!(read_events(text.split_at(text.len() - 800).0).records.len(), 2);
}

#[test]
fn json_lines() {
    for sample in samples::all() {
        for chainsaw in [false, true] {
            let line = samples::dump_json(&sample, chainsaw);
            check(&line, &sample, Some(UTC));
            let pretty = serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(&line).unwrap()).unwrap();
            assert_eq!(check(&format!("Record 1\n{pretty}\n"), &sample, Some(UTC)).consumed.len(), 1);
        }
    }
    let text: String = samples::all().iter().map(|s| samples::dump_json(s, true) + "\n").collect();
    assert_eq!(read_events(&text).records.len(), 3);
}

#[test]
fn container_logs() {
    for sample in samples::all() {
        for language in LANGUAGES {
            let found = read_events(&samples::container_log(&sample, language));
            let record = &found.records[0];
            assert_eq!((record.id, record.provider.as_str(), record.level), (sample.id, "", Some(sample.level)));
            assert_eq!(
                (record.data.iter().map(String::as_str).collect::<Vec<_>>(), record.time.as_deref()),
                (sample.data.clone(), Some(UTC))
            );
        }
    }
}

/// The first record of a table.
#[track_caller]
fn check_first(text: &str, sample: &Sample) {
    let found = read_events(text);
    let record = found.records.first().unwrap_or_else(|| panic!("{text}"));
    assert_eq!((record.id, record.provider.as_str()), (sample.id, "Microsoft-Windows-Security-SPP"), "{text}");
    assert_eq!(record.data, sample.data, "{text}");
    assert!(record.time.as_ref().is_some_and(|t| t.starts_with("local ")), "{record:?}");
    assert_eq!(found.consumed.first().map(|c| c.start), Some(1));
}

#[test]
fn tables_of_event_viewer() {
    for sample in samples::all() {
        for language in LANGUAGES {
            for delimiter in [',', '\t', ';'] {
                let text = samples::saved_table(&sample, language, delimiter);
                check_first(&text, &sample);
                let found = read_events(&text);
                assert_eq!(found.records.len(), 2);
                assert_eq!((found.records[1].id, found.records[1].message.as_str()), (916, "x, \"y\"\r\nz"));
                assert_eq!(found.records[0].level, Some(sample.level));
                // Only the rows, in a language that nobody knows.
                let rows = text.split_once("\r\n").unwrap().1;
                check_first(rows, &sample);
            }
            // Saved as text, without quotes.
            let text = samples::saved_table(&sample, language, '\t').replace('"', "");
            check_first(&text, &sample);
        }
    }
}

#[test]
fn tables_of_powershell() {
    for sample in samples::all() {
        for language in LANGUAGES {
            check_first(&samples::export_csv(&sample, language), &sample);
            let text = samples::export_eventlog_csv(&sample, language);
            check_first(&text, &sample);
            let found = read_events(&format!("{text}\r\nC:\\>slmgr /dlv\r\n"));
            assert_eq!(lines(&found), [(1, u32::try_from(text.lines().count()).unwrap() + 1)]);
        }
    }
}
