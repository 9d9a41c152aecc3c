//! Keys: read from files, or made on the first start of the embedded size; never printed.

use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use hmac::{Hmac, KeyInit as _, Mac as _};
use journal::Entropy;
use sha2::{Digest as _, Sha256};

use crate::config::Config;
use crate::vault::Vault;

/// The keys of a process (密钥). `Debug` shows none of them.
pub struct Keys {
    sealing: [u8; 32],
    page: [u8; 32],
    data: [u8; 32],
    old_data: Vec<[u8; 32]>,
    token: Option<TokenKey>,
    jwks: String,
}

/// The own key that tokens are signed with: the embedded size alone has one.
#[derive(Clone)]
pub struct TokenKey {
    /// What is signed with.
    pub key: SigningKey,
    /// The key's id in the JWKS: its thumbprint (RFC 7638).
    pub id: String,
}

/// Why there are no keys to start with, in Chinese and English.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// With PostgreSQL, several processes share the keys, so that none may make its own.
    #[error(
        "使用 PostgreSQL 时必须配置 {setting}：各副本共用同一密钥，程序不会自动生成 / with PostgreSQL the setting {setting} is required: replicas share the keys, so none is made"
    )]
    Missing {
        /// The setting.
        setting: &'static str,
    },
    /// A key's file could not be read or written.
    #[error("无法读写密钥文件 {path} / the key file {path} cannot be read or written", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// A key's file does not hold a key. What it holds is not told.
    #[error("密钥文件 {path} 应为 64 个十六进制字符 / the key file {path} must hold 64 hex digits", path = path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
    },
}

/// Where the keys of a zone lie. The embedded size has them in `data_dir/keys`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFiles {
    /// What the key of each journal is derived from.
    pub sealing: PathBuf,
    /// What page tokens are signed with.
    pub page: PathBuf,
    /// What personal values are encrypted with.
    pub data: PathBuf,
    /// What tokens are signed with.
    pub token: PathBuf,
    /// What tokens are verified with.
    pub jwks: PathBuf,
}

impl Keys {
    /// Reads the keys that the settings name. The embedded size makes those that it has none of;
    /// with PostgreSQL a missing one is refused.
    pub fn open(config: &Config, entropy: &dyn Entropy) -> Result<Keys, KeysError> {
        let files = KeyFiles::within(&config.data_dir);
        let one = |setting, named: &Option<PathBuf>, own: &Path| match named {
            Some(path) => read(path),
            None if config.is_embedded() => read_or_make(own, entropy),
            None => Err(KeysError::Missing { setting }),
        };
        let sealing = one("sealing_key_file", &config.sealing_key_file, &files.sealing)?;
        let page = one("page_key_file", &config.page_key_file, &files.page)?;
        let data = one("data_key_file", &config.data_key_file, &files.data)?;
        let old_data = config.old_data_key_files.iter().map(|path| read(path));
        let old_data = old_data.collect::<Result<_, _>>()?;
        let (token, jwks) = match &config.jwks {
            Some(jwks) => (None, jwks.clone()),
            None if config.is_embedded() => {
                (Some(files.token_key(entropy)?), files.jwks.display().to_string())
            }
            None => return Err(KeysError::Missing { setting: "jwks" }),
        };
        Ok(Keys { sealing, page, data, old_data, token, jwks })
    }

    /// The key that seals the journal of an origin. Each is derived from the one secret, so that
    /// a leaked journal key says nothing of the others.
    pub fn sealing(&self, origin: &str) -> Result<proof::SigningKey, proof::KeyError> {
        let secret = derive(&self.sealing, "whistle journal sealing", origin);
        proof::SigningKey::new(origin, proof::Algorithm::Ed25519, &secret)
    }

    /// What page tokens are signed with.
    pub fn page(&self) -> &[u8; 32] {
        &self.page
    }

    /// What personal values are encrypted with.
    pub fn data(&self) -> &[u8; 32] {
        &self.data
    }

    /// What encrypts personal values, and opens also those that older keys have encrypted.
    pub fn vault(&self) -> Vault {
        // The sealing key is never replaced without the journals' leave, so digests stay.
        let digest_key = derive(&self.sealing, "whistle value digests", "");
        Vault::new(&self.data).with_old(&self.old_data).with_digest_key(digest_key)
    }

    /// The own key that tokens are signed with, if tokens come from here.
    pub fn token(&self) -> Option<&TokenKey> {
        self.token.as_ref()
    }

    /// Where the keys are that tokens are verified with: a file or an address.
    pub fn jwks(&self) -> &str {
        &self.jwks
    }
}

impl KeyFiles {
    /// The places of the keys under a data directory.
    pub fn within(data_dir: &Path) -> KeyFiles {
        let file = |name| data_dir.join("keys").join(name);
        KeyFiles {
            sealing: file("sealing.key"),
            page: file("page.key"),
            data: file("data.key"),
            token: file("token.key"),
            jwks: file("jwks.json"),
        }
    }

    /// Makes all that are missing, for a zone on PostgreSQL whose processes will share them.
    pub fn make(&self, entropy: &dyn Entropy) -> Result<TokenKey, KeysError> {
        for path in [&self.sealing, &self.page, &self.data] {
            read_or_make(path, entropy)?;
        }
        self.token_key(entropy)
    }

    /// The key that tokens are signed with; its public half is written beside it.
    pub fn token_key(&self, entropy: &dyn Entropy) -> Result<TokenKey, KeysError> {
        let key = TokenKey::from_secret(&read_or_make(&self.token, entropy)?);
        let jwks = key.jwks();
        if fs::read_to_string(&self.jwks).ok().as_deref() != Some(&jwks) {
            let write = || fs::rename(write_aside(&self.jwks, &jwks, entropy)?, &self.jwks);
            write().map_err(|cause| KeysError::Unreadable { path: self.jwks.clone(), cause })?;
        }
        Ok(key)
    }
}

impl TokenKey {
    /// The key with these secret bytes.
    pub fn from_secret(secret: &[u8; 32]) -> TokenKey {
        let key = SigningKey::from_bytes(secret);
        // RFC 7638: the required members, in the order of their names, without spaces.
        let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, public(&key));
        TokenKey { id: URL_SAFE_NO_PAD.encode(Sha256::digest(members)), key }
    }

    /// The set of keys that holds the public half of this one (RFC 8037).
    pub fn jwks(&self) -> String {
        let key = serde_json::json!({
            "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig",
            "kid": self.id, "x": public(&self.key),
        });
        format!("{}\n", serde_json::json!({ "keys": [key] }))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("jwks", &self.jwks).finish_non_exhaustive()
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenKey").field("id", &self.id).finish_non_exhaustive()
    }
}

fn public(key: &SigningKey) -> String {
    URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes())
}

/// A key, or a digest, that follows from a secret, for one purpose and one name.
#[allow(clippy::expect_used, reason = "HMAC takes a key of any length")]
pub(crate) fn derive(secret: &[u8; 32], purpose: &str, name: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key of any length");
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac.update(name.as_bytes());
    mac.finalize().into_bytes().into()
}

fn read(path: &Path) -> Result<[u8; 32], KeysError> {
    let text = fs::read_to_string(path)
        .map_err(|cause| KeysError::Unreadable { path: path.into(), cause })?;
    let mut secret = [0; 32];
    hex::decode_to_slice(text.trim(), &mut secret)
        .map_err(|_| KeysError::Malformed { path: path.into() })?;
    // A mounted secret may have such a mode on purpose: said, not refused.
    if fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o007 != 0) {
        tracing::warn!(path = %path.display(), "everyone on this machine can read a key file");
    }
    Ok(secret)
}

fn read_or_make(path: &Path, entropy: &dyn Entropy) -> Result<[u8; 32], KeysError> {
    let unreadable = |cause| KeysError::Unreadable { path: path.into(), cause };
    if !path.try_exists().map_err(unreadable)? {
        let mut secret = [0; 32];
        entropy.fill(&mut secret);
        let text = format!("{}\n", hex::encode(secret));
        let aside = write_aside(path, &text, entropy).map_err(unreadable)?;
        // A link fails where a rename would replace: who comes second takes the first one's key.
        let linked = fs::hard_link(&aside, path);
        fs::remove_file(&aside).map_err(unreadable)?;
        match linked {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                return Err(unreadable(error));
            }
            Err(_) => {}
            Ok(()) => sync_folder(path).map_err(unreadable)?,
        }
    }
    read(path)
}

/// Writes a file whole beside its place, readable by its owner alone; a crash leaves no half key.
fn write_aside(path: &Path, text: &str, entropy: &dyn Entropy) -> io::Result<PathBuf> {
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let mut mark = [0; 8];
    entropy.fill(&mut mark);
    let aside = path.with_extension(format!("{}.new", hex::encode(mark)));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(aside)
}

fn sync_folder(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

#[cfg(test)]
mod tests;
