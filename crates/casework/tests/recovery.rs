//! Clawbacks against books of our own: whatever is asked in whatever order, no award gives back more than was paid for it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails loudly, in its helpers too")]

use casework::call::Period;
use casework::id::{BookId, CallId, CaseId, DeterminationId, EntryId, LeadId, OrganisationId, RecoveryId};
use casework::ledger::{Entry, Move};
use casework::recovery::{About, Decision, Means, Part, Proposal, Recovery, RecoveryStage, left, paid};
use casework::term::{Term, recount};
use proptest::prelude::*;
use values::{Date, Fen, Moment, WorkCalendar};

const CLAUSES: [&str; 3] = ["1.1", "6", "8.1"];

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn about() -> About {
    About {
        case: CaseId::parse("case1").unwrap(),
        call: CallId::parse("c1").unwrap(),
        organisation: OrganisationId::parse("firm1").unwrap(),
        determination: DeterminationId::parse("d1").unwrap(),
    }
}

fn entry(number: usize, kind: Move, fund: &BookId, clause: &str, amount: Fen) -> Entry {
    Entry {
        id: EntryId::parse(&format!("e{number}")).unwrap(),
        at: Moment::start_of(day("2025-05-06")),
        kind,
        amount,
        fund: fund.clone(),
        pool: None,
        case: Some(about().case),
        clause: Some(clause.to_owned()),
        determination: Some(about().determination),
        reason: "test".into(),
    }
}

/// What is asked: of which clawback, what, how much under each clause.
#[derive(Clone, Debug)]
enum Ask {
    File,
    Notify(usize, [i64; 3]),
    Decide(usize, [i64; 3]),
    Deliver(usize),
    Collect(usize, i64),
    Amend(usize, [i64; 3]),
    /// A payment came back from the bank.
    Return(usize, i64),
}

fn ask() -> impl Strategy<Value = Ask> {
    let at = 0_usize..3;
    let amount = || prop_oneof![4 => Just(0), 4 => 1_i64..80, 1 => -1_i64..120];
    let amounts = move || prop::array::uniform3(amount());
    prop_oneof![
        2 => Just(Ask::File),
        3 => (at.clone(), amounts()).prop_map(|(at, amounts)| Ask::Notify(at, amounts)),
        3 => (at.clone(), amounts()).prop_map(|(at, amounts)| Ask::Decide(at, amounts)),
        3 => at.clone().prop_map(Ask::Deliver),
        6 => (at.clone(), -1_i64..100).prop_map(|(at, fen)| Ask::Collect(at, fen)),
        2 => (at.clone(), amounts()).prop_map(|(at, amounts)| Ask::Amend(at, amounts)),
        1 => (0_usize..3, 1_i64..20).prop_map(|(clause, fen)| Ask::Return(clause, fen)),
    ]
}

fn parts(amounts: [i64; 3]) -> Vec<Part> {
    let named = CLAUSES.iter().zip(amounts).filter(|(_, fen)| *fen != 0);
    named.map(|(clause, fen)| Part { clause: (*clause).to_owned(), amount: Fen(fen) }).collect()
}

fn sum(entries: &[Entry], kind: Move, clause: &str, fund: &BookId) -> i64 {
    entries.iter().filter(|e| e.kind == kind && e.clause.as_deref() == Some(clause) && e.fund == *fund).map(|e| e.amount.0).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn no_award_gives_back_more_than_was_paid_for_it(asks in prop::collection::vec(ask(), 1..80), split in prop::array::uniform3(0_i64..=100)) {
        let calendar = WorkCalendar::china();
        let funds = [BookId::parse("fund-2024").unwrap(), BookId::parse("fund-2025").unwrap()];
        let mut entries = Vec::new();
        // Each clause was paid 100 fen, from two budgets.
        for (clause, first) in CLAUSES.iter().zip(split) {
            for (fund, fen) in funds.iter().zip([first, 100 - first]).filter(|(_, fen)| *fen > 0) {
                entries.push(entry(entries.len(), Move::Pay, fund, clause, Fen(fen)));
            }
        }
        let mut all: Vec<Recovery> = Vec::new();
        let now = Moment::start_of(day("2025-06-02"));
        for ask in asks {
            let stands = paid(&entries, &[]);
            let at = match &ask { Ask::Notify(at, _) | Ask::Decide(at, _) | Ask::Deliver(at) | Ask::Collect(at, _) | Ask::Amend(at, _) => *at, _ => 0 };
            let others: Vec<Recovery> = all.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, other)| other.clone()).collect();
            let before = all.clone();
            let mut done = true;
            if matches!(ask, Ask::File) && all.len() < 3 {
                let id = RecoveryId::parse(&format!("r{}", all.len())).unwrap();
                all.extend(Recovery::file(id, about(), vec![LeadId::parse("lead").unwrap()], &stands, &before).ok());
                continue;
            }
            match (ask, all.get_mut(at)) {
                (Ask::Notify(_, amounts), Some(recovery)) => {
                    let proposal = Proposal { number: "1".into(), grounds: "1".into(), parts: parts(amounts), period: Period::WorkingDays(5) };
                    done = recovery.notify(&proposal, |clause| left(&stands, &others, clause), day("2025-05-12"), &calendar).is_ok();
                }
                (Ask::Decide(_, amounts), Some(recovery)) => {
                    let decision = Decision {
                        number: "1".into(), basis: vec!["1".into()], grounds: "1".into(), parts: parts(amounts), period: Period::Days(15),
                        remedies: "1".into(), bar_until: None, stop_payment: false,
                    };
                    done = recovery.decide(&decision, |clause| left(&stands, &others, clause), now, None).is_ok();
                }
                (Ask::Amend(_, amounts), Some(recovery)) => done = recovery.amend("1", &parts(amounts)).is_ok(),
                (Ask::Deliver(_), Some(recovery)) => done = recovery.deliver(now.date(), "1", now.date(), &calendar).is_ok(),
                (Ask::Collect(_, fen), Some(recovery)) => match recovery.collect(Fen(fen), Means::Receipt("1".into()), now.date(), &stands) {
                    Ok(portions) => {
                        prop_assert_eq!(portions.iter().map(|portion| portion.amount.0).sum::<i64>(), fen);
                        for portion in portions {
                            entries.push(entry(entries.len(), Move::Recover, &portion.paid.fund, &portion.paid.clause, portion.amount));
                        }
                    }
                    Err(_) => done = false,
                },
                (Ask::Return(clause, fen), _) => {
                    // The bank returns only what nobody waits for: the office settles that before.
                    let clause = CLAUSES[clause];
                    let fund = stands.iter().find(|p| p.clause == clause && p.amount.0 >= fen && left(&stands, &all, clause).0 >= fen);
                    if let Some(fund) = fund.map(|p| p.fund.clone()) {
                        entries.push(entry(entries.len(), Move::Return, &fund, clause, Fen(fen)));
                    }
                }
                _ => {}
            }
            prop_assert!(done || all == before, "refused means unchanged");
            for clause in CLAUSES {
                for fund in &funds {
                    let gone = sum(&entries, Move::Recover, clause, fund) + sum(&entries, Move::Return, clause, fund);
                    prop_assert!(gone <= sum(&entries, Move::Pay, clause, fund), "{clause}: more came back than was paid");
                }
                let stands: i64 = paid(&entries, &[]).iter().filter(|p| p.clause == clause).map(|p| p.amount.0).sum();
                let waited: i64 = all.iter().map(|recovery| recovery.waits_for(clause).0).sum();
                prop_assert!(waited <= stands, "{clause}: {waited} fen are waited for, {stands} stand paid");
            }
            for recovery in &all {
                let waited: i64 = CLAUSES.iter().map(|clause| recovery.waits_for(clause).0).sum();
                prop_assert_eq!(waited, recovery.owed().0);
                prop_assert_eq!(recovery.stage == RecoveryStage::Settled, recovery.decision.is_some() && recovery.owed() == Fen(0));
            }
        }
    }

    #[test]
    fn a_term_counted_again_is_the_term_that_would_have_been_counted_at_first(offset in 0_i64..400, days in 0_u32..60, working: bool) {
        let before = WorkCalendar::china();
        let after = before.with_year(2027, "date,kind\n2027-01-01,off\n2027-02-08,off\n2027-02-14,work\n").unwrap();
        let from = day("2026-06-01").add_days(offset).unwrap();
        let period = if working { Period::WorkingDays(days) } else { Period::Days(days) };
        let (old, new) = (Term::new(&before, from, period), Term::new(&after, from, period));
        let paid = [entry(0, Move::Pay, &BookId::parse("fund").unwrap(), "8.1", Fen(1))];
        let mut recovery = Recovery::file(RecoveryId::parse("r").unwrap(), about(), Vec::new(), &casework::recovery::paid(&paid, &[]), &[]).unwrap();
        recovery.hearing = Some(old.clone());
        let moved = recount(&mut recovery, &after);
        let counted = recovery.hearing.unwrap();
        prop_assert_eq!(&counted, &new);
        prop_assert_eq!(moved.len(), usize::from(old.last != new.last));
        prop_assert!(old.provisional || old == new, "a term that was not provisional stands");
    }
}
