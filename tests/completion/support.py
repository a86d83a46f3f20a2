"""What the tests of completion share: the program, simulated machines, and when a test may be left out."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve()
SHELLS = {"bash": "percpumap.bash", "zsh": "_percpumap", "fish": "percpumap.fish"}


def run(*command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=60, **more).stdout


def skip(why):
    """Leaves a test out, which PERCPUMAP_NO_SKIP=1 makes a failure."""
    if os.environ.get("PERCPUMAP_NO_SKIP") == "1":
        raise AssertionError(f"not skipped, for PERCPUMAP_NO_SKIP is set: {why}")
    raise unittest.SkipTest(why)


def need(shell):
    if not shutil.which(shell):
        skip(f"{shell} is not installed")


def environment(home, backend):
    """`percpumap` is the program, and a shell finds nothing of whoever runs the test."""
    path = f"{home}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
    return {"PATH": path, "HOME": str(home), "LC_ALL": "C.UTF-8", "TERM": "xterm", "PERCPUMAP_BACKEND": backend}


class Home(tempfile.TemporaryDirectory):
    """A home directory with the program in it, and a simulated machine."""

    def __enter__(self):
        super().__enter__()
        self.path = pathlib.Path(self.name)
        (self.path / "percpumap").symlink_to(PROGRAM)
        self.environment = environment(self.path, f"sim:{self.path}/machine")
        return self

    def percpumap(self, *words, text=""):
        return run(PROGRAM, *words, env=self.environment, input=text)

    def offers(self, *words):
        """(marks, {word: what it is}) of the words behind the program's name."""
        marks, *lines = self.percpumap("__complete", "words", *words).splitlines()
        parts = [line.partition("\t") for line in lines]
        return set(marks.split()), {word: help for word, _, help in parts}


def make_maps(home, pins="/sys/fs/bpf"):
    """Maps whose keys are a structure, bytes, text and a number."""
    def make(name, key, *entries):
        home.percpumap("create", f"{pins}/{name}", "key", key, "value", "{packets:u64,lat:u32[2]}", "entries", "99",
                       "name", name)
        for entry in entries:
            home.percpumap("update", f"{pins}/{name}", "key", *entry, "value", '{"packets":1,"lat":[2,3]}')

    make("flows", "{saddr:ipv4,dport:be16}", ['{"saddr":"10.0.0.1","dport":443}'])
    make("bytes", "hex[4]", ["hex", "0a000001"])
    make("texts", "char[32]", ["a b$(touch x)'\""], ["eth0"], ["!#~*?[x]{y}\\z"], ['"\\"q"'], ['"-dash"'],
         ["hex", "1b" + 31 * "00"])
    make("numbers", "i32", ["-7"], ["12"])
