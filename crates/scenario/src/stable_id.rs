//! Ids that are the same at every play: derived by hashing, not drawn.

use uuid::Builder;

// FNV-1a with 128 bits: short, and stable over releases, which the standard library's hasher is
// not. Nothing here has to withstand an attacker.
const OFFSET_BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

/// A UUID (version 8: made by our own rule) for the thing with this name.
pub(crate) fn uuid_of(name: &str) -> String {
    Builder::from_custom_bytes(hash(name).to_be_bytes()).into_uuid().to_string()
}

/// 16 hexadecimal digits for the thing with this name.
pub(crate) fn hex_of(name: &str) -> String {
    let hash = hash(name);
    format!("{:016x}", (hash >> 64) as u64 ^ hash as u64)
}

fn hash(name: &str) -> u128 {
    let step = |hash: u128, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME);
    name.bytes().fold(OFFSET_BASIS, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_id_and_another_name_another() {
        assert_eq!(uuid_of("scenario-a/1"), uuid_of("scenario-a/1"));
        assert_ne!(uuid_of("scenario-a/1"), uuid_of("scenario-a/2"));
        assert_eq!(hash(""), OFFSET_BASIS);
        assert_eq!(uuid_of("scenario-a/1").as_bytes()[14], b'8');
        assert_eq!(hex_of("scenario-a/1").len(), 16);
    }
}
