//! scratch
fn main(){
 let dir=std::env::args().nth(1).unwrap();
 let mut s=policy::source::Sources::default();
 for f in ["policy.md","situations.md"] { if let Ok(t)=std::fs::read_to_string(format!("{dir}/{f}")) { s.files.push(policy::source::SourceFile{name:f.into(),text:t}); } }
 s.official=std::fs::read_to_string(format!("{dir}/official.txt")).ok();
 let c=policy::compile(&s);
 for d in &c.diagnostics { let (l,col)=s.position(d.span.file,d.span.start); println!("{} {}:{l}:{col} [{}] {} | {}", d.code, s.files[d.span.file as usize].name, d.heading, d.message.zh, d.help.as_ref().map_or("",|h|&h.zh)); }
 println!("{} diagnostics, scheme {}", c.diagnostics.len(), c.scheme.is_some());
 if let Some(s)=c.scheme { println!("{} clauses {} nodes {}", s.clauses.len(), s.nodes.len(), s.hash); }
}
