//! What is shown of things: accounts are masked, and whole only to who may see them, each time recorded.

use base::{EnterpriseId, Role};
use contract::subsidy as contracted;
use contract::subsidy::RecordRead;
use futures_util::FutureExt as _;
use journal::Telling;
use runtime::Changed;

use super::deciding::application_of;
use super::{Api, Asking};
use crate::account::Payee as PlainPayee;
use crate::error::{DoorError, Error};
use crate::lifecycle::Thing;
use crate::lifecycle::application::{Application, Payee};
use crate::lifecycle::disbursement::{Account, Disbursement};
use crate::store::accesses::{self, Access};
use crate::wire;
use crate::wire::application::{Sight, masked};

/// The field that a read of an account shows whole.
const ACCOUNT: &str = "payee.account";

impl Api {
    /// The application that was changed, as the caller may see it.
    pub(super) fn shown_change(
        &self,
        asking: &Asking,
        changed: &Changed<Thing>,
    ) -> Result<contracted::Application, Error> {
        Ok(self.shown_application(asking, application_of(changed)?))
    }

    /// An application as the caller may see it, its account masked.
    pub(super) fn shown_application(
        &self,
        asking: &Asking,
        kept: &Application,
    ) -> contracted::Application {
        let payee = kept.payee.as_ref().map(masked);
        wire::application::application(kept, sight(asking, kept), payee)
    }

    /// The same with its account whole, for who may see it; that is recorded.
    pub(super) async fn revealed_application(
        &self,
        asking: &Asking,
        kept: &Application,
    ) -> Result<contracted::Application, Error> {
        self.record_read(asking, &kept.id.to_string(), &[ACCOUNT]).await?;
        let shown = |payee: &Payee| {
            let opened = self.opened(&payee.account, &kept.opening.enterprise)?;
            Ok::<_, Error>(contracted::Payee {
                confirmed_by: masked(payee).confirmed_by,
                confirmed_time: masked(payee).confirmed_time,
                ..opened
            })
        };
        let payee = kept.payee.as_ref().map(shown).transpose()?;
        Ok(wire::application::application(kept, sight(asking, kept), payee))
    }

    /// The accounts of a disbursement, whole; that is recorded.
    pub(super) async fn revealed_accounts(
        &self,
        asking: &Asking,
        kept: &Disbursement,
    ) -> Result<(contracted::Payee, Option<contracted::Payee>), Error> {
        self.record_read(asking, &kept.id.to_string(), &[ACCOUNT]).await?;
        let enterprise = &kept.entitlement.enterprise;
        let change = kept.account_change.as_ref();
        let new = change.map(|change| self.opened(&change.account, enterprise)).transpose()?;
        Ok((self.opened(&kept.account, enterprise)?, new))
    }

    fn opened(
        &self,
        account: &Account,
        enterprise: &EnterpriseId,
    ) -> Result<contracted::Payee, Error> {
        let opened = PlainPayee::open(account, enterprise, &self.house.vault)?;
        Ok(contracted::Payee {
            holder: opened.holder.clone(),
            bank: opened.bank.clone(),
            bank_code: opened.bank_code.as_str().to_owned(),
            account: opened.number.expose().to_owned(),
            ..contracted::Payee::default()
        })
    }

    /// Records that the caller reads something whole, before it is shown.
    ///
    /// Fails with `ACCOUNT_HIDDEN` for who may not.
    pub(super) async fn record_read(
        &self,
        asking: &Asking,
        subject: &str,
        fields: &[&str],
    ) -> Result<(), Error> {
        if !asking.by.sees_accounts() {
            return Err(DoorError::AccountHidden.into());
        }
        let (actor, method) = (asking.by.actor.clone(), asking.call.method.clone());
        let (subject, key) = (subject.to_owned(), subject.to_owned());
        let fields: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
        let traceparent = asking.call.traceparent.clone();
        let done = self.house.journal.commit(key, None, move |unit| {
            let access = Access {
                id: unit.uuid(),
                reader: actor.to_string(),
                method: method.clone(),
                subject: subject.clone(),
                fields: fields.clone(),
                at: unit.now(),
            };
            let (actor, traceparent) = (actor.clone(), traceparent.clone());
            async move {
                accesses::note(unit.tx(), &access).await?;
                unit.caused_by(None, Some(traceparent));
                let Access { subject, method, fields, .. } = access;
                let read = RecordRead { subject: subject.clone(), method, fields };
                unit.tell(Telling::new(&subject, &subject, &read), &actor);
                Ok::<_, Error>(())
            }
            .boxed()
        });
        done.await.map(|_| ())
    }
}

/// The accounts of a disbursement, masked.
pub(super) fn masked_accounts(
    kept: &Disbursement,
) -> (contracted::Payee, Option<contracted::Payee>) {
    let mask = |account: &Account| contracted::Payee {
        account: wire::application::mask(&account.tail),
        ..contracted::Payee::default()
    };
    (mask(&kept.account), kept.account_change.as_ref().map(|change| mask(&change.account)))
}

fn sight(asking: &Asking, kept: &Application) -> Sight {
    if asking.by.person.is(Role::Auditor) {
        Sight::Auditor
    } else if asking.by.is_inside(kept) {
        Sight::Inside
    } else {
        Sight::Outside
    }
}
