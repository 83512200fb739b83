//! Many at once: pools that are drawn on and shared while claims arrive, limits of a firm asked for twice, and whatever was
//! done side by side done again one after the other.

use crate::district::{District, day, id, stores};
use crate::sound;
use crate::town::{applicant, approve, asked, organisation, start, summarise};
use casework::Act;
use casework::call::{CallAct, CallRefusal};
use casework::case::{Case, CaseAct};
use casework::id::{BookId, CallId, CaseId, EntryId};
use casework::ledger::{Account, LedgerRefusal};
use casework::people::Role;
use casework::registry::RegistryAct;
use casework::{Key, Refusal};
use office::{Office, Outcome, Stop};
use std::sync::Arc;
use store::Store;
use tokio::task::JoinSet;
use values::{Fen, WorkCalendar};

async fn district(store: store::Store, firms: u32) -> Arc<District> {
    let district = District::of_a_town(store).await;
    for firm in 1..=firms {
        district.ok("clerk", Role::Clerk, Act::Registry(RegistryAct::PutOrganisation { organisation: organisation(firm).into() })).await;
        district.verified(&format!("firm{firm}")).await;
        district.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user: applicant(firm) })).await;
    }
    Arc::new(district)
}

async fn balance(district: &District, book: &str, account: Account) -> i64 {
    let mut work = district.office.store().begin().await.unwrap();
    work.book(&id(BookId::parse, book)).await.unwrap().unwrap().balance(account).0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_sixty_four_approvals_at_once_a_pool_for_forty_lets_exactly_forty_through() {
    for (name, store) in stores("forty").await {
        println!("── {name}");
        let district = district(store, 64).await;
        district.town_call("c1").await;
        for firm in 1..=64 {
            district.case_for_approval("c1", firm, &format!("case{firm}"), &[("1", 1_000_000)]).await;
        }
        let mut tasks = JoinSet::new();
        for firm in 1..=64 {
            let district = Arc::clone(&district);
            tasks.spawn(async move { district.act("leader", Role::Leader, approve(&format!("case{firm}"))).await });
        }
        let (mut done, mut refused) = (0, 0);
        for outcome in tasks.join_all().await {
            match outcome {
                Ok(Outcome::Sum(sum)) => {
                    assert_eq!(sum, Fen(1_000_000));
                    done += 1;
                }
                Err(Stop::Refused(Refusal::Ledger(LedgerRefusal::NotEnough { book, held, .. }))) => {
                    assert_eq!((book.as_str(), held), ("pool-shops", Fen(0)));
                    refused += 1;
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((done, refused), (40, 24));
        assert_eq!(balance(&district, "pool-shops", Account::Reserved).await, 40_000_000);
        assert_eq!(balance(&district, "pool-shops", Account::Available).await, 0);
        sound::holds(district.office.store()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_pool_shared_while_claims_arrive_gives_one_share_with_every_claim_in_it_or_none() {
    for (name, store) in stores("share").await {
        println!("── {name}");
        let district = district(store, 32).await;
        // What the rules give, in fen: 32 claims of 5–9 万元 on 100 万元, none like another.
        let claim = |firm: u32| 5_000_000 + i64::from(firm) * 123_457;
        district.town_call("c1").await;
        // Eight are still at home when the call closes: they get in as a whole, or not at all.
        for firm in 1..=24 {
            district.case_for_summary("c1", firm, &format!("case{firm}"), &[("2", claim(firm))]).await;
        }
        for firm in 25..=32 {
            district.ok(&format!("firm{firm}"), Role::Applicant, start("c1", firm, &format!("case{firm}"), &[("2", claim(firm))])).await;
        }
        let mut tasks = JoinSet::new();
        // Some come before the call closes, some after.
        for firm in (1..=32_u32).rev() {
            if firm == 28 {
                close_and_share(&district, &mut tasks);
            }
            let district = Arc::clone(&district);
            tasks.spawn(async move {
                let case = id(CaseId::parse, &format!("case{firm}"));
                if firm > 24 {
                    if district
                        .act(&format!("firm{firm}"), Role::Applicant, Act::Case(CaseAct::Submit { case: case.clone(), declaration: None }))
                        .await
                        .is_err()
                    {
                        return;
                    }
                    district.ok("clerk", Role::Clerk, Act::Case(CaseAct::Accept { case: case.clone() })).await;
                    district.ok("clerk", Role::Clerk, Act::Case(CaseAct::Screen { case })).await;
                }
                district.ok("reviewer", Role::Reviewer, summarise(&format!("case{firm}"), &[("2", claim(firm))])).await;
            });
        }
        tasks.join_all().await;
        one_share(&district, claim).await;
        sound::holds(district.office.store()).await;
    }
}

/// Closes call c1, and shares it as soon as every case in it has its amount; three ask for that at once.
fn close_and_share(district: &Arc<District>, tasks: &mut JoinSet<()>) {
    for sharer in 0..3 {
        let district = Arc::clone(district);
        tasks.spawn(async move {
            let call = id(CallId::parse, "c1");
            if sharer == 0 {
                district.ok("leader", Role::Leader, Act::Call(CallAct::Close { call: call.clone() })).await;
            }
            loop {
                match district.act("leader", Role::Leader, Act::Call(CallAct::Share { call: call.clone(), entry: id(EntryId::parse, "e-share") })).await {
                    Ok(_) | Err(Stop::Refused(Refusal::Call(CallRefusal::Stage { stage: casework::call::CallStage::Shared }))) => return,
                    Err(Stop::Refused(Refusal::Call(_))) => tokio::task::yield_now().await,
                    other => panic!("{other:?}"),
                }
            }
        });
    }
}

/// The one share of call c1 is what the rule of proportion gives for the claims in it, by a computation of our own.
async fn one_share(district: &District, claim: impl Fn(u32) -> i64) {
    let mut work = district.office.store().begin().await.unwrap();
    let call: casework::call::Call = work.peek("c1").await.unwrap().unwrap();
    let cases: Vec<Case> = work.list("call_id", &Key::from("c1")).await.unwrap();
    drop(work);
    let [share] = &call.shares[..] else { panic!("one share, not {:?}", call.shares) };
    let firm = |case: &Case| case.id.as_str().trim_start_matches("case").parse::<u32>().unwrap();
    let within: Vec<(i64, i64)> = cases.iter().filter_map(|case| case.claims[0].shared.map(|fen| (claim(firm(case)), fen.0))).collect();
    println!("{} of 32 claims are in: {} of {} fen", within.len(), share.given.0, share.claimed.0);
    assert!(within.len() >= 24, "the claims that were there");
    assert_eq!(usize::try_from(share.claims).unwrap(), within.len());
    for case in cases.iter().filter(|case| case.claims[0].shared.is_none()) {
        assert_eq!((case.stage, case.submitted), (casework::case::Stage::Draft, None), "{}: what is not in is not there at all", case.id);
    }
    let (held, asked): (i128, i128) = (100_000_000, within.iter().map(|(asked, _)| i128::from(*asked)).sum());
    assert_eq!((i128::from(share.held.0), i128::from(share.claimed.0), i128::from(share.given.0)), (held, asked, held));
    assert_eq!(within.iter().map(|(_, got)| i128::from(*got)).sum::<i128>(), held);
    for (wanted, got) in within {
        let exact = i128::from(wanted) * held / asked;
        assert!((exact..=exact + 1).contains(&i128::from(got)), "{wanted} of {asked} gets {got}, exactly {exact}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_calls_that_share_a_pool_at_once_never_give_more_than_it_holds() {
    for (name, store) in stores("two-shares").await {
        println!("── {name}");
        let district = district(store, 24).await;
        for call in ["c1", "c2"] {
            district.town_call(call).await;
            for firm in 1..=12 {
                let firm = if call == "c1" { firm } else { firm + 12 };
                district.case_for_approval(call, firm, &format!("case{firm}"), &[("2", 6_000_000 + i64::from(firm))]).await;
            }
            district.ok("leader", Role::Leader, Act::Call(CallAct::Close { call: id(CallId::parse, call) })).await;
        }
        let mut tasks = JoinSet::new();
        for call in ["c1", "c2"] {
            let district = Arc::clone(&district);
            tasks.spawn(async move {
                district
                    .act(
                        "leader",
                        Role::Leader,
                        Act::Call(CallAct::Share { call: id(CallId::parse, call), entry: id(EntryId::parse, &format!("e-share-{call}")) }),
                    )
                    .await
            });
        }
        let mut given = 0;
        for outcome in tasks.join_all().await {
            match outcome {
                Ok(Outcome::Shared(shares)) => given += shares.iter().map(|share| share.given.0).sum::<i64>(),
                // A pool that is empty has nothing to share.
                Err(Stop::Refused(_)) => {}
                other => panic!("{other:?}"),
            }
        }
        assert!(given <= 100_000_000, "{given} fen of a pool of 100 万元");
        assert_eq!(given, 100_000_000, "the first call alone asks for 72 万元, both for more than there is");
        for firm in 1..=24 {
            drop(district.act("leader", Role::Leader, approve(&format!("case{firm}"))).await);
        }
        assert_eq!(balance(&district, "pool-machines", Account::Reserved).await, 100_000_000);
        sound::holds(district.office.store()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_firm_approved_in_four_calls_at_once_stays_within_its_limit() {
    for (name, store) in stores("limit").await {
        println!("── {name}");
        let district = district(store, 6).await;
        for call in 1..=4 {
            district.town_call(&format!("c{call}")).await;
        }
        for (firm, call) in (1..=6).flat_map(|firm| (1..=4).map(move |call| (firm, call))) {
            // Each 3 万元, of 5 万元 in all (累计): once, and not a second time.
            district.case_for_approval(&format!("c{call}"), firm, &format!("case{firm}-{call}"), &[("3", 3_000_000)]).await;
        }
        let mut tasks = JoinSet::new();
        for firm in 1..=6 {
            for call in 1..=4 {
                let district = Arc::clone(&district);
                tasks.spawn(async move { (firm, district.act("leader", Role::Leader, approve(&format!("case{firm}-{call}"))).await) });
            }
        }
        let mut got = [0_i64; 6];
        for (firm, outcome) in tasks.join_all().await {
            match outcome {
                Ok(Outcome::Sum(sum)) => got[usize::try_from(firm).unwrap() - 1] += sum.0,
                Err(Stop::Refused(Refusal::Case(_))) => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(got, [3_000_000; 6], "each firm once");
        sound::holds(district.office.store()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn acts_done_side_by_side_are_the_same_when_done_again_in_the_order_of_the_log() {
    for (name, store) in stores("side").await {
        println!("── {name}");
        let district = district(store, 8).await;
        let done = side_by_side(std::slice::from_ref(&district.office)).await;
        assert!(done > 100);
        sound::holds(district.office.store()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_programs_that_act_on_one_database_at_once_write_one_log() {
    let database = crate::postgres::database();
    let district = district(Store::open(&database).await.unwrap(), 8).await;
    let other = Office::new(Store::open(&database).await.unwrap(), WorkCalendar::china());
    let done = side_by_side(&[district.office.clone(), other]).await;
    assert!(done > 100);
    sound::holds(district.office.store()).await;
}

/// Acts at random in eight lanes, each of which is one of the offices'. How many were done.
async fn side_by_side(offices: &[Office]) -> u32 {
    let seed = std::env::var("DUIXIAN_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_250_301_u64);
    println!("seed {seed}");
    let mut tasks = JoinSet::new();
    for (lane, office) in (0..8_u64).zip(offices.iter().cycle()) {
        let office = office.clone();
        let mut random = crate::random::Random::new(seed ^ (lane << 32));
        tasks.spawn(async move {
            let mut done = 0;
            for number in 0..60 {
                let (who, role, act) = any_act(&mut random);
                let context = asked(&who, role, day("2025-03-03"), &format!("s{lane}-{number}"));
                match office.perform(&context, &act).await {
                    Ok(_) => done += 1,
                    Err(Stop::Refused(_)) => {}
                    Err(other) => panic!("{}: {other}", act.name()),
                }
            }
            done
        });
    }
    let done: u32 = tasks.join_all().await.into_iter().sum();
    println!("{done} of 480 acts were done");
    done
}

/// One of a few cases of a few calls, whatever its state: most acts are refused, and those that are not meet one another.
fn any_act(random: &mut crate::random::Random) -> (String, Role, Act) {
    let firm = u32::try_from(random.below(8)).unwrap() + 1;
    let call_name = format!("c{}", random.below(3));
    let call = id(CallId::parse, &call_name);
    let case_name = format!("case{firm}-{call_name}");
    let case = id(CaseId::parse, &case_name);
    let claims = [("3", 2_000_000), ("1", 1_000_000)];
    let person = format!("firm{firm}");
    let officer = |who: &str, role, act| (who.to_owned(), role, act);
    match random.below(13) {
        0 => officer("clerk", Role::Clerk, Act::Call(CallAct::Prepare { call: crate::town::call(&call_name) })),
        1 | 2 => officer("leader", Role::Leader, Act::Call(CallAct::Open { call })),
        3 if random.below(4) == 0 => officer("leader", Role::Leader, Act::Call(CallAct::Close { call })),
        3 | 4 => (person, Role::Applicant, start(&call_name, firm, &case_name, &claims)),
        5 | 6 => (person, Role::Applicant, Act::Case(CaseAct::Submit { case, declaration: None })),
        7 => officer("clerk", Role::Clerk, Act::Case(CaseAct::Accept { case })),
        8 => officer("clerk", Role::Clerk, Act::Case(CaseAct::Screen { case })),
        9 => officer("reviewer", Role::Reviewer, summarise(&case_name, &claims)),
        10 => officer("leader", Role::Leader, approve(&case_name)),
        11 => {
            let mut user = applicant(firm);
            user.active = random.below(3) > 0;
            officer("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user }))
        }
        _ => {
            let mut organisation = organisation(firm);
            organisation.aliases = vec![format!("别名{}", random.below(9))];
            officer("clerk", Role::Clerk, Act::Registry(RegistryAct::PutOrganisation { organisation: organisation.into() }))
        }
    }
}
