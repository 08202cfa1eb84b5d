"""Every accuracy metric against ranx, user by user, on 1,000 random cases with ties, short lists and empty truths.

usage: python tests/bench/metrics_peer.py [a built bespoke]       (needs: pip install ranx; run from the project's root;
without an argument it builds one)

A project is made of random interactions, what is to be found comes from a file, and lists with scores come as another
tool's. Items of the same score keep the order of the file; ranx is told that order, since its own among ties is not
stated. Fails where any user's value differs by more than 1e-9.
"""

import csv
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from ranx import Qrels, Run, evaluate

USERS, ITEMS, TOLERANCE = 1_000, 80, 1e-9
# Ours by theirs; mean average precision is divided by all that is to be found in both.
METRICS = {
    **{f"normalized_discounted_cumulative_gain_at_{k}": f"ndcg@{k}" for k in (5, 10, 25)},
    **{f"precision_at_{k}": f"precision@{k}" for k in (1, 5, 10, 25)},
    **{f"recall_at_{k}": f"recall@{k}" for k in (5, 20)},
    **{f"hit_rate_at_{k}": f"hit_rate@{k}" for k in (1, 10)},
    **{f"mean_reciprocal_rank_at_{k}": f"mrr@{k}" for k in (3, 25)},
    **{f"mean_average_precision_at_{k}": f"map@{k}" for k in (10, 25)},
}


def write(path, head, rows):
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([head, *rows])


def cases(random):
    """Interactions, truths and lists, by user."""
    had, truths, lists = {}, {}, {}
    for user in (f"u{number}" for number in range(USERS)):
        items = random.permutation(ITEMS)
        had[user] = [f"i{item}" for item in items[: random.integers(2, 6)]]
        # One in twenty has nothing to find, one in twenty no list.
        if random.random() > 0.05:
            truths[user] = [f"i{item}" for item in random.choice(ITEMS, random.integers(1, 9), replace=False)]
        if random.random() > 0.05:
            listed = random.choice(ITEMS, random.integers(1, 26), replace=False)
            # Few scores, so that many are the same.
            scores = random.integers(0, 8, len(listed)) / 4
            lists[user] = [(f"i{item}", float(score)) for item, score in zip(listed, scores)]
    return had, truths, lists


def ours(bespoke, folder, had, truths, lists):
    path = lambda name: str(folder / name)
    write(path("events.csv"), ["USER_ID", "ITEM_ID", "TIMESTAMP"],
          [(user, item, at) for user, items in had.items() for at, item in enumerate(items, 1)])
    write(path("truth.csv"), ["USER_ID", "ITEM_ID", "TIMESTAMP"],
          [(user, item, 100) for user, items in truths.items() for item in items])
    write(path("lists.csv"), ["userId", "itemId", "score"],
          [(user, item, score) for user, scored in lists.items() for item, score in scored])
    run = lambda *words: subprocess.run([bespoke, *words], check=True, capture_output=True)
    project = path("metrics.bespoke")
    run("new", project)
    run("import", project, path("events.csv"), "--group", "g", "--dataset", "interactions")
    run("split", project, "--group", "g", "--kind", "file", "--truth", path("truth.csv"))
    wanted = [word for metric in METRICS for word in ("--metric", metric)]
    run("evaluate", project, "--group", "g", "--predictions", f"theirs={path('lists.csv')}", *wanted,
        "--values", path("values.csv"))
    with open(path("values.csv")) as file:
        rows = [row for row in csv.DictReader(file) if row["contestant"] == "theirs"]
    return {(row["metric"], row["userId"]): float(row["value"]) for row in rows}


def theirs(truths, lists):
    ranked = {}
    for user, scored in lists.items():
        order = sorted(range(len(scored)), key=lambda at: -scored[at][1])
        ranked[user] = {scored[at][0]: float(len(order) - place) for place, at in enumerate(order)}
    qrels = Qrels({user: dict.fromkeys(items, 1) for user, items in truths.items()})
    run = Run({user: ranked.get(user, {"": 0.0}) for user in truths})
    found = {}
    for key, name in METRICS.items():
        evaluate(qrels, run, name)
        found |= {(key, user): value for user, value in run.scores[name].items()}
    return found


def main():
    bespoke = sys.argv[1] if len(sys.argv) > 1 else None
    if bespoke is None:
        subprocess.run(["cargo", "build", "--release", "--locked"], check=True)
        metadata = subprocess.run(["cargo", "metadata", "--format-version=1", "--no-deps"],
                                  check=True, capture_output=True)
        bespoke = str(pathlib.Path(json.loads(metadata.stdout)["target_directory"]) / "release" / "bespoke")
    had, truths, lists = cases(np.random.default_rng(20))
    with tempfile.TemporaryDirectory() as folder:
        our = ours(bespoke, pathlib.Path(folder), had, truths, lists)
    their = theirs(truths, lists)
    users = {user for _, user in our}
    assert users == set(truths), f"{len(users)} users are tested, {len(truths)} have something to find"
    worst = 0.0
    for key in METRICS:
        off = max(abs(our[key, user] - their[key, user]) for user in users)
        worst = max(worst, off)
        print(f"{key:50} {METRICS[key]:14} largest difference {off:.1e}")
    print(f"{len(users)} users tested, {USERS - len(users)} have nothing to find, {USERS - len(lists)} have no list")
    sys.exit(0 if worst <= TOLERANCE else f"a value differs by {worst}")


main()
