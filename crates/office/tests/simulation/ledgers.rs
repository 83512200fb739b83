//! The auditor's register and budgets: what must come of acts on them and what they do; where the other acts are recorded.

use crate::auditor::{Auditor, Person, View, Where, fen, rules, wrong};
use crate::generator::Asked;
use crate::lives::Step;
use crate::purse::Purse;
use View::{Open, Right};
use casework::Act;
use casework::budget::BudgetAct;
use casework::determination::DeterminationAct;
use casework::id::{EntryId, MotionId};
use casework::instalment::InstalmentAct;
use casework::people::Role;
use casework::policy_version::PolicyVersion;
use casework::registry::RegistryAct;
use office::Outcome;
use values::{CheckDigit, CreditCode, Fen};

impl Auditor {
    pub fn registry(&self, act: &RegistryAct, by: &str) -> View {
        match act {
            RegistryAct::Found { .. } => wrong("the office is founded already"),
            RegistryAct::PutUnit { unit } => {
                rules!(self.units.iter().any(|(id, name)| id != unit.id.as_str() && *name == unit.name) => "another unit has the name");
                Right
            }
            RegistryAct::PutUser { user } => {
                let alone = [Role::Administrator, Role::Auditor, Role::Applicant, Role::Service];
                let applicant = user.roles.contains(&Role::Applicant);
                rules!(
                    user.id.as_str() == by => "nobody changes what they may do",
                    user.roles.iter().any(|role| alone.contains(role) && user.roles.iter().any(|other| other != role)) => "these roles do not go together",
                    applicant == user.organisation.is_none() || (applicant && user.unit.is_some()) => "an applicant acts for a firm, nobody else does",
                    user.unit.as_ref().is_some_and(|unit| !self.units.contains_key(unit.as_str())) => "there is no such unit",
                    user.organisation.as_ref().is_some_and(|firm| !self.firms.contains_key(firm.as_str())) => "there is no such firm",
                );
                Right
            }
            RegistryAct::ConfirmUser { user } => {
                let Some((_, proposed_by)) = self.proposed.get(user.as_str()) else { return wrong("nothing waits to be confirmed") };
                rules!(proposed_by == by || user.as_str() == by => "four eyes");
                Open
            }
            RegistryAct::PutLink { link } => {
                rules!(
                    link.source.trim().is_empty() => "nobody says where it is known from",
                    self.links.contains(link.id.as_str()) => "there is such a link already",
                    !self.people.contains_key(link.user.as_str()) || !self.firms.contains_key(link.organisation.as_str()) => "there is no such person or firm",
                );
                Right
            }
            RegistryAct::PutShop { shop } => {
                rules!(!self.firms.contains_key(shop.organisation.as_str()) => "there is no such firm");
                Open
            }
            RegistryAct::AdmitCode { credit_code, reason, .. } => {
                let known = CreditCode::parse(credit_code);
                rules!(
                    !matches!(known, Ok((_, CheckDigit::Wrong { .. }))) => "there is nothing to admit",
                    reason.trim().is_empty() => "nobody says why",
                );
                Open
            }
            RegistryAct::PutAccount { entry, organisation, source, .. } => {
                rules!(
                    source.trim().is_empty() => "nobody says where it stands",
                    self.entered.contains_key(entry.as_str()) => "there is such an account already",
                    !self.firms.contains_key(organisation.as_str()) => "there is no such firm",
                );
                Right
            }
            RegistryAct::VerifyAccount { entry } => {
                let Some((_, _, entered_by)) = self.entered.get(entry.as_str()) else { return wrong("there is no such account") };
                rules!(entered_by == by => "four eyes");
                Open
            }
            RegistryAct::PutOrganisation { organisation } => {
                let Ok((code, check)) = CreditCode::parse(&organisation.credit_code) else { return wrong("the credit code is none") };
                let known = self.firms.get(organisation.id.as_str()).map(|(_, account)| account);
                rules!(
                    check != CheckDigit::Right && !self.admitted.contains(code.as_str()) => "its check character is wrong",
                    known.is_some_and(|account| organisation.account.as_ref().is_some_and(|given| given.is_some() && given != account)) => "another account takes two persons",
                    self.firms.iter().any(|(id, (other, _))| id != organisation.id.as_str() && *other == code.as_str()) => "another firm has the code",
                    // The first account waits under the name of the firm and 1.
                    known.is_none() && organisation.account.as_ref().is_some_and(Option::is_some) && self.entered.contains_key(&format!("{}:1", organisation.id))
                        => "there is such an account already",
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
                    self.lives.get(version.as_str()).is_none_or(|life| life.step != Step::Issued) => "the policy is a draft",
                    amount.is_none() => "the policy sets no amount",
                    self.purses.contains_key(book.as_str()) => "there is such a book already",
                    self.purses.values().any(|purse| purse.pool == own && purse.year == *year) => "the pool of this year has a book already",
                    self.entries.contains(entry.as_str()) => "there is such an entry already",
                );
                Self::booked_anew(entry)
            }
            BudgetAct::Appropriate { entry, book, amount, .. } => {
                let Some(purse) = self.purses.get(book.as_str()) else { return wrong("there is no such book") };
                rules!(
                    purse.pool.is_some() => "the amount of a pool is the policy's",
                    amount.0 <= 0 => "nothing is moved",
                    self.entries.contains(entry.as_str()) => "there is such an entry already",
                    purse.put_in + i128::from(amount.0) > i128::from(i64::MAX) => "it is more than can be counted",
                );
                Self::booked_anew(entry)
            }
            BudgetAct::Reduce { entry, book, amount, .. } => {
                let Some(purse) = self.purses.get(book.as_str()) else { return wrong("there is no such book") };
                rules!(
                    purse.pool.is_some() => "the amount of a pool is the policy's",
                    amount.0 <= 0 => "nothing is moved",
                    self.entries.contains(entry.as_str()) => "there is such an entry already",
                    i128::from(amount.0) > purse.put_in => "the budget does not have so much",
                );
                Open
            }
        }
    }

    /// An entry that nobody has named yet. What acts book beside the entry they name is named after it (`e1:1`): whether there
    /// is such a one the auditor does not know.
    fn booked_anew(entry: &EntryId) -> View {
        if entry.as_str().contains(':') { Open } else { Right }
    }

    /// Writes down what was done. Errors: the answer is another than it should be.
    pub fn record(&mut self, asked: &Asked, outcome: &Outcome) -> Result<(), String> {
        let user = asked.context.user.to_string();
        let expected = match &asked.act {
            Act::Registry(act) => Some(self.record_registry(act, &user, outcome)?),
            Act::Budget(act) => Some(self.record_budget(act)),
            Act::Call(act) => self.record_call(act, outcome)?,
            Act::Case(act) => self.record_case(act, asked, user, outcome)?,
            Act::Notice(act) => self.record_notice(act, asked, user, outcome)?,
            Act::Payment(act) => {
                self.record_payment(act, user, outcome);
                None
            }
            Act::Determination(DeterminationAct::Amend { motion, .. }) | Act::Instalment(InstalmentAct::Test { motion, .. }) => {
                Some(self.asked_for(motion, asked))
            }
            Act::Determination(DeterminationAct::ConfirmAmendment { motion, .. }) => {
                let Some(Act::Determination(DeterminationAct::Amend { case, determination, amounts, .. })) = self.confirms(motion) else {
                    return Err("an amendment nobody asked for".into());
                };
                self.determinations.insert(determination.to_string());
                let amounts = amounts.iter().map(|amount| (amount.clause.clone(), i128::from(amount.amount.0))).collect();
                let sum = self.awarded(case.as_str(), amounts);
                if let Some(file) = self.files.get_mut(case.as_str()) {
                    file.at = Where::Determined;
                    file.notice = None;
                }
                Some(Outcome::Sum(fen(sum)))
            }
            // What a failed test ends is not paid either.
            Act::Instalment(InstalmentAct::ConfirmTest { due, motion }) => {
                self.confirms(motion);
                self.never_paid.extend(self.call_of_due(due.as_str()));
                None
            }
            Act::Document(act) => self.record_document(act),
            Act::Policy(_) | Act::Guide(_) | Act::Calendar(_) | Act::Log(_) | Act::Recognition(_) | Act::History(_) | Act::Matching(_) | Act::Recovery(_) => {
                self.record_rights(asked, outcome)?
            }
            _ => None,
        };
        match expected {
            Some(expected) if expected != *outcome => Err(format!("{} answers {outcome:?}; by the auditor's books it is {expected:?}", asked.act.name())),
            _ => Ok(()),
        }
    }

    /// Something waits for a second person from now on.
    pub fn asked_for(&mut self, motion: &MotionId, asked: &Asked) -> Outcome {
        self.motions.insert(motion.to_string(), (asked.act.clone(), asked.context.user.to_string()));
        Outcome::Proposed
    }

    /// What was asked for, now that it is confirmed.
    pub fn confirms(&mut self, motion: &MotionId) -> Option<Act> {
        self.confirmed.insert(motion.to_string());
        self.motions.get(motion.as_str()).map(|(act, _)| act.clone())
    }

    /// Puts awards in force, and gives their sum.
    pub fn awarded(&mut self, case: &str, amounts: Vec<(String, i128)>) -> i128 {
        let Some(file) = self.files.get_mut(case) else { return 0 };
        for (clause, amount) in &amounts {
            let most = file.most.entry(clause.clone()).or_default();
            *most = (*most).max(*amount);
        }
        file.determined = amounts;
        file.determined.iter().map(|(_, amount)| amount).sum()
    }

    fn record_registry(&mut self, act: &RegistryAct, by: &str, outcome: &Outcome) -> Result<Outcome, String> {
        match act {
            RegistryAct::Found { user } | RegistryAct::PutUser { user } => {
                let person = Person {
                    unit: user.unit.as_ref().map(ToString::to_string),
                    firm: user.organisation.as_ref().map(ToString::to_string),
                    roles: user.roles.clone(),
                    away_from: user.links.iter().map(ToString::to_string).collect(),
                    here: user.active,
                };
                // Nobody gives rights to an officer alone, and nobody lets anybody in again.
                let before = self.people.get(user.id.as_str());
                let again = person.here && before.is_some_and(|before| !before.here);
                let gains = self.founded && (again || (person.firm.is_none() && gains(before, &person)));
                if gains {
                    self.proposed.insert(user.id.to_string(), (person, by.to_owned()));
                    return Ok(Outcome::Proposed);
                }
                self.founded |= !self.people.is_empty() && person.roles.contains(&Role::Administrator);
                self.people.insert(user.id.to_string(), person);
            }
            RegistryAct::ConfirmUser { user } => {
                let Some((person, _)) = self.proposed.remove(user.as_str()) else { return Err("nothing was proposed".into()) };
                self.people.insert(user.to_string(), person);
            }
            RegistryAct::PutLink { link } => {
                self.links.insert(link.id.to_string());
                self.away.entry(link.user.to_string()).or_default().push((link.organisation.to_string(), link.from, link.until));
            }
            RegistryAct::PutShop { .. } => {}
            RegistryAct::AdmitCode { credit_code, .. } => {
                self.admitted.extend(CreditCode::parse(credit_code).map(|(code, _)| code.as_str().to_owned()));
            }
            RegistryAct::PutAccount { entry, organisation, account, .. } => {
                self.entered.insert(entry.to_string(), (organisation.to_string(), account.clone(), by.to_owned()));
            }
            RegistryAct::VerifyAccount { entry } => {
                let Some((firm, account, _)) = self.entered.get(entry.as_str()) else { return Err("an account nobody entered".into()) };
                if let Some(firm) = self.firms.get_mut(firm) {
                    firm.1 = Some(account.clone());
                }
            }
            RegistryAct::PutUnit { unit } => {
                self.units.insert(unit.id.to_string(), unit.name.clone());
            }
            RegistryAct::PutOrganisation { organisation } => {
                let code = CreditCode::parse(&organisation.credit_code).map_or_else(|_| String::new(), |(code, _)| code.as_str().to_owned());
                let known = self.firms.get(organisation.id.as_str()).map(|(_, account)| account.clone());
                if let Some(account) = organisation.account.clone().flatten().filter(|_| known.is_none()) {
                    self.entered.insert(format!("{}:1", organisation.id), (organisation.id.to_string(), account, by.to_owned()));
                }
                // Left out it stays as it is.
                let account = known.and_then(|known| organisation.account.clone().unwrap_or(known));
                self.firms.insert(organisation.id.to_string(), (code, account));
            }
            RegistryAct::LoadPolicy { version } => {
                self.enact(version);
                self.drafted(version, by);
            }
        }
        let told = matches!(outcome, Outcome::Done | Outcome::Proposed);
        if told { Ok(Outcome::Done) } else { Err(format!("{} answers {outcome:?}", act.name())) }
    }

    /// Reads the files of a version as law.
    pub fn enact(&mut self, version: &PolicyVersion) {
        let files = version.files.iter().map(|(name, text)| policy::source::SourceFile { name: name.clone(), text: text.clone() }).collect();
        if let Some(law) = policy::compile(&policy::source::Sources { files, official: version.official.clone() }).scheme {
            self.laws.insert(version.id.to_string(), law);
        }
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
                self.purses.insert(book.to_string(), Purse { pool: of, year: *year, put_in: amount });
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
}

/// Whether somebody may do more than before.
fn gains(before: Option<&Person>, after: &Person) -> bool {
    let Some(before) = before else { return after.here && !after.roles.is_empty() };
    let more = after.roles.iter().any(|role| !before.roles.contains(role)) || after.unit != before.unit;
    let freed = before.away_from.iter().any(|firm| !after.away_from.contains(firm));
    after.here && !after.roles.is_empty() && (more || !before.here || freed)
}

/// The amount a law sets for a year.
pub fn cap(amounts: &[(Option<i32>, Option<Fen>)], year: i32) -> Option<i128> {
    let own = amounts.iter().find(|(of, _)| *of == Some(year)).or_else(|| amounts.iter().find(|(of, _)| of.is_none()))?;
    own.1.map(|fen| i128::from(fen.0))
}
