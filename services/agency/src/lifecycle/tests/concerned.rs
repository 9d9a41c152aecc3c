//! Who decides and who acts are two people; who declined does not get it back.

use super::*;

fn submitted() -> Case {
    let wanted = procedure(vec![matter("a", &[])]);
    let case = after_all(running(&wanted), &[add(agent(), "later")]);
    after_all(case, &[of_item(agent(), "a", ItemAsk::Submit)])
}

fn hand_over(to: &str) -> Command {
    let (to, reason) = (person(to), "休假".to_owned());
    of_case(dispatcher(), CaseAsk::HandOver { to, reason })
}

#[test]
fn who_has_decided_an_item_never_becomes_agent() {
    let by_second = |code: &str| {
        let mut second = staff("D02");
        second.person.id = person("D02-12-second");
        second.person.same_person_as = Some(person(code));
        second
    };
    let accept = of_item(by_second("agent-2"), "a", ItemAsk::Accept);
    let case = after_all(submitted(), &[accept]);
    let decided = Error::AgentDecided { agent: person("agent-2") };
    assert_eq!(refused(&case, &hand_over("agent-2")), decided);
    let handed = after_all(case, &[hand_over("agent-3")]);
    assert_eq!(handed.agent, person("agent-3"));
    let refused_once = of_item(
        staff("D02"),
        "a",
        ItemAsk::Correct { materials: [material("none")].into(), text: String::new() },
    );
    assert!(decide_at(Some(&submitted()), &refused_once, instant(DAY_ONE)).is_err());
    assert!(submitted().deciders.is_empty(), "who was refused has decided nothing");
}

#[test]
fn for_whom_a_deputy_decided_never_becomes_agent_either() {
    let mut deputy = staff("D02");
    let (person_id, of) = (deputy.person.id.clone(), person("D02-lead"));
    deputy.actor = base::Actor::Deputy { person: person_id, of };
    let case = after_all(submitted(), &[of_item(deputy, "a", ItemAsk::Accept)]);
    for code in ["D02-12", "D02-lead"] {
        let decided = Error::AgentDecided { agent: person(code) };
        assert_eq!(refused(&case, &hand_over(code)), decided);
    }
}

/// Shows: agency refuses CALLER_CONCERNED
#[test]
fn who_has_decided_an_item_does_not_ask_how_it_went() {
    let second = |code: &str, of: &str| {
        let mut dispatcher = someone(code, Role::Dispatcher, Some("D02"));
        dispatcher.person.same_person_as = Some(person(of));
        dispatcher
    };
    let mut deputy = staff("D02");
    let (person_id, of) = (deputy.person.id.clone(), person("D02-lead"));
    deputy.actor = base::Actor::Deputy { person: person_id, of };
    let case = after_all(submitted(), &[of_item(deputy, "a", ItemAsk::Accept), issue("a", "1")]);
    let case = after_all(case, &[of_case(agent(), CaseAsk::Deliver)]);
    let follow_up = |by| of_case(by, CaseAsk::FollowUp { note: "满意".to_owned() });
    for of in ["D02-12", "D02-lead"] {
        let refusal = refused(&case, &follow_up(second("D01-12", of)));
        assert_eq!(refusal, Error::CallerConcerned, "{of}");
    }
    after_all(case, &[follow_up(dispatcher())]);
}

/// The department that has the item says that it is not its work.
fn decline(case: Case) -> Case {
    let work_order = case.items[&item("a")].order.as_ref().expect("an order").id;
    let news = News::Declined { basis: "职责目录".to_owned() };
    let heard = Command::Hear(Heard { work_order, occurred_at: instant(DAY_ONE), news });
    after_all(case, &[heard])
}

fn redirect(code: &str) -> Command {
    let (to, reason) = (department(code), "属住建".to_owned());
    of_item(dispatcher(), "a", ItemAsk::Redirect { to, reason })
}

/// Shows: agency refuses DEPARTMENT_DECLINED
#[test]
fn an_item_does_not_go_back_to_a_department_that_declined_it() {
    let declined = decline(submitted());
    let again = |code: &str| Error::DepartmentDeclined { department: department(code) };
    assert_eq!(refused(&declined, &redirect("D02")), again("D02"));
    let elsewhere = after_all(declined, &[redirect("D03")]);
    assert_eq!(elsewhere.items[&item("a")].department, department("D03"));
    let twice = decline(elsewhere);
    for code in ["D02", "D03"] {
        assert_eq!(refused(&twice, &redirect(code)), again(code), "nor by way of another");
    }
    let third = after_all(twice, &[redirect("D04")]);
    assert_eq!(third.items[&item("a")].department, department("D04"));
}

#[test]
fn the_successor_of_a_department_that_declined_has_not_declined() {
    let (gone, successor) = (department("D02"), department("D05"));
    let succeeds = Command::Succeed { department: gone, successor };
    let case = after_all(decline(submitted()), &[succeeds, redirect("D05")]);
    let own = &case.items[&item("a")];
    let declined = own.order.as_ref().expect("an order").declined;
    assert_eq!((own.department.clone(), declined), (department("D05"), false));
}
