//! 用户与权限: who may do what here, what waits for a second person, and the acts on people and rights, split in three: whoever keeps
//! the system, whoever keeps its safety, whoever looks at both (系统、安全、审计).

use super::acts::{told, words};
use super::frame::Frame;
use super::market::encoded;
use super::who::People as Names;
use super::{page_of, shown};
use crate::Portal;
use crate::acts::is_granted;
use crate::operation::{Answering, Asked, Operation, Who, query};
use crate::problem::Problem;
use crate::records::reading;
use askama::Template;
use casework::organisation::Organisation;
use casework::people::{Proposal, Role, Unit, User};
use office::queue::Whose;
use office::reading::{Wanted, collection};

/// Who looks after rights.
const RIGHTS: Who = Who::Roles(&[Role::Administrator, Role::Auditor, Role::Leader]);
/// People of a page.
const ROWS: usize = 50;

/// The page.
#[derive(Template)]
#[template(path = "people.html")]
struct People {
    frame: Frame,
    told: Option<String>,
    people: Vec<Person>,
    next: Option<String>,
    waiting: Vec<Waits>,
    /// What each of the three looks after: heading, what it is, acts, links.
    parts: Vec<Part>,
    units: Vec<(String, String)>,
}

/// Somebody.
struct Person {
    id: String,
    name: String,
    place: String,
    roles: String,
    active: bool,
}

/// A change that waits for a second person.
struct Waits {
    id: String,
    user: String,
    roles: String,
    by: String,
    at: String,
    /// Whether the reader may confirm it.
    mine: bool,
}

/// What one of the three looks after.
struct Part {
    title: &'static str,
    about: &'static str,
    links: Vec<(String, String)>,
}

pub fn operations() -> Vec<Operation> {
    let parameters = vec![query("after", "上一页末项", "where the page before ended"), query("done", "已办理的请求", "the request that was done")];
    vec![Operation { parameters, ..page_of("/people", "people", ("用户与权限", "People and rights"), RIGHTS, people) }]
}

fn roles(roles: &[Role], frame: &Frame) -> String {
    let one = |role: &Role| {
        let (zh, en) = super::frame::role_words(*role);
        frame.pair(zh, en)
    };
    roles.iter().map(one).collect::<Vec<_>>().join(frame.pair("、", ", "))
}

fn people<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let frame = Frame::new(portal, asked, "people");
        let of = collection("users").ok_or_else(Problem::denied)?;
        let mut reading = reading(portal, asked).await?;
        let told = told(&mut reading, asked, &frame).await?;
        let units: Vec<Unit> = reading.work.every().await?;
        let unit = |id: &str| units.iter().find(|unit| unit.id.as_str() == id).map_or_else(|| id.to_owned(), |unit| unit.name.clone());
        let page = reading.page(of, &Wanted { filters: Vec::new(), after: asked.query("after").unwrap_or_default(), limit: ROWS }).await?;
        let mut people = Vec::new();
        for read in &page.records {
            let Ok(user) = serde_json::from_value::<User>(read.body.clone()) else { continue };
            let firm: Option<Organisation> = match &user.organisation {
                Some(of) => reading.work.peek(of.as_str()).await?,
                None => None,
            };
            let place = user.unit.as_ref().map(|id| unit(id.as_str())).or_else(|| firm.map(|firm| firm.name));
            people.push(Person {
                roles: roles(&user.roles, &frame),
                place: place.unwrap_or_default(),
                active: user.active,
                name: user.name,
                id: read.id.clone(),
            });
        }
        let queue = reading.queue(Whose::Seen).await?;
        let mut waiting = Vec::new();
        for one in queue.waiting.iter().filter(|one| one.collection == "proposals").take(ROWS) {
            let Some(proposal) = reading.work.peek::<Proposal>(&one.id).await? else { continue };
            let by = Names::of(&mut reading, vec![proposal.by.as_str()]).await?;
            let mine = is_granted("registry.confirm_user", reading.role()) && proposal.by != reading.person().id;
            waiting.push(Waits {
                id: one.id.clone(),
                user: format!("{} {}", proposal.user.id, proposal.user.name),
                roles: roles(&proposal.user.roles, &frame),
                by: by.name(proposal.by.as_str()).to_owned(),
                at: proposal.at.date().to_string(),
                mine,
            });
        }
        let parts = parts(reading.role(), &frame);
        let next = page.next.map(|next| format!("/people?after={}", encoded(&next)));
        let units = units.into_iter().map(|unit| (unit.id.to_string(), unit.name)).collect();
        shown(&People { told, people, next, waiting, parts, units, frame })
    })
}

/// The acts and lists of the three, as far as they are the reader's.
fn parts(role: Role, frame: &Frame) -> Vec<Part> {
    let acts = |acts: &[&str]| -> Vec<(String, String)> {
        let own = acts.iter().filter(|act| is_granted(act, role));
        own.map(|act| (format!("/acts/{act}?back=/people"), words::title(act, frame.lang()).to_owned())).collect()
    };
    let lists = |lists: &[&str]| -> Vec<(String, String)> {
        let own = lists.iter().filter(|list| collection(list).is_some_and(|of| of.sight(role).is_some()));
        own.map(|list| (format!("/registers/{list}"), super::registers::title(list, frame).to_owned())).collect()
    };
    let with = |mut links: Vec<(String, String)>, more: Vec<(String, String)>| {
        links.extend(more);
        links
    };
    let audit = if matches!(role, Role::Auditor | Role::Leader) {
        vec![("/audit".to_owned(), frame.pair("日志核验", "Verification of the log").to_owned())]
    } else {
        Vec::new()
    };
    vec![
        Part {
            title: frame.pair("系统管理", "System"),
            about: frame.pair("单位、日历、版头、保存期限", "units, calendar, letterhead, keeping"),
            links: with(
                acts(&["registry.put_unit", "calendar.load", "document.put_letterhead", "retention.set_periods", "retention.forget_contacts"]),
                lists(&["units", "calendars"]),
            ),
        },
        Part {
            title: frame.pair("安全管理", "Safety"),
            about: frame.pair("人员、角色、回避关系；增加权限须另一人复核", "people, roles, recusals; more rights need a second person"),
            links: with(acts(&["registry.put_user", "registry.confirm_user", "registry.put_link"]), lists(&["users", "links", "proposals"])),
        },
        Part {
            title: frame.pair("审计", "Audit"),
            about: frame.pair("权限变更、日志检查点、导出和消息记录", "changes of rights, checkpoints, exports, messages"),
            links: with(audit, lists(&["checkpoints", "proposals", "messages"])),
        },
    ]
}
