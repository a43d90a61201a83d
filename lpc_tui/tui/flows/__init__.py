"""What the app leads a person through: each flow asks, does one thing, and says how it ended."""
