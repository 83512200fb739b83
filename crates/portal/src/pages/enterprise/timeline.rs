//! The timeline of a case in words for its enterprise: what is done, what is going on, where it stood still, what is to come.
//! To the enterprise the review is one step: which unit has it inside is the office's.

use super::super::frame::Frame;
use super::mine::Book;
use super::{day, money, say};
use casework::case::EndKind;
use casework::document::DocumentKind;
use casework::notice::Notice;
use casework::payment::LineResult;
use office::reading::own::{OwnCase, Served};
use values::{Fen, Lang, Moment};

/// A step of the timeline.
pub struct Step {
    /// Its look: `done`, `now`, `stop` or `todo`.
    pub look: &'static str,
    pub title: String,
    pub time: String,
    pub body: String,
    pub papers: Vec<Link>,
    /// The time of the office stands still meanwhile.
    pub stands_still: bool,
}

/// A paper to be had.
pub struct Link {
    pub words: String,
    pub href: String,
}

/// What a timeline is made of.
pub struct Maker<'b> {
    pub book: &'b Book,
    pub case: &'b OwnCase,
    pub notice: Option<&'b Notice>,
    pub papers: &'b [Served],
    pub frame: &'b Frame,
}

/// Phases in their order.
const PHASES: [&str; 6] = ["submit", "accept", "review", "determine", "notice", "pay"];

impl Maker<'_> {
    /// All of it.
    pub fn steps(&self) -> Vec<Step> {
        let at = self.place();
        let mut out: Vec<(Option<Moment>, Step)> = Vec::new();
        for (number, phase) in PHASES.into_iter().enumerate() {
            if number < at {
                out.extend(self.done(phase));
            }
        }
        for (moment, step) in self.stops() {
            let place = out.iter().position(|(time, _)| time.is_some_and(|time| time > moment)).unwrap_or(out.len());
            out.insert(place, (Some(moment), step));
        }
        let mut steps: Vec<Step> = out.into_iter().map(|(_, step)| step).collect();
        if let Some(end) = self.end() {
            steps.push(end);
            return steps;
        }
        let rests = matches!(self.case.stage, "correcting" | "suspended");
        for (number, phase) in PHASES.into_iter().enumerate().skip(at) {
            let look = if number == at && !rests { "now" } else { "todo" };
            steps.push(self.ahead(phase, look));
        }
        steps.extend(self.reports());
        steps
    }

    /// The phase at hand, by its number; behind the last where all is done.
    fn place(&self) -> usize {
        match self.case.stage {
            "draft" => 0,
            "submitted" => 1,
            "review" => 2,
            "correcting" | "suspended" if self.case.accepted.is_some() => 2,
            "correcting" | "suspended" => 1,
            "approved" | "noticed" | "disputed" => 4,
            "committed" | "paying" | "returned" => 5,
            "paid" => 6,
            // It is at an end: what it came to is told by what is known.
            _ if self.book.arrived_on(self.case).is_some() => 6,
            _ if self.notice.is_some() => 5,
            _ if self.case.determination.is_some() => 4,
            _ if self.case.accepted.is_some() => 2,
            _ => 1,
        }
    }

    fn paper(&self, kind: DocumentKind) -> Vec<Link> {
        let of_kind = self.papers.iter().filter(|paper| paper.kind == kind && paper.about == self.case.id.as_str() && paper.void.is_none());
        of_kind.map(|paper| Link { words: format!("{} {}", paper.kind.title(), paper.number), href: format!("/api/v1/documents/{}/file", paper.id) }).collect()
    }

    fn step(&self, look: &'static str, words: (&str, &str), time: String, body: String, papers: Vec<Link>) -> Step {
        Step { look, title: self.frame.w(words.0, words.1).to_owned(), time, body, papers, stands_still: false }
    }

    /// A phase that is over; none: the case never went through it.
    fn done(&self, phase: &str) -> Option<(Option<Moment>, Step)> {
        let (lang, case) = (self.frame.lang(), self.case);
        match phase {
            "submit" => {
                let number = case.evidence.len();
                let body = say(lang, format!("{number} 份佐证材料。"), format!("Papers: {number}."));
                let time = case.submitted?;
                Some((Some(time), self.step("done", ("您提交了申报", "You handed it in"), day(time), body, Vec::new())))
            }
            "accept" => {
                let time = case.accepted?;
                let papers = self.paper(DocumentKind::AcceptanceNotice);
                Some((Some(time), self.step("done", ("已受理", "Taken in"), day(time), format!("{}。", case.call.lead_name), papers)))
            }
            "determine" => {
                // A refusal is a determination too; as its end it is told once.
                let determination = self.book.determination(case).filter(|_| case.end.is_none())?;
                let body = say(lang, format!("核定 {} 元。", money(determination.total())), format!("{} yuan.", money(determination.total())));
                let papers = self.paper(DocumentKind::CalculationSheet);
                Some((Some(determination.at), self.step("done", ("已审定", "Decided"), day(determination.at), body, papers)))
            }
            "notice" => {
                let notice = self.notice?;
                let time = format!("{} — {}", notice.term.from, notice.term.last);
                let papers = vec![Link { words: self.frame.w("公示", "The notice").to_owned(), href: format!("/notices/{}", notice.id) }];
                Some((Some(Moment::start_of(notice.term.from)), self.step("done", ("公示结束", "The public notice is over"), time, String::new(), papers)))
            }
            "pay" => {
                let on = self.book.arrived_on(case)?;
                Some((Some(Moment::start_of(on)), self.step("done", ("已到账", "The money arrived"), on.to_string(), self.paid(), Vec::new())))
            }
            _ => None,
        }
    }

    fn paid(&self) -> String {
        let arrived = |due: &&office::reading::own::OwnDue| due.due.case == self.case.id && matches!(due.result, Some(LineResult::Arrived { .. }));
        let sum = self.book.dues.iter().filter(arrived).fold(Fen(0), |sum, due| Fen(sum.0.saturating_add(due.due.amount.0)));
        say(self.frame.lang(), format!("{} 元。", sum.grouped()), format!("{} yuan.", sum.grouped()))
    }

    /// Where it stood still, or does.
    fn stops(&self) -> Vec<(Moment, Step)> {
        let (lang, case) = (self.frame.lang(), self.case);
        let mut out = Vec::new();
        if let Some(asked) = &case.asked {
            let comma = if lang == Lang::Zh { "；" } else { "; " };
            let defects: Vec<String> = asked.defects.iter().map(|one| format!("{}：{}", one.what, one.mend)).collect();
            let time = match asked.answered {
                Some(answered) => format!("{} — {}", day(asked.at), day(answered)),
                None => format!("{} —", day(asked.at)),
            };
            let words = if asked.answered.is_some() { ("您已补正", "You mended it") } else { ("请您补正", "Please mend it") };
            let step = self.step(
                "stop",
                words,
                time,
                format!("{}{}", defects.join(comma), if lang == Lang::Zh { "。" } else { "." }),
                self.paper(DocumentKind::CorrectionNotice),
            );
            out.push((asked.at, Step { stands_still: asked.answered.is_none(), ..step }));
        }
        for (from, until) in &case.rested {
            let time = until.map_or_else(|| format!("{from} —"), |until| format!("{from} — {until}"));
            let body = self.frame.w("审核暂停，不计入审核时限。", "The review rested; its time stood still.").to_owned();
            let step = self.step("stop", ("中止", "At rest"), time, body, Vec::new());
            out.push((Moment::start_of(*from), Step { stands_still: until.is_none(), ..step }));
        }
        out.sort_by_key(|(moment, _)| *moment);
        out
    }

    /// How it ended without an award.
    fn end(&self) -> Option<Step> {
        let end = self.case.end.as_ref()?;
        let (words, kind) = match end.kind {
            EndKind::Withdrawn => (("您撤回了申报", "You took it back"), None),
            EndKind::Declined => (("不予受理", "Not taken in"), Some(DocumentKind::DeclineNotice)),
            EndKind::Lapsed => (("视为撤回", "Counts as withdrawn"), None),
            EndKind::Terminated => (("已终止", "Ended"), None),
            EndKind::Refused => (("不予支持", "Refused"), Some(DocumentKind::RefusalDecision)),
        };
        let mut body = end.reason.clone();
        if let Some(remedies) = &end.remedies {
            body = format!("{body}。{remedies}");
        }
        Some(self.step("stop", words, day(end.at), body, kind.map(|kind| self.paper(kind)).unwrap_or_default()))
    }

    /// A phase that is at hand or to come.
    fn ahead(&self, phase: &str, look: &'static str) -> Step {
        let (lang, case, now) = (self.frame.lang(), self.case, look == "now");
        let note = if now { case.shown.status.note.get(lang).to_owned() } else { String::new() };
        let until = case.shown.until.filter(|_| now).map(|until| say(lang, format!("最迟 {until}"), format!("until {until}"))).unwrap_or_default();
        match phase {
            "submit" => self.step(
                look,
                ("填写并提交申报", "Fill it in and hand it in"),
                say(lang, format!("截止 {}", case.call.open.1), format!("until {}", case.call.open.1)),
                note,
                Vec::new(),
            ),
            "accept" => self.step(look, ("受理", "Taking in"), until, note, Vec::new()),
            "review" => {
                let comma = if lang == Lang::Zh { "、" } else { ", " };
                let names: Vec<String> =
                    case.call.steps.iter().map(|kind| if lang == Lang::Zh { kind.title().to_owned() } else { kind.name().replace('_', " ") }).collect();
                let comprised = say(lang, format!("本批次的审核包括{}。", names.join(comma)), format!("In this call: {}.", names.join(comma)));
                self.step(look, ("审核", "Review"), until, format!("{note}{comprised}"), Vec::new())
            }
            "determine" => self.step(look, ("审定", "Decision"), String::new(), String::new(), Vec::new()),
            "notice" => self.notice_ahead(look, note),
            _ => {
                let later = if now { String::new() } else { self.frame.w("公示期满后安排", "after the notice").to_owned() };
                let words = if case.stage == "returned" { ("款项被退回", "The money came back") } else { ("拨付到账", "Payment") };
                self.step(if case.stage == "returned" { "stop" } else { look }, words, later, note, Vec::new())
            }
        }
    }

    fn notice_ahead(&self, look: &'static str, note: String) -> Step {
        match self.notice.filter(|_| look == "now") {
            Some(notice) => {
                let time = format!("{} — {}", notice.term.from, notice.term.ends(&self.book.calendar));
                let papers = vec![Link { words: self.frame.w("查看公示", "The notice").to_owned(), href: format!("/notices/{}", notice.id) }];
                self.step(look, ("公示", "Public notice"), time, note, papers)
            }
            None => self.step(look, ("公示", "Public notice"), String::new(), note, Vec::new()),
        }
    }

    /// Reports on payments.
    fn reports(&self) -> Vec<Step> {
        let of = self.book.reports.iter().filter(|report| report.case == self.case.id);
        let step = |report: &office::reading::own::OwnReport| {
            let until = report.term.ends(&self.book.calendar);
            let look = if report.is_awaited { "now" } else { "done" };
            let papers = vec![Link { words: self.frame.w("查看", "See").to_owned(), href: format!("/my/reports/{}", report.due) }];
            let time = say(self.frame.lang(), format!("最迟 {until}"), format!("until {until}"));
            self.step(look, ("绩效报告", "Report of what was reached"), time, String::new(), papers)
        };
        of.map(step).collect()
    }
}
