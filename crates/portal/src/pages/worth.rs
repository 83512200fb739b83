//! The figure of a clause as a list shows it: what it is, the number, its unit.

use policy::plain::worth::{Worth, worth};
use policy::scheme::{Clause, Scheme, Window};
use values::{Fen, Lang, Rational};

/// The figure in the column of amounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What it is: 最高, 固定 …
    pub kind: String,
    /// The number, or words where it is none.
    pub number: String,
    /// 万元, 元; empty where it is no money.
    pub unit: &'static str,
    /// How often.
    pub often: String,
    /// It is words, not a number.
    pub is_words: bool,
}

impl Figure {
    /// Of a clause.
    pub fn of(scheme: &Scheme, clause: &Clause, lang: Lang) -> Self {
        let zh = lang == Lang::Zh;
        let pick = |a: &str, b: &str| if zh { a.to_owned() } else { b.to_owned() };
        let often = match clause.frequency.as_ref().map(|frequency| frequency.window) {
            Some(Window::Life) => pick("一次性", "once"),
            Some(Window::Year) => pick("每年", "a year"),
            Some(Window::Years(n)) => {
                if zh {
                    format!("{n} 年内")
                } else {
                    format!("in {n} years")
                }
            }
            None => String::new(),
        };
        let (kind, (number, unit), is_words) = match worth(scheme, clause) {
            Worth::Cap(fen, Some(Window::Life)) => (pick("累计最高", "in all at most"), money(fen, zh), false),
            Worth::Cap(fen, _) => (pick("最高", "at most"), money(fen, zh), false),
            Worth::Fixed(fen) => (pick("固定", "fixed"), money(fen, zh), false),
            Worth::Between(low, high) => {
                let ((low, of_low), (high, unit)) = (money(low, zh), money(high, zh));
                let low = if of_low == unit { low } else { format!("{low}{of_low}") };
                (pick("分档", "by tier"), (format!("{low}–{high}"), unit), false)
            }
            Worth::Share(low, high) if low == high => (pick("按比例", "a share"), (percent(high), ""), false),
            Worth::Share(low, high) => (pick("按比例", "a share"), (format!("{}–{}", percent(low), percent(high)), ""), false),
            Worth::Service(words) => (pick("非资金", "in kind"), (words, ""), true),
            Worth::Open => (pick("金额", "amount"), (pick("由审批决定", "to be decided"), ""), true),
        };
        Self { kind, number, unit, often, is_words }
    }
}

/// 万元 where it is whole, yuan otherwise.
fn money(fen: Fen, zh: bool) -> (String, &'static str) {
    let yuan = fen.0 / 100;
    if !zh {
        return (fen.plain_en().trim_end_matches(".00").to_owned(), "");
    }
    if fen.0 % 1_000_000 == 0 { ((yuan / 10_000).to_string(), "万元") } else { (fen.grouped().trim_end_matches(".00").to_owned(), "元") }
}

fn percent(share: Rational) -> String {
    values::write(share, &values::Unit::none(), Lang::Zh)
}
