//! Many applicants: the checked scheme as a program over columns, and what needs everybody: places, groups, pools. It has no
//! rules of its own: what it works out is what `policy` works out, bit for bit, and what its columns do not hold it asks `policy`.

pub mod against;
pub mod bits;
pub mod checkpoint;
pub mod evaluate;
pub mod file;
pub mod groups;
mod ids;
pub mod places;
pub mod pools;
pub mod program;
pub mod reason;
pub mod report;
pub mod resample;
pub mod results;
pub mod runs;
pub mod simulate;
pub mod size;
pub mod stream;
pub mod sweep;
pub mod synth;
pub mod table;
pub mod together;
