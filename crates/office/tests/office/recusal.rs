//! 回避: who is linked to an enterprise does nothing to it alone, whatever the act is about – a register, an old ledger, a lead, a
//! row of a notice – and nothing over cases together where one of them is its.

use crate::access::ground::start;
use crate::district::{District, id, stores, user};
use casework::call::CallAct;
use casework::case::{Amount, CaseAct, CaseRefusal};
use casework::chain::Fingerprint;
use casework::history::{BadRow, EarlierAward, HistoryAct, HistoryRefusal, LedgerRow, Row, RowFault};
use casework::id::*;
use casework::notice::{NoticeAct, Objector};
use casework::organisation::{Account, AccountEntry, Organisation, OrganisationRefusal};
use casework::payment::{Batch, PaymentAct};
use casework::people::{Role, User};
use casework::recovery::{LeadSource, RecoveryAct, RecoveryRefusal};
use casework::registry::RegistryAct;
use casework::{Act, Refusal};
use office::Outcome;
use serde_json::{Value, json};
use values::{CreditCode, Fen};

/// Somebody in a role who is linked to firm 1.
async fn linked(d: &District, who: &str, unit: &str, role: Role) {
    let user = User { links: vec![id(OrganisationId::parse, "firm1")], ..user(who, Some(unit), None, role) };
    d.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user })).await;
}

fn read(json: Value) -> Act {
    serde_json::from_value(json).unwrap()
}

fn put_account(entry: &str, firm: &str) -> Act {
    Act::Registry(RegistryAct::PutAccount {
        entry: id(AccountId::parse, entry),
        organisation: id(OrganisationId::parse, firm),
        account: Account { holder: "示例".into(), number: "62009999".into(), bank: "示例银行".into() },
        from: crate::district::day("2025-03-01"),
        source: "变更申请表".into(),
    })
}

fn verify(entry: &str) -> Act {
    Act::Registry(RegistryAct::VerifyAccount { entry: id(AccountId::parse, entry) })
}

#[tokio::test]
async fn the_first_account_of_an_organisation_waits_for_a_second_person_as_later_ones_do() {
    for (name, store) in stores("first-account").await {
        println!("── {name}");
        let d = District::founded(store).await;
        let organisation = District::firm_for(1);
        let put = |organisation: Organisation| Act::Registry(RegistryAct::PutOrganisation { organisation: organisation.into() });
        d.both("double", &[Role::Clerk, Role::Reviewer]).await;
        d.ok("double", Role::Clerk, put(organisation.clone())).await;
        assert_eq!(d.kept::<Organisation>("firm1").await.account, None, "nobody has verified it");
        let waits: AccountEntry = d.kept("firm1:1").await;
        assert_eq!((Some(waits.account), waits.verified), (organisation.account.clone(), None));
        assert_eq!(d.refused("double", Role::Reviewer, verify("firm1:1")).await, OrganisationRefusal::FourEyes.into());
        // Entered once more it is a change like any other.
        assert_eq!(d.refused("clerk", Role::Clerk, put(organisation.clone())).await, OrganisationRefusal::Account.into());
        d.ok("finance", Role::Finance, verify("firm1:1")).await;
        assert_eq!(d.kept::<Organisation>("firm1").await.account, organisation.account);
        d.replays_alike().await;
    }
}

#[tokio::test]
async fn who_is_linked_to_an_organisation_touches_neither_its_entry_nor_its_account() {
    for (name, store) in stores("recusal-register").await {
        println!("── {name}");
        let d = District::founded(store).await;
        linked(&d, "kin", "commerce", Role::Clerk).await;
        linked(&d, "kinF", "treasury", Role::Finance).await;
        let put = |organisation: Organisation| Act::Registry(RegistryAct::PutOrganisation { organisation: organisation.into() });
        assert_eq!(d.refused("kin", Role::Clerk, put(District::firm_for(1))).await, OrganisationRefusal::Recused.into());
        d.ok("clerk", Role::Clerk, put(District::firm_for(1))).await;
        assert_eq!(d.refused("kinF", Role::Finance, verify("firm1:1")).await, OrganisationRefusal::Recused.into());
        assert_eq!(d.refused("kin", Role::Clerk, put_account("a1", "firm1")).await, OrganisationRefusal::Recused.into());
        // Of a firm the person has nothing to do with, it is work like any other.
        d.firm(2).await;
        d.ok("kin", Role::Clerk, put_account("a2", "firm2")).await;
        d.ok("kinF", Role::Finance, verify("a2")).await;
        // A code that kin admitted does not become the firm's, whoever enters it.
        let right = CreditCode::with_check_digit("91500114000000042").unwrap();
        let last = if right.as_str().ends_with('0') { '1' } else { '0' };
        let wrong = format!("{}{last}", &right.as_str()[..17]);
        let admit = RegistryAct::AdmitCode { credit_code: wrong.clone(), evidence: Fingerprint::of(b"licence"), reason: "营业执照".into() };
        d.ok("kin", Role::Clerk, Act::Registry(admit)).await;
        let with = |firm| Organisation { credit_code: wrong.clone(), account: None, ..District::firm_for(firm) };
        assert_eq!(d.refused("clerk", Role::Clerk, put(with(1))).await, OrganisationRefusal::AdmitterRecused { code: wrong.clone() }.into());
        d.ok("clerk", Role::Clerk, put(with(3))).await;
    }
}

#[tokio::test]
async fn an_old_ledger_is_neither_loaded_nor_corrected_by_who_is_linked_to_a_row_of_it() {
    for (name, store) in stores("recusal-history").await {
        println!("── {name}");
        let d = District::with_policy(store, Fen(2_000_000_000)).await;
        for number in [1, 2] {
            d.firm(number).await;
        }
        linked(&d, "kin", "commerce", Role::Clerk).await;
        let row = |row, firm| Row { row, credit_code: District::firm_for(firm).credit_code, clause: "1.1".into(), year: 2023, amount: Fen(100), key: None };
        let load = |name: &str, rows| {
            let (load, version) = (id(LoadId::parse, name), id(PolicyVersionId::parse, "qianjiang-2023"));
            Act::History(HistoryAct::Load {
                motion: id(MotionId::parse, &format!("mo-{name}")),
                load,
                document: "2023年度兑付台账".into(),
                digest: Fingerprint::of(b"ledger"),
                version,
                rows,
            })
        };
        let refusal = d.refused("kin", Role::Clerk, load("old", vec![row(1, 2), row(2, 1)])).await;
        assert_eq!(refusal, HistoryRefusal::Rows(vec![BadRow { row: 2, fault: RowFault::Recused }]).into());
        d.ok("clerk", Role::Clerk, load("old", vec![row(1, 1)])).await;
        d.both("second", &[Role::Reviewer]).await;
        d.ok("second", Role::Reviewer, Act::History(HistoryAct::Confirm { motion: id(MotionId::parse, "mo-old") })).await;
        let correct = HistoryAct::Correct {
            motion: id(MotionId::parse, "mo-fix"),
            award: id(EarlierAwardId::parse, "fix"),
            corrects: id(EarlierAwardId::parse, "old:1"),
            year: 2023,
            amount: Fen(0),
            key: None,
            source: LedgerRow { document: "台账".into(), digest: Fingerprint::of(b"ledger"), row: 1 },
            reason: "录错".into(),
        };
        assert_eq!(d.refused("kin", Role::Clerk, Act::History(correct)).await, HistoryRefusal::Recused.into());
        assert_eq!(d.kept::<EarlierAward>("old:1").await.amount, Fen(100));
        let note = RecoveryAct::Note {
            lead: id(LeadId::parse, "ld1"),
            source: LeadSource::Audit { document: "审〔2025〕3号".into() },
            organisation: id(OrganisationId::parse, "firm1"),
            case: None,
            words: "无事".into(),
        };
        assert_eq!(d.refused("kin", Role::Clerk, Act::Recovery(note)).await, RecoveryRefusal::Recused.into());
    }
}

/// Two firms whose cases wait for the sharing of call c1.
async fn two(d: &District) {
    d.call("c1", &["8.1", "1.1"]).await;
    for number in [1, 2] {
        let (firm, case) = (d.firm(number).await, format!("k{number}"));
        let start = CaseAct::Start {
            case: id(CaseId::parse, &case),
            call: id(CallId::parse, "c1"),
            organisation: id(OrganisationId::parse, &firm),
            clauses: vec!["1.1".into()],
            application: crate::district::example(5, &case),
            evidence: Vec::new(),
        };
        d.ok(&firm, Role::Applicant, Act::Case(start)).await;
        let case = id(CaseId::parse, &case);
        d.ok(&firm, Role::Applicant, Act::Case(CaseAct::Submit { case: case.clone(), declaration: None })).await;
        d.ok("clerk", Role::Clerk, Act::Case(CaseAct::Accept { case: case.clone() })).await;
        d.ok("clerk", Role::Clerk, Act::Case(CaseAct::Screen { case: case.clone() })).await;
        let amounts = vec![Amount { clause: "1.1".into(), amount: Fen(40_000_000), reason: Some("核减".into()) }];
        d.ok("reviewer", Role::Reviewer, Act::Case(CaseAct::Summarise { case, amounts })).await;
    }
    d.ok("leader", Role::Leader, Act::Call(CallAct::Close { call: id(CallId::parse, "c1") })).await;
}

#[tokio::test]
async fn over_cases_together_who_is_linked_to_one_decides_on_none_and_only_plans_the_others() {
    for (name, store) in stores("recusal-calls").await {
        println!("── {name}");
        let mut d = District::with_policy(store, Fen(2_000_000_000)).await;
        two(&d).await;
        for (who, unit, role) in [("kin", "commerce", Role::Clerk), ("kinL", "commerce", Role::Leader), ("kinF", "treasury", Role::Finance)] {
            linked(&d, who, unit, role).await;
        }
        let recused = Refusal::from(CaseRefusal::RecusedOf { case: id(CaseId::parse, "k1") });
        let call = || id(CallId::parse, "c1");
        let share = || Act::Call(CallAct::Share { call: call(), entry: id(EntryId::parse, "e-s") });
        assert_eq!(d.refused("kinL", Role::Leader, share()).await, recused);
        d.ok("leader", Role::Leader, share()).await;
        for case in ["k1", "k2"] {
            let (determination, entry) = (id(DeterminationId::parse, &format!("d-{case}")), id(EntryId::parse, &format!("e-{case}")));
            d.ok("leader", Role::Leader, Act::Case(CaseAct::Approve { case: id(CaseId::parse, case), determination, entry })).await;
        }
        let publish = || Act::Notice(NoticeAct::Publish { notice: id(NoticeId::parse, "n1"), call: call() });
        assert_eq!(d.refused("kin", Role::Clerk, publish()).await, recused);
        d.ok("clerk", Role::Clerk, publish()).await;
        let by = Objector { name: "李某".into(), contact: "电话".into() };
        let object = NoticeAct::Object {
            objection: id(ObjectionId::parse, "o1"),
            notice: id(NoticeId::parse, "n1"),
            case: id(CaseId::parse, "k1"),
            by,
            grounds: "不实".into(),
            evidence: Vec::new(),
        };
        assert_eq!(d.refused("kin", Role::Clerk, Act::Notice(object)).await, CaseRefusal::Recused.into());
        d.today = crate::district::day("2025-03-28");
        let conclude = || Act::Notice(NoticeAct::Conclude { notice: id(NoticeId::parse, "n1"), entry: id(EntryId::parse, "e-n") });
        assert_eq!(d.refused("kinL", Role::Leader, conclude()).await, recused);
        d.ok("leader", Role::Leader, conclude()).await;
        let plan = |batch: &str, cases| Act::Payment(PaymentAct::Plan { batch: id(BatchId::parse, batch), call: call(), cases });
        assert_eq!(d.refused("kin", Role::Clerk, plan("b1", Some(vec![id(CaseId::parse, "k1")]))).await, recused);
        assert_eq!(d.ok("kin", Role::Clerk, plan("b1", None)).await, Outcome::Sum(Fen(40_000_000)), "k2 alone");
        assert_eq!(d.refused("kin", Role::Clerk, plan("b2", None)).await, recused, "what is left is for somebody else");
        d.ok("clerk", Role::Clerk, plan("b2", None)).await;
        assert_eq!(d.kept::<Batch>("b2").await.lines[0].case.as_str(), "k1");
        let request = |batch: &str| Act::Payment(PaymentAct::Request { batch: id(BatchId::parse, batch), number: format!("请示-{batch}") });
        let pay = |batch: &str| Act::Payment(PaymentAct::Pay { batch: id(BatchId::parse, batch), entry: id(EntryId::parse, &format!("e-{batch}")) });
        d.ok("kinL", Role::Leader, request("b1")).await;
        assert_eq!(d.refused("kinL", Role::Leader, request("b2")).await, recused);
        d.ok("leader", Role::Leader, request("b2")).await;
        assert_eq!(d.refused("kinF", Role::Finance, pay("b2")).await, recused);
        d.ok("kinF", Role::Finance, pay("b1")).await;
        d.ok("finance", Role::Finance, pay("b2")).await;
        d.replays_alike().await;
    }
}

#[tokio::test]
async fn an_application_that_names_another_credit_code_than_the_register_is_refused_with_place_and_fix() {
    for (name, store) in stores("uscc").await {
        println!("── {name}");
        let d = District::with_policy(store, Fen(2_000_000_000)).await;
        d.call("c1", &["8.1", "1.1"]).await;
        d.firm(1).await;
        start(&d, "k1", "c1").await;
        let fill = |code: String| {
            let mut application = crate::district::example(5, "k1");
            application["applicant"]["uscc"] = code.into();
            read(json!({"case": {"fill": {"case": "k1", "clauses": ["1.1"], "application": application, "evidence": []}}}))
        };
        let submit = || Act::Case(CaseAct::Submit { case: id(CaseId::parse, "k1"), declaration: None });
        d.ok("firm1", Role::Applicant, fill(District::firm_for(2).credit_code)).await;
        let Refusal::Case(CaseRefusal::Facts(wrong)) = d.refused("firm1", Role::Applicant, submit()).await else { panic!("another refusal") };
        assert_eq!((wrong[0].field.as_str(), wrong[0].code), ("applicant.uscc", "not-of-the-register"));
        assert!(wrong[0].help.zh.contains(&District::firm_for(1).credit_code), "{}", wrong[0].help.zh);
        // Written small and with a space it is the same code.
        d.ok("firm1", Role::Applicant, fill(format!(" {}", District::firm_for(1).credit_code.to_lowercase()))).await;
        d.ok("firm1", Role::Applicant, submit()).await;
    }
}
