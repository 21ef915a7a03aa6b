"""The whole config."""

from pydantic import Field

from driver_monitor.config.alerts import AlertsConfig
from driver_monitor.config.attention import AttentionConfig
from driver_monitor.config.camera import CameraConfig
from driver_monitor.config.channels import ChannelsConfig
from driver_monitor.config.classifiers import ClassifiersConfig
from driver_monitor.config.control import ControlConfig
from driver_monitor.config.driver import DriverConfig
from driver_monitor.config.face import FaceConfig
from driver_monitor.config.messages import MessagesConfig
from driver_monitor.config.preset import PresetConfig
from driver_monitor.config.privacy import PrivacyConfig
from driver_monitor.config.recording import RecordingConfig
from driver_monitor.config.rules import RuleConfig, built_in_rules
from driver_monitor.config.section import Name, Section, setting
from driver_monitor.config.signals import SignalsConfig
from driver_monitor.config.vehicle import VehicleConfig


class Config(Section):
    """One file's worth of settings. ``rules`` maps a rule's name to the rule."""

    preset: PresetConfig = setting(PresetConfig(), "the norms that the rules follow, and what the config claims")
    camera: CameraConfig = setting(CameraConfig(), "where frames come from")
    face: FaceConfig = setting(FaceConfig(), "finding and following the driver's face")
    driver: DriverConfig = setting(DriverConfig(), "who drives")
    privacy: PrivacyConfig = setting(PrivacyConfig(), "what keeps the face on the device")
    signals: SignalsConfig = setting(SignalsConfig(), "how observations become signals")
    classifiers: ClassifiersConfig = setting(ClassifiersConfig(), "the ONNX classifiers")
    channels: ChannelsConfig = setting(ChannelsConfig(), "senses beside the face as it looks, each off until asked for")
    vehicle: VehicleConfig = setting(VehicleConfig(), "what is known about the car")
    attention: AttentionConfig = setting(AttentionConfig(), "awareness that drains while the driver does not watch")
    messages: MessagesConfig = setting(MessagesConfig(), "the driver's language")
    alerts: AlertsConfig = setting(AlertsConfig(), "where alerts go")
    control: ControlConfig = setting(ControlConfig(), "the local socket")
    recording: RecordingConfig = setting(RecordingConfig(), "which drives are kept, and for how long")
    rules: dict[Name, RuleConfig] = Field(default_factory=built_in_rules, description="what is worth an alert, by name")

    @property
    def reasons(self) -> dict[str, str]:
        """Why a rule's numbers are what they are, of the rules that say so."""
        return {name: rule.why for name, rule in self.rules.items() if rule.why}
