//! The journal: append, publish, listen once; durable alarms; sealing.

pub mod clock;
pub mod entropy;
pub mod trouble;

pub use clock::{Clock, ManualClock, SystemClock};
pub use entropy::{Entropy, SeededEntropy, SystemEntropy};
pub use trouble::{Trouble, Troubled};
