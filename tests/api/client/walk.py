"""What a program does with the client: it looks around, and where it may, it starts an upload."""

from __future__ import annotations

from uuid import UUID

from vectoricons_client import AuthenticatedClient, Client
from vectoricons_client.api.catalogue import catalogue_search
from vectoricons_client.api.icons import icons_get
from vectoricons_client.api.uploads import uploads_get, uploads_start
from vectoricons_client.models import Item, NewUpload, Problem, Results, UploadDetail, UploadForm


def find(client: Client, words: str) -> Item:
    """The first icon that is found by *words*, with all there is to say of it."""
    found = catalogue_search.sync(client=client, q=words, limit=1)
    assert isinstance(found, Results)
    icon = icons_get.sync(found.items[0].id, client=client)
    assert isinstance(icon, Item)
    return icon


def refused(client: Client) -> str:
    """Why nothing that is not there can be read: the stable code."""
    found = icons_get.sync("000000000000", client=client)
    assert isinstance(found, Problem)
    return found.code


def upload(client: AuthenticatedClient, filename: str) -> tuple[UUID, str]:
    """A new upload: its id, and its state as it is told afterwards."""
    form = uploads_start.sync(client=client, body=NewUpload(filename=filename))
    assert isinstance(form, UploadForm)
    state = uploads_get.sync(form.id, client=client)
    assert isinstance(state, UploadDetail)
    return state.id, state.state.value
