"""Feature values exactly as engine/model/features.ts makes them; the golden vectors prove it bit for bit."""

FORMATS = ["banner", "video", "native", "audio"]
MASK = 0xFFFFFFFF


def hash_text(text: str) -> int:
    """FNV-1a over UTF-16 code units, 32 bits."""
    value = 0x811C9DC5
    raw = text.encode("utf-16-le")
    for i in range(0, len(raw), 2):
        value = ((value ^ (raw[i] | raw[i + 1] << 8)) * 0x01000193) & MASK
    return value


def text_id(text: str) -> int:
    """0 where the request does not say: `missing` of the shipped cards."""
    return hash_text(text) if text else 0


# input → value of one impression; every value is an integer in [0, 2^32)
INPUTS = {
    "hour_of_week": lambda s: s["hour_of_week"],
    "domain_hash": lambda s: text_id(s["domain"]),
    "creative_id": lambda s: text_id(s["creative"]),
    "format_id": lambda s: FORMATS.index(s["format"]),
    "size_id": lambda s: s["w"] * 65536 + s["h"],
    "device_type_id": lambda s: s["device_type"],
    "os_id": lambda s: text_id(s["os"]),
    "country_id": lambda s: ord(s["country"][0]) * 256 + ord(s["country"][1]),
    "exchange_id": lambda s: text_id(s["exchange"]),
}


def multiplier(name: str) -> int:
    """Odd and below 2^31: times a value below 2^32 it stays inside int64."""
    return (hash_text(name) & 0x7FFFFFFF) | 1


def offset(name: str) -> int:
    """Keeps the value 0 of two inputs apart."""
    return hash_text(name + "+") & 0x7FFFFFFF


def bucket(name: str, value: int, bits: int) -> int:
    """Multiply-shift hashing of one input's value to 2^bits buckets."""
    return ((value * multiplier(name) + offset(name)) & MASK) >> (32 - bits)
