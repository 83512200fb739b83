//! What must come of acts on calls, cases, notices and payments, as far as the auditor can tell; what the rules give, and how
//! pools are divided.

use crate::auditor::View::{Open, Right};
use crate::auditor::{Auditor, Claimed, File, Person, Round, View, Where, hand, in_turn, pools_of, rules, wrong};
use crate::generator::Asked;
use crate::purse::{Wanted, shares};
use casework::call::{Call, CallAct, Period, StepKind};
use casework::case::{Amount, CaseAct};
use casework::notice::NoticeAct;
use casework::payment::PaymentAct;
use policy::assessment::Mark;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use values::Date;

impl Auditor {
    pub fn call(&self, act: &CallAct, today: Date) -> View {
        let unset = |at: Where| matches!(at, Where::HandedIn | Where::Correcting) || matches!(at, Where::At(step) if step <= StepKind::Summary);
        match act {
            CallAct::Prepare { call } => self.prepare(call, today),
            CallAct::Open { call } => match self.state(call.as_str(), "draft") {
                Right => self.rounds.get(call.as_str()).and_then(|round| self.hinders_call(&round.call, today)).map_or(Right, wrong),
                view => view,
            },
            CallAct::Close { call } => self.state(call.as_str(), "open"),
            CallAct::Share { call, .. } | CallAct::StateShare { call } => {
                let view = self.state(call.as_str(), "closed");
                if view != Right {
                    return view;
                }
                rules!(self.of(call.as_str()).any(|(_, file)| unset(file.at)) => "amounts of cases are not set yet");
                Open
            }
            CallAct::ShareAgain { call, .. } => match self.state(call.as_str(), "shared") {
                Right => Open,
                view => view,
            },
            CallAct::Rank { call, clause, .. } => match self.state(call.as_str(), "closed") {
                Right => {
                    let law = self.rounds.get(call.as_str()).and_then(|round| self.laws.get(round.call.version.as_str()));
                    let ranks = law.and_then(|law| law.clause(law.clause_named(clause)?)).is_some_and(|rule| rule.rank.is_some());
                    rules!(
                        !ranks => "the clause ranks nobody",
                        self.of(call.as_str()).any(|(_, file)| file.claims.iter().any(|claim| claim.clause == *clause) && unset(file.at)) => "amounts of cases are not set yet",
                    );
                    Open
                }
                view => view,
            },
            CallAct::SetRate { call, source, .. } => {
                let round = self.rounds.get(call.as_str());
                rules!(
                    !round.is_some_and(|round| matches!(round.state, "draft" | "open" | "closed")) => "the call is too far",
                    source.trim().is_empty() => "nobody says where it stands",
                    self.of(call.as_str()).any(|(_, file)| file.determined.iter().any(|(_, amount)| *amount > 0)) => "something is determined",
                );
                Open
            }
            CallAct::CarryOver { call, fund, .. } => {
                let round = self.rounds.get(call.as_str());
                rules!(
                    !round.is_some_and(|round| matches!(round.state, "closed" | "shared")) => "the call is not so far",
                    self.of(call.as_str()).any(|(_, file)| unset(file.at)) => "amounts of cases are not set yet",
                    self.purses.get(fund.as_str()).is_none_or(|purse| purse.pool.is_some()) => "its money comes from no budget",
                    self.purses.get(fund.as_str()).is_some_and(|purse| round.is_some_and(|round| purse.year <= round.call.year)) => "its money is of no later year",
                );
                Open
            }
            CallAct::Archive { call, .. } => {
                let round = self.rounds.get(call.as_str());
                rules!(!round.is_some_and(|round| matches!(round.state, "closed" | "shared")) => "the call is not so far");
                rules!(self.of(call.as_str()).any(|(_, file)| matches!(file.at, Where::HandedIn | Where::At(_) | Where::Determined | Where::Shown | Where::Disputed)) => "cases have not ended");
                Open
            }
        }
    }

    fn state(&self, call: &str, state: &str) -> View {
        match self.rounds.get(call) {
            Some(round) if round.state == state => Right,
            _ => wrong(format!("the call is not {state}")),
        }
    }

    pub fn prepare(&self, call: &Call, today: Date) -> View {
        let Some(law) = self.laws.get(call.version.as_str()) else { return wrong("there is no such policy") };
        let steps: Vec<StepKind> = call.workflow.steps.iter().map(|step| step.kind).collect();
        let mut ordered = steps.clone();
        ordered.sort();
        ordered.dedup();
        rules!(
            self.rounds.contains_key(call.id.as_str()) => "there is such a call already",
            !self.guide_serves(call, today) => "its guide is another's, or not valid",
            ordered != steps || steps.last() != Some(&StepKind::Approval) || !steps.contains(&StepKind::Summary) => "its way cannot be gone",
            call.open.0 > call.open.1 => "it closes before it opens",
            !self.units.contains_key(call.lead.as_str()) => "nobody is in charge",
            call.with.iter().any(|unit| !self.units.contains_key(unit.as_str())) => "a unit is unknown",
            call.clauses.iter().any(|clause| law.clause_named(clause).is_none()) => "a clause is unknown",
            self.purses.get(call.fund.as_str()).is_none_or(|purse| purse.pool.is_some()) => "its money comes from no budget",
            self.purses.get(call.fund.as_str()).is_some_and(|purse| purse.year != call.year) => "its money is that of another year",
        );
        if let Some(why) = self.hinders_call(call, today) {
            return wrong(why);
        }
        for (name, book) in &call.pools {
            let Some(purse) = self.purses.get(book.as_str()) else { return wrong("a pool has no book") };
            rules!(purse.pool != Some((law.policy.id.clone(), name.clone())) || purse.year != call.year => "a pool draws on the book of another pool or year");
        }
        for pool in call.clauses.iter().flat_map(|clause| pools_of(law, clause)) {
            rules!(!call.pools.iter().any(|(name, _)| *name == pool.name) => "a clause draws on a pool without a book");
        }
        Right
    }

    pub fn case(&self, act: &CaseAct, asked: &Asked, person: &Person) -> View {
        let (user, role) = (asked.context.user.as_str(), asked.context.role);
        let case = match act {
            CaseAct::Start { case, call, organisation, clauses, application, .. } => {
                let Some(round) = self.rounds.get(call.as_str()) else { return wrong("there is no such call") };
                let distinct: BTreeSet<&String> = clauses.iter().collect();
                rules!(
                    self.files.contains_key(case.as_str()) => "there is such a case already",
                    !self.firms.contains_key(organisation.as_str()) => "there is no such firm",
                    person.firm.as_deref() != Some(organisation.as_str()) => "it is another's firm",
                    distinct.len() != clauses.len() || clauses.iter().any(|clause| !round.call.clauses.contains(clause)) => "the call has no such clause",
                    is_other(&application["year"], &json!(round.call.year)) => "it is an application for another year",
                    is_other(&application["as_of"], &json!(round.call.as_of.to_string())) => "it is an application for another day",
                    says_what_the_office_says(application) => "the application says what is the office's to say",
                    self.barred(organisation.as_str(), asked.context.now.date()) => "the firm may not apply for a time",
                );
                return Open;
            }
            _ => self.about(&asked.act).case.unwrap_or_default(),
        };
        let Some(file) = self.files.get(&case) else { return wrong("there is no such case") };
        let Some(round) = self.rounds.get(&file.call) else { return wrong("there is no such call") };
        let steps = allowed(act);
        rules!(!steps.is_empty() && file.at != Where::Somewhere && !steps.contains(&file.at) => format!("the case is at {:?}", file.at));
        if let Some(step) = step_of(act.name()).and_then(|kind| round.call.workflow.steps.iter().find(|step| step.kind == kind)) {
            rules!(step.role != role => "the call has another role do this step");
        }
        // Who prepares, who checks, who decides.
        if let Some(hand) = hand(act.name(), role) {
            rules!(file.hands.iter().any(|(did, who)| who == user && *did != hand) => "four eyes");
        }
        match act {
            CaseAct::Submit { .. } => {
                let today = asked.context.now.date();
                rules!(round.state != "open" || today < round.call.open.0 || today > round.call.open.1 => "the call is not open");
                if let Some(why) = self.hinders_case(file, round, today, false) {
                    return wrong(why);
                }
                rules!(self.is_anothers(&file.firm, &file.application) => "it is handed in under another credit code");
                if file.at == Where::Draft { Right } else { Open }
            }
            CaseAct::Fill { application, .. } | CaseAct::AnswerCorrection { application, .. } if says_what_the_office_says(application) => {
                wrong("the application says what is the office's to say")
            }
            CaseAct::Accept { .. } | CaseAct::Screen { .. } if file.at != Where::Somewhere => Right,
            CaseAct::Summarise { amounts, .. } => summarise(file, amounts),
            CaseAct::Approve { determination, .. } => {
                rules!(
                    self.determinations.contains(determination.as_str()) => "there is such a determination already",
                    round.call.workflow.credit && file.credit != Some(true) => "the credit was not looked at, or is bad",
                );
                if let Some(why) = self.hinders_case(file, round, asked.context.now.date(), true) {
                    return wrong(why);
                }
                self.approve(file, round)
            }
            CaseAct::Refuse { determination, .. } => {
                rules!(self.determinations.contains(determination.as_str()) => "there is such a determination already");
                Open
            }
            _ => Open,
        }
    }

    fn approve(&self, file: &File, round: &Round) -> View {
        let Some(law) = self.laws.get(round.call.version.as_str()) else { return wrong("there is no such policy") };
        let given = self.given(file, round).unwrap_or_default();
        for (claim, given) in file.claims.iter().zip(given) {
            let shared = pools_of(law, &claim.clause).any(|pool| !in_turn(pool));
            rules!(shared && claim.part.is_none() && file.at != Where::Somewhere && !file.unknown => "its pool is not shared yet");
            // Of a pool in turn the last may get a part; all others get what was set, or shared.
            let part = pools_of(law, &claim.clause).any(|pool| in_turn(pool) && pool.last_in_part);
            rules!(!part && !file.unknown && claim.part.or(claim.set).unwrap_or(0) > given => "more than the rules leave now");
        }
        Open
    }

    /// What the rules give for each clause of a case now, with what the firm was awarded in its other cases.
    pub fn given(&self, file: &File, round: &Round) -> Option<Vec<i128>> {
        let law = self.laws.get(round.call.version.as_str())?;
        let mut application = file.application.clone();
        let fields = application.as_object_mut()?;
        let mut before = Vec::new();
        for other in self.files_of_firm.get(&file.firm).into_iter().flatten().filter_map(|case| self.files.get(case)) {
            if !std::ptr::eq(other, file) && self.never_paid.contains(&other.call) {
                return Some(vec![i128::MAX; file.claims.len()]);
            }
            let year = self.rounds.get(&other.call).map_or(0, |round| round.call.year);
            let known = other.determined.iter().filter(|(clause, amount)| *amount > 0 && law.clause_named(clause).is_some());
            before
                .extend(known.filter(|_| !std::ptr::eq(other, file)).map(|(clause, amount)| json!({"clause": clause, "year": year, "amount": yuan(*amount)})));
        }
        before.extend(self.old_awards(&file.firm, law));
        // What a firm says of its own awards is not the office's knowledge.
        fields.insert("history".into(), before.into());
        if !round.rates.is_empty() {
            fields.insert("rates".into(), json!(round.rates));
        }
        fields.insert("clauses".into(), file.claims.iter().map(|claim| claim.clause.as_str()).collect());
        fields.insert("year".into(), round.call.year.into());
        fields.insert("as_of".into(), round.call.as_of.to_string().into());
        let (read, _) = policy::input::read(law, &policy::input::Raw::from(&application), policy::input::Defaults::default());
        let options = policy::AssessOptions { trace: false, clauses: None };
        let result = policy::assess(law, std::slice::from_ref(&read?), &options).assessments.into_iter().next()?;
        let amount = |claim: &Claimed| {
            let of = law.clause_named(&claim.clause)?;
            let rule = law.clause(of)?;
            // Counted by project or by a fact, or by place among all: more than the auditor follows.
            if rule.rank.is_some()
                || rule.frequency.as_ref().is_some_and(|frequency| frequency.each.is_some())
                || rule.limits.iter().any(|limit| limit.each.is_some())
            {
                return Some(i128::MAX);
            }
            let clause = result.clauses.iter().find(|result| result.clause == of)?;
            // Alone before the pools: what they cut is for all to share.
            let cut: i128 = clause.marks.iter().map(|mark| if let Mark::PoolCut(_, cut) = mark { i128::from(cut.0) } else { 0 }).sum();
            let awarded = clause.awarded.map(|fen| i128::from(fen.0) + cut).or(clause.ceiling.map(|fen| i128::from(fen.0)));
            (clause.outcome == policy::assessment::Outcome::Eligible).then_some(awarded).flatten()
        };
        Some(file.claims.iter().map(|claim| amount(claim).unwrap_or(0)).collect())
    }

    pub fn notice(&self, act: &NoticeAct, asked: &Asked) -> View {
        let at = |at: Where| move |(_, file): (&String, &File)| file.at == at || file.at == Where::Somewhere;
        match act {
            NoticeAct::Publish { notice, call } => {
                rules!(
                    self.notices.contains_key(notice.as_str()) => "there is such a notice already",
                    !self.of(call.as_str()).any(at(Where::Determined)) => "there is nothing to show",
                );
                Open
            }
            NoticeAct::Conclude { notice, .. } => {
                let Some((until, call)) = self.notices.get(notice.as_str()) else { return wrong("there is no such notice") };
                rules!(
                    asked.context.now.date() <= *until => "the notice still stands",
                    !self.of(call).any(at(Where::Shown)) => "nothing undisputed waits",
                );
                Open
            }
            NoticeAct::Object { objection, .. } => {
                rules!(self.objections.contains_key(objection.as_str()) => "there is such an objection already");
                Open
            }
            NoticeAct::Check { .. } => Open,
            NoticeAct::Settle { objection, .. } => {
                let Some((_, checked)) = self.objections.get(objection.as_str()) else { return wrong("there is no such objection") };
                rules!(
                    checked.is_none() => "nobody looked into it",
                    checked.as_deref() == Some(asked.context.user.as_str()) => "four eyes",
                );
                Open
            }
        }
    }

    pub fn payment(&self, act: &PaymentAct, user: &str) -> View {
        let so_far = |batch: &casework::id::BatchId, states: &[&str]| self.batches.get(batch.as_str()).is_some_and(|(_, _, state)| states.contains(state));
        match act {
            PaymentAct::Plan { batch, .. } => rules!(self.batches.contains_key(batch.as_str()) => "there is such a batch already"),
            PaymentAct::Request { batch, .. } => {
                rules!(!so_far(batch, &["planned"]) => "the batch is not planned");
                rules!(self.batches.get(batch.as_str()).is_some_and(|(_, by, _)| by == user) => "four eyes");
            }
            PaymentAct::Cancel { batch } => rules!(!so_far(batch, &["planned", "requested"]) => "the batch is sent"),
            PaymentAct::Pay { batch, .. } => rules!(!so_far(batch, &["requested"]) => "nobody asked for its payment"),
            PaymentAct::Report { batch, .. } => rules!(!so_far(batch, &["sent"]) => "the batch is not at the bank"),
            PaymentAct::Mend { case, account } => {
                let firm = self.files.get(case.as_str()).and_then(|file| self.firms.get(&file.firm));
                rules!(firm.and_then(|(_, verified)| verified.as_ref()) != Some(account) => "nobody verified the account");
            }
            PaymentAct::Drop { .. } => {}
        }
        Open
    }

    /// Whether an application names another credit code than the register has of the firm.
    pub fn is_anothers(&self, firm: &str, application: &Value) -> bool {
        let code = application["applicant"]["uscc"].as_str().map(|code| code.trim().to_uppercase());
        code.is_some() && code != self.firms.get(firm).map(|(code, _)| code.clone())
    }

    /// The cases of a call, by their names.
    pub fn of<'a>(&'a self, call: &str) -> impl Iterator<Item = (&'a String, &'a File)> + use<'a> {
        self.files_of.get(call).into_iter().flatten().filter_map(|case| self.files.get_key_value(case))
    }

    pub fn until(&self, from: Date, period: Period) -> Date {
        let Some(calendar) = &self.calendar else { return from };
        match period {
            Period::Days(days) => calendar.deadline_days(from, days).date,
            Period::WorkingDays(days) => calendar.deadline_working_days(from, days).date,
        }
    }

    /// What the rules give when a case is handed in.
    pub fn given_now(&self, case: &str) -> Vec<i128> {
        let given = self.files.get(case).and_then(|file| self.given(file, self.rounds.get(&file.call)?));
        given.unwrap_or_default()
    }

    /// Divides the pools of a call among its cases, inner pools first, with what each pool is said to hold. What it gives to
    /// each claim, and the sums by pool.
    pub fn divide(&self, call: &str, held: &[(String, i128)]) -> (Vec<(String, i128, i128)>, Vec<Part>) {
        let Some(round) = self.rounds.get(call) else { return Default::default() };
        let Some(law) = self.laws.get(round.call.version.as_str()) else { return Default::default() };
        let mut waiting: Vec<(&String, &File)> = self.of(call).filter(|(_, file)| matches!(file.at, Where::At(_))).collect();
        waiting.sort_by_key(|(case, file)| (file.handed_in, *case));
        let mut claims: Vec<Wanted> = Vec::new();
        for (case, file) in &waiting {
            for claim in file.claims.iter().filter(|claim| pools_of(law, &claim.clause).any(|pool| !in_turn(pool))) {
                claims.push(((*case).clone(), claim.clause.clone(), claim.set.unwrap_or(0), file.application["facts"]["评审得分"].as_i64()));
            }
        }
        let mut sums = Vec::new();
        for (name, held) in held {
            let Some(pool) = law.pools.iter().find(|pool| pool.name == *name) else { continue };
            let member = |claim: &Wanted| law.clause_named(&claim.1).is_some_and(|clause| pool.members.contains(&clause));
            let mut mine: Vec<Wanted> = claims.iter().filter(|claim| member(claim)).cloned().collect();
            // What an approved plan keeps for a firm is its own, and not shared.
            let mut kept: BTreeMap<(String, String), i128> = BTreeMap::new();
            let mut own = Vec::new();
            for (case, clause, amount, _) in &mut mine {
                let firm = self.files.get(case).map(|file| file.firm.clone()).unwrap_or_default();
                let book = round.call.pool_book(name).map(ToString::to_string).unwrap_or_default();
                let promised = || self.kept_for(&firm, clause, round.call.fund.as_str(), &book);
                let left = kept.entry((firm.clone(), clause.clone())).or_insert_with(promised);
                let served = (*left).min(*amount);
                *left -= served;
                *amount -= served;
                own.push(served);
            }
            let parts = shares(law, pool, *held, &mine);
            sums.push((name.clone(), mine.iter().map(|claim| claim.2).sum(), parts.iter().sum()));
            for (((case, clause, ..), part), own) in mine.into_iter().zip(parts).zip(own) {
                if let Some(claim) = claims.iter_mut().find(|claim| claim.0 == case && claim.1 == clause) {
                    claim.2 = part + own;
                }
            }
        }
        (sums, claims.into_iter().map(|(case, clause, part, _)| (case, clause, part)).collect())
    }
}

/// What a claim is given: case, clause, amount.
pub type Part = (String, String, i128);

/// Whether an application says something that only the office says.
pub fn says_what_the_office_says(application: &Value) -> bool {
    ["rates", "decisions", "history", "rank_only", "places"].iter().any(|name| !application[*name].is_null())
}

pub fn is_other(given: &Value, wanted: &Value) -> bool {
    !given.is_null() && given != wanted
}

fn summarise(file: &File, amounts: &[Amount]) -> View {
    rules!(amounts.len() != file.claims.len() => "not each clause has one amount");
    for claim in &file.claims {
        let Some(amount) = amounts.iter().find(|amount| amount.clause == claim.clause) else { return wrong("a clause has no amount") };
        let set = i128::from(amount.amount.0);
        rules!(
            set < 0 || set > claim.given => "more than the rules give",
            claim.given < i128::MAX && set < claim.given && amount.reason.as_deref().unwrap_or_default().trim().is_empty() => "less without a reason",
        );
    }
    Open
}

fn step_of(act: &str) -> Option<StepKind> {
    match act {
        "case.screen" => Some(StepKind::Screening),
        "case.give_opinion" | "case.confirm_opinion" => Some(StepKind::Joint),
        "case.check_site" => Some(StepKind::SiteCheck),
        "case.record_audit" => Some(StepKind::Audit),
        "case.summarise" => Some(StepKind::Summary),
        "case.deliberate" => Some(StepKind::Meeting),
        "case.approve" | "case.refuse" => Some(StepKind::Approval),
        _ => None,
    }
}

/// Where a case may be for an act; empty: not for the auditor to say.
fn allowed(act: &CaseAct) -> &'static [Where] {
    match act {
        CaseAct::Fill { .. } | CaseAct::Attach { .. } | CaseAct::Submit { .. } => &[Where::Draft],
        CaseAct::Accept { .. } | CaseAct::Decline { .. } => &[Where::HandedIn],
        CaseAct::AnswerCorrection { .. } | CaseAct::Lapse { .. } => &[Where::Correcting],
        CaseAct::Screen { .. } => &[Where::At(StepKind::Screening)],
        CaseAct::GiveOpinion { .. } | CaseAct::ConfirmOpinion { .. } | CaseAct::AskUnit { .. } | CaseAct::PassOn { .. } | CaseAct::CloseOpinions { .. } => {
            &[Where::At(StepKind::Joint)]
        }
        CaseAct::CheckSite { .. } => &[Where::At(StepKind::SiteCheck)],
        CaseAct::RecordAudit { .. } => &[Where::At(StepKind::Audit)],
        CaseAct::Summarise { .. } => &[Where::At(StepKind::Summary)],
        CaseAct::Deliberate { .. } => &[Where::At(StepKind::Meeting)],
        CaseAct::Approve { .. } => &[Where::At(StepKind::Approval)],
        CaseAct::Resume { .. } => &[Where::Resting],
        _ => &[],
    }
}

pub fn yuan(fen: i128) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}
