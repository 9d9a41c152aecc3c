//! Verdict (评价): what the enterprise says of the answer, whether that counts, and whether the matter
//! was closed in time. The figures of the league stand on it; the order itself is done.

use std::collections::BTreeMap;

use calendar::Moment;
use jiff::Timestamp;

use super::fact::{Fact, What};
use super::heard::Heard;
use super::late;
use super::limits::{self, LIMITS};
use super::order::WorkOrder;
use super::parts::Rating;
use super::words::Counted;

/// The enterprise's verdict, once per round; what was confirmed by call-back may still be rated.
pub(super) fn rate(order: &WorkOrder, round: u32, rating: Rating) -> Vec<What> {
    let unrated = order.rating.is_none_or(|said| said.level.is_none() && rating.level.is_some());
    if round == order.round && unrated {
        return vec![What::Rated { rating }];
    }
    late(order, if rating.confirmed { Heard::TicketConfirmed } else { Heard::TicketDissatisfied })
}

/// A verdict that waited is looked at, once: it counts from now on, or never does.
pub(super) fn verify(order: &WorkOrder, round: u32, counts: bool, reason: &str) -> Vec<What> {
    let waits =
        rating_of(order, round).is_some_and(|rating| rating.counted == Counted::AwaitsVerification);
    if !waits {
        return late(order, Heard::TicketRatingVerified);
    }
    vec![What::RatingVerified { round, counts, reason: reason.to_owned() }]
}

fn rating_of(order: &WorkOrder, round: u32) -> Option<Rating> {
    if round == order.round {
        return order.rating;
    }
    order.past.iter().find(|past| past.round == round).and_then(|past| past.rating)
}

/// The matter is closed. The zone is held against the promise of each round that was not closed
/// before, and so much more as [`Limits::zone_closes_within`](limits::Limits::zone_closes_within)
/// says.
pub(super) fn close(
    order: &WorkOrder,
    round: u32,
    explained: bool,
    closed_at: Timestamp,
    moment: Moment<'_>,
) -> Vec<What> {
    if round != order.round || order.closed_late.is_some() {
        let told = if explained { Heard::TicketExplanationDecided } else { Heard::TicketClosed };
        return late(order, told);
    }
    let past = order.past.iter().filter(|past| past.closed_late.is_none());
    let past = past.map(|past| (past.round, past.promised_at));
    let is_late = |promised_at: Option<Timestamp>| {
        let within = LIMITS.zone_closes_within;
        promised_at.is_some_and(|at| limits::after(at, within, moment.calendar) < closed_at)
    };
    let rounds = past.chain([(order.round, order.promised_at())]);
    let late: BTreeMap<u32, bool> =
        rounds.map(|(round, promised_at)| (round, is_late(promised_at))).collect();
    vec![What::Closed { closed_at, late }]
}

pub(super) fn applied(order: &mut WorkOrder, fact: &Fact) {
    if let What::Rated { rating } = &fact.what {
        order.rating = Some(*rating);
    } else if let What::RatingVerified { round, counts, .. } = &fact.what {
        let past = order.past.iter_mut().filter(|past| past.round == *round);
        let ratings = past.filter_map(|past| past.rating.as_mut());
        let own = order.rating.as_mut().filter(|_| *round == order.round);
        let counted = if *counts { Counted::Counts } else { Counted::LeftOut };
        ratings.chain(own).for_each(|rating| rating.counted = counted);
    } else if let What::Closed { late, .. } = &fact.what {
        order.closed_late = late.get(&order.round).copied();
        for past in &mut order.past {
            past.closed_late = past.closed_late.or(late.get(&past.round).copied());
        }
    }
}
