#!/usr/bin/python3
"""One version everywhere, what is installed, and the archive that packages are made from.

    packaging_test.py PROGRAM REPOSITORY BUILD

Takes seconds. What builds packages takes minutes, and is run by hand: reproducible and chroot, beside this file.
"""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import unittest

PROGRAM, ROOT, BUILD = (pathlib.Path(sys.argv.pop(1)).resolve() for _ in range(3))
COMPLETIONS = {"share/bash-completion/completions/percpumap", "share/zsh/site-functions/_percpumap",
               "share/fish/vendor_completions.d/percpumap.fish"}


def run(*command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, **more).stdout


def found(path, pattern):
    """The first group of the first match in a file of the repository."""
    return re.search(pattern, (ROOT / path).read_text(), re.M).group(1)


def files_below(directory):
    return {str(path.relative_to(directory)) for path in directory.rglob("*") if not path.is_dir()}


def pages():
    return {f"share/man/man{page.suffix[1:]}/{page.name}" for page in (ROOT / "man").glob("percpumap*.[78]")}


class Scratch(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.scratch = pathlib.Path(scratch.name)


class Version(unittest.TestCase):
    VERSION = run(ROOT / "packaging/version").strip()

    def test_is_three_numbers(self):
        self.assertRegex(self.VERSION, r"^\d+\.\d+\.\d+$")

    def test_is_what_the_program_says(self):
        self.assertEqual(run(PROGRAM, "--version").split()[1], self.VERSION)
        self.assertEqual(json.loads(run(PROGRAM, "--json", "--version"))["version"], self.VERSION)

    def test_is_that_of_the_debian_package(self):
        self.assertEqual(found("packaging/debian/changelog", r"^percpumap \((.*)-[^-]*\)"), self.VERSION)

    def test_is_that_of_the_rpm_package(self):
        self.assertEqual(found("packaging/percpumap.spec", r"^Version: *(\S+)$"), self.VERSION)
        self.assertEqual(found("packaging/percpumap.spec", r"^%changelog\n\* .* - (.*)-[^-]*$"), self.VERSION)


class Install(Scratch):
    def installed(self, *words):
        run("cmake", "--install", BUILD, *words, env={**os.environ, "DESTDIR": str(self.scratch)})
        return files_below(self.scratch)

    def expected(self, prefix):
        schemas = {f"share/percpumap/schemas/{schema.name}" for schema in (ROOT / "tests/schemas").glob("*.json")}
        files = {"bin/percpumap", "share/doc/percpumap/README.md"} | COMPLETIONS | pages() | schemas
        return {f"{prefix}/{name}" for name in files}

    def test_takes_the_prefix_and_destdir(self):
        self.assertEqual(self.installed("--prefix", "/opt/tools"), self.expected("opt/tools"))
        self.assertEqual((self.scratch / "opt/tools/bin/percpumap").stat().st_mode & 0o777, 0o755)

    def test_every_page_of_the_manual_is_there(self):
        self.assertIn("share/man/man8/percpumap.8", pages())
        self.assertEqual(len(pages()), len(list((ROOT / "man").glob("*.[0-9]"))))


class Source(Scratch):
    ARCHIVE = f"percpumap-{Version.VERSION}.tar.xz"

    def archive(self, root, umask, **environment):
        """Made in a directory of its own; its path."""
        target = pathlib.Path(tempfile.mkdtemp(dir=self.scratch))
        run(root / "packaging/source", target, cwd="/", umask=umask, env={**os.environ, **environment})
        return target / self.ARCHIVE

    def digest(self, *how, **environment):
        return hashlib.sha256(self.archive(*how, **environment).read_bytes()).hexdigest()

    def test_is_the_same_whoever_makes_it(self):
        self.assertEqual(self.digest(ROOT, 0o022, TZ="UTC", LC_ALL="C"),
                         self.digest(ROOT, 0o077, TZ="Pacific/Auckland", LC_ALL="C.UTF-8"))

    def test_makes_itself_again(self):
        archive = self.archive(ROOT, 0o022)
        with tarfile.open(archive) as content:
            content.extractall(self.scratch)
        unpacked = self.scratch / self.ARCHIVE.removesuffix(".tar.xz")
        (unpacked / "build/dev").mkdir(parents=True)
        (unpacked / "build/dev/percpumap").write_text("not source")
        self.assertEqual(self.digest(unpacked, 0o077), hashlib.sha256(archive.read_bytes()).hexdigest())

    def test_has_one_time_and_no_owner(self):
        with tarfile.open(self.archive(ROOT, 0o022, SOURCE_DATE_EPOCH="1000000000")) as content:
            self.assertEqual({(file.mtime, file.uid, file.gid, file.uname) for file in content},
                             {(1000000000, 0, 0, "root")})

    def test_says_what_it_wants(self):
        done = subprocess.run([ROOT / "packaging/source"], stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("source DIRECTORY", done.stderr)


if __name__ == "__main__":
    unittest.main()
