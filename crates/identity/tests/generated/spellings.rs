//! A person is found by every spelling, and with one typo.

use identity::{Identity, Index, Quality, Query};

use crate::people::{Chance, Names};

fn town() -> Index<u32> {
    let mut index = Index::default();
    let rows = [
        ("髙橋", "ヴェラ", "タカハシ", "ヴェラ", "1967-03-09"),
        ("齋藤", "花子", "さいとう", "はなこ", "1940-01-02"),
        ("山﨑", "優子", "ﾔﾏｻﾞｷ", "ﾕｳｺ", "1998-06-07"),
        ("大野", "京子", "おおの", "きょうこ", ""),
        ("小野", "恭子", "おの", "きょうこ", "1990-10-11"),
        ("佐々木", "ひかり", "", "", "2001-02-03"),
    ];
    for (number, (family, given, family_kana, given_kana, born)) in (1..).zip(rows) {
        let identity = Identity {
            family_name: family.into(),
            given_name: given.into(),
            family_name_kana: family_kana.into(),
            given_name_kana: given_kana.into(),
            birth_date: born.into(),
        };
        index.put(number, &identity);
    }
    index
}

fn found(index: &Index<u32>, name: &str, date: &str) -> Vec<(u32, Quality)> {
    let query = Query::of(name, date).unwrap_or_else(|no| panic!("{no:?}"));
    index.search(&query).into_iter().map(|hit| (*hit.key, hit.quality)).collect()
}

#[test]
fn by_every_spelling() {
    let town = town();
    for (name, number) in [
        ("髙橋ヴェラ", 1),
        ("高橋 ベラ", 1),
        ("たかはし　べら", 1),
        ("ﾀｶﾊｼ ﾍﾞﾗ", 1),
        ("タカハシヴェラ", 1),
        ("斉藤花子", 2),
        ("斎藤　はなこ", 2),
        ("齊藤花子", 2),
        ("サイトーハナコ", 2),
        ("山崎優子", 3),
        ("ヤマザキ ユーコ", 3),
        ("オーノ キヨウコ", 4),
        ("おうのきょうこ", 4),
        ("おの　きょうこ", 5),
        ("佐佐木ひかり", 6),
        ("佐々木ヒカリ", 6),
    ] {
        assert_eq!(found(&town, name, "").first(), Some(&(number, Quality::Whole)), "{name}");
    }
}

#[test]
fn by_a_part_and_by_the_wrong_order() {
    let town = town();
    assert_eq!(found(&town, "さいとう", ""), [(2, Quality::FamilyName)]);
    assert_eq!(found(&town, "花子", ""), [(2, Quality::GivenName)]);
    assert_eq!(found(&town, "たか", ""), [(1, Quality::FamilyNameBegun)]);
    assert_eq!(found(&town, "さいとう は", ""), [(2, Quality::GivenNameBegun)]);
    assert_eq!(found(&town, "花子 斎藤", ""), [(2, Quality::Swapped)]);
    assert_eq!(found(&town, "なこ", ""), [], "no end of a name");
}

#[test]
fn with_one_typo_and_not_with_two() {
    let town = town();
    assert_eq!(found(&town, "やまさきゆうこ", ""), [(3, Quality::WholeButMark)]);
    assert_eq!(found(&town, "さいとう はなか", ""), [(2, Quality::WholeButLetter)]);
    assert_eq!(found(&town, "さいと はなこ", ""), [(2, Quality::WholeButLetter)]);
    assert_eq!(found(&town, "さとう はなこ", ""), [(2, Quality::WholeButLetter)]);
    assert_eq!(found(&town, "たかはら", ""), [(1, Quality::FamilyNameButLetter)]);
    assert_eq!(found(&town, "さいと はなか", ""), []);
    assert_eq!(found(&town, "おの", ""), [(5, Quality::FamilyName)], "おおの is another name");
}

#[test]
fn by_the_date_of_birth_in_any_calendar() {
    let town = town();
    for date in ["昭和42年3月9日", "S42.3.9", "1967-03-09", "１９６７／３／９"] {
        assert_eq!(found(&town, "", date), [(1, Quality::BirthDate)], "{date}");
        assert_eq!(found(&town, "高橋ベラ", date), [(1, Quality::Whole)], "{date}");
    }
    assert_eq!(found(&town, "高橋ベラ", "1967-03-08"), [(1, Quality::WholeButBirthDate)]);
    assert_eq!(found(&town, "山崎優子", "昭和10年6月7日"), [(3, Quality::WholeButBirthDate)]);
    assert_eq!(found(&town, "高橋ベル", "1967-03-08"), [], "two typos");
    assert_eq!(found(&town, "高橋", "1967-03-08"), [], "too little to forgive one");
    assert_eq!(
        found(&town, "きょうこ", "1990-10-11"),
        [(5, Quality::GivenName)],
        "of the two only who was born then"
    );
    assert_eq!(
        found(&town, "大野京子", "1950-01-01"),
        [(4, Quality::WholeUnknownBirthDate)],
        "nothing says otherwise"
    );
}

/// Invented people, each asked for in several ways.
#[test]
fn everybody_is_found_and_the_best_answers_are_right() {
    let (names, mut chance) = (Names::read(), Chance::new(3));
    let people: Vec<_> = (0..20_000).map(|_| names.person(&mut chance)).collect();
    let mut index = Index::default();
    for (number, person) in people.iter().enumerate() {
        index.put(number, &person.identity());
    }
    let (mut best, mut all) = (Share::default(), Share::default());
    for _ in 0..500 {
        let number = chance.below(people.len());
        let person = &people[number];
        let born = person.born.map(|born| born.to_string()).unwrap_or_default();
        for name in [
            format!("{}{}", person.family.0, person.given.0),
            format!("{} {}", person.family.1, person.given.1),
            format!("{}{}", person.given.1, person.family.1),
        ] {
            let query = Query::of(&name, "").expect("a question");
            let hits = index.search(&query);
            assert!(hits.iter().any(|hit| *hit.key == number), "everybody is found");
            for hit in &hits {
                let is_right = alike(&people[*hit.key], person);
                all.count(is_right);
                if hit.quality <= Quality::Swapped {
                    best.count(is_right);
                }
            }
            let query = Query::of(&name, &born).expect("a question");
            let first = index.search(&query).into_iter().next().map(|hit| hit.quality);
            assert!(first.is_some_and(|first| first <= Quality::Swapped));
        }
    }
    println!("recall 100 %; precision of whole names {best}, with one typo forgiven {all}");
    assert!(best.percent() >= 95.0 && all.percent() >= 25.0);
}

#[derive(Default)]
struct Share {
    right: u32,
    all: u32,
}

impl Share {
    fn count(&mut self, is_right: bool) {
        self.right += u32::from(is_right);
        self.all += 1;
    }

    fn percent(&self) -> f64 {
        100.0 * f64::from(self.right) / f64::from(self.all)
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:.1} % of {}", self.percent(), self.all)
    }
}

/// Read or written alike.
fn alike(one: &crate::people::Person, other: &crate::people::Person) -> bool {
    let read = (&one.family.1, &one.given.1) == (&other.family.1, &other.given.1);
    let written = (&one.family.0, &one.given.0) == (&other.family.0, &other.given.0);
    read || written
}
