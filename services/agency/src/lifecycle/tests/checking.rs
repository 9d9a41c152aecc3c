//! What a procedure is refused for, each with its counter-example.

use super::*;

fn flaws(procedure: &Procedure) -> Vec<Flaw> {
    let calendar = Calendar::published();
    check(procedure, &zone(), Moment { now: instant(DAY_ONE), calendar: &calendar })
}

#[test]
fn a_sound_procedure_has_no_flaw() {
    assert_eq!(flaws(&procedure(vec![matter("a", &[]), matter("b", &["a"])])), []);
    assert_eq!(flaws(&procedure(vec![])), [Flaw::NoMatters]);
}

#[test]
fn a_cycle_of_three_is_shown_and_what_lies_behind_it() {
    let wanted = procedure(vec![
        matter("a", &["c"]),
        matter("b", &["a"]),
        matter("c", &["b"]),
        matter("d", &["c"]),
        matter("e", &[]),
    ]);
    let path = ["a", "c", "b", "a"].map(item).to_vec();
    let behind = ["d", "c", "b", "a", "c"].map(item).to_vec();
    assert_eq!(flaws(&wanted), [Flaw::Cycle { path }, Flaw::Unreachable { path: behind }]);
}

#[test]
fn what_waits_for_nothing_that_there_is_can_never_begin() {
    let wanted = procedure(vec![matter("a", &["z"]), matter("b", &["a"])]);
    let (a, z) = (item("a"), item("z"));
    let none = Flaw::WaitsForNone { item: a.clone(), after: z.clone() };
    let a = Flaw::Unreachable { path: vec![a, z] };
    let b = Flaw::Unreachable { path: ["b", "a", "z"].map(item).to_vec() };
    assert_eq!(flaws(&wanted), [none, a, b]);
    let twice = procedure(vec![matter("a", &[]), matter("a", &[])]);
    assert!(flaws(&twice).contains(&Flaw::NamedTwice { item: item("a") }));
}

#[test]
fn nothing_is_named_twice_by_one_matter() {
    let wanted = procedure(vec![matter("a", &[]), matter("b", &["a", "a"])]);
    let (a, b) = (item("a"), item("b"));
    assert_eq!(flaws(&wanted), [Flaw::WaitsTwice { item: b, after: a.clone() }]);
    let materials = vec![need("main", false), need("later", true), need("main", true)];
    let wanted = procedure(vec![Matter { materials, ..matter("a", &[]) }]);
    assert_eq!(flaws(&wanted), [Flaw::NeedsTwice { item: a, material: material("main") }]);
}

#[test]
fn matters_stand_behind_all_that_they_wait_for_however_they_are_listed() {
    let codes: Vec<String> = (0..60).map(|number| format!("i{number}")).collect();
    let behind_all = |at: usize| {
        let after: Vec<&str> = codes[..at].iter().map(String::as_str).collect();
        matter(&codes[at], &after)
    };
    let listed: Vec<Matter> = (0..60).rev().map(behind_all).collect();
    let wanted = procedure(listed);
    let ordered: Vec<_> = wanted.in_order().iter().map(|matter| matter.item.clone()).collect();
    assert_eq!(ordered, codes.iter().map(|code| item(code)).collect::<Vec<_>>());
}

#[test]
fn each_matter_has_a_department_that_may_decide_and_its_limits() {
    let plain = || matter("a", &[]);
    let unknown = Matter { department: department("D99"), ..plain() };
    let empty = Matter { department: department("D09"), ..plain() };
    let zero = Matter { statutory: Some(Limit::WorkingDays(0)), ..plain() };
    let none = Matter { promised: None, ..plain() };
    // Of some matters (用电报装) no law says how long they may take.
    let promised_alone = Matter { statutory: None, ..plain() };
    let notice = Matter { kind: MatterKind::Notice, ..promised_alone.clone() };
    let at_once = Matter { promised: Some(Limit::WorkingDays(0)), ..plain() };
    let none_left = Matter { tightened: Some(Limit::NaturalHours(0)), ..plain() };
    let land = Matter { needs_land: true, ..plain() };
    let a = || item("a");
    let of = |matter| flaws(&procedure(vec![matter]));
    let department = |code| super::department(code);
    assert_eq!(of(unknown), [Flaw::UnknownDepartment { item: a(), department: department("D99") }]);
    assert_eq!(of(empty), [Flaw::NobodyMayDo { item: a(), department: department("D09") }]);
    assert_eq!(of(zero), [Flaw::LimitMissing { item: a() }]);
    assert_eq!(of(none), [Flaw::LimitMissing { item: a() }]);
    assert_eq!(of(promised_alone), []);
    assert_eq!(of(notice), [Flaw::LimitMissing { item: a() }]);
    assert_eq!(of(land), [Flaw::LandUnasked { item: a() }]);
    assert_eq!(of(at_once), [Flaw::LimitMissing { item: a() }]);
    assert_eq!(of(none_left), [Flaw::LimitMissing { item: a() }]);
}

#[test]
fn nothing_is_promised_for_later_than_the_law_has_it() {
    let of = |promised: Limit, tightened: Option<Limit>| {
        flaws(&procedure(vec![Matter { promised: Some(promised), tightened, ..matter("a", &[]) }]))
    };
    let too_long = [Flaw::LimitTooLong { item: item("a") }];
    assert_eq!(of(Limit::WorkingDays(20), None), []);
    assert_eq!(of(Limit::WorkingDays(21), None), too_long);
    assert_eq!(of(Limit::WorkingDays(5), Some(Limit::WorkingDays(21))), too_long);
    // On another clock: four weeks are twenty working days.
    assert_eq!(of(Limit::NaturalDays(28), None), []);
    assert_eq!(of(Limit::NaturalDays(29), None), too_long);
    // A week by law, two working days promised: over the Spring Festival the law binds, and both stand.
    let short = Matter {
        statutory: Some(Limit::NaturalDays(7)),
        promised: Some(Limit::WorkingDays(2)),
        ..matter("a", &[])
    };
    let calendar = Calendar::published();
    let now = instant("2026-02-14T09:00:00+08:00");
    let moment = Moment { now, calendar: &calendar };
    assert_eq!(check(&procedure(vec![short]), &zone(), moment), []);
}

#[test]
fn a_start_on_commitment_needs_a_permit_to_start_with() {
    let mut wanted = start_on_commitment();
    wanted.matters.iter_mut().for_each(|matter| matter.for_start = false);
    assert_eq!(flaws(&wanted), [Flaw::NoStartPermit]);
}

#[test]
fn a_notice_period_is_never_shortened() {
    let notice = Matter {
        kind: MatterKind::Notice,
        statutory: Some(Limit::NaturalDays(10)),
        promised: Some(Limit::NaturalDays(10)),
        ..matter("a", &[])
    };
    let of = |matter: &Matter| flaws(&procedure(vec![matter.clone()]));
    assert_eq!(of(&notice), []);
    let shorter = Matter { promised: Some(Limit::NaturalDays(9)), ..notice.clone() };
    let tighter = Matter { tightened: Some(Limit::NaturalDays(9)), ..notice.clone() };
    let other = Some(Limit::WorkingDays(10));
    let worked = Matter { statutory: other, promised: other, ..notice };
    for wrong in [shorter, tighter, worked] {
        assert_eq!(of(&wrong), [Flaw::NoticeShortened { item: item("a") }]);
    }
}

#[test]
fn a_promise_that_the_critical_path_cannot_keep_shows_the_path() {
    let chain = || vec![matter("a", &[]), matter("b", &["a"]), matter("c", &[])];
    let promising = |days| Procedure { promised: Limit::WorkingDays(days), ..procedure(chain()) };
    assert_eq!(flaws(&promising(10)), []);
    let [Flaw::PromiseTooShort { path, ends_at, promised }] = &flaws(&promising(9))[..] else {
        panic!("one flaw");
    };
    assert_eq!(path, &["a", "b"].map(item));
    assert_eq!(*ends_at, instant("2026-03-18T17:30:00+08:00"));
    assert_eq!(promised.at, instant("2026-03-17T17:30:00+08:00"));
    // 承诺可开工: made formal side by side, 80 wd become 4.
    let four = Procedure { promised: Limit::WorkingDays(4), ..start_on_commitment() };
    assert_eq!(flaws(&four), []);
    // What waits for a formal permit that needs land is reviewed after the land.
    let mut late = four.clone();
    late.matters[1].on_opinion = false;
    late.matters[1].promised = Some(Limit::WorkingDays(20));
    let [Flaw::PromiseTooShort { path, ends_at, .. }] = &flaws(&late)[..] else {
        panic!("2 wd and 20 are not 4");
    };
    assert_eq!(path, &["plan", "build"].map(item));
    assert_eq!(*ends_at, instant("2026-04-03T17:30:00+08:00"));
    // So is what runs on the opinion of such a one, as soon as that is there.
    let behind = Matter { on_opinion: true, needs_land: true, ..matter("last", &["build"]) };
    late.matters.push(behind);
    late.promised = Limit::WorkingDays(22);
    assert!(matches!(&flaws(&late)[..], [Flaw::PromiseTooShort { path, .. }] if path.len() == 3));
}
