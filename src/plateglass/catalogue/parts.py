"""What every content file is made of: strict models, unknown keys refused, with id and hash of its bytes."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, PrivateAttr


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    _id: str = PrivateAttr(default="")
    _sha256: str = PrivateAttr(default="")

    @property
    def id(self) -> str:
        """The file's path below its kind's folder, without the ending."""
        return self._id

    @property
    def sha256(self) -> str:
        """Hash of the file's bytes: the version that a report names."""
        return self._sha256


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
