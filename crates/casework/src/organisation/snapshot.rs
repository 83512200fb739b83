//! What the register said of an organisation when a determination was made, and what it says otherwise now.

use super::{Organisation, Shop};
use crate::id::{DeterminationId, OrganisationId};
use crate::record::{Column, Key, Record, Table};
use serde::{Deserialize, Serialize};
use values::Moment;

/// The register as it was at a determination (登记快照). Never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Snapshot {
    /// The determination.
    pub determination: DeterminationId,
    /// When.
    pub at: Moment,
    /// The organisation.
    pub organisation: Organisation,
    /// Its shops, in the order of their ids.
    pub shops: Vec<Shop>,
}

/// A thing the register says otherwise now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Changed {
    /// Which: `name`, `credit_code`, `account`, `shop s1` …
    pub what: String,
    /// What it was when it was decided; empty: it was not there.
    pub frozen: String,
    /// What it is now; empty: it is not there any more.
    pub now: String,
}

fn account(organisation: &Organisation) -> String {
    organisation.account.as_ref().map_or_else(String::new, |account| format!("{} {} {}", account.holder, account.bank, account.number))
}

fn shop(shop: &Shop) -> String {
    let until = shop.until.map_or_else(String::new, |until| until.to_string());
    format!("{} {} {}–{until}", shop.platform, shop.name, shop.from)
}

impl Snapshot {
    /// What the register says otherwise now, in a fixed order. Nothing decided follows from it.
    #[must_use]
    pub fn difference(&self, now: &Organisation, shops: &[Shop]) -> Vec<Changed> {
        let was = &self.organisation;
        let mut rows = vec![
            ("name".to_owned(), was.name.clone(), now.name.clone()),
            ("credit_code".to_owned(), was.credit_code.clone(), now.credit_code.clone()),
            ("aliases".to_owned(), was.aliases.join("、"), now.aliases.join("、")),
            ("account".to_owned(), account(was), account(now)),
        ];
        let of = |shops: &[Shop], id| shops.iter().find(|shop| shop.id == id).map_or_else(String::new, shop);
        let mut ids: Vec<_> = self.shops.iter().chain(shops).map(|shop| shop.id.clone()).collect();
        ids.sort();
        ids.dedup();
        rows.extend(ids.into_iter().map(|id| (format!("shop {id}"), of(&self.shops, id.clone()), of(shops, id))));
        rows.into_iter().filter(|(_, frozen, now)| frozen != now).map(|(what, frozen, now)| Changed { what, frozen, now }).collect()
    }

    /// Whose it is.
    #[must_use]
    pub const fn of(&self) -> &OrganisationId {
        &self.organisation.id
    }
}

impl Record for Snapshot {
    const TABLE: &'static Table =
        &Table { name: "registry_snapshot", meaning: "登记快照", columns: &[Column::text("organisation_id", "whose it is")], changes: false };

    fn id(&self) -> &str {
        self.determination.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.of().as_str().into()]
    }
}
