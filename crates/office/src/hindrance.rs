//! What stands outside of a case and hinders it: a version or clause that is not in force, a bar by a clawback, a claim
//! that no recognition proves. Asked when a call is prepared and opened, an application handed in, a case determined.

use crate::Stop;
use crate::desk::Desk;
use casework::Key;
use casework::Refusal;
use casework::call::Call;
use casework::case::Case;
use casework::id::PolicyVersionId;
use casework::policy_version::PolicyLife;
use casework::recognition::{Recognition, RecognitionRefusal, Unproven, recognised};

impl Desk<'_> {
    /// The life of a policy version, for reading.
    pub(crate) async fn life(&mut self, id: &PolicyVersionId) -> Result<PolicyLife, Stop> {
        self.must_peek(id.as_str()).await
    }

    /// Whether a call may run its version, and all its clauses are in force.
    pub(crate) async fn may_run(&mut self, call: &Call) -> Result<(), Stop> {
        let today = self.context.now.date();
        let life = self.life(&call.version).await?;
        life.may_run(today, call.as_of)?;
        for clause in &call.clauses {
            life.clause_in_force(clause, today)?;
        }
        Ok(())
    }

    /// Whether an application may be handed in: no bar, its clauses in force, its claims proven.
    pub(crate) async fn may_apply(&mut self, call: &Call, case: &Case) -> Result<(), Stop> {
        let today = self.context.now.date();
        self.not_barred(&case.organisation).await?;
        let life = self.life(&call.version).await?;
        for claim in &case.claims {
            life.clause_in_force(&claim.clause, today)?;
        }
        self.must_be_proven(&life, call, case).await
    }

    /// Whether a case may be determined: its clauses in force, or their rule for pending cases lets it go on; its claims
    /// still proven, for a recognition may have been revoked meanwhile.
    pub(crate) async fn may_determine(&mut self, call: &Call, case: &Case) -> Result<(), Stop> {
        let today = self.context.now.date();
        let life = self.life(&call.version).await?;
        for claim in &case.claims {
            life.clause_for_pending(&claim.clause, today)?;
        }
        self.must_be_proven(&life, call, case).await
    }

    async fn must_be_proven(&mut self, life: &PolicyLife, call: &Call, case: &Case) -> Result<(), Stop> {
        let unproven = self.unproven(life, call, case).await?;
        if unproven.is_empty() {
            return Ok(());
        }
        Err(RecognitionRefusal::Unproven { facts: unproven.into_iter().map(|unproven| unproven.fact).collect() }.into())
    }

    /// The facts that an application claims and no recognition proves on the day on which the call judges facts.
    async fn unproven(&mut self, life: &PolicyLife, call: &Call, case: &Case) -> Result<Vec<Unproven>, Stop> {
        if life.recognised.is_empty() {
            return Ok(Vec::new());
        }
        let loaded = self.loaded(&call.version).await?;
        let (read, _) = policy::input::read(&loaded.scheme, &policy::input::Raw::from(&case.application), policy::input::Defaults::default());
        let read = read.ok_or_else(|| Refusal::Input(format!("the application of case {} cannot be read", case.id)))?;
        let all: Vec<Recognition> = self.work.list("organisation_id", &Key::from(case.organisation.as_str())).await?;
        Ok(recognised(&life.recognised, &loaded.scheme, &read, &all, call.as_of))
    }
}
