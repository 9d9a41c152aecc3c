//! A directory and all processes that work in it, gone when their owner is gone.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};

const PREFIX: &str = "whistle-test-";

/// Ends what the owner leaves behind. It reads its standard input, whose other end is the owner's
/// alone: the input ends when the owner drops it or dies, even by SIGKILL. Then it ends the process
/// groups it was told of and every process whose working directory is in the scratch directory
/// (SIGQUIT lets PostgreSQL give back its shared memory; SIGKILL for whoever stays), and deletes it.
const GUARDIAN: &str = r#"
trap '' HUP INT TERM QUIT
groups=' '
while read -r verb group; do
  case $verb in
    watch) groups="$groups$group " ;;
    forget) groups="${groups%% $group *} ${groups#* $group }" ;;
  esac
done
inside() {
  ls -ld /proc/[0-9]*/cwd 2>/dev/null | sed -n "s|.* /proc/\([0-9]*\)/cwd -> $1.*|\1|p"
}
for group in $groups; do kill -s TERM -- "-$group" 2>/dev/null; done
for process in $(inside "$1"); do kill -s QUIT "$process" 2>/dev/null; done
looks=0
while [ -n "$(inside "$1")" ] && [ "$looks" -lt 10 ]; do sleep 0.1; looks=$((looks + 1)); done
for process in $(inside "$1"); do kill -s KILL "$process" 2>/dev/null; done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
rm -rf "$1"
while [ -n "$(inside "$1")" ] && [ "$looks" -lt 40 ]; do sleep 0.1; looks=$((looks + 1)); done
rm -rf "$1"
"#;

/// A scratch directory with its guardian. Dropped, or when this process dies in any way, the
/// directory is deleted and every process that works in it is ended.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    guardian: Child,
}

impl Scratch {
    /// Makes a directory that other users may enter, since PostgreSQL refuses to run as root.
    /// What an owner left behind whose guardian was killed as well is cleared away first.
    pub fn new() -> Result<Scratch> {
        let parent = fs::canonicalize(std::env::temp_dir())?;
        clear_leftovers(&parent);
        let name = format!("{PREFIX}{}-{}", std::process::id(), random_name()?);
        let path = parent.join(name);
        fs::create_dir(&path).with_context(|| format!("making {}", path.display()))?;
        let guardian = guardian(&path).stdin(Stdio::piped()).spawn().context("starting sh")?;
        Ok(Scratch { path, guardian })
    }

    /// The directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A command that works in the directory, in a process group of its own (so that Ctrl-C at the
    /// terminal reaches its owner alone), without input; its output goes to the file `log`.
    pub fn command(&self, program: impl Into<OsString>, log: &str) -> Result<Command> {
        let log = File::options().create(true).append(true).open(self.path.join(log))?;
        let mut command = Command::new(program.into());
        command.current_dir(&self.path).process_group(0).stdin(Stdio::null());
        command.stdout(log.try_clone()?).stderr(log);
        Ok(command)
    }

    /// Ends this process group too, which works elsewhere, should the owner die before it.
    pub fn watch(&mut self, group: u32) -> Result<()> {
        self.tell("watch", group)
    }

    /// The process group has ended and its number may be given to others.
    pub fn forget(&mut self, group: u32) -> Result<()> {
        self.tell("forget", group)
    }

    /// The last lines of a log in the directory, for an error message.
    #[must_use]
    pub fn tail(&self, log: &str) -> String {
        let text = fs::read(self.path.join(log)).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }

    fn tell(&mut self, verb: &str, group: u32) -> Result<()> {
        let input = self.guardian.stdin.as_mut().context("the guardian has no input")?;
        writeln!(input, "{verb} {group}").context("the guardian is gone")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(self.guardian.stdin.take());
        let _ = self.guardian.wait();
    }
}

fn guardian(path: &Path) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", GUARDIAN, "whistle-test-guardian"]).arg(path);
    command.current_dir("/").process_group(0).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Clears directories of our user whose owner is no longer alive.
fn clear_leftovers(parent: &Path) {
    let Ok(own) = fs::metadata("/proc/self") else { return };
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(rest) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else { continue };
        let owner = rest.split('-').next().unwrap_or_default();
        let alive = Path::new("/proc").join(owner).exists();
        let ours = entry.metadata().is_ok_and(|data| data.is_dir() && data.uid() == own.uid());
        if !alive && ours {
            // Without input it acts at once.
            let _ = guardian(&entry.path()).stdin(Stdio::null()).status();
        }
    }
}

/// Sixteen random hexadecimal digits.
pub(super) fn random_name() -> Result<String> {
    let mut bytes = [0; 8];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(format!("{:016x}", u64::from_ne_bytes(bytes)))
}
