//! The repository as text: what the rules of the house and `cargo xtask rows` read.

use std::fs;
use std::path::{Path, PathBuf};

/// A text file of the repository; its path is relative to the top.
#[derive(Clone, Debug)]
pub struct File {
    /// From the top of the repository, with `/`.
    pub path: String,
    /// What it holds.
    pub text: String,
}

impl File {
    /// Whether the path is one that the pattern describes: `*` is anything within one name, `**`
    /// any number of folders.
    pub fn fits(&self, pattern: &str) -> bool {
        let path: Vec<&str> = self.path.split('/').collect();
        let pattern: Vec<&str> = pattern.split('/').collect();
        fits(&pattern, &path)
    }

    /// Each line of code with its number: comments are left out.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(index, line)| (index + 1, line));
        lines.filter_map(|(number, line)| {
            let code = line.split(" // ").next().unwrap_or_default().trim();
            (!code.is_empty() && !code.starts_with("//")).then_some((number, code))
        })
    }
}

/// The top of the repository.
pub fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("crates/testkit").to_owned()
}

/// All files of the repository with one of these endings, in the order of their paths.
pub fn files(endings: &[&str]) -> Vec<File> {
    let mut files = Vec::new();
    collect(&top(), "", endings, &mut files);
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

fn collect(folder: &Path, prefix: &str, endings: &[&str], files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
        let name = entry.file_name().into_string().expect("a name in UTF-8");
        let path = format!("{prefix}{name}");
        // A folder that begins with a dot is a tool's, but for that of the integration.
        let hidden = name.starts_with('.') && name != ".ci" && name != ".cargo";
        let made = ["target", "node_modules", "whistle-data"].contains(&name.as_str());
        let kind = entry.file_type().expect("a kind of file");
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

#[cfg(test)]
mod tests {
    use super::File;

    #[test]
    fn patterns_describe_paths() {
        let file = |path: &str| File { path: path.to_owned(), text: String::new() };
        let store = file("services/request/src/store.rs");
        assert!(store.fits("services/*/src/store.rs") && store.fits("services/**"));
        assert!(store.fits("**/store.rs") && store.fits("services/**/*.rs"));
        assert!(!store.fits("services/*/store.rs") && !store.fits("crates/**"));
        assert!(!file("services/request/src/store/tickets.rs").fits("services/*/src/store.rs"));
    }
}
