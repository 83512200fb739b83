//! What the tests of files need beside the people of the demonstration: two firms with people, a call, and cases as if they
//! had come as far as they stand. They are written as records, so that a test of files says nothing about acts.

use crate::house::House;
use casework::Record;
use casework::call::{Call, CallStage, Completion, Period, Sharing, Step, StepKind, Terms, Workflow};
use casework::case::{Case, Evidence, Stage};
use casework::chain::{Event, Fingerprint};
use casework::id::{BookId, CallId, CaseId, OrganisationId, PolicyVersionId, UnitId};
use casework::organisation::{Account, Organisation};
use casework::people::{Role, User};
use casework::policy_version::PolicyVersion;
use serde_json::json;
use std::sync::atomic::{AtomicU64, Ordering};
use values::{CreditCode, Date};

/// How many records were written: each by a request of its own.
static KEPT: AtomicU64 = AtomicU64::new(0);

/// The credit code of a firm.
pub fn code(firm: u32) -> String {
    CreditCode::with_check_digit(&format!("91990117{firm:09}")).unwrap().as_str().to_owned()
}

/// A firm as it is entered.
pub fn organisation(firm: u32) -> Organisation {
    let name = format!("示例商贸{firm}号有限公司");
    let account = Account { holder: name.clone(), number: format!("6200{firm:08}"), bank: "示例银行".into() };
    Organisation { id: OrganisationId::parse(&format!("firm{firm}")).unwrap(), name, credit_code: code(firm), aliases: Vec::new(), account: Some(account) }
}

fn call(name: &str) -> Call {
    let day = |text| Date::parse(text).unwrap();
    let step = |kind, role| Step { kind, role, period: Period::WorkingDays(10), completion: Completion::All };
    Call {
        id: CallId::parse(name).unwrap(),
        title: "2024年度申报".into(),
        version: PolicyVersionId::parse("pools-2024").unwrap(),
        year: 2024,
        as_of: day("2024-12-31"),
        clauses: vec!["1".into()],
        open: (day("2025-03-01"), day("2025-03-31")),
        lead: UnitId::parse("commerce").unwrap(),
        with: Vec::new(),
        fund: BookId::parse("fund-2024").unwrap(),
        pools: Vec::new(),
        workflow: Workflow {
            acceptance: Period::WorkingDays(5),
            correction: Period::WorkingDays(10),
            steps: vec![step(StepKind::Screening, Role::Clerk)],
            notice: Period::WorkingDays(5),
            objection: Period::WorkingDays(10),
            unit_periods: Vec::new(),
            apart: Vec::new(),
            credit: false,
        },
        guide: None,
        stage: CallStage::Open,
        shares: Vec::new(),
        terms: Terms::default(),
        sharing: Sharing::default(),
        rates: Vec::new(),
        rankings: Vec::new(),
    }
}

fn case(name: &str, call: &str, firm: u32, evidence: &[&str]) -> Case {
    let paper = |digest: &&str| Evidence { name: "发票".into(), digest: Fingerprint::parse(digest).unwrap(), facts: Vec::new() };
    Case {
        id: CaseId::parse(name).unwrap(),
        call: CallId::parse(call).unwrap(),
        organisation: organisation(firm).id,
        stage: Stage::Submitted,
        application: json!({ "id": name, "year": 2024 }),
        evidence: evidence.iter().map(paper).collect(),
        claims: Vec::new(),
        review: casework::case::Review::default(),
        determination: None,
        notice: None,
        submitted: Some(portal::demo::now()),
        declaration: None,
        hands: Vec::new(),
    }
}

impl House {
    /// Writes a record as it stands.
    pub async fn keep<R: Record>(&self, record: &R) {
        let store = self.portal.office.store();
        let mut work = store.begin().await.unwrap();
        drop(work.get::<R>(record.id()).await.unwrap());
        work.save(record).await.unwrap();
        let event = Event {
            seq: 0,
            at: portal::demo::now(),
            user: casework::id::UserId::parse("admin").unwrap(),
            role: Role::Administrator,
            act: "test.keep".into(),
            subject: record.id().into(),
            request: casework::id::RequestId::parse(&format!("keep-{}", KEPT.fetch_add(1, Ordering::Relaxed))).unwrap(),
            input: "{}".into(),
            outcome: "{}".into(),
            effects: String::new(),
            before: Fingerprint::NONE,
            fingerprint: Fingerprint::NONE,
        };
        work.finish(event).await.unwrap();
    }

    /// Two firms, `firm1` and `firm2`, each with a person who has the password of the demonstration.
    pub async fn with_firms(&self) {
        for firm in [1, 2] {
            self.keep(&organisation(firm)).await;
            let name = format!("firm{firm}");
            self.keep(&User {
                id: casework::id::UserId::parse(&name).unwrap(),
                name: format!("办事员{firm}"),
                unit: None,
                organisation: Some(organisation(firm).id),
                roles: vec![Role::Applicant],
                links: Vec::new(),
                active: true,
            })
            .await;
            self.give_password(&name, portal::demo::PASSWORD, false).await;
        }
    }

    /// A call of the unit in charge.
    pub async fn with_call(&self, name: &str) {
        let version = PolicyVersion { id: call(name).version, scheme_hash: String::new(), files: Vec::new(), official: None };
        self.keep(&version).await;
        self.keep(&call(name)).await;
    }

    /// A case of a firm that holds these papers.
    pub async fn with_case(&self, name: &str, call: &str, firm: u32, evidence: &[&str]) {
        self.with_case_at(name, call, firm, evidence, Stage::Submitted).await;
    }

    /// The same at another stage.
    pub async fn with_case_at(&self, name: &str, call: &str, firm: u32, evidence: &[&str], stage: Stage) {
        self.keep(&Case { stage, ..case(name, call, firm, evidence) }).await;
    }
}
