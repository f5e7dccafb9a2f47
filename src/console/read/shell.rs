//! What PowerShell puts around output: the failing command once more, lines that go on, and names of people.

use super::{RowClass, RowRead, RowReader};

/// A typed line of PowerShell that is not whole yet.
pub(super) fn goes_on(typed: &str) -> bool {
    typed.trim_end().ends_with(['|', ',', '`', '{', '('])
}

/// Leaves the label and drops what stands behind it.
fn hide_value(read: &mut RowRead) {
    if let Some(at) = read.text.find([':', '：', ' ']) {
        read.text.truncate(at + read.text.get(at..).and_then(|t| t.chars().next()).map_or(0, char::len_utf8));
        read.text.push('…');
        let end = read.text.len();
        read.codes.clear();
        read.readings.iter_mut().for_each(|r| r.range = 0..end);
    }
}

impl RowReader<'_> {
    /// `+ Get-CimInstance …` below the place of an error: the command once more.
    pub(super) fn repeated(&mut self, read: &mut RowRead) -> bool {
        let row = read.text.trim_start_matches([' ', '>', '|']);
        // PowerShell 7 numbers the line instead.
        let numbered = row.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start().starts_with('|');
        self.repeats &= row.starts_with('+') || numbered && row.starts_with(|c: char| c.is_ascii_digit());
        let named = self.repeats && !self.readings(read.text.trim_start_matches([' ', '+', '>', '|'])).is_empty();
        if self.repeats && !named {
            read.class = RowClass::Noise;
        }
        self.repeats && !named
    }

    /// Names of people are nobody's business.
    pub(super) fn hide_private(&self, read: &mut RowRead) {
        let messages = &self.knowledge.messages.messages;
        if read.readings.iter().any(|r| messages.get(r.message).is_some_and(|m| m.private)) {
            hide_value(read);
        }
    }
}
