//! The auditor's own files on policy versions, guides, the working calendar and the log: by which way a version comes into
//! force, what hinders a call or a case, which papers stand.

use crate::auditor::View::{Open, Right};
use crate::auditor::{Auditor, File, Person, Round, View, rules, wrong};
use crate::generator::Asked;
use casework::Act;
use casework::calendar::CalendarAct;
use casework::call::Call;
use casework::chain::Fingerprint;
use casework::chain::checkpoint::LogAct;
use casework::document::DocumentAct;
use casework::guide::{Guide, GuideAct};
use casework::policy_version::{Anchor, ClauseChange, ClauseStatus, Pending, PolicyAct, PolicyVersion};
use casework::recognition::RecognitionKind;
use office::Outcome;
use serde_json::Value;
use values::{Date, WorkCalendar};

/// How far a version has come, in the auditor's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Step {
    #[default]
    Drafted,
    UnitsAsked,
    PublicAsked,
    Answered,
    Fair,
    Lawful,
    Decided,
    Issued,
}

/// The life of a version.
#[derive(Clone, Default)]
pub struct Life {
    /// Unit of the drafter.
    pub lead: String,
    pub step: Step,
    /// Who wrote any of it.
    writers: Vec<String>,
    text: String,
    units: Vec<(String, bool)>,
    units_until: Option<Date>,
    public_until: Option<Date>,
    answered: bool,
    waived: bool,
    /// The texts that passed each review and the decision.
    fair: Option<String>,
    lawful: Option<String>,
    decided: Option<String>,
    issued: Option<Date>,
    since: Option<Date>,
    until: Option<Date>,
    ended: Option<Date>,
    clauses: Vec<ClauseChange>,
    pub recognised: Vec<(String, RecognitionKind)>,
    duties: Vec<String>,
}

impl Life {
    fn in_force(&self, on: Date) -> bool {
        self.since.is_some_and(|since| since <= on) && self.until.is_none_or(|until| on <= until) && self.ended.is_none_or(|ended| on < ended)
    }

    /// Whether a call that judges facts on a day may run it.
    fn runs(&self, today: Date, as_of: Date) -> bool {
        self.since.is_some_and(|since| since <= today) && (self.in_force(today) || self.in_force(as_of))
    }

    /// What was last said of a clause.
    fn clause(&self, clause: &str, on: Date) -> Option<&ClauseChange> {
        self.clauses.iter().rfind(|change| change.clause == clause && change.from <= on)
    }

    fn suspended(&self, clause: &str, on: Date) -> bool {
        self.clause(clause, on).is_some_and(|change| change.status != ClauseStatus::InForce)
    }

    fn stopped(&self, clause: &str, on: Date) -> bool {
        self.clause(clause, on).is_some_and(|change| change.status != ClauseStatus::InForce && change.pending == Pending::Stop)
    }
}

fn blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// The version an act on a life is about.
pub fn version_of(act: &PolicyAct) -> String {
    let value = serde_json::to_value(act).unwrap_or_default();
    let inner = value.as_object().and_then(|act| act.values().next()).cloned().unwrap_or_default();
    inner["policy"].as_str().or_else(|| inner["version"]["id"].as_str()).unwrap_or_default().to_owned()
}

impl Auditor {
    /// A version was drafted.
    pub fn drafted(&mut self, version: &PolicyVersion, by: &str) {
        let lead = self.people.get(by).and_then(|person| person.unit.clone()).unwrap_or_default();
        let life = Life { lead, writers: vec![by.to_owned()], text: version.scheme_hash.clone(), ..Life::default() };
        self.lives.insert(version.id.to_string(), life);
    }

    pub fn policy(&self, act: &PolicyAct, asked: &Asked, person: &Person) -> View {
        let (user, today) = (asked.context.user.as_str(), asked.context.now.date());
        let id = version_of(act);
        let Some(life) = self.lives.get(&id) else { return wrong("there is no such version") };
        let checks = matches!(
            act,
            PolicyAct::Release { .. }
                | PolicyAct::Waive { .. }
                | PolicyAct::ReviewCompetition { .. }
                | PolicyAct::ReviewLegality { .. }
                | PolicyAct::Resolve { .. }
                | PolicyAct::Publish { .. }
                | PolicyAct::SetClause { .. }
        );
        rules!(checks && life.writers.iter().any(|writer| writer == user) => "who wrote it may not check it");
        let at = |steps: &[Step]| steps.contains(&life.step);
        match act {
            PolicyAct::Revise { .. } => {
                rules!(!at(&[Step::Drafted]) => "it is no draft any more");
                // The hash may be another than that of the files, or that of another version.
                return Open;
            }
            PolicyAct::Consult { units, .. } => rules!(
                units.iter().any(|unit| !self.units.contains_key(unit.as_str())) => "a unit is unknown",
                !at(&[Step::Drafted]) => "it is no draft any more",
                units.is_empty() => "nobody is asked",
            ),
            PolicyAct::Reply { view, words, .. } => rules!(
                !at(&[Step::UnitsAsked]) => "no unit is asked",
                blank(words) && *view != casework::policy_version::View::Agrees => "nothing is said",
                !life.units.iter().any(|(unit, said)| Some(unit) == person.unit.as_ref() && !said) => "the unit was not asked, or answered",
            ),
            PolicyAct::Invite { basis, .. } => {
                let waits = life.units.iter().any(|(_, said)| !said) && life.units_until.is_some_and(|until| today <= until);
                rules!(
                    !at(&[Step::Drafted, Step::UnitsAsked]) => "the public cannot be asked now",
                    blank(basis) => "it rests on nothing",
                    waits => "units may still answer",
                );
            }
            PolicyAct::Comment { comment, words, anchor, .. } => {
                rules!(
                    self.comments.contains_key(comment.as_str()) => "there is such a comment already",
                    !at(&[Step::PublicAsked]) || life.public_until.is_none_or(|until| today > until) => "the public is not asked",
                    blank(words) => "nothing is said",
                );
                return if *anchor == Anchor::Whole { Right } else { Open };
            }
            PolicyAct::Answer { answers, .. } => {
                let strange = |comment: &str| self.comments.get(comment).is_none_or(|(of, _, released)| *of != id || *released);
                rules!(
                    !at(&[Step::PublicAsked]) => "the public is not asked",
                    answers.iter().any(|answer| strange(answer.comment.as_str())) => "a comment is not there, or is answered",
                    answers.iter().any(|answer| blank(&answer.reason)) => "no reason is given",
                );
            }
            PolicyAct::Release { .. } => rules!(
                !at(&[Step::PublicAsked]) => "the public is not asked",
                life.public_until.is_none_or(|until| today <= until) => "the public may still comment",
                self.comments.values().any(|(of, answered, _)| *of == id && !answered) => "a comment has no answer",
            ),
            PolicyAct::Waive { reason, .. } => rules!(
                !at(&[Step::Drafted, Step::UnitsAsked]) => "the public was asked",
                blank(reason) => "no reason is given",
            ),
            PolicyAct::Redraft { reason, .. } => rules!(
                at(&[Step::Drafted, Step::PublicAsked, Step::Issued]) => "it cannot go back now",
                blank(reason) => "no reason is given",
            ),
            PolicyAct::ReviewCompetition { number, on, conclusion, .. } => rules!(
                *on > today => "it is of the future",
                !at(&[Step::Drafted, Step::UnitsAsked, Step::Answered]) || !(life.answered || life.waived) => "the public was not heard",
                blank(number) || blank(conclusion) => "it says too little",
            ),
            PolicyAct::ReviewLegality { number, on, conclusion, .. } => rules!(
                *on > today => "it is of the future",
                !at(&[Step::Fair]) => "it is not so far",
                blank(number) || blank(conclusion) => "it says too little",
            ),
            PolicyAct::Resolve { minutes, .. } => rules!(!at(&[Step::Lawful]) => "it is not so far", blank(minutes) => "it says too little"),
            PolicyAct::Publish { issue, replaces, .. } => {
                let this = Some(&life.text);
                rules!(
                    !at(&[Step::Decided]) => "it is not so far",
                    blank(&issue.number) => "it says too little",
                    life.fair.as_ref() != this || life.lawful.as_ref() != this || life.decided.as_ref() != this => "another text was reviewed",
                    issue.on > today || issue.effective < issue.on || issue.until.is_some_and(|until| until < issue.effective) => "its days cannot be",
                );
                if let Some(before) = replaces {
                    let Some(before) = self.lives.get(before.as_str()) else { return wrong("it replaces nothing") };
                    rules!(before.lead != life.lead => "it would end another unit's");
                    return self.ends(before, issue.effective);
                }
            }
            PolicyAct::Repeal { on, instrument, .. } => {
                rules!(blank(instrument) => "it says too little");
                return self.ends(life, *on);
            }
            PolicyAct::SetClause { change, .. } => rules!(
                self.laws.get(&id).is_none_or(|law| law.clause_named(&change.clause).is_none()) => "there is no such clause",
                !at(&[Step::Issued]) => "it is not issued",
                blank(&change.instrument) => "it says too little",
                life.clauses.iter().any(|before| before.clause == change.clause && before.from > change.from) => "it is earlier than the one before",
            ),
            PolicyAct::Recognise { facts, .. } => {
                rules!(facts.iter().any(|(fact, _)| self.laws.get(&id).is_none_or(|law| law.fact_named(fact).is_none())) => "there is no such fact");
            }
            PolicyAct::Done { duty, on, document, .. } => rules!(
                !at(&[Step::Issued]) => "it is not issued",
                blank(document) => "it says too little",
                *on > today || life.issued.is_none_or(|issued| *on < issued) => "its day cannot be",
                life.duties.contains(&format!("{duty:?}")) => "it was done before",
            ),
        }
        Right
    }

    fn ends(&self, life: &Life, on: Date) -> View {
        rules!(
            life.step != Step::Issued => "it is not issued",
            life.ended.is_some() => "it has ended",
            life.since.is_none_or(|since| on <= since) => "it ends before it begins",
        );
        Right
    }

    pub fn record_policy(&mut self, act: &PolicyAct, asked: &Asked) {
        let today = asked.context.now.date();
        let id = version_of(act);
        let unit = self.people.get(asked.context.user.as_str()).and_then(|person| person.unit.clone());
        let until = match act {
            PolicyAct::Consult { period, .. } | PolicyAct::Invite { period, .. } => Some(self.until(today, *period)),
            _ => None,
        };
        if let PolicyAct::Publish { issue, replaces: Some(before), .. } = act
            && let Some(before) = self.lives.get_mut(before.as_str())
        {
            before.ended = Some(issue.effective);
        }
        let Some(life) = self.lives.get_mut(&id) else { return };
        match act {
            PolicyAct::Revise { version } => {
                life.writers.push(asked.context.user.to_string());
                life.text.clone_from(&version.scheme_hash);
                self.enact(version);
            }
            PolicyAct::Consult { units, .. } => {
                life.units = units.iter().map(|unit| (unit.to_string(), false)).collect();
                (life.units_until, life.step) = (until, Step::UnitsAsked);
            }
            PolicyAct::Reply { .. } => {
                if let Some(of) = life.units.iter_mut().find(|(of, said)| unit.as_ref().is_some_and(|unit| unit == of) && !*said) {
                    of.1 = true;
                }
            }
            PolicyAct::Invite { .. } => (life.public_until, life.answered, life.step) = (until, false, Step::PublicAsked),
            PolicyAct::Comment { comment, .. } => {
                self.comments.insert(comment.to_string(), (id, false, false));
            }
            PolicyAct::Answer { answers, .. } => {
                for answer in answers {
                    self.comments.entry(answer.comment.to_string()).and_modify(|comment| comment.1 = true);
                }
            }
            PolicyAct::Release { .. } => {
                (life.answered, life.step) = (true, Step::Answered);
                for comment in self.comments.values_mut().filter(|comment| comment.0 == id) {
                    comment.2 = true;
                }
            }
            PolicyAct::Waive { .. } => life.waived = true,
            PolicyAct::Redraft { .. } => life.step = Step::Drafted,
            PolicyAct::ReviewCompetition { passed, .. } => {
                life.fair = passed.then(|| life.text.clone());
                life.step = if *passed { Step::Fair } else { Step::Drafted };
            }
            PolicyAct::ReviewLegality { passed, .. } => {
                life.lawful = passed.then(|| life.text.clone());
                life.step = if *passed { Step::Lawful } else { Step::Drafted };
            }
            PolicyAct::Resolve { .. } => (life.decided, life.step) = (Some(life.text.clone()), Step::Decided),
            PolicyAct::Publish { issue, .. } => {
                (life.issued, life.since, life.until, life.step) = (Some(issue.on), Some(issue.effective), issue.until, Step::Issued);
            }
            PolicyAct::Repeal { on, .. } => life.ended = Some(*on),
            PolicyAct::SetClause { change, .. } => life.clauses.push(change.clone()),
            PolicyAct::Recognise { facts, .. } => life.recognised.clone_from(facts),
            PolicyAct::Done { duty, .. } => life.duties.push(format!("{duty:?}")),
        }
    }

    /// Why a call may not be prepared or opened under its version, if something hinders it.
    pub fn hinders_call(&self, call: &Call, today: Date) -> Option<&'static str> {
        let Some(life) = self.lives.get(call.version.as_str()) else { return Some("there is no such version") };
        if !life.runs(today, call.as_of) {
            return Some("its policy is not in force");
        }
        call.clauses.iter().any(|clause| life.suspended(clause, today)).then_some("a clause is not in force")
    }

    /// Why a case may not be handed in or determined, if something outside of it hinders it.
    pub fn hinders_case(&self, file: &File, round: &Round, today: Date, determines: bool) -> Option<&'static str> {
        let life = self.lives.get(round.call.version.as_str())?;
        let out = |clause: &str| if determines { life.stopped(clause, today) } else { life.suspended(clause, today) };
        if file.claims.iter().any(|claim| out(&claim.clause)) {
            return Some("a clause is not in force");
        }
        if !determines && self.barred(&file.firm, today) {
            return Some("the firm may not apply for a time");
        }
        let claims = |fact: &str| says_yes(&file.application["facts"][fact]);
        let mut facts = life.recognised.iter().filter(|(fact, _)| claims(fact));
        facts.any(|(fact, kind)| !self.proven(&file.firm, fact, *kind, round.call.as_of)).then_some("no recognition proves a fact")
    }

    /// Whether a call may name a guide.
    pub fn guide_serves(&self, call: &Call, today: Date) -> bool {
        let serves = |(policy, from, until): &(String, Date, Option<Date>)| {
            *policy == *call.version.as_str() && *from <= today && until.is_none_or(|until| today <= until)
        };
        call.guide.as_ref().is_none_or(|guide| self.guides.get(guide.as_str()).is_some_and(serves))
    }

    pub fn document(&self, act: &DocumentAct) -> View {
        match act {
            DocumentAct::Issue { documents, .. } => {
                let taken = |id: &str| self.documents.contains_key(id);
                rules!(documents.is_empty() || documents.iter().any(|wanted| taken(wanted.document.as_str())) => "there is none, or such a document already");
                return Open;
            }
            DocumentAct::Void { document, reason } => {
                let Some((_, void)) = self.documents.get(document.as_str()) else { return wrong("there is no such document") };
                rules!(*void => "it is void already", blank(reason) => "nobody says why");
            }
            DocumentAct::PutLetterhead { letterhead } => rules!(
                !self.units.contains_key(letterhead.unit.as_str()) => "there is no such unit",
                blank(&letterhead.organ) || blank(&letterhead.code) => "it says too little",
            ),
        }
        Right
    }

    pub fn record_document(&mut self, act: &DocumentAct) -> Option<Outcome> {
        match act {
            DocumentAct::Issue { documents, .. } => {
                let lead = self.about(&Act::Document(act.clone())).lead.unwrap_or_default();
                self.documents.extend(documents.iter().map(|wanted| (wanted.document.to_string(), (lead.clone(), false))));
                return None;
            }
            DocumentAct::Void { document, .. } => drop(self.documents.entry(document.to_string()).and_modify(|(_, void)| *void = true)),
            DocumentAct::PutLetterhead { .. } => {}
        }
        Some(Outcome::Done)
    }

    pub fn guide(&self, act: &GuideAct, today: Date) -> View {
        let GuideAct::Issue { guide } = act;
        let Some(law) = self.laws.get(guide.policy.as_str()) else { return wrong("there is no such policy") };
        let strange = |words: &str, clause: &Option<String>| {
            blank(words) || !guide.text.contains(words) || clause.as_ref().is_some_and(|clause| law.clause_named(clause).is_none())
        };
        rules!(
            self.guides.contains_key(guide.id.as_str()) => "there is such a guide already",
            blank(&guide.title) || blank(&guide.number) || blank(&guide.text) => "it says too little",
            guide.on > today || guide.valid.1.is_some_and(|until| until < guide.valid.0) => "its days cannot be",
            Fingerprint::of(guide.text.as_bytes()) != guide.digest => "its text is another",
            guide.definitions.iter().any(|definition| strange(&definition.words, &definition.clause)) => "a definition does not stand in it",
            guide.replaces.as_ref().is_some_and(|before| self.guides.get(before.as_str()).is_none_or(|(of, ..)| *of != *guide.policy.as_str()))
                => "it replaces none of the policy",
        );
        Right
    }

    pub fn record_guide(&mut self, guide: &Guide, today: Date) {
        self.guides.insert(guide.id.to_string(), (guide.policy.to_string(), guide.valid.0, guide.valid.1));
        // The first guide after issuing is one of the things that were due.
        if let Some(life) = self.lives.get_mut(guide.policy.as_str())
            && life.step == Step::Issued
            && guide.on <= today
            && life.issued.is_some_and(|issued| issued <= guide.on)
        {
            life.duties.push("Guide".into());
        }
    }

    /// The calendar with a notice, or what is wrong with it.
    fn with_notice(&self, act: &CalendarAct) -> Option<WorkCalendar> {
        let CalendarAct::Load { year, days, amends, .. } = act;
        let calendar = self.calendar.as_ref()?;
        if *amends { calendar.with_year_amended(*year, days) } else { calendar.with_year(*year, days) }.ok()
    }

    pub fn calendar(&self, act: &CalendarAct, today: Date) -> View {
        let CalendarAct::Load { number, on, .. } = act;
        rules!(
            blank(number) => "it says too little",
            *on > today => "it is of the future",
            self.with_notice(act).is_none() => "its days cannot be read, or change what is published",
        );
        Right
    }

    pub fn record_calendar(&mut self, act: &CalendarAct) {
        self.calendar = self.with_notice(act);
    }

    /// The auditor does not see the log; it knows how long it is.
    pub fn log(&self, act: &LogAct) -> View {
        let LogAct::Checkpoint { checkpoint } = act;
        rules!(
            self.checkpoints.contains(checkpoint.id.as_str()) => "there is such a checkpoint already",
            checkpoint.seq < 1 || checkpoint.seq > i64::try_from(self.done.len()).unwrap_or(i64::MAX) => "the log is not so long",
        );
        Open
    }

    /// What an act of these nouns does; what it must answer, where that is certain.
    pub fn record_papers(&mut self, asked: &Asked) -> Option<Outcome> {
        use casework::Act;
        match &asked.act {
            Act::Policy(act) => self.record_policy(act, asked),
            Act::Guide(GuideAct::Issue { guide }) => self.record_guide(guide, asked.context.now.date()),
            Act::Calendar(act) => {
                self.record_calendar(act);
                return None;
            }
            Act::Log(LogAct::Checkpoint { checkpoint }) => drop(self.checkpoints.insert(checkpoint.id.to_string())),
            _ => return None,
        }
        Some(Outcome::Done)
    }
}

/// Yes, in any year.
fn says_yes(value: &Value) -> bool {
    match value {
        Value::Bool(yes) => *yes,
        Value::Object(years) => years.values().any(says_yes),
        _ => false,
    }
}
