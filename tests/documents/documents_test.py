#!/usr/bin/python3
"""The manual pages and the completions say what the program says, and nothing else.

    documents_test.py PROGRAM REPOSITORY

The examples of the pages are run on a simulated machine; the completions in the shells that are installed.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM, ROOT = pathlib.Path(sys.argv.pop(1)).resolve(), pathlib.Path(sys.argv.pop(1)).resolve()
SCRIPTS = {"bash": "percpumap.bash", "zsh": "_percpumap", "fish": "percpumap.fish"}
SECTIONS = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "KERNEL", "SEE ALSO"]
OPTION = re.compile(r"(?<![\w-])--?[A-Za-z][\w-]*")


def run(*command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, **more).stdout


def help_of(*command):
    return run(PROGRAM, *command, "--help")


def listed_options(text):
    """Of the list at the end of a help text: each with its letter and its negation."""
    lines = [line for line in text.partition("Options:\n")[2].splitlines() if line.startswith("  -")]
    return {name for line in lines for name in re.sub(r"\{.*?\}", "", line.split()[0]).split(",")}


COMMANDS = re.findall(r"^  ([a-z-]+) ", help_of().partition("Commands:\n")[2].partition("\n\n")[0], re.M)
GLOBAL = listed_options(help_of())
OWN = {command: listed_options(help_of(command)) - GLOBAL for command in COMMANDS}
ALL = GLOBAL.union(*OWN.values())


def source(command):
    return (ROOT / "man" / ("percpumap" + (f"-{command}" if command else "") + ".8")).read_text()


def section(text, name):
    return re.search(rf"^\.Sh {name}\n(.*?)(?=^\.Sh |\Z)", text, re.M | re.S).group(1)


def item_options(mdoc):
    """Those that head an item: ".It Fl o , Fl Fl output Ar FORMAT"."""
    heads = re.findall(r"^\.It (Fl .*)$", mdoc, re.M)
    return {("--" if flags == "Fl Fl" else "-") + name
            for head in heads for flags, name in re.findall(r"(Fl Fl|Fl) ((?!Fl)[\w-]+)", head)}


def formats(command):
    script = run(PROGRAM, "completion", "bash")
    return re.search(rf"_formats=\(.*?\[{command}\]='(.*?)'", script, re.S).group(1).split()


def squeezed(text):
    """Without what differs by how a line is laid out."""
    return re.sub(r"\s*([|{}\[\]])\s*", r"\1", " ".join(text.split()))


class Pages(unittest.TestCase):
    def test_there_is_one_for_each_command_and_no_other(self):
        pages = {path.name for path in (ROOT / "man").glob("*.8")}
        self.assertEqual(pages, {"percpumap.8"} | {f"percpumap-{command}.8" for command in COMMANDS})

    def test_percpumap_lists_every_command(self):
        listed = re.findall(r"^\.It Cm ([a-z-]+)$", section(source(""), "DESCRIPTION"), re.M)
        self.assertEqual(listed, COMMANDS)

    def test_sections_are_the_same_in_order(self):
        for command in ["", *COMMANDS]:
            with self.subTest(page=command):
                self.assertEqual(re.findall(r"^\.Sh (.*)$", source(command), re.M), SECTIONS)

    def test_options_are_those_of_the_program(self):
        for command in ["", *COMMANDS]:
            with self.subTest(page=command):
                said = item_options(section(source(command), "OPTIONS"))
                self.assertEqual(said, OWN[command] if command else GLOBAL)

    def test_no_other_option_is_spoken_of(self):
        for command in ["", *COMMANDS]:
            with self.subTest(page=command):
                text = source(command)
                said = {"--" + name for name in re.findall(r"\bFl Fl ((?!Fl)[a-z][\w-]*)", text)}
                said |= {"-" + name for name in re.findall(r"(?<!Fl )\bFl ((?!Fl)[A-Za-z]\w*)", text)}
                said |= {word for line in re.findall(r"^\$ .*?percpumap (.*)$", text, re.M)
                         for word in OPTION.findall(line)}
                self.assertLessEqual(said, ALL)

    def test_formats_are_those_of_the_command(self):
        for command in COMMANDS:
            with self.subTest(page=command):
                said = section(source(command), "OPTIONS").partition("Formats of\n")[2]
                self.assertEqual(re.findall(r"^\.Cm ([\w-]+)", said, re.M), formats(command))

    @unittest.skipUnless(shutil.which("mandoc"), "mandoc is not installed")
    def test_synopsis_is_the_program_s(self):
        for command in ["", *COMMANDS]:
            with self.subTest(page=command):
                name = "percpumap" + (f"-{command}" if command else "")
                page = run("col", "-b", input=run("mandoc", "-Tascii", ROOT / "man" / f"{name}.8"))
                said = re.search(r"^SYNOPSIS\n(.*?)^DESCRIPTION", page, re.M | re.S).group(1)
                usage = re.search(r"^Usage: (.*)$", help_of(*[command] if command else []), re.M).group(1)
                self.assertEqual(squeezed(said), squeezed(usage))

    @unittest.skipUnless(shutil.which("mandoc"), "mandoc is not installed")
    def test_mandoc_has_nothing_to_say(self):
        for page in sorted((ROOT / "man").glob("*.8")):
            with self.subTest(page=page.name):
                lint = subprocess.run(["mandoc", "-Tlint", "-Wwarning", page], stdout=subprocess.PIPE, text=True)
                self.assertEqual((lint.stdout, lint.returncode), ("", 0))


def timeless(lines):
    """Without how long something took."""
    return [re.sub(r"\b\d+\.\d+ s\b", "N s", line) for line in lines]


def sessions(command):
    """(command line, what it prints) of the examples."""
    lines = []
    for block in re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed$", section(source(command), "EXAMPLES"), re.M | re.S):
        for line in re.sub(r"^\\&", "", block, flags=re.M).replace("\\e", "\\").splitlines():
            if line.startswith("$ "):
                lines.append((line[2:], []))
            else:
                lines[-1][1].append(line)
    return lines


class Examples(unittest.TestCase):
    """Every page's session goes on from that of percpumap(8)."""

    def answers(self, commands):
        with tempfile.TemporaryDirectory() as scratch:
            os.symlink(PROGRAM, f"{scratch}/percpumap")
            environment = {"PATH": f"{scratch}:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
            script = "exec 2>&1\n" + "".join(f"echo '<{i}>'\n{line}\n" for i, line in enumerate(commands))
            script = script.replace("/tmp/machine", f"{scratch}/machine") + "true\n"
            text = run("sh", "-c", script, cwd=scratch, env=environment).replace(f"{scratch}/", "/tmp/")
        return [part.splitlines() for part in re.split(r"^<\d+>\n", text, flags=re.M)[1:]]

    def test_print_what_the_pages_say(self):
        possible = pathlib.Path("/sys/devices/system/cpu/possible").read_text().strip()
        if possible != "0-1":
            self.skipTest(f"the pages show a machine with the CPUs 0-1, this one has {possible}")
        start = sessions("")
        for command in ["", *COMMANDS]:
            with self.subTest(page=command):
                session = start + (sessions(command) if command else [])
                got = self.answers([line for line, _ in session])
                self.assertEqual([(line, timeless(said)) for (line, _), said in zip(session, got)],
                                 [(line, timeless(said)) for line, said in session])


# The words up to the cursor, what must be offered, what must not.
CASES = [
    (["du"], {"dump"}, {"list"}),
    (["map", "du"], {"dump"}, set()),
    (["-j", "-o", "csv", "du"], {"dump"}, set()),
    (["-b", "sim", "--cpu", "0", "loo"], {"lookup"}, set()),
    (["dump", ""], {"id", "name", "pinned", "fd"}, {"key"}),
    (["dump", "--eng"], {"--engine"}, {"--racy"}),
    (["list", "--"], {"--count", "--json"}, {"--engine"}),
    (["dump", "--engine", ""], {"auto", "batch", "walk"}, {"id"}),
    (["dump", "-o", ""], {"table", "bpftool-json"}, set()),
    (["list", "-o", ""], {"table", "ndjson"}, {"bpftool"}),
    (["-jo", ""], {"json"}, {"dump"}),
    (["lookup", "-n", "id", "7", ""], {"key"}, {"id"}),
    (["lookup", "m", "key", ""], {"hex"}, {"key"}),
    (["update", "m", "key", "-1", "0", ""], {"value", "values", "cpu"}, {"any", "key"}),
    (["update", "m", "key", "1", "cpu", ""], {"all", "online"}, {"value"}),
    (["update", "m", "key", "1", "cpu", "0", "value", "2", ""], {"cpu", "noexist"}, {"values"}),
    (["add", "m", "key", "1", ""], {"cpu", "value"}, {"values", "any"}),
    (["add", "m", "key", "1", "cpu", ""], {"all", "online"}, {"value"}),
    (["import", "m", "file", ""], {"any", "exist", "noexist"}, set()),
    (["create", "/p", "entries", "9", ""], {"key", "type", "flags", "numa_node"}, set()),
    (["create", "/p", "type", ""], {"percpu_hash"}, {"key"}),
    (["create", "/p", "flags", ""], {"no_prealloc", "zero_seed"}, {"key"}),
    (["unpin", f"{ROOT}/CMakeL"], {f"{ROOT}/CMakeLists.txt"}, set()),
    (["dump", f"{ROOT}/CMakeL"], {f"{ROOT}/CMakeLists.txt"}, set()),
    (["zero", "m", ""], {"key"}, {"id"}),
    (["completion", ""], set(SCRIPTS), set()),
    (["helper", "m", ""], {"lookup", "for-each"}, {"key", "of"}),
    (["helper", "m", "lookup-percpu", "key", "1", ""], {"of"}, {"value"}),
    (["helper", "m", "update", "key", "1", "value", "2", ""], {"exist", "flags"}, {"of"}),
    (["sim", ""], {"init", "show", "reset"}, {"id"}),
    (["sim", "init", "--caps", ""], {"none", "bpf", "all"}, set()),
    (["list", ""], set(), {"list", "id"}),
]

# Each prints what is offered for the words in its arguments. The completion system of zsh wants a terminal, so
# its functions stand for themselves.
ASK = {
    "bash": 'source "$0"; COMP_WORDS=(percpumap "$@"); COMP_CWORD=$#; COMP_LINE="percpumap $*"; '
            '_percpumap; printf "%s\\n" "${COMPREPLY[@]}"',
    "zsh": 'compdef() {}; compset() {}; _files() { print -rl -- ${~${:-$PREFIX*}} }; '
           '_describe() { local w; [[ $1 == -o ]] && local dash=-; '
           'for w in ${(P)@[-1]}; do [[ ${w[1]:#[^-]} == "$dash" ]] && print -r -- ${w%%:*}; done }; '
           'source $0; words=(percpumap "$@"); CURRENT=$#words; PREFIX=$words[-1]; _percpumap; true',
    "fish": 'source $argv[1]; complete -C "percpumap $argv[2..]" | string replace -r "\\t.*" ""; true',
}


class Completions(unittest.TestCase):
    def test_are_what_the_program_prints(self):
        for shell, name in SCRIPTS.items():
            with self.subTest(shell=shell):
                self.assertEqual((ROOT / "completions" / name).read_text(), run(PROGRAM, "completion", shell))

    def test_have_the_options_of_the_program_and_no_other(self):
        for shell in ("bash", "zsh"):
            with self.subTest(shell=shell):
                text = (ROOT / "completions" / SCRIPTS[shell]).read_text()
                self.assertEqual(set(re.search(r"_globals='(.*)'", text).group(1).split()), GLOBAL)
                table = re.search(r"_options=\(\n(.*?)\n\)", text, re.S).group(1)
                own = {name: set(words.split()) for name, words in re.findall(r"\[([\w-]+)\]='(.*)'", table)}
                self.assertEqual(own, OWN)

    def test_fish_has_the_options_of_the_program_and_no_other(self):
        text = (ROOT / "completions" / SCRIPTS["fish"]).read_text()
        found = {"": set(), **{command: set() for command in COMMANDS}}
        pattern = r"^complete -c percpumap(?: -n '__percpumap_in (.*?)')? -l ([\w-]+)(?: -s (\w))?"
        for where, name, letter in re.findall(pattern, text, re.M):
            for command in where.split() or [""]:
                found[command] |= {"--" + name} | ({"-" + letter} if letter else set())
        self.assertEqual(found, {"": GLOBAL, **OWN})

    def test_have_the_commands_of_the_program_and_no_other(self):
        for shell in ("bash", "zsh"):
            text = (ROOT / "completions" / SCRIPTS[shell]).read_text()
            self.assertEqual(re.search(r"_commands='(.*)'", text).group(1).split(), COMMANDS)
        text = (ROOT / "completions" / SCRIPTS["fish"]).read_text()
        self.assertEqual(re.findall(r"printf '%s\\t%s\\n' ([\w-]+) ", text), COMMANDS)

    def test_an_unknown_shell_is_an_error_of_usage(self):
        self.assertEqual(subprocess.run([PROGRAM, "completion", "csh"], stderr=subprocess.DEVNULL).returncode, 64)

    def test_bash_joins_what_readline_splits(self):
        self.need("bash")
        script = ('source "$0"; COMP_WORDS=(percpumap dump --output = nd); COMP_CWORD=4; '
                  'COMP_LINE="percpumap dump --output=nd"; _percpumap; echo "${COMPREPLY[@]}"')
        self.assertEqual(run("bash", "-c", script, ROOT / "completions/percpumap.bash"), "ndjson\n")

    def need(self, shell):
        if not shutil.which(shell):
            self.skipTest(f"{shell} is not installed")

    def check_shell(self, shell):
        self.need(shell)
        script = ROOT / "completions" / SCRIPTS[shell]
        run(shell, "-n", script)
        options = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
        with tempfile.TemporaryDirectory() as home:
            for words, offered, other in CASES:
                with self.subTest(words=words):
                    answer = run(shell, *options, "-c", ASK[shell], script, *words, env={**os.environ, "HOME": home})
                    got = {word for word in answer.splitlines() if word.startswith(words[-1])}
                    self.assertLessEqual(offered, got)
                    self.assertFalse(other & got)

    def test_bash_offers_what_may_come_next(self):
        self.check_shell("bash")

    def test_zsh_offers_what_may_come_next(self):
        self.check_shell("zsh")

    def test_fish_offers_what_may_come_next(self):
        self.check_shell("fish")


if __name__ == "__main__":
    unittest.main()
