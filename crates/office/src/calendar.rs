//! The calendar of working days: the notice of a year is loaded, and every deadline that was provisional is counted again.

use crate::desk::Desk;
use crate::{Outcome, Stop};
use casework::authority::Standing;
use casework::calendar::{Calendar, CalendarAct, YearNotice};
use casework::notice::{Notice, Objection};
use casework::performance::Performance;
use casework::policy_version::PolicyLife;
use casework::recovery::Recovery;
use casework::term::{Moved, Terms, recount};
use casework::{Key, Refusal};
use values::WorkCalendar;

pub(crate) async fn act(desk: &mut Desk<'_>, act: &CalendarAct) -> Result<Outcome, Stop> {
    match act {
        CalendarAct::Load { year, number, on, days, amends } => {
            let notice = YearNotice { year: *year, number: number.clone(), on: *on, days: days.clone(), amends: *amends, loaded: desk.context.now };
            load(desk, notice).await
        }
    }
}

async fn load(desk: &mut Desk<'_>, notice: YearNotice) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.subject = notice.year.to_string();
    let mut calendar: Calendar = desk.work.get(Calendar::ID).await?.unwrap_or_else(Calendar::empty);
    let next = calendar.load(notice, &desk.office.calendar).map_err(Refusal::from)?;
    desk.work.save(&calendar).await?;
    let mut moved = Vec::new();
    // Every table with deadlines of its own stands here.
    recount_all::<Recovery>(desk, &next, &mut moved).await?;
    recount_all::<PolicyLife>(desk, &next, &mut moved).await?;
    recount_all::<Notice>(desk, &next, &mut moved).await?;
    recount_all::<Objection>(desk, &next, &mut moved).await?;
    recount_all::<Performance>(desk, &next, &mut moved).await?;
    Ok(Outcome::Moved(moved))
}

/// Counts the provisional terms of a table again. Its records are found by a column `provisional` that is 1.
async fn recount_all<R: Terms>(desk: &mut Desk<'_>, calendar: &WorkCalendar, moved: &mut Vec<Moved>) -> Result<(), Stop> {
    let records: Vec<R> = desk.work.find("provisional", &Key::from(1_i64)).await?;
    for mut record in records {
        moved.extend(recount(&mut record, calendar));
        desk.work.save(&record).await?;
    }
    Ok(())
}

/// The calendar that an office goes by: the notices it loaded on top of those the program brings along.
pub(crate) async fn current(office: &crate::Office, work: &mut store::Work) -> Result<WorkCalendar, Stop> {
    let Some(kept) = work.peek::<Calendar>(Calendar::ID).await? else { return Ok(office.calendar.clone()) };
    if let Some((_, calendar)) = office.current.lock().ok().and_then(|current| current.clone()).filter(|(of, _)| *of == kept) {
        return Ok(calendar);
    }
    let calendar = kept.on_top_of(&office.calendar).map_err(|why| Refusal::Input(why.to_string()))?;
    if let Ok(mut current) = office.current.lock() {
        *current = Some((kept, calendar.clone()));
    }
    Ok(calendar)
}

impl crate::Office {
    /// The working days as the office knows them now, read from a store. Errors: the store, or notices that do not fit.
    pub async fn calendar(&self, store: &store::Store) -> Result<WorkCalendar, Stop> {
        let mut work = store.begin().await?;
        current(self, &mut work).await
    }
}
