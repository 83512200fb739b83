//! Performance: reports on what payments brought about.

use crate::desk::{Desk, unknown};
use crate::{Outcome, Stop};
use casework::Refusal;
use casework::case::Evidence;
use casework::id::DueId;
use casework::performance::{Performance, PerformanceAct, PerformanceRefusal, Report};

pub(crate) async fn act(desk: &mut Desk<'_>, act: &PerformanceAct) -> Result<Outcome, Stop> {
    match act {
        PerformanceAct::Report { due, reached, words, evidence } => report(desk, due, reached, words, evidence).await,
        PerformanceAct::Accept { due, opinion } => {
            let (user, now) = (desk.context.user.clone(), desk.context.now);
            change(desk, due, |performance| performance.accept(&user, now, opinion)).await
        }
        PerformanceAct::SendBack { due, reason } => change(desk, due, |performance| performance.send_back(reason)).await,
    }
}

async fn report(desk: &mut Desk<'_>, due: &DueId, reached: &[i64], words: &str, evidence: &[Evidence]) -> Result<Outcome, Stop> {
    let (by, at) = (desk.context.user.clone(), desk.context.now);
    let report = Report { reached: reached.to_vec(), words: words.to_owned(), evidence: evidence.to_vec(), by, at, sent_back: None };
    change(desk, due, |performance| performance.report(report)).await
}

async fn change(desk: &mut Desk<'_>, due: &DueId, change: impl FnOnce(&mut Performance) -> Result<(), PerformanceRefusal>) -> Result<Outcome, Stop> {
    let of: Performance = desk.must_peek(due.as_str()).await?;
    // To whom the case does not exist, its reports do not either.
    desk.case(&of.case).await.map_err(|stop| match stop {
        Stop::Refused(Refusal::Unknown { .. }) => unknown::<Performance>(due.as_str()).into(),
        other => other,
    })?;
    desk.is_about::<Performance>(due);
    let mut performance: Performance = desk.must_get(due.as_str()).await?;
    change(&mut performance)?;
    desk.work.save(&performance).await?;
    Ok(Outcome::Done)
}
