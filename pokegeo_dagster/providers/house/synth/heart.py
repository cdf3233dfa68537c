"""The voice «heart» of hibari, and when it says each word.

hibari 0.2.1 is a small neural voice: phonemes in, 24 kHz sound out. The model decides how long each
phoneme lasts and keeps it to itself; here that answer is made an output of the graph too, so word
timings are the voice's own. Only «heart» lies in hibari's wheel (its other voices are fetched from
the network on first use), so the model is loaded from the wheel's bytes and no voice is ever named.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pokegeo_dagster.providers.house.synth.pronounce import with_pronunciations

RATE_HZ = 24_000
# hibari splits a text here: the voice was not taught longer ones.
MOST_PHONEMES = 400
# Found in the graph of hibari 0.2.1: int64 per phoneme, how many frames it lasts.
_DURATIONS = "/Cast_32_output_0"
_FRAME = 600  # samples: 25 ms


@dataclass(frozen=True)
class SaidWord:
    """One written word and its phonemes, several words of them where it is read out ("3.5 m")."""

    text: str
    phonemes: str


@dataclass(frozen=True)
class Utterance:
    """What the voice said: mono sound at 24 kHz, and for each phoneme given its first and last sample."""

    samples: NDArray[np.float32]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


class Heart:
    """The voice, loaded once when it is first needed. Calls from many threads take turns."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._voice: Any = None

    def read(self, text: str, words: Sequence[str], names: Sequence[str]) -> tuple[SaidWord, ...]:
        """How the voice would say each of `words`, which together are `text`."""
        from hibari.g2p.normalize import normalize

        plain = " ".join(normalize(_METRES.sub(_metres, text)).split())
        owners = _owners(words, plain.split(" "))
        with self._lock:
            g2p = self._loaded().g2p
            tokens = g2p.phonemize_tokens(g2p.tokenize(with_pronunciations(plain, names)))
        said = [""] * len(words)
        number = 0
        for token in tokens:
            owner = owners[min(number, len(owners) - 1)]
            said[owner] += (token.phonemes or "") + (" " if token.whitespace else "")
            number += bool(token.whitespace)
        return tuple(SaidWord(word, " ".join(one.split())) for word, one in zip(words, said, strict=True))

    def utter(self, phonemes: str, speed: float, seed: int) -> Utterance:
        """The sound of a phoneme string. The same string, speed and seed give the same samples."""
        from hibari import dsp

        with self._lock:
            voice = self._loaded()
            known = [symbol in voice.vocab for symbol in phonemes]
            ids = np.asarray([voice.ids(phonemes)], np.int64)
            *spectra, frames = voice.sess.run(None, {"ids": ids, "speed": np.asarray([speed], np.float32)})
            lh, th, ln, lr, phi, f0 = (part[0] for part in spectra)
            samples = dsp.synth(lh, th, ln, lr, phi, f0, np.random.default_rng(seed))
        edges = np.concatenate(([0], np.cumsum(frames))) * _FRAME
        # A symbol the voice does not know lasts nothing: it ends where the one before it ends.
        place = np.cumsum(known)
        return Utterance(samples, edges[place + 1 - np.asarray(known, int)], edges[place + 1])

    def _loaded(self) -> Any:
        if self._voice is None:
            from hibari import Hibari

            model = (files("hibari") / "assets" / "hibari.onnx").read_bytes()
            self._voice = Hibari(model=_with_output(model, _DURATIONS), threads=1)
        return self._voice


# hibari reads every unit out but this one, which it spells: "three point five em".
_METRES = re.compile(r"(?<![\w.])(\d+(?:[.,]\d+)?) ?m\b(?!\.\w)")


def _metres(found: re.Match[str]) -> str:
    return f"{found.group(1)} {'meter' if found.group(1) == '1' else 'meters'}"


def _with_output(model: bytes, name: str) -> bytes:
    """The ONNX model with one more output.

    A protobuf message that appears twice is merged by every reader, so a second, tiny `graph` that
    holds only one `output` adds it to the first: no ONNX library is needed to edit the file.
    """
    value_info = _field(1, name.encode())
    graph = _field(12, value_info)
    return model + _field(7, graph)


def _field(number: int, body: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(body)) + body


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _owners(words: Sequence[str], spoken: Sequence[str]) -> list[int]:
    """For each spoken word the index of the written word it reads out.

    They are one to one unless something was written out in full ("3.5 m"): then the words that
    match are paired, and what lies between is dealt out in order.
    """
    flat = [(piece, owner) for owner, word in enumerate(words) for piece in word.split(" ")]
    if len(flat) == len(spoken):
        return [owner for _, owner in flat]
    owners: list[int] = []
    matcher = SequenceMatcher(None, [piece for piece, _ in flat], list(spoken), autojunk=False)
    for _, a0, a1, b0, b1 in matcher.get_opcodes():
        for k in range(b0, b1):
            at = a0 + (k - b0) * (a1 - a0) // (b1 - b0)
            owners.append(flat[min(at, len(flat) - 1)][1])
    return owners
