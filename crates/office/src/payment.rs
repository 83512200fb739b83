//! Payments: a batch for everything a call has committed.

use crate::desk::Desk;
use crate::{Outcome, Stop};
use casework::authority::Standing;
use casework::call::Call;
use casework::case::{Case, Stage};
use casework::id::{BatchId, CallId, EntryId};
use casework::ledger::Move;
use casework::organisation::Organisation;
use casework::payment::{Batch, Line, PaymentAct, PaymentRefusal};
use casework::{Key, Refusal};
use values::Fen;

pub(crate) async fn act(desk: &mut Desk<'_>, act: &PaymentAct) -> Result<Outcome, Stop> {
    match act {
        PaymentAct::Pay { batch, call, entry } => pay(desk, batch, call, entry).await,
    }
}

async fn pay(desk: &mut Desk<'_>, id: &BatchId, call: &CallId, entry: &EntryId) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.subject = id.to_string();
    desk.must_be_new::<Batch>(id.as_str()).await?;
    let call: Call = desk.must_get(call.as_str()).await?;
    let mut cases: Vec<Case> = desk.work.find("call_id", &Key::from(call.id.as_str())).await?;
    cases.retain(|case| case.stage == Stage::Committed);
    let mut stopped = Vec::new();
    for case in &cases {
        if desk.payments_stopped(case).await? {
            stopped.push(case.id.clone());
        }
    }
    cases.retain(|case| !stopped.contains(&case.id));
    if cases.is_empty() {
        return Err(PaymentRefusal::Empty.into());
    }
    let mut batch = Batch { id: id.clone(), call: call.id.clone(), lines: Vec::new() };
    let mut sum = Fen(0);
    for (number, case) in (1..).zip(&mut cases) {
        let organisation: Organisation = desk.must_peek(case.organisation.as_str()).await?;
        let account = organisation.account.ok_or_else(|| PaymentRefusal::NoAccount { case: case.id.clone() })?;
        let determination = desk.determination(case).await?;
        let mut rest = determination.clone();
        for award in &mut rest.awards {
            // What was set off against a clawback is paid already.
            let paid = desk.paid_of(&call, &case.id, &award.clause, &determination).await?;
            award.amount = Fen(award.amount.0.saturating_sub(paid.0).max(0));
        }
        let determination = rest;
        for award in determination.awards.iter().filter(|award| award.amount > Fen(0)) {
            sum = sum.checked_add(award.amount).map_err(|_| Refusal::Input("the sum is too large".into()))?;
            batch.lines.push(Line { case: case.id.clone(), clause: award.clause.clone(), amount: award.amount, account: account.clone() });
        }
        let id = EntryId::parse(&format!("{entry}:{number}")).map_err(|why| Refusal::Input(why.to_string()))?;
        desk.move_awards(&call, case, &determination, &id, Move::Pay, id.as_str()).await?;
        case.stage = Stage::Paying;
        desk.work.save(&*case).await?;
    }
    desk.work.save(&batch).await?;
    Ok(Outcome::Sum(sum))
}
