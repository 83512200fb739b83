//! What the register has of the own enterprise (一企一档), and awards that are offered to it without application (免申即享).

use super::Reading;
use super::own::OwnCall;
use crate::Stop;
use crate::assess::awarded;
use crate::desk::{unknown, unknown_in};
use crate::earned::Earned;
use crate::history::old_awards;
use casework::Record;
use casework::history::EarlierAward;
use casework::id::{AccountId, CaseId, MatchListId};
use casework::matching::{EntryState, FactSource, MatchEntry, MatchList};
use casework::organisation::{Account, AccountEntry, FormerName, Organisation, Shop};
use casework::people::Unit;
use casework::recognition::Recognition;
use policy::scheme::Scheme;
use serde_json::Value;
use values::{Date, Fen, Moment};

/// An account as it was entered.
#[derive(Clone, Debug)]
pub struct OwnAccount {
    /// Id.
    pub id: AccountId,
    /// The account.
    pub account: Account,
    /// From which day on it is used.
    pub from: Date,
    /// Paper it stands in.
    pub source: String,
    /// When it was entered.
    pub at: Moment,
    /// When it was verified.
    pub verified: Option<Moment>,
    /// Whether payments go there.
    pub is_used: bool,
}

/// Everything the register has of the own enterprise.
#[derive(Clone, Debug)]
pub struct OwnFile {
    /// The enterprise.
    pub organisation: Organisation,
    /// Accounts, the latest first.
    pub accounts: Vec<OwnAccount>,
    /// Shops.
    pub shops: Vec<Shop>,
    /// Names it had.
    pub former_names: Vec<FormerName>,
    /// Official acts that prove facts of it, each with the name of the unit that did it.
    pub recognitions: Vec<(Recognition, String)>,
    /// Awards of old ledgers; one that another corrected is left out.
    pub earlier: Vec<EarlierAward>,
}

/// An award that is offered without application.
#[derive(Clone, Debug)]
pub struct Offer {
    /// List and organisation: the id of the entry.
    pub id: String,
    /// The list.
    pub list: MatchListId,
    /// The call.
    pub call: OwnCall,
    /// What the rules give, by clause.
    pub amounts: Vec<(String, Fen)>,
    /// What is known.
    pub application: Value,
    /// Where it is known from.
    pub sources: Vec<FactSource>,
    /// When it was offered, and until when an answer is hoped for.
    pub pushed: Option<(Moment, Date)>,
    /// What became of it.
    pub state: EntryState,
}

impl Offer {
    /// Whether it waits for an answer.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state == EntryState::Pushed && self.call.is_open
    }

    /// Whether it can still be confirmed, also where it was refused before.
    #[must_use]
    pub fn may_confirm(&self) -> bool {
        self.call.is_open && matches!(self.state, EntryState::Pushed | EntryState::Refused { .. })
    }

    /// The case it became.
    #[must_use]
    pub const fn case(&self) -> Option<&CaseId> {
        if let EntryState::Confirmed { case, .. } = &self.state { Some(case) } else { None }
    }
}

impl Reading<'_> {
    /// The own enterprise. Errors: denied, where the reader reads for none.
    pub async fn own_organisation(&mut self) -> Result<Organisation, Stop> {
        let own = self.own_id()?;
        Ok(self.work.peek(own.as_str()).await?.ok_or_else(|| unknown_in(Organisation::TABLE, own.as_str()))?)
    }

    /// Everything the register has of it.
    pub async fn own_file(&mut self) -> Result<OwnFile, Stop> {
        let organisation = self.own_organisation().await?;
        let accounts = self.own_accounts(&organisation).await?;
        let mut recognitions = Vec::new();
        for one in self.own::<Recognition>().await? {
            let unit: Option<Unit> = self.work.peek(one.issuer.as_str()).await?;
            let issuer = unit.map_or_else(|| one.issuer.to_string(), |unit| unit.name);
            recognitions.push((one, issuer));
        }
        let mut earlier: Vec<EarlierAward> = self.own().await?;
        let corrected: Vec<_> = earlier.iter().filter_map(|one| one.corrects.as_ref().map(|(id, _)| id.clone())).collect();
        earlier.retain(|one| !corrected.contains(&one.id));
        earlier.sort_by_key(|one| std::cmp::Reverse(one.year));
        Ok(OwnFile { accounts, shops: self.own().await?, former_names: self.own().await?, recognitions, earlier, organisation })
    }

    /// What the own enterprise was awarded before under the clauses of a scheme, as an assessment counts it; what a case was
    /// awarded itself is left out.
    pub async fn own_awards(&mut self, scheme: &Scheme, except: Option<&CaseId>) -> Result<Vec<Earned>, Stop> {
        let own = self.own_id()?;
        let mut out = awarded(&mut self.work, &[], scheme, &own, except).await?;
        out.extend(old_awards(&mut self.work, scheme, &own).await?);
        out.sort_by(|a, b| (b.year, &a.clause).cmp(&(a.year, &b.clause)));
        Ok(out)
    }

    /// Accounts of the own enterprise, the latest first.
    pub async fn own_accounts(&mut self, organisation: &Organisation) -> Result<Vec<OwnAccount>, Stop> {
        let mut all: Vec<AccountEntry> = self.own().await?;
        all.sort_by_key(|entry| std::cmp::Reverse(entry.at));
        let told = |entry: AccountEntry| OwnAccount {
            is_used: entry.verified.is_some() && organisation.account.as_ref() == Some(&entry.account),
            verified: entry.verified.map(|(_, at)| at),
            id: entry.id,
            account: entry.account,
            from: entry.from,
            source: entry.source,
            at: entry.at,
        };
        Ok(all.into_iter().map(told).collect())
    }

    /// Awards that are or were offered to the own enterprise; what is only listed is the office's.
    pub async fn own_offers(&mut self, today: Date) -> Result<Vec<Offer>, Stop> {
        let mut out = Vec::new();
        for entry in self.own::<MatchEntry>().await? {
            if matches!(entry.state, EntryState::Listed | EntryState::Excluded) {
                continue;
            }
            let list: Option<MatchList> = self.work.peek(entry.list.as_str()).await?;
            let Some(list) = list else { continue };
            out.push(Offer {
                call: self.announced(&list.call, today).await?,
                pushed: list.pushed,
                id: entry.id,
                list: entry.list,
                amounts: entry.amounts,
                application: entry.matched.application,
                sources: entry.matched.sources,
                state: entry.state,
            });
        }
        Ok(out)
    }

    /// One of them. Errors: unknown, also where it is another's.
    pub async fn own_offer(&mut self, id: &str, today: Date) -> Result<Offer, Stop> {
        let offers = self.own_offers(today).await?;
        Ok(offers.into_iter().find(|offer| offer.id == id).ok_or_else(|| unknown::<MatchEntry>(id))?)
    }
}
