//! stub
/// Trace
#[derive(Clone,Debug)] pub struct Trace;
