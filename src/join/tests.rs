use super::{Answer, Digest, HostLog, Joined, Outcome, Request, Served, join};

const SKU: &str = "2de67392-b7a7-462a-b1ca-108dd189f588";
const RPC: &str = "0x800706BA";

/// A request of `pc` with the id `cmid`, at a minute.
fn request(pc: &str, cmid: &str, sent: i64, code: &str) -> Request {
    Request {
        cmid: cmid.to_owned(),
        sku: SKU.to_owned(),
        computer: format!("{pc}.example.edu"),
        host: "kms.example.edu".to_owned(),
        code: code.to_owned(),
        sent,
        counts: true,
        ..Request::default()
    }
}

fn client(case: &str, requests: Vec<Request>) -> Digest {
    Digest { case: case.to_owned(), requests, logs: Vec::new() }
}

/// Name, id, time in the request, time of logging, code.
type Row<'a> = (&'a str, &'a str, i64, i64, &'a str);

fn log(computer: &str, rows: &[Row<'_>]) -> Digest {
    let mut log = HostLog { computer: computer.to_owned(), file: "kms.evtx".to_owned(), whole: true, ..HostLog::default() };
    for (number, (name, cmid, sent, at, code)) in rows.iter().enumerate() {
        let mut index = |text: &str| {
            log.names.push(text.to_owned());
            u32::try_from(log.names.len() - 1).unwrap()
        };
        let (cmid, sku, client, code) = (index(cmid), index(SKU), index(name), index(code));
        let (needed, vm, status, minutes) = (index("25"), index("no"), index("oob-grace"), index("41760"));
        let served = Served {
            cmid,
            sku,
            client,
            code,
            needed,
            vm,
            status,
            minutes,
            line: 0,
            last_line: 0,
            sent: *sent,
            at: Some(*at),
            record: Some(number as u64 + 1),
        };
        log.served.push(served);
    }
    Digest { case: "KMS".to_owned(), requests: Vec::new(), logs: vec![log] }
}

/// Two others at minute 100 and 900, and the rows between.
fn busy(rows: &[Row<'_>]) -> Digest {
    let mut all = vec![("pc20", "id20", 100, 100, "0x00000000")];
    all.extend(rows);
    all.push(("pc21", "id21", 900, 900, "0x00000000"));
    log("kms.example.edu", &all)
}

/// `seen/answer` of the first case; empty when nothing is said about it.
fn said(joined: &Joined) -> String {
    let fact = joined.facts.get(&0).and_then(|facts| facts.iter().find(|f| f.kind == "kms-request-at-host"));
    let field = |name: &str| fact.and_then(|f| f.fields.get(name)).map_or("", String::as_str);
    fact.map_or_else(String::new, |_| format!("{}/{}", field("seen"), field("answer")))
}

fn of(requests: Vec<Request>, host: Digest) -> String {
    said(&join(&[client("PC", requests), host]))
}

#[test]
fn missing_only_where_the_log_covers_the_time() {
    let at = |time| of(vec![request("pc07", "id07", time, RPC)], busy(&[]));
    assert_eq!(at(500), "no/");
    assert_eq!(at(101), "no/");
    assert_eq!(at(100), "", "the log may begin within the minute");
    assert_eq!(at(900), "", "the log may end within the minute");
}

#[test]
fn a_log_that_may_lack_it_says_nothing() {
    let asked = || vec![request("pc07", "id07", 500, RPC)];
    let mut damaged = busy(&[]);
    damaged.logs[0].whole = false;
    assert_eq!(of(asked(), damaged), "");
    let mut alone = busy(&[]);
    let first = alone.logs[0].served[0].client;
    for served in &mut alone.logs[0].served {
        served.client = first;
    }
    assert_eq!(of(asked(), alone), "", "an export about one computer");
    let mut unnamed = busy(&[]);
    unnamed.logs[0].computer.clear();
    assert_eq!(of(asked(), unnamed), "");
}

#[test]
fn another_host_or_a_shared_name_says_nothing() {
    let asked = |host: &str| vec![Request { host: host.to_owned(), ..request("pc07", "id07", 500, RPC) }];
    assert_eq!(of(asked("kms2.example.edu"), busy(&[])), "");
    assert_eq!(of(asked("kms"), busy(&[])), "no/", "the short name of the same computer");
    assert_eq!(of(asked("198.51.100.7"), busy(&[])), "");
    // The name `vlmcs` leads to the computer whose log holds a request that was sent to it.
    let learnt = Request { host: "vlmcs.example.edu".to_owned(), ..request("pc08", "id08", 300, "0x00000000") };
    let other = client("PC-8", vec![learnt]);
    let host = busy(&[("pc08", "id08", 300, 300, "0x00000000")]);
    let joined = join(&[client("PC", asked("vlmcs.example.edu")), other.clone(), host.clone()]);
    assert_eq!(said(&joined), "no/");
    // Two computers answer to it: the other one may have had it.
    let second = Request { host: "vlmcs.example.edu".to_owned(), ..request("pc09", "id09", 310, "0x00000000") };
    let kms2 = log("kms2.example.edu", &[("pc09", "id09", 310, 310, "0x00000000")]);
    let joined = join(&[client("PC", asked("vlmcs.example.edu")), other, host, client("PC-9", vec![second]), kms2]);
    assert_eq!(said(&joined), "");
}

#[test]
fn the_same_request_is_found_whatever_the_clocks() {
    let asked = |code| vec![request("pc07", "id07", 5_000, code)];
    let host = |code| busy(&[("pc07", "id07", 5_000, 500, code)]);
    assert_eq!(of(asked("0x00000000"), host("0x00000000")), "yes/");
    assert_eq!(of(asked(RPC), host("0x00000000")), "yes/lost");
    assert_eq!(of(asked("0xC004F06C"), host("0xC004F06C")), "yes/received");
    let answered = |answered| vec![Request { answered: Some(answered), ..request("pc07", "id07", 5_000, "0x00000000") }];
    assert_eq!(of(answered(false), host("0x00000000")), "yes/lost");
    assert_eq!(of(answered(true), host("0x00000000")), "yes/received");
    let joined = join(&[client("PC", asked("0xC004F06C")), host("0xC004F06C")]);
    let clock = joined.facts[&0].iter().find(|f| f.kind == "clock-difference").unwrap();
    assert_eq!(clock.fields["minutes"], "4500");
    assert_eq!(clock.record.as_ref().unwrap().data, [format!("0xC004F06C,25,pc07,id07,1970/01/04 11:20,0,2,41760,{SKU}")]);
}

/// The clock of a client that was found once is known: its other requests are looked for at the host's time.
#[test]
fn a_known_clock_shifts_the_time() {
    let wrong = 1_000;
    let asked =
        vec![Request { counts: false, ..request("pc07", "id07", 200 + wrong, "0xC004F06C") }, request("pc07", "id07", 500 + wrong, RPC)];
    assert_eq!(of(asked, busy(&[("pc07", "id07", 200 + wrong, 200, "0xC004F06C")])), "no/");
}

#[test]
fn near_but_not_the_same_says_nothing() {
    let host = busy(&[("pc07", "id07", 560, 560, "0x00000000")]);
    assert_eq!(of(vec![request("pc07", "id07", 500, RPC)], host.clone()), "");
    let earlier = Request { counts: false, ..request("pc07", "id07", 560, "0x00000000") };
    assert_eq!(of(vec![earlier, request("pc07", "id07", 680, RPC)], host), "no/", "what is near is another request");
}

#[test]
fn a_clone_does_not_answer_for_its_twin() {
    let host = busy(&[("pc08", "id07", 500, 500, "0x00000000")]);
    assert_eq!(of(vec![request("pc07", "id07", 500, RPC)], host.clone()), "");
    assert_eq!(of(vec![request("pc08", "id07", 500, RPC)], host), "yes/lost");
}

#[test]
fn requests_that_no_longer_count_give_no_facts() {
    let old = vec![Request { counts: false, ..request("pc07", "id07", 500, RPC) }];
    assert_eq!(of(old, busy(&[])), "");
}

#[test]
fn order_of_cases_changes_only_their_numbers() {
    let digests = [
        client("PC-1", vec![request("pc07", "id07", 500, RPC)]),
        client("PC-2", vec![request("pc08", "id08", 300, "0xC004F038")]),
        busy(&[("pc08", "id08", 300, 290, "0xC004F038")]),
    ];
    let mut turned = digests.clone();
    turned.reverse();
    let (one, other) = (join(&digests), join(&turned));
    for case in 0..3 {
        assert_eq!(one.facts.get(&case), other.facts.get(&(2 - case)));
    }
    let outcomes = |joined: &Joined| {
        let mut found: Vec<Outcome> = joined.hosts[0].members.iter().map(|m| m.outcome).collect();
        found.sort_unstable();
        found
    };
    assert_eq!(outcomes(&one), [Outcome::NeverArrived, Outcome::Refused]);
    assert_eq!(outcomes(&one), outcomes(&other));
}

#[test]
fn ids_shared_at_the_same_time_are_clones() {
    let row = |name, at| (name, "id07", at, at, "0xC004F038");
    let shared = |rows: &[Row<'_>]| join(&[busy(rows)]).hosts[0].shared.len();
    assert_eq!(shared(&[row("lab1", 200), row("lab2", 300), row("LAB1.example.edu", 400)]), 1);
    assert_eq!(shared(&[row("lab1", 200), row("lab2", 300), row("lab3", 400)]), 1);
    assert_eq!(shared(&[row("setup", 200), row("setup", 300), row("pc07", 400), row("pc07", 500)]), 0, "renamed");
    assert_eq!(shared(&[row("pc07", 200), row("PC07", 300), row("pc07.example.edu", 400)]), 0, "one computer");
}

#[test]
fn a_client_learns_that_its_id_is_shared() {
    let rows =
        [("pc07", "id07", 200, 200, "0xC004F038"), ("pc08", "id07", 300, 300, "0xC004F038"), ("pc07", "id07", 400, 400, "0xC004F038")];
    let clones = |pc, cmid, at| {
        let joined = join(&[client("PC", vec![request(pc, cmid, at, "0xC004F038")]), busy(&rows)]);
        joined.facts[&0].iter().filter(|f| f.kind == "kms-host-clients").map(|f| f.fields["clients"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(clones("pc07", "id07", 400), ["2"]);
    assert!(clones("pc20", "id20", 100).is_empty());
}

#[test]
fn a_count_that_stays_low_reaches_the_host() {
    let days = |day: i64| 500 + day * 1_440;
    let low = |pc: &str, id: &str, day: i64, count: i64| {
        let answer = Some(Answer { at: days(day), count, needed: 25, activated: false });
        client(pc, vec![Request { answer, answered: Some(true), ..request(pc, id, days(day), "0x00000000") }])
    };
    let row = |pc, id, day| (pc, id, days(day), days(day), "0x00000000");
    let host = log("kms.example.edu", &[row("a", "ia", 0), row("b", "ib", 1), row("c", "ic", 3)]);
    let stuck = join(&[low("a", "ia", 0, 3), low("b", "ib", 1, 3), low("c", "ic", 3, 3), host.clone()]);
    let trend = stuck.facts[&3].iter().find(|f| f.kind == "kms-count-trend").unwrap();
    assert_eq!((trend.case.as_str(), trend.fields["stuck"].as_str()), ("c", "yes"));
    let growing = join(&[low("a", "ia", 0, 3), low("b", "ib", 1, 9), low("c", "ic", 3, 17), host]);
    assert!(!growing.facts.contains_key(&3));
}

#[test]
fn digests_survive_being_stored() {
    let digest = busy(&[("pc07", "id07", 500, 500, "0x00000000")]);
    let text = serde_json::to_string(&digest).unwrap();
    let read: Digest = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
}

/// A client tries its hosts one after the other: the second one's record is not the first one's.
#[test]
fn two_hosts_within_a_minute() {
    let first = Request { host: "kms1.example.edu".to_owned(), ..request("pc07", "id07", 500, RPC) };
    let host = busy(&[("pc07", "id07", 500, 500, "0x00000000")]);
    assert_eq!(of(vec![first.clone()], host.clone()), "");
    let second = request("pc07", "id07", 500, "0x00000000");
    let other = Request { host: "kms1.example.edu".to_owned(), ..request("pc08", "id08", 600, RPC) };
    let joined = join(&[client("PC-8", vec![other]), client("PC", vec![first, second]), host]);
    assert_eq!(said(&joined), "", "the first host's name does not lead to the second");
}

/// A host serves nobody whose clock is off: such times are not in one zone.
#[test]
fn times_of_another_zone_tell_nothing_about_clocks() {
    let clocks = |code| {
        let host = busy(&[("pc07", "id07", 980, 500, code)]);
        let joined = join(&[client("PC", vec![request("pc07", "id07", 980, code)]), host]);
        joined.facts[&0].iter().any(|f| f.kind == "clock-difference")
    };
    assert!(clocks("0xC004F06C"));
    assert!(!clocks("0x00000000"));
}
