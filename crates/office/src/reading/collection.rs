//! What can be read, as one table: collections, who sees how much of each, what of it is for few eyes alone. How a record is
//! found to be somebody's stands in `reading`; what `privacy.toml` says of each field is held against it by a test.

use casework::case::Case;
use casework::document::DocumentKind;
use casework::kind::{KINDS, Kind};
use casework::people::Role;
use casework::performance::Performance;
use serde_json::{Map, Value};

/// How much of a collection a role sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// All of it.
    All,
    /// What is the own enterprise's, and of it these fields; [`WHOLE`]: all of them.
    Own(&'static [&'static str]),
    /// What belongs to calls that the own unit leads or is asked in.
    Unit,
    /// What everybody may know, and of it these fields; [`WHOLE`]: all of them.
    Public(Openly, &'static [&'static str]),
}

/// From when on everybody may know of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Openly {
    /// From the beginning.
    Always,
    /// A call: from its announcement on.
    Announced,
    /// A policy version: once it was issued.
    Issued,
}

/// Through what a record belongs to an enterprise, and to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belongs {
    /// Nobody's in particular.
    Nowhere,
    /// It is an enterprise.
    Enterprise,
    /// Its column `organisation_id` names the enterprise.
    OfEnterprise,
    /// It is a case.
    Case,
    /// Its column `case_id` names the case.
    OfCase,
    /// The same; where no case is named, it is for everybody in the table.
    OfCaseOrAll,
    /// Its column `call_id` names the call.
    OfCall,
    /// Its column `batch_id` names a batch of a call.
    OfBatch,
    /// Its column `list_id` names a match list of a call.
    OfList,
    /// It is a document: what it is about says whose it is.
    Document,
}

/// What of a record is for few eyes alone: where it stands (`lines.account`; a list is gone through), and the roles that see it.
pub type Secret = (&'static str, &'static [Role]);

/// What an applicant is told of a record as far as it is so far: fields that are made for it. Errors: the record cannot be read.
pub type Told = fn(&Map<String, Value>) -> Result<Vec<(&'static str, Value)>, serde_json::Error>;

/// A collection that can be read: its name in addresses, its table, and who sees how much of it.
pub struct Collection {
    /// Name in addresses: `cases`.
    pub name: &'static str,
    /// Table of the records.
    pub table: &'static str,
    /// Through what its records belong to somebody.
    pub belongs: Belongs,
    /// What of them is for few eyes (`secret` in privacy.toml).
    pub secret: &'static [Secret],
    /// Who sees how much.
    pub sights: &'static [(Role, Sight)],
    /// Whether what is read is passed on to people outside: the acts that left it must be on the disk before it is told.
    pub goes_out: bool,
    /// What their applicant sees beside the fields of [`Sight::Own`].
    pub told: Option<Told>,
}

use Role::{Administrator, Applicant, Auditor, Clerk, Drafter, Finance, Leader, Reviewer, Service, UnitReviewer};

/// Officers who work on cases see those of their unit; finance and audit see all.
macro_rules! of_unit {
    ($($more:expr),*) => {
        &[
            (Clerk, Sight::Unit),
            (Reviewer, Sight::Unit),
            (UnitReviewer, Sight::Unit),
            (Leader, Sight::Unit),
            (Finance, Sight::All),
            (Auditor, Sight::All),
            $($more),*
        ]
    };
}

macro_rules! officers {
    ($($more:expr),*) => {
        &[(Clerk, Sight::All), (Reviewer, Sight::All), (UnitReviewer, Sight::All), (Leader, Sight::All), (Finance, Sight::All), (Auditor, Sight::All), $($more),*]
    };
}

/// Everybody who works here sees all of it, applicants as much as everybody may know.
macro_rules! everybody {
    ($openly:expr, $fields:expr) => {
        officers![(Drafter, Sight::All), (Administrator, Sight::All), (Applicant, Sight::Public($openly, $fields))]
    };
}

const OF_UNIT: &[(Role, Sight)] = of_unit![];
/// Who looks after rights and the log.
const RIGHTS: &[(Role, Sight)] = &[(Administrator, Sight::All), (Auditor, Sight::All), (Leader, Sight::All)];
/// Who asks for what a second person has to confirm, who confirms it, and audit.
const FOUR_EYES: &[(Role, Sight)] = &[(Clerk, Sight::Unit), (Reviewer, Sight::Unit), (Leader, Sight::Unit), (Auditor, Sight::All)];

/// All fields.
pub const WHOLE: &[&str] = &[];

/// Who pays.
const PAYS: &[Role] = &[Finance];
/// Everybody who works here.
const INSIDE: &[Role] = &[Clerk, Reviewer, UnitReviewer, Leader, Finance, Auditor, Drafter, Administrator];

/// What a call says to the public: the money behind it and how it is shared are the office's until the notice.
const ANNOUNCED: &[&str] = &["id", "title", "version", "year", "as_of", "clauses", "open", "lead", "with", "workflow", "stage", "guide", "terms", "rates"];

/// How a kind of documents is read beside the officers of its unit and of its call; kinds without a line are working papers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// Written to the enterprise it is about, which may have it.
    Served,
    /// With bank accounts: printed for who pays, and for the unit that issued it.
    WithAccounts,
}

/// The kinds of documents that are more, or less, than working papers.
const PAPERS: &[(DocumentKind, Paper)] = &[
    (DocumentKind::AcceptanceNotice, Paper::Served),
    (DocumentKind::CorrectionNotice, Paper::Served),
    (DocumentKind::DeclineNotice, Paper::Served),
    (DocumentKind::CalculationSheet, Paper::Served),
    (DocumentKind::RefusalDecision, Paper::Served),
    (DocumentKind::RecoveryNotice, Paper::Served),
    (DocumentKind::RecoveryDecision, Paper::Served),
    (DocumentKind::RecoveryReminder, Paper::Served),
    (DocumentKind::PaymentTable, Paper::WithAccounts),
    (DocumentKind::TreasuryApplication, Paper::WithAccounts),
];

impl Paper {
    /// What a kind is; none: a working paper.
    #[must_use]
    pub fn of(kind: DocumentKind) -> Option<Self> {
        PAPERS.iter().find(|(named, _)| *named == kind).map(|(_, paper)| *paper)
    }
}

fn case_told(body: &Map<String, Value>) -> Result<Vec<(&'static str, Value)>, serde_json::Error> {
    let case: Case = serde_json::from_value(Value::Object(body.clone()))?;
    Ok(vec![("stage", Value::from(case.stage_told())), ("claims", serde_json::to_value(case.claims_told())?)])
}

fn performance_told(body: &Map<String, Value>) -> Result<Vec<(&'static str, Value)>, serde_json::Error> {
    let performance: Performance = serde_json::from_value(Value::Object(body.clone()))?;
    Ok(vec![("state", Value::from(performance.state.name()))])
}

/// A collection whose records are told as they are.
const fn plain(name: &'static str, table: &'static str, belongs: Belongs, sights: &'static [(Role, Sight)]) -> Collection {
    Collection { name, table, belongs, secret: &[], sights, goes_out: false, told: None }
}

use Belongs::{Document, Enterprise, Nowhere, OfBatch, OfCall, OfCase, OfCaseOrAll, OfEnterprise, OfList};
use Openly::{Always, Announced, Issued};

/// Everything that can be read, in the order of the addresses.
pub const COLLECTIONS: &[Collection] = &[
    Collection {
        // Who verifies an account has to see it (registry.verify_account).
        secret: &[("account", &[Finance, Reviewer, Applicant])],
        ..plain("accounts", "account_entry", OfEnterprise, officers![(Applicant, Sight::Own(&["id", "organisation", "account", "from", "source", "at"]))])
    },
    Collection { secret: &[("lines.account", PAYS)], ..plain("batches", "payment_batch", OfCall, OF_UNIT) },
    plain("calendars", "work_calendar", Nowhere, everybody![Always, WHOLE]),
    Collection { secret: &[("rates.by", INSIDE)], ..plain("calls", "call", Nowhere, everybody![Announced, ANNOUNCED]) },
    Collection {
        told: Some(case_told),
        ..plain(
            "cases",
            "case_file",
            Belongs::Case,
            of_unit![(
                Applicant,
                Sight::Own(&["id", "call", "organisation", "application", "evidence", "determination", "notice", "submitted", "declaration"])
            )],
        )
    },
    plain("checkpoints", "checkpoint", Nowhere, RIGHTS),
    plain("comments", "comment", Nowhere, officers![(Drafter, Sight::All)]),
    plain(
        "determinations",
        "determination",
        OfCase,
        of_unit![(
            Applicant,
            Sight::Own(&[
                "id",
                "case",
                "organisation",
                "year",
                "version",
                "guide",
                "scheme_hash",
                "application",
                "assessment",
                "evidence",
                "awards",
                "at",
                "supersedes"
            ])
        )],
    ),
    Collection {
        // What a document shows may hold accounts: it is given out as the document alone.
        secret: &[("data", PAYS), ("void.by", INSIDE)],
        ..plain(
            "documents",
            "document",
            Document,
            of_unit![(Applicant, Sight::Own(&["id", "kind", "subject", "unit", "year", "number", "own_number", "at", "void"]))],
        )
    },
    plain(
        "dues",
        "due",
        OfCase,
        of_unit![(
            Applicant,
            Sight::Own(&["id", "case", "call", "organisation", "clause", "determination", "number", "of", "year", "amount", "state", "tested_first"])
        )],
    ),
    plain(
        "earlier-awards",
        "earlier_award",
        OfEnterprise,
        officers![(Applicant, Sight::Own(&["id", "organisation", "clause", "year", "amount", "key", "source", "corrects", "at"]))],
    ),
    plain("former-names", "former_name", OfEnterprise, officers![(Applicant, Sight::Own(WHOLE))]),
    plain("guides", "guide", Nowhere, everybody![Always, &["id", "policy", "title", "number", "on", "valid", "text", "digest", "definitions", "replaces"]]),
    plain("leads", "recovery_lead", Nowhere, officers![]),
    plain("links", "recusal_link", Nowhere, RIGHTS),
    plain("match-entries", "match_entry", OfList, OF_UNIT),
    plain("match-lists", "match_list", OfCall, OF_UNIT),
    Collection { goes_out: true, ..plain("messages", "outbox", Nowhere, &[(Auditor, Sight::All), (Service, Sight::All)]) },
    plain("motions", "motion", OfCaseOrAll, FOUR_EYES),
    plain("notices", "notice", Nowhere, everybody![Always, WHOLE]),
    plain("objections", "objection", OfCase, OF_UNIT),
    Collection {
        secret: &[("account", &[Finance, Applicant])],
        ..plain("organisations", "organisation", Enterprise, officers![(Administrator, Sight::All), (Applicant, Sight::Own(WHOLE))])
    },
    Collection {
        told: Some(performance_told),
        ..plain("performances", "performance", OfCase, of_unit![(Applicant, Sight::Own(&["due", "case", "term", "goals", "reports"]))])
    },
    plain("policies", "policy_version", Nowhere, everybody![Issued, WHOLE]),
    plain("policy-lives", "policy_life", Nowhere, officers![(Drafter, Sight::All)]),
    plain("proposals", "rights_proposal", Nowhere, RIGHTS),
    // What the bank says of a line names the account it did not find.
    Collection { secret: &[("report", PAYS)], ..plain("receipts", "bank_receipt", OfBatch, OF_UNIT) },
    plain(
        "recognitions",
        "recognition",
        OfEnterprise,
        officers![(
            Applicant,
            Sight::Own(&["id", "kind", "number", "on", "valid", "issuer", "organisation", "subject", "policy", "fact", "document", "promise", "revoked"])
        )],
    ),
    plain("recoveries", "recovery", OfCase, OF_UNIT),
    plain("shops", "shop", OfEnterprise, officers![(Administrator, Sight::All), (Applicant, Sight::Own(WHOLE))]),
    plain("units", "unit", Nowhere, officers![(Drafter, Sight::All), (Administrator, Sight::All), (Applicant, Sight::Public(Always, WHOLE))]),
    plain("users", "user_account", Nowhere, RIGHTS),
];

/// The collection of a name.
#[must_use]
pub fn collection(name: &str) -> Option<&'static Collection> {
    COLLECTIONS.iter().find(|collection| collection.name == name)
}

impl Sight {
    /// The fields that are seen; [`WHOLE`]: all.
    const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::All | Self::Unit => WHOLE,
            Self::Own(fields) | Self::Public(_, fields) => fields,
        }
    }
}

impl Collection {
    /// How much of it a role sees; none: to that role it does not exist.
    #[must_use]
    pub fn sight(&self, role: Role) -> Option<Sight> {
        self.sights.iter().find(|(seer, _)| *seer == role).map(|(_, sight)| *sight)
    }

    /// Its kind of records.
    #[must_use]
    pub fn kind(&self) -> Option<&'static Kind> {
        KINDS.iter().find(|kind| kind.table.name == self.table)
    }

    /// Leaves of a record what a role sees of it. Errors: the record cannot be read.
    pub fn cut(&self, role: Role, record: &mut Map<String, Value>) -> Result<(), serde_json::Error> {
        let Some(sight) = self.sight(role) else {
            record.clear();
            return Ok(());
        };
        let told = match (sight, self.told) {
            (Sight::Own(_), Some(told)) => told(record)?,
            _ => Vec::new(),
        };
        let fields = sight.fields();
        record.retain(|field, _| fields.is_empty() || fields.contains(&field.as_str()));
        record.extend(told.into_iter().map(|(field, value)| (field.to_owned(), value)));
        for (at, _) in self.secret.iter().filter(|(_, seers)| !seers.contains(&role)) {
            take_out(record, at);
        }
        Ok(())
    }

    /// Whether a role may look for records by a column: one that is not shown could else be guessed.
    #[must_use]
    pub fn may_ask_by(&self, role: Role, column: &str) -> bool {
        let fields = self.sight(role).map_or(WHOLE, Sight::fields);
        let field = column.strip_suffix("_id").or_else(|| column.strip_suffix("_fen")).unwrap_or(column);
        fields.is_empty() || fields.contains(&field)
    }
}

fn take_out(record: &mut Map<String, Value>, at: &str) {
    let Some((first, rest)) = at.split_once('.') else {
        record.remove(at);
        return;
    };
    match record.get_mut(first) {
        Some(Value::Object(inner)) => take_out(inner, rest),
        Some(Value::Array(list)) => list.iter_mut().filter_map(Value::as_object_mut).for_each(|inner| take_out(inner, rest)),
        _ => {}
    }
}
