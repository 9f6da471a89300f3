# A simulated reactor behind an OPC UA server: python opcua_reactor.py FOLDER PORT [CERT KEY USERCERT]. Its ledger of physical starts is
# FOLDER/device.jsonl; a server that is killed forgets its run, as controllers do. It says "ready".
import asyncio, json, logging, pathlib, ssl, sys

from asyncua import Server, ua, uamethod
from asyncua.crypto.permission_rules import SimpleRoleRuleset, User, UserRole

logging.basicConfig(level=logging.CRITICAL)
folder, port, *secure = sys.argv[1:]
ledger = pathlib.Path(folder) / "device.jsonl"


class Users:
    def get_user(self, iserver, username=None, password=None, certificate=None):
        if username is None and not secure:
            return User(role=UserRole.User)
        if username is None and certificate is not None:
            known = ssl.PEM_cert_to_DER_cert(pathlib.Path(secure[2]).read_text())
            return User(role=UserRole.User) if certificate == known else None
        return User(role=UserRole.User) if (username, password) == ("lab", "password-of-lab") else None


def argument(name, of):
    made = ua.Argument()
    made.Name, made.DataType, made.ValueRank = name, ua.NodeId(of), -1
    return made


async def main():
    server = Server(user_manager=Users())
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}/lab/")
    if secure:
        await server.load_certificate(secure[0])
        await server.load_private_key(secure[1])
        policies = [ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt, ua.SecurityPolicyType.Basic256Sha256_Sign]
        server.set_security_policy(policies, permission_ruleset=SimpleRoleRuleset())
    else:
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    space = await server.register_namespace("urn:athanor:reactor")
    reactor = await server.nodes.objects.add_object(ua.NodeId("Reactor", space), "Reactor")

    async def variable(name, value, of, writable=False):
        node = await reactor.add_variable(ua.NodeId(f"Reactor.{name}", space), name, value, of)
        if writable:
            await node.set_writable()
        return node

    Type = ua.VariantType
    setpoint = await variable("Setpoint", 21.0, Type.Float, True)
    seconds = await variable("Seconds", 0.1, Type.Double, True)
    rate = await variable("Rate", 1, Type.UInt16, True)
    key = await variable("Key", "", Type.String, True)
    trigger = await variable("Trigger", False, Type.Boolean, True)
    current = await variable("CurrentKey", "", Type.String)
    state = await variable("State", "idle", Type.String)
    progress = await variable("Progress", 0.0, Type.Double)
    answer = await variable("Yield", 0.0, Type.Double)
    steps = await variable("Steps", 2**40, Type.Int64)
    unit = ua.EUInformation(NamespaceUri="http://www.opcfoundation.org/UA/units/un/cefact", UnitId=1, DisplayName=ua.LocalizedText("%"))
    await reactor.add_variable(ua.NodeId("Reactor.Unit", space), "Unit", unit)
    aborted = asyncio.Event()

    def give(name):
        """What comes out of a run, also what no reactor should say and the server would not let it write."""
        odd = {20: ua.Variant(float("nan"), Type.Double), 21: ua.Variant("hot", Type.String), 23: ua.Variant([1.0, 2.0], Type.Double), 24: ua.Variant(1e300, Type.Double), 25: ua.Variant("<html>" + "x" * 100_000, Type.String), 26: ua.Variant(float("inf"), Type.Double), 27: ua.Variant([1.0] * 149_999 + [2.0], Type.Double), 28: ua.Variant(True, Type.Boolean)}
        value = ua.DataValue(odd.get(name, ua.Variant(float(name), Type.Double)))
        if name == 22:
            value = ua.DataValue(ua.Variant(1.0, Type.Double), StatusCode=ua.StatusCode(ua.StatusCodes.BadSensorFailure))
        server.iserver.aspace._nodes[answer.nodeid].attributes[ua.AttributeIds.Value].value = value

    async def run(temperature, lasts, name):
        with ledger.open("a") as file:
            file.write(json.dumps({"key": name}) + "\n")
        aborted.clear()
        await current.write_value(name)
        await state.write_value("busy")
        for i in range(max(1, int(lasts / 0.02))):
            if aborted.is_set():
                break
            await progress.write_value(min(1.0, i * 0.02 / max(lasts, 0.02)))
            await asyncio.sleep(0.02)
        give(temperature)
        await state.write_value("aborted" if aborted.is_set() else "broken" if temperature == 13 else "calibrating" if temperature == 14 else "done")

    @uamethod
    async def react(parent, temperature, lasts, name):
        if temperature > 300:
            return ua.StatusCode(ua.StatusCodes.BadOutOfRange)
        if temperature == 13:
            return ua.StatusCode(ua.StatusCodes.BadInvalidState)
        await run(temperature, lasts, name)
        if temperature == 14:
            raise ValueError("a valve is broken")
        return float("nan") if temperature == 20 else float(temperature), 3

    @uamethod
    async def abort(parent):
        aborted.set()

    double, text, whole = ua.ObjectIds.Double, ua.ObjectIds.String, ua.ObjectIds.Int64
    inputs = [argument("Temperature", double), argument("Seconds", double), argument("Key", text)]
    outputs = [argument("Yield", double), argument("Steps", whole)]
    await reactor.add_method(ua.NodeId("Reactor.React", space), "React", react, inputs, outputs)
    await reactor.add_method(ua.NodeId("Reactor.Abort", space), "Abort", abort, [], [])

    def clamp(node, attribute, value):
        """A controller that acknowledges what it does not do."""
        if value.Value is not None and value.Value.Value > 300:
            value = ua.DataValue(ua.Variant(300.0, Type.Float))
        node.attributes[attribute].value = value

    server.iserver.aspace.set_attribute_value_setter(setpoint.nodeid, ua.AttributeIds.Value, clamp)
    tasks = set()
    async with server:
        print("ready", flush=True)
        while True:
            await asyncio.sleep(0.01)
            if await trigger.read_value():
                await trigger.write_value(False)
                temperature = round(await setpoint.read_value(), 3)
                if temperature == 15:
                    continue
                task = asyncio.create_task(run(temperature, await seconds.read_value(), await key.read_value()))
                tasks.add(task)
                task.add_done_callback(tasks.discard)


asyncio.run(main())
