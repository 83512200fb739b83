//! The same e-invoice in more than one application, of whatever year, in whatever file it came: told to whoever reviews a case. Whether
//! it may stand in both is for people to say: a case that was refused or taken back may be handed in anew with the same papers.

use crate::Portal;
use crate::operation::{Answer, Answering, Asked, ID, Operation, Payload, Who, operation};
use crate::problem::Problem;
use crate::records::reader;
use axum::http::Method;
use casework::Key;
use casework::call::Call;
use casework::case::{Case, Stage};
use casework::chain::Fingerprint;
use casework::people::Role;
use exchange::invoice::{Use, repeated};
use office::Stop;
use office::reading::{Reader, collection};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use store::Work;
use store::service::{InvoiceUse, Upload};

/// Who reviews cases, as far as they are seen.
const REVIEWS: Who = Who::Roles(&[Role::Clerk, Role::Reviewer, Role::UnitReviewer, Role::Leader, Role::Finance, Role::Auditor]);

/// Invoices of a case that stand in other applications too.
#[derive(Serialize, JsonSchema)]
struct Repetitions {
    /// Each of them; empty: none was found.
    records: Vec<Repetition>,
}

/// An invoice that stands in more than one application.
#[derive(Serialize, JsonSchema)]
struct Repetition {
    /// Fingerprint of the invoice, made of its code and number.
    invoice: String,
    /// Where it stands, by year and application; this case is one of them.
    uses: Vec<Stands>,
}

/// Where an invoice stands.
#[derive(Serialize, JsonSchema)]
struct Stands {
    /// The case; null: it is not for the reader to see.
    case: Option<String>,
    /// Whose it is.
    organisation: String,
    /// Year applied for.
    year: i32,
    /// How far the case is.
    stage: String,
    /// The fact it is evidence of.
    fact: String,
}

/// What can be asked of invoices.
pub fn operations() -> Vec<Operation> {
    vec![Operation {
        parameters: vec![ID],
        gives: (200, Payload::Json(|generator| generator.subschema_for::<Repetitions>())),
        ..operation(
            Method::GET,
            "/api/v1/cases/{id}/repeated-invoices",
            "repeated_invoices",
            "records",
            ("案件的发票是否在其他申报中用过", "Invoices of a case that stand in other applications, of any year"),
            REVIEWS,
            of_case,
        )
    }]
}

/// Which invoices the papers of a case are: fingerprints.
async fn invoices(portal: &Portal, case: &Case) -> Result<BTreeSet<String>, Problem> {
    let store = portal.office.store();
    let mut found = BTreeSet::new();
    for paper in &case.evidence {
        for upload in store.service_rows::<Upload>("digest", &paper.digest.to_string()).await? {
            found.extend(store.service_row::<InvoiceUse>("upload_id", &upload.id).await?.map(|row| row.fingerprint));
        }
    }
    Ok(found)
}

/// Cases that were handed in with a file of an enterprise.
async fn handed_in(work: &mut Work, use_: &InvoiceUse, upload: Option<&Upload>) -> Result<Vec<Case>, Problem> {
    let mut cases: Vec<Case> = match &use_.organisation_id {
        Some(own) => work.list("organisation_id", &Key::from(own.as_str())).await?,
        None => Vec::new(),
    };
    if let Some(case) = upload.and_then(|upload| upload.case_id.as_ref()) {
        cases.extend(work.peek::<Case>(case).await?.filter(|case| !cases.iter().any(|other| other.id == case.id)));
    }
    cases.retain(|case| case.stage != Stage::Draft && case.evidence.iter().any(|paper| paper.digest.to_string() == use_.digest));
    Ok(cases)
}

fn of_case<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let unknown = || Problem::unknown("case", asked.id());
        let reader = reader(asked)?;
        let cases = collection("cases").ok_or_else(unknown)?;
        portal.office.one(&portal.reading, &reader, cases, asked.id()).await?;
        let mut work = portal.reading.begin().await?;
        let case: Case = work.peek(asked.id()).await?.ok_or_else(unknown)?;
        let store = portal.office.store();
        let (mut uses, mut of) = (Vec::new(), BTreeMap::new());
        for invoice in invoices(portal, &case).await? {
            for use_ in store.service_rows::<InvoiceUse>("fingerprint", &invoice).await? {
                let upload: Option<Upload> = store.service_row("id", &use_.upload_id).await?;
                for other in handed_in(&mut work, &use_, upload.as_ref()).await? {
                    let year = work.peek::<Call>(other.call.as_str()).await?.map_or(0, |call| call.year);
                    let papers = other.evidence.iter().filter(|paper| paper.digest.to_string() == use_.digest);
                    let fact = papers.flat_map(|paper| &paper.facts).cloned().collect::<Vec<_>>().join("、");
                    let fingerprint = Fingerprint::parse(&invoice).ok_or_else(|| Problem::failed("an invoice without a fingerprint"))?;
                    uses.push(Use { invoice: fingerprint, case: other.id.to_string(), year, fact });
                    of.insert(other.id.to_string(), other);
                }
            }
        }
        drop(work);
        let mut records = Vec::new();
        for found in repeated(&uses).into_iter().filter(|found| found.uses.iter().any(|use_| use_.case == case.id.as_str())) {
            let mut stands = Vec::new();
            for use_ in found.uses {
                let Some(other) = of.get(&use_.case) else { continue };
                stands.push(Stands {
                    organisation: other.organisation.to_string(),
                    year: use_.year,
                    stage: other.stage.name().to_owned(),
                    fact: use_.fact,
                    case: seen(portal, &reader, &use_.case).await?.then_some(use_.case),
                });
            }
            records.push(Repetition { invoice: found.invoice.to_string(), uses: stands });
        }
        Answer::ok(&Repetitions { records })
    })
}

/// Whether a reader sees a case.
async fn seen(portal: &Portal, reader: &Reader, case: &str) -> Result<bool, Problem> {
    let Some(cases) = collection("cases") else { return Ok(false) };
    match portal.office.one(&portal.reading, reader, cases, case).await {
        Ok(_) => Ok(true),
        Err(Stop::Refused(_)) => Ok(false),
        Err(failed) => Err(failed.into()),
    }
}
