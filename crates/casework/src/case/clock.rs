//! The clock of a case: which period runs, when it stands still, on which day it ends and why. The calendar itself and
//! how days are counted in it stand in `values`.

use super::{Case, Stage};
use crate::call::{Period, StepKind};
use policy::diagnostic::Text;
use serde::{Deserialize, Serialize};
use values::{Clock, Date, DayOff, Deadline, Stop, WorkCalendar};

/// What a period is given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// 受理期限
    Acceptance,
    /// 补正期限
    Correction,
    /// 审核期限
    Step(StepKind),
    /// 会审期限 of one unit
    Opinion,
}

/// Why the clock stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Pause {
    /// 补正: the applicant has the case. It does not stop the applicant's own time.
    Correction,
    /// 中止
    Suspension,
}

/// A time in which the clock stands still. The day it was stopped still counts, the day it was started again does not:
/// as with any period, counting goes by the days after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Standstill {
    /// First day that does not count.
    pub from: Date,
    /// First day that counts again; none while it lasts.
    pub until: Option<Date>,
    /// Why.
    pub why: Pause,
}

/// A period that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Running {
    /// What it is given for.
    pub term: Term,
    /// The day it begins with; the day after is the first that counts.
    pub since: Date,
    /// How long.
    pub period: Period,
    /// Last day, as the calendar now has it; none while the clock stands still.
    pub due: Option<Date>,
    /// Whether that rests on a year without a notice.
    pub provisional: bool,
}

impl Running {
    /// A period that begins on a day. Its end is not counted yet.
    #[must_use]
    pub const fn begun(term: Term, since: Date, period: Period) -> Self {
        Self { term, since, period, due: None, provisional: false }
    }

    /// Where it stands, with each day that did not count.
    #[must_use]
    pub fn clock(&self, calendar: &WorkCalendar, standstills: &[Standstill]) -> Clock {
        // Its own correction does not stop the applicant's time.
        let mine: Vec<Standstill> = standstills.iter().filter(|s| self.term != Term::Correction || s.why == Pause::Suspension).copied().collect();
        match self.period {
            Period::WorkingDays(days) => {
                let stop = |s: &Standstill| s.until.map_or(Some(Stop::since(s.from)), |until| Stop::between(s.from, until));
                calendar.clock_working_days(self.since, days, &mine.iter().filter_map(stop).collect::<Vec<_>>())
            }
            Period::Days(days) => self.clock_days(calendar, days, &mine),
        }
    }

    /// The same in 日: every day counts, but for those the clock stood still.
    fn clock_days(&self, calendar: &WorkCalendar, days: u32, standstills: &[Standstill]) -> Clock {
        let (mut date, mut left, mut passed) = (self.since, days, 0_u32);
        let mut stopped = Vec::new();
        while left > 0 {
            let Some(next) = date.add_days(1) else { break };
            date = next;
            let still = standstills.iter().find(|s| s.from <= date && s.until.is_none_or(|until| date < until));
            match still {
                Some(Standstill { from, until: None, .. }) => return Clock::Stands { since: *from, left },
                Some(_) => stopped.push(date),
                None => left -= 1,
            }
            passed = passed.saturating_add(1);
        }
        Clock::Ends(Deadline { stopped, ..calendar.deadline_days(self.since, passed) })
    }

    /// Counts the last day.
    pub fn count(&mut self, calendar: &WorkCalendar, standstills: &[Standstill]) {
        (self.due, self.provisional) = match self.clock(calendar, standstills) {
            Clock::Ends(deadline) => (Some(deadline.date), deadline.provisional),
            Clock::Stands { .. } => (None, false),
        };
    }

    /// Why it ends on that day, in words (期限说明).
    #[must_use]
    pub fn explained(&self, calendar: &WorkCalendar, standstills: &[Standstill]) -> Text {
        let (zh_unit, en_unit, days) = match self.period {
            Period::Days(days) => ("日", "days", days),
            Period::WorkingDays(days) => ("个工作日", "working days", days),
        };
        let zh = format!("自{}次日起{days}{zh_unit}", self.since.long_zh());
        let en = format!("{days} {en_unit} from the day after {}", self.since);
        match self.clock(calendar, standstills) {
            Clock::Stands { since, left } => Text::new(
                format!("{zh}；自{}起停计，尚余{left}{zh_unit}", since.long_zh()),
                format!("{en}; the clock stands still since {since}, {left} {en_unit} are left"),
            ),
            Clock::Ends(deadline) => {
                let (left_out_zh, left_out_en) = left_out(&deadline);
                let (maybe_zh, maybe_en) = if deadline.provisional {
                    ("（暂定：尚未公布该年放假安排，公布后重算）", " (provisional: the notice for that year is not out)")
                } else {
                    ("", "")
                };
                Text::new(
                    format!("{zh}，至{}止{left_out_zh}{maybe_zh}", deadline.date.long_zh()),
                    format!("{en}, until {}{left_out_en}{maybe_en}", deadline.date),
                )
            }
        }
    }
}

/// The days a deadline left out, by reason.
fn left_out(deadline: &Deadline) -> (String, String) {
    let of = |reason: DayOff| deadline.skipped.iter().filter(|(_, off)| *off == reason).map(|(day, _)| *day).collect::<Vec<_>>();
    let lists = [
        ("周末", "weekends", of(DayOff::Weekend)),
        ("放假", "holidays", of(DayOff::Holiday)),
        ("停计", "stopped", deadline.stopped.clone()),
        ("周末上班（计入）", "worked weekends (counted)", deadline.worked_weekends.clone()),
    ];
    let mut zh = String::new();
    let mut en = String::new();
    for (word, english, days) in lists.into_iter().filter(|(_, _, days)| !days.is_empty()) {
        let list = |form: fn(&Date) -> String, comma: &str| days.iter().map(form).collect::<Vec<_>>().join(comma);
        zh.push_str(&format!("；{word}：{}", list(|day| format!("{}月{}日", day.month(), day.day()), "、")));
        en.push_str(&format!("; {english}: {}", list(Date::to_string, ", ")));
    }
    (zh, en)
}

/// Working days after one day up to another; a year without a notice goes by its weekdays.
#[must_use]
pub(super) fn working_days_between(calendar: &WorkCalendar, after: Date, until: Date) -> u32 {
    let mut days = 0;
    let mut date = after;
    while date < until {
        let Some(next) = date.add_days(1) else { break };
        date = next;
        days += u32::from(calendar.day_off(date).is_none());
    }
    days
}

impl Case {
    /// Counts all running deadlines by a calendar.
    pub fn count(&mut self, calendar: &WorkCalendar) {
        let review = &mut self.review;
        let asks = review.asks.iter_mut().filter(|ask| ask.is_open()).map(|ask| &mut ask.clock);
        let correction = review.correction.as_mut().filter(|c| c.answered.is_none()).map(|c| &mut c.clock);
        for running in review.clock.iter_mut().chain(correction).chain(asks) {
            running.count(calendar, &review.standstills);
        }
    }

    /// Whether a deadline that still runs rests on a year without a notice: it has to be counted again when that is loaded.
    #[must_use]
    pub fn is_provisional(&self) -> bool {
        let runs = self.waited_for().is_some();
        let asks = self.review.asks.iter().filter(|ask| ask.is_open()).map(|ask| &ask.clock);
        let correction = self.review.correction.iter().filter(|c| c.answered.is_none()).map(|c| &c.clock);
        runs && self.review.clock.iter().chain(correction).chain(asks).any(|running| running.provisional)
    }

    /// The period that is waited for now: the applicant's, that of the unit whose time ends first, or that of the step.
    #[must_use]
    pub fn waited_for(&self) -> Option<&Running> {
        match self.stage {
            Stage::Correcting => self.review.correction.as_ref().map(|correction| &correction.clock),
            Stage::Review(StepKind::Joint) => {
                let open = self.review.asks.iter().filter(|ask| ask.is_open()).map(|ask| &ask.clock);
                open.min_by_key(|clock| (clock.due.is_none(), clock.due)).or(self.review.clock.as_ref())
            }
            Stage::Submitted | Stage::Review(_) => self.review.clock.as_ref(),
            _ => None,
        }
    }

    /// The day after which the case is overdue (逾期).
    #[must_use]
    pub fn due(&self) -> Option<Date> {
        self.waited_for().and_then(|clock| clock.due)
    }

    /// Stops the clock from tomorrow on.
    pub(super) fn stop(&mut self, today: Date, why: Pause) {
        let from = today.add_days(1).unwrap_or(today);
        self.review.standstills.push(Standstill { from, until: None, why });
    }

    /// Lets the clock run again from tomorrow on.
    pub(super) fn start(&mut self, today: Date, why: Pause) {
        let until = today.add_days(1).unwrap_or(today);
        for still in self.review.standstills.iter_mut().filter(|still| still.why == why && still.until.is_none()) {
            still.until = Some(until);
        }
    }
}
