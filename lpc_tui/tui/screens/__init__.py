"""Screens: the settings window, the review, and the dialogs."""
