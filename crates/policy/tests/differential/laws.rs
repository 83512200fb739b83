//! The laws of parser, checker, formatter and evaluator on generated schemes. That the amounts are right is judged
//! elsewhere, by the second evaluator.

#[path = "../laws/law/mod.rs"]
mod law;

use crate::generate::scheme;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn generated_schemes_obey_every_law(seed in any::<u64>()) {
        let source = scheme::scheme(seed).source();
        for (name, holds) in law::LAWS {
            let outcome = std::panic::catch_unwind(|| holds(&source));
            prop_assert!(outcome.is_ok(), "{name}, DUIXIAN_SEED={seed}\n{source}");
        }
    }
}
