//! A whole scheme: facts, parameters, definitions, clauses, groups, pools.

use super::lines::Line;
use super::random::Random;
use super::{Around, Fact, Made, Maker, Named, Ty};

/// A fact every applicant knows: rankings break ties by it.
pub const TIE: &str = "评审得分";

/// Makes the scheme of a seed.
pub fn scheme(seed: u64) -> Made {
    let mut random = Random::new(seed);
    let english = *random.pick(&[0, 0, 0, 50, 100]);
    let made = Made { kinds: vec!["奖励".into(), "补助".into()], ..Made::default() };
    let mut maker = Maker { random, made, english, named: Vec::new(), locals: Vec::new(), divisors: Vec::new(), earlier: Vec::new() };
    maker.everything();
    maker.made
}

fn plain(name: &str, ty: Ty) -> Fact {
    Fact { name: name.to_owned(), ty, by_year: false, by_month: false, since: None }
}

fn choice(words: &[&str]) -> Ty {
    Ty::Choice(words.iter().map(|word| (*word).to_owned()).collect())
}

impl Maker {
    fn everything(&mut self) {
        self.policy();
        self.choose_facts();
        let facts = self.facts_block();
        self.made.head.push(facts);
        self.tables();
        self.definitions();
        let count = 2 + self.random.below(5);
        let sections = 1 + self.random.below(2);
        self.made.sections = vec![Vec::new(); sections];
        for number in 0..count {
            let section = number * sections / count;
            let id = format!("{}.{}", section + 1, number + 1);
            let clause = self.clause(&id);
            self.made.sections[section].push(clause);
        }
        if self.random.chance(35) {
            let scope = self.scope();
            let general = self.general(scope);
            self.made.sections[0].push(general);
        }
        if sections == 2 && self.random.chance(50) {
            let here = self.word("本节");
            let general = self.general(here);
            self.made.sections[1].push(general);
        }
        self.groups();
        self.pools();
        if self.random.chance(40) {
            let clawback = self.clawback();
            self.last(clawback);
        }
    }

    fn last(&mut self, block: Line) {
        self.made.sections.last_mut().unwrap().push(block);
    }

    fn policy(&mut self) {
        let mut lines = vec![Line::key(self.word("机关"), "例")];
        if self.random.chance(40) {
            let day = *self.random.pick(&["2024-01-01", "2024-06-30", "2024-12-31", "2025-01-01", "2023-01-01"]);
            lines.push(Line::key(self.word("施行"), day));
        }
        if self.random.chance(40) {
            let day = *self.random.pick(&["2027-12-31", "2024-12-31", "2024-01-01", "2023-12-31"]);
            lines.push(Line::key(self.word("失效"), day));
        }
        if self.random.chance(40) {
            let boundary = self.one(&["事实发生", "申报", "认定"]);
            let by = self.word("按");
            lines.push(Line::key(self.word("分界"), format!("{by} {boundary}")));
        }
        let block = Line::key(self.word("政策"), "例「生成的政策」").below(lines);
        self.made.head.push(block);
    }

    fn choose_facts(&mut self) {
        let mut pool = vec![
            plain("新落户", Ty::YesNo),
            plain("示范单位", Ty::YesNo),
            plain("失信", Ty::YesNo),
            plain("投入甲", Ty::Number("元")),
            plain("投入乙", Ty::Number("元")),
            Fact { by_year: true, ..plain("销售额", Ty::Number("元")) },
            Fact { by_year: true, since: Some(2022), ..plain("产值", Ty::Number("元")) },
            Fact { by_year: true, ..plain("纳税额", Ty::Number("元")) },
            Fact { by_year: true, ..plain("人数", Ty::Number("人")) },
            plain("面积", Ty::Number("平方米")),
            plain("直播间", Ty::Number("间")),
            plain("入驻率", Ty::Number("")),
            plain("外销额", Ty::Number("美元")),
            plain("设立日", Ty::Date),
            plain("认定年", Ty::Year),
            plain("机构类型", choice(&["总部", "分部", "其他类"])),
            plain("节名", Ty::Text),
            Fact { by_month: true, ..plain("月零售", Ty::Number("元")) },
            plain("租期", Ty::Number("年")),
        ];
        let drop = self.random.below(8);
        for _ in 0..drop {
            // The first seven serve everywhere.
            let at = 7 + self.random.below(pool.len() - 7);
            pool.remove(at);
        }
        pool.push(plain(TIE, Ty::Number("分")));
        if self.random.chance(70) {
            let fields = vec![
                plain("户名", Ty::Text),
                plain("在册", Ty::YesNo),
                plain("户销售额", Ty::Number("元")),
                plain("户已得", Ty::Number("元")),
                plain("户人数", Ty::Number("人")),
                plain("入户年", Ty::Year),
            ];
            pool.push(plain("孵化户", Ty::List("家", fields)));
        }
        if self.random.chance(40) {
            let fields = vec![plain("到岗", Ty::YesNo), plain("到岗日", Ty::Date), plain("贡献", Ty::Number("元")), plain("得分率", Ty::Number(""))];
            pool.push(plain("人才", Ty::List("人", fields)));
        }
        self.made.facts = pool;
    }

    fn type_words(&mut self, fact: &Fact) -> String {
        let mut text = match &fact.ty {
            Ty::YesNo => self.word("是否"),
            Ty::Number("") => self.word("比率"),
            Ty::Number(unit) => (*unit).to_owned(),
            Ty::Date => self.word("日期"),
            Ty::Year => self.word("年份"),
            Ty::Choice(words) => {
                let inner = self.paren(&words.join("、"));
                format!("{}{inner}", self.word("选项"))
            }
            Ty::Text => self.word("文字"),
            Ty::List(unit, _) => {
                let inner = self.paren(unit);
                format!("{}{inner}", self.word("名单"))
            }
        };
        if fact.by_year {
            text = format!("{text} {}", self.word("按年"));
        }
        if fact.by_month {
            text = format!("{text} {}", self.word("按月"));
        }
        if let Some(since) = fact.since {
            text = format!("{text} {} {since}年", self.word("自"));
        }
        text
    }

    fn facts_block(&mut self) -> Line {
        let mut lines = Vec::new();
        for fact in self.made.facts.clone() {
            let words = self.type_words(&fact);
            let mut line = Line::words(format!("{}  {words}", fact.name));
            if let Ty::List(_, fields) = &fact.ty {
                for field in fields {
                    let words = self.type_words(field);
                    line.below.push(Line::words(format!("{}  {words}", field.name)));
                }
            }
            lines.push(line);
        }
        Line::key(self.word("事实"), "").below(lines)
    }

    fn tables(&mut self) {
        let colon = self.sign('：');
        if self.made.facts.iter().any(|fact| fact.ty == Ty::Number("美元")) && self.random.chance(70) {
            let mut rows = Vec::new();
            for (day, rate) in [("2023-12-31", "7.1"), ("2024-06-30", "7.25"), ("2024-12-31", "7.1884")] {
                if self.random.chance(70) {
                    rows.push(Line::words(format!("{day}{colon}{rate}元/美元")));
                }
            }
            let mut text = format!("汇率 元/美元 {}", self.word("按日"));
            if self.random.chance(50) {
                text = format!("{text} {} 200日", self.word("有效"));
            }
            let block = Line::key(self.word("参数"), text).below(rows);
            self.made.head.push(block);
            self.made.rates.push("汇率".into());
        }
        if self.random.chance(60) {
            let mut rows = Vec::new();
            for year in 2021..=2024 {
                if self.random.chance(80) {
                    let rate = self.rate();
                    rows.push(Line::words(format!("{year}年{colon}{rate}")));
                }
            }
            let text = format!("平均增幅 {} {}", self.word("比率"), self.word("按年"));
            let block = Line::key(self.word("参数"), text).below(rows);
            self.made.head.push(block);
            self.named.push(Named { name: "平均增幅".into(), ty: Ty::Number(""), optional: false, any_year: true });
        }
        if self.made.facts.iter().any(|fact| fact.name == "机构类型") && self.random.chance(60) {
            let mut rows = Vec::new();
            for word in ["总部", "分部", "其他类"] {
                if self.random.chance(75) {
                    let value = self.literal("元");
                    rows.push(Line::words(format!("{word}{colon}{value}")));
                }
            }
            let text = format!("窗口奖励 元 {} 机构类型", self.word("按"));
            let block = Line::key(self.word("参数"), text).below(rows);
            self.made.head.push(block);
            self.named.push(Named { name: "窗口奖励".into(), ty: Ty::Number("元"), optional: false, any_year: true });
        }
    }

    fn definitions(&mut self) {
        let around = Around { depth: 1, ..Around::default() };
        if self.random.chance(60) {
            let test = self.condition_block(around);
            let block = self.definition("合格企业", test.text, test.below);
            self.made.head.push(block);
            self.named.push(Named { name: "合格企业".into(), ty: Ty::YesNo, optional: false, any_year: false });
        }
        if self.random.chance(50) {
            let value = self.value("元", Around { year: true, depth: 1, ..Around::default() });
            let block = self.definition("有效投入", value.text, Vec::new());
            self.made.head.push(block);
            self.named.push(Named { name: "有效投入".into(), ty: Ty::Number("元"), optional: value.optional, any_year: true });
        }
        if self.random.chance(30) {
            let value = self.block_value(Around { optional: true, depth: 1, ..Around::default() });
            let block = self.definition("基准额", value.text, value.below);
            self.made.head.push(block);
            self.named.push(Named { name: "基准额".into(), ty: Ty::Number("元"), optional: value.optional, any_year: false });
        }
    }

    fn definition(&mut self, name: &str, text: String, below: Vec<Line>) -> Line {
        let is = self.word("为");
        Line::key(self.word("定义"), format!("{name} {is} {text}")).below(below)
    }

    /// 全部, perhaps without one clause.
    fn scope(&mut self) -> String {
        let all = self.word("全部");
        if self.random.chance(70) || self.made.clauses.len() < 2 {
            return all;
        }
        let clauses = self.made.clauses.clone();
        let (except, clause) = (self.word("除"), self.word("条款"));
        format!("{all} {except} {clause} {}", self.random.pick(&clauses))
    }

    /// Some clauses in order of the file.
    fn some(&mut self, from: &[String]) -> Vec<String> {
        let chosen: Vec<String> = from.iter().filter(|_| self.random.chance(60)).cloned().collect();
        if chosen.is_empty() { from[..1].to_vec() } else { chosen }
    }

    fn ids(&mut self, ids: &[String]) -> String {
        format!("{} {}", self.word("条款"), ids.join("、"))
    }

    fn block(&mut self, zh: &str, name: &str, lines: Vec<Line>) {
        let block = Line::key(self.word(zh), format!("「{name}」")).below(lines);
        self.last(block);
    }

    fn groups(&mut self) {
        let clauses = self.made.clauses.clone();
        if self.random.chance(60) {
            let choice = self.random.chance(30);
            let members = if self.random.chance(60) { clauses.clone() } else { self.some(&clauses) };
            let mut scope = if members.len() == clauses.len() { self.word("全部") } else { self.ids(&members) };
            if self.random.chance(70) {
                scope = format!("{scope}、{}", self.word("他处"));
            }
            let mut lines = vec![Line::key(self.word("适用"), scope)];
            match self.random.below(4) {
                0 => {}
                1 => lines.push(Line::key(self.word("同一"), "申报项目")),
                2 => lines.push(Line::key(self.word("同一"), "类别")),
                _ => lines.push(Line::key(self.word("同一"), "申报项目、类别")),
            }
            let mut mode = if choice { self.word("择一") } else { self.word("就高") };
            if !choice && self.random.chance(25) {
                let (comma, only, elsewhere) = (self.sign('，'), self.word("只对"), self.word("他处"));
                mode = format!("{mode}{comma}{only} {elsewhere}");
            }
            if self.random.chance(25) {
                let (comma, word) = (self.sign('，'), self.word("已得不补"));
                mode = format!("{mode}{comma}{word}");
            }
            lines.push(Line::key(self.word("方式"), mode));
            self.block("并用", "就高不重复", lines);
            if choice {
                self.made.choices.push(("就高不重复".into(), members));
            }
            if clauses.len() > 2 && self.random.chance(30) {
                let pair = self.ids(&[clauses[0].clone(), clauses[2].clone()]);
                let lines = vec![Line::key(self.word("适用"), pair), Line::key(self.word("方式"), self.word("叠加"))];
                self.block("并用", "可以叠加", lines);
            }
        }
        if self.random.chance(12) {
            let members = self.some(&clauses);
            let often = match self.random.below(3) {
                0 => self.word("一次性"),
                1 => format!("{} 2 {}", self.word("每年"), self.word("次")),
                _ => format!("2年内 {}", self.word("一次")),
            };
            let members = self.ids(&members);
            let lines = vec![Line::key(self.word("适用"), members), Line::key(self.word("频次"), often)];
            self.block("并用", "合计次数", lines);
        }
        if self.random.chance(15) {
            let members = self.some(&clauses);
            let (members, same) = (self.ids(&members), *self.random.pick(&["类别", "申报项目"]));
            let lines = vec![Line::key(self.word("适用"), members), Line::key(self.word("同一"), same), Line::key(self.word("方式"), self.word("就高"))];
            self.block("并用", "另一就高", lines);
        }
        if self.random.chance(40) {
            let members = self.some(&clauses);
            let window = match self.random.below(3) {
                0 => self.word("累计"),
                1 => self.word("每年"),
                _ => "2年内".to_owned(),
            };
            let (amount, members) = (self.literal("元"), self.ids(&members));
            let lines = vec![Line::key(self.word("适用"), members), Line::key(self.word("限额"), format!("{window} {amount}"))];
            self.block("并用", "合计封顶", lines);
        }
    }

    fn pools(&mut self) {
        if !self.random.chance(60) {
            return;
        }
        let clauses = self.made.clauses.clone();
        let outer = if self.random.chance(60) { clauses.clone() } else { self.some(&clauses) };
        let scope = if outer.len() == clauses.len() { self.word("全部") } else { self.ids(&outer) };
        let lines = self.pool_lines(scope, &outer);
        self.block("资金", "总额", lines);
        if outer.len() > 1 && self.random.chance(40) {
            let inner = outer[1..].to_vec();
            let scope = self.ids(&inner);
            let lines = self.pool_lines(scope, &inner);
            self.block("资金", "分项", lines);
        }
    }

    fn pool_lines(&mut self, scope: String, members: &[String]) -> Vec<Line> {
        let amount = *self.random.pick(&["1元", "100元", "500元", "2000元", "1万元", "333.33元"]);
        let mut amounts = Vec::new();
        if self.random.chance(30) {
            let set = if self.random.chance(50) { "50元".to_owned() } else { self.word("另定") };
            amounts.push(Line::words(format!("2024年 {set}")));
        }
        amounts.push(Line::words(format!("{} {amount}", self.word("每年"))));
        let first = amounts.remove(0);
        let amount = Line::key(self.word("额度"), first.rest).beside(amounts);
        let overrun = match self.random.below(6) {
            0 | 1 => self.word("按比例"),
            2 => self.word("先到先得"),
            3 => self.word("顺延"),
            4 => {
                let (by, order) = (self.word("按"), self.one(&["高者先", "低者先"]));
                format!("{by} 投入甲 {order}")
            }
            _ => {
                let mut listed = self.some(members);
                self.random.shuffle(&mut listed);
                format!("{} {}", self.word("按条款"), listed.join("、"))
            }
        };
        let sequential = overrun != "按比例" && overrun != "pro_rata";
        let tail = match self.random.below(3) {
            0 if sequential => format!("{}{}", self.sign('，'), self.word("末位不给")),
            1 if sequential => format!("{}{}", self.sign('，'), self.word("末位部分")),
            _ => String::new(),
        };
        vec![Line::key(self.word("适用"), scope), amount, Line::key(self.word("超额"), format!("{overrun}{tail}"))]
    }

    fn clawback(&mut self) -> Line {
        let scope = self.scope();
        let around = Around::default();
        let first = self.condition(around);
        let mut when = Line::key(self.word("触发"), first);
        if self.random.chance(40) {
            let more = self.condition(around);
            when.beside.push(Line::words(more));
        }
        let recover = if self.random.chance(60) { self.word("全额") } else { format!("{} {} 50%", self.word("已付额"), self.word("的")) };
        let lines = vec![Line::key(self.word("适用"), scope), when, Line::key(self.word("收回"), recover)];
        Line::key(self.word("追回"), "「追回」").below(lines)
    }
}
