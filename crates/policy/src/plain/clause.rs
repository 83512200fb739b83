//! A clause and the policy as a whole, for a reader who never saw the language.

use super::phrase::{modifier_words, phrase, written};
use crate::scheme::{Clause, ClauseId, FactId, Failing, Frequency, Give, Key, Origin, Scheme, Type, Window};
use values::{Date, Lang, WorkCalendar};

struct Page<'a> {
    scheme: &'a Scheme,
    lang: Lang,
    out: String,
}

impl Page<'_> {
    fn pick(&self, zh: &str, en: &str) -> String {
        match self.lang {
            Lang::Zh => zh.to_owned(),
            Lang::En => en.to_owned(),
        }
    }

    fn line(&mut self, zh: &str, en: &str, value: &str) {
        if !value.is_empty() {
            let label = self.pick(zh, en);
            let colon = self.pick("：", ": ");
            self.out.push_str(&format!("{label}{colon}{value}\n"));
        }
    }

    fn items(&mut self, zh: &str, en: &str, items: &[String]) {
        if items.is_empty() {
            return;
        }
        let label = self.pick(zh, en);
        self.out.push_str(&format!("{label}\n"));
        for item in items {
            self.out.push_str(&format!("  · {item}\n"));
        }
    }

    fn key(&self, key: Key) -> String {
        match key {
            Key::Project => self.pick("申报项目", "project"),
            Key::Kind => self.pick("类别", "kind of fund"),
            Key::Fact(fact) => self.scheme.fact(fact).map_or(String::new(), |f| f.name.clone()),
        }
    }

    fn window(&self, window: Window) -> String {
        match window {
            Window::Life => self.pick("累计", "in all"),
            Window::Year => self.pick("每年", "a year"),
            Window::Years(n) => self.pick(&format!("{n}年内"), &format!("within {n} years")),
        }
    }

    fn frequency(&self, frequency: &Frequency) -> String {
        let mut words = match (frequency.window, frequency.times) {
            (Window::Life, 1) => self.pick("一次性（在政策存续期内只给一次）", "once (for the life of the policy)"),
            (Window::Year, 1) => self.pick("每年一次", "once a year"),
            (window, n) => self.pick(&format!("{}最多 {n} 次", self.window(window)), &format!("at most {n} times {}", self.window(window))),
        };
        if let Some(years) = frequency.years_in_all {
            words.push_str(&self.pick(&format!("，共 {years} 年"), &format!(", {years} years in all")));
        }
        if let Some(key) = frequency.each {
            words.push_str(&self.pick(&format!("，按每个{}计", self.key(key)), &format!(", for each {}", self.key(key))));
        }
        words
    }

    fn give(&self, clause: &Clause) -> String {
        match &clause.give {
            None => String::new(),
            Some(Give::Amount(node)) => phrase(self.scheme, *node, self.lang),
            Some(Give::UpTo(node)) => self.pick(
                &format!("至多 {}（具体金额由审批决定）", phrase(self.scheme, *node, self.lang)),
                &format!("up to {} (the amount is decided case by case)", phrase(self.scheme, *node, self.lang)),
            ),
            Some(Give::Waive(node)) => {
                self.pick(&format!("减免 {}", phrase(self.scheme, *node, self.lang)), &format!("a reduction of {}", phrase(self.scheme, *node, self.lang)))
            }
            Some(Give::Service(words)) => self.pick(&format!("服务：{words}"), &format!("a service: {words}")),
            Some(Give::Decided(modifiers)) => {
                let mut words = self.pick("金额原文没有写，由审批决定", "the text states no amount: it is decided");
                for (modifier, node) in modifiers {
                    let (zh, en) = modifier_words(*modifier);
                    words.push_str(&self.pick(&format!("，{zh} "), &format!(", {en} ")));
                    words.push_str(&phrase(self.scheme, *node, self.lang));
                }
                words
            }
        }
    }
}

/// A clause in plain words: who, conditions, amount, evidence, units, readings.
pub fn clause(scheme: &Scheme, id: ClauseId, lang: Lang) -> String {
    let Some(clause) = scheme.clause(id) else { return String::new() };
    let mut page = Page { scheme, lang, out: String::new() };
    let head = page.pick("条款", "Clause");
    page.out.push_str(&format!("{head} {}「{}」\n", clause.id, clause.title));
    let kinds: Vec<String> = clause.applicants.iter().filter_map(|k| scheme.choices(scheme.kind_fact()).get(usize::from(*k)).cloned()).collect();
    page.line("谁可以申报", "Who may apply", &kinds.join("、"));
    page.line("谁得到", "Who is paid", clause.beneficiary.as_deref().unwrap_or_default());
    let own: Vec<String> =
        clause.conditions.iter().map(|t| (phrase(scheme, t.node, lang), t.origin)).map(|(words, origin)| from(&page, words, origin)).collect();
    page.items("条件（都要满足）", "Conditions (all must hold)", &own);
    let bars: Vec<String> = clause.bars.iter().map(|t| from(&page, phrase(scheme, t.node, lang), t.origin)).collect();
    page.items("有下列情形的不给", "Excluded by", &bars);
    if let Some(rank) = &clause.rank {
        let among =
            rank.each.and_then(|f| scheme.fact(f)).map_or(String::new(), |f| page.pick(&format!("，每个{}分别排", f.name), &format!(", for each {}", f.name)));
        let top = rank.top.map_or(String::new(), |n| page.pick(&format!("前 {n} 名"), &format!("the first {n}")));
        let who = if rank.all_records { page.pick("，在全部记录中排", ", among all records") } else { String::new() };
        let words = page.pick(
            &format!("按 {} 取{top}{among}{who}", phrase(scheme, rank.score, lang)),
            &format!("{top} by {}{among}{who}", phrase(scheme, rank.score, lang)),
        );
        page.line("排名", "Ranking", &words);
    }
    let give = page.give(clause);
    page.line("给多少", "Amount", &give);
    let locals: Vec<String> = clause.locals.iter().map(|(name, node)| format!("{name} = {}", phrase(scheme, *node, lang))).collect();
    page.items("其中", "Where", &locals);
    let limits: Vec<String> = clause
        .limits
        .iter()
        .map(|l| {
            format!(
                "{} {}{}",
                page.window(l.window),
                phrase(scheme, l.amount, lang),
                l.each.map_or(String::new(), |k| page.pick(&format!("，按每个{}计", page.key(k)), &format!(", for each {}", page.key(k))))
            )
        })
        .collect();
    page.items("限额（连同以前已得的）", "Limits (with what was received before)", &limits);
    let frequency = clause.frequency.as_ref().map_or(String::new(), |f| page.frequency(f));
    page.line("多久一次", "How often", &frequency);
    pay(&mut page, clause);
    evidence(&mut page, clause);
    page.line("牵头单位", "Lead unit", &clause.lead.join("、"));
    page.line("参与单位", "Participating units", &clause.with.join("、"));
    page.line("资金类别", "Kind of fund", clause.kind.as_deref().unwrap_or_default());
    readings(&mut page, id);
    let words = scheme.clause_words.get(id.index()).map(|w| w.paragraphs.clone()).unwrap_or_default();
    page.items("原文", "The official words", &words);
    page.out
}

fn from(page: &Page<'_>, words: String, origin: Origin) -> String {
    match origin {
        Origin::Clause => words,
        Origin::General(_) => format!("{words}{}", page.pick("（通则）", " (general rule)")),
    }
}

fn pay(page: &mut Page<'_>, clause: &Clause) {
    let rows: Vec<String> = clause
        .instalments
        .iter()
        .map(|row| {
            let share = row.share.map_or(page.pick("其余", "the rest"), |s| written(page.scheme, s, Type::Number(crate::scheme::UnitId::RATIO), page.lang));
            let (otherwise_zh, otherwise_en) = match row.failing {
                Failing::Lost => ("，不符则这一期不兑付", ", else it is lost"),
                Failing::Later => ("，不符则顺延", ", else it waits"),
                Failing::Ends => ("，不符则这一期和以后各期都不兑付", ", else it and all later ones are lost"),
            };
            let test = row.test.map_or(String::new(), |t| {
                let words = phrase(page.scheme, t, page.lang);
                page.pick(&format!("，须 {words}{otherwise_zh}"), &format!(", if {words}{otherwise_en}"))
            });
            page.pick(&format!("第 {} 年：{share}{test}", row.year), &format!("year {}: {share}{test}", row.year))
        })
        .collect();
    page.items("分期兑付", "Paid in instalments", &rows);
}

fn evidence(page: &mut Page<'_>, clause: &Clause) {
    let mut rows = Vec::new();
    let name = |id: &FactId| page.scheme.fact(*id).map_or(String::new(), |f| f.name.clone());
    for id in &clause.facts {
        let Some(fact) = page.scheme.fact(*id) else { continue };
        if !fact.evidence.is_empty() || !fact.verified_by.is_empty() {
            let by = if fact.verified_by.is_empty() {
                String::new()
            } else {
                page.pick(&format!("（{}核验）", fact.verified_by.join("、")), &format!(" (confirmed by {})", fact.verified_by.join("、")))
            };
            let papers = if fact.evidence.is_empty() { page.pick("无需提交", "nothing to hand in") } else { fact.evidence.join("、") };
            rows.push(format!("{}{}{papers}{by}", fact.name, page.pick("：", ": ")));
        }
    }
    for (of, papers) in &clause.evidence {
        let of = of.as_ref().map_or(String::new(), |id| format!("{}{}", name(id), page.pick("：", ": ")));
        rows.push(format!("{of}{}", papers.join("、")));
    }
    page.items("要交的材料", "Evidence", &rows);
}

fn readings(page: &mut Page<'_>, id: ClauseId) {
    let rows: Vec<String> = page
        .scheme
        .readings
        .iter()
        .filter(|r| r.clauses.contains(&id))
        .map(|r| {
            let words = r.words.as_ref().map_or(String::new(), |w| format!("“{w}” "));
            let others = r.others.join(&page.pick("；或 ", "; or "));
            let because = r.because.as_ref().map_or(String::new(), |b| format!("（{b}）"));
            page.pick(
                &format!("{words}取：{}；另有读法：{others}{because}", r.taken.join("；")),
                &format!("{words}read as: {}; could also be: {others}{because}", r.taken.join("; ")),
            )
        })
        .collect();
    page.items("原文有几种读法的地方", "Where the text can be read in several ways", &rows);
}

/// The policy as a whole, with the dates its words drive. `published` is the day of formal publication, where known.
pub fn overview(scheme: &Scheme, calendar: &WorkCalendar, published: Option<Date>, lang: Lang) -> String {
    let policy = &scheme.policy;
    let mut page = Page { scheme, lang, out: String::new() };
    page.out.push_str(&format!("{}（{}）\n", policy.title, policy.id));
    page.line("机关", "Authority", policy.authority.as_deref().unwrap_or_default());
    page.line("稿别", "Stage", policy.stage.as_deref().unwrap_or_default());
    page.line("版本", "Version", &scheme.hash);
    page.line("发布", "Published", &policy.published.map_or(String::new(), |d| d.to_string()));
    if let (Some(start), Some((days, working))) = (policy.published, policy.comment_period) {
        let deadline = if working { calendar.deadline_working_days(start, days) } else { calendar.deadline_days(start, days) };
        let unit = if working { page.pick("个工作日", " working days") } else { page.pick("日", " days") };
        let skipped = deadline.skipped.len();
        let provisional =
            if deadline.provisional { page.pick("（日历未公布，暂定）", " (provisional: the calendar is not published)") } else { String::new() };
        let words = page.pick(
            &format!("至 {}{provisional}（自 {start} 次日起 {days}{unit}，其间 {skipped} 天休息日不计）", deadline.date),
            &format!("until {}{provisional} ({days}{unit} from the day after {start}; {skipped} days off left out)", deadline.date),
        );
        page.line("征求意见", "Open for comments", &words);
    }
    let year = policy.in_force_year.map_or(String::new(), |y| page.pick(&format!("{y}年，"), &format!("{y}, ")));
    let force = match (policy.in_force, policy.in_force_after_days, published) {
        (Some(date), ..) => date.to_string(),
        (None, Some(days), Some(day)) => {
            let first = day.add_days(i64::from(days) + 1).map_or(String::new(), |d| d.to_string());
            page.pick(
                &format!("另定；{day} 公布，满 {days} 日之后，最早 {first}"),
                &format!("to be set; published {day}, after {days} days: {first} at the earliest"),
            )
        }
        (None, Some(days), None) => page.pick(
            &format!("另定；公布满 {days} 日之后（公布日未定，可用 --published 试算）"),
            &format!("to be set, after {days} days from publication (try --published)"),
        ),
        (None, None, _) => page.pick("另定", "to be set"),
    };
    page.line("施行", "In force from", &format!("{year}{force}"));
    page.line("失效", "Expires", &policy.expires.map_or(page.pick("另定", "to be set"), |d| d.to_string()));
    let rows: Vec<String> = scheme
        .clauses
        .iter()
        .map(|c| {
            let limits: String =
                c.limits.iter().map(|l| format!("{}{} {}", page.pick("，", ", "), page.window(l.window), phrase(scheme, l.amount, lang))).collect();
            format!("{} {}：{}{limits}", c.id, c.title, page.give(c))
        })
        .collect();
    page.items("条款", "Clauses", &rows);
    let pools: Vec<String> = scheme.pools.iter().map(|p| pool(&page, p)).collect();
    page.items("资金", "Budget", &pools);
    let targets: Vec<String> = scheme
        .targets
        .iter()
        .map(|t| {
            let goals: Vec<String> = t
                .goals
                .iter()
                .map(|(year, compare, word, value, unit)| {
                    format!("{year} {} {}", super::comparison(*compare, word, lang), written(scheme, *value, Type::Number(*unit), lang))
                })
                .collect();
            let by = if t.responsible.is_empty() { String::new() } else { format!("（{}）", t.responsible.join("、")) };
            format!("{}：{}{by}", t.indicator, goals.join("、"))
        })
        .collect();
    page.items("目标", "Targets", &targets);
    page.out
}

fn pool(page: &Page<'_>, pool: &crate::scheme::Pool) -> String {
    use crate::scheme::Overrun;
    let amounts: Vec<String> = pool
        .amounts
        .iter()
        .map(|(year, amount)| {
            let when = year.map_or(page.pick("每年", "each year"), |y| y.to_string());
            let much = amount.map_or(page.pick("另定", "to be set"), |fen| if page.lang == Lang::Zh { fen.plain_zh() } else { fen.plain_en() });
            format!("{when} {much}")
        })
        .collect();
    let rule = match &pool.overrun {
        Overrun::FirstCome => page.pick("先到先得", "first come, first served"),
        Overrun::ProRata => page.pick("按比例", "pro rata"),
        Overrun::CarryOver => page.pick("顺延到下一年", "carried over to the next year"),
        Overrun::ByMeasure(node, _) => {
            page.pick(&format!("按 {} 排序", phrase(page.scheme, *node, page.lang)), &format!("by {}", phrase(page.scheme, *node, page.lang)))
        }
        Overrun::ByClause(_) => page.pick("按条款先后", "by clause"),
    };
    page.pick(
        &format!("{}：{}；超出时{rule}", pool.name, amounts.join("、")),
        &format!("{}: {}; if it does not suffice, {rule}", pool.name, amounts.join(", ")),
    )
}
