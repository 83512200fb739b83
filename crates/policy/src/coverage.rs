//! Coverage: what every sentence of the official text is, whether it bears money, and whether that money is computed or
//! at least in the register. Rendering it is the caller's business.

use crate::check::{Compiled, SentenceUse, gives_in_words, names_money};
use crate::source::Span;
use crate::syntax::ast::{Block, BlockKind};

/// What a sentence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// 条款, 通则, 并用, 资金, 追回
    Rule,
    /// 定义
    Definition,
    /// 目标
    Target,
    /// 政策: its dates and names
    Version,
    /// 文句: its word
    Sentence(&'static str),
    /// A title
    Title,
    /// Nothing yet
    Unclassified,
}

impl Sort {
    /// Its word for readers, Chinese and English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Rule => ("规则", "rule"),
            Self::Definition => ("定义", "definition"),
            Self::Target => ("目标", "target"),
            Self::Version => ("政策", "version"),
            Self::Title => ("标题", "title"),
            Self::Unclassified => ("未归类", "nothing yet"),
            Self::Sentence(word) => (word, crate::syntax::words::english(word).unwrap_or(word)),
        }
    }
}

/// A sentence of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its words, white space left out.
    pub words: String,
    /// Where it stands.
    pub span: Span,
    /// Heading of its section.
    pub section: String,
    /// What it is.
    pub sort: Sort,
    /// Headings of the blocks that cover it.
    pub blocks: Vec<String>,
    /// It names an amount of money, a percentage, 全额, or gives money in words (减半, 贴息).
    pub money: bool,
    /// A block covers it that computes: not a mere 文句.
    pub executable: bool,
    /// A 读法 quotes it.
    pub registered: bool,
}

impl Line {
    /// Money that nothing computes and no 读法 speaks of.
    pub fn is_open(&self) -> bool {
        self.sort == Sort::Unclassified || self.money && !self.executable && !self.registered
    }
}

/// The counts at the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Sentences, titles among them.
    pub sentences: usize,
    /// Those that are something.
    pub classified: usize,
    /// Those that bear money.
    pub money: usize,
    /// Of these, computed.
    pub executable: usize,
    /// Of these, not computed but in the register.
    pub registered: usize,
}

/// The report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Sentence by sentence.
    pub lines: Vec<Line>,
    /// The counts.
    pub totals: Totals,
}

/// The coverage of a policy's text, whether or not it compiles.
pub fn coverage(compiled: &Compiled) -> Coverage {
    let quoted: Vec<String> = compiled
        .parsed
        .blocks
        .iter()
        .filter_map(|block| if let BlockKind::Reading(reading) = &block.kind { reading.words.as_deref() } else { None })
        .flat_map(|words| words.split("……").map(|part| part.chars().filter(|c| !c.is_whitespace()).collect::<String>()))
        .filter(|part| part.chars().count() > 1)
        .collect();
    let document = compiled.parsed.documents.first();
    let lines: Vec<Line> = compiled
        .sentences
        .iter()
        .map(|sentence| {
            let blocks = match &sentence.used {
                SentenceUse::Rule(blocks) => blocks.clone(),
                _ => Vec::new(),
            };
            let section = document.and_then(|d| d.quotes.get(sentence.quote).and_then(|q| d.sections.get(q.section)));
            let sort = sort(&sentence.used, &compiled.parsed.blocks);
            Line {
                words: sentence.words.clone(),
                span: sentence.span,
                section: section.map_or(String::new(), |s| s.title.clone()),
                sort,
                // 贷款贴息 as a title gives nothing yet.
                money: names_money(&sentence.words) || sort != Sort::Title && gives_in_words(&sentence.words),
                executable: !blocks.is_empty(),
                registered: quoted.iter().any(|part| sentence.words.contains(part.as_str()) || part.contains(&sentence.words)),
                blocks,
            }
        })
        .collect();
    let count = |holds: &dyn Fn(&Line) -> bool| lines.iter().filter(|line| holds(line)).count();
    let totals = Totals {
        sentences: lines.len(),
        classified: count(&|line| line.sort != Sort::Unclassified),
        money: count(&|line| line.money),
        executable: count(&|line| line.money && line.executable),
        registered: count(&|line| line.money && !line.executable && line.registered),
    };
    Coverage { lines, totals }
}

fn sort(used: &SentenceUse, blocks: &[Block]) -> Sort {
    match used {
        SentenceUse::Kind(word) => Sort::Sentence(word),
        SentenceUse::Title => Sort::Title,
        SentenceUse::Unclassified => Sort::Unclassified,
        SentenceUse::Rule(headings) => {
            let kinds = headings.iter().filter_map(|heading| blocks.iter().find(|b| b.file == 0 && b.heading == *heading));
            let sorts = kinds.map(|block| match &block.kind {
                BlockKind::Define(..) => Sort::Definition,
                BlockKind::Target(_) => Sort::Target,
                BlockKind::Policy(_) => Sort::Version,
                _ => Sort::Rule,
            });
            sorts.min().unwrap_or(Sort::Rule)
        }
    }
}
