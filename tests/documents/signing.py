"""Certificates and signed PDFs of the tests' own, made with pyHanko as a signer's program makes them."""

import asyncio
import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any, NamedTuple

from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.documents import samples
from tests.documents.samples import NOW

BEGIN, END = NOW - timedelta(days=365), NOW + timedelta(days=365)
SIGNED_AT = NOW - timedelta(hours=2)
KEY_USAGE = dict.fromkeys(
    (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
        *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    ),
    False,
)


class Holder(NamedTuple):
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey
    above: "tuple[Holder, ...]" = ()

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def asn1(self) -> asn1_x509.Certificate:
        return asn1_x509.Certificate.load(self.certificate.public_bytes(serialization.Encoding.DER))


@cache
def _key(which: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def holder(
    name: str,
    by: Holder | None = None,
    *,
    organisation: str = "",
    begin: datetime = BEGIN,
    end: datetime = END,
    usage: Sequence[str] = ("digital_signature", "content_commitment"),
    is_stamper: bool = False,
    signs_with: Any = None,
) -> Holder:
    """A certificate; without an issuer a root's, with `key_cert_sign` among the usages an authority's."""
    called = [x509.NameAttribute(NameOID.COMMON_NAME, name)] if name else []
    called += [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation)] if organisation else []
    subject, key = x509.Name(called), _key(name)
    usage = usage if by else ("key_cert_sign",)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(secrets.randbits(64) | 1)
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints("key_cert_sign" in usage, None), critical=True)
        .add_extension(x509.KeyUsage(**KEY_USAGE | dict.fromkeys(usage, True)), critical=True)
    )
    if is_stamper:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    signed = made.sign(by.key if by else key, signs_with or hashes.SHA256())
    return Holder(signed, key, (by, *by.above) if by else ())


ROOT = holder("Root CA của các bài thử")
CA = holder("CA cấp dưới của các bài thử", ROOT, usage=("key_cert_sign",))
OFFICIAL = holder("Nguyễn Văn An", CA, organisation="Sở Tư pháp tỉnh Khánh Hòa")
LEADER = holder("Trần Thị Duyên", CA, organisation="UBND tỉnh Khánh Hòa")
STRANGER = holder("Nguyễn Văn An", holder("Root CA của kẻ lạ"), organisation="Sở Tư pháp tỉnh Khánh Hòa")
STAMPER = holder("Dịch vụ dấu thời gian", ROOT, usage=("digital_signature",), is_stamper=True)


def stamper(at: datetime) -> DummyTimeStamper:
    return DummyTimeStamper(
        STAMPER.asn1, _private(STAMPER), certs_to_embed=_store(STAMPER), fixed_dt=at, include_nonce=False
    )


def signed(
    data: bytes,
    by: Holder = OFFICIAL,
    *,
    at: datetime = SIGNED_AT,
    field: str = "ChuKy1",
    stamped_at: datetime | None = None,
    md: str = "sha256",
    **facts: Any,
) -> bytes:
    """The file with one signature more, appended as every signer's program does."""
    writer = IncrementalPdfFileWriter(BytesIO(data))
    append_signature_field(writer, SigFieldSpec(field))
    told = signers.PdfSignatureMetadata(field_name=field, md_algorithm=md, **facts)
    pdf = _AtItsTime(told, _signer(by), timestamper=stamper(stamped_at) if stamped_at else None)
    pdf.at = at
    out = pdf.sign_pdf(writer)
    return bytes(out.getbuffer())


class _AtItsTime(signers.PdfSigner):
    """Says a time of the test's choosing."""

    at: datetime

    def init_signing_session(self, *told: Any, **options: Any) -> Any:
        session = super().init_signing_session(*told, **options)
        session.system_time = self.at
        return session


def signed_in_part(data: bytes, left_out_before: int = 0, left_out_after: int = 0) -> bytes:
    """A signed file signed anew, properly, but leaving out bytes before the signature's digits or at the file's end."""
    said = re.search(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\s*\]", data)
    assert said
    gap, after, length = map(int, said.groups())
    ranges = (gap - left_out_before, after, length - left_out_after)
    told = b"/ByteRange [0 %d %d %d" % ranges
    data = data[: said.start()] + told.ljust(len(said[0]) - 1) + b"]" + data[said.end() :]
    digest = hashlib.sha256(data[: ranges[0]] + data[after : after + ranges[2]]).digest()
    made = asyncio.run(_signer(OFFICIAL).async_sign(digest, "sha256")).dump().hex().encode()
    return data[: gap + 1] + made.ljust(after - gap - 2, b"0") + data[after - 1 :]


def stamped_whole(data: bytes, at: datetime) -> bytes:
    """With a timestamp of the whole document, as an archive adds."""
    writer = IncrementalPdfFileWriter(BytesIO(data))
    out = signers.PdfTimeStamper(stamper(at), field_name="DauThoiGian").timestamp_pdf(writer, "sha256")
    return bytes(out.getbuffer())


def with_update(data: bytes) -> bytes:
    """With a page's content replaced by an update appended after whatever was signed."""
    writer = IncrementalPdfFileWriter(BytesIO(data))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"0 0 100 100 re f"))
    writer.update_container(page)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def disguised(data: bytes) -> bytes:
    """With an update whose new signature dictionary keeps the old byte range and pads the old signature with zeros.

    The padding is just as long as makes the range and the signature's digits add up to the length of the whole file,
    though everything appended is covered by nothing.
    """
    reader = PdfFileReader(BytesIO(data))
    (embedded,) = reader.embedded_signatures
    own = embedded.sig_field.raw_get("/V").reference.idnum
    first, gap, after, length = map(int, embedded.byte_range)
    page = reader.root["/Pages"]["/Kids"].raw_get(0)
    box = b"%d 0 obj\n<</Type/Page/Parent %d 0 R/MediaBox[0 0 99 99]>>\nendobj\n" % (
        page.reference.idnum,
        reader.root.raw_get("/Pages").reference.idnum,
    )
    last = int(data[data.rindex(b"startxref") + 9 :].split()[0])
    zeros = 0
    while True:
        written = b"".join(b"\\%03o" % each for each in embedded.pkcs7_content) + bytes(zeros)
        head = b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/ByteRange[%d %d %d %d]/Contents("
        mine = b"%d 0 obj\n" % own + head % (first, gap, after, length) + written + b")>>\nendobj\n"
        table = b"xref\n0 0\n%d 1\n%010d 00000 n \n%d 1\n%010d 00000 n \n" % (
            *(page.reference.idnum, len(data)),
            *(own, len(data) + len(box)),
        )
        end = b"trailer\n<</Size %d/Root %d 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
            *(int(reader.trailer["/Size"]), reader.root_ref.idnum, last),
            len(data) + len(box) + len(mine),
        )
        made = data + box + mine + table + end
        short = len(made) - (gap + length + 2 * (len(embedded.pkcs7_content) + zeros) + 2)
        if not short:
            return made
        zeros += max(short, 1)


def altered(data: bytes) -> bytes:
    """One byte of what was signed is another."""
    at = data.index(b"/MediaBox")
    at = data.index(b"200", at)
    return data[:at] + b"201" + data[at + 3 :]


def plain() -> bytes:
    return samples.pdf(text="Kết quả")


def _signer(by: Holder) -> signers.SimpleSigner:
    return signers.SimpleSigner(signing_cert=by.asn1, signing_key=_private(by), cert_registry=_store(by))


def _private(of: Holder) -> keys.PrivateKeyInfo:
    encoded = of.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return keys.PrivateKeyInfo.load(encoded)


def _store(of: Holder) -> SimpleCertificateStore:
    return SimpleCertificateStore.from_certs([each.asn1 for each in of.above])
