//! Times as the forms write them → UTC where the zone is known, else `local ` and the text itself.

use super::rows::trim;

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

/// Days since 1970-01-01 of a Gregorian date.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1601..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let shifted = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    Some(shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + day_of_year - 719_468)
}

fn format_seconds(seconds: i64) -> Option<String> {
    let (date, clock) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // 400 years have 146,097 days; count from 1 March of year 0.
    let from_march = date.checked_add(719_468)?;
    let (era, day_of_era) = (from_march.div_euclid(146_097), from_march.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    if !(1..=9999).contains(&year) {
        return None;
    }
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
