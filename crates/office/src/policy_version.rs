//! The life of policy versions: drafted, asked about, reviewed, issued, repealed; clauses suspended; comments answered.

use crate::assess::compile;
use crate::desk::Desk;
use crate::{Outcome, Stop};
use casework::authority::Standing;
use casework::id::{CommentId, PolicyVersionId};
use casework::people::Unit;
use casework::policy_version::{
    Anchor, Answer, ClauseChange, Comment, Ending, Issue, PolicyAct, PolicyLife, PolicyRefusal, PolicyStage, PolicyVersion, Review, release as release_all,
};
use casework::recognition::RecognitionKind;
use casework::refusal::Named;
use casework::term::Term;
use casework::{Key, Refusal};
use values::{Date, Moment};

pub(crate) async fn act(desk: &mut Desk<'_>, act: &PolicyAct) -> Result<Outcome, Stop> {
    desk.allow_policy(policy_of(act)).await?;
    match act {
        PolicyAct::Revise { version } => revise(desk, version).await,
        PolicyAct::Consult { policy, units, .. } => {
            for unit in units {
                desk.must_peek::<Unit>(unit.as_str()).await?;
            }
            step(desk, policy, act).await
        }
        PolicyAct::Comment { comment, policy, anchor, author, words } => comment_on(desk, comment, policy, anchor, author.as_deref(), words).await,
        PolicyAct::Answer { policy, answers } => answer(desk, policy, answers).await,
        PolicyAct::Release { policy } => release(desk, policy).await,
        PolicyAct::Publish { policy, issue, replaces } => publish(desk, policy, issue, replaces.as_ref()).await,
        PolicyAct::SetClause { policy, change } => set_clause(desk, policy, change).await,
        PolicyAct::Recognise { policy, facts } => recognise(desk, policy, facts).await,
        PolicyAct::Reply { policy, .. }
        | PolicyAct::Invite { policy, .. }
        | PolicyAct::Waive { policy, .. }
        | PolicyAct::Redraft { policy, .. }
        | PolicyAct::ReviewCompetition { policy, .. }
        | PolicyAct::ReviewLegality { policy, .. }
        | PolicyAct::Resolve { policy, .. }
        | PolicyAct::Repeal { policy, .. }
        | PolicyAct::Done { policy, .. } => step(desk, policy, act).await,
    }
}

/// What a drafter wrote, nobody who wrote it may review, decide or issue.
const WRITING: &[&str] = &["registry.load_policy", "policy.revise"];
/// Acts that look at what others wrote.
const CHECKING: &[&str] =
    &["policy.release", "policy.waive", "policy.review_competition", "policy.review_legality", "policy.resolve", "policy.publish", "policy.set_clause"];

const fn policy_of(act: &PolicyAct) -> &PolicyVersionId {
    match act {
        PolicyAct::Revise { version } => &version.id,
        PolicyAct::Consult { policy, .. }
        | PolicyAct::Reply { policy, .. }
        | PolicyAct::Invite { policy, .. }
        | PolicyAct::Comment { policy, .. }
        | PolicyAct::Answer { policy, .. }
        | PolicyAct::Release { policy }
        | PolicyAct::Waive { policy, .. }
        | PolicyAct::Redraft { policy, .. }
        | PolicyAct::ReviewCompetition { policy, .. }
        | PolicyAct::ReviewLegality { policy, .. }
        | PolicyAct::Resolve { policy, .. }
        | PolicyAct::Publish { policy, .. }
        | PolicyAct::Repeal { policy, .. }
        | PolicyAct::SetClause { policy, .. }
        | PolicyAct::Recognise { policy, .. }
        | PolicyAct::Done { policy, .. } => policy,
    }
}

impl Desk<'_> {
    /// Asks for a version. The unit that drafted it is in charge; it stays so.
    async fn allow_policy(&mut self, policy: &PolicyVersionId) -> Result<(), Stop> {
        let life: PolicyLife = self.must_peek(policy.as_str()).await?;
        let lead = self.person().and_then(|person| person.unit.as_ref()) == Some(&life.lead);
        Ok(self.allow(if lead { Standing::Lead } else { Standing::Foreign })?)
    }

    /// The life of a version, locked, with this act noted in it.
    async fn living(&mut self, policy: &PolicyVersionId) -> Result<PolicyLife, Stop> {
        self.is_about::<PolicyLife>(policy);
        let mut life: PolicyLife = self.must_get(policy.as_str()).await?;
        let never_after = if CHECKING.contains(&self.act) { WRITING } else { &[] };
        life.by(self.act, &self.context.user, self.context.now, never_after)?;
        Ok(life)
    }
}

async fn revise(desk: &mut Desk<'_>, version: &PolicyVersion) -> Result<Outcome, Stop> {
    let mut life = desk.living(&version.id).await?;
    life.revise(&version.scheme_hash, desk.context.now)?;
    let loaded = compile(version).map_err(Refusal::Input)?;
    if loaded.scheme.hash != version.scheme_hash {
        return Err(Refusal::Input(format!("the files compile to {}, not to {}", loaded.scheme.hash, version.scheme_hash)).into());
    }
    desk.must_get::<PolicyVersion>(version.id.as_str()).await?;
    desk.work.save(version).await?;
    desk.work.save(&life).await?;
    Ok(Outcome::Done)
}

/// The acts that need nothing but the life itself.
async fn step(desk: &mut Desk<'_>, policy: &PolicyVersionId, act: &PolicyAct) -> Result<Outcome, Stop> {
    let mut life = desk.living(policy).await?;
    let today = desk.context.now.date();
    match act {
        PolicyAct::Consult { units, period, .. } => life.consult(units, Term::new(desk.calendar(), today, *period))?,
        PolicyAct::Reply { view, words, .. } => {
            let unit = desk.person().and_then(|person| person.unit.clone()).ok_or(PolicyRefusal::NotAsked)?;
            life.reply(&unit, *view, words)?;
        }
        PolicyAct::Invite { period, basis, .. } => life.invite(Term::new(desk.calendar(), today, *period), basis)?,
        PolicyAct::Waive { reason, .. } => life.waive(reason)?,
        PolicyAct::Redraft { reason, .. } => life.redraft(reason)?,
        PolicyAct::ReviewCompetition { number, on, passed, conclusion, .. } => {
            let review = review(&life, today, number, *on, *passed, conclusion)?;
            life.review_competition(review)?;
        }
        PolicyAct::ReviewLegality { number, on, passed, conclusion, .. } => {
            let review = review(&life, today, number, *on, *passed, conclusion)?;
            life.review_legality(review)?;
        }
        PolicyAct::Resolve { minutes, on, .. } => life.resolve(minutes, *on)?,
        PolicyAct::Repeal { on, instrument, .. } => life.end(*on, Ending::Repealed(instrument.clone()))?,
        PolicyAct::Done { duty, on, document, .. } => life.done(*duty, *on, document, today)?,
        _ => return Err(Refusal::Denied.into()),
    }
    desk.work.save(&life).await?;
    Ok(Outcome::Done)
}

fn review(life: &PolicyLife, today: Date, number: &str, on: Date, passed: bool, conclusion: &str) -> Result<Review, PolicyRefusal> {
    if on > today {
        return Err(PolicyRefusal::Dates);
    }
    Ok(Review { number: number.to_owned(), on, passed, conclusion: conclusion.to_owned(), scheme_hash: life.text().to_owned() })
}

async fn comment_on(
    desk: &mut Desk<'_>,
    id: &CommentId,
    policy: &PolicyVersionId,
    anchor: &Anchor,
    author: Option<&str>,
    words: &str,
) -> Result<Outcome, Stop> {
    desk.is_about::<PolicyLife>(policy);
    desk.must_be_new::<Comment>(id.as_str()).await?;
    // Locked, so that no answer is published while a comment comes in.
    let life: PolicyLife = desk.must_get(policy.as_str()).await?;
    life.may_comment(desk.context.now.date())?;
    if words.trim().is_empty() {
        return Err(PolicyRefusal::Incomplete { missing: Named::COMMENT }.into());
    }
    let version: PolicyVersion = desk.must_peek(policy.as_str()).await?;
    let there = match anchor {
        Anchor::Whole => true,
        Anchor::Sentence(sentence) => stands_in(&version, sentence),
        Anchor::Clause(clause) => desk.loaded(policy).await?.scheme.clause_named(clause).is_some(),
    };
    if let (false, Anchor::Clause(anchor) | Anchor::Sentence(anchor)) = (there, anchor) {
        return Err(PolicyRefusal::Anchor { anchor: anchor.clone() }.into());
    }
    let at: Moment = desk.context.now;
    let (author, words) = (author.map(str::to_owned), words.to_owned());
    let scheme_hash = life.text().to_owned();
    let comment = Comment { id: id.clone(), policy: policy.clone(), scheme_hash, anchor: anchor.clone(), author, words, at, draft: None, released: None };
    desk.work.save(&comment).await?;
    Ok(Outcome::Done)
}

/// Whether a sentence stands in the text, line breaks aside.
fn stands_in(version: &PolicyVersion, sentence: &str) -> bool {
    let plain = |text: &str| text.chars().filter(|c| !c.is_whitespace() && *c != '>').collect::<String>();
    let sentence = plain(sentence);
    !sentence.is_empty() && version.files.iter().any(|(_, text)| plain(text).contains(&sentence))
}

/// Drafts answers in bulk: all of them or none.
async fn answer(desk: &mut Desk<'_>, policy: &PolicyVersionId, answers: &[Answer]) -> Result<Outcome, Stop> {
    let life = desk.living(policy).await?;
    life.at(&[PolicyStage::Inviting])?;
    for answer in answers {
        let mut comment: Comment = desk.must_get(answer.comment.as_str()).await?;
        if comment.policy != *policy {
            return Err(Refusal::Unknown { what: "comment", id: answer.comment.to_string() }.into());
        }
        comment.draft(answer)?;
        desk.work.save(&comment).await?;
    }
    desk.work.save(&life).await?;
    Ok(Outcome::Done)
}

async fn release(desk: &mut Desk<'_>, policy: &PolicyVersionId) -> Result<Outcome, Stop> {
    let mut life = desk.living(policy).await?;
    life.release(desk.context.now)?;
    let mut comments: Vec<Comment> = desk.work.find("policy_id", &Key::from(policy.as_str())).await?;
    comments.retain(|comment| comment.released.is_none());
    release_all(&mut comments, desk.context.now)?;
    for comment in &comments {
        desk.work.save(comment).await?;
    }
    desk.work.save(&life).await?;
    Ok(Outcome::Done)
}

async fn publish(desk: &mut Desk<'_>, policy: &PolicyVersionId, issue: &Issue, replaces: Option<&PolicyVersionId>) -> Result<Outcome, Stop> {
    let mut life = desk.living(policy).await?;
    life.publish(issue, desk.context.now.date(), desk.calendar())?;
    if let Some(before) = replaces {
        let mut replaced: PolicyLife = desk.must_get(before.as_str()).await?;
        // A new version does not end one of another unit: that is for its own leader to repeal.
        if replaced.lead != life.lead {
            return Err(Refusal::Denied.into());
        }
        replaced.end(issue.effective, Ending::Amended(policy.clone()))?;
        desk.work.save(&replaced).await?;
    }
    desk.work.save(&life).await?;
    Ok(Outcome::Done)
}

async fn set_clause(desk: &mut Desk<'_>, policy: &PolicyVersionId, change: &ClauseChange) -> Result<Outcome, Stop> {
    let mut life = desk.living(policy).await?;
    let loaded = desk.loaded(policy).await?;
    if loaded.scheme.clause_named(&change.clause).is_none() {
        return Err(PolicyRefusal::UnknownClause { clause: change.clause.clone() }.into());
    }
    life.set_clause(change)?;
    desk.work.save(&life).await?;
    Ok(Outcome::Done)
}

async fn recognise(desk: &mut Desk<'_>, policy: &PolicyVersionId, facts: &[(String, RecognitionKind)]) -> Result<Outcome, Stop> {
    let mut life = desk.living(policy).await?;
    let loaded = desk.loaded(policy).await?;
    if let Some((fact, _)) = facts.iter().find(|(fact, _)| loaded.scheme.fact_named(fact).is_none()) {
        return Err(Refusal::Unknown { what: "fact", id: fact.clone() }.into());
    }
    life.recognised = facts.to_vec();
    desk.work.save(&life).await?;
    Ok(Outcome::Done)
}
