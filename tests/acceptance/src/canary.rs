//! Looks for personal texts where they must not be: in files, and in the memory of a process, in
//! every form in which a program may write them.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::ErrorKind,
    os::unix::fs::FileExt,
    path::Path,
};

use anyhow::Context;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};

/// How much of a memory is read at once.
const PIECE_BYTES: usize = 1 << 20;

/// A page of memory.
const BLOCK_BYTES: usize = 1 << 12;
const ZEROS: [u8; BLOCK_BYTES] = [0; BLOCK_BYTES];

/// Texts that are looked for, all at once.
pub struct Canaries {
    texts: Vec<String>,
    /// Each form, and the text that it is of, by their first two bytes.
    forms: Vec<Vec<(Vec<u8>, usize)>>,
    /// For any two bytes: where in `forms` those lie that begin so, and 0 where none do.
    beginnings: Vec<u16>,
    longest: usize,
}

impl Canaries {
    /// These texts, none of which occurs anywhere by chance.
    pub fn of(texts: impl IntoIterator<Item = String>) -> Self {
        let texts: BTreeSet<_> = texts.into_iter().collect();
        Self::with(texts.into_iter().map(|text| {
            let forms = forms_of(&text);
            (text, forms)
        }))
    }

    /// These bytes, keys for instance. They are told in hexadecimal.
    pub fn of_bytes(all: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self::with(all.into_iter().map(|bytes| (in_hexadecimal(&bytes), forms_of_bytes(&bytes))))
    }

    fn with(all: impl Iterator<Item = (String, BTreeSet<Vec<u8>>)>) -> Self {
        let (texts, forms) = (Vec::new(), vec![Vec::new()]);
        let mut canaries = Self { texts, forms, beginnings: vec![0; 1 << 16], longest: 0 };
        for (text, forms) in all {
            let at = canaries.texts.len();
            canaries.texts.push(text);
            forms.into_iter().for_each(|form| canaries.take_in(form, at));
        }
        canaries
    }

    fn take_in(&mut self, form: Vec<u8>, text: usize) {
        self.longest = self.longest.max(form.len());
        let beginning = &mut self.beginnings[beginning(form[0], form[1])];
        if *beginning == 0 {
            *beginning = u16::try_from(self.forms.len()).expect("few beginnings");
            self.forms.push(Vec::new());
        }
        self.forms[usize::from(*beginning)].push((form, text));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Those that are found in these bytes.
    pub fn found_in(&self, bytes: &[u8]) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        for first in (0..bytes.len()).step_by(BLOCK_BYTES) {
            let end = bytes.len().min(first + BLOCK_BYTES);
            // Most of a memory has never been written to; a form may begin with the last zero.
            let is_empty = bytes[first..end] == ZEROS[..end - first];
            let first = if is_empty { end - 1 } else { first };
            for at in first..end.min(bytes.len() - 1) {
                let forms = self.beginnings[beginning(bytes[at], bytes[at + 1])];
                if forms != 0 {
                    self.look_at(&bytes[at..], usize::from(forms), &mut found);
                }
            }
        }
        found
    }

    fn look_at<'a>(&'a self, bytes: &[u8], forms: usize, found: &mut BTreeSet<&'a str>) {
        let fitting = self.forms[forms].iter().filter(|(form, _)| bytes.starts_with(form));
        found.extend(fitting.map(|(_, of)| self.texts[*of].as_str()));
    }

    /// Those that are found in any file under a folder, and how many bytes were looked through.
    pub fn found_in_folder(&self, folder: &Path) -> anyhow::Result<(BTreeSet<&str>, usize)> {
        let (mut found, mut bytes) = (BTreeSet::new(), 0);
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                let within = self.found_in_folder(&path)?;
                found.extend(within.0);
                bytes += within.1;
                continue;
            }
            // A write-ahead log may be gone by now: what it held is in its database.
            let Ok(content) = fs::read(&path) else { continue };
            bytes += content.len();
            found.extend(self.found_in(&content));
        }
        Ok((found, bytes))
    }

    /// Those that are found in the memory of a process, and how many bytes were looked through; none
    /// when this system does not let its memory be read.
    pub fn found_in_memory(&self, process: u32) -> anyhow::Result<Option<(BTreeSet<&str>, u64)>> {
        let maps = fs::read_to_string(format!("/proc/{process}/maps"))?;
        let memory = match File::open(format!("/proc/{process}/mem")) {
            Err(error) if error.kind() == ErrorKind::PermissionDenied => return Ok(None),
            memory => memory?,
        };
        let (mut found, mut bytes) = (BTreeSet::new(), 0);
        for line in maps.lines() {
            let (from, until, may_be_read) = region(line).context("the kernel's list of maps")?;
            if may_be_read {
                bytes += self.look_through(&memory, from, until, &mut found);
            }
        }
        Ok(Some((found, bytes)))
    }

    /// Pieces overlap, so that nothing hides between two.
    fn look_through<'a>(
        &'a self,
        memory: &File,
        from: u64,
        until: u64,
        found: &mut BTreeSet<&'a str>,
    ) -> u64 {
        let (mut at, mut piece) = (from, vec![0; PIECE_BYTES]);
        while at < until {
            let wanted = PIECE_BYTES.min(usize::try_from(until - at).unwrap_or(PIECE_BYTES));
            // What belongs to a device, or was given back meanwhile, cannot be read.
            let Ok(read) = memory.read_at(&mut piece[..wanted], at) else { break };
            found.extend(self.found_in(&piece[..read]));
            if read < wanted || at + read as u64 >= until {
                at += read as u64;
                break;
            }
            at += (read - self.longest) as u64;
        }
        at - from
    }
}

fn beginning(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}

/// `55d0c8a00000-55d0c8a21000 r--p …`
fn region(line: &str) -> Option<(u64, u64, bool)> {
    let mut words = line.split_ascii_whitespace();
    let (from, until) = words.next()?.split_once('-')?;
    let may_be_read = words.next()?.starts_with('r');
    let address = |text| u64::from_str_radix(text, 16).ok();
    Some((address(from)?, address(until)?, may_be_read))
}

fn in_hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes as programs write them: as they are, hexadecimal, and base64 wherever it begins.
fn forms_of_bytes(bytes: &[u8]) -> BTreeSet<Vec<u8>> {
    let hexadecimal = in_hexadecimal(bytes);
    let written = [hexadecimal.to_uppercase(), hexadecimal].map(String::into_bytes);
    let encoded = (0..3).flat_map(|before| in_base64(bytes, before));
    written.into_iter().chain([bytes.to_vec()]).chain(encoded).collect()
}

/// The text as programs write it: UTF-8 and UTF-16, percent signs, the escapes of JSON, and as bytes.
fn forms_of(text: &str) -> BTreeSet<Vec<u8>> {
    let bytes = text.as_bytes();
    let percent = |of: fn(&u8) -> String| -> String {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
        let part = |byte| if plain(byte) { char::from(*byte).to_string() } else { of(byte) };
        bytes.iter().map(part).collect()
    };
    let escaped = |of: fn(u16) -> String| -> String {
        let part = |unit| match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => char::from(byte).to_string(),
            _ => of(unit),
        };
        text.encode_utf16().map(part).collect()
    };
    let texts = [
        percent(|byte| format!("%{byte:02X}")),
        percent(|byte| format!("%{byte:02x}")),
        escaped(|unit| format!("\\u{unit:04x}")),
        escaped(|unit| format!("\\u{unit:04X}")),
    ];
    let units: Vec<_> = text.encode_utf16().collect();
    let wide = [
        units.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        units.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
    ];
    let written = texts.into_iter().map(String::into_bytes).chain(wide);
    written.chain(forms_of_bytes(bytes)).collect()
}

/// What stands in base64 for the text alone, when so many bytes stand before it.
fn in_base64(bytes: &[u8], before: usize) -> [Vec<u8>; 2] {
    let padded = [vec![0; before], bytes.to_vec()].concat();
    // Six bits a character: those that share bits with what stands around are left out.
    let (first, end) = ((before * 8).div_ceil(6), padded.len() * 8 / 6);
    let own = |encoded: String| encoded.as_bytes()[first..end].to_vec();
    [own(STANDARD_NO_PAD.encode(&padded)), own(URL_SAFE_NO_PAD.encode(&padded))]
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "印-7-0123456789abcdef";

    #[test]
    fn a_text_is_found_in_every_form() {
        let canaries = Canaries::of([TEXT.to_owned()]);
        let hexadecimal: String = TEXT.bytes().map(|byte| format!("{byte:02x}")).collect();
        let json = r"\u5370-7-0123456789abcdef";
        let percent = "%E5%8D%B0-7-0123456789abcdef";
        for form in [TEXT, &hexadecimal, &hexadecimal.to_uppercase(), json, percent] {
            assert_eq!(canaries.found_in(format!("…{form}…").as_bytes()).len(), 1, "{form}");
        }
        let wide: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(canaries.found_in(&wide).len(), 1);
        for before in 0..7 {
            let whole = [&vec![b'x'; before], TEXT.as_bytes(), b"behind"].concat();
            for encoded in [STANDARD_NO_PAD.encode(&whole), URL_SAFE_NO_PAD.encode(&whole)] {
                assert_eq!(canaries.found_in(encoded.as_bytes()).len(), 1, "{encoded}");
            }
        }
        assert!(canaries.found_in("印-7-0123456789abcdee".as_bytes()).is_empty());
    }

    #[test]
    fn a_key_is_found_in_every_form() {
        let key = vec![0, 1, 0xfe, 0xff, 0x80, 7, 8, 9];
        let canaries = Canaries::of_bytes([key.clone()]);
        for form in [key.clone(), b"0001FEFF80070809".to_vec(), STANDARD_NO_PAD.encode(&key).into()]
        {
            assert_eq!(canaries.found_in(&[b"x", &form[..], b"y"].concat()).len(), 1, "{form:?}");
        }
        assert!(canaries.found_in(&key[1..]).is_empty());
    }

    #[test]
    fn it_is_found_in_the_memory_of_a_process() {
        let canaries = Canaries::of([TEXT.to_owned()]);
        let own = canaries.found_in_memory(std::process::id()).expect("a memory");
        // Nothing is asked where the system forbids it.
        assert!(own.is_none_or(|(found, bytes)| found.contains(TEXT) && bytes > 1_000_000));
    }
}
