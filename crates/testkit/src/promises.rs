//! What the contract promises and which test keeps it: read from the sources by `tests/tidy` and
//! `cargo xtask rows` alike.

use std::collections::BTreeSet;

use crate::source::File;

/// The labels of an rpc's comment; a label's text ends where the next begins.
const LABELS: &[&str] = &["From:", "To:", "Emits:", "Who:", "Fails:", "Idempotent"];

/// An rpc as its comment promises it.
#[derive(Clone, Debug)]
pub struct Rpc {
    /// `request` of `whistle.request.v1`.
    pub service: String,
    /// `SubmitTicket`.
    pub name: String,
    comment: String,
}

impl Rpc {
    /// The names in backticks after a label.
    pub fn promised(&self, label: &str) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for text in self.comment.split(label).skip(1) {
            let end = LABELS.iter().filter_map(|next| text.find(next)).min();
            let text = &text[..end.unwrap_or(text.len())];
            names.extend(text.split('`').skip(1).step_by(2).map(str::to_owned));
        }
        names.retain(|name| name.chars().all(|letter| letter.is_alphanumeric() || letter == '_'));
        names
    }

    /// Whether a service of its own serves it: a contract may be written first.
    pub fn is_served(&self, sources: &[File]) -> bool {
        let door = format!("services/{}/src/api.rs", self.service);
        sources.iter().any(|file| file.path == door) && !is_unmounted(&self.service, sources)
    }
}

/// Whether a service is written that the program does not mount yet: nobody can call it.
pub fn is_unmounted(service: &str, sources: &[File]) -> bool {
    let is_there = |path: &str| sources.iter().any(|file| file.path == path);
    let mounted = format!("{service}::SERVICE");
    let mounts = |file: &File| {
        file.path == "services/whistle/src/services.rs" && file.text.contains(&mounted)
    };
    is_there(&format!("services/{service}/src/lib.rs")) && !sources.iter().any(mounts)
}

/// Where a test of the service, or one across services, names the reason: the file and its function.
pub fn provoked(service: &str, reason: &str, sources: &[File]) -> Option<String> {
    let own = [format!("services/{service}/tests/**"), format!("services/{service}/src/**")];
    let places = [own[0].as_str(), own[1].as_str(), "tests/**"];
    named(reason, sources.iter().filter(|file| places.iter().any(|place| file.fits(place))))
}

/// Where a test of these files names a reason, in either spelling.
pub fn named<'a>(reason: &str, files: impl Iterator<Item = &'a File>) -> Option<String> {
    let as_variant = variant(reason);
    let mut found = files.filter_map(|file| {
        let tests = tests_of(file);
        let at = word_at(tests, reason).or_else(|| word_at(tests, &as_variant))?;
        Some(format!("{} {}", file.path, function_at(tests, at)))
    });
    found.next()
}

/// The part of a file that is tests: all of it, or what its test module holds.
pub fn tests_of(file: &File) -> &str {
    const WHOLE: &[&str] =
        &["services/*/tests/**", "crates/*/tests/**", "tests/**", "**/tests.rs", "**/tests/**"];
    if file.fits("tests/tidy/*") {
        ""
    } else if WHOLE.iter().any(|place| file.fits(place)) || file.path.ends_with("/properties.rs") {
        &file.text
    } else {
        file.text.split_once("#[cfg(test)]").map(|(_, tests)| tests).unwrap_or_default()
    }
}

/// The name of the function that a place in a text lies in.
fn function_at(text: &str, at: usize) -> &str {
    let name = text[..at].rsplit_once("fn ").map(|(_, rest)| rest).unwrap_or_default();
    name.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap_or_default()
}

/// The rpcs of a contract.
pub fn rpcs(file: &File) -> Vec<Rpc> {
    let mut rpcs = Vec::new();
    let mut comment = String::new();
    let service = file.path.split('/').nth(2).unwrap_or_default();
    for line in file.text.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("//") {
            comment.push_str(text);
            comment.push('\n');
            continue;
        }
        if let Some(rest) = line.strip_prefix("rpc ") {
            let name = rest.split('(').next().unwrap_or_default().to_owned();
            rpcs.push(Rpc { service: service.to_owned(), name, comment: comment.clone() });
        }
        comment.clear();
    }
    rpcs
}

/// `TICKET_NOT_FOUND` → `TicketNotFound`.
pub fn variant(reason: &str) -> String {
    let capital = |word: &str| {
        let lower = word[1..].to_ascii_lowercase();
        format!("{}{lower}", &word[..1])
    };
    reason.split('_').filter(|word| !word.is_empty()).map(capital).collect()
}

/// Whether a text has a word, `REASON_` before it or not.
pub fn has_word(text: &str, word: &str) -> bool {
    word_at(text, word).is_some()
}

fn word_at(text: &str, word: &str) -> Option<usize> {
    let part_of_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut places = text.match_indices(word).map(|(at, _)| at);
    places.find(|at| {
        let at = *at;
        // `REASON_` may stand before it, in the spelling of the contract.
        let before = text[..at].strip_suffix("REASON_").unwrap_or(&text[..at]);
        !before.ends_with(part_of_name) && !text[at + word.len()..].starts_with(part_of_name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promises_are_read_from_the_comment() {
        let text = "service S {\n  // Closes it.\n  //\n  // To: CLOSED. Emits: `TicketClosed`,\n  \
                    // `WorkRequested`. Who: staff.\n  // Fails: `STATE_FORBIDS`, `TICKET_NOT_FOUND`.\n  \
                    // Idempotent by `request_id`.\n  rpc CloseTicket(CloseTicketRequest) returns";
        let path = "proto/whistle/request/v1/service.proto".to_owned();
        let rpcs = rpcs(&File { path, text: text.to_owned() });
        let [rpc] = rpcs.as_slice() else { panic!("one rpc") };
        assert_eq!((rpc.service.as_str(), rpc.name.as_str()), ("request", "CloseTicket"));
        assert!(rpc.promised("Emits:").iter().eq(["TicketClosed", "WorkRequested"]));
        assert!(rpc.promised("Fails:").iter().eq(["STATE_FORBIDS", "TICKET_NOT_FOUND"]));
    }

    #[test]
    fn a_reason_is_known_in_both_spellings() {
        assert_eq!(variant("TICKET_NOT_FOUND"), "TicketNotFound");
        assert!(has_word("\"REASON_TICKET_NOT_FOUND\"", "TICKET_NOT_FOUND"));
        assert!(!has_word("OLD_TICKET_NOT_FOUND", "TICKET_NOT_FOUND"));
    }
}
