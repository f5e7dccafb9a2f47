//! Gregorian dates and days since 1970-01-01, both ways. Knows no clock and no zones.

/// Minutes of a day.
pub(crate) const DAY_MINUTES: i64 = 1_440;

/// Days since 1970-01-01 of a date; `None` outside of what Windows can write.
pub(crate) fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1601..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let shifted = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    Some(shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + day_of_year - 719_468)
}

/// Year, month and day of `days` since 1970-01-01; `None` outside the years 1 to 9999.
pub(crate) fn date(days: i64) -> Option<(i64, i64, i64)> {
    // 400 years have 146,097 days; count from 1 March of year 0.
    let from_march = days.checked_add(719_468)?;
    let (era, day_of_era) = (from_march.div_euclid(146_097), from_march.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (1..=9999).contains(&year).then_some((year, month, day))
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
