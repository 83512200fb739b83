//! scratch
use policy::source::*;
fn main(){
 let dir=std::env::args().nth(1).unwrap(); let clause=std::env::args().nth(2).unwrap(); let lang= if std::env::args().nth(3).is_some(){values::Lang::En}else{values::Lang::Zh};
 let mut s=Sources::default();
 for f in ["policy.md"] { s.files.push(SourceFile{name:f.into(),text:std::fs::read_to_string(format!("{dir}/{f}")).unwrap()}); }
 let c=policy::compile(&s); let sc=c.scheme.unwrap();
 println!("{}", policy::plain::clause(&sc, sc.clause_named(&clause).unwrap(), lang));
 fn raw(v:&serde_json::Value)->policy::input::Raw{ use policy::input::Raw; match v { serde_json::Value::Null=>Raw::Null, serde_json::Value::Bool(b)=>Raw::Bool(*b), serde_json::Value::Number(n)=>Raw::Number(n.to_string()), serde_json::Value::String(s)=>Raw::Text(s.clone()), serde_json::Value::Array(a)=>Raw::List(a.iter().map(raw).collect()), serde_json::Value::Object(m)=>Raw::Map(m.iter().map(|(k,v)|(k.clone(),raw(v))).collect())}}
 for l in std::fs::read_to_string(format!("{dir}/cases.jsonl")).unwrap().lines().filter(|l|l.contains(&format!("\"clause\": \"{clause}\", \"app"))).take(3){
  let v=serde_json::from_str(l).unwrap(); let (a,_)=policy::input::read(&sc,&raw(&v),Default::default()); let a=a.unwrap();
  let p=policy::assess(&sc,&[a.clone()],&policy::AssessOptions{trace:true,clauses:None});
  let r=p.assessments[0].clauses.iter().find(|r|r.clause==sc.clause_named(&clause).unwrap()).unwrap();
  let e=policy::explain::of(&sc,&a,&p.assessments[0],r,lang);
  println!("{}", policy::explain::text(&e));
 }
}
