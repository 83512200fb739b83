//! What whoever handles a case is shown beside the record itself: what the rules give for it now, the acts that are open to the
//! person, earlier versions of the application, and what an act that the person did answered.

use super::{Reading, collection};
use crate::assess::{Known, Sought, assessed, input};
use crate::{Assessed, Loaded, Outcome, Stop};
use casework::authority::{Standing, TABLE, may};
use casework::call::{Call, StepKind};
use casework::case::{Case, CaseAct, CaseRefusal, Evidence, Sitting, Stage, WAYS};
use casework::determination::Determination;
use casework::id::RequestId;
use casework::people::{Link, Role};
use casework::{Act, Key, Refusal};
use serde_json::Value;
use store::work::Kept;
use values::{Moment, WorkCalendar};

/// An act that the person's role has at the stage of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Name of the act.
    pub act: &'static str,
    /// Why this person may not do it after all: four eyes, the role of the step, 回避.
    pub hindered: Option<CaseRefusal>,
}

/// An application as it once stood.
#[derive(Clone, Debug, PartialEq)]
pub struct Edition {
    /// The act that brought it.
    pub act: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Moment,
    /// The application.
    pub application: Value,
    /// Its papers.
    pub evidence: Vec<Evidence>,
}

impl Reading<'_> {
    /// What the rules give for a case as it now is, with trace. Errors: of the store; an application that cannot be computed.
    pub async fn assessed(&mut self, loaded: &Loaded, call: &Call, case: &Case) -> Result<Assessed, Stop> {
        let place = |claim: &casework::case::Claim| case.placed(claim, &case.application).map(|placed| placed.place);
        let sought: Vec<Sought<'_>> = case.claims.iter().map(|claim| Sought { clause: &claim.clause, set: claim.wanted(), place: place(claim) }).collect();
        let known = Known { loaded, call, assumed: &[] };
        let application = input(&mut self.work, known, (&case.organisation, Some(&case.id)), &sought, &case.application).await?;
        Ok(assessed(&loaded.scheme, &application).map_err(Refusal::Input)?)
    }

    /// How the reader stands to a case.
    #[must_use]
    pub fn stands_to_case(&self, call: &Call, case: &Case) -> Standing {
        let asked = || case.review.asks.iter().any(|ask| Some(&ask.unit) == self.person.unit.as_ref());
        match self.stands_to(call) {
            _ if self.role == Role::Applicant && self.person.organisation.as_ref() == Some(&case.organisation) => Standing::Own,
            Standing::Foreign if asked() => Standing::Asked,
            standing => standing,
        }
    }

    /// Acts of other nouns that the reader's role has to things of a call.
    #[must_use]
    pub fn may_do_to_call(&self, call: &Call, act: &str) -> bool {
        may(act, self.role, self.stands_to(call))
    }

    /// The acts that are open to the reader on a case now, in the order of the access table.
    pub async fn offers(&mut self, call: &Call, case: &Case, calendar: &WorkCalendar, now: Moment) -> Result<Vec<Offer>, Stop> {
        let standing = self.stands_to_case(call, case);
        let away = self.is_linked(case, now).await?;
        let unit = self.person.unit.clone();
        let mut out = Vec::new();
        for (act, _) in TABLE.iter().filter(|(act, _)| act.starts_with("case.") && may(act, self.role, standing)) {
            let archived =
                *act == "case.archive" && matches!(case.stage, Stage::Paid | Stage::Withdrawn | Stage::Declined | Stage::Refused | Stage::Terminated);
            if archived {
                out.push(Offer { act, hindered: away.then_some(CaseRefusal::Recused) });
                continue;
            }
            if !WAYS.iter().any(|way| way.act == *act && way.from.contains(&case.stage)) || !self.is_waited_for(act, case) {
                continue;
            }
            let sitting = Sitting { act, call, calendar, user: &self.person.id, role: self.role, unit: unit.as_ref(), now };
            let hindered = if away { Some(CaseRefusal::Recused) } else { case.open_to(&sitting).err() };
            out.push(Offer { act, hindered });
        }
        Ok(out)
    }

    /// Whether an act of a unit has a question of the unit to answer.
    fn is_waited_for(&self, act: &str, case: &Case) -> bool {
        let of_unit = || case.review.asks.iter().filter(|ask| Some(&ask.unit) == self.person.unit.as_ref() && ask.is_open());
        match act {
            "case.give_opinion" => of_unit().next().is_some(),
            "case.confirm_opinion" => of_unit().any(|ask| ask.opinions.last().is_some_and(|opinion| opinion.worth == casework::case::Worth::Stale)),
            // Everything that is to be mended is told at once.
            "case.ask_correction" => case.review.correction.is_none(),
            "case.resume" => case.stage == Stage::Suspended,
            "case.recount" => case.waited_for().is_some_and(|clock| clock.provisional),
            _ => true,
        }
    }

    async fn is_linked(&mut self, case: &Case, now: Moment) -> Result<bool, Stop> {
        if self.role == Role::Applicant {
            return Ok(false);
        }
        let links: Vec<Link> = self.work.list("user_id", &Key::from(self.person.id.as_str())).await?;
        let holds = links.iter().any(|link| link.organisation == case.organisation && link.holds(now.date()));
        Ok(holds || self.person.links.contains(&case.organisation))
    }

    /// The applications that were handed in for a case, the first first: as submitted, after the correction, as determined. What
    /// was filled in before is the applicant's. Of a case that the reader sees; versions whose words left the log are not there.
    pub async fn editions(&mut self, case: &Case) -> Result<Vec<Edition>, Stop> {
        let mut out: Vec<Edition> = Vec::new();
        let mut draft: Option<(Value, Vec<Evidence>)> = None;
        for event in self.work.events_about(case.id.as_str()).await? {
            let Ok(Act::Case(act)) = serde_json::from_str::<Act>(&event.input) else { continue };
            match act {
                CaseAct::Start { application, evidence, .. } | CaseAct::Fill { application, evidence, .. } => draft = Some((application, evidence)),
                CaseAct::Attach { evidence, .. } => draft.iter_mut().for_each(|(_, papers)| papers.push(evidence.clone())),
                CaseAct::AnswerCorrection { application, evidence, .. } => draft = Some((application, evidence)),
                CaseAct::Submit { .. } => {}
                _ => continue,
            }
            let Some((application, evidence)) = draft.clone().filter(|_| matches!(event.act.as_str(), "case.submit" | "case.answer_correction")) else {
                continue;
            };
            out.push(Edition { act: event.act, by: event.user.to_string(), at: event.at, application, evidence });
        }
        if let Some(id) = &case.determination
            && let Some(frozen) = self.work.peek::<Determination>(id.as_str()).await?
        {
            let application = serde_json::from_str(&frozen.application).unwrap_or_default();
            let evidence = case.evidence.clone();
            out.push(Edition { act: "case.approve".into(), by: frozen.by.to_string(), at: frozen.at, application, evidence });
        }
        Ok(out)
    }

    /// What an act answered that the reader did under a request; none: there is none of the reader's.
    pub async fn done(&mut self, request: &RequestId) -> Result<Option<(String, Outcome)>, Stop> {
        let Some(event) = self.work.answered(request).await? else { return Ok(None) };
        let own = event.user == self.person.id && event.role == self.role;
        Ok(serde_json::from_str(&event.outcome).ok().filter(|_| own).map(|outcome| (event.act, outcome)))
    }

    /// How many records of a list there are under a filter, as far as the database can count what the reader sees; as many as
    /// `at_most` where there are more. None: each would have to be looked at.
    pub async fn count(&mut self, collection: &super::Collection, wanted: &[(&str, &str)], at_most: i64) -> Result<Option<i64>, Stop> {
        let (sight, kind) = collection.sight(self.role).zip(collection.kind()).ok_or(Refusal::Denied)?;
        let mut filters = super::filters(collection, kind.table, self.role, wanted)?;
        let narrowed = self.narrowed(sight, kind.table).await?;
        let whole = matches!(sight, super::Sight::All) || narrowed.is_some();
        filters.extend(narrowed);
        Ok(if whole { Some(self.work.count_of(kind.table, &filters, at_most).await?) } else { None })
    }

    /// How many cases of a call there are at each stage. Of a call that the reader's unit has to do with, or for who sees all.
    pub async fn stages_of(&mut self, call: &Call) -> Result<Vec<(String, i64)>, Stop> {
        let sees = collection("cases").and_then(|cases| cases.sight(self.role));
        let own = sees.is_some_and(|sight| sight == super::Sight::All || (sight == super::Sight::Unit && self.stands_to(call) != Standing::Foreign));
        if !own {
            return Ok(Vec::new());
        }
        Ok(self.work.counts_by(<Case as casework::Record>::TABLE, "stage", &[("call_id", vec![Key::from(call.id.as_str())])]).await?)
    }

    /// Records of a collection whose column, or id, begins with some signs, as far as the reader sees them.
    pub async fn beginning(&mut self, name: &str, column: &'static str, with: &str, at_most: usize) -> Result<Vec<super::Read>, Stop> {
        let Some(of) = collection(name).filter(|of| of.sight(self.role).is_some()) else { return Ok(Vec::new()) };
        let Some(kind) = of.kind() else { return Ok(Vec::new()) };
        let found = self.work.beginning(kind.table, column, with, super::at_most(at_most)).await?;
        self.all_shown(of, &found).await
    }

    async fn all_shown(&mut self, of: &super::Collection, found: &[Kept]) -> Result<Vec<super::Read>, Stop> {
        let mut out = Vec::new();
        for kept in found {
            out.extend(self.shown(of, kept).await?);
        }
        Ok(out)
    }
}

/// Steps of the way of a case that are still before it.
#[must_use]
pub fn steps_ahead(call: &Call, case: &Case) -> Vec<StepKind> {
    let at = match case.stage {
        Stage::Submitted | Stage::Draft | Stage::Correcting => None,
        Stage::Review(kind) => Some(kind),
        _ => return Vec::new(),
    };
    call.workflow.steps.iter().map(|step| step.kind).filter(|kind| at.is_none_or(|at| *kind > at)).collect()
}
