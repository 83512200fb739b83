//! What acts on calls, cases, notices and payments do to the auditor's files.

use crate::auditor::{Auditor, Claimed, File, Round, Where, fen, hand, in_turn, pools_of};
use crate::generator::Asked;
use casework::call::{CallAct, StepKind};
use casework::case::{CaseAct, Credit};
use casework::notice::{NoticeAct, Reception, Ruling};
use casework::payment::PaymentAct;
use office::Outcome;
use std::collections::BTreeMap;
use values::Fen;

impl Auditor {
    pub fn record_call(&mut self, act: &CallAct, outcome: &Outcome) -> Result<Option<Outcome>, String> {
        let (call, state) = match act {
            CallAct::Prepare { call } => {
                self.rounds.insert(call.id.to_string(), Round { call: call.clone(), state: "draft", rates: BTreeMap::new(), later: Vec::new() });
                return Ok(Some(Outcome::Done));
            }
            CallAct::Open { call } => (call, "open"),
            CallAct::Close { call } => (call, "closed"),
            CallAct::Share { call, .. } => {
                let parts = self.check_shares(call.as_str(), outcome)?;
                self.draw_shares(call.as_str(), &parts);
                for (case, clause, part) in parts {
                    let claim = self.files.get_mut(&case).and_then(|file| file.claims.iter_mut().find(|claim| claim.clause == clause));
                    if let Some(claim) = claim {
                        claim.part = Some(part);
                    }
                }
                (call, "shared")
            }
            CallAct::StateShare { call } => return self.check_shares(call.as_str(), outcome).map(|_| None),
            CallAct::ShareAgain { determinations, .. } => {
                // Who gets how much of what came back is not followed; that nobody gets more than was set is.
                for (case, determination) in determinations {
                    self.determinations.insert(determination.to_string());
                    let Some(file) = self.files.get_mut(case.as_str()) else { continue };
                    // Of a case that a match list began, what was set is not followed either.
                    let unset = if file.unknown { i128::from(i64::MAX) } else { 0 };
                    let set: Vec<(String, i128)> = file.claims.iter().map(|claim| (claim.clause.clone(), claim.set.unwrap_or(unset))).collect();
                    (file.at, file.bent) = (Where::Somewhere, true);
                    self.awarded(case.as_str(), set);
                }
                return Ok(None);
            }
            CallAct::Rank { .. } => return Ok(None),
            CallAct::SetRate { call, name, value, .. } => {
                if let Some(round) = self.rounds.get_mut(call.as_str()) {
                    round.rates.insert(name.clone(), value.clone());
                }
                // What the rules give changes with it.
                for case in self.cases_of(call.as_str()) {
                    self.files.get_mut(&case).into_iter().flat_map(|file| &mut file.claims).for_each(|claim| claim.given = i128::MAX);
                }
                return Ok(Some(Outcome::Done));
            }
            CallAct::CarryOver { call, pools, .. } => {
                self.carry_over(call.as_str(), pools);
                return Ok(None);
            }
            CallAct::Archive { call, .. } => (call, "archived"),
        };
        if let Some(round) = self.rounds.get_mut(call.as_str()) {
            round.state = state;
        }
        Ok(matches!(state, "open" | "closed").then_some(Outcome::Done))
    }

    /// Who of those that are not determined waits for a later year is not followed: only that they draw on its books.
    fn carry_over(&mut self, call: &str, pools: &[(String, casework::id::BookId)]) {
        if let Some(round) = self.rounds.get_mut(call) {
            round.later.extend(pools.iter().map(|(_, book)| book.to_string()));
        }
        for case in self.cases_of(call) {
            let undetermined = |file: &&mut File| file.determined.is_empty();
            self.files.get_mut(&case).filter(undetermined).into_iter().for_each(|file| (file.unknown, file.carried) = (true, true));
        }
    }

    /// Whether the auditor knows all that takes part in the sharing of a call: a case that went its own way may or may not.
    fn followed(&self, call: &str) -> bool {
        self.certain(call) && self.of(call).all(|(_, file)| !file.bent)
    }

    /// Whether the parts of a sharing are certain: all amounts are known, and what is kept for anybody.
    fn certain(&self, call: &str) -> bool {
        let loose = |firm: &str| self.recognitions.values().any(|known| known.loose && known.firm == firm);
        self.of(call).all(|(_, file)| file.at != Where::Somewhere && !file.unknown && !loose(&file.firm))
    }

    /// What approved plans keep for those who share is theirs now.
    fn draw_shares(&mut self, call: &str, parts: &[(String, String, i128)]) {
        if !self.certain(call) {
            let firms: Vec<String> = self.of(call).map(|(_, file)| file.firm.clone()).collect();
            for case in self.cases_of(call) {
                let undetermined = |file: &&mut File| file.determined.is_empty();
                self.files.get_mut(&case).filter(undetermined).into_iter().for_each(|file| file.unknown = true);
            }
            return self.loosen(&firms);
        }
        let fund = self.rounds.get(call).map(|round| round.call.fund.to_string()).unwrap_or_default();
        for (case, clause, part) in parts {
            let firm = self.files.get(case).map(|file| file.firm.clone()).unwrap_or_default();
            self.draw(case, &firm, &fund, clause, *part);
        }
    }

    /// Compares a sharing with the auditor's own. What a pool holds is taken from the answer, and never more than it can be.
    fn check_shares(&self, call: &str, outcome: &Outcome) -> Result<Vec<(String, String, i128)>, String> {
        let Outcome::Shared(shares) = outcome else { return Err(format!("a sharing answers {outcome:?}")) };
        let followed = self.followed(call);
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

    pub fn record_case(&mut self, act: &CaseAct, asked: &Asked, user: String, outcome: &Outcome) -> Result<Option<Outcome>, String> {
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
        // The last of a pool in turn gets what it left.
        let last = |clause: &str| law.is_some_and(|law| pools_of(law, clause).any(|pool| in_turn(pool) && pool.last_in_part));
        // Who is placed outside gets nothing.
        let ranks = |clause: &str| law.and_then(|law| law.clause(law.clause_named(clause)?)).is_some_and(|rule| rule.rank.is_some());
        let may_lack = |(clause, amount): &(String, i128)| (last(clause) && *amount >= lacks) || (ranks(clause) && *amount == lacks);
        let places: Vec<usize> = awards.iter().enumerate().filter(|(_, award)| lacks > 0 && may_lack(award)).map(|(at, _)| at).collect();
        let several = {
            let placed: Vec<i128> = awards.iter().filter(|(clause, amount)| ranks(clause) && *amount > 0).map(|(_, amount)| *amount).collect();
            let left: Vec<i128> = awards.iter().filter(|(clause, amount)| last(clause) && *amount > 0).map(|(_, amount)| *amount).collect();
            lacks > 0 && may_lack_together(lacks, &placed, &left)
        };
        if file.unknown || places.len() > 1 || several {
            // How the sum goes to the clauses is not known, so nothing is known of what is left for others.
            self.never_paid.insert(file.call.clone());
            let sum = i128::from(sum.0);
            let awards: Vec<(String, i128)> = file.claims.iter().map(|claim| (claim.clause.clone(), sum)).collect();
            self.determinations.insert(determination.to_owned());
            let firm = file.firm.clone();
            self.awarded(case, awards);
            self.loosen(&[firm]);
            return Ok(());
        }
        if let [at] = places.as_slice() {
            awards[*at].1 -= lacks;
            lacks = 0;
        }
        if lacks != 0 {
            return Err(format!("{case} is approved for {}, {lacks} more or less than was set and shared", sum.0));
        }
        self.determinations.insert(determination.to_owned());
        self.draw_awards(case, &awards);
        self.awarded(case, awards);
        Ok(())
    }

    /// What approved plans keep for an award is drawn now.
    fn draw_awards(&mut self, case: &str, awards: &[(String, i128)]) {
        let Some((firm, call)) = self.files.get(case).map(|file| (file.firm.clone(), file.call.clone())) else { return };
        let fund = self.rounds.get(&call).map(|round| round.call.fund.to_string()).unwrap_or_default();
        for (clause, amount) in awards {
            self.draw(case, &firm, &fund, clause, *amount);
        }
    }

    pub fn record_notice(&mut self, act: &NoticeAct, asked: &Asked, user: String, outcome: &Outcome) -> Result<Option<Outcome>, String> {
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
                    followed &= file.at != Where::Somewhere && !file.unknown;
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

    pub fn record_payment(&mut self, act: &PaymentAct, user: String, outcome: &Outcome) {
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
                let call = self.call_of_due(due.as_str()).unwrap_or_default();
                self.never_paid.insert(call.clone());
                *self.given_up.entry(call).or_default() += sum;
            }
            PaymentAct::Mend { .. } => {}
        }
    }
}

fn claimed(clauses: &[String]) -> Vec<Claimed> {
    clauses.iter().map(|clause| Claimed { clause: clause.clone(), given: 0, set: None, part: None }).collect()
}

pub fn file_of(call: &str, firm: &str, clauses: &[String], application: &serde_json::Value) -> File {
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
        unknown: false,
        carried: false,
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

/// Whether a sum may lack at several places at once: whole amounts of some who are placed outside, with what a pool in turn
/// does not leave.
fn may_lack_together(lacks: i128, placed: &[i128], left: &[i128]) -> bool {
    (0_u32..1 << placed.len()).any(|which| {
        let chosen = placed.iter().enumerate().filter(|(at, _)| which >> at & 1 == 1);
        let rest = lacks - chosen.map(|(_, amount)| amount).sum::<i128>();
        match which.count_ones() {
            0 => left.len() > 1 && rest <= left.iter().sum(),
            1 => rest > 0 && rest <= left.iter().sum(),
            _ => rest == 0 || (rest > 0 && rest <= left.iter().sum()),
        }
    })
}
