"""Folders of Parquet files, on a filesystem or an object store, with one atomic pointer to the files that count."""

from headgate.places.parquet.places import Folder, is_published

__all__ = ["Folder", "is_published"]
