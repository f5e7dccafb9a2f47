//! What the page calls. One request at a time: `input` gives room for it, `analyze` answers it, `output` says where the
//! parts of the answer lie. Memory stays this side's, so that nothing is freed twice or forgotten.

#![allow(unsafe_code, reason = "names that WebAssembly exports, and the random numbers that it does not have")]

use std::cell::{OnceCell, RefCell};

use kms_triage::Knowledge;

use crate::{Request, knowledge, words};

/// The answer is there.
const DONE: u32 = 0;
/// The request cannot be read.
const MALFORMED: u32 = 1;
/// A template cannot be rendered; output 0 says why.
const BROKEN: u32 = 2;

thread_local! {
    static KNOWLEDGE: OnceCell<Knowledge> = const { OnceCell::new() };
    static INPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static OUTPUT: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn answer(status: u32, parts: Vec<String>) -> u32 {
    OUTPUT.replace(parts);
    status
}

/// Loads the knowledge and rehearses.
#[unsafe(no_mangle)]
extern "C" fn warm() {
    KNOWLEDGE.with(|cell| crate::rehearse(cell.get_or_init(knowledge)));
}

/// Room for a request of `length` bytes.
#[unsafe(no_mangle)]
extern "C" fn input(length: usize) -> *mut u8 {
    INPUT.with_borrow_mut(|input| {
        input.clear();
        input.resize(length, 0);
        input.as_mut_ptr()
    })
}

/// Answers the request: outputs 0 JSON, 1 HTML, 2 text.
#[unsafe(no_mangle)]
extern "C" fn analyze() -> u32 {
    let bytes = INPUT.take();
    let Ok(request) = Request::parse(&bytes) else { return answer(MALFORMED, Vec::new()) };
    let result = KNOWLEDGE.with(|cell| crate::analyze(cell.get_or_init(knowledge), &request));
    match result {
        Ok(parts) => answer(DONE, vec![parts.json, parts.html, parts.text]),
        Err(why) => answer(BROKEN, vec![why]),
    }
}

/// The words of the page as JSON, output 0: for the build.
#[unsafe(no_mangle)]
extern "C" fn page_words() -> u32 {
    let words = KNOWLEDGE.with(|cell| words(cell.get_or_init(knowledge)));
    answer(DONE, vec![words.to_string()])
}

/// Where a part of the answer lies; it holds until the next call of anything but this.
#[unsafe(no_mangle)]
extern "C" fn output(part: usize) -> *const u8 {
    OUTPUT.with_borrow(|parts| parts.get(part).map_or(std::ptr::null(), |text| text.as_ptr()))
}

/// How many bytes a part of the answer has.
#[unsafe(no_mangle)]
extern "C" fn output_length(part: usize) -> usize {
    OUTPUT.with_borrow(|parts| parts.get(part).map_or(0, String::len))
}

/// The evtx crate seeds its hash tables from here. WebAssembly has no random numbers; that the tables are alike
/// each time costs nothing but time on a log made to collide, and the page stops what takes too long.
#[cfg(target_arch = "wasm32")]
#[unsafe(no_mangle)]
extern "Rust" fn __getrandom_v03_custom(to: *mut u8, length: usize) -> Result<(), getrandom::Error> {
    // SAFETY: the caller hands over `length` bytes that it owns.
    unsafe { to.write_bytes(0x5a, length) };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{DONE, INPUT, MALFORMED, OUTPUT, analyze, input, output, output_length, page_words};

    #[test]
    fn a_request_is_answered_and_rubbish_refused() {
        let mut bytes = 1_u32.to_le_bytes().to_vec();
        for part in ["en", "pasted", "PC-07_slmgr.txt", "Error: 0xC004F074 The Software Licensing Service reported"] {
            bytes.extend(u32::try_from(part.len()).unwrap().to_le_bytes());
            bytes.extend(part.as_bytes());
        }
        assert!(!input(bytes.len()).is_null());
        INPUT.with_borrow_mut(|to| to.copy_from_slice(&bytes));
        assert_eq!(analyze(), DONE);
        OUTPUT.with_borrow(|parts| {
            assert_eq!(parts.len(), 3);
            assert!(parts[0].contains(r#""case":"PC-07""#) && parts[0].contains("0xC004F074"), "{}", parts[0]);
            assert!(parts[1].starts_with("<!doctype html>") && parts[2].contains("PC-07"));
            assert_eq!((output(1), output_length(1)), (parts[1].as_ptr(), parts[1].len()));
        });
        input(3);
        assert_eq!((analyze(), output_length(0)), (MALFORMED, 0));
        assert_eq!(page_words(), DONE);
        assert!(output_length(0) > 100);
    }
}
