//! A file as messages: the first announces it, the others bring its bytes.

use base::File;
use futures_util::{Stream, StreamExt as _};
use tonic::Status;

use super::{Announced, FileFault, Kept, sha256_from};
use crate::refusal::{Problem, Refusal};

/// The bytes of what comes after the first message: none of it may have a header. `split` says of a
/// message whether it has one, and gives its bytes.
pub fn rest<P>(
    parts: impl Stream<Item = Result<P, Status>>,
    announced: u64,
    split: fn(P) -> (bool, Vec<u8>),
) -> impl Stream<Item = Result<Vec<u8>, Refusal>> {
    let mut came = 0;
    parts.map(move |part| {
        let (has_header, chunk) = split(part.map_err(|status| broken(&status, announced, came))?);
        came += chunk.len() as u64;
        if has_header {
            let problem =
                Problem::other("stands in the first message alone", "只能出现在第一条消息中");
            return Err(Refusal::field("header", problem));
        }
        Ok(chunk)
    })
}

/// The caller hung up, or what came was no message.
pub fn broken(status: &Status, announced: u64, came: u64) -> Refusal {
    tracing::debug!(%status, "an upload broke off");
    FileFault::CutOff { announced, came }.into()
}

/// A SHA-256 from a request.
///
/// Fails if it is not 64 hex digits; `field` says where it stands.
pub fn sha256_of(field: &str, text: &str) -> Result<[u8; 32], Refusal> {
    let problem = || Problem::other("is not 64 hex digits", "须为 64 个十六进制字符");
    sha256_from(text).ok_or_else(|| Refusal::field(field, problem()))
}

impl Announced {
    /// A file as the header of an upload announces it: its hash may be left out.
    pub fn by_header(
        name: &str,
        bytes: i64,
        sha256: &str,
        bytes_max: u64,
    ) -> Result<Announced, Refusal> {
        let known = (!sha256.is_empty()).then(|| sha256_of("header.sha256", sha256));
        Ok(Announced {
            name: name.to_owned(),
            bytes: u64::try_from(bytes).unwrap_or_default(),
            bytes_max,
            sha256: known.transpose()?,
        })
    }
}

impl Kept {
    /// The file, as a thing names it.
    pub fn file(&self) -> File {
        File {
            sha256: self.sha256_text(),
            name: self.name.clone(),
            media_type: self.kind.to_string(),
            bytes: self.bytes,
        }
    }
}
