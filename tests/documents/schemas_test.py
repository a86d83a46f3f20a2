#!/usr/bin/python3
"""Every command's JSON, and every error's, against its schema.

    schemas_test.py PROGRAM SCHEMA-DIRECTORY

Runs PROGRAM on a simulated machine of its own. A schema that no command here answers to is a failure, too.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import jsonschema

PROGRAM, SCHEMAS = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))
PINS = "/sys/fs/bpf"
PIN = PINS + "/map"
ENTRY = '{"key":7,"values":[{"cpu":0,"value":258}]}\n'
TYPES = ["--key-type", "u32", "--value-type", "u64"]
# As text neither the padding of the keys nor the bytes of the boolean survive.
STRUCTURES = ["--key-type", "{a:u8,b:u16}", "--value-type", "{a:bool,b:char[3],c:f32}"]
MISSING = ["--missing-cpu", "zero"]

# (schema, arguments, stdin), one after the other on one machine. Each is also checked with --pretty where it
# changes nothing.
CHANGES = {"create", "update", "add", "delete", "pop", "import", "clear", "freeze", "pin", "unpin", "sim", "helper"}
ANSWERS = [
    ("list", ["list"], ""),
    ("changed", ["create", PIN, "key", "4", "value", "8", "entries", "8", "name", "map", "flags", "0x41"], ""),
    ("changed", ["update", PIN, *"key 1 0 0 0 value 5 0 0 0 0 0 0 0".split()], ""),
    ("changed", ["update", PIN, *"key 2 cpu 0 value 6".split(), *TYPES], ""),
    ("changed", ["add", PIN, *"key 2 cpu 0 value 6".split(), *TYPES], ""),
    ("changed", ["import", PIN, *MISSING, *TYPES], ENTRY),
    ("list", ["list"], ""),
    ("list", ["list", "--bpffs", "--count"], ""),
    ("show", ["show", PIN], ""),
    ("show", ["show", PIN, "--count"], ""),
    ("dump", ["dump", PIN], ""),
    ("dump", ["dump", PIN, "--sum", *TYPES], ""),
    ("dump", ["dump", PIN, "--sum", "--no-per-cpu", *TYPES], ""),
    ("dump", ["dump", PIN, "--sum", "--u64", "string", *TYPES], ""),
    ("dump", ["dump", PIN, "--cpu", "0", "--engine", "walk"], ""),
    ("dump", ["dump", PIN, "--agg", "avg", "--no-per-cpu", *STRUCTURES], ""),
    ("dump", ["dump", PIN, *STRUCTURES], ""),
    ("dump", ["batch-dump", PIN], ""),
    ("dump", ["zero", PIN, "--sum", *TYPES], ""),
    ("entry", ["zero", PIN, "key", "1", *TYPES], ""),
    ("entry", ["lookup", PIN, *"key 1 0 0 0".split()], ""),
    ("entry", ["lookup", PIN, "key", "7", "--sum", *TYPES], ""),
    ("getnext", ["getnext", PIN], ""),
    ("getnext", ["getnext", PIN, *"key 9 0 0 0".split()], ""),
    ("getnext", ["getnext", PIN, "key", "9", "--key-type", "u32"], ""),
    ("getnext", ["getnext", PIN, "--key-type", "char[4]"], ""),
    ("stats", ["stats", PIN], ""),
    ("stats", ["stats", PIN, "--count", *TYPES], ""),
    ("feature", ["feature"], ""),
    ("doctor", ["doctor"], ""),
    ("stats", ["stats", PIN, "--value-type", "u64"], ""),
    ("stats", ["stats", PIN, "--value-type", "{a:i16,b:f32}", "--key-type", "char[4]", "--u64", "string"], ""),
    ("stats", ["stats", PIN, "--value-type", "u64", "--key-type", "u32", "--filter", "key > 1"], ""),
    ("entry", ["helper", PIN, *"lookup key 1 0 0 0 --cpu 0".split()], ""),
    ("entry", ["helper", PIN, *"lookup-percpu key 7 of 0 --cpu 0".split(), *TYPES], ""),
    ("dump", ["helper", PIN, "for-each", "--cpu", "0"], ""),
    ("helper", ["helper", PIN, *"update key 7 value 3 --cpu 0".split(), *TYPES], ""),
    ("helper", ["helper", PIN, *"delete key 7 --cpu 0".split(), *TYPES], ""),
    ("changed", ["pin", PIN, PINS + "/other"], ""),
    ("changed", ["unpin", PINS + "/other"], ""),
    ("entry", ["pop", PIN, *"key 1 0 0 0".split()], ""),
    ("changed", ["delete", PIN, *"key 2 0 0 0".split()], ""),
    ("changed", ["clear", PIN], ""),
    ("changed", ["freeze", PIN], ""),
    ("changed", ["unpin", PIN], ""),
    ("sim", ["sim", "show"], ""),
    ("sim", ["sim", "reset"], ""),
    ("sim", ["sim", "init", "--cpus", "0-3,8", "--kernel", "5.10"], ""),
    ("sim", ["sim", "show"], ""),
    ("feature", ["feature"], ""),
    ("doctor", ["doctor"], ""),
    ("sim", ["sim", "init", "--caps", "none"], ""),
    ("feature", ["feature"], ""),
    ("version", ["--version"], ""),
]

# (exit status, arguments), on a machine with two maps of one name, the first of one entry, full and then frozen.
ERRORS = [
    (1, ["lookup", PIN, "key", "9"]),
    (1, ["update", PIN, *"key 1 value 1 noexist".split()]),
    (64, ["dmup"]),
    (64, ["dump"]),
    (65, ["lookup", PIN, *"key 256".split()]),
    (65, ["show", "name", "map"]),
    (66, ["show", "id", "4294967294"]),
    (71, ["update", PIN, *"key 2 value 1".split()]),
    (73, ["create", PIN, *"key 1 value 1 entries 1".split()]),
    (77, ["update", PINS + "/frozen", *"key 1 value 1".split()]),
]


class Machine:
    """A simulated machine in a directory, gone at the end of its `with`."""

    def __enter__(self):
        self.directory = tempfile.TemporaryDirectory(prefix="percpumap-schemas-")
        self.environment = {**os.environ, "PERCPUMAP_BACKEND": f"sim:{self.directory.name}/machine"}
        return self

    def __exit__(self, *exception):
        self.directory.cleanup()

    def run(self, *arguments, text=""):
        return subprocess.run([PROGRAM, *arguments], env=self.environment, input=text, text=True,
                              capture_output=True, timeout=60)


def schema(name):
    loaded = json.loads((SCHEMAS / f"{name}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(loaded)
    return jsonschema.Draft202012Validator(loaded)


class SchemasTest(unittest.TestCase):
    def check(self, name, text):
        self.assertTrue(text.endswith("\n"), f"no newline at the end of {text!r}")
        for error in schema(name).iter_errors(json.loads(text)):
            self.fail(f"{name}.json: {error.json_path}: {error.message}\nin {text}")

    def test_answers(self):
        with Machine() as machine:
            for name, arguments, text in ANSWERS:
                with self.subTest(arguments=arguments):
                    result = machine.run("--json", *arguments, text=text)
                    self.assertEqual(result.returncode, 0, result.stderr)
                    self.check(name, result.stdout)
                    if arguments[0] not in CHANGES:
                        self.check(name, machine.run("--pretty", *arguments).stdout)

    def test_lines(self):
        with Machine() as machine:
            machine.run("create", PIN, *"key 4 value 8 entries 8".split())
            machine.run("import", PIN, *MISSING, *TYPES, text=2 * ENTRY + ENTRY.replace("7", "8"))
            for command in "dump", "batch-dump":
                lines = machine.run("--output", "ndjson", command, PIN).stdout.splitlines(keepends=True)
                self.assertEqual(len(lines), 2)
                for line in lines:
                    self.check("entry", line)

    def test_errors(self):
        with Machine() as machine:
            for pin in PIN, PINS + "/frozen":
                machine.run("create", pin, *"key 1 value 1 entries 1 name map".split())
            machine.run("update", PIN, *"key 1 value 1".split())
            machine.run("freeze", PINS + "/frozen")
            for status, arguments in ERRORS:
                with self.subTest(arguments=arguments):
                    result = machine.run("--json", *arguments)
                    self.assertEqual(result.returncode, status, result.stderr)
                    self.assertEqual(result.stdout, "")
                    self.check("error", result.stderr)

    def test_every_schema_is_checked(self):
        self.assertEqual({path.stem for path in SCHEMAS.glob("*.json")}, {name for name, _, _ in ANSWERS} | {"error"})


if __name__ == "__main__":
    unittest.main()
