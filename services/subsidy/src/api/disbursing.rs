//! Disbursements: who may is seen here, what comes of it is for the rules.

use base::{DisbursementId, Fen, Role};
use contract::subsidy as contracted;
use contract::subsidy::{
    ConfirmAccountRequest, ConfirmAccountResponse, DecideClawbackRequest, OpenClawbackRequest,
    RecordRepaymentRequest, ResolveExceptionRequest,
};
use futures_util::FutureExt as _;
use jiff::Timestamp;
use journal::Unit;
use prost_types::Timestamp as WireTime;
use runtime::wire::time_from;
use runtime::{Changed, House, Plan, Problem, Refusal};
use tonic::{Response, Status};

use super::applying::payee_from;
use super::deciding::Wanted as OfApplication;
use super::knowing;
use super::showing::masked_accounts;
use super::{Api, Asking};
use crate::account::Payee as PlainPayee;
use crate::error::{DisbursementError, DoorError, Error};
use crate::lifecycle::application::Application;
use crate::lifecycle::disbursement::{
    ClawbackDecision, ClawbackOpening, Disbursement, DisbursementCommand, Instalment, Resolution,
    Way,
};
use crate::lifecycle::sight::Viewer;
use crate::lifecycle::{By, Command, Thing, ThingId};
use crate::store::{applications, payments};
use crate::wire;
use crate::wire::application::id_from;

/// The working days that an enterprise has to state its side if nobody says more.
const STATEMENT_DAYS: i32 = 5;

/// What is asked of a disbursement, and by whom.
#[derive(Clone)]
pub(super) enum Wanted {
    OfEnterprise(DisbursementCommand),
    OfFinance(DisbursementCommand),
    OfReviewer(DisbursementCommand),
    OfSecondReviewer(DisbursementCommand),
    /// A second reviewer or a zone leader.
    OfDecider(DisbursementCommand),
    ConfirmAccount(PlainPayee),
}

impl Api {
    /// Asks something of a disbursement, and answers with it as it then is.
    pub(super) async fn of_disbursement<N>(
        &self,
        asking: &Asking,
        name: &str,
        wanted: Wanted,
        response: fn(Option<contracted::Disbursement>) -> N,
    ) -> Result<Response<N>, Status> {
        let changed = self.change_disbursement(asking, disbursement_id(name)?, wanted).await?;
        let shown = self.shown_disbursement(disbursement_in(&changed)?).await?;
        Ok(self.answer(asking, &changed, response(Some(shown))))
    }

    async fn change_disbursement(
        &self,
        asking: &Asking,
        id: DisbursementId,
        wanted: Wanted,
    ) -> Result<Changed<Thing>, Error> {
        let (house, by) = (self.house.clone(), asking.by.clone());
        self.change_with(asking, ThingId::Disbursement(id), move |unit| {
            let (house, by, wanted) = (house.clone(), by.clone(), wanted.clone());
            async move {
                let found = payments::find_disbursement(unit.tx(), &id).await?;
                let kept = found.ok_or_else(|| not_found(&id))?;
                let application = kept.entitlement.application;
                let found = applications::find_application(unit.tx(), &application).await?;
                let found = found.filter(|application| by.sees(application));
                let application = found.ok_or_else(|| not_found(&id))?;
                let command = resolved(&house, unit, &by, &application, wanted).await?;
                Ok(Plan::Ask(ThingId::Disbursement(id), Command::Disbursement(command)))
            }
            .boxed()
        })
        .await
    }

    /// Says where to pay: of an application before it is approved, or of what came back.
    pub(super) async fn confirm_an_account(
        &self,
        asking: &Asking,
        asked: &ConfirmAccountRequest,
    ) -> Result<Response<ConfirmAccountResponse>, Error> {
        let payee = payee_from("payee", asked.payee.as_ref())?;
        match (asked.disbursement.as_str(), asked.application.as_str()) {
            (name, "") if !name.is_empty() => {
                let wanted = Wanted::ConfirmAccount(payee);
                let id = disbursement_id(name)?;
                let changed = self.change_disbursement(asking, id, wanted).await?;
                let disbursement = Some(self.shown_disbursement(disbursement_in(&changed)?).await?);
                let message = ConfirmAccountResponse { disbursement, application: None };
                Ok(self.answer(asking, &changed, message))
            }
            ("", name) if !name.is_empty() => {
                let wanted = OfApplication::ConfirmAccount(payee);
                let changed = self.decide(asking, id_from(name)?, wanted).await?;
                let application = Some(self.shown_change(asking, &changed)?);
                let message = ConfirmAccountResponse { disbursement: None, application };
                Ok(self.answer(asking, &changed, message))
            }
            _ => {
                let problem = Problem::other(
                    "or `application`, one of them, must be given",
                    "与申报须且只须填写一项",
                );
                Err(Refusal::field("disbursement", problem).into())
            }
        }
    }

    /// A disbursement as it is now, if the caller may know of it.
    pub(super) async fn find_a_disbursement(
        &self,
        asking: &Asking,
        id: DisbursementId,
        reveal: bool,
    ) -> Result<contracted::Disbursement, Error> {
        let found = payments::find_disbursement(self.house.known.read(), &id).await?;
        let kept = found.ok_or_else(|| not_found(&id))?;
        let seen = self.seen_application(asking, &kept.entitlement.application).await;
        let application = match seen {
            Ok(application) => application,
            Err(Error::Application(_)) => return Err(not_found(&id)),
            Err(error) => return Err(error),
        };
        let accounts = if reveal {
            self.revealed_accounts(asking, &kept).await?
        } else {
            masked_accounts(&kept)
        };
        Ok(self.shown(&kept, accounts, &application.opening.number))
    }

    /// A disbursement with its accounts masked.
    async fn shown_disbursement(
        &self,
        kept: &Disbursement,
    ) -> Result<contracted::Disbursement, Error> {
        let read = self.house.known.read();
        let found = applications::find_application(read, &kept.entitlement.application).await?;
        let number = found.map(|application| application.opening.number).unwrap_or_default();
        Ok(self.shown(kept, masked_accounts(kept), &number))
    }

    fn shown(
        &self,
        kept: &Disbursement,
        accounts: (contracted::Payee, Option<contracted::Payee>),
        number: &str,
    ) -> contracted::Disbursement {
        let now = self.house.journal.sources().clock.now();
        wire::disbursement::disbursement(kept, now, accounts, number)
    }
}

/// Who may ask it.
async fn resolved(
    house: &House,
    unit: &Unit,
    by: &Viewer,
    application: &Application,
    wanted: Wanted,
) -> Result<DisbursementCommand, Error> {
    let not_owner = |owner: &base::DepartmentId| DoorError::NotOwner { owner: owner.clone() };
    let second = &application.second_department;
    match wanted {
        Wanted::OfFinance(command) => Ok(command),
        // Roles are checked before: who sees it with that role is its enterprise.
        Wanted::OfEnterprise(command) => Ok(command),
        Wanted::OfReviewer(command) => {
            if by.reviews_for(Role::Reviewer, &application.department) {
                Ok(command)
            } else {
                Err(not_owner(&application.department).into())
            }
        }
        Wanted::OfSecondReviewer(command) => {
            if by.reviews_for(Role::SecondReviewer, second) {
                Ok(command)
            } else {
                Err(not_owner(second).into())
            }
        }
        Wanted::OfDecider(command) => {
            if by.person.is(Role::ZoneLeader) || by.reviews_for(Role::SecondReviewer, second) {
                Ok(command)
            } else {
                Err(not_owner(second).into())
            }
        }
        Wanted::ConfirmAccount(payee) => {
            let id = &application.opening.enterprise;
            let enterprise = knowing::enterprise(unit, &house.known, id).await?;
            Ok(DisbursementCommand::ConfirmAccount {
                by: by.by(),
                account: payee.seal(id, &house.vault, unit.entropy())?,
                holder: payee.holder,
                registered: enterprise.title,
            })
        }
    }
}

/// What is said to be true of a payment.
pub(super) fn resolution(asked: &ResolveExceptionRequest) -> Result<Resolution, Refusal> {
    let at = instant("stated_time", asked.stated_time.as_ref())?;
    match asked.result() {
        contracted::PaymentResult::Paid => {
            Ok(Resolution::Paid { instruction: asked.instruction.clone(), at })
        }
        contracted::PaymentResult::Returned => Ok(Resolution::Returned { at }),
        contracted::PaymentResult::Unspecified | contracted::PaymentResult::Pending => {
            let problem = Problem::other("is PAID or RETURNED", "须为已到账或已退回");
            Err(Refusal::field("result", problem))
        }
    }
}

/// What is claimed back.
pub(super) fn opening(asked: OpenClawbackRequest) -> ClawbackOpening {
    let days = asked.statement_working_days;
    ClawbackOpening {
        amount: Fen(asked.amount_fen),
        basis: asked.basis,
        remedy: asked.remedy,
        fraud: asked.fraud,
        statement_days: wire::unsigned(if days == 0 { STATEMENT_DAYS } else { days }),
    }
}

/// What is decided of a clawback.
pub(super) fn settled(asked: DecideClawbackRequest) -> Result<ClawbackDecision, Refusal> {
    let until = || instant("until_time", asked.until_time.as_ref());
    let way = match asked.settlement() {
        contracted::Settlement::Unspecified => {
            return Err(Refusal::field("settlement", Problem::Required));
        }
        contracted::Settlement::Dropped => Way::Dropped,
        contracted::Settlement::AtOnce => Way::AtOnce { until: until()? },
        contracted::Settlement::Offset => Way::Offset { until: until()? },
        contracted::Settlement::Referred => Way::Referred { to: asked.referred_to },
        contracted::Settlement::Instalments => {
            let parts = asked.instalments.iter().enumerate();
            let parts = parts.map(|(place, part)| {
                let field = format!("instalments[{place}].until_time");
                let until = instant(&field, part.until_time.as_ref())?;
                Ok(Instalment { until, amount: Fen(part.amount_fen) })
            });
            Way::Instalments(parts.collect::<Result<_, Refusal>>()?)
        }
    };
    Ok(ClawbackDecision {
        document: asked.document_number,
        statement: asked.statement,
        reason: asked.reason,
        way,
        bar: asked.bar,
    })
}

/// What came back, or which later payment is kept in its place.
pub(super) fn repayment(
    by: By,
    asked: RecordRepaymentRequest,
) -> Result<DisbursementCommand, Refusal> {
    let amount = Fen(asked.amount_fen);
    match (asked.reference.as_str(), asked.offset_against.as_str()) {
        (reference, "") if !reference.is_empty() => {
            let reference = asked.reference;
            Ok(DisbursementCommand::RecordRepayment { by, amount, reference })
        }
        ("", later) if !later.is_empty() => {
            let against = DisbursementId::parse(later);
            let against = against.map_err(|error| Refusal::name("offset_against", &error))?;
            Ok(DisbursementCommand::Offset { by, against, amount })
        }
        _ => {
            let problem = Problem::other(
                "or `offset_against`, one of them, must be given",
                "与抵扣的拨付须且只须填写一项",
            );
            Err(Refusal::field("reference", problem))
        }
    }
}

fn instant(field: &str, at: Option<&WireTime>) -> Result<Timestamp, Refusal> {
    time_from(field, at)?.ok_or_else(|| Refusal::field(field, Problem::Required))
}

fn not_found(id: &DisbursementId) -> Error {
    DisbursementError::NotFound { disbursement: id.to_string() }.into()
}

fn disbursement_in(changed: &Changed<Thing>) -> Result<&Disbursement, Error> {
    let none = || Refusal::damaged("a disbursement was asked for");
    Ok(changed.thing.disbursement().ok_or_else(none)?)
}

/// Reads the name of a disbursement.
pub(super) fn disbursement_id(name: &str) -> Result<DisbursementId, Refusal> {
    DisbursementId::parse(name).map_err(|error| Refusal::name("disbursement", &error))
}
