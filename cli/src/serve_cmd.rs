//! `serve`: the local web page. Gives the server its knowledge and a reader with the fence around event logs.

use std::collections::BTreeMap;
use std::mem::ManuallyDrop;
use std::net::SocketAddr;
use std::time::Duration;

use kms_triage::Knowledge;
use kms_triage_serve::{Config, Evidence, Limits, Reader, Trouble, Upload, serve};

use crate::args::{ServeArgs, Shared};
use crate::exit::{Exit, Failure};
use crate::input::{self, Loaded};
use crate::words::{Words, shown};
use crate::{data, output};

/// Days that a case is kept when neither the command line nor the site profile says.
const KEEP_DAYS: u32 = 30;
/// A connection takes one descriptor, and the rest of the program some.
#[cfg(unix)]
const DESCRIPTORS: u64 = 8_192;

/// Runs the command until it is told to stop.
pub(crate) fn run(options: &ServeArgs, shared: &Shared) -> Result<Exit, Failure> {
    let knowledge = data::knowledge(&shared.extra, options.site.site.as_deref())?;
    // Pages are made of it until the program ends.
    let knowledge: &'static Knowledge = Box::leak(Box::new(ManuallyDrop::into_inner(knowledge)));
    let keep_days = options.keep_days.or(knowledge.site.as_ref().and_then(|s| s.keep_days)).unwrap_or(KEEP_DAYS);
    let words = Words { knowledge, locale: shared.locale(knowledge)? };
    let secure = options.tls_cert.is_some();
    if !options.bind.ip().is_loopback() && !secure {
        output::note(&words.say("serve-open", &[]));
    }
    raise_descriptors();
    let config = Config {
        bind: options.bind,
        data: options.data.clone(),
        hosts: options.host.clone(),
        keep_days,
        tls: options.tls_cert.clone().zip(options.tls_key.clone()),
        limits: limits(options),
        reader: Reader::new(|knowledge, upload| read(knowledge, &upload)),
    };
    let days = keep_days.to_string();
    let ready = |address: SocketAddr| {
        let scheme = if secure { "https" } else { "http" };
        let folder = shown(&options.data.to_string_lossy());
        output::note(&words.say("serve-ready", &[("address", &format!("{scheme}://{address}/")), ("dir", &folder), ("days", &days)]));
    };
    serve(knowledge, config, ready).map_err(|e| Failure::usage(e.to_string()))?;
    output::note(&words.say("serve-end", &[]));
    Ok(Exit::Done)
}

fn limits(options: &ServeArgs) -> Limits {
    let mut limits = Limits::default();
    if let Some(jobs) = options.jobs {
        limits.analyses = usize::from(jobs);
    }
    if let Some(waiting) = options.waiting {
        limits.waiting = usize::from(waiting);
    }
    if let Some(megabytes) = options.max_upload {
        limits.upload_bytes = usize::from(megabytes) << 20;
        limits.file_bytes = limits.upload_bytes;
        limits.case_bytes = limits.case_bytes.max(limits.upload_bytes);
        limits.memory_bytes = limits.memory_bytes.max(limits.upload_bytes * 2);
    }
    if let Some(seconds) = options.patience {
        limits.head_time = Duration::from_secs(seconds.into());
        limits.idle_time = limits.head_time;
    }
    limits
}

/// Reads an upload as `check` reads standard input. Files of archives come in here: one upload, any pieces of evidence.
fn read(knowledge: &Knowledge, upload: &Upload) -> Vec<Evidence> {
    let load = |locale: &str| input::load_stream(upload.name.clone(), &mut upload.bytes.as_slice(), Words { knowledge, locale });
    let Loaded { name, bytes, log, trouble } = load("en");
    // The reason is told in the language of whoever looks at the case, which may change.
    let trouble = trouble.map(|t| {
        let told = |locale: &String| load(locale).trouble.map(|t| (locale.clone(), t.reason));
        let reasons: BTreeMap<String, String> = knowledge.locales.keys().filter_map(told).collect();
        Trouble { status: t.status.to_owned(), reasons, bytes: t.bytes }
    });
    vec![Evidence { name, bytes, log, trouble }]
}

/// Many systems give a program 1,024 descriptors and let it ask for more.
fn raise_descriptors() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let now = getrlimit(Resource::Nofile);
        let most = now.maximum.map_or(DESCRIPTORS, |most| most.min(DESCRIPTORS));
        if now.current.is_some_and(|current| current < most) {
            // With fewer, connections wait for each other.
            let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum: now.maximum });
        }
    }
}
