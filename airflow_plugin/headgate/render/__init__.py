"""Every form in which values are shown. No I/O, no clock: the same value gives the same text.

A format is one module of `formats`. A command makes an answer (`answers`), and `FORMATS[name].render` makes its text.
"""

from headgate.render.format import Format, View
from headgate.render.formats import FORMATS, formats_of

__all__ = ["FORMATS", "Format", "View", "formats_of"]
