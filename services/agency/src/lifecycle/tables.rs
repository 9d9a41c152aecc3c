//! The state machine as tables: of the case, of an item, and which of an item's actions a case takes.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString};

use super::item::{ItemAction, ItemState};
use crate::error::Error;

/// Where a case stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// 咨询: waits for its mandate.
    Consulting,
    /// 已委托: waits to be started.
    Mandated,
    /// 办理中: its items run.
    Running,
    /// 中止: nothing more is submitted for a while; departments go on with what they have.
    Suspended,
    /// 已送达: waits for the follow-up.
    Delivered,
    /// 已回访.
    FollowedUp,
    /// 已归档.
    Archived,
}

/// What can be done to a case as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Action {
    /// 签署委托书.
    SignMandate,
    /// The mandate ends: revoked, expired, or with its agent.
    EndMandate,
    /// 交材料.
    AddMaterial,
    /// 容缺承诺.
    PromiseMaterial,
    /// 启动.
    Start,
    /// 签署承诺书.
    SignCommitment,
    /// 拿地.
    RecordLandAcquired,
    /// 中止.
    Suspend,
    /// 续办.
    Resume,
    /// Its agent is none any more: another one is awaited.
    LoseAgent,
    /// Its agent is one again.
    RegainAgent,
    /// 交接.
    HandOver,
    /// 终止.
    Terminate,
    /// 送达.
    Deliver,
    /// 回访.
    FollowUp,
    /// 归档.
    Archive,
}

/// Every move that a case can make. What is not here is refused. A mandate that ends before the
/// start takes the case back to the consultation; one that ends later ends the agent's acts alone.
#[rustfmt::skip]
pub const TRANSITIONS: &[(State, Action, State)] = {
    use {Action::*, State::*};
    &[
        // from        action              to
        (Consulting,   SignMandate,        Mandated),
        (Consulting,   AddMaterial,        Consulting),
        (Consulting,   LoseAgent,          Consulting),
        (Consulting,   RegainAgent,        Consulting),
        (Consulting,   HandOver,           Consulting),
        (Consulting,   Terminate,          Archived),
        (Mandated,     SignMandate,        Mandated),
        (Mandated,     EndMandate,         Consulting),
        (Mandated,     AddMaterial,        Mandated),
        (Mandated,     PromiseMaterial,    Mandated),
        (Mandated,     Start,              Running),
        (Mandated,     SignCommitment,     Mandated),
        (Mandated,     LoseAgent,          Mandated),
        (Mandated,     RegainAgent,        Mandated),
        (Mandated,     HandOver,           Mandated),
        (Mandated,     Terminate,          Archived),
        (Running,      SignMandate,        Running),
        (Running,      EndMandate,         Running),
        (Running,      AddMaterial,        Running),
        (Running,      PromiseMaterial,    Running),
        (Running,      SignCommitment,     Running),
        (Running,      RecordLandAcquired, Running),
        (Running,      Suspend,            Suspended),
        (Running,      LoseAgent,          Running),
        (Running,      RegainAgent,        Running),
        (Running,      HandOver,           Running),
        (Running,      Terminate,          Running),
        (Running,      Deliver,            Delivered),
        (Suspended,    SignMandate,        Suspended),
        (Suspended,    EndMandate,         Suspended),
        (Suspended,    AddMaterial,        Suspended),
        (Suspended,    RecordLandAcquired, Suspended),
        (Suspended,    Resume,             Running),
        (Suspended,    LoseAgent,          Suspended),
        (Suspended,    RegainAgent,        Suspended),
        (Suspended,    HandOver,           Suspended),
        (Suspended,    Terminate,          Running),
        (Delivered,    FollowUp,           FollowedUp),
        (FollowedUp,   Archive,            Archived),
    ]
};

/// Every move that an item can make. What is not here is refused.
///
/// 容缺: a promise that is not kept before there is an opinion ends nothing by itself: the enterprise
/// is told, and a commitment is broken. The material may still be handed in, late as it is, and the
/// item is then issued; without it the department gives no opinion. It asks for it by a notice, or
/// does not accept, while the item is SUBMITTED; it refuses once it is UNDER_REVIEW, for after the
/// acceptance there is no further notice (行政许可法 32).
#[rustfmt::skip]
pub const ITEM_TRANSITIONS: &[(ItemState, ItemAction, ItemState)] = {
    use {ItemAction::*, ItemState::*};
    &[
        // from        action          to
        (Blocked,      Unblock,        Ready),
        (Blocked,      Withdraw,       Withdrawn),
        (Ready,        Submit,         Submitted),
        (Ready,        Block,          Blocked),
        (Ready,        Withdraw,       Withdrawn),
        (Submitted,    Correct,        Correction),
        (Submitted,    Accept,         UnderReview),
        (Submitted,    NotAccept,      NotAccepted),
        (Submitted,    Block,          Blocked),
        (Submitted,    Withdraw,       Withdrawn),
        (Submitted,    Redirect,       Submitted),
        (Correction,   Supply,         Submitted),
        (Correction,   Block,          Blocked),
        (Correction,   Withdraw,       Withdrawn),
        (Correction,   Redirect,       Correction),
        (UnderReview,  PreIssue,       PreIssued),
        (UnderReview,  Issue,          Issued),
        (UnderReview,  Refuse,         Refused),
        (UnderReview,  Block,          Blocked),
        (UnderReview,  Withdraw,       Withdrawn),
        (UnderReview,  Redirect,       UnderReview),
        (PreIssued,    AskConversion,  PreIssued),
        (PreIssued,    Convert,        Issued),
        (PreIssued,    Void,           Voided),
        (PreIssued,    Block,          Blocked),
        (PreIssued,    Withdraw,       Withdrawn),
        (PreIssued,    Redirect,       PreIssued),
        (Issued,       AskRecheck,     Issued),
        (Issued,       Recheck,        Issued),
        (Issued,       Recheck,        Revoked),
        (Issued,       Redirect,       Issued),
        (Refused,      Reapply,        Blocked),
        (NotAccepted,  Reapply,        Blocked),
        (Voided,       Reapply,        Blocked),
        (Revoked,      Reapply,        Blocked),
    ]
};

/// Which actions of an item a case takes, by its state: who applies acts while it runs; the
/// departments decide whether it is suspended or not, and so does the enterprise that withdraws.
#[rustfmt::skip]
pub const TAKES: &[(State, &[ItemAction])] = {
    use {ItemAction::*, State::*};
    &[
        (Running,   &[Submit, Supply, Reapply, Withdraw, Correct, Accept, NotAccept, PreIssue,
                      Convert, Issue, Refuse, Void, Recheck, Redirect]),
        (Suspended, &[Withdraw, Correct, Accept, NotAccept, PreIssue,
                      Convert, Issue, Refuse, Void, Recheck, Redirect]),
    ]
};

/// The actions that a state takes, by the table.
pub fn allowed(state: State) -> Vec<Action> {
    let rows = TRANSITIONS.iter().filter(|(from, _, _)| *from == state);
    rows.map(|(_, action, _)| *action).collect()
}

/// The actions that an item and its case take, by the tables.
fn taken(state: State, item: ItemState) -> Vec<ItemAction> {
    let takes = |action: &ItemAction| {
        TAKES.iter().any(|(at, actions)| *at == state && actions.contains(action))
    };
    allowed_of_item(item).into_iter().filter(takes).collect()
}

/// The actions that an item takes, by the table.
pub fn allowed_of_item(state: ItemState) -> Vec<ItemAction> {
    let mut actions: Vec<ItemAction> = Vec::new();
    for (from, action, _) in ITEM_TRANSITIONS {
        if *from == state && !actions.contains(action) {
            actions.push(*action);
        }
    }
    actions
}

/// Whether a state takes an action.
pub(super) fn check(state: State, action: Action) -> Result<(), Error> {
    let open = allowed(state);
    if open.contains(&action) { Ok(()) } else { Err(Error::StateForbids { state, action, open }) }
}

/// Whether a case takes an action of an item of it, and the item does.
pub(super) fn check_item(state: State, item: ItemState, action: ItemAction) -> Result<(), Error> {
    let takes = TAKES.iter().any(|(at, actions)| *at == state && actions.contains(&action));
    let open = taken(state, item);
    if !takes {
        Err(Error::CaseForbids { state, action, open: allowed(state) })
    } else if open.contains(&action) {
        Ok(())
    } else {
        Err(Error::ItemForbids { state: item, action, open })
    }
}
