//! The sentences that Windows saves beside a log "with display information", in the language of that
//! Windows: `LocaleMetaData/<log>_<LCID>.MTA`. They are shown, and never read for facts.

use crate::event::{EventRecord, RecordPlace};

const MAGIC: &[u8] = b"MTAFile\0";

/// Longest sentence kept, in characters.
const MESSAGE_CHARS_MAX: usize = 2_000;

/// Whether these bytes are such a file's.
#[must_use]
pub fn is_texts(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// Whether the texts in the file `texts` belong to the log `log`, by their names:
/// `LocaleMetaData/Application_1028.MTA` to `Application.evtx`.
#[must_use]
pub fn belong_to(texts: &str, log: &str) -> bool {
    let texts = stem(texts);
    let name = texts.rsplit_once('_').filter(|(_, lcid)| !lcid.is_empty() && lcid.bytes().all(|b| b.is_ascii_digit()));
    name.map_or(texts, |n| n.0).eq_ignore_ascii_case(stem(log))
}

/// File name without folders and ending.
fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |n| n.0)
}

/// Gives each record its sentence; `false` when the file cannot be read.
pub(crate) fn add(bytes: &[u8], records: &mut [EventRecord]) -> bool {
    let Some(texts) = Texts::read(bytes) else { return false };
    for record in records {
        if let Some(message) = texts.message(record) {
            record.sentence = message.trim().chars().take(MESSAGE_CHARS_MAX).collect();
        }
    }
    true
}

/// The evtx crate's reader of the format.
#[cfg(feature = "evtx")]
struct Texts(evtx::mta::MtaFile);

#[cfg(feature = "evtx")]
impl Texts {
    fn read(bytes: &[u8]) -> Option<Self> {
        evtx::mta::MtaFile::from_bytes(bytes).ok().map(Self)
    }

    fn message(&self, record: &EventRecord) -> Option<&str> {
        let RecordPlace::Record(number) = record.place else { return None };
        let event = evtx::mta::MtaEvent {
            provider: &record.provider,
            record_number: number,
            event_record_id: record.record_id.unwrap_or(number),
            ..evtx::mta::MtaEvent::default()
        };
        self.0.rendering_info(&event)?.message
    }
}

/// Without the crate nothing reads the format.
#[cfg(not(feature = "evtx"))]
struct Texts;

#[cfg(not(feature = "evtx"))]
impl Texts {
    const fn read(_: &[u8]) -> Option<Self> {
        None
    }

    const fn message(&self, _: &EventRecord) -> Option<&str> {
        None
    }
}

#[cfg(all(test, feature = "evtx"))]
mod tests {
    use super::{add, belong_to, is_texts};
    use crate::event::{EventRecord, RecordPlace};

    /// A file of the format with one sentence per record, one page a section; layout as docs/mta.md of
    /// the evtx crate has it.
    fn file(provider: &str, messages: &[(u64, &str)]) -> Vec<u8> {
        let utf16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        let sized = |text: &str| {
            let text = utf16(&format!("{text}\0"));
            [u32::try_from(text.len()).unwrap().to_le_bytes().to_vec(), text].concat()
        };
        let section = |records: Vec<Vec<u8>>| {
            let (mut offsets, mut body) = (vec![0_u8; 800], Vec::new());
            for (i, payload) in records.iter().enumerate() {
                offsets[i * 8..i * 8 + 8].copy_from_slice(&(888 + body.len() as u64).to_le_bytes());
                body.extend(u32::try_from(i).unwrap().to_le_bytes());
                body.extend(u32::try_from(payload.len()).unwrap().to_le_bytes());
                body.extend(payload);
            }
            [vec![0xff; 4], vec![0; 56], vec![0xff; 4], vec![0; 24], offsets, body].concat()
        };
        let events = messages.iter().enumerate().map(|(i, (id, _))| [id.to_le_bytes(), (i as u64).to_le_bytes()].concat()).collect();
        let name = utf16(provider);
        let publisher = [vec![0; 16], u32::try_from(name.len()).unwrap().to_le_bytes().to_vec(), name].concat();
        let sections =
            [("EVT", section(events)), ("MSG", section(messages.iter().map(|m| sized(m.1)).collect())), ("PUB", section(vec![publisher]))];
        let table = 3 * 26;
        let mut out = b"MTAFile\0".to_vec();
        for word in [1_u32, 1, table, 3] {
            out.extend(word.to_le_bytes());
        }
        let mut at = 24 + u64::from(table);
        for (name, data) in &sections {
            out.extend(at.to_le_bytes());
            out.extend((data.len() as u64).to_le_bytes());
            out.extend(6_u32.to_le_bytes());
            out.extend(utf16(name));
            at += data.len() as u64;
        }
        out.extend(sections.into_iter().flat_map(|s| s.1));
        out
    }

    #[test]
    fn each_record_gets_its_sentence() {
        let bytes = file("Microsoft-Windows-Security-SPP", &[(881, "用戶端已傳送啟用要求。"), (882, "")]);
        assert!(is_texts(&bytes));
        let record = |n| EventRecord {
            provider: "Microsoft-Windows-Security-SPP".to_owned(),
            record_id: Some(n),
            place: RecordPlace::Record(n),
            ..EventRecord::default()
        };
        let mut records = [record(881), record(882), record(883)];
        assert!(add(&bytes, &mut records));
        assert_eq!(records.map(|r| r.sentence), ["用戶端已傳送啟用要求。", "", ""]);
    }

    #[test]
    fn damage_is_told() {
        let whole = file("Microsoft-Windows-Security-SPP", &[(881, "x")]);
        for end in [8, 24, 60, 200, whole.len() - 1] {
            assert!(!add(&whole[..end], &mut []), "{end}");
        }
    }

    #[test]
    fn names_tell_the_log() {
        assert!(belong_to("LocaleMetaData/Application_1028.MTA", "Application.evtx"));
        assert!(belong_to("PC-07/LocaleMetaData/Key Management Service_2052.mta", "PC-07/key management service.evtx"));
        assert!(belong_to("LocaleMetaData/PC_07_1033.MTA", "PC_07.evtx"));
        assert!(!belong_to("LocaleMetaData/System_1028.MTA", "Application.evtx"));
    }
}
