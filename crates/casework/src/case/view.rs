//! What people see of a case: the applicant a few plain states, with who holds it and until when; officers who has to do
//! what. Pure: the pages only write it out.

use super::clock::{Term, working_days_between};
use super::exit::EndKind;
use super::{Case, Claim, Stage};
use crate::call::{Call, StepKind};
use crate::id::UnitId;
use crate::people::Role;
use policy::diagnostic::Text;
use values::{Date, WorkCalendar};

/// Who has to act now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// The applicant.
    Applicant,
    /// A unit, and the role in it that acts; none: whoever the unit has for it.
    Unit(UnitId, Option<Role>),
    /// Units that are asked side by side.
    Units(Vec<UnitId>),
    /// The bank.
    Bank,
    /// Nobody: it is at an end, or rests.
    Nobody,
}

/// How much time is left, in working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// 剩余 N 个工作日; 0: today is the last.
    Days(u32),
    /// 已超期 N 个工作日
    Over(u32),
}

impl Left {
    /// How far a day is from another.
    #[must_use]
    pub fn until(calendar: &WorkCalendar, today: Date, due: Date) -> Self {
        if due >= today { Self::Days(working_days_between(calendar, today, due)) } else { Self::Over(working_days_between(calendar, due, today)) }
    }

    /// In words.
    #[must_use]
    pub fn words(self) -> Text {
        match self {
            Self::Days(0) => Text::new("今日到期", "due today"),
            Self::Days(days) => Text::new(format!("剩余{days}个工作日"), format!("{days} working days left")),
            Self::Over(days) => Text::new(format!("已超期{days}个工作日"), format!("{days} working days overdue")),
        }
    }
}

/// A state in the words of the people who wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Short, as a label.
    pub label: Text,
    /// What happens now and what the reader has to do, in a sentence.
    pub note: Text,
}

/// What is shown of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// State.
    pub status: Status,
    /// Who has to act.
    pub holder: Holder,
    /// Until when, where a time is set.
    pub until: Option<Date>,
    /// Whether that day rests on a calendar that is not out yet.
    pub provisional: bool,
    /// How much time is left.
    pub left: Option<Left>,
}

impl Case {
    /// What the applicant sees: not which unit said what, and not how far the inner review has come.
    #[must_use]
    pub fn seen_by_applicant(&self, call: &Call, calendar: &WorkCalendar, today: Date) -> Shown {
        let holder = match self.stage {
            Stage::Submitted | Stage::Review(_) | Stage::Approved | Stage::Noticed | Stage::Disputed | Stage::Committed => {
                Holder::Unit(call.lead.clone(), None)
            }
            _ => self.holder(call),
        };
        // To the applicant the review is one: its time is that of the step, whoever is asked within it.
        let clock = if matches!(self.stage, Stage::Review(_)) { self.review.clock.as_ref() } else { self.waited_for() };
        let carried = call.carried_to(&self.id).filter(|_| matches!(self.stage, Stage::Review(_)));
        let status = carried.map_or_else(|| self.status(), carried_status);
        self.shown(status, holder, clock.and_then(|clock| Some((clock.due?, clock.provisional))), calendar, today)
    }

    /// How far it is, in the name the applicant is told: to the applicant the review is one.
    #[must_use]
    pub const fn stage_told(&self) -> &'static str {
        match self.stage {
            Stage::Review(_) => "review",
            stage => stage.name(),
        }
    }

    /// What the applicant is told of the claims. Until they are determined no amount is set and no place holds: what officers
    /// wrote so far is the office's, also where a review begins anew.
    #[must_use]
    pub fn claims_told(&self) -> Vec<Claim> {
        if self.determination.is_some() && !matches!(self.stage, Stage::Review(_)) {
            return self.claims.clone();
        }
        let untold = |claim: &Claim| Claim { assessed: claim.assessed.filter(|_| claim.placed.is_none()), ..Claim::new(claim.clause.clone()) };
        self.claims.iter().map(untold).collect()
    }

    /// What officers see: the step, who has to act, until when.
    #[must_use]
    pub fn seen_by_officers(&self, call: &Call, calendar: &WorkCalendar, today: Date) -> Shown {
        let status = match self.stage {
            Stage::Review(kind) => step_status(kind),
            _ => self.status(),
        };
        let due = self.waited_for().and_then(|clock| Some((clock.due?, clock.provisional)));
        self.shown(status, self.holder(call), due, calendar, today)
    }

    fn shown(&self, status: Status, holder: Holder, due: Option<(Date, bool)>, calendar: &WorkCalendar, today: Date) -> Shown {
        let left = due.map(|(due, _)| Left::until(calendar, today, due));
        Shown { status, holder, until: due.map(|(due, _)| due), provisional: due.is_some_and(|(_, provisional)| provisional), left }
    }

    /// Who has to act now.
    #[must_use]
    pub fn holder(&self, call: &Call) -> Holder {
        let lead = |role| Holder::Unit(call.lead.clone(), Some(role));
        match self.stage {
            Stage::Draft | Stage::Correcting => Holder::Applicant,
            Stage::Review(StepKind::Joint) if self.open_asks() > 0 => {
                Holder::Units(self.review.asks.iter().filter(|ask| ask.is_open()).map(|ask| ask.unit.clone()).collect())
            }
            Stage::Review(StepKind::Joint) | Stage::Submitted | Stage::Approved => lead(Role::Clerk),
            Stage::Review(kind) => lead(call.step(kind).map_or(Role::Clerk, |step| step.role)),
            Stage::Noticed | Stage::Disputed | Stage::Suspended => lead(Role::Leader),
            Stage::Committed => lead(Role::Finance),
            Stage::Paying => Holder::Bank,
            Stage::Returned => Holder::Applicant,
            Stage::Paid | Stage::Archived | Stage::Withdrawn | Stage::Declined | Stage::Refused | Stage::Terminated => Holder::Nobody,
        }
    }

    fn status(&self) -> Status {
        let lapsed = self.review.end.as_ref().is_some_and(|end| end.kind == EndKind::Lapsed);
        let late = self.waited_for().is_some_and(|clock| clock.term == Term::Correction);
        let (zh, en, zh_note, en_note) = match self.stage {
            Stage::Draft => ("草稿", "Draft", "尚未提交。请填好后在申报截止前提交。", "Not handed in yet. Please hand it in before the call closes."),
            Stage::Submitted => ("已提交，待受理", "Handed in", "牵头单位正在看材料是否齐全。", "The unit in charge looks whether everything is there."),
            Stage::Correcting if late => (
                "待您补正",
                "Waiting for your correction",
                "请按告知一次补齐；逾期未补，可能视为撤回。",
                "Please mend all that was named; else the case may count as withdrawn.",
            ),
            Stage::Correcting => ("待您补正", "Waiting for your correction", "请按告知一次补齐。", "Please mend all that was named."),
            Stage::Review(_) => ("审核中", "Under review", "已受理，正在审核。您无需操作。", "Accepted and under review. There is nothing for you to do."),
            Stage::Approved => ("已审定，待公示", "Decided", "金额已审定，将向社会公示。", "The amount is decided and will be shown to the public."),
            Stage::Noticed => ("公示中", "On public notice", "公示期内无异议即进入拨付。", "Without an objection it will be paid."),
            Stage::Disputed => ("异议核查中", "Under objection", "有人提出异议，正在核查。", "There is an objection, which is looked into."),
            Stage::Committed => ("待拨付", "To be paid", "公示结束，等待拨付。", "The notice is over; payment follows."),
            Stage::Paying => ("拨付中", "Being paid", "款项已交银行。", "The money is at the bank."),
            Stage::Returned => ("退汇，请更正账户", "Came back", "款项被退回，请更正收款账户。", "The money came back; please mend the account."),
            Stage::Paid => ("已到账", "Paid", "款项已到账。", "The money has arrived."),
            Stage::Archived => ("已办结", "Closed", "已归档。", "Closed and filed."),
            Stage::Withdrawn => ("已撤回", "Withdrawn", "您已撤回申报。", "You took the application back."),
            Stage::Declined => ("不予受理", "Not accepted", "理由见不予受理通知书。", "The notice says why."),
            Stage::Refused => ("不予支持", "Refused", "理由和救济途径见决定书。", "The decision says why, and what you may do against it."),
            Stage::Suspended => ("中止", "At rest", "审核暂停，恢复后继续计时。", "The review rests; its time does not run."),
            Stage::Terminated if lapsed => ("视为撤回", "Counts as withdrawn", "逾期未补正。", "The correction did not come in time."),
            Stage::Terminated => ("已终止", "Ended", "案件已终止，理由见通知。", "The case was ended; the notice says why."),
        };
        Status { label: Text::new(zh, en), note: Text::new(zh_note, en_note) }
    }
}

/// 顺延: it is not refused, and nothing is asked of the applicant.
fn carried_status(year: i32) -> Status {
    Status {
        label: Text::new(format!("顺延至{year}年"), format!("Carried over to {year}")),
        note: Text::new(
            format!("金额已核定，本年度资金已用完，按申报先后用{year}年的资金安排。您无需操作。"),
            format!("The amount is set; this year's money is used up, and {year}'s serves in the order of application. There is nothing for you to do."),
        ),
    }
}

fn step_status(kind: StepKind) -> Status {
    let (zh, en) = match kind {
        StepKind::Screening => ("初审", "Screening"),
        StepKind::Joint => ("联审", "Joint review"),
        StepKind::SiteCheck => ("现场核查", "Site check"),
        StepKind::Audit => ("专项审计", "Audit"),
        StepKind::Summary => ("牵头汇总", "Summary"),
        StepKind::Meeting => ("集体审议", "Meeting"),
        StepKind::Approval => ("审定", "Approval"),
    };
    Status { label: Text::new(zh, en), note: Text::new(format!("等待{zh}"), format!("waits for: {en}")) }
}
