//! A comparison as text and as one page of HTML.

use super::{Affected, ClauseComparison, Comparison, Difference, Effect, Given, Verdict, What};
use crate::markup::escape;
use std::fmt::Write;
use values::{Fen, Lang};

struct Voice {
    lang: Lang,
}

impl Voice {
    fn of(comparison: &Comparison) -> Self {
        Self { lang: if comparison.lang == "zh" { Lang::Zh } else { Lang::En } }
    }

    fn pick(&self, zh: &str, en: &str) -> String {
        crate::plain::terms::pick(self.lang, zh, en).to_owned()
    }

    fn money(&self, fen: Fen) -> String {
        crate::plain::terms::money(fen, self.lang)
    }

    /// One change: what it was, what it is.
    fn difference(&self, d: &Difference) -> String {
        let colon = self.pick("：", ": ");
        match (&d.old, &d.new, self.lang) {
            (Some(old), Some(new), _) => format!("{}{colon}{old} → {new}", d.subject),
            (None, Some(new), Lang::Zh) => format!("{}：新增 {new}", d.subject),
            (None, Some(new), Lang::En) => format!("{}: added {new}", d.subject),
            (Some(old), None, Lang::Zh) => format!("{}：删去 {old}", d.subject),
            (Some(old), None, Lang::En) => format!("{}: taken away {old}", d.subject),
            (None, None, _) => d.subject.clone(),
        }
    }

    fn given(&self, given: &Given) -> String {
        let word = match (given.outcome, self.lang) {
            ("eligible", Lang::Zh) => "符合",
            ("eligible", Lang::En) => "eligible",
            ("undetermined", Lang::Zh) => "待定",
            ("undetermined", Lang::En) => "undetermined",
            ("exhausted", Lang::Zh) => "已享受",
            ("exhausted", Lang::En) => "used up",
            ("barred", Lang::Zh) => "禁入",
            ("barred", Lang::En) => "barred",
            ("", Lang::Zh) => "没有这一条",
            ("", Lang::En) => "no such clause",
            (_, Lang::Zh) => "不符合",
            (_, Lang::En) => "not eligible",
        };
        match given.amount {
            Some(fen) if given.ceiling => format!("{}{}", self.pick("至多", "up to "), self.money(fen)),
            Some(fen) => self.money(fen),
            None => word.to_owned(),
        }
    }

    fn effect(&self, effect: Effect) -> String {
        match effect {
            Effect::BecomesEligible => self.pick("新符合", "become eligible"),
            Effect::NoLongerEligible => self.pick("不再符合", "no longer eligible"),
            Effect::Gains => self.pick("多得", "get more"),
            Effect::Loses => self.pick("少得", "get less"),
            Effect::OtherKind => self.pick("给法改变", "another kind of award"),
            Effect::Open => self.pick("能否确定改变", "can be decided in one version only"),
        }
    }

    /// Who, within what, and how much at most.
    fn affected(&self, a: &Affected) -> String {
        let mut out = self.effect(a.effect);
        if !a.range.is_empty() {
            out.push_str(&self.pick(&format!("：{}的", a.range.join("、")), &format!(": {}", a.range.join(", "))));
        }
        let (zh, en) = match a.effect {
            Effect::Gains => ("多得", "more"),
            Effect::Loses => ("少得", "less"),
            Effect::BecomesEligible => ("可得", "to be had"),
            Effect::NoLongerEligible => ("失去", "lost"),
            Effect::OtherKind | Effect::Open => return out,
        };
        match (a.most, a.unbounded) {
            (Some(most), _) => out.push_str(&self.pick(&format!("，最多{zh}{}", self.money(most)), &format!(", at most {} {en}", self.money(most)))),
            (None, true) => out.push_str(&self.pick(&format!("，{zh}的数额没有上限"), &format!(", with no bound on what is {en}"))),
            (None, false) => {}
        }
        out
    }

    fn witness(&self, a: &Affected) -> String {
        let facts: Vec<String> = a.facts.iter().map(|(name, value)| format!("{name} {value}")).chain(a.history.iter().cloned()).collect();
        let who = facts.join(&self.pick("、", ", "));
        self.pick(
            &format!("例：{who} —— 原 {}，现 {}", self.given(&a.old), self.given(&a.new)),
            &format!("e.g. {who} — was {}, is {}", self.given(&a.old), self.given(&a.new)),
        )
    }

    fn verdict(&self, clause: &ClauseComparison, c: &Comparison) -> String {
        let year = self.year(c);
        match clause.verdict {
            Verdict::Same if !c.same_time => self.pick(
                "结果不变（已证明：两版都施行的时间内，任何申报人、任何往年所得）",
                "no change in results while both versions apply (proven for every applicant and history)",
            ),
            Verdict::Same => self.pick("结果不变（已证明：任何申报人、任何往年所得）", "no change in results (proven for every applicant and history)"),
            Verdict::SameFirst => self.pick(
                &format!("结果不变（已证明：{year}年度、截止12月31日、往年没有得过的申报人；规则的写法不同）"),
                &format!(
                    "no change in results (proven for applicants without earlier awards in {year}, judged on 31 December; the rules are written otherwise)"
                ),
            ),
            Verdict::Differs => self.pick("结果有变", "results differ"),
            Verdict::Undecided => self.pick("没有判定", "not decided"),
            Verdict::Added => self.pick("新增条款", "new clause"),
            Verdict::Removed => self.pick("删去条款", "clause taken away"),
        }
    }

    fn heading(&self, clause: &ClauseComparison) -> String {
        let id = match (&clause.old, &clause.new) {
            (Some(a), Some(b)) if a != b => format!("{a} → {b}"),
            (_, Some(b)) => b.clone(),
            (Some(a), None) => a.clone(),
            (None, None) => String::new(),
        };
        format!("{id} {}", clause.title)
    }

    fn summary(&self, c: &Comparison) -> String {
        if c.same {
            return self.pick(
                "两个版本对任何申报人都一样（已证明：条款、并用、资金、追回、施行时间的含义和起作用的先后都相同）。",
                "The versions are the same for every applicant (proven: clauses, groups, budgets, recovery, dates and the order that decides mean the same).",
            );
        }
        let count = |verdicts: &[Verdict]| c.clauses.iter().filter(|x| verdicts.contains(&x.verdict)).count();
        let (differs, same, here) = (count(&[Verdict::Differs]), count(&[Verdict::Same]), count(&[Verdict::SameFirst]));
        let (added, removed, open) = (count(&[Verdict::Added]), count(&[Verdict::Removed]), count(&[Verdict::Undecided]));
        let (while_zh, while_en) = if c.same_time { ("", "") } else { ("两版都施行的时间内，", " while both versions apply") };
        let year = self.year(c);
        let mut zh = format!("{differs}条结果有变");
        let mut en = format!("results differ: {differs}");
        for (n, word_zh, word_en) in [
            (
                same,
                format!("{same}条不变（已证明：{while_zh}任何申报人、任何往年所得）"),
                format!("no change: {same} (proven for every applicant and history{while_en})"),
            ),
            (
                here,
                format!("{here}条在{year}年度不变（已证明，限往年没有得过、截止12月31日的；其他没有证明）"),
                format!("no change in {year}: {here} (proven for applicants without earlier awards judged on 31 December; nothing beyond)"),
            ),
            (added, format!("新增{added}条"), format!("new: {added}")),
            (removed, format!("删去{removed}条"), format!("taken away: {removed}")),
            (open, format!("没有判定{open}条"), format!("not decided: {open}")),
        ] {
            if n > 0 {
                let _ = write!(zh, "，{word_zh}");
                let _ = write!(en, "; {word_en}");
            }
        }
        // Clauses are compared before groups and budgets: what is said of them is not said of the sum.
        if !c.same_together {
            zh.push_str("。条款以外的规则有变（见“政策整体”）：各条不变，合计也可能变");
            en.push_str(". Rules outside clauses changed (see the policy as a whole): sums may change where clauses do not");
        }
        self.pick(&format!("{zh}。"), &format!("{en}."))
    }

    fn year(&self, c: &Comparison) -> String {
        c.year.map_or(String::new(), |y| y.to_string())
    }

    fn limits(&self, c: &Comparison) -> String {
        if c.year.is_none() {
            return self.pick("两版没有同时施行的年度，只比较规则。", "No year lies in both versions: only rules are compared.");
        }
        let year = self.year(c);
        self.pick(
            &format!("“谁多得、谁少得”按{year}年度、往年没有得过的申报人逐条比较，频次、限额有改动的另试得过的；不看同时享受几项和年度资金，这些规则的改动列在前面。"),
            &format!(
                "Gains and losses are by clause, for award year {year} and applicants without earlier awards (with some where frequency or limits change), before groups and budgets; changes of those are listed above."
            ),
        )
    }
}

/// Clauses that have something to say; the others are counted.
fn told(c: &Comparison) -> impl Iterator<Item = &ClauseComparison> {
    c.clauses.iter().filter(|x| x.verdict != Verdict::Same || !x.differences.is_empty())
}

/// Official words are long: text shows where they begin to differ.
fn short(d: &Difference) -> Difference {
    if d.what != What::Words {
        return d.clone();
    }
    let (old, new) = (d.old.clone().unwrap_or_default(), d.new.clone().unwrap_or_default());
    let (a, b): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
    let start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let room = a.len().min(b.len()) - start;
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count().min(room);
    let cut = |chars: &[char]| {
        let (from, to) = (start.saturating_sub(6), (chars.len() - end + 6).min(chars.len()));
        let words: String = chars.get(from..to).unwrap_or_default().iter().collect();
        format!("{}{words}{}", if from > 0 { "…" } else { "" }, if to < chars.len() { "…" } else { "" })
    };
    Difference { old: d.old.as_ref().map(|_| cut(&a)), new: d.new.as_ref().map(|_| cut(&b)), ..d.clone() }
}

/// A comparison in words, for a page that lays it out itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// What is known in all.
    pub summary: String,
    /// What changed outside clauses.
    pub policy: Vec<String>,
    /// Clauses that have something to say.
    pub clauses: Vec<OutlineClause>,
    /// What was not looked at.
    pub limits: Option<String>,
}

/// A clause of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutlineClause {
    /// Number and title.
    pub heading: String,
    /// What is known.
    pub verdict: String,
    /// What changed.
    pub differences: Vec<String>,
    /// Who is treated otherwise, each with an applicant that shows it.
    pub affected: Vec<(String, String)>,
    /// What is not decided, and why.
    pub undecided: Vec<String>,
}

/// A comparison in words.
pub fn outline(c: &Comparison) -> Outline {
    let voice = Voice::of(c);
    let clause = |clause: &ClauseComparison| OutlineClause {
        heading: voice.heading(clause),
        verdict: voice.verdict(clause, c),
        differences: clause.differences.iter().map(|d| voice.difference(&short(d))).collect(),
        affected: clause.affected.iter().map(|a| (voice.affected(a), voice.witness(a))).collect(),
        undecided: clause.undecided.clone(),
    };
    Outline {
        summary: voice.summary(c),
        policy: c.policy.iter().map(|d| voice.difference(d)).collect(),
        clauses: told(c).map(clause).collect(),
        limits: (!c.same).then(|| voice.limits(c)),
    }
}

/// As lines of text.
pub fn text(c: &Comparison) -> String {
    let voice = Voice::of(c);
    let mut out = String::new();
    let hash = |h: &str| h.chars().take(12).collect::<String>();
    let _ = writeln!(out, "{}", voice.pick(&format!("原：{}（{}）", c.old.title, hash(&c.old.hash)), &format!("old: {} ({})", c.old.title, hash(&c.old.hash))));
    let _ = writeln!(out, "{}", voice.pick(&format!("现：{}（{}）", c.new.title, hash(&c.new.hash)), &format!("new: {} ({})", c.new.title, hash(&c.new.hash))));
    let _ = writeln!(out, "{}", voice.summary(c));
    if c.policy.iter().any(|d| d.what != What::Reading) {
        let _ = writeln!(out, "\n{}", voice.pick("政策整体", "The policy as a whole"));
        for d in c.policy.iter().filter(|d| d.what != What::Reading) {
            let _ = writeln!(out, "  ~ {}", voice.difference(d));
        }
    }
    for clause in told(c) {
        let _ = writeln!(out, "\n{}  {}", voice.heading(clause), voice.verdict(clause, c));
        for d in &clause.differences {
            let _ = writeln!(out, "  ~ {}", voice.difference(&short(d)));
        }
        for a in &clause.affected {
            let _ = writeln!(out, "  {} {}", mark(a.effect), voice.affected(a));
            let _ = writeln!(out, "      {}", voice.witness(a));
        }
        for why in &clause.undecided {
            let _ = writeln!(out, "  ？ {}{why}", voice.pick("没有判定：", "not decided: "));
        }
    }
    let readings: Vec<&Difference> = c.policy.iter().filter(|d| d.what == What::Reading).collect();
    if !readings.is_empty() {
        let _ = writeln!(out, "\n{}", voice.pick("读法登记", "The register of readings"));
        for d in readings {
            let _ = writeln!(out, "  ~ {}", voice.difference(d));
        }
    }
    if !c.same {
        let _ = writeln!(out, "\n{}", voice.limits(c));
    }
    out
}

fn mark(effect: Effect) -> &'static str {
    match effect {
        Effect::BecomesEligible | Effect::Gains => "+",
        Effect::NoLongerEligible | Effect::Loses => "−",
        Effect::OtherKind | Effect::Open => "·",
    }
}

const STYLE: &str = "\
:root{--ink:#18212d;--ink-2:#414d5e;--ink-3:#5b6778;--line:#dce2ea;--wash:#f4f6f9;--brand:#17508f;--pass:#176440;--seal:#b02a1f;--unknown:#574a86;\
--ui:\"PingFang SC\",\"Microsoft YaHei\",\"Noto Sans CJK SC\",system-ui,sans-serif;--official:\"Songti SC\",\"Noto Serif CJK SC\",SimSun,serif}\
*{box-sizing:border-box}body{margin:0;color:var(--ink);font:400 16px/1.7 var(--ui);font-variant-numeric:tabular-nums;overflow-wrap:break-word}main{max-width:960px;margin:0 auto;padding:32px 24px 64px}\
h1{font-size:28px;line-height:1.35;margin:0 0 8px}h2{font-size:18px;margin:32px 0 4px;padding-top:12px;border-top:1px solid var(--line)}p{margin:4px 0}\
.meta{color:var(--ink-3);font-size:14px}.lead{font-weight:600;color:var(--brand)}.verdict{font-size:14px;color:var(--ink-2)}\
table{width:100%;table-layout:fixed;border-collapse:collapse;font-size:14px;margin:8px 0}th,td{text-align:left;vertical-align:top;padding:6px 10px;border-bottom:1px solid var(--line)}th{background:var(--wash);color:var(--ink-2)}\
th:first-child{width:20%}.who th:first-child{width:32%}.who th:nth-child(n+3){width:13%}td.money{white-space:nowrap}td.words{font-family:var(--official)}.up{color:var(--pass);font-weight:600}.down{color:var(--seal);font-weight:600}.note{color:var(--unknown);font-size:14px}\
@page{size:A4;margin:18mm 16mm}@media print{main{max-width:none;padding:0}h2{break-after:avoid}tr{break-inside:avoid}}";

/// As one page that needs no other file.
pub fn html(c: &Comparison) -> String {
    let voice = Voice::of(c);
    let title = escape(&voice.pick(&format!("{}：两个版本的比较", c.new.title), &format!("{}: two versions compared", c.new.title)));
    let code = if c.lang == "zh" { "zh-CN" } else { "en" };
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{code}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{title}</title><style>{STYLE}</style></head>\n<body><main><h1>{title}</h1>"
    );
    for (label, version) in [(voice.pick("原版本", "Old version"), &c.old), (voice.pick("现版本", "New version"), &c.new)] {
        let _ = write!(out, "<p class=\"meta\">{label} {} <code>{}</code></p>", escape(&version.title), escape(&version.hash));
    }
    let _ = writeln!(out, "<p class=\"lead\">{}</p>", escape(&voice.summary(c)));
    if c.policy.iter().any(|d| d.what != What::Reading) {
        let _ = write!(out, "<h2>{}</h2>", voice.pick("政策整体", "The policy as a whole"));
        let rest: Vec<Difference> = c.policy.iter().filter(|d| d.what != What::Reading).cloned().collect();
        html_differences(&mut out, &voice, &rest);
    }
    for clause in told(c) {
        let _ = write!(out, "<section><h2>{}</h2><p class=\"verdict\">{}</p>", escape(&voice.heading(clause)), escape(&voice.verdict(clause, c)));
        html_differences(&mut out, &voice, &clause.differences);
        if !clause.affected.is_empty() {
            let head = [voice.pick("谁", "who"), voice.pick("最小的例子", "smallest example"), voice.pick("原", "was"), voice.pick("现", "is")];
            let _ = write!(out, "<table class=\"who\"><thead><tr>{}</tr></thead><tbody>", head.iter().map(|h| format!("<th>{h}</th>")).collect::<String>());
            for a in &clause.affected {
                let class = match a.effect {
                    Effect::BecomesEligible | Effect::Gains => "up",
                    Effect::NoLongerEligible | Effect::Loses => "down",
                    Effect::OtherKind | Effect::Open => "",
                };
                let facts: Vec<String> = a.facts.iter().map(|(n, v)| format!("{n} {v}")).chain(a.history.iter().cloned()).collect();
                let facts = escape(&facts.join(&voice.pick("、", ", ")));
                let _ = write!(
                    out,
                    "<tr><td class=\"{class}\">{}</td><td>{facts}</td><td class=\"money\">{}</td><td class=\"money\">{}</td></tr>",
                    escape(&voice.affected(a)),
                    escape(&voice.given(&a.old)),
                    escape(&voice.given(&a.new))
                );
            }
            out.push_str("</tbody></table>");
        }
        for why in &clause.undecided {
            let _ = write!(out, "<p class=\"note\">？ {}{}</p>", voice.pick("没有判定：", "not decided: "), escape(why));
        }
        out.push_str("</section>\n");
    }
    let readings: Vec<Difference> = c.policy.iter().filter(|d| d.what == What::Reading).cloned().collect();
    if !readings.is_empty() {
        let _ = write!(out, "<h2>{}</h2>", voice.pick("读法登记", "The register of readings"));
        html_differences(&mut out, &voice, &readings);
    }
    if !c.same {
        let _ = write!(out, "<p class=\"meta\">{}</p>", escape(&voice.limits(c)));
    }
    out.push_str("</main></body></html>\n");
    out
}

fn html_differences(out: &mut String, voice: &Voice, differences: &[Difference]) {
    if differences.is_empty() {
        return;
    }
    let head = [voice.pick("内容", "what"), voice.pick("原", "was"), voice.pick("现", "is")];
    let _ = write!(out, "<table><thead><tr>{}</tr></thead><tbody>", head.iter().map(|h| format!("<th>{h}</th>")).collect::<String>());
    for d in differences {
        let class = if d.what == What::Words { " class=\"words\"" } else { "" };
        let side = |words: &Option<String>| words.as_ref().map_or("—".to_owned(), |w| escape(w));
        let _ = write!(out, "<tr><td>{}</td><td{class}>{}</td><td{class}>{}</td></tr>", escape(&d.subject), side(&d.old), side(&d.new));
    }
    out.push_str("</tbody></table>");
}
