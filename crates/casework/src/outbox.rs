//! Messages that an act leaves to be delivered (待发消息): kept in the same transaction as the act, delivered by a program
//! afterwards, at least once. A message names things by their ids; who reads it looks the words up, so no log holds them.

use crate::acts;
use crate::id::{MessageId, OrganisationId, RequestId, UnitId, UserId};
use crate::record::{Column, Key, Record, Table};
use serde::{Deserialize, Serialize};
use values::{Date, Moment};

/// What a message is about. An act that has something new to tell adds its topic here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// 权限变更待复核: to the unit's people who may confirm it.
    RightsProposed,
    /// 权限已变更: to the person.
    RightsChanged,
    /// 账户待核验: to those who verify accounts.
    AccountEntered,
    /// 账户已核验: to the enterprise; whoever did not ask for it hears of it.
    AccountVerified,
    /// 免申即享推送
    AwardOffered,
    /// 免申即享已确认: to the unit in charge.
    AwardConfirmed,
    /// 公示开始: to the enterprises in it.
    Noticed,
}

/// Who gets a message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Addressee {
    /// A person.
    User(UserId),
    /// Everybody who works on such things in a unit.
    Unit(UnitId),
    /// Everybody who acts for an enterprise.
    Organisation(OrganisationId),
    /// Whoever runs the system.
    Administrators,
}

/// A message (消息).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Message {
    /// Id: whoever delivers it twice is recognised by it.
    pub id: MessageId,
    /// What it is about.
    pub topic: Topic,
    /// Who gets it.
    pub to: Addressee,
    /// Id of the thing it is about.
    pub about: String,
    /// Until when something is to be done, if so.
    pub due: Option<Date>,
    /// When it was left.
    pub queued: Moment,
    /// When it was delivered first, and how.
    pub delivered: Option<(Moment, String)>,
}

/// Why an act on messages is refused, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutboxRefusal {
    /// No message named.
    #[error("name the messages that were delivered")]
    Empty,
}

acts! {
    /// Acts on messages.
    OutboxAct {
        /// Notes that messages were delivered. One that was delivered before stays as it was.
        Deliver "outbox.deliver" { messages: Vec<MessageId>, channel: String }
    }
}

impl Message {
    /// The id of the message with this number of a request: the same however often the act is tried.
    #[must_use]
    pub fn id_of(request: &RequestId, number: usize) -> String {
        let digest = crate::chain::Fingerprint::of(format!("{request}\n{number}").as_bytes()).to_string();
        format!("m-{}", digest.get(..32).unwrap_or(&digest))
    }

    /// The name of its state in tables.
    #[must_use]
    pub const fn state(&self) -> &'static str {
        if self.delivered.is_some() { "delivered" } else { "waiting" }
    }
}

impl Record for Message {
    const TABLE: &'static Table = &Table {
        name: "outbox",
        meaning: "待发消息",
        columns: &[Column::text("state", "waiting or delivered"), Column::text("about", "id of the thing it is about")],
        changes: true,
    };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.state().into(), self.about.as_str().into()]
    }
}
