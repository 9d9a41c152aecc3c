//! What time does here: nothing. No rule of the directory sets an alarm.

use async_trait::async_trait;
use journal::{Alarm, Bell, Trouble};

/// The bell that nothing rings.
#[derive(Clone, Copy, Debug)]
pub struct Silence;

#[async_trait]
impl Bell for Silence {
    async fn ring(&self, alarm: &Alarm) -> Result<(), Trouble> {
        Err(Trouble::Damaged(format!("an alarm of {}, which can have none", alarm.thing)))
    }
}
