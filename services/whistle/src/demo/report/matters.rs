//! How long cases took, by matter: from what the zone shows, in integers.

use calendar::Calendar;
use jiff::Timestamp;

use super::agency::{FoundAgency, FoundCase};
use super::laid_out;
use crate::demo::data::Book;
use crate::demo::data::agency::Matter;
use crate::demo::zone::procedures::item;

const HEADS: [&str; 8] =
    ["事项", "承诺", "件数", "承诺内", "超承诺", "工作日中位", "工作日P90", "自然日中位"];

/// What cases took.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Took {
    within: usize,
    past: usize,
    /// Minutes of office time from the acceptance to the result, pauses out.
    office_minutes: Vec<i64>,
    /// Minutes by the clock on the wall from the mandate to the result.
    minutes: Vec<i64>,
}

impl Took {
    fn add(&mut self, found: &FoundCase, item: &str, calendar: &Calendar) {
        let spans = (found.mandated, found.accepted(item), found.issued(item));
        let (Some(mandated), Some(accepted), Some(issued)) = spans else { return };
        match found.is_late(item) {
            Some(true) => self.past += 1,
            Some(false) => self.within += 1,
            None => {}
        }
        let office = |from, to| calendar.working_minutes_between(from, to);
        let still: i64 = found.pauses(item).into_iter().map(|(from, to)| office(from, to)).sum();
        self.office_minutes.push(office(accepted, issued) - still);
        self.minutes.push(issued.duration_since(mandated).as_mins());
    }

    fn line(&self, title: &str, promised: &str, day: i64) -> Vec<String> {
        vec![
            title.to_owned(),
            promised.to_owned(),
            (self.within + self.past).to_string(),
            self.within.to_string(),
            self.past.to_string(),
            tenths(median(&self.office_minutes), day),
            tenths(ninth_decile(&self.office_minutes), day),
            tenths(median(&self.minutes), 24 * 60),
        ]
    }
}

/// The cases by matter and all together, then the projects, for people.
pub(crate) fn chinese(book: &Book, found: &FoundAgency) -> String {
    let calendar = Calendar::published();
    let day = minutes_a_day(&calendar);
    let mut table = vec![HEADS.map(str::to_owned).to_vec()];
    let mut all = Took::default();
    for matter in &book.matters {
        let mut took = Took::default();
        for found in of_matter(found, matter) {
            took.add(found, &item(matter), &calendar);
            all.add(found, &item(matter), &calendar);
        }
        let promised = format!("{}个工作日", matter.promised_working_days);
        table.push(took.line(&matter.name, &promised, day));
    }
    table.push(all.line("全部", "", day));
    let mut text =
        "帮代办（按事项；工作日为受理至出证的办公时间，不含挂起；自然日自受托起）\n".to_owned();
    text += &laid_out(&table);
    text += &format!(
        "\n帮代办 {} 件：承诺内 {} 件，超承诺 {} 件；工作日中位 {}，P90 {}；自然日中位 {}\n",
        all.within + all.past,
        all.within,
        all.past,
        tenths(median(&all.office_minutes), day),
        tenths(ninth_decile(&all.office_minutes), day),
        tenths(median(&all.minutes), 24 * 60),
    );
    text + &projects(book, found, &calendar, day)
}

/// The projects: how many were allowed to start within the promise of the whole.
fn projects(book: &Book, found: &FoundAgency, calendar: &Calendar, day: i64) -> String {
    let wire = |time| super::found::instant(time).ok().flatten();
    let spans: Vec<(Timestamp, Timestamp, Timestamp)> = found
        .projects
        .iter()
        .filter_map(|(found, due)| {
            let case = &found.case;
            Some((wire(case.started_time)?, wire(case.start_allowed_time)?, *due))
        })
        .collect();
    let within = spans.iter().filter(|(_, allowed, due)| allowed <= due).count();
    let took: Vec<i64> = spans
        .iter()
        .map(|(started, allowed, _)| calendar.working_minutes_between(*started, *allowed))
        .collect();
    let LeagueFigures { orders, contacted_late, late } = LeagueFigures::of(found);
    format!(
        "承诺可开工 {} 个项目：关键路径 {} 个工作日内（常规 {} 个）{within} 个；工作日中位 {}，最长 {}\n\
         审批工单 {orders} 张：报到超时 {contacted_late} 张，超承诺 {late} 张（不计入红黄榜）\n",
        found.projects.len(),
        book.ready.limit_working_days,
        book.ready.ordinary_limit_working_days,
        tenths(median(&took), day),
        tenths(took.iter().copied().max(), day),
    )
}

/// What the league says of decision work in the zone.
struct LeagueFigures {
    orders: i32,
    contacted_late: i32,
    late: i32,
}

impl LeagueFigures {
    fn of(found: &FoundAgency) -> LeagueFigures {
        let zone = &found.zone;
        let (orders, contacted_late) = (zone.dispatched, zone.contacted_late);
        LeagueFigures { orders, contacted_late, late: zone.answered_late }
    }
}

fn of_matter<'a>(
    found: &'a FoundAgency,
    matter: &Matter,
) -> impl Iterator<Item = &'a FoundCase> + use<'a> {
    let procedure = format!("procedures/{}", matter.id);
    found.cases.iter().filter(move |found| found.case.procedure == procedure)
}

/// How much office time a whole working day has.
fn minutes_a_day(calendar: &Calendar) -> i64 {
    let sessions = calendar.office_hours().sessions().iter();
    sessions.map(|session| session.open.duration_until(session.close).as_mins()).sum()
}

/// The middle of them; of two middles their mean.
fn median(of: &[i64]) -> Option<i64> {
    let mut sorted = of.to_vec();
    sorted.sort_unstable();
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get((sorted.len() - 1) / 2)?;
    Some(i64::midpoint(lower, upper))
}

/// The least that nine of ten do not exceed.
fn ninth_decile(of: &[i64]) -> Option<i64> {
    let mut sorted = of.to_vec();
    sorted.sort_unstable();
    let rank = (9 * sorted.len()).div_ceil(10);
    sorted.get(rank.checked_sub(1)?).copied()
}

/// Minutes as units of so many minutes, in tenths, rounded to the nearest.
fn tenths(minutes: Option<i64>, unit: i64) -> String {
    minutes.map_or_else(
        || "—".to_owned(),
        |minutes| {
            let tenths = (20 * minutes + unit) / (2 * unit);
            format!("{}.{}", tenths / 10, tenths % 10)
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_ninth_decile() {
        assert_eq!((median(&[]), ninth_decile(&[])), (None, None));
        assert_eq!((median(&[7]), ninth_decile(&[7])), (Some(7), Some(7)));
        assert_eq!(median(&[9, 1, 4]), Some(4));
        assert_eq!(median(&[9, 1, 4, 6]), Some(5));
        let ten: Vec<i64> = (1..=10).rev().collect();
        assert_eq!(ninth_decile(&ten), Some(9));
        let eleven: Vec<i64> = (1..=11).collect();
        assert_eq!(ninth_decile(&eleven), Some(10));
    }

    #[test]
    fn tenths_are_rounded_to_the_nearest() {
        assert_eq!(tenths(Some(420), 420), "1.0");
        assert_eq!(tenths(Some(440), 420), "1.0");
        assert_eq!(tenths(Some(441), 420), "1.1");
        assert_eq!(tenths(Some(20), 420), "0.0");
        assert_eq!(tenths(None, 420), "—");
    }

    #[test]
    fn a_day_of_the_zone_has_seven_hours() {
        assert_eq!(minutes_a_day(&Calendar::published()), 420);
    }
}
