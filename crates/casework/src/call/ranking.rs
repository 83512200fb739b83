//! What a call settles for all its cases at once, before any is determined: places among them, and rates with their source.

use super::{Call, CallRefusal, CallStage};
use crate::case::{Case, Stage};
use crate::id::{CaseId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use values::Moment;

/// Records of a ranking of all (全部记录) that do not apply here, as the organiser lists them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Others {
    /// Where they are known from.
    pub source: String,
    /// The facts that are compared, of each; no names. Who applies in the call is not among them.
    pub facts: Vec<Value>,
}

/// A ranking that was done (排名). The places stand in the claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Ranking {
    /// The clause.
    pub clause: String,
    /// How many cases took part.
    pub cases: u32,
    /// How many records beside them.
    pub others: u32,
    /// Where those are known from.
    pub source: Option<String>,
    /// Why it was done again.
    pub reason: Option<String>,
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Moment,
}

/// A rate or another parameter that the policy leaves open (汇率), as an officer entered it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Rate {
    /// Currency or name of the parameter.
    pub name: String,
    /// Its value, as it is written in an application.
    pub value: String,
    /// Where it is known from: who publishes it, of which day.
    pub source: String,
    /// Who entered it.
    pub by: UserId,
    /// When.
    pub at: Moment,
}

/// Of the cases of a call the first that is determined: from then on places and rates stand. A refusal rests on neither.
fn determined(cases: &[Case]) -> Option<&CaseId> {
    cases.iter().find(|case| case.determination.is_some() && case.stage != Stage::Refused).map(|case| &case.id)
}

impl Call {
    /// Whether its cases may be ranked now under a clause.
    ///
    /// Errors: it still takes applications or is shared; a case is determined; ranked before and no reason; amounts not set.
    pub fn may_rank(&self, clause: &str, cases: &[Case], reason: Option<&str>) -> Result<(), CallRefusal> {
        if self.stage != CallStage::Closed {
            return Err(CallRefusal::Stage { stage: self.stage });
        }
        let of: Vec<Case> = cases.iter().filter(|case| case.claims.iter().any(|claim| claim.clause == clause)).cloned().collect();
        if let Some(case) = determined(&of) {
            return Err(CallRefusal::Determined { case: case.clone() });
        }
        if self.rankings.iter().any(|ranking| ranking.clause == clause) && reason.is_none_or(|reason| reason.trim().is_empty()) {
            return Err(CallRefusal::RankedBefore { clause: clause.to_owned() });
        }
        let open = of.iter().filter(|case| case.is_under_way() && !case.is_set()).count();
        if open > 0 { Err(CallRefusal::CasesOpen { open }) } else { Ok(()) }
    }

    /// Enters a rate, in place of one of the same name.
    ///
    /// Errors: the call is shared or put away; a case is determined; no source.
    pub fn set_rate(&mut self, rate: Rate, cases: &[Case]) -> Result<(), CallRefusal> {
        if matches!(self.stage, CallStage::Shared | CallStage::Archived) {
            return Err(CallRefusal::Stage { stage: self.stage });
        }
        if let Some(case) = determined(cases) {
            return Err(CallRefusal::Determined { case: case.clone() });
        }
        if rate.source.trim().is_empty() {
            return Err(CallRefusal::NoSource);
        }
        self.rates.retain(|known| known.name != rate.name);
        self.rates.push(rate);
        Ok(())
    }
}
