//! What lies in the log in the clear, and what does not.

use contracts::catalogue;
use prost::Message;
use vault::{SealContext, Subject};

use crate::office_of_test::{TestOffice, event, registration, reply};

/// What the requests of these tests say that is personal.
const PERSONAL: [&str; 5] = ["架空", "一郎", "1967-03-09", "三病棟", "外来に通う"];

#[tokio::test]
async fn nothing_personal_lies_in_the_clear_and_all_of_it_opens_again() {
    let office = TestOffice::open().await;
    let founded = office.house.head().await;
    let inpatient = office.inpatient().await;
    reply(office.plan("hospital-a", inpatient.plan()).await);
    let subject = Subject::new("person", &inpatient.person);
    let key = office.house.vault.key(&subject).await.unwrap().expect("the person has a key");
    let mut opened_in_all = Vec::new();
    for stored in office.house.log.read(founded, 10).await.unwrap() {
        for text in PERSONAL {
            assert!(!holds(&stored.body, text) && !holds(&stored.sealed, text));
        }
        let (event_id, type_no) = (stored.event_id, stored.type_no);
        let context = SealContext { event_id, type_no, subject: &subject };
        let personal = key.open(&context, &stored.sealed).unwrap();
        let whole = [stored.body, personal].concat();
        catalogue().by_number(type_no).unwrap().decode(&whole).unwrap();
        opened_in_all.extend(whole);
    }
    for text in PERSONAL {
        assert!(holds(&opened_in_all, text), "lost");
    }
}

#[tokio::test]
async fn a_reply_repeats_nothing_personal() {
    let office = TestOffice::open().await;
    let inpatient = office.inpatient().await;
    let replies = [
        reply(office.register("hospital-a", registration()).await),
        reply(office.plan("hospital-a", inpatient.plan()).await),
    ];
    for reply in &replies {
        assert!(PERSONAL.iter().all(|text| !holds(&reply.encode_to_vec(), text)));
    }
    let person: contracts::events::PersonRegistered = event(&replies[0]);
    assert_eq!((&*person.birth_month, &*person.birth_date), ("1967-03", ""));
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
