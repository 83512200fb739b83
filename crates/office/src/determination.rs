//! Determinations: what a case is given is frozen with all it rests on, looked at beside the applicant's other awards while
//! nobody else determines for the same applicant. How one is amended stands in `determination/amend.rs`.

mod amend;

use crate::assess::{Assessed, Loaded};
use crate::call::one_by_one;
use crate::desk::Desk;
use crate::holding::{About, numbered, pools_of, summed, too_large};
use crate::{Outcome, Stop};
use casework::call::Call;
use casework::case::{Case, CaseRefusal, Claim};
use casework::determination::{Award, Determination, DeterminationAct, DeterminationRefusal};
use casework::id::{BookId, DeterminationId, EntryId};
use casework::ledger::Account;
use casework::organisation::Organisation;
use casework::payment::{Due, DueState};
use casework::refusal::Named;
use casework::{Key, Refusal};
use values::Fen;

pub(crate) async fn act(desk: &mut Desk<'_>, act: &DeterminationAct) -> Result<Outcome, Stop> {
    match act {
        DeterminationAct::Amend { motion, case, determination, entry, application, amounts, reason } => {
            let amendment = amend::Amendment { case, determination, entry, application: application.as_ref(), amounts, reason };
            amend::propose(desk, motion, &amendment, act).await
        }
        DeterminationAct::ConfirmAmendment { case, motion } => amend::confirm(desk, case, motion).await,
    }
}

/// What is written beside an award that is less than was set, or than the rules give.
fn reason_of(claim: &Claim, amount: Fen) -> Option<String> {
    let (set, wanted) = (claim.set.unwrap_or_default(), claim.wanted().unwrap_or_default());
    let cuts = [(wanted < set).then_some("名次"), (amount < wanted).then_some("资金分配")];
    let reasons: Vec<&str> = claim.reason.as_deref().into_iter().chain(cuts.into_iter().flatten()).collect();
    if reasons.is_empty() { None } else { Some(reasons.join("；")) }
}

/// Refuses an amount that is more than the rules leave beside other awards.
fn within(assessed: &Assessed, loaded: &Loaded, clause: &str, amount: Fen) -> Result<Fen, CaseRefusal> {
    let left = assessed.of(&loaded.scheme, clause).unwrap_or_default();
    if amount > left { Err(CaseRefusal::Group { clause: clause.to_owned(), set: amount, left }) } else { Ok(left) }
}

impl Desk<'_> {
    /// 审定: freezes what the case is given and reserves what is not reserved yet.
    pub(crate) async fn determine(&mut self, call: &Call, case: &mut Case, id: &DeterminationId, entry: &EntryId) -> Result<Outcome, Stop> {
        self.must_be_new::<Determination>(id.as_str()).await?;
        // Held until the end: two determinations for one applicant see each other.
        self.must_get::<Organisation>(case.organisation.as_str()).await?;
        self.lock_recognitions([&case.organisation]).await?;
        let loaded = self.loaded(&call.version).await?;
        let assessed = self.assess(&loaded, call, case, &case.application).await?;
        let mut awards = Vec::new();
        let mut taken = Vec::new();
        for claim in &case.claims {
            let ranked = loaded.scheme.clauses.iter().any(|clause| clause.id == claim.clause && clause.rank.is_some());
            if ranked && claim.placed.is_none() && claim.amount() > Fen(0) {
                return Err(CaseRefusal::Ranked { clause: claim.clause.clone() }.into());
            }
            let (amount, last) = self.amount_of(call, case, &loaded, claim, &mut taken).await?;
            let left = within(&assessed, &loaded, &claim.clause, amount)?;
            let reason = if last { Some("资金额度不足，末位部分".to_owned()) } else { reason_of(claim, amount) };
            awards.push(Award { clause: claim.clause.clone(), assessed: left, amount, reason });
        }
        let mut frozen = self.frozen(call, case, (id, &loaded, assessed), awards, None);
        frozen.guide = self.guide_used(call).await?;
        self.work.save(&frozen).await?;
        case.approved(&self.sitting(call));
        case.determination = Some(id.clone());
        self.work.save(&*case).await?;
        let amounts: Vec<(String, Fen)> = frozen.awards.iter().map(|award| (award.clause.clone(), award.amount)).collect();
        self.draw_on_recognitions(call, case, &amounts, entry).await?;
        self.reserve_awards(call, case, &frozen, entry, "审定").await?;
        summed(frozen.awards.iter().map(|award| award.amount))
    }

    /// What a claim is given: what was shared; or what was set, where its pools serve one by one and the last may get a part.
    /// True: it is that last part.
    /// `taken` is what the claims before took of such pools.
    async fn amount_of(&mut self, call: &Call, case: &Case, loaded: &Loaded, claim: &Claim, taken: &mut Vec<(BookId, Fen)>) -> Result<(Fen, bool), Stop> {
        let call = &*call.paying(&case.id, &claim.clause);
        let pools = pools_of(&loaded.scheme, call, &claim.clause);
        let shared_among_all = pools.iter().any(|(pool, _)| !one_by_one(pool));
        if shared_among_all && claim.shared.is_none() {
            return Err(CaseRefusal::NotShared.into());
        }
        let amount = claim.amount();
        let part = pools.iter().find(|(pool, _)| pool.last_in_part).filter(|_| !shared_among_all);
        let Some((_, book)) = part else { return Ok((amount, false)) };
        self.lock_books(call).await?;
        let held = self.work.book(book).await?.map_or(Fen(0), |book| book.balance(Account::Available));
        // What an approved plan keeps for this case, or was reserved when it was carried over, is there for it beside what is free.
        let own = self.own_money(call, case, &claim.clause, book).await?;
        let held = Fen(held.0.saturating_add(own.0));
        let available = taken.iter().filter(|(of, _)| of == book).fold(held, |left, (_, amount)| Fen(left.0.saturating_sub(amount.0)));
        let last = Fen(0) < available && available < amount;
        let amount = if last { available } else { amount };
        taken.push((book.clone(), amount));
        Ok((amount, last))
    }

    /// The official act over a case, with all it rests on.
    pub(crate) fn frozen(
        &self,
        call: &Call,
        case: &Case,
        (id, loaded, assessed): (&DeterminationId, &Loaded, Assessed),
        awards: Vec<Award>,
        supersedes: Option<DeterminationId>,
    ) -> Determination {
        Determination {
            id: id.clone(),
            case: case.id.clone(),
            organisation: case.organisation.clone(),
            year: call.year,
            version: call.version.clone(),
            guide: None,
            scheme_hash: loaded.scheme.hash.clone(),
            application: assessed.line,
            assessment: assessed.result,
            evidence: case.evidence.iter().map(|evidence| evidence.digest).collect(),
            awards,
            by: self.context.user.clone(),
            at: self.context.now,
            supersedes,
        }
    }

    /// The determination in force of a case.
    pub(crate) async fn determination(&mut self, case: &Case) -> Result<Determination, Stop> {
        let id = case.determination.as_ref().ok_or_else(|| Refusal::Unknown { what: "determination", id: case.id.to_string() })?;
        self.must_peek(id.as_str()).await
    }

    /// Brings what is reserved for each award to what of it is not due yet.
    pub(crate) async fn reserve_awards(&mut self, call: &Call, case: &Case, determination: &Determination, entry: &EntryId, reason: &str) -> Result<(), Stop> {
        self.lock_books(call).await?;
        let dues: Vec<Due> = self.work.list("case_id", &Key::from(case.id.as_str())).await?;
        let mut targets = Vec::new();
        for award in &determination.awards {
            targets.push((award.clause.clone(), not_due(&dues, &award.clause, award.amount)?));
        }
        self.must_hold_all(call, &case.id, &targets).await?;
        for (number, (clause, target)) in (1..).zip(&targets) {
            let about = About { case: &case.id, clause, determination: Some(&determination.id), reason };
            self.reserve_to(call, &about, *target, &numbered(entry, number)?).await?;
        }
        Ok(())
    }
}

/// What a determination gives less than the one before, by clause.
pub(crate) fn less(before: &Determination, after: &Determination) -> Vec<(String, Fen)> {
    let difference = |award: &Award| award.amount.checked_sub(after.amount(&award.clause)).unwrap_or_default();
    before.awards.iter().map(|award| (award.clause.clone(), difference(award))).filter(|(_, amount)| *amount > Fen(0)).collect()
}

/// What of an award has become due already.
pub(crate) fn already_due(dues: &[Due], clause: &str) -> Fen {
    let of = dues.iter().filter(|due| due.clause == clause && due.state != DueState::Void);
    of.fold(Fen(0), |sum, due| Fen(sum.0.saturating_add(due.amount.0)))
}

/// What of an award has not become due yet. Errors: more than all of it has.
pub(crate) fn not_due(dues: &[Due], clause: &str, amount: Fen) -> Result<Fen, Refusal> {
    let waits = amount.checked_sub(already_due(dues, clause)).map_err(too_large)?;
    if waits < Fen(0) { Err(DeterminationRefusal::Paid { state: Named::DUE }.into()) } else { Ok(waits) }
}
