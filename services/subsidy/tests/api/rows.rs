//! What protects money is held by the database as well as by the rules: direct SQL does not break it.

use anyhow::Result;
use futures_util::FutureExt as _;
use journal::Trouble;
use journal::statement::{execute, find};
use testkit::Size;

use crate::zone::{Zone, policy};

testkit::on_both_sizes!(
    direct_sql_breaks_neither_four_eyes_nor_keys,
    what_an_application_holds_is_given_back_when_it_ends,
);

async fn direct_sql_breaks_neither_four_eyes_nor_keys(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.opened(policy()).await?;
    let kept = zone.approved(4_972_841).await?;
    zone.batched(&kept.disbursements).await?;
    let journal = zone.world.house("subsidy").journal.clone();
    for sql in [
        "UPDATE application SET second_reviewer = reviewer",
        "UPDATE application SET approver = reviewer",
        "UPDATE batch SET checker = maker",
        "UPDATE disbursement SET amount = 0",
        "UPDATE application SET state = 'PAID'",
        "UPDATE budget SET reserved = appropriated + 1",
        "INSERT INTO entitlement (duplicate_key, application, taken_at) \
         SELECT duplicate_key, 'applications/other', 0 FROM entitlement",
    ] {
        let direct = journal.commit("direct", None, move |unit| {
            async move {
                execute(unit.tx(), sql, []).await?;
                Ok::<_, Trouble>(())
            }
            .boxed()
        });
        assert!(direct.await.is_err(), "{sql}");
    }
    zone.world.end().await
}

async fn what_an_application_holds_is_given_back_when_it_ends(size: Size) -> Result<()> {
    let zone = Zone::start(size).await?;
    zone.opened(policy()).await?;
    let kept = zone.accepted(4_972_841).await?;
    let read = zone.world.house("subsidy").known.read().clone();
    let held = async |sql: &str| -> Result<i64> {
        let row = find(&read, sql, []).await?;
        Ok(row.map_or(Ok(0), |row| row.try_get_by_index(0))?)
    };
    let keys = "SELECT COUNT(*) FROM entitlement";
    let used = "SELECT CAST(COALESCE(SUM(used), 0) AS BIGINT) FROM cap_line";
    assert_eq!((held(keys).await?, held(used).await?), (1, kept.amount_fen));
    let withdraw = contract::subsidy::WithdrawApplicationRequest {
        application: kept.name.clone(),
        reason: "另行申报".to_owned(),
        request_id: zone.id(),
        ..Default::default()
    };
    zone.applications("handler").withdraw_application(withdraw).await?;
    assert_eq!((held(keys).await?, held(used).await?), (0, 0));
    zone.world.end().await
}
