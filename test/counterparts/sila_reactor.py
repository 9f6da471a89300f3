# A simulated reactor behind a SiLA 2 server: python sila_reactor.py FOLDER PORT [LIFETIME_S] [KEY CERT]. Its ledger of physical starts is
# FOLDER/device.jsonl; a server that is killed forgets its executions, as SiLA 2 servers do. It says "ready".
import json, pathlib, sys, time, uuid
from datetime import timedelta
from queue import Queue

import sila2.server.sila_server as sila_server
from sila2.framework import Feature
from sila2.framework.errors.defined_execution_error import DefinedExecutionError
from sila2.server import FeatureImplementationBase, SilaServer

# It would open UDP 5353 on all addresses, also with discovery off.
sila_server.SilaServiceBroadcaster = lambda: None
folder, port, *more = sys.argv[1:]
lifetime = float(more[0]) if more else 600
feature = Feature(pathlib.Path(__file__).with_name("ReactorController.sila.xml").read_text())
ledger = pathlib.Path(folder) / "device.jsonl"


def note(**line):
    with ledger.open("a") as file:
        file.write(json.dumps(line) + "\n")


class Precipitated(DefinedExecutionError):
    def __init__(self, message):
        super().__init__(feature.defined_execution_errors["Precipitated"], message=message)


class Aborted(DefinedExecutionError):
    def __init__(self, message):
        super().__init__(feature.defined_execution_errors["Aborted"], message=message)


class Reactor(FeatureImplementationBase):
    def __init__(self, server):
        super().__init__(parent_server=server)
        self._ReactorTemperature_producer_queue = Queue()
        self._ReactorTemperature_producer_queue.put(21.0)
        self.React_default_lifetime_of_execution = timedelta(seconds=lifetime)
        self.executions, self.cancelled, self.pressure = {}, set(), 1.0

    def ReactorTemperature_on_subscription(self, *, metadata):
        return None

    def get_Serial(self, *, metadata):
        return "R-7"

    def get_calls_affected_by_Token(self):
        return [feature["Secret"]]

    def Secret(self, Key, *, metadata):
        return len(metadata[feature["Token"]])

    def SetPressure(self, Pressure, *, metadata):
        self.pressure = Pressure

    def FindExecution(self, Key, *, metadata):
        return str(self.executions.get(Key, ""))

    def Cancel(self, Key, *, metadata):
        self.cancelled.add(Key)

    def Weigh(self, Grams, Seconds, Key, *, metadata):
        note(key=Key)
        time.sleep(Seconds)
        if Grams == 13:
            raise Precipitated("it fell out")
        return float("nan") if Grams == 20 else Grams

    def React(self, Temperature, Seconds, Key, *, metadata, instance):
        note(key=Key)
        self.executions[Key] = instance.execution_uuid
        instance.begin_execution()
        instance.progress = 0.0
        self._ReactorTemperature_producer_queue.put(Temperature)
        left = Seconds
        while left > 0:
            if Key in self.cancelled:
                raise Aborted("as was asked for")
            time.sleep(min(0.02, left))
            left -= 0.02
            instance.progress = min(1.0, 1 - left / Seconds)
        if Temperature == 13:
            raise Precipitated("it fell out")
        if Temperature == 14:
            raise RuntimeError("a valve is broken")
        if Temperature == 20:
            return (float("nan"), 1, ("s", [1.0]))
        return (0.0 if Temperature == 0 else Temperature * self.pressure, 3, (f"of {Key}", [1.5, 0.0]))


server = SilaServer(
    server_name="lab", server_type="Reactor", server_description="simulated", server_version="1.0",
    server_vendor_url="https://example.org", server_uuid=uuid.UUID("22222222-2222-4222-8222-222222222222"),
)
server.set_feature_implementation(feature, Reactor(server))
if len(more) == 3:
    key, cert = (pathlib.Path(file).read_bytes() for file in more[1:])
    server.start("127.0.0.1", int(port), private_key=key, cert_chain=cert, enable_discovery=False)
else:
    server.start_insecure("127.0.0.1", int(port), enable_discovery=False)
print("ready", flush=True)
server.grpc_server.wait_for_termination()
