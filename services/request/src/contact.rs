//! The contact of a ticket 联系人: sealed where it lies, a commitment where it travels, masked where it is shown.

use base::TicketId;
use contract::request::Contact;
use journal::Entropy;
use runtime::Refusal;
use runtime::vault::{Sealed, Vault, mask_name, mask_phone};

use crate::store::CONTACT;

/// Encrypts a contact for its ticket; it opens for that ticket alone.
pub fn seal(
    vault: &Vault,
    id: &TicketId,
    contact: &Contact,
    entropy: &dyn Entropy,
) -> Result<Sealed, Refusal> {
    let value = serde_json::to_string(&(&contact.title, &contact.phone));
    Ok(vault.seal(&place(id), &value.map_err(Refusal::damaged)?, entropy)?)
}

/// Opens a contact.
pub fn open(vault: &Vault, id: &TicketId, sealed: &[u8]) -> Result<Contact, Refusal> {
    let opened = vault.open(&place(id), sealed)?;
    let (title, phone) = serde_json::from_str(&opened.value).map_err(Refusal::damaged)?;
    Ok(Contact { title, phone })
}

/// As it is shown to whoever has not asked for more, or may not see more.
pub fn mask(contact: &Contact) -> Contact {
    Contact { title: mask_name(&contact.title), phone: mask_phone(&contact.phone) }
}

fn place(id: &TicketId) -> String {
    format!("{id}#{CONTACT}")
}
