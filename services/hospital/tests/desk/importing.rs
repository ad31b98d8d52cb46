//! Tables through the door: each row an event, decided as ever, and never twice.

use contracts::office::{
    ImportOutcome, ImportTableReply, ImportTableRequest, ImportedRow, ImportedTable,
    import_table_reply, import_table_request::Part,
};
use office::testing::refused;
use tonic::{Response, Status};

use crate::office_of_test::TestOffice;

const REGISTER: &str = "\
管理番号,登録日,姓,名,姓（ふりがな）,生年月日,居住区
10,令和7年4月1日,架空,一郎,かくう,昭和42年3月9日,14107
11,2025/4/1,架空,花子,かくう,1970-01-02,14107
12,2025/4/1,架空,次郎,かくう,むかし,14107
13,2099/4/1,架空,三郎,かくう,1970-01-02,14107
";

const STAYS: &str = "\
管理番号,入院日,病棟,居住区
10,2021-09-06,三病棟,14107
11,R3.9.7,三病棟,14107
99,2021-09-06,三病棟,14107
";

const DISCHARGES: &str = "\
管理番号,退院日,退院先の種類
10,2025-05-01,自宅
11,2021-01-01,自宅
";

async fn import(
    office: &TestOffice,
    event_type: &str,
    csv: &[u8],
) -> Result<(u32, Vec<ImportedRow>), Status> {
    let table = ImportedTable { event_type: event_type.into(), ..Default::default() };
    let pieces = csv.chunks(7).map(|piece| Part::Csv(piece.to_vec()));
    let parts = [Part::Table(table)].into_iter().chain(pieces);
    let parts: Vec<_> = parts.map(|part| ImportTableRequest { part: Some(part) }).collect();
    let replies: Vec<ImportTableReply> = office.import("hospital-a", parts).await?;
    let (mut count, mut rows) = (0, Vec::new());
    for reply in replies {
        match reply.part {
            Some(import_table_reply::Part::Rows(said)) => count = said,
            Some(import_table_reply::Part::Row(row)) => rows.push(row),
            None => {}
        }
    }
    Ok((count, rows))
}

fn outcomes(rows: &[ImportedRow]) -> Vec<(u32, ImportOutcome, &str)> {
    rows.iter().map(|row| (row.row, row.outcome(), row.reason.as_str())).collect()
}

use ImportOutcome::{AlreadyRecorded as Already, Recorded, Refused};

#[tokio::test]
async fn each_row_is_recorded_or_said_why_not_and_the_second_time_nothing_is() {
    let office = TestOffice::open().await;
    let head = office.house.head().await;
    let (count, rows) = import(&office, "PersonRegistered", REGISTER.as_bytes()).await.unwrap();
    assert_eq!(count, 4);
    let first = [
        (1, Recorded, ""),
        (2, Recorded, ""),
        (3, Refused, "UNREADABLE_CELL"),
        (4, Refused, "IN_THE_FUTURE"),
    ];
    assert_eq!(outcomes(&rows), first);
    assert!(rows[2].message_ja.contains("生年月日") && !rows[2].message.contains("むかし"));
    assert_eq!(office.house.head().await, head + 2);

    let (_, again) = import(&office, "PersonRegistered", REGISTER.as_bytes()).await.unwrap();
    assert_eq!(outcomes(&again)[..2], [(1, Already, ""), (2, Already, "")]);
    assert_eq!(again[0].person_id, rows[0].person_id);
    assert_eq!(office.house.head().await, head + 2);

    let (_, stays) = import(&office, "InpatientEpisodeOpened", STAYS.as_bytes()).await.unwrap();
    assert_eq!(outcomes(&stays)[0], (1, Recorded, ""));
    let rearranged = "居住区,病棟,入院日,管理番号\n14107,三病棟,令和3年9月6日,10\n";
    let (_, stays) =
        import(&office, "InpatientEpisodeOpened", rearranged.as_bytes()).await.unwrap();
    assert_eq!(outcomes(&stays), [(1, Already, "")], "it says the same");

    let renamed = REGISTER.replace("一郎", "一朗");
    let (_, changed) = import(&office, "PersonRegistered", renamed.as_bytes()).await.unwrap();
    assert_eq!(outcomes(&changed)[0], (1, Refused, "REQUEST_ID_REUSED"));
}

#[tokio::test]
async fn later_tables_find_the_persons_by_their_numbers_and_the_stays_by_their_days() {
    let office = TestOffice::open().await;
    let (cp932, _, _) = encoding_rs::SHIFT_JIS.encode(REGISTER);
    let (_, registered) = import(&office, "PersonRegistered", &cp932).await.unwrap();
    let (_, stays) = import(&office, "InpatientEpisodeOpened", STAYS.as_bytes()).await.unwrap();
    assert_eq!(
        outcomes(&stays),
        [(1, Recorded, ""), (2, Recorded, ""), (3, Refused, "NOT_REGISTERED")]
    );
    assert_eq!(stays[0].person_id, registered[0].person_id);
    let (_, ended) = import(&office, "PatientDischarged", DISCHARGES.as_bytes()).await.unwrap();
    assert_eq!(outcomes(&ended), [(1, Recorded, ""), (2, Refused, "REQUIRED")]);

    let lines = office.export("hospital-a", &registered[0].person_id).await.unwrap();
    let discharge = lines.iter().find(|line| line["type"] == "PatientDischarged").unwrap();
    assert_eq!(discharge["occurred_on"], "2025-05-01");
    let name = lines[0]["fields"].as_array().unwrap();
    assert!(name.iter().any(|field| field["name"] == "given_name" && field["values"][0] == "一郎"));
}

#[tokio::test]
async fn an_act_of_the_past_keeps_its_day() {
    let office = TestOffice::open().await;
    import(&office, "PersonRegistered", REGISTER.as_bytes()).await.unwrap();
    import(&office, "InpatientEpisodeOpened", STAYS.as_bytes()).await.unwrap();
    let plans = "管理番号,決定日,退院予定日,退院先の種類\n10,2025-05-20,2025-07-01,自宅\n";
    let (_, rows) = import(&office, "DischargePlanned", plans.as_bytes()).await.unwrap();
    assert_eq!(outcomes(&rows), [(1, Recorded, "")]);
    let lines = office.export("hospital-a", &rows[0].person_id).await.unwrap();
    let plan = lines.iter().find(|line| line["type"] == "DischargePlanned").unwrap();
    assert_eq!(plan["occurred_on"], "2025-05-20");
    let tomorrow = "管理番号,決定日,退院予定日,退院先の種類\n11,2025-06-02,2025-07-01,自宅\n";
    let (_, rows) = import(&office, "DischargePlanned", tomorrow.as_bytes()).await.unwrap();
    assert_eq!(outcomes(&rows), [(1, Refused, "IN_THE_FUTURE")]);
}

#[tokio::test]
async fn a_table_that_does_not_arrive_whole_is_not_imported() {
    let office = TestOffice::open().await;
    let head = office.house.head().await;
    let table = ImportedTable { event_type: "PersonRegistered".into(), ..Default::default() };
    let too_large = vec![b'x'; office::REQUEST_BYTES_MAX + 1];
    let parts = [Part::Table(table), Part::Csv(REGISTER.as_bytes().to_vec()), Part::Csv(too_large)];
    let parts = parts.map(|part| ImportTableRequest { part: Some(part) }).to_vec();
    let refusal = refused(office.import("hospital-a", parts).await.map(Response::new));
    assert_eq!(refusal.fields[0].1, "BROKEN_OFF");
    assert_eq!(office.house.head().await, head);
}

#[tokio::test]
async fn what_is_no_table_of_this_office_is_refused_as_a_whole() {
    let office = TestOffice::open().await;
    let head = office.house.head().await;
    let cases: [(&str, &[u8], &str); 4] = [
        ("PersonRegistered", "管理番号,備考\n1,x\n".as_bytes(), "UNKNOWN_COLUMN"),
        ("NothingHappened", REGISTER.as_bytes(), "UNKNOWN_VALUE"),
        ("PersonRegistered", &[0xff, 0xfe, 0x80], "ENCODING"),
        ("PersonRegistered", b"", "REQUIRED"),
    ];
    for (event_type, csv, reason) in cases {
        let answer = import(&office, event_type, csv).await.map(Response::new);
        let refusal = refused(answer);
        assert_eq!(refusal.fields[0].1, reason, "{event_type}");
    }
    let of_another = "管理番号,終結の理由\n10,その他\n";
    let (_, rows) = import(&office, "CaseClosed", of_another.as_bytes()).await.unwrap_or_default();
    assert!(rows.iter().all(|row| row.outcome() == Refused));
    assert_eq!(office.house.head().await, head);
}
