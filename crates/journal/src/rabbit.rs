//! Delivery through RabbitMQ (AMQP 0-9-1): one topic exchange, one quorum queue for each listener.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{FutureExt as _, StreamExt as _};
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions, ConfirmSelectOptions,
    ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{
    BasicProperties, Channel, Confirmation, Connection, ConnectionProperties, Consumer, ExchangeKind,
};
use tokio::time::timeout;

use crate::delivery::{Cursors, Delivered, Delivery, DeliveryError, Feed, Outlet, Resend};
use crate::envelope::Heard;
use crate::publisher::chain;
use crate::reader::Entry;

/// The exchange that carries every fact.
pub const EXCHANGE: &str = "whistle.events";
const CONTENT_TYPE: &str = "application/cloudevents+protobuf";
/// How many messages a listener holds that it has not accepted.
const PREFETCH: u16 = 1_024;
/// How long the broker may take to confirm a batch.
const CONFIRM_WITHIN: Duration = Duration::from_secs(5);
/// How long connecting may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const PERSISTENT: u8 = 2;

/// Which listener hears which sources, for every service of the zone.
pub type Topology = Vec<(String, Vec<String>)>;

/// Delivery through a broker.
pub struct RabbitDelivery {
    url: String,
    topology: Topology,
    trouble: Mutex<Option<String>>,
}

impl RabbitDelivery {
    /// Delivery through the broker at an address, among the services of the zone.
    pub fn new(url: impl Into<String>, topology: Topology) -> RabbitDelivery {
        let trouble = Mutex::new(Some("not connected yet".to_owned()));
        RabbitDelivery { url: url.into(), topology, trouble }
    }

    async fn connect(&self) -> Result<(Connection, Channel), DeliveryError> {
        let connected = self.declare_all().await;
        let trouble = connected.as_ref().err().map(|error| chain(error));
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
        connected
    }

    /// A connection on which the whole topology has been declared: whoever starts first may
    /// publish, and nothing is lost for those who start later.
    async fn declare_all(&self) -> Result<(Connection, Channel), DeliveryError> {
        let properties = ConnectionProperties::default().with_connection_name("whistle".into());
        let connecting = Connection::connect(&self.url, properties);
        let connection = timeout(CONNECT_WITHIN, connecting).await.map_err(|_| DeliveryError::TooLate)??;
        let channel = connection.create_channel().await?;
        let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
        channel
            .exchange_declare(EXCHANGE.into(), ExchangeKind::Topic, durable, FieldTable::default())
            .await?;
        for (listener, sources) in &self.topology {
            let queue: ShortString = queue_of(listener).into();
            declare(&channel, &queue).await?;
            for source in sources {
                let key = format!("whistle.{source}.#");
                let options = QueueBindOptions::default();
                channel
                    .queue_bind(queue.clone(), EXCHANGE.into(), key.into(), options, FieldTable::default())
                    .await?;
                declare(&channel, &resend_queue_of(source).into()).await?;
            }
        }
        Ok((connection, channel))
    }
}

/// A durable quorum queue that serves one consumer at a time.
async fn declare(channel: &Channel, queue: &ShortString) -> Result<(), DeliveryError> {
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
    arguments.insert("x-single-active-consumer".into(), AMQPValue::Boolean(true));
    channel.queue_declare(queue.clone(), QueueDeclareOptions::durable(), arguments).await?;
    Ok(())
}

/// The queue of a listener.
pub fn queue_of(listener: &str) -> String {
    format!("whistle.{listener}")
}

fn resend_queue_of(source: &str) -> String {
    format!("whistle.{source}.resend")
}

#[async_trait]
impl Delivery for RabbitDelivery {
    async fn feed(&self, listener: &str, _: &[&str]) -> Result<Box<dyn Feed>, DeliveryError> {
        let (connection, channel) = self.connect().await?;
        channel.basic_qos(PREFETCH, BasicQosOptions::default()).await?;
        let options = BasicConsumeOptions::default();
        let queue = queue_of(listener);
        let consumer = channel
            .basic_consume(queue.clone().into(), "".into(), options, FieldTable::default())
            .await?;
        let listener = listener.to_owned();
        Ok(Box::new(RabbitFeed { _connection: connection, channel, consumer, listener, last_tag: None }))
    }

    async fn outlet(&self, source: &str) -> Result<Option<Box<dyn Outlet>>, DeliveryError> {
        let (connection, channel) = self.connect().await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await?;
        let wishes = connection.create_channel().await?;
        wishes.basic_qos(1, BasicQosOptions::default()).await?;
        let options = BasicConsumeOptions::default();
        let queue = resend_queue_of(source);
        let wishes =
            wishes.basic_consume(queue.into(), "".into(), options, FieldTable::default()).await?;
        let source = source.to_owned();
        Ok(Some(Box::new(RabbitOutlet { _connection: connection, channel, wishes, source })))
    }

    fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

struct RabbitFeed {
    // Dropping it ends the delivery.
    _connection: Connection,
    channel: Channel,
    consumer: Consumer,
    listener: String,
    last_tag: Option<u64>,
}

impl RabbitFeed {
    fn take(&mut self, message: lapin::message::Delivery, into: &mut Vec<Delivered>) {
        self.last_tag = Some(message.delivery_tag);
        match Heard::read(&message.data) {
            Ok(heard) => into.push(Delivered {
                source: heard.source,
                position: heard.position,
                envelope: message.data,
            }),
            // Not an event of ours: nothing can come of keeping it in the queue.
            Err(trouble) => tracing::error!(listener = self.listener, %trouble, "not an event"),
        }
    }
}

#[async_trait]
impl Feed for RabbitFeed {
    async fn next(&mut self, _: &Cursors, max: usize) -> Result<Vec<Delivered>, DeliveryError> {
        let mut delivered = Vec::new();
        let first = self.consumer.next().await.ok_or(DeliveryError::Ended)??;
        self.take(first, &mut delivered);
        while delivered.len() < max {
            match self.consumer.next().now_or_never() {
                Some(Some(Ok(next))) => self.take(next, &mut delivered),
                // What is wrong shows again at the next call.
                Some(_) | None => break,
            }
        }
        Ok(delivered)
    }

    async fn accept(&mut self) -> Result<(), DeliveryError> {
        if let Some(tag) = self.last_tag.take() {
            self.channel.basic_ack(tag, BasicAckOptions { multiple: true }).await?;
        }
        Ok(())
    }

    async fn ask_again(&mut self, source: &str, from: i64) -> Result<(), DeliveryError> {
        let wish = format!("{} {from}", self.listener);
        let options = BasicPublishOptions::default();
        let properties = BasicProperties::default().with_delivery_mode(PERSISTENT);
        self.channel
            .basic_publish("".into(), resend_queue_of(source).into(), options, wish.as_bytes(), properties)
            .await?;
        Ok(())
    }
}

struct RabbitOutlet {
    // Dropping it ends the publishing.
    _connection: Connection,
    channel: Channel,
    wishes: Consumer,
    source: String,
}

impl RabbitOutlet {
    /// Sends entries and waits for every confirm. A broker confirms also what it could not
    /// route: the returned message inside the confirm says so.
    async fn send(&self, exchange: &str, queue: Option<&str>, entries: &[Entry]) -> Result<(), DeliveryError> {
        let mut confirms = Vec::with_capacity(entries.len());
        for entry in entries {
            let key = queue.map_or_else(|| self.key_of(entry), str::to_owned);
            let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
            let confirm = self
                .channel
                .basic_publish(exchange.into(), key.into(), options, &entry.envelope, properties(entry))
                .await?;
            confirms.push(confirm);
        }
        let mut unroutable = 0;
        for confirm in confirms {
            let confirmed = timeout(CONFIRM_WITHIN, confirm).await;
            match confirmed.map_err(|_| DeliveryError::TooLate)?? {
                Confirmation::Ack(None) => {}
                Confirmation::Ack(Some(_)) => unroutable += 1,
                Confirmation::Nack(_) | Confirmation::NotRequested => return Err(DeliveryError::Refused),
            }
        }
        if unroutable > 0 {
            let source_name = self.source.clone();
            return Err(DeliveryError::Unroutable { source_name, count: unroutable });
        }
        Ok(())
    }

    /// `whistle.dispatch.v1.WorkOrderClaimed`: the source, then the message.
    fn key_of(&self, entry: &Entry) -> String {
        let name = entry.kind.rsplit('.').next().unwrap_or_default();
        format!("whistle.{}.v1.{name}", self.source)
    }
}

#[async_trait]
impl Outlet for RabbitOutlet {
    async fn publish(&mut self, entries: &[Entry]) -> Result<(), DeliveryError> {
        self.send(EXCHANGE, None, entries).await
    }

    async fn wish(&mut self) -> Result<Resend, DeliveryError> {
        loop {
            let message = self.wishes.next().await.ok_or(DeliveryError::Ended)??;
            message.ack(BasicAckOptions::default()).await?;
            let text = String::from_utf8_lossy(&message.data).into_owned();
            if let Some((listener, from)) = text.split_once(' ')
                && let Ok(from) = from.parse()
            {
                return Ok(Resend { listener: listener.to_owned(), from });
            }
            tracing::error!(source = self.source, text, "not a wish to hear again");
        }
    }

    async fn resend(&mut self, listener: &str, entries: &[Entry]) -> Result<(), DeliveryError> {
        self.send("", Some(&queue_of(listener)), entries).await
    }
}

/// The attributes of the event, mirrored as headers for those who route by them.
fn properties(entry: &Entry) -> BasicProperties {
    let mut headers = FieldTable::default();
    let mut put = |name: &str, value: String| {
        headers.insert(format!("cloudEvents_{name}").into(), AMQPValue::LongString(value.into()));
    };
    if let Ok(heard) = entry.heard() {
        put("id", heard.id);
        put("type", heard.kind);
        put("subject", heard.subject);
        put("sequence", heard.position.to_string());
        put("correlationid", heard.correlation);
        put("time", heard.occurred_at.to_string());
        if let Some(traceparent) = heard.traceparent {
            put("traceparent", traceparent);
        }
    }
    BasicProperties::default()
        .with_content_type(CONTENT_TYPE.into())
        .with_delivery_mode(PERSISTENT)
        .with_headers(headers)
}
