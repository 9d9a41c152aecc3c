//! Every line of the book is drawn, and nobody decides what they were agent of.

use super::*;

fn played() -> Script {
    script(&Book::embedded().unwrap()).unwrap()
}

fn life(script: &Script, case: usize) -> Vec<&Step> {
    script.steps.iter().filter(|step| step.case == case).collect()
}

#[test]
fn every_line_of_the_book_is_drawn() {
    let script = played();
    let count =
        |kind: fn(&What) -> bool| script.steps.iter().filter(|step| kind(&step.what)).count();
    let items = 145 + 25 * 12;
    let drawn = [
        ("open", count(|what| *what == What::Open), 145 + 25),
        ("mandate", count(|what| *what == What::SignMandate), 145 + 25),
        ("commitment", count(|what| matches!(what, What::SignCommitment { .. })), 25),
        ("start", count(|what| *what == What::Start), 145 + 25),
        ("submit", count(|what| matches!(what, What::Submit { .. })), items),
        ("contact", count(|what| matches!(what, What::Contact { .. })), items),
        ("accept", count(|what| matches!(what, What::Accept { .. })), items),
        ("pause", count(|what| matches!(what, What::AskPause { .. })), 16),
        ("ruling", count(|what| matches!(what, What::DecidePause { .. })), 16),
        ("resume", count(|what| matches!(what, What::Resume { .. })), 16),
        ("issue", count(|what| matches!(what, What::Issue { .. })), items),
        ("land", count(|what| *what == What::RecordLand), 25),
        ("deliver", count(|what| *what == What::Deliver), 145 + 25),
        ("follow up", count(|what| *what == What::FollowUp), 145 + 25),
        ("archive", count(|what| *what == What::Archive), 145 + 25),
    ];
    for (kind, found, expected) in drawn {
        assert_eq!(found, expected, "{kind}");
    }
    assert_eq!(script.steps.len(), drawn.iter().map(|(_, found, _)| found).sum::<usize>());
    assert!(script.steps.is_sorted_by_key(|step| step.at));
}

#[test]
fn a_case_begins_with_its_opening_and_ends_in_the_archive() {
    let script = played();
    for case in 0..script.openings.len() {
        let life = life(&script, case);
        assert_eq!(life.first().unwrap().what, What::Open);
        assert_eq!(life.last().unwrap().what, What::Archive);
        let mut accepted = Vec::new();
        for step in life {
            if let What::Accept { item } = &step.what {
                accepted.push(item);
            } else if let What::Issue { item, .. } = &step.what {
                assert!(accepted.contains(&item), "{case}: {item}");
            }
        }
    }
}

#[test]
fn who_decides_never_was_the_agent() {
    let script = played();
    for case in 0..script.openings.len() {
        let life = life(&script, case);
        let agent = &life.first().unwrap().by;
        for step in &life {
            let decides = matches!(
                step.what,
                What::Contact { .. } | What::Accept { .. } | What::Issue { .. }
            );
            let follows = step.what == What::FollowUp;
            assert!(!(decides || follows) || step.by != *agent, "{case}: {step:?}");
        }
    }
}

#[test]
fn a_step_is_submitted_after_what_it_depends_on() {
    let (script, book) = (played(), Book::embedded().unwrap());
    for case in book.cases.len()..script.openings.len() {
        let life = life(&script, case);
        for step in &book.ready.steps {
            for before in &step.depends_on {
                let issued = life.iter().position(
                    |step| matches!(&step.what, What::Issue { item, .. } if *item == ready_item(before)),
                );
                let submitted = life.iter().position(
                    |done| matches!(&done.what, What::Submit { item } if *item == ready_item(&step.id)),
                );
                assert!(issued.unwrap() < submitted.unwrap(), "{case}: {} {before}", step.id);
            }
        }
    }
}
