#!/usr/bin/python3
"""What README.md shows is what happens.

    readme_test.py PROGRAM REPOSITORY

A ```console block is a session: lines with "$ " or "# " are commands (one goes on in the next line behind a backslash),
and what stands below a command is all that it prints. The blocks are replayed one after the other in one scratch
directory, each by a shell of its own, on a simulated kernel with the CPUs 0-1 that is called
"the simulated kernel in /tmp/machine"; maps and files of one block are there in the next. What is printed is compared
literally, but for "0.123 s".

Comments in the line before a block, as many as are needed, say what else holds for it:

    <!-- run: kernel -->         on the running kernel; such blocks share pins and files among themselves. Ids of maps
                                 are not compared. Skipped, with the reason, where bpf(2) is not permitted.
    <!-- needs: jq sqlite3 -->   programs; where one is missing the block is skipped, with the reason. Later blocks must
                                 not rely on it.
    <!-- not run: REASON -->     is not run.

An ```sh block is never run, and has to say why not. Blocks of other languages are no commands.
"""

import pathlib
import re
import shutil
import sys
import unittest

import session

PROGRAM, ROOT = pathlib.Path(sys.argv.pop(1)).resolve(), pathlib.Path(sys.argv.pop(1)).resolve()
BLOCK = re.compile(r"((?:^<!-- [^\n]* -->\n)*)^```(\w*)\n(.*?)^```$", re.M | re.S)
MARK = re.compile(r"^<!-- ([a-z ]+): (.*?) -->$", re.M)


class Block:
    def __init__(self, line, marks, language, text):
        self.line, self.language, self.text = line, language, text
        self.marks = dict(MARK.findall(marks))

    def is_for(self, run):
        return self.language == "console" and "not run" not in self.marks and self.marks.get("run", "simulated") == run

    def missing(self):
        return [program for program in self.marks.get("needs", "").split() if not shutil.which(program)]


def blocks():
    text = (ROOT / "README.md").read_text()
    return [Block(text.count("\n", 0, found.start(2)) + 1, *found.groups()) for found in BLOCK.finditer(text)]


class Readme(unittest.TestCase):
    def replay(self, kind, run):
        with kind(PROGRAM) as place:
            for block in blocks():
                if block.is_for(run):
                    with self.subTest(line=block.line):
                        self.check_block(place, block)

    def check_block(self, place, block):
        if block.missing():
            session.skip(self, f"{', '.join(block.missing())} not installed (README.md, line {block.line})")
        place.check(self, session.parse(block.text, "$#"))

    def test_on_the_simulated_kernel(self):
        self.replay(session.Simulated, "simulated")

    def test_on_the_running_kernel(self):
        if any(block.is_for("kernel") for block in blocks()):
            session.Kernel.skip_unless_usable(self, PROGRAM)
            self.replay(session.Kernel, "kernel")

    def test_nothing_is_left_out_without_a_reason(self):
        for block in blocks():
            with self.subTest(line=block.line):
                if block.language == "sh":
                    self.assertIn("not run", block.marks)
                self.assertLessEqual(set(block.marks), {"run", "needs", "not run"})
                self.assertIn(block.marks.get("run", "kernel"), ["kernel"])


if __name__ == "__main__":
    unittest.main()
