//! A determination computed again from what is frozen in it: whether the same comes out, each clause explained down to the words
//! it rests on, and what the register and the rules say otherwise today.

use crate::assess::{Assessed, assessed, compile, repeat};
use crate::walk::{Words, words};
use crate::{Loaded, Office};
use casework::Key;
use casework::determination::Determination;
use casework::organisation::{Changed, Organisation, Shop, Snapshot};
use casework::policy_version::{PolicyLife, PolicyStage, PolicyVersion};
use policy::explain::Explanation;
use std::sync::Arc;
use store::{StoreError, Work};
use values::{Date, Lang};

/// A determination computed again.
pub struct Proven {
    /// The policy version that was applied; none if it is not there or does not compile.
    pub loaded: Option<Arc<Loaded>>,
    /// Why the same does not come out; none if it does.
    pub differs: Option<String>,
    /// What comes out.
    assessed: Option<Assessed>,
}

impl Office {
    /// A policy version, compiled; none if it is not there or does not compile. Over the connection at hand: an answer that held
    /// one and waited for another would wait for ever once all are held so.
    pub async fn compiled(&self, work: &mut Work, id: &str) -> Result<Option<Arc<Loaded>>, StoreError> {
        if let Some(loaded) = self.loaded.lock().ok().and_then(|loaded| loaded.get(id).cloned()) {
            return Ok(Some(loaded));
        }
        let Some(version) = work.peek::<PolicyVersion>(id).await? else { return Ok(None) };
        let issued = work.peek::<PolicyLife>(id).await?.is_some_and(|life| life.stage == PolicyStage::Issued);
        let Some(loaded) = compile(&version).ok().map(Arc::new) else { return Ok(None) };
        // A draft may get other files; what is issued never does.
        if let Some(mut all) = self.loaded.lock().ok().filter(|_| issued) {
            all.insert(id.to_owned(), Arc::clone(&loaded));
        }
        Ok(Some(loaded))
    }

    /// The version of a policy by which a case would be judged today, where it is another than the one given.
    pub async fn newer(&self, work: &mut Work, applied: &Loaded, today: Date) -> Result<Option<Arc<Loaded>>, StoreError> {
        let lives: Vec<PolicyLife> = work.every().await?;
        for life in lives.into_iter().filter(|life| life.stage == PolicyStage::Issued && life.ended.as_ref().is_none_or(|ended| today < ended.on)) {
            let Some(loaded) = self.compiled(work, life.id.as_str()).await? else { continue };
            if loaded.scheme.policy.id == applied.scheme.policy.id && loaded.version.id != applied.version.id {
                return Ok(Some(loaded));
            }
        }
        Ok(None)
    }

    /// Computes a determination again, with the policy version as it is kept.
    pub async fn proven(&self, work: &mut Work, determination: &Determination) -> Result<Proven, StoreError> {
        let version: Option<PolicyVersion> = work.peek(determination.version.as_str()).await?;
        let Some(version) = version else {
            return Ok(Proven { loaded: None, differs: Some(format!("there is no policy version {}", determination.version)), assessed: None });
        };
        let known = self.loaded.lock().ok().and_then(|all| all.get(version.id.as_str()).cloned()).filter(|known| known.version == version);
        let loaded = match known.map_or_else(|| compile(&version).map(Arc::new), Ok) {
            Ok(loaded) => loaded,
            Err(why) => return Ok(Proven { loaded: None, differs: Some(why), assessed: None }),
        };
        let differs = repeat(&loaded.scheme, determination).err();
        let application = serde_json::from_str(&determination.application).map_err(|why: serde_json::Error| why.to_string());
        let assessed = application.and_then(|application| assessed(&loaded.scheme, &application)).ok();
        Ok(Proven { loaded: Some(loaded), differs, assessed })
    }

    /// What the register says otherwise today than it did when a determination was made; none if no register was frozen with it.
    pub async fn register_since(&self, work: &mut Work, determination: &Determination) -> Result<Option<Vec<Changed>>, StoreError> {
        let Some(frozen) = work.peek::<Snapshot>(determination.id.as_str()).await? else { return Ok(None) };
        let Some(now) = work.peek::<Organisation>(determination.organisation.as_str()).await? else { return Ok(None) };
        let shops: Vec<Shop> = work.list("organisation_id", &Key::from(now.id.as_str())).await?;
        Ok(Some(frozen.difference(&now, &shops)))
    }
}

impl Proven {
    /// Why a clause came out as it did.
    #[must_use]
    pub fn explanation(&self, clause: &str, lang: Lang) -> Option<Explanation<'_>> {
        let (loaded, assessed) = self.loaded.as_ref().zip(self.assessed.as_ref())?;
        let scheme = &loaded.scheme;
        let result = assessed.assessment.clauses.iter().find(|result| scheme.clause(result.clause).is_some_and(|c| c.id == clause))?;
        Some(policy::explain::of(scheme, &assessed.application, &assessed.assessment, result, lang))
    }

    /// The words of a clause with their places.
    #[must_use]
    pub fn words(&self, clause: &str) -> Vec<Words> {
        self.loaded.as_ref().map(|loaded| words(&loaded.scheme, &loaded.version, clause)).unwrap_or_default()
    }

    /// What a clause is called.
    #[must_use]
    pub fn title(&self, clause: &str) -> &str {
        let known = self.loaded.as_ref().and_then(|loaded| loaded.scheme.clauses.iter().find(|known| known.id == clause));
        known.map_or("", |known| known.title.as_str())
    }
}
