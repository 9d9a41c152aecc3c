//! Two at once: one wins, and the other is told what has become of it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use contract::agency::{
    CorrectItemRequest, IssueItemRequest, ItemState, Matter, RefuseItemRequest,
};
use contract::common::Role;
use contract::directory::Staff;
use futures_util::FutureExt as _;
use journal::Trouble;
use journal::statement::execute;
use prost::Message as _;
use testkit::Size;
use tokio::sync::Notify;
use tokio::time::timeout;
use tonic::{Code, Status};

use crate::materials::{document, handed_in, header, parts, upload};
use crate::zone::{Zone, item, matter, need, person, procedure, refusal, refused, state};

testkit::on_both_sizes!(
    of_two_who_decide_one_item_at_once_one_wins,
    of_two_units_that_take_one_certificate_number_one_has_it,
    a_decision_on_what_has_changed_meanwhile_is_refused,
    whoever_relies_on_an_agent_who_is_just_leaving_waits_and_is_refused,
);

async fn of_two_who_decide_one_item_at_once_one_wins(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    for round in 0..4 {
        let case = zone.running(procedure(vec![matter("a", &[])])).await?;
        let case = zone.accepted(&case, "a").await?;
        let issue = IssueItemRequest {
            item: item(&case, "a"),
            certificate: format!("建字第{round}号"),
            etag: case.etag.clone(),
            request_id: zone.id(),
            validate_only: false,
        };
        let refuse = RefuseItemRequest {
            item: item(&case, "a"),
            reason: "不符合规划".to_owned(),
            remedy: "可申请行政复议".to_owned(),
            etag: case.etag.clone(),
            request_id: zone.id(),
            validate_only: false,
        };
        let (mut first, mut second) = (zone.by("D02-11"), zone.by("D02-12"));
        let (issued, refused) = tokio::join!(first.issue_item(issue), second.refuse_item(refuse));
        let seen = zone.see(&case).await?;
        let lost = match (issued, refused) {
            (Ok(_), Err(lost)) => {
                assert_eq!(state(&seen, "a"), ItemState::Issued);
                lost
            }
            (Err(lost), Ok(_)) => {
                assert_eq!(state(&seen, "a"), ItemState::Refused);
                lost
            }
            both => panic!("one wins: {both:?}"),
        };
        let forbids = (Code::FailedPrecondition, "agency.whistle ITEM_FORBIDS".to_owned());
        assert_eq!(refusal(&lost), forbids, "whoever comes second is told what the item is now");
    }
    zone.world.end().await
}

/// Shows: agency refuses CERTIFICATE_USED
async fn of_two_units_that_take_one_certificate_number_one_has_it(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    for round in 0..4 {
        let mut issues = Vec::new();
        for _ in 0..2 {
            let case = zone.running(procedure(vec![matter("a", &[])])).await?;
            let case = zone.accepted(&case, "a").await?;
            issues.push(IssueItemRequest {
                item: item(&case, "a"),
                certificate: format!("建字第{round}号"),
                etag: case.etag.clone(),
                request_id: zone.id(),
                validate_only: false,
            });
        }
        let [first, second] = issues.try_into().expect("two");
        let (mut one, mut other) = (zone.by("D02-11"), zone.by("D02-12"));
        let both = tokio::join!(one.issue_item(first), other.issue_item(second));
        let lost = match both {
            (Ok(_), Err(lost)) | (Err(lost), Ok(_)) => lost,
            both => panic!("one has it: {both:?}"),
        };
        let used = (Code::AlreadyExists, "agency.whistle CERTIFICATE_USED".to_owned());
        assert_eq!(refusal(&lost), used);
    }
    zone.world.end().await
}

async fn a_decision_on_what_has_changed_meanwhile_is_refused(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    let needing = Matter { needs: vec![need("main", false)], ..matter("a", &[]) };
    let case = zone.running(procedure(vec![needing])).await?;
    handed_in(&zone, "agent", &case, "main").await?;
    let case = zone.submitted(&case, "a").await?;
    let mut changed = document();
    changed[100_000] ^= 1;
    upload(zone.by("agent"), parts(header(&zone, &case, 150_000), &changed)).await?;
    let accept = zone.accept(&case, "a");
    refused!(zone.by("D02-11").accept_item(accept), Code::Aborted, "whistle STALE_ETAG");
    let mut without = zone.accept(&case, "a");
    without.etag.clear();
    refused!(
        zone.by("D02-11").accept_item(without),
        Code::InvalidArgument,
        "whistle FIELD_INVALID"
    );
    let correct = CorrectItemRequest {
        item: item(&case, "a"),
        etag: zone.see(&case).await?.etag,
        text: "缺图纸".to_owned(),
        materials: vec!["materials/main".to_owned()],
        request_id: zone.id(),
        validate_only: false,
    };
    zone.by("D02-11").correct_item(correct).await?;
    zone.world.end().await
}

/// What somebody who asks is answered while the agent is just being set inactive: not before that.
async fn asked_meanwhile<T>(
    zone: &Zone,
    asking: impl Future<Output = Result<T, Status>>,
) -> Result<Result<T, Status>> {
    let journal = zone.world.house("agency").journal.clone();
    let (left, answered) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (leaves, answers) = (Arc::clone(&left), Arc::clone(&answered));
    let leaving = journal.commit("the agent leaves", None, move |unit| {
        let (leaves, answers) = (Arc::clone(&leaves), Arc::clone(&answers));
        async move {
            let gone = Staff { active: false, ..person("agent", &[Role::Agent]) };
            let sql = "UPDATE known SET body = $1 WHERE name = $2";
            let values = [gone.encode_to_vec().into(), gone.name.into()];
            execute(unit.tx(), sql, values).await.map_err(Trouble::from)?;
            leaves.notify_one();
            let answer = timeout(Duration::from_secs(1), answers.notified());
            Ok::<_, Trouble>(answer.await.is_err())
        }
        .boxed()
    });
    let asked = async {
        left.notified().await;
        let answer = asking.await;
        answered.notify_one();
        answer
    };
    let (waited, answer) = tokio::join!(leaving, asked);
    assert!(waited?.value, "it is not known yet whether the agent stays");
    Ok(answer)
}

/// Otherwise nobody would be told that the case waits for another agent.
async fn whoever_relies_on_an_agent_who_is_just_leaving_waits_and_is_refused(
    size: Size,
) -> Result<()> {
    let zone = Zone::start(size).await?;
    let case = zone.opened(procedure(vec![matter("a", &[])])).await?;
    let mut agent = zone.by("agent");
    let opened = asked_meanwhile(&zone, agent.open_case(zone.opening())).await?;
    let forbids = (Code::PermissionDenied, "whistle ROLE_FORBIDS".to_owned());
    assert_eq!(refusal(&opened.expect_err("they have left")), forbids);
    zone.staff(person("agent", &[Role::Agent])).await?;
    let mut handler = zone.by("handler");
    let signed = asked_meanwhile(&zone, handler.sign_mandate(zone.mandate(&case))).await?;
    let unfit = (Code::FailedPrecondition, "agency.whistle AGENT_UNFIT".to_owned());
    assert_eq!(refusal(&signed.expect_err("they have left")), unfit);
    zone.world.end().await
}
