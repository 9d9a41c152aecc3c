//! Evidence 佐证材料, in and out: its bytes are kept as they come, then its ticket has it.

use contract::request::{
    DownloadEvidenceRequest, DownloadEvidenceResponse, EvidenceHeader, UploadEvidenceRequest,
    UploadEvidenceResponse,
};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use runtime::objects::{Announced, FileFault, Kept, sha256_from};
use runtime::{Problem, Refusal};
use tonic::{Response, Status, Streaming};

use super::{Api, Asking, id, required};
use crate::error::Error;
use crate::lifecycle::{Command, File, find_evidence, may_add_evidence};
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
        let announced = announced(&header)?;
        let chunks = Box::pin(stream::iter([Ok(chunk)]).chain(rest(parts, announced.bytes)));
        let kept = self.house.objects.keep(OWNER, &announced, chunks).await?;
        asking.call.went_on(&kept.sha256);
        let (by, file) = (asking.by.clone(), Box::new(file(&kept)));
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

/// What comes after the first message: bytes alone.
fn rest(
    parts: Streaming<UploadEvidenceRequest>,
    announced: u64,
) -> impl Stream<Item = Result<Vec<u8>, Refusal>> {
    let mut came = 0;
    parts.map(move |part| {
        let UploadEvidenceRequest { header, chunk } =
            part.map_err(|status| broken(&status, announced, came))?;
        came += chunk.len() as u64;
        if header.is_some() {
            let problem =
                Problem::other("stands in the first message alone", "只能出现在第一条消息中");
            return Err(Refusal::field("header", problem));
        }
        Ok(chunk)
    })
}

/// The caller hung up, or what came was no message.
fn broken(status: &Status, announced: u64, came: u64) -> Refusal {
    tracing::debug!(%status, "an upload broke off");
    FileFault::CutOff { announced, came }.into()
}

fn announced(header: &EvidenceHeader) -> Result<Announced, Refusal> {
    let sha256 = (!header.sha256.is_empty()).then(|| {
        let problem = || Problem::other("is not 64 hex digits", "须为 64 个十六进制字符");
        sha256_from(&header.sha256).ok_or_else(|| Refusal::field("header.sha256", problem()))
    });
    Ok(Announced {
        name: header.name.clone(),
        bytes: u64::try_from(header.bytes).unwrap_or_default(),
        bytes_max: BYTES_MAX,
        sha256: sha256.transpose()?,
    })
}

fn file(kept: &Kept) -> File {
    File {
        sha256: kept.sha256_text(),
        name: kept.name.clone(),
        media_type: kept.kind.to_string(),
        bytes: kept.bytes,
    }
}
