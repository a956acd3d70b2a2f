import assert from "node:assert/strict";
import { test } from "node:test";

import { deductionLeft, preview, previewDraft } from "../../../../competition/static/judge/preview.js";

const NAME = { zh: "项目", en: "item" };

/** An aspect as the tablet has it where nothing is said of the rest: fields that have a default are missing. */
function aspect(kind, points, rest = {}) {
  return { kind, id: "A1.1", name: NAME, points, ...rest };
}

function measurement(rest) {
  return aspect("measurement", "2", { places: 2, ...rest });
}

/** The points and the English of the steps. */
function told(of, ...values) {
  const { points, steps } = preview(of, values);
  return [points, ...steps.map((step) => step.en)];
}

test("a yes gives all, a no nothing, in both languages", () => {
  const yes = aspect("binary", "2");
  assert.deepEqual(preview(yes, ["1"]), { points: "2", steps: [{ zh: "是 → 得 2.00 / 2.00 分", en: "yes → 2.00 of 2.00" }] });
  assert.deepEqual(preview(yes, ["0"]), { points: "0", steps: [{ zh: "否 → 得 0.00 / 2.00 分", en: "no → 0.00 of 2.00" }] });
});

test("without a reading there are no points, and the step says why", () => {
  const states = ["not_measured", "absent", "not_attempted", "did_not_finish", "disqualified", "excluded"];
  const steps = states.map((state) => preview(aspect("binary", "2"), [], state));
  const whys = ["not measured", "absent", "not attempted", "did not finish", "disqualified", "excluded"];
  assert.deepEqual(steps.map(({ points }) => points), Array(6).fill("0"));
  assert.deepEqual(steps.map(({ steps: [step] }) => step.en), whys.map((why) => `${why} → no points`));
  assert.equal(steps[0].steps[0].zh, "未测量 → 不得分");
});

test("a count gives its share; thirds carry 28 digits and are shown cut", () => {
  const teeth = aspect("count", "2", { possible: 3 });
  assert.deepEqual(told(teeth, "3"), ["2", "3 of 3 done → 3/3 of 2.00 → 2.00 of 2.00"]);
  assert.deepEqual(told(teeth, "2"), ["1.333333333333333333333333333", "2 of 3 done → 2/3 of 2.00 → ≈1.3333 of 2.00"]);
});

test("a choice gives an option's own points, or the share it keeps", () => {
  const options = [{ name: NAME, points: "-1.50", keep: null }, { name: NAME, keep: "0.25" }, { name: { zh: "无" } }];
  const plan = aspect("choice", "10", { options });
  assert.deepEqual(told(plan, "0"), ["-1.5", "“item” → -1.50 of 10.00"]);
  assert.deepEqual(told(plan, "1"), ["2.5", "“item” → keeps 25 % → 2.50 of 10.00"]);
  assert.deepEqual(told(plan, "2"), ["0", "“” → 0.00 of 10.00"]);
});

test("a judgement gives its level's share", () => {
  const tidy = aspect("judgement", "6", { levels: [NAME, NAME, NAME, NAME] });
  assert.deepEqual(told(tidy, "1"), ["2", "level 1 of 3: “item” → 1/3 of 6.00 → 2.00 of 6.00"]);
});

test("a score is told with its factor, which the panel's figure is multiplied by", () => {
  assert.deepEqual(told(aspect("score", "10"), "8.50"), ["8.5", "8.5 given → 8.50 of 10.00"]);
  const weighed = aspect("score", "10", { most: "20", factor: "0.5" });
  assert.deepEqual(told(weighed, "17"), ["17", "17 given → factor 0.5 is applied to the panel's figure → 17.00 of 20.00"]);
});

test("a figure from elsewhere gives its share", () => {
  const paper = aspect("external", "100", { out_of: "150" });
  assert.deepEqual(told(paper, "120.0"), ["80", "120 out of 150 → 120/150 of 100.00 → 80.00 of 100.00"]);
});

test("a measured value within a fixed tolerance keeps all, just beyond it a band, then nothing", () => {
  const bands = [{ over_up_to: "0.05", keep: "0.75" }, { over_up_to: "0.10", keep: "0.5" }];
  const hole = measurement({ nominal: "12", tolerance: { kind: "fixed", allowed: "0.10" }, credit: { kind: "bands", bands } });
  assert.deepEqual(told(hole, "12.10"), ["2", "12.10 mm → 0.10 off 12.00 → within 0.10 → 2.00 of 2.00"]);
  assert.deepEqual(told(hole, "11.85"), ["1.5", "11.85 mm → 0.15 off 12.00 → +0.05 over 0.10 → keeps 75 % → 1.50 of 2.00"]);
  assert.deepEqual(told(hole, "12.21"), ["0", "12.21 mm → 0.21 off 12.00 → +0.11 over 0.10 → beyond the last band → 0.00 of 2.00"]);
});

test("bands of one side hold on that side only, and the side is told", () => {
  const bands = [{ over_up_to: "0.1", keep: "0.8", side: "above" }, { over_up_to: "0.1", keep: "0.4", side: "below" }];
  const hole = measurement({ tolerance: { kind: "fixed", allowed: "0.1" }, credit: { kind: "bands", bands } });
  assert.deepEqual(told(hole, "0.15"), ["1.6", "0.15 mm → +0.05 over 0.10, above → keeps 80 % → 1.60 of 2.00"]);
  assert.deepEqual(told(hole, "-0.15"), ["0.8", "-0.15 mm → +0.05 over 0.10, below → keeps 40 % → 0.80 of 2.00"]);
});

test("without a credit a measurement is pass or fail; without a tolerance nothing is allowed", () => {
  assert.deepEqual(told(measurement({}), "0"), ["2", "0.00 mm → within 0.00 → 2.00 of 2.00"]);
  assert.deepEqual(told(measurement({ tolerance: null }), "0.01"), ["0", "0.01 mm → +0.01 over 0.00 → 0.00 of 2.00"]);
});

test("limits are told as the readings they stand for; without one that side is free", () => {
  const shaft = (tolerance) => measurement({ nominal: "40", tolerance: { kind: "limits", ...tolerance } });
  assert.deepEqual(told(shaft({ lower: "-0.02", upper: "0.01" }), "40.01"), ["2", "40.01 mm → meets 39.98 … 40.01 → 2.00 of 2.00"]);
  assert.deepEqual(told(shaft({ lower: "-0.02", upper: "0.01" }), "39.97"), ["0", "39.97 mm → 0.01 below 39.98 → 0.00 of 2.00"]);
  assert.deepEqual(told(shaft({ upper: "0" }), "40.01"), ["0", "40.01 mm → 0.01 above 40.00 → 0.00 of 2.00"]);
  assert.deepEqual(told(shaft({ lower: "0", upper: null }), "1e3"), ["2", "1000.00 mm → meets ≥ 40.00 → 2.00 of 2.00"]);
  assert.deepEqual(told(shaft({}), "7"), ["2", "7.00 mm → free to both sides → 2.00 of 2.00"]);
});

test("a tolerance by size or by length is worked out first, and a third is no trap", () => {
  const steps = [{ up_to: "500", allowed: "0.10" }, { up_to: "800", allowed: "0.15" }];
  const bySize = measurement({ tolerance: { kind: "by_size", size: "501", steps } });
  assert.deepEqual(told(bySize, "0.15"), [
    "2",
    "size 501 mm, step up to 800 mm → 0.15 mm allowed",
    "0.15 mm → within 0.15 → 2.00 of 2.00",
  ]);
  const tolerance = { kind: "by_length", allowed: "0.02", per: "300", length: "100" };
  const credit = { kind: "linear", lose: "0.5", per: "0.01" };
  const byLength = measurement({ tolerance, credit, readings: 3, take: "mean" });
  assert.deepEqual(told(byLength, "0.00", "0.01", "0.01"), [
    "2",
    "0.02 mm per 300 mm, over 100 mm → ≈0.0067 mm allowed",
    "0.00, 0.01, 0.01 mm → mean ≈0.0067 → within ≈0.0067 → 2.00 of 2.00",
  ]);
});

test("points are lost for each step begun, each full one, or in proportion, and never below zero", () => {
  const credit = { kind: "linear", lose: "0.5", per: "0.02" };
  const bore = (count) => measurement({ tolerance: { kind: "fixed", allowed: "0.1" }, credit: { ...credit, count } });
  assert.deepEqual(told(bore(undefined), "0.15"), [
    "0.5",
    "0.15 mm → +0.05 over 0.10 → 3 × 0.02 begun, 0.50 each: −1.50 → 0.50 of 2.00",
  ]);
  assert.deepEqual(told(bore("full"), "0.15"), ["1", "0.15 mm → +0.05 over 0.10 → 2 × 0.02 full, 0.50 each: −1.00 → 1.00 of 2.00"]);
  assert.deepEqual(told(bore("exact"), "0.15"), [
    "0.75",
    "0.15 mm → +0.05 over 0.10 → 0.50 for each 0.02, in proportion: −1.25 → 0.75 of 2.00",
  ]);
  assert.deepEqual(told(bore("begun"), "0.20"), [
    "0",
    "0.20 mm → +0.10 over 0.10 → 5 × 0.02 begun, 0.50 each: −2.50 → 0.00 of 2.00",
  ]);
});

test("ranges hold at both ends; only the nominal value itself gives all", () => {
  const credit = { kind: "ranges", ranges: [{ lower: "0.08", upper: "0.12", keep: "0.6" }] };
  const gap = measurement({ nominal: "0.10", credit });
  assert.deepEqual(told(gap, "0.1"), ["2", "0.10 mm → equals 0.10 → 2.00 of 2.00"]);
  assert.deepEqual(told(gap, "0.12"), ["1.2", "0.12 mm → meets 0.08 … 0.12 → keeps 60 % → 1.20 of 2.00"]);
  assert.deepEqual(told(gap, "0.13"), ["0", "0.13 mm → ≠ 0.10 → within none of the ranges → 0.00 of 2.00"]);
});

test("a reading's grade is the first that is not below it; each worse one keeps less", () => {
  const credit = { kind: "grades", grades: ["0.8", "1.6", "3.2", "6.3"], keep: ["0.5"] };
  const rough = measurement({ nominal: "1.6", credit, unit: "µm", places: 1 });
  assert.deepEqual(told(rough, "0.9"), ["2", "0.9 µm → grade 1.6 → meets ≤ 1.6 → 2.00 of 2.00"]);
  assert.deepEqual(told(rough, "1.7"), ["1", "1.7 µm → grade 3.2 → worse than 1.6 by 1 → keeps 50 % → 1.00 of 2.00"]);
  assert.deepEqual(told(rough, "6.3"), ["0", "6.3 µm → grade 6.3 → worse than 1.6 by 2 → beyond the last band → 0.00 of 2.00"]);
  assert.deepEqual(told(rough, "6.4"), ["0", "6.4 µm → beyond the last grade 6.3 → 0.00 of 2.00"]);
  const coarse = measurement({ nominal: "1", credit: { kind: "grades", grades: ["1", "2"] } });
  assert.deepEqual(told(coarse, "2"), ["0", "2.00 mm → grade 2 → worse than 1 by 1 → beyond the last band → 0.00 of 2.00"]);
});

test("of several readings the farthest outside is the worst, among equals the higher; the best is the other end", () => {
  const tolerance = { kind: "limits", lower: "-0.3", upper: "0.1" };
  const three = (take) => measurement({ tolerance, readings: 3, take });
  assert.deepEqual(told(three("worst"), "-0.35", "0.20", "0"), [
    "0",
    "-0.35, 0.20, 0.00 mm → worst 0.20 → 0.10 above 0.10 → 0.00 of 2.00",
  ]);
  assert.deepEqual(told(three(undefined), "-0.1", "0.1", "0"), [
    "2",
    "-0.10, 0.10, 0.00 mm → worst 0.10 → meets -0.30 … 0.10 → 2.00 of 2.00",
  ]);
  assert.deepEqual(told(three("best"), "-0.1", "0.1", "0.5"), [
    "2",
    "-0.10, 0.10, 0.50 mm → best -0.10 → meets -0.30 … 0.10 → 2.00 of 2.00",
  ]);
  assert.deepEqual(told(three("mean"), "0.1", "0.2", "0.2"), [
    "0",
    "0.10, 0.20, 0.20 mm → mean ≈0.1667 → ≈0.0667 above 0.10 → 0.00 of 2.00",
  ]);
});

test("a deduction takes each kind of fault up to its cap, and all of them down to the floor", () => {
  const items = [{ name: NAME, each: "1", cap: "2" }, { name: NAME, each: "2.5" }];
  const conduct = aspect("deduction", "6", { items, least: "-1" });
  assert.deepEqual(told(conduct, "0", "0"), ["6", "nothing deducted → 6.00 of 6.00"]);
  assert.deepEqual(told(conduct, "3", "1"), [
    "1.5",
    "item: 3 × 1.00 = 3.00, at most 2.00 → −2.00",
    "item: 1 × 2.50 = 2.50 → −2.50",
    "−4.50 in all → 1.50 of 6.00",
  ]);
  assert.deepEqual(told(conduct, "0", "4"), [
    "-1",
    "item: 4 × 2.50 = 10.00 → −10.00",
    "−10.00 in all → not below -1.00 → -1.00 of 6.00",
  ]);
});

test("time left gives points up to the aspect's, none at the limit", () => {
  const credit = { kind: "left", limit: "3600", gain: "1", per: "300" };
  const early = (count, gain = "1") => aspect("time", "8", { places: 0, credit: { ...credit, gain, count } });
  assert.deepEqual(told(early(), "2950"), ["2", "2950 s → 650 s left of 3600 s → 2 × 300 s full, 1.00 each: +2.00 → 2.00 of 8.00"]);
  assert.deepEqual(told(early("begun"), "2950"), [
    "3",
    "2950 s → 650 s left of 3600 s → 3 × 300 s begun, 1.00 each: +3.00 → 3.00 of 8.00",
  ]);
  assert.deepEqual(told(early("exact"), "3450"), [
    "0.5",
    "3450 s → 150 s left of 3600 s → 1.00 for each 300 s, in proportion: +0.50 → 0.50 of 8.00",
  ]);
  assert.deepEqual(told(early("full", "5"), "3000"), [
    "8",
    "3000 s → 600 s left of 3600 s → 2 × 300 s full, 5.00 each: +10.00 → at most 8.00 → 8.00 of 8.00",
  ]);
  assert.deepEqual(told(early(), "3600"), ["0", "3600 s → nothing left of 3600 s → 0.00 of 8.00"]);
});

test("a gain that just comes to the points is not called too much, though the mean has no last decimal", () => {
  const credit = { kind: "left", limit: "60", gain: "3", per: "1", count: "exact" };
  const early = aspect("time", "2", { credit, runs: 3, take: "mean" });
  assert.deepEqual(told(early, "59", "59", "60"), [
    "2",
    "59.00, 59.00, 60.00 s → mean ≈59.3333 → ≈0.6667 s left of 60 s → 3.00 for each 1 s, in proportion: +2.00 → 2.00 of 2.00",
  ]);
});

test("time over loses points from the limit on, never below zero", () => {
  const late = aspect("time", "2", { credit: { kind: "over", limit: "60", lose: "1.5", per: "10" } });
  assert.deepEqual(told(late, "60"), ["2", "60.00 s → within 60 s → 2.00 of 2.00"]);
  assert.deepEqual(told(late, "60.01"), ["0.5", "60.01 s → +0.01 s over 60 s → 1 × 10 s begun, 1.50 each: −1.50 → 0.50 of 2.00"]);
  assert.deepEqual(told(late, "75"), ["0", "75.00 s → +15.00 s over 60 s → 2 × 10 s begun, 1.50 each: −3.00 → 0.00 of 2.00"]);
});

test("of the runs within the stop the best counts in its band; of others all are needed", () => {
  const credit = { kind: "bands", bands: [{ up_to: "60", keep: "1" }, { up_to: "90.5", keep: "0.6" }] };
  const change = (take) => aspect("time", "4", { runs: 3, take, stop: "300", credit });
  assert.deepEqual(told(change(undefined), "301", "90.50"), [
    "2.4",
    "301.00, 90.50 s → 301.00 is beyond the stop at 300 s → best 90.50 → up to 90.5 s → keeps 60 % → 2.40 of 4.00",
  ]);
  assert.deepEqual(told(change("worst"), "20", "301", "302"), [
    "0",
    "20.00, 301.00, 302.00 s → 301.00, 302.00 is beyond the stop at 300 s → no time that counts → 0.00 of 4.00",
  ]);
  assert.deepEqual(told(change("worst"), "20", "61", "60"), [
    "2.4",
    "20.00, 61.00, 60.00 s → worst 61.00 → up to 90.5 s → keeps 60 % → 2.40 of 4.00",
  ]);
  assert.deepEqual(told(change("mean"), "60", "60", "60"), [
    "4",
    "60.00, 60.00, 60.00 s → mean 60.00 → up to 60 s → keeps 100 % → 4.00 of 4.00",
  ]);
  assert.deepEqual(told(change("sum"), "60", "0", "31"), [
    "0",
    "60.00, 0.00, 31.00 s → sum 91.00 → beyond the last band → 0.00 of 4.00",
  ]);
});

test("a time that is only compared gives no points", () => {
  const race = aspect("time", "0", { credit: { kind: "itself" } });
  assert.deepEqual(told(race, "83.456"), ["0", "83.456 s → only compared, without points"]);
});

test("the points are plain however a reading is written", () => {
  const paper = aspect("external", "1E+2", { out_of: "1.5e2" });
  assert.deepEqual(preview(paper, ["1.20E+2"]), preview(aspect("external", "100", { out_of: "150" }), ["120.000"]));
  assert.equal(preview(aspect("binary", "0.0000001"), ["1"]).points, "0.0000001");
});

test("a draft of which something is missing tells each reading, and no points", () => {
  const tolerance = { kind: "by_length", allowed: "0.02", per: "300", length: "150" };
  const three = measurement({ tolerance, readings: 3 });
  assert.equal(previewDraft(three, ["", "", ""]), null);
  assert.deepEqual(previewDraft(three, ["", "0.02", "0.00"]), {
    points: null,
    steps: [
      { zh: "每 300 mm 允差 0.02 mm，测量长度 150 mm → 允差 0.01 mm", en: "0.02 mm per 300 mm, over 150 mm → 0.01 mm allowed" },
      { zh: "0.02 mm → 超出允差 0.01 达 0.01", en: "0.02 mm → +0.01 over 0.01" },
      { zh: "0.00 mm → 在允差 0.01 之内", en: "0.00 mm → within 0.01" },
    ],
  });
  assert.deepEqual(previewDraft(three, ["0", "0.02", "0"]), preview(three, ["0", "0.02", "0"]));
  const mean = { ...three, take: "mean" };
  assert.deepEqual(previewDraft(mean, ["0.02", "", "0"]), { points: null, steps: [{ zh: "0.02, 0.00 mm", en: "0.02, 0.00 mm" }] });
});

test("a draft of runs tells at once that none will help", () => {
  const sum = aspect("time", "2", { credit: { kind: "itself" }, runs: 2, take: "sum", stop: "90" });
  assert.deepEqual(previewDraft(sum, ["", "80"]).steps, [{ zh: "80.00 s", en: "80.00 s" }]);
  assert.deepEqual(previewDraft(sum, ["91", ""]).steps.map(({ en }) => en), [
    "91.00 s → 91.00 is beyond the stop at 90 s → no time that counts",
  ]);
  const best = { ...sum, take: "best" };
  assert.deepEqual(previewDraft(best, ["", "80"]), preview(best, ["80"]));
});

test("a draft of a deduction tells the faults so far", () => {
  const conduct = aspect("deduction", "6", { items: [{ name: NAME, each: "1" }, { name: NAME, each: "2" }] });
  assert.deepEqual(previewDraft(conduct, ["", "2"]), {
    points: null,
    steps: [{ zh: "项目：2 × 2.00 = 4.00 → −4.00", en: "item: 2 × 2.00 = 4.00 → −4.00" }],
  });
});

test("what is left of a deduction says which taps take nothing more", () => {
  const items = [{ name: NAME, each: "1.50", cap: "2" }, { name: NAME, each: "2", cap: null }];
  const conduct = aspect("deduction", "6", { items });
  assert.deepEqual(deductionLeft(conduct, ["1", ""]), {
    items: [{ taken: "1.5", capped: false }, { taken: "0", capped: false }],
    taken: "1.5",
    used_up: false,
  });
  assert.deepEqual(deductionLeft(conduct, ["2", "2"]), {
    items: [{ taken: "2", capped: true }, { taken: "4", capped: false }],
    taken: "6",
    used_up: true,
  });
  assert.equal(deductionLeft({ ...conduct, least: "-1" }, ["2", "2"]).used_up, false);
  assert.equal(deductionLeft(conduct, ["0", "4"]).used_up, true);
});
