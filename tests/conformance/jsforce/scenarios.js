"use strict";

/**
 * What jsforce, unmodified, does with an org. Each scenario begins with an empty one.
 *
 * Called as `node scenarios.js NAME` by test_jsforce.py, with the org in the environment (ORG_URL, ORG_TOKEN) and the
 * sandbox's certificate in NODE_EXTRA_CA_CERTS. A scenario that fails ends the process with its error.
 */

const assert = require("node:assert/strict");
const jsforce = require("jsforce");

const VERSION = "62.0";
const EXTERNAL_ID = "Outlook_Id__c";
const WINDOW = ["2026-03-02T08:00:00Z", "2026-03-02T10:00:00Z"];

function connect(accessToken = process.env.ORG_TOKEN) {
  return new jsforce.Connection({ instanceUrl: process.env.ORG_URL, accessToken, version: VERSION });
}

function subjects(prefix, count) {
  return Array.from({ length: count }, (_, number) => ({ Subject: `${prefix} ${number}` }));
}

function idsOf(results) {
  assert.ok(results.every((result) => result.success));
  return results.map((result) => result.id);
}

async function seed(org, count) {
  return idsOf(await org.sobject("Task").create(subjects("Task", count), { allowRecursive: true }));
}

const scenarios = {
  async identity(org) {
    const who = await org.identity();
    assert.ok(who.id.startsWith(`${process.env.ORG_URL}/id/`));
    const versions = await org.request("/services/data");
    assert.ok(versions.some((each) => each.version === VERSION));
  },

  async "one-record"(org) {
    const events = org.sobject("Event");
    const made = await events.create({
      Subject: "Review",
      StartDateTime: "2026-03-10T10:00:00Z",
      EndDateTime: "2026-03-10T11:00:00Z",
    });
    assert.ok(made.success);
    assert.equal((await events.retrieve(made.id)).DurationInMinutes, 60);
    assert.ok((await events.update({ Id: made.id, Subject: "Second review" })).success);
    assert.equal((await events.record(made.id).retrieve()).Subject, "Second review");
    assert.ok((await events.destroy(made.id)).success);
    await assert.rejects(events.retrieve(made.id), { errorCode: "ENTITY_IS_DELETED" });
  },

  async collections(org) {
    const tasks = org.sobject("Task");
    const ids = idsOf(await tasks.create(subjects("Task", 3)));
    const read = await tasks.retrieve(ids);
    assert.deepEqual(read.map((task) => task.Subject), ["Task 0", "Task 1", "Task 2"]);
    idsOf(await tasks.update(ids.map((Id) => ({ Id, Priority: "High" }))));
    const [lost, kept] = await tasks.update([
      { Id: ids[0], Subject: "x".repeat(300) },
      { Id: ids[1], Subject: "Kept" },
    ]);
    assert.deepEqual([lost.success, kept.success], [false, true]);
    assert.equal(lost.errors[0].statusCode, "STRING_TOO_LONG");
    idsOf(await tasks.destroy(ids));
    assert.equal(await tasks.count(), 0);
  },

  async "collections-all-or-none"(org) {
    const contacts = org.sobject("Contact");
    const records = [{ LastName: "Lovelace" }, { FirstName: "Nameless" }];
    const refused = await contacts.create(records, { allOrNone: true });
    const codes = refused.map((result) => result.errors[0].statusCode);
    assert.deepEqual(codes, ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]);
    assert.equal(await contacts.count(), 0);
    const results = await contacts.create(records);
    assert.deepEqual(results.map((result) => result.success), [true, false]);
  },

  async "collections-beyond-200"(org) {
    const ids = await seed(org, 450);
    assert.equal(new Set(ids).size, 450);
    idsOf(await org.sobject("Task").destroy(ids, { allowRecursive: true }));
  },

  async "query-pages"(org) {
    await seed(org, 450);
    const headers = { "Sforce-Query-Options": "batchSize=200" };
    let page = await org.query("SELECT Id FROM Task", { headers });
    const sizes = [page.records.length];
    const seen = new Set(page.records.map((record) => record.Id));
    while (!page.done) {
      page = await org.queryMore(page.nextRecordsUrl);
      sizes.push(page.records.length);
      page.records.forEach((record) => seen.add(record.Id));
    }
    assert.deepEqual([sizes, seen.size, page.totalSize], [[200, 200, 50], 450, 450]);
    const all = await org.query("SELECT Id FROM Task", { headers, autoFetch: true, maxFetch: 1000 });
    assert.equal(all.records.length, 450);
  },

  async "query-builder"(org) {
    await org.sobject("Account").create({ Name: "Acme" });
    const account = await org.sobject("Account").findOne({ Name: "Acme" }, ["Id", "Name"]);
    const made = await org.sobject("Contact").create({ LastName: "O'Neil", AccountId: account.Id });
    const contacts = org.sobject("Contact");
    const since = { $gte: jsforce.SfDate.toDateTimeLiteral(WINDOW[0]) };
    const [found] = await contacts
      .find({ LastName: { $in: ["O'Neil", "Other"] }, CreatedDate: since }, "Id, Account.Name")
      .sort({ CreatedDate: -1 })
      .limit(5);
    assert.deepEqual([found.Id, found.Account.Name], [made.id, "Acme"]);
    assert.equal(await contacts.count({ LastName: { $like: "O'N%" } }), 1);
    idsOf(await contacts.find({ LastName: "O'Neil" }).update({ Title: "Dr." }, { allowBulk: false }));
    assert.equal((await contacts.retrieve(made.id)).Title, "Dr.");
  },

  async describe(org) {
    const task = await org.sobject("Task").describe();
    assert.equal(task.keyPrefix, "00T");
    const names = task.fields.map((field) => field.name);
    assert.ok(["Id", "Subject", "ActivityDate", "SystemModstamp", EXTERNAL_ID].every((name) => names.includes(name)));
    assert.equal(task.fields.find((field) => field.name === EXTERNAL_ID).externalId, true);
    const everything = await org.describeGlobal();
    const objects = everything.sobjects.map((each) => each.name);
    assert.ok(["Event", "Task", "Contact", "Account", "User"].every((name) => objects.includes(name)));
  },

  async "deleted-and-updated"(org) {
    const tasks = org.sobject("Task");
    const [kept, gone] = await seed(org, 2);
    await tasks.destroy(gone);
    const lost = await tasks.deleted(...WINDOW);
    assert.deepEqual(lost.deletedRecords.map((record) => record.id), [gone]);
    assert.ok(lost.latestDateCovered && lost.earliestDateAvailable);
    const changed = await tasks.updated(...WINDOW.map((instant) => new Date(instant)));
    assert.deepEqual(changed.ids, [kept]);
    const all = await org.query("SELECT Id, IsDeleted FROM Task", { scanAll: true });
    assert.deepEqual(new Map(all.records.map((task) => [task.Id, task.IsDeleted])), new Map([[kept, false], [gone, true]]));
  },

  async upsert(org) {
    const contacts = org.sobject("Contact");
    const made = await contacts.upsert({ [EXTERNAL_ID]: "AAMk1", LastName: "Lovelace" }, EXTERNAL_ID);
    assert.deepEqual([made.success, made.created], [true, true]);
    await contacts.upsert({ [EXTERNAL_ID]: "AAMk1", LastName: "King" }, EXTERNAL_ID);
    assert.equal((await contacts.retrieve(made.id)).LastName, "King");
    const results = await contacts.upsert(
      [
        { [EXTERNAL_ID]: "AAMk1", FirstName: "Ada" },
        { [EXTERNAL_ID]: "AAMk2", LastName: "Babbage" },
      ],
      EXTERNAL_ID,
    );
    assert.deepEqual(results.map((result) => result.created), [false, true]);
    assert.equal(await contacts.count(), 2);
  },

  async composite(org) {
    const root = `/services/data/v${VERSION}`;
    const answer = await org.requestPost("/composite", {
      allOrNone: true,
      compositeRequest: [
        { method: "POST", url: `${root}/sobjects/Account`, referenceId: "acme", body: { Name: "Acme" } },
        {
          method: "POST",
          url: `${root}/sobjects/Contact`,
          referenceId: "ada",
          body: { LastName: "Lovelace", AccountId: "@{acme.id}" },
        },
      ],
    });
    assert.deepEqual(answer.compositeResponse.map((part) => part.httpStatusCode), [201, 201]);
    const contact = await org.sobject("Contact").retrieve(answer.compositeResponse[1].body.id);
    assert.equal(contact.AccountId, answer.compositeResponse[0].body.id);
  },

  async limits(org) {
    const { DailyApiRequests: daily } = await org.limits();
    assert.ok(daily.Remaining < daily.Max);
    assert.deepEqual(org.limitInfo.apiUsage, { used: 1, limit: daily.Max });
  },

  async errors(org) {
    await assert.rejects(org.query("SELECT Nothing FROM Task"), { errorCode: "INVALID_FIELD" });
    await assert.rejects(org.query("SELECT"), { errorCode: "MALFORMED_QUERY" });
    await assert.rejects(org.sobject("Contact").create({ FirstName: "Ada" }), (error) => {
      assert.deepEqual([error.errorCode, error.data.fields], ["REQUIRED_FIELD_MISSING", ["LastName"]]);
      return true;
    });
    await assert.rejects(org.sobject("Nothing").describe(), { errorCode: "NOT_FOUND" });
    await assert.rejects(connect("stale").query("SELECT Id FROM Task"), { errorCode: "INVALID_SESSION_ID" });
  },

  async "session-refresh"() {
    const org = new jsforce.Connection({
      instanceUrl: process.env.ORG_URL,
      accessToken: "stale",
      version: VERSION,
      refreshFn: (_org, done) => done(null, process.env.ORG_TOKEN),
    });
    assert.equal((await org.query("SELECT Id FROM Task")).totalSize, 0);
  },
};

const scenario = scenarios[process.argv[2]];
assert.ok(scenario, `no scenario is called ${process.argv[2]}`);
scenario(connect()).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
