//! What departments decide, and what becomes of what stood on it.

use std::collections::BTreeSet;

use base::File;

use super::*;

const UNTIL: &str = "2026-03-20T17:30:00+08:00";

fn one() -> Procedure {
    procedure(vec![matter("a", &[])])
}

fn correct(codes: &[&str]) -> Command {
    let materials: BTreeSet<_> = codes.iter().map(|code| material(code)).collect();
    of_item(staff("D02"), "a", ItemAsk::Correct { materials, text: "请补正".to_owned() })
}

fn submitted() -> Case {
    after_all(running(&one()), &[promise(UNTIL), of_item(agent(), "a", ItemAsk::Submit)])
}

#[test]
fn an_item_is_submitted_with_its_materials_or_their_promise() {
    let opened = after(None, &open(one()), instant(DAY_ONE));
    let begin = [mandate(&one(), "2026-12-31T17:30:00+08:00"), of_case(agent(), CaseAsk::Start)];
    let case = after_all(opened, &begin);
    let submit = of_item(agent(), "a", ItemAsk::Submit);
    let missing = vec![material("main"), material("later")];
    assert_eq!(refused(&case, &submit), Error::MaterialsMissing { materials: missing });
    let until = |code: &str, until: &str| {
        let (material, until) = (material(code), instant(until));
        of_case(handler(), CaseAsk::PromiseMaterial { material, until })
    };
    let main = Error::NotDeferrable { material: material("main") };
    assert_eq!(refused(&case, &until("main", UNTIL)), main);
    assert_eq!(refused(&case, &until("later", DAY_ONE)), Error::PromiseInPast);
    let none = Error::MaterialNotFound { material: material("none") };
    assert_eq!(refused(&case, &until("none", UNTIL)), none);
    let case = after_all(case, &[add(agent(), "main"), until("later", UNTIL)]);
    let again = Error::PromisedAlready { material: material("later") };
    assert_eq!(refused(&case, &until("later", UNTIL)), again);
    let case = after_all(case, &[submit]);
    assert_eq!(state(&case, "a"), ItemState::Submitted);
}

/// The same material in another file.
fn add_file(number: usize) -> Command {
    let Command::Case { by, ask: CaseAsk::AddMaterial { material, file, source } } =
        add(agent(), "main")
    else {
        unreachable!("a material is added")
    };
    let file = File { sha256: format!("{number:064x}"), ..file };
    of_case(by, CaseAsk::AddMaterial { material, file, source })
}

fn versions(case: &Case) -> usize {
    case.materials[&material("main")].len()
}

#[test]
fn the_same_bytes_add_nothing_until_a_notice_names_them() {
    let case = submitted();
    let same = decide_at(Some(&case), &add(handler(), "main"), instant(DAY_ONE));
    assert_eq!(same, Ok(vec![]));
    let case = after_all(case, &[add_file(1)]);
    assert_eq!(versions(&case), 2);
    let case = after_all(case, &[add(handler(), "main")]);
    assert_eq!(versions(&case), 3, "what was there before the last is another version");
    let case = after_all(case, &[correct(&["main"]), add(handler(), "main")]);
    assert_eq!(versions(&case), 4);
    let supplied = after_all(case, &[of_item(agent(), "a", ItemAsk::Supply)]);
    assert_eq!(state(&supplied, "a"), ItemState::Submitted);
}

/// Shows: agency refuses VERSION_LIMIT
#[test]
fn a_material_has_thirty_versions_and_those_that_notices_ask_for() {
    let case = submitted();
    let more: Vec<Command> = (versions(&case)..VERSIONS_MAX).map(add_file).collect();
    let full = after_all(case, &more);
    let limit = Error::VersionLimit { material: material("main"), max: VERSIONS_MAX };
    assert_eq!(refused(&full, &add_file(VERSIONS_MAX)), limit);
    let same = decide_at(Some(&full), &add_file(VERSIONS_MAX - 1), instant(DAY_ONE));
    assert_eq!(same, Ok(vec![]), "it is there");
    let named = after_all(full, &[correct(&["main"]), add_file(VERSIONS_MAX)]);
    assert_eq!(versions(&named), VERSIONS_MAX + 1);
    assert_eq!(refused(&named, &add_file(VERSIONS_MAX + 1)), limit);
}

#[test]
fn a_second_notice_that_names_something_new_counts_against_the_department() {
    let supply = of_item(agent(), "a", ItemAsk::Supply);
    let first = after_all(submitted(), &[correct(&["main"])]);
    let missing = vec![material("main")];
    let late = instant("2026-03-05T09:00:00+08:00");
    assert_eq!(refused(&first, &supply), Error::MaterialsMissing { materials: missing });
    let supplied = after(Some(first), &add(agent(), "main"), late);
    let supplied = after(Some(supplied), &supply, late);
    let against = |codes: &[&str]| {
        let case = after(Some(supplied.clone()), &correct(codes), late);
        case.items[&item("a")].notices.iter().map(|notice| notice.against_department).collect()
    };
    let same: Vec<bool> = against(&["main"]);
    let wrongful: Vec<bool> = against(&["main", "later"]);
    assert_eq!((same, wrongful), (vec![false, false], vec![false, true]));
    let foreign = Error::MaterialNotFound { material: material("none") };
    assert_eq!(refused(&supplied, &correct(&["none"])), foreign);
}

#[test]
fn a_notice_counts_in_the_same_attempt_though_the_item_went_back_in_between() {
    let need_two = |code: &str, after: &[&str]| Matter {
        materials: vec![need("main", false), need("other", false)],
        on_opinion: true,
        ..matter(code, after)
    };
    let wanted = procedure(vec![matter("z", &[]), need_two("a", &["z"])]);
    let case = after_all(running(&wanted), &[promise(UNTIL), add(agent(), "other")]);
    let case = after_all(under_review(case, "z"), &[pre_issue("z")]);
    let submit = of_item(agent(), "a", ItemAsk::Submit);
    let supply = of_item(agent(), "a", ItemAsk::Supply);
    let case = after_all(case, &[submit.clone(), correct(&["main"]), add(agent(), "main"), supply]);
    let void = of_item(staff("D02"), "z", ItemAsk::Void { reason: "有影响".to_owned() });
    let again = of_item(agent(), "z", ItemAsk::Reapply { reason: "已调整".to_owned() });
    let case = after_all(case, &[void, again, add(agent(), "later")]);
    assert_eq!(state(&case, "a"), ItemState::Blocked);
    let case = after_all(under_review(case, "z"), &[issue("z", "1"), submit]);
    let twice = after_all(case, &[correct(&["other"])]);
    let own = &twice.items[&item("a")];
    let against: Vec<bool> = own.notices.iter().map(|notice| notice.against_department).collect();
    assert_eq!((own.attempt, against), (1, vec![false, true]));
    let (reason, remedy) = ("不全".to_owned(), "补齐".to_owned());
    let supply = of_item(agent(), "a", ItemAsk::Supply);
    let not_accept = of_item(staff("D02"), "a", ItemAsk::NotAccept { reason, remedy });
    let anew = of_item(agent(), "a", ItemAsk::Reapply { reason: "已补".to_owned() });
    let case = after_all(twice, &[add(agent(), "other"), supply, not_accept, anew]);
    let own = &case.items[&item("a")];
    assert_eq!((own.notices.len(), own.notices_against_department), (0, 1), "counted for good");
}

#[test]
fn without_a_notice_within_five_days_it_is_accepted_as_of_receipt() {
    let case = submitted();
    let (alarm, at) =
        alarms(&case).into_iter().find(|(alarm, _)| *alarm != Alarm::Mandate).expect("an alarm");
    assert_eq!(at, instant("2026-03-11T17:30:00+08:00"));
    let accepted = after(Some(case), &Command::Ring(alarm), at);
    let own = &accepted.items[&item("a")];
    assert_eq!((own.state, own.accepted_by_itself), (ItemState::UnderReview, true));
    assert_eq!(own.accepted_at, Some(instant(DAY_ONE)));
    let due = own.wait.expect("a limit").due.at;
    assert_eq!(due, instant("2026-03-11T17:30:00+08:00"), "5 wd from the receipt");
}

#[test]
fn who_was_agent_of_a_case_decides_none_of_its_items() {
    let mut both = staff("D02");
    both.person.same_person_as = Some(person("agent"));
    let accept = |by| of_item(by, "a", ItemAsk::Accept);
    assert_eq!(refused(&submitted(), &accept(both)), Error::AgentDecides);
    assert_eq!(refused(&submitted(), &accept(agent())), Error::NotTheirs);
}

#[test]
fn an_opinion_waits_for_what_was_promised_and_is_made_formal() {
    let case = after_all(submitted(), &[of_item(staff("D02"), "a", ItemAsk::Accept)]);
    let outstanding = Error::Outstanding { materials: vec![material("later")], land: false };
    assert_eq!(refused(&case, &issue("a", "1")), outstanding);
    let case = after_all(case, &[pre_issue("a")]);
    let convert = |number: &str| {
        of_item(staff("D02"), "a", ItemAsk::Convert { certificate: number.to_owned() })
    };
    assert_eq!(refused(&case, &convert("1")), outstanding);
    assert!(case.items[&item("a")].order.is_none());
    let case = after_all(case, &[add(agent(), "later")]);
    let own = &case.items[&item("a")];
    let purpose = own.order.as_ref().map(|order| order.purpose);
    assert_eq!(purpose, Some(Purpose::Conversion));
    assert_eq!(own.wait.expect("2 wd").due.at, instant("2026-03-06T17:30:00+08:00"));
    let case = after_all(case, &[convert("1")]);
    assert!(case.items[&item("a")].permit.as_ref().is_some_and(|permit| permit.converted));
    let nothing = under_review(after_all(running(&one()), &[add(agent(), "later")]), "a");
    assert_eq!(refused(&nothing, &pre_issue("a")), Error::NothingOutstanding);
}

#[test]
fn a_promise_that_is_not_kept_voids_the_opinion() {
    let accept = of_item(staff("D02"), "a", ItemAsk::Accept);
    let case = after_all(submitted(), &[accept, pre_issue("a")]);
    let ring = Command::Ring(Alarm::Item(item("a")));
    let voided = after(Some(case), &ring, instant(UNTIL));
    assert_eq!(state(&voided, "a"), ItemState::Voided);
    let again = of_item(agent(), "a", ItemAsk::Reapply { reason: "补齐".to_owned() });
    let again = after(Some(voided), &again, instant(UNTIL));
    let submit = decide_at(Some(&again), &of_item(agent(), "a", ItemAsk::Submit), instant(UNTIL));
    let materials = vec![material("later")];
    assert_eq!(submit, Err(Error::MaterialsMissing { materials }), "not promised twice");
    let late = after_all(submitted(), &[of_item(staff("D02"), "a", ItemAsk::Accept)]);
    let missing = Error::PromiseMissing { material: material("later") };
    assert_eq!(decide_at(Some(&late), &pre_issue("a"), instant(UNTIL)), Err(missing));
}

#[test]
fn a_promise_broken_before_the_opinion_is_told_and_leaves_a_way_on() {
    let case = after_all(submitted(), &[of_item(staff("D02"), "a", ItemAsk::Accept)]);
    let alarm = Alarm::Promise(material("later"));
    let rings = |case: &Case| {
        let mut armed = alarms(case).into_iter().filter(|(of, _)| *of == alarm);
        armed.next().map(|(_, at)| at)
    };
    assert_eq!(Alarm::parse(&alarm.to_string()), Some(alarm.clone()));
    assert_eq!(rings(&running(&one())), None, "nothing is promised");
    assert_eq!(rings(&case), Some(instant(UNTIL)));
    let ring = Command::Ring(alarm.clone());
    let facts = decide_at(Some(&case), &ring, instant(UNTIL)).expect("never refused");
    let told = |fact: &Fact| {
        if let What::LimitMissed { told, .. } = fact.what { Some(told) } else { None }
    };
    let told: Vec<Told> = facts.iter().filter_map(told).collect();
    assert_eq!(told, [Told::Enterprise]);
    let late = after(Some(case), &ring, instant(UNTIL));
    // Fri 20 March and 1 wd.
    assert_eq!(rings(&late), Some(instant("2026-03-23T17:30:00+08:00")), "and again");
    let (reason, remedy) = ("材料不齐".to_owned(), "补齐后重新申请".to_owned());
    let refuse = of_item(staff("D02"), "a", ItemAsk::Refuse { reason, remedy });
    assert!(decide_at(Some(&late), &refuse, instant(UNTIL)).is_ok());
    let came = after(Some(late), &add(agent(), "later"), instant(UNTIL));
    assert_eq!(rings(&came), None);
    let issued = after(Some(came), &issue("a", "1"), instant(UNTIL));
    assert_eq!(state(&issued, "a"), ItemState::Issued);
}

#[test]
fn of_two_promises_the_one_that_was_kept_holds_nothing_up() {
    let wanted = procedure(vec![Matter {
        materials: vec![need("main", false), need("later", true), need("last", true)],
        ..matter("a", &[])
    }]);
    let until = instant("2026-04-20T17:30:00+08:00");
    let ask = CaseAsk::PromiseMaterial { material: material("last"), until };
    let case = after_all(running(&wanted), &[promise(UNTIL), of_case(handler(), ask)]);
    let case = after_all(under_review(case, "a"), &[pre_issue("a")]);
    let rings = |case: &Case| case.items[&item("a")].wait.expect("a promise").rings_at;
    assert_eq!(rings(&case), instant(UNTIL));
    let case = after_all(case, &[add(agent(), "later")]);
    assert_eq!(rings(&case), until);
    let voided = after(Some(case), &Command::Ring(Alarm::Item(item("a"))), until);
    assert_eq!(state(&voided, "a"), ItemState::Voided);
}

#[test]
fn what_stood_on_a_voided_opinion_goes_back_and_formal_permits_are_looked_at_again() {
    let on_opinion = |code: &str, after: &[&str]| {
        let materials = vec![need("main", false)];
        Matter { on_opinion: true, materials, ..matter(code, after) }
    };
    let wanted = procedure(vec![
        matter("a", &[]),
        on_opinion("b", &["a"]),
        on_opinion("c", &["a"]),
        on_opinion("d", &["c"]),
    ]);
    let case = after_all(running(&wanted), &[promise(UNTIL)]);
    let case = after_all(under_review(case, "a"), &[pre_issue("a")]);
    let case = under_review(under_review(case, "b"), "c");
    let case = after_all(case, &[issue("c", "1")]);
    let case = under_review(case, "d");
    let reason = || "影响结论".to_owned();
    let void = of_item(staff("D02"), "a", ItemAsk::Void { reason: reason() });
    let facts = decide_at(Some(&case), &void, instant(DAY_ONE)).expect("it is taken");
    let errands: Vec<Errand> = facts.iter().filter_map(|fact| fact.what.errand()).collect();
    assert!(matches!(errands[..], [Errand::Withdraw(_), Errand::Ask(_)]), "b, then c");
    let case = after_all(case, &[void]);
    assert_eq!(state(&case, "b"), ItemState::Blocked);
    assert!(case.items[&item("c")].is_rechecked());
    assert_eq!(state(&case, "d"), ItemState::UnderReview, "what it stands on still stands");
    let recheck =
        |upheld| of_item(staff("D02"), "c", ItemAsk::Recheck { upheld, reason: reason() });
    let upheld = after_all(case.clone(), &[recheck(true)]);
    assert!(upheld.items[&item("c")].is_firm());
    let awaited = Error::NotAwaited { action: ItemAction::Recheck };
    assert_eq!(refused(&upheld, &recheck(true)), awaited);
    let revoked = after_all(case, &[recheck(false)]);
    assert_eq!(state(&revoked, "c"), ItemState::Revoked);
    assert_eq!(state(&revoked, "d"), ItemState::Blocked);
}

#[test]
fn a_certificate_number_is_used_once() {
    let wanted = procedure(vec![matter("a", &[]), matter("b", &[])]);
    let case = after_all(running(&wanted), &[add(agent(), "later")]);
    let case = after_all(under_review(under_review(case, "a"), "b"), &[issue("a", "1")]);
    let used = Error::CertificateUsed { number: "1".to_owned() };
    assert_eq!(refused(&case, &issue("b", "1")), used);
}

#[test]
fn a_notice_period_runs_to_its_end() {
    let ten = Some(Limit::NaturalDays(10));
    let wanted = procedure(vec![Matter {
        kind: MatterKind::Notice,
        statutory: ten,
        promised: ten,
        ..matter("a", &[])
    }]);
    let case = under_review(after_all(running(&wanted), &[add(agent(), "later")]), "a");
    // 14 March is a Saturday.
    let until = instant("2026-03-16T17:30:00+08:00");
    assert_eq!(refused(&case, &issue("a", "1")), Error::NoticeRuns { until });
    assert!(decide_at(Some(&case), &issue("a", "1"), until).is_ok());
    // Accepted by itself on Wed 11 March, it is announced then, and not when it was received.
    let case = after_all(running(&wanted), &[add(agent(), "later")]);
    let case = after_all(case, &[of_item(agent(), "a", ItemAsk::Submit)]);
    let silent = instant("2026-03-11T17:30:00+08:00");
    let case = after(Some(case), &Command::Ring(Alarm::Item(item("a"))), silent);
    let own = &case.items[&item("a")];
    assert_eq!((own.accepted_by_itself, own.accepted_at), (true, Some(silent)));
    // 21 March is a Saturday.
    let until = instant("2026-03-23T17:30:00+08:00");
    let early = instant("2026-03-16T17:30:00+08:00");
    assert_eq!(decide_at(Some(&case), &issue("a", "1"), early), Err(Error::NoticeRuns { until }));
    assert!(decide_at(Some(&case), &issue("a", "1"), until).is_ok());
}

#[test]
fn a_due_instant_lies_beyond_the_spring_festival() {
    let now = instant("2026-02-13T10:00:00+08:00");
    let wanted = one();
    let mut case = after(None, &open(wanted.clone()), now);
    for command in [
        mandate(&wanted, "2026-12-31T17:30:00+08:00"),
        of_case(agent(), CaseAsk::Start),
        add(agent(), "main"),
        add(agent(), "later"),
    ] {
        case = after(Some(case), &command, now);
    }
    let case = after(Some(case), &of_item(agent(), "a", ItemAsk::Submit), now);
    let case = after(Some(case), &of_item(staff("D02"), "a", ItemAsk::Accept), now);
    let due = case.items[&item("a")].wait.expect("a limit").due.at;
    assert_eq!(due, instant("2026-02-27T17:30:00+08:00"));
}

#[test]
fn a_material_is_for_the_departments_whose_items_need_it() {
    let wanted = procedure(vec![
        matter("a", &[]),
        Matter { department: department("D03"), materials: vec![], ..matter("b", &[]) },
    ]);
    let case = after_all(running(&wanted), &[add(agent(), "later")]);
    let submit = |code: &str| of_item(agent(), code, ItemAsk::Submit);
    assert!(!staff("D02").sees_material(&case, &material("main")), "not before it has work");
    let case = after_all(case, &[submit("a"), submit("b")]);
    for (who, sees) in [
        (staff("D02"), true),
        (staff("D03"), false),
        (agent(), true),
        (other_agent(), false),
        (handler(), true),
        (dispatcher(), true),
        (someone("admin", Role::Admin, None), false),
    ] {
        assert_eq!(who.sees_material(&case, &material("main")), sees, "{who:?}");
    }
}
