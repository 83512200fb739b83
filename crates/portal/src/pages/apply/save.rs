//! What the wizard does with what is sent: keeps it as it was typed, makes the draft of the case from what can be used, and
//! hands it in. A form sent twice is done once; of two windows the second is told what the first saved and keeps its own.

use super::super::{Given, given, go};
use super::draft::{Draft, clock_of, label_of};
use super::usable::{ROWS_MAX, rows_of};
use super::{Other, Step, Told, shown_draft};
use crate::operation::{Answer, Answering, Asked};
use crate::problem::Problem;
use crate::{Portal, secret};
use axum::http::StatusCode;
use casework::Act;
use casework::Refusal;
use casework::case::{CaseAct, Declared, Evidence, Stage, Wording};
use casework::id::{CaseId, RequestId};
use office::{Context, Stop};
use serde_json::json;
use store::service::DraftForm;
use values::Lang;

/// How often a draft that something else was attached to meanwhile is written again.
const TRIES: usize = 4;

/// Before what is typed into the declaration: `d.name`, `d.post`.
pub const DECLARED: &str = "d.";
/// Fields of the declaration.
pub const DECLARING: [&str; 2] = ["d.name", "d.post"];

/// A form of the wizard as it was sent.
struct Sent {
    form: Given,
    step: Step,
    /// What was asked for: `save`, `next`, `add:引进人才` …
    doing: String,
    seen: i64,
    /// Name of the request, and what it brought: sent twice they are the same.
    key: String,
    mark: String,
}

impl Sent {
    fn of(asked: &Asked<'_>) -> Result<Self, Problem> {
        let form = given(asked);
        let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let step = Step::named(field("step")).unwrap_or(Step::Items);
        let fresh = || Ok::<_, Problem>(secret::fresh()?.chars().take(32).collect::<String>());
        let key = Some(field("request")).filter(|key| RequestId::parse(key).is_ok() && key.len() <= 48).map_or_else(fresh, |key| Ok(key.to_owned()))?;
        let mark = format!("{key}:{}", secret::digest(&String::from_utf8_lossy(&asked.body)));
        let doing = Some(field("do")).filter(|doing| !doing.is_empty()).unwrap_or("save").to_owned();
        Ok(Self { step, doing, seen: field("version").parse().unwrap_or(0), key, mark, form })
    }

    /// A name of what is typed, as opposed to what the form says beside it.
    fn is_typed(name: &str) -> bool {
        ["f.", "c.", "n.", "l.", DECLARED].iter().any(|prefix| name.starts_with(prefix))
    }

    /// What stands in the form once it is put into what was kept before.
    fn merged(&self, draft: &Draft) -> Given {
        let scheme = draft.scheme();
        let mut out = draft.typed.clone();
        if self.step == Step::Items {
            out.retain(|name, _| !name.starts_with("c."));
        }
        for fact in &scheme.facts {
            if self.form.contains_key(&format!("n.{}", fact.name)) {
                let rows = format!("l.{}/", fact.name);
                out.retain(|name, _| !name.starts_with(&rows));
            }
        }
        let known = |name: &str| {
            let key = name.get(2..).unwrap_or_default();
            let bare = key.split(['@', '/']).next().unwrap_or_default();
            if name.starts_with(DECLARED) {
                return DECLARING.contains(&name);
            }
            if name.starts_with("c.") { draft.call.clauses.iter().any(|clause| clause == key) } else { scheme.fact_named(bare).is_some() }
        };
        out.extend(self.form.iter().filter(|(name, _)| Self::is_typed(name) && known(name)).map(|(name, value)| (name.clone(), value.clone())));
        out.retain(|_, value| !value.trim().is_empty());
        out
    }

    /// What the button does to the rows of a list.
    fn rows(&self, typed: &mut Given) {
        let Some((verb, what)) = self.doing.split_once(':') else { return };
        match verb {
            "add" => {
                let rows = rows_of(typed, what);
                typed.insert(format!("n.{what}"), (rows + 1).min(ROWS_MAX).to_string());
            }
            "none" => {
                let rows = format!("l.{what}/");
                typed.retain(|name, _| !name.starts_with(&rows));
                typed.insert(format!("n.{what}"), "none".to_owned());
            }
            "drop" => {
                let Some((fact, Ok(gone))) = what.rsplit_once('/').map(|(fact, at)| (fact, at.parse::<usize>())) else { return };
                drop_row(typed, fact, gone);
            }
            _ => {}
        }
    }

    /// Where it leads to.
    fn leads_to(&self, draft: &Draft, is_wrong: bool) -> String {
        let here = |step: Step, place: &str| format!("/calls/{}/apply?step={}{place}", draft.call.id, step.name());
        match self.doing.split_once(':').unwrap_or((&self.doing, "")) {
            ("next", _) if is_wrong => here(self.step, "#wrong"),
            ("next", _) => here(self.step.after(), ""),
            ("back", _) => here(self.step.before(), ""),
            ("goto", step) => here(Step::named(step).unwrap_or(self.step), ""),
            ("upload", fact) => format!("/calls/{}/evidence?fact={}", draft.call.id, super::super::market::encoded(fact)),
            ("add" | "none", fact) => here(self.step, &place_of(draft, fact)),
            ("drop", what) => here(self.step, &place_of(draft, what.rsplit_once('/').map_or(what, |(fact, _)| fact))),
            ("detach", what) => here(self.step, &place_of(draft, what.split_once('/').map_or(what, |(_, fact)| fact))),
            _ => here(self.step, ""),
        }
    }
}

/// Where a fact stands in the page.
pub fn place_of(draft: &Draft, fact: &str) -> String {
    draft.scheme().fact_named(fact).map_or_else(String::new, |id| format!("#f{}", id.index()))
}

fn drop_row(typed: &mut Given, fact: &str, gone: usize) {
    let rows = rows_of(typed, fact);
    let prefix = format!("l.{fact}/");
    let cells: Vec<(String, String)> = typed.iter().filter(|(name, _)| name.starts_with(&prefix)).map(|(name, value)| (name.clone(), value.clone())).collect();
    for (name, value) in cells {
        typed.remove(&name);
        let Some((at, field)) = name.strip_prefix(&prefix).and_then(|rest| rest.split_once('/')) else { continue };
        let Ok(at) = at.parse::<usize>() else { continue };
        if at != gone {
            typed.insert(format!("{prefix}{}/{field}", if at > gone { at - 1 } else { at }), value);
        }
    }
    match rows.saturating_sub(1) {
        0 => drop(typed.remove(&format!("n.{fact}"))),
        rows => drop(typed.insert(format!("n.{fact}"), rows.to_string())),
    }
}

pub fn save<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let sent = Sent::of(asked)?;
        // Again: somebody else may save in the very moment between looking and saving.
        for _ in 0..TRIES {
            let draft = Draft::of(portal, asked, asked.id()).await?;
            // Handed in already, by the same form sent twice or by another window: there it is. Looked for after the draft was
            // read, so that a case handed in between is never taken for a new application.
            if let Some(case) = handed_in(portal, asked, &sent).await? {
                return Ok(go(&format!("/my/cases/{case}")));
            }
            if draft.row.as_ref().is_some_and(|row| row.request == sent.mark) {
                return done(portal, asked, &sent, &draft, &draft.typed).await;
            }
            let mut typed = sent.merged(&draft);
            let names: Vec<&String> = sent.form.keys().filter(|name| Sent::is_typed(name)).collect();
            let clashes = draft.clashes(&typed, &names, sent.seen);
            if !clashes.is_empty() {
                return second_window(portal, asked, &sent, &draft, &typed, &clashes);
            }
            // What is declared is what was looked at.
            if sent.doing == "submit" && draft.version() != sent.seen {
                return second_window(portal, asked, &sent, &draft, &typed, &clashes);
            }
            sent.rows(&mut typed);
            if let Some(row) = draft.keep(portal, asked.seat()?.user.as_str(), &typed, &sent.mark).await? {
                let draft = Draft { row: Some(row), typed: typed.clone(), ..draft };
                return done(portal, asked, &sent, &draft, &typed).await;
            }
        }
        Err(Problem::failed("a form was saved again and again elsewhere"))
    })
}

/// The case of a form, where it is no draft any more. Errors: of reading.
async fn handed_in(portal: &Portal, asked: &Asked<'_>, sent: &Sent) -> Result<Option<CaseId>, Problem> {
    let Some(id) = sent.form.get("case").filter(|id| CaseId::parse(id).is_ok()) else { return Ok(None) };
    let mut reading = crate::records::reading(portal, asked).await?;
    match reading.case(id).await {
        Ok(case) if case.stage != Stage::Draft && case.call.as_str() == asked.id() => Ok(Some(case.id)),
        Ok(_) | Err(Stop::Refused(_)) => Ok(None),
        Err(failed) => Err(failed.into()),
    }
}

/// What comes after what was typed is safe: the draft of the case, and what the button is for.
async fn done(portal: &Portal, asked: &Asked<'_>, sent: &Sent, draft: &Draft, typed: &Given) -> Result<Answer, Problem> {
    if sent.doing == "autosave" {
        let at = draft.row.as_ref().map(clock_of).unwrap_or_default();
        return Answer::ok(&json!({ "version": draft.version(), "saved": at }));
    }
    let refused = |problem: Problem| {
        let told = Told { status: problem.status, problem: Some(problem), ..Told::default() };
        shown_draft(portal, asked, draft, typed, Step::of(sent.step.name(), draft, typed), told)
    };
    if sent.doing == "submit" && !sent.form.contains_key("agree") {
        return refused(Problem::unusable("请先阅读并勾选承诺，再提交。", "Read the declaration and tick it first."));
    }
    let declared = Declared {
        name: typed.get("d.name").cloned().unwrap_or_default(),
        post: typed.get("d.post").cloned().unwrap_or_default(),
        version: sent.form.get("wording").cloned().unwrap_or_default(),
    };
    if sent.doing == "submit" && (declared.name.trim().is_empty() || declared.post.trim().is_empty()) {
        return refused(Problem::unusable("请填写授权人的姓名和职务，再提交。", "Give name and post of the authorised person first."));
    }
    if sent.doing == "submit" && Wording::in_use().is_none_or(|wording| wording.version != declared.version) {
        return refused(Problem::unusable("承诺的内容已更新，请阅读后再提交。", "The declaration has new words: read them and hand in again."));
    }
    let usable = draft.usable(typed)?;
    let is_wrong = usable.wrong.iter().any(|error| error.severity == policy::diagnostic::Severity::Error);
    if sent.doing == "submit" && is_wrong {
        return refused(Problem::unusable("还有填写有误的地方，请更正后再提交。", "Some fields cannot be used yet; mend them first."));
    }
    let papers = |papers: &[Evidence]| match sent.doing.strip_prefix("detach:") {
        Some(what) => without(papers, what),
        None => papers.to_vec(),
    };
    let case = match begun(portal, asked, draft, typed, &sent.key, &papers).await {
        Ok(case) => case,
        Err(problem) => {
            return match handed_in(portal, asked, sent).await? {
                Some(case) => Ok(go(&format!("/my/cases/{case}"))),
                None => refused(problem),
            };
        }
    };
    if sent.doing == "submit" {
        let submit = Act::Case(CaseAct::Submit { case: case.clone(), declaration: Some(declared) });
        if let Err(stop) = portal.office.perform(&context(portal, asked, &sent.key)?, &submit).await {
            return refused(stop.into());
        }
        portal.office.store().drop_service_rows::<DraftForm>("case_id", case.as_str()).await?;
        return Ok(go(&format!("/my/cases/{case}")));
    }
    // What is wrong elsewhere does not hold anybody up here.
    let is_wrong_here = is_wrong && sent.form.keys().any(|name| Sent::is_typed(name) && is_of(&usable.wrong, name));
    Ok(go(&sent.leads_to(draft, is_wrong_here)))
}

/// Whether something typed under a name is among what is wrong.
fn is_of(wrong: &[policy::input::InputError], name: &str) -> bool {
    let key = name.get(2..).unwrap_or_default();
    let bare = key.split('/').next().unwrap_or_default();
    wrong.iter().any(|error| super::usable::fact_at(&error.field).is_some_and(|at| at == key || at == bare))
}

/// The papers without one, or with one fact less that it proves: `digest/fact`.
fn without(papers: &[Evidence], what: &str) -> Vec<Evidence> {
    let (digest, fact) = what.split_once('/').map_or((what, ""), |(digest, fact)| (digest, fact));
    let mut out = papers.to_vec();
    for paper in out.iter_mut().filter(|paper| paper.digest.to_string() == digest) {
        paper.facts.retain(|of| of.split('@').next() != Some(fact));
    }
    out.retain(|paper| paper.digest.to_string() != digest || !paper.facts.is_empty());
    out
}

pub fn context(portal: &Portal, asked: &Asked<'_>, key: &str) -> Result<Context, Problem> {
    let seat = asked.seat()?;
    let request = RequestId::parse(key).map_err(|why| Problem::malformed("请求编号有误", why.to_string()))?;
    Ok(Context { user: seat.user.clone(), role: seat.role, now: portal.clock.now(), request })
}

/// Makes what can be used of what was typed the draft of the case, which is begun where there is none; its id.
///
/// Errors: as the office refuses. Evidence that came meanwhile is not lost: the draft is then read and written again.
pub async fn begun(
    portal: &Portal,
    asked: &Asked<'_>,
    draft: &Draft,
    typed: &Given,
    key: &str,
    papers: &(dyn Fn(&[Evidence]) -> Vec<Evidence> + Sync),
) -> Result<CaseId, Problem> {
    let (id, clauses, application) = (draft.id()?, draft.clauses(typed), draft.usable(typed)?.application);
    let mut known = draft.case.clone();
    for at in 0..TRIES {
        let act = match &known {
            None => CaseAct::Start {
                case: id.clone(),
                call: draft.call.id.clone(),
                organisation: draft.organisation.id.clone(),
                clauses: clauses.clone(),
                application: application.clone(),
                evidence: papers(&[]),
            },
            Some((case, _)) => {
                let evidence = papers(&case.evidence);
                let same_clauses = case.claims.iter().map(|claim| &claim.clause).eq(clauses.iter());
                if same_clauses && case.application == application && case.evidence == evidence {
                    return Ok(id);
                }
                CaseAct::Fill { case: id.clone(), clauses: clauses.clone(), application: application.clone(), evidence }
            }
        };
        let context = context(portal, asked, &format!("{key}.{at}"))?;
        let act = Act::Case(act);
        crate::platform::check_start(portal, asked, &act).await?;
        match portal.office.perform_on(&context, &act, known.as_ref().map(|(_, version)| *version)).await {
            Ok(_) => return Ok(id),
            Err(Stop::Refused(Refusal::Stale { .. } | Refusal::Exists { .. } | Refusal::RequestReused { .. })) if at + 1 < TRIES => {
                known = Draft::of(portal, asked, draft.call.id.as_str()).await?.case;
            }
            Err(stop) => return Err(stop.into()),
        }
    }
    Err(Problem::failed("a draft changed again and again"))
}

/// Another window saved something else: it is told what, and what was typed here stays in place; saved once more it holds.
fn second_window(portal: &Portal, asked: &Asked<'_>, sent: &Sent, draft: &Draft, typed: &Given, clashes: &[(String, String)]) -> Result<Answer, Problem> {
    let (at, who) = draft.row.as_ref().map(|row| (clock_of(row), row.user_id.clone())).unwrap_or_default();
    let title = ("另一个窗口保存过", "Saved by another window");
    let (zh, en) = if clashes.is_empty() {
        (
            format!("这份草稿已由 {who} 于 {at} 在另一个窗口保存过，下面是现在的内容，还没有提交。请核对后再提交。"),
            format!("{who} saved this draft in another window at {at}. Below is how it stands now; it was not handed in. Look at it and hand it in again."),
        )
    } else {
        (
            format!("这份草稿已由 {who} 于 {at} 在另一个窗口保存过。您在本窗口填写的内容都在下面，还没有保存；核对后再点一次按钮，即以本窗口的内容为准。"),
            format!(
                "{who} saved this draft in another window at {at}. What you typed here is below and not saved yet; look at it and press the button again to let it hold."
            ),
        )
    };
    let problem = Problem::new(StatusCode::CONFLICT, "draft.window", title, zh, en);
    if sent.doing == "autosave" {
        return Err(problem);
    }
    let scheme = draft.scheme();
    let nothing = if asked.language == Lang::Zh { "（空）" } else { "(empty)" };
    let kept = |value: &str| if value.is_empty() { nothing.to_owned() } else { value.to_owned() };
    let others = clashes.iter().map(|(name, value)| Other { label: label_of(scheme, name), kept: kept(value) }).collect();
    let told = Told { status: problem.status, problem: Some(problem), others };
    shown_draft(portal, asked, draft, typed, Step::of(sent.step.name(), draft, typed), told)
}
