//! Cases: started, handed in, accepted, reviewed, determined.

use crate::call::{one_by_one, pool_of};
use crate::desk::Desk;
use crate::{Outcome, Stop};
use casework::Refusal;
use casework::call::{Call, CallStage, StepKind};
use casework::case::{Amount, Case, CaseAct, CaseRefusal, Claim, Evidence, Stage};
use casework::determination::{Award, Determination};
use casework::id::{CallId, CaseId, DeterminationId, EntryId, OrganisationId};
use casework::ledger::{Entry, Move};
use casework::organisation::Organisation;
use serde_json::Value;
use values::Fen;

pub(crate) async fn act(desk: &mut Desk<'_>, act: &CaseAct) -> Result<Outcome, Stop> {
    match act {
        CaseAct::Start { case, call, organisation, clauses, application, evidence } => {
            start(desk, case, call, organisation, clauses, application, evidence).await
        }
        CaseAct::Submit { case } => submit(desk, case).await,
        CaseAct::Accept { case } => accept(desk, case).await,
        CaseAct::Screen { case } => screen(desk, case).await,
        CaseAct::Summarise { case, amounts } => summarise(desk, case, amounts).await,
        CaseAct::Approve { case, determination, entry } => approve(desk, case, determination, entry).await,
    }
}

impl Desk<'_> {
    /// A case and its call, after asking whether the person may do this to it, and is not linked to the applicant.
    pub(crate) async fn case(&mut self, id: &CaseId) -> Result<(Call, Case), Stop> {
        let case: Case = self.must_get(id.as_str()).await?;
        let call: Call = self.must_peek(case.call.as_str()).await?;
        self.allow_case(&call, &case)?;
        self.subject = id.to_string();
        if self.person().is_some_and(|person| person.links.contains(&case.organisation)) {
            return Err(CaseRefusal::Recused.into());
        }
        Ok((call, case))
    }
}

async fn start(
    desk: &mut Desk<'_>,
    id: &CaseId,
    call: &CallId,
    organisation: &OrganisationId,
    clauses: &[String],
    application: &Value,
    evidence: &[Evidence],
) -> Result<Outcome, Stop> {
    let call: Call = desk.must_peek(call.as_str()).await?;
    let claims = clauses.iter().map(|clause| Claim { clause: clause.clone(), assessed: None, set: None, reason: None, shared: None }).collect();
    let case = Case {
        id: id.clone(),
        call: call.id.clone(),
        organisation: organisation.clone(),
        stage: Stage::Draft,
        application: application.clone(),
        evidence: evidence.to_vec(),
        claims,
        review: casework::case::Review::default(),
        determination: None,
        notice: None,
        submitted: None,
        hands: Vec::new(),
    };
    desk.allow_case(&call, &case)?;
    desk.subject = id.to_string();
    desk.must_be_new::<Case>(id.as_str()).await?;
    desk.must_peek::<Organisation>(organisation.as_str()).await?;
    desk.not_barred(organisation).await?;
    if let Some(clause) = clauses.iter().enumerate().find(|(at, clause)| !call.clauses.contains(clause) || clauses.iter().take(*at).any(|c| c == *clause)) {
        return Err(CaseRefusal::Clauses { clause: clause.1.clone() }.into());
    }
    desk.work.save(&case).await?;
    Ok(Outcome::Done)
}

async fn submit(desk: &mut Desk<'_>, id: &CaseId) -> Result<Outcome, Stop> {
    let (call, mut case) = desk.case(id).await?;
    case.at(&[Stage::Draft])?;
    let today = desk.context.now.date();
    if call.stage != CallStage::Open || today < call.open.0 || today > call.open.1 {
        return Err(CaseRefusal::CallNotOpen.into());
    }
    desk.may_apply(&call, &case).await?;
    let loaded = desk.loaded(&call.version).await?;
    let assessed = desk.assess(&loaded, &case.organisation, &case.application).await?;
    for claim in &mut case.claims {
        claim.assessed = assessed.of(&loaded.scheme, &claim.clause);
    }
    case.submitted = Some(desk.context.now);
    case.stage = Stage::Submitted;
    desk.work.save(&case).await?;
    Ok(Outcome::Done)
}

async fn accept(desk: &mut Desk<'_>, id: &CaseId) -> Result<Outcome, Stop> {
    let (call, mut case) = desk.case(id).await?;
    case.at(&[Stage::Submitted])?;
    case.by(desk.act, &desk.context.user, desk.context.now, &[])?;
    case.stage = call.next_step(None).map_or(case.stage, Stage::Review);
    desk.work.save(&case).await?;
    Ok(Outcome::Done)
}

async fn screen(desk: &mut Desk<'_>, id: &CaseId) -> Result<Outcome, Stop> {
    let (call, mut case) = desk.case(id).await?;
    case.at(&[Stage::Review(StepKind::Screening)])?;
    case.by(desk.act, &desk.context.user, desk.context.now, &[])?;
    case.stage = call.next_step(Some(StepKind::Screening)).map_or(case.stage, Stage::Review);
    desk.work.save(&case).await?;
    Ok(Outcome::Done)
}

async fn summarise(desk: &mut Desk<'_>, id: &CaseId, amounts: &[Amount]) -> Result<Outcome, Stop> {
    let (call, mut case) = desk.case(id).await?;
    case.at(&[Stage::Review(StepKind::Summary)])?;
    case.by(desk.act, &desk.context.user, desk.context.now, &["case.accept", "case.screen"])?;
    case.set_amounts(amounts)?;
    case.stage = call.next_step(Some(StepKind::Summary)).map_or(case.stage, Stage::Review);
    desk.work.save(&case).await?;
    Ok(Outcome::Done)
}

/// 审定. Facts, scheme, trace and amounts are frozen; the money is reserved.
async fn approve(desk: &mut Desk<'_>, id: &CaseId, determination: &DeterminationId, entry: &EntryId) -> Result<Outcome, Stop> {
    let (call, mut case) = desk.case(id).await?;
    case.at(&[Stage::Review(StepKind::Approval)])?;
    case.by(desk.act, &desk.context.user, desk.context.now, &["case.accept", "case.screen", "case.summarise"])?;
    desk.must_be_new::<Determination>(determination.as_str()).await?;
    desk.may_determine(&call, &case).await?;
    let loaded = desk.loaded(&call.version).await?;
    let assessed = desk.assess(&loaded, &case.organisation, &case.application).await?;
    let mut awards = Vec::new();
    let mut total = Fen(0);
    for claim in &case.claims {
        let shared_among_all = pool_of(&loaded.scheme, &claim.clause).is_some_and(|pool| !one_by_one(pool));
        if shared_among_all && claim.shared.is_none() {
            return Err(CaseRefusal::NotShared.into());
        }
        let left = assessed.of(&loaded.scheme, &claim.clause).unwrap_or_default();
        let amount = claim.amount();
        if amount > left {
            return Err(CaseRefusal::Group { clause: claim.clause.clone(), set: amount, left }.into());
        }
        total = total.checked_add(amount).map_err(|_| Refusal::Input("the sum is too large".into()))?;
        awards.push(Award { clause: claim.clause.clone(), assessed: left, amount, reason: claim.reason.clone() });
    }
    let frozen = Determination {
        id: determination.clone(),
        case: id.clone(),
        organisation: case.organisation.clone(),
        year: call.year,
        version: call.version.clone(),
        guide: desk.guide_used(&call).await?,
        scheme_hash: loaded.scheme.hash.clone(),
        application: assessed.line,
        assessment: assessed.result,
        evidence: case.evidence.iter().map(|evidence| evidence.digest).collect(),
        awards,
        by: desk.context.user.clone(),
        at: desk.context.now,
        supersedes: None,
    };
    desk.work.save(&frozen).await?;
    case.stage = Stage::Approved;
    case.determination = Some(determination.clone());
    desk.work.save(&case).await?;
    desk.draw_on_recognitions(&call, &case, &frozen, entry).await?;
    desk.move_awards(&call, &case, &frozen, entry, Move::Reserve, "审定").await?;
    Ok(Outcome::Sum(total))
}

impl Desk<'_> {
    /// Posts the same move for each award of a determination, under the id of the first with the number of the award.
    pub(crate) async fn move_awards(
        &mut self,
        call: &Call,
        case: &Case,
        determination: &Determination,
        entry: &EntryId,
        kind: Move,
        reason: &str,
    ) -> Result<(), Stop> {
        let loaded = self.loaded(&call.version).await?;
        for (number, award) in (1..).zip(&determination.awards).filter(|(_, award)| award.amount > Fen(0)) {
            let id = EntryId::parse(&format!("{entry}:{number}")).map_err(|why| Refusal::Input(why.to_string()))?;
            let pool = pool_of(&loaded.scheme, &award.clause).and_then(|pool| call.pool_book(&pool.name)).cloned();
            let posted = Entry {
                id,
                at: self.context.now,
                kind,
                amount: award.amount,
                fund: call.fund.clone(),
                pool,
                case: Some(case.id.clone()),
                clause: Some(award.clause.clone()),
                determination: Some(determination.id.clone()),
                reason: reason.to_owned(),
            };
            self.post(&posted).await?;
        }
        Ok(())
    }
}
