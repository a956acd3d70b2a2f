/** What the screens of a reveal show at one step, and how they come there from another: pure functions, no page. */

/** Up to how many winners of one step are set how large; more than the last of them stand in short lines. */
const CROWDS = [
  [1, "one"],
  [3, "few"],
  [6, "some"],
  [12, "many"],
  [30, "throng"],
];
const PODIUM_PLACES = 3;
const MOST_ON_PODIUM = 6;

/**
 * The scene of a state: `view` is the curtain, a moment (those of this step, large) or the podium of three; `isClosed` when the
 * curtain is before it; `latest` are the rows of this step; `groups` those that stand beside, by award, the best first; beside
 * the finished podium that is everybody. `named` are the ids of the awards that the heading names.
 */
export function sceneOf({ board, rows }) {
  const { reveal } = board;
  if (!reveal || reveal.step === 0) {
    return { view: "curtain", isClosed: true, isLast: false, latest: [], podium: [], crowd: "one", groups: [], named: [] };
  }
  const latest = rows.filter((row) => reveal.codes.includes(row.code));
  const podium = rows.filter(isOnPodium);
  const isPodium = latest.length > 0 && latest.every(isOnPodium) && podium.length <= MOST_ON_PODIUM;
  const isLast = reveal.step === reveal.steps;
  const onStage = new Set((isPodium && isLast ? [] : isPodium ? podium : latest).map((row) => row.code));
  return {
    view: isPodium ? "podium" : "moment",
    isClosed: reveal.is_paused,
    isLast,
    latest,
    podium: isPodium ? podium : [],
    crowd: crowdOf(latest.length),
    groups: groupsOf(board.awards, rows.filter((row) => !onStage.has(row.code))),
    named: namedBy(board.awards, reveal.heading),
  };
}

/** How large so many winners of one step can be. */
export function crowdOf(count) {
  return CROWDS.find(([most]) => count <= most)?.[1] ?? "host";
}

/** Rows by the best of their awards, the best award first; those without one last. Groups of nobody are left out. */
export function groupsOf(awards, rows) {
  const groups = [...awards, null].map((award) => ({ award, rows: rows.filter((row) => bestOf(awards, row) === award) }));
  return groups.filter((group) => group.rows.length > 0);
}

/** The awards of a row that its surroundings do not name yet, in their order. */
export function furtherAwards(awards, row, named) {
  return awards.filter((award) => row.awards.includes(award.id) && !named.includes(award.id));
}

/** The ids of the awards that a heading names. */
export function namedBy(awards, heading) {
  return awards.filter(({ name }) => name.zh === heading.zh && name.en === heading.en).map((award) => award.id);
}

/**
 * How a screen comes from one state to the next: `enter` (the next step), `back` (the one before), `open` or `close` (the curtain
 * before the same step), `none`, or `jump`: whoever missed something lands where the others are, and nothing is replayed.
 */
export function changeOf(before, { board }) {
  const [old, now] = [before?.board.reveal, board.reveal];
  if (!before) return "none";
  if (!old || !now || before.board.status !== board.status) return old === now ? "none" : "jump";
  if (now.step === old.step) return now.is_paused === old.is_paused ? "none" : now.is_paused ? "close" : "open";
  if (now.is_paused || old.is_paused) return "jump";
  return now.step === old.step + 1 ? "enter" : now.step === old.step - 1 ? "back" : "jump";
}

/** When each winner of a step comes, in ms: the last place first, all of them begun within `within`. */
export function delaysOf(latest, { first, each, within }) {
  const step = latest.length > 1 ? Math.min(each, within / (latest.length - 1)) : 0;
  return new Map([...latest].reverse().map((row, index) => [row.code, Math.round(first + index * step)]));
}

function isOnPodium(row) {
  return row.rank !== null && row.rank <= PODIUM_PLACES;
}

function bestOf(awards, row) {
  return awards.find((award) => row.awards.includes(award.id)) ?? null;
}
