//! An office in which everything that an act may be about is there, and somebody in each role from each unit: so that the
//! only question left is who may.

use super::Who;
use crate::district::{District, Place, day, example, id, user};
use casework::Act;
use casework::call::CallAct;
use casework::case::{Amount, CaseAct};
use casework::id::{BatchId, CallId, CaseId, DeterminationId, EntryId, NoticeId, OrganisationId, UserId};
use casework::notice::NoticeAct;
use casework::payment::PaymentAct;
use casework::people::Role;
use casework::registry::RegistryAct;
use serde_json::json;
use store::Store;
use values::Fen;

/// The prepared office.
pub struct Ground {
    pub district: District,
}

/// What is there, by table and id: an `Unknown` about one of these is a matter of access.
pub const THERE: &[(&str, &str)] = &[
    ("call", "c1"),
    ("call", "c2"),
    ("case_file", "paid"),
    ("case_file", "case1"),
    ("case_file", "draft"),
    ("case_file", "new-case"),
    ("notice", "n1"),
    ("determination", "d1"),
    ("payment_batch", "b1"),
    ("objection", "o1"),
    ("due", "e-n1:1:1.1"),
    ("performance", "e-n1:1:1.1"),
    ("recovery", "rv1"),
    ("recovery_lead", "ld1"),
    ("recognition", "rec1"),
    ("policy_life", "qianjiang-2023"),
    ("organisation", "firm1"),
    ("document", "doc1"),
    ("match_list", "l1"),
    ("match_entry", "l1:firm1"),
];

impl Ground {
    /// Firm 1 has been paid in call c1 (case `paid`), has handed in `case1` and drafted `draft` in call c2, where it is also
    /// matched (list l1); firm 2 has nothing.
    pub async fn laid() -> Self {
        Self::laid_in(Store::memory()).await
    }

    /// The same in a place.
    pub async fn laid_in(place: impl Into<Place>) -> Self {
        let mut district = District::with_policy(place, Fen(2_000_000_000)).await;
        for number in [1, 2] {
            district.firm(number).await;
        }
        pay_first(&mut district).await;
        district.call("c2", &["8.1", "1.1", "1.2"]).await;
        start(&district, "case1", "c2").await;
        district.ok("firm1", Role::Applicant, Act::Case(CaseAct::Submit { case: id(CaseId::parse, "case1"), declaration: None })).await;
        start(&district, "draft", "c2").await;
        district.ok("clerk", Role::Clerk, super::samples::list("l1")).await;
        let by = serde_json::json!({"name": "李某", "contact": "电话"});
        let object = serde_json::json!({"objection": "o1", "notice": "n1", "case": "paid", "by": by, "grounds": "材料不实", "evidence": []});
        district.ok("firm2", Role::Applicant, serde_json::from_value(serde_json::json!({"notice": {"object": object}})).unwrap()).await;
        clawback(&district).await;
        let issue = json!({"subject": {"case": "paid"}, "documents": [{"document": "doc1", "kind": "review_form"}]});
        district.ok("clerk", Role::Clerk, serde_json::from_value(json!({"document": {"issue": issue}})).unwrap()).await;
        people(&district).await;
        Self { district }
    }

    pub fn is_there(&self, what: &str, id: &str) -> bool {
        THERE.contains(&(what, id))
    }

    /// Somebody in a role who so stands to firm 1 and the calls.
    pub fn person(&self, role: Role, who: Who) -> String {
        match who {
            Who::Own => "firm1".into(),
            Who::Foreign => "firm2".into(),
            _ => format!("{}-{}", role.name(), who.name()),
        }
    }
}

/// Firm 1 applies in call c1 as case `paid` and is paid: determination d1, notice n1, batch b1.
pub async fn pay_first(district: &mut District) {
    let mut call = District::call_for("c1", &["8.1", "1.1"]);
    call.terms.performance = vec![casework::performance::PerformanceTerm { clause: "1.1".into(), period: casework::call::Period::Days(30), goals: Vec::new() }];
    district.prepare(call).await;
    district.ok("leader", Role::Leader, Act::Call(CallAct::Open { call: id(CallId::parse, "c1") })).await;
    start(district, "paid", "c1").await;
    let case = id(CaseId::parse, "paid");
    district.ok("firm1", Role::Applicant, Act::Case(CaseAct::Submit { case: case.clone(), declaration: None })).await;
    district.ok("clerk", Role::Clerk, Act::Case(CaseAct::Accept { case: case.clone() })).await;
    district.ok("clerk", Role::Clerk, Act::Case(CaseAct::Screen { case: case.clone() })).await;
    let reason = || Some("审计核减".to_owned());
    let amounts = vec![
        Amount { clause: "1.1".into(), amount: Fen(40_000_000), reason: reason() },
        Amount { clause: "8.1".into(), amount: Fen(100_000_000), reason: reason() },
    ];
    district.ok("reviewer", Role::Reviewer, Act::Case(CaseAct::Summarise { case: case.clone(), amounts })).await;
    let call = id(CallId::parse, "c1");
    district.ok("leader", Role::Leader, Act::Call(CallAct::Close { call: call.clone() })).await;
    district.ok("leader", Role::Leader, Act::Call(CallAct::Share { call: call.clone(), entry: id(EntryId::parse, "e-s1") })).await;
    let approve = CaseAct::Approve { case, determination: id(DeterminationId::parse, "d1"), entry: id(EntryId::parse, "e-d1") };
    district.ok("leader", Role::Leader, Act::Case(approve)).await;
    let notice = id(NoticeId::parse, "n1");
    district.ok("clerk", Role::Clerk, Act::Notice(NoticeAct::Publish { notice: notice.clone(), call: call.clone() })).await;
    district.today = day("2025-03-28");
    district.ok("leader", Role::Leader, Act::Notice(NoticeAct::Conclude { notice, entry: id(EntryId::parse, "e-n1") })).await;
    pay_call(district).await;
    let read = |json: serde_json::Value| serde_json::from_value::<Act>(json).unwrap();
    let arrived = serde_json::json!([{"receipt": "bank-1", "due": "e-n1:1:1.1", "on": "2025-03-28", "returned": null}]);
    district.ok("finance", Role::Finance, read(serde_json::json!({"payment": {"report": {"batch": "b1", "reports": arrived, "entry": "e-r1"}}}))).await;
}

/// Pays what call c1 has committed, as batch b1.
pub async fn pay_call(district: &District) {
    let batch = || id(BatchId::parse, "b1");
    let plan = PaymentAct::Plan { batch: batch(), call: id(CallId::parse, "c1"), cases: None };
    district.ok("clerk", Role::Clerk, Act::Payment(plan)).await;
    district.ok("leader", Role::Leader, Act::Payment(PaymentAct::Request { batch: batch(), number: "商务委〔2025〕8号".into() })).await;
    let pay = PaymentAct::Pay { batch: batch(), entry: id(EntryId::parse, "e-b1") };
    district.ok("finance", Role::Finance, Act::Payment(pay)).await;
}

pub async fn start(district: &District, case: &str, call: &str) {
    let start = CaseAct::Start {
        case: id(CaseId::parse, case),
        call: id(CallId::parse, call),
        organisation: id(OrganisationId::parse, "firm1"),
        clauses: vec!["1.1".into(), "8.1".into()],
        application: example(5, case),
        evidence: Vec::new(),
    };
    district.ok("firm1", Role::Applicant, Act::Case(start)).await;
}

/// A clawback rv1 of case `paid`, a lead ld1 that is open, and a recognition rec1 of firm 1.
async fn clawback(district: &District) {
    let read = |json: serde_json::Value| serde_json::from_value::<Act>(json).unwrap();
    for lead in ["ld0", "ld1"] {
        let note = json!({"lead": lead, "source": {"audit": {"document": "审〔2025〕3号"}}, "organisation": "firm1", "case": "paid", "words": "发票重复"});
        district.ok("clerk", Role::Clerk, read(json!({"recovery": {"note": note}}))).await;
    }
    district.ok("clerk", Role::Clerk, read(json!({"recovery": {"open": {"recovery": "rv1", "case": "paid", "leads": ["ld0"]}}}))).await;
    let recognition = json!({
        "id": "rec1", "kind": "designated", "number": "认〔2025〕1号", "on": "2025-03-01", "valid": ["2025-03-01", null], "issuer": "commerce",
        "organisation": "firm1", "subject": "示例", "policy": "qianjiang-2023", "fact": "指定孵化器",
        "document": super::samples::paper().to_string(), "promise": null
    });
    district.ok("leader", Role::Leader, read(json!({"recognition": {"issue": {"recognition": recognition, "entry": "e-rec1"}}}))).await;
}

/// Somebody in each role but applicant, of the unit in charge, of a unit asked, of another. The administrators come last:
/// with the second of an office its founding is over.
async fn people(district: &District) {
    let mut roles: Vec<Role> = Role::ALL.into_iter().filter(|role| *role != Role::Applicant).collect();
    roles.sort_by_key(|role| *role == Role::Administrator);
    for role in roles {
        for (who, unit) in [("lead", "commerce"), ("asked", "park"), ("other", "audit")] {
            let name = format!("{}-{who}", role.name());
            let user = user(&name, Some(unit), None, role);
            let outcome = district.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user })).await;
            if outcome == office::Outcome::Proposed {
                let confirm = RegistryAct::ConfirmUser { user: id(UserId::parse, &name) };
                district.ok("leader", Role::Leader, Act::Registry(confirm)).await;
            }
        }
    }
}
