//! From a stored policy version and an application to an assessment: the same computation, and the same bytes, that
//! anybody gets from `duixian assess`.

use crate::Stop;
use crate::desk::Desk;
use casework::Key;
use casework::Refusal;
use casework::determination::Determination;
use casework::id::{OrganisationId, PolicyVersionId};
use casework::policy_version::{PolicyStage, PolicyVersion};
use policy::application::Application;
use policy::assessment::{Assessment, ClauseResult};
use policy::exchange::{View, line};
use policy::input::{Defaults, Raw, read};
use policy::scheme::Scheme;
use policy::source::{SourceFile, Sources};
use policy::{AssessOptions, assess};
use serde_json::{Value, json};
use std::sync::Arc;
use values::{Fen, Lang};

/// A policy version ready for use.
#[derive(Debug)]
pub struct Loaded {
    /// Its scheme.
    pub scheme: Scheme,
}

/// An application with what the rules give for it.
#[derive(Debug)]
pub struct Assessed {
    /// The application as it was read, history included, as one line of the exchange format.
    pub line: String,
    /// The application.
    pub application: Application,
    /// What came out.
    pub assessment: Assessment,
    /// The same as one line of the exchange format, explained in Chinese.
    pub result: String,
}

impl Assessed {
    /// What the rules give under a clause: the award after groups and before the pool of its call, or else the ceiling.
    #[must_use]
    pub fn of(&self, scheme: &Scheme, clause: &str) -> Option<Fen> {
        let result = self.assessment.clauses.iter().find(|result| scheme.clause(result.clause).is_some_and(|c| c.id == clause))?;
        given(result)
    }
}

fn given(result: &ClauseResult) -> Option<Fen> {
    use policy::assessment::Outcome;
    (result.outcome == Outcome::Eligible).then(|| result.awarded.or(result.ceiling)).flatten()
}

/// Compiles the files of a version. Errors: what is wrong with them, in Chinese.
pub fn compile(version: &PolicyVersion) -> Result<Loaded, String> {
    let files = version.files.iter().map(|(name, text)| SourceFile { name: name.clone(), text: text.clone() }).collect();
    let mut compiled = policy::compile(&Sources { files, official: version.official.clone() });
    policy::check::whole(&mut compiled);
    let errors: Vec<String> = compiled.diagnostics.iter().filter(|d| d.is_error()).map(|d| d.message.zh.clone()).collect();
    match compiled.scheme {
        Some(scheme) if errors.is_empty() => Ok(Loaded { scheme }),
        _ => Err(errors.join("；")),
    }
}

impl Desk<'_> {
    /// A policy version, compiled once a process.
    pub(crate) async fn loaded(&mut self, id: &PolicyVersionId) -> Result<Arc<Loaded>, Stop> {
        let known = |office: &crate::Office| office.loaded.lock().ok().and_then(|loaded| loaded.get(id.as_str()).cloned());
        if let Some(loaded) = known(self.office) {
            return Ok(loaded);
        }
        let version: PolicyVersion = self.must_peek(id.as_str()).await?;
        let loaded = Arc::new(compile(&version).map_err(Refusal::Input)?);
        // A draft may get other files; what is issued never does.
        if self.life(id).await?.stage != PolicyStage::Issued {
            return Ok(loaded);
        }
        if let Ok(mut all) = self.office.loaded.lock() {
            all.insert(id.as_str().to_owned(), Arc::clone(&loaded));
        }
        Ok(loaded)
    }

    /// What an organisation was awarded under clauses of a scheme by determinations in force, as `history` of an application.
    async fn history(&mut self, scheme: &Scheme, organisation: &OrganisationId) -> Result<Vec<Value>, Stop> {
        let all: Vec<Determination> = self.work.list("organisation_id", &Key::from(organisation.as_str())).await?;
        let superseded: Vec<_> = all.iter().filter_map(|d| d.supersedes.clone()).collect();
        let in_force = all.iter().filter(|d| !superseded.contains(&d.id));
        Ok(in_force
            .flat_map(|d| d.awards.iter().map(move |award| (d.year, award)))
            .filter(|(_, award)| award.amount > Fen(0) && scheme.clauses.iter().any(|clause| clause.id == award.clause))
            .map(|(year, award)| json!({"clause": award.clause, "year": year, "amount": award.amount.yuan()}))
            .collect())
    }

    /// Assesses an application with what the office itself knows: earlier awards.
    pub(crate) async fn assess(&mut self, loaded: &Loaded, organisation: &OrganisationId, application: &Value) -> Result<Assessed, Stop> {
        let mut application = application.clone();
        let mut earlier = self.history(&loaded.scheme, organisation).await?;
        earlier.extend(self.old_awards(&loaded.scheme, organisation).await?);
        if let Some(fields) = application.as_object_mut() {
            let history = fields.entry("history").or_insert_with(|| json!([]));
            if let Some(list) = history.as_array_mut() {
                list.extend(earlier);
            }
        }
        Ok(assessed(&loaded.scheme, &application).map_err(Refusal::Input)?)
    }
}

/// Assesses one application alone, with trace. Errors: what is wrong with it, in Chinese.
pub fn assessed(scheme: &Scheme, application: &Value) -> Result<Assessed, String> {
    let (read, errors) = read(scheme, &Raw::from(application), Defaults::default());
    let Some(read) = read else {
        return Err(errors.iter().map(|e| format!("{}：{}", e.field, e.message.zh)).collect::<Vec<_>>().join("；"));
    };
    let population = assess(scheme, std::slice::from_ref(&read), &AssessOptions { trace: true, clauses: None });
    let Some(assessment) = population.assessments.into_iter().next() else { return Err("没有结果".into()) };
    let view = View { scheme, pools: &population.pools, lang: Lang::Zh, trace: true };
    let result = serde_json::to_string(&line(view, &read, &assessment)).map_err(|e| e.to_string())?;
    Ok(Assessed { line: application.to_string(), result, application: read, assessment })
}
