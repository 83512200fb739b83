//! Words that the office writes into its records in Chinese – why an entry was posted, how a paper was delivered, who applies –
//! with what they are called in English. What people write themselves stays as they wrote it.

use casework::document::DocumentKind;
use values::Lang;

/// Chinese and English.
const TERMS: &[(&str, &str)] = &[
    ("企业", "Enterprise"),
    ("个体工商户", "Sole trader"),
    ("机构", "Institution"),
    ("审定", "Determined"),
    ("资金分配", "Share of the money"),
    ("再分配", "Shared again"),
    ("名次", "Rank"),
    ("资金额度不足，末位部分", "The last in line: what was left"),
    ("公示期满", "Public notice over"),
    ("分期列入当年预算", "Instalment of the year"),
    ("分期条件不符", "Instalment: conditions not met"),
    ("分期顺延", "Instalment put off"),
    ("顺延到下一年度", "Carried into the next year"),
    ("未使用的预留", "Reserved and not used"),
    ("批次归档", "Call archived"),
    ("直接送达", "In person"),
];

/// What words of a record are called in a language; several have a semicolon between. Those nobody gave another word stay.
pub fn said(words: &str, lang: Lang) -> String {
    if lang == Lang::Zh {
        return words.to_owned();
    }
    let one = |word| TERMS.iter().find(|(zh, _)| *zh == word).map_or(word, |(_, en)| *en);
    words.split('；').map(one).collect::<Vec<_>>().join("; ")
}

/// What a kind of paper is called.
pub fn paper(kind: DocumentKind, lang: Lang) -> &'static str {
    if lang == Lang::Zh { kind.title() } else { super::acts::words::value("DocumentKind", kind.name(), lang) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_paper_has_an_english_name() {
        for kind in DocumentKind::ALL {
            assert!(paper(*kind, Lang::En).is_ascii(), "{kind:?}");
            assert_eq!(paper(*kind, Lang::Zh), kind.title());
        }
    }

    #[test]
    fn what_somebody_wrote_stays_beside_a_word_of_the_office() {
        assert_eq!(said("与合同不符；资金分配", Lang::En), "与合同不符; Share of the money");
        assert_eq!(said("与合同不符；资金分配", Lang::Zh), "与合同不符；资金分配");
    }
}
