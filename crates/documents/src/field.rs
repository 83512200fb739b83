//! What templates may say: the fields of each kind of data, by their Chinese names, with the shape of each. A template is
//! checked against these names, so that a field that is not there is found before anything is printed.

use std::borrow::Cow;
use values::{Date, Fen};

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Words.
    Text,
    /// An amount.
    Money,
    /// A day.
    Day,
    /// A whole number.
    Number,
    /// Rows with fields of their own.
    Rows(&'static [Field]),
}

/// A field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in templates.
    pub name: &'static str,
    /// What it holds.
    pub shape: Shape,
}

/// The value of a field.
pub enum Value<'a> {
    /// Words.
    Text(Cow<'a, str>),
    /// An amount.
    Money(Fen),
    /// A day.
    Day(Date),
    /// A whole number.
    Number(i64),
    /// Rows.
    Rows(Vec<&'a dyn Data>),
    /// Nothing is there.
    Nothing,
}

/// Data with named fields.
pub trait Data {
    /// The value of a field; none: there is no such field.
    fn value(&self, name: &str) -> Option<Value<'_>>;
}

/// Data whose fields are known beforehand.
pub trait Fields: Data {
    /// Its fields.
    const FIELDS: &'static [Field];
}

/// A type that a field may have.
pub trait Shown {
    /// Its shape.
    const SHAPE: Shape;

    /// Its value.
    fn shown(&self) -> Value<'_>;
}

impl Shown for String {
    const SHAPE: Shape = Shape::Text;

    fn shown(&self) -> Value<'_> {
        if self.is_empty() { Value::Nothing } else { Value::Text(Cow::Borrowed(self)) }
    }
}

impl Shown for Fen {
    const SHAPE: Shape = Shape::Money;

    fn shown(&self) -> Value<'_> {
        Value::Money(*self)
    }
}

impl Shown for Date {
    const SHAPE: Shape = Shape::Day;

    fn shown(&self) -> Value<'_> {
        Value::Day(*self)
    }
}

impl Shown for i64 {
    const SHAPE: Shape = Shape::Number;

    fn shown(&self) -> Value<'_> {
        Value::Number(*self)
    }
}

impl<T: Shown> Shown for Option<T> {
    const SHAPE: Shape = T::SHAPE;

    fn shown(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Nothing, Shown::shown)
    }
}

impl<T: Fields> Shown for Vec<T> {
    const SHAPE: Shape = Shape::Rows(T::FIELDS);

    fn shown(&self) -> Value<'_> {
        Value::Rows(self.iter().map(|row| row as &dyn Data).collect())
    }
}

/// Declares data: each field with its type and its name in templates.
macro_rules! data {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $ty:ty = $zh:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {$(
            #[doc = $zh]
            pub $field: $ty,
        )*}

        impl $crate::field::Data for $name {
            fn value(&self, name: &str) -> Option<$crate::field::Value<'_>> {
                match name {
                    $($zh => Some($crate::field::Shown::shown(&self.$field)),)*
                    _ => None,
                }
            }
        }

        impl $crate::field::Fields for $name {
            const FIELDS: &'static [$crate::field::Field] = &[
                $($crate::field::Field { name: $zh, shape: <$ty as $crate::field::Shown>::SHAPE }),*
            ];
        }
    )*};
}
pub(crate) use data;
