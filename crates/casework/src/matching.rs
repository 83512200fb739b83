//! Awards without application (免申即享): a list of those who, by what is known already, have a right to one; each is told,
//! confirms account and commitment, and so becomes a case. What an entry rests on is frozen with its source.

use crate::acts;
use crate::call::{CallStage, Period};
use crate::chain::Fingerprint;
use crate::id::{CallId, CaseId, MatchListId, OrganisationId, UserId};
use crate::organisation::Account;
use crate::record::{Column, Key, Record, Table};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use values::{Date, Fen, Moment};

/// How far a list has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListStage {
    /// 已比对
    Listed,
    /// 已复核
    Approved,
    /// 已推送
    Pushed,
}

impl ListStage {
    /// The name in tables and records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Approved => "approved",
            Self::Pushed => "pushed",
        }
    }
}

/// A list of those who get an award without applying (比对名单).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct MatchList {
    /// Id.
    pub id: MatchListId,
    /// Call it is for.
    pub call: CallId,
    /// The data it was matched from: name and number.
    pub document: String,
    /// Fingerprint of that data.
    pub digest: Fingerprint,
    /// Who is on it.
    pub organisations: Vec<OrganisationId>,
    /// Who matched it.
    pub by: UserId,
    /// When.
    pub at: Moment,
    /// How far it has come.
    pub stage: ListStage,
    /// Who checked it, and when.
    pub approved: Option<(UserId, Moment)>,
    /// When it was pushed, and until when an answer is hoped for.
    pub pushed: Option<(Moment, Date)>,
}

/// Facts with where they are known from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct FactSource {
    /// Names of the facts.
    pub facts: Vec<String>,
    /// Where they come from: a register, a recognition with its number.
    pub source: String,
    /// Fingerprint of what was read there.
    pub digest: Fingerprint,
}

/// Somebody matched, as the list is drawn up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Matched {
    /// Who.
    pub organisation: OrganisationId,
    /// For which clauses.
    pub clauses: Vec<String>,
    /// What is known, in the exchange format of an application.
    pub application: Value,
    /// Where it is known from; every fact has a source.
    pub sources: Vec<FactSource>,
}

impl Matched {
    /// The first fact that no source stands for.
    #[must_use]
    pub fn unsourced(&self) -> Option<String> {
        let facts = self.application.get("facts").and_then(Value::as_object)?;
        facts.keys().find(|fact| !self.sources.iter().any(|source| source.facts.contains(fact))).cloned()
    }

    /// Fingerprint of all of it.
    #[must_use]
    pub fn digest(&self) -> Fingerprint {
        Fingerprint::of(serde_json::to_string(self).unwrap_or_default().as_bytes())
    }
}

/// A look at somebody's credit (信用核查), as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct CreditCheck {
    /// Where was looked.
    pub source: String,
    /// Whether nothing stands against an award.
    pub clear: bool,
    /// What was found, in the words of the source.
    pub result: String,
    /// Fingerprint of what was shown.
    pub digest: Fingerprint,
}

/// How far an entry has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    /// 已比对
    Listed,
    /// 信用核查未通过: stays on the list, is not pushed.
    Excluded,
    /// 已推送
    Pushed,
    /// 已确认: became a case.
    Confirmed {
        /// The case.
        case: CaseId,
        /// Fingerprint of the commitment (承诺书).
        commitment: Fingerprint,
        /// When.
        at: Moment,
        /// After the day until which an answer was hoped for. It takes nothing away.
        late: bool,
    },
    /// 放弃: does not want it.
    Refused {
        /// When.
        at: Moment,
        /// In the enterprise's words.
        reason: String,
    },
}

impl EntryState {
    /// The name in tables and records.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Excluded => "excluded",
            Self::Pushed => "pushed",
            Self::Confirmed { .. } => "confirmed",
            Self::Refused { .. } => "refused",
        }
    }
}

/// An entry of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct MatchEntry {
    /// List and organisation.
    pub id: String,
    /// List.
    pub list: MatchListId,
    /// What was matched; never changed.
    pub matched: Matched,
    /// Fingerprint of it, taken when it was listed.
    pub digest: Fingerprint,
    /// What the rules gave by clause when it was listed.
    pub amounts: Vec<(String, Fen)>,
    /// Looks at its credit: who, when, what.
    pub checks: Vec<(UserId, Moment, CreditCheck)>,
    /// How far it has come.
    pub state: EntryState,
}

/// Why an act on a list is refused, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MatchingRefusal {
    /// The call takes nothing any more.
    #[error("the call is {}, so nothing enters it", stage.name())]
    Call {
        /// Where it is.
        stage: CallStage,
    },
    /// The list is not at this stage.
    #[error("the list is {}, so this cannot be done", stage.name())]
    Stage {
        /// Where it is.
        stage: ListStage,
    },
    /// Nobody on it.
    #[error("a list has somebody on it")]
    Empty,
    /// Those who cannot be listed, with the reason: all of them.
    #[error("{} entries cannot be listed, so none was:\n{}", .0.len(), .0.iter().map(|(who, why)| format!("{who}: {why}")).collect::<Vec<_>>().join("\n"))]
    Entries(Vec<(OrganisationId, String)>),
    /// Credit was not looked at.
    #[error("the credit of {organisation} was not checked")]
    Unchecked {
        /// Whose.
        organisation: OrganisationId,
    },
    /// What is kept is not what was listed.
    #[error("the entry of {organisation} is not what was listed")]
    NotAsListed {
        /// Whose.
        organisation: OrganisationId,
    },
    /// Who drew the list up or looked at credit would check it.
    #[error("who drew a list up or checked the credit of somebody on it does not approve it")]
    FourEyes,
    /// The entry is not at this state.
    #[error("the entry is {state}, so this cannot be done")]
    State {
        /// Where it is.
        state: &'static str,
    },
    /// Linked to somebody on the list (回避).
    #[error("this person is linked to {organisation} and must keep away")]
    Recused {
        /// To whom.
        organisation: OrganisationId,
    },
    /// The rules give nothing any more.
    #[error("{clause}: the rules give nothing any more, by what is known now")]
    NothingNow {
        /// The clause.
        clause: String,
    },
}

acts! {
    /// Acts on awards without application.
    MatchingAct {
        /// Draws up a list for a call (比对名单). Everybody on it has a right to something, or nobody is listed.
        List "matching.list" {
            /// Id of the list.
            list: MatchListId,
            /// Call it is for.
            call: CallId,
            /// The data it was matched from.
            document: String,
            /// Fingerprint of that data.
            digest: Fingerprint,
            /// Who.
            entries: Vec<Matched>,
        }
        /// Notes a look at somebody's credit (信用核查). Who is not clear is not pushed.
        Check "matching.check" { list: MatchListId, organisation: OrganisationId, check: CreditCheck }
        /// Approves the list (复核), once everybody's credit was looked at.
        Approve "matching.approve" { list: MatchListId }
        /// Tells everybody on it (推送), with the day until which an answer is hoped for.
        Push "matching.push" { list: MatchListId, period: Period }
        /// The enterprise confirms (确认): account, commitment. It becomes a case that waits for its determination.
        Confirm "matching.confirm" {
            /// The list.
            list: MatchListId,
            /// Who confirms.
            organisation: OrganisationId,
            /// Id of the case.
            case: CaseId,
            /// Where to be paid.
            account: Account,
            /// Fingerprint of the commitment.
            commitment: Fingerprint,
        }
        /// The enterprise does not want it (放弃).
        Refuse "matching.refuse" { list: MatchListId, organisation: OrganisationId, reason: String }
    }
}

impl MatchList {
    /// Goes on, if it is at this stage. Errors: [`MatchingRefusal::Stage`].
    pub fn at(&self, stage: ListStage) -> Result<(), MatchingRefusal> {
        if self.stage == stage { Ok(()) } else { Err(MatchingRefusal::Stage { stage: self.stage }) }
    }

    /// Approves it with all of its entries. Refused means unchanged.
    ///
    /// Errors, in order: stage, an entry whose credit nobody looked at or that is not what was listed, four eyes.
    pub fn approve(&mut self, entries: &[MatchEntry], user: &UserId, at: Moment) -> Result<(), MatchingRefusal> {
        self.at(ListStage::Listed)?;
        for entry in entries {
            let organisation = entry.matched.organisation.clone();
            if entry.checks.is_empty() {
                return Err(MatchingRefusal::Unchecked { organisation });
            }
            if entry.matched.digest() != entry.digest {
                return Err(MatchingRefusal::NotAsListed { organisation });
            }
        }
        if self.by == *user || entries.iter().flat_map(|entry| &entry.checks).any(|(by, ..)| by == user) {
            return Err(MatchingRefusal::FourEyes);
        }
        self.stage = ListStage::Approved;
        self.approved = Some((user.clone(), at));
        Ok(())
    }
}

impl MatchEntry {
    /// The id of an organisation's entry.
    #[must_use]
    pub fn id_of(list: &MatchListId, organisation: &OrganisationId) -> String {
        format!("{list}:{organisation}")
    }

    /// Notes a look at its credit; the latest decides. Refused means unchanged. Errors: [`MatchingRefusal::State`].
    pub fn check(&mut self, user: &UserId, at: Moment, check: CreditCheck) -> Result<(), MatchingRefusal> {
        if !matches!(self.state, EntryState::Listed | EntryState::Excluded) {
            return Err(MatchingRefusal::State { state: self.state.name() });
        }
        self.state = if check.clear { EntryState::Listed } else { EntryState::Excluded };
        self.checks.push((user.clone(), at, check));
        Ok(())
    }

    /// Goes on, if it waits for an answer: pushed, or refused before and thought better of. Errors: [`MatchingRefusal::State`].
    pub fn open(&self) -> Result<(), MatchingRefusal> {
        match self.state {
            EntryState::Pushed | EntryState::Refused { .. } => Ok(()),
            _ => Err(MatchingRefusal::State { state: self.state.name() }),
        }
    }
}

impl Record for MatchList {
    const TABLE: &'static Table = &Table {
        name: "match_list",
        meaning: "比对名单",
        columns: &[Column::text("call_id", "call it is for"), Column::text("stage", "how far it has come")],
        changes: true,
    };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.call.as_str().into(), self.stage.name().into()]
    }
}

impl Record for MatchEntry {
    const TABLE: &'static Table = &Table {
        name: "match_entry",
        meaning: "比对名单条目",
        columns: &[Column::text("list_id", "list"), Column::text("organisation_id", "who"), Column::text("state", "how far it has come")],
        changes: true,
    };

    fn id(&self) -> &str {
        &self.id
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.list.as_str().into(), self.matched.organisation.as_str().into(), self.state.name().into()]
    }
}
