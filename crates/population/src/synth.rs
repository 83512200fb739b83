//! A made-up district: applicants from a seed, as many as wanted, for trying a policy and a machine out. Nothing in it is of a
//! real enterprise, and nothing follows from it about a real district. Sizes are log-normal by a table of whole numbers.
//! Each row depends on the seed and its number alone.

use crate::file::{FileError, TableFormat, Whole};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;
use policy::scheme::{Fact, FactId, FactType, Scheme};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;
use values::{Date, Fen};

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct District {
    /// Applicants.
    pub rows: u64,
    /// The seed.
    pub seed: u64,
    /// Award year.
    pub year: i32,
}

/// Quantiles of a log-normal distribution (σ = 1.6) in thousandths of its median, at the middles of 64 equal parts.
const SIZES: [i64; 64] = [
    21, 42, 60, 77, 95, 112, 131, 149, 168, 188, 209, 231, 253, 277, 301, 327, 353, 381, 411, 442, 474, 508, 543, 581, 621, 662, 707, 753, 803, 855, 910, 969,
    1032, 1099, 1170, 1246, 1328, 1415, 1510, 1611, 1721, 1840, 1969, 2110, 2265, 2435, 2622, 2830, 3061, 3321, 3615, 3949, 4334, 4781, 5307, 5936, 6704, 7662,
    8899, 10_565, 12_957, 16_755, 24_044, 47_851,
];

/// Rows of a row group.
const GROUP_ROWS: usize = 1 << 16;

/// Numbers from a seed (splitmix64).
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        // The high half of a product: as good as even for ends far below 2^64.
        u64::try_from((u128::from(self.bits()) * u128::from(end)) >> 64).unwrap_or(0)
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// A size in thousandths of the median, evenly between two quantiles.
    fn size(&mut self) -> i64 {
        let at = usize::try_from(self.below(64)).unwrap_or(0);
        let low = SIZES.get(at).copied().unwrap_or(1000);
        let high = SIZES.get(at + 1).copied().unwrap_or(low * 2);
        low + i64::try_from(self.below(u64::try_from(high - low).unwrap_or(1).max(1))).unwrap_or(0)
    }
}

/// A column of the district.
struct Made<'s> {
    name: String,
    fact: &'s Fact,
    /// Years before the award year.
    before: i32,
    /// A number without a unit: it carries a sign of per cent.
    ratio: bool,
}

/// A value.
enum Value {
    Unknown,
    YesNo(bool),
    /// Fen of a currency, or hundredths.
    Money(i64),
    Whole(i64),
    Day(i64),
    Words(String),
}

/// What the ids of made-up applicants begin with, so that the file says what it is wherever it goes.
pub const MADE_UP: &str = "虚构";

/// Writes a district to `.csv` or `.parquet`; told of the rows so far.
pub fn write(scheme: &Scheme, district: &District, path: &Path, progress: &dyn Fn(u64) -> bool) -> Result<(), FileError> {
    let columns = columns(scheme, district.year);
    let parquet = TableFormat::of(path)? == TableFormat::Parquet;
    let whole = Whole::of(path);
    let file = whole.create()?;
    let to = if parquet { to_parquet } else { to_csv };
    let file = to(scheme, district, &columns, (file, path), progress)?;
    whole.close(&file)
}

/// Whoever asked for it wants no more of it.
fn broken_off(path: &Path) -> FileError {
    FileError::unwritable(path, "中途停止 (it was stopped)")
}

fn columns(scheme: &Scheme, year: i32) -> Vec<Made<'_>> {
    let mut out = Vec::new();
    for fact in scheme.facts.iter().skip(1).filter(|fact| !matches!(fact.ty, FactType::List { .. })) {
        if fact.by_month {
            continue;
        }
        let ratio = matches!(&fact.ty, FactType::Number { unit, .. } if scheme.unit(*unit).is_none());
        out.push(Made { name: fact.name.clone(), fact, before: 0, ratio });
        if fact.by_year {
            out.push(Made { name: format!("{}@{}", fact.name, year - 1), fact, before: 1, ratio });
        }
    }
    out
}

/// One applicant: id, kind, values in the order of the columns.
fn applicant(scheme: &Scheme, district: &District, columns: &[Made<'_>], row: u64) -> (String, Option<String>, Vec<Value>) {
    let mut random = Random(district.seed ^ row.wrapping_mul(0xD6E8_FEB8_6659_FD93));
    random.bits();
    let kinds = scheme.choices(FactId(0));
    // Most are enterprises, which stand first.
    let kind = if random.chance(70) { kinds.first() } else { kinds.get(usize::try_from(random.below(kinds.len() as u64)).unwrap_or(0)) };
    let kind = if random.chance(98) { kind.cloned() } else { None };
    let size = random.size();
    let mut last: Option<i64> = None;
    let values = columns.iter().map(|column| value(&mut random, column, district, size, &mut last)).collect();
    (format!("{MADE_UP}{:08}", row + 1), kind, values)
}

fn value(random: &mut Random, column: &Made<'_>, district: &District, size: i64, last: &mut Option<i64>) -> Value {
    let fact = column.fact;
    if random.chance(4) {
        return Value::Unknown;
    }
    let has = |words: &[&str]| words.iter().any(|word| fact.name.contains(word));
    match &fact.ty {
        FactType::YesNo if has(&["失信", "处罚", "列入", "虚假", "事故", "违法", "迁出", "投诉", "曝光"]) => Value::YesNo(random.chance(2)),
        FactType::YesNo if has(&["注册", "纳税", "在本区", "正常", "健全"]) => Value::YesNo(random.chance(93)),
        FactType::YesNo => Value::YesNo(random.chance(30)),
        FactType::Number { unit, .. } if *unit == policy::scheme::UnitId::MONEY => {
            let median = if has(&["销售", "零售", "交易", "营业", "产值"]) { 5_000_000 } else { 200_000 };
            let yuan = match (column.before, last.take()) {
                // A year ago: between half and one and a half of this year.
                (1, Some(now)) => now / 100 * (60 + i64::try_from(random.below(70)).unwrap_or(0)),
                _ => median * size / 1000 * (20 + i64::try_from(random.below(160)).unwrap_or(0)) / 100,
            };
            *last = (column.before == 0).then_some(yuan);
            Value::Money(yuan * 100 + i64::try_from(random.below(100)).unwrap_or(0))
        }
        FactType::Number { .. } if column.ratio => Value::Words(format!("{}%", random.below(60))),
        FactType::Number { .. } if decimal(fact) => Value::Money((1 + i64::try_from(random.below(900)).unwrap_or(0)) * size.clamp(200, 20_000) / 10),
        FactType::Number { .. } => Value::Whole((1 + i64::try_from(random.below(20)).unwrap_or(0)) * size.clamp(200, 20_000) / 1000),
        FactType::Date => {
            let end = Date::last_of_year(district.year).map_or(0, crate::table::day_number);
            Value::Day(end - i64::try_from(random.below(5475)).unwrap_or(0))
        }
        FactType::Year => Value::Whole(i64::from(district.year) - i64::try_from(random.below(6)).unwrap_or(0)),
        FactType::Choice(words) => {
            words.get(usize::try_from(random.below(words.len() as u64)).unwrap_or(0)).map_or(Value::Unknown, |word| Value::Words(word.clone()))
        }
        FactType::Text => Value::Words(
            ["甲", "乙", "丙", "丁"].get(usize::try_from(random.below(4)).unwrap_or(0)).map_or(String::new(), |name| format!("{}{name}", district.year)),
        ),
        FactType::List { .. } => Value::Unknown,
    }
}

fn to_csv(scheme: &Scheme, district: &District, columns: &[Made<'_>], (file, path): (File, &Path), progress: &dyn Fn(u64) -> bool) -> Result<File, FileError> {
    let failed = |error: &dyn std::fmt::Display| FileError::unwritable(path, error);
    let mut writer = ::csv::Writer::from_writer(BufWriter::with_capacity(1 << 20, file));
    let heads = ["id", "year", "kind"].into_iter().chain(columns.iter().map(|column| column.name.as_str()));
    writer.write_record(heads).map_err(|e| failed(&e))?;
    for row in 0..district.rows {
        let (id, kind, values) = applicant(scheme, district, columns, row);
        let head = [id, district.year.to_string(), kind.unwrap_or_default()];
        writer.write_record(head.into_iter().chain(values.iter().map(shown))).map_err(|e| failed(&e))?;
        if row % 65_536 == 0 && !progress(row) {
            return Err(broken_off(path));
        }
    }
    let buffer = writer.into_inner().map_err(|e| failed(&e))?;
    buffer.into_inner().map_err(|e| failed(&e))
}

fn shown(value: &Value) -> String {
    match value {
        Value::Unknown => String::new(),
        Value::YesNo(yes) => if *yes { "是" } else { "否" }.to_owned(),
        Value::Money(fen) => Fen(*fen).yuan(),
        Value::Whole(n) => n.to_string(),
        Value::Day(day) => crate::table::date_of(*day).map_or(String::new(), |date| date.to_string()),
        Value::Words(words) => words.clone(),
    }
}

fn to_parquet(
    scheme: &Scheme,
    district: &District,
    columns: &[Made<'_>],
    (file, path): (File, &Path),
    progress: &dyn Fn(u64) -> bool,
) -> Result<File, FileError> {
    let failed = |error: &dyn std::fmt::Display| FileError::unwritable(path, error);
    let properties = Arc::new(WriterProperties::builder().set_compression(Compression::SNAPPY).build());
    let schema = schema(columns).map_err(|e| failed(&e))?;
    let mut writer = SerializedFileWriter::new(file, schema, properties).map_err(|e| failed(&e))?;
    let mut row = 0;
    while row < district.rows {
        let end = district.rows.min(row + GROUP_ROWS as u64);
        let rows: Vec<_> = (row..end).map(|row| applicant(scheme, district, columns, row)).collect();
        group(&mut writer, district, columns, &rows).map_err(|e| failed(&e))?;
        if !progress(end) {
            return Err(broken_off(path));
        }
        row = end;
    }
    writer.into_inner().map_err(|e| failed(&e))
}

fn physical(column: &Made<'_>) -> Physical {
    match &column.fact.ty {
        FactType::YesNo => Physical::BOOLEAN,
        FactType::Date => Physical::INT32,
        FactType::Number { .. } if column.ratio => Physical::BYTE_ARRAY,
        FactType::Number { .. } | FactType::Year => Physical::INT64,
        _ => Physical::BYTE_ARRAY,
    }
}

fn decimal(fact: &Fact) -> bool {
    match &fact.ty {
        FactType::Number { unit, whole, word, .. } => {
            let time = matches!(word.as_str(), "年" | "个月" | "月" | "日" | "天" | "工作日" | "个工作日");
            *unit == policy::scheme::UnitId::MONEY || !whole && !time
        }
        _ => false,
    }
}

fn schema(columns: &[Made<'_>]) -> Result<Arc<Type>, ParquetError> {
    let text = |name: &str| {
        Type::primitive_type_builder(name, Physical::BYTE_ARRAY).with_logical_type(Some(LogicalType::String)).with_repetition(Repetition::OPTIONAL).build()
    };
    let year = Type::primitive_type_builder("year", Physical::INT32).with_repetition(Repetition::REQUIRED).build()?;
    let mut fields = vec![text("id")?, year, text("kind")?];
    for column in columns {
        let physical = physical(column);
        let builder = Type::primitive_type_builder(&column.name, physical).with_repetition(Repetition::OPTIONAL);
        fields.push(match physical {
            Physical::INT64 if decimal(column.fact) => builder.with_logical_type(Some(LogicalType::decimal(2, 18))).with_precision(18).with_scale(2).build()?,
            Physical::INT32 => builder.with_logical_type(Some(LogicalType::Date)).build()?,
            Physical::BYTE_ARRAY => text(&column.name)?,
            _ => builder.build()?,
        });
    }
    Ok(Arc::new(Type::group_type_builder("district").with_fields(fields.into_iter().map(Arc::new).collect()).build()?))
}

type Row = (String, Option<String>, Vec<Value>);

fn group(writer: &mut SerializedFileWriter<File>, district: &District, columns: &[Made<'_>], rows: &[Row]) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    let mut at = 0_usize;
    while let Some(mut column) = group.next_column()? {
        match at {
            0 => words(&mut column, rows.iter().map(|(id, ..)| Some(id.as_str())))?,
            1 => {
                column.typed::<Int32Type>().write_batch(&vec![district.year; rows.len()], None, None)?;
            }
            2 => words(&mut column, rows.iter().map(|(_, kind, _)| kind.as_deref()))?,
            _ => {
                let values = rows.iter().filter_map(|(.., values)| values.get(at - 3));
                let physical = columns.get(at - 3).map_or(Physical::BYTE_ARRAY, physical);
                typed(&mut column, physical, values)?;
            }
        }
        column.close()?;
        at += 1;
    }
    group.close()?;
    Ok(())
}

fn typed<'v>(column: &mut SerializedColumnWriter<'_>, physical: Physical, values: impl Iterator<Item = &'v Value> + Clone) -> Result<(), ParquetError> {
    let levels: Vec<i16> = values.clone().map(|value| i16::from(!matches!(value, Value::Unknown))).collect();
    let ints = |value: &Value| match value {
        Value::Money(n) | Value::Whole(n) | Value::Day(n) => Some(*n),
        _ => None,
    };
    match physical {
        Physical::BOOLEAN => {
            let bits: Vec<bool> = values.filter_map(|value| if let Value::YesNo(yes) = value { Some(*yes) } else { None }).collect();
            column.typed::<BoolType>().write_batch(&bits, Some(&levels), None)?;
        }
        Physical::INT32 => {
            let days: Vec<i32> = values.filter_map(ints).map(|day| i32::try_from(day).unwrap_or(0)).collect();
            column.typed::<Int32Type>().write_batch(&days, Some(&levels), None)?;
        }
        Physical::INT64 => {
            let numbers: Vec<i64> = values.filter_map(ints).collect();
            column.typed::<Int64Type>().write_batch(&numbers, Some(&levels), None)?;
        }
        _ => words(column, values.map(|value| if let Value::Words(words) = value { Some(words.as_str()) } else { None }))?,
    }
    Ok(())
}

fn words<'v>(column: &mut SerializedColumnWriter<'_>, values: impl Iterator<Item = Option<&'v str>>) -> Result<(), ParquetError> {
    let (mut levels, mut known) = (Vec::new(), Vec::new());
    for value in values {
        levels.push(i16::from(value.is_some()));
        known.extend(value.map(ByteArray::from));
    }
    column.typed::<ByteArrayType>().write_batch(&known, Some(&levels), None)?;
    Ok(())
}
