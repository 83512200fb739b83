//! Acts on papers beside calls and cases: old ledgers, recognitions with what they promise, application guides, the working
//! calendar, checkpoints of the log.

use crate::district::id;
use crate::generator::{Generator, Maker, Proposal, recent};
use crate::money_acts::motion;
use crate::opening::UNITS;
use crate::policy_acts::leader;
use casework::Act;
use casework::Record;
use casework::calendar::CalendarAct;
use casework::chain::checkpoint::LogAct;
use casework::chain::{Checkpoint, Fingerprint};
use casework::document::{About, Document, DocumentAct, DocumentKind, Letterhead, Subject, Wanted};
use casework::guide::{Definition, Guide, GuideAct};
use casework::history::{EarlierAward, HistoryAct, LedgerRow, Row};
use casework::id::{BookId, CheckpointId, DocumentId, EarlierAwardId, EntryId, GuideId, LoadId, OrganisationId, RecognitionId, UnitId, UserId};
use casework::people::Role;
use casework::recognition::{Promise, Recognition, RecognitionAct, RecognitionKind};
use office::key::SecretKey;
use values::{CreditCode, Fen};

pub const MAKERS: &[Maker] = &[
    (5, load_history),
    (4, correct_history),
    (14, issue_recognition),
    (3, revoke_recognition),
    (5, release_recognition),
    (3, issue_guide),
    (1, load_calendar),
    (2, checkpoint),
    (6, issue_document),
    (2, void_document),
    (1, put_letterhead),
];

/// The credit code that a firm is registered with here.
fn code_of(firm: &OrganisationId) -> Option<String> {
    let number = firm.as_str().trim_start_matches("firm");
    CreditCode::with_check_digit(&format!("91500114{number:0>9}")).ok().map(|code| code.as_str().to_owned())
}

/// A clause of a policy that runs here.
fn clause(g: &mut Generator) -> Option<(usize, String)> {
    let at = g.random.below(g.policies.len() + 2).saturating_sub(2);
    let clauses: Vec<String> = g.policies.get(at)?.scheme.clauses.iter().map(|clause| clause.id.clone()).collect();
    Some((at, g.random.one(&clauses)?.clone()))
}

fn load_history(g: &mut Generator) -> Proposal {
    let (at, _) = clause(g)?;
    let mut rows = Vec::new();
    for row in 1..=u32::try_from(1 + g.random.below(3)).ok()? {
        let firm = recent(&mut g.random, &g.world.organisations)?.clone();
        let clauses: Vec<String> = g.policies.get(at)?.scheme.clauses.iter().map(|clause| clause.id.clone()).collect();
        let clause = g.random.one(&clauses)?.clone();
        let year = g.today().year() - i32::try_from(g.random.below(6)).ok()?;
        let amount = Fen(g.random.between(100_000, 5_000_000));
        let key = g.random.chance(100).then(|| "春节".to_owned());
        rows.push(Row { row: if g.random.chance(30) { 1 } else { row }, credit_code: code_of(&firm)?, clause, year, amount, key });
    }
    let version = g.policies.get(at)?.version.id.clone();
    let name = g.name("load");
    let (load, digest) = (id(LoadId::parse, &name), Fingerprint::of(name.as_bytes()));
    let who = g.officer(Role::Clerk, None)?;
    Some((who, Role::Clerk, Act::History(HistoryAct::Load { motion: motion(g), load, document: "历年兑付台账".into(), digest, version, rows })))
}

fn correct_history(g: &mut Generator) -> Proposal {
    let wrong = g.world.one_of(&mut g.random, EarlierAward::TABLE.name, &g.world.earlier, |_| true)?.clone();
    let name = g.name("mend");
    let act = HistoryAct::Correct {
        motion: motion(g),
        award: id(EarlierAwardId::parse, &name),
        corrects: wrong.id,
        year: wrong.year,
        amount: Fen(if g.random.chance(400) { 0 } else { g.random.between(-1, 3_000_000) }),
        key: wrong.key,
        source: LedgerRow { document: "更正通知".into(), digest: Fingerprint::of(name.as_bytes()), row: 1 },
        reason: if g.random.chance(50) { String::new() } else { "台账有误".into() },
    };
    let who = g.officer(Role::Clerk, None)?;
    Some((who, Role::Clerk, Act::History(act)))
}

/// Money that an approved plan keeps: of the budget and pool that a call of the year draws on.
fn promise(g: &mut Generator, at: usize, clause: &str) -> Option<Promise> {
    let policy = g.policies.get(at)?;
    let of = policy.scheme.clause_named(clause)?;
    let pool = policy.scheme.pools.iter().find(|pool| pool.members.contains(&of)).map(|pool| pool.name.clone());
    let name = policy.scheme.policy.id.clone();
    let (fund, year) = g.world.call(&mut g.random, |_| true).map(|call| (call.fund.clone(), call.year))?;
    let book =
        |wanted: &String| g.world.pools.iter().find(|(policy, y, pool, _)| *policy == name && *y == year && pool == wanted).map(|(.., book)| book.clone());
    let pool: Option<BookId> = match &pool {
        Some(pool) => Some(book(pool)?),
        None => None,
    };
    let amount = Fen(g.random.between(10_000, 4_000_000));
    let keep_until = g.today().add_days(g.random.between(0, 25))?;
    Some(Promise { clause: clause.to_owned(), fund, pool, amount, keep_until })
}

fn issue_recognition(g: &mut Generator) -> Proposal {
    let (at, clause) = clause(g)?;
    let promise = if g.random.chance(700) { promise(g, at, &clause) } else { None };
    // Mostly of the unit that is in charge of the policy: it alone may promise its money.
    let own = g.world.lives.get(g.policies.get(at)?.version.id.as_str()).map(|life| life.lead.clone());
    let (who, issuer) = match own.filter(|_| promise.is_some() && g.random.chance(900)) {
        Some(unit) => (g.officer(Role::Leader, Some(&unit))?, unit),
        None => leader(g)?,
    };
    let facts: Vec<String> = g.policies.get(at)?.scheme.facts.iter().map(|fact| fact.name.clone()).collect();
    let fact = if at == 0 || g.random.chance(500) { "项目运行".to_owned() } else { g.random.one(&facts)?.clone() };
    let today = g.today();
    let recognition = Recognition {
        id: id(RecognitionId::parse, &g.name("rec")),
        kind: if g.random.chance(700) { RecognitionKind::Agreed } else { RecognitionKind::PlanApproved },
        number: g.name("认"),
        on: today.add_days(-1)?,
        valid: (if g.random.chance(700) { today.add_days(-800)? } else { today.add_days(-2)? }, if g.random.chance(200) { today.add_days(90) } else { None }),
        issuer,
        organisation: recent(&mut g.random, &g.world.organisations)?.clone(),
        subject: "活动方案".into(),
        policy: g.policies.get(at)?.version.id.clone(),
        fact,
        document: Fingerprint::of(b"document"),
        promise,
        kept: Fen(0),
        drawn: Vec::new(),
        revoked: None,
        issued: None,
    };
    let entry = id(EntryId::parse, &g.name("e"));
    Some((who, Role::Leader, Act::Recognition(RecognitionAct::Issue { recognition, entry })))
}

fn recognition(g: &mut Generator, wanted: impl Fn(&Recognition) -> bool) -> Option<Recognition> {
    let any = g.random.chance(80);
    g.world.one_of(&mut g.random, Recognition::TABLE.name, &g.world.recognitions, |known| any || wanted(known)).cloned()
}

fn revoke_recognition(g: &mut Generator) -> Proposal {
    let known = recognition(g, |known| known.revoked.is_none())?;
    let who = g.officer(Role::Leader, Some(&known.issuer))?;
    let (on, number, entry) = (g.today().add_days(g.random.between(-2, 3))?, g.name("撤"), id(EntryId::parse, &g.name("e")));
    let act = RecognitionAct::Revoke { recognition: known.id, on, number, reason: "条件不再具备".into(), entry };
    Some((who, Role::Leader, Act::Recognition(act)))
}

fn release_recognition(g: &mut Generator) -> Proposal {
    let today = g.today();
    let over = |known: &Recognition| known.kept > Fen(0) && known.promise.as_ref().is_some_and(|promise| promise.keep_until < today);
    let known = recognition(g, over)?;
    let entry = id(EntryId::parse, &g.name("e"));
    let act = Act::Recognition(RecognitionAct::Release { recognition: known.id, entry });
    if g.random.chance(400) {
        return Some((g.officer(Role::Finance, None)?, Role::Finance, act));
    }
    Some((g.officer(Role::Leader, Some(&known.issuer))?, Role::Leader, act))
}

fn issue_guide(g: &mut Generator) -> Proposal {
    let at = g.random.below(g.policies.len());
    let policy = g.policies.get(at)?.version.id.clone();
    let today = g.today();
    let text = format!("申报指南{}：投入，是指实际支付的投资。", g.number());
    let words = if g.random.chance(900) { "投入，是指实际支付的投资" } else { "这一句不在里面" };
    let definitions = vec![Definition { term: "投入".into(), words: words.into(), clause: None }];
    let replaces = g.world.guides.values().filter(|guide| guide.policy == policy).map(|guide| guide.id.clone()).next_back();
    let digest = Fingerprint::of(if g.random.chance(950) { text.as_bytes() } else { b"another text" });
    let guide = Guide {
        id: id(GuideId::parse, &g.name("guide")),
        policy,
        title: "申报指南".into(),
        number: g.name("指南"),
        on: today,
        valid: (today.add_days(g.random.between(-1, 1))?, if g.random.chance(300) { today.add_days(60) } else { None }),
        text,
        digest,
        definitions,
        replaces: replaces.filter(|_| g.random.chance(500)),
        entered: None,
    };
    let who = g.officer(Role::Leader, None)?;
    Some((who, Role::Leader, Act::Guide(GuideAct::Issue { guide })))
}

/// The notice of a year after those that are known, or one that amends this year's.
fn load_calendar(g: &mut Generator) -> Proposal {
    let amends = g.random.chance(300);
    let year = if amends { g.today().year() } else { 2027 + i32::try_from(g.random.below(4)).ok()? };
    let days = if g.random.chance(900) {
        format!("date,kind\n{year}-01-01,off\n{year}-10-01,off\n{year}-10-0{},off", 2 + g.random.below(5))
    } else {
        "nothing".to_owned()
    };
    let on = g.today().add_days(i64::from(g.random.chance(50)))?;
    let number = g.name("国办发明电");
    Some((g.officer(Role::Administrator, None)?, Role::Administrator, Act::Calendar(CalendarAct::Load { year, number, on, days, amends })))
}

fn checkpoint(g: &mut Generator) -> Proposal {
    let (seq, head) = g.world.head?;
    let key = SecretKey::from_bytes(&[7; 32]);
    let (at, name) = (g.now(), g.name("cp"));
    let signature = key.sign(&Checkpoint::statement(seq, head, at));
    let checkpoint = Checkpoint { id: id(CheckpointId::parse, &name), seq, head, at, key: key.public().to_string(), signature };
    let who: UserId = g.officer(Role::Service, None)?;
    Some((who, Role::Service, Act::Log(LogAct::Checkpoint { checkpoint })))
}

/// About a case that is worked on, its call or its notice; many kinds are not due yet.
fn issue_document(g: &mut Generator) -> Proposal {
    let (case, call) = g.world.case_at(&mut g.random, |_, _| true).map(|(case, call)| (case.clone(), call.clone()))?;
    let kind = *g.random.one(DocumentKind::ALL)?;
    let subject = match kind.about() {
        About::Case => Subject::Case(case.id),
        About::Call => Subject::Call(call.id),
        About::Notice => Subject::Notice(case.notice?),
        _ => return None,
    };
    let role = [Role::Clerk, Role::Leader][g.random.below(2)];
    let who = g.officer(role, Some(&call.lead))?;
    let documents = vec![Wanted { document: id(DocumentId::parse, &g.name("doc")), kind }];
    Some((who, role, Act::Document(DocumentAct::Issue { subject, documents })))
}

fn void_document(g: &mut Generator) -> Proposal {
    let any = g.random.chance(60);
    let known = g.world.one_of(&mut g.random, Document::TABLE.name, &g.world.documents, |known| any || known.void.is_none())?.clone();
    let who = g.officer(Role::Leader, Some(&known.unit))?;
    let reason = if g.random.chance(100) { String::new() } else { "文字有误".to_owned() };
    Some((who, Role::Leader, Act::Document(DocumentAct::Void { document: known.id, reason })))
}

fn put_letterhead(g: &mut Generator) -> Proposal {
    let (unit, name) = *g.random.one(UNITS)?;
    let code = if g.random.chance(200) { String::new() } else { "模拟".to_owned() };
    let letterhead = Letterhead { unit: id(UnitId::parse, unit), organ: name.to_owned(), code, address: "模拟路1号".into(), phone: String::new() };
    let who = g.officer(Role::Administrator, None)?;
    Some((who, Role::Administrator, Act::Document(DocumentAct::PutLetterhead { letterhead })))
}
