//! How orders end and begin again, over gRPC: signed, planned, withdrawn, settled, reopened.

use anyhow::Result;
use contract::common::{
    Date, Outcome, WorkClass, WorkKind, WorkReopened, WorkRequested, WorkSettled, WorkWithdrawn,
};
use contract::dispatch::*;
use journal::Telling;
use testkit::{Size, on_both_sizes};

use crate::desk::{Desk, TICKET, metadata, reason, wanted};

on_both_sizes!(
    classes_a_and_b_are_signed_by_another,
    outcomes_of_their_own_have_their_conditions,
    what_is_withdrawn_is_cancelled_with_its_children,
    decision_work_is_settled_by_its_owner,
    a_new_round_is_offered_again_and_both_rounds_are_counted,
    who_assists_what_is_urgent_is_asked_along_a_duty_chain_in_every_round,
    what_waits_is_counted_by_department,
);

impl Desk {
    async fn hear(&self, telling: Telling) -> Result<()> {
        self.world.tell("request", telling, "persons/D01-11").await?;
        self.world.settle().await
    }

    async fn withdraw(&self, order: &str) -> Result<()> {
        let (work_order, source) = (order.to_owned(), TICKET.to_owned());
        let told = WorkWithdrawn { work_order, source, round: 1, reason: "WITHDRAWN".to_owned() };
        self.hear(Telling::new(TICKET, TICKET, &told)).await
    }

    pub(crate) async fn reopen(&self, work: WorkRequested, escalate: bool) -> Result<()> {
        let told = WorkReopened { work: Some(work), reason: "不满意".to_owned(), escalate };
        self.hear(Telling::new(TICKET, TICKET, &told)).await
    }
}

/// Shows: dispatch IN_PROGRESS Complete; dispatch AWAITING_SIGNATURE Sign; dispatch AWAITING_SIGNATURE SendBack; dispatch refuses SIGNS_OWN
async fn classes_a_and_b_are_signed_by_another(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let hard = WorkRequested { work_class: WorkClass::B.into(), ..wanted(1, desk.now()) };
    let order = desk.request(&hard).await?;
    desk.assign("D02-01", &order, "D02-01").await?;
    desk.contact("D02-01", &order).await?;
    let replied = desk.complete("D02-01", &order, "").await?;
    assert_eq!(replied.state(), WorkOrderState::AwaitingSignature);
    assert_eq!(reason(desk.sign("D02-01", &order).await), "SIGNS_OWN");
    assert_eq!(reason(desk.send_back("D02-01", &order).await), "SIGNS_OWN");
    assert_eq!(reason(desk.sign("D03-11", &order).await), "WORK_ORDER_NOT_FOUND");
    assert_eq!(reason(desk.sign("D02-12", &order).await), "ROLE_FORBIDS");
    // A deputy of the lead holds the role meanwhile.
    let both = [contract::common::Role::Lead, contract::common::Role::Staff];
    desk.tell_of("D02-12", &both, true).await?;
    desk.world.settle().await?;
    let back = desk.send_back("D02-12", &order).await?;
    assert_eq!((back.state(), back.answer.as_str()), (WorkOrderState::InProgress, ""));
    assert_eq!(reason(desk.sign("D02-12", &order).await), "STATE_FORBIDS");
    desk.complete("D02-01", &order, "").await?;
    let signed = desk.sign("D02-12", &order).await?;
    assert_eq!(
        (signed.state(), signed.signer.as_str()),
        (WorkOrderState::Completed, "persons/D02-12")
    );
    assert_eq!(
        desk.told().await?[3..],
        ["WorkOrderReplied", "WorkOrderReplySentBack", "WorkOrderReplied", "WorkOrderCompleted"]
    );
    desk.world.end().await
}

/// Shows: dispatch SUSPENDED Complete; dispatch refuses OUTCOME_FORBIDS
async fn outcomes_of_their_own_have_their_conditions(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let (order, planned) = (desk.in_progress(1).await?, desk.in_progress(2).await?);
    let unsupplied = (Outcome::NotSupplemented, None);
    let refused = desk.complete_as("D02-11", &order, unsupplied).await;
    assert_eq!(reason(refused), "OUTCOME_FORBIDS");
    let awaiting = (PauseReason::AwaitingMaterials, "2026-03-05T12:00:00+08:00");
    desk.ask_pause("D02-11", &order, awaiting).await?;
    desk.decide_pause("D01-11", &order, Decision::Granted).await?;
    let refused = desk.complete_as("D02-11", &order, unsupplied).await;
    assert_eq!(reason(refused), "OUTCOME_FORBIDS");
    desk.go_to("2026-03-05T12:00:00+08:00").await?;
    let done = desk.complete_as("D02-11", &order, unsupplied).await?;
    assert_eq!(done.outcome(), Outcome::NotSupplemented);
    let date = |year, month, day| Some(Date { year, month, day });
    for (outcome, day) in [
        (Outcome::Planned, None),
        (Outcome::Planned, date(2026, 2, 30)),
        (Outcome::Planned, date(2026, 3, 1)),
        (Outcome::Solved, date(2026, 6, 30)),
    ] {
        let refused = desk.complete_as("D02-11", &planned, (outcome, day)).await;
        assert_eq!(reason(refused), "FIELD_INVALID");
    }
    let on_plan = (Outcome::Planned, date(2026, 6, 30));
    let done = desk.complete_as("D02-11", &planned, on_plan).await?;
    let close: jiff::Timestamp = "2026-06-30T17:30:00+08:00".parse()?;
    assert_eq!(done.planned_time, Some(runtime::wire::time(close)));
    desk.world.end().await
}

/// Shows: dispatch hears WorkWithdrawn in IN_PROGRESS; dispatch hears WorkWithdrawn in COMPLETED
async fn what_is_withdrawn_is_cancelled_with_its_children(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.in_progress(1).await?;
    let parent = desk.assist("D02-11", &order, "departments/D03").await?;
    let child = parent.assistance[0].work_order.clone();
    let waived = desk.assist("D02-11", &order, "departments/D04").await?;
    let waived = waived.assistance[1].work_order.clone();
    assert_eq!(reason(desk.waive("D02-12", &order, &waived).await), "NOT_CLAIMANT");
    desk.waive("D02-11", &order, &waived).await?;
    assert_eq!(reason(desk.waive("D02-11", &order, &waived).await), "ASSISTANCE_NOT_OPEN");
    desk.withdraw(&order).await?;
    for of in [&order, &child, &waived] {
        assert_eq!(desk.get("D01-11", of).await?.state(), WorkOrderState::Cancelled);
    }
    assert_eq!(desk.get("D02-11", &order).await?.cancelled_reason, "WITHDRAWN");
    assert_eq!(reason(desk.complete("D02-11", &order, "").await), "STATE_FORBIDS");
    let done = desk.in_progress(2).await?;
    desk.complete("D02-11", &done, "").await?;
    desk.withdraw(&done).await?;
    assert_eq!(desk.get("D02-11", &done).await?.state(), WorkOrderState::Completed);
    assert_eq!(desk.told().await?.last().unwrap(), "WorkOrderHeardLate");
    desk.world.end().await
}

/// Shows: dispatch hears WorkSettled in IN_PROGRESS; dispatch refuses DECIDED_IN_OWNER
async fn decision_work_is_settled_by_its_owner(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.decision(1).await?;
    desk.contact("D02-11", &order).await?;
    let refused = desk.complete("D02-11", &order, "").await.unwrap_err();
    assert_eq!(metadata(&refused, "method"), "whistle.agency.v1.AgencyService/IssueItem");
    assert_eq!(reason(Err::<(), _>(refused)), "DECIDED_IN_OWNER");
    desk.go_to("2026-03-05T09:00:00+08:00").await?;
    let decided: jiff::Timestamp = "2026-03-04T16:00:00+08:00".parse()?;
    let told = WorkSettled {
        work_order: order.clone(),
        source: "cases/1/items/I1".to_owned(),
        round: 1,
        actor: "persons/D02-12".to_owned(),
        outcome: "ISSUED".to_owned(),
        decided_time: Some(runtime::wire::time(decided)),
    };
    desk.hear(Telling::new(TICKET, TICKET, &told)).await?;
    let done = desk.get("D02-11", &order).await?;
    assert_eq!(
        (done.state(), done.settled_outcome.as_str()),
        (WorkOrderState::Completed, "ISSUED")
    );
    assert_eq!(done.completed_time, Some(runtime::wire::time(decided)));
    assert_eq!(desk.told().await?.last().unwrap(), "WorkOrderCompleted");
    let date = |day| Some(Date { year: 2026, month: 3, day });
    let (from_date, to_date) = (date(1), date(31));
    for (kind, counted) in
        [(WorkKind::Unspecified, 1), (WorkKind::Decision, 1), (WorkKind::Answer, 0)]
    {
        for first_round in [false, true] {
            let asked = GetLeagueRequest { from_date, to_date, first_round, kind: kind.into() };
            let zone = desk.client("D00-99").get_league(asked).await?.into_inner().zone.unwrap();
            assert_eq!((zone.dispatched, zone.on_time.unwrap().denominator), (counted, counted));
            assert_eq!(zone.solved.unwrap().denominator, 0, "nobody is asked for a verdict");
        }
    }
    desk.world.end().await
}

/// Shows: dispatch IN_PROGRESS AskAssistance; dispatch hears WorkReopened in COMPLETED
async fn who_assists_what_is_urgent_is_asked_along_a_duty_chain_in_every_round(
    size: Size,
) -> Result<()> {
    let desk = Desk::open(size).await?;
    let urgent = WorkRequested {
        work_class: WorkClass::Urgent.into(),
        zone_duty: "persons/D01-05".to_owned(),
        limits: Vec::new(),
        ..wanted(1, desk.now())
    };
    let order = desk.request(&urgent).await?;
    desk.contact("D02-11", &order).await?;
    let parent = desk.assist("D02-11", &order, "departments/D03").await?;
    let child = parent.assistance[0].work_order.clone();
    assert_eq!(desk.get("D03-11", &child).await?.on_duty, "persons/D03-03");
    desk.contact("D03-11", &child).await?;
    desk.complete("D03-11", &child, "").await?;
    desk.complete("D02-11", &order, "").await?;
    desk.reopen(WorkRequested { round: 2, ..urgent }, false).await?;
    let again = desk.get("D03-11", &child).await?;
    assert_eq!((again.round, again.on_duty.as_str()), (2, "persons/D03-03"));
    desk.go_to("2026-03-04T09:15:00+08:00").await?;
    assert_eq!(desk.get("D03-11", &child).await?.on_duty, "persons/D03-01");
    desk.world.end().await
}

/// Shows: dispatch hears WorkReopened in COMPLETED
async fn a_new_round_is_offered_again_and_both_rounds_are_counted(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let order = desk.in_progress(1).await?;
    let parent = desk.assist("D02-11", &order, "departments/D03").await?;
    let child = parent.assistance[0].work_order.clone();
    desk.contact("D03-11", &child).await?;
    desk.complete("D03-11", &child, "").await?;
    desk.complete("D02-11", &order, "").await?;
    desk.rate(&order, 2).await?;
    desk.go_to("2026-03-09T09:00:00+08:00").await?;
    let again =
        WorkRequested { round: 2, lead: "departments/D04".to_owned(), ..wanted(1, desk.now()) };
    desk.reopen(again.clone(), false).await?;
    let reopened = desk.get("D04-11", &order).await?;
    assert_eq!((reopened.state(), reopened.round), (WorkOrderState::Offered, 2));
    assert_eq!(reopened.number, parent.number);
    assert_eq!(desk.get("D03-11", &child).await?.state(), WorkOrderState::Offered);
    desk.contact("D03-11", &child).await?;
    desk.complete("D03-11", &child, "").await?;
    desk.contact("D04-11", &order).await?;
    desk.complete("D04-11", &order, "").await?;
    let league = async |first_round| {
        let date = |day| Some(Date { year: 2026, month: 3, day });
        let march = GetLeagueRequest {
            from_date: date(1),
            to_date: date(31),
            first_round,
            ..<_>::default()
        };
        let league = desk.client("D00-99").get_league(march).await?.into_inner();
        let led = league.rows.into_iter().filter(|row| 0 < row.dispatched);
        Ok::<_, tonic::Status>(led.map(|row| row.department).collect::<Vec<_>>())
    };
    assert_eq!(league(true).await?, ["departments/D02"]);
    assert_eq!(league(false).await?, ["departments/D04"]);
    desk.reopen(WorkRequested { round: 3, ..again }, true).await?;
    let escalated = desk.get("D00-01", &order).await?;
    assert_eq!(
        (escalated.state(), escalated.escalated_for.as_str()),
        (WorkOrderState::Escalated, "REDONE")
    );
    desk.designate("D00-01", &order, "D02").await?;
    desk.world.end().await
}

async fn what_waits_is_counted_by_department(size: Size) -> Result<()> {
    let desk = Desk::open(size).await?;
    let start = desk.now();
    // Due on 03-11, on 03-04, and on 02-28 long past: a make-up working day.
    for (number, days) in [(1, 0), (2, 6), (3, 12)] {
        let days = jiff::SignedDuration::from_hours(24 * days);
        desk.request(&wanted(number, start - days)).await?;
    }
    let lone = WorkRequested { lead: String::new(), ..wanted(4, start) };
    desk.request(&lone).await?;
    let other = WorkRequested { lead: "departments/D03".to_owned(), ..wanted(5, start) };
    desk.request(&other).await?;
    let counts = |workloads: Vec<Workload>| {
        let count = |it: Workload| (it.department, it.open, it.due_today, it.overdue);
        workloads.into_iter().map(count).collect::<Vec<_>>()
    };
    let of =
        |code: &str| if code.is_empty() { String::new() } else { format!("departments/{code}") };
    assert_eq!(
        counts(desk.workload("D01-11").await?),
        [(of(""), 1, 0, 0), (of("D02"), 3, 1, 1), (of("D03"), 1, 0, 0)]
    );
    assert_eq!(counts(desk.workload("D03-11").await?), [(of("D03"), 1, 0, 0)]);
    assert_eq!(counts(desk.workload("D04-11").await?), []);
    desk.withdraw("workOrders/00000000-0000-7000-8000-000000000005").await?;
    assert_eq!(counts(desk.workload("D03-11").await?), []);
    desk.world.end().await
}
