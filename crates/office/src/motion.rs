//! Motions: what one person asks for is kept, and done when a second one confirms it. Each noun confirms its own.

use crate::desk::Desk;
use crate::{Outcome, Stop};
use casework::Act;
use casework::id::{CaseId, MotionId};
use casework::motion::Motion;

impl Desk<'_> {
    /// Keeps an act that waits for a second person.
    pub(crate) async fn propose(&mut self, id: &MotionId, case: Option<&CaseId>, asks: Act, rests_on: String) -> Result<Outcome, Stop> {
        self.must_be_new::<Motion>(id.as_str()).await?;
        let (by, at) = (self.context.user.clone(), self.context.now);
        self.work.save(&Motion { id: id.clone(), case: case.cloned(), asks, rests_on, by, at, confirmed: None }).await?;
        Ok(Outcome::Proposed)
    }

    /// Confirms a motion, if what it rests on is as it was.
    pub(crate) async fn confirm(&mut self, mut motion: Motion, rests_on: &str) -> Result<(), Stop> {
        motion.confirm(&self.context.user, self.context.now, rests_on)?;
        self.work.save(&motion).await?;
        Ok(())
    }
}
