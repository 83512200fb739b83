//! Acts of the review of a case beside the straight way: corrections, opinions, checks, going back, resting, ending.

use crate::acts::amount;
use crate::district::id;
use crate::generator::{Generator, Maker, Proposal, applicant};
use crate::policies;
use casework::Act;
use casework::call::{Call, StepKind};
use casework::case::{Ask, Case, CaseAct, Credit, CreditCheck, Defect, Evidence, Finding, Given, Minutes, Reduction, Report, SiteCheck, Stage, View, Worth};
use casework::chain::Fingerprint;
use casework::id::{DeterminationId, UnitId};
use casework::people::Role;
use values::Fen;

pub const MAKERS: &[Maker] = &[
    (2, fill),
    (2, attach),
    (1, withdraw),
    (1, decline),
    (6, ask_correction),
    (24, answer_correction),
    (4, lapse),
    (64, give_opinion),
    (24, confirm_opinion),
    (8, ask_unit),
    (8, pass_on),
    (16, close_opinions),
    (32, check_site),
    (32, record_audit),
    (32, deliberate),
    (2, send_back),
    (2, suspend),
    (24, resume),
    (1, terminate),
    (1, refuse),
    (48, check_credit),
    (1, recount),
];

const REVIEW: &[Stage] = &[
    Stage::Submitted,
    Stage::Review(StepKind::Screening),
    Stage::Review(StepKind::Joint),
    Stage::Review(StepKind::SiteCheck),
    Stage::Review(StepKind::Audit),
    Stage::Review(StepKind::Summary),
    Stage::Review(StepKind::Meeting),
    Stage::Review(StepKind::Approval),
];

pub fn paper(g: &mut Generator) -> Evidence {
    let name = g.name("paper");
    Evidence { digest: Fingerprint::of(name.as_bytes()), name, facts: Vec::new() }
}

fn own(g: &mut Generator, stages: &[Stage], act: impl FnOnce(&mut Generator, &Case, &Call) -> Option<CaseAct>) -> Proposal {
    let (case, call) = g.case_at(stages)?;
    Some((applicant(&case.organisation), Role::Applicant, Act::Case(act(g, &case, &call)?)))
}

/// The role the call leaves a step to, or now and then another.
fn by_step(g: &mut Generator, kind: StepKind, call: &Call) -> Role {
    let step = call.step(kind).map_or(Role::Clerk, |step| step.role);
    if g.random.chance(50) { Role::Reviewer } else { step }
}

fn on_step(g: &mut Generator, kind: StepKind, act: impl FnOnce(&mut Generator, &Case, &Call) -> CaseAct) -> Proposal {
    let (case, call) = g.case_at(&[Stage::Review(kind)])?;
    let role = by_step(g, kind, &call);
    let who = g.other_hand(role, &call.lead, &case)?;
    Some((who, role, Act::Case(act(g, &case, &call))))
}

fn application(g: &mut Generator, case: &Case, call: &Call) -> Option<(Vec<String>, serde_json::Value)> {
    let at = g.policies.iter().position(|policy| policy.version.id == call.version)?;
    let policy = g.policies.get(at)?;
    Some(policies::application(&mut g.random, policy, &call.clauses, call.year, case.id.as_str()))
}

fn fill(g: &mut Generator) -> Proposal {
    own(g, &[Stage::Draft], |g, case, call| {
        let (clauses, application) = application(g, case, call)?;
        Some(CaseAct::Fill { case: case.id.clone(), clauses, application, evidence: vec![paper(g)] })
    })
}

fn attach(g: &mut Generator) -> Proposal {
    own(g, &[Stage::Draft], |g, case, _| Some(CaseAct::Attach { case: case.id.clone(), evidence: paper(g) }))
}

fn withdraw(g: &mut Generator) -> Proposal {
    own(g, REVIEW, |_, case, _| Some(CaseAct::Withdraw { case: case.id.clone() }))
}

fn decline(g: &mut Generator) -> Proposal {
    g.on_case(&[Stage::Submitted], Role::Clerk, |_, case, _| CaseAct::Decline { case: case.id.clone(), reason: "不属于申报范围".into() })
}

fn ask_correction(g: &mut Generator) -> Proposal {
    let defects = vec![Defect { what: "发票".into(), mend: "补齐发票".into() }];
    // Often in the joint review, where opinions have to outlive it.
    let stages = if g.random.chance(500) { &REVIEW[2..3] } else { &REVIEW[..5] };
    g.on_case(stages, Role::Clerk, |_, case, _| CaseAct::AskCorrection { case: case.id.clone(), defects })
}

fn answer_correction(g: &mut Generator) -> Proposal {
    own(g, &[Stage::Correcting], |g, case, call| {
        // Some never answer.
        if case.id.as_str().ends_with('7') {
            return None;
        }
        let application = if g.random.chance(500) { case.application.clone() } else { application(g, case, call)?.1 };
        // A paper for a fact: opinions that rest on it have to be stood by.
        let mut paper = paper(g);
        paper.facts.extend(application["facts"].as_object().and_then(|facts| facts.keys().next()).filter(|_| g.random.chance(800)).cloned());
        Some(CaseAct::AnswerCorrection { case: case.id.clone(), application, evidence: vec![paper] })
    })
}

fn lapse(g: &mut Generator) -> Proposal {
    g.on_case(&[Stage::Correcting], Role::Clerk, |_, case, _| CaseAct::Lapse { case: case.id.clone() })
}

/// Somebody of a unit that is asked, mostly one that has not answered.
fn asked(g: &mut Generator, case: &Case, call: &Call) -> Option<UnitId> {
    let open: Vec<UnitId> = case.review.asks.iter().filter(|ask| ask.is_open()).map(|ask| ask.unit.clone()).collect();
    g.random.one(&open).or_else(|| call.with.first()).cloned()
}

fn give_opinion(g: &mut Generator) -> Proposal {
    let (case, call) = g.case_at(&[Stage::Review(StepKind::Joint)])?;
    let unit = asked(g, &case, &call)?;
    let who = g.officer(Role::UnitReviewer, Some(&unit))?;
    let view = [View::Agree, View::Agree, View::NotConcerned, View::Disagree, View::Reduce][g.random.below(5)];
    let less = |g: &mut Generator, assessed: Fen| Fen(g.random.between(0, assessed.0.max(0)));
    let mut reductions = Vec::new();
    for claim in case.claims.iter().filter(|_| view == View::Reduce) {
        let amount = less(g, claim.assessed.unwrap_or_default());
        reductions.push(Reduction { clause: claim.clause.clone(), amount, reason: "部分不属实".into() });
    }
    let opinion = Given { view, reductions, basis: Default::default(), words: "已核对".into() };
    Some((who, Role::UnitReviewer, Act::Case(CaseAct::GiveOpinion { case: case.id, opinion })))
}

fn confirm_opinion(g: &mut Generator) -> Proposal {
    let stale = |ask: &&Ask| ask.is_open() && ask.opinions.last().is_some_and(|opinion| opinion.worth == Worth::Stale);
    let any = g.random.chance(100);
    let wanted = |case: &Case, _: &Call| case.stage == Stage::Review(StepKind::Joint) && (any || case.review.asks.iter().any(|ask| stale(&ask)));
    let (case, call) = g.world.case_at(&mut g.random, wanted)?;
    let (case, call) = (case.clone(), call.clone());
    let unit = match case.review.asks.iter().find(stale) {
        Some(ask) => ask.unit.clone(),
        None => asked(g, &case, &call)?,
    };
    let who = g.officer(Role::UnitReviewer, Some(&unit))?;
    Some((who, Role::UnitReviewer, Act::Case(CaseAct::ConfirmOpinion { case: case.id })))
}

const OTHERS: &[&str] = &["park", "farms", "taxes"];

fn ask_unit(g: &mut Generator) -> Proposal {
    let unit = id(UnitId::parse, g.random.one(OTHERS)?);
    g.on_case(&[Stage::Review(StepKind::Joint)], Role::Clerk, |_, case, _| CaseAct::AskUnit { case: case.id.clone(), unit, reason: "需要核实".into() })
}

fn pass_on(g: &mut Generator) -> Proposal {
    let to = id(UnitId::parse, g.random.one(OTHERS)?);
    g.on_case(&[Stage::Review(StepKind::Joint)], Role::Clerk, |g, case, call| {
        let from = asked(g, case, call).unwrap_or_else(|| to.clone());
        CaseAct::PassOn { case: case.id.clone(), from, to, reason: "职责调整".into() }
    })
}

fn close_opinions(g: &mut Generator) -> Proposal {
    g.on_case(&[Stage::Review(StepKind::Joint)], Role::Clerk, |_, case, _| CaseAct::CloseOpinions { case: case.id.clone() })
}

fn check_site(g: &mut Generator) -> Proposal {
    on_step(g, StepKind::SiteCheck, |g, case, _| {
        let check =
            SiteCheck {
                date: g.today(), present: vec!["甲".into()], words: "现场与申报一致".into(), fits: !g.random.chance(150), basis: Default::default()
            };
        CaseAct::CheckSite { case: case.id.clone(), check }
    })
}

fn record_audit(g: &mut Generator) -> Proposal {
    on_step(g, StepKind::Audit, |g, case, _| {
        let mut findings = Vec::new();
        for claim in &case.claims {
            let most = Fen(g.random.between(0, claim.assessed.unwrap_or_default().0.max(0)));
            let amount = g.random.chance(300).then_some(most);
            findings.push(Finding { clause: claim.clause.clone(), words: "已审计".into(), amount });
        }
        let number = g.name("audit");
        let digest = Fingerprint::of(number.as_bytes());
        CaseAct::RecordAudit {
            case: case.id.clone(),
            report: Report { firm: "示例会计师事务所".into(), number, date: g.today(), digest, findings, basis: Default::default() },
        }
    })
}

fn deliberate(g: &mut Generator) -> Proposal {
    on_step(g, StepKind::Meeting, |g, case, _| {
        let agreed = !g.random.chance(150);
        let number = g.name("minutes");
        CaseAct::Deliberate {
            case: case.id.clone(), minutes: Minutes { number, date: g.today(), present: vec!["甲".into()], agreed, decision: "同意".into() }
        }
    })
}

fn send_back(g: &mut Generator) -> Proposal {
    let to = [StepKind::Screening, StepKind::Joint, StepKind::Summary][g.random.below(3)];
    g.on_case(&REVIEW[2..], Role::Leader, |_, case, _| CaseAct::SendBack { case: case.id.clone(), to, again: Vec::new(), reason: "请重新核定".into() })
}

fn suspend(g: &mut Generator) -> Proposal {
    g.on_case(REVIEW, Role::Leader, |_, case, _| CaseAct::Suspend { case: case.id.clone(), reason: "等待调查".into() })
}

fn resume(g: &mut Generator) -> Proposal {
    g.on_case(&[Stage::Suspended], Role::Leader, |_, case, _| CaseAct::Resume { case: case.id.clone() })
}

fn terminate(g: &mut Generator) -> Proposal {
    g.on_case(REVIEW, Role::Leader, |_, case, _| CaseAct::Terminate { case: case.id.clone(), reason: "企业注销".into() })
}

fn refuse(g: &mut Generator) -> Proposal {
    g.on_case(&REVIEW[1..], Role::Leader, |g, case, _| CaseAct::Refuse {
        case: case.id.clone(),
        determination: id(DeterminationId::parse, &g.name("d")),
        reason: "不符合条件".into(),
        remedies: "可以依法申请行政复议".into(),
    })
}

fn check_credit(g: &mut Generator) -> Proposal {
    let any = g.random.chance(200);
    let found = g.world.case_at(&mut g.random, |case, call| {
        let waits = matches!(case.stage, Stage::Review(StepKind::Approval)) && case.review.credit.is_empty();
        any || (call.workflow.credit && (waits || matches!(case.stage, Stage::Committed | Stage::Returned)))
    })?;
    let (case, lead) = (found.0.id.clone(), found.1.lead.clone());
    let role = [Role::Clerk, Role::Reviewer][g.random.below(2)];
    let who = g.officer(role, Some(&lead))?;
    let result = if g.random.chance(100) { Credit::Listed("失信被执行人".into()) } else { Credit::Clear };
    Some((who, role, Act::Case(CaseAct::CheckCredit { case, check: CreditCheck { source: "信用中国".into(), result, digest: None } })))
}

fn recount(g: &mut Generator) -> Proposal {
    g.on_case(REVIEW, Role::Clerk, |_, case, _| CaseAct::Recount { case: case.id.clone() })
}

/// The amounts of all clauses anew, none above what is there.
pub fn amounts(g: &mut Generator, awards: &[(String, Fen)]) -> Vec<casework::case::Amount> {
    awards.iter().map(|(clause, now)| amount(&mut g.random, clause, *now)).collect()
}
