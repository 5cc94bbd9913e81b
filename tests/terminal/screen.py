"""A terminal for tests: runs a program on a pty and keeps the screen as a person would see it."""
import errno
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

SEQUENCE = re.compile(rb"\x1b\[([0-9;?]*)([A-Za-z])")


class Bad(Exception):
    pass


def need(ok, what, session=None):
    if not ok:
        raise Bad(what + (f"; the screen was:\n{session.screen.text()}" if session else ""))


class Screen:
    """Rows of text without a height: what scrolls out of a window is kept, too."""

    def __init__(self):
        self.rows = [""]
        self.column = 0
        self.strange = []  # control bytes and sequences that the program should not send
        self.colors = []
        self.rest = b""

    def feed(self, data):
        data = self.rest + data
        i = 0
        while i < len(data):
            byte = data[i:i + 1]
            if byte == b"\x1b":
                m = SEQUENCE.match(data, i)
                if not m and len(data) - i < 16:
                    break
                i = m.end() if m else i + 1
                self.sequence(m[1].decode() if m else "", m[2].decode() if m else "?")
                continue
            i += 1
            if byte == b"\n":
                self.rows.append("")  # the pty sends \r in front of it
            elif byte == b"\r":
                self.column = 0
            elif byte < b" ":
                self.strange.append(byte)
            else:
                row = self.rows[-1].ljust(self.column)
                self.rows[-1] = row[:self.column] + byte.decode("latin-1") + row[self.column + 1:]
                self.column += 1
        self.rest = data[i:]

    def sequence(self, numbers, final):
        if final == "J" and numbers == "" or final == "K" and numbers == "":
            self.rows[-1] = self.rows[-1][:self.column]
        elif final == "m":
            self.colors.append((numbers, self.rows[-1], self.column))
        else:
            self.strange.append(numbers + final)

    def text(self):
        return "\n".join(row.rstrip() for row in self.rows)


class Session:
    """A program on a terminal of its own, in a session of its own."""

    def __init__(self, command, env=None, columns=100, stdin=True, stdout=None):
        self.master, self.slave = pty.openpty()
        self.resize(columns, tell=False)
        self.screen = Screen()
        self.raw = b""
        self.before = termios.tcgetattr(self.slave)
        full = {**os.environ, "TERM": "xterm", **(env or {})}
        full.pop("NO_COLOR", None)
        full.update({k: v for k, v in (env or {}).items() if v is not None})

        def own_terminal():
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
        self.process = subprocess.Popen(command, stdin=self.slave if stdin else subprocess.DEVNULL,
                                        stdout=stdout or self.slave, stderr=self.slave, env=full,
                                        preexec_fn=own_terminal, pass_fds=[self.slave])

    def resize(self, columns, tell=True):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        if tell:
            self.process.send_signal(signal.SIGWINCH)

    def read(self, seconds):
        """Takes in what comes during so many seconds."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            ready, _, _ = select.select([self.master], [], [], left)
            if not ready:
                return
            try:
                data = os.read(self.master, 65536)
            except OSError as e:
                if e.errno == errno.EIO:
                    return
                raise
            self.raw += data
            self.screen.feed(data)

    def wait_for(self, what, seconds=10):
        """Until a condition on this session holds; false when it never did."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if what(self):
                return True
            self.read(0.05)
        return what(self)

    def wait_text(self, pattern, seconds=10):
        return self.wait_for(lambda s: re.search(pattern, s.screen.text()), seconds)

    def keys(self, text):
        os.write(self.master, text.encode())

    def end(self, seconds=30):
        """Exit status of the program, as the shell would give it; None when it does not end."""
        if not self.wait_for(lambda s: s.process.poll() is not None, seconds):
            self.process.kill()
            return None
        self.read(0.1)
        code = self.process.returncode
        return 128 - code if code < 0 else code

    def is_cooked(self):
        return termios.tcgetattr(self.slave) == self.before

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)
