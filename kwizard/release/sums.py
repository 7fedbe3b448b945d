"""Sums of release files, as the project's changelogs publish them: `<version>/<file>`, hexadecimal.

Versions that are not here are checked against the sum that lies beside the file on the server.
"""

from __future__ import annotations

SHA256 = {
    "v1.3.5/kubernetes.tar.gz": (
        "46be88ce927124f7cef7e280720b42c63051086880b7ebdba298b561dbe19f82"
    ),
}

_SERVER_AMD64_SHA512 = {
    "v1.19.0": (
        "7c268bd58e67d3c5016f3fcc9f4b6d2da7558af5a2c708ff3baf767b39e847e3"
        "d35d4fd2fa0f640bedbfb09a445036cafbe2f04357a88dada405cfc2ded76972"
    ),
    "v1.19.1": (
        "70f0389c8c5f35eaa67736aebb857f0b26ca777a77662c21ebd2b719608c1666"
        "3e888b8e1b93e90564c206f179524ff421dbb5cb1f3289a71f27eca388087451"
    ),
    "v1.19.2": (
        "a62092bd3eaeb1f63e73478eb5436ba094d6822bfcc7e8eabb6ead9411da7ca5"
        "032f00a7328914461f29b5b184b12456e025e85e3a2b12f6137596d78b6febe7"
    ),
    "v1.19.3": (
        "ebe86d27275a3ed1208b6db99a65cc9cf24b60fd3184b9f0fb769bc4b1b162df"
        "d8330333fbe4a18df765a39211595101d1bb3f8671b411cb7a58a6cb8ced58b2"
    ),
    "v1.19.4": (
        "fc9de14121af682af167ef99ce8a3803c25e92ef4739ed7eb592eadb30086b2c"
        "b9ede51d57816d1c3835f6202753d726eba804b839ae9cd516eff4e94c81c189"
    ),
    "v1.19.5": (
        "a86feb6f1904c105451eec8d54908ad403b8efa565db24f18b8cd6371d39f534"
        "d67a575a69fa890dca07e5a306e0bc4d5bb76a8241897ebe5e458636948b7622"
    ),
    "v1.19.6": (
        "126f6ab16d9e007ff75c58fab20fbaf4c6ff16212b8bbf5e71105f0f3611867a"
        "d1410ee05cd39b4e4e6cb3b6313fcff4b12ec91fa430b38f29d72221dda8c624"
    ),
    "v1.19.7": (
        "1164b701494072f7d33edb4489d4697ffc93107ef8389dfdfbc9ab524f636dcf"
        "948a5d36e676cd1f9502b26ad36a0e33700a94a2341a134b2304571c2f47aa89"
    ),
    "v1.19.8": (
        "62b8798a64a743e2f7566b98d5d6097069c62a6273a9f8d4e08f9c88b2e6d249"
        "1a618fd309e70e0128ad400123ac3753e32b6bac28b5bdde4cd54aa1b84087f4"
    ),
    "v1.19.9": (
        "29136843826dde131dfa95fca5ecee0d47c89c91db882f46517611dc1ad3beab"
        "e149c0829a1390303592efc6527eb9e429faf7e3d0ff69ef14dc40fa9b81fb5f"
    ),
    "v1.19.10": (
        "709f1a5fe6ffb70bbe9e670add7b3e92507c83dc10de06068cc73c0d18fe070c"
        "ef36a3886471a06c6751de8b8ef2d52813064fc5cf6fb4d946b0c31a7567a3ca"
    ),
    "v1.19.11": (
        "268353bcd650fb7c5713a063dbc5c88968c6c5adccc8c31bded0688ea90cfd1f"
        "7cfe74e5f732efc918581d566f869ce75933df3ce9a96a8d784e1847b41a1056"
    ),
    "v1.19.12": (
        "a91022a22a73a72987d0d00acf581dbd375ce7d96bb2b2632668ca0c6ac31274"
        "88c9536f840dca97e8da1f2abe7e3dfa5fa544feb22955271afb3b6b04c7485c"
    ),
    "v1.19.13": (
        "2d357be4b62a399a20f3550295852d39f3975699711487d4af46626cc873c8c3"
        "cdba8503798fc355985c498b12a9804199a159a38d9aa1a123b72bfcf692ed08"
    ),
    "v1.19.14": (
        "3d4582c60e1b0f08f5abb54a2158d85993da2f9b0670e24acdd66efd8c56a09b"
        "e01755cebb54df5bc2acf6fa9b38626d73090e39c79ba673f67d4446f339f15b"
    ),
    "v1.19.15": (
        "a0e48282e94c284e5eeeb5b85bbe6c263482699d7aaf807cd93146fc277d6f61"
        "6e1a7fff112dc1396180172b9ad48d22871b6e19ef874b0c6d31e0d326bc5df7"
    ),
}

SHA512 = {
    f"{version}/kubernetes-server-linux-amd64.tar.gz": value
    for version, value in _SERVER_AMD64_SHA512.items()
}
