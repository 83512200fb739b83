//! 我的申报: what needs the enterprise first, then its cases, each with who has it and until when, and what it can apply for.

use super::super::frame::Frame;
use super::super::{page_of, shown};
use super::{OWN, bounded, clauses_of, day, holder, money, say, sum, tag};
use crate::Portal;
use crate::operation::{Answering, Asked, Operation};
use crate::problem::Problem;
use crate::records::reading;
use askama::Template;
use casework::case::Left;
use casework::determination::Determination;
use casework::payment::{DueState, LineResult};
use casework::recovery::RecoveryStage;
use office::Loaded;
use office::reading::own::{OwnCase, OwnDue, OwnRecovery, OwnReport};
use office::reading::own_file::Offer;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use values::{Date, Fen, WorkCalendar};

/// The page.
#[derive(Template)]
#[template(path = "enterprise/mine.html")]
struct Mine {
    frame: Frame,
    firm: String,
    todos: Vec<Todo>,
    calls: Vec<CallLine>,
    groups: Vec<Group>,
    arrived: Fen,
    objections: Vec<super::objections::Line>,
}

/// Something that waits for the enterprise.
pub struct Todo {
    pub words: String,
    pub detail: String,
    pub href: String,
    pub act: &'static str,
    until: Option<Date>,
}

/// A call that takes applications.
struct CallLine {
    id: String,
    title: String,
    until: String,
    days: String,
}

/// Cases of a call.
pub struct Group {
    pub call: String,
    pub lines: Vec<Line>,
}

/// A case.
pub struct Line {
    pub href: String,
    pub id: String,
    pub title: String,
    pub amount: String,
    pub tag: &'static str,
    pub label: String,
    /// How much time is left, or the day that counts now.
    pub detail: String,
    pub holder: String,
    pub until: String,
    pub late: bool,
    pub here: bool,
}

pub fn operations() -> Vec<Operation> {
    vec![page_of("/my", "my_cases", ("我的申报", "The own cases"), OWN, mine)]
}

/// Everything that the list and the page of a case are made of.
pub struct Book {
    pub today: Date,
    pub calendar: WorkCalendar,
    pub firm: String,
    pub organisation: String,
    pub cases: Vec<OwnCase>,
    pub determinations: Vec<Determination>,
    pub dues: Vec<OwnDue>,
    pub reports: Vec<OwnReport>,
    pub recoveries: Vec<OwnRecovery>,
    pub offers: Vec<Offer>,
    /// The policies of the cases, by version.
    schemes: BTreeMap<String, Arc<Loaded>>,
}

impl Book {
    /// Reads it. Errors: whoever asks reads for no enterprise.
    pub async fn open(portal: &Portal, asked: &Asked<'_>) -> Result<Self, Problem> {
        let today = portal.clock.now().date();
        let mut reading = reading(portal, asked).await?;
        let organisation = reading.own_organisation().await?;
        let cases = reading.own_cases(today).await?;
        let mut schemes = BTreeMap::new();
        for version in cases.iter().map(|case| case.call.version.as_str()).collect::<BTreeSet<_>>() {
            if let Some(loaded) = portal.office.compiled(&mut reading.work, version).await? {
                schemes.insert(version.to_owned(), loaded);
            }
        }
        Ok(Self {
            schemes,
            today,
            calendar: reading.calendar().await?,
            determinations: reading.own_determinations(&cases).await?,
            dues: reading.own_dues(&cases).await?,
            reports: reading.own_reports(&cases).await?,
            recoveries: reading.own_recoveries().await?,
            offers: reading.own_offers(today).await?,
            firm: organisation.name,
            organisation: organisation.id.to_string(),
            cases,
        })
    }

    /// What the clauses of a case are called, and whether the office decides on an amount up to what the rules give at most.
    pub fn clauses(&self, case: &OwnCase) -> (String, bool) {
        clauses_of(self.schemes.get(case.call.version.as_str()).map(AsRef::as_ref), case)
    }

    /// The determination in force of a case.
    pub fn determination(&self, case: &OwnCase) -> Option<&Determination> {
        self.determinations.iter().find(|one| case.determination.as_ref() == Some(&one.id))
    }

    /// What a case gives: as it was determined, or else as the rules give it so far.
    pub fn amount(&self, case: &OwnCase) -> Option<Fen> {
        match self.determination(case) {
            Some(determination) => determination.total(),
            // What ended without a decision came to nothing that could be said in yuan.
            None if case.claims.is_empty() || case.end.is_some() => None,
            None => sum(case.claims.iter().map(|claim| claim.assessed)),
        }
    }

    /// How much time is left, in words.
    pub fn left(&self, until: Date, frame: &Frame) -> String {
        Left::until(&self.calendar, self.today, until).words().get(frame.lang()).to_owned()
    }

    /// The list, call by call; `here`: the case at hand.
    pub fn groups(&self, frame: &Frame, here: Option<&str>) -> Vec<Group> {
        let mut out: Vec<(String, Group)> = Vec::new();
        for case in &self.cases {
            let line = self.line(frame, case, here);
            let id = case.call.id.to_string();
            match out.last_mut().filter(|(call, _)| *call == id) {
                Some((_, group)) => group.lines.push(line),
                None => out.push((id, Group { call: case.call.title.clone(), lines: vec![line] })),
            }
        }
        out.into_iter().map(|(_, group)| group).collect()
    }

    fn line(&self, frame: &Frame, case: &OwnCase, here: Option<&str>) -> Line {
        let is_draft = case.stage == "draft";
        let (title, is_bound) = self.clauses(case);
        let until = case.shown.until.or_else(|| is_draft.then_some(case.call.open.1));
        Line {
            href: if is_draft && case.call.is_open { format!("/calls/{}/apply", case.call.id) } else { format!("/my/cases/{}", case.id) },
            id: case.id.to_string(),
            title,
            amount: bounded(self.amount(case), is_bound),
            tag: tag(case.stage),
            label: case.shown.status.label.get(frame.lang()).to_owned(),
            detail: self.detail(case, frame),
            holder: holder(case, frame),
            until: until.map_or_else(|| "—".to_owned(), |day| day.to_string()),
            late: case.shown.until.is_some_and(|until| until < self.today),
            here: here == Some(case.id.as_str()),
        }
    }

    /// How much time is left, or the day that counts for it.
    fn detail(&self, case: &OwnCase, frame: &Frame) -> String {
        if let Some(left) = case.shown.left {
            return left.words().get(frame.lang()).to_owned();
        }
        match case.stage {
            "draft" if case.call.is_open => format!("{} {}", frame.w("截止", "until"), case.call.open.1),
            "draft" => frame.w("申报期已过", "the call is over").to_owned(),
            "paid" | "archived" => self.arrived_on(case).map(|day| day.to_string()).unwrap_or_default(),
            _ => case.end.as_ref().map(|end| day(end.at)).unwrap_or_default(),
        }
    }

    /// The day on which its money arrived last.
    pub fn arrived_on(&self, case: &OwnCase) -> Option<Date> {
        let on = |due: &OwnDue| if let Some(LineResult::Arrived { on, .. }) = due.result { Some(on) } else { None };
        self.dues.iter().filter(|due| due.due.case == case.id).filter_map(on).max()
    }

    /// What waits for the enterprise, what ends first before the others; `only`: of this case.
    pub fn todos(&self, frame: &Frame, only: Option<&OwnCase>) -> Vec<Todo> {
        let mut out = Vec::new();
        for case in self.cases.iter().filter(|case| only.is_none_or(|only| only.id == case.id)) {
            let title = self.clauses(case).0;
            out.extend(self.todo_of(case, &title, frame));
            out.extend(self.reports.iter().filter(|report| report.case == case.id && report.is_awaited).map(|report| self.report(report, &title, frame)));
        }
        let about = |case: &casework::id::CaseId| only.is_none_or(|only| only.id == *case);
        out.extend(self.recoveries.iter().filter(|one| about(&one.case)).filter_map(|one| self.recovery(one, frame)));
        if only.is_none() {
            out.extend(self.offers.iter().filter(|offer| offer.is_open()).map(|offer| self.offer(offer, frame)));
        }
        out.sort_by_key(|todo| (todo.until.is_none(), todo.until));
        out
    }

    fn todo_of(&self, case: &OwnCase, title: &str, frame: &Frame) -> Option<Todo> {
        let lang = frame.lang();
        match case.stage {
            "correcting" => {
                let asked = case.asked.as_ref()?;
                let number = asked.defects.len();
                let until = asked.until;
                let day = until.map(|day| day.to_string()).unwrap_or_default();
                let left = until.map(|day| self.left(day, frame)).unwrap_or_default();
                Some(Todo {
                    words: say(lang, format!("{title}：请补正 {number} 项"), format!("{title}: please mend {number} points")),
                    detail: say(
                        lang,
                        format!("补正期限 {day}，{left}。补正期间不计入审核时限。"),
                        format!("Until {day}, {left}. The time of the review stands still meanwhile."),
                    ),
                    href: format!("/my/cases/{}/correction", case.id),
                    act: frame.pair("去补正", "Mend it"),
                    until,
                })
            }
            "returned" => Some(Todo {
                words: say(lang, format!("{title}：款项被退回，请更正收款账户"), format!("{title}: the money came back, please mend the account")),
                detail: frame.w("账户核验后，将重新拨付。", "Once the account is verified it is paid again.").to_owned(),
                href: format!("/my/cases/{}#account", case.id),
                act: frame.pair("去更正", "Mend it"),
                until: None,
            }),
            "draft" if case.call.is_open => {
                let until = case.call.open.1;
                Some(Todo {
                    words: say(lang, format!("{title}：草稿尚未提交"), format!("{title}: the draft is not handed in")),
                    detail: say(
                        lang,
                        format!("申报截止 {until}，{}。", self.left(until, frame)),
                        format!("The call closes on {until}, {}.", self.left(until, frame)),
                    ),
                    href: format!("/calls/{}/apply", case.call.id),
                    act: frame.pair("继续填写", "Go on"),
                    until: Some(until),
                })
            }
            _ => None,
        }
    }

    fn report(&self, report: &OwnReport, title: &str, frame: &Frame) -> Todo {
        let until = report.term.ends(&self.calendar);
        let left = self.left(until, frame);
        Todo {
            words: say(frame.lang(), format!("{title}：请报送绩效报告"), format!("{title}: please report what was reached")),
            detail: say(frame.lang(), format!("期限 {until}，{left}。"), format!("Until {until}, {left}.")),
            href: format!("/my/reports/{}", report.due),
            act: frame.pair("去报送", "Report"),
            until: Some(until),
        }
    }

    fn recovery(&self, one: &OwnRecovery, frame: &Frame) -> Option<Todo> {
        let (zh, en, until) = match one.stage {
            RecoveryStage::Notified => {
                let until = one.hearing.as_ref().map(|term| term.ends(&self.calendar))?;
                // Who said all there is to say has nothing to do.
                if one.statements.last().is_some_and(|last| last.last) || until < self.today {
                    return None;
                }
                ("拟追回资金，您可以陈述申辩", "Money is to be taken back; you may state your case", until)
            }
            RecoveryStage::Delivered | RecoveryStage::Reminded => {
                let next = one.plan.iter().map(|part| part.due).find(|due| *due >= self.today);
                ("请按追回决定缴回款项", "Please pay back as decided", next.or(one.until)?)
            }
            _ => return None,
        };
        let left = self.left(until, frame);
        Some(Todo {
            words: frame.w(zh, en).to_owned(),
            detail: say(frame.lang(), format!("案件 {}，期限 {until}，{left}。", one.case), format!("Case {}, until {until}, {left}.", one.case)),
            href: format!("/my/recoveries/{}", one.id),
            act: frame.pair("查看", "See"),
            until: Some(until),
        })
    }

    fn offer(&self, offer: &Offer, frame: &Frame) -> Todo {
        let amount = money(sum(offer.amounts.iter().map(|(_, amount)| Some(*amount))));
        let until = offer.pushed.map(|(_, until)| until);
        let day = until.map(|day| format!("{day}，{}", self.left(day, frame))).unwrap_or_default();
        Todo {
            words: say(
                frame.lang(),
                format!("免申即享：您可以得到 {amount} 元，确认即可"),
                format!("Without application: {amount} yuan are yours, just confirm"),
            ),
            detail: say(frame.lang(), format!("请在 {day} 前确认；逾期仍可确认。"), format!("Please confirm by {day}; later is possible too.")),
            href: format!("/my/offers/{}", offer.id),
            act: frame.pair("去确认", "Confirm"),
            until,
        }
    }
}

fn mine<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let book = Book::open(portal, asked).await?;
        let frame = Frame::new(portal, asked, "my");
        let mut calls = Vec::new();
        for call in portal.office.open_calls(&portal.reading, book.today).await? {
            calls.push(CallLine { days: book.left(call.open.1, &frame), id: call.id.to_string(), title: call.title, until: call.open.1.to_string() });
        }
        let paid = book.dues.iter().filter(|due| due.due.state == DueState::Paid).map(|due| Some(due.due.amount));
        let objections = super::objections::lines(&super::objections::own(portal, asked, &book).await?, &book, &frame);
        shown(&Mine {
            objections,
            todos: book.todos(&frame, None),
            groups: book.groups(&frame, None),
            arrived: sum(paid).unwrap_or_default(),
            firm: book.firm.clone(),
            calls,
            frame,
        })
    })
}
