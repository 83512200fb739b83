//! What every page has around it: the language, who is signed in, where the reader is, the mark of a demonstration.

use crate::Portal;
use crate::operation::Asked;
use axum::http::{HeaderMap, header};
use casework::people::Role;
use values::Lang;

/// Entries of the navigation: name, address, Chinese, English, and whose they are; none: of whoever is not of the office.
const NAVIGATION: &[(&str, &str, &str, &str, &[Role])] = &[
    ("market", "/", "政策超市", "Policies", &[]),
    ("calculator", "/calculator", "政策计算器", "Calculator", &[]),
    ("notices", "/notices", "公示", "Notices", &[]),
    ("my", "/my", "我的申报", "My applications", &[Role::Applicant]),
    ("firm", "/my/firm", "企业档案", "My enterprise", &[Role::Applicant]),
    ("messages", "/my/messages", "消息", "Messages", &[Role::Applicant]),
    ("work", "/work", "办件", "Work", OFFICE),
    ("calls", "/calls", "批次", "Calls", OFFICE),
    ("money", "/ledger", "资金", "Money", MONEY),
    ("cockpit", "/cockpit", "驾驶舱", "Cockpit", MONEY),
    ("workshop", "/workshop", "政策工坊", "Policy workshop", &[Role::Drafter, Role::Leader, Role::Reviewer, Role::UnitReviewer, Role::Auditor]),
    ("simulations", "/simulations", "测算", "Simulation", &[Role::Drafter, Role::Leader, Role::Finance]),
    ("registers", "/registers", "档案", "Registers", &[Role::Clerk, Role::Reviewer, Role::Leader, Role::Finance, Role::Auditor, Role::Administrator]),
    ("audit", "/audit", "审计", "Audit", &[Role::Auditor, Role::Leader]),
    ("people", "/people", "用户与权限", "People and rights", &[Role::Administrator, Role::Auditor, Role::Leader]),
];

/// Whoever handles cases.
const OFFICE: &[Role] = &[Role::Clerk, Role::Reviewer, Role::UnitReviewer, Role::Leader, Role::Finance, Role::Auditor];

/// Whoever sees the ledger.
const MONEY: &[Role] = &[Role::Clerk, Role::Reviewer, Role::Leader, Role::Finance, Role::Auditor];

/// The first page of a role.
pub fn home(role: Role) -> &'static str {
    match role {
        Role::Applicant => "/my",
        Role::Clerk | Role::Reviewer | Role::UnitReviewer => "/work",
        Role::Leader => "/cockpit",
        Role::Finance => "/ledger",
        Role::Auditor => "/audit",
        Role::Drafter => "/workshop",
        Role::Administrator => "/people",
        Role::Service => "/",
    }
}

/// What a role is called.
pub fn role_words(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Applicant => ("申报企业", "Enterprise"),
        Role::Clerk => ("经办", "Clerk"),
        Role::Reviewer => ("审核", "Reviewer"),
        Role::UnitReviewer => ("联审", "Unit reviewer"),
        Role::Leader => ("审批", "Leader"),
        Role::Finance => ("财政", "Finance"),
        Role::Auditor => ("审计", "Auditor"),
        Role::Drafter => ("政策起草", "Drafter"),
        Role::Administrator => ("系统管理", "Administrator"),
        Role::Service => ("程序", "Program"),
    }
}

/// An entry of the navigation, as it is shown.
pub struct Entry {
    /// Address.
    pub href: &'static str,
    /// Words.
    pub words: &'static str,
    /// It is where the reader is.
    pub here: bool,
}

/// The cookie that remembers the language.
pub const LANGUAGE: &str = "duixian_language";

/// The head and foot of a page.
#[derive(Clone, Debug)]
pub struct Frame {
    lang: Lang,
    /// Which entry of the navigation is at hand.
    here: &'static str,
    /// It is a demonstration.
    pub demo: bool,
    /// What whoever is signed in is called.
    pub user: Option<String>,
    /// As what.
    pub role: Option<Role>,
    /// What was just done, for the head of the page.
    pub told: Option<&'static str>,
    /// The address of the page, as forms that lead back to it name it.
    pub at: String,
    /// What a form has to send along.
    pub csrf: String,
}

impl Frame {
    /// The frame of a page that was asked for.
    pub fn new(portal: &Portal, asked: &Asked<'_>, here: &'static str) -> Self {
        let seat = asked.seat.as_ref();
        Self {
            lang: asked.language,
            here,
            demo: portal.config.demo,
            user: seat.map(|seat| seat.name.clone()),
            role: seat.map(|seat| seat.role),
            told: None,
            at: asked.at(),
            csrf: seat.and_then(|seat| seat.session.as_ref()).map(|session| session.csrf.clone()).unwrap_or_default(),
        }
    }

    /// Of a page about which nothing is known but the language.
    pub fn bare(portal: &Portal, lang: Lang) -> Self {
        Self { lang, here: "", demo: portal.config.demo, user: None, role: None, told: None, at: String::new(), csrf: String::new() }
    }

    /// For tests of templates.
    #[cfg(test)]
    pub fn sample(lang: Lang, role: Option<Role>) -> Self {
        let user = role.map(|role| format!("office.{}", role.name()));
        Self { lang, here: "", demo: true, user, role, told: Some("已保存。"), at: "/".into(), csrf: "c".into() }
    }

    /// The language.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// One of two wordings.
    pub fn w<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        if self.lang == Lang::Zh { zh } else { en }
    }

    /// The same of fixed words.
    pub fn pair(&self, zh: &'static str, en: &'static str) -> &'static str {
        if self.lang == Lang::Zh { zh } else { en }
    }

    /// The language as HTML names it.
    pub fn tag(&self) -> &'static str {
        if self.lang == Lang::Zh { "zh-CN" } else { "en" }
    }

    /// The same page, on which it is said that something was done.
    pub fn telling(self, zh: &'static str, en: &'static str) -> Self {
        Self { told: Some(self.pair(zh, en)), ..self }
    }

    /// Whether whoever reads handles cases.
    pub fn handles_cases(&self) -> bool {
        self.role.is_some_and(|role| OFFICE.contains(&role))
    }

    /// Whether whoever reads sees the ledger.
    pub fn sees_money(&self) -> bool {
        self.role.is_some_and(|role| MONEY.contains(&role))
    }

    /// The navigation of whoever reads.
    pub fn navigation(&self) -> Vec<Entry> {
        let officer = self.role.is_some_and(|role| role != Role::Applicant);
        let shown = |roles: &[Role]| if roles.is_empty() { !officer } else { self.role.is_some_and(|role| roles.contains(&role)) };
        let entry = |(name, href, zh, en, _): &(&'static str, &'static str, &'static str, &'static str, &[Role])| Entry {
            href,
            words: self.pair(zh, en),
            here: self.here == *name,
        };
        NAVIGATION.iter().filter(|(.., roles)| shown(roles)).map(entry).collect()
    }

    /// What the role of whoever reads is called.
    pub fn role_words(&self) -> &'static str {
        self.role.map_or("", |role| {
            let (zh, en) = role_words(role);
            self.pair(zh, en)
        })
    }
}

/// The language that a reader chose, else the one the browser asks for.
pub fn language(headers: &HeaderMap) -> Option<Lang> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let chosen = cookies.flat_map(|line| line.split(';')).find_map(|pair| pair.trim().strip_prefix(LANGUAGE)?.strip_prefix('='))?;
    match chosen {
        "en" => Some(Lang::En),
        "zh" => Some(Lang::Zh),
        _ => None,
    }
}
