//! How the demonstration acts: from day to day, each act with a request of its own, written as a program outside would send it.

use super::{DemoError, role_of};
use casework::chain::Fingerprint;
use casework::id::{RequestId, UserId};
use casework::outbox::Message;
use casework::payment::Due;
use casework::{Act, Key, Record};
use office::{Context, Office, Outcome};
use serde_json::{Value, json};
use values::{Date, Moment};

/// The demonstration on its way.
pub(super) struct Walk<'a> {
    office: &'a Office,
    today: Date,
    /// Seconds of the day at which the next act is done.
    seconds: u32,
    requests: u32,
    /// How many acts were done by a start before, which was broken off.
    done: u32,
}

/// When an office opens.
const MORNING: u32 = 9 * 3600;
/// From one act to the next.
const PAUSE: u32 = 40;

impl<'a> Walk<'a> {
    /// Begins on the first working day of 2025.
    pub(super) fn begun(office: &'a Office, done: u32) -> Result<Self, DemoError> {
        Ok(Self { office, today: day("2025-01-02")?, seconds: MORNING, requests: 0, done })
    }

    /// Goes on to a later day.
    pub(super) fn on(&mut self, date: &str) -> Result<(), DemoError> {
        let date = day(date)?;
        if date > self.today {
            (self.today, self.seconds) = (date, MORNING);
        }
        Ok(())
    }

    /// Today.
    pub(super) const fn today(&self) -> Date {
        self.today
    }

    /// Does an act, unless a start before has done it.
    pub(super) async fn act(&mut self, who: &str, act: Act) -> Result<Outcome, DemoError> {
        self.requests += 1;
        self.seconds += PAUSE;
        if self.requests <= self.done {
            return Ok(Outcome::Done);
        }
        let now = Moment::new(self.today, self.seconds).unwrap_or_else(|| Moment::start_of(self.today));
        let request = RequestId::parse(&request(self.requests))?;
        let context = Context { user: UserId::parse(who)?, role: role_of(who), now, request };
        let done = self.office.perform(&context, &act).await;
        done.map_err(|why| DemoError::Act { act: act.name(), subject: format!("{who} {now} request {}", self.requests), why })
    }

    /// Does an act that is written as its name and its fields.
    pub(super) async fn does(&mut self, who: &str, name: &str, fields: Value) -> Result<Outcome, DemoError> {
        let (noun, verb) = name.split_once('.').unwrap_or((name, ""));
        let act = serde_json::from_value(json!({ noun: { verb: fields } })).map_err(|why| DemoError::Words { act: format!("{name} {fields}"), why })?;
        self.act(who, act).await
    }

    /// Does the same act on several cases, which have it under `case`.
    pub(super) async fn on_each(&mut self, who: &str, name: &str, cases: &[&str], fields: &Value) -> Result<(), DemoError> {
        for case in cases {
            let mut of = fields.clone();
            if let Some(of) = of.as_object_mut() {
                of.insert("case".into(), (*case).into());
            }
            self.does(who, name, of).await?;
        }
        Ok(())
    }

    /// A record as it is kept.
    pub(super) async fn kept<R: Record>(&self, id: &str) -> Result<R, DemoError> {
        let found = self.office.store().begin().await?.peek(id).await?;
        found.ok_or_else(|| DemoError::Missing(format!("{} {id}", R::TABLE.name)))
    }

    /// What is due of a case.
    pub(super) async fn dues(&self, case: &str) -> Result<Vec<Due>, DemoError> {
        Ok(self.office.store().begin().await?.list("case_id", &Key::from(case)).await?)
    }

    /// Delivers what stands in the outbox: everybody was told by that day.
    pub(super) async fn deliver_messages(&mut self, date: &str) -> Result<(), DemoError> {
        self.on(date)?;
        let messages: Vec<String> = self.office.store().begin().await?.all(Message::TABLE).await?.into_iter().map(|kept| kept.id).collect();
        for some in messages.chunks(100) {
            self.does("messenger", "outbox.deliver", json!({ "messages": some, "channel": "短信" })).await?;
        }
        Ok(())
    }
}

/// The request of an act, by its number.
pub(super) fn request(number: u32) -> String {
    format!("demo-{number:05}")
}

/// A day, as it is written here.
pub(super) fn day(text: &str) -> Result<Date, DemoError> {
    Date::parse(text).map_err(|_| DemoError::Missing(format!("day {text}")))
}

/// The fingerprint of a paper that is nothing but its name.
pub(super) fn digest(name: &str) -> Value {
    Fingerprint::of(name.as_bytes()).to_string().into()
}

/// A paper with the facts it proves.
pub(super) fn paper(name: &str, facts: &[&str]) -> Value {
    json!({ "name": name, "digest": digest(name), "facts": facts })
}
