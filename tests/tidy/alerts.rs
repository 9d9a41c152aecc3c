//! Alerts: each has its heading in the runbook, and each figure that it looks at is exported.

use std::collections::BTreeSet;

use crate::source::{File, files};

const ALERTS: &str = "deploy/prometheus/alerts.yml";
const RUNBOOK: &str = "docs/runbook.md";
const FIGURES: &str = "crates/runtime/src/metrics.rs";

pub(crate) fn faults() -> Vec<String> {
    let files = files(&["yml", "md", "rs"]);
    let text = |path: &str| {
        let file = files.iter().find(|file: &&File| file.path == path);
        file.map_or(String::new(), |file| file.text.clone())
    };
    let (alerts, runbook, figures) = (text(ALERTS), text(RUNBOOK), text(FIGURES));
    let names: BTreeSet<&str> = after(&alerts, "- alert: ").collect();
    let headings: BTreeSet<&str> = after(&runbook, "## ").collect();
    let mut faults = Vec::new();
    for name in names.difference(&headings) {
        faults.push(format!("{RUNBOOK}: say under `## {name}` what to do"));
    }
    for name in headings.difference(&names) {
        faults.push(format!("{RUNBOOK}: there is no alert {name}"));
    }
    for name in &names {
        let link = format!("{RUNBOOK}#{}", name.to_ascii_lowercase());
        if !after(&alerts, "runbook: ").any(|target| target == link) {
            faults.push(format!("{ALERTS}: {name} does not lead to {link}"));
        }
    }
    for (page, text) in [(ALERTS, &alerts), (RUNBOOK, &runbook)] {
        for figure in figures_in(text) {
            if !figures.contains(&format!("\"{figure}\"")) {
                faults.push(format!("{page}: no process exports {figure}"));
            }
        }
    }
    assert!(names.len() > 5 && figures_in(&alerts).len() > 5, "the alerts were not found");
    faults
}

/// What stands behind a label, on lines that begin with it.
fn after<'a>(text: &'a str, label: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines().filter_map(move |line| line.trim().strip_prefix(label))
}

/// The figures of ours that expressions name, without what a histogram adds to its name.
fn figures_in(text: &str) -> BTreeSet<&str> {
    let part_of_name = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    let words = text.split(|letter: char| !part_of_name(letter));
    let figures = words.filter(|word| word.starts_with("whistle_"));
    figures.map(base_of).collect()
}

fn base_of(figure: &str) -> &str {
    let ends = ["_bucket", "_sum", "_count"].iter();
    ends.filter_map(|end| figure.strip_suffix(end)).next().unwrap_or(figure)
}

#[test]
fn figures_are_read_from_expressions() {
    let text = "expr: histogram_quantile(0.99, rate(whistle_call_seconds_bucket{x=\"whistle\"}[5m])) > whistle_parked";
    assert_eq!(
        figures_in(text).into_iter().collect::<Vec<_>>(),
        ["whistle_call_seconds", "whistle_parked"]
    );
}
