//! Whatever is told of an order says where it then stands, just as its row does.

use anyhow::Result;
use contract::common::{Limit, LimitStart, Outcome, WorkClass, WorkRequested};
use contract::dispatch::*;
use prost::{Message, Name};
use testkit::{Size, on_both_sizes};

use crate::desk::{Desk, wanted};

on_both_sizes!(what_is_told_of_an_order_is_where_its_row_stands);

/// What each fact of an order says of where it then stands.
macro_rules! standings {
    ($kind:expr, $bytes:expr, $($fact:ident)+) => {
        match $kind {
            $(kind if kind == $fact::full_name() => {
                let told = $fact::decode($bytes).unwrap();
                Some((told.work_order, told.standing.unwrap()))
            })+
            _ => None,
        }
    };
}

impl Desk {
    /// Where the last fact that says so of an order tells that it stands.
    async fn told_standing(&self, order: &str) -> Result<(String, Standing)> {
        let entries = self.world.house("dispatch").journal.entries(0, 10_000).await?;
        let mut told = entries.iter().filter_map(|entry| {
            let heard = entry.heard().ok()?;
            let (of, standing) = standings!(
                heard.kind.as_str(),
                heard.data.as_slice(),
                WorkOrderOffered WorkOrderClaimed WorkOrderHandedOver WorkOrderContacted
                WorkOrderReturned WorkOrderReturnRefused WorkOrderSuspended WorkOrderResumed
                WorkOrderDueChanged WorkOrderMoved WorkOrderUnrouted WorkOrderReleased
                WorkOrderEscalated WorkOrderReplied WorkOrderReplySentBack
            )?;
            (of == order).then_some((heard.kind, standing))
        });
        Ok(told.next_back().unwrap())
    }

    /// The last fact and the row say the same; gives which fact that was.
    async fn stands_as_told(&self, order: &str) -> Result<String> {
        let (kind, told) = self.told_standing(order).await?;
        let row = self.get("D00-99", order).await?;
        let shown = Standing {
            state: row.state,
            department: row.department,
            claimed: !row.claimant.is_empty(),
            contact_due: row.contact_due,
            reply_due: row.reply_due,
            contacted_time: row.contacted_time,
        };
        assert_eq!(told, shown, "{kind}");
        Ok(kind.rsplit('.').next().unwrap().to_owned())
    }
}

/// Both limits start at the claim.
fn from_the_claim(number: u32, now: jiff::Timestamp) -> WorkRequested {
    let work = wanted(number, now);
    let late = |limit: &Limit| Limit { start: LimitStart::Claimed.into(), ..*limit };
    WorkRequested {
        limits: work.limits.iter().map(late).collect(),
        work_class: WorkClass::B.into(),
        ..work
    }
}

async fn what_is_told_of_an_order_is_where_its_row_stands(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.request(&from_the_claim(1, desk.now())).await?;
    let mut seen = vec![desk.stands_as_told(&order).await?];
    assert_eq!(desk.told_standing(&order).await?.1.reply_due, None, "it starts at the claim");
    desk.claim("D02-11", &order).await?;
    seen.push(desk.stands_as_told(&order).await?);
    let claimed = desk.told_standing(&order).await?.1;
    assert!(claimed.reply_due.is_some() && claimed.contact_due.is_some());
    desk.release("D02-11", &order).await?;
    seen.push(desk.stands_as_told(&order).await?);
    let released = desk.told_standing(&order).await?.1;
    let kept = (claimed.reply_due, claimed.contact_due);
    assert_eq!((released.reply_due, released.contact_due), kept, "the department's clock goes on");
    desk.give_back("D02-11", &order, "departments/D03").await?;
    seen.push(desk.stands_as_told(&order).await?);
    desk.decide_return("D01-11", &order, (Decision::Refused, "")).await?;
    seen.push(desk.stands_as_told(&order).await?);
    desk.claim("D02-11", &order).await?;
    desk.hand_over("D02-11", &order, "D02-12").await?;
    seen.push(desk.stands_as_told(&order).await?);
    desk.contact("D02-12", &order).await?;
    seen.push(desk.stands_as_told(&order).await?);
    let until = "2026-03-09T17:30:00+08:00";
    desk.ask_pause("D02-12", &order, (PauseReason::Hearing, until)).await?;
    desk.decide_pause("D01-11", &order, Decision::Granted).await?;
    seen.push(desk.stands_as_told(&order).await?);
    desk.go_to(until).await?;
    seen.push(desk.stands_as_told(&order).await?);
    desk.complete_as("D02-12", &order, (Outcome::Solved, None)).await?;
    seen.push(desk.stands_as_told(&order).await?);
    desk.send_back("D02-01", &order).await?;
    seen.push(desk.stands_as_told(&order).await?);
    desk.dissolve("D02", "D05").await?;
    seen.push(desk.stands_as_told(&order).await?);
    let lone = WorkRequested { lead: String::new(), ..from_the_claim(2, desk.now()) };
    let lone = desk.request(&lone).await?;
    seen.push(desk.stands_as_told(&lone).await?);
    desk.route("D01-11", &lone, "D03").await?;
    seen.push(desk.stands_as_told(&lone).await?);
    desk.claim("D03-11", &lone).await?;
    desk.give_back("D03-11", &lone, "").await?;
    desk.decide_return("D01-11", &lone, (Decision::Granted, "")).await?;
    seen.push(desk.stands_as_told(&lone).await?);
    assert_eq!(desk.told_standing(&lone).await?.1.reply_due, None, "nobody has claimed it");
    assert_eq!(
        seen,
        [
            "WorkOrderOffered",
            "WorkOrderClaimed",
            "WorkOrderReleased",
            "WorkOrderReturned",
            "WorkOrderReturnRefused",
            "WorkOrderHandedOver",
            "WorkOrderContacted",
            "WorkOrderSuspended",
            "WorkOrderDueChanged",
            "WorkOrderReplied",
            "WorkOrderReplySentBack",
            "WorkOrderMoved",
            "WorkOrderUnrouted",
            "WorkOrderOffered",
            "WorkOrderEscalated",
        ]
    );
    desk.world.end().await
}
