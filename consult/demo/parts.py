"""What every part of a story is made of: frozen values, texts in both languages, votes."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from consult.core.localized import Localized, digest


class Part(BaseModel):
    """Frozen; a key nobody knows is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Part):
    """The same thing said in French and in English. Both empty: nothing is said.
    ``made_from``: the earlier French an English text was made from, which makes it stale."""

    fr: str = ""
    en: str = ""
    made_from: str = ""

    def __bool__(self) -> bool:
        return bool(self.fr.strip() or self.en.strip())

    @property
    def localized(self) -> Localized:
        """As the product keeps it, French being the source."""
        whole = Localized.of(fr=self.fr, en=self.en)
        if not self.made_from or "en" not in whole.texts:
            return whole
        return Localized(whole.texts, whole.source, {"en": digest(self.made_from)})


class Votes(Part):
    in_favour: int = Field(ge=0)
    against: int = Field(ge=0, default=0)
    abstentions: int = Field(ge=0, default=0)
