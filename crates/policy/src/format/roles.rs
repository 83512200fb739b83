//! What each line and each word of it is in its place. Most keywords are keywords everywhere; those of
//! [`Role::Local`] may be names as well, so this walks the grammar far enough to tell the two apart.

use super::walk::{self, Local, Use};
use crate::syntax::layout::Line;
use crate::syntax::lexer::{Token, TokenKind};
use crate::syntax::words::{Role, opens_line};
use unicode_width::UnicodeWidthStr;

/// A line that knows what its words are.
pub(super) struct Item<'a> {
    pub(super) line: &'a Line,
    /// One for each token.
    pub(super) uses: Vec<Use>,
    /// It opens with a keyword that is set off from its content.
    pub(super) leads: bool,
    pub(super) shape: Shape,
    pub(super) children: Vec<Item<'a>>,
    pub(super) more: Vec<Item<'a>>,
}

/// What decides the columns of a line and of those below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Plain,
    /// The first line of a block; what stands below is the block.
    Head,
    /// 定义: what stands below belongs to its value.
    Define,
    /// 事实: what stands below is a table.
    Facts,
    /// A row of that table: where its type and its attributes begin.
    Fact {
        type_at: usize,
        attributes_at: usize,
    },
    /// 申报人: a block inside the block.
    Person,
    /// 取, 另: repeats a line whose own content goes on below.
    Repeats,
    /// 原文: a heading and the words under it.
    Cite,
    /// Names and values: no number counts anything.
    Given,
}

/// How the content of a line is read.
#[derive(Clone, Copy)]
enum Reads {
    /// An expression, with the Local words that may stand in it.
    Expression(&'static Local),
    /// Names, numbers and texts, without Local keywords.
    Names,
    /// Kept letter for letter.
    Raw,
    /// 字面, 不用: kept up to 即 or 因.
    Note,
    /// Names, 即, and the name of a unit.
    Alias,
    /// 原文: kept up to the first text.
    Cite,
    /// Name and value, as 情形 gives facts.
    Given,
    /// 结果, 实得: with the words that may come out.
    Outcome(&'static [&'static str]),
    /// 取, 另.
    Alternative,
    /// 兑付.
    Instalments,
}

/// A block from its head line.
pub(super) fn block(line: &Line) -> Item<'_> {
    let key = line.key().unwrap_or_default();
    let (shape, head) = match key {
        "事实" => (Shape::Facts, ""),
        "定义" => (Shape::Define, ""),
        _ => (Shape::Head, key),
    };
    let uses = match key {
        "参数" => with_first(Use::Plain, declaration(line.rest()).0),
        "文句" => with_first(Use::Plain, walk::expression(line.rest(), &walk::SENTENCE)),
        "定义" => with_first(Use::Plain, walk::expression(line.rest(), &walk::NAMED)),
        _ => walk::plain(&line.tokens),
    };
    let below = |child| match key {
        "事实" => fact(child),
        "参数" if matches!(child.key(), Some("原文" | "字面" | "不用")) => block_line(head, child),
        "参数" => content(Reads::Expression(&walk::ROW), child),
        "定义" => content(Reads::Expression(&walk::NONE), child),
        _ => block_line(head, child),
    };
    let children = match key {
        "定义" => children_of(line),
        _ => line.children.iter().map(below).collect(),
    };
    Item { line, uses, leads: false, shape, children, more: line.more.iter().map(below).collect() }
}

fn with_first(first: Use, rest: Vec<Use>) -> Vec<Use> {
    std::iter::once(first).chain(rest).collect()
}

/// A line directly below a head, or below 申报人.
fn block_line<'a>(head: &str, line: &'a Line) -> Item<'a> {
    let Some(key) = line.key().filter(|key| opens_in(head, key, line)) else {
        return content(Reads::Expression(&walk::NONE), line);
    };
    let reads = reads(head, key);
    let first = if matches!(reads, Reads::Raw) || role(line) == Some(Role::Local) { Use::Key } else { Use::Plain };
    let uses = with_first(first, uses(reads, line.rest()));
    let shape = match (key, reads) {
        ("申报人", _) => Shape::Person,
        (_, Reads::Alternative) => Shape::Repeats,
        (_, Reads::Cite) => Shape::Cite,
        (_, Reads::Given | Reads::Names) => Shape::Given,
        _ => Shape::Plain,
    };
    let children = match shape {
        Shape::Person => line.children.iter().map(|child| block_line(head, child)).collect(),
        _ if matches!(reads, Reads::Instalments) => line.children.iter().map(|child| content(Reads::Expression(&walk::INSTALMENT), child)).collect(),
        _ if line.tokens.len() == 1 => line.children.iter().map(|child| content(reads, child)).collect(),
        _ if matches!(reads, Reads::Given) => line.children.iter().map(|child| content(Reads::Given, child)).collect(),
        _ => children_of(line),
    };
    let more = match shape {
        Shape::Person => line.more.iter().map(|next| block_line(head, next)).collect(),
        _ => line.more.iter().map(|next| content(reads, next)).collect(),
    };
    // 申报人 is a head inside the block: one space, as behind a head.
    Item { line, uses, leads: shape != Shape::Person, shape, children, more }
}

fn role(line: &Line) -> Option<Role> {
    match line.tokens.first().map(|t| &t.kind) {
        Some(TokenKind::Word { key: Some((_, role)), .. }) => Some(*role),
        _ => None,
    }
}

/// True where `key` opens a line of a block of this kind.
fn opens_in(head: &str, key: &str, line: &Line) -> bool {
    let own: &[&str] = match head {
        "政策" => &["机关", "地区", "稿别", "发布", "征求意见", "施行", "失效", "底本", "修订", "引用", "分界", "单位", "别名"],
        "目标" => &["指标", "要求", "责任"],
        "文句" => &["责任"],
        "读法" => &["待定"],
        "情形" => &["承", "年度", "截止", "事实", "往年", "决定", "参数", "项目", "他处", "选择", "申报人", "结果", "实得", "追回"],
        _ => &[],
    };
    role(line) == Some(Role::Line) || own.contains(&key)
}

/// How the line of a block is read.
fn reads(head: &str, key: &str) -> Reads {
    let local = match (head, key) {
        ("情形", "事实" | "参数") => return Reads::Given,
        ("情形", "结果") => return Reads::Outcome(walk::OUTCOMES),
        ("情形", "实得") => return Reads::Outcome(walk::AWARDED),
        ("情形", "申报人" | "往年" | "决定" | "项目" | "选择" | "追回") => return Reads::Names,
        ("资金", "来源") | (_, "机关" | "地区" | "稿别" | "底本" | "修订" | "引用" | "指标") => return Reads::Raw,
        (_, "原文") => return Reads::Cite,
        (_, "字面" | "不用") => return Reads::Note,
        (_, "别名") => return Reads::Alias,
        (_, "取" | "另") => return Reads::Alternative,
        (_, "兑付") => return Reads::Instalments,
        (_, "对象" | "受益" | "类别" | "牵头" | "参与" | "佐证" | "同一" | "单位" | "责任" | "不计") => return Reads::Names,
        (_, "其中") => &walk::NAMED,
        (_, "排名") => &walk::RANK,
        (_, "频次") => &walk::FREQUENCY,
        (_, "限额") => &walk::LIMIT,
        (_, "额度") => &walk::AMOUNT,
        (_, "超额") => &walk::OVERRUN,
        (_, "方式") => &walk::MODE,
        (_, "适用") => &walk::SCOPE,
        (_, "收回") => &walk::RECOVER,
        (_, "并处") => &walk::PENALTY,
        (_, "施行" | "失效") => &walk::IN_FORCE,
        (_, "分界") => &walk::BOUNDARY,
        (_, "他处") => &walk::ELSEWHERE,
        _ => &walk::NONE,
    };
    Reads::Expression(local)
}

fn uses(reads: Reads, tokens: &[Token]) -> Vec<Use> {
    match reads {
        Reads::Expression(local) => walk::expression(tokens, local),
        Reads::Instalments => walk::expression(tokens, &walk::INSTALMENT),
        Reads::Names => walk::plain(tokens),
        Reads::Raw => vec![Use::Raw; tokens.len()],
        Reads::Note => walk::raw_until(tokens, |t| t.is("即") || t.is("因")),
        Reads::Alias => walk::alias(tokens),
        Reads::Cite => walk::raw_until(tokens, |t| matches!(t.kind, TokenKind::Text(_))),
        Reads::Given => walk::given(tokens),
        Reads::Outcome(outcomes) => walk::outcome(tokens, outcomes),
        Reads::Alternative => alternative(tokens),
    }
}

/// A line that goes on with the content of a keyword, or stands below an expression.
fn content(reads: Reads, line: &Line) -> Item<'_> {
    let expression = matches!(reads, Reads::Expression(_) | Reads::Instalments);
    let opened = expression && matches!(role(line), Some(Role::Line | Role::Modifier));
    let uses = match (opened, line.key()) {
        (true, Some("不计")) => walk::plain(&line.tokens),
        (true, _) => with_first(Use::Plain, walk::expression(line.rest(), &walk::NONE)),
        _ => uses(reads, &line.tokens),
    };
    // Modifiers and 不计 are followed by one space, as behind a comma.
    let leads = opened && role(line) == Some(Role::Line) && line.key() != Some("不计");
    let below = if matches!(reads, Reads::Given) { line.children.iter().map(|child| content(Reads::Given, child)).collect() } else { children_of(line) };
    let shape = match reads {
        Reads::Cite => Shape::Cite,
        Reads::Given | Reads::Names => Shape::Given,
        _ => Shape::Plain,
    };
    let more = line.more.iter().map(|next| content(Reads::Expression(&walk::NONE), next)).collect();
    Item { line, uses, leads, shape, children: below, more }
}

/// The lines below an expression: rows, members, 条件, 计, modifiers.
fn children_of(line: &Line) -> Vec<Item<'_>> {
    const OPENERS: &[&str] = &["分档", "分类", "累进", "合计", "平均", "就高", "就低", "个数", "任一", "同时", "至少"];
    let opener = line.tokens.iter().rev().find_map(|t| t.word().filter(|w| OPENERS.contains(w)));
    let local = if opener == Some("分类") { &walk::NAMED } else { &walk::NONE };
    line.children.iter().map(|child| content(Reads::Expression(local), child)).collect()
}

/// 取 and 另 hold texts, 无此行, or a line of the block they speak of.
fn alternative(tokens: &[Token]) -> Vec<Use> {
    match tokens.first().map(|t| &t.kind) {
        Some(TokenKind::Word { key: Some((key, Role::Line)), .. }) => with_first(Use::Plain, uses(reads("", key), tokens.get(1..).unwrap_or_default())),
        _ => walk::expression(tokens, &walk::ALTERNATIVE),
    }
}

/// A fact, or a field of a list.
fn fact(line: &Line) -> Item<'_> {
    let (uses, type_end) = declaration(&line.tokens);
    let indexed = |t: &Token| t.is("按年") || t.is("按月");
    let mut attributes_at = type_end;
    while let Some(token) = line.tokens.get(attributes_at) {
        attributes_at += match token {
            t if indexed(t) => 1,
            t if t.is("自") => 2,
            _ => break,
        };
    }
    let shape = Shape::Fact { type_at: 1, attributes_at };
    Item { line, uses, leads: false, shape, children: line.children.iter().map(fact).collect(), more: line.more.iter().map(fact).collect() }
}

/// Uses of `name type attributes`, and where the attributes begin.
fn declaration(tokens: &[Token]) -> (Vec<Use>, usize) {
    const TYPES: &[&str] = &["是否", "日期", "年份", "文字", "比率", "选项", "名单"];
    let mut uses = vec![Use::Plain];
    let mut end = 1;
    if let Some(token) = tokens.get(1) {
        uses.push(if token.word().is_some_and(|w| TYPES.contains(&w)) { Use::Key } else { Use::Raw });
        end = 2;
        if tokens.get(2).is_some_and(|t| t.is_sign('（')) {
            let close = tokens.iter().position(|t| t.is_sign('）')).map_or(tokens.len(), |at| at + 1);
            uses.resize(close.max(end), Use::Plain);
            end = close.max(end);
        }
    }
    uses.truncate(tokens.len());
    uses.extend(walk::attributes(tokens.get(end..).unwrap_or_default()));
    (uses, end)
}

/// Where the content of the line that 取 repeats begins, in the source: what stands below in this column goes on
/// with that content. Counted as the parser counts it.
pub(super) fn repeated_content(line: &Line) -> Option<usize> {
    let (first, second) = line.tokens.get(1).zip(line.tokens.get(2))?;
    let TokenKind::Word { text, key: Some((zh, role)) } = &first.kind else { return None };
    if !opens_line(zh, *role) {
        return None;
    }
    let gap = second.span.start.saturating_sub(first.span.end) as usize;
    Some(line.content? + UnicodeWidthStr::width(text.as_str()) + gap)
}
