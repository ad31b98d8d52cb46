//! Providers, inquiries and the records of agencies, as GraphQL tells them.

mod house;

use contracts::events::*;
use house::{House, code, world::*};
use serde_json::{Value, json};

const HOME: &str = "00000000-0000-4000-8000-0000000000d1";
const DAY_PLACE: &str = "00000000-0000-4000-8000-0000000000d2";
const INQUIRY: &str = "00000000-0000-4000-8000-0000000000a1";

fn provider(id: &str, name: &str, kind: ProviderKind, ward: &str) -> ProviderRegistered {
    ProviderRegistered {
        provider_id: id.into(),
        registered_on: "2025-04-01".into(),
        name: name.into(),
        kind: kind.into(),
        ward: ward.into(),
    }
}

/// Two providers in two wards; one has handed in its sheet and said what is free.
async fn with_providers() -> World {
    let world = World::with_agencies().await;
    let home = provider(HOME, "架空ホーム", ProviderKind::GroupHome, "14107");
    world.record_in(("resource", HOME), CENTER, "2025-04-01", home).await;
    let place = provider(DAY_PLACE, "架空作業所", ProviderKind::DayActivity, "14104");
    world.record_in(("resource", DAY_PLACE), CENTER, "2025-04-01", place).await;
    let sheet = ProviderSheetUpdated {
        provider_id: HOME.into(),
        updated_on: "2025-05-20".into(),
        trial_use: Answer::Yes.into(),
        disability_kinds: vec![DisabilityKind::Mental.into()],
        features: "静かな住宅地にあります。".into(),
        ..Default::default()
    };
    world.record_in(("resource", HOME), CENTER, "2025-05-20", sheet).await;
    let vacancy = VacancyReported {
        provider_id: HOME.into(),
        as_of: "2025-05-22".into(),
        kind: VacancyKind::Trial.into(),
        places_count: 1,
    };
    world.record_in(("resource", HOME), CENTER, "2025-05-22", vacancy).await;
    world
}

const PROVIDERS: &str = "query ($ward: String, $kind: ProviderKind, $first: Int, $after: String) {
  providers(ward: $ward, kind: $kind, first: $first, after: $after) {
    edges { cursor node {
      id name kind ward registeredBy { name } isRetired sheetIsStale
      sheet { updatedOn fields { name value status } }
      vacancies { kind places asOf ageDays }
    } }
    pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}";

async fn providers(house: &House, agency: &str, variables: Value) -> Value {
    let answer = house.ask_with(agency, PROVIDERS, variables).await;
    answer["data"]["providers"].clone()
}

fn names(page: &Value) -> Vec<&str> {
    let edges = page["edges"].as_array().expect("a page").iter();
    edges.map(|edge| edge["node"]["name"].as_str().expect("a name")).collect()
}

#[tokio::test]
async fn every_agency_reads_about_providers_words_included() {
    let house = House::open(with_providers().await).await;
    for agency in [HOSPITAL, CENTER, OTHER_CENTER, WARD_OFFICE, CITY] {
        let page = providers(&house, agency, json!({})).await;
        assert_eq!(names(&page), ["架空作業所", "架空ホーム"], "by ward");
        let home = &page["edges"][1]["node"];
        assert_eq!(home["kind"], "GROUP_HOME");
        assert_eq!(home["registeredBy"]["name"], "架空磯子センター");
        assert_eq!(home["sheetIsStale"], false);
        assert_eq!(home["sheet"]["updatedOn"], "2025-05-20");
        let fields = home["sheet"]["fields"].as_array().expect("fields");
        let value = |name: &str| {
            let field = fields.iter().find(|field| field["name"] == name);
            field.map_or(Value::Null, |field| field["value"].clone())
        };
        assert_eq!(value("features"), "静かな住宅地にあります。");
        assert_eq!(value("disability_kinds"), "精神障害");
        let vacancy = json!({"kind": "TRIAL", "places": 1, "asOf": "2025-05-22", "ageDays": 10});
        assert_eq!(home["vacancies"], json!([vacancy]));
        let place = &page["edges"][0]["node"];
        assert_eq!((&place["sheet"], &place["sheetIsStale"]), (&Value::Null, &json!(true)));
        let reads = house.reads_of(agency).await;
        assert_eq!(reads.len(), 1, "words that were sealed were opened");
        assert_eq!((reads[0].person_id.as_str(), reads[0].opened_event_ids.len()), ("", 1));
    }
}

#[tokio::test]
async fn a_sheet_grows_old() {
    let world = with_providers().await;
    world.set_day("2026-05-21");
    let house = House::open(world).await;
    let page = providers(&house, HOSPITAL, json!({"ward": "14107"})).await;
    assert_eq!(page["edges"][0]["node"]["sheetIsStale"], true);
}

#[tokio::test]
async fn providers_are_found_by_ward_and_kind_and_come_in_pages() {
    let house = House::open(with_providers().await).await;
    let of = async |asked: Value| providers(&house, WARD_OFFICE, asked).await;
    assert_eq!(names(&of(json!({"ward": "14107"})).await), ["架空ホーム"]);
    assert_eq!(names(&of(json!({"kind": "DAY_ACTIVITY"})).await), ["架空作業所"]);
    assert!(names(&of(json!({"ward": "14107", "kind": "DAY_ACTIVITY"})).await).is_empty());
    let first = of(json!({"first": 1})).await;
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    let rest = of(json!({"first": 1, "after": first["pageInfo"]["endCursor"]})).await;
    assert_eq!(names(&rest), ["架空ホーム"]);
    assert_eq!(rest["pageInfo"]["hasNextPage"], false);
    let answer = house.ask_with(CENTER, PROVIDERS, json!({"after": "nothing"})).await;
    assert_eq!(code(&answer), "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_retired_provider_is_found_by_its_id_only() {
    let world = with_providers().await;
    let retired = ProviderRetired {
        provider_id: HOME.into(),
        retired_on: "2025-05-31".into(),
        ..Default::default()
    };
    world.record_in(("resource", HOME), CENTER, "2025-05-31", retired).await;
    let house = House::open(world).await;
    assert_eq!(names(&providers(&house, CITY, json!({})).await), ["架空作業所"]);
    let query = format!("{{ provider(id: \"{HOME}\") {{ name isRetired }} }}");
    let answer = house.ask(CITY, &query).await;
    assert_eq!(answer["data"]["provider"], json!({"name": "架空ホーム", "isRetired": true}));
    let nobody = house.ask(CITY, "{ provider(id: \"nobody\") { name } }").await;
    assert_eq!(nobody["data"]["provider"], Value::Null);
}

async fn with_inquiry() -> World {
    let world = with_providers().await;
    let inquiry = ResourceInquirySent {
        inquiry_id: INQUIRY.into(),
        sent_on: "2025-05-25".into(),
        kind: ProviderKind::GroupHome.into(),
        needs: vec![ResourceNeed::NightSupport.into()],
        provider_ids: vec![HOME.into(), DAY_PLACE.into()],
        ..Default::default()
    };
    world.record_in(("resource", INQUIRY), CENTER, "2025-05-25", inquiry).await;
    let answer = ResourceInquiryAnswered {
        inquiry_id: INQUIRY.into(),
        answered_on: "2025-05-27".into(),
        provider_id: HOME.into(),
        answer: InquiryAnswer::Conditional.into(),
        reasons: vec![InquiryReason::TrialFirst.into()],
        answered_by: "架空の管理者".into(),
    };
    world.record_in(("resource", INQUIRY), CENTER, "2025-05-27", answer).await;
    world
}

const INQUIRIES: &str = "query ($withClosed: Boolean) {
  resourceInquiries(withClosed: $withClosed) { edges { node {
    id by { id } sentOn closedOn conditions { name value }
    replies { providerId providerName answer answeredOn fields { name value status } }
  } } }
}";

#[tokio::test]
async fn an_inquiry_tells_what_was_asked_and_who_has_answered() {
    let house = House::open(with_inquiry().await).await;
    let answer = house.ask(WARD_OFFICE, INQUIRIES).await;
    let inquiry = &answer["data"]["resourceInquiries"]["edges"][0]["node"];
    assert_eq!((&inquiry["by"]["id"], &inquiry["closedOn"]), (&json!(CENTER), &Value::Null));
    let conditions = inquiry["conditions"].as_array().expect("conditions");
    assert!(conditions.contains(&json!({"name": "needs", "value": "夜間の支援"})));
    let asked = json!({"name": "provider_ids", "value": "架空ホーム、架空作業所"});
    assert!(conditions.contains(&asked), "providers are told by their names");
    let replies = inquiry["replies"].as_array().expect("replies");
    assert_eq!(replies.len(), 2);
    assert_eq!(
        (&replies[0]["answer"], &replies[0]["answeredOn"]),
        (&json!("CONDITIONAL"), &json!("2025-05-27"))
    );
    assert_eq!(
        (&replies[1]["providerName"], &replies[1]["answer"]),
        (&json!("架空作業所"), &Value::Null)
    );
    let mut fields = replies[0]["fields"].as_array().expect("fields").iter();
    let by_whom = fields.find(|field| field["name"] == "answered_by").expect("it is there");
    assert_eq!(by_whom["status"], "SEALED", "whom one spoke to is one's own affair");
}

#[tokio::test]
async fn a_closed_inquiry_is_shown_on_request() {
    let world = with_inquiry().await;
    let closed = ResourceInquiryClosed {
        inquiry_id: INQUIRY.into(),
        closed_on: "2025-05-30".into(),
        outcome: InquiryOutcome::Found.into(),
    };
    world.record_in(("resource", INQUIRY), CENTER, "2025-05-30", closed).await;
    let house = House::open(world).await;
    let open = house.ask(HOSPITAL, INQUIRIES).await;
    assert_eq!(open["data"]["resourceInquiries"]["edges"], json!([]));
    let all = house.ask_with(HOSPITAL, INQUIRIES, json!({"withClosed": true})).await;
    let inquiry = &all["data"]["resourceInquiries"]["edges"][0]["node"];
    assert_eq!(inquiry["closedOn"], "2025-05-30");
    let query = format!("{{ resourceInquiry(id: \"{INQUIRY}\") {{ sentOn }} }}");
    let answer = house.ask(HOSPITAL, &query).await;
    assert_eq!(answer["data"]["resourceInquiry"]["sentOn"], "2025-05-25");
}

const RECORDS: &str = "query ($of: RecordFilter, $first: Int, $after: String) {
  records(of: $of, first: $first, after: $after) {
    edges { cursor node { type sight agency { id } fields { name value status } } }
    pageInfo { hasNextPage endCursor }
  }
}";

async fn with_records() -> World {
    let world = World::with_agencies().await;
    let hearing = HospitalHearingHeld {
        held_on: "2025-05-10".into(),
        hospital_agency_id: HOSPITAL.into(),
        findings: "住まいが見つからない。".into(),
        ..Default::default()
    };
    world.record_in(("agency", CITY), CITY, "2025-05-10", hearing).await;
    let meeting = CouncilMeetingHeld {
        held_on: "2025-05-12".into(),
        kind: CouncilKind::HospitalDirectors.into(),
        body: "架空市精神科病院長等会議".into(),
        topics: "退院後の住まい".into(),
        ..Default::default()
    };
    world.record_in(("agency", CITY), CITY, "2025-05-12", meeting).await;
    let counted = UnregisteredConsultationsCounted {
        counted_on: "2025-05-20".into(),
        consultations_count: 3,
        ..Default::default()
    };
    world.record_in(("agency", CENTER), CENTER, "2025-05-20", counted).await;
    world
}

fn told(answer: &Value) -> Vec<(&str, &str)> {
    let edges = answer["data"]["records"]["edges"].as_array().expect("a page").iter();
    edges
        .map(|edge| {
            let (kind, sight) = (&edge["node"]["type"], &edge["node"]["sight"]);
            (kind.as_str().expect("a type"), sight.as_str().expect("a sight"))
        })
        .filter(|(kind, _)| *kind != "AgencyRegistered")
        .collect()
}

#[tokio::test]
async fn each_agency_reads_the_records_that_are_for_it() {
    let house = House::open(with_records().await).await;
    let of = async |agency: &str| house.ask(agency, RECORDS).await;
    let (meeting, hearing) = ("CouncilMeetingHeld", "HospitalHearingHeld");
    let counted = "UnregisteredConsultationsCounted";
    assert_eq!(told(&of(CITY).await), [(meeting, "FULL"), (hearing, "FULL")]);
    assert_eq!(told(&of(HOSPITAL).await), [(meeting, "CLEAR"), (hearing, "FULL")]);
    assert_eq!(told(&of(CENTER).await), [(counted, "FULL"), (meeting, "CLEAR")]);
    assert_eq!(told(&of(OTHER_CENTER).await), [(meeting, "CLEAR")]);
    let heard = house.ask_with(HOSPITAL, RECORDS, json!({"of": {"type": hearing}})).await;
    let fields = heard["data"]["records"]["edges"][0]["node"]["fields"].to_string();
    assert!(fields.contains("住まいが見つからない。"), "it was the one that was heard");
}

#[tokio::test]
async fn records_are_found_by_type_agency_and_resource_and_come_in_pages() {
    let world = with_records().await;
    let home = provider(HOME, "架空ホーム", ProviderKind::GroupHome, "14107");
    world.record_in(("resource", HOME), CENTER, "2025-05-21", home).await;
    let house = House::open(world).await;
    let of = async |asked: Value| house.ask_with(WARD_OFFICE, RECORDS, asked).await;
    let found = of(json!({"of": {"agency": CITY, "type": "CouncilMeetingHeld"}})).await;
    assert_eq!(told(&found), [("CouncilMeetingHeld", "CLEAR")]);
    let found = of(json!({"of": {"resource": HOME}})).await;
    assert_eq!(told(&found), [("ProviderRegistered", "CLEAR")]);
    let first = of(json!({"first": 1})).await;
    assert_eq!(told(&first), [("ProviderRegistered", "CLEAR")]);
    let page = &first["data"]["records"]["pageInfo"];
    assert_eq!(page["hasNextPage"], true);
    let rest = of(json!({"first": 1, "after": page["endCursor"]})).await;
    assert_eq!(told(&rest), [("CouncilMeetingHeld", "CLEAR")]);
    assert_eq!(code(&of(json!({"of": {"type": "Nothing"}})).await), "BAD_USER_INPUT");
}
