//! The cases behind a count, page by page. They are chosen by the lines that are counted: for a page of fifty, the records of twenty
//! thousand others are not followed.

use super::tally::{Bounds, Day, Line, Seen, number};
use super::{Board, Open};
use crate::Stop;
use crate::queue::OPEN;
use crate::reading::Reading;
use std::sync::Arc;

/// By their last day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Due {
    /// Whenever that is, if there is one.
    #[default]
    Any,
    /// It is over.
    Late,
    /// It ends soon.
    Soon,
}

/// Which open cases are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choice<'c> {
    /// At one of these stages, by name; none: at any.
    pub stages: &'c [&'c str],
    /// Of this call.
    pub call: Option<&'c str>,
    /// Held by this one: see [`Waiting::holders`](crate::queue::Waiting::holders). What counts is then what it holds and when that ends.
    pub holder: Option<&'c str>,
    /// Their last day.
    pub due: Due,
}

/// A page of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// As many as are counted: cases, or of a holder what it holds.
    pub total: usize,
    /// The page: what ends first comes first.
    pub shown: Vec<Arc<Open>>,
    /// More follow.
    pub has_more: bool,
}

/// A choice in the numbers of the lines.
struct Wanted {
    stages: Vec<bool>,
    call: Option<u32>,
    holder: Option<u32>,
    due: Due,
    late: Day,
    soon: Day,
}

impl Wanted {
    /// None: nothing open is of this call, or of this holder.
    fn of(board: &Board, choice: &Choice<'_>, bounds: &Bounds) -> Option<Self> {
        let known = |id: Option<&str>| id.map_or(Some(None), |id| board.numbers.known(id).map(Some));
        Some(Self {
            stages: OPEN.iter().map(|stage| choice.stages.is_empty() || choice.stages.contains(stage)).collect(),
            call: known(choice.call)?,
            holder: known(choice.holder)?,
            due: choice.due,
            late: number(bounds.late),
            soon: number(bounds.soon),
        })
    }

    fn is_in_time(&self, until: Option<Day>) -> bool {
        match self.due {
            Due::Any => true,
            Due::Late => until.is_some_and(|until| until <= self.late),
            Due::Soon => until.is_some_and(|until| until > self.late && until <= self.soon),
        }
    }

    /// How often a line counts.
    fn count(&self, line: &Line) -> usize {
        let is_at = self.stages.get(usize::from(line.stage)).copied().unwrap_or_default();
        if !is_at || self.call.is_some() && self.call != line.marks.call {
            return 0;
        }
        match self.holder {
            Some(holder) => line.holds().filter(|hold| hold.who == holder && self.is_in_time(hold.until)).count(),
            None => usize::from(self.is_in_time(line.until)),
        }
    }
}

impl Board {
    fn chosen(&self, seen: &Seen<'_>, choice: &Choice<'_>, bounds: &Bounds, (after, rows): (&str, usize)) -> Chosen {
        let mut chosen = Chosen::default();
        let Some(wanted) = Wanted::of(self, choice, bounds) else { return chosen };
        let mut has_begun = after.is_empty();
        for (place, case) in &self.open {
            let count = self.lines.at(case.line).filter(|line| seen.sees(line)).map_or(0, |line| wanted.count(line));
            if count == 0 {
                continue;
            }
            chosen.total += count;
            has_begun = has_begun || place.as_str() > after;
            match chosen.shown.len() {
                _ if !has_begun => {}
                shown if shown == rows => chosen.has_more = true,
                _ => chosen.shown.push(Arc::clone(&case.open)),
            }
        }
        chosen
    }
}

impl Reading<'_> {
    /// Cases that are open and were handed in, as far as the reader sees them and they are chosen: `rows` of them behind a
    /// [place](Open::place). Errors: as of [`tally`](Self::tally).
    pub async fn chosen(&mut self, choice: &Choice<'_>, bounds: &Bounds, after: &str, rows: usize) -> Result<Chosen, Stop> {
        self.counted(|board, seen| board.chosen(seen, choice, bounds, (after, rows))).await
    }
}
