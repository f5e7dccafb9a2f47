//! Site profiles: what is wrong with one is named; what is right decides which host people are sent to.

use kms_triage::locale::LOCALES;
use kms_triage::report::{CaseLinks, Renderer, SITE_ROWS, case_text};
use kms_triage::{Input, Knowledge, Site, analyze};
use proptest::prelude::*;
use regex::Regex;

use crate::files::{knowledge, report, under, with_site};

const EXAMPLE: &str = "corpus/site/example.toml";

/// Set by hand, and nothing answers.
fn failed_at(host: &str) -> String {
    format!(
        "C:\\>cscript slmgr.vbs /skms {host}\nKey Management Service machine name set to {host} successfully.\n\n\
         C:\\>cscript slmgr.vbs /ato\nActivating Windows(R), Professional edition (2de67392-b7a7-462a-b1ca-108dd189f588) ...\n\
         Error: 0xC004F074 The Software Licensing Service reported that the computer could not be activated.\n"
    )
}

fn texts(knowledge: &Knowledge, input: &str, locale: &str) -> [String; 2] {
    let analysis = analyze(knowledge, "case", &[Input::new("slmgr.txt", input.as_bytes())]);
    let page = Renderer::new(knowledge).and_then(|r| r.case(&analysis, locale, &CaseLinks::default())).unwrap();
    [case_text(knowledge, &analysis, locale, false), page.replace("&#x2f;", "/")]
}

#[test]
fn shipped_profiles_are_sound() {
    let files = under("sites");
    assert!(files.len() >= 3, "two schools and a template");
    let mut problems = Vec::new();
    for (name, path) in files {
        let text = std::fs::read_to_string(path).unwrap();
        problems.extend(Site::parse(&name, &text, knowledge()).err().unwrap_or_default().iter().map(ToString::to_string));
    }
    report("mistakes in shipped profiles", &problems);
}

#[test]
fn the_template_shows_every_key() {
    let template = std::fs::read_to_string(crate::files::root().join("sites/template.toml")).unwrap();
    let keys = [
        "[name]",
        "[[kms]]",
        "host =",
        "port =",
        "addresses =",
        "domains =",
        "resolvers =",
        "campus =",
        "owner =",
        "[vpn]",
        "source =",
        "zone =",
        "offset =",
        "in-service =",
        "retired =",
        "[[download]]",
        "[[room]]",
        "computers =",
        "networks =",
        "[helpdesk]",
        "phone =",
        "mail =",
        "days =",
        "[remedy.",
        "[[rule]]",
    ];
    for key in keys {
        assert!(template.contains(key), "{key}");
    }
}

#[test]
fn steps_name_the_schools_host_whatever_the_input_names() {
    let knowledge = with_site(EXAMPLE);
    let tag = Regex::new("</?[a-z][^>]*>").unwrap();
    for host in ["activate.example.net", "203.0.113.9", "kms.example.eud", "kms.example.edu:1689", "kms", "127.0.0.2"] {
        for locale in LOCALES {
            for text in texts(knowledge, &failed_at(host), locale).map(|t| tag.replace_all(&t, "").into_owned()) {
                assert!(text.contains("/skms kms.example.edu:1688"), "{host} {locale}");
                assert!(!text.contains("kms-host>") && !text.contains("&lt;kms-host&gt;"), "{host} {locale}");
                let commands = text.lines().filter(|l| l.contains("Test-NetConnection ") || l.contains("slmgr.vbs /skms "));
                // The input itself is shown too, as evidence.
                assert!(commands.filter(|l| !l.contains("C:\\")).all(|l| !l.contains(&format!(" {host} "))), "{host} {locale}");
            }
        }
    }
    for text in texts(knowledge, &failed_at("kms2.example.edu:1700"), "en").map(|t| tag.replace_all(&t, "").into_owned()) {
        assert!(text.contains("Test-NetConnection kms2.example.edu -Port 1700"), "a listed host that is set stays");
    }
}

#[test]
fn without_a_profile_the_report_says_what_is_missing() {
    let bare = "C:\\>cscript slmgr.vbs /ato\nError: 0xC004F074 The Software Licensing Service reported.\n";
    for text in texts(knowledge(), bare, "en") {
        assert!(text.contains("kms-host") && text.contains("--site"));
    }
    for text in texts(with_site(EXAMPLE), bare, "en") {
        assert!(!text.contains("--site"));
    }
}

#[test]
fn a_page_shows_the_schools_words_and_version() {
    let knowledge = with_site(EXAMPLE);
    let version = &knowledge.site.as_ref().unwrap().version;
    let [_, page] = texts(knowledge, &failed_at("kms.example.edu"), "en");
    let wanted = [
        "Ask the example desk for a VPN account.",
        "href=\"https://vpn.example.edu/\"",
        "href=\"mailto:help@example.edu\"",
        "#1234",
        version,
    ];
    for wanted in wanted {
        assert!(page.contains(wanted), "{wanted}");
    }
    let analysis = analyze(knowledge, "case", &[]);
    assert_eq!(analysis.case.site.map(|s| s.version).as_ref(), Some(version));
    assert!(analyze(crate::files::knowledge(), "case", &[]).case.site.is_none());
}

#[test]
fn rows_that_only_a_profile_can_decide_need_one() {
    let ids = |k: &Knowledge| -> Vec<String> { analyze(k, "case", &[]).case.checks.into_iter().map(|c| c.id).collect() };
    let (without, with) = (ids(knowledge()), ids(with_site(EXAMPLE)));
    // A profile that lists no networks cannot decide where a computer is.
    let silent = ids(with_site("sites/oit.edu.tw.toml"));
    assert!(!silent.contains(&"campus-network".to_owned()) && silent.contains(&"edition-in-service".to_owned()));
    for id in ["campus-network", "dns-resolver", "edition-in-service"] {
        assert!(!without.contains(&id.to_owned()) && with.contains(&id.to_owned()), "{id}");
    }
    let result = |host: &str| {
        let case = analyze(with_site(EXAMPLE), "case", &[Input::new("a.txt", failed_at(host).as_bytes())]).case;
        case.checks.into_iter().find(|c| c.id == "kms-host-allowed").map(|c| c.result).unwrap()
    };
    for (host, wanted) in [
        ("kms.example.edu", "pass"),
        ("KMS.Example.EDU:1688", "pass"),
        ("192.0.2.10:1688", "pass"),
        ("kms2.example.edu:1700", "pass"),
        ("kms2.example.edu", "fail"),
        ("kms.example.edu:1700", "fail"),
        ("192.0.2.11", "fail"),
        ("kms", "not-tested"),
    ] {
        assert_eq!(result(host), wanted, "{host}");
    }
}

/// A profile with `more` behind a sound beginning of three lines.
fn errors(more: &str) -> Vec<(usize, String)> {
    let text = format!("name = \"X\"\n[[kms]]\nhost = \"kms.example.edu\"\n{more}");
    let found = Site::parse("x.toml", &text, knowledge()).err().unwrap_or_default();
    assert!(found.iter().all(|e| e.file == "x.toml" && !e.help.is_empty()), "{found:?}");
    found.into_iter().map(|e| (e.line.unwrap(), e.what)).collect()
}

#[test]
fn mistakes_are_named_with_their_line() {
    assert!(errors("").is_empty());
    for (more, line, what) in [
        ("port = 0", 4, "1 to 65535"),
        ("adresses = []", 4, "adresses"),
        ("addresses = [\"192.0.2\"]", 4, "no address"),
        ("[[kms]]\nhost = \"a b\"", 5, "no name"),
        ("[[kms]]\nhost = \"kms.example.edu:1688\"", 5, "no name"),
        ("[[kms]]\nhost = \"kms.example.edu & calc\"", 5, "no name"),
        ("[[kms]]\nhost = \"127.0.0.1\"", 5, "itself"),
        ("[[kms]]\nhost = \"KMS.example.edu\"", 5, "twice"),
        ("[dns]\ndomains = [\".example.edu\"]", 5, "no name"),
        ("[network]\ncampus = [\"192.0.2.7/24\"]", 5, "behind its 24 bits"),
        ("[vpn]\nname = \"V\"\nlink = \"javascript:alert(1)\"", 6, "no address of a page"),
        ("[vpn]\nname = \"V\"\nlink = \"https://a\\\" onclick=\\\"b\"", 6, "no address of a page"),
        ("[helpdesk]\nname = \"H\"\nmail = \"nobody\"", 6, "no mail address"),
        ("[helpdesk]\nname = \"\\u001b[31m\"", 5, "control characters"),
        ("[time]\nzone = \"a\\\" & calc\"", 5, "no time zone"),
        ("[time]\noffset = \"8\"", 5, "no offset"),
        ("[editions]\nretired = [\"Win7\"]", 5, "no edition"),
        ("[editions]\nretired = [\"Windows 7\"]\nin-service = [\"Windows 7\"]", 5, "both in service and retired"),
        ("[expiring]\ndays = 365", 5, "1 to 180"),
        ("[remedy.R99.en]\nstep = \"x\"", 4, "no remedy `R99`"),
        ("[remedy.R02.fr]\nstep = \"x\"", 4, "no language `fr`"),
        ("[[rule]]\nid = \"x/y\"", 4, "missing field"),
        ("nonsense", 4, ""),
    ] {
        let found = errors(more);
        assert_eq!(found.len(), 1, "{more}: {found:?}");
        assert!(found[0].0 == line && found[0].1.contains(what), "{more}: {found:?}");
    }
    assert!(Site::parse("x", "", knowledge()).is_err() && Site::parse("x", "name = \"X\"\nkms = []", knowledge()).is_err());
}

/// Every line that a remedy may ask for is one that a full profile has.
#[test]
fn a_full_profile_has_every_line() {
    let site = with_site("sites/template.toml");
    let page = texts(site, &failed_at("kms.example.edu"), "en")[1].clone();
    for id in SITE_ROWS {
        let label = site.word("en", &format!("site-{id}"));
        assert!(label != "?" && page.contains(&format!("<span class=\"soft\">{label}</span>")), "{id}");
    }
    for remedy in site.remedies.values() {
        assert!(remedy.site.iter().all(|id| SITE_ROWS.contains(&id.as_str())), "{}", remedy.id);
    }
}

#[test]
fn own_rules_fire() {
    let rule = "[[rule]]\nid = \"kms-unreachable/site-own\"\ncause = \"kms-unreachable\"\ncertainty = \"certain\"\nabout = \"a\"\n\
                source = \"b\"\nread = \"2026-11-23\"\n[[rule.all]]\nas = \"host\"\nfact = \"kms-host\"\nwhere = { approved = \"yes\" }\n";
    assert!(errors(rule).is_empty());
    assert!(errors(&rule.replace("kms-host", "kms-hots"))[0].1.contains("did you mean `kms-host`"));
    assert!(errors(&rule.replace("id = \"kms-unreachable", "id = \"clock-skew"))[0].1.contains("does not begin with its cause"));
    let template = with_site("sites/template.toml");
    let input = format!("   IPv4 Address. . . . . . . . . . . : 198.51.100.7\n\n{}", failed_at("kms.example.edu"));
    let case = analyze(template, "case", &[Input::new("a.txt", input.as_bytes())]).case;
    assert!(case.findings.iter().any(|f| f.rule == "kms-unreachable/site-dormitory"), "{:?}", case.findings);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// No text breaks the reader, and every mistake has a line.
    #[test]
    fn reading_a_profile_never_panics(more in "(\\[+[a-z.\\[\\]R0-9-]{0,12}\\]+|[a-z-]{1,9} = ([0-9]{1,20}|\"[ -~\u{4e00}-\u{4e20}]{0,30}\"|\\[\"[0-9./:a-f]{0,20}\"\\])|[ -~]{0,20}|\n){0,12}") {
        let _ = errors(&more);
    }
}

#[test]
fn rooms_are_told_by_name_then_by_address() {
    let text = "[name]\nen = \"School\"\n[[kms]]\nhost = \"kms.example.edu\"\n[[room]]\nname = \"Lab 301\"\ncomputers = [\"LAB301-*\", \"*-teacher\"]\n\
                [[room]]\nname = \"Office\"\nnetworks = [\"192.0.2.0/25\"]\n[[room]]\nname = \"Rest\"\ncomputers = [\"*\"]\nnetworks = [\"192.0.2.0/24\"]\n";
    let site = Site::parse("s.toml", text, knowledge()).unwrap();
    let of = |name: &str, ip: &str| site.room(name, &ip.parse().into_iter().collect::<Vec<_>>()).unwrap_or_default().to_owned();
    assert_eq!(of("lab301-07", "192.0.2.3"), "Lab 301");
    assert_eq!(of("b-teacher", ""), "Lab 301");
    assert_eq!(of("lab3010", "198.51.100.3"), "Rest");
    let named = text.replace("computers = [\"*\"]\n", "");
    let site = Site::parse("s.toml", &named, knowledge()).unwrap();
    assert_eq!(site.room("pc", &["192.0.2.3".parse().unwrap()]), Some("Office"));
    assert_eq!(site.room("pc", &["192.0.2.200".parse().unwrap()]), Some("Rest"));
    assert_eq!(site.room("pc", &["198.51.100.1".parse().unwrap()]), None);
    let empty = format!("{named}[[room]]\nname = \"Nothing\"\n");
    let errors = Site::parse("s.toml", &empty, knowledge()).unwrap_err();
    assert!(errors[0].to_string().contains("without computers and networks"), "{}", errors[0]);
}
