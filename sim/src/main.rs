//! The `sim` command: draws fleets, writes what their machines print, and marks the tool.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, Subcommand};
use kms_triage::Knowledge;
use kms_triage::fleet::fleet;
use kms_triage_sim::machine::{encode, outputs};
use kms_triage_sim::patterns::{Found, Marks, traits};
use kms_triage_sim::score::{Truth, score};
use kms_triage_sim::texts::{Language, Texts};
use kms_triage_sim::world::{Incident, IncidentKind, Wish, World, draw};
use serde_json::{Value, json};

type Done = Result<(), Box<dyn Error>>;

/// Draws school networks, breaks them, and marks the tool.
#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Writes a fleet: DIR/drop to be scanned, DIR/site.toml, and the truth beside them.
    Fleet {
        /// Number of machines.
        #[arg(long, default_value_t = 2_000)]
        machines: usize,
        /// The same seed gives the same bytes.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Folder; must not exist.
        #[arg(long)]
        out: PathBuf,
        /// Only this language: en, zh-TW or zh-CN.
        #[arg(long)]
        language: Option<String>,
    },
    /// Marks a report against the truth of its fleet.
    Score {
        /// Folder that `fleet` wrote.
        #[arg(long)]
        truth: PathBuf,
        /// Folder that `kms-triage scan` wrote.
        #[arg(long)]
        report: PathBuf,
    },
    /// Precision and recall of what is found across machines, on fleets without texts.
    Patterns {
        /// Number of machines of each fleet.
        #[arg(long, default_value_t = 2_000)]
        machines: usize,
        /// Number of fleets.
        #[arg(long, default_value_t = 50)]
        fleets: u64,
        /// First seed.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
}

fn main() -> ExitCode {
    let done = match Args::parse().command {
        Command::Fleet { machines, seed, out, language } => write_fleet(machines, seed, &out, language.as_deref()),
        Command::Score { truth, report } => mark(&truth, &report),
        Command::Patterns { machines, fleets, seed } => patterns(machines, fleets, seed),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr().lock(), "sim: {error}");
            ExitCode::FAILURE
        }
    }
}

fn say(text: &str) -> Done {
    Ok(std::io::stdout().lock().write_all(text.as_bytes())?)
}

fn write_fleet(machines: usize, seed: u64, out: &Path, language: Option<&str>) -> Done {
    let languages: Vec<Language> = Language::ALL.into_iter().filter(|l| language.is_none_or(|tag| tag == l.tag())).collect();
    if languages.is_empty() {
        return Err("no such language: en, zh-TW or zh-CN".into());
    }
    if out.exists() {
        return Err(format!("`{}` exists", out.display()).into());
    }
    let world = draw(&Wish { machines, seed, languages, kinds: IncidentKind::PRINTED.to_vec() });
    let texts = Texts::default();
    let mut truths = String::new();
    for machine in &world.machines {
        let folder = out.join("drop").join(&machine.name);
        fs::create_dir_all(&folder)?;
        let mut encodings = Vec::new();
        for file in outputs(&texts, machine) {
            let (bytes, encoding) = encode(machine, &file.text);
            encodings.push(encoding.to_owned());
            fs::write(folder.join(file.name), bytes)?;
        }
        let truth = Truth {
            case: machine.name.clone(),
            activated: machine.activated(),
            cause: machine.fault.cause().map(str::to_owned),
            language: machine.language.tag().to_owned(),
            encodings,
            product: machine.product.label.to_owned(),
        };
        writeln!(truths, "{}", serde_json::to_string(&truth)?)?;
    }
    fs::write(out.join("truth.ndjson"), truths)?;
    fs::write(out.join("incidents.ndjson"), incidents(&world.incidents)?)?;
    fs::write(out.join("site.toml"), site(&world))?;
    say(&format!("{} machines, {} incidents: {}\n", world.machines.len(), world.incidents.len(), out.display()))
}

fn incidents(incidents: &[Incident]) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    for incident in incidents {
        let (kind, cause) = incident.kind.pattern();
        let line = json!({ "kind": kind, "cause": cause, "scope": incident.scope, "key": incident.key, "machines": incident.machines });
        writeln!(text, "{line}")?;
    }
    Ok(text)
}

/// A profile that lists what the fleet calls right.
fn site(world: &World) -> String {
    let mut text = "[name]\nen = \"Example schools\"\n".to_owned();
    for host in &world.hosts {
        let _ = write!(text, "\n[[kms]]\nhost = \"{host}\"\n");
    }
    let domains: Vec<String> = world.domains.iter().map(|d| format!("\"{d}\"")).collect();
    let _ = write!(text, "\n[dns]\ndomains = [{}]\n", domains.join(", "));
    text
}

fn lines(path: &Path) -> Result<Vec<Value>, Box<dyn Error>> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
}

fn mark(truth: &Path, report: &Path) -> Done {
    let truths: Vec<Truth> = lines(&truth.join("truth.ndjson"))?.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?;
    let score = score(&truths, &fs::read_to_string(report.join("results.ndjson"))?);
    say(&score.table())?;
    say(&score.odd.iter().fold(String::new(), |text, line| text + line + "\n"))?;
    let summary: Value = serde_json::from_str(&fs::read_to_string(report.join("summary.json"))?)?;
    let found: Vec<Found> = summary.get("patterns").and_then(Value::as_array).into_iter().flatten().map(found).collect();
    let befell: Vec<Incident> = lines(&truth.join("incidents.ndjson"))?.iter().filter_map(incident).collect();
    say(&marks(&Marks::of(&found, &befell)))
}

fn word(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn found(value: &Value) -> Found {
    let group = |value: &Value| (word(value, "scope"), word(value, "key"));
    let also = value.get("also").and_then(Value::as_array).into_iter().flatten().map(group);
    Found {
        kind: word(value, "kind"),
        cause: Some(word(value, "cause")).filter(|c| !c.is_empty()),
        keys: std::iter::once(group(value)).chain(also).collect(),
    }
}

fn incident(value: &Value) -> Option<Incident> {
    let kinds = IncidentKind::PRINTED.into_iter().chain([IncidentKind::Hour]);
    let cause = value.get("cause").and_then(Value::as_str);
    let (kind, scope) = (word(value, "kind"), word(value, "scope"));
    let kind = kinds.into_iter().find(|k| k.pattern() == (kind.as_str(), cause))?;
    let scope = ["suffix", "host", "host-product", "cmid", "host-hour", "subnet"].into_iter().find(|s| *s == scope)?;
    let names = value.get("machines").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    Some(Incident { kind, scope, key: word(value, "key"), machines: names.map(str::to_owned).collect() })
}

fn marks(marks: &Marks) -> String {
    let mut text = format!(
        "patterns: {} of {} are true (precision 0.{:03}), {} of {} incidents are told (recall 0.{:03})\n",
        marks.found.0,
        marks.found.1,
        marks.precision(),
        marks.told.0,
        marks.told.1,
        marks.recall()
    );
    for line in &marks.odd {
        let _ = writeln!(text, "  {line}");
    }
    text.replace("0.1000", "1.000")
}

fn patterns(machines: usize, fleets: u64, seed: u64) -> Done {
    let (knowledge, _) = Knowledge::load(std::iter::empty());
    let mut all = Marks::default();
    let mut seconds = 0.0;
    let kinds: Vec<IncidentKind> = IncidentKind::PRINTED.into_iter().chain([IncidentKind::Hour]).collect();
    for seed in seed..seed + fleets {
        let world = draw(&Wish { machines, seed, languages: Language::ALL.to_vec(), kinds: kinds.clone() });
        let cases: Vec<_> = world.machines.iter().map(|m| traits(&world, m)).collect();
        let start = Instant::now();
        let seen = fleet(&knowledge, &cases);
        seconds += start.elapsed().as_secs_f64();
        let found: Vec<Found> = seen.patterns.iter().map(Found::of).collect();
        all.add(Marks::of(&found, &world.incidents));
    }
    say(&marks(&all))?;
    say(&format!("{fleets} fleets of {machines} machines: {seconds:.2} s\n"))
}
