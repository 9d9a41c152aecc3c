//! The publisher beside the broker alone: the same bytes, batches and confirms.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use contract::common::WorkRequested;
use futures_util::FutureExt as _;
use journal::delivery::RabbitDelivery;
use journal::reader::ENTRIES_PER_READ;
use journal::{Telling, Trouble, publisher};
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Confirmation, Connection, ConnectionProperties};
use runtime::tasks::{Kind, Tasks};
use testkit::infra::{Vhost, wait_until};

use crate::ground::{Engine, Ground};

const ENDS_WITHIN: Duration = Duration::from_secs(120);
const QUEUE: &str = "whistle.dispatch";

/// How many messages a second.
pub(crate) struct Throughput {
    pub(crate) messages: usize,
    /// The size of each, in bytes.
    pub(crate) bytes: usize,
    pub(crate) publisher: f64,
    pub(crate) broker: f64,
}

/// Publishes so many facts of one journal, by the publisher and then by the broker's client alone.
pub(crate) async fn measure(messages: usize) -> Result<Throughput> {
    let ground = Ground::prepare(Engine::Postgres)?;
    let alone = ground.alone(request::SERVICE).await?;
    let journal = alone.house.journal.clone();
    let batch = usize::try_from(ENTRIES_PER_READ)?;
    for _ in 0..messages.div_ceil(batch) {
        let told = journal.commit("bench", None, move |unit| {
            for _ in 0..batch {
                unit.tell(Telling::new("tickets/bench", "tickets/bench", &fact()), "persons/bench");
            }
            async { Ok::<_, Trouble>(()) }.boxed()
        });
        told.await?;
    }
    let head = journal.head().await?;

    let url = ground.amqp_url().context("a broker")?;
    let topology = vec![("dispatch".to_owned(), vec!["request".to_owned()])];
    let delivery = Arc::new(RabbitDelivery::new(url, topology));
    let tasks = Tasks::new();
    let (of, stop) = (journal.clone(), tasks.stopping());
    let start = Instant::now();
    let publish = async move { publisher::run(of, delivery.as_ref(), stop).await };
    tasks.spawn("publisher", Kind::Forever, publish);
    let watched = journal.clone();
    let published = tokio::task::spawn_blocking(move || {
        wait_until("everything is published", ENDS_WITHIN, || {
            Ok((head <= watched.published_and_sealed().0).then(Instant::now))
        })
    });
    let publisher = rate(messages, published.await??.duration_since(start));
    tasks.drain(Duration::from_secs(10)).await?;

    let entry = journal.entries(head - 1, 1).await?.pop().context("the last entry")?;
    alone.stop().await?;
    let broker = rate(messages, publish_raw(&entry.envelope, messages, batch).await?);
    Ok(Throughput { messages, bytes: entry.envelope.len(), publisher, broker })
}

fn rate(messages: usize, within: Duration) -> f64 {
    messages as f64 / within.as_secs_f64()
}

/// The same through the broker's client alone, into a queue of the same kind.
async fn publish_raw(body: &[u8], messages: usize, batch: usize) -> Result<Duration> {
    let vhost = Vhost::create("raw")?;
    let connection = Connection::connect(&vhost.url(), ConnectionProperties::default()).await?;
    let channel = connection.create_channel().await?;
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
    channel.queue_declare(QUEUE.into(), QueueDeclareOptions::durable(), arguments).await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    let properties = BasicProperties::default().with_delivery_mode(2);
    let start = Instant::now();
    for _ in 0..messages.div_ceil(batch) {
        let mut confirms = Vec::with_capacity(batch);
        for _ in 0..batch {
            let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
            let sent =
                channel.basic_publish("".into(), QUEUE.into(), options, body, properties.clone());
            confirms.push(sent.await?);
        }
        for confirm in confirms {
            ensure!(matches!(confirm.await?, Confirmation::Ack(None)), "a message was not taken");
        }
    }
    Ok(start.elapsed())
}

/// A fact of an ordinary size: a request for work.
fn fact() -> WorkRequested {
    WorkRequested {
        work_order: "workOrders/0190b5a0-0000-7000-8000-000000000000".to_owned(),
        source: "tickets/0190b5a0-0000-7000-8000-000000000000".to_owned(),
        source_number: "CS-2026-000001".to_owned(),
        title: "厂区停水".to_owned(),
        text: "厂区自昨日上午起停水，三条产线停产，请协调供水单位尽快恢复。".to_owned(),
        enterprise: crate::ground::ENTERPRISE.to_owned(),
        category: crate::ground::CATEGORY.to_owned(),
        lead: "departments/D02".to_owned(),
        ..WorkRequested::default()
    }
}
