mod data { include!(concat!(env!("OUT_DIR"), "/data.rs")); }
fn main() {
    let t=std::time::Instant::now();
    let (k, errors) = kms_triage::Knowledge::load(data::FILES.iter().copied());
    eprintln!("load {:?}", t.elapsed());
    if std::env::args().any(|a| a=="--errors") { for e in &errors { eprintln!("{e}"); } for e in k.messages.check_samples() { eprintln!("{e}"); } }
    eprintln!("{} data errors", errors.len());
    let t=std::time::Instant::now();
    let mut out = Vec::new();
    for f in std::env::args().skip(1).filter(|a| !a.starts_with("--")) {
        let b = std::fs::read(&f).unwrap();
        let name=f.rsplit('/').next().unwrap().to_string();
        let a = kms_triage::analyze(&k, name.split('.').next().unwrap(), &[kms_triage::Input::new(&name,&b)]);
        out.push(a.case);
    }
    eprintln!("analyze {:?}", t.elapsed());
    for c in out { println!("{}", serde_json::to_string(&c).unwrap()); }
}
