//! What anybody may see without signing in: the policies that are in force, and the calls that take applications. Drafts
//! stand nowhere here, and of a call no more is given out than its announcement says.

mod notices;

use crate::{Loaded, Office, Stop};
use casework::call::{Call, CallStage};
use casework::guide::Guide;
use casework::id::{CallId, PolicyVersionId};
use casework::people::Unit;
use casework::policy_version::{PolicyLife, PolicyStage};
pub use notices::{NoticeLine, NoticeRow, RowState, ShownNotice};
use std::sync::Arc;
use store::Store;
use values::Date;

/// A policy in force.
pub struct Offered {
    /// The issued version.
    pub id: PolicyVersionId,
    /// Its text and rules.
    pub loaded: Arc<Loaded>,
}

/// A call as it was announced.
#[derive(Clone, Debug)]
pub struct OpenCall {
    /// Id.
    pub id: CallId,
    /// Title.
    pub title: String,
    /// The version it runs.
    pub version: PolicyVersionId,
    /// Award year.
    pub year: i32,
    /// First and last day for applications.
    pub open: (Date, Date),
    /// Clauses that may be applied for.
    pub clauses: Vec<String>,
}

/// A call as anybody may read it.
#[derive(Clone, Debug)]
pub struct Announced {
    /// What is in the list too.
    pub call: OpenCall,
    /// The day on which facts are judged.
    pub as_of: Date,
    /// How far it has come.
    pub stage: CallStage,
    /// Name of the unit in charge.
    pub lead: String,
    /// Title and number of its application guide.
    pub guide: Option<(String, String)>,
}

impl Office {
    /// A call that was announced. Errors: there is none of this id, or it is being prepared still.
    pub async fn announced(&self, store: &Store, id: &str) -> Result<Announced, Stop> {
        let mut work = store.begin().await?;
        let call: Option<Call> = work.peek(id).await?;
        let call = call.filter(|call| call.stage != CallStage::Draft).ok_or_else(|| crate::desk::unknown::<Call>(id))?;
        let lead: Option<Unit> = work.peek(call.lead.as_str()).await?;
        let guide: Option<Guide> = match &call.guide {
            Some(guide) => work.peek(guide.as_str()).await?,
            None => None,
        };
        Ok(Announced {
            as_of: call.as_of,
            stage: call.stage,
            lead: lead.map_or_else(|| call.lead.to_string(), |unit| unit.name),
            guide: guide.map(|guide| (guide.title, guide.number)),
            call: OpenCall { id: call.id, title: call.title, version: call.version, year: call.year, open: call.open, clauses: call.clauses },
        })
    }

    /// Policies in force on a day, in the order of their ids.
    pub async fn offered(&self, store: &Store, today: Date) -> Result<Vec<Offered>, Stop> {
        let lives: Vec<PolicyLife> = store.begin().await?.every().await?;
        let mut out = Vec::new();
        for life in lives.into_iter().filter(|life| life.stage == PolicyStage::Issued && life.ended.as_ref().is_none_or(|ended| today < ended.on)) {
            let loaded = self.scheme(store, None, life.id.as_str()).await?;
            out.push(Offered { id: life.id, loaded });
        }
        Ok(out)
    }

    /// Calls that take applications on a day, the earliest end first.
    pub async fn open_calls(&self, store: &Store, today: Date) -> Result<Vec<OpenCall>, Stop> {
        let mut work = store.begin().await?;
        let mut out = Vec::new();
        for brief in self.calls_that(&mut work, |call| call.is_open(today)).await? {
            let call: Option<Call> = work.peek(brief.id.as_str()).await?;
            out.extend(call.map(|call| OpenCall {
                id: call.id,
                title: call.title,
                version: call.version,
                year: call.year,
                open: call.open,
                clauses: call.clauses,
            }));
        }
        out.sort_by(|a, b| (a.open.1, &a.id).cmp(&(b.open.1, &b.id)));
        Ok(out)
    }
}
