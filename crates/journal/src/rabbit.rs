//! Delivery through RabbitMQ (AMQP 0-9-1): one topic exchange, one quorum queue for each listener.

use std::time::Duration;

use async_trait::async_trait;
use futures_util::{FutureExt as _, StreamExt as _};
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions,
    ConfirmSelectOptions, ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{
    BasicProperties, Channel, Confirmation, Connection, ConnectionProperties, Consumer,
    ExchangeKind,
};
use tokio::time::timeout;

use crate::delivery::{Cursors, Delivered, Delivery, DeliveryError, Feed, Outlet, Resend};
use crate::envelope::Heard;
use crate::reader::Entry;
use crate::troubles::Troubles;

/// The exchange that carries every fact.
pub const EXCHANGE: &str = "whistle.events";
const CONTENT_TYPE: &str = "application/cloudevents+protobuf";
/// How many messages a listener holds that it has not accepted.
const PREFETCH: u16 = 1_024;
/// How long the broker may take to confirm a batch.
const CONFIRM_WITHIN: Duration = Duration::from_secs(5);
/// How long connecting and declaring the topology may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// How many wishes to hear again are looked at together.
const WISHES_AT_ONCE: u16 = 64;
const PERSISTENT: u8 = 2;
/// How AMQP says that a connection is closed without a fault.
const REPLY_SUCCESS: u16 = 200;
/// The headers that say which entry of which journal a message is.
const SOURCE: &str = "whistle-source";
const POSITION: &str = "cloudEvents_sequence";

/// Which listener hears which sources, for every service of the zone.
pub type Topology = Vec<(String, Vec<String>)>;

/// Delivery through a broker.
pub struct RabbitDelivery {
    url: String,
    topology: Topology,
    troubles: Troubles,
}

impl RabbitDelivery {
    /// Delivery through the broker at an address, among the services of the zone.
    pub fn new(url: impl Into<String>, topology: Topology) -> RabbitDelivery {
        RabbitDelivery { url: url.into(), topology, troubles: Troubles::default() }
    }

    /// A connection on which the whole topology has been declared: whoever starts first may
    /// publish, and nothing is lost for those who start later.
    async fn connect(&self) -> Result<(Link, Channel), DeliveryError> {
        let name = ConnectionProperties::default().with_connection_name("whistle".into());
        let link = Link(Connection::connect(&self.url, name).await?);
        let channel = link.0.create_channel().await?;
        self.declare_all(&channel).await?;
        Ok((link, channel))
    }

    async fn declare_all(&self, channel: &Channel) -> Result<(), DeliveryError> {
        let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
        let none = FieldTable::default;
        channel.exchange_declare(EXCHANGE.into(), ExchangeKind::Topic, durable, none()).await?;
        for (listener, sources) in &self.topology {
            let queue: ShortString = queue_of(listener).into();
            declare(channel, &queue).await?;
            for source in sources {
                let key = format!("whistle.{source}.#").into();
                let options = QueueBindOptions::default();
                channel.queue_bind(queue.clone(), EXCHANGE.into(), key, options, none()).await?;
                declare_resend(channel, source).await?;
            }
        }
        Ok(())
    }

    async fn connect_feed(&self, listener: &str) -> Result<RabbitFeed, DeliveryError> {
        let (link, channel) = self.connect().await?;
        channel.basic_qos(PREFETCH, BasicQosOptions::default()).await?;
        let consumer = consume(&channel, queue_of(listener)).await?;
        let listener = listener.to_owned();
        Ok(RabbitFeed { _link: link, channel, consumer, listener, last_tag: None })
    }

    async fn connect_outlet(&self, source: &str) -> Result<RabbitOutlet, DeliveryError> {
        let (link, channel) = self.connect().await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await?;
        let wishing = link.0.create_channel().await?;
        wishing.basic_qos(WISHES_AT_ONCE, BasicQosOptions::default()).await?;
        // Of a source that nobody hears it was not declared above.
        declare_resend(&wishing, source).await?;
        let wishes = consume(&wishing, resend_queue_of(source)).await?;
        let is_heard =
            self.topology.iter().any(|(_, heard)| heard.iter().any(|each| each == source));
        Ok(RabbitOutlet {
            _link: link,
            channel,
            wishing,
            wishes,
            last_wish: None,
            source: source.to_owned(),
            is_heard,
            troubles: self.troubles.clone(),
        })
    }
}

/// A connection that is closed when it is dropped, whatever was under way on it.
///
/// The client closes one of itself only once all its consumers are cancelled, and it cancels none
/// that it was still asking for when the asking was given up: the broker would keep that one as the
/// only active consumer of its queue, and nobody would hear anything any more.
struct Link(Connection);

impl Drop for Link {
    fn drop(&mut self) {
        // Asks for it at once; nobody waits for the answer. What is closed already is.
        let _ = self.0.close(REPLY_SUCCESS, "".into()).now_or_never();
    }
}

async fn consume(channel: &Channel, queue: String) -> Result<Consumer, DeliveryError> {
    let options = BasicConsumeOptions::default();
    Ok(channel.basic_consume(queue.into(), "".into(), options, FieldTable::default()).await?)
}

/// A durable quorum queue that serves one consumer at a time.
///
/// No delivery limit is asked for. RabbitMQ 4 has one by default, which a policy switches off
/// (3.x refuses the argument); what it drops is missed at the next connection and asked for again.
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

/// A plain queue: wishes are repeated, and a publisher that hangs must not keep them from the next.
async fn declare_resend(channel: &Channel, source: &str) -> Result<(), DeliveryError> {
    let (queue, plain) = (resend_queue_of(source).into(), FieldTable::default());
    channel.queue_declare(queue, QueueDeclareOptions::durable(), plain).await?;
    Ok(())
}

fn resend_queue_of(source: &str) -> String {
    format!("whistle.{source}.resend")
}

async fn in_time<T>(
    connecting: impl Future<Output = Result<T, DeliveryError>>,
) -> Result<T, DeliveryError> {
    timeout(CONNECT_WITHIN, connecting).await.map_err(|_| DeliveryError::TooLate)?
}

fn publisher_of(source: &str) -> String {
    format!("the publisher of {source}")
}

#[async_trait]
impl Delivery for RabbitDelivery {
    async fn feed(&self, listener: &str, _: &[&str]) -> Result<Box<dyn Feed>, DeliveryError> {
        let feed = in_time(self.connect_feed(listener)).await;
        self.troubles.note(&format!("the listener of {listener}"), &feed);
        Ok(Box::new(feed?))
    }

    async fn outlet(&self, source: &str) -> Result<Option<Box<dyn Outlet>>, DeliveryError> {
        let outlet = in_time(self.connect_outlet(source)).await;
        self.troubles.note(&publisher_of(source), &outlet);
        Ok(Some(Box::new(outlet?)))
    }

    fn trouble(&self) -> Option<String> {
        self.troubles.first()
    }
}

struct RabbitFeed {
    // Dropping it ends the delivery.
    _link: Link,
    channel: Channel,
    consumer: Consumer,
    listener: String,
    last_tag: Option<u64>,
}

impl RabbitFeed {
    fn take(&mut self, message: lapin::message::Delivery, into: &mut Vec<Delivered>) {
        self.last_tag = Some(message.delivery_tag);
        match place_of(&message) {
            Some((source, position)) => {
                into.push(Delivered { source, position, envelope: message.data });
            }
            // Not an event of ours: nothing can come of keeping it in the queue.
            None => tracing::error!(listener = self.listener, "a message that is not an event"),
        }
    }
}

/// Where a message stands in which journal. The headers say so even if the envelope is damaged.
fn place_of(message: &lapin::message::Delivery) -> Option<(String, i64)> {
    let headers = message.properties.headers().as_ref().map(FieldTable::inner);
    let header = |name: &str| {
        let Some(AMQPValue::LongString(text)) = headers?.get(name) else { return None };
        Some(text.to_string())
    };
    if let (Some(source), Some(position)) = (header(SOURCE), header(POSITION))
        && let Ok(position) = position.parse()
    {
        return Some((source, position));
    }
    Heard::read(&message.data).ok().map(|heard| (heard.source, heard.position))
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
            .basic_publish(
                "".into(),
                resend_queue_of(source).into(),
                options,
                wish.as_bytes(),
                properties,
            )
            .await?;
        Ok(())
    }
}

struct RabbitOutlet {
    // Dropping it ends the publishing.
    _link: Link,
    channel: Channel,
    wishing: Channel,
    wishes: Consumer,
    last_wish: Option<u64>,
    source: String,
    /// Whether any listener of the zone hears this source; otherwise there is nowhere to route to.
    is_heard: bool,
    troubles: Troubles,
}

impl RabbitOutlet {
    async fn send(
        &self,
        exchange: &str,
        queue: Option<&str>,
        entries: &[Entry],
    ) -> Result<(), DeliveryError> {
        let sent = self.send_and_confirm(exchange, queue, entries).await;
        self.troubles.note(&publisher_of(&self.source), &sent);
        sent
    }

    /// Sends entries and waits for every confirm. A broker confirms also what it could not
    /// route: the returned message inside the confirm says so.
    async fn send_and_confirm(
        &self,
        exchange: &str,
        queue: Option<&str>,
        entries: &[Entry],
    ) -> Result<(), DeliveryError> {
        let too_late = |_| DeliveryError::TooLate;
        let mandatory = self.is_heard || queue.is_some();
        let options = BasicPublishOptions { mandatory, ..BasicPublishOptions::default() };
        let publishing = async {
            let mut confirms = Vec::with_capacity(entries.len());
            for entry in entries {
                let key = queue.map_or_else(|| self.key_of(entry), str::to_owned).into();
                let (bytes, properties) = (&entry.envelope, self.properties(entry));
                let sent =
                    self.channel.basic_publish(exchange.into(), key, options, bytes, properties);
                confirms.push(sent.await?);
            }
            Ok::<_, DeliveryError>(confirms)
        };
        let confirms = timeout(CONFIRM_WITHIN, publishing).await.map_err(too_late)??;
        let confirming = futures_util::future::try_join_all(confirms);
        let confirmed = timeout(CONFIRM_WITHIN, confirming).await.map_err(too_late)??;
        let mut unroutable = 0;
        for confirmation in confirmed {
            match confirmation {
                Confirmation::Ack(None) => {}
                Confirmation::Ack(Some(_)) => unroutable += 1,
                Confirmation::Nack(_) | Confirmation::NotRequested => {
                    return Err(DeliveryError::Refused);
                }
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

    /// Where the entry stands, and the attributes of the event mirrored as headers for those who
    /// route by them.
    fn properties(&self, entry: &Entry) -> BasicProperties {
        let mut headers = FieldTable::default();
        let mut put = |name: &str, value: String| {
            headers.insert(name.into(), AMQPValue::LongString(value.into()));
        };
        put(SOURCE, self.source.clone());
        put(POSITION, entry.position.to_string());
        if let Ok(heard) = entry.heard() {
            put("cloudEvents_id", heard.id);
            put("cloudEvents_type", heard.kind);
            put("cloudEvents_subject", heard.subject);
            put("cloudEvents_correlationid", heard.correlation);
            put("cloudEvents_time", heard.occurred_at.to_string());
            if let Some(device) = heard.device {
                put("cloudEvents_device", device);
            }
            if let Some(traceparent) = heard.traceparent {
                put("cloudEvents_traceparent", traceparent);
            }
        }
        BasicProperties::default()
            .with_content_type(CONTENT_TYPE.into())
            .with_delivery_mode(PERSISTENT)
            .with_headers(headers)
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
            self.last_wish = Some(message.delivery_tag);
            let text = String::from_utf8_lossy(&message.data).into_owned();
            if let Some((listener, from)) = text.split_once(' ')
                && let Ok(from) = from.parse()
            {
                return Ok(Resend { listener: listener.to_owned(), from });
            }
            tracing::error!(source = self.source, text, "not a wish to hear again");
        }
    }

    async fn granted(&mut self) -> Result<(), DeliveryError> {
        if let Some(tag) = self.last_wish.take() {
            self.wishing.basic_ack(tag, BasicAckOptions { multiple: true }).await?;
        }
        Ok(())
    }

    async fn resend(&mut self, listener: &str, entries: &[Entry]) -> Result<(), DeliveryError> {
        self.send("", Some(&queue_of(listener)), entries).await
    }
}
