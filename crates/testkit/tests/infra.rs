//! The private servers start, keep what they were told through SIGKILL, and leave nothing behind.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use testkit::infra::{Database, Postgres, RabbitMq, Scratch, Vhost, wait_until};

#[test]
fn postgres_keeps_what_was_committed_when_it_is_killed() {
    let mut postgres = Postgres::start().unwrap();
    postgres.execute("CREATE TABLE kept (n BIGINT)").unwrap();
    postgres.execute("INSERT INTO kept VALUES (1)").unwrap();

    postgres.kill().unwrap();
    assert!(postgres.execute("SELECT 1").is_err(), "a killed server answers nobody");
    postgres.restart().unwrap();

    postgres.execute("DO 'BEGIN ASSERT (SELECT count(*) FROM kept) = 1; END'").unwrap();
    postgres.create_database("another").unwrap();
    assert!(postgres.url("another").ends_with("/another"));
}

#[test]
fn rabbitmq_comes_back_on_the_same_address_when_it_is_killed() {
    let mut rabbitmq = RabbitMq::start().unwrap();
    rabbitmq.create_vhost("before").unwrap();
    let address = rabbitmq.amqp_url("before");

    rabbitmq.kill().unwrap();
    assert!(rabbitmq.create_vhost("meanwhile").is_err(), "a killed node answers nobody");
    rabbitmq.restart().unwrap();

    rabbitmq.create_vhost("after").unwrap();
    assert_eq!(rabbitmq.amqp_url("before"), address);
}

#[test]
fn each_test_has_a_database_and_a_vhost_of_its_own() {
    let (one, two) = (Database::create("one").unwrap(), Database::create("one").unwrap());
    assert_ne!(one.url(), two.url());
    let (one, two) = (Vhost::create("one").unwrap(), Vhost::create("one").unwrap());
    assert_ne!(one.url(), two.url());
}

#[test]
fn a_dropped_scratch_directory_takes_its_processes_with_it() {
    let mut scratch = Scratch::new().unwrap();
    let path = scratch.path().to_owned();
    let inside = scratch.command("sleep", "log").unwrap().arg("600").spawn().unwrap();
    let elsewhere = group_of_its_own();
    scratch.watch(elsewhere.id()).unwrap();
    let forgotten = group_of_its_own();
    scratch.watch(forgotten.id()).unwrap();
    scratch.forget(forgotten.id()).unwrap();

    drop(scratch);

    assert!(!path.exists());
    assert!(ends(inside) && ends(elsewhere));
    assert!(!ends(forgotten));
}

#[test]
fn what_a_dead_owner_left_is_cleared_by_the_next_start() {
    let mut owner = Command::new("true").spawn().unwrap();
    owner.wait().unwrap();
    let left = std::env::temp_dir().join(format!("whistle-test-{}-left", owner.id()));
    std::fs::create_dir(&left).unwrap();
    let process = Command::new("sleep").arg("600").current_dir(&left).spawn().unwrap();

    let _next = Scratch::new().unwrap();

    assert!(!left.exists());
    assert!(ends(process));
}

fn group_of_its_own() -> Child {
    let mut command = Command::new("sleep");
    command.arg("600").current_dir("/").process_group(0).stdout(Stdio::null());
    command.spawn().unwrap()
}

/// Whether the process ends within a second by itself; it is gone in any case.
fn ends(mut child: Child) -> bool {
    let ended = wait_until("the end", Duration::from_secs(1), || Ok(child.try_wait()?)).is_ok();
    child.kill().unwrap();
    child.wait().unwrap();
    ended
}
