//! `tsunagi account`, on a data folder and on the log it belongs to.

use std::{path::Path, process::Command};

use tsunagi::data_folder::MUNICIPALITY_ID;

fn run(arguments: &[&str], data: &Path) -> Result<String, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tsunagi"));
    let output = command.args(arguments).arg("--data").arg(data).output().expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("it prints text");
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

#[test]
fn an_account_is_made_changed_and_ended() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let account = |arguments: &[&str]| run(&[&["account"], arguments].concat(), &data);
    run(&["init"], &data).expect("the log begins");
    assert_eq!(account(&["list"]).as_deref(), Ok(""));
    let nowhere = account(&["add", "aoi.kakuu", "--agency", "hospital-nowhere"]).unwrap_err();
    assert!(nowhere.contains("hospital-nowhere is not registered"), "{nowhere}");
    let agency = ["--agency", MUNICIPALITY_ID];
    let add = [&["add", "Aoi.Kakuu", "--staff", "s-1", "--role", "identity-officer"], &agency[..]];
    let added = account(&add.concat()).expect("it is made");
    let code = |printed: &str| {
        let line = printed.lines().find(|line| line.contains("Enrolment code")).expect("a code");
        line.rsplit(' ').next().expect("a word").to_owned()
    };
    assert_eq!(code(&added).len(), 39, "{added}");
    let taken = account(&add.concat()).unwrap_err();
    assert!(taken.contains("is taken") && !taken.to_lowercase().contains("aoi"), "{taken}");
    let random = account(&[&["add", "umi.kakuu"], &agency[..]].concat()).expect("it is made");
    assert!(random.contains(&format!("{MUNICIPALITY_ID} staff-")), "{random}");

    let list = || account(&["list"]).expect("a list");
    let line =
        |state: &str, roles: &str| format!("{MUNICIPALITY_ID}\ts-1\t{state}\taoi.kakuu\t{roles}\n");
    assert!(list().contains(&line("invited", "identity-officer")), "{}", list());
    account(&["roles", "aoi.kakuu", "--role", "account-officer"]).expect("they change");
    assert!(list().contains(&line("invited", "account-officer")), "{}", list());
    let reset = account(&["reset", "aoi.kakuu"]).expect("it is reset");
    assert_ne!(code(&reset), code(&added));
    for _ in 0..2 {
        account(&["end", "aoi.kakuu"]).expect("doing it again does no harm");
    }
    assert!(list().contains(&line("ended", "account-officer")), "{}", list());
    assert!(account(&["reset", "aoi.kakuu"]).is_err());
    assert!(account(&["end", "nobody"]).is_err());

    // Each change ended the tokens of before, in a sound log that holds no login name.
    let stats = run(&["log", "stats"], &data).expect("figures");
    assert!(stats.contains("StaffAccessEnded"), "{stats}");
    let exported = run(&["log", "export"], &data).expect("lines");
    let verified = run(&["log", "verify"], &data).expect("it is sound");
    assert!(verified.starts_with("5 events, the chain holds"), "{verified}");
    assert!(!exported.contains("aoi.kakuu") && !exported.contains("umi.kakuu"), "{exported}");
}
