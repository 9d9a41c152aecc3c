//! What dispatch tells of the orders that were asked for here.

use super::draft::Draft;
use super::fact::What;
use super::kept::Application;
use super::work::{Heard, HeardKind, News, Purpose};

/// What a fact of dispatch does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The application shows where its order stands.
    Progress,
    /// The application waits for the dispatcher to say whose it is.
    Decline,
    /// It is recorded as late and changes nothing else.
    Late,
    /// It is passed over, for this reason.
    Ignored(&'static str),
}

/// What each fact of dispatch does, by what the application has an order for, whatever its state;
/// without one, it is late. An order ends there because it was settled or withdrawn here: that says
/// nothing new.
#[rustfmt::skip]
pub const HEARD: &[(Option<Purpose>, HeardKind, Effect)] = {
    use {Effect::*, HeardKind::*, Purpose::*};
    const ECHO: Effect = Ignored("it was settled or withdrawn here before");
    &[
        // order for          heard         effect
        (Some(Review),        WorkMoved,    Progress),
        (Some(Review),        WorkDeclined, Decline),
        (Some(Review),        WorkEnded,    Progress),
        (Some(SecondReview),  WorkMoved,    Progress),
        (Some(SecondReview),  WorkDeclined, Decline),
        (Some(SecondReview),  WorkEnded,    Progress),
        (None,                WorkMoved,    Late),
        (None,                WorkDeclined, Late),
        (None,                WorkEnded,    ECHO),
    ]
};

/// What a fact of this kind does, by the table.
pub fn effect(order: Option<Purpose>, kind: HeardKind) -> Effect {
    HEARD
        .iter()
        .find(|(of, heard, _)| (*of, *heard) == (order, kind))
        .map_or(Effect::Ignored("not in the table"), |(_, _, effect)| *effect)
}

/// What a fact does to an application, by the table. An order that it never had is not the work itself:
/// it assists one that is.
pub fn effect_on(application: &Application, heard: &Heard) -> Effect {
    let own = application.order.as_ref().filter(|order| order.id == heard.work_order);
    if own.is_none() && !application.had_order(heard.work_order) {
        return Effect::Ignored("it was never asked for here");
    }
    effect(own.map(|order| order.purpose), heard.news.kind())
}

/// What dispatch told takes effect, by [`HEARD`].
pub(super) fn hear(draft: &mut Draft<'_>, heard: &Heard) {
    draft.moment.now = heard.occurred_at.max(draft.application.changed_at);
    let (kind, work_order) = (heard.news.kind(), heard.work_order);
    match (effect_on(&draft.application, heard), &heard.news) {
        (Effect::Progress, News::Moved(now) | News::Ended(now)) => {
            let before = draft.application.progress.as_ref();
            let progress = now.clone().following(before);
            if before != Some(&progress) {
                draft.happen(What::Progressed { progress });
            }
        }
        (Effect::Decline, News::Declined { basis }) => {
            let order = draft.application.order.as_ref();
            if order.is_some_and(|order| !order.declined) {
                draft.happen(What::WorkDeclined { order: work_order, basis: basis.clone() });
            }
        }
        (Effect::Late, _) => draft.happen(What::HeardLate { kind, work_order }),
        (Effect::Progress | Effect::Decline | Effect::Ignored(_), _) => {}
    }
}
