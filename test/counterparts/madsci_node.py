# A node for tests: one reactor whose runs can be cancelled and paused. It needs no manager and no database.
import os
import threading
import time

from madsci.common.types.action_types import ActionCancelled, ActionFailed
from madsci.common.types.base_types import Error
from madsci.common.types.node_types import RestNodeConfig
from madsci.node_module.helpers import action
from madsci.node_module.rest_node_module import RestNode


class Config(RestNodeConfig):
    """Nothing of its own."""


class Reactor(RestNode):
    """A simulated reactor."""

    config: Config = Config()
    config_model = Config

    def startup_handler(self):
        self.ended = threading.Event()
        self.going = threading.Event()
        self.going.set()

    def shutdown_handler(self):
        pass

    def state_handler(self):
        self.node_state = {}

    @action
    def react(self, celsius: float, seconds: float, key: str = "", said: str = "good") -> dict:
        """Heat for a time"""
        with open(os.environ["ATHANOR_LEDGER"], "a") as file:
            file.write(key + "\n")
        self.ended.clear()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.ended.wait(0.05):
                return ActionCancelled(errors=[Error(message="cancelled", error_type="Cancelled")])
            self.going.wait()
        if celsius > 300:
            return ActionFailed(errors=[Error(message="it fell out", error_type="Precipitated")])
        if celsius < 0:
            raise ValueError("the pump is stuck")
        measured = {"good": celsius, "text": "71.2", "nothing": None, "flag": True, "unit": 5, "nan": float("nan")}[said]
        return {"yield": measured, "unit": "furlong" if said == "unit" else "°C", "cost": 2.5}

    def cancel(self):
        self.going.set()
        self.node_status.paused = False
        self.ended.set()
        return True

    def pause(self):
        self.going.clear()
        self.node_status.paused = True
        return True

    def resume(self):
        self.going.set()
        self.node_status.paused = False
        return True


if __name__ == "__main__":
    Reactor().start_node()
