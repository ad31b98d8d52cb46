//! Who is let in, and how those who are not are slowed down.

use accounts::{Credentials, SignInError};
use jiff::SignedDuration;
use tokio::task::JoinSet;

use crate::{databases::Database, desk::*};

pub async fn name_password_and_code_must_go_together(database: &Database) {
    let desk = Desk::open(database).await;
    let app = desk.enrolled().await;
    let now = desk.now();
    let (code, wrong) = (app.code(now), app.wrong_code(now));
    for (name, password, code) in
        [("nobody", PASSWORD, code.as_str()), (NAME, "別の長い合言葉を選んだ", &code)]
    {
        assert!(is_refused(&desk.try_in(name, password, code).await), "{name}");
    }
    for code in [wrong.as_str(), ""] {
        assert!(is_refused(&desk.try_in(NAME, PASSWORD, code).await), "{code}");
        desk.later(SignedDuration::from_secs(1));
    }
    // The code was not used up by attempts that failed; how name and password are typed is no matter.
    let decomposed = "ＡＯＩ.kakuu";
    assert!(desk.try_in(decomposed, PASSWORD, &code).await.is_ok());
}

pub async fn a_code_is_accepted_once_however_many_try(database: &Database) {
    let desk = Desk::open(database).await;
    let app = desk.enrolled().await;
    let code = app.code(desk.now());
    let mut tries = JoinSet::new();
    for number in 0..3 {
        let (accounts, code) = (desk.accounts.clone(), code.clone());
        tries.spawn(async move {
            let password = PASSWORD.to_owned().into();
            let entered = Credentials { login_name: NAME.into(), password, code };
            accounts.sign_in(entered, &format!("192.0.2.{number}")).await.is_ok()
        });
    }
    let admitted = tries.join_all().await.into_iter().filter(|admitted| *admitted).count();
    assert_eq!(admitted, 1);
    desk.later(SignedDuration::from_secs(10));
    assert!(is_refused(&desk.try_in(NAME, PASSWORD, &code).await), "it is right, and it was used");
    let earlier = app.code(desk.now() - SignedDuration::from_secs(30));
    desk.later(SignedDuration::from_secs(10));
    assert!(is_refused(&desk.try_in(NAME, PASSWORD, &earlier).await), "nor one before it");
    desk.later(SignedDuration::from_secs(30));
    desk.sign_in(&app).await;
}

pub async fn failures_slow_down_alike_whether_there_is_an_account_or_not(database: &Database) {
    let desk = Desk::open(database).await;
    let app = desk.enrolled().await;
    let mut answers = Vec::new();
    for name in [NAME, "nobody"] {
        let mut of_name = Vec::new();
        for seconds in [0, 0, 0, 0, 1, 1, 1, 1, 1, 1] {
            desk.later(SignedDuration::from_secs(seconds));
            let answer = desk.try_in(name, "間違えた合言葉です。残念", "000000").await;
            assert!(is_refused(&answer) || wait(&answer).is_some());
            of_name.push(wait(&answer));
        }
        answers.push(of_name);
        desk.much_later();
    }
    assert_eq!(answers[0], answers[1]);
    let expected = [None, None, None, Some(1), None, Some(1), None, Some(3), Some(2), Some(1)];
    assert_eq!(answers[0], expected);
    // While it lasts, what is right is not judged either. Then it leaves no trace: whoever goes on
    // failing waits as if nobody had signed in meanwhile.
    for _ in 0..3 {
        assert!(is_refused(&desk.try_in(NAME, "間違えた合言葉です。残念", "000000").await));
    }
    let code = app.code(desk.now());
    assert_eq!(wait(&desk.try_in(NAME, PASSWORD, &code).await), Some(1));
    desk.later(SignedDuration::from_secs(1));
    desk.sign_in(&app).await;
    assert!(is_refused(&desk.try_in(NAME, "間違えた合言葉です。残念", "000000").await));
    let next = desk.try_in(NAME, "間違えた合言葉です。残念", "000000").await;
    assert_eq!(wait(&next), Some(2));
}

pub async fn of_many_at_once_only_as_many_are_judged_as_one_after_the_other(database: &Database) {
    let desk = Desk::open(database).await;
    let mut tries = JoinSet::new();
    for number in 0..12 {
        let accounts = desk.accounts.clone();
        tries.spawn(async move {
            let password = "間違えた合言葉です。残念".to_owned().into();
            let code = "000000".to_owned();
            let entered = Credentials { login_name: "nobody".into(), password, code };
            let answer = accounts.sign_in(entered, &format!("192.0.2.{number}")).await;
            matches!(answer, Err(SignInError::Refused))
        });
    }
    let judged = tries.join_all().await.into_iter().filter(|judged| *judged).count();
    assert!((1..=3).contains(&judged), "{judged}");
}

pub async fn one_source_is_slowed_down_over_all_names(database: &Database) {
    let desk = Desk::open(database).await;
    let app = desk.enrolled().await;
    let mut judged = 0;
    loop {
        let name = format!("nobody-{judged}");
        let answer = desk.try_in(&name, "間違えた合言葉です。残念", "000000").await;
        if wait(&answer).is_some() {
            break;
        }
        judged += 1;
        if judged == 10 {
            // Success takes back its own attempt and no other.
            desk.sign_in(&app).await;
        }
    }
    assert_eq!(judged, 30);
}
