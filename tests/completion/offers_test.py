#!/usr/bin/python3
"""What completion offers: asked of the program itself, and through the functions of each shell's script.

    offers_test.py PROGRAM REPOSITORY
"""

import os
import pathlib
import re
import subprocess
import sys
import unittest

from support import PROGRAM, SHELLS, Home, make_maps, need, run

ROOT = pathlib.Path(sys.argv.pop(1)).resolve()


def help_of(*command):
    return run(PROGRAM, *command, "--help")


def listed_options(text):
    """Of the list at the end of a help text: each with its letter and its negation."""
    lines = [line for line in text.partition("Options:\n")[2].splitlines() if line.startswith("  -")]
    return {name for line in lines for name in re.sub(r"\{.*?\}", "", line.split()[0]).split(",")}


COMMANDS = re.findall(r"^  ([a-z-]+) ", help_of().partition("Commands:\n")[2].partition("\n\n")[0], re.M)

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
    (["import", "m", "no"], {"noexist"}, {"any"}),
    (["create", "/p", "entries", "9", ""], {"key", "type", "flags", "numa_node"}, set()),
    (["create", "/p", "type", ""], {"percpu_hash"}, {"key"}),
    (["create", "/p", "flags", ""], {"no_prealloc", "zero_seed"}, {"key"}),
    (["create", "/p", "flags", "zero_seed,no"], {"zero_seed,no_prealloc"}, set()),
    (["create", "/p", "name", ""], set(), {"flows"}),
    (["create", "/p", "key", "ip"], {"ipv4", "ipv6"}, set()),
    (["dump", "m", "--key-type", "be"], {"be16", "be64"}, set()),
    (["zero", "m", ""], {"key"}, {"id"}),
    (["completion", ""], set(SHELLS), set()),
    (["helper", "m", ""], {"lookup", "for-each"}, {"key", "of"}),
    (["helper", "m", "lookup-percpu", "key", "1", ""], {"of"}, {"value"}),
    (["helper", "m", "update", "key", "1", "value", "2", ""], {"exist", "flags"}, {"of"}),
    (["sim", ""], {"init", "show", "reset"}, {"id"}),
    (["sim", "init", "--caps", ""], {"none", "bpf", "all"}, set()),
    (["list", ""], set(), {"list", "id"}),
    (["dump", "--output=nd"], {"--output=ndjson"}, {"ndjson"}),
    (["dump", "-ojs"], {"-ojson"}, {"json"}),
    (["dump", "m", "--json", "--"], {"--cpu", "--verbose"}, {"--json", "--output", "--pretty"}),
    (["dump", "m", "-v", "--verb"], {"--verbose"}, set()),
    (["dump", "--", "--"], set(), {"--json"}),
    (["-b", "s"], {"syscall", "sim", "sim:"}, set()),
    (["no-such-command", ""], set(), {"id", "list"}),
    (["dump", "--no-such-option", "m", "--eng"], {"--engine"}, set()),
    (["dump", "m", "--cpu", ""], {"all", "online"}, set()),
]

# Each prints what is offered for the words in its arguments. Completion itself wants a terminal, so the shells'
# own functions stand for it; tests/completion/shells_test.py has the terminal.
ASK = {
    "bash": 'source "$0"; compopt() { :; }; COMP_LINE="percpumap $*"; COMP_POINT=${#COMP_LINE}; '
            '_percpumap percpumap "${@: -1}" ""; printf "%s\\n" "${COMPREPLY[@]}"',
    "zsh": 'compdef() {}; _files() {}; typeset -A compstate; '
           '_describe() { local w; for w in ${(P)2}; do w=${w//\\\\:/$\'\\t\'}; w=${w%%:*}; '
           'print -r -- ${w//$\'\\t\'/:}; done }; '
           'source $0; words=(percpumap "$@"); CURRENT=$#words; PREFIX=$words[-1]; _percpumap; true',
    "fish": 'source $argv[1]; complete -C "percpumap $argv[2..]" | string replace -r "\\t.*" ""; true',
}
BARE = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}


class Words(unittest.TestCase):
    def check(self, ask):
        for words, offered, other in CASES:
            with self.subTest(words=words):
                got = ask(words)
                self.assertLessEqual(offered, got)
                self.assertFalse(other & got)

    def test_of_the_program(self):
        with Home() as home:
            self.check(lambda words: set(home.offers(*words)[1]))

    def check_script(self, shell):
        need(shell)
        script = ROOT / "completions" / SHELLS[shell]
        run(shell, "-n", script)
        with Home() as home:
            self.check(lambda words: set(run(shell, *BARE[shell], "-c", ASK[shell], script, *words,
                                             env=home.environment).splitlines()))

    def test_of_the_bash_script(self):
        self.check_script("bash")

    def test_of_the_zsh_script(self):
        self.check_script("zsh")

    def test_of_the_fish_script(self):
        self.check_script("fish")

    def test_scripts_are_what_the_program_prints(self):
        for shell, name in SHELLS.items():
            with self.subTest(shell=shell):
                self.assertEqual((ROOT / "completions" / name).read_text(), run(PROGRAM, "completion", shell))

    def test_an_unknown_shell_is_an_error_of_usage(self):
        self.assertEqual(subprocess.run([PROGRAM, "completion", "csh"], stderr=subprocess.DEVNULL).returncode, 64)

    def test_commands_and_options_are_those_of_help(self):
        with Home() as home:
            self.assertEqual(list(home.offers("")[1]), COMMANDS)
            self.assertEqual(set(home.offers("-")[1]), listed_options(help_of()))
            for command in COMMANDS:
                with self.subTest(command=command):
                    self.assertEqual(set(home.offers(command, "-")[1]), listed_options(help_of(command)))

    def test_every_command_and_option_says_what_it_is(self):
        with Home() as home:
            for command in COMMANDS:
                self.assertNotIn("", home.offers(command, "--")[1].values())
            self.assertNotIn("", home.offers("")[1].values())


class Marks(unittest.TestCase):
    def marks(self, *words, backend="syscall"):
        with Home() as home:
            return home.offers("-b", backend, *words)[0]

    def test_files_where_a_file_may_stand(self):
        for words in (["import", "m", ""], ["dump", "m", "--rescue", ""], ["batch-dump", "m", "--rescue", ""],
                      ["create", ""], ["unpin", "/x"], ["dump", "pinned", ""], ["dump", "./x"]):
            with self.subTest(words=words):
                self.assertIn("files", self.marks(*words))

    def test_no_files_where_none_is_meant(self):
        for words in (["dump", ""], ["lookup", "m", "key", ""], ["list", ""], ["stats", "m", "--field", ""]):
            with self.subTest(words=words):
                self.assertNotIn("files", self.marks(*words))

    def test_files_are_no_pins_of_a_simulated_kernel(self):
        with Home() as home:
            for words in (["dump", "/sys/"], ["unpin", "/sys/"], ["create", "/sys/"], ["dump", "pinned", "/"]):
                with self.subTest(words=words):
                    self.assertNotIn("files", home.offers(*words)[0])

    def test_no_blank_behind_what_may_go_on(self):
        for words in (["create", "/p", "flags", ""], ["-b", "sim:/"]):
            with self.subTest(words=words):
                self.assertIn("nospace", self.marks(*words))


class Live(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = cls.enterClassContext(Home())
        make_maps(cls.home)

    def offered(self, *words):
        return list(self.home.offers(*words)[1])

    def test_maps(self):
        _, offers = self.home.offers("dump", "")
        self.assertEqual(offers["1"], "flows, percpu_hash, key 8 B, value 16 B")
        self.assertEqual(offers["flows"], "id 1, percpu_hash, key 8 B, value 16 B")
        self.assertEqual(self.offered("dump", "id", ""), ["1", "2", "3", "4"])
        self.assertEqual(self.offered("dump", "name", ""), ["flows", "bytes", "texts", "numbers"])
        self.assertEqual(set(self.offered("dump", "/sys/fs/bpf/f")), {"/sys/fs/bpf/flows"})
        self.assertIn("/sys/fs/bpf/bytes", self.offered("unpin", ""))

    def test_the_backend_is_the_one_that_is_typed(self):
        self.assertEqual(self.offered("-b", f"sim:{self.home.path}/other", "dump", "name", ""), [])
        self.assertFalse((self.home.path / "other").exists())

    def test_a_name_that_two_maps_have_stands_behind_name_alone(self):
        with Home() as home:
            for pin in ("a", "b"):
                home.percpumap("create", f"/sys/fs/bpf/{pin}", *"key 4 value 8 entries 1 name twin".split())
            self.assertNotIn("twin", home.offers("dump", "")[1])
            self.assertIn("twin", home.offers("dump", "name", "")[1])

    def test_keys_as_they_are_typed(self):
        self.assertEqual(self.offered("lookup", "flows", "key", "{"), ['{"saddr":"10.0.0.1","dport":443}'])
        self.assertEqual(self.offered("lookup", "bytes", "key", ""), ["hex"])
        self.assertEqual(self.offered("lookup", "bytes", "key", "hex", ""), ["0a000001"])
        self.assertEqual(self.offered("--key-type", "ipv4", "lookup", "bytes", "key", "1"), ["10.0.0.1"])
        self.assertEqual(set(self.offered("lookup", "numbers", "key", "")), {"hex", "-7", "12"})
        self.assertIn("-7", self.offered("lookup", "numbers", "key", "-"))
        self.assertEqual(self.offered("delete", "numbers", "key", "3", "key", "1"), ["12"])

    def test_every_offered_key_reads_back(self):
        words = self.offered("lookup", "texts", "key", "")
        self.assertEqual(set(words), {"hex", "a b$(touch x)'\"", "eth0", "!#~*?[x]{y}\\z", '"\\"q"', '"-dash"',
                                      '"\\u001b"'})
        for word in set(words) - {"hex"}:
            with self.subTest(word=word):
                self.assertIn('"values"', self.home.percpumap("-j", "lookup", "texts", "key", word))

    def test_control_characters_are_not_offered(self):
        for words in (["key", ""], ["key", '"']):
            self.assertFalse([word for word in self.offered("lookup", "texts", *words) if "\x1b" in word])

    def test_fields(self):
        self.assertEqual(self.offered("stats", "flows", "--field", ""), ["lat", "packets", "lat[0]", "lat[1]"])
        self.assertEqual(self.offered("dump", "flows", "--sort", "key."),
                         ["key.saddr", "key.saddr:desc", "key.dport", "key.dport:desc"])
        self.assertIn("sum.lat[1]:desc", self.offered("dump", "flows", "--sort", "sum"))
        self.assertIn("value.packets", self.offered("dump", "flows", "--filter", ""))
        self.assertEqual(self.offered("dump", "flows", "--filter", "value.packets > 1 && key.d"),
                         ["value.packets > 1 && key.dport"])
        self.assertEqual(self.offered("dump", "flows", "--filter", "value.packets > "), [])
        self.assertEqual(self.offered("dump", "flows", "--show", "key.saddr=dec,value.pack"),
                         ["key.saddr=dec,value.packets="])
        self.assertIn("key.dport=hex", self.offered("dump", "flows", "--show", "key.dport="))
        self.assertNotIn("key.dport=mac", self.offered("dump", "flows", "--show", "key.dport="))

    def test_every_offered_order_and_view_is_taken(self):
        for option in ("--sort", "--field"):
            command = "stats" if option == "--field" else "dump"
            for word in self.offered(command, "flows", option, ""):
                with self.subTest(option=option, word=word):
                    self.home.percpumap(command, "flows", option, word)
        for word in self.offered("dump", "flows", "--show", ""):
            for view in self.offered("dump", "flows", "--show", word):
                with self.subTest(view=view):
                    self.home.percpumap("dump", "flows", "--show", view)

    def test_choices_of_a_value(self):
        self.home.percpumap("create", "/sys/fs/bpf/switches", *"key u32 value bool entries 4 name switches".split())
        self.addCleanup(self.home.percpumap, "-q", "unpin", "/sys/fs/bpf/switches")
        self.assertEqual(set(self.offered("update", "switches", "key", "1", "value", "")), {"hex", "false", "true"})

    def test_cpus(self):
        with Home() as home:
            home.percpumap("sim", "init", "--cpus", "0-3,8", "--online", "0-1")
            self.assertEqual(list(home.offers("dump", "m", "--cpu", "")[1]),
                             ["all", "online", "0-1", "0", "1", "2", "3", "8"])
            self.assertEqual(list(home.offers("dump", "m", "--cpu", "0,")[1]), ["0,0", "0,1", "0,2", "0,3", "0,8"])

    def test_the_list_of_keys_is_bounded(self):
        self.home.percpumap("create", "/sys/fs/bpf/many", *"key u32 value u64 entries 20000 name many".split())
        self.addCleanup(self.home.percpumap, "-q", "unpin", "/sys/fs/bpf/many")
        lines = "".join(f'{{"key":{i},"values":[]}}\n' for i in range(20000))
        self.home.percpumap("-q", "import", "many", "--missing-cpu", "zero", text=lines)
        self.assertEqual(len(self.offered("lookup", "many", "key", "")), 64)

    def test_a_map_that_cannot_be_read_leaves_what_is_known(self):
        for words in (["lookup", "none", "key"], ["lookup", "id", "999", "key"], ["lookup", "fd", "0", "key"]):
            with self.subTest(words=words):
                self.assertEqual(self.offered(*words, ""), ["hex"])
        self.assertEqual(self.offered("-b", "no-such", "lookup", "m", "key", ""), ["hex"])
        self.assertEqual(self.offered("lookup", "flows", "--key-type", "u32", "key", ""), ["hex"])

    def test_a_backend_that_hangs_does_not_keep_the_shell(self):
        with Home() as home:
            (home.path / "machine").mkdir(mode=0o700)
            os.mkfifo(home.path / "machine" / "machine")
            self.assertEqual(list(home.offers("lookup", "m", "key", "")[1]), ["hex"])

    def test_nothing_is_said_and_the_status_is_0(self):
        for words in ([], ["words"], ["bash"], ["bash", "x"], ["other", "x"], ["words", "lookup", "none", "key", ""],
                      ["bash", "percpumap", "percpumap"], ["words", "-b", "", "dump", ""]):
            with self.subTest(words=words):
                result = subprocess.run([PROGRAM, "__complete", *words], env=self.home.environment,
                                        capture_output=True, text=True, timeout=60)
                self.assertEqual((result.returncode, result.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
