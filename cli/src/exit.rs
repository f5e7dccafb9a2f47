//! How the program ends: the numbers of `docs/results.md`, and a failure that ends it early.

/// Outcome of a command, told to the caller as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything given was read; or the data is clean.
    Done,
    /// Something needs action (`--fail-on action`); or `check-data` found problems.
    Found,
    /// A file was skipped, cut or failed; the rest is complete.
    Partly,
    /// Nothing could be read.
    Nothing,
    /// The command line makes no sense.
    Usage,
    /// Our fault, or the report could not be written.
    Internal,
}

impl Exit {
    /// The process exit code.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Found => 1,
            Self::Partly => 2,
            Self::Nothing => 3,
            Self::Usage => 64,
            Self::Internal => 70,
        }
    }

    /// The code for inputs: how many gave text, and how many of all were not read whole. `found` only
    /// counts when nothing worse hides it.
    pub(crate) const fn of_inputs(with_text: usize, problems: usize, found: bool) -> Self {
        if with_text == 0 {
            Self::Nothing
        } else if problems > 0 {
            Self::Partly
        } else if found {
            Self::Found
        } else {
            Self::Done
        }
    }
}

/// An early end with words for the person: what, why, what to do.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) message: String,
}

impl Failure {
    /// The arguments do not fit the world.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, message: message.into() }
    }

    /// The only input cannot be read.
    pub(crate) fn nothing(message: impl Into<String>) -> Self {
        Self { exit: Exit::Nothing, message: message.into() }
    }

    /// Results cannot be written, or a template is broken.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self { exit: Exit::Internal, message: message.into() }
    }
}
