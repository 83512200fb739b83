//! Old ledgers: loaded whole or not at all, corrected by a further record, counted as earlier awards.

use crate::access::ground::{pay_first, start};
use crate::district::{District, id, stores};
use casework::case::{Case, CaseAct};
use casework::chain::Fingerprint;
use casework::history::{BadRow, EarlierAward, HistoryAct, HistoryRefusal, LedgerRow, Row, RowFault};
use casework::id::{CaseId, EarlierAwardId, LoadId, MotionId, PolicyVersionId};
use casework::motion::MotionRefusal;
use casework::people::Role;
use casework::{Act, Key, Refusal};
use store::Store;
use values::Fen;

fn row(number: u32, firm: u32, clause: &str, year: i32, amount: i64) -> Row {
    Row { row: number, credit_code: District::firm_for(firm).credit_code, clause: clause.into(), year, amount: Fen(amount), key: None }
}

fn motion(name: &str) -> MotionId {
    id(MotionId::parse, &format!("mo-{name}"))
}

fn confirm(name: &str) -> Act {
    Act::History(HistoryAct::Confirm { motion: motion(name) })
}

/// Asked for by the clerk, confirmed by the reviewer; `name` is that of the load or of the further record.
async fn confirmed(district: &District, name: &str, act: Act) {
    assert_eq!(district.ok("clerk", Role::Clerk, act).await, office::Outcome::Proposed);
    district.ok("reviewer", Role::Reviewer, confirm(name)).await;
}

fn load(name: &str, rows: Vec<Row>) -> Act {
    Act::History(HistoryAct::Load {
        motion: motion(name),
        load: id(LoadId::parse, name),
        document: "2022年度电商扶持资金兑付台账".into(),
        digest: Fingerprint::of(b"the ledger of 2022"),
        version: id(PolicyVersionId::parse, "qianjiang-2023"),
        rows,
    })
}

fn correct(award: &str, corrects: &str, amount: i64, reason: &str) -> Act {
    Act::History(HistoryAct::Correct {
        motion: motion(award),
        award: id(EarlierAwardId::parse, award),
        corrects: id(EarlierAwardId::parse, corrects),
        year: 2022,
        amount: Fen(amount),
        key: None,
        source: LedgerRow { document: "财政局更正函〔2025〕2号".into(), digest: Fingerprint::of(b"the letter"), row: 1 },
        reason: reason.into(),
    })
}

async fn loaded(district: &District, firm: &str) -> Vec<EarlierAward> {
    district.office.store().begin().await.unwrap().list("organisation_id", &Key::from(firm)).await.unwrap()
}

/// What the rules give firm 1 under 1.1 in a case handed in now.
async fn assessed(district: &District, case: &str) -> Option<Fen> {
    start(district, case, "c1").await;
    district.ok("firm1", Role::Applicant, Act::Case(CaseAct::Submit { case: id(CaseId::parse, case), declaration: None })).await;
    let kept: Case = district.office.store().begin().await.unwrap().peek(case).await.unwrap().unwrap();
    kept.claims.iter().find(|claim| claim.clause == "1.1").unwrap().assessed
}

#[tokio::test]
async fn an_old_ledger_with_bad_rows_is_refused_with_all_of_them_and_nothing_is_loaded() {
    for (name, store) in stores("history-bad").await {
        println!("── {name}");
        let mut district = District::with_policy(store, Fen(2_000_000_000)).await;
        district.firm(1).await;
        district.firm(2).await;
        pay_first(&mut district).await;
        confirmed(&district, "first", load("first", vec![row(2, 2, "1.2", 2022, 100)])).await;
        let rows = vec![
            row(1, 1, "1.2", 2022, 100),
            row(2, 99, "1.2", 2022, 100),
            row(3, 1, "99.9", 2022, 100),
            row(4, 1, "1.2", 1999, 100),
            row(5, 1, "1.2", 2026, 100),
            row(6, 1, "1.2", 2021, 0),
            row(7, 1, "1.2", 2021, -5),
            row(11, 1, "1.2", 2021, 1_000_000_000_000_001),
            row(8, 1, "1.2", 2022, 100),
            row(1, 1, "1.2", 2020, 100),
            row(9, 2, "1.2", 2022, 100),
            row(10, 1, "1.1", 2024, 100),
        ];
        let refusal = district.refused("clerk", Role::Clerk, load("second", rows)).await;
        let bad = |row, fault| BadRow { row, fault };
        let want = vec![
            bad(2, RowFault::UnknownOrganisation(District::firm_for(99).credit_code)),
            bad(3, RowFault::UnknownClause("99.9".into())),
            bad(4, RowFault::Year(1999)),
            bad(5, RowFault::Year(2026)),
            bad(6, RowFault::Amount(Fen(0))),
            bad(7, RowFault::Amount(Fen(-5))),
            bad(11, RowFault::Amount(Fen(1_000_000_000_000_001))),
            bad(8, RowFault::SameAsRow(1)),
            bad(1, RowFault::RowAgain),
            bad(9, RowFault::Loaded(id(EarlierAwardId::parse, "first:2"))),
            bad(10, RowFault::Determined("d1".into())),
        ];
        assert_eq!(refusal, Refusal::History(HistoryRefusal::Rows(want)));
        // Each line says where and what to do.
        let said = refusal.to_string();
        assert!(said.starts_with("11 rows cannot be loaded, so none was:\nrow 2: nobody in the register has the credit code "), "{said}");
        assert!(said.contains("row 8: the same award as in row 1; leave it out, add both up, or tell them apart by a key"), "{said}");
        assert_eq!(loaded(&district, "firm1").await, []);
    }
}

#[tokio::test]
async fn an_award_of_an_old_ledger_counts_until_a_further_record_takes_its_place() {
    for (name, store) in stores("history-counts").await {
        println!("── {name}");
        let district = District::with_policy(store, Fen(2_000_000_000)).await;
        district.firm(1).await;
        district.call("c1", &["8.1", "1.1"]).await;
        let free = assessed(&district, "before").await;
        assert!(free.is_some_and(|amount| amount > Fen(0)));
        // 一次性: who had it in 2022 has had it.
        confirmed(&district, "old", load("old", vec![row(7, 1, "1.1", 2022, 30_000_000)])).await;
        assert_eq!(assessed(&district, "had-it").await, None);
        let no_reason = district.refused("clerk", Role::Clerk, correct("fix1", "old:7", 0, "")).await;
        assert_eq!(no_reason, Refusal::History(HistoryRefusal::NoReason));
        confirmed(&district, "fix1", correct("fix1", "old:7", 0, "未实际拨付")).await;
        assert_eq!(assessed(&district, "never-paid").await, free);
        // A record is corrected once; then its correction is.
        let twice = district.refused("clerk", Role::Clerk, correct("fix2", "old:7", 1, "金额录错")).await;
        assert_eq!(twice, Refusal::History(HistoryRefusal::Corrected { by: id(EarlierAwardId::parse, "fix1") }));
        confirmed(&district, "fix2", correct("fix2", "fix1", 20_000_000, "查明已拨付20万元")).await;
        assert_eq!(assessed(&district, "paid-after-all").await, None);
        let all = loaded(&district, "firm1").await;
        assert_eq!(all.len(), 3);
        let first = all.iter().find(|award| award.id.as_str() == "old:7").unwrap();
        assert_eq!((first.amount, first.source.row, first.source.document.as_str()), (Fen(30_000_000), 7, "2022年度电商扶持资金兑付台账"));
    }
}

#[tokio::test]
async fn two_corrections_of_one_record_at_the_same_time_leave_one() {
    for (name, store) in stores("history-race").await {
        println!("── {name}");
        let district = District::with_policy(store, Fen(2_000_000_000)).await;
        district.firm(1).await;
        confirmed(&district, "old", load("old", vec![row(7, 1, "1.1", 2022, 30_000_000)])).await;
        let (one, other) = (correct("one", "old:7", 1, "一"), correct("other", "old:7", 2, "二"));
        district.ok("clerk", Role::Clerk, one).await;
        district.ok("clerk", Role::Clerk, other).await;
        let (one, other) = (confirm("one"), confirm("other"));
        let (one, other) = tokio::join!(district.act("reviewer", Role::Reviewer, one), district.act("leader", Role::Leader, other));
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        assert_eq!(EarlierAward::in_force(&loaded(&district, "firm1").await).len(), 1);
    }
}

#[tokio::test]
async fn an_old_ledger_is_about_something_and_names_its_document() {
    let district = District::with_policy(Store::memory(), Fen(1)).await;
    assert_eq!(district.refused("clerk", Role::Clerk, load("old", Vec::new())).await, Refusal::History(HistoryRefusal::Empty));
    let Act::History(HistoryAct::Load { motion, load, digest, version, .. }) = load("old", Vec::new()) else { panic!("a load") };
    let nameless = HistoryAct::Load { motion, load, document: " ".into(), digest, version, rows: vec![row(1, 1, "1.1", 2022, 1)] };
    assert_eq!(district.refused("clerk", Role::Clerk, Act::History(nameless)).await, Refusal::History(HistoryRefusal::NoDocument));
}

#[tokio::test]
async fn neither_a_load_nor_a_correction_counts_before_a_second_person_confirms_it() {
    for (name, store) in stores("history-hands").await {
        println!("── {name}");
        let district = District::with_policy(store, Fen(2_000_000_000)).await;
        district.firm(1).await;
        district.both("both", &[Role::Clerk, Role::Reviewer]).await;
        district.call("c1", &["8.1", "1.1"]).await;
        let free = assessed(&district, "before").await;
        district.ok("both", Role::Clerk, load("old", vec![row(7, 1, "1.1", 2022, 30_000_000)])).await;
        assert_eq!(loaded(&district, "firm1").await, []);
        assert_eq!(district.refused("both", Role::Reviewer, confirm("old")).await, MotionRefusal::FourEyes.into());
        district.ok("leader", Role::Leader, confirm("old")).await;
        assert_eq!(district.refused("leader", Role::Leader, confirm("old")).await, MotionRefusal::Confirmed { motion: motion("old") }.into());
        assert_eq!(assessed(&district, "had-it").await, None);
        // The clerk alone does not make the award possible again.
        district.ok("clerk", Role::Clerk, correct("fix", "old:7", 0, "未实际拨付")).await;
        assert_eq!(assessed(&district, "still-had-it").await, None);
        district.ok("reviewer", Role::Reviewer, confirm("fix")).await;
        assert_eq!(assessed(&district, "never-paid").await, free);
        district.replays_alike().await;
    }
}
