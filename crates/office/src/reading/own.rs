//! What an enterprise reads of its own, typed and bounded: its cases as it is told of them, what is due, what it has to report,
//! papers written to it, clawbacks. What officers wrote among themselves stays out; what the register has stands in `own_file`.

use super::{Paper, Reading, collection};
use crate::Stop;
use casework::call::{Call, StepKind};
use casework::case::{Case, Claim, Declaration, Defect, EndKind, Evidence, Pause, Running, Shown, Stage, Standstill};
use casework::determination::Determination;
use casework::document::{Document, DocumentKind};
use casework::id::{BatchId, CallId, CaseId, DeterminationId, DocumentId, DueId, NoticeId, ObjectionId, OrganisationId, PolicyVersionId, RecoveryId, UnitId};
use casework::notice::{LeadReason, Notice, Objection, ObjectionState, Ruling};
use casework::organisation::Account;
use casework::payment::{Batch, Due, DueState, LineResult};
use casework::people::{Role, Unit};
use casework::performance::{Goal, Performance, PerformanceState, Report};
use casework::recovery::{Decision, Instalment, Proposal, Recovery, RecoveryStage, Statement};
use casework::term::Term;
use casework::{Key, Record, Refusal};
use policy::diagnostic::Text;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use values::{Clock, Date, Fen, Moment, WorkCalendar};

/// Most records of a kind that are read of one enterprise.
pub const OWN_MAX: usize = 200;

/// A call, as far as it was announced.
#[derive(Clone, Debug)]
pub struct OwnCall {
    /// Id.
    pub id: CallId,
    /// Title.
    pub title: String,
    /// The policy version it runs.
    pub version: PolicyVersionId,
    /// Award year.
    pub year: i32,
    /// First and last day for applications.
    pub open: (Date, Date),
    /// Whether it takes applications today.
    pub is_open: bool,
    /// Unit in charge.
    pub lead: UnitId,
    /// Its name.
    pub lead_name: String,
    /// The steps of the review, in their order.
    pub steps: Vec<StepKind>,
}

/// What is to be mended, and until when.
#[derive(Clone, Debug)]
pub struct AskedFor {
    /// All of it.
    pub defects: Vec<Defect>,
    /// When it was asked for.
    pub at: Moment,
    /// Last day.
    pub until: Option<Date>,
    /// When it was answered.
    pub answered: Option<Moment>,
}

/// How a case ended without an award, as its applicant is told in writing.
#[derive(Clone, Debug)]
pub struct Ended {
    /// How.
    pub kind: EndKind,
    /// When.
    pub at: Moment,
    /// Why; empty where no paper says so.
    pub reason: String,
    /// What may be done against it.
    pub remedies: Option<String>,
}

/// A day between the beginning and the end of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The day.
    pub date: Date,
    /// Which day of the period it is; none: it does not count, or it is the one the period begins with.
    pub number: Option<u32>,
}

/// A case as its enterprise sees it.
#[derive(Clone, Debug)]
pub struct OwnCase {
    /// Id.
    pub id: CaseId,
    /// Its call.
    pub call: OwnCall,
    /// How far it is, in the name the applicant is told.
    pub stage: &'static str,
    /// State, who has it, until when.
    pub shown: Shown,
    /// How that last day is counted.
    pub reckoned: Option<Text>,
    /// The same day by day, from the one it begins with; empty where the period stands still or is very long.
    pub days: Vec<Counted>,
    /// What it asks, without amounts that are not decided yet.
    pub claims: Vec<Claim>,
    /// The application.
    pub application: Value,
    /// Papers.
    pub evidence: Vec<Evidence>,
    /// When it was handed in.
    pub submitted: Option<Moment>,
    /// What was declared then.
    pub declaration: Option<Declaration>,
    /// When it was taken in.
    pub accepted: Option<Moment>,
    /// The correction that was asked for.
    pub asked: Option<AskedFor>,
    /// When the review rested: first day that did not count, first that counted again.
    pub rested: Vec<(Date, Option<Date>)>,
    /// How it ended without an award.
    pub end: Option<Ended>,
    /// Determination in force.
    pub determination: Option<DeterminationId>,
    /// Notice it stands in.
    pub notice: Option<NoticeId>,
    /// Whether it may be taken back.
    pub may_withdraw: bool,
}

/// An objection of the enterprise.
#[derive(Clone, Debug)]
pub struct OwnObjection {
    /// Id.
    pub id: ObjectionId,
    /// The notice.
    pub notice: NoticeId,
    /// Whose row it is about.
    pub about: String,
    /// The own case it is about; none: the row is another's.
    pub case: Option<CaseId>,
    /// What was said.
    pub grounds: String,
    /// When.
    pub at: Moment,
    /// Until when it is answered; none for a lead.
    pub term: Option<Term>,
    /// What became of it.
    pub answer: Answered,
}

/// What became of an objection.
#[derive(Clone, Debug)]
pub enum Answered {
    /// It was noted as a lead.
    AsLead(LeadReason),
    /// It is looked into.
    NotYet,
    /// It was decided.
    Decided {
        /// When.
        at: Moment,
        /// How.
        ruling: Ruling,
        /// What the objector is told.
        result: String,
    },
}

/// A payment of the enterprise.
#[derive(Clone, Debug)]
pub struct OwnDue {
    /// What is due.
    pub due: Due,
    /// Where to it was sent, once it was.
    pub account: Option<Account>,
    /// What the bank says.
    pub result: Option<LineResult>,
}

/// A report that the enterprise owes, or gave.
#[derive(Clone, Debug)]
pub struct OwnReport {
    /// The payment.
    pub due: DueId,
    /// The case.
    pub case: CaseId,
    /// Until when.
    pub term: Term,
    /// Goals.
    pub goals: Vec<Goal>,
    /// What was reported; the last counts.
    pub reports: Vec<Report>,
    /// How far it is.
    pub state: &'static str,
    /// Whether it waits for the enterprise.
    pub is_awaited: bool,
}

/// A paper written to the enterprise.
#[derive(Clone, Debug)]
pub struct Served {
    /// Id.
    pub id: DocumentId,
    /// Kind.
    pub kind: DocumentKind,
    /// What it is about: a case or a clawback.
    pub about: String,
    /// The number at its head.
    pub number: String,
    /// When it was issued.
    pub at: Moment,
    /// Why it does not hold any more.
    pub void: Option<String>,
}

/// A clawback, from its notice on.
#[derive(Clone, Debug)]
pub struct OwnRecovery {
    /// Id.
    pub id: RecoveryId,
    /// The case.
    pub case: CaseId,
    /// How far it has come.
    pub stage: RecoveryStage,
    /// What is proposed.
    pub proposal: Proposal,
    /// Time for a statement.
    pub hearing: Option<Term>,
    /// What was stated.
    pub statements: Vec<Statement>,
    /// The decision.
    pub decision: Option<Decision>,
    /// Last day to pay.
    pub until: Option<Date>,
    /// Payments that were agreed.
    pub plan: Vec<Instalment>,
    /// What came back.
    pub collected: Fen,
}

impl Reading<'_> {
    /// The enterprise of whoever reads. Errors: denied, where the reader reads for none.
    pub(super) fn own_id(&self) -> Result<OrganisationId, Stop> {
        let own = self.person.organisation.clone().filter(|_| self.role == Role::Applicant);
        own.ok_or_else(|| Refusal::Denied.into())
    }

    /// Records that have one of these values in a column; at most [`OWN_MAX`] times five.
    async fn with<R: Record>(&mut self, column: &'static str, values: Vec<Key>) -> Result<Vec<R>, Stop> {
        if values.is_empty() {
            return Ok(Vec::new());
        }
        let at_most = i64::try_from(OWN_MAX * 5).unwrap_or(i64::MAX);
        let kept = self.work.page(R::TABLE, &[(column, values)], "", at_most).await?;
        Ok(kept.iter().map(super::decoded).collect::<Result<_, _>>()?)
    }

    /// Records of the own enterprise.
    pub(super) async fn own<R: Record>(&mut self) -> Result<Vec<R>, Stop> {
        let own = self.own_id()?;
        self.with("organisation_id", vec![Key::from(own.as_str())]).await
    }

    /// A call as it was announced. Errors: there is none, which the checks of the log name.
    pub(super) async fn announced(&mut self, id: &CallId, today: Date) -> Result<OwnCall, Stop> {
        let call = self.call(id).await?.ok_or_else(|| crate::desk::unknown_in(Call::TABLE, id.as_str()))?;
        let unit: Option<Unit> = self.work.peek(call.lead.as_str()).await?;
        let is_open = call.stage == casework::call::CallStage::Open && call.open.0 <= today && today <= call.open.1;
        Ok(OwnCall {
            id: call.id,
            title: call.title,
            version: call.version,
            year: call.year,
            open: call.open,
            is_open,
            lead_name: unit.map_or_else(|| call.lead.to_string(), |unit| unit.name),
            lead: call.lead,
            steps: call.workflow.steps.iter().map(|step| step.kind).collect(),
        })
    }

    /// The own cases, the newest call first. Errors: denied, where the reader reads for no enterprise.
    pub async fn own_cases(&mut self, today: Date) -> Result<Vec<OwnCase>, Stop> {
        let cases: Vec<Case> = self.own().await?;
        let calendar = self.calendar().await?;
        let mut announced: BTreeMap<CallId, OwnCall> = BTreeMap::new();
        let mut out = Vec::new();
        for case in cases.into_iter().take(OWN_MAX) {
            let told = match announced.get(&case.call) {
                Some(known) => known.clone(),
                None => self.announced(&case.call, today).await?,
            };
            announced.entry(case.call.clone()).or_insert_with(|| told.clone());
            let call = self.call_of(&case).await?;
            out.push(own_case(case, &call, told, &calendar, today));
        }
        out.sort_by(|a, b| (b.call.open, &a.call.id, &a.id).cmp(&(a.call.open, &b.call.id, &b.id)));
        Ok(out)
    }

    /// One of them. Errors: unknown, also where it is another's.
    pub async fn own_case(&mut self, id: &str, today: Date) -> Result<OwnCase, Stop> {
        self.own_id()?;
        let case = self.case(id).await?;
        let (call, told, calendar) = (self.call_of(&case).await?, self.announced(&case.call, today).await?, self.calendar().await?);
        Ok(own_case(case, &call, told, &calendar, today))
    }

    /// Until when what stands against an own case in its notice is answered at the latest. Who said it is not told.
    pub async fn answered_until(&mut self, case: &CaseId) -> Result<Option<Date>, Stop> {
        self.own_id()?;
        self.case(case.as_str()).await?;
        let calendar = self.calendar().await?;
        let all: Vec<Objection> = self.work.list("case_id", &Key::from(case.as_str())).await?;
        Ok(all.iter().filter(|one| one.stops()).filter_map(|one| one.term.as_ref()).map(|term| term.ends(&calendar)).max())
    }

    async fn call_of(&mut self, case: &Case) -> Result<Call, Stop> {
        Ok(self.call(&case.call).await?.ok_or_else(|| crate::desk::unknown_in(Call::TABLE, case.call.as_str()))?)
    }

    /// The determinations in force of own cases.
    pub async fn own_determinations(&mut self, cases: &[OwnCase]) -> Result<Vec<Determination>, Stop> {
        self.own_id()?;
        let all: Vec<Determination> = self.with("case_id", keys(cases)).await?;
        let holds = |one: &Determination| cases.iter().any(|case| case.determination.as_ref() == Some(&one.id));
        Ok(all.into_iter().filter(holds).collect())
    }

    /// What is due, or was, under own cases, with what the bank says.
    pub async fn own_dues(&mut self, cases: &[OwnCase]) -> Result<Vec<OwnDue>, Stop> {
        self.own_id()?;
        let mut out = Vec::new();
        let mut batches: BTreeMap<BatchId, Option<Batch>> = BTreeMap::new();
        for due in self.with::<Due>("case_id", keys(cases)).await?.into_iter().filter(|due| due.state != DueState::Void) {
            if let Some(batch) = due.batch.as_ref().filter(|batch| !batches.contains_key(*batch)) {
                batches.insert(batch.clone(), self.work.peek(batch.as_str()).await?);
            }
            let batch = due.batch.as_ref().and_then(|batch| batches.get(batch)?.as_ref());
            let line = batch.and_then(|batch| batch.lines.iter().find(|line| line.due == due.id));
            let (account, result) = line.map_or((None, None), |line| (line.account.clone(), line.result.clone()));
            // What held a payment back on its day is between the offices.
            out.push(OwnDue { due, account, result: result.filter(|result| !matches!(result, LineResult::Held { .. })) });
        }
        Ok(out)
    }

    /// Reports on payments of own cases.
    pub async fn own_reports(&mut self, cases: &[OwnCase]) -> Result<Vec<OwnReport>, Stop> {
        self.own_id()?;
        let all: Vec<Performance> = self.with("case_id", keys(cases)).await?;
        let told = |one: Performance| OwnReport {
            state: one.state.title(),
            is_awaited: one.state == PerformanceState::Awaited,
            due: one.due,
            case: one.case,
            term: one.term,
            goals: one.goals,
            reports: one.reports,
        };
        Ok(all.into_iter().map(told).collect())
    }

    /// Papers written to the enterprise about own cases and clawbacks, the newest first.
    pub async fn own_papers(&mut self, cases: &[OwnCase], recoveries: &[OwnRecovery]) -> Result<Vec<Served>, Stop> {
        self.own_id()?;
        let mut about = keys(cases);
        about.extend(recoveries.iter().map(|one| Key::from(one.id.as_str())));
        let all: Vec<Document> = self.with("subject_id", about).await?;
        let mut out: Vec<Served> = all.iter().filter(|one| Paper::of(one.kind) == Some(Paper::Served)).map(served).collect();
        out.sort_by(|a, b| (b.at, &b.id).cmp(&(a.at, &a.id)));
        Ok(out)
    }

    /// Clawbacks that the enterprise was told of.
    pub async fn own_recoveries(&mut self) -> Result<Vec<OwnRecovery>, Stop> {
        let all: Vec<Recovery> = self.own().await?;
        Ok(all.into_iter().filter_map(told_recovery).collect())
    }

    /// Objections that were made in the name of the own enterprise to rows of notices, the newest first: in those of its own
    /// cases and in these others. What was said about it by others is theirs.
    pub async fn own_objections(&mut self, cases: &[OwnCase], others: &[NoticeId]) -> Result<Vec<OwnObjection>, Stop> {
        let name = self.own_organisation().await?.name;
        let notices: BTreeSet<&NoticeId> = cases.iter().filter_map(|case| case.notice.as_ref()).chain(others).collect();
        let mut all: Vec<Objection> = self.with("case_id", keys(cases)).await?;
        let in_notices: Vec<Objection> = self.with("notice_id", notices.into_iter().map(|id| Key::from(id.as_str())).collect()).await?;
        let fresh = |one: &Objection| !all.iter().any(|known| known.id == one.id);
        let in_notices: Vec<Objection> = in_notices.into_iter().filter(fresh).collect();
        all.extend(in_notices);
        all.retain(|one| one.by.name.trim() == name);
        all.sort_by(|a, b| (b.at, &b.id).cmp(&(a.at, &a.id)));
        let mut out = Vec::new();
        for one in all {
            let notice: Option<Notice> = self.work.peek(one.notice.as_str()).await?;
            let about = notice.and_then(|notice| notice.rows.into_iter().find(|row| row.case == one.case)).map(|row| row.name);
            let is_own = cases.iter().any(|case| case.id == one.case);
            out.push(told_objection(one, about.unwrap_or_default(), is_own));
        }
        Ok(out)
    }

    /// A public notice.
    pub async fn notice(&mut self, id: &NoticeId) -> Result<Option<Notice>, Stop> {
        collection("notices").filter(|notices| notices.sight(self.role).is_some()).ok_or(Refusal::Denied)?;
        Ok(self.work.peek(id.as_str()).await?)
    }
}

/// What was found is between those who look into it, until it is decided.
fn told_objection(one: Objection, about: String, is_own: bool) -> OwnObjection {
    let answer = match one.state {
        ObjectionState::Lead(why) => Answered::AsLead(why),
        ObjectionState::Received | ObjectionState::Checked { .. } => Answered::NotYet,
        ObjectionState::Settled { at, ruling, result, .. } => Answered::Decided { at, ruling, result },
    };
    OwnObjection { id: one.id, notice: one.notice, about, case: is_own.then_some(one.case), grounds: one.grounds, at: one.at, term: one.term, answer }
}

fn keys(cases: &[OwnCase]) -> Vec<Key> {
    cases.iter().map(|case| Key::from(case.id.as_str())).collect()
}

/// A case as its enterprise is told of it.
fn own_case(mut case: Case, call: &Call, told: OwnCall, calendar: &WorkCalendar, today: Date) -> OwnCase {
    case.count(calendar);
    let clock = if matches!(case.stage, Stage::Review(_)) { case.review.clock.as_ref() } else { case.waited_for() };
    let rests = case.review.standstills.iter().filter(|still| still.why == Pause::Suspension);
    let asked = case.review.correction.as_ref().map(|asked| AskedFor {
        defects: asked.defects.clone(),
        at: asked.at,
        until: asked.clock.due,
        answered: asked.answered,
    });
    OwnCase {
        shown: case.seen_by_applicant(call, calendar, today),
        days: clock.map(|clock| counted(clock, calendar, &case.review.standstills)).unwrap_or_default(),
        reckoned: clock.map(|clock| clock.explained(calendar, &case.review.standstills)),
        stage: case.stage_told(),
        claims: case.claims_told(),
        accepted: case.hands.iter().find(|hand| hand.act == "case.accept").map(|hand| hand.at),
        asked,
        rested: rests.map(|still| (still.from, still.until)).collect(),
        end: ended(&case),
        may_withdraw: case.may("case.withdraw").is_ok(),
        call: told,
        id: case.id,
        application: case.application,
        evidence: case.evidence,
        submitted: case.submitted,
        declaration: case.declaration,
        determination: case.determination,
        notice: case.notice,
    }
}

/// Longest period that is shown day by day.
const DAYS_MAX: i64 = 45;

fn counted(running: &Running, calendar: &WorkCalendar, standstills: &[Standstill]) -> Vec<Counted> {
    let Clock::Ends(deadline) = running.clock(calendar, standstills) else { return Vec::new() };
    let all = running.since.days_until(deadline.date);
    if all > DAYS_MAX {
        return Vec::new();
    }
    let mut out = vec![Counted { date: running.since, number: None }];
    let mut number = 0;
    for date in (1..=all).filter_map(|day| running.since.add_days(day)) {
        let is_off = deadline.stopped.contains(&date) || deadline.skipped.iter().any(|(day, _)| *day == date);
        number += u32::from(!is_off);
        out.push(Counted { date, number: (!is_off).then_some(number) });
    }
    out
}

/// The end of a case, with the reason where a paper says it to the applicant.
fn ended(case: &Case) -> Option<Ended> {
    let end = case.review.end.as_ref()?;
    let is_written = matches!(end.kind, EndKind::Declined | EndKind::Refused | EndKind::Lapsed);
    let reason = if is_written { end.reason.clone() } else { String::new() };
    Some(Ended { kind: end.kind, at: end.at, reason, remedies: end.remedies.clone() })
}

fn served(document: &Document) -> Served {
    Served {
        id: document.id.clone(),
        kind: document.kind,
        about: document.subject.id().to_owned(),
        number: document.head_number(),
        at: document.at,
        void: document.void.as_ref().map(|void| void.reason.clone()),
    }
}

/// A clawback that was filed and not announced is the office's.
fn told_recovery(one: Recovery) -> Option<OwnRecovery> {
    let proposal = one.proposal.filter(|_| one.stage != RecoveryStage::Filed)?;
    let collected = one.collected.iter().fold(Fen(0), |sum, part| Fen(sum.0.saturating_add(part.amount.0)));
    // A decision is the enterprise's from its delivery on.
    let decision = one.decision.filter(|_| one.stage > RecoveryStage::Decided);
    let until = one.due.as_ref().map(|term| term.last);
    Some(OwnRecovery {
        id: one.id,
        case: one.case,
        stage: one.stage,
        proposal,
        hearing: one.hearing,
        statements: one.statements,
        decision,
        until,
        plan: one.plan,
        collected,
    })
}
