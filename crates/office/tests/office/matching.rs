//! 免申即享: from a matched list to a payment, without an application.

use crate::access::samples::{list_of, matched, paper};
use crate::district::{District, day, id, stores, user};
use casework::call::{CallAct, CallStage, Period};
use casework::case::{Case, CaseAct, CaseRefusal};
use casework::id::{BookId, CallId, CaseId, DeterminationId, EntryId, MatchListId, NoticeId, OrganisationId, PolicyVersionId};
use casework::ledger::Account as Kind;
use casework::matching::{CreditCheck, EntryState, MatchEntry, MatchList, MatchingAct, MatchingRefusal};
use casework::notice::NoticeAct;
use casework::organisation::{Account, AccountEntry};
use casework::outbox::{Addressee, Topic};
use casework::payment::Batch;
use casework::people::Role;
use casework::policy_version::{ClauseChange, ClauseStatus, Pending, PolicyAct};
use casework::registry::RegistryAct;
use casework::{Act, Record, Refusal};
use office::Outcome;
use store::Store;
use values::Fen;

const GIVEN: Fen = Fen(24_691_358);

fn l1() -> MatchListId {
    id(MatchListId::parse, "l1")
}

fn check(firm: &str, clear: bool) -> Act {
    let result = if clear { "无失信记录" } else { "列入失信被执行人" };
    let check = CreditCheck { source: "信用中国".into(), clear, result: result.into(), digest: paper() };
    Act::Matching(MatchingAct::Check { list: l1(), organisation: id(OrganisationId::parse, firm), check })
}

fn approve() -> Act {
    Act::Matching(MatchingAct::Approve { list: l1() })
}

fn push() -> Act {
    Act::Matching(MatchingAct::Push { list: l1(), period: Period::WorkingDays(5) })
}

fn registered(number: u32) -> Account {
    District::firm_for(number).account.unwrap()
}

fn confirm(number: u32, account: Account) -> Act {
    Act::Matching(MatchingAct::Confirm {
        list: l1(),
        organisation: id(OrganisationId::parse, &format!("firm{number}")),
        case: id(CaseId::parse, &format!("m{number}")),
        account,
        commitment: paper(),
    })
}

fn refuse(number: u32) -> Act {
    Act::Matching(MatchingAct::Refuse { list: l1(), organisation: id(OrganisationId::parse, &format!("firm{number}")), reason: "已停业".into() })
}

fn call(act: fn(CallId) -> CallAct) -> Act {
    Act::Call(act(id(CallId::parse, "c1")))
}

async fn kept<R: Record>(district: &District, id: &str) -> R {
    district.office.store().begin().await.unwrap().peek(id).await.unwrap().unwrap()
}

/// Three firms matched in call c1, credit of the third not clear.
async fn listed(store: Store) -> District {
    let district = District::with_policy(store, Fen(2_000_000_000)).await;
    for number in 1..=3 {
        district.firm(number).await;
    }
    district.call("c1", &["1.2"]).await;
    let entries = ["firm1", "firm2", "firm3"].map(matched).to_vec();
    assert_eq!(district.ok("clerk", Role::Clerk, list_of("l1", "c1", entries)).await, Outcome::Count(3));
    for (firm, clear) in [("firm1", true), ("firm2", true), ("firm3", false)] {
        district.ok("clerk", Role::Clerk, check(firm, clear)).await;
    }
    district
}

/// The same, approved and pushed on 3 March 2025; an answer is hoped for until the 10th.
async fn pushed(store: Store) -> District {
    let district = listed(store).await;
    district.ok("reviewer", Role::Reviewer, approve()).await;
    assert_eq!(district.ok("clerk", Role::Clerk, push()).await, Outcome::Count(2));
    district
}

fn state(refusal: &Refusal) -> &str {
    match refusal {
        Refusal::Matching(MatchingRefusal::State { state }) => state.en,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_matched_firm_confirms_and_is_paid_without_applying() {
    for (name, store) in stores("matching").await {
        println!("── {name}");
        let mut district = pushed(store).await;
        district.ok("firm1", Role::Applicant, confirm(1, registered(1))).await;
        let case: Case = kept(&district, "m1").await;
        assert_eq!((case.stage.name(), case.claims[0].set, case.evidence.len()), ("approval", Some(GIVEN), 1));
        district.ok("leader", Role::Leader, call(|call| CallAct::Close { call })).await;
        district.ok("leader", Role::Leader, call(|call| CallAct::Share { call, entry: id(EntryId::parse, "e-s1") })).await;
        let determine = |determination: &str| {
            let entry = id(EntryId::parse, &format!("e-{determination}"));
            Act::Case(CaseAct::Approve { case: id(CaseId::parse, "m1"), determination: id(DeterminationId::parse, determination), entry })
        };
        assert_eq!(district.ok("leader", Role::Leader, determine("d1")).await, Outcome::Sum(GIVEN));
        let notice = id(NoticeId::parse, "n1");
        let publish = NoticeAct::Publish { notice: notice.clone(), call: id(CallId::parse, "c1") };
        district.ok("clerk", Role::Clerk, Act::Notice(publish)).await;
        district.today = day("2025-05-01");
        district.ok("leader", Role::Leader, Act::Notice(NoticeAct::Conclude { notice, entry: id(EntryId::parse, "e-n1") })).await;
        crate::access::ground::pay_call(&district).await;
        let batch: Batch = kept(&district, "b1").await;
        assert_eq!(batch.lines.iter().map(|line| (line.amount, line.account.clone())).collect::<Vec<_>>(), [(GIVEN, Some(registered(1)))]);
        let book = district.office.store().begin().await.unwrap().book(&id(BookId::parse, "fund-2024")).await.unwrap().unwrap();
        assert_eq!(book.balance(Kind::Paid), GIVEN);
        assert!(district.office.replay(2024).await.unwrap().iter().all(|replayed| replayed.same));
    }
}

#[tokio::test]
async fn who_answers_late_loses_nothing_until_the_call_closes() {
    for (name, store) in stores("matching-late").await {
        println!("── {name}");
        let mut district = pushed(store).await;
        let list: MatchList = kept(&district, "l1").await;
        assert_eq!(list.pushed.unwrap().1, day("2025-03-10"));
        district.today = day("2025-03-28");
        district.ok("firm1", Role::Applicant, confirm(1, registered(1))).await;
        let entry: MatchEntry = kept(&district, "l1:firm1").await;
        assert!(matches!(entry.state, EntryState::Confirmed { late: true, .. }), "{:?}", entry.state);
        district.ok("leader", Role::Leader, call(|call| CallAct::Close { call })).await;
        let refusal = district.refused("firm2", Role::Applicant, confirm(2, registered(2))).await;
        assert_eq!(refusal, Refusal::Matching(MatchingRefusal::Call { stage: CallStage::Closed }));
    }
}

#[tokio::test]
async fn the_list_needs_a_look_at_everybodys_credit_and_a_second_pair_of_eyes() {
    let district = District::with_policy(Store::memory(), Fen(2_000_000_000)).await;
    district.firm(1).await;
    district.firm(2).await;
    district.call("c1", &["1.2"]).await;
    district.ok("clerk", Role::Clerk, list_of("l1", "c1", vec![matched("firm1"), matched("firm2")])).await;
    district.ok("clerk", Role::Clerk, check("firm1", true)).await;
    let refusal = district.refused("reviewer", Role::Reviewer, approve()).await;
    assert_eq!(refusal, Refusal::Matching(MatchingRefusal::Unchecked { organisation: id(OrganisationId::parse, "firm2") }));
    // Who looks at credit prepares the list as much as who drew it up.
    let mut both = user("both", Some("commerce"), None, Role::Clerk);
    both.roles.push(Role::Reviewer);
    district.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user: both })).await;
    district.ok("both", Role::Clerk, check("firm2", true)).await;
    assert_eq!(district.refused("both", Role::Reviewer, approve()).await, Refusal::Matching(MatchingRefusal::FourEyes));
    let refusal = district.refused("clerk", Role::Clerk, push()).await;
    assert!(matches!(refusal, Refusal::Matching(MatchingRefusal::Stage { .. })), "{refusal}");
    district.ok("reviewer", Role::Reviewer, approve()).await;
    // What was approved is not changed any more.
    let refusal = district.refused("clerk", Role::Clerk, check("firm2", false)).await;
    assert!(matches!(refusal, Refusal::Matching(MatchingRefusal::Stage { .. })), "{refusal}");
    district.ok("clerk", Role::Clerk, push()).await;
}

#[tokio::test]
async fn who_drew_up_or_approved_the_list_does_not_determine_its_cases() {
    let district = listed(Store::memory()).await;
    let mut both = user("both", Some("commerce"), None, Role::Reviewer);
    both.roles.push(Role::Leader);
    district.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user: both })).await;
    district.ok("both", Role::Reviewer, approve()).await;
    district.ok("clerk", Role::Clerk, push()).await;
    district.ok("firm1", Role::Applicant, confirm(1, registered(1))).await;
    district.ok("leader", Role::Leader, call(|call| CallAct::Close { call })).await;
    district.ok("leader", Role::Leader, call(|call| CallAct::Share { call, entry: id(EntryId::parse, "e-s1") })).await;
    let determine = CaseAct::Approve { case: id(CaseId::parse, "m1"), determination: id(DeterminationId::parse, "d1"), entry: id(EntryId::parse, "e-d1") };
    let refusal = district.refused("both", Role::Leader, Act::Case(determine)).await;
    assert_eq!(refusal, Refusal::Case(CaseRefusal::FourEyes { act: "matching.approve".into() }));
}

#[tokio::test]
async fn who_is_not_clear_is_not_pushed_and_who_refused_may_think_better_of_it() {
    for (name, store) in stores("matching-states").await {
        println!("── {name}");
        let district = pushed(store).await;
        assert_eq!(state(&district.refused("firm3", Role::Applicant, confirm(3, registered(3))).await), "excluded");
        district.ok("firm2", Role::Applicant, refuse(2)).await;
        let entry: MatchEntry = kept(&district, "l1:firm2").await;
        assert_eq!(entry.state.name(), "refused");
        district.ok("firm2", Role::Applicant, confirm(2, registered(2))).await;
        assert_eq!(state(&district.refused("firm2", Role::Applicant, confirm(2, registered(2))).await), "confirmed");
        assert_eq!(state(&district.refused("firm2", Role::Applicant, refuse(2)).await), "confirmed");
        // Everybody pushed was told, with the day; the excluded firm was not.
        let offered: Vec<_> = district.office.waiting().await.unwrap().into_iter().filter(|message| message.topic == Topic::AwardOffered).collect();
        let to: Vec<_> = offered.iter().map(|message| message.to.clone()).collect();
        assert_eq!(to.len(), 2);
        assert!(!to.contains(&Addressee::Organisation(id(OrganisationId::parse, "firm3"))));
        assert!(offered.iter().all(|message| message.due == Some(day("2025-03-10"))));
    }
}

#[tokio::test]
async fn another_account_than_the_registered_one_waits_to_be_verified() {
    let district = pushed(Store::memory()).await;
    let other = Account { number: "6299".into(), ..registered(1) };
    district.ok("firm1", Role::Applicant, confirm(1, other.clone())).await;
    let entry: AccountEntry = kept(&district, "m1:account").await;
    assert_eq!((entry.account.clone(), entry.verified.is_none()), (other.clone(), true));
    let organisation: casework::organisation::Organisation = kept(&district, "firm1").await;
    assert_eq!(organisation.account, Some(registered(1)));
    district.ok("finance", Role::Finance, Act::Registry(RegistryAct::VerifyAccount { entry: entry.id })).await;
    let organisation: casework::organisation::Organisation = kept(&district, "firm1").await;
    assert_eq!(organisation.account, Some(other));
}

#[tokio::test]
async fn all_entries_that_cannot_be_listed_are_named_and_none_is_listed() {
    let district = District::with_policy(Store::memory(), Fen(2_000_000_000)).await;
    for number in 1..=4 {
        district.firm(number).await;
    }
    district.call("c1", &["1.2"]).await;
    let mut unsourced = matched("firm2");
    unsourced.sources[0].facts.retain(|fact| fact != "特色馆当年实际投入额");
    let mut nothing = matched("firm3");
    nothing.application["facts"]["品牌特色馆符合条件"] = false.into();
    let mut stray = matched("firm4");
    stray.clauses = vec!["8.1".into()];
    let entries = vec![matched("firm1"), matched("firm1"), unsourced, nothing, stray, matched("firm9")];
    let refusal = district.refused("clerk", Role::Clerk, list_of("l1", "c1", entries)).await;
    let Refusal::Matching(MatchingRefusal::Entries(bad)) = refusal else { panic!("{refusal}") };
    let said: Vec<String> = bad.iter().map(|(who, why)| format!("{who}: {}", why.en)).collect();
    assert_eq!(
        said,
        [
            "firm1: listed twice",
            "firm2: no source stands for 特色馆当年实际投入额; say where it is known from",
            "firm3: 1.2: the rules give nothing by these facts",
            "firm4: the call has no clause 8.1",
            "firm9: not in the register; enter the organisation first",
        ]
    );
    assert!(district.office.store().begin().await.unwrap().peek::<MatchList>("l1").await.unwrap().is_none());
}

#[tokio::test]
async fn what_was_listed_is_frozen_and_an_altered_entry_is_not_approved() {
    let district = listed(Store::memory()).await;
    let list: MatchList = kept(&district, "l1").await;
    let mut entries = Vec::new();
    for firm in ["firm1", "firm2", "firm3"] {
        entries.push(kept::<MatchEntry>(&district, &format!("l1:{firm}")).await);
    }
    assert_eq!(entries[0].amounts, [("1.2".to_owned(), GIVEN)]);
    let reviewer = id(casework::id::UserId::parse, "reviewer");
    let now = values::Moment::start_of(district.today);
    assert!(list.clone().approve(&entries, &reviewer, now).is_ok());
    entries[1].matched.application["facts"]["特色馆当年实际投入额"] = "9999999".into();
    let refusal = list.clone().approve(&entries, &reviewer, now).unwrap_err();
    assert_eq!(refusal, MatchingRefusal::NotAsListed { organisation: id(OrganisationId::parse, "firm2") });
}

#[tokio::test]
async fn a_matched_award_under_a_suspended_clause_is_not_confirmed() {
    for (name, store) in stores("matching-suspended").await {
        println!("── {name}");
        let district = pushed(store).await;
        let change = ClauseChange {
            clause: "1.2".into(),
            status: ClauseStatus::Suspended,
            from: district.today,
            instrument: "区府办〔2025〕9号".into(),
            pending: Pending::GoOn,
        };
        let policy = id(PolicyVersionId::parse, "qianjiang-2023");
        district.ok("leader", Role::Leader, Act::Policy(PolicyAct::SetClause { policy, change })).await;
        let refusal = district.refused("firm1", Role::Applicant, confirm(1, registered(1))).await;
        assert!(matches!(refusal, Refusal::Policy(_)), "{refusal}");
    }
}

#[tokio::test]
async fn nobody_is_listed_with_what_is_for_another_year_than_the_call() {
    for (name, store) in stores("matching-year").await {
        println!("── {name}");
        let district = District::with_policy(store, Fen(2_000_000_000)).await;
        district.firm(1).await;
        district.call("c1", &["1.2"]).await;
        let mut other = matched("firm1");
        other.application["year"] = 2019.into();
        let refusal = district.refused("clerk", Role::Clerk, list_of("l1", "c1", vec![other])).await;
        assert!(matches!(refusal, Refusal::Matching(MatchingRefusal::Entries(_))), "{refusal}");
        assert_eq!(district.ok("clerk", Role::Clerk, list_of("l1", "c1", vec![matched("firm1")])).await, Outcome::Count(1));
    }
}
