//! The league (红黄榜): each department's figures for a period, as domain.md §8 defines them.
//!
//! Integers only. A rate keeps what it was made of; nothing due is 「无件」, never 100 %.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use base::DepartmentId;

/// Fewer than so many are shown as 「样本不足」.
pub const SAMPLE_MIN: u32 = 5;
/// The least level that counts as satisfied: 基本满意.
pub const SATISFIED_LEVEL_MIN: u8 = 3;

/// How much each rate counts in the score, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    /// Of the response rate.
    pub response: u32,
    /// Of the solved rate.
    pub solved: u32,
    /// Of the satisfied rate.
    pub satisfied: u32,
}

/// The defaults of domain.md §8.
pub const WEIGHTS: Weights = Weights { response: 30, solved: 35, satisfied: 35 };

/// What one order adds to the figures of one department.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The department has it.
    Led(Led),
    /// The department had it and its return was upheld: dispatched, and excluded.
    ReturnUpheld,
    /// The department assisted.
    Assisted,
    /// It was withdrawn: dispatched, and excluded.
    Cancelled,
}

/// An order that a department has or had to the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Led {
    /// First contact came after its limit; `None` if it was not made.
    pub contacted_late: Option<bool>,
    /// The answer came after its limit; `None` if it was not given.
    pub answered_late: Option<bool>,
    /// Its due instant has passed.
    pub overdue: bool,
    /// The enterprise's verdict, once given.
    pub verdict: Option<Verdict>,
}

/// What the enterprise said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// 5 非常满意 … 1 非常不满意; none if it was confirmed by call-back and not rated.
    pub level: Option<u8>,
    /// Content, and solved.
    pub confirmed_solved: bool,
}

/// A rate with what it was made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// What counted.
    pub numerator: u32,
    /// Of how many.
    pub denominator: u32,
    /// How many were left out.
    pub excluded: u32,
}

impl Rate {
    /// In tenths of a percent, rounded half up; `None` of nothing.
    pub fn permille(self) -> Option<u32> {
        let (numerator, denominator) = (u64::from(self.numerator), u64::from(self.denominator));
        let doubled = (2000 * numerator + denominator).checked_div(2 * denominator)?;
        u32::try_from(doubled).ok()
    }

    /// What to show: `88.9%`, `无件`, `60.0%（样本不足）`.
    pub fn text(self) -> String {
        let Some(permille) = self.permille() else { return "无件".to_owned() };
        let few = if self.denominator < SAMPLE_MIN { "（样本不足）" } else { "" };
        format!("{}.{}%{few}", permille / 10, permille % 10)
    }
}

/// One department's figures. Assisting orders are counted apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Orders offered to it.
    pub dispatched: u32,
    /// Of these, returned and upheld.
    pub returns_upheld: u32,
    /// Orders in which it assisted.
    pub assisted: u32,
    /// 响应率: first contact in time, of those dispatched less upheld returns.
    pub response: Rate,
    /// 按时办复率: answered in time, of those due or answered.
    pub on_time: Rate,
    /// 解决率: confirmed solved, of those answered.
    pub solved: Rate,
    /// 满意率: [`SATISFIED_LEVEL_MIN`] and above, of those rated.
    pub satisfied: Rate,
    /// How many of the answered were rated.
    pub rated: Rate,
    /// First contact after its limit.
    pub contacted_late: u32,
    /// Answered after its limit.
    pub answered_late: u32,
}

impl Figures {
    fn add(&mut self, entry: &Entry) {
        match entry {
            Entry::Led(led) => self.led(led),
            Entry::ReturnUpheld => {
                self.dispatched += 1;
                self.returns_upheld += 1;
                self.response.excluded += 1;
            }
            Entry::Assisted => self.assisted += 1,
            Entry::Cancelled => {
                self.dispatched += 1;
                self.response.excluded += 1;
                self.on_time.excluded += 1;
            }
        }
    }

    fn led(&mut self, led: &Led) {
        self.dispatched += 1;
        self.response.denominator += 1;
        self.response.numerator += u32::from(led.contacted_late == Some(false));
        self.contacted_late += u32::from(led.contacted_late == Some(true));
        self.answered_late += u32::from(led.answered_late == Some(true));
        let answered = led.answered_late.is_some();
        if answered || led.overdue {
            self.on_time.denominator += 1;
            self.on_time.numerator += u32::from(led.answered_late == Some(false));
        } else {
            self.on_time.excluded += 1;
        }
        if !answered {
            return;
        }
        self.solved.denominator += 1;
        self.rated.denominator += 1;
        let Some(verdict) = led.verdict else { return };
        self.solved.numerator += u32::from(verdict.confirmed_solved);
        if let Some(level) = verdict.level {
            self.rated.numerator += 1;
            self.satisfied.denominator += 1;
            self.satisfied.numerator += u32::from(SATISFIED_LEVEL_MIN <= level);
        }
    }

    /// The weighted sum of the three rates, in hundredths of a point, rounded half up; `None`
    /// while one of them is 「无件」.
    pub fn score_hundredths(&self) -> Option<u32> {
        let parts = [
            (WEIGHTS.response, self.response),
            (WEIGHTS.solved, self.solved),
            (WEIGHTS.satisfied, self.satisfied),
        ];
        let denominator: u128 =
            parts.iter().map(|(_, rate)| u128::from(rate.denominator)).product();
        let part = |(weight, rate): &(u32, Rate)| {
            let others = denominator.checked_div(u128::from(rate.denominator))?;
            Some(100 * u128::from(*weight) * u128::from(rate.numerator) * others)
        };
        let sum = parts.iter().map(part).sum::<Option<u128>>()?;
        u32::try_from((2 * sum + denominator).checked_div(2 * denominator)?).ok()
    }
}

/// The league of a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct League {
    /// The departments, best score first; those without one last, by code.
    pub rows: Vec<(DepartmentId, Figures)>,
    /// All of them together.
    pub zone: Figures,
}

/// Adds up what each order says of each department.
pub fn league(entries: impl IntoIterator<Item = (DepartmentId, Entry)>) -> League {
    let mut zone = Figures::default();
    let mut departments: BTreeMap<DepartmentId, Figures> = BTreeMap::new();
    for (department, entry) in entries {
        zone.add(&entry);
        departments.entry(department).or_default().add(&entry);
    }
    let mut rows: Vec<_> = departments.into_iter().collect();
    // Stable: equal scores stay in the order of their codes.
    rows.sort_by_key(|(_, figures)| Reverse(figures.score_hundredths()));
    League { rows, zone }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use super::*;

    fn department(code: &str) -> DepartmentId {
        DepartmentId::new(code).unwrap()
    }

    fn led(contacted_late: bool, answered_late: bool, verdict: Option<(u8, bool)>) -> Entry {
        let verdict = verdict
            .map(|(level, confirmed_solved)| Verdict { level: Some(level), confirmed_solved });
        Entry::Led(Led {
            contacted_late: Some(contacted_late),
            answered_late: Some(answered_late),
            overdue: true,
            verdict,
        })
    }

    /// domain.md §8: 10 dispatched, 1 upheld return, 8 contacted in time, 7 answered in time, 6
    /// solved, 5 of 6 rated satisfied, 9 due.
    #[test]
    fn the_worked_check_of_the_domain_comes_out() {
        let entries = [
            led(false, false, Some((5, true))),
            led(false, false, Some((5, true))),
            led(false, false, Some((4, true))),
            led(false, false, Some((3, true))),
            led(false, false, Some((3, true))),
            led(false, false, Some((2, true))),
            led(false, false, None),
            led(false, true, None),
            led(true, true, None),
            Entry::ReturnUpheld,
        ];
        let league = league(entries.map(|entry| (department("D01"), entry)));
        let (_, figures) = &league.rows[0];
        assert_eq!(figures, &league.zone);
        assert_eq!((figures.dispatched, figures.returns_upheld), (10, 1));
        assert_eq!(figures.response.text(), "88.9%");
        assert_eq!(figures.on_time.text(), "77.8%");
        assert_eq!(figures.solved.text(), "66.7%");
        assert_eq!(figures.satisfied.text(), "83.3%");
        assert_eq!((figures.rated.numerator, figures.rated.denominator), (6, 9));
        assert_eq!(figures.score_hundredths(), Some(7917));
    }

    #[test]
    fn nothing_due_is_never_a_hundred_percent() {
        assert_eq!(Rate::default().text(), "无件");
        assert_eq!(Figures::default().score_hundredths(), None);
    }

    #[test]
    fn fewer_than_five_are_too_few() {
        let rate = |numerator, denominator| Rate { numerator, denominator, excluded: 0 };
        assert_eq!(rate(3, 4).text(), "75.0%（样本不足）");
        assert_eq!(rate(3, 5).text(), "60.0%");
        assert_eq!(rate(5, 5).text(), "100.0%");
        assert_eq!(rate(1, 2000).text(), "0.1%");
    }

    #[test]
    fn assistance_is_counted_apart_and_those_without_work_stand_last() {
        let entries = [
            (department("D01"), Entry::Assisted),
            (department("D02"), led(true, true, Some((1, false)))),
            (department("D03"), led(false, false, Some((5, true)))),
        ];
        let league = league(entries);
        let codes: Vec<&str> = league.rows.iter().map(|(id, _)| id.code()).collect();
        assert_eq!(codes, ["D03", "D02", "D01"]);
        assert_eq!((league.zone.assisted, league.zone.dispatched), (1, 2));
    }

    #[test]
    fn what_is_neither_due_nor_answered_is_left_out() {
        let open = Led { contacted_late: Some(false), ..Led::default() };
        let figures = league([(department("D01"), Entry::Led(open))]).zone;
        assert_eq!((figures.on_time.denominator, figures.on_time.excluded), (0, 1));
        let overdue = Led { overdue: true, ..open };
        let figures = league([(department("D01"), Entry::Led(overdue))]).zone;
        assert_eq!((figures.on_time.denominator, figures.solved.denominator), (1, 0));
    }
}
