//! Taking a case in, or not.

use super::exit::EndKind;
use super::{Case, CaseRefusal, Sitting, Stage};
use crate::refusal::Named;

impl Case {
    /// Takes the case in (受理): it goes to the first step of its call. Errors: stage, four eyes.
    pub fn accept(&mut self, sitting: &Sitting<'_>) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            case.go_on(None, sitting);
            Ok(())
        })
    }

    /// Does not take it in (不予受理), and says why. Errors: no reason.
    pub fn decline(&mut self, sitting: &Sitting<'_>, reason: &str) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            given(Named::REASON, reason)?;
            case.close(sitting, Stage::Declined, EndKind::Declined, reason, None);
            Ok(())
        })
    }
}

/// Words that must not be empty. Errors: [`CaseRefusal::Empty`].
pub(super) fn given(what: Named, words: &str) -> Result<(), CaseRefusal> {
    if words.trim().is_empty() { Err(CaseRefusal::Empty { what }) } else { Ok(()) }
}
