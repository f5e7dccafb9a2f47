//! The manual page and shell completions, made on demand from the definition of the command line.

use std::io;

use clap_complete::Shell;
use clap_mangen::Man;

use crate::args;
use crate::exit::{Exit, Failure};
use crate::output;

/// Prints completions for `shell`.
pub(crate) fn completions(shell: Shell) -> Result<Exit, Failure> {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut args::definition(), "kms-triage", &mut bytes);
    output::print_bytes(&bytes)
}

/// Prints one page with every command in it.
pub(crate) fn page() -> Result<Exit, Failure> {
    let mut bytes = Vec::new();
    render(&mut bytes).map_err(|e| Failure::internal(format!("cannot make the manual page: {e}")))?;
    output::print_bytes(&bytes)
}

fn render(out: &mut Vec<u8>) -> io::Result<()> {
    let mut command = args::definition();
    command.build();
    let main = Man::new(command.clone());
    main.render_title(out)?;
    main.render_name_section(out)?;
    main.render_synopsis_section(out)?;
    main.render_description_section(out)?;
    main.render_options_section(out)?;
    for sub in command.get_subcommands() {
        section(sub, out)?;
        for inner in sub.get_subcommands() {
            section(inner, out)?;
        }
    }
    main.render_extra_section(out)?;
    main.render_version_section(out)
}

/// A command as one section; its parts become sub-sections.
fn section(command: &clap::Command, out: &mut Vec<u8>) -> io::Result<()> {
    let name = command.get_bin_name().unwrap_or(command.get_name()).to_uppercase();
    out.extend_from_slice(format!(".SH \"{}\"\n", name.replace('-', "\\-")).as_bytes());
    let mut text = Vec::new();
    let man = Man::new(command.clone());
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    let text = String::from_utf8_lossy(&text).replace(".SH ", ".SS ");
    out.extend_from_slice(text.as_bytes());
    Ok(())
}
