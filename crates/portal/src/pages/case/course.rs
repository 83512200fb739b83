//! How far a case has come, and what was said on the way: the timeline, the opinions of units, checks, audits and meetings.

use super::Known;
use crate::pages::acts::words;
use crate::pages::frame::Frame;
use casework::case::{Credit, View, Worth};
use values::{Date, WorkCalendar};

/// Something that was said or found.
pub struct Said {
    /// Who.
    pub who: String,
    /// What, in a word.
    pub view: String,
    /// Class of the word.
    pub tag: &'static str,
    /// By whom and when, or until when.
    pub when: String,
    /// In words.
    pub words: Vec<String>,
}

/// Something that happened.
pub struct Happened {
    /// What.
    pub what: String,
    /// By whom.
    pub by: String,
    /// When: to be sorted by, and shown.
    pub at: String,
    /// Class of its mark.
    pub class: &'static str,
    /// More about it.
    pub note: String,
}

impl Happened {
    /// The day.
    pub fn day(&self) -> &str {
        self.at.get(..10).unwrap_or_default()
    }
}

/// The course of a case.
pub struct Course {
    /// The step it is at; empty: it is at an end.
    pub now: String,
    /// Since when and until when.
    pub times: String,
    /// What is ahead.
    pub ahead: Vec<&'static str>,
    /// What happened, the last first.
    pub past: Vec<Happened>,
}

/// What units said, and who is still asked.
pub fn opinions(known: &Known, calendar: &WorkCalendar, today: Date, frame: &Frame) -> Vec<Said> {
    let mut now = known.case.clone();
    now.count(calendar);
    let one = |ask: &casework::case::Ask| {
        let who = known.unit(ask.unit.as_str());
        let mut lines: Vec<String> = ask.added.iter().map(|why| format!("{}{why}", frame.pair("加签：", "asked because: "))).collect();
        if let Some((to, why)) = &ask.passed_on {
            lines.push(format!("{}{}{}{why}", frame.pair("转办至 ", "passed on to "), known.unit(to.as_str()), frame.pair("：", ": ")));
        }
        let Some(opinion) = ask.opinions.last() else {
            let due = ask.clock.due.map(|due| format!("{} {due}", frame.pair("期限", "until"))).unwrap_or_default();
            let late = ask.is_open() && ask.clock.due.is_some_and(|due| due < today);
            let (view, tag) = match ask {
                _ if ask.passed_on.is_some() => (frame.pair("已转办", "passed on"), ""),
                _ if ask.silent => (frame.pair("逾期视为无意见", "silence: no objection"), ""),
                _ if late => (frame.pair("超期未反馈", "overdue"), "tag--fail"),
                _ => (frame.pair("待反馈", "awaited"), "tag--unknown"),
            };
            return Said { who, view: view.to_owned(), tag, when: due, words: lines };
        };
        let (view, tag) = match opinion.given.view {
            View::Agree => ("agree", "tag--pass"),
            View::Disagree => ("disagree", "tag--fail"),
            View::Reduce => ("reduce", "tag--warn"),
            View::NotConcerned => ("not_concerned", ""),
        };
        lines.extend(Some(opinion.given.words.clone()).filter(|words| !words.is_empty()));
        lines.extend(opinion.given.reductions.iter().map(|less| {
            let amount = less.amount.grouped();
            if frame.lang() == values::Lang::Zh {
                format!("条款 {} 核减为 {amount} 元：{}", less.clause, less.reason)
            } else {
                format!("Clause {} cut to {amount} yuan: {}", less.clause, less.reason)
            }
        }));
        match opinion.worth {
            Worth::Kept => {}
            Worth::Stale => lines.push(frame.pair("补正后佐证有变化，待该单位确认", "papers changed since: to be confirmed").to_owned()),
            Worth::Redo => lines.push(frame.pair("补正后所依据的事实有变化，须重新出具", "facts changed since: to be given again").to_owned()),
        }
        Said {
            who,
            view: words::value("View", view, frame.lang()).to_owned(),
            tag,
            when: format!("{}　{}", known.people.bare(opinion.by.as_str()), opinion.at.date()),
            words: lines,
        }
    };
    now.review.asks.iter().map(one).collect()
}

/// Site checks, audits, meetings and looks at the credit, the last first.
pub fn checks(known: &Known, frame: &Frame) -> Vec<Said> {
    let review = &known.case.review;
    let when = |by: &casework::id::UserId, date: Date| format!("{}　{date}", known.people.name(by.as_str()));
    let mut out = Vec::new();
    out.extend(review.minutes.iter().rev().map(|minutes| Said {
        who: frame.pair("集体审议", "Meeting").to_owned(),
        view: if minutes.given.agreed { frame.pair("同意", "agreed") } else { frame.pair("未同意", "not agreed") }.to_owned(),
        tag: if minutes.given.agreed { "tag--pass" } else { "tag--fail" },
        when: when(&minutes.by, minutes.given.date),
        words: vec![format!("{}　{}", minutes.given.number, minutes.given.decision)],
    }));
    out.extend(review.audits.iter().rev().map(|audit| {
        Said {
            who: frame.pair("专项审计", "Audit").to_owned(),
            view: audit.given.number.clone(),
            tag: "tag--info",
            when: when(&audit.by, audit.given.date),
            words: std::iter::once(audit.given.firm.clone())
                .chain(audit.given.findings.iter().map(|finding| {
                    format!("{} {}{}", finding.clause, finding.words, finding.amount.map(|most| format!("（{}）", most.grouped())).unwrap_or_default())
                }))
                .collect(),
        }
    }));
    out.extend(review.site_checks.iter().rev().map(|check| Said {
        who: frame.pair("现场核查", "Site check").to_owned(),
        view: if check.given.fits { frame.pair("一致", "as declared") } else { frame.pair("不一致", "not as declared") }.to_owned(),
        tag: if check.given.fits { "tag--pass" } else { "tag--fail" },
        when: when(&check.by, check.given.date),
        words: vec![check.given.words.clone(), check.given.present.join("、")],
    }));
    out.extend(review.credit.iter().rev().take(2).map(|check| Said {
        who: frame.pair("信用核查", "Credit").to_owned(),
        view: if check.given.result == Credit::Clear { frame.pair("正常", "clear") } else { frame.pair("有记录", "listed") }.to_owned(),
        tag: if check.given.result == Credit::Clear { "tag--pass" } else { "tag--fail" },
        when: when(&check.by, check.at.date()),
        words: match &check.given.result {
            Credit::Clear => vec![check.given.source.clone()],
            Credit::Listed(found) => vec![check.given.source.clone(), found.clone()],
        },
    }));
    out
}

/// The course of a case.
pub fn of(known: &Known, calendar: &WorkCalendar, frame: &Frame) -> Course {
    let mut case = known.case.clone();
    case.count(calendar);
    let review = &case.review;
    let plain = |what: &str, by: String, at: values::Moment, class, note: String| Happened { what: what.to_owned(), by, at: at.to_string(), class, note };
    let mut past: Vec<Happened> = Vec::new();
    past.extend(
        case.submitted.map(|at| plain(frame.pair("提交", "Handed in"), frame.pair("申报企业", "the enterprise").to_owned(), at, "done", String::new())),
    );
    for hand in &case.hands {
        let note = match hand.act.as_str() {
            "case.send_back" => review.sent_back.iter().find(|back| back.at == hand.at).map(|back| back.reason.clone()),
            "case.suspend" => review.held.iter().find(|held| held.at == hand.at).map(|held| held.reason.clone()),
            "case.ask_correction" => review
                .correction
                .as_ref()
                .map(|asked| asked.defects.iter().map(|defect| format!("{}：{}", defect.what, defect.mend)).collect::<Vec<_>>().join("；")),
            _ => None,
        };
        let class = if matches!(hand.act.as_str(), "case.suspend" | "case.ask_correction" | "case.send_back") { "stop" } else { "done" };
        past.push(plain(words::title(&hand.act, frame.lang()), known.people.name(hand.user.as_str()).to_owned(), hand.at, class, note.unwrap_or_default()));
        let correction = review.correction.as_ref().filter(|_| hand.act == "case.ask_correction");
        if let Some((correction, answered)) = correction.and_then(|correction| Some((correction, correction.answered?))) {
            let facts = correction.changed.as_ref().map(|changed| changed.facts.iter().cloned().collect::<Vec<_>>().join("、"));
            let by = frame.pair("申报企业", "the enterprise").to_owned();
            past.push(plain(frame.pair("提交补正", "Corrected"), by, answered, "done", facts.unwrap_or_default()));
        }
    }
    // Of what was done in the same second the later comes first too.
    past.reverse();
    past.sort_by(|a, b| b.at.cmp(&a.at));
    let waits = case.waits(&known.call, calendar);
    let times = waits.first().map(|wait| {
        let since = wait.since.map(|since| format!("{since} {}", frame.pair("起", "on"))).unwrap_or_default();
        let until = wait.until.map(|until| format!("{}{until}", frame.pair("，期限 ", ", until "))).unwrap_or_default();
        format!("{since}{until}")
    });
    let step = |kind: &casework::call::StepKind| words::value("StepKind", kind.name(), frame.lang());
    Course {
        now: if waits.is_empty() { String::new() } else { words::value("Stage", case.stage.name(), frame.lang()).to_owned() },
        times: times.unwrap_or_default(),
        ahead: office::reading::handling::steps_ahead(&known.call, &case).iter().map(step).collect(),
        past,
    }
}
