//! The pages of money: ledger, entries and what they rest on, batches, clawback, the leader's cockpit, the auditor's desk. What
//! they have in common stands here: who may look, how an amount is written, and how a form becomes an act.

mod audit;
mod batch;
mod batches;
mod book;
mod cockpit;
mod curve;
mod determination;
mod entry;
mod ledger;
mod lists;
mod progress;
mod receipts;
mod recoveries;
mod recovery;
mod why;

use super::Given;
use super::frame::Frame;
use crate::operation::{Asked, Operation, Parameter, Who, query};
use crate::problem::Problem;
use crate::{Portal, acts, secret};
use casework::id::RequestId;
use casework::people::Role;
use office::{Context, Outcome, Stop};
use serde_json::Value;
use values::{Date, Fen};

/// Who sees the ledger.
const MONEY: Who = Who::Roles(&[Role::Clerk, Role::Reviewer, Role::Leader, Role::Finance, Role::Auditor]);
/// Who handles cases.
const OFFICE: Who = Who::Roles(&[Role::Clerk, Role::Reviewer, Role::UnitReviewer, Role::Leader, Role::Finance, Role::Auditor]);
/// Rows of a page.
const ROWS: usize = 50;

/// Every page of money.
pub fn operations() -> Vec<Operation> {
    let mut all = ledger::operations();
    all.extend(book::operations());
    all.extend(entry::operations());
    all.extend(determination::operations());
    all.extend(batches::operations());
    all.extend(batch::operations());
    all.extend(receipts::operations());
    all.extend(recoveries::operations());
    all.extend(recovery::operations());
    all.extend(cockpit::operations());
    all.extend(lists::operations());
    all.extend(curve::operations());
    all.extend(audit::operations());
    all
}

/// The list at the side of the pages of money.
struct Section {
    /// Which of them it is.
    at: &'static str,
    /// Whether the ledger is for whoever reads.
    ledger_too: bool,
    /// Years of the ledger, and whether one is shown.
    years: Vec<(i32, bool)>,
}

impl Section {
    fn at(at: &'static str, asked: &Asked<'_>) -> Self {
        Self { at, ledger_too: MONEY.admits(asked.seat.as_ref().map(|seat| seat.role)), years: Vec::new() }
    }
}

/// That an act was done, in the address that it leads back to.
const DONE: Parameter = query("done", "yes：刚刚办理", "yes: an act was just done");

/// The frame of a page that an act leads back to: it says that the act was done.
fn told(portal: &Portal, asked: &Asked<'_>) -> Frame {
    let frame = Frame::new(portal, asked, "money");
    if asked.query("done") == Some("yes") { frame.telling("已办理。", "Done.") } else { frame }
}

/// An amount as it is printed: grouped, with a minus sign and no hyphen.
pub fn yuan(amount: impl std::borrow::Borrow<Fen>) -> String {
    amount.borrow().grouped().replace('-', "−")
}

/// The sum of amounts; what is beyond 64 bits stays at the end of them.
fn sum(amounts: impl IntoIterator<Item = Fen>) -> Fen {
    Fen(amounts.into_iter().fold(0_i64, |sum, amount| sum.saturating_add(amount.0)))
}

/// What somebody typed in a form, without white space around it.
fn typed<'g>(given: &'g Given, name: &str) -> &'g str {
    given.get(name).map_or("", |value| value.trim())
}

/// An amount in yuan as somebody types it. Errors: none, or not above zero.
fn amount(given: &Given, name: &str) -> Result<Fen, Problem> {
    let text: String = typed(given, name).chars().filter(|sign| !matches!(sign, ',' | '，' | ' ')).collect();
    Fen::parse_yuan(&text).ok().filter(|amount| *amount > Fen(0)).ok_or_else(|| {
        Problem::unusable(
            format!("金额“{text}”不是大于零的元数，最多两位小数。"),
            format!("“{text}” is no amount of yuan above zero, with two decimals at most."),
        )
    })
}

/// A day. Errors: none.
fn day(given: &Given, name: &str) -> Result<Date, Problem> {
    let text = typed(given, name);
    Date::parse(text).map_err(|_| Problem::unusable(format!("日期“{text}”应写成 2025-06-18 这样。"), format!("“{text}” is no day: write it like 2025-06-18.")))
}

/// A whole number above zero. Errors: none.
fn count(given: &Given, name: &str) -> Result<u32, Problem> {
    let text = typed(given, name);
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| Problem::unusable(format!("“{text}”应为大于零的整数。"), format!("“{text}” is no whole number above zero.")))
}

/// What a field of a form takes.
enum Takes {
    Text,
    Words,
    Money,
    Day,
    Number,
    /// One of several: value and words.
    Choice(Vec<(String, String)>),
}

/// A field of a form.
struct Field {
    name: String,
    label: String,
    takes: Takes,
    value: String,
    hint: String,
    must: bool,
}

/// A form that does one act.
struct Form {
    act: &'static str,
    title: String,
    /// What it does, and what it needs.
    about: String,
    fields: Vec<Field>,
    /// It takes something back.
    is_grave: bool,
    /// It was sent, and came back.
    is_open: bool,
    /// Name of the request: a form sent twice is done once.
    request: String,
}

impl Form {
    /// A form of an act, with what was typed into it before.
    fn new(frame: &Frame, act: &'static str, about: (&'static str, &'static str)) -> Result<Self, Problem> {
        let title = super::acts::words::title(act, frame.lang()).to_owned();
        let about = frame.w(about.0, about.1).to_owned();
        Ok(Self { act, title, about, fields: Vec::new(), is_grave: false, is_open: false, request: secret::fresh()? })
    }

    fn field(mut self, name: &str, label: &str, takes: Takes, hint: &str) -> Self {
        self.fields.push(Field { name: name.into(), label: label.into(), takes, value: String::new(), hint: hint.into(), must: true });
        self
    }

    /// The last field may stay empty.
    fn maybe(mut self) -> Self {
        if let Some(last) = self.fields.last_mut() {
            last.must = false;
        }
        self
    }

    /// The last field has this in it.
    fn with(mut self, value: impl Into<String>) -> Self {
        if let Some(last) = self.fields.last_mut() {
            last.value = value.into();
        }
        self
    }

    fn grave(self) -> Self {
        Self { is_grave: true, ..self }
    }

    /// With what was typed, where it is the one that was sent.
    fn kept(mut self, given: Option<&Given>) -> Self {
        let Some(given) = given.filter(|given| typed(given, "act") == self.act) else { return self };
        self.is_open = true;
        for field in &mut self.fields {
            if let Some(value) = given.get(&field.name) {
                field.value.clone_from(value);
            }
        }
        self
    }
}

/// The start of ids that an act gives to what it makes: a form sent twice gives the same.
fn fresh_id(kind: &str, given: &Given) -> String {
    let request: String = typed(given, "request").chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    format!("{kind}-{request}")
}

/// Does an act as whoever asks, once for one form. Errors: as the office refuses it; what is denied of one thing is not there.
async fn perform(portal: &Portal, asked: &Asked<'_>, given: &Given, name: &str, fields: Value) -> Result<Outcome, Problem> {
    let seat = asked.seat()?;
    if !acts::is_granted(name, seat.role) {
        return Err(Problem::denied());
    }
    let act = acts::act_of(name, fields)?;
    let key = match typed(given, "request") {
        "" => secret::fresh()?,
        key => key.to_owned(),
    };
    let request = RequestId::parse(&key).map_err(|why| Problem::malformed("请求编号有误", why.to_string()))?;
    let context = Context { user: seat.user.clone(), role: seat.role, now: portal.clock.now(), request };
    portal.office.perform(&context, &act).await.map_err(|stop| match stop {
        Stop::Refused(casework::Refusal::Denied) => Problem::unknown("record", ""),
        stop => stop.into(),
    })
}

/// An act that no form of a page does.
fn no_such_act(name: &str) -> Problem {
    Problem::unusable(format!("本页没有“{name}”这一事项。"), format!("There is no “{name}” on this page."))
}
