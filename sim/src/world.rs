//! The topology: schools with a domain and a KMS host each, rooms with a network each, machines in them;
//! and the incidents that befall them.

use crate::fault::Fault;
use crate::rng::Rng;
use crate::texts::Language;

/// A product that a machine reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Product {
    /// As the tool calls it.
    pub label: &'static str,
    /// License name.
    pub name: &'static str,
    /// Activation id.
    pub id: &'static str,
    /// Last five characters of its published key.
    pub key: &'static str,
    /// Version of the licensing service; empty for Office.
    pub service: &'static str,
}

const WIN11: Product = Product {
    label: "windows 11",
    name: "Windows(R), Professional edition",
    id: "2de67392-b7a7-462a-b1ca-108dd189f588",
    key: "T83GX",
    service: "10.0.22631.4460",
};
/// Products with the share of machines that report them.
const PRODUCTS: [(Product, usize); 4] = [
    (WIN11, 45),
    (
        Product {
            label: "windows 10",
            name: "Windows(R), Education edition",
            id: "e0c42288-980c-4788-a014-c080d2e1926e",
            key: "VCFB2",
            service: "10.0.19041.5072",
        },
        30,
    ),
    (
        Product {
            label: "office 2021",
            name: "Office 21, Office21ProPlus2021VL_KMS_Client_AE edition",
            id: "fbdb3e18-a8ef-4fb3-9183-dffd60bd0984",
            key: "6F7TH",
            service: "",
        },
        15,
    ),
    (
        Product {
            label: "office 2019",
            name: "Office 19, Office19ProPlus2019VL_KMS_Client_AE edition",
            id: "85dd8b5f-eaa4-4af3-a628-cce9e77c9a03",
            key: "6MWKP",
            service: "",
        },
        10,
    ),
];

impl Product {
    /// Whether ospp.vbs reports it.
    #[must_use]
    pub const fn is_office(&self) -> bool {
        self.service.is_empty()
    }
}

/// A machine and what its owner collected.
#[derive(Debug, Clone)]
pub struct Machine {
    /// Its name, and that of its case.
    pub name: String,
    /// Number of its school.
    pub school: usize,
    /// Number of its room over the whole fleet.
    pub room: usize,
    /// DNS suffix.
    pub domain: String,
    /// Address.
    pub ip: String,
    /// KMS host that it asks.
    pub host: String,
    /// Whether the host was set by hand.
    pub manual: bool,
    /// What it reports.
    pub product: Product,
    /// What is wrong.
    pub fault: Fault,
    /// Client machine id.
    pub cmid: String,
    /// Minutes since its last renewal, where it is licensed.
    pub lease_age: i64,
    /// Hour of its newest request: hours since 1970.
    pub hour: Option<i64>,
    /// Language.
    pub language: Language,
    /// Number of the encoding among those of its language.
    pub encoding: usize,
    /// Whether ipconfig was collected.
    pub has_network: bool,
    /// Whether the command that decides a vague code was collected.
    pub has_proof: bool,
}

impl Machine {
    /// `10.0.3.0/24`.
    #[must_use]
    pub fn subnet(&self) -> String {
        subnet(self.room)
    }

    /// Whether the licence is in order.
    #[must_use]
    pub fn activated(&self) -> bool {
        self.fault == Fault::None
    }
}

fn subnet(room: usize) -> String {
    format!("10.{}.{}.0/24", room / 256 % 256, room % 256)
}

/// What befell several machines at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IncidentKind {
    /// A school's DNS has no SRV record.
    SrvMissing,
    /// A room's network is cut off from the host.
    Firewall,
    /// A school's host does not listen.
    HostDown,
    /// A school's host is not activated.
    HostNotReady,
    /// A school's host does not know Windows 11.
    HostTooOld,
    /// A room was cloned without sysprep.
    Clones,
    /// A school's clients ask two hosts.
    SplitCount,
    /// Some machines use a host that nobody approved.
    StrangeHost,
    /// A room's clocks are off.
    Clock,
    /// A room has not renewed for weeks.
    Renewals,
    /// Requests of one hour failed.
    Hour,
}

impl IncidentKind {
    /// Those whose output a machine can print so far; an hour shows in event logs only.
    pub const PRINTED: [Self; 10] = [
        Self::SrvMissing,
        Self::Firewall,
        Self::HostDown,
        Self::HostNotReady,
        Self::HostTooOld,
        Self::Clones,
        Self::SplitCount,
        Self::StrangeHost,
        Self::Clock,
        Self::Renewals,
    ];

    /// The pattern that should be found: kind, and cause where it names one.
    #[must_use]
    pub const fn pattern(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::SrvMissing => ("place", Some("kms-dns-not-found")),
            Self::Firewall => ("place", Some("kms-unreachable")),
            Self::HostDown => ("host", Some("kms-unreachable")),
            Self::HostNotReady => ("host", Some("kms-host-not-ready")),
            Self::HostTooOld => ("host-product", Some("kms-product-unsupported")),
            Self::Clones => ("shared-cmid", None),
            Self::SplitCount => ("split-count", Some("kms-count-low")),
            Self::StrangeHost => ("strange-host", None),
            Self::Clock => ("place", Some("clock-skew")),
            Self::Renewals => ("renewals-stopped", None),
            Self::Hour => ("hour", Some("kms-unreachable")),
        }
    }
}

/// An incident with the machines it befell.
#[derive(Debug, Clone)]
pub struct Incident {
    /// What.
    pub kind: IncidentKind,
    /// The word of the scope that the machines share.
    pub scope: &'static str,
    /// The value.
    pub key: String,
    /// Names of the machines.
    pub machines: Vec<String>,
}

/// A fleet.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// Machines in order of school and room.
    pub machines: Vec<Machine>,
    /// Incidents in order of school.
    pub incidents: Vec<Incident>,
    /// Approved hosts.
    pub hosts: Vec<String>,
    /// Domains.
    pub domains: Vec<String>,
}

/// What to draw.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Number of machines.
    pub machines: usize,
    /// Seed.
    pub seed: u64,
    /// Languages.
    pub languages: Vec<Language>,
    /// Incidents.
    pub kinds: Vec<IncidentKind>,
}

/// A Monday: hours since 1970, of the first request.
const FIRST_HOUR: i64 = 498_504;

/// Minutes of a full licence, and of a day.
const DAY: i64 = 1_440;

/// Draws a fleet.
#[must_use]
pub fn draw(wish: &Wish) -> World {
    let mut rng = Rng::new(wish.seed);
    let mut world = World::default();
    let mut room = 0;
    let mut school = 0;
    while world.machines.len() < wish.machines {
        let from = world.machines.len();
        let domain = format!("school{:02}.example.edu", school + 1);
        let host = format!("kms.{domain}");
        let rooms = rng.between(5, 9);
        for number in 0..rooms {
            let place = Place { school, room, number, domain: &domain, host: &host };
            for seat in 0..rng.between(24, 40) {
                if world.machines.len() < wish.machines {
                    world.machines.push(machine(&mut rng, wish, &place, seat));
                }
            }
            room += 1;
        }
        let machines = world.machines.get_mut(from..).unwrap_or_default();
        let kind = wish.kinds.get((school + usize::try_from(wish.seed % 97).unwrap_or(0)) % wish.kinds.len().max(1));
        // A school in four is spared.
        if let Some(kind) = kind.filter(|_| !rng.chance(25) && machines.len() >= 60) {
            world.incidents.extend(befall(&mut rng, *kind, machines));
        }
        world.hosts.push(host);
        world.domains.push(domain);
        school += 1;
    }
    add_hosts(&mut world);
    world
}

/// Second hosts are approved like the first; strange ones are not.
fn add_hosts(world: &mut World) {
    let second = world.machines.iter().map(|m| m.host.clone()).filter(|h| h.starts_with("kms2."));
    let mut hosts: Vec<String> = second.collect();
    hosts.sort();
    hosts.dedup();
    world.hosts.extend(hosts);
}

struct Place<'a> {
    school: usize,
    room: usize,
    number: usize,
    domain: &'a str,
    host: &'a str,
}

fn machine(rng: &mut Rng, wish: &Wish, place: &Place<'_>, seat: usize) -> Machine {
    let prefix = if place.number == 0 { "ADM".to_owned() } else { format!("LAB{}", 200 + place.number) };
    let mut draw = rng.below(100);
    let mut product = WIN11;
    for (candidate, share) in PRODUCTS {
        product = candidate;
        if draw < share {
            break;
        }
        draw -= share;
    }
    let fault = if rng.chance(6) { rng.pick(&Fault::SINGLE, Fault::None) } else { Fault::None };
    let fault = match fault {
        Fault::None | Fault::SrvMissing => fault,
        _ if product.is_office() => Fault::OfficePath,
        other => other,
    };
    // A computer that was off for weeks, for reasons of its own.
    let lease_age = if rng.chance(4) { rng.between(9, 145) } else { rng.below(7) };
    Machine {
        name: format!("S{:02}-{prefix}-{:02}", place.school + 1, seat + 1),
        school: place.school,
        room: place.room,
        domain: place.domain.to_owned(),
        ip: subnet(place.room).replace(".0/24", &format!(".{}", seat + 20)),
        host: place.host.to_owned(),
        manual: fault != Fault::SrvMissing && rng.chance(20),
        product,
        fault,
        cmid: rng.guid(),
        lease_age: i64::try_from(lease_age).unwrap_or(0) * DAY + i64::try_from(rng.below(1_440)).unwrap_or(0),
        hour: None,
        language: rng.pick(&wish.languages, Language::En),
        encoding: rng.below(100),
        has_network: rng.chance(90),
        has_proof: rng.chance(90),
    }
}

/// Lets an incident befall a school.
fn befall(rng: &mut Rng, kind: IncidentKind, machines: &mut [Machine]) -> Option<Incident> {
    let first = machines.first()?.clone();
    let room = machines.get(rng.below(machines.len()))?.room;
    let (scope, key) = match kind {
        IncidentKind::SrvMissing => ("suffix", first.domain.clone()),
        IncidentKind::HostDown | IncidentKind::HostNotReady => ("host", first.host.clone()),
        IncidentKind::HostTooOld => ("host-product", format!("{} windows 11", first.host)),
        IncidentKind::SplitCount => ("host", format!("{} kms2.{}", first.host, first.domain)),
        IncidentKind::StrangeHost => ("host", format!("kms.s{:02}.example.net", first.school + 1)),
        IncidentKind::Clones => ("cmid", rng.guid()),
        IncidentKind::Hour => ("host-hour", String::new()),
        IncidentKind::Firewall | IncidentKind::Clock | IncidentKind::Renewals => ("subnet", subnet(room)),
    };
    let start = rng.between(12, 60);
    let mut befallen = Vec::new();
    for (number, machine) in machines.iter_mut().enumerate() {
        if hit(rng, kind, machine, &Hit { room, number, key: &key, start }) {
            befallen.push(machine.name.clone());
        }
    }
    if kind == IncidentKind::Hour {
        return hour(rng, machines);
    }
    Some(Incident { kind, scope, key, machines: befallen })
}

struct Hit<'a> {
    room: usize,
    number: usize,
    key: &'a str,
    start: usize,
}

/// What an incident does to one machine.
fn hit(rng: &mut Rng, kind: IncidentKind, machine: &mut Machine, at: &Hit<'_>) -> bool {
    let here = machine.room == at.room;
    let fault = match kind {
        IncidentKind::SrvMissing if !machine.manual && rng.chance(95) => Fault::SrvMissing,
        IncidentKind::Firewall if here && rng.chance(95) => Fault::Firewall,
        IncidentKind::HostDown if rng.chance(95) => Fault::HostDown,
        IncidentKind::HostNotReady if rng.chance(95) => Fault::HostNotReady,
        IncidentKind::HostTooOld if machine.product.label == "windows 11" && rng.chance(95) => Fault::HostTooOld,
        IncidentKind::Clock if here && rng.chance(95) => Fault::Clock,
        IncidentKind::StrangeHost if rng.chance(6) => {
            at.key.clone_into(&mut machine.host);
            machine.manual = true;
            if rng.chance(50) { Fault::StrangeHost } else { Fault::None }
        }
        IncidentKind::SplitCount => {
            if at.number % 2 == 1 {
                machine.host = format!("kms2.{}", machine.domain);
            }
            machine.manual = true;
            Fault::CountLow
        }
        IncidentKind::Clones if here => {
            at.key.clone_into(&mut machine.cmid);
            return true;
        }
        IncidentKind::Renewals if here => {
            let days = at.start + rng.below(7);
            machine.lease_age = i64::try_from(days).unwrap_or(0) * DAY + i64::try_from(rng.below(1_440)).unwrap_or(0);
            return true;
        }
        _ => return false,
    };
    machine.fault = fault;
    true
}

/// All machines of a school asked at some hour; those of one hour failed.
fn hour(rng: &mut Rng, machines: &mut [Machine]) -> Option<Incident> {
    let bad = FIRST_HOUR + i64::try_from(rng.below(40)).ok()?;
    let mut befallen = Vec::new();
    for machine in machines.iter_mut() {
        let apart = i64::try_from(rng.below(10)).ok()?;
        machine.hour = Some(bad + apart - 4);
        if apart == 4 {
            machine.fault = Fault::HostDown;
            befallen.push(machine.name.clone());
        }
    }
    let key = format!("{} {}", machines.first()?.host, hour_text(bad));
    Some(Incident { kind: IncidentKind::Hour, scope: "host-hour", key, machines: befallen })
}

/// Hours since 1970 → `2026-11-16 08:00`, within the month of `FIRST_HOUR`.
#[must_use]
pub fn hour_text(hour: i64) -> String {
    let since = hour - FIRST_HOUR;
    format!("2026-11-{:02} {:02}:00", 14 + since.div_euclid(24), since.rem_euclid(24))
}
