//! What the page asks, as one block of bytes: `odd u32`, then language, name of the case, and name and content of each
//! file, each as `length u32` and that many bytes. Numbers are little-endian, names UTF-8.

/// A question of the page.
#[derive(Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// Whether chunks of a log that need the thorough reader are read: not again after it failed.
    pub odd_chunks: bool,
    /// Language to answer in.
    pub locale: &'a str,
    /// Name of the case where its files share none.
    pub case: &'a str,
    /// Names and contents.
    pub files: Vec<(&'a str, &'a [u8])>,
}

/// Bytes that are no request.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed;

impl<'a> Request<'a> {
    /// Reads the block.
    ///
    /// # Errors
    /// When a length goes beyond the end, or a name is not UTF-8.
    pub fn parse(mut bytes: &'a [u8]) -> Result<Self, Malformed> {
        let odd_chunks = number(&mut bytes)? != 0;
        let locale = text(&mut bytes)?;
        let case = text(&mut bytes)?;
        let mut files = Vec::new();
        while !bytes.is_empty() {
            files.push((text(&mut bytes)?, block(&mut bytes)?));
        }
        Ok(Self { odd_chunks, locale, case, files })
    }
}

fn number(bytes: &mut &[u8]) -> Result<u32, Malformed> {
    let (number, rest) = bytes.split_first_chunk::<4>().ok_or(Malformed)?;
    *bytes = rest;
    Ok(u32::from_le_bytes(*number))
}

fn block<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8], Malformed> {
    let length = number(bytes)? as usize;
    let (block, rest) = bytes.split_at_checked(length).ok_or(Malformed)?;
    *bytes = rest;
    Ok(block)
}

fn text<'a>(bytes: &mut &'a [u8]) -> Result<&'a str, Malformed> {
    str::from_utf8(block(bytes)?).map_err(|_| Malformed)
}

#[cfg(test)]
mod tests {
    use super::{Malformed, Request};

    fn request() -> Vec<u8> {
        let mut bytes = 1_u32.to_le_bytes().to_vec();
        for part in [&b"en"[..], b"case", b"a.txt", b"\xff\0", "乙.txt".as_bytes(), b""] {
            bytes.extend(u32::try_from(part.len()).unwrap().to_le_bytes());
            bytes.extend(part);
        }
        bytes
    }

    #[test]
    fn what_goes_in_is_understood() {
        let bytes = request();
        let files = vec![("a.txt", &b"\xff\0"[..]), ("乙.txt", &b""[..])];
        assert_eq!(Request::parse(&bytes), Ok(Request { odd_chunks: true, locale: "en", case: "case", files }));
    }

    #[test]
    fn what_is_cut_or_lies_about_its_length_is_refused() {
        let bytes = request();
        let whole: Vec<usize> = (0..bytes.len()).filter(|&end| Request::parse(&bytes[..end]).is_ok()).collect();
        // After the case's name, and after each file.
        assert_eq!(whole, [18, 33]);
        let mut long = bytes.clone();
        long[18..22].fill(0xff);
        assert_eq!(Request::parse(&long), Err(Malformed));
        let mut name = bytes;
        name[22] = 0xff;
        assert_eq!(Request::parse(&name), Err(Malformed));
    }
}
