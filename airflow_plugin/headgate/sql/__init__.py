"""The ground: how SQL is quoted, which foreign SQL is admitted, and what dialects there are."""
