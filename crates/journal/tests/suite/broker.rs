//! A broker that loses its queues, is away, or brings what is not ours.

use std::sync::Arc;

use journal::delivery::{EXCHANGE, RabbitDelivery, queue_of};
use journal::{Delivery, DeliveryError};
use lapin::options::{BasicPublishOptions, QueueDeleteOptions};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};
use testkit::infra::RabbitMq;

use crate::stand::{Ground, Scribe, Size, eventually};

async fn channel(url: &str) -> (Connection, Channel) {
    let connection = Connection::connect(url, ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    (connection, channel)
}

/// The broker confirms what it could not route; that must not pass for published.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_could_not_be_routed_is_not_published() {
    let ground = Ground::new(Size::Real).await;
    let (alpha, omega) = (ground.replica("alpha").await, ground.replica("omega").await);
    let beta = ground.replica("beta").await;
    let delivery = ground.delivery(&[&alpha, &beta]);
    alpha.tell_many(5).await;
    let mut outlet = delivery.outlet("alpha").await.unwrap().unwrap();
    assert_eq!(delivery.trouble(), None);
    let (_connection, broker) = channel(&ground.broker()).await;
    let (queue, key) = (queue_of("omega").into(), "whistle.alpha.#".into());
    broker.queue_unbind(queue, EXCHANGE.into(), key, FieldTable::default()).await.unwrap();
    let entries = alpha.journal.entries(0, 10).await.unwrap();
    let published = outlet.publish(&entries).await;
    assert!(matches!(published, Err(DeliveryError::Unroutable { count: 5, .. })), "{published:?}");
    assert!(delivery.trouble().unwrap().contains("could not route"));
    drop(outlet);

    // A publisher at work stumbles over it, declares anew and loses nothing.
    let ear = Arc::new(Scribe::default());
    let _tasks = [alpha.publish(&delivery), omega.listen(&delivery, &ear)];
    omega.has_heard(&alpha).await;
    let options = QueueDeleteOptions::default();
    broker.queue_delete(queue_of("omega").into(), options).await.unwrap();
    alpha.tell_many(5).await;
    omega.has_heard(&alpha).await;
    let all_well = || async { delivery.trouble().is_none() };
    eventually("all is well again", all_well).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_hears_is_published_all_the_same() {
    let ground = Ground::new(Size::Real).await;
    let alpha = ground.replica("alpha").await;
    let delivery: Arc<dyn Delivery> = Arc::new(RabbitDelivery::new(ground.broker(), Vec::new()));
    let _publisher = alpha.publish(&delivery);
    alpha.tell_many(5).await;
    eventually("it is published", || async { alpha.journal.published().await.unwrap() == 5 }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_not_an_event_is_passed_over() {
    let ground = Ground::new(Size::Real).await;
    let (alpha, omega) = (ground.replica("alpha").await, ground.replica("omega").await);
    let beta = ground.replica("beta").await;
    let delivery = ground.delivery(&[&alpha, &beta]);
    let ear = Arc::new(Scribe::default());
    let _tasks = [alpha.publish(&delivery), omega.listen(&delivery, &ear)];
    alpha.tell_many(3).await;
    omega.has_heard(&alpha).await;
    let (_connection, broker) = channel(&ground.broker()).await;
    for queue in [queue_of("omega"), "whistle.alpha.resend".to_owned()] {
        let (options, none) = (BasicPublishOptions::default(), BasicProperties::default());
        broker.basic_publish("".into(), queue.into(), options, b"nonsense", none).await.unwrap();
    }
    alpha.tell_many(3).await;
    omega.has_heard(&alpha).await;
    assert_eq!(omega.journal.count_parked().await.unwrap(), 0);
}

/// Away at the start: everything waits, says so, and catches up. That it may also die later is
/// tried on whole processes (`services/whistle/tests/live`), whose queues have had time to settle:
/// RabbitMQ 3.10 may not recover a queue that was made in the moment before it was killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_may_be_away_at_the_start() {
    let ground = Ground::new(Size::Real).await;
    let (alpha, omega) = (ground.replica("alpha").await, ground.replica("omega").await);
    let beta = ground.replica("beta").await;
    let node = tokio::task::spawn_blocking(|| {
        let mut node = RabbitMq::start().unwrap();
        node.kill().unwrap();
        node
    });
    let mut node = node.await.unwrap();
    let topology = vec![("omega".to_owned(), vec!["alpha".to_owned(), "beta".to_owned()])];
    let delivery: Arc<dyn Delivery> = Arc::new(RabbitDelivery::new(node.amqp_url("%2f"), topology));
    assert!(delivery.trouble().is_some(), "nobody is connected yet");
    let ear = Arc::new(Scribe::default());
    let _tasks = [alpha.publish(&delivery), beta.publish(&delivery), omega.listen(&delivery, &ear)];
    alpha.tell_many(20).await;
    let said =
        || async { delivery.trouble().is_some_and(|trouble| trouble.contains("broker failed")) };
    eventually("it says so", said).await;
    assert_eq!(alpha.journal.published().await.unwrap(), 0);
    let restarted = tokio::task::spawn_blocking(move || {
        node.restart().unwrap();
        node
    });
    let _node = restarted.await.unwrap();
    omega.has_heard(&alpha).await;
    eventually("all is well", || async { delivery.trouble().is_none() }).await;
}
