//! Versions of a policy: the files whose words and rules decide, named by the hash of what they mean; beside them the life
//! of each version from draft to repeal, the legal status of its clauses, and what the public said of the draft.

mod clause;
mod comment;
mod life;

use crate::acts;
use crate::call::Period;
use crate::id::{CommentId, PolicyVersionId, UnitId};
use crate::record::{Column, Key, Record, Table};
pub use clause::{ClauseChange, ClauseStatus, Pending};
pub use comment::{Anchor, Answer, Comment, Verdict, release};
pub use life::{Duty, DutyKind, Ended, Ending, Issue, PolicyLife, PolicyRefusal, PolicyStage, Review, UnitView, View};
use serde::{Deserialize, Serialize};
use values::Date;

/// A version of a policy (政策版本). Its files change only while it is a draft; an amendment is a further version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct PolicyVersion {
    /// Id.
    pub id: PolicyVersionId,
    /// Hash of the compiled scheme.
    pub scheme_hash: String,
    /// Markdown files, `policy.md` first: name and text.
    pub files: Vec<(String, String)>,
    /// The text as published, if it stands in a file of its own.
    pub official: Option<String>,
}

acts! {
    /// Acts on the life of a policy version. It begins with `registry.load_policy`.
    PolicyAct {
        /// Puts other files in the place of a draft's.
        Revise "policy.revise" { version: PolicyVersion }
        /// Asks units for their views (征询部门意见).
        Consult "policy.consult" { policy: PolicyVersionId, units: Vec<UnitId>, period: Period }
        /// A unit gives its view.
        Reply "policy.reply" { policy: PolicyVersionId, view: View, words: String }
        /// Asks the public (公开征求意见).
        Invite "policy.invite" {
            /// The version.
            policy: PolicyVersionId,
            /// How long.
            period: Period,
            /// Why so long: the rule it rests on.
            basis: String,
        }
        /// Somebody of the public says something.
        Comment "policy.comment" {
            /// Id of the comment.
            comment: CommentId,
            /// The version.
            policy: PolicyVersionId,
            /// What it is about.
            anchor: Anchor,
            /// Who says it; nobody where it has no name.
            author: Option<String>,
            /// What is said.
            words: String,
        }
        /// Drafts answers, as many as there are; nobody outside sees them yet.
        Answer "policy.answer" { policy: PolicyVersionId, answers: Vec<Answer> }
        /// Publishes all answers at one moment (意见汇总与反馈).
        Release "policy.release" { policy: PolicyVersionId }
        /// Notes why the public is not asked: the rule that allows it, or that this was done before the office kept it.
        Waive "policy.waive" { policy: PolicyVersionId, reason: String }
        /// Takes it back to a draft, to change its files. What was reviewed has to be reviewed again.
        Redraft "policy.redraft" { policy: PolicyVersionId, reason: String }
        /// Records the fair competition review (公平竞争审查).
        ReviewCompetition "policy.review_competition" { policy: PolicyVersionId, number: String, on: Date, passed: bool, conclusion: String }
        /// Records the review of legality (合法性审核).
        ReviewLegality "policy.review_legality" { policy: PolicyVersionId, number: String, on: Date, passed: bool, conclusion: String }
        /// Records the collective decision (集体审议).
        Resolve "policy.resolve" { policy: PolicyVersionId, minutes: String, on: Date }
        /// Issues it (印发).
        Publish "policy.publish" {
            /// The version.
            policy: PolicyVersionId,
            /// Number, days.
            issue: Issue,
            /// The version whose place it takes (修订).
            replaces: Option<PolicyVersionId>,
        }
        /// Repeals it (废止).
        Repeal "policy.repeal" { policy: PolicyVersionId, on: Date, instrument: String }
        /// Sets the legal status of a clause.
        SetClause "policy.set_clause" { policy: PolicyVersionId, change: ClauseChange }
        /// Says which facts are proven by a recognition alone: name of the fact, and kind of act (认定、指定、同意、活动审批).
        Recognise "policy.recognise" { policy: PolicyVersionId, facts: Vec<(String, crate::recognition::RecognitionKind)> }
        /// Notes that something due after issuing was done.
        Done "policy.done" { policy: PolicyVersionId, duty: DutyKind, on: Date, document: String }
    }
}

/// The acts that bring a loaded version into force whose procedure was gone through on paper, with who does each: for
/// policies older than the office, and for tests.
#[must_use]
pub fn course_on_paper(policy: &PolicyVersionId, number: &str, issued: Date, effective: Date) -> Vec<(crate::people::Role, PolicyAct)> {
    use crate::people::Role;
    let words = |text: &str| text.to_owned();
    let issue = Issue { number: words(number), on: issued, effective, until: None };
    vec![
        (Role::Leader, PolicyAct::Waive { policy: policy.clone(), reason: words("本系统启用前已印发") }),
        (
            Role::Reviewer,
            PolicyAct::ReviewCompetition { policy: policy.clone(), number: words(number), on: issued, passed: true, conclusion: words("符合要求") },
        ),
        (Role::Reviewer, PolicyAct::ReviewLegality { policy: policy.clone(), number: words(number), on: issued, passed: true, conclusion: words("合法") }),
        (Role::Leader, PolicyAct::Resolve { policy: policy.clone(), minutes: words(number), on: issued }),
        (Role::Leader, PolicyAct::Publish { policy: policy.clone(), issue, replaces: None }),
    ]
}

impl Record for PolicyVersion {
    const TABLE: &'static Table =
        &Table {
            name: "policy_version", meaning: "政策版本", columns: &[Column::text("scheme_hash", "hash of the compiled scheme").unique()], changes: true
        };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.scheme_hash.as_str().into()]
    }
}
