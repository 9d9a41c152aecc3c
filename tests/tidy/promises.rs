//! What the contract promises: each refusal is provoked by a test, each event told by a fact.

use std::collections::BTreeSet;

use crate::source::{File, files};

/// The labels of an rpc's comment; a label's text ends where the next begins.
const LABELS: &[&str] = &["From:", "To:", "Emits:", "Who:", "Fails:", "Idempotent"];

/// An rpc as its comment promises it.
struct Rpc {
    /// `request` of `whistle.request.v1`.
    service: String,
    name: String,
    comment: String,
}

pub(crate) fn faults() -> Vec<String> {
    let contract = files(&["proto"]);
    let sources = files(&["rs"]);
    let mut faults = Vec::new();
    for rpc in contract.iter().flat_map(rpcs) {
        let place = format!("{}.{}", rpc.service, rpc.name);
        let own = format!("proto/whistle/{}/**", rpc.service);
        let known: Vec<&File> = contract
            .iter()
            .filter(|file| file.fits(&own) || file.fits("proto/whistle/common/**"))
            .collect();
        for reason in rpc.promised("Fails:") {
            let value = format!("REASON_{reason} =");
            if !known.iter().any(|file| file.text.contains(&value)) {
                faults.push(format!("{place}: `{reason}` is no value of a `Reason`"));
            }
            if rpc.is_served(&sources) && !provoked(&rpc.service, &reason, &sources) {
                faults.push(format!("{place}: no test provokes `{reason}`"));
            }
        }
        for event in rpc.promised("Emits:") {
            let message = format!("message {event} {{");
            if !known.iter().any(|file| file.text.contains(&message)) {
                faults.push(format!("{place}: there is no message `{event}`"));
            }
            if rpc.is_served(&sources) && !told(&rpc.service, &event, &sources) {
                faults.push(format!("{place}: events.rs never tells `{event}`"));
            }
        }
    }
    faults
}

impl Rpc {
    /// The names in backticks after a label.
    fn promised(&self, label: &str) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for text in self.comment.split(label).skip(1) {
            let end = LABELS.iter().filter_map(|next| text.find(next)).min();
            let text = &text[..end.unwrap_or(text.len())];
            names.extend(text.split('`').skip(1).step_by(2).map(str::to_owned));
        }
        names.retain(|name| name.chars().all(|letter| letter.is_alphanumeric() || letter == '_'));
        names
    }

    /// Whether its service is there: a contract may be written first.
    fn is_served(&self, sources: &[File]) -> bool {
        let door = format!("services/{}/src/api.rs", self.service);
        sources.iter().any(|file| file.path == door)
    }
}

/// Whether a test of the service, or one across services, names the reason.
fn provoked(service: &str, reason: &str, sources: &[File]) -> bool {
    let own = format!("services/{service}/tests/**");
    let inside = format!("services/{service}/src/**");
    let as_variant = variant(reason);
    sources.iter().any(|file| {
        let text = match file.text.split_once("#[cfg(test)]") {
            _ if file.fits("tests/tidy/*") => "",
            _ if file.fits(&own) || file.fits("tests/**") => &file.text,
            Some((_, tests)) if file.fits(&inside) => tests,
            _ => "",
        };
        has_word(text, reason) || has_word(text, &as_variant)
    })
}

fn told(service: &str, event: &str, sources: &[File]) -> bool {
    let one = format!("services/{service}/src/events.rs");
    let parts = format!("services/{service}/src/events/**");
    let mut telling = sources.iter().filter(|file| file.fits(&one) || file.fits(&parts));
    telling.any(|file| has_word(&file.text, event))
}

fn rpcs(file: &File) -> Vec<Rpc> {
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
fn variant(reason: &str) -> String {
    let capital = |word: &str| {
        let lower = word[1..].to_ascii_lowercase();
        format!("{}{lower}", &word[..1])
    };
    reason.split('_').filter(|word| !word.is_empty()).map(capital).collect()
}

fn has_word(text: &str, word: &str) -> bool {
    let part_of_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(word).any(|(at, _)| {
        // `REASON_` may stand before it, in the spelling of the contract.
        let before = text[..at].strip_suffix("REASON_").unwrap_or(&text[..at]);
        !before.ends_with(part_of_name) && !text[at + word.len()..].starts_with(part_of_name)
    })
}

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
