# SPDX-FileCopyrightText: 2026 The Millwright authors
# SPDX-License-Identifier: MIT
"""Plots of what was measured, as SVG: both axes logarithmic, each line named at its end."""

import math
from html import escape

from records import RATE

WIDTH, HEIGHT = 780, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 220, 56, 56
INK, FAINT, GRID, PAPER = "#24292f", "#57606a", "#d8dee4", "#ffffff"
# Millwright's lines are blue, those of others are not; everybody has the same in all plots.
COLORS = {
    "Millwright queuer": "#0a4fb4",
    "Millwright roundRobin": "#2f7de1",
    "Millwright keyPersistent": "#5aa2f2",
    "Millwright stickyQueuer": "#0b7285",
    "Millwright leastLoaded": "#3bb0c9",
    "Millwright customHash": "#7a5cd1",
    "Millwright submit() queuer": "#5a6fc0",
    "batched mailbox": "#8a6d00",
    "QThreadPool": "#c9372c",
    "queued signals": "#b35900",
    "oneTBB task_group": "#2c974b",
    "Boost.Asio thread_pool": "#a0428f",
    "CAF actors": "#6a737d",
    "ractor stickyQueuer": "#7d4e57",
}
OTHER = "#24292f"


def si(value):
    if value == 0:
        return "0"
    for factor, unit in [(1e9, "G"), (1e6, "M"), (1e3, "k")]:
        if value >= factor:
            return f"{value / factor:g}{unit}"
    return f"{value:g}"


def binary(value):
    for factor, unit in [(1 << 20, "MiB"), (1 << 10, "KiB")]:
        if value >= factor:
            return f"{value / factor:g} {unit}"
    return f"{value:g}"


class Axis:
    """From data to pixels. A zero has a place of its own, before the least of the others."""

    def __init__(self, values, start, end):
        positive = [value for value in values if value > 0]
        self.least, self.most = min(positive), max(positive)
        self.has_zero = len(positive) < len(values)
        self.start, self.end = start, end

    def extend(self):
        """To whole ticks."""
        ticks = [1, 2, 5, 10]
        power = 10 ** math.floor(math.log10(self.least))
        self.least = max(tick * power for tick in ticks if tick * power <= self.least)
        power = 10 ** math.floor(math.log10(self.most))
        self.most = min(tick * power for tick in ticks if tick * power >= self.most * 0.999)
        if self.least == self.most:
            self.most *= 2

    def place(self, value):
        low = math.log(self.least) - (1.5 if self.has_zero else 0)
        at = low if value == 0 else math.log(value)
        extent = math.log(self.most) - low or 1
        return self.start + (at - low) / extent * (self.end - self.start)

    def ticks(self):
        found = []
        power = 10 ** math.floor(math.log10(self.least))
        while power <= self.most * 1.001:
            found += [step * power for step in [1, 2, 5]
                      if self.least * 0.999 <= step * power <= self.most * 1.001]
            power *= 10
        return found if len(found) <= 9 else [
            tick for tick in found if abs(math.log10(tick) - round(math.log10(tick))) < 1e-9
        ]


def spread_out(places, gap, low, high):
    """Moves what is closer together than `gap` apart, and keeps the order."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    result = list(places)
    for position, i in enumerate(order):
        if position:
            result[i] = max(result[i], result[order[position - 1]] + gap)
    if order and result[order[-1]] > high:
        result[order[-1]] = high
        for position in range(len(order) - 2, -1, -1):
            i = order[position]
            result[i] = min(result[i], result[order[position + 1]] - gap)
    return [max(place, low) for place in result]


def text(x, y, content, size=12, color=INK, anchor="start", weight="normal", extra=""):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{color}" '
            f'text-anchor="{anchor}" font-weight="{weight}"{extra}>{escape(content)}</text>')


def line_plot(title, x_title, y_title, lines, x_format=si):
    """`lines` is a list of (name, is ours, [(x, least, median, most)])."""
    x_axis = Axis([x for _, _, points in lines for x, *_ in points], LEFT, WIDTH - RIGHT)
    y_axis = Axis([value for _, _, points in lines for _, *values in points for value in values],
                  HEIGHT - BOTTOM, TOP)
    y_axis.extend()
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="system-ui, \'Noto Sans\', \'DejaVu Sans\', sans-serif">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="6" fill="{PAPER}"/>',
        text(LEFT, 26, title, 15, weight="600"),
        text(LEFT, 44, y_title, 12, FAINT),
        text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, x_title, 12, FAINT, "middle"),
    ]
    for tick in y_axis.ticks():
        y = y_axis.place(tick)
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" '
                     f'stroke="{GRID}"/>')
        parts.append(text(LEFT - 8, y + 4, si(tick), 12, FAINT, "end"))
    last = -100.0
    for x in sorted({x for _, _, points in lines for x, *_ in points}):
        place = x_axis.place(x)
        parts.append(f'<line x1="{place:.1f}" y1="{HEIGHT - BOTTOM}" x2="{place:.1f}" '
                     f'y2="{HEIGHT - BOTTOM + 5}" stroke="{FAINT}"/>')
        if place - last >= 34:
            parts.append(text(place, HEIGHT - BOTTOM + 20, x_format(x), 12, FAINT, "middle"))
            last = place
    parts.append(f'<line x1="{LEFT}" y1="{HEIGHT - BOTTOM}" x2="{WIDTH - RIGHT}" '
                 f'y2="{HEIGHT - BOTTOM}" stroke="{FAINT}"/>')

    ends = [y_axis.place(points[-1][2]) for _, _, points in lines]
    labels = spread_out(ends, 15, TOP, HEIGHT - BOTTOM)
    for (name, is_ours, points), end, label in zip(lines, ends, labels):
        color = COLORS.get(name, OTHER)
        width = 2.4 if is_ours else 1.6
        for x, least, _, most in points:
            place = x_axis.place(x)
            parts.append(f'<line x1="{place:.1f}" y1="{y_axis.place(least):.1f}" x2="{place:.1f}" '
                         f'y2="{y_axis.place(most):.1f}" stroke="{color}" stroke-opacity="0.45"/>')
        path = " ".join(f"{x_axis.place(x):.1f},{y_axis.place(median):.1f}"
                        for x, _, median, _ in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{color}" '
                     f'stroke-width="{width}" stroke-linejoin="round"/>')
        for x, _, median, _ in points:
            parts.append(f'<circle cx="{x_axis.place(x):.1f}" cy="{y_axis.place(median):.1f}" '
                         f'r="{width + 0.6:.1f}" fill="{color}"/>')
        start = x_axis.place(points[-1][0]) + 6
        edge = WIDTH - RIGHT + 14
        parts.append(f'<polyline points="{start:.1f},{end:.1f} {edge - 4},{label:.1f} {edge},{label:.1f}" '
                     f'fill="none" stroke="{color}" stroke-opacity="0.35"/>')
        parts.append(text(edge + 4, label + 4, name, 12, color,
                          weight="600" if is_ours else "normal"))
    parts.append("</svg>\n")
    return "\n".join(parts)


def lines_of(records, figure, parameter):
    """The records of each label, by the parameter."""
    found = {}
    for record in records:
        series = record.series(figure)
        if series:
            point = (record.data[parameter], min(series.values), series.median, max(series.values))
            found.setdefault(record.label, []).append(point)
    lines = [
        (label.replace(", ", " "), label.startswith("Millwright"), sorted(points))
        for label, points in found.items()
        if len(points) > 1
    ]
    return sorted(lines, key=lambda line: line[1])  # ours are drawn last, above the others


def shown(record):
    """Not every way of every peer: a plot of twenty lines says nothing."""
    if record.peer == "Millwright":
        return record.router in ["queuer", "roundRobin", "keyPersistent", "stickyQueuer"]
    if record.peer == "ractor":
        return record.router in ["queuer", "stickyQueuer"]
    return record.peer in ["QThreadPool", "queued signals", "batched mailbox", "CAF actors",
                           "Boost.Asio thread_pool", "oneTBB task_group"]


def all_plots(measured):
    """(name, title, SVG) for each that there is something for."""
    one = {"producers": 1, "keys": 1000, "n": 1_000_000}
    rate_title = "million jobs per second: median, least and greatest"
    ours = [record for record in measured.records if record.peer == "Millwright"]
    wanted = [
        ("workers", "Throughput by workers, each with a thread where a peer has threads", "workers",
         rate_title, [r for r in measured.find("W1", **one) if shown(r)], RATE, "workers", si),
        ("width", "Throughput by workers that share 4 threads", "workers", rate_title,
         [r for r in measured.find("W5", peer="Millwright")], RATE, "workers", si),
        ("producers", "Throughput by producers, 4 workers", "threads that dispatch", rate_title,
         [r for r in ours if r.workload == "W1 producers"], RATE, "producers", si),
        ("keys", "Throughput by different keys, 4 workers", "different keys", rate_title,
         measured.find("W1 keys"), RATE, "keys", si),
        ("waiting", "Cost of a job by how many wait, 1 worker", "waiting jobs",
         "nanoseconds per job, dispatch and run: median, least and greatest",
         [r for r in measured.find("W4") if shown(r)], "ns/job", "waiting", si),
        ("size", "Throughput by size of the message, 64 outstanding", "bytes of a message",
         rate_title, [r for r in ours if r.workload == "W3" and r.router == "queuer"], RATE, "bytes",
         binary),
    ]
    for name, title, x_title, y_title, records, figure, parameter, x_format in wanted:
        lines = lines_of(records, figure, parameter)
        if lines:
            yield name, title, line_plot(title, x_title, y_title, lines, x_format)
