//! Recognitions: official acts that prove a fact of the scheme – an enterprise recognised, an incubator designated, a
//! training agreed to, a plan approved before it is carried out – and the budget that an approved plan keeps.

use crate::acts;
use crate::chain::Fingerprint;
use crate::id::{BookId, CaseId, EntryId, OrganisationId, PolicyVersionId, RecognitionId, UnitId, UserId};
use crate::record::{Column, Key, Record, Table};
use policy::application::{Application, FactValue};
use policy::scheme::Scheme;
use serde::{Deserialize, Serialize};
use values::{Date, Fen, Moment};

/// What kind of act it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecognitionKind {
    /// 认定
    Recognised,
    /// 指定
    Designated,
    /// 同意
    Agreed,
    /// 活动审批
    PlanApproved,
}

/// Money that a recognition promises (活动审批方案).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Promise {
    /// Clause it will be awarded under.
    pub clause: String,
    /// Budget that keeps it.
    pub fund: BookId,
    /// Pool that keeps it, where the clause draws on one.
    pub pool: Option<BookId>,
    /// How much at most.
    pub amount: Fen,
    /// Last day on which it is kept.
    pub keep_until: Date,
}

/// How a recognition was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Revocation {
    /// First day on which it is not valid.
    pub on: Date,
    /// Number of the document.
    pub number: String,
    /// Why.
    pub reason: String,
}

/// An official act that proves a fact (认定、指定、同意、活动审批).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Recognition {
    /// Id.
    pub id: RecognitionId,
    /// What kind of act.
    pub kind: RecognitionKind,
    /// Number of the document (文号).
    pub number: String,
    /// Day of the act.
    pub on: Date,
    /// First and last day of its validity; without a last day it is valid until it is revoked.
    pub valid: (Date, Option<Date>),
    /// Unit that did it.
    pub issuer: UnitId,
    /// Whom it is about.
    pub organisation: OrganisationId,
    /// What it is about: the plan, the training, the incubator.
    pub subject: String,
    /// Policy version whose fact it proves.
    pub policy: PolicyVersionId,
    /// The fact.
    pub fact: String,
    /// Fingerprint of the document.
    pub document: Fingerprint,
    /// Money it promises.
    pub promise: Option<Promise>,
    /// What of the promise is still kept.
    #[serde(default)]
    pub kept: Fen,
    /// What cases drew of the promise.
    #[serde(default)]
    pub drawn: Vec<(CaseId, Fen)>,
    /// How it was taken back.
    #[serde(default)]
    pub revoked: Option<Revocation>,
    /// Who entered it and when.
    #[serde(default)]
    pub issued: Option<(UserId, Moment)>,
}

/// A fact that an application claims and no recognition proves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Unproven {
    /// The fact.
    pub fact: String,
    /// What kind of act it needs.
    pub kind: RecognitionKind,
    /// Number of an act that does not suffice: of another time, or revoked.
    pub found: Option<String>,
}

/// Why an act on a recognition is refused, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecognitionRefusal {
    /// Linked to the organisation (回避).
    #[error("this person is linked to the organisation and must keep away")]
    Recused,
    /// A document that says too little.
    #[error("{missing} is missing")]
    Incomplete {
        /// What is missing.
        missing: &'static str,
    },
    /// Done in the future, or over before it begins.
    #[error("a recognition is of today or before, and ends after it begins")]
    Dates,
    /// A fact or clause that the policy does not have.
    #[error("the policy has no fact or clause {name}")]
    Unknown {
        /// What was named.
        name: String,
    },
    /// A promise of nothing, or that is not kept at all.
    #[error("a promise is of more than nothing, and kept until its validity begins or later")]
    Promise,
    /// Taken back before.
    #[error("the recognition is revoked since {on}")]
    Revoked {
        /// Since when.
        on: Date,
    },
    /// The promise is still kept.
    #[error("the promise is kept until {until}")]
    StillKept {
        /// Last day.
        until: Date,
    },
    /// Nothing is kept.
    #[error("nothing is kept under this recognition")]
    NothingKept,
    /// The application claims what no recognition proves.
    #[error("no valid recognition proves {}", facts.join(", "))]
    Unproven {
        /// The facts.
        facts: Vec<String>,
    },
}

acts! {
    /// Acts on recognitions.
    RecognitionAct {
        /// Recognises, designates, agrees to, approves; keeps what it promises.
        Issue "recognition.issue" {
            /// The act.
            recognition: Recognition,
            /// Id of the entry that keeps the promise.
            entry: EntryId,
        }
        /// Takes it back (撤销); what was kept is free again.
        Revoke "recognition.revoke" {
            /// The act.
            recognition: RecognitionId,
            /// First day on which it is not valid.
            on: Date,
            /// Number of the document.
            number: String,
            /// Why.
            reason: String,
            /// Id of the entry that frees what was kept.
            entry: EntryId,
        }
        /// Frees what is kept after its time (到期释放).
        Release "recognition.release" { recognition: RecognitionId, entry: EntryId }
    }
}

impl Recognition {
    /// Checks an act that is to be issued. Errors, in order: incomplete, dates, promise.
    pub fn check(&self, today: Date) -> Result<(), RecognitionRefusal> {
        for (missing, text) in [("the number of the document", &self.number), ("what it is about", &self.subject), ("the fact it proves", &self.fact)] {
            if text.trim().is_empty() {
                return Err(RecognitionRefusal::Incomplete { missing });
            }
        }
        if self.on > today || self.valid.1.is_some_and(|until| until < self.valid.0) {
            return Err(RecognitionRefusal::Dates);
        }
        if self.promise.as_ref().is_some_and(|promise| promise.amount <= Fen(0) || promise.keep_until < self.valid.0) {
            return Err(RecognitionRefusal::Promise);
        }
        Ok(())
    }

    /// Whether it is valid on a day.
    #[must_use]
    pub fn is_valid(&self, on: Date) -> bool {
        self.valid.0 <= on && self.valid.1.is_none_or(|until| on <= until) && self.revoked.as_ref().is_none_or(|revoked| on < revoked.on)
    }

    /// Takes it back. What was kept is to be freed: it is given back.
    pub fn revoke(&mut self, revocation: Revocation) -> Result<Fen, RecognitionRefusal> {
        if revocation.number.trim().is_empty() || revocation.reason.trim().is_empty() {
            return Err(RecognitionRefusal::Incomplete { missing: "the number of the document, or the reason" });
        }
        if let Some(before) = &self.revoked {
            return Err(RecognitionRefusal::Revoked { on: before.on });
        }
        if revocation.on < self.valid.0 {
            return Err(RecognitionRefusal::Dates);
        }
        self.revoked = Some(revocation);
        Ok(std::mem::take(&mut self.kept))
    }

    /// Gives back what is kept once its time is over.
    pub fn release(&mut self, today: Date) -> Result<Fen, RecognitionRefusal> {
        match &self.promise {
            Some(promise) if today <= promise.keep_until => Err(RecognitionRefusal::StillKept { until: promise.keep_until }),
            _ if self.kept <= Fen(0) => Err(RecognitionRefusal::NothingKept),
            _ => Ok(std::mem::take(&mut self.kept)),
        }
    }

    /// What a case may draw of the promise for an award; it is taken from what is kept.
    pub fn draw(&mut self, case: &CaseId, clause: &str, fund: &BookId, amount: Fen) -> Fen {
        let fits = self.promise.as_ref().is_some_and(|promise| promise.clause == clause && promise.fund == *fund);
        let taken = if fits { self.kept.min(amount).max(Fen(0)) } else { Fen(0) };
        if taken > Fen(0) {
            self.kept = Fen(self.kept.0.saturating_sub(taken.0));
            self.drawn.push((case.clone(), taken));
        }
        taken
    }
}

/// Which facts an application claims that no recognition proves on a day.
///
/// `facts` are those that need one, with its kind; a fact is claimed where the application says yes, in any year.
#[must_use]
pub fn recognised(facts: &[(String, RecognitionKind)], scheme: &Scheme, application: &Application, recognitions: &[Recognition], on: Date) -> Vec<Unproven> {
    let claimed = |fact: &str| {
        let values = scheme.fact_named(fact).and_then(|id| application.facts.get(id.index()));
        values.is_some_and(|values| values.iter().any(|(_, value)| *value == FactValue::YesNo(true)))
    };
    let mut out = Vec::new();
    for (fact, kind) in facts.iter().filter(|(fact, _)| claimed(fact)) {
        let about: Vec<&Recognition> = recognitions.iter().filter(|r| r.fact == *fact && r.kind == *kind).collect();
        if !about.iter().any(|recognition| recognition.is_valid(on)) {
            out.push(Unproven { fact: fact.clone(), kind: *kind, found: about.last().map(|recognition| recognition.number.clone()) });
        }
    }
    out
}

impl Record for Recognition {
    const TABLE: &'static Table = &Table {
        name: "recognition",
        meaning: "认定、指定、同意、活动审批",
        columns: &[
            Column::text("organisation_id", "whom it is about"),
            Column::text("number", "number of the document"),
            Column::text("fact", "fact it proves"),
        ],
        changes: true,
    };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.organisation.as_str().into(), self.number.as_str().into(), self.fact.as_str().into()]
    }
}
