//! The ledger under random entries: nothing is made or lost, no balance falls below zero, what is refused changes nothing,
//! and the entries added up again are the balances.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails loudly, in its helpers too")]

use casework::holding::Holding;
use casework::id::{BookId, CaseId, EntryId};
use casework::ledger::{Account, Book, BookKind, Entry, LedgerRefusal, Move};
use proptest::prelude::*;
use values::{Date, Fen, Moment};

fn book(name: &str, kind: BookKind) -> Book {
    Book::new(BookId::parse(name).unwrap(), kind, 2024, name.to_owned())
}

fn entry(number: usize, kind: Move, amount: i64, pool: Option<&str>, clause: &str) -> Entry {
    Entry {
        id: EntryId::parse(&format!("e{number}")).unwrap(),
        at: Moment::start_of(Date::parse("2025-01-01").unwrap()),
        kind,
        amount: Fen(amount),
        fund: BookId::parse("fund").unwrap(),
        pool: pool.map(|pool| BookId::parse(pool).unwrap()),
        case: Some(CaseId::parse("k1").unwrap()),
        clause: Some(clause.to_owned()),
        determination: None,
        reason: String::new(),
    }
}

/// A move, an amount that is often small and sometimes absurd, whether it counts against the pool, and its clause.
fn posts() -> impl Strategy<Value = Vec<(Move, i64, bool, bool)>> {
    let amount = prop_oneof![6 => 1..2_000i64, 1 => -5..=0i64, 1 => (i64::MAX - 5)..=i64::MAX];
    proptest::collection::vec((proptest::sample::select(Move::ALL), amount, any::<bool>(), any::<bool>()), 0..200)
}

/// Posts to both books, or to none: as a unit of work does.
fn post(fund: &mut Book, pool: &mut Book, entry: &Entry) -> Result<(), LedgerRefusal> {
    let (mut next_fund, mut next_pool) = (fund.clone(), pool.clone());
    next_fund.post(entry)?;
    if entry.pool.is_some() {
        next_pool.post(entry)?;
    }
    (*fund, *pool) = (next_fund, next_pool);
    Ok(())
}

proptest! {
    #[test]
    fn random_entries_never_leave_a_balance_below_zero_and_add_up_again(posts in posts()) {
        let (mut fund, mut pool) = (book("fund", BookKind::Fund), book("pool", BookKind::Pool));
        let mut kept = Vec::new();
        for (number, (kind, amount, on_pool, clause)) in posts.into_iter().enumerate() {
            let entry = entry(number, kind, amount, on_pool.then_some("pool"), if clause { "1" } else { "2" });
            let before = (fund.clone(), pool.clone());
            match post(&mut fund, &mut pool, &entry) {
                Ok(()) => kept.push(entry),
                Err(refusal) => prop_assert_eq!(&before, &(fund.clone(), pool.clone()), "refused means unchanged: {}", refusal),
            }
            for book in [&fund, &pool] {
                let sum: i128 = Account::ALL.iter().map(|account| i128::from(book.balance(*account).0)).sum();
                prop_assert_eq!(sum, 0);
                prop_assert!(book.balance(Account::Outside) <= Fen(0));
                prop_assert!(Account::ALL.iter().skip(1).all(|account| book.balance(*account) >= Fen(0)));
            }
        }
        // Replay: the entries alone give the balances.
        let (mut fund_again, mut pool_again) = (book("fund", BookKind::Fund), book("pool", BookKind::Pool));
        for entry in &kept {
            post(&mut fund_again, &mut pool_again, entry).expect("what was posted can be posted again");
        }
        prop_assert_eq!(&fund_again, &fund);
        prop_assert_eq!(&pool_again, &pool);
        // What the clauses hold is what the budget holds; with absurd amounts one clause alone could leave 64 bits.
        let usual = kept.iter().all(|entry| entry.amount < Fen(10_000));
        let (one, two) = (Holding::of(&kept, "1", &fund.id), Holding::of(&kept, "2", &fund.id));
        for account in Account::ALL.into_iter().filter(|_| usual) {
            prop_assert_eq!(one.balance(account).0 + two.balance(account).0, fund.balance(account).0, "{:?}", account);
        }
    }

    #[test]
    fn no_order_of_moves_spends_more_than_was_brought_in(posts in posts(), budget in 1..5_000i64) {
        let (mut fund, mut pool) = (book("fund", BookKind::Fund), book("pool", BookKind::Pool));
        post(&mut fund, &mut pool, &entry(10_000, Move::Appropriate, budget, Some("pool"), "1")).unwrap();
        for (number, (kind, amount, _, _)) in posts.into_iter().enumerate().filter(|(_, post)| !matches!(post.0, Move::Appropriate | Move::Reduce)) {
            let refused = post(&mut fund, &mut pool, &entry(number, kind, amount, Some("pool"), "1")).is_err();
            let spent = fund.balance(Account::Paid).0 + fund.balance(Account::Committed).0 + fund.balance(Account::Reserved).0;
            prop_assert!(spent <= budget, "{kind:?} {amount} refused: {refused}");
            prop_assert_eq!(fund.balances(), pool.balances(), "a pool moves with its budget");
        }
    }
}

#[test]
fn refusals_come_in_their_order() {
    let mut fund = book("fund", BookKind::Fund);
    let other = BookId::parse("other").unwrap();
    let mut stray = entry(1, Move::Reserve, 0, None, "1");
    stray.fund = other.clone();
    assert_eq!(fund.post(&stray), Err(LedgerRefusal::NotPositive));
    stray.amount = Fen(5);
    assert_eq!(fund.post(&stray), Err(LedgerRefusal::WrongBook { wanted: other, book: fund.id.clone() }));
    let reserve = entry(2, Move::Reserve, 5, None, "1");
    let refused = LedgerRefusal::NotEnough { book: fund.id.clone(), account: Account::Available, held: Fen(0), wanted: Fen(5) };
    assert_eq!(fund.post(&reserve), Err(refused));
    fund.post(&entry(3, Move::Appropriate, i64::MAX, None, "1")).unwrap();
    assert_eq!(fund.post(&entry(4, Move::Appropriate, 1, None, "1")), Err(LedgerRefusal::TooLarge { book: fund.id.clone() }));
}
