"""A reactor as a LabThings-FastAPI Thing: one action, which takes its time and may fail."""

import labthings_fastapi as lt


class Reactor(lt.Thing):
    _celsius: float = 21.0

    @lt.property
    def celsius(self) -> float:
        return self._celsius

    @lt.action
    def synthesise(self, kelvin: float, seconds: float, key: str) -> dict[str, float]:
        """Heats, waits, and tells the yield."""
        lt.cancellable_sleep(seconds)
        if kelvin > 600:
            raise RuntimeError("overheated")
        self._celsius = kelvin - 273.15
        return {"yield_percent": 100 - abs(self._celsius - 80)}
