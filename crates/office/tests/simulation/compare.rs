//! The comparison of the auditor's books and files with the books, entries and events that the office shows.

use crate::auditor::{Auditor, File, Where, pools_of};
use crate::ledgers::cap;
use casework::chain::{Event, Fingerprint};
use casework::ledger::{Account, Book, Entry, Move};
use std::collections::BTreeMap;

impl Auditor {
    /// Compares with the books and entries of the office. Errors: every difference.
    pub fn compare(&self, books: &[Book], entries: &[Entry]) -> Result<(), String> {
        let mut wrong = Vec::new();
        let mut replayed: BTreeMap<&str, [i128; 7]> = books.iter().map(|book| (book.id.as_str(), [0; 7])).collect();
        // By case, clause and book: what it holds there, account by account.
        let mut holds: BTreeMap<(&str, &str, &str), [i128; 7]> = BTreeMap::new();
        let mut moved: BTreeMap<(&'static str, String), i128> = BTreeMap::new();
        for entry in entries {
            let (from, to) = reading(entry.kind);
            let amount = i128::from(entry.amount.0);
            for book in std::iter::once(&entry.fund).chain(&entry.pool) {
                let Some(balances) = replayed.get_mut(book.as_str()) else {
                    wrong.push(format!("entry {} is of no book", entry.id));
                    continue;
                };
                balances[from] -= amount;
                balances[to] += amount;
                if let (Some(case), Some(clause)) = (&entry.case, &entry.clause) {
                    let held = holds.entry((case.as_str(), clause.as_str(), book.as_str())).or_default();
                    held[from] -= amount;
                    held[to] += amount;
                }
            }
            let call = entry.case.as_ref().and_then(|case| self.files.get(case.as_str())).map(|file| file.call.clone());
            let pool = self.purses.get(entry.fund.as_str()).is_some_and(|purse| purse.pool.is_some());
            let kind = match entry.kind {
                Move::Pay | Move::Repay => "sent",
                Move::Return => "back",
                Move::Drop => "given up",
                Move::Recover => "recovered",
                _ => "",
            };
            if let (Some(call), false, false) = (call, pool, kind.is_empty()) {
                *moved.entry((kind, call)).or_default() += amount;
            }
        }
        let own = [("sent", &self.sent), ("back", &self.back), ("given up", &self.given_up), ("recovered", &self.recovered)];
        for (kind, own) in own {
            for (call, amount) in own {
                let shown = moved.remove(&(kind, call.clone())).unwrap_or(0);
                if shown != *amount {
                    wrong.push(format!("{call}: {amount} were {kind}, the entries say {shown}"));
                }
            }
        }
        wrong.extend(moved.into_iter().filter(|(_, amount)| *amount != 0).map(|((kind, call), amount)| format!("{call}: {amount} {kind} by nobody")));
        self.compare_kept(entries, &mut wrong);
        self.compare_recovered(entries, &mut wrong);
        self.compare_books(books, &replayed, &mut wrong);
        self.compare_cases(&holds, &mut wrong);
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
    }

    /// What approved plans keep is what the entries without a case hold.
    fn compare_kept(&self, entries: &[Entry], wrong: &mut Vec<String>) {
        let mut held: BTreeMap<(&str, &str, &str), i128> = BTreeMap::new();
        for entry in entries.iter().filter(|entry| entry.case.is_none()) {
            let Some(clause) = &entry.clause else { continue };
            let sign = match entry.kind {
                Move::Reserve => 1,
                Move::Release => -1,
                _ => {
                    wrong.push(format!("{}: {:?} of a plan", entry.id, entry.kind));
                    continue;
                }
            };
            let pool = entry.pool.as_ref().map_or("", |pool| pool.as_str());
            *held.entry((entry.fund.as_str(), pool, clause.as_str())).or_default() += sign * i128::from(entry.amount.0);
        }
        for (of, (kept, certain)) in self.kept() {
            let held = held.remove(&of).unwrap_or(0);
            if if certain { held != kept } else { held < 0 || held > kept } {
                wrong.push(format!("{of:?}: {kept} are kept by plans, the entries hold {held}"));
            }
        }
        wrong.extend(held.into_iter().filter(|(_, held)| *held != 0).map(|(of, held)| format!("{of:?}: {held} are kept by no plan")));
    }

    /// What came back came back by clawbacks, case by case; and nobody was paid whose payments stood still.
    fn compare_recovered(&self, entries: &[Entry], wrong: &mut Vec<String>) {
        let mut back: BTreeMap<&str, i128> = BTreeMap::new();
        for entry in entries {
            let (Some(case), false) = (&entry.case, self.purses.get(entry.fund.as_str()).is_some_and(|purse| purse.pool.is_some())) else { continue };
            let firm = self.files.get(case.as_str()).map(|file| file.firm.as_str()).unwrap_or_default();
            match entry.kind {
                Move::Recover => *back.entry(case.as_str()).or_default() += i128::from(entry.amount.0),
                // What is set off goes to the budget, not to the firm.
                Move::Pay | Move::Repay if !entry.reason.starts_with("抵扣") => {
                    let within = |from, until: Option<_>| from < entry.at && until.is_none_or(|until| entry.at < until);
                    let stopped = |halt: &crate::claws::Halt| {
                        halt.firm == firm && (within(halt.since, halt.others_until) || (halt.case == *case.as_str() && within(halt.since, halt.until)))
                    };
                    if self.halts.iter().any(stopped) {
                        wrong.push(format!("{}: {case} was paid while its payments stood still", entry.id));
                    }
                }
                _ => {}
            }
        }
        for (case, came) in self.back_by_case() {
            let shown = back.remove(case).unwrap_or(0);
            if shown != came {
                wrong.push(format!("{case}: {came} came back, the entries say {shown}"));
            }
        }
        wrong.extend(back.into_iter().map(|(case, fen)| format!("{case}: {fen} came back by nobody")));
    }

    fn compare_books(&self, books: &[Book], replayed: &BTreeMap<&str, [i128; 7]>, wrong: &mut Vec<String>) {
        if books.len() != self.purses.len() {
            wrong.push(format!("{} books are kept, {} were opened", books.len(), self.purses.len()));
        }
        let mut used: BTreeMap<(String, String, i32), i128> = BTreeMap::new();
        for book in books {
            let shown = Account::ALL.map(|account| i128::from(book.balance(account).0));
            if replayed.get(book.id.as_str()) != Some(&shown) {
                wrong.push(format!("{}: the entries do not add up to {shown:?}", book.id));
            }
            if shown.iter().skip(1).any(|balance| *balance < 0) {
                wrong.push(format!("{}: a balance below zero: {shown:?}", book.id));
            }
            let Some(purse) = self.purses.get(book.id.as_str()) else { continue };
            if shown[0] != -purse.put_in {
                wrong.push(format!("{}: {} were put in, the office says {}", book.id, purse.put_in, -shown[0]));
            }
            if let Some((policy, pool)) = &purse.pool {
                *used.entry((policy.clone(), pool.clone(), purse.year)).or_default() += shown[2] + shown[3] + shown[4] + shown[5];
            }
        }
        for ((policy, pool, year), used) in used {
            let law = self.laws.values().find(|law| law.policy.id == policy);
            let most = law.and_then(|law| law.pools.iter().find(|p| p.name == pool)).and_then(|pool| cap(&pool.amounts, year));
            if most.is_some_and(|most| used > most) {
                wrong.push(format!("pool {pool} of {policy} gives {used} in {year}, more than {most:?}"));
            }
        }
    }

    /// No case has more than it was determined, in whatever account, from budgets or from any pool.
    fn compare_cases(&self, holds: &BTreeMap<(&str, &str, &str), [i128; 7]>, wrong: &mut Vec<String>) {
        let mut from_budgets: BTreeMap<(&str, &str), [i128; 7]> = BTreeMap::new();
        for ((case, clause, book), held) in holds {
            let purse = self.purses.get(*book);
            let Some(file) = self.files.get(*case) else {
                wrong.push(format!("{book} has entries of {case}, which nobody started"));
                continue;
            };
            if purse.is_some_and(|purse| purse.pool.is_some()) {
                self.compare_holding(file, case, clause, held, wrong);
                let round = self.rounds.get(&file.call);
                let law = round.and_then(|round| self.laws.get(round.call.version.as_str()));
                let draws = law.is_some_and(|law| {
                    pools_of(law, clause).any(|pool| round.and_then(|round| round.call.pool_book(&pool.name)).is_some_and(|of| of.as_str() == *book))
                });
                let later = round.is_some_and(|round| round.later.iter().any(|of| of == book));
                if !draws && !later {
                    wrong.push(format!("{case} draws on {book}, which {clause} does not"));
                }
            } else {
                let sum = from_budgets.entry((case, clause)).or_default();
                for (sum, held) in sum.iter_mut().zip(held) {
                    *sum += held;
                }
            }
        }
        for ((case, clause), held) in from_budgets {
            if let Some(file) = self.files.get(case) {
                self.compare_holding(file, case, clause, &held, wrong);
            }
        }
    }

    fn compare_holding(&self, file: &File, case: &str, clause: &str, held: &[i128; 7], wrong: &mut Vec<String>) {
        let most = file.most.get(clause).copied();
        let claim = file.claims.iter().find(|claim| claim.clause == *clause);
        let before = if file.unknown { i128::MAX } else { claim.and_then(|claim| claim.part.or(claim.set)).unwrap_or(0) };
        let promised: i128 = held[2..6].iter().sum();
        if held.iter().skip(2).any(|amount| *amount < 0) {
            wrong.push(format!("{case}, {clause}: less than nothing: {held:?}"));
        }
        if promised > most.unwrap_or(before) {
            wrong.push(format!("{case}, {clause}: {promised} promised, owed and paid, {most:?} determined, {before} shared or set"));
        }
        // What is paid, and did not come back, was determined.
        if held[4] > most.unwrap_or(0) {
            wrong.push(format!("{case}, {clause}: {} paid, {most:?} determined", held[4]));
        }
        // What a sharing or a later year keeps for somebody whose case then ends goes back by an act of its own.
        let kept = file.carried || file.claims.iter().any(|claim| claim.part.is_some());
        if file.at == Where::Ended && file.determined.is_empty() && !kept && promised != 0 {
            wrong.push(format!("{case}, {clause}: it has ended, and still holds {held:?}"));
        }
    }
}

/// The auditor's own reading of a move: from which account to which, in the order 外部 可用 预留 占用 支付 退回 追回.
const fn reading(kind: Move) -> (usize, usize) {
    match kind {
        Move::Appropriate => (0, 1),
        Move::Reduce => (1, 0),
        Move::Reserve => (1, 2),
        Move::Release => (2, 1),
        Move::Commit => (2, 3),
        Move::Free => (3, 1),
        Move::Pay => (3, 4),
        Move::Return => (4, 5),
        Move::Repay => (5, 4),
        Move::Drop => (5, 1),
        Move::Recover => (4, 6),
        Move::Reuse => (6, 1),
    }
}

/// Whether the events are a chain after one: numbered on, each naming the one before and holding its own fingerprint. The last.
pub fn chain(after: (i64, Fingerprint), events: &[Event]) -> Result<(i64, Fingerprint), String> {
    let (first, mut before) = after;
    for (seq, event) in (first + 1..).zip(events) {
        if event.seq != seq || event.before != before || event.computed() != event.fingerprint {
            return Err(format!("the log breaks at event {seq}"));
        }
        before = event.fingerprint;
    }
    Ok((first + i64::try_from(events.len()).unwrap_or(0), before))
}
