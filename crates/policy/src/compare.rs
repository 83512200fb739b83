//! Two versions of a policy, clause by clause: what changed in plain words, who gains, loses, becomes eligible or no longer
//! is, each with the smallest applicant found, replayed in the evaluator; and where nothing changes, the proof: the same
//! spelling of the meaning (every applicant, every history), or equal cells (applicants without earlier awards, one award
//! year). Where neither decides, it says so and why. Groups and budgets are compared as rules, not applicant by applicant.

mod canonical;
mod differ;
mod effects;
mod order;
mod page;
mod reach;
mod scheme_level;

use crate::analysis::Context;
use crate::application::Application;
use crate::scheme::{ClauseId, Scheme};
use differ::Pair;
pub use page::{Outline, OutlineClause, html, outline, text};
pub(crate) use reach::clauses as reached;
use serde::Serialize;
use values::{Date, Fen, Lang};

/// What kind of thing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Id or title.
    Title,
    /// Who may apply, or is paid.
    Applicants,
    /// A condition.
    Condition,
    /// An exclusion.
    Bar,
    /// A number a condition or tier is compared with.
    Threshold,
    /// Whether the bound is included.
    Operator,
    /// Ranking.
    Rank,
    /// A rate.
    Rate,
    /// A cap on the amount.
    Cap,
    /// A row of a table.
    Tier,
    /// The amount otherwise.
    Formula,
    /// How often.
    Frequency,
    /// A limit on all awards.
    Limit,
    /// Instalments.
    Plan,
    /// Kind of fund.
    Kind,
    /// Lead and participating units.
    Units,
    /// Papers, and who confirms them.
    Evidence,
    /// A fact that is asked for.
    Fact,
    /// The official words.
    Words,
    /// Data of the policy: dates, authority, stage.
    Policy,
    /// A target.
    Target,
    /// A task.
    Task,
    /// Clauses held together.
    Group,
    /// A budget.
    Pool,
    /// Recovery.
    Clawback,
    /// A table of values that are not the applicant's.
    Param,
    /// An entry of the ambiguity register.
    Reading,
}

/// One change in words. Without `old` it was added, without `new` taken away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What kind of thing.
    pub what: What,
    /// Of what.
    pub subject: String,
    /// As it was.
    pub old: Option<String>,
    /// As it is.
    pub new: Option<String>,
}

impl Difference {
    /// A change; an empty side is none.
    fn of(what: What, subject: String, old: String, new: String) -> Self {
        Self { what, subject, old: Some(old).filter(|w| !w.is_empty()), new: Some(new).filter(|w| !w.is_empty()) }
    }
}

/// What becomes of an applicant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Was refused, is eligible.
    BecomesEligible,
    /// Was eligible, is refused.
    NoLongerEligible,
    /// Gets more.
    Gains,
    /// Gets less.
    Loses,
    /// The amount is another kind of amount: a ceiling, a decision, in kind.
    OtherKind,
    /// Can be decided in one version only.
    Open,
}

/// What one version gives an applicant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Given {
    /// Outcome code, as in the exchange format; empty where the version has no such clause.
    pub outcome: &'static str,
    /// Amount of the clause in fen, before groups and pools.
    #[serde(serialize_with = "yuan")]
    pub amount: Option<Fen>,
    /// It is a ceiling that nobody has decided.
    pub ceiling: bool,
}

fn yuan<S: serde::Serializer>(fen: &Option<Fen>, serializer: S) -> Result<S::Ok, S::Error> {
    fen.map(Fen::yuan).serialize(serializer)
}

/// Applicants whom a clause treats otherwise, with the smallest one found.
#[derive(Clone, Debug, Serialize)]
pub struct Affected {
    /// How.
    pub effect: Effect,
    /// What matters about the witness: name and value.
    pub facts: Vec<(String, String)>,
    /// Earlier awards of the witness, in words.
    pub history: Vec<String>,
    /// Under the old version.
    pub old: Given,
    /// Under the new version.
    pub new: Given,
    /// The most that any of them gains or loses, where it is known exactly.
    #[serde(serialize_with = "yuan")]
    pub most: Option<Fen>,
    /// The gain or loss has no bound.
    pub unbounded: bool,
    /// Where they lie: measures with the span of their values.
    pub range: Vec<String>,
    /// The witness for each version, to be assessed again.
    #[serde(skip)]
    pub applications: (Option<Application>, Option<Application>),
}

/// What is known of a clause in two versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Proven: the same for every applicant with every history (same spelling of the meaning).
    Same,
    /// Proven for applicants without earlier awards, in the award year compared, judged on its last day (equal cells); what
    /// remembers awards or hangs on the year is the same.
    SameFirst,
    /// Some applicants are treated otherwise.
    Differs,
    /// No applicant who is treated otherwise was found, and that there is none is not proven.
    Undecided,
    /// Only the new version has it.
    Added,
    /// Only the old version has it.
    Removed,
}

/// A clause in two versions.
#[derive(Clone, Debug, Serialize)]
pub struct ClauseComparison {
    /// Id in the old version.
    pub old: Option<String>,
    /// Id in the new version.
    pub new: Option<String>,
    /// Title, of the new version where it has one.
    pub title: String,
    /// What is known.
    pub verdict: Verdict,
    /// What changed in words.
    pub differences: Vec<Difference>,
    /// Who is treated otherwise.
    pub affected: Vec<Affected>,
    /// What is not decided, and why.
    pub undecided: Vec<String>,
}

/// A version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Version {
    /// Id of the policy.
    pub id: String,
    /// Title.
    pub title: String,
    /// Hash of the scheme.
    pub hash: String,
}

/// Two versions compared.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// `zh` or `en`.
    pub lang: &'static str,
    /// The old version.
    pub old: Version,
    /// The new version.
    pub new: Version,
    /// Award year of the applicants compared; none where no year lies in both versions.
    pub year: Option<i32>,
    /// The versions apply at the same times.
    pub same_time: bool,
    /// Proven: nothing changes for anybody, clause, group, budget or date, with any history and in any year.
    pub same: bool,
    /// Proven: what is outside clauses (groups, budgets, recovery, the order that decides between equals, dates) is the same.
    pub same_together: bool,
    /// What changed outside clauses.
    pub policy: Vec<Difference>,
    /// Clauses, in order of the new version; those taken away at the end.
    pub clauses: Vec<ClauseComparison>,
}

fn version(scheme: &Scheme) -> Version {
    Version { id: scheme.policy.id.clone(), title: scheme.policy.title.clone(), hash: scheme.hash.clone() }
}

/// Compares two versions.
pub fn compare(old: &Scheme, new: &Scheme, lang: Lang) -> Comparison {
    let pair = Pair { old, new, lang };
    let context = context(old, new);
    let matched = matched(old, new);
    let (mut policy, rules_equal) = pair.scheme_level();
    let reordered = pair.order(&matched);
    let same_together = rules_equal && reordered.is_empty();
    policy.extend(reordered);
    let mut clauses: Vec<ClauseComparison> = Vec::new();
    for (id, _) in new.clause_ids() {
        clauses.push(match matched.iter().find(|(_, n)| *n == id) {
            Some((before, _)) => both(&pair, *before, id, context),
            None => single(&pair, id, context, true),
        });
    }
    clauses.extend(old.clause_ids().filter(|(id, _)| !matched.iter().any(|(o, _)| o == id)).map(|(id, _)| single(&pair, id, context, false)));
    // Earlier awards are kept under the id of their clause: under another id they are not found.
    let same = same_together && clauses.iter().all(|c| c.verdict == Verdict::Same && c.old == c.new);
    let lang = crate::plain::terms::pick(lang, "zh", "en");
    Comparison {
        lang,
        old: version(old),
        new: version(new),
        year: context.map(|c| c.year),
        same_time: same_time(old, new),
        same,
        same_together,
        policy,
        clauses,
    }
}

/// A year in which both versions are in force, where there is one.
fn context(old: &Scheme, new: &Scheme) -> Option<Context> {
    let inside = |scheme: &Scheme, year: i32| {
        let policy = &scheme.policy;
        let first = policy.in_force.map(Date::year).or(policy.in_force_year);
        first.is_none_or(|f| year >= f) && policy.expires.map(Date::year).is_none_or(|l| year <= l)
    };
    let both = |year: &i32| inside(old, *year) && inside(new, *year);
    let (a, b) = (Context::of(new), Context::of(old));
    let starts = [new, old].into_iter().filter_map(|s| s.policy.in_force.map(Date::year).or(s.policy.in_force_year));
    let ends = [new, old].into_iter().filter_map(|s| s.policy.expires.map(Date::year));
    let year = [a.year, b.year].into_iter().chain(starts).chain(ends).find(both)?;
    let as_of = Date::last_of_year(year)?;
    Some(if year == b.year { b } else { Context { year, as_of, ..a } })
}

/// Data of a policy that say when it applies are the same.
fn same_time(old: &Scheme, new: &Scheme) -> bool {
    let time = |s: &Scheme| (s.policy.in_force, s.policy.in_force_year, s.policy.expires, s.policy.boundary);
    time(old) == time(new)
}

/// Clauses that belong together: same id and title, then same id with similar words, same title, similar words.
fn matched(old: &Scheme, new: &Scheme) -> Vec<(ClauseId, ClauseId)> {
    let words = |scheme: &Scheme, id: ClauseId| -> Vec<char> {
        let own = scheme.clause_words.get(id.index()).map(|w| w.paragraphs.concat()).unwrap_or_default();
        own.chars().filter(|c| !c.is_whitespace()).take(400).collect()
    };
    // Half of the characters may differ.
    let similar = |a: ClauseId, b: ClauseId| {
        let (x, y) = (words(old, a), words(new, b));
        let longer = x.len().max(y.len());
        longer > 0 && strsim::generic_levenshtein(&x, &y) * 2 <= longer
    };
    let fields = |a: ClauseId, b: ClauseId| old.clause(a).zip(new.clause(b));
    let same_id = |a: ClauseId, b: ClauseId| fields(a, b).is_some_and(|(x, y)| x.id == y.id);
    let same_title = |a: ClauseId, b: ClauseId| fields(a, b).is_some_and(|(x, y)| x.title == y.title && !x.title.is_empty());
    let rules: [&dyn Fn(ClauseId, ClauseId) -> bool; 5] =
        [&|a, b| same_id(a, b) && same_title(a, b), &|a, b| same_id(a, b) && similar(a, b), &same_title, &similar, &same_id];
    let mut out: Vec<(ClauseId, ClauseId)> = Vec::new();
    for rule in rules {
        for (a, _) in old.clause_ids() {
            for (b, _) in new.clause_ids() {
                let free = !out.iter().any(|(o, n)| *o == a || *n == b);
                if free && rule(a, b) {
                    out.push((a, b));
                }
            }
        }
    }
    out
}

fn both(pair: &Pair<'_>, old: ClauseId, new: ClauseId, context: Option<Context>) -> ClauseComparison {
    let (Some(a), Some(b)) = (pair.old.clause(old), pair.new.clause(new)) else { return single(pair, new, context, true) };
    let mut differences = pair.clause(old, new);
    differences.extend(pair.official_words(old, new));
    let mut out = ClauseComparison {
        old: Some(a.id.clone()),
        new: Some(b.id.clone()),
        title: b.title.clone(),
        verdict: Verdict::Same,
        differences,
        affected: Vec::new(),
        undecided: Vec::new(),
    };
    if canonical::clause(pair.old, old) == canonical::clause(pair.new, new) {
        return out;
    }
    let mut found = match context {
        Some(context) => effects::pair(pair, old, new, context),
        None => effects::nothing(pair),
    };
    // Cells end with the amount: when it is paid, and what it excludes, is compared as rules only.
    if canonical::plan(pair.old, a) != canonical::plan(pair.new, b) {
        found.undecided.push(pair.pick("分期兑付的改动不逐户比较", "changes of the payment plan are not compared applicant by applicant"));
    }
    if a.kind != b.kind {
        found.undecided.push(pair.pick(
            "资金类别的改动只影响同时享受几项，不逐户比较",
            "the kind of fund matters where several items are held: not compared applicant by applicant",
        ));
    }
    // The cells are of one year and its last day: where what hangs on them is another, they say nothing of other years.
    if found.affected.is_empty() && reach::times(pair.old, old) != reach::times(pair.new, new) {
        found.undecided.push(pair.pick(
            "年度、日期的写法有变，其他年度和截止日没有比较",
            "what hangs on years and days changed: other years and days of judgement are not compared",
        ));
    }
    out.verdict = match (found.affected.is_empty(), found.undecided.is_empty()) {
        (false, _) => Verdict::Differs,
        (true, true) => Verdict::SameFirst,
        (true, false) => Verdict::Undecided,
    };
    out.affected = found.affected;
    out.undecided = found.undecided;
    out
}

/// A clause that one version alone has.
fn single(pair: &Pair<'_>, id: ClauseId, context: Option<Context>, added: bool) -> ClauseComparison {
    let scheme = if added { pair.new } else { pair.old };
    let Some(clause) = scheme.clause(id) else {
        let title = String::new();
        return ClauseComparison {
            old: None,
            new: None,
            title,
            verdict: Verdict::Undecided,
            differences: Vec::new(),
            affected: Vec::new(),
            undecided: Vec::new(),
        };
    };
    let words = pair.give(scheme, clause.give.as_ref());
    let subject = pair.pick("金额", "amount");
    let (old, new) = if added { (String::new(), words) } else { (words, String::new()) };
    let found = match context {
        Some(context) => effects::single(pair, id, context, added),
        None => effects::nothing(pair),
    };
    ClauseComparison {
        old: (!added).then(|| clause.id.clone()),
        new: added.then(|| clause.id.clone()),
        title: clause.title.clone(),
        verdict: if added { Verdict::Added } else { Verdict::Removed },
        differences: vec![Difference::of(What::Formula, subject, old, new)],
        affected: found.affected,
        undecided: found.undecided,
    }
}
