//! Every page, in both languages, for whoever may see it: from the navigation along all links, each kind of page a few times
//! for each role, with script and without.

use crate::chrome::Chrome;
use crate::markup::strings;
use crate::tab::{Arrived, Tab};
use crate::{judge, keys, markup};
use axum::http::Method;
use base64ct::{Base64, Encoding};
use portal::operation::{Operation, Payload};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::time::Instant;

/// Who looks: a user of the demonstration of each role that has pages, and nobody.
const READERS: &[&str] = &["", "ent01", "clerk", "reviewer", "leader", "farms", "finance", "auditor", "drafter", "admin"];

/// Addresses of one kind of page that one reader looks at.
const OF_ONE_KIND: usize = 2;

/// Pages of one kind, each made of other parts, that are walked along with keys.
const KEYED: usize = 2;

/// What is known to be wrong and is to be mended: the page, and words of the finding. Nothing else may be wrong.
const TO_MEND: &[(&str, &str)] = &[];

/// Addresses in the navigation that are not there yet. One that is there must not stand here.
const TO_COME: &[&str] = &[];

/// Pages that no link leads to, each with its reason.
const WITHOUT_LINK: &[(&str, &str)] = &[
    ("/step", "leads on to a case"),
    ("/bulk/runs/{id}", "where acts to many cases lead when they are done"),
    ("/simulations/{id}", "where a simulation leads when it is begun"),
    ("/simulations/{id}/report", "the page of a simulation that is done leads there"),
    ("/find", "where the search of the workbench leads"),
    ("/search", "where the search of the first page leads"),
    ("/calls/{id}/evidence", "a form of the wizard leads there"),
    ("/my/cases/{id}/correction", "no case of this enterprise is being corrected"),
    ("/my/offers/{id}", "this enterprise is offered nothing"),
    ("/my/recoveries/{id}", "nothing is claimed back from this enterprise"),
    ("/my/reports/{id}", "nothing is due from this enterprise"),
];

/// In the page: where its links lead, and its forms that ask. Files to take away are no pages.
const LINKS: &str = "[...new Set([...document.querySelectorAll('a[href]')].map(a => new URL(a.getAttribute('href'), location).href.split('#')[0]).filter(href => !/format=/.test(href)))]";

/// In the page: whether a part of it can only be seen by moving it sideways.
const WIDE: &str = "(wide => wide > innerWidth + 1 ? [`wider than the window: ${wide}`] : [])(document.documentElement.scrollWidth)";

/// In the page: what it is made of, whatever it is about.
const SHAPE: &str = r"[...new Set([...document.querySelectorAll('body *')].map(e =>
    `${e.parentElement.tagName}.${e.parentElement.className}>${e.tagName}.${e.className}${e.type || ''}${e.closest('[aria-current]') ? '!' : ''}`))].sort().join(' ')";

/// The pages, by the pattern of their addresses.
fn pages(all: &[Operation]) -> Vec<&Operation> {
    // Files to take away are no pages, nor is what leads on to one.
    let is_shown = |one: &Operation| !matches!(one.gives.1, Payload::Bytes(kind) if !kind.starts_with("text/html"));
    let is_page = |one: &&Operation| one.method == Method::GET && one.tag == "pages" && is_shown(one) && !one.path.starts_with("/language/");
    all.iter().filter(is_page).collect()
}

fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    pattern.len() == path.len() && pattern.iter().zip(&path).all(|(wanted, is)| wanted == is || wanted.starts_with('{') && !is.is_empty())
}

/// The pattern that an address fits best: the one with the fewest parts left open.
fn kind_of<'o>(all: &[&'o Operation], address: &str) -> Option<&'o Operation> {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    all.iter().filter(|one| fits(&one.path, path)).min_by_key(|one| one.path.matches('{').count()).copied()
}

/// What was found on the way.
#[derive(Default)]
struct Found {
    /// What is wrong, with the first place where it is, and at how many it is.
    wrong: BTreeMap<(String, String), (String, usize)>,
    visited: BTreeMap<String, BTreeSet<&'static str>>,
    shapes: BTreeSet<String>,
    /// By kind of page: the most bytes that a first visit fetched, and pieces of Chinese that are data on pages in English.
    bytes: BTreeMap<String, u64>,
    data: BTreeMap<String, usize>,
    looks: usize,
    /// By kind of page: how many were walked along with keys.
    keyed: BTreeMap<String, usize>,
}

impl Found {
    fn wrong(&mut self, kind: &str, place: &str, what: Vec<String>) {
        for one in what {
            self.wrong.entry((kind.to_owned(), one)).or_insert_with(|| (place.to_owned(), 0)).1 += 1;
        }
    }
}

/// What is wrong with how a page came. Who is not signed in finds the door in place of some, which is as it should be.
fn arrived(came: &Arrived, tab: &Tab<'_>, who: &str) -> Vec<String> {
    let wrong = judge::arrived(came, tab.base());
    let door = who.is_empty() && came.status == 401;
    wrong.into_iter().filter(|one| !(door && one.contains("401"))).collect()
}

/// Looks at a page in both languages and, unless its kind was seen by this reader before, without script and on a telephone;
/// gives where its links lead.
fn look(tab: &Tab<'_>, (kind, again): (&str, bool), who: &'static str, address: &str, own: &BTreeSet<String>, found: &mut Found) -> Vec<String> {
    let mut links = Vec::new();
    let mut heading = Default::default();
    let mut new = false;
    for language in ["en", "zh"] {
        tab.language(language);
        let came = tab.go(address);
        let place = format!("{who:?} {language} {address}");
        found.looks += 1;
        found.visited.entry(kind.to_owned()).or_default().insert(who);
        let most = found.bytes.entry(kind.to_owned()).or_default();
        *most = came.bytes.max(*most);
        found.wrong(kind, &place, arrived(&came, tab, who));
        new = found.shapes.insert(format!("{language} {}", tab.tells(SHAPE)));
        found.wrong(kind, &place, judge::shown(tab, new));
        if language == "en" {
            let (wrong, data) = judge::untranslated(tab, own);
            found.wrong(kind, &place, wrong);
            *found.data.entry(kind.to_owned()).or_default() += data;
        }
        links = strings(&tab.tells(LINKS));
        heading = tab.tells("document.querySelector('h1')?.textContent");
    }
    if again {
        return links;
    }
    // `DUIXIAN_PICTURES=folder`: to be looked at by whoever mends pages.
    if let Some(folder) = std::env::var_os("DUIXIAN_PICTURES").filter(|folder| !folder.is_empty()) {
        pictures(tab, &Path::new(&folder).join(format!("{} {}", kind.trim_start_matches('/').replace('/', "-"), who)));
    }
    found.wrong(kind, &format!("{who:?} {address}"), keys::shifts(tab));
    let times = found.keyed.entry(kind.to_owned()).or_default();
    if *times < KEYED && new {
        *times += 1;
        found.wrong(kind, &format!("{who:?} at the keys {address}"), keys::findings(tab));
    }
    tab.size(1920, 1080);
    found.wrong(kind, &format!("{who:?} on a wide screen {address}"), strings(&tab.tells(WIDE)));
    if ["", "ent01"].contains(&who) {
        tab.size(390, 844);
        found.wrong(kind, &format!("{who:?} on a telephone {address}"), strings(&tab.tells(markup::WRONG)));
    }
    tab.size(1366, 768);
    tab.script(false);
    let came = tab.go(address);
    let mut without = arrived(&came, tab, who);
    without.extend(judge::shown(tab, false));
    if tab.tells("document.querySelector('h1')?.textContent") != heading {
        without.push("without script it is another page".into());
    }
    tab.script(true);
    found.wrong(kind, &format!("{who:?} without script {address}"), without);
    links
}

/// Takes pictures of the page as it is seen first on two screens and a telephone, and of all of it.
fn pictures(tab: &Tab<'_>, name: &Path) {
    for (width, height, what) in [(1920, 1080, "wide"), (390, 844, "telephone"), (1366, 2400, "long"), (1366, 768, "screen")] {
        tab.size(width, height);
        let png = Base64::decode_vec(&tab.picture()).unwrap();
        std::fs::write(format!("{} {what}.png", name.display()), png).unwrap();
    }
}

/// Along all links from where a reader begins.
fn walk(tab: &Tab<'_>, who: &'static str, all: &[Operation], own: &BTreeSet<String>, found: &mut Found) {
    let pages = pages(all);
    let readable: Vec<&Operation> = all.iter().filter(|one| one.method == Method::GET).collect();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut looked: BTreeMap<String, usize> = BTreeMap::new();
    let mut ahead: VecDeque<(String, String)> = VecDeque::new();
    for address in ["/".to_owned(), tab.at()] {
        ahead.push_back((address, "the start".into()));
    }
    while let Some((address, from)) = ahead.pop_front() {
        if !seen.insert(address.clone()) {
            continue;
        }
        let path = address.split('?').next().unwrap_or_default();
        if !address.starts_with('/') {
            found.wrong("links", &from, vec![format!("{address} is elsewhere")]);
        } else if let Some(page) = kind_of(&pages, &address) {
            let times = looked.entry(page.path.clone()).or_default();
            *times += 1;
            if *times <= OF_ONE_KIND {
                let links = look(tab, (&page.path, *times > 1), who, &address, own, found);
                ahead.extend(links.into_iter().map(|link| (link.strip_prefix(tab.base()).unwrap_or(&link).to_owned(), format!("{who:?} {address}"))));
            }
        } else if kind_of(&readable, &address).is_none() && !TO_COME.contains(&path) {
            found.wrong("links", &from, vec![format!("{address} is no page of ours")]);
        }
    }
}

#[test]
fn every_page_is_sound_for_every_role_in_both_languages_with_script_and_without() {
    let (base, own, all) = (crate::service(), judge::own_words(), portal::operations());
    assert!(own.len() > 100, "the wordings of the pages are found: {own:?}");
    let chrome = Chrome::start("walk");
    let mut found = Found::default();
    // `DUIXIAN_READERS=ent01,clerk`: these alone.
    let chosen = std::env::var("DUIXIAN_READERS").ok();
    for who in READERS.iter().copied().filter(|who| chosen.as_ref().is_none_or(|chosen| chosen.split(',').any(|one| one == *who))) {
        let begun = Instant::now();
        let before = found.looks;
        let tab = Tab::open(&chrome, base);
        tab.size(1366, 768);
        tab.forget();
        if who.is_empty() {
            tab.go("/");
        } else {
            tab.sign_in(who, portal::demo::PASSWORD);
        }
        walk(&tab, who, &all, &own, &mut found);
        println!("{:<10}{} pages looked at in {:.0?}", if who.is_empty() { "nobody" } else { who }, found.looks - before, begun.elapsed());
    }
    for (kind, who) in &found.visited {
        println!("{kind:<40}{} readers, at most {} bytes, {} pieces of Chinese data in English", who.len(), found.bytes[kind], found.data[kind]);
    }
    let html = |one: &&&Operation| matches!(one.gives.1, Payload::Bytes(kind) if kind.starts_with("text/html"));
    for page in pages(&all).iter().filter(html) {
        if chosen.is_none() && !found.visited.contains_key(&page.path) && WITHOUT_LINK.iter().all(|(path, _)| *path != page.path) {
            found.wrong("links", &page.path, vec![format!("nobody gets to {}", page.path)]);
        }
    }
    let stale: Vec<&&str> = TO_COME.iter().filter(|path| kind_of(&pages(&all), path).is_some()).collect();
    assert!(stale.is_empty(), "they are there and still stand in TO_COME: {stale:?}");
    let fits = |(page, words): &(&str, &str), kind: &str, what: &str| *page == kind && what.contains(words);
    let mended: Vec<_> = TO_MEND.iter().filter(|known| !found.wrong.keys().any(|(kind, what)| fits(known, kind, what))).collect();
    assert!(chosen.is_some() || mended.is_empty(), "they are mended and still stand in TO_MEND: {mended:?}");
    found.wrong.retain(|(kind, what), _| !TO_MEND.iter().any(|known| fits(known, kind, what)));
    let lines: Vec<String> = found.wrong.iter().map(|((kind, what), (place, times))| format!("{kind}: {what}\n    {place}, and {} more", times - 1)).collect();
    assert!(lines.is_empty(), "{} things are wrong:\n{}", lines.len(), lines.join("\n"));
}
