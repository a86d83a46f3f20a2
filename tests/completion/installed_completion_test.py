#!/usr/bin/python3
"""Completion from where `cmake --install` puts it, as each shell finds it there.

    installed_completion_test.py PROGRAM CMAKE BUILD-DIRECTORY
"""

import sys
import tempfile
import unittest

from support import Home, need, run
from terminal import Terminal

CMAKE, BUILD = sys.argv.pop(1), sys.argv.pop(1)
# What the packages of the shells do: bash-completion reads a file by the command's name, zsh has the directory
# in $fpath, fish in $fish_complete_path.
ENABLE = {
    "bash": "source {share}/bash-completion/completions/percpumap",
    "zsh": "fpath=({share}/zsh/site-functions $fpath)\nautoload -Uz compinit\ncompinit -D -u",
    "fish": "set -g fish_complete_path {share}/fish/vendor_completions.d",
}


class Installed(unittest.TestCase):
    def test_in_every_shell(self):
        with tempfile.TemporaryDirectory() as prefix, Home() as home:
            run(CMAKE, "--install", BUILD, "--prefix", prefix)
            for shell, enable in ENABLE.items():
                with self.subTest(shell=shell):
                    need(shell)
                    setup = enable.format(share=f"{prefix}/share")
                    with Terminal(shell, home.environment, home.path, setup) as terminal:
                        self.assertEqual(terminal.complete("percpumap dump --eng"), "percpumap dump --engine ")


if __name__ == "__main__":
    unittest.main()
