//! A clawback from the lead to its end: what was told, said, decided and paid back, with the acts that take it on.

use super::batches::shown_or;
use super::recoveries::{source_words, stage_words};
use super::{DONE, Form, OFFICE, Section, Takes, amount, count, day, fresh_id, no_such_act, perform, told, typed, yuan};
use crate::Portal;
use crate::acts::is_granted;
use crate::operation::{Answer, Answering, Asked, ID, Operation, Who};
use crate::pages::frame::Frame;
use crate::pages::terms;
use crate::pages::who::People;
use crate::pages::{Given, given, go, page_of, sent_to};
use crate::problem::Problem;
use crate::records::reading;
use askama::Template;
use casework::call::Period;
use casework::ledger::Move;
use casework::organisation::Organisation;
use casework::people::Role;
use casework::recovery::{Lead, Means, Part, Recovery, RecoveryStage, paid};
use office::reading::{Reading, collection};
use serde_json::{Value, json};
use store::work::Entries;
use values::{Date, Fen};

/// The page.
#[derive(Template)]
#[template(path = "recovery.html")]
struct RecoveryPage {
    frame: Frame,
    section: Section,
    id: String,
    case: String,
    organisation: (String, String),
    stage: &'static str,
    tag: &'static str,
    determination: String,
    decided: String,
    came_back: String,
    owed: String,
    until: String,
    steps: Vec<Step>,
    collected: Vec<Back>,
    plan: Vec<(String, String)>,
    /// Clause and amount that stands paid.
    standing: Vec<(String, String)>,
    forms: Vec<Form>,
    wrong: Option<String>,
}

/// A step of its course.
struct Step {
    class: &'static str,
    title: &'static str,
    on: String,
    lines: Vec<String>,
}

/// Money that came back.
struct Back {
    on: String,
    amount: String,
    means: String,
}

pub fn operations() -> Vec<Operation> {
    let does = Who::Roles(&[Role::Clerk, Role::Leader, Role::Finance]);
    vec![
        Operation { parameters: vec![ID, DONE], ..page_of("/recoveries/{id}", "recovery_page", ("追回案件", "A clawback"), OFFICE, recovery) },
        Operation { parameters: vec![ID], ..sent_to("/recoveries/{id}", "recovery_act", ("办理追回案件", "Take a clawback on"), does, act) },
    ]
}

fn period_words(period: Period, frame: &Frame) -> String {
    match period {
        Period::Days(days) => format!("{days}{}", frame.w("日", " days")),
        Period::WorkingDays(days) => format!("{days}{}", frame.w("个工作日", " working days")),
    }
}

fn parts_words(parts: &[Part]) -> String {
    parts.iter().map(|part| format!("{} {}", part.clause, yuan(part.amount))).collect::<Vec<_>>().join("；")
}

/// The course: what is done, with what it said, and what is to come.
fn steps(recovery: &Recovery, leads: &[Lead], people: &People, frame: &Frame) -> Vec<Step> {
    let hand = |act: &str| recovery.hands.iter().find(|hand| hand.act == act);
    let step = |title: &'static str, act: &str, lines: Vec<String>| {
        let done = hand(act);
        let on = done.map(|hand| format!("{}　{}", hand.at.date(), people.name(hand.user.as_str()))).unwrap_or_default();
        Step { class: if done.is_some() { "done" } else { "todo" }, title, on, lines }
    };
    let mut all = vec![step(
        frame.pair("立案", "Filed"),
        "recovery.open",
        leads.iter().map(|lead| format!("{}{}{}", source_words(&lead.source, frame), frame.w("：", ": "), lead.words)).collect(),
    )];
    let told = recovery.proposal.as_ref().map(|told| {
        let until = recovery.hearing.as_ref().map(|term| format!("{} {}", frame.w("陈述申辩至", "statement until"), term.last)).unwrap_or_default();
        vec![told.number.clone(), told.grounds.clone(), format!("{} {}", frame.w("拟追回", "to come back:"), parts_words(&told.parts)), until]
    });
    all.push(step(frame.pair("告知", "Notice"), "recovery.notify", told.unwrap_or_default()));
    let said = recovery.statements.iter().map(|said| format!("{}{}{}", said.at.date(), frame.w("：", ": "), said.words)).collect();
    all.push(step(frame.pair("陈述申辩", "Statement"), "recovery.state", said));
    let decided = recovery.decision.as_ref().map(|decision| {
        let basis = decision.basis.join("；");
        let bar = decision.bar_until.map(|until| format!("{} {until}", frame.w("禁止申报至", "no applications until")));
        let stop = decision.stop_payment.then(|| frame.w("停止兑付", "payments stop").to_owned());
        let first =
            vec![decision.number.clone(), decision.grounds.clone(), basis, format!("{} {}", frame.w("追回", "to come back:"), parts_words(&decision.parts))];
        let time = format!("{} {}", frame.w("缴款期限", "to be paid within"), period_words(decision.period, frame));
        first.into_iter().chain([time]).chain(bar).chain(stop).collect()
    });
    all.push(step(frame.pair("决定", "Decision"), "recovery.decide", decided.unwrap_or_default()));
    let delivered = recovery
        .delivered_by
        .iter()
        .map(|by| terms::said(by, frame.lang()))
        .chain(recovery.due.as_ref().map(|due| format!("{} {}", frame.w("缴款至", "to be paid by"), due.last)));
    all.push(step(frame.pair("送达", "Delivery"), "recovery.deliver", delivered.collect()));
    if let Some((number, term)) = &recovery.reminder {
        all.push(step(frame.pair("催告", "Reminder"), "recovery.remind", vec![number.clone(), format!("{} {}", frame.w("至", "until"), term.last)]));
    }
    if let Some((court, number)) = &recovery.enforcement {
        all.push(step(frame.pair("申请强制执行", "Enforcement"), "recovery.enforce", vec![court.clone(), number.clone()]));
    }
    let is_settled = matches!(recovery.stage, RecoveryStage::Settled | RecoveryStage::Closed);
    let settled = Step { class: if is_settled { "done" } else { "todo" }, title: frame.pair("结清", "Settled"), on: String::new(), lines: Vec::new() };
    all.push(settled);
    all.push(step(frame.pair("结案", "Closed"), "recovery.close", recovery.closed.iter().cloned().collect()));
    if let Some(now) = all.iter_mut().find(|step| step.class == "todo" && step.title != frame.pair("陈述申辩", "Statement")) {
        now.class = "now";
    }
    all
}

/// A clawback that the reader sees. Errors: unknown.
async fn seen(reading: &mut Reading<'_>, id: &str) -> Result<Recovery, Problem> {
    let unknown = || Problem::unknown("recovery", id);
    reading.one(collection("recoveries").ok_or_else(unknown)?, id).await?;
    reading.work.peek(id).await?.ok_or_else(unknown)
}

async fn page(portal: &Portal, asked: &Asked<'_>, kept: Option<(&Given, &Problem)>) -> Result<Answer, Problem> {
    let mut reading = reading(portal, asked).await?;
    let recovery = seen(&mut reading, asked.id()).await?;
    let mut leads = Vec::new();
    for lead in &recovery.leads {
        leads.extend(reading.work.peek::<Lead>(lead.as_str()).await?);
    }
    let organisation: Option<Organisation> = reading.work.peek(recovery.organisation.as_str()).await?;
    let people = People::of(&mut reading, recovery.hands.iter().map(|hand| hand.user.as_str()).collect()).await?;
    let entries = reading.work.entries(&Entries::Case(recovery.case.clone())).await?;
    let pools: Vec<_> = entries.iter().filter(|entry| entry.kind == Move::Pay).filter_map(|entry| entry.pool.clone()).collect();
    let standing = paid(&entries, &pools);
    let frame = told(portal, asked);
    let (stage, tag) = stage_words(recovery.stage, &frame);
    let given = kept.map(|(given, _)| given);
    let today = portal.clock.now().date();
    let forms = forms(&frame, &recovery, reading.role(), today)?.into_iter().map(|form| form.kept(given)).collect();
    let means = |means: &Means| match means {
        Means::Receipt(number) => format!("{} {number}", frame.w("缴款", "paid in,")),
        Means::Offset(case, clause) => format!("{} {case} {clause}", frame.w("抵扣", "set off against")),
    };
    let collected = recovery.collected.iter().map(|one| Back { on: one.on.to_string(), amount: yuan(one.amount), means: means(&one.means) }).collect();
    shown_or(
        RecoveryPage {
            section: Section::at("recoveries", asked),
            id: recovery.id.to_string(),
            case: recovery.case.to_string(),
            organisation: (recovery.organisation.to_string(), organisation.map(|of| of.name).unwrap_or_default()),
            stage,
            tag,
            determination: recovery.determination.to_string(),
            decided: yuan(recovery.decided_sum()),
            came_back: yuan(recovery.came_back()),
            owed: yuan(recovery.owed()),
            until: recovery.next_due().map(|day| day.to_string()).unwrap_or_default(),
            steps: steps(&recovery, &leads, &people, &frame),
            collected,
            plan: recovery.plan.iter().map(|one| (one.due.to_string(), yuan(one.amount))).collect(),
            standing: standing.iter().map(|one| (one.clause.clone(), yuan(one.amount))).collect(),
            forms,
            wrong: kept.map(|(_, problem)| problem.words(frame.lang()).to_owned()),
            frame,
        },
        kept.map(|(_, problem)| problem.status),
    )
}

fn number(frame: &Frame, form: Form) -> Form {
    form.field("number", frame.w("文号", "Number"), Takes::Text, "")
}

fn asks(frame: &Frame, form: Form, value: String) -> Form {
    let hint = frame.w("每行一个条款：条款编号 空格 金额（元）", "a line for each clause: its number, a space, the amount in yuan");
    form.field("parts", frame.w("追回金额", "To come back"), Takes::Words, hint).with(value)
}

fn period(frame: &Frame, form: Form, days: &str) -> Form {
    form.field("days", frame.w("期限（工作日）", "Within (working days)"), Takes::Number, "").with(days)
}

/// The forms of a role, by how far it is: until the decision is delivered, or lowered.
fn forms(frame: &Frame, recovery: &Recovery, role: Role, today: Date) -> Result<Vec<Form>, Problem> {
    use RecoveryStage::{Decided, Delivered, Enforced, Filed, Notified, Reminded};
    let mut forms = Vec::new();
    let at = |act: &str, stages: &[RecoveryStage]| is_granted(act, role) && stages.contains(&recovery.stage);
    let told = recovery.proposal.as_ref().map(|told| lines(&told.parts)).unwrap_or_default();
    if at("recovery.notify", &[Filed]) {
        let form = number(
            frame,
            Form::new(
                frame,
                "recovery.notify",
                ("告知拟追回的事实和金额，听取陈述申辩。", "What was found and what is to come back; the enterprise may state its case."),
            )?,
        );
        forms.push(period(frame, asks(frame, form.field("grounds", frame.w("查明的事实", "What was found"), Takes::Words, ""), String::new()), "5"));
    }
    if at("recovery.decide", &[Notified]) {
        let form = number(frame, Form::new(frame, "recovery.decide", ("金额不超过告知书载明的金额。", "No more than the notice said."))?);
        let form = form.field("basis", frame.w("依据", "What it rests on"), Takes::Words, frame.w("每行一条", "one a line"));
        let form = period(
            frame,
            asks(frame, form.field("grounds", frame.w("事实和对申辩的意见", "Facts, and what became of the statement"), Takes::Words, ""), told.clone()),
            "15",
        );
        let form = form.field("remedies", frame.w("救济途径", "Remedies"), Takes::Words, "").with(REMEDIES);
        let form = form
            .field(
                "bar_until",
                frame.w("禁止申报至", "No applications until"),
                Takes::Day,
                frame.w("政策没有规定的不填", "empty where the policy says nothing"),
            )
            .maybe();
        let choices = vec![("no".to_owned(), frame.w("不停止", "no").to_owned()), ("yes".to_owned(), frame.w("停止兑付", "yes").to_owned())];
        forms.push(form.field("stop", frame.w("其他应付款", "Payments still due stop"), Takes::Choice(choices), ""));
    }
    if at("recovery.deliver", &[Decided]) {
        let form = Form::new(frame, "recovery.deliver", ("自送达之日起计算缴款期限。", "The time to pay runs from that day."))?;
        let form = form.field("on", frame.w("送达日期", "Day"), Takes::Day, "").with(today.to_string());
        forms.push(form.field("by", frame.w("送达方式", "How"), Takes::Text, "").with(frame.w("直接送达", "in person")));
    }
    if at("recovery.amend", &[Decided, Delivered, Reminded, Enforced]) {
        let form = number(
            frame,
            Form::new(
                frame,
                "recovery.amend",
                ("复议或诉讼改变原决定的，由经办提请、领导确认；只能调低。", "After reconsideration or judgment; a leader confirms. Only lower."),
            )?,
        );
        let decided = recovery.decision.as_ref().map(|decision| lines(&decision.parts)).unwrap_or_default();
        forms.push(asks(frame, form, decided));
    }
    forms.extend(forms_of_payment(frame, recovery, role)?);
    Ok(forms)
}

/// The forms by which money comes back, and the end.
fn forms_of_payment(frame: &Frame, recovery: &Recovery, role: Role) -> Result<Vec<Form>, Problem> {
    use RecoveryStage::{Decided, Delivered, Enforced, Filed, Notified, Reminded, Settled};
    let mut forms = Vec::new();
    let at = |act: &str, stages: &[RecoveryStage]| is_granted(act, role) && stages.contains(&recovery.stage);
    if at("recovery.agree", &[Delivered, Reminded]) {
        let hint = frame.w("每行一期：日期 空格 金额（元），合计等于尚欠金额", "a line for each: day, space, amount; together what is owed");
        forms.push(Form::new(frame, "recovery.agree", ("", ""))?.field("plan", frame.w("分期方案", "Instalments"), Takes::Words, hint));
    }
    if at("recovery.collect", &[Delivered, Reminded, Enforced]) {
        let form = Form::new(frame, "recovery.collect", ("缴回的款项记入原年度、原来源的账本。", "It goes back to its own year and source."))?;
        let form = form.field("amount", frame.w("金额（元）", "Amount in yuan"), Takes::Money, "").with(recovery.owed().grouped());
        forms.push(form.field("receipt", frame.w("缴款凭证号", "Number of the receipt"), Takes::Text, ""));
    }
    if at("recovery.offset", &[Delivered, Reminded, Enforced]) {
        let form = Form::new(frame, "recovery.offset", ("用该企业另一案件的应付款抵扣。", "Against what is due to the same enterprise under another case."))?;
        let form =
            form.field("against", frame.w("抵扣的案件", "Case that is due"), Takes::Text, "").field("clause", frame.w("条款", "Clause"), Takes::Text, "");
        forms.push(form.field("amount", frame.w("金额（元）", "Amount in yuan"), Takes::Money, ""));
    }
    if at("recovery.remind", &[Delivered]) {
        let form = number(frame, Form::new(frame, "recovery.remind", ("缴款期限届满后办理。", "Once the time to pay is over."))?);
        forms.push(period(frame, form, "10"));
    }
    if at("recovery.enforce", &[Reminded]) {
        let form = Form::new(frame, "recovery.enforce", ("催告期满仍未缴清的，申请强制执行。", "Where the reminder was of no use."))?;
        forms.push(number(frame, form.field("court", frame.w("法院", "Court"), Takes::Text, "")));
    }
    if at("recovery.confirm_amendment", &[Decided, Delivered, Reminded, Enforced]) {
        let form = Form::new(frame, "recovery.confirm_amendment", ("确认经办提请的变更。", "Confirms what a clerk asked for."))?;
        forms.push(form.field("motion", frame.w("提请编号", "Id of the motion"), Takes::Text, ""));
    }
    if at("recovery.close", &[Filed, Notified, Settled]) {
        let form = Form::new(frame, "recovery.close", ("结清且禁止申报期届满，或者没有可追回的。", "Settled and no bar runs, or nothing is to come back."))?;
        forms.push(form.field("reason", frame.w("结案理由", "Why"), Takes::Words, ""));
    }
    Ok(forms)
}

const REMEDIES: &str = "如不服本决定，可以自收到本决定书之日起六十日内申请行政复议，也可以自收到本决定书之日起六个月内依法向人民法院提起行政诉讼。";

fn lines(parts: &[Part]) -> String {
    parts.iter().map(|part| format!("{} {}", part.clause, part.amount.grouped())).collect::<Vec<_>>().join("\n")
}

/// Lines of a name and an amount. Errors: the line that is none.
fn named(text: &str) -> Result<Vec<(String, Fen)>, Problem> {
    let line = |line: &str| {
        let bad = || Problem::unusable(format!("“{line}”应写成两项：名称和金额（元）。"), format!("“{line}” should be a name and an amount in yuan."));
        let (name, amount) = line.trim().rsplit_once([' ', '\t', '　']).ok_or_else(bad)?;
        let plain: String = amount.chars().filter(|sign| !matches!(sign, ',' | '，')).collect();
        let amount = Fen::parse_yuan(&plain).map_err(|_| bad())?;
        Ok((name.trim().to_owned(), amount))
    };
    text.lines().filter(|text| !text.trim().is_empty()).map(line).collect()
}

fn parts(given: &Given) -> Result<Vec<Value>, Problem> {
    Ok(named(typed(given, "parts"))?.into_iter().map(|(clause, amount)| json!({ "clause": clause, "amount": amount })).collect())
}

fn recovery<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(page(portal, asked, None))
}

fn act<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let given = given(asked);
        let name = typed(&given, "act").to_owned();
        let sent = match fields(&given, &name, asked.id()) {
            Ok(fields) => perform(portal, asked, &given, &name, fields).await.map(drop),
            Err(problem) => Err(problem),
        };
        match sent {
            Ok(()) => Ok(go(&format!("/recoveries/{}?done=yes", asked.id()))),
            Err(problem) => page(portal, asked, Some((&given, &problem))).await,
        }
    })
}

/// The fields of an act, from what was typed. Errors: what is no amount, day or number; an act of no form here.
fn fields(given: &Given, name: &str, id: &str) -> Result<Value, Problem> {
    let said = |field: &str| typed(given, field);
    let period = || count(given, "days").map(|days| json!({ "working_days": days }));
    Ok(match name {
        "recovery.notify" => {
            let proposal = json!({ "number": said("number"), "grounds": said("grounds"), "parts": parts(given)?, "period": period()? });
            json!({ "recovery": id, "proposal": proposal })
        }
        "recovery.decide" => {
            let basis: Vec<&str> = said("basis").lines().map(str::trim).filter(|line| !line.is_empty()).collect();
            let bar = if said("bar_until").is_empty() { None } else { Some(day(given, "bar_until")?) };
            let decision = json!({
                "number": said("number"), "basis": basis, "grounds": said("grounds"), "parts": parts(given)?, "period": period()?,
                "remedies": said("remedies"), "bar_until": bar, "stop_payment": said("stop") == "yes",
            });
            json!({ "recovery": id, "decision": decision })
        }
        "recovery.deliver" => json!({ "recovery": id, "on": day(given, "on")?, "by": said("by") }),
        "recovery.agree" => {
            let plan: Vec<Value> = named(said("plan"))?.into_iter().map(|(due, amount)| json!({ "due": due, "amount": amount })).collect();
            json!({ "recovery": id, "plan": plan })
        }
        "recovery.collect" => json!({ "recovery": id, "entry": fresh_id("e-zh", given), "amount": amount(given, "amount")?, "receipt": said("receipt") }),
        "recovery.offset" => {
            let (against, clause) = (said("against"), said("clause"));
            json!({ "recovery": id, "entry": fresh_id("e-zh", given), "against": against, "clause": clause, "amount": amount(given, "amount")? })
        }
        "recovery.amend" => json!({ "motion": fresh_id("m-zh", given), "recovery": id, "number": said("number"), "parts": parts(given)? }),
        "recovery.confirm_amendment" => json!({ "recovery": id, "motion": said("motion") }),
        "recovery.remind" => json!({ "recovery": id, "number": said("number"), "period": period()? }),
        "recovery.enforce" => json!({ "recovery": id, "court": said("court"), "number": said("number") }),
        "recovery.close" => json!({ "recovery": id, "reason": said("reason") }),
        other => return Err(no_such_act(other)),
    })
}
