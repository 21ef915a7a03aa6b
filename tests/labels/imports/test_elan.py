"""ELAN files as ELAN writes them, and such as it never would."""

from pathlib import Path

import pytest

from driver_monitor.labels.errors import LabelError
from driver_monitor.labels.imports.elan import read_elan
from driver_monitor.labels.label import Label

FILE = Path("notes.eaf")
EAF = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="anna" DATE="2026-11-27T10:43:52+01:00" FORMAT="3.0" VERSION="3.0"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd">
    <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">
        <MEDIA_DESCRIPTOR MEDIA_URL="file:///drive.mp4" MIME_TYPE="video/mp4"/>
    </HEADER>
    <TIME_ORDER>
        <TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="24100"/>
        <TIME_SLOT TIME_SLOT_ID="ts2" TIME_VALUE="29000"/>
        <TIME_SLOT TIME_SLOT_ID="ts3" TIME_VALUE="55000"/>
        <TIME_SLOT TIME_SLOT_ID="ts4" TIME_VALUE="57400"/>
        <TIME_SLOT TIME_SLOT_ID="ts5"/>
    </TIME_ORDER>
    <TIER LINGUISTIC_TYPE_REF="default-lt" TIER_ID="driver">
        <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2">
            <ANNOTATION_VALUE>Phone</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
        <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a2" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2">
            <ANNOTATION_VALUE>sings &amp; waves</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
    </TIER>
    <TIER LINGUISTIC_TYPE_REF="default-lt" TIER_ID="microsleep">
        <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a3" TIME_SLOT_REF1="ts3" TIME_SLOT_REF2="ts4">
            <ANNOTATION_VALUE>head nods</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
        <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a4" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2">
            <ANNOTATION_VALUE></ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
    </TIER>
    <TIER LINGUISTIC_TYPE_REF="default-lt" TIER_ID="KSS">
        <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a5" TIME_SLOT_REF1="ts3" TIME_SLOT_REF2="ts4">
            <ANNOTATION_VALUE>KSS 7</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
    </TIER>
    <TIER LINGUISTIC_TYPE_REF="comment" PARENT_REF="driver" TIER_ID="comments">
        <ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a6" ANNOTATION_REF="a1">
            <ANNOTATION_VALUE>unsure</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>
    </TIER>
</ANNOTATION_DOCUMENT>
"""


def refused(text: str | bytes) -> str:
    with pytest.raises(LabelError) as caught:
        read_elan(FILE, text if isinstance(text, bytes) else text.encode()).checked()
    return str(caught.value)


def test_annotations_become_labels_by_what_they_say_or_by_their_tier() -> None:
    entries = read_elan(FILE, EAF.encode())
    assert [entry.label for entry in entries.checked()] == [
        Label("microsleep", 24.1, 29.0),
        Label("phone", 24.1, 29.0),
        Label("sings_waves", 24.1, 29.0),
        Label("kss", 55.0, 55.0, 7.0),
        Label("microsleep", 55.0, 57.4, note="head nods"),
    ]
    assert entries.left_out == ["notes.eaf: 1 annotation referring to others left out"]


def test_an_annotation_without_a_time_is_told_with_its_line() -> None:
    times = '"a2" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2='
    broken = EAF.replace(times + '"ts2"', times + '"ts5"')
    assert "notes.eaf:18: time slot 'ts5' has no time; align the annotation in ELAN" in refused(broken)
    assert "notes.eaf:18: time slot 'ts9' has no time" in refused(broken.replace(times + '"ts5"', times + '"ts9"'))


def test_a_rating_that_is_none_is_told() -> None:
    assert "notes.eaf:28: a kss label needs a value from 1 to 9, got none" in refused(EAF.replace("KSS 7", "tired"))


ABROAD = "<!DOCTYPE x SYSTEM 'http://127.0.0.1/x.dtd'>" + EAF.partition("\n")[2]
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c SYSTEM "file:///etc/hostname">]><ANNOTATION_DOCUMENT>&b;&c;</ANNOTATION_DOCUMENT>'
)


@pytest.mark.parametrize("text", [BOMB, BOMB.encode("utf-16"), ABROAD])
def test_a_file_that_declares_entities_is_refused_before_any_is_read(text: str | bytes) -> None:
    assert "it declares a document type; ELAN writes none, so it is not read" in refused(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "this is not XML: no element found"),
        ("<html></html>", "it is not an ELAN file: it begins with <html>"),
        (EAF[:900], "this is not XML"),
        (EAF.replace("milliseconds", "NTSC-frames"), "times are in NTSC-frames; export them in milliseconds"),
        (EAF.replace("milliseconds", "&c;"), "this is not XML: undefined entity"),
    ],
)
def test_what_is_no_elan_file_is_told(text: str, said: str) -> None:
    assert said in refused(text)
