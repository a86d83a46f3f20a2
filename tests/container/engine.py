"""podman with a store of its own, which goes when it is closed, and images made without network."""

import json
import pathlib
import shutil
import subprocess
import tempfile

# What runc may set everywhere, and no network, which needs rights of its own.
LIMITS = ["--network=none", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000"]
SECCOMP_PROFILE = pathlib.Path("/usr/share/containers/seccomp.json")


class Engine:
    def __init__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="percpumap-container-"))
        self.command = ["podman", "--root", self.home / "root", "--runroot", self.home / "run", "--tmpdir",
                        self.home / "tmp", "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs",
                        "--events-backend", "none", "--runtime", "runc"]

    def close(self):
        self._podman("rm", "--all", "--force", "--time", "0")
        shutil.rmtree(self.home)

    def build(self, image, containerfile, context, *options):
        """Makes an image; raises RuntimeError with podman's words."""
        built = self._podman("build", "--quiet", "--network", "none", "--tag", image, "--file", containerfile, *options,
                             context)
        if built.returncode != 0:
            raise RuntimeError("podman build: " + " ".join(built.stderr.split()))

    def cannot_build(self):
        """Why not even an image with nothing but a file can be made here; empty if it can."""
        context = self.home / "one-file"
        context.mkdir()
        (context / "Containerfile").write_text("FROM scratch\nCOPY Containerfile /\n")
        try:
            self.build("one-file", context / "Containerfile", context)
        except RuntimeError as why:
            return str(why)
        return ""

    def label(self, image, name):
        """What a label of an image says."""
        return self._podman("image", "inspect", "--format", f'{{{{index .Labels "{name}"}}}}', image).stdout.strip()

    def run(self, image, options, words):
        """A container's exit status, output and errors."""
        return self._podman("run", "--rm", *LIMITS, *options, image, *words)

    def _podman(self, *words):
        return subprocess.run([*self.command, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=300, check=False)


def missing_engine():
    """Why there is no engine; empty if there is one."""
    missing = [name for name in ("podman", "runc") if not shutil.which(name)]
    return f"{' and '.join(missing)}: not installed; packaging/install-deps test does it" if missing else ""


def did_not_start(done):
    """Podman's words where a container's outcome is not that of the program in it; empty where it is."""
    own = done.returncode in (125, 126) and [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    return f"podman run: {' '.join(own)}" if own else ""


def filter_allows_bpf(capability):
    """Whether the engine's own seccomp filter lets bpf(2) through for who has `capability`: that was changed once."""
    rules = json.loads(SECCOMP_PROFILE.read_text())["syscalls"]
    return any("bpf" in rule["names"] and rule["action"] == "SCMP_ACT_ALLOW" and
               capability in rule.get("includes", {}).get("caps", []) for rule in rules)
