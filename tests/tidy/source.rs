//! Source files: their opening sentence, their length, their names; and how all checks read them.

use std::fs;
use std::path::{Path, PathBuf};

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

/// A text file of the repository; its path is relative to the top.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    /// Whether the path is one that the pattern describes: `*` is anything within one name, `**`
    /// any number of folders.
    pub(crate) fn fits(&self, pattern: &str) -> bool {
        let path: Vec<&str> = self.path.split('/').collect();
        let pattern: Vec<&str> = pattern.split('/').collect();
        fits(&pattern, &path)
    }

    /// Each line of code with its number: comments are left out.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(index, line)| (index + 1, line));
        lines.filter_map(|(number, line)| {
            let code = line.split(" // ").next().unwrap_or_default().trim();
            (!code.is_empty() && !code.starts_with("//")).then_some((number, code))
        })
    }
}

/// The top of the repository.
pub(crate) fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// All files of the repository with one of these endings, in the order of their paths.
pub(crate) fn files(endings: &[&str]) -> Vec<File> {
    let mut files = Vec::new();
    collect(&top(), "", endings, &mut files);
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

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

fn collect(folder: &Path, prefix: &str, endings: &[&str], files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        let path = format!("{prefix}{name}");
        // A folder that begins with a dot is a tool's, but for that of the integration.
        let hidden = name.starts_with('.') && name != ".ci" && name != ".cargo";
        let made = ["target", "node_modules", "whistle-data"].contains(&name.as_str());
        let kind = entry.file_type().unwrap();
        if kind.is_dir() && !hidden && !made {
            collect(&entry.path(), &format!("{path}/"), endings, files);
        }
        let ending = name.rsplit_once('.').map(|(_, ending)| ending).unwrap_or_default();
        if kind.is_file() && endings.contains(&ending) {
            // A file may go while it is being looked at, and data need not be text.
            if let Ok(text) = fs::read_to_string(entry.path()) {
                files.push(File { path, text });
            }
        }
    }
}

fn fits(pattern: &[&str], path: &[&str]) -> bool {
    match (pattern, path) {
        ([], []) => true,
        (["**"], rest) => !rest.is_empty(),
        (["**", pattern @ ..], path) => {
            (0..=path.len()).any(|passed| fits(pattern, &path[passed..]))
        }
        ([first, pattern @ ..], [name, path @ ..]) => {
            let same = match first.split_once('*') {
                None => first == name,
                Some((head, tail)) => {
                    head.len() + tail.len() <= name.len()
                        && name.starts_with(head)
                        && name.ends_with(tail)
                }
            };
            same && fits(pattern, path)
        }
        _ => false,
    }
}

#[test]
fn patterns_describe_paths() {
    let file = |path: &str| File { path: path.to_owned(), text: String::new() };
    let store = file("services/request/src/store.rs");
    assert!(store.fits("services/*/src/store.rs") && store.fits("services/**"));
    assert!(store.fits("**/store.rs") && store.fits("services/**/*.rs"));
    assert!(!store.fits("services/*/store.rs") && !store.fits("crates/**"));
    assert!(!file("services/request/src/store/tickets.rs").fits("services/*/src/store.rs"));
}
