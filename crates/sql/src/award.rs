//! From clauses to awards: 并用 within an applicant, then 资金 over everybody, and the statements as they are written out.

use crate::dialect::Dialect;
use crate::group::{self, Settled};
use crate::refusal::{Reason, Refusal};
use crate::scope::Scope;
use crate::table::ColumnType;
use crate::{Export, Options, POOLS, RESULTS};
use policy::diagnostic::Text;
use policy::scheme::{Clause, ClauseId, Group, Mode, Overrun, Pool, Scheme};
use std::collections::BTreeMap;

/// What an award of a clause rests on, as columns.
struct Item {
    clause: ClauseId,
    /// What is left of the amount after what is held elsewhere.
    value: String,
    /// Keys under the group that clashes, in the order of 同一.
    keys: Vec<String>,
}

/// How awards are worked out.
pub(crate) struct Plan {
    items: Vec<Item>,
    /// Members of the group whose awards clash.
    clash: Option<Vec<ClauseId>>,
    /// What clauses came to, where the combinations of the groups were tried one by one.
    settled: Option<BTreeMap<ClauseId, Settled>>,
    /// For each pool the columns its claims are ordered by, if there are any.
    measures: Vec<Vec<String>>,
}

/// Writes what awards rest on, as far as it can be held.
pub(crate) fn plan(scope: &mut Scope<'_>, complete: bool) -> Result<Plan, (Text, Reason)> {
    let scheme = scope.scheme;
    if !complete {
        let why = Reason::new("有条款没有导出，并用和资金算不全", "some clauses are not exported");
        return Err((Text::new("并用和资金", "groups and pools"), why));
    }
    let clashing: Vec<&Group> = scheme.groups.iter().filter(|g| matches!(g.mode, Some(Mode::Highest | Mode::Choice)) && !g.only_elsewhere).collect();
    let more = |g: &Group| g.frequency.is_some() || !g.limits.is_empty() || matches!(g.mode, Some(Mode::Stack | Mode::Choice));
    let tried = clashing.len() > 1 || scheme.groups.iter().any(more);
    let clash = clashing.first().copied().filter(|_| !tried);
    let groups: Vec<&Group> = scheme.groups.iter().collect();
    let mut items = Vec::new();
    for (id, _) in scheme.clause_ids() {
        let item = item(scope, id, &groups, clash).map_err(|why| (Text::new("并用", "the groups"), why))?;
        items.push(item);
    }
    let mut measures = Vec::new();
    for pool in &scheme.pools {
        measures.push(match &pool.overrun {
            Overrun::ByMeasure(node, _) => {
                scope.measure(*node).map_err(|why| (Text::new(format!("资金「{}」", pool.name), format!("pool '{}'", pool.name)), why))?
            }
            _ => Vec::new(),
        });
    }
    let mut settled = None;
    if tried {
        let values = items.iter().map(|item| (item.clause, item.value.clone())).collect();
        settled = Some(group::tried(scope, &values).map_err(|why| (Text::new("并用", "the groups"), why))?);
    }
    Ok(Plan { items, settled, clash: clash.map(|group| group.members.clone()), measures })
}

fn item(scope: &mut Scope<'_>, id: ClauseId, groups: &[&Group], clash: Option<&Group>) -> Result<Item, Reason> {
    let Some(amount) = scope.outcomes.get(&id).map(|of| of.amount.clone()) else { return Err(Reason::new("条款没有导出", "the clause is not exported")) };
    let (taken, blocked) = scope.taken(id, groups)?;
    let zero = scope.dialect.number(0);
    let value = scope.stages.bind(format!("CASE WHEN {blocked} THEN {zero} WHEN {amount} > {taken} THEN {amount} - {taken} ELSE {zero} END"));
    let mut keys = Vec::new();
    if let Some(group) = clash.filter(|group| group.members.contains(&id)) {
        for key in &group.same {
            let word = scope.key_word(*key, id)?;
            keys.push(scope.read(word));
        }
    }
    Ok(Item { clause: id, value, keys })
}

/// A column of the long form: its name, and for each clause (by position) what it is.
struct Long {
    name: String,
    parts: Vec<(u32, String)>,
    /// What it is for clauses without a part.
    otherwise: String,
}

impl Long {
    fn sql(&self) -> String {
        let cases: Vec<String> = self.parts.iter().map(|(n, sql)| format!("WHEN {n} THEN s.{sql}")).collect();
        if cases.is_empty() {
            format!("{} AS {}", self.otherwise, self.name)
        } else {
            format!("CASE k.n {} ELSE {} END AS {}", cases.join(" "), self.otherwise, self.name)
        }
    }
}

/// Writes the statements.
pub(crate) fn write(mut scope: Scope<'_>, plan: Option<Plan>, left_out: Vec<Refusal>) -> Export {
    let (scheme, options, d) = (scope.scheme, scope.options, scope.dialect);
    let ranked = scheme.clauses.iter().any(|clause| clause.rank.is_some());
    let pools = plan.is_some() && !scheme.pools.is_empty();
    let longs = longs(&mut scope, plan.as_ref());
    let mut wanted: Vec<String> = longs.iter().flat_map(|long| long.parts.iter().map(|(_, sql)| sql.clone())).collect();
    let rank_only = ranked.then(|| scope.read("COALESCE(f.rank_only, FALSE)".to_owned()));
    wanted.extend(rank_only.clone());
    let mut own = vec![("id", "f.id".to_owned()), ("year", scope.raw_year())];
    if pools {
        own.push(("seq", "f.seq".to_owned()));
    }
    let (mut ctes, from) = scope.sources();
    let (chain, last) = scope.stages.write(d, "s", &from, &own, &wanted);
    ctes.extend(chain);
    let clauses: Vec<String> = scope.outcomes.keys().filter_map(|id| Some(format!("({}, {})", id.0, d.words(&scheme.clause(*id)?.id)))).collect();
    let mut list: Vec<String> = own.iter().map(|(name, _)| format!("s.{name}")).collect();
    list.extend(["k.n".to_owned(), "k.clause".to_owned()]);
    list.extend(longs.iter().map(Long::sql));
    let only = rank_only.map_or_else(String::new, |column| format!("\n  WHERE NOT s.{column}"));
    let values = format!("(VALUES {}) AS k(n, clause)", clauses.join(", "));
    ctes.push(format!("r AS (\n  SELECT {}\n  FROM {last} s CROSS JOIN {values}{only}\n)", list.join(",\n    ")));
    let mut current = "r".to_owned();
    let mut columns = "id, year, clause, outcome, CAST(amount AS BIGINT) AS amount, CASE WHEN amount IS NOT NULL THEN decided END AS decided".to_owned();
    if let Some(plan) = &plan {
        if plan.settled.is_none() {
            current = awards(plan, &mut ctes);
        }
        columns.push_str(", CAST(awarded AS BIGINT) AS awarded");
        for (at, pool) in scheme.pools.iter().enumerate() {
            current = shared(d, pool, at, plan, &current, &mut ctes);
        }
        if let Some(last) = scheme.pools.len().checked_sub(1) {
            columns = columns.replace("CAST(awarded AS", &format!("CAST(awarded{last} AS"));
            for at in 0..=last {
                let n = at + 1;
                columns.push_str(&format!(
                    ", CAST(asked{at} AS BIGINT) AS asked_{n}, CAST(CASE WHEN asked{at} IS NOT NULL THEN awarded{at} END AS BIGINT) AS got_{n}"
                ));
            }
        }
    }
    let mut statements = vec![format!("CREATE OR REPLACE TEMPORARY VIEW {RESULTS} AS\nWITH {}\nSELECT {columns}\nFROM {current}", ctes.join(",\n"))];
    if pools {
        statements.push(format!("CREATE OR REPLACE TEMPORARY VIEW {POOLS} AS\n{}", summary(d, &scheme.pools)));
    }
    let mut fixed = vec![("id", ColumnType::Id)];
    fixed.extend(options.year.is_none().then_some(("year", ColumnType::Year)));
    fixed.extend(options.as_of.is_none().then_some(("as_of", ColumnType::Date)));
    fixed.extend(ranked.then_some(("rank_only", ColumnType::YesNo)));
    fixed.extend(pools.then_some(("seq", ColumnType::Position)));
    let tables = scope.needs.tables(&options.table, &fixed);
    let mut text = head(scheme, options, &left_out, pools, plan.is_some());
    for table in &tables {
        text.push_str(&table.comment(d));
    }
    for statement in &statements {
        text.push('\n');
        text.push_str(statement);
        text.push_str(";\n");
    }
    Export { text, statements, tables, left_out, awards: plan.is_some() }
}

fn longs(scope: &mut Scope<'_>, plan: Option<&Plan>) -> Vec<Long> {
    let d = scope.dialect;
    let outcomes = scope.outcomes.clone();
    let number_null = format!("CAST(NULL AS {})", d.whole());
    let column = |name: &str, otherwise: &str| Long { name: name.to_owned(), parts: Vec::new(), otherwise: otherwise.to_owned() };
    let (mut outcome, mut amount) = (column("outcome", "'undetermined'"), column("amount", &number_null));
    let (mut decided, mut item) = (column("decided", "TRUE"), column("item", "FALSE"));
    for (id, of) in &outcomes {
        outcome.parts.push((id.0, of.outcome.clone()));
        amount.parts.push((id.0, of.amount.clone()));
        if of.decided != "TRUE" {
            decided.parts.push((id.0, of.decided.clone()));
        }
        if of.paid {
            let holds = scope.stages.bind(format!("({} = 'eligible' AND {} AND {} IS NOT NULL)", of.outcome, of.decided, of.amount));
            item.parts.push((id.0, holds));
        }
    }
    let mut out = vec![outcome, amount, decided];
    let Some(plan) = plan else { return out };
    if let Some(settled) = &plan.settled {
        return longs_settled(settled, out, column("awarded", &number_null), plan, &|name| column(name, &number_null));
    }
    out.push(item);
    let mut value = column("value", &number_null);
    for item in &plan.items {
        value.parts.push((item.clause.0, item.value.clone()));
    }
    out.push(value);
    let keys = plan.items.iter().map(|item| item.keys.len()).max().unwrap_or(0);
    for at in 0..keys {
        let mut key = column(&format!("key{at}"), &format!("CAST(NULL AS {})", d.text()));
        key.parts.extend(plan.items.iter().filter_map(|item| Some((item.clause.0, item.keys.get(at)?.clone()))));
        out.push(key);
    }
    out.extend(measures(plan, &|name| column(name, &number_null)));
    out
}

/// The same where the groups are settled already.
fn longs_settled(settled: &BTreeMap<ClauseId, Settled>, mut out: Vec<Long>, mut awarded: Long, plan: &Plan, column: &dyn Fn(&str) -> Long) -> Vec<Long> {
    for long in &mut out {
        match long.name.as_str() {
            "outcome" => long.parts = settled.iter().map(|(id, of)| (id.0, of.outcome.clone())).collect(),
            "amount" => long.parts = settled.iter().map(|(id, of)| (id.0, of.amount.clone())).collect(),
            _ => {}
        }
    }
    awarded.parts = settled.iter().map(|(id, of)| (id.0, of.awarded.clone())).collect();
    out.push(awarded);
    out.extend(measures(plan, column));
    out
}

/// Names of the columns that a pool orders its claims by.
fn names(pool: usize, digits: &[String]) -> Vec<String> {
    (0..digits.len()).map(|digit| format!("measure{pool}_{digit}")).collect()
}

/// Columns that pools order their claims by.
fn measures(plan: &Plan, column: &dyn Fn(&str) -> Long) -> Vec<Long> {
    let mut out = Vec::new();
    for (name, digit) in plan.measures.iter().enumerate().flat_map(|(at, digits)| names(at, digits).into_iter().zip(digits)) {
        let mut order = column(&name);
        order.parts.extend(plan.items.iter().map(|item| (item.clause.0, digit.clone())));
        out.push(order);
    }
    out
}

fn among(members: &[ClauseId]) -> String {
    let list: Vec<String> = members.iter().map(|id| id.0.to_string()).collect();
    if list.is_empty() { "FALSE".to_owned() } else { format!("n IN ({})", list.join(", ")) }
}

/// 并用: of awards of the same keys the greatest is held, of equal ones that of the earlier clause.
fn awards(plan: &Plan, ctes: &mut Vec<String>) -> String {
    let keys: Vec<String> = (0..plan.items.iter().map(|item| item.keys.len()).max().unwrap_or(0)).map(|at| format!("key{at}")).collect();
    let turn = match &plan.clash {
        Some(members) => {
            let known: Vec<String> = keys.iter().map(|key| format!(" AND {key} IS NOT NULL")).collect();
            ctes.push(format!(
                "w AS (\n  SELECT r.*, CASE WHEN item AND {}{} THEN TRUE ELSE FALSE END AS clashes\n  FROM r\n)",
                among(members),
                known.join("")
            ));
            let same: Vec<&str> = ["id", "clashes"].into_iter().chain(keys.iter().map(String::as_str)).collect();
            format!("CASE WHEN clashes THEN ROW_NUMBER() OVER (PARTITION BY {} ORDER BY value DESC, n) ELSE 1 END", same.join(", "))
        }
        None => "1".to_owned(),
    };
    let from = if plan.clash.is_some() { "w" } else { "r" };
    ctes.push(format!("x AS (\n  SELECT {from}.*, {turn} AS turn\n  FROM {from}\n)"));
    let measures: Vec<String> = plan.measures.iter().enumerate().flat_map(|(at, digits)| names(at, digits)).map(|name| format!(", {name}")).collect();
    let seq = if plan.measures.is_empty() { "" } else { ", seq" };
    ctes.push(format!(
        "a AS (\n  SELECT id, year{seq}, n, clause, amount, decided{},\n    \
         CASE WHEN item AND (turn > 1 OR (value = 0 AND amount > 0)) THEN 'yielded' ELSE outcome END AS outcome,\n    \
         CASE WHEN item AND turn = 1 THEN value END AS awarded\n  FROM x\n)",
        measures.join("")
    ));
    "a".to_owned()
}

/// What a pool holds in the year of a row; NULL where it is not set.
fn held(d: Dialect, pool: &Pool) -> String {
    let mut usual = d.exact("NULL");
    let mut cases = String::new();
    for (year, amount) in &pool.amounts {
        let amount = amount.map_or_else(|| d.exact("NULL"), |fen| d.number(i128::from(fen.0)));
        match year {
            Some(year) => cases.push_str(&format!(" WHEN {year} THEN {amount}")),
            None => usual = amount,
        }
    }
    if cases.is_empty() { usual } else { format!("CASE year{cases} ELSE {usual} END") }
}

/// 资金: the claims of a year, and what each gets where they are too much together.
fn shared(d: Dialect, pool: &Pool, at: usize, plan: &Plan, from: &str, ctes: &mut Vec<String>) -> String {
    let before = if at == 0 { "awarded".to_owned() } else { format!("awarded{}", at - 1) };
    let claim = format!("CASE WHEN {} THEN {before} END", among(&pool.members));
    ctes.push(format!("p{at}a AS (\n  SELECT {from}.*, {claim} AS asked{at}, {} AS held{at}\n  FROM {from}\n)", held(d, pool)));
    let sum = d.exact(&format!("SUM(asked{at}) OVER (PARTITION BY year)"));
    let zero = d.number(0);
    let (asked, hold) = (format!("asked{at}"), format!("held{at}"));
    let whole = format!("asked{at} IS NULL OR held{at} IS NULL OR sum{at} <= held{at}");
    if pool.overrun == Overrun::ProRata {
        ctes.push(format!("p{at}b AS (\n  SELECT p{at}a.*, {sum} AS sum{at}\n  FROM p{at}a\n)"));
        let share = d.quotient(&format!("({asked} * {hold})"), &format!("sum{at}"));
        ctes.push(format!("p{at}c AS (\n  SELECT p{at}b.*, CASE WHEN {whole} THEN NULL ELSE {share} END AS share{at}\n  FROM p{at}b\n)"));
        let left = d.exact(&format!("held{at} - SUM(share{at}) OVER (PARTITION BY year)"));
        ctes.push(format!("p{at}d AS (\n  SELECT p{at}c.*, {asked} * {hold} - share{at} * sum{at} AS rest{at}, {left} AS left{at}\n  FROM p{at}c\n)"));
        let turn = format!("ROW_NUMBER() OVER (PARTITION BY year, share{at} IS NULL ORDER BY rest{at} DESC, seq, n)");
        ctes.push(format!("p{at}e AS (\n  SELECT p{at}d.*, {turn} AS turn{at}\n  FROM p{at}d\n)"));
        let part = format!("CASE WHEN share{at} IS NULL THEN {before} WHEN turn{at} <= left{at} THEN share{at} + 1 ELSE share{at} END");
        ctes.push(format!("p{at} AS (\n  SELECT p{at}e.*, {part} AS awarded{at}\n  FROM p{at}e\n)"));
        return format!("p{at}");
    }
    let order = match &pool.overrun {
        Overrun::ByMeasure(_, highest) => {
            let names = names(at, plan.measures.get(at).map_or(&[], Vec::as_slice));
            let unknown = names.first().map(|first| format!("CASE WHEN {first} IS NULL THEN 1 ELSE 0 END"));
            let way = if *highest { "DESC" } else { "ASC" };
            let digits: Vec<String> = unknown.into_iter().chain(names.iter().map(|name| format!("{name} {way}"))).collect();
            format!("{}, seq, n", digits.join(", "))
        }
        Overrun::ByClause(first) => {
            let cases: Vec<String> = first.iter().enumerate().map(|(at, id)| format!("WHEN {} THEN {at}", id.0)).collect();
            let last = first.len();
            if cases.is_empty() { "n, seq".to_owned() } else { format!("CASE n {} ELSE {last} END, n, seq", cases.join(" ")) }
        }
        _ => "seq, n".to_owned(),
    };
    let so_far = format!("SUM({asked}) OVER (PARTITION BY year, {asked} IS NULL ORDER BY {order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)");
    ctes.push(format!("p{at}b AS (\n  SELECT p{at}a.*, {sum} AS sum{at}, {} AS upto{at}\n  FROM p{at}a\n)", d.exact(&so_far)));
    let rest = if pool.last_in_part { format!("{hold} - (upto{at} - {asked})") } else { zero.clone() };
    let part = format!("CASE WHEN {whole} THEN {before} WHEN upto{at} <= {hold} THEN {asked} WHEN upto{at} - {asked} <= {hold} THEN {rest} ELSE {zero} END");
    ctes.push(format!("p{at} AS (\n  SELECT p{at}b.*, {part} AS awarded{at}\n  FROM p{at}b\n)"));
    format!("p{at}")
}

/// One row for each year and pool.
fn summary(d: Dialect, pools: &[Pool]) -> String {
    let most = d.number(i128::from(i64::MAX));
    let sum = |column: &str| {
        let sum = d.exact(&format!("COALESCE(SUM({}), 0)", d.exact(column)));
        format!("CAST(CASE WHEN {sum} > {most} THEN {most} ELSE {sum} END AS BIGINT)")
    };
    let parts: Vec<String> = pools
        .iter()
        .enumerate()
        .map(|(at, pool)| {
            let (asked, got) = (sum(&format!("asked_{}", at + 1)), sum(&format!("got_{}", at + 1)));
            format!(
                "SELECT year, {} AS pool, CAST({} AS BIGINT) AS amount, {asked} AS claims, {got} AS given\nFROM {RESULTS}\nGROUP BY year",
                d.words(&pool.name),
                held(d, pool)
            )
        })
        .collect();
    parts.join("\nUNION ALL\n")
}

fn head(scheme: &Scheme, options: &Options, left_out: &[Refusal], pools: bool, awards: bool) -> String {
    let clauses: Vec<&str> = scheme.clauses.iter().map(|clause: &Clause| clause.id.as_str()).collect();
    let mut out = format!("-- {}「{}」\n-- 版本 {}\n-- 方言 {}\n", scheme.policy.id, scheme.policy.title, scheme.hash, options.dialect.code());
    out.push_str(&format!("-- 条款 {}\n--\n", clauses.join("、")));
    out.push_str(&format!("-- 结果在视图 {RESULTS}：一行一个申报人的一条：\n"));
    out.push_str("--   outcome  eligible 符合 · ineligible 不符合 · undetermined 待定 · exhausted 已享受 · barred 禁入 · yielded 让位\n");
    out.push_str("--   amount   条款算出的金额，单位分；decided 为假时只是上限，等待决定\n");
    if awards {
        out.push_str("--   awarded  并用和资金以后的金额，单位分\n");
    }
    if pools {
        out.push_str(&format!("--   asked_n、got_n  向第 n 笔资金要了多少、得了多少；各笔资金的合计在视图 {POOLS}\n"));
    }
    out.push_str("-- 长表请存下来再用，例如 CREATE TABLE 结果 AS SELECT * FROM duixian_results。\n");
    for refusal in left_out {
        out.push_str(&format!("-- 没有导出：{}：{}\n", refusal.subject.zh, refusal.construct.zh));
    }
    out.push_str("--\n-- 读下列各表。空（NULL）是不知道，既不是零，也不是否。\n");
    if let Some(year) = options.year {
        out.push_str(&format!("-- 年度都是 {year}。\n"));
    }
    if let Some(day) = options.as_of {
        out.push_str(&format!("-- 截止日都是 {day}。\n"));
    }
    out
}
