//! The auditor's own books of what moves money or rights beside the cases: recognitions and what they keep, awards of old
//! ledgers, lists of those who get something without applying, clawbacks.

use crate::auditor::View::{Open, Right};
use crate::auditor::{Auditor, Claimed, File, View, Where, fen, rules, wrong};
use crate::claws::Lead;
use crate::generator::Asked;
use crate::views::yuan;
use casework::Act;
use casework::call::StepKind;
use casework::history::{HistoryAct, Row};
use casework::matching::{Matched, MatchingAct};
use casework::recognition::{Recognition, RecognitionAct, RecognitionKind};
use office::Outcome;
use policy::scheme::Scheme;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use values::{CreditCode, Date};

/// What an official act promises and keeps.
#[derive(Clone)]
pub struct Recognised {
    pub firm: String,
    pub issuer: String,
    fact: String,
    kind: RecognitionKind,
    valid: (Date, Option<Date>),
    revoked: Option<Date>,
    /// Clause, budget, pool, last day.
    promise: Option<(String, String, Option<String>, Date)>,
    pub kept: i128,
    drawn: Vec<(String, i128)>,
    /// A sharing that the auditor does not follow may have drawn on it.
    pub loose: bool,
}

/// An award of an old ledger.
#[derive(Clone)]
pub struct Earlier {
    firm: String,
    clause: String,
    year: i32,
    amount: i128,
    key: Option<String>,
    /// A further record has taken its place.
    corrected: bool,
}

/// Somebody on a list.
#[derive(Clone)]
pub struct Listed {
    matched: Matched,
    state: &'static str,
    checked: bool,
}

/// A list of those who get something without applying.
#[derive(Clone)]
pub struct List {
    pub call: String,
    by: String,
    checkers: Vec<String>,
    approved: Option<String>,
    pushed: bool,
    entries: BTreeMap<String, Listed>,
}

impl List {
    pub fn firms(&self) -> impl Iterator<Item = &String> {
        self.entries.keys()
    }
}

fn blank(text: &str) -> bool {
    text.trim().is_empty()
}

const FIRST_YEAR: i32 = 2000;

/// 十万亿元, in fen.
const MOST: i64 = 1_000_000_000_000_000;

impl Auditor {
    /// Whether an act proves a fact of a firm on a day.
    pub fn proven(&self, firm: &str, fact: &str, kind: RecognitionKind, on: Date) -> bool {
        let valid = |r: &Recognised| r.valid.0 <= on && r.valid.1.is_none_or(|until| on <= until) && r.revoked.is_none_or(|revoked| on < revoked);
        self.recognitions.values().any(|r| r.firm == firm && r.fact == fact && r.kind == kind && valid(r))
    }

    pub fn recognition(&self, act: &RecognitionAct, today: Date) -> View {
        match act {
            RecognitionAct::Issue { recognition, entry } => {
                rules!(recognition.promise.is_some() && self.entries.contains(entry.as_str()) => "there is such an entry already");
                self.issues(recognition, today)
            }
            RecognitionAct::Revoke { recognition, on, number, reason, .. } => {
                let Some(known) = self.recognitions.get(recognition.as_str()) else { return wrong("there is no such recognition") };
                rules!(
                    blank(number) || blank(reason) => "it says too little",
                    known.revoked.is_some() => "it is revoked already",
                    *on < known.valid.0 => "it would never have been valid",
                );
                // What it frees needs an entry of its own; the auditor does not know the ids of all.
                if known.kept > 0 { Open } else { Right }
            }
            RecognitionAct::Release { recognition, .. } => {
                let Some(known) = self.recognitions.get(recognition.as_str()) else { return wrong("there is no such recognition") };
                rules!(
                    known.promise.as_ref().is_some_and(|(.., until)| today <= *until) => "it is still kept",
                    known.kept <= 0 => "nothing is kept",
                );
                Open
            }
        }
    }

    fn issues(&self, recognition: &Recognition, today: Date) -> View {
        let Some(law) = self.laws.get(recognition.policy.as_str()) else { return wrong("there is no such policy") };
        rules!(
            self.recognitions.contains_key(recognition.id.as_str()) => "there is such a recognition already",
            !self.units.contains_key(recognition.issuer.as_str()) || !self.firms.contains_key(recognition.organisation.as_str()) => "there is no such unit or firm",
            blank(&recognition.number) || blank(&recognition.subject) || blank(&recognition.fact) => "it says too little",
            recognition.on > today || recognition.valid.1.is_some_and(|until| until < recognition.valid.0) => "its days cannot be",
            law.fact_named(&recognition.fact).is_none() => "there is no such fact",
        );
        let Some(promise) = &recognition.promise else { return Right };
        let pooled = crate::auditor::pools_of(law, &promise.clause).next().is_some();
        rules!(
            promise.amount.0 <= 0 || promise.keep_until < recognition.valid.0 => "it promises nothing",
            law.clause_named(&promise.clause).is_none() => "there is no such clause",
            pooled != promise.pool.is_some() => "a promise is kept in the pool of its clause",
            !self.purses.contains_key(promise.fund.as_str()) => "there is no such budget",
            promise.pool.as_ref().is_some_and(|pool| !self.purses.contains_key(pool.as_str())) => "there is no such pool",
            i128::from(promise.amount.0) > self.purses.get(promise.fund.as_str()).map_or(0, |purse| purse.put_in) => "the budget does not have so much",
        );
        let year = self.purses.get(promise.fund.as_str()).map(|purse| purse.year);
        let of_clause = |book: &str| {
            let purse = self.purses.get(book).filter(|purse| Some(purse.year) == year);
            let name = purse.and_then(|purse| purse.pool.as_ref()).filter(|(policy, _)| *policy == law.policy.id).map(|(_, name)| name);
            name.is_some_and(|name| crate::auditor::pools_of(law, &promise.clause).any(|pool| pool.name == *name))
        };
        rules!(
            self.lives.get(recognition.policy.as_str()).is_none_or(|life| life.lead != *recognition.issuer.as_str()) => "another unit is in charge of the policy",
            self.purses.get(promise.fund.as_str()).is_some_and(|purse| purse.pool.is_some()) => "it is no budget",
            promise.pool.as_ref().is_some_and(|pool| !of_clause(pool.as_str())) => "it is no pool of the clause in the year of the budget",
        );
        Open
    }

    pub fn record_recognition(&mut self, act: &RecognitionAct, outcome: &Outcome) -> Result<(), String> {
        let said = if let Outcome::Sum(sum) = outcome { i128::from(sum.0) } else { -1 };
        let (id, expected, loose) = match act {
            RecognitionAct::Issue { recognition: r, entry } => {
                let kept = r.promise.as_ref().map_or(0, |promise| i128::from(promise.amount.0));
                let promise = r.promise.as_ref().map(|p| (p.clause.clone(), p.fund.to_string(), p.pool.as_ref().map(ToString::to_string), p.keep_until));
                let (firm, issuer, fact) = (r.organisation.to_string(), r.issuer.to_string(), r.fact.clone());
                if promise.is_some() {
                    self.entries.insert(entry.to_string());
                }
                let known = Recognised { firm, issuer, fact, kind: r.kind, valid: r.valid, revoked: None, promise, kept, drawn: Vec::new(), loose: false };
                self.recognitions.insert(r.id.to_string(), known);
                (&r.id, kept, false)
            }
            RecognitionAct::Revoke { recognition, on, entry, .. } => {
                let Some(known) = self.recognitions.get_mut(recognition.as_str()) else { return Err("nothing was recognised".into()) };
                known.revoked = Some(*on);
                let freed = std::mem::take(&mut known.kept);
                if freed > 0 {
                    self.entries.insert(entry.to_string());
                }
                (recognition, freed, known.loose)
            }
            RecognitionAct::Release { recognition, entry } => {
                let Some(known) = self.recognitions.get_mut(recognition.as_str()) else { return Err("nothing was recognised".into()) };
                self.entries.insert(entry.to_string());
                (recognition, std::mem::take(&mut known.kept), known.loose)
            }
        };
        let right = if loose { (0..=expected).contains(&said) } else { said == expected };
        if let Some(known) = self.recognitions.get_mut(id.as_str()).filter(|known| known.kept == 0) {
            known.loose = false;
        }
        if right { Ok(()) } else { Err(format!("{id}: {expected} were kept, the office says {outcome:?}")) }
    }

    /// What is kept for a firm under a clause, of a budget and a pool.
    pub fn kept_for(&self, firm: &str, clause: &str, fund: &str, pool: &str) -> i128 {
        let about = |r: &&Recognised| {
            r.firm == firm && r.promise.as_ref().is_some_and(|(of, from, in_pool, _)| of == clause && from == fund && in_pool.as_deref() == Some(pool))
        };
        self.recognitions.values().filter(about).map(|r| r.kept).sum()
    }

    /// An award that is reserved takes first what is kept for it.
    pub fn draw(&mut self, case: &str, firm: &str, fund: &str, clause: &str, amount: i128) {
        let about = |r: &&mut Recognised| r.firm == firm && r.promise.as_ref().is_some_and(|(of, ..)| of == clause);
        let before: i128 = self.recognitions.values_mut().filter(about).flat_map(|r| &r.drawn).filter(|(of, _)| of == case).map(|(_, fen)| fen).sum();
        let mut rest = amount - before;
        for known in self.recognitions.values_mut().filter(about).filter(|r| r.promise.as_ref().is_some_and(|(_, from, ..)| from == fund)) {
            let taken = known.kept.min(rest).max(0);
            if taken > 0 {
                known.kept -= taken;
                known.drawn.push((case.to_owned(), taken));
                rest -= taken;
            }
        }
    }

    /// A sharing that is not followed: what is kept for these firms may be less by now.
    pub fn loosen(&mut self, firms: &[String]) {
        for known in self.recognitions.values_mut().filter(|r| r.kept > 0 && firms.contains(&r.firm)) {
            known.loose = true;
        }
    }

    /// What is kept, by budget, pool and clause; and whether all of it is certain.
    pub fn kept(&self) -> BTreeMap<(&str, &str, &str), (i128, bool)> {
        let mut out = BTreeMap::new();
        for known in self.recognitions.values() {
            if let Some((clause, fund, pool, _)) = &known.promise {
                let (sum, certain) = out.entry((fund.as_str(), pool.as_deref().unwrap_or(""), clause.as_str())).or_insert((0, true));
                *sum += known.kept;
                *certain &= !known.loose;
            }
        }
        out
    }

    fn firm_of_code(&self, code: &str) -> Option<&String> {
        let code = CreditCode::parse(code).map_or_else(|_| code.to_owned(), |(code, _)| code.as_str().to_owned());
        self.firms.iter().find(|(_, (known, _))| *known == code).map(|(firm, _)| firm)
    }

    pub fn history(&self, act: &HistoryAct, user: &str, today: Date) -> View {
        match act {
            HistoryAct::Load { motion, .. } | HistoryAct::Correct { motion, .. } if self.motions.contains_key(motion.as_str()) => {
                wrong("there is such a motion already")
            }
            HistoryAct::Load { .. } | HistoryAct::Correct { .. } => self.ledger(act, today),
            HistoryAct::Confirm { motion } => match (self.second_hand(motion, user), self.motions.get(motion.as_str())) {
                // What was asked for must still be right.
                (Open, Some((Act::History(asks), _))) => self.ledger(asks, today),
                (Open, _) => wrong("it was asked for something else"),
                (view, _) => view,
            },
        }
    }

    /// What must come of rows that are loaded, or one that is corrected.
    fn ledger(&self, act: &HistoryAct, today: Date) -> View {
        match act {
            HistoryAct::Confirm { .. } => Open,
            HistoryAct::Load { document, version, rows, load, .. } => {
                let Some(law) = self.laws.get(version.as_str()) else { return wrong("there is no such policy") };
                rules!(rows.is_empty() => "there is nothing to load", blank(document) => "nobody says where it stands");
                for (at, row) in rows.iter().enumerate() {
                    if let Some(why) = self.bad_row(row, rows.get(..at).unwrap_or_default(), law, today.year()) {
                        return wrong(why);
                    }
                    rules!(self.earlier.contains_key(&format!("{load}:{}", row.row)) => "there is such a record already");
                }
                Open
            }
            HistoryAct::Correct { award, corrects, year, amount, reason, .. } => {
                let Some(old) = self.earlier.get(corrects.as_str()) else { return wrong("there is no such record") };
                rules!(
                    blank(reason) => "nobody says why",
                    amount.0 < 0 || amount.0 > MOST => "it is less than nothing, or more than any award can be",
                    *year < FIRST_YEAR || *year > today.year() => "it is of no year",
                    old.corrected => "it is corrected already",
                    self.earlier.contains_key(award.as_str()) => "there is such a record already",
                );
                Open
            }
        }
    }

    /// The firms that rows of a ledger are about.
    pub fn firms_of_ledger(&self, act: &HistoryAct) -> Vec<String> {
        match act {
            HistoryAct::Load { rows, .. } => rows.iter().filter_map(|row| self.firm_of_code(&row.credit_code)).cloned().collect(),
            HistoryAct::Correct { corrects, .. } => self.earlier.get(corrects.as_str()).map(|award| award.firm.clone()).into_iter().collect(),
            HistoryAct::Confirm { .. } => Vec::new(),
        }
    }

    fn bad_row(&self, row: &Row, before: &[Row], law: &Scheme, this_year: i32) -> Option<&'static str> {
        let Some(firm) = self.firm_of_code(&row.credit_code) else { return Some("nobody has the code") };
        let same =
            |other: &Row| self.firm_of_code(&other.credit_code) == Some(firm) && other.clause == row.clause && other.year == row.year && other.key == row.key;
        let known = |e: &Earlier| e.firm == *firm && e.clause == row.clause && e.year == row.year && e.key == row.key;
        let here = |file: &File| {
            file.at != Where::Somewhere
                && self.rounds.get(&file.call).is_some_and(|round| round.call.year == row.year)
                && file.determined.iter().any(|(clause, amount)| *clause == row.clause && *amount > 0)
        };
        [
            (before.iter().any(|other| other.row == row.row), "a row number comes twice"),
            (law.clause_named(&row.clause).is_none(), "there is no such clause"),
            (row.year < FIRST_YEAR || row.year > this_year, "it is of no year"),
            (row.amount.0 <= 0 || row.amount.0 > MOST, "nothing was paid, or more than any award can be"),
            (before.iter().any(same), "the same award stands in it twice"),
            (self.earlier.values().any(known), "the award is loaded already"),
            (self.files_of_firm.get(firm).into_iter().flatten().filter_map(|case| self.files.get(case)).any(here), "the office awarded it itself"),
        ]
        .into_iter()
        .find_map(|(bad, why)| bad.then_some(why))
    }

    pub fn record_history(&mut self, act: &HistoryAct, asked: &Asked) -> Outcome {
        let motion = match act {
            HistoryAct::Load { motion, .. } | HistoryAct::Correct { motion, .. } => return self.asked_for(motion, asked),
            HistoryAct::Confirm { motion } => motion,
        };
        match self.confirms(motion) {
            Some(Act::History(HistoryAct::Load { load, rows, .. })) => {
                for row in &rows {
                    let firm = self.firm_of_code(&row.credit_code).cloned().unwrap_or_default();
                    let award =
                        Earlier { firm, clause: row.clause.clone(), year: row.year, amount: i128::from(row.amount.0), key: row.key.clone(), corrected: false };
                    self.earlier.insert(format!("{load}:{}", row.row), award);
                }
                Outcome::Count(u32::try_from(rows.len()).unwrap_or(u32::MAX))
            }
            Some(Act::History(HistoryAct::Correct { award, corrects, year, amount, key, .. })) => {
                if let Some(old) = self.earlier.get_mut(corrects.as_str()) {
                    old.corrected = true;
                    let next = Earlier { year, amount: i128::from(amount.0), key, corrected: false, ..old.clone() };
                    self.earlier.insert(award.to_string(), next);
                }
                Outcome::Count(1)
            }
            _ => Outcome::Done,
        }
    }

    /// What old ledgers say of a firm, as the exchange format has it.
    pub fn old_awards(&self, firm: &str, law: &Scheme) -> Vec<Value> {
        let counts = |e: &&Earlier| e.firm == firm && !e.corrected && e.amount > 0 && law.clause_named(&e.clause).is_some();
        let said = |e: &Earlier| match &e.key {
            None => json!({"clause": e.clause, "year": e.year, "amount": yuan(e.amount)}),
            Some(key) => json!({"clause": e.clause, "year": e.year, "amount": yuan(e.amount), "key": key}),
        };
        self.earlier.values().filter(counts).map(said).collect()
    }

    pub fn matching(&self, act: &MatchingAct, asked: &Asked) -> View {
        let user = asked.context.user.as_str();
        let open = |call: &str| self.rounds.get(call).is_some_and(|round| round.state == "open");
        let about = |list: &str| self.lists.get(list);
        match act {
            MatchingAct::List { list, call, entries, .. } => {
                let Some(round) = self.rounds.get(call.as_str()) else { return wrong("there is no such call") };
                rules!(
                    self.lists.contains_key(list.as_str()) => "there is such a list already",
                    !matches!(round.state, "draft" | "open") => "the call takes nothing any more",
                    entries.is_empty() => "nobody is on it",
                );
                for (at, one) in entries.iter().enumerate() {
                    let facts = one.application["facts"].as_object();
                    let unsourced = |fact: &String| !one.sources.iter().any(|source| source.facts.contains(fact));
                    rules!(
                        entries.iter().take(at).any(|other| other.organisation == one.organisation) => "somebody is on it twice",
                        !self.firms.contains_key(one.organisation.as_str()) => "there is no such firm",
                        one.clauses.iter().any(|clause| !round.call.clauses.contains(clause)) => "the call has no such clause",
                        facts.is_some_and(|facts| facts.keys().any(unsourced)) => "nobody knows where a fact is from",
                        crate::views::is_other(&one.application["year"], &json!(round.call.year)) => "it is for another year",
                        crate::views::is_other(&one.application["as_of"], &json!(round.call.as_of.to_string())) => "it is for another day",
                        crate::views::says_what_the_office_says(&one.application) => "it says what is the office's to say",
                        self.is_anothers(one.organisation.as_str(), &one.application) => "it is under another credit code",
                    );
                }
            }
            MatchingAct::Check { list, organisation, .. } => {
                let Some(list) = about(list.as_str()) else { return wrong("there is no such list") };
                let Some(entry) = list.entries.get(organisation.as_str()) else { return wrong("the firm is not on it") };
                rules!(list.approved.is_some() || !matches!(entry.state, "listed" | "excluded") => "the list is approved");
                return Right;
            }
            MatchingAct::Approve { list } => {
                let Some(list) = about(list.as_str()) else { return wrong("there is no such list") };
                rules!(
                    list.approved.is_some() => "the list is approved",
                    list.entries.values().any(|entry| !entry.checked) => "nobody looked at somebody's credit",
                    list.by == user || list.checkers.iter().any(|by| by == user) => "four eyes",
                );
                return Right;
            }
            MatchingAct::Push { list, .. } => {
                let Some(list) = about(list.as_str()) else { return wrong("there is no such list") };
                rules!(list.approved.is_none() || list.pushed => "the list is not so far", !open(&list.call) => "the call is not open");
                return Right;
            }
            MatchingAct::Confirm { list, organisation, case, .. } => {
                let Some(list) = about(list.as_str()) else { return wrong("there is no such list") };
                let Some(entry) = list.entries.get(organisation.as_str()) else { return wrong("the firm is not on it") };
                rules!(
                    !open(&list.call) => "the call is not open",
                    !matches!(entry.state, "pushed" | "refused") => "it does not wait for an answer",
                    self.files.contains_key(case.as_str()) => "there is such a case already",
                );
                let (Some(round), file) = (self.rounds.get(&list.call), self.confirmed(list, &entry.matched)) else { return wrong("there is no such call") };
                if let Some(why) = self.hinders_case(&file, round, asked.context.now.date(), false) {
                    return wrong(why);
                }
                rules!(self.given(&file, round).unwrap_or_default().contains(&0) => "the rules give nothing");
            }
            MatchingAct::Refuse { list, organisation, .. } => {
                let Some(entry) = about(list.as_str()).and_then(|list| list.entries.get(organisation.as_str())) else { return wrong("the firm is not on it") };
                rules!(!matches!(entry.state, "pushed" | "refused") => "it does not wait for an answer");
                return Right;
            }
        }
        Open
    }

    /// The case that an entry becomes.
    fn confirmed(&self, list: &List, matched: &Matched) -> File {
        let mut file = crate::records::file_of(&list.call, matched.organisation.as_str(), &matched.clauses, &matched.application);
        file.at = Where::At(StepKind::Approval);
        file.hands = vec![("takes in", list.by.clone())];
        file.hands.extend(list.approved.iter().map(|by| ("sums up", by.clone())));
        file
    }

    pub fn record_matching(&mut self, act: &MatchingAct, asked: &Asked) -> Option<Outcome> {
        let user = asked.context.user.to_string();
        if let MatchingAct::List { list, call, entries, .. } = act {
            let listed = |one: &Matched| (one.organisation.to_string(), Listed { matched: one.clone(), state: "listed", checked: false });
            let entries: BTreeMap<String, Listed> = entries.iter().map(listed).collect();
            let count = u32::try_from(entries.len()).unwrap_or(u32::MAX);
            let list_of = List { call: call.to_string(), by: user, checkers: Vec::new(), approved: None, pushed: false, entries };
            self.lists.insert(list.to_string(), list_of);
            return Some(Outcome::Count(count));
        }
        let (MatchingAct::Check { list, .. }
        | MatchingAct::Approve { list }
        | MatchingAct::Push { list, .. }
        | MatchingAct::Confirm { list, .. }
        | MatchingAct::Refuse { list, .. }
        | MatchingAct::List { list, .. }) = act;
        let mut of = self.lists.get(list.as_str())?.clone();
        let mut answer = Outcome::Done;
        match act {
            MatchingAct::List { .. } => {}
            MatchingAct::Check { organisation, check, .. } => {
                of.checkers.push(user);
                if let Some(entry) = of.entries.get_mut(organisation.as_str()) {
                    (entry.checked, entry.state) = (true, if check.clear { "listed" } else { "excluded" });
                }
            }
            MatchingAct::Approve { .. } => of.approved = Some(user),
            MatchingAct::Push { .. } => {
                of.pushed = true;
                let mut count = 0;
                for entry in of.entries.values_mut().filter(|entry| entry.state == "listed") {
                    entry.state = "pushed";
                    count += 1;
                }
                answer = Outcome::Count(count);
            }
            MatchingAct::Confirm { organisation, case, account, .. } => {
                let entry = of.entries.get_mut(organisation.as_str())?;
                entry.state = "confirmed";
                let matched = entry.matched.clone();
                let mut file = self.confirmed(&of, &matched);
                let given = self.given(&file, self.rounds.get(&of.call)?).unwrap_or_default();
                for (claim, given) in file.claims.iter_mut().zip(given) {
                    (claim.given, claim.set) = (given, Some(given));
                }
                file.handed_in = Some(asked.context.now);
                // What counts by a project or a fact is more than the auditor follows.
                if file.claims.iter().any(|claim| claim.given == i128::MAX) {
                    file.claims.iter_mut().for_each(|claim: &mut Claimed| claim.set = None);
                    (file.at, file.unknown) = (Where::Somewhere, true);
                }
                self.files.insert(case.to_string(), file);
                self.files_of.entry(of.call.clone()).or_default().push(case.to_string());
                self.files_of_firm.entry(organisation.to_string()).or_default().push(case.to_string());
                if self.firms.get(organisation.as_str()).is_none_or(|(_, known)| known.as_ref() != Some(account)) {
                    self.entered.insert(format!("{case}:account"), (organisation.to_string(), account.clone(), user));
                }
            }
            MatchingAct::Refuse { organisation, .. } => of.entries.get_mut(organisation.as_str())?.state = "refused",
        }
        self.lists.insert(list.to_string(), of);
        Some(answer)
    }

    /// What acts of these nouns do. Errors: the answer is another than it should be.
    pub fn record_rights(&mut self, asked: &Asked, outcome: &Outcome) -> Result<Option<Outcome>, String> {
        match &asked.act {
            Act::Recognition(act) => self.record_recognition(act, outcome).map(|()| None),
            Act::History(act) => Ok(Some(self.record_history(act, asked))),
            Act::Matching(act) => Ok(self.record_matching(act, asked)),
            Act::Recovery(act) => self.record_recovery(act, asked, outcome),
            _ => Ok(self.record_papers(asked)),
        }
    }

    /// A lead the office found by the scheme.
    pub fn found(&self, case: &str, rule_years: Option<u32>) -> Lead {
        let firm = self.files.get(case).map(|file| file.firm.clone()).unwrap_or_default();
        Lead { firm, case: Some(case.to_owned()), by: String::new(), open: true, rule_years }
    }

    pub fn owes(&self, amount: i128) -> Outcome {
        Outcome::Sum(fen(amount))
    }
}
