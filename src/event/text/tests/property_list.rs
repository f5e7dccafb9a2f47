//! How PowerShell prints a property list: names in a column, values cut at the last column and indented.
//! Shared with `tests/it/events`.

/// Two empty lines around, no word wrap; a Chinese character takes two columns.
pub(super) fn property_list(rows: &[(&str, String)], columns: usize) -> String {
    let name_columns = rows.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let mut text = String::from("\r\n\r\n");
    for (name, value) in rows {
        let mut lead = format!("{name:name_columns$} : ");
        for line in value.split('\n').map(|line| line.trim_end_matches('\r')) {
            let mut used = 0;
            text.push_str(&lead);
            lead = " ".repeat(name_columns + 3);
            for c in line.chars() {
                let wide = if c.is_ascii() { 1 } else { 2 };
                if used + wide > columns - lead.len() {
                    text.push_str("\r\n");
                    text.push_str(&lead);
                    used = 0;
                }
                text.push(c);
                used += wide;
            }
            text.push_str("\r\n");
        }
    }
    text.push_str("\r\n\r\n");
    text
}
