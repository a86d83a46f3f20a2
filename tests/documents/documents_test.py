#!/usr/bin/python3
"""The manual pages say what the program says, and nothing else.

    documents_test.py PROGRAM REPOSITORY

What the pages' EXAMPLES show is examples_test.py's.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM, ROOT = pathlib.Path(sys.argv.pop(1)).resolve(), pathlib.Path(sys.argv.pop(1)).resolve()
# EXIT STATUS comes before EXAMPLES, for mandoc calls any other order unconventional.
SECTIONS = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "KERNEL", "SEE ALSO"]
MORE_SECTIONS = {"": ["ENVIRONMENT", "FILES"]}  # of percpumap(8), behind OPTIONS
PAGES = sorted((ROOT / "man").glob("*.[78]"))
OWN_PAGES = {tuple(path.name.rsplit(".", 1)) for path in PAGES}
OTHER_PAGES = {("mkdir", "1"), ("sh", "1"), ("bpf", "2"), ("unlink", "2"), ("errno", "3"), ("capabilities", "7"),
               ("bpftool-map", "8"), ("setcap", "8")}
LOCALE = {"LC_ALL", "LC_CTYPE", "LANG"}  # read by the C library
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
    """Those that completion offers, whose first line is not among them."""
    return run(PROGRAM, "__complete", "bash", f"percpumap {command} -o ", "").splitlines()[1:]


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
                at = SECTIONS.index("OPTIONS") + 1
                expected = SECTIONS[:at] + MORE_SECTIONS.get(command, []) + SECTIONS[at:]
                self.assertEqual(re.findall(r"^\.Sh (.*)$", source(command), re.M), expected)

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
                said |= {word for line in re.findall(r"^\$ .*?percpumap ([^|;\n]*)", text, re.M)
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
        for page in PAGES:
            with self.subTest(page=page.name):
                lint = subprocess.run(["mandoc", "-Tlint", page], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                      text=True)
                # Which manuals are installed here is the machine's affair; see References.
                said = [line for line in lint.stdout.splitlines() if " referenced manual not found: " not in line]
                self.assertEqual(said, [])

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_groff_has_nothing_to_say_either(self):
        for page in PAGES:
            with self.subTest(page=page.name):
                formatted = subprocess.run(["groff", "-mdoc", "-Tutf8", "-k", "-ww", "-rLL=78n", page], text=True,
                                           stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                self.assertEqual(formatted.stderr, "")

    def test_environment_is_what_the_sources_ask_for(self):
        asked = set(LOCALE)
        for directory in "src", "cmd":
            for path in (ROOT / directory).rglob("*.cc"):
                asked |= set(re.findall(r'\b(?:getenv|variable)\("(\w+)"\)', path.read_text()))
        listed = re.findall(r"^\.It Ev (.*)$", section(source(""), "ENVIRONMENT"), re.M)
        self.assertEqual({name for item in listed for name in item.split(" , ")}, asked)
        for page in PAGES:
            with self.subTest(page=page.name):
                said = re.findall(r"\bEv (\w+(?: , \w+)*)", page.read_text())
                self.assertLessEqual({name for names in said for name in names.split(" , ")}, asked)

    def test_schemas_are_told(self):
        told = re.findall(r"^\.Pa (\w+)\.json\b", (ROOT / "man/percpumap-json.7").read_text(), re.M)
        self.assertEqual(set(told), {path.stem for path in (ROOT / "tests/schemas").glob("*.json")})


class References(unittest.TestCase):
    def references(self, text):
        return set(re.findall(r"\bXr ([\w-]+) (\d)", text))

    def test_lead_to_pages(self):
        for page in PAGES:
            with self.subTest(page=page.name):
                self.assertEqual(self.references(page.read_text()) - OWN_PAGES - OTHER_PAGES, set())

    def test_see_also_has_them_all_in_order(self):
        for page in PAGES:
            with self.subTest(page=page.name):
                text = page.read_text()
                listed = re.findall(r"^\.Xr ([\w-]+) (\d)", section(text, "SEE ALSO"), re.M)
                self.assertEqual(set(listed), self.references(text))
                self.assertEqual(listed, sorted(listed, key=lambda xr: (xr[1], xr[0])))

    def test_percpumap_leads_to_every_page(self):
        self.assertEqual(OWN_PAGES - {("percpumap", "8")} - self.references(source("")), set())


@unittest.skipUnless(shutil.which("mandoc"), "mandoc is not installed")
class WebPages(unittest.TestCase):
    def test_no_link_is_dead(self):
        with tempfile.TemporaryDirectory() as made:
            run(ROOT / "man/html", made)
            texts = {path.name: path.read_text() for path in pathlib.Path(made).iterdir()}
        self.assertEqual(set(texts), {f"{page.name}.html" for page in PAGES} | {"manual.css"})
        places = {name: set(re.findall(r'\bid="([^"]+)"', text)) for name, text in texts.items()}
        for name, text in texts.items():
            for link in re.findall(r'\bhref="((?!https://manpages\.debian\.org/)[^"]*)"', text):
                target, _, place = link.partition("#")
                with self.subTest(page=name, link=link):
                    self.assertIn(target or name, texts)
                    self.assertTrue(place == "" or place in places[target or name])


if __name__ == "__main__":
    unittest.main()
