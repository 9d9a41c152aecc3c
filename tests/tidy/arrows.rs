//! Which crate may depend on which: the arrows of the architecture, read from cargo itself.

use std::process::Command;

use serde_json::Value;

use crate::source::{files, top};

const PURE: &[&str] = &["base", "calendar", "proof"];
const JOURNAL: &[&str] = &["base", "proof", "contract"];
const RUNTIME: &[&str] = &["base", "calendar", "proof", "contract", "journal"];
const SERVICE: &[&str] = &["base", "calendar", "proof", "contract", "journal", "runtime"];

/// Checks each dependency between our own crates.
pub(crate) fn faults() -> Vec<String> {
    let packages = packages();
    let names: Vec<&str> = packages.iter().map(name).collect();
    let mut faults = Vec::new();
    for package in &packages {
        let folder = folder(package);
        for dependency in package["dependencies"].as_array().unwrap() {
            let to = name(dependency);
            let test = dependency["kind"] == "dev";
            if names.contains(&to) && !may(&folder, name(package), to, test) {
                let kind = if test { "for its tests " } else { "" };
                faults.push(format!("{folder}/{}: may not depend {kind}on {to}", name(package)));
            }
        }
    }
    for manifest in files(&["toml"]).iter().filter(|file| file.path.ends_with("/Cargo.toml")) {
        if !manifest.text.contains("[lints]\nworkspace = true") {
            faults.push(format!("{}: say `[lints] workspace = true`", manifest.path));
        }
    }
    assert!(names.contains(&"journal"), "the crates were not found");
    faults
}

fn may(folder: &str, from: &str, to: &str, test: bool) -> bool {
    if test && to == "testkit" {
        return true;
    }
    match (folder, from) {
        ("crates", "journal") => JOURNAL.contains(&to),
        ("crates", "runtime") => RUNTIME.contains(&to),
        ("crates", "testkit") => SERVICE.contains(&to),
        ("crates", "xtask") => to == "testkit",
        // A pure crate, the contract, and whatever is new and has no line of its own yet.
        ("crates", _) => false,
        ("services", "whistle") => to != "testkit" && to != "xtask" && to != "journeys",
        ("services", _) => SERVICE.contains(&to),
        (_, "journeys") => true,
        _ => false,
    }
}

fn packages() -> Vec<Value> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).current_dir(top());
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn name(value: &Value) -> &str {
    value["name"].as_str().unwrap()
}

/// `crates`, `services` or nothing.
fn folder(package: &Value) -> String {
    let manifest = package["manifest_path"].as_str().unwrap();
    let mut parts = manifest.rsplit('/').skip(2);
    parts.next().unwrap_or_default().to_owned()
}

#[test]
fn what_is_pure_knows_nobody() {
    for pure in PURE {
        assert!(SERVICE.iter().all(|to| !may("crates", pure, to, false)));
    }
    assert!(!may("services", "request", "dispatch", false));
    assert!(may("services", "whistle", "dispatch", false));
}
