//! 免申即享: what is offered, what it rests on and where that is known from; confirmed with account and commitment, or not wanted.

use super::super::frame::Frame;
use super::super::{Given, given, go, page_of, sent_to, shown};
use super::{OWN, does, money, sum, told, typed};
use crate::Portal;
use crate::operation::{Answer, Answering, Asked, ID, Operation, query};
use crate::problem::Problem;
use crate::records::reading;
use crate::secret;
use askama::Template;
use axum::http::StatusCode;
use casework::Act;
use casework::chain::Fingerprint;
use casework::id::CaseId;
use casework::matching::MatchingAct;
use casework::organisation::{Account, Organisation};
use office::reading::own_file::Offer;
use policy::scheme::{FactType, Scheme};
use serde_json::Value;

/// What is promised on confirming (承诺). Its fingerprint is kept with the confirmation.
const COMMITMENT: &str = "本单位确认上述信息真实准确，未就同一事项重复申领财政资金；如有不实，愿意退回资金并承担相应责任。";

/// The page.
#[derive(Template)]
#[template(path = "enterprise/offer.html")]
struct OfferPage {
    frame: Frame,
    offer: Offer,
    /// Clause, title, amount.
    amounts: Vec<(String, String, String)>,
    total: String,
    /// Fact, value, where it is known from.
    facts: Vec<(String, String, String)>,
    account: Option<Account>,
    commitment: &'static str,
    given: Given,
    wrong: Option<String>,
    request: String,
}

pub fn operations() -> Vec<Operation> {
    let of = |path: &str, id: &str, words: (&str, &str), run| Operation { parameters: vec![ID], ..sent_to(path, id, words, OWN, run) };
    vec![
        Operation {
            parameters: vec![ID, query("done", "刚办理的事项", "what was just done")],
            ..page_of("/my/offers/{id}", "own_offer", ("免申即享", "An award without application"), OWN, show)
        },
        of("/my/offers/{id}/confirm", "confirm_offer", ("确认享受", "Confirm an award without application"), confirm),
        of("/my/offers/{id}/refuse", "refuse_offer", ("放弃享受", "Do without it"), refuse),
    ]
}

async fn found(portal: &Portal, asked: &Asked<'_>) -> Result<(Offer, Organisation), Problem> {
    let mut reading = reading(portal, asked).await?;
    let offer = reading.own_offer(asked.id(), portal.clock.now().date()).await?;
    Ok((offer, reading.own_organisation().await?))
}

async fn page(portal: &Portal, asked: &Asked<'_>, given: Given, wrong: Option<&Problem>) -> Result<Answer, Problem> {
    let (offer, organisation) = found(portal, asked).await?;
    let frame = Frame::new(portal, asked, "my");
    let frame = if asked.query("done") == Some("refused") {
        frame.telling("已登记放弃。申报期内可以改为确认。", "Noted. While the call is open you can still confirm.")
    } else {
        frame
    };
    let scheme = portal.office.scheme(&portal.reading, None, offer.call.version.as_str()).await.ok();
    let title = |clause: &str| {
        let loaded = scheme.as_ref()?;
        Some(loaded.scheme.clause(loaded.scheme.clause_named(clause)?)?.title.clone())
    };
    let line = |(clause, amount): &(String, values::Fen)| (clause.clone(), title(clause).unwrap_or_default(), amount.grouped());
    let page = OfferPage {
        amounts: offer.amounts.iter().map(line).collect(),
        total: money(sum(offer.amounts.iter().map(|(_, amount)| Some(*amount)))),
        facts: facts(&offer, scheme.as_ref().map(|loaded| &loaded.scheme)),
        account: organisation.account,
        commitment: COMMITMENT,
        wrong: wrong.map(|problem| problem.words(frame.lang()).to_owned()),
        request: given.get("request").cloned().map_or_else(secret::fresh, Ok)?,
        offer,
        given,
        frame,
    };
    Ok(Answer { status: wrong.map_or(StatusCode::OK, |problem| problem.status), ..shown(&page)? })
}

/// What is known: fact, value, source. What does not hold is left out, so that what counts is seen; figures come first.
fn facts(offer: &Offer, scheme: Option<&Scheme>) -> Vec<(String, String, String)> {
    let source = |fact: &str| offer.sources.iter().find(|source| source.facts.iter().any(|known| known == fact)).map(|source| source.source.clone());
    let unit = |fact: &str| match scheme.and_then(|scheme| scheme.fact(scheme.fact_named(fact)?)).map(|fact| &fact.ty) {
        Some(FactType::Number { word, .. }) => format!(" {word}"),
        _ => String::new(),
    };
    let facts = offer.application.get("facts").and_then(Value::as_object);
    let line = |(name, value): (&String, &Value)| {
        let value = match value {
            Value::Bool(true) => "是".to_owned(),
            Value::Bool(false) | Value::Null => return None,
            Value::Array(rows) if rows.is_empty() => return None,
            Value::String(text) => format!("{text}{}", unit(name)),
            other => format!("{other}{}", unit(name)),
        };
        Some((name.clone(), value, source(name).unwrap_or_default()))
    };
    let mut out: Vec<_> = facts.into_iter().flatten().filter_map(line).collect();
    out.sort_by_key(|(_, value, _)| value == "是");
    out
}

fn show<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(page(portal, asked, Given::new(), None))
}

fn confirm<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let given = given(asked);
        let (offer, organisation) = found(portal, asked).await?;
        // The case is named after list and enterprise, as entries are; where that is too long, after the request.
        let named = CaseId::parse(&format!("{}-{}", offer.list, organisation.id));
        let case = match named {
            Ok(case) => case,
            Err(_) => super::id_of(&given, "ms-", CaseId::parse)?,
        };
        let problem = match confirmation(&given, &offer, organisation, case.clone()) {
            Ok(act) => match does(portal, asked, &given, &act).await? {
                Ok(_) => return Ok(go(&format!("/my/cases/{case}?done=confirmed"))),
                Err(stop) => told(stop),
            },
            Err(problem) => problem,
        };
        page(portal, asked, given, Some(&problem)).await
    })
}

fn confirmation(given: &Given, offer: &Offer, organisation: Organisation, case: CaseId) -> Result<Act, Problem> {
    if !given.contains_key("promised") {
        return Err(Problem::unusable("请阅读并勾选承诺", "read the commitment and tick it"));
    }
    let field = |name: &str| typed(given, name).to_owned();
    let other = Account { holder: field("holder"), number: field("number"), bank: field("bank") };
    let is_other = [&other.number, &other.bank].iter().any(|text| !text.is_empty());
    let account = match organisation.account {
        Some(account) if !is_other => account,
        _ if other.holder.is_empty() || other.number.is_empty() || other.bank.is_empty() => {
            return Err(Problem::unusable("请填写户名、账号和开户行", "give holder, number and bank of the account"));
        }
        _ => other,
    };
    let commitment = Fingerprint::of(COMMITMENT.as_bytes());
    Ok(Act::Matching(MatchingAct::Confirm { list: offer.list.clone(), organisation: organisation.id, case, account, commitment }))
}

fn refuse<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let given = given(asked);
        let (offer, organisation) = found(portal, asked).await?;
        let reason = typed(&given, "reason").to_owned();
        let act = Act::Matching(MatchingAct::Refuse { list: offer.list, organisation: organisation.id, reason });
        match does(portal, asked, &given, &act).await? {
            Ok(_) => Ok(go(&format!("/my/offers/{}?done=refused", asked.id()))),
            Err(stop) => page(portal, asked, given, Some(&told(stop))).await,
        }
    })
}

impl OfferPage {
    /// What was typed into a field before.
    fn typed(&self, name: &str) -> &str {
        typed(&self.given, name)
    }
}
