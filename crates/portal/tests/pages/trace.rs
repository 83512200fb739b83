//! Whoever sees an amount finds out where it comes from: pages are walked from link to link, and each amount on them must have a
//! way to its explanation. What is a way:
//! - the amount is a link, or stands in a row, item, line or list of terms with a link to a case, determination, entry, book,
//!   batch, clawback, record, or to words and rules of a clause; or with the paper it was taken from (`source`);
//! - it is a sum under such rows (`tfoot`), or one of the steps of an explanation (`why`, `sumlines`, `cmp` …);
//! - it stands in a part of the page that says of itself that it explains (`data-explains`), and does.

use crate::house::{Browser, House};
use axum::http::header;
use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Where amounts are explained; `#`: further down on the page.
const PLACES: &[&str] = &[
    "/entries/",
    "/determinations/",
    "/cases/",
    "/my/cases/",
    "/my/offers/",
    "/ledger",
    "/batches/",
    "/recoveries/",
    "/my/recoveries/",
    "/cockpit/entries",
    "/registers/",
    "/my/messages",
    "/my#",
    "/notices/",
    "/policies/",
    "#",
    "?step=check",
];
/// Parts of an explanation, and what proves that a part of a page explains.
const STEPS: &[&str] = &["why", "sumlines", "cmp", "condline", "selfcheck", "official"];
/// Pages that are the explanation.
const TRACES: &[&str] = &["/entries/", "/determinations/"];
/// Pages of one pattern that are looked at, and pages of one person.
const ALIKE: usize = 2;
const PAGES: usize = 45;

fn name(node: &Handle) -> &str {
    if let NodeData::Element { name, .. } = &node.data { &name.local } else { "" }
}

fn attribute(node: &Handle, wanted: &str) -> Option<String> {
    let NodeData::Element { attrs, .. } = &node.data else { return None };
    attrs.borrow().iter().find(|attr| &*attr.name.local == wanted).map(|attr| attr.value.to_string())
}

fn has_class(node: &Handle, wanted: &[&str]) -> bool {
    attribute(node, "class").is_some_and(|classes| classes.split_whitespace().any(|class| wanted.contains(&class)))
}

fn any(node: &Handle, holds: &dyn Fn(&Handle) -> bool) -> bool {
    node.children.borrow().iter().any(|child| holds(child) || any(child, holds))
}

fn leads_to_a_place(node: &Handle) -> bool {
    name(node) == "a" && attribute(node, "href").is_some_and(|href| PLACES.iter().any(|place| href.starts_with(place)))
}

/// Amounts in a text: digits with two decimals, no percentage.
fn amounts(text: &str) -> Vec<String> {
    let signs: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    for at in 0..signs.len() {
        let decimals =
            signs[at] == '.' && at > 0 && signs[at - 1].is_ascii_digit() && signs.get(at + 1..at + 3).is_some_and(|two| two.iter().all(char::is_ascii_digit));
        if decimals && !signs.get(at + 3).is_some_and(|next| next.is_ascii_digit() || *next == '%' || *next == '.') {
            let from = (0..at).rev().take_while(|before| signs[*before].is_ascii_digit() || signs[*before] == ',').last().unwrap_or(at);
            out.push(signs[from..at + 3].iter().collect());
        }
    }
    out
}

fn has_a_way(above: &[Handle]) -> bool {
    let unit = |node: &Handle| matches!(name(node), "tr" | "li" | "p" | "dl" | "header") || has_class(node, &["todo-me"]);
    above.iter().any(|node| {
        leads_to_a_place(node)
            || name(node) == "a"
            || name(node) == "tfoot"
            || has_class(node, STEPS)
            || unit(node) && any(node, &|inner| leads_to_a_place(inner) || has_class(inner, &["source"]))
            || attribute(node, "data-explains").is_some() && any(node, &|inner| leads_to_a_place(inner) || has_class(inner, STEPS))
    })
}

/// Amounts without a way, each with what stands around it.
fn without_way(node: &Handle, above: &mut Vec<Handle>, out: &mut Vec<String>, links: &mut Vec<String>) {
    if matches!(name(node), "script" | "style" | "option" | "textarea" | "title" | "head") {
        return;
    }
    if let NodeData::Text { contents } = &node.data {
        let text = contents.borrow().to_string();
        let lost = amounts(&text);
        if !lost.is_empty() && !has_a_way(above) {
            let around: Vec<String> =
                above.iter().rev().take(4).map(|node| format!("{}.{}", name(node), attribute(node, "class").unwrap_or_default())).collect();
            out.push(format!("{} in {}", lost.join(" "), around.join(" < ")));
        }
    }
    links.extend(attribute(node, "href").filter(|href| name(node) == "a" && href.starts_with('/')));
    above.push(node.clone());
    for child in node.children.borrow().iter() {
        without_way(child, above, out, links);
    }
    above.pop();
}

/// A page by what it is of: ids do not count.
fn pattern(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let segments = path.split('/').map(|segment| if segment.chars().any(|sign| sign.is_ascii_digit()) { "*" } else { segment });
    let names: BTreeSet<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    format!("{}?{names:?}", segments.collect::<Vec<_>>().join("/"))
}

async fn walk(house: &House, who: &Browser, from: &[&str]) -> (usize, usize, Vec<String>) {
    let mut ahead: VecDeque<String> = from.iter().map(|path| (*path).to_owned()).collect();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let (mut known, mut out, mut pages, mut found) = (BTreeSet::new(), Vec::new(), 0, 0);
    while let Some(path) = ahead.pop_front() {
        let path = path.split('#').next().unwrap().to_owned();
        let alike = seen.entry(pattern(&path)).or_default();
        if ["/api/", "/assets/", "/language/", "/step?"].iter().any(|place| path.starts_with(place))
            || *alike >= ALIKE
            || !known.insert(path.clone())
            || pages >= PAGES
        {
            continue;
        }
        *alike += 1;
        let came = house.get(who, &path).await;
        let is_page = came.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.to_str().unwrap().starts_with("text/html"));
        if !came.status.is_success() || !is_page {
            continue;
        }
        pages += 1;
        let html = String::from_utf8(came.body).unwrap();
        let dom = parse_document(RcDom::default(), ParseOpts::default()).one(html.as_str());
        let (mut lost, mut links) = (Vec::new(), Vec::new());
        without_way(&dom.document, &mut Vec::new(), &mut lost, &mut links);
        found += amounts(&html).len();
        if !TRACES.iter().any(|trace| path.starts_with(trace)) {
            out.extend(lost.into_iter().map(|one| format!("{path}: {one}")));
        }
        ahead.extend(links);
    }
    (pages, found, out)
}

#[tokio::test]
async fn every_amount_on_every_page_has_a_way_to_where_it_comes_from() {
    let house = House::demonstration("pages-trace").await;
    house.give_password("ent02", portal::demo::PASSWORD, false).await;
    let situation = "/policies/qianjiang-2023/calculator?year=2025&f.%E7%94%B3%E6%8A%A5%E4%BA%BA%E7%B1%BB%E5%9E%8B=%E4%BC%81%E4%B8%9A&f.%E6%94%B9%E9%80%A0%E5%AE%9E%E9%99%85%E6%8A%95%E8%B5%84%E9%A2%9D=1000000&h.7.1.amount=150000&h.7.1.year=2024";
    let walks: &[(&str, &[&str])] = &[
        ("", &["/notices/gs2025-3", "/notices", situation, "/", "/search?q=yy"]),
        ("ent01", &["/my", "/my/messages", "/my/firm", "/calls/ds2025/apply?step=check", "/calls/ds2025/apply?step=facts", "/calls/ds2025/apply?step=confirm"]),
        ("ent02", &["/my", "/my/messages", "/my/cases/ds2024-02", "/my/firm"]),
        ("leader", &["/cockpit?year=2024", "/work", "/cases/ds2024-02", "/recoveries", "/notices/gs2025-3", "/calls/ds2024/manage", "/calls/yy2024/manage"]),
        ("finance", &["/ledger?year=2024", "/batches", "/batches/bf2025-3", "/ledger/fund-2024", "/registers"]),
        ("auditor", &["/audit", "/cases/ds2024-01", "/registers/determinations", "/registers/dues", "/registers/batches"]),
    ];
    let (mut lost, mut amounts) = (Vec::new(), 0);
    for (user, from) in walks {
        let who = if user.is_empty() { Browser::default() } else { house.sign_in(user).await };
        let (pages, found, without) = walk(&house, &who, from).await;
        println!("{user}: {pages} pages, {found} amounts, {} without a way", without.len());
        amounts += found;
        lost.extend(without.into_iter().map(|one| format!("{user} {one}")));
    }
    assert!(amounts > 500, "the walk found next to nothing: {amounts}");
    assert!(lost.is_empty(), "amounts without a way:\n{}", lost.join("\n"));
}

#[test]
fn an_amount_alone_is_found_and_one_with_its_row_is_not() {
    let lost = |html: &str| {
        let dom = parse_document(RcDom::default(), ParseOpts::default()).one(html);
        let mut out = Vec::new();
        without_way(&dom.document, &mut Vec::new(), &mut out, &mut Vec::new());
        out.len()
    };
    assert_eq!(lost("<p>共 1,234.50 元</p><p>12.34%</p>"), 1);
    assert_eq!(lost("<table><tbody><tr><td><a href=\"/cases/k\">k</a></td><td>1,234.50</td></tr></tbody><tfoot><tr><td>1,234.50</td></tr></tfoot></table>"), 0);
    assert_eq!(lost("<div data-explains>1,234.50</div>"), 1, "what says that it explains has to");
}
