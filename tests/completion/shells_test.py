#!/usr/bin/python3
"""Tab pressed in real shells, each in a pseudo-terminal, and what stands on the command line after it.

    shells_test.py PROGRAM REPOSITORY
"""

import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import unittest

from support import PROGRAM, Home, environment, make_maps, need, skip
from terminal import Terminal

SCRIPTS = pathlib.Path(sys.argv.pop(1)).resolve() / "completions"
ENABLE = {
    "bash": f"source {shlex.quote(str(SCRIPTS))}/percpumap.bash",
    "zsh": f"fpath=({shlex.quote(str(SCRIPTS))} $fpath)\nautoload -Uz compinit\ncompinit -D -u",
    "fish": f"source {shlex.quote(str(SCRIPTS))}/percpumap.fish",
}
# What is typed, what Tab makes of it. The same in all shells.
PLAIN = [
    ("du", "dump "),
    ("dump --eng", "dump --engine "),
    ("dump -o nd", "dump -o ndjson "),
    ("dump --output=nd", "dump --output=ndjson "),
    ("dump fl", "dump flows "),
    ("dump name fl", "dump name flows "),
    ("dump id 1", "dump id 1 "),
    ("dump /sys/fs/bpf/fl", "dump /sys/fs/bpf/flows "),
    ("dump pinned /sys/fs/bpf/by", "dump pinned /sys/fs/bpf/bytes "),
    ("lookup numbers key 1", "lookup numbers key 12 "),
    ("lookup bytes key ", "lookup bytes key hex "),
    ("lookup bytes key hex ", "lookup bytes key hex 0a000001 "),
    ("--key-type ipv4 lookup bytes key 1", "--key-type ipv4 lookup bytes key 10.0.0.1 "),
    ("dump flows --sort key.s", "dump flows --sort key.saddr"),
    ("stats flows --field pack", "stats flows --field packets "),
    ("update flows key 1 value 1 noe", "update flows key 1 value 1 noexist "),
    ("-b sys", "-b syscall "),
    ("import flows ./exa", "import flows ./exa\\ mple "),
    ("import flows ~/exa", "import flows ~/exa\\ mple "),
    ("import flows < ./exa", "import flows < ./exa\\ mple "),
    ("dump flows -o ndjson > ./exa", "dump flows -o ndjson > ./exa\\ mple "),
    ("batch-dump flows --rescue=./exa", "batch-dump flows --rescue=./exa\\ mple "),
]
# Words with a quote that is open, as the shell completes and closes them.
STRUCTURE = '{"saddr":"10.0.0.1","dport":443}'
QUOTED = [
    ("lookup flows key '{\"s", f"lookup flows key '{STRUCTURE}' "),
    ('lookup flows key "{', 'lookup flows key "' + STRUCTURE.replace('"', '\\"') + '" '),
    ('lookup texts key \'"-d', "lookup texts key '\"-dash\"' "),
]
# Maps, and the beginnings of keys, of which one holds a `touch x`; completed and run, each prints an entry.
STARTS = [
    ("texts", "a", "packets"),
    ("texts", "'a", "packets"),
    ('texts', '"a', "packets"),
    ("texts", "a\\ b", "packets"),
    ("texts", "'!", "packets"),
    ("texts", '"!', "packets"),
    ("texts", "\\!", "packets"),
    ("flows", "'{", "443"),
    ("flows", "\\{", "443"),
    ("bytes", "hex ", "0a000001"),
]


class Shells:
    """For every shell; `shell` is which."""

    def setUp(self):
        need(self.shell)
        self.home = self.enterContext(Home())
        make_maps(self.home)
        (self.home.path / "exa mple").touch()
        self.terminal = self.enterContext(
            Terminal(self.shell, self.home.environment, self.home.path, ENABLE[self.shell]))

    def check(self, cases):
        for typed, completed in cases:
            with self.subTest(typed=typed):
                self.assertEqual(self.terminal.complete("percpumap " + typed), "percpumap " + completed)

    def test_words(self):
        self.check(PLAIN)

    def test_open_quotes(self):
        self.check(QUOTED)

    def test_completed_keys_are_run(self):
        for name, start, shown in STARTS:
            with self.subTest(name=name, start=start):
                line = self.terminal.complete(f"percpumap -o ndjson lookup {name} key {start}")
                self.terminal.enter('"values"')
                self.assertIn(shown, self.terminal.shown, line)
        self.assertFalse((self.home.path / "x").exists(), "something in a key was run")

    def test_what_several_keys_have_in_common_can_be_gone_on_from(self):
        self.home.percpumap("update", "flows", "key", STRUCTURE.replace("10.0.0.1", "10.0.0.2"), "value",
                            '{"packets":1,"lat":[2,3]}')
        common = self.terminal.complete("percpumap lookup flows key '{")
        self.assertEqual(common, "percpumap lookup flows key '{\"saddr\":\"10.0.0.")
        self.assertEqual(self.terminal.complete(common + "1"), f"percpumap lookup flows key '{STRUCTURE}' ")

    def test_nothing_that_is_typed_is_run(self):
        for typed in ("lookup $(touch${IFS}x) key ", "lookup `touch${IFS}x` key ", "dump '$(touch x)",
                      "dump -b $(touch${IFS}x) "):
            with self.subTest(typed=typed):
                self.terminal.complete("percpumap " + typed)
        self.assertFalse((self.home.path / "x").exists(), "something on the command line was run")

    def test_several_are_listed(self):
        self.assertEqual(self.terminal.complete("percpumap sim "), "percpumap sim ")
        self.terminal.press("\t\t")
        self.terminal.wait(lambda: all(word in self.terminal.shown for word in ("init", "show", "reset")),
                           "list the words of sim")


class BashTest(Shells, unittest.TestCase):
    shell = "bash"

    # bash hands over the whole line, with redirections in it.
    def test_redirections_are_no_words(self):
        self.check([("lookup 2>/dev/null numbers key 1", "lookup 2>/dev/null numbers key 12 ")])


class ZshTest(Shells, unittest.TestCase):
    shell = "zsh"

    def test_sourced(self):
        enable = f"autoload -Uz compinit\ncompinit -D -u\nsource {SCRIPTS}/_percpumap"
        with tempfile.TemporaryDirectory() as other, \
                Terminal("zsh", self.home.environment, other, enable) as terminal:
            self.assertEqual(terminal.complete("percpumap dump fl"), "percpumap dump flows ")


class FishTest(Shells, unittest.TestCase):
    shell = "fish"


class RealKernel(unittest.TestCase):
    """A map of the kernel's, which goes with its pin."""

    NAME = f"compl{os.getpid()}"

    def setUp(self):
        self.home = self.enterContext(Home())
        self.home.environment = environment(self.home.path, "syscall")
        (self.home.path / "exa mple").touch()
        self.pin = f"/sys/fs/bpf/{self.NAME}"
        made = subprocess.run([PROGRAM, "create", self.pin, *"key u32 value u64 entries 4 name".split(), self.NAME],
                              env=self.home.environment, capture_output=True, text=True)
        if made.returncode != 0:
            skip(f"no map can be made on this kernel: {made.stderr.strip()}")
        self.addCleanup(self.home.percpumap, "-q", "unpin", self.pin)
        self.home.percpumap("update", self.pin, *"key 4711 value 1".split())

    def test_maps_and_keys(self):
        name, pin = self.NAME, self.pin
        number = self.home.percpumap("-o", "csv", "show", pin).splitlines()[1].split(",")[0]
        self.assertIn(number, self.home.offers("dump", "id", "")[1])
        cases = [(f"dump {name[:-1]}", f"dump {name} "), (f"dump pinned {pin[:-1]}", f"dump pinned {pin} "),
                 (f"dump {pin[:-1]}", f"dump {pin} "), (f"lookup {name} key 47", f"lookup {name} key 4711 "),
                 ("create /sys/fs/bp", "create /sys/fs/bpf/"), ("dump ./exa", "dump ./exa\\ mple ")]
        for shell, enable in ENABLE.items():
            need(shell)
            with self.subTest(shell=shell), Terminal(shell, self.home.environment, self.home.path, enable) as terminal:
                for typed, completed in cases:
                    self.assertEqual(terminal.complete("percpumap " + typed), "percpumap " + completed)


if __name__ == "__main__":
    unittest.main()
