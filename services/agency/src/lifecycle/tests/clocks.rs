//! The two clocks of a case, reckoned by hand over the Spring Festival of 2026: 15 to 23 February are
//! off, the Saturdays 14 and 28 February are worked.

use super::*;

fn at(day: &str) -> jiff::Timestamp {
    instant(&format!("{day}T10:00:00+08:00"))
}

fn seen(case: &Case, day: &str) -> Clocks {
    let calendar = Calendar::published();
    clocks(case, Moment { now: at(day), calendar: &calendar })
}

fn done(case: Case, day: &str, command: &Command) -> Case {
    after(Some(case), command, at(day))
}

/// Mandated on Tuesday, 10 February, and started, with all that is needed.
fn begun(wanted: &Procedure) -> Case {
    let mut case = after(None, &open(wanted.clone()), at("2026-02-09"));
    let mut commands = vec![
        mandate(wanted, "2026-12-31T17:30:00+08:00"),
        of_case(agent(), CaseAsk::Start),
        add(agent(), "main"),
    ];
    let later = material("later");
    commands.extend(wanted.needing(&later).next().map(|_| add(agent(), "later")));
    for command in &commands {
        case = done(case, "2026-02-10", command);
    }
    case
}

fn accepted(case: Case, code: &str, day: &str) -> Case {
    let case = done(case, day, &of_item(agent(), code, ItemAsk::Submit));
    done(case, day, &of_item(staff("D02"), code, ItemAsk::Accept))
}

#[test]
fn approvals_count_along_the_critical_path_and_the_enterprise_by_the_calendar() {
    let wanted = procedure(vec![
        matter("a", &[]),
        matter("b", &[]),
        Matter { for_start: true, ..matter("c", &["a", "b"]) },
    ]);
    let case = begun(&wanted);
    let case = accepted(accepted(case, "a", "2026-02-12"), "b", "2026-02-12");
    // 13 and 14 February, 24 and 25: four working days in thirteen days.
    let case = done(case, "2026-02-25", &issue("a", "1"));
    // And 26: b is the longer one.
    let case = done(case, "2026-02-26", &issue("b", "2"));
    assert_eq!(seen(&case, "2026-02-26").approval_days, 5);
    // The agent takes three days, which are nobody's review: 27 and 28 February, 2 March are not counted.
    let case = accepted(case, "c", "2026-03-02");
    let running = seen(&case, "2026-03-04");
    assert_eq!(running.approval_days, 7, "what runs counts until now");
    let waited = running.enterprise.expect("it has a mandate");
    assert_eq!((waited.to, waited.days, waited.from_land), (None, 22, false));
    let case = done(case, "2026-03-05", &issue("c", "3"));
    let over = seen(&case, "2026-04-01");
    assert_eq!((over.approval_days, over.approval_after_land_days), (8, None));
    // From 10 February to 5 March.
    let waited = over.enterprise.expect("it has a mandate");
    assert_eq!((waited.from, waited.to), (at("2026-02-10"), Some(at("2026-03-05"))));
    assert_eq!(waited.days, 23);
}

#[test]
fn a_pause_is_out_of_the_clock_of_approval_and_not_of_the_enterprises() {
    let wanted = procedure(vec![matter("a", &[])]);
    let case = accepted(begun(&wanted), "a", "2026-02-11");
    let work_order = case.items[&item("a")].order.as_ref().expect("an order").id;
    let told = |state, pause, day: &str| {
        let occurred_at = at(day);
        let (department, claimant, due) = (None, None, None);
        let now = Progress { state, department, claimant, due, pause, told_at: occurred_at };
        Command::Hear(Heard { work_order, occurred_at, news: News::Moved(now) })
    };
    let (from, until) = (at("2026-02-13"), at("2026-02-26"));
    let paused = told(WorkState::Suspended, Some(Standstill { from, until }), "2026-02-13");
    let case = done(case, "2026-02-13", &paused);
    assert_eq!(seen(&case, "2026-02-25").approval_days, 1, "12 February");
    let over = Standstill { from: until, until };
    let case = done(case, "2026-02-26", &told(WorkState::InProgress, Some(over), "2026-02-26"));
    // 12, 26, 27 and 28 February.
    let case = done(case, "2026-02-28", &issue("a", "1"));
    let clocks = seen(&case, "2026-02-28");
    assert_eq!(clocks.approval_days, 4);
    let waited = clocks.enterprise.expect("it has a mandate");
    assert_eq!((waited.days, waited.to), (18, None), "no start here: until the delivery");
    let case = done(case, "2026-03-02", &of_case(agent(), CaseAsk::Deliver));
    let waited = seen(&case, "2026-05-01").enterprise.expect("it has a mandate");
    assert_eq!((waited.days, waited.to), (20, Some(at("2026-03-02"))));
}

#[test]
fn behind_the_land_the_conversions_alone_are_counted() {
    let wanted = start_on_commitment();
    let case = done(begun(&wanted), "2026-02-10", &commit(&[], true));
    let case = accepted(case, "plan", "2026-02-10");
    let case = done(case, "2026-02-12", &pre_issue("plan"));
    let case = done(accepted(case, "build", "2026-02-12"), "2026-02-14", &pre_issue("build"));
    let before = seen(&case, "2026-02-25");
    assert_eq!((before.approval_days, before.approval_after_land_days), (4, None));
    assert_eq!(before.enterprise.expect("a mandate").from, at("2026-02-10"));
    let case = done(case, "2026-02-26", &of_case(agent(), CaseAsk::RecordLandAcquired));
    let convert =
        |code: &str| of_item(staff("D02"), code, ItemAsk::Convert { certificate: code.to_owned() });
    let case = done(case, "2026-02-27", &convert("plan"));
    let case = done(case, "2026-02-28", &convert("build"));
    let clocks = seen(&case, "2026-05-01");
    assert_eq!((clocks.approval_days, clocks.approval_after_land_days), (6, Some(2)));
    let waited = clocks.enterprise.expect("a mandate");
    assert_eq!((waited.from, waited.from_land), (at("2026-02-26"), true));
    assert_eq!((waited.to, waited.days), (Some(at("2026-02-28")), 2));
}
