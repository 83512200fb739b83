//! 底本: the file of the official text that the policy names. Reading it is the caller's business.

use crate::diagnostic::Diagnostic;
use crate::source::{Sources, Span};
use crate::syntax::ast::BlockKind;
use crate::syntax::parse::{Parsed, parse_file};

/// What is taken for the official text where no line names a file.
pub const OFFICIAL_FILE: &str = "official.txt";

/// The line 底本.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    /// The file it names.
    pub name: String,
    /// Where the line stands.
    pub span: Span,
}

impl Original {
    /// The line of what was read; the first, if there are several.
    pub fn of(parsed: &Parsed) -> Option<Self> {
        parsed.blocks.iter().find_map(|block| {
            let BlockKind::Policy(policy) = &block.kind else { return None };
            let (_, words, span) = policy.lines.iter().find(|(key, ..)| *key == "底本")?;
            Some(Self { name: words.concat(), span: *span })
        })
    }

    /// True for the name of a file of the policy's own folder: no other folder, no drive.
    pub fn is_plain(&self) -> bool {
        !self.name.is_empty() && !self.name.starts_with('.') && !self.name.contains(['/', '\\', ':'])
    }
}

/// The file to read for the official text of these files, within their folder. `None` where the name is not a plain one.
pub fn official_file(sources: &Sources) -> Option<String> {
    let files = (0_u16..).zip(&sources.files);
    let named = files.into_iter().find_map(|(file, source)| Original::of(&parse_file(file, &source.text)));
    named.map_or_else(|| Some(OFFICIAL_FILE.to_owned()), |original| original.is_plain().then_some(original.name))
}

/// The named file must be there: otherwise nothing holds the quotes to the text.
pub(super) fn check(sources: &Sources, parsed: &Parsed, faults: &mut Vec<Diagnostic>) {
    let Some(original) = Original::of(parsed) else { return };
    let name = &original.name;
    if name.is_empty() {
        faults.push(
            Diagnostic::new("E0422", original.span, "底本没有写文件名", "底本 names no file")
                .help("写成 底本 official.txt，或删去这一行", "write 底本 official.txt, or remove this line"),
        );
    } else if !original.is_plain() {
        faults.push(
            Diagnostic::new("E0422", original.span, format!("底本“{name}”不是本文件夹里的文件名"), format!("底本 '{name}' is no file name of this folder"))
                .help(
                    "把原文和 policy.md 放在同一个文件夹，只写文件名，如 official.txt",
                    "put the text into the folder of policy.md and write its name alone, such as official.txt",
                ),
        );
    } else if sources.official.is_none() {
        faults.push(
            Diagnostic::new(
                "E0422",
                original.span,
                format!("没有底本“{name}”：引文没有同原文比较"),
                format!("there is no file '{name}': the quotes were compared with nothing"),
            )
            .help(
                format!("核对文件名，把原文存为 policy.md 旁边的 {name}；没有原文就删去这一行"),
                format!("check the name and save the official text as {name} beside policy.md; without one, remove this line"),
            ),
        );
    }
}
