//! Awards without application: listed, credit looked at, approved, pushed, confirmed into a case, or refused.

use crate::assess::{Loaded, sought};
use crate::desk::Desk;
use crate::{Outcome, Stop};
use casework::call::{Call, CallStage, Period, StepKind};
use casework::case::{Case, Claim, Evidence, Hand, Stage, usable};
use casework::chain::Fingerprint;
use casework::id::{AccountId, CallId, CaseId, MatchListId, OrganisationId};
use casework::matching::{CreditCheck, EntryState, ListStage, MatchEntry, MatchList, Matched, MatchingAct, MatchingRefusal};
use casework::organisation::{Account, Organisation};
use casework::outbox::{Addressee, Topic};
use casework::term::Term;
use casework::{Key, Refusal};
use policy::diagnostic::Text;
use serde_json::Value;
use values::Fen;

pub(crate) async fn act(desk: &mut Desk<'_>, act: &MatchingAct) -> Result<Outcome, Stop> {
    match act {
        MatchingAct::List { list, call, document, digest, entries } => self::list(desk, list, call, document, *digest, entries).await,
        MatchingAct::Check { list, organisation, check } => self::check(desk, list, organisation, check).await,
        MatchingAct::Approve { list } => approve(desk, list).await,
        MatchingAct::Push { list, period } => push(desk, list, *period).await,
        MatchingAct::Confirm { list, organisation, case, account, commitment } => confirm(desk, list, organisation, case, account, *commitment).await,
        MatchingAct::Refuse { list, organisation, reason } => refuse(desk, list, organisation, reason).await,
    }
}

/// What the rules give by clause; none where they give nothing for one.
fn amounts(loaded: &Loaded, assessed: &crate::Assessed, clauses: &[String]) -> Result<Vec<(String, Fen)>, String> {
    let amount = |clause: &String| assessed.of(&loaded.scheme, clause).filter(|amount| *amount > Fen(0)).map(|amount| (clause.clone(), amount));
    clauses.iter().map(|clause| amount(clause).ok_or_else(|| clause.clone())).collect()
}

async fn list(desk: &mut Desk<'_>, id: &MatchListId, call: &CallId, document: &str, digest: Fingerprint, entries: &[Matched]) -> Result<Outcome, Stop> {
    let call: Call = desk.must_peek(call.as_str()).await?;
    desk.allow_call(&call)?;
    desk.is_about::<MatchList>(id);
    desk.must_be_new::<MatchList>(id.as_str()).await?;
    if !matches!(call.stage, CallStage::Draft | CallStage::Announced | CallStage::Open) {
        return Err(MatchingRefusal::Call { stage: call.stage }.into());
    }
    if entries.is_empty() {
        return Err(MatchingRefusal::Empty.into());
    }
    let loaded = desk.loaded(&call.version).await?;
    let mut bad = Vec::new();
    let mut listed: Vec<MatchEntry> = Vec::new();
    for matched in entries {
        let organisation = &matched.organisation;
        if desk.must_keep_away(organisation).await? {
            return Err(MatchingRefusal::Recused { organisation: organisation.clone() }.into());
        }
        let twice = listed.iter().any(|entry| entry.matched.organisation == *organisation);
        match self::matched(desk, &call, &loaded, matched).await? {
            _ if twice => bad.push((organisation.clone(), Text::new("在名单中重复出现，请只保留一条。", "listed twice"))),
            Err(why) => bad.push((organisation.clone(), why)),
            Ok((application, amounts)) => {
                let matched = Matched { application, ..matched.clone() };
                let (id, list, digest) = (MatchEntry::id_of(id, organisation), id.clone(), matched.digest());
                listed.push(MatchEntry { id, list, matched, digest, amounts, checks: Vec::new(), state: EntryState::Listed });
            }
        }
    }
    if !bad.is_empty() {
        return Err(MatchingRefusal::Entries(bad).into());
    }
    let list = MatchList {
        id: id.clone(),
        call: call.id.clone(),
        document: document.to_owned(),
        digest,
        organisations: listed.iter().map(|entry| entry.matched.organisation.clone()).collect(),
        by: desk.context.user.clone(),
        at: desk.context.now,
        stage: ListStage::Listed,
        approved: None,
        pushed: None,
    };
    desk.work.save(&list).await?;
    for entry in &listed {
        desk.work.save(entry).await?;
    }
    Ok(Outcome::Count(u32::try_from(listed.len()).unwrap_or(u32::MAX)))
}

/// What is known of somebody and what it gives, or why the entry cannot be listed.
async fn matched(desk: &mut Desk<'_>, call: &Call, loaded: &Loaded, matched: &Matched) -> Result<Result<(Value, Vec<(String, Fen)>), Text>, Stop> {
    if desk.work.peek::<Organisation>(matched.organisation.as_str()).await?.is_none() {
        return Ok(Err(Text::new("该申报主体尚未登记，请先登记。", "not in the register; enter the organisation first")));
    }
    if let Some(clause) = matched.clauses.iter().find(|clause| !call.clauses.contains(clause)) {
        return Ok(Err(Text::new(format!("本批次没有条款 {clause}，请核对条款编号。"), format!("the call has no clause {clause}"))));
    }
    if let Some(fact) = matched.unsourced() {
        return Ok(Err(Text::new(format!("事实“{fact}”没有注明来源，请补充。"), format!("no source stands for {fact}; say where it is known from"))));
    }
    match desk.is_of_the_register(&matched.organisation, &matched.application).await {
        Err(Stop::Refused(refusal)) => return Ok(Err(refusal.words())),
        other => other?,
    }
    // Like an application it is for the year and the day of its call: limits are counted by year.
    let application = match usable(&loaded.scheme, call, &matched.application) {
        Ok(application) => application,
        Err(why) => return Ok(Err(why.words())),
    };
    match desk.assess_for(loaded, call, (&matched.organisation, None), &sought(&matched.clauses), &application).await {
        Err(Stop::Refused(refusal)) => Ok(Err(refusal.words())),
        Err(other) => Err(other),
        Ok(assessed) => {
            let amounts = amounts(loaded, &assessed, &matched.clauses).map_err(|clause| {
                Text::new(format!("条款 {clause}：按所列事实，没有可以给予的奖补，请核对事实。"), format!("{clause}: the rules give nothing by these facts"))
            });
            Ok(amounts.map(|amounts| (application, amounts)))
        }
    }
}

impl Desk<'_> {
    /// A list and its call, after asking whether the person may do this to it.
    async fn match_list(&mut self, id: &MatchListId) -> Result<(Call, MatchList), Stop> {
        let list: MatchList = self.must_get(id.as_str()).await?;
        let call: Call = self.must_peek(list.call.as_str()).await?;
        self.allow_call(&call)?;
        self.is_about::<MatchList>(id);
        for organisation in &list.organisations {
            if self.must_keep_away(organisation).await? {
                return Err(MatchingRefusal::Recused { organisation: organisation.clone() }.into());
            }
        }
        Ok((call, list))
    }
}

async fn check(desk: &mut Desk<'_>, id: &MatchListId, organisation: &OrganisationId, check: &CreditCheck) -> Result<Outcome, Stop> {
    let (_, list) = desk.match_list(id).await?;
    list.at(ListStage::Listed)?;
    let mut entry: MatchEntry = desk.must_get(&MatchEntry::id_of(id, organisation)).await?;
    entry.check(&desk.context.user, desk.context.now, check.clone())?;
    desk.work.save(&entry).await?;
    Ok(Outcome::Done)
}

async fn approve(desk: &mut Desk<'_>, id: &MatchListId) -> Result<Outcome, Stop> {
    let (_, mut list) = desk.match_list(id).await?;
    let entries: Vec<MatchEntry> = desk.work.find("list_id", &Key::from(id.as_str())).await?;
    list.approve(&entries, &desk.context.user, desk.context.now)?;
    desk.work.save(&list).await?;
    Ok(Outcome::Done)
}

async fn push(desk: &mut Desk<'_>, id: &MatchListId, period: Period) -> Result<Outcome, Stop> {
    let (call, mut list) = desk.match_list(id).await?;
    list.at(ListStage::Approved)?;
    if call.stage != CallStage::Open {
        return Err(MatchingRefusal::Call { stage: call.stage }.into());
    }
    let until = Term::new(desk.calendar(), desk.context.now.date(), period).last;
    let entries: Vec<MatchEntry> = desk.work.find("list_id", &Key::from(id.as_str())).await?;
    let mut pushed = 0;
    for mut entry in entries.into_iter().filter(|entry| entry.state == EntryState::Listed) {
        entry.state = EntryState::Pushed;
        desk.work.save(&entry).await?;
        desk.tell(Topic::AwardOffered, Addressee::Organisation(entry.matched.organisation.clone()), &entry.id, Some(until)).await?;
        pushed += 1;
    }
    list.stage = ListStage::Pushed;
    list.pushed = Some((desk.context.now, until));
    desk.work.save(&list).await?;
    Ok(Outcome::Count(pushed))
}

async fn confirm(
    desk: &mut Desk<'_>,
    id: &MatchListId,
    organisation: &OrganisationId,
    case: &CaseId,
    account: &Account,
    commitment: Fingerprint,
) -> Result<Outcome, Stop> {
    let entry_id = MatchEntry::id_of(id, organisation);
    desk.allow_of::<MatchEntry>(&entry_id, organisation)?;
    desk.is_about::<Case>(case);
    let list: MatchList = desk.must_peek(id.as_str()).await?;
    // The call is locked: it must not be closed and shared while a case enters it.
    let call: Call = desk.must_get(list.call.as_str()).await?;
    if call.stage != CallStage::Open {
        return Err(MatchingRefusal::Call { stage: call.stage }.into());
    }
    let mut entry: MatchEntry = desk.must_get(&entry_id).await?;
    entry.open()?;
    desk.must_be_new::<Case>(case.as_str()).await?;
    let loaded = desk.loaded(&call.version).await?;
    let assessed = desk.assess_for(&loaded, &call, (organisation, None), &sought(&entry.matched.clauses), &entry.matched.application).await?;
    let amounts = amounts(&loaded, &assessed, &entry.matched.clauses).map_err(|clause| MatchingRefusal::NothingNow { clause })?;
    let confirmed = case_of(&call, &list, &entry, case, amounts, desk);
    // A bar, a clause out of force or a claim without recognition hinders it as it hinders an application.
    desk.may_apply(&call, &confirmed).await?;
    let registered: Organisation = desk.must_peek(organisation.as_str()).await?;
    if registered.account.as_ref() != Some(account) {
        // Another account than the register has is paid to only once an officer verified it.
        let account_id = AccountId::parse(&format!("{case}:account")).map_err(|why| Refusal::Input(why.to_string()))?;
        desk.enter_account(&account_id, organisation, account, desk.context.now.date(), &format!("免申即享确认 {id}")).await?;
    }
    let late = list.pushed.is_some_and(|(_, until)| desk.context.now.date() > until);
    entry.state = EntryState::Confirmed { case: case.clone(), commitment, at: desk.context.now, late };
    desk.work.save(&entry).await?;
    desk.work.save(&confirmed).await?;
    desk.tell(Topic::AwardConfirmed, Addressee::Unit(call.lead.clone()), case.as_str(), None).await?;
    Ok(Outcome::Done)
}

/// The case that an entry becomes. The approved list stands for its review; what is left is that its money is determined.
fn case_of(call: &Call, list: &MatchList, entry: &MatchEntry, id: &CaseId, amounts: Vec<(String, Fen)>, desk: &Desk<'_>) -> Case {
    let claim = |(clause, amount)| Claim { assessed: Some(amount), set: Some(amount), ..Claim::new(clause) };
    let hand = |act: &str, user, at| Hand { act: act.to_owned(), user, at };
    let approved = list.approved.clone().map(|(user, at)| hand("matching.approve", user, at));
    Case {
        id: id.clone(),
        call: call.id.clone(),
        organisation: entry.matched.organisation.clone(),
        stage: Stage::Review(StepKind::Approval),
        application: entry.matched.application.clone(),
        evidence: entry.matched.sources.iter().map(|s| Evidence { name: s.source.clone(), digest: s.digest, facts: s.facts.clone() }).collect(),
        claims: amounts.into_iter().map(claim).collect(),
        review: casework::case::Review::default(),
        determination: None,
        notice: None,
        submitted: Some(desk.context.now),
        declaration: None,
        hands: std::iter::once(hand("matching.list", list.by.clone(), list.at)).chain(approved).collect(),
    }
}

async fn refuse(desk: &mut Desk<'_>, id: &MatchListId, organisation: &OrganisationId, reason: &str) -> Result<Outcome, Stop> {
    let entry_id = MatchEntry::id_of(id, organisation);
    desk.allow_of::<MatchEntry>(&entry_id, organisation)?;
    desk.is_about::<MatchEntry>(&entry_id);
    let mut entry: MatchEntry = desk.must_get(&entry_id).await?;
    entry.open()?;
    entry.state = EntryState::Refused { at: desk.context.now, reason: reason.to_owned() };
    desk.work.save(&entry).await?;
    Ok(Outcome::Done)
}
