//! Files under SIGKILL: what was acknowledged is there, whole, and no half file has a name.

use std::path::Path;

use anyhow::{Result, ensure};
use contract::agency::{
    DownloadMaterialRequest, MaterialHeader, Need, UploadMaterialRequest, UploadMaterialResponse,
};
use testkit::hand::request_id;
use testkit::{Hand, eventually};
use tokio::task::JoinSet;
use tokio_stream::StreamExt as _;

use crate::cases::{opened, prepare_needing};
use crate::embedded::{hand, zone_in};
use crate::program::{Home, START_WITHIN};

const MAIN: &str = "materials/main";
/// More than is held before it is written, and not a whole number of that.
const BYTES: usize = 7_000_000;
/// As much of it as comes before the end.
const CAME: usize = 6_000_000;
const CHUNK: usize = 1 << 20;

fn document(number: u8) -> Vec<u8> {
    let numbers = (number..=250).cycle();
    b"%PDF-1.7\n".iter().copied().chain(numbers).take(BYTES).collect()
}

fn header(case: &str) -> MaterialHeader {
    MaterialHeader {
        case: case.to_owned(),
        material: MAIN.to_owned(),
        name: "合同.pdf".to_owned(),
        bytes: i64::try_from(BYTES).expect("it fits"),
        request_id: request_id(),
        ..<_>::default()
    }
}

fn parts(header: &MaterialHeader, bytes: &[u8]) -> Vec<UploadMaterialRequest> {
    let head = UploadMaterialRequest { header: Some(header.clone()), chunk: Vec::new() };
    let chunks = bytes.chunks(CHUNK);
    let chunks = chunks.map(|chunk| UploadMaterialRequest { header: None, chunk: chunk.to_vec() });
    [head].into_iter().chain(chunks).collect()
}

/// Hands a file in; whoever hears no answer sends it again.
async fn hand_in(by: &Hand, parts: &[UploadMaterialRequest]) -> Result<UploadMaterialResponse> {
    let sent = eventually("a file is handed in", START_WITHIN, async || {
        let answer = by.cases().upload_material(tokio_stream::iter(parts.to_vec())).await;
        answer.map_err(|status| status.to_string())
    });
    Ok(sent.await?.into_inner())
}

async fn download(by: &Hand, case: &str, version: i32) -> Result<Vec<u8>> {
    let (case, material) = (case.to_owned(), MAIN.to_owned());
    let wanted = DownloadMaterialRequest { case, material, version };
    let mut parts = by.cases().download_material(wanted).await?.into_inner();
    let mut bytes = Vec::new();
    while let Some(part) = parts.next().await {
        bytes.extend(part?.chunk);
    }
    Ok(bytes)
}

/// How many files lie in a folder of the store.
fn lie_in(home: &Home, folder: &str) -> usize {
    fn count(folder: &Path) -> usize {
        let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
        entries.map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 }).sum()
    }
    count(&home.data().join("files").join(folder))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_material_whose_upload_is_killed_is_there_whole_or_not_at_all() -> Result<()> {
    let (home, mut program) = zone_in(Home::embedded()?).await?;
    let by = |person: &str| hand(&home, &program, person);
    let main = Need { material: MAIN.to_owned(), title: "合同".to_owned(), deferrable: false };
    prepare_needing(&by("admin")?, &by("admin-2")?, vec![main]).await?;
    let handler = by("handler")?;
    let case = opened(&by("agent")?).await?;
    for round in 0..3 {
        let (whole, header) = (document(round), header(&case));
        let left = lie_in(&home, "drafts");
        let begun = tokio_stream::iter(parts(&header, &whole[..CAME]));
        let (mut cases, mut uploads) = (handler.cases(), JoinSet::new());
        let never_ends = begun.chain(tokio_stream::pending());
        uploads.spawn(async move { cases.upload_material(never_ends).await.map(drop) });
        eventually("its bytes come", START_WITHIN, async || {
            ensure!(left < lie_in(&home, "drafts"), "no draft");
            Ok::<_, anyhow::Error>(())
        })
        .await?;
        program.kill()?;
        let answers = uploads.join_all().await;
        assert!(answers.iter().all(Result::is_err), "nobody was told that it is there");
        assert_eq!(lie_in(&home, "agency"), usize::from(round), "no half file has a name");

        program.start(&home)?;
        program.ready().await?;
        let sent = parts(&header, &whole);
        let version = hand_in(&handler, &sent).await?.version.unwrap_or_default();
        assert_eq!(version.version, i32::from(round) + 1);
        // At once after the answer.
        program.kill()?;
        program.start(&home)?;
        program.ready().await?;
        assert_eq!(hand_in(&handler, &sent).await?.version, Some(version), "twice is once");
        for earlier in 0..=round {
            let came = download(&handler, &case, i32::from(earlier) + 1).await?;
            assert!(came == document(earlier), "{earlier} after {round}");
        }
    }
    assert!(program.stop()?.success());
    Ok(())
}
