//! What an operator runs beside a zone: `whistle doctor`, and the figures that alerts look at.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, anyhow};
use testkit::infra::{Database, Vhost};
use testkit::{Receiver, eventually};

use crate::apart::Apart;
use crate::embedded::{SERVICES, hand, zone_in};
use crate::load::{caught_up, whistle};
use crate::program::{Home, Program};

const FINDS: Duration = Duration::from_secs(60);

/// The figures that the alerts of the repository look at, without what a histogram adds.
fn figures_of_alerts() -> Result<BTreeSet<String>> {
    let alerts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/prometheus/alerts.yml");
    let text = fs::read_to_string(alerts)?;
    let part_of_name = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    let words = text.split(|letter: char| !part_of_name(letter));
    Ok(words.filter(|word| word.starts_with("whistle_")).map(str::to_owned).collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_doctor_finds_a_zone_well_and_a_receiver_that_is_away() -> Result<()> {
    let mut receiver = Receiver::start()?;
    let url = receiver.url();
    let (home, mut program) = zone_in(Home::with_notices(&format!(
        "[[receivers]]\nname = \"oa\"\nurl = {url:?}\nsecret_file = \"secret\"\nkinds = [\"offered\"]\n"
    ))?)
    .await?;
    let (handler, dispatcher) =
        (hand(&home, &program, "handler")?, hand(&home, &program, "D01-11")?);
    whistle(&handler, &dispatcher).await?;
    caught_up(&hand(&home, &program, "admin")?, &SERVICES).await?;
    let look = |program: &Program| home.operate(&["doctor", "--apart", "1"], &[program]);
    eventually("the zone is well", FINDS, async || {
        let (code, said) = look(&program)?;
        let is_well = code == Some(0) && said.contains("体检通过");
        if is_well { Ok(()) } else { Err(anyhow!("{code:?}: {said}")) }
    })
    .await?;

    receiver.go_away();
    whistle(&handler, &dispatcher).await?;
    eventually("the receiver is missed", FINDS, async || {
        let (code, said) = look(&program)?;
        let is_found = code == Some(1) && said.contains("接收方 oa") && said.contains("故障");
        if is_found { Ok(()) } else { Err(anyhow!("{code:?}: {said}")) }
    })
    .await?;

    // Every figure that an alert of this size looks at is there by now.
    let (_, figures) = program.probe("/metrics").await?;
    for figure in figures_of_alerts()? {
        assert!(figures.contains(&figure), "{figure} is not in\n{figures}");
    }
    assert!(figures.contains(r#"whistle_ready{condition="running"} 1"#), "{figures}");

    program.kill()?;
    let (code, said) = look(&program)?;
    assert!(code == Some(1) && said.contains("没有应答"), "{said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_doctor_sees_services_apart_only_where_it_is_sent() -> Result<()> {
    let (database, vhost) = (Database::create("doctor")?, Vhost::create("doctor")?);
    let mut zone = Apart::start(&database.url(), &vhost.url()).await?;
    let all = [&zone.directory, &zone.request, &zone.dispatch, &zone.agency];
    eventually("the zone is well", FINDS, async || {
        let (code, said) = zone.home.operate(&["doctor", "--apart", "1"], &all)?;
        let is_well = code == Some(0) && !said.contains("未检查");
        if is_well { Ok(()) } else { Err(anyhow!("{code:?}: {said}")) }
    })
    .await?;
    let (code, said) = zone.home.operate(&["doctor", "--apart", "1"], &[&zone.directory])?;
    assert!(code == Some(0) && said.contains("dispatch 不在所给地址上"), "{said}");
    // Dispatch stops hearing: what the others tell is not heard.
    zone.dispatch.kill()?;
    let all = [&zone.directory, &zone.request, &zone.dispatch, &zone.agency];
    let (code, said) = zone.home.operate(&["doctor", "--apart", "1"], &all)?;
    assert!(code == Some(1) && said.contains(&zone.dispatch.address()), "{said}");
    Ok(())
}
