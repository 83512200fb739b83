//! 申报: the wizard that makes an application for a call, step by step, from the scheme. Everything that is sent is saved at
//! once, also what is wrong; what can be used of it becomes the draft of the case. Saving stands in `save.rs`, papers in `papers.rs`.

mod draft;
mod fields;
mod papers;
mod save;
mod usable;

use super::calculator::{self, Sum};
use super::earned::{self, Counted};
use super::frame::Frame;
use super::worth::Figure;
use super::{Given, go, page_of, sent_to, shown};
use crate::operation::{Answer, Answering, Asked, ID, Operation, Who, query};
use crate::problem::Problem;
use crate::{Portal, secret};
use askama::Template;
use axum::http::StatusCode;
use casework::case::Wording;
use casework::people::Role;
use draft::Draft;
use fields::{FactField, Group, Kind, Maker};
use office::earned::Earned;
use policy::application::Application;
use policy::explain::{Explainer, Explanation, Sign};
use policy::input::{Defaults, Raw, read};
use policy::{AssessOptions, Population, assess};
use values::{Fen, Lang};

/// Who applies.
const APPLICANT: Who = Who::Roles(&[Role::Applicant]);

/// Where in the wizard somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Items,
    Firm,
    Facts,
    Check,
    Confirm,
}

impl Step {
    const ALL: [Self; 5] = [Self::Items, Self::Firm, Self::Facts, Self::Check, Self::Confirm];

    const fn name(self) -> &'static str {
        match self {
            Self::Items => "items",
            Self::Firm => "firm",
            Self::Facts => "facts",
            Self::Check => "check",
            Self::Confirm => "confirm",
        }
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Items => ("选择支持项", "Items"),
            Self::Firm => ("核对企业信息", "Your enterprise"),
            Self::Facts => ("填写事实与佐证", "Facts and evidence"),
            Self::Check => ("自查与预估", "Self-check"),
            Self::Confirm => ("承诺并提交", "Confirm and send"),
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }

    fn after(self) -> Self {
        Self::ALL.into_iter().find(|step| *step > self).unwrap_or(self)
    }

    fn before(self) -> Self {
        Self::ALL.into_iter().rev().find(|step| *step < self).unwrap_or(self)
    }

    /// Where a draft goes on: nothing is filled in before it is said for what.
    fn of(name: &str, draft: &Draft, typed: &Given) -> Self {
        let wanted = Self::named(name).unwrap_or(Self::Items);
        if draft.clauses(typed).is_empty() { Self::Items } else { wanted }
    }
}

/// A step in the row of steps.
struct StepLink {
    name: &'static str,
    words: &'static str,
    is_here: bool,
    is_done: bool,
    /// It can be gone to.
    is_open: bool,
}

/// A clause to choose.
struct Item {
    id: String,
    title: String,
    figure: Figure,
    plain: String,
    is_chosen: bool,
}

/// Something that cannot be used, with the field it stands in.
struct Wrong {
    href: String,
    label: String,
    message: String,
}

/// What another window saved otherwise.
struct Other {
    label: String,
    kept: String,
}

/// What the rules say of what was typed.
struct Looked<'s> {
    sum: Sum<'s>,
    /// Each clause with its conditions.
    clauses: Vec<Explanation<'s>>,
}

/// The page.
#[derive(Template)]
#[template(path = "apply.html")]
struct ApplyPage<'s> {
    frame: Frame,
    call: String,
    title: String,
    until: String,
    left: String,
    saved: String,
    is_begun: bool,
    version: i64,
    request: String,
    case: String,
    step: Step,
    steps: Vec<StepLink>,
    firm: (String, String),
    user: String,
    handed_in: Vec<String>,
    taken_from: String,
    problem: Option<String>,
    others: Vec<Other>,
    wrong: Vec<Wrong>,
    items: Vec<Item>,
    groups: Vec<Group>,
    looked: Option<Looked<'s>>,
    papers_missing: Vec<(String, String)>,
    papers: usize,
    is_complete: bool,
    /// Awards of earlier years that were counted.
    earned: Vec<Counted>,
    /// What is declared, and who does it: name and post.
    wording: Option<&'static Wording>,
    declaring: (String, String),
}

/// What is told on a page beside the draft.
#[derive(Default)]
struct Told {
    problem: Option<Problem>,
    /// What another window saved otherwise.
    others: Vec<Other>,
    status: StatusCode,
}

pub fn operations() -> Vec<Operation> {
    let step = query("step", "步骤：items、firm、facts、check、confirm", "step: items, firm, facts, check or confirm");
    let path = "/calls/{id}/apply";
    let mut all = vec![
        Operation { parameters: vec![ID, step], ..page_of(path, "apply", ("填写申报", "An application for a call"), APPLICANT, apply) },
        Operation {
            parameters: vec![ID], ..sent_to(path, "save_application", ("保存或提交申报", "Save or hand in an application"), APPLICANT, save::save)
        },
    ];
    all.extend(papers::operations());
    all
}

fn apply<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let draft = Draft::of(portal, asked, asked.id()).await?;
        let today = portal.clock.now().date();
        let (from, until) = draft.call.open;
        if draft.case.is_none() && draft.row.is_none() && !(from..=until).contains(&today) {
            return Ok(go(&format!("/calls/{}", draft.call.id)));
        }
        let typed = draft.typed.clone();
        let step = Step::of(asked.query("step").unwrap_or_default(), &draft, &typed);
        shown_draft(portal, asked, &draft, &typed, step, Told::default())
    })
}

/// The page of a step, with what is typed in place.
fn shown_draft(portal: &Portal, asked: &Asked<'_>, draft: &Draft, typed: &Given, step: Step, told: Told) -> Result<Answer, Problem> {
    let frame = Frame::new(portal, asked, "my");
    let lang = frame.lang();
    let usable = draft.usable(typed)?;
    let maker = Maker { draft, typed, wrong: &usable.wrong, lang };
    let general = maker.general();
    let of_clauses = maker.of_clauses();
    let wrong = wrong_of(step, &general, &of_clauses);
    let missing = |facts: &[FactField]| facts.iter().filter(|fact| fact.is_unproven).map(|fact| (fact.name.clone(), fact.papers.clone())).collect::<Vec<_>>();
    let mut papers_missing = missing(&general);
    papers_missing.extend(of_clauses.iter().flat_map(|group| missing(&group.facts)));
    let groups = match step {
        Step::Firm => vec![Group { title: frame.w("基本情况", "Basics").to_owned(), facts: general }],
        Step::Facts => of_clauses,
        _ => Vec::new(),
    };
    let mut application = usable.application.clone();
    if let Some(fields) = application.as_object_mut() {
        fields.insert("history".into(), draft.earned.iter().map(Earned::said).collect());
    }
    let application = read(draft.scheme(), &Raw::from(&application), Defaults::default()).0;
    let judged = application.as_ref().filter(|_| step >= Step::Firm).map(|application| judged(draft, typed, application));
    let looked = application.as_ref().zip(judged.as_ref()).map(|(application, population)| looked(draft, application, population, lang));
    let days = portal.clock.now().date().days_until(draft.call.open.1);
    let left = if lang == Lang::Zh { format!("剩余 {days} 天") } else { format!("{days} days left") };
    let page = ApplyPage {
        call: draft.call.id.to_string(),
        title: draft.call.title.clone(),
        until: draft.call.open.1.to_string(),
        left: if days >= 0 { left } else { frame.w("已截止", "over").to_owned() },
        saved: draft.row.as_ref().map(draft::clock_of).unwrap_or_default(),
        is_begun: draft.case.is_some(),
        version: draft.version(),
        request: secret::fresh()?.chars().take(32).collect(),
        case: draft.id()?.to_string(),
        step,
        steps: steps(&frame, step, draft.clauses(typed).is_empty()),
        firm: (draft.organisation.name.clone(), draft.organisation.credit_code.clone()),
        user: asked.seat()?.user.to_string(),
        handed_in: draft.others.iter().map(ToString::to_string).collect(),
        taken_from: draft.taken_from.as_ref().map(ToString::to_string).unwrap_or_default(),
        problem: told.problem.as_ref().map(|problem| problem.words(lang).to_owned()),
        others: told.others,
        is_complete: wrong.is_empty(),
        wording: Wording::in_use(),
        earned: earned::told(draft.scheme(), &draft.earned, &frame),
        declaring: (typed.get("d.name").cloned().unwrap_or_default(), typed.get("d.post").cloned().unwrap_or_default()),
        wrong,
        items: if step == Step::Items { items(draft, typed, lang) } else { Vec::new() },
        groups,
        looked,
        papers_missing,
        papers: draft.case.as_ref().map_or(0, |(case, _)| case.evidence.len()),
        frame,
    };
    Ok(Answer { status: told.status, ..shown(&page)? })
}

/// What is wrong on this step, or, from the self-check on, anywhere.
fn wrong_of(step: Step, general: &[FactField], groups: &[Group]) -> Vec<Wrong> {
    let of = |facts: &[FactField], page: Step| {
        let href = |fact: &FactField| if step == page { format!("#{}", fact.id) } else { format!("?step={}#{}", page.name(), fact.id) };
        let wrong = |fact: &FactField| {
            fact.wrong.iter().map(|message| Wrong { href: href(fact), label: fact.name.clone(), message: message.clone() }).collect::<Vec<_>>()
        };
        facts.iter().flat_map(wrong).collect::<Vec<_>>()
    };
    let mut out = Vec::new();
    if matches!(step, Step::Firm | Step::Check | Step::Confirm) {
        out.extend(of(general, Step::Firm));
    }
    if step >= Step::Facts {
        out.extend(groups.iter().flat_map(|group| of(&group.facts, Step::Facts)));
    }
    out
}

fn steps(frame: &Frame, here: Step, nothing_chosen: bool) -> Vec<StepLink> {
    let link = |step: Step| {
        let (zh, en) = step.words();
        StepLink {
            name: step.name(),
            words: frame.pair(zh, en),
            is_here: step == here,
            is_done: step < here,
            is_open: step != here && (!nothing_chosen || step == Step::Items),
        }
    };
    Step::ALL.into_iter().map(link).collect()
}

fn items(draft: &Draft, typed: &Given, lang: Lang) -> Vec<Item> {
    let scheme = draft.scheme();
    let guide = policy::guide::of(scheme, &[], lang);
    let headline = |clause: &str| {
        let of_clause = policy::guide::About::Clause(clause.to_owned());
        guide.sections.iter().find(|section| section.about == of_clause).and_then(|section| section.lead.clone()).unwrap_or_default()
    };
    let clauses = draft.call.clauses.iter().filter_map(|id| scheme.clause(scheme.clause_named(id)?));
    let item = |clause: &policy::scheme::Clause| Item {
        id: clause.id.clone(),
        title: clause.title.clone(),
        figure: Figure::of(scheme, clause, lang),
        plain: headline(&clause.id),
        is_chosen: typed.contains_key(&format!("c.{}", clause.id)),
    };
    clauses.map(item).collect()
}

fn judged(draft: &Draft, typed: &Given, application: &Application) -> Population {
    let clauses = draft.clause_ids(typed);
    assess(draft.scheme(), std::slice::from_ref(application), &AssessOptions { trace: true, clauses: Some(clauses) })
}

fn looked<'s>(draft: &'s Draft, application: &'s Application, population: &'s Population, lang: Lang) -> Looked<'s> {
    let scheme = draft.scheme();
    let nothing = || Sum { total: Fen(0), payable: Vec::new(), ceilings: Vec::new(), short: Vec::new(), unknown: Vec::new(), no: Vec::new() };
    let Some(assessment) = population.assessments.first() else { return Looked { sum: nothing(), clauses: Vec::new() } };
    let mut explainer = Explainer::new(scheme, application, lang);
    let clauses = assessment.clauses.iter().map(|result| explainer.of(assessment, result)).collect();
    Looked { sum: calculator::sum(scheme, application, assessment, lang), clauses }
}

impl ApplyPage<'_> {
    fn glyph(&self, sign: &Sign) -> &'static str {
        calculator::glyph(sign)
    }

    fn mark(&self, sign: &Sign) -> &'static str {
        calculator::mark(sign)
    }

    /// Earlier awards come from the books of the office.
    #[allow(clippy::unused_self, reason = "the template of the calculator asks the same")]
    const fn reads_books(&self) -> bool {
        true
    }

    /// Whether this step is the one at hand.
    fn at(&self, name: &str) -> bool {
        self.step.name() == name
    }
}
