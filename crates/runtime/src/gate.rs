//! The gate that every gRPC call passes: who calls, until when, in which language and trace.

use std::time::Instant;

use crate::token::Caller;

/// What the gate found out about a call; stands in the extensions of the request.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Who calls.
    pub caller: Caller,
    /// The path of the method: `/whistle.request.v1.RequestService/SubmitTicket`.
    pub method: String,
    /// When the caller stops waiting.
    pub deadline: Option<Instant>,
    /// The W3C trace context that the call belongs to.
    pub traceparent: String,
}
