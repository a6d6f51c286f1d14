"""A time-stamping authority of our own, in this process: made-up certificates, and answers as RFC 3161 has them."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


class Authority:
    """One authority with a root of its own."""

    def __init__(self, folder: Path, name: str = "Example Time Authority") -> None:
        """Make keys and certificates; the root's certificate is written down."""
        key, self._key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name} Root")])
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        root = self._certificate(issuer, issuer, key.public_key()).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        leaf = self._certificate(subject, issuer, self._key.public_key()).add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
        )
        self._leaf = leaf.sign(key, hashes.SHA256())
        self.root = folder / f"{name}.pem"
        self.root.write_bytes(root.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        self.asked = 0

    @staticmethod
    def _certificate(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder(issuer, subject, key, x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=1))
            .not_valid_after(NOW + timedelta(days=1))
        )

    def __call__(self, query: bytes) -> bytes:
        """The answer to a query."""
        self.asked += 1
        asked = tsp.TimeStampReq.load(query)
        nonce = {"nonce": asked["nonce"]} if asked["nonce"].native is not None else {}
        info = tsp.TSTInfo(
            {"version": "v1", "policy": "1.2.3.4", "message_imprint": asked["message_imprint"],
             "serial_number": self.asked, "gen_time": NOW} | nonce
        )  # fmt: skip
        token = {"content_type": "signed_data", "content": self._signed(info)}
        return bytes(tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump())

    def _signed(self, info: tsp.TSTInfo) -> cms.SignedData:
        der = self._leaf.public_bytes(serialization.Encoding.DER)
        leaf = asn1_x509.Certificate.load(der)
        identified = tsp.SigningCertificateV2({"certs": [{"cert_hash": hashlib.sha256(der).digest()}]})
        attributes = cms.CMSAttributes(
            [_attribute("content_type", "tst_info"), _attribute("message_digest", hashlib.sha256(info.dump()).digest()),
             _attribute("signing_certificate_v2", identified)]
        )  # fmt: skip
        signer = {
            "version": "v1", "digest_algorithm": {"algorithm": "sha256"},
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "sid": {"issuer_and_serial_number": {"issuer": leaf.issuer, "serial_number": leaf.serial_number}},
            "signed_attrs": attributes, "signature": self._key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
        }  # fmt: skip
        inner = {"content_type": "tst_info", "content": core.ParsableOctetString(info.dump())}
        return cms.SignedData(
            {"version": "v3", "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
             "encap_content_info": inner, "certificates": [leaf], "signer_infos": [signer]}
        )  # fmt: skip


def _attribute(kind: str, value: Any) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})


def refusal(_query: bytes) -> bytes:
    """An authority that does not want to: status 2, and no token."""
    return bytes.fromhex("3005300302 0102".replace(" ", ""))
