//! Everything that can be done, as data: what a page, a program or a test asks of the office. Each noun has its acts; each
//! act has a name, under which it stands in the access table, in the log and in error messages.

use crate::budget::BudgetAct;
use crate::calendar::CalendarAct;
use crate::call::CallAct;
use crate::case::CaseAct;
use crate::chain::checkpoint::LogAct;
use crate::determination::DeterminationAct;
use crate::document::DocumentAct;
use crate::guide::GuideAct;
use crate::history::HistoryAct;
use crate::instalment::InstalmentAct;
use crate::matching::MatchingAct;
use crate::notice::NoticeAct;
use crate::outbox::OutboxAct;
use crate::payment::PaymentAct;
use crate::performance::PerformanceAct;
use crate::policy_version::PolicyAct;
use crate::recognition::RecognitionAct;
use crate::recovery::RecoveryAct;
use crate::registry::RegistryAct;
use crate::retention::RetentionAct;
use serde::{Deserialize, Serialize};

/// Declares the acts of a noun: an enum whose variants carry what is asked for, with the name of each, and what
/// officers call it.
#[macro_export]
macro_rules! acts {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $variant:ident $text:literal $title:literal { $($(#[$field_doc:meta])* $field:ident: $ty:ty),* $(,)? })* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, ::serde::Serialize, ::serde::Deserialize, ::schemars::JsonSchema)]
        #[serde(rename_all = "snake_case", deny_unknown_fields)]
        #[allow(missing_docs, reason = "a field that says all in its name and type needs no words")]
        #[allow(clippy::large_enum_variant, reason = "an act is made once, asked once and dropped")]
        pub enum $name {$(
            $(#[$about])*
            $variant { $($(#[$field_doc])* $field: $ty),* },
        )*}

        impl $name {
            /// The names of all of them.
            pub const NAMES: &[&str] = &[$($text),*];

            /// What officers call each of them, beside its name.
            pub const TITLES: &[(&str, &str)] = &[$(($text, $title)),*];

            /// The name of this one.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $text),* }
            }
        }
    };
}

macro_rules! nouns {
    ($($(#[$doc:meta])* $variant:ident($ty:ty);)*) => {
        /// Something asked of the office.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
        #[serde(rename_all = "snake_case")]
        #[allow(clippy::large_enum_variant, reason = "acts are made one at a time and lent from then on")]
        pub enum Act {$(
            $(#[$doc])*
            $variant($ty),
        )*}

        impl Act {
            /// The names of all acts, noun by noun.
            pub const NAMES: &[&[&str]] = &[$(<$ty>::NAMES),*];

            /// What officers call the act of a name; the name itself where there is no such act.
            #[must_use]
            pub fn title_of(name: &str) -> &str {
                [$(<$ty>::TITLES),*].into_iter().flatten().find(|(act, _)| *act == name).map_or(name, |(_, title)| title)
            }

            /// The name of this one: `case.accept`.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$variant(act) => act.name()),* }
            }
        }
    };
}

nouns! {
    /// Units, people, organisations, policy versions.
    Registry(RegistryAct);
    /// Budgets and pools.
    Budget(BudgetAct);
    /// Calls.
    Call(CallAct);
    /// Cases.
    Case(CaseAct);
    /// Public notices.
    Notice(NoticeAct);
    /// Payments.
    Payment(PaymentAct);
    /// The log itself.
    Log(LogAct);
    /// Awards of old ledgers.
    History(HistoryAct);
    /// Awards without application.
    Matching(MatchingAct);
    /// Messages.
    Outbox(OutboxAct);
    /// Determinations.
    Determination(DeterminationAct);
    /// Instalments.
    Instalment(InstalmentAct);
    /// Performance.
    Performance(PerformanceAct);
    /// Leads and clawbacks.
    Recovery(RecoveryAct);
    /// Life of policy versions.
    Policy(PolicyAct);
    /// Recognitions.
    Recognition(RecognitionAct);
    /// Application guides.
    Guide(GuideAct);
    /// The calendar of working days.
    Calendar(CalendarAct);
    /// Documents.
    Document(DocumentAct);
    /// What is forgotten.
    Retention(RetentionAct);
}
