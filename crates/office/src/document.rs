//! Documents: issued about one thing, each with the next number of its series and what it shows frozen; declared void. What a
//! document shows is filled by `documents` from records gathered here: nobody types it.

mod gather;

use crate::desk::Desk;
use crate::{Outcome, Stop};
use casework::authority::Standing;
use casework::chain::Fingerprint;
use casework::document::{Document, DocumentAct, DocumentRefusal, Letterhead, Sequence, Subject, Wanted, check_wanted};
use casework::id::{DocumentId, UnitId};
use casework::people::{Role, Unit};
use casework::{Record, Refusal};
use documents::content::own_number;
use documents::{Content, Records};
use std::collections::BTreeMap;

pub(crate) async fn act(desk: &mut Desk<'_>, act: &DocumentAct) -> Result<Outcome, Stop> {
    match act {
        DocumentAct::Issue { subject, documents } => issue(desk, subject, documents).await,
        DocumentAct::Void { document, reason } => void(desk, document, reason).await,
        DocumentAct::PutLetterhead { letterhead } => put_letterhead(desk, letterhead).await,
    }
}

async fn issue(desk: &mut Desk<'_>, subject: &Subject, wanted: &[Wanted]) -> Result<Outcome, Stop> {
    desk.subject = subject.id().to_owned();
    let gathered = gather::about(desk, subject).await?;
    check_wanted(subject, wanted)?;
    for one in wanted {
        desk.must_be_new::<Document>(one.document.as_str()).await?;
    }
    let signer = desk.person().filter(|_| desk.context.role == Role::Leader).map(|person| person.name.clone());
    let records = Records { scheme: Some(&gathered.loaded.scheme), today: Some(desk.context.now.date()), signer, ..gathered.records };
    let mut contents = Vec::new();
    for one in wanted {
        let not_yet = |why: documents::NotYet| DocumentRefusal::NotYet { kind: one.kind, missing: why.0.to_owned() };
        contents.push(Content::fill(one.kind, &records).map_err(not_yet)?);
    }
    let letterhead = letterhead_of(desk, &gathered.unit).await?;
    let year = desk.context.now.date().year();
    // One order for all, so that two who issue several kinds at once do not wait for each other.
    let mut sequences = BTreeMap::new();
    for one in wanted {
        sequences.insert(Sequence::id_of(&gathered.unit, one.kind, year), one.kind);
    }
    let mut numbers = BTreeMap::new();
    for (id, kind) in sequences {
        let mut sequence: Sequence = desk.work.get(&id).await?.unwrap_or(Sequence::new(id));
        numbers.insert(kind, sequence.next());
        desk.work.save(&sequence).await?;
    }
    let mut issued = Vec::new();
    for (one, content) in wanted.iter().zip(contents) {
        let data = content.json().map_err(|why| Refusal::Input(why.to_string()))?;
        let document = Document {
            id: one.document.clone(),
            kind: one.kind,
            subject: subject.clone(),
            unit: gathered.unit.clone(),
            year,
            number: numbers.get(&one.kind).copied().unwrap_or_default(),
            own_number: own_number(one.kind, &records),
            letterhead: letterhead.clone(),
            digest: Fingerprint::of(data.as_bytes()),
            data,
            by: desk.context.user.clone(),
            at: desk.context.now,
            void: None,
        };
        desk.work.save(&document).await?;
        issued.push(document.register_number());
    }
    Ok(Outcome::Issued(issued))
}

async fn letterhead_of(desk: &mut Desk<'_>, unit: &UnitId) -> Result<Letterhead, Stop> {
    if let Some(letterhead) = desk.work.peek::<Letterhead>(unit.as_str()).await? {
        return Ok(letterhead);
    }
    let unit: Unit = desk.must_peek(unit.as_str()).await?;
    Ok(Letterhead::plain(&unit.id, &unit.name))
}

async fn void(desk: &mut Desk<'_>, id: &DocumentId, reason: &str) -> Result<Outcome, Stop> {
    let mut document: Document = desk.must_get(id.as_str()).await?;
    let own = desk.person().and_then(|person| person.unit.as_ref()) == Some(&document.unit);
    desk.allow(if own { Standing::Lead } else { Standing::Foreign })?;
    desk.is_about::<Document>(id);
    document.annul(reason, &desk.context.user, desk.context.now)?;
    desk.work.save(&document).await?;
    Ok(Outcome::Done)
}

async fn put_letterhead(desk: &mut Desk<'_>, letterhead: &Letterhead) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.is_about::<Letterhead>(&letterhead.unit);
    desk.must_peek::<Unit>(letterhead.unit.as_str()).await?;
    letterhead.check()?;
    desk.work.get::<Letterhead>(letterhead.id()).await?;
    desk.work.save(letterhead).await?;
    Ok(Outcome::Done)
}
