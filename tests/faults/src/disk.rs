//! A small disk that can be filled to the last byte: a tmpfs, and ballast in it.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use tempfile::TempDir;
use test_servers::run_quietly;

/// A file system in memory. Dropping it unmounts it.
pub struct Tmpfs {
    folder: TempDir,
}

impl Tmpfs {
    /// Mounts one of this size.
    ///
    /// # Errors
    /// Where that is not ours to do.
    pub fn mount(bytes: u64) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let options = format!("size={bytes},mode=0755");
        run_quietly(
            Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(folder.path()),
        )?;
        Ok(Self { folder })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        // Lazily: what still has a file open there may end later.
        let _ = run_quietly(Command::new("umount").arg("-l").arg(self.folder.path()));
    }
}

/// A file that takes all the room there is, but for a little.
pub struct Ballast {
    path: PathBuf,
}

impl Ballast {
    /// Fills the disk and then leaves `room` bytes.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn leave(folder: &Path, room: u64) -> Result<Self> {
        static BLOCK: [u8; 64 << 10] = [0; 64 << 10];
        let path = folder.join("ballast");
        let mut file = File::create(&path)?;
        while file.write_all(&BLOCK).is_ok() {}
        let length = file.metadata()?.len();
        file.set_len(length.saturating_sub(room))?;
        Ok(Self { path })
    }

    /// Frees the space.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn remove(self) -> Result<()> {
        fs::remove_file(self.path)?;
        Ok(())
    }
}
