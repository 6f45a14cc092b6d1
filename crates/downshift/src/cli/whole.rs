//! Writes a file whole: hides that it is the old one or the new one at any moment, and never half of each.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// Puts a file in another's place, whole: readers find the one or the other. A link to a file stays one, and the file
/// keeps its owner and its mode. Where nothing can be put in its place (a folder that takes no new file, a file that is
/// mounted by itself, an owner that may not be given) it is written over.
pub(super) fn replace(file: &Path, text: &str) -> io::Result<()> {
    let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside = file.with_file_name(name);
    let old = fs::metadata(&file).ok();
    let written = write(&beside, old.as_ref(), text).and_then(|()| fs::rename(&beside, &file));
    let Err(error) = written else {
        return Ok(());
    };
    // What could not be put in place is of no use to anybody.
    drop(fs::remove_file(&beside));
    let refused = matches!(
        error.kind(),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem | ErrorKind::ResourceBusy
    );
    match old {
        Some(_) if refused => fs::write(&file, text),
        _ => Err(error),
    }
}

fn write(beside: &Path, old: Option<&Metadata>, text: &str) -> io::Result<()> {
    let mut new = File::create(beside)?;
    if let Some(old) = old {
        keep_owner(&new, old)?;
        new.set_permissions(old.permissions())?;
    }
    new.write_all(text.as_bytes())?;
    new.sync_all()
}

#[cfg(unix)]
fn keep_owner(new: &File, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};

    let made = new.metadata()?;
    if (made.uid(), made.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    fchown(new, Some(old.uid()), Some(old.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};

    use super::*;

    #[test]
    fn a_file_keeps_its_mode_its_owner_and_the_link_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        // Only root may give a file away; anybody else keeps it.
        drop(chown(&file, Some(12_345), None));
        let owner = fs::metadata(&file).unwrap().uid();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        replace(&link, "new").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        let now = fs::metadata(&file).unwrap();
        assert_eq!((now.mode() & 0o777, now.uid()), (0o640, owner));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
