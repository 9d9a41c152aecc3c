//! The demo zone's 83 requests, driven through the rules: every due instant, late contact and late
//! answer comes out as the data tell.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::BTreeMap;

use base::Role;
use calendar::Limit;
use jiff::Timestamp;
use serde::Deserialize;

use super::sample::*;
use super::*;

#[derive(Deserialize)]
struct Book {
    requests: Vec<Told>,
}

#[derive(Deserialize)]
struct Told {
    id: String,
    category: String,
    filed_at: Timestamp,
    respond_due_at: Timestamp,
    due_at: Timestamp,
    responded_at: Timestamp,
    done_at: Timestamp,
    rating: u8,
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    at: Timestamp,
    act: String,
    by: String,
    #[serde(default)]
    to: String,
}

#[derive(Deserialize)]
struct Categories {
    categories: Vec<Category>,
}

#[derive(Deserialize)]
struct Category {
    id: String,
    response_working_minutes: u32,
    limit_working_days: u32,
}

fn book() -> (Vec<Told>, BTreeMap<String, Category>) {
    let book: Book =
        serde_json::from_str(include_str!("../../../../../deploy/demo/requests.json")).unwrap();
    let categories: Categories =
        serde_json::from_str(include_str!("../../../../../deploy/demo/categories.json")).unwrap();
    let categories = categories.categories.into_iter();
    (book.requests, categories.map(|category| (category.id.clone(), category)).collect())
}

/// Plays one request to its end.
fn play(told: &Told, category: &Category) -> World {
    let limits = [Tier::Promised, Tier::Tightened].into_iter().flat_map(|tier| {
        let contact = Limit::WorkingMinutes(category.response_working_minutes);
        let reply = Limit::WorkingDays(category.limit_working_days);
        [rule(LimitKind::Contact, tier, contact), rule(LimitKind::Reply, tier, reply)]
    });
    let mut world = World::at("2026-01-01T00:00:00+08:00");
    let mut wanted = requested(told.filed_at, limits.collect());
    wanted.excluded.clear();
    let mut children = 100;
    for event in &told.events {
        // Nobody is the head here, so that nothing is claimed by default.
        world.go_to(event.at, None);
        match event.act.as_str() {
            "派单" => {
                wanted.lead = Some(department(&event.to));
                wanted.occurred_at = event.at;
                world.hear(wanted.clone());
            }
            "退回" => drop(world.ask(give_back(&event.by, None)).unwrap()),
            "改派" => drop(world.ask(uphold(&event.to)).unwrap()),
            "部门报到" => drop(world.ask(contact(&event.by)).unwrap()),
            "协同报到" => {
                children += 1;
                let claimant = world.order().claimant.clone().unwrap();
                let of = event.by.split('-').next().unwrap();
                world.ask(assistance(claimant.code(), of, children)).unwrap();
                world.ask_of(order_id(children), contact(&event.by)).unwrap();
                world.ask_of(order_id(children), complete(&event.by)).unwrap();
            }
            "暂停计时" => {
                hand_to(&mut world, &event.by);
                let until = world.order().reply.unwrap().due.at;
                let awaiting = PauseReason::AwaitingMaterials;
                world.ask(pause(&event.by, awaiting, until)).unwrap();
                world.ask(ruling(Decision::Granted)).unwrap();
            }
            "恢复计时" => {
                world.ask(Command::SupplyMaterials { occurred_at: event.at }).unwrap();
            }
            "超期督办" => drop(world.ask(urge()).unwrap()),
            "办结" => {
                hand_to(&mut world, &event.by);
                world.ask(complete(&event.by)).unwrap();
            }
            "企业评价" => {
                let rating = rating(told.rating);
                world.ask(Command::Rate { occurred_at: event.at, round: 1, rating }).unwrap();
            }
            _ => {}
        }
    }
    world
}

fn hand_to(world: &mut World, code: &str) {
    let department = world.order().department.as_ref().unwrap().code().to_owned();
    let by = with_roles(&format!("{department}-02"), &[Role::Lead]);
    world.ask(Command::Assign { by, to: nominee(code) }).unwrap();
}

#[test]
fn every_due_instant_and_every_lateness_of_the_demo_comes_out_equal() {
    let (requests, categories) = book();
    let (mut late_contacts, mut late_answers) = (0, 0);
    for told in &requests {
        let world = play(told, &categories[&told.category]);
        let order = world.order();
        assert_eq!(order.contact_due.unwrap().at, told.respond_due_at, "{}", told.id);
        assert_eq!(order.reply.unwrap().due.at, told.due_at, "{}", told.id);
        assert_eq!(order.contacted_at, Some(told.responded_at), "{}", told.id);
        assert_eq!(order.completed_at, Some(told.done_at), "{}", told.id);
        let late = (told.respond_due_at < told.responded_at, told.due_at < told.done_at);
        assert_eq!((order.contacted_late, order.answered_late), (Some(late.0), Some(late.1)));
        assert_eq!(order.rating.unwrap().level, Some(told.rating), "{}", told.id);
        late_contacts += usize::from(late.0);
        late_answers += usize::from(late.1);
    }
    assert_eq!((requests.len(), late_contacts, late_answers), (83, 4, 3));
}

/// A supervisor urges at the due instant; the red card comes by itself after it.
#[test]
fn late_answers_of_the_demo_have_a_red_card_after_they_were_urged() {
    let (requests, categories) = book();
    for told in requests.iter().filter(|told| told.due_at < told.done_at) {
        let world = play(told, &categories[&told.category]);
        let facts = &world.facts[&order_id(1)];
        let place = |wanted: fn(&What) -> bool| facts.iter().position(|fact| wanted(&fact.what));
        let urged = place(|what| matches!(what, What::Pressed { .. })).unwrap();
        let red = place(|what| matches!(what, What::RedCarded { .. })).unwrap();
        assert!(urged < red, "{}", told.id);
        assert_eq!(world.order().card, Some(Card::Red));
    }
}
