//! A batch of several pages: every number and name on them, counted again from `results.ndjson`; and every link.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{ACTIVATED, FAILED, assert_links, code, folders, run, text, tree, values, write};

const LOCALES: [&str; 3] = ["en", "zh-TW", "zh-CN"];
const CASES: usize = 1_030;
/// Hostile, but a name of a case all the same; Windows allows less.
const ODD: &str = if cfg!(unix) { "ODD <\u{2044}script><b>&amp;\"' 1" } else { "ODD &amp;' 1" };

fn network(case: usize) -> usize {
    case % 17
}

fn address(case: usize) -> String {
    format!("Windows IP Configuration\r\n\r\n   IPv4 Address. . . . . . . . . . . : 10.0.{}.{}\r\n", network(case), case % 200 + 2)
}

/// A request of a client on a day of November, as `wevtutil /f:xml` writes it.
fn request(case: usize) -> String {
    let day = 3 + case % 11;
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Security-SPP'/>\
         <EventID Qualifiers='16384'>12288</EventID><Level>4</Level><TimeCreated SystemTime='2026-11-{day:02}T09:05:02.1234567Z'/>\
         <EventRecordID>7</EventRecordID><Channel>Application</Channel><Computer>pc{case}.example.edu</Computer></System>\
         <EventData><Data>0x800706BA, 0x00000000, kms.example.edu:1688, 4f1d7c52-9a3e-4b60-8c11-0d5e2a7b{case:04x}, \
         2026/11/{day:02} 09:05, 0, 2, 41760, 2de67392-b7a7-462a-b1ca-108dd189f588, 25</Data></EventData></Event>\n"
    )
}

fn name(case: usize) -> String {
    if case == 7 { ODD.to_owned() } else { format!("PC{}-{case:04}", case % 3) }
}

/// Cases of several states, causes, networks and days.
fn drop(top: &Path) {
    let denied = "C:\\>cscript slmgr.vbs /ato\r\nError: 0xC004F025 Access denied: the requested action requires elevated privileges\r\n";
    let no_record = "C:\\>cscript slmgr.vbs /ato\r\nError: 0x8007232B DNS name does not exist\r\n";
    for case in 0..CASES {
        let folder = top.join("drop").join(name(case));
        let says = match case % 10 {
            0 => denied,
            1 => no_record,
            2 => "nothing about it\r\n",
            3..=5 => ACTIVATED,
            _ => FAILED,
        };
        write(folder.join("slmgr.txt"), format!("{}\r\n{says}", address(case)));
        if case % 10 == 9 {
            write(folder.join("log.xml"), request(case));
        }
    }
    write(top.join("drop/PC0-0000/broken.evtx"), b"ElfFile\0\0\0");
}

struct Batch {
    top: tempfile::TempDir,
    results: Vec<Value>,
}

impl Batch {
    fn scanned() -> Self {
        let top = tempfile::tempdir().unwrap();
        drop(top.path());
        // One file was damaged on purpose.
        assert_eq!(code(&run(top.path(), &["scan", "drop", "--locale", "en", "--pages", "primary", "--jobs", "2"])), 2);
        let results = fs::read_to_string(top.path().join("report/results.ndjson")).unwrap();
        Self { results: results.lines().map(|l| serde_json::from_str(l).unwrap()).collect(), top }
    }

    fn report(&self) -> PathBuf {
        self.top.path().join("report")
    }

    fn page(&self, name: &str) -> String {
        fs::read_to_string(self.report().join(name)).unwrap()
    }

    fn lists(&self) -> String {
        let [lists] = folders(&self.report(), "list-").try_into().unwrap();
        lists
    }

    fn counted(&self, pointer: &str) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for value in self.results.iter().filter_map(|r| r.pointer(pointer)?.as_str()) {
            *counts.entry(value.to_owned()).or_default() += 1;
        }
        counts
    }

    /// The argument of the one call that a file of the search is.
    fn searched(&self, file: &str, function: &str) -> Value {
        let script = self.page(&format!("{}/{file}", self.lists()));
        let json = script.strip_prefix(function).and_then(|s| s.strip_prefix('(')).and_then(|s| s.trim_end().strip_suffix(");")).unwrap();
        assert!(!json.contains('<'), "{file} could end a script");
        serde_json::from_str(json).unwrap()
    }
}

fn needs_something(result: &Value) -> bool {
    let state = result["verdict"]["state"].as_str().unwrap();
    result["verdict"]["cause"].is_string() || ["not-activated", "expiring", "grace"].contains(&state)
}

/// Text of a page without its marks of HTML.
fn plain(html: &str) -> String {
    let kept: String =
        html.split('<').enumerate().map(|(at, piece)| if at == 0 { piece } else { piece.split_once('>').unwrap().1 }).collect();
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x2f;", "/"), ("&amp;", "&")];
    named.iter().fold(kept, |text, (from, to)| text.replace(from, to)).trim().to_owned()
}

/// What stands between two marks, each time.
fn between<'h>(html: &'h str, from: &str, to: &str) -> Vec<&'h str> {
    html.split(from).skip(1).filter_map(|rest| rest.split_once(to)).map(|p| p.0).collect()
}

fn section<'h>(page: &'h str, id: &str) -> &'h str {
    page.split_once(&format!("<h2 id=\"{id}\"")).unwrap().1.split_once("</section>").unwrap().0
}

/// Names of the cases in the table of a page, in order.
fn listed(page: &str) -> Vec<String> {
    section(page, "cases").split("<th scope=\"row\">").skip(1).map(|row| plain(row.split_once("</th>").unwrap().0)).collect()
}

fn digits(text: &str) -> usize {
    text.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

#[test]
fn pages_of_a_batch_say_what_the_results_say() {
    let batch = Batch::scanned();
    assert_eq!(batch.results.len(), CASES);
    assert_links(&batch.report());
    every_case_stands_in_the_list_once(&batch);
    tiles_and_causes_are_counted(&batch);
    places_and_days_are_counted(&batch);
    the_search_holds_every_case(&batch);
}

fn every_case_stands_in_the_list_once(batch: &Batch) {
    let lists = batch.lists();
    let all: BTreeSet<&str> = batch.results.iter().map(|r| r["case"].as_str().unwrap()).collect();
    assert!(all.contains(ODD));
    let pages = ["index.html".to_owned(), format!("{lists}/2.en.html"), format!("{lists}/3.en.html")].map(|p| batch.page(&p));
    assert!(!batch.report().join(&lists).join("4.en.html").exists());
    let names: Vec<String> = pages.iter().flat_map(|p| listed(p)).collect();
    assert_eq!(pages.each_ref().map(|p| listed(p).len()), [500, 500, CASES - 1_000]);
    assert_eq!(names.len(), CASES);
    assert_eq!(names.iter().map(String::as_str).collect::<BTreeSet<_>>(), all);
    for (cause, count) in batch.counted("/verdict/cause") {
        let of: BTreeSet<&str> =
            batch.results.iter().filter(|r| r["verdict"]["cause"] == cause.as_str()).map(|r| r["case"].as_str().unwrap()).collect();
        let page = batch.page(&format!("{lists}/cause-{cause}.1.en.html"));
        assert_eq!(listed(&page).iter().map(String::as_str).collect::<BTreeSet<_>>(), of, "{cause}");
        assert_eq!(of.len(), count);
    }
}

fn tiles_and_causes_are_counted(batch: &Batch) {
    let page = batch.page("index.html");
    let states = batch.counted("/verdict/state");
    let shown: BTreeMap<String, usize> = between(section(&page, "cases"), "<li><a href=\"", "</li>")
        .iter()
        .filter_map(|pill| {
            Some((pill.split_once("data-find=\"state-")?.1.split_once('"')?.0.to_owned(), digits(pill.split_once("<b>")?.1)))
        })
        .collect();
    assert_eq!(shown, states, "filters by state");
    let tiles: Vec<usize> = between(&page, "<li class=\"tile", "</li>").iter().map(|t| digits(between(t, "<b>", "</b>")[0])).collect();
    let state = |word: &str| states.get(word).copied().unwrap_or_default();
    let unread = batch.results.iter().flat_map(|r| r["files"].as_array().unwrap()).filter(|f| f["status"] != "read").count();
    assert_eq!(tiles, [state("not-activated"), state("expiring"), state("grace"), state("unknown"), state("activated"), unread]);
    let ranked: Vec<(String, usize)> = between(section(&page, "causes"), "<li class=", "</li>")
        .iter()
        .map(|li| (between(li, "data-find=\"cause-", "\"")[0].to_owned(), digits(between(li, "class=\"n\">", "<")[0])))
        .collect();
    assert_eq!(ranked.iter().cloned().collect::<BTreeMap<_, _>>(), batch.counted("/verdict/cause"));
    assert!(ranked.is_sorted_by_key(|r| std::cmp::Reverse(r.1)), "{ranked:?}");
}

/// Rows of a table: the head and the numbers behind it.
fn table(section: &str) -> BTreeMap<String, Vec<usize>> {
    let body = section.split_once("<tbody>").unwrap().1.split_once("</tbody>").unwrap().0;
    let row = |row: &str| {
        let head = plain(&format!("<th{}", between(row, "<th", "</th>")[0]));
        (head, between(row, "<td class=\"num\">", "</td>").iter().map(|n| digits(n)).collect())
    };
    between(body, "<tr", "</tr>").into_iter().map(row).collect()
}

fn places_and_days_are_counted(batch: &Batch) {
    const ORDER: [&str; 5] = ["not-activated", "expiring", "grace", "unknown", "activated"];
    let page = batch.page("index.html");
    let number: BTreeMap<String, usize> = (0..CASES).map(|case| (name(case), case)).collect();
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut failing: BTreeMap<String, usize> = BTreeMap::new();
    let mut days: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for result in &batch.results {
        let place = format!("network 10.0.{}.0/24", network(number[result["case"].as_str().unwrap()]));
        let at = ORDER.iter().position(|s| result["verdict"]["state"] == *s).unwrap();
        let counts = places.entry(place.clone()).or_insert_with(|| vec![0; 6]);
        counts[at] += 1;
        counts[5] += 1;
        *failing.entry(place).or_default() += usize::from(needs_something(result));
        let newest = result["events"].as_array().unwrap().iter().filter(|e| e["id"] == 12288).map(|e| e["time"].as_str().unwrap()).max();
        if let Some(time) = newest.filter(|_| needs_something(result)) {
            days.entry(time.split_once('T').unwrap().0.to_owned()).or_insert_with(|| vec![0])[0] += 1;
        }
    }
    assert_eq!(places.len(), 17);
    assert_eq!(table(section(&page, "places")), places);
    let drawn: BTreeMap<String, usize> = between(section(&page, "places"), "<li><span>", "</li>")
        .iter()
        .map(|li| (plain(li.split_once("</a>").unwrap().0), digits(&plain(between(li, "<span class=\"n\">", "<small>")[0]))))
        .collect();
    assert_eq!(drawn.len(), 12);
    assert!(drawn.iter().all(|(place, n)| failing[place] == *n), "{drawn:?} {failing:?}");
    assert_eq!(days.len(), 11);
    assert_eq!(table(section(&page, "days")), days);
}

fn the_search_holds_every_case(batch: &Batch) {
    let words = batch.searched("find.en.js", "kmsTriageWords");
    let part = batch.searched("find-0.js", "kmsTriageRows");
    let rows = part[1].as_array().unwrap();
    let at = |row: &Value, column: usize| row[column].as_i64().and_then(|n| usize::try_from(n).ok());
    let said = |row: &Value| {
        let cause = at(row, 3).map(|c| words["causes"][c][0].as_str().unwrap().to_owned());
        (row[0].as_str().unwrap().to_owned(), (words["states"][at(row, 2).unwrap()][0].as_str().unwrap().to_owned(), cause))
    };
    let told = |r: &Value| {
        let verdict = &r["verdict"];
        let cause = verdict["cause"].as_str().map(str::to_owned);
        (r["case"].as_str().unwrap().to_owned(), (verdict["state"].as_str().unwrap().to_owned(), cause))
    };
    assert_eq!(rows.len(), CASES);
    assert_eq!(rows.iter().map(said).collect::<BTreeMap<_, _>>(), batch.results.iter().map(told).collect::<BTreeMap<_, _>>());
    for row in rows {
        let page = format!("{}{}", row[1].as_str().unwrap(), words["ending"].as_str().unwrap());
        assert!(batch.report().join(&page).is_file(), "{page}");
        let codes: Vec<&str> = row[5].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
        let html = batch.page(&page);
        assert!(codes.iter().all(|c| html.contains(c)), "{page} lacks one of {codes:?}");
    }
    // What the plan and the patterns say is found under their names.
    let summary: Value = serde_json::from_str(&batch.page("summary.json")).unwrap();
    let plan = summary["plan"].as_array().unwrap();
    assert!(plan.len() > 2, "{plan:?}");
    for (id, action) in plan.iter().enumerate() {
        assert_eq!(rows.iter().filter(|r| at(r, 7) == Some(id)).count(), action["heals"], "plan-{id}");
    }
    assert_eq!(rows.iter().filter(|r| at(r, 7) == Some(plan.len())).count(), summary["open"].as_array().unwrap().len());
    for (id, pattern) in summary["patterns"].as_array().unwrap().iter().enumerate() {
        let found = rows.iter().filter(|r| r[8].as_array().unwrap().contains(&Value::from(id))).count();
        assert_eq!(found, pattern["count"], "pattern-{id}");
        assert_eq!(words["patterns"][id], pattern["text"]["en"]);
    }
}

#[test]
fn the_pages_are_the_same_for_any_number_of_threads() {
    let top = tempfile::tempdir().unwrap();
    drop(top.path());
    let reports = ["1", "3"].map(|jobs| {
        let out = format!("report-{jobs}");
        let output = run(top.path(), &["scan", "drop", "--locale", "zh-TW", "--pages", "none", "--jobs", jobs, "--out", &out]);
        assert_eq!(code(&output), 2, "{}", text(&output.stderr));
        tree(&top.path().join(out))
    });
    let names = |report: &[(String, Vec<u8>)]| report.iter().map(|f| f.0.clone()).collect::<Vec<_>>();
    assert_eq!(names(&reports[0]), names(&reports[1]));
    for locale in LOCALES {
        assert!(reports[0].iter().any(|f| f.0.ends_with(&format!("/3.{locale}.html"))), "no third page in {locale}");
    }
    assert!(reports[0] == reports[1], "another number of threads gives other bytes");
    // Without pages of cases the list names them, and links to nothing.
    let index = reports[0].iter().find(|f| f.0 == "index.html").unwrap();
    assert!(values(text(&index.1), "href").iter().all(|h| !h.contains("cases-")));
    assert_links(&top.path().join("report-1"));
}
