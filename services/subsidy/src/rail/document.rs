//! An XML document of one kind that anybody may have written, read step by step: what is wrong with
//! it is told with its place.
//!
//! It is UTF-8, of a bounded size and depth, has no document type and names no entity but the five
//! that every document has, so that reading it opens nothing and grows nothing.

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

use crate::error::RailError;

/// How deep elements may lie within one another. The deepest of ours lies nine deep.
const DEPTH_MAX: usize = 32;
/// How many attributes an element may have.
const ATTRIBUTES_MAX: usize = 16;
/// The longest part of a document that is repeated in a message, in characters.
const GIVEN_CHARS_MAX: usize = 40;

/// Where in a document something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The element, from the root: `Document/CstmrPmtStsRpt/GrpHdr/MsgId`.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = if self.path.is_empty() { "Document" } else { &self.path };
        write!(f, "{path} (line {})", self.line)
    }
}

/// What comes next in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// An element begins; [`Document::path`] is its path.
    Opened,
    /// The element of the path ends.
    Closed {
        /// What it holds, without the blanks around it, if it holds no other elements.
        text: Option<String>,
        /// Its currency: the attribute `Ccy`.
        currency: Option<String>,
    },
}

/// A document that is being read.
pub(super) struct Document<'a> {
    bytes: &'a [u8],
    reader: NsReader<&'a [u8]>,
    namespace: &'static str,
    path: String,
    open: Vec<Element>,
    closing: bool,
    ended: bool,
}

/// An element that is open.
struct Element {
    name_bytes: usize,
    text: String,
    has_children: bool,
    currency: Option<String>,
}

impl<'a> Document<'a> {
    /// Begins to read a document, whose elements are of one namespace. One with more than
    /// `bytes_max` bytes is refused before anything of it is read.
    pub(super) fn new(
        bytes: &'a [u8],
        bytes_max: u64,
        namespace: &'static str,
    ) -> Result<Document<'a>, RailError> {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if bytes_max < length {
            return Err(RailError::TooLarge { bytes: length, bytes_max });
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut document = Document {
            bytes,
            reader: NsReader::from_reader(bytes),
            namespace,
            path: String::new(),
            open: Vec::new(),
            closing: false,
            ended: false,
        };
        if let Err(fault) = std::str::from_utf8(bytes) {
            let line = lines(&bytes[..fault.valid_up_to()]);
            let place = Place { path: String::new(), line };
            return Err(RailError::Malformed { place, problem: "is not UTF-8".to_owned() });
        }
        document.reader.config_mut().expand_empty_elements = true;
        Ok(document)
    }

    /// The path of the element that was opened or closed last.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Where the reading stands.
    pub(super) fn place(&self) -> Place {
        let read = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        let read = self.bytes.get(..read).unwrap_or(self.bytes);
        Place { path: self.path.clone(), line: lines(read) }
    }

    /// The refusal of a value that does not fit at the present place.
    pub(super) fn unfit(&self, given: &str, wanted: &'static str) -> RailError {
        let given = given.chars().take(GIVEN_CHARS_MAX).collect();
        RailError::Unfit { place: self.place(), given, wanted }
    }

    /// Keeps a value that an element may have once.
    pub(super) fn once<T>(&self, kept: &mut Option<T>, value: T) -> Result<(), RailError> {
        if kept.is_some() {
            return Err(RailError::Repeated { place: self.place() });
        }
        *kept = Some(value);
        Ok(())
    }

    /// A value that must have been there by the end of the present element.
    pub(super) fn given<T>(&self, kept: Option<T>, element: &'static str) -> Result<T, RailError> {
        kept.ok_or_else(|| RailError::Missing { place: self.place(), element })
    }

    /// The next step; `None` at the end of a whole document.
    pub(super) fn step(&mut self) -> Result<Option<Step>, RailError> {
        if self.closing {
            self.leave();
        }
        loop {
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(fault) => return Err(self.flaw(&fault)),
            };
            match event {
                Event::Start(start) => {
                    self.enter(&start)?;
                    return Ok(Some(Step::Opened));
                }
                Event::End(_) => {
                    self.closing = true;
                    return self.closed().map(Some);
                }
                Event::Text(text) => {
                    let text = text.xml10_content().map_err(|fault| self.malformed(&fault))?;
                    self.say(&text)?;
                }
                Event::CData(text) => {
                    let text = text.xml10_content().map_err(|fault| self.malformed(&fault))?;
                    self.say(&text)?;
                }
                Event::GeneralRef(reference) => {
                    let character = self.character(&reference)?;
                    self.say(character.encode_utf8(&mut [0; 4]))?;
                }
                Event::DocType(_) => return Err(self.forbidden("a document type")),
                Event::Decl(declaration) => {
                    let utf8 = |name: &[u8]| name.eq_ignore_ascii_case(b"UTF-8");
                    match declaration.encoding() {
                        None => {}
                        Some(Ok(name)) if utf8(&name) => {}
                        Some(_) => return Err(self.forbidden("another encoding than UTF-8")),
                    }
                }
                Event::Comment(_) | Event::PI(_) => {}
                // The reader is told to open and to close such an element.
                Event::Empty(_) => return Err(self.malformed(&"is empty in an unknown way")),
                Event::Eof if self.ended => return Ok(None),
                Event::Eof => return Err(RailError::Truncated { place: self.place() }),
            }
        }
    }

    fn enter(&mut self, start: &BytesStart<'_>) -> Result<(), RailError> {
        let name = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
        if self.ended {
            return Err(self.malformed(&"goes on after its end"));
        }
        if self.open.len() == DEPTH_MAX {
            return Err(self.malformed(&"lies too deep"));
        }
        self.belongs(start, &name)?;
        let currency = self.currency(start)?;
        if let Some(parent) = self.open.last_mut() {
            parent.has_children = true;
            if !parent.text.trim().is_empty() {
                return Err(self.malformed(&"holds text beside elements"));
            }
            self.path.push('/');
        }
        self.path.push_str(&name);
        let (name_bytes, text) = (name.len(), String::new());
        self.open.push(Element { name_bytes, text, has_children: false, currency });
        Ok(())
    }

    /// Every element is of the namespace of the message, but for what a bank adds in the place that
    /// the schema leaves to it.
    fn belongs(&self, start: &BytesStart<'_>, name: &str) -> Result<(), RailError> {
        let (of, _) = self.reader.resolver().resolve_element(start.name());
        let found = match of {
            ResolveResult::Bound(Namespace(found)) if found == self.namespace.as_bytes() => {
                let fits = !self.open.is_empty() || name == "Document";
                return if fits { Ok(()) } else { Err(self.of_other_kind(name)) };
            }
            ResolveResult::Bound(Namespace(found)) => String::from_utf8_lossy(found).into_owned(),
            ResolveResult::Unbound | ResolveResult::Unknown(_) => String::new(),
        };
        if self.path.contains("/SplmtryData/Envlp") {
            return Ok(());
        }
        Err(self.of_other_kind(if found.is_empty() { name } else { &found }))
    }

    fn of_other_kind(&self, found: &str) -> RailError {
        let found = found.chars().take(2 * GIVEN_CHARS_MAX).collect();
        RailError::OtherKind { place: self.place(), found, wanted: self.namespace }
    }

    fn currency(&self, start: &BytesStart<'_>) -> Result<Option<String>, RailError> {
        let mut currency = None;
        for (count, attribute) in start.attributes().enumerate() {
            if count == ATTRIBUTES_MAX {
                return Err(self.malformed(&"has too many attributes"));
            }
            let attribute = attribute.map_err(|fault| self.malformed(&fault))?;
            if attribute.key.as_ref() == b"Ccy" {
                currency = Some(String::from_utf8_lossy(&attribute.value).into_owned());
            }
        }
        Ok(currency)
    }

    fn say(&mut self, text: &str) -> Result<(), RailError> {
        let blank = text.trim().is_empty();
        match self.open.last_mut() {
            Some(element) if element.has_children && !blank => {
                Err(self.malformed(&"holds text beside elements"))
            }
            Some(element) => {
                element.text.push_str(text);
                Ok(())
            }
            None if blank => Ok(()),
            None => Err(self.malformed(&"holds text outside of its root")),
        }
    }

    /// The character that a reference stands for. Only the five that need no declaration, and
    /// those by number, are known.
    fn character(&self, reference: &BytesRef<'_>) -> Result<char, RailError> {
        if let Some(character) =
            reference.resolve_char_ref().map_err(|fault| self.malformed(&fault))?
        {
            let legal = matches!(character, '\t' | '\n' | '\r' | ' '..);
            return if legal { Ok(character) } else { Err(self.malformed(&"control character")) };
        }
        match &**reference {
            b"amp" => Ok('&'),
            b"lt" => Ok('<'),
            b"gt" => Ok('>'),
            b"apos" => Ok('\''),
            b"quot" => Ok('"'),
            _ => Err(self.forbidden("an entity")),
        }
    }

    fn closed(&mut self) -> Result<Step, RailError> {
        let Some(element) = self.open.last_mut() else {
            return Err(self.malformed(&"ends what did not begin"));
        };
        let text = (!element.has_children).then(|| element.text.trim().to_owned());
        Ok(Step::Closed { text, currency: element.currency.take() })
    }

    fn leave(&mut self) {
        self.closing = false;
        if let Some(element) = self.open.pop() {
            let slash = usize::from(!self.open.is_empty());
            self.path.truncate(self.path.len() - element.name_bytes - slash);
        }
        self.ended = self.open.is_empty();
    }

    fn flaw(&self, fault: &quick_xml::Error) -> RailError {
        // What ends in the middle of a tag was cut off, as what ends in the middle of an element.
        if let quick_xml::Error::Syntax(_) = fault {
            let whole = self.bytes.trim_ascii_end().ends_with(b">");
            if !whole {
                return RailError::Truncated { place: self.place() };
            }
        }
        self.malformed(fault)
    }

    fn malformed(&self, problem: &dyn std::fmt::Display) -> RailError {
        RailError::Malformed { place: self.place(), problem: problem.to_string() }
    }

    fn forbidden(&self, what: &'static str) -> RailError {
        RailError::Forbidden { place: self.place(), what }
    }
}

/// The number of the line that a text ends in, from 1.
fn lines(read: &[u8]) -> usize {
    1 + read.iter().filter(|byte| **byte == b'\n').count()
}
