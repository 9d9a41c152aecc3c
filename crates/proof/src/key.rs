//! Ed25519 keys (密钥) with a name, as C2SP signed-note writes them: `name+id+base64`.

use std::fmt;
use std::str::FromStr;

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer};
use sha2::{Digest, Sha256};

/// What a private key's text starts with, so that nobody takes it for a public one.
const PRIVATE_PREFIX: &str = "PRIVATE+KEY+";

/// What a key signs; the byte before the key in its text and its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// The note's text (signed-note, type 0x01): a log's key.
    Ed25519,
    /// A time and a checkpoint (tlog-cosignature, type 0x04): a witness's key (见证人).
    Cosignature,
}

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not `name+id+base64`.
    #[error("a key is written name+id+base64")]
    Malformed,
    /// A name is not empty and has no space, plus sign or control character.
    #[error("a key's name is not empty and has no space, `+` or control character")]
    Name,
    /// Neither 0x01 nor 0x04.
    #[error("the key's algorithm {0:#04x} is not known here")]
    Algorithm(u8),
    /// Not 32 bytes, not a point of the curve, or one that any signature fits.
    #[error("the key is not an Ed25519 key")]
    Key,
    /// The id does not belong to this name and key: one of them was changed.
    #[error("the key's id is {found:08x} where its name and bytes give {expected:08x}")]
    Id {
        /// What the name and the key give.
        expected: u32,
        /// What the text says.
        found: u32,
    },
}

/// A public key (公钥) that verifies the signatures of one name.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: u32,
    algorithm: Algorithm,
    key: ed25519_dalek::VerifyingKey,
}

impl VerifierKey {
    /// The key with this name and these 32 bytes.
    pub fn new(name: &str, algorithm: Algorithm, key: &[u8; 32]) -> Result<VerifierKey, KeyError> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(key).map_err(|_| KeyError::Key)?;
        if key.is_weak() {
            return Err(KeyError::Key);
        }
        VerifierKey::of(name, algorithm, key)
    }

    fn of(
        name: &str,
        algorithm: Algorithm,
        key: ed25519_dalek::VerifyingKey,
    ) -> Result<VerifierKey, KeyError> {
        check_name(name)?;
        let id = key_id(name, algorithm, key.as_bytes());
        Ok(VerifierKey { name: name.to_owned(), id, algorithm, key })
    }

    /// Who signs with it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first four bytes of SHA-256(name ‖ newline ‖ algorithm ‖ key); with the name it tells
    /// which key made a signature.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// What the key signs.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key's 32 bytes.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// Whether this key signed these bytes. Strict: one message and key, one signature.
    pub(crate) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = encode(self.algorithm, self.key.as_bytes());
        write!(f, "{}+{:08x}+{key}", self.name, self.id)
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<VerifierKey, KeyError> {
        let (name, id, algorithm, key) = parse(text)?;
        VerifierKey::new(name, algorithm, &key)?.with_id(id)
    }
}

impl VerifierKey {
    fn with_id(self, found: u32) -> Result<VerifierKey, KeyError> {
        if self.id == found { Ok(self) } else { Err(KeyError::Id { expected: self.id, found }) }
    }
}

/// A private key (私钥) that signs in one name. Its bytes are wiped when it is dropped; it is
/// printed only by [`SigningKey::to_secret_text`].
#[derive(Clone)]
pub struct SigningKey {
    verifier: VerifierKey,
    key: ed25519_dalek::SigningKey,
}

impl SigningKey {
    /// The key with this name and these 32 secret bytes, which must come from a good source of
    /// randomness. A witness must not use one secret under two names: a cosignature does not
    /// contain the name.
    pub fn new(
        name: &str,
        algorithm: Algorithm,
        secret: &[u8; 32],
    ) -> Result<SigningKey, KeyError> {
        let key = ed25519_dalek::SigningKey::from_bytes(secret);
        Ok(SigningKey { verifier: VerifierKey::of(name, algorithm, key.verifying_key())?, key })
    }

    /// The public key, to be handed to everyone.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// `PRIVATE+KEY+name+id+base64`, for a file that only the signer can read.
    pub fn to_secret_text(&self) -> String {
        let VerifierKey { name, id, algorithm, .. } = &self.verifier;
        format!("{PRIVATE_PREFIX}{name}+{id:08x}+{}", encode(*algorithm, self.key.as_bytes()))
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey(of {})", self.verifier)
    }
}

impl FromStr for SigningKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<SigningKey, KeyError> {
        let text = text.strip_prefix(PRIVATE_PREFIX).ok_or(KeyError::Malformed)?;
        let (name, id, algorithm, secret) = parse(text)?;
        let SigningKey { verifier, key } = SigningKey::new(name, algorithm, &secret)?;
        Ok(SigningKey { verifier: verifier.with_id(id)?, key })
    }
}

impl Algorithm {
    /// The byte that C2SP signed-note assigns.
    pub fn byte(self) -> u8 {
        match self {
            Algorithm::Ed25519 => 0x01,
            Algorithm::Cosignature => 0x04,
        }
    }

    fn from_byte(byte: u8) -> Result<Algorithm, KeyError> {
        match byte {
            0x01 => Ok(Algorithm::Ed25519),
            0x04 => Ok(Algorithm::Cosignature),
            other => Err(KeyError::Algorithm(other)),
        }
    }
}

/// A name must survive in a signature line, which is split at spaces, and in a key, split at `+`.
pub(crate) fn check_name(name: &str) -> Result<(), KeyError> {
    let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    if name.is_empty() || name.contains(bad) { Err(KeyError::Name) } else { Ok(()) }
}

fn key_id(name: &str, algorithm: Algorithm, key: &[u8; 32]) -> u32 {
    let hasher = Sha256::new().chain_update(name).chain_update([b'\n', algorithm.byte()]);
    let hash: [u8; 32] = hasher.chain_update(key).finalize().into();
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

fn encode(algorithm: Algorithm, key: &[u8; 32]) -> String {
    STANDARD.encode([&[algorithm.byte()], key.as_slice()].concat())
}

/// Takes `name+id+base64` apart; the base64 may have plus signs of its own.
fn parse(text: &str) -> Result<(&str, u32, Algorithm, [u8; 32]), KeyError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(KeyError::Malformed);
    };
    let digits = id.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c));
    if id.len() != 8 || !digits {
        return Err(KeyError::Malformed);
    }
    let id = u32::from_str_radix(id, 16).map_err(|_| KeyError::Malformed)?;
    let bytes = STANDARD.decode(key).map_err(|_| KeyError::Malformed)?;
    let (algorithm, key) = bytes.split_first().ok_or(KeyError::Malformed)?;
    let algorithm = Algorithm::from_byte(*algorithm)?;
    Ok((name, id, algorithm, key.try_into().map_err(|_| KeyError::Key)?))
}
