//! What dispatch tells of the orders that were asked for here.

use base::ItemId;

use super::case::Case;
use super::draft::Draft;
use super::fact::What;
use super::item::{ItemState, Purpose};
use super::limits::{TOLD_AGAIN_AFTER, Wait, due};
use super::work::{Heard, HeardKind, News, Progress};

/// What a fact of dispatch does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The item shows where its order stands.
    Progress,
    /// The item waits for the dispatcher to say whose it is.
    Decline,
    /// It is recorded as late and changes nothing else.
    Late,
    /// It is passed over, for this reason.
    Ignored(&'static str),
}

/// What each fact of dispatch does, by what the item has an order for; without one, it is late.
/// An order ends there because it was settled or withdrawn here: that says nothing new.
#[rustfmt::skip]
pub const HEARD: &[(Option<Purpose>, HeardKind, Effect)] = {
    use {Effect::*, HeardKind::*, Purpose::*};
    const ECHO: Effect = Ignored("it was settled or withdrawn here before");
    &[
        // order for         heard         effect
        (Some(Review),       WorkMoved,    Progress),
        (Some(Review),       WorkDeclined, Decline),
        (Some(Review),       WorkEnded,    Progress),
        (Some(Conversion),   WorkMoved,    Progress),
        (Some(Conversion),   WorkDeclined, Decline),
        (Some(Conversion),   WorkEnded,    Progress),
        (Some(Recheck),      WorkMoved,    Progress),
        (Some(Recheck),      WorkDeclined, Decline),
        (Some(Recheck),      WorkEnded,    Progress),
        (None,               WorkMoved,    Late),
        (None,               WorkDeclined, Late),
        (None,               WorkEnded,    ECHO),
    ]
};

/// What a fact of this kind does, by the table.
pub fn effect(order: Option<Purpose>, kind: HeardKind) -> Effect {
    HEARD
        .iter()
        .find(|(of, heard, _)| (*of, *heard) == (order, kind))
        .map_or(Effect::Ignored("not in the table"), |(_, _, effect)| *effect)
}

/// What a fact does to a case, by the table. An order that none of its items ever had is not the work
/// itself: it assists one that is.
pub fn effect_on(case: &Case, heard: &Heard) -> Effect {
    let mut orders = case.items.values().filter_map(|item| item.order.as_ref());
    let own = orders.find(|order| order.id == heard.work_order);
    if own.is_none() && !case.had_order(heard.work_order) {
        return Effect::Ignored("it was never asked for here");
    }
    effect(own.map(|order| order.purpose), heard.news.kind())
}

/// What dispatch told takes effect on the item that has the order now, by [`HEARD`].
pub(super) fn hear(draft: &mut Draft<'_>, heard: &Heard) {
    draft.moment.now = heard.occurred_at.max(draft.case.changed_at);
    let own = draft.case.items.iter().find_map(|(id, item)| {
        let order = item.order.as_ref().filter(|order| order.id == heard.work_order)?;
        Some((id.clone(), item.state, order.clone(), item.progress.clone()))
    });
    let (kind, work_order) = (heard.news.kind(), heard.work_order);
    match (effect_on(&draft.case, heard), &heard.news, own) {
        (Effect::Progress, News::Moved(now) | News::Ended(now), Some((item, _, _, before))) => {
            let progress = now.clone().following(before.as_ref());
            if before.as_ref() != Some(&progress) {
                let wait = moved_wait(draft, &item, &progress);
                draft.happen(What::ItemProgressed { item, progress, wait });
            }
        }
        (Effect::Decline, News::Declined { basis }, Some((item, state, order, _))) => {
            if !order.declined && state != ItemState::Blocked {
                let basis = basis.clone();
                draft.happen(What::ItemDeclined { item, order: order.id, basis });
            }
        }
        (Effect::Late, _, _) => draft.happen(What::HeardLate { kind, work_order }),
        (Effect::Progress | Effect::Decline | Effect::Ignored(_), _, _) => {}
    }
}

/// Dispatch alone computes when work is due (contracts.md): the result of an item is waited for by
/// what it says. What has just gone on is not held against an instant that passed meanwhile: the
/// one that moved with the pause is told next.
fn moved_wait(draft: &Draft<'_>, item: &ItemId, progress: &Progress) -> Option<Wait> {
    let own = draft.case.items.get(item).filter(|own| own.owes_result())?;
    let (wait, new) = (own.wait?, progress.due?);
    let went_on = own.stands_still() && !progress.stands_still();
    if new == wait.due && !went_on {
        return None;
    }
    let (moment, moved) = (draft.moment, Wait::until(new, wait.since));
    let kept = if new.at == wait.due.at { Wait { due: new, ..wait } } else { moved };
    if kept.rings_at <= moment.now {
        return Some(Wait { rings_at: due(moment, TOLD_AGAIN_AFTER).at, ..kept });
    }
    Some(kept)
}
