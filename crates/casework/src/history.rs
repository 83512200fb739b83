//! Awards of old ledgers (历史台账): what a district paid before this office kept its books. They are loaded with their source
//! and never changed; a mistake is mended by a further record. They count as earlier awards beside determinations.

use crate::acts;
use crate::chain::Fingerprint;
use crate::id::{EarlierAwardId, LoadId, MotionId, OrganisationId, PolicyVersionId, UserId};
use crate::record::{Column, Key, Record, Table};
use crate::refusal::words;
use serde::{Deserialize, Serialize};
use std::fmt;
use values::{Fen, Moment};

/// Where an award of an old ledger stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct LedgerRow {
    /// Name and number of the document.
    pub document: String,
    /// Fingerprint of its bytes.
    pub digest: Fingerprint,
    /// Row in it, as the document counts.
    pub row: u32,
}

/// An award of an old ledger (历史兑付). Never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct EarlierAward {
    /// Id: of a load and row, or of a correction.
    pub id: EarlierAwardId,
    /// Who was paid.
    pub organisation: OrganisationId,
    /// Under which clause.
    pub clause: String,
    /// Award year.
    pub year: i32,
    /// How much; nothing, where a correction says that it never was.
    pub amount: Fen,
    /// What a frequency counts by: the festival, the project.
    pub key: Option<String>,
    /// Where it stands.
    pub source: LedgerRow,
    /// The record whose place it takes, and why.
    pub corrects: Option<(EarlierAwardId, String)>,
    /// Who loaded it.
    pub by: UserId,
    /// When.
    pub at: Moment,
}

/// A row of an old ledger, as it is to be loaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Row in the document.
    pub row: u32,
    /// Credit code of who was paid.
    pub credit_code: String,
    /// Clause.
    pub clause: String,
    /// Award year.
    pub year: i32,
    /// How much.
    pub amount: Fen,
    /// What a frequency counts by.
    #[serde(default)]
    pub key: Option<String>,
}

/// What is wrong with a row of an old ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowFault {
    /// A row number that came before.
    RowAgain,
    /// Nobody has this credit code.
    UnknownOrganisation(String),
    /// Who loads it is linked to the organisation (回避).
    Recused,
    /// A clause that the policy version does not have.
    UnknownClause(String),
    /// Before 2000, or after today.
    Year(i32),
    /// Nothing, less, or more than ten trillion yuan.
    Amount(Fen),
    /// The same award as in an earlier row.
    SameAsRow(u32),
    /// Loaded before.
    Loaded(EarlierAwardId),
    /// Determined by this office itself.
    Determined(String),
}

/// A row that cannot be loaded, with what would mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// Row in the document.
    pub row: u32,
    /// What is wrong.
    pub fault: RowFault,
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}: ", self.row)?;
        match &self.fault {
            RowFault::RowAgain => write!(f, "this row number came before; number the rows as the document does"),
            RowFault::UnknownOrganisation(code) => {
                write!(f, "nobody in the register has the credit code {code}; correct the code, or enter the organisation first")
            }
            RowFault::Recused => write!(f, "you are linked to this organisation and must keep away; let somebody else load the ledger"),
            RowFault::UnknownClause(clause) => write!(f, "the policy has no clause {clause}; write the number of the clause as the policy numbers it now"),
            RowFault::Year(year) => write!(f, "{year} is no award year from 2000 to now; write the year the award is for"),
            RowFault::Amount(amount) => {
                write!(f, "an award of {} yuan; check the digits, leave out rows without a payment, and enter money taken back as a correction", amount.yuan())
            }
            RowFault::SameAsRow(row) => write!(f, "the same award as in row {row}; leave it out, add both up, or tell them apart by a key"),
            RowFault::Loaded(id) => write!(f, "loaded before as {id}; leave it out, or correct that record"),
            RowFault::Determined(id) => write!(f, "this office determined it itself ({id}); leave it out"),
        }
    }
}

impl BadRow {
    /// The same in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        let fault = match &self.fault {
            RowFault::RowAgain => "行号与前面的行重复，请按原文件的行号填写".to_owned(),
            RowFault::UnknownOrganisation(code) => format!("登记中没有统一社会信用代码 {code}，请更正代码，或先登记申报主体"),
            RowFault::Recused => "您与该申报主体有回避关系，应当回避，请转由其他人员导入".to_owned(),
            RowFault::UnknownClause(clause) => format!("政策中没有条款 {clause}，请按现行编号填写"),
            RowFault::Year(year) => format!("年度{year}不在2000年至今之间，请填写奖补所属年度"),
            RowFault::Amount(amount) => format!("金额为{}元；没有兑付的行请去掉，追回的款项请另行更正", amount.grouped()),
            RowFault::SameAsRow(row) => format!("与第{row}行是同一笔奖补，请去掉该行、合并金额，或用计次依据加以区分"),
            RowFault::Loaded(id) => format!("已经导入为记录 {id}，请去掉该行，或对该记录提请更正"),
            RowFault::Determined(id) => format!("该奖补已由本系统审定（{id}），请去掉该行"),
        };
        format!("第{}行：{fault}。", self.row)
    }
}

/// Why an act on old ledgers is refused, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HistoryRefusal {
    /// Linked to the organisation (回避).
    #[error("this person is linked to the organisation and must keep away: somebody else corrects this")]
    Recused,
    /// Nothing to load.
    #[error("there is no row to load")]
    Empty,
    /// The document is not named.
    #[error("name the document the rows stand in")]
    NoDocument,
    /// Rows that cannot be loaded: all of them, in their order. Nothing was loaded.
    #[error("{} rows cannot be loaded, so none was:\n{}", .0.len(), .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Rows(Vec<BadRow>),
    /// A correction without a reason.
    #[error("a correction needs a reason")]
    NoReason,
    /// A correction below nothing.
    #[error("a correction sets an amount of nothing or more")]
    Negative,
    /// Corrected before.
    #[error("it was corrected by {by}; correct that record")]
    Corrected {
        /// The later record.
        by: EarlierAwardId,
    },
}

words! {
    HistoryRefusal
    "history.recused" Recused => "您与该申报主体有回避关系，应当回避，请转由其他人员更正。";
    "history.empty" Empty => "没有可以导入的行，请核对文件内容。";
    "history.no_document" NoDocument => "请写明这些记录出自哪份文件后再提交。";
    "history.rows" Rows(rows) => format!("有{}行不能导入，本次没有导入任何一行。请逐行更正后重新导入：\n{}", rows.len(), rows.iter().map(BadRow::zh).collect::<Vec<_>>().join("\n"));
    "history.no_reason" NoReason => "更正须说明理由，请填写理由后再提交。";
    "history.negative" Negative => "更正后的金额不得为负，请更正金额。";
    "history.corrected" Corrected { by } => format!("这条记录已由记录 {by} 更正，请对记录 {by} 提请更正。");
}

acts! {
    /// Acts on old ledgers.
    HistoryAct {
        /// Asks for an old ledger to be loaded: all of its rows, or none (期初台账导入).
        Load "history.load" "提请导入期初台账" {
            /// Id of the motion.
            motion: MotionId,
            /// Id of the load; the record of a row has it with the row number.
            load: LoadId,
            /// Name and number of the document.
            document: String,
            /// Fingerprint of its bytes.
            digest: Fingerprint,
            /// The policy version whose clauses the rows name.
            version: PolicyVersionId,
            /// The rows.
            rows: Vec<Row>,
        }
        /// Asks for a record to be corrected by a further one (更正). Organisation and clause stay.
        Correct "history.correct" "提请更正历史兑付" {
            /// Id of the motion.
            motion: MotionId,
            /// Id of the further record.
            award: EarlierAwardId,
            /// The record it takes the place of.
            corrects: EarlierAwardId,
            /// Award year.
            year: i32,
            /// How much it truly was.
            amount: Fen,
            /// What a frequency counts by.
            key: Option<String>,
            /// Where that stands.
            source: LedgerRow,
            /// Why.
            reason: String,
        }
        /// Confirms a load or a correction: only then it counts (复核确认).
        Confirm "history.confirm" "确认历史兑付" { motion: MotionId }
    }
}

impl EarlierAward {
    /// Those that no further record takes the place of.
    #[must_use]
    pub fn in_force(all: &[Self]) -> Vec<&Self> {
        let corrected = |id: &EarlierAwardId| all.iter().any(|other| other.corrects.as_ref().is_some_and(|(of, _)| of == id));
        all.iter().filter(|award| !corrected(&award.id)).collect()
    }

    /// Whether both say the same payment: organisation, clause, year and key.
    #[must_use]
    pub fn is_same(&self, organisation: &OrganisationId, clause: &str, year: i32, key: Option<&str>) -> bool {
        self.organisation == *organisation && self.clause == clause && self.year == year && self.key.as_deref() == key
    }
}

impl Record for EarlierAward {
    const TABLE: &'static Table = &Table {
        name: "earlier_award",
        meaning: "历史兑付",
        columns: &[
            Column::text("organisation_id", "who was paid"),
            Column::number("year", "award year"),
            Column::text("corrects_id", "record whose place it takes").unique(),
            Column::text("counted_as", "what a row as loaded is counted as: organisation, clause, year, key").unique(),
        ],
        changes: false,
    };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        let counted = format!("{}/{}/{}/{}", self.organisation, self.clause, self.year, self.key.as_deref().unwrap_or_default());
        let (corrects, counted) = match &self.corrects {
            None => (Key::Null, counted.as_str().into()),
            Some((id, _)) => (id.as_str().into(), Key::Null),
        };
        vec![self.organisation.as_str().into(), self.year.into(), corrects, counted]
    }
}
