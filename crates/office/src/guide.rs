//! Application guides: issued, named by a call, frozen in a determination.

use crate::desk::Desk;
use crate::{Outcome, Stop};
use casework::authority::Standing;
use casework::call::Call;
use casework::guide::{Guide, GuideAct, GuideRefusal, GuideUsed};
use casework::policy_version::{DutyKind, PolicyLife};

pub(crate) async fn act(desk: &mut Desk<'_>, act: &GuideAct) -> Result<Outcome, Stop> {
    match act {
        GuideAct::Issue { guide } => issue(desk, guide).await,
    }
}

async fn issue(desk: &mut Desk<'_>, guide: &Guide) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.is_about::<Guide>(&guide.id);
    let today = desk.context.now.date();
    desk.must_be_new::<Guide>(guide.id.as_str()).await?;
    let mut life: PolicyLife = desk.must_get(guide.policy.as_str()).await?;
    guide.check(today)?;
    let loaded = desk.loaded(&guide.policy).await?;
    let strange = |clause: &String| loaded.scheme.clause_named(clause).is_none();
    if let Some(definition) = guide.definitions.iter().find(|definition| definition.clause.as_ref().is_some_and(strange)) {
        return Err(GuideRefusal::Definition { term: definition.term.clone() }.into());
    }
    if let Some(before) = &guide.replaces {
        let before: Guide = desk.must_peek(before.as_str()).await?;
        if before.policy != guide.policy {
            return Err(GuideRefusal::NotUsable { guide: before.id }.into());
        }
    }
    desk.work.save(&Guide { entered: Some(desk.context.now), ..guide.clone() }).await?;
    // The first guide after issuing is what was due within seven working days.
    if life.done(DutyKind::Guide, guide.on, &guide.number, today).is_ok() {
        desk.work.save(&life).await?;
    }
    Ok(Outcome::Done)
}

impl Desk<'_> {
    /// Whether a call may use the guide it names.
    pub(crate) async fn may_use_guide(&mut self, call: &Call) -> Result<(), Stop> {
        if let Some(id) = &call.guide {
            let guide: Guide = self.must_peek(id.as_str()).await?;
            guide.may_serve(&call.version, self.context.now.date())?;
        }
        Ok(())
    }

    /// The guide of a call, as a determination freezes it.
    pub(crate) async fn guide_used(&mut self, call: &Call) -> Result<Option<GuideUsed>, Stop> {
        match &call.guide {
            Some(id) => {
                let guide: Guide = self.must_peek(id.as_str()).await?;
                Ok(Some(GuideUsed { id: guide.id, digest: guide.digest }))
            }
            None => Ok(None),
        }
    }
}
