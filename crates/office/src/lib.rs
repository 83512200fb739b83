//! The office: one function for each act. Authorise, load, let `casework` decide, save: one transaction, one event. What
//! an act means stands in `casework`; how it is kept stands in `store`; here the two meet. No HTTP, no pages.

mod assess;
mod budget;
mod calendar;
mod call;
mod case;
mod desk;
mod guide;
mod hindrance;
mod notice;
mod payment;
mod policy_version;
mod recognition;
mod recovery;
mod registry;

pub use assess::{Assessed, Loaded};
use casework::chain::{Event, Fingerprint};
use casework::id::{RequestId, UserId};
use casework::people::Role;
use casework::{Act, Refusal};
pub use desk::Desk;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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
    /// Leads that were found.
    Leads(Vec<casework::id::LeadId>),
    /// Deadlines that are on another day since the calendar of a year came.
    Moved(Vec<casework::term::Moved>),
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
    casework::ledger::LedgerRefusal,
    casework::notice::NoticeRefusal,
    casework::payment::PaymentRefusal,
    casework::guide::GuideRefusal,
    casework::policy_version::PolicyRefusal,
    casework::recognition::RecognitionRefusal,
    casework::recovery::RecoveryRefusal
);

/// The office of a district.
#[derive(Clone)]
pub struct Office {
    store: Store,
    calendar: WorkCalendar,
    /// The calendar with the notices that were loaded, and which those are.
    current: Arc<Mutex<Option<(casework::calendar::Calendar, WorkCalendar)>>>,
    /// Compiled policy versions by id; a version never changes.
    loaded: Arc<Mutex<BTreeMap<String, Arc<Loaded>>>>,
}

/// An act that was in the way of another is tried again so many times.
const TRIES: u32 = 8;

impl Office {
    /// An office over a store, with the calendar of working days it goes by until notices of further years are loaded.
    #[must_use]
    pub fn new(store: Store, calendar: WorkCalendar) -> Self {
        Self { store, calendar, current: Arc::default(), loaded: Arc::default() }
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
        let mut tries = 0;
        loop {
            tries += 1;
            match self.attempt(context, act).await {
                Err(Stop::Failed(failure)) if failure.is_passing() && tries < TRIES => {}
                other => return other,
            }
        }
    }

    async fn attempt(&self, context: &Context, act: &Act) -> Result<Outcome, Stop> {
        let input = serde_json::to_string(act).map_err(|why| Refusal::Input(why.to_string()))?;
        let mut work = self.store.begin().await?;
        if let Some(event) = work.answered(&context.request).await? {
            return repeated(context, &event, &input);
        }
        let mut desk = Desk::sit(self, context, work, act.name()).await?;
        let outcome = dispatch(&mut desk, act).await?;
        assert!(desk.authorised(), "{} was done without asking who may do it", act.name());
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

/// The answer of a request that was made before; another person or another input is refused.
fn repeated(context: &Context, event: &Event, input: &str) -> Result<Outcome, Stop> {
    let outcome = serde_json::from_str(&event.outcome).ok();
    match outcome.filter(|_| event.user == context.user && event.role == context.role && event.input == input) {
        Some(outcome) => Ok(outcome),
        None => Err(Refusal::RequestReused { request: context.request.to_string() }.into()),
    }
}

async fn dispatch(desk: &mut Desk<'_>, act: &Act) -> Result<Outcome, Stop> {
    match act {
        Act::Registry(act) => registry::act(desk, act).await,
        Act::Budget(act) => budget::act(desk, act).await,
        Act::Call(act) => call::act(desk, act).await,
        Act::Case(act) => case::act(desk, act).await,
        Act::Notice(act) => notice::act(desk, act).await,
        Act::Payment(act) => payment::act(desk, act).await,
        Act::Recovery(act) => recovery::act(desk, act).await,
        Act::Policy(act) => policy_version::act(desk, act).await,
        Act::Recognition(act) => recognition::act(desk, act).await,
        Act::Guide(act) => guide::act(desk, act).await,
        Act::Calendar(act) => calendar::act(desk, act).await,
    }
}

/// The hash of the scheme that the files of a policy version compile to. Errors: what is wrong with them, in Chinese.
pub fn hash_of(version: &casework::policy_version::PolicyVersion) -> Result<String, String> {
    assess::compile(version).map(|loaded| loaded.scheme.hash)
}
