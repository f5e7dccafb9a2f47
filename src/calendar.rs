//! Gregorian dates and days since 1970-01-01, both ways. Knows no clock and no zones; jiff knows the calendar.

use jiff::civil::Date;
use jiff::{ToSpan, Unit};

/// Minutes of a day.
pub(crate) const DAY_MINUTES: i64 = 1_440;

/// 1970-01-01.
const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// Days since 1970-01-01 of a date; `None` for one that is in no calendar or before what Windows can write.
pub(crate) fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let date = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let span = date.since((Unit::Day, EPOCH)).ok()?;
    (year >= 1601).then_some(i64::from(span.get_days()))
}

/// Year, month and day of `days` since 1970-01-01; `None` outside the years 1 to 9999.
pub(crate) fn date(days: i64) -> Option<(i64, i64, i64)> {
    let span = 0.days().try_days(days).ok()?;
    let date = EPOCH.checked_add(span).ok().filter(|d| d.year() >= 1)?;
    Some((date.year().into(), date.month().into(), date.day().into()))
}

/// `2026-11-23T01:14:02.123Z` and `local 2026-11-23T09:14:02` → minutes since 1970-01-01T00:00 in the zone of the
/// text; `None` for a time that could not be read.
pub(crate) fn minutes(time: &str) -> Option<i64> {
    let time = time.strip_prefix("local ").unwrap_or(time);
    let number = |from: usize, to: usize| time.get(from..to)?.parse::<i64>().ok();
    let shaped = time.as_bytes().get(4) == Some(&b'-') && matches!(time.as_bytes().get(10), Some(b'T' | b' '));
    let (hour, minute) = (number(11, 13)?, number(14, 16)?);
    let fits = shaped && (0..24).contains(&hour) && (0..60).contains(&minute);
    if !fits {
        return None;
    }
    Some(days(number(0, 4)?, number(5, 7)?, number(8, 10)?)? * DAY_MINUTES + hour * 60 + minute)
}

/// Days since 1970-01-01 → `2026-11-23`.
pub(crate) fn day_text(days: i64) -> String {
    date(days).map_or_else(String::new, |(year, month, day)| format!("{year:04}-{month:02}-{day:02}"))
}

/// Minutes since 1970-01-01 → `2026-11-23 01:14`.
pub(crate) fn minute_text(minutes: i64) -> String {
    let (day, minute) = (minutes.div_euclid(DAY_MINUTES), minutes.rem_euclid(DAY_MINUTES));
    format!("{} {:02}:{:02}", day_text(day), minute / 60, minute % 60)
}

#[cfg(test)]
mod tests {
    use super::{date, day_text, days, minute_text, minutes};

    #[test]
    fn there_and_back() {
        for (year, month, day) in [(1601, 1, 1), (1999, 12, 31), (2000, 2, 29), (2026, 11, 23), (9999, 12, 31)] {
            assert_eq!(date(days(year, month, day).unwrap()), Some((year, month, day)));
        }
        assert_eq!(days(1970, 1, 1), Some(0));
        assert_eq!(days(2026, 2, 30), None);
        assert_eq!(days(1600, 12, 31), None);
        assert_eq!(day_text(20_780), "2026-11-23");
        assert_eq!(day_text(i64::MAX), "");
    }

    #[test]
    fn both_kinds_of_time() {
        let utc = minutes("2026-11-23T01:14:02.1234567Z").unwrap();
        assert_eq!(minute_text(utc), "2026-11-23 01:14");
        assert_eq!(minutes("local 2026-11-23T09:14:02"), Some(utc + 480));
        for odd in ["", "local 23.11.2026", "2026-11-23", "2026-11-23T25:00:00Z", "2026-啟-23T01:14:02Z", "local"] {
            assert_eq!(minutes(odd), None, "{odd}");
        }
    }
}
