"""Every place of the UI that shows what other people wrote, and how a test brings five hundred of their texts there.

A surface is driven by keys where a person would be; what a service or a file says comes in through the `Ports`. The terminal
becomes as high as a list is long, so that one look sees all of it.
"""

from __future__ import annotations

from tests.tui.surfaces import accounts, aside, reports, review, settings
from tests.tui.surfaces.stage import Look, Surface

__all__ = ["MODULES", "SURFACES", "Look", "Surface"]

MODULES = (review, reports, accounts, settings, aside)

SURFACES: tuple[Surface, ...] = (
    review.names_in_the_review,
    review.values_in_the_review_and_by_field,
    review.questions_of_the_review,
    review.told_at_the_start_and_found_in_the_log,
    review.notices_and_refusals_of_a_run,
    review.summary_of_a_run,
    review.errors_of_the_app,
    review.the_saved_log,
    reports.writes_of_the_history,
    reports.open_issues,
    reports.explanations_and_choices_of_why,
    accounts.accounts_and_their_troubles,
    accounts.places_of_the_pickers,
    accounts.errors_where_a_list_should_be,
    accounts.findings_of_the_examination,
    accounts.what_a_sign_in_tells_and_asks,
    accounts.the_wizard,
    settings.fields_and_their_lists,
    settings.texts_of_the_settings,
    settings.a_clash_of_settings,
    settings.an_unusable_settings_file,
    aside.profile_paths_and_background,
    aside.messages_in_the_corner,
    aside.titles_and_calls_of_the_terminal,
    aside.titles_of_a_run_of_hostile_profiles,
    aside.what_is_pasted,
)
