# SPDX-FileCopyrightText: 2026 The Millwright authors
# SPDX-License-Identifier: MIT
"""Prints what the benchmarks have measured, or puts it into the document.

Usage: report.py FILE [--document DOCUMENT]

Run by scripts/bench and scripts/plots."""

import pathlib
import re
import sys

import budgets
import plots
import tables
from records import Measured


def left_aligned(table):
    """The budgets are sentences."""
    title, headings, rows = table
    widths = [max(len(row[i]) for row in [headings, *rows]) for i in range(len(headings))]
    lines = [title]
    for row in [headings, ["-" * width for width in widths], *rows]:
        lines.append("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    return "\n".join(lines)


def print_all(measured):
    for _, table in tables.all_tables(measured):
        print("\n" + tables.as_text(table))
    table = budgets.table(measured)
    if not table[2]:
        print("\nNo budget is about what was measured.")
        return
    print("\n" + left_aligned(table))
    failing = sum(row[-1] != "yes" for row in table[2])
    print(f"\n{len(table[2]) - failing} of {len(table[2])} budgets hold.")
    if measured.is_quick:
        print("A quick run: its figures are a first look. Only a full one on a quiet machine counts.")


def machine_text(measured):
    machine = measured.machine
    runs = max((len(values) for record in measured.records
                for values in record.data["figures"].values()), default=0)
    return (
        f"Measured on {machine.get('date')}, {machine.get('processor')} "
        f"({machine.get('processors')} processors), {machine.get('system')}, Qt {machine.get('qt')}, "
        f"GCC {machine.get('compiler')}; {runs} runs of each figure."
    )


def write_document(measured, path):
    """Replaces what is between <!-- NAME --> and <!-- /NAME -->."""
    path = pathlib.Path(path)
    text = path.read_text(encoding="utf-8")
    images = path.parent / "images" / "benchmarks"
    images.mkdir(parents=True, exist_ok=True)
    parts = {"machine": machine_text(measured), "budgets": tables.as_markdown(budgets.table(measured))}
    parts |= {name: tables.as_markdown(table) for name, table in tables.all_tables(measured)}
    for name, title, svg in plots.all_plots(measured):
        (images / f"{name}.svg").write_text(svg, encoding="utf-8")
        parts[f"plot-{name}"] = f"![{title}](images/benchmarks/{name}.svg)"
    for name in re.findall(r"<!-- ([a-z0-9-]+) -->", text):
        if name not in parts:
            print(f"{path.name}: nothing was measured for {name}, which stays as it is")
            continue
        pattern = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
        text = re.sub(pattern, lambda match: f"{match[1]}{parts[name]}\n{match[2]}", text,
                      flags=re.DOTALL)
    path.write_text(text, encoding="utf-8")


def main(arguments):
    if len(arguments) == 1:
        print_all(Measured(arguments[0]))
    elif len(arguments) == 3 and arguments[1] == "--document":
        write_document(Measured(arguments[0]), arguments[2])
    else:
        sys.exit(__doc__)


main(sys.argv[1:])
