//! Times as the forms write them → UTC where the zone is known, else `local ` and the text itself.

use super::rows::trim;
use crate::calendar::{date, days};

/// `2024-11-18T08:19:19.1234567Z` → `2024-11-18T08:19:19Z`, also with an offset; `/Date(1684891271229)/`
/// → UTC; `2021/8/27 下午 01:27:31` → `local 2021/8/27 下午 01:27:31`. Blank text gives nothing.
pub(super) fn read(text: &str) -> Option<String> {
    let text = trim(text);
    if !text.chars().any(|c| c.is_ascii_digit()) || text.len() > 100 {
        return None;
    }
    epoch(text).or_else(|| iso(text)).or_else(|| cim(text)).or_else(|| Some(format!("local {text}")))
}

/// `/Date(1684891271229)/`, also with the backslashes of JSON and with `+0800`: milliseconds since 1970, UTC.
fn epoch(text: &str) -> Option<String> {
    let inner = text.trim_matches(['/', '\\', '"']).strip_prefix("Date(")?.strip_suffix(')')?;
    let (sign, digits) = inner.strip_prefix('-').map_or((1, inner), |d| (-1, d));
    let digits = digits.split(['+', '-']).next()?;
    let milliseconds: i64 = digits.parse().ok()?;
    format_seconds((sign * milliseconds).div_euclid(1000))
}

/// `2024-11-18T16:19:19.123+08:00`, `2024-11-18 08:19:19.123456 UTC`. Without a zone it is a local time.
fn iso(text: &str) -> Option<String> {
    let (date, rest) = text.split_once(['T', ' '])?;
    let clock_end = rest.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.')).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at_checked(clock_end)?;
    let seconds = date_seconds(date, '-')? + clock_seconds(clock)?;
    let offset = match zone.trim() {
        "Z" | "z" | "UTC" => 0,
        zone => offset_seconds(zone)?,
    };
    format_seconds(seconds - offset)
}

/// `20261123011402.000000+480` → UTC; the offset is in minutes.
fn cim(text: &str) -> Option<String> {
    let (stamp, rest) = text.split_once('.')?;
    let at = rest.find(['+', '-'])?;
    let minutes: i64 = rest.get(at..)?.parse().ok()?;
    if stamp.len() != 14 || !(-1440..=1440).contains(&minutes) {
        return None;
    }
    let part = |from: usize, to: usize| stamp.get(from..to)?.parse::<i64>().ok();
    let days = days(part(0, 4)?, part(4, 6)?, part(6, 8)?)?;
    format_seconds(days * 86_400 + part(8, 10)? * 3600 + part(10, 12)? * 60 + part(12, 14)? - minutes * 60)
}

fn date_seconds(date: &str, separator: char) -> Option<i64> {
    let mut parts = date.split(separator).map(|p| p.parse::<i64>().ok());
    let seconds = days(parts.next()??, parts.next()??, parts.next()??)? * 86_400;
    if parts.next().is_some() { None } else { Some(seconds) }
}

fn clock_seconds(clock: &str) -> Option<i64> {
    let clock = clock.split('.').next()?;
    let mut parts = clock.split(':').map(|p| p.parse::<i64>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    let fits = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..=60).contains(&second);
    if fits { Some(hour * 3600 + minute * 60 + second) } else { None }
}

/// `+08:00`, `-0330`.
fn offset_seconds(zone: &str) -> Option<i64> {
    let sign = match zone.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    if digits.len() != 4 || zone.len() > 6 {
        return None;
    }
    let value: i64 = digits.parse().ok()?;
    Some(sign * (value / 100 * 3600 + value % 100 * 60))
}

/// Seconds since 1970-01-01, UTC → `2026-11-23T01:14:02Z`.
fn format_seconds(seconds: i64) -> Option<String> {
    let clock = seconds.rem_euclid(86_400);
    let (year, month, day) = date(seconds.div_euclid(86_400))?;
    let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn zones_become_utc() {
        let utc = Some("2023-05-24T01:21:11Z".to_owned());
        for text in [
            "2023-05-24T01:21:11.2292163Z",
            "2023-05-24T01:21:11.229216300Z",
            r"\/Date(1684891271229)\/",
            "/Date(1684891271229)/",
            "2023-05-24T09:21:11.2292163+08:00",
            "2023-05-23T21:51:11-0330",
            "2023-05-24 01:21:11.229216 UTC",
            "20230524092111.229216+480",
        ] {
            assert_eq!(read(text), utc, "{text}");
        }
        assert_eq!(read("2000-02-29T23:59:59Z").as_deref(), Some("2000-02-29T23:59:59Z"));
        assert_eq!(read("2000-03-01T00:00:00+00:01").as_deref(), Some("2000-02-29T23:59:00Z"));
    }

    #[test]
    fn local_times_stay_as_written() {
        assert_eq!(read("2021/8/27 下午 01:27:31").as_deref(), Some("local 2021/8/27 下午 01:27:31"));
        assert_eq!(read(" 6/4/2024 7:37:49 PM ").as_deref(), Some("local 6/4/2024 7:37:49 PM"));
        assert_eq!(read("2013-04-27T12:14:51.000").as_deref(), Some("local 2013-04-27T12:14:51.000"));
        assert_eq!(read("  "), None);
        assert_eq!(read("/Date(99999999999999999)/").as_deref(), Some("local /Date(99999999999999999)/"));
    }
}
