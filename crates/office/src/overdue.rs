//! What is overdue (超期), for whoever reminds: cases at a step, objections, reports on payments. Reading alone: nothing is locked,
//! nothing changes, and nothing follows by itself from being late.

use crate::{Office, Stop};
use casework::call::Call;
use casework::case::{Case, Holder};
use casework::id::{CaseId, OrganisationId};
use casework::notice::{Objection, ObjectionState};
use casework::people::Role;
use casework::performance::{Performance, PerformanceState};
use casework::term::Term;
use casework::{Key, Refusal};
use std::collections::{BTreeMap, BTreeSet};
use store::Work;
use values::{Date, WorkCalendar};

/// Something that should have been done by now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overdue {
    /// The case.
    pub case: CaseId,
    /// Whose case it is.
    pub organisation: OrganisationId,
    /// At which step: the stage of the case, `objection` or `performance`.
    pub step: &'static str,
    /// Who holds it.
    pub holder: Holder,
    /// Its last day.
    pub due: Date,
    /// Working days since.
    pub working_days_late: u32,
    /// Whether the last day rests on a year whose working days are not published.
    pub provisional: bool,
}

/// Cases with their calls, read once.
#[derive(Default)]
struct Known {
    cases: BTreeMap<CaseId, Case>,
    calls: BTreeMap<String, Call>,
}

impl Known {
    async fn call(&mut self, work: &mut Work, id: &str) -> Result<Call, Stop> {
        if let Some(call) = self.calls.get(id) {
            return Ok(call.clone());
        }
        let call: Call = work.peek(id).await?.ok_or_else(|| Refusal::Unknown { what: "call", id: id.to_owned() })?;
        self.calls.insert(id.to_owned(), call.clone());
        Ok(call)
    }

    async fn case(&mut self, work: &mut Work, id: &CaseId) -> Result<(Case, Call), Stop> {
        let case = match self.cases.get(id) {
            Some(case) => case.clone(),
            None => work.peek(id.as_str()).await?.ok_or_else(|| Refusal::Unknown { what: "case_file", id: id.to_string() })?,
        };
        let call = self.call(work, case.call.as_str()).await?;
        Ok((case, call))
    }
}

impl Office {
    /// What is overdue on a day, the longest first; by the calendar as it is now, so that a deadline that was provisional is
    /// counted again.
    pub async fn overdue(&self, today: Date) -> Result<Vec<Overdue>, Stop> {
        let mut work = self.store().begin().await?;
        let calendar = crate::calendar::current(self, &mut work).await?;
        let mut known = Known::default();
        let mut out = cases(&mut work, &mut known, &calendar, today).await?;
        out.extend(objections(&mut work, &mut known, &calendar, today).await?);
        out.extend(reports(&mut work, &mut known, &calendar, today).await?);
        out.sort_by(|a, b| (a.due, &a.case, a.step).cmp(&(b.due, &b.case, b.step)));
        Ok(out)
    }
}

async fn cases(work: &mut Work, known: &mut Known, calendar: &WorkCalendar, today: Date) -> Result<Vec<Overdue>, Stop> {
    let mut due: Vec<Case> = work.list_until("due", &today.to_string()).await?;
    // A provisional day may be an earlier one by now.
    due.extend(work.list::<Case>("provisional", &Key::from(1_i64)).await?);
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    for case in due {
        if !seen.insert(case.id.clone()) {
            continue;
        }
        let call = known.call(work, case.call.as_str()).await?;
        out.extend(case.late(&call, calendar, today).into_iter().map(|late| Overdue {
            case: case.id.clone(),
            organisation: case.organisation.clone(),
            step: late.stage.name(),
            holder: late.holder,
            due: late.due,
            working_days_late: late.working_days,
            provisional: late.provisional,
        }));
    }
    Ok(out)
}

/// A term that ran out: its last day, and the working days since.
fn run_out(term: &Term, calendar: &WorkCalendar, today: Date) -> Option<(Date, u32)> {
    let due = term.ends(calendar);
    match casework::case::Left::until(calendar, today, due) {
        casework::case::Left::Over(days) => Some((due, days)),
        casework::case::Left::Days(_) => None,
    }
}

async fn objections(work: &mut Work, known: &mut Known, calendar: &WorkCalendar, today: Date) -> Result<Vec<Overdue>, Stop> {
    let mut open: Vec<Objection> = Vec::new();
    for state in ["received", "checked"] {
        open.extend(work.list::<Objection>("state", &Key::from(state)).await?);
    }
    let mut out = Vec::new();
    for objection in open {
        let Some(term) = &objection.term else { continue };
        let Some((due, working_days_late)) = run_out(term, calendar, today) else { continue };
        let (case, call) = known.case(work, &objection.case).await?;
        let role = if objection.state == ObjectionState::Received { Role::Clerk } else { Role::Leader };
        let holder = Holder::Unit(call.lead, Some(role));
        out.push(Overdue { case: case.id, organisation: case.organisation, step: "objection", holder, due, working_days_late, provisional: term.provisional });
    }
    Ok(out)
}

async fn reports(work: &mut Work, known: &mut Known, calendar: &WorkCalendar, today: Date) -> Result<Vec<Overdue>, Stop> {
    let mut out = Vec::new();
    for report in work.list::<Performance>("state", &Key::from(PerformanceState::Awaited.name())).await? {
        let Some((due, working_days_late)) = run_out(&report.term, calendar, today) else { continue };
        let (case, _) = known.case(work, &report.case).await?;
        out.push(Overdue {
            case: case.id,
            organisation: case.organisation,
            step: "performance",
            holder: Holder::Applicant,
            due,
            working_days_late,
            provisional: report.term.provisional,
        });
    }
    Ok(out)
}
