//! Messages without a header, and events in prose.

use super::super::{looks_like_events, read_events};
use super::forms::lines;
use super::samples::{self, ARGUMENTS, CODE, LANGUAGES, REQUEST};

#[test]
fn messages_without_a_header() {
    for sample in samples::all() {
        for language in LANGUAGES {
            let text = format!("它失敗了\r\n\r\n{}\r\n\r\n怎麼辦\r\n", sample.message[language]);
            let found = read_events(&text);
            assert_eq!(found.records.len(), 1, "{text}\n{found:#?}");
            assert_eq!((found.records[0].id, found.records[0].provider.as_str()), (sample.id, ""));
            assert_eq!(found.records[0].data, sample.data, "{text}");
            let rows = u32::try_from(sample.message[language].lines().count()).unwrap();
            assert_eq!(lines(&found), [(3, 3 + rows)], "{text}");
        }
        let flat = sample.message[0].replace("\r\n", "");
        assert_eq!(read_events(&flat).records[0].data, sample.data, "{flat}");
    }
}

#[test]
fn a_list_that_a_console_cut() {
    for columns in [40, 60, 79, 80, 100, 120] {
        let line = format!("Info:{REQUEST}");
        let rows: Vec<String> = line.as_bytes().chunks(columns).map(|c| String::from_utf8(c.to_vec()).unwrap()).collect();
        let found = read_events(&format!("{}\r\nC:\\>\r\n", rows.join("\r\n")));
        assert_eq!(found.records.len(), 1, "{rows:#?}");
        assert_eq!(found.records[0].data, [REQUEST], "{rows:#?}");
        assert_eq!(lines(&found), [(1, u32::try_from(rows.len()).unwrap() + 1)]);
    }
    for columns in [60, 79, 120] {
        let rows: Vec<String> = ARGUMENTS.as_bytes().chunks(columns).map(|c| String::from_utf8(c.to_vec()).unwrap()).collect();
        let found = read_events(&format!("{CODE}\r\n參數:\r\n{}\r\nPS C:\\> \r\n", rows.join("\r\n")));
        assert_eq!(found.records[0].data, [CODE, ARGUMENTS], "{rows:#?}");
    }
}

#[test]
fn the_licence_list() {
    let text = "The Software Protection service has completed licensing status check.\nApplication Id=55c92734-d682-4d71-983e-d6ec3f16059f\nLicensing Status=\n1: 2de67392-..-..-b1ca-10..588, 1, 1 [(0 [0x00000000, 1, 0], [(?)(?)( 1 0x00000000 30 0 msft:rm/algorithm/volume/1.0 0x00000000 259192)(?)(?)(?)])(1 )(2 )]\n2: 9f128b11-7f4f-4ea1-8e25-c0a3f11b4d77, 1, 0 [(0 [0xC004F014, 0, 0], [(?)(?)(?)(?)(?)(?)])(1 )(2 )]\n";
    for text in [
        text.to_owned(),
        text.replace("The Software Protection service has completed licensing status check.", "檢查完成。")
            .replace("Application Id", "應用程式識別碼")
            .replace("Licensing Status", "授權狀態"),
    ] {
        let found = read_events(&format!("{text}\nslmgr /dlv\n"));
        assert_eq!(found.records.len(), 1, "{found:#?}");
        let record = &found.records[0];
        assert_eq!((record.id, record.data.len(), record.data[0].as_str()), (1003, 2, "55c92734-d682-4d71-983e-d6ec3f16059f"));
        assert!(record.data[1].starts_with("1: 2de") && record.data[1].ends_with("(2 )]"), "{}", record.data[1]);
        assert_eq!(lines(&found), [(1, 6)]);
    }
}

#[test]
fn events_in_prose() {
    let text = "event ID 12321 warning event from the source Microsoft-Windows-Security-Licensing-SLC.\nIt failed.  \nHR=0xC004F011\n";
    let record = &read_events(text).records[0];
    assert_eq!((record.id, record.provider.as_str()), (12321, "Microsoft-Windows-Security-Licensing-SLC"));
    assert_eq!(record.data, ["hr=0xC004F011"]);
    let text = "事件 ID 8198，來源 Microsoft-Windows-Security-SPP\n授權失敗 hr=0x8007232B\n";
    assert_eq!(read_events(text).records[0].data, ["hr=0x8007232B"]);
    // Advice is no event.
    let text = "Look for event ID 12288 of Microsoft-Windows-Security-SPP in the Application log.\n";
    assert_eq!(read_events(text).records, []);
}

#[test]
fn output_of_tools_is_left_alone() {
    let tools = [
        "Event ID: 12288\r\n\r\nCoordinated Universal Time Written: 11/23/2026 1:14:02 AM\r\nERROR/HOST: 0xC004F074, 0x00000000, kms.example.edu:1688\r\nERROR DESCRIPTION: x\r\n",
        "Name: Windows(R), Professional edition\r\nDescription: Windows(R) Operating System, VOLUME_KMSCLIENT channel\r\nActivation ID: 2de67392-b7a7-462a-b1ca-108dd189f588\r\nLicense Status: Licensed\r\n",
        "Error: 0xC004F074 The Software Licensing Service reported that the product could not be activated. No Key Management Service (KMS) could be contacted. Please see the Application Event Log for additional information.\r\n",
        "SERVICE_NAME: sppsvc\r\nDISPLAY_NAME: Software Protection\r\n",
        "Source: Local CMOS Clock\r\nLevel: 1\r\n",
        "{\"Id\": 5, \"Message\": \"x\"}\r\n[1] a\r\n",
        "<Events><Event>no</Event>",
    ];
    for text in tools {
        assert_eq!(read_events(text), super::super::EventText::default(), "{text}");
    }
    assert!(!looks_like_events("Windows PowerShell\r\nPS C:\\> slmgr /dlv\r\n"));
}
