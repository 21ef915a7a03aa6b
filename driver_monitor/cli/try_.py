"""The work of ``driver-monitor try``."""

import argparse
import queue
import time
from dataclasses import replace
from typing import Final, get_args

from driver_monitor.alerts.dispatch import open_output
from driver_monitor.alerts.sink import AlertSink
from driver_monitor.alerts.speech import Speech
from driver_monitor.alerts.status import Status
from driver_monitor.cli.parsers.try_ import OUTPUTS
from driver_monitor.config.config import Config
from driver_monitor.config.loader import load
from driver_monitor.config.rules import Output
from driver_monitor.parameter import judged
from driver_monitor.state.alert import Alert, AlertState, Level, News

RULE: Final = "test"
PATIENCE_S: Final = judged(10.0, "an alert that has not been delivered by then is not")
SHOWN_S: Final = judged(1.0, "how long each level is left on, to be seen and heard")
SPOKEN_S: Final = judged(5.0, "the same where a message is spoken after the tone")
# What is spoken for each level, by its key in the driver's language: these are rendered at the start.
_SPOKEN: Final = {
    Level.INFO: "yawning_break",
    Level.WARNING: "look_at_road",
    Level.CRITICAL: "wake_up",
    Level.UNRESPONSIVE: "no_response",
}
# So that the output that publishes only what it knows can tell by name what the alert rests on.
_EVIDENCE: Final = {"terms": [{"signal": "eyes_closed_s", "op": ">=", "threshold": 1.5, "value": 1.5, "since_s": 0.0}]}


def run(args: argparse.Namespace) -> int:
    config = load(args.config).config
    [name] = [output for output in get_args(Output) if output == OUTPUTS[args.output]]
    print(f"{args.output}: {_where(args.output, config)}", flush=True)
    delivered: queue.SimpleQueue[Alert] = queue.SimpleQueue()

    def say(sentence: str) -> None:
        print(f"  {sentence}", flush=True)

    spoken = name == "audio" and config.alerts.audio.speech
    texts = {level: config.messages.text(key) for level, key in _SPOKEN.items()} if spoken else {}
    if spoken:
        Speech.of(config.alerts.audio, config.messages, lambda _: None).finish()  # the output says what is wrong
    with open_output(
        name, config.alerts, say, messages=config.messages,
        asked=lambda ask: say(f"the button for '{ask}' was pressed"),
    ) as sink:  # fmt: skip
        sink.delivered = delivered.put
        sink.set_status(Status(0.0, "ok", "open", "road", 1.0, 1.0))
        sink.set_health("ok")
        came = [
            _try(
                sink,
                level,
                texts.get(level, f"This is a test: {level.word}."),
                delivered,
                shown_s=SPOKEN_S if spoken else SHOWN_S,
            )
            for level in Level
        ]
    return 0 if all(came) else 1


def _try(sink: AlertSink, level: Level, message: str, delivered: "queue.SimpleQueue[Alert]", *, shown_s: float) -> bool:
    """Whether the alert got out; it is ended in any case."""
    evidence = {"news": News.BEGAN.value, **_EVIDENCE}
    alert = Alert(float(level), RULE, level, AlertState.FIRING, message, (sink.name,), evidence)
    began_s = time.monotonic()
    sink.send(alert)
    came = _came(alert, delivered, began_s + PATIENCE_S)
    took_s = time.monotonic() - began_s
    print(f"{level.word:<13} {f'delivered after {took_s:.2f} s' if came else 'NOT DELIVERED'}", flush=True)
    if came:
        time.sleep(max(0.0, shown_s - took_s))
    ended = {**_EVIDENCE, "news": News.ENDED.value}
    sink.send(replace(alert, state=AlertState.CLEARED, evidence=ended))
    return came


def _came(alert: Alert, delivered: "queue.SimpleQueue[Alert]", until_s: float) -> bool:
    """Alerts told late come out as well: only this one counts."""
    while (left_s := until_s - time.monotonic()) > 0:
        try:
            if delivered.get(timeout=left_s) == alert:
                return True
        except queue.Empty:
            break
    return False


def _where(output: str, config: Config) -> str:
    alerts = config.alerts
    match output:
        case "sound":
            return f"device '{alerts.audio.device}'{', tones and speech' if alerts.audio.speech else ', tones'}"
        case "serial":
            return f"{alerts.serial.port}, {alerts.serial.baud} Bd, {alerts.serial.mode}"
        case "can":
            return f"{alerts.can.channel} ({alerts.can.interface})"
        case "mqtt":
            return f"{alerts.mqtt.host}:{alerts.mqtt.port}; what follows leaves this device"
    return f"pins by {alerts.gpio.pins}"
