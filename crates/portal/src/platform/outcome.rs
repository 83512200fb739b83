//! What the platform is told of an application: how far it is, by the case it became, what is due of it and what the bank said of that.
//! Only what belongs to the draft counts: another enterprise's case, another call and other clauses are none of its.

use super::Draft;
use crate::Portal;
use crate::problem::Problem;
use casework::Key;
use casework::case::{Case, EndKind, Stage};
use casework::determination::Determination;
use casework::payment::{Batch, Due, DueState, LineResult};
use exchange::platform::{Outcome, Standing};
use store::{StoreError, Work};
use values::{Date, Fen};

impl Draft {
    /// Whether a case is what became of it: whoever knows the id may have started another under it.
    pub(super) fn became(&self, case: &Case) -> bool {
        let is_claimed = |clause: &String| case.claims.iter().any(|claim| claim.clause == *clause);
        self.case == case.id.as_str()
            && self.organisation.as_deref() == Some(case.organisation.as_str())
            && self.call.as_deref() == Some(case.call.as_str())
            && self.clauses.iter().all(is_claimed)
    }
}

/// How far it is, how much, since when, why.
type Told = (Standing, Option<Fen>, Date, Option<String>);

/// How far an application is, for the platform; none: nothing is decided yet.
pub(super) async fn outcome(portal: &Portal, draft: &Draft) -> Result<Option<Outcome>, Problem> {
    let mut work = portal.reading.begin().await?;
    let case: Option<Case> = work.peek(&draft.case).await?;
    let Some(case) = case.filter(|case| draft.became(case)) else { return Ok(None) };
    let determination: Option<Determination> = match &case.determination {
        Some(id) => work.peek(id.as_str()).await?,
        None => None,
    };
    let mut dues: Vec<Due> = work.list("case_id", &Key::from(case.id.as_str())).await?;
    dues.retain(|due| due.state != DueState::Void && draft.clauses.contains(&due.clause));
    let told = match &determination {
        Some(determination) => match of_money(&mut work, &case, determination, &dues).await? {
            Some(told) => Some(told),
            None => of_decision(draft, &case, determination)?,
        },
        None => of_end(&case, false),
    };
    Ok(told.map(|(standing, amount_fen, on, reason)| Outcome {
        id: draft.id.clone(),
        case: case.id.to_string(),
        standing,
        amount_fen,
        on,
        document: None,
        reason,
    }))
}

/// What became of its money, what needs somebody first; none: nothing yet.
async fn of_money(work: &mut Work, case: &Case, determination: &Determination, dues: &[Due]) -> Result<Option<Told>, Problem> {
    let is_back = |due: &&Due| matches!(due.state, DueState::Returned | DueState::Mended | DueState::PlannedAgain);
    let paid: Vec<&Due> = dues.iter().filter(|due| due.state == DueState::Paid).collect();
    let back: Vec<&Due> = dues.iter().filter(is_back).collect();
    let (paid_sum, back_sum) = (sum(paid.iter().map(|due| due.amount))?, sum(back.iter().map(|due| due.amount))?);
    if let Some(first) = back.first() {
        let mut said = Vec::new();
        // One whose account was mended stands in another batch by now, or in none.
        for batch in work.list::<Batch>("call_id", &Key::from(first.call.as_str())).await? {
            let lines = batch.lines.into_iter().filter(|line| back.iter().any(|due| due.id == line.due));
            said.extend(lines.filter_map(|line| match line.result {
                Some(LineResult::Returned { on, reason, .. }) => Some((on, reason)),
                _ => None,
            }));
        }
        let (on, mut reason) = said.into_iter().max_by_key(|(on, _)| *on).unwrap_or_else(|| (determination.at.date(), "银行退回".to_owned()));
        if paid_sum.0 > 0 {
            reason = format!("{reason}（另有{}元已到账）", paid_sum.yuan());
        }
        return Ok(Some((Standing::Returned, Some(back_sum), on, Some(reason))));
    }
    if paid_sum.0 > 0 {
        let on = arrived(work, &paid).await?.unwrap_or_else(|| determination.at.date());
        return Ok(Some((Standing::Paid, Some(paid_sum), on, None)));
    }
    if dues.is_empty() || !dues.iter().all(Due::over) {
        return Ok(None);
    }
    // Determined once, and nothing of it is paid any more.
    let tested = dues.iter().filter_map(|due| due.retests.last()).map(|test| test.at.date()).max();
    let any_lapsed = dues.iter().any(|due| due.state == DueState::Lapsed);
    let reason = if any_lapsed { DueState::Lapsed.title() } else { DueState::Dropped.title() };
    let reason = case.review.end.as_ref().map_or_else(|| reason.to_owned(), |end| end.reason.clone());
    Ok(Some((Standing::Rejected, None, tested.unwrap_or_else(|| determination.at.date()), Some(reason))))
}

/// The last day on which something of what is paid arrived.
async fn arrived(work: &mut Work, paid: &[&Due]) -> Result<Option<Date>, StoreError> {
    let mut last = None;
    for due in paid {
        let Some(batch) = &due.batch else { continue };
        let batch: Option<Batch> = work.peek(batch.as_str()).await?;
        for line in batch.into_iter().flat_map(|batch| batch.lines).filter(|line| line.due == due.id) {
            if let Some(LineResult::Arrived { on, .. }) = line.result {
                last = last.max(Some(on));
            }
        }
    }
    Ok(last)
}

/// What was decided, before any of it is due. A determination may give something and be taken back: by an objection, say.
fn of_decision(draft: &Draft, case: &Case, determination: &Determination) -> Result<Option<Told>, Problem> {
    if matches!(case.stage, Stage::Review(_) | Stage::Correcting) {
        return Ok(None);
    }
    if let Some(ended) = of_end(case, true) {
        return Ok(Some(ended));
    }
    let awards = || determination.awards.iter().filter(|award| draft.clauses.contains(&award.clause));
    let (total, on) = (sum(awards().map(|award| award.amount))?, determination.at.date());
    if total.0 > 0 && case.stage != Stage::Refused {
        return Ok(Some((Standing::Determined, Some(total), on, None)));
    }
    let reason = awards().find_map(|award| award.reason.clone()).unwrap_or_else(|| "按规则测算为零".to_owned());
    Ok(Some((Standing::Rejected, None, on, Some(reason))))
}

/// How it ended without an award. What was taken back or stopped before anything was determined was never decided.
fn of_end(case: &Case, determined: bool) -> Option<Told> {
    let end = case.review.end.as_ref()?;
    let standing = match end.kind {
        EndKind::Declined => Standing::NotAccepted,
        EndKind::Refused => Standing::Rejected,
        EndKind::Withdrawn | EndKind::Lapsed | EndKind::Terminated if determined => Standing::Rejected,
        EndKind::Withdrawn | EndKind::Lapsed | EndKind::Terminated => return None,
    };
    Some((standing, None, end.at.date(), Some(end.reason.clone())))
}

fn sum(mut amounts: impl Iterator<Item = Fen>) -> Result<Fen, Problem> {
    amounts.try_fold(Fen::ZERO, Fen::checked_add).map_err(|why| Problem::failed(&why.to_string()))
}
