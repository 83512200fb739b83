//! Many applicants: the checked scheme as a program over columns, and what needs everybody: places, groups, pools. It has no
//! rules of its own: what it works out is what `policy` works out, bit for bit, and what its columns do not hold it asks `policy`.

pub mod bits;
pub mod evaluate;
pub mod file;
pub mod groups;
pub mod places;
pub mod pools;
pub mod program;
pub mod reason;
pub mod results;
pub mod runs;
pub mod simulate;
pub mod stream;
pub mod synth;
pub mod table;
pub mod together;
