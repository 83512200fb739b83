//! 政策计算器: facts typed in, and what the rules of a policy give for them: what can be had, what has a ceiling that an
//! officer fills, what is short of a condition, what cannot be told yet, what is not. Nothing typed in is kept.

use super::earned::{self, Counted};
use super::frame::Frame;
use super::market::encoded;
use super::policy::in_force;
use super::{Given, given, go, page, shown};
use crate::Portal;
use crate::operation::{Answering, Asked, ID, Operation, Payload, query};
use crate::records::reading;
use askama::Template;
use axum::http::Method;
use casework::people::Role;
use policy::application::Application;
use policy::asked;
use policy::assessment::{Assessment, ClauseResult, Mark, Outcome};
use policy::explain::{self, Explanation, Sign};
use policy::input::{Defaults, Raw, read};
use policy::scheme::{Fact, FactType, Scheme};
use policy::{AssessOptions, assess, plain, what_if};
use std::collections::BTreeMap;
use values::{Fen, Lang};

/// The page.
#[derive(Template)]
#[template(path = "calculator.html")]
struct Calculator<'s> {
    frame: Frame,
    policy: String,
    title: String,
    year: String,
    groups: Vec<Group>,
    wrong: Vec<Wrong>,
    result: Option<Sum<'s>>,
    /// What can still change the result, most telling first.
    questions: Vec<Next>,
    hash: String,
    /// Awards of earlier years that were counted.
    earned: Vec<Counted>,
    /// The address under which what was filled in is found again.
    saved: String,
}

/// A question that can still change something.
struct Next {
    label: String,
    reason: String,
    /// Id of its field; none: it is filled in with an application alone.
    id: Option<String>,
}

/// Facts that one clause, or every clause, asks for.
struct Group {
    /// The clause; empty: every clause.
    id: String,
    title: String,
    fields: Vec<Field>,
    filled: usize,
    open: bool,
    /// Questions of it that can still change something; none: nothing was worked out yet.
    left: Option<usize>,
}

/// One question.
struct Field {
    /// Name in the form: `f.品牌年销售额@2023`.
    name: String,
    /// Id in the page.
    id: String,
    label: String,
    hint: String,
    kind: Kind,
    value: String,
    /// What is wrong with it.
    wrong: String,
}

/// How it is asked.
enum Kind {
    YesNo,
    Number(String),
    Day,
    Choice(Vec<String>),
    Words,
    /// A list of records: only in an application.
    List,
}

/// Something that cannot be read.
struct Wrong {
    id: String,
    label: String,
    message: String,
}

/// What came out.
pub struct Sum<'s> {
    pub total: Fen,
    pub payable: Vec<Item<'s>>,
    pub ceilings: Vec<Item<'s>>,
    pub short: Vec<Short>,
    pub unknown: Vec<Unknown>,
    pub no: Vec<Item<'s>>,
}

/// A clause with its result.
pub struct Item<'s> {
    pub amount: Fen,
    pub explanation: Explanation<'s>,
}

/// A clause that fails by one thing.
pub struct Short {
    pub title: String,
    pub gap: String,
    pub then: String,
    /// The value now, and the one that is needed.
    pub now: String,
    pub needed: String,
}

/// A clause that waits for something.
pub struct Unknown {
    pub title: String,
    pub missing: Vec<String>,
    /// The field to go to.
    pub href: Option<String>,
}

pub fn operations() -> Vec<Operation> {
    let path = "/policies/{id}/calculator";
    vec![
        page("/calculator", "choose_calculator", ("政策计算器：选择政策", "The calculator of a policy"), choose),
        Operation {
            parameters: vec![
                ID,
                query("year", "申报年度", "award year"),
                query("f.*", "各项事实，如 f.品牌年销售额@2024", "facts by their names, with @ and a year where that is asked for"),
                query("h.*", "往年已得，如 h.7.1.amount、h.7.1.year", "what was received before, like h.7.1.amount and h.7.1.year"),
            ],
            ..page(path, "calculator", ("政策计算器", "What one can get"), calculator)
        },
        Operation {
            method: Method::POST,
            parameters: vec![ID],
            takes: Payload::Bytes("application/x-www-form-urlencoded"),
            ..page(path, "calculate", ("测算", "Work it out"), calculator)
        },
    ]
}

/// The calculator of the first policy; the others are a step away from it.
fn choose<'a>(portal: &'a Portal, _: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let offered = portal.office.offered(&portal.reading, portal.clock.now().date()).await?;
        let to = offered.first().map_or_else(|| "/".to_owned(), |one| format!("/policies/{}/calculator", encoded(one.id.as_str())));
        Ok(go(&to))
    })
}

fn calculator<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let one = in_force(portal, asked.id()).await?;
        let scheme = &one.loaded.scheme;
        let frame = Frame::new(portal, asked, "calculator");
        let given = answers(asked);
        let last = portal.clock.now().date().year() - 1;
        let year = given.get("year").map_or_else(|| last.to_string(), |year| year.trim().to_owned());
        let kept = if frame.role == Some(Role::Applicant) { reading(portal, asked).await?.own_awards(scheme, None).await? } else { Vec::new() };
        let (typed, asked_of) = earned::typed_history(scheme, &given);
        let is_own = frame.role == Some(Role::Applicant);
        let history = if is_own { earned::kept_history(&kept) } else { typed };
        let (application, errors) = filled(scheme, &given, &year, history);
        let told: BTreeMap<String, String> =
            errors.iter().map(|e| (e.field.clone(), format!("{}。{}", e.message.get(frame.lang()), e.help.get(frame.lang())))).collect();
        let mut groups = groups(scheme, &given, year.parse().unwrap_or(last), &told, frame.lang());
        if !is_own {
            ask_of_earlier(scheme, &mut groups, &given, (&told, &asked_of), &frame);
        }
        let fields = || groups.iter().flat_map(|group| &group.fields).filter(|field| !field.wrong.is_empty());
        let mut wrong: Vec<Wrong> = fields().map(|f| Wrong { id: f.id.clone(), label: f.label.clone(), message: f.wrong.clone() }).collect();
        wrong.extend(told.get("year").map(|message| Wrong { id: "year".into(), label: frame.w("申报年度", "Award year").into(), message: message.clone() }));
        let population =
            application.as_ref().map(|application| assess(scheme, std::slice::from_ref(application), &AssessOptions { trace: true, clauses: None }));
        let assessment = population.as_ref().and_then(|population| population.assessments.first());
        let result = application.as_ref().zip(assessment).filter(|_| asked.operation.method == Method::POST || says_something(&given));
        let mut result = result.map(|(application, assessment)| sum(scheme, application, assessment, frame.lang()));
        let mut questions = Vec::new();
        if let (Some(sum), Some(application)) = (&mut result, &application) {
            questions = next(scheme, application, &groups, frame.lang());
            in_order(&mut groups, &questions);
            for one in &mut sum.unknown {
                one.href = one.missing.iter().find_map(|name| field_of(&groups, name, application.year)).map(|field| field.id.clone());
            }
        }
        let earned = match &application {
            Some(application) if !is_own => earned::told_typed(scheme, application, &frame),
            _ => earned::told(scheme, &kept, &frame),
        };
        shown(&Calculator {
            earned,
            saved: saved(one.id.as_str(), &year, &given),
            questions,
            policy: one.id.to_string(),
            title: scheme.policy.title.clone(),
            year,
            groups,
            wrong,
            result,
            hash: scheme.hash.chars().take(12).collect(),
            frame,
        })
    })
}

/// What was filled in: in the form that was sent, or in the address under which it was kept.
fn answers(asked: &Asked<'_>) -> Given {
    if asked.operation.method == Method::POST {
        return given(asked);
    }
    asked.query.iter().filter(|(name, _)| is_answer(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn is_answer(name: &str) -> bool {
    name == "year" || name.starts_with("f.") || name.starts_with(earned::ASKED)
}

/// Whether anything beside the year was filled in.
fn says_something(given: &Given) -> bool {
    given.iter().any(|(name, value)| name != "year" && is_answer(name) && !value.trim().is_empty())
}

/// The address of what was filled in. It holds everything, so that nothing of it is kept here.
fn saved(policy: &str, year: &str, given: &Given) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("year", year);
    for (name, value) in given.iter().filter(|(name, value)| *name != "year" && is_answer(name) && !value.trim().is_empty()) {
        query.append_pair(name, value.trim());
    }
    format!("/policies/{}/calculator?{}", encoded(policy), query.finish())
}

/// Asks what was received before, under each clause whose rules look back.
fn ask_of_earlier(scheme: &Scheme, groups: &mut Vec<Group>, given: &Given, (told, asked_of): (&BTreeMap<String, String>, &[String]), frame: &Frame) {
    for (number, clause) in earned::asked_of(scheme).enumerate() {
        let at = asked_of.iter().position(|id| *id == clause.id).map(|at| at + 1);
        let wrong = |what: &str| at.and_then(|at| told.get(&format!("history[{at}].{what}"))).cloned().unwrap_or_default();
        let field = |what: &str, label: &str, hint: &str, kind: Kind| Field {
            name: format!("{}{}.{what}", earned::ASKED, clause.id),
            id: format!("h{number}{what}"),
            label: label.to_owned(),
            hint: hint.to_owned(),
            kind,
            value: given.get(&format!("{}{}.{what}", earned::ASKED, clause.id)).cloned().unwrap_or_default(),
            wrong: wrong(what),
        };
        let own = vec![
            field(
                "amount",
                frame.w("以前按本条已得金额", "Received before under this clause"),
                frame.w("没有得过的不填", "leave it out if nothing"),
                Kind::Number(frame.w("元", "yuan").to_owned()),
            ),
            field("year", frame.w("得到的年度", "For which year"), frame.w("最近一次的奖补年度", "the award year of the last time"), Kind::Words),
        ];
        let filled = own.iter().filter(|field| !field.value.is_empty()).count();
        let is_wrong = own.iter().any(|field| !field.wrong.is_empty());
        match groups.iter_mut().find(|group| group.id == clause.id) {
            Some(group) => {
                group.filled += filled;
                group.open |= filled > 0 || is_wrong;
                group.fields.extend(own);
            }
            None => groups.push(group(clause.id.clone(), clause.title.clone(), own, false)),
        }
    }
}

/// What was typed as an application; nothing is guessed.
fn filled(scheme: &Scheme, given: &Given, year: &str, history: Vec<Raw>) -> (Option<Application>, Vec<policy::input::InputError>) {
    let text = |value: &str| Raw::Text(value.trim().to_owned());
    let kind = scheme.fact(scheme.kind_fact()).map(|fact| format!("f.{}", fact.name)).unwrap_or_default();
    let facts = given.iter().filter(|(name, value)| !value.trim().is_empty() && **name != kind);
    let facts = facts.filter_map(|(name, value)| Some((name.strip_prefix("f.")?.to_owned(), text(value)))).collect();
    let mut applicant = Vec::new();
    if let Some(value) = given.get(&kind).filter(|value| !value.trim().is_empty()) {
        applicant.push(("kind".to_owned(), text(value)));
    }
    let line = Raw::Map(vec![
        ("id".into(), Raw::Text("1".into())),
        ("year".into(), text(year)),
        ("applicant".into(), Raw::Map(applicant)),
        ("facts".into(), Raw::Map(facts)),
        ("history".into(), Raw::List(history)),
    ]);
    read(scheme, &line, Defaults::default())
}

/// The questions: what every clause asks first, then clause by clause; each fact once.
fn groups(scheme: &Scheme, given: &Given, year: i32, told: &BTreeMap<String, String>, lang: Lang) -> Vec<Group> {
    let pick = |zh: &str, en: &str| if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() };
    let mut seen = Vec::new();
    let mut general = Vec::new();
    let mut out: Vec<Group> = Vec::new();
    if let Some(fact) = scheme.fact(scheme.kind_fact()) {
        let mut kind = field(fact, None, given, told, 0);
        // The one fact whose name is ours, not the policy's.
        kind.label = pick(&kind.label, "Kind of applicant");
        general.push(kind);
    }
    for (id, clause) in scheme.clause_ids() {
        let mut own = Vec::new();
        for asked in asked::of(scheme, id) {
            let Some(fact) = scheme.fact(asked.fact).filter(|_| !seen.contains(&asked.fact)) else { continue };
            seen.push(asked.fact);
            let into = if asked.general { &mut general } else { &mut own };
            for at in years(&asked, year, fact) {
                let number = seen.len() * 100 + into.len();
                into.push(field(fact, at, given, told, number));
            }
        }
        if !own.is_empty() {
            out.push(group(clause.id.clone(), clause.title.clone(), own, false));
        }
    }
    out.insert(0, group(String::new(), pick("基本资格", "Basics"), general, true));
    out
}

fn group(id: String, title: String, fields: Vec<Field>, open: bool) -> Group {
    let filled = fields.iter().filter(|field| !field.value.is_empty()).count();
    let open = open || filled > 0 || fields.iter().any(|field| !field.wrong.is_empty());
    Group { id, title, fields, filled, open, left: None }
}

/// The field that asks for something missing: `品牌年销售额`, `主体税区级留成@2023`.
fn field_of<'g>(groups: &'g [Group], missing: &str, year: i32) -> Option<&'g Field> {
    let key = missing.strip_suffix(&format!("@{year}")).unwrap_or(missing);
    groups.iter().flat_map(|group| &group.fields).find(|field| field.name.strip_prefix("f.") == Some(key))
}

/// What can still change the result, in the order in which it is worth asking.
fn next(scheme: &Scheme, application: &Application, groups: &[Group], lang: Lang) -> Vec<Next> {
    let one = |question: policy::form::Question| {
        let missing = plain::missing(scheme, &question.what, lang);
        let field = field_of(groups, &missing, application.year);
        Next {
            id: field.map(|field| field.id.clone()),
            label: field.map_or(missing, |field| field.label.clone()),
            reason: question.reason(scheme).get(lang).to_owned(),
        }
    };
    policy::form::next_questions(scheme, application, &[]).into_iter().map(one).collect()
}

/// Groups in the order of the questions that are left in them; the basics first, those without a question at the end.
fn in_order(groups: &mut [Group], questions: &[Next]) {
    let place = |field: &Field| questions.iter().position(|next| next.id.as_deref() == Some(field.id.as_str()));
    for group in groups.iter_mut() {
        group.left = Some(group.fields.iter().filter(|field| place(field).is_some()).count());
        group.open |= group.fields.iter().filter_map(place).any(|at| at < OPENED);
    }
    if let Some((_, others)) = groups.split_first_mut() {
        others.sort_by_key(|group| group.fields.iter().filter_map(place).min().unwrap_or(usize::MAX));
    }
}

/// The group of so many first questions stands open.
const OPENED: usize = 3;
/// Questions that are named beside the result.
const NAMED: usize = 5;

/// The years of a fact that are asked: none stands for the award year.
pub fn years(asked: &asked::Asked, year: i32, fact: &Fact) -> Vec<Option<i32>> {
    if !fact.by_year || matches!(fact.ty, FactType::List { .. }) {
        return vec![None];
    }
    let of = |one: &asked::Year| match one {
        asked::Year::Before(0) => vec![None],
        asked::Year::Before(n) => vec![Some(year - i32::try_from(*n).unwrap_or(0))],
        asked::Year::Fixed(fixed) => vec![Some(*fixed).filter(|fixed| *fixed != year)],
        asked::Year::Since(since) => (*since..year).map(Some).chain([None]).collect(),
    };
    let mut out: Vec<Option<i32>> = asked.years.iter().flat_map(of).collect();
    out.sort_by_key(|at| std::cmp::Reverse(at.unwrap_or(i32::MAX)));
    out.dedup();
    out
}

fn field(fact: &Fact, at: Option<i32>, given: &Given, told: &BTreeMap<String, String>, number: usize) -> Field {
    let key = at.map_or_else(|| fact.name.clone(), |year| format!("{}@{year}", fact.name));
    let name = format!("f.{key}");
    let kind = match &fact.ty {
        FactType::YesNo => Kind::YesNo,
        FactType::Number { word, .. } => Kind::Number(word.clone()),
        FactType::Date => Kind::Day,
        FactType::Choice(choices) => Kind::Choice(choices.clone()),
        FactType::Year | FactType::Text => Kind::Words,
        FactType::List { .. } => Kind::List,
    };
    let kind = if fact.by_month { Kind::List } else { kind };
    let wrong = told.iter().find(|(field, _)| field.strip_prefix("facts.") == Some(key.as_str()) || **field == "applicant.kind" && number == 0);
    Field {
        id: format!("f{number}"),
        label: at.map_or_else(|| fact.name.clone(), |year| format!("{year} 年{}", fact.name)),
        hint: fact.question.clone().or_else(|| fact.window.clone()).unwrap_or_default(),
        kind,
        value: given.get(&name).cloned().unwrap_or_default(),
        wrong: wrong.map(|(_, message)| message.clone()).unwrap_or_default(),
        name,
    }
}

pub fn sum<'s>(scheme: &'s Scheme, application: &'s Application, assessment: &Assessment, lang: Lang) -> Sum<'s> {
    let mut out = Sum { total: assessment.total, payable: Vec::new(), ceilings: Vec::new(), short: Vec::new(), unknown: Vec::new(), no: Vec::new() };
    let mut explainer = explain::Explainer::new(scheme, application, lang);
    let mut short = Vec::new();
    for result in &assessment.clauses {
        let title = scheme.clause(result.clause).map(|clause| clause.title.clone()).unwrap_or_default();
        let item = |explainer: &mut explain::Explainer<'s>| Item {
            amount: result.awarded.or(result.ceiling).or(result.amount).unwrap_or(Fen(0)),
            explanation: explainer.of(assessment, result),
        };
        match result.outcome {
            Outcome::Eligible if is_ceiling(result) => out.ceilings.push(item(&mut explainer)),
            Outcome::Eligible => out.payable.push(item(&mut explainer)),
            Outcome::Undetermined => {
                out.unknown.push(Unknown { title, missing: result.missing.iter().map(|missing| plain::missing(scheme, missing, lang)).collect(), href: None })
            }
            _ => {
                let nearest = what_if::changes(scheme, application, &[result.clause]).into_iter().find(what_if::Change::helps);
                match nearest {
                    Some(change) if change.gap.is_some() => short.push((
                        what_if::distance(&change),
                        Short {
                            title,
                            gap: what_if::gap_words(scheme, application, &change, lang),
                            then: what_if::then_words(&change, lang),
                            now: what_if::shown(scheme, change.place, &change.current, lang),
                            needed: what_if::shown(scheme, change.place, &change.needed, lang),
                        },
                    )),
                    _ => out.no.push(item(&mut explainer)),
                }
            }
        }
    }
    short.sort_by_key(|(distance, _)| *distance);
    out.short = short.into_iter().map(|(_, one)| one).collect();
    out
}

/// The amount is a bound that nobody has filled.
fn is_ceiling(result: &ClauseResult) -> bool {
    !result.decided || result.marks.contains(&Mark::Ceiling)
}

impl Sum<'_> {
    /// Whether nothing is certain yet and something may come: that is unknown, and not zero.
    pub fn is_open(&self) -> bool {
        self.payable.is_empty() && self.ceilings.is_empty() && !self.unknown.is_empty()
    }

    /// Items that money is paid for.
    fn paid(&self) -> usize {
        self.payable.iter().filter(|item| item.amount > Fen(0)).count()
    }
}

impl Calculator<'_> {
    /// Whether earlier awards come from the books of the office.
    fn reads_books(&self) -> bool {
        self.frame.role == Some(Role::Applicant)
    }

    /// The mark of a condition: always with its word beside it.
    fn glyph(&self, sign: &Sign) -> &'static str {
        glyph(sign)
    }

    fn mark(&self, sign: &Sign) -> &'static str {
        mark(sign)
    }
}

/// The sign of a condition, for the eye.
pub fn glyph(sign: &Sign) -> &'static str {
    match sign {
        Sign::Met => "✓",
        Sign::Failed => "✗",
        Sign::Unknown => "？",
        Sign::Step | Sign::Note => "–",
    }
}

/// Its class.
pub fn mark(sign: &Sign) -> &'static str {
    match sign {
        Sign::Met => "mark--pass",
        Sign::Failed => "mark--fail",
        Sign::Unknown => "mark--unknown",
        Sign::Step | Sign::Note => "mark--none",
    }
}
