//! States that do not stand as the tools print them: behind the product's name, or behind a number that they explain.

use super::RowReader;
use crate::console::shape::{self, Shape};
use crate::message::Reading;

impl RowReader<'_> {
    /// Product and status of a `/xpr` answer that lost its line end.
    pub(super) fn xpr_joined(&self, body: &str) -> Option<(Shape, Vec<Reading>)> {
        let (name, at) = shape::xpr_joined(body)?;
        let mut readings = self.readings(body.get(at..)?);
        let of_xpr = |r: &Reading| self.knowledge.messages.messages.get(r.message).is_some_and(|m| m.actions.iter().any(|a| a == "xpr"));
        if !readings.iter().any(of_xpr) {
            return None;
        }
        for reading in &mut readings {
            reading.range = reading.range.start + at..reading.range.end + at;
        }
        Some((Shape { kind: "product-name", fields: vec![("name", name)] }, readings))
    }
}

/// `0 | Unlicensed`, `5 = Notification`: what a number stands for, not a state.
pub(super) fn in_legend(body: &str, reading: &Reading) -> bool {
    let before = body.get(..reading.range.start).unwrap_or_default().trim_end();
    let number = before.strip_suffix(['|', '=', '＝']).unwrap_or_default().trim();
    reading.kind == Some("license-status") && !number.is_empty() && number.chars().all(char::is_numeric)
}
