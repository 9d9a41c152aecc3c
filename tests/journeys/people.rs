//! Who acts in whose place: a deputy, a system, a successor; and who may no longer.

use anyhow::Result;
use contract::common::Role;
use contract::directory::{
    Deputy, Grant, PutDeputyRequest, PutStaffRequest, Staff, SucceedDepartmentRequest,
};
use contract::request::ListTicketsRequest;
use testkit::hand::{refusal, request_id};
use testkit::zone::{ASSISTING, LEAD, THEIRS, grant_by_two, hire, plea};
use testkit::{Hand, Size};

use crate::zone::{DAY_ONE, Zone, instant};

testkit::on_both_sizes!(
    a_deputy_accepts_within_the_dates_alone_and_both_are_recorded,
    a_lead_is_deputised_in_the_department,
    a_system_submits_for_an_enterprise_within_its_grant,
    who_has_left_may_do_nothing_anywhere,
    what_a_dissolved_department_leads_goes_to_its_successor,
);

const FROM: &str = "2026-03-04T10:00:00+08:00";
const UNTIL: &str = "2026-03-04T11:00:00+08:00";

/// Somebody has somebody stand in for them from ten to eleven o'clock.
async fn lend(zone: &Zone, principal: &str, deputy: &str, role: Role) -> Result<()> {
    let deputy = Deputy {
        principal: format!("persons/{principal}"),
        deputy: format!("persons/{deputy}"),
        role: role.into(),
        from_time: Some(runtime::wire::time(instant(FROM))),
        until_time: Some(runtime::wire::time(instant(UNTIL))),
        ..<_>::default()
    };
    let wanted = PutDeputyRequest { deputy: Some(deputy), request_id: request_id() };
    zone.by(principal).directory().put_deputy(wanted).await?;
    zone.world.settle().await
}

async fn a_deputy_accepts_within_the_dates_alone_and_both_are_recorded(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    lend(&zone, "D01-11", "D03-11", Role::Dispatcher).await?;
    let first = zone.by("handler").submit(plea()).await?;
    let second = zone.by("handler").submit(plea()).await?;
    zone.world.settle().await?;
    let early = zone.by("D03-11").accept(&first.name).await.expect_err("before it holds");
    assert_eq!(refusal(&early).1, "whistle ROLE_FORBIDS");

    zone.at(FROM).await?;
    zone.by("D03-11").accept(&first.name).await?;
    let history = zone.ticket_history(&first.name).await?;
    let accepted = history.iter().find(|entry| entry.r#type.ends_with("TicketAccepted")).unwrap();
    assert_eq!(accepted.actor, "persons/D03-11 for persons/D01-11");
    zone.at(UNTIL).await?;
    let late = zone.by("D03-11").accept(&second.name).await.expect_err("it holds no more");
    assert_eq!(refusal(&late).1, "whistle ROLE_FORBIDS");
    zone.by("D01-11").accept(&second.name).await?;
    zone.world.end().await
}

async fn a_lead_is_deputised_in_the_department(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    lend(&zone, "D02-01", "D02-12", Role::Lead).await?;
    let ticket = zone.accepted().await?;
    let assign = async |code: &str| zone.by("D02-12").assign(&ticket.work_order, code).await;
    let early = assign("D02-11").await.expect_err("before it holds");
    assert_eq!(refusal(&early).1, "whistle ROLE_FORBIDS");
    zone.at(FROM).await?;
    assign("D02-11").await?;
    let history = zone.order_history(&ticket.work_order).await?;
    assert_eq!(history.last().unwrap().actor, "persons/D02-12 for persons/D02-01");
    zone.at(UNTIL).await?;
    let late = assign("D02-11").await.expect_err("it holds no more");
    assert_eq!(refusal(&late).1, "whistle ROLE_FORBIDS");
    zone.world.end().await
}

async fn who_has_left_may_do_nothing_anywhere(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let ticket = zone.accepted().await?;
    let left = Staff {
        name: "persons/D02-11".to_owned(),
        title: "D02-11".to_owned(),
        department: LEAD.to_owned(),
        roles: vec![Role::Staff.into()],
        active: false,
        ..<_>::default()
    };
    let wanted = PutStaffRequest { staff: Some(left), request_id: request_id() };
    zone.by("admin").directory().put_staff(wanted).await?;
    zone.world.settle().await?;
    let hand = zone.by("D02-11");
    let refused = [
        hand.claim(&ticket.work_order).await.expect_err("they have left"),
        hand.order(&ticket.work_order).await.expect_err("they have left"),
        hand.ticket(&ticket.name).await.expect_err("they have left"),
    ];
    for status in &refused {
        assert_eq!(refusal(status).1, "whistle ROLE_FORBIDS");
    }
    zone.by("D02-12").claim(&ticket.work_order).await?;
    zone.world.end().await
}

async fn a_system_submits_for_an_enterprise_within_its_grant(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let (admin, second) = (zone.by("admin"), zone.by("admin-2"));
    let record = Staff {
        name: "persons/hotline".to_owned(),
        title: "12345热线".to_owned(),
        active: true,
        ..<_>::default()
    };
    hire(&admin, &second, record).await?;
    let grant = Grant {
        grantee: "persons/hotline".to_owned(),
        roles: vec![Role::System.into()],
        methods: vec!["whistle.request.v1.RequestService/SubmitTicket".to_owned()],
        reason: "热线代企业提交诉求".to_owned(),
        ..<_>::default()
    };
    grant_by_two(&admin, &second, grant).await?;
    zone.world.settle().await?;

    let hotline = Hand::new(zone.world.system_for("systems/hotline", "persons/handler"));
    let ticket = hotline.submit(plea()).await?;
    let history = zone.ticket_history(&ticket.name).await?;
    assert_eq!(history[0].actor, "systems/hotline for persons/handler");
    assert_eq!(zone.by("handler").ticket(&ticket.name).await?.name, ticket.name);
    // In the right of the person served, and by no other method.
    let mut theirs = plea();
    theirs.enterprise = THEIRS.to_owned();
    let theirs = hotline.submit(theirs).await.expect_err("the handler knows of no other");
    assert_eq!(refusal(&theirs).1, "request.whistle ENTERPRISE_NOT_FOUND");
    let listed = hotline.tickets().list_tickets(ListTicketsRequest::default()).await;
    let listed = listed.expect_err("it was not granted");
    assert_eq!(refusal(&listed).1, "whistle METHOD_NOT_GRANTED");
    zone.world.end().await
}

async fn what_a_dissolved_department_leads_goes_to_its_successor(size: Size) -> Result<()> {
    let zone = Zone::start(size, DAY_ONE).await?;
    let wanted = SucceedDepartmentRequest {
        department: LEAD.to_owned(),
        successor: ASSISTING.to_owned(),
        basis: "示编〔2026〕7号".to_owned(),
        etag: String::new(),
        request_id: request_id(),
        ..<_>::default()
    };
    zone.by("admin").directory().succeed_department(wanted).await?;
    zone.world.settle().await?;
    let ticket = zone.accepted().await?;
    let order = zone.order(&ticket.work_order).await?;
    assert_eq!(order.department, ASSISTING);
    zone.by("D03-11").claim(&order.name).await?;
    zone.world.end().await
}
