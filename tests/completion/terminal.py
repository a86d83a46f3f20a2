"""A real shell in a pseudo-terminal, in which keys are pressed."""

import os
import pathlib
import pty
import select
import signal
import time

# Ctrl-X Ctrl-L writes the command line to a file: what the shell holds, whatever it has drawn.
REPORT = {
    "bash": 'bind -x \'"\\C-x\\C-l": printf "%s\\n" "$READLINE_LINE" >>"$REPORT"\'\n'
            "bind 'set bell-style none'\nPS1='$ '\n",
    "zsh": 'unsetopt beep promptsp\nreport() { print -r -- "$BUFFER" >>$REPORT }\nzle -N report\n'
           "bindkey -e\nbindkey '^X^L' report\nPS1='$ '\n",
    "fish": "function fish_prompt; echo '$ '; end\nfunction fish_greeting; end\nset -g fish_autosuggestion_enabled 0\n"
            "bind \\cx\\cl 'commandline -b >>$REPORT'\nbind \\cu 'commandline \"\"'\n",
}


class Terminal:
    """`enable`: lines of the shell that turn completion on. Gone, with its shell, at the end of its `with`."""

    PATIENCE = 60  # seconds for what takes milliseconds on an idle machine

    def __init__(self, shell, environment, directory, enable):
        self.shell, self.directory = shell, pathlib.Path(directory)
        self.report = self.directory / f"report-{shell}"
        self.report.touch()
        self.environment = {**environment, "REPORT": str(self.report)}
        self.setup = REPORT[shell] + enable + "\n"
        self.shown = ""

    def __enter__(self):
        rc = self.directory / (".zshrc" if self.shell == "zsh" else f"rc.{self.shell}")
        rc.write_text(self.setup)
        command = {
            "bash": ["bash", "--noprofile", "--rcfile", str(rc), "-i"],
            "zsh": ["zsh", "--no-global-rcs", "-i"],  # with $ZDOTDIR/.zshrc
            "fish": ["fish", "--no-config", "--init-command", f"source {rc}", "-i"],
        }[self.shell]
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(self.directory)
            os.execvpe(command[0], command, {**self.environment, "ZDOTDIR": str(self.directory)})
        self.line("")
        return self

    def __exit__(self, *exception):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)

    def press(self, keys):
        os.write(self.fd, keys.encode())

    def draw(self):
        """Reads what the shell writes, for a moment at most."""
        if select.select([self.fd], [], [], 0.05)[0]:
            self.shown += os.read(self.fd, 65536).decode(errors="replace")

    def wait(self, done, for_what, again=lambda: None):
        end, next_time = time.monotonic() + self.PATIENCE, time.monotonic() + 2
        while not done():
            if time.monotonic() > end:
                raise AssertionError(f"{self.shell} did not {for_what}; it showed {self.shown[-3000:]!r}")
            if time.monotonic() > next_time:
                again()
                next_time += 2
            self.draw()

    def line(self, keys):
        """The command line after these keys on an empty one."""
        before = len(self.report.read_text().splitlines())
        ask = "\x18\x0c"
        self.press("\x15" + keys + ask)
        # A shell that is only starting may drop what was typed; asking once more does no harm.
        self.wait(lambda: len(self.report.read_text().splitlines()) > before, "say what its command line is",
                  lambda: None if keys else self.press(ask))
        lines = self.report.read_text().splitlines()
        return lines[before]

    def complete(self, text):
        """The command line after `text` and Tab."""
        return self.line(text + "\t")

    def enter(self, expected):
        """Runs what is on the command line, and waits for this on the screen."""
        self.shown = ""
        self.press("\r")
        self.wait(lambda: expected in self.shown, f"show {expected!r}")
