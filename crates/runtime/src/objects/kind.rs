//! What a file is, by its first bytes: the kinds that are allowed, and no other.

use std::str::FromStr;

use strum::{Display, EnumIter, EnumString, IntoEnumIterator as _};

/// How many of a file's first bytes show what it is, if it has as many. The parts of an office
/// document name themselves within them.
pub(super) const HEAD_BYTES: usize = 64 << 10;

/// A kind of file that may be uploaded. It is written as its media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString)]
pub enum FileKind {
    /// A document as it is printed.
    #[strum(serialize = "application/pdf")]
    Pdf,
    /// A picture or a screen.
    #[strum(serialize = "image/png")]
    Png,
    /// A photograph.
    #[strum(serialize = "image/jpeg")]
    Jpeg,
    /// A text document (OOXML).
    #[strum(serialize = "application/vnd.openxmlformats-officedocument.wordprocessingml.document")]
    Docx,
    /// A spreadsheet (OOXML).
    #[strum(serialize = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")]
    Xlsx,
    /// 版式文件: an official document as it is printed (GB/T 33190).
    #[strum(serialize = "application/ofd")]
    Ofd,
    /// Plain text in UTF-8.
    #[strum(serialize = "text/plain")]
    Text,
}

impl FileKind {
    /// The kind that the first bytes show, if it is an allowed one.
    pub fn of(head: &[u8]) -> Option<FileKind> {
        let starts: [(&[u8], FileKind); 3] = [
            (b"%PDF-", FileKind::Pdf),
            (b"\x89PNG\r\n\x1a\n", FileKind::Png),
            (b"\xff\xd8\xff", FileKind::Jpeg),
        ];
        if let Some((_, kind)) = starts.iter().find(|(start, _)| head.starts_with(start)) {
            return Some(*kind);
        }
        if head.starts_with(PART) {
            return parts(head).find_map(of_part);
        }
        is_text(head).then_some(FileKind::Text)
    }

    /// The kind of a media type.
    pub fn of_media_type(text: &str) -> Option<FileKind> {
        FileKind::from_str(text).ok()
    }

    /// Whether a file of this name may be of this kind.
    pub fn fits(self, name: &str) -> bool {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        ending.is_some_and(|ending| self.endings().contains(&ending.as_str()))
    }

    /// What the names of all allowed files end in.
    pub fn endings_of_all() -> Vec<&'static str> {
        FileKind::iter().flat_map(FileKind::endings).copied().collect()
    }

    /// What the names of such files end in.
    fn endings(self) -> &'static [&'static str] {
        match self {
            FileKind::Pdf => &["pdf"],
            FileKind::Png => &["png"],
            FileKind::Jpeg => &["jpg", "jpeg"],
            FileKind::Docx => &["docx"],
            FileKind::Xlsx => &["xlsx"],
            FileKind::Ofd => &["ofd"],
            FileKind::Text => &["txt"],
        }
    }
}

/// What each part of a ZIP archive begins with.
const PART: &[u8] = b"PK\x03\x04";
/// Where, from there, the length of its name stands, and where the name begins.
const NAME_LENGTH_AT: usize = 26;
const NAME_AT: usize = 30;

/// The names of the parts of an archive, as far as the bytes reach.
fn parts(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    let places = head.windows(PART.len()).enumerate();
    let places = places.filter(|(_, window)| *window == PART).map(|(place, _)| place);
    places.filter_map(|place| {
        let length = head.get(place + NAME_LENGTH_AT..place + NAME_LENGTH_AT + 2)?;
        let length = usize::from(u16::from_le_bytes([length[0], length[1]]));
        head.get(place + NAME_AT..place + NAME_AT + length)
    })
}

/// The kind of document that has a part of this name.
fn of_part(name: &[u8]) -> Option<FileKind> {
    match name {
        b"OFD.xml" => Some(FileKind::Ofd),
        name if name.starts_with(b"word/") => Some(FileKind::Docx),
        name if name.starts_with(b"xl/") => Some(FileKind::Xlsx),
        _ => None,
    }
}

/// Whether bytes are text; a character may be cut at their end.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    let strange = |letter: char| letter.is_control() && !matches!(letter, '\t' | '\n' | '\r');
    !text.is_empty() && !text.contains(strange)
}
