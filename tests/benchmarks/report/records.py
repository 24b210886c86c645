# SPDX-FileCopyrightText: 2026 The Millwright authors
# SPDX-License-Identifier: MIT
"""What the benchmarks have measured, as `bench --json` has written it."""

import json
import statistics

ROUTERS = ["queuer", "roundRobin", "keyPersistent", "stickyQueuer", "leastLoaded", "customHash"]
KEY_ROUTERS = ["keyPersistent", "stickyQueuer"]
RATE = "million jobs/s"


class Series:
    """The values of one figure, in the order of the runs."""

    def __init__(self, values):
        self.values = values

    @property
    def median(self):
        return statistics.median(self.values)

    def over(self, other):
        """The ratios of runs that were made in turn; of the medians where they were not."""
        if len(self.values) != len(other.values):
            return Series([self.median / other.median])
        return Series([a / b for a, b in zip(self.values, other.values)])


class Record:
    def __init__(self, data):
        self.data = data

    def __getattr__(self, name):
        return self.data.get(name)

    @property
    def label(self):
        return f"{self.peer}, {self.router}" if self.router else self.peer

    def series(self, figure):
        values = self.data["figures"].get(figure)
        return Series(values) if values else None


class Measured:
    """Everything of one run of the benchmarks."""

    def __init__(self, path):
        try:
            with open(path, encoding="utf-8") as file:
                content = json.load(file)
            self.records = [Record(data) for data in content["records"]]
        except (ValueError, KeyError, TypeError):
            raise SystemExit(f"{path} was not written by scripts/bench --json")
        self.machine = content.get("machine", {})
        self.is_quick = content.get("quick", False)

    def find(self, workload, **wanted):
        """The records in which all of these are so."""
        return [
            record
            for record in self.records
            if record.workload == workload
            and all(record.data.get(name) == value for name, value in wanted.items())
        ]

    def series(self, figure, workload, **wanted):
        """That of the only record; None if there is none."""
        found = self.find(workload, **wanted)
        return found[0].series(figure) if found else None

    def values(self, workload, name, **wanted):
        """The different values of a parameter, sorted."""
        found = {record.data[name] for record in self.find(workload, **wanted) if name in record.data}
        return sorted(found)
