//! Materials 材料, in and out: the bytes of a file are kept as they come, then its case has it; what
//! the enterprise gave for another case is taken from there 免提交.

use base::{File, MaterialId};
use contract::agency::{
    DownloadMaterialRequest, DownloadMaterialResponse, MaterialHeader, UploadMaterialRequest,
    UploadMaterialResponse,
};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use runtime::objects::{Announced, broken, rest, sha256_from};
use runtime::{Problem, Refusal};
use tonic::{Response, Status, Streaming};

use super::asked::material;
use super::reading::id;
use super::{Api, Asking};
use crate::error::Error;
use crate::lifecycle::{Case, CaseAsk, Command, Source, find_material, may_hand_in};
use crate::store::{Given, find_given};
use crate::wire;

/// The most bytes of a material, unless the zone sets another limit.
const BYTES_MAX: u64 = 50 << 20;
/// Whose files they are in the store.
const OWNER: &str = "agency";

impl Api {
    /// 交材料. Whoever may not is refused before the first byte is kept. What the rules then refuse
    /// stays in the store under its hash, named by nothing.
    pub(super) async fn upload(
        &self,
        mut asking: Asking,
        mut parts: Streaming<UploadMaterialRequest>,
    ) -> Result<Response<UploadMaterialResponse>, Error> {
        let first = parts.message().await.map_err(|status| broken(&status, 0, 0))?;
        let UploadMaterialRequest { header, chunk } = first.unwrap_or_default();
        let header = header.ok_or_else(|| Refusal::field("header", Problem::Required))?;
        asking.call.check(&header)?;
        let (id, material) = (id(&header.case)?, material("material", &header.material)?);
        let case = self.seen(&asking.by, &id).await?;
        let now = self.house.journal.sources().clock.now();
        may_hand_in(&case, &asking.by, &material, now)
            .map_err(|error| error.of(&asking.call, &id))?;
        let (file, source) = if header.given_before {
            names_no_file(&header, &chunk)?;
            ends(parts).await?;
            self.given_before(&case, &material).await?
        } else {
            let announced = announced(&header)?;
            let chunks =
                Box::pin(stream::iter([Ok(chunk)]).chain(rest(parts, announced.bytes, split)));
            let kept = self.house.objects.keep(OWNER, &announced, chunks).await?;
            asking.call.went_on(&kept.sha256);
            (kept.file(), Source::Uploaded)
        };
        let by = asking.by.clone();
        let ask = CaseAsk::AddMaterial { material: material.clone(), file, source };
        let changed = self.change(&asking, id, Command::Case { by, ask }).await?;
        let added = find_material(&changed.thing, &asking.by, &material, None)?;
        let message = UploadMaterialResponse {
            case: Some(wire::case(&changed.thing, &asking.by)),
            version: Some(wire::material_version(added)),
        };
        let position = Some((self.house.journal.name(), changed.position));
        Ok(asking.call.answer(position, changed.replayed, message))
    }

    /// What the enterprise gave last for another case, and where it gave that first.
    async fn given_before(
        &self,
        case: &Case,
        material: &MaterialId,
    ) -> Result<(File, Source), Error> {
        let (read, enterprise) = (self.house.known.read(), &case.opening.enterprise);
        let found = find_given(read, enterprise, material, &case.id).await;
        let unknown = || Error::NotGivenBefore { material: material.clone() };
        let Given { case, material: given } = found.map_err(Refusal::from)?.ok_or_else(unknown)?;
        let source = match given.source {
            Source::Uploaded => Source::Reused { from: case.to_string() },
            Source::Reused { from } => Source::Reused { from },
        };
        Ok((given.file, source))
    }

    /// A material: what it is, then its bytes.
    pub(super) async fn download(
        &self,
        asking: &Asking,
        asked: &DownloadMaterialRequest,
    ) -> Result<impl Stream<Item = Result<DownloadMaterialResponse, Status>> + Send + use<>, Error>
    {
        let case = self.seen(&asking.by, &id(&asked.case)?).await?;
        let material = material("material", &asked.material)?;
        let version = u32::try_from(asked.version).ok().filter(|version| 0 < *version);
        let found = find_material(&case, &asking.by, &material, version)?;
        let sha256 = sha256_from(&found.file.sha256);
        let sha256 = sha256.ok_or_else(|| Refusal::damaged("a SHA-256"))?;
        let chunks = self.house.objects.read(OWNER, sha256).await?;
        let version = Some(wire::material_version(found));
        let head = DownloadMaterialResponse { version, chunk: Vec::new() };
        let chunks = chunks
            .map_ok(|chunk| DownloadMaterialResponse { version: None, chunk: chunk.to_vec() });
        Ok(stream::iter([Ok(head)]).chain(chunks.map_err(Status::from)))
    }
}

/// A material that was given before comes without a file.
fn names_no_file(header: &MaterialHeader, chunk: &[u8]) -> Result<(), Refusal> {
    let told = [
        ("header.name", header.name.is_empty()),
        ("header.bytes", header.bytes == 0),
        ("header.sha256", header.sha256.is_empty()),
        ("chunk", chunk.is_empty()),
    ];
    let told = told.into_iter().find(|(_, is_empty)| !is_empty);
    told.map_or(Ok(()), |(field, _)| Err(unwanted(field)))
}

/// Nothing comes after the header of what was given before.
async fn ends(mut parts: Streaming<UploadMaterialRequest>) -> Result<(), Refusal> {
    match parts.message().await {
        Ok(None) => Ok(()),
        Ok(Some(_)) => Err(unwanted("chunk")),
        Err(status) => Err(broken(&status, 0, 0)),
    }
}

fn unwanted(field: &str) -> Refusal {
    let problem = Problem::other(
        "must be empty: what was given before is not sent again",
        "免提交时须为空，不再上传文件",
    );
    Refusal::field(field, problem)
}

/// Whether a message has a header, and its bytes.
fn split(part: UploadMaterialRequest) -> (bool, Vec<u8>) {
    (part.header.is_some(), part.chunk)
}

fn announced(header: &MaterialHeader) -> Result<Announced, Refusal> {
    if header.bytes <= 0 {
        return Err(Refusal::field("header.bytes", Problem::Required));
    }
    Announced::by_header(&header.name, header.bytes, &header.sha256, BYTES_MAX)
}
