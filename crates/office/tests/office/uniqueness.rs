//! What only one may have, and what no store keeps: refused by a rule, not failed by a database.

use crate::district::{District, id, stores};
use casework::budget::BudgetAct;
use casework::id::{BookId, EntryId, OrganisationId, PolicyVersionId, UnitId};
use casework::people::{Role, Unit};
use casework::registry::RegistryAct;
use casework::{Act, Refusal};
use values::Fen;

fn unit(at: &str, name: &str) -> Act {
    Act::Registry(RegistryAct::PutUnit { unit: Unit { id: id(UnitId::parse, at), name: name.into() } })
}

#[tokio::test]
async fn a_name_and_a_credit_code_belong_to_one() {
    for (_, store) in stores("uniqueness").await {
        let district = District::founded(store).await;
        let refusal = district.refused("admin", Role::Administrator, unit("second", "区商务委")).await;
        assert_eq!(refusal, Refusal::Exists { what: "unit", id: "commerce".into() });
        district.ok("admin", Role::Administrator, unit("commerce", "区商务委")).await;
        district.firm(1).await;
        let organisation = casework::organisation::Organisation {
            id: id(OrganisationId::parse, "firm2"),
            name: "示例电商2号有限公司".into(),
            credit_code: values::CreditCode::with_check_digit("91500114000000001").unwrap().as_str().to_owned(),
            aliases: Vec::new(),
            account: None,
        };
        let refusal = district.refused("clerk", Role::Clerk, Act::Registry(RegistryAct::PutOrganisation { organisation: organisation.into() })).await;
        assert_eq!(refusal, Refusal::Exists { what: "organisation", id: "firm1".into() });
    }
}

#[tokio::test]
async fn a_pool_has_one_book_a_year() {
    for (_, store) in stores("pool-book").await {
        let district = District::with_policy(store, Fen(100)).await;
        let open = |book: &str, year| {
            Act::Budget(BudgetAct::OpenPool {
                book: id(BookId::parse, book),
                year,
                version: id(PolicyVersionId::parse, "qianjiang-2023"),
                pool: "年度总额".into(),
                entry: id(EntryId::parse, &format!("e-{book}")),
            })
        };
        let refusal = district.refused("finance", Role::Finance, open("pool-again", 2024)).await;
        assert_eq!(refusal, Refusal::Exists { what: "book", id: "pool-2024".into() });
        district.ok("finance", Role::Finance, open("pool-2025", 2025)).await;
    }
}

#[tokio::test]
async fn a_pool_is_opened_by_a_version_that_is_issued_and_a_call_draws_on_the_budget_of_its_year() {
    for (_, store) in stores("books-of-the-year").await {
        let district = District::with_policy(store, Fen(100)).await;
        let (files, official) = crate::district::policy_files("sample");
        let mut draft = casework::policy_version::PolicyVersion { id: id(PolicyVersionId::parse, "draft"), scheme_hash: String::new(), files, official };
        draft.scheme_hash = office::hash_of(&draft).unwrap();
        district.ok("drafter", Role::Drafter, Act::Registry(RegistryAct::LoadPolicy { version: draft })).await;
        let open = BudgetAct::OpenPool {
            book: id(BookId::parse, "pool-draft"),
            year: 2027,
            version: id(PolicyVersionId::parse, "draft"),
            pool: "年度总额".into(),
            entry: id(EntryId::parse, "e-draft"),
        };
        let refusal = district.refused("finance", Role::Finance, Act::Budget(open)).await;
        assert!(matches!(&refusal, Refusal::Policy(casework::policy_version::PolicyRefusal::NotInForce { .. })), "{refusal}");
        let fund = id(BookId::parse, "fund-2023");
        district.ok("finance", Role::Finance, Act::Budget(BudgetAct::OpenFund { book: fund.clone(), year: 2023, source: "旧资金".into() })).await;
        let mut call = District::call_for("c1", &["1.1"]);
        call.fund = fund;
        let refusal = district.refused("clerk", Role::Clerk, Act::Call(casework::call::CallAct::Prepare { call })).await;
        assert!(refusal.to_string().contains("fund-2023 is not the one this call draws on: name the budget and the pools of 2024"), "{refusal}");
    }
}

#[tokio::test]
async fn a_sign_that_one_store_cannot_keep_is_refused_by_all() {
    for (_, store) in stores("nul").await {
        let district = District::founded(store).await;
        let refusal = district.refused("admin", Role::Administrator, unit("other", "单位\0")).await;
        assert_eq!(refusal, Refusal::Input("a text may not hold the sign U+0000".into()));
        // A backslash and the letters are a text like any other.
        district.ok("admin", Role::Administrator, unit("other", "单位\\u0000")).await;
    }
}

#[tokio::test]
async fn records_come_in_the_order_of_the_bytes_of_their_ids_whatever_the_database_sorts_by() {
    let store = store::Store::open(&crate::postgres::database_sorted_by_words()).await.unwrap();
    let district = District::founded(store).await;
    // By words `a` comes before `B`; by bytes it is the other way round.
    for (at, name) in ["b1", "B2", "a3", "A4"].into_iter().zip(["乙", "丙", "丁", "戊"]) {
        district.ok("admin", Role::Administrator, unit(at, name)).await;
        let user = casework::people::User {
            id: id(casework::id::UserId::parse, at),
            name: at.into(),
            unit: Some(id(UnitId::parse, "farms")),
            organisation: None,
            roles: vec![Role::UnitReviewer],
            links: Vec::new(),
            active: true,
        };
        district.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user })).await;
    }
    let mut work = district.office.store().begin().await.unwrap();
    let found: Vec<casework::people::User> = work.find("unit_id", &casework::Key::from("farms")).await.unwrap();
    let found: Vec<&str> = found.iter().map(|user| user.id.as_str()).filter(|id| id.len() == 2).collect();
    assert_eq!(found, ["A4", "B2", "a3", "b1"]);
}
