//! The arrows of the floor plan, read from the manifests.

use std::{collections::BTreeMap, collections::BTreeSet, process::Command};

use serde_json::Value;

const SERVICES: [&str; 6] =
    ["hospital", "support-center", "core-center", "ward-office", "municipality", "emergency"];

/// What each package of the workspace needs outside its tests.
fn edges() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .output()
        .expect("cargo metadata runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    packages.iter().map(|package| (name(package), needs(package))).collect()
}

fn needs(package: &Value) -> BTreeSet<String> {
    let dependencies = package["dependencies"].as_array().expect("dependencies");
    let outside_tests = dependencies.iter().filter(|dependency| dependency["kind"].is_null());
    outside_tests.map(name).collect()
}

fn name(value: &Value) -> String {
    value["name"].as_str().expect("a name").to_owned()
}

/// Everything of the workspace that a package needs, through others too.
fn reach(edges: &BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![from.to_owned()];
    while let Some(package) = open.pop() {
        for needed in edges.get(&package).into_iter().flatten() {
            if found.insert(needed.clone()) {
                open.push(needed.clone());
            }
        }
    }
    found
}

#[test]
fn the_rules_know_no_machinery() {
    let reach = reach(&edges(), "casework");
    for machinery in ["sqlx", "tokio", "event-log", "vault", "access", "office", "uuid"] {
        assert!(!reach.contains(machinery), "casework reaches {machinery}");
    }
    assert!(!edges()["casework"].contains("tonic"));
}

#[test]
fn names_are_compared_without_machinery_and_only_the_gateway_compares_them() {
    let edges = edges();
    let names = reach(&edges, "identity");
    for machinery in ["sqlx", "tokio", "event-log", "vault", "access", "office", "uuid"] {
        assert!(!names.contains(machinery), "identity reaches {machinery}");
    }
    // Whoever registers a person cannot know who is alike.
    for package in SERVICES.iter().chain(&["office", "casework", "read-models"]) {
        assert!(!reach(&edges, package).contains("identity"), "{package} compares names");
    }
}

#[test]
fn the_log_does_not_know_what_an_event_means() {
    let reach = reach(&edges(), "event-log");
    for meaning in ["contracts", "casework", "prost", "vault"] {
        assert!(!reach.contains(meaning), "event-log reaches {meaning}");
    }
}

#[test]
fn services_do_not_know_each_other_or_the_gateway() {
    let edges = edges();
    for service in SERVICES {
        let reach = reach(&edges, service);
        for other in SERVICES.iter().filter(|other| **other != service) {
            assert!(!reach.contains(*other), "{service} reaches {other}");
        }
        assert!(!reach.contains("gateway") && !reach.contains("read-models"), "{service}");
    }
}

#[test]
fn only_the_stores_name_sqlx() {
    let stores = ["event-log", "vault", "accounts", "read-models", "acceptance", "bench"];
    for (package, needs) in edges() {
        assert!(
            !needs.contains("sqlx") || stores.contains(&package.as_str()),
            "{package} names sqlx"
        );
    }
}

#[test]
fn offices_do_not_read_models_and_models_do_not_know_offices() {
    let edges = edges();
    assert!(!reach(&edges, "office").contains("read-models"));
    assert!(!reach(&edges, "read-models").contains("office"));
}

#[test]
fn no_office_knows_accounts_and_accounts_know_no_office() {
    let edges = edges();
    for package in SERVICES.iter().chain(&["office", "read-models", "access"]) {
        assert!(!reach(&edges, package).contains("accounts"), "{package} reaches accounts");
    }
    for other in ["office", "read-models", "gateway"] {
        assert!(!reach(&edges, "accounts").contains(other), "accounts reach {other}");
    }
}
