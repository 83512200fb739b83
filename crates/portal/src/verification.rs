//! Verification with other authorities over HTTP: a list of a call's applicants out, the answers in – looked at first –, a snapshot kept.
//! Answers of the credit authority become credit checks of the cases by the act; all others are for people to read and judge.

use crate::Portal;
use crate::acts::act_of;
use crate::evidence::{attached, not_taken};
use crate::export::{Format, exporter, note};
use crate::keeping::{Paper, all_of, checked_by, keep, keep_json, kept};
use crate::operation::{Answer, Answering, Asked, ID, Operation, Payload, Who, operation, query};
use crate::problem::Problem;
use crate::records::reader;
use axum::http::{Method, StatusCode};
use casework::case::{Case, Stage};
use casework::chain::Fingerprint;
use casework::id::{CallId, CaseId, RequestId};
use casework::organisation::Organisation;
use casework::people::Role;
use exchange::table::short_mark;
use exchange::verification::{Answered, Authority, List, Snapshot, Subject};
use exchange::{Cell, Limits};
use office::Context;
use office::reading::{Wanted, collection};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Most enterprises of a list.
const SUBJECTS_MAX: usize = 5_000;
const LIST: &str = "verification-list";
const SNAPSHOT: &str = "verification-snapshot";
const ANSWER: &str = "verification-answer";
/// Who asks other authorities: whoever reviews the call.
const ASKS: Who = Who::Roles(&[Role::Clerk, Role::Reviewer]);
/// Who reads what they answered about a case, as far as the case is seen.
const READS: Who = Who::Roles(&[Role::Clerk, Role::Reviewer, Role::UnitReviewer, Role::Leader, Role::Finance, Role::Auditor]);

/// A list that went out, with the cases of those on it.
#[derive(Serialize, Deserialize)]
struct Sent {
    call: CallId,
    list: List,
    /// Cases, with the credit code of whose they are.
    cases: Vec<(CaseId, String)>,
}

/// What answers say, and what became of them.
#[derive(Serialize, JsonSchema)]
struct Heard {
    /// Mark of this preview: send the same file with `mark` and `confirm=yes` to have its answers kept.
    mark: String,
    /// How many were answered about.
    answers: usize,
    /// What is wrong, with row and column. While anything is, nothing of the file is kept.
    problems: Vec<Value>,
    /// Names of those on the list that nothing was answered about.
    missing: Vec<String>,
    /// Id of the snapshot; null: nothing was kept yet.
    snapshot: Option<String>,
    /// Cases whose credit check was entered, each with why not.
    credit: Vec<Checked>,
}

/// A credit check that was entered.
#[derive(Serialize, JsonSchema)]
struct Checked {
    /// The case.
    case: String,
    /// Why it was not entered, in Chinese; null: it was.
    refused_zh: Option<String>,
    /// Why it was not entered, in English; null: it was.
    refused_en: Option<String>,
}

/// What an authority answered about the applicant of a case.
#[derive(Serialize, JsonSchema)]
struct Told {
    /// The list that was answered.
    list: String,
    /// Who was asked: `tax`, `market`, `credit`, `social`.
    authority: String,
    /// Period it is about.
    period: Option<String>,
    /// What it was asked for.
    purpose: String,
    /// On what legal ground.
    legal_basis: String,
    /// Who answered.
    source: String,
    /// When the answers came in.
    at: String,
    /// SM3 of the file they came in.
    file: String,
    /// What was answered, by key of the column.
    answers: BTreeMap<String, String>,
}

/// A page of them.
#[derive(Serialize, JsonSchema)]
struct ToldAll {
    /// In the order they came.
    records: Vec<Told>,
}

/// What can be asked of verification.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation {
            parameters: vec![
                ID,
                query("authority", "核查部门：tax 税务、market 市场监管、credit 信用、social 人社", "tax, market, credit or social"),
                query("purpose", "用途", "what it is asked for"),
                query("legal_basis", "法律依据", "legal basis: instrument and article"),
                query("period", "所属期（税务、人社）", "period, for tax and social"),
            ],
            gives: (200, Payload::Bytes("*/*")),
            ..operation(
                Method::GET,
                "/api/v1/calls/{id}/verification-list",
                "verification_list",
                "files",
                ("导出部门核查名单", "A list of the applicants of a call for another authority to answer"),
                ASKS,
                out,
            )
        },
        Operation {
            parameters: vec![
                ID,
                query("source", "答复单位和人员", "who answered: unit and person, or system"),
                query("mark", "所确认预览的标记", "mark of the preview that is confirmed"),
                query("confirm", "yes：办理", "yes: do it"),
            ],
            takes: Payload::Bytes("application/octet-stream"),
            gives: (200, Payload::Json(|generator| generator.subschema_for::<Heard>())),
            ..operation(
                Method::POST,
                "/api/v1/verifications/{id}/answers",
                "verification_answers",
                "files",
                ("导入部门核查答复：先预览，后确认，留存快照", "Take the answers to a list in: preview, then confirm; a snapshot is kept"),
                ASKS,
                back,
            )
        },
        Operation {
            parameters: vec![ID],
            gives: (200, Payload::Json(|generator| generator.subschema_for::<ToldAll>())),
            ..operation(
                Method::GET,
                "/api/v1/cases/{id}/verifications",
                "case_verifications",
                "records",
                ("案件的部门核查结果", "What other authorities answered about the applicant of a case"),
                READS,
                about_case,
            )
        },
    ]
}

fn authority(asked: &Asked<'_>) -> Result<Authority, Problem> {
    let wrong = || Problem::malformed("authority 应为 tax、market、credit 或 social", "authority must be tax, market, credit or social");
    serde_json::from_value(json!(asked.query("authority"))).map_err(|_| wrong())
}

fn name_of(authority: Authority) -> String {
    serde_json::to_value(authority).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Whose cases of a call are on their way, in the order of the cases. Errors: more than a list holds.
async fn applicants(portal: &Portal, asked: &Asked<'_>, call: &CallId) -> Result<(Vec<Subject>, Vec<(CaseId, String)>), Problem> {
    let cases = collection("cases").ok_or_else(|| Problem::unknown("collection", "cases"))?;
    let (reader, mut after) = (reader(asked)?, String::new());
    let (mut subjects, mut of) = (BTreeMap::new(), Vec::new());
    loop {
        let wanted = Wanted { filters: vec![("call_id", call.as_str())], after: &after, limit: 500 };
        let page = portal.office.page(&portal.reading, &reader, cases, &wanted).await?;
        let mut work = portal.reading.begin().await?;
        for read in &page.records {
            let Some(case) = work.peek::<Case>(&read.id).await? else { continue };
            if matches!(case.stage, Stage::Draft | Stage::Withdrawn | Stage::Declined | Stage::Refused | Stage::Terminated | Stage::Archived) {
                continue;
            }
            let organisation: Option<Organisation> = work.peek(case.organisation.as_str()).await?;
            let organisation = organisation.ok_or_else(|| Problem::unknown("organisation", case.organisation.as_str()))?;
            of.push((case.id, organisation.credit_code.clone()));
            subjects.insert(organisation.credit_code.clone(), Subject { credit_code: organisation.credit_code, name: organisation.name });
        }
        if subjects.len() > SUBJECTS_MAX {
            let (zh, en) = (format!("一份名单最多 {SUBJECTS_MAX} 家"), format!("a list holds at most {SUBJECTS_MAX} enterprises"));
            return Err(Problem::unusable(zh, en));
        }
        match page.next {
            Some(next) => after = next,
            None => return Ok((subjects.into_values().collect(), of)),
        }
    }
}

fn out<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let call = checked_by(portal, asked, asked.id()).await?;
        let authority = authority(asked)?;
        let said = |name: &str| asked.query(name).unwrap_or_default().trim().to_owned();
        let (purpose, legal_basis) = (said("purpose"), said("legal_basis"));
        let period = Some(said("period")).filter(|period| !period.is_empty());
        let _turn = portal.files.acquire().await.map_err(|why| Problem::failed(&why.to_string()))?;
        let (subjects, cases) = applicants(portal, asked, &call.id).await?;
        // The id is made of what the list says: asked for again unchanged, it is the same list.
        let content = json!([call.id, authority, period, purpose, legal_basis, subjects, cases]);
        let id = format!("{}-{}", name_of(authority), short_mark(content.to_string().as_bytes()));
        let (at, by) = (portal.clock.now(), exporter(portal, asked).await?);
        let list = List { id: id.clone(), authority, period, purpose, legal_basis, at, by, subjects };
        list.check().map_err(|why| not_taken(&why))?;
        let sent = Sent { call: call.id.clone(), list, cases };
        keep_json(portal, asked, &Paper { id: &id, kind: LIST, of: call.id.as_str(), organisation: None }, &sent).await?;
        let sent: Sent = kept(portal, LIST, &id).await?.ok_or_else(|| Problem::unknown("verification", &id))?;
        let bytes = sent.list.file(asked.language).map_err(|why| not_taken(&why))?;
        let filter =
            [("call", call.id.as_str()), ("list", id.as_str()), ("purpose", sent.list.purpose.as_str()), ("legal_basis", sent.list.legal_basis.as_str())];
        note(portal, asked, &format!("verification-{}", name_of(authority)), &filter, Format::Xlsx.end(), sent.list.subjects.len()).await?;
        Ok(attached(Format::Xlsx.media(), bytes, &format!("{}核查名单-{id}.xlsx", authority.name(values::Lang::Zh))))
    })
}

/// The mark of what a file answers: the list, who answered, the very file.
fn mark_of(sent: &Sent, source: &str, file: &[u8]) -> String {
    let said = json!([sent.list.id, sent.list.checksum(), source, Fingerprint::of(file)]);
    Fingerprint::of(said.to_string().as_bytes()).to_string()
}

fn back<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let unknown = || Problem::unknown("verification", asked.id());
        let sent: Sent = kept(portal, LIST, asked.id()).await?.ok_or_else(unknown)?;
        checked_by(portal, asked, sent.call.as_str()).await.map_err(|_| unknown())?;
        let source = asked.query("source").unwrap_or_default().trim();
        if source.is_empty() || source.chars().count() > 200 {
            return Err(Problem::malformed("请写明答复单位和人员（source，至多 200 字）", "source must say who answered, in at most 200 characters"));
        }
        let _turn = portal.files.acquire().await.map_err(|why| Problem::failed(&why.to_string()))?;
        let read = sent.list.answers(&asked.body, source, portal.clock.now(), &Limits::TABLE).map_err(|why| not_taken(&why))?;
        let mark = mark_of(&sent, source, &asked.body);
        let (mut snapshot, mut credit) = (None, Vec::new());
        if asked.query("confirm") == Some("yes") {
            if asked.query("mark") != Some(mark.as_str()) {
                return Err(Problem::not_looked_at());
            }
            if !read.problems.is_empty() || read.snapshot.answers.is_empty() {
                let title = ("答复有误", "The answers are not right");
                let zh = "答复中有错误，或没有可留存的答复，没有办理。请改好后重新导入。";
                let en = "There is something wrong in the file, or nothing is answered; nothing was kept. Mend it and send it again.";
                return Err(Problem::new(StatusCode::CONFLICT, "answers", title, zh, en));
            }
            let id = format!("{}:{}", sent.list.id, short_mark(mark.as_bytes()));
            // The very file first, then what was read of it: a snapshot never names a file that is not there.
            let file = format!("{id}:file");
            keep(portal, asked, &Paper { id: &file, kind: ANSWER, of: "核查答复.xlsx", organisation: None }, asked.body.to_vec()).await?;
            keep_json(portal, asked, &Paper { id: &id, kind: SNAPSHOT, of: &sent.list.id, organisation: None }, &read.snapshot).await?;
            credit = checks(portal, asked, &sent, &read, &mark).await?;
            tracing::info!(request = asked.request, list = sent.list.id, answers = read.snapshot.answers.len(), "answers kept");
            snapshot = Some(id);
        }
        Answer::ok(&Heard {
            mark,
            answers: read.snapshot.answers.len(),
            problems: read.problems.iter().map(|problem| serde_json::to_value(problem).unwrap_or_default()).collect(),
            missing: read.missing.iter().map(|subject| subject.name.clone()).collect(),
            snapshot,
            credit,
        })
    })
}

/// Enters what the credit authority answered with each case, once under this mark. What it could not say yet is not entered.
async fn checks(portal: &Portal, asked: &Asked<'_>, sent: &Sent, read: &Answered, mark: &str) -> Result<Vec<Checked>, Problem> {
    let seat = asked.seat()?;
    let mut out = Vec::new();
    if sent.list.authority != Authority::Credit {
        return Ok(out);
    }
    for (at, (case, code)) in sent.cases.iter().enumerate() {
        let Some(answer) = read.snapshot.answers.iter().find(|answer| answer.credit_code == *code) else { continue };
        let said = |key: &str| answer.cells.iter().find(|(own, _)| own == key).map(|(_, cell)| cell.plain());
        let result = match said("result").as_deref() {
            Some("正常") => json!("clear"),
            Some("失信") => json!({ "listed": said("detail").unwrap_or_else(|| "失信".to_owned()) }),
            _ => continue,
        };
        let check = json!({ "source": read.snapshot.source, "result": result, "digest": read.snapshot.file });
        let act = act_of("case.check_credit", json!({ "case": case, "check": check }))?;
        let request = format!("verify-{}-{at}", mark.get(..32).unwrap_or(mark));
        let request = RequestId::parse(&request).map_err(|why| Problem::failed(&why.to_string()))?;
        let context = Context { user: seat.user.clone(), role: seat.role, now: portal.clock.now(), request };
        let refused = portal.office.perform(&context, &act).await.err().map(|stop| Problem::from(stop).detail);
        let (refused_zh, refused_en) = refused.unzip();
        out.push(Checked { case: case.to_string(), refused_zh, refused_en });
    }
    Ok(out)
}

fn about_case<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let unknown = || Problem::unknown("case", asked.id());
        let cases = collection("cases").ok_or_else(unknown)?;
        portal.office.one(&portal.reading, &reader(asked)?, cases, asked.id()).await?;
        let case: Case = portal.reading.begin().await?.peek(asked.id()).await?.ok_or_else(unknown)?;
        let mut records = Vec::new();
        for (_, sent) in all_of::<Sent>(portal, LIST, case.call.as_str()).await? {
            let Some((_, code)) = sent.cases.iter().find(|(id, _)| *id == case.id) else { continue };
            for (_, snapshot) in all_of::<Snapshot>(portal, SNAPSHOT, &sent.list.id).await? {
                let Some(answer) = snapshot.answers.iter().find(|answer| answer.credit_code == *code) else { continue };
                let plain = |(key, cell): &(String, Cell)| (key.clone(), cell.plain());
                records.push(Told {
                    list: sent.list.id.clone(),
                    authority: name_of(sent.list.authority),
                    period: sent.list.period.clone(),
                    purpose: sent.list.purpose.clone(),
                    legal_basis: sent.list.legal_basis.clone(),
                    source: snapshot.source.clone(),
                    at: snapshot.at.to_string(),
                    file: snapshot.file.to_string(),
                    answers: answer.cells.iter().map(plain).collect(),
                });
            }
        }
        Answer::ok(&ToldAll { records })
    })
}
