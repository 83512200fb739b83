//! What may be written next: looks at the line up to the cursor and the lines it hangs on, never at what a broken line
//! might have meant. Which words fit a block is in `complete/words.rs`.

mod words;

use crate::folder::Folder;
use crate::hover::{kind_word, type_words};
use crate::{meaning, place};
use policy::source::Span;
use policy::symbols::{Symbol, SymbolKind, spelled};
use policy::syntax::ast::{BlockKind, ClauseLine, Name, TypeWord};
use policy::syntax::lexer::{Token, TokenKind, lex};
use policy::syntax::words::{english, opens_line};
use std::collections::BTreeSet;
use values::Lang;

/// What a suggestion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A word of the language.
    Keyword,
    /// A name of the policy.
    Name(SymbolKind),
    /// A unit or a type.
    Unit,
    /// A word used elsewhere: an office, a kind of fund.
    Word,
}

/// One thing that may be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What is shown and matched.
    pub label: String,
    /// What is written.
    pub insert: String,
    /// What it is.
    pub sort: Sort,
    /// Type, or meaning.
    pub detail: String,
    /// What it replaces: the part typed already.
    pub span: Span,
    /// Likelier ones are lower.
    pub rank: u8,
}

/// What may stand at a byte of a file, likeliest first.
pub fn complete(folder: &Folder, file: u16, byte: usize, lang: Lang) -> Vec<Suggestion> {
    let text = folder.text(file);
    let (from, _) = folder.lines(file).around(text, byte);
    let Some(fence) = place::fence(folder, file, byte) else { return new_fence(text, Span::new(file, from, byte)) };
    let lexed = lex(file, from, text.get(from..byte).unwrap_or_default());
    if lexed.comment.is_some() {
        return Vec::new();
    }
    let mut tokens = lexed.tokens;
    let here = Span::new(file, byte, byte);
    let open = |t: &Token| !t.span.of(text).ends_with(['」', '』', '”']);
    let partial = tokens.pop_if(|t| {
        let growing = matches!(t.kind, TokenKind::Word { .. }) || matches!(t.kind, TokenKind::Quoted(_) | TokenKind::Text(_)) && open(t);
        t.span.end as usize == byte && growing
    });
    let span = partial.as_ref().map_or(here, |t| t.span);
    let body = text.get(fence.body.start as usize..from).unwrap_or_default();
    let column = partial.as_ref().or(tokens.first()).map_or(byte, |t| t.span.start as usize) - from;
    let above =
        above(file, fence.body.start as usize, body, if tokens.is_empty() { column } else { tokens.first().map_or(0, |t| t.span.start as usize - from) });
    let mut list = List { folder, lang, span, english: in_english(folder, file), out: Vec::new() };
    if let Some(token) = tokens.last().filter(|t| t.span.end as usize == byte)
        && let TokenKind::Number { suffix, .. } = &token.kind
        && partial.is_none()
    {
        list.span = Span::new(file, byte - source_suffix(text, token, suffix), byte);
        list.units(&tokens);
        return list.done();
    }
    if matches!(partial.as_ref().map(|t| &t.kind), Some(TokenKind::Text(_))) {
        list.titles(&tokens, &above);
        return list.done();
    }
    Line { tokens: &tokens, above: &above, file, byte }.fill(&mut list);
    list.done()
}

/// Outside of the rules: a fence of rules, where its marks were typed.
fn new_fence(text: &str, typed: Span) -> Vec<Suggestion> {
    const OPENS: &str = "```duixian";
    let words = typed.of(text);
    if words.len() < 3 || !OPENS.starts_with(words) {
        return Vec::new();
    }
    vec![Suggestion { label: OPENS.to_owned(), insert: format!("{OPENS}\n\n```"), sort: Sort::Keyword, detail: String::new(), span: typed, rank: 0 }]
}

/// Bytes of the unit of a number as written.
fn source_suffix(text: &str, token: &Token, suffix: &str) -> usize {
    let chars = suffix.chars().count();
    token.span.of(text).chars().rev().take(chars).map(char::len_utf8).sum()
}

/// The first file whose rules are in English words completes in English words.
fn in_english(folder: &Folder, file: u16) -> bool {
    folder.compiled.parsed.blocks.iter().find(|b| b.file == file).is_some_and(|b| b.heading.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// The lines a line hangs on, innermost first: each stands further left than the one before.
fn above(file: u16, start: usize, body: &str, column: usize) -> Vec<Vec<Token>> {
    let mut out = Vec::new();
    let mut left = column;
    let mut end = body.len();
    for raw in body.split_inclusive('\n').rev() {
        end -= raw.len();
        let indent = raw.len() - raw.trim_start_matches(' ').len();
        if left > 0 && indent < left && !raw.trim().is_empty() {
            let tokens = lex(file, start + end, raw.trim_end_matches(['\n', '\r'])).tokens;
            if !tokens.is_empty() {
                left = indent;
                out.push(tokens);
            }
        }
    }
    out
}

/// The line at hand and what it hangs on.
struct Line<'a> {
    tokens: &'a [Token],
    above: &'a [Vec<Token>],
    file: u16,
    byte: usize,
}

fn opener(tokens: &[Token]) -> Option<&'static str> {
    match tokens.first().map(|t| &t.kind) {
        Some(TokenKind::Word { key: Some((zh, role)), .. }) if opens_line(zh, *role) => Some(zh),
        _ => None,
    }
}

impl Line<'_> {
    fn fill(&self, list: &mut List<'_>) {
        let head = self.above.last().map_or_else(|| opener(self.tokens), |line| opener(line)).unwrap_or_default();
        if self.above.is_empty() {
            if self.tokens.is_empty() {
                return list.keywords(words::HEADS, 0);
            }
            return self.head_line(head, list);
        }
        match head {
            "事实" => return self.fact(list),
            "参数" => return list.operand(self.file, self.byte, 0),
            _ => {}
        }
        // The keyword this line belongs to: its own, or that of the nearest line above that opens one.
        let own = opener(self.tokens);
        let inherited = self.above.iter().rev().skip(1).rev().find_map(|line| opener(line));
        let rest = if own.is_some() { self.tokens.get(1..).unwrap_or_default() } else { self.tokens };
        if self.tokens.is_empty() {
            list.keywords(words::lines_of(head), 1);
            if inherited.is_some_and(words::holds_values) || head == "定义" {
                list.operand(self.file, self.byte, 0);
                list.keywords(words::MODIFIERS, 2);
                list.keywords(&["计", "值", "不计", "每个"], 2);
            }
        }
        let Some(key) = own.or(inherited) else {
            if head == "定义" {
                self.expression(rest, list);
            }
            return;
        };
        match (head, key) {
            ("情形", "事实") => self.given(rest, list),
            ("情形", "参数") => list.names(&[SymbolKind::Param], 0),
            ("情形", "结果" | "实得" | "往年" | "决定" | "项目" | "追回" | "选择") => self.outcome(key, rest, list),
            ("情形", "承") => list.titles(self.tokens, self.above),
            (_, "取" | "另") => self.alternative(rest, list),
            _ => self.after(key, rest, list),
        }
    }

    /// 取 and 另 repeat a line of what the reading is about, a modifier, or a row.
    fn alternative(&self, rest: &[Token], list: &mut List<'_>) {
        if rest.is_empty() {
            ["条款", "并用", "资金", "政策"].iter().for_each(|head| list.keywords(words::lines_of(head), 1));
            list.keywords(words::MODIFIERS, 1);
            list.keywords(words::COMPARISONS, 2);
            list.keywords(&["无此行", "并用"], 2);
            list.operand(self.file, self.byte, 2);
            list.fields(3);
            return;
        }
        let joint = usize::from(rest.first().is_some_and(|t| t.is("并用")));
        let rest = rest.get(joint..).unwrap_or_default();
        match opener(rest) {
            Some(key) => self.after(key, rest.get(1..).unwrap_or_default(), list),
            None if rest.is_empty() => list.keywords(&["限额", "频次"], 0),
            None => self.expression(rest, list),
        }
    }

    /// Behind a keyword that opens a line.
    fn after(&self, key: &str, rest: &[Token], list: &mut List<'_>) {
        let comma = rest.last().is_none_or(|t| t.is_sign('、') || t.is_sign('，'));
        match key {
            "对象" => list.words(&["企业", "个体工商户", "机构"], 0),
            "适用" => {
                list.keywords(words::options("适用"), 1);
                list.names(&[SymbolKind::Clause], 0);
            }
            "牵头" | "参与" | "责任" if comma => list.offices(),
            "类别" => list.kinds(),
            "同一" => {
                list.keywords(words::options("同一"), 0);
                list.names(&[SymbolKind::Fact], 1);
            }
            "频次" | "限额" if rest.last().is_some_and(|t| t.is("每个")) => {
                list.keywords(&["申报项目"], 0);
                list.names(&[SymbolKind::Fact], 1);
            }
            "限额" if rest.last().is_some_and(|t| t.is("累计") || t.is("每年")) => list.operand(self.file, self.byte, 0),
            "不计" => list.names(&[SymbolKind::Fact], 0),
            "其中" if rest.len() == 1 => list.keywords(&["为"], 0),
            "受益" if rest.last().is_some_and(|t| t.is("每个")) => list.lists(0),
            "佐证" if rest.is_empty() => list.names(&[SymbolKind::Fact], 0),
            _ => {
                list.keywords(words::options(key), 0);
                if words::holds_values(key) {
                    self.expression(rest, list);
                }
            }
        }
    }

    /// Inside an expression: a value to come, or what may follow one.
    fn expression(&self, rest: &[Token], list: &mut List<'_>) {
        let left = rest.iter().rev().find_map(|t| list.symbol(t));
        match rest.last() {
            Some(t) if t.is("为") || t.is("不为") || t.is("属于") || t.is_sign('、') => {
                list.choices(left, 0);
                list.operand(self.file, self.byte, 3);
            }
            Some(t) if t.is("条款") => list.names(&[SymbolKind::Clause], 0),
            Some(t) if t.is("本条") => list.keywords(&["已得", "首得年份"], 0),
            Some(t) if t.is("每个") => {
                list.lists(0);
                list.keywords(&["近"], 1);
                list.names(&[SymbolKind::Fact], 2);
            }
            Some(t) if t.is("同分") => list.keywords(&["比", "并列"], 0),
            Some(t) if t.is_sign('（') && rest.len() > 1 && rest.iter().any(|t| t.is("介于")) => list.keywords(&["含", "不含"], 0),
            Some(t) if t.is_sign('）') => {
                list.keywords(&["至"], 0);
                list.followers(None);
            }
            Some(t) if t.is("比") => {
                list.keywords(&["上年"], 0);
                list.operand(self.file, self.byte, 1);
            }
            Some(t) if t.is_sign('，') => list.keywords(words::MODIFIERS, 0),
            Some(t) if t.is_sign('：') => list.operand(self.file, self.byte, 0),
            Some(t) if words::awaits_value(t) => {
                list.choices(left.filter(|_| matches!(t.word(), Some("分类"))), 0);
                list.operand(self.file, self.byte, 0);
                list.keywords(&["每个"], 1);
            }
            Some(_) => list.followers(left),
            None => {
                // A row of a selection begins with a comparison or a choice of what it selects by.
                let selects = self.above.first().and_then(|line| line.iter().rposition(|t| t.is("分档") || t.is("累进") || t.is("分类")).map(|at| (line, at)));
                if let Some((line, at)) = selects {
                    let subject = line.iter().skip(at).find_map(|t| list.symbol(t));
                    list.choices(subject, 0);
                    list.keywords(words::COMPARISONS, 0);
                    list.keywords(&["其余"], 1);
                }
                list.operand(self.file, self.byte, 1);
            }
        }
    }

    fn head_line(&self, head: &str, list: &mut List<'_>) {
        match (head, self.tokens.len()) {
            ("文句", 1) => list.keywords(words::options("文句"), 0),
            ("读法", 1) => {
                list.names(&[SymbolKind::Clause], 0);
                list.keywords(&["并用", "资金", "政策"], 1);
            }
            ("读法", _) if self.tokens.last().is_some_and(|t| t.is_sign('、')) => list.names(&[SymbolKind::Clause], 0),
            ("参数", 2) => list.types(),
            ("参数", _) => list.keywords(words::options("参数"), 0),
            ("定义", 2) => list.keywords(&["为"], 0),
            ("定义", _) => self.expression(self.tokens.get(3..).unwrap_or_default(), list),
            _ => {}
        }
    }

    /// A line of 事实: name, type, attributes.
    fn fact(&self, list: &mut List<'_>) {
        match self.tokens.len() {
            0 => {}
            1 => list.types(),
            _ if self.tokens.last().is_some_and(|t| t.is("核验")) => list.offices(),
            _ => list.keywords(words::options("事实"), 0),
        }
    }

    /// What a situation gives: a fact, then its value.
    fn given(&self, rest: &[Token], list: &mut List<'_>) {
        match rest.iter().rev().find_map(|t| list.symbol(t)) {
            None => list.names(&[SymbolKind::Fact], 0),
            Some(fact) => list.choices(Some(fact), 0),
        }
        if rest.last().is_none_or(|t| t.is_sign('，')) {
            list.fields(1);
        }
    }

    fn outcome(&self, key: &str, rest: &[Token], list: &mut List<'_>) {
        match rest.last() {
            None => list.names(&[SymbolKind::Clause], 0),
            Some(t) if t.is("条款") || t.name().is_some() && t.word().is_none() => list.names(&[SymbolKind::Clause], 0),
            Some(t) if t.is("因") || t.is("缺") => list.names(&[SymbolKind::Fact, SymbolKind::Definition], 0),
            Some(t) if t.is("不符合") => list.keywords(&["因"], 0),
            Some(t) if t.is("待定") => list.keywords(&["缺"], 0),
            Some(t) if t.is("符合") => list.keywords(&["上限"], 0),
            Some(t) if key == "结果" && matches!(t.kind, TokenKind::Number { .. }) => list.keywords(words::OUTCOMES, 0),
            _ => {}
        }
    }
}

/// Suggestions as they are gathered.
struct List<'a> {
    folder: &'a Folder,
    lang: Lang,
    span: Span,
    english: bool,
    out: Vec<Suggestion>,
}

impl<'a> List<'a> {
    fn done(mut self) -> Vec<Suggestion> {
        let mut seen = BTreeSet::new();
        self.out.sort_by_key(|s| s.rank);
        self.out.retain(|s| seen.insert(s.label.clone()));
        self.out
    }

    fn push(&mut self, label: &str, insert: String, sort: Sort, detail: String, rank: u8) {
        self.out.push(Suggestion { label: label.to_owned(), insert, sort, detail, span: self.span, rank });
    }

    fn keywords(&mut self, words: &[&str], rank: u8) {
        for zh in words {
            let word = if self.english { english(zh).unwrap_or(zh) } else { zh };
            let detail = meaning::sentence(zh, self.lang).unwrap_or_default();
            self.push(word, word.to_owned(), Sort::Keyword, detail.to_owned(), rank);
        }
    }

    fn words(&mut self, words: &[&str], rank: u8) {
        for word in words {
            self.push(word, (*word).to_owned(), Sort::Word, String::new(), rank);
        }
    }

    /// The name a token says.
    fn symbol(&self, token: &Token) -> Option<usize> {
        let name = token.name()?;
        let all = &self.folder.symbols().all;
        let value = |s: &Symbol| matches!(s.kind, SymbolKind::Fact | SymbolKind::Field | SymbolKind::Param | SymbolKind::Definition | SymbolKind::Local);
        all.iter().position(|s| value(s) && s.name == name)
    }

    fn name(&mut self, symbol: &Symbol, rank: u8) {
        let insert = if symbol.kind == SymbolKind::Clause { Some(symbol.name.clone()) } else { spelled(&symbol.name) };
        if let Some(insert) = insert {
            let ty = place::declaration(self.folder, symbol).map(|fact| type_words(&fact.ty, self.lang));
            let detail = ty.or_else(|| self.title(symbol)).unwrap_or_else(|| kind_word(symbol.kind, self.lang).to_owned());
            self.push(&symbol.name, insert, Sort::Name(symbol.kind), detail, rank);
        }
    }

    /// The head of a clause, which says more than its id.
    fn title(&self, symbol: &Symbol) -> Option<String> {
        let block = self.folder.compiled.parsed.blocks.get(symbol.block?)?;
        matches!(block.kind, BlockKind::Clause(_)).then(|| block.heading.clone()).filter(|_| symbol.kind == SymbolKind::Clause)
    }

    fn names(&mut self, kinds: &[SymbolKind], rank: u8) {
        let folder = self.folder;
        for symbol in folder.symbols().all.iter().filter(|s| kinds.contains(&s.kind)) {
            self.name(symbol, rank);
        }
    }

    fn fields(&mut self, rank: u8) {
        self.names(&[SymbolKind::Field], rank);
    }

    fn lists(&mut self, rank: u8) {
        let folder = self.folder;
        for symbol in &folder.symbols().all {
            if place::declaration(folder, symbol).is_some_and(|fact| matches!(fact.ty, TypeWord::List(_))) {
                self.name(symbol, rank);
            }
        }
    }

    /// Names and words a value may begin with.
    fn operand(&mut self, file: u16, byte: usize, rank: u8) {
        let folder = self.folder;
        self.names(&[SymbolKind::Fact, SymbolKind::Definition, SymbolKind::Param], rank);
        let block = place::block(folder, file, byte);
        let locals = folder.symbols().all.iter().filter(|s| s.kind == SymbolKind::Local && s.block.is_some() && s.block == block.map(|(at, _)| at));
        locals.for_each(|local| self.name(local, rank));
        if block.is_some_and(|(_, b)| folder.words(b.span).contains("每个") || folder.words(b.span).contains("each")) {
            self.fields(rank);
        }
        self.keywords(words::OPERANDS, rank + 1);
    }

    /// Values of a fact: its choices, 是 and 否.
    fn choices(&mut self, of: Option<usize>, rank: u8) {
        let folder = self.folder;
        let symbols = folder.symbols();
        let Some((at, symbol)) = of.and_then(|at| symbols.get(at).map(|s| (at, s))) else { return };
        symbols.below(at, SymbolKind::Choice).for_each(|choice| self.name(choice, rank));
        match place::declaration(folder, symbol).map(|fact| &fact.ty) {
            Some(TypeWord::YesNo) => self.keywords(&["是", "否"], rank),
            None if symbol.place.is_none() => self.words(&["企业", "个体工商户", "机构"], rank),
            _ => {}
        }
    }

    /// What may follow a value, by the type of the fact before it.
    fn followers(&mut self, left: Option<usize>) {
        let folder = self.folder;
        let symbol = left.and_then(|at| folder.symbols().get(at));
        let fact = symbol.and_then(|s| place::declaration(folder, s));
        match fact.map(|f| &f.ty) {
            None if symbol.is_some_and(|s| s.place.is_none()) => self.keywords(&["为", "不为", "属于"], 0),
            Some(TypeWord::Choice(_) | TypeWord::Text) => self.keywords(&["为", "不为", "属于"], 0),
            Some(TypeWord::Date | TypeWord::Year) => self.keywords(&["满", "早于", "不早于", "晚于", "不晚于"], 0),
            Some(TypeWord::YesNo) => {}
            _ => {
                self.keywords(words::COMPARISONS, 0);
                self.keywords(words::OPERATORS, 1);
            }
        }
        self.keywords(&["且", "或"], 2);
    }

    fn types(&mut self) {
        self.keywords(words::TYPES, 0);
        let units = ["元", "平方米", "家", "人", "间", "年", "月", "日"];
        for unit in units.into_iter().chain(values::unit_table::known_unit_words()) {
            self.push(unit, unit.to_owned(), Sort::Unit, String::new(), 1);
        }
    }

    /// Units for the number before the cursor: first that of the fact it stands with.
    fn units(&mut self, tokens: &[Token]) {
        let folder = self.folder;
        let left = tokens.iter().rev().find_map(|t| self.symbol(t));
        let fact = left.and_then(|at| folder.symbols().get(at)).and_then(|s| place::declaration(folder, s));
        let own = match fact.map(|f| &f.ty) {
            Some(TypeWord::Unit(unit)) => vec![unit.clone(), format!("万{unit}"), format!("亿{unit}")],
            Some(TypeWord::Ratio) => vec!["%".to_owned()],
            Some(TypeWord::Date) => ["年", "个月", "日"].map(String::from).to_vec(),
            _ => Vec::new(),
        };
        for (unit, rank) in
            own.iter().map(|u| (u.as_str(), 0)).chain(["元", "万元", "亿元", "%"].map(|u| (u, 1))).chain(values::unit_table::known_unit_words().map(|u| (u, 2)))
        {
            self.push(unit, unit.to_owned(), Sort::Unit, String::new(), rank);
        }
    }

    /// Titles of situations, for 承.
    fn titles(&mut self, tokens: &[Token], above: &[Vec<Token>]) {
        if opener(tokens).or_else(|| above.first().and_then(|line| opener(line))) != Some("承") {
            return;
        }
        let folder = self.folder;
        for symbol in folder.symbols().all.iter().filter(|s| s.kind == SymbolKind::Situation) {
            self.push(&symbol.name, format!("「{}」", symbol.name), Sort::Name(symbol.kind), String::new(), 0);
        }
    }

    /// Units of the office named anywhere in the policy.
    fn offices(&mut self) {
        let folder = self.folder;
        let mut found: BTreeSet<&str> = BTreeSet::new();
        for block in &folder.compiled.parsed.blocks {
            match &block.kind {
                BlockKind::Clause(clause) => lines(&clause.lines, &mut found),
                BlockKind::General(general) => lines(&general.lines, &mut found),
                BlockKind::Facts(facts) => found.extend(facts.iter().flat_map(|f| &f.verified_by).map(String::as_str)),
                BlockKind::Sentence(sentence) => found.extend(sentence.responsible.iter().map(|n| n.text.as_str())),
                _ => {}
            }
        }
        self.words(&found.into_iter().collect::<Vec<_>>(), 0);
    }

    fn kinds(&mut self) {
        let mut found: BTreeSet<&str> = BTreeSet::new();
        for block in &self.folder.compiled.parsed.blocks {
            if let BlockKind::Clause(clause) = &block.kind {
                found.extend(clause.lines.iter().filter_map(|line| if let ClauseLine::Kind(name) = line { Some(name.text.as_str()) } else { None }));
            }
        }
        self.words(&found.into_iter().collect::<Vec<_>>(), 0);
    }
}

fn lines<'l>(lines: &'l [ClauseLine], found: &mut BTreeSet<&'l str>) {
    for line in lines {
        if let ClauseLine::Lead(names) | ClauseLine::With(names) = line {
            found.extend(names.iter().map(|n: &Name| n.text.as_str()));
        }
    }
}
