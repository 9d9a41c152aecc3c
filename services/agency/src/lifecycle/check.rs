//! Whether a procedure can be followed to its end: each flaw with its counter-example.

use std::collections::{BTreeMap, BTreeSet};

use base::{DepartmentId, ItemId, MaterialId};
use calendar::{Due, Limit, Moment};
use jiff::Timestamp;

use super::limits::{CONVERT_WITHIN, due};
use super::procedure::{Matter, MatterKind, Procedure, Profile, Zone};

/// Why a procedure cannot be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It has nothing to do.
    NoMatters,
    /// Two matters have one name.
    NamedTwice {
        /// The name.
        item: ItemId,
    },
    /// A matter waits for one that there is none of.
    WaitsForNone {
        /// The matter.
        item: ItemId,
        /// What it waits for.
        after: ItemId,
    },
    /// A matter says twice that it waits for the same one.
    WaitsTwice {
        /// The matter.
        item: ItemId,
        /// What it waits for.
        after: ItemId,
    },
    /// A matter needs the same material twice.
    NeedsTwice {
        /// The matter.
        item: ItemId,
        /// The material.
        material: MaterialId,
    },
    /// Matters wait for one another.
    Cycle {
        /// Each waits for the one before it; the first is also the last.
        path: Vec<ItemId>,
    },
    /// A matter can never be begun.
    Unreachable {
        /// From the matter back to what keeps it from beginning.
        path: Vec<ItemId>,
    },
    /// A matter is given to a department that there is none of.
    UnknownDepartment {
        /// The matter.
        item: ItemId,
        /// The department.
        department: DepartmentId,
    },
    /// A limit is missing, or is zero where the law allows none.
    LimitMissing {
        /// The matter.
        item: ItemId,
    },
    /// Nobody of the department may decide it.
    NobodyMayDo {
        /// The matter.
        item: ItemId,
        /// The department.
        department: DepartmentId,
    },
    /// A statutory notice period would be shortened, or is not in natural days.
    NoticeShortened {
        /// The matter.
        item: ItemId,
    },
    /// A matter needs land, but the procedure is not 承诺可开工.
    LandUnasked {
        /// The matter.
        item: ItemId,
    },
    /// What is promised, or tightened, takes longer than the law allows.
    LimitTooLong {
        /// The matter.
        item: ItemId,
    },
    /// 承诺可开工, but no permit is needed to start: nothing would ever allow it.
    NoStartPermit,
    /// The critical path takes longer than the enterprise is promised.
    PromiseTooShort {
        /// The critical path.
        path: Vec<ItemId>,
        /// When it would end, begun now.
        ends_at: Timestamp,
        /// When it is promised for, begun now.
        promised: Due,
    },
}

/// Every flaw of a procedure, in the order of the rules.
pub fn check(procedure: &Procedure, zone: &Zone, moment: Moment<'_>) -> Vec<Flaw> {
    let mut flaws = names(procedure);
    flaws.extend(cycle(procedure));
    flaws.extend(unreachable(procedure));
    flaws.extend(procedure.matters.iter().flat_map(|matter| of_matter(procedure, matter, zone)));
    let starts = procedure.matters.iter().any(|matter| matter.for_start);
    if procedure.profile == Profile::StartOnCommitment && !starts {
        flaws.push(Flaw::NoStartPermit);
    }
    if flaws.is_empty() {
        flaws.extend(promise(procedure, moment));
    }
    flaws
}

fn names(procedure: &Procedure) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut known = BTreeSet::new();
    if procedure.matters.is_empty() {
        flaws.push(Flaw::NoMatters);
    }
    for matter in &procedure.matters {
        if !known.insert(&matter.item) {
            flaws.push(Flaw::NamedTwice { item: matter.item.clone() });
        }
        for after in &matter.after {
            if procedure.matter(after).is_none() {
                let (item, after) = (matter.item.clone(), after.clone());
                flaws.push(Flaw::WaitsForNone { item, after });
            }
        }
        flaws.extend(named_twice(matter));
    }
    flaws
}

/// What a matter names twice, of what it waits for and of what it needs.
fn named_twice(matter: &Matter) -> Vec<Flaw> {
    let (mut flaws, item) = (Vec::new(), || matter.item.clone());
    let (mut waited, mut needed) = (BTreeSet::new(), BTreeSet::new());
    for after in matter.after.iter().filter(|after| !waited.insert(*after)) {
        flaws.push(Flaw::WaitsTwice { item: item(), after: after.clone() });
    }
    for need in matter.materials.iter().filter(|need| !needed.insert(&need.material)) {
        flaws.push(Flaw::NeedsTwice { item: item(), material: need.material.clone() });
    }
    flaws
}

/// The first cycle: from what can never be begun, back along what keeps it, until a matter comes
/// a second time.
fn cycle(procedure: &Procedure) -> Option<Flaw> {
    let stuck = stuck(procedure);
    stuck.iter().find_map(|start| {
        let path = back(procedure, &stuck, start);
        let last = path.last()?;
        let first = path.iter().position(|item| item == last)?;
        (first + 1 < path.len()).then(|| Flaw::Cycle { path: path[first..].to_vec() })
    })
}

/// What can never be begun and stands on no cycle itself.
fn unreachable(procedure: &Procedure) -> Vec<Flaw> {
    let stuck = stuck(procedure);
    let path = |item: &ItemId| back(procedure, &stuck, item);
    let behind = |path: &Vec<ItemId>| {
        1 < path.len() && path.iter().skip(1).all(|item| Some(item) != path.first())
    };
    stuck.iter().map(path).filter(behind).map(|path| Flaw::Unreachable { path }).collect()
}

fn stuck(procedure: &Procedure) -> Vec<ItemId> {
    let begun: BTreeSet<&ItemId> =
        procedure.in_order().into_iter().map(|matter| &matter.item).collect();
    let all = procedure.matters.iter().map(|matter| &matter.item);
    all.filter(|item| !begun.contains(item)).cloned().collect()
}

/// From a stuck matter back to the one that keeps it, until one comes again or there is none.
fn back(procedure: &Procedure, stuck: &[ItemId], start: &ItemId) -> Vec<ItemId> {
    let mut path = vec![start.clone()];
    let mut at = start;
    loop {
        let matter = procedure.matter(at);
        let keeps = |item: &&ItemId| stuck.contains(item) || procedure.matter(item).is_none();
        let Some(next) = matter.and_then(|matter| matter.after.iter().find(keeps)) else {
            return path;
        };
        let again = path.contains(next);
        path.push(next.clone());
        if again {
            return path;
        }
        at = next;
    }
}

fn of_matter(procedure: &Procedure, matter: &Matter, zone: &Zone) -> Vec<Flaw> {
    let (item, department) = (matter.item.clone(), matter.department.clone());
    let mut flaws = Vec::new();
    match zone.departments.get(&department) {
        None => flaws.push(Flaw::UnknownDepartment { item: item.clone(), department }),
        Some(false) => flaws.push(Flaw::NobodyMayDo { item: item.clone(), department }),
        Some(true) => {}
    }
    if !is_limited(matter) {
        flaws.push(Flaw::LimitMissing { item: item.clone() });
    } else if is_past_the_law(matter) {
        flaws.push(Flaw::LimitTooLong { item: item.clone() });
    } else if matter.kind == MatterKind::Notice && !is_whole_notice(matter) {
        flaws.push(Flaw::NoticeShortened { item: item.clone() });
    }
    if matter.needs_land && procedure.profile == Profile::Standard {
        flaws.push(Flaw::LandUnasked { item });
    }
    flaws
}

/// Whether it has the limits that it must have, none of them zero. The law need not set one for a
/// review; a notice period is the law's.
fn is_limited(matter: &Matter) -> bool {
    let lawful = matter.statutory.is_some() || matter.kind == MatterKind::Review;
    lawful && matter.promised.is_some() && matter.limits().all(|limit| 0 < limit.amount())
}

/// Whether a promise, or a tightened limit, is longer than the statutory one. On different clocks
/// they are compared as they run in a week without a day off: which binds on a certain day, its
/// due instants say.
fn is_past_the_law(matter: &Matter) -> bool {
    let lawful = matter.statutory.map(plain_length);
    matter.limits().any(|limit| lawful.is_some_and(|lawful| lawful < plain_length(limit)))
}

/// How long a limit runs where five of seven days are worked, seven hours each, in units that
/// make every clock a whole number of them: 25 to the hour.
fn plain_length(limit: Limit) -> u64 {
    match limit {
        Limit::WorkingDays(days) => 840 * u64::from(days),
        Limit::WorkingMinutes(minutes) => 2 * u64::from(minutes),
        Limit::NaturalHours(hours) => 25 * u64::from(hours),
        Limit::NaturalDays(days) => 600 * u64::from(days),
    }
}

/// A notice period is its statutory one, in natural days, for everybody.
fn is_whole_notice(matter: &Matter) -> bool {
    matches!(matter.statutory, Some(Limit::NaturalDays(_)))
        && matter.limits().all(|limit| Some(limit) == matter.statutory)
}

/// Whether the critical path, begun now, ends when it is promised for. 承诺可开工: now is when
/// there is land, and what was reviewed before only has to be made formal.
fn promise(procedure: &Procedure, moment: Moment<'_>) -> Option<Flaw> {
    let opinions = opinions_before_land(procedure);
    let mut ends: BTreeMap<&ItemId, (Timestamp, Option<&ItemId>)> = BTreeMap::new();
    for matter in procedure.in_order() {
        let holds = |item: &&ItemId| !(matter.on_opinion && opinions.contains(*item));
        let before = matter.after.iter().filter(holds);
        let last = before.filter_map(|item| Some((ends.get(item)?.0, item))).max();
        let (start, after, limit) = if opinions.contains(&matter.item) {
            (moment.now, None, CONVERT_WITHIN)
        } else {
            let (start, after) = last.map_or((moment.now, None), |(at, item)| (at, Some(item)));
            (start, after, binding(matter))
        };
        let end = due(Moment { now: start, ..moment }, limit).at;
        ends.insert(&matter.item, (end, after));
    }
    let promised = due(moment, procedure.promised);
    let (ends_at, last) = ends.iter().map(|(item, (end, _))| (*end, *item)).max()?;
    if ends_at <= promised.at {
        return None;
    }
    let mut path = vec![last.clone()];
    let mut at = last;
    while let Some((_, Some(before))) = ends.get(at) {
        path.push((*before).clone());
        at = before;
    }
    path.reverse();
    Some(Flaw::PromiseTooShort { path, ends_at, promised })
}

/// 承诺可开工: what needs land and has its opinion before there is any. All that it waits for is
/// reviewed before as well: issued, because it needs no land, or an opinion on which it may run.
fn opinions_before_land(procedure: &Procedure) -> BTreeSet<&ItemId> {
    let mut issued: BTreeSet<&ItemId> = BTreeSet::new();
    let mut opinions: BTreeSet<&ItemId> = BTreeSet::new();
    for matter in procedure.in_order() {
        let reviewed =
            |item: &ItemId| issued.contains(item) || (matter.on_opinion && opinions.contains(item));
        if matter.after.iter().all(reviewed) {
            let of = if matter.needs_land { &mut opinions } else { &mut issued };
            of.insert(&matter.item);
        }
    }
    opinions
}

/// How long a matter takes if everybody keeps what was promised.
fn binding(matter: &Matter) -> Limit {
    matter.promised.or(matter.statutory).unwrap_or(Limit::WorkingDays(0))
}
