"""The tests that run in virtual machines, and how their output reads."""
import contextlib
import dataclasses
import glob
import re

import guest

BUILD = guest.ROOT / "build/dev"


@dataclasses.dataclass(frozen=True)
class Suite:
    """The programs, relative to the build directory, and a shell command that runs them."""
    programs: tuple
    command: str
    only_guest: bool = False  # it takes CPUs offline
    by_hand: bool = False     # nothing for the matrix
    adds: tuple = ()          # what of this machine it needs besides


def gtest(*programs, filter="*"):
    """Runs GoogleTest programs. A filter that leaves no test of one of them is a failure."""
    names = " ".join(program.split("/")[-1] for program in programs)
    return (f"failed=; for test in {names}; do $test --gtest_list_tests --gtest_filter='{filter}' | grep -q '^  ' && "
            f"$test --gtest_brief=1 --gtest_color=no --gtest_filter='{filter}' || failed=1; done; [ -z \"$failed\" ]")


CONTRACT = ("tests/contract/contract_test", "tests/map/map_test")
# Without what needs strace, a cpuset or too much time.
PROGRAMS = "OneCpu*:*Zero*:HelperTest*:FeatureTest*:ExchangeTest.InAThread*:-*TenThousand*:*WhereThisProcess*"
SHELL = ("/bin/sh", "/usr/bin/setpriv", "/usr/lib/locale/C.utf8")  # busybox's shell would take its own setpriv
BPFTOOL = ("/usr/sbin/bpftool",)
PYTHON = ("/usr/bin/python3", *glob.glob("/usr/lib/python3.[0-9]*"))
SUITES = {
    "contract": Suite(CONTRACT, gtest(*CONTRACT, filter="*/kernel")),
    "differential": Suite(("tests/differential/differential_test",), "differential_test --operations 20000 --maps 40"),
    "cli": Suite(("tests/cli/cli_test",), gtest("cli_test", filter="*/kernel"), adds=SHELL),
    "programs": Suite(("tests/kernel/kernel_test",), "export PERCPUMAP_ZERO_RUNS=3 PERCPUMAP_ONE_CPU_RUNS=2; " +
                      gtest("kernel_test", filter=PROGRAMS), adds=SHELL + BPFTOOL),
    "unplug": Suite(("tests/kernel/unplug_test",), "export PERCPUMAP_MAY_UNPLUG=1; " + gtest("unplug_test"), only_guest=True, adds=SHELL),
    "bench": Suite(("tests/bench/floor",), "python3 -B bench/dump.py --binary ./percpumap --floor ./floor --bpftool '' "
                   "--entries 100000 --rounds 3 --values 8 16", by_hand=True, adds=PYTHON),
}
EVERYDAY = [name for name, suite in SUITES.items() if not suite.by_hand]
ENDED = re.compile(r"^== (\w+) ended with (\d+)$")


@contextlib.contextmanager
def files(names, build=BUILD):
    """What guests need for these suites; the program itself is always there."""
    programs = dict.fromkeys(["cmd/percpumap", *(program for name in names for program in SUITES[name].programs)])
    directories = [str(guest.ROOT / "tests" / name) for name in ("cli", "bench")]
    with guest.Files([str(build / program) for program in programs], directories) as found:
        for path in dict.fromkeys(path for name in names for path in SUITES[name].adds):
            found.add(path)
        yield found


def script(names):
    """A shell script that runs suites in turn and ends with 0 if all of them did."""
    lines = ["export PERCPUMAP_NO_SKIP=1 PERCPUMAP_BINARY=$PWD/percpumap PERCPUMAP_CASES=$PWD/cli; worst=0"]
    for name in names:
        lines.append(f"echo '== {name}'; ( {SUITES[name].command} ); status=$?; echo \"== {name} ended with $status\"; "
                     "[ $status = 0 ] || worst=1")
    return "\n".join([*lines, "exit $worst"])


def results(output):
    """The output of script() → {suite: what it came to, in a few words}."""
    found, lines = {}, []
    for line in output:
        ended = ENDED.match(line)
        if ended:
            found[ended[1]] = summary("\n".join(lines), int(ended[2]))
            lines = []
        lines.append(line)
    return found


def summary(text, status):
    words = []
    for pattern, word in ((r"\[  PASSED  \] (\d+) tests?", "passed"), (r"\[  SKIPPED \] (\d+) tests?", "skipped"),
                          (r"^(\d+) operations,", "operations"), (r", (\d+) differences", "differences"),
                          (r"\[  FAILED  \] (\d+) tests?", "failed")):
        numbers = [int(number) for number in re.findall(pattern, text, re.MULTILINE)]
        if numbers and (sum(numbers) or word == "differences"):
            words.append(f"{sum(numbers):,} {word}")
    if status != 0:
        words.append(f"**status {status}**")
    return ", ".join(words)
