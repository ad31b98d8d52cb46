//! What only shows from inside: the bytes that lie in a vault's files.

use std::fs;
use std::path::Path;

use super::*;

fn person() -> Subject {
    Subject::new("person", "0b7c6f1e")
}

async fn vault_in(folder: &Path) -> Vault {
    let address = format!("sqlite:{}", folder.join("vault.sqlite").display());
    Vault::open(&address, MasterKey::from_bytes([7; 32])).await.unwrap()
}

async fn wrapped_key(vault: &Vault) -> Vec<u8> {
    match vault.0.store.find(&person()).await.unwrap() {
        Some(StoredKey::Wrapped(wrapped)) => wrapped,
        other => panic!("no key but {other:?}"),
    }
}

/// Whether these bytes lie anywhere in the vault's files, the write-ahead log among them.
fn lies_in(folder: &Path, bytes: &[u8]) -> bool {
    let mut files = fs::read_dir(folder).unwrap().map(|file| fs::read(file.unwrap().path()));
    files.any(|content| content.unwrap().windows(bytes.len()).any(|window| window == bytes))
}

#[tokio::test]
async fn a_key_lies_wrapped_in_the_files_and_never_plain() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault_in(folder.path()).await;
    vault.ensure_key(&person()).await.unwrap();
    let wrapped = wrapped_key(&vault).await;
    let plain = vault.0.unwrap(&person(), &wrapped).unwrap();

    assert!(lies_in(folder.path(), &wrapped));
    assert!(!lies_in(folder.path(), plain.as_slice()));
    assert!(!lies_in(folder.path(), &[7; 32]), "the master key");
}

#[tokio::test]
async fn an_erased_key_leaves_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault_in(folder.path()).await;
    for neighbour in 0..100 {
        vault.ensure_key(&Subject::new("person", neighbour.to_string())).await.unwrap();
    }
    vault.ensure_key(&person()).await.unwrap();
    let wrapped = wrapped_key(&vault).await;
    vault.erase(&person()).await.unwrap();

    // No part of it either: a row that grows shorter leaves the rest of the old one behind.
    assert!(!wrapped.windows(8).any(|part| lies_in(folder.path(), part)));
}

#[tokio::test]
async fn a_key_moved_to_another_subject_does_not_unwrap() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault_in(folder.path()).await;
    vault.ensure_key(&person()).await.unwrap();
    let wrapped = wrapped_key(&vault).await;

    let stranger = Subject::new("person", "stranger");
    vault.0.store.insert_if_absent(&vault.0.check, &stranger, &wrapped).await.unwrap();
    assert!(matches!(vault.key(&stranger).await, Err(VaultError::Damaged)));
}

#[tokio::test]
async fn only_the_owner_may_read_the_file() {
    use std::os::unix::fs::MetadataExt;
    let folder = tempfile::tempdir().unwrap();
    let vault = vault_in(folder.path()).await;
    vault.ensure_key(&person()).await.unwrap();
    for file in fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().mode() & 0o077, 0, "{:?}", file.file_name());
    }
}

#[tokio::test]
async fn after_a_rotation_nothing_of_the_old_wrapping_lies_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault_in(folder.path()).await;
    vault.ensure_key(&person()).await.unwrap();
    let (wrapped, check) = (wrapped_key(&vault).await, vault.0.check.clone());
    let address = format!("sqlite:{}", folder.path().join("vault.sqlite").display());
    let new = MasterKey::from_bytes([8; 32]);
    vault.rotate(&new).await.unwrap();
    Vault::open(&address, new).await.unwrap().sweep().await.unwrap();
    for old in [wrapped, check] {
        assert!(!old.windows(8).any(|part| lies_in(folder.path(), part)));
    }
}

#[tokio::test]
async fn purposes_from_before_the_root_keep_what_was_derived_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault_in(folder.path()).await;
    let master = MasterKey::from_bytes([7; 32]);
    for purpose in ["tsunagi request digests v1", "tsunagi opaque positions v1"] {
        assert_eq!(vault.derive(purpose), *master.derive(purpose));
    }
    assert_ne!(vault.derive("another"), *master.derive("another"), "it comes from the root");
}

#[tokio::test]
async fn a_vault_from_before_the_root_gets_one() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault_in(folder.path()).await;
    vault.ensure_key(&person()).await.unwrap();
    let digests = vault.derive("tsunagi request digests v1");
    drop(vault);
    let path = folder.path().join("vault.sqlite");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    sqlx::query("DROP TABLE vault_secret").execute(&pool).await.unwrap();
    pool.close().await;
    let vault = vault_in(folder.path()).await;
    assert!(vault.key(&person()).await.unwrap().is_some());
    assert_eq!(vault.derive("tsunagi request digests v1"), digests);
    let root = vault.derive("another");
    assert_eq!(vault_in(folder.path()).await.derive("another"), root);
}
