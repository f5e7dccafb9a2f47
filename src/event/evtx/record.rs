//! Decodes one record of ours: values into fields, event data into strings. Anything that is not
//! exactly the form of real records is [`Odd`], and the caller's fallback has its turn.

use super::bytes::{Chunk, Cursor, u32_at};
use super::shape::{DataSlot, Shape, Slot, names_ours};
use super::tokens::DEFINITION_HEAD;
use super::values::{Value, Values, iso_of, kind, texts_of};
use crate::event::record::{EventRecord, RecordPlace};

/// Head of a fragment; event data may go without.
const FRAGMENT: [u8; 4] = [0x0f, 0x01, 0x01, 0x00];
/// Token of a template instance.
const INSTANCE: u8 = 0x0c;

/// A record that is not exactly of the form of real ones.
#[derive(Debug)]
pub(super) struct Odd;

/// A template instance whose values are not looked at yet.
pub(super) struct Instance<'a> {
    /// Offset of its definition.
    pub(super) definition: u32,
    chunk: &'a Chunk,
    values: Cursor<'a>,
}

impl<'a> Instance<'a> {
    /// `[0f 01 01 00] 0c 01 <id u32> <definition u32> [the definition, where first used] <values>`
    pub(super) fn read(chunk: &'a Chunk, at: usize, end: usize) -> Option<Self> {
        let mut cursor = Cursor::new(chunk, at, end)?;
        if chunk.get(at..)?.starts_with(&FRAGMENT) {
            cursor.take(FRAGMENT.len())?;
        }
        (cursor.byte()? == INSTANCE).then_some(())?;
        cursor.take(5)?;
        let definition = cursor.u32()?;
        if cursor.at == definition as usize {
            let size = u32_at(cursor.take(DEFINITION_HEAD)?, DEFINITION_HEAD - 4)?;
            cursor.take(size as usize)?;
        }
        Some(Self { definition, chunk, values: cursor })
    }

    /// Its values, if nothing follows them.
    pub(super) fn values(self) -> Result<Fields<'a>, Odd> {
        let values = Values::read(self.chunk, self.values).ok_or(Odd)?;
        match self.values.rest_from(values.end) {
            Some([] | [0, ..]) => Ok(Fields(values)),
            _ => Err(Odd),
        }
    }
}

/// The values of a record, by the places that its definition gives them.
pub(super) struct Fields<'a>(Values<'a>);

impl<'a> Fields<'a> {
    /// Whether a provider of ours wrote this record.
    pub(super) fn is_ours(&self, shape: &Shape) -> Result<bool, Odd> {
        if matches!(shape.provider, Slot::Text(_)) {
            return Ok(true);
        }
        match self.value(&shape.provider)? {
            None => Ok(false),
            Some(value) if value.kind == kind::TEXT => Ok(names_ours(value.bytes)),
            Some(_) => Err(Odd),
        }
    }

    /// The number in a slot, if the record has one.
    pub(super) fn number(&self, slot: &Slot) -> Result<Option<u32>, Odd> {
        self.value(slot)?.map(|value| value.number().ok_or(Odd)).transpose()
    }

    fn text(&self, slot: &Slot) -> Result<String, Odd> {
        match slot {
            Slot::Text(text) => Ok(text.clone()),
            _ => self.value(slot)?.map_or(Ok(String::new()), |value| value.text().ok_or(Odd)),
        }
    }

    /// The value in a slot, if the record has one.
    fn value(&self, slot: &Slot) -> Result<Option<Value<'a>>, Odd> {
        match slot {
            Slot::Empty => Ok(None),
            Slot::Text(_) => Err(Odd),
            Slot::Value(index) => Ok(self.0.get(*index).present()),
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
pub(super) fn decode<'b>(
    chunk: &Chunk,
    head: &Head,
    fields: &Fields<'_>,
    shape: &Shape,
    id: u32,
    bodies: impl FnOnce(u32) -> Option<&'b [DataSlot]>,
) -> Result<EventRecord, Odd> {
    let level = fields.number(&shape.level)?.map(u8::try_from).transpose().map_err(|_| Odd)?;
    let filetime = fields.value(&shape.time)?.map_or(Some(head.filetime), |value| value.filetime()).ok_or(Odd)?;
    let data = match fields.value(&shape.body)? {
        None => Vec::new(),
        Some(body) => data_in(chunk, &body, bodies).ok_or(Odd)?,
    };
    Ok(EventRecord {
        provider: fields.text(&shape.provider)?,
        source: fields.text(&shape.source)?,
        id,
        qualifiers: fields.number(&shape.qualifiers)?,
        level,
        channel: fields.text(&shape.channel)?,
        computer: fields.text(&shape.computer)?,
        time: Some(iso_of(filetime).ok_or(Odd)?),
        record_id: Some(head.id),
        data,
        message: String::new(),
        place: RecordPlace::Record(head.id),
    })
}

/// The strings of a record's event data, a template instance inside the record's.
fn data_in<'b>(chunk: &Chunk, body: &Value<'_>, bodies: impl FnOnce(u32) -> Option<&'b [DataSlot]>) -> Option<Vec<String>> {
    (body.kind == kind::BINXML).then_some(())?;
    let inner = Instance::read(chunk, body.at, body.at + body.bytes.len())?;
    let slots = bodies(inner.definition)?;
    let Fields(values) = inner.values().ok()?;
    let mut data = Vec::with_capacity(slots.len());
    for slot in slots {
        push_data(&values.get(slot.value), *slot, &mut data)?;
    }
    Some(data)
}

/// One `Data` element: a text, or a list of texts that stands for as many elements.
fn push_data(value: &Value<'_>, slot: DataSlot, data: &mut Vec<String>) -> Option<()> {
    if value.is_null() && slot.optional {
        return Some(());
    }
    match value.kind {
        kind::TEXTS if !value.bytes.is_empty() => texts_of(value.bytes, data)?,
        kind::TEXT => data.push(value.text()?),
        _ if value.bytes.is_empty() => data.push(String::new()),
        _ if value.is_null() => data.push(String::new()),
        _ => return None,
    }
    Some(())
}
