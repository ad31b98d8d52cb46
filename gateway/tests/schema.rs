//! The schema is a published format: a change of it is a change of `schema.graphql`.

use std::{env, fs, path::Path};

#[test]
fn the_committed_schema_is_the_schema() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.graphql");
    let schema = gateway::schema_text();
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &schema).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == schema,
        "UPDATE_GOLDEN=1 cargo test -p gateway writes schema.graphql anew"
    );
}
