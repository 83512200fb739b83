//! Names of things. Each is chosen by whoever creates the thing, so that asking again creates nothing twice.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use std::fmt;

/// Longest id, in bytes.
pub const ID_BYTES_MAX: usize = 64;

/// Why an id is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id has 1 to 64 letters, digits, '-', '_', '.' or ':'")]
pub struct IdError;

fn is_id(text: &str) -> bool {
    (1..=ID_BYTES_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':'))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Reads an id. Errors: too long, empty, or a sign that has no place in one.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                if is_id(text) { Ok(Self(text.to_owned())) } else { Err(IdError) }
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,64}$" })
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::parse(&Cow::<str>::deserialize(deserializer)?).map_err(D::Error::custom)
            }
        }
    )*};
}

ids! {
    /// An organisation that applies (申报主体).
    OrganisationId;
    /// A person who acts (用户).
    UserId;
    /// A unit of government (单位).
    UnitId;
    /// A version of a policy (政策版本).
    PolicyVersionId;
    /// A call for applications (申报批次).
    CallId;
    /// A case: one application on its way (案件).
    CaseId;
    /// A determination (审定).
    DeterminationId;
    /// A public notice (公示).
    NoticeId;
    /// An objection during a notice (异议).
    ObjectionId;
    /// A batch of payments (拨付批次).
    BatchId;
    /// A payment that is due (应付款).
    DueId;
    /// A receipt of the bank (银行回单).
    ReceiptId;
    /// An entry of the ledger (分录).
    EntryId;
    /// A book of the ledger: a budget of a year and source, or a pool of a scheme (账本).
    BookId;
    /// A link that keeps a person away from an enterprise (回避关系).
    LinkId;
    /// A shop of an enterprise (网店).
    ShopId;
    /// An account as it was entered (账户登记).
    AccountId;
    /// Awards of an old ledger, loaded together (历史台账).
    LoadId;
    /// An award of an old ledger (历史兑付).
    EarlierAwardId;
    /// A list of those who get an award without applying (比对名单).
    MatchListId;
    /// A message to be delivered (消息).
    MessageId;
    /// A request: one act asked for once; asking again with the same id does nothing more (请求).
    RequestId;
    /// A checkpoint of the log (检查点).
    CheckpointId;
    /// A lead that money may have to come back (线索).
    LeadId;
    /// A clawback: one case of money to be taken back (追回案件).
    RecoveryId;
    /// An official act that recognises something (认定、指定、同意、活动审批).
    RecognitionId;
    /// A comment on a draft (意见).
    CommentId;
    /// A version of an application guide (申报指南).
    GuideId;
}
