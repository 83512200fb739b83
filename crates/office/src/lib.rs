//! The office: one function for each act. Authorise, load, let `casework` decide, save: one transaction, one event. What
//! an act means stands in `casework`; how it is kept stands in `store`; here the two meet. No HTTP, no pages.

mod ahead;
mod assess;
pub mod board;
mod budget;
pub mod bundle;
mod calendar;
mod call;
mod case;
pub mod checkpoint;
mod desk;
mod determination;
mod document;
pub mod earned;
pub mod front_desk;
mod guide;
pub mod handler;
mod hindrance;
mod history;
mod holding;
mod instalment;
pub mod key;
mod matching;
mod motion;
mod notice;
pub mod offered;
mod outbox;
pub mod parallel_run;
mod payment;
mod performance;
mod policy_version;
pub mod proven;
pub mod queue;
pub mod reading;
mod recognition;
mod recovery;
mod registry;
mod replay;
pub mod retention;
pub mod verify;
pub mod walk;

pub use assess::{Assessed, Loaded, assessed, compile};
use casework::case::Case;
use casework::chain::{Event, Fingerprint, withdrawn};
use casework::id::{RequestId, UserId};
use casework::people::Role;
use casework::{Act, Refusal};
pub use desk::Desk;
pub use replay::Replayed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use store::work::PostError;
use store::{Store, StoreError};
use values::{Fen, Moment, WorkCalendar};

/// Who asks, as what, when, and under which request.
#[derive(Clone, Debug)]
pub struct Context {
    /// The person.
    pub user: UserId,
    /// The role the person acts in.
    pub role: Role,
    /// Now.
    pub now: Moment,
    /// The request. Asked twice with the same id, an act is done once and answered twice.
    pub request: RequestId,
}

/// What an act answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Done; there is nothing more to say.
    Done,
    /// How pools were shared.
    Shared(Vec<casework::call::Share>),
    /// What was determined, committed or paid, in all.
    Sum(Fen),
    /// What became of an objection that came in.
    Received(casework::notice::Reception),
    /// What the test of an instalment gave: the year it is for now, and whether it may be paid.
    Tested {
        /// Year.
        year: i32,
        /// Whether it holds; none: it waits for that year.
        holds: Option<bool>,
    },
    /// Proposed: it waits for another person.
    Proposed,
    /// So many records were written, or marked.
    Count(u32),
    /// Leads that were found.
    Leads(Vec<casework::id::LeadId>),
    /// Deadlines that are on another day since the calendar of a year came.
    Moved(Vec<casework::term::Moved>),
    /// Documents that were issued: the number of each, in the order they were asked for.
    Issued(Vec<String>),
}

/// Why an act was not done. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// By a rule.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// By a failure of the world.
    #[error(transparent)]
    Failed(#[from] StoreError),
}

impl From<PostError> for Stop {
    fn from(error: PostError) -> Self {
        match error {
            PostError::Refused(refusal) => Self::Refused(refusal),
            PostError::Failed(failure) => Self::Failed(failure),
        }
    }
}

macro_rules! refusals {
    ($($kind:path),* $(,)?) => {$(
        impl From<$kind> for Stop {
            fn from(refusal: $kind) -> Self {
                Self::Refused(refusal.into())
            }
        }
    )*};
}

refusals!(
    casework::call::CallRefusal,
    casework::case::CaseRefusal,
    casework::determination::DeterminationRefusal,
    casework::document::DocumentRefusal,
    casework::retention::RetentionRefusal,
    casework::ledger::LedgerRefusal,
    casework::notice::NoticeRefusal,
    casework::payment::PaymentRefusal,
    casework::performance::PerformanceRefusal,
    casework::people::PeopleRefusal,
    casework::organisation::OrganisationRefusal,
    casework::history::HistoryRefusal,
    casework::matching::MatchingRefusal,
    casework::outbox::OutboxRefusal,
    casework::guide::GuideRefusal,
    casework::policy_version::PolicyRefusal,
    casework::recognition::RecognitionRefusal,
    casework::recovery::RecoveryRefusal,
    casework::motion::MotionRefusal
);

/// The office of a district.
#[derive(Clone)]
pub struct Office {
    store: Store,
    calendar: WorkCalendar,
    /// The calendar with the notices that were loaded, and which those are.
    current: Arc<Mutex<Option<(casework::calendar::Calendar, WorkCalendar)>>>,
    /// Compiled policy versions by id; a version never changes.
    loaded: Arc<Compiled>,
    /// What waits, and all calls in brief, as far as the log was read.
    board: Arc<tokio::sync::Mutex<Option<board::Board>>>,
    /// What budgets come to month by month, as far as their entries were read.
    months: Arc<tokio::sync::Mutex<reading::months::Months>>,
}

/// Compiled policy versions by id.
type Compiled = Mutex<BTreeMap<String, Arc<Loaded>>>;

/// An act that was in the way of another is tried again so many times.
const TRIES: u32 = 8;

impl Office {
    /// An office over a store, with the calendar of working days it goes by until notices of further years are loaded.
    #[must_use]
    pub fn new(store: Store, calendar: WorkCalendar) -> Self {
        Self { store, calendar, current: Arc::default(), loaded: Arc::default(), board: Arc::default(), months: Arc::default() }
    }

    /// The store.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// Does an act, once.
    ///
    /// A request that was answered before gets the same answer, and nothing happens. Errors: a refusal, or a failure of the
    /// store; in both cases nothing was changed. An act that another was in the way of is tried again.
    pub async fn perform(&self, context: &Context, act: &Act) -> Result<Outcome, Stop> {
        self.perform_on(context, act, None).await
    }

    /// The same, if what the act is done to still has the version that whoever asks has seen.
    pub async fn perform_on(&self, context: &Context, act: &Act, seen: Option<i64>) -> Result<Outcome, Stop> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.attempt(context, act, seen).await {
                Err(Stop::Failed(failure)) if failure.is_passing() && tries < TRIES => {}
                other => return other,
            }
        }
    }

    /// What would come of an act if it were asked now: everything is looked at and nothing is kept. With it the case as it would
    /// then stand, where the act is about one. Errors: as of [`perform_on`](Self::perform_on).
    pub async fn rehearse(&self, context: &Context, act: &Act, seen: Option<i64>) -> Result<(Outcome, Option<Case>), Stop> {
        let work = self.store.begin().await?;
        let mut desk = Desk::sit(self, context, work, act.name()).await?;
        let outcome = dispatch(&mut desk, act).await?;
        if let Some(seen) = seen {
            desk.must_have_version(seen).await?;
        }
        let about = desk.subject.clone();
        let case = if matches!(act, Act::Case(_)) { desk.work.peek(&about).await? } else { None };
        Ok((outcome, case))
    }

    async fn attempt(&self, context: &Context, act: &Act, seen: Option<i64>) -> Result<Outcome, Stop> {
        let input = serde_json::to_string(act).map_err(|why| Refusal::Input(why.to_string()))?;
        if holds_nul(&input) {
            return Err(Refusal::Input("a text may not hold the sign U+0000".into()).into());
        }
        let mut work = self.store.begin().await?;
        for reads in ahead::reads(context, act) {
            work.ahead(&context.request, &reads).await?;
        }
        // First the person, then the request: who may not ask any more is not answered again either.
        let mut desk = Desk::sit(self, context, work, act.name()).await?;
        if let Some(event) = desk.work.answered(&context.request).await? {
            let answer = repeated(context, &event, &input);
            desk.work.confirm().await?;
            return answer;
        }
        let outcome = dispatch(&mut desk, act).await?;
        assert!(desk.authorised(), "{} was done without asking who may do it", act.name());
        if let Some(seen) = seen {
            desk.must_have_version(seen).await?;
        }
        desk.freeze_register().await?;
        let event = Event {
            seq: 0,
            at: context.now,
            user: context.user.clone(),
            role: context.role,
            act: act.name().to_owned(),
            request: context.request.clone(),
            subject: desk.subject.clone(),
            input,
            outcome: serde_json::to_string(&outcome).map_err(|why| Refusal::Input(why.to_string()))?,
            effects: String::new(),
            before: Fingerprint::NONE,
            fingerprint: Fingerprint::NONE,
        };
        desk.work.finish(event).await?;
        Ok(outcome)
    }
}

/// Whether a text in JSON holds U+0000, which PostgreSQL keeps in no text and which would so be refused by one store alone.
fn holds_nul(json: &str) -> bool {
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let escape = rest.get(at..).unwrap_or_default();
        if escape.starts_with("\\u0000") {
            return true;
        }
        // The sign behind the backslash belongs to it: `\\u0000` is a backslash and six letters.
        rest = escape.get(2..).unwrap_or_default();
    }
    false
}

/// The answer of a request that was made before; another person or another input is refused.
fn repeated(context: &Context, event: &Event, input: &str) -> Result<Outcome, Stop> {
    let outcome = serde_json::from_str(&event.outcome).ok();
    let same = event.input == input || withdrawn::of(&event.input) == Some(Fingerprint::of(input.as_bytes()));
    match outcome.filter(|_| event.user == context.user && event.role == context.role && same) {
        Some(outcome) => Ok(outcome),
        None => Err(Refusal::RequestReused { request: context.request.to_string() }.into()),
    }
}

/// An act on its way. Boxed, so that each noun is known to be fit for any thread by itself, and an act takes little of the stack.
type Doing<'d> = Pin<Box<dyn Future<Output = Result<Outcome, Stop>> + Send + 'd>>;

fn dispatch<'d>(desk: &'d mut Desk<'_>, act: &'d Act) -> Doing<'d> {
    match act {
        Act::Registry(act) => Box::pin(registry::act(desk, act)),
        Act::Budget(act) => Box::pin(budget::act(desk, act)),
        Act::Call(act) => Box::pin(call::act(desk, act)),
        Act::Case(act) => Box::pin(case::act(desk, act)),
        Act::Notice(act) => Box::pin(notice::act(desk, act)),
        Act::Payment(act) => Box::pin(payment::act(desk, act)),
        Act::History(act) => Box::pin(history::act(desk, act)),
        Act::Matching(act) => Box::pin(matching::act(desk, act)),
        Act::Outbox(act) => Box::pin(outbox::act(desk, act)),
        Act::Log(act) => Box::pin(checkpoint::act(desk, act)),
        Act::Determination(act) => Box::pin(determination::act(desk, act)),
        Act::Instalment(act) => Box::pin(instalment::act(desk, act)),
        Act::Performance(act) => Box::pin(performance::act(desk, act)),
        Act::Recovery(act) => Box::pin(recovery::act(desk, act)),
        Act::Policy(act) => Box::pin(policy_version::act(desk, act)),
        Act::Recognition(act) => Box::pin(recognition::act(desk, act)),
        Act::Guide(act) => Box::pin(guide::act(desk, act)),
        Act::Calendar(act) => Box::pin(calendar::act(desk, act)),
        Act::Document(act) => Box::pin(document::act(desk, act)),
        Act::Retention(act) => Box::pin(retention::act(desk, act)),
    }
}

/// The hash of the scheme that the files of a policy version compile to. Errors: what is wrong with them, in Chinese.
pub fn hash_of(version: &casework::policy_version::PolicyVersion) -> Result<String, String> {
    assess::compile(version).map(|loaded| loaded.scheme.hash)
}
