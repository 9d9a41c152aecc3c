//! A zone as a newcomer has it: served with the demo's people, its journal taken out and verified.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use testkit::infra::wait_until;

const WHISTLE: &str = env!("CARGO_BIN_EXE_whistle");

/// A zone on SQLite, stopped when dropped. What it complains of is in its folder.
struct Zone {
    serving: Child,
    address: String,
    folder: TempDir,
}

/// Where what it logs is kept.
const LOG: &str = "log";

impl Zone {
    fn serve() -> Zone {
        let folder = TempDir::new().unwrap();
        let log = File::create(folder.path().join(LOG)).unwrap();
        let mut serving = Command::new(WHISTLE)
            .args(["serve", "--demo", "--listen", "127.0.0.1:0"])
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::new(serving.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let address = first.trim().rsplit_once('：').expect("says where it is").1.to_owned();
        Zone { serving, address, folder }
    }

    fn token(&self, person: &str) -> String {
        let arguments = ["token", "--person", person];
        let output = self.run(&arguments);
        assert!(output.status.success(), "{}", told(&output));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(WHISTLE).args(arguments).current_dir(self.folder.path()).output().unwrap()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Exports once the sealer has signed a checkpoint.
    fn export(&self, token: &str) -> PathBuf {
        let out = self.file("directory.jsonl");
        let out_text = out.to_str().unwrap();
        let arguments = [
            "journal",
            "export",
            "--journal",
            "directory",
            "--address",
            &self.address,
            "--token",
            token,
            "--out",
            out_text,
        ];
        wait_until("a checkpoint", Duration::from_secs(20), || {
            let exported = self.run(&arguments).status.success();
            Ok((exported && self.run(&["verify", out_text]).status.success()).then_some(()))
        })
        .unwrap();
        out
    }
}

impl Drop for Zone {
    fn drop(&mut self) {
        self.serving.kill().ok();
        self.serving.wait().ok();
    }
}

fn told(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

fn change_line(file: &Path, number: usize, change: impl Fn(&str) -> String) {
    let text = std::fs::read_to_string(file).unwrap();
    let lines = text.lines().enumerate();
    let lines: Vec<String> =
        lines.map(|(at, line)| if at == number { change(line) } else { line.to_owned() }).collect();
    std::fs::write(file, lines.join("\n")).unwrap();
}

#[test]
fn a_journal_is_exported_and_verified_and_a_forged_one_is_not() {
    let zone = Zone::serve();
    let auditor = zone.token("persons/A01");
    let export = zone.export(&auditor);
    let file = export.to_str().unwrap();
    let holds = zone.run(&["verify", file]);
    assert!(told(&holds).contains("核验通过"), "{}", told(&holds));

    // Who is no auditor may not read it.
    let staff = zone.token("persons/D16-04");
    let refused = zone.run(&[
        "journal",
        "export",
        "--journal",
        "directory",
        "--address",
        &zone.address,
        "--token",
        &staff,
    ]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(told(&refused).starts_with("错误："), "{}", told(&refused));

    // One byte of one entry.
    change_line(&export, 5, |line| line.replacen("\"envelope\":\"C", "\"envelope\":\"D", 1));
    let forged = zone.run(&["verify", file]);
    assert_eq!(forged.status.code(), Some(1));
    assert!(told(&forged).contains("位置 5 的内容与其哈希不符"), "{}", told(&forged));
    assert!(told(&forged).contains("核验不通过"), "{}", told(&forged));
}

/// Nobody has asked for anything yet, so that dispatch has done nothing.
#[test]
fn an_empty_journal_is_said_to_be_empty() {
    let zone = Zone::serve();
    let auditor = zone.token("persons/A01");
    let out = zone.file("dispatch.jsonl");
    let of_dispatch = ["--journal", "dispatch", "--address", &zone.address, "--token", &auditor];
    let exported = ["journal", "export", "--out", out.to_str().unwrap()];
    let proven = ["journal", "prove", "--position", "1"];
    for asked in [exported.as_slice(), proven.as_slice()] {
        let refused = zone.run(&[asked, of_dispatch.as_slice()].concat());
        assert_eq!(refused.status.code(), Some(1));
        assert!(told(&refused).contains("本日志还没有任何记录"), "{}", told(&refused));
    }
    assert!(!out.exists(), "under its own name stands only what is whole");
}

#[test]
fn one_entry_is_proven_without_the_others() {
    let zone = Zone::serve();
    let auditor = zone.token("persons/A01");
    zone.export(&auditor);
    let proven = zone.run(&[
        "journal",
        "prove",
        "--journal",
        "directory",
        "--position",
        "7",
        "--address",
        &zone.address,
        "--token",
        &auditor,
    ]);
    assert!(proven.status.success(), "{}", told(&proven));
    let bundle = zone.file("bundle.json");
    std::fs::write(&bundle, &proven.stdout).unwrap();
    let file = bundle.to_str().unwrap();
    let holds = zone.run(&["verify", file]);
    assert!(holds.status.success() && told(&holds).contains("位置 7"), "{}", told(&holds));
    let text = String::from_utf8(proven.stdout).unwrap();
    std::fs::write(&bundle, text.replace("\"leaf_index\": 6", "\"leaf_index\": 5")).unwrap();
    assert_eq!(zone.run(&["verify", file]).status.code(), Some(1));
}

/// The README's first minutes end with Ctrl-C: nothing is cut off, nothing is complained of.
#[test]
fn it_stops_when_it_is_told_to_and_starts_again_on_the_same_data() {
    let mut zone = Zone::serve();
    for _ in 0..2 {
        let number = zone.serving.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &number]).status().unwrap().success());
        assert!(zone.serving.wait().unwrap().success());
        let log = std::fs::read_to_string(zone.file(LOG)).unwrap();
        assert!(log.contains("stopping"), "it says that it stops: {log}");
        let cries = log.lines().filter(|line| line.contains("WARN") || line.contains("ERROR"));
        // What the tests themselves are told is no setting of its.
        let cries = cries.filter(|line| !line.contains("WHISTLE_TEST_"));
        assert_eq!(cries.collect::<Vec<_>>(), [""; 0]);
        zone.serving = Command::new(WHISTLE)
            .args(["--demo", "--listen", "127.0.0.1:0"])
            .current_dir(zone.folder.path())
            .stdout(Stdio::piped())
            .stderr(File::create(zone.file(LOG)).unwrap())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(zone.serving.stdout.take().unwrap()).lines();
        assert!(lines.next().unwrap().unwrap().contains("ready"));
        let told = lines.map(Result::unwrap).find(|line| line.contains("persons/A01")).unwrap();
        let token = told.rsplit_once('：').expect("says where the token is").1;
        assert!(zone.folder.path().join(token).exists(), "{told}");
    }
}
