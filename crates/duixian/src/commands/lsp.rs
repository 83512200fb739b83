//! `lsp`: the language in an editor, over standard input and output.

use crate::failure::{Failure, Verdict};
use values::Lang;

/// Talks to an editor until it says goodbye.
pub fn run(lang: Lang) -> Result<Verdict, Failure> {
    lsp::stdio(lang).map_err(|error| {
        let why = error.text();
        Failure::input(format!("与编辑器的对话中断：{}", why.zh), format!("the editor broke off: {}", why.en)).help(
            "这个命令由编辑器启动，不用手动运行；设置见 docs/editor.md",
            "an editor starts this command, nobody types it; docs/editor.md says how to set it up",
        )
    })?;
    Ok(Verdict::Clean)
}
