//! Whose work it is: routed, returned, refused, escalated, designated, declined, released.

use base::Role;

use super::sample::*;
use super::*;

/// Order 1 without a lead.
fn unrouted() -> World {
    let mut world = World::at(DAY_ONE);
    world.hear(Requested { lead: None, ..requested(world.now, rules()) });
    world
}

/// Order 1 as decision work.
fn decision() -> World {
    let mut world = World::at(DAY_ONE);
    let kind = WorkKind::Decision;
    let source = "cases/1/items/I1".to_owned();
    world.hear(Requested { kind, source, ..requested(world.now, rules()) });
    world
}

fn route(to: &str, precedent: bool) -> Command {
    Command::Route { to: named(to), precedent }
}

fn designate(to: &str) -> Command {
    Command::DesignateLead { to: named(to), minutes: "〔2026〕3号".to_owned() }
}

fn decline(by: &str) -> Command {
    Command::Decline { by: staff(by), basis: "非本部门审批事项".to_owned() }
}

/// Each department returns it in turn, and the dispatcher names the next.
fn passed_on(departments: &[&str]) -> World {
    let mut world = World::offered();
    for pair in departments.windows(2) {
        world.ask(give_back(&format!("{}-11", pair[0]), Some(pair[1]))).unwrap();
        world.ask(uphold(pair[1])).unwrap();
    }
    world
}

/// Shows: dispatch UNROUTED Route; dispatch refuses DEPARTMENT_EXCLUDED
#[test]
fn what_fits_nobody_waits_for_the_dispatcher_and_its_routing_may_be_a_precedent() {
    let mut world = unrouted();
    let order = world.order();
    assert_eq!((order.state, order.department.clone()), (State::Unrouted, None));
    assert_eq!(order.reply.unwrap().due.at, instant("2026-03-11T17:30:00+08:00"));
    assert!(matches!(world.ask(route("D99", false)), Err(Error::DepartmentNotFound { .. })));
    assert!(matches!(world.ask(route("D09", false)), Err(Error::DepartmentExcluded { .. })));
    world.now = instant("2026-03-04T11:00:00+08:00");
    world.ask(route("D03", true)).unwrap();
    let order = world.order();
    assert_eq!(
        (order.state, order.department.as_ref()),
        (State::Offered, Some(&department("D03")))
    );
    assert_eq!(order.claim_due.unwrap().at, instant("2026-03-04T17:00:00+08:00"));
    assert_eq!(order.precedent.as_ref().unwrap().department, department("D03"));
    assert!(matches!(world.ask(route("D04", true)), Err(Error::StateForbids { .. })));
    let mut unmarked = unrouted();
    unmarked.ask(route("D03", false)).unwrap();
    assert_eq!(unmarked.order().precedent, None);
}

/// A lead that the complaint is about is none.
#[test]
fn the_department_that_a_complaint_is_about_does_not_lead() {
    let mut world = World::at(DAY_ONE);
    world.hear(Requested { lead: Some(department("D09")), ..requested(world.now, rules()) });
    assert_eq!(world.order().state, State::Unrouted);
    let mut led = World::in_progress();
    assert!(matches!(
        led.ask(assistance("D02-11", "D09", 2)),
        Err(Error::DepartmentExcluded { .. })
    ));
}

/// Shows: dispatch RETURN_PENDING UpholdReturn; dispatch ESCALATED DesignateLead; dispatch refuses DESIGNATED
#[test]
fn a_to_b_to_a_is_a_zone_leaders_who_designates_finally() {
    let mut world = passed_on(&["D02", "D03"]);
    world.ask(give_back("D03-11", Some("D02"))).unwrap();
    let happened = world.ask(uphold("D02")).unwrap();
    let cause = Escalation::ReturnCycle;
    assert!(matches!(happened[..], [What::Escalated { cause: of, .. }] if of == cause));
    let order = world.order();
    assert_eq!((order.state, order.department.clone()), (State::Escalated, None));
    assert_eq!(order.responsible, Some(department("D02")), "nobody has claimed it since");
    // A zone leader may designate one that has had it.
    world.ask(designate("D02")).unwrap();
    let order = world.order();
    assert_eq!((order.state, order.designated), (State::Offered, true));
    assert_eq!(order.precedent.as_ref().unwrap().minutes, "〔2026〕3号");
    let again = world.ask(give_back("D02-11", None));
    assert!(matches!(again, Err(Error::Designated { minutes }) if minutes == "〔2026〕3号"));
}

/// Shows: dispatch RETURN_PENDING UpholdReturn
#[test]
fn three_departments_without_a_lead_are_enough() {
    let mut world = passed_on(&["D02", "D03", "D04"]);
    assert_eq!(world.order().state, State::Offered);
    world.ask(give_back("D04-11", Some("D05"))).unwrap();
    world.ask(uphold("D05")).unwrap();
    let order = world.order();
    let cause = Some(Escalation::ThreeDepartments);
    assert_eq!((order.state, order.escalated_for), (State::Escalated, cause));
}

/// 职责不清.
///
/// Shows: dispatch RETURN_PENDING UpholdReturn
#[test]
fn what_is_nobodys_by_any_rule_is_a_zone_leaders() {
    let mut world = World::offered();
    world.ask(give_back("D02-11", None)).unwrap();
    world
        .ask(Command::UpholdReturn {
            by: dispatcher(), to: None, reason: "职责不清".to_owned()
        })
        .unwrap();
    assert_eq!(world.order().escalated_for, Some(Escalation::Unclear));
    assert!(matches!(world.ask(designate("D09")), Err(Error::DepartmentExcluded { .. })));
    let day = instant("2026-03-09T17:30:00+08:00");
    let told = world.go_to(day, None);
    let told = told.iter().filter(|what| {
        let alarm = Alarm::EscalationDecision;
        matches!(what, What::LimitMissed { alarm: of, told: Told::ZoneLeader, .. } if *of == alarm)
    });
    assert_eq!(told.count(), 3, "daily");
}

/// The first department stays responsible until its successor claims (首接负责).
#[test]
fn who_had_it_first_answers_for_it_until_another_claims() {
    let mut world = passed_on(&["D02", "D03"]);
    assert_eq!(world.order().responsible, Some(department("D02")));
    world.ask(Command::Claim { by: staff("D03-11") }).unwrap();
    assert_eq!(world.order().responsible, Some(department("D03")));
}

/// Shows: dispatch OFFERED Decline; dispatch CLAIMED Decline; dispatch refuses KIND_FORBIDS
#[test]
fn decision_work_is_declined_and_answer_work_is_returned() {
    let mut world = decision();
    assert!(matches!(world.ask(give_back("D02-11", None)), Err(Error::KindForbids { .. })));
    world.ask(Command::Claim { by: staff("D02-11") }).unwrap();
    assert!(matches!(world.ask(decline("D02-13")), Err(Error::PersonBarred { .. })));
    world.ask(decline("D02-12")).unwrap();
    let order = world.order();
    assert_eq!((order.state, order.claimant.clone()), (State::Declined, None));
    assert_eq!(order.decision_due.unwrap().at, instant("2026-03-04T15:00:00+08:00"));
    let told = world.go_to(instant("2026-03-06T17:30:00+08:00"), None);
    assert!(told.iter().all(|what| matches!(what, What::LimitMissed { .. })), "{told:?}");
    assert!(matches!(World::offered().ask(decline("D02-11")), Err(Error::KindForbids { .. })));
    let mut offered = decision();
    offered.ask(decline("D02-11")).unwrap();
    assert_eq!(offered.order().state, State::Declined);
}

/// Shows: dispatch hears WorkReopened in DECLINED
#[test]
fn the_owner_of_declined_work_names_another_department_in_the_same_round() {
    let mut world = decision();
    world.ask(decline("D02-11")).unwrap();
    let mut again = reopen(1, Some("D04"), "2026-03-05T09:00:00+08:00");
    if let Command::Reopen { work, .. } = &mut again {
        work.kind = WorkKind::Decision;
    }
    world.ask(again).unwrap();
    let order = world.order();
    assert_eq!((order.state, order.round), (State::Offered, 1));
    assert_eq!((order.department.clone(), order.past.len()), (Some(department("D04")), 0));
}

/// Shows: dispatch CLAIMED Release; dispatch refuses NOT_CLAIMANT
#[test]
fn a_claimant_gives_it_back_before_first_contact_and_a_colleague_claims() {
    let mut world = World::offered();
    let release = |by: &str| Command::Release { by: staff(by) };
    assert!(matches!(world.ask(release("D02-11")), Err(Error::StateForbids { .. })));
    world.ask(Command::Claim { by: staff("D02-11") }).unwrap();
    assert!(matches!(world.ask(release("D02-12")), Err(Error::NotClaimant { .. })));
    let contact_due = world.order().contact_due;
    world.now = instant("2026-03-04T11:00:00+08:00");
    world.ask(release("D02-11")).unwrap();
    let order = world.order();
    assert_eq!((order.state, order.claimant.clone()), (State::Offered, None));
    let claim_due = instant("2026-03-04T15:00:00+08:00");
    assert_eq!(order.claim_due.unwrap().at, claim_due, "from the offer, as before");
    assert_eq!(order.contact_due, contact_due, "it starts at the submission");
    world.ask(Command::Claim { by: staff("D02-12") }).unwrap();
    world.ask(contact("D02-12")).unwrap();
    assert!(matches!(world.ask(release("D02-12")), Err(Error::StateForbids { .. })));
}

/// The dispatcher is away for two days: every limit falls to the next person.
///
/// Shows: dispatch UNROUTED Route; dispatch RETURN_PENDING UpholdReturn
#[test]
fn what_the_dispatcher_leaves_undecided_goes_to_the_head_and_then_to_a_zone_leader() {
    let waits: [(fn() -> World, Alarm); 4] = [
        (unrouted, Alarm::RouteDecision),
        (
            || {
                let mut world = World::offered();
                world.ask(give_back("D02-11", None)).unwrap();
                world
            },
            Alarm::ReturnDecision,
        ),
        (
            || {
                let mut world = World::in_progress();
                let until = instant("2026-03-09T17:30:00+08:00");
                world.ask(pause("D02-11", PauseReason::Hearing, until)).unwrap();
                world
            },
            Alarm::PauseDecision,
        ),
        (
            || {
                let mut world = World::in_progress();
                let until = instant("2026-03-13T17:30:00+08:00");
                world.ask(extend("D02-11", until)).unwrap();
                world
            },
            Alarm::ExtensionDecision,
        ),
    ];
    for (world, alarm) in waits {
        let told = world().go_to(instant("2026-03-06T09:00:00+08:00"), None);
        let told = told.iter().filter_map(|what| {
            if let What::LimitMissed { alarm: of, told, next_at, .. } = what {
                (*of == alarm).then_some((*told, next_at.is_some()))
            } else {
                None
            }
        });
        let expected = [(Told::DispatchHead, true), (Told::ZoneLeader, true)];
        assert_eq!(told.collect::<Vec<_>>(), expected, "{alarm}");
    }
}

/// The claimant goes inactive in the middle: the order waits for a colleague, contact stays made.
///
/// Shows: dispatch hears StaffLeft in IN_PROGRESS
#[test]
fn the_order_of_who_has_left_goes_back_and_goes_on_where_it_was() {
    let mut world = World::in_progress();
    let until = instant("2026-03-09T17:30:00+08:00");
    world.ask(pause("D02-11", PauseReason::AwaitingMaterials, until)).unwrap();
    let left = |code: &str| Command::Leave { person: Some(person_id(code)) };
    assert_eq!(world.ask(left("D02-12")).unwrap(), []);
    world.now = instant("2026-03-05T09:00:00+08:00");
    let happened = world.ask(left("D02-11")).unwrap();
    assert!(matches!(happened[..], [What::Released { cause: Release::Inactive, .. }]));
    let order = world.order();
    assert_eq!((order.state, order.claimant.clone()), (State::Offered, None));
    assert_eq!(order.claim_due.unwrap().at, instant("2026-03-05T15:00:00+08:00"));
    // It cannot be returned any more, and what was asked is still decided.
    assert!(matches!(world.ask(give_back("D02-12", None)), Err(Error::StateForbids { .. })));
    world.ask(ruling(Decision::Granted)).unwrap();
    assert_eq!(world.order().state, State::Suspended);
    world.ask(Command::SupplyMaterials { occurred_at: world.now }).unwrap();
    assert_eq!(world.order().state, State::Offered);
    world.ask(contact("D02-12")).unwrap();
    let order = world.order();
    assert_eq!((order.state, order.contacted_late), (State::InProgress, Some(false)));
    let head = with_roles("D02-01", &[Role::Lead]);
    world.ask(Command::Leave { person: Some(person_id("D02-12")) }).unwrap();
    world.go_to(instant("2026-03-09T17:30:00+08:00"), Some(&head));
    assert_eq!(world.order().claimant, Some(head.id));
    assert_eq!(world.order().state, State::InProgress);
}

/// Shows: dispatch hears StaffLeft in CLAIMED
#[test]
fn of_an_order_whose_claimant_has_left_the_lead_is_told_at_once() {
    let head = with_roles("D02-01", &[Role::Lead]);
    let mut world = World::offered();
    world.ask(Command::Claim { by: staff("D02-11") }).unwrap();
    world.now = instant("2026-03-05T09:00:00+08:00");
    world.ask(Command::Leave { person: Some(person_id("D02-11")) }).unwrap();
    assert_eq!(world.order().armed[&Alarm::Claim].told, Some(Told::Lead));
    world.go_to(instant("2026-03-05T14:59:59+08:00"), Some(&head));
    assert_eq!(world.order().state, State::Offered);
    world.go_to(instant("2026-03-05T15:00:00+08:00"), Some(&head));
    let order = world.order();
    assert_eq!((order.state, &order.claimant), (State::Claimed, &Some(head.id)));
    // Who gives it back tells nobody above.
    let mut released = World::offered();
    released.ask(Command::Claim { by: staff("D02-11") }).unwrap();
    released.ask(Command::Release { by: staff("D02-11") }).unwrap();
    assert_eq!(released.order().armed[&Alarm::Claim].told, None);
}

/// Shows: dispatch hears DepartmentSucceeded in IN_PROGRESS
#[test]
fn what_is_open_of_a_department_that_is_no_more_moves_with_due_and_history() {
    let mut world = World::in_progress();
    world.ask(assistance("D02-11", "D03", 2)).unwrap();
    let before = world.order().clone();
    let succeed =
        |from: &str, to: &str| Command::Succeed { from: department(from), to: department(to) };
    world.ask(succeed("D02", "D05")).unwrap();
    world.ask_of(order_id(2), succeed("D02", "D05")).unwrap();
    let order = world.order();
    assert_eq!(order.department, Some(department("D05")));
    assert_eq!((order.reply, order.contacted_at), (before.reply, before.contacted_at));
    assert_eq!(world.orders[&order_id(2)].asked_by, Some(department("D05")));
    // Its claimant still has it, wherever they are now.
    world.ask_of(order_id(2), contact("D03-11")).unwrap();
    world.ask_of(order_id(2), complete("D03-11")).unwrap();
    world.ask(complete("D02-11")).unwrap();
    assert_eq!(world.ask(succeed("D05", "D06")).unwrap(), [], "past figures stay");
    let mut excluded = World::offered();
    excluded.ask(succeed("D09", "D04")).unwrap();
    excluded.ask(give_back("D02-11", Some("D03"))).unwrap();
    assert!(matches!(excluded.ask(uphold("D04")), Err(Error::DepartmentExcluded { .. })));
}

/// Shows: dispatch IN_PROGRESS WaiveAssistance; dispatch refuses ASSISTANCE_NOT_OPEN
#[test]
fn assistance_that_is_waived_is_not_waited_for() {
    let mut world = World::in_progress();
    world.ask(assistance("D02-11", "D03", 2)).unwrap();
    let waive = |child: u128| Command::WaiveAssistance {
        by: staff("D02-11"),
        child: order_id(child),
        reason: "已自行解决".to_owned(),
    };
    assert!(matches!(world.ask(waive(3)), Err(Error::AssistanceNotOpen { .. })));
    world.ask(waive(2)).unwrap();
    assert!(matches!(world.ask(waive(2)), Err(Error::AssistanceNotOpen { .. })));
    assert_eq!(world.orders[&order_id(2)].state, State::Cancelled);
    assert!(world.ask_of(order_id(2), contact("D03-11")).is_err());
    world.ask(complete("D02-11")).unwrap();
}

/// Shows: dispatch IN_PROGRESS Supervise; dispatch IN_PROGRESS AnswerSupervision; dispatch IN_PROGRESS Urge
#[test]
fn each_level_is_pressed_once_per_due_instant_and_answered_in_its_own_time() {
    let mut world = World::in_progress();
    let answer = |level| Command::AnswerSupervision {
        by: staff("D02-12"),
        level,
        answer: "正在施工".to_owned(),
    };
    assert!(matches!(world.ask(answer(Level::Urged)), Err(Error::NothingToAnswer)));
    world.ask(press(Level::Urged)).unwrap();
    world.ask(press(Level::Supervised)).unwrap();
    assert!(matches!(world.ask(press(Level::Urged)), Err(Error::UrgedAlready)));
    assert!(matches!(world.ask(press(Level::Supervised)), Err(Error::SupervisedAlready)));
    let own = with_roles("D02-02", &[Role::Supervisor]);
    let own = Command::Press { by: own, level: Level::Supervised, note: "n".to_owned() };
    assert!(matches!(world.ask(own), Err(Error::OwnDepartment)));
    let dues = world.order().supervisions.iter().map(|asked| asked.answer_due.at);
    let expected = [instant("2026-03-04T15:00:00+08:00"), instant("2026-03-05T17:30:00+08:00")];
    assert_eq!(dues.collect::<Vec<_>>(), expected);
    world.now = instant("2026-03-04T15:00:00+08:00");
    world.ask(answer(Level::Urged)).unwrap();
    assert!(matches!(world.ask(answer(Level::Urged)), Err(Error::NothingToAnswer)));
    let told = world.go_to(instant("2026-03-06T09:00:00+08:00"), None);
    let missed = |what: &What| {
        let What::LimitMissed { alarm, told, .. } = what else { return None };
        Some((*alarm, *told))
    };
    let told: Vec<_> = told.iter().filter_map(missed).collect();
    assert_eq!(told, [(Alarm::SupervisionAnswer, Told::ZoneLeader)]);
    let happened = world.ask(answer(Level::Supervised)).unwrap();
    assert!(matches!(happened[..], [What::SupervisionAnswered { late: true, .. }]));
}

/// Shows: dispatch hears DepartmentSucceeded in IN_PROGRESS
#[test]
fn who_takes_the_place_of_the_department_that_it_assists_assists_no_longer() {
    let mut world = World::in_progress();
    world.ask(assistance("D02-11", "D03", 2)).unwrap();
    let (from, to) = (department("D02"), department("D03"));
    world.ask(Command::Succeed { from, to }).unwrap();
    let order = world.order();
    assert_eq!(order.department, Some(department("D03")));
    assert!(order.open_assistance().next().is_none());
    assert_eq!(world.orders[&order_id(2)].state, State::Cancelled);
}
