//! A file is there whole or not at all, and leaves the folder once.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;

use journal::SeededEntropy;
use tempfile::TempDir;

use super::*;
use crate::rail::sample::names;

fn folder() -> (TempDir, Folder) {
    let scratch = tempfile::tempdir().unwrap();
    let folder = Folder::new(scratch.path().join("in"), Arc::new(SeededEntropy::new(1)));
    (scratch, folder)
}

#[tokio::test]
async fn a_file_passes_through_once() {
    let (_scratch, folder) = folder();
    assert_eq!(folder.waiting().await.unwrap(), [""; 0], "there is no folder yet");
    assert_eq!(folder.put("b.xml", b"two").await.unwrap(), Put::Written);
    assert_eq!(folder.put("a.xml", b"one").await.unwrap(), Put::Written);
    assert_eq!(folder.waiting().await.unwrap(), ["a.xml", "b.xml"]);
    assert_eq!(folder.fetch("a.xml").await.unwrap().unwrap(), b"one");
    folder.put_away("a.xml").await.unwrap();
    folder.put_away("a.xml").await.unwrap();
    assert_eq!(folder.fetch("a.xml").await.unwrap(), None);
    assert_eq!(names(&folder.place), ["b.xml"]);
    assert_eq!(names(&folder.place.join(DONE)), ["a.xml"]);
}

#[tokio::test]
async fn the_same_file_again_changes_nothing_and_another_of_its_name_is_refused() {
    let (_scratch, folder) = folder();
    folder.put("a.xml", b"one").await.unwrap();
    for moved in [false, true] {
        if moved {
            folder.put_away("a.xml").await.unwrap();
        }
        assert_eq!(folder.put("a.xml", b"one").await.unwrap(), Put::There, "{moved}");
        let refused = folder.put("a.xml", b"two").await.unwrap_err();
        assert!(matches!(refused, RailError::OrderDiffers { .. }), "{refused}");
    }
    assert_eq!(folder.waiting().await.unwrap(), [""; 0]);
    assert_eq!(fs::read(folder.place.join("done/a.xml")).unwrap(), b"one");
}

#[tokio::test]
async fn a_refused_file_lies_beside_its_reason() {
    let (_scratch, folder) = folder();
    for content in [b"one", b"two"] {
        fs::create_dir_all(&folder.place).unwrap();
        fs::write(folder.place.join("a.xml"), content).unwrap();
        folder.put_aside("a.xml", "文件不完整").await.unwrap();
    }
    folder.put_aside("a.xml", "somebody else was quicker").await.unwrap();
    let refused = folder.place.join(REFUSED);
    let expected = ["a.xml", "a.xml.reason.txt", "a~2.xml", "a~2.xml.reason.txt"];
    assert_eq!(names(&refused), expected);
    assert_eq!(fs::read(refused.join("a~2.xml")).unwrap(), b"two");
    assert_eq!(fs::read_to_string(refused.join("a.xml.reason.txt")).unwrap(), "文件不完整\n");
}

/// A writer that dies leaves a part of a file, which nobody reads and which is in nobody's way.
#[tokio::test]
async fn what_a_dead_writer_left_is_never_read() {
    let (_scratch, folder) = folder();
    fs::create_dir_all(&folder.place).unwrap();
    fs::write(folder.place.join(".a.xml.0011223344556677.part"), b"on").unwrap();
    fs::write(folder.place.join(".b.xml"), b"hidden").unwrap();
    fs::write(folder.place.join("readme.txt"), b"no report").unwrap();
    fs::create_dir(folder.place.join("folder.xml")).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", folder.place.join("link.xml")).unwrap();
    assert_eq!(folder.waiting().await.unwrap(), [""; 0]);
    assert_eq!(folder.put("a.xml", b"one").await.unwrap(), Put::Written);
    assert_eq!(folder.waiting().await.unwrap(), ["a.xml"]);
}

#[tokio::test]
async fn a_file_of_100_mb_is_refused_before_it_is_read() {
    let (_scratch, folder) = folder();
    fs::create_dir_all(&folder.place).unwrap();
    fs::File::create(folder.place.join("a.xml")).unwrap().set_len(100 << 20).unwrap();
    let refused = folder.fetch("a.xml").await.unwrap_err();
    let RailError::TooLarge { bytes, bytes_max } = refused else { panic!("{refused}") };
    assert_eq!((bytes, bytes_max), (100 << 20, FILE_BYTES_MAX));
}

/// Whoever looks while files are being written sees each whole or not at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_sees_half_a_file() {
    const FILES: usize = 40;
    let (_scratch, folder) = folder();
    let content = |number: usize| vec![b'a' + u8::try_from(number % 26).unwrap(); 200_000];
    let writing = async {
        for number in 0..FILES {
            folder.put(&format!("{number:03}.xml"), &content(number)).await.unwrap();
        }
    };
    let reading = async {
        let mut seen = 0;
        while seen < FILES {
            for name in folder.waiting().await.unwrap() {
                let number: usize = name.strip_suffix(".xml").unwrap().parse().unwrap();
                let bytes = folder.fetch(&name).await.unwrap().unwrap();
                assert!(bytes == content(number), "{name} has {} bytes", bytes.len());
                folder.put_away(&name).await.unwrap();
                seen += 1;
            }
        }
    };
    tokio::join!(writing, reading);
    assert_eq!(names(&folder.place), [""; 0], "and no part is left");
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_trouble_and_no_refusal() {
    let (scratch, folder) = folder();
    fs::write(scratch.path().join("in"), b"a file in the place of the folder").unwrap();
    for refused in [
        folder.waiting().await.map(|_| ()).unwrap_err(),
        folder.put("a.xml", b"one").await.map(|_| ()).unwrap_err(),
        folder.put_away("a.xml").await.unwrap_err(),
    ] {
        assert!(!refused.is_of_the_file(), "{refused}");
        assert!(refused.chinese().contains("稍后再试"));
    }
}
