"""The Salesforce replica of contacts: a person's own, all they see, their account teams', or a campaign's.

Made by `wiring`, used by the engine through `lpc_tui.replicas.base.Replica`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from lpc_tui.errors import SettingsError
from lpc_tui.model.items import Process
from lpc_tui.model.rules import Action
from lpc_tui.replicas.base import Identity, NoticeSink, Write
from lpc_tui.replicas.calling import Sleep
from lpc_tui.replicas.salesforce.connection import TokenProvider
from lpc_tui.replicas.salesforce.contact_records import ContactRecords
from lpc_tui.replicas.salesforce.failures import RefusedCall
from lpc_tui.replicas.salesforce.picklists import Picklists
from lpc_tui.replicas.salesforce.queries import ContactQueries, Queries
from lpc_tui.replicas.salesforce.records import Records
from lpc_tui.replicas.salesforce.replica import SalesforceReplica
from lpc_tui.replicas.salesforce.schema import Schema
from lpc_tui.replicas.salesforce.soql import can_be_asked_for, quoted, quoted_list, text_chunks
from lpc_tui.replicas.salesforce.terms import Terms
from lpc_tui.replicas.wire import JsonObject

__all__ = ["SalesforceContacts"]

_CAMPAIGN_ID: Final = re.compile("701[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?")
_SHOWN: Final = 10
"""How many campaigns an error names."""


class SalesforceContacts(SalesforceReplica):
    """The contacts that one user chose."""

    process: ClassVar[Process] = Process.CONTACT
    _records_type: ClassVar[type[Records]] = ContactRecords
    _queries_type: ClassVar[type[Queries]] = ContactQueries

    def __init__(
        self,
        *,
        instance_url: str,
        token: str | TokenProvider,
        api_version: str,
        zone: ZoneInfo,
        notices: NoticeSink,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        identity: Identity | None = None,
        sleep: Sleep = asyncio.sleep,
        whose: str = "mine",
        campaign: str = "",
        match_account: bool = False,
        external_id_field: str = "",
    ) -> None:
        """`whose` is mine, all, team or campaign; `campaign`, for the last, its id or its exact name. With `match_account` a
        new contact gets the account of its company's name, if exactly one has it.

        Raises:
            SettingsError: `instance_url` is no address that a token may be sent to.
        """
        super().__init__(
            instance_url=instance_url,
            token=token,
            api_version=api_version,
            zone=zone,
            notices=notices,
            clock=clock,
            identity=identity,
            sleep=sleep,
            external_id_field=external_id_field,
        )
        self._whose = whose
        self._campaign = campaign
        self._match_account = match_account
        self._picklists: Picklists | None = None

    @property
    def _place(self) -> str:
        return "/".join(filter(None, (self._whose, self._campaign, super()._place)))

    async def _learn(self, described: JsonObject, rows: Sequence[Sequence[JsonObject]]) -> JsonObject:
        """The id of the campaign; of account teams only that the org has them.

        Raises:
            SettingsError: there are none, or not exactly one campaign of that name.
        """
        self._picklists = Picklists.from_describe(described)
        if self._whose == "team":
            await self._chosen("SELECT Id FROM AccountTeamMember LIMIT 1")
        if self._whose == "campaign":
            return {"campaign": await self._campaign_id()}
        return {}

    async def _campaign_id(self) -> str:
        name = self._campaign.strip()
        is_id = _CAMPAIGN_ID.fullmatch(name) is not None
        condition = f"{'Id' if is_id else 'Name'} = {quoted(name)}"
        found = await self._chosen(
            f"SELECT Id, Name FROM Campaign WHERE {condition} ORDER BY Id LIMIT {_SHOWN}"
        )
        if len(found) == 1:
            return str(found[0]["Id"])
        if found:
            ids = ", ".join(row["Id"] for row in found)
            raise SettingsError(
                f"Several campaigns are called {name!r}.",
                f"Set sync.contact.campaign to one of their ids: {ids}.",
            )
        others = await self._chosen(f"SELECT Name FROM Campaign ORDER BY Name LIMIT {_SHOWN}")
        names = ", ".join(repr(row["Name"]) for row in others)
        raise SettingsError(
            f"There is no campaign {name!r} in Salesforce, or you do not see it.",
            f"Set sync.contact.campaign to the name or id of one that you see, such as {names}."
            if names
            else "",
        )

    async def _chosen(self, query: str) -> list[JsonObject]:
        """The rows of a query about an object that not every org has and not everybody may see."""
        try:
            return await self._connection.rows(query)
        except RefusedCall as refusal:
            if refusal.code != "INVALID_TYPE":
                raise
            raise SettingsError(
                f"Salesforce shows you none of what sync.contact.scope = {self._whose!r} needs: {refusal.words}",
                "Choose another scope, or ask the org's administrator.",
            ) from refusal

    def _usual_queries(self, user: str) -> Queries | None:
        """Account teams and campaigns are not everywhere, and have to be found first."""
        return ContactQueries(user, self._whose) if self._whose in ("mine", "all") else None

    async def _prepared(self, terms: Terms, writes: Sequence[Write]) -> Terms:
        records = terms.records
        assert isinstance(records, ContactRecords)
        if any(records.needs_lists(write.fields) for write in writes):
            if self._picklists is None:
                self._picklists = Picklists.from_describe(
                    (await self._connection.get(self._description)).body
                )
            records = replace(records, picklists=self._picklists)
        if self._match_account and records.schema.is_createable("AccountId"):
            records = replace(records, accounts=await self._accounts(writes))
        return replace(terms, records=records)

    async def _accounts(self, writes: Sequence[Write]) -> dict[str, str]:
        """The accounts of the companies of new contacts: of each name the one account that has it, if only one does."""
        names = (str(write.fields.get("company") or "") for write in writes if write.action is Action.CREATE)
        companies = {name for name in names if name.strip() and can_be_asked_for(name)}
        ids: dict[str, list[str]] = {}
        for chunk in text_chunks(sorted(companies)):
            query = f"SELECT Id, Name FROM Account WHERE Name IN {quoted_list(chunk)}"
            for row in await self._connection.rows(query):
                ids.setdefault(row["Name"].casefold(), []).append(row["Id"])
        found = {company: ids.get(company.strip().casefold(), []) for company in companies}
        return {company: accounts[0] for company, accounts in found.items() if len(accounts) == 1}

    def _own(self, user: str, schema: Schema, facts: JsonObject) -> tuple[Records, Queries]:
        url = self._connection.instance_url
        campaign = facts["campaign"] if self._whose == "campaign" else ""
        return (
            ContactRecords(user, schema, self._zone, url, self._mark_field, self._whose),
            ContactQueries(user, self._whose, campaign),
        )
