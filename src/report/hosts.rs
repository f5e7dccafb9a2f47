//! The section of the batch index about KMS hosts whose log is in the batch, and their clients.

use serde_json::{Value, json};

use super::index::{IndexRow, page_ending};
use crate::join::{HostSummary, Member, Outcome};
use crate::knowledge::Knowledge;

/// Hosts shown; clients shown of one host, shared ids, and names of clients that share one. Those that got through
/// are only counted.
const HOSTS_SHOWN: usize = 20;
const MEMBERS_SHOWN: usize = 100;
const SHARED_SHOWN: usize = 20;
const SHARING_SHOWN: usize = 20;

/// One entry per host.
pub(super) fn list(knowledge: &Knowledge, rows: &[IndexRow], hosts: &[HostSummary], locale: &str) -> Vec<Value> {
    let host = |host: &HostSummary| {
        let word = |key: &str| knowledge.word(locale, key).to_owned();
        let mut listed: Vec<&Member> = host.members.iter().filter(|m| m.outcome != Outcome::Served || m.clock.is_some()).collect();
        listed.sort_by_key(|m| (m.outcome, m.case));
        let served = host.members.len() - listed.len();
        let mut notes: Vec<String> = Vec::new();
        if served > 0 {
            notes.push(word("host-served").replace("{n}", &served.to_string()));
        }
        notes.extend(host.count.map(|c| {
            let key = if c.stuck == Some(true) { "host-count-stuck" } else { "host-count" };
            word(key)
                .replace("{low}", &c.lowest.to_string())
                .replace("{high}", &c.highest.to_string())
                .replace("{days}", &c.days.to_string())
        }));
        let shared = host.shared.iter().take(SHARED_SHOWN);
        notes.extend(shared.map(|s| {
            let shown: Vec<&str> = s.clients.iter().map(String::as_str).take(SHARING_SHOWN).collect();
            let more = s.clients.len() - shown.len();
            let names = shown.join(knowledge.word(locale, "list-separator"));
            let names = if more > 0 { format!("{names} (+{more})") } else { names };
            word("host-shared").replace("{id}", &s.cmid).replace("{names}", &names)
        }));
        let more = listed.len().saturating_sub(MEMBERS_SHOWN);
        if more > 0 {
            notes.push(word("host-more").replace("{n}", &more.to_string()));
        }
        json!({
            "name": name(rows, host),
            "counts": counts(knowledge, host, locale),
            "notes": notes,
            "members": listed.into_iter().take(MEMBERS_SHOWN).filter_map(|m| member(knowledge, rows, m, locale)).collect::<Vec<_>>(),
        })
    };
    hosts.iter().take(HOSTS_SHOWN).map(host).collect()
}

/// How many hosts are not listed.
pub(super) fn more(knowledge: &Knowledge, hosts: &[HostSummary], locale: &str) -> Option<String> {
    let more = hosts.len().saturating_sub(HOSTS_SHOWN);
    (more > 0).then(|| knowledge.word(locale, "hosts-more").replace("{n}", &more.to_string()))
}

/// The computer's name, else the case that holds its log.
fn name(rows: &[IndexRow], host: &HostSummary) -> String {
    if !host.computer.is_empty() {
        return host.computer.clone();
    }
    host.cases.iter().filter_map(|i| rows.get(*i)).map(|r| r.name.clone()).collect()
}

fn counts(knowledge: &Knowledge, host: &HostSummary, locale: &str) -> String {
    let timed = !host.span.0.is_empty();
    let pattern = knowledge.word(locale, if timed { "host-counts" } else { "host-counts-untimed" });
    let values = [("{requests}", host.requests), ("{clients}", host.clients), ("{cmids}", host.cmids)];
    let text = values.iter().fold(pattern.to_owned(), |text, (name, value)| text.replace(name, &value.to_string()));
    let time = |t: &str| t.trim_end_matches(":00Z").replacen('T', " ", 1);
    text.replace("{first}", &time(&host.span.0)).replace("{last}", &time(&host.span.1))
}

fn member(knowledge: &Knowledge, rows: &[IndexRow], member: &Member, locale: &str) -> Option<Value> {
    let row = rows.get(member.case)?;
    let word = |key: &str| knowledge.word(locale, key).to_owned();
    let tone = match member.outcome {
        Outcome::NeverArrived | Outcome::AnswerLost | Outcome::Refused => "bad",
        Outcome::Served => "warn",
        Outcome::Elsewhere => "info",
    };
    Some(json!({
        "name": row.name,
        "href": (!row.href.is_empty()).then(|| format!("{}{}", row.href, page_ending(locale))),
        "label": word(&format!("host-{}", member.outcome.word())),
        "tone": tone,
        "code": if member.outcome == Outcome::Refused { member.code.as_str() } else { "" },
        "clock": member.clock.map(|m| word("host-clock").replace("{n}", &format!("{m:+}"))),
    }))
}
