//! Texts with secrets in them: every kind, in three languages, in the encodings and widths that consoles have.
//! The same number gives the same texts.

#![expect(clippy::indexing_slicing, clippy::string_slice, reason = "tables of a test's own, and places that were just found")]

/// A case that says a lot about somebody.
pub(crate) struct Planted {
    /// Name and bytes.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// What must not be in what is given away, lower case.
    pub(crate) secrets: Vec<String>,
}

/// Numbers that look drawn by lot.
struct Lot(u64);

impl Lot {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most as u64).unwrap_or(0)
    }

    fn of(&mut self, alphabet: &str, count: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..count).filter_map(|_| letters.get(self.below(letters.len())).copied()).collect()
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of.get(self.below(of.len())).copied().unwrap_or_default()
    }
}

const KEY: &str = "BCDFGHJKMPQRTVWXY2346789";
const HEX: &str = "0123456789abcdef";
const DIGITS: &str = "123456789";
const CAPITALS: &str = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789";

/// Languages of the lines.
const EN: usize = 0;
const TW: usize = 1;

/// A line with a secret in it, and the secret.
fn line(lot: &mut Lot, language: usize) -> (String, String) {
    match lot.below(16) {
        0 => {
            let groups: Vec<String> = (0..5).map(|_| lot.of(KEY, 5)).collect();
            let (key, head) = (groups.join("-"), groups[..4].join("-"));
            let lead = lot.one(&["cscript //nologo slmgr.vbs /ipk ", "金鑰 ", "key=", "slmgr -ipk "]);
            (format!("{lead}{key}"), head)
        }
        1 | 2 => {
            let name = user(lot, language);
            let lead = lot.one(&["C:\\Users\\", "PS C:\\Users\\", "\"stdout\":\"C:\\\\Users\\\\"]);
            let rest = lot.one(&[">", "\\Desktop>", "\\Desktop>cscript slmgr.vbs /ato"]);
            (format!("{lead}{name}{rest}"), name)
        }
        3 => {
            let name = user(lot, language);
            let lead = [
                ["Username: ", "User name: ", "Owner: "],
                ["使用者名稱: ", "帳號：", "執行身分使用者: "],
                ["用户名: ", "账号：", "登录名: "],
            ];
            let domain = lot.one(&["", "WORKGROUP\\", "NT-DOM\\"]);
            (format!("{}{domain}{name}", lot.one(&lead[language])), name)
        }
        4 | 5 => {
            let name = computer(lot);
            let lead = [
                ["   Host Name . . . . . . . . . . . . : ", "Machine name: ", "Computer: "],
                ["   主機名稱 . . . . . . . . . . . . .: ", "電腦名稱: ", "裝置名稱："],
                ["   主机名  . . . . . . . . . . . . . : ", "计算机名: ", "设备名称："],
            ];
            (format!("{}{name}", lot.one(&lead[language])), name)
        }
        6 => {
            let mail =
                format!("{}{}@{}.example.edu", lot.of("abcdefghijklmnoprstuwy", 6), lot.of(DIGITS, 3), lot.one(&["mail", "gs", "stu"]));
            (format!("{}{mail}{}", lot.one(&["Contact ", "請寄到 ", "联系 <", "("]), lot.one(&["", ".", ">", " 謝謝"])), mail)
        }
        7 => {
            let number = format!("{}{}", lot.of("BDFMSRPUT", 1), lot.of(DIGITS, 8));
            (
                format!("{}{number}{}", lot.one(&["", "student ", "我是 ", "学号："]), lot.one(&["", " cannot activate", " 啟用失敗"])),
                number,
            )
        }
        8 | 9 => address(lot),
        10 => {
            let address = format!("2001:db8:{}:{}::{}", lot.of("123456789abc", 4), lot.of("123456789abc", 3), lot.of("123456789abc", 4));
            (format!("   IPv6 Address. . . . . . . . . . . : {address}"), address)
        }
        kind => number_line(lot, language, kind),
    }
}

/// The same with ids made of digits.
fn number_line(lot: &mut Lot, language: usize, kind: usize) -> (String, String) {
    match kind {
        11 => {
            let id = lot.of(DIGITS, 63);
            let lead = ["Installation ID: ", "安裝識別碼: ", "安装 ID: "];
            (format!("{}{id}", lead[language]), id)
        }
        12 => {
            let blocks: Vec<String> = (0..9).map(|_| lot.of(DIGITS, 7)).collect();
            let id = blocks.join(lot.one(&["-", " "]));
            (format!("{}{id}", lot.one(&["ID ", "", "識別碼 "])), id)
        }
        13 => {
            let id = format!("{}-{}-{}-{}-{}", lot.of(HEX, 8), lot.of(HEX, 4), lot.of(HEX, 4), lot.of(HEX, 4), lot.of(HEX, 12));
            let lead = ["    Client Machine ID (CMID): ", "    用戶端電腦識別碼 (CMID): ", "    客户端计算机 ID (CMID): "];
            (format!("{}{id}", lead[language]), id)
        }
        14 => {
            let pairs: Vec<String> = (0..6).map(|_| lot.of("0123456789ABCDEF", 2)).collect();
            let mac = pairs.join(lot.one(&["-", ":"]));
            (format!("   Physical Address. . . . . . . . . : {mac}"), mac)
        }
        _ => {
            let sid = format!("S-1-5-21-{}-{}-{}-{}", lot.of(DIGITS, 10), lot.of(DIGITS, 9), lot.of(DIGITS, 10), lot.of(DIGITS, 4));
            (format!("User: {sid}"), sid)
        }
    }
}

fn user(lot: &mut Lot, language: usize) -> String {
    let latin = |lot: &mut Lot| format!("{}{}", lot.one(&["chen", "lin", "wang", "zhang", "huang"]), lot.of("abcdeghijklmnoprstuwyz", 5));
    match lot.below(4) {
        0 if language == TW => format!("{}{}", lot.one(&["陳", "林", "黃", "張", "劉"]), lot.of("怡君雅婷宗翰家豪淑芬志明", 3)),
        0 if language != EN => format!("{}{}", lot.one(&["陈", "李", "黄", "张", "刘"]), lot.of("伟芳娜敏静强磊洋艳勇", 3)),
        1 => format!("{} {}", latin(lot), latin(lot)),
        _ => latin(lot),
    }
}

fn computer(lot: &mut Lot) -> String {
    match lot.below(3) {
        0 => format!("DESKTOP-{}", lot.of(CAPITALS, 7)),
        1 => format!("{}-{}", lot.one(&["LAB", "DORM", "lib"]), lot.of(DIGITS, 5)),
        _ => format!("{}{}", lot.one(&["asus", "acer", "Lenovo"]), lot.of("bcdfgh123456789", 6)),
    }
}

fn address(lot: &mut Lot) -> (String, String) {
    let last = [lot.below(250) + 2, lot.below(250) + 2, lot.below(250) + 2].map(|n| n.to_string());
    let address = match lot.below(4) {
        0 => format!("10.{}", last.join(".")),
        1 => format!("192.168.{}", last[..2].join(".")),
        2 => format!("172.20.{}", last[..2].join(".")),
        _ => format!("140.{}", last.join(".")),
    };
    let (lead, rest) = (
        lot.one(&["   IPv4 Address. . . . . . . . . . . : ", "   IPv4 位址 . . . . . . . . . . . . .: ", "from ", "位址為"]),
        lot.one(&["", "(Preferred)", " ok", "，謝謝"]),
    );
    (format!("{lead}{address}{rest}"), address)
}

/// A case with `count` secrets; `number` decides which, the language, the encoding and the width.
pub(crate) fn case(number: u64, count: usize) -> Planted {
    let mut lot = Lot(number.wrapping_mul(7919));
    let language = lot.below(3);
    let encoding = lot.below(5);
    let end = lot.one(&["\r\n", "\n"]);
    let width = [usize::MAX, 80, 120, usize::MAX][lot.below(4)];
    let mut text = String::from("C:\\>cscript //nologo slmgr.vbs /dlv\n");
    let mut secrets = Vec::new();
    for _ in 0..count {
        let (row, secret) = line(&mut lot, language);
        let fits = encoding < 3 || plain(&row, encoding, language);
        let (row, secret) = if fits { (row, secret) } else { address_in_english(&mut lot) };
        text.push_str(&wrapped(&row, width));
        text.push('\n');
        secrets.push(secret.to_lowercase());
    }
    text.push_str("Error: 0xC004F074 The Software Licensing Service reported that the computer could not be activated.\n");
    let bytes = encoded(&text.replace('\n', end), encoding, language);
    Planted { files: vec![("slmgr.txt".to_owned(), bytes)], secrets }
}

fn address_in_english(lot: &mut Lot) -> (String, String) {
    let address = format!("10.{}.{}.{}", lot.below(200) + 2, lot.below(200) + 2, lot.below(200) + 2);
    (format!("from {address} ok"), address)
}

/// Whether a code page has every letter.
fn plain(row: &str, encoding: usize, language: usize) -> bool {
    !page(encoding, language).encode(row).2
}

/// The code page of a Chinese Windows.
fn page(_: usize, language: usize) -> &'static encoding_rs::Encoding {
    if language == TW || language == EN { encoding_rs::BIG5 } else { encoding_rs::GBK }
}

fn encoded(text: &str, encoding: usize, language: usize) -> Vec<u8> {
    match encoding {
        0 => text.as_bytes().to_vec(),
        1 => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
        2 => [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
        _ => page(encoding, language).encode(text).0.into_owned(),
    }
}

/// A row as a console of that many columns shows it.
fn wrapped(row: &str, columns: usize) -> String {
    let (mut out, mut used) = (String::new(), 0);
    for c in row.chars() {
        let wide = if c.is_ascii() { 1 } else { 2 };
        if used + wide > columns {
            out.push('\n');
            used = 0;
        }
        out.push(c);
        used += wide;
    }
    out
}

/// The secrets that can still be read in a text, line ends between or not.
pub(crate) fn left(secrets: &[String], text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let joined: String = lower.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    let word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let stands = |text: &str, secret: &str| {
        text.match_indices(secret).any(|(at, _)| {
            let (before, behind) = (text[..at].chars().next_back(), text[at + secret.len()..].chars().next());
            !(word(before) && word(secret.chars().next()) || word(behind) && word(secret.chars().next_back()))
        })
    };
    secrets.iter().filter(|s| stands(&lower, s) || stands(&joined, s)).cloned().collect()
}
