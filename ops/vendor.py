"""The libraries a package carries: wheels for Lambda's machines, without what is never used, some of them in layers."""

import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple

from ops.locked import closure, locked, plain, required

PLATFORMS: Final = ("manylinux2014_aarch64", "manylinux_2_26_aarch64")  # the oldest that a Lambda runtime has
RUNTIME: Final = "python3.11"


class Layer(NamedTuple):
    """Libraries that only these functions load: by the requirement's name, the module it brings."""

    libraries: dict[str, str]
    functions: tuple[str, ...]


EDGE: Final = "Edge"
# Cryptography for tokens and for the signatures of uploaded PDFs; what checks those, in a process of its own;
# tokens, forms, search, papers, workbooks: what only a request asks for.
LAYERS: Final = {
    "Cryptography": Layer({"cryptography": "cryptography"}, ("APIHandler", "CheckDocument", "RecheckDocuments")),
    "Signatures": Layer(
        {
            "pyhanko": "pyhanko",
            "pyhanko-certvalidator": "pyhanko_certvalidator",
            "asn1crypto": "asn1crypto",
            "tzlocal": "tzlocal",
            "uritools": "uritools",
        },
        ("CheckDocument", "RecheckDocuments"),
    ),
    EDGE: Layer(
        {
            "PyJWT": "jwt",
            "jsonschema": "jsonschema",
            "openpyxl": "openpyxl",
            "pypdf": "pypdf",
            "rapidfuzz": "rapidfuzz",
            "reportlab": "reportlab",
            "segno": "segno",
        },
        ("APIHandler",),
    ),
}
# Never loaded by us: other countries' numbers and the short ones, second builds for other processors, editors,
# commands, charts, tests, what a compiler or a type checker reads, and the utilities of Powertools that we leave alone.
UNUSED: Final = (
    *("bin", "share", "test", "cffi", "cffi-*", "pycparser*", "**/*.pyi", "**/*.pyx", "**/*.pxd", "**/*.hpp"),
    *("*/tests", "*.dist-info/RECORD", "*.dist-info/sboms", "*.dist-info/INSTALLER", "*.dist-info/REQUESTED"),
    *("aws_lambda_powertools/event_handler", "stdnum/*_.*", "stdnum/*.dat", "reportlab/fonts/*", "reportlab/graphics"),
    *("phonenumbers/shortdata/region_*", "pydantic/v1", "pydantic/mypy.py", "urllib3/contrib/emscripten"),
    *(f"aws_lambda_powertools/utilities/{name}" for name in ("auth_alpha", "circuit_breaker", "data_masking", "kafka")),
    *(f"aws_lambda_powertools/utilities/{name}" for name in ("feature_flags", "idempotency", "parser", "streaming")),
    *("aws_lambda_powertools/utilities/metadata", "aws_lambda_powertools/utilities/validation"),
    *("rapidfuzz/process_cpp*", "rapidfuzz/**/*avx2*", "rapidfuzz/**/*sse2*"),
)
# reportlab asks for Pillow's name when it starts, and for Pillow itself (3 MB) only to draw a picture: none is drawn.
STAND_IN: Final = {
    "PIL/__init__.py": '__version__ = "none"\n',
    "PIL/Image.py": "class Image: ...\n\n\ndef open(*_):\n    raise OSError('pictures cannot be read here')\n",
}
KEPT: Final = "vn"  # of the countries whose numbers `stdnum` knows


class VendorFailed(Exception):
    """The installer of the requirements refused; the message is its own."""


def vendor(folder: Path) -> None:
    """Into `base/` what every function carries, and into a folder of its own what each layer adds to that."""
    layered = {plain(name) for layer in LAYERS.values() for name in layer.libraries}
    _install(folder / "base", required().keys() - layered)
    there = {each.name for each in (folder / "base").iterdir()}
    for name, layer in LAYERS.items():
        _install(folder / name, layer.libraries)
        for each in [each for each in (folder / name).iterdir() if each.name in there]:
            _remove(each)
        there |= {each.name for each in (folder / name).iterdir()}
    for name, content in STAND_IN.items():
        (folder / "Edge" / name).parent.mkdir(exist_ok=True)
        (folder / "Edge" / name).write_text(content, encoding="utf-8")


def add_layers(packaged: dict[str, Any]) -> None:
    """Gives each function of the packaged template the layers it needs."""
    for name, layer in LAYERS.items():
        packaged["Resources"][f"{name}Layer"] = {
            "Type": "AWS::Serverless::LayerVersion",
            "Properties": {
                "ContentUri": f"./{zip_of(name)}",
                "CompatibleRuntimes": [RUNTIME],
                "CompatibleArchitectures": ["arm64"],
                "RetentionPolicy": "Delete",
            },
        }
        for function in layer.functions:
            packaged["Resources"][function]["Properties"].setdefault("Layers", []).append({"Ref": f"{name}Layer"})


def zip_of(layer: str) -> str:
    return f"{layer.lower()}-layer.zip"


def zipped(files: Iterable[tuple[str, bytes]], target: Path) -> None:
    """The same files make the same archive, whenever and wherever it is made."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in sorted(files):
            entry = zipfile.ZipInfo(name)  # 1980-01-01
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)


def _install(target: Path, names: Iterable[str]) -> None:
    """These libraries and what is carried for them, from archives of the hashes that the lock knows."""
    platforms = [word for name in PLATFORMS for word in ("--platform", name)]
    install = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-compile"]
    install += ["--only-binary=:all:", "--no-deps", "--require-hashes", "--target", str(target), *platforms]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as wanted:
        wanted.write("".join(f"{each.text}\n" for each in closure(names, locked())))
        wanted.flush()
        done = subprocess.run([*install, "-r", wanted.name], capture_output=True, text=True, check=False)
    if done.returncode:
        raise VendorFailed((done.stderr or done.stdout).strip())
    _prune(target)


def _prune(folder: Path) -> None:
    for pattern in UNUSED:
        for each in list(folder.glob(pattern)):
            _remove(each)
    for each in (folder / "stdnum").glob("*"):
        if each.is_dir() and each.name != KEPT:
            _remove(each)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    elif path.exists():
        path.unlink()
