# Everything CI runs.
test:
    cargo xtask test

# The fault tests in full.
faults:
    cargo xtask faults

# All services and the gateway in one process, with demo people.
run:
    cargo run --release

# Rewrites the golden files, docs/catalogue.md among them.
golden:
    cargo xtask golden

# Formats all Rust.
fmt:
    cargo fmt --all
