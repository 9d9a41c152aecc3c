//! What cannot be applied: passed over if unknown, set aside if it fails, seen and replayed in order.

use anyhow::Result;
use contract::common::MaterialsSupplied;
use contract::dispatch::WorkOrderState;
use contract::operations::{
    GetBacklogRequest, ListParkedRequest, ParkedEvent, ReplayParkedRequest, ReplayParkedResponse,
};
use journal::statement::execute;
use journal::{Telling, Trouble};
use prost::Name;
use testkit::Size;
use testkit::zone::plea;

use crate::zone::{DAY_ONE, Zone};

testkit::on_both_sizes!(
    an_event_of_an_unknown_type_is_passed_over,
    a_poison_event_is_parked_with_what_follows_it_and_replayed_in_order,
    an_event_that_nobody_can_apply_stays_parked,
);

/// A fact that a later release of request may tell.
#[derive(Clone, PartialEq, prost::Message)]
struct TicketTranslated {
    #[prost(string, tag = "1")]
    language: String,
}

impl Name for TicketTranslated {
    const NAME: &'static str = "TicketTranslated";
    const PACKAGE: &'static str = "whistle.request.v1";
}

async fn an_event_of_an_unknown_type_is_passed_over(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let ticket = zone.accepted().await?;
    let unknown = TicketTranslated { language: "en".to_owned() };
    let telling = Telling::new(&ticket.name, &ticket.name, &unknown);
    zone.world.tell("request", telling, "persons/handler").await?;
    zone.world.settle().await?;
    let (_, order) = zone.in_progress().await?;
    assert_eq!(order.state(), WorkOrderState::InProgress, "the next one is heard");
    assert_eq!(parked(&zone).await?, []);
    zone.world.end().await
}

async fn a_poison_event_is_parked_with_what_follows_it_and_replayed_in_order(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let sick = zone.by("handler").submit(plea()).await?;
    poison(&zone, size, &sick.name).await?;
    let sick = zone.by("D01-11").accept(&sick.name).await?;
    zone.by("handler").supplement(&sick.name).await?;
    // Others go on.
    let (_, order) = zone.in_progress().await?;
    assert_eq!(order.state(), WorkOrderState::InProgress);
    zone.world.settle().await?;
    zone.by("D02-11").order(&sick.work_order).await.expect_err("it has not been made");

    let aside = parked(&zone).await?;
    let kinds: Vec<&str> = aside.iter().map(|event| event.r#type.as_str()).collect();
    let [first, .., last] = kinds.as_slice() else { panic!("{kinds:?}") };
    assert_eq!(*first, "whistle.common.v1.WorkRequested");
    assert_eq!(*last, "whistle.common.v1.MaterialsSupplied");
    assert!(aside.iter().all(|event| event.subject == sick.name && event.source == "request"));
    assert!(aside[0].problem.contains("poison"), "{}", aside[0].problem);
    let backlog = GetBacklogRequest { journal: "dispatch".to_owned() };
    let backlog = zone.by("admin").operations("dispatch").get_backlog(backlog).await?.into_inner();
    assert_eq!(usize::try_from(backlog.parked)?, aside.len());

    let still = replay(&zone, &sick.name).await?;
    assert_eq!((still.applied, usize::try_from(still.left)?), (0, aside.len()));
    assert!(still.problem.contains("poison"), "{}", still.problem);
    cure(&zone, size).await?;
    let done = replay(&zone, &sick.name).await?;
    // What the first of them makes request tell may come while the rest are replayed: behind them.
    assert!(aside.len() <= usize::try_from(done.applied)?, "{} applied", done.applied);
    assert_eq!(done.left, 0, "{}", done.problem);
    let again = replay(&zone, &sick.name).await?;
    assert_eq!((again.applied, again.left), (0, 0));

    let order = zone.order(&sick.work_order).await?;
    assert_eq!(order.state(), WorkOrderState::Offered);
    zone.by("D02-11").claim(&order.name).await?;
    assert_eq!(zone.seen(&sick).await?.progress.unwrap().state, "CLAIMED");
    zone.world.end().await
}

async fn an_event_that_nobody_can_apply_stays_parked(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let nonsense = MaterialsSupplied { work_order: "nonsense".to_owned(), source: String::new() };
    let telling = Telling::new("tickets/nonsense", "tickets/nonsense", &nonsense);
    zone.world.tell("request", telling, "persons/handler").await?;
    zone.in_progress().await?;
    let aside = parked(&zone).await?;
    assert_eq!(aside.len(), 1);
    let still = replay(&zone, "tickets/nonsense").await?;
    assert_eq!((still.applied, still.left), (0, 1));
    assert!(!still.problem.is_empty());
    zone.world.site.stop().await;
    Ok(())
}

async fn parked(zone: &Zone) -> Result<Vec<ParkedEvent>> {
    let wanted = ListParkedRequest { journal: "dispatch".to_owned(), ..<_>::default() };
    let answer = zone.by("admin").operations("dispatch").list_parked(wanted).await?;
    Ok(answer.into_inner().events)
}

async fn replay(zone: &Zone, subject: &str) -> Result<ReplayParkedResponse> {
    let wanted = ReplayParkedRequest {
        journal: "dispatch".to_owned(),
        source: "request".to_owned(),
        subject: subject.to_owned(),
    };
    Ok(zone.by("admin").operations("dispatch").replay_parked(wanted).await?.into_inner())
}

/// From now on dispatch's database refuses the order of this ticket.
async fn poison(zone: &Zone, size: Size, ticket: &str) -> Result<()> {
    let statements = match size {
        Size::Embedded => vec![format!(
            "CREATE TRIGGER poison BEFORE INSERT ON work_order WHEN NEW.source = '{ticket}' \
             BEGIN SELECT RAISE(ABORT, 'poison'); END"
        )],
        Size::Real => vec![
            "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION 'poison'; END $$"
                .to_owned(),
            format!(
                "CREATE TRIGGER poison BEFORE INSERT ON work_order FOR EACH ROW \
                 WHEN (NEW.source = '{ticket}') EXECUTE FUNCTION poison()"
            ),
        ],
    };
    carry_out(zone, statements).await
}

async fn cure(zone: &Zone, size: Size) -> Result<()> {
    let statement = match size {
        Size::Embedded => "DROP TRIGGER poison",
        Size::Real => "DROP TRIGGER poison ON work_order",
    };
    carry_out(zone, vec![statement.to_owned()]).await
}

async fn carry_out(zone: &Zone, statements: Vec<String>) -> Result<()> {
    let done = zone.world.house("dispatch").journal.commit("schema", None, move |unit| {
        let statements = statements.clone();
        Box::pin(async move {
            for statement in &statements {
                execute(unit.tx(), statement, []).await?;
            }
            Ok::<_, Trouble>(())
        })
    });
    done.await?;
    Ok(())
}
