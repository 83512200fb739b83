//! A small town with a policy of its own: a pool served first come first served, a pool shared in proportion, and a clause
//! with a limit for each firm. For tests of many acts at once.

use crate::district::{District, day, id};
use casework::Act;
use casework::budget::BudgetAct;
use casework::call::{Call, CallAct, CallStage, Completion, Period, Sharing, Step, StepKind, Terms, Workflow};
use casework::case::{Amount, CaseAct};
use casework::id::{BookId, CallId, CaseId, DeterminationId, EntryId, OrganisationId, PolicyVersionId, RequestId, UnitId, UserId};
use casework::organisation::{Account, Organisation};
use casework::people::{Role, User};
use casework::policy_version::PolicyVersion;
use office::Context;
use serde_json::json;
use store::Store;
use values::{CreditCode, Date, Fen, Moment};

/// The policy as it is loaded.
pub fn policy() -> PolicyVersion {
    let files = vec![("policy.md".to_owned(), include_str!("policies/pools.md").to_owned())];
    let mut version = PolicyVersion { id: id(PolicyVersionId::parse, "pools-2024"), scheme_hash: String::new(), files, official: None };
    version.scheme_hash = office::hash_of(&version).expect("the policy compiles");
    version
}

impl District {
    /// A founded office with the policy of the town, a budget and its two pools for 2024.
    pub async fn of_a_town(store: Store) -> Self {
        let district = Self::founded(store).await;
        district.in_force(policy(), "2024-01-01").await;
        let finance = |act| district.ok("finance", Role::Finance, Act::Budget(act));
        let fund = id(BookId::parse, "fund-2024");
        finance(BudgetAct::OpenFund { book: fund.clone(), year: 2024, source: "数字商贸专项资金".into() }).await;
        let appropriate =
            BudgetAct::Appropriate { entry: id(EntryId::parse, "e-budget"), book: fund, amount: Fen(100_000_000_000), reason: "预算1号".into() };
        finance(appropriate).await;
        for (book, pool) in [("pool-shops", "开店"), ("pool-machines", "设备")] {
            finance(BudgetAct::OpenPool {
                book: id(BookId::parse, book),
                year: 2024,
                version: id(PolicyVersionId::parse, "pools-2024"),
                pool: pool.into(),
                entry: id(EntryId::parse, &format!("e-{book}")),
            })
            .await;
        }
        district
    }

    /// An open call for all clauses of the town's policy.
    pub async fn town_call(&self, name: &str) {
        self.ok("clerk", Role::Clerk, Act::Call(CallAct::Prepare { call: call(name) })).await;
        self.ok("leader", Role::Leader, Act::Call(CallAct::Open { call: id(CallId::parse, name) })).await;
    }

    /// A case of a firm brought so far that only its approval is missing; its amounts are what the rules give.
    pub async fn case_for_approval(&self, call: &str, firm: u32, case: &str, claims: &[(&str, i64)]) {
        self.case_for_summary(call, firm, case, claims).await;
        self.ok("reviewer", Role::Reviewer, summarise(case, claims)).await;
    }

    /// A case of a firm brought so far that its amounts can be set.
    pub async fn case_for_summary(&self, call: &str, firm: u32, case: &str, claims: &[(&str, i64)]) {
        let applicant = format!("firm{firm}");
        self.ok(&applicant, Role::Applicant, start(call, firm, case, claims)).await;
        let case = id(CaseId::parse, case);
        self.ok(&applicant, Role::Applicant, Act::Case(CaseAct::Submit { case: case.clone(), declaration: None })).await;
        self.ok("clerk", Role::Clerk, Act::Case(CaseAct::Accept { case: case.clone() })).await;
        self.ok("clerk", Role::Clerk, Act::Case(CaseAct::Screen { case })).await;
    }
}

/// A call for all clauses, in March 2025.
pub fn call(name: &str) -> Call {
    let step = |kind, role| Step { kind, role, period: Period::WorkingDays(10), completion: Completion::All };
    Call {
        id: id(CallId::parse, name),
        title: "2024年度申报".into(),
        version: id(PolicyVersionId::parse, "pools-2024"),
        year: 2024,
        as_of: day("2024-12-31"),
        clauses: ["1", "2", "3", "4"].map(str::to_owned).to_vec(),
        open: (day("2025-03-01"), day("2025-03-31")),
        lead: id(UnitId::parse, "commerce"),
        with: Vec::new(),
        fund: id(BookId::parse, "fund-2024"),
        pools: vec![("开店".into(), id(BookId::parse, "pool-shops")), ("设备".into(), id(BookId::parse, "pool-machines"))],
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
        terms: Terms::default(),
        sharing: Sharing::default(),
        rates: Vec::new(),
        rankings: Vec::new(),
    }
}

/// A firm as it is entered.
pub fn organisation(firm: u32) -> Organisation {
    Organisation {
        id: id(OrganisationId::parse, &format!("firm{firm}")),
        name: format!("示例商贸{firm}号有限公司"),
        credit_code: code(firm),
        aliases: Vec::new(),
        account: Some(Account { holder: format!("示例商贸{firm}号有限公司"), number: format!("6200{firm:08}"), bank: "示例银行".into() }),
    }
}

/// The person who acts for a firm.
pub fn applicant(firm: u32) -> User {
    User {
        id: id(UserId::parse, &format!("firm{firm}")),
        name: format!("经办{firm}"),
        unit: None,
        organisation: Some(id(OrganisationId::parse, &format!("firm{firm}"))),
        roles: vec![Role::Applicant],
        links: Vec::new(),
        active: true,
    }
}

fn code(firm: u32) -> String {
    CreditCode::with_check_digit(&format!("91990117{firm:09}")).expect("a code of a test").as_str().to_owned()
}

/// An application of a firm for clauses, with what the rules are to give for each, in fen.
pub fn start(call: &str, firm: u32, case: &str, claims: &[(&str, i64)]) -> Act {
    let asked = |clause: &str| claims.iter().find(|(name, _)| *name == clause).map_or(0, |(_, fen)| *fen);
    // What the rules take a tenth or a fifth of, in yuan.
    let yuan = |fen: i64| format!("{}.{:02}", fen / 100, fen % 100);
    let facts = json!({"年度内开店": asked("1") > 0, "设备投入": yuan(asked("2") * 10), "软件投入": yuan(asked("3") * 5), "培训投入": yuan(asked("4") * 5)});
    let applicant = json!({"name": organisation(firm).name, "kind": "企业", "uscc": code(firm)});
    Act::Case(CaseAct::Start {
        case: id(CaseId::parse, case),
        call: id(CallId::parse, call),
        organisation: id(OrganisationId::parse, &format!("firm{firm}")),
        clauses: claims.iter().map(|(clause, _)| (*clause).to_owned()).collect(),
        application: json!({"id": case, "year": 2024, "as_of": "2024-12-31", "applicant": applicant, "facts": facts}),
        evidence: Vec::new(),
    })
}

/// Sets the amounts of a case.
pub fn summarise(case: &str, claims: &[(&str, i64)]) -> Act {
    let amounts = claims.iter().map(|(clause, fen)| Amount { clause: (*clause).to_owned(), amount: Fen(*fen), reason: None }).collect();
    Act::Case(CaseAct::Summarise { case: id(CaseId::parse, case), amounts })
}

/// Approves a case, under ids that follow from its own.
pub fn approve(case: &str) -> Act {
    Act::Case(CaseAct::Approve {
        case: id(CaseId::parse, case),
        determination: id(DeterminationId::parse, &format!("d-{case}")),
        entry: id(EntryId::parse, &format!("e-{case}")),
    })
}

/// A context with a request of one's own choice.
pub fn asked(who: &str, role: Role, today: Date, request: &str) -> Context {
    Context { user: id(UserId::parse, who), role, now: Moment::start_of(today), request: id(RequestId::parse, request) }
}
