//! Evidence 佐证材料, in and out: its bytes are kept as they come, then its ticket has it.

use contract::request::{
    DownloadEvidenceRequest, DownloadEvidenceResponse, EvidenceHeader, UploadEvidenceRequest,
    UploadEvidenceResponse,
};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use runtime::Refusal;
use runtime::objects::{Announced, broken, rest, sha256_from};
use tonic::{Response, Status, Streaming};

use super::{Api, Asking, id, required};
use crate::error::Error;
use crate::lifecycle::{Command, find_evidence, may_add_evidence};
use crate::wire;

/// The most bytes of a file of evidence, unless the zone sets another limit.
const BYTES_MAX: u64 = 20 << 20;
/// Whose files they are in the store.
const OWNER: &str = "request";

impl Api {
    /// 上传佐证. Whoever may not add to the ticket is refused before the first byte is kept. What the
    /// rules then refuse stays in the store under its hash, named by nothing.
    pub(super) async fn upload(
        &self,
        mut asking: Asking,
        mut parts: Streaming<UploadEvidenceRequest>,
    ) -> Result<Response<UploadEvidenceResponse>, Error> {
        let first = parts.message().await.map_err(|status| broken(&status, 0, 0))?;
        let UploadEvidenceRequest { header, chunk } = first.unwrap_or_default();
        let header = header.ok_or_else(|| required("header"))?;
        asking.call.check(&header)?;
        let id = id("ticket", &header.ticket)?;
        let ticket = self.seen(&asking.by, &id).await?;
        may_add_evidence(&ticket, &asking.by).map_err(|error| error.of(&asking.call, &id))?;
        asking.acts_as(&asking.by.evidence_added_as(&ticket))?;
        let EvidenceHeader { name, bytes, sha256, .. } = &header;
        let announced = Announced::by_header(name, *bytes, sha256, BYTES_MAX)?;
        let others = rest(parts, announced.bytes, split);
        let chunks = Box::pin(stream::iter([Ok(chunk)]).chain(others));
        let kept = self.house.objects.keep(OWNER, &announced, chunks).await?;
        asking.call.went_on(&kept.sha256);
        let (by, file) = (asking.by.clone(), Box::new(kept.file()));
        let command = Command::AddEvidence { by, file };
        let changed = self.change(&asking, &header.ticket, command).await?;
        let evidence = find_evidence(&changed.thing, &asking.by, &kept.sha256_text())?;
        let evidence = Some(wire::evidence(evidence, asking.by.is_inside()));
        Ok(self.respond(&asking, &changed, UploadEvidenceResponse { evidence }))
    }

    /// 下载佐证: what it is, then its bytes.
    pub(super) async fn download(
        &self,
        asking: &Asking,
        asked: &DownloadEvidenceRequest,
    ) -> Result<impl Stream<Item = Result<DownloadEvidenceResponse, Status>> + Send + use<>, Error>
    {
        let ticket = self.seen(&asking.by, &id("ticket", &asked.ticket)?).await?;
        let found = find_evidence(&ticket, &asking.by, &asked.sha256)?;
        let sha256 = sha256_from(&asked.sha256).ok_or_else(|| Refusal::damaged("a SHA-256"))?;
        let chunks = self.house.objects.read(OWNER, sha256).await?;
        let evidence = Some(wire::evidence(found, asking.by.is_inside()));
        let head = DownloadEvidenceResponse { evidence, chunk: Vec::new() };
        let chunks = chunks
            .map_ok(|chunk| DownloadEvidenceResponse { evidence: None, chunk: chunk.to_vec() });
        Ok(stream::iter([Ok(head)]).chain(chunks.map_err(Status::from)))
    }
}

/// Whether a message has a header, and its bytes.
fn split(part: UploadEvidenceRequest) -> (bool, Vec<u8>) {
    (part.header.is_some(), part.chunk)
}
