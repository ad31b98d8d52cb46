//! Every page with invented contents, compared with what was committed. The contents come in as
//! GraphQL would answer, so that reading the answers is tested with them.
//! `UPDATE_GOLDEN=1` writes the pages anew.

use std::{env, fs, path::Path};

use accounts::{Invited, SecondFactor};
use askama::Template;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{
    accept_referral::ACCEPTANCE,
    accesses::{self, AccessesPage},
    case::{CasePage, Which},
    case_errand,
    enrol::{ConfirmPage, EnrolPage},
    error_page,
    form::{Entries, Problem, Problems, Setting},
    merge_candidates::{self, MergePage},
    notice::Notice,
    outcomes::{Look, OutcomesPage},
    receipt::{self, Receipt},
    referral::{self, CheckPage, ReferralPage},
    return_referral::RETURN,
    search::{self, SearchPage},
    sign_in::SignIn,
    ward_visit,
    work_list::{self, WorkList},
};
use crate::console::{DemoPersona, DemoSignIn};

const TODAY: Date = Date::constant(2026, 11, 20);

fn check(name: &str, page: &impl Template) {
    let html = page.render().expect("a page can be written");
    let file = format!("{}/tests/console/pages/{name}.html", env!("CARGO_MANIFEST_DIR"));
    let file = Path::new(&file);
    if env::var("UPDATE_GOLDEN").is_ok_and(|value| value == "1") {
        fs::create_dir_all(file.parent().expect("a folder")).expect("the folder can be made");
        fs::write(file, &html).expect("the page can be kept");
    }
    let committed = fs::read_to_string(file).unwrap_or_default();
    assert!(committed == html, "{name} has changed; look at it and run with UPDATE_GOLDEN=1");
}

fn read<T: serde::de::DeserializeOwned>(answer: Value) -> T {
    serde_json::from_value(answer).expect("the answer has the form of its document")
}

fn viewer(office: &str, id: &str, name: &str) -> Value {
    json!({ "office": office, "agency": { "id": id, "name": name }, "staff": "staff-01",
        "isIdentityOfficer": false })
}

fn hospital() -> Value {
    viewer("HOSPITAL", "hospital-a", "架空みなと病院")
}

fn center() -> Value {
    viewer("SUPPORT_CENTER", "center-a", "磯子区生活支援センターかくう")
}

/// A form that was filled in well.
pub(super) fn referral_entries() -> Entries {
    let entries = [
        ("draft", "6f0c9b0e-6c1e-4a53-9d0e-0f5f8b1f3a11"),
        ("drafted_on", "2026-11-19"),
        ("family_name", "架空"),
        ("given_name", "<一郎>"),
        ("family_name_kana", "カクウ"),
        ("given_name_kana", "いちろう"),
        ("birth_date_era", "昭和"),
        ("birth_date_year", "42"),
        ("birth_date_month", "３"),
        ("birth_date_day", "15"),
        ("residence_ward", "14107"),
        ("admitted_on_era", "令和"),
        ("admitted_on_year", "3"),
        ("admitted_on_month", "9"),
        ("admitted_on_day", "6"),
        ("unit", "東2病棟"),
        ("topics", "2"),
        ("topics", "3"),
        ("agency_ids", "center-a"),
        ("given_on_era", "令和"),
        ("given_on_year", "8"),
        ("given_on_month", "11"),
        ("given_on_day", "18"),
        ("method", "1"),
        ("to_agency_id", "center-a"),
        ("track_requested", "1"),
        ("ground", "2"),
        ("wishes", "まずは外出から始めたい。\n自分に合う暮らし方を考えたい。"),
        ("doctor_recommends", "1"),
    ];
    Entries::new(entries.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
}

#[test]
fn sign_in() {
    let principal = access::Principal {
        office: contracts::Office::Hospital,
        agency: "hospital-a".into(),
        staff: "staff-01".into(),
        roles: Vec::new(),
    };
    let persona =
        DemoPersona { key: "hospital".into(), name: "架空みなと病院".into(), principal };
    let way_in =
        DemoSignIn { personas: vec![persona], issue: std::sync::Arc::new(|_| String::new()) };
    check("sign_in", &SignIn::with(Some(&way_in), false, Vec::new()));
    check("sign_in_both", &SignIn::with(Some(&way_in), true, Vec::new()));
    check("sign_in_account", &SignIn::with(None, true, Vec::new()));
    let message = "いまは受け付けられません。".to_owned();
    let problem = Problem { name: None, message };
    check("sign_in_account_again", &SignIn::with(None, true, vec![problem]));
    check("sign_in_closed", &SignIn::with(None, false, Vec::new()));
}

#[test]
fn enrol() {
    let problem = |name, message: &str| Problem { name, message: message.to_owned() };
    check("enrol", &EnrolPage::of(false, Vec::new()));
    let short = problem(Some("password"), "「パスワード」は12文字以上で入力してください。");
    check("enrol_again", &EnrolPage::of(false, vec![short]));
    let confirm = |problems| {
        let (login_name, code) = ("aoi.kakuu".to_owned(), "ABCD-EFGH".to_owned());
        let factor = SecondFactor {
            secret: "GEZDGNBVGY3TQOJQ".to_owned(),
            address: "otpauth://totp/Tsunagi:s-1?secret=GEZDGNBVGY3TQOJQ&issuer=Tsunagi".to_owned(),
        };
        ConfirmPage::of(false, Invited { login_name, code }, factor, problems)
    };
    check("enrol_confirm", &confirm(Vec::new()));
    let wrong = problem(Some("code"), "確認コードが正しくありません。");
    check("enrol_confirm_again", &confirm(vec![wrong]));
}

#[test]
fn work_list() {
    let named = json!({ "nameStatus": "OPEN", "familyName": "架空", "givenName": "一郎" });
    let unnamed = json!({ "nameStatus": "SEALED", "familyName": null, "givenName": null });
    let work = |person: Value, case: Value| {
        json!({ "node": {
            "label": "紹介への回答", "reason": "紹介が届いています。", "since": "2026-11-08",
            "case": case, "person": person,
        } })
    };
    let edges = json!([
        work(named, json!({ "id": "case-1", "track": "DISCHARGE_SUPPORT" })),
        work(unnamed, Value::Null),
    ]);
    let list = |edges: Value, next: Value| {
        let page_info = json!({ "hasNextPage": next.is_string(), "endCursor": next });
        let list = json!({ "edges": edges, "pageInfo": page_info });
        read::<work_list::Found>(json!({ "viewer": center(), "workList": list }))
    };
    check("work_list", &WorkList::of(list(edges, json!("abc==")), true, TODAY, true));
    check("work_list_empty", &WorkList::of(list(json!([]), Value::Null), true, TODAY, true));
}

#[test]
fn referral() {
    let agency =
        |id: &str, name: &str, office: &str| json!({ "id": id, "name": name, "office": office });
    let found: referral::Found = read(json!({ "viewer": hospital(), "agencies": [
        agency("ward-a", "磯子区福祉保健センター", "WARD_OFFICE"),
        agency("center-a", "磯子区生活支援センターかくう", "SUPPORT_CENTER"),
        agency("hospital-a", "架空みなと病院", "HOSPITAL"),
        agency("city", "架空市", "MUNICIPALITY"),
    ] }));
    let (viewer, agencies) = found.read();
    let entries = referral_entries();
    let today = "2026-11-20";
    let blank = Entries::default().with("draft", entries.get("draft"));
    let form = ReferralPage::of(&viewer, &agencies, &blank, &Problems::default(), today, true);
    check("referral", &form);
    let mut problems = Problems::default();
    problems.add("family_name", "「姓」を入力してください。".into());
    problems.add("birth_date", "「生年月日」は暦にある日付を入力してください。".into());
    problems.add_general("いまは送信できませんでした。".into());
    let wrong = entries.clone().with("family_name", "").with("birth_date_month", "13");
    let form = ReferralPage::of(&viewer, &agencies, &wrong, &problems, today, true);
    check("referral_with_problems", &form);
    check("referral_check", &CheckPage::of(&viewer, &agencies, &entries, true));
}

#[test]
fn receipt() {
    let referral = json!({
        "id": "1f0c9b0e-6c1e-4a53-9d0e-0f5f8b1f3a11", "submittedOn": "2026-11-20",
        "state": "WAITING", "to": { "id": "center-a", "name": "磯子区生活支援センターかくう" },
    });
    let answer = json!({ "viewer": hospital(), "case": { "id": "case-1", "referral": referral } });
    let receipt = Receipt::of(read::<receipt::Found>(answer), true);
    check("receipt", &receipt.expect("there is a referral"));
}

fn case(entries: &Value, referral: &str) -> super::case::Found {
    let name = json!({ "id": "center-a", "name": "磯子区生活支援センターかくう" });
    read(json!({ "viewer": center(), "case": {
        "id": "case-1", "track": "DISCHARGE_SUPPORT", "state": "REFERRED", "agencies": [name],
        "referral": { "state": referral, "to": name },
        "person": {
            "nameStatus": "OPEN", "familyName": "架空", "givenName": "一郎", "residenceWard": "14107",
            "throughBreakGlass": false,
        },
        "timeline": { "edges": entries, "pageInfo": { "hasNextPage": true, "endCursor": "xyz" } },
    } }))
}

fn entries() -> Value {
    let entry = |kind: &str, label: &str, sight: &str, fields: Value, flags: Value| {
        json!({ "node": {
            "position": format!("at-{kind}"), "type": kind, "label": label,
            "occurredOn": "2026-11-10", "recordedAt": "2026-11-11T01:05:00Z",
            "agency": { "id": "hospital-a", "name": "架空みなと病院" }, "onBehalfOf": null,
            "sight": sight, "fields": fields, "flags": flags, "amendment": null,
        } })
    };
    let amended = |mut entry: Value, amendment: Value| {
        entry["node"]["amendment"] = amendment;
        entry
    };
    let field = |name: &str, label: &str, value: Value, status: &str| json!({ "name": name, "label": label, "value": value, "status": status });
    json!([
        entry(
            "WardVisitRecorded",
            "病棟訪問",
            "FULL",
            json!([
                field(
                    "episode_id",
                    "入院番号",
                    json!("1f0c9b0e-6c1e-4a53-9d0e-0f5f8b1f3a11"),
                    "OPEN"
                ),
                field("method", "面談の方法", json!("対面"), "OPEN"),
                field(
                    "summary",
                    "面談の内容",
                    json!("<b>外出</b>の話をした。\n次回は散歩。"),
                    "OPEN"
                ),
            ]),
            json!([{ "message": "この日に入院の記録がありません。" }])
        ),
        amended(
            entry("DischargePlanned", "退院日の決定", "STUB", json!([]), json!([])),
            json!({ "kind": "RETRACTED", "recordedAt": "2026-11-12T01:05:00Z" })
        ),
        amended(
            entry(
                "CounsellingProvided",
                "相談・助言",
                "FULL",
                json!([field("theme", "相談の内容", json!("住まい"), "OPEN")]),
                json!([])
            ),
            json!({
                "kind": "CORRECTED", "recordedAt": "2026-11-12T01:05:00Z",
                "reason": { "name": "reason", "label": "訂正の理由", "value": "書き誤り", "status": "OPEN" },
                "before": [field("theme", "相談の内容", json!("すまい"), "OPEN")],
            })
        ),
        amended(
            entry("VisitNotHeld", "実施できなかった訪問", "FULL", json!([]), json!([])),
            json!({ "kind": "CORRECTED", "recordedAt": "2026-11-12T01:05:00Z" })
        ),
        entry(
            "PersonRegistered",
            "本人の登録",
            "CLEAR",
            json!([
                field("family_name", "姓", Value::Null, "SEALED"),
                field("given_name", "名", Value::Null, "ERASED"),
                field("birth_month", "生年月", json!("1967-03"), "OPEN"),
                field("residence_ward", "居住区", json!("14107"), "OPEN"),
            ]),
            json!([])
        ),
    ])
}

#[test]
fn case_page() {
    let of = |found, which: Value, as_of, notice| {
        let which: Which = read(which);
        CasePage::of(found, &which, as_of, notice, true).expect("there is a case")
    };
    check("case", &of(case(&entries(), "WAITING"), json!({}), None, None));
    let notice = Notice {
        recorded: "病棟訪問", flags: vec!["この日に入院の記録がありません。"]
    };
    let at = json!({ "at": "at-WardVisitRecorded" });
    check("case_after_recording", &of(case(&entries(), "ACCEPTED"), at, None, Some(notice)));
    let which = json!({ "asOf": "2026-11-01", "after": "x" });
    let day = Some(Date::constant(2026, 11, 1));
    check("case_as_of_a_day", &of(case(&json!([]), "WAITING"), which, day, None));
    let hidden: super::case::Found = read(json!({ "viewer": center(), "case": null }));
    assert!(CasePage::of(hidden, &Which::default(), None, None, true).is_none());
}

#[test]
fn accesses_page() {
    let access = |door: &str, purpose: &str, shown: u32, kinds: &[&str]| {
        json!({ "node": {
            "at": "2026-11-20T01:02:00Z",
            "agency": { "id": "core-a", "name": "架空区基幹相談支援センター" },
            "staff": "staff-07", "door": door, "purpose": purpose, "shown": shown, "kinds": kinds,
        } })
    };
    let edges = [
        access("CONSOLE", "BREAK_GLASS", 2, &["本人の登録", "入院の開始"]),
        access("GRAPHQL", "CASE", 0, &[]),
        access("EXPORT", "EXPORT", 14, &[]),
    ];
    let of = |accesses: Value, after: Option<&str>| {
        let found: accesses::Found = read(json!({ "viewer": center(), "case": {
            "id": "case-1",
            "person": {
                "nameStatus": "OPEN", "familyName": "架空", "givenName": "<一郎>",
                "accesses": accesses,
            },
        } }));
        let which: accesses::Which = read(json!({ "after": after }));
        AccessesPage::of(found, &which, "2026年11月20日".to_owned(), true)
    };
    let info = |next| json!({ "hasNextPage": next, "endCursor": "x" });
    let first = of(json!({ "edges": edges, "pageInfo": info(true) }), None);
    check("accesses", &first.expect("the agency answers for the person"));
    let last = of(json!({ "edges": [], "pageInfo": info(false) }), Some("x"));
    check("accesses_end", &last.expect("the agency answers for the person"));
    assert!(of(Value::Null, None).is_none());
}

#[test]
fn errands() {
    let found: case_errand::Found = read(json!({ "viewer": center(), "case": {
        "id": "case-1",
        "referral": {
            "id": "r", "state": "WAITING", "track": "DISCHARGE_SUPPORT",
            "to": { "id": "center-a", "name": "かくう" },
        },
        "person": {
            "id": "p", "nameStatus": "OPEN", "familyName": "架空", "givenName": "一郎",
            "stays": [{
                "id": "1f0c9b0e-6c1e-4a53-9d0e-0f5f8b1f3a11", "hospital": { "id": "hospital-a", "name": "架空みなと病院" },
                "admittedOn": "2021-09-06", "endedOn": null,
            }],
        },
    } }));
    let (viewer, case) = (found.viewer, found.case.expect("there is a case"));
    let entries = Entries::default().with("draft", "6f0c9b0e-6c1e-4a53-9d0e-0f5f8b1f3a11");
    let none = Problems::default();
    let declared = Setting::DECLARED;
    let page = ACCEPTANCE.page(
        &viewer,
        &case,
        &entries.clone().with("track", "1"),
        &none,
        &declared,
        true,
    );
    check("acceptance", &page);
    let mut problems = Problems::default();
    problems.add("missing", "「不足している事項」を選択してください。".into());
    check(
        "return_with_problems",
        &RETURN.page(&viewer, &case, &entries, &problems, &declared, true),
    );
    let choices = |ask: &_| ward_visit::choices(ask, &case.person.stays);
    let setting = Setting { choices: &choices };
    let entries = entries.with("episode_id", "1f0c9b0e-6c1e-4a53-9d0e-0f5f8b1f3a11");
    check(
        "ward_visit",
        &ward_visit::WARD_VISIT.page(&viewer, &case, &entries, &none, &setting, true),
    );
    let missing = ward_visit::visit(&entries, TODAY).err().expect("something is missing");
    let missing = missing.in_order(ward_visit::WARD_VISIT.asks);
    let names: Vec<_> = missing.iter().filter_map(|problem| problem.name).collect();
    assert_eq!(names, ["visited_on", "method", "purpose"]);
}

#[test]
fn outcomes() {
    let viewer = viewer("MUNICIPALITY", "city", "架空市");
    let answer = |discharges: u32, days: Value, observed: u32| {
        json!({
            "viewer": viewer,
            "outcomes": {
                "asOf": "2026-11-20", "discharges": discharges,
                "medianDaysReferralToDischarge": days,
                "readmissions": [
                    { "days": 90, "numerator": observed / 4, "denominator": observed, "deaths": 0 },
                    { "days": 180, "numerator": observed / 2, "denominator": observed, "deaths": 1 },
                    { "days": 365, "numerator": 0, "denominator": 0, "deaths": 0 },
                ],
                "averageCommunityDays": days,
                "referrals": {
                    "submitted": 5, "accepted": 3, "returned": 1, "declined": 0, "withdrawn": 0,
                    "lapsed": 0,
                    "waiting": 1, "everReturned": 2,
                },
                "stages": [{ "label": "紹介から受理まで", "medianDays": days, "cases": 3 }],
            },
            "before": {
                "discharges": 12, "medianDaysReferralToDischarge": 200.0,
                "averageCommunityDays": null,
            },
        })
    };
    let year = |year| casework::FiscalYear::beginning_in(year).expect("a year");
    let look = Look { year: year(2025), by_discharge: false, ward: Some("14107") };
    let page = OutcomesPage::of(read(answer(12, json!(180.5), 12)), &look, TODAY, true);
    check("outcomes", &page.expect("there are figures"));
    let look = Look { year: year(2026), by_discharge: true, ward: None };
    let page = OutcomesPage::of(read(answer(1, Value::Null, 0)), &look, TODAY, true);
    check("outcomes_of_few", &page.expect("there are figures"));
}

#[test]
fn search() {
    let found = |hits: Value| {
        let viewer = center();
        read::<search::Found>(json!({ "viewer": viewer, "searchPersons": hits }))
    };
    let none = Problems::default();
    let begun = SearchPage::of(found(Value::Null), &Entries::default(), &none, true);
    check("search", &begun);
    let hit = json!({
        "quality": "WHOLE", "familyNameKana": "カクウ", "givenNameKana": "イチロウ",
        "birthDate": "1967-03-09",
        "person": {
            "nameStatus": "OPEN", "familyName": "架空", "givenName": "<一郎>",
            "residenceWard": "14107",
            "cases": [{ "id": "case-1", "track": "DISCHARGE_SUPPORT", "state": "SUPPORTING" }],
        },
    });
    let bare = json!({
        "quality": "WHOLE_BUT_LETTER", "familyNameKana": null, "givenNameKana": null,
        "birthDate": null,
        "person": {
            "nameStatus": "OPEN", "familyName": "架空", "givenName": "二郎",
            "residenceWard": null, "cases": [],
        },
    });
    let page = json!({
        "edges": [{ "node": hit }, { "node": bare }],
        "pageInfo": { "hasNextPage": true, "endCursor": "person-2" },
    });
    let entries = Entries::new(vec![("name".into(), "かくう".into())]);
    check("search_found", &SearchPage::of(found(page), &entries, &none, true));
}

#[test]
fn merge_candidates() {
    let person = |id: &str, given: &str, born: Value| {
        json!({
            "id": id, "status": "OPEN", "familyName": "架空", "givenName": given,
            "familyNameKana": "カクウ", "givenNameKana": null, "birthDate": born, "address": null,
        })
    };
    let [one, other] =
        [person("a", "<一郎>", json!("1967-03-09")), person("b", "一朗", Value::Null)];
    let mut viewer = viewer("MUNICIPALITY", "city", "架空市");
    viewer["isIdentityOfficer"] = json!(true);
    let proposal = |id: &str, is_own: bool| json!({ "node": { "id": id, "isOwn": is_own, "surviving": one, "merged": other } });
    let pair = json!({
        "likelihood": 93, "reasons": [{ "label": "姓が一致" }], "one": one, "other": other,
    });
    let found = read::<merge_candidates::Found>(json!({
        "viewer": viewer,
        "mergeProposals": {
            "edges": [proposal("p-1", false), proposal("p-2", true)],
            "pageInfo": { "hasNextPage": false, "endCursor": "p-2" },
        },
        "mergeCandidates": {
            "edges": [{ "node": pair }],
            "pageInfo": { "hasNextPage": true, "endCursor": "a.b" },
        },
    }));
    let draft = "6f0c9b0e-6c1e-4a53-9d0e-0f5f8b1f3a11";
    check("merge_candidates", &MergePage::of(found, None, true).with_draft(draft));
}

#[test]
fn error() {
    check(
        "error",
        &error_page::sample("ページが見つかりません", &["表示できる内容がありません。"], true),
    );
}

#[test]
fn a_document_bears_the_name_of_its_file_and_every_file_is_used() {
    for document in super::documents::ALL {
        let parsed = async_graphql::parser::parse_query(document.text).expect("it can be parsed");
        let names: Vec<_> = parsed.operations.iter().filter_map(|(name, _)| name).collect();
        assert_eq!(names, [document.name]);
    }
    let folder = format!("{}/operations", env!("CARGO_MANIFEST_DIR"));
    let files = fs::read_dir(folder).expect("the operations can be listed").count();
    assert_eq!(files, super::documents::ALL.len());
}
