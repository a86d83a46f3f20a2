#!/usr/bin/python3
"""What the EXAMPLES of the manual pages show is what happens, on a simulated kernel and on the running one.

    examples_test.py PROGRAM REPOSITORY

The session of each page goes on from that of percpumap(8). A block of commands is left out on the running kernel if the
line before it is

    .\\" Simulated only: REASON
"""

import pathlib
import re
import sys
import unittest

import session

PROGRAM, ROOT = pathlib.Path(sys.argv.pop(1)).resolve(), pathlib.Path(sys.argv.pop(1)).resolve()
PAGES = sorted((ROOT / "man").glob("*.[78]"))


BLOCK = re.compile(r'(^\.\\" Simulated only: .*\n)?^\.Bd -literal.*\n((?:.*\n)*?)\.Ed$', re.M)


def examples(page, simulated):
    text = re.search(r"^\.Sh EXAMPLES\n(.*?)(?=^\.Sh |\Z)", page.read_text(), re.M | re.S).group(1)
    blocks = [lines for mark, lines in BLOCK.findall(text) if simulated or not mark]
    return session.parse(re.sub(r"^\\&", "", "".join(blocks), flags=re.M).replace("\\e", "\\"))


class Examples(unittest.TestCase):
    def check_on(self, kind):
        start = examples(ROOT / "man/percpumap.8", True)
        for page in PAGES:
            with self.subTest(page=page.name), kind(PROGRAM) as place:
                own = examples(page, kind is session.Simulated) if page.name != "percpumap.8" else []
                place.check(self, start + own)

    def test_on_the_simulated_kernel(self):
        self.check_on(session.Simulated)

    def test_on_the_running_kernel(self):
        session.Kernel.skip_unless_usable(self, PROGRAM)
        self.check_on(session.Kernel)

    def test_there_are_no_others(self):
        for page in PAGES:
            with self.subTest(page=page.name):
                self.assertEqual(len(re.findall(r"^\$ ", page.read_text(), re.M)), len(examples(page, True)))


if __name__ == "__main__":
    unittest.main()
