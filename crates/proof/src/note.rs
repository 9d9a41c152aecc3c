//! Signed notes (签名文书) of C2SP signed-note: a text, an empty line, one line per signature.

use std::fmt;
use std::str::FromStr;

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::key::{Algorithm, SigningKey, VerifierKey, check_name};

/// The most signatures that a note may carry; more would make verifying it costly.
pub const SIGNATURES_MAX: usize = 100;
/// The largest note that is read, in bytes.
pub const NOTE_BYTES_MAX: usize = 1_000_000;
/// The length of a cosignature's time, which stands before its signature.
const TIME_BYTES: usize = 8;

/// Why a note is not one, cannot be signed, or is not to be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not UTF-8, or more than [`NOTE_BYTES_MAX`].
    #[error("a note is UTF-8 text of at most {NOTE_BYTES_MAX} bytes")]
    NotText,
    /// A text ends with a newline and has no other control character.
    #[error("a note's text ends with a newline and has no other control character")]
    Text,
    /// No empty line, no signature, or no newline at the end.
    #[error("a note ends with an empty line and then signature lines")]
    NoSignatures,
    /// A line after the last empty line that is not `— name base64`.
    #[error("signature line {0} is malformed")]
    SignatureLine(usize),
    /// More than [`SIGNATURES_MAX`].
    #[error("a note has at most {SIGNATURES_MAX} signatures")]
    TooManySignatures,
    /// A trusted key's signature does not fit: the text or the signature was changed.
    #[error("the signature of {name} does not fit the text")]
    InvalidSignature {
        /// The key's name.
        name: String,
    },
    /// None of the trusted keys signed.
    #[error("the note is not signed by a key that is trusted here")]
    NotVerified,
    /// A log's key was to cosign, or a witness's key to sign plainly.
    #[error("the key of {name} is for another kind of signature")]
    WrongAlgorithm {
        /// The key's name.
        name: String,
    },
    /// A cosignature's time is at most 2^63 − 1 seconds.
    #[error("a cosignature's time is at most 2^63 - 1 seconds")]
    Time,
}

/// One signature (签名) as it stands in a note, not verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    name: String,
    key_id: u32,
    bytes: Vec<u8>,
}

/// A note whose form is right. What it says is not to be believed before
/// [`SignedNote::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// A signature that fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Who signed.
    pub name: String,
    /// The id of the key.
    pub key_id: u32,
    /// When, in seconds since 1970 UTC, if it is a witness's cosignature (副签).
    pub cosigned_at: Option<u64>,
}

impl SignedNote {
    /// Signs a text, which must end with a newline, with a log's key.
    pub fn sign(text: &str, key: &SigningKey) -> Result<SignedNote, NoteError> {
        if !text.ends_with('\n') || has_control(text) {
            return Err(NoteError::Text);
        }
        let mut note = SignedNote { text: text.to_owned(), signatures: Vec::new() };
        note.add_signature(key)?;
        Ok(note)
    }

    /// Adds the signature of one more log's key, as when a key is replaced by another.
    pub fn add_signature(&mut self, key: &SigningKey) -> Result<(), NoteError> {
        expect_algorithm(key, Algorithm::Ed25519)?;
        self.add(key, key.sign(self.text.as_bytes()).to_vec())
    }

    /// Adds a witness's cosignature: that at this time, in seconds since 1970 UTC, the checkpoint
    /// in this note was the latest it knew of the log and consistent with all before.
    ///
    /// The caller has checked the log's signature and the consistency.
    pub fn cosign(&mut self, key: &SigningKey, seconds: u64) -> Result<(), NoteError> {
        expect_algorithm(key, Algorithm::Cosignature)?;
        if i64::try_from(seconds).is_err() {
            return Err(NoteError::Time);
        }
        let signature = key.sign(&cosigned(&self.text, seconds));
        self.add(key, [seconds.to_be_bytes().as_slice(), &signature].concat())
    }

    /// Takes over a signature made elsewhere, if this key made it of this note; one that stands
    /// in the note already is not repeated.
    pub fn add_verified(
        &mut self,
        signature: NoteSignature,
        key: &VerifierKey,
    ) -> Result<Verified, NoteError> {
        let verified = self.check(&signature, key)?;
        if !self.signatures.contains(&signature) {
            self.push(signature)?;
        }
        Ok(verified)
    }

    /// The signatures of these keys, in the note's order, each key once. Signatures of other
    /// keys are passed over; one of these keys that does not fit spoils the whole note, and so
    /// does the absence of any.
    pub fn verify(&self, keys: &[VerifierKey]) -> Result<Vec<Verified>, NoteError> {
        let mut verified: Vec<Verified> = Vec::new();
        for signature in &self.signatures {
            for key in keys.iter().filter(|key| signature.is_by(key)) {
                let found = self.check(signature, key)?;
                if !verified.iter().any(|v| (v.key_id, &v.name) == (found.key_id, &found.name)) {
                    verified.push(found);
                }
            }
        }
        if verified.is_empty() { Err(NoteError::NotVerified) } else { Ok(verified) }
    }

    /// The text, with the newline at its end.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, not verified.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Reads a note from bytes that may be anything.
    pub fn parse(bytes: &[u8]) -> Result<SignedNote, NoteError> {
        if NOTE_BYTES_MAX < bytes.len() {
            return Err(NoteError::NotText);
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::NotText)?;
        if has_control(note) {
            return Err(NoteError::Text);
        }
        // The text may have empty lines of its own: the last one ends it.
        let end = note.rfind("\n\n").ok_or(NoteError::NoSignatures)?;
        let (text, lines) = (&note[..=end], &note[end + 2..]);
        let lines = lines.strip_suffix('\n').ok_or(NoteError::NoSignatures)?;
        let mut signatures = Vec::new();
        for (index, line) in lines.split('\n').enumerate() {
            if index == SIGNATURES_MAX {
                return Err(NoteError::TooManySignatures);
            }
            signatures.push(line.parse().map_err(|_| NoteError::SignatureLine(index + 1))?);
        }
        Ok(SignedNote { text: text.to_owned(), signatures })
    }

    fn check(&self, signature: &NoteSignature, key: &VerifierKey) -> Result<Verified, NoteError> {
        let invalid = || NoteError::InvalidSignature { name: key.name().to_owned() };
        if !signature.is_by(key) {
            return Err(invalid());
        }
        let (fits, cosigned_at) = match key.algorithm() {
            Algorithm::Ed25519 => (key.signed(self.text.as_bytes(), &signature.bytes), None),
            Algorithm::Cosignature => {
                let (time, rest) =
                    signature.bytes.split_first_chunk::<TIME_BYTES>().ok_or_else(invalid)?;
                let seconds = u64::from_be_bytes(*time);
                let in_range = i64::try_from(seconds).is_ok();
                (in_range && key.signed(&cosigned(&self.text, seconds), rest), Some(seconds))
            }
        };
        if !fits {
            return Err(invalid());
        }
        Ok(Verified { name: key.name().to_owned(), key_id: key.id(), cosigned_at })
    }

    fn add(&mut self, key: &SigningKey, bytes: Vec<u8>) -> Result<(), NoteError> {
        let verifier = key.verifier();
        let name = verifier.name().to_owned();
        self.push(NoteSignature { name, key_id: verifier.id(), bytes })
    }

    fn push(&mut self, signature: NoteSignature) -> Result<(), NoteError> {
        if SIGNATURES_MAX <= self.signatures.len() {
            return Err(NoteError::TooManySignatures);
        }
        self.signatures.push(signature);
        Ok(())
    }
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

impl FromStr for SignedNote {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<SignedNote, NoteError> {
        SignedNote::parse(text.as_bytes())
    }
}

impl NoteSignature {
    /// Who is said to have signed.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id of the key said to have signed.
    pub fn key_id(&self) -> u32 {
        self.key_id
    }

    fn is_by(&self, key: &VerifierKey) -> bool {
        self.key_id == key.id() && self.name == key.name()
    }
}

impl fmt::Display for NoteSignature {
    /// The signature line, without the newline.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.key_id.to_be_bytes().as_slice(), &self.bytes].concat();
        write!(f, "— {} {}", self.name, STANDARD.encode(bytes))
    }
}

impl FromStr for NoteSignature {
    type Err = NoteError;

    /// Reads one signature line, without the newline.
    fn from_str(line: &str) -> Result<NoteSignature, NoteError> {
        let read = || {
            let (name, bytes) = line.strip_prefix("— ")?.split_once(' ')?;
            check_name(name).ok()?;
            let bytes = STANDARD.decode(bytes).ok()?;
            let (key_id, bytes) = bytes.split_first_chunk::<4>()?;
            let key_id = u32::from_be_bytes(*key_id);
            let signature = NoteSignature { name: name.to_owned(), key_id, bytes: bytes.to_vec() };
            (!bytes.is_empty()).then_some(signature)
        };
        read().ok_or(NoteError::SignatureLine(1))
    }
}

/// What a witness signs, by tlog-cosignature: two lines before the checkpoint, so that it can
/// never pass for a plain signature.
fn cosigned(text: &str, seconds: u64) -> Vec<u8> {
    format!("cosignature/v1\ntime {seconds}\n{text}").into_bytes()
}

fn expect_algorithm(key: &SigningKey, algorithm: Algorithm) -> Result<(), NoteError> {
    if key.verifier().algorithm() == algorithm {
        return Ok(());
    }
    Err(NoteError::WrongAlgorithm { name: key.verifier().name().to_owned() })
}

/// Whether a control character below U+0020 other than a newline stands in the text.
pub(crate) fn has_control(text: &str) -> bool {
    text.bytes().any(|byte| byte < b' ' && byte != b'\n')
}
