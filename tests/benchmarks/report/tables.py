# SPDX-FileCopyrightText: 2026 The Millwright authors
# SPDX-License-Identifier: MIT
"""Tables of what was measured: (title, headings, rows of text)."""

from records import RATE


def short(value):
    """Three digits."""
    if value == 0:
        return "0"
    if value >= 1000:
        return f"{float(f'{value:.3g}'):,.0f}"
    text = f"{value:.3g}"
    return text if "e" not in text else f"{value:.4f}".rstrip("0")


def spread(series):
    if not series:
        return "–"
    values = series.values
    return f"{short(series.median)} ({short(min(values))}–{short(max(values))})"


def times(ratio):
    return f"{short(ratio)}×"


def labels_of(records):
    return list(dict.fromkeys(record.label for record in records))


def grid(measured, title, workload, figure, parameter, wanted, reference=None, less_is_better=False):
    """A row for each peer and router, a column for each value of the parameter. In each cell the
    median, the least and the greatest, and how many times better the reference is."""
    records = [record for record in measured.find(workload, **wanted) if record.series(figure)]
    columns = sorted({record.data[parameter] for record in records})
    if not records:
        return None
    cells = {(record.label, record.data[parameter]): record.series(figure) for record in records}
    rows = []
    for label in labels_of(records):
        row = [label]
        for column in columns:
            series = cells.get((label, column))
            row.append(spread(series))
            if reference:
                ours = cells.get((reference, column))
                if not series or not ours:
                    row.append("–")
                else:
                    ratio = series.over(ours) if less_is_better else ours.over(series)
                    row.append(times(ratio.median))
        rows.append(row)
    headings = ["peer"]
    for column in columns:
        headings.append(f"{column:,}")
        if reference:
            headings.append("ratio")
    return title, headings, rows


def figures(measured, title, workload, wanted, names, parameters=()):
    """A row for each record, a column for each figure."""
    records = measured.find(workload, **wanted)
    if not records:
        return None
    rows = []
    for record in records:
        row = [record.label] + [f"{record.data.get(name, 0):,}" for name in parameters]
        row += [spread(record.series(name)) for name in names]
        rows.append(row)
    return title, ["peer", *parameters, *names], rows


def all_tables(measured):
    """(name, table) for each that there is something for; the name is that of its markers."""
    queuer = "Millwright, queuer"
    one = {"producers": 1, "keys": 1000}
    found = [
        (
            "w1",
            grid(
                measured,
                "W1: million jobs per second, 1,000,000 jobs, by workers; ratio: Millwright's queuer to it",
                "W1", RATE, "workers", {**one, "n": 1_000_000}, queuer,
            ),
        ),
        (
            "w1-small",
            grid(
                measured,
                "W1: million jobs per second, 10,000 jobs, by workers; ratio: Millwright's queuer to it",
                "W1", RATE, "workers", {**one, "n": 10_000}, queuer,
            ),
        ),
        (
            "w1-producers",
            grid(
                measured,
                "W1: million jobs per second, 4 workers, by producers; ratio: Millwright's queuer to it",
                "W1 producers", RATE, "producers", {}, queuer,
            ),
        ),
        (
            "w1-keys",
            grid(
                measured,
                "W1: million jobs per second, 4 workers, by different keys",
                "W1 keys", RATE, "keys", {},
            ),
        ),
        (
            "w1-monitored",
            grid(
                measured,
                "W1: million jobs per second with and without a monitor, by workers",
                "W1 monitored", RATE, "workers", {}, "Millwright, not monitored, queuer",
            ),
        ),
        (
            "w2",
            grid(
                measured,
                "W2: round trip, median, µs, by workers; ratio: it to Millwright's queuer",
                "W2", "p50 µs", "workers", {}, queuer, less_is_better=True,
            ),
        ),
        (
            "w2-p99",
            grid(measured, "W2: round trip, 99th percentile, µs, by workers", "W2", "p99 µs",
                 "workers", {}),
        ),
        (
            "w3",
            figures(
                measured,
                "W3: messages of 1 MiB, 64 outstanding, 4 workers",
                "W3", {"bytes": 1024 * 1024}, ["bytes copied/job", RATE],
            ),
        ),
        (
            "w3-size",
            grid(
                measured, "W3: million jobs per second by the bytes of a message", "W3", RATE,
                "bytes", {"peer": "Millwright", "router": "queuer"},
            ),
        ),
        (
            "w4",
            grid(
                measured,
                "W4: nanoseconds per job by waiting jobs, 1 worker; ratio: it to Millwright's queuer",
                "W4", "ns/job", "waiting", {}, queuer, less_is_better=True,
            ),
        ),
        (
            "w4-memory",
            figures(
                measured, "W4: memory of a waiting job, key and message (8 bytes each) included",
                "W4 memory", {}, ["bytes/job"], ["waiting"],
            ),
        ),
        (
            "w5",
            grid(
                measured, "W5: million jobs per second by workers, which share 4 threads", "W5", RATE,
                "workers", {},
            ),
        ),
        (
            "w6",
            figures(
                measured, "W6: a process with 100 idle factories of 4 workers", "W6", {},
                ["wake-ups/s", "CPU ms/s"],
            ),
        ),
        (
            "w7",
            figures(
                measured, "W7: the GUI thread and the dashboard while jobs run at full speed", "W7", {},
                ["stall p99 ms", "stall max ms", "event max ms", "frame p99 ms", "frame max ms",
                 "frames/s", RATE],
                ["workers"],
            ),
        ),
    ]
    return [(name, table) for name, table in found if table]


def as_text(table):
    title, headings, rows = table
    widths = [
        max(len(row[i]) for row in [headings, *rows]) for i in range(len(headings))
    ]

    def line(row):
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        return "  " + "  ".join(cells).rstrip()

    return "\n".join([title, line(headings), "  " + "-" * (sum(widths) + 2 * len(widths) - 2),
                      *(line(row) for row in rows)])


def as_markdown(table):
    title, headings, rows = table
    lines = [title + ".", "", "| " + " | ".join(headings) + " |",
             "|---|" + "---:|" * (len(headings) - 1)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)
