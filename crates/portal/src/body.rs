//! What was sent as JSON, read into what is asked for: what does not fit is said by its field, in both languages.

use crate::problem::Problem;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// The field, from outside in: `award.amount`; empty: the whole.
    pub field: String,
    /// What it should be, in Chinese.
    pub zh: String,
    /// What it should be, in English.
    pub en: String,
}

impl Unfit {
    /// The whole sentence in both languages.
    #[must_use]
    pub fn words(&self) -> (String, String) {
        match self.field.as_str() {
            "" => (format!("内容{}。", self.zh), format!("the content: {}", self.en)),
            field => (format!("字段 {field}：{}。", self.zh), format!("field {field}: {}", self.en)),
        }
    }
}

impl From<Unfit> for Problem {
    fn from(unfit: Unfit) -> Self {
        let (zh, en) = unfit.words();
        Self::unusable(zh, en)
    }
}

/// Reads the bytes of a body. Errors: not JSON, with the place; not what is asked for, with the field.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if bytes.trim_ascii().is_empty() {
        return Err(Problem::malformed("没有内容，应为 JSON 对象。", "there is no content; it must be an object in JSON"));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let broken = |why: &serde_json::Error| {
        let zh = format!("不是 JSON：第 {} 行第 {} 列有误。", why.line(), why.column());
        Problem::malformed(zh, format!("not JSON: {why}"))
    };
    let read = serde_path_to_error::deserialize(&mut deserializer).map_err(|why| match why.inner().classify() {
        serde_json::error::Category::Data => unfit(&why, "").into(),
        _ => broken(why.inner()),
    })?;
    deserializer.end().map_err(|why| broken(&why))?;
    Ok(read)
}

/// Reads a value. `within`: what leads to the fields that were sent, and is not said. Errors: the field that does not fit.
pub fn fit<T: DeserializeOwned>(value: Value, within: &str) -> Result<T, Unfit> {
    serde_path_to_error::deserialize(value).map_err(|why| unfit(&why, within))
}

fn unfit(why: &serde_path_to_error::Error<serde_json::Error>, within: &str) -> Unfit {
    let path = why.path().to_string();
    let path = path.strip_prefix(within).unwrap_or(&path).trim_start_matches('.');
    let path = if path == "?" { "" } else { path };
    let said = why.inner().to_string();
    // The place in the text tells nobody anything where the field is named.
    let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(words, _)| words);
    let inside = |name: &str| if path.is_empty() || path.ends_with(name) { name.to_owned() } else { format!("{path}.{name}") };
    if let Some(name) = quoted(said, "missing field ") {
        return Unfit { field: inside(name), zh: "没有填".into(), en: "is missing".into() };
    }
    if let Some(name) = quoted(said, "unknown field ") {
        let (zh, en) = known(said);
        return Unfit { field: inside(name), zh: format!("没有这个字段{zh}"), en: format!("there is no such field{en}") };
    }
    if let Some(name) = quoted(said, "duplicate field ") {
        return Unfit { field: inside(name), zh: "写了两次".into(), en: "stands twice".into() };
    }
    if let Some(name) = quoted(said, "unknown variant ") {
        let (zh, en) = known(said);
        return Unfit { field: path.to_owned(), zh: format!("不能是“{name}”{zh}"), en: format!("cannot be '{name}'{en}") };
    }
    let zh = chinese(said).unwrap_or_else(|| format!("不合要求（{said}）"));
    Unfit { field: path.to_owned(), zh, en: said.to_owned() }
}

/// What stands in backquotes behind some words at the beginning.
fn quoted<'s>(said: &'s str, words: &str) -> Option<&'s str> {
    said.strip_prefix(words)?.strip_prefix('`')?.split('`').next()
}

/// What there is instead, as the message lists it.
fn known(said: &str) -> (String, String) {
    let names: Vec<&str> = said.split_once(", expected ").map_or("", |(_, rest)| rest).split('`').skip(1).step_by(2).collect();
    if names.is_empty() {
        return (String::new(), String::new());
    }
    (format!("，可填：{}", names.join("、")), format!("; there are: {}", names.join(", ")))
}

/// `invalid type: string "x", expected i64` in Chinese; none: it is said in another way.
fn chinese(said: &str) -> Option<String> {
    let zh = match said {
        "an id has 1 to 64 letters, digits, '-', '_', '.' or ':'" => "应为 1 至 64 位英文字母、数字或 - _ . :，不含空格".to_owned(),
        "a fingerprint has 64 hexadecimal digits" => "应为 64 位十六进制指纹".to_owned(),
        _ => {
            let rest = ["invalid type: ", "invalid value: ", "invalid length "].iter().find_map(|begin| said.strip_prefix(begin))?;
            let (found, wanted) = rest.split_once(", expected ")?;
            let found = found_in_chinese(found).map_or(String::new(), |found| format!("，现为{found}"));
            format!("应为{}{found}", wanted_in_chinese(wanted)?)
        }
    };
    Some(zh)
}

fn wanted_in_chinese(wanted: &str) -> Option<&'static str> {
    Some(match wanted {
        "a string" | "a borrowed string" | "string" | "str" => "文字",
        "a boolean" => " true 或 false",
        "u8" | "u16" | "u32" | "u64" | "usize" => "不小于 0 的整数",
        "i8" | "i16" | "i32" | "i64" | "isize" => "整数",
        "a sequence" => "数组",
        "string or map" => "规定的名称，或只有一项的对象",
        _ if ["struct", "a map", "map", "internally tagged enum", "adjacently tagged"].iter().any(|begin| wanted.starts_with(begin)) => "对象",
        _ if ["a tuple", "tuple", "an array"].iter().any(|begin| wanted.starts_with(begin)) => "数组",
        _ => return None,
    })
}

fn found_in_chinese(found: &str) -> Option<String> {
    Some(match found {
        "null" => "空（null）".to_owned(),
        "map" => "对象".to_owned(),
        "sequence" => "数组".to_owned(),
        _ => {
            let (kind, value) = found.split_once(' ')?;
            match kind {
                "string" => format!("文字 {value}"),
                "boolean" | "integer" => format!(" {}", value.trim_matches('`')),
                "floating" => format!(" {}", value.trim_start_matches("point ").trim_matches('`')),
                _ => return None,
            }
        }
    })
}
