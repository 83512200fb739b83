//! Credit codes: structure is refused when wrong, the check character only warned about.

use proptest::prelude::*;
use values::{CheckDigit, CreditCode, CreditCodeError};

/// A code commonly used as an example; its check character is recomputed by `check_by_the_formula` below.
const EXAMPLE: &str = "91350100M000100Y43";
/// Its weighted sum is a multiple of 31: without the outer modulo the check character would have index 31.
const SUM_OF_ZERO: &str = "91500114MA5U000260";

/// The check character by the formula as the standard words it, on indexes found by search.
fn check_by_the_formula(first17: &str) -> char {
    let alphabet: Vec<char> = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().collect();
    let mut weight = 1;
    let mut sum = 0;
    for c in first17.chars() {
        sum += alphabet.iter().position(|known| *known == c).unwrap() * weight;
        weight = weight * 3 % 31;
    }
    alphabet[(31 - sum % 31) % 31]
}

#[test]
fn right_codes_are_accepted_without_a_warning() {
    for text in [EXAMPLE, SUM_OF_ZERO, "91500114MA5UAAAA17", "91500107MA60X1234A"] {
        let (code, check) = CreditCode::parse(text).unwrap();
        assert_eq!((code.as_str(), check), (text, CheckDigit::Right));
        assert_eq!(text.chars().last(), Some(check_by_the_formula(&text[..17])));
    }
}

#[test]
fn a_wrong_check_character_is_a_warning_that_names_the_right_one() {
    let (code, check) = CreditCode::parse("91350100M000100Y44").unwrap();
    assert_eq!(check, CheckDigit::Wrong { expected: '3' });
    assert_eq!(code.to_string(), "91350100M000100Y44");
}

#[test]
fn lower_case_full_width_and_white_space_are_put_right() {
    for text in ["91350100m000100y43", "９１３５０１００Ｍ０００１００ｙ４３", "\u{3000}91350100M000100Y43 "] {
        assert_eq!(CreditCode::parse(text).map(|(code, _)| code.to_string()).as_deref(), Ok(EXAMPLE), "{text}");
    }
}

#[test]
fn a_wrong_structure_is_refused_with_its_place() {
    let refusal = |text: &str| CreditCode::parse(text).unwrap_err();
    assert_eq!(refusal(""), CreditCodeError::Length { found: 0 });
    assert_eq!(refusal("91350100M000100Y4"), CreditCodeError::Length { found: 17 });
    assert_eq!(refusal("91350100M000100Y433"), CreditCodeError::Length { found: 19 });
    assert_eq!(refusal("9135O100M000100Y43"), CreditCodeError::Character { position: 5, found: 'O' });
    for (position, letter) in [(1, 'I'), (9, 'O'), (10, 's'), (17, 'V'), (18, 'Ｚ'), (2, '中'), (16, ' ')] {
        let text: String = EXAMPLE.chars().zip(1..).map(|(c, place)| if place == position { letter } else { c }).collect();
        assert_eq!(refusal(&text), CreditCodeError::Character { position, found: letter });
    }
    assert_eq!(refusal("91A50100M000100Y43"), CreditCodeError::Region { position: 3, found: 'A' });
    assert_eq!(refusal("9135010YM000100Y43"), CreditCodeError::Region { position: 8, found: 'Y' });
}

#[test]
fn the_parts_of_a_code_can_be_read() {
    let (code, _) = CreditCode::parse(SUM_OF_ZERO).unwrap();
    assert_eq!(code.authority(), '9');
    assert_eq!(code.region(), "500114");
    assert_eq!(code.organisation(), "MA5U00026");
}

#[test]
fn an_example_code_is_made_from_its_first_seventeen_characters() {
    assert_eq!(CreditCode::with_check_digit("91350100M000100Y4").unwrap().as_str(), EXAMPLE);
    assert_eq!(CreditCode::with_check_digit("91350100M000100Y").unwrap_err(), CreditCodeError::Length { found: 17 });
}

proptest! {
    #[test]
    fn the_check_character_follows_the_formula(first17 in "[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{9}") {
        let code = CreditCode::with_check_digit(&first17).unwrap();
        prop_assert_eq!(code.as_str().chars().last().unwrap(), check_by_the_formula(&first17));
        prop_assert_eq!(CreditCode::parse(code.as_str()), Ok((code, CheckDigit::Right)));
    }

    #[test]
    fn one_changed_character_is_always_noticed(
        first17 in "[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{9}", place in 0usize..18, other in "[0-9]",
    ) {
        let code = CreditCode::with_check_digit(&first17).unwrap().to_string();
        let mut changed: Vec<char> = code.chars().collect();
        changed[place] = other.chars().next().unwrap();
        let changed: String = changed.into_iter().collect();
        let (_, check) = CreditCode::parse(&changed).unwrap();
        prop_assert_eq!(check == CheckDigit::Right, changed == code);
    }

    #[test]
    fn no_text_is_refused_without_a_reason(text in "\\PC{0,24}") {
        let _ = CreditCode::parse(&text);
    }
}
