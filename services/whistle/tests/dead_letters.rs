//! `whistle dead-letters`: what was set aside is shown with its cause and applied again.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::process::Command;

use anyhow::Result;
use contract::common::MaterialsSupplied;
use journal::statement::execute;
use journal::{Telling, Trouble};
use testkit::zone::{self, plea, set_up};
use testkit::{Hand, Size, World};

/// A world with a zone in it, whose operator runs the program.
struct Zone(World);

impl Zone {
    async fn start() -> Result<Zone> {
        let services = [directory::SERVICE, request::SERVICE, dispatch::SERVICE, agency::SERVICE];
        let world = World::start(Size::Embedded, &services, "2026-03-04T09:00:00+08:00").await?;
        directory::ensure_admins(world.house("directory"), &zone::admins()).await?;
        world.settle().await?;
        let zone = Zone(world);
        set_up(&zone.by("admin"), &zone.by("admin-2")).await?;
        zone.0.settle().await?;
        Ok(zone)
    }

    fn by(&self, code: &str) -> Hand {
        Hand::new(self.0.caller(&format!("persons/{code}")))
    }

    /// Runs the program as a person; gives its exit code and what it said.
    async fn run(&self, person: &str, arguments: &[&str]) -> Result<(Option<i32>, String)> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_whistle"));
        command.arg("dead-letters").args(arguments);
        command.args(["--address", &format!("http://{}", self.0.site.address())]);
        command.args(["--token", &self.0.token(&format!("persons/{person}"))]);
        let output = tokio::task::spawn_blocking(move || command.output()).await??;
        let said = [output.stdout, output.stderr].concat();
        Ok((output.status.code(), String::from_utf8_lossy(&said).into_owned()))
    }

    async fn carry_out(&self, statement: String) -> Result<()> {
        let done = self.0.house("dispatch").journal.commit("schema", None, move |unit| {
            let statement = statement.clone();
            Box::pin(async move {
                execute(unit.tx(), &statement, []).await?;
                Ok::<_, Trouble>(())
            })
        });
        done.await?;
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_parked_is_said_and_only_to_administrators() -> Result<()> {
    let zone = Zone::start().await?;
    let (code, said) = zone.run("admin", &["list"]).await?;
    assert_eq!((code, said.trim()), (Some(0), "共 0 条搁置的事件（parked events: 0）"));
    for journal in ["dispatch", "agency"] {
        let (code, said) = zone.run("admin", &["replay", "--journal", journal]).await?;
        assert!(code == Some(0) && said.contains("nothing is left parked"), "{said}");
    }
    let (code, said) = zone.run("D02-11", &["list"]).await?;
    assert!(code == Some(1) && said.contains("ROLE_FORBIDS"), "{said}");
    let (code, said) = zone.run("admin", &["list", "--journal", "subsidy"]).await?;
    assert!(code == Some(1) && said.contains("JOURNAL_NOT_SERVED"), "{said}");
    zone.0.end().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_parked_is_shown_and_applied_again_once_its_cause_is_gone() -> Result<()> {
    let zone = Zone::start().await?;
    let sick = zone.by("handler").submit(plea()).await?;
    zone.carry_out(format!(
        "CREATE TRIGGER poison BEFORE INSERT ON work_order WHEN NEW.source = '{}' \
         BEGIN SELECT RAISE(ABORT, 'poison'); END",
        sick.name
    ))
    .await?;
    zone.by("D01-11").accept(&sick.name).await?;
    zone.by("handler").supplement(&sick.name).await?;
    zone.0.settle().await?;
    let nonsense = MaterialsSupplied { work_order: "nonsense".to_owned(), source: String::new() };
    let telling = Telling::new("tickets/nonsense", "tickets/nonsense", &nonsense);
    zone.0.tell("request", telling, "persons/handler").await?;
    zone.0.settle().await?;

    let (code, said) = zone.run("admin", &["list"]).await?;
    assert_eq!(code, Some(0), "{said}");
    for word in ["dispatch ← request@", "WorkRequested", &sick.name, "poison", "2026-03-04"] {
        assert!(said.contains(word), "{word} is not in {said}");
    }
    let (code, said) = zone.run("admin", &["replay", "--journal", "dispatch"]).await?;
    assert!(code == Some(1) && said.contains("已重放 0 条") && said.contains("poison"), "{said}");

    zone.carry_out("DROP TRIGGER poison".to_owned()).await?;
    let one = ["replay", "--journal", "dispatch", "--subject", &sick.name];
    let (code, said) = zone.run("admin", &one).await?;
    assert!(code == Some(0) && said.contains("仍搁置 0 条"), "{said}");
    // What nobody can apply stays, is shown, and is said by the exit code.
    let (code, said) = zone.run("admin", &["replay", "--journal", "dispatch"]).await?;
    assert!(code == Some(1) && said.contains("tickets/nonsense"), "{said}");
    zone.0.site.stop().await;
    Ok(())
}
