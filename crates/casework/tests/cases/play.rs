//! A case and the people around it, without an office: acts go straight to the decisions.

use casework::call::{Call, CallStage, Completion, Period, Step, StepKind, Workflow};
use casework::case::{
    Amount, Basis, Case, CaseAct, CaseRefusal, Credit, CreditCheck, Defect, Evidence, Finding, Given, Minutes, Reduction, Report, Review, SiteCheck, Sitting,
    Stage, View, claims, papers, usable,
};
use casework::chain::Fingerprint;
use casework::id::{BookId, CallId, CaseId, DeterminationId, EntryId, OrganisationId, PolicyVersionId, UnitId, UserId};
use casework::people::Role;
use policy::scheme::Scheme;
use policy::source::{SourceFile, Sources};
use serde_json::Value;
use std::sync::LazyLock;
use values::{Date, Fen, Moment, WorkCalendar};

/// The policy of 黔江.
pub static SCHEME: LazyLock<Scheme> = LazyLock::new(|| {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/qianjiang");
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let files = vec![SourceFile { name: "policy.md".into(), text: text("policy.md") }];
    policy::compile(&Sources { files, official: Some(text("official.txt")) }).scheme.unwrap()
});

/// An application for clauses 1.1 and 8.1.
pub static APPLICATION: LazyLock<Value> = LazyLock::new(|| {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/qianjiang.jsonl");
    let mut application: Value = serde_json::from_str(std::fs::read_to_string(file).unwrap().lines().nth(4).unwrap()).unwrap();
    // The rate is the office's to say.
    application.as_object_mut().unwrap().remove("rates");
    application
});

/// Who acts: name, role, unit.
pub const PEOPLE: [(&str, Role, Option<&str>); 9] = [
    ("firm", Role::Applicant, None),
    ("clerk", Role::Clerk, Some("commerce")),
    ("reviewer", Role::Reviewer, Some("commerce")),
    ("leader", Role::Leader, Some("commerce")),
    ("park", Role::UnitReviewer, Some("park")),
    ("farms", Role::UnitReviewer, Some("farms")),
    ("roads", Role::UnitReviewer, Some("roads")),
    ("finance", Role::Finance, Some("treasury")),
    // One person with every role of the unit in charge, for four eyes.
    ("jack", Role::Clerk, Some("commerce")),
];

pub fn unit(name: &str) -> UnitId {
    UnitId::parse(name).unwrap()
}

pub fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

pub fn paper(name: &str, facts: &[&str]) -> Evidence {
    Evidence { name: name.into(), digest: Fingerprint::of(name.as_bytes()), facts: facts.iter().map(|fact| (*fact).into()).collect() }
}

pub fn basis(facts: &[&str], evidence: &[&str]) -> Basis {
    Basis { facts: facts.iter().map(|f| (*f).into()).collect(), evidence: evidence.iter().map(|name| Fingerprint::of(name.as_bytes())).collect() }
}

/// The application with another value of a fact.
pub fn with_fact(fact: &str, value: &str) -> Value {
    let mut application = APPLICATION.clone();
    application["facts"][fact] = value.into();
    application
}

/// What the rules give, near enough: 1% of the sales for 1.1, a fixed sum for 8.1.
pub fn assessed(application: &Value) -> Vec<(String, Option<Fen>)> {
    let sales = application["facts"]["品牌年销售额"].as_str().and_then(|text| text.parse::<i64>().ok());
    vec![("1.1".into(), sales.map(|yuan| Fen(yuan.min(50_000_000)))), ("8.1".into(), Some(Fen(143_000_000)))]
}

#[derive(Clone)]
pub struct Play {
    pub case: Case,
    pub call: Call,
    pub calendar: WorkCalendar,
    pub today: Date,
}

pub fn call(kinds: &[(StepKind, Role)], completion: Completion) -> Call {
    let steps = kinds.iter().map(|(kind, role)| Step { kind: *kind, role: *role, period: Period::WorkingDays(10), completion });
    Call {
        id: CallId::parse("c1").unwrap(),
        title: "2024年度电商扶持资金申报".into(),
        version: PolicyVersionId::parse("v1").unwrap(),
        year: 2024,
        as_of: day("2024-12-31"),
        clauses: vec!["1.1".into(), "8.1".into()],
        open: (day("2025-03-01"), day("2025-03-31")),
        lead: unit("commerce"),
        with: vec![unit("park"), unit("farms")],
        fund: BookId::parse("fund").unwrap(),
        pools: Vec::new(),
        workflow: Workflow {
            acceptance: Period::WorkingDays(5),
            correction: Period::WorkingDays(10),
            steps: steps.collect(),
            notice: Period::WorkingDays(5),
            objection: Period::WorkingDays(10),
            unit_periods: Vec::new(),
            apart: Vec::new(),
            credit: true,
        },
        guide: None,
        stage: CallStage::Open,
        shares: Vec::new(),
        terms: casework::call::Terms::default(),
        sharing: casework::call::Sharing::default(),
        rates: Vec::new(),
        rankings: Vec::new(),
    }
}

/// All steps there are.
pub const STEPS: [(StepKind, Role); 7] = [
    (StepKind::Screening, Role::Clerk),
    (StepKind::Joint, Role::UnitReviewer),
    (StepKind::SiteCheck, Role::Clerk),
    (StepKind::Audit, Role::Clerk),
    (StepKind::Summary, Role::Reviewer),
    (StepKind::Meeting, Role::Clerk),
    (StepKind::Approval, Role::Leader),
];

impl Play {
    /// A draft in a call with all steps, on 3 March 2025.
    pub fn draft() -> Self {
        Self::of(call(&STEPS, Completion::SilenceIsConsent))
    }

    pub fn of(call: Call) -> Self {
        let case = Case {
            id: CaseId::parse("case1").unwrap(),
            call: call.id.clone(),
            organisation: OrganisationId::parse("firm").unwrap(),
            stage: Stage::Draft,
            application: usable(&SCHEME, &call, &APPLICATION).unwrap(),
            evidence: papers(&SCHEME, &[paper("sales", &["品牌年销售额"]), paper("customs", &["跨境电商平台交易额"])]).unwrap(),
            claims: claims(&call, &call.clauses).unwrap(),
            review: Review::default(),
            determination: None,
            notice: None,
            submitted: None,
            declaration: None,
            hands: Vec::new(),
        };
        Self { case, call, calendar: WorkCalendar::china(), today: day("2025-03-03") }
    }

    /// The same, led to a stage by the shortest way.
    pub fn at(stage: Stage) -> Self {
        let mut play = Self::draft();
        play.lead_to(stage);
        play
    }

    pub fn lead_to(&mut self, stage: Stage) {
        for (who, act) in [
            ("firm", submit()),
            ("clerk", accept()),
            ("clerk", screen()),
            ("park", opinion(agree())),
            ("farms", opinion(agree())),
            ("clerk", site(true)),
            ("clerk", audit(None)),
            ("reviewer", summarise(None, None)),
            ("clerk", deliberate(true)),
            ("clerk", credit(Credit::Clear)),
            ("leader", approve()),
        ] {
            if self.case.stage == stage {
                return;
            }
            self.ok(who, act);
        }
        assert_eq!(self.case.stage, stage);
    }

    pub fn act_as(&mut self, who: &str, role: Role, act: &CaseAct) -> Result<(), CaseRefusal> {
        let (_, _, of) = *PEOPLE.iter().find(|(name, _, _)| *name == who).unwrap();
        let user = UserId::parse(who).unwrap();
        let of = of.map(unit);
        let call = self.call.clone();
        let calendar = self.calendar.clone();
        let now = Moment::start_of(self.today);
        let sitting = Sitting { act: act.name(), call: &call, calendar: &calendar, user: &user, role, unit: of.as_ref(), now };
        perform(&mut self.case, &sitting, act)
    }

    pub fn act(&mut self, who: &str, act: CaseAct) -> Result<(), CaseRefusal> {
        let role = PEOPLE.iter().find(|(name, _, _)| *name == who).unwrap().1;
        self.act_as(who, role, &act)
    }

    pub fn ok(&mut self, who: &str, act: CaseAct) {
        let name = act.name();
        self.act(who, act).unwrap_or_else(|why| panic!("{who}: {name} on {}: {why}", self.today));
    }

    /// Refused, and nothing changed.
    pub fn refused(&mut self, who: &str, act: CaseAct) -> CaseRefusal {
        let before = self.case.clone();
        let name = act.name();
        let why = self.act(who, act).expect_err(name);
        assert_eq!(self.case, before, "{name} was refused and changed something");
        why
    }
}

/// Does an act as the office does, without money and without earlier awards.
pub fn perform(case: &mut Case, sitting: &Sitting<'_>, act: &CaseAct) -> Result<(), CaseRefusal> {
    match act {
        // Begun and put away by the office, which looks at more than the case.
        CaseAct::Start { .. } | CaseAct::Archive { .. } => Err(CaseRefusal::Stage { stage: case.stage }),
        CaseAct::Fill { clauses, application, evidence, .. } => case.fill(sitting, &SCHEME, clauses, application, evidence),
        CaseAct::Attach { evidence, .. } => case.attach(sitting, &SCHEME, evidence),
        CaseAct::Submit { .. } => {
            let assessed = assessed(&case.application);
            case.submit(sitting, &assessed, None)
        }
        CaseAct::AnswerCorrection { application, evidence, .. } => {
            case.may(sitting.act)?;
            let application = usable(&SCHEME, sitting.call, application)?;
            let evidence = papers(&SCHEME, evidence)?;
            case.answer_correction(sitting, &application, &evidence, &assessed(&application))
        }
        CaseAct::Withdraw { .. } => case.withdraw(sitting),
        CaseAct::Accept { .. } => case.accept(sitting),
        CaseAct::Decline { reason, .. } => case.decline(sitting, reason),
        CaseAct::AskCorrection { defects, .. } => case.ask_correction(sitting, defects),
        CaseAct::Lapse { .. } => case.lapse(sitting),
        CaseAct::Screen { .. } => case.screen(sitting),
        CaseAct::GiveOpinion { opinion, .. } => case.give_opinion(sitting, opinion),
        CaseAct::ConfirmOpinion { .. } => case.confirm_opinion(sitting),
        CaseAct::AskUnit { unit, reason, .. } => case.ask_unit(sitting, unit, reason),
        CaseAct::PassOn { from, to, reason, .. } => case.pass_on(sitting, from, to, reason),
        CaseAct::CloseOpinions { .. } => case.close_opinions(sitting),
        CaseAct::CheckSite { check, .. } => case.check_site(sitting, check),
        CaseAct::RecordAudit { report, .. } => case.record_audit(sitting, report),
        CaseAct::Summarise { amounts, .. } => case.summarise(sitting, amounts),
        CaseAct::Deliberate { minutes, .. } => case.deliberate(sitting, minutes),
        CaseAct::Approve { .. } => {
            case.approvable(sitting)?;
            case.approved(sitting);
            Ok(())
        }
        CaseAct::Refuse { determination, reason, remedies, .. } => case.refuse(sitting, determination, reason, remedies),
        CaseAct::SendBack { to, again, reason, .. } => case.send_back(sitting, *to, again, reason),
        CaseAct::Suspend { reason, .. } => case.suspend(sitting, reason),
        CaseAct::Resume { .. } => case.resume(sitting),
        CaseAct::Terminate { reason, .. } => case.terminate(sitting, reason),
        CaseAct::CheckCredit { check, .. } => case.check_credit(sitting, check),
        CaseAct::Recount { .. } => case.recount(sitting),
    }
}

fn id() -> CaseId {
    CaseId::parse("case1").unwrap()
}

pub fn submit() -> CaseAct {
    CaseAct::Submit { case: id(), declaration: None }
}

pub fn fill(clauses: &[&str], application: &Value, evidence: &[Evidence]) -> CaseAct {
    let clauses = clauses.iter().map(|clause| (*clause).to_owned()).collect();
    CaseAct::Fill { case: id(), clauses, application: application.clone(), evidence: evidence.to_vec() }
}

pub fn attach(evidence: Evidence) -> CaseAct {
    CaseAct::Attach { case: id(), evidence }
}

pub fn withdraw() -> CaseAct {
    CaseAct::Withdraw { case: id() }
}

pub fn accept() -> CaseAct {
    CaseAct::Accept { case: id() }
}

pub fn decline(reason: &str) -> CaseAct {
    CaseAct::Decline { case: id(), reason: reason.into() }
}

pub fn ask_correction(defects: &[&str]) -> CaseAct {
    let defect = |what: &&str| Defect { what: (*what).into(), mend: "请补齐".into() };
    CaseAct::AskCorrection { case: id(), defects: defects.iter().map(defect).collect() }
}

pub fn answer(application: &Value, evidence: &[Evidence]) -> CaseAct {
    CaseAct::AnswerCorrection { case: id(), application: application.clone(), evidence: evidence.to_vec() }
}

pub fn lapse() -> CaseAct {
    CaseAct::Lapse { case: id() }
}

pub fn screen() -> CaseAct {
    CaseAct::Screen { case: id() }
}

pub fn given(view: View, words: &str, basis: Basis) -> Given {
    Given { view, reductions: Vec::new(), basis, words: words.into() }
}

pub fn agree() -> Given {
    given(View::Agree, "", Basis::default())
}

pub fn reduce(clause: &str, amount: i64, reason: &str) -> Given {
    let reductions = vec![Reduction { clause: clause.into(), amount: Fen(amount), reason: reason.into() }];
    Given { view: View::Reduce, reductions, basis: Basis::default(), words: String::new() }
}

pub fn opinion(opinion: Given) -> CaseAct {
    CaseAct::GiveOpinion { case: id(), opinion }
}

pub fn confirm() -> CaseAct {
    CaseAct::ConfirmOpinion { case: id() }
}

pub fn ask_unit(name: &str, reason: &str) -> CaseAct {
    CaseAct::AskUnit { case: id(), unit: unit(name), reason: reason.into() }
}

pub fn pass_on(from: &str, to: &str, reason: &str) -> CaseAct {
    CaseAct::PassOn { case: id(), from: unit(from), to: unit(to), reason: reason.into() }
}

pub fn close_opinions() -> CaseAct {
    CaseAct::CloseOpinions { case: id() }
}

pub fn site(fits: bool) -> CaseAct {
    let check =
        SiteCheck {
            date: day("2025-03-03"), present: vec!["张三".into(), "李四".into()], words: "与申报一致".into(), fits, basis: basis(&["电商企业"], &[])
        };
    CaseAct::CheckSite { case: id(), check }
}

pub fn audit(most: Option<i64>) -> CaseAct {
    let finding = |clause: &str, amount: Option<i64>| Finding { clause: clause.into(), words: "已核对".into(), amount: amount.map(Fen) };
    let report = Report {
        firm: "某会计师事务所".into(),
        number: "审字〔2025〕1号".into(),
        date: day("2025-03-03"),
        digest: Fingerprint::of(b"report"),
        findings: vec![finding("1.1", most), finding("8.1", None)],
        basis: basis(&["品牌年销售额", "跨境电商平台交易额"], &[]),
    };
    CaseAct::RecordAudit { case: id(), report }
}

/// What the rules give for 1.1, or another amount with or without a reason; all of 8.1.
pub fn summarise(amount: Option<i64>, reason: Option<&str>) -> CaseAct {
    let given = amount.map_or(Fen(50_000_000), Fen);
    let amounts = vec![
        Amount { clause: "1.1".into(), amount: given, reason: reason.map(str::to_owned) },
        Amount { clause: "8.1".into(), amount: Fen(143_000_000), reason: reason.map(str::to_owned) },
    ];
    CaseAct::Summarise { case: id(), amounts }
}

pub fn minutes(agreed: bool) -> Minutes {
    Minutes { number: "会纪〔2025〕3号".into(), date: day("2025-03-03"), present: vec!["王主任".into()], agreed, decision: "原则同意".into() }
}

pub fn deliberate(agreed: bool) -> CaseAct {
    CaseAct::Deliberate { case: id(), minutes: minutes(agreed) }
}

pub fn credit(result: Credit) -> CaseAct {
    CaseAct::CheckCredit { case: id(), check: CreditCheck { source: "信用中国".into(), result, digest: None } }
}

pub fn approve() -> CaseAct {
    CaseAct::Approve { case: id(), determination: DeterminationId::parse("d1").unwrap(), entry: EntryId::parse("e1").unwrap() }
}

pub fn refuse(reason: &str, remedies: &str) -> CaseAct {
    CaseAct::Refuse { case: id(), determination: DeterminationId::parse("d1").unwrap(), reason: reason.into(), remedies: remedies.into() }
}

pub fn send_back(to: StepKind, again: &[&str]) -> CaseAct {
    CaseAct::SendBack { case: id(), to, again: again.iter().map(|name| unit(name)).collect(), reason: "材料前后不一致".into() }
}

pub fn suspend(reason: &str) -> CaseAct {
    CaseAct::Suspend { case: id(), reason: reason.into() }
}

pub fn resume() -> CaseAct {
    CaseAct::Resume { case: id() }
}

pub fn terminate(reason: &str) -> CaseAct {
    CaseAct::Terminate { case: id(), reason: reason.into() }
}

pub fn recount() -> CaseAct {
    CaseAct::Recount { case: id() }
}
