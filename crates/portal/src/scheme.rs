//! What a policy gives, over HTTP: its clauses in words, the form that asks for facts, and what the rules give for facts that
//! somebody types in. Nothing of it is kept. Policies in force are open to everybody; drafts to officers.

use crate::Portal;
use crate::operation::{Answer, Answering, Asked, ID, Operation, Payload, Who, operation, query};
use crate::problem::Problem;
use axum::http::Method;
use office::Loaded;
use office::reading::Reader;
use policy::input::{Defaults, Raw, read};
use policy::scheme::ClauseId;
use policy::{AssessOptions, assess, exchange, explain};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use values::Lang;

/// A clause as people choose it.
#[derive(Serialize, JsonSchema)]
struct ShownClause {
    /// Number in the text: `6.1`.
    id: String,
    /// Title.
    title: String,
    /// The official words.
    words: Vec<String>,
}

/// An application to try the rules on, in the format of `duixian assess`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Trial {
    /// The application: year, as_of, applicant, facts …
    application: serde_json::Map<String, Value>,
    /// Clauses wanted; none: all.
    #[serde(default)]
    clauses: Vec<String>,
}

/// What can be asked of a policy.
pub fn operations() -> Vec<Operation> {
    let base = "/api/v1/policies/{id}";
    let any = Payload::Json(|generator| generator.subschema_for::<serde_json::Map<String, Value>>());
    let with = |method, end: &str, id, words, run| Operation {
        parameters: vec![ID],
        ..operation(method, &format!("{base}{end}"), id, "policies", words, Who::Anybody, run)
    };
    vec![
        Operation {
            gives: (200, Payload::Json(|generator| generator.subschema_for::<Vec<ShownClause>>())),
            ..with(Method::GET, "/clauses", "clauses", ("条款", "Clauses"), clauses)
        },
        Operation {
            gives: (200, any),
            parameters: vec![ID, query("clauses", "条款编号，以逗号分隔", "numbers of clauses, separated by commas")],
            ..with(Method::GET, "/form", "form", ("申报表的 JSON Schema", "JSON Schema of an application"), form)
        },
        Operation {
            takes: Payload::Json(|generator| generator.subschema_for::<Trial>()),
            gives: (200, any),
            ..with(Method::POST, "/assess", "assess", ("测算", "What the rules give for some facts"), assess_trial)
        },
        Operation {
            takes: Payload::Json(|generator| generator.subschema_for::<Trial>()),
            gives: (200, Payload::Bytes("text/plain; charset=utf-8")),
            ..with(Method::POST, "/explain", "explain", ("测算并逐步说明", "The same, explained step by step"), explain_trial)
        },
    ]
}

async fn loaded(portal: &Portal, asked: &Asked<'_>) -> Result<Arc<Loaded>, Problem> {
    let reader = asked.seat.as_ref().map(|seat| Reader { user: seat.user.clone(), role: seat.role });
    Ok(portal.office.scheme(&portal.reading, reader.as_ref(), asked.id()).await?)
}

fn clauses<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let loaded = loaded(portal, asked).await?;
        let (version, scheme) = (&loaded.version, &loaded.scheme);
        let shown = scheme.clauses.iter().map(|clause| ShownClause {
            id: clause.id.clone(),
            title: clause.title.clone(),
            words: office::walk::words(scheme, version, &clause.id).into_iter().map(|words| words.text).collect(),
        });
        Answer::ok(&shown.collect::<Vec<_>>())
    })
}

/// Clauses by their numbers. Errors: one the policy does not have.
fn wanted<'n>(loaded: &Loaded, names: impl Iterator<Item = &'n str>) -> Result<Vec<ClauseId>, Problem> {
    names.map(|name| loaded.scheme.clause_named(name).ok_or_else(|| Problem::unknown("clause", name))).collect()
}

fn form<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let loaded = loaded(portal, asked).await?;
        let names = asked.query("clauses").unwrap_or_default().split([',', '，', '、']).map(str::trim).filter(|name| !name.is_empty());
        Answer::ok(&policy::form::schema(&loaded.scheme, &wanted(&loaded, names)?))
    })
}

/// Reads a trial and computes it. Errors: each field that is wrong, with how to mend it.
fn computed(loaded: &Loaded, trial: &Trial) -> Result<(policy::application::Application, policy::Population), Problem> {
    let raw = Raw::from(&Value::Object(trial.application.clone()));
    let clauses = wanted(loaded, trial.clauses.iter().map(String::as_str))?;
    let (application, errors) = read(&loaded.scheme, &raw, Defaults::default());
    let grave: Vec<_> = errors.iter().filter(|error| error.severity == policy::diagnostic::Severity::Error).collect();
    match application {
        Some(application) if grave.is_empty() => {
            let options = AssessOptions { trace: true, clauses: (!clauses.is_empty()).then_some(clauses) };
            let population = assess(&loaded.scheme, std::slice::from_ref(&application), &options);
            Ok((application, population))
        }
        _ => {
            // How to mend it on the command line helps nobody here.
            let help = |error: &policy::input::InputError, lang: Lang| match (error.code, lang) {
                ("missing-year", Lang::Zh) => "补上 \"year\":2024".to_owned(),
                ("missing-year", Lang::En) => "add \"year\":2024".to_owned(),
                _ => error.help.get(lang).to_owned(),
            };
            let words = |lang: Lang| grave.iter().map(|e| format!("{}: {} ({})", e.field, e.message.get(lang), help(e, lang))).collect::<Vec<_>>().join("; ");
            Err(Problem::unusable(words(Lang::Zh), words(Lang::En)))
        }
    }
}

fn assess_trial<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let loaded = loaded(portal, asked).await?;
        let (application, population) = computed(&loaded, &asked.json()?)?;
        let assessment = population.assessments.first().ok_or_else(|| Problem::failed("an assessment without a result"))?;
        let view = exchange::View { scheme: &loaded.scheme, pools: &population.pools, lang: asked.language, trace: true };
        Answer::ok(&exchange::line(view, &application, assessment))
    })
}

fn explain_trial<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let loaded = loaded(portal, asked).await?;
        let (application, population) = computed(&loaded, &asked.json()?)?;
        let assessment = population.assessments.first().ok_or_else(|| Problem::failed("an assessment without a result"))?;
        let explained = assessment.clauses.iter().map(|result| explain::text(&explain::of(&loaded.scheme, &application, assessment, result, asked.language)));
        Ok(Answer::bytes("text/plain; charset=utf-8", explained.collect::<Vec<_>>().join("\n")))
    })
}
