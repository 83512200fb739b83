//! Places that were settled among others before: an input, so that one application alone can be computed again.

use super::{Raw, Reader};
use crate::application::Application;
use crate::diagnostic::Text;

impl Reader<'_> {
    pub(super) fn places(&mut self, raw: Option<&Raw>, app: &mut Application) {
        for (id, value) in self.entries("places", raw) {
            let field = format!("places.{id}");
            let Some(clause) = self.clause(&field, &id) else { continue };
            if self.scheme.clause(clause).is_none_or(|c| c.rank.is_none()) {
                let message = Text::new(format!("条款 {id} 不排名"), format!("clause {id} ranks nobody"));
                self.error(field, "nothing-to-rank", message, Text::new("删去这个名次", "remove the place"));
                continue;
            }
            let place = match &value {
                Raw::Null => Some(None),
                Raw::Number(digits) | Raw::Text(digits) => digits.trim().parse::<u32>().ok().filter(|place| *place > 0).map(Some),
                _ => None,
            };
            match place {
                Some(place) => app.places.push((clause, place)),
                None => self.error(
                    field,
                    "no-place",
                    Text::new("名次应是 1 起的整数", "a place is a whole number from 1"),
                    Text::new("例：{\"1.3\": 2}；没有名次就写 null", "for example {\"1.3\": 2}; null where there is none"),
                ),
            }
        }
    }
}
