"""Why an upload, or a file in it, is turned away: codes for machines and sentences for people."""

from __future__ import annotations

from vectoricons.common.reason import Causes, Reason


class Cause(Causes):
    """Of a whole upload, then of one file; the name they complete is the file's."""

    # The whole upload
    NOT_A_ZIP = (
        "not-a-zip",
        "is not a ZIP file, or is cut off",
        "Pack your SVG files into a .zip and upload that. Renaming another format does not convert it.",
    )
    ZIP_EMPTY = (
        "zip-empty",
        "has no files in it",
        "Pack at least one SVG file.",
    )
    ZIP_TOO_LARGE = (
        "zip-too-large",
        "is too large",
        "Split it into several uploads of up to 256 MB each.",
    )
    TOO_MANY_FILES = (
        "zip-too-many-files",
        "holds too many files",
        "Split it into several uploads of up to 2,000 files each.",
    )
    INFLATES_TOO_FAR = (
        "zip-inflates-too-far",
        "unpacks to more than 512 MB",
        "Split it into several uploads.",
    )
    OVERLAPPING_ENTRIES = (
        "zip-overlapping-entries",
        "has entries that lie over one another, which no honest packer writes",
        "Pack the files again with your system's own ZIP tool.",
    )
    NAMES_BROKEN = (
        "zip-names-broken",
        "says its file names are UTF-8, but they are not",
        "Pack the files again with your system's own ZIP tool.",
    )
    NOTHING_USABLE = (
        "nothing-usable",
        "has no file that can be published",
        "The reason stands beside each file. Mend them and upload the ZIP again.",
    )
    MANIFEST_BROKEN = (
        "manifest-broken",
        "is not JSON",
        "Mend it and save it as UTF-8, or leave it out: folders and file names then give the names.",
    )
    MANIFEST_FOREIGN = (
        "manifest-foreign",
        "belongs to another program",
        "Take it out of the ZIP, or write one as described at /schemas/manifest.json.",
    )
    MANIFEST_FUTURE = (
        "manifest-future",
        "is of a version that is not known here yet",
        'Write it as version 1: "version": 1.',
    )
    MANIFEST_INVALID = (
        "manifest-invalid",
        "does not say what it should",
        "The fields are described at /schemas/manifest.json.",
    )
    UNSIGNED_KEY = (
        "unsigned-key",
        "was put where no upload was started",
        "Start an upload on the studio page or with POST /api/v1/uploads, and use the form you get.",
    )
    SAME_ZIP = (
        "same-zip-again",
        "is the very ZIP you uploaded before",
        "Nothing to do: look at the first upload. Change a file to upload it anew.",
    )
    ALREADY_TAKEN = (
        "already-taken",
        "came after this upload was taken in",
        "Start a new upload to send another ZIP.",
    )
    SUPERSEDED = (
        "superseded",
        "was replaced before it was read",
        "Nothing to do: the ZIP that replaced it is taken in by itself.",
    )
    UNKNOWN_EVENT = (
        "unknown-event",
        "is told of by an event that uploads have nothing to do with",
        "Check the bucket's notification: only ObjectCreated belongs here.",
    )
    INTAKE_FAILED = (
        "intake-failed",
        "could not be taken in, by a fault of ours",
        "We have been told and look into it. Uploading it again later may help.",
    )

    # One file
    UNSAFE_NAME = (
        "unsafe-name",
        "has a name that leads out of the ZIP",
        "Pack the files with plain relative names: no leading slash, no drive letter, no backslash, no “..”.",
    )
    NAME_TOO_LONG = (
        "name-too-long",
        "has a name of more than 255 characters",
        "Shorten the names of the file and its folders.",
    )
    NAME_NOT_UTF8 = (
        "name-not-utf8",
        "has a name that is not UTF-8",
        "Rename the file in plain letters, or pack with a tool that writes UTF-8 names.",
    )
    DUPLICATE_NAME = (
        "duplicate-name",
        "has the name of another file of this upload",
        "Capital letters and accents written differently do not count as different. Rename one of the two.",
    )
    DUPLICATE_ITEM = (
        "duplicate-item",
        "would have the same title as another file of its set",
        "Rename one of the two files, or give them different names in manifest.json.",
    )
    BANNED_WORD = (
        "banned-word",
        "says a word that is not allowed here",
        "Use another word for it: in names, descriptions, categories and tags.",
    )
    ENCRYPTED = (
        "encrypted",
        "is locked with a password",
        "Pack the files without a password.",
    )
    SYMLINK = (
        "symlink",
        "is a link, not a file",
        "Put the file itself into the ZIP.",
    )
    NESTED_ARCHIVE = (
        "nested-archive",
        "is an archive inside the archive",
        "Unpack it first and put its SVG files into the ZIP.",
    )
    NOT_AN_SVG_FILE = (
        "not-an-svg-file",
        "is not an .svg file",
        "Only SVG is published; the images are made from it.",
    )
    COMPRESSION_UNKNOWN = (
        "compression-unknown",
        "is compressed in a way that is not read here",
        "Pack with the ordinary “deflate” compression.",
    )
    COMPRESSION_BOMB = (
        "compression-bomb",
        "unpacks to more than 100 times its packed size",
        "Export the drawing again; no drawing packs that well.",
    )
    FILE_TOO_LARGE = (
        "file-too-large",
        "is larger than 2 MB",
        "Simplify paths and remove hidden layers and embedded bitmaps.",
    )
    FILE_EMPTY = (
        "file-empty",
        "is empty",
        "Export the drawing again.",
    )
    FILE_DAMAGED = (
        "file-damaged",
        "is damaged inside the ZIP",
        "Pack the files again and check the ZIP before uploading.",
    )
    NOT_IN_MANIFEST = (
        "not-in-manifest",
        "is not named in manifest.json",
        "Name it in manifest.json, or take it out of the ZIP.",
    )
    NOT_IN_ZIP = (
        "not-in-zip",
        "is named in manifest.json but is not in the ZIP",
        "Put the file into the ZIP under exactly that name, or take it out of manifest.json.",
    )
    SOURCE_MISSING = (
        "source-missing",
        "was lost on our side before it was drawn",
        "Upload it again.",
    )
    RENDERER_FAILED = (
        "renderer-failed",
        "could not be drawn",
        "Export it again as plain SVG. If it opens in a browser, tell us and we will look at it.",
    )

    # Not turned away, but good to know
    LOOKS_ALIKE = (
        "looks-alike",
        "looks like another drawing",
        "Nothing needs to be done. If it is the same drawing twice, delete one of the two.",
    )


class Refused(Exception):
    """An upload, or a file of one, that cannot be taken."""

    def __init__(self, cause: Cause, detail: str = "") -> None:
        self.cause = cause
        self.reason = Reason.of(cause, detail)
        super().__init__(str(self.reason))
