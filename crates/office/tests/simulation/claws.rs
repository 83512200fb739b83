//! The auditor's own books of clawbacks: what was announced, decided, delivered, agreed, what came back; whom it bars, whose
//! payments it stops.

use crate::auditor::View::{Open, Right};
use crate::auditor::{Auditor, View, rules, wrong};
use crate::generator::Asked;
use casework::Act;
use casework::recovery::{Decision, LeadSource, Part, RecoveryAct};
use office::Outcome;
use std::collections::BTreeMap;
use values::{Date, Moment};

/// A lead.
#[derive(Clone)]
pub struct Lead {
    pub firm: String,
    pub case: Option<String>,
    pub by: String,
    pub open: bool,
    /// Years without applications at most, where the scheme itself found it.
    pub rule_years: Option<u32>,
}

/// How far a clawback has come, in the auditor's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Filed,
    Told,
    Decided,
    Delivered,
    Reminded,
    AtCourt,
    Settled,
    Closed,
}

use Step::{AtCourt, Closed, Decided, Delivered, Filed, Reminded, Settled, Told};

/// A clawback.
#[derive(Clone)]
pub struct Claw {
    pub case: String,
    firm: String,
    leads: Vec<String>,
    step: Step,
    /// Who filed and told, and who decided.
    prepared: Vec<String>,
    decided_by: Option<String>,
    told: Vec<(String, i128)>,
    heard_until: Option<Date>,
    said_all: bool,
    decided: Vec<(String, i128)>,
    decision: Option<(Decision, Date)>,
    due: Option<Date>,
    plan: Vec<(Date, i128)>,
    back: BTreeMap<String, i128>,
    reminded_until: Option<Date>,
}

impl Claw {
    fn sum(&self) -> i128 {
        self.decided.iter().map(|(_, fen)| fen).sum()
    }

    fn came(&self) -> i128 {
        self.back.values().sum()
    }

    fn owed(&self) -> i128 {
        (self.sum() - self.came()).max(0)
    }

    fn waits(&self, clause: &str) -> i128 {
        let decided: i128 = self.decided.iter().filter(|(of, _)| of == clause).map(|(_, fen)| fen).sum();
        if self.step == Closed { 0 } else { (decided - self.back.get(clause).copied().unwrap_or(0)).max(0) }
    }

    /// The day after which it is overdue.
    fn overdue_after(&self) -> Option<Date> {
        let mut sum = 0;
        let unpaid = self.plan.iter().find(|(_, fen)| {
            sum += fen;
            sum > self.came()
        });
        let day = unpaid.map(|(day, _)| *day).or(self.due);
        day.filter(|_| self.owed() > 0)
    }

    /// Money that came back, clause by clause in the order of the decision.
    fn collect(&mut self, amount: i128) {
        let mut rest = amount;
        for clause in self.decided.iter().map(|(clause, _)| clause.clone()).collect::<Vec<_>>() {
            let here = self.waits(&clause).min(rest);
            rest -= here;
            *self.back.entry(clause).or_default() += here;
        }
        if self.owed() == 0 {
            self.step = Settled;
        }
    }
}

/// Payments to a firm that stand still: firm, case, since and until when.
#[derive(Clone)]
pub struct Halt {
    pub firm: String,
    pub case: String,
    claw: String,
    pub since: Moment,
    /// Until when for the other cases of the firm.
    pub others_until: Option<Moment>,
    /// Until when for the case itself.
    pub until: Option<Moment>,
}

fn blank(text: &str) -> bool {
    text.trim().is_empty()
}

fn amounts(parts: &[Part]) -> Vec<(String, i128)> {
    parts.iter().map(|part| (part.clause.clone(), i128::from(part.amount.0))).collect()
}

/// Whether each clause stands in it once, with more than nothing and no more than it may.
fn fits(parts: &[Part], most: impl Fn(&str) -> i128) -> bool {
    let once = |at: usize, part: &Part| !parts.iter().take(at).any(|other| other.clause == part.clause);
    parts.iter().enumerate().all(|(at, part)| part.amount.0 > 0 && once(at, part) && i128::from(part.amount.0) <= most(&part.clause))
}

fn of(list: &[(String, i128)], clause: &str) -> i128 {
    list.iter().filter(|(of, _)| of == clause).map(|(_, fen)| fen).sum()
}

impl Auditor {
    /// Whether applications of a firm are refused.
    pub fn barred(&self, firm: &str, today: Date) -> bool {
        let bars = |claw: &Claw| {
            claw.firm == firm && claw.due.is_some() && claw.decision.as_ref().and_then(|(decision, _)| decision.bar_until).is_some_and(|until| today <= until)
        };
        self.claws.values().any(bars)
    }

    /// The clawback an act is about.
    pub fn claw_of(&self, fields: &serde_json::Value) -> Option<&Claw> {
        fields["recovery"].as_str().and_then(|id| self.claws.get(id))
    }

    pub fn recovery(&self, act: &RecoveryAct, asked: &Asked) -> View {
        let (user, today) = (asked.context.user.as_str(), asked.context.now.date());
        match act {
            RecoveryAct::Note { lead, source, organisation, case, words } => {
                let others = |case: &String| self.files.get(case).is_none_or(|file| file.firm != *organisation.as_str());
                rules!(
                    self.leads.contains_key(lead.as_str()) => "there is such a lead already",
                    !self.firms.contains_key(organisation.as_str()) => "there is no such firm",
                    case.as_ref().is_some_and(|case| others(&case.to_string())) => "the case is another's",
                    matches!(source, LeadSource::Scheme { .. }) => "the scheme speaks for itself",
                    blank(words) => "it says nothing",
                );
                Open
            }
            RecoveryAct::Detect { case, .. } => {
                rules!(!self.files.contains_key(case.as_str()) => "there is no such case");
                Open
            }
            RecoveryAct::Dismiss { lead, reason } => {
                let Some(lead) = self.leads.get(lead.as_str()) else { return wrong("there is no such lead") };
                rules!(
                    !lead.open => "it is settled",
                    lead.by == user => "four eyes",
                    blank(reason) => "nobody says why",
                    self.keeps_away(user, &lead.firm, today) => "the person must keep away from this firm",
                );
                Right
            }
            RecoveryAct::Open { recovery, case, leads } => {
                let firm = self.files.get(case.as_str()).map(|file| file.firm.as_str()).unwrap_or_default();
                let about = |lead: &Lead| lead.firm == firm && lead.case.as_ref().is_none_or(|of| of == case.as_str());
                let strange = |id: &casework::id::LeadId| self.leads.get(id.as_str()).is_none_or(|lead| !lead.open || !about(lead));
                rules!(
                    self.claws.contains_key(recovery.as_str()) => "there is such a clawback already",
                    leads.is_empty() || leads.iter().any(strange) => "no open lead is about it",
                    self.files.get(case.as_str()).is_none_or(|file| file.most.values().all(|most| *most == 0)) => "nothing was determined",
                );
                Open
            }
            _ => {
                let about = self.about(&asked.act);
                let Some(claw) = self.claw_of(&about.fields) else { return wrong("there is no such clawback") };
                if let RecoveryAct::ConfirmAmendment { recovery: of, motion } = act {
                    // What was asked for must still be right.
                    return match (self.second_hand(motion, user), self.motions.get(motion.as_str())) {
                        (Open, Some((Act::Recovery(asks @ RecoveryAct::Amend { recovery, .. }), _))) if recovery == of => self.course(asks, claw, user, today),
                        (Open, _) => wrong("it was asked for something else"),
                        (view, _) => view,
                    };
                }
                if let RecoveryAct::Amend { motion, .. } = act {
                    rules!(self.motions.contains_key(motion.as_str()) => "there is such a motion already");
                }
                self.course(act, claw, user, today)
            }
        }
    }

    fn course(&self, act: &RecoveryAct, claw: &Claw, user: &str, today: Date) -> View {
        let at = |steps: &[Step]| steps.contains(&claw.step);
        let most = |clause: &str| {
            let file = self.files.get(&claw.case);
            let determined = file.and_then(|file| file.most.get(clause)).copied().unwrap_or(0);
            let others: i128 =
                self.claws.values().filter(|other| other.case == claw.case && !std::ptr::eq(*other, claw)).map(|other| other.waits(clause)).sum();
            determined - others
        };
        match act {
            RecoveryAct::Notify { proposal, .. } => {
                rules!(
                    !at(&[Filed, Told]) => "it is not so far",
                    blank(&proposal.number) || blank(&proposal.grounds) || proposal.parts.is_empty() => "it says too little",
                    !fits(&proposal.parts, most) => "more is to come back than was given",
                );
                return Open;
            }
            RecoveryAct::State { words, .. } => rules!(
                !at(&[Told]) => "it is not so far",
                blank(words) => "nothing is said",
                claw.heard_until.is_some_and(|until| today > until) => "its time is over",
            ),
            RecoveryAct::Decide { decision, .. } => {
                let longest = claw.leads.iter().filter_map(|lead| self.leads.get(lead)?.rule_years).max();
                let longest = longest.and_then(|years| today.add_months(i64::from(years) * 12));
                rules!(
                    !at(&[Told]) => "it is not so far",
                    claw.prepared.iter().any(|by| by == user) => "four eyes",
                    blank(&decision.number) || blank(&decision.grounds) || blank(&decision.remedies) || decision.parts.is_empty() => "it says too little",
                    !fits(&decision.parts, |clause| of(&claw.told, clause)) => "the firm was not heard on so much",
                    !claw.said_all && claw.heard_until.is_none_or(|until| today <= until) => "the firm may still be heard",
                    decision.bar_until.is_some_and(|until| longest.is_some_and(|longest| until > longest)) => "the bar is longer than the policy has it",
                );
                return Open;
            }
            RecoveryAct::Deliver { on, by, .. } => rules!(
                !at(&[Decided]) => "it is not so far",
                blank(by) => "nobody says how",
                *on > today || claw.decision.as_ref().is_none_or(|(_, decided)| on < decided) => "its day cannot be",
            ),
            RecoveryAct::Agree { plan, .. } => {
                let ordered = plan.windows(2).all(|pair| pair[0].due < pair[1].due) && plan.first().is_some_and(|first| first.due > today);
                let sum: i128 = plan.iter().map(|part| i128::from(part.amount.0)).sum();
                rules!(
                    !at(&[Delivered, Reminded]) => "it is not so far",
                    !ordered || plan.iter().any(|part| part.amount.0 <= 0) || sum != claw.owed() => "the parts do not come to what is owed",
                );
            }
            RecoveryAct::Collect { amount, .. } | RecoveryAct::Offset { amount, .. } => {
                let amount = i128::from(amount.0);
                rules!(
                    !at(&[Delivered, Reminded, AtCourt]) => "it is not so far",
                    claw.decided_by.as_deref() == Some(user) => "four eyes",
                    amount <= 0 || amount > claw.owed() => "more comes back than is owed",
                );
                let others = |case: &str| self.files.get(case).is_none_or(|file| file.firm != claw.firm);
                rules!(
                    matches!(act, RecoveryAct::Collect { receipt, .. } if blank(receipt)) => "there is no receipt",
                    matches!(act, RecoveryAct::Offset { against, .. } if others(against.as_str())) => "it is another's money",
                );
                return Open;
            }
            RecoveryAct::Amend { number, parts, .. } => {
                let new = amounts(parts);
                rules!(
                    !at(&[Delivered, Reminded, AtCourt]) => "it is not so far",
                    blank(number) => "it says too little",
                    !fits(parts, |clause| of(&claw.decided, clause)) => "it is raised",
                    claw.back.iter().any(|(clause, back)| of(&new, clause) < *back) => "more than that came back",
                );
                return Open;
            }
            RecoveryAct::Remind { number, .. } => rules!(
                !at(&[Delivered, Reminded]) => "it is not so far",
                blank(number) => "it says too little",
                claw.overdue_after().is_some_and(|until| today <= until) => "nothing is overdue",
            ),
            RecoveryAct::Enforce { court, number, .. } => rules!(
                !at(&[Reminded]) => "it is not so far",
                blank(court) || blank(number) => "it says too little",
                claw.reminded_until.is_some_and(|until| today <= until) => "the reminder leaves time",
            ),
            RecoveryAct::Close { reason, .. } => rules!(
                !at(&[Filed, Told, Settled]) => "it is not so far",
                blank(reason) => "nobody says why",
                self.barred_by(claw, today) => "its bar still runs",
            ),
            _ => {}
        }
        Right
    }

    fn barred_by(&self, claw: &Claw, today: Date) -> bool {
        claw.due.is_some() && claw.decision.as_ref().and_then(|(decision, _)| decision.bar_until).is_some_and(|until| today <= until)
    }

    pub fn record_recovery(&mut self, act: &RecoveryAct, asked: &Asked, outcome: &Outcome) -> Result<Option<Outcome>, String> {
        let (user, now) = (asked.context.user.to_string(), asked.context.now);
        match act {
            RecoveryAct::Note { lead, organisation, case, .. } => {
                let noted = Lead { firm: organisation.to_string(), case: case.as_ref().map(ToString::to_string), by: user, open: true, rule_years: None };
                self.leads.insert(lead.to_string(), noted);
            }
            RecoveryAct::Detect { case, .. } => {
                let Outcome::Leads(found) = outcome else { return Err(format!("a search for leads answers {outcome:?}")) };
                let law =
                    self.files.get(case.as_str()).and_then(|file| self.rounds.get(&file.call)).and_then(|round| self.laws.get(round.call.version.as_str()));
                // Which rule it was is not asked: the longest of them all is the limit.
                let years = law.and_then(|law| law.clawbacks.iter().map(|rule| rule.bar_years.unwrap_or(0)).max());
                for lead in found {
                    let lead_of = Lead { by: user.clone(), ..self.found(case.as_str(), years) };
                    self.leads.insert(lead.to_string(), lead_of);
                }
                return Ok(None);
            }
            RecoveryAct::Dismiss { lead, .. } => drop(self.leads.entry(lead.to_string()).and_modify(|lead| lead.open = false)),
            RecoveryAct::Open { recovery, case, leads } => {
                for lead in leads {
                    self.leads.entry(lead.to_string()).and_modify(|lead| lead.open = false);
                }
                let firm = self.files.get(case.as_str()).map(|file| file.firm.clone()).unwrap_or_default();
                let claw = Claw {
                    case: case.to_string(),
                    firm,
                    leads: leads.iter().map(ToString::to_string).collect(),
                    step: Filed,
                    prepared: vec![user],
                    decided_by: None,
                    told: Vec::new(),
                    heard_until: None,
                    said_all: false,
                    decided: Vec::new(),
                    decision: None,
                    due: None,
                    plan: Vec::new(),
                    back: BTreeMap::new(),
                    reminded_until: None,
                };
                self.claws.insert(recovery.to_string(), claw);
            }
            _ => return self.follow(act, asked, &user, now),
        }
        Ok(Some(Outcome::Done))
    }

    fn follow(&mut self, act: &RecoveryAct, asked: &Asked, user: &str, now: Moment) -> Result<Option<Outcome>, String> {
        let today = now.date();
        let id = self.about(&asked.act).fields["recovery"].as_str().unwrap_or_default().to_owned();
        let Some(mut claw) = self.claws.get(&id).cloned() else { return Err("a clawback nobody filed".into()) };
        let mut answer = Outcome::Done;
        match act {
            RecoveryAct::Notify { proposal, .. } => {
                claw.prepared.push(user.to_owned());
                (claw.told, claw.heard_until, claw.step) = (amounts(&proposal.parts), Some(self.until(today, proposal.period)), Told);
            }
            RecoveryAct::State { last, .. } => claw.said_all |= last,
            RecoveryAct::Decide { decision, .. } => {
                claw.decided = amounts(&decision.parts);
                (claw.decided_by, claw.decision, claw.step) = (Some(user.to_owned()), Some((decision.clone(), today)), Decided);
                if decision.stop_payment {
                    let halt = Halt { firm: claw.firm.clone(), case: claw.case.clone(), claw: id.clone(), since: now, others_until: None, until: None };
                    self.halts.push(halt);
                }
                answer = self.owes(claw.sum());
            }
            RecoveryAct::Deliver { on, .. } => {
                claw.due = claw.decision.as_ref().map(|(decision, _)| self.until(*on, decision.period));
                claw.step = Delivered;
            }
            RecoveryAct::Agree { plan, .. } => {
                let before = claw.came();
                claw.plan = (before > 0).then_some((today, before)).into_iter().collect();
                claw.plan.extend(plan.iter().map(|part| (part.due, i128::from(part.amount.0))));
                claw.step = Delivered;
            }
            RecoveryAct::Collect { amount, .. } | RecoveryAct::Offset { amount, .. } => {
                claw.collect(i128::from(amount.0));
                let call = self.files.get(&claw.case).map(|file| file.call.clone()).unwrap_or_default();
                *self.recovered.entry(call).or_default() += i128::from(amount.0);
                if let RecoveryAct::Offset { against, .. } = act {
                    // It counts as paid under the other case, and goes to the budget instead of the bank.
                    let call = self.files.get(against.as_str()).map(|file| file.call.clone()).unwrap_or_default();
                    *self.sent.entry(call).or_default() += i128::from(amount.0);
                }
                answer = self.owes(claw.owed());
            }
            RecoveryAct::Amend { motion, .. } => answer = self.asked_for(motion, asked),
            RecoveryAct::ConfirmAmendment { motion, .. } => {
                let Some(Act::Recovery(RecoveryAct::Amend { parts, .. })) = self.confirms(motion) else {
                    return Err("an amendment nobody asked for".into());
                };
                claw.decided = amounts(&parts);
                claw.plan.clear();
                if parts.is_empty() {
                    if let Some((decision, _)) = &mut claw.decision {
                        decision.bar_until = None;
                    }
                    for halt in self.halts.iter_mut().filter(|halt| halt.claw == id) {
                        (halt.until, halt.others_until) = (halt.until.or(Some(now)), halt.others_until.or(Some(now)));
                    }
                }
                if claw.owed() == 0 {
                    claw.step = Settled;
                }
            }
            RecoveryAct::Remind { period, .. } => (claw.reminded_until, claw.step) = (Some(self.until(today, *period)), Reminded),
            RecoveryAct::Enforce { .. } => claw.step = AtCourt,
            RecoveryAct::Close { .. } => claw.step = Closed,
            _ => {}
        }
        if matches!(claw.step, Settled | Closed) {
            for halt in self.halts.iter_mut().filter(|halt| halt.claw == id) {
                halt.others_until = halt.others_until.or(Some(now));
            }
        }
        self.claws.insert(id, claw);
        Ok(Some(answer))
    }

    /// What came back by case, by the clawbacks.
    pub fn back_by_case(&self) -> BTreeMap<&str, i128> {
        let mut out = BTreeMap::new();
        for claw in self.claws.values() {
            *out.entry(claw.case.as_str()).or_default() += claw.came();
        }
        out
    }
}
