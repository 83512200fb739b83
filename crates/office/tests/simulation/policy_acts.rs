//! The lives of policy versions: drafted and revised, units and the public asked, reviewed, issued, replaced, repealed;
//! clauses suspended. What is added is a variant of the policy of the simulation; the two real ones stay as they are, mostly.

use crate::district::id;
use crate::generator::{Generator, Maker, Proposal};
use crate::opening::LEADS;
use casework::Act;
use casework::Record;
use casework::call::Period;
use casework::id::{CommentId, PolicyVersionId, UnitId, UserId};
use casework::people::Role;
use casework::policy_version::{
    Anchor, Answer, ClauseChange, ClauseStatus, Comment, DutyKind, Issue, Pending, PolicyAct, PolicyLife, PolicyStage, PolicyVersion, Verdict, View,
};
use casework::recognition::RecognitionKind;
use casework::registry::RegistryAct;
use values::Date;

pub const MAKERS: &[Maker] = &[
    (3, load_policy),
    (2, revise),
    (3, consult),
    (8, reply),
    (3, invite),
    (5, comment),
    (5, answer),
    (6, release),
    (1, waive),
    (1, redraft),
    (6, review_competition),
    (6, review_legality),
    (6, resolve),
    (6, publish),
    (1, repeal),
    (2, set_clause),
    (2, recognise),
    (3, done),
];

/// Versions whose course is on the way at the same time; more only now and then.
const ON_THE_WAY: usize = 6;

/// The policy of the simulation with one more clause, which no other version has.
fn variant(g: &mut Generator, name: &str) -> Option<PolicyVersion> {
    let mut version = g.policies.first()?.version.clone();
    version.id = id(PolicyVersionId::parse, name);
    let more = g.name("第").trim_start_matches('第').to_owned();
    let (_, text) = version.files.first_mut()?;
    text.push_str(&format!("\n```duixian\n条款 90「第{more}版的补助」\n  给予  1{more}元\n  频次  每年\n```\n"));
    version.scheme_hash = office::hash_of(&version).ok()?;
    Some(version)
}

fn load_policy(g: &mut Generator) -> Proposal {
    let open = g.world.lives.values().filter(|life| life.stage != PolicyStage::Issued).count();
    if open >= ON_THE_WAY && !g.random.chance(100) {
        return None;
    }
    let name = g.name("version");
    let version = if g.random.chance(300) {
        // The same again under another name, or under a hash that is not its own.
        let at = if g.random.chance(900) { 0 } else { g.random.below(g.policies.len()) };
        let mut version = g.policies.get(at)?.version.clone();
        version.id = id(PolicyVersionId::parse, &name);
        if g.random.chance(500) {
            version.scheme_hash = version.scheme_hash.chars().rev().collect();
        }
        version
    } else {
        variant(g, &name)?
    };
    let who = g.officer(Role::Drafter, None)?;
    Some((who, Role::Drafter, Act::Registry(RegistryAct::LoadPolicy { version })))
}

/// A version that is so far; now and then any.
fn life(g: &mut Generator, wanted: impl Fn(&PolicyLife) -> bool) -> Option<PolicyLife> {
    let any = g.random.chance(80);
    // A version that began as a draft here; the first ones went their course before.
    let own = |life: &PolicyLife| life.id.as_str().starts_with("version");
    let found = g.world.one_of(&mut g.random, PolicyLife::TABLE.name, &g.world.lives, |life| own(life) && (any || wanted(life)));
    found.cloned()
}

/// An act on a version by somebody with a role in the unit in charge, mostly.
fn on(g: &mut Generator, role: Role, wanted: impl Fn(&PolicyLife) -> bool, act: impl FnOnce(&mut Generator, &PolicyLife) -> Option<PolicyAct>) -> Proposal {
    let life = life(g, wanted)?;
    let who = g.officer(role, Some(&life.lead))?;
    Some((who, role, Act::Policy(act(g, &life)?)))
}

fn words(g: &mut Generator, text: &str) -> String {
    if g.random.chance(40) { String::new() } else { text.to_owned() }
}

fn revise(g: &mut Generator) -> Proposal {
    on(
        g,
        Role::Drafter,
        |life| life.stage == PolicyStage::Draft,
        |g, life| {
            let mut version = variant(g, life.id.as_str())?;
            if g.random.chance(100) {
                version.scheme_hash = version.scheme_hash.chars().rev().collect();
            }
            Some(PolicyAct::Revise { version })
        },
    )
}

fn units(g: &mut Generator) -> Vec<UnitId> {
    ["park", "farms", "taxes"].iter().take(g.random.below(4)).map(|unit| id(UnitId::parse, unit)).collect()
}

fn consult(g: &mut Generator) -> Proposal {
    on(
        g,
        Role::Drafter,
        |life| life.stage == PolicyStage::Draft,
        |g, life| Some(PolicyAct::Consult { policy: life.id.clone(), units: units(g), period: Period::WorkingDays(3) }),
    )
}

fn reply(g: &mut Generator) -> Proposal {
    let life = life(g, |life| life.stage == PolicyStage::Consulting)?;
    let waits: Vec<UnitId> = life.units.iter().filter(|unit| unit.said.is_none()).map(|unit| unit.unit.clone()).collect();
    let unit = g.random.one(&waits).cloned().unwrap_or_else(|| id(UnitId::parse, "park"));
    let who = g.officer(Role::UnitReviewer, Some(&unit))?;
    let view = if g.random.chance(800) { View::Agrees } else { View::WantsChanges };
    let act = PolicyAct::Reply { policy: life.id, view, words: words(g, "建议完善") };
    Some((who, Role::UnitReviewer, Act::Policy(act)))
}

fn invite(g: &mut Generator) -> Proposal {
    on(
        g,
        Role::Drafter,
        |life| matches!(life.stage, PolicyStage::Draft | PolicyStage::Consulting),
        |g, life| Some(PolicyAct::Invite { policy: life.id.clone(), period: Period::Days(7), basis: words(g, "重大行政决策程序暂行条例") }),
    )
}

fn comment(g: &mut Generator) -> Proposal {
    let today = g.today();
    let open = |life: &PolicyLife| life.stage == PolicyStage::Inviting && life.invitation.as_ref().is_some_and(|(term, _)| !term.is_over(today));
    let life = life(g, open)?;
    let anchor = match g.random.below(8) {
        0..=3 => Anchor::Whole,
        4 => Anchor::Clause("1".into()),
        5 => Anchor::Sentence("只为模拟写的政策".into()),
        6 => Anchor::Sentence("这一句不在里面".into()),
        _ => Anchor::Clause("99".into()),
    };
    let author = g.random.chance(700).then(|| "李某".to_owned());
    let comment = id(CommentId::parse, &g.name("com"));
    let act = Act::Policy(PolicyAct::Comment { comment, policy: life.id, anchor, author, words: words(g, "建议提高标准") });
    if g.random.chance(500) {
        return Some((g.officer(Role::Clerk, None)?, Role::Clerk, act));
    }
    let firm = g.random.one(&g.world.organisations)?.clone();
    Some((crate::generator::applicant(&firm), Role::Applicant, act))
}

/// Comments on a version without an answer.
fn unanswered(g: &Generator, policy: &PolicyVersionId) -> Vec<Comment> {
    g.world.comments.values().filter(|comment| comment.policy == *policy && comment.draft.is_none()).cloned().collect()
}

fn answer(g: &mut Generator) -> Proposal {
    on(
        g,
        Role::Drafter,
        |life| life.stage == PolicyStage::Inviting,
        |g, life| {
            let open = unanswered(g, &life.id);
            if open.is_empty() && !g.random.chance(200) {
                return None;
            }
            let mut answers = Vec::new();
            for comment in open {
                let verdict = [Verdict::Adopted, Verdict::AdoptedInPart, Verdict::NotAdopted][g.random.below(3)];
                answers.push(Answer { comment: comment.id, verdict, reason: words(g, "已研究") });
            }
            Some(PolicyAct::Answer { policy: life.id.clone(), answers })
        },
    )
}

/// By a leader who wrote nothing of it.
fn release(g: &mut Generator) -> Proposal {
    let today = g.today();
    let ripe = |life: &PolicyLife| life.stage == PolicyStage::Inviting && life.invitation.as_ref().is_some_and(|(term, _)| term.is_over(today));
    on(g, Role::Leader, ripe, |_, life| Some(PolicyAct::Release { policy: life.id.clone() }))
}

fn waive(g: &mut Generator) -> Proposal {
    on(
        g,
        Role::Leader,
        |life| matches!(life.stage, PolicyStage::Draft | PolicyStage::Consulting),
        |g, life| Some(PolicyAct::Waive { policy: life.id.clone(), reason: words(g, "内容简单，依规不征求意见") }),
    )
}

fn redraft(g: &mut Generator) -> Proposal {
    let open = |life: &PolicyLife| !matches!(life.stage, PolicyStage::Draft | PolicyStage::Issued | PolicyStage::Inviting);
    on(g, Role::Drafter, open, |g, life| Some(PolicyAct::Redraft { policy: life.id.clone(), reason: words(g, "需要修改") }))
}

fn review(g: &mut Generator, wanted: impl Fn(&PolicyLife) -> bool, act: fn(PolicyVersionId, String, Date, bool, String) -> PolicyAct) -> Proposal {
    let life = life(g, wanted)?;
    let who = g.officer(Role::Reviewer, None)?;
    let on = g.today().add_days(g.random.between(-3, 0) + i64::from(g.random.chance(50)))?;
    let act = act(life.id, words(g, "审〔2021〕1号"), on, g.random.chance(850), words(g, "符合要求"));
    Some((who, Role::Reviewer, Act::Policy(act)))
}

fn review_competition(g: &mut Generator) -> Proposal {
    let heard = |life: &PolicyLife| life.released.is_some() || life.waived.is_some();
    let ripe = |life: &PolicyLife| heard(life) && matches!(life.stage, PolicyStage::Draft | PolicyStage::Consulting | PolicyStage::Answered);
    review(g, ripe, |policy, number, on, passed, conclusion| PolicyAct::ReviewCompetition { policy, number, on, passed, conclusion })
}

fn review_legality(g: &mut Generator) -> Proposal {
    let ripe = |life: &PolicyLife| life.stage == PolicyStage::CompetitionReviewed;
    review(g, ripe, |policy, number, on, passed, conclusion| PolicyAct::ReviewLegality { policy, number, on, passed, conclusion })
}

fn resolve(g: &mut Generator) -> Proposal {
    on(
        g,
        Role::Leader,
        |life| life.stage == PolicyStage::LegalityReviewed,
        |g, life| Some(PolicyAct::Resolve { policy: life.id.clone(), minutes: words(g, "会议纪要1号"), on: g.today() }),
    )
}

fn publish(g: &mut Generator) -> Proposal {
    on(
        g,
        Role::Leader,
        |life| life.stage == PolicyStage::Resolved,
        |g, life| {
            let today = g.today();
            let until = if g.random.chance(300) { today.add_days(400) } else { None };
            let effective = today.add_days(g.random.between(-1, 5))?;
            let issue = Issue { number: words(g, "区府发〔2021〕9号"), on: today.add_days(g.random.between(-1, 0))?, effective, until };
            let old = |other: &&PolicyLife| {
                other.id != life.id && other.stage == PolicyStage::Issued && other.ended.is_none() && other.id.as_str().starts_with("version")
            };
            let replaces = g.world.lives.values().find(old).filter(|_| g.random.chance(500)).map(|other| other.id.clone());
            Some(PolicyAct::Publish { policy: life.id.clone(), issue, replaces })
        },
    )
}

fn repeal(g: &mut Generator) -> Proposal {
    on(
        g,
        Role::Leader,
        |life| life.stage == PolicyStage::Issued && life.ended.is_none(),
        |g, life| {
            let on = g.today().add_days(g.random.between(1, 30))?;
            Some(PolicyAct::Repeal { policy: life.id.clone(), on, instrument: words(g, "区府发〔2021〕10号") })
        },
    )
}

/// Mostly of versions added here; of the first ones now and then, and there it is mostly in force again.
fn set_clause(g: &mut Generator) -> Proposal {
    let first = g.random.chance(200);
    let policy = if first { g.policies.get(g.random.below(3))?.version.id.clone() } else { life(g, |life| life.stage == PolicyStage::Issued)?.id };
    let lead = g.world.lives.get(policy.as_str())?.lead.clone();
    let clauses: Vec<String> = g.policies.iter().find(|known| known.version.id == policy)?.scheme.clauses.iter().map(|clause| clause.id.clone()).collect();
    let clause = if g.random.chance(50) { "99".to_owned() } else { g.random.one(&clauses)?.clone() };
    let status = match g.random.below(10) {
        0..=1 => ClauseStatus::Suspended,
        2 => ClauseStatus::Cleared,
        3 if !first => ClauseStatus::Cleared,
        _ => ClauseStatus::InForce,
    };
    let pending = if g.random.chance(600) { Pending::GoOn } else { Pending::Stop };
    let from = g.today().add_days(g.random.between(-2, 6))?;
    let change = ClauseChange { clause, status, from, instrument: words(g, "清理通知1号"), pending };
    let who = g.officer(Role::Leader, Some(&lead))?;
    Some((who, Role::Leader, Act::Policy(PolicyAct::SetClause { policy, change })))
}

fn recognise(g: &mut Generator) -> Proposal {
    on(
        g,
        Role::Drafter,
        |_| true,
        |g, life| {
            let fact = if g.random.chance(900) { "项目运行" } else { "没有的事实" };
            let facts = if g.random.chance(400) { Vec::new() } else { vec![(fact.to_owned(), RecognitionKind::Agreed)] };
            Some(PolicyAct::Recognise { policy: life.id.clone(), facts })
        },
    )
}

fn done(g: &mut Generator) -> Proposal {
    let life = life(g, |life| life.stage == PolicyStage::Issued && life.duties.iter().any(|duty| duty.done.is_none()))?;
    let role = [Role::Drafter, Role::Clerk][g.random.below(2)];
    let who = g.officer(role, Some(&life.lead))?;
    let duty = [DutyKind::ItemList, DutyKind::Manual, DutyKind::Guide][g.random.below(3)];
    let act = PolicyAct::Done { policy: life.id, duty, on: g.today(), document: words(g, "事项清单") };
    Some((who, role, Act::Policy(act)))
}

/// Somebody with a role of one of the units that run calls, and the unit.
pub fn leader(g: &mut Generator) -> Option<(UserId, UnitId)> {
    let unit = id(UnitId::parse, g.random.one(LEADS)?);
    Some((g.officer(Role::Leader, Some(&unit))?, unit))
}
