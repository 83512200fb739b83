//! Acts on the register beside the plain ones: rights by two persons, links, shops, accounts, messages.

use crate::acts::{Generator, Maker, Proposal, applicant, recent};
use crate::district::id;
use casework::Act;
use casework::chain::Fingerprint;
use casework::id::{AccountId, LinkId, MessageId, ShopId, UserId};
use casework::organisation::{Account, Shop};
use casework::outbox::OutboxAct;
use casework::people::{Link, LinkKind, Role};
use casework::registry::RegistryAct;

pub const MAKERS: &[Maker] = &[(3, confirm_user), (2, put_link), (2, put_shop), (1, admit_code), (3, put_account), (40, verify_account), (1, deliver)];

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
    let right = values::CreditCode::with_check_digit(&format!("91500114{number:09}")).ok()?;
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
    let entry = id(AccountId::parse, &last(g, "account_entry")?);
    let role = [Role::Reviewer, Role::Finance][g.random.below(2)];
    let who = g.officer(role, None)?;
    Some((who, role, Act::Registry(RegistryAct::VerifyAccount { entry })))
}

fn deliver(g: &mut Generator) -> Proposal {
    let message = id(MessageId::parse, &last(g, "outbox")?);
    let who = g.officer(Role::Service, None)?;
    Some((who, Role::Service, Act::Outbox(OutboxAct::Deliver { messages: vec![message], channel: "站内信".into() })))
}
