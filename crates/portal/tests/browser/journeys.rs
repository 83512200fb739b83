//! Journeys of people through the pages, from the first page on, by the words they read.
//! Each runs on a service of its own, since it changes what others see.

mod clawback;
mod firm;
mod kept;
mod leader;
mod notice;
mod payment;
mod review;
mod visitor;

use crate::chrome::Chrome;
use crate::judge;
use crate::service::{self, Done};
use crate::tab::Tab;
use serde_json::json;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// A service of its own for one journey.
fn own_service(name: &str) -> String {
    service::start(&folder(name))
}

/// A tab of somebody who is signed in, in Chinese.
fn signed_in<'c>(chrome: &'c Chrome, base: &str, user: &str) -> Tab<'c> {
    let tab = sign_in(chrome, base, user);
    tab.size(1366, 768);
    tab
}

/// The page at hand is sound; to those who do not see or point too, which is asked once of each kind of page on a journey.
fn sound(tab: &Tab<'_>) {
    thread_local! { static LOOKED_AT: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) } }
    // What a page is made of: its address without names, and its headings and forms.
    let kind = tab.tells("location.pathname.replace(/[^/]*\\d[^/]*/g, '') + [...document.querySelectorAll('h2, summary, [role=alert]')].map(e => e.className + e.tagName).join()");
    let is_new = LOOKED_AT.with_borrow_mut(|seen| seen.insert(kind.to_string()));
    let wrong = judge::shown(tab, is_new);
    assert!(wrong.is_empty(), "{} is no sound page: {wrong:#?}", tab.at());
}

/// Waits for a page whose address begins so, and looks whether it is sound.
fn arrives(tab: &Tab<'_>, address: &str) {
    tab.until(&format!("document.readyState === 'complete' && (location.pathname + location.search + location.hash).startsWith({})", json!(address)));
    sound(tab);
}

/// Clicks, and waits for the page that it leads to.
fn goes(tab: &Tab<'_>, words: &str, address: &str) {
    tab.click(words);
    arrives(tab, address);
}

/// Opens the form of an act.
fn opens(tab: &Tab<'_>, title: &str) {
    tab.click(title);
    tab.until("document.querySelector('details.actform[open] button[type=submit]') !== null");
}

/// Sends the form that is open, and waits for a page whose address begins so.
fn sends(tab: &Tab<'_>, address: &str) {
    tab.click_at("details.actform[open] button[type=submit]");
    arrives(tab, address);
}

/// An amount as it is printed, in fen.
fn fen(amount: &str) -> i64 {
    let plain: String = amount.trim().replace('−', "-").chars().filter(|sign| !matches!(sign, ',' | '.')).collect();
    plain.parse().unwrap_or_else(|_| panic!("{amount:?} is no amount"))
}

/// What a selector finds first, as it is read.
fn text(tab: &Tab<'_>, selector: &str) -> String {
    let found = tab.tells(&format!("document.querySelector({})?.innerText", json!(selector)));
    found.as_str().unwrap_or_else(|| panic!("there is no {selector} at {}\n{}", tab.at(), tab.words())).trim().to_owned()
}

/// The amounts that a selector finds, in fen.
fn amounts(tab: &Tab<'_>, selector: &str) -> Vec<i64> {
    crate::markup::strings(&tab.tells(&format!("[...document.querySelectorAll({})].map(e => e.innerText)", json!(selector))))
        .iter()
        .map(|one| fen(one))
        .collect()
}

/// A paper that proves something.
const PDF: &[u8] =
    b"%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n2 0 obj << /Type /Pages /Kids [] /Count 0 >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n";

/// Where the files of a journey lie.
fn folder(journey: &str) -> PathBuf {
    std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("journey-{journey}"))
}

/// A service of its own for a journey, in which something is done already.
fn service_of(journey: &str, done: Vec<Done>) -> String {
    service::start_after(&folder(journey), done)
}

/// A tab of somebody of the demonstration who is signed in, in Chinese.
fn sign_in<'c>(chrome: &'c Chrome, base: &str, user: &str) -> Tab<'c> {
    let tab = Tab::open(chrome, base);
    tab.language("zh");
    tab.sign_in(user, portal::demo::PASSWORD);
    tab
}

/// These words stand on the page, which is sound.
fn reads(tab: &Tab<'_>, words: &[&str]) {
    for one in words {
        tab.reads(one);
    }
    let wrong = judge::shown(tab, true);
    assert!(wrong.is_empty(), "{} is no sound page: {wrong:#?}", tab.at());
}

/// Opens the form of an act in the bar of a case.
fn open_act(tab: &Tab<'_>, title: &str) {
    tab.click(title);
    tab.until("document.querySelector('details.act[open] form') !== null");
}

/// Sends the form of an act that is open, and is told that it is done.
fn send_act(tab: &Tab<'_>, title: &str) {
    tab.follow_at("details.act[open] .form__foot button");
    tab.reads(&format!("已办理：{title}。"));
}
