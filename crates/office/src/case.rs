//! Cases: started, handed in, accepted, reviewed, determined. What an act means is decided in `casework`; most acts need no
//! more than the case and its call. Which acts those are, stands in `case/review.rs`.

mod review;

use crate::call::share::shared_among_all;
use crate::desk::{Desk, unknown};
use crate::{Outcome, Stop};
use casework::Key;
use casework::call::{Call, CallStage};
use casework::case::{Amount, Case, CaseAct, CaseRefusal, Declared, Evidence, Review, Sitting, Stage, claims, named_as_registered, papers, usable};
use casework::determination::{Award, Determination};
use casework::id::{CallId, CaseId, DeterminationId, EntryId, OrganisationId};
use casework::organisation::Organisation;
use casework::payment::Due;
use casework::performance::Performance;
use serde_json::Value;
use values::Fen;

pub(crate) async fn act(desk: &mut Desk<'_>, act: &CaseAct) -> Result<Outcome, Stop> {
    match act {
        CaseAct::Start { case, call, organisation, clauses, application, evidence } => {
            start(desk, case, call, organisation, clauses, application, evidence).await
        }
        CaseAct::Fill { case, clauses, application, evidence } => fill(desk, case, clauses, application, evidence).await,
        CaseAct::Attach { case, evidence } => attach(desk, case, evidence).await,
        CaseAct::Submit { case, declaration } => submit(desk, case, declaration.as_ref()).await,
        CaseAct::AnswerCorrection { case, application, evidence } => answer_correction(desk, case, application, evidence).await,
        CaseAct::Summarise { case, amounts } => summarise(desk, case, amounts).await,
        CaseAct::Approve { case, determination, entry } => approve(desk, case, determination, entry).await,
        CaseAct::Archive { case } => archive(desk, case).await,
        CaseAct::Refuse { case, determination, reason, remedies } => refuse(desk, case, determination, reason, remedies).await,
        other => review::act(desk, other).await,
    }
}

impl Desk<'_> {
    /// A case and its call, after asking whether the person may do this to it, and is not linked to the applicant.
    pub(crate) async fn case(&mut self, id: &CaseId) -> Result<(Call, Case), Stop> {
        let case: Case = self.must_get(id.as_str()).await?;
        let call: Call = self.must_peek(case.call.as_str()).await?;
        self.allow_case(&call, &case)?;
        self.is_about::<Case>(id);
        if self.must_keep_away(&case.organisation).await? {
            return Err(CaseRefusal::Recused.into());
        }
        Ok((call, case))
    }

    /// Does to a case what needs no more than itself and its call.
    async fn decide(&mut self, id: &CaseId, decide: impl FnOnce(&mut Case, &Sitting<'_>) -> Result<(), CaseRefusal>) -> Result<Outcome, Stop> {
        let (call, mut case) = self.case(id).await?;
        decide(&mut case, &self.sitting(&call))?;
        self.work.save(&case).await?;
        Ok(Outcome::Done)
    }

    /// Whether an application names the credit code under which its organisation is registered. One that names none is of the
    /// organisation that hands it in. Errors: [`CaseRefusal::Facts`], with place and fix.
    pub(crate) async fn is_of_the_register(&mut self, organisation: &OrganisationId, application: &Value) -> Result<(), Stop> {
        let registered: Organisation = self.must_peek(organisation.as_str()).await?;
        Ok(named_as_registered(application, &registered)?)
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
    let mut case = Case {
        id: id.clone(),
        call: call.id.clone(),
        organisation: organisation.clone(),
        stage: Stage::Draft,
        application: application.clone(),
        evidence: evidence.to_vec(),
        claims: Vec::new(),
        review: Review::default(),
        determination: None,
        notice: None,
        submitted: None,
        declaration: None,
        hands: Vec::new(),
    };
    desk.allow_case(&call, &case)?;
    // A call that is still being prepared is nobody's outside the office.
    if call.stage == CallStage::Draft {
        return Err(unknown::<Call>(call.id.as_str()).into());
    }
    desk.is_about::<Case>(id);
    desk.must_be_new::<Case>(id.as_str()).await?;
    desk.must_peek::<Organisation>(organisation.as_str()).await?;
    desk.not_barred(organisation).await?;
    let loaded = desk.loaded(&call.version).await?;
    case.claims = claims(&call, clauses)?;
    case.application = usable(&loaded.scheme, &call, application)?;
    case.evidence = papers(&loaded.scheme, evidence)?;
    desk.work.save(&case).await?;
    Ok(Outcome::Done)
}

async fn fill(desk: &mut Desk<'_>, id: &CaseId, clauses: &[String], application: &Value, evidence: &[Evidence]) -> Result<Outcome, Stop> {
    let (call, mut case) = desk.case(id).await?;
    let loaded = desk.loaded(&call.version).await?;
    case.fill(&desk.sitting(&call), &loaded.scheme, clauses, application, evidence)?;
    desk.work.save(&case).await?;
    Ok(Outcome::Done)
}

async fn attach(desk: &mut Desk<'_>, id: &CaseId, evidence: &Evidence) -> Result<Outcome, Stop> {
    let (call, mut case) = desk.case(id).await?;
    let loaded = desk.loaded(&call.version).await?;
    case.attach(&desk.sitting(&call), &loaded.scheme, evidence)?;
    desk.work.save(&case).await?;
    Ok(Outcome::Done)
}

async fn submit(desk: &mut Desk<'_>, id: &CaseId, declared: Option<&Declared>) -> Result<Outcome, Stop> {
    let (call, mut case) = desk.case(id).await?;
    case.may(desk.act)?;
    desk.is_of_the_register(&case.organisation, &case.application).await?;
    desk.may_apply(&call, &case).await?;
    let assessed = desk.most(&call, &case, &case.application).await?;
    case.submit(&desk.sitting(&call), &assessed, declared)?;
    desk.work.save(&case).await?;
    Ok(Outcome::Done)
}

async fn answer_correction(desk: &mut Desk<'_>, id: &CaseId, application: &Value, evidence: &[Evidence]) -> Result<Outcome, Stop> {
    let (call, mut case) = desk.case(id).await?;
    case.may(desk.act)?;
    let loaded = desk.loaded(&call.version).await?;
    let application = usable(&loaded.scheme, &call, application)?;
    desk.is_of_the_register(&case.organisation, &application).await?;
    let evidence = papers(&loaded.scheme, evidence)?;
    let assessed = desk.most(&call, &case, &application).await?;
    case.answer_correction(&desk.sitting(&call), &application, &evidence, &assessed)?;
    desk.work.save(&case).await?;
    Ok(Outcome::Done)
}

/// 审定. Facts, scheme, trace and amounts are frozen; what is not reserved yet is reserved.
async fn approve(desk: &mut Desk<'_>, id: &CaseId, determination: &DeterminationId, entry: &EntryId) -> Result<Outcome, Stop> {
    let (call, mut case) = desk.case(id).await?;
    case.approvable(&desk.sitting(&call))?;
    desk.may_determine(&call, &case).await?;
    desk.determine(&call, &mut case, determination, entry).await
}

/// 牵头汇总、核定. The call is locked first: what it shares is what was set before, and nothing is set after.
async fn summarise(desk: &mut Desk<'_>, id: &CaseId, amounts: &[Amount]) -> Result<Outcome, Stop> {
    let of: Case = desk.must_peek(id.as_str()).await?;
    desk.work.get::<Call>(of.call.as_str()).await?;
    let (call, mut case) = desk.case(id).await?;
    case.may(desk.act)?;
    if call.stage == CallStage::Shared {
        let loaded = desk.loaded(&call.version).await?;
        if case.claims.iter().any(|claim| shared_among_all(&loaded.scheme, &call, &claim.clause)) {
            return Err(CaseRefusal::Shared.into());
        }
    }
    case.summarise(&desk.sitting(&call), amounts)?;
    desk.work.save(&case).await?;
    Ok(Outcome::Done)
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

/// 不予支持: a determination of nothing. What it rested on is frozen as with an award; no money moves.
async fn refuse(desk: &mut Desk<'_>, id: &CaseId, determination: &DeterminationId, reason: &str, remedies: &str) -> Result<Outcome, Stop> {
    let (call, mut case) = desk.case(id).await?;
    case.refuse(&desk.sitting(&call), determination, reason, remedies)?;
    desk.must_be_new::<Determination>(determination.as_str()).await?;
    let loaded = desk.loaded(&call.version).await?;
    let assessed = desk.assess(&loaded, &call, &case, &case.application).await?;
    let nothing = |clause: &String| Award {
        clause: clause.clone(),
        assessed: assessed.of(&loaded.scheme, clause).unwrap_or_default(),
        amount: Fen(0),
        reason: Some(reason.to_owned()),
    };
    let awards = case.claims.iter().map(|claim| nothing(&claim.clause)).collect();
    let mut frozen = desk.frozen(&call, &case, (determination, &loaded, assessed), awards, None);
    frozen.guide = desk.guide_used(&call).await?;
    desk.work.save(&frozen).await?;
    desk.work.save(&case).await?;
    Ok(Outcome::Sum(Fen(0)))
}
