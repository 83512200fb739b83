"""Guides as Word documents, read back by python-docx and compared with the Markdown of the same guide."""

import subprocess
import sys
from pathlib import Path

import docx

folder, program = Path(sys.argv[1]), sys.argv[2]


def run(*args):
    return subprocess.run([program, *args], check=True, capture_output=True, text=True).stdout


def plain(line):
    """A line of Markdown without its marks."""
    return line.replace("\\", "").strip()


for place in ["qianjiang", "jiulongpo"]:
    for lang in ["zh", "en"]:
        out = folder / f"{place}-{lang}.docx"
        run("guide", f"policies/{place}", "--lang", lang, "--out", str(out))
        first = out.read_bytes()
        run("guide", f"policies/{place}", "--lang", lang, "--out", str(out))
        assert out.read_bytes() == first, "the same guide gives the same bytes"
        document = docx.Document(str(out))
        text = run("guide", f"policies/{place}", "--lang", lang, "--format", "md").splitlines()
        # Sections: every heading of the text is a heading of the document, in order.
        opens = ("四、", "五、", "4 The items", "5 Annexes")
        wanted = [plain(l.lstrip("#")) for l in text if l.startswith("#") and not plain(l.lstrip("#")).startswith(opens)]
        styles = ("Title", "Heading 1", "Heading 2")
        found = [p.text.strip() for p in document.paragraphs if p.style.name in styles]
        assert found == wanted, (found[:5], wanted[:5])
        labels = [plain(l).strip("*") for l in text if l.startswith("**") and l.endswith("**")]
        third = [p.text for p in document.paragraphs if p.style.name == "Heading 3"]
        notes = [p.text for p in document.paragraphs if p.style.name == "Note"]
        assert sorted(third + notes) == sorted(labels), set(third) ^ set(labels)
        # Tables: as many as in the text (and the one under the title), with the same cells.
        rows = [[plain(c) for c in l.strip().strip("|").split("|")] for l in text if l.startswith("|")]
        cells = sorted(c for t in document.tables[1:] for r in t.rows for c in (x.text.strip() for x in r.cells))
        expected = sorted(c for row in rows if not all(set(c) <= {"-"} and c for c in row) for c in row)
        assert cells == expected, (len(cells), len(expected))
        print(f"{place} {lang}: {len(found)} headings, {len(document.tables)} tables, {len(cells)} cells, {len(document.paragraphs)} paragraphs")
