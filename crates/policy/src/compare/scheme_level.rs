//! What changed outside clauses: data of the policy, targets, tasks, groups, budgets, recovery, tables, readings.

use super::differ::Pair;
use super::{Difference, What, canonical};
use crate::plain::terms::{self, prose, tight};
use crate::plain::{comparison, written};
use crate::scheme::{ClauseId, Clawback, Param, Reading, Scheme, Target, Type};
use values::Date;

/// Things of one sort by name: what they say, and a spelling of what they mean.
struct Named {
    name: String,
    words: String,
    meaning: String,
}

impl Pair<'_> {
    /// Differences, and whether everything that may touch an applicant is proven equal.
    pub(super) fn scheme_level(&self) -> (Vec<Difference>, bool) {
        let mut out = self.data();
        let mut equal = super::same_time(self.old, self.new);
        let both = |of: &dyn Fn(&Scheme) -> Vec<Named>| (of(self.old), of(self.new));
        let (a, b) = both(&|s| self.groups(s));
        equal &= self.named(What::Group, &a, &b, &mut out);
        let (a, b) = both(&|s| self.pools(s));
        equal &= self.named(What::Pool, &a, &b, &mut out);
        let (a, b) = both(&|s| self.clawbacks(s));
        equal &= self.named(What::Clawback, &a, &b, &mut out);
        let (a, b) = both(&|s| self.params(s));
        self.named(What::Param, &a, &b, &mut out);
        let (a, b) = both(&|s| self.targets(s));
        self.named(What::Target, &a, &b, &mut out);
        let (a, b) = both(&|s| self.tasks(s));
        self.named(What::Task, &a, &b, &mut out);
        let (a, b) = both(&|s| self.readings(s));
        self.named(What::Reading, &a, &b, &mut out);
        (out, equal)
    }

    fn data(&self) -> Vec<Difference> {
        let (a, b) = (&self.old.policy, &self.new.policy);
        let set = |date: Option<Date>| date.map_or(self.pick("另定", "to be set"), |d| d.to_string());
        let since = |p: &crate::scheme::Policy| {
            let year = p.in_force_year.filter(|_| p.in_force.is_none()).map_or(String::new(), |y| self.pick(&format!("{y}年，"), &format!("{y}, ")));
            let after = p.in_force_after_days.map_or(String::new(), |d| self.pick(&format!("，公布满{d}日"), &format!(", {d} days after publication")));
            format!("{year}{}{after}", set(p.in_force))
        };
        let comments = |p: &crate::scheme::Policy| {
            p.comment_period.map_or(String::new(), |(n, working)| {
                let unit = if working { self.pick("个工作日", " working days") } else { self.pick("日", " days") };
                format!("{n}{unit}")
            })
        };
        let text = |words: &Option<String>| words.clone().unwrap_or_default();
        let rows = [
            (self.pick("名称", "title"), a.title.clone(), b.title.clone()),
            (self.pick("机关", "authority"), text(&a.authority), text(&b.authority)),
            (self.pick("地区", "region"), text(&a.region), text(&b.region)),
            (self.pick("稿别", "stage"), text(&a.stage), text(&b.stage)),
            (self.pick("发布", "published"), set(a.published), set(b.published)),
            (self.pick("征求意见", "open for comments"), comments(a), comments(b)),
            (self.pick("施行", "in force from"), since(a), since(b)),
            (self.pick("失效", "expires"), set(a.expires), set(b.expires)),
            (self.pick("分界", "boundary"), a.boundary.unwrap_or_default().to_owned(), b.boundary.unwrap_or_default().to_owned()),
        ];
        rows.into_iter().filter(|(_, from, to)| from != to).map(|(subject, from, to)| Difference::of(What::Policy, subject, from, to)).collect()
    }

    /// True where all mean the same.
    fn named(&self, what: What, old: &[Named], new: &[Named], out: &mut Vec<Difference>) -> bool {
        let mut equal = true;
        let sort = match what {
            What::Target => self.pick("目标", "target "),
            What::Task => self.pick("任务", "task "),
            What::Group => self.pick("并用", "group "),
            What::Pool => self.pick("资金", "budget "),
            What::Clawback => self.pick("追回", "recovery "),
            What::Param => self.pick("参数", "table "),
            _ => String::new(),
        };
        let subject = |name: &str| if sort.is_empty() { name.to_owned() } else { format!("{sort}「{name}」") };
        for b in new {
            match old.iter().find(|a| a.name == b.name) {
                Some(a) if a.meaning == b.meaning && a.words == b.words => {}
                Some(a) => {
                    equal &= a.meaning == b.meaning;
                    // The same words may rest on something that changed: a definition, a table.
                    let mark = if a.words == b.words {
                        self.pick("（所依据的定义或参数改了）", " (a definition or table behind it changed)")
                    } else {
                        String::new()
                    };
                    out.push(Difference::of(what, subject(&b.name), a.words.clone(), format!("{}{mark}", b.words)));
                }
                None => {
                    equal = false;
                    out.push(Difference { what, subject: subject(&b.name), old: None, new: Some(b.words.clone()) });
                }
            }
        }
        for a in old.iter().filter(|a| !new.iter().any(|b| b.name == a.name)) {
            equal = false;
            out.push(Difference { what, subject: subject(&a.name), old: Some(a.words.clone()), new: None });
        }
        equal
    }

    fn groups(&self, scheme: &Scheme) -> Vec<Named> {
        let of =
            |g: &crate::scheme::Group| Named { name: g.name.clone(), words: terms::group(scheme, g, self.lang).join(""), meaning: canonical::group(scheme, g) };
        scheme.groups.iter().map(of).collect()
    }

    fn pools(&self, scheme: &Scheme) -> Vec<Named> {
        let of = |p: &crate::scheme::Pool| Named { name: p.name.clone(), words: terms::pool(scheme, p, self.lang), meaning: canonical::pool(scheme, p) };
        scheme.pools.iter().map(of).collect()
    }

    fn clawbacks(&self, scheme: &Scheme) -> Vec<Named> {
        let of = |c: &Clawback| {
            let triggers: Vec<String> = c.triggers.iter().map(|t| prose(scheme, *t, self.lang)).collect();
            let much = c.recover.map_or(self.pick("全额", "all of it"), |n| prose(scheme, n, self.lang));
            let who = terms::members(scheme, &c.members, self.lang);
            let months = c.months.map_or(String::new(), |m| self.pick(&format!("{m}个月内"), &format!("within {m} months, ")));
            let more = format!("{} {:?}", c.stop_payment, c.bar_years);
            let words = self
                .pick(&format!("{who}：{months}{}的，追回{much}", triggers.join("、")), &format!("{who}: {months}{}: recovered {much}", triggers.join(", ")));
            let spelled: Vec<String> = c.triggers.iter().map(|t| canonical::node(scheme, *t)).collect();
            let recover = c.recover.map(|n| canonical::node(scheme, n));
            Named { name: c.name.clone(), words, meaning: format!("{who} {spelled:?} {recover:?} {:?} {more}", c.months) }
        };
        scheme.clawbacks.iter().map(of).collect()
    }

    fn params(&self, scheme: &Scheme) -> Vec<Named> {
        let of = |p: &Param| {
            let rows: Vec<String> = p
                .rows
                .iter()
                .map(|row| {
                    let choices: Vec<&str> =
                        p.by.iter().zip(&row.choices).filter_map(|(f, c)| scheme.choices(*f).get(usize::from(*c))).map(String::as_str).collect();
                    let when = row.day.map(|d| d.to_string()).or(row.year.map(|y| y.to_string())).unwrap_or_default();
                    format!("{when}{}：{}", choices.join("、"), written(scheme, row.value, Type::Number(p.unit), self.lang))
                })
                .collect();
            let words = if rows.is_empty() { self.pick("随申报填报", "given with the application") } else { rows.join("；") };
            Named { name: p.name.clone(), meaning: words.clone(), words }
        };
        scheme.params.iter().map(of).collect()
    }

    fn targets(&self, scheme: &Scheme) -> Vec<Named> {
        let of = |t: &Target| {
            let goals: Vec<String> = t
                .goals
                .iter()
                .map(|(year, compare, word, value, unit)| {
                    let words = format!("{year} {} {}", comparison(*compare, word, self.lang), written(scheme, *value, Type::Number(*unit), self.lang));
                    self.pick(&tight(&words.replacen(' ', "年", 1), self.lang), &words)
                })
                .collect();
            let by = if t.responsible.is_empty() { String::new() } else { format!("（{}）", t.responsible.join("、")) };
            let words = format!("{}{}{}{by}", t.indicator, self.pick("：", ": "), goals.join("、"));
            Named { name: t.name.clone(), meaning: words.clone(), words }
        };
        scheme.targets.iter().map(of).collect()
    }

    fn tasks(&self, scheme: &Scheme) -> Vec<Named> {
        let of = |t: &crate::scheme::TaskEntry| {
            let words = if t.responsible.is_empty() { self.pick("没有写责任单位", "no unit named") } else { t.responsible.join("、") };
            Named { name: t.words.chars().take(40).collect(), meaning: words.clone(), words }
        };
        scheme.tasks.iter().map(of).collect()
    }

    fn readings(&self, scheme: &Scheme) -> Vec<Named> {
        let of = |(at, r): (usize, &Reading)| {
            let words = r.words.as_ref().map_or(String::new(), |w| format!("“{w}”"));
            let before = scheme.readings.iter().take(at).filter(|o| o.heading == r.heading && o.words == r.words).count();
            let again = if before > 0 { format!("（{}）", before + 1) } else { String::new() };
            let said = self.pick(
                &format!("取{}；另{}", tight(&r.taken.join("；"), self.lang), tight(&r.others.join("；或"), self.lang)),
                &format!("read as {}; could be {}", r.taken.join("; "), r.others.join("; ")),
            );
            let name =
                if r.heading.contains(['「', '“']) || words.is_empty() { format!("{}{again}", r.heading) } else { format!("{}{words}{again}", r.heading) };
            Named { name, meaning: said.clone(), words: said }
        };
        scheme.readings.iter().enumerate().map(of).collect()
    }

    /// The quoted words, where they changed.
    pub(super) fn official_words(&self, old: ClauseId, new: ClauseId) -> Option<Difference> {
        let words = |scheme: &Scheme, id: ClauseId| -> String {
            let own = scheme.clause_words.get(id.index()).map(|w| w.paragraphs.concat()).unwrap_or_default();
            own.chars().filter(|c| !c.is_whitespace()).collect()
        };
        let (from, to) = (words(self.old, old), words(self.new, new));
        (from != to).then(|| Difference::of(What::Words, self.pick("原文", "official words"), from, to))
    }
}
