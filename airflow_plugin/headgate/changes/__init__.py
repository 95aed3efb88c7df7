"""What changed between two versions of a contract, and what each change means for consumers and producers."""
