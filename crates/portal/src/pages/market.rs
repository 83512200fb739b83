//! 政策超市, the first page: the calls that are open, the policies in force, and their clauses by who may apply and in what
//! way they give; each with its figure, its rule in plain words, and the words of the text.

use super::frame::Frame;
use super::worth::Figure;
use super::{page, shown, terms};
use crate::Portal;
use crate::operation::{Answering, Asked, Operation, query};
use askama::Template;
use office::offered::{Offered, OpenCall};
use policy::guide::{About, Guide};
use policy::scheme::{Clause, Give, Scheme};
use values::Lang;

/// The page.
#[derive(Template)]
#[template(path = "market.html")]
struct Market {
    frame: Frame,
    calls: Vec<CallLine>,
    policies: Vec<PolicyCard>,
    choices: Vec<Choice>,
    clauses: Vec<ClauseCard>,
    total: usize,
}

/// A call that takes applications.
struct CallLine {
    id: String,
    title: String,
    policy: String,
    until: String,
    days: String,
}

/// A policy in force.
struct PolicyCard {
    id: String,
    title: String,
    authority: String,
    clauses: usize,
    from: String,
    until: String,
}

/// A row of links that narrow the list.
struct Choice {
    label: &'static str,
    /// Words, address, whether it is chosen.
    links: Vec<(String, String, bool)>,
}

/// A clause, for the list here and on the page of its policy.
#[derive(Debug)]
pub struct ClauseCard {
    pub policy: String,
    pub id: String,
    pub title: String,
    pub figure: Figure,
    pub plain: String,
    pub who: String,
    pub conditions: Vec<String>,
    pub official: Vec<String>,
    pub section: String,
    pub lead: String,
}

const PARAMETERS: [(&str, &str, &str); 4] =
    [("policy", "政策", "policy"), ("who", "申报人类型", "kind of applicant"), ("do", "要做的事", "what one does"), ("way", "支持方式", "way of giving")];

pub fn operations() -> Vec<Operation> {
    let parameters = PARAMETERS.map(|(name, zh, en)| query(name, zh, en)).to_vec();
    vec![Operation { parameters, ..page("/", "market", ("政策超市", "What there is to get"), market) }]
}

/// How a clause gives.
const WAYS: [(&str, &str, &str); 4] =
    [("fixed", "固定金额", "Fixed"), ("share", "按比例", "A share"), ("tiers", "分档", "By tier"), ("kind", "非资金支持", "In kind")];

fn way(scheme: &Scheme, clause: &Clause) -> &'static str {
    use policy::plain::worth::{Worth, worth};
    match (&clause.give, worth(scheme, clause)) {
        (Some(Give::Service(_)), _) => "kind",
        (_, Worth::Between(..)) => "tiers",
        (_, Worth::Fixed(_)) => "fixed",
        _ => "share",
    }
}

/// Kinds of applicants a clause is for; all of the policy's where it names none.
fn kinds<'s>(scheme: &'s Scheme, clause: &Clause) -> Vec<&'s str> {
    let all = scheme.choices(scheme.kind_fact());
    let chosen = |at: usize| clause.applicants.is_empty() || clause.applicants.iter().any(|kind| usize::from(*kind) == at);
    all.iter().enumerate().filter(|(at, _)| chosen(*at)).map(|(_, name)| name.as_str()).collect()
}

/// The cards of a policy, in the order of its clauses.
pub fn cards(offered: &Offered, lang: Lang) -> Vec<ClauseCard> {
    cards_of(&offered.loaded.scheme, offered.id.as_str(), lang)
}

/// The same of a scheme under a name.
pub fn cards_of(scheme: &Scheme, policy: &str, lang: Lang) -> Vec<ClauseCard> {
    let guide = policy::guide::of(scheme, &[], lang);
    let card = |(at, clause): (usize, &Clause)| {
        let words = scheme.clause_words.get(at);
        ClauseCard {
            policy: policy.to_owned(),
            id: clause.id.clone(),
            title: clause.title.clone(),
            figure: Figure::of(scheme, clause, lang),
            plain: headline(&guide, &clause.id),
            who: kinds(scheme, clause).into_iter().map(|kind| terms::said(kind, lang)).collect::<Vec<_>>().join(if lang == Lang::Zh { "、" } else { ", " }),
            conditions: conditions(&guide, &clause.id),
            official: words.map(|words| words.paragraphs.clone()).unwrap_or_default(),
            section: words.map(|words| words.section.clone()).unwrap_or_default(),
            lead: clause.lead.join("、"),
        }
    };
    scheme.clauses.iter().enumerate().map(card).collect()
}

fn headline(guide: &Guide, clause: &str) -> String {
    let section = guide.sections.iter().find(|section| section.about == About::Clause(clause.to_owned()));
    section.and_then(|section| section.lead.clone()).unwrap_or_default()
}

/// The conditions of its own, as the guide says them.
fn conditions(guide: &Guide, clause: &str) -> Vec<String> {
    use policy::guide::Block;
    let section = guide.sections.iter().find(|section| section.about == About::Clause(clause.to_owned()));
    let rows = section.map(|section| section.rows.as_slice()).unwrap_or_default();
    let row = rows.iter().find(|row| row.label == "条件" || row.label == "Conditions");
    let lists = row.into_iter().flat_map(|row| &row.blocks).filter_map(|block| if let Block::List(items) = block { Some(items) } else { None });
    lists.flatten().cloned().collect()
}

fn market<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let today = portal.clock.now().date();
        let mut offered = portal.office.offered(&portal.reading, today).await?;
        let calls = portal.office.open_calls(&portal.reading, today).await?;
        // What can be applied for comes first, and of that what has a term: a text without one is an old one.
        let open = |one: &Offered| calls.iter().any(|call| call.version == one.id);
        offered.sort_by_key(|one| (!open(one), one.loaded.scheme.policy.expires.is_none()));
        let frame = Frame::new(portal, asked, "market");
        let lang = frame.lang();
        let chosen = |name: &str| asked.query(name).unwrap_or_default();
        let mut clauses = Vec::new();
        let mut total = 0;
        for one in &offered {
            let scheme = &one.loaded.scheme;
            for (card, clause) in cards(one, lang).into_iter().zip(&scheme.clauses) {
                total += 1;
                let of_policy = chosen("policy").is_empty() || chosen("policy") == one.id.as_str();
                let of_who = chosen("who").is_empty() || kinds(scheme, clause).contains(&chosen("who"));
                let of_way = chosen("way").is_empty() || chosen("way") == way(scheme, clause);
                let of_section = chosen("do").is_empty() || chosen("do") == card.section;
                if of_policy && of_who && of_way && of_section {
                    clauses.push(card);
                }
            }
        }
        let choices = choices(&offered, asked, &frame);
        let calls = calls.iter().map(|call| line(portal, call, &offered, &frame)).collect();
        let policies = offered.iter().map(|one| policy_card(one, &frame)).collect();
        shown(&Market { frame, calls, policies, choices, clauses, total })
    })
}

fn line(portal: &Portal, call: &OpenCall, offered: &[Offered], frame: &Frame) -> CallLine {
    let policy = offered.iter().find(|one| one.id == call.version);
    let left = portal.clock.now().date().days_until(call.open.1);
    CallLine {
        id: call.id.to_string(),
        title: call.title.clone(),
        policy: policy.map(|one| one.loaded.scheme.policy.title.clone()).unwrap_or_default(),
        until: call.open.1.to_string(),
        days: if frame.lang() == Lang::Zh { format!("剩余 {left} 天") } else { format!("{left} days left") },
    }
}

fn policy_card(one: &Offered, frame: &Frame) -> PolicyCard {
    let policy = &one.loaded.scheme.policy;
    let not_said = || frame.w("原文未规定", "the text does not say").to_owned();
    PolicyCard {
        id: one.id.to_string(),
        title: policy.title.clone(),
        authority: policy.authority.clone().unwrap_or_default(),
        clauses: one.loaded.scheme.clauses.len(),
        from: policy.in_force.map_or_else(not_said, |day| day.to_string()),
        until: policy.expires.map_or_else(not_said, |day| day.to_string()),
    }
}

/// The rows of links; each keeps what is chosen in the others.
fn choices(offered: &[Offered], asked: &Asked<'_>, frame: &Frame) -> Vec<Choice> {
    let link = |name: &str, value: &str, words: String| {
        let pairs = PARAMETERS.iter().map(|(known, ..)| (*known, if *known == name { value } else { asked.query(known).unwrap_or_default() }));
        let pairs: Vec<String> = pairs.filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        (words, format!("/?{}", pairs.join("&")), asked.query(name).unwrap_or_default() == value)
    };
    let any = || frame.w("不限", "Any").to_owned();
    let mut kinds: Vec<&str> = Vec::new();
    for kind in offered.iter().flat_map(|one| one.loaded.scheme.choices(one.loaded.scheme.kind_fact())) {
        if !kinds.contains(&kind.as_str()) {
            kinds.push(kind);
        }
    }
    // Whose it is tells where it holds; the code of a region tells nobody anything.
    let whose = |one: &Offered| one.loaded.scheme.policy.authority.clone().unwrap_or_else(|| one.loaded.scheme.policy.title.clone());
    let places = std::iter::once(link("policy", "", any())).chain(offered.iter().map(|one| link("policy", one.id.as_str(), whose(one))));
    let kinds = std::iter::once(link("who", "", any())).chain(kinds.iter().map(|kind| link("who", kind, terms::said(kind, frame.lang()))));
    // What one does is the heading under which a policy speaks of it, without its number.
    let mut sections: Vec<&str> = Vec::new();
    let chosen = |one: &&Offered| asked.query("policy").is_none_or(|policy| policy.is_empty() || policy == one.id.as_str());
    for words in offered.iter().filter(chosen).flat_map(|one| &one.loaded.scheme.clause_words) {
        if !words.section.is_empty() && !sections.contains(&words.section.as_str()) {
            sections.push(&words.section);
        }
    }
    let bare = |section: &str| section.rsplit_once('）').map_or(section, |(_, words)| words).trim_start_matches("支持").to_owned();
    let sections = std::iter::once(link("do", "", any())).chain(sections.iter().map(|section| link("do", section, bare(section))));
    let ways = std::iter::once(link("way", "", any())).chain(WAYS.iter().map(|(way, zh, en)| link("way", way, frame.w(zh, en).to_owned())));
    vec![
        Choice { label: frame.pair("发文机关", "Issued by"), links: places.collect() },
        Choice { label: frame.pair("您是", "You are"), links: kinds.collect() },
        Choice { label: frame.pair("您要做", "You plan"), links: sections.collect() },
        Choice { label: frame.pair("方式", "Way"), links: ways.collect() },
    ]
}

/// As it stands in an address.
pub fn encoded(text: &str) -> String {
    // Signs of ids stay as they are: addresses are read by people too.
    const TAKEN: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b':');
    percent_encoding::utf8_percent_encode(text, TAKEN).to_string()
}
