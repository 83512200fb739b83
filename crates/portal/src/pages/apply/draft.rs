//! The draft behind the wizard: the call, the firm, the case where it was begun, and what was typed. What was typed lies in
//! a row of its own, wrong values and all; the case holds what of it can be used.

use super::super::Given;
use crate::Portal;
use crate::clock::seconds;
use crate::operation::Asked;
use crate::problem::Problem;
use crate::records::reading;
use casework::call::{Call, CallStage};
use casework::case::{Case, Stage};
use casework::id::{CaseId, OrganisationId};
use casework::organisation::Organisation;
use office::Loaded;
use office::earned::Earned;
use office::reading::collection;
use policy::scheme::{ClauseId, FactType, Scheme};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::service::{DraftForm, Upload};
use values::Moment;

/// Before a name: with which version it was last changed.
const CHANGED: &str = "v.";

/// A draft of the firm of whoever asks, begun or not.
pub struct Draft {
    pub call: Call,
    pub loaded: Arc<Loaded>,
    pub organisation: Organisation,
    /// The draft as a record, and its version; none: not begun.
    pub case: Option<(Case, i64)>,
    /// Cases of the firm in this call that are no drafts any more.
    pub others: Vec<CaseId>,
    /// What was typed and saved.
    pub row: Option<DraftForm>,
    /// What stands in the form.
    pub typed: Given,
    /// With which version each name was last changed.
    pub changed: BTreeMap<String, i64>,
    /// What the firm was awarded before, as an assessment counts it.
    pub earned: Vec<Earned>,
    /// From which earlier application it was taken, where nothing was typed yet.
    pub taken_from: Option<CaseId>,
    /// How many bytes the papers of the case have, by their digests.
    pub sizes: BTreeMap<String, i64>,
}

impl Draft {
    /// The draft of whoever asks for a call.
    ///
    /// Errors: whoever asks acts for no firm; there is no such call, or it is being prepared still.
    pub async fn of(portal: &Portal, asked: &Asked<'_>, call: &str) -> Result<Self, Problem> {
        let mut reading = reading(portal, asked).await?;
        let own: OrganisationId = reading.person().organisation.clone().ok_or_else(Problem::denied)?;
        let call: Option<Call> = reading.work.peek(call).await?;
        let call = call.filter(|call| call.stage != CallStage::Draft).ok_or_else(|| Problem::unknown("call", asked.id()))?;
        let organisation: Option<Organisation> = reading.work.peek(own.as_str()).await?;
        let organisation = organisation.ok_or_else(|| Problem::unknown("organisation", own.as_str()))?;
        let all: Vec<Case> = reading.work.list("organisation_id", &own.as_str().into()).await?;
        let (here, elsewhere): (Vec<Case>, Vec<Case>) = all.into_iter().partition(|case| case.call == call.id);
        let (drafts, others): (Vec<Case>, Vec<Case>) = here.into_iter().partition(|case| case.stage == Stage::Draft);
        let case = match (drafts.into_iter().next(), collection("cases")) {
            (Some(case), Some(cases)) => {
                let version = reading.one(cases, case.id.as_str()).await?.version;
                Some((case, version))
            }
            _ => None,
        };
        // One connection at a time: the scheme may have to be read over another.
        drop(reading);
        let loaded = portal.office.scheme(&portal.reading, None, call.version.as_str()).await?;
        let others: Vec<CaseId> = others.into_iter().map(|case| case.id).collect();
        let earned = crate::records::reading(portal, asked).await?.own_awards(&loaded.scheme, case.as_ref().map(|(case, _)| &case.id)).await?;
        let row = Self::row(portal, &call, &own, &others).await?;
        let mut changed = BTreeMap::new();
        let (typed, taken_from) = match (&row, &case) {
            (Some(row), _) => {
                let mut fields: Given = form_urlencoded::parse(row.fields.as_bytes()).into_owned().collect();
                fields.retain(|name, value| match name.strip_prefix(CHANGED).zip(value.parse().ok()) {
                    Some((name, version)) => {
                        changed.insert(name.to_owned(), version);
                        false
                    }
                    None => true,
                });
                (fields, None)
            }
            (None, Some((case, _))) => (typed_of(&loaded.scheme, case), None),
            (None, None) => earlier(&loaded.scheme, &call, &elsewhere),
        };
        let has_papers = case.as_ref().is_some_and(|(case, _)| !case.evidence.is_empty());
        let sent: Vec<Upload> = if has_papers { portal.reading.service_rows("organisation_id", own.as_str()).await? } else { Vec::new() };
        let sizes = sent.into_iter().filter_map(|upload| Some((upload.digest?, upload.size))).collect();
        Ok(Self { call, loaded, organisation, case, others, row, typed, changed, earned, taken_from, sizes })
    }

    /// What was typed. That of a case that was handed in, or taken back, is over: it goes.
    async fn row(portal: &Portal, call: &Call, own: &OrganisationId, others: &[CaseId]) -> Result<Option<DraftForm>, Problem> {
        let store = portal.office.store();
        let id = format!("{}:{}", own, call.id);
        let row: Option<DraftForm> = store.service_row("id", &id).await?;
        match row {
            Some(row) if others.iter().any(|case| case.as_str() == row.case_id) => {
                store.drop_service_rows::<DraftForm>("id", &id).await?;
                Ok(None)
            }
            row => Ok(row),
        }
    }

    pub fn scheme(&self) -> &Scheme {
        &self.loaded.scheme
    }

    /// The version of what was typed; 0: nothing was.
    pub fn version(&self) -> i64 {
        self.row.as_ref().map_or(0, |row| row.version)
    }

    /// The id of the case, which it has from the first, so that a beginning sent twice begins one.
    ///
    /// Errors: the ids of call and firm are too long to make one of.
    pub fn id(&self) -> Result<CaseId, Problem> {
        if let Some((case, _)) = &self.case {
            return Ok(case.id.clone());
        }
        let number = self.others.len() + 1;
        let named = format!("{}-{}-{number}", self.call.id, self.organisation.id);
        let short = || crate::secret::digest(&named).chars().take(24).collect::<String>();
        CaseId::parse(&named).or_else(|_| CaseId::parse(&short())).map_err(|why| Problem::failed(&why.to_string()))
    }

    /// Clauses that are applied for, in the order of the call.
    pub fn clauses(&self, typed: &Given) -> Vec<String> {
        self.call.clauses.iter().filter(|clause| typed.contains_key(&format!("c.{clause}"))).cloned().collect()
    }

    /// The same in the scheme.
    pub fn clause_ids(&self, typed: &Given) -> Vec<ClauseId> {
        self.clauses(typed).iter().filter_map(|clause| self.scheme().clause_named(clause)).collect()
    }

    /// Whether a fact is asked by rules that hold for every clause.
    pub fn is_general(&self, fact: &str) -> bool {
        let scheme = self.scheme();
        let asked = self.clause_ids(&self.typed).into_iter().flat_map(|id| policy::asked::of(scheme, id));
        scheme.fact_named(fact).is_some_and(|id| asked.into_iter().any(|one| one.fact == id && one.general))
    }

    /// Keeps what was typed, if nobody saved something else since; the row as it is now. None: somebody did.
    pub async fn keep(&self, portal: &Portal, user: &str, typed: &Given, request: &str) -> Result<Option<DraftForm>, Problem> {
        if let Some(row) = self.row.as_ref().filter(|_| self.typed == *typed) {
            return Ok(Some(row.clone()));
        }
        let seen = self.version();
        let mut changed = self.changed.clone();
        for name in self.typed.keys().chain(typed.keys()).filter(|name| self.typed.get(*name) != typed.get(*name)) {
            changed.insert(name.clone(), seen + 1);
        }
        let changed = changed.iter().map(|(name, version)| (format!("{CHANGED}{name}"), version.to_string()));
        let fields = form_urlencoded::Serializer::new(String::new()).extend_pairs(typed).extend_pairs(changed).finish();
        let row = DraftForm {
            id: format!("{}:{}", self.organisation.id, self.call.id),
            organisation_id: self.organisation.id.to_string(),
            call_id: self.call.id.to_string(),
            case_id: self.id()?.to_string(),
            user_id: user.to_owned(),
            fields,
            version: seen + 1,
            request: request.to_owned(),
            saved: seconds(),
        };
        Ok(portal.office.store().save_draft_form(&row, seen).await?.then_some(row))
    }
}

/// The time of day at which something was saved.
pub fn clock_of(row: &DraftForm) -> String {
    let at = Moment::from_unix_seconds(row.saved).map_or(0, Moment::second);
    format!("{:02}:{:02}", at / 3600, at / 60 % 60)
}

fn words(value: &Value) -> String {
    match value {
        Value::Bool(true) => "是".to_owned(),
        Value::Bool(false) => "否".to_owned(),
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// What would have been typed to get an application.
fn typed_of(scheme: &Scheme, case: &Case) -> Given {
    let mut out: Given = case.claims.iter().map(|claim| (format!("c.{}", claim.clause), "on".to_owned())).collect();
    let kind = case.application.get("applicant").and_then(|applicant| applicant.get("kind")).map(words);
    if let (Some(kind), Some(fact)) = (kind, scheme.fact(scheme.kind_fact())) {
        out.insert(format!("f.{}", fact.name), kind);
    }
    let facts = case.application.get("facts").and_then(Value::as_object);
    for (name, value) in facts.into_iter().flatten() {
        match value {
            Value::Array(records) => {
                out.insert(format!("n.{name}"), records.len().to_string());
                for (at, record) in records.iter().enumerate() {
                    let fields = record.as_object().into_iter().flatten();
                    out.extend(fields.map(|(field, value)| (format!("l.{name}/{at}/{field}"), words(value))));
                }
            }
            Value::Object(by_time) => out.extend(by_time.iter().map(|(at, value)| (format!("f.{name}@{at}"), words(value)))),
            value => drop(out.insert(format!("f.{name}"), words(value))),
        }
    }
    out.retain(|_, value| !value.is_empty());
    out
}

/// What an earlier application of the firm says that holds still: what it is, and figures of years that are asked for again.
/// Figures of its own year are not carried into another.
fn earlier(scheme: &Scheme, call: &Call, cases: &[Case]) -> (Given, Option<CaseId>) {
    let handed_in = cases.iter().filter(|case| case.submitted.is_some() && case.application.get("facts").is_some());
    let Some(last) = handed_in.max_by_key(|case| case.submitted) else { return (Given::new(), None) };
    let year = last.application.get("year").and_then(Value::as_i64).and_then(|year| i32::try_from(year).ok()).unwrap_or(call.year);
    let mut out = Given::new();
    for (name, value) in typed_of(scheme, last) {
        let Some(key) = name.strip_prefix("f.") else { continue };
        let bare = key.split('@').next().unwrap_or(key);
        let Some(fact) = scheme.fact_named(bare).and_then(|id| scheme.fact(id)) else { continue };
        let by_time = fact.by_year || fact.by_month;
        match &fact.ty {
            FactType::List { .. } => {}
            FactType::Number { .. } if !by_time => {}
            _ if !by_time || key.contains('@') => drop(out.insert(name, value)),
            _ if year != call.year && !fact.by_month => drop(out.insert(format!("f.{bare}@{year}"), value)),
            _ => {}
        }
    }
    (out, Some(last.id.clone()))
}

/// Names and labels of what is typed, for telling what differs.
pub fn label_of(scheme: &Scheme, name: &str) -> String {
    let clause = name.strip_prefix("c.").and_then(|id| scheme.clause(scheme.clause_named(id)?));
    if let Some(clause) = clause {
        return clause.title.clone();
    }
    match name {
        "d.name" => return "授权人姓名".to_owned(),
        "d.post" => return "授权人职务".to_owned(),
        _ => {}
    }
    let key = name.get(2..).unwrap_or(name);
    match key.split_once('@') {
        Some((fact, year)) => format!("{year} 年{fact}"),
        None => key.replace('/', " "),
    }
}

impl Draft {
    /// What somebody else changed since a version, and a form now has otherwise: name and what is kept.
    pub fn clashes(&self, mine: &Given, names: &[&String], seen: i64) -> Vec<(String, String)> {
        let value = |given: &Given, name: &str| given.get(name).cloned().unwrap_or_default();
        let clashes = |name: &&&String| self.changed.get(**name).is_some_and(|version| *version > seen) && value(mine, name) != value(&self.typed, name);
        names.iter().filter(clashes).map(|name| ((*name).clone(), value(&self.typed, name))).collect()
    }
}
