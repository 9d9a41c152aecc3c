//! The league (红黄榜) as the book alone gives it: reckoned anew, without any service.

use std::collections::BTreeMap;

use contract::dispatch::{LeagueRow, Rate};

use crate::demo::data::{Act, Book};

/// What a department's figures must be.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Figures {
    /// Orders offered to it.
    dispatched: i32,
    /// Of these, returned and upheld.
    returns_upheld: i32,
    /// Orders in which it assisted.
    assisted: i32,
    /// Numerator and denominator of each rate.
    response: (i32, i32),
    on_time: (i32, i32),
    solved: (i32, i32),
    satisfied: (i32, i32),
    rated: (i32, i32),
    /// In hundredths of a point; absent without work.
    score: Option<i32>,
    contacted_late: i32,
    answered_late: i32,
}

/// The figures of each department with work, by its code; under the empty code the zone's.
pub(crate) fn of_book(book: &Book) -> anyhow::Result<BTreeMap<String, Figures>> {
    let mut league: BTreeMap<String, Figures> = BTreeMap::new();
    for ticket in &book.requests {
        for event in &ticket.events {
            let (department, count): (_, fn(&mut Figures)) = match event.act {
                // The zone has each order once, whoever has it.
                Act::Dispatch | Act::Reroute => {
                    let to = event.to.clone().unwrap_or_default();
                    league.entry(to).or_default().dispatched += 1;
                    continue;
                }
                Act::Return => {
                    (Some(department_of(book, &event.by)?), |one| one.returns_upheld += 1)
                }
                Act::Assist => (Some(department_of(book, &event.by)?), |one| one.assisted += 1),
                Act::Submit
                | Act::Contact
                | Act::Pause
                | Act::Resume
                | Act::Urge
                | Act::Complete
                | Act::Rate => continue,
            };
            for code in [department.unwrap_or_default(), String::new()] {
                count(league.entry(code).or_default());
            }
        }
        league.entry(String::new()).or_default().dispatched += 1;
        for code in [ticket.lead.clone(), String::new()] {
            let one = league.entry(code).or_default();
            one.response.1 += 1;
            one.contacted_late += i32::from(ticket.contacted_late());
            one.answered_late += i32::from(ticket.answered_late());
            one.response.0 += i32::from(!ticket.contacted_late());
            add(&mut one.on_time, !ticket.answered_late());
            add(&mut one.solved, 3 <= ticket.rating);
            add(&mut one.satisfied, 3 <= ticket.rating);
            add(&mut one.rated, true);
        }
    }
    for one in league.values_mut() {
        one.score = score([(30, one.response), (35, one.solved), (35, one.satisfied)]);
    }
    Ok(league)
}

fn department_of(book: &Book, person: &str) -> anyhow::Result<String> {
    Ok(book.person(person)?.department.clone())
}

fn add(rate: &mut (i32, i32), counts: bool) {
    rate.0 += i32::from(counts);
    rate.1 += 1;
}

/// The weighted sum of rates, in hundredths of a point, rounded to the nearest.
fn score(parts: [(i64, (i32, i32)); 3]) -> Option<i32> {
    let (mut numerator, mut denominator) = (0_i64, 1_i64);
    for (weight, (part, whole)) in parts {
        if whole == 0 {
            return None;
        }
        let (part, whole) = (i64::from(part), i64::from(whole));
        numerator = numerator * whole + 100 * weight * part * denominator;
        denominator *= whole;
    }
    i32::try_from((2 * numerator + denominator) / (2 * denominator)).ok()
}

/// The same figures, as a row of the service's answer has them.
pub(crate) fn of_row(row: &LeagueRow) -> Figures {
    let rate = |rate: &Option<Rate>| {
        rate.as_ref().map_or((0, 0), |rate| (rate.numerator, rate.denominator))
    };
    Figures {
        dispatched: row.dispatched,
        returns_upheld: row.returns_upheld,
        assisted: row.assisted,
        response: rate(&row.response),
        on_time: rate(&row.on_time),
        solved: rate(&row.solved),
        satisfied: rate(&row.satisfied),
        rated: rate(&row.rated),
        score: row.score_hundredths,
        contacted_late: row.contacted_late,
        answered_late: row.answered_late,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_check_of_the_score() {
        assert_eq!(score([(30, (8, 9)), (35, (6, 9)), (35, (5, 6))]), Some(7917));
        assert_eq!(score([(30, (8, 8)), (35, (6, 6)), (35, (6, 6))]), Some(10_000));
        assert_eq!(score([(30, (0, 0)), (35, (6, 6)), (35, (6, 6))]), None);
    }

    #[test]
    fn the_zone_of_the_book() {
        let league = of_book(&Book::embedded().unwrap()).unwrap();
        let zone = Figures {
            dispatched: 83,
            returns_upheld: 5,
            assisted: 45,
            response: (79, 83),
            on_time: (80, 83),
            solved: (83, 83),
            satisfied: (83, 83),
            rated: (83, 83),
            score: Some(9855),
            contacted_late: 4,
            answered_late: 3,
        };
        assert_eq!(league[""], zone);
        let sum = |figure: fn(&Figures) -> i32| {
            league
                .iter()
                .filter(|(code, _)| !code.is_empty())
                .map(|(_, one)| figure(one))
                .sum::<i32>()
        };
        assert_eq!(sum(|one| one.dispatched), 88);
        assert_eq!(sum(|one| one.response.1), 83);
        assert_eq!(sum(|one| one.assisted), 45);
    }
}
