//! Where an enterprise goes to be entered: the units in charge of calls that are open, as their letterheads say, for everybody.

use crate::{Office, Stop};
use casework::document::Letterhead;
use casework::people::Unit;
use store::Store;
use values::Date;

/// A unit that enterprises go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrontDesk {
    /// Its full name.
    pub organ: String,
    /// Where it is; empty: it did not say.
    pub address: String,
    /// Where it answers; empty: it did not say.
    pub phone: String,
    /// Titles of the calls it is in charge of.
    pub calls: Vec<String>,
}

impl Office {
    /// The units in charge of calls that take applications on a day, each once.
    pub async fn front_desks(&self, store: &Store, today: Date) -> Result<Vec<FrontDesk>, Stop> {
        let mut work = store.begin().await?;
        let open = self.calls_that(&mut work, |call| call.is_open(today)).await?;
        let mut out: Vec<(String, FrontDesk)> = Vec::new();
        for call in open {
            if let Some((_, desk)) = out.iter_mut().find(|(unit, _)| *unit == call.lead.as_str()) {
                desk.calls.push(call.title.clone());
                continue;
            }
            let letterhead: Option<Letterhead> = work.peek(call.lead.as_str()).await?;
            let unit: Option<Unit> = work.peek(call.lead.as_str()).await?;
            let name = unit.map_or_else(|| call.lead.to_string(), |unit| unit.name);
            let head = letterhead.unwrap_or_else(|| Letterhead::plain(&call.lead, &name));
            out.push((call.lead.to_string(), FrontDesk { organ: head.organ, address: head.address, phone: head.phone, calls: vec![call.title.clone()] }));
        }
        Ok(out.into_iter().map(|(_, desk)| desk).collect())
    }
}
