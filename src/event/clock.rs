//! Times of events as minutes since 1970, UTC: requests carry no finer ones.

use crate::calendar;

/// `2026/11/23 1:14` of a request and `2026-11-23T01:14:02Z` of a record → minutes. A record's local time,
/// `local 2026-…`, has no zone and gives nothing.
pub(crate) fn minutes(text: &str) -> Option<i64> {
    if text.ends_with('Z') {
        return calendar::minutes(text);
    }
    let (date, clock) = text.trim().split_once(' ')?;
    let mut date = date.split('/').map(|p| p.parse::<i64>().ok());
    let day = calendar::days(date.next()??, date.next()??, date.next()??)?;
    let mut clock = clock.split(':').map(|p| p.parse::<i64>().ok());
    let (hour, minute) = (clock.next()??, clock.next()??);
    let fits = (0..24).contains(&hour) && (0..60).contains(&minute);
    fits.then_some(day * calendar::DAY_MINUTES + hour * 60 + minute)
}

/// Minutes → `2026-11-23T01:14:00Z`, the form of a record.
pub(crate) fn record_text(minutes: i64) -> String {
    calendar::minute_text(minutes).replacen(' ', "T", 1) + ":00Z"
}

/// Minutes → `2026/11/23 01:14`, the form of a request.
pub(crate) fn request_text(minutes: i64) -> String {
    calendar::minute_text(minutes).replace('-', "/")
}

#[cfg(test)]
mod tests {
    use super::{minutes, record_text, request_text};

    #[test]
    fn both_forms_agree() {
        let record = minutes("2026-11-23T01:14:59Z");
        assert_eq!(record, minutes("2026/11/23 1:14"));
        assert_eq!(record.map(record_text).as_deref(), Some("2026-11-23T01:14:00Z"));
        assert_eq!(record.map(request_text).as_deref(), Some("2026/11/23 01:14"));
        assert_eq!(minutes("2026/11/23 05:14").zip(record).map(|(a, b)| a - b), Some(240));
        for bad in ["local 2026/11/23 1:14", "local 2026-11-23T01:14:02", "2026/11/23", "2026/11/23 25:00", "2026/11/23 x:14", ""] {
            assert_eq!(minutes(bad), None, "{bad}");
        }
    }
}
