//! Cases that are open, counted by call, by stage and by who holds them, against their deadlines. Tens of thousands are counted for one
//! page, so each is a line of numbers here; which of them count is decided for each reader.

use super::eyes::{Eyes, Marks, place};
use super::{Board, Open};
use crate::Stop;
use crate::queue::OPEN;
use crate::reading::{Reading, Sight, collection};
use casework::Refusal;
use casework::id::CallId;
use std::collections::HashSet;
use values::{Date, WorkCalendar};

/// Days that say what is late and what ends soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The day on which it is counted.
    pub today: Date,
    /// What ended on this day or before is late.
    pub late: Date,
    /// What ends later, and on this day or before, ends soon.
    pub soon: Date,
}

/// How many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// In all.
    pub open: usize,
    /// Of them, that end soon.
    pub soon: usize,
    /// Of them, that are late.
    pub late: usize,
}

impl Counts {
    fn add(&mut self, until: Option<Day>, (late, soon): (Day, Day)) {
        self.open += 1;
        match until {
            Some(until) if until <= late => self.late += 1,
            Some(until) if until <= soon => self.soon += 1,
            _ => {}
        }
    }

    fn with(self, other: Self) -> Self {
        Self { open: self.open + other.open, soon: self.soon + other.soon, late: self.late + other.late }
    }
}

/// Cases by their stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OfStages([Counts; OPEN.len()]);

impl OfStages {
    /// Those at some stages, by their names.
    #[must_use]
    pub fn at(&self, stages: &[&str]) -> Counts {
        OPEN.iter().zip(&self.0).filter(|(stage, _)| stages.contains(stage)).fold(Counts::default(), |all, (_, counts)| all.with(*counts))
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> Counts {
        self.0.iter().fold(Counts::default(), |all, counts| all.with(*counts))
    }

    fn add(&mut self, line: &Line, bounds: (Day, Day)) {
        if let Some(counts) = self.0.get_mut(usize::from(line.stage)) {
            counts.add(line.until, bounds);
        }
    }
}

/// The cases of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfCall {
    /// By their stage.
    pub stages: OfStages,
    /// Who holds most of them, and how many.
    pub most: Option<(String, usize)>,
}

/// What somebody holds, each thing that a case waits for counted by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Who: see [`Waiting::holders`](crate::queue::Waiting::holders).
    pub id: String,
    /// How much.
    pub counts: Counts,
    /// Working days that it has waited until now, together, and of how many things that is known.
    pub waited: (u64, u64),
    /// Working days that it was given, together, and of how many things that is known.
    pub given: (u64, u64),
}

/// Cases that are open, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All of them.
    pub stages: OfStages,
    /// Ids of calls that have such cases.
    pub calls: HashSet<String>,
    /// By who holds them, in no order.
    pub holders: Vec<Held>,
}

/// Days since the first of 1970: they are compared and taken from each other tens of thousands of times.
pub(super) type Day = i32;

pub(super) fn number(day: Date) -> Day {
    Date::first_of_year(1970).and_then(|first| Day::try_from(first.days_until(day)).ok()).unwrap_or(Day::MAX)
}

fn day(number: Day) -> Option<Date> {
    Date::first_of_year(1970)?.add_days(i64::from(number))
}

/// A case that is open.
pub(super) struct Line {
    /// It was not handed in yet.
    is_draft: bool,
    /// The place of its stage among those at which a case waits.
    pub(super) stage: u8,
    pub(super) until: Option<Day>,
    /// Who holds it: mostly one.
    first: Option<Hold>,
    others: Box<[Hold]>,
    /// Its call, and who sees it.
    pub(super) marks: Marks,
}

impl Line {
    pub(super) fn holds(&self) -> impl Iterator<Item = &Hold> {
        self.first.iter().chain(&self.others)
    }
}

/// Somebody who holds it.
pub(super) struct Hold {
    pub(super) who: u32,
    since: Option<Day>,
    pub(super) until: Option<Day>,
}

/// Lines one after the other, with gaps where a case left: counting goes through them in a row.
#[derive(Default)]
pub(super) struct Lines {
    lines: Vec<Option<Line>>,
    free: Vec<usize>,
}

impl Lines {
    fn put(&mut self, line: Line) -> usize {
        let at = self.free.pop().unwrap_or(self.lines.len());
        match self.lines.get_mut(at) {
            Some(place) => *place = Some(line),
            None => self.lines.push(Some(line)),
        }
        at
    }

    pub(super) fn at(&self, at: usize) -> Option<&Line> {
        self.lines.get(at)?.as_ref()
    }

    pub(super) fn leave(&mut self, at: usize) {
        if let Some(place) = self.lines.get_mut(at)
            && place.take().is_some()
        {
            self.free.push(at);
        }
    }
}

impl Board {
    /// Puts a case among the lines: its place there.
    pub(super) fn line(&mut self, open: &Open, marks: &Marks) -> usize {
        let stage = OPEN.iter().position(|stage| *stage == open.stage).and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX);
        let mut holds = Vec::new();
        for wait in &open.waits {
            let (since, until) = (wait.since.map(number), wait.until.map(number));
            holds.extend(wait.holders().map(|id| Hold { who: self.numbers.of(id), since, until }));
        }
        let first = (!holds.is_empty()).then(|| holds.remove(0));
        let (is_draft, until) = (open.stage == "draft", open.until().map(number));
        self.lines.put(Line { is_draft, stage, until, first, others: holds.into(), marks: marks.clone() })
    }
}

/// How many working days lie between two days, from how many there are up to each: thousands of cases are asked for.
struct Spans<'c> {
    calendar: &'c WorkCalendar,
    begin: Day,
    /// Working days after the begin up to each day, as far as anybody asked.
    until: Vec<u64>,
}

impl<'c> Spans<'c> {
    /// From the first day that is asked for on.
    fn new(calendar: &'c WorkCalendar, begin: Day) -> Self {
        Self { calendar, begin, until: vec![0] }
    }

    fn up_to(&mut self, until: Day) -> u64 {
        let Some(at) = until.checked_sub(self.begin).and_then(|days| usize::try_from(days).ok()) else { return 0 };
        while self.until.len() <= at {
            let next = Day::try_from(self.until.len()).ok().and_then(|days| day(self.begin.checked_add(days)?));
            let Some(next) = next else { break };
            self.until.push(self.until.last().copied().unwrap_or_default() + u64::from(self.calendar.day_off(next).is_none()));
        }
        self.until.get(at).copied().unwrap_or_default()
    }

    /// Working days after one day up to another: none where that lies before.
    fn between(&mut self, from: Day, until: Day) -> u64 {
        let to = self.up_to(until);
        to.saturating_sub(self.up_to(from))
    }
}

/// Which lines a reader sees.
pub(super) struct Seen<'e> {
    all: bool,
    eyes: Eyes<'e>,
}

impl Seen<'_> {
    pub(super) fn sees(&self, line: &Line) -> bool {
        !line.is_draft && (self.all || self.eyes.of_unit(&line.marks))
    }
}

impl Board {
    fn lines<'b>(&'b self, seen: &'b Seen<'_>) -> impl Iterator<Item = &'b Line> {
        self.lines.lines.iter().flatten().filter(|line| seen.sees(line))
    }

    fn tally(&self, seen: &Seen<'_>, calendar: &WorkCalendar, bounds: &Bounds) -> Tally {
        let [today, late, soon] = [bounds.today, bounds.late, bounds.soon].map(number);
        let first = self.lines(seen).flat_map(Line::holds).filter_map(|hold| hold.since).min();
        let mut spans = Spans::new(calendar, first.unwrap_or(today).min(today));
        let mut stages = OfStages::default();
        let mut calls: Vec<bool> = Vec::new();
        let mut holders: Vec<Held> = Vec::new();
        for line in self.lines(seen) {
            stages.add(line, (late, soon));
            if let Some(has) = line.marks.call.and_then(|call| place(&mut calls, call)) {
                *has = true;
            }
            for hold in line.holds() {
                let Some(held) = place(&mut holders, hold.who) else { continue };
                held.counts.add(hold.until, (late, soon));
                let known = |days: u64, (all, of): (u64, u64)| (all + days, of + 1);
                if let Some(since) = hold.since {
                    held.waited = known(spans.between(since, today), held.waited);
                    if let Some(until) = hold.until {
                        held.given = known(spans.between(since, until), held.given);
                    }
                }
            }
        }
        Tally {
            stages,
            calls: calls.into_iter().enumerate().filter(|(_, has)| *has).map(|(at, _)| self.numbers.name(at)).collect(),
            holders: holders
                .into_iter()
                .enumerate()
                .filter(|(_, held)| held.counts.open > 0)
                .map(|(at, held)| Held { id: self.numbers.name(at), ..held })
                .collect(),
        }
    }

    fn tally_of(&self, seen: &Seen<'_>, calls: &[&CallId], bounds: &Bounds) -> Vec<OfCall> {
        let [late, soon] = [bounds.late, bounds.soon].map(number);
        let wanted: Vec<Option<u32>> = calls.iter().map(|call| self.numbers.known(call.as_str())).collect();
        let mut counted: Vec<(OfStages, Vec<usize>)> = vec![Default::default(); calls.len()];
        for line in self.lines(seen) {
            let of = wanted.iter().position(|call| call.is_some() && *call == line.marks.call).and_then(|at| counted.get_mut(at));
            let Some((stages, held)) = of else { continue };
            stages.add(line, (late, soon));
            for hold in line.holds() {
                if let Some(count) = place(held, hold.who) {
                    *count += 1;
                }
            }
        }
        let most = |held: Vec<usize>| {
            let named = held.into_iter().enumerate().filter(|(_, count)| *count > 0).map(|(who, count)| (self.numbers.name(who), count));
            named.max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)))
        };
        counted.into_iter().map(|(stages, held)| OfCall { stages, most: most(held) }).collect()
    }
}

impl Reading<'_> {
    /// Cases that are open and were handed in, as far as the reader sees them, counted. Errors: denied, to applicants too.
    pub async fn tally(&mut self, bounds: &Bounds) -> Result<Tally, Stop> {
        self.counted(|board, seen| board.calendar.as_ref().map(|calendar| board.tally(seen, calendar, bounds)).unwrap_or_default()).await
    }

    /// The same cases of some calls, in the order of the calls. Errors: as of [`tally`](Self::tally).
    pub async fn tally_of(&mut self, calls: &[&CallId], bounds: &Bounds) -> Result<Vec<OfCall>, Stop> {
        self.counted(|board, seen| board.tally_of(seen, calls, bounds)).await
    }

    pub(super) async fn counted<T>(&mut self, count: impl FnOnce(&Board, &Seen<'_>) -> T) -> Result<T, Stop> {
        let sight = collection("cases").and_then(|cases| cases.sight(self.role));
        let sight = sight.filter(|sight| matches!(sight, Sight::All | Sight::Unit)).ok_or(Refusal::Denied)?;
        let (person, role) = (&self.person, self.role);
        let look = |board: &Board| count(board, &Seen { all: sight == Sight::All, eyes: Eyes::new(board, person, role) });
        self.office.board(&mut self.work, look).await
    }
}
