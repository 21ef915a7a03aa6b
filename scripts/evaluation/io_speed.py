"""How long an alert takes from the decision to its bytes on each output, with and without neighbours that hang; and
whether 10,000 alerts arrive, each once and in order.

The peers: a file for the terminal, a pseudo-terminal for the serial port, ALSA's file device for sound, python-can's
virtual bus, a real mosquitto on this machine, gpiozero's mock pins. The neighbours that hang are a serial port that
nobody reads and a broker that was stopped in its tracks.
"""

import argparse
import io
import json
import os
import pty
import queue
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import can
import numpy as np
from gpiozero.pins.mock import MockFactory, MockPin
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from rich.console import Console
from rich.table import Table

from driver_monitor.alerts.audio import AudioSink
from driver_monitor.alerts.can_frames import rule_id
from driver_monitor.alerts.can_sink import CanSink
from driver_monitor.alerts.console import AlertConsole, ConsoleSink
from driver_monitor.alerts.gpio_sink import GpioSink
from driver_monitor.alerts.mqtt_sink import MqttSink
from driver_monitor.alerts.protocol import Kind, ProtocolError, Transition, decode
from driver_monitor.alerts.serial_sink import SerialSink
from driver_monitor.alerts.sink import AlertSink
from driver_monitor.config.alerts import AudioConfig, SerialConfig
from driver_monitor.config.can import CanConfig
from driver_monitor.config.gpio import GpioConfig
from driver_monitor.config.mqtt import MqttConfig
from driver_monitor.errors import DriverMonitorError
from driver_monitor.state.alert import Alert, AlertState, Level
from scripts.command import at_least, told

GOAL_MS: Final = 20.0
PATIENCE_S: Final = 30.0
_EVIDENCE: Final = {"terms": [{"signal": "eyes_closed_s", "op": ">=", "threshold": 1.5, "value": 1.6, "since_s": 0.0}]}
_MQTT_LINES: Final = "allow_anonymous true\nset_tcp_nodelay true\nmax_queued_messages 0\nlog_dest none\n"


class Arrivals:
    """What came out of one output, with the time."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rules: list[str] = []
        self._queue: queue.SimpleQueue[tuple[str, float]] = queue.SimpleQueue()

    def note(self, rule: str) -> None:
        self.rules.append(rule)
        self._queue.put((rule, time.monotonic()))

    def wait_for(self, rule: str, since_s: float = 0.0) -> float:
        """When it came, ``since_s`` at the earliest; any where ``rule`` is empty.

        Raises DriverMonitorError where it does not.
        """
        until_s = time.monotonic() + PATIENCE_S
        while (left_s := until_s - time.monotonic()) > 0:
            try:
                came, at_s = self._queue.get(timeout=left_s)
            except queue.Empty:
                break
            if rule in ("", came) and at_s >= since_s:
                return at_s
        raise DriverMonitorError(f"an alert did not come out within {PATIENCE_S:g} s: {rule or self.name}")


class _Stream(io.StringIO):
    def __init__(self, arrivals: Arrivals) -> None:
        super().__init__()
        self._arrivals = arrivals

    def write(self, text: str) -> int:
        for word in text.split():
            if word.startswith("rule-"):
                self._arrivals.note(word.rstrip(":"))
        return len(text)


def _report(sentence: str) -> None:
    """No output has any trouble here; one that does has no figures worth having."""
    sys.stderr.write(f"{sentence}\n")


def console_output(stack: ExitStack, folder: Path, arrivals: Arrivals) -> AlertSink:
    screen = AlertConsole(file=_Stream(arrivals), width=200)
    return stack.enter_context(ConsoleSink(_report, screen))


def serial_output(stack: ExitStack, folder: Path, arrivals: Arrivals) -> AlertSink:
    port, master = _pseudo_terminal(stack)

    def read() -> None:
        rest = b""
        while True:
            try:
                *lines, rest = (rest + os.read(master, 65536)).split(b"\n")
            except OSError:
                return
            for line in lines:
                try:
                    body = decode(line + b"\n").body
                except ProtocolError as error:
                    raise DriverMonitorError(f"a damaged line: {error}") from error
                if isinstance(body, Transition) and body.kind is not Kind.ACTIVE:
                    arrivals.note(_told(body.rule, firing=body.state is AlertState.FIRING))

    threading.Thread(target=read, daemon=True).start()
    return stack.enter_context(SerialSink(SerialConfig(port=port), _report))


def can_output(stack: ExitStack, folder: Path, arrivals: Arrivals) -> AlertSink:
    config = CanConfig(interface="virtual", channel=str(folder), most_per_s=4000)
    bus = stack.enter_context(can.Bus(interface="virtual", channel=str(folder)))
    over = threading.Event()
    stack.callback(over.set)

    def read() -> None:
        while not over.is_set():
            message = bus.recv(0.1)
            if message is not None and message.arbitration_id == config.base_id + 1:
                # The alert's own number says which it is; that of its rule has 16 bits, which two names may share.
                rule = _rule(int.from_bytes(message.data[1:3], "little") // 2)
                mine = rule_id(rule) == int.from_bytes(message.data[6:8], "little")
                arrivals.note(_told(rule if mine else "another", firing=bool(message.data[3] & _FIRING)))

    threading.Thread(target=read, daemon=True).start()
    return stack.enter_context(CanSink(config, _report))


def mqtt_output(stack: ExitStack, folder: Path, arrivals: Arrivals) -> AlertSink:
    port, _ = stack.enter_context(_broker(folder / "broker"))
    client = Client(CallbackAPIVersion.VERSION2)
    ready = threading.Event()
    client.on_connect = lambda each, *_: each.subscribe("driver_monitor/alert", qos=1)
    client.on_subscribe = lambda *_: ready.set()

    def note(_client: Client, _data: Any, message: Any) -> None:
        heard = json.loads(message.payload)
        arrivals.note(_told(heard["rule"], firing=heard["state"] == AlertState.FIRING))

    client.on_message = note
    client.connect("127.0.0.1", port)
    client.loop_start()
    stack.callback(client.loop_stop)
    ready.wait(10)
    return stack.enter_context(MqttSink(MqttConfig(host="127.0.0.1", port=port), _report))


def sound_output(stack: ExitStack, folder: Path, arrivals: Arrivals) -> AlertSink:
    """A tone bears no name: any of them is the one that was just asked for."""
    heard = folder / "heard"
    os.mkfifo(heard)
    config = folder / "asound.conf"
    config.write_text(
        f'pcm.null {{ type null }}\npcm.bench {{ type file; slave.pcm null; file "{heard}"; format raw }}\n'
    )
    os.environ["ALSA_CONFIG_PATH"] = str(config)
    stack.callback(os.environ.pop, "ALSA_CONFIG_PATH")
    pipe = os.open(heard, os.O_RDWR)
    over = threading.Event()
    stack.callback(over.set)

    def listen() -> None:
        last_s = 0.0
        while not over.is_set():
            if not select.select([pipe], [], [], 0.1)[0]:
                continue
            os.read(pipe, 65536)
            if time.monotonic() - last_s > _QUIET_S:
                arrivals.note("a tone")
            last_s = time.monotonic()
        os.close(pipe)

    threading.Thread(target=listen, daemon=True).start()
    sink = stack.enter_context(AudioSink(AudioConfig(backend="aplay", device="bench"), _report))
    arrivals.wait_for("")  # the check for a card at the start
    time.sleep(_PAUSE_S)
    return sink


def gpio_output(stack: ExitStack, folder: Path, arrivals: Arrivals) -> AlertSink:
    class Pin(MockPin):  # type: ignore[misc]  # gpiozero is not typed
        def _set_state(self, value: Any) -> None:
            super()._set_state(value)
            if value:
                arrivals.note("a light")

    config = GpioConfig(led_warning_pin=23)
    return stack.enter_context(GpioSink(config, _report, factory=MockFactory(pin_class=Pin)))


_MANY: Final = 10_000
OUTPUTS: Final[dict[str, Callable[[ExitStack, Path, Arrivals], AlertSink]]] = {
    "console": console_output,
    "serial": serial_output,
    "sound": sound_output,
    "can": can_output,
    "mqtt": mqtt_output,
    "gpio": gpio_output,
}
_FIRING: Final = 1 << 3  # of DM_Alert's byte 3
_NAMED: Final = ("console", "serial", "mqtt")  # those whose bytes say which alert they are
_STATES: Final = (AlertState.FIRING, AlertState.CLEARED)
_LOSSLESS: Final = ("serial", "can", "mqtt")
_PAUSE_S: Final = 0.15  # ALSA's null device swallows a tone at once; aplay takes its time to end
_QUIET_S: Final = 0.03  # within a tone bytes follow each other faster


def _rule(number: int) -> str:
    return f"rule-{number}"


def _told(rule: str, *, firing: bool) -> str:
    return rule if firing else f"{rule} over"


def _alert(number: int, state: AlertState = AlertState.FIRING) -> Alert:
    return Alert(number / 10, _rule(number), Level.WARNING, state, "Look at the road.", (), _EVIDENCE)


def latencies_ms(count: int, *, hung: bool) -> dict[str, list[float]]:
    """Every output gets the same alerts at the same time, through its own thread; all of it in one process."""
    found: dict[str, list[float]] = {name: [] for name in OUTPUTS}
    with ExitStack() as stack:
        neighbours = list(_hung_neighbours(stack)) if hung else []
        arrivals = {name: Arrivals(name) for name in OUTPUTS}
        sinks = {name: make(stack, _folder(stack), arrivals[name]) for name, make in OUTPUTS.items()}
        _settle(sinks, arrivals)
        for number in range(count):
            alert = _alert(number)
            began_s = time.monotonic()
            for sink in (*neighbours, *sinks.values()):
                sink.send(alert)
            for name in sinks:
                came_s = arrivals[name].wait_for(alert.rule if name in _NAMED else "", began_s)
                found[name].append(1000 * (came_s - began_s))
            over = _alert(number, AlertState.CLEARED)
            for sink in (*neighbours, *sinks.values()):
                sink.send(over)
            time.sleep(_PAUSE_S)
    return found


def _settle(sinks: dict[str, AlertSink], arrivals: dict[str, Arrivals]) -> None:
    """One alert through each, so that all ports are open and all processes have begun."""
    first = _alert(_MANY - 1)
    for name, sink in sinks.items():
        sink.send(first)
        arrivals[name].wait_for(first.rule if name in _NAMED else "")
        sink.send(_alert(_MANY - 1, AlertState.CLEARED))
    time.sleep(0.5)


def many(name: str, count: int = _MANY) -> dict[str, Any]:
    """``count`` alerts (half of them endings) handed over at once: how many came, whether each once
    and in order, and in what time."""
    with ExitStack() as stack:
        arrivals = Arrivals(name)
        sink = OUTPUTS[name](stack, _folder(stack), arrivals)
        alerts = [_alert(number // 2, _STATES[number % 2]) for number in range(count)]
        sink.send(alerts[0])
        arrivals.wait_for(_told(_rule(0), firing=True))  # the device is open: an outage keeps 4,096 alerts and no more
        began_s = time.monotonic()
        for alert in alerts[1:]:
            sink.send(alert)
        handed_s = time.monotonic() - began_s
        last_s = arrivals.wait_for(_told(_rule(count // 2 - 1), firing=False))
        took_s = last_s - began_s
        time.sleep(0.5)  # anything twice would come by then
        order = {_told(each.rule, firing=each.state is AlertState.FIRING): place for place, each in enumerate(alerts)}
        came = [order.get(rule, -1) for rule in arrivals.rules]
    return {
        "sent": count,
        "came": len(came),
        "lost": count - len(set(came)),
        "twice": len(came) - len(set(came)),
        "in_order": came == sorted(came),
        "handed_over_s": handed_s,
        "took_s": took_s,
    }


def _hung_neighbours(stack: ExitStack) -> Iterator[AlertSink]:
    port, _ = _pseudo_terminal(stack)  # nobody reads it
    blocked = stack.enter_context(SerialSink(SerialConfig(port=port, heartbeat_s=0.1), lambda _: None))
    for number in range(200):  # more than a pseudo-terminal holds
        blocked.send(_alert(number))
    yield blocked
    number, broker = stack.enter_context(_broker(_folder(stack)))
    config = MqttConfig(host="127.0.0.1", port=number, device_id="neighbour", topic="neighbour")
    frozen = stack.enter_context(MqttSink(config, lambda _: None))
    arrived = threading.Event()
    frozen.delivered = lambda _: arrived.set()
    frozen.send(_alert(0))
    arrived.wait(10)
    broker.send_signal(signal.SIGSTOP)
    stack.callback(broker.send_signal, signal.SIGCONT)
    yield frozen


def _pseudo_terminal(stack: ExitStack) -> tuple[str, int]:
    master, slave = pty.openpty()
    tty.setraw(slave)
    stack.callback(os.close, master)
    stack.callback(os.close, slave)
    return os.ttyname(slave), master


def _folder(stack: ExitStack) -> Path:
    return Path(stack.enter_context(tempfile.TemporaryDirectory()))


@contextmanager
def _broker(folder: Path) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    folder.mkdir(exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    config = folder / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\n{_MQTT_LINES}")
    try:
        process = subprocess.Popen(["mosquitto", "-c", str(config)], stderr=subprocess.DEVNULL)
    except FileNotFoundError as error:
        raise DriverMonitorError("mosquitto is not installed: sudo apt install mosquitto") from error
    until_s = time.monotonic() + PATIENCE_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            break
        except OSError:
            if time.monotonic() > until_s:
                raise
            time.sleep(0.01)
    try:
        yield port, process
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait()


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench_io", description=__doc__)
    parser.add_argument("--alerts", type=at_least(10), default=200, metavar="N", help="alerts timed (default: 200)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    args = parser.parse_args()
    timed = {"alone": latencies_ms(args.alerts, hung=False), "hung": latencies_ms(args.alerts, hung=True)}
    figures = {
        name: {f"{how}_p{q}_ms": float(np.percentile(timed[how][name], q)) for how in timed for q in (50, 99)}
        for name in OUTPUTS
    }
    bulk = {name: many(name) for name in _LOSSLESS}
    met = all(row[f"{how}_p99_ms"] <= GOAL_MS for row in figures.values() for how in timed)
    whole = all(row["lost"] == 0 and row["twice"] == 0 and row["in_order"] for row in bulk.values())
    if args.json:
        print(json.dumps({"latency": figures, "many": bulk, "goal_met": met, "none_lost": whole}))
    else:
        _print(figures, bulk)
    return 0 if met and whole else 1


def _print(figures: dict[str, dict[str, float]], bulk: dict[str, dict[str, Any]]) -> None:
    table = Table("decision to bytes", "p50", "p99", "p50, hung neighbours", "p99, hung neighbours", "goal")
    for name, row in figures.items():
        table.add_row(name, *(f"{value:.2f} ms" for value in row.values()), f"p99 <= {GOAL_MS:g} ms")
    Console().print(table)
    table = Table("handed over at once", "sent", "came", "lost", "twice", "in order", "until the last")
    for name, row in bulk.items():
        order = "yes" if row["in_order"] else "NO"
        counts = [str(row[key]) for key in ("sent", "came", "lost", "twice")]
        table.add_row(name, *counts, order, f"{row['took_s']:.1f} s")
    Console().print(table)


if __name__ == "__main__":
    raise SystemExit(told(main))
