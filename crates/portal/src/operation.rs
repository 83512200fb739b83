//! What can be asked of the service, as one table: address, who may ask, what goes in, what comes out. The router, the
//! description for other programs and the test of access are made from it; what is not in it is not there.

use crate::problem::Problem;
use crate::{
    Portal, acts, departure, docs, evidence, export, feed, health, import, money, prints, queue, records, retention, scheme, sign_in, treasury, uploads,
    webhooks,
};
use crate::{invoices, notes, pages, platform, verification};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use casework::id::UserId;
use casework::people::Role;
use schemars::{Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::pin::Pin;
use values::Lang;

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anybody, signed in or not.
    Anybody,
    /// Anybody who is signed in; how much comes back depends on the person.
    SignedIn,
    /// Whoever is signed in in one of these roles.
    Roles(&'static [Role]),
}

impl Who {
    /// Whether a role may ask.
    #[must_use]
    pub fn admits(self, role: Option<Role>) -> bool {
        match (self, role) {
            (Self::Anybody, _) | (Self::SignedIn, Some(_)) => true,
            (Self::Roles(roles), Some(role)) => roles.contains(&role),
            (_, None) => false,
        }
    }
}

/// A parameter in the address, behind the question mark, or in a header.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Name.
    pub name: &'static str,
    /// Where: `path`, `query` or `header`.
    pub place: &'static str,
    /// What it is: Chinese and English.
    pub about: (&'static str, &'static str),
    /// JSON type: `string` or `integer`.
    pub kind: &'static str,
}

/// A parameter of text behind the question mark.
#[must_use]
pub const fn query(name: &'static str, zh: &'static str, en: &'static str) -> Parameter {
    Parameter { name, place: "query", about: (zh, en), kind: "string" }
}

/// The id in the address.
pub const ID: Parameter = Parameter { name: "id", place: "path", about: ("编号", "id"), kind: "string" };

/// Makes the schema of a body.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// What goes in or comes out.
#[derive(Clone, Copy)]
pub enum Payload {
    /// Nothing.
    Nothing,
    /// JSON of a schema.
    Json(SchemaOf),
    /// The fields of the act that the operation is about.
    Act,
    /// A page of records of the collection that the operation is about.
    Page,
    /// A record of that collection.
    Record,
    /// Bytes of a type.
    Bytes(&'static str),
}

/// What an operation is about, where one function serves many.
#[derive(Clone, Copy)]
pub enum About {
    /// Nothing in particular.
    Nothing,
    /// An act: its name, its noun and its place among the acts of the noun.
    Act(&'static str),
    /// A collection.
    Collection(&'static office::reading::Collection),
}

/// An answer on its way.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Result<Answer, Problem>> + Send + 'a>>;

/// Something that can be asked.
pub struct Operation {
    /// Method.
    pub method: Method,
    /// Address, with `{name}` for parameters.
    pub path: String,
    /// Name, unique.
    pub id: String,
    /// Under which heading it stands.
    pub tag: &'static str,
    /// What it does: Chinese and English.
    pub words: (String, String),
    /// Who may ask.
    pub who: Who,
    /// Parameters.
    pub parameters: Vec<Parameter>,
    /// What goes in.
    pub takes: Payload,
    /// What comes out, with the status when all is well.
    pub gives: (u16, Payload),
    /// What it is about.
    pub about: About,
    /// Does it.
    pub run: for<'a> fn(&'a Portal, &'a Asked<'a>) -> Answering<'a>,
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Seat {
    /// Who.
    pub user: UserId,
    /// What the person is called.
    pub name: String,
    /// As what.
    pub role: Role,
    /// The session, where it is one; none: a program with a token.
    pub session: Option<store::service::Session>,
    /// Whether the password must be changed first of all.
    pub must_change: bool,
}

/// A request as it came.
pub struct Asked<'a> {
    /// What is asked.
    pub operation: &'a Operation,
    /// Parameters in the address.
    pub path: BTreeMap<String, String>,
    /// Parameters behind the question mark.
    pub query: BTreeMap<String, String>,
    /// Headers.
    pub headers: &'a HeaderMap,
    /// The body.
    pub body: Bytes,
    /// Who is signed in.
    pub seat: Option<Seat>,
    /// The language of the answer.
    pub language: Lang,
    /// Name of this request in the log.
    pub request: String,
}

/// What is not written as it is in a part of an address: all but what never has a meaning there.
const ENCODED: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Asked<'_> {
    /// Who is signed in. Errors: nobody.
    pub fn seat(&self) -> Result<&Seat, Problem> {
        self.seat.as_ref().ok_or_else(Problem::signed_out)
    }

    /// The session of whoever is signed in. Errors: a program with a token, which is not the person: it neither changes how the
    /// person signs in nor makes more of its kind.
    pub fn session(&self) -> Result<&store::service::Session, Problem> {
        self.seat()?.session.as_ref().ok_or_else(Problem::denied)
    }

    /// A parameter in the address.
    #[must_use]
    pub fn id(&self) -> &str {
        self.path.get("id").map_or("", String::as_str)
    }

    /// The address that was asked for, without what stands behind the question mark.
    #[must_use]
    pub fn at(&self) -> String {
        let filled = |path: String, (name, value): (&String, &String)| {
            path.replace(&format!("{{{name}}}"), &percent_encoding::utf8_percent_encode(value, ENCODED).to_string())
        };
        self.path.iter().fold(self.operation.path.clone(), filled)
    }

    /// A parameter behind the question mark.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// A whole number behind the question mark, within bounds. Errors: no number, or outside.
    pub fn number(&self, name: &str, default: i64, least: i64, most: i64) -> Result<i64, Problem> {
        let Some(text) = self.query(name) else { return Ok(default) };
        text.parse()
            .ok()
            .filter(|number| (least..=most).contains(number))
            .ok_or_else(|| Problem::malformed(format!("{name} 应为 {least} 到 {most} 的整数"), format!("{name} must be a whole number from {least} to {most}")))
    }

    /// The body as JSON. Errors: not JSON, with the place; not what is asked for, with the field.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        crate::body::read(&self.body)
    }
}

/// What is answered.
#[derive(Debug)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers beside those that every answer has.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Type of the body.
    pub content_type: &'static str,
    /// Body.
    pub body: Body,
}

impl Answer {
    /// An answer in JSON. Errors: it cannot be written.
    pub fn json<T: Serialize>(status: StatusCode, body: &T) -> Result<Self, Problem> {
        let body = serde_json::to_vec(body).map_err(|why| Problem::failed(&why.to_string()))?;
        Ok(Self { status, headers: Vec::new(), content_type: "application/json", body: body.into() })
    }

    /// All is well, in JSON.
    pub fn ok<T: Serialize>(body: &T) -> Result<Self, Problem> {
        Self::json(StatusCode::OK, body)
    }

    /// All is well, and there is nothing to say.
    #[must_use]
    pub fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT, headers: Vec::new(), content_type: "", body: Body::empty() }
    }

    /// Bytes of a type.
    #[must_use]
    pub fn bytes(content_type: &'static str, body: impl Into<Body>) -> Self {
        Self { status: StatusCode::OK, headers: Vec::new(), content_type, body: body.into() }
    }

    /// The same with one more header. A value that cannot stand in a header is left out.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }
}

/// Everything that can be asked, in the order of the description.
#[must_use]
pub fn operations() -> Vec<Operation> {
    let mut all = Vec::new();
    all.extend(health::operations());
    all.extend(docs::operations());
    all.extend(sign_in::operations());
    all.extend(acts::operations());
    all.extend(records::operations());
    all.extend(queue::operations());
    all.extend(money::operations());
    all.extend(scheme::operations());
    all.extend(feed::operations());
    all.extend(webhooks::operations());
    all.extend(departure::operations());
    all.extend(uploads::operations());
    all.extend(evidence::operations());
    all.extend(export::operations());
    all.extend(import::operations());
    all.extend(prints::operations());
    all.extend(treasury::operations());
    all.extend(pages::operations());
    all.extend(invoices::operations());
    all.extend(verification::operations());
    all.extend(platform::operations());
    all.extend(notes::operations());
    all.extend(retention::operations());
    all
}

/// An operation without parameters and bodies, to be filled in.
#[must_use]
pub fn operation(
    method: Method,
    path: &str,
    id: &str,
    tag: &'static str,
    words: (&str, &str),
    who: Who,
    run: for<'a> fn(&'a Portal, &'a Asked<'a>) -> Answering<'a>,
) -> Operation {
    Operation {
        method,
        path: path.to_owned(),
        id: id.to_owned(),
        tag,
        words: (words.0.to_owned(), words.1.to_owned()),
        who,
        parameters: Vec::new(),
        takes: Payload::Nothing,
        gives: (200, Payload::Nothing),
        about: About::Nothing,
        run,
    }
}
