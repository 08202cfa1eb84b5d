"""A whole import of a million interactions against a bare read of the same file by polars, on the same machine.

usage: python tests/bench/import_peer.py [a built bespoke]       (needs: pip install polars numpy; run from the
project's root; without an argument it builds one)

Ours is the process from start to end: read, every row checked, packed, stored durably. Theirs keeps nothing: once by
turns in a process that runs already and has read the file before, once as the first read of a fresh process. Prints
medians and the least of all rounds, and the ratio of the medians.
"""

import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import polars as pl

ROWS, USERS, ITEMS, ROUNDS = 1_000_000, 60_000, 20_000, 15
EVENTS = np.array(["view", "cart", "purchase", "click"])
FRESH = """
import sys, time, polars
began = time.perf_counter()
polars.read_csv(sys.argv[1])
print(time.perf_counter() - began)
"""
# Order of the rows, and what stands before the numbers of users and of items.
LOGS = {
    "by time": ("TIMESTAMP", "", ""),
    "by user": ("USER_ID", "", ""),
    "long ids": ("TIMESTAMP", "customer-", "p"),
}


def write_log(path, order, user_prefix, item_prefix):
    random = np.random.default_rng(7)
    # Squaring a share makes low numbers frequent.
    numbers = lambda count: (random.random(ROWS) ** 2 * count).astype(np.int64)
    users, items = numbers(USERS), numbers(ITEMS)
    times = 1_577_836_800 + 30 * np.arange(ROWS)
    events = EVENTS[random.integers(len(EVENTS), size=ROWS)]
    log = pl.DataFrame({"USER_ID": users, "ITEM_ID": items, "TIMESTAMP": times, "EVENT_TYPE": events})
    log = log.sort(order, maintain_order=True)
    prefixed = lambda name, prefix: (pl.lit(prefix) + pl.col(name).cast(pl.String)).alias(name)
    log.with_columns(prefixed("USER_ID", user_prefix), prefixed("ITEM_ID", item_prefix)).write_csv(path)


def built():
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet"], check=True)
    metadata = ["cargo", "metadata", "--format-version", "1", "--no-deps"]
    folder = json.loads(subprocess.run(metadata, check=True, capture_output=True).stdout)["target_directory"]
    return pathlib.Path(folder) / "release" / "bespoke"


def ours(bespoke, project, log):
    for old in project.parent.glob(project.name + "*"):
        old.unlink()
    subprocess.run([bespoke, "new", project], check=True, capture_output=True)
    command = [bespoke, "import", project, log, "--group", "shop", "--dataset", "interactions"]
    began = time.perf_counter()
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds = time.perf_counter() - began
    assert f"{ROWS} of {ROWS} rows accepted" in output, output
    return seconds


def warm(log):
    began = time.perf_counter()
    pl.read_csv(log)
    return time.perf_counter() - began


def fresh(log):
    command = [sys.executable, "-c", FRESH, log]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    bespoke = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else built()
    with tempfile.TemporaryDirectory(dir=".") as name:
        folder = pathlib.Path(name)
        for title, shape in LOGS.items():
            log = folder / "log.csv"
            write_log(log, *shape)
            warm(log)
            rounds = [(ours(bespoke, folder / "p.bespoke", log), warm(log), fresh(log)) for _ in range(ROUNDS)]
            mine, warmed, first = ([each[side] for each in rounds] for side in range(3))
            say = lambda times: f"{statistics.median(times) * 1e3:.0f} ms (least {min(times) * 1e3:.0f})"
            ratio = lambda times: statistics.median(mine) / statistics.median(times)
            print(
                f"{title}, {log.stat().st_size / 1e6:.1f} MB: import {say(mine)}; polars warm {say(warmed)}, "
                f"ratio {ratio(warmed):.2f}; polars first {say(first)}, ratio {ratio(first):.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
