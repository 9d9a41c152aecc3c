//! What the contract promises: each refusal is provoked by a test, each event told by a fact.

use testkit::promises::{has_word, provoked, rpcs};

use crate::source::{File, files};

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
            if rpc.is_served(&sources) && provoked(&rpc.service, &reason, &sources).is_none() {
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

fn told(service: &str, event: &str, sources: &[File]) -> bool {
    let one = format!("services/{service}/src/events.rs");
    let parts = format!("services/{service}/src/events/**");
    let mut telling = sources.iter().filter(|file| file.fits(&one) || file.fits(&parts));
    telling.any(|file| has_word(&file.text, event))
}
