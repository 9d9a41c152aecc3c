//! Source files: their opening sentence, their length, their names.

pub(crate) use testkit::source::{File, files, top};

const LINES_MAX: usize = 400;
/// Files of a service that are shorter still.
const LINES_MAX_OF: &[(&str, usize)] = &[
    ("services/*/src/lib.rs", 150),
    ("services/*/src/error.rs", 150),
    ("services/*/src/alarms.rs", 200),
    ("services/*/src/events.rs", 250),
];
/// Files that may be longer, and why.
const LONGER: &[(&str, &str)] = &[];
/// Names that say nothing of what is inside.
const NAMELESS: &[&str] = &["util", "utils", "helper", "helpers", "common", "misc", "impl2"];

/// Faults of shape of all Rust files.
pub(crate) fn faults_of_shape() -> Vec<String> {
    let files = files(&["rs"]);
    let mut faults = Vec::new();
    for file in &files {
        let path = &file.path;
        if !file.text.starts_with("//! ") {
            faults.push(format!("{path}: say in one `//!` sentence what the file is for"));
        }
        let longer = LONGER.iter().any(|(name, _)| name == path);
        let limits = LINES_MAX_OF.iter().filter(|(pattern, _)| file.fits(pattern));
        let limit = limits.map(|(_, limit)| *limit).min().unwrap_or(LINES_MAX);
        let lines = file.text.lines().count();
        if limit < lines && !longer {
            faults.push(format!("{path}: {lines} lines of {limit}, give a part its own name"));
        }
        if longer && lines <= limit {
            faults.push(format!("{path}: is short enough, take it from `LONGER`"));
        }
        if path.split(['/', '.']).any(|name| NAMELESS.contains(&name)) {
            faults.push(format!("{path}: name it after what is inside"));
        }
    }
    assert!(files.len() > 20, "the files were not found");
    faults
}
