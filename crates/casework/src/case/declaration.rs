//! What an enterprise declares when it hands an application in (承诺): the words by version, and who stood for them. The words
//! of a version never change; new words are a new version at the end.

use super::{CaseRefusal, Sitting};
use crate::id::UserId;
use crate::refusal::Named;
use policy::diagnostic::Text;
use serde::{Deserialize, Serialize};
use values::Moment;

/// A version of the words.
#[derive(Clone, Copy, Debug)]
pub struct Wording {
    /// Its name.
    pub version: &'static str,
    /// What is declared; these words hold.
    pub zh: &'static str,
    /// The same in English, for reading.
    pub en: &'static str,
}

/// All versions, the one in use last. What was declared by an earlier one is read by it.
const WORDINGS: &[Wording] = &[Wording {
    version: "2026-1",
    zh: "本单位保证所填内容真实、准确、完整，所附材料与原件一致；同一事项没有在本区其他财政资金中重复享受。如有虚假，愿退回已得资金，并承担相应责任。",
    en: "We declare that what is filled in is true, exact and complete, that the papers agree with the originals, and that the same was not supported twice \
         from funds of this district. If anything is false, we return what we received and answer for it.",
}];

impl Wording {
    /// The one that is declared now.
    #[must_use]
    pub fn in_use() -> Option<&'static Self> {
        WORDINGS.last()
    }

    /// A version by its name.
    #[must_use]
    pub fn of(version: &str) -> Option<&'static Self> {
        WORDINGS.iter().find(|wording| wording.version == version)
    }

    /// In both languages.
    #[must_use]
    pub fn text(&self) -> Text {
        Text::new(self.zh, self.en)
    }
}

/// Who declares it, as it is handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Declared {
    /// Name of the authorised person.
    pub name: String,
    /// Post of that person in the enterprise.
    pub post: String,
    /// Version of the words.
    pub version: String,
}

/// What was declared, kept with the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Declaration {
    /// Name of the authorised person.
    pub name: String,
    /// Post of that person in the enterprise.
    pub post: String,
    /// Version of the words.
    pub version: String,
    /// The words themselves.
    pub words: String,
    /// With whose sign-in.
    pub by: UserId,
    /// When.
    pub at: Moment,
}

impl Declared {
    /// What is kept of it. Errors: no name, no post, a version that there is not.
    pub fn kept(&self, sitting: &Sitting<'_>) -> Result<Declaration, CaseRefusal> {
        let (name, post) = (self.name.trim(), self.post.trim());
        for (given, what) in [(name, Named::DECLARING), (post, Named::POST)] {
            if given.is_empty() {
                return Err(CaseRefusal::Empty { what });
            }
        }
        let wording = Wording::of(&self.version).ok_or(CaseRefusal::Empty { what: Named::DECLARATION })?;
        Ok(Declaration {
            name: name.to_owned(),
            post: post.to_owned(),
            version: wording.version.to_owned(),
            words: wording.zh.to_owned(),
            by: sitting.user.clone(),
            at: sitting.now,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Wording;
    use crate::act::Act;
    use crate::case::Case;

    #[test]
    fn an_act_and_a_case_from_before_declarations_were_kept_are_read_and_written_to_the_byte() {
        let act = r#"{"case":{"submit":{"case":"k1"}}}"#;
        let read: Act = serde_json::from_str(act).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), act, "a log of then replays to the same fingerprints");
        let case = r#"{"id":"k1","call":"c1","organisation":"o1","stage":"draft","application":null,"evidence":[],"claims":[],"review":"#;
        let review = serde_json::to_string(&crate::case::Review::default()).unwrap();
        let case = format!(r#"{case}{review},"determination":null,"notice":null,"submitted":null,"hands":[]}}"#);
        let read: Case = serde_json::from_str(&case).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), case);
    }

    #[test]
    fn the_words_of_a_version_never_change() {
        let words = Wording::of("2026-1").unwrap().zh;
        let digest = crate::chain::Fingerprint::of(words.as_bytes()).to_string();
        assert_eq!(digest, "4e37db1733d07bb436b7b1d2891f6cd0644db2a204ad592e994c23cd23e2d5f7", "{words}");
        assert_eq!(Wording::in_use().unwrap().version, "2026-1");
    }
}
