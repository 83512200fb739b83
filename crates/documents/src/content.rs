//! What a document of each kind shows: its data, how it is filled, its built-in template. A kind without one of them does not
//! compile.

use crate::field::{Data, Field, Fields};
use crate::records::{NotYet, Records};
use crate::{case, consultation, guide, ledger, meeting, notice, payment, recovery};
use casework::document::DocumentKind;

macro_rules! contents {
    ($($kind:ident $data:ty, $fill:path, $template:literal;)*) => {
        /// What a document shows.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(clippy::large_enum_variant, reason = "a document is made, written and dropped")]
        pub enum Content {$(
            #[doc = $template]
            $kind($data),
        )*}

        impl Content {
            /// Fills the data of a kind from records. Errors: what it tells has not happened.
            pub fn fill(kind: DocumentKind, records: &Records<'_>) -> Result<Self, NotYet> {
                match kind { $(DocumentKind::$kind => $fill(records).map(Self::$kind)),* }
            }

            /// Reads frozen data. Errors: it is not of this kind.
            pub fn read(kind: DocumentKind, json: &str) -> Result<Self, serde_json::Error> {
                match kind { $(DocumentKind::$kind => serde_json::from_str(json).map(Self::$kind)),* }
            }

            /// The data as JSON, to be frozen. Errors: none that these types can give.
            pub fn json(&self) -> Result<String, serde_json::Error> {
                match self { $(Self::$kind(data) => serde_json::to_string(data)),* }
            }

            /// The kind.
            #[must_use]
            pub const fn kind(&self) -> DocumentKind {
                match self { $(Self::$kind(_) => DocumentKind::$kind),* }
            }

            /// The data by field.
            #[must_use]
            pub fn data(&self) -> &dyn Data {
                match self { $(Self::$kind(data) => data),* }
            }
        }

        /// The fields of a kind.
        #[must_use]
        pub const fn fields(kind: DocumentKind) -> &'static [Field] {
            match kind { $(DocumentKind::$kind => <$data as Fields>::FIELDS),* }
        }

        /// The template that comes with the program.
        #[must_use]
        pub const fn built_in(kind: DocumentKind) -> &'static str {
            match kind { $(DocumentKind::$kind => include_str!(concat!("../templates/", $template, ".md"))),* }
        }
    };
}

contents! {
    ApplicationGuide guide::Guide, guide::guide, "application_guide";
    AcceptanceNotice case::Acceptance, case::acceptance, "acceptance_notice";
    CorrectionNotice case::Correction, case::correction, "correction_notice";
    DeclineNotice case::Decline, case::decline, "decline_notice";
    ReviewForm case::Review, case::review, "review_form";
    CalculationSheet case::Calculation, case::calculation, "calculation_sheet";
    RefusalDecision case::Refusal, case::refusal, "refusal_decision";
    AllocationPlan meeting::Plan, meeting::plan, "allocation_plan";
    SharingComparison meeting::Comparison, meeting::comparison, "sharing_comparison";
    DraftNoticeTable meeting::ToBeShown, meeting::to_be_shown, "draft_notice_table";
    MinutesForm meeting::Plan, meeting::plan, "minutes_form";
    AuditPaper meeting::Audited, meeting::audited, "audit_paper";
    PublicNotice notice::Shown, notice::shown, "public_notice";
    PublicTable notice::Shown, notice::shown, "public_table";
    ObjectionForm notice::Objections, notice::objections, "objection_form";
    PaymentRequest payment::Payment, payment::request, "payment_request";
    PaymentLetter payment::Payment, payment::letter, "payment_letter";
    PaymentTable payment::Transfers, payment::transfers, "payment_table";
    TreasuryApplication payment::Transfers, payment::treasury, "treasury_application";
    RecoveryNotice recovery::Notified, recovery::notified, "recovery_notice";
    RecoveryDecision recovery::Decided, recovery::decided, "recovery_decision";
    RecoveryReminder recovery::Reminded, recovery::reminded, "recovery_reminder";
    ApplicationLedger ledger::Applied, ledger::applied, "application_ledger";
    PaymentLedger ledger::Paid, ledger::paid, "payment_ledger";
    QuotaLedger ledger::Quotas, ledger::quotas, "quota_ledger";
    RecoveryLedger ledger::Recovered, ledger::recovered, "recovery_ledger";
    EnterpriseFile ledger::Enterprise, ledger::enterprise, "enterprise_file";
    ConsultationNotice consultation::Invitation, consultation::invitation, "consultation_notice";
    CommentSummary consultation::Answered, consultation::answered, "comment_summary";
}

/// The number a decision already has, which then stands at the head of the document that tells it.
#[must_use]
pub fn own_number(kind: DocumentKind, records: &Records<'_>) -> Option<String> {
    let recovery = records.recoveries.first();
    match kind {
        DocumentKind::PaymentRequest => records.batches.first().and_then(|batch| batch.request_number.clone()),
        DocumentKind::RecoveryNotice => recovery.and_then(|recovery| recovery.proposal.as_ref()).map(|proposal| proposal.number.clone()),
        DocumentKind::RecoveryDecision => recovery.and_then(|recovery| recovery.decision.as_ref()).map(|decision| decision.number.clone()),
        DocumentKind::RecoveryReminder => recovery.and_then(|recovery| recovery.reminder.as_ref()).map(|(number, _)| number.clone()),
        _ => None,
    }
}
