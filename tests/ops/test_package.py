"""The package as it is deployed: what each function carries, how much, and that it works without what was left out."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ops import vendor
from ops.compiled import compile_for_the_runtime
from ops.local.template import ROOT
from ops.locked import plain, required
from ops.package import package
from ops.permissions import functions
from tests.documents import signing

BASE = 6_000_000  # what every function loads, zipped
NOT_THE_RUNTIMES = f"python3.{sys.version_info.minor}" != vendor.RUNTIME
WHOLE = 250_000_000  # Lambda's own bound, unzipped, with the layers


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, Path]:
    out = tmp_path_factory.mktemp("package")
    return package("production", out, with_requirements=False), out


def test_every_library_of_a_layer_is_a_requirement():
    layered = {plain(name) for layer in vendor.LAYERS.values() for name in layer.libraries}

    assert layered <= set(required())


def test_only_the_functions_that_need_a_layer_have_it(code):
    given = {name: [each["Ref"] for each in each.get("Layers", [])] for name, each in functions(code[0]).items()}

    for name, layer in vendor.LAYERS.items():
        assert {function for function, layers in given.items() if f"{name}Layer" in layers} == set(layer.functions)


def test_functions_run_on_arm(code):
    assert {tuple(each["Architectures"]) for each in functions(code[0]).values()} == {("arm64",)}


def test_the_same_sources_make_the_same_archive(code, tmp_path):
    package("production", tmp_path, with_requirements=False)

    for name in ("deployment.zip", "template.json"):
        assert (tmp_path / name).read_bytes() == (code[1] / name).read_bytes()


@pytest.mark.skipif(NOT_THE_RUNTIMES, reason="only the runtime's own Python compiles for it")
def test_what_is_loaded_is_compiled_to_the_same_bytes_and_leaves_no_source(tmp_path):
    copies = [tmp_path / "one", tmp_path / "other"]
    for copy in copies:
        (copy / "chalicelib").mkdir(parents=True)
        shutil.copy2(ROOT / "chalicelib" / "table.py", copy / "chalicelib")
        (copy / "chalicelib" / "never_loaded.py").write_text("x = 1", encoding="utf-8")

    assert compile_for_the_runtime(copies)
    left = [sorted(each.name for each in (copy / "chalicelib").iterdir()) for copy in copies]
    assert left == [["never_loaded.py", "table.pyc"]] * 2
    one, other = ((copy / "chalicelib" / "table.pyc").read_bytes() for copy in copies)
    assert one == other
    assert str(tmp_path).encode() not in one


# ——— with the libraries, fetched from the package index ———

DRAWN = """
import sys
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Table, Paragraph
import segno, openpyxl, io
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
registerFont(TTFont("Serif", sys.argv[1] + "/chalicelib/papers/fonts/MotcuaSerif-Regular.ttf"))
made = io.BytesIO()
canvas = Canvas(made)
canvas.setFont("Serif", 12)
canvas.drawString(9, 9, "Đã tiếp nhận")
canvas.save()
assert made.getvalue().startswith(b"%PDF")
ed25519.Ed25519PrivateKey.generate().sign(b"x")
ec.generate_private_key(ec.SECP256R1())
openpyxl.Workbook().save(io.BytesIO())
segno.make("x")
import jwt, jsonschema
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA
assert OSA.distance("a", "b") == 1 and fuzz.ratio("ab", "ab") == 100
assert jsonschema.Draft202012Validator({}).is_valid(1)
from stdnum.vn import mst
assert mst.is_valid("0100109106")
import jinja2, pypdf
from tests.papers.examples import FORMS, drawn, read
for _, form in FORMS:
    paper, whole = drawn(form), pypdf.PdfWriter()
    whole.append(io.BytesIO(paper), import_outline=False)
    whole.write(io.BytesIO())
    assert read(paper)
sources = [name for name, each in sys.modules.items() if (getattr(each, "__file__", "") or "").startswith(sys.argv[2])
           and each.__file__.endswith(".py")]
print(" ".join(sorted(sources)) or "works")
"""
READ = """
from datetime import datetime
from chalicelib.documents import pdf_checks
pdf_checks.settings = lambda: type("Given", (), {"SIGNATURE_ROOTS_FILE": ""})
data = open(sys.argv[2], "rb").read()
(found,) = pdf_checks.signatures_of(data, datetime.fromisoformat("2026-03-02T09:15:00+07:00"))
print(found.signer, found.covers, found.standing)
"""
STARTED = """
import app, sys
heavy = {"reportlab", "PIL", "openpyxl", "cryptography", "jwt", "rapidfuzz", "jsonschema", "segno"}
heavy |= {"jinja2", "boto3", "pyhanko", "pyhanko_certvalidator", "asn1crypto"}
print(",".join(sorted(heavy & set(sys.modules))) or "works")
"""


@pytest.fixture(scope="module")
def vendored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As for Lambda, pruned and compiled alike, but for this machine's processor, so that it can be run."""
    folder = tmp_path_factory.mktemp("vendor")
    with pytest.MonkeyPatch.context() as patched:
        here = ("manylinux2014_x86_64", "manylinux_2_26_x86_64")
        patched.setattr(vendor, "PLATFORMS", here)
        vendor.vendor(folder)
    compile_for_the_runtime(each for each in folder.iterdir())
    return folder


def run(script: str, folders: list[Path], *arguments: str) -> str:
    path = ":".join(str(each) for each in (*folders, ROOT))
    bare = f"import sys; sys.path[:0] = {path.split(':')!r}\n{script}"
    done = subprocess.run([sys.executable, "-S", "-c", bare, str(ROOT), *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


@pytest.mark.peer
@pytest.mark.slow
def test_what_draws_signs_and_searches_works_without_what_was_left_out(vendored):
    """And nothing of it is compiled only then, as nothing can be kept of that where functions run."""
    assert run(DRAWN, [vendored / name for name in ("base", *vendor.LAYERS)], str(vendored)) == "works"


@pytest.mark.peer
@pytest.mark.slow
def test_a_signed_pdf_is_read_without_what_was_left_out(vendored, tmp_path):
    path = tmp_path / "signed.pdf"
    path.write_bytes(signing.signed(signing.plain()))
    read = run(READ, [vendored / name for name in ("base", "Cryptography", "Signatures")], str(path))

    assert read == "Nguyễn Văn An whole_file unverified"


@pytest.mark.peer
@pytest.mark.slow
def test_every_function_starts_from_the_base_alone_and_loads_nothing_heavy(vendored):
    """With botocore and Chalice, which Lambda and Chalice bring: without them nothing of a layer is needed to start."""
    site = Path(sys.executable).parents[1] / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    brought = vendored / "brought"
    brought.mkdir(exist_ok=True)
    for name in ("botocore", "chalice", "dateutil", "six.py", "jmespath", "boto3", "s3transfer"):
        (brought / name).symlink_to(site / name)

    assert run(STARTED, [vendored / "base", brought]) == "works"


@pytest.mark.peer
@pytest.mark.slow
def test_what_every_function_loads_is_small(tmp_path):
    package("production", tmp_path)
    sizes = {path.name: path.stat().st_size for path in tmp_path.glob("*.zip")}
    whole = sum(each.file_size for path in tmp_path.glob("*.zip") for each in zipfile.ZipFile(path).infolist())

    print(sizes, whole)
    assert sizes["deployment.zip"] <= BASE
    assert whole <= WHOLE
