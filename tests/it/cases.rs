//! The cases of `corpus/`: a folder each, with `case.toml`, `expected.json` and the input files.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use kms_triage::analyze::Analysis;
use kms_triage::{Input, Knowledge, analyze};
use serde::Deserialize;

use crate::files::{knowledge, under, with_site};

/// `case.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct About {
    /// What is special about it.
    #[serde(rename = "about")]
    pub(crate) special: String,
    /// Where the text comes from.
    pub(crate) from: String,
    /// Language of the console: `zh-TW`, `en`, `zh-CN` or `mixed`.
    pub(crate) language: String,
    /// What the decoder must say: `big5`, `utf-8 + utf-16le` for two in one file, `, ` between files that differ.
    pub(crate) encoding: Option<String>,
    /// Rules and causes that must stay silent here.
    #[serde(default)]
    pub(crate) near_miss: Vec<String>,
    /// Site profile that the case is judged by: `corpus/site/example.toml`.
    pub(crate) site: Option<String>,
    /// Why the program does not say yet what `expected.json` says.
    pub(crate) fixme: Option<String>,
}

/// A case folder or a case of the demo drop.
#[derive(Debug)]
pub(crate) struct TestCase {
    /// `slmgr/ato-no-host-zh-tw-big5`.
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    pub(crate) about: About,
    /// Name and content of the inputs.
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

impl TestCase {
    pub(crate) fn analyze(&self) -> Analysis {
        let short = self.name.rsplit('/').next().unwrap_or(&self.name);
        analyze(self.knowledge(), short, &self.inputs())
    }

    /// What the case is judged by.
    pub(crate) fn knowledge(&self) -> &'static Knowledge {
        self.about.site.as_ref().map_or_else(knowledge, |path| with_site(path))
    }

    pub(crate) fn inputs(&self) -> Vec<Input<'_>> {
        self.files.iter().map(|(n, b)| Input::new(n, b)).collect()
    }

    pub(crate) fn group(&self) -> &str {
        self.name.split('/').next().unwrap_or_default()
    }
}

/// Names that are no input.
const OWN: [&str; 2] = ["case.toml", "expected.json"];

static ALL: LazyLock<Vec<TestCase>> = LazyLock::new(|| {
    let mut folders: BTreeMap<String, Vec<(String, PathBuf)>> = BTreeMap::new();
    for (path, on_disk) in under("corpus").into_iter().filter(|(p, _)| !p.starts_with("corpus/demo/")) {
        let mut parts = path.splitn(4, '/').skip(1);
        if let (Some(group), Some(case), Some(file)) = (parts.next(), parts.next(), parts.next()) {
            folders.entry(format!("{group}/{case}")).or_default().push((file.to_owned(), on_disk));
        }
    }
    folders.into_iter().map(|(name, files)| load(name, &files)).collect()
});

fn load(name: String, files: &[(String, PathBuf)]) -> TestCase {
    let about = files.iter().find(|f| f.0 == "case.toml").unwrap_or_else(|| panic!("{name} has no case.toml"));
    let parsed = toml::from_str(&fs::read_to_string(&about.1).unwrap());
    let inputs = files.iter().filter(|f| !OWN.contains(&f.0.as_str()));
    TestCase {
        folder: about.1.parent().unwrap().to_path_buf(),
        about: parsed.unwrap_or_else(|e| panic!("{name}/case.toml: {e}")),
        files: inputs.map(|(n, p)| (n.clone(), fs::read(p).unwrap())).collect(),
        name,
    }
}

/// Every case, in order; `CASE=zh-tw` keeps those whose name contains `zh-tw`.
pub(crate) fn all() -> Vec<&'static TestCase> {
    let wanted = std::env::var("CASE").unwrap_or_default();
    ALL.iter().filter(|c| c.name.contains(&wanted)).collect()
}
