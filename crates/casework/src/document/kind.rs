//! The kinds of documents (公文、表单) an office writes: what each is, the act it follows, what it is about, its series of
//! numbers. How each looks stands in crate `documents`.

use serde::{Deserialize, Serialize};

/// What a document is about, as a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// A case.
    Case,
    /// A call.
    Call,
    /// A public notice.
    Notice,
    /// A batch of payments.
    Batch,
    /// A clawback.
    Recovery,
    /// An organisation, as the unit in charge of a call sees it.
    Organisation,
    /// A policy version.
    Policy,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident $name:literal $title:literal $series:literal $about:ident $act:literal $public:literal;)*) => {
        /// A kind of document.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ::schemars::JsonSchema)]
        pub enum DocumentKind {$(
            $(#[$doc])*
            #[serde(rename = $name)]
            $variant,
        )*}

        impl DocumentKind {
            /// All kinds, in the order of their steps.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name in tables, records and file names.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// What the document is called.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),* }
            }

            /// The word of its series of numbers; each series counts from 1 in each unit and year.
            #[must_use]
            pub const fn series(self) -> &'static str {
                match self { $(Self::$variant => $series),* }
            }

            /// What it is about.
            #[must_use]
            pub const fn about(self) -> About {
                match self { $(Self::$variant => About::$about),* }
            }

            /// The act it belongs to.
            #[must_use]
            pub const fn act(self) -> &'static str {
                match self { $(Self::$variant => $act),* }
            }

            /// Whether it is shown to everybody: then it holds nothing about single persons, accounts or objectors.
            #[must_use]
            pub const fn is_public(self) -> bool {
                match self { $(Self::$variant => $public),* }
            }
        }
    };
}

kinds! {
    /// When, who, under which conditions, how much, with which papers.
    ApplicationGuide "application_guide" "申报指南" "指南" Call "call.open" true;
    /// An application was taken in.
    AcceptanceNotice "acceptance_notice" "受理通知书" "受理" Case "case.accept" false;
    /// Everything that is missing, at once.
    CorrectionNotice "correction_notice" "补正告知书" "补正" Case "case.ask_correction" false;
    /// An application is not taken in.
    DeclineNotice "decline_notice" "不予受理通知书" "不受" Case "case.decline" false;
    /// What everybody said in the review.
    ReviewForm "review_form" "审核意见表" "审核" Case "case.summarise" false;
    /// How the amount came about, step by step.
    CalculationSheet "calculation_sheet" "核定金额计算单" "核定" Case "case.approve" false;
    /// No support.
    RefusalDecision "refusal_decision" "不予支持决定书" "不支" Case "case.refuse" false;
    /// Plan of how the money of a call is to be given, for the meeting.
    AllocationPlan "allocation_plan" "资金分配方案" "方案" Call "call.state_share" false;
    /// What other ways of sharing would give.
    SharingComparison "sharing_comparison" "分配方式比较表" "比较" Call "call.state_share" false;
    /// The table that is to be noticed, for the meeting.
    DraftNoticeTable "draft_notice_table" "拟公示名单" "拟示" Call "call.state_share" false;
    /// Form of the minutes.
    MinutesForm "minutes_form" "会议纪要" "纪要" Call "case.deliberate" false;
    /// What the amounts of a call rest on, for audit.
    AuditPaper "audit_paper" "审计底稿" "底稿" Call "case.approve" false;
    /// The announcement of a public notice.
    PublicNotice "public_notice" "公示公告" "公示" Notice "notice.publish" true;
    /// Its table.
    PublicTable "public_table" "公示表" "示表" Notice "notice.publish" true;
    /// What became of objections.
    ObjectionForm "objection_form" "异议处理表" "异议" Notice "notice.settle" false;
    /// Asks for the payment of a batch.
    PaymentRequest "payment_request" "资金拨付请示" "请示" Batch "payment.request" false;
    /// Tells the payment of a batch.
    PaymentLetter "payment_letter" "资金拨付通知" "拨付" Batch "payment.pay" false;
    /// Its lines.
    PaymentTable "payment_table" "资金拨付明细表" "拨表" Batch "payment.pay" false;
    /// Asks the treasury to pay.
    TreasuryApplication "treasury_application" "国库集中支付申请书" "支付" Batch "payment.pay" false;
    /// What is to be taken back, before it is decided.
    RecoveryNotice "recovery_notice" "追回告知书" "追告" Recovery "recovery.notify" false;
    /// What is taken back.
    RecoveryDecision "recovery_decision" "追回决定书" "追决" Recovery "recovery.decide" false;
    /// What was not paid back in time.
    RecoveryReminder "recovery_reminder" "催告书" "催告" Recovery "recovery.remind" false;
    /// Ledger of applications.
    ApplicationLedger "application_ledger" "申报台账" "台申" Call "call.close" false;
    /// Ledger of payments.
    PaymentLedger "payment_ledger" "拨付台账" "台拨" Call "payment.report" false;
    /// Ledger of budget and pools.
    QuotaLedger "quota_ledger" "额度台账" "台额" Call "call.share" false;
    /// Ledger of clawbacks.
    RecoveryLedger "recovery_ledger" "追回台账" "台追" Call "recovery.close" false;
    /// Everything about one enterprise.
    EnterpriseFile "enterprise_file" "一企一档" "企档" Organisation "registry.put_organisation" false;
    /// Asks the public about a draft.
    ConsultationNotice "consultation_notice" "征求意见公告" "征求" Policy "policy.invite" true;
    /// What became of what the public said.
    CommentSummary "comment_summary" "意见汇总表" "汇总" Policy "policy.release" true;
}

impl DocumentKind {
    /// What a meeting about a call looks at (上会材料).
    pub const MEETING: [Self; 5] = [Self::AllocationPlan, Self::SharingComparison, Self::DraftNoticeTable, Self::MinutesForm, Self::AuditPaper];

    /// The kind with a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}
