//! Recognitions: issued by a unit, revoked, released; and drawn on when a case is determined.

use crate::desk::Desk;
use crate::{Outcome, Stop};
use casework::authority::Standing;
use casework::call::Call;
use casework::case::Case;
use casework::id::{BookId, EntryId, OrganisationId, RecognitionId, UnitId};
use casework::ledger::{BookKind, Entry, Move};
use casework::organisation::Organisation;
use casework::people::Unit;
use casework::recognition::{Promise, Recognition, RecognitionAct, RecognitionRefusal, Revocation};
use casework::refusal::Named;
use casework::{Key, Refusal};
use policy::scheme::Scheme;
use std::collections::{BTreeMap, BTreeSet};
use values::Fen;

pub(crate) async fn act(desk: &mut Desk<'_>, act: &RecognitionAct) -> Result<Outcome, Stop> {
    match act {
        RecognitionAct::Issue { recognition, entry } => issue(desk, recognition, entry).await,
        RecognitionAct::Revoke { recognition, on, number, reason, entry } => {
            let revocation = Revocation { on: *on, number: number.clone(), reason: reason.clone() };
            revoke(desk, recognition, revocation, entry).await
        }
        RecognitionAct::Release { recognition, entry } => release(desk, recognition, entry).await,
    }
}

/// What is kept, by organisation and clause.
pub(crate) type Kept = BTreeMap<(OrganisationId, String), Fen>;

/// Takes from what is kept as much of a claim as there is.
pub(crate) fn served(kept: &mut Kept, case: &Case, clause: &str, claim: Fen) -> Fen {
    let Some(left) = kept.get_mut(&(case.organisation.clone(), clause.to_owned())) else { return Fen(0) };
    let own = (*left).min(claim).max(Fen(0));
    *left = Fen(left.0.saturating_sub(own.0));
    own
}

impl Desk<'_> {
    /// Asks for a recognition: the unit that issues it stands to it as the unit in charge.
    async fn allow_recognition(&mut self, issuer: &UnitId, organisation: &OrganisationId) -> Result<(), Stop> {
        let own = self.person().and_then(|person| person.unit.as_ref()) == Some(issuer);
        self.allow(if own { Standing::Lead } else { Standing::Foreign })?;
        if self.must_keep_away(organisation).await? {
            return Err(RecognitionRefusal::Recused.into());
        }
        Ok(())
    }

    /// Money that approved plans keep for the awards of a case is freed for it; what the case then reserves is that money.
    pub(crate) async fn draw_on_recognitions(&mut self, call: &Call, case: &Case, amounts: &[(String, Fen)], entry: &EntryId) -> Result<(), Stop> {
        let all: Vec<Recognition> = self.work.list("organisation_id", &Key::from(case.organisation.as_str())).await?;
        let mut number = 0;
        for (clause, amount) in amounts {
            // An award draws once what it is, whatever several recognitions keep and whatever it drew before.
            let about = |recognition: &&Recognition| recognition.promise.as_ref().is_some_and(|promise| promise.clause == *clause);
            let before = all.iter().filter(about).flat_map(|recognition| &recognition.drawn).filter(|(drawn, _)| *drawn == case.id);
            let before = before.fold(0_i64, |sum, (_, fen)| sum.saturating_add(fen.0));
            let mut rest = Fen(amount.0.saturating_sub(before));
            for seen in all.iter().filter(about).filter(|recognition| recognition.kept > Fen(0)) {
                if rest <= Fen(0) {
                    break;
                }
                let mut recognition: Recognition = self.must_get(seen.id.as_str()).await?;
                let taken = recognition.draw(&case.id, clause, &call.paying(&case.id, clause).fund, rest);
                rest = Fen(rest.0.saturating_sub(taken.0));
                if taken > Fen(0) {
                    number += 1;
                    let id = EntryId::parse(&format!("{entry}:r{number}")).map_err(|why| Refusal::Input(why.to_string()))?;
                    self.work.save(&recognition).await?;
                    self.free(&recognition, id, taken).await?;
                }
            }
        }
        Ok(())
    }

    /// Locks the recognitions of these organisations. Before any book, as everywhere: who revokes one has it before its books.
    pub(crate) async fn lock_recognitions(&mut self, organisations: impl IntoIterator<Item = &OrganisationId>) -> Result<(), Stop> {
        let organisations: BTreeSet<&OrganisationId> = organisations.into_iter().collect();
        for organisation in organisations {
            self.work.find::<Recognition>("organisation_id", &Key::from(organisation.as_str())).await?;
        }
        Ok(())
    }

    /// What approved plans keep for the cases of a call under the clauses of a pool, by organisation and clause: it is theirs
    /// before the pool is shared.
    pub(crate) async fn kept_promises(&mut self, call: &Call, book: &BookId, cases: &[Case]) -> Result<Kept, Stop> {
        let mut out = Kept::new();
        let organisations: BTreeSet<&OrganisationId> = cases.iter().map(|case| &case.organisation).collect();
        for organisation in organisations {
            let all: Vec<Recognition> = self.work.list("organisation_id", &Key::from(organisation.as_str())).await?;
            for recognition in all.iter().filter(|recognition| recognition.kept > Fen(0)) {
                let promise = recognition.promise.as_ref().filter(|promise| promise.fund == call.fund && promise.pool.as_ref() == Some(book));
                if let Some(promise) = promise {
                    let kept = out.entry((organisation.clone(), promise.clause.clone())).or_default();
                    *kept = Fen(kept.0.saturating_add(recognition.kept.0));
                }
            }
        }
        Ok(out)
    }

    async fn free(&mut self, recognition: &Recognition, id: EntryId, amount: Fen) -> Result<(), Stop> {
        if let Some(promise) = recognition.promise.as_ref().filter(|_| amount > Fen(0)) {
            let entry = posted(self, recognition, promise, id, amount, Move::Release);
            self.post(&entry).await?;
        }
        Ok(())
    }
}

fn posted(desk: &Desk<'_>, recognition: &Recognition, promise: &Promise, id: EntryId, amount: Fen, kind: Move) -> Entry {
    Entry {
        id,
        at: desk.context.now,
        kind,
        amount,
        fund: promise.fund.clone(),
        pool: promise.pool.clone(),
        case: None,
        clause: Some(promise.clause.clone()),
        determination: None,
        reason: recognition.number.clone(),
    }
}

async fn issue(desk: &mut Desk<'_>, recognition: &Recognition, entry: &EntryId) -> Result<Outcome, Stop> {
    desk.allow_recognition(&recognition.issuer, &recognition.organisation).await?;
    desk.is_about::<Recognition>(&recognition.id);
    desk.must_be_new::<Recognition>(recognition.id.as_str()).await?;
    desk.must_peek::<Unit>(recognition.issuer.as_str()).await?;
    desk.must_peek::<Organisation>(recognition.organisation.as_str()).await?;
    recognition.check(desk.context.now.date())?;
    let loaded = desk.loaded(&recognition.policy).await?;
    if loaded.scheme.fact_named(&recognition.fact).is_none() {
        return Err(RecognitionRefusal::Unknown { name: recognition.fact.clone() }.into());
    }
    if let Some(promise) = &recognition.promise {
        may_promise(desk, recognition, promise, &loaded.scheme).await?;
    }
    let kept = recognition.promise.as_ref().map_or(Fen(0), |promise| promise.amount);
    let issued = Some((desk.context.user.clone(), desk.context.now));
    let recognition = Recognition { kept, drawn: Vec::new(), revoked: None, issued, ..recognition.clone() };
    desk.work.save(&recognition).await?;
    if let Some(promise) = &recognition.promise {
        let entry = posted(desk, &recognition, promise, entry.clone(), promise.amount, Move::Reserve);
        desk.post(&entry).await?;
    }
    Ok(Outcome::Sum(kept))
}

/// Whether a unit may tie up this money: that of a clause of its own policy, in a budget and the pool of that clause and year.
async fn may_promise(desk: &mut Desk<'_>, recognition: &Recognition, promise: &Promise, scheme: &Scheme) -> Result<(), Stop> {
    let clause = scheme.clause_named(&promise.clause).ok_or_else(|| RecognitionRefusal::Unknown { name: promise.clause.clone() })?;
    let lead = desk.life(&recognition.policy).await?.lead;
    if lead != recognition.issuer {
        return Err(RecognitionRefusal::NotInCharge { unit: lead }.into());
    }
    // What the clause draws on keeps it as well: a promise beyond the pool is none.
    let names: Vec<String> = scheme.pools.iter().filter(|pool| pool.members.contains(&clause)).map(|p| format!("{}/{}", scheme.policy.id, p.name)).collect();
    if names.is_empty() == promise.pool.is_some() {
        return Err(Refusal::Input("a promise is kept in the pool of its clause".into()).into());
    }
    // Fund before pool, as all acts lock them.
    let fund = desk.work.book(&promise.fund).await?.ok_or_else(|| Refusal::Unknown { what: "book", id: promise.fund.to_string() })?;
    if fund.kind != BookKind::Fund {
        return Err(RecognitionRefusal::Book { book: promise.fund.clone(), wanted: Named::BUDGET }.into());
    }
    if let Some(id) = &promise.pool {
        let pool = desk.work.book(id).await?.ok_or_else(|| Refusal::Unknown { what: "book", id: id.to_string() })?;
        if pool.kind != BookKind::Pool || !names.contains(&pool.name) || pool.year != fund.year {
            return Err(RecognitionRefusal::Book { book: id.clone(), wanted: Named::POOL_OF_CLAUSE }.into());
        }
    }
    Ok(())
}

async fn revoke(desk: &mut Desk<'_>, id: &RecognitionId, revocation: Revocation, entry: &EntryId) -> Result<Outcome, Stop> {
    let mut recognition: Recognition = desk.must_get(id.as_str()).await?;
    desk.allow_recognition(&recognition.issuer, &recognition.organisation).await?;
    desk.is_about::<Recognition>(id);
    let freed = recognition.revoke(revocation)?;
    desk.work.save(&recognition).await?;
    desk.free(&recognition, entry.clone(), freed).await?;
    Ok(Outcome::Sum(freed))
}

async fn release(desk: &mut Desk<'_>, id: &RecognitionId, entry: &EntryId) -> Result<Outcome, Stop> {
    let mut recognition: Recognition = desk.must_get(id.as_str()).await?;
    desk.allow_recognition(&recognition.issuer, &recognition.organisation).await?;
    desk.is_about::<Recognition>(id);
    let freed = recognition.release(desk.context.now.date())?;
    desk.work.save(&recognition).await?;
    desk.free(&recognition, entry.clone(), freed).await?;
    Ok(Outcome::Sum(freed))
}
