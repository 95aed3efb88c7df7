"""The conformance kit of check types."""
