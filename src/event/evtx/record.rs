//! Decodes one record of ours: values into fields, event data into strings. Anything that is not
//! exactly the form of real records is `None`, and the caller's fallback has its turn.

use super::bytes::{Chunk, Cursor, u32_at};
use super::shape::{DataSlot, Shape, Slot};
use super::tokens::DEFINITION_HEAD;
use super::values::{Value, Values, iso_of, kind, texts_of};
use crate::event::record::{EventRecord, RecordPlace};

/// `0f 01 01 00` fragment head, `0c` template instance.
const INSTANCE: [u8; 5] = [0x0f, 0x01, 0x01, 0x00, 0x0c];

/// A template instance: the offset of its definition, and its values.
#[derive(Clone, Copy)]
pub(super) struct Instance<'a> {
    pub(super) definition: u32,
    pub(super) values: Values<'a>,
    end: usize,
}

impl<'a> Instance<'a> {
    /// `0f 01 01 00 0c 01 <id u32> <definition u32> [the definition, where first used] <values>`
    pub(super) fn read(chunk: &'a Chunk, at: usize, end: usize) -> Option<Self> {
        let mut cursor = Cursor::new(chunk, at, end)?;
        (cursor.take(INSTANCE.len())? == INSTANCE).then_some(())?;
        cursor.take(5)?;
        let definition = cursor.u32()?;
        if cursor.at == definition as usize {
            let size = u32_at(cursor.take(DEFINITION_HEAD)?, DEFINITION_HEAD - 4)?;
            cursor.take(size as usize)?;
        }
        Some(Self { definition, values: Values::read(cursor)?, end })
    }

    /// Whether every value has its size and nothing follows them.
    fn is_whole(&self, chunk: &Chunk) -> bool {
        let rest = self.values.checked_end().and_then(|at| chunk.get(at..self.end));
        matches!(rest, Some([] | [0, ..]))
    }

    /// The number in a slot: `Some(None)` where the record leaves it out.
    pub(super) fn number(&self, slot: &Slot) -> Option<Option<u32>> {
        match self.value(slot)? {
            None => Some(None),
            Some(value) => value.number().map(Some),
        }
    }

    fn text(&self, slot: &Slot) -> Option<String> {
        if let Slot::Text(text) = slot {
            return Some(text.clone());
        }
        match self.value(slot)? {
            None => Some(String::new()),
            Some(value) => value.text(),
        }
    }

    /// The value in a slot: `Some(None)` where there is none, `None` for text or broken values.
    fn value(&self, slot: &Slot) -> Option<Option<Value<'a>>> {
        match slot {
            Slot::Empty => Some(None),
            Slot::Text(_) => None,
            Slot::Value(index) => Some(self.values.get(*index)?.filter(|value| !value.is_null())),
        }
    }
}

/// What the head of a record says.
#[derive(Clone, Copy)]
pub(super) struct Head {
    /// Offset in the chunk.
    pub(super) at: usize,
    pub(super) size: usize,
    pub(super) id: u64,
    pub(super) filetime: u64,
}

/// Reads what a record's values say. `bodies` gives the `Data` elements of an event data definition.
pub(super) fn decode(
    chunk: &Chunk,
    head: &Head,
    instance: &Instance<'_>,
    shape: &Shape,
    id: u32,
    bodies: impl FnOnce(u32) -> Option<Vec<DataSlot>>,
) -> Option<EventRecord> {
    instance.is_whole(chunk).then_some(())?;
    let level = match instance.number(&shape.level)? {
        None => None,
        Some(level) => Some(u8::try_from(level).ok()?),
    };
    let filetime = match instance.value(&shape.time)? {
        None => head.filetime,
        Some(value) => value.filetime()?,
    };
    let mut data = Vec::new();
    if let Some(body) = instance.value(&shape.body)?
        && !body.bytes.is_empty()
    {
        (body.kind == kind::BINXML).then_some(())?;
        let inner = Instance::read(chunk, body.at, body.at + body.bytes.len())?;
        inner.is_whole(chunk).then_some(())?;
        for slot in bodies(inner.definition)? {
            push_data(&inner, slot, &mut data)?;
        }
    }
    Some(EventRecord {
        provider: instance.text(&shape.provider)?,
        source: instance.text(&shape.source)?,
        id,
        qualifiers: instance.number(&shape.qualifiers)?,
        level,
        channel: instance.text(&shape.channel)?,
        computer: instance.text(&shape.computer)?,
        time: Some(iso_of(filetime)?),
        record_id: Some(head.id),
        data,
        message: String::new(),
        place: RecordPlace::Record(head.id),
    })
}

/// One `Data` element: a text, or a list of texts that stands for as many elements.
fn push_data(inner: &Instance<'_>, slot: DataSlot, data: &mut Vec<String>) -> Option<()> {
    match inner.values.get(slot.value)? {
        Some(value) if value.is_null() && slot.optional => {}
        None => data.push(String::new()),
        Some(value) if value.is_null() || value.bytes.is_empty() => data.push(String::new()),
        Some(value) if value.kind == kind::TEXTS => texts_of(value.bytes, data)?,
        Some(value) => data.push(value.text()?),
    }
    Some(())
}
