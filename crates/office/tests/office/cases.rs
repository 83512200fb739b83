//! Cases through the office: every state and side exit, on every store. The rules one by one are tested in `casework`.

use crate::district::{District, day, example, id, stores};
use casework::call::{Call, CallAct, CallRefusal, Completion, Period, Step, StepKind};
use casework::case::{
    Amount, Basis, Case, CaseAct, CaseRefusal, Credit, CreditCheck, Defect, Evidence, Finding, Given, Minutes, Reduction, Report, SiteCheck, Stage, View,
};
use casework::chain::Fingerprint;
use casework::determination::Determination;
use casework::id::{CallId, CaseId, DeterminationId, EntryId, OrganisationId, UnitId};
use casework::people::Role;
use casework::{Act, Refusal};
use serde_json::Value;
use store::work::Entries;
use values::Fen;

const SALES: &str = "品牌年销售额";

fn case_id() -> CaseId {
    id(CaseId::parse, "case1")
}

fn unit(name: &str) -> UnitId {
    id(UnitId::parse, name)
}

fn paper(name: &str, facts: &[&str]) -> Evidence {
    Evidence { name: name.into(), digest: Fingerprint::of(name.as_bytes()), facts: facts.iter().map(|fact| (*fact).into()).collect() }
}

/// A call with every step, silence passing in the joint review, credit looked at.
fn with_all_steps(call: &mut Call) {
    let step = |kind, role| Step { kind, role, period: Period::WorkingDays(10), completion: Completion::SilenceIsConsent };
    call.workflow.steps = vec![
        step(StepKind::Screening, Role::Clerk),
        step(StepKind::Joint, Role::UnitReviewer),
        step(StepKind::SiteCheck, Role::Clerk),
        step(StepKind::Audit, Role::Clerk),
        step(StepKind::Summary, Role::Reviewer),
        step(StepKind::Meeting, Role::Clerk),
        step(StepKind::Approval, Role::Leader),
    ];
    call.workflow.credit = true;
}

fn opinion(view: View, words: &str, facts: &[&str]) -> CaseAct {
    let basis = Basis { facts: facts.iter().map(|fact| (*fact).into()).collect(), evidence: Vec::new() };
    CaseAct::GiveOpinion { case: case_id(), opinion: Given { view, reductions: Vec::new(), basis, words: words.into() } }
}

fn start(name: &str, firm: &str, application: Value) -> CaseAct {
    CaseAct::Start {
        case: id(CaseId::parse, name),
        call: id(CallId::parse, "c1"),
        organisation: id(OrganisationId::parse, firm),
        clauses: vec!["1.1".into(), "8.1".into()],
        application,
        evidence: Vec::new(),
    }
}

/// An office with a call and one draft of one firm.
struct Play {
    district: District,
    firm: String,
}

impl Play {
    async fn new(store: store::Store, change: impl FnOnce(&mut Call)) -> Self {
        let district = District::with_policy(store, Fen(2_000_000_000)).await;
        district.call_with("c1", &["8.1", "1.1"], change).await;
        let firm = district.firm(1).await;
        let play = Self { district, firm };
        play.ok("firm", start("case1", "firm1", example(5, "case1"))).await;
        play
    }

    /// Who and as what; `firm` is the applicant.
    fn person(&self, who: &str) -> (String, Role) {
        match who {
            "firm" => (self.firm.clone(), Role::Applicant),
            "clerk" => ("clerk".into(), Role::Clerk),
            "reviewer" => ("reviewer".into(), Role::Reviewer),
            "leader" => ("leader".into(), Role::Leader),
            "finance" => ("finance".into(), Role::Finance),
            unit => (unit.into(), Role::UnitReviewer),
        }
    }

    async fn ok(&self, who: &str, act: CaseAct) {
        let (who, role) = self.person(who);
        self.district.ok(&who, role, Act::Case(act)).await;
    }

    async fn refused(&self, who: &str, act: CaseAct) -> Refusal {
        let (who, role) = self.person(who);
        self.district.refused(&who, role, Act::Case(act)).await
    }

    async fn case(&self) -> Case {
        self.district.kept("case1").await
    }

    async fn lead_to(&self, stage: Stage) {
        for (who, act) in [
            ("firm", CaseAct::Submit { case: case_id(), declaration: None }),
            ("clerk", CaseAct::Accept { case: case_id() }),
            ("clerk", CaseAct::Screen { case: case_id() }),
        ] {
            if self.case().await.stage == stage {
                return;
            }
            self.ok(who, act).await;
        }
        assert_eq!(self.case().await.stage, stage);
    }
}

fn amounts(first: i64, reason: Option<&str>) -> CaseAct {
    let amounts = vec![
        Amount { clause: "1.1".into(), amount: Fen(first), reason: reason.map(str::to_owned) },
        Amount { clause: "8.1".into(), amount: Fen(100_000_000), reason: Some("审计核减".into()) },
    ];
    CaseAct::Summarise { case: case_id(), amounts }
}

fn credit(result: Credit) -> CaseAct {
    CaseAct::CheckCredit { case: case_id(), check: CreditCheck { source: "信用中国".into(), result, digest: Some(Fingerprint::of(b"page")) } }
}

fn approve() -> CaseAct {
    CaseAct::Approve { case: case_id(), determination: id(DeterminationId::parse, "d1"), entry: id(EntryId::parse, "e-d1") }
}

#[tokio::test]
async fn a_case_goes_through_every_step_of_a_full_review() {
    for (name, store) in stores("cases-full").await {
        println!("── {name}");
        let mut play = Play::new(store, with_all_steps).await;
        let draft = |value: &str| {
            let mut application = example(5, "case1");
            application["facts"][SALES] = value.into();
            application
        };
        let fill = |application| CaseAct::Fill { case: case_id(), clauses: vec!["1.1".into(), "8.1".into()], application, evidence: Vec::new() };
        let wrong = play.refused("firm", fill(draft("6000万"))).await;
        assert!(matches!(&wrong, Refusal::Case(CaseRefusal::Facts(errors)) if errors[0].field == format!("facts.{SALES}")), "{wrong:?}");
        play.ok("firm", fill(draft("60000000"))).await;
        play.ok("firm", CaseAct::Attach { case: case_id(), evidence: paper("sales", &[SALES]) }).await;
        play.ok("firm", CaseAct::Submit { case: case_id(), declaration: None }).await;
        assert_eq!(play.case().await.due(), Some(day("2025-03-10")));
        // 补正: the applicant has other sales.
        let defects = vec![Defect { what: "发票".into(), mend: "补充第四季度发票".into() }];
        play.ok("clerk", CaseAct::AskCorrection { case: case_id(), defects }).await;
        play.district.today = day("2025-03-10");
        let evidence = vec![paper("sales", &[SALES]), paper("invoices", &[SALES])];
        play.ok("firm", CaseAct::AnswerCorrection { case: case_id(), application: draft("63500000"), evidence }).await;
        let case = play.case().await;
        assert_eq!((case.stage, case.due()), (Stage::Submitted, Some(day("2025-03-17"))), "five days again: none was used");
        play.ok("clerk", CaseAct::Accept { case: case_id() }).await;
        play.ok("clerk", CaseAct::Screen { case: case_id() }).await;
        joint_review(&mut play).await;
        site_and_audit(&play).await;
        // 牵头汇总: the park would give 400,000.
        let not = Refusal::Case(CaseRefusal::NotFollowed { clause: "1.1".into(), whose: "park".into() });
        assert_eq!(play.refused("reviewer", amounts(50_000_000, None)).await, not);
        play.ok("reviewer", amounts(45_000_000, Some("部分采纳工业园区管委会意见"))).await;
        let minutes =
            Minutes {
                number: "会纪〔2025〕3号".into(), date: day("2025-03-25"), present: vec!["王主任".into()], agreed: true, decision: "同意".into()
            };
        play.ok("clerk", CaseAct::Deliberate { case: case_id(), minutes }).await;
        let call = id(CallId::parse, "c1");
        play.district.ok("leader", Role::Leader, Act::Call(CallAct::Close { call: call.clone() })).await;
        play.district.ok("leader", Role::Leader, Act::Call(CallAct::Share { call, entry: id(EntryId::parse, "e-share") })).await;
        assert_eq!(play.refused("leader", approve()).await, Refusal::Case(CaseRefusal::CreditUnchecked { on: None }));
        play.ok("clerk", credit(Credit::Clear)).await;
        play.ok("leader", approve()).await;
        let case = play.case().await;
        assert_eq!((case.stage, case.due()), (Stage::Approved, None));
        let frozen: Determination = play.district.kept("d1").await;
        assert_eq!(frozen.awards.iter().map(|award| award.amount.0).collect::<Vec<_>>(), [45_000_000, 100_000_000]);
        assert_eq!(frozen.evidence.len(), 2, "what it rested on is in it");
        assert!(frozen.application.contains("63500000"));
    }
}

/// 联审: one reduces, one is silent, one passes on, one is asked beside them.
async fn joint_review(play: &mut Play) {
    let reducing = Given {
        view: View::Reduce,
        reductions: vec![Reduction { clause: "1.1".into(), amount: Fen(40_000_000), reason: "部分销售不在园区".into() }],
        basis: Basis { facts: vec![SALES.into()], evidence: Vec::new() },
        words: String::new(),
    };
    let give = CaseAct::GiveOpinion { case: case_id(), opinion: reducing };
    assert_eq!(play.refused("treasurer", give.clone()).await, Refusal::Denied, "a unit that is not asked has no say");
    play.ok("park", give).await;
    let ask = |name: &str| CaseAct::AskUnit { case: case_id(), unit: unit(name), reason: "涉及资金".into() };
    assert_eq!(play.refused("clerk", ask("nowhere")).await, Refusal::Unknown { what: "unit", id: "nowhere".into() });
    play.ok("clerk", CaseAct::PassOn { case: case_id(), from: unit("taxes"), to: unit("treasury"), reason: "职责划转".into() }).await;
    assert_eq!(play.refused("taxes", opinion(View::Agree, "", &[])).await, Refusal::Case(CaseRefusal::NotAsked { unit: unit("taxes") }));
    play.ok("treasurer", opinion(View::NotConcerned, "", &[])).await;
    play.district.today = day("2025-03-25");
    play.ok("clerk", CaseAct::CloseOpinions { case: case_id() }).await;
    let case = play.case().await;
    let silent: Vec<&str> = case.review.asks.iter().filter(|ask| ask.silent).map(|ask| ask.unit.as_str()).collect();
    assert_eq!((case.stage, silent), (Stage::Review(StepKind::SiteCheck), vec!["farms"]));
}

async fn site_and_audit(play: &Play) {
    let check =
        SiteCheck {
            date: day("2025-03-24"), present: vec!["张三".into(), "李四".into()], words: "现场经营正常".into(), fits: true, basis: Basis::default()
        };
    play.ok("clerk", CaseAct::CheckSite { case: case_id(), check }).await;
    let finding = |clause: &str, amount: Option<i64>| Finding { clause: clause.into(), words: "已核对".into(), amount: amount.map(Fen) };
    let report = Report {
        firm: "某会计师事务所".into(),
        number: "审字〔2025〕1号".into(),
        date: day("2025-03-25"),
        digest: Fingerprint::of(b"report"),
        findings: vec![finding("1.1", None), finding("8.1", Some(100_000_000))],
        basis: Basis::default(),
    };
    play.ok("clerk", CaseAct::RecordAudit { case: case_id(), report }).await;
}

#[tokio::test]
async fn a_case_that_comes_to_an_end_says_how_and_why() {
    for (name, store) in stores("cases-ends").await {
        println!("── {name}");
        let play = Play::new(store, |_| {}).await;
        let at = |number: usize| id(CaseId::parse, &format!("end{number}"));
        for (number, (from, who, act, stage)) in [
            (Stage::Draft, "firm", CaseAct::Withdraw { case: at(0) }, Stage::Withdrawn),
            (Stage::Submitted, "firm", CaseAct::Withdraw { case: at(1) }, Stage::Withdrawn),
            (Stage::Submitted, "clerk", CaseAct::Decline { case: at(2), reason: "不属申报范围".into() }, Stage::Declined),
            (Stage::Review(StepKind::Screening), "leader", CaseAct::Terminate { case: at(3), reason: "企业注销".into() }, Stage::Terminated),
        ]
        .into_iter()
        .enumerate()
        {
            let case = at(number);
            play.ok("firm", start(case.as_str(), "firm1", example(5, case.as_str()))).await;
            let ways = [
                ("firm", CaseAct::Submit { case: case.clone(), declaration: None }, Stage::Submitted),
                ("clerk", CaseAct::Accept { case: case.clone() }, Stage::Review(StepKind::Screening)),
            ];
            for (by, step, _) in ways.into_iter().take_while(|(_, _, to)| from >= *to) {
                play.ok(by, step).await;
            }
            play.ok(who, act.clone()).await;
            let ended: Case = play.district.kept(case.as_str()).await;
            assert_eq!((ended.stage, ended.review.end.unwrap().from), (stage, from));
            assert_eq!(play.refused(who, act).await, Refusal::Case(CaseRefusal::Stage { stage }), "an end is an end");
        }
    }
}

#[tokio::test]
async fn a_correction_that_never_came_can_be_ended_when_its_time_is_over() {
    for (name, store) in stores("cases-lapse").await {
        println!("── {name}");
        let mut play = Play::new(store, |_| {}).await;
        play.lead_to(Stage::Submitted).await;
        let defects = vec![Defect { what: "发票".into(), mend: "补充".into() }];
        play.ok("clerk", CaseAct::AskCorrection { case: case_id(), defects: defects.clone() }).await;
        let lapse = CaseAct::Lapse { case: case_id() };
        let until = Some(day("2025-03-17"));
        assert_eq!(play.refused("clerk", lapse.clone()).await, Refusal::Case(CaseRefusal::NotDue { until }));
        play.district.today = day("2025-03-18");
        // Overdue work is found by its column.
        let mut work = play.district.office.store().begin().await.unwrap();
        for (today, overdue) in [("2025-03-16", 0), ("2025-03-17", 1), ("2025-12-31", 1)] {
            assert_eq!(work.list_until::<Case>("due", today).await.unwrap().len(), overdue, "due by {today}");
        }
        drop(work);
        play.ok("clerk", lapse).await;
        let mut work = play.district.office.store().begin().await.unwrap();
        assert_eq!(work.list_until::<Case>("due", "2025-12-31").await.unwrap().len(), 0);
    }
}

#[tokio::test]
async fn a_refusal_is_a_determination_of_nothing_that_anybody_can_compute_again() {
    for (name, store) in stores("cases-refusal").await {
        println!("── {name}");
        let play = Play::new(store, |_| {}).await;
        play.lead_to(Stage::Review(StepKind::Screening)).await;
        let refuse = CaseAct::Refuse {
            case: case_id(),
            determination: id(DeterminationId::parse, "d1"),
            reason: "注册地不在本区".into(),
            remedies: "可在60日内申请行政复议，或在6个月内提起行政诉讼".into(),
        };
        play.ok("leader", refuse).await;
        let case = play.case().await;
        assert_eq!(case.stage, Stage::Refused);
        assert_eq!(case.determination, Some(id(DeterminationId::parse, "d1")));
        assert!(case.review.end.unwrap().remedies.unwrap().contains("行政复议"));
        let frozen: Determination = play.district.kept("d1").await;
        assert_eq!(frozen.total(), Some(Fen(0)));
        assert!(frozen.awards.iter().all(|award| award.assessed > Fen(0) && award.reason.as_deref() == Some("注册地不在本区")));
        assert!(frozen.assessment.contains("trace") && frozen.application.contains(SALES));
        let mut work = play.district.office.store().begin().await.unwrap();
        assert_eq!(work.entries(&Entries::Case(case_id())).await.unwrap().len(), 0, "no money moves");
        drop(work);
        // And it is no earlier award: a second application has the full amount.
        play.ok("firm", start("case2", "firm1", example(5, "case2"))).await;
        play.ok("firm", CaseAct::Submit { case: id(CaseId::parse, "case2"), declaration: None }).await;
        let second: Case = play.district.kept("case2").await;
        assert!(second.claims.iter().all(|claim| claim.assessed.is_some_and(|amount| amount > Fen(0))), "{:?}", second.claims);
    }
}

#[tokio::test]
async fn whoever_is_linked_to_the_applicant_keeps_away_from_every_act() {
    for (name, store) in stores("cases-recusal").await {
        println!("── {name}");
        let play = Play::new(store, with_all_steps).await;
        play.lead_to(Stage::Review(StepKind::Joint)).await;
        play.district.linked("cousin", "commerce", Role::Clerk, "firm1").await;
        play.district.linked("brother", "commerce", Role::Leader, "firm1").await;
        play.district.linked("wife", "park", Role::UnitReviewer, "firm1").await;
        play.district.linked("uncle", "commerce", Role::Reviewer, "firm1").await;
        let before = play.case().await;
        let case = case_id;
        let words = String::new;
        let check = SiteCheck { date: day("2025-03-03"), present: Vec::new(), words: words(), fits: true, basis: Basis::default() };
        let minutes = Minutes { number: words(), date: day("2025-03-03"), present: Vec::new(), agreed: true, decision: words() };
        let report =
            Report { firm: words(), number: words(), date: day("2025-03-03"), digest: Fingerprint::of(b""), findings: Vec::new(), basis: Basis::default() };
        let d1 = id(DeterminationId::parse, "d1");
        let acts = [
            ("cousin", Role::Clerk, CaseAct::CheckSite { case: case(), check }),
            ("cousin", Role::Clerk, CaseAct::RecordAudit { case: case(), report }),
            ("cousin", Role::Clerk, CaseAct::Deliberate { case: case(), minutes }),
            ("brother", Role::Leader, CaseAct::Refuse { case: case(), determination: d1, reason: words(), remedies: words() }),
            ("cousin", Role::Clerk, CaseAct::Accept { case: case() }),
            ("cousin", Role::Clerk, CaseAct::Decline { case: case(), reason: words() }),
            ("cousin", Role::Clerk, CaseAct::AskCorrection { case: case(), defects: Vec::new() }),
            ("cousin", Role::Clerk, CaseAct::Lapse { case: case() }),
            ("cousin", Role::Clerk, CaseAct::Screen { case: case() }),
            ("wife", Role::UnitReviewer, opinion(View::Agree, "", &[])),
            ("wife", Role::UnitReviewer, CaseAct::ConfirmOpinion { case: case() }),
            ("cousin", Role::Clerk, CaseAct::AskUnit { case: case(), unit: unit("treasury"), reason: words() }),
            ("cousin", Role::Clerk, CaseAct::PassOn { case: case(), from: unit("park"), to: unit("treasury"), reason: words() }),
            ("cousin", Role::Clerk, CaseAct::CloseOpinions { case: case() }),
            ("uncle", Role::Reviewer, amounts(1, None)),
            ("brother", Role::Leader, approve()),
            ("brother", Role::Leader, CaseAct::SendBack { case: case(), to: StepKind::Screening, again: Vec::new(), reason: words() }),
            ("brother", Role::Leader, CaseAct::Suspend { case: case(), reason: words() }),
            ("brother", Role::Leader, CaseAct::Resume { case: case() }),
            ("brother", Role::Leader, CaseAct::Terminate { case: case(), reason: words() }),
            ("cousin", Role::Clerk, credit(Credit::Clear)),
            ("cousin", Role::Clerk, CaseAct::Recount { case: case() }),
            ("cousin", Role::Clerk, CaseAct::Archive { case: case() }),
        ];
        let own = ["case.start", "case.fill", "case.attach", "case.submit", "case.withdraw", "case.answer_correction"];
        let missing: Vec<_> = CaseAct::NAMES.iter().filter(|name| !own.contains(name) && !acts.iter().any(|(_, _, act)| act.name() == **name)).collect();
        assert!(missing.is_empty(), "acts of officers without a test of recusal: {missing:?}");
        for (who, role, act) in acts {
            let name = act.name();
            assert_eq!(play.district.refused(who, role, Act::Case(act)).await, Refusal::Case(CaseRefusal::Recused), "{name}");
        }
        assert_eq!(play.case().await, before);
    }
}

#[tokio::test]
async fn a_case_goes_back_and_rests_and_goes_on() {
    for (name, store) in stores("cases-back").await {
        println!("── {name}");
        let mut play = Play::new(store, |_| {}).await;
        play.lead_to(Stage::Review(StepKind::Summary)).await;
        play.ok("reviewer", amounts(50_000_000, None)).await;
        let back = CaseAct::SendBack { case: case_id(), to: StepKind::Screening, again: Vec::new(), reason: "金额有疑问".into() };
        play.ok("leader", back).await;
        let case = play.case().await;
        assert_eq!((case.stage, case.claims[0].set), (Stage::Review(StepKind::Screening), None));
        assert_eq!(case.review.sent_back[0].reason, "金额有疑问");
        play.ok("leader", CaseAct::Suspend { case: case_id(), reason: "涉诉".into() }).await;
        let call = id(CallId::parse, "c1");
        play.district.ok("leader", Role::Leader, Act::Call(CallAct::Close { call: call.clone() })).await;
        let share = play.district.refused("leader", Role::Leader, Act::Call(CallAct::Share { call: call.clone(), entry: id(EntryId::parse, "e-share") })).await;
        assert_eq!(share, Refusal::Call(CallRefusal::CasesOpen { open: 1 }), "a case at rest would come too late for its share");
        play.district.today = day("2025-04-07");
        play.ok("leader", CaseAct::Resume { case: case_id() }).await;
        assert_eq!(play.case().await.due(), Some(day("2025-04-21")), "all ten days are left");
        play.ok("clerk", CaseAct::Screen { case: case_id() }).await;
        play.ok("reviewer", amounts(50_000_000, None)).await;
        play.district.ok("leader", Role::Leader, Act::Call(CallAct::Share { call, entry: id(EntryId::parse, "e-share") })).await;
        play.ok("leader", approve()).await;
    }
}

#[tokio::test]
async fn what_was_awarded_once_is_not_awarded_again() {
    for (name, store) in stores("cases-twice").await {
        println!("── {name}");
        let play = Play::new(store, |_| {}).await;
        play.ok("firm", start("case2", "firm1", example(5, "case2"))).await;
        for name in ["case1", "case2"] {
            let case = || id(CaseId::parse, name);
            play.ok("firm", CaseAct::Submit { case: case(), declaration: None }).await;
            play.ok("clerk", CaseAct::Accept { case: case() }).await;
            play.ok("clerk", CaseAct::Screen { case: case() }).await;
            let CaseAct::Summarise { amounts, .. } = amounts(50_000_000, None) else { panic!() };
            play.ok("reviewer", CaseAct::Summarise { case: case(), amounts }).await;
        }
        let call = id(CallId::parse, "c1");
        assert_eq!(play.refused("leader", approve()).await, Refusal::Case(CaseRefusal::NotShared));
        play.district.ok("leader", Role::Leader, Act::Call(CallAct::Close { call: call.clone() })).await;
        play.district.ok("leader", Role::Leader, Act::Call(CallAct::Share { call, entry: id(EntryId::parse, "e-share") })).await;
        play.ok("leader", approve()).await;
        let second = CaseAct::Approve { case: id(CaseId::parse, "case2"), determination: id(DeterminationId::parse, "d2"), entry: id(EntryId::parse, "e-d2") };
        let refusal = play.refused("leader", second).await;
        assert!(matches!(&refusal, Refusal::Case(CaseRefusal::Group { clause, left: Fen(0), .. }) if clause == "1.1"), "{refusal:?}");
    }
}

#[tokio::test]
async fn who_asked_for_a_correction_as_clerk_does_not_sum_up_as_reviewer() {
    for (name, store) in stores("cases-asked").await {
        println!("── {name}");
        let play = Play::new(store, |_| {}).await;
        play.district.both("both", &[Role::Clerk, Role::Reviewer]).await;
        play.lead_to(Stage::Submitted).await;
        let defects = vec![Defect { what: "发票".into(), mend: "补充".into() }];
        play.district.ok("both", Role::Clerk, Act::Case(CaseAct::AskCorrection { case: case_id(), defects })).await;
        let answer = CaseAct::AnswerCorrection { case: case_id(), application: example(5, "case1"), evidence: Vec::new() };
        play.ok("firm", answer).await;
        play.ok("clerk", CaseAct::Accept { case: case_id() }).await;
        play.ok("clerk", CaseAct::Screen { case: case_id() }).await;
        let refusal = play.district.refused("both", Role::Reviewer, Act::Case(amounts(40_000_000, Some("审计核减")))).await;
        assert_eq!(refusal, Refusal::Case(CaseRefusal::FourEyes { act: "case.ask_correction".into() }));
        play.ok("reviewer", amounts(40_000_000, Some("审计核减"))).await;
    }
}

#[tokio::test]
async fn a_reviewer_who_asked_for_a_correction_sums_up() {
    let play = Play::new(store::Store::memory(), |_| {}).await;
    play.lead_to(Stage::Review(StepKind::Summary)).await;
    let defects = vec![Defect { what: "发票".into(), mend: "补充".into() }];
    play.ok("reviewer", CaseAct::AskCorrection { case: case_id(), defects }).await;
    play.ok("firm", CaseAct::AnswerCorrection { case: case_id(), application: example(5, "case1"), evidence: Vec::new() }).await;
    play.ok("reviewer", amounts(40_000_000, Some("审计核减"))).await;
}
