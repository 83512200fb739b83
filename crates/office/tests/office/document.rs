//! Documents: numbers without gaps whoever asks at once, data frozen, void ones keeping their number.

use crate::access::ground::pay_first;
use crate::district::{District, day, stores};
use crate::sound;
use crate::town::{applicant, organisation};
use casework::Act;
use casework::document::{Document, DocumentKind, DocumentRefusal, Letterhead};
use casework::organisation::Organisation;
use casework::people::Role;
use casework::refusal::Named;
use casework::registry::RegistryAct;
use casework::{Key, Refusal};
use documents::{Print, Templates, text};
use office::{Outcome, Stop};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::task::JoinSet;
use values::Fen;

fn issue(subject: Value, documents: &[(&str, DocumentKind)]) -> Act {
    let wanted: Vec<Value> = documents.iter().map(|(name, kind)| json!({"document": name, "kind": kind})).collect();
    serde_json::from_value(json!({"document": {"issue": {"subject": subject, "documents": wanted}}})).unwrap()
}

fn void(document: &str, reason: &str) -> Act {
    serde_json::from_value(json!({"document": {"void": {"document": document, "reason": reason}}})).unwrap()
}

fn numbers(outcome: &Outcome) -> &[String] {
    match outcome {
        Outcome::Issued(numbers) => numbers,
        other => panic!("{other:?}"),
    }
}

async fn printed(district: &District, document: &str) -> String {
    let document: Document = district.kept(document).await;
    text(&Templates::built_in().unwrap().layout(&Print::of(&document, false).unwrap()).unwrap())
}

async fn town(store: store::Store) -> Arc<District> {
    let district = District::of_a_town(store).await;
    for firm in 1..=3 {
        district.ok("clerk", Role::Clerk, Act::Registry(RegistryAct::PutOrganisation { organisation: organisation(firm).into() })).await;
        district.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user: applicant(firm) })).await;
    }
    district.town_call("c1").await;
    Arc::new(district)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_documents_issued_at_once_are_numbered_from_one_without_a_gap() {
    for (name, store) in stores("documents").await {
        println!("── {name}");
        let district = town(store).await;
        district.case_for_summary("c1", 1, "case1", &[("1", 1_000_000)]).await;
        let mut tasks = JoinSet::new();
        for number in 1..=64 {
            let district = Arc::clone(&district);
            tasks.spawn(async move {
                let act = issue(json!({"case": "case1"}), &[(&format!("doc{number}"), DocumentKind::AcceptanceNotice)]);
                let outcome = district.act("clerk", Role::Clerk, act).await.expect("it is issued, if it takes some tries");
                numbers(&outcome)[0].clone()
            });
        }
        let given: BTreeSet<String> = tasks.join_all().await.into_iter().collect();
        let wanted: BTreeSet<String> = (1..=64).map(|number| format!("区商务委受理字〔2025〕{number}号")).collect();
        assert_eq!(given, wanted);
        sound::holds(district.office.store()).await;
    }
}

#[tokio::test]
async fn a_request_asked_twice_gets_the_same_number_and_a_void_document_keeps_its_own() {
    for (name, store) in stores("document-numbers").await {
        println!("── {name}");
        let district = town(store).await;
        district.case_for_summary("c1", 1, "case1", &[("1", 1_000_000)]).await;
        let kind = DocumentKind::AcceptanceNotice;
        let about = || json!({"case": "case1"});
        let context = district.context("clerk", Role::Clerk);
        let first = issue(about(), &[("a1", kind)]);
        let outcome = district.office.perform(&context, &first).await.unwrap();
        assert_eq!(numbers(&outcome), ["区商务委受理字〔2025〕1号"]);
        assert_eq!(district.office.perform(&context, &first).await.unwrap(), outcome);
        let other = issue(about(), &[("a2", kind)]);
        assert!(matches!(district.office.perform(&context, &other).await, Err(Stop::Refused(Refusal::RequestReused { .. }))));
        assert_eq!(district.refused("leader", Role::Leader, void("a1", " ")).await, DocumentRefusal::Incomplete { missing: Named::REASON }.into());
        district.ok("leader", Role::Leader, void("a1", "日期有误")).await;
        assert_eq!(district.refused("leader", Role::Leader, void("a1", "日期有误")).await, DocumentRefusal::Void.into());
        let second = district.ok("clerk", Role::Clerk, issue(about(), &[("a3", kind)])).await;
        assert_eq!(numbers(&second), ["区商务委受理字〔2025〕2号"]);
        let printed = printed(&district, "a1").await;
        assert!(printed.starts_with("【已作废（2025年3月3日）：日期有误】") && printed.contains("受理字〔2025〕1号"), "{printed}");
        // What is refused takes no number.
        let taken = Refusal::Exists { what: "document", id: "a3".into() };
        assert_eq!(district.refused("clerk", Role::Clerk, issue(about(), &[("a3", kind)])).await, taken);
        let third = district.ok("clerk", Role::Clerk, issue(about(), &[("a4", kind)])).await;
        assert_eq!(numbers(&third), ["区商务委受理字〔2025〕3号"]);
        sound::holds(district.office.store()).await;
    }
}

#[tokio::test]
async fn a_document_tells_only_what_happened_and_only_about_its_own_kind_of_thing() {
    for (name, store) in stores("document-kinds").await {
        println!("── {name}");
        let district = town(store).await;
        district.case_for_summary("c1", 1, "case1", &[("1", 1_000_000)]).await;
        let refused = |subject: Value, documents: Vec<(&'static str, DocumentKind)>| {
            let district = Arc::clone(&district);
            async move { district.refused("clerk", Role::Clerk, issue(subject, &documents)).await }
        };
        let not_yet = |kind, missing: &str| Refusal::from(DocumentRefusal::NotYet { kind, missing: missing.into() });
        let case = || json!({"case": "case1"});
        let wanted = not_yet(DocumentKind::RefusalDecision, "案件没有作出不予支持决定");
        assert_eq!(refused(case(), vec![("x", DocumentKind::RefusalDecision)]).await, wanted);
        let wanted = not_yet(DocumentKind::CalculationSheet, "案件尚未审定");
        // All or none: the one that could be written is not, and takes no number.
        assert_eq!(refused(case(), vec![("x", DocumentKind::AcceptanceNotice), ("y", DocumentKind::CalculationSheet)]).await, wanted);
        assert_eq!(refused(case(), vec![("x", DocumentKind::PublicNotice)]).await, DocumentRefusal::Subject { kind: DocumentKind::PublicNotice }.into());
        assert_eq!(refused(case(), vec![]).await, DocumentRefusal::Wanted.into());
        let twice = vec![("x", DocumentKind::AcceptanceNotice), ("y", DocumentKind::AcceptanceNotice)];
        assert_eq!(refused(case(), twice).await, DocumentRefusal::Wanted.into());
        let unknown = Refusal::Unknown { what: "organisation", id: "firm2".into() };
        assert_eq!(refused(json!({"organisation": ["firm2", "c1"]}), vec![("x", DocumentKind::EnterpriseFile)]).await, unknown);
        let first = district.ok("clerk", Role::Clerk, issue(case(), &[("x", DocumentKind::AcceptanceNotice)])).await;
        assert_eq!(numbers(&first), ["区商务委受理字〔2025〕1号"]);
        district.linked("cousin", "commerce", Role::Clerk, "firm1").await;
        let linked = district.refused("cousin", Role::Clerk, issue(case(), &[("z", DocumentKind::AcceptanceNotice)])).await;
        assert_eq!(linked, DocumentRefusal::Recused.into());
    }
}

#[tokio::test]
async fn an_issued_document_prints_the_same_whatever_the_register_says_later() {
    for (name, store) in stores("document-frozen").await {
        println!("── {name}");
        let mut district = Arc::into_inner(town(store).await).unwrap();
        let letterhead = |organ: &str| {
            let letterhead = json!({"unit": "commerce", "organ": organ, "code": "黔江商务", "address": "行署街1号", "phone": "79220000"});
            serde_json::from_value::<Act>(json!({"document": {"put_letterhead": {"letterhead": letterhead}}})).unwrap()
        };
        district.ok("admin", Role::Administrator, letterhead("重庆市黔江区商务委员会")).await;
        district.case_for_summary("c1", 1, "case1", &[("1", 1_000_000)]).await;
        let kind = DocumentKind::AcceptanceNotice;
        let outcome = district.ok("clerk", Role::Clerk, issue(json!({"case": "case1"}), &[("a1", kind)])).await;
        assert_eq!(numbers(&outcome), ["黔江商务受理字〔2025〕1号"]);
        let before = printed(&district, "a1").await;
        assert!(before.contains("示例商贸1号有限公司：") && before.contains("重庆市黔江区商务委员会"), "{before}");
        let kept: Organisation = district.kept("firm1").await;
        let renamed = Organisation { name: "示例商贸集团有限公司".into(), ..kept };
        district.ok("clerk", Role::Clerk, Act::Registry(RegistryAct::PutOrganisation { organisation: renamed.into() })).await;
        district.ok("admin", Role::Administrator, letterhead("重庆市黔江区商务局")).await;
        assert_eq!(printed(&district, "a1").await, before);
        let kept: Letterhead = district.kept("commerce").await;
        assert_eq!(kept.organ, "重庆市黔江区商务局");
        // The next year counts from one again.
        district.today = day("2026-01-05");
        let next = district.ok("clerk", Role::Clerk, issue(json!({"case": "case1"}), &[("a2", kind)])).await;
        assert_eq!(numbers(&next), ["黔江商务受理字〔2026〕1号"]);
        sound::holds(district.office.store()).await;
    }
}

#[tokio::test]
async fn the_papers_of_a_meeting_are_issued_in_one_act() {
    for (name, store) in stores("document-meeting").await {
        println!("── {name}");
        let district = town(store).await;
        for firm in 1..=3 {
            district.case_for_approval("c1", firm, &format!("case{firm}"), &[("2", 60_000_000 * i64::from(firm))]).await;
        }
        let pack: Vec<(&str, DocumentKind)> = ["m1", "m2", "m3", "m4", "m5"].into_iter().zip(DocumentKind::MEETING).collect();
        let outcome = district.ok("clerk", Role::Clerk, issue(json!({"call": "c1"}), &pack)).await;
        assert_eq!(numbers(&outcome).len(), 5);
        let comparison = printed(&district, "m2").await;
        assert!(comparison.contains("按政策（按比例）") && comparison.contains("先到先得"), "{comparison}");
        let of: Vec<Document> = district.office.store().begin().await.unwrap().list("subject_id", &Key::from("c1")).await.unwrap();
        assert_eq!(of.len(), 5);
        sound::holds(district.office.store()).await;
    }
}

#[tokio::test]
async fn the_documents_of_a_paid_case_say_what_was_paid() {
    for (name, store) in stores("document-paid").await {
        println!("── {name}");
        let mut district = District::with_policy(store, Fen(2_000_000_000)).await;
        district.firm(1).await;
        pay_first(&mut district).await;
        let case = [("d1", DocumentKind::ReviewForm), ("d2", DocumentKind::CalculationSheet)];
        district.ok("clerk", Role::Clerk, issue(json!({"case": "paid"}), &case)).await;
        let batch = [
            ("b-1", DocumentKind::PaymentRequest),
            ("b-2", DocumentKind::PaymentLetter),
            ("b-3", DocumentKind::PaymentTable),
            ("b-4", DocumentKind::TreasuryApplication),
        ];
        district.ok("clerk", Role::Clerk, issue(json!({"batch": "b1"}), &batch)).await;
        let notice = [("n-1", DocumentKind::PublicNotice), ("n-2", DocumentKind::PublicTable)];
        district.ok("clerk", Role::Clerk, issue(json!({"notice": "n1"}), &notice)).await;
        let ledgers = [
            ("l-1", DocumentKind::ApplicationLedger),
            ("l-2", DocumentKind::PaymentLedger),
            ("l-3", DocumentKind::QuotaLedger),
            ("l-4", DocumentKind::RecoveryLedger),
        ];
        district.ok("clerk", Role::Clerk, issue(json!({"call": "c1"}), &ledgers)).await;
        district.ok("clerk", Role::Clerk, issue(json!({"organisation": ["firm1", "c1"]}), &[("e-1", DocumentKind::EnterpriseFile)])).await;
        let request = printed(&district, "b-1").await;
        assert!(request.contains("商务委〔2025〕8号") && request.contains("1,400,000.00元（大写：人民币壹佰肆拾万元整）"), "{request}");
        let account = "620000000001";
        for document in ["b-1", "b-2", "n-1", "n-2", "l-1", "l-2", "e-1", "d1", "d2"] {
            let kept: Document = district.kept(document).await;
            assert!(!kept.data.contains(account), "{document} shows an account");
        }
        assert!(printed(&district, "b-3").await.contains(account));
        sound::holds(district.office.store()).await;
    }
}

#[tokio::test]
async fn the_file_of_an_enterprise_tells_of_no_draft_and_of_no_call_of_another_unit() {
    for (name, store) in stores("document-enterprise").await {
        println!("── {name}");
        let district = town(store).await;
        for (name, role) in [("parkclerk", Role::Clerk), ("parkleader", Role::Leader)] {
            let user = crate::district::user(name, Some("park"), None, role);
            district.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user })).await;
        }
        let mut call = crate::town::call("c2");
        (call.lead, call.title) = (casework::id::UnitId::parse("park").unwrap(), "园区专项申报".into());
        district.ok("parkclerk", Role::Clerk, Act::Call(casework::call::CallAct::Prepare { call: call.clone() })).await;
        district.ok("parkleader", Role::Leader, Act::Call(casework::call::CallAct::Open { call: call.id })).await;
        district.case_for_summary("c1", 1, "case1", &[("1", 1_000_000)]).await;
        for (call, case) in [("c2", "case2"), ("c1", "case3")] {
            district.ok("firm1", Role::Applicant, crate::town::start(call, 1, case, &[("2", 1_000_000)])).await;
        }
        let submit = json!({"case": {"submit": {"case": "case2"}}});
        district.ok("firm1", Role::Applicant, serde_json::from_value(submit).unwrap()).await;
        let file = |call: &str, id: &str| issue(json!({"organisation": ["firm1", call]}), &[(id, DocumentKind::EnterpriseFile)]);
        for (who, call, id, shown) in [("clerk", "c1", "e1", ["case1"]), ("parkclerk", "c2", "e2", ["case2"])] {
            district.ok(who, Role::Clerk, file(call, id)).await;
            let kept: Document = district.kept(id).await;
            let told: Vec<&str> = ["case1", "case2", "case3"].into_iter().filter(|case| kept.data.contains(case)).collect();
            assert_eq!(told, shown, "{who}: {}", kept.data);
            assert_eq!(kept.data.contains("园区专项申报"), call == "c2", "{who}: {}", kept.data);
        }
        // Who only drafted did not apply.
        district.ok("firm2", Role::Applicant, crate::town::start("c1", 2, "case4", &[("2", 1_000_000)])).await;
        let unknown = Refusal::Unknown { what: "organisation", id: "firm2".into() };
        let asked = issue(json!({"organisation": ["firm2", "c1"]}), &[("e3", DocumentKind::EnterpriseFile)]);
        assert_eq!(district.refused("clerk", Role::Clerk, asked).await, unknown);
        sound::holds(district.office.store()).await;
    }
}
