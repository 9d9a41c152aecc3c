//! The repository as a whole: no machine's paths, portable migrations, pages that are true.

use crate::source::{File, files, top};

/// Folders of one machine. They are put together here so that this file does not name them.
const PLACES: &[(&str, &str)] =
    &[("/ro", "ot/"), ("/tm", "p/"), ("/ho", "me/"), ("/wo", "rk/"), ("/Us", "ers/")];
const TEXTS: &[&str] =
    &["rs", "toml", "proto", "md", "sql", "sh", "yaml", "yml", "json", "service", "py", "html"];

/// What only one of the two engines knows. A file for one engine says so in its name.
const NOT_PORTABLE: &[&str] = &[
    "AUTOINCREMENT",
    "BIGSERIAL",
    "SERIAL",
    "JSONB",
    "TIMESTAMPTZ",
    "TIMESTAMP",
    "DATETIME",
    "REAL",
    "DOUBLE",
    "FLOAT",
    "NUMERIC",
    "NOW",
    "CURRENT_TIMESTAMP",
    "BLOB",
];

const PAGES: &[&str] = &[
    "README.md",
    "README.zh-CN.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "deploy/README.md",
    "docs/runbook.md",
];

pub(crate) fn faults_of_place() -> Vec<String> {
    let mut faults = Vec::new();
    for file in files(TEXTS) {
        for (number, line) in file.text.lines().enumerate() {
            for (head, tail) in PLACES {
                let place = format!("{head}{tail}");
                let named = line.match_indices(&place).any(|(at, _)| {
                    !line[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '.')
                });
                if named {
                    let path = &file.path;
                    faults.push(format!("{path}:{}: `{place}` is of one machine", number + 1));
                }
            }
        }
    }
    faults
}

pub(crate) fn faults_of_migrations() -> Vec<String> {
    let mut faults = Vec::new();
    for file in files(&["sql"]).iter().filter(|file| file.path.contains("/migrations/")) {
        let path = &file.path;
        let name = path.rsplit('/').next().unwrap_or_default();
        if !is_numbered(name) {
            faults.push(format!("{path}: name it NNNN_verb_noun.sql"));
        }
        let for_one = [".postgres.sql", ".sqlite.sql"].iter().any(|end| name.ends_with(end));
        if for_one || path.contains("/postgres/") || path.contains("/sqlite/") {
            continue;
        }
        for (number, line) in file.text.lines().enumerate() {
            let line = line.split("--").next().unwrap_or_default().to_ascii_uppercase();
            let words = line.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
            for word in words.filter(|word| NOT_PORTABLE.contains(word)) {
                faults.push(format!("{path}:{}: `{word}` is of one engine", number + 1));
            }
        }
    }
    faults
}

/// Links lead somewhere, commands are known, and both languages show the same commands.
pub(crate) fn faults_of_pages() -> Vec<String> {
    let pages: Vec<File> = files(&["md"]);
    let pages: Vec<&File> = pages.iter().filter(|file| PAGES.contains(&&*file.path)).collect();
    let mut faults = Vec::new();
    for page in &pages {
        for link in links(&page.text) {
            let folder = page.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            if !top().join(folder).join(link).exists() {
                faults.push(format!("{}: there is no {link}", page.path));
            }
        }
        for command in commands(&page.text) {
            if !is_known(command) {
                faults.push(format!("{}: there is no `{command}`", page.path));
            }
        }
    }
    let shown = |path: &str| -> Vec<&str> {
        let page = pages.iter().find(|page| page.path == path);
        page.map(|page| commands(&page.text)).unwrap_or_default()
    };
    let (english, chinese) = (shown("README.md"), shown("README.zh-CN.md"));
    if english != chinese {
        let all = english.iter().chain(&chinese).copied();
        let apart = |command: &&str| !english.contains(command) || !chinese.contains(command);
        let apart: Vec<&str> = all.filter(apart).collect();
        faults.push(format!("README.md and README.zh-CN.md differ in their commands: {apart:?}"));
    }
    faults
}

fn is_numbered(name: &str) -> bool {
    let Some((number, rest)) = name.split_once('_') else { return false };
    number.len() == 4 && number.chars().all(|digit| digit.is_ascii_digit()) && rest.contains('_')
}

/// Where links within the repository lead.
fn links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let inside = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
    inside.filter_map(|target| target.split('#').next()).collect()
}

/// The lines of all blocks of shell commands, without their comments.
fn commands(text: &str) -> Vec<&str> {
    let mut commands = Vec::new();
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        if let Some(language) = line.strip_prefix("```") {
            inside = !inside && ["sh", "bash", "shell", "console"].contains(&language);
        } else if inside && !line.is_empty() && !line.starts_with('#') {
            commands.push(line.split(" # ").next().unwrap_or_default().trim());
        }
    }
    commands
}

/// Whether a verb of `cargo xtask` or of the binary is one that its source names.
fn is_known(command: &str) -> bool {
    let words: Vec<&str> = command.trim_start_matches("$ ").split_whitespace().collect();
    let (source, verb) = match words.as_slice() {
        ["cargo", "xtask", verb, ..] => ("crates/xtask/src/main.rs", format!("\"{verb}\"")),
        ["cargo", "run", "--", verb, ..] | ["whistle", verb, ..] if !verb.starts_with('-') => {
            let words = verb.split('-').map(|word| {
                let mut letters = word.chars();
                let first = letters.next().unwrap_or_default().to_ascii_uppercase();
                format!("{first}{}", letters.as_str())
            });
            ("services/whistle/src/main.rs", words.collect())
        }
        _ => return true,
    };
    std::fs::read_to_string(top().join(source)).is_ok_and(|text| text.contains(&verb))
}

#[test]
fn commands_and_links_are_read_from_a_page() {
    let page = "See [the rules](CONTRIBUTING.md#rules), [a site](https://example.org).\n```sh\n\
                cargo run -- demo   # all of it\n# a comment\ncargo xtask dance\n```\n```rust\nlet x;\n```\n";
    assert_eq!(links(page), ["CONTRIBUTING.md"]);
    assert_eq!(commands(page), ["cargo run -- demo", "cargo xtask dance"]);
    assert!(!is_known("cargo xtask dance") && is_known("cargo xtask test"));
    assert!(!is_known("whistle dead-verses") && is_known("whistle dead-letters list"));
}
