//! Words of one line that are keywords only in their place: walks the tokens as the parser reads them and says of
//! each what it is.

use crate::syntax::lexer::{Token, TokenKind};
use crate::syntax::words::Role;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// A keyword if it is one everywhere, else a name, a number, a text, a sign.
    Plain,
    /// A Local word that is a keyword here.
    Key,
    /// The parser keeps the source letter for letter.
    Raw,
}

/// The Local words that are keywords where a value could begin too.
pub(super) struct Local {
    /// As the first word of the content.
    first: &'static [&'static str],
    /// Later on, behind a sign, a number, a text or another such word.
    later: &'static [&'static str],
    /// It begins with names: choices before ：, the name before 为, or clauses.
    named: bool,
    /// They are keywords even where a name may stand.
    over_names: bool,
}

const fn local(first: &'static [&'static str], later: &'static [&'static str]) -> Local {
    Local { first, later, named: false, over_names: false }
}

pub(super) const NONE: Local = local(&[], &[]);
pub(super) const NAMED: Local = Local { named: true, ..local(&[], &[]) };
pub(super) const ROW: Local = Local { named: true, ..local(&[], &["公布"]) };
pub(super) const SENTENCE: Local = local(&["叙述", "鼓励", "程序", "释义", "授权", "任务"], &[]);
pub(super) const RANK: Local = local(&[], &["低者先", "全部记录", "前", "同分", "并列"]);
pub(super) const FREQUENCY: Local = local(&["一次性", "累计", "每年"], &["一次", "共"]);
pub(super) const LIMIT: Local = local(&["一次性", "累计", "每年"], &[]);
pub(super) const AMOUNT: Local = local(&["每年", "另定"], &["另定"]);
pub(super) const OVERRUN: Local = local(&["先到先得", "按比例", "顺延", "按条款", "按"], &["末位不给", "末位部分"]);
pub(super) const MODE: Local = local(&["择一", "叠加"], &["只对", "他处", "已得不补"]);
pub(super) const SCOPE: Local = Local { named: true, over_names: true, ..local(&["全部", "本节", "他处"], &["全部", "本节", "他处"]) };
pub(super) const RECOVER: Local = local(&["全额"], &[]);
pub(super) const PENALTY: Local = local(&["停付", "禁报"], &["停付", "禁报"]);
pub(super) const IN_FORCE: Local = local(&["另定"], &["另定", "公布满"]);
pub(super) const BOUNDARY: Local = local(&["按", "事实发生", "申报", "认定"], &["事实发生", "申报", "认定"]);
pub(super) const ELSEWHERE: Local = local(&[], &["申报项目"]);
pub(super) const INSTALMENT: Local = local(&["第"], &["均付", "顺延", "终止"]);
const ATTRIBUTES: Local = local(&[], &["按年", "按月", "按日", "按", "自", "核验", "期间", "问", "有效"]);
pub(super) const ALTERNATIVE: Local = local(&["无此行", "第", "前", "共"], &["均付", "顺延", "终止"]);

/// Local words behind which a value, a name or a further keyword must come.
const OPENS: &[&str] = &[
    "按",
    "自",
    "核验",
    "期间",
    "问",
    "公布",
    "公布满",
    "有效",
    "除",
    "只对",
    "按条款",
    "禁报",
    "同分",
    "前",
    "共",
    "第",
    "即",
    "缺",
    "申报项目",
    "每年",
    "累计",
    "一次性",
];

/// General words behind which neither a value nor a name comes.
const CLOSES: &[&str] =
    &["增量", "增幅", "的部分", "已得", "首得年份", "本年所得", "已付额", "决定额", "不予", "年度", "截止", "名次", "其余", "含", "不含", "佐证", "来源"];

/// No Local word is a keyword.
pub(super) fn plain(tokens: &[Token]) -> Vec<Use> {
    vec![Use::Plain; tokens.len()]
}

/// Kept letter for letter up to the first token that `ends` it; behind it every Local word is a keyword.
pub(super) fn raw_until(tokens: &[Token], ends: impl Fn(&Token) -> bool) -> Vec<Use> {
    let end = tokens.iter().position(ends).unwrap_or(tokens.len());
    (0..tokens.len()).map(|at| if at < end { Use::Raw } else { Use::Key }).collect()
}

/// Kept letter for letter up to 即, behind which a name stands, whatever word it is.
pub(super) fn alias(tokens: &[Token]) -> Vec<Use> {
    // Where a name must stand, 即 is one.
    let name = |at: usize| at.checked_sub(1).and_then(|before| tokens.get(before)).is_none_or(|t| matches!(t.kind, TokenKind::Sign('、')));
    let end = (0..tokens.len()).find(|at| tokens.get(*at).is_some_and(|t| t.is("即")) && !name(*at)).unwrap_or(tokens.len());
    (0..tokens.len())
        .map(|at| match at.cmp(&end) {
            std::cmp::Ordering::Less => Use::Raw,
            std::cmp::Ordering::Equal => Use::Key,
            std::cmp::Ordering::Greater => Use::Plain,
        })
        .collect()
}

/// Attributes of a fact or a table.
pub(super) fn attributes(tokens: &[Token]) -> Vec<Use> {
    let mut walk = Walk { tokens, local: &ATTRIBUTES, uses: Vec::new(), want: false, names: false };
    walk.run();
    walk.uses
}

/// An expression with what may follow it on its line.
pub(super) fn expression(tokens: &[Token], local: &'static Local) -> Vec<Use> {
    let mut walk = Walk { tokens, local, uses: Vec::new(), want: true, names: local.named };
    walk.run();
    walk.uses
}

/// `2023年 X 5万元`, or fields of a record: a name, then its value, which is a choice, 是 or 否, or anything else.
pub(super) fn given(tokens: &[Token]) -> Vec<Use> {
    let mut name = true;
    let mut uses = Vec::new();
    for token in tokens {
        let mut here = Use::Plain;
        match &token.kind {
            TokenKind::Sign('，' | '、') => name = true,
            TokenKind::Word { key: None | Some((_, Role::Local)), .. } | TokenKind::Quoted(_) if name => name = false,
            TokenKind::Word { .. } if token.is("是") || token.is("否") => here = Use::Key,
            _ => {}
        }
        uses.push(here);
    }
    uses
}

/// What may come out, as the first word behind the clause: in 结果, and in 实得.
pub(super) const OUTCOMES: &[&str] = &["不符合", "待定", "已享受", "禁入", "让位", "上限"];
pub(super) const AWARDED: &[&str] = &["让位"];

/// `[person] clause outcome`; a reason is kept letter for letter, and any other word is a name.
pub(super) fn outcome(tokens: &[Token], outcomes: &[&str]) -> Vec<Use> {
    let bare = |at: usize| matches!(tokens.get(at).map(|t| &t.kind), Some(TokenKind::Number { suffix, .. }) if suffix.is_empty());
    let mut subject = usize::from(tokens.first().is_some_and(|t| t.name().is_some()) && bare(1));
    subject += usize::from(tokens.get(subject).is_some_and(|t| t.is("条款"))) + 1;
    // A reason stands behind the outcome that may have one, and nowhere else.
    let reasoned = tokens.get(subject).is_some_and(|t| outcomes.iter().any(|o| t.is(o)) && ["不符合", "待定", "禁入"].iter().any(|o| t.is(o)));
    let reason = Some(subject + 1).filter(|at| reasoned && tokens.get(*at).is_some_and(|t| t.is("因") || t.is("缺"))).unwrap_or(tokens.len());
    let eligible = tokens.get(subject).is_some_and(|t| t.is("符合"));
    let keyword = |at: usize, word: &str| match word {
        "是" | "否" => true,
        "缺" => at == reason,
        "上限" if eligible => at == subject + 1,
        word => at == subject && outcomes.contains(&word),
    };
    (0..tokens.len())
        .map(|at| match tokens.get(at).and_then(Token::word) {
            _ if at < subject => Use::Plain,
            _ if at > reason => Use::Raw,
            Some(word) if keyword(at, word) => Use::Key,
            _ => Use::Plain,
        })
        .collect()
}

struct Walk<'t> {
    tokens: &'t [Token],
    local: &'static Local,
    uses: Vec<Use>,
    /// A value or a name must come next.
    want: bool,
    /// It must be a name.
    names: bool,
}

impl Walk<'_> {
    fn run(&mut self) {
        for (at, token) in self.tokens.iter().enumerate() {
            let here = self.step(at, token);
            self.uses.push(here);
        }
    }

    fn step(&mut self, at: usize, token: &Token) -> Use {
        match &token.kind {
            TokenKind::Sign(sign) => {
                self.want = *sign != '）';
                self.names &= *sign == '、';
            }
            // Keys of a row: behind a day or a year a name may stand too.
            TokenKind::Number { .. } | TokenKind::Date(_) if self.names && !self.local.over_names => self.want = true,
            TokenKind::Number { digits, suffix } => self.want = self.want && !self.counted(at) && self.period(at, digits, suffix),
            TokenKind::Date(_) | TokenKind::Text(_) | TokenKind::Quoted(_) | TokenKind::Word { key: None, .. } => self.want = false,
            TokenKind::Word { key: Some((zh, Role::Local)), .. } => return self.local_word(at, zh),
            TokenKind::Word { key: Some((zh, _)), .. } => {
                self.want = !CLOSES.contains(zh);
                self.names = matches!(*zh, "属于" | "每个" | "条款" | "符合");
            }
        }
        Use::Plain
    }

    fn local_word(&mut self, at: usize, zh: &str) -> Use {
        let listed = if at == 0 { self.local.first.contains(&zh) } else { self.local.later.contains(&zh) && self.may_follow(at) };
        let named = self.names && self.want && !(listed && self.local.over_names);
        let keyword = !named && (listed || !self.want || matches!(zh, "是" | "否"));
        if keyword {
            // What is left out of a scope is named clause by clause.
            if zh == "除" {
                self.local = &NONE;
            }
            self.want = OPENS.contains(&zh);
            self.names = matches!(zh, "核验" | "按" | "按条款" | "除") || self.names && self.local.over_names;
            Use::Key
        } else {
            self.want = false;
            Use::Plain
        }
    }

    /// A Local keyword may stand behind this token although a value may too.
    fn may_follow(&self, at: usize) -> bool {
        let Some((before, used)) = at.checked_sub(1).and_then(|i| self.tokens.get(i).zip(self.uses.get(i))) else { return true };
        match &before.kind {
            TokenKind::Word { key: Some((zh, _)), .. } => *used == Use::Key || *zh == "不符则",
            TokenKind::Word { key: None, .. } | TokenKind::Quoted(_) => false,
            _ => true,
        }
    }

    /// The number of `近 3 年`, which is never a year or a month.
    fn counted(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|i| self.tokens.get(i).zip(self.uses.get(i)));
        before.is_some_and(|(token, used)| match token.word() {
            Some("近" | "至少") => true,
            Some("前" | "第" | "共") => *used == Use::Key,
            _ => false,
        })
    }

    /// A year or a month that moves the name behind it.
    fn period(&self, at: usize, digits: &str, suffix: &str) -> bool {
        let moves = suffix == "月" || suffix == "年" && digits.len() == 4;
        let next = self.tokens.get(at + 1);
        let listed = next.and_then(Token::word).is_some_and(|zh| self.local.later.contains(&zh));
        moves && !listed && next.is_some_and(|t| t.name().is_some() || matches!(&t.kind, TokenKind::Number { suffix, .. } if suffix == "月"))
    }
}
