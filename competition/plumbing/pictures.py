"""Pictures made anew from whatever was sent, so that nothing but the picture is kept: no places, names, thumbnails or programs."""

from __future__ import annotations

import io

from PIL import Image, ImageOps

from schemas.problems import N_, Problem

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 40_000_000
"""A telephone's camera gives 12 to 24 million; of a flood only the header is read."""
QUALITY = 90


class NotAPicture(Problem):
    """Something that is no JPEG, PNG or WebP picture, or a damaged one."""

    status = 415
    sentence = N_("This is not a picture that can be read: take it again, as JPEG, PNG or WebP.")


class PictureHasTooManyPixels(Problem):
    """A picture larger than any that is meant."""

    status = 413
    sentence = N_("This picture has more than {most} million pixels. Take it again with a smaller size.")


def upright(body: bytes, *, within: tuple[int, int]) -> Image.Image:
    """The pixels in ``body`` with their transparency, upright and no larger than ``within``, and nothing else of the file."""
    try:
        return _upright(body, within)
    except Problem:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as refusal:
        # Of more than 90 million pixels Pillow warns, of more than 180 million it does not even read the header on.
        raise PictureHasTooManyPixels(most=MOST_PIXELS // 1_000_000) from refusal
    except Exception as fault:
        # Decoders stumble over hostile or damaged bytes in every way there is.
        raise NotAPicture from fault


def on_white(picture: Image.Image) -> Image.Image:
    """A picture without transparency."""
    opaque = Image.new("RGB", picture.size, "white")
    opaque.paste(picture, mask=picture)
    return opaque


def webp(picture: Image.Image) -> bytes:
    """A picture as WebP, transparent where it is."""
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=QUALITY)
    return file.getvalue()


def _upright(body: bytes, within: tuple[int, int]) -> Image.Image:
    with Image.open(io.BytesIO(body), formats=FORMATS) as sent:
        if sent.width * sent.height > MOST_PIXELS:
            raise PictureHasTooManyPixels(most=MOST_PIXELS // 1_000_000)
        sent.thumbnail(within)
        pixels = ImageOps.exif_transpose(sent).convert("RGBA")
    picture = Image.new("RGBA", pixels.size)
    picture.paste(pixels)
    return picture
