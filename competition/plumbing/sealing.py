"""Sealing: documents and phone numbers encrypted at rest, and the keyed digest by which the same document is found again."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class Sealer:
    """Seals and opens short texts with AES-256-GCM; a key for each use is derived from the one secret."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESGCM(_derive(secret, b"seal"))
        self._digest_key = _derive(secret, b"find")
        self._device_key = _derive(secret, b"device")

    def seal(self, text: str) -> bytes:
        """Encrypt ``text``; the same text gives other bytes each time."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode(), None)

    def open(self, sealed: bytes) -> str:
        """Decrypt what ``seal`` made; raises ``cryptography.exceptions.InvalidTag`` when it was altered or the key is another."""
        return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None).decode()

    def digest(self, text: str) -> bytes:
        """The keyed digest of ``text``: equal for equal texts, and useless without the key."""
        return hmac.digest(self._digest_key, text.encode(), hashlib.sha256)

    def device_key(self, device_id: UUID) -> bytes:
        """The key (32 bytes) of one tablet, by which it and this server alone can read what it rescued."""
        return hmac.digest(self._device_key, device_id.bytes, hashlib.sha256)


def _derive(secret: bytes, use: bytes) -> bytes:
    return hmac.digest(secret, b"leitai " + use, hashlib.sha256)
