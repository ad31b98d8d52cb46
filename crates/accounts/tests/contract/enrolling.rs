//! From the invitation to the first session.

use accounts::{AccountState, AccountsError, EnrolError, PasswordProblem, SignInError};
use jiff::SignedDuration;

use crate::{databases::Database, desk::*};

fn is_no<T>(answer: &Result<T, EnrolError>) -> bool {
    matches!(answer, Err(EnrolError::SignIn(SignInError::Refused)))
}

pub async fn who_was_invited_enrols_and_signs_in(database: &Database) {
    let desk = Desk::open(database).await;
    let invitation = desk.invite("Aoi.Kakuu", "s-1").await;
    assert_eq!(invitation.account.state, AccountState::Invited);
    let early = desk.try_in(NAME, PASSWORD, "000000").await;
    assert!(is_refused(&early), "nobody has enrolled yet");
    let who = invited("ＡＯＩ．ＫＡＫＵＵ", &invitation.code.to_lowercase().replace('-', " "));
    let begun = desk.accounts.begin_enrolment(&who, PASSWORD, SOURCE).await.ok().unwrap();
    assert!(begun.address.starts_with("otpauth://totp/Tsunagi:s-1?secret="), "no name is in it");
    assert!(begun.address.contains(&begun.secret));
    let app = App::of(&begun.secret);
    let code = app.code(desk.now());
    let unconfirmed = desk.try_in(NAME, PASSWORD, &code).await;
    assert!(is_refused(&unconfirmed), "the second factor is not confirmed");
    let wrong = app.wrong_code(desk.now());
    let refused = desk.accounts.finish_enrolment(&who, &wrong, SOURCE).await;
    assert!(matches!(refused, Err(EnrolError::SecondFactor)));
    desk.later(SignedDuration::from_secs(10));
    let shown = desk.accounts.pending_second_factor(&who, SOURCE).await.ok().unwrap();
    assert_eq!(shown.secret, begun.secret);
    let code = app.code(desk.now());
    let admitted = desk.accounts.finish_enrolment(&who, &code, SOURCE).await.ok().unwrap();
    let session = desk.accounts.begin_session(&admitted, 3).await.unwrap().unwrap().session;
    assert_eq!(session.principal, account(NAME, "s-1").principal);
    assert_eq!(session.tokens.ends_known, 3);
    let replayed = desk.try_in(NAME, PASSWORD, &code).await;
    assert!(is_refused(&replayed), "the code was used to enrol");
    desk.much_later();
    desk.sign_in(&app).await;
}

pub async fn a_code_is_good_once_for_one_name_and_for_three_days(database: &Database) {
    let desk = Desk::open(database).await;
    let (one, two) = (desk.invite(NAME, "s-1").await, desk.invite("umi.kakuu", "s-2").await);
    let (accounts, clock) = (&desk.accounts, &desk.clock);
    for (name, code) in [(NAME, two.code.as_str()), (NAME, ""), ("nobody", &one.code)] {
        let answer = accounts.begin_enrolment(&invited(name, code), PASSWORD, SOURCE).await;
        assert!(is_no(&answer), "{name}");
    }
    desk.much_later();
    let app = desk.enrol(NAME, &one.code).await;
    desk.much_later();
    let again = accounts.begin_enrolment(&invited(NAME, &one.code), PASSWORD, SOURCE).await;
    assert!(is_no(&again), "it was used");
    clock.set(two.until - SignedDuration::from_secs(1));
    let who = invited("umi.kakuu", &two.code);
    let in_time = accounts.begin_enrolment(&who, PASSWORD, SOURCE).await.ok().unwrap();
    clock.set(two.until);
    let code = App::of(&in_time.secret).code(desk.now());
    assert!(is_no(&accounts.finish_enrolment(&who, &code, SOURCE).await), "it is too late");
    desk.sign_in(&app).await;
}

pub async fn a_reset_takes_everything_away(database: &Database) {
    let desk = Desk::open(database).await;
    let app = desk.enrolled().await;
    let session = desk.sign_in(&app).await;
    let invitation = desk.accounts.reset(NAME).await.unwrap();
    assert!(!desk.is_open(&session.id).await);
    desk.much_later();
    let code = app.code(desk.now());
    assert!(is_refused(&desk.try_in(NAME, PASSWORD, &code).await));
    desk.much_later();
    let app = desk.enrol(NAME, &invitation.code).await;
    desk.much_later();
    desk.sign_in(&app).await;
}

pub async fn names_and_staff_codes_belong_to_one_account_for_ever(database: &Database) {
    let desk = Desk::open(database).await;
    let app = desk.enrolled().await;
    desk.accounts.end(NAME).await.unwrap();
    for (name, staff) in [("ＡＯＩ.kakuu", "s-2"), ("umi.kakuu", "s-1")] {
        let taken = desk.accounts.add(&account(name, staff)).await;
        assert!(matches!(taken, Err(AccountsError::Taken)), "{name} {staff}");
    }
    let code = app.code(desk.now());
    assert!(is_refused(&desk.try_in(NAME, PASSWORD, &code).await));
    assert!(matches!(desk.accounts.reset(NAME).await, Err(AccountsError::Unknown)));
    assert!(matches!(desk.accounts.end("nobody").await, Err(AccountsError::Unknown)));
    let all = desk.accounts.all().await.unwrap();
    assert_eq!(all.iter().map(|one| one.state).collect::<Vec<_>>(), [AccountState::Ended]);
}

pub async fn a_password_that_others_guess_is_not_taken(database: &Database) {
    let desk = Desk::open(database).await;
    let invitation = desk.invite(NAME, "s-1").await;
    let who = invited(NAME, &invitation.code);
    for (password, problem) in [
        ("短い", PasswordProblem::TooShort),
        ("aoi.kakuu-2026", PasswordProblem::HoldsLoginName),
        ("Tsunagi-2026!", PasswordProblem::Common),
    ] {
        let answer = desk.accounts.begin_enrolment(&who, password, SOURCE).await;
        assert!(matches!(answer, Err(EnrolError::Password(said)) if said == problem), "{password}");
        desk.much_later();
    }
}
