//! Who somebody is to officers who read of them: unit and name in place of the id that records carry. What enterprises and the
//! public read names units alone, and needs none of this.

use crate::problem::Problem;
use casework::people::{Unit, User};
use office::reading::Reading;
use std::collections::BTreeMap;

/// People by id, as far as they were looked up.
#[derive(Default)]
pub struct People(BTreeMap<String, (String, String)>);

impl People {
    /// Looks them up, each once. Errors: of the store.
    pub async fn of(reading: &mut Reading<'_>, ids: Vec<&str>) -> Result<Self, Problem> {
        let mut people = Self::default();
        for id in ids {
            if people.0.contains_key(id) {
                continue;
            }
            let Some(user) = reading.work.peek::<User>(id).await? else { continue };
            let unit = match &user.unit {
                Some(unit) => reading.work.peek::<Unit>(unit.as_str()).await?,
                None => None,
            };
            let words = unit.map_or_else(|| user.name.clone(), |unit| format!("{} {}", unit.name, user.name));
            people.0.insert(id.to_owned(), (words, user.name));
        }
        Ok(people)
    }

    /// Unit and name; the id of whoever is not in the register.
    pub fn name<'n>(&'n self, id: &'n str) -> &'n str {
        self.0.get(id).map_or(id, |(words, _)| words)
    }

    /// The name alone, where the unit stands beside it.
    pub fn bare<'n>(&'n self, id: &'n str) -> &'n str {
        self.0.get(id).map_or(id, |(_, name)| name)
    }
}
