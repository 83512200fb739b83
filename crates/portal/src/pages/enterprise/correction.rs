//! 补正 in place: what was asked, each fact that is asked for as a field, a paper for each point; everything else of the
//! application stays as it was and can be looked at and changed below. Sent once, whole.

use super::super::frame::Frame;
use super::super::{Given, go, page_of, sent_to, shown};
use super::case::case_id;
use super::{File, OWN, Sent, chosen, clauses_of, does, files, say, sent, told, typed};
use crate::Portal;
use crate::operation::{Answer, Answering, Asked, ID, Operation};
use crate::problem::Problem;
use crate::records::reading;
use crate::secret;
use askama::Template;
use axum::http::StatusCode;
use casework::Act;
use casework::Refusal;
use casework::case::{CaseAct, CaseRefusal, Defect, Evidence, Left};
use office::reading::own::OwnCase;
use office::{Loaded, Stop};
use policy::scheme::{FactType, Scheme};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use values::Lang;

/// The page.
#[derive(Template)]
#[template(path = "enterprise/correction.html")]
struct CorrectionPage {
    frame: Frame,
    case: String,
    title: String,
    until: String,
    left: String,
    points: Vec<Point>,
    others: Vec<Field>,
    papers: Vec<Paper>,
    files: Vec<File>,
    wrong: Vec<(String, String)>,
    alert: Option<String>,
    request: String,
}

/// Something that was asked.
struct Point {
    defect: Defect,
    fields: Vec<Field>,
    /// Name of the choice of a paper.
    name: String,
    chosen: String,
}

/// A value of the application.
pub struct Field {
    /// Name in the form: `f.改造实际投资额`, `f.孵化初创企业.0.名称`.
    pub name: String,
    pub id: String,
    pub label: String,
    pub kind: Kind,
    pub value: String,
    /// As it was handed in.
    pub before: String,
    pub wrong: String,
}

/// How it is asked.
pub enum Kind {
    YesNo,
    Number(String),
    Choice(Vec<String>),
    Words,
}

/// A paper that is in the case.
struct Paper {
    digest: String,
    name: String,
    facts: String,
    keep: bool,
}

pub fn operations() -> Vec<Operation> {
    let path = "/my/cases/{id}/correction";
    vec![
        Operation { parameters: vec![ID], ..page_of(path, "correction", ("补正", "Mend what was named"), OWN, show) },
        Operation { parameters: vec![ID], ..sent_to(path, "send_correction", ("提交补正", "Hand the correction in"), OWN, send) },
    ]
}

/// What the page is made of.
struct Made {
    case: OwnCase,
    loaded: Arc<Loaded>,
    files: Vec<File>,
    left: String,
}

async fn made(portal: &Portal, asked: &Asked<'_>) -> Result<Made, Problem> {
    let today = portal.clock.now().date();
    let mut reading = reading(portal, asked).await?;
    let case = reading.own_case(asked.id(), today).await?;
    let calendar = reading.calendar().await?;
    let organisation = reading.own_organisation().await?;
    drop(reading);
    let until = case.asked.as_ref().and_then(|asked| asked.until);
    Ok(Made {
        loaded: portal.office.scheme(&portal.reading, None, case.call.version.as_str()).await?,
        files: files(portal, organisation.id.as_str()).await?,
        left: until.map(|until| Left::until(&calendar, today, until).words().get(asked.language).to_owned()).unwrap_or_default(),
        case,
    })
}

fn show<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let made = made(portal, asked).await?;
        if made.case.stage != "correcting" {
            return Ok(go(&format!("/my/cases/{}", made.case.id)));
        }
        page(portal, asked, made, &Given::new(), None).await
    })
}

/// Why it was not taken.
struct Refused {
    problem: Problem,
    /// What is wrong by the name of the field.
    fields: BTreeMap<String, String>,
}

async fn page(portal: &Portal, asked: &Asked<'_>, made: Made, given: &Given, refused: Option<&Refused>) -> Result<Answer, Problem> {
    let frame = Frame::new(portal, asked, "my");
    let title = clauses_of(Some(&made.loaded), &made.case).0;
    let none = BTreeMap::new();
    let wrong = refused.map_or(&none, |refused| &refused.fields);
    let defects = made.case.asked.as_ref().map(|asked| asked.defects.clone()).unwrap_or_default();
    let form = Form { scheme: &made.loaded.scheme, given, wrong, lang: frame.lang() };
    let fields = form.fields(&made.case.application, &defects);
    let (points, others) = placed(defects, fields, given);
    let is_back = !given.is_empty();
    let papers = made.case.evidence.iter().map(|paper| Paper {
        keep: !is_back || given.contains_key(&format!("keep.{}", paper.digest)),
        digest: paper.digest.to_string(),
        name: paper.name.clone(),
        facts: paper.facts.join("、"),
    });
    let told: Vec<(String, String)> = points
        .iter()
        .flat_map(|point| &point.fields)
        .chain(&others)
        .filter(|field| !field.wrong.is_empty())
        .map(|field| (field.id.clone(), format!("{}：{}", field.label, field.wrong)))
        .collect();
    let page = CorrectionPage {
        papers: papers.collect(),
        // What stands at a field needs not be said twice.
        alert: refused.filter(|_| told.is_empty()).map(|refused| refused.problem.words(frame.lang()).to_owned()),
        until: made.case.asked.as_ref().and_then(|asked| asked.until).map(|day| day.to_string()).unwrap_or_default(),
        case: made.case.id.to_string(),
        left: made.left,
        files: made.files,
        request: given.get("request").cloned().map_or_else(secret::fresh, Ok)?,
        wrong: told,
        title,
        points,
        others,
        frame,
    };
    Ok(Answer { status: refused.map_or(StatusCode::OK, |refused| refused.problem.status), ..shown(&page)? })
}

/// The fields under the points that ask for them; the others by themselves.
fn placed(defects: Vec<Defect>, fields: Vec<Field>, given: &Given) -> (Vec<Point>, Vec<Field>) {
    let mut points: Vec<Point> = (0..)
        .zip(defects)
        .map(|(number, defect)| {
            let name = format!("paper.{number}");
            Point { chosen: typed(given, &name).to_owned(), name, defect, fields: Vec::new() }
        })
        .collect();
    let mut others = Vec::new();
    for field in fields {
        let fact = fact_of(&field.name);
        match points.iter_mut().find(|point| point.defect.what.contains(fact)) {
            Some(point) => point.fields.push(field),
            None => others.push(field),
        }
    }
    (points, others)
}

/// The fact that a field is about.
fn fact_of(name: &str) -> &str {
    let key = name.strip_prefix("f.").unwrap_or(name);
    key.split(['@', '.']).next().unwrap_or(key)
}

/// A value as it is typed.
fn written(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "是".into(),
        Value::Bool(false) => "否".into(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What the fields are made of.
struct Form<'f> {
    scheme: &'f Scheme,
    given: &'f Given,
    wrong: &'f BTreeMap<String, String>,
    lang: Lang,
}

impl Form<'_> {
    /// A field. `key`: where it stands in the facts of the form; `at`: how a fault of it is named.
    fn field(&self, number: usize, (key, at): (&str, &str), label: String, ty: Option<&FactType>, value: &Value) -> Field {
        let (before, name) = (written(value), format!("f.{key}"));
        Field {
            id: format!("c{number}"),
            label,
            kind: kind(ty),
            value: self.given.get(&name).cloned().unwrap_or_else(|| before.clone()),
            wrong: self.wrong.get(&format!("facts.{at}")).cloned().unwrap_or_default(),
            before,
            name,
        }
    }

    /// The values of an application, in the order in which they stand in it, and those that are asked for and are not there yet.
    fn fields(&self, application: &Value, defects: &[Defect]) -> Vec<Field> {
        let mut out = Vec::new();
        let facts = application.get("facts").and_then(Value::as_object).cloned().unwrap_or_default();
        for (key, value) in &facts {
            let name = key.split('@').next().unwrap_or(key);
            let ty = self.type_of(name);
            match value {
                Value::Array(rows) => {
                    for (number, row) in rows.iter().enumerate() {
                        for (column, value) in row.as_object().into_iter().flatten() {
                            let label = say(self.lang, format!("{name}第 {} 条：{column}", number + 1), format!("{name} {}: {column}", number + 1));
                            let (at, place) = (format!("{key}.{number}.{column}"), format!("{key}[{}].{column}", number + 1));
                            out.push(self.field(out.len(), (&at, &place), label, column_type(ty, column), value));
                        }
                    }
                }
                Value::Object(years) => {
                    for (year, value) in years {
                        let (at, place) = (format!("{key}.{year}"), format!("{key}@{year}"));
                        out.push(self.field(out.len(), (&at, &place), format!("{year} {name}"), ty, value));
                    }
                }
                value => out.push(self.field(out.len(), (key, key), key.replace('@', " "), ty, value)),
            }
        }
        for name in defects.iter().filter_map(|defect| named(self.scheme, defect)) {
            if !facts.keys().any(|key| key.split('@').next() == Some(name)) {
                out.push(self.field(out.len(), (name, name), name.to_owned(), self.type_of(name), &Value::Null));
            }
        }
        out
    }

    fn type_of(&self, name: &str) -> Option<&FactType> {
        self.scheme.fact_named(name).and_then(|id| self.scheme.fact(id)).map(|fact| &fact.ty)
    }
}

/// The fact that a point is about; of names that hold one another the longest is meant.
fn named<'s>(scheme: &'s Scheme, defect: &Defect) -> Option<&'s str> {
    let names = scheme.facts.iter().map(|fact| fact.name.as_str()).filter(|name| defect.what.contains(name));
    names.max_by_key(|name| name.len())
}

/// The type of a column of a list.
fn column_type<'s>(ty: Option<&'s FactType>, column: &str) -> Option<&'s FactType> {
    let Some(FactType::List { fields, .. }) = ty else { return None };
    fields.iter().find(|field| field.name == column).map(|field| &field.ty)
}

fn kind(ty: Option<&FactType>) -> Kind {
    match ty {
        Some(FactType::YesNo) => Kind::YesNo,
        Some(FactType::Number { word, .. }) => Kind::Number(word.clone()),
        Some(FactType::Choice(choices)) => Kind::Choice(choices.clone()),
        _ => Kind::Words,
    }
}

/// The value that was typed where it is another than before; what was not touched stays as it was written.
fn changed(given: &Given, key: &str, value: &Value) -> Value {
    let Some(new) = given.get(&format!("f.{key}")).map(|new| new.trim()) else { return value.clone() };
    match (value, new) {
        _ if new == written(value) => value.clone(),
        (_, "") => Value::Null,
        (Value::Bool(_), "是") => Value::Bool(true),
        (Value::Bool(_), "否") => Value::Bool(false),
        _ => Value::from(new),
    }
}

/// The application with what was typed.
fn answered(application: &Value, given: &Given) -> Value {
    let mut out = application.clone();
    let Some(facts) = out.get_mut("facts").and_then(Value::as_object_mut) else { return out };
    let mut next = Map::new();
    for (key, value) in facts.iter() {
        let value = match value {
            Value::Array(rows) => (0..).zip(rows).map(|(number, row)| answered_row(row, &format!("{key}.{number}"), given)).collect(),
            Value::Object(_) => answered_row(value, key, given),
            value => changed(given, key, value),
        };
        if !value.is_null() {
            next.insert(key.clone(), value);
        }
    }
    for (name, value) in given.iter().filter_map(|(name, value)| Some((name.strip_prefix("f.")?, value.trim()))) {
        if !value.is_empty() && !name.contains(['.', '@']) && !facts.contains_key(name) {
            next.insert(name.to_owned(), value.into());
        }
    }
    *facts = next;
    out
}

fn answered_row(row: &Value, at: &str, given: &Given) -> Value {
    let Some(row) = row.as_object() else { return row.clone() };
    Value::Object(
        row.iter().map(|(column, value)| (column.clone(), changed(given, &format!("{at}.{column}"), value))).filter(|(_, value)| !value.is_null()).collect(),
    )
}

/// The papers that stay, and those that come to them.
fn papers(made: &Made, given: &Given) -> Result<Vec<Evidence>, Problem> {
    let keeps = |paper: &&Evidence| given.contains_key(&format!("keep.{}", paper.digest));
    let mut out: Vec<Evidence> = made.case.evidence.iter().filter(keeps).cloned().collect();
    let scheme = &made.loaded.scheme;
    for (number, defect) in (0..).zip(made.case.asked.iter().flat_map(|asked| &asked.defects)) {
        let facts: Vec<String> = named(scheme, defect).map(str::to_owned).into_iter().collect();
        if let Some(paper) = chosen(&made.files, typed(given, &format!("paper.{number}")), &facts)? {
            match out.iter_mut().find(|known| known.digest == paper.digest) {
                Some(known) => {
                    let more: Vec<String> = paper.facts.into_iter().filter(|fact| !known.facts.contains(fact)).collect();
                    known.facts.extend(more);
                }
                None => out.push(paper),
            }
        }
    }
    Ok(out)
}

fn send<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        // A file goes to the point it was sent for.
        let Sent { given, is_only_file, problem } = sent(portal, asked, |given| format!("paper.{}", typed(given, "point"))).await?;
        let made = made(portal, asked).await?;
        if problem.is_some() || is_only_file {
            let refused = problem.map(|problem| Refused { problem, fields: BTreeMap::new() });
            return page(portal, asked, made, &given, refused.as_ref()).await;
        }
        let evidence = match papers(&made, &given) {
            Ok(evidence) => evidence,
            Err(problem) => return page(portal, asked, made, &given, Some(&Refused { problem, fields: BTreeMap::new() })).await,
        };
        let application = answered(&made.case.application, &given);
        let act = Act::Case(CaseAct::AnswerCorrection { case: case_id(asked)?, application, evidence });
        let refused = match does(portal, asked, &given, &act).await? {
            Ok(_) => return Ok(go(&format!("/my/cases/{}?done=corrected", asked.id()))),
            Err(stop) => refused(stop, asked.language),
        };
        page(portal, asked, made, &given, Some(&refused)).await
    })
}

fn refused(stop: Stop, lang: Lang) -> Refused {
    let fields = match &stop {
        Stop::Refused(Refusal::Case(CaseRefusal::Facts(errors))) => {
            errors.iter().map(|error| (error.field.clone(), format!("{}。{}", error.message.get(lang), error.help.get(lang)))).collect()
        }
        _ => BTreeMap::new(),
    };
    Refused { problem: told(stop), fields }
}
