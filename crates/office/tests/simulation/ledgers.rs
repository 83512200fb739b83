//! What an act does to the auditor's files and books, and the comparison with what the office shows.

use crate::acts::Asked;
use crate::auditor::{Auditor, Claimed, File, Person, Round, View, Where, fen, hand, in_turn, pools_of, rules, wrong};
use crate::purse::Purse;
use View::{Open, Right};
use casework::Act;
use casework::budget::BudgetAct;
use casework::call::{CallAct, StepKind};
use casework::case::{CaseAct, Credit};
use casework::chain::{Event, Fingerprint};
use casework::determination::DeterminationAct;
use casework::instalment::InstalmentAct;
use casework::ledger::{Account, Book, Entry, Move};
use casework::notice::{NoticeAct, Reception, Ruling};
use casework::payment::PaymentAct;
use casework::people::Role;
use casework::policy_version::PolicyAct;
use casework::registry::RegistryAct;
use office::Outcome;
use std::collections::BTreeMap;
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
                    known.is_some_and(|account| organisation.account.is_some() && *account != organisation.account) => "another account takes two persons",
                    self.firms.iter().any(|(id, (other, _))| id != organisation.id.as_str() && *other == code.as_str()) => "another firm has the code",
                );
                // The first account waits under the name of the firm and 1.
                rules!(known.is_none() && organisation.account.is_some() && self.entered.contains_key(&format!("{}:1", organisation.id)) => "there is such an account already");
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
                    !self.in_force.contains_key(version.as_str()) => "the policy is a draft",
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
                    i128::from(amount.0) > purse.put_in => "the budget does not have so much",
                );
                Open
            }
        }
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
                self.motions.insert(motion.to_string(), (asked.act.clone(), user));
                Some(Outcome::Proposed)
            }
            Act::Determination(DeterminationAct::ConfirmAmendment { motion, .. }) => {
                let Some((Act::Determination(DeterminationAct::Amend { case, determination, amounts, .. }), _)) = self.motions.remove(motion.as_str()) else {
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
                self.motions.remove(motion.as_str());
                self.never_paid.extend(due.as_str().split(':').next().and_then(|entry| self.concluded.get(entry)).cloned());
                None
            }
            Act::Policy(PolicyAct::Publish { policy, issue, .. }) => {
                self.in_force.insert(policy.to_string(), issue.effective);
                Some(Outcome::Done)
            }
            _ => None,
        };
        match expected {
            Some(expected) if expected != *outcome => Err(format!("{} answers {outcome:?}; by the auditor's books it is {expected:?}", asked.act.name())),
            _ => Ok(()),
        }
    }

    /// Puts awards in force, and gives their sum.
    fn awarded(&mut self, case: &str, amounts: Vec<(String, i128)>) -> i128 {
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
                // Nobody gives rights to an officer alone.
                let gains = self.founded && person.firm.is_none() && gains(self.people.get(user.id.as_str()), &person);
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
                let known = self.firms.contains_key(organisation.id.as_str());
                if let Some(account) = organisation.account.clone().filter(|_| !known) {
                    self.entered.insert(format!("{}:1", organisation.id), (organisation.id.to_string(), account, by.to_owned()));
                }
                self.firms.insert(organisation.id.to_string(), (code, organisation.account.clone().filter(|_| known)));
            }
            RegistryAct::LoadPolicy { version } => {
                let files = version.files.iter().map(|(name, text)| policy::source::SourceFile { name: name.clone(), text: text.clone() }).collect();
                if let Some(law) = policy::compile(&policy::source::Sources { files, official: version.official.clone() }).scheme {
                    self.laws.insert(version.id.to_string(), law);
                }
            }
        }
        let told = matches!(outcome, Outcome::Done | Outcome::Proposed);
        if told { Ok(Outcome::Done) } else { Err(format!("{} answers {outcome:?}", act.name())) }
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

    fn record_call(&mut self, act: &CallAct, outcome: &Outcome) -> Result<Option<Outcome>, String> {
        let (call, state) = match act {
            CallAct::Prepare { call } => {
                self.rounds.insert(call.id.to_string(), Round { call: call.clone(), state: "draft" });
                return Ok(Some(Outcome::Done));
            }
            CallAct::Open { call } => (call, "open"),
            CallAct::Close { call } => (call, "closed"),
            CallAct::Share { call, .. } => {
                let parts = self.check_shares(call.as_str(), outcome)?;
                for (case, clause, part) in parts {
                    let claim = self.files.get_mut(&case).and_then(|file| file.claims.iter_mut().find(|claim| claim.clause == clause));
                    if let Some(claim) = claim {
                        claim.part = Some(part);
                    }
                }
                (call, "shared")
            }
            CallAct::Rank { .. } | CallAct::SetRate { .. } => return Ok(None),
            CallAct::StateShare { call } => return self.check_shares(call.as_str(), outcome).map(|_| None),
            CallAct::ShareAgain { determinations, .. } => {
                // Who gets how much of what came back is not followed; that nobody gets more than was set is.
                for (case, determination) in determinations {
                    self.determinations.insert(determination.to_string());
                    let Some(file) = self.files.get_mut(case.as_str()) else { continue };
                    let set: Vec<(String, i128)> = file.claims.iter().map(|claim| (claim.clause.clone(), claim.set.unwrap_or(0))).collect();
                    (file.at, file.bent) = (Where::Somewhere, true);
                    self.awarded(case.as_str(), set);
                }
                return Ok(None);
            }
            CallAct::CarryOver { .. } => return Ok(None),
            CallAct::Archive { call, .. } => (call, "archived"),
        };
        if let Some(round) = self.rounds.get_mut(call.as_str()) {
            round.state = state;
        }
        Ok(matches!(state, "open" | "closed").then_some(Outcome::Done))
    }

    /// Compares a sharing with the auditor's own. What a pool holds is taken from the answer, and never more than it can be.
    fn check_shares(&self, call: &str, outcome: &Outcome) -> Result<Vec<(String, String, i128)>, String> {
        let Outcome::Shared(shares) = outcome else { return Err(format!("a sharing answers {outcome:?}")) };
        // A case that went its own way may take part or not.
        let followed = self.of(call).all(|(_, file)| file.at != Where::Somewhere && !file.bent);
        let held: Vec<(String, i128)> = shares.iter().map(|share| (share.pool.clone(), i128::from(share.held.0))).collect();
        let (sums, parts) = self.divide(call, &held);
        for (share, (pool, claimed, given)) in shares.iter().zip(sums) {
            let shown = (i128::from(share.claimed.0), i128::from(share.given.0));
            if followed && (share.pool != pool || shown != (claimed, given)) {
                return Err(format!("pool {pool} is shared as {share:?}; by the auditor {claimed} are claimed and {given} given"));
            }
            let book = self.rounds.get(call).and_then(|round| round.call.pool_book(&pool));
            let limit = book.and_then(|book| self.purses.get(book.as_str())).map_or(0, |purse| purse.put_in);
            if i128::from(share.held.0) > limit || shown.1 > i128::from(share.held.0) || shown.1 > shown.0 {
                return Err(format!("pool {pool}: {share:?} is more than the pool has ({limit})"));
            }
        }
        Ok(parts)
    }

    fn record_case(&mut self, act: &CaseAct, asked: &Asked, user: String, outcome: &Outcome) -> Result<Option<Outcome>, String> {
        let case = self.about(&asked.act).case.unwrap_or_default();
        if let CaseAct::Start { call, organisation, clauses, application, .. } = act {
            self.files.insert(case.clone(), file_of(call.as_str(), organisation.as_str(), clauses, application));
            self.files_of.entry(call.to_string()).or_default().push(case.clone());
            self.files_of_firm.entry(organisation.to_string()).or_default().push(case);
            return Ok(Some(Outcome::Done));
        }
        if let CaseAct::Approve { determination, .. } = act {
            return self.record_approval(&case, determination.as_str(), user, outcome).map(|()| None);
        }
        if let CaseAct::Refuse { determination, .. } = act {
            self.determinations.insert(determination.to_string());
        }
        let given = match act {
            CaseAct::Submit { .. } => self.files.get(&case).and_then(|file| self.given(file, self.rounds.get(&file.call)?)),
            _ => None,
        };
        let Some(file) = self.files.get_mut(&case) else { return Err("a case nobody started".into()) };
        let steps: Vec<StepKind> = self.rounds.get(&file.call).into_iter().flat_map(|round| &round.call.workflow.steps).map(|step| step.kind).collect();
        if let Some(hand) = hand(act.name(), asked.context.role) {
            file.hands.push((hand, user));
        }
        let at = file.at;
        file.at = match act {
            CaseAct::Fill { clauses, application, .. } => {
                file.claims = claimed(clauses);
                file.application = application.clone();
                at
            }
            CaseAct::Submit { .. } => {
                for (claim, given) in file.claims.iter_mut().zip(given.unwrap_or_default()) {
                    claim.given = given;
                }
                file.handed_in = Some(asked.context.now);
                Where::HandedIn
            }
            CaseAct::Accept { .. } => next(file, None, &steps),
            CaseAct::Screen { .. } => next(file, Some(StepKind::Screening), &steps),
            CaseAct::CheckSite { .. } => next(file, Some(StepKind::SiteCheck), &steps),
            CaseAct::RecordAudit { .. } => next(file, Some(StepKind::Audit), &steps),
            CaseAct::CloseOpinions { .. } => next(file, Some(StepKind::Joint), &steps),
            CaseAct::Summarise { amounts, .. } => {
                for claim in &mut file.claims {
                    claim.set = amounts.iter().find(|amount| amount.clause == claim.clause).map(|amount| i128::from(amount.amount.0));
                }
                next(file, Some(StepKind::Summary), &steps)
            }
            CaseAct::Deliberate { minutes, .. } if minutes.agreed => next(file, Some(StepKind::Meeting), &steps),
            // The last opinion ends the step; the auditor does not count them.
            CaseAct::GiveOpinion { .. } | CaseAct::ConfirmOpinion { .. } => Where::Somewhere,
            CaseAct::AskUnit { unit, .. } | CaseAct::PassOn { to: unit, .. } => {
                file.asked.push(unit.to_string());
                at
            }
            CaseAct::AskCorrection { .. } => Where::Correcting,
            CaseAct::AnswerCorrection { application, .. } => {
                file.application = application.clone();
                for claim in &mut file.claims {
                    claim.given = i128::MAX;
                }
                file.bent = true;
                Where::Somewhere
            }
            CaseAct::SendBack { to, .. } => {
                file.bent = true;
                Where::At(*to)
            }
            CaseAct::Suspend { .. } => {
                file.before = Some(at);
                Where::Resting
            }
            CaseAct::Resume { .. } => file.before.take().unwrap_or(Where::Somewhere),
            CaseAct::Withdraw { .. } | CaseAct::Decline { .. } | CaseAct::Lapse { .. } | CaseAct::Terminate { .. } | CaseAct::Refuse { .. } => Where::Ended,
            CaseAct::Archive { .. } => Where::Ended,
            CaseAct::CheckCredit { check, .. } => {
                file.credit = Some(check.result == Credit::Clear);
                at
            }
            _ => at,
        };
        Ok(Some(if matches!(act, CaseAct::Refuse { .. }) { Outcome::Sum(Fen(0)) } else { Outcome::Done }))
    }

    fn record_approval(&mut self, case: &str, determination: &str, user: String, outcome: &Outcome) -> Result<(), String> {
        let Some(file) = self.files.get_mut(case) else { return Err("a case nobody started".into()) };
        if !file.determined.is_empty() {
            return Err("the case is determined twice".into());
        }
        let Outcome::Sum(sum) = outcome else { return Err(format!("an approval answers {outcome:?}")) };
        file.at = Where::Determined;
        file.hands.push(("decides", user));
        let mut awards: Vec<(String, i128)> = file.claims.iter().map(|claim| (claim.clause.clone(), claim.part.or(claim.set).unwrap_or(0))).collect();
        let mut lacks = awards.iter().map(|(_, amount)| amount).sum::<i128>() - i128::from(sum.0);
        let law = self.rounds.get(&file.call).and_then(|round| self.laws.get(round.call.version.as_str()));
        if file.at != Where::Somewhere && lacks != 0 {
            // The last of a pool in turn gets what it left.
            let last = |clause: &str| law.is_some_and(|law| pools_of(law, clause).any(|pool| in_turn(pool) && pool.last_in_part));
            let place = awards.iter_mut().find(|(clause, amount)| last(clause) && *amount >= lacks);
            match place {
                Some((_, amount)) if lacks > 0 => {
                    *amount -= lacks;
                    lacks = 0;
                }
                _ => {}
            }
        }
        if lacks != 0 {
            return Err(format!("{case} is approved for {}, {lacks} more or less than was set and shared", sum.0));
        }
        self.determinations.insert(determination.to_owned());
        self.awarded(case, awards);
        Ok(())
    }

    fn record_notice(&mut self, act: &NoticeAct, asked: &Asked, user: String, outcome: &Outcome) -> Result<Option<Outcome>, String> {
        match act {
            NoticeAct::Publish { notice, call } => {
                let period = self.rounds.get(call.as_str()).map(|round| round.call.workflow.notice);
                let until = period.map_or(asked.context.now.date(), |period| self.until(asked.context.now.date(), period));
                self.notices.insert(notice.to_string(), (until, call.to_string()));
                for case in self.cases_of(call.as_str()) {
                    if let Some(file) = self.files.get_mut(&case).filter(|file| file.at == Where::Determined) {
                        (file.at, file.notice) = (Where::Shown, Some(notice.to_string()));
                    }
                }
                Ok(Some(Outcome::Done))
            }
            NoticeAct::Conclude { notice, entry } => {
                let call = self.notices.get(notice.as_str()).map(|(_, call)| call.clone()).unwrap_or_default();
                self.concluded.insert(entry.to_string(), call.clone());
                let mut sum = 0;
                let mut followed = true;
                for case in self.cases_of(&call) {
                    let Some(file) = self.files.get_mut(&case) else { continue };
                    followed &= file.at != Where::Somewhere;
                    if file.at == Where::Shown && file.notice.as_deref() == Some(notice.as_str()) {
                        file.at = Where::Payable;
                        sum += file.determined.iter().map(|(_, amount)| amount).sum::<i128>();
                    }
                }
                Ok(followed.then_some(Outcome::Sum(fen(sum))))
            }
            NoticeAct::Object { objection, case, .. } => {
                self.objections.insert(objection.to_string(), (case.to_string(), None));
                let taken = matches!(outcome, Outcome::Received(Reception::Objection { .. }));
                if let Some(file) = self.files.get_mut(case.as_str()).filter(|file| taken && file.at != Where::Somewhere) {
                    file.at = Where::Disputed;
                }
                Ok(None)
            }
            NoticeAct::Check { objection, .. } => {
                self.objections.entry(objection.to_string()).and_modify(|(_, checked)| *checked = Some(user));
                Ok(None)
            }
            NoticeAct::Settle { objection, ruling, determination, .. } => {
                let case = self.objections.get(objection.as_str()).map(|(case, _)| case.clone()).unwrap_or_default();
                let mut file = self.files.get_mut(&case);
                if let Some(file) = &mut file {
                    file.at = Where::Somewhere;
                }
                let changed = match ruling {
                    Ruling::Dismissed => None,
                    Ruling::Cancelled => file.map(|file| file.determined.iter().map(|(clause, _)| (clause.clone(), 0)).collect()),
                    Ruling::Adjusted(amounts) => Some(amounts.iter().map(|amount| (amount.clause.clone(), i128::from(amount.amount.0))).collect()),
                };
                if let Some(amounts) = changed {
                    self.determinations.extend(determination.as_ref().map(ToString::to_string));
                    self.awarded(&case, amounts);
                }
                Ok(None)
            }
        }
    }

    fn cases_of(&self, call: &str) -> Vec<String> {
        self.files_of.get(call).cloned().unwrap_or_default()
    }

    fn record_payment(&mut self, act: &PaymentAct, user: String, outcome: &Outcome) {
        let sum = if let Outcome::Sum(sum) = outcome { i128::from(sum.0) } else { 0 };
        let mut state = |batch: &casework::id::BatchId, state: &'static str| {
            let known = self.batches.get_mut(batch.as_str());
            known.map(|known| {
                known.2 = state;
                known.0.clone()
            })
        };
        match act {
            PaymentAct::Plan { batch, call, .. } => {
                self.batches.insert(batch.to_string(), (call.to_string(), user, "planned"));
            }
            PaymentAct::Request { batch, .. } => drop(state(batch, "requested")),
            PaymentAct::Cancel { batch } => drop(state(batch, "cancelled")),
            PaymentAct::Pay { batch, .. } => {
                let call = state(batch, "sent").unwrap_or_default();
                *self.sent.entry(call).or_default() += sum;
            }
            PaymentAct::Report { batch, .. } => {
                let call = state(batch, "sent").unwrap_or_default();
                *self.back.entry(call).or_default() += sum;
            }
            PaymentAct::Drop { due, .. } => {
                let call = due.as_str().split(':').next().and_then(|entry| self.concluded.get(entry)).cloned().unwrap_or_default();
                self.never_paid.insert(call.clone());
                *self.given_up.entry(call).or_default() += sum;
            }
            PaymentAct::Mend { .. } => {}
        }
    }

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
                _ => "",
            };
            if let (Some(call), false, false) = (call, pool, kind.is_empty()) {
                *moved.entry((kind, call)).or_default() += amount;
            }
        }
        for (kind, own) in [("sent", &self.sent), ("back", &self.back), ("given up", &self.given_up)] {
            for (call, amount) in own {
                let shown = moved.remove(&(kind, call.clone())).unwrap_or(0);
                if shown != *amount {
                    wrong.push(format!("{call}: {amount} were {kind}, the entries say {shown}"));
                }
            }
        }
        wrong.extend(moved.into_iter().filter(|(_, amount)| *amount != 0).map(|((kind, call), amount)| format!("{call}: {amount} {kind} by nobody")));
        self.compare_books(books, &replayed, &mut wrong);
        self.compare_cases(&holds, &mut wrong);
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
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
                if !draws {
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
        let before = claim.and_then(|claim| claim.part.or(claim.set)).unwrap_or(0);
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
        if file.at == Where::Ended && file.determined.is_empty() && file.claims.iter().all(|claim| claim.part.is_none()) && promised != 0 {
            wrong.push(format!("{case}, {clause}: it has ended, and still holds {held:?}"));
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

fn claimed(clauses: &[String]) -> Vec<Claimed> {
    clauses.iter().map(|clause| Claimed { clause: clause.clone(), given: 0, set: None, part: None }).collect()
}

fn file_of(call: &str, firm: &str, clauses: &[String], application: &serde_json::Value) -> File {
    File {
        call: call.to_owned(),
        firm: firm.to_owned(),
        application: application.clone(),
        at: Where::Draft,
        claims: claimed(clauses),
        handed_in: None,
        hands: Vec::new(),
        determined: Vec::new(),
        most: BTreeMap::new(),
        notice: None,
        before: None,
        bent: false,
        asked: Vec::new(),
        credit: None,
    }
}

/// The step after one; which it is cannot be told where steps may be left out.
fn next(file: &File, after: Option<StepKind>, steps: &[StepKind]) -> Where {
    match steps.iter().copied().find(|step| after.is_none_or(|after| *step > after)) {
        Some(step) if file.at != Where::Somewhere && !(file.bent && matches!(step, StepKind::Joint | StepKind::SiteCheck | StepKind::Audit)) => Where::At(step),
        Some(step @ (StepKind::Summary | StepKind::Meeting | StepKind::Approval)) if after.is_some_and(|after| after >= StepKind::Audit) => Where::At(step),
        Some(_) | None => Where::Somewhere,
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
