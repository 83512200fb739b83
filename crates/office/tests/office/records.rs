//! All kinds of records, with the fields of each as its type declares them.

use casework::{Key, Record, Table};
use serde::Deserializer;
use serde::de::value::Error;
use serde::de::{DeserializeOwned, Error as _, Visitor};
use std::cell::RefCell;

/// A kind of record.
pub struct Kind {
    pub table: &'static Table,
    /// Fields of the body.
    pub fields: fn() -> Vec<&'static str>,
    /// The values of the columns that a body demands.
    pub keys: fn(&str) -> Vec<Key>,
}

const fn of<R: Record>() -> Kind {
    Kind { table: R::TABLE, fields: fields::<R>, keys: |body| serde_json::from_str::<R>(body).expect("a body of its kind").keys() }
}

/// All of them. A table of the database that has a body and is not here fails the test of the schema.
pub const KINDS: &[Kind] = &[
    of::<casework::people::Unit>(),
    of::<casework::organisation::Organisation>(),
    of::<casework::people::User>(),
    of::<casework::people::Link>(),
    of::<casework::people::Proposal>(),
    of::<casework::people::Founding>(),
    of::<casework::organisation::Shop>(),
    of::<casework::organisation::AccountEntry>(),
    of::<casework::organisation::FormerName>(),
    of::<casework::organisation::CodeException>(),
    of::<casework::policy_version::PolicyVersion>(),
    of::<casework::call::Call>(),
    of::<casework::notice::Notice>(),
    of::<casework::case::Case>(),
    of::<casework::determination::Determination>(),
    of::<casework::organisation::Snapshot>(),
    of::<casework::history::EarlierAward>(),
    of::<casework::matching::MatchList>(),
    of::<casework::matching::MatchEntry>(),
    of::<casework::payment::Batch>(),
    of::<casework::outbox::Message>(),
    of::<casework::chain::Checkpoint>(),
    of::<casework::notice::Objection>(),
    of::<casework::payment::Receipt>(),
    of::<casework::payment::Due>(),
    of::<casework::performance::Performance>(),
    of::<casework::policy_version::PolicyLife>(),
    of::<casework::policy_version::Comment>(),
    of::<casework::guide::Guide>(),
    of::<casework::calendar::Calendar>(),
    of::<casework::recognition::Recognition>(),
    of::<casework::recovery::Lead>(),
    of::<casework::recovery::Recovery>(),
    of::<casework::motion::Motion>(),
    of::<casework::document::Document>(),
    of::<casework::document::Sequence>(),
    of::<casework::document::Letterhead>(),
    of::<casework::retention::Retention>(),
];

/// The fields that a type asks for when it is read. Nothing is read: the type says what it wants, and is told no.
fn fields<T: DeserializeOwned>() -> Vec<&'static str> {
    let asked = RefCell::new(Vec::new());
    drop(T::deserialize(Asking(&asked)));
    asked.into_inner()
}

struct Asking<'a>(&'a RefCell<Vec<&'static str>>);

impl<'de> Deserializer<'de> for Asking<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("only fields are asked for"))
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        self.0.borrow_mut().extend_from_slice(fields);
        self.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq tuple tuple_struct map enum
        identifier ignored_any
    }
}
