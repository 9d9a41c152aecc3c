//! Files are kept whole or not at all, in a folder and in a bucket alike.
#![allow(clippy::unwrap_used, reason = "tests")]

mod bucket;
mod replicas;

use std::collections::BTreeMap;
use std::path::Path;

use futures_util::stream;
use journal::SeededEntropy;
use proptest::prelude::*;
use tempfile::TempDir;

use self::bucket::Bucket;
use super::*;
use crate::config::{Files, Secret};

const BYTES_MAX: u64 = 12 << 20;

/// A place for files, and how to look into it.
struct Stand {
    objects: Objects,
    folder: TempDir,
    bucket: Option<Bucket>,
}

impl Stand {
    fn folder() -> Stand {
        let folder = tempfile::tempdir().unwrap();
        let files = Files { bytes_max: Some(BYTES_MAX), ..Files::default() };
        Stand { objects: open(folder.path(), files), folder, bucket: None }
    }

    async fn bucket() -> Stand {
        let (folder, bucket) = (tempfile::tempdir().unwrap(), Bucket::start().await);
        let objects = open(folder.path(), files_in(&bucket));
        Stand { objects, folder, bucket: Some(bucket) }
    }

    /// Everything that is there, by its path.
    fn all(&self) -> BTreeMap<String, usize> {
        if let Some(bucket) = &self.bucket {
            return bucket.all();
        }
        let mut all = BTreeMap::new();
        collect(&self.folder.path().join(FOLDER), "", &mut all);
        all
    }

    async fn keep(&self, announced: &Announced, bytes: &[u8]) -> Result<Kept, Refusal> {
        let chunks = bytes.chunks(100_000).map(|chunk| Ok(chunk.to_vec()));
        self.objects.keep("request", announced, stream::iter(chunks)).await
    }

    async fn read(&self, sha256: [u8; 32]) -> Result<Vec<u8>, Refusal> {
        let chunks = self.objects.read("request", sha256).await?;
        let whole = chunks.try_fold(Vec::new(), |mut whole, chunk| async move {
            whole.extend_from_slice(&chunk);
            Ok(whole)
        });
        whole.await
    }
}

/// The settings of files that lie in a bucket.
fn files_in(bucket: &Bucket) -> Files {
    Files {
        address: Some(bucket.address()),
        access_key_id: Some("key".to_owned()),
        secret_access_key: Some(Secret::new("secret")),
        bytes_max: Some(BYTES_MAX),
        ..Files::default()
    }
}

fn open(folder: &Path, files: Files) -> Objects {
    let config = Config { data_dir: folder.to_owned(), files, ..Config::default() };
    Objects::open(&config, Arc::new(SeededEntropy::new(1))).unwrap()
}

fn collect(folder: &Path, prefix: &str, all: &mut BTreeMap<String, usize>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.map(Result::unwrap) {
        let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &format!("{name}/"), all);
        } else {
            // One that is being cleared away may go while it is looked at.
            let Ok(found) = entry.metadata() else { continue };
            all.insert(name, usize::try_from(found.len()).unwrap());
        }
    }
}

/// A document of so many bytes.
fn pdf(bytes: usize) -> Vec<u8> {
    let numbered = (0..).flat_map(|number: u32| number.to_le_bytes());
    b"%PDF-1.7\n".iter().copied().chain(numbered).take(bytes).collect()
}

fn announce(name: &str, bytes: &[u8]) -> Announced {
    let sha256 = Some(Sha256::digest(bytes).into());
    let bytes = bytes.len() as u64;
    Announced { name: name.to_owned(), bytes, bytes_max: 1, sha256 }
}

fn fault<T: std::fmt::Debug>(kept: Result<T, Refusal>) -> FileFault {
    let refusal = kept.unwrap_err();
    let Refusal::File(fault) = refusal else { panic!("{refusal}") };
    fault
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_and_twice_is_once() {
    for stand in [Stand::folder(), Stand::bucket().await] {
        // Less than a part, a whole part, and more than two.
        for bytes in [9, HELD, (11 << 20) + 7] {
            let document = pdf(bytes);
            let announced = announce("合同.PDF", &document);
            for _ in 0..2 {
                let kept = stand.keep(&announced, &document).await.unwrap();
                assert_eq!((kept.kind, kept.bytes), (FileKind::Pdf, bytes as u64));
                assert_eq!(Some(kept.sha256), announced.sha256);
                assert_eq!(stand.read(kept.sha256).await.unwrap(), document);
            }
        }
        let all = stand.all();
        assert_eq!(all.len(), 3, "{all:?}");
        assert!(all.keys().all(|name| name.starts_with("request/")), "{all:?}");
    }
}

#[tokio::test]
async fn what_is_refused_leaves_nothing() {
    for stand in [Stand::folder(), Stand::bucket().await] {
        let good = pdf(300_000);
        let announced = announce("a.pdf", &good);
        let hash = Announced { sha256: Some([7; 32]), ..announced.clone() };
        let differs = FileFault::HashDiffers { sha256: announced.sha256.unwrap() };
        assert_eq!(fault(stand.keep(&hash, &good).await), differs);

        let came = good.len() as u64 - 1;
        let cut = FileFault::CutOff { announced: came + 1, came };
        assert_eq!(fault(stand.keep(&announced, &good[..good.len() - 1]).await), cut);
        let more = Announced { bytes: 1, ..announced.clone() };
        let cut = FileFault::CutOff { announced: 1, came: 100_000 };
        assert_eq!(fault(stand.keep(&more, &good).await), cut);

        let program = [b"MZ\x90\x00".as_slice(), &[0; 100_000]].concat();
        let forbidden = FileFault::TypeForbidden { found: None };
        assert_eq!(fault(stand.keep(&announce("a.pdf", &program), &program).await), forbidden);
        let other = FileFault::TypeForbidden { found: Some(FileKind::Pdf) };
        for name in ["a.png", "a", "pdf", "a.pdf.exe"] {
            assert_eq!(fault(stand.keep(&announce(name, &good), &good).await), other);
        }

        let large = pdf(usize::try_from(BYTES_MAX).unwrap() + 1);
        let too_large = FileFault::TooLarge { bytes_max: BYTES_MAX };
        assert_eq!(fault(stand.keep(&announce("a.pdf", &large), &large).await), too_large);
        let small = Announced { bytes: BYTES_MAX, ..announce("a.pdf", &large) };
        assert_eq!(fault(stand.keep(&small, &large).await), too_large);
        stand
            .keep(&announce("a.pdf", &large[..large.len() - 1]), &large[..large.len() - 1])
            .await
            .unwrap();

        assert_eq!(stand.all().len(), 1, "the one at the edge: {:?}", stand.all());
    }
}

#[tokio::test]
async fn a_name_holds_no_path_and_does_not_mislead() {
    let stand = Stand::folder();
    let good = pdf(100);
    let long = format!("{}.pdf", "长".repeat(NAME_CHARS_MAX - 3));
    let bad = [
        "",
        ".pdf",
        "../a.pdf",
        "a/b.pdf",
        "c:\\a.pdf",
        "c:a.pdf",
        " a.pdf",
        "a.pdf ",
        "a\n.pdf",
        "a\0.pdf",
        "fdp.\u{202e}fdp.exe",
        &long,
    ];
    for name in bad {
        assert_eq!(fault(stand.keep(&announce(name, &good), &good).await), FileFault::NameInvalid);
    }
    stand.keep(&announce(&long.replacen('长', "", 1), &good), &good).await.unwrap();
    stand.keep(&announce("关于停水的说明（第 2 版）.v2.pdf", &good), &good).await.unwrap();
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    for stand in [Stand::folder(), Stand::bucket().await] {
        let document = pdf(11 << 20);
        let announced = announce("a.pdf", &document);
        let broken = || Refusal::Unavailable { what: "the caller" };
        let chunks = document[..6 << 20].chunks(1 << 20).map(|chunk| Ok(chunk.to_vec()));
        let chunks = stream::iter(chunks.chain([Err(broken())]));
        let kept = stand.objects.keep("request", &announced, chunks).await;
        assert!(matches!(kept, Err(Refusal::Unavailable { .. })), "{kept:?}");
        assert!(stand.all().is_empty(), "{:?}", stand.all());

        // The caller hangs up: what was being done is dropped in the middle.
        let chunks = document[..6 << 20].chunks(1 << 20).map(|chunk| Ok(chunk.to_vec()));
        let chunks = Box::pin(stream::iter(chunks).chain(stream::pending()));
        let kept = stand.objects.keep("request", &announced, chunks);
        let within = std::time::Duration::from_millis(300);
        assert!(tokio::time::timeout(within, kept).await.is_err());
        let gone = async {
            while !stand.all().is_empty() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), gone).await.unwrap();
    }
}

/// Names one file.
struct OneName(String);

#[async_trait::async_trait]
impl Names for OneName {
    async fn is_named(&self, sha256: &str) -> Result<bool, journal::Trouble> {
        Ok(self.0 == sha256)
    }
}

#[tokio::test]
async fn what_a_process_that_was_killed_left_is_cleared_away_after_a_day() {
    for stand in [Stand::folder(), Stand::bucket().await] {
        let (named, unnamed) = (pdf(300_000), pdf(300_001));
        let kept = stand.keep(&announce("a.pdf", &named), &named).await.unwrap();
        stand.keep(&announce("b.pdf", &unnamed), &unnamed).await.unwrap();
        // Killed in the middle: nothing of it runs any more, not even what clears away.
        let chunks = stream::iter([Ok(pdf(100_000))]).chain(stream::pending());
        let announced = announce("c.pdf", &pdf(200_000));
        let mut dying = Box::pin(stand.objects.keep("request", &announced, Box::pin(chunks)));
        let within = std::time::Duration::from_millis(300);
        assert!(tokio::time::timeout(within, &mut dying).await.is_err());
        std::mem::forget(dying);
        // Or between the last part and the name.
        match &stand.bucket {
            Some(bucket) => bucket.lay("drafts/left"),
            None => std::fs::write(stand.folder.path().join("files/drafts/left"), "left").unwrap(),
        }
        let written_at = match &stand.bucket {
            Some(_) => bucket::WRITTEN_AT.parse().unwrap(),
            None => journal::Clock::now(&journal::SystemClock),
        };
        let hours_on = |hours| written_at + jiff::SignedDuration::from_hours(hours);
        let before = stand.all();

        assert_eq!(stand.objects.sweep(hours_on(23)).await.unwrap(), 0, "it may be on its way");
        assert_eq!(stand.all(), before);
        let drafts = before.keys().filter(|name| name.starts_with(DRAFTS)).count();
        assert_eq!(stand.objects.sweep(hours_on(25)).await.unwrap(), drafts);
        assert_eq!(stand.all().len(), 2, "nobody has said what is named: {:?}", stand.all());

        stand.objects.named_by("request", Arc::new(OneName(kept.sha256_text())));
        assert_eq!(stand.objects.sweep(hours_on(23)).await.unwrap(), 0);
        assert_eq!(stand.objects.sweep(hours_on(25)).await.unwrap(), 1);
        assert_eq!(stand.read(kept.sha256).await.unwrap(), named);
        assert_eq!(stand.all().len(), 1, "{:?}", stand.all());
    }
}

#[tokio::test]
async fn what_is_no_longer_what_was_kept_is_not_given_as_whole() {
    let stand = Stand::folder();
    let document = pdf(300_000);
    let kept = stand.keep(&announce("a.pdf", &document), &document).await.unwrap();
    let name = stand.all().into_keys().next().unwrap();
    let path = stand.folder.path().join(FOLDER).join(name);
    let damaged = FileFault::Damaged { sha256: kept.sha256 };
    let mut changed = document.clone();
    changed[200_000] ^= 1;
    for content in [&changed[..], &document[..299_999], &[]] {
        std::fs::write(&path, content).unwrap();
        assert_eq!(fault(stand.read(kept.sha256).await), damaged);
    }
    std::fs::remove_file(&path).unwrap();
    assert_eq!(fault(stand.read(kept.sha256).await), damaged);
    // Kept once more, it is whole again.
    stand.keep(&announce("a.pdf", &document), &document).await.unwrap();
    assert_eq!(stand.read(kept.sha256).await.unwrap(), document);
}

#[tokio::test]
async fn a_store_that_cannot_be_reached_is_said_to_be_so() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files {
        address: Some("http://127.0.0.1:1/b".to_owned()),
        access_key_id: Some("key".to_owned()),
        secret_access_key: Some(Secret::new("secret")),
        bytes_max: Some(BYTES_MAX),
        ..Files::default()
    };
    let bucket = Stand { objects: open(folder.path(), files), folder, bucket: None };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let address = folder.path().join("file").display().to_string();
    let files = Files { address: Some(address), bytes_max: Some(BYTES_MAX), ..Files::default() };
    let no_folder = Stand { objects: open(folder.path(), files), folder, bucket: None };
    for stand in [bucket, no_folder] {
        let document = pdf(100);
        let kept = stand.keep(&announce("a.pdf", &document), &document).await;
        assert!(matches!(kept, Err(Refusal::Unavailable { .. })), "{kept:?}");
        let read = stand.read([7; 32]).await;
        assert!(matches!(read, Err(Refusal::Unavailable { .. })), "{read:?}");
    }
}

/// The first bytes of an archive whose parts have these names.
fn archive(names: &[&str]) -> Vec<u8> {
    let part = |name: &&str| {
        let mut part = [PART, &[0; 26]].concat();
        part[26..28].copy_from_slice(&u16::try_from(name.len()).unwrap().to_le_bytes());
        part.extend_from_slice(name.as_bytes());
        part.extend_from_slice(&[7; 500]);
        part
    };
    names.iter().flat_map(part).collect()
}

const PART: &[u8] = b"PK\x03\x04";

#[test]
fn a_kind_is_known_by_its_first_bytes() {
    let office = ["[Content_Types].xml", "_rels/.rels", "docProps/app.xml"];
    let with = |name| archive(&[office.as_slice(), &[name]].concat());
    let known = [
        (b"%PDF-1.4".to_vec(), Some(FileKind::Pdf)),
        (b"\x89PNG\r\n\x1a\n\0".to_vec(), Some(FileKind::Png)),
        (b"\xff\xd8\xff\xe0".to_vec(), Some(FileKind::Jpeg)),
        (with("word/document.xml"), Some(FileKind::Docx)),
        (with("xl/workbook.xml"), Some(FileKind::Xlsx)),
        (archive(&["OFD.xml", "Doc_0/Document.xml"]), Some(FileKind::Ofd)),
        ("停水两天\r\n\t".as_bytes().to_vec(), Some(FileKind::Text)),
        // Cut in the middle of a character.
        ("停水".as_bytes()[..5].to_vec(), Some(FileKind::Text)),
        (with("ppt/presentation.xml"), None),
        (archive(&["setup.exe"]), None),
        (PART.to_vec(), None),
        (b"MZ\x90\0".to_vec(), None),
        (b"\x7fELF".to_vec(), None),
        (b"GIF89a\x01\0".to_vec(), None),
        (b"text\0".to_vec(), None),
        (b"\xc7\xeb\xb8\xb4".to_vec(), None),
        (Vec::new(), None),
    ];
    for (head, kind) in known {
        assert_eq!(FileKind::of(&head), kind, "{head:?}");
    }
    let kinds = ["pdf", "png", "jpg", "jpeg", "docx", "xlsx", "ofd", "txt"];
    assert_eq!(FileKind::endings_of_all(), kinds);
    let media_type = FileKind::Ofd.to_string();
    assert_eq!(FileKind::of_media_type(&media_type), Some(FileKind::Ofd));
}

proptest! {
    #[test]
    fn any_first_bytes_are_looked_at(head in any::<Vec<u8>>(), in_archive in any::<bool>()) {
        let head = if in_archive { [PART, &head].concat() } else { head };
        let _ = FileKind::of(&head);
    }
}
