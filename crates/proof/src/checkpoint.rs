//! A checkpoint (检查点) of C2SP tlog-checkpoint: which log, how many leaves, which root.

use std::fmt;
use std::str::FromStr;

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::hash::Hash;
use crate::key::{SigningKey, VerifierKey};
use crate::note::{NoteError, SignedNote, Verified, has_control};

/// What a log says of itself at one size; its text is the text of a signed note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Hash,
    extensions: Vec<String>,
}

/// A checkpoint that the log signed, and who else did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What the log signed.
    pub checkpoint: Checkpoint,
    /// The witnesses whose cosignatures fit, in the note's order.
    pub witnesses: Vec<Verified>,
}

/// Why a text is no checkpoint, or one not to be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Fewer than three lines, or no newline at the end.
    #[error("a checkpoint is at least three lines, each ended by a newline")]
    Lines,
    /// The first line is empty or has a control character.
    #[error("a checkpoint's origin is a line that is not empty")]
    Origin,
    /// The second line is not a number as the spec writes it.
    #[error("a checkpoint's size is a decimal number below 2^64 without leading zeros")]
    Size,
    /// The third line is not a hash.
    #[error("a checkpoint's root is the base64 of 32 bytes")]
    Root,
    /// A further line is empty or has a control character.
    #[error("a checkpoint's extension lines are not empty")]
    Extension,
    /// The signed note is not one, or not signed by whom it must be.
    #[error(transparent)]
    Note(#[from] NoteError),
}

impl Checkpoint {
    /// The checkpoint of a log. The origin names the log for ever: best a URL without a scheme,
    /// without spaces.
    pub fn new(origin: &str, size: u64, root: Hash) -> Result<Checkpoint, CheckpointError> {
        if !is_line(origin) {
            return Err(CheckpointError::Origin);
        }
        Ok(Checkpoint { origin: origin.to_owned(), size, root, extensions: Vec::new() })
    }

    /// Adds a line that the log signs too; nobody but the log vouches for it.
    pub fn with_extension(mut self, line: &str) -> Result<Checkpoint, CheckpointError> {
        if !is_line(line) {
            return Err(CheckpointError::Extension);
        }
        self.extensions.push(line.to_owned());
        Ok(self)
    }

    /// The checkpoint as a note signed by its log. A log signs only what is consistent with all
    /// that it signed before.
    pub fn sign(&self, key: &SigningKey) -> Result<SignedNote, NoteError> {
        SignedNote::sign(&self.to_string(), key)
    }

    /// Reads a signed checkpoint. The log itself must have signed it: no number of witnesses
    /// makes up for that. A signature of a key given here that does not fit spoils the note.
    pub fn open(
        note: &SignedNote,
        log: &VerifierKey,
        witnesses: &[VerifierKey],
    ) -> Result<Opened, CheckpointError> {
        note.verify(std::slice::from_ref(log))?;
        let witnesses = match note.verify(witnesses) {
            Ok(verified) => verified,
            Err(NoteError::NotVerified) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        Ok(Opened { checkpoint: note.text().parse()?, witnesses })
    }

    /// The name of the log.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        self.root
    }

    /// Further lines, without their newlines.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, STANDARD.encode(self.root.as_bytes()))?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Checkpoint, CheckpointError> {
        let mut lines = text.strip_suffix('\n').ok_or(CheckpointError::Lines)?.split('\n');
        let mut next = || lines.next().ok_or(CheckpointError::Lines);
        let (origin, size, root) = (next()?, next()?, next()?);
        let checkpoint = Checkpoint::new(origin, read_size(size)?, read_root(root)?)?;
        lines.try_fold(checkpoint, Checkpoint::with_extension)
    }
}

/// One way to write each number, so that one checkpoint has one text.
fn read_size(text: &str) -> Result<u64, CheckpointError> {
    let size: u64 = text.parse().map_err(|_| CheckpointError::Size)?;
    if size.to_string() == text { Ok(size) } else { Err(CheckpointError::Size) }
}

fn read_root(text: &str) -> Result<Hash, CheckpointError> {
    let bytes = STANDARD.decode(text).map_err(|_| CheckpointError::Root)?;
    Hash::try_from(bytes.as_slice()).map_err(|_| CheckpointError::Root)
}

fn is_line(text: &str) -> bool {
    !text.is_empty() && !text.contains('\n') && !has_control(text)
}
