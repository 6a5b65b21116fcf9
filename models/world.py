"""A synthetic world whose true click and conversion probabilities are known: what the models are judged by."""
import numpy as np

SIZES = [(300, 250), (728, 90), (320, 50), (160, 600), (300, 600), (970, 250)]
COUNTRIES = ["DE", "AT", "CH", "US", "GB", "FR", "IT", "ES", "NL", "PL"]
OSES = ["ios", "android", "windows", "macos", "linux", "tvos", "tizen", ""]
EXCHANGES = ["alpha", "boreal", "cascade"]
DEVICES = [1, 2, 3, 4, 5, 6, 7]
DOMAINS, CREATIVES = 1500, 60


def zipf(rng, n, count, power=1.05):
    weights = 1 / np.arange(1, n + 1) ** power
    return rng.choice(n, size=count, p=weights / weights.sum())


def make(seed, rows, base, formats, interaction=0.0):
    """Rows as dicts of what a bid request says, and the true probability of each."""
    effects = np.random.default_rng(11)  # the world; `seed` only draws the traffic
    effect = {name: effects.normal(0, spread, n) for name, spread, n in [
        ("domain", 0.6, DOMAINS), ("creative", 0.5, CREATIVES), ("size", 0.3, len(SIZES)), ("device", 0.35, 8),
        ("os", 0.2, len(OSES)), ("country", 0.25, len(COUNTRIES)), ("exchange", 0.15, len(EXCHANGES)), ("format", 0.3, 4)]}
    cross = effects.normal(0, 1, (8, 4))
    rng = np.random.default_rng(seed)
    draw = {
        "domain": zipf(rng, DOMAINS, rows), "creative": zipf(rng, CREATIVES, rows, 0.7),
        "size": zipf(rng, len(SIZES), rows), "device": rng.choice(DEVICES, rows, p=[.1, .25, .15, .35, .08, .04, .03]),
        "os": zipf(rng, len(OSES), rows, 0.8), "country": zipf(rng, len(COUNTRIES), rows, 0.8),
        "exchange": zipf(rng, len(EXCHANGES), rows, 0.7), "format": rng.choice(formats, rows),
    }
    hour = rng.integers(0, 168, rows)
    logit = base + 0.35 * np.sin((hour % 24 - 14) * np.pi / 12)
    for name, index in draw.items():
        logit = logit + effect[name][index]
    logit = logit + interaction * cross[draw["device"], hour % 24 // 6]
    truth = 1 / (1 + np.exp(-logit))
    clicked = rng.random(rows) < truth
    names = ["banner", "video", "native", "audio"]
    samples = [{
        "hour_of_week": int(hour[i]), "domain": f"site-{draw['domain'][i]}.example",
        "creative": f"creative-{draw['creative'][i]}", "format": names[draw["format"][i]],
        "w": SIZES[draw["size"][i]][0], "h": SIZES[draw["size"][i]][1], "device_type": int(draw["device"][i]),
        "os": OSES[draw["os"][i]], "country": COUNTRIES[draw["country"][i]], "exchange": EXCHANGES[draw["exchange"][i]],
    } for i in range(rows)]
    return samples, truth, clicked.astype(np.float64)
