//! Writes event logs like Windows does: chunks with string and template tables and CRC32s, template
//! instances like those of real records. For tests and the bench.

#![allow(
    clippy::all,
    clippy::pedantic,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    dead_code,
    missing_docs,
    reason = "test tool; the bench uses a part of it"
)]

use std::collections::BTreeMap;

use super::entry::{Entry, SPP, Source};

pub(crate) const CHUNK_BYTES: usize = 65_536;
const NONE: u16 = 0xffff;

/// A chunk under construction.
pub(crate) struct ChunkWriter {
    pub(crate) bytes: Vec<u8>,
    names: BTreeMap<String, u32>,
    definitions: BTreeMap<(Source, bool), u32>,
    first: Option<u64>,
    last: u64,
    last_at: usize,
}

impl ChunkWriter {
    pub(crate) fn new() -> Self {
        Self { bytes: vec![0; 512], names: BTreeMap::new(), definitions: BTreeMap::new(), first: None, last: 0, last_at: 0 }
    }

    /// Writes a record; `false` (and nothing written) when the chunk has no room for it.
    pub(crate) fn add(&mut self, entry: &Entry) -> bool {
        let keep = (self.bytes.clone(), self.names.clone(), self.definitions.clone());
        let at = self.bytes.len();
        self.bytes.extend(b"**\0\0\0\0\0\0");
        self.bytes.extend(entry.record_id.to_le_bytes());
        self.bytes.extend(entry.filetime.to_le_bytes());
        self.instance(entry, false);
        self.bytes.push(0);
        while !(self.bytes.len() - at + 4).is_multiple_of(8) {
            self.bytes.push(0);
        }
        let size = (self.bytes.len() - at + 4) as u32;
        self.bytes.extend(size.to_le_bytes());
        self.put(at + 4, size);
        if self.bytes.len() > CHUNK_BYTES {
            (self.bytes, self.names, self.definitions) = keep;
            return false;
        }
        self.first.get_or_insert(entry.record_id);
        self.last = entry.record_id;
        self.last_at = at;
        true
    }

    /// The whole chunk, tables and checksums filled in.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        let free = self.bytes.len();
        self.bytes.resize(CHUNK_BYTES, 0);
        self.bytes[..8].copy_from_slice(b"ElfChnk\0");
        let first = self.first.unwrap_or(u64::MAX);
        let last = if self.first.is_some() { self.last } else { u64::MAX };
        for (at, number) in [(8, first), (16, last), (24, first), (32, last)] {
            self.bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
        }
        self.put(40, 128);
        self.put(44, self.last_at as u32);
        self.put(48, free as u32);
        let crc = crc32(&[&self.bytes[512..free]]);
        self.put(52, crc);
        let crc = crc32(&[&self.bytes[..120], &self.bytes[128..512]]);
        self.put(124, crc);
        self.bytes
    }

    fn put(&mut self, at: usize, number: u32) {
        self.bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
    }

    fn u16(&mut self, number: u16) {
        self.bytes.extend(number.to_le_bytes());
    }

    fn u32(&mut self, number: u32) {
        self.bytes.extend(number.to_le_bytes());
    }

    fn hole(&mut self) -> usize {
        self.u32(0);
        self.bytes.len()
    }

    /// Writes what came after the hole into it.
    fn fill(&mut self, hole: usize) {
        self.put(hole - 4, (self.bytes.len() - hole) as u32);
    }

    fn utf16(&mut self, text: &str) {
        self.bytes.extend(utf16(text));
    }

    fn name(&mut self, name: &str) {
        if let Some(at) = self.names.get(name) {
            let at = *at;
            return self.u32(at);
        }
        let at = self.bytes.len() as u32 + 4;
        self.names.insert(name.to_owned(), at);
        let hash = name.encode_utf16().fold(0_u32, |hash, unit| hash.wrapping_mul(65_599).wrapping_add(u32::from(unit))) as u16;
        let bucket = 128 + 4 * usize::from(hash % 64);
        let next = u32::from_le_bytes(self.bytes[bucket..bucket + 4].try_into().unwrap());
        self.put(bucket, at);
        self.u32(at);
        self.u32(next);
        self.u16(hash);
        self.u16(name.len() as u16);
        self.utf16(name);
        self.u16(0);
    }

    /// `<name …>` with attributes; gives the hole for its size.
    fn open(&mut self, name: &str, dependency: u16, attributes: &[(&str, Content)]) -> usize {
        self.bytes.push(if attributes.is_empty() { 0x01 } else { 0x41 });
        self.u16(dependency);
        let size = self.hole();
        self.name(name);
        if !attributes.is_empty() {
            let list = self.hole();
            for (place, (name, content)) in attributes.iter().enumerate() {
                self.bytes.push(if place + 1 < attributes.len() { 0x46 } else { 0x06 });
                self.name(name);
                self.content(*content);
            }
            self.fill(list);
        }
        size
    }

    fn content(&mut self, content: Content) {
        match content {
            Content::Text(text) => {
                self.bytes.extend([0x05, 0x01]);
                self.u16(text.encode_utf16().count() as u16);
                self.utf16(text);
            }
            Content::Value(index, kind) => {
                self.bytes.push(0x0e);
                self.u16(index);
                self.bytes.push(kind);
            }
        }
    }

    fn empty_element(&mut self, name: &str, attributes: &[(&str, Content)]) {
        let size = self.open(name, NONE, attributes);
        self.bytes.push(0x03);
        self.fill(size);
    }

    fn element(&mut self, name: &str, dependency: u16, attributes: &[(&str, Content)], content: Content) {
        let size = self.open(name, dependency, attributes);
        self.bytes.push(0x02);
        self.content(content);
        self.bytes.push(0x04);
        self.fill(size);
    }

    /// `0f 01 01 00 0c 01 id definition [definition] values`
    fn instance(&mut self, entry: &Entry, body: bool) {
        let guid = guid(&entry.source, body);
        self.bytes.extend([0x0f, 0x01, 0x01, 0x00, 0x0c, 0x01]);
        self.bytes.extend(&guid[..4]);
        let key = (if body { SPP } else { entry.source }, body);
        if let Some(at) = self.definitions.get(&key) {
            let at = *at;
            self.u32(at);
        } else {
            let at = self.bytes.len() as u32 + 4;
            self.definitions.insert(key, at);
            self.u32(at);
            let bucket = 384 + 4 * (guid[0] as usize % 32);
            let next = u32::from_le_bytes(self.bytes[bucket..bucket + 4].try_into().unwrap());
            self.put(bucket, at);
            self.u32(next);
            self.bytes.extend(guid);
            let size = self.hole();
            self.bytes.extend([0x0f, 0x01, 0x01, 0x00]);
            if body {
                self.body_definition();
            } else {
                self.event_definition(&entry.source);
            }
            self.bytes.push(0x00);
            self.fill(size);
        }
        if body {
            self.body_values(entry);
        } else {
            self.event_values(entry);
        }
    }

    fn event_definition(&mut self, source: &Source) {
        use Content::{Text, Value};
        let event = self.open("Event", 19, &[("xmlns", Text("http://schemas.microsoft.com/win/2004/08/events/event"))]);
        self.bytes.push(0x02);
        let system = self.open("System", NONE, &[]);
        self.bytes.push(0x02);
        let name = if source.by_value { Value(13, 0x01) } else { Text(source.provider) };
        let mut provider = vec![("Name", name)];
        provider.extend(source.guid.map(|guid| ("Guid", Text(guid))));
        provider.extend(source.source.map(|source| ("EventSourceName", Text(source))));
        self.empty_element("Provider", &provider);
        self.element("EventID", 3, &[("Qualifiers", Value(4, 0x06))], Value(3, 0x06));
        for (name, index, kind) in
            [("Version", 11, 0x04), ("Level", 0, 0x04), ("Task", 2, 0x06), ("Opcode", 1, 0x04), ("Keywords", 5, 0x15)]
        {
            self.element(name, index, &[], Value(index, kind));
        }
        self.empty_element("TimeCreated", &[("SystemTime", Value(6, 0x11))]);
        self.element("EventRecordID", 10, &[], Value(10, 0x0a));
        self.empty_element("Correlation", &[("ActivityID", Value(7, 0x0f)), ("RelatedActivityID", Value(18, 0x0f))]);
        self.empty_element("Execution", &[("ProcessID", Value(8, 0x08)), ("ThreadID", Value(9, 0x08))]);
        self.element("Channel", NONE, &[], Text(source.channel));
        self.element("Computer", NONE, &[], Text("client.example.edu"));
        self.empty_element("Security", &[("UserID", Value(12, 0x13))]);
        self.bytes.push(0x04);
        self.fill(system);
        if source.user_data {
            self.element("UserData", NONE, &[], Value(19, 0x21));
        } else {
            self.content(Value(19, 0x21));
        }
        self.bytes.push(0x04);
        self.fill(event);
    }

    fn body_definition(&mut self) {
        let data = self.open("EventData", NONE, &[]);
        self.bytes.push(0x02);
        self.element("Data", 0, &[], Content::Value(0, 0x81));
        self.element("Binary", 2, &[], Content::Value(2, 0x0e));
        self.bytes.push(0x04);
        self.fill(data);
    }

    fn event_values(&mut self, entry: &Entry) {
        let none = (0x00, Vec::new());
        let mut values = vec![none; 20];
        values[0] = (0x04, vec![entry.level]);
        values[1] = (0x04, vec![0]);
        values[2] = (0x06, vec![0, 0]);
        values[3] = (0x06, entry.id.to_le_bytes().to_vec());
        values[4] = (0x06, entry.qualifiers.to_le_bytes().to_vec());
        values[5] = (0x15, 0x0080_0000_0000_0000_u64.to_le_bytes().to_vec());
        values[6] = (0x11, entry.filetime.to_le_bytes().to_vec());
        values[8] = (0x08, vec![0; 4]);
        values[9] = (0x08, vec![0; 4]);
        values[10] = (0x0a, entry.record_id.to_le_bytes().to_vec());
        values[11] = (0x04, vec![0]);
        if entry.source.by_value {
            values[13] = (0x01, utf16(entry.source.provider));
        }
        self.u32(20);
        let table = self.bytes.len();
        for (kind, bytes) in &values {
            self.u16(bytes.len() as u16);
            self.bytes.extend([*kind, 0]);
        }
        for (_, bytes) in &values {
            self.bytes.extend(bytes);
        }
        let start = self.bytes.len();
        self.instance(entry, true);
        self.bytes.push(0x00);
        let size = (self.bytes.len() - start) as u16;
        self.bytes[table + 4 * 19..table + 4 * 19 + 2].copy_from_slice(&size.to_le_bytes());
        self.bytes[table + 4 * 19 + 2] = 0x21;
    }

    fn body_values(&mut self, entry: &Entry) {
        let texts: Vec<u8> = entry.texts.iter().flat_map(|text| [utf16(text), vec![0, 0]].concat()).collect();
        self.u32(3);
        for (bytes, kind) in [(&texts, 0x81), (&vec![0; 4], 0x08), (&entry.binary, 0x0e)] {
            self.u16(bytes.len() as u16);
            self.bytes.extend([if bytes.is_empty() { 0 } else { kind }, 0]);
        }
        self.bytes.extend(texts);
        self.bytes.extend([0; 4]);
        self.bytes.extend(&entry.binary);
    }
}

#[derive(Clone, Copy)]
enum Content {
    Text(&'static str),
    Value(u16, u8),
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// An invented GUID for a definition; its first four bytes are the template id.
fn guid(source: &Source, body: bool) -> [u8; 16] {
    let text = if body { "EventData".to_owned() } else { format!("{source:?}") };
    let mut guid = [0; 16];
    for (place, part) in guid.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        *part = crc32(&[text.as_bytes(), &[place as u8]]).to_le_bytes();
    }
    guid
}

/// Writes entries into as many chunks as they need.
pub(crate) fn chunks(entries: &[Entry]) -> Vec<Vec<u8>> {
    let mut done = Vec::new();
    let mut writer = ChunkWriter::new();
    for entry in entries {
        if !writer.add(entry) {
            done.push(std::mem::replace(&mut writer, ChunkWriter::new()).finish());
            assert!(writer.add(entry), "a record larger than a chunk");
        }
    }
    done.push(writer.finish());
    done
}

/// The 4 KiB in front of the chunks.
pub(crate) fn head(chunks: usize, next_record: u64) -> Vec<u8> {
    let mut head = vec![0; 4096];
    head[..8].copy_from_slice(b"ElfFile\0");
    head[16..24].copy_from_slice(&(chunks.saturating_sub(1) as u64).to_le_bytes());
    head[24..32].copy_from_slice(&next_record.to_le_bytes());
    head[32..36].copy_from_slice(&128_u32.to_le_bytes());
    head[36..42].copy_from_slice(&[1, 0, 3, 0, 0, 0x10]);
    head[42..44].copy_from_slice(&(chunks as u16).to_le_bytes());
    let crc = crc32(&[&head[..120]]);
    head[124..128].copy_from_slice(&crc.to_le_bytes());
    head
}

/// A whole log.
pub(crate) fn log(entries: &[Entry]) -> Vec<u8> {
    let chunks = chunks(entries);
    let mut log = head(chunks.len(), entries.last().map_or(1, |entry| entry.record_id + 1));
    chunks.iter().for_each(|chunk| log.extend(chunk));
    log
}

/// IEEE CRC32 of some pieces.
pub(crate) fn crc32(pieces: &[&[u8]]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut byte = 0;
        while byte < 256 {
            let mut crc = byte as u32;
            let mut bit = 0;
            while bit < 8 {
                crc = if crc & 1 == 1 { 0xEDB8_8320 ^ (crc >> 1) } else { crc >> 1 };
                bit += 1;
            }
            table[byte] = crc;
            byte += 1;
        }
        table
    };
    !pieces.iter().copied().flatten().fold(!0, |crc, byte| (crc >> 8) ^ TABLE[usize::from(crc as u8 ^ byte)])
}
