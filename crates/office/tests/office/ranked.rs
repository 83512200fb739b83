//! A call whose clauses rank their applicants, with firms in it: what the tests of places and of the program look at.

use crate::district::{District, day, id};
use casework::Act;
use casework::budget::BudgetAct;
use casework::call::{Call, CallAct};
use casework::case::{Amount, Case, CaseAct};
use casework::id::{BookId, CallId, CaseId, DeterminationId, EntryId, OrganisationId, PolicyVersionId};
use casework::people::Role;
use casework::policy_version::PolicyVersion;
use serde_json::{Value, json};
use store::Store;
use values::Fen;

const POLICY: &str = "\
# 评比

```duixian
政策 contest「评比」
事实
  销售额    元
  净出口额  美元
  节日销售  元
条款 1「成长榜」
  排名  销售额 前 3 名，同分 并列
  给予  分档 名次
          不超过 1名：15万元
          不超过 2名：10万元
          不超过 3名：5万元
  频次  每年
条款 2「补贴」
  给予  10万元
  频次  每年
条款 3「网购节」
  排名  节日销售 前 2 名，全部记录
  给予  决定额，最高 10万元
  频次  每年
条款 4「出口」
  给予  净出口额 的 1% 乘 美元汇率，最高 50万元
  频次  每年
条款 5「一事一议」
  给予  决定额，最高 20万元
  频次  每年
并用「就高」
  适用  条款 1、2
  方式  就高
参数 美元汇率 元/美元 按日 有效 10日 来源「中间价」
```
";

pub fn case(name: &str) -> CaseId {
    id(CaseId::parse, name)
}

pub fn call() -> CallId {
    id(CallId::parse, "c1")
}

/// An office that runs the contest, with an open call c1 for all its clauses.
pub async fn opened(store: Store) -> District {
    let district = District::founded(store).await;
    let files = vec![("policy.md".to_owned(), POLICY.to_owned())];
    let mut version = PolicyVersion { id: id(PolicyVersionId::parse, "contest"), scheme_hash: String::new(), files, official: None };
    version.scheme_hash = office::hash_of(&version).expect("the policy compiles");
    district.in_force(version, "2024-01-01").await;
    let book = id(BookId::parse, "fund-2024");
    let budget = BudgetAct::OpenFund { book: book.clone(), year: 2024, source: "专项资金".into() };
    district.ok("finance", Role::Finance, Act::Budget(budget)).await;
    let bring = BudgetAct::Appropriate { entry: id(EntryId::parse, "e-fund"), book, amount: Fen(1_000_000_000), reason: "预算".into() };
    district.ok("finance", Role::Finance, Act::Budget(bring)).await;
    let clauses = ["1", "2", "3", "4", "5"];
    let of =
        |name: &str| Call { version: id(PolicyVersionId::parse, "contest"), pools: Vec::new(), as_of: day("2024-12-31"), ..District::call_for(name, &clauses) };
    district.ok("clerk", Role::Clerk, Act::Call(CallAct::Prepare { call: of("c1") })).await;
    district.ok("leader", Role::Leader, Act::Call(CallAct::Open { call: call() })).await;
    district
}

/// The act by which a firm starts an application.
pub fn start(firm: &str, name: &str, clauses: &[&str], application: Value) -> Act {
    Act::Case(CaseAct::Start {
        case: case(name),
        call: call(),
        organisation: id(OrganisationId::parse, firm),
        clauses: clauses.iter().map(|clause| (*clause).to_owned()).collect(),
        application,
        evidence: Vec::new(),
    })
}

/// A case of a new firm, handed in and screened.
pub async fn screened(d: &District, number: u32, clauses: &[&str], facts: Value) {
    let (firm, name) = (d.firm(number).await, format!("k{number}"));
    d.ok(&firm, Role::Applicant, start(&firm, &name, clauses, json!({"id": name, "year": 2024, "facts": facts}))).await;
    d.ok(&firm, Role::Applicant, Act::Case(CaseAct::Submit { case: case(&name), declaration: None })).await;
    d.ok("clerk", Role::Clerk, Act::Case(CaseAct::Accept { case: case(&name) })).await;
    d.ok("clerk", Role::Clerk, Act::Case(CaseAct::Screen { case: case(&name) })).await;
}

/// The act that sets amounts.
pub fn summary(name: &str, amounts: &[(&str, i64)]) -> Act {
    let amount = |(clause, fen): &(&str, i64)| Amount { clause: (*clause).to_owned(), amount: Fen(*fen), reason: Some("核定".into()) };
    Act::Case(CaseAct::Summarise { case: case(name), amounts: amounts.iter().map(amount).collect() })
}

/// A case of a new firm under one clause, with its amount set to what the rules give.
pub async fn set(d: &District, number: u32, clause: &str, facts: Value) {
    screened(d, number, &[clause], facts).await;
    let name = format!("k{number}");
    let most = d.kept::<Case>(&name).await.claims[0].assessed.unwrap_or_default();
    d.ok("reviewer", Role::Reviewer, summary(&name, &[(clause, most.0)])).await;
}

pub async fn close(d: &District) {
    d.ok("leader", Role::Leader, Act::Call(CallAct::Close { call: call() })).await;
}

pub fn rank(clause: &str, reason: Option<&str>) -> Act {
    Act::Call(CallAct::Rank { call: call(), clause: clause.into(), others: None, reason: reason.map(str::to_owned) })
}

pub fn approve(name: &str) -> Act {
    let (determination, entry) = (id(DeterminationId::parse, &format!("d-{name}")), id(EntryId::parse, &format!("e-{name}")));
    Act::Case(CaseAct::Approve { case: case(name), determination, entry })
}

/// Four firms under the first clause, the first two alike; summed up, and the call closed.
pub async fn four(store: Store) -> District {
    let d = opened(store).await;
    for (number, sales) in [(1, "900"), (2, "900"), (3, "500"), (4, "300")] {
        set(&d, number, "1", json!({"销售额": sales})).await;
    }
    close(&d).await;
    d
}
