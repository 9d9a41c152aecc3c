//! A folder through which files pass from one program to another: a file is there whole or not at
//! all, and leaves it once.
//!
//! A file is written under another name, which begins with a dot, and renamed once it is safe on the
//! disk; whoever reads passes over such names. What has been read moves into `done`, or with the
//! reason beside it into `refused`. So whoever dies in the middle finds what it had before.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use journal::Entropy;
use tokio::fs::{self, File, OpenOptions};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::error::RailError;
use crate::rail::FILE_BYTES_MAX;

/// What has been taken lies here.
const DONE: &str = "done";
/// What could not be taken lies here, with the reason.
const REFUSED: &str = "refused";
/// What the files end in that pass through.
const ENDING: &str = ".xml";
/// What the reason beside a refused file ends in.
const REASON_ENDING: &str = ".reason.txt";
/// The most files of one name that are kept apart.
const SAME_NAME_MAX: usize = 1000;

/// A folder through which files pass. Cheap to clone; made when it is first written to.
#[derive(Clone)]
pub struct Folder {
    place: PathBuf,
    entropy: Arc<dyn Entropy>,
}

/// What became of a file that was put into a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It is there now.
    Written,
    /// The same file was there before, or has been there and was taken.
    There,
}

impl Folder {
    /// A folder. Random bytes make names that no other writer has.
    pub fn new(place: impl Into<PathBuf>, entropy: Arc<dyn Entropy>) -> Folder {
        Folder { place: place.into(), entropy }
    }

    /// Puts a file into the folder. The same one again changes nothing, even after it was taken;
    /// another of this name is refused.
    pub async fn put(&self, name: &str, bytes: &[u8]) -> Result<Put, RailError> {
        if self.has(name, bytes).await? {
            return Ok(Put::There);
        }
        let failed = |cause| RailError::folder(format!("write {name}"))(cause);
        write_whole(&self.place, name, bytes, self.entropy.as_ref()).await.map_err(failed)?;
        Ok(Put::Written)
    }

    /// Whether a file is in the folder, or has been; with other content it is refused.
    async fn has(&self, name: &str, bytes: &[u8]) -> Result<bool, RailError> {
        for place in [self.place.clone(), self.place.join(DONE), self.place.join(REFUSED)] {
            let found = read(&place.join(name), FILE_BYTES_MAX).await;
            match found.map_err(RailError::folder(format!("read {name}")))? {
                Found::Nothing => {}
                Found::Whole(found) if found == bytes => return Ok(true),
                Found::Whole(_) | Found::TooLarge(_) => {
                    return Err(RailError::OrderDiffers { name: name.to_owned() });
                }
            }
        }
        Ok(false)
    }

    /// The names of the files that wait, in their order. Folders, links and files of other kinds
    /// are passed over.
    pub async fn waiting(&self) -> Result<Vec<String>, RailError> {
        let names = self.names().await;
        names.map_err(RailError::folder("list the files that wait"))
    }

    async fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        let mut entries = match fs::read_dir(&self.place).await {
            Ok(entries) => entries,
            Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(names),
            Err(fault) => return Err(fault),
        };
        while let Some(entry) = entries.next_entry().await? {
            // What a link leads to was not put here.
            let is_file = entry.file_type().await.is_ok_and(|kind| kind.is_file());
            if let Ok(name) = entry.file_name().into_string()
                && is_file
                && is_passing(&name)
            {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// What a file holds; `None` if it does not wait any more. One that is too large is refused
    /// before it is read.
    pub async fn fetch(&self, name: &str) -> Result<Option<Vec<u8>>, RailError> {
        let found = read(&self.place.join(name), FILE_BYTES_MAX).await;
        match found.map_err(RailError::folder(format!("read {name}")))? {
            Found::Nothing => Ok(None),
            Found::Whole(bytes) => Ok(Some(bytes)),
            Found::TooLarge(bytes) => Err(RailError::TooLarge { bytes, bytes_max: FILE_BYTES_MAX }),
        }
    }

    /// Moves a file that has been taken into `done`.
    pub async fn put_away(&self, name: &str) -> Result<(), RailError> {
        let moved = self.move_into(DONE, name, None).await;
        moved.map_err(RailError::folder(format!("put {name} away")))
    }

    /// Moves a file that cannot be taken into `refused`, where the reason lies first.
    pub async fn put_aside(&self, name: &str, reason: &str) -> Result<(), RailError> {
        let moved = self.move_into(REFUSED, name, Some(reason)).await;
        moved.map_err(RailError::folder(format!("put {name} aside")))
    }

    /// Moves a file, under another name if there is another of its own. Somebody else may have
    /// been quicker: then it is moved already.
    async fn move_into(&self, folder: &str, name: &str, reason: Option<&str>) -> io::Result<()> {
        let place = self.place.join(folder);
        fs::create_dir_all(&place).await?;
        let free = free_name(&place, name).await?;
        let beside = format!("{free}{REASON_ENDING}");
        if let Some(reason) = reason {
            let text = format!("{reason}\n");
            write_whole(&place, &beside, text.as_bytes(), self.entropy.as_ref()).await?;
        }
        match fs::rename(self.place.join(name), place.join(&free)).await {
            Ok(()) => {}
            Err(fault) if fault.kind() == ErrorKind::NotFound => {
                if reason.is_some() {
                    fs::remove_file(place.join(&beside)).await?;
                }
                return Ok(());
            }
            Err(fault) => return Err(fault),
        }
        sync(&place).await?;
        sync(&self.place).await
    }
}

/// What lies at a place.
enum Found {
    Nothing,
    Whole(Vec<u8>),
    TooLarge(u64),
}

async fn read(path: &Path, bytes_max: u64) -> io::Result<Found> {
    let file = match File::open(path).await {
        Ok(file) => file,
        Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(fault) => return Err(fault),
    };
    let length = file.metadata().await?.len();
    if bytes_max < length {
        return Ok(Found::TooLarge(length));
    }
    // One byte more shows that it has grown meanwhile.
    let mut bytes = Vec::new();
    let read = file.take(bytes_max + 1).read_to_end(&mut bytes).await?;
    let read = u64::try_from(read).unwrap_or(u64::MAX);
    Ok(if bytes_max < read { Found::TooLarge(read) } else { Found::Whole(bytes) })
}

/// Writes a file so that it is there whole or not at all, whatever happens in between.
pub(crate) async fn write_whole(
    folder: &Path,
    name: &str,
    bytes: &[u8],
    entropy: &dyn Entropy,
) -> io::Result<()> {
    fs::create_dir_all(folder).await?;
    let mut mark = [0; 8];
    entropy.fill(&mut mark);
    let aside = folder.join(format!(".{name}.{}.part", hex::encode(mark)));
    let written = async {
        let mut file = OpenOptions::new().write(true).create_new(true).open(&aside).await?;
        file.write_all(bytes).await?;
        file.flush().await?;
        file.sync_all().await?;
        fs::rename(&aside, folder.join(name)).await
    };
    if let Err(fault) = written.await {
        // What is left of it is passed over by everyone; it is the first failure that is told.
        fs::remove_file(&aside).await.ok();
        return Err(fault);
    }
    sync(folder).await
}

/// The name is as safe on the disk as the file.
async fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder).await?.sync_all().await
}

async fn free_name(place: &Path, name: &str) -> io::Result<String> {
    let stem = name.strip_suffix(ENDING).unwrap_or(name);
    let names = (2..SAME_NAME_MAX).map(|number| format!("{stem}~{number}{ENDING}"));
    for name in std::iter::once(name.to_owned()).chain(names) {
        if !fs::try_exists(place.join(&name)).await? {
            return Ok(name);
        }
    }
    Err(io::Error::other("there are too many files of one name"))
}

fn is_passing(name: &str) -> bool {
    let ending = name.len().checked_sub(ENDING.len()).and_then(|at| name.get(at..));
    !name.starts_with('.') && ending.is_some_and(|it| it.eq_ignore_ascii_case(ENDING))
}

#[cfg(test)]
mod tests;
