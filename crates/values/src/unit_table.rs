//! The unit words every scheme knows: which unit each is, and how many of the base it makes.
//! A scheme may declare more (`单位 辆`); percentages and 万, 亿 are parts of a number, not units.

use crate::rational::Rational;
use crate::unit::{BaseUnit, Unit};

/// Currency words with their ISO 4217 code; the first word of a code is the one written.
///
/// The base of each is 1/100 of the currency, for the yen and won too, which have no such coin: one rule
/// for all keeps rates such as `元/日元` free of exceptions.
const CURRENCIES: &[(&str, &str)] = &[
    ("元", "CNY"),
    ("人民币", "CNY"),
    ("美元", "USD"),
    ("欧元", "EUR"),
    ("港元", "HKD"),
    ("港币", "HKD"),
    ("日元", "JPY"),
    ("英镑", "GBP"),
    ("澳门元", "MOP"),
    ("新台币", "TWD"),
    ("韩元", "KRW"),
    ("新加坡元", "SGD"),
    ("澳元", "AUD"),
    ("加元", "CAD"),
    ("瑞士法郎", "CHF"),
    ("卢布", "RUB"),
    ("泰铢", "THB"),
    ("林吉特", "MYR"),
    ("卢比", "INR"),
];

/// Words that are a multiple or part of another unit: word, base, and the scale as numerator and denominator.
const SCALED: &[(&str, &str, i64, i64)] = &[
    ("角", "CNY", 10, 1),
    ("分钱", "CNY", 1, 1),
    ("㎡", "平方米", 1, 1),
    ("平米", "平方米", 1, 1),
    ("公顷", "平方米", 10_000, 1),
    ("平方公里", "平方米", 1_000_000, 1),
    ("千米", "公里", 1, 1),
    ("米", "公里", 1, 1000),
    ("千克", "吨", 1, 1000),
    ("公斤", "吨", 1, 1000),
    ("年", "月", 12, 1),
    ("个月", "月", 1, 1),
    ("天", "日", 1, 1),
    ("个工作日", "工作日", 1, 1),
    ("集装箱", "标箱", 1, 1),
];

/// Base units with their English words for one and for several.
///
/// Measure words have no settled English; these serve explanations and are not read back.
const BASES: &[(&str, &str, &str)] = &[
    ("平方米", "m²", "m²"),
    ("立方米", "m³", "m³"),
    ("亩", "mu", "mu"),
    ("公里", "km", "km"),
    ("吨", "tonne", "tonnes"),
    ("月", "month", "months"),
    ("日", "day", "days"),
    ("工作日", "working day", "working days"),
    ("小时", "hour", "hours"),
    ("学时", "class hour", "class hours"),
    ("课时", "class hour", "class hours"),
    ("分", "point", "points"),
    ("人", "person", "people"),
    ("人次", "attendance", "attendances"),
    ("名", "person", "people"),
    ("位", "person", "people"),
    ("家", "firm", "firms"),
    ("户", "household", "households"),
    ("间", "room", "rooms"),
    ("个", "item", "items"),
    ("件", "piece", "pieces"),
    ("单", "order", "orders"),
    ("次", "time", "times"),
    ("批", "batch", "batches"),
    ("辆", "vehicle", "vehicles"),
    ("车次", "vehicle trip", "vehicle trips"),
    ("班次", "run", "runs"),
    ("架次", "flight", "flights"),
    ("趟", "trip", "trips"),
    ("台", "machine", "machines"),
    ("套", "set", "sets"),
    ("场", "event", "events"),
    ("场次", "session", "sessions"),
    ("期", "term", "terms"),
    ("届", "edition", "editions"),
    ("项", "project", "projects"),
    ("条", "line", "lines"),
    ("款", "product", "products"),
    ("种", "kind", "kinds"),
    ("类", "class", "classes"),
    ("座", "building", "buildings"),
    ("栋", "building", "buildings"),
    ("幢", "building", "buildings"),
    ("层", "floor", "floors"),
    ("处", "site", "sites"),
    ("所", "institution", "institutions"),
    ("村", "village", "villages"),
    ("标箱", "TEU", "TEU"),
    ("箱", "box", "boxes"),
    ("票", "consignment", "consignments"),
    ("册", "volume", "volumes"),
    ("篇", "article", "articles"),
    ("部", "work", "works"),
    ("本", "copy", "copies"),
    ("张", "sheet", "sheets"),
    ("份", "copy", "copies"),
    ("床", "bed", "beds"),
    ("席", "seat", "seats"),
    ("艘", "ship", "ships"),
    ("架", "aircraft", "aircraft"),
    ("头", "head", "head"),
    ("只", "animal", "animals"),
    ("株", "plant", "plants"),
    ("度", "kWh", "kWh"),
    ("千瓦", "kW", "kW"),
    ("千瓦时", "kWh", "kWh"),
];

/// The unit of a word and how many of the base unit it makes: `年` is 12 of 月, `元` is 100 fen.
///
/// A quantity in the base is the written number times the scale. None for words nobody declared and for `%`, `‰`.
#[must_use]
pub fn known_unit(word: &str) -> Option<(Unit, Rational)> {
    if let Some((_, code)) = CURRENCIES.iter().find(|(name, _)| *name == word) {
        return Some((Unit::of(BaseUnit::fixed(code)), Rational::from(100)));
    }
    if let Some((_, base, up, down)) = SCALED.iter().find(|(name, ..)| *name == word) {
        let scale = Rational::new(i128::from(*up), i128::from(*down)).ok()?;
        return Some((Unit::of(BaseUnit::fixed(base)), scale));
    }
    let (base, ..) = BASES.iter().find(|(name, ..)| *name == word)?;
    Some((Unit::of(BaseUnit::fixed(base)), Rational::ONE))
}

/// Every word [`known_unit`] knows, for completion and for suggesting the word meant.
pub fn known_unit_words() -> impl Iterator<Item = &'static str> {
    let currencies = CURRENCIES.iter().map(|(word, _)| *word);
    let scaled = SCALED.iter().map(|(word, ..)| *word);
    currencies.chain(scaled).chain(BASES.iter().map(|(word, ..)| *word))
}

/// The ISO 4217 code of a currency word: `美元` → `USD`.
#[must_use]
pub fn currency_code(word: &str) -> Option<&'static str> {
    CURRENCIES.iter().find(|(name, _)| *name == word).map(|(_, code)| *code)
}

/// The word of an ISO 4217 code: `USD` → `美元`.
#[must_use]
pub fn currency_word(code: &str) -> Option<&'static str> {
    CURRENCIES.iter().find(|(_, known)| *known == code).map(|(word, _)| *word)
}

/// The English words of a base unit for one and for several, if it has them.
pub(crate) fn base_word_en(base: &str) -> Option<(&'static str, &'static str)> {
    BASES.iter().find(|(name, ..)| *name == base).map(|(_, one, several)| (*one, *several))
}
