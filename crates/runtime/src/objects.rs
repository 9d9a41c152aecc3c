//! Files as streams: what callers upload is checked while it comes, and kept under its SHA-256.
//!
//! A file is written under the name of a draft while its bytes come, `HELD` of them at a time in
//! memory, and gets its own name, `{service}/{2 hex}/{64 hex}`, only once it is whole, of an
//! allowed kind and what was announced. So a file that is cut off is never there, and the same file
//! twice is there once. What is read is hashed again on its way out. What is refused is cleared away
//! at once; what nobody was left to clear away, by a [`sweep`] after a day.

mod bucket;
mod fault;
mod kind;
mod parts;
pub mod sweep;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use journal::Entropy;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, WriteMultipart};
use prost::bytes::Bytes;
use sha2::{Digest as _, Sha256};

pub use self::fault::FileFault;
pub use self::kind::FileKind;
pub use self::parts::{broken, rest, sha256_of};
pub use self::sweep::Names;
use crate::config::Config;
use crate::fault::chain;
use crate::refusal::Refusal;

/// How many bytes of a file are held at most before they are written: the least part that
/// S3-compatible stores take.
const HELD: usize = 5 << 20;
/// How many such parts may be on their way at once.
const PARTS_AT_ONCE: usize = 1;
/// Where files lie while their bytes come.
const DRAFTS: &str = "drafts";
/// The folder of [`Config::data_dir`] where files lie that no address was given for.
const FOLDER: &str = "files";
/// The name that a file may have at most, in characters.
const NAME_CHARS_MAX: usize = 120;

/// Where files are kept. Cheap to clone.
#[derive(Clone)]
pub struct Objects {
    place: Place,
    bytes_max: Option<u64>,
    entropy: Arc<dyn Entropy>,
    names: Arc<Mutex<Speakers>>,
}

/// Who speaks for the files of each service.
type Speakers = BTreeMap<&'static str, Arc<dyn Names>>;

#[derive(Clone)]
enum Place {
    /// A folder, made when it is first needed.
    Folder(PathBuf),
    /// A bucket of an S3-compatible store.
    Bucket(Arc<dyn ObjectStore>),
}

/// A file as its sender announces it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced {
    /// What it is called, without a path.
    pub name: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// How many a file of its sort may have, unless the zone sets a limit for all.
    pub bytes_max: u64,
    /// Its SHA-256, if the sender knows it.
    pub sha256: Option<[u8; 32]>,
}

/// A file that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What it was called.
    pub name: String,
    /// What its first bytes show it to be.
    pub kind: FileKind,
    /// How many bytes it has.
    pub bytes: u64,
    /// Its SHA-256, under which it is kept.
    pub sha256: [u8; 32],
}

impl Kept {
    /// Its SHA-256 as it is written: 64 hex digits.
    pub fn sha256_text(&self) -> String {
        hex::encode(self.sha256)
    }
}

/// A SHA-256 as it is written: 64 hex digits.
pub fn sha256_from(text: &str) -> Option<[u8; 32]> {
    hex::decode(text).ok()?.try_into().ok()
}

impl Objects {
    /// The place that the settings name. Nothing is written yet.
    pub fn open(
        config: &Config,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Objects, object_store::Error> {
        let files = &config.files;
        let place = match &files.address {
            Some(address) if files.is_remote() => Place::Bucket(bucket::connect(address, files)?),
            Some(folder) => Place::Folder(folder.into()),
            None => Place::Folder(config.data_dir.join(FOLDER)),
        };
        if matches!(place, Place::Folder(_)) && !config.is_embedded() {
            tracing::info!(
                "uploaded files lie in a folder of this machine: replicas need the same one, or \
                 `files.address` of an S3-compatible store"
            );
        }
        Ok(Objects { place, bytes_max: files.bytes_max, entropy, names: Arc::default() })
    }

    /// Keeps a file of a service, whose bytes come as a stream that may break off.
    pub async fn keep<C: Into<Bytes>>(
        &self,
        service: &str,
        announced: &Announced,
        chunks: impl Stream<Item = Result<C, Refusal>> + Unpin,
    ) -> Result<Kept, Refusal> {
        let bytes_max = self.bytes_max.unwrap_or(announced.bytes_max);
        check(announced, bytes_max)?;
        let store = self.store()?;
        let mut random = [0; 16];
        self.entropy.fill(&mut random);
        let draft = Path::from(format!("{DRAFTS}/{}", hex::encode(random)));
        let upload = store.put_multipart(&draft).await.map_err(|error| unavailable(&error))?;
        let mut writing = Writing {
            upload: WriteMultipart::new_with_chunk_size(upload, HELD),
            head: Vec::new(),
            kind: None,
            hash: Sha256::new(),
            bytes: 0,
        };
        match writing.all(announced, bytes_max, chunks).await {
            Ok(kept) => {
                let name = name_of(service, &kept.sha256);
                let settled = match writing.upload.finish().await {
                    Ok(_) => store.rename(&draft, &name).await,
                    Err(error) => Err(error),
                };
                if let Err(error) = settled {
                    clear(store.as_ref(), &draft).await;
                    return Err(unavailable(&error));
                }
                Ok(kept)
            }
            Err(refusal) => {
                // A part that was sent may be left; a bucket's rule for unfinished uploads ends it.
                if let Err(error) = writing.upload.abort().await {
                    tracing::warn!(error = %chain(&error), "a refused upload was not cleared away");
                }
                Err(refusal)
            }
        }
    }

    /// Reads a file that a service keeps. The stream ends with a fault if it is not, byte for byte,
    /// what was kept.
    pub async fn read(
        &self,
        service: &str,
        sha256: [u8; 32],
    ) -> Result<impl Stream<Item = Result<Bytes, Refusal>> + Send + Unpin + use<>, Refusal> {
        let found = self.store()?.get(&name_of(service, &sha256)).await;
        let found = found.map_err(|error| {
            let gone = matches!(error, object_store::Error::NotFound { .. });
            if gone { damaged(&sha256, &error) } else { unavailable(&error) }
        })?;
        let reading = Reading { chunks: found.into_stream().boxed(), hash: Sha256::new(), sha256 };
        Ok(futures_util::stream::try_unfold(reading, Reading::next).boxed())
    }

    fn names(&self) -> MutexGuard<'_, Speakers> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The store; its folder is made if it is not there.
    fn store(&self) -> Result<Arc<dyn ObjectStore>, Refusal> {
        let folder = match &self.place {
            Place::Bucket(store) => return Ok(Arc::clone(store)),
            Place::Folder(folder) => folder,
        };
        let made = std::fs::create_dir_all(folder).map_err(|error| {
            tracing::error!(folder = %folder.display(), %error, "the folder for files cannot be made");
            Refusal::Unavailable { what: STORE }
        });
        made.and_then(|()| {
            let opened = LocalFileSystem::new_with_prefix(folder);
            Ok(Arc::new(opened.map_err(|error| unavailable(&error))?.with_fsync(true)) as _)
        })
    }
}

/// What a refusal calls the place where files are kept.
const STORE: &str = "the store of files";

/// A file that is coming.
struct Writing {
    upload: WriteMultipart,
    /// The first bytes, until they show what it is.
    head: Vec<u8>,
    kind: Option<FileKind>,
    hash: Sha256,
    bytes: u64,
}

impl Writing {
    /// Takes in all chunks; gives what they make, if that is what was announced.
    async fn all<C: Into<Bytes>>(
        &mut self,
        announced: &Announced,
        bytes_max: u64,
        mut chunks: impl Stream<Item = Result<C, Refusal>> + Unpin,
    ) -> Result<Kept, Refusal> {
        while let Some(chunk) = chunks.try_next().await? {
            let chunk: Bytes = chunk.into();
            self.bytes += chunk.len() as u64;
            if bytes_max < self.bytes {
                return Err(FileFault::TooLarge { bytes_max }.into());
            }
            if announced.bytes < self.bytes {
                break;
            }
            self.hash.update(&chunk);
            if self.kind.is_none() {
                self.head.extend_from_slice(&chunk);
                if kind::HEAD_BYTES <= self.head.len() {
                    self.sniff(&announced.name)?;
                }
            }
            self.upload.put(chunk);
            let written = self.upload.wait_for_capacity(PARTS_AT_ONCE).await;
            written.map_err(|error| unavailable(&error))?;
        }
        if self.bytes != announced.bytes {
            let (announced, came) = (announced.bytes, self.bytes);
            return Err(FileFault::CutOff { announced, came }.into());
        }
        let kind = match self.kind {
            Some(kind) => kind,
            None => self.sniff(&announced.name)?,
        };
        let sha256: [u8; 32] = std::mem::take(&mut self.hash).finalize().into();
        if announced.sha256.is_some_and(|expected| expected != sha256) {
            return Err(FileFault::HashDiffers { sha256 }.into());
        }
        Ok(Kept { name: announced.name.clone(), kind, bytes: self.bytes, sha256 })
    }

    /// What the first bytes show; it must be allowed, and what the name ends in.
    fn sniff(&mut self, name: &str) -> Result<FileKind, FileFault> {
        let found = FileKind::of(&std::mem::take(&mut self.head));
        let kind =
            found.filter(|kind| kind.fits(name)).ok_or(FileFault::TypeForbidden { found })?;
        self.kind = Some(kind);
        Ok(kind)
    }
}

/// A file that is read.
struct Reading {
    chunks: futures_util::stream::BoxStream<'static, Result<Bytes, object_store::Error>>,
    hash: Sha256,
    sha256: [u8; 32],
}

impl Reading {
    /// The next chunk, and what is still to be read; at the end the hash must be the name.
    async fn next(mut self) -> Result<Option<(Bytes, Reading)>, Refusal> {
        match self.chunks.try_next().await {
            Ok(Some(chunk)) => {
                self.hash.update(&chunk);
                Ok(Some((chunk, self)))
            }
            Ok(None) if <[u8; 32]>::from(self.hash.finalize()) == self.sha256 => Ok(None),
            Ok(None) => Err(damaged(&self.sha256, &FileFault::Damaged { sha256: self.sha256 })),
            Err(error) => Err(unavailable(&error)),
        }
    }
}

/// What can be refused before the first byte.
fn check(announced: &Announced, bytes_max: u64) -> Result<(), FileFault> {
    if !is_plain(&announced.name) {
        return Err(FileFault::NameInvalid);
    }
    if bytes_max < announced.bytes {
        return Err(FileFault::TooLarge { bytes_max });
    }
    Ok(())
}

/// A name that leads nowhere else and shows itself as it is: no path, no control character, nothing
/// that turns the direction of writing (`exe.fdp` shown as `pdf.exe`).
fn is_plain(name: &str) -> bool {
    let misleads = |letter: char| {
        letter.is_control()
            || matches!(letter, '/' | '\\' | ':' | '\u{200e}' | '\u{200f}')
            || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let length = name.chars().count();
    (1..=NAME_CHARS_MAX).contains(&length)
        && name.trim() == name
        && !name.starts_with('.')
        && !name.contains(misleads)
}

/// Clears a draft away that came to nothing, if anything of it is there.
async fn clear(store: &dyn ObjectStore, draft: &Path) {
    match store.delete(draft).await {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
        Err(error) => {
            tracing::warn!(error = %chain(&error), "a draft was not cleared away");
        }
    }
}

fn name_of(service: &str, sha256: &[u8; 32]) -> Path {
    let hex = hex::encode(sha256);
    Path::from(format!("{service}/{}/{hex}", &hex[..2]))
}

/// The store does not do what it must: it may later.
fn unavailable(error: &object_store::Error) -> Refusal {
    tracing::error!(error = %chain(error), "the store of files fails");
    Refusal::Unavailable { what: STORE }
}

fn damaged(sha256: &[u8; 32], error: &(dyn std::error::Error + 'static)) -> Refusal {
    tracing::error!(sha256 = hex::encode(sha256), error = %chain(error), "a kept file is not whole");
    FileFault::Damaged { sha256: *sha256 }.into()
}

#[cfg(test)]
mod tests;
