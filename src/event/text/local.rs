//! Brings local times into one form that sorts, where their order of day and month is known. A text without
//! a zone stays local: nobody can tell which zone it was.

use super::super::record::EventRecord;
use crate::calendar::days;

/// Which number of a date stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    Year,
    Day,
    Month,
}

/// `local 2021/8/27 下午 01:27:31` → `local 2021-08-27T13:27:31` in every record. `6/4/2024` is read as the other
/// dates of the text show, or as the United States write it where AM or PM stands behind; else it stays as written.
pub(super) fn settle(records: &mut [EventRecord]) {
    let written: Vec<Stamp> = records.iter().filter_map(|r| stamp(r.time.as_deref()?)).collect();
    let shows = |order| written.iter().any(|s| s.order == Some(order));
    let common = match (shows(First::Day), shows(First::Month)) {
        (true, false) => Some(First::Day),
        (false, true) => Some(First::Month),
        _ => None,
    };
    for record in records {
        let Some(found) = record.time.as_deref().and_then(stamp) else { continue };
        let order = found.order.or(common).or(found.twelve_hours.then_some(First::Month));
        if let Some(text) = order.and_then(|o| found.text(o)) {
            record.time = Some(text);
        }
    }
}

/// The numbers of a time without a zone.
#[derive(Debug)]
struct Stamp {
    date: [i64; 3],
    /// What the numbers themselves show.
    order: Option<First>,
    clock: [i64; 3],
    twelve_hours: bool,
}

impl Stamp {
    fn text(&self, order: First) -> Option<String> {
        let [a, b, c] = self.date;
        let (year, month, day) = match order {
            First::Year => (a, b, c),
            First::Day => (c, b, a),
            First::Month => (c, a, b),
        };
        days(year, month, day)?;
        let [hour, minute, second] = self.clock;
        Some(format!("local {year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"))
    }
}

/// `local 2021/8/27 下午 01:27:31`, `local 6/4/2024 7:37:49 PM`, `local 05.03.2018 16:58:49`.
fn stamp(time: &str) -> Option<Stamp> {
    let written = time.strip_prefix("local ")?;
    let plain = written.replace(['年', '月'], "/").replace('日', " ").to_lowercase();
    let mut numbers = Vec::new();
    for word in plain.split(|c: char| !c.is_ascii_digit()).filter(|w| !w.is_empty()).take(6) {
        numbers.push(word.parse::<i64>().ok().filter(|n| *n < 10_000)?);
    }
    let [a, b, c, hour, minute, rest @ ..] = numbers.as_slice() else { return None };
    let says = |words: [&str; 3]| words.iter().any(|w| plain.contains(w));
    let (morning, afternoon) = (says(["上午", "am", "a.m."]), says(["下午", "pm", "p.m."]));
    let hour = match (morning, afternoon, *hour) {
        (true, false, 12) => 0,
        (false, true, 1..=11) => hour + 12,
        (_, _, hour) => hour,
    };
    let second = rest.first().copied().unwrap_or(0);
    if !(0..24).contains(&hour) || *minute > 59 || second > 60 {
        return None;
    }
    let order = match (*a, *b, *c) {
        (1601.., _, _) => Some(First::Year),
        (13..=31, 1..=12, 1601..) => Some(First::Day),
        (1..=12, 13..=31, 1601..) => Some(First::Month),
        (1..=12, 1..=12, 1601..) => plain.split(' ').next().is_some_and(|d| d.contains('.')).then_some(First::Day),
        _ => return None,
    };
    Some(Stamp { date: [*a, *b, *c], order, clock: [hour, *minute, second], twelve_hours: morning || afternoon })
}

#[cfg(test)]
mod tests {
    use super::super::super::record::EventRecord;
    use super::settle;

    #[track_caller]
    fn check(written: &[&str], wanted: &[&str]) {
        let mut records: Vec<EventRecord> =
            written.iter().map(|t| EventRecord { time: Some(format!("local {t}")), ..EventRecord::default() }).collect();
        settle(&mut records);
        let times: Vec<String> = records.into_iter().filter_map(|r| r.time).collect();
        assert_eq!(times, wanted.iter().map(|t| format!("local {t}")).collect::<Vec<_>>());
    }

    #[test]
    fn year_first_in_any_language() {
        check(
            &[
                "2021/8/27 下午 01:27:31",
                "2021/8/27 上午 12:05:00",
                "2014/6/25 14:56:04",
                "2013-04-27T12:14:51.000",
                "2026年11月3日 9:14:02",
            ],
            &["2021-08-27T13:27:31", "2021-08-27T00:05:00", "2014-06-25T14:56:04", "2013-04-27T12:14:51", "2026-11-03T09:14:02"],
        );
    }

    #[test]
    fn one_date_shows_the_order_of_all() {
        check(&["6/4/2024 7:37:49", "28/4/2024 7:37:49"], &["2024-04-06T07:37:49", "2024-04-28T07:37:49"]);
        check(&["6/4/2024 7:37:49", "4/28/2024 7:37:49"], &["2024-06-04T07:37:49", "2024-04-28T07:37:49"]);
        check(&["6/4/2024 7:37:49 PM"], &["2024-06-04T19:37:49"]);
        check(&["05.03.2018 16:58:49"], &["2018-03-05T16:58:49"]);
    }

    #[test]
    fn what_cannot_be_told_stays_as_written() {
        let odd =
            ["6/4/2024 19:37:49", "yesterday 9:14", "99999999999999999999/1/1 1:1", "2026/13/40 1:00:00", "2026/1/1 25:00:00", "1/2 3:4"];
        check(&odd, &odd);
        let both = ["28/4/2024 1:00:00", "4/28/2024 1:00:00", "6/4/2024 1:00:00"];
        check(&both, &["2024-04-28T01:00:00", "2024-04-28T01:00:00", "6/4/2024 1:00:00"]);
    }
}
