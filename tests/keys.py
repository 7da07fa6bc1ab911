"""RSA keys for tests: always the same, so that what is declared with them can be compared."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

_P = int(
    "e8b84e408b8eceea68eb2270fa8cd6ec6ffcc86dd0bb6015f551f02e9594afba2fa09c059bb25d7b54b377587a49e649"
    "5faf6278c018eec0bc1f6a92b264649acb02cab2e554ad97898ff50b8d0e2f1c0959dbf5fda5b69a323932bf7985001b"
    "798b65733330c7c7fb413103086ab536ec85e73a18f77117f8dbe374d1a3f607",
    16,
)

_Q = int(
    "e46c93ea93f33caabd56caeedc7924781204671d78520dff7bfd0fe4a75f1c845e7642704e67564f22a8dd9a24049ef2"
    "2d87003320d530db80888fd3fd9f018cca29119b9203e8e8fe7fd7da02e3a8d54740f042d84a428f012cd4dccf21307b"
    "8ad5396ef4e49b51b5f758fe2afe887f0c5cf78d71d83fec8e7053cc33b64689",
    16,
)

_R = int(
    "ed94880badb2050c8ed56e9d886275862629e537118a0fdb9c3718240814b22da2007b72da801b9fb929c650b61f2941"
    "6aa8e1346a42ccd957e62e14b0457c5903db797c4a2e8124125132b8630f70b85cbf98fa09dde1b8108cf4e7167907aa"
    "44b88e9f54d2a72de81e7c98b01df5985c9dd38a400b3361bbfa31c4f62fd135",
    16,
)

_S = int(
    "df829d3f6f480d1d46ea02bc39d66bb1cf490f33b1fa528ec553a231afb7bb790847e36d82795c2ef7d413150b9a56f9"
    "25d9abbe03e07cd63ff491b2d37c1d26aa740ea7e66a1763fae84dbe945de0407218004a9fffa896bab28b436135739c"
    "9a2417814d5992f03f29e0175ac33ba3121ff0044f5efdefd58b838fe37bda71",
    16,
)
_EXPONENT = 65_537


def _key(p: int, q: int) -> rsa.RSAPrivateKey:
    private = pow(_EXPONENT, -1, (p - 1) * (q - 1))
    return rsa.RSAPrivateNumbers(
        p=p,
        q=q,
        d=private,
        dmp1=rsa.rsa_crt_dmp1(private, p),
        dmq1=rsa.rsa_crt_dmq1(private, q),
        iqmp=rsa.rsa_crt_iqmp(p, q),
        public_numbers=rsa.RSAPublicNumbers(_EXPONENT, p * q),
    ).private_key()


def _private(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _public(key: rsa.RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


PRIVATE_KEY, PUBLIC_KEY = _private(_key(_P, _Q)), _public(_key(_P, _Q))
OTHER_PRIVATE_KEY, OTHER_PUBLIC_KEY = _private(_key(_R, _S)), _public(_key(_R, _S))
