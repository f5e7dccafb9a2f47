//! Learns from a template definition which value of a record is its event id, its level, its strings.
//! Knows no record; a definition of another form is left to the fallback.

use super::bytes::Chunk;
use super::tokens::{NO_DEPENDENCY, Token, Tokens, Word, is_text};
use super::values::{text_until_nul, until_nul};

/// The providers whose records are read.
pub(super) const PROVIDERS: [&str; 3] =
    ["Microsoft-Windows-Security-SPP", "Office Software Protection Platform Service", "Microsoft-Windows-Security-Licensing-SLC"];
/// Tokens in front of a provider's name: head, `Event xmlns=…>`, `System>`, `Provider Name=`.
const PROVIDER_TOKENS_MAX: usize = 12;
/// Elements inside each other; real definitions have three.
const DEPTH_MAX: usize = 16;
/// `Data` elements of one definition.
const DATA_MAX: usize = 64;

/// Whether a chunk names a provider of ours anywhere.
pub(super) fn names_provider(chunk: &Chunk) -> bool {
    PROVIDERS.iter().any(|name| {
        let needle: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        memchr::memmem::find(chunk, &needle).is_some()
    })
}

/// What stands at one place of a definition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Slot {
    /// Nothing.
    #[default]
    Empty,
    /// The same text in every record.
    Text(String),
    /// The record's value with this index.
    Value(u16),
}

/// Where a definition's records keep what is read of them.
#[derive(Debug, Default)]
pub(super) struct Shape {
    pub(super) provider: Slot,
    pub(super) source: Slot,
    pub(super) id: Slot,
    pub(super) qualifiers: Slot,
    pub(super) level: Slot,
    pub(super) time: Slot,
    pub(super) channel: Slot,
    pub(super) computer: Slot,
    /// The value that holds the event data, a template instance of its own.
    pub(super) body: Slot,
    /// Index of the names in the batch, where every record has the same.
    pub(super) names: Option<u32>,
    /// Holds more than an event of ours has: only whose record it is can be told.
    pub(super) strange: bool,
}

impl Shape {
    /// Whether every record has the same provider, source, channel and computer.
    pub(super) fn has_fixed_names(&self) -> bool {
        [&self.provider, &self.source, &self.channel, &self.computer].iter().all(|slot| !matches!(slot, Slot::Value(_)))
    }
}

/// A `Data` element of an event data definition.
#[derive(Debug, Clone, Copy)]
pub(super) struct DataSlot {
    /// The value with its text.
    pub(super) value: u16,
    /// Whether it is left out when that value is null.
    pub(super) optional: bool,
}

/// What a definition's records are to us.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Records of another provider.
    Foreign,
    /// Records of ours, or of a provider that each record names.
    Ours(Box<Shape>),
    /// A form that this module does not know.
    Odd,
}

/// Judges the definition at `offset`; also its size.
pub(super) fn judge(chunk: &Chunk, offset: u32) -> (Verdict, usize) {
    let Some((tokens, size)) = Tokens::at(chunk, offset) else { return (Verdict::Odd, 0) };
    let verdict = match provider_in(tokens) {
        None => Verdict::Odd,
        Some(Provider::Fixed(name)) if !names_ours(name) => Verdict::Foreign,
        Some(_) => shape_at(chunk, offset).map_or(Verdict::Odd, |shape| Verdict::Ours(Box::new(shape))),
    };
    (verdict, size)
}

/// Whether this UTF-16 is the name of a provider of ours.
pub(super) fn names_ours(utf16: &[u8]) -> bool {
    let name = until_nul(utf16);
    PROVIDERS.iter().any(|ours| is_text(name, ours))
}

/// Where a provider's name stands.
enum Provider<'a> {
    /// In the definition.
    Fixed(&'a [u8]),
    /// In each record.
    InRecord,
}

/// `<Event xmlns="…"><System><Provider Name="…"` → where the provider's name stands.
fn provider_in(mut tokens: Tokens<'_>) -> Option<Provider<'_>> {
    let (mut inside, mut named) = (false, false);
    for _ in 0..PROVIDER_TOKENS_MAX {
        match tokens.next()? {
            Token::Open { name, .. } => inside = name == Word::Provider,
            Token::Attribute(name) => named = inside && name == Word::Name,
            Token::Text(text) if named => return Some(Provider::Fixed(text)),
            Token::Substitution(_) if named => return Some(Provider::InRecord),
            Token::Text(_) | Token::CloseStart => {}
            Token::CloseEmpty | Token::Close | Token::Substitution(_) | Token::End => return None,
        }
    }
    None
}

fn shape_at(chunk: &Chunk, offset: u32) -> Option<Shape> {
    let (tokens, _) = Tokens::at(chunk, offset)?;
    let shape = Reading::default().run(tokens)?.shape;
    (shape.provider != Slot::Empty && matches!(shape.id, Slot::Value(_))).then_some(shape)
}

/// The event data definition at `offset`: its `Data` elements in order; also its size.
pub(super) fn data_at(chunk: &Chunk, offset: u32) -> Option<(Vec<DataSlot>, usize)> {
    let (tokens, size) = Tokens::at(chunk, offset)?;
    let reading = Reading { of_data: true, ..Reading::default() }.run(tokens)?;
    Some((reading.data, size))
}

/// What an open element is to us.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Element {
    Event,
    System,
    Provider,
    EventId,
    Level,
    TimeCreated,
    Channel,
    Computer,
    EventData,
    Data,
    Other,
}

/// A definition read so far.
#[derive(Default)]
struct Reading {
    /// Whether this is the definition of event data, not of a whole event.
    of_data: bool,
    shape: Shape,
    data: Vec<DataSlot>,
    /// Open elements with the value that decides whether they are written.
    open: Vec<(Element, u16)>,
    /// Elements met so far.
    started: Vec<Element>,
    in_start: bool,
    attribute: Option<Word>,
    /// Whether the open `Data` element has its value.
    filled: bool,
}

impl Reading {
    /// Reads a whole definition: one root element, everything closed.
    fn run(mut self, mut tokens: Tokens<'_>) -> Option<Self> {
        /// Elements of a real definition of an event.
        const ELEMENTS: usize = 18;
        self.started.reserve(ELEMENTS);
        loop {
            match tokens.next()? {
                Token::End => break,
                token => self.step(token)?,
            }
        }
        (self.open.is_empty() && !self.in_start && !self.started.is_empty()).then_some(self)
    }

    fn step(&mut self, token: Token<'_>) -> Option<()> {
        match token {
            Token::Open { name, dependency } => self.start(name, dependency)?,
            Token::Attribute(name) => {
                self.in_start.then_some(())?;
                self.attribute = Some(name);
            }
            Token::CloseStart => {
                std::mem::take(&mut self.in_start).then_some(())?;
                self.attribute = None;
            }
            Token::CloseEmpty => {
                std::mem::take(&mut self.in_start).then_some(())?;
                self.attribute = None;
                self.end()?;
            }
            Token::Close => {
                (!self.in_start).then_some(())?;
                self.end()?;
            }
            Token::Text(text) => self.fill(|| text_until_nul(text).map(Slot::Text))?,
            Token::Substitution(index) => self.fill(|| Some(Slot::Value(index)))?,
            Token::End => {}
        }
        Some(())
    }

    fn start(&mut self, name: Word, dependency: u16) -> Option<()> {
        (!self.in_start && self.open.len() < DEPTH_MAX).then_some(())?;
        let parent = self.open.last().map(|(element, _)| *element);
        let element = match (parent, name) {
            (None, Word::Event) if !self.of_data => Element::Event,
            (None, Word::EventData) if self.of_data => Element::EventData,
            (Some(Element::Event), Word::System) => Element::System,
            (Some(Element::System), Word::Provider) => Element::Provider,
            (Some(Element::System), Word::EventId) => Element::EventId,
            (Some(Element::System), Word::Level) => Element::Level,
            (Some(Element::System), Word::TimeCreated) => Element::TimeCreated,
            (Some(Element::System), Word::Channel) => Element::Channel,
            (Some(Element::System), Word::Computer) => Element::Computer,
            (Some(Element::EventData), Word::Data) => Element::Data,
            (Some(Element::EventData), Word::Binary) | (Some(Element::System | Element::Other), _) => Element::Other,
            // `UserData`, say: a form that ours never have, and many others do.
            (Some(Element::Event), _) => {
                self.shape.strange = true;
                Element::Other
            }
            _ => return None,
        };
        // A left-out element that holds others would take them along: no record of ours has one.
        let fixed = matches!(element, Element::System | Element::Provider | Element::TimeCreated);
        (!fixed || dependency == NO_DEPENDENCY).then_some(())?;
        // Two of a kind, and readers disagree about which one counts.
        let once = !matches!(element, Element::Data | Element::Other);
        (!once || !self.started.contains(&element)).then_some(())?;
        self.started.push(element);
        self.open.push((element, dependency));
        self.in_start = true;
        self.filled = false;
        Some(())
    }

    fn end(&mut self) -> Option<()> {
        let (element, _) = self.open.pop()?;
        (element != Element::Data || self.filled).then_some(())
    }

    /// Puts a text or a value where it belongs; a place that is taken or strange makes the definition odd.
    fn fill(&mut self, what: impl FnOnce() -> Option<Slot>) -> Option<()> {
        let (element, dependency) = *self.open.last()?;
        if self.in_start {
            let attribute = self.attribute?;
            let slot = match (element, attribute) {
                (Element::Provider, Word::Name) => &mut self.shape.provider,
                (Element::Provider, Word::EventSourceName) => &mut self.shape.source,
                (Element::EventId, Word::Qualifiers) => &mut self.shape.qualifiers,
                (Element::TimeCreated, Word::SystemTime) => &mut self.shape.time,
                _ => return Some(()),
            };
            return put(slot, what()?);
        }
        let slot = match element {
            Element::EventId => &mut self.shape.id,
            Element::Level => &mut self.shape.level,
            Element::Channel => &mut self.shape.channel,
            Element::Computer => &mut self.shape.computer,
            Element::Event => &mut self.shape.body,
            Element::Data => return self.fill_data(&what()?, dependency),
            Element::Other => return Some(()),
            Element::System | Element::Provider | Element::TimeCreated | Element::EventData => return None,
        };
        let what = what()?;
        // An element that another value decides about is not the plain form.
        let own = dependency == NO_DEPENDENCY || what == Slot::Value(dependency) || element == Element::Event;
        own.then_some(())?;
        put(slot, what)
    }

    fn fill_data(&mut self, what: &Slot, dependency: u16) -> Option<()> {
        let Slot::Value(value) = *what else { return None };
        let optional = dependency == value;
        (!self.filled && self.data.len() < DATA_MAX && (optional || dependency == NO_DEPENDENCY)).then_some(())?;
        self.filled = true;
        self.data.push(DataSlot { value, optional });
        Some(())
    }
}

fn put(slot: &mut Slot, what: Slot) -> Option<()> {
    if *slot != Slot::Empty {
        return None;
    }
    *slot = what;
    Some(())
}
