//! The personal values of a ticket, its contact 联系人 and the numbers called: sealed where they lie, a commitment
//! where they travel, masked where they are shown.

use std::collections::BTreeMap;

use base::TicketId;
use contract::request::Contact;
use journal::Entropy;
use runtime::Refusal;
use runtime::vault::{Sealed, Vault, mask_name, mask_phone};

/// The field under which a contact is kept.
pub const CONTACT: &str = "contact";

/// What the names of the fields begin with under which numbers called are kept.
pub const CALL: &str = "call-";

/// A sealed value and the field under which it is kept.
pub type Kept = (String, Vec<u8>);

/// The personal values of a ticket, as they are shown to somebody.
#[derive(Clone, Debug, Default)]
pub struct Opened {
    /// The contact, unless it was erased.
    pub contact: Option<Contact>,
    /// The numbers called, by the fields under which they are kept.
    pub numbers: BTreeMap<String, String>,
}

/// Encrypts a contact for its ticket; it opens for that ticket alone.
pub fn seal(
    vault: &Vault,
    id: &TicketId,
    contact: &Contact,
    entropy: &dyn Entropy,
) -> Result<Sealed, Refusal> {
    let value = serde_json::to_string(&(&contact.title, &contact.phone));
    Ok(vault.seal(&place(id, CONTACT), &value.map_err(Refusal::damaged)?, entropy)?)
}

/// Encrypts a number called, to be kept under a field of its ticket.
pub fn seal_number(
    vault: &Vault,
    (id, field): (&TicketId, &str),
    number: &str,
    entropy: &dyn Entropy,
) -> Result<Sealed, Refusal> {
    Ok(vault.seal(&place(id, field), number, entropy)?)
}

/// Opens what is kept of a ticket.
pub fn open(vault: &Vault, id: &TicketId, kept: &[Kept]) -> Result<Opened, Refusal> {
    let mut all = Opened::default();
    for (field, sealed) in kept {
        if field == CONTACT {
            let value = vault.open(&place(id, field), sealed)?.value;
            let (title, phone) = serde_json::from_str(&value).map_err(Refusal::damaged)?;
            all.contact = Some(Contact { title, phone });
        } else if field.starts_with(CALL) {
            let number = vault.open(&place(id, field), sealed)?.value;
            all.numbers.insert(field.clone(), number);
        }
    }
    Ok(all)
}

impl Opened {
    /// As it is shown to whoever has not asked for more, or may not see more.
    pub fn masked(self) -> Opened {
        let contact = self.contact.map(|contact| Contact {
            title: mask_name(&contact.title),
            phone: mask_phone(&contact.phone),
        });
        let numbers = self.numbers.into_iter();
        let numbers = numbers.map(|(field, number)| (field, mask_phone(&number))).collect();
        Opened { contact, numbers }
    }
}

fn place(id: &TicketId, field: &str) -> String {
    format!("{id}#{field}")
}
