//! Old ledgers: loaded whole or not at all, corrected by a further record; both count once a second person confirmed them.

use crate::desk::Desk;
use crate::earned::{Earned, Source};
use crate::{Outcome, Stop};
use casework::authority::Standing;
use casework::chain::Fingerprint;
use casework::determination::Determination;
use casework::history::{BadRow, EarlierAward, HistoryAct, HistoryRefusal, LedgerRow, Row, RowFault};
use casework::id::{EarlierAwardId, LoadId, MotionId, OrganisationId, PolicyVersionId};
use casework::motion::Motion;
use casework::organisation::Organisation;
use casework::{Act, Key, Refusal};
use policy::scheme::Scheme;
use std::collections::BTreeMap;
use store::Work;
use values::{CreditCode, Fen};

pub(crate) async fn act(desk: &mut Desk<'_>, act: &HistoryAct) -> Result<Outcome, Stop> {
    match act {
        HistoryAct::Load { motion, load, .. } => {
            desk.allow(Standing::Foreign)?;
            desk.subject = load.to_string();
            weigh(desk, act).await?;
            desk.propose(motion, None, Act::History(act.clone()), String::new()).await
        }
        HistoryAct::Correct { motion, corrects, .. } => {
            desk.allow(Standing::Foreign)?;
            desk.subject = corrects.to_string();
            weigh(desk, act).await?;
            desk.propose(motion, None, Act::History(act.clone()), String::new()).await
        }
        HistoryAct::Confirm { motion } => confirm(desk, motion).await,
    }
}

/// The records that a load or a correction would write.
async fn weigh(desk: &mut Desk<'_>, act: &HistoryAct) -> Result<Vec<EarlierAward>, Stop> {
    match act {
        HistoryAct::Load { load, document, digest, version, rows, .. } => self::load(desk, load, document, *digest, version, rows).await,
        HistoryAct::Correct { award, corrects, year, amount, key, source, reason, .. } => {
            let further = Further { id: award, corrects, year: *year, amount: *amount, key: key.as_ref(), source, reason };
            Ok(vec![correct(desk, further).await?])
        }
        HistoryAct::Confirm { .. } => Ok(Vec::new()),
    }
}

/// 复核确认: what was asked for is asked of the rules once more, and counts from now on.
async fn confirm(desk: &mut Desk<'_>, id: &MotionId) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.is_about::<Motion>(id);
    let motion: Motion = desk.must_get(id.as_str()).await?;
    let (asks, by) = (motion.asks.clone(), motion.by.clone());
    let Act::History(asks @ (HistoryAct::Load { .. } | HistoryAct::Correct { .. })) = &asks else { return Err(motion.other().into()) };
    desk.confirm(motion, "").await?;
    let awards = weigh(desk, asks).await?;
    for award in &awards {
        // Who loaded it is who read the ledger; who confirmed it stands in the motion.
        desk.work.save(&EarlierAward { by: by.clone(), ..award.clone() }).await?;
    }
    Ok(Outcome::Count(u32::try_from(awards.len()).unwrap_or(u32::MAX)))
}

/// The first year an old ledger may be about.
const YEAR_MIN: i32 = 2000;

/// The most an award may be: what the exchange format reads. More would stand in the way of every later application.
const AMOUNT_MAX: Fen = Fen(1_000_000_000_000_000);

async fn load(
    desk: &mut Desk<'_>,
    load: &LoadId,
    document: &str,
    digest: Fingerprint,
    version: &PolicyVersionId,
    rows: &[Row],
) -> Result<Vec<EarlierAward>, Stop> {
    if rows.is_empty() {
        return Err(HistoryRefusal::Empty.into());
    }
    if document.trim().is_empty() {
        return Err(HistoryRefusal::NoDocument.into());
    }
    let loaded = desk.loaded(version).await?;
    let mut awards: Vec<EarlierAward> = Vec::new();
    let mut bad = Vec::new();
    let mut known = BTreeMap::new();
    for row in rows {
        match read(desk, &loaded.scheme, row, &awards, &mut known).await? {
            Err(fault) => bad.push(BadRow { row: row.row, fault }),
            Ok(organisation) => awards.push(EarlierAward {
                id: EarlierAwardId::parse(&format!("{load}:{}", row.row)).map_err(|why| Refusal::Input(why.to_string()))?,
                organisation,
                clause: row.clause.clone(),
                year: row.year,
                amount: row.amount,
                key: row.key.clone(),
                source: LedgerRow { document: document.to_owned(), digest, row: row.row },
                corrects: None,
                by: desk.context.user.clone(),
                at: desk.context.now,
            }),
        }
    }
    // Several faults of one row: the first that was found stands for it; each bad row is named.
    if !bad.is_empty() {
        return Err(HistoryRefusal::Rows(bad).into());
    }
    for award in &awards {
        desk.must_be_new::<EarlierAward>(award.id.as_str()).await?;
    }
    Ok(awards)
}

/// What is known of an organisation: loaded before, and determined here.
type Known = BTreeMap<OrganisationId, (Vec<EarlierAward>, Vec<Determination>)>;

/// Checks a row against the register, the policy, the rows before it and what is kept already.
async fn read(desk: &mut Desk<'_>, scheme: &Scheme, row: &Row, before: &[EarlierAward], known: &mut Known) -> Result<Result<OrganisationId, RowFault>, Stop> {
    if before.iter().any(|award| award.source.row == row.row) {
        return Ok(Err(RowFault::RowAgain));
    }
    let code = CreditCode::parse(&row.credit_code).map_or_else(|_| row.credit_code.clone(), |(code, _)| code.as_str().to_owned());
    let found: Vec<Organisation> = desk.work.list("credit_code", &Key::from(code.as_str())).await?;
    let Some(organisation) = found.into_iter().next().map(|organisation| organisation.id) else {
        return Ok(Err(RowFault::UnknownOrganisation(row.credit_code.clone())));
    };
    if desk.must_keep_away(&organisation).await? {
        return Ok(Err(RowFault::Recused));
    }
    if scheme.clause_named(&row.clause).is_none() {
        return Ok(Err(RowFault::UnknownClause(row.clause.clone())));
    }
    if row.year < YEAR_MIN || row.year > desk.context.now.date().year() {
        return Ok(Err(RowFault::Year(row.year)));
    }
    if row.amount <= Fen(0) || row.amount > AMOUNT_MAX {
        return Ok(Err(RowFault::Amount(row.amount)));
    }
    let same = |award: &&EarlierAward| award.is_same(&organisation, &row.clause, row.year, row.key.as_deref());
    if let Some(other) = before.iter().find(same) {
        return Ok(Err(RowFault::SameAsRow(other.source.row)));
    }
    if !known.contains_key(&organisation) {
        let key = Key::from(organisation.as_str());
        known.insert(organisation.clone(), (desk.work.list("organisation_id", &key).await?, desk.work.list("organisation_id", &key).await?));
    }
    if let Some((loaded, determined)) = known.get(&organisation) {
        if let Some(other) = loaded.iter().find(same) {
            return Ok(Err(RowFault::Loaded(other.id.clone())));
        }
        let here = |d: &&Determination| d.year == row.year && d.awards.iter().any(|award| award.clause == row.clause && award.amount > Fen(0));
        if let Some(determination) = determined.iter().find(here) {
            return Ok(Err(RowFault::Determined(determination.id.to_string())));
        }
    }
    Ok(Ok(organisation))
}

/// A further record that takes the place of one.
struct Further<'a> {
    id: &'a EarlierAwardId,
    corrects: &'a EarlierAwardId,
    year: i32,
    amount: Fen,
    key: Option<&'a String>,
    source: &'a LedgerRow,
    reason: &'a str,
}

async fn correct(desk: &mut Desk<'_>, further: Further<'_>) -> Result<EarlierAward, Stop> {
    // Locked, so that two corrections of the same record come one after the other.
    let wrong: EarlierAward = desk.must_get(further.corrects.as_str()).await?;
    if desk.must_keep_away(&wrong.organisation).await? {
        return Err(HistoryRefusal::Recused.into());
    }
    if further.reason.trim().is_empty() {
        return Err(HistoryRefusal::NoReason.into());
    }
    if further.amount < Fen(0) {
        return Err(HistoryRefusal::Negative.into());
    }
    if further.amount > AMOUNT_MAX {
        return Err(HistoryRefusal::Rows(vec![BadRow { row: further.source.row, fault: RowFault::Amount(further.amount) }]).into());
    }
    if further.year < YEAR_MIN || further.year > desk.context.now.date().year() {
        return Err(HistoryRefusal::Rows(vec![BadRow { row: further.source.row, fault: RowFault::Year(further.year) }]).into());
    }
    if let Some(later) = desk.work.list::<EarlierAward>("corrects_id", &Key::from(further.corrects.as_str())).await?.into_iter().next() {
        return Err(HistoryRefusal::Corrected { by: later.id }.into());
    }
    desk.must_be_new::<EarlierAward>(further.id.as_str()).await?;
    Ok(EarlierAward {
        id: further.id.clone(),
        organisation: wrong.organisation,
        clause: wrong.clause,
        year: further.year,
        amount: further.amount,
        key: further.key.cloned(),
        source: further.source.clone(),
        corrects: Some((further.corrects.clone(), further.reason.to_owned())),
        by: desk.context.user.clone(),
        at: desk.context.now,
    })
}

/// What an organisation was paid under clauses of a scheme by old ledgers as they stand corrected, as `history` of an
/// application.
pub(crate) async fn old_awards(work: &mut Work, scheme: &Scheme, organisation: &OrganisationId) -> Result<Vec<Earned>, Stop> {
    let all: Vec<EarlierAward> = work.list("organisation_id", &Key::from(organisation.as_str())).await?;
    let counted = EarlierAward::in_force(&all).into_iter().filter(|award| award.amount > Fen(0) && scheme.clause_named(&award.clause).is_some());
    let earned = |award: &EarlierAward| Earned {
        clause: award.clause.clone(),
        year: award.year,
        amount: award.amount,
        key: award.key.clone(),
        source: Source::Ledger(award.source.document.clone(), award.source.row),
    };
    Ok(counted.map(earned).collect())
}
