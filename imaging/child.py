"""The process that draws for a ``Renderer``: ``-m imaging.child <socket> <parent> <seconds> <memory>``."""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, astuple
from importlib import import_module

from imaging.confinement import allow_cpu, confine
from imaging.pictures import Image, Recipe
from imaging.previews import compose_preview
from imaging.rejections import Rejected
from imaging.rendering import convert, render
from imaging.wire import Message, receive, send

_WARM_UP = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><path d="M0 0h1v1z"/></svg>'


def serve(link: socket.socket, seconds: float) -> None:
    """Answer requests, each within *seconds* of CPU time, until the other end closes.

    A fault of ours is not caught: it ends the process with its traceback, and the parent starts another.
    """
    render(_WARM_UP, Recipe())
    send(link, Message({"ready": True}))
    while True:
        try:
            request = receive(link)
        except EOFError:
            return
        allow_cpu(seconds)
        try:
            answer = _draw(request)
        except Rejected as rejected:
            answer = Message({"code": rejected.code, "detail": rejected.detail, "line": rejected.line})
        send(link, answer)


def _draw(request: Message) -> Message:
    fields = dict(request.fields)
    if "recipe" not in fields:
        return _answer({}, [], [compose_preview(request.blobs, **fields)])
    recipe = Recipe.parse(fields["recipe"])
    if "name" in fields:
        return _answer({}, [], convert(request.blobs[0], recipe, fields["name"]))
    rendered = render(request.blobs[0], recipe)
    about = {name: getattr(rendered, name) for name in ("width", "height", "palette", "perceptual_hash")}
    hints = [astuple(hint) for hint in rendered.hints]
    known = {**about, "body": asdict(rendered.body), "hints": hints}
    return _answer(known, [rendered.svg], rendered.images)


def _answer(fields: dict[str, object], blobs: list[bytes], images: Sequence[Image]) -> Message:
    described = [(image.kind, image.format, (image.width, image.height)) for image in images]
    return Message({**fields, "images": described}, [*blobs, *(image.data for image in images)])


def main(arguments: list[str]) -> None:
    """Confine this process and serve; *arguments* are those of the command line."""
    descriptor, parent, seconds, memory = arguments
    with suppress(ImportError):  # without ImageMagick, drawings are drawn all the same
        import_module("imaging.magick")  # before it is confined: the library is found by a program
    confine(int(parent), int(memory))
    with socket.socket(fileno=int(descriptor)) as link:
        serve(link, float(seconds))


if __name__ == "__main__":
    main(sys.argv[1:])
