//! What a machine prints, file by file, and in which bytes.

use crate::fault::Fault;
use crate::texts::{Language, Texts};
use crate::world::Machine;

/// A file that a machine's owner collected.
#[derive(Debug, Clone)]
pub struct Output {
    /// File name.
    pub name: &'static str,
    /// Text with CRLF line ends.
    pub text: String,
}

const PROMPT: &str = "C:\\Windows\\System32>";
const FULL_MINUTES: i64 = 180 * 1_440;

/// Everything that was collected on a machine.
#[must_use]
pub fn outputs(texts: &Texts, machine: &Machine) -> Vec<Output> {
    let printer = Printer { texts, machine };
    let mut files = Vec::new();
    if machine.product.is_office() {
        files.push(Output { name: "ospp.txt", text: printer.ospp() });
    } else {
        files.push(Output { name: "slmgr.txt", text: printer.slmgr() });
    }
    let network = printer.network();
    if !network.is_empty() {
        files.push(Output { name: "network.txt", text: network });
    }
    for file in &mut files {
        file.text = file.text.replace('\n', "\r\n");
    }
    files
}

/// The bytes of a text, and the name of the encoding: what the console or an editor of that language writes.
#[must_use]
pub fn encode(machine: &Machine, text: &str) -> (Vec<u8>, &'static str) {
    let local = match machine.language {
        Language::En => None,
        Language::ZhTw => Some((encoding_rs::BIG5, "big5")),
        Language::ZhCn => Some((encoding_rs::GBK, "gbk")),
    };
    match (machine.encoding % 4, local) {
        (0 | 1, Some((encoding, name))) => {
            let (bytes, _, lossy) = encoding.encode(text);
            if lossy { (text.as_bytes().to_vec(), "utf-8") } else { (bytes.into_owned(), name) }
        }
        (2, _) => {
            let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
            (units.flat_map(u16::to_le_bytes).collect(), "utf-16le")
        }
        (3, _) => ([&[0xEF, 0xBB, 0xBF], text.as_bytes()].concat(), "utf-8-bom"),
        _ => (text.as_bytes().to_vec(), "utf-8"),
    }
}

struct Printer<'a> {
    texts: &'a Texts,
    machine: &'a Machine,
}

impl Printer<'_> {
    fn say(&self, key: &str, slots: &[(&str, &str)]) -> String {
        self.texts.get(self.machine.language, key, slots)
    }

    /// A label with its value: labels end in a blank where the tool has one.
    fn label(&self, key: &str, value: &str) -> String {
        format!("{}{value}\n", self.say(key, &[]))
    }

    fn slmgr(&self) -> String {
        let m = self.machine;
        let mut text = String::new();
        if m.manual && m.fault != Fault::Typo {
            let said = self.say("L_MsgKmsNameSet", &[("%KMS%", &m.host)]);
            text += &format!("{PROMPT}cscript //nologo slmgr.vbs /skms {}\n{said}\n\n", m.host);
        }
        match m.fault {
            Fault::Typo => {
                let said = self.label("L_MsgUnrecognizedOption", "/atoo");
                return format!("{PROMPT}cscript //nologo slmgr.vbs /atoo\n{said}\n{PROMPT}");
            }
            Fault::WrongKey | Fault::BlockedKey => {
                let error = self.error(m.fault.code().unwrap_or_default());
                text += &format!("{PROMPT}cscript //nologo slmgr.vbs /ipk XXXXX-XXXXX-XXXXX-XXXXX-XXXXX\n{error}\n");
            }
            Fault::None | Fault::Retail => {}
            fault => text += &self.ato(fault),
        }
        text += &format!("{PROMPT}cscript //nologo slmgr.vbs /dlv\n{}\n{PROMPT}", self.dlv());
        text
    }

    fn ato(&self, fault: Fault) -> String {
        let p = self.machine.product;
        let activating = self.say("L_MsgActivating", &[("%PRODUCTNAME%", p.name), ("%PRODUCTID%", p.id)]);
        let error = self.error(fault.code().unwrap_or_default());
        format!("{PROMPT}cscript //nologo slmgr.vbs /ato\n{activating}\n{error}\n")
    }

    /// A code with the text that slmgr has for it, else the sentence about slui.
    fn error(&self, code: &str) -> String {
        let key = format!("L_MsgError_{code}");
        let text = if self.texts.has(&key) { self.say(&key, &[]) } else { self.say("L_MsgErrorText_6", &[("%ERRCODE%", code)]) };
        format!("{}0x{code} {text}\n", self.say("L_MsgErrorText_8", &[]))
    }

    fn dlv(&self) -> String {
        let m = self.machine;
        let p = m.product;
        let channel = if m.fault == Fault::Retail { "RETAIL" } else { "VOLUME_KMSCLIENT" };
        let mut text = self.label("L_MsgServiceVersion", p.service) + "\n";
        text += &self.label("L_MsgProductName", p.name);
        text += &self.label("L_MsgProductDesc", &format!("Windows(R) Operating System, {channel} channel"));
        text += &self.label("L_MsgActID", p.id);
        text += &self.label("L_MsgAppID", "55c92734-d682-4d71-983e-d6ec3f16059f");
        text += &self.label("L_MsgChannel", if m.fault == Fault::Retail { "Retail" } else { "Volume:GVLK" });
        text += &self.label("L_MsgPartialPKey", if m.fault == Fault::Retail { "3V66T" } else { p.key });
        text += &if m.activated() { self.licensed() } else { self.unlicensed() };
        text += &self.say("L_MsgRemainingWindowsRearmCount", &[("%COUNT%", "1001")]);
        text += "\n";
        text += &self.say("L_MsgRemainingSkuRearmCount", &[("%COUNT%", "1001")]);
        text += "\n";
        if m.fault != Fault::Retail {
            text += &(self.say("L_MsgVLActivationTypeAll", &[]) + "\n");
            text += &if m.activated() { self.client() } else { self.say("L_MsgPleaseActivateRefreshKMSInfo", &[]) + "\n" };
        }
        text
    }

    fn licensed(&self) -> String {
        let left = FULL_MINUTES - self.machine.lease_age;
        let (minutes, days) = (left.to_string(), (left + 1_439) / 1_440);
        let slots = [("%MINUTE%", minutes.as_str()), ("%DAY%", &days.to_string())];
        format!("{}\n{}\n", self.say("L_MsgLicenseStatusLicensed_1", &[]), self.say("L_MsgLicenseStatusVL_1", &slots))
    }

    fn unlicensed(&self) -> String {
        let code = if self.machine.fault == Fault::Retail { "C004F034" } else { "C004F056" };
        let key = if code == "C004F034" { "L_MsgNotificationErrorReasonOther" } else { "L_MsgNotificationErrorReasonExpiration" };
        let reason = self.say(key, &[("%ERRCODE%", code)]);
        format!("{}\n{reason}\n", self.say("L_MsgLicenseStatusNotification_1", &[]))
    }

    /// What a licensed client says about its host.
    fn client(&self) -> String {
        let m = self.machine;
        let host = format!("{}:1688", m.host);
        let mut text = format!("\n{}\n{}\n", self.say("L_MsgVLMostRecentActivationInfo", &[]), self.say("L_MsgKmsInfo", &[]));
        let rows = [
            self.label("L_MsgCmid", &m.cmid),
            self.label(if m.manual { "L_MsgRegisteredKmsName" } else { "L_MsgKmsFromDns" }, &host),
            self.label("L_MsgKmsIpAddress", &format!("10.250.{}.10", m.school % 250)),
            self.say("L_MsgActivationInterval", &[("%INTERVAL%", "120")]) + "\n",
            self.say("L_MsgRenewalInterval", &[("%INTERVAL%", "10080")]) + "\n",
            self.say("L_MsgKmsHostCachingEnabled", &[]) + "\n",
        ];
        for row in rows {
            text += &format!("    {row}");
        }
        text
    }

    fn ospp(&self) -> String {
        let m = self.machine;
        if m.fault == Fault::OfficePath {
            let path = format!("{}ospp.vbs", PROMPT.trim_end_matches('>').to_owned() + "\\");
            let said = self.say("wsh.input.nofile", &[("{path}", &path)]);
            return format!("{PROMPT}cscript ospp.vbs /act\n{said}\n\n{PROMPT}");
        }
        let prompt = "C:\\Program Files\\Microsoft Office\\Office16>";
        let mut text = String::new();
        if m.manual {
            text += &frame(prompt, &format!("/sethst:{}", m.host), "Successfully applied setting.\n");
        }
        if let Some(code) = m.fault.code() {
            text += &frame(prompt, "/act", &self.act(code));
        }
        text += &frame(prompt, "/dstatus", &self.dstatus());
        text + prompt
    }

    fn block(&self) -> String {
        let p = self.machine.product;
        let family = p.name.split(',').next().unwrap_or_default();
        format!("SKU ID: {}\nLICENSE NAME: {}\nLICENSE DESCRIPTION: {family}, VOLUME_KMSCLIENT channel\n", p.id, p.name)
    }

    fn act(&self, code: &str) -> String {
        let described = office_text(code);
        let hint = match code {
            "C004F074" => "To view the activation event history run: cscript OSPP.VBS /dhistorykms\n",
            _ => "",
        };
        format!(
            "Installed product key detected - attempting to activate the following product:\n{}\
             Last 5 characters of installed product key: {}\nERROR CODE: 0x{code}\nERROR DESCRIPTION: {described}\n{hint}{RULE}",
            self.block(),
            self.machine.product.key,
        )
    }

    fn dstatus(&self) -> String {
        let m = self.machine;
        let mut text = format!("PRODUCT ID: 00467-40000-00000-AA{:03}\n{}", m.encoding, self.block());
        if m.activated() {
            let left = FULL_MINUTES - m.lease_age;
            text +=
                &format!("LICENSE STATUS:  ---LICENSED--- \nREMAINING GRACE: {} days  ({left} minute(s) before expiring)\n", left / 1_440);
        } else {
            text += "LICENSE STATUS:  ---NOTIFICATIONS--- \nERROR CODE: 0xC004F056\nERROR DESCRIPTION: The Software Licensing Service reported that the product could not be activated using the Key Management Service (KMS).\n";
        }
        text += &format!("Last 5 characters of installed product key: {}\nActivation Type Configuration: ALL\n", m.product.key);
        text += &match (m.manual, m.fault) {
            (true, _) => format!("\tKMS machine registry override defined: {}:1688\n", m.host),
            (false, Fault::SrvMissing) => "\tDNS auto-discovery: KMS name not available\n".to_owned(),
            (false, _) => format!("\tKMS machine name from DNS: {}:1688\n", m.host),
        };
        text += "\tActivation Interval: 120 minutes\n\tRenewal Interval: 10080 minutes\n\tKMS host caching: Enabled\n";
        text + RULE
    }

    /// ipconfig, and the command that decides between causes.
    fn network(&self) -> String {
        let m = self.machine;
        let mut text = String::new();
        if m.has_network {
            let values = [
                ("ipconfig.host", "{x}", m.name.as_str()),
                ("ipconfig.primary", "{x}", ""),
                ("ipconfig.search", "{x}", &m.domain),
                ("ipconfig.conn", "{x}", &m.domain),
                ("ipconfig.ipv4", "{ip}", &m.ip),
                ("ipconfig.dns", "{ip}", "10.250.0.53"),
            ];
            text += &format!("C:\\>ipconfig /all\n\n{}\n\n", self.say("ipconfig.title", &[]));
            for (key, slot, value) in values {
                text += &format!("   {}\n", self.say(key, &[(slot, value)]));
            }
            text += "\n";
        }
        if m.has_proof {
            text += &self.proof();
        }
        text
    }

    fn proof(&self) -> String {
        let m = self.machine;
        let asked = format!("C:\\>nslookup -type=srv _vlmcs._tcp.{}\n", m.domain);
        let server = format!("{}\nAddress:  10.250.0.53\n\n", self.say("nslookup.server", &[("{x}", "dns.example.edu")]));
        match m.fault {
            Fault::SrvMissing => {
                let name = format!("_vlmcs._tcp.{}", m.domain);
                let said = self.say("nslookup.nxdomain", &[("{server}", "dns.example.edu"), ("{name}", &name)]);
                format!("{asked}{server}{said}\n\n")
            }
            Fault::Firewall | Fault::HostDown | Fault::StrangeHost => self.port_closed(),
            Fault::HostNotReady | Fault::HostTooOld | Fault::CountLow if !m.manual => format!(
                "{asked}{server}_vlmcs._tcp.{}\tSRV service location:\n          priority       = 0\n          weight         = 0\n          \
                 port           = 1688\n          svr hostname   = {}\n{}\tinternet address = 10.250.{}.10\n\n",
                m.domain,
                m.host,
                m.host,
                m.school % 250
            ),
            Fault::Clock => {
                let head = self.say(
                    "w32tm.strip.head",
                    &[("{host}", "time.example.edu"), ("{ip}", "10.250.0.123"), ("{n}", "2"), ("{dt}", "2026/11/20 16:14:02")],
                );
                format!(
                    "C:\\>w32tm /stripchart /computer:time.example.edu /samples:2 /dataonly\n{head}\n16:14:02, -28799.4604534s\n16:14:04, -28799.4604101s\n\n"
                )
            }
            _ => String::new(),
        }
    }

    fn port_closed(&self) -> String {
        let m = self.machine;
        let warning = match m.language {
            Language::En => "WARNING",
            Language::ZhTw => "警告",
            Language::ZhCn => "警告",
        };
        let ip = format!("10.250.{}.10", m.school % 250);
        format!(
            "PS C:\\> Test-NetConnection {host} -Port 1688\n{warning}: TCP connect to ({ip} : 1688) failed\n\n\n\
             ComputerName           : {host}\nRemoteAddress          : {ip}\nRemotePort             : 1688\n\
             InterfaceAlias         : Ethernet\nSourceAddress          : {}\nPingSucceeded          : True\n\
             PingReplyDetails (RTT) : 4 ms\nTcpTestSucceeded       : False\n\n",
            m.ip,
            host = m.host,
        )
    }
}

const RULE: &str = "---------------------------------------\n";

fn frame(prompt: &str, command: &str, body: &str) -> String {
    format!(
        "{prompt}cscript //nologo OSPP.VBS {command}\n---Processing--------------------------\n{RULE}{body}{RULE}---Exiting-----------------------------\n\n"
    )
}

/// What ospp.vbs says about a code; of codes that are not the licensing service's it knows the number only.
fn office_text(code: &str) -> String {
    let text = match code {
        "C004F038" => {
            "The Software Licensing Service reported that the product could not be activated. The count reported by your Key Management Service (KMS) is insufficient. Please contact your system administrator."
        }
        "C004F041" => {
            "The Software Licensing Service determined that the Key Management Service (KMS) is not activated. KMS needs to be activated. Please contact system administrator."
        }
        "C004F042" => "The Software Licensing Service determined that the specified Key Management Service (KMS) cannot be used.",
        "C004F06C" => {
            "The Software Licensing Service reported that the product could not be activated. The Key Management Service (KMS) determined that the request timestamp is invalid."
        }
        "C004F074" => {
            "The Software Licensing Service reported that the product could not be activated. No Key Management Service (KMS) could be contacted. Please see the Application Event Log for additional information."
        }
        _ => return format!("Run the following: cscript ospp.vbs /ddescr:0x{code}"),
    };
    text.to_owned()
}
