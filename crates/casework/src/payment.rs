//! Payments: what is due, planned into a batch, asked for with a number (拨付请示), sent to the bank, and what the bank says
//! of each line. A line that was once at the bank enters another batch only after it came back.

mod due;

use crate::acts;
use crate::id::{BatchId, CallId, CaseId, DueId, EntryId, ReceiptId, UserId};
use crate::organisation::Account;
use crate::record::{Column, Key, Record, Table};
use crate::refusal::{Named, words};
pub use due::{Due, DueState, Retest, stage_after};
use serde::{Deserialize, Serialize};
use values::{Date, Fen, Moment};

/// What the bank says of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineResult {
    /// 到账
    Arrived {
        /// Number of the bank's receipt.
        receipt: ReceiptId,
        /// Day.
        on: Date,
    },
    /// 退汇
    Returned {
        /// Number of the bank's receipt.
        receipt: ReceiptId,
        /// Day.
        on: Date,
        /// Why.
        reason: String,
    },
    /// Left out on the day of payment: the credit check of that day did not come out clear.
    Held {
        /// What it said.
        detail: String,
    },
}

/// A line of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Line {
    /// What is paid.
    pub due: DueId,
    /// Case that is paid.
    pub case: CaseId,
    /// Clause.
    pub clause: String,
    /// How much.
    pub amount: Fen,
    /// Whether it came back before (重拨).
    pub again: bool,
    /// Where to, as it was on the day of payment; none before.
    pub account: Option<Account>,
    /// What became of it.
    pub result: Option<LineResult>,
}

/// How far a batch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BatchState {
    /// 分配方案
    Planned,
    /// 已请示
    Requested,
    /// 已送银行
    Sent,
    /// 撤销
    Cancelled,
}

impl BatchState {
    /// The name in tables and records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Requested => "requested",
            Self::Sent => "sent",
            Self::Cancelled => "cancelled",
        }
    }

    /// What officers call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Planned => "已列分配方案",
            Self::Requested => "已请示",
            Self::Sent => "已送银行",
            Self::Cancelled => "已撤销",
        }
    }
}

/// A batch of payments (拨付批次).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Batch {
    /// Id.
    pub id: BatchId,
    /// Call.
    pub call: CallId,
    /// How far it is.
    pub state: BatchState,
    /// Number of the request for payment (拨付请示).
    pub request_number: Option<String>,
    /// What is paid.
    pub lines: Vec<Line>,
    /// Who planned it.
    pub planned_by: UserId,
    /// When it went to the bank.
    pub sent: Option<Moment>,
}

/// What the bank reports of a line (回单).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Report {
    /// Number of the bank's receipt; no two are the same.
    pub receipt: ReceiptId,
    /// The line.
    pub due: DueId,
    /// Day.
    pub on: Date,
    /// Why it came back; none: it arrived.
    pub returned: Option<String>,
}

/// A receipt of the bank, kept so that its number cannot come twice (银行回单).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Receipt {
    /// The batch.
    pub batch: BatchId,
    /// What it says.
    pub report: Report,
}

/// Why an act on payments is refused, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaymentRefusal {
    /// Nothing to pay.
    #[error("no case of the call waits for payment")]
    Empty,
    /// The batch is past that, or not so far.
    #[error("the batch is {}, so this cannot be done", state.name())]
    BatchState {
        /// How far it is.
        state: BatchState,
    },
    /// What is due is past that, or not so far.
    #[error("payment {due} is {state}, so this cannot be done")]
    DueState {
        /// Which.
        due: DueId,
        /// How far it is.
        state: Named,
    },
    /// No number.
    #[error("a request for payment has a number")]
    NoNumber,
    /// Who planned it asks for it.
    #[error("the person who planned a batch does not ask for its payment")]
    FourEyes,
    /// No account to pay to.
    #[error("the applicant of case {case} has no account")]
    NoAccount {
        /// The case.
        case: CaseId,
    },
    /// The account is not the one that an officer verified.
    #[error("the account is not the verified one of the applicant of case {case}: have it entered and verified first")]
    NotVerified {
        /// The case.
        case: CaseId,
    },
    /// Not a line of it.
    #[error("payment {due} is no line of the batch that waits for the bank")]
    NoLine {
        /// Which.
        due: DueId,
    },
    /// It came back from the applicant before it came back from the bank.
    #[error("payment {due} was taken back from the applicant meanwhile: what the bank returns now is not the budget's")]
    TakenBack {
        /// Which.
        due: DueId,
    },
    /// Nobody says why.
    #[error("a reason is needed")]
    NoReason,
    /// The test of an instalment has not been held, or its money is not there.
    #[error("instalment {due} is to be tested first")]
    NotTested {
        /// Which.
        due: DueId,
    },
    /// It is for a later year.
    #[error("instalment {due} is for {year}")]
    NotYet {
        /// Which.
        due: DueId,
        /// Its year.
        year: i32,
    },
    /// Nothing proves the facts of its test.
    #[error("the facts of a test need papers that prove them")]
    NoEvidence,
    /// A fact of an earlier year was determined with another value, or a test was held on it.
    #[error("{fact} of {year} stands as it was determined or tested: give the facts of the year of the instalment; an error is mended by determination.amend")]
    Frozen {
        /// The fact.
        fact: String,
        /// The year.
        year: i32,
    },
    /// Its report is missing.
    #[error("the report on payment {due} is not accepted yet")]
    ReportMissing {
        /// The payment that was to be reported on.
        due: DueId,
    },
    /// The facts of the year do not decide the test.
    #[error("the facts given do not decide the test of instalment {due}")]
    Undecided {
        /// Which.
        due: DueId,
    },
    /// The book of another year.
    #[error("an instalment of {wanted} is paid from a budget of that year, not of {year}")]
    WrongYear {
        /// Year of the instalment.
        wanted: i32,
        /// Year of the book.
        year: i32,
    },
}

words! {
    PaymentRefusal
    "payment.empty" Empty => "本批次没有等待拨付的款项，暂不能编制分配方案。";
    "payment.batch_state" BatchState { state } => format!("拨付批次现处于“{}”状态，不能办理此事，请按当前进度办理。", state.title());
    "payment.due_state" DueState { due, state } => format!("应付款 {due} 现处于“{}”状态，不能办理此事，请按当前进度办理。", state.zh);
    "payment.no_number" NoNumber => "请填写拨付请示的文号后再提交。";
    "payment.four_eyes" FourEyes => "该分配方案由您编制，按照四眼原则不能再由您请示拨付，请转由其他人员办理。";
    "payment.no_account" NoAccount { case } => format!("案件 {case} 的申报主体没有收款账户，请先登记账户，并由他人核验。");
    "payment.not_verified" NotVerified { case } => format!("案件 {case} 的收款账户不是申报主体已核验的账户，请先登记账户，并由他人核验。");
    "payment.no_line" NoLine { due } => format!("应付款 {due} 不在拨付批次等待银行回单的明细中，请核对编号。");
    "payment.taken_back" TakenBack { due } => format!("应付款 {due} 已向申报主体追回，银行此后退回的款项不属于本预算，请核实后按申报主体的款项办理。");
    "payment.no_reason" NoReason => "请填写理由后再提交。";
    "payment.not_tested" NotTested { due } => format!("分期款 {due} 尚未复核，或资金尚未安排，请先办理分期复核和资金安排。");
    "payment.not_yet" NotYet { due, year } => format!("分期款 {due} 属于{year}年度，请到该年度再办理。");
    "payment.no_evidence" NoEvidence => "分期复核所用的事实须有佐证材料，请补充材料后再提交。";
    "payment.frozen" Frozen { fact, year } => format!("{year}年的“{fact}”已经审定或复核，不能改动，请填写分期所属年度的事实。原审定有误的，请提请更正审定。");
    "payment.report_missing" ReportMissing { due } => format!("应付款 {due} 的绩效报告尚未认可，请在绩效报告认可后再办理。");
    "payment.undecided" Undecided { due } => format!("所填事实还不能判定分期款 {due} 是否达到条件，请补充事实后再提交。");
    "payment.wrong_year" WrongYear { wanted, year } => format!("{wanted}年度的分期款由该年度的预算支付，不能用{year}年度的预算，请改选账本。");
}

acts! {
    /// Acts on payments.
    PaymentAct {
        /// Plans a batch of what is due (分配方案): of a call, or of some of its cases.
        Plan "payment.plan" "编制分配方案" {
            /// Id of the batch.
            batch: BatchId,
            /// The call.
            call: CallId,
            /// Only these cases.
            cases: Option<Vec<CaseId>>,
        }
        /// Asks for its payment (拨付请示).
        Request "payment.request" "拨付请示" {
            /// The batch.
            batch: BatchId,
            /// Number of the document; no two batches have the same.
            number: String,
        }
        /// Takes a batch back that was not sent (撤销).
        Cancel "payment.cancel" "撤销拨付批次" { batch: BatchId }
        /// Sends it to the bank (拨付).
        Pay "payment.pay" "办理拨付" {
            /// The batch.
            batch: BatchId,
            /// Id under which the lines are posted; a number is added.
            entry: EntryId,
        }
        /// Takes in what the bank reports (到账、退汇).
        Report "payment.report" "登记银行回单" {
            /// The batch.
            batch: BatchId,
            /// What the bank says, line by line.
            reports: Vec<Report>,
            /// Id under which returned money is posted; a number is added.
            entry: EntryId,
        }
        /// What came back may be sent again, to the account that was entered and verified since (更正账户).
        Mend "payment.mend" "更正收款账户" { case: CaseId, account: Account }
        /// Gives up what came back (不再拨付).
        Drop "payment.drop" "不再拨付" {
            /// What came back.
            due: DueId,
            /// Id of the entry.
            entry: EntryId,
            /// Why.
            reason: String,
        }
    }
}

impl Batch {
    /// Goes on, if it is so far. Errors: [`PaymentRefusal::BatchState`].
    pub fn at(&self, states: &[BatchState]) -> Result<(), PaymentRefusal> {
        if states.contains(&self.state) { Ok(()) } else { Err(PaymentRefusal::BatchState { state: self.state }) }
    }

    /// Asks for payment. Errors, in order: past that, no number, by the person who planned it.
    pub fn request(&mut self, number: &str, by: &UserId) -> Result<(), PaymentRefusal> {
        self.at(&[BatchState::Planned])?;
        if number.trim().is_empty() {
            return Err(PaymentRefusal::NoNumber);
        }
        if self.planned_by == *by {
            return Err(PaymentRefusal::FourEyes);
        }
        self.request_number = Some(number.to_owned());
        self.state = BatchState::Requested;
        Ok(())
    }

    /// Notes what the bank says of a line. A line that arrived may still come back; nothing else is said twice.
    ///
    /// Errors, in order: not sent, no such line, said already.
    pub fn report(&mut self, report: &Report) -> Result<(), PaymentRefusal> {
        self.at(&[BatchState::Sent])?;
        let no_line = || PaymentRefusal::NoLine { due: report.due.clone() };
        let line = self.lines.iter_mut().find(|line| line.due == report.due).ok_or_else(no_line)?;
        let on = report.on;
        let result = match (&line.result, &report.returned) {
            (None, None) => LineResult::Arrived { receipt: report.receipt.clone(), on },
            (None | Some(LineResult::Arrived { .. }), Some(reason)) => LineResult::Returned { receipt: report.receipt.clone(), on, reason: reason.clone() },
            _ => return Err(no_line()),
        };
        line.result = Some(result);
        Ok(())
    }
}

impl Record for Batch {
    const TABLE: &'static Table = &Table {
        name: "payment_batch",
        meaning: "拨付批次",
        columns: &[Column::text("call_id", "call"), Column::text("request_number", "number of the request for payment").unique()],
        changes: true,
    };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.call.as_str().into(), self.request_number.as_deref().into()]
    }
}

impl Record for Receipt {
    const TABLE: &'static Table = &Table { name: "bank_receipt", meaning: "银行回单", columns: &[Column::text("batch_id", "batch")], changes: false };

    fn id(&self) -> &str {
        self.report.receipt.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.batch.as_str().into()]
    }
}
