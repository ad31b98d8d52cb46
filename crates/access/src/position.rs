//! Log positions as outsiders see them: opaque words.
//!
//! A bare position would tell how much other agencies write. One block of AES, keyed from the
//! vault, hides it; the same position always gives the same word, so it can serve as an id.

use aws_lc_rs::cipher::{
    AES_256, DecryptionContext, PaddedBlockDecryptingKey, PaddedBlockEncryptingKey,
    UnboundCipherKey,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// Turns positions into opaque words and back.
#[derive(Clone)]
pub struct PositionCipher {
    key: [u8; 32],
}

impl PositionCipher {
    /// The purpose under which the vault derives the key.
    pub const PURPOSE: &'static str = "tsunagi opaque positions v1";

    /// A cipher with this key.
    pub fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// The word for a position.
    ///
    /// # Panics
    /// Never: the key has the length that the cipher asks for.
    pub fn hide(&self, position: u64) -> String {
        let key = UnboundCipherKey::new(&AES_256, &self.key).expect("32 bytes make a key");
        let cipher = PaddedBlockEncryptingKey::ecb_pkcs7(key).expect("AES-256 has this mode");
        let mut block = position.to_be_bytes().to_vec();
        cipher.encrypt(&mut block).expect("a padded block can be encrypted");
        URL_SAFE_NO_PAD.encode(block)
    }

    /// The position behind a word; none when the word was not made here.
    pub fn reveal(&self, word: &str) -> Option<u64> {
        let mut block = URL_SAFE_NO_PAD.decode(word).ok().filter(|block| block.len() == 16)?;
        let key = UnboundCipherKey::new(&AES_256, &self.key).ok()?;
        let cipher = PaddedBlockDecryptingKey::ecb_pkcs7(key).ok()?;
        let plain = cipher.decrypt(&mut block, DecryptionContext::None).ok()?;
        Some(u64::from_be_bytes(plain.try_into().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_leads_back_to_its_position_and_to_nothing_else() {
        let cipher = PositionCipher::new([7; 32]);
        for position in [0, 1, 2, 1_000_000, u64::MAX] {
            assert_eq!(cipher.reveal(&cipher.hide(position)), Some(position));
        }
        assert_ne!(cipher.hide(1), cipher.hide(2));
        assert_eq!(PositionCipher::new([8; 32]).reveal(&cipher.hide(5)), None);
        for made_up in ["", "5", "AAAAAAAAAAAAAAAAAAAAAA", "not base64!", "あ"] {
            assert_eq!(cipher.reveal(made_up), None);
        }
    }
}
