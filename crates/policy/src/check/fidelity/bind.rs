//! Literals of a rule bound to numbers of the words: E0402 (no source), E0404 (another unit). A number of the words is
//! used up by one literal, so that a text that says 10万元 twice wants it twice; indices of 兑付 are bound last.

use super::literals::{Literal, Role, Rule, is_loose};
use super::measures::{Amount, Base, Likeness};
use super::numbers::{Link, may_hold, scan};
use super::{Exception, ExceptionKind, Fidelity, Id};
use crate::check::text::{Place, squeeze};
use crate::diagnostic::Diagnostic;
use crate::syntax::ast::{Block, BlockKind, ExprKind};
use crate::syntax::parse::quantity;
use values::Rational;

/// A rule with the words it cites.
pub(super) struct Bound<'a> {
    /// What the rule says.
    pub(super) rule: Rule<'a>,
    /// What it cites.
    pub(super) places: &'a [Place],
    /// Numbers of the words, in order.
    pub(super) ids: Vec<Id>,
    /// For each literal the number it was bound to.
    pub(super) matched: Vec<Option<Id>>,
    /// The words, white space left out.
    pub(super) words: String,
    /// Literals that want a source.
    missing: Vec<usize>,
}

impl Bound<'_> {
    /// Each literal with the number it is bound to.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (usize, &Literal<'_>, Id)> {
        self.rule.literals.iter().zip(&self.matched).enumerate().filter_map(|(at, (literal, id))| id.map(|id| (at, literal, id)))
    }
}

impl<'a> Fidelity<'a> {
    /// Binds the literals of a block.
    pub(super) fn bind(&mut self, block: &'a Block, places: &'a [Place]) -> Bound<'a> {
        let rule = Rule::of(block, self.measures, self.sources);
        let ids = self.numbers_in(places);
        let words = self.words_in(places);
        let mut bound = Bound { matched: vec![None; rule.literals.len()], rule, places, ids, words, missing: Vec::new() };
        let explained: Vec<bool> = bound.rule.literals.iter().map(|literal| self.explained(block, literal, &bound)).collect();
        let (loose, firm): (Vec<usize>, Vec<usize>) = (0..bound.rule.literals.len()).partition(|at| is_loose(&bound.rule, *at));
        // An index of 兑付 takes what no other literal wants, so that it covers for none that is missing.
        for at in firm.into_iter().chain(loose.iter().copied()) {
            let Some(literal) = bound.rule.literals.get(at) else { continue };
            let same = self.candidates(&bound.ids, literal.amount);
            let unused = |id: &&Id| !self.is_used(**id) && !self.is_excused(**id);
            if literal.role == Role::Loose {
                let paid = same.iter().filter(unused).find(|id| self.of_instalments(**id)).copied();
                if let Some(slot) = bound.matched.get_mut(at) {
                    *slot = paid;
                }
                paid.into_iter().for_each(|id| self.use_number(id));
                continue;
            }
            let elsewhere = same.iter().filter(unused).find(|id| loose.is_empty() || !self.of_instalments(**id));
            let fresh = elsewhere.or_else(|| same.iter().find(unused));
            let id = fresh.or_else(|| same.iter().find(|id| !self.is_excused(**id))).or(same.first()).copied();
            if let Some(slot) = bound.matched.get_mut(at) {
                *slot = id;
            }
            match id {
                Some(id) => self.use_number(id),
                None if explained.get(at) == Some(&true) || free(literal, &bound.words) || self.year_of_a_date(literal, &bound.ids) => {}
                None => bound.missing.push(at),
            }
        }
        if let BlockKind::Table(table) = &block.kind
            && let Some(source) = &table.source
        {
            self.exceptions.push(Exception {
                kind: ExceptionKind::Source,
                what: table.name.text.clone(),
                because: source.clone(),
                heading: block.heading.clone(),
                span: table.name.span,
                words: None,
            });
        }
        bound
    }

    /// 分2年, 第二年, 其余50%: a number that says when how much is paid out.
    fn of_instalments(&self, (quote, at): Id) -> bool {
        let Some((number, chars)) = self.number((quote, at)).zip(self.quote(quote).map(|q| q.chars.as_slice())) else { return false };
        let ends = |c: &char| matches!(c, '，' | '。' | '；' | ',');
        let before = chars.get(..number.from).unwrap_or_default();
        let after = chars.get(number.to..).unwrap_or_default();
        let pays = |c: &char| matches!(c, '兑' | '拨' | '付' | '余' | '期');
        let near = before.iter().rev().take_while(|c| !ends(c)).take(8).any(pays) || after.iter().take_while(|c| !ends(c)).take(8).any(pays);
        if !self.measures.is_time(number.amount) {
            return near || before.iter().rev().take(12).any(|c| *c == '年');
        }
        let condition = number.tail > number.to || before.last().is_some_and(|c| matches!(c, '满' | '过' | '于' | '足'));
        let listed =
            || at.checked_sub(1).is_some_and(|last| self.number((quote, last)).is_some_and(|n| n.link != Link::None) && self.of_instalments((quote, last)));
        !condition
            && (before.last().is_some_and(|c| matches!(c, '分' | '第' | '前' | '后' | '余' | '按'))
                || after.iter().take_while(|c| !ends(c)).take(8).any(pays)
                || listed())
    }

    /// Numbers of the words that are the same as that of a literal.
    pub(super) fn candidates(&self, ids: &[Id], amount: Amount) -> Vec<Id> {
        let same = |id: &&Id| self.number(**id).is_some_and(|n| self.measures.compare(amount, n.amount) == Likeness::Same);
        ids.iter().filter(same).copied().collect()
    }

    /// 2023年 stands in 2023年8月11日.
    fn year_of_a_date(&self, literal: &Literal<'_>, ids: &[Id]) -> bool {
        let Amount::Year(year) = literal.amount else { return false };
        ids.iter().filter_map(|id| self.number(*id)).any(|n| matches!(n.amount, Amount::Date(date) if date.year() == year))
    }

    /// True where a 字面 of the block speaks of this literal.
    fn explained(&self, block: &Block, literal: &Literal<'_>, bound: &Bound<'_>) -> bool {
        let note = block.notes.iter().find(|n| !n.unused && self.speaks_of(&n.what, literal));
        note.is_some_and(|note| note.says.as_deref().is_none_or(|says| bound.words.contains(&squeeze(says).into_iter().collect::<String>())))
    }

    /// True where `what` of a 字面 is this literal.
    pub(super) fn speaks_of(&self, what: &str, literal: &Literal<'_>) -> bool {
        self.sources.words(literal.span) == what || self.read(what).is_some_and(|amount| amount == literal.amount)
    }

    /// A literal as an author writes it.
    fn read(&self, what: &str) -> Option<Amount> {
        let split = what.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ','))).unwrap_or(what.len());
        let (digits, suffix) = what.split_at(split);
        match quantity(digits, suffix)? {
            ExprKind::Quantity(value, unit) => Some(self.measures.amount(value, &unit)),
            ExprKind::Ratio(value) => Some(Amount::Number(value, Base::Ratio)),
            ExprKind::Year(year) => Some(Amount::Year(year)),
            _ => None,
        }
    }

    /// Numbers inside the names of a rule count as used.
    pub(super) fn names(&mut self, bound: &Bound<'_>) {
        for name in bound.rule.names.iter().filter(|name| may_hold(name)) {
            let chars: Vec<char> = name.chars().collect();
            for number in scan(0, &chars, self.measures) {
                let same = self.candidates(&bound.ids, number.amount);
                if let Some(id) = same.iter().find(|id| !self.is_used(**id)) {
                    self.use_number(*id);
                }
            }
        }
    }

    /// E0402 and E0404, once it is known which numbers are left over.
    pub(super) fn uncited(&mut self, rules: &[(&'a Block, Bound<'a>)]) {
        for (block, bound) in rules {
            for at in &bound.missing {
                if let Some(literal) = bound.rule.literals.get(*at) {
                    self.no_source(block, bound, literal);
                }
            }
            self.denominators(block, bound);
        }
    }

    fn no_source(&mut self, block: &Block, bound: &Bound<'_>, literal: &Literal<'_>) {
        let written = self.sources.words(literal.span);
        let spelled = if written.len() > 40 || written.contains('\n') { "" } else { written };
        let likeness = |id: &Id| self.number(*id).map(|n| self.measures.compare(literal.amount, n.amount));
        let other = bound.ids.iter().find(|id| likeness(id) == Some(Likeness::OtherUnit)).copied();
        if let Some(id) = other {
            // One mistake, told of once: the number is not unused as well.
            self.use_number(id);
            let words = self.words_of(id);
            let diagnostic = Diagnostic::new(
                "E0404",
                literal.span,
                format!("单位不同：规则写“{spelled}”，原文写“{words}”"),
                format!("the units differ: the rule writes '{spelled}', the text '{words}'"),
            )
            .related(self.span_of(id))
            .replace(words.clone());
            let help = crate::diagnostic::Text::new(format!("改为 {words}，事实的单位也要一致"), format!("write {words}; the unit of the fact must agree"));
            return self.fault(block, diagnostic, help);
        }
        let kin = |id: &&Id| self.number(**id).is_some_and(|n| kind(n.amount) == kind(literal.amount));
        let present: Vec<Id> = bound.ids.iter().filter(kin).copied().collect();
        let left: Vec<Id> = present.iter().filter(|id| !self.is_used(**id) && !self.is_excused(**id)).copied().collect();
        let list = present.iter().take(6).map(|id| self.words_of(*id)).collect::<Vec<_>>().join("、");
        let has = if list.is_empty() { String::new() } else { format!("（原文有 {list}）") };
        let has_en = if list.is_empty() { String::new() } else { format!(" (they have {list})") };
        let mut diagnostic =
            Diagnostic::new("E0402", literal.span, format!("“{spelled}”不在所引原文中{has}"), format!("'{spelled}' does not stand in the words cited{has_en}"))
                .related(left.first().map_or_else(|| self.first_place(bound.places), |id| self.span_of(*id)));
        if let [one] = left.as_slice() {
            diagnostic = diagnostic.replace(self.words_of(*one));
            self.use_number(*one);
        }
        let help = crate::diagnostic::Text::new(
            format!("照原文改；原文用文字写的，加一行 字面 {spelled} 即「…」；出处在别处的，字面 {spelled} 因「…」"),
            format!("follow the text; where it says so in words: 字面 {spelled} 即「…」; where it comes from elsewhere: 字面 {spelled} 因「…」"),
        );
        self.fault(block, diagnostic, help);
    }

    /// 元/平方米/月: what divides must be named by the words too.
    fn denominators(&mut self, block: &Block, bound: &Bound<'_>) {
        let missing: Vec<(String, Id, crate::source::Span)> = bound
            .pairs()
            .flat_map(|(_, literal, id)| {
                let parts = literal.unit.split(['/', '·']).skip(1).filter(|part| !part.is_empty() && !stands(part, &bound.words));
                parts.map(move |part| (part.to_owned(), id, literal.span)).collect::<Vec<_>>()
            })
            .collect();
        for (part, id, span) in missing {
            let diagnostic = Diagnostic::new(
                "E0404",
                span,
                format!("单位不同：规则按“{part}”计，所引原文没有“{part}”"),
                format!("the units differ: the rule is per {part}, which the words cited do not name"),
            )
            .related(self.span_of(id));
            self.fault(block, diagnostic, crate::diagnostic::Text::new("照原文的单位写", "use the unit of the text"));
        }
    }
}

/// True where the words name a unit, or its other name.
pub(super) fn stands(part: &str, words: &str) -> bool {
    let other = match part {
        "平方米" => "㎡",
        "个月" => "月",
        "天" => "日",
        "日" => "天",
        "人" => "名",
        _ => part,
    };
    words.contains(part) || words.contains(other)
}

fn kind(amount: Amount) -> u8 {
    match amount {
        Amount::Number(_, Base::Ratio) => 0,
        Amount::Number(..) => 1,
        Amount::Year(_) => 2,
        Amount::Date(_) => 3,
    }
}

/// 0, and the 1 of steps where the text says 每, need no source.
fn free(literal: &Literal<'_>, words: &str) -> bool {
    let Amount::Number(value, _) = literal.amount else { return false };
    literal.role == Role::Loose || value == Rational::ZERO || literal.role == Role::Step && value == Rational::ONE && words.contains('每')
}
