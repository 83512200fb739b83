//! Gathers the records that documents about one thing are filled from, and asks on the way who may see them.

use crate::assess::Loaded;
use crate::desk::Desk;
use crate::{Refusal, Stop};
use casework::Key;
use casework::authority::Standing;
use casework::call::Call;
use casework::case::Case;
use casework::determination::Determination;
use casework::document::{DocumentRefusal, Subject};
use casework::id::{CallId, OrganisationId, PolicyVersionId, UnitId, UserId};
use casework::notice::Notice;
use casework::organisation::Organisation;
use casework::payment::{Batch, Due};
use casework::people::{Unit, User};
use casework::policy_version::PolicyLife;
use casework::recovery::Recovery;
use documents::Records;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Records about a thing, the policy they rest on, and the unit that writes.
pub(super) struct Gathered {
    pub(super) records: Records<'static>,
    pub(super) loaded: Arc<Loaded>,
    pub(super) unit: UnitId,
}

/// Everything about a subject. Errors: not there, not for this person, linked to whom it is about.
pub(super) async fn about(desk: &mut Desk<'_>, subject: &Subject) -> Result<Gathered, Stop> {
    let mut records = Records::default();
    let call = match subject {
        Subject::Policy(id) => return policy(desk, id, records).await,
        Subject::Case(id) => {
            let case: Case = desk.must_peek(id.as_str()).await?;
            let call: Call = desk.must_peek(case.call.as_str()).await?;
            desk.allow_case(&call, &case)?;
            keep_away(desk, &case.organisation).await?;
            records.cases = vec![case];
            call
        }
        Subject::Call(id) => whole_call(desk, id, &mut records).await?,
        Subject::Notice(id) => {
            let notice: Notice = desk.must_peek(id.as_str()).await?;
            let call: Call = desk.must_peek(notice.call.as_str()).await?;
            desk.allow_call(&call)?;
            records.objections = desk.work.list("notice_id", &Key::from(id.as_str())).await?;
            records.notice = Some(notice);
            call
        }
        Subject::Batch(id) => {
            let batch: Batch = desk.must_peek(id.as_str()).await?;
            let call: Call = desk.must_peek(batch.call.as_str()).await?;
            desk.allow_call(&call)?;
            for case in batch.lines.iter().map(|line| &line.case).collect::<BTreeSet<_>>() {
                records.cases.push(desk.must_peek(case.as_str()).await?);
            }
            for line in &batch.lines {
                records.dues.push(desk.must_peek(line.due.as_str()).await?);
            }
            records.books.extend(desk.work.book(&call.fund).await?);
            records.batches = vec![batch];
            call
        }
        Subject::Recovery(id) => {
            let recovery: Recovery = desk.must_peek(id.as_str()).await?;
            let call: Call = desk.must_peek(recovery.call.as_str()).await?;
            desk.allow_call(&call)?;
            keep_away(desk, &recovery.organisation).await?;
            records.cases = vec![desk.must_peek(recovery.case.as_str()).await?];
            // Not the one in force now: the one the clawback was filed on.
            let determination: Determination = desk.must_peek(recovery.determination.as_str()).await?;
            records.determinations.insert(recovery.determination.to_string(), determination);
            records.recoveries = vec![recovery];
            call
        }
        Subject::Organisation(organisation, call) => enterprise(desk, organisation, call, &mut records).await?,
    };
    common(desk, call, records).await
}

async fn keep_away(desk: &mut Desk<'_>, organisation: &OrganisationId) -> Result<(), Stop> {
    if desk.must_keep_away(organisation).await? { Err(DocumentRefusal::Recused.into()) } else { Ok(()) }
}

async fn whole_call(desk: &mut Desk<'_>, id: &CallId, records: &mut Records<'static>) -> Result<Call, Stop> {
    let call: Call = desk.must_peek(id.as_str()).await?;
    desk.allow_call(&call)?;
    let key = Key::from(id.as_str());
    records.cases = desk.work.list("call_id", &key).await?;
    records.batches = desk.work.list("call_id", &key).await?;
    records.dues = desk.work.list("call_id", &key).await?;
    for case in &records.cases {
        records.recoveries.extend(desk.work.list::<Recovery>("case_id", &Key::from(case.id.as_str())).await?);
    }
    desk.lock_books(&call).await?;
    for book in std::iter::once(&call.fund).chain(call.pools.iter().map(|(_, book)| book)) {
        records.books.extend(desk.work.book(book).await?);
    }
    Ok(call)
}

/// An enterprise that applied in a call of the person's unit: what it handed in and has with the office, as far as the person stands in
/// the calls of it. What was not handed in is the enterprise's own.
async fn enterprise(desk: &mut Desk<'_>, id: &OrganisationId, call: &CallId, records: &mut Records<'static>) -> Result<Call, Stop> {
    let call: Call = desk.must_peek(call.as_str()).await?;
    desk.allow_call(&call)?;
    keep_away(desk, id).await?;
    let key = Key::from(id.as_str());
    for case in desk.work.list::<Case>("organisation_id", &key).await? {
        let of: Call = desk.must_peek(case.call.as_str()).await?;
        if case.submitted.is_none() || !desk.may_too(&of, &case) {
            continue;
        }
        records.dues.extend(desk.work.list::<Due>("case_id", &Key::from(case.id.as_str())).await?);
        records.calls.insert(of.id.to_string(), of.title);
        records.cases.push(case);
    }
    if !records.cases.iter().any(|case| case.call == call.id) {
        return Err(Refusal::Unknown { what: "organisation", id: id.to_string() }.into());
    }
    records.recoveries = desk.work.list("organisation_id", &key).await?;
    records.recoveries.retain(|recovery| records.cases.iter().any(|case| case.id == recovery.case));
    for batch in records.dues.iter().filter_map(|due| due.batch.clone()).collect::<BTreeSet<_>>() {
        records.batches.push(desk.must_peek(batch.as_str()).await?);
    }
    Ok(call)
}

/// What every document of a call may name: enterprises, determinations, units, officers, the policy.
async fn common(desk: &mut Desk<'_>, call: Call, mut records: Records<'static>) -> Result<Gathered, Stop> {
    let loaded = desk.loaded(&call.version).await?;
    records.life = Some(desk.must_peek(call.version.as_str()).await?);
    for id in records.cases.iter().map(|case| case.organisation.clone()).collect::<BTreeSet<_>>() {
        let organisation: Organisation = desk.must_peek(id.as_str()).await?;
        records.organisations.insert(id.to_string(), organisation);
    }
    for id in records.cases.iter().filter_map(|case| case.determination.clone()).collect::<BTreeSet<_>>() {
        let determination: Determination = desk.must_peek(id.as_str()).await?;
        records.determinations.insert(id.to_string(), determination);
    }
    let asked = records.cases.iter().flat_map(|case| case.review.asks.iter().map(|ask| ask.unit.clone()));
    let units: BTreeSet<UnitId> = asked.chain([call.lead.clone()]).collect();
    name_units(desk, &units, &mut records).await?;
    let hands: BTreeSet<UserId> = records.cases.iter().flat_map(|case| case.hands.iter().map(|hand| hand.user.clone())).collect();
    for id in hands {
        let user: User = desk.must_peek(id.as_str()).await?;
        records.people.insert(id.to_string(), user.name);
    }
    records.calls.insert(call.id.to_string(), call.title.clone());
    if let Some(guide) = &call.guide {
        records.guide = Some(desk.must_peek(guide.as_str()).await?);
    }
    let unit = call.lead.clone();
    records.call = Some(call);
    Ok(Gathered { records, loaded, unit })
}

async fn name_units(desk: &mut Desk<'_>, units: &BTreeSet<UnitId>, records: &mut Records<'static>) -> Result<(), Stop> {
    for id in units {
        let unit: Unit = desk.must_peek(id.as_str()).await?;
        records.units.insert(id.to_string(), unit.name);
    }
    Ok(())
}

async fn policy(desk: &mut Desk<'_>, id: &PolicyVersionId, mut records: Records<'static>) -> Result<Gathered, Stop> {
    let life: PolicyLife = desk.must_peek(id.as_str()).await?;
    let own = desk.person().and_then(|person| person.unit.as_ref()) == Some(&life.lead);
    desk.allow(if own { Standing::Lead } else { Standing::Foreign })?;
    let loaded = desk.loaded(id).await?;
    records.comments = desk.work.list("policy_id", &Key::from(id.as_str())).await?;
    name_units(desk, &BTreeSet::from([life.lead.clone()]), &mut records).await?;
    let unit = life.lead.clone();
    records.life = Some(life);
    Ok(Gathered { records, loaded, unit })
}
