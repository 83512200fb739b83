//! Cases: started, handed in, accepted, reviewed, determined.

use crate::call::share::shared_among_all;
use crate::desk::Desk;
use crate::{Outcome, Stop};
use casework::Key;
use casework::call::{Call, CallStage, StepKind};
use casework::case::{Amount, Case, CaseAct, CaseRefusal, Claim, Evidence, Stage};
use casework::id::{CallId, CaseId, DeterminationId, EntryId, OrganisationId};
use casework::organisation::Organisation;
use casework::payment::Due;
use casework::performance::Performance;
use serde_json::Value;

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
        CaseAct::Archive { case } => archive(desk, case).await,
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
    let loaded = desk.loaded(&call.version).await?;
    let assessed = desk.assess(&loaded, &case, &case.application).await?;
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
    // The call first: what it shares is what was set before, and nothing is set after.
    let of: Case = desk.must_peek(id.as_str()).await?;
    desk.work.get::<Call>(of.call.as_str()).await?;
    let (call, mut case) = desk.case(id).await?;
    case.at(&[Stage::Review(StepKind::Summary)])?;
    if call.stage == CallStage::Shared {
        let loaded = desk.loaded(&call.version).await?;
        if case.claims.iter().any(|claim| shared_among_all(&loaded.scheme, &call, &claim.clause)) {
            return Err(CaseRefusal::Shared.into());
        }
    }
    case.by(desk.act, &desk.context.user, desk.context.now, &["case.accept", "case.screen"])?;
    case.set_amounts(amounts)?;
    case.stage = call.next_step(Some(StepKind::Summary)).map_or(case.stage, Stage::Review);
    desk.work.save(&case).await?;
    Ok(Outcome::Done)
}

/// 审定. Facts, scheme, trace and amounts are frozen; what is not reserved yet is reserved.
async fn approve(desk: &mut Desk<'_>, id: &CaseId, determination: &DeterminationId, entry: &EntryId) -> Result<Outcome, Stop> {
    let (call, mut case) = desk.case(id).await?;
    case.at(&[Stage::Review(StepKind::Approval)])?;
    case.by(desk.act, &desk.context.user, desk.context.now, &["case.accept", "case.screen", "case.summarise"])?;
    desk.determine(&call, &mut case, determination, entry).await
}

/// 归档: paid, or ended without; nothing is awaited of it any more.
async fn archive(desk: &mut Desk<'_>, id: &CaseId) -> Result<Outcome, Stop> {
    let (_, mut case) = desk.case(id).await?;
    case.at(&[Stage::Paid, Stage::Withdrawn, Stage::Declined, Stage::Refused, Stage::Terminated])?;
    let dues: Vec<Due> = desk.work.find("case_id", &Key::from(id.as_str())).await?;
    let reports: Vec<Performance> = desk.work.list("case_id", &Key::from(id.as_str())).await?;
    let open = dues.iter().filter(|due| !due.over()).count() + reports.iter().filter(|report| !report.accepted()).count();
    if open > 0 {
        return Err(CaseRefusal::NotOver { open }.into());
    }
    case.stage = Stage::Archived;
    desk.work.save(&case).await?;
    Ok(Outcome::Done)
}
