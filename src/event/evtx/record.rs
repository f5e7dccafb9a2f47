//! Decodes one record of ours: values into numbers, event data into texts. Anything that is not
//! exactly the form of real records is [`Odd`], and the caller's fallback has its turn.

use super::batch::{Batch, Compact, Names, Time};
use super::bytes::{Chunk, Cursor, u32_at};
use super::shape::{DataSlot, Shape, Slot, names_ours};
use super::tokens::DEFINITION_HEAD;
use super::values::{Places, Value, Values, is_time, kind, until_nul};

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
    pub(super) fn values(self, room: &'a mut Places) -> Result<Fields<'a>, Odd> {
        let values = Values::read(self.chunk, self.values, room).ok_or(Odd)?;
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

    /// Who wrote this record, and where.
    fn names(&self, shape: &Shape) -> Result<Names, Odd> {
        Ok(Names {
            provider: self.text(&shape.provider)?,
            source: self.text(&shape.source)?,
            channel: self.text(&shape.channel)?,
            computer: self.text(&shape.computer)?,
        })
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

/// Adds to `batch` what a record's values say. `bodies` gives the `Data` elements of an event data definition.
pub(super) fn decode<'b>(
    chunk: &Chunk,
    head: &Head,
    fields: &Fields<'_>,
    shape: &mut Shape,
    id: u32,
    batch: &mut Batch,
    bodies: impl FnOnce(u32) -> Option<&'b [DataSlot]>,
) -> Result<(), Odd> {
    let level = fields.number(&shape.level)?.map(u8::try_from).transpose().map_err(|_| Odd)?;
    let qualifiers = fields.number(&shape.qualifiers)?;
    let ticks =
        fields.value(&shape.time)?.map_or(Some(head.filetime), |value| value.filetime()).filter(|ticks| is_time(*ticks)).ok_or(Odd)?;
    let names = match shape.names {
        Some(names) => names,
        None => {
            let names = batch.names(&fields.names(shape)?);
            shape.names = shape.has_fixed_names().then_some(names);
            names
        }
    };
    let mark = batch.mark();
    if let Some(body) = fields.value(&shape.body)?
        && data_in(chunk, &body, batch, bodies).is_none()
    {
        batch.forget(mark);
        return Err(Odd);
    }
    batch.push(Compact { record_id: Some(head.id), time: Time::Ticks(ticks), id, qualifiers, level, names, start: 0 }, mark);
    Ok(())
}

/// Adds the strings of a record's event data, a template instance inside the record's.
fn data_in<'b>(chunk: &Chunk, body: &Value<'_>, batch: &mut Batch, bodies: impl FnOnce(u32) -> Option<&'b [DataSlot]>) -> Option<()> {
    (body.kind == kind::BINXML).then_some(())?;
    let inner = Instance::read(chunk, body.at, body.at + body.bytes.len())?;
    let slots = bodies(inner.definition)?;
    let mut room = Places::default();
    let Fields(values) = inner.values(&mut room).ok()?;
    slots.iter().try_for_each(|slot| push_data(&values.get(slot.value), *slot, batch))
}

/// One `Data` element: a text, or a list of texts that stands for as many elements.
fn push_data(value: &Value<'_>, slot: DataSlot, batch: &mut Batch) -> Option<()> {
    if value.is_null() && slot.optional {
        return Some(());
    }
    match value.kind {
        kind::TEXTS if !value.bytes.is_empty() => batch.utf16_list(value.bytes),
        kind::TEXT => batch.utf16(until_nul(value.bytes)),
        _ if value.bytes.is_empty() || value.is_null() => batch.utf16(&[]),
        _ => None,
    }
}
