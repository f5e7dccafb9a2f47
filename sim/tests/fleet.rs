//! What a fleet is worth: the same for a seed, read as it was meant, and its incidents found again.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use good_lp::{Expression, ProblemVariables, Solution, SolverModel, constraint, microlp, variable};
use kms_triage::fleet::{Candidate, Traits, candidates, cover, fleet};
use kms_triage::{Input, Knowledge, Site, analyze};
use kms_triage_sim::machine::{encode, outputs};
use kms_triage_sim::patterns::{Found, Marks, traits};
use kms_triage_sim::score::{Truth, score};
use kms_triage_sim::texts::{Language, Texts};
use kms_triage_sim::world::{IncidentKind, Wish, World, draw};

fn knowledge() -> Knowledge {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    let mut open: Vec<_> =
        ["actions", "causes", "checks", "codes", "grammars", "locales", "remedies", "rules", "templates"].map(|f| root.join(f)).to_vec();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                files.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    let (knowledge, errors) = Knowledge::load(files.iter().map(|(p, t)| (p.as_str(), t.as_str())));
    assert!(errors.is_empty(), "{errors:?}");
    knowledge
}

fn world(machines: usize, seed: u64) -> World {
    let kinds = IncidentKind::PRINTED.into_iter().chain([IncidentKind::Hour]).collect();
    draw(&Wish { machines, seed, languages: Language::ALL.to_vec(), kinds })
}

fn all_traits(world: &World) -> Vec<Traits> {
    world.machines.iter().map(|m| traits(world, m)).collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let texts = Texts::default();
    let bytes = |seed: u64| -> Vec<u8> {
        let world = world(120, seed);
        world.machines.iter().flat_map(|m| outputs(&texts, m).into_iter().flat_map(|o| encode(m, &o.text).0)).collect()
    };
    assert!(bytes(5) == bytes(5), "the same seed");
    assert!(bytes(5) != bytes(6), "another seed");
}

/// Every key is in the table: a missing one would be printed as it is.
#[test]
fn nothing_is_printed_without_a_text() {
    let texts = Texts::default();
    for machine in &world(1_500, 3).machines {
        for output in outputs(&texts, machine) {
            for trace in ["L_Msg", "ipconfig.", "nslookup.", "w32tm.", "wsh.", "%", "{"] {
                let shown = output.text.lines().find(|l| l.contains(trace));
                assert_eq!(shown, None, "{trace} in {}", machine.name);
            }
        }
    }
}

#[test]
fn verdicts_are_true() {
    let knowledge = knowledge();
    let texts = Texts::default();
    let (mut truths, mut results) = (Vec::new(), String::new());
    // Every twentieth machine of a fleet in which every kind of incident lies.
    let world = world(3_000, 1);
    let mut site = "[name]\nen = \"Schools\"\n".to_owned();
    for host in &world.hosts {
        writeln!(site, "[[kms]]\nhost = \"{host}\"").unwrap();
    }
    let site = Site::parse("site.toml", &site, &knowledge).unwrap();
    let knowledge = knowledge.with_site(site);
    for machine in world.machines.iter().step_by(20) {
        let files: Vec<(&str, Vec<u8>)> = outputs(&texts, machine).into_iter().map(|o| (o.name, encode(machine, &o.text).0)).collect();
        let inputs: Vec<Input<'_>> = files.iter().map(|(name, bytes)| Input::new(name, bytes)).collect();
        results += &(serde_json::to_string(&analyze(&knowledge, &machine.name, &inputs).case).unwrap() + "\n");
        truths.push(Truth {
            case: machine.name.clone(),
            activated: machine.activated(),
            cause: machine.fault.cause().map(str::to_owned),
            language: machine.language.tag().to_owned(),
            encodings: Vec::new(),
            product: machine.product.label.to_owned(),
        });
    }
    let score = score(&truths, &results);
    let wrong: usize = score.causes.values().map(|r| r.wrong).sum();
    assert_eq!((score.wrong_activated, score.missing, wrong), (0, 0, 0), "{}", score.odd.join("\n"));
    let abstained: usize = score.causes.values().map(|r| r.abstained).sum();
    assert!(abstained * 10 <= truths.len(), "{}", score.table());
}

#[test]
fn incidents_are_found_again_and_nothing_else() {
    let knowledge = Knowledge::load(std::iter::empty()).0;
    let mut marks = Marks::default();
    for seed in 100..130 {
        let world = world(2_000, seed);
        let found: Vec<Found> = fleet(&knowledge, &all_traits(&world)).patterns.iter().map(Found::of).collect();
        marks.add(Marks::of(&found, &world.incidents));
    }
    assert!(marks.told.1 > 150, "{} incidents are too few to tell", marks.told.1);
    assert!(marks.precision() >= 980 && marks.recall() >= 980, "{marks:?}");
}

/// The fewest candidates that hold every element, by integer programming.
fn exact(sets: &[Candidate]) -> usize {
    let mut variables = ProblemVariables::new();
    let chosen: Vec<_> = sets.iter().map(|_| variables.add(variable().binary())).collect();
    let mut holders: BTreeMap<usize, Expression> = BTreeMap::new();
    for (set, variable) in sets.iter().zip(&chosen) {
        for case in &set.cases {
            *holders.entry(*case).or_default() += *variable;
        }
    }
    let mut model = variables.minimise(chosen.iter().sum::<Expression>()).using(microlp);
    for expression in holders.into_values() {
        model = model.with(constraint!(expression >= 1));
    }
    let solution = model.solve().unwrap();
    chosen.iter().filter(|v| solution.value(**v) > 0.5).count()
}

#[test]
fn plans_are_as_short_as_can_be() {
    let knowledge = knowledge();
    let (mut ours, mut best, mut overlapping) = (0, 0, 0);
    for seed in 0..60 {
        let cases = all_traits(&world(700, seed));
        let offers = candidates(knowledge.actions.values(), &cases);
        let sets: Vec<Candidate> = offers.iter().map(|o| Candidate { cases: o.cases.clone(), rank: 0 }).collect();
        let plan = cover(&sets).len();
        let exact = exact(&sets);
        overlapping += usize::from(exact < sets.len());
        assert!(plan * 10 <= exact * 11, "seed {seed}: {plan} actions, {exact} are enough");
        ours += plan;
        best += exact;
    }
    assert!(overlapping > 10, "in {overlapping} fleets only there was anything to choose");
    assert!(best > 100 && ours * 100 <= best * 102, "{ours} actions, {best} are enough");
}

/// Sets that overlap more than any fleet's: here greedy alone goes astray.
#[test]
fn plans_of_tangled_sets_stay_near_the_optimum() {
    let mut rng = kms_triage_sim::rng::Rng::new(7);
    let (mut ours, mut best) = (0, 0);
    for _ in 0..150 {
        let all = rng.between(15, 60);
        let mut sets: Vec<Candidate> = Vec::new();
        for rank in 0..rng.between(8, 24) {
            let from = rng.below(all);
            let to = (from + rng.between(2, 12)).min(all);
            let cases = (from..to).filter(|_| rng.chance(85)).collect();
            sets.push(Candidate { cases, rank });
        }
        sets.retain(|s| !s.cases.is_empty());
        ours += cover(&sets).len();
        best += exact(&sets);
    }
    assert!(ours * 10 <= best * 11, "{ours} sets, {best} are enough");
}
