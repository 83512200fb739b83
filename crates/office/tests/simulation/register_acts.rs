//! Acts on the register beside the plain ones: rights by two persons, links, shops, accounts, messages.

use crate::district::id;
use crate::generator::{Generator, Maker, Proposal, applicant, recent};
use crate::opening::{PEOPLE, UNITS, user};
use casework::Act;
use casework::Record;
use casework::chain::Fingerprint;
use casework::id::{AccountId, LinkId, MessageId, OrganisationId, ShopId, UnitId, UserId};
use casework::organisation::{Account, AccountEntry, Organisation, OrganisationEntry, Shop};
use casework::outbox::OutboxAct;
use casework::people::{Link, LinkKind, Role, Unit, User};
use casework::registry::RegistryAct;
use values::CreditCode;

pub const MAKERS: &[Maker] = &[
    (1, found_again),
    (1, put_unit),
    (4, put_user),
    (28, put_firm),
    (32, put_applicant),
    (3, confirm_user),
    (2, put_link),
    (2, put_shop),
    (1, admit_code),
    (3, put_account),
    (34, verify_account),
    (1, deliver),
];

/// One of the last that changed in a table.
fn last(g: &mut Generator, table: &str) -> Option<String> {
    let known = g.world.ids.get(table).map_or(&[][..], Vec::as_slice);
    let from = known.len().saturating_sub(20);
    known.get(from..).and_then(|last| g.random.one(last)).cloned()
}

fn confirm_user(g: &mut Generator) -> Proposal {
    let user = id(UserId::parse, &last(g, "rights_proposal")?);
    let role = [Role::Administrator, Role::Leader][g.random.below(2)];
    let who = g.officer(role, None)?;
    Some((who, role, Act::Registry(RegistryAct::ConfirmUser { user })))
}

fn put_link(g: &mut Generator) -> Proposal {
    let organisation = recent(&mut g.random, &g.world.organisations)?.clone();
    let officers: Vec<UserId> = g.world.officers.values().map(|user| user.id.clone()).collect();
    let user = g.random.one(&officers)?.clone();
    let until = g.today().add_days(g.random.between(5, 60));
    let link = Link {
        id: id(LinkId::parse, &g.name("link")),
        user,
        organisation,
        kind: LinkKind::Kinship,
        source: "本人申报".into(),
        evidence: None,
        from: g.today().add_days(g.random.between(-2, 2))?,
        until: until.filter(|_| g.random.chance(800)),
    };
    let who = g.officer(Role::Leader, None)?;
    Some((who, Role::Leader, Act::Registry(RegistryAct::PutLink { link })))
}

fn put_shop(g: &mut Generator) -> Proposal {
    let organisation = recent(&mut g.random, &g.world.organisations)?.clone();
    let known = last(g, "shop").filter(|_| g.random.chance(200));
    let shop = known.unwrap_or_else(|| g.name("shop"));
    let shop = Shop { id: id(ShopId::parse, &shop), organisation, platform: "示例平台".into(), name: "旗舰店".into(), from: g.today(), until: None };
    let who = g.officer(Role::Clerk, None)?;
    Some((who, Role::Clerk, Act::Registry(RegistryAct::PutShop { shop })))
}

fn admit_code(g: &mut Generator) -> Proposal {
    let number = g.random.below(2000);
    let right = CreditCode::with_check_digit(&format!("91500114{number:09}")).ok()?;
    let mut code = right.as_str().to_owned();
    if g.random.chance(700) {
        let last = if code.ends_with('A') { 'B' } else { 'A' };
        code.pop();
        code.push(last);
    }
    let act = RegistryAct::AdmitCode { credit_code: code, evidence: Fingerprint::of(b"paper"), reason: "登记机关证明".into() };
    let who = g.officer(Role::Clerk, None)?;
    Some((who, Role::Clerk, Act::Registry(act)))
}

fn put_account(g: &mut Generator) -> Proposal {
    let organisation = recent(&mut g.random, &g.world.organisations)?.clone();
    let account = Account { holder: "模拟户名".into(), number: format!("6211{}", g.random.below(1_000_000)), bank: "示例银行".into() };
    let entry = id(AccountId::parse, &g.name("acc"));
    let act = RegistryAct::PutAccount { entry, organisation: organisation.clone(), account, from: g.today(), source: "开户许可证".into() };
    if g.random.chance(500) {
        return Some((applicant(&organisation), Role::Applicant, Act::Registry(act)));
    }
    let who = g.officer(Role::Clerk, None)?;
    Some((who, Role::Clerk, Act::Registry(act)))
}

fn verify_account(g: &mut Generator) -> Proposal {
    let any = g.random.chance(100);
    let entry = g.world.one_of(&mut g.random, AccountEntry::TABLE.name, &g.world.entered, |entry| any || entry.verified.is_none())?.id.clone();
    let role = [Role::Reviewer, Role::Finance][g.random.below(2)];
    let who = g.officer(role, None)?;
    Some((who, role, Act::Registry(RegistryAct::VerifyAccount { entry })))
}

fn deliver(g: &mut Generator) -> Proposal {
    let message = id(MessageId::parse, &last(g, "outbox")?);
    let who = g.officer(Role::Service, None)?;
    Some((who, Role::Service, Act::Outbox(OutboxAct::Deliver { messages: vec![message], channel: "站内信".into() })))
}

fn found_again(g: &mut Generator) -> Proposal {
    if !g.random.chance(100) {
        return None;
    }
    let user = user("founder", None, &[Role::Administrator]);
    Some((user.id.clone(), Role::Administrator, Act::Registry(RegistryAct::Found { user })))
}

fn put_unit(g: &mut Generator) -> Proposal {
    let (unit, name) = if g.random.chance(500) {
        let (unit, name) = *g.random.one(UNITS)?;
        (unit.to_owned(), name.to_owned())
    } else {
        let name = g.name("unit");
        // Now and then under a name that another unit has.
        (name.clone(), if g.random.chance(200) { "区商务委".to_owned() } else { format!("单位{name}") })
    };
    let who = g.officer(Role::Administrator, None)?;
    Some((who, Role::Administrator, Act::Registry(RegistryAct::PutUnit { unit: Unit { id: id(UnitId::parse, &unit), name } })))
}

/// Links come and go, people leave and come back.
fn put_user(g: &mut Generator) -> Proposal {
    let (name, unit, roles) = *g.random.one(PEOPLE)?;
    let mut user = g.world.users.get(name).cloned().unwrap_or_else(|| user(name, Some(unit), roles));
    match g.random.below(4) {
        0 => user.active = !user.active || name == "admin2",
        1 => user.links.clear(),
        2 => user.links.extend(g.random.one(&g.world.organisations).cloned()),
        _ => user = self::user(name, Some(unit), roles),
    }
    user.links.truncate(8);
    Some((id(UserId::parse, "admin"), Role::Administrator, Act::Registry(RegistryAct::PutUser { user })))
}

fn put_firm(g: &mut Generator) -> Proposal {
    let known = g.random.chance(150).then(|| g.random.one(&g.world.organisations).cloned()).flatten();
    let changed = known.is_some();
    let kept = known.as_ref().and_then(|id| g.world.accounts.get(id.as_str())).cloned().flatten();
    let name = known.map_or_else(|| g.name("firm"), |id| id.to_string());
    // Now and then the code of another firm.
    let number = if g.random.chance(20) { "1".to_owned() } else { name.trim_start_matches("firm").to_owned() };
    let code = CreditCode::with_check_digit(&format!("91500114{number:0>9}")).ok()?;
    let account = Account { holder: format!("模拟{name}有限公司"), number: format!("6200{}", g.random.below(1_000_000)), bank: "示例银行".into() };
    let organisation = Organisation {
        id: id(OrganisationId::parse, &name),
        name: format!("模拟{name}有限公司"),
        credit_code: code.as_str().to_owned(),
        aliases: Vec::new(),
        // A known account is only taken away here; another one takes two persons.
        account: if changed { kept.filter(|_| !g.random.chance(40)) } else { (!g.random.chance(5)).then_some(account) },
    };
    let mut organisation = OrganisationEntry::from(organisation);
    // As it comes back from who is not shown the account.
    if changed && g.random.chance(300) {
        organisation.account = None;
    }
    let role = if g.random.chance(700) { Role::Clerk } else { Role::Administrator };
    let who = g.officer(role, None)?;
    Some((who, role, Act::Registry(RegistryAct::PutOrganisation { organisation })))
}

fn put_applicant(g: &mut Generator) -> Proposal {
    let organisation = recent(&mut g.random, &g.world.organisations)?.clone();
    let name = format!("of-{organisation}");
    let user = User { organisation: Some(organisation), ..user(&name, None, &[Role::Applicant]) };
    let who = g.officer(Role::Administrator, None)?;
    Some((who, Role::Administrator, Act::Registry(RegistryAct::PutUser { user })))
}
