//! What keeps the users of the broker from it, for whoever asks how delivery is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::delivery::DeliveryError;
use crate::trouble::chain;

/// Why each of those who use the broker cannot; `None` for who can.
#[derive(Clone, Default)]
pub(crate) struct Troubles(Arc<Mutex<BTreeMap<String, Option<String>>>>);

impl Troubles {
    pub(crate) fn note<T>(&self, user: &str, outcome: &Result<T, DeliveryError>) {
        let trouble = outcome.as_ref().err().map(|error| format!("{user}: {}", chain(error)));
        let mut troubles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        troubles.insert(user.to_owned(), trouble);
    }

    pub(crate) fn first(&self) -> Option<String> {
        let troubles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if troubles.is_empty() {
            return Some("not connected yet".to_owned());
        }
        troubles.values().flatten().next().cloned()
    }
}
