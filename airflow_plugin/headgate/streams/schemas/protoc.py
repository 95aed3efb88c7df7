"""A .proto file as its descriptor, by protoc."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from headgate.errors import CallError, ConfigurationError
from headgate.lazy import lazily

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import FileDescriptorSet

# Which is not there without the extra.
_protobuf = lazily(__name__, {"FileDescriptorSet": "google.protobuf.descriptor_pb2:FileDescriptorSet"})
_FILE = "the_schema.proto"
_SECONDS = 60


def compiled(text: str, folder: Path | None = None) -> FileDescriptorSet:
    """Return the descriptors of a .proto file and of what it imports; its own is the last.

    Args:
        folder: where the files are that it imports, other than Google's own.

    Raises:
        CallError: protoc does not take it.
        ConfigurationError: grpcio-tools, which has protoc in it, is not installed.
    """
    if importlib.util.find_spec("grpc_tools") is None:
        raise ConfigurationError("reading Protobuf needs protoc; install headgate[protobuf]")
    with tempfile.TemporaryDirectory() as made:
        (Path(made) / _FILE).write_text(text, encoding="utf-8")
        out = Path(made) / "out.pb"
        paths = [f"-I{made}", *([f"-I{folder}"] if folder is not None else [])]
        options = ["--include_imports", "--include_source_info", f"--descriptor_set_out={out}"]
        command = [sys.executable, "-m", "grpc_tools.protoc", *paths, *options, _FILE]
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
        if done.returncode != 0:
            told = done.stderr.replace(f"{made}/", "").replace(f"{_FILE}:", "line ").strip()
            raise CallError(f"not a Protobuf schema: {told[:500]}")
        files: FileDescriptorSet = _protobuf("FileDescriptorSet").FromString(out.read_bytes())
        return files
