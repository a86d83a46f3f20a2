#!/usr/bin/python3
"""packaging/container/smoke.sh passes where it can, fails where it should, and never leaves anything behind.

    smoke_test.py PROGRAM REPOSITORY

On the simulated kernel, so that it can be tried everywhere; in containers container_test.py does it.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

PROGRAM, ROOT = pathlib.Path(sys.argv.pop(1)).resolve(), pathlib.Path(sys.argv.pop(1)).resolve()
SMOKE = ROOT / "packaging/container/smoke.sh"


class Smoke(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.scratch = pathlib.Path(scratch.name)
        (self.scratch / "tmp").mkdir()

    def smoke(self, *words, program=PROGRAM):
        """Exit status and all that was said. Its temporary directory is empty behind it."""
        environment = {**os.environ, "PERCPUMAP": str(program), "TMPDIR": str(self.scratch / "tmp")}
        done = subprocess.run(["sh", SMOKE, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False, env=environment)
        self.assertEqual(list((self.scratch / "tmp").iterdir()), [], done.stdout)
        return done.returncode, done.stdout

    def percpumap_but(self, case):
        """The program, with `case` of a shell before it: a clause of case … in about the words."""
        wrapper = self.scratch / "percpumap"
        wrapper.write_text(f'#!/bin/sh\ncase " $* " in\n{case}\nesac\nexec "{PROGRAM}" "$@"\n')
        wrapper.chmod(0o755)
        return wrapper

    def test_passes(self):
        status, said = self.smoke("--sim")
        self.assertEqual(status, 0, said)
        self.assertTrue(said.endswith("all is well\n"), said)

    def test_fails_when_an_entry_is_lost(self):
        lossy = self.percpumap_but(f'*" batch-dump "*) "{PROGRAM}" "$@" | sed 1d; exit 0 ;;')
        status, said = self.smoke("--sim", program=lossy)
        self.assertEqual(status, 1)
        self.assertIn("the drain has not what the dump has", said)

    def test_fails_when_a_value_is_another(self):
        status, said = self.smoke("--sim", program=self.percpumap_but('*" update "*) exit 0 ;;'))
        self.assertEqual(status, 1)
        self.assertIn("another one", said)

    def test_says_what_the_kernel_refuses(self):
        refusing = self.percpumap_but(f'*" create "*) "{PROGRAM}" -q sim init --caps none ;;')
        status, said = self.smoke("--sim", program=refusing)
        self.assertEqual(status, 77)
        self.assertIn("CAP_BPF", said)

    def test_cleans_up_when_it_is_told_to_stop(self):
        for signal in ["TERM", "INT", "HUP"]:
            stopped = self.percpumap_but(f'*" dump "*) kill -{signal} $PPID ;;')
            self.assertEqual(self.smoke("--sim", program=stopped)[0], 1, signal)

    def unpins_after(self, create):
        """Exit status, and whether the pin was taken away, with these commands of a shell in the place of create."""
        note = self.scratch / "unpinned"
        note.unlink(missing_ok=True)
        noting = self.percpumap_but(f'*" create "*) {create} ;;\n*" unpin "*) : >"{note}" ;;')
        return self.smoke("--sim", program=noting)[0], note.exists()

    def test_takes_away_its_own_pin_and_no_other(self):
        made = f'"{PROGRAM}" "$@"'
        self.assertEqual(self.unpins_after("exit 73"), (77, False))
        self.assertEqual(self.unpins_after(f"{made}; exit 1"), (1, True))
        self.assertEqual(self.unpins_after(f"{made}; kill -TERM $PPID; exit 0"), (1, True))

    def test_needs_no_bpffs_on_the_simulated_kernel(self):
        with unittest.mock.patch.dict(os.environ, BPFFS="/nowhere"):
            status, said = self.smoke("--sim")
        self.assertEqual(status, 0, said)

    def test_names_what_is_not_there(self):
        self.assertEqual(self.smoke("--sim", program="/nowhere/percpumap")[0], 77)
        self.assertEqual(self.smoke("--real")[0], 64)


if __name__ == "__main__":
    unittest.main()
