//! What is told of applications: each change of one as one event, before what it says to dispatch.

mod filing;

use contract::subsidy::{
    ApplicationAccountConfirmed, ApplicationApproved, ApplicationDeclined,
    ApplicationDepartmentSucceeded, ApplicationDequeued, ApplicationDueChanged,
    ApplicationHeardLate, ApplicationHeld, ApplicationLapsed, ApplicationLimitMissed,
    ApplicationProgressed, ApplicationPutOnNotice, ApplicationQueued, ApplicationRedirected,
    ApplicationSampled, ApplicationWithdrawn, ApprovalAwaited, NoticeEnded, NoticeListEntry,
    NoticeStarted, ObjectionDecided, ObjectionRaised, Sample, SplittingSeen,
};
use journal::Telling;
use prost::{Message, Name};
use runtime::wire::time;
use sha2::{Digest as _, Sha256};

use super::{due, sealed};
use crate::lifecycle::application::{
    Application, ApplicationFact, Draw, NoticeList, Objection, Payee, Progress, Reopening, Wait,
    What,
};
use crate::wire::application as shown;
use crate::wire::{name_or_empty, number};

pub(super) fn tell(of: &Application, fact: &ApplicationFact) -> Telling {
    match &fact.what {
        What::Matched(_)
        | What::Applied { .. }
        | What::MatchConfirmed { .. }
        | What::SupplementAsked { .. }
        | What::Supplemented { .. }
        | What::Accepted { .. }
        | What::ChecksPassed { .. }
        | What::Refused { .. }
        | What::Reviewed { .. }
        | What::SecondReviewed { .. } => filing::tell(of, fact),
        What::SplittingSeen(_)
        | What::Held { .. }
        | What::Queued { .. }
        | What::Dequeued
        | What::PutOnNotice { .. }
        | What::ApprovalAwaited { .. }
        | What::Approved(_)
        | What::Withdrawn { .. }
        | What::Lapsed { .. }
        | What::AccountConfirmed { .. } => of_money(of, fact),
        What::NoticeStarted { .. }
        | What::NoticeEnded { .. }
        | What::ObjectionRaised(_)
        | What::ObjectionDecided { .. } => of_notice(of, fact),
        What::WorkDeclined { .. }
        | What::Redirected { .. }
        | What::Progressed { .. }
        | What::LimitMissed { .. }
        | What::DueChanged { .. }
        | What::PromiseChanged { .. }
        | What::NoticeChanged { .. }
        | What::DepartmentSucceeded { .. }
        | What::HeardLate { .. }
        | What::Sampled { .. } => of_course(of, fact),
    }
}

/// What is told of the money that it is to get, and of its end.
#[expect(clippy::wildcard_enum_match_arm, reason = "`tell` names the facts of this part")]
fn of_money(of: &Application, fact: &ApplicationFact) -> Telling {
    let application = of.id.to_string();
    match &fact.what {
        What::SplittingSeen(splitting) => {
            let (claims, threshold_fen) = (number(splitting.claims), splitting.threshold.0);
            about(of, fact, &SplittingSeen { application, claims, threshold_fen })
        }
        What::Held { year, lines, released } => {
            let (held, released) = (shown::held(lines), shown::held(released));
            about(of, fact, &ApplicationHeld { application, year: (*year).into(), held, released })
        }
        What::Queued { lacking, released, wait } => {
            let (lacking, released) = (shown::held(lacking), shown::held(released));
            let due = due(&wait.due);
            about(of, fact, &ApplicationQueued { application, lacking, released, due })
        }
        What::Dequeued => about(of, fact, &ApplicationDequeued { application }),
        What::PutOnNotice { wait } => {
            about(of, fact, &ApplicationPutOnNotice { application, due: due(&wait.due) })
        }
        What::ApprovalAwaited { wait } => {
            about(of, fact, &ApprovalAwaited { application, due: due(&wait.due) })
        }
        What::Approved(approved) => {
            let version = &of.opening.version;
            let message = ApplicationApproved {
                application,
                policy: version.policy.to_string(),
                policy_version: version.number,
                enterprise: of.opening.enterprise.to_string(),
                approval: Some(shown::approval(approved)),
            };
            about(of, fact, &message)
        }
        What::Withdrawn { reason, released, .. } => {
            let (reason, released) = (reason.clone(), shown::held(released));
            about(of, fact, &ApplicationWithdrawn { application, reason, released })
        }
        What::Lapsed { cause, .. } => {
            about(of, fact, &ApplicationLapsed { application, cause: cause.to_string() })
        }
        What::AccountConfirmed { payee, reopening, wait } => {
            let message = ApplicationAccountConfirmed {
                application,
                account: account(payee),
                work_order: reopened(reopening.as_ref()),
                due: next(wait.as_ref(), reopening.as_ref()),
            };
            about(of, fact, &message)
        }
        _ => tell(of, fact),
    }
}

/// What is told of its notice, and of what is objected to it.
#[expect(clippy::wildcard_enum_match_arm, reason = "`tell` names the facts of this part")]
fn of_notice(of: &Application, fact: &ApplicationFact) -> Telling {
    let application = of.id.to_string();
    match &fact.what {
        What::NoticeStarted { notice, list, .. } => {
            let keeps = notice.kept_by == of.id;
            let message = NoticeStarted {
                application,
                notice: Some(shown::notice(notice)),
                place: list.place.clone(),
                entries: if keeps { entries(list) } else { Vec::new() },
            };
            about(of, fact, &message)
        }
        What::NoticeEnded { wait } => {
            about(of, fact, &NoticeEnded { application, due: next(wait.as_ref(), None) })
        }
        What::ObjectionRaised(objection) => about(of, fact, &raised(application, objection)),
        What::ObjectionDecided { number: which, decision, reopening, .. } => {
            let message = ObjectionDecided {
                application,
                number: number(*which),
                upheld: decision.upheld,
                reason: decision.reason.clone(),
                work_order: reopened(reopening.as_ref()),
                due: next(None, reopening.as_ref()),
            };
            about(of, fact, &message)
        }
        _ => tell(of, fact),
    }
}

/// What is told of its work, of limits, of samples.
#[expect(clippy::wildcard_enum_match_arm, reason = "`tell` names the facts of this part")]
fn of_course(of: &Application, fact: &ApplicationFact) -> Telling {
    let application = of.id.to_string();
    let changed = |awaited: String, due: Option<contract::common::Due>| ApplicationDueChanged {
        application: of.id.to_string(),
        awaited,
        due,
    };
    match &fact.what {
        What::WorkDeclined { order, basis } => {
            let (work_order, basis) = (order.to_string(), basis.clone());
            about(of, fact, &ApplicationDeclined { application, work_order, basis })
        }
        What::Redirected { department, reason, order } => {
            let message = ApplicationRedirected {
                application,
                department: department.to_string(),
                reason: reason.clone(),
                work_order: order.to_string(),
            };
            about(of, fact, &message)
        }
        What::Progressed { progress } => about(of, fact, &progressed(of, progress)),
        What::LimitMissed { alarm, told, rings_at } => {
            let message = ApplicationLimitMissed {
                application,
                awaited: alarm.to_string(),
                told: told.to_string(),
                next_time: rings_at.map(time),
            };
            about(of, fact, &message)
        }
        What::DueChanged { alarm, wait } => {
            about(of, fact, &changed(alarm.to_string(), due(&wait.due)))
        }
        What::PromiseChanged { promised } => {
            about(of, fact, &changed("PROMISE".to_owned(), due(&promised.due)))
        }
        What::NoticeChanged { notice } => {
            about(of, fact, &changed("NOTICE".to_owned(), due(&notice.due)))
        }
        What::DepartmentSucceeded { department, successor } => {
            let (department, successor) = (department.to_string(), successor.to_string());
            let message = ApplicationDepartmentSucceeded { application, department, successor };
            about(of, fact, &message)
        }
        What::HeardLate { kind, work_order } => {
            let (heard, work_order) = (kind.to_string(), work_order.to_string());
            about(of, fact, &ApplicationHeardLate { application, work_order, heard })
        }
        What::Sampled { draw, spreads } => {
            let sample = Some(sample(draw, *spreads));
            about(of, fact, &ApplicationSampled { application, sample })
        }
        _ => tell(of, fact),
    }
}

/// What an objection says stays here: its hash travels.
fn raised(application: String, objection: &Objection) -> ObjectionRaised {
    ObjectionRaised {
        application,
        number: number(objection.number),
        by_applicant: objection.by_applicant,
        text_sha256: hex::encode(Sha256::digest(objection.text.as_bytes())),
        due: due(&objection.wait.due),
    }
}

fn progressed(of: &Application, progress: &Progress) -> ApplicationProgressed {
    ApplicationProgressed {
        application: of.id.to_string(),
        work_order: name_or_empty(of.order.as_ref().map(|order| &order.id)),
        state: progress.state.to_string(),
        department: name_or_empty(progress.department.as_ref()),
        claimant: name_or_empty(progress.claimant.as_ref()),
        due_time: progress.due.as_ref().map(|due| time(due.at)),
    }
}

fn entries(list: &NoticeList) -> Vec<NoticeListEntry> {
    let entries = list.entries.iter().map(|entry| NoticeListEntry {
        application: entry.application.to_string(),
        number: entry.number.clone(),
        enterprise: entry.enterprise.to_string(),
        policy: entry.policy.to_string(),
        policy_version: entry.version,
        amount_fen: entry.amount.0,
    });
    entries.collect()
}

fn sample(draw: &Draw, whole: bool) -> Sample {
    Sample {
        seed: draw.seed.clone(),
        of: draw.of.clone(),
        population: i64::try_from(draw.population).unwrap_or(i64::MAX),
        population_digest: draw.population_digest.clone(),
        wanted: number(draw.wanted),
        chosen: if whole { draw.chosen.iter().cloned().collect() } else { Vec::new() },
        drawn_by: draw.drawn_by.to_string(),
    }
}

fn account(payee: &Payee) -> Option<contract::subsidy::SealedAccount> {
    Some(sealed(&payee.account))
}

fn reopened(reopening: Option<&Reopening>) -> String {
    name_or_empty(reopening.map(|reopening| &reopening.order.id))
}

fn next(wait: Option<&Wait>, reopening: Option<&Reopening>) -> Option<contract::common::Due> {
    let wait = wait.or(reopening.map(|reopening| &reopening.wait));
    wait.and_then(|wait| due(&wait.due))
}

/// One fact about an application; everything that follows began with it.
fn about<M: Message + Name>(of: &Application, fact: &ApplicationFact, message: &M) -> Telling {
    super::about((&of.id, &of.id), fact.at, message)
}
