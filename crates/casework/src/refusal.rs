//! Why an act is refused: one enum a noun, each in the order in which its rules are checked. Refused means unchanged.
//! What each says in English stands with it as `Display`; its code and its Chinese stand under it, in `words!`.

mod named;

use crate::calendar::CalendarRefusal;
use crate::call::CallRefusal;
use crate::case::CaseRefusal;
use crate::determination::DeterminationRefusal;
use crate::document::DocumentRefusal;
use crate::guide::GuideRefusal;
use crate::history::HistoryRefusal;
use crate::kind::KINDS;
use crate::ledger::LedgerRefusal;
use crate::matching::MatchingRefusal;
use crate::motion::MotionRefusal;
use crate::notice::NoticeRefusal;
use crate::organisation::OrganisationRefusal;
use crate::outbox::OutboxRefusal;
use crate::payment::PaymentRefusal;
use crate::people::PeopleRefusal;
use crate::performance::PerformanceRefusal;
use crate::policy_version::PolicyRefusal;
use crate::recognition::RecognitionRefusal;
use crate::recovery::RecoveryRefusal;
use crate::retention::RetentionRefusal;
pub use named::Named;
use policy::diagnostic::Text;

/// Gives each refusal of a noun its stable code and its Chinese, variant by variant. One without does not compile.
macro_rules! words {
    ($refusal:ident $($code:literal $variant:ident $({ $($field:tt)* })? $(($($inner:tt)*))? => $zh:expr;)*) => {
        impl $refusal {
            /// The codes of all of them, in their order.
            pub const CODES: &[&str] = &[$($code),*];

            /// Its stable code, by which programs and readers of `docs/problems.md` know it.
            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $code,)* }
            }

            /// What it says: what is wrong, and how to go on.
            #[must_use]
            pub fn words(&self) -> ::policy::diagnostic::Text {
                let zh = match self { $(Self::$variant $({ $($field)* })? $(($($inner)*))? => String::from($zh),)* };
                ::policy::diagnostic::Text::new(zh, self.to_string())
            }
        }
    };
}
pub(crate) use words;

/// Why an act is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not this person, not in this role, not for this case.
    #[error("you may not do this")]
    Denied,
    /// There is no such thing, or not for this person to know of.
    #[error("there is no {what} {id}")]
    Unknown {
        /// What was looked for.
        what: &'static str,
        /// Under which id.
        id: String,
    },
    /// There is one already, and it is another.
    #[error("there is a {what} {id} already")]
    Exists {
        /// What.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// The request was made before, for something else.
    #[error("request {request} was made before, for something else")]
    RequestReused {
        /// The request.
        request: String,
    },
    /// Somebody changed it since it was read.
    #[error("{id} was changed since you read it: read it again, and decide again")]
    Stale {
        /// What.
        id: String,
    },
    /// What was given cannot be used.
    #[error("{0}")]
    Input(String),
    /// By the rules of calls.
    #[error(transparent)]
    Call(#[from] CallRefusal),
    /// By the rules of cases.
    #[error(transparent)]
    Case(#[from] CaseRefusal),
    /// By the rules of the ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerRefusal),
    /// By the rules of notices.
    #[error(transparent)]
    Notice(#[from] NoticeRefusal),
    /// By the rules of payments.
    #[error(transparent)]
    Payment(#[from] PaymentRefusal),
    /// By the rules of people and rights.
    #[error(transparent)]
    People(#[from] PeopleRefusal),
    /// By the rules of the register of organisations.
    #[error(transparent)]
    Organisation(#[from] OrganisationRefusal),
    /// By the rules of old ledgers.
    #[error(transparent)]
    History(#[from] HistoryRefusal),
    /// By the rules of awards without application.
    #[error(transparent)]
    Matching(#[from] MatchingRefusal),
    /// By the rules of messages.
    #[error(transparent)]
    Outbox(#[from] OutboxRefusal),
    /// By the rules of determinations.
    #[error(transparent)]
    Determination(#[from] DeterminationRefusal),
    /// By the rules of performance.
    #[error(transparent)]
    Performance(#[from] PerformanceRefusal),
    /// By the rules of clawbacks.
    #[error(transparent)]
    Recovery(#[from] RecoveryRefusal),
    /// By the rules of policy versions.
    #[error(transparent)]
    Policy(#[from] PolicyRefusal),
    /// By the rules of recognitions.
    #[error(transparent)]
    Recognition(#[from] RecognitionRefusal),
    /// By the rules of guides.
    #[error(transparent)]
    Guide(#[from] GuideRefusal),
    /// By the rules of the calendar.
    #[error(transparent)]
    Calendar(#[from] CalendarRefusal),
    /// By the rules of motions.
    #[error(transparent)]
    Motion(#[from] MotionRefusal),
    /// By the rules of documents.
    #[error(transparent)]
    Document(#[from] DocumentRefusal),
    /// By the rules of what is kept for how long.
    #[error(transparent)]
    Retention(#[from] RetentionRefusal),
}

impl Refusal {
    /// The codes of all of them, noun by noun.
    pub const CODES: &[&[&str]] = &[
        &["denied", "unknown", "exists", "request_reused", "stale", "unusable"],
        CallRefusal::CODES,
        CaseRefusal::CODES,
        LedgerRefusal::CODES,
        NoticeRefusal::CODES,
        PaymentRefusal::CODES,
        PeopleRefusal::CODES,
        OrganisationRefusal::CODES,
        HistoryRefusal::CODES,
        MatchingRefusal::CODES,
        OutboxRefusal::CODES,
        DeterminationRefusal::CODES,
        PerformanceRefusal::CODES,
        RecoveryRefusal::CODES,
        PolicyRefusal::CODES,
        RecognitionRefusal::CODES,
        GuideRefusal::CODES,
        CalendarRefusal::CODES,
        MotionRefusal::CODES,
        DocumentRefusal::CODES,
        RetentionRefusal::CODES,
    ];

    /// Its stable code: `stale`, `case.four_eyes`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Unknown { .. } => "unknown",
            Self::Exists { .. } => "exists",
            Self::RequestReused { .. } => "request_reused",
            Self::Stale { .. } => "stale",
            Self::Input(_) => "unusable",
            Self::Call(why) => why.code(),
            Self::Case(why) => why.code(),
            Self::Ledger(why) => why.code(),
            Self::Notice(why) => why.code(),
            Self::Payment(why) => why.code(),
            Self::People(why) => why.code(),
            Self::Organisation(why) => why.code(),
            Self::History(why) => why.code(),
            Self::Matching(why) => why.code(),
            Self::Outbox(why) => why.code(),
            Self::Determination(why) => why.code(),
            Self::Performance(why) => why.code(),
            Self::Recovery(why) => why.code(),
            Self::Policy(why) => why.code(),
            Self::Recognition(why) => why.code(),
            Self::Guide(why) => why.code(),
            Self::Calendar(why) => why.code(),
            Self::Motion(why) => why.code(),
            Self::Document(why) => why.code(),
            Self::Retention(why) => why.code(),
        }
    }

    /// What it says: what is wrong, and how to go on.
    #[must_use]
    pub fn words(&self) -> Text {
        let zh = match self {
            Self::Denied => "您当前的角色不能办理此事，请转由有权办理的人员办理。".to_owned(),
            Self::Unknown { what, id } => format!("没有找到{} {id}，或者您无权查看，请核对后再试。", noun(what)),
            Self::Exists { what, id } => format!("{} {id} 已经存在，请先核对；如确需新建，请换用其他编号。", noun(what)),
            Self::RequestReused { request } => format!("请求编号 {request} 已用于办理其他事项，请换用新的请求编号后重新提交。"),
            Self::Stale { id } => format!("{id} 在您读取之后已被他人修改，请重新读取，核对后再办理。"),
            // Said in English in many places; the sentence says at least what to do.
            Self::Input(detail) => format!("提交的内容不能使用，请核对更正后重新提交（{detail}）。"),
            Self::Call(why) => return why.words(),
            Self::Case(why) => return why.words(),
            Self::Ledger(why) => return why.words(),
            Self::Notice(why) => return why.words(),
            Self::Payment(why) => return why.words(),
            Self::People(why) => return why.words(),
            Self::Organisation(why) => return why.words(),
            Self::History(why) => return why.words(),
            Self::Matching(why) => return why.words(),
            Self::Outbox(why) => return why.words(),
            Self::Determination(why) => return why.words(),
            Self::Performance(why) => return why.words(),
            Self::Recovery(why) => return why.words(),
            Self::Policy(why) => return why.words(),
            Self::Recognition(why) => return why.words(),
            Self::Guide(why) => return why.words(),
            Self::Calendar(why) => return why.words(),
            Self::Motion(why) => return why.words(),
            Self::Document(why) => return why.words(),
            Self::Retention(why) => return why.words(),
        };
        Text::new(zh, self.to_string())
    }
}

/// What officers call a thing that refusals name by its identifier: a table, or one of few others. The identifier itself
/// where it is neither.
#[must_use]
pub fn noun(identifier: &str) -> &str {
    match identifier {
        "act" => "办理事项",
        "book" => "账本",
        "case" => "案件",
        "clause" => "条款",
        "comment" => "公众意见",
        "entry" => "分录",
        "fact" => "事实",
        "pool" => "资金池",
        "recognition" => "认定",
        "request for payment" => "拨付请示",
        "row" => "公示行",
        "user" => "用户",
        _ => KINDS.iter().find(|kind| kind.table.name == identifier).map_or(identifier, |kind| kind.table.meaning),
    }
}
