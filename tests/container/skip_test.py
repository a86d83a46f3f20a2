#!/usr/bin/python3
"""container_test.py is skipped where no engine or no map can be had, and fails where percpumap does.

    skip_test.py PROGRAM REPOSITORY

With a podman that is a shell script. Needs root and a bpffs at /sys/fs/bpf; ends with 77 where it has them not.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM, ROOT = pathlib.Path(sys.argv.pop(1)).resolve(), pathlib.Path(sys.argv.pop(1)).resolve()
FAILED, SKIPPED = 1, 77


class Skip(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.scratch = pathlib.Path(scratch.name)
        self.script("runc", "exit 1")

    def script(self, name, text):
        path = self.scratch / name
        path.write_text("#!/bin/sh\n" + text + "\n")
        path.chmod(0o755)
        return path

    def outcome(self, podman, program=PROGRAM):
        """Exit status and words of container_test.py; `podman` is a clause of case … in about podman's words."""
        self.script("podman", f'case " $* " in\n{podman}\nesac')
        environment = {**os.environ, "PATH": f"{self.scratch}:{os.environ['PATH']}", "PERCPUMAP_NO_SKIP": "0"}
        test = [sys.executable, "-B", ROOT / "tests/container/container_test.py", program, ROOT]
        done = subprocess.run(test, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                              env=environment)
        return done.returncode, done.stdout

    def check(self, outcome, status, said):
        self.assertEqual(outcome[0], status, outcome[1])
        self.assertIn(said, outcome[1])

    def test_an_engine_that_can_build_nothing_is_none(self):
        self.check(self.outcome('*" build "*) echo "Error: no mounts" >&2; exit 125 ;;'), SKIPPED, "no mounts")

    def test_an_image_that_cannot_be_built_is_a_failure(self):
        broken = '*" --tag percpumap "*) echo "Error: no such file" >&2; exit 125 ;;'
        self.check(self.outcome(broken), FAILED, "no such file")

    def test_an_engine_that_can_run_nothing_is_none(self):
        for status in (125, 126):
            cannot = f'*" run "*) echo "Error: runc: no cgroups" >&2; exit {status} ;;'
            self.check(self.outcome(cannot), SKIPPED, "no cgroups")

    def test_a_program_that_does_not_run_in_a_container_is_a_failure(self):
        self.check(self.outcome('*" run "*) exit 139 ;;'), FAILED, "test_runs_in_an_image_with_nothing_else")
        not_found = '*" run "*) echo "Error: runc: no such file" >&2; exit 127 ;;'
        self.check(self.outcome(not_found), FAILED, "test_runs_in_an_image_with_nothing_else")

    def test_a_kernel_that_makes_no_map_is_none_but_a_crash_is_a_failure(self):
        refused = self.script("percpumap", 'echo "needs CAP_BPF" >&2; exit 77')
        self.check(self.outcome("", refused), SKIPPED, "needs CAP_BPF")
        crashing = self.script("percpumap", "kill -SEGV $$")
        self.check(self.outcome("", crashing), FAILED, "SIGSEGV")


if __name__ == "__main__":
    if os.geteuid() != 0 or not os.path.ismount("/sys/fs/bpf"):
        print("skipped: needs root and a bpffs at /sys/fs/bpf")
        sys.exit(FAILED if os.environ.get("PERCPUMAP_NO_SKIP") == "1" else SKIPPED)
    unittest.main()
