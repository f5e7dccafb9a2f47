//! Any text inside the XML of an event.

#![no_main]

use kms_triage::event::text::read_events;
use libfuzzer_sys::fuzz_target;

const HEAD: &str = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
<Provider Name='Microsoft-Windows-Security-SPP'/><EventID>12288</EventID><TimeCreated SystemTime='2026-11-23T01:14:02Z'/>";

fuzz_target!(|text: &str| {
    let _ = read_events(text);
    let _ = read_events(&format!("{HEAD}{text}</System><EventData><Data>a</Data></EventData></Event>"));
    let _ = read_events(&format!("<Events>{HEAD}</System><EventData>{text}</EventData></Event></Events>"));
});
