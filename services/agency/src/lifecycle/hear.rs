//! What dispatch tells of the orders that were asked for here.

use super::draft::Draft;
use super::fact::What;
use super::item::{ItemState, Purpose};
use super::work::{Heard, HeardKind, News};

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

/// What dispatch told takes effect on the item that has the order now, by [`HEARD`].
pub(super) fn hear(draft: &mut Draft<'_>, heard: &Heard) {
    draft.moment.now = heard.occurred_at.max(draft.case.changed_at);
    let own = draft.case.items.iter().find_map(|(id, item)| {
        let order = item.order.as_ref().filter(|order| order.id == heard.work_order)?;
        Some((id.clone(), item.state, order.clone(), item.progress.clone()))
    });
    let (kind, work_order) = (heard.news.kind(), heard.work_order);
    let purpose = own.as_ref().map(|(_, _, order, _)| order.purpose);
    match (effect(purpose, kind), &heard.news, own) {
        (Effect::Progress, News::Moved(now) | News::Ended(now), Some((item, _, _, before))) => {
            if before.as_ref() != Some(now) {
                draft.happen(What::ItemProgressed { item, progress: now.clone() });
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
