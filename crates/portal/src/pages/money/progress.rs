//! 批次进度: each call that is under way, with its open cases at each step, what is late, and who holds most of it. Each number
//! leads to its cases.

use super::cockpit::{GROUPS, holder_name};
use crate::pages::frame::Frame;
use crate::problem::Problem;
use casework::call::CallStage;
use casework::case::Left;
use office::board::{Bounds, Brief, Counts, Tally};
use office::reading::Reading;

/// Calls that are shown: those that closed last.
const CALLS: usize = 8;

/// A call.
pub struct CallRow {
    pub id: String,
    pub title: String,
    /// Until when applications are taken, or that the time is over.
    pub closes: String,
    pub cells: Vec<Cell>,
    pub open: usize,
    pub soon: usize,
    pub late: usize,
    /// Whoever holds most of its cases: id, name, how many.
    pub most: Option<(String, String, usize)>,
}

/// Cases of a call at a group of stages.
pub struct Cell {
    pub stage: String,
    pub open: usize,
}

/// Headings of the groups of stages.
pub fn columns(frame: &Frame) -> Vec<&'static str> {
    GROUPS.iter().map(|(zh, en, _)| frame.pair(zh, en)).collect()
}

/// The calls under way, with the open cases of each.
pub async fn rows(reading: &mut Reading<'_>, tally: &Tally, bounds: &Bounds, frame: &Frame) -> Result<Vec<CallRow>, Problem> {
    let (calendar, today) = (reading.calendar().await?, bounds.today);
    let under_way = |call: &Brief| call.is_open(today) || tally.calls.contains(call.id.as_str());
    let mut calls = reading.calls_that(|call| call.stage != CallStage::Draft && under_way(call)).await?;
    calls.sort_by(|a, b| (b.open, &b.id).cmp(&(a.open, &a.id)));
    calls.truncate(CALLS);
    let counted = reading.tally_of(&calls.iter().map(|call| &call.id).collect::<Vec<_>>(), bounds).await?;
    let mut out = Vec::new();
    for (call, own) in calls.into_iter().zip(counted) {
        let cell = |(_, _, stages): &(&str, &str, &[&str])| Cell { stage: stages.join(","), open: own.stages.at(stages).open };
        let most = match &own.most {
            Some((id, count)) => Some((id.clone(), holder_name(reading, id, frame).await?, *count)),
            None => None,
        };
        let Counts { open, soon, late } = own.stages.all();
        let closes = match Left::until(&calendar, today, call.open.1) {
            Left::Days(_) => format!("{} {}", frame.w("截止", "until"), call.open.1),
            Left::Over(_) => frame.w("已截止", "closed").to_owned(),
        };
        out.push(CallRow { id: call.id.to_string(), title: call.title.clone(), closes, cells: GROUPS.iter().map(cell).collect(), open, soon, late, most });
    }
    Ok(out)
}
