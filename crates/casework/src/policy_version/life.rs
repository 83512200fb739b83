//! The life of a policy version: who was asked, what was reviewed, when it was issued, from when until when it is in force,
//! and the legal status of each clause. What was reviewed is named by its hash: a changed text has to be reviewed again.

use super::clause::ClauseChange;
use crate::case::Hand;
use crate::id::{CommentId, PolicyVersionId, UnitId, UserId};
use crate::recognition::RecognitionKind;
use crate::record::{Column, Key, Record, Table};
use crate::term::{Term, Terms};
use serde::{Deserialize, Serialize};
use values::{Date, Moment, WorkCalendar};

/// How far a version has come. Whether it is in force is a question of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PolicyStage {
    /// 起草: the only stage at which its files may change.
    Draft,
    /// 征询部门意见
    Consulting,
    /// 公开征求意见
    Inviting,
    /// 意见已反馈
    Answered,
    /// 公平竞争审查
    CompetitionReviewed,
    /// 合法性审核
    LegalityReviewed,
    /// 集体审议
    Resolved,
    /// 印发
    Issued,
}

impl PolicyStage {
    /// The name in tables and records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Consulting => "consulting",
            Self::Inviting => "inviting",
            Self::Answered => "answered",
            Self::CompetitionReviewed => "competition_reviewed",
            Self::LegalityReviewed => "legality_reviewed",
            Self::Resolved => "resolved",
            Self::Issued => "issued",
        }
    }
}

/// What a unit thinks of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// 无意见
    Agrees,
    /// 有修改意见
    WantsChanges,
}

/// A unit that was asked, and what it said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct UnitView {
    /// The unit.
    pub unit: UnitId,
    /// Its view and words, once it gave them.
    pub said: Option<(View, String)>,
}

/// A review that has to be there before a version is issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Review {
    /// Number of its document.
    pub number: String,
    /// Day.
    pub on: Date,
    /// Whether the text passed.
    pub passed: bool,
    /// What it came to.
    pub conclusion: String,
    /// Hash of the text that was reviewed.
    pub scheme_hash: String,
}

/// How a version was issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Issue {
    /// Number of the document (文号).
    pub number: String,
    /// Day of issuing (印发).
    pub on: Date,
    /// First day in force (施行).
    pub effective: Date,
    /// Last day in force, where one is set (有效期).
    pub until: Option<Date>,
}

/// Why a version ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// 修订: another version took its place.
    Amended(PolicyVersionId),
    /// 废止, by this instrument.
    Repealed(String),
}

/// The end of a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Ended {
    /// First day on which it is not in force.
    pub on: Date,
    /// Why.
    pub by: Ending,
}

/// What is due after issuing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DutyKind {
    /// 事项清单
    ItemList,
    /// 工作手册
    Manual,
    /// 申报指南
    Guide,
}

/// Something due after issuing, and the day it was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Duty {
    /// What.
    pub kind: DutyKind,
    /// Until when.
    pub due: Term,
    /// Day and document, once done.
    pub done: Option<(Date, String)>,
}

/// The life of a policy version; its id is that of the version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct PolicyLife {
    /// Id of the version.
    pub id: PolicyVersionId,
    /// Unit in charge of it (牵头): that of who drafted it.
    pub lead: UnitId,
    /// How far it has come.
    pub stage: PolicyStage,
    /// Hash of each text it had as a draft, and since when; the last is the one at hand.
    pub texts: Vec<(Moment, String)>,
    /// Units that were asked.
    pub units: Vec<UnitView>,
    /// Time the units have.
    pub units_until: Option<Term>,
    /// Time the public has, and the rule that it rests on.
    pub invitation: Option<(Term, String)>,
    /// When the answers to comments were published.
    pub released: Option<Moment>,
    /// Why the public was not asked.
    pub waived: Option<String>,
    /// 公平竞争审查
    pub competition: Option<Review>,
    /// 合法性审核
    pub legality: Option<Review>,
    /// 集体审议: number of the minutes, day, hash of the text.
    pub resolution: Option<(String, Date, String)>,
    /// 印发
    pub issue: Option<Issue>,
    /// 修订, 废止
    pub ended: Option<Ended>,
    /// Changes of the status of clauses, in the order they were made.
    pub clauses: Vec<ClauseChange>,
    /// Facts that a recognition alone proves, with its kind.
    pub recognised: Vec<(String, RecognitionKind)>,
    /// What is due after issuing.
    pub duties: Vec<Duty>,
    /// Who did what.
    pub hands: Vec<Hand>,
}

/// Why an act on a policy version is refused, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyRefusal {
    /// Not at this stage.
    #[error("the policy version is {}, so this cannot be done", stage.name())]
    Stage {
        /// Where it is.
        stage: PolicyStage,
    },
    /// Would check their own work.
    #[error("the person who did {act} may not do this as well")]
    FourEyes {
        /// What the person did before.
        act: String,
    },
    /// A document that says too little.
    #[error("{missing} is missing")]
    Incomplete {
        /// What is missing.
        missing: &'static str,
    },
    /// The unit was not asked, or answered before.
    #[error("this unit was not asked, or has answered")]
    NotAsked,
    /// Units or the public may still say something.
    #[error("views may be given until {until}")]
    StillOpen {
        /// Last day.
        until: Date,
    },
    /// The time for comments is over, or did not begin.
    #[error("the draft is not open for comments")]
    NotOpen,
    /// A comment on something that is not there.
    #[error("the draft has no such clause or sentence: {anchor}")]
    Anchor {
        /// What it named.
        anchor: String,
    },
    /// The answer is published.
    #[error("the answer to comment {comment} is published")]
    Answered {
        /// The comment.
        comment: CommentId,
    },
    /// Comments without an answer.
    #[error("{comments} comments have no answer yet")]
    Unanswered {
        /// How many.
        comments: usize,
    },
    /// A review that is missing, was of another text, or failed.
    #[error("this text has not passed the {review} review")]
    NotReviewed {
        /// Which review.
        review: &'static str,
    },
    /// In force before it is issued, or over before it begins.
    #[error("a policy is issued today or before, then comes into force, then ends")]
    Dates,
    /// No such clause.
    #[error("the policy has no clause {clause}")]
    UnknownClause {
        /// The clause.
        clause: String,
    },
    /// Not due, or done before.
    #[error("this is not due, or was done before")]
    NotDue,
    /// The version is not in force.
    #[error("policy version {version} is not in force on {on}")]
    NotInForce {
        /// The version.
        version: PolicyVersionId,
        /// The day.
        on: Date,
    },
    /// The clause is not in force.
    #[error("clause {clause} is not in force since {since} ({instrument})")]
    ClauseNotInForce {
        /// The clause.
        clause: String,
        /// Since when.
        since: Date,
        /// By which document.
        instrument: String,
    },
}

fn blank(text: &str) -> bool {
    text.trim().is_empty()
}

pub(super) fn must(text: &str, missing: &'static str) -> Result<(), PolicyRefusal> {
    if blank(text) { Err(PolicyRefusal::Incomplete { missing }) } else { Ok(()) }
}

impl PolicyLife {
    /// The life of a version that was just drafted.
    #[must_use]
    pub fn draft(id: PolicyVersionId, lead: UnitId, scheme_hash: &str, at: Moment, by: &UserId) -> Self {
        Self {
            id,
            lead,
            stage: PolicyStage::Draft,
            texts: vec![(at, scheme_hash.to_owned())],
            units: Vec::new(),
            units_until: None,
            invitation: None,
            released: None,
            waived: None,
            competition: None,
            legality: None,
            resolution: None,
            issue: None,
            ended: None,
            clauses: Vec::new(),
            recognised: Vec::new(),
            duties: Vec::new(),
            hands: vec![Hand { act: "registry.load_policy".to_owned(), user: by.clone(), at }],
        }
    }

    /// Goes on, if it is at one of these stages. Errors: [`PolicyRefusal::Stage`].
    pub fn at(&self, stages: &[PolicyStage]) -> Result<(), PolicyRefusal> {
        if stages.contains(&self.stage) { Ok(()) } else { Err(PolicyRefusal::Stage { stage: self.stage }) }
    }

    /// Notes who did an act, unless the same person did one that must not be the same hand. Errors: four eyes.
    pub fn by(&mut self, act: &str, user: &UserId, at: Moment, never_after: &[&str]) -> Result<(), PolicyRefusal> {
        if let Some(hand) = self.hands.iter().find(|hand| hand.user == *user && never_after.contains(&hand.act.as_str())) {
            return Err(PolicyRefusal::FourEyes { act: hand.act.clone() });
        }
        self.hands.push(Hand { act: act.to_owned(), user: user.clone(), at });
        Ok(())
    }

    /// The hash of the text at hand.
    #[must_use]
    pub fn text(&self) -> &str {
        self.texts.last().map_or("", |(_, hash)| hash.as_str())
    }

    /// Another text of a draft.
    pub fn revise(&mut self, scheme_hash: &str, at: Moment) -> Result<(), PolicyRefusal> {
        self.at(&[PolicyStage::Draft])?;
        self.texts.push((at, scheme_hash.to_owned()));
        Ok(())
    }

    /// 征询部门意见
    pub fn consult(&mut self, units: &[UnitId], term: Term) -> Result<(), PolicyRefusal> {
        self.at(&[PolicyStage::Draft])?;
        if units.is_empty() {
            return Err(PolicyRefusal::Incomplete { missing: "a unit" });
        }
        self.units = units.iter().map(|unit| UnitView { unit: unit.clone(), said: None }).collect();
        self.units_until = Some(term);
        self.stage = PolicyStage::Consulting;
        Ok(())
    }

    /// The view of a unit.
    pub fn reply(&mut self, unit: &UnitId, view: View, words: &str) -> Result<(), PolicyRefusal> {
        self.at(&[PolicyStage::Consulting])?;
        if view == View::WantsChanges {
            must(words, "what is to be changed")?;
        }
        let asked = self.units.iter_mut().find(|asked| asked.unit == *unit && asked.said.is_none()).ok_or(PolicyRefusal::NotAsked)?;
        asked.said = Some((view, words.to_owned()));
        Ok(())
    }

    /// 公开征求意见, once every unit answered or its time is over.
    pub fn invite(&mut self, term: Term, basis: &str) -> Result<(), PolicyRefusal> {
        self.at(&[PolicyStage::Draft, PolicyStage::Consulting])?;
        must(basis, "the rule the period rests on")?;
        let waiting = self.units.iter().any(|unit| unit.said.is_none());
        if let Some(until) = self.units_until.as_ref().filter(|units| waiting && !units.is_over(term.from)).map(|units| units.last) {
            return Err(PolicyRefusal::StillOpen { until });
        }
        self.invitation = Some((term, basis.to_owned()));
        self.released = None;
        self.stage = PolicyStage::Inviting;
        Ok(())
    }

    /// Whether a comment may be given on a day.
    pub fn may_comment(&self, today: Date) -> Result<(), PolicyRefusal> {
        let open = self.invitation.as_ref().is_some_and(|(term, _)| !term.is_over(today));
        if self.stage == PolicyStage::Inviting && open { Ok(()) } else { Err(PolicyRefusal::NotOpen) }
    }

    /// 意见反馈, once the time for comments is over; the answers themselves are checked by [`super::release`].
    pub fn release(&mut self, at: Moment) -> Result<(), PolicyRefusal> {
        self.at(&[PolicyStage::Inviting])?;
        if let Some(until) = self.invitation.as_ref().filter(|(term, _)| !term.is_over(at.date())).map(|(term, _)| term.last) {
            return Err(PolicyRefusal::StillOpen { until });
        }
        self.released = Some(at);
        self.stage = PolicyStage::Answered;
        Ok(())
    }

    /// Notes why the public is not asked.
    pub fn waive(&mut self, reason: &str) -> Result<(), PolicyRefusal> {
        self.at(&[PolicyStage::Draft, PolicyStage::Consulting])?;
        must(reason, "the reason")?;
        self.waived = Some(reason.to_owned());
        Ok(())
    }

    /// Back to a draft. Comments and answers stay, reviews are of the text they name.
    pub fn redraft(&mut self, reason: &str) -> Result<(), PolicyRefusal> {
        let open = self.stage != PolicyStage::Draft && self.stage != PolicyStage::Issued;
        if !open || (self.stage == PolicyStage::Inviting) {
            return Err(PolicyRefusal::Stage { stage: self.stage });
        }
        must(reason, "the reason")?;
        self.stage = PolicyStage::Draft;
        Ok(())
    }

    /// 公平竞争审查. The public was heard before, or need not be.
    pub fn review_competition(&mut self, review: Review) -> Result<(), PolicyRefusal> {
        self.at(&[PolicyStage::Draft, PolicyStage::Consulting, PolicyStage::Answered])?;
        check_review(&review)?;
        if self.released.is_none() && self.waived.is_none() {
            return Err(PolicyRefusal::Stage { stage: self.stage });
        }
        // A text that failed goes back to its drafter.
        self.stage = if review.passed { PolicyStage::CompetitionReviewed } else { PolicyStage::Draft };
        self.competition = Some(review);
        Ok(())
    }

    /// 合法性审核
    pub fn review_legality(&mut self, review: Review) -> Result<(), PolicyRefusal> {
        self.at(&[PolicyStage::CompetitionReviewed])?;
        check_review(&review)?;
        self.stage = if review.passed { PolicyStage::LegalityReviewed } else { PolicyStage::Draft };
        self.legality = Some(review);
        Ok(())
    }

    /// 集体审议
    pub fn resolve(&mut self, minutes: &str, on: Date) -> Result<(), PolicyRefusal> {
        self.at(&[PolicyStage::LegalityReviewed])?;
        must(minutes, "the number of the minutes")?;
        self.resolution = Some((minutes.to_owned(), on, self.text().to_owned()));
        self.stage = PolicyStage::Resolved;
        Ok(())
    }

    /// 印发. Both reviews and the decision are of this very text.
    pub fn publish(&mut self, issue: &Issue, today: Date, calendar: &WorkCalendar) -> Result<(), PolicyRefusal> {
        self.at(&[PolicyStage::Resolved])?;
        must(&issue.number, "the number of the document")?;
        let of_this = |review: &Option<Review>| review.as_ref().is_some_and(|review| review.passed && review.scheme_hash == self.text());
        if !of_this(&self.competition) {
            return Err(PolicyRefusal::NotReviewed { review: "fair competition" });
        }
        if !of_this(&self.legality) {
            return Err(PolicyRefusal::NotReviewed { review: "legality" });
        }
        if self.resolution.as_ref().is_none_or(|(_, _, hash)| hash != self.text()) {
            return Err(PolicyRefusal::NotReviewed { review: "collective" });
        }
        if issue.on > today || issue.effective < issue.on || issue.until.is_some_and(|until| until < issue.effective) {
            return Err(PolicyRefusal::Dates);
        }
        let duty = |kind| Duty { kind, due: Term::new(calendar, issue.on, crate::call::Period::WorkingDays(7)), done: None };
        self.duties = [DutyKind::ItemList, DutyKind::Manual, DutyKind::Guide].map(duty).to_vec();
        self.issue = Some(issue.clone());
        self.stage = PolicyStage::Issued;
        Ok(())
    }

    /// 修订, 废止. Ends only once, and not before it began.
    pub fn end(&mut self, on: Date, by: Ending) -> Result<(), PolicyRefusal> {
        self.at(&[PolicyStage::Issued])?;
        if let Ending::Repealed(instrument) = &by {
            must(instrument, "the instrument")?;
        }
        if self.ended.is_some() || self.issue.as_ref().is_none_or(|issue| on <= issue.effective) {
            return Err(PolicyRefusal::Dates);
        }
        self.ended = Some(Ended { on, by });
        Ok(())
    }

    /// Notes that a duty was done.
    pub fn done(&mut self, kind: DutyKind, on: Date, document: &str, today: Date) -> Result<(), PolicyRefusal> {
        self.at(&[PolicyStage::Issued])?;
        must(document, "the document")?;
        if on > today || self.issue.as_ref().is_none_or(|issue| on < issue.on) {
            return Err(PolicyRefusal::Dates);
        }
        let duty = self.duties.iter_mut().find(|duty| duty.kind == kind && duty.done.is_none()).ok_or(PolicyRefusal::NotDue)?;
        duty.done = Some((on, document.to_owned()));
        Ok(())
    }

    /// Whether the version is in force on a day (生效).
    #[must_use]
    pub fn in_force(&self, on: Date) -> bool {
        let within = |issue: &Issue| issue.effective <= on && issue.until.is_none_or(|until| on <= until);
        self.issue.as_ref().is_some_and(within) && self.ended.as_ref().is_none_or(|ended| on < ended.on)
    }

    /// Whether a call may run it: it is in force today, or was on the day on which the call judges facts.
    pub fn may_run(&self, today: Date, as_of: Date) -> Result<(), PolicyRefusal> {
        let begun = self.issue.as_ref().is_some_and(|issue| issue.effective <= today);
        if begun && (self.in_force(today) || self.in_force(as_of)) { Ok(()) } else { Err(PolicyRefusal::NotInForce { version: self.id.clone(), on: today }) }
    }
}

fn check_review(review: &Review) -> Result<(), PolicyRefusal> {
    must(&review.number, "the number of the review")?;
    must(&review.conclusion, "the conclusion of the review")
}

impl Record for PolicyLife {
    const TABLE: &'static Table = &Table {
        name: "policy_life",
        meaning: "政策版本的生命周期",
        columns: &[Column::text("stage", "how far it has come"), Column::number("provisional", "1 where a term meets a year without a calendar")],
        changes: true,
    };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        let terms = self.units_until.iter().chain(self.invitation.iter().map(|(term, _)| term)).chain(self.duties.iter().map(|duty| &duty.due));
        let provisional = terms.into_iter().any(|term| term.provisional);
        vec![self.stage.name().into(), i64::from(provisional).into()]
    }
}

impl Terms for PolicyLife {
    fn terms(&mut self) -> Vec<(&'static str, &mut Term)> {
        let units = self.units_until.iter_mut().map(|term| ("units", term));
        let public = self.invitation.iter_mut().map(|(term, _)| ("comments", term));
        let duties = self.duties.iter_mut().map(|duty| {
            let name = match duty.kind {
                DutyKind::ItemList => "item_list",
                DutyKind::Manual => "manual",
                DutyKind::Guide => "guide",
            };
            (name, &mut duty.due)
        });
        units.chain(public).chain(duties).collect()
    }
}
