"""`python -m tests.delivery.picture`: the comment on a real change, for the documentation.

The engine brings dev up, offline, and previews a tree in which somebody has asked for a bigger database
and one more worker, given a queue another name, and let intake write to one more folder.
"""

from __future__ import annotations

import re
import shutil
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from markdown_it import MarkdownIt
from playwright.sync_api import sync_playwright

from delivery import plans
from delivery.preview.comment import Preview
from delivery.preview.digest import Digest
from tests.browser.chromium import CHROMIUM, FLAGS
from tests.delivery.engine import TREE, Offline

DOCUMENT = TREE / "docs" / "preview-comment.md"
PICTURE = TREE / "docs" / "pictures" / "preview-comment.png"
SETTINGS = {
    "database": {"instance": "db.t4g.medium"},
    "services": {
        "worker-images": {"min": 3, "max": 4, "spotFrom": 4, "cpu": 512, "memory": 1024},
        "worker-reaper": {"max": 1},
        "converter": {"cpu": 2048, "memory": 4096},
    },
}
# file, what stands there, what the change makes of it
EDITS = (
    (
        "components/messaging.py",
        'self.names.of("queue", name)',
        'self.names.of("queue", name.replace("messages", "notices"))',
    ),
    ("__main__.py", 'private.write("sources/*")', 'private.write("sources/*", "quarantine/*")'),
    (
        "__main__.py",
        '"SITE_URL": settings.site, "STREAM_URL"',
        '"SITE_URL": settings.site, "THEME": "dark", "STREAM_URL"',
    ),
)
LEFT_BEHIND = shutil.ignore_patterns(".*", "node_modules", "__pycache__")
STYLE = """
body { font: 14px/1.5 "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; color: #1f2328; margin: 0; }
main { width: 860px; margin: 16px; border: 1px solid #d1d9e0; border-radius: 6px; background: #fff; }
header { background: #f6f8fa; border-bottom: 1px solid #d1d9e0; padding: 8px 16px; color: #59636e; }
header b { color: #1f2328; }
header i { border: 1px solid #d1d9e0; border-radius: 2em; padding: 0 7px; font: 12px sans-serif; }
article { padding: 16px; }
h3 { font-size: 1.25em; margin: 0 0 12px; }
p { margin: 0 0 12px; }
code { font: 85%/1.45 "DejaVu Sans Mono", monospace; background: #818b981f; border-radius: 6px; }
code { padding: .2em .4em; }
pre { background: #f6f8fa; border-radius: 6px; padding: 12px 0; margin: 0 0 16px; }
pre code { background: none; padding: 0; display: block; }
pre span { display: block; padding: 0 12px; white-space: pre-wrap; word-break: break-all; }
pre .minus { background: #ffebe9; color: #82071e; }
pre .plus { background: #dafbe1; color: #116329; }
table { border-collapse: collapse; margin-bottom: 16px; }
th, td { border: 1px solid #d1d9e0; padding: 5px 13px; }
tr:nth-child(2n) td { background: #f6f8fa; }
.caution { border-left: 4px solid #cf222e; padding: 4px 16px; margin-bottom: 16px; }
.caution > b:first-child { color: #d1242f; display: block; margin-bottom: 8px; }
details { margin-bottom: 10px; }
summary { margin-bottom: 8px; }
ul { margin: 0; padding-left: 22px; }
"""


def comment() -> str:
    """The comment, made by the real engine."""
    with TemporaryDirectory(prefix="vectoricons-") as scratch:
        changed = Path(scratch) / "tree"
        shutil.copytree(TREE, changed, ignore=LEFT_BEHIND)
        stack = Offline("dev", Path(scratch) / "engine", changed)
        stack.configure({})
        stack.up()
        for name, before, after in EDITS:
            text = (changed / name).read_text()
            if before not in text:
                raise SystemExit(f"{name} no longer says {before}; mend EDITS.")
            (changed / name).write_text(text.replace(before, after))
        stack.configure(SETTINGS)
        folder = Path(scratch) / "plan"
        if plans.make(stack.pulumi, TREE / "policy" / "run", "", folder):
            raise SystemExit((folder / plans.PREVIEW).read_text()[-2000:])
        digest = Digest.read((folder / plans.PREVIEW).read_text())
        return Preview(stack="dev", region="us-east-1", digest=digest).comment()


def page(markdown: str) -> str:
    """*markdown* about as GitHub shows it."""
    body = MarkdownIt("commonmark", {"html": True, "highlight": _coloured}).enable("table").render(markdown)
    body = re.sub(
        r"<blockquote>\s*<p>\[!CAUTION\]\s*(.*?)</blockquote>",
        r'<div class="caution"><b>Caution</b><p>\1</div>',
        body,
        flags=re.DOTALL,
    )
    head = "<header><b>github-actions</b> <i>bot</i> commented</header>"
    return f"<meta charset=utf-8><style>{STYLE}</style><main>{head}<article>{body}</article></main>"


def _coloured(code: str, language: str, _: str) -> str:
    kinds = {"-": "minus", "+": "plus"}
    return "".join(
        f'<span class="{kinds.get(line[:1], "")}">{escape(line)}</span>' for line in code.splitlines()
    )


def main() -> None:
    """Write both."""
    text = comment()
    DOCUMENT.write_text(text)
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        window = browser.new_page(viewport={"width": 894, "height": 600}, device_scale_factor=1.5)
        window.set_content(page(text))
        window.locator("main").screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
