"""Every form in which values are shown. No I/O."""
