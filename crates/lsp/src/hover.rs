//! What a reader is told of the word under the pointer: a name's type, evidence and users, a number's exact value and
//! the official words it stands under, a keyword's meaning, what a sentence of the text became.

use crate::folder::Folder;
use crate::{meaning, place};
use policy::check::SentenceUse;
use policy::source::Span;
use policy::symbols::{Symbol, SymbolKind};
use policy::syntax::ast::{BlockKind, ExprKind, TypeWord};
use policy::syntax::lexer::{Token, TokenKind};
use policy::syntax::parse::quantity;
use std::collections::BTreeSet;
use values::{Lang, Rational, Unit};

/// Words about a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// What they are about.
    pub span: Span,
    /// Markdown.
    pub words: String,
}

/// What there is to say of a byte of a file.
pub fn hover(folder: &Folder, file: u16, byte: usize, lang: Lang) -> Option<Hover> {
    let page = Page { folder, lang };
    if place::fence(folder, file, byte).is_none() {
        return page.sentence(file, byte);
    }
    let token = place::token(folder, file, byte);
    let symbols = folder.symbols();
    let at = token.as_ref().map_or(byte, |t| t.span.start as usize);
    if let Some(here) = symbols.at(file, u32::try_from(at).ok()?).filter(|o| place::holds(o.span, byte))
        && let Some(symbol) = symbols.get(here.symbol)
    {
        return Some(Hover { span: here.span, words: page.symbol(here.symbol, symbol) });
    }
    let token = token?;
    let words = match &token.kind {
        TokenKind::Number { digits, suffix } => page.number(&token, digits, suffix)?,
        TokenKind::Word { key: Some((zh, _)), .. } => meaning::of(zh, lang)?,
        _ => return None,
    };
    Some(Hover { span: token.span, words })
}

struct Page<'a> {
    folder: &'a Folder,
    lang: Lang,
}

impl Page<'_> {
    fn pick(&self, zh: &'static str, en: &'static str) -> &'static str {
        if self.lang == Lang::Zh { zh } else { en }
    }

    fn line(&self, out: &mut String, zh: &'static str, en: &'static str, value: &str) {
        if !value.is_empty() {
            out.push_str(&format!("- {}{}{value}\n", self.pick(zh, en), self.pick("：", ": ")));
        }
    }

    fn symbol(&self, at: usize, symbol: &Symbol) -> String {
        let mut out = format!("**{}** · {}\n\n", symbol.name, kind_word(symbol.kind, self.lang));
        match symbol.kind {
            SymbolKind::Fact | SymbolKind::Field => self.fact(&mut out, symbol),
            SymbolKind::Choice => {
                let of = symbol.of.and_then(|of| self.folder.symbols().get(of)).map_or("", |s| s.name.as_str());
                self.line(&mut out, "选项，属于", "one of the choices of", of);
            }
            SymbolKind::Param => self.param(&mut out, symbol),
            SymbolKind::Definition | SymbolKind::Local => self.expression(&mut out, symbol),
            SymbolKind::Clause => return self.clause(symbol),
            SymbolKind::Group | SymbolKind::Pool | SymbolKind::Clawback | SymbolKind::Target | SymbolKind::Situation => self.source(&mut out, symbol),
        }
        if !matches!(symbol.kind, SymbolKind::Situation | SymbolKind::Target) {
            self.line(&mut out, "用在", "used by", &self.users(at).join("、"));
        }
        out
    }

    fn fact(&self, out: &mut String, symbol: &Symbol) {
        let Some(fact) = place::declaration(self.folder, symbol) else {
            out.push_str(self.pick("系统自带的事实\n\n", "built in\n\n"));
            return;
        };
        let mut ty = type_words(&fact.ty, self.lang);
        for (set, zh, en) in [(fact.by_year, "，按年", ", one value a year"), (fact.by_month, "，按月", ", one value a month")] {
            ty.push_str(if set { self.pick(zh, en) } else { "" });
        }
        if let Some(since) = fact.since {
            ty.push_str(&match self.lang {
                Lang::Zh => format!("，自 {since}年"),
                Lang::En => format!(", since {since}"),
            });
        }
        self.line(out, "类型", "type", &ty);
        self.line(out, "栏目", "fields", &fact.fields.iter().map(|f| f.name.text.as_str()).collect::<Vec<_>>().join("、"));
        self.line(out, "问", "asked as", fact.question.as_deref().unwrap_or_default());
        self.line(out, "期间", "period", fact.window.as_deref().unwrap_or_default());
        self.line(out, "佐证", "evidence", &fact.evidence.join("、"));
        self.line(out, "核验", "confirmed by", &fact.verified_by.join("、"));
    }

    fn param(&self, out: &mut String, symbol: &Symbol) {
        let block = symbol.block.and_then(|at| self.folder.compiled.parsed.blocks.get(at));
        if let Some(BlockKind::Table(table)) = block.map(|b| &b.kind) {
            self.line(out, "单位", "unit", &type_words(&table.ty, self.lang));
            self.line(out, "来源", "source", table.source.as_deref().unwrap_or_default());
        }
        self.source(out, symbol);
    }

    /// What 定义 or 其中 stands for, as written and in plain words.
    fn expression(&self, out: &mut String, symbol: &Symbol) {
        self.source(out, symbol);
        let Some(scheme) = &self.folder.compiled.scheme else { return };
        let block = symbol.block.and_then(|at| self.folder.compiled.parsed.blocks.get(at));
        let named = match block.map(|b| &b.kind) {
            Some(BlockKind::Clause(clause)) => scheme.clause_named(&clause.id.text).and_then(|id| scheme.clause(id)).map_or(&[][..], |c| &c.locals),
            _ => &scheme.definitions,
        };
        if let Some((_, node)) = named.iter().find(|(name, _)| *name == symbol.name) {
            self.line(out, "意思是", "in plain words", &policy::plain::phrase(scheme, *node, self.lang));
        }
    }

    /// The lines that declare it.
    fn source(&self, out: &mut String, symbol: &Symbol) {
        let Some(block) = symbol.block.and_then(|at| self.folder.compiled.parsed.blocks.get(at)) else { return };
        let span = match (&block.kind, symbol.place) {
            (BlockKind::Clause(_) | BlockKind::General(_), Some(place)) => self.line_of(place),
            _ => block.span,
        };
        let words: Vec<&str> = self.folder.words(span).lines().take(SOURCE_LINES_MAX).collect();
        out.push_str(&format!("```duixian\n{}\n```\n\n", words.join("\n")));
    }

    fn line_of(&self, span: Span) -> Span {
        let (from, to) = self.folder.lines(span.file).around(self.folder.text(span.file), span.start as usize);
        Span::new(span.file, from, to)
    }

    fn clause(&self, symbol: &Symbol) -> String {
        let scheme = self.folder.compiled.scheme.as_ref();
        let words = scheme.and_then(|s| s.clause_named(&symbol.name).map(|id| policy::plain::clause(s, id, self.lang)));
        let Some(words) = words else {
            let mut out = String::new();
            self.source(&mut out, symbol);
            return out;
        };
        let mut out = String::new();
        for (at, line) in words.lines().enumerate() {
            match line.strip_prefix("  · ") {
                _ if at == 0 => out.push_str(&format!("**{line}**\n\n")),
                Some(item) => out.push_str(&format!("  - {item}\n")),
                None => out.push_str(&format!("- {line}\n")),
            }
        }
        out
    }

    /// The blocks that use a name, themselves or through a definition: clauses, general rules, pools, groups.
    fn users(&self, symbol: usize) -> Vec<String> {
        let symbols = self.folder.symbols();
        let blocks = &self.folder.compiled.parsed.blocks;
        let mut found = BTreeSet::new();
        let mut seen = BTreeSet::from([symbol]);
        let mut open = vec![symbol];
        while let Some(next) = open.pop() {
            for place in symbols.places(next).filter(|o| !o.declares) {
                match blocks.get(place.block).map(|b| &b.kind) {
                    Some(BlockKind::Define(name, _)) => {
                        if let Some(definition) = symbols.named(SymbolKind::Definition, &name.text).filter(|at| seen.insert(*at)) {
                            open.push(definition);
                        }
                    }
                    Some(BlockKind::Reading(_) | BlockKind::Situation(_)) | None => {}
                    Some(_) => {
                        found.insert(place.block);
                    }
                }
            }
        }
        found.into_iter().filter_map(|at| blocks.get(at)).map(|b| b.heading.clone()).collect()
    }

    fn number(&self, token: &Token, digits: &str, suffix: &str) -> Option<String> {
        let value = exact(digits, suffix, self.lang)?;
        let mut out = format!("**{}** = {value}\n\n", self.folder.words(token.span));
        let byte = token.span.start as usize;
        let (_, block) = place::block(self.folder, token.span.file, byte)?;
        if let Some(quote) = block.quote.filter(|_| block.file == 0) {
            let sentences: Vec<_> = self.folder.compiled.sentences.iter().filter(|s| s.quote == quote).collect();
            let said: Vec<_> = sentences.iter().filter(|s| s.words.contains(digits)).collect();
            let (label, shown) = if said.is_empty() {
                (
                    self.pick("所依据的原文（没有这个数）", "the official words it stands under (which do not hold this number)"),
                    sentences.iter().take(3).collect(),
                )
            } else {
                (self.pick("所依据的原文", "the official words it stands under"), said)
            };
            out.push_str(&format!("{label}\n\n"));
            shown.iter().for_each(|sentence| out.push_str(&format!("> {}\n\n", sentence.words)));
        }
        Some(out)
    }

    /// A sentence of the official text and what it became.
    fn sentence(&self, file: u16, byte: usize) -> Option<Hover> {
        if file != 0 {
            return None;
        }
        let sentence = self.folder.compiled.sentences.iter().find(|s| place::holds(s.span, byte))?;
        let words = match &sentence.used {
            SentenceUse::Rule(blocks) => format!("{}{}", self.pick("这句话写成了：", "this sentence became: "), blocks.join("、")),
            SentenceUse::Kind(sort) => format!("{}{sort}", self.pick("这句话归为：", "this sentence is classed as: ")),
            SentenceUse::Title => self.pick("标题", "a title").to_owned(),
            SentenceUse::Unclassified => self.pick("这句话还没有归类", "this sentence is nothing yet").to_owned(),
        };
        Some(Hover { span: sentence.span, words })
    }
}

/// A long table is shown by its first rows.
const SOURCE_LINES_MAX: usize = 12;

/// What a name is called.
pub fn kind_word(kind: SymbolKind, lang: Lang) -> &'static str {
    let (zh, en) = match kind {
        SymbolKind::Fact => ("事实", "fact"),
        SymbolKind::Field => ("名单的栏目", "field of a list"),
        SymbolKind::Choice => ("选项", "choice"),
        SymbolKind::Param => ("参数", "table"),
        SymbolKind::Definition => ("定义", "definition"),
        SymbolKind::Local => ("其中", "local name"),
        SymbolKind::Clause => ("条款", "clause"),
        SymbolKind::Group => ("并用", "group"),
        SymbolKind::Pool => ("资金", "pool"),
        SymbolKind::Clawback => ("追回", "clawback"),
        SymbolKind::Target => ("目标", "target"),
        SymbolKind::Situation => ("情形", "situation"),
    };
    if lang == Lang::Zh { zh } else { en }
}

/// A type as the author writes it.
pub fn type_words(ty: &TypeWord, lang: Lang) -> String {
    let pick = |zh: &str, en: &str| if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() };
    match ty {
        TypeWord::YesNo => pick("是否", "yes or no"),
        TypeWord::Date => pick("日期", "date"),
        TypeWord::Year => pick("年份", "year"),
        TypeWord::Text => pick("文字", "words"),
        TypeWord::Ratio => pick("比率", "ratio"),
        TypeWord::Choice(names) => {
            let words = names.iter().map(|n| n.text.as_str()).collect::<Vec<_>>().join("、");
            format!("{}（{words}）", pick("选项", "one of "))
        }
        TypeWord::List(unit) => format!("{}（{unit}）", pick("名单", "list ")),
        TypeWord::Unit(unit) => unit.clone(),
    }
}

/// A number as written, in full: `500,000元`, `1/100`.
fn exact(digits: &str, suffix: &str, lang: Lang) -> Option<String> {
    match quantity(digits, suffix)? {
        ExprKind::Ratio(ratio) => Some(match ratio.to_decimal(6) {
            Some(decimal) => format!("{decimal} = {}/{}", ratio.numerator(), ratio.denominator()),
            None => format!("{}/{}", ratio.numerator(), ratio.denominator()),
        }),
        ExprKind::Year(year) => Some(if lang == Lang::Zh { format!("公历 {year} 年") } else { format!("the year {year}") }),
        ExprKind::Quantity(value, unit) => {
            let plain = value.to_decimal(6).unwrap_or_else(|| format!("{}/{}", value.numerator(), value.denominator()));
            let (whole, part) = plain.split_once('.').map_or((plain.as_str(), String::new()), |(whole, part)| (whole, format!(".{part}")));
            let mut out = format!("{}{part}{unit}", grouped(whole));
            if let Some((base, scale)) = values::known_unit(&unit)
                && scale != Rational::ONE
                && base != Unit::none()
            {
                let stored = value.checked_mul(scale).ok()?;
                out.push_str(&match lang {
                    Lang::Zh => format!("（{}）", smallest(stored, &unit, lang)),
                    Lang::En => format!(" ({})", smallest(stored, &unit, lang)),
                });
            }
            Some(out)
        }
        _ => None,
    }
}

/// The number that is reckoned with: fen, months.
fn smallest(stored: Rational, unit: &str, lang: Lang) -> String {
    let number = stored.to_decimal(6).map_or_else(|| stored.to_string(), |n| grouped(&n));
    let (zh, en) = if matches!(unit, "年" | "个月") { ("个月", "months") } else { ("分", "hundredths") };
    if lang == Lang::Zh { format!("{number}{zh}") } else { format!("{number} {en}") }
}

fn grouped(digits: &str) -> String {
    let (whole, part) = digits.split_once('.').map_or((digits, None), |(w, p)| (w, Some(p)));
    let out = values::number::group_thousands(whole);
    part.map_or(out.clone(), |p| format!("{out}.{p}"))
}
