#!/usr/bin/python3
"""The runner of virtual machines, with a program in the place of QEMU that plays a guest's console."""
import os
import pathlib
import tempfile
import unittest
import unittest.mock

import guest
import suites

GOOD = "echo boot; echo '@@begin Linux 1.2.3, possible 0-1, online 0-1'; echo one; echo two; echo '@@status 3'"
CRASHES = "echo '@@begin Linux 1.2.3, possible 0-1, online 0-1'; echo one; echo 'Kernel panic - not syncing'"
HANGS = "echo '@@begin Linux 1.2.3, possible 0-1, online 0-1'; exec sleep 60"


class Empty:
    """Files of a guest that has none."""

    def __init__(self, directory):
        self.path = pathlib.Path(directory, "initramfs")
        self.path.touch()

    def initramfs(self):
        return self.path


class GuestTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="percpumap-vm-test-")
        self.addCleanup(scratch.cleanup)
        self.directory = pathlib.Path(scratch.name)
        self.arguments = self.directory / "arguments"
        (self.directory / "vmlinuz").touch()
        path = unittest.mock.patch.dict(os.environ, PATH=f"{self.directory}:{os.environ['PATH']}")
        path.start()
        self.addCleanup(path.stop)
        self.lines, self.lost = [], []

    def run_guest(self, *consoles, shape=guest.Shape(), timeout=10):
        """Each boot plays the next of `consoles`."""
        for number, console in enumerate(consoles):
            (self.directory / f"console{number}").write_text(console)
        qemu = self.directory / "qemu-system-x86_64"
        qemu.write_text(f"#!/bin/sh\ncd {self.directory}\necho \"$*\" >>arguments\n"
                        "exec sh console$(($(wc -l <arguments) - 1))\n")
        qemu.chmod(0o700)
        machine = guest.Guest(str(self.directory / "vmlinuz"), shape, timeout=timeout)
        return machine.run(Empty(self.directory), "true", self.lines.append, self.lost.append)

    def test_what_stands_between_the_marks_is_shown_and_the_status_is_the_tests(self):
        self.assertEqual(3, self.run_guest(GOOD))
        self.assertEqual(["Linux 1.2.3, possible 0-1, online 0-1", "one", "two"], self.lines)

    def test_a_crash_is_reported_and_the_guest_booted_again(self):
        self.assertEqual(3, self.run_guest(CRASHES, GOOD))
        self.assertIn("Kernel panic", self.lost[0])

    def test_two_crashes_are_the_end(self):
        with self.assertRaisesRegex(guest.Lost, "Kernel panic"):
            self.run_guest(CRASHES, CRASHES, GOOD)

    def test_a_guest_that_hangs_is_killed(self):
        with self.assertRaises(guest.Lost):
            self.run_guest(HANGS, HANGS, timeout=0.2)

    def test_a_status_that_the_kernel_writes_behind_is_read(self):
        self.assertEqual(7, self.run_guest(GOOD.replace("status 3", "status 7[ 9.1] reboot: Power down")))

    def test_a_guest_with_other_cpus_is_refused(self):
        with self.assertRaisesRegex(guest.Unavailable, "possible 0-1"):
            self.run_guest(GOOD, shape=guest.Shape(3))

    def test_no_more_cpus_are_started_than_are_wanted(self):
        self.run_guest(GOOD.replace("possible 0-1, online 0-1", "possible 0-63, online 0,2-3"), shape=guest.Shape(64, "0,2-3"))
        self.assertIn("-smp 64 ", self.arguments.read_text())
        self.assertIn("maxcpus=4\n", self.arguments.read_text())


class ShapeTest(unittest.TestCase):
    def test_lists(self):
        self.assertEqual([0, 2, 3], guest.parse_list("0,2-3"))
        self.assertRaises(ValueError, guest.parse_list, "0,x")

    def test_what_no_guest_can_have(self):
        for cpus, online in ((0, ""), (16, "0,20"), (16, "1-2"), (16, "x")):
            self.assertRaises(ValueError, guest.Shape, cpus, online)

    def test_holes_are_what_is_started_and_not_wanted(self):
        self.assertEqual([1], guest.Shape(16, "0,2-3").offline())
        self.assertEqual([], guest.Shape(4).offline())
        self.assertEqual(4, guest.Shape(4).booted())


class ResultsTest(unittest.TestCase):
    def test_figures_of_all_programs_of_a_suite_are_added_up(self):
        output = ["== contract", "[  PASSED  ] 90 tests.", "[  PASSED  ] 7 tests.", "[  SKIPPED ] 1 test, listed below:",
                  "== contract ended with 0", "== differential", "20500 operations, 88 maps, 0 differences",
                  "== differential ended with 0"]
        self.assertEqual({"contract": "97 passed, 1 skipped", "differential": "20,500 operations, 0 differences"},
                         suites.results(output))

    def test_a_failure_shows(self):
        self.assertEqual({"cli": "3 passed, 2 failed, **status 1**"}, suites.results(
            ["[  PASSED  ] 3 tests.", "[  FAILED  ] 2 tests, listed below:", "== cli ended with 1"]))

    def test_a_suite_that_did_not_end_has_no_result(self):
        self.assertEqual({}, suites.results(["== cli", "[  PASSED  ] 3 tests."]))

    def test_a_filter_without_tests_is_a_failure(self):
        for tests, status in (("echo Suite.; echo '  test'", 0), ("true", 1)):
            command = "test_program() { " + tests + "; }; " + suites.gtest("test_program").replace("$test ", "test_program ")
            self.assertEqual(status, guest.subprocess.run(["sh", "-c", command], stdout=guest.subprocess.PIPE).returncode)

    def test_a_script_ends_with_the_worst_of_its_suites(self):
        for command, status in (("true", 0), ("exit 5", 1)):
            with unittest.mock.patch.dict(suites.SUITES, first=suites.Suite((), command), second=suites.Suite((), "true")):
                done = guest.subprocess.run(["sh", "-c", suites.script(["first", "second"])], stdout=guest.subprocess.PIPE)
                self.assertEqual(status, done.returncode)


if __name__ == "__main__":
    unittest.main()
