//! The figures that decoding must keep.

use super::{mixed, mojibake, whole};

#[test]
fn table() {
    let wrong = whole::table();
    let exact = mixed::table();
    let worse = mojibake::table();
    println!("whole files: {wrong} wrong of 522; mixed files: {exact} exact of 600");
    assert!(wrong <= 3, "whole files: {wrong} wrong");
    assert!(exact >= 588, "mixed files: only {exact} exact");
    assert!(worse.is_empty(), "garbled texts: worse at {worse:?}");
}
