//! What the public says of a draft, each comment where it belongs, and the answers: drafted one by one or in bulk, shown
//! all at one moment.

use super::PolicyRefusal;
use crate::id::{CommentId, PolicyVersionId};
use crate::record::{Column, Key, Record, Table};
use serde::{Deserialize, Serialize};
use values::Moment;

/// What a comment is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// A clause, by its number.
    Clause(String),
    /// A sentence, word for word.
    Sentence(String),
    /// All of it.
    Whole,
}

/// What becomes of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// 采纳
    Adopted,
    /// 部分采纳
    AdoptedInPart,
    /// 不采纳
    NotAdopted,
}

/// The answer to a comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Answer {
    /// The comment.
    pub comment: CommentId,
    /// What becomes of it.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
}

/// A comment on a draft (意见).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Comment {
    /// Id.
    pub id: CommentId,
    /// The version.
    pub policy: PolicyVersionId,
    /// Hash of the text it was said of.
    pub scheme_hash: String,
    /// What it is about.
    pub anchor: Anchor,
    /// Who says it; nobody where it has no name.
    pub author: Option<String>,
    /// What is said.
    pub words: String,
    /// When.
    pub at: Moment,
    /// The answer as it is drafted; inside only.
    pub draft: Option<Answer>,
    /// When the answer was published.
    pub released: Option<Moment>,
}

impl Comment {
    /// The answer as anybody may read it: nothing before it is published.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        self.draft.as_ref().filter(|_| self.released.is_some())
    }

    /// Drafts the answer. Errors: published already, or without a reason.
    pub fn draft(&mut self, answer: &Answer) -> Result<(), PolicyRefusal> {
        if self.released.is_some() {
            return Err(PolicyRefusal::Answered { comment: self.id.clone() });
        }
        if answer.reason.trim().is_empty() {
            return Err(PolicyRefusal::Incomplete { missing: "the reason of an answer" });
        }
        self.draft = Some(answer.clone());
        Ok(())
    }
}

/// Publishes the answers of all comments at one moment. Errors: some have none.
pub fn release(comments: &mut [Comment], at: Moment) -> Result<(), PolicyRefusal> {
    let unanswered = comments.iter().filter(|comment| comment.draft.is_none()).count();
    if unanswered > 0 {
        return Err(PolicyRefusal::Unanswered { comments: unanswered });
    }
    for comment in comments.iter_mut().filter(|comment| comment.released.is_none()) {
        comment.released = Some(at);
    }
    Ok(())
}

impl Record for Comment {
    const TABLE: &'static Table = &Table { name: "comment", meaning: "征求意见", columns: &[Column::text("policy_id", "policy version")], changes: true };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.policy.as_str().into()]
    }
}
