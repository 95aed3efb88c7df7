"""Contracts as git has them: at a commit, and in the working tree."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from headgate.changes.agreement import TRAILER, Agreement, from_trailer
from headgate.contract.find import is_contract, may_be_contract
from headgate.errors import CallError

# So many changes without a new version are a habit.
_SEVERAL = 3
_REGULAR = ("100644", "100755")


@dataclass(frozen=True, slots=True)
class Repository:
    """A git working tree. All paths given and returned are absolute."""

    root: Path

    @classmethod
    def around(cls, folder: Path) -> Repository:
        """Raises CallError outside git."""
        try:
            done = subprocess.run(  # noqa: S603
                ["git", "-C", str(folder), "rev-parse", "--show-toplevel"],  # noqa: S607
                capture_output=True, text=True, check=False,
            )  # fmt: skip
        except OSError as error:
            raise CallError(f"git cannot be run: {error.strerror}; --base needs it") from None
        if done.returncode:
            raise CallError(f"{folder} is in no git working tree; --base needs one, or give two files: OLD NEW")
        return cls(Path(done.stdout.rstrip("\n")))

    def base(self, ref: str) -> str | None:
        """The commit to compare with: where HEAD left `ref`, or `ref` itself where git does not know (a shallow
        clone). None for the HEAD of a repository without any commit: everything is new.

        Raises:
            CallError: there is no such commit.
        """
        commit = self._line("rev-parse", "--quiet", "--verify", "--end-of-options", f"{ref}^{{commit}}")
        if commit is None:
            if ref == "HEAD" and self._line("symbolic-ref", "--quiet", "HEAD") is not None:
                return None
            raise CallError(f"git knows no commit '{ref}'; fetch it first (in CI: a checkout with its full history)")
        return self._line("merge-base", commit, "HEAD") or commit

    def knows(self, commit: str) -> bool:
        """Whether the repository has a commit of this name."""
        return self._line("rev-parse", "--quiet", "--verify", "--end-of-options", f"{commit}^{{commit}}") is not None

    def at(self, commit: str, paths: Sequence[Path]) -> dict[Path, bytes]:
        """The contracts under `paths` at a commit."""
        listed = self._run("ls-tree", "-r", "-z", commit, "--", *self._inside(paths))
        wanted: list[tuple[str, str]] = []
        for entry in filter(None, listed.split(b"\0")):
            head, _, name = entry.partition(b"\t")
            mode, kind, identity = head.decode().split()[:3]
            if kind == "blob" and mode in _REGULAR and self._may_be(os.fsdecode(name), paths):
                wanted.append((os.fsdecode(name), identity))
        texts = self._blobs([identity for _, identity in wanted])
        found = {self.root / name: text for (name, _), text in zip(wanted, texts, strict=True)}
        return {path: text for path, text in found.items() if self._is(path, text, paths)}

    def now(self, paths: Sequence[Path]) -> dict[Path, bytes]:
        """The contracts under `paths` in the working tree: tracked, and new ones that git does not ignore."""
        listed = self._run("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *self._inside(paths))
        found: dict[Path, bytes] = {}
        for name in dict.fromkeys(os.fsdecode(entry) for entry in listed.split(b"\0") if entry):
            path = self.root / name
            if self._may_be(name, paths) and path.is_file() and not path.is_symlink():
                try:
                    text = path.read_bytes()
                except OSError as error:
                    raise CallError(f"{path}: the file cannot be read: {error.strerror}") from None
                if self._is(path, text, paths):
                    found[path] = text
        return found

    def never_raised(self, commit: str, files: Sequence[Path]) -> bool:
        """Whether contracts were changed in several commits until `commit`, and none ever raised its version."""
        if not files:
            return False
        history = ("log", "--format=%H", "--no-merges", "--diff-filter=M")
        inside = list(self._inside(files))
        if len(self._run(*history, f"-{_SEVERAL}", commit, "--", *inside).split()) < _SEVERAL:
            return False
        return not self._run(*history, "-1", "-G", r"""^[[:space:]{]*["']?version["']?[[:space:]]*:""", commit, "--",
                             *inside).strip()  # fmt: skip

    def agreements(self, base: str | None) -> list[Agreement]:
        """What the commits since `base` agree to, by their trailer."""
        if self._line("rev-parse", "--quiet", "--verify", "HEAD") is None:
            return []
        form = f"%H%x1f%(trailers:key={TRAILER},valueonly,unfold,separator=%x1e)%x00"
        text = self._run("log", f"--format={form}", f"{base}..HEAD" if base else "HEAD").decode("utf-8", "replace")
        return list(_trailers(text))

    def _may_be(self, name: str, paths: Sequence[Path]) -> bool:
        return may_be_contract(name) or self.root / name in paths

    def _is(self, path: Path, text: bytes, paths: Sequence[Path]) -> bool:
        """Because the call names it, or as of `is_contract`."""
        return path in paths or is_contract(path.name, text)

    def _inside(self, paths: Sequence[Path]) -> Iterator[str]:
        for path in paths:
            if not path.is_relative_to(self.root):
                raise CallError(f"{path} is outside of the git working tree {self.root}")
            # As written: a path is no pattern.
            yield f":(literal,top){path.relative_to(self.root).as_posix()}" if path != self.root else ":(top)"

    def _blobs(self, identities: Sequence[str]) -> list[bytes]:
        out = self._run("cat-file", "--batch", given="".join(f"{i}\n" for i in identities).encode())
        texts, at = [], 0
        for _ in identities:
            end = out.index(b"\n", at)
            size = int(out[at:end].split()[2])
            texts.append(out[end + 1 : end + 1 + size])
            at = end + 1 + size + 1
        return texts

    def _run(self, *arguments: str, given: bytes = b"") -> bytes:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", str(self.root), *arguments],  # noqa: S607
            input=given, capture_output=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise CallError(f"git {arguments[0]} failed: {done.stderr.decode('utf-8', 'replace').strip()}")
        return done.stdout

    def _line(self, *arguments: str) -> str | None:
        try:
            return self._run(*arguments).decode().strip() or None
        except CallError:
            return None


def _trailers(text: str) -> Iterator[Agreement]:
    for record in text.split("\0"):
        commit, _, values = record.strip().partition("\x1f")
        for value in values.split("\x1e"):
            if value.strip():
                yield from_trailer(value, commit)
