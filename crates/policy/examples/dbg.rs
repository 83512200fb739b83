//! scratch
fn main(){
 let dir=std::env::args().nth(1).unwrap();
 let mut s=policy::source::Sources::default();
 for f in ["policy.md","situations.md"] { if let Ok(t)=std::fs::read_to_string(format!("{dir}/{f}")) { s.files.push(policy::source::SourceFile{name:f.into(),text:t}); } }
 s.official=std::fs::read_to_string(format!("{dir}/official.txt")).ok();
 let c=policy::compile(&s);
 for d in &c.diagnostics { let (l,col)=s.position(d.span.file,d.span.start); println!("{} {}:{l}:{col} [{}] {} | {}", d.code, s.files[d.span.file as usize].name, d.heading, d.message.zh, d.help.as_ref().map_or("",|h|&h.zh)); }
 println!("{} diagnostics, scheme {}", c.diagnostics.len(), c.scheme.is_some());
 let r=policy::situation::run(&c);
 for f in r.results.iter().filter(|r|!r.passed) { for (sp,t) in &f.failures { let (l,_)=s.position(sp.file,sp.start); println!("FAIL {}:{l} [{}] {}", s.files[sp.file as usize].name, f.title, t.zh); } }
 for u in &r.unexercised { println!("UNEX {}", u.zh); }
 println!("{} situations, {} failed, {} unexercised", r.results.len(), r.results.iter().filter(|r|!r.passed).count(), r.unexercised.len());
 if let Some(s)=c.scheme { println!("{} clauses {} nodes {}", s.clauses.len(), s.nodes.len(), s.hash); }
}
