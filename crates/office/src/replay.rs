//! Looking back: every determination computed again from what was frozen with it, and what the register says otherwise now.

use crate::assess::{assessed, compile};
use crate::{Office, Stop};
use casework::determination::Determination;
use casework::organisation::{Changed, Organisation, Shop, Snapshot};
use casework::policy_version::PolicyVersion;
use casework::{Key, Refusal};
use serde_json::Value;

/// A determination computed again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// Its id.
    pub determination: String,
    /// Whether the same bytes came out.
    pub same: bool,
    /// What came out instead, or why nothing did.
    pub instead: Option<String>,
}

impl Replayed {
    /// Computes a determination again with the policy version it names. Nothing but what is frozen goes in.
    #[must_use]
    pub fn of(determination: &Determination, version: &PolicyVersion) -> Self {
        let again = || {
            let loaded = compile(version)?;
            if loaded.scheme.hash != determination.scheme_hash {
                return Err(format!("the version compiles to {}, not to {}", loaded.scheme.hash, determination.scheme_hash));
            }
            let application: Value = serde_json::from_str(&determination.application).map_err(|why| why.to_string())?;
            assessed(&loaded.scheme, &application).map(|assessed| assessed.result)
        };
        let (same, instead) = match again() {
            Ok(result) if result == determination.assessment => (true, None),
            Ok(other) | Err(other) => (false, Some(other)),
        };
        Self { determination: determination.id.to_string(), same, instead }
    }
}

impl Office {
    /// All determinations of a year, computed again.
    pub async fn replay(&self, year: i32) -> Result<Vec<Replayed>, Stop> {
        let mut work = self.store().begin().await?;
        let mut out = Vec::new();
        for determination in work.list::<Determination>("year", &Key::from(year)).await? {
            let version = determination.version.as_str();
            let version: Option<PolicyVersion> = work.peek(version).await?;
            let version = version.ok_or_else(|| Refusal::Unknown { what: "policy_version", id: determination.version.to_string() })?;
            out.push(Replayed::of(&determination, &version));
        }
        Ok(out)
    }

    /// What the register says otherwise now than when a determination was made. Errors: nothing was frozen under this id.
    pub async fn registry_difference(&self, determination: &str) -> Result<Vec<Changed>, Stop> {
        let mut work = self.store().begin().await?;
        let unknown = |what: &'static str| Refusal::Unknown { what, id: determination.to_owned() };
        let frozen: Snapshot = work.peek(determination).await?.ok_or_else(|| unknown("registry_snapshot"))?;
        let now: Organisation = work.peek(frozen.of().as_str()).await?.ok_or_else(|| unknown("organisation"))?;
        let shops: Vec<Shop> = work.list("organisation_id", &Key::from(frozen.of().as_str())).await?;
        Ok(frozen.difference(&now, &shops))
    }
}
