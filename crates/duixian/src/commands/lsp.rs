//! `lsp`: the language in an editor, over standard input and output.

use crate::failure::{Failure, Verdict};
use values::Lang;

/// Talks to an editor until it says goodbye.
pub fn run(lang: Lang) -> Result<Verdict, Failure> {
    lsp::stdio(lang).map_err(|error| Failure::input(format!("与编辑器的对话中断：{error}"), format!("the editor broke off: {error}")))?;
    Ok(Verdict::Clean)
}
