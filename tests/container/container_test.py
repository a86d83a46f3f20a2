#!/usr/bin/python3
"""percpumap in containers: what works with which privileges, and what is said where something is missing.

    container_test.py PROGRAM REPOSITORY

Each container is as packaging/container/README.md tells users to run it. Needs root, a bpffs at /sys/fs/bpf, podman
and runc. Ends with 77 where it cannot run; with PERCPUMAP_NO_SKIP=1 in the environment that is a failure.
"""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import engine

PROGRAM, ROOT = pathlib.Path(sys.argv.pop(1)).resolve(), pathlib.Path(sys.argv.pop(1)).resolve()
PACKAGE = ROOT / "packaging/container"
BUSYBOX = shutil.which("busybox")
PINS = pathlib.Path(f"/sys/fs/bpf/percpumap-container-{os.getpid()}")
MODES = {"readable": 0o644, "private": 0o600, "shared": 0o666}
ALL_PINS = {f"{PINS}/{name}" for name in MODES}
PINS_TO_READ = {f"{PINS}/readable", f"{PINS}/shared"}
SPEC = "key 1 value 1 entries 4".split()
ENTRY = '{"key":"01","values":[{"cpu":0,"value":"05"}]}\n'

BPFFS = ["--volume", "/sys/fs/bpf:/sys/fs/bpf"]
READ_ONLY_BPFFS = ["--volume", "/sys/fs/bpf:/sys/fs/bpf:ro"]
PRIVILEGED = ["--privileged"]
CAP_BPF = ["--cap-add", "BPF"]
CAP_SYS_ADMIN = ["--cap-add", "SYS_ADMIN"]
NO_FILTER = ["--security-opt", "seccomp=unconfined"]
NO_PROFILE = ["--security-opt", "apparmor=unconfined"]
USER = ["--user", "65534:65534"]
USER_NAMESPACE = ["--uidmap", "0:100000:65536"]
NOT_HERE = {69, 73, 77}  # the kernel lacks it, no place for a pin, not permitted
FILTER = "a seccomp filter refuses bpf(2)"


def host(*words):
    subprocess.run([PROGRAM, *words], check=True)


def missing():
    """What is missing to make maps and containers; empty if nothing is."""
    if reason := engine.missing_engine():
        return reason
    if os.geteuid() != 0:
        return "containers with capabilities need root"
    made = subprocess.run([PROGRAM, "create", PINS, *SPEC], stderr=subprocess.PIPE, text=True, check=False)
    if made.returncode in NOT_HERE:
        return " ".join(made.stderr.split())
    made.check_returncode()
    PINS.unlink()
    return ""


def version():
    return subprocess.run([ROOT / "packaging/version"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def build_images():
    with tempfile.TemporaryDirectory() as context:
        # Without symbols: podman copies the image for every container.
        subprocess.run(["strip", "-o", f"{context}/percpumap", PROGRAM], check=True)
        ENGINE.build("percpumap", PACKAGE / "Containerfile", context, "--build-arg", f"VERSION={version()}")
        if BUSYBOX:
            build_image_with_shell(pathlib.Path(context))


def build_image_with_shell(context):
    commands = context / "rootfs/bin"
    commands.mkdir(parents=True)
    (context / "rootfs/tmp").mkdir(mode=0o1777)
    shutil.copy(BUSYBOX, commands / "busybox")
    for name in ["sh", "mktemp", "sort", "cmp", "wc", "rm", "cat", "uname"]:
        (commands / name).symlink_to("busybox")
    shutil.copy(PACKAGE / "smoke.sh", commands)
    (context / "Containerfile").write_text('FROM percpumap\nCOPY rootfs/ /\nENTRYPOINT ["/bin/smoke.sh"]\n')
    ENGINE.build("smoke", context / "Containerfile", context)


@contextlib.contextmanager
def maps():
    """Pinned, with one entry each, named by who may use them."""
    PINS.mkdir()
    try:
        for name, mode in MODES.items():
            host("create", PINS / name, *SPEC)
            host("update", PINS / name, "key", "1", "value", "5")
            (PINS / name).chmod(mode)
        yield
    finally:
        shutil.rmtree(PINS)


class Containers(unittest.TestCase):
    def succeeds(self, options, words):
        done = ENGINE.run("percpumap", options, words)
        self.assertEqual((done.returncode, done.stderr), (0, ""), words)
        return done.stdout

    def refused(self, options, words, status, *said):
        """Its one error, as JSON, says all of this, and nothing is printed."""
        done = ENGINE.run("percpumap", options, ["--json", *words])
        self.assertEqual((done.returncode, done.stdout), (status, ""), (words, done.stderr))
        error = json.loads(done.stderr)["error"]
        self.assertEqual(error["code"], {73: "cannot_create", 77: "not_permitted"}[status])
        for text in said:
            self.assertIn(text, error["message"] + "; " + error.get("hint", ""))
        return error

    def creates(self, options):
        pin = PINS / "made"
        self.succeeds(options, ["create", f"{pin}", *SPEC])
        pin.unlink()

    def refused_to_create(self, options, status, *said):
        error = self.refused(options, ["create", f"{PINS}/made", *SPEC], status, *said)
        self.assertFalse((PINS / "made").exists())
        return error

    def reads(self, options, pin):
        last = ["pinned", f"{PINS}/{pin}", "--cpu", "0", "--output", "ndjson"]
        self.assertEqual(self.succeeds(options, ["dump", *last]), ENTRY)

    def lists(self, options, why=""):
        """The pins of maps that may be read, and why not of all."""
        done = ENGINE.run("percpumap", options, ["--json", "list", "--bpffs"])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(why, done.stderr)
        return {path for record in json.loads(done.stdout) for path in record["pinned"]}

    def lists_ours(self, options, why=""):
        """The same of this test's maps: others may have some."""
        return {path for path in self.lists(options, why) if path.startswith(f"{PINS}/")}

    def features(self, options):
        """(available, what is missing) of each."""
        return {row["name"]: (row["available"], row.get("missing"))
                for row in json.loads(self.succeeds(options, ["--json", "feature"]))}

    def mends(self, options):
        """What doctor says mends each check that is not ok, empty where nothing does."""
        done = ENGINE.run("percpumap", options, ["--json", "doctor"])
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return {row["name"]: row.get("mend", "") for row in json.loads(done.stdout) if row["status"] != "ok"}


class Program(Containers):
    def test_runs_in_an_image_with_nothing_else(self):
        self.assertIn("percpumap", self.succeeds([], ["--version"]))

    def test_the_image_says_the_version_of_the_program(self):
        label = ENGINE.label("percpumap", "org.opencontainers.image.version")
        self.assertEqual(self.succeeds([], ["--version"]).split()[1], label)


class Privileged(Containers):
    def test_all_works(self):
        self.all_works([*PRIVILEGED, *BPFFS])

    def test_all_works_with_cap_sys_admin_and_the_engine_s_filter(self):
        self.all_works([*CAP_SYS_ADMIN, *NO_PROFILE, *BPFFS])

    def all_works(self, options):
        self.creates(options)
        self.reads(options, "private")
        self.assertEqual(len(json.loads(self.succeeds(options, ["--json", "show", f"{PINS}/private"]))["pinned"]), 1)
        self.assertEqual(self.lists_ours(options), ALL_PINS)
        features = self.features(options)
        for name in ["bpffs", "commands", "map_ids", "percpu_hash", "programs"]:
            self.assertEqual(features[name], (True, None), name)

    def test_without_bpffs_maps_cannot_be_pinned(self):
        words = ["create", "/sys/fs/bpf/made", *SPEC]
        self.refused(PRIVILEGED, words, 73, "'/sys/fs/bpf' is not on a bpffs", "-v /sys/fs/bpf:/sys/fs/bpf")
        self.assertEqual(self.features(PRIVILEGED)["bpffs"], (False, "bpffs"))

    def test_on_a_read_only_bpffs_maps_are_not_pinned_but_read_and_written(self):
        options = [*PRIVILEGED, *READ_ONLY_BPFFS]
        self.refused_to_create(options, 73, "read-only")
        self.refused(options, ["pin", f"{PINS}/private", f"{PINS}/made"], 73, "read-only")
        self.refused(options, ["unpin", f"{PINS}/private"], 77, "Read-only")
        self.reads(options, "private")
        self.succeeds(options, ["update", f"{PINS}/private", "key", "1", "value", "5"])

    def test_in_a_user_namespace_capabilities_do_not_count(self):
        options = [*PRIVILEGED, *BPFFS, *USER_NAMESPACE]
        self.refused_to_create(options, 77, "outside of user namespaces")
        self.assertEqual(self.lists_ours(options, "outside of user namespaces"), PINS_TO_READ)


class CapBpf(Containers):
    def test_without_a_filter_all_but_ids_works(self):
        options = [*CAP_BPF, *NO_FILTER, *NO_PROFILE, *BPFFS]
        self.creates(options)
        self.reads(options, "private")
        self.succeeds(options, ["update", "pinned", f"{PINS}/private", "key", "1", "value", "5"])
        self.succeeds(options, ["add", f"{PINS}/private", "key", "1", "value", "0", "--value-type", "u8"])
        self.refused(options, ["show", "id", "1"], 77, "CAP_SYS_ADMIN", "by its path")
        self.refused(options, ["show", "name", "x"], 77, "CAP_SYS_ADMIN")
        self.assertEqual(self.lists_ours(options, "CAP_SYS_ADMIN"), ALL_PINS)
        features = self.features(options)
        self.assertEqual(features["percpu_hash"], (True, None))
        self.assertEqual(features["map_ids"], (False, "capability"))

    def test_without_bpffs_the_list_is_empty_and_says_why(self):
        self.assertEqual(self.lists([*CAP_BPF, *NO_FILTER], "no bpffs at /sys/fs/bpf"), set())

    def test_with_the_engine_s_filter_it_is_the_filter_that_refuses(self):
        options = [*CAP_BPF, *NO_PROFILE, *BPFFS]
        if engine.filter_allows_bpf("CAP_BPF"):
            return self.creates(options)
        error = self.refused_to_create(options, 77, FILTER, "seccomp=unconfined")
        self.assertNotIn("CAP_BPF", error["hint"])
        self.refused(options, ["dump", f"{PINS}/private"], 77, FILTER)
        self.assertEqual(self.features(options)["percpu_hash"], (False, "seccomp"))


class NoPrivileges(Containers):
    def test_capability_and_filter_are_both_named(self):
        self.refused_to_create(BPFFS, 77, "CAP_BPF", FILTER)
        self.refused(BPFFS, ["list"], 77, "CAP_SYS_ADMIN", FILTER)
        self.refused(BPFFS, ["dump", f"{PINS}/readable"], 77, FILTER)
        features = self.features(BPFFS)
        self.assertEqual(features["bpffs"], (True, None))
        for name in ["commands", "map_ids", "percpu_hash", "batch_commands", "programs"]:
            self.assertEqual(features[name], (False, "seccomp"), name)

    def test_without_a_filter_the_capability_is_named(self):
        error = self.refused_to_create([*BPFFS, *NO_FILTER], 77, "it needs CAP_BPF")
        self.assertNotIn("seccomp", error["hint"])
        self.assertEqual(self.features([*BPFFS, *NO_FILTER])["percpu_hash"], (False, "capability"))

    def test_doctor_names_the_engine_s_options(self):
        mend = self.mends(BPFFS)["bpf_call"]
        self.assertEqual(mend, "start the container with " + " ".join(["--cap-add BPF --cap-add PERFMON", *NO_FILTER]))
        start = mend.removeprefix("start the container with ").split()
        self.assertEqual(set(self.mends([*BPFFS, *start])), {"ids"})
        self.assertIn("-v /sys/fs/bpf:/sys/fs/bpf", self.mends(start)["bpffs"])

    def test_the_simulated_kernel_asks_for_none(self):
        made = self.succeeds([], ["--json", "--backend", "sim:/machine", "create", "/sys/fs/bpf/made", *SPEC])
        self.assertEqual(json.loads(made)["created"], 1)


class OrdinaryUser(Containers):
    OPTIONS = [*USER, *NO_FILTER, *BPFFS]

    def test_may_make_no_map(self):
        self.refused_to_create(self.OPTIONS, 77, "it needs CAP_BPF")

    def test_reads_a_pin_of_mode_0644(self):
        self.reads(self.OPTIONS, "readable")
        self.assertEqual(self.lists_ours(self.OPTIONS, "CAP_SYS_ADMIN"), PINS_TO_READ)

    def test_writes_a_pin_of_mode_0666_but_runs_no_program(self):
        words = [f"{PINS}/shared", "key", "1", "value", "5"]
        self.succeeds(self.OPTIONS, ["update", *words])
        self.refused(self.OPTIONS, ["add", *words, "--value-type", "u8"], 77, "it needs CAP_BPF")

    def test_does_not_write_the_first_nor_read_others(self):
        self.refused(self.OPTIONS, ["update", f"{PINS}/readable", "key", "1", "value", "6"], 77, "file mode")
        self.refused(self.OPTIONS, ["dump", f"{PINS}/private"], 77, "file mode")


@unittest.skipUnless(BUSYBOX, "busybox is not installed")
class Smoke(unittest.TestCase):
    OURS = ["--env", f"BPFFS={PINS}"]

    def check(self, options, words, status, said):
        done = ENGINE.run("smoke", options, words)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertIn(said, done.stdout + done.stderr)
        self.assertEqual(list(PINS.glob("percpumap-smoke-*")), [])

    def test_passes_with_all_privileges(self):
        self.check([*PRIVILEGED, *BPFFS, *self.OURS], [], 0, "all is well")

    def test_passes_with_cap_bpf(self):
        self.check([*CAP_BPF, *NO_FILTER, *NO_PROFILE, *BPFFS, *self.OURS], [], 0, "all is well")

    def test_says_what_is_missing_without(self):
        self.check([*BPFFS, *self.OURS], [], 77, FILTER)
        self.check(PRIVILEGED, [], 77, "not on a bpffs")

    def test_passes_on_the_simulated_kernel_without(self):
        self.check([], ["--sim"], 0, "a simulated kernel")


def skip(reason):
    print("skipped: " + reason)
    return 1 if os.environ.get("PERCPUMAP_NO_SKIP") == "1" else 77


def main():
    global ENGINE
    if reason := missing():
        return skip(reason)
    with contextlib.closing(engine.Engine()) as ENGINE:
        if reason := ENGINE.cannot_build():
            return skip(reason)
        build_images()
        if reason := engine.did_not_start(ENGINE.run("percpumap", [], ["--version"])):
            return skip(reason)
        with maps():
            return 0 if unittest.main(exit=False).result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
