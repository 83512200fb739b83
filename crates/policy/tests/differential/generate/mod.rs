//! Schemes and applicants from a seed. Schemes are well typed by construction; applicants stand on their thresholds.

pub mod clause;
pub mod condition;
pub mod lines;
pub mod people;
pub mod random;
pub mod scheme;
pub mod select;
pub mod value;

use policy::syntax::words::english;

use lines::Line;
use random::Random;

/// Type of a fact, field, parameter or name.
#[derive(Clone, Debug, PartialEq)]
pub enum Ty {
    /// 是否
    YesNo,
    /// A number in this unit as written; empty for 比率.
    Number(&'static str),
    /// 日期
    Date,
    /// 年份
    Year,
    /// 选项
    Choice(Vec<String>),
    /// 文字
    Text,
    /// 名单 counted in this unit
    List(&'static str, Vec<Fact>),
}

/// A declared fact or field.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Name.
    pub name: String,
    /// Type.
    pub ty: Ty,
    /// 按年
    pub by_year: bool,
    /// 按月
    pub by_month: bool,
    /// 自
    pub since: Option<i32>,
}

/// A name that stands for a value: a parameter, a definition, a local name.
#[derive(Clone, Debug)]
pub struct Named {
    /// Name.
    pub name: String,
    /// Type.
    pub ty: Ty,
    /// It may be absent.
    pub optional: bool,
    /// It means something in another year too.
    pub any_year: bool,
}

/// What was made, and what applicants need to know of it.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// Blocks before the sections.
    pub head: Vec<Line>,
    /// Blocks by section.
    pub sections: Vec<Vec<Line>>,
    /// Facts.
    pub facts: Vec<Fact>,
    /// Parameters that an application may give: names.
    pub rates: Vec<String>,
    /// Clause ids.
    pub clauses: Vec<String>,
    /// 类别 in use.
    pub kinds: Vec<String>,
    /// 择一 groups with the ids of their members.
    pub choices: Vec<(String, Vec<String>)>,
    /// Written numbers by unit, in hundredths.
    pub numbers: Vec<(&'static str, i64)>,
    /// Days that matter.
    pub days: Vec<String>,
}

impl Made {
    /// The file.
    pub fn source(&self) -> String {
        let mut out = String::from("# 生成的政策\n\n");
        let fence = |blocks: &[Line], out: &mut String| {
            for block in blocks {
                out.push_str("```duixian\n");
                let mut text = String::new();
                block.write(0, &mut text);
                out.push_str(&text);
                out.push_str("```\n\n");
            }
        };
        fence(&self.head, &mut out);
        for (number, blocks) in self.sections.iter().enumerate() {
            out.push_str(&format!("## 第{}节\n\n", number + 1));
            fence(blocks, &mut out);
        }
        out
    }
}

/// Where an expression stands.
#[derive(Clone, Copy, Debug, Default)]
pub struct Around {
    /// Fields of this list (a position among the facts) may be named.
    pub list: Option<usize>,
    /// A month is in force.
    pub month: bool,
    /// A year other than the award year may be in force.
    pub year: bool,
    /// It stands in a clause: 本条 and local names may be used.
    pub clause: bool,
    /// It may be absent.
    pub optional: bool,
    /// How deep it already stands.
    pub depth: usize,
}

impl Around {
    /// One deeper.
    #[must_use]
    pub fn deeper(mut self) -> Self {
        self.depth += 1;
        self
    }

    /// Where nothing may be absent.
    #[must_use]
    pub fn firm(mut self) -> Self {
        self.optional = false;
        self
    }
}

/// Makes one scheme.
pub struct Maker {
    /// Randomness.
    pub random: Random,
    /// What is made.
    pub made: Made,
    /// How many keywords in a hundred are English.
    pub english: usize,
    /// Parameters and definitions.
    pub named: Vec<Named>,
    /// Local names of the clause at hand.
    pub locals: Vec<Named>,
    /// Facts the clause at hand divides by.
    pub divisors: Vec<String>,
    /// Clauses that may be named here.
    pub earlier: Vec<(String, bool)>,
}

impl Maker {
    /// A keyword in one of the languages.
    pub fn word(&mut self, zh: &str) -> String {
        if self.random.chance(self.english) { english(zh).unwrap_or_else(|| panic!("{zh} is no word")).to_owned() } else { zh.to_owned() }
    }

    /// One of several keywords.
    pub fn one(&mut self, words: &[&str]) -> String {
        let zh = *self.random.pick(words);
        self.word(zh)
    }

    /// A sign: full-width, or now and then its half-width twin.
    pub fn sign(&mut self, full: char) -> String {
        if self.english == 0 || !self.random.chance(self.english) {
            return full.to_string();
        }
        match full {
            '，' => ", ",
            '：' => ": ",
            '（' => "(",
            '）' => ")",
            other => panic!("{other}"),
        }
        .to_owned()
    }

    /// In parentheses.
    pub fn paren(&mut self, inner: &str) -> String {
        let (open, close) = (self.sign('（'), self.sign('）'));
        format!("{open}{inner}{close}")
    }
}
