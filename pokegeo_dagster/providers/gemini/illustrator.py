"""The Gemini illustrator: photographs of places, and of animals and things on a backdrop, cut out here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from pokegeo_dagster.film.crew import Credit, Made, ReferenceOrder
from pokegeo_dagster.film.errors import JobFailed, MediaDamaged, ProductionError
from pokegeo_dagster.film.story.species import find_species
from pokegeo_dagster.film.vendors import Charge, Delivery, Item, Job
from pokegeo_dagster.providers.bench.layers import master_size
from pokegeo_dagster.providers.gemini.backdrop import Backdrop, backdrop_for_prop, backdrop_for_species
from pokegeo_dagster.providers.gemini.client import GeminiClient
from pokegeo_dagster.providers.gemini.image_models import (
    IMAGE_MODELS,
    SEEN_TOKENS,
    Size,
    image_model,
    image_unit,
)
from pokegeo_dagster.providers.gemini.image_prompts import aspect_of, image_prompt, is_vapour
from pokegeo_dagster.providers.gemini.job import OneAnswer, kept, unusable
from pokegeo_dagster.providers.gemini.troubles import VENDOR
from pokegeo_dagster.providers.gemini.wire import CHARACTERS_A_TOKEN, Answer, Picture, token_items
from pokegeo_dagster.providers.scrub import shortened

EDITION = 1  # rises when the prompts or the cut-out change
# A cut-out is kept at up to twice the frame's height: a detail shot shows an animal that large.
_CUT_OUT_SHARE = {"character": 2.0, "prop": 1.1}
# The smallest picture counts 747 output tokens; an answer with fewer holds words and no picture.
_FEWEST_IMAGE_TOKENS = 500
_ENDINGS = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"RIFF": ".webp"}


class GeminiIllustrator:
    """Draws every reference of a film, for money."""

    def __init__(self, client: GeminiClient, model: str = "gemini-3-pro-image"):
        self._client, self._model = client, model
        self.credit = Credit(member=VENDOR, model=model, edition=EDITION)

    def draw(self, order: ReferenceOrder, sheet: Path | None, room: Path) -> Job:
        """The order for one picture. `sheet` is the character sheet that a pose is drawn after.

        Raises ProductionError for a reference that does not say what it shows, UnknownSpecies.
        """
        reference, model = order.reference, image_model(self._model)
        delivery = order.delivery
        if reference.kind == "environment":
            if reference.setting is None:
                raise _says_nothing(order)
            size, backdrop = model.size_for(*master_size(delivery)), None
        else:
            backdrop = _backdrop(order)
            side = round(delivery.height_px * _CUT_OUT_SHARE[reference.kind])
            # At most 2K: a frame is rarely filled by one animal, and 4K costs nearly twice as much.
            size = model.size_for(min(side, 2048), min(side, 2048))
        if reference.kind != "character" or reference.pose == "sheet" or not model.references:
            sheet = None
        return ImageJob(
            client=self._client,
            credit=self.credit,
            order=order,
            sheet=sheet,
            backdrop=backdrop,
            size=size,
            aspect=model.aspect(aspect_of(reference)),
        )


@dataclass
class ImageJob(OneAnswer):
    """One picture, bought."""

    client: GeminiClient
    credit: Credit
    order: ReferenceOrder
    sheet: Path | None
    backdrop: Backdrop | None  # None: a place, which fills its picture
    size: Size
    aspect: str

    def bill(self) -> Sequence[Item]:
        """One picture of its size, and what is read for it: the prompt at 4 characters a token, and
        the sheet. What a model thinks beside its picture is charged too, and never known before."""
        seen = SEEN_TOKENS if self.sheet and self.backdrop else 0
        read = math.ceil(len(self._prompt()) / CHARACTERS_A_TOKEN) + seen
        return (*self._pictures(1), self._item("input-token", read))

    def request(self) -> Mapping[str, Any]:
        """Prompt, model, settings, and the digest of the character sheet."""
        return {
            "model": self.credit.model,
            "prompt": self._prompt(),
            "image_size": self.size,
            "aspect_ratio": self.aspect,
            "sheet": sha256(self.sheet.read_bytes()).hexdigest() if self.sheet else None,
        }

    def prepare(self, room: Path) -> Mapping[str, Any]:
        """All that will be sent: a sheet that is damaged or gone is found before anything is."""
        sheet = self._sheet_picture()
        return {"contents": [*([sheet] if sheet else []), self._prompt()]}

    def submit(self, prepared: Mapping[str, Any], room: Path) -> Delivery:
        """The one POST. The delivery's file `original` is the picture exactly as it came."""
        answer = self.client.generate(
            self.credit.model,
            prepared["contents"],
            {
                "response_modalities": ["IMAGE"],
                "image_config": {"aspect_ratio": self.aspect, "image_size": self.size},
            },
        )
        if not answer.pictures:
            raise unusable(answer, self._charge_without_picture(answer), "picture")
        # Of several the last is the finished one; the others are drafts on the way to it.
        data = answer.pictures[-1].data
        ending = next((e for head, e in _ENDINGS.items() if data.startswith(head)), ".bin")
        charge = self._charge(len(answer.pictures), answer)
        file = kept(room / f"original{ending}", data, charge)
        facts = {
            "mime_type": answer.pictures[-1].mime_type,
            "pictures": len(answer.pictures),
            "model_version": answer.model_version,
            "tokens": answer.usage.model_dump() if answer.usage else None,
        }
        return Delivery(charge=charge, files={"original": file}, facts=facts)

    def develop(self, delivery: Delivery, room: Path) -> Made | Job:
        """The plate, cropped to the studio's size, or the cut-out; as the house draws them."""
        from pokegeo_dagster.providers.gemini import darkroom

        try:
            if self.backdrop is None:
                return darkroom.plate(delivery.files["original"], self.order.delivery, room)
            longest = round(self.order.delivery.height_px * _CUT_OUT_SHARE[self.order.reference.kind])
            vapour = is_vapour(self.order.reference)
            return darkroom.cutting(delivery.files["original"], longest, room, see_through=vapour)
        except (darkroom.CannotCutOut, MediaDamaged) as fault:
            name, why = self.order.reference.name, shortened(fault)
            reason = f"its picture of {name} cannot be used: {why}."
            raise JobFailed(VENDOR, reason, delivery.charge, delivery.charge.request_id) from fault

    def _charge_without_picture(self, answer: Answer) -> Charge | None:
        """What was counted although no picture came: one that was drawn and held back, or words."""
        usage, model = answer.usage, self.credit.model
        if usage is None or not usage.output:
            return None
        if usage.answer >= _FEWEST_IMAGE_TOKENS:
            return self._charge(1, answer)
        if model not in IMAGE_MODELS:  # a model nobody listed has a price for its pictures only
            return None
        return Charge(items=token_items(model, usage.prompt, usage.output), request_id=answer.response_id)

    def _charge(self, pictures: int, answer: Answer) -> Charge:
        """So many pictures, and the tokens around them as Gemini counted them; as quoted where it did
        not count."""
        usage = answer.usage
        items = list(self._pictures(pictures))
        if usage is None:
            items += [item for item in self.bill() if item.unit == "input-token"]
        else:
            items.append(self._item("input-token", usage.prompt))
            if beside := usage.thoughts + usage.words:
                items.append(self._item("output-token", beside))
        return Charge(items=tuple(items), request_id=answer.response_id)

    def _pictures(self, count: int) -> tuple[Item, ...]:
        return (self._item(image_unit(self.size), count),)

    def _item(self, unit: str, units: int) -> Item:
        return Item(vendor=VENDOR, model=self.credit.model, unit=unit, units=Decimal(units))

    def _prompt(self) -> str:
        return image_prompt(self.order, self.backdrop, self.sheet is not None)

    def _sheet_picture(self) -> Picture | None:
        """The sheet on this picture's own backdrop: a model takes transparency for black."""
        if self.sheet is None or self.backdrop is None:
            return None
        from pokegeo_dagster.providers.gemini import darkroom

        return Picture("image/png", darkroom.flattened(self.sheet, self.backdrop.rgb))


def _backdrop(order: ReferenceOrder) -> Backdrop:
    reference = order.reference
    if reference.kind == "character" and reference.species is not None:
        return backdrop_for_species(find_species(reference.species))
    if reference.kind == "prop" and reference.prop is not None:
        return backdrop_for_prop(reference.prop)
    raise _says_nothing(order)


def _says_nothing(order: ReferenceOrder) -> ProductionError:
    reference = order.reference
    return ProductionError(
        f"Reference {reference.id} is of kind {reference.kind!r} but does not say what it shows. "
        "Nothing was bought. Give it a species, a prop or a setting in the screenplay."
    )
