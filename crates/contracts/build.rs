//! Compiles `proto/` without protoc, and keeps the descriptors with every declaration in them.

use std::{
    env,
    error::Error,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use prost_types::FileDescriptorSet;

const PROTO_ROOT: &str = "../../proto";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={PROTO_ROOT}");
    let files = proto_files(Path::new(PROTO_ROOT))?;
    let mut compiler = protox::Compiler::new([PROTO_ROOT])?;
    compiler.include_imports(true).include_source_info(true).open_files(&files)?;

    let out = PathBuf::from(env::var("OUT_DIR")?);
    // Encoded by protox and not by prost-types, which would drop the custom options.
    fs::write(out.join("descriptors.bin"), compiler.encode_file_descriptor_set())?;
    let descriptors = compiler.file_descriptor_set();
    fs::write(out.join("variants.rs"), variants(&descriptors))?;
    tonic_prost_build::configure()
        .build_transport(false)
        .skip_debug(messages(&descriptors))
        .include_file("modules.rs")
        .compile_fds(descriptors)?;
    Ok(())
}

/// From each event's message to its variant of `EventBody`, and from a variant to its number.
fn variants(descriptors: &FileDescriptorSet) -> String {
    let files = descriptors.file.iter().filter(|file| file.package() == "tsunagi.events.v1");
    let mut messages = files.flat_map(|file| &file.message_type);
    let body = messages.find(|message| message.name() == "EventBody").expect("EventBody");
    let mut conversions = String::new();
    let mut numbers = String::new();
    for entry in &body.field {
        let name = entry.type_name().rsplit('.').next().unwrap_or_default();
        let number = entry.number();
        let _ = write!(
            conversions,
            "impl From<crate::events::{name}> for Event {{ \
             fn from(event: crate::events::{name}) -> Self {{ Self::{name}(event) }} }}\n\
             impl TryFrom<Event> for crate::events::{name} {{ type Error = Event; \
             fn try_from(event: Event) -> Result<Self, Event> {{ \
             match event {{ Event::{name}(event) => Ok(event), other => Err(other) }} }} }}\n"
        );
        let _ = writeln!(numbers, "            Self::{name}(_) => {number},");
    }
    format!(
        "{conversions}impl Event {{\n    /// Its number in the log.\n    \
         pub fn number(&self) -> u32 {{\n        match self {{\n{numbers}        }}\n    }}\n}}\n"
    )
}

/// Every message but the annotations: one that can hold personal text must not be printable by
/// accident.
fn messages(descriptors: &FileDescriptorSet) -> Vec<String> {
    let ours = |package: &str| package.starts_with("tsunagi.") && !package.contains("annotations");
    let files = descriptors.file.iter().filter(|file| ours(file.package()));
    let names = files.flat_map(|file| {
        let package = file.package();
        file.message_type.iter().map(move |message| format!(".{package}.{}", message.name()))
    });
    names.collect()
}

fn proto_files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(proto_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
