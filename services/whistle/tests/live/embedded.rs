//! The embedded size: one process, ready at once, whose data outlive every end.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use anyhow::{Result, anyhow};
use contract::directory::ListDepartmentsRequest;
use contract::request::GetTicketRequest;
use testkit::zone::{CONTACT_NAME, CONTACT_PHONE, plea, set_up};
use testkit::{Hand, eventually};

use crate::load::{Load, caught_up, whistle, whole};
use crate::program::{Home, Program, START_WITHIN};

pub(crate) const SERVICES: [&str; 4] = ["directory", "request", "dispatch", "agency"];

/// The hand of a person.
pub(crate) fn hand(home: &Home, program: &Program, person: &str) -> Result<Hand> {
    Ok(Hand::new(home.caller(person, program)?))
}

/// The program, ready, with the small zone set up.
async fn zone() -> Result<(Home, Program)> {
    zone_in(Home::embedded()?).await
}

/// The same in a folder that is there.
pub(crate) async fn zone_in(home: Home) -> Result<(Home, Program)> {
    let program = home.serve("whistle", &[])?;
    program.ready().await?;
    let admin = hand(&home, &program, "admin")?;
    let second = hand(&home, &program, "admin-2")?;
    // The directory hears of its first administrators a moment after it has let them in.
    eventually("the administrators are known", START_WITHIN, async || {
        second.directory().list_departments(ListDepartmentsRequest::default()).await
    })
    .await?;
    set_up(&admin, &second).await?;
    caught_up(&admin, &SERVICES).await?;
    Ok((home, program))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_ready_keeps_its_secrets_and_stops_when_told_to() -> Result<()> {
    let (home, mut program) = zone().await?;
    assert_eq!(program.probe("/livez").await?.0, 200);
    let (status, figures) = program.probe("/metrics").await?;
    assert!(status == 200 && figures.contains("whistle"), "{figures}");
    assert!(program.told().contains("whistle 已就绪（ready）"));
    for folder in ["keys", "tokens"] {
        for file in fs::read_dir(home.data().join(folder))? {
            let file = file?;
            let mode = file.metadata()?.permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}", file.path().display());
        }
    }
    let handler = hand(&home, &program, "handler")?;
    let ticket = whistle(&handler, &hand(&home, &program, "D01-11")?).await?;
    let reveal =
        GetTicketRequest { ticket: ticket.name.clone(), reveal_contact: true, ..<_>::default() };
    let shown = handler.tickets().get_ticket(reveal).await?.into_inner().ticket;
    assert_eq!(
        shown.and_then(|ticket| ticket.contact).map(|it| it.phone),
        plea().contact.map(|it| it.phone)
    );
    handler
        .submit(contract::request::SubmitTicketRequest { category: "x".to_owned(), ..plea() })
        .await
        .expect_err("no such category");

    assert!(program.stop()?.success(), "{}", program.told());
    program.start(&home)?;
    program.ready().await?;
    let kept = hand(&home, &program, "handler")?.ticket(&ticket.name).await?;
    assert_eq!(kept.number, ticket.number, "what was there is there");
    assert!(program.stop()?.success());
    // Not even a talkative log says what is personal.
    let told = program.told();
    assert!(!told.contains(CONTACT_NAME) && !told.contains(CONTACT_PHONE));
    assert!(!told.contains("panicked"), "{told}");
    Ok(())
}

/// Killed under load, again and again: whatever was acknowledged is there, and nothing twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigkill_loses_nothing_that_was_acknowledged() -> Result<()> {
    let (home, mut program) = zone().await?;
    let (handler, dispatcher) =
        (hand(&home, &program, "handler")?, hand(&home, &program, "D01-11")?);
    let load = Load::start(4, &handler, &dispatcher);
    for _ in 0..5 {
        load.goes_on().await?;
        program.kill()?;
        program.start(&home)?;
    }
    load.goes_on().await?;
    let acknowledged =
        load.ends().await.map_err(|error| anyhow!("{error:#}\n{}", program.told()))?;
    caught_up(&hand(&home, &program, "admin")?, &SERVICES).await?;
    whole(&hand(&home, &program, "auditor")?, &acknowledged).await?;
    assert!(program.stop()?.success());
    Ok(())
}
