#!/usr/bin/env python3
"""What happens between the epochs of finished searches, beside the epochs: writing the checkpoint, its row, and the way back.

usage: checkpoint_cost.py [FARM.DB]     default: .nasfarm/farm.db

For every two checkpoints that follow each other in one attempt, the time between their rows is compared with epoch_seconds, which ends
before the checkpoint begins.
"""
import sqlite3
import sys

db = sqlite3.connect(f"file:{sys.argv[1] if len(sys.argv) > 1 else '.nasfarm/farm.db'}?mode=ro", uri=True)
methods = {}
for unit, method in db.execute(
        "SELECT u.unit_id, json_extract(r.spec, '$.method') FROM unit u JOIN seed_run r ON r.run_id = u.run_id WHERE u.kind = 'search'").fetchall():
    epochs = dict(db.execute("SELECT step, value FROM metric WHERE unit_id = ? AND name = 'epoch_seconds' AND void = 0", (unit,)))
    written = db.execute(
        "SELECT trained, written_at, fence, bytes FROM artifact WHERE unit_id = ? AND end_of_unit = 0 AND void = 0 ORDER BY trained", (unit,)).fetchall()
    for (trained, at, fence, _), (following, later, of, size) in zip(written, written[1:]):
        if following == trained + 1 and of == fence and trained in epochs:
            count, wall, inside, bytes_ = methods.get(method, (0, 0.0, 0.0, 0))
            methods[method] = (count + 1, wall + (later - at) / 1000, inside + epochs[trained], bytes_ + size)
if not methods:
    sys.exit("No two checkpoints of one attempt follow each other in this store.")
for method, (count, wall, inside, size) in sorted(methods.items()):
    print(f"{method:16} {count:5} epochs  {wall:8.2f} s  outside of epochs {wall - inside:6.2f} s = {100 * (wall / inside - 1):.2f} %  {size // count} bytes each")
