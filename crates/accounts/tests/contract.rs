//! What accounts promise, asked of both stores.
//!
//! PostgreSQL is the server that `TSUNAGI_TEST_POSTGRES` names; each test makes a database of its
//! own there.

#[path = "contract/databases.rs"]
mod databases;
#[path = "contract/desk.rs"]
mod desk;
#[path = "contract/enrolling.rs"]
mod enrolling;
#[path = "contract/linking.rs"]
mod linking;
#[path = "contract/sessions.rs"]
mod sessions;
#[path = "contract/signing_in.rs"]
mod signing_in;

/// One test for each promise and each store.
macro_rules! contract {
    ($($group:ident::$promise:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $promise() {
                crate::$group::$promise(&crate::databases::Database::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $promise() {
                let database = crate::databases::Database::postgres(stringify!($promise)).await;
                crate::$group::$promise(&database).await;
                database.remove().await;
            })*
        }
    };
}

contract!(
    enrolling::who_was_invited_enrols_and_signs_in,
    enrolling::a_code_is_good_once_for_one_name_and_for_three_days,
    enrolling::a_reset_takes_everything_away,
    enrolling::names_and_staff_codes_belong_to_one_account_for_ever,
    enrolling::a_password_that_others_guess_is_not_taken,
    signing_in::name_password_and_code_must_go_together,
    signing_in::a_code_is_accepted_once_however_many_try,
    signing_in::failures_slow_down_alike_whether_there_is_an_account_or_not,
    signing_in::of_many_at_once_only_as_many_are_judged_as_one_after_the_other,
    signing_in::one_source_is_slowed_down_over_all_names,
    linking::a_subject_is_the_only_way_into_its_account,
    linking::a_subject_belongs_to_one_account,
    linking::a_reset_or_an_end_closes_the_way_of_a_subject,
    linking::accounts_of_before_can_be_linked,
    linking::who_reads_for_long_keeps_no_process_from_starting,
    linking::of_many_who_link_one_subject_one_does,
    sessions::a_session_ends_when_nobody_is_there,
    sessions::a_session_ends_after_twelve_hours_whatever_happens,
    sessions::looking_is_no_sign_that_somebody_is_there,
    sessions::a_session_ends_when_its_account_changes,
    sessions::each_session_has_an_id_of_its_own_and_ends_alone,
    sessions::nothing_secret_lies_in_the_database,
);
