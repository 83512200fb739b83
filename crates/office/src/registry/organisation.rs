//! The register of organisations: names and codes, shops, accounts with who verified them.

use crate::desk::{Desk, unknown};
use crate::{Outcome, Stop};
use casework::authority::Standing;
use casework::chain::Fingerprint;
use casework::determination::Determination;
use casework::id::{AccountId, OrganisationId};
use casework::organisation::{Account, AccountEntry, CodeException, FormerName, Organisation, OrganisationEntry, OrganisationRefusal, Shop, Snapshot};
use casework::outbox::{Addressee, Topic};
use casework::people::User;
use casework::retention::FORGOTTEN;
use casework::{Key, Record, Refusal};
use values::{CheckDigit, CreditCode, Date};

/// The code as it is kept; a wrong check character needs an exception that somebody admitted on evidence.
///
/// An exception names a code before there is an organisation under it: that who admitted it is not linked to the organisation
/// is asked here, when the two come together.
async fn code(desk: &mut Desk<'_>, text: &str, organisation: &OrganisationId) -> Result<CreditCode, Stop> {
    let (code, check) = parse(text)?;
    if let CheckDigit::Wrong { expected } = check {
        let exception: Option<CodeException> = desk.work.peek(code.as_str()).await?;
        let exception = exception.ok_or_else(|| OrganisationRefusal::CheckDigit { code: code.as_str().to_owned(), expected })?;
        let admitter: User = desk.must_peek(exception.by.as_str()).await?;
        if desk.is_linked(&admitter, organisation).await? {
            return Err(OrganisationRefusal::AdmitterRecused { code: code.as_str().to_owned() }.into());
        }
    }
    Ok(code)
}

fn parse(text: &str) -> Result<(CreditCode, CheckDigit), OrganisationRefusal> {
    CreditCode::parse(text).map_err(|why| OrganisationRefusal::Code { code: text.to_owned(), why })
}

pub(super) async fn put(desk: &mut Desk<'_>, entry: &OrganisationEntry) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.is_about::<Organisation>(&entry.id);
    let code = code(desk, &entry.credit_code, &entry.id).await?;
    desk.not_linked(&entry.id).await?;
    let known: Option<Organisation> = desk.work.get(entry.id.as_str()).await?;
    let now = known.as_ref().and_then(|known| known.account.clone());
    let OrganisationEntry { id, name, aliases, account, .. } = entry.clone();
    let mut organisation = Organisation { id, name, credit_code: code.as_str().to_owned(), aliases, account: account.unwrap_or_else(|| now.clone()) };
    if let Some(known) = &known {
        // Who could change the account on the way could change where the money goes. Taking it away only stops payment.
        if organisation.account.is_some() && organisation.account != now {
            return Err(OrganisationRefusal::Account.into());
        }
        if known.name != organisation.name || known.credit_code != organisation.credit_code {
            keep_name(desk, known).await?;
        }
    }
    if let Some(other) = desk.work.list::<Organisation>("credit_code", &Key::from(code.as_str())).await?.iter().find(|other| other.id != organisation.id) {
        return Err(Refusal::Exists { what: "organisation", id: other.id.to_string() }.into());
    }
    // The first account waits for a second person like every later one: who enters a firm could else enter where its money goes.
    let first = if known.is_none() { organisation.account.take() } else { None };
    desk.work.save(&organisation).await?;
    if let Some(account) = first {
        let id = AccountId::parse(&format!("{}:1", organisation.id)).map_err(|why| Refusal::Input(why.to_string()))?;
        desk.enter_account(&id, &organisation.id, &account, desk.context.now.date(), "申报主体登记").await?;
    }
    Ok(Outcome::Done)
}

async fn keep_name(desk: &mut Desk<'_>, known: &Organisation) -> Result<(), Stop> {
    let before: Vec<FormerName> = desk.work.list("organisation_id", &Key::from(known.id.as_str())).await?;
    let name = FormerName {
        id: format!("{}:{}", known.id, before.len() + 1),
        organisation: known.id.clone(),
        name: known.name.clone(),
        credit_code: known.credit_code.clone(),
        until: desk.context.now,
    };
    desk.work.save(&name).await?;
    Ok(())
}

pub(super) async fn put_shop(desk: &mut Desk<'_>, shop: &Shop) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.is_about::<Shop>(&shop.id);
    desk.must_peek::<Organisation>(shop.organisation.as_str()).await?;
    if desk.work.get::<Shop>(shop.id.as_str()).await?.is_some_and(|known| known.organisation != shop.organisation) {
        return Err(OrganisationRefusal::OtherShop.into());
    }
    desk.work.save(shop).await?;
    Ok(Outcome::Done)
}

pub(super) async fn admit_code(desk: &mut Desk<'_>, credit_code: &str, evidence: Fingerprint, reason: &str) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    let (code, check) = parse(credit_code)?;
    desk.is_about::<CodeException>(code.as_str());
    if check == CheckDigit::Right {
        return Err(OrganisationRefusal::NothingToAdmit { code: code.as_str().to_owned() }.into());
    }
    if reason.trim().is_empty() {
        return Err(OrganisationRefusal::NoSource.into());
    }
    desk.must_be_new::<CodeException>(code.as_str()).await?;
    let exception = CodeException { code: code.as_str().to_owned(), evidence, reason: reason.to_owned(), by: desk.context.user.clone(), at: desk.context.now };
    desk.work.save(&exception).await?;
    Ok(Outcome::Done)
}

pub(super) async fn put_account(
    desk: &mut Desk<'_>,
    id: &AccountId,
    organisation: &OrganisationId,
    account: &Account,
    from: Date,
    source: &str,
) -> Result<Outcome, Stop> {
    desk.allow_of::<Organisation>(organisation.as_str(), organisation)?;
    desk.is_about::<Organisation>(&organisation);
    if source.trim().is_empty() {
        return Err(OrganisationRefusal::NoSource.into());
    }
    desk.must_peek::<Organisation>(organisation.as_str()).await?;
    desk.not_linked(organisation).await?;
    desk.enter_account(id, organisation, account, from, source).await?;
    Ok(Outcome::Done)
}

pub(super) async fn verify_account(desk: &mut Desk<'_>, id: &AccountId) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    let mut entry: AccountEntry = desk.must_get(id.as_str()).await?;
    desk.subject = entry.organisation.to_string();
    desk.rests_on::<AccountEntry>(id);
    desk.not_linked(&entry.organisation).await?;
    // What was forgotten is no account any more.
    if entry.account.number == FORGOTTEN {
        return Err(unknown::<AccountEntry>(id.as_str()).into());
    }
    entry.verify(&desk.context.user, desk.context.now)?;
    let mut organisation: Organisation = desk.must_get(entry.organisation.as_str()).await?;
    organisation.account = Some(entry.account.clone());
    desk.work.save(&entry).await?;
    desk.work.save(&organisation).await?;
    // Also to those who did not ask for it: a changed account is how money is led astray.
    desk.tell(Topic::AccountVerified, Addressee::Organisation(entry.organisation.clone()), id.as_str(), None).await?;
    Ok(Outcome::Done)
}

impl Desk<'_> {
    /// Refuses a person who is linked to the organisation (回避).
    async fn not_linked(&mut self, organisation: &OrganisationId) -> Result<(), Stop> {
        if self.must_keep_away(organisation).await? { Err(OrganisationRefusal::Recused.into()) } else { Ok(()) }
    }

    /// Enters an account that another person is to verify.
    pub(crate) async fn enter_account(
        &mut self,
        id: &AccountId,
        organisation: &OrganisationId,
        account: &Account,
        from: Date,
        source: &str,
    ) -> Result<(), Stop> {
        self.must_be_new::<AccountEntry>(id.as_str()).await?;
        let entry = AccountEntry {
            id: id.clone(),
            organisation: organisation.clone(),
            account: account.clone(),
            from,
            source: source.to_owned(),
            by: self.context.user.clone(),
            at: self.context.now,
            verified: None,
        };
        self.work.save(&entry).await?;
        self.tell(Topic::AccountEntered, Addressee::Administrators, id.as_str(), None).await
    }

    /// Keeps what the register says now beside each determination the act made, whichever act that is.
    pub(crate) async fn freeze_register(&mut self) -> Result<(), Stop> {
        for id in self.work.written(Determination::TABLE) {
            let determination: Determination = self.must_peek(&id).await?;
            let of = determination.organisation.as_str();
            let organisation: Organisation = self.must_peek(of).await?;
            let shops: Vec<Shop> = self.work.list("organisation_id", &Key::from(of)).await?;
            let snapshot = Snapshot { determination: determination.id.clone(), at: determination.at, organisation, shops };
            self.work.save(&snapshot).await?;
        }
        Ok(())
    }
}
