// Working days and deadlines: ours against npm's chinese-days, day by day.
//
// No difference is known (2026-11-25, chinese-days 1.5.7, each day from 2010 to 2026). Should a version differ, the notice of the
// State Council decides: mend the table, or list the day here with the notice and compare the list exactly.
// chinese-days reads a day as midnight of UTC and asks for its weekday in local time: west of Greenwich every day would be the one before.
process.env.TZ = "Asia/Shanghai";

const assert = require("node:assert");
const fs = require("node:fs");
const china = require("chinese-days");

const folder = process.argv[2];

function rows(name) {
  return fs.readFileSync(`${folder}/${name}`, "utf8").trim().split("\n").slice(1).map((line) => line.split(","));
}

function compare(name, ours) {
  const wrong = ours.filter((row) => row.ours !== row.theirs);
  assert.strictEqual(wrong.length, 0, `${name}: ${wrong.length} of ${ours.length} differ: ${JSON.stringify(wrong.slice(0, 10))}`);
  console.log(`${name}: ${ours.length} agree`);
}

const days = rows("days.csv").map(([day, working]) => ({ day, ours: working === "true", theirs: china.isWorkday(day) }));
const first = Date.UTC(2010, 0, 1);
const length = (Date.UTC(2027, 0, 1) - first) / 86_400_000;
const everyDay = Array.from({ length }, (_, index) => new Date(first + index * 86_400_000).toISOString().slice(0, 10));
assert.deepStrictEqual(days.map((row) => row.day), everyDay, "not every day from 2010 to 2026, each once");
compare("days, chinese-days", days);

const ends = rows("deadlines.csv").map(([start, workingDays, end]) => {
  return { start, workingDays, ours: end, theirs: china.findWorkday(Number(workingDays), start) };
});
assert.ok(ends.length > 18_000, `only ${ends.length} deadlines`);
compare("deadlines, chinese-days", ends);
