//! JSON to the neutral tree. Numbers keep their digits, names that stand twice are kept twice, and nothing is read further than it
//! has to be.

use super::Raw;
use crate::diagnostic::Text;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// Deepest nesting of lists and objects.
pub const DEPTH_MAX: usize = 32;

/// Why a piece of JSON cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Stable name.
    pub code: &'static str,
    /// Lines below the first line of the piece.
    pub lines: usize,
    /// What is wrong.
    pub message: Text,
    /// How to mend it.
    pub help: Text,
}

/// An object whose values are still text.
pub struct Entries<'a>(pub Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Entries<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// A piece of JSON as a neutral tree. Errors: it is none, or too deep.
pub fn parse(text: &str) -> Result<Raw, Broken> {
    let whole: &RawValue = serde_json::from_str(text).map_err(|e| broken(&e, text))?;
    build(whole.get(), 0)
}

fn build(text: &str, depth: usize) -> Result<Raw, Broken> {
    if depth > DEPTH_MAX {
        return Err(Broken {
            code: "too-deep",
            lines: 0,
            message: Text::new(format!("列表和对象套了{DEPTH_MAX}层以上"), format!("lists and objects are nested more than {DEPTH_MAX} deep")),
            help: Text::new("一份申请只有两三层：facts、名单、记录", "an application has two or three levels: facts, lists, records"),
        });
    }
    let fail = |e: serde_json::Error| broken(&e, text);
    Ok(match text.as_bytes().first() {
        Some(b'{') => {
            let Entries(entries) = serde_json::from_str(text).map_err(fail)?;
            let built = entries.into_iter().map(|(name, value)| build(value.get(), depth + 1).map(|raw| (name, raw)));
            Raw::Map(built.collect::<Result<_, _>>()?)
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text).map_err(fail)?;
            Raw::List(items.into_iter().map(|item| build(item.get(), depth + 1)).collect::<Result<_, _>>()?)
        }
        Some(b'"') => Raw::Text(serde_json::from_str(text).map_err(fail)?),
        Some(b't') => Raw::Bool(true),
        Some(b'f') => Raw::Bool(false),
        Some(b'n') => Raw::Null,
        _ => Raw::Number(text.to_owned()),
    })
}

/// What is wrong with a text, in words.
pub fn broken(error: &serde_json::Error, text: &str) -> Broken {
    let column = error.column();
    let message = if error.is_eof() {
        Text::new("JSON 没有写完，中途断开", "the JSON breaks off before its end")
    } else {
        let near = near(text, error.line(), column);
        Text::new(format!("JSON 写错（第{column}字节，“{near}”附近）"), format!("not JSON near '{near}': {error}"))
    };
    Broken {
        code: "broken-json",
        lines: error.line().saturating_sub(1),
        message,
        help: Text::new("检查引号、逗号和括号；每行应是一个完整的 {…}", "look at quotes, commas and brackets; each line is one whole {…}"),
    }
}

/// A few characters around a place, for a message.
fn near(text: &str, line: usize, column: usize) -> String {
    let line = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    let at = column.saturating_sub(1);
    line.char_indices().filter(|(i, _)| i + 8 >= at && *i < at + 8).map(|(_, c)| c).collect()
}
