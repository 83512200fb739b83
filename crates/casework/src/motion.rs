//! Motions (提请): what one person asks for and a second one confirms before it takes effect. A motion holds the act as it was
//! asked; the noun that is changed has an act of its own to confirm it, and decides everything anew then.

use crate::act::Act;
use crate::id::{CaseId, MotionId, UserId};
use crate::record::{Column, Key, Record, Table};
use crate::refusal::words;
use serde::{Deserialize, Serialize};
use values::Moment;

/// An act that waits for a second pair of eyes (提请).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Motion {
    /// Id.
    pub id: MotionId,
    /// Case it is about, where it is about one.
    pub case: Option<CaseId>,
    /// The act as it was asked.
    pub asks: Act,
    /// What of the thing to be changed it rests on. If that is another by now, the motion is no longer the one that was made.
    pub rests_on: String,
    /// Who asked.
    pub by: UserId,
    /// When.
    pub at: Moment,
    /// Who confirmed it, and when.
    pub confirmed: Option<(UserId, Moment)>,
}

/// Why a motion is not confirmed, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MotionRefusal {
    /// It asks for another act, or about another thing.
    #[error("motion {motion} asks for something else ({act})")]
    Other {
        /// The motion.
        motion: MotionId,
        /// What it asks for.
        act: &'static str,
    },
    /// It was confirmed before.
    #[error("motion {motion} is confirmed already")]
    Confirmed {
        /// The motion.
        motion: MotionId,
    },
    /// Who asked would confirm.
    #[error("who asked for it does not confirm it")]
    FourEyes,
    /// What it rests on changed since.
    #[error("what motion {motion} rests on was changed since: ask for it again")]
    Stale {
        /// The motion.
        motion: MotionId,
    },
}

words! {
    MotionRefusal
    "motion.other" Other { motion, act } => format!("提请 {motion} 所提请的是其他事项（{}），请核对提请编号。", Act::title_of(act));
    "motion.confirmed" Confirmed { motion } => format!("提请 {motion} 已经确认，无需重复办理。");
    "motion.four_eyes" FourEyes => "该事项由您提请，按照四眼原则不能由您确认，请转由其他人员确认。";
    "motion.stale" Stale { motion } => format!("提请 {motion} 所依据的内容此后已有变动，请重新提请。");
}

impl Motion {
    /// The act that confirms it; none: nothing that is asked for so. Who may do that act may confirm it.
    #[must_use]
    pub const fn confirmed_by(&self) -> Option<&'static str> {
        match self.asks {
            Act::Determination(_) => Some("determination.confirm_amendment"),
            Act::Instalment(_) => Some("instalment.confirm_test"),
            Act::History(_) => Some("history.confirm"),
            Act::Recovery(_) => Some("recovery.confirm_amendment"),
            _ => None,
        }
    }

    /// Confirms it.
    ///
    /// Errors, in order: confirmed before, by the person who asked, what it rests on is another by now.
    pub fn confirm(&mut self, by: &UserId, at: Moment, rests_on: &str) -> Result<(), MotionRefusal> {
        if self.confirmed.is_some() {
            return Err(MotionRefusal::Confirmed { motion: self.id.clone() });
        }
        if self.by == *by {
            return Err(MotionRefusal::FourEyes);
        }
        if self.rests_on != rests_on {
            return Err(MotionRefusal::Stale { motion: self.id.clone() });
        }
        self.confirmed = Some((by.clone(), at));
        Ok(())
    }

    /// That it asks for something else than is to be confirmed.
    #[must_use]
    pub fn other(&self) -> MotionRefusal {
        MotionRefusal::Other { motion: self.id.clone(), act: self.asks.name() }
    }
}

impl Record for Motion {
    const TABLE: &'static Table = &Table {
        name: "motion",
        meaning: "提请",
        columns: &[Column::text("case_id", "case it is about"), Column::text("proposed_by", "who asked"), Column::number("open", "1 until it is confirmed")],
        changes: true,
    };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        let case = self.case.as_ref().map(CaseId::as_str);
        vec![case.into(), self.by.as_str().into(), i64::from(self.confirmed.is_none()).into()]
    }
}
