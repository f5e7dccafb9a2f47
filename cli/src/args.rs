//! The command line: what can be typed, and the language when nothing says so.

use std::env;
use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::exit::Exit;
use crate::output;

const EXIT_CODES: &str = "Exit codes: 0 everything was read, 2 a file was skipped, cut or failed (the rest is complete and the \
report names it), 3 nothing could be read, 64 wrong usage, 70 internal error or the report could not be written. \
--fail-on action adds 1: something needs action. check-data: 0 clean, 1 problems found.";

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
    #[arg(long, global = true, value_enum, value_name = "TAG", ignore_case = true)]
    #[arg(help = "Language of reports and reasons [default: from LC_ALL, LC_MESSAGES or LANG, else zh-TW]")]
    locale: Option<Locale>,
    /// Folder with extra data files; they are laid over the built-in ones by path
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) knowledge: Option<PathBuf>,
}

impl Shared {
    /// The language to speak.
    pub(crate) fn locale(&self) -> &'static str {
        self.locale.unwrap_or_else(Locale::of_environment).tag()
    }
}

/// Languages of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Locale {
    #[value(name = "zh-TW", aliases = ["zh_TW", "zh-Hant", "zh-HK", "zh_HK"])]
    Taiwan,
    #[value(name = "en", aliases = ["en-US", "en_US", "en-GB", "en_GB"])]
    English,
    #[value(name = "zh-CN", aliases = ["zh_CN", "zh-Hans", "zh-SG", "zh_SG"])]
    China,
}

impl Locale {
    const fn tag(self) -> &'static str {
        match self {
            Self::Taiwan => "zh-TW",
            Self::English => "en",
            Self::China => "zh-CN",
        }
    }

    /// The first variable that is set decides, as POSIX has it.
    fn of_environment() -> Self {
        let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
        let value = names.into_iter().filter_map(|name| env::var(name).ok()).find(|v| !v.is_empty());
        Self::of_posix(value.as_deref().unwrap_or_default())
    }

    /// `zh_CN.UTF-8` → Simplified Chinese; `C`, empty and other languages → Traditional Chinese.
    fn of_posix(value: &str) -> Self {
        let tag = value.split(['.', '@']).next().unwrap_or_default().replace('_', "-").to_ascii_lowercase();
        match tag.as_str() {
            "zh-cn" | "zh-sg" => Self::China,
            _ if tag.starts_with("zh-hans") => Self::China,
            "en" => Self::English,
            _ if tag.starts_with("en-") => Self::English,
            _ => Self::Taiwan,
        }
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Analyze a folder of many computers and write a report
    Scan(ScanArgs),
    /// Analyze some files, or text from standard input (-), as one computer
    Check(CheckArgs),
    /// Explain an error code, a cause, a remedy, a check, a rule, or a message as printed
    Explain(ExplainArgs),
    /// Check data files; exit code 0 clean, 1 problems found
    CheckData {
        /// Folder with some or all of the data folders; what is missing comes from the built-in data
        #[arg(value_name = "DIR")]
        dir: PathBuf,
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
}

/// Options of `scan`.
#[derive(Debug, Args)]
pub(crate) struct ScanArgs {
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
    /// Also print the results on standard output, one JSON object a line
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<ScanFormat>,
    /// End with exit code 1 when something needs action and nothing worse happened
    #[arg(long, value_enum, value_name = "WHEN")]
    pub(crate) fail_on: Option<FailOn>,
}

/// Options of `check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
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

/// Options of `explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    #[arg(required = true, value_name = "WHAT", allow_negative_numbers = true)]
    #[arg(help = "0xC004F074, -1073418124, kms-unreachable, R10, dns-srv, slmgr.L_MsgActivated, or the printed words")]
    pub(crate) what: Vec<String>,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: ExplainFormat,
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
    #[value(alias = "ndjson")]
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
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

#[cfg(test)]
mod tests {
    use super::Locale;

    #[test]
    fn the_environment_names_a_language() {
        for (value, tag) in [
            ("zh_TW.UTF-8", "zh-TW"),
            ("zh_HK", "zh-TW"),
            ("zh-Hant-TW", "zh-TW"),
            ("zh_CN.GB18030", "zh-CN"),
            ("zh_SG", "zh-CN"),
            ("en_GB@euro", "en"),
            ("C", "zh-TW"),
            ("de_DE.UTF-8", "zh-TW"),
            ("", "zh-TW"),
        ] {
            assert_eq!(Locale::of_posix(value).tag(), tag, "{value}");
        }
    }
}
