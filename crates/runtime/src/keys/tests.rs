//! Keys are made once, for their owner alone, and asked for where they must be shared.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::os::unix::fs::PermissionsExt as _;

use journal::SeededEntropy;

use super::*;
use crate::config::Secret;

fn embedded(folder: &Path) -> Config {
    Config { data_dir: folder.join("data"), ..Config::default() }
}

#[test]
fn the_embedded_size_makes_its_keys_once_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let config = embedded(folder.path());
    let first = Keys::open(&config, &SeededEntropy::new(1)).unwrap();
    let second = Keys::open(&config, &SeededEntropy::new(2)).unwrap();
    assert_eq!(first.page(), second.page());
    assert_eq!(first.data(), second.data());
    assert_eq!(first.token().unwrap().id, second.token().unwrap().id);
    assert_ne!(first.page(), first.data());
    let keys = folder.path().join("data/keys");
    assert_eq!(fs::metadata(&keys).unwrap().permissions().mode() & 0o777, 0o700);
    let mut names = Vec::new();
    for file in fs::read_dir(&keys).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
        names.push(file.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(names, ["data.key", "jwks.json", "page.key", "sealing.key", "token.key"]);
}

#[test]
fn two_that_start_at_once_have_the_same_keys() {
    let folder = tempfile::tempdir().unwrap();
    let config = embedded(folder.path());
    let opened: Vec<Keys> = std::thread::scope(|scope| {
        let start = |seed| {
            let config = &config;
            scope.spawn(move || Keys::open(config, &SeededEntropy::new(seed)).unwrap())
        };
        let threads: Vec<_> = (0..8).map(start).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for keys in &opened {
        assert_eq!(keys.page(), opened[0].page());
        assert_eq!(keys.token().unwrap().id, opened[0].token().unwrap().id);
    }
}

#[test]
fn each_journal_has_a_key_of_its_own_that_stays() {
    let folder = tempfile::tempdir().unwrap();
    let keys = Keys::open(&embedded(folder.path()), &SeededEntropy::new(1)).unwrap();
    let of = |origin| keys.sealing(origin).unwrap().verifier().to_bytes();
    assert_eq!(of("zone/request"), of("zone/request"));
    assert_ne!(of("zone/request"), of("zone/dispatch"));
    assert!(keys.sealing("no spaces").is_err());
}

#[test]
fn with_postgresql_a_missing_key_is_named_and_refused() {
    let folder = tempfile::tempdir().unwrap();
    let files = KeyFiles::within(folder.path());
    files.make(&SeededEntropy::new(1)).unwrap();
    let whole = Config {
        data_dir: folder.path().join("elsewhere"),
        database_url: Some(Secret::new("postgres://u:p@h/d")),
        sealing_key_file: Some(files.sealing.clone()),
        page_key_file: Some(files.page.clone()),
        data_key_file: Some(files.data.clone()),
        jwks: Some(files.jwks.display().to_string()),
        ..Config::default()
    };
    let entropy = SeededEntropy::new(2);
    assert!(Keys::open(&whole, &entropy).unwrap().token().is_none());
    type Removal = (&'static str, fn(&mut Config));
    let without: [Removal; 4] = [
        ("sealing_key_file", |config| config.sealing_key_file = None),
        ("page_key_file", |config| config.page_key_file = None),
        ("data_key_file", |config| config.data_key_file = None),
        ("jwks", |config| config.jwks = None),
    ];
    for (expected, remove) in without {
        let mut config = whole.clone();
        remove(&mut config);
        let error = Keys::open(&config, &entropy).unwrap_err();
        assert!(matches!(error, KeysError::Missing { setting } if setting == expected), "{error}");
    }
    assert!(!folder.path().join("elsewhere").exists(), "a key was made");
}

/// Rotation: the operator moves the key aside and names it; the next start makes a new one.
#[test]
fn a_key_that_was_replaced_still_opens_what_it_has_encrypted() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = embedded(folder.path());
    let entropy = SeededEntropy::new(1);
    let before = Keys::open(&config, &entropy).unwrap();
    let sealed = before.vault().seal("place", "6999776490959710548", &entropy).unwrap();
    let aside = folder.path().join("data/keys/data.2026.key");
    fs::rename(folder.path().join("data/keys/data.key"), &aside).unwrap();
    let forgotten = Keys::open(&config, &entropy).unwrap();
    assert_ne!(forgotten.data(), before.data());
    assert!(forgotten.vault().open("place", &sealed.encrypted).is_err());
    config.old_data_key_files = vec![aside];
    let after = Keys::open(&config, &entropy).unwrap();
    assert_eq!(after.data(), forgotten.data());
    let opened = after.vault().open("place", &sealed.encrypted).unwrap();
    assert_eq!(opened.value, "6999776490959710548");
    let anew = after.vault().seal("place", "6999776490959710548", &entropy).unwrap();
    assert!(before.vault().open("place", &anew.encrypted).is_err(), "the newest encrypts");
}

/// An old key that cannot be read would only be missed when somebody needs it.
#[test]
fn an_old_key_that_is_missing_or_none_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old");
    let config = Config { old_data_key_files: vec![path.clone()], ..embedded(folder.path()) };
    let error = Keys::open(&config, &SeededEntropy::new(1)).unwrap_err();
    assert!(matches!(error, KeysError::Unreadable { .. }), "{error}");
    fs::write(&path, "hunter2").unwrap();
    let error = Keys::open(&config, &SeededEntropy::new(1)).unwrap_err();
    assert!(matches!(error, KeysError::Malformed { .. }), "{error}");
}

#[test]
fn a_key_file_that_is_none_is_named_and_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page");
    for text in ["", "hunter2", &"0".repeat(63), &"0".repeat(66), &"g".repeat(64)] {
        fs::write(&path, text).unwrap();
        let config = Config { page_key_file: Some(path.clone()), ..embedded(folder.path()) };
        let error = Keys::open(&config, &SeededEntropy::new(1)).unwrap_err();
        assert!(matches!(error, KeysError::Malformed { .. }), "{text}: {error}");
        assert!(text.is_empty() || !format!("{error:?} {error}").contains(text));
    }
    let gone = Config { page_key_file: Some("no/such/key".into()), ..embedded(folder.path()) };
    let error = Keys::open(&gone, &SeededEntropy::new(1)).unwrap_err();
    assert!(matches!(error, KeysError::Unreadable { .. }));
    assert!(error.to_string().contains("no/such/key"));
}

#[test]
fn keys_are_not_printed() {
    let folder = tempfile::tempdir().unwrap();
    let keys = Keys::open(&embedded(folder.path()), &SeededEntropy::new(1)).unwrap();
    let printed = format!("{keys:?} {:?}", keys.token());
    for secret in [*keys.page(), *keys.data(), keys.token().unwrap().key.to_bytes()] {
        assert!(!printed.contains(&hex::encode(secret)));
        assert!(!printed.contains(&format!("{secret:?}")));
    }
}

#[test]
fn the_key_id_is_the_thumbprint_of_rfc_8037() {
    let secret = hex::decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    let key = TokenKey::from_secret(&secret.unwrap().try_into().unwrap());
    assert_eq!(key.id, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    let jwks: serde_json::Value = serde_json::from_str(&key.jwks()).unwrap();
    assert_eq!(jwks["keys"][0]["x"], "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    assert_eq!(jwks["keys"][0]["kid"], key.id.as_str());
}
