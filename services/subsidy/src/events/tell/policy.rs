//! What is told of policies.

use contract::subsidy::{
    PolicyClosed, PolicyDrafted, PolicyExpired, PolicyFiled, PolicyOpened, PolicyPublished,
    PolicyRepealed,
};
use journal::Telling;
use prost::{Message, Name};
use runtime::wire::time;

use crate::lifecycle::policy::{Policy, PolicyFact, PolicyVersion, PolicyWhat};
use crate::wire::terms;

pub(super) fn tell(of: &Policy, fact: &PolicyFact) -> Telling {
    let policy = of.id.to_string();
    let names = |lapsed: &[base::ApplicationId]| lapsed.iter().map(ToString::to_string).collect();
    match &fact.what {
        PolicyWhat::Drafted { version } => {
            let version = Some(terms::version(version));
            about(of, fact, &PolicyDrafted { policy, version })
        }
        PolicyWhat::Filed { number } => about(of, fact, &PolicyFiled { policy, version: *number }),
        PolicyWhat::Published { number, expires_at, .. } => {
            let version = version_of(of, *number).map(terms::version);
            let expires_time = Some(time(*expires_at));
            about(of, fact, &PolicyPublished { policy, version, expires_time })
        }
        PolicyWhat::Opened { number } => {
            about(of, fact, &PolicyOpened { policy, version: *number })
        }
        PolicyWhat::Closed { reason, matched } => {
            let (reason, lapsed) = (reason.clone(), names(matched));
            about(of, fact, &PolicyClosed { policy, reason, lapsed })
        }
        PolicyWhat::Expired { matched } => {
            about(of, fact, &PolicyExpired { policy, lapsed: names(matched) })
        }
        PolicyWhat::Repealed { reason, matched } => {
            let (reason, lapsed) = (reason.clone(), names(matched));
            about(of, fact, &PolicyRepealed { policy, reason, lapsed })
        }
    }
}

fn version_of(policy: &Policy, number: i32) -> Option<&PolicyVersion> {
    let editions = [Some(&policy.standing), policy.next.as_ref()].into_iter().flatten();
    let mut versions = editions.map(|edition| &edition.version);
    versions.find(|version| version.number == number)
}

fn about<M: Message + Name>(policy: &Policy, fact: &PolicyFact, message: &M) -> Telling {
    super::about((&policy.id, &policy.id), fact.at, message)
}
