//! Every field of every act has its words, in both languages; every list of names too.

use super::schema::{Field, Kind, Schemas};
use super::{titles, values_of, words};
use casework::authority::TABLE;
use std::collections::BTreeSet;

/// What has no words: fields, then values.
fn missing(fields: &[Field], out: &mut (BTreeSet<String>, BTreeSet<String>)) {
    for field in fields {
        if !field.name.is_empty() && words::found(&field.of, &field.name).is_none() {
            // What can be chosen is labelled by its own words.
            if values_of::found(&field.of, &field.name).is_none() {
                out.0.insert(format!("{}.{}", field.of, field.name));
            }
        }
        let mut values = |of: &str, names: &[String]| {
            let without = names.iter().filter(|name| values_of::found(of, name).is_none());
            out.1.extend(without.map(|name| format!("{of}.{name}")));
        };
        match &field.kind {
            Kind::Choice(of, names) | Kind::Many(of, names) => values(of, names),
            Kind::Either(of, names) => {
                values(of, &names.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>());
                names.iter().filter_map(|(_, inner)| inner.clone()).for_each(|inner| missing(&[inner], out));
            }
            Kind::Group(parts) | Kind::Tuple(parts) => missing(parts, out),
            Kind::Rows(row) => missing(&[(**row).clone()], out),
            _ => {}
        }
    }
}

#[test]
fn every_field_and_every_choice_of_every_act_has_words_in_both_languages() {
    let description = crate::openapi::document(&crate::operation::operations());
    let schemas = Schemas::of(&description);
    let mut without = (BTreeSet::new(), BTreeSet::new());
    let mut forms = 0;
    for (act, _) in TABLE.iter().filter(|(_, grants)| !grants.is_empty()) {
        let fields = schemas.fields(act).unwrap_or_else(|| panic!("{act} has no form"));
        forms += 1;
        missing(&fields, &mut without);
        assert!(titles::english(act).is_some(), "{act} has no English title");
        assert_ne!(casework::Act::title_of(act), *act, "{act} has no Chinese title");
    }
    assert!(forms > 100, "{forms}");
    assert!(without.0.is_empty() && without.1.is_empty(), "add words to words.rs and values_of.rs for: {without:#?}");
}

#[test]
fn no_field_is_named_like_what_a_form_sends_beside() {
    let description = crate::openapi::document(&crate::operation::operations());
    for (act, _) in TABLE.iter().filter(|(_, grants)| !grants.is_empty()) {
        for field in Schemas::of(&description).fields(act).unwrap_or_default() {
            assert!(!super::BESIDE.contains(&field.name.as_str()), "{act}: {}", field.name);
        }
    }
}

#[test]
fn every_column_that_a_list_is_filtered_by_has_words_in_both_languages() {
    let mut without = BTreeSet::new();
    for list in office::reading::COLLECTIONS {
        for column in list.kind().map_or(&[][..], |kind| kind.table.columns) {
            let field = column.name.strip_suffix("_id").or_else(|| column.name.strip_suffix("_fen")).unwrap_or(column.name);
            if words::found(list.name, field).is_none() {
                without.insert(format!("{}.{field}", list.name));
            }
        }
    }
    assert!(without.is_empty(), "{without:#?}");
}
