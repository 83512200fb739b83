//! What an act does to the auditor's files and books, and the comparison with what the office shows.

use crate::acts::Asked;
use crate::auditor::{Auditor, Claimed, File, Person, Round, View, Where, fen, in_turn, pool_of, rules, wrong};
use crate::purse::Purse;
use View::{Open, Right};
use casework::Act;
use casework::budget::BudgetAct;
use casework::call::{CallAct, StepKind};
use casework::case::CaseAct;
use casework::chain::{Event, Fingerprint};
use casework::ledger::{Account, Book, Entry, Move};
use casework::notice::NoticeAct;
use casework::payment::PaymentAct;
use casework::registry::RegistryAct;
use office::Outcome;
use std::collections::BTreeMap;
use values::{CreditCode, Fen};

impl Auditor {
    pub fn registry(&self, act: &RegistryAct) -> View {
        match act {
            RegistryAct::Found { .. } => wrong("the office is founded already"),
            RegistryAct::PutUnit { unit } => {
                rules!(self.units.iter().any(|(id, name)| id != unit.id.as_str() && *name == unit.name) => "another unit has the name");
                Right
            }
            RegistryAct::PutUser { user } => {
                rules!(user.unit.as_ref().is_some_and(|unit| !self.units.contains_key(unit.as_str())) => "there is no such unit");
                Right
            }
            RegistryAct::PutOrganisation { organisation } => {
                rules!(
                    CreditCode::parse(&organisation.credit_code).is_err() => "the credit code is none",
                    self.firms.iter().any(|(id, (code, _))| id != organisation.id.as_str() && *code == organisation.credit_code) => "another firm has the code",
                );
                Right
            }
            RegistryAct::LoadPolicy { version } => {
                rules!(
                    self.laws.contains_key(version.id.as_str()) => "there is such a version already",
                    self.laws.values().any(|law| law.hash == version.scheme_hash) => "the same policy is loaded under another name",
                );
                Open
            }
        }
    }

    pub fn budget(&self, act: &BudgetAct) -> View {
        match act {
            BudgetAct::OpenFund { book, .. } => {
                rules!(self.purses.contains_key(book.as_str()) => "there is such a book already");
                Right
            }
            BudgetAct::OpenPool { book, year, version, pool, entry } => {
                let Some(law) = self.laws.get(version.as_str()) else { return wrong("there is no such policy") };
                let amount = law.pools.iter().find(|p| p.name == *pool).and_then(|pool| cap(&pool.amounts, *year));
                let own = Some((law.policy.id.clone(), pool.clone()));
                rules!(
                    amount.is_none() => "the policy sets no amount",
                    self.purses.contains_key(book.as_str()) => "there is such a book already",
                    self.purses.values().any(|purse| purse.pool == own && purse.year == *year) => "the pool of this year has a book already",
                    self.entries.contains(entry.as_str()) => "there is such an entry already",
                );
                Right
            }
            BudgetAct::Appropriate { entry, book, amount, .. } => {
                let Some(purse) = self.purses.get(book.as_str()) else { return wrong("there is no such book") };
                rules!(
                    purse.pool.is_some() => "the amount of a pool is the policy's",
                    amount.0 <= 0 => "nothing is moved",
                    self.entries.contains(entry.as_str()) => "there is such an entry already",
                    purse.put_in + i128::from(amount.0) > i128::from(i64::MAX) => "it is more than can be counted",
                );
                Right
            }
            BudgetAct::Reduce { entry, book, amount, .. } => {
                let Some(purse) = self.purses.get(book.as_str()) else { return wrong("there is no such book") };
                rules!(
                    purse.pool.is_some() => "the amount of a pool is the policy's",
                    amount.0 <= 0 => "nothing is moved",
                    self.entries.contains(entry.as_str()) => "there is such an entry already",
                    i128::from(amount.0) > purse.free() => "the budget does not have so much",
                );
                Right
            }
        }
    }

    /// Writes down what was done. Errors: the answer is another than it should be.
    pub fn record(&mut self, asked: &Asked, outcome: &Outcome) -> Result<(), String> {
        let user = asked.context.user.to_string();
        let expected = match &asked.act {
            Act::Registry(act) => self.record_registry(act),
            Act::Budget(act) => self.record_budget(act),
            Act::Call(act) => self.record_call(act),
            Act::Case(act) => self.record_case(act, asked, user)?,
            Act::Notice(act) => self.record_notice(act, asked),
            Act::Payment(PaymentAct::Pay { batch, call, entry }) => self.record_payment(batch.as_str(), call.as_str(), entry.as_str())?,
        };
        if expected == *outcome { Ok(()) } else { Err(format!("{} answers {outcome:?}; by the auditor's books it is {expected:?}", asked.act.name())) }
    }

    fn record_registry(&mut self, act: &RegistryAct) -> Outcome {
        match act {
            RegistryAct::Found { user } | RegistryAct::PutUser { user } => {
                let person = Person {
                    unit: user.unit.as_ref().map(ToString::to_string),
                    firm: user.organisation.as_ref().map(ToString::to_string),
                    roles: user.roles.clone(),
                    away_from: user.links.iter().map(ToString::to_string).collect(),
                    here: user.active,
                };
                self.people.insert(user.id.to_string(), person);
            }
            RegistryAct::PutUnit { unit } => {
                self.units.insert(unit.id.to_string(), unit.name.clone());
            }
            RegistryAct::PutOrganisation { organisation } => {
                self.firms.insert(organisation.id.to_string(), (organisation.credit_code.clone(), organisation.account.is_some()));
            }
            RegistryAct::LoadPolicy { version } => {
                let files = version.files.iter().map(|(name, text)| policy::source::SourceFile { name: name.clone(), text: text.clone() }).collect();
                if let Some(law) = policy::compile(&policy::source::Sources { files, official: version.official.clone() }).scheme {
                    self.laws.insert(version.id.to_string(), law);
                }
            }
        }
        Outcome::Done
    }

    fn record_budget(&mut self, act: &BudgetAct) -> Outcome {
        match act {
            BudgetAct::OpenFund { book, year, .. } => {
                self.purses.insert(book.to_string(), Purse { year: *year, ..Purse::default() });
                Outcome::Done
            }
            BudgetAct::OpenPool { book, year, version, pool, entry } => {
                let law = self.laws.get(version.as_str());
                let amount = law.and_then(|law| law.pools.iter().find(|p| p.name == *pool)).and_then(|pool| cap(&pool.amounts, *year)).unwrap_or(0);
                let of = law.map(|law| (law.policy.id.clone(), pool.clone()));
                self.purses.insert(book.to_string(), Purse { pool: of, year: *year, put_in: amount, ..Purse::default() });
                self.entries.insert(entry.to_string());
                Outcome::Sum(fen(amount))
            }
            BudgetAct::Appropriate { entry, book, amount, .. } | BudgetAct::Reduce { entry, book, amount, .. } => {
                let sign = if matches!(act, BudgetAct::Reduce { .. }) { -1 } else { 1 };
                self.purses.entry(book.to_string()).or_default().put_in += sign * i128::from(amount.0);
                self.entries.insert(entry.to_string());
                Outcome::Done
            }
        }
    }

    fn record_call(&mut self, act: &CallAct) -> Outcome {
        let (call, state) = match act {
            CallAct::Prepare { call } => {
                self.rounds.insert(call.id.to_string(), Round { call: call.clone(), state: "draft" });
                return Outcome::Done;
            }
            CallAct::Open { call } => (call, "open"),
            CallAct::Close { call } => (call, "closed"),
            CallAct::Share { call } => (call, "shared"),
        };
        let mut shared = Vec::new();
        if state == "shared" {
            for (pool, held, claimed, given, parts) in self.divide(call.as_str()) {
                let claims = u32::try_from(parts.len()).unwrap_or(u32::MAX);
                shared.push(casework::call::Share { pool, held, claimed, given, claims });
                for (case, clause, part) in parts {
                    let claim = self.files.get_mut(&case).and_then(|file| file.claims.iter_mut().find(|claim| claim.clause == clause));
                    if let Some(claim) = claim {
                        claim.part = Some(part);
                    }
                }
            }
        }
        if let Some(round) = self.rounds.get_mut(call.as_str()) {
            round.state = state;
        }
        if state == "shared" { Outcome::Shared(shared) } else { Outcome::Done }
    }

    fn record_case(&mut self, act: &CaseAct, asked: &Asked, user: String) -> Result<Outcome, String> {
        let case = match act {
            CaseAct::Start { case, call, organisation, clauses, application, .. } => {
                let claims = clauses.iter().map(|clause| Claimed { clause: clause.clone(), given: 0, set: None, part: None }).collect();
                let file = File {
                    call: call.to_string(),
                    firm: organisation.to_string(),
                    application: application.clone(),
                    at: Where::Draft,
                    claims,
                    handed_in: None,
                    hands: Vec::new(),
                    determined: Vec::new(),
                    notice: None,
                };
                self.files.insert(case.to_string(), file);
                self.files_of.entry(call.to_string()).or_default().push(case.to_string());
                return Ok(Outcome::Done);
            }
            CaseAct::Approve { case, determination, entry } => return self.record_approval(case.as_str(), determination.as_str(), entry.as_str(), user),
            CaseAct::Submit { case } | CaseAct::Accept { case } | CaseAct::Screen { case } | CaseAct::Summarise { case, .. } => case.as_str(),
        };
        let given = if matches!(act, CaseAct::Submit { .. }) { self.given_now(case) } else { Vec::new() };
        let Some(file) = self.files.get_mut(case) else { return Err("a case nobody started".into()) };
        let screened = self.rounds.get(&file.call).is_some_and(|round| round.call.workflow.steps.iter().any(|step| step.kind == StepKind::Screening));
        file.hands.push((act.name(), user));
        file.at = match act {
            CaseAct::Submit { .. } => {
                for (claim, given) in file.claims.iter_mut().zip(given) {
                    claim.given = given;
                }
                file.handed_in = Some(asked.context.now);
                Where::HandedIn
            }
            CaseAct::Accept { .. } if screened => Where::Screening,
            CaseAct::Accept { .. } | CaseAct::Screen { .. } => Where::Summary,
            CaseAct::Summarise { amounts, .. } => {
                for claim in &mut file.claims {
                    claim.set = amounts.iter().find(|amount| amount.clause == claim.clause).map(|amount| i128::from(amount.amount.0));
                }
                Where::Approval
            }
            _ => file.at,
        };
        Ok(Outcome::Done)
    }

    fn record_approval(&mut self, case: &str, determination: &str, entry: &str, user: String) -> Result<Outcome, String> {
        let Some(file) = self.files.get_mut(case) else { return Err("a case nobody started".into()) };
        if !file.determined.is_empty() {
            return Err("the case is determined twice".into());
        }
        file.at = Where::Determined;
        file.hands.push(("case.approve", user));
        file.determined = file.claims.iter().map(|claim| (claim.clause.clone(), claim.part.or(claim.set).unwrap_or(0))).collect();
        let year = self.rounds.get(&file.call).map_or(0, |round| round.call.year);
        let awards = file.determined.clone();
        let firm = self.awarded.entry(file.firm.clone()).or_default();
        firm.extend(awards.iter().filter(|(_, amount)| *amount > 0).map(|(clause, amount)| (clause.clone(), year, *amount)));
        self.determinations.insert(determination.to_owned());
        self.shift(case, entry, |purse, amount| purse.promised += amount)?;
        Ok(Outcome::Sum(fen(awards.iter().map(|(_, amount)| amount).sum())))
    }

    /// Moves the awards of a case in its budget and its pools.
    fn shift(&mut self, case: &str, entry: &str, change: impl Fn(&mut Purse, i128)) -> Result<(), String> {
        let Some(file) = self.files.get(case) else { return Err("a case nobody started".into()) };
        let Some(round) = self.rounds.get(&file.call) else { return Err("a call nobody prepared".into()) };
        let law = self.laws.get(round.call.version.as_str());
        for (number, (clause, amount)) in (1..).zip(&file.determined).filter(|(_, (_, amount))| *amount > 0) {
            let pool = law.and_then(|law| pool_of(law, clause)).and_then(|pool| round.call.pool_book(&pool.name));
            for book in pool.into_iter().chain([&round.call.fund]) {
                let purse = self.purses.entry(book.to_string()).or_default();
                change(purse, *amount);
                if purse.free() < 0 || purse.promised < 0 || purse.owed < 0 || purse.paid < 0 {
                    return Err(format!("{book} gives more than it has: {purse:?}"));
                }
            }
            self.entries.insert(format!("{entry}:{number}"));
        }
        Ok(())
    }

    fn record_notice(&mut self, act: &NoticeAct, asked: &Asked) -> Outcome {
        match act {
            NoticeAct::Publish { notice, call } => {
                let period = self.rounds.get(call.as_str()).map(|round| round.call.workflow.notice);
                let until = period.map_or(asked.context.now.date(), |period| self.until(asked.context.now.date(), period));
                self.notices.insert(notice.to_string(), (until, call.to_string()));
                for case in self.cases_at(call.as_str(), Where::Determined) {
                    if let Some(file) = self.files.get_mut(&case) {
                        (file.at, file.notice) = (Where::Shown, Some(notice.to_string()));
                    }
                }
                Outcome::Done
            }
            NoticeAct::Conclude { notice, entry } => {
                let call = self.notices.get(notice.as_str()).map(|(_, call)| call.clone()).unwrap_or_default();
                let mut sum = 0;
                let mut shown = self.cases_at(&call, Where::Shown);
                shown.retain(|case| self.files.get(case).and_then(|file| file.notice.as_deref()) == Some(notice.as_str()));
                for (number, case) in (1..).zip(shown) {
                    let moved = self.shift(&case, &format!("{entry}:{number}"), |purse, amount| {
                        purse.promised -= amount;
                        purse.owed += amount;
                    });
                    debug_assert!(moved.is_ok());
                    if let Some(file) = self.files.get_mut(&case) {
                        file.at = Where::Owed;
                        sum += file.determined.iter().map(|(_, amount)| amount).sum::<i128>();
                    }
                }
                Outcome::Sum(fen(sum))
            }
        }
    }

    /// Cases of a call at a place, in the order of their names.
    fn cases_at(&self, call: &str, at: Where) -> Vec<String> {
        let mut out: Vec<String> = self.of(call).filter(|(_, file)| file.at == at).map(|(case, _)| case.clone()).collect();
        out.sort();
        out
    }

    fn record_payment(&mut self, batch: &str, call: &str, entry: &str) -> Result<Outcome, String> {
        self.batches.insert(batch.to_owned());
        let mut sum = 0;
        for (number, case) in (1..).zip(self.cases_at(call, Where::Owed)) {
            self.shift(&case, &format!("{entry}:{number}"), |purse, amount| {
                purse.owed -= amount;
                purse.paid += amount;
            })?;
            let Some(file) = self.files.get_mut(&case) else { continue };
            file.at = Where::Paid;
            for (clause, amount) in file.determined.iter().filter(|(_, amount)| *amount > 0) {
                sum += amount;
                if self.paid.insert((case.clone(), clause.clone()), *amount).is_some() {
                    return Err(format!("{case} is paid twice under {clause}"));
                }
            }
        }
        Ok(Outcome::Sum(fen(sum)))
    }

    /// Compares with the books and entries of the office. Errors: every difference.
    pub fn compare(&self, books: &[Book], entries: &[Entry]) -> Result<(), String> {
        let mut wrong = Vec::new();
        let mut replayed: BTreeMap<&str, [i128; 7]> = books.iter().map(|book| (book.id.as_str(), [0; 7])).collect();
        let mut paid: BTreeMap<(String, String), i128> = BTreeMap::new();
        for entry in entries {
            let (from, to) = reading(entry.kind);
            for book in std::iter::once(&entry.fund).chain(&entry.pool) {
                let Some(balances) = replayed.get_mut(book.as_str()) else {
                    wrong.push(format!("entry {} is of no book", entry.id));
                    continue;
                };
                balances[from] -= i128::from(entry.amount.0);
                balances[to] += i128::from(entry.amount.0);
            }
            if let (Some(case), Some(clause)) = (&entry.case, &entry.clause) {
                let sum = paid.entry((case.to_string(), clause.clone())).or_default();
                *sum += i128::from(entry.amount.0) * (i128::from(to == 4) - i128::from(from == 4));
            }
        }
        paid.retain(|_, amount| *amount != 0);
        if paid != self.paid {
            wrong.push("who was paid what is not what the entries say".into());
        }
        if books.len() != self.purses.len() {
            wrong.push(format!("{} books are kept, {} were opened", books.len(), self.purses.len()));
        }
        for book in books {
            let shown = Account::ALL.map(|account| i128::from(book.balance(account).0));
            if replayed.get(book.id.as_str()) != Some(&shown) {
                wrong.push(format!("{}: the entries do not add up to {shown:?}", book.id));
            }
            let Some(purse) = self.purses.get(book.id.as_str()) else { continue };
            let own = [-purse.put_in, purse.free(), purse.promised, purse.owed, purse.paid, purse.returned, purse.taken_back];
            if own != shown {
                wrong.push(format!("{}: the office has {shown:?}, the auditor {own:?}", book.id));
            }
        }
        for ((policy, pool, year), (used, cap)) in self.caps() {
            if used > cap {
                wrong.push(format!("pool {pool} of {policy} gives {used} in {year}, more than its {cap}"));
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
    }

    /// What is promised, owed and paid from each pool in a year over all its books, and what the law allows.
    fn caps(&self) -> BTreeMap<(String, String, i32), (i128, i128)> {
        let mut out: BTreeMap<(String, String, i32), (i128, i128)> = BTreeMap::new();
        for purse in self.purses.values() {
            let Some((policy, pool)) = &purse.pool else { continue };
            let law = self.laws.values().find(|law| law.policy.id == *policy);
            let Some(cap) = law.and_then(|law| law.pools.iter().find(|p| p.name == *pool)).and_then(|pool| cap(&pool.amounts, purse.year)) else { continue };
            let place = out.entry((policy.clone(), pool.clone(), purse.year)).or_insert((0, cap));
            place.0 += purse.promised + purse.owed + purse.paid;
        }
        out
    }

    /// Whether pools in turn are few enough to be looked at; used by tests of the auditor itself.
    pub fn pools_in_turn(&self) -> usize {
        self.laws.values().flat_map(|law| &law.pools).filter(|pool| in_turn(pool)).count()
    }
}

/// The amount a law sets for a year.
fn cap(amounts: &[(Option<i32>, Option<Fen>)], year: i32) -> Option<i128> {
    let own = amounts.iter().find(|(of, _)| *of == Some(year)).or_else(|| amounts.iter().find(|(of, _)| of.is_none()))?;
    own.1.map(|fen| i128::from(fen.0))
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

/// Whether the events are a chain: numbered from 1, each naming the one before and holding its own fingerprint.
pub fn chain(events: &[Event]) -> Result<(), String> {
    let mut before = Fingerprint::NONE;
    for (seq, event) in (1..).zip(events) {
        if event.seq != seq || event.before != before || event.computed() != event.fingerprint {
            return Err(format!("the log breaks at event {seq}"));
        }
        before = event.fingerprint;
    }
    Ok(())
}
