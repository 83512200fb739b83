//! 追回: clawbacks and the leads they are filed on.

use super::batches::shown_or;
use super::{DONE, Form, OFFICE, ROWS, Section, Takes, fresh_id, no_such_act, perform, told, typed, yuan};
use crate::Portal;
use crate::acts::is_granted;
use crate::operation::{Answer, Answering, Asked, Operation, Who, query};
use crate::pages::frame::Frame;
use crate::pages::{Given, given, go, page_of, sent_to};
use crate::problem::Problem;
use crate::records::reading;
use askama::Template;
use casework::organisation::Organisation;
use casework::people::Role;
use casework::recovery::{Lead, LeadSource, LeadState, Recovery, RecoveryStage};
use office::reading::{Reading, Wanted, collection};
use serde::de::DeserializeOwned;
use serde_json::json;

/// The page.
#[derive(Template)]
#[template(path = "recoveries.html")]
struct Recoveries {
    frame: Frame,
    section: Section,
    rows: Vec<Row>,
    next: Option<String>,
    is_first: bool,
    leads: Vec<LeadRow>,
    leads_next: Option<String>,
    forms: Vec<Form>,
    wrong: Option<String>,
}

/// A clawback.
struct Row {
    id: String,
    case: String,
    organisation: String,
    stage: &'static str,
    tag: &'static str,
    decided: String,
    came_back: String,
    owed: String,
    until: String,
}

/// A lead.
struct LeadRow {
    id: String,
    organisation: String,
    case: String,
    source: String,
    words: String,
    at: String,
    state: String,
    recovery: String,
}

pub fn operations() -> Vec<Operation> {
    let does = Who::Roles(&[Role::Clerk, Role::Leader]);
    let parameters = vec![query("after", "从此编号之后开始", "begin after this id"), query("leads", "线索从此编号之后开始", "leads begin after this id"), DONE];
    vec![
        Operation { parameters, ..page_of("/recoveries", "recoveries_page", ("追回与线索", "Clawbacks and leads"), OFFICE, recoveries) },
        sent_to("/recoveries", "recoveries_act", ("登记线索、不予立案、追回立案", "Note or dismiss a lead, file a clawback"), does, act),
    ]
}

/// How far a clawback is, in words and in colour.
pub fn stage_words(stage: RecoveryStage, frame: &Frame) -> (&'static str, &'static str) {
    let en = match stage {
        RecoveryStage::Filed => "Filed",
        RecoveryStage::Notified => "Notice given",
        RecoveryStage::Decided => "Decided",
        RecoveryStage::Delivered => "Delivered",
        RecoveryStage::Reminded => "Reminded",
        RecoveryStage::Enforced => "Enforcement applied for",
        RecoveryStage::Settled => "Settled",
        RecoveryStage::Closed => "Closed",
    };
    let tag = match stage {
        RecoveryStage::Settled | RecoveryStage::Closed => "tag--pass",
        RecoveryStage::Reminded | RecoveryStage::Enforced => "tag--warn",
        _ => "tag--info",
    };
    (frame.pair(stage.title(), en), tag)
}

async fn records<R: DeserializeOwned>(reading: &mut Reading<'_>, name: &str, after: &str) -> Result<(Vec<R>, Option<String>), Problem> {
    let collection = collection(name).ok_or_else(|| Problem::unknown("collection", name))?;
    let page = reading.page(collection, &Wanted { filters: Vec::new(), after, limit: ROWS }).await?;
    let mut all = Vec::new();
    for read in page.records {
        all.push(serde_json::from_value(read.body).map_err(|why| Problem::failed(&why.to_string()))?);
    }
    Ok((all, page.next))
}

async fn name(reading: &mut Reading<'_>, id: &str) -> Result<String, Problem> {
    Ok(reading.work.peek::<Organisation>(id).await?.map_or_else(|| id.to_owned(), |of| of.name))
}

/// Where a lead comes from.
pub fn source_words(source: &LeadSource, frame: &Frame) -> String {
    match source {
        LeadSource::Scheme { rule, .. } => format!("{}{rule}", frame.w("政策追回条款：", "rule of the policy: ")),
        LeadSource::Audit { document } => format!("{}{document}", frame.w("审计：", "audit: ")),
        LeadSource::Report { by: Some(by) } => format!("{}{by}", frame.w("举报：", "report by ")),
        LeadSource::Report { by: None } => frame.w("匿名举报", "anonymous report").to_owned(),
    }
}

async fn page(portal: &Portal, asked: &Asked<'_>, kept: Option<(&Given, &Problem)>) -> Result<Answer, Problem> {
    let mut reading = reading(portal, asked).await?;
    let after = asked.query("after").unwrap_or_default();
    let (found, next) = records::<Recovery>(&mut reading, "recoveries", after).await?;
    let (noted, leads_next) = records::<Lead>(&mut reading, "leads", asked.query("leads").unwrap_or_default()).await?;
    let frame = told(portal, asked);
    let mut rows = Vec::new();
    for recovery in &found {
        let (stage, tag) = stage_words(recovery.stage, &frame);
        rows.push(Row {
            id: recovery.id.to_string(),
            case: recovery.case.to_string(),
            organisation: name(&mut reading, recovery.organisation.as_str()).await?,
            stage,
            tag,
            decided: recovery.decision.as_ref().map(|_| yuan(recovery.decided_sum())).unwrap_or_default(),
            came_back: yuan(recovery.came_back()),
            owed: recovery.decision.as_ref().map(|_| yuan(recovery.owed())).unwrap_or_default(),
            until: recovery.next_due().map(|day| day.to_string()).unwrap_or_default(),
        });
    }
    let mut leads = Vec::new();
    for lead in &noted {
        let (state, recovery) = match &lead.state {
            LeadState::Open => (frame.w("待处理", "open").to_owned(), String::new()),
            LeadState::Filed(id) => (frame.w("已立案", "filed").to_owned(), id.to_string()),
            LeadState::Dismissed(why) => (format!("{}{why}", frame.w("不予立案：", "dismissed: ")), String::new()),
        };
        leads.push(LeadRow {
            id: lead.id.to_string(),
            organisation: name(&mut reading, lead.organisation.as_str()).await?,
            case: lead.case.as_ref().map(ToString::to_string).unwrap_or_default(),
            source: source_words(&lead.source, &frame),
            words: lead.words.clone(),
            at: lead.at.date().to_string(),
            state,
            recovery,
        });
    }
    let given = kept.map(|(given, _)| given);
    let forms = forms(&frame, &noted, reading.role())?.into_iter().map(|form| form.kept(given)).collect();
    let wrong = kept.map(|(_, problem)| problem.words(frame.lang()).to_owned());
    let section = Section::at("recoveries", asked);
    let page = Recoveries { section, rows, next, is_first: after.is_empty(), leads, leads_next, forms, wrong, frame };
    shown_or(page, kept.map(|(_, problem)| problem.status))
}

fn forms(frame: &Frame, leads: &[Lead], role: Role) -> Result<Vec<Form>, Problem> {
    let mut forms = Vec::new();
    let open: Vec<&Lead> = leads.iter().filter(|lead| lead.state == LeadState::Open).collect();
    let choices = || -> Vec<(String, String)> { open.iter().map(|lead| (lead.id.to_string(), format!("{} {}", lead.id, lead.words))).collect() };
    if is_granted("recovery.note", role) {
        let sources = vec![
            ("audit".to_owned(), frame.w("审计", "audit").to_owned()),
            ("report".to_owned(), frame.w("实名举报", "report by somebody").to_owned()),
            ("anonymous".to_owned(), frame.w("匿名举报", "anonymous report").to_owned()),
        ];
        let form = Form::new(frame, "recovery.note", ("登记后由领导决定不予立案，或由经办立案。", "It is then dismissed by a leader, or filed by a clerk."))?;
        let form = form.field("source", frame.w("来源", "Source"), Takes::Choice(sources), "");
        let form =
            form.field("from", frame.w("审计文号或举报人", "Document, or who reports"), Takes::Text, frame.w("匿名举报不填", "empty if anonymous")).maybe();
        let form = form.field("organisation", frame.w("企业编号", "Id of the enterprise"), Takes::Text, "");
        let form = form.field("case", frame.w("案件编号", "Id of the case"), Takes::Text, "").maybe();
        forms.push(form.field("words", frame.w("线索内容", "What it says"), Takes::Words, ""));
    }
    if is_granted("recovery.open", role) {
        let hint = frame.w("线索编号，用空格分开", "ids of leads, with spaces between");
        let value: Vec<&str> = open.iter().take(1).map(|lead| lead.id.as_str()).collect();
        let case = open.iter().take(1).filter_map(|lead| lead.case.as_ref()).map(ToString::to_string).next().unwrap_or_default();
        let form = Form::new(frame, "recovery.open", ("只能追回已经支付、且没有在追回的款项。", "Only what was paid and is not being taken back."))?;
        let form = form.field("case", frame.w("案件编号", "Id of the case"), Takes::Text, "").with(case);
        forms.push(form.field("leads", frame.w("依据的线索", "Leads"), Takes::Text, hint).with(value.join(" ")).maybe());
    }
    if is_granted("recovery.dismiss", role) && !open.is_empty() {
        let form = Form::new(frame, "recovery.dismiss", ("", ""))?.field("lead", frame.w("线索", "Lead"), Takes::Choice(choices()), "");
        forms.push(form.field("reason", frame.w("理由", "Why"), Takes::Words, "").grave());
    }
    Ok(forms)
}

fn recoveries<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(page(portal, asked, None))
}

fn act<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let given = given(asked);
        match done(portal, asked, &given).await {
            Ok(to) => Ok(go(&to)),
            Err(problem) => page(portal, asked, Some((&given, &problem))).await,
        }
    })
}

async fn done(portal: &Portal, asked: &Asked<'_>, given: &Given) -> Result<String, Problem> {
    let name = typed(given, "act");
    match name {
        "recovery.note" => {
            let from = typed(given, "from");
            let source = match typed(given, "source") {
                "audit" => json!({ "audit": { "document": from } }),
                "report" => json!({ "report": { "by": from } }),
                _ => json!({ "report": { "by": null } }),
            };
            let case = Some(typed(given, "case")).filter(|case| !case.is_empty());
            let fields = json!({ "lead": fresh_id("xs", given), "source": source, "organisation": typed(given, "organisation"), "case": case, "words": typed(given, "words") });
            perform(portal, asked, given, name, fields).await?;
            Ok("/recoveries?done=yes#leads".to_owned())
        }
        "recovery.open" => {
            let id = fresh_id("zh", given);
            let leads: Vec<&str> = typed(given, "leads").split([' ', ',', '，', '、']).filter(|lead| !lead.is_empty()).collect();
            perform(portal, asked, given, name, json!({ "recovery": id, "case": typed(given, "case"), "leads": leads })).await?;
            Ok(format!("/recoveries/{id}?done=yes"))
        }
        "recovery.dismiss" => {
            perform(portal, asked, given, name, json!({ "lead": typed(given, "lead"), "reason": typed(given, "reason") })).await?;
            Ok("/recoveries?done=yes#leads".to_owned())
        }
        other => Err(no_such_act(other)),
    }
}
