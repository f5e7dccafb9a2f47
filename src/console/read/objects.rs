//! Rows of tables, of comma-separated values and of one-line JSON: each cell is read as a line of its own.

use super::{RowClass, RowRead, RowReader, class_of, is_success};
use crate::console::cells::{self, Cell, Header};
use crate::message::Reading;

/// Grammar of the objects that PowerShell and wmic print.
pub(super) const TOOL: &str = "wmi";

fn label_of(cell: &Cell) -> &str {
    cell.text.split(" : ").next().unwrap_or_default()
}

impl RowReader<'_> {
    /// A row of a table, its header, or an object on one line.
    pub(super) fn cells(&mut self, read: &mut RowRead, lead: usize) -> bool {
        if let Some(header) = self.header.take() {
            let cells = if header.is_rule_of(&read.text) { Some(Vec::new()) } else { header.cells(&read.text, lead) };
            let good = cells.is_some_and(|cells| cells.is_empty() || self.objects(read, &cells));
            self.header = Some(header).filter(|_| good);
            if good {
                read.class = if read.readings.is_empty() { RowClass::Structure } else { class_of(read) };
                return true;
            }
        }
        if let Some(header) = Header::read(&read.text, lead).filter(|h| self.is_header(h)) {
            self.header = Some(header);
            read.class = RowClass::Structure;
            return true;
        }
        if let Some((label, cell)) = cells::member(&read.text, lead).filter(|(label, _)| self.knowledge.messages.has_label(label, None)) {
            self.objects(read, cell.as_slice());
            read.object = false;
            self.hide_private(read);
            if read.class == RowClass::Unread && self.is_property(&label) {
                read.class = RowClass::Noise;
            }
            return true;
        }
        let inline = cells::inline(&read.text).filter(|cells| cells.iter().any(|c| self.is_property(label_of(c))));
        inline.is_some_and(|cells| self.objects(read, &cells))
    }

    /// Reads each cell as a line of its own. What names an object comes first: columns stand in any order.
    fn objects(&mut self, read: &mut RowRead, cells: &[Cell]) -> bool {
        const FIRST: [&str; 4] = ["product-name", "product-description", "activation-id", "application-id"];
        let quoted = self.quoting > 0 || self.fence == Some(true);
        let mut found = Vec::new();
        if cells.len() > 1 {
            TOOL.clone_into(&mut self.tool);
        }
        for cell in cells {
            let mut readings = self.readings(&cell.text);
            readings.retain(|r| !(quoted && is_success(r)));
            let mut codes = self.codes(&cell.text, &readings);
            for code in &mut codes {
                (code.start, code.end) = (cell.range.start, cell.range.end);
            }
            for reading in &mut readings {
                reading.range = cell.range.clone();
            }
            self.remember(&readings);
            read.codes.extend(codes);
            found.extend(readings.into_iter().map(|r| (cell.object, r)));
        }
        let rank = |r: &Reading| r.kind.and_then(|kind| FIRST.iter().position(|f| *f == kind)).unwrap_or(FIRST.len());
        found.sort_by_key(|(object, reading)| (*object, rank(reading)));
        read.readings = found.into_iter().map(|f| f.1).collect();
        read.object = true;
        read.class = class_of(read);
        !read.readings.is_empty()
    }

    /// A header has a long property name of licensing, and another label beside it.
    fn is_header(&self, header: &Header) -> bool {
        const LONG: usize = 9;
        let book = &self.knowledge.messages;
        let known = header.labels().filter(|l| book.has_label(l, None)).count();
        known > 1 && header.labels().any(|l| l.len() >= LONG && self.is_property(l))
    }

    /// Whether an object of licensing has such a property.
    fn is_property(&self, label: &str) -> bool {
        self.knowledge.messages.has_label(label, Some(TOOL))
    }
}
