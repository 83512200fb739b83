//! The whole way of five firms through one call of 黔江: every stage of the office once, with figures worked out by hand, and
//! at the end the books, the log, the bundle and the walk. What each stage refuses is tested where the stage is.

#[path = "whole/checked.rs"]
mod checked;

use crate::district::{District, Place, day, example, id};
use crate::sound;
use casework::call::{Call, CallAct, Completion, Period, Step, StepKind};
use casework::case::{Amount, Basis, Case, CaseAct, CaseRefusal, Defect, Evidence, Given, Minutes, Reduction, Stage, View};
use casework::chain::Fingerprint;
use casework::determination::Determination;
use casework::id::{AccountId, BatchId, CallId, CaseId, DeterminationId, DueId, EntryId, LeadId, NoticeId, ObjectionId, OrganisationId, ReceiptId, RecoveryId};
use casework::notice::{NoticeAct, NoticeRefusal, Objector, Ruling};
use casework::organisation::Account;
use casework::payment::{Due, PaymentAct, PaymentRefusal, Report};
use casework::people::Role;
use casework::recovery::{Decision, Instalment, LeadSource, Part, Proposal, Recovery, RecoveryAct, RecoveryRefusal, RecoveryStage};
use casework::registry::RegistryAct;
use casework::{Act, Key, Refusal};
use office::Outcome;
use serde_json::Value;
use values::Fen;

const SALES: &str = "品牌年销售额";
const ABROAD: &str = "跨境电商平台交易额";

/// 1.1 gives 1% of the sales, at most 50万元; 8.1 gives 5% of the trade abroad at 7.1884, at most 200万元. In fen, what each
/// firm claims, what is set (核定), and its part of the 1000万元 of the pool (largest remainder, who came first at the head).
///
/// Set are 1162069306 fen in all. Whole fen of 1000000000 × set ÷ 1162069306 leave five over: they go to the greatest
/// remainders, that is 1.1 of firms 2, 3 and 5, and then to the first two of four firms with the same 8.1.
const ROWS: [Row; 5] = [
    // 48345678.90 元 of sales after the correction: 483456.789 元, to the fen 483456.79.
    Row { sales: "48345678.9", abroad: "6000000", rules: [48_345_679, 200_000_000], set: [48_345_679, 200_000_000], shared: [41_603_094, 172_106_775] },
    // 工业园区管委会 would give 40万元.
    Row { sales: "63500000", abroad: "6000000", rules: [50_000_000, 200_000_000], set: [40_000_000, 200_000_000], shared: [34_421_355, 172_106_775] },
    Row { sales: "63500000", abroad: "6000000", rules: [50_000_000, 200_000_000], set: [50_000_000, 200_000_000], shared: [43_026_694, 172_106_774] },
    // 3998765.43 × 5% × 7.1884 = 1437236.2708… 元
    Row { sales: "30000000", abroad: "3998765.43", rules: [30_000_000, 143_723_627], set: [30_000_000, 143_723_627], shared: [25_816_016, 123_679_049] },
    Row { sales: "50000000", abroad: "6000000", rules: [50_000_000, 200_000_000], set: [50_000_000, 200_000_000], shared: [43_026_694, 172_106_774] },
];

struct Row {
    sales: &'static str,
    abroad: &'static str,
    rules: [i64; 2],
    set: [i64; 2],
    shared: [i64; 2],
}

/// The money of the pool, 1000万元, and of the budget, 2000万元.
const POOL: i64 = 1_000_000_000;
const BUDGET: i64 = 2_000_000_000;
/// What the objection takes from the row of firm 3, and what is taken back from firm 4 in two payments.
const OBJECTED: i64 = 50_000_000;
const RECOVERED: [i64; 2] = [15_000_000, 25_000_000];

#[tokio::test]
async fn a_call_goes_its_whole_way_and_every_fen_of_it_is_accounted_for() {
    for (name, place) in crate::offices("whole").await {
        println!("── {name}");
        let mut way = Way::begun(place).await;
        way.applications().await;
        way.correction().await;
        way.acceptance().await;
        way.opinions().await;
        way.summary().await;
        way.share().await;
        way.approval().await;
        way.notice_with_an_objection().await;
        way.payment_with_a_return().await;
        way.clawback().await;
        checked::books(&way).await;
        checked::log(&way).await;
        checked::bundles(&way, name).await;
        checked::walks(&way).await;
    }
}

fn of(number: usize) -> CaseId {
    id(CaseId::parse, &format!("k{number}"))
}

fn firm(number: usize) -> String {
    format!("firm{number}")
}

fn call() -> CallId {
    id(CallId::parse, "c1")
}

fn entry(name: &str) -> EntryId {
    id(EntryId::parse, name)
}

fn paper(name: &str, facts: &[&str]) -> Evidence {
    Evidence { name: name.into(), digest: Fingerprint::of(name.as_bytes()), facts: facts.iter().map(|fact| (*fact).into()).collect() }
}

/// Amounts of 1.1 and 8.1, each with its reason.
fn amounts(fen: [i64; 2], reasons: [Option<&str>; 2]) -> Vec<Amount> {
    let clauses = ["1.1", "8.1"].into_iter().zip(fen).zip(reasons);
    clauses.map(|((clause, fen), reason)| Amount { clause: clause.into(), amount: Fen(fen), reason: reason.map(str::to_owned) }).collect()
}

/// Screening, three units at once, summary, meeting, approval.
fn with_units_and_meeting(call: &mut Call) {
    let step = |kind, role| Step { kind, role, period: Period::WorkingDays(10), completion: Completion::All };
    call.workflow.steps = vec![
        step(StepKind::Screening, Role::Clerk),
        step(StepKind::Joint, Role::UnitReviewer),
        step(StepKind::Summary, Role::Reviewer),
        step(StepKind::Meeting, Role::Clerk),
        step(StepKind::Approval, Role::Leader),
    ];
}

/// A district with a call that is on its way.
struct Way {
    d: District,
}

impl Way {
    /// 申报通知: budget, pool and an open call.
    async fn begun(place: Place) -> Self {
        let d = District::with_policy(place, Fen(BUDGET)).await;
        d.call_with("c1", &["1.1", "8.1"], with_units_and_meeting).await;
        Self { d }
    }

    async fn firm_does(&self, number: usize, act: CaseAct) -> Outcome {
        self.d.ok(&firm(number), Role::Applicant, Act::Case(act)).await
    }

    async fn clerk(&self, act: CaseAct) -> Outcome {
        self.d.ok("clerk", Role::Clerk, Act::Case(act)).await
    }

    async fn leader(&self, act: Act) -> Outcome {
        self.d.ok("leader", Role::Leader, act).await
    }

    async fn case(&self, number: usize) -> Case {
        self.d.kept(of(number).as_str()).await
    }

    async fn stages(&self) -> Vec<Stage> {
        let mut out = Vec::new();
        for number in 1..=ROWS.len() {
            out.push(self.case(number).await.stage);
        }
        out
    }

    async fn due(&self, number: usize, clause: &str) -> Due {
        let mut work = self.d.office.store().begin().await.unwrap();
        let dues: Vec<Due> = work.list("case_id", &Key::from(of(number).as_str())).await.unwrap();
        dues.into_iter().find(|due| due.clause == clause).unwrap()
    }

    /// The application of a firm with its own name and figures.
    fn application(number: usize, sales: &str) -> Value {
        let organisation = District::firm_for(u32::try_from(number).unwrap());
        let mut application = example(5, of(number).as_str());
        application["applicant"]["name"] = organisation.name.into();
        application["applicant"]["uscc"] = organisation.credit_code.into();
        application["facts"][SALES] = sales.into();
        application["facts"][ABROAD] = ROWS[number - 1].abroad.into();
        application
    }

    /// 申报: five firms with papers; the first states other sales than it will have to prove.
    async fn applications(&self) {
        for (number, row) in (1..).zip(&ROWS) {
            self.d.firm(u32::try_from(number).unwrap()).await;
            let sales = if number == 1 { "42000000" } else { row.sales };
            let start = CaseAct::Start {
                case: of(number),
                call: call(),
                organisation: id(OrganisationId::parse, &firm(number)),
                clauses: vec!["1.1".into(), "8.1".into()],
                application: Self::application(number, sales),
                evidence: vec![paper(&format!("sales of {number}"), &[SALES])],
            };
            self.firm_does(number, start).await;
            self.firm_does(number, CaseAct::Attach { case: of(number), evidence: paper(&format!("customs of {number}"), &[ABROAD]) }).await;
            self.firm_does(number, CaseAct::Submit { case: of(number), declaration: None }).await;
        }
        assert_eq!(self.case(1).await.claims[0].assessed, Some(Fen(42_000_000)));
    }

    /// 补正: the first firm brings the audited accounts, which say something else.
    async fn correction(&mut self) {
        let defects = vec![Defect { what: "销售额无法核实".into(), mend: "补充年度审计报告".into() }];
        self.clerk(CaseAct::AskCorrection { case: of(1), defects }).await;
        assert_eq!(self.case(1).await.stage, Stage::Correcting);
        self.d.today = day("2025-03-10");
        let evidence = vec![paper("audited accounts of 1", &[SALES]), paper("customs of 1", &[ABROAD])];
        self.firm_does(1, CaseAct::AnswerCorrection { case: of(1), application: Self::application(1, ROWS[0].sales), evidence }).await;
        let case = self.case(1).await;
        assert_eq!((case.stage, case.evidence.len()), (Stage::Submitted, 2));
        let changed = case.review.correction.unwrap().changed.unwrap();
        assert_eq!((changed.facts.len(), changed.papered.len(), changed.gone.len()), (1, 1, 1), "{changed:?}");
    }

    /// 受理 and 初审.
    async fn acceptance(&self) {
        for (number, row) in (1..).zip(&ROWS) {
            self.clerk(CaseAct::Accept { case: of(number) }).await;
            self.clerk(CaseAct::Screen { case: of(number) }).await;
            let rules: Vec<i64> = self.case(number).await.claims.iter().map(|claim| claim.assessed.unwrap().0).collect();
            assert_eq!(rules, row.rules, "firm {number}");
        }
        assert_eq!(self.stages().await, [Stage::Review(StepKind::Joint); 5]);
    }

    /// 联审: three units, of which one reduces one row, and nothing is summed up before all have spoken.
    async fn opinions(&self) {
        for number in 1..=ROWS.len() {
            for unit in ["farms", "park", "taxes"] {
                let reduces = (number, unit) == (2, "park");
                let reduction = Reduction { clause: "1.1".into(), amount: Fen(40_000_000), reason: "部分销售不在园区".into() };
                let opinion = Given {
                    view: if reduces { View::Reduce } else { View::Agree },
                    reductions: if reduces { vec![reduction] } else { Vec::new() },
                    basis: Basis { facts: vec![SALES.into()], evidence: Vec::new() },
                    words: String::new(),
                };
                self.d.ok(unit, Role::UnitReviewer, Act::Case(CaseAct::GiveOpinion { case: of(number), opinion })).await;
            }
        }
        assert_eq!(self.stages().await, [Stage::Review(StepKind::Summary); 5]);
    }

    /// 牵头汇总 and 集体审议.
    async fn summary(&mut self) {
        self.d.today = day("2025-03-28");
        let summarise = |number: usize, reason: Option<&str>| {
            let amounts = amounts(ROWS[number - 1].set, [reason, None]);
            Act::Case(CaseAct::Summarise { case: of(number), amounts })
        };
        let silent = self.d.refused("reviewer", Role::Reviewer, summarise(2, None)).await;
        assert_eq!(silent, CaseRefusal::NoReason { clause: "1.1".into() }.into());
        for number in 1..=ROWS.len() {
            let reason = (number == 2).then_some("采纳工业园区管委会意见：部分销售不在园区");
            self.d.ok("reviewer", Role::Reviewer, summarise(number, reason)).await;
        }
        for number in 1..=ROWS.len() {
            let minutes =
                Minutes {
                    number: "会纪〔2025〕3号".into(), date: day("2025-03-28"), present: vec!["王主任".into()], agreed: true, decision: "同意".into()
                };
            self.clerk(CaseAct::Deliberate { case: of(number), minutes }).await;
        }
        assert_eq!(self.stages().await, [Stage::Review(StepKind::Approval); 5]);
    }

    /// 资金分配: the pool is too small for what is set, and every fen of it is given.
    async fn share(&mut self) {
        self.d.today = day("2025-04-01");
        self.leader(Act::Call(CallAct::Close { call: call() })).await;
        let early = self.d.refused("leader", Role::Leader, Self::approving(1)).await;
        assert_eq!(early, CaseRefusal::NotShared.into());
        let Outcome::Shared(shares) = self.leader(Act::Call(CallAct::Share { call: call(), entry: entry("e-share") })).await else { panic!() };
        let [share] = &shares[..] else { panic!("{shares:?}") };
        assert_eq!((share.held, share.claimed, share.given, share.left), (Fen(POOL), Fen(1_162_069_306), Fen(POOL), Fen(0)));
        for (number, row) in (1..).zip(&ROWS) {
            let shared: Vec<i64> = self.case(number).await.claims.iter().map(|claim| claim.shared.unwrap().0).collect();
            assert_eq!(shared, row.shared, "firm {number}");
        }
        assert_eq!(ROWS.iter().flat_map(|row| row.shared).sum::<i64>(), POOL);
    }

    fn approving(number: usize) -> Act {
        let (determination, entry) = (id(DeterminationId::parse, &format!("d-k{number}")), entry(&format!("e-k{number}")));
        Act::Case(CaseAct::Approve { case: of(number), determination, entry })
    }

    /// 审定
    async fn approval(&self) {
        for (number, row) in (1..).zip(&ROWS) {
            self.leader(Self::approving(number)).await;
            let frozen: Determination = self.d.kept(&format!("d-k{number}")).await;
            let awards: Vec<(i64, i64)> = frozen.awards.iter().map(|award| (award.assessed.0, award.amount.0)).collect();
            assert_eq!(awards, [(row.rules[0], row.shared[0]), (row.rules[1], row.shared[1])], "firm {number}");
            assert_eq!(frozen.evidence.len(), 2);
        }
        let reduced: Determination = self.d.kept("d-k2").await;
        let reasons: Vec<_> = reduced.awards.iter().map(|award| award.reason.as_deref().unwrap()).collect();
        assert_eq!(reasons, ["采纳工业园区管委会意见：部分销售不在园区；资金分配", "资金分配"]);
    }

    async fn notice(&self, who: &str, role: Role, act: NoticeAct) -> Outcome {
        self.d.ok(who, role, Act::Notice(act)).await
    }

    /// 公示 and 异议: the row of firm 3 waits, is upheld in part and follows; the others do not wait for it.
    async fn notice_with_an_objection(&mut self) {
        let notice = || id(NoticeId::parse, "n1");
        self.d.today = day("2025-04-07");
        self.notice("clerk", Role::Clerk, NoticeAct::Publish { notice: notice(), call: call() }).await;
        self.d.today = day("2025-04-10");
        let objection = || id(ObjectionId::parse, "o1");
        let by = Objector { name: "王某".into(), contact: "023-0000".into() };
        let (grounds, evidence) = ("部分交易不是跨境交易".into(), vec![paper("orders", &[])]);
        self.notice("firm1", Role::Applicant, NoticeAct::Object { objection: objection(), notice: notice(), case: of(3), by, grounds, evidence }).await;
        let conclude = |name: &str| NoticeAct::Conclude { notice: notice(), entry: entry(name) };
        let early = self.d.refused("leader", Role::Leader, Act::Notice(conclude("e-n0"))).await;
        assert_eq!(early, NoticeRefusal::NotOver { until: day("2025-04-14") }.into());
        self.d.today = day("2025-04-15");
        let rest: i64 = [0, 1, 3, 4].iter().flat_map(|at: &usize| ROWS[*at].shared).sum();
        assert_eq!(self.notice("leader", Role::Leader, conclude("e-n1")).await, Outcome::Sum(Fen(rest)));
        let (waits, due) = (Stage::Disputed, Stage::Committed);
        assert_eq!(self.stages().await, [due, due, waits, due, due]);
        self.notice("clerk", Role::Clerk, NoticeAct::Check { objection: objection(), result: "部分属实".into() }).await;
        assert_eq!(self.d.pay("c1", "b1").await, Outcome::Sum(Fen(rest)), "the rest is paid while the row waits");
        let [first, second] = ROWS[2].shared;
        let settle = NoticeAct::Settle {
            objection: objection(),
            ruling: Ruling::Adjusted(amounts([first, second - OBJECTED], [None, Some("扣除境内交易")])),
            result: "经核查，部分属实".into(),
            determination: Some(id(DeterminationId::parse, "d-o1")),
            entry: entry("e-o1"),
        };
        assert_eq!(self.notice("leader", Role::Leader, settle).await, Outcome::Sum(Fen(OBJECTED)));
        let reduced: Determination = self.d.kept("d-o1").await;
        let reasons: Vec<_> = reduced.awards.iter().map(|award| (award.amount.0, award.reason.as_deref().unwrap())).collect();
        assert_eq!(reasons, [(first, "资金分配"), (second - OBJECTED, "资金分配；异议处理：扣除境内交易")]);
        assert_eq!(self.notice("leader", Role::Leader, conclude("e-n2")).await, Outcome::Sum(Fen(first + second - OBJECTED)));
    }

    /// What the bank says of a line.
    async fn bank(&self, batch: &str, due: &DueId, returned: Option<&str>) {
        let receipt = id(ReceiptId::parse, &format!("{batch}-{due}"));
        let report = Report { receipt, due: due.clone(), on: self.d.today, returned: returned.map(str::to_owned) };
        let report = PaymentAct::Report { batch: id(BatchId::parse, batch), reports: vec![report], entry: entry(&format!("e-{batch}-{due}")) };
        self.d.ok("finance", Role::Finance, Act::Payment(report)).await;
    }

    /// 到账, 退汇, 更正, 重拨: 8.1 of firm 5 comes back once.
    async fn payment_with_a_return(&mut self) {
        self.d.today = day("2025-04-21");
        let back = self.due(5, "8.1").await.id;
        for number in [1, 2, 4, 5] {
            for clause in ["1.1", "8.1"] {
                let due = self.due(number, clause).await.id;
                self.bank("b1", &due, (due == back).then_some("账号有误")).await;
            }
        }
        let (paid, waits, came_back) = (Stage::Paid, Stage::Committed, Stage::Returned);
        assert_eq!(self.stages().await, [paid, paid, waits, paid, came_back]);
        let account = Account { holder: "示例电商5号有限公司".into(), number: "6200-5-1".into(), bank: "另一银行".into() };
        let mend = || Act::Payment(PaymentAct::Mend { case: of(5), account: account.clone() });
        let unverified = self.d.refused(&firm(5), Role::Applicant, mend()).await;
        assert_eq!(unverified, PaymentRefusal::NotVerified { case: of(5) }.into());
        let organisation = id(OrganisationId::parse, &firm(5));
        let new = || id(AccountId::parse, "a5");
        let put = RegistryAct::PutAccount { entry: new(), organisation, account: account.clone(), from: self.d.today, source: "开户许可证".into() };
        self.d.ok(&firm(5), Role::Applicant, Act::Registry(put)).await;
        self.d.ok("finance", Role::Finance, Act::Registry(RegistryAct::VerifyAccount { entry: new() })).await;
        self.d.ok(&firm(5), Role::Applicant, mend()).await;
        let again = ROWS[4].shared[1] + ROWS[2].shared.iter().sum::<i64>() - OBJECTED;
        assert_eq!(self.d.pay("c1", "b2").await, Outcome::Sum(Fen(again)), "what came back, and the row that was objected to");
        for due in [back, self.due(3, "1.1").await.id, self.due(3, "8.1").await.id] {
            self.bank("b2", &due, None).await;
        }
        assert_eq!(self.stages().await, [Stage::Paid; 5]);
    }

    async fn recovery(&self, who: &str, role: Role, act: RecoveryAct) -> Outcome {
        self.d.ok(who, role, Act::Recovery(act)).await
    }

    /// 线索, 立案, 告知, 陈述申辩, 决定, 送达, 分期缴款, 结清, 结案: a part of 8.1 of firm 4 comes back.
    async fn clawback(&mut self) {
        let recovery = || id(RecoveryId::parse, "r1");
        let lead = id(LeadId::parse, "lead1");
        self.d.today = day("2025-09-01");
        let parts = || vec![Part { clause: "8.1".into(), amount: Fen(RECOVERED.iter().sum()) }];
        let (source, organisation) = (LeadSource::Audit { document: "审〔2025〕3号".into() }, id(OrganisationId::parse, &firm(4)));
        let note = RecoveryAct::Note { lead: lead.clone(), source, organisation, case: Some(of(4)), words: "部分交易重复申报".into() };
        self.recovery("clerk", Role::Clerk, note).await;
        self.recovery("clerk", Role::Clerk, RecoveryAct::Open { recovery: recovery(), case: of(4), leads: vec![lead] }).await;
        let proposal = Proposal { number: "追告〔2025〕1号".into(), grounds: "交易重复".into(), parts: parts(), period: Period::WorkingDays(5) };
        self.recovery("clerk", Role::Clerk, RecoveryAct::Notify { recovery: recovery(), proposal }).await;
        let state = RecoveryAct::State { recovery: recovery(), words: "无异议".into(), evidence: Vec::new(), last: true };
        self.recovery(&firm(4), Role::Applicant, state).await;
        let decision = Decision {
            number: "追决〔2025〕1号".into(),
            basis: vec!["区政策第八条".into()],
            grounds: "交易重复，当事人无异议".into(),
            parts: parts(),
            period: Period::WorkingDays(15),
            remedies: "六十日内申请行政复议，六个月内提起行政诉讼".into(),
            bar_until: Some(day("2026-08-31")),
            stop_payment: true,
        };
        self.recovery("leader", Role::Leader, RecoveryAct::Decide { recovery: recovery(), decision }).await;
        self.recovery("clerk", Role::Clerk, RecoveryAct::Deliver { recovery: recovery(), on: self.d.today, by: "直接送达".into() }).await;
        let days = ["2025-09-30", "2025-10-31"].map(day);
        let plan = days.into_iter().zip(RECOVERED).map(|(due, fen)| Instalment { due, amount: Fen(fen) }).collect();
        self.recovery("leader", Role::Leader, RecoveryAct::Agree { recovery: recovery(), plan }).await;
        let mut owed: i64 = RECOVERED.iter().sum();
        for (number, (due, fen)) in (1..).zip(days.into_iter().zip(RECOVERED)) {
            self.d.today = due;
            owed -= fen;
            let (entry, receipt) = (entry(&format!("e-back{number}")), format!("票据{number}"));
            let collect = RecoveryAct::Collect { recovery: recovery(), entry, amount: Fen(fen), receipt };
            assert_eq!(self.recovery("finance", Role::Finance, collect).await, Outcome::Sum(Fen(owed)));
        }
        assert_eq!(self.d.kept::<Recovery>("r1").await.stage, RecoveryStage::Settled);
        let close = || RecoveryAct::Close { recovery: recovery(), reason: "已结清".into() };
        let barred = self.d.refused("leader", Role::Leader, Act::Recovery(close())).await;
        assert_eq!(barred, Refusal::Recovery(RecoveryRefusal::Barred { until: day("2026-08-31") }));
        self.d.today = day("2026-09-01");
        self.recovery("leader", Role::Leader, close()).await;
        assert_eq!(self.d.kept::<Recovery>("r1").await.stage, RecoveryStage::Closed);
    }
}
