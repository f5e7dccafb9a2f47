//! The `kms-triage` command. Turns what a command answers into an exit code; everything else stands in
//! the module of that command.

mod args;
mod batch;
mod cases;
mod check;
mod check_data;
mod collect;
mod compare_cmd;
mod data;
mod exit;
mod explain_cmd;
mod explained;
mod gate;
mod hidden;
mod history;
mod ini;
mod input;
mod keys;
mod knowledge_cmd;
mod lang_import;
mod lang_slots;
mod lists;
mod log;
mod man;
mod memory;
mod output;
mod pack;
mod page_name;
mod products;
mod progress;
mod provenance;
mod publish;
mod redact_cmd;
mod references;
mod report_folder;
mod results_file;
mod rule_overlap;
mod scan;
#[cfg(feature = "serve")]
mod serve_cmd;
mod site;
mod spill;
mod trends;
mod watch;
mod words;
mod worker;

use std::panic;
use std::process::ExitCode;

use args::Command;
use exit::{Exit, Failure};
use kms_triage_data::canonical;

fn main() -> ExitCode {
    panic::set_hook(Box::new(|info| output::note(&format!("kms-triage: internal error: {info}").replace('\n', " "))));
    let exit = match panic::catch_unwind(run) {
        Ok(Ok(exit)) => exit,
        Ok(Err(failure)) => {
            output::note(&format!("kms-triage: {}", failure.message));
            failure.exit
        }
        Err(_) => Exit::Internal,
    };
    ExitCode::from(exit.code())
}

fn run() -> Result<Exit, Failure> {
    let arguments = match args::read() {
        Ok(arguments) => arguments,
        Err(answered) => return Ok(answered),
    };
    let shared = &arguments.shared;
    match arguments.command {
        Command::Scan(options) => scan::run(&options, shared),
        Command::Check(options) => check::run(&options, shared),
        Command::Watch(options) => watch::run(&options, shared),
        Command::History(options) => trends::run(&options, shared),
        Command::Compare(options) => compare_cmd::run(&options, shared),
        Command::Explain(options) => explain_cmd::run(&options, shared),
        Command::CheckData { dir } => check_data::run(&dir),
        Command::Redact(options) => redact_cmd::run(&options, shared),
        Command::Collect { out } => collect::run(&out),
        #[cfg(feature = "serve")]
        Command::Serve(options) => serve_cmd::run(&options, shared),
        Command::Site { command } => site::run(&command, shared),
        Command::Knowledge { command } => knowledge_cmd::run(&command),
        Command::Lang { command } => lang_import::run(&command),
        Command::Schema => output::print(&format!("{:#}\n", kms_triage::case::json_schema())),
        Command::Completions { shell } => man::completions(shell),
        Command::Man => man::page(),
        Command::Worker => worker::run(),
    }
}
