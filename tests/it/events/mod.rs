//! An event log says the same in every text form, in every language. What a form does not print is stated here:
//! nothing else may be missing.

mod forms;
#[path = "../../../src/event/text/tests/property_list.rs"]
mod property_list;
mod records;

use kms_triage::analyze::{Input, analyze};
use kms_triage::assemble::CodeRole;
use kms_triage::console::read::{RowClass, RowRead};
use kms_triage::event::text::read_events;
use kms_triage::event::{self, EventRecord, RecordPlace};
use kms_triage::fact::Fact;

use crate::files::knowledge;
use records::Record;

/// A form and what it leaves out.
struct Form {
    name: &'static str,
    print: fn(&[Record], usize) -> String,
    /// Its times have no zone.
    local: bool,
    /// It does not name the computer.
    nameless: bool,
    /// It has no level.
    unlevelled: bool,
    /// It cuts rows: a code that only informs is read from the printed row and may be lost.
    cut: bool,
}

const fn form(name: &'static str, print: fn(&[Record], usize) -> String) -> Form {
    Form { name, print, local: false, nameless: false, unlevelled: false, cut: false }
}

const fn local(name: &'static str, print: fn(&[Record], usize) -> String) -> Form {
    Form { local: true, ..form(name, print) }
}

const fn nameless(name: &'static str, print: fn(&[Record], usize) -> String) -> Form {
    Form { nameless: true, ..local(name, print) }
}

const fn cut(name: &'static str, print: fn(&[Record], usize) -> String) -> Form {
    Form { cut: true, ..nameless(name, print) }
}

const FORMS: [Form; 23] = [
    form("wevtutil xml", forms::xml),
    form("xml with blank lines", forms::pretty_xml),
    form("wevtutil rendered xml", forms::rendered_xml),
    form("Event Viewer xml", forms::saved_xml),
    form("wevtutil text", forms::wevtutil),
    local("wevtutil text, old build", forms::wevtutil_old),
    local("copied details", forms::details),
    // The words for levels are lost.
    Form { unlevelled: true, ..local("copied details without Chinese", forms::details_lost) },
    form("copied details with xml", forms::details_with_xml),
    nameless("Event Viewer csv", forms::csv),
    Form { unlevelled: true, ..nameless("Event Viewer csv without Chinese", forms::csv_lost) },
    nameless("Event Viewer text", forms::tabs),
    nameless("Event Viewer text, no quotes", forms::tabs_unquoted),
    cut("Get-WinEvent list", forms::list),
    cut("Get-WinEvent list, wide", forms::list_wide),
    Form { unlevelled: true, ..cut("Get-WinEvent list, four properties", forms::list_default) },
    cut("Get-EventLog list", forms::eventlog_list),
    local("Get-WinEvent csv", forms::export_csv),
    local("Get-EventLog csv", forms::eventlog_csv),
    form("Get-WinEvent json, 5.1", forms::json_5),
    form("Get-WinEvent json, 7", forms::json_7),
    form("evtx_dump json", forms::evtx_dump),
    form("chainsaw json", forms::chainsaw),
];

const LANGUAGES: [usize; 3] = [0, 1, 2];

/// What a record says: id, provider, time, level, and the fields, fact and code of each reading.
fn said(form: &Form, record: &EventRecord) -> String {
    let readings = event::read(&knowledge().events, record, false);
    let readings: Vec<String> = readings.iter().map(|r| format!("{:?} {:?} {:?}", r.fields, r.fact, r.code)).collect();
    let time = record.time.as_deref().unwrap_or_default();
    let time = if form.local { time.strip_prefix("local ").unwrap_or("a zone").replace("T09:", "T01:") + "Z" } else { time.to_owned() };
    // Level 0 is printed as information.
    let level = if form.unlevelled { None } else { record.level.map(|l| if l == 0 { 4 } else { l }) };
    format!("{} {} {time} {level:?} {readings:?}", record.id, record.provider)
}

/// The facts of a whole log with their products and marks, and the codes.
fn facts(form: &Form, text: &str) -> Vec<String> {
    facts_of(form, text.as_bytes())
}

fn facts_of(form: &Form, bytes: &[u8]) -> Vec<String> {
    let analysis = analyze(knowledge(), "x", &[Input::new("x.txt", bytes)]);
    let informs = |f: &&Fact| f.kind == "code-stated" && f.field("role") == "information";
    let facts = analysis.assembly.facts.iter().filter(|f| !(form.cut && informs(f))).map(|f| {
        let lost = |name: &str| name == "at" && form.local || name == "by" && form.nameless;
        let fields: Vec<_> = f.fields.iter().filter(|(name, _)| !lost(name)).collect();
        format!("{} {fields:?} {:?} {}", f.kind, f.product, f.superseded)
    });
    let codes = analysis.assembly.codes.iter().filter(|c| !(form.cut && c.role == CodeRole::Information));
    let codes = codes.map(|c| format!("{} {:?} {:?}", c.code, c.role, c.product));
    facts.chain(codes).collect()
}

/// Rendered XML prints a code twice: how often a fact stands there is not compared.
fn differences(name: &str, is: &[String], should: &[String]) -> Vec<String> {
    let more = is.iter().filter(|f| !should.contains(f)).map(|f| format!("{name} adds {f}"));
    let less = should.iter().filter(|f| !is.contains(f)).map(|f| format!("{name} lacks {f}"));
    more.chain(less).collect()
}

fn xml_of(record: &Record) -> EventRecord {
    read_events(&forms::xml(std::slice::from_ref(record), 0)).records.into_iter().next().unwrap()
}

fn all_forms() -> impl Iterator<Item = (&'static Form, usize)> {
    FORMS.iter().flat_map(|f| LANGUAGES.map(|l| (f, l)))
}

#[test]
fn every_form_says_what_xml_says() {
    let records = records::all();
    let plain = form("", forms::xml);
    let wanted = |form: &Form, record: &Record| {
        let like_xml = Form { unlevelled: form.unlevelled, ..plain };
        said(&like_xml, &xml_of(record))
    };
    let mut problems = Vec::new();
    for (form, language) in all_forms() {
        let found = read_events(&(form.print)(&records, language)).records;
        let ids = |all: &[EventRecord]| all.iter().map(|r| r.id).collect::<Vec<_>>();
        let ids_wanted: Vec<u32> = records.iter().map(|r| r.id).collect();
        if ids(&found) != ids_wanted {
            problems.push(format!("{} {language}: {:?}", form.name, ids(&found)));
            continue;
        }
        for (read, record) in found.iter().zip(&records) {
            let (is, should) = (said(form, read), wanted(form, record));
            if is != should {
                problems.push(format!("{} {language}: {is}\nshould be {should}\n{:?}", form.name, read.data));
            }
            let alone = read_events(&(form.print)(std::slice::from_ref(record), language)).records;
            if alone.iter().map(|r| said(form, r)).ne([should]) {
                problems.push(format!(
                    "{} {language}: {} alone: {:?}",
                    form.name,
                    record.id,
                    alone.iter().map(|r| (&r.data, &r.message)).collect::<Vec<_>>()
                ));
            }
        }
    }
    crate::files::report("readings differ", &problems);
}

#[test]
fn every_form_gives_the_facts_of_xml_and_leaves_nothing_unread() {
    let records = records::all();
    let xml = forms::xml(&records, 0);
    let mut problems = Vec::new();
    for (form, language) in all_forms() {
        let text = (form.print)(&records, language);
        let (is, should) = (facts(form, &text), facts(form, &xml));
        problems.extend(differences(&format!("{} {language}", form.name), &is, &should));
        let analysis = analyze(knowledge(), "x", &[Input::new("x.txt", text.as_bytes())]);
        let blank = |r: &&RowRead| r.text.trim().is_empty() && r.class != RowClass::Blank;
        if let Some(row) = analysis.sources.iter().flat_map(|s| &s.rows).find(blank) {
            problems.push(format!("{} {language}: row {:?} is empty but {:?}", form.name, row.numbers, row.class));
        }
        if !analysis.case.unrecognised.is_empty() {
            problems.push(format!(
                "{} {language} leaves {:?}",
                form.name,
                analysis.case.unrecognised.iter().map(|u| (u.line, &u.text)).collect::<Vec<_>>()
            ));
        }
    }
    crate::files::report("facts differ", &problems);
}

/// What the tools write when their output goes to a file: the console's code page, UTF-16.
#[test]
fn every_encoding_gives_the_facts_of_xml() {
    let records = records::all();
    let print = form("", forms::wevtutil);
    let should = facts(&print, &forms::xml(&records, 0));
    let mut problems = Vec::new();
    for (language, encoding) in [(1, encoding_rs::BIG5), (2, encoding_rs::GBK)] {
        let text = forms::wevtutil(&records, language);
        let utf16: Vec<u8> = [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        for bytes in [encoding.encode(&text).0.into_owned(), utf16] {
            let name = format!("{} {}", encoding.name(), bytes.len());
            problems.extend(differences(&name, &facts_of(&print, &bytes), &should));
        }
    }
    crate::files::report("facts differ", &problems);
}

/// The lines of a record in a table are its own.
#[test]
fn records_of_a_table_do_not_overlap() {
    let records = records::all();
    for print in [forms::csv, forms::tabs, forms::export_csv, forms::eventlog_csv] {
        let text = print(&records, 0);
        let mut before = 1;
        for record in read_events(&text).records {
            let RecordPlace::Lines { first, last } = record.place else { panic!("{record:?}") };
            let line = text.lines().nth(first as usize - 1).unwrap_or_default();
            assert!(first > before && !line.is_empty(), "{first} {before} {line}");
            before = last;
        }
    }
}

/// What Windows Update and error reports log says nothing of activation, whatever their codes and ids.
#[test]
fn other_programs_decide_nothing_in_any_form() {
    let records = records::of_others();
    let mut problems = Vec::new();
    for (form, language) in all_forms() {
        let analysis = analyze(knowledge(), "x", &[Input::new("x.txt", (form.print)(&records, language).as_bytes())]);
        let codes: Vec<_> = analysis.assembly.codes.iter().map(|c| (c.code.as_str(), c.role)).collect();
        let case = &analysis.case;
        let silent = case.findings.is_empty() && case.events.is_empty() && case.verdict.cause.is_none() && case.verdict.state == "unknown";
        if !silent || codes.iter().any(|c| c.1 != CodeRole::Foreign) || !codes.iter().any(|c| c.0 == "0x80070005") {
            problems.push(format!("{} {language}: {} {:?} {codes:?}", form.name, case.verdict.state, case.verdict.cause));
        }
    }
    crate::files::report("forms let other programs speak", &problems);
}
