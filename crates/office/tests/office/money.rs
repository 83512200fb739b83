//! Money from sharing to the bank, on a small policy that has every kind of pool, a group, a cap over clauses and
//! instalments.

mod carry;
mod group;
mod hands;
mod instalment;
mod notice;
mod payment;
mod share;
mod together;

use crate::district::{District, day, id};
use casework::act::Act;
use casework::budget::BudgetAct;
use casework::call::{Call, CallAct, CallStage, Completion, Period, Sharing, Step, StepKind, Terms, Workflow};
use casework::case::{Amount, Case, CaseAct, Evidence, Stage};
use casework::chain::Fingerprint;
use casework::id::{BatchId, BookId, CallId, CaseId, DeterminationId, DueId, EntryId, NoticeId, OrganisationId, PolicyVersionId, ReceiptId, UnitId};
use casework::ledger::Account;
use casework::notice::{Notice, NoticeAct};
use casework::payment::{Due, PaymentAct, Report};
use casework::people::Role;
use casework::policy_version::PolicyVersion;
use casework::registry::RegistryAct;
use casework::{Key, Refusal};
use office::{Outcome, Stop};
use serde_json::{Value, json};
use store::Store;
use values::Fen;

const POLICY: &str = "\
# 试点

```duixian
政策 trial「试点政策」
事实
  投入      元
  设备投入  元
  软件投入  元
  年销售额  元 按年
  正常经营  是否 按年
  引进人才  名单（人）
    姓名    文字
    贡献    元
条款 1「投入补助」
  给予  投入 的 10%
  频次  每年
条款 2「先到先得奖」
  给予  1万元
  频次  每年
条款 3「不占额度的奖励」
  给予  2万元
  频次  每年
条款 4「项目奖」
  给予  100万元
  频次  一次性
  兑付
    第 1 年：50%
    第 2 年：30%，须 年销售额 不低于 上年 年销售额，不符则 顺延
    第 3 年：其余，须 正常经营，不符则 终止
条款 5「甲类奖」
  给予  50万元
  频次  每年
条款 6「乙类奖」
  给予  80万元
  频次  每年
条款 7「租金」
  给予  15万元
  频次  每年
条款 8「装修」
  给予  15万元
  频次  每年
条款 9「人才奖励」
  受益  每个 引进人才
  给予  合计 每个 引进人才
          计  贡献 的 100%
  频次  每年
条款 10「设备补助」
  给予  设备投入 的 10%
  频次  每年
条款 11「软件补助」
  给予  软件投入 的 10%
  频次  每年
条款 12「末位部分」
  给予  2万元
  频次  每年
条款 13「投入补助甲」
  给予  投入 的 10%
  频次  每年
条款 14「投入补助乙」
  给予  投入 的 10%
  频次  每年
条款 15「分年奖」
  给予  100万元
  频次  一次性
  兑付
    第 1 年：50%
    第 2 年：20%
    第 3 年：其余
并用「就高不重复」
  适用  条款 5、6
  方式  就高
并用「合计上限」
  适用  条款 7、8
  限额  每年 20万元
并用「投入合计」
  适用  条款 13、14
  限额  每年 6万元
资金「按比例」
  适用  条款 1、13、14
  额度  每年 10万元
  超额  按比例
资金「先到先得」
  适用  条款 2
  额度  每年 3万元
  超额  先到先得
资金「设备类」
  适用  条款 10
  额度  每年 6万元
  超额  按比例
资金「总额」
  适用  条款 10、11
  额度  每年 10万元
  超额  按比例
资金「末位」
  适用  条款 12
  额度  每年 3万元
  超额  先到先得，末位部分
资金「分期」
  适用  条款 4
  额度  每年 1000万元
  超额  先到先得
```
";

const POOLS: [(&str, &str); 6] =
    [("按比例", "pool-rata"), ("先到先得", "pool-first"), ("设备类", "pool-device"), ("总额", "pool-all"), ("末位", "pool-last"), ("分期", "pool-parts")];

/// A district that runs the small policy, with what tests of money do all the time.
struct Trial {
    district: District,
}

fn evidence() -> Vec<Evidence> {
    vec![Evidence { name: "证据".into(), digest: Fingerprint::of(b"paper"), facts: Vec::new() }]
}

fn call(name: &str) -> CallId {
    id(CallId::parse, name)
}

fn case(name: &str) -> CaseId {
    id(CaseId::parse, name)
}

fn entry(name: &str) -> EntryId {
    id(EntryId::parse, name)
}

impl Trial {
    async fn new(store: Store, budget: Fen) -> Self {
        let district = District::founded(store).await;
        let files = vec![("policy.md".to_owned(), POLICY.to_owned())];
        let mut version = PolicyVersion { id: id(PolicyVersionId::parse, "trial"), scheme_hash: String::new(), files, official: None };
        version.scheme_hash = office::hash_of(&version).expect("the policy compiles");
        district.in_force(version, "2024-01-01").await;
        let trial = Self { district };
        trial.fund("fund-2024", 2024, budget).await;
        for (pool, book) in POOLS {
            let open = BudgetAct::OpenPool {
                book: id(BookId::parse, book),
                year: 2024,
                version: id(PolicyVersionId::parse, "trial"),
                pool: pool.into(),
                entry: entry(&format!("e-{book}")),
            };
            trial.district.ok("finance", Role::Finance, Act::Budget(open)).await;
        }
        trial
    }

    async fn fund(&self, name: &str, year: i32, budget: Fen) {
        let book = id(BookId::parse, name);
        let open = BudgetAct::OpenFund { book: book.clone(), year, source: format!("专项资金{year}") };
        self.district.ok("finance", Role::Finance, Act::Budget(open)).await;
        let bring = BudgetAct::Appropriate { entry: entry(&format!("e-{name}")), book, amount: budget, reason: "预算".into() };
        self.district.ok("finance", Role::Finance, Act::Budget(bring)).await;
    }

    async fn call_with(&self, name: &str, terms: Terms) {
        self.call_of(name, terms, |_| {}).await;
    }

    async fn call_of(&self, name: &str, terms: Terms, change: impl FnOnce(&mut Call)) {
        let step = |kind, role| Step { kind, role, period: Period::WorkingDays(10), completion: Completion::All };
        let mut new = Call {
            id: call(name),
            title: "试点申报".into(),
            version: id(PolicyVersionId::parse, "trial"),
            year: 2024,
            as_of: day("2024-12-31"),
            clauses: (1..=15).map(|number| number.to_string()).collect(),
            open: (day("2025-03-01"), day("2025-03-31")),
            lead: id(UnitId::parse, "commerce"),
            with: Vec::new(),
            fund: id(BookId::parse, "fund-2024"),
            pools: POOLS.iter().map(|(pool, book)| ((*pool).into(), id(BookId::parse, book))).collect(),
            workflow: Workflow {
                acceptance: Period::WorkingDays(5),
                correction: Period::WorkingDays(10),
                steps: vec![step(StepKind::Screening, Role::Clerk), step(StepKind::Summary, Role::Reviewer), step(StepKind::Approval, Role::Leader)],
                notice: Period::WorkingDays(5),
                objection: Period::WorkingDays(10),
                unit_periods: Vec::new(),
                apart: Vec::new(),
                credit: false,
            },
            guide: None,
            stage: CallStage::Draft,
            shares: Vec::new(),
            terms,
            sharing: Sharing::default(),
            rates: Vec::new(),
            rankings: Vec::new(),
        };
        change(&mut new);
        self.ok("clerk", Role::Clerk, Act::Call(CallAct::Prepare { call: new })).await;
        self.ok("leader", Role::Leader, Act::Call(CallAct::Open { call: call(name) })).await;
    }

    async fn call(&self, name: &str) {
        self.call_with(name, Terms::default()).await;
    }

    async fn ok(&self, who: &str, role: Role, act: Act) -> Outcome {
        self.district.ok(who, role, act).await
    }

    async fn refused(&self, who: &str, role: Role, act: Act) -> Refusal {
        self.district.refused(who, role, act).await
    }

    /// A case of a firm, handed in and screened; its amounts are not set yet.
    async fn screened(&self, firm: &str, of: &str, name: &str, clauses: &[&str], facts: Value) {
        let start = CaseAct::Start {
            case: case(name),
            call: call(of),
            organisation: id(OrganisationId::parse, firm),
            clauses: clauses.iter().map(|clause| (*clause).to_owned()).collect(),
            application: json!({"id": name, "year": 2024, "as_of": "2024-12-31", "applicant": {"name": firm}, "facts": facts}),
            evidence: Vec::new(),
        };
        self.ok(firm, Role::Applicant, Act::Case(start)).await;
        self.ok(firm, Role::Applicant, Act::Case(CaseAct::Submit { case: case(name), declaration: None })).await;
        self.ok("clerk", Role::Clerk, Act::Case(CaseAct::Accept { case: case(name) })).await;
        self.ok("clerk", Role::Clerk, Act::Case(CaseAct::Screen { case: case(name) })).await;
    }

    /// The act that sets the amounts of a case to what the rules give.
    async fn summary(&self, name: &str) -> Act {
        let claims = self.case(name).await.claims;
        let amounts = claims.iter().map(|c| Amount { clause: c.clause.clone(), amount: c.assessed.unwrap_or_default(), reason: None }).collect();
        Act::Case(CaseAct::Summarise { case: case(name), amounts })
    }

    /// A case of a firm with its amounts set.
    async fn set(&self, firm: &str, of: &str, name: &str, clauses: &[&str], facts: Value) {
        self.screened(firm, of, name, clauses, facts).await;
        self.ok("reviewer", Role::Reviewer, self.summary(name).await).await;
    }

    fn approval(name: &str) -> Act {
        Act::Case(CaseAct::Approve { case: case(name), determination: id(DeterminationId::parse, &format!("d-{name}")), entry: entry(&format!("e-{name}")) })
    }

    async fn approve(&self, name: &str) -> Outcome {
        self.ok("leader", Role::Leader, Self::approval(name)).await
    }

    async fn close(&self, name: &str) {
        self.ok("leader", Role::Leader, Act::Call(CallAct::Close { call: call(name) })).await;
    }

    fn sharing(name: &str) -> Act {
        Act::Call(CallAct::Share { call: call(name), entry: entry(&format!("e-share-{name}")) })
    }

    async fn share(&self, name: &str) -> Vec<casework::call::Share> {
        match self.ok("leader", Role::Leader, Self::sharing(name)).await {
            Outcome::Shared(shares) => shares,
            other => panic!("{other:?}"),
        }
    }

    async fn publish(&self, of: &str, name: &str) {
        let publish = NoticeAct::Publish { notice: id(NoticeId::parse, name), call: call(of) };
        self.ok("clerk", Role::Clerk, Act::Notice(publish)).await;
    }

    fn conclusion(name: &str, entry_id: &str) -> Act {
        Act::Notice(NoticeAct::Conclude { notice: id(NoticeId::parse, name), entry: entry(entry_id) })
    }

    /// Lets a notice stand, until its time is over, and concludes it.
    async fn conclude(&mut self, name: &str) -> Outcome {
        let notice: Notice = self.read(name).await;
        self.district.today = self.district.today.max(notice.term.last.add_days(1).unwrap());
        self.ok("leader", Role::Leader, Self::conclusion(name, &format!("e-{name}"))).await
    }

    /// From approved cases of a call to money that is due.
    async fn committed(&mut self, of: &str) {
        self.publish(of, &format!("n-{of}")).await;
        self.conclude(&format!("n-{of}")).await;
    }

    async fn plan(&self, of: &str, batch: &str) -> Outcome {
        self.ok("clerk", Role::Clerk, Self::planning(of, batch)).await
    }

    fn planning(of: &str, batch: &str) -> Act {
        Act::Payment(PaymentAct::Plan { batch: id(BatchId::parse, batch), call: call(of), cases: None })
    }

    async fn request(&self, batch: &str) {
        let request = PaymentAct::Request { batch: id(BatchId::parse, batch), number: format!("请示-{batch}") };
        self.ok("leader", Role::Leader, Act::Payment(request)).await;
    }

    fn payment(batch: &str) -> Act {
        Act::Payment(PaymentAct::Pay { batch: id(BatchId::parse, batch), entry: entry(&format!("e-{batch}")) })
    }

    /// Plans, asks for and sends whatever of a call is due.
    async fn pay(&self, of: &str, batch: &str) {
        self.plan(of, batch).await;
        self.request(batch).await;
        self.ok("finance", Role::Finance, Self::payment(batch)).await;
    }

    fn report(batch: &str, due: &DueId, receipt: &str, returned: Option<&str>) -> Act {
        let returned = returned.map(str::to_owned);
        let report = Report { receipt: id(ReceiptId::parse, receipt), due: due.clone(), on: day("2025-06-01"), returned };
        Act::Payment(PaymentAct::Report { batch: id(BatchId::parse, batch), reports: vec![report], entry: entry(&format!("e-{receipt}")) })
    }

    async fn arrives(&self, batch: &str, due: &DueId, receipt: &str) {
        self.ok("finance", Role::Finance, Self::report(batch, due, receipt, None)).await;
    }

    async fn read<R: casework::Record>(&self, name: &str) -> R {
        self.district.office.store().begin().await.unwrap().peek(name).await.unwrap().expect("a record of a test")
    }

    async fn case(&self, name: &str) -> Case {
        self.read(name).await
    }

    async fn stage(&self, name: &str) -> Stage {
        self.case(name).await.stage
    }

    async fn dues(&self, name: &str) -> Vec<Due> {
        let mut work = self.district.office.store().begin().await.unwrap();
        let mut dues: Vec<Due> = work.list("case_id", &Key::from(name)).await.unwrap();
        dues.sort_by_key(|due| (due.clause.clone(), due.number));
        dues
    }

    async fn balance(&self, book: &str, account: Account) -> i64 {
        self.district.office.store().begin().await.unwrap().book(&id(BookId::parse, book)).await.unwrap().unwrap().balance(account).0
    }

    /// Available, reserved, committed, paid and returned of a book.
    async fn balances(&self, book: &str) -> [i64; 5] {
        let book = self.district.office.store().begin().await.unwrap().book(&id(BookId::parse, book)).await.unwrap().unwrap();
        [Account::Available, Account::Reserved, Account::Committed, Account::Paid, Account::Returned].map(|account| book.balance(account).0)
    }

    /// Everything that is kept of money: books and entries. Nothing of it changes where an act is refused.
    async fn money(&self) -> (Vec<casework::ledger::Book>, usize) {
        let mut work = self.district.office.store().begin().await.unwrap();
        (work.all_books().await.unwrap(), work.entries(&store::work::Entries::All).await.unwrap().len())
    }

    /// The entries, added up anew from nothing, give the balances that are kept.
    async fn books_balance(&self) {
        let mut work = self.district.office.store().begin().await.unwrap();
        let entries = work.entries(&store::work::Entries::All).await.unwrap();
        for book in work.all_books().await.unwrap() {
            let mut again = casework::ledger::Book::new(book.id.clone(), book.kind, book.year, book.name.clone());
            for entry in entries.iter().filter(|entry| entry.fund == book.id || entry.pool.as_ref() == Some(&book.id)) {
                again.post(entry).expect("what was posted can be posted again");
            }
            assert_eq!(again, book);
        }
        drop(work);
        self.replays().await;
    }

    /// What was asked for, asked again in memory in the order of the log, writes the same to the last bit.
    async fn replays(&self) {
        let mut work = self.district.office.store().begin().await.unwrap();
        let events = work.events(0, i64::MAX).await.unwrap();
        drop(work);
        let again = office::Office::new(Store::memory(), values::WorkCalendar::china());
        for event in &events {
            let act: Act = serde_json::from_str(&event.input).unwrap();
            let context = office::Context { user: event.user.clone(), role: event.role, now: event.at, request: event.request.clone() };
            again.perform(&context, &act).await.unwrap_or_else(|stop| panic!("{} {}: {stop}", event.seq, event.act));
        }
        let mut work = again.store().begin().await.unwrap();
        for (first, second) in events.iter().zip(work.events(0, i64::MAX).await.unwrap()) {
            assert_eq!((first.seq, &first.effects, first.fingerprint), (second.seq, &second.effects, second.fingerprint), "{}", first.act);
        }
    }
}

/// Whether an act was refused; a failure of the store fails the test.
fn is_refused(done: &Result<Outcome, Stop>) -> bool {
    match done {
        Ok(_) => false,
        Err(Stop::Refused(_)) => true,
        Err(Stop::Failed(failure)) => panic!("{failure}"),
    }
}
