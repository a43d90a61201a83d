"""One run: read both sides, match, plan, review, apply, record. Imports no service library, no Textual, no SQL."""
