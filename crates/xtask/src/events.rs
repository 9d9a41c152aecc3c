//! `cargo xtask events`: who tells which fact, and who hears whom.

use std::process::ExitCode;

use anyhow::Result;
use testkit::source::{File, files};

/// A fact as the comment of its message promises it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    /// The message.
    fact: String,
    /// Who tells it, and on what.
    producer: String,
    /// Who does something with it.
    consumers: String,
}

/// A service, and those that it hears.
type Hears = (String, Vec<String>);

/// Prints both tables; fails if a fact names no producer, or one whom its consumer does not hear.
pub(crate) fn run() -> Result<ExitCode> {
    println!("── who hears whom\n");
    let hears = hears(&files(&["rs"]));
    for (listener, sources) in &hears {
        println!("{listener:<12} {}", sources.join(", "));
    }
    let mut faults = Vec::new();
    for file in files(&["proto"]) {
        let told = told_in(&file);
        if told.is_empty() {
            continue;
        }
        println!("\n── {}\n", file.path);
        for Told { fact, producer, consumers } in told {
            println!("{fact:<34} {producer:<58} {consumers}");
            if producer.is_empty() {
                faults.push(format!("{}: `{fact}` names no producer", file.path));
            }
            faults.extend(unheard(&hears, &file, &fact, (&producer, &consumers)));
        }
    }
    println!();
    for fault in &faults {
        println!("{fault}");
    }
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Which service hears which, as `HEARS` of the contract says.
fn hears(sources: &[File]) -> Vec<Hears> {
    let contract = sources.iter().find(|file| file.path == "crates/contract/src/lib.rs");
    let text = contract.map(|file| file.text.as_str()).unwrap_or_default();
    let table = text.split_once("pub const HEARS").map(|(_, table)| table).unwrap_or_default();
    let lines = table.lines().map(str::trim).take_while(|line| *line != "];");
    lines
        .filter_map(|line| {
            let mut names = line.strip_prefix('(')?.split('"').skip(1).step_by(2);
            let listener = names.next()?.to_owned();
            Some((listener, names.map(str::to_owned).collect()))
        })
        .collect()
}

/// The services that a fact names as consumers and that do not hear its producer.
fn unheard(
    hears: &[Hears],
    file: &File,
    fact: &str,
    (producer, consumers): (&str, &str),
) -> Vec<String> {
    let named = |text: &str, service: &str| {
        text.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == service)
    };
    let mut faults = Vec::new();
    for (listener, sources) in hears.iter().filter(|(name, _)| named(consumers, name)) {
        for (source, _) in hears.iter().filter(|(name, _)| named(producer, name)) {
            if !sources.contains(source) {
                let path = &file.path;
                faults.push(format!("{path}: {listener} does not hear {source}: `{fact}`"));
            }
        }
    }
    faults
}

/// The facts of a contract: its messages whose comments say who tells them, and in a file of events
/// each that stands alone.
fn told_in(file: &File) -> Vec<Told> {
    let mut told = Vec::new();
    let mut comment = String::new();
    for line in file.text.lines() {
        if let Some(text) = line.strip_prefix("//") {
            comment.push_str(text);
            continue;
        }
        if let Some(rest) = line.strip_prefix("message ")
            && comment.contains("Producer:")
        {
            let fact = rest.split([' ', '{']).next().unwrap_or_default().to_owned();
            let (producer, consumers) = said(&comment);
            told.push(Told { fact, producer, consumers });
        }
        comment.clear();
    }
    told
}

/// What stands behind `Producer:` and `Consumer:`, or `Consumers:`.
fn said(comment: &str) -> (String, String) {
    let after = comment.split_once("Producer:").map(|(_, after)| after).unwrap_or_default();
    let (producer, rest) = after.split_once("Consumer").unwrap_or((after, ""));
    let consumers = rest.trim_start_matches('s').trim_start_matches(':');
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    (plain(producer).trim_end_matches('.').to_owned(), plain(consumers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_tells_and_who_hears_is_read_from_the_comment() {
        let text = "// It moved.\n//\n// Producer: dispatch, on `Move`. Consumers: request,\n// agency.\n\
                    message Moved {\n  string a = 1;\n}\n\n// A part of it.\nmessage Part {\n}\n";
        let path = "proto/whistle/dispatch/v1/events.proto".to_owned();
        let told = told_in(&File { path, text: text.to_owned() });
        let [one] = told.as_slice() else { panic!("one fact") };
        assert_eq!((one.fact.as_str(), one.producer.as_str()), ("Moved", "dispatch, on `Move`"));
        assert_eq!(one.consumers, "request, agency.");
    }

    #[test]
    fn a_consumer_hears_its_producer() {
        let text = "pub const HEARS: &[(&str, &[&str])] = &[\n    (\"request\", &[\"dispatch\"]),\n    \
                    (\"dispatch\", &[\"request\"]),\n];\n    (\"other\", &[\"request\"]),\n";
        let path = "crates/contract/src/lib.rs".to_owned();
        let file = File { path, text: text.to_owned() };
        let hears = hears(std::slice::from_ref(&file));
        assert_eq!(hears.len(), 2);
        let moved = unheard(&hears, &file, "Moved", ("dispatch, on it", "request, later others"));
        assert!(moved.is_empty());
        let own = unheard(&hears, &file, "Opened", ("request", "request"));
        assert_eq!(own.len(), 1, "request does not hear itself");
    }
}
