# Startup script of a queue server for tests: simulated devices of ophyd, a plan of our own, documents kept as files.
import json, os, pathlib
from bluesky import RunEngine
from ophyd.sim import det1, motor1
import bluesky.plan_stubs as bps

FOLDER = pathlib.Path(os.environ["ATHANOR_DOCUMENTS"])
RE = RunEngine({})
_run_of = {}


def _keep(name, doc):
    run = doc["uid"] if name == "start" else doc.get("run_start") or _run_of[doc["descriptor"]]
    if name == "descriptor":
        _run_of[doc["uid"]] = run
    with open(FOLDER / f"{run}.jsonl", "a") as file:
        file.write(json.dumps([name, doc], default=str) + "\n")


RE.subscribe(_keep)


def run_documents(uids):
    return [[json.loads(line) for line in open(FOLDER / f"{uid}.jsonl")] for uid in uids]


def broken_documents(uids):
    return "<!doctype html>"


class Precipitated(Exception):
    pass


def react(kelvin: float, seconds: float, key: str = "", said: str = "good"):
    with open(FOLDER / "ledger", "a") as file:
        file.write(key + "\n")
    if kelvin > 700:
        raise Precipitated(f"it fell out at {kelvin} K")
    measured = {"good": kelvin - 273.15, "nan": float("nan"), "text": "71.2", "unit": 5, "nothing": None}[said]
    yield from bps.open_run(md={"yield": measured, "unit": "furlong" if said == "unit" else "°C"})
    yield from bps.mv(motor1, kelvin)
    for _ in range(5):
        yield from bps.checkpoint()
        yield from bps.sleep(seconds / 5)
        yield from bps.trigger_and_read([det1, motor1])
    yield from bps.close_run()
