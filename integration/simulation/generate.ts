/** Draws a story from a seed: a cluster or two, what people and builds do with it, and a random subset of all faults at random rates. */
import { type Draw, drawFrom } from './draw.ts';
import { faultsOf, oldInventories, stackFaultsOf } from './generate-faults.ts';
import { withLastingFault, withUnreadable } from './generate-lasting.ts';
import { specOf, withRareFields } from './generate-spec.ts';
import type { Step, Story } from './story.ts';

/** No more steps than this in one story. */
const STEPS_MAX = 30;
const FIRST_AT = 1_000;
/** Of the second cluster, where a story has one. */
const SECOND = 'second';
const ENGINE_SALT = 0x2545f491;
const LASTING_SALT = 0x1b873593;
const INVENTORY_SALT = 0x1b56c4e9;
const FIELDS_SALT = 0x7fb5d32b;
const UNREADABLE_SALT = 0x4cf5ad43;
const ORDER_SALT = 0x510e527f;
const SECOND_SALT = 0x5be0cd19;
const OVERTIME_SALT = 0x1f83d9ab;
/** Of stories that end with a cluster that is rightly awake: each costs a pass for every minute that it goes on. */
const OVERTIME_SHARE = 0.05;

export function storyOf(seed: number): Story {
  const draw = drawFrom(seed);
  const pools = draw.chance(0.3) ? ['default', 'big'] : ['default'];
  const kinds = kindsOf(draw);
  const count = draw.weighted([
    [7, draw.int(1, 4)],
    [2.5, draw.int(4, 9)],
    [0.4, draw.int(9, STEPS_MAX)],
  ]);
  const steps = lifeOf(draw, pools, kinds, count);
  const calmAt = endOf(steps) + draw.int(0, 120) * 1_000;
  let story: Story = { seed, steps, faults: faultsOf(draw, calmAt), calmAt };
  const stackFaults = stackFaultsOf(draw, pools, calmAt);
  if (stackFaults.length > 0) story.stackFaults = stackFaults;
  // What is no lease holds the cluster for an hour.
  if (steps.some((step) => step.do === 'lease')) story.settleMs = 110 * 60_000;
  if (draw.chance(0.5)) story.pace = 'quick';
  if (draw.chance(0.2)) story.latencyMs = [10, draw.pick([400, 2_000, 8_000])];
  // Drawn apart, so that the other draws stay what they are.
  story.faults.push(...oldInventories(drawFrom(seed ^ INVENTORY_SALT), calmAt));
  if (drawFrom(seed ^ ENGINE_SALT).chance(0.4)) story.engine = 'buildfarm';
  if (drawFrom(seed ^ ORDER_SALT).chance(0.3)) story.unordered = true;
  if (drawFrom(seed ^ OVERTIME_SALT).chance(OVERTIME_SHARE)) story.overtime = true;
  const fields = drawFrom(seed ^ FIELDS_SALT);
  if (fields.chance(0.15)) story.steps = withRareFields(fields, story.steps);
  const second = drawFrom(seed ^ SECOND_SALT);
  if (second.chance(0.1)) story = withSecondCluster(story, second);
  const late = drawFrom(seed ^ LASTING_SALT);
  if (late.chance(0.08)) return withLastingFault(story, late, pools);
  const unreadable = drawFrom(seed ^ UNREADABLE_SALT);
  return unreadable.chance(0.02) ? withUnreadable(story, unreadable) : story;
}

/** What happens to a cluster, in order of time. */
function lifeOf(draw: Draw, pools: string[], kinds: Kind[], count: number, firstAt = FIRST_AT): Step[] {
  const first: Step = { at: firstAt, do: 'edit', spec: specOf(draw, pools), by: draw.pick(['cli', 'gitops']) };
  const steps: Step[] = [draw.chance(0.3) ? { ...first, uid: 'u1' } : first];
  let at = firstAt;
  for (let i = 0; i < count; i++) {
    at += gap(draw);
    steps.push(...draw.pick(kinds)(draw, at, pools, i));
  }
  return steps.sort((a, b) => a.at - b.at);
}

const endOf = (steps: readonly Step[]): number => steps.at(-1)?.at ?? FIRST_AT;

/** Another cluster of the same installation: what they share is a bucket, the fast schedule, invocations that look at both, and the weather. */
function withSecondCluster(story: Story, draw: Draw): Story {
  const pools = ['default'];
  const rare = draw.some([badDocument, remove, rebirth, hands, deaths, shortage], 0.3);
  const kinds = [edit, build, build, build, ...rare];
  const life = lifeOf(draw, pools, kinds, draw.int(1, 5), FIRST_AT + draw.int(0, 120) * 1_000);
  const own = life.map((step) => ({ ...step, cluster: SECOND, ...('uid' in step && { uid: 'u2' }) }));
  const steps = [...story.steps, ...own].sort((a, b) => a.at - b.at);
  const calmAt = Math.max(story.calmAt, endOf(steps) + draw.int(1, 60) * 1_000);
  const failures = stackFaultsOf(draw, pools, calmAt).map((fault) => ({ ...fault, cluster: SECOND }));
  const stackFaults = [...(story.stackFaults ?? []), ...failures];
  return { ...story, steps, calmAt, ...(stackFaults.length > 0 && { stackFaults }) };
}

/** Often several things at once, sometimes long enough to sleep. */
function gap(draw: Draw): number {
  return draw.weighted([
    [3, draw.int(0, 3_000)],
    [4, draw.int(3_000, 60_000)],
    [2, draw.int(60_000, 240_000)],
    [0.5, draw.int(240_000, 600_000)],
  ]);
}

type Kind = (draw: Draw, at: number, pools: string[], index: number) => Step[];

const edit: Kind = (draw, at, pools) => [
  { at, do: 'edit', spec: specOf(draw, draw.chance(0.1) ? ['other'] : pools), by: draw.pick(['cli', 'gitops']) },
];

const build: Kind = (draw, at, pools, index) => {
  const step: Step = {
    at,
    do: 'build',
    id: `build-${index}`,
    pool: draw.pick(pools),
    workers: draw.int(1, 4),
    jobs: draw.int(1, 6),
    forMs: draw.int(5, 150) * 1_000,
  };
  if (draw.chance(0.3)) step.ttlSeconds = draw.pick([15, 30, 60]);
  return [draw.chance(0.2) ? { ...step, diesAfterMs: draw.int(1, 180) * 1_000 } : step];
};

const BAD_TEXTS = ['', '{', 'null', '{"apiVersion":"bbf/v9","kind":"Cluster","metadata":{"name":"main"},"spec":{}}'];

const badDocument: Kind = (draw, at) => [
  draw.chance(0.3)
    ? { at, do: 'lose' }
    : { at, do: 'write', text: draw.chance(0.5) ? draw.pick(BAD_TEXTS) : invalidText(draw) },
];

const invalidText = (draw: Draw) =>
  JSON.stringify({
    apiVersion: 'bbf/v1',
    kind: 'Cluster',
    metadata: { name: 'main' },
    spec: { pools: { default: { workers: draw.pick([-1, 'two', 5_000]) } } },
  });

const remove: Kind = (_, at) => [{ at, do: 'delete' }];

const rebirth: Kind = (draw, at, pools) => [
  { at, do: 'delete' },
  { at: at + draw.int(1, 300) * 1_000, do: 'edit', spec: specOf(draw, pools), by: 'gitops' },
];

const badImage: Kind = (draw, at, pools) => [
  { at, do: 'image', image: 'broken', problem: draw.pick(['crashes', 'pull access denied']) },
  {
    at,
    do: 'edit',
    spec: { ...specOf(draw, pools), engine: { [draw.pick(['server', 'worker'])]: 'broken' } },
    by: 'gitops',
  },
  ...(draw.chance(0.8)
    ? [{ at: at + draw.int(5, 300) * 1_000, do: 'edit' as const, spec: specOf(draw, pools), by: 'gitops' as const }]
    : []),
];

const part = (draw: Draw, pools: string[]) => draw.pick(['server', ...pools]);

const hands: Kind = (draw, at, pools) => {
  const of = { at, part: part(draw, pools) };
  return [
    draw.weighted<Step>([
      [4, { ...of, do: 'scale', count: draw.int(0, 4) }],
      [2, { ...of, do: 'deleteService' }],
      [2, { ...of, do: 'deleteStack' }],
      [1, { ...of, do: 'deregister' }],
      [1, { ...of, do: 'review' }],
    ]),
  ];
};

const deaths: Kind = (draw, at, pools) => {
  const of = { at, part: part(draw, pools), count: draw.int(1, 3) };
  return [draw.chance(0.5) ? { ...of, do: 'kill', code: draw.pick([0, 1, 137]) } : { ...of, do: 'interrupt' }];
};

const shortage: Kind = (draw, at, pools) => {
  const of = { do: 'placement' as const, part: part(draw, pools) };
  const reason = 'Capacity is unavailable at this time';
  return [
    { at, ...of, reason },
    { at: at + draw.int(5, 400) * 1_000, ...of, reason: null },
  ];
};

const storm: Kind = (draw, at) => [
  { at, do: 'events', lost: draw.pick([0, 0.2, 1]), twice: draw.pick([0, 0.5]), lateMs: draw.pick([0, 2_000, 90_000]) },
];

const skew: Kind = (draw, at) => [{ at, do: 'clock', skewMs: draw.pick([-4_000, -2_000, 2_000, 4_000]) }];
const silence: Kind = (draw, at) => [{ at, do: 'silence', forMs: draw.int(10, 300) * 1_000 }];
const invoke: Kind = (draw, at) =>
  Array.from({ length: draw.int(1, 4) }, () => ({ at, do: 'invoke', by: draw.pick(['fast', 'slow', 'document']) }));
const deploy: Kind = (draw, at) => [{ at, do: 'deploy', version: draw.pick(['1.0.0', '1.1.0']) }];
const oddLease: Kind = (draw, at, _, index) => [
  { at, do: 'lease', id: `odd-${index}`, text: draw.pick(['', '{}', '{"apiVersion":"bbf/v2","kind":"Lease"}']) },
];

/** Edits and builds are in every story; of the rest each story has its own few. */
function kindsOf(draw: Draw): Kind[] {
  const rare = [badDocument, remove, rebirth, badImage, hands, deaths, shortage, storm, skew, silence, invoke, deploy];
  return [edit, edit, build, build, build, ...draw.some([...rare, oddLease], draw.pick([0, 0.15, 0.3, 0.5]))];
}
