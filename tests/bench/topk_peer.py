"""Exact top 25 for all users: ours against `implicit`, same factors, same seen items, same machine, two threads.

usage: python tests/bench/topk_peer.py       (needs: pip install implicit numpy scipy; run from the project's root)

Both sides take dense factors of width 64, score every item for every user, leave out what the user has seen, and
return the best 25. Prints seconds (best of 15), the ratio, and the share of equal lists.
"""

import json
import os
import pathlib
import subprocess
import tempfile
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # implicit asks for this
import numpy as np
import scipy.sparse as sp
from implicit.cpu.als import AlternatingLeastSquares

WIDTH, K, ROUNDS, THREADS = 64, 25, 15, 2
SHAPES = [(943, 1682, 100_000), (6040, 3416, 1_000_000)]


def ours(folder):
    environment = {**os.environ, "BESPOKE_TOPK": str(folder), "RAYON_NUM_THREADS": str(THREADS)}
    command = ["cargo", "bench", "--quiet", "--bench", "topk"]
    output = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    return json.loads(output.strip().splitlines()[-1])["seconds"]


def peer(users, items, seen):
    model = AlternatingLeastSquares(factors=WIDTH, num_threads=THREADS)
    model.user_factors, model.item_factors = users, items
    ids = np.arange(len(users))
    best, lists = float("inf"), None
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        lists, _ = model.recommend(ids, seen, N=K, filter_already_liked_items=True)
        best = min(best, time.perf_counter() - begin)
    return best, lists


def main():
    for n_users, n_items, n_seen in SHAPES:
        random = np.random.default_rng(0)
        users = random.normal(size=(n_users, WIDTH)).astype(np.float32)
        items = random.normal(size=(n_items, WIDTH)).astype(np.float32)
        pairs = random.integers(n_users, size=n_seen), random.integers(n_items, size=n_seen)
        seen = sp.csr_matrix((np.ones(n_seen, np.float32), pairs), shape=(n_users, n_items))
        seen.sum_duplicates()
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "shape.json").write_text(json.dumps({"width": WIDTH}))
            users.tofile(folder / "users.f32")
            items.tofile(folder / "items.f32")
            seen.indptr.astype(np.int64).tofile(folder / "seen_offsets.i64")
            seen.indices.astype(np.uint32).tofile(folder / "seen.u32")
            mine = ours(folder)
            my_lists = np.fromfile(folder / "lists.u32", np.uint32).reshape(n_users, K)
        theirs, their_lists = peer(users, items, seen)
        equal = float((my_lists == their_lists).all(axis=1).mean())
        print(
            f"{n_users} x {n_items}, top {K}, {THREADS} threads: ours {mine * 1e3:.2f} ms, "
            f"implicit {theirs * 1e3:.2f} ms, {theirs / mine:.2f} times as fast; equal lists {equal:.1%}"
        )


if __name__ == "__main__":
    main()
