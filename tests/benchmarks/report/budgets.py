# SPDX-FileCopyrightText: 2026 The Millwright authors
# SPDX-License-Identifier: MIT
"""What Millwright's figures have to be, mostly as ratios to those of its peers."""

from records import KEY_ROUTERS, RATE, ROUTERS

FULL = {"producers": 1, "keys": 1000, "n": 1_000_000}


class Result:
    """One budget: the worst of all that it is about decides."""

    def __init__(self, budget, wanted, holds):
        self.budget = budget
        self.wanted = wanted
        self._holds = holds
        self._found = []  # (value, unit or "", where)

    def add(self, value, where, spread=None):
        self._found.append((value, where, spread))

    @property
    def is_measured(self):
        return bool(self._found)

    def _worst(self):
        failing = [found for found in self._found if not self._holds(found[0])]
        ordered = sorted(failing or self._found, key=lambda found: found[0])
        # Where more is better the least is worst, and the other way round.
        more_is_better = self._holds(float("inf"))
        return ordered[0] if more_is_better else ordered[-1]

    @property
    def holds(self):
        return all(self._holds(value) for value, _, _ in self._found)

    @property
    def measured(self):
        value, where, spread = self._worst()
        text = figure(value)
        if spread:
            text += f" ({figure(min(spread))} to {figure(max(spread))})"
        if len(self._found) > 1:
            failing = sum(not self._holds(value) for value, _, _ in self._found)
            text += f": {where}"
            if failing > 1:
                text += f"; {failing} of {len(self._found)} fail"
        return text


def figure(value):
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def at_least(limit):
    return f"at least {limit:g}", lambda value: value >= limit


def at_most(limit):
    return f"at most {limit:g}", lambda value: value <= limit


def add_ratio(result, ours, theirs, where):
    if ours and theirs:
        ratio = ours.over(theirs)
        result.add(ratio.median, where, ratio.values)


def rate(measured, workers, peer="Millwright", router=None):
    wanted = {"workers": workers, "peer": peer, **FULL}
    if router is not None:
        wanted["router"] = router
    return measured.series(RATE, "W1", **wanted)


def ractor_rate(measured, workers, peer, router):
    """With the same router; the fastest, if it has none such."""
    same = rate(measured, workers, peer, router)
    if same:
        return same
    found = [rate(measured, workers, peer, other) for other in ROUTERS]
    return max((series for series in found if series), key=lambda one: one.median, default=None)


def throughput(measured):
    few = [workers for workers in measured.values("W1", "workers", **FULL) if workers <= 4]
    for what, peer, limit in [
        ("W1, 1 to 4 workers: times QThreadPool", "QThreadPool", 2),
        ("W1, 1 to 4 workers: times ractor as it comes", "ractor", 15),
        ("W1, 1 to 4 workers: times ractor on one core", "ractor, one core", 8),
        ("W1, 1 to 4 workers: times the batched mailbox", "batched mailbox", 0.4),
    ]:
        result = Result(what, *at_least(limit))
        for workers in few:
            for router in ROUTERS:
                theirs = (
                    ractor_rate(measured, workers, peer, router)
                    if peer.startswith("ractor")
                    else rate(measured, workers, peer)
                )
                where = f"{router}, {workers} workers"
                add_ratio(result, rate(measured, workers, router=router), theirs, where)
        yield result

    result = Result("W1, 1,000 workers: times our own 4 workers", *at_least(0.6))
    for router in ROUTERS:
        ours = rate(measured, 1000, router=router)
        add_ratio(result, ours, rate(measured, 4, router=router), router)
    yield result

    result = Result("W1, 1,000 workers: times QThreadPool", *at_least(50))
    for router in ROUTERS:
        ours = rate(measured, 1000, router=router)
        add_ratio(result, ours, rate(measured, 1000, "QThreadPool"), router)
    yield result

    result = Result("W1, 1,000 workers, key routers: times ractor", *at_least(30))
    for router in KEY_ROUTERS:
        ours = rate(measured, 1000, router=router)
        for peer in ["ractor", "ractor, one core"]:
            theirs = rate(measured, 1000, peer, router)
            add_ratio(result, ours, theirs, f"{router} against {peer}")
    yield result

    result = Result("W1, with a monitor at 10 Hz: times without", *at_least(0.95))
    for workers in measured.values("W1 monitored", "workers"):
        wanted = {"workers": workers}
        add_ratio(
            result,
            measured.series(RATE, "W1 monitored", peer="Millwright, monitored at 10 Hz", **wanted),
            measured.series(RATE, "W1 monitored", peer="Millwright, not monitored", **wanted),
            f"{workers} workers",
        )
    yield result


def round_trip(measured):
    for what, peers, limit in [
        ("W2, median: times QThreadPool", ["QThreadPool"], 0.6),
        ("W2, median: times ractor", ["ractor", "ractor, one core"], 1),
    ]:
        result = Result(what, *at_most(limit))
        for workers in measured.values("W2", "workers"):
            for router in ROUTERS:
                ours = measured.series(
                    "p50 µs", "W2", peer="Millwright", router=router, workers=workers
                )
                found = [
                    record.series("p50 µs")
                    for peer in peers
                    for record in measured.find("W2", peer=peer, workers=workers)
                    if not record.router or record.router == router
                ]
                theirs = min(found, key=lambda one: one.median, default=None)
                add_ratio(result, ours, theirs, f"{router}, {workers} workers")
        yield result


def large(measured):
    result = Result("W3: bytes copied of a message", *at_most(0))
    for record in measured.find("W3", peer="Millwright"):
        copied = record.series("bytes copied/job")
        result.add(copied.median, f"{record.router}, {record.bytes:,} bytes")
    yield result


def depth(measured):
    result = Result("W4: cost with 10,000,000 waiting, times that with 10", *at_most(1.5))
    for router in ROUTERS:
        wanted = {"peer": "Millwright", "router": router}
        most = measured.series("ns/job", "W4", waiting=10_000_000, **wanted)
        add_ratio(result, most, measured.series("ns/job", "W4", waiting=10, **wanted), router)
    yield result

    result = Result("W4: bytes of a waiting job beyond its message", *at_most(160))
    for record in measured.find("W4 memory", peer="Millwright"):
        result.add(record.series("bytes/job").median - 8, record.router)
    yield result


def width(measured):
    result = Result("W5: cost with 10,000 workers, times that with 4", *at_most(2))
    for router in ROUTERS:
        wanted = {"peer": "Millwright", "router": router}
        few = measured.series(RATE, "W5", workers=4, **wanted)
        add_ratio(result, few, measured.series(RATE, "W5", workers=10_000, **wanted), router)
    yield result


def idle(measured):
    result = Result("W6: wake-ups per second", *at_most(0))
    for record in measured.find("W6"):
        series = record.series("wake-ups/s")
        result.add(series.median, "", series.values)
    yield result


def gui(measured):
    result = Result("W7: stall of the GUI thread, 99th percentile, ms", *at_most(8))
    for record in measured.find("W7", peer="Millwright"):
        series = record.series("stall p99 ms")
        result.add(series.median, f"{record.workers} workers, {record.router}", series.values)
    yield result
    result = Result("W7: frame of the dashboard, 1,000 workers, 99th percentile, ms", *at_most(16))
    for record in measured.find("W7", peer="Millwright", workers=1000):
        series = record.series("frame p99 ms")
        result.add(series.median, record.router, series.values)
    yield result


def table(measured):
    """Title, headings and rows. Budgets of which nothing was measured are left out."""
    rows = [
        [result.budget, result.wanted, result.measured, "yes" if result.holds else "NO"]
        for check in [throughput, round_trip, large, depth, width, idle, gui]
        for result in check(measured)
        if result.is_measured
    ]
    return "Budgets", ["budget", "wanted", "measured, worst case", "holds"], rows
