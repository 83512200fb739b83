//! stub
use values::Lang;
/// x
pub fn of(_zh: &str, _lang: Lang) -> Option<String> { None }
