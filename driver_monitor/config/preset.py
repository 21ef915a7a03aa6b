"""Whose figures a config follows, and which rows of the acceptance matrix it claims."""

from typing import Literal

from driver_monitor.config.section import Section, setting

Row = Literal[
    "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15", "R15-UN", "R16"
]
DEFAULT_CLAIMS: tuple[Row, ...] = (
    "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R10", "R11", "R12", "R13", "R15", "R16",
)  # fmt: skip


class PresetConfig(Section):
    modelled_on: str = setting(
        "Euro NCAP 2026; EU 2023/2590 (ADDW); EU 2021/1341 (DDAW)",
        "the norms whose published figures the rules follow; this is no claim of compliance",
    )
    claims: tuple[Row, ...] = setting(
        DEFAULT_CLAIMS,
        "rows of the acceptance matrix that this config claims to pass; 'scripts/conformance' checks them",
    )
