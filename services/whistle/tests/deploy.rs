//! The examples of `deploy/`: each is read by what it is for.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use runtime::config::{Config, Flags, SETTINGS};
use runtime::notices::receivers;
use tempfile::TempDir;
use testkit::infra::wait_until;

const WHISTLE: &str = env!("CARGO_BIN_EXE_whistle");
const UNITS: [&str; 3] = ["whistle.service", "whistle@.service", "whistle.target"];

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy").join(name)
}

#[test]
fn the_settings_are_settings() {
    let config = Config::load_with(Some(&example("whistle.toml")), [], &Flags::default()).unwrap();
    assert_eq!(config.services_of_zone, ["directory", "request", "dispatch", "agency"]);
    assert!(config.notices_file.is_some() && config.sealing_key_file.is_some());
}

/// What is commented out in the example, set: the example of every setting is one that will do.
#[test]
fn every_setting_is_shown_by_an_example_that_will_do_and_told_of() {
    let text = fs::read_to_string(example("whistle.toml")).unwrap();
    let is_setting = |line: &str| {
        let name = line.split(" = ").next().unwrap_or_default();
        let is_key = !name.is_empty() && name.bytes().all(|b| b == b'_' || b.is_ascii_lowercase());
        (line.contains(" = ") && is_key) || (line.starts_with('[') && line.ends_with(']'))
    };
    let set = text
        .lines()
        .map(|line| line.strip_prefix("# ").filter(|rest| is_setting(rest)).unwrap_or(line));
    let set: Vec<&str> = set.collect();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("whistle.toml");
    fs::write(&file, set.join("\n")).unwrap();
    Config::load_with(Some(&file), [], &Flags::default()).unwrap();

    let told = fs::read_to_string(example("README.md")).unwrap();
    let mut section = String::new();
    let mut shown = Vec::new();
    for line in set.iter().filter(|line| is_setting(line)) {
        match line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(name) => section = format!("{name}."),
            None => shown.push(format!("{section}{}", line.split(" = ").next().unwrap())),
        }
    }
    for setting in SETTINGS {
        assert!(shown.iter().any(|key| key == setting.key), "{} is not shown", setting.key);
        assert!(told.contains(&format!("`{}`", setting.key)), "{} is not told of", setting.key);
    }
    assert_eq!(shown.len(), SETTINGS.len(), "each once: {shown:?}");
}

#[test]
fn the_receivers_of_notices_are_receivers() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("keys")).unwrap();
    for receiver in ["oa", "water-company"] {
        let file = folder.path().join(format!("keys/{receiver}.secret"));
        fs::write(file, "0123456789abcdef").unwrap();
    }
    let file = folder.path().join("notices.toml");
    fs::copy(example("notices.toml"), &file).unwrap();
    let receivers = receivers(Some(&file)).unwrap();
    assert_eq!(receivers.len(), 2);
    assert_eq!((receivers[0].kinds.len(), receivers[1].departments.len()), (11, 1));
}

/// Both administrators of the zone file are let in; the doctor's checks need one.
#[test]
fn the_zone_file_lets_its_administrators_in() {
    let folder = TempDir::new().unwrap();
    let run = |arguments: &[&str]| {
        Command::new(WHISTLE).args(arguments).current_dir(folder.path()).output().unwrap()
    };
    let mut serving = Command::new(WHISTLE)
        .args(["serve", "--listen", "127.0.0.1:0", "--zone-file"])
        .arg(example("zone.toml"))
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(serving.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let address = first.trim().rsplit_once('：').expect("says where it is").1.to_owned();
    for admin in ["persons/admin-1", "persons/admin-2"] {
        let token = run(&["token", "--person", admin]).stdout;
        let token = String::from_utf8(token).unwrap();
        let doctor = ["doctor", "--apart", "1", "--address", &address, "--token", token.trim()];
        let well = wait_until("the zone is well", Duration::from_secs(30), || {
            let said = run(&doctor);
            Ok(said.status.success().then_some(()))
        });
        well.unwrap_or_else(|_| panic!("{:?}", run(&doctor)));
    }
    serving.kill().unwrap();
    serving.wait().unwrap();
}

/// The units as they would be installed, held against systemd's own judgement where there is one.
#[test]
fn the_units_are_units() {
    let folder = TempDir::new().unwrap();
    for unit in UNITS {
        let text = fs::read_to_string(example("systemd").join(unit)).unwrap();
        let there = text.replace("/usr/local/bin/whistle", WHISTLE);
        assert!(unit.ends_with(".target") || there != text, "{unit} runs the program");
        fs::write(folder.path().join(unit), there).unwrap();
    }
    for service in ["directory", "request", "dispatch", "agency"] {
        let instance = format!("whistle@{service}.service");
        let target = fs::read_to_string(folder.path().join("whistle.target")).unwrap();
        assert!(target.contains(&instance), "the target wants {instance}");
    }
    let units = ["whistle.service", "whistle@dispatch.service", "whistle.target"];
    let units = units.map(|unit| folder.path().join(unit));
    let judged = Command::new("systemd-analyze")
        .args(["verify", "--recursive-errors=no", "--man=no"])
        .args(units)
        .output();
    // A machine without systemd has nothing to say of them.
    if let Ok(judged) = judged {
        let said = String::from_utf8_lossy(&judged.stderr).into_owned();
        assert!(judged.status.success() && !said.contains("whistle"), "{said}");
    }
}
