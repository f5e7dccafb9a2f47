//! The command line: what can be typed, and the language when nothing says so.

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use kms_triage::Knowledge;
use kms_triage::locale::LOCALES;

use crate::exit::{Exit, Failure};
use crate::output;
use crate::words::shown;

const EXIT_CODES: &str = "Exit codes: 0 everything was read, 2 a file was skipped, cut or failed (the rest is complete and the \
report names it), 3 nothing could be read, 64 wrong usage, 70 internal error or the report could not be written. \
--fail-on action adds 1: something needs action. check-data, site check and knowledge verify: 0 clean, 1 problems found.";

/// Says from the output of slmgr, ospp and their like why activation failed and what to do. Offline.
#[derive(Debug, Parser)]
#[command(name = "kms-triage", version, after_help = EXIT_CODES, disable_help_subcommand = true, subcommand_required = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) shared: Shared,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
pub(crate) struct Shared {
    #[arg(long, global = true, value_name = "TAG", value_parser = LocaleParser)]
    #[arg(help = "Language of reports and reasons [default: from LC_ALL, LC_MESSAGES or LANG, else zh-TW]")]
    locale: Option<String>,
    #[command(flatten)]
    pub(crate) extra: Extra,
}

/// Knowledge beside the built-in one.
#[derive(Debug, Args)]
pub(crate) struct Extra {
    /// Folder, or signed pack, with extra data files; they are laid over the built-in ones by path
    #[arg(long, global = true, value_name = "DIR|PACK")]
    pub(crate) knowledge: Option<PathBuf>,
    /// Public key that must have signed the pack of --knowledge: its 64 digits, or its file
    #[arg(long, global = true, value_name = "KEY")]
    pub(crate) knowledge_key: Option<String>,
}

impl Shared {
    /// The language to speak.
    pub(crate) fn locale<'k>(&self, knowledge: &'k Knowledge) -> Result<&'k str, Failure> {
        let Some(tag) = &self.locale else {
            return Ok(knowledge.locale_of(&environment()).unwrap_or(LOCALES[0]));
        };
        let known = || knowledge.locale_tags().join(", ");
        knowledge.locale_of(tag).ok_or_else(|| Failure::usage(format!("there is no language `{}`; there are {}", shown(tag), known())))
    }
}

/// The first variable that is set decides, as POSIX has it.
fn environment() -> String {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
    names.into_iter().filter_map(|name| env::var(name).ok()).find(|v| !v.is_empty()).unwrap_or_default()
}

/// Offers the languages of every build to completions; data may add others, so that any is taken.
#[derive(Debug, Clone)]
struct LocaleParser;

impl TypedValueParser for LocaleParser {
    type Value = String;

    fn parse_ref(&self, command: &clap::Command, argument: Option<&clap::Arg>, value: &OsStr) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(LOCALES.into_iter().map(PossibleValue::new)))
    }
}

/// The site profile.
#[derive(Debug, Args)]
pub(crate) struct SiteArgs {
    /// Site profile: the school's KMS hosts, domains, networks and words; a file that the school trusts
    #[arg(long, value_name = "FILE")]
    pub(crate) site: Option<PathBuf>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Analyze a folder of many computers and write a report
    Scan(ScanArgs),
    /// Analyze some files, or text from standard input (-), as one computer
    Check(CheckArgs),
    /// Compare two scans: what is solved, what is new, what stayed
    Compare(CompareArgs),
    /// Print how results changed over time, from a file that scan --history keeps
    History(HistoryArgs),
    /// Keep the report of a folder fresh until Ctrl-C: scan at start, then again what changes
    Watch(WatchArgs),
    /// Explain an error code, a cause, a remedy, a check, a rule, or a message as printed
    Explain(ExplainArgs),
    /// Check data files; exit code 0 clean, 1 problems found
    CheckData {
        /// Folder with some or all of the data folders; what is missing comes from the built-in data
        #[arg(value_name = "DIR")]
        dir: PathBuf,
    },
    /// Write copies of a folder's cases without names, keys and addresses; the verdicts stay
    Redact(RedactArgs),
    /// Write collect.cmd and collect.ps1, which gather the evidence of a computer and change nothing on it
    Collect {
        /// Folder for the scripts
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Show a local web page: paste or upload, and get the report at a link of one's own
    #[cfg(feature = "serve")]
    Serve(ServeArgs),
    /// Work with site profiles
    Site {
        #[command(subcommand)]
        command: SiteCommand,
    },
    /// Sign data files as a pack that is refused when altered
    Knowledge {
        #[command(subcommand)]
        command: KnowledgeCommand,
    },
    /// Work with the languages of the tools
    Lang {
        #[command(subcommand)]
        command: LangCommand,
    },
    /// Print the JSON Schema of a result
    Schema,
    /// Print completions for a shell
    Completions {
        /// Shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
    /// Read odd chunks of event logs; the command starts it itself
    #[command(hide = true)]
    Worker,
}

/// What is scanned, and where its report goes.
#[derive(Debug, Args)]
pub(crate) struct DropArgs {
    #[command(flatten)]
    pub(crate) site: SiteArgs,
    /// Folder of cases: each sub-folder, or each group of files named alike up to the first _ or ., is one
    #[arg(required = true, value_name = "DIR")]
    pub(crate) dirs: Vec<PathBuf>,
    /// Folder for the report
    #[arg(long, value_name = "DIR", default_value = "report")]
    pub(crate) out: PathBuf,
    /// Cases analyzed at a time [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    /// Pages per case: in all languages, in the chosen one, or none
    #[arg(long, value_enum, default_value = "all")]
    pub(crate) pages: Pages,
}

/// Options of `scan`.
#[derive(Debug, Args)]
pub(crate) struct ScanArgs {
    #[command(flatten)]
    pub(crate) drop: DropArgs,
    /// Also print the results on standard output
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<ScanFormat>,
    /// Also keep the results in this database file, for `history`; it is made where there is none
    #[arg(long, value_name = "FILE")]
    pub(crate) history: Option<PathBuf>,
    /// Time of this run in the history, as in 2026-11-23T09:00:00+08:00 [default: now]
    #[arg(long, value_name = "TIME", requires = "history")]
    pub(crate) run_time: Option<jiff::Timestamp>,
    /// End with exit code 1 when something needs action and nothing worse happened
    #[arg(long, value_enum, value_name = "WHEN")]
    pub(crate) fail_on: Option<FailOn>,
}

/// Options of `check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) site: SiteArgs,
    /// Files of one computer; - reads standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: CheckFormat,
    /// Name of the case [default: name of the first file]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Colours of the text form
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) color: Color,
    /// End with exit code 1 when something needs action and nothing worse happened
    #[arg(long, value_enum, value_name = "WHEN")]
    pub(crate) fail_on: Option<FailOn>,
}

/// Options of `watch`.
#[derive(Debug, Args)]
pub(crate) struct WatchArgs {
    #[command(flatten)]
    pub(crate) drop: DropArgs,
    /// A case is read when its files have not changed for so long
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub(crate) settle: u16,
    /// Look for changes so often, instead of being told by the system: for shares that report nothing
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub(crate) poll: Option<u16>,
}

/// Options of `history`.
#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// The history
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// What the lines are: weeks, or causes or products by week
    #[arg(long, value_enum, default_value = "week")]
    pub(crate) by: By,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: HistoryFormat,
}

/// Options of `compare`.
#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// results.ndjson of the earlier scan, or its report folder
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,
    /// results.ndjson of the later scan, or its report folder
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
    /// What to write
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: CompareFormat,
    /// File to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// Options of `explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub(crate) site: SiteArgs,
    #[arg(required_unless_present = "all", value_name = "WHAT", allow_negative_numbers = true)]
    #[arg(help = "0xC004F074, -1073418124, 12288, kms-unreachable, R10, dns-srv, slmgr.L_MsgActivated, or the printed words")]
    pub(crate) what: Vec<String>,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: ExplainFormat,
    /// Write everything that is known as HTML pages, in all languages
    #[arg(long, requires = "out", conflicts_with = "what")]
    pub(crate) all: bool,
    /// Folder for the pages of --all
    #[arg(long, value_name = "DIR", requires = "all")]
    pub(crate) out: Option<PathBuf>,
}

/// Options of `redact`.
#[derive(Debug, Args)]
pub(crate) struct RedactArgs {
    #[command(flatten)]
    pub(crate) site: SiteArgs,
    /// Folder of cases, as for scan
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Folder for the copies and manifest.json; it must not be there yet, or be empty
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// File of 16 bytes or more: the same key gives the same stand-ins [default: a new key for each run]
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
}

/// Options of `serve`.
#[cfg(feature = "serve")]
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) site: SiteArgs,
    /// Address and port; one that is no loopback address opens the page to the network
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8688")]
    pub(crate) bind: std::net::SocketAddr,
    /// Folder for the cases, redacted
    #[arg(long, value_name = "DIR", default_value = "cases")]
    pub(crate) data: PathBuf,
    /// Name under which browsers ask for this server, besides its address; may be given several times
    #[arg(long, value_name = "NAME")]
    pub(crate) host: Vec<String>,
    /// Days that a case is kept after its newest upload [default: `[retention] days` of the site profile, else 30]
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub(crate) keep_days: Option<u32>,
    /// Certificate chain (PEM), for https without a proxy
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Key of the certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Analyses at a time [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    /// Requests that may wait for an analysis; more are told to come back [default: 2000]
    #[arg(long, value_name = "N")]
    pub(crate) waiting: Option<u16>,
    /// Most megabytes of an upload [default: 32]
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(crate) max_upload: Option<u16>,
    /// Seconds for a request's head, and without a byte of its body, before a slow sender is cut off [default: 15]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..=600))]
    pub(crate) patience: Option<u16>,
}

/// Commands of `site`.
#[derive(Debug, Subcommand)]
pub(crate) enum SiteCommand {
    /// Check a site profile; exit code 0 clean, 1 problems found
    Check {
        /// The profile
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Print a profile with every key and what it is for, to be filled in
    Template,
}

/// Commands of `knowledge`.
#[derive(Debug, Subcommand)]
pub(crate) enum KnowledgeCommand {
    /// Make a key pair; prints the public key
    Keygen {
        /// File for the secret key, which only its owner may read; the public one goes beside it as FILE.pub
        #[arg(long, value_name = "FILE", default_value = "kms-triage.key")]
        out: PathBuf,
    },
    /// Pack the data files of a folder into one signed file, for --knowledge
    Pack {
        /// Folder with some or all of the data folders
        #[arg(value_name = "DIR")]
        dir: PathBuf,
        /// Secret key from `knowledge keygen`
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// The pack
        #[arg(long, value_name = "PACK")]
        out: PathBuf,
    },
    /// Say whether a pack is whole and signed by a key; exit code 0 good, 1 refused
    Verify {
        /// The pack
        #[arg(value_name = "PACK")]
        file: PathBuf,
        /// Public key: its 64 digits, or its file
        #[arg(long, value_name = "KEY")]
        pubkey: String,
    },
}

/// Commands of `lang`.
#[derive(Debug, Subcommand)]
pub(crate) enum LangCommand {
    /// Make a grammar from the slmgr.ini of a Windows language (System32\slmgr\<hex>\slmgr.ini)
    Import(ImportArgs),
}

/// Options of `lang import`.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The slmgr.ini
    #[arg(value_name = "SLMGR_INI")]
    pub(crate) ini: PathBuf,
    /// File to write; a folder becomes a data folder for --knowledge [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Language of the file, as in zh-TW [default: from the name of its folder, as in 0404]
    #[arg(long, value_name = "TAG")]
    pub(crate) language: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Pages {
    All,
    Primary,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScanFormat {
    /// One JSON object a line
    #[value(alias = "json")]
    Ndjson,
    /// A table for spreadsheets, one row per case
    Csv,
    /// Counts, plan and patterns of the batch as JSON
    Summary,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    Text,
    Json,
    Html,
    Csv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    Week,
    Cause,
    Product,
}

impl By {
    /// As typed.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Cause => "cause",
            Self::Product => "product",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum HistoryFormat {
    Text,
    Json,
    Csv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompareFormat {
    Text,
    Json,
    Html,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExplainFormat {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    Action,
}

/// Reads the command line. `Err` when the answer is printed already: help, version, wrong usage. Clap's
/// own exit code for wrong usage is 2, which here means something else.
pub(crate) fn read() -> Result<Arguments, Exit> {
    Arguments::try_parse().map_err(|error| {
        let text = error.render();
        if error.use_stderr() {
            output::note(text.to_string().trim_end());
            return Exit::Usage;
        }
        output::print(&text.to_string()).unwrap_or(Exit::Internal)
    })
}

/// The definition, for completions and the manual page.
pub(crate) fn definition() -> clap::Command {
    Arguments::command()
}
