//! 一企一档: what the register has of the enterprise. An account is what the enterprise itself may enter; everything else the
//! office enters, on papers, and the page says so.

use super::super::frame::Frame;
use super::super::{Given, given, go, page_of, sent_to, shown};
use super::{OWN, day, does, id_of, told, typed};
use crate::Portal;
use crate::operation::{Answer, Answering, Asked, Operation, query};
use crate::problem::Problem;
use crate::records::reading;
use crate::secret;
use askama::Template;
use axum::http::StatusCode;
use casework::Act;
use casework::id::AccountId;
use casework::organisation::Account;
use casework::recognition::RecognitionKind;
use casework::registry::RegistryAct;
use office::reading::own_file::OwnFile;
use std::collections::BTreeMap;
use values::Date;

/// The page.
#[derive(Template)]
#[template(path = "enterprise/file.html")]
struct FilePage {
    frame: Frame,
    file: OwnFile,
    recognitions: Vec<RecognitionLine>,
    /// Title, year, amount and source of earlier awards.
    earlier: Vec<(String, i32, String, String)>,
    today: Date,
    given: Given,
    wrong: Option<String>,
    request: String,
}

/// A recognition.
struct RecognitionLine {
    kind: &'static str,
    number: String,
    subject: String,
    issuer: String,
    valid: String,
    tag: &'static str,
    state: &'static str,
}

pub fn operations() -> Vec<Operation> {
    vec![
        Operation {
            parameters: vec![query("done", "刚办理的事项", "what was just done")],
            ..page_of("/my/firm", "own_file", ("一企一档", "The file of the own enterprise"), OWN, show)
        },
        sent_to("/my/firm/account", "enter_own_account", ("登记收款账户", "Enter an account"), OWN, account),
    ]
}

async fn page(portal: &Portal, asked: &Asked<'_>, given: Given, wrong: Option<&Problem>) -> Result<Answer, Problem> {
    let file = reading(portal, asked).await?.own_file().await?;
    let frame = Frame::new(portal, asked, "firm");
    let frame = if asked.query("done") == Some("account") {
        frame.telling("账户已登记，等待核验。", "The account is entered and waits to be verified.")
    } else {
        frame
    };
    let today = portal.clock.now().date();
    let titles = titles(portal, today).await?;
    let earlier = file.earlier.iter().map(|one| {
        let title = titles.get(&one.clause).map_or_else(|| one.clause.clone(), |title| format!("{} {title}", one.clause));
        (title, one.year, one.amount.grouped(), one.source.document.clone())
    });
    let page = FilePage {
        recognitions: recognitions(&file, today, &frame),
        earlier: earlier.collect(),
        wrong: wrong.map(|problem| problem.words(frame.lang()).to_owned()),
        request: given.get("request").cloned().map_or_else(secret::fresh, Ok)?,
        file,
        today,
        given,
        frame,
    };
    Ok(Answer { status: wrong.map_or(StatusCode::OK, |problem| problem.status), ..shown(&page)? })
}

/// Titles of the clauses of policies in force, where only one policy has a clause of that number.
async fn titles(portal: &Portal, today: Date) -> Result<BTreeMap<String, String>, Problem> {
    let offered = portal.office.offered(&portal.reading, today).await?;
    let mut out: BTreeMap<String, String> = BTreeMap::new();
    let mut twice = Vec::new();
    for clause in offered.iter().flat_map(|one| &one.loaded.scheme.clauses) {
        if out.insert(clause.id.clone(), clause.title.clone()).is_some_and(|known| known != clause.title) {
            twice.push(clause.id.clone());
        }
    }
    out.retain(|clause, _| !twice.contains(clause));
    Ok(out)
}

fn recognitions(file: &OwnFile, today: Date, frame: &Frame) -> Vec<RecognitionLine> {
    let line = |(one, issuer): &(casework::recognition::Recognition, String)| {
        let (zh, en) = match one.kind {
            RecognitionKind::Recognised => ("认定", "recognised"),
            RecognitionKind::Designated => ("指定", "designated"),
            RecognitionKind::Agreed => ("同意", "agreed"),
            RecognitionKind::PlanApproved => ("活动审批", "plan approved"),
        };
        let over = one.valid.1.is_some_and(|until| until < today);
        let (tag, state) = match () {
            () if one.revoked.is_some() => ("tag--fail", frame.pair("已撤销", "revoked")),
            () if over => ("", frame.pair("已到期", "over")),
            () => ("tag--pass", frame.pair("有效", "valid")),
        };
        let until = one.valid.1.map_or_else(|| frame.w("长期", "no end").to_owned(), |day| day.to_string());
        RecognitionLine {
            kind: frame.pair(zh, en),
            number: one.number.clone(),
            subject: one.subject.clone(),
            issuer: issuer.clone(),
            valid: format!("{} — {until}", one.valid.0),
            tag,
            state,
        }
    };
    file.recognitions.iter().map(line).collect()
}

fn show<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(page(portal, asked, Given::new(), None))
}

fn account<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let given = given(asked);
        let organisation = reading(portal, asked).await?.own_organisation().await?;
        let field = |name: &str| typed(&given, name).to_owned();
        let account = Account { holder: field("holder"), number: field("number").replace(' ', ""), bank: field("bank") };
        let from = Date::parse(typed(&given, "from"));
        let problem = match from {
            _ if account.holder.is_empty() || account.number.is_empty() || account.bank.is_empty() => {
                Problem::unusable("请填写户名、账号和开户行", "give holder, number and bank of the account")
            }
            Err(_) => Problem::unusable("启用日期应写成 2025-03-18 的样子", "write the day like 2025-03-18"),
            Ok(from) => {
                let entry = id_of(&given, &format!("{}:", organisation.id), AccountId::parse)?;
                let act = RegistryAct::PutAccount { entry, organisation: organisation.id, account, from, source: field("source") };
                match does(portal, asked, &given, &Act::Registry(act)).await? {
                    Ok(_) => return Ok(go("/my/firm?done=account")),
                    Err(stop) => told(stop),
                }
            }
        };
        page(portal, asked, given, Some(&problem)).await
    })
}

impl FilePage {
    /// What was typed into a field before.
    fn typed(&self, name: &str) -> &str {
        typed(&self.given, name)
    }

    fn day(&self, moment: &values::Moment) -> String {
        day(*moment)
    }

    /// The day from which the account is used, as typed or else today.
    fn from(&self) -> String {
        match self.typed("from") {
            "" => self.today.to_string(),
            from => from.to_owned(),
        }
    }
}
